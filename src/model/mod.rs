//! A validated matrix, as the scorer reads it: with ids and whole numbers, and with every name resolved.

pub(crate) mod about;
pub(crate) mod events;
pub(crate) mod load;
pub(crate) mod measure;
pub(crate) mod named;
pub(crate) mod quantity;
pub(crate) mod rules_in_words;

use crate::arena::{
    Arena, ConditionId, CriterionId, DecisionId, DimensionId, EventsId, FlagId, GroupId, InputId,
    OverrideId,
};
use crate::date::{Date, Unit};
use crate::diagnostic::Place;
use crate::model::named::Label;
use crate::number::Points;

/// A validated matrix: everything that scoring needs.
#[derive(Debug, Default)]
pub(crate) struct Model {
    pub(crate) glossary: Vec<about::Term>,
    pub(crate) inputs: Arena<InputId, Input>,
    /// The lists of events that profiles give.
    pub(crate) events: Arena<EventsId, events::EventList>,
    /// The inputs in the order of their names, as the values of a profile are.
    pub(crate) inputs_by_name: Vec<InputId>,
    pub(crate) conditions: Arena<ConditionId, Condition>,
    pub(crate) checks: Vec<Check>,
    pub(crate) criteria: Arena<CriterionId, Criterion>,
    pub(crate) groups: Arena<GroupId, Group>,
    /// Criteria and groups in the order of their names.
    pub(crate) points_by_name: Vec<PointsOf>,
    pub(crate) dimensions: Arena<DimensionId, Dimension>,
    pub(crate) tiers: Vec<String>,
    pub(crate) statuses: Vec<String>,
    /// The labels of the tiers, then of the statuses.
    pub(crate) result_labels: Vec<Label>,
    /// Where each tier, then each status is written.
    pub(crate) result_places: Vec<Place>,
    /// The decisions in the order of the file. Those with `after_result` are evaluated last.
    pub(crate) decisions: Arena<DecisionId, Decision>,
    pub(crate) decision: Option<Decision>,
    pub(crate) overrides: Arena<OverrideId, Override>,
    pub(crate) flags: Arena<FlagId, Flag>,
    /// The limits of conditions that move with the date of the scoring, each once.
    pub(crate) moving: Vec<Limit>,
}

/// The name and title of an entry of the file, and where it stands.
#[derive(Debug, Clone, Default)]
pub(crate) struct Heading {
    pub(crate) name: String,
    pub(crate) title: Option<String>,
    pub(crate) sources: Vec<String>,
    pub(crate) note: Option<String>,
    pub(crate) place: Place,
}

impl Heading {
    /// Returns the title for readers, or the name if there is no title.
    pub(crate) fn spoken(&self) -> &str {
        self.title.as_deref().unwrap_or(&self.name)
    }
}

#[derive(Debug)]
pub(crate) struct Input {
    pub(crate) heading: Heading,
    pub(crate) unit: Option<String>,
    pub(crate) domain: Domain,
    /// The labels of the values of a level, a category or a set.
    pub(crate) labels: Vec<Label>,
    pub(crate) missing: Missing,
    pub(crate) derived: Option<Derived>,
    /// What it is of a list of events. For everything else it is an input that a profile gives.
    pub(crate) counted: Option<events::Count>,
    pub(crate) protected: bool,
    pub(crate) changeable: bool,
    pub(crate) more_is: Option<MoreIs>,
    /// Whether it is the tier that the matrix gave the time before.
    pub(crate) is_earlier: bool,
}

/// What a case knows of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Slot {
    Value(i64),
    Absent,
    Unknown,
}

/// The values that an input can have, each as a whole number: units of the last decimal place, positions in `values`, days since 1970, or the bits of
/// a set.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Domain {
    /// Numbers. `places` is zero for an integer.
    Number {
        places: u32,
        from: i64,
        to: i64,
    },
    /// Ordered values, the lowest first.
    Level {
        values: Vec<String>,
    },
    Category {
        values: Vec<String>,
    },
    Set {
        values: Vec<String>,
    },
    Boolean,
    Date {
        from: i64,
        to: i64,
    },
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Missing {
    Error,
    Absent,
    Unknown,
    Assume(i64),
}

