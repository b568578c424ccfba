//! Records decisions so that they can be replayed, perhaps years later.
//!
//! A record says what was scored, by which matrix, what came out and why, and what a person decided. It is one JSON object with a fixed order
//! of keys, so equal records are equal bytes.
//!
//! [`Record::replay`] scores the recorded profile again with the matrix of the recorded content hash, and gives each place where the record
//! differs from what comes out. [`Record::from_json`] lists everything that keeps a text from being a record.
//!
//! ```
//! use threshold_matrix::{Library, Matrix, Profile, record::Record};
//!
//! let mut library = Library::new();
//! library.add(Matrix::from_yaml(threshold_matrix::doc_example())?)?;
//! let matrix = library.latest("doc-example").expect("it was added");
//! let profile = Profile::new().with("arrests", 4).with("rosh", "low");
//! let text = Record::new(matrix, &profile, "2026-11-21".parse()?)?.to_json();
//!
//! let record = Record::from_json(&text)?;                       // years later
//! assert!(record.replay(&library)?.is_same());
//!
//! let tampered = Record::from_json(&text.replace(r#""tier":"medium""#, r#""tier":"low""#))?;
//! let replay = tampered.replay(&library)?;
//! assert!(replay.differences().iter().any(|found| found.to_string() == r#"/outcome/tier: recorded "low", replayed "medium""#));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod difference;
mod explain;
mod json;
mod problem;
mod professional;
mod replay;
#[cfg(feature = "schema")]
mod schema;
mod seal;
mod shape;

use serde::Serialize;

use crate::date::Date;
use crate::matrix::Matrix;
use crate::model::{Missing, Slot};
use crate::profile::{Profile, Refusal, Value};
use crate::record::json::Json;
use crate::record::seal::SEALS;
use crate::record::shape::{Content, FORMAT, RECORD};
use crate::report::{NOTICE, Reference};
use crate::score::outcome::Outcome;

pub use difference::{Difference, DifferenceKind};
pub use problem::{RecordError, RecordProblem, ReplayError};
pub use professional::ProfessionalOverride;
pub use replay::Replay;
#[cfg(feature = "schema")]
pub use schema::json_schema;

/// The largest text of a record, in bytes.
const LARGEST: usize = 16 << 20;

/// A record of one decision: what was scored, by which matrix, what came out and why, and what a person decided beside it.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Record {
    body: Body,
    /// What a replay starts from.
    start: Start,
}

/// The keys of a record in their order, and what each holds as compact JSON: equal records are equal texts.
type Body = Vec<(String, String)>;

/// The parts of a record from which the rest follows, and the parts that are read most often.
#[derive(Debug, Clone, PartialEq)]
struct Start {
    tier: Option<String>,
    status: Option<String>,
    seal: String,
    library: String,
    matrix: String,
    version: String,
    hash: String,
    as_at: Date,
    profile: Profile,
    professional: Option<ProfessionalOverride>,
}

impl Record {
    /// Scores a profile, explains the outcome, and records both.
    ///
    /// # Errors
    /// Returns every problem of the profile, as [`Matrix::score`] does.
    pub fn new(matrix: &Matrix, profile: &Profile, as_at: Date) -> Result<Self, Refusal> {
        let library = env!("CARGO_PKG_VERSION");
        let (body, outcome) = written_by(library, matrix, profile, as_at)?;
        let start = Start {
            tier: outcome.tier().map(str::to_owned),
            status: outcome.status().map(str::to_owned),
            seal: String::new(),
            library: library.to_owned(),
            matrix: matrix.id().to_owned(),
            version: matrix.version_text().to_owned(),
            hash: matrix.content_hash().to_owned(),
            as_at,
            profile: profile.clone(),
            professional: None,
        };
        Ok(Self::sealed(body, start))
    }

    fn sealed(mut body: Body, mut start: Start) -> Self {
        let seals = seal::seals(&body);
        start.seal = seals
            .first()
            .map(|(_, seal)| seal.clone())
            .unwrap_or_default();
        let seals = seals
            .into_iter()
            .map(|(pointer, seal)| (pointer, Json::Text(seal)))
            .collect();
        body.push((SEALS.to_owned(), Json::Object(seals).to_string()));
        Self { body, start }
    }

