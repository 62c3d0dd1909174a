//! What is wrong at a place, and the words for it.

use std::collections::BTreeSet;

use super::Place;
use crate::catalog::{Catalog, suggestion};

/// A word of more characters is cut in messages and taken for no misspelling.
const LONGEST_WORD: usize = 80;

/// What is wrong with the value at a place.
#[derive(Debug)]
pub(crate) struct Fault<'t> {
    pub(crate) place: Place<'t>,
    pub(crate) message: String,
}

/// The outcome of a check that ends at the first fault.
pub(crate) type Checked<'t> = Result<(), Fault<'t>>;

#[cold]
pub(crate) fn fail<'t>(place: &Place<'t>, message: impl Into<String>) -> Checked<'t> {
    Err(Fault { place: place.clone(), message: message.into() })
}

/// The word is one of a few, which a message can list.
pub(crate) fn word<'t>(kind: &str, word: &str, words: &[&str], place: &Place<'t>) -> Checked<'t> {
    if words.contains(&word) {
        return Ok(());
    }
    let hint = did_you_mean(word, words.iter().copied());
    if hint.is_empty() {
        fail(place, format!("unknown {kind} {}; expected one of `{}`", quoted(word), words.join("`, `")))
    } else {
        fail(place, format!("unknown {kind} {}{hint}", quoted(word)))
    }
}

/// A text that says something.
pub(crate) fn text<'t>(it: &str, place: &Place<'t>) -> Checked<'t> {
    if it.trim().is_empty() { fail(place, "expected a text, found an empty one") } else { Ok(()) }
}

/// A list in which no word stands twice.
pub(crate) fn unique<'t>(list: &[String], place: &Place<'t>) -> Checked<'t> {
    let mut seen = BTreeSet::new();
    for (word, place) in list.iter().zip(place.items()) {
        if !seen.insert(word) {
            return fail(&place, format!("{} is listed twice", quoted(word)));
        }
    }
    Ok(())
}

/// The nearest of `candidates` as a question for the end of a message; empty where none is near.
pub(crate) fn did_you_mean<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> String {
    // The distance takes time by the length of the word, and no word of the catalog is longer.
    if word.chars().nth(LONGEST_WORD).is_some() { String::new() } else { suggestion(word, candidates) }
}

/// A type of app must be one of the catalog's.
pub(crate) fn app_type<'t>(id: &str, place: &Place<'t>, catalog: &Catalog) -> Checked<'t> {
    if catalog.app_type(id).is_some() {
        return Ok(());
    }
    let nearest = did_you_mean(id, catalog.tables.app_types.iter().map(|it| it.id));
    fail(place, format!("unknown type of app {}{nearest}", quoted(id)))
}

/// A word of the file for a message, between backticks.
pub(crate) fn quoted(word: &str) -> String {
    format!("`{}`", escaped(word, LONGEST_WORD))
}

/// A text of the file for a terminal: cut after `most` characters, with those escaped that a terminal does not show as
/// they are.
pub(crate) fn escaped(text: &str, most: usize) -> String {
    let mut shown = String::new();
    for (index, character) in text.chars().enumerate() {
        match character {
            _ if index == most => {
                shown.push('…');
                break;
            }
            '"' | '\'' | '\\' => shown.push(character),
            _ => shown.extend(character.escape_debug()),
        }
    }
    shown
}
