//! What a shell and a manual reader need of the program: completions and manual pages, both made of the arguments themselves.

use crate::output::Status;
use std::path::PathBuf;

use clap_complete::Shell;

use crate::output::{Ended, at, say, warn};

/// Print the completions for a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  source <(threshold-matrix completions bash)
  threshold-matrix completions fish > ~/.config/fish/completions/threshold-matrix.fish")]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

/// Write the manual pages into a folder
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  threshold-matrix manual ~/.local/share/man/man1
  threshold-matrix manual . && man ./threshold-matrix.1")]
pub(crate) struct Arguments {
    /// The folder to write into, which must exist
    folder: PathBuf,
}

pub(crate) fn completions(arguments: &Completions, mut program: clap::Command) -> Ended {
    let mut script = Vec::new();
    clap_complete::generate(
        arguments.shell,
        &mut program,
        "threshold-matrix",
        &mut script,
    );
    // The script for bash calls the program by two names, because of the hyphen in it, and so would complete no option of a subcommand.
    let script =
        String::from_utf8_lossy(&script).replace("threshold__subcmd__matrix", "threshold__matrix");
    say(&script)?;
    Ok(Status::Done)
}

pub(crate) fn pages(arguments: &Arguments, program: clap::Command) -> Ended {
    clap_mangen::generate_to(program, &arguments.folder)
        .map_err(|error| at(&arguments.folder, &error))?;
    warn(&format!(
        "the manual pages are in {}",
        arguments.folder.display()
    ))?;
    Ok(Status::Done)
}
