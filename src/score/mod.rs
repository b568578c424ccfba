//! Scores one profile without unknowns, in the order of evaluation of FORMAT.md. Every other way of scoring is tested against this one.

pub(crate) mod answers;
pub(crate) mod conditions;
pub(crate) mod events;
pub(crate) mod given;
pub(crate) mod outcome;
pub(crate) mod prepare;
pub mod trace;

use smallvec::SmallVec;

use crate::arena::{CriterionId, DecisionId, FlagId, GroupId, Id};
use crate::model::{
    Action, Axis, Cell, Decision, Dimension, Gives, Method, Model, Reading, Rule, Score, Slot, Sum,
    Verdict,
};
use crate::number::Points;
use conditions::Moments;

/// Everything that scoring works out. The lists of a usual matrix fit in without a call to the allocator, which would take as long as the scoring.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Workings {
    /// The points of the criteria, then of the groups.
    points: SmallVec<[Points; 28]>,
    pub(crate) dimensions: SmallVec<[ScoredDimension; 4]>,
    decisions: SmallVec<[Option<Verdict>; 8]>,
    pub(crate) result: Option<Verdict>,
    /// A bit for each flag.
    flags: u64,
    /// Whether the profile led to a cell that is declared impossible.
    pub(crate) impossible: bool,
}

/// A dimension's score and level.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct ScoredDimension {
    pub(crate) score: Points,
    pub(crate) level: Option<u8>,
    pub(crate) replaced: bool,
}

impl ScoredDimension {
    /// Returns the scaled number of the score, if the dimension has a scale and no override gave the score.
    pub(crate) fn scaled(&self, dimension: &Dimension) -> Option<Points> {
        if self.replaced {
            None
        } else {
            dimension.scaled(self.score)
        }
    }
}

impl Workings {
    pub(crate) fn criterion(&self, criterion: CriterionId) -> Points {
        self.points
            .get(criterion.index())
            .copied()
            .unwrap_or_default()
    }

    pub(crate) fn group(&self, model: &Model, group: GroupId) -> Points {
        self.points
            .get(model.criteria.len() + group.index())
            .copied()
            .unwrap_or_default()
    }

    pub(crate) fn decision(&self, decision: DecisionId) -> Option<Verdict> {
        self.decisions.get(decision.index()).copied().flatten()
    }

    pub(crate) fn flag(&self, flag: FlagId) -> bool {
        self.flags >> flag.index() & 1 == 1
    }
}

/// Scores a case without unknowns. The workings are written to where they will stay, since moving them takes long.
pub(crate) fn score(model: &Model, slots: &[Slot], moments: &Moments, workings: &mut Workings) {
    // Room for everything to begin with: making it bit by bit takes longer.
    workings.points = SmallVec::from_buf([Points::ZERO; 28]);
    workings
        .points
        .resize(model.criteria.len() + model.groups.len(), Points::ZERO);
    workings.dimensions = SmallVec::from_buf([ScoredDimension::default(); 4]);
    workings
        .dimensions
        .resize(model.dimensions.len(), ScoredDimension::default());
    workings.decisions = SmallVec::from_buf([None; 8]);
    workings.decisions.resize(model.decisions.len(), None);
    let (criteria, groups) = workings.points.split_at_mut(model.criteria.len());
    let (dimensions, decisions) = (
        workings.dimensions.as_mut_slice(),
        workings.decisions.as_mut_slice(),
    );
    let mut scorer = Scorer {
        model,
        slots,
        moments,
        criteria,
        groups,
        dimensions,
        decisions,
        result: None,
        impossible: false,
    };
    scorer.criteria();
    scorer.groups();
    scorer.dimensions();
    scorer.overrides_of_dimensions();
    scorer.named_decisions(false);
    scorer.result = model
        .decision
        .as_ref()
        .map(|decision| scorer.decide(decision));
    scorer.overrides_of_result();
    scorer.named_decisions(true);
    // The format has no more flags than a word has bits.
    let flags = model.flags.iter().fold(0, |flags, (id, flag)| {
        flags | u64::from(scorer.holds(flag.when)) << id.index()
    });
    (workings.result, workings.impossible) = (scorer.result, scorer.impossible);
    workings.flags = flags;
}

/// A scoring in progress: what it reads, and what it has worked out so far.
struct Scorer<'a> {
    model: &'a Model,
    slots: &'a [Slot],
    moments: &'a Moments,
    criteria: &'a mut [Points],
    groups: &'a mut [Points],
    dimensions: &'a mut [ScoredDimension],
    decisions: &'a mut [Option<Verdict>],
    result: Option<Verdict>,
    impossible: bool,
}

