//! What a new version of a policy says that the old one did not, what it no longer says, and what it weakened.
//!
//! Statements are compared by what they state, never by their lines or wording: a section that moved is no change.

use std::collections::BTreeMap;

use super::model::{Cite, Claim, Disclosure};
use crate::catalog::Catalog;

/// How a statement changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// Only the new version states it.
    Added,
    /// Only the old version states it.
    Dropped,
    /// The new version names less, or promises less.
    Weakened,
}

/// One difference between two versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What happened.
    pub change: Change,
    /// What it is about: `collects imei`, `sdk bugly imei`, `claim cross_border none → yes`.
    pub what: String,
    /// Where: in the new version, or in the old one for what it dropped.
    pub cite: Cite,
}

impl Disclosure {
    /// What `new` changed, by kind of change and then by what it is about.
    pub fn diff(&self, new: &Self, catalog: &Catalog) -> Vec<Difference> {
        let (before, after) = (facts(self), facts(new));
        let added = after.iter().filter(|(what, _)| !before.contains_key(*what));
        let mut differences: Vec<Difference> =
            added.map(|(what, cite)| difference(Change::Added, what.clone(), cite)).collect();
        for (what, cite) in before.iter().filter(|(what, _)| !after.contains_key(*what)) {
            let (subject, data) = what.rsplit_once(' ').unwrap_or(("", what));
            let wider = catalog.ancestors(data.trim_start_matches('~')).find_map(|id| {
                after.get_key_value(&format!("{subject} ~{id}")).filter(|(it, _)| !before.contains_key(*it))
            });
            differences.push(match wider {
                // One word for many names none of them.
                Some((wider, cite)) => difference(Change::Weakened, format!("{what} → {wider}"), cite),
                // A denial that is gone promises less.
                None if what.starts_with("denies ") => difference(Change::Weakened, what.clone(), cite),
                None => difference(Change::Dropped, what.clone(), cite),
            });
        }
        for ((name, old), (_, new)) in claims(self).into_iter().zip(claims(new)) {
            differences.extend(claim(name, old, new));
        }
        differences.sort_by(|a, b| (a.change, &a.what).cmp(&(b.change, &b.what)));
        differences
    }
}

fn difference(change: Change, what: String, cite: &Cite) -> Difference {
    Difference { change, what, cite: cite.clone() }
}

/// Everything that a disclosure states, each with its first place.
fn facts(it: &Disclosure) -> BTreeMap<String, &Cite> {
    let mut facts = BTreeMap::new();
    for entry in &it.collects {
        for data in entry.data.iter().chain(&entry.other) {
            facts.entry(format!("collects {data}")).or_insert(&entry.cite);
        }
    }
    for row in &it.sdk {
        let name = if row.catalog.is_empty() { row.names.join("+") } else { row.catalog.join("+") };
        facts.entry(format!("sdk {name}")).or_insert(&row.cite);
        for data in row.data.iter().chain(&row.other) {
            facts.entry(format!("sdk {name} {data}")).or_insert(&row.cite);
        }
    }
    for row in &it.permission {
        for constant in &row.constants {
            facts.entry(format!("permission {constant}")).or_insert(&row.cite);
        }
    }
    for entry in &it.denies {
        for data in &entry.data {
            facts.entry(format!("denies {data}")).or_insert(&entry.cite);
        }
    }
    facts
}

/// The claims whose values are words of the format, from the strongest word to the weakest.
fn claims(it: &Disclosure) -> [(&'static str, Option<&Claim>); 4] {
    let it = &it.claims;
    [
        ("cross_border", it.cross_border.as_ref()),
        ("retention", it.retention.as_ref()),
        ("background", it.background.as_ref()),
        ("targeting", it.targeting.as_ref()),
    ]
}

/// How much a value promises.
fn strength(claim: &Claim) -> u32 {
    match claim.value.as_str() {
        "none" | "period" => 2,
        "conditional" | "opt-out" => 1,
        _ => 0,
    }
}

fn claim(name: &str, old: Option<&Claim>, new: Option<&Claim>) -> Option<Difference> {
    match (old, new) {
        (None, Some(new)) => Some(difference(Change::Added, format!("claim {name} {}", new.value), &new.cite)),
        (Some(old), None) => Some(difference(Change::Dropped, format!("claim {name} {}", old.value), &old.cite)),
        (Some(old), Some(new)) => {
            let longer = old.days.zip(new.days).is_some_and(|(old, new)| old < new);
            let what = || {
                let days = |it: &Claim| it.days.map(|days| format!(" {days} days")).unwrap_or_default();
                format!("claim {name} {}{} → {}{}", old.value, days(old), new.value, days(new))
            };
            let weaker = strength(new) < strength(old) || longer;
            let changed = old.value != new.value || old.days != new.days;
            let change = if weaker { Change::Weakened } else { Change::Added };
            changed.then(|| difference(change, what(), &new.cite))
        }
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(old: &str, new: &str) -> Vec<String> {
        let parse = |text: &str| {
            let text = format!("schema = \"candor.disclosure/1\"\n{text}");
            Disclosure::parse("a.toml", &text, Catalog::builtin()).expect("a disclosure")
        };
        let differences = parse(old).diff(&parse(new), Catalog::builtin());
        differences.iter().map(|it| format!("{:?} {}", it.change, it.what)).collect()
    }

    #[test]
    fn a_version_adds_drops_and_weakens() {
        let cite = "cite = { lines = [1, 1] }";
        let old = format!(
            "[[collects]]\ndata = [\"imei\", \"oaid\"]\n{cite}\n[[denies]]\ndata = [\"sms\"]\n{cite}\n\
             [claims.cross_border]\nvalue = \"none\"\n{cite}\n[claims.retention]\nvalue = \"period\"\ndays = 30\n{cite}\n"
        );
        let new = format!(
            "[[collects]]\ndata = [\"oaid\", \"~device-identifier\", \"contacts\"]\n{cite}\n\
             [claims.cross_border]\nvalue = \"yes\"\n{cite}\n[claims.retention]\nvalue = \"period\"\ndays = 60\n{cite}\n"
        );
        assert_eq!(
            shown(&old, &new),
            [
                "Added collects contacts",
                "Added collects ~device-identifier",
                "Weakened claim cross_border none → yes",
                "Weakened claim retention period 30 days → period 60 days",
                "Weakened collects imei → collects ~device-identifier",
                "Weakened denies sms",
            ]
        );
        assert_eq!(shown(&old, &old), Vec::<String>::new());
    }
}
