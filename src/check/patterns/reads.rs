//! Patterns about reads: whose they are, of what data, when they can run, and what the policy says they are for.

use std::collections::BTreeSet;

use super::{Begin, dotted, listed};
use crate::behavior::{Certainty, Owner, OwnerKind, Read};
use crate::catalog::{Focus, Moment, Pattern};
use crate::check::alternatives::Told;
use crate::check::{Case, Draft, Finding, data, grouped, permissions};
use crate::disclosure::Cite;

/// The reads that a pattern means.
fn reads<'c>(case: &Case<'c>, pattern: &Pattern) -> Vec<&'c Read> {
    let is_meant = |read: &&Read| {
        read.focus == Focus::Core
            && read.obtainable.undeclared.is_empty()
            && is_of_owner(pattern, &read.owner)
            && runs_at(pattern.moment, read)
            && is_of_data(case, pattern, &read.data)
            && !(pattern.unnamed
                && (case.is_named_anywhere(&read.data) || !permissions::is_permitted(case, &read.data)))
            && (!pattern.beyond_type || is_beyond_type(case, &read.data))
            && has_purpose(case, pattern, read)
    };
    case.reads().filter(is_meant).collect()
}

fn is_of_owner(pattern: &Pattern, owner: &Owner) -> bool {
    let word = match owner.kind {
        OwnerKind::App => "app",
        OwnerKind::Sdk => "sdk",
        OwnerKind::Unknown => "unknown",
        OwnerKind::Library => return false,
    };
    pattern.owners.is_empty() || pattern.owners.contains(&word)
}

fn runs_at(moment: Option<Moment>, read: &Read) -> bool {
    let reached = read.certainty == Certainty::Reachable;
    match moment {
        None => true,
        Some(Moment::BeforeConsent) => reached && read.pre_consent == Some(true),
        Some(Moment::Background) => reached && read.background == Some(true),
        Some(Moment::Unasked) => reached && (read.pre_consent == Some(true) || read.background == Some(true)),
        Some(Moment::Repeated) => reached && read.repeats.is_some(),
    }
}

fn is_of_data(case: &Case<'_>, pattern: &Pattern, data: &str) -> bool {
    let class = case.catalog.data_type(data).map_or("", |entry| entry.class);
    let listed = || pattern.data.iter().any(|it| *it == data || case.catalog.covers(it, data));
    (pattern.classes.is_empty() || pattern.classes.contains(&class)) && (pattern.data.is_empty() || listed())
}

/// Whether the stated type of app does not need the data.
fn is_beyond_type(case: &Case<'_>, data: &str) -> bool {
    let needs = |necessary: &[&str]| necessary.iter().any(|it| *it == data || case.catalog.covers(it, data));
    case.app_type().is_some_and(|entry| !needs(&entry.necessary))
}

/// Whether all that the policy says of the data for that owner is for purposes that the pattern means.
fn has_purpose(case: &Case<'_>, pattern: &Pattern, read: &Read) -> bool {
    if pattern.purposes.is_empty() {
        return true;
    }
    let has = |purpose: &str, words: &[&str]| {
        let purpose = purpose.to_lowercase();
        words.iter().any(|word| purpose.contains(&word.to_lowercase()))
    };
    let purposes = data::purposes(case, read);
    let is_meant = |purpose: &String| has(purpose, &pattern.purposes) && !has(purpose, &pattern.unless_purposes);
    !purposes.is_empty() && purposes.iter().all(|(purpose, _)| is_meant(purpose))
}

/// One finding for each that answers for reads.
pub(super) fn by_owner<'c>(case: &Case<'c>, pattern: &Pattern, draft: Begin<'_, 'c>) -> Vec<Finding> {
    let told = case.told(reads(case, pattern), |_| ());
    let mut findings = Vec::new();
    for (owner, told) in grouped(told.into_iter().map(|told| (data::answerable_family(case, told.read), told))) {
        let Some(draft) = draft() else { continue };
        let sdks = told.iter().map(|it| &it.read.owner).filter(|it| it.kind == OwnerKind::Sdk);
        let sdks: Vec<String> = sdks.map(|it| it.id.clone()).chain(of_sdk(&owner)).collect();
        let cites: Vec<&Cite> = if pattern.purposes.is_empty() {
            Vec::new()
        } else {
            told.iter().flat_map(|it| data::purposes(case, it.read)).map(|(_, cite)| cite).collect()
        };
        let methods: BTreeSet<String> = told.iter().filter_map(|it| decisive(pattern, it.read)).map(dotted).collect();
        let draft = draft.owner(owner).sdks(sdks).cites(cites).detail(listed(&methods));
        findings.push(of_data(draft, &told).done());
    }
    findings
}

/// The method of a read's path by which it runs at the moment that a pattern means.
fn decisive<'r>(pattern: &Pattern, read: &'r Read) -> Option<&'r str> {
    match pattern.moment? {
        Moment::BeforeConsent => read.path.first().map(String::as_str),
        Moment::Repeated => read.repeats.as_ref().map(|it| it.method.as_str()),
        Moment::Background | Moment::Unasked => None,
    }
}

fn of_sdk(owner: &Owner) -> Option<String> {
    (owner.kind == OwnerKind::Sdk).then(|| owner.id.clone())
}

pub(super) fn together<'c>(case: &Case<'c>, pattern: &Pattern, draft: Begin<'_, 'c>) -> Option<Finding> {
    let told = case.told(reads(case, pattern), |_| ());
    let draft = draft().filter(|_| !told.is_empty())?;
    let detail = if pattern.beyond_type { case.disclosure.app_type.as_str() } else { "" };
    Some(of_data(draft.detail(detail), &told).done())
}

fn of_data<'c>(draft: Draft<'c>, told: &[Told<'_>]) -> Draft<'c> {
    draft.data(told.iter().map(|it| it.read.data.clone())).evidence(told.iter().map(Told::evidence))
}
