//! Prepares a profile for a matrix: checks each value against its input, treats missing values as the matrix says, and works out derived inputs.

use crate::arena::{Id, InputId};
use crate::date::Date;
use crate::diagnostic::{shortened, suggest};
use crate::matrix::Matrix;
use crate::model::{Derived, Domain, Input, Missing, Moment, Slot};
use crate::number;
use crate::plan::ABSENT;
use crate::profile::{Problem, ProblemKind, Profile, Refusal, Value};
use crate::score::conditions::{self, Moments};

/// A profile that was checked against a matrix and is ready to be scored at a date.
///
/// [`Matrix::prepare`] makes a case, and [`Case::score`] scores it as often as needed.
#[derive(Debug, Clone)]
pub struct Case {
    pub(crate) matrix: Matrix,
    pub(crate) as_at: Date,
    pub(crate) slots: Vec<Slot>,
    /// The limits that move with the date of the scoring, as they are at this date.
    pub(crate) moments: Moments,
    /// Whether the value of each input was assumed by the matrix.
    pub(crate) assumed: Vec<bool>,
    pub(crate) has_unknown: bool,
}

impl Matrix {
    /// Checks a profile against this matrix, and returns a case to score.
    ///
    /// # Errors
    /// Returns every problem of the profile, each naming its input.
    pub fn prepare(&self, profile: &Profile, as_at: Date) -> Result<Case, Refusal> {
        let model = self.model();
        let mut problems = Vec::new();
        let mut values: Vec<Option<&Value>> = vec![None; model.inputs.len()];
        // The values and the inputs are both in the order of their names.
        let mut inputs = model
            .inputs_by_name
            .iter()
            .map(|id| (*id, &model.inputs[*id]))
            .peekable();
        for (name, value) in profile.iter() {
            while inputs
                .next_if(|(_, input)| input.heading.name.as_str() < name)
                .is_some()
            {}
            let message = match inputs.next_if(|(_, input)| input.heading.name == name) {
                Some((id, input)) if input.derived.is_none() => {
                    if let Some(place) = values.get_mut(id.index()) {
                        *place = Some(value);
                    }
                    continue;
                }
                Some(_) => format!("`{name}` is derived, and cannot be given"),
                None => format!(
                    "there is no input `{}`; {}",
                    shortened(name),
                    suggest(name, self.inputs().collect::<Vec<_>>())
                ),
            };
            problems.push(Problem::new(
                ProblemKind::UnknownInput,
                vec![shortened(name)],
                message,
            ));
        }
        let mut slots = Vec::with_capacity(model.inputs.len());
        let mut assumed = vec![false; model.inputs.len()];
        for ((id, input), value) in model.inputs.iter().zip(values) {
            let slot = match &input.derived {
                Some(derived) => derive(derived, &slots, as_at, input),
                None => given(input, value).map(|(slot, by_assumption)| {
                    if let Some(assumed) = assumed.get_mut(id.index()) {
                        *assumed = by_assumption;
                    }
                    slot
                }),
            };
            slots.push(slot.unwrap_or_else(|problem| {
                problems.push(problem);
                // Nothing is scored with it: the profile is refused.
                Slot::Unknown
            }));
        }
        if !problems.is_empty() {
            return Err(Refusal::new(problems));
        }
        Case::checked(self.clone(), as_at, slots, assumed)
    }
}

/// What a case knows of each input. It tells whether two cases of one matrix and date have the same outcome.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CaseKey(Vec<Slot>);

impl Case {
    /// Returns a case if the checks of the matrix let these values stand together.
    fn checked(
        matrix: Matrix,
        as_at: Date,
        slots: Vec<Slot>,
        assumed: Vec<bool>,
    ) -> Result<Self, Refusal> {
        let has_unknown = slots.contains(&Slot::Unknown);
        let moments = Moments::at(as_at, matrix.model());
        let case = Self {
            matrix,
            as_at,
            slots,
            moments,
            assumed,
            has_unknown,
        };
        let contradictions = case.contradictions();
        if contradictions.is_empty() {
            Ok(case)
        } else {
            Err(Refusal::new(contradictions))
        }
    }

