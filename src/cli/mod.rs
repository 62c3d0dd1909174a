//! The command line: the only room that prints.

use std::process::ExitCode;

/// Runs the command line.
pub fn run() -> ExitCode {
    ExitCode::from(2)
}
