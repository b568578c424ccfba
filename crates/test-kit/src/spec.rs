//! A matrix as data: everything that `FORMAT.md` can say, and nothing about how it is written.

mod queries;

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::value::Value;

#[derive(Clone, Debug)]
pub struct Spec {
    /// Decides what has no meaning: titles, notes, and whether a number is written `7` or `7.0`. With the seed 0, everything is plain.
    pub seed: u64,
    /// The date around which the cut-offs of dates were chosen, and so the date of the scoring.
    pub as_at: Date,
    /// From the most to the least intensive.
    pub tiers: Vec<String>,
    pub statuses: Vec<String>,
    pub inputs: Vec<Input>,
    pub derived: Vec<Derived>,
    pub checks: Vec<Check>,
    pub criteria: Vec<Criterion>,
    pub groups: Vec<Group>,
    pub dimensions: Vec<Dimension>,
    pub decisions: Vec<NamedDecision>,
    pub decision: Option<Form>,
    pub overrides: Vec<Override>,
    pub flags: Vec<Flag>,
}

#[derive(Clone, Debug)]
pub struct Input {
    pub name: String,
    pub kind: Kind,
    pub missing: Missing,
    pub protected: Option<bool>,
    pub changeable: bool,
    /// Whether more of it is worse, or else better; what is written where nothing is said here has no meaning to the tests.
    pub more_is_worse: Option<bool>,
    /// Whether it is the tier that was given the time before. That has no meaning to an outcome.
    pub earlier: bool,
}

