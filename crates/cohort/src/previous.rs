//! Reads the outcomes of an earlier run, to see who moved since.

use std::collections::{BTreeSet, HashMap};
use std::io::{BufRead, BufReader, Read};

use serde::Deserialize;

use super::CohortError;
use super::people::{REFUSED, levels_in_words};
use super::reader::FileKind;

/// The outcomes of an earlier run, as an [`OutcomeWriter`](super::OutcomeWriter) wrote them.
///
/// It holds the id of every person, so its memory grows with the cohort.
#[derive(Debug, Clone, Default)]
pub struct Previous {
    /// The result that each person had, as a position in `results`.
    pub(super) people: HashMap<String, u32>,
    pub(super) results: Vec<String>,
    pub(super) matrices: BTreeSet<String>,
}

/// A line of the JSON form, with only what tells the result.
#[derive(Deserialize)]
struct Line {
    id: String,
    matrix: MatrixName,
    tier: Option<String>,
    status: Option<String>,
    possible: Option<Vec<String>>,
    dimensions: Option<serde_json::Map<String, serde_json::Value>>,
    error: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct MatrixName {
    id: String,
    version: String,
}

impl Previous {
    /// Reads the file of an earlier run.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read, or is not one that this library wrote.
    pub fn read<R: Read>(source: R, kind: FileKind) -> Result<Self, CohortError> {
        let mut previous = Self::default();
        match kind {
            FileKind::Csv => previous.read_csv(source)?,
            FileKind::JsonLines => previous.read_json_lines(source)?,
            FileKind::Workbook => {
                return Err(CohortError::Workbook {
                    message: "the outcomes of a run are not in a workbook; name the .csv or .jsonl file that the run wrote".to_owned(),
                });
            }
        }
        Ok(previous)
    }

    /// Returns the matrices with which the run scored, as `id version`.
    pub fn matrices(&self) -> impl Iterator<Item = &str> {
        self.matrices.iter().map(String::as_str)
    }

    fn add(&mut self, id: String, matrix: String, result: String) {
        self.matrices.insert(matrix);
        let position = self
            .results
            .iter()
            .position(|known| *known == result)
            .unwrap_or_else(|| {
                self.results.push(result);
                self.results.len() - 1
            });
        self.people
            .insert(id, u32::try_from(position).unwrap_or(u32::MAX));
    }

    fn read_csv<R: Read>(&mut self, source: R) -> Result<(), CohortError> {
        let mut file = csv::ReaderBuilder::new().from_reader(source);
        let header = file
            .headers()
            .map_err(|error| CohortError::from_csv(1, error))?
            .clone();
        let find = |name: &str| header.iter().position(|own| own == name);
        let names = [
            "id", "matrix", "version", "tier", "status", "possible", "error",
        ];
        let without: Vec<_> = names
            .iter()
            .filter(|name| find(name).is_none())
            .map(|name| format!("there is no column `{name}`"))
            .collect();
        let [
            Some(id),
            Some(matrix),
            Some(version),
            Some(tier),
            Some(status),
            Some(possible),
            Some(error),
        ] = names.map(find)
        else {
            return Err(CohortError::Columns { problems: without });
        };
        let levels: Vec<_> = header
            .iter()
            .enumerate()
            .filter_map(|(position, name)| Some((name.strip_suffix(".level")?, position)))
            .collect();
        let mut row = csv::StringRecord::new();
        loop {
            let line = file.position().line();
            if !file
                .read_record(&mut row)
                .map_err(|error| CohortError::from_csv(line, error))?
            {
                return Ok(());
            }
            let filled = |position: usize| row.get(position).filter(|text| !text.is_empty());
            let levels = levels_in_words(
                levels
                    .iter()
                    .map(|(dimension, position)| (*dimension, filled(*position))),
            );
            let possible =
                filled(possible).map(|possible| possible.split('|').map(str::to_owned).collect());
            let result = result(
                filled(tier),
                filled(status),
                possible,
                filled(error).is_some(),
                levels,
            );
            let text = |position: usize| filled(position).unwrap_or_default();
            self.add(
                text(id).to_owned(),
                format!("{} {}", text(matrix), text(version)),
                result,
            );
        }
    }

    fn read_json_lines<R: Read>(&mut self, source: R) -> Result<(), CohortError> {
        for (line, text) in (1..).zip(BufReader::new(source).lines()) {
            let text = text.map_err(|source| CohortError::Read { line, source })?;
            let text = match line {
                1 => text.strip_prefix('\u{feff}').unwrap_or(&text),
                _ => &text,
            };
            if text.trim().is_empty() {
                continue;
            }
            let read: Line = serde_json::from_str(text).map_err(|error| CohortError::Broken {
                line,
                message: format!("this is not a line that an earlier run wrote: {error}"),
            })?;
            let dimensions = read.dimensions.unwrap_or_default();
            let levels = dimensions.iter().map(|(name, dimension)| {
                (
                    name.as_str(),
                    dimension.get("level").and_then(serde_json::Value::as_str),
                )
            });
            let levels = levels_in_words(levels);
            let result = result(
                read.tier.as_deref(),
                read.status.as_deref(),
                read.possible,
                read.error.is_some(),
                levels,
            );
            self.add(
                read.id,
                format!("{} {}", read.matrix.id, read.matrix.version),
                result,
            );
        }
        Ok(())
    }
}

/// Returns the words of [`Scored::result_in_words`](super::Scored::result_in_words) for what was written.
fn result(
    tier: Option<&str>,
    status: Option<&str>,
    possible: Option<Vec<String>>,
    refused: bool,
    levels: String,
) -> String {
    match (tier.or(status), possible) {
        _ if refused => REFUSED.to_owned(),
        (Some(one), _) => one.to_owned(),
        (None, Some(possible)) if !possible.is_empty() => possible.join(" or "),
        _ => levels,
    }
}
