//! A policy on its own: what it lacks, and where it contradicts itself (C03, Q01, Q03–Q05, Q08, S05, S07, S08), beside the rules
//! that need no package either and belong to other files (D08, P05, P07). Nothing here looks at code: that a link can be
//! reached, or that two SDKs of one row differ, is not known.

use std::collections::BTreeSet;

use super::{Case, Checked, Evidence, Finding, State, data, fingerprint, patterns, permissions, residue};
use crate::behavior;
use crate::catalog::{Catalog, Rule};
use crate::disclosure::{Cite, Disclosure, SdkRow};
use crate::error::Issue;

/// Months by which a policy may be older than a package that has new SDKs or permissions.
const STALE_MONTHS: i32 = 6;

/// Days after which an answer is late in any count: fifteen working days are no more than three weeks.
const LATEST_ANSWER: u32 = 21;

/// Rules that [`lint`] decides.
const OF_POLICIES: [&str; 15] =
    ["C03", "C04", "D08", "P05", "P07", "Q01", "Q03", "Q04", "Q05", "Q06", "Q07", "Q08", "S05", "S07", "S08"];

/// Whether [`lint`] decides a rule.
pub fn lints(rule: &Rule) -> bool {
    OF_POLICIES.contains(&rule.id)
}

/// Judges a policy by the rules that need only the policy.
pub fn lint(disclosure: &Disclosure, catalog: &Catalog) -> Checked {
    let nothing = behavior::failed(&disclosure.file, &Issue::new(&disclosure.file, None, "no package was given"));
    let case = Case { behavior: &nothing, disclosure, catalog };
    let mut checked = Checked::default();
    let findings = &mut checked.findings;
    findings.extend(data::ios_only(&case));
    findings.extend(permissions::aimless(&case));
    findings.extend(permissions::impossible(&case));
    for row in disclosure.sdk_rows() {
        findings.extend(incomplete(&case, row));
        findings.extend(strange_link(&case, row));
        findings.extend(merged(&case, row));
    }
    findings.extend(patterns::of_policy(&case));
    findings.extend(residue::undisclosed(&case));
    findings.extend(residue::unfilled(&case));
    findings.extend(without_rules(&case));
    findings.extend(retention(&case));
    findings.extend(without_route(&case));
    findings.extend(unnamed(&case));
    findings.extend(contradictions(&case));
    findings.extend(undated(&case));
    fingerprint::tell_apart(findings);
    findings.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.policy.cmp(&b.policy)).then_with(|| a.cmp(b)));
    checked
}

/// A policy in which no rule of collection was found: neither a statement nor a denial, nor a row of a table.
pub(super) fn without_rules(case: &Case<'_>) -> Option<Finding> {
    let it = case.disclosure;
    let is_empty = it.collects.is_empty() && it.sdk.is_empty() && it.permission.is_empty() && it.denies.is_empty();
    Some(case.finding("Q01").filter(|_| is_empty)?.done())
}

/// Whom a finding about a row names: ids, or the names as written where the catalog has none.
fn named(row: &SdkRow) -> Vec<String> {
    if row.catalog.is_empty() { row.names.clone() } else { row.catalog.clone() }
}

/// A row without provider, purpose, data or link.
fn incomplete(case: &Case<'_>, row: &SdkRow) -> Option<Finding> {
    let has = [
        ("provider", !row.provider.trim().is_empty()),
        ("purpose", !row.purpose.trim().is_empty() || !row.scene.trim().is_empty()),
        ("data", !row.data.is_empty() || !row.other.is_empty()),
        ("links", !row.links.is_empty()),
    ];
    let missing: Vec<&str> = has.iter().filter(|(_, has)| !has).map(|(key, _)| *key).collect();
    if missing.is_empty() {
        return None;
    }
    let draft = case.finding("S05")?.raised_by(missing.iter().copied());
    Some(draft.sdks(named(row)).detail(missing.join(", ")).cites([&row.cite]).done())
}

