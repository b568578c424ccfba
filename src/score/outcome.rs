//! The outcome of a scoring: the tier or status, the scores, levels, points and flags, and everything that is still possible.

use crate::arena::{CriterionId, DimensionId, GroupId, Id, NodeId};
use crate::date::Date;
use crate::matrix::Matrix;
#[cfg(feature = "bulk")]
use crate::model::Model;
use crate::model::named::Named;
use crate::model::{Dimension, PointsOf, Verdict};
use crate::number::Points;
use crate::plan::budget::BUDGET;
use crate::plan::{ABSENT, Plan};
use crate::profile::{Problem, ProblemKind, Profile, Refusal};
use crate::score::answers::{Answers, Possible};
use crate::score::prepare::Case;
use crate::score::{Workings, score};

/// The result of scoring one profile, as advice to a person who decides.
///
/// Where unknown inputs leave something open, it is `None`, and everything that is still possible is given beside it.
///
/// ```
/// use threshold_matrix::{Matrix, Profile};
///
/// let matrix = Matrix::from_yaml(threshold_matrix::doc_example())?;
/// let outcome = matrix.score(&Profile::new().with("arrests", 4), "2026-11-21".parse()?)?;
/// assert_eq!(outcome.tier(), None);                        // how serious the harm is, nobody recorded
/// assert_eq!(outcome.possible(), ["high", "medium"]);      // it is one of these
/// assert!(outcome.is_provisional());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Outcome {
    matrix: Matrix,
    as_at: Date,
    results: Results,
}

/// What came out: either everything is settled, as for most profiles, or some of it is open.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "the settled results stay off the heap: they are the usual ones, and a box would cost as much as the scoring"
)]
enum Results {
    Settled(Workings),
    Open(Box<Open>),
}

/// What came out where inputs are unknown, or what is known of an outcome that was written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Open {
    /// Positions of tiers, then of statuses; empty if the matrix has no decision.
    pub(crate) results: Vec<u8>,
    pub(crate) dimensions: Vec<DimensionResult>,
    pub(crate) criteria: Vec<PointsResult>,
    pub(crate) groups: Vec<PointsResult>,
    pub(crate) flags: Vec<Option<bool>>,
    /// The results of the named decisions; `None` where an unknown input decides.
    pub(crate) decisions: Vec<Option<Verdict>>,
    pub(crate) exact: bool,
}

