//! The steps of a trace as typed data. Nothing here is in words; reporters write those last.

use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

use crate::date::Date;
use crate::model::named::{Effect, Given, InputValue, Named};
use crate::model::quantity::Quantity;
use crate::number::{self, Points};
use crate::score::trace::condition::Condition;

/// Every step from the profile to the outcome, in the order in which the matrix takes them. [`Trace::steps`](crate::Trace::steps) makes it.
///
/// It serialises as data, with names for everything that has a name.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Steps<'a> {
    /// The date of the scoring.
    pub as_at: Date,
    /// What was read of each list of events, if the matrix has any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<EventsStep<'a>>,
    /// What was read of each input, derived inputs last.
    pub inputs: Vec<InputStep<'a>>,
    /// What each criterion gave.
    pub criteria: Vec<CriterionStep<'a>>,
    /// What each named group of criteria gave.
    pub groups: Vec<GroupStep<'a>>,
    /// How each score was put together, and what it means.
    pub dimensions: Vec<DimensionStep<'a>>,
    /// What each named decision gave.
    pub decisions: Vec<DecisionStep<'a>>,
    /// What the decision on the tier gave, if the matrix has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<DecisionStep<'a>>,
    /// The overrides of the tier. The overrides of a level stand with their dimension.
    pub overrides: Vec<OverrideStep<'a>>,
    /// The tiers and statuses that are possible in the end.
    pub possible: Vec<Named<'a>>,
    /// Whether each flag is raised.
    pub flags: Vec<FlagStep<'a>>,
}

/// What was read of a list of events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct EventsStep<'a> {
    /// The name of the list.
    pub name: &'a str,
    /// Its label for readers.
    pub title: &'a str,
    /// Where it comes from.
    pub standing: EventsStanding,
    /// How many events it has. It is `None` if the profile gave no list, or if it was taken out of a redacted trace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events: Option<usize>,
    /// What the profile gave of each event, in its order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub given: Vec<GivenEvent<'a>>,
    /// The places of the events of which something is not known, counted from 0.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub open: Vec<usize>,
    /// Whether what is counted of the list is open because of that.
    pub is_open: bool,
    /// The line of the file where it is declared.
    pub line: usize,
}

/// An event as the profile gave it. Its references are not here: they only say which events are of one person, place or occasion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct GivenEvent<'a> {
    /// The first day on which it may have been.
    pub from: Date,
    /// The last day on which it may have been, which is the same where the day is known.
    pub until: Date,
    /// What was read of its other fields, in the order of the matrix.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldStep<'a>>,
}

/// What was read of a field of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct FieldStep<'a> {
    /// The name of the field.
    pub name: &'a str,
    /// Its label for readers.
    pub title: &'a str,
    /// The value that was read, or why there is none.
    #[serde(flatten)]
    pub read: Read<'a>,
    /// The unit of its numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<&'a str>,
}

/// Where a list of events comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EventsStanding {
    /// The profile gave it.
    Given,
    /// The profile gave what is counted of it instead.
    Counted,
    /// The profile gave nothing, which the matrix takes as an answer in itself.
    Absent,
    /// There is a list, but nobody recorded it.
    Unknown,
}

/// Which events count for an input, by their places in the profile, counted from 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CountedStep<'a> {
    /// The name of the list.
    pub list: &'a str,
    /// The events that count.
    pub counts: Vec<EventStep>,
    /// Events that would count, but that add nothing, since one that counts has the same value of the field `one_per`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub repeated: Vec<EventStep>,
    /// The label of the field of which each value counts once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub one_per: Option<&'a str>,
    /// The least and the most that it can be, if it is a number or a date that is open and this was not too much work to tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<(InputValue<'a>, InputValue<'a>)>,
    /// The events of which it is not known whether they count.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub may_count: Vec<EventStep>,
    /// The first event that does not count: the latest of those that are too old or, if none is, the latest of the others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_not: Option<(EventStep, NotCounted)>,
    /// How many events do not count.
    pub not: usize,
}