    /// Returns the case of the same profile at another date, or why the profile is refused then.
    pub(crate) fn on(&self, as_at: Date) -> Result<Self, Refusal> {
        let mut problems = Vec::new();
        let mut slots = Vec::with_capacity(self.slots.len());
        for ((_, input), given) in self.matrix.model().inputs.iter().zip(&self.slots) {
            let slot = match &input.derived {
                Some(derived) => derive(derived, &slots, as_at, input),
                None => Ok(*given),
            };
            slots.push(slot.unwrap_or_else(|problem| {
                problems.push(problem);
                Slot::Unknown
            }));
        }
        if problems.is_empty() {
            Self::checked(self.matrix.clone(), as_at, slots, self.assumed.clone())
        } else {
            Err(Refusal::new(problems))
        }
    }

    /// Returns the value of an input at another date, or `ABSENT` if it has none then.
    pub(crate) fn value_on(&self, input: InputId, as_at: Date) -> i64 {
        let mut slots = Vec::with_capacity(self.slots.len());
        for (own, given) in self.matrix.model().inputs.items().iter().zip(&self.slots) {
            slots.push(match &own.derived {
                Some(derived) => worked_out(derived, &slots, as_at),
                None => *given,
            });
        }
        match slots.get(input.index()) {
            Some(Slot::Value(value)) => *value,
            _ => ABSENT,
        }
    }

    /// Returns whether an input is unknown, so that the outcome may be open.
    #[must_use]
    pub fn has_unknown(&self) -> bool {
        self.has_unknown
    }

    /// Returns what the case knows of each input. Cases of one matrix and date with equal keys have equal outcomes and traces.
    #[must_use]
    pub fn key(&self) -> CaseKey {
        CaseKey(self.slots.clone())
    }

    /// Returns the matrix.
    #[must_use]
    pub fn matrix(&self) -> &Matrix {
        &self.matrix
    }

    /// Returns the date of the scoring.
    #[must_use]
    pub fn as_at(&self) -> Date {
        self.as_at
    }

    pub(crate) fn slot(&self, input: InputId) -> Slot {
        self.slots
            .get(input.index())
            .copied()
            .unwrap_or(Slot::Absent)
    }

    /// Returns the inputs that are unknown, in the order of the matrix.
    pub fn unknown(&self) -> impl Iterator<Item = &str> {
        let inputs = self.matrix.model().inputs.items().iter().zip(&self.slots);
        inputs
            .filter(|(input, slot)| **slot == Slot::Unknown && input.derived.is_none())
            .map(|(input, _)| input.heading.name.as_str())
    }

    /// Returns a problem for each check that this profile cannot pass, whatever its unknown inputs are.
    fn contradictions(&self) -> Vec<Problem> {
        let model = self.matrix.model();
        let mut problems = Vec::new();
        let pattern = (self.has_unknown && !model.checks.is_empty())
            .then(|| self.matrix.pattern(&self.slots, self.as_at));
        for (check, node) in model.checks.iter().zip(&self.matrix.plan().checks) {
            let depends = pattern
                .as_ref()
                .is_some_and(|pattern| pattern.depends(*node));
            let passes = if depends {
                let found =
                    self.matrix
                        .plan()
                        .reach_unguarded(model, &self.slots, self.as_at, &[*node]);
                found.is_none_or(|found| found.contains(&vec![1]))
            } else {
                let holds =
                    |condition| conditions::of_inputs(model, &self.slots, &self.moments, condition);
                !check.when.is_none_or(holds) || holds(check.require)
            };
            if !passes {
                let inputs = check
                    .inputs
                    .iter()
                    .map(|input| model.inputs[*input].heading.name.clone())
                    .collect();
                problems.push(Problem::new(
                    ProblemKind::Contradiction,
                    inputs,
                    check.message.clone(),
                ));
            }
        }
        problems
    }
}

