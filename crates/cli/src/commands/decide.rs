//! What a person decided, written into the record beside what the matrix gave.

use crate::output::Status;
use std::error::Error;

use serde_json::json;
use threshold_matrix::record::{Decision, Record};
use threshold_matrix::{Date, Matrix};

use crate::output::{Ended, say, say_json};
use crate::record::{self, Addition};

/// Write a person's decision into a record, beside the tier that the matrix gave
///
/// What the matrix gave stays as it is, and so do earlier decisions: a later one follows them. A decision may be what the matrix gave. If it is not, it is
/// a professional override, and the limits of the matrix hold (`review:`). Nothing is written if anything is wrong.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  threshold-matrix decide person.record.json --result high --by u-4711 --role 'offender manager' --because 'two arrests this week' --on 2026-12-06
  threshold-matrix decide - --result high --by u-4711 --role panel --because 'seen' --on 2026-12-06 < person.record.json > decided.json

Exit status: 0 decided, 1 the decision is refused or the record is not what its matrix gives, 2 wrong usage.")]
pub(crate) struct Arguments {
    /// The file of the record, or `-` to read it from standard input and write it to standard output
    record: String,
    /// What the person decides: a tier or a status of the matrix, or a level of the dimension that --dimension names
    #[arg(long, value_name = "RESULT")]
    result: String,
    /// The id of the person who decides
    #[arg(long, value_name = "ID")]
    by: String,
    /// The role in which the person decides
    #[arg(long)]
    role: String,
    /// The reason, in the person's own words
    #[arg(long, value_name = "TEXT")]
    because: String,
    /// The day of the decision, such as 2026-12-06
    #[arg(long, value_name = "DATE")]
    on: Date,
    /// The day of the review, from which the decision no longer counts. An override without one gets the latest that the matrix allows
    #[arg(long, value_name = "DATE")]
    review: Option<Date>,
    /// Decide the level of this dimension, and not the tier
    #[arg(long)]
    dimension: Option<String>,
    /// The file of the matrix, if it does not come with the program; its content hash must be the one in the record
    #[arg(long, value_name = "FILE")]
    matrix: Option<String>,
    /// Print JSON and nothing else, even when something is wrong
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Ended {
    if arguments.record == "-" {
        record::print(&decided(arguments)?.0)?;
        return Ok(Status::Done);
    }
    let addition = Addition::begin(&arguments.record)?;
    let (record, matrix) = decided(arguments)?;
    addition.finish(&record)?;
    tell(arguments, &record, &matrix)?;
    Ok(Status::Done)
}

fn decided(arguments: &Arguments) -> Result<(Record, Matrix), Box<dyn Error>> {
    let record = record::read(&arguments.record)?;
    let matrix = record::matrix_of(&record, arguments.matrix.as_deref())?;
    let mut decision = Decision::to(&arguments.result)
        .by(&arguments.by, &arguments.role)
        .because(&arguments.because)
        .on(arguments.on);
    if let Some(day) = arguments.review {
        decision = decision.until(day);
    }
    if let Some(dimension) = &arguments.dimension {
        decision = decision.of_dimension(dimension);
    }
    let place = format!("/decided/{}/", record.decided().len());
    let decided = record.decide(&matrix, decision).map_err(|error| {
        // What is wrong with a part of the decision is wrong with the option of the same name.
        let problems =
            error
                .problems()
                .iter()
                .map(|problem| match problem.pointer.strip_prefix(&place) {
                    Some(option) => format!("\n  --{option}: {}", problem.message),
                    None => format!("\n  {problem}"),
                });
        format!(
            "nothing was added to `{}`:{}",
            arguments.record,
            problems.collect::<String>()
        )
    })?;
    Ok((decided, matrix))
}

fn tell(arguments: &Arguments, record: &Record, matrix: &Matrix) -> Result<(), Box<dyn Error>> {
    if arguments.json {
        return say_json(&json!({ "decided": record.decided(), "seal": record.seal() }));
    }
    let Some(decision) = record.decided().last() else {
        return Ok(());
    };
    let what = decision.in_words(matrix);
    let advised = match decision.advice_in_words(matrix) {
        Some(advised) => format!("the matrix gave {advised}"),
        None => "the matrix left it open".to_owned(),
    };
    let review = decision
        .review()
        .map_or_else(String::new, |day| format!(", and a review is due by {day}"));
    Ok(say(&format!(
        "decided: {what}; {advised}{review}\nseal {}\n",
        record.seal()
    ))?)
}