    /// Adds a person's decision beside the outcome, which stays as it is. The matrix is the one that the record names.
    ///
    /// # Errors
    /// Returns everything that is wrong with the override: a result that the matrix does not have, a missing reason, or something that the matrix
    /// does not allow. Returns an error as well if the record already has an override, or is not what the matrix gives (see
    /// [`Record::replay_with`]).
    ///
    /// # Example
    /// ```
    /// use threshold_matrix::{Matrix, Profile, record::{ProfessionalOverride, Record}};
    ///
    /// let matrix = Matrix::from_yaml(threshold_matrix::doc_example())?;
    /// let record = Record::new(&matrix, &Profile::new().with("arrests", 4).with("rosh", "low"), "2026-11-21".parse()?)?;
    /// let decided = ProfessionalOverride::to("urgent").by("u-4711", "manager").on("2026-11-23".parse()?);
    /// let refused = record.with_override(&matrix, decided).unwrap_err();
    /// assert_eq!(
    ///     refused.to_string(),
    ///     "/override/reason: `reason` is empty; /override/to: there is no `urgent`; write one of `high`, `medium`, `low`"
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_override(
        &self,
        matrix: &Matrix,
        decided: ProfessionalOverride,
    ) -> Result<Self, RecordError> {
        let fail = |pointer: &str, message: String| {
            RecordError::new(vec![RecordProblem::new(pointer, message)])
        };
        if self.start.professional.is_some() {
            return Err(fail(
                "/override",
                "the record has an override already".to_owned(),
            ));
        }
        let (replay, outcome) = self
            .replayed(matrix)
            .map_err(|error| fail("/matrix", error.to_string()))?;
        if let Some(first) = replay.differences().first() {
            return Err(fail(
                "",
                format!("the record is not what the matrix gives: {first}"),
            ));
        }
        let outcome = outcome.map_err(|refusal| fail("/profile", refusal.to_string()))?;
        let decided = decided.checked(&outcome).map_err(|problems| {
            let problems = problems
                .into_iter()
                .map(|(field, message)| RecordProblem::new(format!("/override/{field}"), message));
            RecordError::new(problems.collect())
        })?;
        let (mut body, mut start) = (self.body.clone(), self.start.clone());
        body.retain(|(key, _)| key != SEALS);
        set(&mut body, "override", decided.as_json().to_string());
        start.professional = Some(decided);
        Ok(Self::sealed(body, start))
    }

    /// Returns the record as JSON, without spaces: equal records are equal bytes.
    #[must_use]
    pub fn to_json(&self) -> String {
        seal::written(&self.body)
    }

    /// Reads a record. Spaces and line ends between the parts do not matter, nor does a byte order mark.
    ///
    /// The result has the form of a record. [`Record::replay`] says whether it is also what the matrix gives.
    ///
    /// # Errors
    /// Returns everything that keeps the text from being a record, each with its place.
    pub fn from_json(text: &str) -> Result<Self, RecordError> {
        let fail = |message: String| RecordError::new(vec![RecordProblem::new("", message)]);
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.len() > LARGEST {
            return Err(fail(format!("the text has more than {LARGEST} bytes")));
        }
        let json =
            Json::read(text).map_err(|error| fail(format!("the text is not JSON: {error}")))?;
        let mut problems = Vec::new();
        shape::check(&json, &Content::Map(RECORD), "", &mut problems);
        let start = Start::read(&json, &mut problems);
        match (start, json) {
            (Some(start), Json::Object(body)) if problems.is_empty() => Ok(Self {
                body: body
                    .into_iter()
                    .map(|(key, value)| (key, value.to_string()))
                    .collect(),
                start,
            }),
            _ => Err(RecordError::new(problems)),
        }
    }

    /// Returns the id of the matrix.
    #[must_use]
    pub fn matrix_id(&self) -> &str {
        &self.start.matrix
    }

    /// Returns the version of the matrix, as the record has it.
    #[must_use]
    pub fn matrix_version(&self) -> &str {
        &self.start.version
    }

    /// Returns the content hash of the matrix.
    #[must_use]
    pub fn matrix_hash(&self) -> &str {
        &self.start.hash
    }

    /// Returns the version of the library that wrote the record.
    #[must_use]
    pub fn library_version(&self) -> &str {
        &self.start.library
    }

    /// Returns the date of the scoring.
    #[must_use]
    pub fn as_at(&self) -> Date {
        self.start.as_at
    }

