//! The difference between behavior and disclosure: here the two sides meet, and nowhere else.
//!
//! One verdict table (in `verdict`) is asked by all rules; a rule is an entry of the catalog. Where it applies says its
//! pattern there (`patterns`), or a function here. Only reads that yield the datum itself are held against a policy, and never one of low
//! confidence. Rules that rest on absence are undecided where the package is not complete.

mod alternatives;
mod confidence;
mod data;
mod fingerprint;
mod model;
mod package;
mod patterns;
mod permissions;
mod policy;
mod residue;
mod sdks;
mod searched;
mod suggest;
mod verdict;

pub use model::*;
pub use policy::{lint, lints};
pub use suggest::{Lacking, Subject, Suggestion};

use std::collections::BTreeMap;

use crate::behavior::{Behavior, Owner, OwnerKind, Read};
use crate::catalog::{Catalog, Confidence, Focus, Rule, Severity};
use crate::disclosure::{Cite, Disclosure};

/// Rules that [`check`] decides beside those with a pattern.
const OF_PACKAGES: [&str; 20] = [
    "A01", "A02", "D01", "D02", "D03", "D04", "D07", "D08", "P01", "P02", "P03", "P04", "P05", "P07", "Q01", "S01",
    "S02", "S03", "S04", "S08",
];

/// Whether [`check`] decides a rule: that it found nothing says something only of such a rule.
pub fn decides(rule: &Rule) -> bool {
    rule.pattern.is_some() || OF_PACKAGES.contains(&rule.id)
}

/// Holds a package's behavior against a disclosure.
pub fn check(behavior: &Behavior, disclosure: &Disclosure, catalog: &Catalog) -> Checked {
    let case = Case { behavior, disclosure, catalog };
    let mut checked = Checked::default();
    // First, for what an SDK without a row reads is part of the finding that it has none.
    sdks::check(&case, &mut checked);
    data::check(&case, &mut checked);
    permissions::check(&case, &mut checked);
    package::check(&case, &mut checked);
    patterns::check(&case, &mut checked);
    checked.findings.extend(policy::without_rules(&case));
    let stale = policy::stale(&case, &checked);
    checked.findings.extend(stale);
    fingerprint::tell_apart(&mut checked.findings);
    checked.sort();
    let in_libraries = |read: &&Read| read.owner.kind == OwnerKind::Library && is_held(read);
    checked.library_reads = behavior.reads.iter().filter(in_libraries).count();
    checked
}

/// Both sides of one check.
#[derive(Clone, Copy)]
struct Case<'c> {
    behavior: &'c Behavior,
    disclosure: &'c Disclosure,
    catalog: &'c Catalog,
}

impl<'c> Case<'c> {
    /// Reads that are held against the policy, those of `owner` kinds that can have a statement.
    fn reads(&self) -> impl Iterator<Item = &'c Read> {
        self.behavior.reads.iter().filter(|read| is_held(read) && read.owner.kind != OwnerKind::Library)
    }

    /// A rule that rests on absence stands only where all code was visible.
    fn by_absence(&self) -> State {
        if self.behavior.completeness.complete { State::Open } else { State::Undecided }
    }

    /// A finding of a rule, to be filled; none where the catalog does not have the rule.
    fn finding(&self, rule: &str) -> Option<Draft<'c>> {
        let rule = self.catalog.rule(rule)?;
        Some(Draft {
            rule,
            severity: rule.severity,
            finding: Finding { searched: self.searched(rule), ..Finding::of(rule) },
        })
    }
}

/// Whether a read is held against a policy: it yields the datum, and the catalog is sure enough of that.
fn is_held(read: &Read) -> bool {
    read.strength == "value" && read.confidence > Confidence::Low && read.focus < Focus::Noise && read.data != "*"
}

/// A finding that is being put together.
struct Draft<'c> {
    rule: &'c Rule,
    severity: Severity,
    finding: Finding,
}

impl Draft<'_> {
    fn owner(mut self, owner: Owner) -> Self {
        self.finding.owner = Some(owner);
        self
    }

    fn state(mut self, state: State) -> Self {
        self.finding.state = state;
        self
    }

    /// The severity is at most this.
    fn at_most(mut self, severity: Severity) -> Self {
        self.severity = self.severity.min(severity);
        self
    }

    /// The severity that the rule has for any of these data types, protections or cases.
    fn raised_by<'w>(mut self, words: impl IntoIterator<Item = &'w str>) -> Self {
        if let Some(raised) = self.rule.raised
            && words.into_iter().any(|word| self.rule.raised_for.contains(&word))
        {
            self.severity = raised;
        }
        self
    }

    /// The severity that the rule has for its graver case.
    fn raised(mut self, is_raised: bool) -> Self {
        self.severity = self.rule.raised.filter(|_| is_raised).unwrap_or(self.severity);
        self
    }

    fn data(mut self, data: impl IntoIterator<Item = String>) -> Self {
        self.finding.data.extend(data);
        self
    }

    fn permissions(mut self, permissions: impl IntoIterator<Item = String>) -> Self {
        self.finding.permissions.extend(permissions);
        self
    }

    fn sdks(mut self, sdks: impl IntoIterator<Item = String>) -> Self {
        self.finding.sdks.extend(sdks);
        self
    }

    fn shipped_in(mut self, sdks: impl IntoIterator<Item = String>) -> Self {
        self.finding.shipped_in.extend(sdks);
        self
    }

    fn detail(mut self, detail: impl Into<String>) -> Self {
        self.finding.detail = detail.into();
        self
    }

    fn evidence(mut self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        self.finding.evidence.extend(evidence);
        self
    }

    fn cites<'d>(mut self, cites: impl IntoIterator<Item = &'d Cite>) -> Self {
        self.finding.policy.extend(cites.into_iter().cloned());
        self
    }

    /// The finding with its lists in order and its fingerprint.
    fn done(mut self) -> Finding {
        let finding = &mut self.finding;
        finding.severity = self.severity;
        for list in [&mut finding.data, &mut finding.permissions, &mut finding.sdks, &mut finding.shipped_in] {
            list.sort();
            list.dedup();
        }
        finding.evidence.sort();
        finding.evidence.dedup();
        finding.policy.sort();
        finding.policy.dedup();
        // A claim that was found is cited.
        finding.searched.retain(|it| it.part != "claims" || finding.policy.is_empty());
        finding.confidence = confidence::confidence(finding, self.rule);
        finding.fingerprint = fingerprint::of(finding);
        self.finding
    }
}

/// Groups values by a key, in order of the keys.
fn grouped<K: Ord, V>(pairs: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, Vec<V>> {
    let mut groups = BTreeMap::new();
    for (key, value) in pairs {
        groups.entry(key).or_insert_with(Vec::new).push(value);
    }
    groups
}
