//! Makes up people for any matrix, to try it out, to measure it, or to test a program with. None of them is real.
//!
//! Each person has a hidden severity on which all of their values depend. So those who offend often also tend to do more harm and to need more,
//! and the shares of the tiers are like those of a real cohort. Low counts are more frequent than high ones, and the first values of a category
//! are more frequent than the last.
//!
//! Values are missing where the matrix allows it, and some people have many missing values. About one person in four hundred lacks a value that
//! must be given, as in every real file.
//!
//! Two versions of a matrix get the same people, as far as their inputs are the same.

mod extent;
mod random;

use crate::arena::{Id, InputId};
use crate::date::{Date, Unit};
use crate::matrix::Matrix;
use crate::model::events::Takes;
use crate::model::{Derived, Domain, Input, Missing, Moment, MoreIs};
use crate::number;
use crate::profile::{ProblemKind, Profile, Refusal, Value};
use random::{Random, WHOLE};

/// The most times that a person whose values contradict each other is drawn again.
const MOST_DRAWS: u64 = 32;

/// Returns the profiles of made-up people. The same matrix, date, seed and count give the same profiles on every machine.
///
/// ```
/// use threshold_matrix::{Matrix, sample};
///
/// let matrix = Matrix::from_yaml(threshold_matrix::doc_example())?;
/// let as_at = "2026-11-21".parse()?;
/// let people: Vec<_> = sample::profiles(&matrix, as_at, 7, 100).collect();
/// assert_eq!(people.len(), 100);
/// assert!(people.iter().filter(|profile| matrix.score(profile, as_at).is_ok()).count() > 95);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn profiles(
    matrix: &Matrix,
    as_at: Date,
    seed: u64,
    count: usize,
) -> impl Iterator<Item = Profile> + use<> {
    let population = Population::of(matrix, as_at);
    // Each person has a generator of their own, so that the first thousand of a cohort are the same however many follow.
    (0..count as u64).map(move |number| {
        population.person(&mut Random::new(
            seed.wrapping_mul(0xd134_2543_de82_ef95)
                .wrapping_add(number.wrapping_mul(0xda94_2042_e4dd_58b5)),
        ))
    })
}

/// Everything from which the people of one matrix are drawn.
struct Population {
    matrix: Matrix,
    as_at: Date,
    largest: Vec<i64>,
    /// Whether each input is a date of birth.
    births: Vec<bool>,
}

/// What a person's values depend on.
struct Leaning {
    person: u64,
    severity: u64,
    /// Whether little was recorded about the person.
    poorly_recorded: bool,
    /// The number by which chance is divided: 1, or more to make values agree with each other.
    calm: u64,
}

impl Leaning {
    fn draw(random: &mut Random) -> Self {
        let severity = (random.share() + random.share() + random.share().min(random.share())) / 3;
        Self {
            person: random.next(),
            severity,
            poorly_recorded: random.percent(10),
            calm: 1,
        }
    }
}

impl Population {
    fn of(matrix: &Matrix, as_at: Date) -> Self {
        let model = matrix.model();
        let births = model.inputs.iter().map(|(id, input)| {
            let age = |other: &Input| {
                let of_this = matches!(&other.derived, Some(Derived::Between { unit: Unit::Years, from: Moment::Input(from), .. }) if *from == id);
                of_this && (other.protected || input.protected)
            };
            matches!(input.domain, Domain::Date { .. }) && model.inputs.items().iter().any(age)
        });
        Self {
            matrix: matrix.clone(),
            as_at,
            largest: extent::largest(model),
            births: births.collect(),
        }
    }

    fn person(&self, random: &mut Random) -> Profile {
        let has_gap = random.below(400) == 0;
        let mut leaning = Leaning::draw(random);
        let mut profile = self.draw(&leaning);
        for attempt in 1..MOST_DRAWS {
            // A case with unknown inputs is not scored here: that would cost more than all the rest.
            let scored = self.matrix.prepare(&profile, self.as_at).and_then(|case| {
                if case.unknown().next().is_some() {
                    Ok(())
                } else {
                    case.score().map(|_| ())
                }
            });
            let Err(refusal) = scored else { break };
            if !self.redraw(&refusal, attempt, &leaning, &mut profile, random) {
                leaning = Leaning::draw(random);
                profile = self.draw(&leaning);
            }
        }
        if has_gap {
            return self.with_a_gap(profile, random);
        }
        profile
    }

    fn draw(&self, leaning: &Leaning) -> Profile {
        let inputs = self
            .matrix
            .model()
            .inputs
            .iter()
            .filter(|(_, input)| input.derived.is_none());
        inputs
            .filter_map(|(id, input)| {
                Some((
                    input.heading.name.as_str(),
                    self.value(id, input, leaning, leaning.person)?,
                ))
            })
            .collect()
    }

    /// Draws one of the inputs that contradict each other again. The more often this was tried, the lower the value becomes. It fails if the profile
    /// is refused for another reason than a contradiction of inputs.
    fn redraw(
        &self,
        refusal: &Refusal,
        attempt: u64,
        leaning: &Leaning,
        profile: &mut Profile,
        random: &mut Random,
    ) -> bool {
        let named: Vec<_> = refusal
            .problems()
            .iter()
            .filter(|problem| problem.kind == ProblemKind::Contradiction)
            .flat_map(|problem| &problem.inputs)
            .collect();
        let chosen = usize::try_from(random.below(named.len() as u64))
            .ok()
            .and_then(|chosen| named.get(chosen));
        let inputs = || {
            self.matrix
                .model()
                .inputs
                .iter()
                .filter(|(_, input)| input.derived.is_none())
        };
        let Some((id, input)) =
            chosen.and_then(|name| inputs().find(|(_, input)| input.heading.name == **name))
        else {
            return false;
        };
        let calmer = Leaning {
            severity: leaning.severity / attempt,
            calm: attempt,
            ..*leaning
        };
        profile.set(
            input.heading.name.as_str(),
            self.value(id, input, &calmer, random.next()),
        );
        true
    }

