//! Turns what the loops of both revisions gave for a batch into keys. Rows with the same key count alike.

use std::collections::BTreeSet;

use threshold_matrix::Points;
use threshold_matrix::bulk::{Numbers, Open, ScoredColumns, Whole};
use threshold_matrix::{Matrix, PartDescription};

/// What the loops gave for a batch, in the form that decides what is counted of a row.
pub(super) struct Sheet<'a> {
    /// Results and levels.
    standings: Vec<Whole<'a>>,
    /// Scores, if they are compared with an outcome, and the results with each cut-off.
    others: Vec<Whole<'a>>,
    compared: Vec<(&'a Compared, [Option<Numbers<'a>>; 2])>,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(
        [old, new]: [&'a ScoredColumns; 2],
        swept: impl Iterator<Item = &'a ScoredColumns>,
        compared: &'a [Compared],
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
                .map(|compared| (compared, [compared.of(old), compared.of(new)]))
                .collect(),
        }
    }

    /// Writes the result and the levels of a row.
    pub(super) fn write_standings(scored: &ScoredColumns, row: usize, key: &mut Vec<u8>) {
        let levels = scored.dimensions();
        let levels = levels.filter_map(|name| scored.levels(name));
        let columns: Vec<Whole<'_>> = scored.results().into_iter().chain(levels).collect();
        Self::write(&columns, row, key);
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

    /// Writes the key that decides why a row moved, which says in which direction each number, or each end of its range, differs. Returns `false` if
    /// the numbers and what is open do not tell.
    pub(super) fn differences(
        &self,
        row: usize,
        opens: [Option<&Open>; 2],
        key: &mut Vec<u8>,
    ) -> bool {
        key.clear();
        Self::write(&self.standings, row, key);
        for (compared, sides) in &self.compared {
            let range = |side: usize| {
                let numbers = sides.get(side)?.as_ref();
                compared.range(side, numbers, *opens.get(side)?, row)
            };
            let (Some(old), Some(new)) = (range(0), range(1)) else {
                return false;
            };
            key.extend([old.0.cmp(&new.0) as u8, old.1.cmp(&new.1) as u8]);
        }
        true
    }
}

/// Something whose difference is a cause.
#[derive(Debug)]
pub(super) enum Compared {
    Points(String),
    /// The score of a dimension, with its place in each revision.
    Score(String, [Option<usize>; 2]),
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
            .chain(scores.into_iter().map(|name| {
                let place = |matrix: &Matrix| {
                    let mut dimensions = matrix.described_dimensions();
                    dimensions.position(|dimension| dimension.name == name)
                };
                let places = matrices.map(place);
                Self::Score(name, places)
            }));
        all.chain(overrides.into_iter().map(Self::Override))
            .collect()
    }

    fn of<'a>(&self, scored: &'a ScoredColumns) -> Option<Numbers<'a>> {
        match self {
            Self::Points(name) => scored.points(name),
            Self::Score(name, _) => scored.scores(name),
            Self::Override(id) => scored.overrides(id),
        }
    }

    /// Returns the least and the most of the numbers of a row, or `None` if that is not told.
    fn range(
        &self,
        side: usize,
        numbers: Option<&Numbers<'_>>,
        open: Option<&Open>,
        row: usize,
    ) -> Option<(Points, Points)> {
        // A revision without it gives no points for it.
        let Some(numbers) = numbers else {
            return Some(Default::default());
        };
        if let Some(number) = numbers.get(row) {
            return Some((number, number));
        }
        match (self, open) {
            // Which overrides apply is not worked out for a row that is scored as one profile.
            (Self::Override(_), _) => None,
            (Self::Score(_, places), Some(open)) => {
                let place = places.get(side).copied().flatten()?;
                open.ranges.get(place).copied().flatten()
            }
            (Self::Points(name), Some(open)) => {
                match open.points.iter().find(|own| own.name == *name) {
                    Some(open) => open.range,
                    None => Some(Default::default()),
                }
            }
            // What was replaced gives no points.
            (Self::Points(_) | Self::Score(..), None) => Some(Default::default()),
        }
    }
}