/// Whether more of an input is worse or better, as the matrix declares it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MoreIs {
    Worse,
    Better,
}

impl MoreIs {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Worse => "worse",
            Self::Better => "better",
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) enum Derived {
    Between {
        unit: Unit,
        from: Moment,
        to: Moment,
    },
    Sum(Vec<InputId>),
}

/// A date that a derived input reads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Moment {
    AsAt,
    Input(InputId),
}

#[derive(Debug)]
pub(crate) struct Check {
    pub(crate) when: Option<ConditionId>,
    pub(crate) require: ConditionId,
    pub(crate) message: String,
    pub(crate) inputs: Vec<InputId>,
}

#[derive(Debug)]
pub(crate) struct Criterion {
    pub(crate) heading: Heading,
    pub(crate) rule: Rule,
}

/// How a criterion gives points.
// It has a tag of its own (`repr`), as all that is matched on in every scoring: one hidden in a part takes longer to read.
#[derive(Debug)]
#[repr(u8)]
pub(crate) enum Rule {
    One(Reading),
    /// Some points if the condition holds, and other points if it does not.
    When {
        when: ConditionId,
        points: Points,
        otherwise: Points,
    },
    /// The first choice whose condition holds. The last choice does not have a condition.
    Choose(Vec<Choice>),
}

#[derive(Debug)]
pub(crate) struct Choice {
    pub(crate) when: Option<ConditionId>,
    pub(crate) gives: Gives,
    pub(crate) heading: Heading,
}

#[derive(Debug)]
pub(crate) enum Gives {
    Fixed(Points),
    Reading(Reading),
}

/// Points that are read off one input.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) input: InputId,
    pub(crate) measure: Measure,
    pub(crate) absent: Option<Points>,
    /// The input's first value, and what the measure gives for each value from it on, if there are few. The scorer reads the points off here.
    pub(crate) table: (i64, Vec<Points>),
}

#[derive(Debug)]
#[repr(u8)]
pub(crate) enum Measure {
    /// Bands in ascending order. The first begins where the input's range does.
    Bands(Vec<Band>),
    /// Points by the position of a value, counted from the input's first value.
    Values { first: i64, points: Vec<Points> },
    Each {
        each: i64,
        points: Points,
        beyond: i64,
        cap: Option<Points>,
    },
    Members {
        members: i64,
        points: Points,
        cap: Option<Points>,
    },
}

#[derive(Debug)]
pub(crate) struct Band {
    pub(crate) from: i64,
    pub(crate) points: Points,
    pub(crate) label: Option<String>,
    pub(crate) place: Place,
}

#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) heading: Heading,
    pub(crate) score: Score,
    pub(crate) sum: Sum,
}

/// How points are put together.
#[derive(Debug, Clone, PartialEq)]
#[repr(u8)]
pub(crate) enum Score {
    Criterion(CriterionId),
    Group(GroupId),
    Sum(Vec<Score>),
    Highest(Vec<Score>),
    Lowest(Vec<Score>),
    Capped { of: Vec<Score>, at: Points },
}

/// A score as it is added up. The criteria, which are most of it, stand apart from everything else.
#[derive(Debug)]
pub(crate) struct Sum {
    pub(crate) criteria: Vec<CriterionId>,
    pub(crate) others: Vec<Score>,
}

impl Sum {
    pub(crate) fn of(score: &Score) -> Self {
        let all = if let Score::Sum(of) = score {
            of.as_slice()
        } else {
            std::slice::from_ref(score)
        };
        let mut sum = Self {
            criteria: Vec::new(),
            others: Vec::new(),
        };
        for score in all {
            match score {
                Score::Criterion(id) => sum.criteria.push(*id),
                other => sum.others.push(other.clone()),
            }
        }
        sum
    }
}

