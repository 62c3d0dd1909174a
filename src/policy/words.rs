//! The words of the catalog, found in a text: data, SDKs, permissions, and the phrases by which a policy is read.
//!
//! All words are looked for at once. Where words of one kind overlap, the longest stands: SIM卡序列号 is an ICCID, not a
//! serial number. A word of Latin letters counts only as a whole word.

use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use rustc_hash::FxHashMap;

use super::fold::{Folded, each, fold};
use super::han::Han;
use super::numbers::Numbers;
use super::trie::Trie;
use crate::catalog::{Catalog, DataType, Phrase};

thread_local! {
    /// Bytes that this thread looked through.
    static LOOKED: Cell<usize> = const { Cell::new(0) };
}

/// Bytes in which words were looked for on this thread so far.
pub(super) fn looked_through() -> usize {
    LOOKED.get()
}

/// What a word means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Meaning {
    /// A data type, by its place in the catalog.
    Data(u32),
    /// Data without an entry.
    OtherData,
    /// A word that looks like data and is none.
    NoData,
    /// An SDK, by its place in the catalog.
    Sdk(u32),
    /// A permission, by its place in the catalog.
    Permission(u32),
    /// A phrase, by its place in the catalog.
    Phrase(u32),
}

/// A word in a text.
#[derive(Debug, Clone)]
pub(super) struct Hit {
    /// Bytes of the text.
    pub(super) range: Range<usize>,
    /// What it means, by its place in [`Words`].
    sense: usize,
}

/// What a word of the catalog means, by kind.
#[derive(Debug, Default)]
struct Word {
    /// The roles that it plays as a phrase, with its value in each.
    phrases: Vec<(Role, &'static str)>,
    /// What it means as data, as an SDK and as a permission, by the place of these meanings; [`NOTHING`] = it is none.
    data: usize,
    sdk: usize,
    permission: usize,
}

/// A role of phrases, and its place among all roles in the order of their names.
#[derive(Debug, Clone, Copy)]
struct Role {
    place: usize,
    name: &'static str,
}

/// The place of no meaning at all.
const NOTHING: usize = 0;

/// All words, ready to be looked for.
#[derive(Debug)]
pub(super) struct Words<'c> {
    pub(super) catalog: &'c Catalog,
    pub(super) numbers: Numbers,
    han: Han,
    trie: Trie,
    /// The words, by their places in the trie.
    entries: Vec<Word>,
    /// What hits mean; several where a word is ambiguous.
    senses: Vec<Vec<Meaning>>,
}

/// The words of a text, by kind.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Data, with and without an entry, and what only looks like it.
    pub(super) data: Vec<Hit>,
    pub(super) sdks: Vec<Hit>,
    pub(super) permissions: Vec<Hit>,
    /// The phrases by their roles, and those of one role by their ranges; phrases may overlap.
    phrases: Vec<Said>,
}

/// A phrase in a text.
#[derive(Debug)]
struct Said {
    role: Role,
    range: Range<usize>,
    value: &'static str,
}

impl<'c> Words<'c> {
    pub(super) fn new(catalog: &'c Catalog) -> Self {
        let mut words: FxHashMap<String, Vec<Meaning>> = FxHashMap::default();
        let mut add = |word: &str, meaning: Meaning| {
            let folded = fold(word);
            if !folded.is_empty() {
                let meanings = words.entry(folded).or_default();
                if !meanings.contains(&meaning) {
                    meanings.push(meaning);
                }
            }
        };
        let tables = &catalog.tables;
        for (place, entry) in (0..).zip(&tables.data_types) {
            let names = [entry.name_zh, entry.name_en].into_iter();
            names.chain(entry.aliases_zh.iter().copied()).chain(entry.aliases_en.iter().copied()).for_each(|word| {
                add(word, Meaning::Data(place));
            });
        }
        for (place, entry) in (0..).zip(&tables.sdks) {
            let names = [entry.name, entry.name_zh].into_iter().chain(entry.policy_names.iter().copied());
            names.filter(|word| 1 < word.chars().count()).for_each(|word| add(word, Meaning::Sdk(place)));
        }
        for (place, entry) in (0..).zip(&tables.permissions) {
            let last = entry.name.rsplit('.').next().unwrap_or_default();
            let names = [entry.name, entry.label_zh, entry.label_en].into_iter();
            let aliases = entry.aliases_zh.iter().chain(&entry.aliases_en).copied();
            names.chain(aliases).for_each(|word| add(word, Meaning::Permission(place)));
            if last.contains('_') || last.chars().all(|it| it.is_ascii_uppercase()) {
                add(last, Meaning::Permission(place));
            }
        }
        for (place, entry) in (0..).zip(&tables.phrases) {
            let meaning = match entry.role {
                "traditional" | "wording" | "numeral" | "unit" | "month" | "section-unit" | "residue" | "no-item"
                | "sdk-use" => {
                    continue;
                }
                "other-data" => Meaning::OtherData,
                "not-data" => Meaning::NoData,
                _ => Meaning::Phrase(place),
            };
            entry.words().for_each(|word| add(word, meaning));
        }
        let mut words: Vec<(String, Vec<Meaning>)> = words.into_iter().collect();
        words.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let roles: BTreeSet<&'static str> = tables.phrases.iter().map(|phrase| phrase.role).collect();
        let roles: FxHashMap<&'static str, Role> =
            roles.into_iter().enumerate().map(|(place, name)| (name, Role { place, name })).collect();
        let mut senses = vec![Vec::new()];
        let mut entry = |meanings: &Vec<Meaning>| Word::new(meanings, &tables.phrases, &roles, &mut senses);
        let entries = words.iter().map(|(_, meanings)| entry(meanings)).collect();
        let words: Vec<Vec<char>> = words.iter().map(|(word, _)| word.chars().collect()).collect();
        Self {
            catalog,
            numbers: Numbers::new(&tables.phrases),
            han: Han::new(&tables.phrases),
            trie: Trie::new(&words),
            entries,
            senses,
        }
    }

