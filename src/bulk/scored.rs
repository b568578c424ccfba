//! The results of many profiles, as columns.

use std::ops::Range;

use crate::arena::{CriterionId, DecisionId, DimensionId, FlagId, GroupId, Id, NodeId, OverrideId};
use crate::bulk::chunk::{Owned, Part, grow};
use crate::bulk::program::{Stored, Wanted};
use crate::bulk::run::Target;
use crate::bulk::told::Open;
use crate::date::Date;
use crate::matrix::Matrix;
use crate::model::{Heading, Model, NOTHING, Verdict};
use crate::number::Points;
use crate::plan::{ABSENT, Plan};
use crate::profile::{ProblemKind, Refusal};
use crate::score::outcome::{
    LevelSet, Open as Parts, Outcome, PointsResult, result_positions, truth_of,
};

/// The results that a bulk scoring gives. A result that is not asked for is not worked out.
///
/// ```
/// use threshold_matrix::bulk::Outputs;
///
/// let nightly = Outputs::tiers().with_dimensions();
/// let everything = Outputs::everything();
/// assert_ne!(nightly, everything);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Outputs {
    pub(super) dimensions: bool,
    pub(super) points: bool,
    pub(super) flags: bool,
    pub(super) decisions: bool,
    pub(super) possible: bool,
    pub(super) overrides: bool,
}

impl Outputs {
    /// Asks for the tier or status, and for which profiles are provisional or refused.
    pub fn tiers() -> Self {
        Self {
            dimensions: false,
            points: false,
            flags: false,
            decisions: false,
            possible: false,
            overrides: false,
        }
    }

    /// Asks for every output there is.
    pub fn everything() -> Self {
        Self {
            dimensions: true,
            points: true,
            flags: true,
            decisions: true,
            possible: true,
            overrides: false,
        }
    }

    /// Asks for the score, the level and the scaled number of each dimension as well.
    pub fn with_dimensions(mut self) -> Self {
        self.dimensions = true;
        self
    }

    /// Asks for the points of each criterion and group as well.
    pub fn with_points(mut self) -> Self {
        self.points = true;
        self
    }

    /// Asks for the flags as well.
    pub fn with_flags(mut self) -> Self {
        self.flags = true;
        self
    }

    /// Asks for the named decisions as well.
    pub fn with_decisions(mut self) -> Self {
        self.decisions = true;
        self
    }

    /// Asks for the results still possible as well.
    pub fn with_possible(mut self) -> Self {
        self.possible = true;
        self
    }

    /// Asks for which overrides apply as well, for rows that are scored by the loops.
    #[doc(hidden)]
    pub fn with_overrides(mut self) -> Self {
        self.overrides = true;
        self
    }
}

/// The kind of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Result,
    Score(DimensionId),
    Level(DimensionId),
    Scaled(DimensionId),
    Criterion(CriterionId),
    Group(GroupId),
    Flag(FlagId),
    Decision(DecisionId),
    Override(OverrideId),
}

impl Kind {
    /// Returns the results that outputs ask for, in a fixed order, and their nodes.
    pub(super) fn of(outputs: Outputs, model: &Model, plan: &Plan) -> Vec<(Self, Wanted)> {
        let mut kinds = Vec::new();
        let position = |node| Wanted {
            node,
            is_points: false,
            unless: None,
        };
        let points = |node| Wanted {
            node,
            is_points: true,
            unless: None,
        };
        kinds.extend(plan.result.map(|node| (Self::Result, position(node))));
        if outputs.dimensions {
            for (id, nodes) in model.dimensions.ids().zip(&plan.dimensions) {
                kinds.push((Self::Score(id), points(nodes.score)));
                kinds.extend(nodes.level.map(|node| (Self::Level(id), position(node))));
                kinds.extend(nodes.scaled.map(|node| (Self::Scaled(id), points(node))));
            }
        }
        if outputs.points {
            let unless = |replaced: Option<crate::arena::NodeId>, node| Wanted {
                node,
                is_points: true,
                unless: replaced,
            };
            let replaced = plan.criteria_replaced.iter().zip(&plan.criteria);
            kinds.extend(
                model
                    .criteria
                    .ids()
                    .zip(replaced)
                    .map(|(id, (replaced, node))| (Self::Criterion(id), unless(*replaced, *node))),
            );
            let replaced = plan.groups_replaced.iter().zip(&plan.groups);
            kinds.extend(
                model
                    .groups
                    .ids()
                    .zip(replaced)
                    .map(|(id, (replaced, node))| (Self::Group(id), unless(*replaced, *node))),
            );
        }
        if outputs.flags {
            kinds.extend(
                model
                    .flags
                    .ids()
                    .zip(&plan.flags)
                    .map(|(id, node)| (Self::Flag(id), position(*node))),
            );
        }
        if outputs.decisions {
            kinds.extend(
                model
                    .decisions
                    .ids()
                    .zip(&plan.decisions)
                    .map(|(id, node)| (Self::Decision(id), position(*node))),
            );
        }
        if outputs.overrides {
            kinds.extend(
                model
                    .overrides
                    .ids()
                    .zip(&plan.overrides)
                    .map(|(id, nodes)| (Self::Override(id), position(nodes.applies))),
            );
        }
        kinds
    }

