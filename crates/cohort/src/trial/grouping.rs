//! Says by which columns people are grouped, and in which group somebody is.

use std::fmt;
use std::str::FromStr;

use super::TrialError;
use threshold_matrix::workspace::{number, shortened};
use threshold_matrix::{Date, Points};

/// One column, or several together, by which people are grouped, such as `sex`, `sex*ethnicity` or, in bands, `age:18,25,40`.
///
/// The bands of `age:18,25` are below 18, from 18 to below 25, and from 25 up. Days work in the same way: `born:1990-01-01,2000-01-01`.
///
/// ```
/// use threshold_matrix_cohort::trial::Grouping;
///
/// let grouping: Grouping = "sex*age:18,25,40".parse()?;
/// assert_eq!(grouping.to_string(), "sex*age:18,25,40");
/// assert_eq!(grouping.columns().collect::<Vec<_>>(), ["sex", "age"]);
/// assert!("age:40,18".parse::<Grouping>().is_err());
/// # Ok::<(), threshold_matrix_cohort::trial::TrialError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grouping {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    column: String,
    cuts: Cuts,
}

/// The numbers or days at which bands begin, from the smallest up, each with what is written.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Cuts {
    /// Each value is a group.
    None,
    Numbers(Vec<(Points, String)>),
    Days(Vec<(Date, String)>),
}

/// What a person has in a column by which people are grouped.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Label {
    Value(String),
    /// The band that begins at this cut.
    Band(usize),
    /// The value is not a number or a day, so that it is in no band.
    NoBand,
    NotRecorded,
}

impl Grouping {
    /// Returns the columns.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().map(|part| part.column.as_str())
    }

    /// Returns the group of somebody with these values in the columns.
    pub(super) fn of<'a>(&self, values: impl Iterator<Item = &'a str>) -> Vec<Label> {
        let parts = self.parts.iter().zip(values);
        parts.map(|(part, value)| part.cuts.label(value)).collect()
    }

    /// Returns the name of a group. A value that could be taken for other words is quoted.
    pub(super) fn name(&self, labels: &[Label]) -> String {
        let parts = self.parts.iter().zip(labels);
        let names: Vec<String> = parts.map(|(part, label)| part.name(label)).collect();
        names.join(", ")
    }
}

impl FromStr for Grouping {
    type Err = TrialError;

    fn from_str(text: &str) -> Result<Self, TrialError> {
        let parts = text.split('*').map(Part::from_str);
        let parts = parts.collect::<Result<Vec<_>, _>>()?;
        Ok(Self { parts })
    }
}

impl fmt::Display for Grouping {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, part) in self.parts.iter().enumerate() {
            let joint = if position == 0 { "" } else { "*" };
            write!(formatter, "{joint}{}", part.column)?;
            let cuts = part.cuts.written();
            if !cuts.is_empty() {
                write!(formatter, ":{}", cuts.join(","))?;
            }
        }
        Ok(())
    }
}

impl FromStr for Part {
    type Err = TrialError;

    fn from_str(text: &str) -> Result<Self, TrialError> {
        let text = text.trim();
        let plain = || Self {
            column: text.to_owned(),
            cuts: Cuts::None,
        };
        let wrong = |why: &str| TrialError::new(format!("`{}` {why}", shortened(text)));
        if text.is_empty() {
            let why = "names no column; write columns as in `sex,ethnicity`, or several together as in `sex*ethnicity`";
            return Err(wrong(why));
        }
        let Some((column, cuts)) = text.rsplit_once(':') else {
            return Ok(plain());
        };
        let cuts: Vec<&str> = cuts.split(',').map(str::trim).collect();
        let own = |cut: &&str| (*cut).to_owned();
        let numbers = cuts
            .iter()
            .map(|cut| Some((points(cut)?, own(cut))))
            .collect();
        let days = cuts
            .iter()
            .map(|cut| Some((cut.parse().ok()?, own(cut))))
            .collect();
        let cuts = match (numbers, days) {
            (Some(numbers), _) => Cuts::Numbers(numbers),
            (None, Some(days)) => Cuts::Days(days),
            // A name may have a colon.
            (None, None) => return Ok(plain()),
        };
        if !cuts.rise() {
            return Err(wrong(
                "has bands that do not rise; write the smallest first, as in `age:18,25,40`",
            ));
        }
        let column = column.trim().to_owned();
        Ok(Self { column, cuts })
    }
}

fn points(text: &str) -> Option<Points> {
    number::parse(text).and_then(Points::from_decimal)
}

impl Cuts {
    fn rise(&self) -> bool {
        match self {
            Self::None => true,
            Self::Numbers(cuts) => cuts.is_sorted_by(|one, next| one.0 < next.0),
            Self::Days(cuts) => cuts.is_sorted_by(|one, next| one.0 < next.0),
        }
    }

    fn written(&self) -> Vec<&str> {
        match self {
            Self::None => Vec::new(),
            Self::Numbers(cuts) => cuts.iter().map(|(_, text)| text.as_str()).collect(),
            Self::Days(cuts) => cuts.iter().map(|(_, text)| text.as_str()).collect(),
        }
    }

    fn label(&self, value: &str) -> Label {
        if value.is_empty() {
            return Label::NotRecorded;
        }
        let band = match self {
            Self::None => return Label::Value(value.to_owned()),
            Self::Numbers(cuts) => {
                points(value).map(|own| cuts.partition_point(|(cut, _)| *cut <= own))
            }
            Self::Days(cuts) => {
                let day = value.parse().ok();
                day.map(|own: Date| cuts.partition_point(|(cut, _)| *cut <= own))
            }
        };
        band.map_or(Label::NoBand, Label::Band)
    }
}

impl Part {
    fn name(&self, label: &Label) -> String {
        let written = self.cuts.written();
        let is_days = matches!(self.cuts, Cuts::Days(_));
        let below = if is_days { "before" } else { "below" };
        match label {
            Label::NotRecorded => "not recorded".to_owned(),
            Label::NoBand if is_days => "not a day".to_owned(),
            Label::NoBand => "not a number".to_owned(),
            Label::Value(value) if is_ambiguous(value) => format!("“{value}”"),
            Label::Value(value) => value.clone(),
            Label::Band(at) => match (
                at.checked_sub(1).and_then(|at| written.get(at)),
                written.get(*at),
            ) {
                (Some(from), Some(to)) => format!("{from} to {below} {to}"),
                (Some(from), None) => {
                    format!("{from} or {}", if is_days { "later" } else { "more" })
                }
                (None, Some(to)) => format!("{below} {to}"),
                (None, None) => "all".to_owned(),
            },
        }
    }
}

/// Returns whether a value could be taken for a name that a report makes.
fn is_ambiguous(value: &str) -> bool {
    let words = ["not recorded", "not a number", "not a day"];
    words.contains(&value)
        || [" or ", ", ", "“", " smaller groups"]
            .iter()
            .any(|joint| value.contains(joint))
}
