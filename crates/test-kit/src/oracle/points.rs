//! Points, sums, scales and levels.

use rust_decimal::Decimal;

use super::inputs::{Present, read_value};
use super::{DimensionOutcome, Scoring};
use crate::spec::{Body, Dimension, Item, Scale};

impl Scoring<'_> {
    pub(super) fn body(&self, body: &Body) -> Decimal {
        match body {
            Body::Bands {
                input,
                bands,
                absent,
            } => self.with_number(input, *absent, |number| {
                let band = bands.iter().rev().find(|band| band.from <= number);
                band.expect("the first band begins where the range does")
                    .points
            }),
            Body::Values {
                input,
                values,
                absent,
            } => match self.values.get(input) {
                None => required(*absent, input),
                Some(present) => {
                    let listed = values
                        .iter()
                        .find(|(value, _)| read_value(value) == *present);
                    listed.expect("every value is listed").1
                }
            },
            Body::Each {
                input,
                each,
                points,
                beyond,
                cap,
                absent,
            } => self.with_number(input, *absent, |number| {
                let beyond = beyond.unwrap_or_default();
                if number <= beyond {
                    return Decimal::ZERO;
                }
                capped(points * ((number - beyond) / each).floor(), *cap)
            }),
            Body::EachMember {
                input,
                points,
                cap,
                members,
                absent,
            } => match self.values.get(input) {
                None => required(*absent, input),
                Some(Present::Set(given)) => {
                    let counts = |member: &&String| {
                        members
                            .as_ref()
                            .is_none_or(|members| members.contains(member))
                    };
                    capped(
                        points * Decimal::from(given.iter().filter(counts).count()),
                        *cap,
                    )
                }
                Some(other) => panic!("`{input}` is not a set: {other:?}"),
            },
            Body::When {
                when,
                points,
                otherwise,
            } => {
                if self.holds(when) {
                    *points
                } else {
                    otherwise.unwrap_or_default()
                }
            }
            Body::Choose(branches) => {
                let applies = |when: &Option<_>| when.as_ref().is_none_or(|when| self.holds(when));
                let branch = branches.iter().find(|branch| applies(&branch.when));
                self.body(&branch.expect("the last branch has no condition").body)
            }
            Body::Fixed(points) => *points,
        }
    }

    fn with_number(
        &self,
        input: &str,
        absent: Option<Decimal>,
        points: impl Fn(Decimal) -> Decimal,
    ) -> Decimal {
        match self.values.get(input) {
            None => required(absent, input),
            Some(Present::Number(number)) => points(*number),
            Some(other) => panic!("`{input}` is not a number: {other:?}"),
        }
    }

    pub(super) fn sum(&self, items: &[Item]) -> Decimal {
        items.iter().map(|item| self.item(item)).sum()
    }

    fn item(&self, item: &Item) -> Decimal {
        let each =
            |parts: &[Item]| -> Vec<Decimal> { parts.iter().map(|part| self.item(part)).collect() };
        match item {
            Item::Named(name) => self.outcome.points[name],
            Item::Highest(parts) => each(parts).into_iter().max().expect("at least one item"),
            Item::Lowest(parts) => each(parts).into_iter().min().expect("at least one item"),
            Item::Capped(parts, at) => self.sum(parts).min(*at),
        }
    }

    pub(super) fn dimension(&self, dimension: &Dimension) -> DimensionOutcome {
        let score = self.sum(&dimension.score);
        let scaled = dimension.scale.as_ref().map(|scale| match scale {
            Scale::Steps(steps) => {
                let step = steps.iter().rev().find(|(from, _)| *from <= score);
                step.expect("the scale covers every score").1
            }
            Scale::Whole { first, gives } => {
                let position = usize::try_from(score - Decimal::from(*first))
                    .expect("the scale begins low enough");
                gives[position]
            }
        });
        let level = dimension.levels.as_ref().map(|levels| {
            let applies = |when: &Option<_>| when.as_ref().is_none_or(|when| self.holds(when));
            let case = levels
                .cases
                .iter()
                .find(|case| applies(&case.when))
                .expect("the last case has no condition");
            let read = scaled.unwrap_or(score);
            let position = case
                .cuts
                .iter()
                .position(|cut| read >= *cut)
                .unwrap_or(case.cuts.len());
            levels.names[position].clone()
        });
        DimensionOutcome {
            score,
            scaled,
            level,
        }
    }
}

fn capped(points: Decimal, cap: Option<Decimal>) -> Decimal {
    cap.map_or(points, |cap| points.min(cap))
}

fn required(absent: Option<Decimal>, input: &str) -> Decimal {
    absent.unwrap_or_else(|| panic!("nothing says what an absent `{input}` scores"))
}