/// An event of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct EventStep {
    /// Its place in the list, counted from 0.
    pub event: usize,
    /// The first day on which it may have been.
    pub from: Date,
    /// The last day on which it may have been, which is the same where the day is known. No event is after the date of the scoring.
    pub until: Date,
    /// The number that it stands for, where such numbers are added up or the highest is taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gives: Option<Points>,
}

/// Why an event does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", tag = "because")]
#[non_exhaustive]
pub enum NotCounted {
    /// It was before the first day that counts.
    TooOld {
        /// By how many days.
        days: i64,
    },
    /// It was after the last day that counts.
    TooLate,
    /// The field that is counted has no value.
    NoValue,
    /// Its fields do not meet the condition.
    Other,
}

/// What was read of an input.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct InputStep<'a> {
    /// The name of the input.
    pub name: &'a str,
    /// Its label for readers.
    pub title: &'a str,
    /// The value that was read, and where it comes from.
    #[serde(flatten)]
    pub read: Read<'a>,
    /// Which events count for it, if it was counted of a list that the profile gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counted: Option<CountedStep<'a>>,
    /// The unit of its numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<&'a str>,
    /// Whether it is, or stands for, a protected characteristic.
    pub protected: bool,
    /// Whether a person can change it.
    pub changeable: bool,
    /// What a larger value means: `worse` or `better`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub more_is: Option<&'static str>,
    /// The line of the file where it is declared.
    pub line: usize,
}

/// A value that was read, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", tag = "standing", content = "value")]
#[non_exhaustive]
pub enum Read<'a> {
    /// The profile gave it.
    Given(InputValue<'a>),
    /// It was worked out from other inputs, or counted of events.
    Derived(InputValue<'a>),
    /// The profile gave nothing, and the matrix assumes this.
    Assumed(InputValue<'a>),
    /// The profile gave nothing, which the matrix takes as an answer in itself.
    Absent,
    /// There is a value, but nobody recorded it.
    Unknown,
    /// It is worked out from other inputs, one of which is unknown, or counted of events of which something is unknown.
    Open,
    /// It was taken out of a redacted trace.
    Hidden,
}

/// What a criterion gave.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CriterionStep<'a> {
    /// The name of the criterion.
    pub name: &'a str,
    /// Its title for readers.
    pub title: &'a str,
    /// The points, unless unknown inputs leave them open.
    pub points: Option<Points>,
    /// The least and the most points that are possible.
    pub range: (Points, Points),
    /// Whether an override replaced the points. It is `None` where an unknown input decides it.
    pub replaced: Option<bool>,
    /// The names of the inputs that were read.
    pub inputs: Vec<&'a str>,
    /// The conditions that were looked at, up to the one that holds.
    pub conditions: Vec<ConditionStep<'a>>,
    /// The piece of the rule that gave the points. It is `None` where an unknown input leaves it open.
    pub matched: Option<Matched<'a>>,
    /// The sources of the criterion and of the choice that was made.
    pub sources: Vec<&'a str>,
    /// The note of the criterion.
    pub note: Option<&'a str>,
    /// The line of the file where it is written.
    pub line: usize,
}

/// A condition that was looked at.
#[derive(Debug, Clone, Copy, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ConditionStep<'a> {
    /// The condition.
    pub when: Condition<'a>,
    /// Whether it holds. It is `None` where an unknown input decides it.
    pub holds: Option<bool>,
    /// The line of the file where it is written.
    pub line: usize,
}

