//! Turns what the loops of both revisions gave for a batch into keys. Rows with the same key count alike.

use std::collections::BTreeSet;

use threshold_matrix::Points;
use threshold_matrix::bulk::{Numbers, ScoredColumns, Whole};
use threshold_matrix::{Matrix, PartDescription};

/// What the loops gave for a batch, in the form that decides what is counted of a row.
pub(super) struct Sheet<'a> {
    /// Results and levels.
    standings: Vec<Whole<'a>>,
    /// Scores, if they are compared with an outcome, and the results with each cut-off.
    others: Vec<Whole<'a>>,
    compared: Vec<[Option<Numbers<'a>>; 2]>,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(
        [old, new]: [&'a ScoredColumns; 2],
        swept: impl Iterator<Item = &'a ScoredColumns>,
        compared: &[Compared],
        with_scores: bool,
    ) -> Self {
        let (mut standings, mut others) = (Vec::new(), Vec::new());
        for scored in [old, new] {
            standings.extend(scored.results());
            for name in scored.dimensions() {
                standings.extend(scored.levels(name));
                others.extend(
                    scored
                        .scores(name)
                        .filter(|_| with_scores)
                        .map(|scores| scores.units),
                );
            }
        }
        others.extend(swept.filter_map(ScoredColumns::results));
        Self {
            standings,
            others,
            compared: compared
                .iter()
                .map(|compared| [compared.of(old), compared.of(new)])
                .collect(),
        }
    }

    fn write(columns: &[Whole<'_>], row: usize, key: &mut Vec<u8>) {
        for column in columns {
            match column {
                Whole::I8(numbers) => key.extend(
                    numbers
                        .get(row)
                        .into_iter()
                        .flat_map(|number| number.to_le_bytes()),
                ),
                Whole::I16(numbers) => key.extend(
                    numbers
                        .get(row)
                        .into_iter()
                        .flat_map(|number| number.to_le_bytes()),
                ),
                Whole::I32(numbers) => key.extend(
                    numbers
                        .get(row)
                        .into_iter()
                        .flat_map(|number| number.to_le_bytes()),
                ),
                Whole::I64(numbers) => key.extend(
                    numbers
                        .get(row)
                        .into_iter()
                        .flat_map(|number| number.to_le_bytes()),
                ),
            }
        }
    }

    /// Writes the key that decides what is counted of a row, except for why it moved.
    pub(super) fn results(&self, row: usize, key: &mut Vec<u8>) {
        key.clear();
        Self::write(&self.standings, row, key);
        Self::write(&self.others, row, key);
    }

    /// Writes the key that decides why a row moved, which says in which direction each number differs.
    pub(super) fn differences(&self, row: usize, key: &mut Vec<u8>) {
        key.clear();
        Self::write(&self.standings, row, key);
        // What is not there, or was replaced, gives no points.
        let number = |numbers: &Option<Numbers<'_>>| {
            numbers
                .as_ref()
                .and_then(|numbers| numbers.get(row))
                .unwrap_or(Points::ZERO)
        };
        key.extend(
            self.compared
                .iter()
                .map(|[old, new]| number(old).cmp(&number(new)) as u8),
        );
    }
}

/// Something whose difference is a cause.
#[derive(Debug)]
pub(super) enum Compared {
    Points(String),
    Score(String),
    Override(String),
}

impl Compared {
    pub(super) fn all(matrices: [&Matrix; 2]) -> Vec<Self> {
        type Named<'a> = Box<dyn Iterator<Item = PartDescription<'a>> + 'a>;
        let names = |of: &dyn for<'a> Fn(&'a Matrix) -> Named<'a>| -> BTreeSet<String> {
            let parts = matrices.into_iter().flat_map(of);
            parts.map(|part| part.name.to_owned()).collect()
        };
        let points = names(&|matrix| Box::new(matrix.described_criteria()));
        let scores = names(&|matrix| Box::new(matrix.described_dimensions()));
        let overrides = names(&|matrix| Box::new(matrix.described_overrides()));
        let all = points
            .into_iter()
            .map(Self::Points)
            .chain(scores.into_iter().map(Self::Score));
        all.chain(overrides.into_iter().map(Self::Override))
            .collect()
    }

    fn of<'a>(&self, scored: &'a ScoredColumns) -> Option<Numbers<'a>> {
        match self {
            Self::Points(name) => scored.points(name),
            Self::Score(name) => scored.scores(name),
            Self::Override(id) => scored.overrides(id),
        }
    }
}
