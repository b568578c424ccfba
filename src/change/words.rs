//! Writes changes in words: "Arrests in the last 12 months from 6 to 4 or less (2 fewer arrests)".

use std::fmt;

use crate::change::{Change, ChangeSet, Distance, MemberChange};
use crate::date::Date;
use crate::model::{Domain, Input};
use crate::profile::Value;
use crate::words::{counted, listed, yes_or_no};

/// Returns a value in words, with the label that the input gives it.
pub(crate) fn spoken(value: &Value, input: &Input) -> String {
    match (&input.domain, value) {
        (Domain::Date { .. }, Value::Text(day)) => day
            .parse()
            .map_or_else(|_| day.clone(), |day: Date| day.in_words()),
        _ => in_words(value, |name| input.label_of(name)),
    }
}

fn in_words<'a>(value: &'a Value, label: impl Fn(&'a str) -> &'a str) -> String {
    match value {
        Value::Missing => "not recorded".to_owned(),
        Value::Boolean(value) => yes_or_no(*value).to_owned(),
        Value::Whole(value) => value.to_string(),
        Value::Text(value) => label(value).to_owned(),
        Value::Members(members) if members.is_empty() => "none".to_owned(),
        Value::Members(members) => {
            let labels: Vec<&str> = members.iter().map(|member| label(member)).collect();
            labels.join(", ")
        }
        Value::Events(events) => counted(i64::try_from(events.len()).unwrap_or(i64::MAX), "event"),
    }
}

impl fmt::Display for Change {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = |value| in_words(value, |name| name);
        if let Distance::Members { changes } = &self.distance {
            let steps: Vec<String> = changes.iter().map(MemberChange::to_string).collect();
            return write!(formatter, "{}: {}", self.title, steps.join(", "));
        }
        write!(
            formatter,
            "{} from {} to {}",
            self.title,
            plain(&self.from),
            plain(&self.to)
        )?;
        let is_date = matches!(self.distance, Distance::Days { .. });
        let rises = self.distance.rises();
        match rises {
            Some(rises) if self.is_open_ended && self.until != self.to => {
                formatter.write_str(match (rises, is_date) {
                    (true, false) => " or more",
                    (false, false) => " or less",
                    (true, true) => " or later",
                    (false, true) => " or earlier",
                })?;
            }
            Some(_) if self.until != self.to => {
                write!(formatter, ", up to {}", plain(&self.until))?
            }
            _ => {}
        }
        match &self.distance {
            Distance::Amount { by, rises } => {
                let less = if by.contains('.') { "less" } else { "fewer" };
                match (self.unit.as_deref(), rises) {
                    (None, true) => write!(formatter, " ({by} more)"),
                    (None, false) => write!(formatter, " ({by} less)"),
                    (Some("%"), _) => write!(
                        formatter,
                        " ({by}% {})",
                        if *rises { "more" } else { "less" }
                    ),
                    (Some(unit), _) => write!(
                        formatter,
                        " ({by} {} {unit})",
                        if *rises { "more" } else { less }
                    ),
                }
            }
            Distance::Steps { by, rises } => {
                write!(
                    formatter,
                    " ({by} step{} {})",
                    if *by == 1 { "" } else { "s" },
                    if *rises { "up" } else { "down" }
                )
            }
            Distance::Days { by, rises } => {
                write!(
                    formatter,
                    " ({by} day{} {})",
                    if *by == 1 { "" } else { "s" },
                    if *rises { "later" } else { "earlier" }
                )
            }
            Distance::Members { .. } | Distance::Other => Ok(()),
        }
    }
}

impl Change {
    /// Returns the change as a clause after "if", such as "Arrests in the last 12 months went from 6 to 4 or less". It leaves out the distance, which
    /// a reader can see.
    pub(crate) fn as_condition(&self, input: &Input) -> String {
        let spoken = |value| spoken(value, input);
        let unit = if self.unit.as_deref() == Some("%") {
            "%"
        } else {
            ""
        };
        let rises = self.distance.rises();
        let reached = if self.until == self.to {
            format!("{}{unit}", spoken(&self.to))
        } else if self.is_open_ended {
            let beyond = match (&self.distance, rises) {
                (Distance::Days { .. }, Some(true)) => " or later",
                (Distance::Days { .. }, _) => " or earlier",
                (Distance::Steps { .. }, Some(true)) => " or higher",
                (Distance::Steps { .. }, _) => " or lower",
                (_, Some(true)) => " or more",
                (_, Some(false)) => " or less",
                // What was absent has all larger values before it.
                (_, None) => " or more",
            };
            format!("{}{unit}{beyond}", spoken(&self.to))
        } else {
            let (least, most) = if rises == Some(false) {
                (&self.until, &self.to)
            } else {
                (&self.to, &self.until)
            };
            format!("between {}{unit} and {}{unit}", spoken(least), spoken(most))
        };
        match (&self.distance, &self.from, &self.to) {
            (Distance::Members { changes }, ..) => {
                format!(
                    "{} had {}",
                    self.title,
                    changes
                        .iter()
                        .map(|change| change.in_words(|name| input.label_of(name)))
                        .collect::<Vec<_>>()
                        .join(", ")
                )
            }
            (_, Value::Missing, _) => format!("{} was recorded as {reached}", self.title),
            (_, _, Value::Missing) => format!("{} was no longer recorded", self.title),
            (_, from, _) => format!(
                "{} went from {}{unit} to {reached}",
                self.title,
                spoken(from)
            ),
        }
    }
}

impl Distance {
    /// Returns whether the value becomes larger, or `None` for values without an order.
    pub(super) fn rises(&self) -> Option<bool> {
        match self {
            Self::Amount { rises, .. } | Self::Steps { rises, .. } | Self::Days { rises, .. } => {
                Some(*rises)
            }
            Self::Members { .. } | Self::Other => None,
        }
    }
}

impl fmt::Display for MemberChange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.in_words(|name| name))
    }
}

impl MemberChange {
    fn in_words<'a>(&'a self, label: impl Fn(&'a str) -> &'a str) -> String {
        let verb = if self.loses { "no longer" } else { "also" };
        let among = self.among.iter();
        let names: Vec<String> = among.map(|name| format!("`{}`", label(name))).collect();
        match names.as_slice() {
            [only] => format!("{verb} {only}"),
            names if self.count == names.len() => format!("{verb} {}", listed(names, "and")),
            names => format!("{verb} {} of {}", self.count, listed(names, "or")),
        }
    }
}

impl fmt::Display for ChangeSet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(dimension) = &self.dimension {
            write!(formatter, "{dimension} ")?;
        }
        write!(formatter, "{}: ", self.to)?;
        for (index, change) in self.changes.iter().enumerate() {
            write!(
                formatter,
                "{}{change}",
                if index == 0 { "" } else { "; and " }
            )?;
        }
        Ok(())
    }
}
