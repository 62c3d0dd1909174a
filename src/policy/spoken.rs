//! SDKs and permissions that only sentences and the items of lists name. A policy with a table of them is taken at its
//! table: sentences around it repeat and group its rows, so what they add is reported and not counted.

use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};

use super::claims::company_start;
use super::data::{self, Item, Listed};
use super::draft::{Draft, MarkKind, push_once};
use super::links;
use super::names;
use super::permissions;
use super::prose::{self, sentences};
use super::purposes;
use super::quotes::{one_line, stated};
use super::rows::{PURPOSE, on_other};
use super::text::Text;
use super::words::{Found, Hit, Meaning, Words};
use crate::catalog::Catalog;
use crate::disclosure::{Denies, PermissionRow, SdkRow};

/// Bytes between the name of a permission and the word that says that it is one.
const NEAR: usize = 24;

/// Bytes between the parts of one name.
const WITHIN_NAME: usize = 3;

/// Characters before the sign that ends the name of an item.
const LONGEST_NAME: usize = 40;

/// A paragraph that names SDKs or permissions.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) text: Text,
    /// It is an item of a list of SDKs: what it names is an SDK, and all its data are that SDK's.
    pub(super) listed: bool,
}

/// What a piece of a paragraph says about SDKs.
struct Piece {
    row: SdkRow,
    denied: Vec<String>,
}

/// Reads the SDKs of paragraphs where no table names any; else reports the names that no row has.
pub(super) fn sdks(paragraphs: &[Said], words: &Words<'_>, draft: &mut Draft<'_>) {
    let tabled =
        if draft.disclosure.sdk.is_empty() { None } else { Some(Covered::by(&draft.disclosure.sdk, words.catalog)) };
    let mut rows = Rows::default();
    for said in paragraphs {
        let mut about: Option<usize> = None;
        for range in pieces(said, words) {
            let text = said.text.slice(range).trimmed();
            let found = words.find(text.as_str());
            let names = found.sdks.iter().any(|hit| names_sdk(text.as_str(), hit, &found, words))
                || said.listed && about.is_none();
            let speaks = found.has("sdk-word") || said.listed;
            // 该SDK会收集…: the SDK of the sentence before.
            let goes_on = !names && (speaks || found.has("other-subject"));
            let known = about.filter(|_| goes_on || names && !speaks);
            if !speaks && known.is_none() {
                continue;
            }
            let piece = piece(&text, &found, said.listed, words, draft);
            if let Some(covered) = &tabled {
                untabled(&text, &piece.row, covered, draft);
                continue;
            }
            let place = if piece.row.names.is_empty() || !names { known } else { rows.state(piece.row.clone(), draft) };
            let Some(place) = place else { continue };
            about = Some(place);
            draft.mark(text.span(), MarkKind::Sdk, piece.row.catalog.join(", "));
            add(place, piece, &text, draft);
        }
    }
}

/// The rows that sentences have made so far: the first by each list of names, and by each list of ids for so many names.
#[derive(Default)]
struct Rows {
    named: FxHashMap<Vec<String>, usize>,
    resolved: FxHashMap<(Vec<String>, usize), usize>,
}

impl Rows {
    /// The row of an SDK: one that is known by the same names, else a new one.
    fn state(&mut self, row: SdkRow, draft: &mut Draft<'_>) -> Option<usize> {
        let ids = (row.catalog.clone(), row.names.len());
        let resolved = if row.catalog.is_empty() { None } else { self.resolved.get(&ids) };
        let known = self.named.get(&row.names).into_iter().chain(resolved).min();
        if let Some(place) = known {
            return Some(*place);
        }
        let (names, place) = (row.names.clone(), draft.disclosure.sdk.len());
        draft.sdk(row);
        if place < draft.disclosure.sdk.len() {
            self.named.entry(names).or_insert(place);
            self.resolved.entry(ids).or_insert(place);
        }
        draft.disclosure.sdk.len().checked_sub(1)
    }
}

