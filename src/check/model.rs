//! What a check gives: findings, agreements, and what was not compared.

use serde::Serialize;

use crate::behavior::{Certainty, Obtainable, Owner};
use crate::catalog::{Confidence, Rule, Severity};
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
    /// It rests on absence and the package is not complete, or on signs too weak to tell.
    Undecided,
}

/// Whether a team has taken note of a finding.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum GateState {
    /// Nobody has.
    #[default]
    Open,
    /// It is accepted for a time.
    Waived,
    /// It was there when the baseline was made.
    Baselined,
}

/// What a project's configuration and baseline say of a finding; a check alone leaves it open.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Gate {
    /// Whether a team has taken note of it.
    pub state: GateState,
    /// The waiver or the entry of the baseline, `candor.toml:12`; of an open finding the waiver that has expired, or the
    /// entry that it has outgrown.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// Why it was accepted.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Who answers for that.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub owner: String,
    /// The last day on which it is accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// That day is over.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub expired: bool,
    /// The day on which the baseline adopted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// What it is about beyond the entry of the baseline, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub grown_by: Vec<String>,
    /// The catalog's severity, where the configuration sets another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub catalog_severity: Option<Severity>,
}

/// One piece of evidence on the side of the package.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Evidence {
    /// `read`, `call`, `permission`, a kind of sign of an SDK (`class`, `component` …), or of a reason of completeness.
    pub kind: &'static str,
    /// Data type id; empty where the evidence is no read.
    pub data: String,
    /// Data types that the same call gives on other devices.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// What is called, declared or present.
    pub what: String,
    /// The constant that decided, where one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub literal: Option<String>,
    /// Classes below the package that `what` names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// The method, file or component that holds it.
    pub place: String,
    /// Entry of the package and offset: `classes.dex@0x1764ca`; empty for the manifest.
    pub at: String,
    /// How sure a read is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certainty: Option<Certainty>,
    /// How sure the catalog is that the call of a read gives this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Confidence>,
    /// Reachable before consent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pre_consent: Option<bool>,
    /// Shortest call path from an entry point.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<String>,
    /// Whether the system gives the real value of a read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub obtainable: Option<Obtainable>,
    /// What a reader must know.
    pub note: String,
}

/// A part of the policy in which nothing was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Searched {
    /// `collects` (what the app says of itself), `sdk`, `permission` or `claims`.
    pub part: &'static str,
    /// How many entries it has.
    pub entries: usize,
    /// Their lines.
    pub lines: Vec<[u32; 2]>,
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
    /// How sure it is, apart from how bad it would be.
    pub confidence: Confidence,
    /// Whose code it is about; none for findings about the package or the policy as a whole.
    pub owner: Option<Owner>,
    /// Data type ids, sorted.
    pub data: Vec<String>,
    /// Permission constants, sorted.
    pub permissions: Vec<String>,
    /// SDK ids, sorted.
    pub sdks: Vec<String>,
    /// SDKs of the package inside whose artifacts these are published, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shipped_in: Vec<String>,
    /// Anything else that the message names.
    pub detail: String,
    /// What was seen in the package, sorted.
    pub evidence: Vec<Evidence>,
    /// Places of the policy that it is held against.
    pub policy: Vec<Cite>,
    /// Parts of the policy that were looked through in vain, where it rests on their silence.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub searched: Vec<Searched>,
    /// The same for the same finding in another build, and no other finding's in the report: a hash of rule, owner, data,
    /// permissions and SDKs.
    pub fingerprint: String,
    /// What the project says of it.
    pub gate: Gate,
}

impl Finding {
    /// A finding of a rule that says nothing yet.
    pub fn of(rule: &Rule) -> Self {
        Self {
            severity: rule.severity,
            rule: rule.id.to_owned(),
            name: rule.name.to_owned(),
            class: rule.class.to_owned(),
            state: State::Open,
            confidence: Confidence::High,
            owner: None,
            data: Vec::new(),
            permissions: Vec::new(),
            sdks: Vec::new(),
            shipped_in: Vec::new(),
            detail: String::new(),
            evidence: Vec::new(),
            policy: Vec::new(),
            searched: Vec::new(),
            fingerprint: String::new(),
            gate: Gate::default(),
        }
    }
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
    /// The reads; a program finds them among those of the package.
    #[serde(skip)]
    pub evidence: Vec<Evidence>,
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

impl Checked {
    /// Puts the findings in the order of reports.
    pub(crate) fn sort(&mut self) {
        self.findings.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.cmp(b)));
    }
}