impl Value {
    /// Returns a value of an input as a profile has it.
    pub(crate) fn of(domain: &Domain, value: i64) -> Self {
        if value == ABSENT {
            return Self::Missing;
        }
        match domain {
            Domain::Number { places: 0, .. } => Self::Whole(value),
            Domain::Set { .. } => Self::Members(domain.members(value)),
            Domain::Boolean => Self::Boolean(value != 0),
            Domain::Number { .. }
            | Domain::Level { .. }
            | Domain::Category { .. }
            | Domain::Date { .. } => Self::Text(domain.text_of(value)),
        }
    }
}

/// Returns what a profile gives for an input, and whether the matrix assumed it.
pub(crate) fn given(input: &Input, value: Option<&Value>) -> Result<(Slot, bool), Problem> {
    let value = match value {
        None | Some(Value::Missing) => {
            return match input.missing {
                Missing::Absent => Ok((Slot::Absent, false)),
                Missing::Unknown => Ok((Slot::Unknown, false)),
                Missing::Assume(value) => Ok((Slot::Value(value), true)),
                Missing::Error => Err(problem(
                    input,
                    ProblemKind::Missing,
                    format!("`{}` is missing", input.heading.name),
                )),
            };
        }
        Some(value) => value,
    };
    read(input, value).map(|value| (Slot::Value(value), false))
}

fn problem(input: &Input, kind: ProblemKind, message: String) -> Problem {
    Problem::new(kind, vec![input.heading.name.clone()], message)
}

fn wrong_type(input: &Input, value: &Value) -> Problem {
    let written = match value {
        Value::Missing => "nothing".to_owned(),
        Value::Boolean(value) => value.to_string(),
        Value::Whole(value) => value.to_string(),
        Value::Text(text) => format!("`{}`", shortened(text)),
        Value::Members(_) => "a list".to_owned(),
    };
    let wanted = match &input.domain {
        Domain::Number { places: 0, .. } => "a whole number",
        Domain::Number { .. } => "a number",
        Domain::Level { .. } | Domain::Category { .. } => "one of its values",
        Domain::Set { .. } => "a list of its values",
        Domain::Boolean => "true or false",
        Domain::Date { .. } => "a date such as 2026-11-21",
    };
    problem(
        input,
        ProblemKind::WrongType,
        format!("`{}` is {written}, not {wanted}", input.heading.name),
    )
}

/// Returns what is wrong with a date that has a time of day, as `2026-11-21T14:30:00` has, if this is one.
fn timed(input: &Input, text: &str) -> Option<Problem> {
    let (date, time) = text.split_once(['T', ' '])?;
    date.parse::<Date>().ok()?;
    if !time.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let name = &input.heading.name;
    let message = format!(
        "`{name}` is `{}`, a date with a time of day; give the date alone, such as {date}",
        shortened(text)
    );
    Some(problem(input, ProblemKind::WrongType, message))
}

/// Reads the value of an input as the whole number that the matrix works with.
fn read(input: &Input, value: &Value) -> Result<i64, Problem> {
    match (&input.domain, value) {
        (Domain::Number { places: 0, .. }, Value::Whole(value)) => in_range(input, *value),
        (Domain::Number { places, .. }, Value::Whole(whole)) => {
            in_units(input, *places, &whole.to_string(), value)
        }
        (Domain::Number { places, .. }, Value::Text(text)) => in_units(input, *places, text, value),
        (Domain::Level { values } | Domain::Category { values }, Value::Text(text)) => {
            position(input, values, text)
        }
        // A category such as a level 1 to 6 may come as a number.
        (Domain::Level { values } | Domain::Category { values }, Value::Whole(value)) => {
            position(input, values, &value.to_string())
        }
        (Domain::Set { values }, Value::Members(members)) => {
            members.iter().try_fold(0, |set, member| {
                Ok(set | 1 << position(input, values, member)?)
            })
        }
        (Domain::Boolean, Value::Boolean(value)) => Ok(i64::from(*value)),
        (Domain::Boolean, Value::Text(text)) => match text.as_str() {
            "true" => Ok(1),
            "false" => Ok(0),
            _ => Err(wrong_type(input, value)),
        },
        (Domain::Date { .. }, Value::Text(text)) => match text.parse::<Date>() {
            Ok(date) => in_range(input, date.days()),
            Err(_) => Err(timed(input, text).unwrap_or_else(|| wrong_type(input, value))),
        },
        _ => Err(wrong_type(input, value)),
    }
}

