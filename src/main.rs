//! The `candor` command: everything happens in [`candor::cli`].

use std::process::ExitCode;

/// With the system's allocator more of a scan is spent in faults of pages.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    candor::cli::run()
}