    /// Returns the position that stands for no result, if the result is a position.
    fn position_of_nothing(self) -> Option<i8> {
        matches!(self, Self::Result | Self::Decision(_)).then_some(NOTHING as i8)
    }

    /// Returns the node of the result, and the node that says where it counts for nothing; `None` if one profile does not have it.
    pub(super) fn nodes(self, plan: &Plan) -> Option<(NodeId, Option<NodeId>)> {
        fn at<T: Copy>(nodes: &[T], id: impl Id) -> Option<T> {
            nodes.get(id.index()).copied()
        }
        let node = match self {
            Self::Result => plan.result,
            Self::Score(id) => at(&plan.dimensions, id).map(|nodes| nodes.score),
            Self::Level(id) => at(&plan.dimensions, id)?.level,
            Self::Scaled(id) => at(&plan.dimensions, id)?.scaled,
            Self::Criterion(id) => {
                let unless = at(&plan.criteria_replaced, id).flatten();
                return Some((at(&plan.criteria, id)?, unless));
            }
            Self::Group(id) => {
                let unless = at(&plan.groups_replaced, id).flatten();
                return Some((at(&plan.groups, id)?, unless));
            }
            Self::Flag(id) => at(&plan.flags, id),
            Self::Decision(id) => at(&plan.decisions, id),
            Self::Override(id) => at(&plan.overrides, id).map(|nodes| nodes.applies),
        };
        node.map(|node| (node, None))
    }

    /// Returns the same of what the node of the result can be, and whether it counts for nothing, which is `None` where that is open.
    pub(super) fn of_possible(
        self,
        model: &Model,
        values: &[i64],
        replaced: Option<bool>,
    ) -> Option<i64> {
        let one = || only(values).copied();
        let of_names = |count: usize| {
            one().filter(|position| usize::try_from(*position).is_ok_and(|own| own < count))
        };
        match self {
            Self::Result => {
                let count = model.tiers.len() + model.statuses.len();
                only(&result_positions(values, count))
                    .copied()
                    .map(i64::from)
            }
            Self::Score(_) | Self::Level(_) => one(),
            Self::Scaled(_) => one().filter(|scaled| *scaled != ABSENT),
            Self::Criterion(_) | Self::Group(_) => one().filter(|_| replaced == Some(false)),
            Self::Flag(_) => truth_of(values).map(i64::from),
            Self::Decision(id) => {
                let values = model.values_of(&model.decisions[id]);
                of_names(values.len() + model.statuses.len())
            }
            // An override that may apply is not one that applies.
            Self::Override(_) => Some(i64::from(truth_of(values) == Some(true))),
        }
    }