    /// Returns the input values as they were given.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.start.profile
    }

    /// Returns the tier that the matrix gave, whatever a person decided.
    #[must_use]
    pub fn tier(&self) -> Option<&str> {
        self.start.tier.as_deref()
    }

    /// Returns the status that the matrix gave instead of a tier.
    #[must_use]
    pub fn status(&self) -> Option<&str> {
        self.start.status.as_deref()
    }

    /// Returns the decision of a person who decided otherwise, if there is one.
    #[must_use]
    pub fn professional_override(&self) -> Option<&ProfessionalOverride> {
        self.start.professional.as_ref()
    }

    /// Returns the seal of the whole record. A copy of the seal that is kept in another place shows whether the record was changed since.
    #[must_use]
    pub fn seal(&self) -> &str {
        &self.start.seal
    }

    fn get(&self, key: &str) -> Option<Json> {
        let (_, text) = self.body.iter().find(|(own, _)| own == key)?;
        Json::read(text).ok()
    }
}

impl Start {
    /// Returns the parts from which the rest follows, read from a record whose form was checked.
    fn read(json: &Json, problems: &mut Vec<RecordProblem>) -> Option<Self> {
        let matrix = json.get("matrix")?;
        let owned = |json: Option<&Json>| json.and_then(Json::text).map(str::to_owned);
        let professional = match json.get("override")? {
            Json::Null => None,
            written => {
                let read = ProfessionalOverride::read(written);
                if read.is_none() && problems.is_empty() {
                    problems.push(RecordProblem::new("/override", "this is not an override"));
                }
                read
            }
        };
        let outcome = json.get("outcome")?;
        Some(Self {
            tier: owned(outcome.get("tier")),
            status: owned(outcome.get("status")),
            seal: owned(json.get(SEALS)?.get("")).unwrap_or_default(),
            library: owned(json.get("library"))?,
            matrix: owned(matrix.get("id"))?,
            version: owned(matrix.get("version"))?,
            hash: owned(matrix.get("hash"))?,
            as_at: json.get("as_at")?.text()?.parse().ok()?,
            profile: Profile::from_json(&json.get("profile")?.to_string()).ok()?,
            professional,
        })
    }
}

/// Returns what a version of the library records, without the seals, and the outcome.
fn written_by(
    library: &str,
    matrix: &Matrix,
    profile: &Profile,
    as_at: Date,
) -> Result<(Body, Outcome), Refusal> {
    let trace = matrix.explain(profile, as_at)?;
    let (outcome, case) = (trace.outcome(), trace.case());
    let inputs = || {
        matrix
            .model()
            .inputs
            .items()
            .iter()
            .zip(&case.slots)
            .filter(|(input, _)| input.derived.is_none())
    };
    let standing = |wanted: Slot| {
        inputs()
            .filter(move |(_, slot)| **slot == wanted)
            .map(|(input, _)| input.heading.name.as_str())
    };
    let assumed = matrix
        .model()
        .inputs
        .items()
        .iter()
        .zip(&case.assumed)
        .filter(|(_, assumed)| **assumed);
    let assumed = assumed.filter_map(|(input, _)| match input.missing {
        Missing::Assume(value) => {
            Some((input.heading.name.as_str(), Value::of(&input.domain, value)))
        }
        _ => None,
    });
    let body = vec![
        part("record", FORMAT),
        part("library", library),
        part("matrix", Reference(matrix)),
        part("as_at", as_at),
        part("profile", profile),
        part("assumed", assumed.collect::<Profile>()),
        part("absent", standing(Slot::Absent).collect::<Vec<_>>()),
        part("unknown", standing(Slot::Unknown).collect::<Vec<_>>()),
        part("outcome", outcome),
        part("trace", &trace),
        part("notice", NOTICE),
        part("override", ()),
    ];
    Ok((body, outcome.clone()))
}

fn part(key: &str, value: impl Serialize) -> (String, String) {
    // Nothing in a record can fail to be written.
    (
        key.to_owned(),
        serde_json::to_string(&value).unwrap_or_default(),
    )
}

fn set(body: &mut Body, key: &str, value: String) {
    if let Some((_, slot)) = body.iter_mut().find(|(own, _)| own == key) {
        *slot = value;
    }
}
