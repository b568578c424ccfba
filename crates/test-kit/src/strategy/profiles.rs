//! Profiles: values that sit on cut-offs and beside them, and gaps of every kind.

use rust_decimal::Decimal;

use super::inputs::any_value;
use crate::cells;
use crate::choices::Choices;
use crate::spec::{Input, Kind, Missing, Spec};
use crate::value::{Profile, Value};

/// What a profile holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holding {
    /// A value for every input.
    Everything,
    /// Gaps where the input is absent or assumed, and now and then where that is an error. Nothing is unknown.
    AbsentAndAssumed,
    /// Gaps where the input is absent, assumed or unknown, with a limit on the completions.
    Unknown {
        /// The most completions that a profile may have.
        completions: usize,
    },
    /// As `AbsentAndAssumed`, with one value that its input does not allow.
    Faulty,
}

/// Makes profiles of one matrix.
pub(super) struct ProfileMaker {
    telling: Vec<Vec<Value>>,
}

impl ProfileMaker {
    pub(super) fn new(spec: &Spec) -> Self {
        ProfileMaker {
            telling: spec
                .inputs
                .iter()
                .map(|input| cells::telling_values(spec, input))
                .collect(),
        }
    }

    pub(super) fn profile(&self, spec: &Spec, holding: Holding, choices: &mut Choices) -> Profile {
        let faulty = (holding == Holding::Faulty).then(|| choices.below(spec.inputs.len()));
        let mut completions = 1_usize;
        let mut profile = Profile::new();
        for (position, (input, telling)) in spec.inputs.iter().zip(&self.telling).enumerate() {
            let left_out = match (&input.missing, holding) {
                (_, Holding::Everything) => false,
                (Missing::Absent | Missing::Assume(_), _) => choices.chance(35),
                (Missing::Error, Holding::AbsentAndAssumed) => choices.chance(2),
                (Missing::Unknown, Holding::Unknown { completions: most }) => {
                    choices.chance(80) && leaves_few(spec, input, &mut completions, most)
                }
                _ => false,
            };
            if faulty == Some(position) {
                profile.push((input.name.clone(), wrong_value(&input.kind, choices)));
            } else if !left_out {
                let value = if choices.chance(25) {
                    any_value(choices, &input.kind)
                } else {
                    choices.pick(telling).clone()
                };
                profile.push((input.name.clone(), written(value, &input.kind, choices)));
            }
        }
        profile
    }
}

/// Returns whether the input may be left out as well without there being too many completions; counts it if so.
fn leaves_few(spec: &Spec, input: &Input, completions: &mut usize, most: usize) -> bool {
    // Where any number will do there is no need to list the values.
    if most == usize::MAX {
        return true;
    }
    let product = completions.saturating_mul(cells::representatives(spec, input).len());
    if product <= most {
        *completions = product;
    }
    product <= most
}

/// Returns the same value, perhaps written in another way.
fn written(value: Value, kind: &Kind, choices: &mut Choices) -> Value {
    match (value, kind) {
        (Value::Decimal(digits), Kind::Decimal { places, .. }) => {
            let mut number: Decimal = digits.parse().expect("generated digits");
            match (choices.below(3), i64::try_from(number)) {
                (0, _) => Value::Decimal(number.normalize().to_string()),
                (1, Ok(whole)) if number.is_integer() => Value::Integer(whole),
                _ => {
                    number.rescale(*places);
                    Value::Decimal(number.to_string())
                }
            }
        }
        (Value::Set(members), _) => Value::Set(choices.some(&members, members.len())),
        (value, _) => value,
    }
}

/// Returns a value that the input does not allow.
fn wrong_value(kind: &Kind, choices: &mut Choices) -> Value {
    if choices.chance(20) {
        return match kind {
            Kind::Boolean => Value::Integer(1),
            _ => Value::Boolean(true),
        };
    }
    match kind {
        Kind::Integer { low, high } => match choices.below(3) {
            0 => Value::Integer(high + 1),
            1 => Value::Integer(low - 1),
            _ => Value::Decimal((Decimal::from(*low) + Decimal::new(5, 1)).to_string()),
        },
        Kind::Decimal { places, low, high } => match choices.below(3) {
            0 => Value::Decimal((high + Decimal::new(1, *places)).to_string()),
            1 => Value::Decimal((low - Decimal::new(1, *places)).to_string()),
            _ => Value::Decimal((low + Decimal::new(1, places + 1)).to_string()),
        },
        Kind::Level(_) | Kind::Category(_) | Kind::Boolean => Value::Text("of no list".to_owned()),
        Kind::Set(members) => Value::Set(vec![members[0].clone(), "of no list".to_owned()]),
        Kind::Date { low, .. } => Value::Date(
            low.yesterday()
                .expect("far inside the calendar")
                .to_string(),
        ),
    }
}
