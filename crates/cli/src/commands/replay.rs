//! An audit: a stored record against the matrix of its version.

use crate::output::Status;
use std::error::Error;

use serde_json::json;
use threshold_matrix::record::{Record, Replay};
use threshold_matrix::workspace::words::listed;

use crate::output::{Ended, say, say_json, warn};
use crate::record;
use crate::signature::{Key, Verdict};

/// Replay a record: score again what was recorded, and say whether the same comes out
///
/// The recorded profile is scored with the matrix of the recorded content hash. Each place where the record differs from what comes out now
/// is named by a JSON pointer, such as /trace/inputs/0/value. Spaces, line ends and the order of keys do not matter, so a record may have been kept in a
/// `jsonb` column or written anew by jq.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  threshold-matrix explain iom-threshold@1.0.0 examples/person.json --as-at 2026-12-05 --record person.record.json
  threshold-matrix replay person.record.json
  threshold-matrix replay person.record.json --key minisign.pub

Exit status: 0 the same to the byte, 1 something differs or a key did not sign it, 2 the record cannot be replayed
(it is not a record, its matrix was not found or has other content, or wrong usage).")]
pub(crate) struct Arguments {
    /// A file that `explain --record` wrote, or `-` for standard input
    record: String,
    /// The file of the matrix, if it does not come with the program; its content hash must be the one in the record
    #[arg(long, value_name = "FILE")]
    matrix: Option<String>,
    /// Also verify that the record is signed by this public key of minisign: its file, or the key itself, which begins with `RW`. Each of several keys must
    /// have signed it, and one of them after the last decision
    #[arg(long)]
    key: Vec<String>,
    /// Print JSON and nothing else, even when something is wrong
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Ended {
    let found = match replay(arguments) {
        Ok(found) => found,
        Err(error) => {
            match arguments.json {
                true => say_json(&json!({ "error": crate::output::as_json(error.as_ref()) }))?,
                false => warn(&error.to_string())?,
            }
            return Ok(Status::Usage);
        }
    };
    found.tell(arguments.json)?;
    Ok(match found.is_same() {
        true => Status::Done,
        false => Status::Wrong,
    })
}

fn replay(arguments: &Arguments) -> Result<Found, Box<dyn Error>> {
    let keys = arguments.key.iter().map(|key| Key::read(key));
    let keys = keys.collect::<Result<Vec<_>, _>>()?;
    let record = record::read(&arguments.record)?;
    let matrix = record::matrix_of(&record, arguments.matrix.as_deref())?;
    let replay = record.replay_with(&matrix)?;
    let verdicts = keys.into_iter().map(|key| {
        let verdict = key.verdict(&record);
        (key, verdict)
    });
    Ok(Found {
        verdicts: verdicts.collect(),
        record,
        replay,
    })
}

/// What was found out about a record.
struct Found {
    record: Record,
    replay: Replay,
    /// What each key says.
    verdicts: Vec<(Key, Verdict)>,
}

impl Found {
    /// Returns whether each key signed the record, and one of them as it stands.
    fn is_signed(&self) -> bool {
        let mut verdicts = self.verdicts.iter().map(|(_, verdict)| verdict);
        verdicts.clone().all(Verdict::is_signed)
            && (self.verdicts.is_empty()
                || verdicts.any(|verdict| matches!(verdict, Verdict::Signed)))
    }

    fn is_same(&self) -> bool {
        self.replay.is_same() && self.is_signed()
    }

    /// Returns what is said of signatures, a line for each key.
    fn signatures(&self) -> Vec<String> {
        let count = self.record.signatures().len();
        if self.verdicts.is_empty() && count > 0 {
            let signatures = if count == 1 {
                "signature"
            } else {
                "signatures"
            };
            return vec![format!(
                "{count} {signatures}, not verified; name the public key with --key"
            )];
        }
        let verdicts = self.verdicts.iter();
        let line = |(key, verdict): &(Key, Verdict)| format!("key {}: {verdict}", key.name());
        verdicts.map(line).collect()
    }

    fn tell(&self, as_json: bool) -> Result<(), Box<dyn Error>> {
        let record = &self.record;
        let (id, version, as_at) = (record.matrix_id(), record.matrix_version(), record.as_at());
        let differences = self.replay.differences().iter();
        let differences: Vec<String> = differences.map(ToString::to_string).collect();
        if as_json {
            let keys = self.verdicts.iter().map(|(key, verdict)| {
                json!({
                    "key": key.name(),
                    "signed": matches!(verdict, Verdict::Signed),
                    "message": verdict.to_string(),
                })
            });
            return say_json(&json!({
                "matrix": { "id": id, "version": version },
                "as_at": as_at,
                "seal": record.seal(),
                "decided": record.decided(),
                "signatures": record.signatures().len(),
                "keys": keys.collect::<Vec<_>>(),
                "same": self.is_same(),
                "differences": differences,
                "not_compared": self.replay.not_compared(),
            }));
        }
        let heading = match (self.replay.is_same(), self.is_signed()) {
            (false, _) => "not the same",
            (true, false) => "the same, and not signed",
            (true, true) => "the same",
        };
        let mut differences = differences;
        if self.replay.differs_in_trace_alone() {
            differences.push("the outcome is the same and the seals match, so another build of the program wrote the trace in its own form".to_owned());
        }
        if !self.replay.not_compared().is_empty() {
            differences.push(format!(
                "not compared: {}, which a build before the first release wrote in a form of its own",
                listed(self.replay.not_compared(), "and")
            ));
        }
        let lines = differences.into_iter().chain(self.signatures());
        let lines: String = lines.map(|line| format!("  {line}\n")).collect();
        let seal = match self.replay.is_same() {
            true => format!("seal {}\n", record.seal()),
            false => String::new(),
        };
        Ok(say(&format!(
            "{heading}: {id} {version} as at {as_at}\n{lines}{seal}"
        ))?)
    }
}
