//! Data types: what code reads against what the policy says of them (D01–D04, D07, D08, S04).

use std::collections::{BTreeMap, BTreeSet};

use super::{Agreement, Case, Checked, Finding, Verdict, evidence_of, grouped};
use crate::behavior::{Owner, OwnerKind, Read};
use crate::catalog::{Focus, Severity};
use crate::disclosure::{Cite, SdkRow};

pub(super) fn check(case: &Case<'_>, checked: &mut Checked) {
    for (subject, reads) in grouped(case.reads().filter_map(|read| Some((subject_of(case, read)?, read)))) {
        judge(case, &subject, &reads, checked);
    }
    checked.findings.extend(unobserved(case));
    checked.findings.extend(ios_only(case));
}

/// Who answers for a read, and the rows that speak for its SDK.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Subject {
    owner: Owner,
}

/// The subject of a read: for an SDK with a row the name that the row covers it by, so that the parts of one family are
/// one finding; an SDK without a row by itself.
fn subject_of(case: &Case<'_>, read: &Read) -> Option<Subject> {
    if read.owner.kind != OwnerKind::Sdk {
        return Some(Subject { owner: read.owner.clone() });
    }
    let covering = rows_of(case, &read.owner.id).into_iter().flat_map(|row| &row.catalog);
    let id = covering.filter(|id| case.catalog.row_covers(id, &read.owner.id)).min().unwrap_or(&read.owner.id);
    Some(Subject { owner: Owner { kind: OwnerKind::Sdk, id: id.clone() } })
}

fn rows_of<'c>(case: &Case<'c>, sdk: &str) -> Vec<&'c SdkRow> {
    let covers = |row: &&SdkRow| row.catalog.iter().any(|it| case.catalog.row_covers(it, sdk));
    case.disclosure.sdk_rows().filter(covers).collect()
}

/// Reads of one data type with one verdict.
struct Pile<'c> {
    reads: Vec<&'c Read>,
    cites: Vec<&'c Cite>,
}

/// Judges the reads of one subject: one finding a verdict, with those that no policy must list in a finding apart.
fn judge<'c>(case: &Case<'c>, subject: &Subject, reads: &[&'c Read], checked: &mut Checked) {
    let sdk = subject.owner.kind == OwnerKind::Sdk;
    let rows = if sdk { rows_of(case, &subject.owner.id) } else { Vec::new() };
    let verdict_of = |data: &str| {
        if sdk { case.sdk_verdict(&subject.owner.id, &rows, data) } else { case.own_verdict(data) }
    };
    let mut piles: BTreeMap<(Verdict, Focus), BTreeMap<&str, Pile<'c>>> = BTreeMap::new();
    for (data, reads) in by_data(reads, |data| verdict_of(data).verdict) {
        let judged = verdict_of(data);
        if judged.verdict == Verdict::Clear {
            if let Some(cite) = judged.cites.first() {
                let agreement =
                    Agreement { owner: subject.owner.clone(), data: data.to_owned(), policy: (*cite).clone() };
                checked.agreements.push(agreement);
            }
            continue;
        }
        for (focus, reads) in grouped(reads.into_iter().map(|read| (read.focus, read))) {
            let pile = Pile { reads, cites: judged.cites.clone() };
            piles.entry((judged.verdict, focus)).or_default().insert(data, pile);
        }
    }
    for ((verdict, focus), piles) in piles {
        // What an SDK without a row reads is part of the finding that it has none.
        let rule = match verdict {
            Verdict::Incorrect => "D04",
            Verdict::Ambiguous => "D02",
            Verdict::Vague => "D03",
            Verdict::Omitted if !sdk => "D01",
            Verdict::Omitted if rows.is_empty() => continue,
            Verdict::Omitted => "S04",
            Verdict::Clear => continue,
        };
        let Some(draft) = case.finding(rule) else { continue };
        let reads = || piles.values().flat_map(|pile| &pile.reads);
        let owners =
            reads().filter(|_| sdk).map(|read| read.owner.id.clone()).chain(sdk.then(|| subject.owner.id.clone()));
        let draft = draft
            .owner(subject.owner.clone())
            .data(piles.keys().map(|data| (*data).to_owned()))
            .sdks(owners)
            .evidence(reads().map(|read| evidence_of(read)))
            .cites(piles.values().flat_map(|pile| pile.cites.iter().copied()))
            .raised_by(piles.keys().copied());
        let draft = if focus == Focus::Core { draft } else { draft.at_most(Severity::Low) };
        checked.findings.push(draft.done());
    }
}

/// Reads by data type. One call may yield one of several (an IMEI or a MEID): it counts for the best disclosed of them,
/// and for the first where they are alike.
fn by_data<'c>(reads: &[&'c Read], verdict: impl Fn(&str) -> Verdict) -> BTreeMap<&'c str, Vec<&'c Read>> {
    let places = grouped(reads.iter().map(|read| ((&read.file, &read.offset, &read.api, &read.literal), *read)));
    grouped(places.into_values().flat_map(|alternatives| {
        let best = alternatives.iter().min_by_key(|read| (verdict(&read.data), &read.data)).map(|read| &read.data);
        let conditional = alternatives.iter().any(|read| read.literal.is_some());
        let kept = alternatives.into_iter().filter(move |read| conditional || Some(&read.data) == best);
        kept.map(|read| (read.data.as_str(), read))
    }))
}

/// Own statements about data that nothing in the package reads.
fn unobserved(case: &Case<'_>) -> Option<Finding> {
    let seen: BTreeSet<&str> = case.behavior.reads.iter().map(|read| read.data.as_str()).collect();
    let mut stale: BTreeMap<&str, &Cite> = BTreeMap::new();
    for statement in case.disclosure.own_statements().filter(|it| !it.user_provided) {
        for data in statement.data {
            let known = case.catalog.data_type(data).is_some_and(|it| !it.umbrella && it.platform != "ios");
            let visible = || case.catalog.tables.sources.iter().any(|source| source.data == data);
            if known && !seen.contains(data.as_str()) && visible() {
                stale.entry(data).or_insert(statement.cite);
            }
        }
    }
    if stale.is_empty() {
        return None;
    }
    let draft = case.finding("D07")?.state(case.by_absence());
    Some(draft.data(stale.keys().map(|data| (*data).to_owned())).cites(stale.into_values()).done())
}

/// Own statements that hold for Android and name what only iOS has. Permission rows are asked by P07.
fn ios_only(case: &Case<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for statement in &case.disclosure.collects {
        let for_android = statement.platforms.is_empty() || statement.platforms.iter().any(|it| it == "android");
        let split = statement.platforms.iter().any(|it| it == "ios");
        let data: Vec<String> = statement.data.iter().filter(|data| is_ios_only(case, data)).cloned().collect();
        if for_android && !split && !data.is_empty() {
            findings.extend(case.finding("D08").map(|draft| draft.data(data).cites([&statement.cite]).done()));
        }
    }
    findings
}

fn is_ios_only(case: &Case<'_>, data: &str) -> bool {
    case.catalog.data_type(data).is_some_and(|it| it.platform == "ios")
}