    /// Returns the same result of one outcome: a position, a boolean, or millionths of points.
    fn in_outcome(self, outcome: &Outcome) -> Option<i64> {
        let model = outcome.matrix().model();
        match self {
            Self::Result => only(&outcome.positions()).copied().map(i64::from),
            Self::Score(id) => {
                let (least, most) = outcome.dimension_result(id).range;
                (least == most).then(|| least.millionths())
            }
            Self::Level(id) => outcome
                .dimension_result(id)
                .levels
                .only()
                .map(|level| level as i64),
            Self::Scaled(id) => outcome.dimension_result(id).scaled.map(Points::millionths),
            Self::Criterion(id) => counted(outcome.criterion_result(id)),
            Self::Group(id) => counted(outcome.group_result(id)),
            Self::Flag(id) => outcome
                .flags()
                .nth(id.index())
                .and_then(|(_, raised)| raised)
                .map(i64::from),
            Self::Decision(id) => {
                let (_, result) = outcome.decisions().nth(id.index())?;
                let values = model
                    .values_of(&model.decisions[id])
                    .iter()
                    .chain(&model.statuses);
                values
                    .zip(0..)
                    .find(|(value, _)| Some(value.as_str()) == result)
                    .map(|(_, position)| position)
            }
            // An outcome does not say; its trace does.
            Self::Override(_) => None,
        }
    }
}

impl Kind {
    /// Takes the value of an outcome that was written into its parts.
    fn take(self, value: Option<i64>, model: &Model, parts: &mut Parts) -> Option<()> {
        let points = |value: Option<i64>| PointsResult {
            range: [value.unwrap_or_default(); 2]
                .map(Points::from_millionths)
                .into(),
            replaced: value.is_none(),
            open: false,
        };
        match self {
            Self::Result | Self::Override(_) => {}
            Self::Score(id) => {
                let score = Points::from_millionths(value?);
                parts.dimensions.get_mut(id.index())?.range = (score, score);
            }
            Self::Level(id) => {
                let level = u32::try_from(value?).ok()?;
                parts.dimensions.get_mut(id.index())?.levels = LevelSet(1_u64.checked_shl(level)?);
            }
            Self::Scaled(id) => {
                let dimension = parts.dimensions.get_mut(id.index())?;
                dimension.scaled = value.map(Points::from_millionths);
                dimension.replaced = Some(value.is_none());
            }
            Self::Criterion(id) => *parts.criteria.get_mut(id.index())? = points(value),
            Self::Group(id) => *parts.groups.get_mut(id.index())? = points(value),
            Self::Flag(id) => *parts.flags.get_mut(id.index())? = Some(value? == 1),
            Self::Decision(id) => {
                let values = model.values_of(&model.decisions[id]).len();
                let verdict = match value {
                    None => Verdict::Nothing,
                    Some(value) => {
                        let position = usize::try_from(value).ok()?;
                        match position.checked_sub(values) {
                            Some(status) => Verdict::Status(u8::try_from(status).ok()?),
                            None => Verdict::Value(u8::try_from(position).ok()?),
                        }
                    }
                };
                *parts.decisions.get_mut(id.index())? = Some(verdict);
            }
        }
        Some(())
    }
}

/// A column of results as files of outcomes have it: its name, what readers call it, and what its numbers mean.
#[derive(Debug, Clone)]
#[doc(hidden)]
pub struct ResultColumn {
    pub name: String,
    pub label: String,
    pub form: ResultForm,
    kind: Kind,
    pub(super) place: usize,
}

/// What the numbers of a column of results mean.
#[derive(Debug, Clone, PartialEq, Eq)]
#[doc(hidden)]
pub enum ResultForm {
    /// Points, scores or scaled numbers.
    Number,
    /// Positions among names.
    Names(Vec<String>),
    /// 1 or 0.
    Truth,
}

impl ResultColumn {
    /// Returns the columns that files of outcomes have after the result, in their order.
    pub fn all(matrix: &Matrix, outputs: Outputs) -> Vec<Self> {
        matrix.bulk(Date::from_days(0), outputs).empty().described()
    }

    /// Returns what one outcome has in the column: millionths of points, a position, or 1 or 0.
    pub fn in_outcome(&self, outcome: &Outcome) -> Option<i64> {
        self.kind.in_outcome(outcome)
    }

