//! Puts numbers of points and lists of names into words.

#![allow(
    missing_docs,
    missing_debug_implementations,
    reason = "only the members of the workspace see it"
)]

use crate::date::Unit;
use crate::model::about::{Review, Towards};
use crate::number::Points;

/// The least and the most of something, which are the same where nothing is open.
pub(crate) type Range = (Points, Points);

/// Returns a range in words, such as "18" or "18 to 38".
pub fn span((least, most): Range) -> String {
    if least == most {
        least.to_string()
    } else {
        format!("{least} to {most}")
    }
}

/// Returns a range of points in words, such as "1 point" or "18 to 38 points".
pub fn points(range: Range) -> String {
    let is_one = range.0 == range.1 && range.0.millionths() == 1_000_000;
    format!(
        "{} {}",
        span(range),
        if is_one { "point" } else { "points" }
    )
}

/// Returns a list in words, such as "low, medium or high", or "nothing" for an empty list.
pub fn listed<T: AsRef<str>>(items: &[T], joint: &str) -> String {
    match items {
        [] => "nothing".to_owned(),
        [one] => one.as_ref().to_owned(),
        [most @ .., last] => {
            let most: Vec<_> = most.iter().map(AsRef::as_ref).collect();
            format!("{} {joint} {}", most.join(", "), last.as_ref())
        }
    }
}

/// Returns a text with a capital at its start.
pub fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}

/// Returns a text with a capital at its start and a full stop at its end.
pub fn sentence(text: &str) -> String {
    let text = capitalised(text.trim_end());
    if text.ends_with(['.', '?', '!']) {
        text
    } else {
        format!("{text}.")
    }
}

/// Returns whether points are certainly taken off.
pub fn is_negative(range: Range) -> bool {
    range.1 < Points::ZERO
}

/// Returns what a matrix asks of people who decide otherwise, in words, or `None` if it asks nothing.
pub(crate) fn review(review: Review) -> Option<String> {
    let within = review.within.map(|within| {
        let unit = match within.unit {
            Unit::Days => "day",
            Unit::Months => "month",
            Unit::Years => "year",
        };
        format!(
            "it ends after {} {unit}{} unless it is reviewed",
            within.count,
            if within.count == 1 { "" } else { "s" }
        )
    });
    let only = review.only.map(|way| {
        let more = if way == Towards::Up { "more" } else { "less" };
        format!("it may only be {more} intensive")
    });
    let limits: Vec<String> = within.into_iter().chain(only).collect();
    (!limits.is_empty()).then(|| limits.join(", and "))
}
