//! What every program here does: say what is wrong, end with the right status, and know what day it is.

#![allow(dead_code, reason = "each program uses a part of it")]

use std::error::Error;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::ExitCode;

use threshold_matrix::Date;

/// Runs a program, or prints its help: exit status 0 if all is well, 1 if something was found, 2 for wrong usage.
pub(crate) fn run(
    help: &str,
    program: impl FnOnce(lexopt::Parser) -> Result<ExitCode, Box<dyn Error>>,
) -> ExitCode {
    let asks_for_help = std::env::args_os()
        .skip(1)
        .any(|argument| argument == "--help" || argument == "-h");
    let ended = if asks_for_help {
        say(help).map(|()| ExitCode::SUCCESS).map_err(Box::from)
    } else {
        program(lexopt::Parser::from_env())
    };
    ended.unwrap_or_else(|error| {
        let closed = error
            .downcast_ref::<std::io::Error>()
            .is_some_and(|error| error.kind() == ErrorKind::BrokenPipe);
        if closed {
            // Whoever read the output has read enough.
            return ExitCode::SUCCESS;
        }
        let is_usage = error.is::<lexopt::Error>();
        let _ = writeln!(
            std::io::stderr(),
            "{error}{}",
            if is_usage { "\ntry `--help`" } else { "" }
        );
        if is_usage {
            ExitCode::from(2)
        } else {
            ExitCode::FAILURE
        }
    })
}

/// Writes to standard output.
pub(crate) fn say(text: &str) -> std::io::Result<()> {
    std::io::stdout().write_all(text.as_bytes())
}

/// What the name of a cohort's file must end in.
#[cfg(feature = "parquet")]
pub(crate) const ENDINGS: &str = "the name of the file must end in .csv, .jsonl or .ndjson, or of files of columns, all of them, in .parquet, .arrow or .feather";
#[cfg(not(feature = "parquet"))]
pub(crate) const ENDINGS: &str = "the name of the file must end in .csv, .jsonl or .ndjson (.parquet, .arrow and .feather need `--features parquet`)";

/// Whether a path is one of a file of columns, which this program can read.
#[cfg(feature = "parquet")]
pub(crate) fn is_columns(path: &Path) -> bool {
    threshold_matrix::bulk::files::ColumnFileKind::of(path).is_some()
}
#[cfg(not(feature = "parquet"))]
pub(crate) fn is_columns(_: &Path) -> bool {
    false
}

/// Whether two names are of one file, which is there.
pub(crate) fn is_same_file(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// A number of threads.
pub(crate) fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count @ 1..=256) => Ok(count),
        _ => Err(format!(
            "--threads {text}: is no number from 1 to 256; leave it out for as many as the machine has"
        )),
    }
}

/// What is wrong with a file.
pub(crate) fn at(path: &Path, error: &dyn Error) -> Box<dyn Error> {
    format!("{}: {error}", path.display()).into()
}

/// Today's date in UTC. The library itself reads no clock.
#[expect(clippy::expect_used, reason = "the calendar has this day")]
pub(crate) fn today() -> Date {
    let now = jiff::Timestamp::now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date();
    Date::new(now.year(), now.month(), now.day()).expect("today is a date")
}
