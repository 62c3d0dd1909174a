//! The exit status: what a build server acts on.

use std::process::ExitCode;

use super::options::Options;
use crate::behavior::Behavior;
use crate::report::Totals;

pub(super) use crate::report::Status;

impl Status {
    /// The status of one package.
    pub(super) fn of_package(behavior: &Behavior, fails: bool, allow_incomplete: bool) -> Self {
        if fails {
            Self::Findings
        } else if is_incomplete(behavior) && !allow_incomplete {
            Self::Incomplete
        } else {
            Self::Clean
        }
    }

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
