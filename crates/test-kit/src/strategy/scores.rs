//! Criteria, groups and dimensions.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::conditions::Stage;
use super::{Builder, LEVELS, words};
use crate::bounds::{self, Interval};
use crate::spec::{
    Band, Body, Branch, Criterion, Dimension, Group, Item, Kind, LevelCase, Levels, Scale,
};
use crate::value::Value;

/// The most values of an integer input for which each is listed.
const MOST_LISTED: i64 = 8;
/// The most whole scores that a scale lists.
const MOST_SCALED: i64 = 40;

impl Builder {
    pub(super) fn criteria(&mut self) {
        for _ in 0..self.at_most(4, 15) {
            let name = self.scoring_name("criterion");
            let body = match self.choices.below(10) {
                0..=6 => self.reading(),
                7 => self.conditional(),
                _ => self.choose(),
            };
            self.spec.criteria.push(Criterion { name, body });
        }
    }

    fn conditional(&mut self) -> Body {
        let when = self.condition(Stage::Inputs);
        let points = self.points();
        let otherwise = self.choices.chance(50).then(|| self.points());
        Body::When {
            when,
            points,
            otherwise,
        }
    }

    fn choose(&mut self) -> Body {
        let mut branches = Vec::new();
        for _ in 0..=self.choices.below(2) {
            let when = Some(self.condition(Stage::Inputs));
            branches.push(Branch {
                when,
                body: self.branch(),
            });
        }
        branches.push(Branch {
            when: None,
            body: self.branch(),
        });
        Body::Choose(branches)
    }

    fn branch(&mut self) -> Body {
        if self.choices.chance(30) {
            return Body::Fixed(self.points());
        }
        match self.reading() {
            Body::When { points, .. } => Body::Fixed(points),
            body => body,
        }
    }

    /// Returns points by the value of one input; by a condition if it is a date.
    fn reading(&mut self) -> Body {
        let position = self
            .choices
            .below(self.spec.inputs.len() + self.spec.derived.len());
        let Some(input) = self.spec.inputs.get(position).cloned() else {
            let name = self.spec.derived[position - self.spec.inputs.len()]
                .name
                .clone();
            return self.reading_derived(name);
        };
        match input.kind {
            Kind::Integer { low, high } => match self.choices.below(3) {
                1 if high - low < MOST_LISTED => {
                    self.values(input.name, (low..=high).map(Value::Integer))
                }
                2 => self.each(
                    input.name,
                    Interval {
                        low: low.into(),
                        high: high.into(),
                    },
                    Decimal::ONE,
                ),
                _ => self.bands(
                    input.name,
                    Interval {
                        low: low.into(),
                        high: high.into(),
                    },
                    Decimal::ONE,
                ),
            },
            Kind::Decimal { places, low, high } => {
                let unit = Decimal::new(1, places);
                if self.choices.chance(30) {
                    self.each(input.name, Interval { low, high }, unit)
                } else {
                    self.bands(input.name, Interval { low, high }, unit)
                }
            }
            Kind::Level(values) | Kind::Category(values) => {
                self.values(input.name, values.into_iter().map(Value::Text))
            }
            Kind::Boolean => self.values(input.name, [true, false].into_iter().map(Value::Boolean)),
            Kind::Set(members) => self.each_member(input.name, &members),
            Kind::Date { .. } => self.conditional(),
        }
    }

    fn reading_derived(&mut self, name: String) -> Body {
        match bounds::input(&self.spec, &name) {
            // Two dates may leave no choice of cut-off.
            Some(range) if range.low == range.high => self.bands(name, range, Decimal::ONE),
            Some(range) if self.choices.chance(40) => self.each(name, range, Decimal::ONE),
            Some(range) => self.bands(name, range, Decimal::ONE),
            None => {
                let span = self.span_until_as_at(&name);
                let each = self.unit_size(span, Decimal::ONE);
                let beyond = self
                    .choices
                    .chance(40)
                    .then(|| self.cut(span.low, span.high, Decimal::ONE));
                let beyond = within_reach(beyond, span.high - each);
                let (points, cap) = (self.positive_points(), Some(self.positive_points()));
                let absent = self.absent(&name);
                Body::Each {
                    input: name,
                    each,
                    points,
                    beyond,
                    cap,
                    absent,
                }
            }
        }
    }

    /// Returns the points of an absent input: given where it may be absent, and only there.
    fn absent(&mut self, input: &str) -> Option<Decimal> {
        self.spec.may_be_absent(input).then(|| self.points())
    }

    fn bands(&mut self, input: String, range: Interval, unit: Decimal) -> Body {
        let most = self.choices.below(5);
        let cuts = self.cuts(range.low, range.high, unit, most);
        let bands = [range.low]
            .into_iter()
            .chain(cuts)
            .map(|from| Band {
                from,
                ends: self.choices.chance(30),
                points: self.points(),
            })
            .collect();
        let absent = self.absent(&input);
        Body::Bands {
            input,
            bands,
            absent,
        }
    }

    fn values(&mut self, input: String, values: impl Iterator<Item = Value>) -> Body {
        let values = values.map(|value| (value, self.points())).collect();
        let absent = self.absent(&input);
        Body::Values {
            input,
            values,
            absent,
        }
    }