impl Scorer<'_> {
    fn criteria(&mut self) {
        // They read inputs, and not each other.
        let criteria = std::mem::take(&mut self.criteria);
        for (points, criterion) in criteria.iter_mut().zip(self.model.criteria.items()) {
            *points = self.criterion(&criterion.rule);
        }
        self.criteria = criteria;
    }

    fn criterion(&self, rule: &Rule) -> Points {
        match rule {
            Rule::One(reading) => self.reading(reading),
            Rule::When {
                when,
                points,
                otherwise,
            } => {
                if self.holds(*when) {
                    *points
                } else {
                    *otherwise
                }
            }
            Rule::Choose(choices) => {
                let first = choices
                    .iter()
                    .find(|choice| choice.when.is_none_or(|when| self.holds(when)));
                match first.map(|choice| &choice.gives) {
                    Some(Gives::Fixed(points)) => *points,
                    Some(Gives::Reading(reading)) => self.reading(reading),
                    // The loader refuses a choice without a last that always applies.
                    None => Points::ZERO,
                }
            }
        }
    }

    fn reading(&self, reading: &Reading) -> Points {
        match self.value(reading.input) {
            Some(value) => reading.points_of(value),
            None => reading.absent.unwrap_or_default(),
        }
    }

    fn groups(&mut self) {
        for (id, group) in self.model.groups.iter() {
            let points = group.sum.points(self.criteria, self.groups);
            if let Some(own) = self.groups.get_mut(id.index()) {
                *own = points;
            }
        }
    }

    fn dimensions(&mut self) {
        for (id, dimension) in self.model.dimensions.iter() {
            let scored = self.dimension(dimension);
            if let Some(own) = self.dimensions.get_mut(id.index()) {
                *own = scored;
            }
        }
    }

    fn dimension(&self, dimension: &Dimension) -> ScoredDimension {
        let score = dimension.sum.points(self.criteria, self.groups);
        let read = dimension.scaled(score).unwrap_or(score);
        let cuts = dimension
            .cuts
            .iter()
            .find(|cuts| cuts.when.is_none_or(|when| self.holds(when)));
        // The first level whose cut-off the score reaches; the level after the last cut-off has none.
        let level = cuts.map(|cuts| {
            cuts.from
                .iter()
                .position(|from| read >= *from)
                .unwrap_or(cuts.from.len())
        });
        ScoredDimension {
            score,
            level: level.and_then(|level| u8::try_from(level).ok()),
            replaced: false,
        }
    }

    fn overrides_of_dimensions(&mut self) {
        // A bit for each dimension; the format has no more of them.
        let mut closed = 0_u32;
        for rule in self.model.overrides.items() {
            let Some(dimension) = rule.dimension else {
                continue;
            };
            if closed >> dimension.index() & 1 == 1 || !self.holds(rule.when) {
                continue;
            }
            if rule.is_final {
                closed |= 1 << dimension.index();
            }
            let count = self.model.dimensions[dimension].levels.len();
            if let Some(scored) = self.dimensions.get_mut(dimension.index()) {
                scored.level = scored
                    .level
                    .map(|level| overridden(level, rule.action, count));
                if let Action::Replace { points, .. } = rule.action {
                    (scored.score, scored.replaced) = (points, true);
                }
            }
        }
    }

    fn overrides_of_result(&mut self) {
        let count = self.model.tiers.len();
        for rule in self
            .model
            .overrides
            .items()
            .iter()
            .filter(|rule| rule.dimension.is_none())
        {
            if !self.holds(rule.when) {
                continue;
            }
            self.result = match (self.result, rule.action) {
                (Some(_), Action::Status(status)) => Some(Verdict::Status(status)),
                (Some(_), Action::Fix(tier)) => Some(Verdict::Value(tier)),
                (Some(Verdict::Value(tier)), action) => {
                    Some(Verdict::Value(overridden(tier, action, count)))
                }
                // Floors, ceilings and steps leave a status alone.
                (other, _) => other,
            };
            if rule.is_final {
                break;
            }
        }
    }

    fn named_decisions(&mut self, after_result: bool) {
        for (id, decision) in self.model.decisions.iter() {
            if decision.after_result == after_result {
                let verdict = self.decide(decision);
                if let Some(slot) = self.decisions.get_mut(id.index()) {
                    *slot = Some(verdict);
                }
            }
        }
    }

    fn decide(&mut self, decision: &Decision) -> Verdict {
        let given = match &decision.method {
            Method::Rules(rules) => {
                let first = rules
                    .iter()
                    .find(|rule| rule.when.is_none_or(|when| self.holds(when)));
                first.map_or(Verdict::Nothing, |rule| rule.gives)
            }
            Method::Table {
                rows,
                columns,
                cells,
            } => {
                let place = self.place(rows).zip(self.place(columns));
                let cell = place.and_then(|(row, column)| cells.get(row)?.get(column));
                match cell {
                    Some(Cell::Gives(verdict)) => *verdict,
                    Some(Cell::Impossible) => {
                        self.impossible = true;
                        Verdict::Nothing
                    }
                    None => Verdict::Nothing,
                }
            }
            // The smallest is the most intensive, and nothing is the largest.
            Method::Highest(steps) => steps
                .iter()
                .filter_map(|step| self.decision(*step))
                .min()
                .unwrap_or(Verdict::Nothing),
            Method::Bands { of, bands } => match self.number(*of) {
                Some(number) => {
                    let band = bands
                        .iter()
                        .find(|band| band.from.is_none_or(|from| number >= from));
                    band.map_or(Verdict::Nothing, |band| band.gives)
                }
                None => Verdict::Nothing,
            },
        };
        if given == Verdict::Nothing {
            decision.default
        } else {
            given
        }
    }

    fn decision(&self, decision: DecisionId) -> Option<Verdict> {
        self.decisions.get(decision.index()).copied().flatten()
    }

    /// Returns the row or column of the table that an axis leads to, unless what the axis reads is absent.
    fn place(&self, axis: &Axis) -> Option<usize> {
        fn last_reached<T: PartialOrd>(cuts: &[(T, u8)], value: &T) -> Option<u8> {
            let after = cuts.partition_point(|(cut, _)| cut <= value);
            cuts.get(after.saturating_sub(1))
                .map(|(_, position)| *position)
        }
        let position = match axis {
            Axis::Input { input, positions } => positions
                .get(usize::try_from(self.value(*input)?).ok()?)
                .copied(),
            Axis::InputCuts { input, cuts } => last_reached(cuts, &self.value(*input)?),
            Axis::NumberCuts { number, cuts } => last_reached(cuts, &self.number(*number)?),
            Axis::Level {
                dimension,
                positions,
            } => {
                let level = self.dimensions.get(dimension.index())?.level?;
                positions.get(usize::from(level)).copied()
            }
            Axis::Decision {
                decision,
                positions,
                nothing,
            } => match self.decision(*decision)? {
                Verdict::Value(value) => positions.get(usize::from(value)).copied(),
                Verdict::Status(_) | Verdict::Nothing => *nothing,
            },
        };
        position.map(usize::from)
    }
}

