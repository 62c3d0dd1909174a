//! The exit status: what a build server acts on.

use std::process::ExitCode;

use super::options::Options;
use crate::behavior::Behavior;
use crate::report::Totals;

/// How the program ends, with its documented number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// Analysed, nothing at or above the gate.
    Clean = 0,
    /// Findings at or above the gate.
    Findings = 1,
    /// Wrong usage, disclosure or configuration, or no package could be read at all.
    Failed = 2,
    /// A package or a part of one could not be analysed fully.
    Incomplete = 3,
}

impl Status {
    /// The status of a whole run.
    pub(super) fn new(totals: &Totals, options: &Options) -> Self {
        if totals.packages == totals.unreadable {
            Self::Failed
        } else if 0 < totals.failing || totals.notices.iter().any(|notice| notice.fails) {
            Self::Findings
        } else if 0 < totals.unreadable + totals.incomplete && !options.allow_incomplete {
            Self::Incomplete
        } else {
            Self::Clean
        }
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status as u8)
    }
}

/// Whether a part of the package could not be seen. Code that is loaded at run time and reflection weaken a result, yet
/// nearly every app has some; they do not count here.
pub(super) fn is_incomplete(behavior: &Behavior) -> bool {
    let hides = |kind: &str| matches!(kind, "packed" | "corrupt");
    !behavior.issues.is_empty() || behavior.completeness.reasons.iter().any(|reason| hides(reason.kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::behavior::Observer;
    use crate::catalog::{Catalog, Focus};

    #[test]
    fn the_status_follows_the_documented_order() {
        let options = |allow_incomplete| Options {
            paths: Vec::new(),
            jobs: 1,
            observer: Observer::new(Catalog::builtin(), Focus::Policy),
            catalog: Catalog::builtin(),
            shown: Focus::Policy,
            gated: None,
            allow_incomplete,
            progress: false,
        };
        let status = |packages, unreadable, incomplete, failing, allow| {
            Status::new(&Totals { packages, unreadable, incomplete, failing, ..Totals::default() }, &options(allow))
        };
        assert_eq!(status(2, 0, 0, 0, false), Status::Clean);
        assert_eq!(status(2, 0, 0, 1, false), Status::Findings);
        assert_eq!(status(2, 1, 1, 1, false), Status::Findings);
        assert_eq!(status(2, 1, 0, 0, false), Status::Incomplete);
        assert_eq!(status(2, 0, 1, 0, false), Status::Incomplete);
        assert_eq!(status(2, 1, 1, 0, true), Status::Clean);
        assert_eq!(status(2, 2, 0, 0, true), Status::Failed);
        assert_eq!(status(0, 0, 0, 0, true), Status::Failed);
    }
}
