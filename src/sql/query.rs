//! What is asked of a matrix as SQL, and what is answered where a dialect cannot say it.

use crate::date::Date;
use crate::sql::dialect::Dialect;

/// What is asked of a matrix as SQL.
#[derive(Debug, Clone)]
pub struct Query {
    pub(super) dialect: Dialect,
    pub(super) as_at: Option<Date>,
    pub(super) relation: String,
    pub(super) member_columns: bool,
    pub(super) points: bool,
}

impl Query {
    /// Creates a query of a dialect over the relation `cohort`, which has the date of each scoring as a column `as_at`.
    #[must_use]
    pub fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            as_at: None,
            relation: "cohort".to_owned(),
            member_columns: false,
            points: false,
        }
    }

    /// Scores every row at one date.
    #[must_use]
    pub fn as_at(mut self, date: Date) -> Self {
        self.as_at = Some(date);
        self
    }

    /// Reads another relation.
    #[must_use]
    pub fn from(mut self, relation: impl Into<String>) -> Self {
        self.relation = relation.into();
        self
    }

    /// Reads a set from a column of truths for each member, called `input.member`. All of them are given, or none is.
    #[must_use]
    pub fn member_columns(mut self) -> Self {
        self.member_columns = true;
        self
    }

    /// Also gives the points of each criterion and group.
    #[must_use]
    pub fn points(mut self) -> Self {
        self.points = true;
        self
    }
}

/// What a dialect cannot say of a matrix.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{dialect} cannot say all of {matrix}:{}", .problems.iter().map(|problem| format!("\n  {problem}")).collect::<String>())]
pub struct SqlError {
    pub(super) dialect: Dialect,
    pub(super) matrix: String,
    pub(super) problems: Vec<String>,
}

impl SqlError {
    /// Returns each rule that cannot be said, with its line in the file of the matrix.
    #[must_use]
    pub fn problems(&self) -> &[String] {
        &self.problems
    }
}
