//! What a disclosure file may not say: words that nobody knows, and entries that contradict themselves.
//!
//! Two statements that contradict each other are facts about the policy and pass.

use std::collections::BTreeSet;

use super::model::{Cite, Claim, Claims, Disclosure, Effective};
use super::place::Place;
use crate::catalog::Catalog;

/// Words for `platforms`.
const PLATFORMS: [&str; 4] = ["android", "harmonyos", "ios", "web"];

/// A word of more characters is cut in messages and never looked up as a misspelling.
const LONGEST_WORD: usize = 80;

/// How alike two words must be, from 0 to 1, before one is offered for the other.
const LIKENESS: f64 = 0.5;

/// What is wrong with the value at a place.
#[derive(Debug)]
pub(super) struct Fault<'t> {
    pub(super) place: Place<'t>,
    pub(super) message: String,
}

type Checked<'t> = Result<(), Fault<'t>>;

/// Checks everything that the types leave open; `root` is the document that `disclosure` was read from.
pub(super) fn check<'t>(disclosure: &Disclosure, root: &Place<'t>, catalog: &Catalog) -> Checked<'t> {
    let words = Words { catalog };
    heading(disclosure, root)?;
    for (it, place) in disclosure.collects.iter().zip(root.key("collects").items()) {
        if it.data.is_empty() && it.other.is_empty() && it.umbrella.is_empty() {
            return fail(&place, "names no data: give `data`, `other` or `umbrella`");
        }
        words.data(&it.data, &place.key("data"))?;
        texts(&it.other, &place.key("other"))?;
        if !it.umbrella.is_empty() {
            words.umbrella(&it.umbrella, &place.key("umbrella"))?;
        }
        platforms(&it.platforms, &place.key("platforms"))?;
        cite(&it.cite, &place.key("cite"))?;
    }
    for (it, place) in disclosure.sdk.iter().zip(root.key("sdk").items()) {
        some(&it.names, &place, "names")?;
        texts(&it.names, &place.key("names"))?;
        words.sdks(&it.catalog, &place.key("catalog"))?;
        words.data(&it.data, &place.key("data"))?;
        texts(&it.other, &place.key("other"))?;
        texts(&it.links, &place.key("links"))?;
        platforms(&it.platforms, &place.key("platforms"))?;
        cite(&it.cite, &place.key("cite"))?;
    }
    for (it, place) in disclosure.permission.iter().zip(root.key("permission").items()) {
        text(&it.text, &place.key("text"))?;
        words.permissions(&it.constants, &place.key("constants"))?;
        words.data(&it.data, &place.key("data"))?;
        platforms(&it.platforms, &place.key("platforms"))?;
        let elsewhere = !it.platforms.is_empty() && !it.platforms.iter().any(|it| it == "android");
        if elsewhere && let Some(constant) = it.constants.first() {
            return fail(
                &place.key("platforms"),
                format!("{} is an Android constant, yet `platforms` leaves `android` out", quoted(constant)),
            );
        }
        cite(&it.cite, &place.key("cite"))?;
    }
    for (it, place) in disclosure.denies.iter().zip(root.key("denies").items()) {
        some(&it.data, &place, "data")?;
        words.data(&it.data, &place.key("data"))?;
        words.sdks(&it.sdk, &place.key("sdk"))?;
        platforms(&it.platforms, &place.key("platforms"))?;
        cite(&it.cite, &place.key("cite"))?;
    }
    claims(&disclosure.claims, &root.key("claims"))
}

/// The nearest of `candidates`, the first of equals; none where nothing is like it.
pub(super) fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    if word.is_empty() || word.chars().nth(LONGEST_WORD).is_some() {
        return None;
    }
    let word = word.to_ascii_lowercase();
    let mut best = None;
    let mut best_likeness = 0.0;
    for candidate in candidates {
        let lower = candidate.to_ascii_lowercase();
        // `CAMERA` for `android.permission.CAMERA` is far away by letters, yet plain.
        let is_tail = lower.strip_suffix(word.as_str()).is_some_and(|it| it.ends_with('.'));
        let likeness = if is_tail { 1.0 } else { strsim::normalized_damerau_levenshtein(&word, &lower) };
        if LIKENESS <= likeness && best_likeness < likeness {
            best = Some(candidate);
            best_likeness = likeness;
        }
    }
    best
}

/// A word of the file for a message, between backticks.
pub(super) fn quoted(word: &str) -> String {
    format!("`{}`", escaped(word, LONGEST_WORD))
}

