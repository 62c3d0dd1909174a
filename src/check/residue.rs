//! What a policy names and does not say it collects (Q06), and what in it was never filled in (Q07).

use std::collections::BTreeSet;

use super::{Case, Finding};
use crate::disclosure::{Cite, Mention};

/// Data among the rights of users that no statement, row or denial names, in whatever words.
pub(super) fn undisclosed(case: &Case<'_>) -> Option<Finding> {
    let mut data: BTreeSet<String> = BTreeSet::new();
    let mut other: BTreeSet<String> = BTreeSet::new();
    let mut cites: Vec<&Cite> = Vec::new();
    for mention in &case.disclosure.mentions {
        let (missing, unknown) = unsaid(case, mention);
        if !missing.is_empty() || !unknown.is_empty() {
            cites.push(&mention.cite);
            data.extend(missing);
            other.extend(unknown);
        }
    }
    let draft = case.finding("Q06").filter(|_| !cites.is_empty())?;
    let named: Vec<String> = data.iter().cloned().chain(other).collect();
    Some(draft.data(data).detail(named.join(", ")).cites(cites).done())
}

/// Of a mention, the data types and the other data that nothing else in the policy covers.
fn unsaid(case: &Case<'_>, mention: &Mention) -> (Vec<String>, Vec<String>) {
    let it = case.disclosure;
    let lists = || {
        let own = it.collects.iter().map(|it| &it.data);
        own.chain(it.sdk.iter().map(|it| &it.data))
            .chain(it.permission.iter().map(|it| &it.data))
            .chain(it.denies.iter().map(|it| &it.data))
    };
    let introduced = |word: &str| {
        it.collects.iter().any(|it| !it.umbrella.is_empty() && word.strip_prefix('~') == Some(it.umbrella.as_str()))
    };
    let says = |word: &String| lists().any(|list| list.contains(word)) || introduced(word);
    let covers = |leaf: &String| {
        let wider = case.catalog.ancestors(leaf).map(|above| format!("~{above}"));
        case.naming_words(leaf).into_iter().chain(wider).any(|word| says(&word))
    };
    // A word for a group says nothing that could be missing.
    let leaves = mention.data.iter().filter(|word| !word.starts_with('~'));
    let others: Vec<&String> =
        it.collects.iter().flat_map(|it| &it.other).chain(it.sdk.iter().flat_map(|it| &it.other)).collect();
    let is_said =
        |word: &&String| others.iter().any(|said| said.contains(word.as_str()) || word.contains(said.as_str()));
    (
        leaves.filter(|leaf| !covers(leaf)).cloned().collect(),
        mention.other.iter().filter(|word| !is_said(word)).cloned().collect(),
    )
}

/// Words of a template, cited by the disclosure or in its own texts.
pub(super) fn unfilled(case: &Case<'_>) -> Option<Finding> {
    let it = case.disclosure;
    let mut found: BTreeSet<String> = it.residue.iter().map(|it| it.text.clone()).collect();
    let words: Vec<&str> = case
        .catalog
        .tables
        .phrases
        .iter()
        .filter(|it| it.role == "residue")
        .flat_map(|it| it.words().copied())
        .collect();
    let rows = it.sdk.iter().flat_map(|row| row.names.iter().chain([&row.provider, &row.purpose]));
    let texts =
        [&it.title, &it.app, &it.controller].into_iter().chain(it.collects.iter().map(|it| &it.purpose)).chain(rows);
    for text in texts {
        found.extend(words.iter().filter(|word| text.contains(**word)).map(|word| (*word).to_owned()));
    }
    let draft = case.finding("Q07").filter(|_| !found.is_empty())?;
    let found: Vec<String> = found.into_iter().collect();
    Some(draft.detail(found.join(", ")).cites(it.residue.iter().map(|it| &it.cite)).done())
}