/// Returns a number in units of the last decimal place of its input.
fn in_units(input: &Input, places: u32, text: &str, value: &Value) -> Result<i64, Problem> {
    let (name, written) = (&input.heading.name, shortened(text));
    let Some(decimal) = number::parse(text) else {
        return Err(if number::has_too_many_digits(text) {
            let message = format!(
                "`{name}` is {written}, which has more than {} digits",
                number::MOST_DIGITS
            );
            problem(input, ProblemKind::OutOfRange, message)
        } else {
            wrong_type(input, value)
        });
    };
    match number::scaled(decimal, places) {
        Some(scaled) => in_range(input, scaled),
        None if decimal.normalize().scale() > places && places == 0 => {
            Err(wrong_type(input, value))
        }
        None if decimal.normalize().scale() > places => {
            let message =
                format!("`{name}` is {written}, which has more than {places} decimal places");
            Err(problem(input, ProblemKind::TooManyPlaces, message))
        }
        None => Err(out_of_range(input, &written)),
    }
}

fn position(input: &Input, values: &[String], text: &str) -> Result<i64, Problem> {
    let Some(position) = values.iter().position(|value| value == text) else {
        let help = suggest(text, values.iter().map(String::as_str));
        let message = format!(
            "`{}` has no value `{}`; {help}",
            input.heading.name,
            shortened(text)
        );
        return Err(problem(input, ProblemKind::UnknownValue, message));
    };
    Ok(position as i64)
}

fn in_range(input: &Input, value: i64) -> Result<i64, Problem> {
    let (least, most) = input.domain.bounds();
    if (least..=most).contains(&value) {
        Ok(value)
    } else {
        Err(out_of_range(input, &input.domain.text_of(value)))
    }
}

fn out_of_range(input: &Input, written: &str) -> Problem {
    let (least, most) = input.domain.bounds();
    let message = format!(
        "`{}` is {written}, outside {} to {}",
        input.heading.name,
        input.domain.text_of(least),
        input.domain.text_of(most)
    );
    problem(input, ProblemKind::OutOfRange, message)
}

/// Works out a derived input. It is absent if a part is absent, and otherwise unknown if a part is unknown.
fn derive(derived: &Derived, slots: &[Slot], as_at: Date, input: &Input) -> Result<Slot, Problem> {
    match worked_out(derived, slots, as_at) {
        Slot::Value(value) => in_range(input, value).map(Slot::Value),
        other => Ok(other),
    }
}

/// Works out a derived input, whatever its range is.
fn worked_out(derived: &Derived, slots: &[Slot], as_at: Date) -> Slot {
    let slot = |id: &InputId| slots.get(id.index()).copied().unwrap_or(Slot::Absent);
    let parts: Vec<Slot> = match derived {
        Derived::Sum(parts) => parts.iter().map(slot).collect(),
        Derived::Between { from, to, .. } => [from, to]
            .into_iter()
            .map(|moment| match moment {
                Moment::AsAt => Slot::Value(as_at.days()),
                Moment::Input(id) => slot(id),
            })
            .collect(),
    };
    if parts.contains(&Slot::Absent) {
        return Slot::Absent;
    }
    let values: Option<Vec<i64>> = parts
        .iter()
        .map(|part| {
            if let Slot::Value(value) = part {
                Some(*value)
            } else {
                None
            }
        })
        .collect();
    let Some(values) = values else {
        return Slot::Unknown;
    };
    let value = match (derived, values.as_slice()) {
        (Derived::Between { unit, .. }, [from, to]) => {
            Date::from_days(*from).completed_until(Date::from_days(*to), *unit)
        }
        _ => values.iter().sum(),
    };
    Slot::Value(value)
}
