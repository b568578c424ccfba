//! Why a profile is refused: every problem is given at once, and each names its inputs.

use std::fmt;

/// Everything that keeps a profile from being scored.
///
/// ```
/// let matrix = threshold_matrix::Matrix::from_yaml(threshold_matrix::doc_example())?;
/// let profile = threshold_matrix::Profile::new().with("arrests", -1).with("arests", 3);
/// let refusal = matrix.score(&profile, "2026-11-21".parse()?).unwrap_err();
/// assert_eq!(refusal.to_string(), "there is no input `arests`; did you mean `arrests`?; `arrests` is -1, outside 0 to 60");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Refusal {
    problems: Vec<Problem>,
}

/// One problem of a profile.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
#[non_exhaustive]
pub struct Problem {
    /// What kind of problem it is.
    pub kind: ProblemKind,
    /// The inputs that it concerns.
    pub inputs: Vec<String>,
    /// What is wrong, in a sentence.
    pub message: String,
    /// The event of the list that it concerns: its place, counted from 0, and its field, if it concerns one.
    #[serde(skip)]
    event: Option<(usize, Option<String>)>,
}

/// The kind of a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ProblemKind {
    /// A name for which the matrix has no input.
    UnknownInput,
    /// A missing value, where the matrix needs one.
    Missing,
    /// A value of the wrong type.
    WrongType,
    /// A number or date outside the range of the input.
    OutOfRange,
    /// A number with more decimal places than the input has.
    TooManyPlaces,
    /// A value that is not one of those of the input.
    UnknownValue,
    /// Values that contradict each other, by a check of the matrix.
    Contradiction,
    /// Values that lead to a cell of a table that the matrix declares impossible.
    ImpossibleCell,
    /// A row of a cohort file that cannot be read.
    UnreadableRow,
}

impl ProblemKind {
    /// Every kind.
    #[cfg(feature = "bulk")]
    pub(crate) const ALL: [Self; 9] = [
        Self::UnknownInput,
        Self::Missing,
        Self::WrongType,
        Self::OutOfRange,
        Self::TooManyPlaces,
        Self::UnknownValue,
        Self::Contradiction,
        Self::ImpossibleCell,
        Self::UnreadableRow,
    ];

    /// Returns the bit that stands for the kind where several kinds are given as the bits of one number.
    #[must_use]
    pub fn bit(self) -> u16 {
        1 << self as u16
    }
}

impl Refusal {
    #[doc(hidden)]
    #[must_use]
    pub fn new(problems: Vec<Problem>) -> Self {
        Self { problems }
    }

    /// Returns the problems: first those of the profile's names, then those of each input in the order of the matrix, and then contradictions.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl Problem {
    #[doc(hidden)]
    #[must_use]
    pub fn new(kind: ProblemKind, inputs: Vec<String>, message: impl Into<String>) -> Self {
        Self {
            kind,
            inputs,
            message: message.into(),
            event: None,
        }
    }

    /// Returns the problem with a remark after its message.
    pub(crate) fn adding(mut self, remark: &str) -> Self {
        self.message = format!("{}; {remark}", self.message);
        self
    }

    /// Returns the problem as one of an event of a list, by its place, or of a field of it.
    #[doc(hidden)]
    #[must_use]
    pub fn of_event(self, place: usize, field: Option<&str>) -> Self {
        Self {
            event: Some((place, field.map(str::to_owned))),
            ..self
        }
    }

    /// Returns the place of the event that it concerns, counted from 0, and the field, if it concerns one.
    #[doc(hidden)]
    #[must_use]
    pub fn event(&self) -> Option<(usize, Option<&str>)> {
        let (place, field) = self.event.as_ref()?;
        Some((*place, field.as_deref()))
    }
}

impl ProblemKind {
    /// Returns the stable name of the kind.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::UnknownInput => "unknown input",
            Self::Missing => "missing",
            Self::WrongType => "wrong type",
            Self::OutOfRange => "out of range",
            Self::TooManyPlaces => "too many decimal places",
            Self::UnknownValue => "unknown value",
            Self::Contradiction => "contradiction",
            Self::ImpossibleCell => "impossible cell",
            Self::UnreadableRow => "unreadable row",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                formatter.write_str("; ")?;
            }
            formatter.write_str(&problem.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusal {}

impl fmt::Display for ProblemKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
