//! Lists of dated events, and what is counted of them.

use crate::arena::{ConditionId, EventsId, InputId};
use crate::date::Duration;
#[cfg(feature = "bulk")]
use crate::model::Input;
use crate::model::{Heading, Missing, Model};

/// A list of dated events that a profile gives.
#[derive(Debug)]
pub(crate) struct EventList {
    pub(crate) heading: Heading,
    /// How many events a profile lists at most.
    pub(crate) at_most: usize,
    pub(crate) missing: Missing,
    pub(crate) protected: bool,
    /// The fields as inputs, of which the first is the date, and the conditions on them. An event is a profile for this model.
    pub(crate) fields: Model,
    /// The fields that only say which events are of one person, place or occasion.
    pub(crate) references: Vec<ReferenceField>,
    /// What is counted of the list, in the order of the file.
    pub(crate) counted: Vec<InputId>,
}

/// A field by which events are told to be of one person, place or occasion.
#[derive(Debug)]
pub(crate) struct ReferenceField {
    pub(crate) heading: Heading,
    pub(crate) missing: Missing,
    pub(crate) protected: bool,
}

/// What an input counts of a list of events.
#[derive(Debug, Clone)]
pub(crate) struct Count {
    pub(crate) list: EventsId,
    pub(crate) takes: Takes,
    /// The condition that an event must meet, among those of the list.
    pub(crate) when: Option<ConditionId>,
    pub(crate) window: Window,
    /// Of the events that have the same value of this field, only one counts.
    pub(crate) one_per: Option<Field>,
    /// Whether the matrix declares a narrower range than there would be, outside which a profile is refused.
    pub(crate) is_narrowed: bool,
}

/// What is taken of the events that count.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Takes {
    Count,
    Distinct(Field),
    Sum(Worth),
    Highest(Worth),
    Latest,
    Earliest,
    DaysSince,
}

/// A field of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    Value(InputId),
    /// The place among the references of the list.
    Reference(usize),
}

/// The number that an event stands for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Worth {
    pub(crate) field: InputId,
    /// The decimal places of the number, which is in units of the last of them.
    pub(crate) places: u32,
    /// The number of each value of the field, or `None` if the value is the number.
    pub(crate) points: Option<Vec<i64>>,
}

/// The days on which events count.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Window {
    pub(crate) within: Option<Duration>,
    pub(crate) before: Option<InputId>,
    pub(crate) after: Option<InputId>,
}

/// The date of an event, which is the first of the fields of every list.
pub(crate) const DATE: usize = 0;

impl Worth {
    /// Returns the number that a value of the field stands for.
    pub(crate) fn of(&self, value: i64) -> i64 {
        match &self.points {
            None => value,
            Some(points) => usize::try_from(value)
                .ok()
                .and_then(|value| points.get(value).copied())
                .unwrap_or_default(),
        }
    }
}

impl Takes {
    /// Returns whether there is no value where no event counts.
    pub(crate) fn may_be_none(&self) -> bool {
        matches!(
            self,
            Self::Highest(_) | Self::Latest | Self::Earliest | Self::DaysSince
        )
    }
}

impl Model {
    /// Returns whether an input that has no value may have none because the list that it is counted of is missing, which is not an absence.
    #[cfg(feature = "bulk")]
    pub(crate) fn may_lack_its_list(&self, input: &Input) -> bool {
        let counted = input.counted.as_ref();
        counted.is_some_and(|count| self.events[count.list].missing != Missing::Absent)
    }

    /// Returns whether an input may have no value though the list that it is counted from is there.
    pub(crate) fn may_be_none(&self, input: InputId) -> bool {
        let counted = self.inputs[input].counted.as_ref();
        counted.is_some_and(|count| count.takes.may_be_none())
    }
}