/// A link that no vendor of the row's SDKs is known to use. One that is missing is told by S05.
fn strange_link(case: &Case<'_>, row: &SdkRow) -> Option<Finding> {
    let mut known: BTreeSet<String> = BTreeSet::new();
    for sdk in row.catalog.iter().flat_map(|id| case.catalog.family(id)) {
        let kin = case.catalog.tables.sdks.iter().filter(|it| it.id == sdk.id || it.vendor == sdk.vendor);
        let addresses = kin.flat_map(|it| std::iter::once(it.policy_url).chain(it.endpoints.iter().copied()));
        known.extend(addresses.filter_map(brand));
    }
    let fits = |link: &&String| brand(link).is_none_or(|it| known.contains(&it));
    let strange: Vec<&str> = row.links.iter().filter(|link| !fits(link)).map(String::as_str).collect();
    if known.is_empty() || strange.is_empty() || strange.len() < row.links.len() {
        return None;
    }
    let draft = case.finding("S07")?.sdks(named(row)).detail(strange.join(", "));
    Some(draft.cites([&row.cite]).done())
}

/// The label of a host that names who runs it: `google` of `policies.google.cn`.
fn brand(address: &str) -> Option<String> {
    let host = address.split_once("://").map_or(address, |(_, rest)| rest);
    let host = host.split(['/', ':', '?', '#']).next()?.to_ascii_lowercase();
    let labels: Vec<&str> = host.split('.').collect();
    let general = |label: &str| label.len() <= 3 || label == "info";
    labels.iter().rev().skip(1).find(|label| !general(label)).or(labels.first()).map(|it| (*it).to_owned())
}

/// A row for several SDKs.
fn merged(case: &Case<'_>, row: &SdkRow) -> Option<Finding> {
    let several = 1 < row.names.len() && row.catalog.len() != 1;
    let draft = case.finding("S08").filter(|_| several)?;
    Some(draft.sdks(named(row)).cites([&row.cite]).done())
}

/// No period, or general words only.
fn retention(case: &Case<'_>) -> Option<Finding> {
    let claim = case.disclosure.claims.retention.as_ref();
    let draft = case.finding("C03").filter(|_| claim.is_none_or(|it| it.value == "as-needed"))?;
    Some(draft.detail(claim.map_or("", |it| it.value.as_str())).cites(claim.map(|it| &it.cite)).done())
}

/// No way to use the rights of a user, or one that takes too long.
fn without_route(case: &Case<'_>) -> Option<Finding> {
    let claim = case.disclosure.claims.rights.as_ref();
    let late = claim.and_then(|it| it.days).filter(|days| LATEST_ANSWER < *days);
    let draft = case.finding("Q08").filter(|_| claim.is_none() || late.is_some())?;
    let detail = late.map_or_else(|| "rights".to_owned(), |days| format!("days:{days}"));
    Some(draft.detail(detail).cites(claim.map(|it| &it.cite)).done())
}

/// No controller, or no way to reach it.
fn unnamed(case: &Case<'_>) -> Option<Finding> {
    let has = [
        ("controller", !case.disclosure.controller.trim().is_empty()),
        ("contact", case.disclosure.claims.contact.is_some()),
    ];
    let missing: Vec<&str> = has.iter().filter(|(_, has)| !has).map(|(key, _)| *key).collect();
    let draft = case.finding("Q03").filter(|_| !missing.is_empty())?;
    Some(draft.detail(missing.join(", ")).done())
}

/// Data that one statement denies and another one says are collected: the same, or of a group that is denied the part. A
/// denial of a part leaves the group to be collected without it.
fn contradictions(case: &Case<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for denied in case.disclosure.denies.iter().filter(|it| it.sdk.is_empty()) {
        let parts = |word: &String| -> Vec<String> {
            let group = word.strip_prefix('~').map(|group| case.catalog.leaves(group).map(|leaf| leaf.id.to_owned()));
            std::iter::once(word.clone()).chain(group.into_iter().flatten()).collect()
        };
        let words: BTreeSet<String> = denied.data.iter().flat_map(parts).collect();
        let said = |word: &&String| case.disclosure.own_naming(word).next().is_some();
        let data: Vec<&String> = words.iter().filter(said).collect();
        let cites = data.iter().flat_map(|word| case.disclosure.own_naming(word)).map(|it| it.cite);
        let cites: Vec<&Cite> = std::iter::once(&denied.cite).chain(cites).collect();
        if let Some(draft) = case.finding("Q04").filter(|_| !data.is_empty()) {
            let data: Vec<String> = data.into_iter().cloned().collect();
            findings.push(draft.detail(data.join(", ")).data(data).cites(cites).done());
        }
    }
    findings
}

