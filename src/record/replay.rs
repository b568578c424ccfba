//! Scores again what was recorded.

use semver::Version;

use crate::library::Library;
use crate::matrix::Matrix;
use crate::profile::Refusal;
use crate::record::difference::{Difference, DifferenceKind, compare};
use crate::record::json::{Json, step};
use crate::record::problem::ReplayError;
use crate::record::seal::SEALS;
use crate::record::{Body, ProfessionalOverride, Record, seal, set, written_by};
use crate::score::outcome::Outcome;

/// What came out when a record was replayed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Replay {
    differences: Vec<Difference>,
}

impl Replay {
    /// Returns whether the record is byte for byte what comes out.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.differences.is_empty()
    }

    /// Returns each place where the record differs from what comes out.
    ///
    /// The broken seals come first, which show that something was changed after the record was written. Then come the places where the replay
    /// gives something else, in the order of the record.
    #[must_use]
    pub fn differences(&self) -> &[Difference] {
        &self.differences
    }
}

impl Record {
    /// Scores the recorded profile again with the matrix of the recorded content hash.
    ///
    /// # Errors
    /// Returns an error if the library does not hold that matrix. The error names the recorded hash and the hashes of what the library holds.
    pub fn replay(&self, library: &Library) -> Result<Replay, ReplayError> {
        self.replay_with(self.matrix_in(library)?)
    }

    /// Returns the matrix of the recorded content hash or, if the library does not hold it, the version that the record names, which then has other
    /// content.
    ///
    /// # Errors
    /// Returns an error if the library holds neither. The error names the recorded hash and the hashes of what the library holds.
    pub fn matrix_in<'a>(&self, library: &'a Library) -> Result<&'a Matrix, ReplayError> {
        let version = || Version::parse(&self.start.version).ok();
        let held = library
            .by_hash(&self.start.hash)
            .or_else(|| library.get(&self.start.matrix, &version()?));
        if let Some(matrix) = held {
            return Ok(matrix);
        }
        let versions: Vec<String> = library
            .versions(&self.start.matrix)
            .map(|matrix| format!("{} ({})", matrix.version(), matrix.content_hash()))
            .collect();
        let held = if versions.is_empty() {
            format!("the library has no matrix `{}`", self.start.matrix)
        } else {
            format!("the library has {}", versions.join(", "))
        };
        let matrix = format!("`{}` {}", self.start.matrix, self.start.version);
        Err(ReplayError::Unknown {
            matrix,
            recorded: self.start.hash.clone(),
            held,
            broken_seals: self.broken_seals(),
        })
    }

    /// Scores the recorded profile again with a matrix, which must be the recorded one.
    ///
    /// # Errors
    /// Returns an error that names both content hashes if the matrix has another one.
    pub fn replay_with(&self, matrix: &Matrix) -> Result<Replay, ReplayError> {
        self.replayed(matrix).map(|(replay, _)| replay)
    }

    /// Returns the replay, and what came out.
    pub(super) fn replayed(
        &self,
        matrix: &Matrix,
    ) -> Result<(Replay, Result<Outcome, Refusal>), ReplayError> {
        let start = &self.start;
        if matrix.content_hash() != start.hash {
            return Err(ReplayError::OtherContent {
                matrix: format!("`{}` {}", start.matrix, start.version),
                recorded: start.hash.clone(),
                there: format!("`{}` {}", matrix.id(), matrix.version_text()),
                held: matrix.content_hash().to_owned(),
                broken_seals: self.broken_seals(),
            });
        }
        let mut differences = self.broken_seals();
        let outcome = match written_by(&start.library, matrix, &start.profile, start.as_at) {
            Err(refusal) => {
                differences.push(Difference {
                    pointer: "/profile".to_owned(),
                    kind: DifferenceKind::Refused,
                    recorded: self.get("profile").map(|profile| profile.to_string()),
                    replayed: Some(refusal.to_string()),
                });
                Err(refusal)
            }
            Ok((mut expected, outcome)) => {
                if let Some(decided) = &start.professional {
                    set(
                        &mut expected,
                        "override",
                        self.decided(decided, &outcome, &mut differences),
                    );
                }
                self.compare(&expected, &mut differences);
                Ok(outcome)
            }
        };
        Ok((Replay { differences }, outcome))
    }

    /// Returns the override as it would be recorded now or, if it would be refused now, as it is recorded.
    fn decided(
        &self,
        decided: &ProfessionalOverride,
        outcome: &Outcome,
        differences: &mut Vec<Difference>,
    ) -> String {
        match decided.clone().checked(outcome) {
            Ok(decided) => decided.as_json().to_string(),
            Err(problems) => {
                let recorded = self.get("override").unwrap_or(Json::Null);
                differences.extend(problems.into_iter().map(|(field, message)| Difference {
                    pointer: format!("/override/{field}"),
                    kind: DifferenceKind::Refused,
                    recorded: recorded.get(field).map(Json::to_string),
                    replayed: Some(message),
                }));
                recorded.to_string()
            }
        }
    }

    fn compare(&self, expected: &Body, differences: &mut Vec<Difference>) {
        if matches!(self.body.as_slice(), [body @ .., (last, _)] if last == SEALS && body == expected.as_slice())
        {
            return;
        }
        let before = differences.len();
        let read = |body: &Body| {
            let parts = body.iter().filter(|(key, _)| key != SEALS);
            Json::Object(
                parts
                    .map(|(key, text)| (key.clone(), Json::read(text).unwrap_or(Json::Null)))
                    .collect(),
            )
        };
        compare(&read(&self.body), &read(expected), "", differences);
        if differences.len() == before {
            // All is there, and the seals are not at the end.
            differences.push(Difference {
                pointer: step(SEALS),
                kind: DifferenceKind::Order,
                recorded: None,
                replayed: None,
            });
        }
    }

    /// Returns the parts that were changed after the record was written, as far as their seals show it.
    #[must_use]
    pub fn broken_seals(&self) -> Vec<Difference> {
        seal::broken(&self.body)
    }
}
