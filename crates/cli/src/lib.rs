//! The program `threshold-matrix`: one subcommand for each job that a person does with a matrix.
//!
//! [`run`] reads the arguments and hands them to one file in `commands/`. What several commands share stands once: their arguments in
//! `arguments.rs`, what they print and how they fail in `output.rs`, the files of a cohort in `cohort.rs`, and those of records in `record.rs`
//! and `signature.rs`.

mod arguments;
mod cohort;
mod commands;
mod output;
mod record;
mod signature;

use std::ffi::OsString;

use clap::{CommandFactory, Parser, Subcommand};

use commands::{
    check, columns, compare, decide, explain, list, manual, redact, replay, rescore, schema, score,
    sign, sql,
};
use output::Ended;

/// Score people's profiles with threshold matrices, and explain every point
///
/// A threshold matrix says, in a table that a panel can read, how a person's offending frequency, harm and needs become a tier. A tier is
/// advice to the person who decides.
#[derive(Debug, Parser)]
#[command(
    name = "threshold-matrix",
    version,
    propagate_version = true,
    subcommand_required = true,
    arg_required_else_help = true,
    max_term_width = 100,
    after_help = "Exit status: 0 done, 1 something is wrong with the data or the matrix, 2 wrong usage."
)]
struct Program {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Rescore(rescore::Arguments),
    Score(score::Arguments),
    Explain(explain::Arguments),
    Compare(compare::Arguments),
    Check(check::Arguments),
    Replay(replay::Arguments),
    Decide(decide::Arguments),
    Sign(sign::Arguments),
    Redact(redact::Arguments),
    Columns(columns::Arguments),
    List(list::Arguments),
    Schema(schema::Arguments),
    Sql(sql::Arguments),
    Completions(manual::Completions),
    Manual(manual::Arguments),
}

impl Command {
    fn run(&self) -> Ended {
        match self {
            Self::Rescore(arguments) => rescore::run(arguments),
            Self::Score(arguments) => score::run(arguments),
            Self::Explain(arguments) => explain::run(arguments),
            Self::Compare(arguments) => compare::run(arguments),
            Self::Check(arguments) => check::run(arguments),
            Self::Replay(arguments) => replay::run(arguments),
            Self::Decide(arguments) => decide::run(arguments),
            Self::Sign(arguments) => sign::run(arguments),
            Self::Redact(arguments) => redact::run(arguments),
            Self::Columns(arguments) => columns::run(arguments),
            Self::List(arguments) => list::run(arguments),
            Self::Schema(arguments) => schema::run(arguments),
            Self::Sql(arguments) => sql::run(arguments),
            Self::Completions(arguments) => manual::completions(arguments, Program::command()),
            Self::Manual(arguments) => manual::pages(arguments, Program::command()),
        }
    }

    /// Whether standard output is to hold data and nothing else, also when the command fails.
    fn gives_json(&self) -> bool {
        match self {
            Self::Rescore(arguments) => arguments.json,
            Self::Explain(arguments) => arguments.form.json,
            Self::Compare(arguments) => arguments.form.json,
            Self::Check(arguments) => arguments.json,
            Self::Replay(arguments) => arguments.json,
            Self::Decide(arguments) => arguments.json,
            Self::Columns(arguments) => arguments.json,
            Self::List(arguments) => arguments.json,
            Self::Score(_)
            | Self::Sign(_)
            | Self::Redact(_)
            | Self::Schema(_)
            | Self::Sql(_)
            | Self::Completions(_)
            | Self::Manual(_) => false,
        }
    }
}

/// Runs the program with these arguments, of which the first is its own name, and returns its exit status: 0 done, 1 something is wrong with the data or
/// the matrix, 2 wrong usage.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let program = match Program::try_parse_from(arguments) {
        Ok(program) => program,
        Err(error) => {
            // Nothing is left to be done where even this cannot be written.
            let _ = error.print();
            return u8::try_from(error.exit_code()).unwrap_or(2);
        }
    };
    let gives_json = program.command.gives_json();
    output::end(program.command.run(), gives_json) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_do_not_contradict_each_other() {
        Program::command().debug_assert();
    }
}
