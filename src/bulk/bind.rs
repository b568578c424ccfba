//! Finds which column each input is read from, and how. All columns that cannot be read are reported together.

use crate::arena::{Id, InputId};
use crate::bulk::ahead::Ahead;
use crate::bulk::column::{Column, Keys, Offsets, Texts, Values};
use crate::bulk::names::Names;
use crate::diagnostic::{shortened, suggest};
use crate::matrix::Matrix;
use crate::model::events::EventList;
use crate::model::{Domain, Input, Missing, Slot};
use crate::plan::ABSENT;
use crate::profile::{Problem, ProblemKind, Refusal, Value};
use crate::score::given::given;

/// Many profiles, as columns with the names of the inputs.
///
/// A set may come as one column of lists, or as a column of booleans for each member, named `input.member`. An input without a column is
/// missing in every profile.
///
/// ```
/// use threshold_matrix::bulk::{Cohort, Column};
///
/// let cohort = Cohort::new(3).with("arrests", Column::from(&[12_u8, 4, 1][..])).with("rosh", Column::from(&["low", "high", "low"][..]));
/// assert_eq!(cohort.rows(), 3);
/// ```
#[derive(Debug, Clone)]
pub struct Cohort<'a> {
    rows: usize,
    columns: Vec<(String, Column<'a>)>,
}

/// A column that a matrix cannot read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column `{column}`: {message}")]
#[non_exhaustive]
pub struct ColumnProblem {
    /// The name of the column.
    pub column: String,
    /// What is wrong, and what it should be.
    pub message: String,
}

impl ColumnProblem {
    /// Creates a problem of a column. The message follows the column's name.
    #[must_use]
    pub fn new(column: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            column: column.into(),
            message: message.into(),
        }
    }
}

/// Every column of a cohort that the matrix cannot read. If there is one, no row is scored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct BulkError(#[doc(hidden)] pub Vec<ColumnProblem>);

impl BulkError {
    /// Returns the columns at fault.
    #[must_use]
    pub fn problems(&self) -> &[ColumnProblem] {
        &self.0
    }
}

impl<'a> Cohort<'a> {
    /// Creates a cohort of `rows` profiles without values.
    #[must_use]
    pub fn new(rows: usize) -> Self {
        Self {
            rows,
            columns: Vec::new(),
        }
    }

    /// Adds a column for an input, or for a member of a set.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, column: Column<'a>) -> Self {
        self.columns.push((name.into(), column));
        self
    }

    /// Returns the number of profiles.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }
}

/// Where the values of an input come from.
#[derive(Debug, Clone)]
pub(super) struct Source<'a> {
    pub(super) form: Encoding<'a>,
    /// What a missing value means: a number, or nothing.
    pub(super) missing: i64,
    /// Whether a profile without the value is scored by itself.
    pub(super) missing_is_slow: bool,
}

