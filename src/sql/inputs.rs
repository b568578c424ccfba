//! Writes how the inputs are read: what refuses a row, what is unknown, and what is derived.

use crate::arena::InputId;
use crate::date::Date;
use crate::model::{Derived, Domain, Input, Missing, Moment};
use crate::sql::dialect::Dialect;
use crate::sql::writer::{Column, Writer, cases};

/// The column that says whether something is unknown.
const UNKNOWN: &str = "case.unknown";

/// What refuses a row.
struct Refusal {
    /// A test that is true or null where the row passes.
    passes: String,
    /// Why the row is refused, or null.
    text: String,
}

impl Writer<'_> {
    /// Adds the parts of the query from the relation to what is known of each input.
    pub(super) fn inputs(&mut self) {
        let given: Vec<&Input> = self.model.inputs.items().iter().collect();
        let given: Vec<&Input> = given
            .into_iter()
            .filter(|input| input.derived.is_none())
            .collect();
        let as_at = match self.query.as_at {
            Some(date) => self.dialect.date(date),
            None => self.name("as_at"),
        };
        let mut columns = vec![
            Column::new("case.id", self.name("id")),
            Column::new("case.as_at", as_at),
        ];
        for input in &given {
            let names = self.columns_of(input).into_iter();
            columns.extend(names.map(|name| Column::new(&name, self.name(&name))));
        }
        self.begin("given", columns);

        let mut tests = Vec::new();
        if self.query.as_at.is_none() {
            let name = self.as_at();
            tests.push(Refusal {
                passes: format!("{name} IS NOT NULL"),
                text: format!("CASE WHEN {name} IS NULL THEN '`as_at` is missing' END"),
            });
        }
        tests.extend(given.iter().filter_map(|input| self.refusal(input)));
        self.refuse("given", &tests);

        let unknown = given
            .iter()
            .filter(|input| input.missing == Missing::Unknown)
            .map(|input| format!("{} IS NULL", self.given(input)));
        // Where nothing is said of what is counted of events, the list itself is missing.
        let lists = self.model.events.items().iter().filter(|list| {
            let mut counted = list.counted.iter().map(|id| &self.model.inputs[*id]);
            list.missing != Missing::Absent
                && !list.counted.is_empty()
                && counted.all(|input| input.missing == Missing::Absent)
        });
        let lists = lists.map(|list| {
            let counted = list.counted.iter();
            let null: Vec<String> = counted
                .map(|id| format!("{} IS NULL", self.known(*id)))
                .collect();
            format!("({})", null.join(" AND "))
        });
        let unknown: Vec<String> = unknown.chain(lists).collect();
        let mut kept = vec!["case.id", "case.as_at"];
        if !unknown.is_empty() {
            let unknown = format!("({})", unknown.join(" OR "));
            self.add("unknown", vec![Column::new(UNKNOWN, unknown)]);
            self.unknown = Some(self.name(UNKNOWN));
            kept.push(UNKNOWN);
        }
        let errors = self.errors.clone();
        let kept = kept.iter().map(|name| Column::new(name, self.name(name)));
        let mut columns: Vec<Column> = kept.collect();
        columns.extend(errors.iter().map(|name| Column::new(name, self.name(name))));
        for input in &given {
            columns.extend(self.read(input));
        }
        self.begin("known", columns);
        let mut tests = self.derived();
        tests.extend(self.checks());
        self.refuse("checks", &tests);
    }

    /// Adds a test of all rows at once, and the texts that say why those that fail are refused.
    fn refuse(&mut self, of: &str, tests: &[Refusal]) {
        if tests.is_empty() {
            return;
        }
        let passes: Vec<&str> = tests.iter().map(|test| test.passes.as_str()).collect();
        let texts: Vec<String> = tests.iter().map(|test| test.text.clone()).collect();
        let (passes_name, error) = (format!("case.passes.{of}"), format!("case.error.{of}"));
        let passes = passes.join(" AND\n    ");
        self.add(
            &format!("tested_{of}"),
            vec![Column::new(&passes_name, format!("({passes})"))],
        );
        // It is null where something is missing that may be.
        let text = format!(
            "CASE WHEN NOT {} THEN {} END",
            self.name(&passes_name),
            self.dialect.joined(&texts)
        );
        self.add(&format!("refused_{of}"), vec![Column::new(&error, text)]);
        self.errors.push(error);
    }

    /// Returns the names of the columns of an input.
    fn columns_of(&self, input: &Input) -> Vec<String> {
        let name = &input.heading.name;
        match &input.domain {
            Domain::Set { values } if self.query.member_columns => values
                .iter()
                .map(|member| format!("{name}.{member}"))
                .collect(),
            _ => vec![name.clone()],
        }
    }

    /// Returns an input as it is given: null where nothing is.
    fn given(&self, input: &Input) -> String {
        self.columns_of(input)
            .first()
            .map_or_else(|| "NULL".to_owned(), |name| self.name(name))
    }

    /// Returns an input as it is known: null where it is absent.
    pub(super) fn known(&self, input: InputId) -> String {
        self.given(&self.model.inputs[input])
    }

    /// Returns whether an input can be absent.
    pub(super) fn is_nullable(&self, input: InputId) -> bool {
        let own = &self.model.inputs[input];
        match &own.derived {
            Some(Derived::Sum(parts)) => parts.iter().any(|part| self.is_nullable(*part)),
            Some(Derived::Between { from, to, .. }) => {
                [from, to].iter().any(|moment| match moment {
                    Moment::AsAt => false,
                    Moment::Input(input) => self.is_nullable(*input),
                })
            }
            None => own.missing == Missing::Absent,
        }
    }

    /// Returns what refuses a row by the value of an input, if anything does.
    fn refusal(&self, input: &Input) -> Option<Refusal> {
        let (label, name) = (&input.heading.name, self.given(input));
        let (mut passes, mut each) = (Vec::new(), String::new());
        let mut test = |passing: String, failing: String, message: &str| {
            let message = self.dialect.text(&format!("`{label}` {message}"));
            each += &format!("WHEN {failing} THEN {message} ");
            passes.push(passing);
        };
        if input.missing == Missing::Error {
            test(
                format!("{name} IS NOT NULL"),
                format!("{name} IS NULL"),
                "is missing",
            );
        }
        let (least, most) = input.domain.bounds();
        let outside = format!(
            "is outside {} to {}",
            input.domain.text_of(least),
            input.domain.text_of(most)
        );
        match &input.domain {
            Domain::Number { places, .. } => {
                let within = format!(
                    "{name} BETWEEN {} AND {}",
                    input.domain.text_of(least),
                    input.domain.text_of(most)
                );
                test(within.clone(), format!("NOT {within}"), &outside);
                let (kept, message) = match places {
                    0 => (
                        self.dialect.floor(&name),
                        "is not a whole number".to_owned(),
                    ),
                    places => (
                        self.dialect.decimal(&name, *places, digits(&input.domain)),
                        format!("has more than {places} decimal places"),
                    ),
                };
                let same = match (*places, self.dialect) {
                    // DuckDB knows the type before it runs, and then nothing is left to test.
                    (0, Dialect::DuckDb) => {
                        format!("(typeof({name}) LIKE '%INT%' OR {name} = {kept})")
                    }
                    (0, Dialect::Postgres) => format!("{name} = {kept}"),
                    // What is out of range may not fit into the type.
                    _ => format!("CASE WHEN {within} THEN {name} = {kept} END"),
                };
                test(same, format!("{name} <> {kept}"), &message);
            }
            Domain::Date { from, to } => {
                let date = |days: i64| self.dialect.date(Date::from_days(days));
                let within = format!("{name} BETWEEN {} AND {}", date(*from), date(*to));
                test(within.clone(), format!("NOT {within}"), &outside);
                if self.dialect == Dialect::Sqlite {
                    let is_date = format!("coalesce(date({name}) = {name}, {name} IS NULL)");
                    test(
                        is_date.clone(),
                        format!("NOT {is_date}"),
                        "is not a date such as 2026-11-21",
                    );
                }
            }
            Domain::Level { values } | Domain::Category { values } => {
                let values: Vec<String> = values
                    .iter()
                    .map(|value| self.dialect.text(value))
                    .collect();
                let values = values.join(", ");
                test(
                    format!("{name} IN ({values})"),
                    format!("{name} NOT IN ({values})"),
                    "is not one of its values",
                );
            }
            Domain::Set { .. } if self.query.member_columns => {
                let null = |name: &String| format!("({} IS NULL)", self.name(name));
                let nulls: Vec<String> = self.columns_of(input).iter().map(null).collect();
                if let Some((first, others)) = nulls.split_first()
                    && !others.is_empty()
                {
                    let alike = others.iter().map(|other| format!("{first} = {other}"));
                    let alike = format!("({})", alike.collect::<Vec<_>>().join(" AND "));
                    test(
                        alike.clone(),
                        format!("NOT {alike}"),
                        "has a member of which nothing is recorded, beside others",
                    );
                }
            }
            Domain::Set { values } => {
                let only = self.dialect.has_only(&name, values);
                test(
                    only.clone(),
                    format!("NOT {only}"),
                    "has a member that is not one of its values",
                );
            }
            Domain::Boolean => {
                if self.dialect == Dialect::Sqlite {
                    test(
                        format!("{name} IN (0, 1)"),
                        format!("{name} NOT IN (0, 1)"),
                        "is not 1 or 0",
                    );
                }
            }
        }
        (!passes.is_empty()).then(|| Refusal {
            passes: passes.join(" AND "),
            text: cases("", &each, "NULL"),
        })
    }

    /// Returns the columns of an input as the matrix works with it: whole numbers, and what is assumed.
    fn read(&self, input: &Input) -> Vec<Column> {
        let names = self.columns_of(input).into_iter();
        let assumed = match input.missing {
            Missing::Assume(value) => Some(value),
            _ => None,
        };
        names
            .enumerate()
            .map(|(place, own)| {
                let name = self.name(&own);
                let read = match input.domain {
                    Domain::Number { places, .. } if places > 0 => {
                        // What is out of range may not fit into the type.
                        let (least, most) = input.domain.bounds();
                        let text = |value| input.domain.text_of(value);
                        format!(
                            "CASE WHEN {name} BETWEEN {} AND {} THEN {} END",
                            text(least),
                            text(most),
                            self.dialect.scaled(&name, places, digits(&input.domain))
                        )
                    }
                    _ => name.clone(),
                };
                let read = match assumed {
                    Some(value) => format!("coalesce({read}, {})", self.value(input, value, place)),
                    None => read,
                };
                Column::new(&own, read)
            })
            .collect()
    }

    /// Returns a value of an input, or whether a set has the member of a place.
    fn value(&self, input: &Input, value: i64, place: usize) -> String {
        match &input.domain {
            Domain::Number { .. } => value.to_string(),
            Domain::Date { .. } => self.dialect.date(Date::from_days(value)),
            Domain::Boolean if self.dialect == Dialect::Sqlite => value.to_string(),
            Domain::Boolean => if value == 0 { "FALSE" } else { "TRUE" }.to_owned(),
            Domain::Set { .. } if self.query.member_columns => if value >> place & 1 == 1 {
                "TRUE"
            } else {
                "FALSE"
            }
            .to_owned(),
            Domain::Set { .. } => self.dialect.list(&input.domain.members(value)),
            Domain::Level { values } | Domain::Category { values } => {
                let own = usize::try_from(value)
                    .ok()
                    .and_then(|value| values.get(value));
                self.dialect.text(own.map_or("", String::as_str))
            }
        }
    }

    /// Adds the derived inputs, each after those that it is made of, and returns what refuses a row by them.
    fn derived(&mut self) -> Vec<Refusal> {
        let model = self.model;
        let mut refusals = Vec::new();
        for (_, input) in model.inputs.iter() {
            let Some(derived) = &input.derived else {
                continue;
            };
            let moment = |moment: &Moment| match moment {
                Moment::AsAt => self.as_at(),
                Moment::Input(input) => self.known(*input),
            };
            let expression = match derived {
                Derived::Between { unit, from, to } => {
                    self.dialect.completed(&moment(from), &moment(to), *unit)
                }
                Derived::Sum(parts) => {
                    let parts = parts
                        .iter()
                        .map(|part| self.dialect.whole(&self.known(*part)));
                    parts.collect::<Vec<_>>().join(" + ")
                }
            };
            let (label, name) = (&input.heading.name, self.name(&input.heading.name));
            let column = Column::new(label, expression).titled(&input.heading);
            self.add(&format!("input_{label}"), vec![column]);
            let (least, most) = input.domain.bounds();
            let message = format!(
                "`{label}` is outside {} to {}",
                input.domain.text_of(least),
                input.domain.text_of(most)
            );
            let within = format!("{name} BETWEEN {least} AND {most}");
            refusals.push(Refusal {
                text: format!(
                    "CASE WHEN NOT {within} THEN {} END",
                    self.dialect.text(&message)
                ),
                passes: within,
            });
        }
        refusals
    }

    /// Returns what refuses a row by the checks.
    fn checks(&self) -> Vec<Refusal> {
        let each = self.model.checks.iter().map(|check| {
            let fails = format!("NOT {}", self.holds(check.require, true));
            let fails = match check.when {
                Some(when) => format!("{} AND {fails}", self.holds(when, false)),
                None => fails,
            };
            Refusal {
                text: format!(
                    "CASE WHEN {fails} THEN {} END",
                    self.dialect.text(&check.message)
                ),
                passes: format!("NOT ({fails})"),
            }
        });
        each.collect()
    }
}

/// Returns the digits of the largest number of an input.
fn digits(domain: &Domain) -> u32 {
    let (least, most) = domain.bounds();
    let largest = least.unsigned_abs().max(most.unsigned_abs());
    largest.checked_ilog10().unwrap_or_default() + 1
}
