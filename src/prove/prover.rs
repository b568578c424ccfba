//! Asks questions within the budget, and gives a profile that was scored with every answer.

use crate::arena::{Id, InputId, NodeId};
use crate::date::Date;
use crate::matrix::Matrix;
use crate::model::Missing;
use crate::plan::ABSENT;
use crate::plan::budget::OverBudget;
use crate::plan::evaluate::at;
use crate::profile::{Profile, Value};
use crate::prove::axis::Axis;
use crate::prove::space::{Answer, Space, Twins};
use crate::score::outcome::Outcome;

/// The whole budget divided by this is the budget of one question.
const SHARE: u64 = 8;

pub(crate) struct Prover<'a> {
    pub(crate) matrix: &'a Matrix,
    pub(crate) as_at: Date,
    pub(crate) space: Space,
    pub(crate) axes: Vec<Axis>,
    /// The work that one question may take, and the work that is left for all questions.
    each: u64,
    left: u64,
}

impl<'a> Prover<'a> {
    pub(crate) fn new(matrix: &'a Matrix, as_at: Date, budget: u64) -> Self {
        Self {
            matrix,
            as_at,
            space: Space::of(matrix, as_at),
            axes: Axis::all(matrix),
            each: (budget / SHARE).max(1),
            left: budget,
        }
    }

    /// Returns the values that the roots take together.
    pub(crate) fn ask(
        &mut self,
        space: &Space,
        roots: &[NodeId],
        twins: Option<Twins>,
    ) -> Result<Answer, OverBudget> {
        let allowed = self.each.min(self.left);
        let mut budget = allowed;
        let answer = space.ask(roots, twins, &mut budget);
        self.left -= allowed - budget;
        answer
    }

    /// Returns the plainest profile that leads to what an answer gave. The profile was scored.
    pub(crate) fn witness(
        &self,
        roots: &[NodeId],
        wanted: &[i64],
        path: &[(InputId, i64)],
    ) -> Option<Profile> {
        let inputs = self.space.plainest(roots, wanted, path, &[])?;
        self.scored(&inputs)
    }

    /// Returns the profile with these values, if scoring it gives what the graph says.
    pub(crate) fn scored(&self, inputs: &[i64]) -> Option<Profile> {
        let profile = profile(self.matrix, inputs);
        let outcome = self.matrix.score(&profile, self.as_at).ok()?;
        let values = self.space.worked_out(inputs);
        self.axes
            .iter()
            .all(|axis| position(axis, &outcome) == Some(at(&values, axis.node)))
            .then_some(profile)
    }
}

/// Returns the profile with these values. A value that the matrix would assume by itself is left out.
pub(crate) fn profile(matrix: &Matrix, inputs: &[i64]) -> Profile {
    let declared = matrix
        .model()
        .inputs
        .iter()
        .filter(|(_, input)| input.derived.is_none());
    let given = declared.filter_map(|(id, input)| {
        let value = inputs.get(id.index()).copied().unwrap_or(ABSENT);
        let is_assumed = matches!(input.missing, Missing::Assume(assumed) if assumed == value);
        (value != ABSENT && !is_assumed)
            .then(|| (input.heading.name.as_str(), Value::of(&input.domain, value)))
    });
    given.collect()
}

/// Returns the position of an outcome on an axis.
pub(crate) fn position(axis: &Axis, outcome: &Outcome) -> Option<i64> {
    match axis.dimension {
        None => match outcome.positions().as_slice() {
            [only] => Some(i64::from(*only)),
            _ => None,
        },
        Some(dimension) => outcome
            .dimension_result(dimension)
            .levels
            .only()
            .map(|level| level as i64),
    }
}