/// How a column holds the values of an input.
#[derive(Debug, Clone)]
pub(super) enum Encoding<'a> {
    /// The input does not have a column.
    None,
    /// Whole numbers in a range. A number multiplied by a factor, plus a constant, is the value.
    Whole {
        column: Column<'a>,
        from: i64,
        to: i64,
        times: i64,
        plus: i64,
    },
    /// Floats. The value is in units of the last decimal place.
    Float {
        column: Column<'a>,
        from: i64,
        to: i64,
        places: u32,
    },
    /// Booleans.
    Truth(Column<'a>),
    /// The value of each key. It is `i64::MAX` for a key that does not stand for a value.
    Keys {
        keys: Keys<'a>,
        column: Column<'a>,
        values: Vec<i64>,
        order: KeyOrder,
    },
    /// Values that are read row by row.
    Rows(Column<'a>),
    /// A column for each member of a set.
    Members(Vec<Column<'a>>),
    /// Lists, with what each item means if each is written only once.
    Lists {
        column: Column<'a>,
        offsets: Offsets<'a>,
        items: Texts<'a>,
        /// The members.
        names: Names,
    },
}

/// How keys become values.
#[derive(Debug, Clone)]
pub(super) enum KeyOrder {
    /// The key is the value, as in most dictionaries.
    Same,
    /// The value of key 0, and each key from which on the value is another, with the change.
    Steps { base: i64, steps: Vec<(i64, i64)> },
    /// Each key is looked up.
    Any,
}

impl KeyOrder {
    fn of(values: &[i64]) -> Self {
        if values.iter().zip(0..).all(|(value, key)| *value == key) {
            return Self::Same;
        }
        match values {
            [base, others @ ..] if others.len() <= MOST_STEPS && !values.contains(&UNREADABLE) => {
                let changes = values
                    .iter()
                    .zip(others)
                    .map(|(before, after)| after - before);
                Self::Steps {
                    base: *base,
                    steps: (1..)
                        .zip(changes)
                        .filter(|(_, change)| *change != 0)
                        .collect(),
                }
            }
            _ => Self::Any,
        }
    }
}

/// The most steps that are taken one by one. With more of them, looking up is faster.
const MOST_STEPS: usize = 12;

/// Stands for a text that does not stand for a value.
pub(super) const UNREADABLE: i64 = i64::MAX;

/// A cohort as a matrix reads it.
#[derive(Debug)]
pub struct Bound<'a> {
    pub(super) matrix: Matrix,
    pub(super) sources: Vec<Source<'a>>,
    /// The memory that a chunk reads, a little at a time, to be asked for before it is read.
    pub(super) ahead: Vec<Ahead<'a>>,
    /// Whether an input that the matrix asks for is taken to be absent where nobody recorded it.
    unknown_is_absent: bool,
}

impl<'a> Bound<'a> {
    #[doc(hidden)]
    pub fn new(matrix: &Matrix, cohort: &Cohort<'a>) -> Result<Self, BulkError> {
        let mut problems = Vec::new();
        let mut problem = |column: &str, message: String| {
            problems.push(ColumnProblem {
                column: shortened(column),
                message,
            })
        };
        let inputs = &matrix.model().inputs;
        let mut of_input: Vec<Option<Column<'a>>> = vec![None; inputs.len()];
        let mut ahead = Vec::new();
        let mut of_members: Vec<Vec<Option<Column<'a>>>> = inputs
            .items()
            .iter()
            .map(|input| vec![None; set_size(input)])
            .collect();
        for (name, column) in &cohort.columns {
            if column.len() != cohort.rows {
                problem(
                    name,
                    format!(
                        "it has {} rows, and the cohort has {}",
                        column.len(),
                        cohort.rows
                    ),
                );
            }
            if column
                .validity
                .is_some_and(|validity| validity.len() < cohort.rows)
            {
                problem(
                    name,
                    format!(
                        "it says of fewer than {} rows whether their values are missing",
                        cohort.rows
                    ),
                );
            }
            let (input, member) = input_and_member(name);
            let Some((id, found)) = inputs.iter().find(|(_, found)| found.heading.name == input)
            else {
                problem(
                    name,
                    format!(
                        "there is no input `{}`; {}",
                        shortened(input),
                        suggest(input, matrix.inputs().collect::<Vec<_>>())
                    ),
                );
                continue;
            };
            if found.derived.is_some() {
                problem(
                    name,
                    "it is a derived input, and cannot be given".to_owned(),
                );
                continue;
            }
            let place = match (member, &found.domain) {
                (None, _) => of_input.get_mut(id.index()),
                (Some(member), Domain::Set { values }) => {
                    match values.iter().position(|value| value == member) {
                        Some(position) => of_members
                            .get_mut(id.index())
                            .and_then(|members| members.get_mut(position)),
                        None => {
                            let help = suggest(member, values.iter().map(String::as_str));
                            problem(
                                name,
                                format!("`{input}` has no member `{}`; {help}", shortened(member)),
                            );
                            continue;
                        }
                    }
                }
                (Some(_), _) => {
                    problem(name, format!("`{input}` is not a set, and has no members"));
                    continue;
                }
            };
            if let Some(place) = place {
                if place.is_some() {
                    problem(name, "it is given twice".to_owned());
                }
                *place = Some(*column);
                ahead.extend(Ahead::of(*column));
            }
        }
        let mut sources = Vec::new();
        for (((_, input), column), members) in inputs.iter().zip(of_input).zip(of_members) {
            let name = &input.heading.name;
            let given = members.iter().flatten().count();
            let form = match column {
                Some(_) if given > 0 => {
                    Err("it is given both as one column and member by member".to_owned())
                }
                Some(column) => form(input, column),
                None if given == 0 => match &input.counted {
                    Some(count) => Err(counted_elsewhere(&matrix.model().events[count.list])),
                    None => Ok(Encoding::None),
                },
                None => set_of_members(input, members),
            };
            let form = form.unwrap_or_else(|message| {
                problem(name, message);
                Encoding::None
            });
            let (missing, missing_is_slow) = match input.missing {
                // Whether the list itself is missing takes all that is counted of it to tell.
                Missing::Absent => (ABSENT, matrix.model().may_lack_its_list(input)),
                Missing::Assume(value) => (value, false),
                // Refused, or open.
                Missing::Error | Missing::Unknown => (ABSENT, input.derived.is_none()),
            };
            sources.push(Source {
                form,
                missing,
                missing_is_slow,
            });
        }
        if problems.is_empty() {
            Ok(Self {
                matrix: matrix.clone(),
                sources,
                ahead,
                unknown_is_absent: false,
            })
        } else {
            Err(BulkError(problems))
        }
    }

    /// Returns the same cohort with everything absent that is unknown.
    pub(super) fn of_known(&self) -> Self {
        let sources = self.sources.iter().zip(self.matrix.model().inputs.items());
        let sources = sources.map(|(source, input)| Source {
            missing_is_slow: source.missing_is_slow
                && (input.missing == Missing::Error || input.counted.is_some()),
            ..source.clone()
        });
        Self {
            matrix: self.matrix.clone(),
            sources: sources.collect(),
            ahead: Vec::new(),
            unknown_is_absent: true,
        }
    }

    pub(super) fn source(&self, input: InputId) -> Option<&Source<'a>> {
        self.sources.get(input.index())
    }

    pub(super) fn input(&self, input: InputId) -> &Input {
        &self.matrix.model().inputs[input]
    }

    /// Returns the value of an input in one row, as a profile holds it.
    pub(super) fn value(&self, input: InputId, row: usize) -> Result<Value, Refusal> {
        let Some(source) = self.source(input) else {
            return Ok(Value::Missing);
        };
        let column = match &source.form {
            Encoding::None => return Ok(Value::Missing),
            Encoding::Whole { column, .. }
            | Encoding::Float { column, .. }
            | Encoding::Truth(column)
            | Encoding::Keys { column, .. }
            | Encoding::Rows(column)
            | Encoding::Lists { column, .. } => column,
            Encoding::Members(members) => return self.set(input, members, row),
        };
        let value = column.value(row);
        let input = self.input(input);
        if !matches!(value, Value::Missing) && !column.is_utf8(row) {
            let name = &input.heading.name;
            return Err(unreadable(
                input,
                format!("`{name}` is not UTF-8 text; write it as UTF-8"),
            ));
        }
        // Numbers that are 1 or 0.
        let truth = match (&input.domain, &source.form) {
            (Domain::Boolean, Encoding::Truth(_)) => column.truth(row),
            _ => None,
        };
        Ok(match value {
            Value::Missing => value,
            value => truth.map_or(value, Value::Boolean),
        })
    }

    fn set(&self, input: InputId, members: &[Column<'a>], row: usize) -> Result<Value, Refusal> {
        let (heading, names) = (&self.input(input).heading, self.input(input).domain.names());
        let missing = members
            .iter()
            .filter(|member| !member.is_valid(row))
            .count();
        if missing == members.len() {
            return Ok(Value::Missing);
        }
        let refuse = |message: String| Err(unreadable(self.input(input), message));
        if missing > 0 {
            return refuse(format!(
                "of the members of `{}`, {missing} are missing and {} are not",
                heading.name,
                members.len() - missing
            ));
        }
        let mut held = Vec::new();
        for (name, member) in names.iter().zip(members) {
            match member.truth(row) {
                Some(true) => held.push(name.clone()),
                Some(false) => {}
                None => {
                    let written = match member.value(row) {
                        Value::Text(text) => format!("`{}`, ", shortened(&text)),
                        Value::Whole(number) => format!("{number}, "),
                        _ => String::new(),
                    };
                    return refuse(format!(
                        "`{}.{name}` is {written}neither true nor false",
                        heading.name
                    ));
                }
            }
        }
        Ok(Value::Members(held))
    }

    /// Returns the number of one value in one row, or `None` where the profile is scored by itself.
    pub(super) fn number(&self, input: InputId, row: usize) -> Option<i64> {
        match given(self.input(input), Some(&self.value(input, row).ok()?)) {
            Ok((Slot::Value(value), _)) => Some(value),
            Ok((Slot::Absent, _)) => {
                let model = self.matrix.model();
                (!model.may_lack_its_list(self.input(input))).then_some(ABSENT)
            }
            Ok((Slot::Unknown, _)) => {
                let is_counted = self.input(input).counted.is_some();
                (self.unknown_is_absent && !is_counted).then_some(ABSENT)
            }
            Err(_) => None,
        }
    }
}

/// Returns the input that a column is of, and the member of it, if it is of one: `complexity.terrorism`.
pub(super) fn input_and_member(name: &str) -> (&str, Option<&str>) {
    name.split_once('.')
        .map_or((name, None), |(input, member)| (input, Some(member)))
}

fn set_size(input: &Input) -> usize {
    if let Domain::Set { values } = &input.domain {
        values.len()
    } else {
        0
    }
}

fn unreadable(input: &Input, message: String) -> Refusal {
    let inputs = vec![input.heading.name.clone()];
    Refusal::new(vec![Problem::new(
        ProblemKind::UnreadableRow,
        inputs,
        message,
    )])
}

/// Returns whether a column may hold truths, as bits or as numbers that are 1 or 0.
fn is_truth(values: &Values<'_>) -> bool {
    matches!(
        values,
        Values::Booleans(_) | Values::Bits(_) | Values::F32(_) | Values::F64(_)
    ) || is_whole(values)
}

fn is_whole(values: &Values<'_>) -> bool {
    matches!(
        values,
        Values::I8(_)
            | Values::I16(_)
            | Values::I32(_)
            | Values::I64(_)
            | Values::U8(_)
            | Values::U16(_)
            | Values::U32(_)
            | Values::U64(_)
    )
}

/// Checks that floats of some bits can tell all decimals of an input apart. The range is in units of the last place.
pub(super) fn tells_apart(bits: u32, places: u32, from: i64, to: i64) -> Result<(), String> {
    let most = match (bits, places) {
        // Every whole number up to these is a float.
        (16, 0) => 1 << 11,
        (_, 0) => 1 << 24,
        (16, _) => 1_000,
        _ => 1_000_000,
    };
    if places <= 6 && from.abs().max(to.abs()) <= most {
        Ok(())
    } else {
        Err(format!(
            "{bits}-bit floats cannot tell the {} of this input apart; give 64-bit floats or decimals",
            if places == 0 { "numbers" } else { "decimals" }
        ))
    }
}

fn set_of_members<'a>(
    input: &Input,
    members: Vec<Option<Column<'a>>>,
) -> Result<Encoding<'a>, String> {
    let names = input.domain.names();
    let without: Vec<_> = names
        .iter()
        .zip(&members)
        .filter(|(_, member)| member.is_none())
        .map(|(name, _)| format!("`{name}`"))
        .collect();
    if !without.is_empty() {
        return Err(format!(
            "every member needs a column, and there is none for {}",
            without.join(", ")
        ));
    }
    let members: Vec<Column<'a>> = members.into_iter().flatten().collect();
    let wrong: Vec<_> = names
        .iter()
        .zip(&members)
        .filter(|(_, member)| {
            !is_truth(&member.values) && !matches!(member.values, Values::Texts(_))
        })
        .map(|(name, _)| format!("`{name}`"))
        .collect();
    if wrong.is_empty() {
        Ok(Encoding::Members(members))
    } else {
        Err(format!(
            "the columns of {} do not hold booleans",
            wrong.join(", ")
        ))
    }
}

