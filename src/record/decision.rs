//! Decisions: what a person decided beside what the matrix advises, and why.

use serde::Serialize;
use serde_json::Value;

use crate::date::Date;
use crate::matrix::Matrix;
use crate::model::about::Towards;
use crate::score::outcome::Outcome;
use crate::words;

/// A person's decision beside what the matrix gave, which stays as it is.
///
/// A decision that is not what the matrix gave is a professional override, and the matrix may limit it (`review` in FORMAT.md).
///
/// ```
/// use threshold_matrix::{Matrix, Profile, record::{Decision, Record}};
///
/// let matrix = Matrix::from_yaml(threshold_matrix::doc_example())?;
/// let profile = Profile::new().with("arrests", 4).with("rosh", "low");
/// let record = Record::new(&matrix, &profile, "2026-11-21".parse()?)?;
/// let decision = Decision::to("high")
///     .by("u-4711", "supervising officer")
///     .because("two arrests this week, not yet on the system")
///     .on("2026-11-23".parse()?);
/// let record = record.decide(&matrix, decision)?;
/// assert_eq!(record.tier(), Some("medium"));
/// assert_eq!(record.decided().first().map(|decision| decision.result()), Some("high"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[must_use]
pub struct Decision {
    dimension: Option<String>,
    /// What the matrix gave; the record fills it in.
    advised: Option<String>,
    result: String,
    by: String,
    role: String,
    because: Option<String>,
    on: Option<Date>,
    review: Option<Date>,
}

impl Decision {
    /// Creates a decision for a tier or a status.
    pub fn to(result: impl Into<String>) -> Self {
        Self {
            dimension: None,
            advised: None,
            result: result.into(),
            by: String::new(),
            role: String::new(),
            because: None,
            on: None,
            review: None,
        }
    }

    /// Makes this a decision on the level of a dimension instead of the tier.
    pub fn of_dimension(mut self, dimension: impl Into<String>) -> Self {
        self.dimension = Some(dimension.into());
        self
    }

    /// Sets who decides, by an id that means something to the case system, and in what role.
    pub fn by(mut self, person: impl Into<String>, role: impl Into<String>) -> Self {
        (self.by, self.role) = (person.into(), role.into());
        self
    }

