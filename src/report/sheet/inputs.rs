//! Writes the inputs, with what may be given and what a missing value means, and the checks on them.

use crate::arena::InputId;
use crate::date::Unit;
use crate::model::events::{Count, Field, Takes, Window, Worth};
use crate::model::rules_in_words::Words;
use crate::model::{Derived, Domain, Heading, Input, Missing, Moment, MoreIs};
use crate::number;
use crate::report::document::cited::Cited;
use crate::report::document::tree::{Block, Head, Section, Table};
use crate::report::sheet::SheetWriter;
use crate::words::{counted, unit};

impl SheetWriter<'_> {
    pub(super) fn inputs(&self) -> Section {
        let mut section = Section::new("inputs", "Inputs");
        let entries = self.model.inputs.ids().map(|id| {
            let input = &self.model.inputs[id];
            (
                self.input_head(input),
                vec![values(input), self.where_missing(id)],
            )
        });
        section.blocks.push(Block::Table(Table::labelled(
            "What is read about a person",
            &["Input", "Values", "If not given"],
            entries,
        )));
        let lists = self.model.events.items().iter().map(|list| {
            let fields = list.fields.inputs.items().iter().skip(1);
            let fields =
                fields.map(|field| format!("{} ({})", field.heading.spoken(), values(field)));
            let references = list.references.iter();
            let references =
                references.map(|field| format!("{} (a reference)", field.heading.spoken()));
            let parts: Vec<String> = std::iter::once("its date".to_owned())
                .chain(fields)
                .chain(references)
                .collect();
            let missing = match list.missing {
                Missing::Absent => "that is an answer in itself",
                Missing::Unknown => "not known: everything that is counted is open",
                Missing::Error | Missing::Assume(_) => "the profile is refused",
            };
            let held = format!("at most {}, each with {}", list.at_most, parts.join("; "));
            (self.head(&list.heading), vec![held, missing.to_owned()])
        });
        if !self.model.events.items().is_empty() {
            section.blocks.push(Block::Table(Table::labelled(
                "Lists of events, of which inputs are counted",
                &["List", "Events", "If not given"],
                lists,
            )));
        }
        section
    }

    /// Returns how an input is counted.
    fn counting(&self, count: &Count) -> String {
        let list = &self.model.events[count.list];
        let name = list.heading.spoken();
        let field = |field: &Field| match field {
            Field::Value(input) => list.fields.inputs[*input].heading.spoken(),
            Field::Reference(at) => {
                let field = list.references.get(*at);
                field.map_or("", |field| field.heading.spoken())
            }
        };
        let worth = |worth: &Worth| {
            let input = &list.fields.inputs[worth.field];
            let title = input.heading.spoken();
            let Some(points) = &worth.points else {
                return title.to_owned();
            };
            let each = points.iter().zip(0..).map(|(points, value)| {
                let points = number::scaled_text(*points, worth.places);
                format!("{} {points}", input.value(value))
            });
            format!("{title} ({})", each.collect::<Vec<_>>().join(", "))
        };
        let what = match &count.takes {
            Takes::Count => format!("the number of {name}"),
            Takes::Distinct(of) => format!("the number of different {} of {name}", field(of)),
            Takes::Sum(of) => format!("the sum of {} over {name}", worth(of)),
            Takes::Highest(of) => format!("the highest {} of {name}", worth(of)),
            Takes::Latest => format!("the date of the latest of {name}"),
            Takes::Earliest => format!("the date of the earliest of {name}"),
            Takes::DaysSince => format!("the days since the latest of {name}"),
        };
        let mut parts = vec![format!("counted: {what}")];
        if let Some(when) = count.when {
            let words = Words {
                model: &list.fields,
                ..self.words
            };
            parts.push(format!("where {}", words.condition(when)));
        }
        let Window {
            within,
            before,
            after,
        } = count.window;
        if let Some(within) = within {
            let length = counted(i64::from(within.count), unit(within.unit));
            parts.push(match (before, after) {
                (None, None) => format!("in the {length} up to the date of the scoring"),
                (Some(_), _) => format!("in the {length}"),
                (None, Some(_)) => format!("in the {length} from the day"),
            });
        }
        parts.extend(before.map(|id| format!("before {}", self.words.input(id))));
        parts.extend(after.map(|id| format!("after {}", self.words.input(id))));
        parts.extend(
            (count.one_per.as_ref()).map(|own| format!("only one for each {}", field(own))),
        );
        parts.join(", ")
    }

    /// Returns the head of an entry of the file, with its note and sources.
    pub(super) fn head(&self, heading: &Heading) -> Head {
        Head {
            title: heading.spoken().to_owned(),
            remarks: heading.note.iter().cloned().collect(),
            sources: Cited::of(self.matrix, &heading.sources),
        }
    }

    fn input_head(&self, input: &Input) -> Head {
        let mut head = self.head(&input.heading);
        if input.heading.spoken() != input.heading.name {
            head.remarks
                .insert(0, format!("Called {} in a profile.", input.heading.name));
        }
        let marks = [
            (
                input.protected,
                "It is, or stands for, a protected characteristic.",
            ),
            (input.changeable, "A person can change it."),
            (
                input.is_earlier,
                "It is the tier that was given the time before.",
            ),
            (input.more_is == Some(MoreIs::Worse), "More is worse."),
            (input.more_is == Some(MoreIs::Better), "More is better."),
        ];
        head.remarks.extend(
            marks
                .into_iter()
                .filter(|(applies, _)| *applies)
                .map(|(_, mark)| mark.to_owned()),
        );
        head
    }

    fn where_missing(&self, id: InputId) -> String {
        let input = &self.model.inputs[id];
        if let Some(derived) = &input.derived {
            let open = match input.missing {
                Missing::Absent => "; without a value where one of these has none",
                Missing::Unknown => "; not known where one of these is not",
                Missing::Error | Missing::Assume(_) => "",
            };
            return format!("{}{open}", self.derivation(derived));
        }
        if let Some(count) = &input.counted {
            return self.counting(count);
        }
        match input.missing {
            Missing::Error => "the profile is refused".to_owned(),
            Missing::Absent => "that is an answer in itself".to_owned(),
            Missing::Unknown => "not known: every value stays possible".to_owned(),
            Missing::Assume(value) => {
                format!("{} is assumed, and shown as assumed", input.value(value))
            }
        }
    }

    fn derivation(&self, derived: &Derived) -> String {
        let moment = |moment: &Moment| match moment {
            Moment::AsAt => "the date of the scoring".to_owned(),
            Moment::Input(input) => self.words.input(*input).to_owned(),
        };
        match derived {
            Derived::Between { unit, from, to } => {
                let unit = match unit {
                    Unit::Years => "completed years",
                    Unit::Months => "completed months",
                    Unit::Days => "days",
                };
                format!(
                    "worked out, never given: the {unit} from {} to {}",
                    moment(from),
                    moment(to)
                )
            }
            Derived::Sum(parts) => {
                let parts: Vec<_> = parts.iter().map(|part| self.words.input(*part)).collect();
                format!("worked out, never given: the sum of {}", parts.join("; "))
            }
        }
    }

    pub(super) fn checks(&self) -> Option<Section> {
        let checks = &self.model.checks;
        let mut section = Section::new("checks", "Checks");
        section.says("A profile that contradicts itself is refused.");
        let entries = checks.iter().map(|check| {
            let when = check.when.map_or_else(
                || "in every case".to_owned(),
                |when| self.words.condition(when),
            );
            let head = Head {
                title: check.message.clone(),
                ..Head::default()
            };
            (head, vec![when, self.words.condition(check.require)])
        });
        section.blocks.push(Block::Table(Table::labelled(
            "What must agree",
            &["Check", "If", "Then this must hold"],
            entries,
        )));
        (!checks.is_empty()).then_some(section)
    }
}