impl Sum {
    /// Returns the sum of the points of the criteria and the groups.
    fn points(&self, criteria: &[Points], groups: &[Points]) -> Points {
        let each = self
            .criteria
            .iter()
            .map(|id| criteria.get(id.index()).copied().unwrap_or_default());
        // The loader has proved that no sum passes an i64.
        let each = each.fold(0, |all: i64, points| all.wrapping_add(points.millionths()));
        self.others
            .iter()
            .fold(Points::from_millionths(each), |all, score| {
                all + score.points(criteria, groups)
            })
    }
}

impl Score {
    fn points(&self, criteria: &[Points], groups: &[Points]) -> Points {
        let each = |item: &Self| match item {
            Self::Criterion(id) => criteria.get(id.index()).copied().unwrap_or_default(),
            Self::Group(id) => groups.get(id.index()).copied().unwrap_or_default(),
            several => several.points(criteria, groups),
        };
        match self {
            Self::Criterion(_) | Self::Group(_) => each(self),
            Self::Sum(of) => of.iter().map(each).sum(),
            Self::Highest(of) => of.iter().map(each).max().unwrap_or_default(),
            Self::Lowest(of) => of.iter().map(each).min().unwrap_or_default(),
            Self::Capped { of, at } => of.iter().map(each).sum::<Points>().min(*at),
        }
    }
}

/// Returns a level or tier after an override, by its position; the first is the most intensive.
fn overridden(position: u8, action: Action, count: usize) -> u8 {
    let last = u8::try_from(count.saturating_sub(1)).unwrap_or(u8::MAX);
    let steps = |steps: u32| u8::try_from(steps).unwrap_or(u8::MAX);
    match action {
        Action::Fix(to) | Action::Replace { level: to, .. } => to,
        Action::AtLeast(floor) => position.min(floor),
        Action::AtMost(ceiling) => position.max(ceiling),
        Action::Up(count) => position.saturating_sub(steps(count)),
        Action::Down(count) => position.saturating_add(steps(count)).min(last),
        // A status is not a position; the tier's overrides deal with it.
        Action::Status(_) => position,
    }
}
