//! What the lists of events of a profile come to, for a case.

use crate::arena::{EventsId, Id, InputId};
use crate::date::Date;
use crate::model::{Missing, Model, Slot};
use crate::plan::Plan;
use crate::profile::{Problem, ProblemKind, Value};
use crate::score::events::count::{MOST_ALTERNATIVES, counted, fits};
use crate::score::events::read::read;
use crate::score::events::{Event, Events, Tally, place_of};
use crate::score::given::{in_range, out_of_range};

/// What the lists of events of a profile come to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counts {
    /// The events of each list, unless the profile gave none, or gave what is counted of it instead. It is empty where no list was given.
    pub(crate) lists: Vec<Option<Events>>,
    /// What the counted inputs that are open can be together. It is empty where none is open, or where it is not known what they can be together.
    pub(crate) together: Vec<Vec<(InputId, Slot)>>,
    /// Whether an open input can have more values than some events give it, since a list is unknown or too little is known of its events.
    pub(crate) is_wider: bool,
}

/// Returns where the value of a list of events goes, if one has this name.
pub(crate) fn list_named<'a, 'v>(
    model: &Model,
    name: &str,
    lists: &'a mut [Option<&'v Value>],
) -> Option<&'a mut Option<&'v Value>> {
    let mut all = model.events.items().iter();
    let place = all.position(|list| list.heading.name == name)?;
    lists.get_mut(place)
}

/// Reads the lists of events. What is counted of a list that is not given may be given itself; the second of the two tells of which inputs nothing is
/// said because their list is missing.
pub(crate) fn read_lists(
    model: &Model,
    lists: &[Option<&Value>],
    values: &[Option<&Value>],
    problems: &mut Vec<Problem>,
) -> (Counts, Vec<bool>) {
    let mut counts = Counts::default();
    let mut without_value = Vec::new();
    for ((id, list), value) in model.events.iter().zip(lists) {
        let name = &list.heading.name;
        let is_given = |input: &&InputId| {
            let value = values.get(input.index()).copied().flatten();
            value.is_some_and(|value| *value != Value::Missing)
        };
        let given: Vec<&InputId> = list.counted.iter().filter(is_given).collect();
        match value.filter(|value| **value != Value::Missing) {
            Some(value) => {
                for input in given {
                    let counted = &model.inputs[*input].heading.name;
                    let message = format!(
                        "`{counted}` is counted of `{name}`, and cannot be given beside it"
                    );
                    let inputs = vec![counted.clone(), name.clone()];
                    problems.push(Problem::new(ProblemKind::Contradiction, inputs, message));
                }
                match read(list, value) {
                    Ok(events) => {
                        counts.lists.resize(model.events.len(), None);
                        if let Some(own) = counts.lists.get_mut(id.index()) {
                            *own = Some(events);
                        }
                        continue;
                    }
                    Err(faults) => problems.extend(faults),
                }
            }
            None if !given.is_empty() => continue,
            None => match list.missing {
                Missing::Absent => continue,
                Missing::Unknown => {
                    counts.is_wider = true;
                }
                Missing::Error | Missing::Assume(_) => {
                    let message = format!(
                        "`{name}` is missing; give the list, which is empty where there were none, or what is counted of it"
                    );
                    let inputs = vec![name.clone()];
                    problems.push(Problem::new(ProblemKind::Missing, inputs, message));
                }
            },
        }
        without_value.resize(model.inputs.len(), false);
        for input in &list.counted {
            if let Some(own) = without_value.get_mut(input.index()) {
                *own = true;
            }
        }
    }
    (counts, without_value)
}