#[derive(Debug)]
pub(crate) struct Dimension {
    pub(crate) heading: Heading,
    pub(crate) score: Score,
    pub(crate) sum: Sum,
    /// Every criterion and group that the score uses, directly or through a group.
    pub(crate) criteria: Vec<CriterionId>,
    pub(crate) groups: Vec<GroupId>,
    /// The bands of the scale, in ascending order.
    pub(crate) scale: Option<Vec<ScaleBand>>,
    /// The levels from the most to the least intensive. The list is empty if the dimension does not have levels.
    pub(crate) levels: Vec<Level>,
    /// The cut-offs of the levels. The last list does not have a condition.
    pub(crate) cuts: Vec<LevelCuts>,
    /// The smallest and largest score that the criteria can give.
    pub(crate) bounds: (Points, Points),
    /// Where each level is written, for each of the lists of `cuts`.
    pub(crate) level_places: Vec<Vec<Place>>,
}

impl Dimension {
    /// Returns how many of the levels a score can give. They stand before those that only an override gives.
    pub(crate) fn scored_levels(&self) -> usize {
        let cuts = self.cuts.first();
        cuts.map_or(self.levels.len(), |cuts| cuts.from.len() + 1)
    }
}

#[derive(Debug)]
pub(crate) struct ScaleBand {
    pub(crate) from: Points,
    pub(crate) gives: Points,
}

#[derive(Debug)]
pub(crate) struct Level {
    pub(crate) name: String,
    pub(crate) label: Label,
}

#[derive(Debug)]
pub(crate) struct LevelCuts {
    pub(crate) when: Option<ConditionId>,
    /// The cut-offs in descending order, one for each level that a score can give except the last.
    pub(crate) from: Vec<Points>,
}

/// A condition, which holds or does not hold.
#[derive(Debug)]
pub(crate) struct Condition {
    pub(crate) test: Test,
    /// The same condition as one run of values of one input, if it can be written so. Most conditions can, and the scorer decides these by it alone.
    pub(crate) span: Option<Span>,
    pub(crate) place: Place,
}

impl Condition {
    pub(crate) fn new(test: Test, place: Place) -> Self {
        Self {
            span: Span::of(&test),
            test,
            place,
        }
    }
}

/// A run of values of an input, with both ends included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Span {
    pub(crate) input: InputId,
    pub(crate) from: i64,
    pub(crate) to: i64,
}

impl Span {
    fn of(test: &Test) -> Option<Self> {
        let (input, from, to) = match test {
            Test::InputRange { input, from, below } => {
                let from = from.map_or(Some(i64::MIN), Limit::fixed)?;
                let to = below.map_or(Some(i64::MAX), |below| below.fixed()?.checked_sub(1))?;
                (input, from, to)
            }
            Test::InputIn { input, values } => match values.as_slice() {
                [only] => (input, *only, *only),
                _ => return None,
            },
            Test::Known(input) => (input, i64::MIN, i64::MAX),
            _ => return None,
        };
        Some(Self {
            input: *input,
            from,
            to,
        })
    }
}

#[derive(Debug, Clone, PartialEq)]
#[repr(u8)]
pub(crate) enum Test {
    All(Vec<ConditionId>),
    Any(Vec<ConditionId>),
    Not(ConditionId),
    Known(InputId),
    Missing(InputId),
    /// A value in a half-open range. The test does not hold for an absent input.
    InputRange {
        input: InputId,
        from: Option<Limit>,
        below: Option<Limit>,
    },
    /// One of some values.
    InputIn {
        input: InputId,
        values: Vec<i64>,
    },
    Members {
        input: InputId,
        has: Vec<i64>,
        quantifier: Quantifier,
    },
    MemberCount {
        input: InputId,
        from: Option<i64>,
        below: Option<i64>,
    },
    Number {
        number: NumberOf,
        from: Option<Points>,
        below: Option<Points>,
    },
    Level {
        dimension: DimensionId,
        among: Positions,
    },
    Result {
        of: ResultOf,
        among: Positions,
    },
    /// A comparison of the result of one decision with that of another, by intensity.
    Compare {
        one: DecisionId,
        order: Order,
        other: DecisionId,
    },
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Quantifier {
    Any,
    All,
}

/// An end of a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Limit {
    Fixed(i64),
    /// The date of the scoring less a length of time.
    Ago {
        count: i32,
        unit: Unit,
    },
}

impl Limit {
    /// Returns the value of the limit when scoring at a date. A date is in days.
    pub(crate) fn at(self, as_at: Date) -> i64 {
        match self {
            Self::Fixed(value) => value,
            Self::Ago { count, unit } => as_at.ago(count, unit).days(),
        }
    }

