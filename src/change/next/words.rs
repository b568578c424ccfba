//! Tells a change to come in one sentence.

use std::fmt;

use super::{NextChange, Passing};
use crate::date::Unit;
use crate::profile::Value;
use crate::score::outcome::{Outcome, OutcomeResult};
use crate::words;

/// Returns a length of time, such as "12 months".
pub(super) fn length(count: i64, unit: Unit) -> String {
    words::counted(count, words::unit(unit))
}

impl NextChange {
    /// Returns what differs, such as "the tier becomes medium".
    #[must_use]
    pub fn what(&self) -> String {
        if !self.is_certain {
            return "the result may be another".to_owned();
        }
        let after = match &self.after {
            Ok(after) => after,
            Err(refusal) => {
                let problems = refusal.problems().iter();
                let messages: Vec<&str> =
                    problems.map(|problem| problem.message.as_str()).collect();
                return format!("the profile is refused ({})", messages.join("; "));
            }
        };
        let mut what = Vec::new();
        if self.before.positions() != after.positions() {
            what.push(result(&self.before, after));
        }
        if self.is_of_result {
            return words::listed(&what, "and");
        }
        let model = after.matrix().model();
        if model.decision.is_none() {
            for (before, after) in self.before.dimensions().zip(after.dimensions()) {
                let name = after.name();
                let (was, is) = (before.possible_levels(), after.possible_levels());
                if was != is {
                    let levels = words::either(is.iter());
                    what.push(format!("the level of `{name}` becomes {levels}"));
                } else if is.is_empty() && before.range() != after.range() {
                    let score = words::points(after.range());
                    what.push(format!("the score of `{name}` becomes {score}"));
                }
            }
        }
        let flags = model.flags.items().iter().zip(self.before.flags());
        for ((flag, (_, was)), (_, is)) in flags.zip(after.flags()) {
            if was != is {
                let title = flag.heading.spoken();
                what.push(match is {
                    Some(true) => format!("the flag \"{title}\" is raised"),
                    Some(false) => format!("the flag \"{title}\" is no longer raised"),
                    None => format!("the flag \"{title}\" becomes open"),
                });
            }
        }
        words::listed(&what, "and")
    }
}

fn result(before: &Outcome, after: &Outcome) -> String {
    let (becomes, what) = match after.result() {
        OutcomeResult::Tier(tier) => (tier, "tier"),
        OutcomeResult::Status(status) => (status, "status"),
        OutcomeResult::Between(possible) => {
            return format!("the result may be {}", words::either(possible.iter()));
        }
        OutcomeResult::None => return "there is no longer a result".to_owned(),
    };
    let is_of_one_kind = matches!(
        (before.result(), after.result()),
        (OutcomeResult::Tier(_), OutcomeResult::Tier(_))
            | (OutcomeResult::Status(_), OutcomeResult::Status(_))
    );
    let what = if is_of_one_kind { what } else { "result" };
    format!("the {what} becomes {becomes}")
}

impl fmt::Display for NextChange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "If nothing new is recorded, {} on {}",
            self.what(),
            self.on.in_words()
        )?;
        if !self.because.is_empty() {
            write!(formatter, ", when {}", words::listed(&self.because, "and"))?;
        }
        formatter.write_str(".")
    }
}

impl fmt::Display for Passing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Limit {
                title, date, ago, ..
            } => write!(
                formatter,
                "\"{title}\" ({}) is more than {ago} ago",
                date.in_words()
            ),
            Self::Length {
                title, from, to, ..
            } => {
                let text = |value: &Value| match value {
                    Value::Text(text) => text.clone(),
                    Value::Whole(value) => value.to_string(),
                    _ => String::new(),
                };
                write!(
                    formatter,
                    "\"{title}\" becomes {}, from {}",
                    text(to),
                    text(from)
                )
            }
            Self::Event {
                title, date, ago, ..
            } => write!(
                formatter,
                "the event of {} is more than {ago} ago and no longer counts for \"{title}\"",
                date.in_words()
            ),
            Self::Unknown { title, .. } => {
                write!(
                    formatter,
                    "what is not known of \"{title}\" can lie outside of a limit of time"
                )
            }
        }
    }
}