/// Returns the values with names, such as "low, very_high (Very high)".
fn named(input: &Input) -> String {
    let count = input.domain.names().len();
    let named = (0..count).filter_map(|position| input.named(position));
    let named: Vec<String> = named.map(|named| named.with_name()).collect();
    named.join(", ")
}

fn values(input: &Input) -> String {
    let unit = input
        .unit
        .as_ref()
        .map(|unit| format!(" ({unit})"))
        .unwrap_or_default();
    let domain = &input.domain;
    let (from, to) = domain.bounds();
    match domain {
        // A derived number's ends follow from what it is worked out from.
        Domain::Number { .. } if input.derived.is_some() => format!("a whole number{unit}"),
        Domain::Number { places: 0, .. } => format!(
            "a whole number from {} to {}{unit}",
            input.value(from),
            input.value(to)
        ),
        Domain::Number { places, .. } => {
            let plural = if *places == 1 { "" } else { "s" };
            format!(
                "a number from {} to {} with at most {places} decimal place{plural}{unit}",
                input.value(from),
                input.value(to)
            )
        }
        Domain::Level { .. } => format!("{}; in order, the lowest first", named(input)),
        Domain::Category { .. } => format!("one of {}", named(input)),
        Domain::Set { .. } => format!("any of {}", named(input)),
        Domain::Boolean => "yes or no".to_owned(),
        Domain::Date { .. } => format!("a date from {} to {}", input.value(from), input.value(to)),
    }
}
