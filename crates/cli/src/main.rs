//! The program `threshold-matrix`.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(threshold_matrix_cli::run(std::env::args_os()))
}
