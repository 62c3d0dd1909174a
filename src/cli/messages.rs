//! Lines on standard error: one for each thing that went wrong, safe to show whatever the input holds.

use std::fmt;
use std::io::{self, Write};
use std::panic;

use crate::behavior::{Behavior, IssueEntry};
use crate::policy;
use crate::report::plain;

/// Prints one line; that standard error is gone is nothing that could still be told.
pub(super) fn say(message: impl fmt::Display) {
    let message = message.to_string();
    drop(writeln!(io::stderr().lock(), "candor: {}", plain(&message)));
}

/// The lines for everything in a package that could not be read, each `<file>: <entry>: <message> (at offset 0x…)`.
pub(super) fn issues(behavior: &Behavior) -> Vec<String> {
    let path = &behavior.path;
    let line = |issue: &IssueEntry| {
        let entry = if issue.file == *path { String::new() } else { format!("{}: ", issue.file) };
        let at = issue.offset.as_ref().map(|offset| format!(" (at offset {offset})")).unwrap_or_default();
        format!("{path}: {entry}{}{at}", issue.message)
    };
    behavior.issues.iter().map(line).collect()
}

/// Makes a panic one line that names its place; what it means for the package is told by whoever catches it.
pub(super) fn shorten_panics() {
    panic::set_hook(Box::new(|panic| {
        // The reader of a hostile document ends by itself alone, and whoever started it tells so.
        if std::thread::current().name() == Some(policy::READER) {
            return;
        }
        let place = panic.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        say(format_args!("defect in candor at {place}: {}", reason(panic.payload())));
    }));
}

/// What a panic said.
pub(super) fn reason(payload: &(dyn std::any::Any + Send)) -> &str {
    let text = payload.downcast_ref::<&'static str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("no reason given")
}
