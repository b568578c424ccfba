//! The matrices that come with the program.

use crate::output::Status;

use serde_json::{Value, json};
use threshold_matrix::{Library, Matrix, MatrixStatus};

use crate::output::{Ended, say, say_json};

/// List the matrices that come with the program
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  threshold-matrix list
  threshold-matrix list iom-threshold --json")]
pub(crate) struct Arguments {
    /// List only the versions of this matrix
    id: Option<String>,
    /// Print JSON and nothing else
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Ended {
    let library = Library::embedded();
    let ids: Vec<&str> = library.ids().collect();
    if let Some(id) = arguments.id.as_deref().filter(|id| !ids.contains(id)) {
        return Err(format!("there is no matrix `{id}`; write one of {}", ids.join(", ")).into());
    }
    let is_wanted = |matrix: &&Matrix| arguments.id.as_ref().is_none_or(|id| id == matrix.id());
    let matrices: Vec<&Matrix> = library.iter().filter(is_wanted).collect();
    if arguments.json {
        say_json(&matrices.into_iter().map(as_json).collect::<Vec<_>>())?;
    } else {
        matrices
            .into_iter()
            .try_for_each(|matrix| say(&line(matrix)))?;
    }
    Ok(Status::Done)
}

fn line(matrix: &Matrix) -> String {
    let name = format!("{}@{}", matrix.id(), matrix.version());
    let from = matrix.effective().and_then(|period| period.from);
    let from = from.map_or_else(|| "no date".to_owned(), |date| format!("from {date}"));
    format!(
        "{name:<22} {:<12} {from:<16} {}\n",
        status(matrix),
        matrix.title()
    )
}

fn status(matrix: &Matrix) -> &'static str {
    match matrix.status() {
        MatrixStatus::Sourced => "sourced",
        MatrixStatus::Illustrative => "illustrative",
        _ => "local",
    }
}

fn as_json(matrix: &Matrix) -> Value {
    let period = matrix.effective();
    json!({
        "id": matrix.id(),
        "version": matrix.version().to_string(),
        "title": matrix.title(),
        "status": status(matrix),
        "from": period.and_then(|period| period.from),
        "until": period.and_then(|period| period.until),
        "hash": matrix.content_hash(),
        "tiers": matrix.tiers(),
    })
}
