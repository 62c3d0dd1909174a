//! The words of the catalog, found in a text: data, SDKs, permissions, and the phrases by which a policy is read.
//!
//! All words are looked for at once. Where words of one kind overlap, the longest stands: SIM卡序列号 is an ICCID, not a
//! serial number. A word of Latin letters counts only as a whole word.

use std::borrow::Cow;
use std::cell::Cell;
use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};
use rustc_hash::FxHashMap;

use super::fold::{Folded, fold};
use super::han::Han;
use super::numbers::Numbers;
use crate::catalog::{Catalog, DataType};

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
    /// What it means; several where it is ambiguous.
    pub(super) meanings: Vec<Meaning>,
}

/// All words, ready to be looked for.
#[derive(Debug)]
pub(super) struct Words<'c> {
    pub(super) catalog: &'c Catalog,
    pub(super) numbers: Numbers,
    han: Han,
    finder: AhoCorasick,
    /// For each pattern of the finder, what it means.
    meanings: Vec<Vec<Meaning>>,
    /// For each folded word, its pattern.
    places: FxHashMap<String, usize>,
}

/// The words of a text, by kind.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Data, with and without an entry, and what only looks like it.
    pub(super) data: Vec<Hit>,
    pub(super) sdks: Vec<Hit>,
    pub(super) permissions: Vec<Hit>,
    /// The role and value of each phrase with its range; phrases of different roles may overlap.
    pub(super) phrases: Vec<(Range<usize>, &'static str, &'static str)>,
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
                "traditional" | "wording" | "numeral" | "unit" | "month" | "section-unit" => continue,
                "other-data" => Meaning::OtherData,
                "not-data" => Meaning::NoData,
                _ => Meaning::Phrase(place),
            };
            entry.words().for_each(|word| add(word, meaning));
        }
        let mut words: Vec<(String, Vec<Meaning>)> = words.into_iter().collect();
        words.sort();
        let finder = AhoCorasick::builder().match_kind(MatchKind::Standard).build(words.iter().map(|(word, _)| word));
        let finder = finder.expect("some thousand short words make a small automaton");
        let places = words.iter().enumerate().map(|(place, (word, _))| (word.clone(), place)).collect();
        let meanings = words.into_iter().map(|(_, meanings)| meanings).collect();
        let numbers = Numbers::new(&tables.phrases);
        Self { catalog, numbers, han: Han::new(&tables.phrases), finder, meanings, places }
    }

    /// The words of a text.
    pub(super) fn find(&self, text: &str) -> Found {
        LOOKED.set(LOOKED.get().saturating_add(text.len()));
        let mut folded = Folded::new(text);
        if let Cow::Owned(simple) = self.han.simplified(&folded.text) {
            folded.text = simple;
        }
        let mut hits: Vec<(Range<usize>, usize)> = Vec::new();
        for found in self.finder.find_overlapping_iter(&folded.text) {
            if let Some((start, end)) = folded.original(found.start(), found.end())
                && is_whole(text, start..end)
            {
                hits.push((start..end, found.pattern().as_usize()));
            }
        }
        let mut found = Found::default();
        for (range, pattern) in &hits {
            for meaning in self.meanings.get(*pattern).into_iter().flatten() {
                if let Meaning::Phrase(place) = meaning
                    && let Some(phrase) =
                        usize::try_from(*place).ok().and_then(|at| self.catalog.tables.phrases.get(at))
                {
                    found.phrases.push((range.clone(), phrase.role, phrase.value));
                }
            }
        }
        found.phrases.sort_by_key(|(range, ..)| (range.start, range.end));
        found.data = self.longest(&hits, |it| matches!(it, Meaning::Data(_) | Meaning::OtherData | Meaning::NoData));
        found.sdks = self.longest(&hits, |it| matches!(it, Meaning::Sdk(_)));
        found.permissions = self.longest(&hits, |it| matches!(it, Meaning::Permission(_)));
        found
    }

    /// The values that a whole text has as a phrase of a role: the column of a header.
    pub(super) fn values<'s>(&'s self, text: &str, role: &'s str) -> impl Iterator<Item = &'static str> + 's {
        let trimmed = text.trim().trim_matches(['：', ':', '*', '\u{feff}', '。', '.', '“', '”', '"']);
        let meanings =
            self.places.get(&*self.han.simplified(&fold(trimmed))).and_then(|place| self.meanings.get(*place));
        meanings.into_iter().flatten().filter_map(move |meaning| match meaning {
            Meaning::Phrase(place) => {
                let phrase = usize::try_from(*place).ok().and_then(|at| self.catalog.tables.phrases.get(at))?;
                (phrase.role == role).then_some(phrase.value)
            }
            _ => None,
        })
    }

    /// The ids of the SDKs that policies call `name`.
    pub(super) fn sdk_ids(&self, name: &str) -> Vec<&'static str> {
        self.catalog.sdk_by_policy_name(&self.han.simplified(name)).map(|sdk| sdk.id).collect()
    }

    /// The data type of a hit. Of several, a leaf stands before an umbrella, and the first of the catalog before others.
    pub(super) fn data_type(&self, hit: &Hit) -> Option<&'c DataType> {
        let types = hit.meanings.iter().filter_map(|meaning| match meaning {
            Meaning::Data(place) => self.catalog.tables.data_types.get(usize::try_from(*place).ok()?),
            _ => None,
        });
        types.min_by_key(|entry| (entry.umbrella, entry.id))
    }

    fn longest(&self, hits: &[(Range<usize>, usize)], kind: impl Fn(&Meaning) -> bool) -> Vec<Hit> {
        let of_kind = |pattern: usize| -> Vec<Meaning> {
            self.meanings.get(pattern).into_iter().flatten().copied().filter(|it| kind(it)).collect()
        };
        let mut candidates: Vec<(&Range<usize>, Vec<Meaning>)> = hits
            .iter()
            .map(|(range, pattern)| (range, of_kind(*pattern)))
            .filter(|(_, them)| !them.is_empty())
            .collect();
        candidates.sort_by_key(|(range, _)| (std::cmp::Reverse(range.len()), range.start));
        let mut taken: std::collections::BTreeMap<usize, Hit> = std::collections::BTreeMap::new();
        for (range, meanings) in candidates {
            let before = taken.range(..range.end).next_back().map_or(0, |(_, hit)| hit.range.end);
            if before <= range.start {
                taken.insert(range.start, Hit { range: range.clone(), meanings });
            }
        }
        taken.into_values().collect()
    }
}