    /// Returns the settled outcome that has a result, by its position, and the values of some columns, as [`ResultColumn::in_outcome`] gives them. What
    /// none of the columns is of stays open. Returns `None` if a value is missing of which a settled outcome has one.
    pub fn outcome<'a>(
        matrix: &Matrix,
        as_at: Date,
        result: Option<u8>,
        values: impl Iterator<Item = (&'a Self, Option<i64>)>,
    ) -> Option<Outcome> {
        let mut parts = Parts::new(matrix.model());
        parts.results.extend(result);
        for (column, value) in values {
            column.kind.take(value, matrix.model(), &mut parts)?;
        }
        Some(Outcome::of_parts(matrix, as_at, parts))
    }
}

impl Kind {
    /// Returns the name and the label of the column in files of outcomes, and what its numbers mean; nothing where files have it in another form.
    fn described(self, model: &Model) -> Option<([String; 2], ResultForm)> {
        let names =
            |names: &mut dyn Iterator<Item = &String>| ResultForm::Names(names.cloned().collect());
        let of = |id: DimensionId, what: &str| {
            let heading = &model.dimensions[id].heading;
            let (name, label) = (&heading.name, heading.spoken());
            [format!("{name}.{what}"), format!("{label}: {what}")]
        };
        let own = |what: &str, heading: &Heading| {
            let (name, label) = (&heading.name, heading.spoken());
            [format!("{what}.{name}"), format!("{label}: {what}")]
        };
        Some(match self {
            Self::Result | Self::Override(_) => return None,
            Self::Score(id) => (of(id, "score"), ResultForm::Number),
            Self::Scaled(id) => (of(id, "scaled"), ResultForm::Number),
            Self::Level(id) => {
                let levels = model.dimensions[id].levels.iter();
                (of(id, "level"), names(&mut levels.map(|level| &level.name)))
            }
            Self::Criterion(id) => (
                own("points", &model.criteria[id].heading),
                ResultForm::Number,
            ),
            Self::Group(id) => (own("points", &model.groups[id].heading), ResultForm::Number),
            Self::Flag(id) => (own("flag", &model.flags[id].heading), ResultForm::Truth),
            Self::Decision(id) => {
                let decision = &model.decisions[id];
                let values = model.values_of(decision).iter().chain(&model.statuses);
                (
                    own("decision", &decision.heading),
                    names(&mut values.into_iter()),
                )
            }
        })
    }
}

/// Returns the points if no override replaced them.
fn counted(result: PointsResult) -> Option<i64> {
    if result.replaced {
        None
    } else {
        result.points().map(Points::millionths)
    }
}

fn only<T>(values: &[T]) -> Option<&T> {
    match values {
        [only] => Some(only),
        _ => None,
    }
}

/// The results of a cohort, as columns in the order of its rows.
///
/// [`Bulk::score`](super::Bulk::score) makes them, and [`Bulk::score_into`](super::Bulk::score_into) uses them again.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoredColumns {
    matrix: Matrix,
    pub(super) kinds: Vec<Kind>,
    stored: Vec<Stored>,
    rows: usize,
    pub(super) columns: Vec<Owned>,
    pub(super) provisional: Vec<bool>,
    pub(super) errors: Vec<u16>,
    pub(super) possible: Vec<u128>,
    keeps_possible: bool,
}

/// A column of whole numbers, in the narrowest type that holds them.
///
/// The least number of the type stands for nothing: the profile is refused, an unknown input leaves the result open, or the matrix gives none.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(missing_docs, reason = "their names say it")]
pub enum Whole<'a> {
    I8(&'a [i8]),
    I16(&'a [i16]),
    I32(&'a [i32]),
    I64(&'a [i64]),
}

/// A column of points, scores or scaled numbers, as whole numbers of a unit that is given in millionths of a point.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Numbers<'a> {
    /// The numbers, in units.
    pub units: Whole<'a>,
    /// How many millionths of a point a unit is: a power of ten from 1 to a million. It is a million where all numbers are whole points.
    pub millionths: i64,
}

impl Whole<'_> {
    /// Returns the number of a row, or `None` if there is none.
    #[inline]
    #[must_use]
    pub fn get(&self, row: usize) -> Option<i64> {
        match self {
            Self::I8(numbers) => numbers
                .get(row)
                .filter(|number| **number != i8::MIN)
                .map(|number| i64::from(*number)),
            Self::I16(numbers) => numbers
                .get(row)
                .filter(|number| **number != i16::MIN)
                .map(|number| i64::from(*number)),
            Self::I32(numbers) => numbers
                .get(row)
                .filter(|number| **number != i32::MIN)
                .map(|number| i64::from(*number)),
            Self::I64(numbers) => numbers
                .get(row)
                .filter(|number| **number != i64::MIN)
                .copied(),
        }
    }
}

impl Owned {
    /// Returns the column as whole numbers to read.
    pub(super) fn whole(&self) -> Whole<'_> {
        match self {
            Self::I8(column) => Whole::I8(column),
            Self::I16(column) => Whole::I16(column),
            Self::I32(column) => Whole::I32(column),
            Self::I64(column) => Whole::I64(column),
        }
    }
}

