//! Data types: what code reads against what the policy says of them (D01–D04, D07, D08, S04).

use std::collections::{BTreeMap, BTreeSet};

use super::alternatives::Told;
use super::verdict::Judged;
use super::{Agreement, Case, Checked, Evidence, Finding, Verdict};
use crate::behavior::{Owner, OwnerKind, Read};
use crate::catalog::{Focus, Severity};
use crate::disclosure::{Cite, SdkRow};

pub(super) fn check<'c>(case: &Case<'c>, checked: &mut Checked) {
    let mut verdicts: BTreeMap<(&Owner, &str), Judged<'c>> = BTreeMap::new();
    for read in case.reads() {
        verdicts.entry((&read.owner, &read.data)).or_insert_with(|| verdict(case, read));
    }
    let judged = |read: &'c Read| &verdicts[&(&read.owner, read.data.as_str())];
    // A denial stands whatever else the call gives.
    let rank = |read: &'c Read| (judged(read).verdict != Verdict::Incorrect, judged(read).verdict);
    let unlisted: BTreeSet<String> =
        checked.findings.iter().filter(|it| it.rule == "S01").flat_map(|it| it.sdks.iter().cloned()).collect();

    let mut piles: BTreeMap<(Owner, Verdict, Focus), Pile<'_>> = BTreeMap::new();
    let mut agreed: BTreeMap<(Owner, &str, &Cite), Vec<Evidence>> = BTreeMap::new();
    for told in case.told(case.reads(), rank) {
        let Judged { verdict, cites } = judged(told.read);
        let owner = answerable(case, told.read);
        if *verdict == Verdict::Clear {
            if let Some(cite) = cites.first() {
                agreed.entry((owner, &told.read.data, cite)).or_default().push(told.evidence());
            }
        } else if told.read.owner.kind != OwnerKind::Sdk || !unlisted.contains(&told.read.owner.id) {
            let pile = piles.entry((owner, *verdict, told.read.focus)).or_default();
            pile.cites.extend(cites);
            pile.told.push(told);
        }
    }
    checked.agreements.extend(agreed.into_iter().map(|((owner, data, cite), evidence)| Agreement {
        owner,
        data: data.to_owned(),
        policy: cite.clone(),
        evidence,
    }));
    for ((owner, verdict, focus), pile) in piles {
        checked.findings.extend(finding(case, owner, verdict, focus, &pile));
    }
    checked.findings.extend(unobserved(case));
    checked.findings.extend(ios_only(case));
}

/// Reads of one owner with one verdict.
#[derive(Default)]
struct Pile<'c> {
    told: Vec<Told<'c>>,
    cites: BTreeSet<&'c Cite>,
}

fn verdict<'c>(case: &Case<'c>, read: &Read) -> Judged<'c> {
    match read.owner.kind {
        OwnerKind::Sdk => case.sdk_verdict(&read.owner.id, &rows_of(case, &read.owner.id), &read.data),
        OwnerKind::App | OwnerKind::Library | OwnerKind::Unknown => case.own_verdict(&read.data),
    }
}

fn rows_of<'c>(case: &Case<'c>, sdk: &str) -> Vec<&'c SdkRow> {
    let covers = |row: &&SdkRow| row.catalog.iter().any(|it| case.catalog.row_covers(it, sdk));
    case.disclosure.sdk_rows().filter(covers).collect()
}

/// Who answers for a read: an SDK under the name that its row covers it by, so that the parts of one family are one
/// finding; an SDK without a row, and all others, by themselves.
fn answerable(case: &Case<'_>, read: &Read) -> Owner {
    let code = read.owner.id.as_str();
    if read.owner.kind != OwnerKind::Sdk {
        return read.owner.clone();
    }
    let named: BTreeSet<&String> = rows_of(case, code).into_iter().flat_map(|row| &row.catalog).collect();
    let above = || case.catalog.family(code).map(|it| it.id).find(|id| named.iter().any(|it| it == id));
    // A row for a member covers the core that it is built on.
    let built_on = || named.iter().find(|id| case.catalog.row_covers(id, code)).map(|id| id.as_str());
    let id = above().or_else(built_on).unwrap_or(code);
    Owner { kind: OwnerKind::Sdk, id: id.to_owned() }
}

/// As [`answerable`], with the whole family of an SDK that has no row.
pub(super) fn answerable_family(case: &Case<'_>, read: &Read) -> Owner {
    let owner = answerable(case, read);
    let top = || case.catalog.family(&owner.id).last().map_or(owner.id.as_str(), |it| it.id);
    if owner.kind == OwnerKind::Sdk && rows_of(case, &owner.id).is_empty() {
        return Owner { kind: OwnerKind::Sdk, id: top().to_owned() };
    }
    owner
}

/// What the policy says that the data of a read is for, as far as it names them for that owner.
pub(super) fn purposes<'c>(case: &Case<'c>, read: &Read) -> Vec<(String, &'c Cite)> {
    let words = case.naming_words(&read.data);
    let names = |list: &[String]| words.iter().any(|word| list.contains(word));
    if read.owner.kind == OwnerKind::Sdk {
        let rows = rows_of(case, &read.owner.id).into_iter().filter(|row| names(&row.data));
        return rows.map(|row| (format!("{} {}", row.purpose, row.scene), &row.cite)).collect();
    }
    let own = case.disclosure.own_statements().filter(|it| !it.user_provided && names(it.data));
    own.map(|it| (it.purpose.to_owned(), it.cite)).collect()
}

/// The finding for reads that one verdict was given for; data that policies need not list make one apart.
fn finding(case: &Case<'_>, owner: Owner, verdict: Verdict, focus: Focus, pile: &Pile<'_>) -> Option<Finding> {
    let sdk = owner.kind == OwnerKind::Sdk;
    let rule = match verdict {
        Verdict::Clear => return None,
        Verdict::Vague => "D03",
        Verdict::Ambiguous => "D02",
        // Without a row there is nothing that could list it.
        Verdict::Omitted if sdk && pile.cites.is_empty() => return None,
        Verdict::Omitted if sdk => "S04",
        Verdict::Omitted => "D01",
        Verdict::Incorrect => "D04",
    };
    let members = pile.told.iter().map(|told| told.read.owner.id.clone()).chain([owner.id.clone()]);
    let draft = case
        .finding(rule)?
        .sdks(members.filter(|_| sdk))
        .owner(owner)
        .data(pile.told.iter().map(|told| told.read.data.clone()))
        .evidence(pile.told.iter().map(Told::evidence))
        .cites(pile.cites.iter().copied())
        .raised_by(pile.told.iter().map(|told| told.read.data.as_str()));
    // A denial is as wrong for them as for the rest.
    let minor = focus != Focus::Core && verdict != Verdict::Incorrect;
    Some(if minor { draft.at_most(Severity::Low) } else { draft }.done())
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
pub(super) fn ios_only(case: &Case<'_>) -> Vec<Finding> {
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
