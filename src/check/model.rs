//! What a check gives: findings, agreements, and what was not compared.

use serde::Serialize;

use crate::behavior::Owner;
use crate::catalog::Severity;
use crate::disclosure::Cite;

/// The verdict for one data type of one owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Named for that owner.
    Clear,
    /// Only an umbrella word covers it.
    Vague,
    /// Named, but for another owner.
    Ambiguous,
    /// Nothing said.
    Omitted,
    /// Denied.
    Incorrect,
}

/// Whether a finding stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It stands.
    Open,
    /// It rests on absence, and the package is not complete.
    Undecided,
}

/// One piece of evidence on the side of the package.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Evidence {
    /// Data type id; empty where the evidence is no read.
    pub data: String,
    /// What is called, declared or present.
    pub what: String,
    /// The method, file or component that holds it.
    pub place: String,
    /// Entry of the package and offset: `classes.dex@0x1764ca`; empty for the manifest.
    pub at: String,
    /// Certainty, obtainability and notes, as the read states them.
    pub note: String,
}

/// One difference, or one fault inside either side.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// Severity; the most severe sorts first in reports.
    pub severity: Severity,
    /// Rule id: `S04`.
    pub rule: String,
    /// Rule name: `sdk-exceeds-disclosure`.
    pub name: String,
    /// `omitted`, `vague`, `ambiguous`, `incorrect`, `clear` or `none`.
    pub class: String,
    /// Whether it stands.
    pub state: State,
    /// Whose code it is about; none for findings about the package or the policy as a whole.
    pub owner: Option<Owner>,
    /// Data type ids, sorted.
    pub data: Vec<String>,
    /// Permission constants, sorted.
    pub permissions: Vec<String>,
    /// SDK ids, sorted.
    pub sdks: Vec<String>,
    /// Anything else that the message names.
    pub detail: String,
    /// What was seen in the package, sorted.
    pub evidence: Vec<Evidence>,
    /// Places of the policy that it is held against.
    pub policy: Vec<Cite>,
    /// Stable over builds: hash of rule, owner, data and permissions.
    pub fingerprint: String,
}

/// One pair that the policy discloses as it is, for the count of agreements.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Agreement {
    /// Owner of the read.
    pub owner: Owner,
    /// Data type id.
    pub data: String,
    /// The statement that names it.
    pub policy: Cite,
}

/// The outcome of one check.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// Findings, the most severe first.
    pub findings: Vec<Finding>,
    /// Pairs that agree.
    pub agreements: Vec<Agreement>,
    /// Reads in known libraries, which collect nothing by themselves: who calls them decides, so they are listed by a
    /// scan and not held against the policy.
    pub library_reads: usize,
}