impl Numbers<'_> {
    /// Returns the points of a row, or `None` if there are none.
    #[inline]
    #[must_use]
    pub fn get(&self, row: usize) -> Option<Points> {
        self.units
            .get(row)
            .map(|units| Points::from_millionths(units * self.millionths))
    }
}

impl ScoredColumns {
    pub(super) fn new(
        matrix: &Matrix,
        kinds: Vec<Kind>,
        stored: Vec<Stored>,
        keeps_possible: bool,
    ) -> Self {
        let columns = stored
            .iter()
            .map(|stored| Owned::nothing(stored.lane, 0))
            .collect();
        let (provisional, errors, possible) = (Vec::new(), Vec::new(), Vec::new());
        Self {
            matrix: matrix.clone(),
            kinds,
            stored,
            rows: 0,
            columns,
            provisional,
            errors,
            possible,
            keeps_possible,
        }
    }

    pub(super) fn suits(
        &self,
        matrix: &Matrix,
        kinds: &[Kind],
        stored: &[Stored],
        keeps_possible: bool,
    ) -> bool {
        self.matrix == *matrix
            && self.kinds == kinds
            && self.stored == stored
            && self.keeps_possible == keeps_possible
    }

    /// Begins again without rows. The memory of earlier rows is kept.
    pub(super) fn begin(&mut self) {
        self.rows = 0;
        self.provisional.clear();
        self.errors.clear();
        self.possible.clear();
    }

    /// Gives the memory of all rows back.
    #[doc(hidden)]
    pub fn release(&mut self) {
        self.begin();
        let columns = self
            .stored
            .iter()
            .map(|stored| Owned::nothing(stored.lane, 0));
        self.columns = columns.collect();
        self.provisional = Vec::new();
        self.errors = Vec::new();
        self.possible = Vec::new();
    }

    /// Makes room up to the row `end` of `rows` in all. What the columns of results hold there does not matter.
    pub(super) fn grow(&mut self, end: usize, rows: usize) {
        self.rows = end;
        self.columns
            .iter_mut()
            .for_each(|column| column.grow(end, rows));
        grow(&mut self.provisional, end, rows);
        grow(&mut self.errors, end, rows);
        if self.keeps_possible {
            grow(&mut self.possible, end, rows);
        }
    }

