//! Writes the criteria: each cut-off or value beside its points.

use std::fmt::Display;

use rust_decimal::Decimal;

use crate::arena::ConditionId;
use crate::model::{Criterion, Domain, Gives, Input, Measure, Missing, Reading, Rule};
use crate::number::{self, Points};
use crate::report::document::cited::Cited;
use crate::report::document::tree::{Head, Row};
use crate::report::sheet::SheetWriter;

impl SheetWriter<'_> {
    /// Returns the head of a criterion, with its title and what it reads, and a row for each number of points that it can give.
    pub(super) fn criterion(&self, criterion: &Criterion) -> (Head, Vec<Row>) {
        let mut head = self.head(&criterion.heading);
        let mut rows = Vec::new();
        match &criterion.rule {
            Rule::One(reading) => {
                head.remarks
                    .insert(0, format!("Reads {}.", self.reads(reading)));
                self.reading(reading, &mut rows);
            }
            Rule::When {
                when,
                points,
                otherwise,
            } => {
                rows.push(row(format!("if {}", self.words.condition(*when)), *points));
                rows.push(row("otherwise", *otherwise));
            }
            Rule::Choose(choices) => {
                head.remarks
                    .insert(0, "The first that applies counts.".to_owned());
                for choice in choices {
                    for source in Cited::of(self.matrix, &choice.heading.sources) {
                        if !head.sources.contains(&source) {
                            head.sources.push(source);
                        }
                    }
                    let title = choice
                        .heading
                        .title
                        .as_ref()
                        .map(|title| format!(" ({title})"))
                        .unwrap_or_default();
                    let when = format!("{}{title}", self.choice(choice.when));
                    let note = choice.heading.note.as_ref();
                    match &choice.gives {
                        Gives::Fixed(points) => {
                            rows.push(row(when, *points));
                            rows.extend(note.map(|note| Row::Says(note.clone())));
                        }
                        Gives::Reading(reading) => {
                            let note = note.map(|note| format!(" {note}")).unwrap_or_default();
                            rows.push(Row::Says(format!(
                                "{when}, by {}:{note}",
                                self.reads(reading)
                            )));
                            self.reading(reading, &mut rows);
                        }
                    }
                }
            }
        }
        (head, rows)
    }

    /// Returns when a choice applies, in words.
    pub(super) fn choice(&self, when: Option<ConditionId>) -> String {
        when.map_or_else(
            || "in every other case".to_owned(),
            |when| format!("if {}", self.words.condition(when)),
        )
    }

    fn reads(&self, reading: &Reading) -> String {
        let input = &self.model.inputs[reading.input];
        let unit = input
            .unit
            .as_ref()
            .map(|unit| format!(" ({unit})"))
            .unwrap_or_default();
        format!("{}{unit}", input.heading.spoken())
    }

    fn reading(&self, reading: &Reading, rows: &mut Vec<Row>) {
        let input = &self.model.inputs[reading.input];
        self.measure(&reading.measure, input, rows);
        if let Some(points) = reading.absent {
            rows.push(row("not in the profile", points));
        }
        match input.missing {
            Missing::Unknown => {
                let (least, most) = reading.measure.extent(&input.domain);
                let points = if least == most {
                    in_words(least)
                } else {
                    format!("{least} to {most} points")
                };
                rows.push(Row::Points {
                    what: "not known".to_owned(),
                    points,
                });
            }
            Missing::Assume(value) => {
                rows.push(row(
                    format!("not in the profile: {} is assumed", input.value(value)),
                    reading.measure.points_of(value),
                ));
            }
            Missing::Error | Missing::Absent => {}
        }
    }

    fn measure(&self, measure: &Measure, input: &Input, rows: &mut Vec<Row>) {
        let domain = &input.domain;
        match measure {
            Measure::Bands(bands) => {
                let most = domain.bounds().1;
                let next = bands
                    .iter()
                    .skip(1)
                    .map(|band| Some(band.from))
                    .chain([None]);
                for (band, next) in bands.iter().zip(next) {
                    let label = band
                        .label
                        .as_ref()
                        .map(|label| format!(" ({label})"))
                        .unwrap_or_default();
                    let from = input.value(band.from);
                    let is_one = matches!(domain, Domain::Number { places: 0, .. })
                        && next.map_or(most, |next| next - 1) == band.from;
                    let values = if is_one {
                        from.to_string()
                    } else {
                        span(from, next.map(|next| input.value(next)))
                    };
                    rows.push(row(format!("{values}{label}"), band.points));
                }
            }
            Measure::Values { first, points } => {
                rows.extend(
                    points
                        .iter()
                        .zip(*first..)
                        .map(|(points, value)| row(input.value(value).to_string(), *points)),
                );
            }
            Measure::Each {
                each,
                points,
                beyond,
                cap,
            } => {
                let places = if let Domain::Number { places, .. } = domain {
                    *places
                } else {
                    0
                };
                let beyond = if *beyond == 0 {
                    String::new()
                } else {
                    format!(" beyond {}", number::scaled_text(*beyond, places))
                };
                let each = number::unscaled(*each, places);
                let each = if each == Decimal::ONE {
                    "one".to_owned()
                } else {
                    format!("whole {each}")
                };
                rows.push(row(format!("for each {each}{beyond}"), *points));
                rows.extend(cap.map(capped));
            }
            Measure::Members {
                members,
                points,
                cap,
            } => {
                let names: Vec<_> = input
                    .members(*members)
                    .iter()
                    .map(|member| member.label)
                    .collect();
                rows.push(row(format!("for each of {}", names.join(", ")), *points));
                rows.extend(cap.map(capped));
            }
        }
    }
}

/// Returns a half-open range in the words of a trace, such as "75 to below 90".
pub(super) fn span(from: impl Display, below: Option<impl Display>) -> String {
    match below {
        Some(below) => format!("{from} to below {below}"),
        None => format!("{from} or more"),
    }
}

fn row(what: impl Into<String>, points: Points) -> Row {
    Row::Points {
        what: what.into(),
        points: in_words(points),
    }
}

fn capped(cap: Points) -> Row {
    // The cap of points that are taken off bounds them from below.
    row(
        if cap < Points::ZERO {
            "in all, no less than"
        } else {
            "in all, at most"
        },
        cap,
    )
}

fn in_words(points: Points) -> String {
    let noun = if points.millionths() == 1_000_000 {
        "point"
    } else {
        "points"
    };
    format!("{points} {noun}")
}
