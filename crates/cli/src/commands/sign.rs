//! What is signed of a record, and the signature kept in it.

use crate::output::Status;

use threshold_matrix::record::Record;

use crate::arguments::read_text;
use crate::output::{Ended, say, usage};
use crate::record::{self, Addition};
use crate::signature::{Key, why};

/// Give out the bytes of a record to sign, or keep a signature of them in the record
///
/// The program holds no secret key: minisign, or a program like it, signs. Without --signature this prints what is to be signed, which is the canonical
/// JSON (RFC 8785) of the record without its keys `seals` and `signatures`. With --signature it verifies the signature and keeps it in the record.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  threshold-matrix sign person.record.json > to-sign
  minisign -Sm to-sign
  threshold-matrix sign person.record.json --signature to-sign.minisig --key minisign.pub
  threshold-matrix replay person.record.json --key minisign.pub

Exit status: 0 done, 1 the signature is not one of this record by this key, 2 wrong usage.")]
pub(crate) struct Arguments {
    /// The file of the record; without --signature also `-` for standard input
    record: String,
    /// A file with a signature of minisign to keep in the record
    #[arg(long, value_name = "FILE", requires = "key")]
    signature: Option<String>,
    /// The public key of whoever signed: its file, or the key itself, which begins with `RW`
    #[arg(long, requires = "signature")]
    key: Option<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Ended {
    let (Some(signature), Some(key)) = (&arguments.signature, &arguments.key) else {
        say(&to_sign(arguments, &record::read(&arguments.record)?)?)?;
        return Ok(Status::Done);
    };
    if arguments.record == "-" {
        return usage("a signature is kept in a file; name the file of the record");
    }
    let key = Key::read(key)?;
    let addition = Addition::begin(&arguments.record)?;
    let record = record::read(&arguments.record)?;
    let text = read_text(signature)?;
    let signed = to_sign(arguments, &record)?;
    key.verify(&text, &signed).map_err(|fault| {
        format!(
            "`{signature}` is not a signature of `{}` by the key `{}`, and is not kept: {}",
            arguments.record,
            key.name(),
            why(&fault)
        )
    })?;
    addition.finish(&record.with_signature(text))?;
    say(&format!("{}: signed, {}\n", arguments.record, key.name()))?;
    Ok(Status::Done)
}

fn to_sign(arguments: &Arguments, record: &Record) -> Result<String, String> {
    record.to_sign().map_err(|error| {
        let heading = format!(
            "`{}` was changed, and is not to be signed",
            arguments.record
        );
        record::told(&heading, &error)
    })
}
