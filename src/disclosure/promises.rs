//! What a new version promises less or more: lists that open, elements of rows, claims.

use std::collections::{BTreeMap, BTreeSet};

use super::diff::{About, Change, Difference, claimed};
use super::model::{Cite, Claim, Disclosure, SdkRow};

/// Whom a row speaks for: the SDKs by id, their category, or the names as written.
pub(super) fn subjects(row: &SdkRow) -> Vec<String> {
    match (row.catalog.as_slice(), row.category.as_str()) {
        ([], "") => row.names.clone(),
        ([], category) => vec![format!("category {category}")],
        (ids, _) => ids.to_vec(),
    }
}

/// One list of data of a version.
struct List<'d> {
    subject: String,
    data: &'d [String],
    open: bool,
    cite: &'d Cite,
}

fn lists(it: &Disclosure) -> Vec<List<'_>> {
    let own = it.collects.iter().map(|it| List {
        subject: String::new(),
        data: &it.data,
        open: it.open_ended,
        cite: &it.cite,
    });
    let rows = it.sdk.iter().flat_map(|row| {
        let list = |subject| List { subject, data: &row.data, open: row.open_ended, cite: &row.cite };
        subjects(row).into_iter().map(list)
    });
    own.chain(rows).collect()
}

/// Lists that were closed and are open now, or the other way round. Those lists are compared that share a word.
pub(super) fn opened(old: &Disclosure, new: &Disclosure) -> Vec<Difference> {
    let before = lists(old);
    let mut differences = Vec::new();
    for list in lists(new) {
        let shared = |it: &&List<'_>| it.subject == list.subject && it.data.iter().any(|it| list.data.contains(it));
        let counterparts: Vec<&List<'_>> = before.iter().filter(shared).collect();
        let Some(first) = counterparts.first().filter(|_| counterparts.iter().all(|it| it.open != list.open)) else {
            continue;
        };
        let change = if list.open { Change::Weakened } else { Change::Clarified };
        let word = |open: bool| if open { "open" } else { "closed" };
        let difference = Difference::of(change, About::List, &list.subject);
        differences.push(difference.before(word(first.open), first.cite).after(word(list.open), list.cite));
    }
    differences
}

/// Elements of rows and permissions that are gone or new: provider, purpose, links; and the controller.
pub(super) fn elements(old: &Disclosure, new: &Disclosure) -> Vec<Difference> {
    let mut differences = Vec::new();
    let (before, after) = (of_rows(old), of_rows(new));
    for (subject, (has, cite)) in &before {
        let Some((still, now)) = after.get(subject) else { continue };
        for ((element, had), (_, has)) in has.iter().zip(still) {
            differences.extend(kept(About::Element, subject, element, (*had, cite), (*has, now)));
        }
    }
    let (before, after) = (purposes(old), purposes(new));
    for (constant, (had, cite)) in &before {
        if let Some((has, now)) = after.get(constant) {
            differences.extend(kept(About::Purpose, constant, "purpose", (*had, cite), (*has, now)));
        }
    }
    let named = |it: &Disclosure| !it.controller.trim().is_empty();
    let (cite, now) = (old.controller_cite.clone(), new.controller_cite.clone());
    if old.controller != new.controller {
        let change = match (named(old), named(new)) {
            (true, false) => Change::Dropped,
            (true | false, true) => Change::Added,
            (false, false) => return differences,
        };
        let name = |it: &Disclosure| Some(it.controller.clone()).filter(|_| named(it));
        let difference = Difference::of(change, About::Controller, "");
        differences.push(Difference { before: name(old), after: name(new), old: cite, new: now, ..difference });
    }
    differences
}

type Elements<'d> = ([(&'static str, bool); 3], &'d Cite);

fn of_rows(it: &Disclosure) -> BTreeMap<String, Elements<'_>> {
    let mut rows: BTreeMap<String, Elements<'_>> = BTreeMap::new();
    for row in &it.sdk {
        let given = |text: &str| !text.trim().is_empty();
        let has = [
            ("provider", given(&row.provider)),
            ("purpose", given(&row.purpose) || given(&row.scene)),
            ("links", !row.links.is_empty()),
        ];
        for subject in subjects(row) {
            let known = rows.entry(subject).or_insert((has, &row.cite));
            for ((_, known), (_, has)) in known.0.iter_mut().zip(has) {
                *known |= has;
            }
        }
    }
    rows
}

fn purposes(it: &Disclosure) -> BTreeMap<&str, (bool, &Cite)> {
    let mut purposes: BTreeMap<&str, (bool, &Cite)> = BTreeMap::new();
    for row in &it.permission {
        for constant in &row.constants {
            purposes.entry(constant).or_insert((false, &row.cite)).0 |= !row.purpose.trim().is_empty();
        }
    }
    purposes
}

/// Whether an element was there before and is now.
fn kept(
    about: About,
    subject: &str,
    element: &str,
    (had, old): (bool, &Cite),
    (has, new): (bool, &Cite),
) -> Option<Difference> {
    let difference = |change| Difference {
        old: Some(old.clone()),
        new: Some(new.clone()),
        ..Difference::of(change, about, subject)
    };
    match (had, has) {
        (true, false) => Some(Difference { before: Some(element.to_owned()), ..difference(Change::Weakened) }),
        (false, true) => Some(Difference { after: Some(element.to_owned()), ..difference(Change::Clarified) }),
        _ => None,
    }
}

/// Claims, by their values where the format has words for them and else by their presence.
pub(super) fn claims(old: &Disclosure, new: &Disclosure) -> Vec<Difference> {
    let before: BTreeMap<&str, &Claim> = old.claims.stated().collect();
    let after: BTreeMap<&str, &Claim> = new.claims.stated().collect();
    let names: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
    names.into_iter().filter_map(|name| claim(name, before.get(name).copied(), after.get(name).copied())).collect()
}

/// How much a value promises, where it is a word of the format.
fn strength(claim: &Claim) -> Option<u32> {
    match claim.value.as_str() {
        "none" | "period" => Some(2),
        "conditional" | "opt-out" => Some(1),
        "yes" | "as-needed" => Some(0),
        _ => None,
    }
}

fn claim(name: &str, old: Option<&Claim>, new: Option<&Claim>) -> Option<Difference> {
    let difference = |change| Difference::of(change, About::Claim, name);
    match (old, new) {
        (None, None) => None,
        (None, Some(new)) => Some(difference(Change::Added).after(&claimed(new), &new.cite)),
        (Some(old), None) => Some(difference(Change::Dropped).before(&claimed(old), &old.cite)),
        (Some(old), Some(new)) => {
            // Free text that reads differently may say the same; days never do.
            let days = old.days.zip(new.days).map_or(0, |(old, new)| i64::from(old) - i64::from(new));
            let words = strength(old).zip(strength(new)).map_or(0, |(old, new)| i64::from(new) - i64::from(old));
            let better = if words == 0 { days } else { words };
            let change = match better.signum() {
                -1 => Change::Weakened,
                1 => Change::Clarified,
                _ => return None,
            };
            Some(difference(change).before(&claimed(old), &old.cite).after(&claimed(new), &new.cite))
        }
    }
}