    fn each(&mut self, input: String, range: Interval, unit: Decimal) -> Body {
        let each = self.unit_size(range, unit);
        let beyond = self
            .choices
            .chance(40)
            .then(|| self.cut(range.low, range.high, unit) - unit);
        let beyond = within_reach(beyond, range.high - each);
        let points = self.points();
        // A cap bounds from above, so it is of use for positive points.
        let cap = (points > Decimal::ZERO && self.choices.chance(40))
            .then(|| points + self.positive_points());
        let absent = self.absent(&input);
        Body::Each {
            input,
            each,
            points,
            beyond,
            cap,
            absent,
        }
    }

    /// Returns the size of the unit of an `each`: the range has about a dozen at most.
    fn unit_size(&mut self, range: Interval, unit: Decimal) -> Decimal {
        let steps = ((range.high - range.low) / unit)
            .to_i64()
            .expect("a generated range has few units");
        unit * Decimal::from((steps / self.choices.between(1, 12)).max(1))
    }

    fn each_member(&mut self, input: String, all: &[String]) -> Body {
        let points = self.points();
        let cap = (points > Decimal::ZERO && self.choices.chance(40))
            .then(|| points + self.positive_points());
        let members = self.choices.chance(40).then(|| self.choices.subset(all));
        let absent = self.absent(&input);
        Body::EachMember {
            input,
            points,
            cap,
            members,
            absent,
        }
    }

    pub(super) fn groups(&mut self) {
        if self.spec.criteria.is_empty() {
            return;
        }
        for _ in 0..self.at_most(2, 3) {
            let score = self.items(1);
            let name = self.fresh_name("group");
            self.spec.groups.push(Group { name, score });
        }
    }

    /// Returns items of a score: criteria and groups, and what nests them.
    fn items(&mut self, depth: usize) -> Vec<Item> {
        let criteria = self.spec.criteria.iter().map(|criterion| &criterion.name);
        let all: Vec<String> = criteria
            .chain(self.spec.groups.iter().map(|group| &group.name))
            .cloned()
            .collect();
        let count = 1 + self.choices.below(all.len().min(4));
        let names = self.choices.some(&all, count);
        names
            .into_iter()
            .map(|name| {
                if depth == 0 {
                    return Item::Named(name);
                }
                match self.choices.below(10) {
                    0..=6 => Item::Named(name),
                    7 => Item::Highest(self.items(depth - 1)),
                    8 => Item::Lowest(self.items(depth - 1)),
                    _ => {
                        let parts = self.items(depth - 1);
                        let sum = bounds::items(&self.spec, &parts);
                        let at = self.cut(sum.low, sum.high, self.score_unit());
                        Item::Capped(parts, at)
                    }
                }
            })
            .collect()
    }

    pub(super) fn dimensions(&mut self) {
        if self.spec.criteria.is_empty() {
            return;
        }
        for _ in 0..=self.at_most(1, 3) {
            let name = self.scoring_name("dimension");
            let score = self.items(2);
            let range = bounds::items(&self.spec, &score);
            let scale = self.choices.chance(35).then(|| self.scale(range));
            self.spec.dimensions.push(Dimension {
                name: name.clone(),
                score,
                scale,
                levels: None,
            });
            let read = bounds::scaled(&self.spec, &name).unwrap_or(range);
            let levels = (!self.choices.chance(25)).then(|| self.levels(read));
            self.spec.dimensions.last_mut().expect("just added").levels = levels;
        }
    }

    fn scale(&mut self, range: Interval) -> Scale {
        let wide = range.high - range.low > Decimal::from(MOST_SCALED);
        let whole = range.low.is_integer() && range.high.is_integer() && self.whole_points;
        let mut number = self.choices.between(0, 3);
        let mut next = |choices: &mut super::Choices| {
            number += choices.between(0, 3);
            Decimal::from(number)
        };
        if whole && !wide && self.choices.chance(50) {
            let first = range.low.to_i64().expect("a generated score is small");
            let last = range.high.to_i64().expect("a generated score is small");
            return Scale::Whole {
                first,
                gives: (first..=last).map(|_| next(&mut self.choices)).collect(),
            };
        }
        let most = self.choices.below(5);
        let cuts = self.cuts(range.low, range.high, self.score_unit(), most);
        Scale::Steps(
            [range.low]
                .into_iter()
                .chain(cuts)
                .map(|from| (from, next(&mut self.choices)))
                .collect(),
        )
    }

    fn levels(&mut self, read: Interval) -> Levels {
        let most = self.choices.below(4);
        let case_count = if self.choices.chance(25) {
            2 + self.choices.below(2)
        } else {
            1
        };
        let mut cases = Vec::new();
        for number in 1..=case_count {
            let when = (number < case_count).then(|| self.condition(Stage::Inputs));
            let mut cuts = self.cuts(read.low, read.high, self.score_unit(), most);
            cuts.reverse();
            cases.push(LevelCase { when, cuts });
        }
        // All lists have the same levels, so as many cut-offs as the shortest.
        let scored = cases
            .iter()
            .map(|case| case.cuts.len())
            .min()
            .expect("at least one case");
        for case in &mut cases {
            case.cuts.truncate(scored);
        }
        let only_by_override = usize::from(self.choices.chance(25));
        let names = words(&mut self.choices, &LEVELS, scored + 1 + only_by_override);
        Levels {
            names,
            only_by_override,
            cases,
        }
    }
}

/// Returns where units are counted from, such that the largest value has at least one.
fn within_reach(beyond: Option<Decimal>, last: Decimal) -> Option<Decimal> {
    if beyond.unwrap_or_default() > last {
        Some(last)
    } else {
        beyond
    }
}