#[derive(Clone, Debug)]
pub enum Kind {
    Integer {
        low: i64,
        high: i64,
    },
    Decimal {
        places: u32,
        low: Decimal,
        high: Decimal,
    },
    /// Lowest first.
    Level(Vec<String>),
    Category(Vec<String>),
    Set(Vec<String>),
    Boolean,
    /// `written` says whether the file gives the range or leaves the default.
    Date {
        low: Date,
        high: Date,
        written: bool,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub enum Missing {
    Error,
    Absent,
    Unknown,
    Assume(Value),
}

#[derive(Clone, Debug)]
pub struct Derived {
    pub name: String,
    pub derivation: Derivation,
    pub protected: bool,
}

#[derive(Clone, Debug)]
pub enum Derivation {
    Between {
        unit: Unit,
        first: Moment,
        second: Moment,
    },
    Sum(Vec<String>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Years,
    Months,
    Days,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Moment {
    AsAt,
    Input(String),
}

#[derive(Clone, Debug)]
pub struct Check {
    pub id: String,
    pub when: Option<Condition>,
    pub require: Condition,
}

#[derive(Clone, Debug)]
pub struct Criterion {
    pub name: String,
    pub body: Body,
}

/// How a criterion, or one branch of a `choose`, gives points.
#[derive(Clone, Debug)]
pub enum Body {
    Bands {
        input: String,
        bands: Vec<Band>,
        absent: Option<Decimal>,
    },
    Values {
        input: String,
        values: Vec<(Value, Decimal)>,
        absent: Option<Decimal>,
    },
    Each {
        input: String,
        each: Decimal,
        points: Decimal,
        beyond: Option<Decimal>,
        cap: Option<Decimal>,
        absent: Option<Decimal>,
    },
    EachMember {
        input: String,
        points: Decimal,
        cap: Option<Decimal>,
        members: Option<Vec<String>>,
        absent: Option<Decimal>,
    },
    When {
        when: Condition,
        points: Decimal,
        otherwise: Option<Decimal>,
    },
    Choose(Vec<Branch>),
    /// Fixed points, which only a branch of a `choose` can give.
    Fixed(Decimal),
}

#[derive(Clone, Debug)]
pub struct Band {
    pub from: Decimal,
    /// Whether the band also writes where it ends.
    pub ends: bool,
    pub points: Decimal,
}

#[derive(Clone, Debug)]
pub struct Branch {
    pub when: Option<Condition>,
    pub body: Body,
}

#[derive(Clone, Debug)]
pub struct Group {
    pub name: String,
    pub score: Vec<Item>,
}

#[derive(Clone, Debug)]
pub enum Item {
    /// A criterion or a group.
    Named(String),
    Highest(Vec<Item>),
    Lowest(Vec<Item>),
    Capped(Vec<Item>, Decimal),
}

#[derive(Clone, Debug)]
pub struct Dimension {
    pub name: String,
    pub score: Vec<Item>,
    pub scale: Option<Scale>,
    pub levels: Option<Levels>,
}

#[derive(Clone, Debug)]
pub enum Scale {
    /// From each score up to the next.
    Steps(Vec<(Decimal, Decimal)>),
    /// One number for each whole score from `first`.
    Whole { first: i64, gives: Vec<Decimal> },
}

#[derive(Clone, Debug)]
pub struct Levels {
    /// From the most to the least intensive.
    pub names: Vec<String>,
    /// How many names at the end of the list only an override gives.
    pub only_by_override: usize,
    /// One list of cut-offs, or one for each case of a `choose`; the last has no condition.
    pub cases: Vec<LevelCase>,
}

#[derive(Clone, Debug)]
pub struct LevelCase {
    pub when: Option<Condition>,
    /// Descending; one for each level that a score gives, but the last.
    pub cuts: Vec<Decimal>,
}

#[derive(Clone, Debug)]
pub enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    /// The entries of one map, whose keys differ.
    Together(Vec<Condition>),
    Compare(Subject, Test),
    Missing(String),
    Known(String),
}

/// What is compared. `qualified` names are written with their suffix, as they must be when an input has the same name.
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    /// An input or a derived input.
    Input(String),
    /// The points of a criterion or group.
    Points {
        name: String,
        qualified: bool,
    },
    Score {
        name: String,
        qualified: bool,
    },
    Scaled(String),
    Level {
        name: String,
        qualified: bool,
    },
    Total,
    Tier,
    Status,
    Decision(String),
}

#[derive(Clone, Debug)]
pub enum Test {
    Is(Value),
    OneOf(Vec<Value>),
    Number {
        from: Option<Decimal>,
        below: Option<Decimal>,
    },
    Date {
        from: Option<DateBound>,
        below: Option<DateBound>,
    },
    AtLeast(Against),
    AtMost(Against),
    Above(Against),
    Below(Against),
    Has(String),
    HasAny(Vec<String>),
    HasAll(Vec<String>),
    Count {
        from: Option<i64>,
        below: Option<i64>,
    },
    /// A named decision gave nothing.
    Nothing,
    /// Several of these in one comparison, each by another key: all of them.
    Each(Vec<Test>),
}

#[derive(Clone, Debug)]
pub enum DateBound {
    On(Date),
    /// `as_at` less a number of units.
    Ago(Unit, i64),
}

#[derive(Clone, Debug)]
pub enum Against {
    /// A level, tier or value.
    Result(String),
    /// The result of another decision.
    Decision(String),
}

#[derive(Clone, Debug)]
pub struct NamedDecision {
    pub name: String,
    /// Values of its own, from the most to the least intensive; otherwise it gives tiers.
    pub values: Option<Vec<String>>,
    pub form: Form,
}

#[derive(Clone, Debug)]
pub enum Form {
    Rules(Vec<Rule>),
    Table {
        rows: Axis,
        columns: Axis,
        cells: Vec<Vec<Cell>>,
    },
    Highest {
        steps: Vec<String>,
        default: Option<String>,
    },
    /// Descending; the last has no cut-off.
    Bands {
        of: Subject,
        bands: Vec<(String, Option<Decimal>)>,
    },
}

#[derive(Clone, Debug)]
pub struct Rule {
    /// A tier, a status or one of the decision's own values.
    pub result: String,
    pub when: Option<Condition>,
}

#[derive(Clone, Debug)]
pub struct Axis {
    pub subject: Subject,
    pub entries: Entries,
}

#[derive(Clone, Debug)]
pub enum Entries {
    Values(Vec<Value>),
    /// The results of a decision; `None` is `nothing`.
    Results(Vec<Option<String>>),
    /// Descending: from each number up to the next larger.
    Cuts(Vec<Decimal>),
}

#[derive(Clone, Debug)]
pub enum Cell {
    Gives(String),
    Nothing,
    Impossible,
}

#[derive(Clone, Debug)]
pub struct Override {
    pub id: String,
    /// The dimension whose level it changes; otherwise the tier.
    pub dimension: Option<String>,
    pub when: Condition,
    pub action: Action,
    pub is_final: bool,
}

#[derive(Clone, Debug)]
pub enum Action {
    /// Fixes the tier or the level, and with points also the dimension's score.
    Fix {
        result: String,
        points: Option<Decimal>,
    },
    AtLeast(String),
    AtMost(String),
    Up(usize),
    Down(usize),
    Status(String),
}

#[derive(Clone, Debug)]
pub struct Flag {
    pub name: String,
    pub when: Condition,
}
