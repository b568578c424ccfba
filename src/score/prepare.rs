//! Prepares a profile for a matrix: checks each value against its input, treats missing values as the matrix says, and works out derived inputs.

use crate::arena::{EventsId, Id, InputId, NodeId};
use crate::date::Date;
use crate::diagnostic::{shortened, suggest};
use crate::matrix::Matrix;
use crate::model::{Check, Derived, Domain, Input, Missing, Model, Moment, Slot};
use crate::plan::ABSENT;
use crate::plan::pattern::Pattern;
use crate::profile::{Problem, ProblemKind, Profile, Refusal, Value};
use crate::score::conditions::{self, Moments};
use crate::score::events::Events;
use crate::score::events::lists::{Counts, Tallies, list_named, read_lists};
use crate::score::given::{given, in_range};
use crate::words::listed;

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
    pub(crate) counts: Counts,
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
        let mut lists: Vec<Option<&Value>> = vec![None; model.events.len()];
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
                None if let Some(list) = list_named(model, name, &mut lists) => {
                    *list = Some(value);
                    continue;
                }
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
        let (mut counts, without_value) = read_lists(model, &lists, &values, &mut problems);
        let mut tallies = Tallies::default();
        for ((id, input), value) in model.inputs.iter().zip(values) {
            if without_value.get(id.index()) == Some(&true) {
                // The list was reported as a whole.
                slots.push(Slot::Unknown);
                continue;
            }
            let counted = tallies.slot((self.plan(), model), &counts.lists, id, &slots, as_at);
            let slot = match (counted, &input.derived) {
                (Some(counted), _) => counted,
                (None, Some(derived)) => derive(model, derived, &slots, as_at, input),
                (None, None) => given(input, value).map(|(slot, by_assumption)| {
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
        counts.not_later(model, as_at, &mut problems);
        if !problems.is_empty() {
            return Err(Refusal::new(problems));
        }
        tallies.finish(model, &mut counts);
        Case::checked(self.clone(), as_at, slots, assumed, counts)
    }
}

/// What a case knows of each input. It tells whether two cases of one matrix and date have the same outcome.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct CaseKey(Vec<Slot>, Vec<Option<Events>>);

impl Case {
    /// Returns a case if the checks of the matrix let these values stand together.
    fn checked(
        matrix: Matrix,
        as_at: Date,
        slots: Vec<Slot>,
        assumed: Vec<bool>,
        counts: Counts,
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
            counts,
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
        let model = self.matrix.model();
        let mut tallies = Tallies::default();
        let mut counts = Counts {
            lists: self.counts.lists.clone(),
            together: Vec::new(),
            is_wider: self.is_list_unknown(),
        };
        counts.not_later(model, as_at, &mut problems);
        for ((id, input), given) in model.inputs.iter().zip(&self.slots) {
            let plan = self.matrix.plan();
            let counted = tallies.slot((plan, model), &counts.lists, id, &slots, as_at);
            let slot = match (counted, &input.derived) {
                (Some(counted), _) => counted,
                (None, Some(derived)) => derive(model, derived, &slots, as_at, input),
                (None, None) => Ok(*given),
            };
            slots.push(slot.unwrap_or_else(|problem| {
                problems.push(problem);
                Slot::Unknown
            }));
        }
        if problems.is_empty() {
            tallies.finish(model, &mut counts);
            let assumed = self.assumed.clone();
            Self::checked(self.matrix.clone(), as_at, slots, assumed, counts)
        } else {
            Err(Refusal::new(problems))
        }
    }

    /// Returns the case with some of its inputs unknown. It is `None` where the rest then contradicts itself.
    pub(crate) fn without(&self, inputs: &[InputId]) -> Option<Self> {
        let mut open = self.clone();
        for input in inputs {
            if let Some(slot) = open.slots.get_mut(input.index()) {
                *slot = Slot::Unknown;
            }
            if let Some(assumed) = open.assumed.get_mut(input.index()) {
                *assumed = false;
            }
        }
        open.on(self.as_at).ok()
    }

    /// Returns whether a list is unknown of which something is counted.
    fn is_list_unknown(&self) -> bool {
        let lists = self.matrix.model().events.iter();
        lists
            .filter(|(id, list)| {
                list.missing == Missing::Unknown && self.counts.events(*id).is_none()
            })
            .flat_map(|(_, list)| &list.counted)
            .any(|input| self.slot(*input) == Slot::Unknown)
    }

    /// Returns a case for each combination of what is counted of events, if it is open.
    pub(crate) fn alternatives(&self) -> impl Iterator<Item = Self> {
        let inputs = self.matrix.model().inputs.items();
        self.counts.together.iter().map(move |together| {
            let mut slots = self.slots.clone();
            for (id, slot) in together {
                if let Some(own) = slots.get_mut(id.index()) {
                    *own = *slot;
                }
            }
            for (at, input) in inputs.iter().enumerate() {
                if let Some(derived) = &input.derived {
                    let worked_out = worked_out(derived, &slots, self.as_at);
                    if let Some(own) = slots.get_mut(at) {
                        *own = worked_out;
                    }
                }
            }
            Self {
                matrix: self.matrix.clone(),
                as_at: self.as_at,
                has_unknown: slots.contains(&Slot::Unknown),
                slots,
                moments: self.moments.clone(),
                assumed: self.assumed.clone(),
                counts: Counts {
                    lists: self.counts.lists.clone(),
                    together: Vec::new(),
                    is_wider: self.counts.is_wider,
                },
            }
        })
    }

    /// Returns the value of an input at another date, or `ABSENT` if it has none then.
    pub(crate) fn value_on(&self, input: InputId, as_at: Date) -> i64 {
        if self.matrix.model().inputs[input].counted.is_some() {
            let slot = self.on(as_at).map(|case| case.slot(input));
            return match slot {
                Ok(Slot::Value(value)) => value,
                _ => ABSENT,
            };
        }
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
        CaseKey(self.slots.clone(), self.counts.lists.clone())
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
        let model = self.matrix.model();
        let inputs = model.inputs.items().iter().zip(&self.slots);
        let is_of_list = |input: &Input| {
            let counted = input.counted.as_ref();
            counted.is_some_and(|count| self.is_open(count.list))
        };
        let lists = model.events.iter().filter(|(id, _)| self.is_open(*id));
        inputs
            .filter(move |(input, slot)| {
                **slot == Slot::Unknown && input.derived.is_none() && !is_of_list(input)
            })
            .map(|(input, _)| input.heading.name.as_str())
            .chain(lists.map(|(_, list)| list.heading.name.as_str()))
    }

    /// Returns whether what is counted of a list is open because of the list itself: it is unknown, or something of its events is.
    pub(crate) fn is_open(&self, list: EventsId) -> bool {
        let model = self.matrix.model();
        let own = &model.events[list];
        let mut counted = own.counted.iter();
        // An input that is given in place of events may be unknown by itself.
        (self.counts.events(list).is_some()
            || own.counted.iter().all(|id| self.slot(*id) == Slot::Unknown))
            && counted.any(|id| self.slot(*id) == Slot::Unknown)
    }

    /// Returns a problem for each check that this profile cannot pass, whatever its unknown inputs are.
    fn contradictions(&self) -> Vec<Problem> {
        let model = self.matrix.model();
        if model.checks.is_empty() {
            return Vec::new();
        }
        let alternatives: Vec<Self> = self.alternatives().collect();
        let cases = match alternatives.as_slice() {
            [] => std::slice::from_ref(self),
            alternatives => alternatives,
        };
        let pattern = |case: &Self| case.matrix.pattern(&case.slots, case.as_at);
        let cases: Vec<_> = cases
            .iter()
            .map(|case| (case, case.has_unknown.then(|| pattern(case))))
            .collect();
        let mut problems = Vec::new();
        for (check, node) in model.checks.iter().zip(&self.matrix.plan().checks) {
            let mut cases = cases.iter();
            if !cases.any(|(case, pattern)| case.passes(check, *node, pattern.as_deref())) {
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

    /// Returns whether some values of the unknown inputs pass a check.
    fn passes(&self, check: &Check, node: NodeId, pattern: Option<&Pattern>) -> bool {
        let model = self.matrix.model();
        if pattern.is_some_and(|pattern| pattern.depends(node)) {
            let plan = self.matrix.plan();
            let found = plan.reach_unguarded(model, &self.slots, self.as_at, &[node]);
            return found.is_none_or(|found| found.contains(&vec![1]));
        }
        let holds = |condition| conditions::of_inputs(model, &self.slots, &self.moments, condition);
        !check.when.is_none_or(holds) || holds(check.require)
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

/// Works out a derived input. It is absent if a part is absent, and otherwise unknown if a part is unknown.
fn derive(
    model: &Model,
    derived: &Derived,
    slots: &[Slot],
    as_at: Date,
    input: &Input,
) -> Result<Slot, Problem> {
    match worked_out(derived, slots, as_at) {
        Slot::Value(value) => in_range(input, value).map(Slot::Value).map_err(|problem| {
            let from = parts(model, derived);
            problem.adding(&format!("it is worked out from {from}"))
        }),
        other => Ok(other),
    }
}

/// Returns what a derived input is worked out from in words, such as "`born` and the date of the scoring".
fn parts(model: &Model, derived: &Derived) -> String {
    let name = |input: &InputId| format!("`{}`", model.inputs[*input].heading.name);
    let parts: Vec<String> = match derived {
        Derived::Sum(parts) => parts.iter().map(name).collect(),
        Derived::Between { from, to, .. } => [from, to]
            .into_iter()
            .map(|moment| match moment {
                Moment::AsAt => "the date of the scoring".to_owned(),
                Moment::Input(input) => name(input),
            })
            .collect(),
    };
    listed(&parts, "and")
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
