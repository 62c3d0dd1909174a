//! SDKs: what is in the package against the rows of the policy (S01–S03, S08), and claims about where data goes (C01).

use std::collections::{BTreeMap, BTreeSet};

use super::{Case, Checked, Evidence, Finding, State, evidence_of, grouped};
use crate::behavior::{Grade, Owner, OwnerKind, Read, SdkFound};
use crate::catalog::{Focus, Sdk, Severity};
use crate::disclosure::SdkRow;

pub(super) fn check(case: &Case<'_>, checked: &mut Checked) {
    checked.findings.extend(unlisted(case));
    checked.findings.extend(absent(case));
    checked.findings.extend(merged(case));
    checked.findings.extend(abroad(case));
}

/// SDKs of the package that can collect and have no row, one finding a family.
fn unlisted(case: &Case<'_>) -> Vec<Finding> {
    let without_row = case.behavior.sdks.iter().filter_map(|found| {
        let sdk = case.catalog.sdk(&found.id)?;
        let listed = case.disclosure.sdk_rows_for(&found.id, case.catalog).next().is_some();
        (!listed && can_collect(case, sdk)).then_some((sdk, found))
    });
    // The parts of a family are told together, under the name at its top.
    let families =
        grouped(without_row.map(|(sdk, found)| (case.catalog.family(sdk.id).last().map_or(sdk.id, |it| it.id), found)));
    let mut findings = Vec::new();
    for (family, members) in families {
        let ids: BTreeSet<&str> = members.iter().map(|found| found.id.as_str()).collect();
        let by_category = case
            .disclosure
            .sdk_rows()
            .filter(|row| members.iter().any(|found| !row.category.is_empty() && row.category == found.category));
        let categories: Vec<&SdkRow> = by_category.collect();
        let rule = if categories.is_empty() { "S01" } else { "S02" };
        let reads: Vec<&Read> = case.reads().filter(|read| reads_as(read, &ids)).collect();
        let core = reads.iter().any(|read| read.focus == Focus::Core);
        let present = members.iter().any(|found| found.grade == Grade::Present);
        let signs = members.iter().flat_map(|found| found.evidence.iter().map(sign)).collect::<Vec<_>>();
        let Some(draft) = case.finding(rule) else { continue };
        let draft = draft
            .owner(Owner { kind: OwnerKind::Sdk, id: family.to_owned() })
            .sdks(ids.iter().map(|id| (*id).to_owned()))
            .data(reads.iter().filter(|read| read.focus == Focus::Core).map(|read| read.data.clone()))
            .detail(signs.first().map(|sign| sign.what.clone()).unwrap_or_default())
            .evidence(reads.iter().map(|read| evidence_of(read)).chain(signs))
            .cites(categories.iter().map(|row| &row.cite))
            .state(if present { State::Open } else { State::Undecided });
        // Nothing that a policy must list was seen to be read: the vendor's own words are all there is.
        findings.push(if core { draft.done() } else { draft.at_most(Severity::Medium).done() });
    }
    findings
}

fn reads_as(read: &Read, ids: &BTreeSet<&str>) -> bool {
    read.owner.kind == OwnerKind::Sdk && ids.contains(read.owner.id.as_str())
}

/// Whether an SDK collects, as far as its code in the package, its vendor or published binaries show.
fn can_collect(case: &Case<'_>, sdk: &Sdk) -> bool {
    let reads = || case.reads().any(|read| read.owner.kind == OwnerKind::Sdk && read.owner.id == sdk.id);
    !sdk.utility && (!sdk.declared_data.is_empty() || !sdk.observed_data.is_empty() || reads())
}

fn sign(sign: &crate::behavior::SdkEvidence) -> Evidence {
    let what = format!("{} {}", sign.kind, sign.value);
    Evidence { data: String::new(), what, place: String::new(), at: String::new(), note: String::new() }
}

/// Rows about SDKs that are not in the package.
fn absent(case: &Case<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in case.disclosure.sdk_rows() {
        let is_found = |id: &str| case.behavior.sdks.iter().any(|found| case.catalog.row_covers(id, &found.id));
        let missing: Vec<String> = row.catalog.iter().filter(|id| !is_found(id)).cloned().collect();
        if let Some(draft) = case.finding("S03").filter(|_| !missing.is_empty()) {
            findings.push(draft.sdks(missing).cites([&row.cite]).state(case.by_absence()).done());
        }
    }
    findings
}

/// Rows that cover several SDKs of the package which read different data.
fn merged(case: &Case<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in case.disclosure.sdk_rows() {
        let mut read_by: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for id in &row.catalog {
            let members: Vec<&SdkFound> =
                case.behavior.sdks.iter().filter(|found| case.catalog.row_covers(id, &found.id)).collect();
            if members.is_empty() {
                continue;
            }
            let reads = case
                .reads()
                .filter(|read| members.iter().any(|it| it.id == read.owner.id) && read.focus == Focus::Core);
            read_by.insert(id, reads.map(|read| read.data.as_str()).collect());
        }
        let kinds: BTreeSet<&BTreeSet<&str>> = read_by.values().collect();
        if let Some(draft) = case.finding("S08").filter(|_| kinds.len() > 1) {
            findings.push(draft.sdks(read_by.keys().map(|id| (*id).to_owned())).cites([&row.cite]).done());
        }
    }
    findings
}

/// SDKs of vendors abroad, where the policy says that nothing leaves the country.
fn abroad(case: &Case<'_>) -> Option<Finding> {
    let claim = case.disclosure.claims.cross_border.as_ref().filter(|claim| claim.value == "none")?;
    let foreign = |found: &&SdkFound| {
        let sdk = case.catalog.sdk(&found.id);
        let abroad = found.country.as_deref().is_some_and(|country| country != "CN");
        abroad && found.grade == Grade::Present && sdk.is_some_and(|sdk| can_collect(case, sdk))
    };
    let found: Vec<&SdkFound> = case.behavior.sdks.iter().filter(foreign).collect();
    if found.is_empty() {
        return None;
    }
    let told = |sdk: &&SdkFound| format!("{} ({}, {})", sdk.name, sdk.vendor, sdk.country.as_deref().unwrap_or("?"));
    let draft = case.finding("C01")?;
    Some(
        draft
            .sdks(found.iter().map(|sdk| sdk.id.clone()))
            .detail(found.iter().map(told).collect::<Vec<_>>().join(", "))
            .evidence(found.iter().filter_map(|sdk| sdk.evidence.first().map(sign)))
            .cites([&claim.cite])
            .done(),
    )
}
