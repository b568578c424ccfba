//! Records decisions so that they can be replayed, perhaps years later.
//!
//! A record says what was scored, by which matrix, what came out and why, and what persons decided. It is one JSON object. Its canonical form (RFC 8785)
//! is what counts: a program may keep it as data and write it anew with other spaces, line ends and orders of keys, and it is the same record.
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

mod decision;
mod difference;
mod earlier;
mod explain;
mod json;
mod problem;
mod replay;
#[cfg(feature = "schema")]
mod schema;
mod seal;
mod shape;
mod signature;

use serde_json::{Map, Value as Json};

use crate::date::Date;
use crate::matrix::Matrix;
use crate::model::{Missing, Slot};
use crate::profile::{Profile, Refusal, Value};
use crate::record::json::{canonical, kept};
use crate::record::shape::{Content, DECIDED, FORMAT, RECORD, SEALS, SIGNATURES};
use crate::report::{NOTICE, Reference};
use crate::score::outcome::Outcome;

pub use decision::Decision;
use difference::broken_seal;
pub use difference::{Difference, DifferenceKind};
pub use problem::{RecordError, RecordProblem, ReplayError};
pub use replay::Replay;
#[cfg(feature = "schema")]
pub use schema::json_schema;
pub use signature::Signature;

/// The largest text of a record, in bytes.
const LARGEST: usize = 16 << 20;

/// The key of the reference to a person.
const PERSON: &str = "person";

/// The key that says whether a record is a redacted copy.
const REDACTED: &str = "redacted";

/// A record of one scoring: what was scored, by which matrix, what came out and why, and what persons decided beside it.
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Record {
    body: Map<String, Json>,
    as_at: Date,
    profile: Profile,
    decided: Vec<Decision>,
    /// Whether a build before the first release wrote it, in another form.
    is_earlier: bool,
}

impl Record {
    /// Scores a profile, explains the outcome, and records both.
    ///
    /// # Errors
    /// Returns every problem of the profile, as [`Matrix::score`] does.
    pub fn new(matrix: &Matrix, profile: &Profile, as_at: Date) -> Result<Self, Refusal> {
        let profile = as_kept(profile);
        let (mut body, _) = written_by(env!("CARGO_PKG_VERSION"), matrix, &profile, as_at)?;
        body.insert(PERSON.to_owned(), Json::Null);
        body.insert(REDACTED.to_owned(), Json::Bool(false));
        body.insert(SIGNATURES.to_owned(), Json::Array(Vec::new()));
        Ok(Self {
            body,
            as_at,
            profile,
            decided: Vec::new(),
            is_earlier: false,
        }
        .sealed())
    }

    /// Writes what was decided, and seals all parts.
    fn sealed(mut self) -> Self {
        self.body.insert(DECIDED.to_owned(), kept(&self.decided));
        let seals = seal::seals(&self.body).into_iter();
        let seals = seals.map(|(pointer, seal)| (pointer, Json::String(seal)));
        self.body
            .insert(SEALS.to_owned(), Json::Object(seals.collect()));
        self
    }

    /// Returns the record with a reference to the person whom it is about. Any text will do that means something to the case system.
    ///
    /// Signatures of the record without it are left out, since they are not signatures of this one.
    ///
    /// # Errors
    /// Returns an error if a part of the record was changed after it was written, which new seals would hide.
    pub fn of_person(mut self, reference: impl Into<String>) -> Result<Self, RecordError> {
        self.check_seals()?;
        let reference = Json::String(reference.into());
        self.body.insert(PERSON.to_owned(), reference);
        Ok(self.without_signatures().sealed())
    }

    /// Returns a copy without the reference to the person and without the reasons of decisions, which may say anything. It replays as the record does.
    ///
    /// The copy is sealed anew and has no signatures, since a seal or a signature of what is hidden would let a reader try out what it was. It is not
    /// anonymous: the profile is in it, because it could not be replayed otherwise.
    ///
    /// # Errors
    /// Returns an error if a part of the record was changed after it was written, which new seals would hide.
    pub fn redacted(mut self) -> Result<Self, RecordError> {
        self.check_seals()?;
        self.body.insert(PERSON.to_owned(), Json::Null);
        self.body.insert(REDACTED.to_owned(), Json::Bool(true));
        let decided = self.decided.into_iter();
        self.decided = decided.map(Decision::without_reason).collect();
        Ok(self.without_signatures().sealed())
    }