/// Returns how a column is read, or an error that says what it should be.
fn form<'a>(input: &Input, column: Column<'a>) -> Result<Encoding<'a>, String> {
    let (from, to) = input.domain.bounds();
    let is_whole = is_whole(&column.values);
    let texts = match column.values {
        Values::Texts(_) => true,
        Values::Dictionary { keys, values } if !matches!(input.domain, Domain::Set { .. }) => {
            let values = (0..values.len()).map(|at| {
                // Bytes that are not UTF-8 stand for no value, which is not the same as a missing one.
                let text = values.get(at).map(|text| Value::Text(text.to_owned()));
                match text.map(|text| given(input, Some(&text))) {
                    Some(Ok((Slot::Value(value), _))) => value,
                    _ => UNREADABLE,
                }
            });
            let values: Vec<i64> = values.collect();
            let order = KeyOrder::of(&values);
            return Ok(Encoding::Keys {
                keys,
                column,
                values,
                order,
            });
        }
        _ => false,
    };
    match &input.domain {
        Domain::Number { places, .. } if is_whole => {
            let times = 10_i64.pow(*places);
            let (from, to) = (-(-from).div_euclid(times), to.div_euclid(times));
            Ok(if can_hold(&column.values, from, to) {
                Encoding::Whole {
                    column,
                    from,
                    to,
                    times,
                    plus: 0,
                }
            } else {
                Encoding::Rows(column)
            })
        }
        Domain::Number { places, .. } => match column.values {
            Values::F64(_) => Ok(Encoding::Float {
                column,
                from,
                to,
                places: *places,
            }),
            // More digits, and several decimals have the same nearest float.
            Values::F32(_) => tells_apart(32, *places, from, to).map(|()| Encoding::Float {
                column,
                from,
                to,
                places: *places,
            }),
            Values::Units { places: own, .. } if u32::from(own) == *places => Ok(Encoding::Whole {
                column,
                from,
                to,
                times: 1,
                plus: 0,
            }),
            Values::Decimal { .. } | Values::Units { .. } => Ok(Encoding::Rows(column)),
            _ if texts => Ok(Encoding::Rows(column)),
            _ => Err(format!(
                "it should hold whole numbers, 64-bit floats, decimals or texts, for the {} `{}`",
                input.domain.type_name(),
                input.heading.name
            )),
        },
        Domain::Level { values } | Domain::Category { values } if is_whole => {
            Ok(match consecutive(values) {
                Some(first) if can_hold(&column.values, first, first + to) => Encoding::Whole {
                    column,
                    from: first,
                    to: first + to,
                    times: 1,
                    plus: -first,
                },
                _ => Encoding::Rows(column),
            })
        }
        Domain::Boolean if is_truth(&column.values) => Ok(Encoding::Truth(column)),
        Domain::Date { .. } if matches!(column.values, Values::Dates(_)) => Ok(Encoding::Whole {
            column,
            from,
            to,
            times: 1,
            plus: 0,
        }),
        Domain::Set { .. } => match column.values {
            Values::Lists { offsets, items } => Ok(Encoding::Lists {
                column,
                offsets,
                items,
                names: Names::new(input.domain.names()),
            }),
            _ => Err(format!(
                "it should hold lists of texts, texts such as `a|b`, or each member should have a column of booleans, for the set `{}`",
                input.heading.name
            )),
        },
        _ if texts => Ok(Encoding::Rows(column)),
        Domain::Level { .. } | Domain::Category { .. } => Err(format!(
            "it should hold texts, for the {} `{}`",
            input.domain.type_name(),
            input.heading.name
        )),
        Domain::Boolean => Err(format!(
            "it should hold booleans, numbers that are 1 or 0, or the texts `true` and `false`, for `{}`",
            input.heading.name
        )),
        Domain::Date { .. } => Err(format!(
            "it should hold dates (days since 1970-01-01) or texts such as 2026-11-21, for `{}`",
            input.heading.name
        )),
    }
}