/// Adds what a piece says to its row.
fn add(place: usize, piece: Piece, text: &Text, draft: &mut Draft<'_>) {
    let cite = draft.cite(&text.span(), text.as_str());
    let Some(known) = draft.disclosure.sdk.get_mut(place) else { return };
    let Piece { row, denied } = piece;
    row.data.into_iter().for_each(|id| push_once(&mut known.data, id));
    row.other.into_iter().for_each(|word| push_once(&mut known.other, word));
    row.links.into_iter().for_each(|link| push_once(&mut known.links, link));
    known.open_ended |= row.open_ended;
    if known.purpose.is_empty() {
        known.purpose = row.purpose;
    }
    if known.provider.is_empty() {
        known.provider = row.provider;
    }
    let [_, last] = &mut known.cite.lines;
    let [first, end] = cite.lines;
    if first <= last.saturating_add(1) {
        *last = end.max(*last);
    }
    let sdk = known.catalog.clone();
    if !denied.is_empty() && !sdk.is_empty() {
        draft.disclosure.denies.push(Denies { data: denied, sdk, platforms: Vec::new(), cite });
    }
}

/// The SDKs that the rows of tables speak for.
struct Covered<'c> {
    catalog: &'c Catalog,
    /// Those that rows name, and the families above them.
    named: FxHashSet<String>,
    above: FxHashSet<&'c str>,
}

impl<'c> Covered<'c> {
    fn by(rows: &[SdkRow], catalog: &'c Catalog) -> Self {
        let named: FxHashSet<String> = rows.iter().flat_map(|row| &row.catalog).cloned().collect();
        let above = rows.iter().flat_map(|row| &row.catalog).flat_map(|id| catalog.family(id)).map(|sdk| sdk.id);
        Self { catalog, above: above.collect(), named }
    }

    /// What [`Catalog::row_covers`] says of any of the rows.
    fn holds(&self, id: &str) -> bool {
        self.above.contains(id) || self.catalog.family(id).any(|sdk| self.named.contains(sdk.id))
    }
}

/// Reports the SDKs that no row of a table has.
fn untabled(text: &Text, row: &SdkRow, covered: &Covered<'_>, draft: &mut Draft<'_>) {
    let new: Vec<String> = row.catalog.iter().filter(|id| !covered.holds(id)).cloned().collect();
    if !new.is_empty() {
        let reason = format!("a sentence names {}, which no row of a table does", new.join(", "));
        draft.unread(&text.span(), text.as_str(), reason);
    }
}

fn piece(text: &Text, found: &Found, listed: bool, words: &Words<'_>, draft: &Draft<'_>) -> Piece {
    let string = text.as_str();
    let whole = 0..string.len();
    let items = data::read(string, found, words);
    let verbs: Vec<&Range<usize>> = found.of("verb").collect();
    let first = verbs.first().map_or(string.len(), |it| it.start);
    let mut row = SdkRow::default();
    // The names stand before what is collected; where none does, anywhere.
    let hits: Vec<&Hit> = found.sdks.iter().filter(|hit| names_sdk(string, hit, found, words)).collect();
    let before = hits.iter().any(|hit| hit.range.end <= first);
    for hit in hits.into_iter().filter(|hit| !before || hit.range.end <= first) {
        name(string, hit, found, &mut row, words);
    }
    let label = if listed { label(string) } else { None };
    if let Some(label) = label.filter(|_| row.names.is_empty()) {
        let named = names::read(string.get(..label).unwrap_or_default(), words);
        row.names = named.names;
        row.catalog = named.ids.iter().map(|id| (*id).to_owned()).collect();
        named.category.clone_into(&mut row.category);
    }
    let start = label.unwrap_or(0);
    let state = |item: &Item| {
        let at = item.range.start;
        let verb = verbs.iter().rev().find(|it| it.end <= at);
        let Some(verb) = verb else {
            let purpose = found.of("purpose-mark").any(|it| start <= it.start && it.end <= at);
            return (listed && start <= at && !purpose && !item.weak).then_some(true);
        };
        let purpose = found.of("purpose-mark").any(|it| verb.end <= it.start && it.end <= at);
        match prose::negated(string, found, &whole, verb) {
            _ if purpose => None,
            Some(true) => Some(false),
            Some(false) => None,
            None => Some(true),
        }
    };
    (row.data, row.other) = draft.words_of(string, &items, |it| !on_other(it.platform) && state(it) == Some(true));
    let (denied, _) = draft.words_of(string, &items, |it| !on_other(it.platform) && state(it) == Some(false));
    row.open_ended = items.open && !row.data.is_empty();
    row.links = links::of(string);
    row.purpose = purpose(string, found, &items);
    row.provider = provider(string, found, &row);
    row.cite = draft.cite(&text.span(), string);
    Piece { row, denied }
}

