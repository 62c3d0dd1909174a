//! SDKs: what is in the package against the rows of the policy (S01–S03, S08).

use std::collections::{BTreeMap, BTreeSet};

use super::alternatives::Told;
use super::{Case, Checked, Evidence, Finding, State, grouped};
use crate::behavior::{Grade, Owner, OwnerKind, Read, SdkEvidence, SdkFound};
use crate::catalog::{Focus, Sdk, Severity};
use crate::disclosure::SdkRow;

pub(super) fn check(case: &Case<'_>, checked: &mut Checked) {
    checked.findings.extend(unlisted(case));
    checked.findings.extend(absent(case));
    checked.findings.extend(merged(case));
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
        let reads = case.told(case.reads().filter(|read| reads_as(read, &ids)), |_| ());
        let core: BTreeSet<&str> =
            reads.iter().filter(|it| it.read.focus == Focus::Core).map(|it| it.read.data.as_str()).collect();
        let present = members.iter().any(|found| found.grade == Grade::Present);
        let signs = members.iter().flat_map(|found| found.evidence.iter().map(sign));
        let Some(draft) = case.finding(rule) else { continue };
        let draft = draft
            .owner(Owner { kind: OwnerKind::Sdk, id: family.to_owned() })
            .sdks(ids.iter().map(|id| (*id).to_owned()))
            .shipped_in(members.iter().flat_map(|found| carriers(case, found)))
            .data(core.iter().map(|data| (*data).to_owned()))
            .evidence(reads.iter().map(Told::evidence).chain(signs))
            .state(if present { State::Open } else { State::Undecided });
        let draft = if categories.is_empty() {
            draft.cites(core.iter().flat_map(|data| case.said_of_the_app(data)))
        } else {
            draft.cites(categories.iter().map(|row| &row.cite))
        };
        // Nothing that a policy must list was seen to be read: the vendor's own words are all there is.
        findings.push(if core.is_empty() { draft.at_most(Severity::Medium) } else { draft }.done());
    }
    findings
}

/// The SDKs of the package that bring this one along: those that the catalog knows to hold what was found of it.
fn carriers(case: &Case<'_>, found: &SdkFound) -> Vec<String> {
    let Some(sdk) = case.catalog.sdk(&found.id) else { return Vec::new() };
    let classes = || found.evidence.iter().filter(|sign| sign.kind == "class").map(|sign| sign.value.as_str());
    let is_there = |id: &str| case.behavior.sdks.iter().any(|it| case.catalog.family(&it.id).any(|it| it.id == id));
    let carries = |prefix: &str| {
        let elsewhere = || classes().any(|value| value != prefix && sdk.prefixes.contains(&value));
        prefix.is_empty() || classes().any(|value| value == prefix) && !elsewhere()
    };
    let here = sdk.shipped_in.iter().filter(|shipped| is_there(shipped.sdk) && carries(shipped.prefix));
    here.map(|shipped| shipped.sdk.to_owned()).collect()
}

fn reads_as(read: &Read, ids: &BTreeSet<&str>) -> bool {
    read.owner.kind == OwnerKind::Sdk && ids.contains(read.owner.id.as_str())
}

/// Whether an SDK collects, as far as its code in the package, its vendor or published binaries show.
pub(super) fn can_collect(case: &Case<'_>, sdk: &Sdk) -> bool {
    let reads = || case.reads().any(|read| read.owner.kind == OwnerKind::Sdk && read.owner.id == sdk.id);
    !sdk.utility && (!sdk.declared_data.is_empty() || !sdk.observed_data.is_empty() || reads())
}

pub(super) fn sign(sign: &SdkEvidence) -> Evidence {
    Evidence { kind: sign.kind, what: sign.value.clone(), count: sign.count, ..Evidence::default() }
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
