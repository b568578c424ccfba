//! Professional overrides: a person decides otherwise than the matrix advises, and says why.

use serde::Serialize;

use crate::date::Date;
use crate::model::about::Towards;
use crate::record::json::Json;
use crate::score::outcome::Outcome;

/// A person's decision beside what the matrix gave, which stays as it is.
///
/// ```
/// use threshold_matrix::{Matrix, Profile, record::{ProfessionalOverride, Record}};
///
/// let matrix = Matrix::from_yaml(threshold_matrix::doc_example())?;
/// let profile = Profile::new().with("arrests", 4).with("rosh", "low");
/// let record = Record::new(&matrix, &profile, "2026-11-21".parse()?)?;
/// let decided = ProfessionalOverride::to("high")
///     .by("u-4711", "supervising officer")
///     .because("two arrests this week, not yet on the system")
///     .on("2026-11-23".parse()?);
/// let record = record.with_override(&matrix, decided)?;
/// assert_eq!(record.tier(), Some("medium"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[must_use]
pub struct ProfessionalOverride {
    pub(super) dimension: Option<String>,
    /// What the matrix gave; the record fills it in.
    pub(super) from: Option<String>,
    pub(super) to: String,
    pub(super) who: String,
    pub(super) role: String,
    pub(super) reason: String,
    pub(super) at: Option<Date>,
    pub(super) expires: Option<Date>,
}

impl ProfessionalOverride {
    /// Creates an override to a tier or a status.
    pub fn to(result: impl Into<String>) -> Self {
        Self {
            dimension: None,
            from: None,
            to: result.into(),
            who: String::new(),
            role: String::new(),
            reason: String::new(),
            at: None,
            expires: None,
        }
    }

    /// Makes this an override of the level of a dimension instead of the tier.
    pub fn of_dimension(mut self, dimension: impl Into<String>) -> Self {
        self.dimension = Some(dimension.into());
        self
    }

    /// Sets who decided, by an id that means something to the case system, and in what role.
    pub fn by(mut self, who: impl Into<String>, role: impl Into<String>) -> Self {
        (self.who, self.role) = (who.into(), role.into());
        self
    }

