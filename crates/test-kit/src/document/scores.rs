//! Criteria, groups and dimensions.

use rust_decimal::Decimal;

use super::{Digits, Entries, Printer, entries, plain, text, texts, value_node};
use crate::spec::{Band, Body, Criterion, Dimension, Group, Item, LevelCase, Levels, Scale};
use crate::yaml::Node;

impl Printer<'_> {
    pub(super) fn criterion(&self, criterion: &Criterion) -> Node {
        self.noted(&criterion.name, self.body(&criterion.body))
            .map()
    }

    fn body(&self, body: &Body) -> Entries {
        let points = |points: &Option<Decimal>| points.map(|points| self.points(points));
        match body {
            Body::Bands {
                input,
                bands,
                absent,
            } => entries()
                .with("input", text(input))
                .with("bands", self.bands(bands, self.input_digits(input)))
                .with_some("absent", points(absent)),
            Body::Values {
                input,
                values,
                absent,
            } => {
                let values = values
                    .iter()
                    .map(|(value, points)| (value_node(value), self.points(*points)));
                entries()
                    .with("input", text(input))
                    .with("values", Node::Map(values.collect()))
                    .with_some("absent", points(absent))
            }
            Body::Each {
                input,
                each,
                points: per_unit,
                beyond,
                cap,
                absent,
            } => {
                let digits = self.input_digits(input);
                entries()
                    .with("input", text(input))
                    .with("each", self.number(*each, digits))
                    .with("points", self.points(*per_unit))
                    .with_some("beyond", beyond.map(|beyond| self.number(beyond, digits)))
                    .with_some("cap", points(cap))
                    .with_some("absent", points(absent))
            }
            Body::EachMember {
                input,
                points: per_member,
                cap,
                members,
                absent,
            } => entries()
                .with("input", text(input))
                .with("each_member", self.points(*per_member))
                .with_some("cap", points(cap))
                .with_some("members", members.as_ref().map(|members| texts(members)))
                .with_some("absent", points(absent)),
            Body::When {
                when,
                points: given,
                otherwise,
            } => entries()
                .with("when", self.condition(when))
                .with("points", self.points(*given))
                .with_some("otherwise", points(otherwise)),
            Body::Choose(branches) => {
                let branches = branches.iter().map(|branch| {
                    let when = branch.when.as_ref().map(|when| self.condition(when));
                    self.body(&branch.body).with_some("when", when).map()
                });
                entries().with("choose", Node::List(branches.collect()))
            }
            Body::Fixed(points) => entries().with("points", self.points(*points)),
        }
    }

    fn bands(&self, bands: &[Band], digits: Digits) -> Node {
        let ends = bands
            .iter()
            .skip(1)
            .map(|next| Some(next.from))
            .chain([None]);
        let bands = bands.iter().zip(ends).map(|(band, end)| {
            let below = end
                .filter(|_| band.ends)
                .map(|end| self.number(end, digits));
            let label = self
                .seldom(&format!("band {}", band.from))
                .then(|| text("a band"));
            entries()
                .with("from", self.number(band.from, digits))
                .with_some("below", below)
                .with("points", self.points(band.points))
                .with_some("label", label)
                .map()
        });
        Node::List(bands.collect())
    }

    pub(super) fn group(&self, group: &Group) -> Node {
        self.noted(
            &group.name,
            entries().with("score", self.items(&group.score)),
        )
        .map()
    }

    fn items(&self, items: &[Item]) -> Node {
        Node::List(items.iter().map(|item| self.item(item)).collect())
    }

    fn item(&self, item: &Item) -> Node {
        match item {
            Item::Named(name) => text(name),
            Item::Highest(parts) => entries().with("highest", self.items(parts)).map(),
            Item::Lowest(parts) => entries().with("lowest", self.items(parts)).map(),
            Item::Capped(parts, at) => entries()
                .with("capped", self.items(parts))
                .with("at", self.points(*at))
                .map(),
        }
    }

    pub(super) fn dimension(&self, dimension: &Dimension) -> Node {
        let scale = dimension.scale.as_ref().map(|scale| match scale {
            Scale::Steps(steps) => Node::List(
                steps
                    .iter()
                    .map(|(from, gives)| {
                        entries()
                            .with("from", self.points(*from))
                            .with("gives", self.points(*gives))
                            .map()
                    })
                    .collect(),
            ),
            Scale::Whole { first, gives } => {
                let gives = gives.iter().map(|gives| self.points(*gives)).collect();
                entries()
                    .with("first", plain(first))
                    .with("gives", Node::List(gives))
                    .map()
            }
        });
        let levels = dimension
            .levels
            .as_ref()
            .map(|levels| match levels.cases.as_slice() {
                [only] => self.level_list(levels, only),
                cases => {
                    let cases = cases.iter().map(|case| {
                        let when = case.when.as_ref().map(|when| self.condition(when));
                        entries()
                            .with_some("when", when)
                            .with("levels", self.level_list(levels, case))
                            .map()
                    });
                    entries().with("choose", Node::List(cases.collect())).map()
                }
            });
        let score = entries().with("score", self.items(&dimension.score));
        self.noted(
            &dimension.name,
            score.with_some("scale", scale).with_some("levels", levels),
        )
        .map()
    }

    fn level_list(&self, levels: &Levels, case: &LevelCase) -> Node {
        let scored = levels.names.len() - levels.only_by_override;
        let list = levels.names.iter().enumerate().map(|(position, name)| {
            let label = self
                .seldom(&format!("{name} label"))
                .then(|| text(&format!("a level, {name}")));
            entries()
                .with("level", text(name))
                .with_some("from", case.cuts.get(position).map(|cut| self.points(*cut)))
                .with_some("label", label)
                .with_true("only_by_override", position >= scored)
                .map()
        });
        Node::List(list.collect())
    }
}