impl Found {
    /// The ranges of the phrases of a role.
    pub(super) fn of<'s>(&'s self, role: &'s str) -> impl Iterator<Item = &'s Range<usize>> {
        self.phrases.iter().filter(move |(_, it, _)| *it == role).map(|(range, ..)| range)
    }

    /// The ranges of the phrases of a role, with their values.
    pub(super) fn valued<'s>(&'s self, role: &'s str) -> impl Iterator<Item = (&'s Range<usize>, &'static str)> {
        self.phrases.iter().filter(move |(_, it, _)| *it == role).map(|(range, _, value)| (range, *value))
    }

    pub(super) fn has(&self, role: &str) -> bool {
        self.of(role).next().is_some()
    }
}

/// A range that begins or ends within a Latin word or a number is a part of another word. The plural of a word is the
/// word.
fn is_whole(text: &str, range: Range<usize>) -> bool {
    let latin = |it: char| it.is_ascii_alphanumeric();
    let first = text.get(range.clone()).and_then(|it| it.chars().next()).is_some_and(latin);
    let last = text.get(range.clone()).and_then(|it| it.chars().next_back()).is_some_and(latin);
    let before = text.get(..range.start).and_then(|it| it.chars().next_back()).is_some_and(latin);
    let after = text.get(range.end..).unwrap_or_default();
    let after = after.strip_prefix('s').unwrap_or(after).chars().next().is_some_and(latin);
    !(first && before || last && after)
}