    /// Sets the reason, in the person's own words.
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = reason.into();
        self
    }

    /// Returns the day of the decision.
    pub fn on(mut self, day: Date) -> Self {
        self.at = Some(day);
        self
    }

    /// Returns the first day on which it no longer counts.
    pub fn until(mut self, day: Date) -> Self {
        self.expires = Some(day);
        self
    }

    /// Returns whether the override counts on a day: from the day of the decision until the day before it expires.
    #[must_use]
    pub fn is_in_force(&self, day: Date) -> bool {
        self.at.is_some_and(|at| at <= day) && self.expires.is_none_or(|expires| day < expires)
    }

    /// Returns the dimension whose level was overridden, or `None` if it was the tier.
    #[must_use]
    pub fn dimension(&self) -> Option<&str> {
        self.dimension.as_deref()
    }

    /// Returns what the matrix gave. It is `None` where unknown inputs left that open, and while the override is not part of a record.
    #[must_use]
    pub fn from(&self) -> Option<&str> {
        self.from.as_deref()
    }

    /// Returns what the person decided.
    #[must_use]
    pub fn result(&self) -> &str {
        &self.to
    }

    /// Returns who decided.
    #[must_use]
    pub fn who(&self) -> &str {
        &self.who
    }

    /// Returns the role in which the person decided.
    #[must_use]
    pub fn role(&self) -> &str {
        &self.role
    }

    /// Returns the reason, in the person's own words.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// Returns the day of the decision.
    #[must_use]
    pub fn at(&self) -> Option<Date> {
        self.at
    }

    /// Returns the first day on which it no longer counts.
    #[must_use]
    pub fn expires(&self) -> Option<Date> {
        self.expires
    }

    /// Returns the override that a record holds.
    pub(super) fn read(json: &Json) -> Option<Self> {
        let text = |key| json.get(key).and_then(Json::text).map(str::to_owned);
        Some(Self {
            dimension: text("dimension"),
            from: text("from"),
            to: text("to")?,
            who: text("who")?,
            role: text("role")?,
            reason: text("reason")?,
            at: text("at").and_then(|day| day.parse().ok()),
            expires: text("expires").and_then(|day| day.parse().ok()),
        })
    }

    /// Returns the override as a record holds it.
    pub(super) fn as_json(&self) -> Json {
        // Nothing in it can fail to be written.
        serde_json::to_string(self)
            .ok()
            .and_then(|text| Json::read(&text).ok())
            .unwrap_or(Json::Null)
    }

    /// Returns the override as the record of an outcome will have it, or everything that is wrong with it, field by field.
    pub(super) fn checked(
        mut self,
        outcome: &Outcome,
    ) -> Result<Self, Vec<(&'static str, String)>> {
        let mut problems = Vec::new();
        for (field, text) in [
            ("who", &self.who),
            ("role", &self.role),
            ("reason", &self.reason),
        ] {
            if text.trim().is_empty() {
                problems.push((field, format!("`{field}` is empty")));
            }
        }
        self.check_result(outcome, &mut problems);
        self.check_dates(outcome, &mut problems);
        if problems.is_empty() {
            Ok(self)
        } else {
            Err(problems)
        }
    }

    fn check_result(&mut self, outcome: &Outcome, problems: &mut Vec<(&'static str, String)>) {
        let matrix = outcome.matrix();
        // The results in order, those after them without one, and what is possible now.
        let (names, ordered, possible): (Vec<&str>, usize, Vec<&str>) = match &self.dimension {
            None if matrix.model().decision.is_none() => {
                problems.push((
                    "dimension",
                    "the matrix has no tiers; name a dimension whose level is overridden"
                        .to_owned(),
                ));
                return;
            }
            None => {
                let names = matrix
                    .tiers()
                    .iter()
                    .chain(matrix.statuses())
                    .map(String::as_str)
                    .collect();
                (names, matrix.tiers().len(), outcome.possible())
            }
            Some(name) => {
                let found = matrix
                    .model()
                    .dimensions
                    .items()
                    .iter()
                    .find(|dimension| dimension.heading.name == *name);
                match found
                    .zip(outcome.dimension(name))
                    .filter(|(dimension, _)| !dimension.levels.is_empty())
                {
                    Some((dimension, result)) => (
                        dimension
                            .levels
                            .iter()
                            .map(|level| level.name.as_str())
                            .collect(),
                        dimension.levels.len(),
                        result.possible_levels(),
                    ),
                    None => {
                        problems.push((
                            "dimension",
                            format!("the matrix has no dimension `{name}` with levels"),
                        ));
                        return;
                    }
                }
            }
        };
        let place = |result: &str| names.iter().position(|name| *name == result);
        let Some(to) = place(&self.to) else {
            let names = names
                .iter()
                .map(|name| format!("`{name}`"))
                .collect::<Vec<_>>()
                .join(", ");
            problems.push((
                "to",
                format!("there is no `{}`; write one of {names}", self.to),
            ));
            return;
        };
        let from: Vec<usize> = possible.iter().filter_map(|result| place(result)).collect();
        self.from = if let [only] = possible.as_slice() {
            Some((*only).to_owned())
        } else {
            None
        };
        if from == [to] {
            problems.push(("to", format!("the matrix gives `{}` already", self.to)));
        }
        let allowed = match matrix.review().only {
            None => true,
            _ if to >= ordered || from.iter().any(|from| *from >= ordered) => false,
            Some(Towards::Up) => from.iter().all(|from| to <= *from),
            Some(Towards::Down) => from.iter().all(|from| to >= *from),
        };
        if !allowed {
            let way = if matrix.review().only == Some(Towards::Up) {
                "up"
            } else {
                "down"
            };
            problems.push((
                "to",
                format!(
                    "the matrix lets professional overrides go {way} only, and not from {} to `{}`",
                    possible.join(" or "),
                    self.to
                ),
            ));
        }
    }

    fn check_dates(&mut self, outcome: &Outcome, problems: &mut Vec<(&'static str, String)>) {
        let Some(at) = self.at else {
            problems.push(("at", "the day of the decision is not given".to_owned()));
            return;
        };
        if let Some(within) = outcome.matrix().review().within {
            let latest = within.after(at);
            match self.expires {
                None => self.expires = Some(latest),
                Some(expires) if expires > latest => {
                    problems.push(("expires", format!("the matrix requires a review by {latest}, and the override lasts until {expires}")));
                }
                Some(_) => {}
            }
        }
        if let Some(expires) = self.expires
            && expires <= at
        {
            problems.push((
                "expires",
                format!("the override ends on {expires}, which is not after {at}, the day of the decision"),
            ));
        }
    }
}