    /// Returns the columns of some rows as parts to be written, with what is written for rows that are scored one by one.
    pub(super) fn sheet(&mut self, rows: Range<usize>) -> Sheet<'_> {
        let columns = self.kinds.iter().zip(&mut self.columns);
        Sheet {
            kinds: &self.kinds,
            stored: &self.stored,
            columns: columns
                .map(|(kind, column)| {
                    Target::new(column.part(rows.clone()), kind.position_of_nothing())
                })
                .collect(),
            provisional: self.provisional.get_mut(rows.clone()).unwrap_or_default(),
            errors: self.errors.get_mut(rows.clone()).unwrap_or_default(),
            possible: self.possible.get_mut(rows).unwrap_or_default(),
        }
    }

    /// Puts what came out of a row that was scored by itself in its place, and notes which columns have gaps then.
    #[cfg(feature = "arrow")]
    pub(super) fn set(&mut self, row: usize, result: &Result<Outcome, Refusal>, gaps: &mut [bool]) {
        if row < self.rows {
            let mut sheet = self.sheet(row..row + 1);
            sheet.set(0, result);
            let has_gaps = sheet.columns.iter().map(|target| target.has_gaps);
            gaps.iter_mut()
                .zip(has_gaps)
                .for_each(|(own, has)| *own |= has);
        }
    }

    /// Returns the columns that files of outcomes have after the result, in their order.
    #[doc(hidden)]
    #[must_use]
    pub fn described(&self) -> Vec<ResultColumn> {
        let kinds = self.kinds.iter().enumerate();
        let described = kinds.filter_map(|(place, kind)| {
            let ([name, label], form) = kind.described(self.matrix.model())?;
            Some(ResultColumn {
                name,
                label,
                form,
                kind: *kind,
                place,
            })
        });
        described.collect()
    }

    /// Returns the numbers of a column that these results have.
    #[doc(hidden)]
    #[must_use]
    pub fn of(&self, column: &ResultColumn) -> Option<Numbers<'_>> {
        Some(Numbers {
            units: self.columns.get(column.place)?.whole(),
            millionths: self.stored.get(column.place)?.unit,
        })
    }

    /// Returns the number of profiles.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    fn column(&self, kind: Kind) -> Option<(Whole<'_>, Stored)> {
        let place = self.kinds.iter().position(|own| *own == kind)?;
        let column = self.columns.get(place)?.whole();
        self.stored.get(place).map(|stored| (column, *stored))
    }

    /// Returns a column as it is kept, and what one of it means in millionths of a point.
    #[cfg(feature = "arrow")]
    pub(super) fn kept(&self, column: &ResultColumn) -> Option<(&Owned, i64)> {
        let stored = self.stored.get(column.place)?;
        Some((self.columns.get(column.place)?, stored.unit))
    }

    /// Returns the place of the column of the results' positions.
    #[cfg(feature = "arrow")]
    pub(super) fn result_column(&self) -> Option<usize> {
        self.kinds.iter().position(|own| *own == Kind::Result)
    }

    /// Returns the matrix that gave the results.
    #[doc(hidden)]
    #[must_use]
    pub fn matrix(&self) -> &Matrix {
        &self.matrix
    }

    fn numbers(&self, kind: Kind) -> Option<Numbers<'_>> {
        self.column(kind).map(|(units, stored)| Numbers {
            units,
            millionths: stored.unit,
        })
    }

    /// Returns the positions of the results. The positions of [`Matrix::tiers`] come first, and those of [`Matrix::statuses`] come after them.
    ///
    /// `None` if the matrix has no decision.
    #[must_use]
    pub fn results(&self) -> Option<Whole<'_>> {
        self.column(Kind::Result).map(|(column, _)| column)
    }

    /// Returns the tier or status of a row, unless it is open or refused.
    #[must_use]
    pub fn result(&self, row: usize) -> Option<&str> {
        let position = usize::try_from(self.results()?.get(row)?).ok()?;
        self.matrix
            .tiers()
            .iter()
            .chain(self.matrix.statuses())
            .nth(position)
            .map(String::as_str)
    }

    fn dimension(&self, name: &str) -> Option<DimensionId> {
        self.matrix
            .model()
            .dimensions
            .iter()
            .find(|(_, dimension)| dimension.heading.name == name)
            .map(|(id, _)| id)
    }

    /// Returns the names of the dimensions.
    #[doc(hidden)]
    pub fn dimensions(&self) -> impl Iterator<Item = &str> {
        self.matrix
            .model()
            .dimensions
            .items()
            .iter()
            .map(|dimension| dimension.heading.name.as_str())
    }

    /// Returns the scores of a dimension, if they were asked for.
    #[must_use]
    pub fn scores(&self, dimension: &str) -> Option<Numbers<'_>> {
        self.numbers(Kind::Score(self.dimension(dimension)?))
    }

    /// Returns the scaled numbers of a dimension that has them, if they were asked for.
    #[must_use]
    pub fn scaled(&self, dimension: &str) -> Option<Numbers<'_>> {
        self.numbers(Kind::Scaled(self.dimension(dimension)?))
    }

    /// Returns the positions of the levels of a dimension that has them, if they were asked for.
    #[must_use]
    pub fn levels(&self, dimension: &str) -> Option<Whole<'_>> {
        self.column(Kind::Level(self.dimension(dimension)?))
            .map(|(column, _)| column)
    }

    /// Returns the level of a dimension in a row, unless it is open or refused.
    #[must_use]
    pub fn level(&self, dimension: &str, row: usize) -> Option<&str> {
        let position = usize::try_from(self.levels(dimension)?.get(row)?).ok()?;
        let levels = &self.matrix.model().dimensions[self.dimension(dimension)?].levels;
        levels.get(position).map(|level| level.name.as_str())
    }

    /// Returns the points of a criterion or a group, if they were asked for. A row has no points where an override replaced them.
    #[must_use]
    pub fn points(&self, name: &str) -> Option<Numbers<'_>> {
        let model = self.matrix.model();
        let criterion = model
            .criteria
            .iter()
            .find(|(_, criterion)| criterion.heading.name == name)
            .map(|(id, _)| Kind::Criterion(id));
        let group = model
            .groups
            .iter()
            .find(|(_, group)| group.heading.name == name)
            .map(|(id, _)| Kind::Group(id));
        self.numbers(criterion.or(group)?)
    }

    /// Returns whether an override applies in each row, as 1 or 0, if that was asked for.
    #[doc(hidden)]
    #[must_use]
    pub fn overrides(&self, id: &str) -> Option<Numbers<'_>> {
        let found = self
            .matrix
            .model()
            .overrides
            .iter()
            .find(|(_, rule)| rule.heading.name == id)?
            .0;
        self.numbers(Kind::Override(found))
    }

    /// Returns whether a flag is raised in each row, as 1 or 0, if flags were asked for.
    #[must_use]
    pub fn flags(&self, name: &str) -> Option<Whole<'_>> {
        let id = self
            .matrix
            .model()
            .flags
            .iter()
            .find(|(_, flag)| flag.heading.name == name)?
            .0;
        self.column(Kind::Flag(id)).map(|(column, _)| column)
    }

    /// Returns the positions of the results of a named decision among its values, if they were asked for.
    #[must_use]
    pub fn decisions(&self, name: &str) -> Option<Whole<'_>> {
        let id = self
            .matrix
            .model()
            .decisions
            .iter()
            .find(|(_, decision)| decision.heading.name == name)?
            .0;
        self.column(Kind::Decision(id)).map(|(column, _)| column)
    }

    /// Returns the result of a named decision in a row, unless it is open or refused, or the decision gave nothing.
    #[must_use]
    pub fn decision(&self, name: &str, row: usize) -> Option<&str> {
        let position = usize::try_from(self.decisions(name)?.get(row)?).ok()?;
        let model = self.matrix.model();
        let (_, decision) = model
            .decisions
            .iter()
            .find(|(_, decision)| decision.heading.name == name)?;
        model
            .values_of(decision)
            .iter()
            .chain(&model.statuses)
            .nth(position)
            .map(String::as_str)
    }

    /// Returns whether unknown inputs matter to each row's outcome.
    #[must_use]
    pub fn provisional(&self) -> &[bool] {
        &self.provisional
    }

    /// Returns the kinds of what is wrong with a row. The list is empty if the row was scored. [`Bulk::score_row`](super::Bulk::score_row) gives the
    /// reasons in words.
    #[must_use]
    pub fn problems(&self, row: usize) -> Vec<ProblemKind> {
        let bits = self.errors.get(row).copied().unwrap_or_default();
        ProblemKind::ALL
            .into_iter()
            .filter(|kind| bits & kind.bit() != 0)
            .collect()
    }

    /// Returns the kinds of each row's problems, a bit for each kind ([`ProblemKind::bit`]). It is 0 for a row that was scored.
    #[must_use]
    pub fn errors(&self) -> &[u16] {
        &self.errors
    }

    /// Returns how many rows were refused.
    #[must_use]
    pub fn refused(&self) -> usize {
        self.errors.iter().filter(|bits| **bits != 0).count()
    }

    /// Returns the results that are still possible in each row, if they were asked for. There is a bit for each position, as in
    /// [`ScoredColumns::results`].
    #[must_use]
    pub fn possible(&self) -> Option<&[u128]> {
        self.keeps_possible.then_some(&self.possible)
    }
}

