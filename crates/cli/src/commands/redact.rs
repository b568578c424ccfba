//! A copy of a record for readers who may not know whom it is about.

use crate::output::Status;

use crate::output::Ended;
use crate::record;

/// Print a copy of a record without the reference to the person and without the reasons of decisions
///
/// The copy replays as the record does. It is sealed anew and has no signatures, and nothing can be decided in it. It is not anonymous: the values of the
/// profile are in it, because it could not be replayed without them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  threshold-matrix redact person.record.json > redacted.record.json
  threshold-matrix redact person.record.json | threshold-matrix replay -")]
pub(crate) struct Arguments {
    /// The file of the record, or `-` for standard input
    record: String,
}

pub(crate) fn run(arguments: &Arguments) -> Ended {
    let copy = record::read(&arguments.record)?.redacted();
    let copy = copy.map_err(|error| {
        let heading = format!("`{}` was changed, and no copy is made", arguments.record);
        record::told(&heading, &error)
    })?;
    record::print(&copy)?;
    Ok(Status::Done)
}
