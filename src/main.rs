//! The `candor` command: everything happens in [`candor::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    candor::cli::run()
}