/// Whether an SDK is named here: not in a link, and not where the word is a datum, as OAID mostly is.
fn names_sdk(string: &str, hit: &Hit, found: &Found, words: &Words<'_>) -> bool {
    let datum = found.data.iter().any(|it| it.range == hit.range && words.meanings(it) != [Meaning::NoData]);
    !datum && !links::holds(string, hit.range.start)
}

/// Adds the name at a hit, with the words that go on with it: 华为HMS推送SDK.
fn name(string: &str, hit: &Hit, found: &Found, row: &mut SdkRow, words: &Words<'_>) {
    let called = string.get(hit.range.clone()).unwrap_or_default();
    if row.names.iter().any(|known| known.contains(called)) {
        return;
    }
    let mut end = hit.range.end;
    let mut whole = end;
    loop {
        let rest = string.get(end..).unwrap_or_default();
        let at = end.saturating_add(rest.len().saturating_sub(rest.trim_start().len()));
        if string.get(at..at.saturating_add(3)).is_some_and(|it| it.eq_ignore_ascii_case("sdk")) {
            whole = at.saturating_add(3);
            break;
        }
        let next = found.of("generic-sdk").filter(|it| it.start == at).map(|it| it.end).max();
        match next.filter(|_| at.saturating_sub(end) < WITHIN_NAME) {
            Some(next) => end = next,
            None => break,
        }
    }
    let name = string.get(hit.range.start..whole).unwrap_or(called);
    let ids = names::resolve(name, "", words);
    // 微信 and 微信SDK are one: the longer name stands.
    let known = !ids.is_empty() && ids.iter().all(|id| row.catalog.iter().any(|it| it == id));
    match row.names.last_mut().filter(|_| known) {
        Some(last) => name.clone_into(last),
        None => push_once(&mut row.names, name.to_owned()),
    }
    for id in ids {
        push_once(&mut row.catalog, id.to_owned());
    }
}

/// Where the name of an item ends: at a colon, a dash or a bracket.
fn label(string: &str) -> Option<usize> {
    let ends = |it: char| matches!(it, '：' | ':' | '–' | '—' | '（' | '(' | '，' | ',');
    let end = string.find(ends).or_else(|| string.find(" - ")).unwrap_or(string.len());
    let name = string.get(..end)?;
    (name.chars().count() <= LONGEST_NAME && !name.contains(['。', '、']) && !name.trim().is_empty()).then_some(end)
}

/// The purpose that a piece states, as far as its clause goes and no other verb of collecting begins.
fn purpose(string: &str, found: &Found, items: &Listed) -> String {
    // What each platform gives stands on lines of its own.
    let first = string.find('\n').unwrap_or(string.len());
    let ahead = purposes::purpose(string, found, &(0..first));
    let purpose = if ahead.is_empty() { purposes::purpose(string, found, &(0..string.len())) } else { ahead };
    let Some(start) = string.find(purpose.trim_end_matches('…')) else { return purpose };
    let end = start.saturating_add(purpose.len());
    let clause = |at: &usize| string.get(*at..).is_some_and(|it| it.starts_with(['，', ',', '；', '（', '(']));
    let cut = string.char_indices().map(|(at, _)| at).filter(|at| start < *at && *at < end).filter(clause).find(|at| {
        let next = at.saturating_add(60);
        let verb = found.of("verb").any(|it| *at < it.start && it.start < next);
        let datum = items.items.iter().any(|it| *at < it.range.start);
        let link = string.get(*at..).is_some_and(|it| it.starts_with(['（', '('])) && string.contains("http");
        verb && datum || link
    });
    let text = cut.and_then(|cut| string.get(start..cut)).unwrap_or(&purpose);
    stated(text.trim_end_matches('，'), PURPOSE)
}