/// The columns of some rows, to be written.
pub(super) struct Sheet<'a> {
    pub(super) kinds: &'a [Kind],
    stored: &'a [Stored],
    pub(super) columns: Vec<Target<'a>>,
    provisional: &'a mut [bool],
    errors: &'a mut [u16],
    possible: &'a mut [u128],
}

impl<'a> Sheet<'a> {
    /// Returns the part with the first rows, and the part with the others.
    #[cfg(feature = "rayon")]
    pub(super) fn split_at(self, rows: usize) -> (Self, Self) {
        let (one, two) = self
            .columns
            .into_iter()
            .map(|target| target.split_at(rows))
            .unzip();
        let provisional = self
            .provisional
            .split_at_mut(rows.min(self.provisional.len()));
        let errors = self.errors.split_at_mut(rows.min(self.errors.len()));
        let possible = self.possible.split_at_mut(rows.min(self.possible.len()));
        let (kinds, stored) = (self.kinds, self.stored);
        (
            Self {
                kinds,
                stored,
                columns: one,
                provisional: provisional.0,
                errors: errors.0,
                possible: possible.0,
            },
            Self {
                kinds,
                stored,
                columns: two,
                provisional: provisional.1,
                errors: errors.1,
                possible: possible.1,
            },
        )
    }

