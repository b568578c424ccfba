//! Scores again what was recorded.

use semver::Version;
use serde_json::{Map, Value};

use crate::library::Library;
use crate::matrix::Matrix;
use crate::profile::Refusal;
use crate::record::difference::{Difference, DifferenceKind, compare};
use crate::record::earlier::NOT_COMPARED;
use crate::record::json::{canonical, kept};
use crate::record::problem::ReplayError;
use crate::record::shape::{DECIDED, SEALS, SIGNATURES};
use crate::record::{PERSON, REDACTED, Record, seal, written_by};
use crate::score::outcome::Outcome;

/// What came out when a record was replayed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Replay {
    differences: Vec<Difference>,
    not_compared: &'static [&'static str],
}

impl Replay {
    /// Returns whether the canonical form of the record is byte for byte what comes out, but for what is [not compared](Replay::not_compared).
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.differences.is_empty()
    }

    /// Returns the keys of the record that are not compared. The list is empty, but for records of builds before the first release, whose traces and seals
    /// have a form of their own.
    #[must_use]
    pub fn not_compared(&self) -> &'static [&'static str] {
        self.not_compared
    }

    /// Returns whether the record differs in its trace alone, although its seals match: it was not changed since another build of the program wrote it.
    #[must_use]
    pub fn differs_in_trace_alone(&self) -> bool {
        let is_of_trace = |found: &Difference| {
            found.kind != DifferenceKind::Seal && found.pointer.starts_with("/trace")
        };
        !self.is_same() && self.differences.iter().all(is_of_trace)
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
        let version = || Version::parse(self.matrix_version()).ok();
        let held = library
            .by_hash(self.matrix_hash())
            .or_else(|| library.get(self.matrix_id(), &version()?));
        if let Some(matrix) = held {
            return Ok(matrix);
        }
        let versions: Vec<String> = library
            .versions(self.matrix_id())
            .map(|matrix| format!("{} ({})", matrix.version(), matrix.content_hash()))
            .collect();
        let held = if versions.is_empty() {
            format!("the library has no matrix `{}`", self.matrix_id())
        } else {
            format!("the library has {}", versions.join(", "))
        };
        let matrix = format!("`{}` {}", self.matrix_id(), self.matrix_version());
        Err(ReplayError::Unknown {
            matrix,
            recorded: self.matrix_hash().to_owned(),
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
        if matrix.content_hash() != self.matrix_hash() {
            return Err(ReplayError::OtherContent {
                matrix: format!("`{}` {}", self.matrix_id(), self.matrix_version()),
                recorded: self.matrix_hash().to_owned(),
                there: format!("`{}` {}", matrix.id(), matrix.version_text()),
                held: matrix.content_hash().to_owned(),
                broken_seals: self.broken_seals(),
            });
        }
        let mut differences = self.broken_seals();
        let outcome = match written_by(self.library_version(), matrix, &self.profile, self.as_at) {
            Err(refusal) => {
                differences.push(Difference {
                    pointer: "/profile".to_owned(),
                    kind: DifferenceKind::Refused,
                    recorded: self.body.get("profile").map(canonical),
                    replayed: Some(refusal.to_string()),
                });
                Err(refusal)
            }
            Ok((mut expected, outcome)) => {
                expected.insert(
                    DECIDED.to_owned(),
                    self.decided_again(&outcome, &mut differences),
                );
                self.compare(expected, &mut differences);
                Ok(outcome)
            }
        };
        let not_compared = match self.is_earlier {
            true => NOT_COMPARED,
            false => &[],
        };
        let replay = Replay {
            differences,
            not_compared,
        };
        Ok((replay, outcome))
    }

    /// Returns the decisions as they would be recorded now. One that would be refused now is as it is recorded.
    fn decided_again(&self, outcome: &Outcome, differences: &mut Vec<Difference>) -> Value {
        let mut before = None;
        let again = self.decided.iter().enumerate().map(|(index, decision)| {
            let checked = decision
                .clone()
                .checked(outcome, before, self.is_redacted());
            before = Some(decision);
            checked.unwrap_or_else(|problems| {
                differences.extend(problems.into_iter().map(|(field, message)| Difference {
                    pointer: format!("/{DECIDED}/{index}/{field}"),
                    kind: DifferenceKind::Refused,
                    recorded: kept(decision).get(field).map(canonical),
                    replayed: Some(message),
                }));
                decision.clone()
            })
        });
        kept(again.collect::<Vec<_>>())
    }

    /// Compares the record with what comes out. What a replay cannot know is in both: for whom the record is, and who signed it.
    fn compare(&self, mut expected: Map<String, Value>, differences: &mut Vec<Difference>) {
        for key in [PERSON, REDACTED, SEALS, SIGNATURES] {
            if let Some(own) = self.body.get(key) {
                expected.insert(key.to_owned(), own.clone());
            }
        }
        for (key, own) in &self.body {
            if self.is_earlier && NOT_COMPARED.contains(&key.as_str()) {
                continue;
            }
            let pointer = format!("/{key}");
            compare(
                own,
                expected.get(key).unwrap_or(&Value::Null),
                &pointer,
                differences,
            );
        }
    }

    /// Returns the parts that were changed after the record was written, as far as their seals show it. Those of builds before the first release show
    /// nothing, since they are of the text as it was then.
    #[must_use]
    pub fn broken_seals(&self) -> Vec<Difference> {
        if self.is_earlier {
            return Vec::new();
        }
        seal::broken(&self.body)
    }
}