impl Counts {
    pub(crate) fn not_later(&self, model: &Model, as_at: Date, problems: &mut Vec<Problem>) {
        for (list, events) in model.events.items().iter().zip(&self.lists) {
            let Some(events) = events else { continue };
            for (place, event) in events.after(as_at) {
                let day = Date::from_days(event.first);
                let message = format!(
                    "`{}` is {}, after the date of the scoring, {as_at}",
                    place_of(list, place, "date"),
                    if event.first == event.last {
                        day.to_string()
                    } else {
                        format!("not before {day}")
                    },
                );
                let inputs = vec![list.heading.name.clone()];
                let problem = Problem::new(ProblemKind::OutOfRange, inputs, message);
                problems.push(problem.of_event(place, Some("date")));
            }
        }
    }

    /// Returns whether something of an event is not known.
    pub(crate) fn is_open(&self) -> bool {
        let mut lists = self.lists.iter().flatten();
        lists.any(|events| events.list.iter().any(Event::is_open))
    }

    /// Returns the events of a list, if the profile gave it.
    pub(crate) fn events(&self, list: EventsId) -> Option<&Events> {
        self.lists.get(list.index()).and_then(Option::as_ref)
    }
}

/// What is counted of the lists that are given, as far as it was asked for.
#[derive(Default)]
pub(crate) struct Tallies(Vec<Option<Tally>>);

impl Tallies {
    /// Returns what an input is that is counted of a list that is given.
    pub(crate) fn slot(
        &mut self,
        (plan, model): (&Plan, &Model),
        lists: &[Option<Events>],
        id: InputId,
        slots: &[Slot],
        as_at: Date,
    ) -> Option<Result<Slot, Problem>> {
        let input = &model.inputs[id];
        let count = input.counted.as_ref()?;
        let events = lists.get(count.list.index())?.as_ref()?;
        let list = &model.events[count.list];
        self.0.resize(model.events.len(), None);
        let own = self.0.get_mut(count.list.index())?;
        let tally = own.get_or_insert_with(|| counted((plan, model), list, events, slots, as_at));
        let at = list.counted.iter().position(|own| *own == id)?;
        let values = tally.alone.get(at)?;
        let within = |slot: &Slot| fits(&input.domain, *slot);
        let counted_of =
            |problem: Problem| problem.adding(&format!("it is counted of `{}`", list.heading.name));
        Some(match values.as_slice() {
            [first, rest @ ..] if rest.iter().all(|slot| slot == first) => match first {
                Slot::Value(value) => in_range(input, *value).map(Slot::Value).map_err(counted_of),
                slot => Ok(*slot),
            },
            [first, ..] if !values.iter().any(within) => Err(counted_of(out_of_range(
                input,
                &match first {
                    Slot::Value(value) => input.domain.text_of(*value),
                    Slot::Absent | Slot::Unknown => String::new(),
                },
            ))),
            _ => Ok(Slot::Unknown),
        })
    }

    /// Puts together what the inputs of all lists can be.
    pub(crate) fn finish(self, model: &Model, counts: &mut Counts) {
        let mut together = vec![Vec::new()];
        let mut is_open = false;
        for tally in self.0.into_iter().flatten() {
            counts.is_wider |= !tally.is_exact;
            if tally.together.is_empty() {
                continue;
            }
            let inputs = tally.inputs;
            let own = tally.together.into_iter().map(|slots| {
                let slots = inputs.iter().copied().zip(slots);
                slots.collect::<Vec<_>>()
            });
            let fitting = |together: &Vec<(InputId, Slot)>| {
                let mut each = together.iter();
                each.all(|(id, slot)| fits(&model.inputs[*id].domain, *slot))
            };
            let own: Vec<_> = own.filter(fitting).collect();
            if own.is_empty() || together.len().saturating_mul(own.len()) > MOST_ALTERNATIVES {
                counts.is_wider = true;
                return;
            }
            is_open = true;
            together = own
                .iter()
                .flat_map(|own| {
                    together
                        .iter()
                        .map(|others| [others.as_slice(), own.as_slice()].concat())
                })
                .collect();
        }
        if is_open {
            counts.together = together;
        }
    }
}