    /// Writes what is possible in rows in which nothing is unknown: the result.
    pub(super) fn settle(&mut self, rows: Range<usize>) {
        let results = self
            .kinds
            .iter()
            .position(|kind| *kind == Kind::Result)
            .and_then(|place| self.columns.get(place));
        for (row, possible) in rows
            .clone()
            .zip(self.possible.get_mut(rows).unwrap_or_default())
        {
            let result = results.and_then(|target| match &target.part {
                Part::I8(part) => part.get(row).copied(),
                _ => None,
            });
            *possible = result
                .and_then(|result| u32::try_from(result).ok())
                .map_or(0, |position| {
                    1_u128.checked_shl(position).unwrap_or_default()
                });
        }
    }

    /// Returns a value in the unit of a column.
    pub(super) fn in_units(&self, place: usize, value: i64) -> Option<i64> {
        self.stored.get(place).map(|stored| value / stored.unit)
    }

    /// Writes one value of a row, which is in the unit of its column.
    pub(super) fn set_units(&mut self, row: usize, place: usize, value: Option<i64>) {
        if let Some(target) = self.columns.get_mut(place) {
            target.part.set(row, value);
            target.has_gaps |= value.is_none();
        }
    }

    /// Writes what is open of a row whose values are there.
    pub(super) fn set_open(&mut self, row: usize, open: Option<&Open>) {
        if let Some(slot) = self.provisional.get_mut(row) {
            *slot = open.is_some_and(|open| open.results.is_provisional);
        }
        if row < self.possible.len() {
            match open.and_then(|open| open.results.possible.as_ref()) {
                None => self.settle(row..row + 1),
                Some(results) => self.possible.iter_mut().skip(row).take(1).for_each(|slot| {
                    *slot = bits(results);
                }),
            }
        }
    }

    /// Writes the result of one row.
    pub(super) fn set(&mut self, row: usize, result: &Result<Outcome, Refusal>) {
        let outcome = result.as_ref().ok();
        for ((kind, stored), target) in self.kinds.iter().zip(self.stored).zip(&mut self.columns) {
            let value = outcome.and_then(|outcome| kind.in_outcome(outcome));
            target.part.set(row, value.map(|value| value / stored.unit));
            target.has_gaps |= value.is_none();
        }
        if let Some(slot) = self.provisional.get_mut(row) {
            *slot = outcome.is_some_and(Outcome::is_provisional);
        }
        if let Some(slot) = self.errors.get_mut(row) {
            let problems = result
                .as_ref()
                .err()
                .map(Refusal::problems)
                .unwrap_or_default();
            *slot = problems
                .iter()
                .fold(0, |bits, problem| bits | problem.kind.bit());
        }
        if let Some(slot) = self.possible.get_mut(row) {
            *slot = outcome.map_or(0, |outcome| bits(&outcome.positions()));
        }
    }
}

/// Returns a bit for each position.
fn bits(positions: &[u8]) -> u128 {
    let positions = positions.iter();
    positions.fold(0, |bits, position| bits | 1 << (*position).min(127))
}