impl Open {
    /// Returns an outcome without a result, of which nothing is settled yet.
    #[cfg(feature = "bulk")]
    pub(crate) fn new(model: &Model) -> Self {
        let points = PointsResult {
            open: true,
            ..PointsResult::default()
        };
        Self {
            results: Vec::new(),
            dimensions: vec![DimensionResult::default(); model.dimensions.len()],
            criteria: vec![points; model.criteria.len()],
            groups: vec![points; model.groups.len()],
            flags: vec![None; model.flags.len()],
            decisions: vec![None; model.decisions.len()],
            exact: true,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct DimensionResult {
    pub(crate) range: (Points, Points),
    pub(crate) scaled: Option<Points>,
    /// The levels still possible: one unless unknown inputs matter, and none if the dimension has no levels.
    pub(crate) levels: LevelSet,
    /// `None` where an unknown input decides it.
    pub(crate) replaced: Option<bool>,
}

/// Positions of levels.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct LevelSet(pub(crate) u64);

impl LevelSet {
    pub(crate) fn only(self) -> Option<usize> {
        (self.0.count_ones() == 1).then_some(self.0.trailing_zeros() as usize)
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = usize> {
        (0..64).filter(move |position| self.0 >> position & 1 == 1)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct PointsResult {
    pub(crate) range: (Points, Points),
    /// Whether an override certainly replaced them.
    pub(crate) replaced: bool,
    /// Whether an unknown input decides whether they count.
    pub(crate) open: bool,
}

impl Matrix {
    /// Scores a profile at a date.
    ///
    /// # Errors
    /// Returns every problem of the profile, each naming its inputs.
    pub fn score(&self, profile: &Profile, as_at: Date) -> Result<Outcome, Refusal> {
        self.prepare(profile, as_at)?.score()
    }
}

impl Case {
    /// Scores the case.
    ///
    /// # Errors
    /// Returns an error if the profile leads to a cell of a table that the matrix declares impossible, or if no values of its unknown inputs pass
    /// the checks.
    pub fn score(&self) -> Result<Outcome, Refusal> {
        if self.has_unknown {
            return self.score_within(BUDGET);
        }
        let mut workings = Workings::default();
        score(
            self.matrix.model(),
            &self.slots,
            &self.moments,
            &mut workings,
        );
        if workings.impossible {
            return Err(self.impossible());
        }
        Ok(Outcome {
            matrix: self.matrix.clone(),
            as_at: self.as_at,
            results: Results::Settled(workings),
        })
    }

    /// Scores the case with another limit on the work of finding what is possible under unknown inputs.
    ///
    /// [`Case::score`] allows a hundred million units, which take a fraction of a second. A unit is one small step of one rule. Where the work does not
    /// fit, the answer is a range that holds everything that is possible, and [`Outcome::is_exact`] says so.
    ///
    /// # Errors
    /// Returns the errors of [`Case::score`].
    pub fn score_within(&self, budget: u64) -> Result<Outcome, Refusal> {
        self.score_with_unknown(&Answers::of(self.clone(), budget))
    }

    fn impossible(&self) -> Refusal {
        let message = "these values together land on a cell that the matrix declares impossible";
        Refusal::new(vec![Problem::new(
            ProblemKind::ImpossibleCell,
            Vec::new(),
            message,
        )])
    }

    pub(crate) fn score_with_unknown(&self, answers: &Answers) -> Result<Outcome, Refusal> {
        let (model, plan) = (self.matrix.model(), self.matrix.plan());
        let admissible = answers.possible(plan.admissible);
        if !admissible.values.contains(&1) {
            // With every check passed by some values, no values pass all of them.
            return Err(if answers.depends(plan.admissible) {
                let inputs = self.unknown().map(str::to_owned).collect();
                Refusal::new(vec![Problem::new(
                    ProblemKind::Contradiction,
                    inputs,
                    "no values of the unknown inputs pass the checks of the matrix",
                )])
            } else {
                self.impossible()
            });
        }
        let mut exact = admissible.exact;
        let mut possible = |node| {
            let possible = answers.possible(node);
            // What is open beside a list of which too little is known may be wider than what its events can give.
            exact &= possible.exact && (!self.counts.is_wider || possible.values.len() < 2);
            possible
        };
        let range = |possible: &Possible| {
            let ends = (
                possible.values.first().copied().unwrap_or_default(),
                possible.values.last().copied().unwrap_or_default(),
            );
            (
                Points::from_millionths(ends.0),
                Points::from_millionths(ends.1),
            )
        };
        let count = model.tiers.len() + model.statuses.len();
        let results = plan.result.map(|node| Plan::between(&possible(node)));
        let results = results.map_or_else(Vec::new, |values| result_positions(&values, count));
        let mut dimensions = Vec::new();
        for nodes in &plan.dimensions {
            let scaled = nodes
                .scaled
                .map(&mut possible)
                .filter(|scaled| scaled.values.len() == 1);
            let scaled = scaled
                .and_then(|scaled| scaled.values.first().copied())
                .filter(|scaled| *scaled != ABSENT);
            let levels = nodes.level.map(|level| Plan::between(&possible(level)));
            let levels = levels.map_or(0, |values| level_positions(&values));
            dimensions.push(DimensionResult {
                range: range(&possible(nodes.score)),
                scaled: scaled.map(Points::from_millionths),
                levels: LevelSet(levels),
                replaced: truth(&possible(nodes.replaced)),
            });
        }
        let mut points = |nodes: &[NodeId], replaced: &[Option<NodeId>]| -> Vec<PointsResult> {
            let all = nodes.iter().zip(replaced);
            all.map(|(node, replaced)| {
                let replaced = replaced.map_or(Some(false), |replaced| truth(&possible(replaced)));
                PointsResult {
                    range: range(&possible(*node)),
                    replaced: replaced == Some(true),
                    open: replaced.is_none(),
                }
            })
            .collect()
        };
        let criteria = points(&plan.criteria, &plan.criteria_replaced);
        let groups = points(&plan.groups, &plan.groups_replaced);
        let flags = plan
            .flags
            .iter()
            .map(|flag| truth(&possible(*flag)))
            .collect();
        let decisions = plan
            .decisions
            .iter()
            .map(|node| decided(&possible(*node)))
            .collect();
        let open = Open {
            results,
            dimensions,
            criteria,
            groups,
            flags,
            decisions,
            exact,
        };
        Ok(Outcome {
            matrix: self.matrix.clone(),
            as_at: self.as_at,
            results: Results::Open(Box::new(open)),
        })
    }
}

/// Returns the truth of a node, if it is settled.
pub(crate) fn truth(possible: &Possible) -> Option<bool> {
    truth_of(&possible.values)
}

/// Returns whether a node that can take these values is true, if that is settled.
pub(crate) fn truth_of(values: &[i64]) -> Option<bool> {
    match (values.contains(&0), values.contains(&1)) {
        (false, true) => Some(true),
        (true, false) => Some(false),
        _ => None,
    }
}

/// Returns the positions of the results among the values of the node of the result, which may also be that of nothing.
pub(crate) fn result_positions(values: &[i64], count: usize) -> Vec<u8> {
    let positions = values.iter().filter_map(|value| u8::try_from(*value).ok());
    positions
        .filter(|position| usize::from(*position) < count)
        .collect()
}

/// Returns a bit for each position of a level.
pub(crate) fn level_positions(values: &[i64]) -> u64 {
    let levels = values.iter();
    levels.fold(0, |levels, level| levels | 1 << (*level).clamp(0, 63))
}

/// Returns what a named decision gives, if that is settled. It may be nothing, which is not one of the decision's values.
fn decided(possible: &Possible) -> Option<Verdict> {
    let only = possible
        .values
        .first()
        .filter(|_| possible.values.len() == 1)?;
    u8::try_from(*only).ok().map(Verdict::Value)
}

impl PointsResult {
    pub(crate) fn points(self) -> Option<Points> {
        (self.range.0 == self.range.1 && !self.open).then_some(self.range.0)
    }

    pub(crate) fn outcome(self) -> PointsOutcome {
        let (least, most) = self.range;
        if self.replaced {
            PointsOutcome::Replaced
        } else if self.open || least != most {
            PointsOutcome::Open { least, most }
        } else {
            PointsOutcome::Settled(least)
        }
    }
}

/// The result of a scoring.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum OutcomeResult<'a> {
    /// A tier.
    Tier(Named<'a>),
    /// A status, which stands outside the order of the tiers.
    Status(Named<'a>),
    /// Unknown inputs leave it open between these: tiers from the most to the least intensive, then statuses.
    Between(Vec<Named<'a>>),
    /// There is none, because the matrix has no decision.
    None,
}

/// The points of a criterion or group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PointsOutcome {
    /// The points, which are settled.
    Settled(Points),
    /// Unknown inputs leave open how many there are, or whether they count.
    Open {
        /// The least points.
        least: Points,
        /// The most points.
        most: Points,
    },
    /// An override replaced every score that uses them, so that they do not count.
    Replaced,
}

impl PointsOutcome {
    /// Returns the points, if they are settled and count.
    #[must_use]
    pub fn settled(self) -> Option<Points> {
        match self {
            Self::Settled(points) => Some(points),
            Self::Open { .. } | Self::Replaced => None,
        }
    }

    /// Returns the least and the most points that may count, or `None` if an override replaced them.
    #[must_use]
    pub fn range(self) -> Option<(Points, Points)> {
        match self {
            Self::Settled(points) => Some((points, points)),
            Self::Open { least, most } => Some((least, most)),
            Self::Replaced => None,
        }
    }
}

impl Outcome {
    /// Returns an outcome of which the parts are known.
    #[cfg(feature = "bulk")]
    pub(crate) fn of_parts(matrix: &Matrix, as_at: Date, parts: Open) -> Self {
        Self {
            matrix: matrix.clone(),
            as_at,
            results: Results::Open(Box::new(parts)),
        }
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

    /// Returns the result: a tier, a status, what it is open between, or none for a matrix without a decision.
    ///
    /// ```
    /// use threshold_matrix::{Matrix, OutcomeResult, Profile};
    ///
    /// let matrix = Matrix::from_yaml(threshold_matrix::doc_example())?;
    /// let outcome = matrix.score(&Profile::new().with("arrests", 4), "2026-11-21".parse()?)?;
    /// match outcome.result() {
    ///     OutcomeResult::Tier(tier) => println!("{tier}"),
    ///     OutcomeResult::Between(possible) => assert_eq!(possible.len(), 2),
    ///     _ => unreachable!("the matrix has a decision, and no statuses"),
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn result(&self) -> OutcomeResult<'_> {
        let model = self.matrix.model();
        match self.only_result() {
            Some(only) => match model.result(only) {
                Some(tier) if only < model.tiers.len() => OutcomeResult::Tier(tier),
                Some(status) => OutcomeResult::Status(status),
                None => OutcomeResult::None,
            },
            None => {
                let positions = self.positions().into_iter().map(usize::from);
                let possible: Vec<_> = positions.filter_map(|at| model.result(at)).collect();
                if possible.is_empty() {
                    OutcomeResult::None
                } else {
                    OutcomeResult::Between(possible)
                }
            }
        }
    }

    /// Returns the name of the tier, if the result is a tier and settled.
    #[must_use]
    pub fn tier(&self) -> Option<&str> {
        let tier = self.matrix.tiers().get(self.only_result()?)?;
        Some(tier)
    }

    /// Returns the name of the status that the profile has instead of a tier, if it is settled.
    #[must_use]
    pub fn status(&self) -> Option<&str> {
        let status = self.only_result()?.checked_sub(self.matrix.tiers().len())?;
        let status = self.matrix.statuses().get(status)?;
        Some(status)
    }

    fn only_result(&self) -> Option<usize> {
        match &self.results {
            Results::Settled(workings) => workings
                .result
                .map(|result| result.position(self.matrix.tiers().len())),
            Results::Open(open) => match open.results.as_slice() {
                [only] => Some(usize::from(*only)),
                _ => None,
            },
        }
    }

    /// Returns the positions of the results that are still possible: those of tiers, and then those of statuses.
    #[doc(hidden)]
    #[must_use]
    pub fn positions(&self) -> Vec<u8> {
        match &self.results {
            Results::Settled(workings) => {
                let position = workings
                    .result
                    .map(|result| result.position(self.matrix.tiers().len()));
                position
                    .and_then(|position| u8::try_from(position).ok())
                    .into_iter()
                    .collect()
            }
            Results::Open(open) => open.results.clone(),
        }
    }

    /// Returns the tiers and statuses that are still possible: tiers from the most to the least intensive, then statuses. The list is empty for a
    /// matrix without a decision.
    #[must_use]
    pub fn possible(&self) -> Vec<&str> {
        let name = |position: u8| {
            let position = usize::from(position);
            let tiers = self.matrix.tiers();
            tiers
                .get(position)
                .or_else(|| self.matrix.statuses().get(position - tiers.len()))
                .map(String::as_str)
        };
        self.positions().into_iter().filter_map(name).collect()
    }

    /// Returns whether unknown inputs leave the result open. The result is the tier or status or, in a matrix without a decision, a level or score.
    #[must_use]
    pub fn is_provisional(&self) -> bool {
        let Results::Open(open) = &self.results else {
            return false;
        };
        if self.matrix.model().decision.is_some() {
            return open.results.len() > 1;
        }
        open.dimensions
            .iter()
            .any(|dimension| match dimension.levels.0 {
                0 => dimension.range.0 != dimension.range.1,
                levels => levels.count_ones() > 1,
            })
    }

    /// Returns whether the date of the scoring is in the period in which the matrix says it is in force. A matrix that does not say is always in
    /// force.
    ///
    /// A version that leaves its end open ends when the next version begins, which the matrix itself cannot know.
    /// [`Library::in_force`](crate::Library::in_force) finds the version that is in force on a day.
    #[must_use]
    pub fn is_in_force(&self) -> bool {
        let period = self.matrix().effective();
        period.is_none_or(|period| period.contains(self.as_at()))
    }

    /// Returns whether some values of the unknown inputs reach everything that is said to be possible.
    ///
    /// If not, finding that out would have taken more work than [`Case::score`] allows, and what is given is a range that holds everything that is
    /// possible.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        match &self.results {
            Results::Settled(_) => true,
            Results::Open(open) => open.exact,
        }
    }

    /// Returns whether unknown inputs leave nothing open: the result, every score, level and number of points, every flag and every named decision.
    pub(crate) fn is_settled(&self) -> bool {
        let Results::Open(open) = &self.results else {
            return true;
        };
        let mut points = open.criteria.iter().chain(&open.groups);
        open.exact
            && open.results.len() < 2
            && open.dimensions.iter().all(|dimension| {
                let (least, most) = dimension.range;
                least == most && dimension.levels.0.count_ones() < 2 && dimension.replaced.is_some()
            })
            && points.all(|points| points.points().is_some())
            && open.flags.iter().all(Option::is_some)
            && open.decisions.iter().all(Option::is_some)
    }

    /// Returns whether another outcome of the same matrix says the same in all that it says, whatever its date.
    pub(crate) fn says_as(&self, other: &Self) -> bool {
        let model = self.matrix.model();
        let mut criteria = model.criteria.ids();
        let mut groups = model.groups.ids();
        self.positions() == other.positions()
            && self.is_exact() == other.is_exact()
            && self.flags().eq(other.flags())
            && self.decisions().eq(other.decisions())
            && (model.dimensions.ids())
                .all(|id| self.dimension_result(id) == other.dimension_result(id))
            && criteria.all(|id| self.criterion_result(id) == other.criterion_result(id))
            && groups.all(|id| self.group_result(id) == other.group_result(id))
    }

    pub(crate) fn dimension_result(&self, dimension: DimensionId) -> DimensionResult {
        let index = dimension.index();
        match &self.results {
            Results::Settled(workings) => {
                workings
                    .dimensions
                    .get(index)
                    .map(|scored| DimensionResult {
                        range: (scored.score, scored.score),
                        scaled: scored.scaled(&self.matrix.model().dimensions[dimension]),
                        levels: LevelSet(scored.level.map_or(0, |level| 1 << level)),
                        replaced: Some(scored.replaced),
                    })
            }
            Results::Open(open) => open.dimensions.get(index).copied(),
        }
        .unwrap_or_default()
    }

    pub(crate) fn criterion_result(&self, criterion: CriterionId) -> PointsResult {
        match &self.results {
            Results::Settled(workings) => {
                self.settled_points(workings, workings.criterion(criterion), |dimension| {
                    dimension.criteria.contains(&criterion)
                })
            }
            Results::Open(open) => open
                .criteria
                .get(criterion.index())
                .copied()
                .unwrap_or_default(),
        }
    }

    pub(crate) fn group_result(&self, group: GroupId) -> PointsResult {
        match &self.results {
            Results::Settled(workings) => {
                let points = workings.group(self.matrix.model(), group);
                self.settled_points(workings, points, |dimension| {
                    dimension.groups.contains(&group)
                })
            }
            Results::Open(open) => open.groups.get(group.index()).copied().unwrap_or_default(),
        }
    }

    /// Returns points of an outcome in which everything is settled, with whether an override replaced them. Points count unless every dimension that
    /// uses them was replaced, and points that no dimension uses always count.
    fn settled_points(
        &self,
        workings: &Workings,
        points: Points,
        used: impl Fn(&Dimension) -> bool,
    ) -> PointsResult {
        let any = workings.dimensions.iter().any(|scored| scored.replaced);
        let replaced = any && {
            let all = self
                .matrix
                .model()
                .dimensions
                .items()
                .iter()
                .zip(&workings.dimensions);
            let mut users = all
                .filter(|(dimension, _)| used(dimension))
                .map(|(_, scored)| scored.replaced)
                .peekable();
            users.peek().is_some() && users.all(|replaced| replaced)
        };
        PointsResult {
            range: (points, points),
            replaced,
            open: false,
        }
    }

    /// Returns the result of a dimension, by its name.
    #[must_use]
    pub fn dimension(&self, name: &str) -> Option<DimensionOutcome<'_>> {
        self.dimensions().find(|dimension| dimension.name() == name)
    }

    /// Returns the results of the dimensions, in the order of the matrix.
    pub fn dimensions(&self) -> impl Iterator<Item = DimensionOutcome<'_>> {
        let dimensions = self.matrix.model().dimensions.iter();
        dimensions.map(|(id, dimension)| DimensionOutcome {
            dimension,
            result: self.dimension_result(id),
        })
    }

    /// Returns the points of a criterion or group, or `None` if the matrix has none of this name.
    ///
    /// ```
    /// use threshold_matrix::{Matrix, PointsOutcome, Profile};
    ///
    /// let matrix = Matrix::from_yaml(threshold_matrix::doc_example())?;
    /// let outcome = matrix.score(&Profile::new().with("arrests", 4), "2026-11-21".parse()?)?;
    /// assert_eq!(outcome.points("arrests").and_then(PointsOutcome::settled).map(|points| points.to_string()), Some("4".to_owned()));
    /// assert!(matches!(outcome.points("harm"), Some(PointsOutcome::Open { .. })));      // nobody recorded how serious it is
    /// assert_eq!(outcome.points("hram"), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn points(&self, name: &str) -> Option<PointsOutcome> {
        let (_, result) = self.all_points().find(|(own, _)| *own == name)?;
        Some(result.outcome())
    }

    /// Returns the names of the criteria, then of the groups, in the order of the matrix.
    pub fn criteria_and_groups(&self) -> impl Iterator<Item = &str> {
        self.all_points().map(|(name, _)| name)
    }

    pub(crate) fn all_points(&self) -> impl Iterator<Item = (&str, PointsResult)> {
        let model = self.matrix.model();
        let all = model
            .criteria
            .ids()
            .map(PointsOf::Criterion)
            .chain(model.groups.ids().map(PointsOf::Group));
        all.map(|of| self.named_points(of))
    }

    /// Returns the criteria and groups in the order of their names.
    pub(crate) fn points_by_name(&self) -> impl Iterator<Item = (&str, PointsResult)> {
        self.matrix
            .model()
            .points_by_name
            .iter()
            .map(|of| self.named_points(*of))
    }

    fn named_points(&self, of: PointsOf) -> (&str, PointsResult) {
        let model = self.matrix.model();
        match of {
            PointsOf::Criterion(id) => {
                (&model.criteria[id].heading.name, self.criterion_result(id))
            }
            PointsOf::Group(id) => (&model.groups[id].heading.name, self.group_result(id)),
        }
    }

    /// Returns whether a flag is raised. It is `None` where unknown inputs leave that open, and for any other name.
    #[must_use]
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.flags()
            .find(|(own, _)| *own == name)
            .and_then(|(_, raised)| raised)
    }

    /// Returns the flags and whether each is raised, in the order of the matrix. A flag is `None` where unknown inputs leave it open.
    pub fn flags(&self) -> impl Iterator<Item = (&str, Option<bool>)> {
        self.matrix.model().flags.iter().map(|(id, flag)| {
            let raised = match &self.results {
                Results::Settled(workings) => Some(workings.flag(id)),
                Results::Open(open) => open.flags.get(id.index()).copied().flatten(),
            };
            (flag.heading.name.as_str(), raised)
        })
    }

    /// Returns the result of a named decision. It is `None` where the decision gave nothing, where unknown inputs leave it open, and for any other
    /// name.
    #[must_use]
    pub fn decision(&self, name: &str) -> Option<&str> {
        self.decisions()
            .find(|(own, _)| *own == name)
            .and_then(|(_, value)| value)
    }

    /// Returns whether unknown inputs leave the named decision open, so that it is not certain which result it gave, or whether it gave one.
    pub(crate) fn is_decision_open(&self, name: &str) -> bool {
        let Results::Open(open) = &self.results else {
            return false;
        };
        let decisions = self.matrix.model().decisions.items().iter();
        decisions
            .zip(&open.decisions)
            .any(|(decision, verdict)| decision.heading.name == name && verdict.is_none())
    }

    /// Returns the results of the named decisions, in the order of the matrix.
    pub fn decisions(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        let model = self.matrix.model();
        model.decisions.iter().map(move |(id, decision)| {
            let verdict = match &self.results {
                Results::Settled(workings) => workings.decision(id),
                Results::Open(open) => open.decisions.get(id.index()).copied().flatten(),
            };
            (
                decision.heading.name.as_str(),
                verdict.and_then(|verdict| model.verdict_name(model.values_of(decision), verdict)),
            )
        })
    }
}

/// The result of one dimension.
#[derive(Debug, Clone, Copy)]
pub struct DimensionOutcome<'a> {
    dimension: &'a Dimension,
    result: DimensionResult,
}