/// A text of the file for a terminal: cut after `most` characters, control characters escaped.
pub(super) fn escaped(text: &str, most: usize) -> String {
    let mut shown = String::new();
    for (index, character) in text.chars().enumerate() {
        if index == most {
            shown.push('…');
            break;
        }
        if character.is_control() {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

fn heading<'t>(disclosure: &Disclosure, root: &Place<'t>) -> Checked<'t> {
    unique(&disclosure.packages, &root.key("packages"))?;
    for (it, place) in disclosure.packages.iter().zip(root.key("packages").items()) {
        if !is_application_id(it) {
            return fail(&place, format!("{} is no application id such as `com.example.app`", quoted(it)));
        }
    }
    if let Some(it) = &disclosure.controller_cite {
        let place = root.key("controller_cite");
        if disclosure.controller.is_empty() {
            return fail(&place, "cites a controller, yet `controller` is empty");
        }
        cite(it, &place)?;
    }
    if let Some(it) = &disclosure.effective {
        effective(it, &root.key("effective"))?;
    }
    match &disclosure.source {
        Some(it) if !it.sha256.is_empty() && !is_sha256(&it.sha256) => fail(
            &root.key("source").key("sha256"),
            format!("expected 64 lowercase hex digits, found {}", quoted(&it.sha256)),
        ),
        _ => Ok(()),
    }
}

fn effective<'t>(effective: &Effective, place: &Place<'t>) -> Checked<'t> {
    for (key, day) in [("from", &effective.from), ("to", &effective.to)] {
        if let Some(day) = day
            && !is_day(day)
        {
            return fail(&place.key(key), format!("expected a day such as 2021-11-01, found {}", quoted(day)));
        }
    }
    match (&effective.from, &effective.to) {
        // ISO days sort as text.
        (Some(from), Some(to)) if to < from => {
            fail(&place.key("to"), format!("the last day {to} is before the first day {from}"))
        }
        _ => Ok(()),
    }
}

fn claims<'t>(claims: &Claims, place: &Place<'t>) -> Checked<'t> {
    // A rule decides by these words; claims without a list are as stated.
    let keyed: [(&str, &Option<Claim>, &[&str]); 9] = [
        ("cross_border", &claims.cross_border, &["none", "yes", "conditional"]),
        ("storage", &claims.storage, &[]),
        ("retention", &claims.retention, &["period", "as-needed"]),
        ("transport", &claims.transport, &[]),
        ("minors", &claims.minors, &[]),
        ("background", &claims.background, &["none", "yes"]),
        ("targeting", &claims.targeting, &["none", "yes", "opt-out"]),
        ("contact", &claims.contact, &[]),
        ("rights", &claims.rights, &[]),
    ];
    for (key, claim, words) in keyed {
        let Some(claim) = claim else { continue };
        let place = place.key(key);
        if words.is_empty() {
            text(&claim.value, &place.key("value"))?;
        } else {
            word("word", &claim.value, words, &place.key("value"))?;
        }
        if claim.days.is_some() {
            if !matches!(key, "retention" | "rights") {
                return fail(&place.key("days"), format!("`{key}` has no days"));
            }
            if claim.value == "as-needed" {
                return fail(&place.key("days"), "`as-needed` states no days: write `period`");
            }
        }
        cite(&claim.cite, &place.key("cite"))?;
    }
    Ok(())
}

/// The ids of the catalog.
#[derive(Debug, Clone, Copy)]
struct Words<'c> {
    catalog: &'c Catalog,
}

impl Words<'_> {
    /// A list of data types, umbrellas with `~`.
    fn data<'t>(self, list: &[String], place: &Place<'t>) -> Checked<'t> {
        unique(list, place)?;
        for (written, place) in list.iter().zip(place.items()) {
            let id = written.strip_prefix('~').unwrap_or(written);
            let with_tilde = id.len() < written.len();
            match (self.is_umbrella(id), with_tilde) {
                (Some(true), true) | (Some(false), false) => {}
                (Some(true), false) => return fail(&place, format!("`{id}` is an umbrella: write `~{id}`")),
                (Some(false), true) => return fail(&place, format!("`{id}` is no umbrella: write it without `~`")),
                (None, _) => {
                    let types = &self.catalog.tables.data_types;
                    let near = nearest(id, types.iter().map(|it| it.id));
                    let tilde = if near.and_then(|it| self.is_umbrella(it)) == Some(true) { "~" } else { "" };
                    let near = near.map(|it| format!("{tilde}{it}"));
                    return unknown("data id", written, near.as_deref(), &place);
                }
            }
        }
        Ok(())
    }

    /// The umbrella of a list, without `~`.
    fn umbrella<'t>(self, id: &str, place: &Place<'t>) -> Checked<'t> {
        if let Some(bare) = id.strip_prefix('~')
            && self.is_umbrella(bare) == Some(true)
        {
            return fail(place, format!("the key says that it is an umbrella: write `{bare}` without `~`"));
        }
        match self.is_umbrella(id) {
            Some(true) => Ok(()),
            Some(false) => fail(place, format!("`{id}` is no umbrella: write it into `data`")),
            None => {
                let types = &self.catalog.tables.data_types;
                let umbrellas = types.iter().filter(|it| it.umbrella).map(|it| it.id);
                unknown("umbrella", id, nearest(id, umbrellas), place)
            }
        }
    }

    fn sdks<'t>(self, list: &[String], place: &Place<'t>) -> Checked<'t> {
        let ids = || self.catalog.tables.sdks.iter().map(|it| it.id);
        known("SDK id", list, ids, place)
    }

    fn permissions<'t>(self, list: &[String], place: &Place<'t>) -> Checked<'t> {
        let names = || self.catalog.tables.permissions.iter().map(|it| it.name);
        known("permission", list, names, place)
    }

    /// None = not in the catalog.
    fn is_umbrella(self, id: &str) -> Option<bool> {
        self.catalog.tables.data_types.iter().find(|it| it.id == id).map(|it| it.umbrella)
    }
}