/// The piece of a rule that gave points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", tag = "by")]
#[non_exhaustive]
pub enum Matched<'a> {
    /// The band in which a number or date lies.
    Band {
        /// Where the band begins.
        from: InputValue<'a>,
        /// Where the next band begins, if there is one.
        below: Option<InputValue<'a>>,
        /// The label of the band.
        label: Option<&'a str>,
        /// The points of the band.
        points: Points,
        /// The points of the band below, if there is one.
        before: Option<Points>,
        /// The points of the band above, if there is one.
        next: Option<Points>,
    },
    /// One of the values of an input.
    Value {
        /// The value.
        value: InputValue<'a>,
        /// Its points.
        points: Points,
    },
    /// Points for each of a number of units.
    Units {
        /// How many units were counted.
        units: i64,
        /// The size of a unit.
        #[serde(serialize_with = "exact")]
        #[cfg_attr(feature = "schema", schemars(with = "Points"))]
        each: Decimal,
        /// The number beyond which units are counted.
        #[serde(serialize_with = "exact")]
        #[cfg_attr(feature = "schema", schemars(with = "Points"))]
        beyond: Decimal,
        /// The points for each unit.
        points_each: Points,
        /// The most points in all or, where they are taken off, the least.
        cap: Option<Points>,
        /// The points in all.
        points: Points,
    },
    /// Points for each of some members of a set.
    Members {
        /// The members that were counted.
        members: Vec<Named<'a>>,
        /// The points for each member.
        points_each: Points,
        /// The most points in all or, where they are taken off, the least.
        cap: Option<Points>,
        /// The points in all.
        points: Points,
    },
    /// The points where the input is absent.
    Absent {
        /// The points.
        points: Points,
    },
    /// The points for whether a condition holds.
    Condition {
        /// Whether the condition holds.
        holds: bool,
        /// The points.
        points: Points,
    },
    /// The fixed points of a choice.
    Fixed {
        /// The points.
        points: Points,
    },
}

/// What a named group of criteria gave.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct GroupStep<'a> {
    /// The name of the group.
    pub name: &'a str,
    /// Its title for readers.
    pub title: &'a str,
    /// How its points were put together.
    pub score: ScoreStep<'a>,
    /// Whether an override replaced the points. It is `None` where an unknown input decides it.
    pub replaced: Option<bool>,
    /// The line of the file where it is written.
    pub line: usize,
}

/// How points were put together. Each step has the least and the most points that it can give.
///
/// Where parts read the same unknown input, the range of a score or a group may be narrower than the ranges of its parts together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ScoreStep<'a> {
    /// The points of one criterion or group.
    Points {
        /// The name of the criterion or group.
        of: &'a str,
        /// Its title for readers.
        title: &'a str,
        /// The least and the most points.
        range: (Points, Points),
    },
    /// The sum of the parts.
    Sum {
        /// The parts.
        of: Vec<ScoreStep<'a>>,
        /// The least and the most points.
        range: (Points, Points),
    },
    /// The highest of the parts.
    Highest {
        /// The parts.
        of: Vec<ScoreStep<'a>>,
        /// The least and the most points.
        range: (Points, Points),
    },
    /// The lowest of the parts.
    Lowest {
        /// The parts.
        of: Vec<ScoreStep<'a>>,
        /// The least and the most points.
        range: (Points, Points),
    },
    /// The sum of the parts, but no more than a cap.
    Capped {
        /// The parts.
        of: Vec<ScoreStep<'a>>,
        /// The cap.
        at: Points,
        /// The least and the most points.
        range: (Points, Points),
    },
}

/// How a score was put together, and what it means.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct DimensionStep<'a> {
    /// The name of the dimension.
    pub name: &'a str,
    /// Its title for readers.
    pub title: &'a str,
    /// The score as it was put together, before any override.
    pub score: ScoreStep<'a>,
    /// The bands of the scale, in ascending order.
    pub scale: Vec<ScaleStep>,
    /// What the scale makes of the score, before any override.
    pub scored_scaled: Option<Points>,
    /// The conditions that chose between lists of cut-offs, up to the one that holds.
    pub levels_by: Vec<ConditionStep<'a>>,
    /// The cut-offs that apply. The list is empty where an unknown input decides between lists.
    pub cuts: Vec<CutStep<'a>>,
    /// The levels that the score may mean, before any override.
    pub scored_levels: Vec<Named<'a>>,
    /// The overrides of the level.
    pub overrides: Vec<OverrideStep<'a>>,
    /// The least and the most that the score can be in the end.
    pub range: (Points, Points),
    /// The scaled number in the end.
    pub scaled: Option<Points>,
    /// The levels that are possible in the end.
    pub levels: Vec<Named<'a>>,
    /// The line of the file where it is written.
    pub line: usize,
}