impl<'a> DimensionOutcome<'a> {
    /// Returns the name of the dimension.
    #[must_use]
    pub fn name(&self) -> &'a str {
        &self.dimension.heading.name
    }

    /// Returns the score, unless unknown inputs leave it open.
    #[must_use]
    pub fn score(&self) -> Option<Points> {
        (self.result.range.0 == self.result.range.1).then_some(self.result.range.0)
    }

    /// Returns the smallest and the largest score that are still possible.
    #[must_use]
    pub fn range(&self) -> (Points, Points) {
        self.result.range
    }

    /// Returns the scaled number, if the dimension has a scale, no override replaced the score, and the number is settled.
    #[must_use]
    pub fn scaled(&self) -> Option<Points> {
        self.result.scaled
    }

    /// Returns whether it is certain that there is no scaled number: the dimension has no scale, or an override replaced the score.
    pub(crate) fn has_no_scaled(&self) -> bool {
        self.dimension.scale.is_none() || self.result.replaced == Some(true)
    }

    /// Returns the level, if the dimension has levels and the level is settled.
    #[must_use]
    pub fn level(&self) -> Option<&'a str> {
        let level = self.result.levels.only()?;
        self.dimension
            .levels
            .get(level)
            .map(|level| level.name.as_str())
    }

    /// Returns the levels that are still possible, from the most to the least intensive.
    #[must_use]
    pub fn possible_levels(&self) -> Vec<&'a str> {
        let levels = self
            .result
            .levels
            .iter()
            .filter_map(|level| self.dimension.levels.get(level));
        levels.map(|level| level.name.as_str()).collect()
    }

    /// Returns the positions of the levels that are still possible, among the levels of the dimension.
    pub fn level_positions(&self) -> impl Iterator<Item = usize> + use<> {
        self.result.levels.iter()
    }

    /// Returns whether an override replaced the score. It is `None` where unknown inputs leave that open.
    #[must_use]
    pub fn is_replaced(&self) -> Option<bool> {
        self.result.replaced
    }
}
