//! What has to be said of a configuration or a baseline that does not fit what was found.

use serde::Serialize;

/// A waiver or a baseline that says something of what is not there, or no longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// File and line: `candor.toml:12`; for a baseline as a whole, its file.
    pub place: String,
    /// The rule of the waiver.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// What is to be said.
    #[serde(flatten)]
    pub said: Said,
    /// Whether the check fails for it.
    pub fails: bool,
}

/// What is to be said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Said {
    /// The last day of the waiver is over; the findings that it covered stand again.
    Expired {
        /// Its last day.
        until: String,
        /// Who answers for it.
        owner: String,
        /// Findings that it would cover.
        findings: usize,
    },
    /// The waiver covers no finding.
    Unused,
    /// The waiver covers no finding that can be seen, and a part of a package is packed or unreadable.
    Unseen,
    /// The waiver covers findings in part only, and these stand.
    Partial {
        /// What else they are about, sorted.
        beyond: Vec<String>,
    },
    /// Entries of the baseline that no longer occur.
    GoneEntries {
        /// How many.
        count: usize,
    },
    /// Entries of the baseline that were not seen, where a part of a package is packed or unreadable.
    UnseenEntries {
        /// How many.
        count: usize,
    },
}