    /// Returns the value of the limit, if it does not move with the date.
    pub(crate) fn fixed(self) -> Option<i64> {
        if let Self::Fixed(value) = self {
            Some(value)
        } else {
            None
        }
    }
}

/// A number that a condition or a decision reads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum NumberOf {
    Criterion(CriterionId),
    Group(GroupId),
    Score(DimensionId),
    Scaled(DimensionId),
    Total,
}

/// Something with points of its own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum PointsOf {
    Criterion(CriterionId),
    Group(GroupId),
}

/// A result that a condition reads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum ResultOf {
    /// The tier or status, as far as it is decided.
    Outcome,
    Decision(DecisionId),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Order {
    AtLeast,
    AtMost,
    Above,
    Below,
}

/// A set of positions in a list of values, followed by the statuses and then by `nothing`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Positions(pub(crate) u128);

impl Positions {
    pub(crate) fn one(position: usize) -> Self {
        Self(1 << position.min(127))
    }

    pub(crate) fn with(self, position: usize) -> Self {
        Self(self.0 | Self::one(position).0)
    }

    pub(crate) fn has(self, position: usize) -> bool {
        self.0 & Self::one(position).0 != 0
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = usize> {
        (0..128).filter(move |position| self.has(*position))
    }
}

/// What a decision gives: a position among its values, then the statuses, then nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Verdict {
    Value(u8),
    Status(u8),
    Nothing,
}

impl Verdict {
    /// Returns the position among the values of the decision. A smaller position is more intensive.
    pub(crate) fn position(self, values: usize) -> usize {
        match self {
            Self::Value(value) => usize::from(value),
            Self::Status(status) => values + usize::from(status),
            Self::Nothing => NOTHING,
        }
    }
}

/// The position of `nothing`, after any value and status.
pub(crate) const NOTHING: usize = 127;

#[derive(Debug)]
pub(crate) struct Decision {
    pub(crate) heading: Heading,
    /// The decision's own values, or `None` if it gives tiers.
    pub(crate) values: Option<Vec<String>>,
    /// The labels of its own values.
    pub(crate) labels: Vec<Label>,
    pub(crate) method: Method,
    pub(crate) default: Verdict,
    /// Whether it reads the tier or status, so that it is evaluated after the overrides.
    pub(crate) after_result: bool,
    /// Where each cell of a table is written, row by row. Bands have a single row.
    pub(crate) places: Vec<Vec<Place>>,
}

#[derive(Debug)]
pub(crate) enum Method {
    Rules(Vec<DecisionRule>),
    Table {
        rows: Axis,
        columns: Axis,
        cells: Vec<Vec<Cell>>,
    },
    Highest(Vec<DecisionId>),
    /// Bands in descending order. The last does not have a `from`.
    Bands {
        of: NumberOf,
        bands: Vec<DecisionBand>,
    },
}

#[derive(Debug)]
pub(crate) struct DecisionRule {
    pub(crate) gives: Verdict,
    pub(crate) when: Option<ConditionId>,
    pub(crate) heading: Heading,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Cell {
    Gives(Verdict),
    Impossible,
}

#[derive(Debug)]
pub(crate) struct DecisionBand {
    pub(crate) gives: Verdict,
    pub(crate) from: Option<Points>,
}

/// An axis of a table. It has a position for every row or column, as the file has them.
#[derive(Debug)]
pub(crate) enum Axis {
    /// The values of an input, each with its position.
    Input { input: InputId, positions: Vec<u8> },
    /// Ascending cut-offs on an input, each with the position of the band that begins there.
    InputCuts {
        input: InputId,
        cuts: Vec<(i64, u8)>,
    },
    NumberCuts {
        number: NumberOf,
        cuts: Vec<(Points, u8)>,
    },
    Level {
        dimension: DimensionId,
        positions: Vec<u8>,
    },
    /// The values of a decision, and nothing, each with its position.
    Decision {
        decision: DecisionId,
        positions: Vec<u8>,
        nothing: Option<u8>,
    },
}

#[derive(Debug)]
pub(crate) struct Override {
    pub(crate) heading: Heading,
    pub(crate) when: ConditionId,
    /// The dimension whose level it changes, or `None` if it changes the tier.
    pub(crate) dimension: Option<DimensionId>,
    pub(crate) action: Action,
    pub(crate) is_final: bool,
    pub(crate) reason: String,
}

/// What an override does. Positions are those of levels or of tiers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Action {
    Fix(u8),
    Replace { level: u8, points: Points },
    AtLeast(u8),
    AtMost(u8),
    Up(u32),
    Down(u32),
    Status(u8),
}