    /// Sets the reason, in the person's own words.
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.because = Some(reason.into());
        self
    }

    /// Sets the day of the decision.
    pub fn on(mut self, day: Date) -> Self {
        self.on = Some(day);
        self
    }

    /// Sets the day of the review, from which the decision no longer counts. An override without one gets the latest that the matrix allows.
    pub fn until(mut self, day: Date) -> Self {
        self.review = Some(day);
        self
    }

    /// Returns whether the person decided otherwise than the matrix advises: a professional override.
    #[must_use]
    pub fn is_override(&self) -> bool {
        self.advised.as_deref() != Some(self.result.as_str())
    }

    /// Returns whether the decision counts on a day: from the day of the decision until the day before its review. A later decision takes its place
    /// from its own day.
    #[must_use]
    pub fn is_in_force(&self, day: Date) -> bool {
        self.on.is_some_and(|on| on <= day) && self.review.is_none_or(|review| day < review)
    }

    /// Returns the dimension whose level was decided, or `None` if it was the tier.
    #[must_use]
    pub fn dimension(&self) -> Option<&str> {
        self.dimension.as_deref()
    }

    /// Returns what the matrix gave. It is `None` where unknown inputs left that open, and while the decision is not part of a record.
    #[must_use]
    pub fn advised(&self) -> Option<&str> {
        self.advised.as_deref()
    }

    /// Returns what the person decided.
    #[must_use]
    pub fn result(&self) -> &str {
        &self.result
    }

    /// Returns what was decided in words for a reader, with the labels of the matrix: "high", or "Harm is high" for the level of a dimension.
    ///
    /// ```
    /// use threshold_matrix::{Matrix, Profile, record::{Decision, Record}};
    ///
    /// let text = threshold_matrix::doc_example().replace("tiers: [high,", "labels: { high: High tier }\ntiers: [high,");
    /// let matrix = Matrix::from_yaml(&text)?;
    /// let record = Record::new(&matrix, &Profile::new().with("arrests", 4).with("rosh", "low"), "2026-11-21".parse()?)?;
    /// let decision = Decision::to("high").by("u-4711", "manager").because("seen yesterday").on("2026-11-23".parse()?);
    /// let record = record.decide(&matrix, decision)?;
    /// assert_eq!(record.decided()[0].in_words(&matrix), "High tier");
    /// assert_eq!(record.decided()[0].advice_in_words(&matrix), Some("medium"));
    /// assert!(record.explanation(&matrix)?.to_string().contains("a person decided otherwise: High tier."));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn in_words(&self, matrix: &Matrix) -> String {
        let label = matrix.label_of(self.dimension(), &self.result);
        let Some(name) = self.dimension() else {
            return label.to_owned();
        };
        let mut dimensions = matrix.model().dimensions.items().iter();
        let own = dimensions.find(|own| own.heading.name == name);
        words::is(own.map_or(name, |own| own.heading.spoken()), label)
    }

    /// Returns what the matrix gave in words for a reader, with its labels, or `None` if it left the result open.
    #[must_use]
    pub fn advice_in_words<'a>(&'a self, matrix: &'a Matrix) -> Option<&'a str> {
        let advised = self.advised()?;
        Some(matrix.label_of(self.dimension(), advised))
    }

    /// Returns who decided.
    #[must_use]
    pub fn person(&self) -> &str {
        &self.by
    }

    /// Returns the role in which the person decided.
    #[must_use]
    pub fn role(&self) -> &str {
        &self.role
    }

    /// Returns the reason, in the person's own words, or `None` in a redacted copy of a record.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.because.as_deref()
    }

    /// Returns the day of the decision.
    #[must_use]
    pub fn day(&self) -> Option<Date> {
        self.on
    }

    /// Returns the day of the review, from which the decision no longer counts.
    #[must_use]
    pub fn review(&self) -> Option<Date> {
        self.review
    }

    /// Returns a decision that a record holds.
    pub(super) fn read(json: &Value) -> Option<Self> {
        let text = |key| json.get(key).and_then(Value::as_str).map(str::to_owned);
        Some(Self {
            dimension: text("dimension"),
            advised: text("advised"),
            result: text("result")?,
            by: text("by")?,
            role: text("role")?,
            because: text("because"),
            on: text("on").and_then(|day| day.parse().ok()),
            review: text("review").and_then(|day| day.parse().ok()),
        })
    }

    /// Returns the decision without its reason.
    pub(super) fn without_reason(mut self) -> Self {
        self.because = None;
        self
    }

    /// Returns the decision as the record of an outcome will have it after those before it, or everything that is wrong with it, field by field.
    pub(super) fn checked(
        mut self,
        outcome: &Outcome,
        before: Option<&Self>,
        is_redacted: bool,
    ) -> Result<Self, Vec<(&'static str, String)>> {
        let mut problems = Vec::new();
        let because = self.because.as_deref();
        let because = because.unwrap_or(if is_redacted { "redacted" } else { "" });
        for (field, text, instead) in [
            ("by", self.by.as_str(), "the id of the person who decides"),
            ("role", &self.role, "the role in which the person decides"),
            ("because", because, "the reason"),
        ] {
            if text.trim().is_empty() {
                problems.push((field, format!("it is empty; write {instead}")));
            }
        }
        let is_override = self.check_result(outcome, &mut problems);
        self.check_dates(outcome, before, is_override, &mut problems);
        if problems.is_empty() {
            Ok(self)
        } else {
            Err(problems)
        }
    }

    /// Returns whether the result is another than the matrix gave.
    fn check_result(
        &mut self,
        outcome: &Outcome,
        problems: &mut Vec<(&'static str, String)>,
    ) -> bool {
        let matrix = outcome.matrix();
        let results = match self.results(outcome) {
            Ok(results) => results,
            Err(message) => {
                problems.push(("dimension", message));
                return true;
            }
        };
        let place = |result: &str| results.names.iter().position(|name| *name == result);
        let Some(to) = place(&self.result) else {
            let names = results.names.iter().map(|name| format!("`{name}`"));
            let names = names.collect::<Vec<_>>().join(", ");
            let message = format!("there is no `{}`; write one of {names}", self.result);
            problems.push(("result", message));
            return true;
        };
        let possible = &results.possible;
        let from: Vec<usize> = possible.iter().filter_map(|result| place(result)).collect();
        if from == [to] {
            self.advised = Some(self.result.clone());
            return false;
        }
        // What the matrix leaves open goes no way against it.
        let is_possible = from.contains(&to);
        let allowed = is_possible
            || match matrix.review().only {
                None => true,
                _ if to >= results.ordered || from.iter().any(|from| *from >= results.ordered) => {
                    false
                }
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
                "result",
                format!(
                    "the matrix lets professional overrides go {way} only, and not from {} to `{}`",
                    possible.join(" or "),
                    self.result
                ),
            ));
        }
        self.advised = match possible.as_slice() {
            [only] => Some((*only).to_owned()),
            _ => None,
        };
        true
    }

    /// Returns what may be decided, or why nothing may.
    fn results<'a>(&self, outcome: &'a Outcome) -> Result<Results<'a>, String> {
        let matrix = outcome.matrix();
        let Some(name) = &self.dimension else {
            if matrix.model().decision.is_none() {
                let dimensions = matrix.model().dimensions.items().iter();
                let levelled = dimensions.filter(|dimension| !dimension.levels.is_empty());
                let names = levelled.map(|dimension| format!("`{}`", dimension.heading.name));
                return Err(format!(
                    "the matrix has no tiers; name the dimension whose level is decided: {}",
                    words::either(names)
                ));
            }
            let names = matrix.tiers().iter().chain(matrix.statuses());
            return Ok(Results {
                names: names.map(String::as_str).collect(),
                ordered: matrix.tiers().len(),
                possible: outcome.possible(),
            });
        };
        let mut dimensions = matrix.model().dimensions.items().iter();
        let found = dimensions.find(|dimension| dimension.heading.name == *name);
        found
            .zip(outcome.dimension(name))
            .filter(|(dimension, _)| !dimension.levels.is_empty())
            .map(|(dimension, result)| Results {
                names: dimension
                    .levels
                    .iter()
                    .map(|level| level.name.as_str())
                    .collect(),
                ordered: dimension.levels.len(),
                possible: result.possible_levels(),
            })
            .ok_or_else(|| format!("the matrix has no dimension `{name}` with levels"))
    }

    fn check_dates(
        &mut self,
        outcome: &Outcome,
        before: Option<&Self>,
        is_override: bool,
        problems: &mut Vec<(&'static str, String)>,
    ) {
        let Some(on) = self.on else {
            problems.push(("on", "the day of the decision is not given".to_owned()));
            return;
        };
        if on < outcome.as_at() {
            let as_at = outcome.as_at();
            let message = format!("{on} is before {as_at}, the date of the scoring");
            problems.push(("on", message));
        }
        if let Some(earlier) = before.and_then(|before| before.on)
            && on < earlier
        {
            let message = format!("{on} is before {earlier}, the day of the decision before it");
            problems.push(("on", message));
        }
        if let Some(within) = outcome.matrix().review().within.filter(|_| is_override) {
            let latest = within.after(on);
            match self.review {
                None => self.review = Some(latest),
                Some(review) if review > latest => {
                    let message = format!(
                        "the matrix requires a review by {latest}, and {review} is after that"
                    );
                    problems.push(("review", message));
                }
                Some(_) => {}
            }
        }
        if let Some(review) = self.review
            && review <= on
        {
            let message = format!("{review} is not after {on}, the day of the decision");
            problems.push(("review", message));
        }
    }
}

/// What may be decided.
struct Results<'a> {
    names: Vec<&'a str>,
    /// How many of the first names are in an order; the others are statuses.
    ordered: usize,
    /// What the matrix leaves possible.
    possible: Vec<&'a str>,
}