/// Returns whether a type of whole numbers has any of these; if not, every row is refused.
fn can_hold(values: &Values<'_>, from: i64, to: i64) -> bool {
    let (least, most) = match values {
        Values::I8(_) => (i64::from(i8::MIN), i64::from(i8::MAX)),
        Values::I16(_) => (i64::from(i16::MIN), i64::from(i16::MAX)),
        Values::I32(_) => (i64::from(i32::MIN), i64::from(i32::MAX)),
        Values::U8(_) => (0, i64::from(u8::MAX)),
        Values::U16(_) => (0, i64::from(u16::MAX)),
        Values::U32(_) => (0, i64::from(u32::MAX)),
        Values::U64(_) => (0, i64::MAX),
        _ => (i64::MIN, i64::MAX),
    };
    from <= to && from <= most && least <= to
}

/// Returns the first of some values, if they are written as consecutive whole numbers.
fn consecutive(values: &[String]) -> Option<i64> {
    let first: i64 = values.first()?.parse().ok()?;
    let follows = values
        .iter()
        .zip(first..)
        .all(|(value, number)| *value == number.to_string());
    follows.then_some(first)
}

/// Returns what is wrong where the columns lack what is counted of a list of events.
pub(super) fn counted_elsewhere(list: &EventList) -> String {
    format!(
        "it is counted of `{}`, and is not in the cohort; a column cannot hold a list of events, so give what is counted, or score the profiles one by one",
        list.heading.name
    )
}