#[derive(Debug)]
pub(crate) struct Flag {
    pub(crate) heading: Heading,
    pub(crate) when: ConditionId,
}

impl Domain {
    /// The range of a date that does not declare a range.
    pub(crate) const ANY_DATE: Self = Self::Date {
        from: -25_567,
        to: 84_005,
    };

    /// Returns the names of the values, if the values have names.
    pub(crate) fn names(&self) -> &[String] {
        match self {
            Self::Level { values } | Self::Category { values } | Self::Set { values } => values,
            Self::Number { .. } | Self::Boolean | Self::Date { .. } => &[],
        }
    }

    /// Returns the names of the members of a set.
    pub(crate) fn members(&self, set: i64) -> Vec<String> {
        self.names()
            .iter()
            .enumerate()
            .filter(|(bit, _)| set >> bit & 1 == 1)
            .map(|(_, name)| name.clone())
            .collect()
    }

    /// Returns the smallest and the largest value. For a set, these are numbers of its bits.
    pub(crate) fn bounds(&self) -> (i64, i64) {
        match self {
            Self::Number { from, to, .. } | Self::Date { from, to } => (*from, *to),
            Self::Level { values } | Self::Category { values } => (0, values.len() as i64 - 1),
            Self::Set { values } => (0, (1_i64 << values.len()) - 1),
            Self::Boolean => (0, 1),
        }
    }

    pub(crate) fn type_name(&self) -> &'static str {
        match self {
            Self::Number { places: 0, .. } => "integer",
            Self::Number { .. } => "decimal",
            Self::Level { .. } => "level",
            Self::Category { .. } => "category",
            Self::Set { .. } => "set",
            Self::Boolean => "boolean",
            Self::Date { .. } => "date",
        }
    }
}

impl Dimension {
    /// Returns the scaled number of a score, if there is a scale.
    pub(crate) fn scaled(&self, score: Points) -> Option<Points> {
        let scale = self.scale.as_deref()?;
        let after = scale.partition_point(|band| band.from <= score);
        scale.get(after.saturating_sub(1)).map(|band| band.gives)
    }
}

impl Model {
    /// Returns the values of a decision, the most intensive first.
    pub(crate) fn values_of<'a>(&'a self, decision: &'a Decision) -> &'a [String] {
        decision.values.as_deref().unwrap_or(&self.tiers)
    }

    /// Returns the name of a verdict, which is a value, a status, or `None` for nothing.
    pub(crate) fn verdict_name<'a>(
        &'a self,
        values: &'a [String],
        verdict: Verdict,
    ) -> Option<&'a str> {
        match verdict {
            Verdict::Value(value) => values.get(usize::from(value)).map(String::as_str),
            Verdict::Status(status) => self.statuses.get(usize::from(status)).map(String::as_str),
            Verdict::Nothing => None,
        }
    }

    /// Adds the inputs that a condition reads, each once.
    pub(crate) fn inputs_read(&self, condition: ConditionId, inputs: &mut Vec<InputId>) {
        match &self.conditions[condition].test {
            Test::All(parts) | Test::Any(parts) => parts
                .iter()
                .for_each(|part| self.inputs_read(*part, inputs)),
            Test::Not(part) => self.inputs_read(*part, inputs),
            Test::Known(input)
            | Test::Missing(input)
            | Test::InputRange { input, .. }
            | Test::InputIn { input, .. }
            | Test::Members { input, .. }
            | Test::MemberCount { input, .. } => {
                if !inputs.contains(input) {
                    inputs.push(*input);
                }
            }
            Test::Number { .. }
            | Test::Level { .. }
            | Test::Result { .. }
            | Test::Compare { .. } => {}
        }
    }
}