/// A band of a scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ScaleStep {
    /// The score from which on the band counts.
    pub from: Points,
    /// What the score is read as.
    pub gives: Points,
}

/// A level with its cut-off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct CutStep<'a> {
    /// The level.
    pub level: Named<'a>,
    /// The number from which on a score has the level. The last level has none.
    pub from: Option<Points>,
}

/// What a decision gave, and how.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct DecisionStep<'a> {
    /// The name of the decision.
    pub name: &'a str,
    /// Its title for readers.
    pub title: &'a str,
    /// How it was made.
    pub method: Method<'a>,
    /// What it gives where nothing else decides.
    pub default: Given<'a>,
    /// What it may give, one thing unless unknown inputs leave it open.
    pub gives: Vec<Given<'a>>,
    /// The line of the file where it is written.
    pub line: usize,
}

/// How a decision was made.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Method<'a> {
    /// By the first rule that holds. These are the rules up to that one.
    Rules(Vec<RuleStep<'a>>),
    /// By the cell of a table.
    Table {
        /// What its rows are.
        rows: AxisStep<'a>,
        /// What its columns are.
        columns: AxisStep<'a>,
    },
    /// By the most intensive of what other decisions gave.
    Highest(Vec<OtherStep<'a>>),
    /// By the band in which a number lies.
    Bands {
        /// The number.
        of: Quantity<'a>,
        /// The least and the most that it can be, or `None` if there is no such number.
        range: Option<(Points, Points)>,
        /// The bands, in descending order.
        bands: Vec<BandStep<'a>>,
    },
}

/// A rule of a decision that was looked at.
#[derive(Debug, Clone, Copy, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct RuleStep<'a> {
    /// What it gives if it holds.
    pub gives: Given<'a>,
    /// Its title for readers.
    pub title: Option<&'a str>,
    /// Its condition, or `None` if it holds in every other case.
    pub when: Option<Condition<'a>>,
    /// Whether it holds. It is `None` where an unknown input decides it.
    pub holds: Option<bool>,
    /// The line of the file where it is written.
    pub line: usize,
}

/// An axis of a table, and where on it the profile is.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct AxisStep<'a> {
    /// What the axis reads.
    pub reads: Quantity<'a>,
    /// Where on it the profile is.
    pub at: At<'a>,
}

/// Where on an axis a profile is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum At<'a> {
    /// At a value of an input.
    Value(InputValue<'a>),
    /// At a number of points.
    Number(Points),
    /// At a level.
    Level(Named<'a>),
    /// At what a decision gave.
    Given(Given<'a>),
    /// Nowhere: the profile does not have the value, or there is no such number.
    Absent,
    /// An unknown input decides it.
    Open,
    /// It was taken out of a redacted trace.
    Hidden,
}

/// What another decision gave.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct OtherStep<'a> {
    /// The name of the decision.
    pub name: &'a str,
    /// Its title for readers.
    pub title: &'a str,
    /// What it may give.
    pub gives: Vec<Given<'a>>,
}

/// A band of a decision by bands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct BandStep<'a> {
    /// What the band gives.
    pub gives: Given<'a>,
    /// The number from which on the band counts. The last band has none.
    pub from: Option<Points>,
}

/// An override, and what it changed.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct OverrideStep<'a> {
    /// The rule, which is taken out of a redacted trace.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub rule: Option<OverrideRule<'a>>,
    /// Whether its condition holds. It is `None` where an unknown input decides it.
    pub holds: Option<bool>,
    /// Whether it applies: its condition holds, and no override before it was final.
    pub applies: Option<bool>,
    /// What the tier or level may have been before.
    pub before: Vec<Given<'a>>,
    /// What the tier or level may be after it.
    pub after: Vec<Given<'a>>,
}

