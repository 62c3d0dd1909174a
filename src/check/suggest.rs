//! The rows that a disclosure lacks: what open findings say is read or declared and not disclosed. A person confirms each.

use std::collections::{BTreeMap, BTreeSet};

use super::{Checked, Finding, State};
use crate::behavior::{Owner, OwnerKind};
use crate::disclosure::Cite;

/// Rules whose findings a row can answer. What a policy denies (D04), no row mends.
const ANSWERED: [&str; 7] = ["D01", "D02", "D03", "P01", "S01", "S02", "S04"];

/// What a row is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// Data that code reads which is the app's, or nobody's that is known.
    Own(Owner),
    /// An SDK, by its id.
    Sdk(String),
    /// A permission, by its constant.
    Permission(String),
}

/// One row that is lacking.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lacking {
    /// The rules that ask for it.
    pub rules: BTreeSet<String>,
    /// Data types that were seen to be read.
    pub data: BTreeSet<String>,
    /// What the policy has about it already, and too little.
    pub policy: BTreeSet<Cite>,
}

/// The rows that a disclosure lacks, of one package or of several together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Suggestion {
    /// In the order of a disclosure.
    pub rows: BTreeMap<Subject, Lacking>,
}

impl Suggestion {
    /// What the open findings of a check ask for. Reads of low confidence never made one.
    pub fn of(checked: &Checked) -> Self {
        let mut suggestion = Self::default();
        for finding in &checked.findings {
            if finding.state == State::Open && ANSWERED.contains(&finding.rule.as_str()) {
                suggestion.answer(finding);
            }
        }
        suggestion
    }

    /// Takes in the rows for another package.
    pub fn merge(&mut self, other: Self) {
        for (subject, more) in other.rows {
            let row = self.rows.entry(subject).or_default();
            row.rules.extend(more.rules);
            row.data.extend(more.data);
            row.policy.extend(more.policy);
        }
    }

    fn answer(&mut self, finding: &Finding) {
        for permission in &finding.permissions {
            self.row(Subject::Permission(permission.clone()), finding);
        }
        let Some(owner) = &finding.owner else { return };
        let subject = match owner.kind {
            OwnerKind::Sdk => Subject::Sdk(owner.id.clone()),
            OwnerKind::App | OwnerKind::Library | OwnerKind::Unknown => Subject::Own(owner.clone()),
        };
        let read = finding.evidence.iter().filter(|it| it.kind == "read").map(|it| &it.data);
        self.row(subject, finding).data.extend(read.chain(&finding.data).cloned());
    }

    fn row(&mut self, subject: Subject, finding: &Finding) -> &mut Lacking {
        let row = self.rows.entry(subject).or_default();
        row.rules.insert(finding.rule.clone());
        row.policy.extend(finding.policy.iter().cloned());
        row
    }
}