    /// Checks that the record has the form of today, and that its parts match their seals.
    fn check_seals(&self) -> Result<(), RecordError> {
        if self.is_earlier {
            let message = "a build before the first release wrote this record, in a form to which nothing is added; record the scoring anew (`explain --record`), and add to that";
            return Err(RecordError::new(vec![RecordProblem::new("", message)]));
        }
        let broken = self.broken_seals().into_iter();
        let broken = broken.map(|found| {
            let message = broken_seal(&found.pointer);
            RecordProblem::new(found.pointer, message)
        });
        let broken: Vec<_> = broken.collect();
        match broken.is_empty() {
            true => Ok(()),
            false => Err(RecordError::new(broken)),
        }
    }

    fn without_signatures(mut self) -> Self {
        let none = Json::Array(Vec::new());
        self.body.insert(SIGNATURES.to_owned(), none);
        self
    }

    /// Adds a person's decision beside the outcome and after earlier decisions, all of which stay as they are. The matrix is the one that the record
    /// names.
    ///
    /// # Errors
    /// Returns everything that is wrong with the decision: a result that the matrix does not have, a missing reason, a day before the decision before
    /// it, or something that the matrix does not allow. Returns an error as well if the record has the very same decision already, is a redacted copy,
    /// or is not what the matrix gives (see [`Record::replay_with`]).
    ///
    /// # Example
    /// ```
    /// use threshold_matrix::{Matrix, Profile, record::{Decision, Record}};
    ///
    /// let matrix = Matrix::from_yaml(threshold_matrix::doc_example())?;
    /// let record = Record::new(&matrix, &Profile::new().with("arrests", 4).with("rosh", "low"), "2026-11-21".parse()?)?;
    /// let decision = Decision::to("urgent").by("u-4711", "manager").on("2026-11-23".parse()?);
    /// let refused = record.decide(&matrix, decision).unwrap_err();
    /// assert_eq!(
    ///     refused.to_string(),
    ///     "/decided/0/because: it is empty; write the reason; /decided/0/result: there is no `urgent`; write one of `high`, `medium`, `low`"
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn decide(&self, matrix: &Matrix, decision: Decision) -> Result<Self, RecordError> {
        let fail = |pointer: &str, message: String| {
            RecordError::new(vec![RecordProblem::new(pointer, message)])
        };
        if self.is_redacted() {
            let message = "this is a redacted copy; decide in the record that it was made of";
            return Err(fail("/redacted", message.to_owned()));
        }
        if self.is_earlier {
            self.check_seals()?;
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
        let place = format!("/decided/{}", self.decided.len());
        let decision = decision
            .checked(&outcome, self.decided.last(), false)
            .map_err(|problems| {
                let problems = problems.into_iter();
                let problems = problems.map(|(field, message)| {
                    RecordProblem::new(format!("{place}/{field}"), message)
                });
                RecordError::new(problems.collect())
            })?;
        if self.decided.last() == Some(&decision) {
            let message = "the last decision of the record is the very same";
            return Err(fail(&place, message.to_owned()));
        }
        let mut record = self.clone();
        record.decided.push(decision);
        Ok(record.sealed())
    }

    /// Returns the record as canonical JSON (RFC 8785): equal records are equal bytes.
    #[must_use]
    pub fn to_json(&self) -> String {
        canonical(&self.body)
    }

    /// Reads a record. Spaces, line ends and the order of keys do not matter, nor does a byte order mark, or whether `100` is written as `1e2`.
    ///
    /// The result has the form of a record. [`Record::replay`] says whether it is also what the matrix gives.
    ///
    /// # Errors
    /// Returns everything that keeps the text from being a record, each with its place.
    pub fn from_json(text: &str) -> Result<Self, RecordError> {
        let fail = |pointer: String, message: String| {
            RecordError::new(vec![RecordProblem::new(pointer, message)])
        };
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.len() > LARGEST {
            let message = format!("the text has more than {LARGEST} bytes");
            return Err(fail(String::new(), message));
        }
        let json = json::read(text).map_err(|fault| fail(fault.pointer, fault.message))?;
        let is_earlier = earlier::is_earlier(&json);
        let json = match is_earlier {
            true => earlier::in_form_of_today(json),
            false => json,
        };
        if json.is_object()
            && ["record", "matrix", "outcome"]
                .iter()
                .all(|key| json.get(key).is_none())
        {
            // All that a record has would be named as missing.
            let message = "it has none of `record`, `matrix` and `outcome`, which every record has; a profile alone is not a record";
            return Err(fail(String::new(), message.to_owned()));
        }
        let mut problems = Vec::new();
        shape::check(&json, &Content::Map(RECORD), "", &mut problems);
        if !problems.is_empty() {
            return Err(RecordError::new(problems));
        }
        let not_a_record = || fail(String::new(), "this is not a record".to_owned());
        Self::of_shape(json, is_earlier).ok_or_else(not_a_record)
    }

    /// Returns the record that a value of its shape is.
    fn of_shape(json: Json, is_earlier: bool) -> Option<Self> {
        let decided = json.get(DECIDED)?.as_array()?;
        Some(Self {
            is_earlier,
            as_at: json.get("as_at")?.as_str()?.parse().ok()?,
            profile: Profile::from_json(&canonical(json.get("profile")?)).ok()?,
            decided: decided.iter().map(Decision::read).collect::<Option<_>>()?,
            body: match json {
                Json::Object(body) => body,
                _ => return None,
            },
        })
    }

    /// Returns the text at a place of the record, by the keys that lead there.
    fn text(&self, first: &str, second: Option<&str>) -> Option<&str> {
        let part = self.body.get(first)?;
        second.map_or(Some(part), |key| part.get(key))?.as_str()
    }

    /// Returns the id of the matrix.
    #[must_use]
    pub fn matrix_id(&self) -> &str {
        self.text("matrix", Some("id")).unwrap_or_default()
    }

    /// Returns the version of the matrix, as the record has it.
    #[must_use]
    pub fn matrix_version(&self) -> &str {
        self.text("matrix", Some("version")).unwrap_or_default()
    }

    /// Returns the content hash of the matrix.
    #[must_use]
    pub fn matrix_hash(&self) -> &str {
        self.text("matrix", Some("hash")).unwrap_or_default()
    }

    /// Returns the version of the library that wrote the record.
    #[must_use]
    pub fn library_version(&self) -> &str {
        self.text("library", None).unwrap_or_default()
    }

    /// Returns the date of the scoring.
    #[must_use]
    pub fn as_at(&self) -> Date {
        self.as_at
    }

    /// Returns the input values as they were given.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Returns the reference to the person, if there is one.
    #[must_use]
    pub fn person(&self) -> Option<&str> {
        self.text(PERSON, None)
    }

    /// Returns whether this is a redacted copy of a record.
    #[must_use]
    pub fn is_redacted(&self) -> bool {
        self.body.get(REDACTED) == Some(&Json::Bool(true))
    }

    /// Returns the tier that the matrix gave, whatever a person decided.
    #[must_use]
    pub fn tier(&self) -> Option<&str> {
        self.text("outcome", Some("tier"))
    }

    /// Returns the status that the matrix gave instead of a tier.
    #[must_use]
    pub fn status(&self) -> Option<&str> {
        self.text("outcome", Some("status"))
    }

    /// Returns what persons decided, each decision after those before it.
    pub fn decided(&self) -> &[Decision] {
        &self.decided
    }

    /// Returns the seal of the whole record. A copy of the seal that is kept in another place shows whether the record was changed since.
    #[must_use]
    pub fn seal(&self) -> &str {
        self.text(SEALS, Some("")).unwrap_or_default()
    }
}

/// Returns a profile as a record holds it: a number that a double does not hold is a text, and is scored as the same number.
fn as_kept(profile: &Profile) -> Profile {
    let values = profile.iter().map(|(input, value)| {
        let value = match (value, kept(value)) {
            (Value::Whole(_), Json::String(digits)) => Value::Text(digits),
            _ => value.clone(),
        };
        (input, value)
    });
    values.collect()
}

/// Returns the parts that a version of the library writes of a scoring, and the outcome.
fn written_by(
    library: &str,
    matrix: &Matrix,
    profile: &Profile,
    as_at: Date,
) -> Result<(Map<String, Json>, Outcome), Refusal> {
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
    let parts = [
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
    ];
    Ok((parts.into_iter().collect(), outcome.clone()))
}

fn part(key: &str, value: impl serde::Serialize) -> (String, Json) {
    (key.to_owned(), kept(value))
}
