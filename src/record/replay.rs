//! Scoring what was recorded again.

use semver::Version;

use crate::library::Library;
use crate::matrix::Matrix;
use crate::record::difference::{Difference, DifferenceKind, compare};
use crate::record::json::Json;
use crate::record::problem::ReplayError;
use crate::record::seal::SEALS;
use crate::record::{Record, seal, set, written_by};

/// What came out when a record was replayed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Replay {
    differences: Vec<Difference>,
}

impl Replay {
    /// Whether the record is what comes out, to the byte.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.differences.is_empty()
    }

    /// Each place where it is not: first where a seal is broken, so that something was changed after the record was written, then in the order of the record
    /// where the replay gives something else.
    #[must_use]
    pub fn differences(&self) -> &[Difference] {
        &self.differences
    }
}

impl Record {
    /// Scores the recorded profile again with the matrix of the recorded content hash.
    ///
    /// # Errors
    /// If the library does not hold that matrix, naming the recorded hash and that of what it holds.
    pub fn replay(&self, library: &Library) -> Result<Replay, ReplayError> {
        if let Some(matrix) = library.by_hash(&self.start.hash) {
            return self.replay_with(matrix);
        }
        let version = Version::parse(&self.start.version).ok();
        if let Some(held) = version.and_then(|version| library.get(&self.start.matrix, &version)) {
            return self.replay_with(held);
        }
        let versions: Vec<String> =
            library.versions(&self.start.matrix).map(|matrix| format!("{} ({})", matrix.version(), matrix.content_hash())).collect();
        let held = if versions.is_empty() {
            format!("the library has no matrix `{}`", self.start.matrix)
        } else {
            format!("the library has {}", versions.join(", "))
        };
        let matrix = format!("`{}` {}", self.start.matrix, self.start.version);
        Err(ReplayError::Unknown { matrix, recorded: self.start.hash.clone(), held, broken_seals: self.broken_seals() })
    }

    /// Scores the recorded profile again with a matrix, which must be the recorded one.
    ///
    /// # Errors
    /// If the matrix has another content hash, naming both.
    pub fn replay_with(&self, matrix: &Matrix) -> Result<Replay, ReplayError> {
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
        match written_by(&start.library, matrix, &start.profile, start.as_at) {
            Err(refusal) => differences.push(Difference {
                pointer: "/profile".to_owned(),
                kind: DifferenceKind::Refused,
                recorded: self.get("profile").map(Json::to_string),
                replayed: Some(refusal.to_string()),
            }),
            Ok((mut expected, outcome)) => {
                if let Some(decided) = &start.professional {
                    let json = match decided.clone().checked(&outcome) {
                        Ok(decided) => decided.as_json(),
                        Err(problems) => {
                            differences.extend(problems.into_iter().map(|(field, message)| Difference {
                                pointer: format!("/override/{field}"),
                                kind: DifferenceKind::Refused,
                                recorded: self.get("override").and_then(|decided| decided.get(field)).map(Json::to_string),
                                replayed: Some(message),
                            }));
                            self.get("override").cloned().unwrap_or(Json::Null)
                        }
                    };
                    set(&mut expected, "override", json);
                }
                self.compare(expected, &mut differences);
            }
        }
        Ok(Replay { differences })
    }

    fn compare(&self, expected: Vec<(String, Json)>, differences: &mut Vec<Difference>) {
        if matches!(self.body.as_slice(), [body @ .., (last, _)] if last == SEALS && body == expected) {
            return;
        }
        let before = differences.len();
        let keys = |body: &[(String, Json)]| Json::List(body.iter().map(|(key, _)| Json::Text(key.clone())).collect()).to_string();
        let (recorded, replayed) = (keys(&self.body), keys(&expected));
        let body = self.body.iter().filter(|(key, _)| key != SEALS).cloned().collect();
        compare(&Json::Object(body), &Json::Object(expected), "", differences);
        if differences.len() == before {
            // All is there, and the seals are not at the end.
            differences.push(Difference { pointer: String::new(), kind: DifferenceKind::Order, recorded: Some(recorded), replayed: Some(replayed) });
        }
    }

    /// The parts that were changed after the record was written, as far as their seals tell.
    #[must_use]
    pub fn broken_seals(&self) -> Vec<Difference> {
        seal::broken(&self.body)
    }
}