    /// The words of a text.
    pub(super) fn find(&self, text: &str) -> Found {
        LOOKED.set(LOOKED.get().saturating_add(text.len()));
        let folded = Folded::new(text, &self.han);
        let mut found = Found::default();
        for (rest, places) in folded.tails() {
            let start = places.first().map_or(text.len(), |start| *start as usize);
            if begins_within(text, start) {
                continue;
            }
            for (length, word) in self.trie.prefixes(rest) {
                let last = places.get(length.saturating_sub(1)).map_or(text.len(), |last| *last as usize);
                let end = last.saturating_add(length_at(text, last));
                if !ends_within(text, end)
                    && let Some(word) = self.entries.get(word)
                {
                    found.add(&(start..end), word);
                }
            }
        }
        found.phrases.sort_by_key(|it| (it.role.place, it.range.start, it.range.end));
        for hits in [&mut found.data, &mut found.sdks, &mut found.permissions] {
            *hits = longest(std::mem::take(hits));
        }
        found
    }

    /// The values that a whole text has as a phrase of a role: the column of a header.
    pub(super) fn values<'s>(&'s self, text: &str, role: &'s str) -> impl Iterator<Item = &'static str> + 's {
        let trimmed = text.trim().trim_matches(['：', ':', '*', '\u{feff}', '。', '.', '“', '”', '"']);
        let word = self.word(trimmed).and_then(|word| self.entries.get(word));
        let phrases = word.into_iter().flat_map(|word| &word.phrases);
        phrases.filter(move |(it, _)| it.name == role).map(|(_, value)| *value)
    }

    /// The word that a whole text is.
    fn word(&self, text: &str) -> Option<usize> {
        let mut traditional = false;
        let mut node = Some(Trie::ROOT);
        for character in text.chars() {
            each(character, |it| {
                traditional |= self.han.is_traditional(it);
                node = node.and_then(|node| self.trie.next(node, it));
            });
        }
        if traditional {
            let mut characters = Folded::new(text, &self.han).characters.into_iter();
            node = characters.try_fold(Trie::ROOT, |node, it| self.trie.next(node, it));
        }
        node.and_then(|node| self.trie.word(node))
    }

    /// What a hit means.
    pub(super) fn meanings(&self, hit: &Hit) -> &[Meaning] {
        self.senses.get(hit.sense).map(Vec::as_slice).unwrap_or_default()
    }

    /// The phrases of a role, which the catalog keeps together.
    pub(super) fn phrases(&self, role: &str) -> &'c [Phrase] {
        let all = &*self.catalog.tables.phrases;
        let rest = all.get(all.partition_point(|it| it.role < role)..).unwrap_or_default();
        rest.get(..rest.partition_point(|it| it.role == role)).unwrap_or_default()
    }

    /// The ids of the SDKs that policies call `name`.
    pub(super) fn sdk_ids(&self, name: &str) -> Vec<&'static str> {
        self.catalog.sdk_by_policy_name(&self.han.simplified(name)).map(|sdk| sdk.id).collect()
    }

    /// The data type of a hit. Of several, a leaf stands before an umbrella, and the first of the catalog before others.
    pub(super) fn data_type(&self, hit: &Hit) -> Option<&'c DataType> {
        let types = self.meanings(hit).iter().filter_map(|meaning| match meaning {
            Meaning::Data(place) => self.catalog.tables.data_types.get(*place as usize),
            _ => None,
        });
        types.min_by_key(|entry| (entry.umbrella, entry.id))
    }
}