    /// Returns the profile without one of the values that must be given.
    fn with_a_gap(&self, profile: Profile, random: &mut Random) -> Profile {
        let required: Vec<_> = self
            .matrix
            .model()
            .inputs
            .items()
            .iter()
            .filter(|input| input.derived.is_none() && input.missing == Missing::Error)
            .collect();
        let Some(gap) = usize::try_from(random.below(required.len() as u64))
            .ok()
            .and_then(|gap| required.get(gap))
        else {
            return profile;
        };
        profile
            .iter()
            .filter(|(name, _)| **name != gap.heading.name)
            .map(|(name, value)| (name, value.clone()))
            .collect()
    }

    /// Draws a value from a generator of its own, so that a person keeps it when another version of the matrix has other inputs beside it.
    fn value(&self, id: InputId, input: &Input, leaning: &Leaning, person: u64) -> Option<Value> {
        let random = &mut Random::about(person, &input.heading.name);
        let largest = self.largest.get(id.index()).copied().unwrap_or_default();
        let born = self.births.get(id.index()).copied().unwrap_or_default();
        // A protected characteristic says nothing about severity.
        let severity = if input.protected {
            random.share()
        } else {
            leaning.severity
        };
        // Half of a value is the person's severity, half is chance, leaning to the low end.
        let chance = random.share().min(random.share()) / leaning.calm;
        let bad = (severity + chance) / 2;
        if self.is_missing(input, bad, leaning, random) {
            return None;
        }
        let high = if input.more_is == Some(MoreIs::Better) {
            WHOLE - 1 - bad
        } else {
            bad
        };
        // Most people have few events that count, and what their events add up to is little for nearly all of them.
        let squared = high * high / WHOLE;
        let high = match input.counted.as_ref().map(|count| &count.takes) {
            Some(Takes::Sum(_)) => squared * high / WHOLE,
            Some(Takes::Count | Takes::Distinct(_)) => high.midpoint(squared),
            _ => high,
        };
        let (from, to) = input.domain.bounds();
        Some(match &input.domain {
            Domain::Number { places, .. } => {
                let value = from
                    .saturating_add(portion(
                        largest.saturating_sub(from).saturating_add(1),
                        high,
                    ))
                    .min(to);
                if *places == 0 {
                    Value::Whole(value)
                } else {
                    Value::Text(number::scaled_text(value, *places))
                }
            }
            Domain::Level { values } => name(values, portion(values.len() as i64, high)),
            Domain::Category { values } => name(values, falling(values.len() as u64, random)),
            Domain::Set { values } => {
                let held = (2..)
                    .zip(values)
                    .filter(|(place, _)| random.below(WHOLE * place) < high)
                    .map(|(_, value)| value.clone());
                Value::Members(held.collect())
            }
            Domain::Boolean => Value::Boolean(match input.missing {
                // What a matrix assumes is what holds for nearly everybody.
                Missing::Assume(usual) => (usual == 1) != random.percent(8),
                _ => random.below(WHOLE) < high * high / WHOLE,
            }),
            Domain::Date { .. } => self.date(from, to, born, bad, random).into(),
        })
    }

    fn is_missing(&self, input: &Input, bad: u64, leaning: &Leaning, random: &mut Random) -> bool {
        match input.missing {
            Missing::Error => false,
            Missing::Unknown => random.percent(if leaning.poorly_recorded { 30 } else { 1 }),
            Missing::Assume(_) => random.percent(75),
            // Somebody who offends little has no date of a latest charge; few people at all have what puts them in a category, such as MAPPA.
            Missing::Absent => {
                let present = if matches!(input.domain, Domain::Category { .. }) {
                    WHOLE / 25 + bad / 4
                } else {
                    WHOLE / 8 + bad
                };
                random.share() > present
            }
        }
    }

    /// Draws a day. A day of birth is that of an adult, more often of a younger one. Any other day is within five years, and is later the worse the
    /// person's severity is.
    fn date(&self, from: i64, to: i64, born: bool, bad: u64, random: &mut Random) -> Date {
        let good = WHOLE - bad;
        let days_ago = if born {
            18 * 365 + portion(50 * 365, random.share().min(random.share()))
        } else {
            portion(5 * 365, good * good / WHOLE)
        };
        let day = self.as_at.days() - days_ago;
        Date::from_days(day.clamp(from, to.max(from)))
    }
}

/// Returns the step on which a share stands, out of a number of equal steps.
fn portion(steps: i64, share: u64) -> i64 {
    ((i128::from(steps) * i128::from(share)) / i128::from(WHOLE)) as i64
}

/// Draws one of a number of positions. The likelihood of each is in proportion to one over its place.
fn falling(count: u64, random: &mut Random) -> i64 {
    let weight = |place: u64| WHOLE / place;
    let mut left = random.below((1..=count).map(weight).sum());
    for place in 1..=count {
        match left.checked_sub(weight(place)) {
            Some(rest) => left = rest,
            None => return place as i64 - 1,
        }
    }
    0
}

fn name(values: &[String], position: i64) -> Value {
    usize::try_from(position)
        .ok()
        .and_then(|position| values.get(position))
        .map_or(Value::Missing, |value| Value::Text(value.clone()))
}