/// A policy that was in force long before the package was built, and does not know all of its SDKs or permissions.
pub(super) fn stale(case: &Case<'_>, checked: &Checked) -> Option<Finding> {
    let from = case.disclosure.effective.as_ref()?.from.as_deref()?;
    let built = case.behavior.built.as_ref()?;
    let is_old = STALE_MONTHS < months(&built.date)? - months(from)?;
    let is_new = |it: &Finding| it.state == State::Open && ["S01", "P01"].contains(&it.rule.as_str());
    let draft = case.finding("Q05").filter(|_| is_old && checked.findings.iter().any(is_new))?;
    let stamp = Evidence { kind: "asset", what: built.entry.clone(), note: built.date.clone(), ..Evidence::default() };
    Some(draft.detail(format!("{from} < {}", built.date)).evidence([stamp]).done())
}

/// The months up to an ISO 8601 day.
fn months(day: &str) -> Option<i32> {
    let (year, rest) = day.split_once('-')?;
    let month: i32 = rest.split('-').next()?.parse().ok()?;
    Some(year.parse::<i32>().ok()?.checked_mul(12)? + month)
}

/// Neither a date of effect nor one of a version.
fn undated(case: &Case<'_>) -> Option<Finding> {
    let dated = case.disclosure.effective.as_ref().is_some_and(|it| it.from.is_some() || it.to.is_some());
    Some(case.finding("Q05").filter(|_| !dated)?.done())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let text = format!("schema = \"candor.disclosure/1\"\n{text}");
        let disclosure = Disclosure::parse("a.toml", &text, Catalog::builtin()).expect("a disclosure");
        let checked = lint(&disclosure, Catalog::builtin());
        checked.findings.iter().map(|it| format!("{} {}", it.rule, it.detail).trim().to_owned()).collect()
    }

    const WHOLE: &str = "controller = \"甲公司\"\neffective = { from = 2024-01-01 }\n\
        claims.contact = { value = \"a@b.cn\", cite = { lines = [9, 9] } }\n\
        claims.retention = { value = \"period\", days = 30, cite = { lines = [8, 8] } }\n\
        claims.rights = { value = \"注销\", days = 15, cite = { lines = [7, 7] } }\n\
        [[collects]]\ndata = [\"oaid\"]\ncite = { lines = [2, 2] }\n";

    #[test]
    fn a_policy_that_says_all_has_no_findings() {
        assert_eq!(found(WHOLE), Vec::<String>::new());
        assert_eq!(found(""), ["Q01", "Q03 controller, contact", "Q08 rights", "C03", "Q05"]);
        assert_eq!(found(&WHOLE.replace("days = 15", "days = 30")), ["Q08 days:30"]);
    }

    #[test]
    fn rows_are_judged_by_what_they_lack() {
        let row = "[[sdk]]\nnames = [\"支付宝\", \"微信支付\"]\ncatalog = [\"alipay\", \"wechat-pay\"]\nprovider = \"\"\npurpose = \"支付\"\n\
            data = [\"imei\"]\nlinks = [\"https://render.alipay.com/p\"]\ncite = { lines = [3, 5] }\n";
        assert_eq!(found(&format!("{WHOLE}{row}")), ["S05 provider", "S08"]);
        let strange = row.replace("render.alipay.com", "www.example.org");
        assert_eq!(found(&format!("{WHOLE}{strange}")), ["S05 provider", "S07 https://www.example.org/p", "S08"]);
    }

    #[test]
    fn a_denial_of_what_is_collected_is_a_contradiction() {
        let both = "[[collects]]\ndata = [\"imei\"]\ncite = { lines = [3, 3] }\n[[denies]]\ndata = [\"imei\", \"sms\"]\ncite = { lines = [7, 7] }\n";
        assert_eq!(found(&format!("{WHOLE}{both}")), ["Q04 imei"]);
    }
}
