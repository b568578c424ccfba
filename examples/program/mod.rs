//! What every program here does: say what is wrong, end with the right status, and know what day it is.

use std::error::Error;
use std::process::ExitCode;

use threshold_matrix::Date;

/// Runs a program: exit status 0 if all is well, 1 if something was found, 2 for wrong usage.
pub(crate) fn run(program: impl FnOnce() -> Result<ExitCode, Box<dyn Error>>) -> ExitCode {
    program().unwrap_or_else(|error| {
        eprintln!("{error}");
        if error.is::<lexopt::Error>() { ExitCode::from(2) } else { ExitCode::FAILURE }
    })
}

/// Today's date in UTC. The library itself reads no clock.
#[expect(clippy::expect_used, reason = "the calendar has this day")]
pub(crate) fn today() -> Date {
    let now = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    Date::new(now.year(), now.month(), now.day()).expect("today is a date")
}