/// The rule of an override.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct OverrideRule<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its condition.
    pub when: Condition<'a>,
    /// What it does.
    pub effect: Effect<'a>,
    /// Whether no override after it applies.
    pub is_final: bool,
    /// The reason that the matrix gives for it.
    pub reason: &'a str,
    /// Its sources.
    pub sources: Vec<&'a str>,
    /// The line of the file where it is written.
    pub line: usize,
}

/// Whether a flag is raised.
#[derive(Debug, Clone, Copy, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct FlagStep<'a> {
    /// The name of the flag.
    pub name: &'a str,
    /// Its title for readers.
    pub title: &'a str,
    /// Its condition, which is taken out of a redacted trace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition<'a>>,
    /// Whether it is raised. It is `None` where an unknown input decides it.
    pub raised: Option<bool>,
    /// The line of the file where it is written.
    pub line: usize,
}

impl<'a> Read<'a> {
    /// Returns the value, if there is one.
    #[must_use]
    pub fn value(&self) -> Option<&InputValue<'a>> {
        match self {
            Self::Given(value) | Self::Derived(value) | Self::Assumed(value) => Some(value),
            Self::Absent | Self::Unknown | Self::Open | Self::Hidden => None,
        }
    }
}

impl OverrideStep<'_> {
    /// Returns whether what is possible after it differs from what was possible before it.
    #[must_use]
    pub fn changes(&self) -> bool {
        self.before != self.after
    }
}

impl<'a> ScoreStep<'a> {
    /// Returns the least and the most points that it can give.
    #[must_use]
    pub fn range(&self) -> (Points, Points) {
        match self {
            Self::Points { range, .. }
            | Self::Sum { range, .. }
            | Self::Highest { range, .. }
            | Self::Lowest { range, .. }
            | Self::Capped { range, .. } => *range,
        }
    }

    /// Returns the parts that are put together.
    #[must_use]
    pub fn parts(&self) -> &[ScoreStep<'a>] {
        match self {
            Self::Points { .. } => &[],
            Self::Sum { of, .. }
            | Self::Highest { of, .. }
            | Self::Lowest { of, .. }
            | Self::Capped { of, .. } => of,
        }
    }

    /// Returns the least and the most points that the parts give if each is taken by itself.
    #[must_use]
    pub fn apart(&self) -> (Points, Points) {
        let ends = |end: fn(&(Points, Points)) -> Points| {
            self.parts().iter().map(move |part| end(&part.range()))
        };
        let (least, most) = (|| ends(|range| range.0), || ends(|range| range.1));
        match self {
            Self::Points { range, .. } => *range,
            Self::Sum { .. } => (least().sum(), most().sum()),
            Self::Capped { at, .. } => {
                let (least, most): (Points, Points) = (least().sum(), most().sum());
                (least.min(*at), most.min(*at))
            }
            Self::Highest { .. } => (
                least().max().unwrap_or_default(),
                most().max().unwrap_or_default(),
            ),
            Self::Lowest { .. } => (
                least().min().unwrap_or_default(),
                most().min().unwrap_or_default(),
            ),
        }
    }

    /// Returns whether unknown inputs that several parts read make the range narrower than the parts let it seem.
    #[must_use]
    pub fn is_narrower_than_its_parts(&self) -> bool {
        self.range() != self.apart()
    }

    pub(super) fn ranging(mut self, to: (Points, Points)) -> Self {
        match &mut self {
            Self::Points { range, .. }
            | Self::Sum { range, .. }
            | Self::Highest { range, .. }
            | Self::Lowest { range, .. }
            | Self::Capped { range, .. } => *range = to,
        }
        self
    }

    /// Narrows the range to one in which the points are known to lie.
    pub(super) fn within(self, (least, most): (Points, Points)) -> Self {
        let range = self.range();
        self.ranging((range.0.max(least), range.1.min(most)))
    }
}

fn exact<S: Serializer>(number: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    number::Exact(*number).serialize(serializer)
}