fn platforms<'t>(list: &[String], place: &Place<'t>) -> Checked<'t> {
    known("platform", list, || PLATFORMS.iter().copied(), place)
}

fn cite<'t>(cite: &Cite, place: &Place<'t>) -> Checked<'t> {
    let [first, last] = cite.lines;
    if first == 0 || last == 0 {
        return fail(&place.key("lines"), format!("lines count from 1, found [{first}, {last}]"));
    }
    if last < first {
        return fail(&place.key("lines"), format!("the last line {last} is before the first line {first}"));
    }
    Ok(())
}

/// Every word of the list is one of the candidates, and no two are the same.
fn known<'t, 'c, I: Iterator<Item = &'c str>>(
    kind: &str,
    list: &[String],
    candidates: impl Fn() -> I,
    place: &Place<'t>,
) -> Checked<'t> {
    unique(list, place)?;
    for (word, place) in list.iter().zip(place.items()) {
        if candidates().all(|it| it != word) {
            return unknown(kind, word, nearest(word, candidates()), &place);
        }
    }
    Ok(())
}

/// The word is one of a few, which a message can list.
fn word<'t>(kind: &str, word: &str, words: &[&str], place: &Place<'t>) -> Checked<'t> {
    if words.contains(&word) {
        return Ok(());
    }
    let list: Vec<String> = words.iter().map(|it| format!("`{it}`")).collect();
    fail(place, format!("unknown {kind} {}; expected {}", quoted(word), list.join(", ")))
}

/// A list of texts as the policy writes them.
fn texts<'t>(list: &[String], place: &Place<'t>) -> Checked<'t> {
    unique(list, place)?;
    list.iter().zip(place.items()).try_for_each(|(it, place)| text(it, &place))
}

fn text<'t>(it: &str, place: &Place<'t>) -> Checked<'t> {
    if it.trim().is_empty() { fail(place, "expected a text, found an empty one") } else { Ok(()) }
}

fn some<'t>(list: &[String], place: &Place<'t>, key: &str) -> Checked<'t> {
    if list.is_empty() { fail(&place.key(key), format!("`{key}` is empty")) } else { Ok(()) }
}

fn unique<'t>(list: &[String], place: &Place<'t>) -> Checked<'t> {
    let mut seen = BTreeSet::new();
    for (word, place) in list.iter().zip(place.items()) {
        if !seen.insert(word) {
            return fail(&place, format!("{} is listed twice", quoted(word)));
        }
    }
    Ok(())
}

fn unknown<'t>(kind: &str, word: &str, near: Option<&str>, place: &Place<'t>) -> Checked<'t> {
    let near = near.map_or(String::new(), |it| format!("; nearest is `{it}`"));
    fail(place, format!("unknown {kind} {}{near}", quoted(word)))
}

#[cold]
fn fail<'t>(place: &Place<'t>, message: impl Into<String>) -> Checked<'t> {
    Err(Fault { place: place.clone(), message: message.into() })
}

/// A day of the calendar as `YYYY-MM-DD`.
fn is_day(text: &str) -> bool {
    text.parse::<toml::value::Datetime>()
        .is_ok_and(|it| it.date.is_some() && it.time.is_none() && it.offset.is_none() && it.to_string() == text)
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'))
}

/// As Android demands: two or more segments, each a letter and then letters, digits or `_`.
/// <https://developer.android.com/build/configure-app-module#set-application-id>
fn is_application_id(text: &str) -> bool {
    let segment = |it: &str| {
        it.starts_with(|it: char| it.is_ascii_alphabetic())
            && it.chars().all(|it| it.is_ascii_alphanumeric() || it == '_')
    };
    text.contains('.') && text.split('.').all(segment)
}