impl Word {
    /// Adds what it means in each kind to `senses`.
    fn new(
        meanings: &[Meaning],
        phrases: &[Phrase],
        roles: &FxHashMap<&'static str, Role>,
        senses: &mut Vec<Vec<Meaning>>,
    ) -> Self {
        let mut word = Self::default();
        for (kind, sense) in [(0, &mut word.data), (1, &mut word.sdk), (2, &mut word.permission)] {
            let of_kind = |it: &Meaning| match it {
                Meaning::Data(_) | Meaning::OtherData | Meaning::NoData => kind == 0,
                Meaning::Sdk(_) => kind == 1,
                Meaning::Permission(_) => kind == 2,
                Meaning::Phrase(_) => false,
            };
            let meanings: Vec<Meaning> = meanings.iter().copied().filter(of_kind).collect();
            if !meanings.is_empty() {
                *sense = senses.len();
                senses.push(meanings);
            }
        }
        let phrases = meanings.iter().filter_map(|it| match it {
            Meaning::Phrase(place) => phrases.get(*place as usize),
            _ => None,
        });
        word.phrases = phrases.filter_map(|phrase| Some((*roles.get(phrase.role)?, phrase.value))).collect();
        word
    }
}

/// Of hits that overlap the longest; of two of one length the first.
fn longest(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_by_key(|hit| hit.range.start);
    let mut end = 0_usize;
    let together = |a: &Hit, b: &Hit| {
        end = end.max(a.range.end);
        b.range.start < end
    };
    let mut kept = Vec::with_capacity(hits.len());
    for them in hits.chunk_by(together) {
        match them {
            [only] => kept.push(only.clone()),
            _ => kept.extend(apart(them)),
        }
    }
    kept
}

/// The longest of the hits, the next longest that overlaps none of those taken, and so on.
fn apart(hits: &[Hit]) -> impl Iterator<Item = Hit> {
    let mut candidates: Vec<&Hit> = hits.iter().collect();
    candidates.sort_by_key(|hit| (Reverse(hit.range.len()), hit.range.start));
    let mut taken: BTreeMap<usize, Hit> = BTreeMap::new();
    for hit in candidates {
        let before = taken.range(..hit.range.end).next_back().map_or(0, |(_, hit)| hit.range.end);
        if before <= hit.range.start {
            taken.insert(hit.range.start, hit.clone());
        }
    }
    taken.into_values()
}

impl Found {
    fn add(&mut self, range: &Range<usize>, word: &Word) {
        let said = |(role, value): &(Role, &'static str)| Said { role: *role, range: range.clone(), value };
        self.phrases.extend(word.phrases.iter().map(said));
        let kinds = [(word.data, &mut self.data), (word.sdk, &mut self.sdks), (word.permission, &mut self.permissions)];
        for (sense, hits) in kinds {
            if sense != NOTHING {
                hits.push(Hit { range: range.clone(), sense });
            }
        }
    }

    /// The ranges of the phrases of a role.
    pub(super) fn of(&self, role: &str) -> impl Iterator<Item = &Range<usize>> {
        self.said(role).iter().map(|it| &it.range)
    }

    /// The ranges of the phrases of a role, with their values.
    pub(super) fn valued(&self, role: &str) -> impl Iterator<Item = (&Range<usize>, &'static str)> {
        self.said(role).iter().map(|it| (&it.range, it.value))
    }

    pub(super) fn has(&self, role: &str) -> bool {
        !self.said(role).is_empty()
    }

    fn said(&self, role: &str) -> &[Said] {
        let start = self.phrases.partition_point(|it| it.role.name < role);
        let rest = self.phrases.get(start..).unwrap_or_default();
        rest.get(..rest.partition_point(|it| it.role.name == role)).unwrap_or_default()
    }
}

/// A range that neither begins nor ends within a Latin word or a number.
pub(super) fn is_whole(text: &str, range: &Range<usize>) -> bool {
    !begins_within(text, range.start) && !ends_within(text, range.end)
}

/// A Latin word or a number goes on over this place: what begins here is a part of it.
fn begins_within(text: &str, at: usize) -> bool {
    is_latin(text, at) && at.checked_sub(1).is_some_and(|before| is_latin(text, before))
}

/// A Latin word or a number goes on over this place: what ends here is a part of it. The plural of a word is the word.
fn ends_within(text: &str, at: usize) -> bool {
    let next = if text.as_bytes().get(at) == Some(&b's') { at.saturating_add(1) } else { at };
    is_latin(text, next) && at.checked_sub(1).is_some_and(|last| is_latin(text, last))
}

/// Bytes of the character at a place.
fn length_at(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
}

fn is_latin(text: &str, at: usize) -> bool {
    text.as_bytes().get(at).is_some_and(u8::is_ascii_alphanumeric)
}