/// The company in a piece that names one alone.
fn provider(string: &str, found: &Found, row: &SdkRow) -> String {
    let mut companies: Vec<&str> = Vec::new();
    for (suffix, _) in found.valued("company").filter(|(_, value)| *value == "suffix") {
        let start = company_start(string, suffix.start, found);
        let name = string.get(start..suffix.end).unwrap_or_default().trim();
        if name.chars().count() < 5 {
            continue;
        }
        match companies.last_mut() {
            // A branch is more than the company before it: …有限公司上海分公司.
            Some(last) if name.starts_with(*last) => *last = name,
            _ => companies.push(name),
        }
    }
    match companies.as_slice() {
        [only] if !row.names.iter().any(|name| name == only) => (*only).to_owned(),
        _ => String::new(),
    }
}

/// Reads the permissions of paragraphs where no table names any.
pub(super) fn permissions(paragraphs: &[Said], words: &Words<'_>, draft: &mut Draft<'_>) {
    let mut known: FxHashSet<String> = FxHashSet::default();
    for text in paragraphs.iter().map(|said| &said.text) {
        for range in parts(text.as_str()) {
            let piece = text.slice(range).trimmed();
            let string = piece.as_str();
            let found = words.find(string);
            let mut named = Found::default();
            let mut span: Option<Range<usize>> = None;
            for hit in &found.permissions {
                let word = found
                    .of("permission-word")
                    .find(|it| hit.range.start < it.end && it.start <= hit.range.end.saturating_add(NEAR));
                let Some(word) = word else { continue };
                // 经您授权 is a consent, and no permission of the system.
                if found.of("consent").any(|it| it.start <= word.start && word.end <= it.end) {
                    continue;
                }
                let ends = |(range, _): (&Range<usize>, &str)| {
                    range.start < word.end && hit.range.start <= range.end.saturating_add(NEAR)
                };
                if found.valued("negation").any(ends) {
                    continue;
                }
                let between = string.get(hit.range.end.min(word.start)..word.start).unwrap_or_default();
                if between.contains(['，', '。', '；']) {
                    continue;
                }
                let start = span.as_ref().map_or(hit.range.start, |it| it.start);
                span = Some(start..word.end.max(hit.range.end));
                named.permissions.push(hit.clone());
            }
            let Some(span) = span else { continue };
            let constants = permissions::in_text(string, &named, words);
            let before = known.len();
            known.extend(constants.iter().cloned());
            if known.len() == before {
                continue;
            }
            draft.mark(piece.span_of(span.clone()), MarkKind::Permission, constants.join(", "));
            draft.permission(PermissionRow {
                text: one_line(string.get(span).unwrap_or_default(), PURPOSE),
                constants,
                purpose: purposes::purpose(string, &found, &(0..string.len())),
                cite: draft.cite(&piece.span(), string),
                ..PermissionRow::default()
            });
        }
    }
}

/// The pieces of a paragraph, each of which may be about an SDK of its own; an item of a list is one.
fn pieces(said: &Said, words: &Words<'_>) -> Vec<Range<usize>> {
    let string = said.text.as_str();
    let whole = said.listed && names::read(string, words).ids.len() < 2;
    if whole { std::iter::once(0..string.len()).collect() } else { parts(string) }
}

/// Sentences, and the parts between their semicolons.
fn parts(string: &str) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    for sentence in sentences(string) {
        let mut start = sentence.start;
        for (at, mark) in string.get(sentence.clone()).unwrap_or_default().char_indices() {
            if matches!(mark, '；' | ';') {
                let end = sentence.start.saturating_add(at).saturating_add(mark.len_utf8());
                pieces.push(start..end);
                start = end;
            }
        }
        pieces.push(start..sentence.end);
    }
    pieces
}
