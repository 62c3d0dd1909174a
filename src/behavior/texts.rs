//! Texts about privacy that the app shows, as far as they stand in the package: in strings that code loads, in resources,
//! in scripts, and in names of files. Which texts matter, the catalog says.
//!
//! A text shows that there is something to show, not when or whether it is. One that comes from a server is not seen.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;
use std::sync::OnceLock;

use aho_corasick::packed::{self, MatchKind};
use aho_corasick::{AhoCorasick, Input, Span};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::model::{Owner, OwnerKind};
use crate::catalog::Catalog;
use crate::container::{Entry, Part};
use crate::limits::{MAX_SHOWN_BYTES, MAX_SHOWN_FILES};

/// The entry of compiled resources.
const RESOURCES: &str = "resources.arsc";

/// Folders of resources that may hold texts of their own instead of references to strings.
const FOLDERS: [&str; 4] = ["res/layout", "res/menu", "res/navigation", "res/xml"];

/// Bytes of the shortest text.
const MIN_TEXT: usize = 6;

/// What is looked for, by the ids of the catalog.
#[derive(Debug)]
pub(super) struct ShownTexts {
    in_strings: Finder,
    /// For compiled files, where a text may be UTF-16.
    in_files: OnceLock<Finder>,
    words: Vec<(&'static str, String)>,
    /// Parts of names of entries, in lowercase.
    entries: Vec<(&'static str, &'static str)>,
}

/// Finds words that stand for texts.
#[derive(Debug)]
struct Finder {
    /// Each with the id of its text.
    words: Vec<(&'static str, Vec<u8>)>,
    /// Finds pieces of words, many times faster than it would the words: hardly a string has any.
    pieces: Pieces,
    /// By piece: the words that hold it, and where.
    holders: Vec<Vec<(usize, usize)>>,
}

/// Finds pieces of one length.
#[derive(Debug)]
enum Pieces {
    /// Many bytes a step, where the processor has instructions for that and the pieces are few.
    Packed(packed::Searcher),
    /// A byte a step.
    Automaton(AhoCorasick),
}

/// Bytes of a piece; the catalog has no shorter texts.
const PIECE: usize = 4;

impl Pieces {
    fn new(pieces: &[&[u8]]) -> Self {
        let packed = packed::Config::new().match_kind(MatchKind::LeftmostFirst).builder().extend(pieces).build();
        packed.map_or_else(
            || Self::Automaton(AhoCorasick::new(pieces).expect("a few words make an automaton")),
            Self::Packed,
        )
    }

    /// The first piece from a place on, and where it is. No place has two.
    fn find(&self, bytes: &[u8], from: usize) -> Option<(usize, usize)> {
        let span = Span { start: from, end: bytes.len() };
        let hit = match self {
            Self::Packed(searcher) => searcher.find_in(bytes, span),
            Self::Automaton(automaton) => automaton.find(Input::new(bytes).span(span)),
        };
        hit.map(|hit| (hit.pattern().as_usize(), hit.start()))
    }

    /// All pieces, and where they are.
    fn all<'b>(&'b self, bytes: &'b [u8]) -> impl Iterator<Item = (usize, usize)> + 'b {
        let next = move |(_, start): &(usize, usize)| self.find(bytes, start + 1);
        std::iter::successors(self.find(bytes, 0), next)
    }
}

impl Finder {
    fn new(words: Vec<(&'static str, Vec<u8>)>) -> Self {
        let mut shortest_first: Vec<usize> = (0..words.len()).collect();
        shortest_first.sort_by_key(|place| words.get(*place).map(|(_, word)| word.len()));
        let mut known: FxHashMap<&[u8], usize> = FxHashMap::default();
        let mut pieces: Vec<&[u8]> = Vec::new();
        let mut holders: Vec<Vec<(usize, usize)>> = Vec::new();
        for place in shortest_first {
            let Some((_, word)) = words.get(place) else { continue };
            // The piece of another word, so that there are few; else one without the first byte, which may be a capital's.
            let shared = word.windows(PIECE).position(|piece| known.contains_key(piece));
            let start = shared.unwrap_or(usize::from(PIECE < word.len()));
            let piece = word.get(start..).unwrap_or_default();
            let piece = piece.get(..PIECE).unwrap_or(piece);
            let number = *known.entry(piece).or_insert(pieces.len());
            if number == pieces.len() {
                pieces.push(piece);
                holders.push(Vec::new());
            }
            holders.get_mut(number).into_iter().for_each(|of| of.push((place, start)));
        }
        Self { pieces: Pieces::new(&pieces), holders, words }
    }

    /// The ids of what the bytes hold, in the order of the places of their pieces.
    fn ids_in(&self, bytes: &[u8]) -> Vec<&'static str> {
        let mut found: Vec<&'static str> = Vec::new();
        for (piece, start) in self.pieces.all(bytes) {
            for (place, skipped) in self.holders.get(piece).into_iter().flatten() {
                let Some((id, word)) = self.words.get(*place) else { continue };
                let start = start.checked_sub(*skipped);
                let is_here = start.and_then(|start| bytes.get(start..)).is_some_and(|rest| rest.starts_with(word));
                if is_here && !found.contains(id) {
                    found.push(*id);
                }
            }
        }
        found
    }
}

/// Where in a table of strings pieces of texts are: one pass over all of it costs less than one over each string.
#[derive(Debug)]
pub(super) struct Places {
    table: Range<usize>,
    /// Ascending.
    pieces: Vec<usize>,
    /// The last string that was asked about, and the first piece from there on.
    last: (usize, usize),
}

impl Places {
    /// Whether the string at a place of the file may hold a text. Quickly told where strings are asked about in order.
    pub(super) fn may_be_in(&mut self, string: &Range<usize>) -> bool {
        if string.start < self.table.start || self.table.end < string.end {
            return true;
        }
        let (last, mut next) = self.last;
        if string.start < last {
            next = self.pieces.partition_point(|piece| *piece < string.start);
        } else {
            let left = self.pieces.get(next..).unwrap_or_default();
            next += left.iter().take_while(|piece| **piece < string.start).count();
        }
        self.last = (string.start, next);
        self.pieces.get(next).is_some_and(|piece| *piece < string.end)
    }
}

impl ShownTexts {
    pub(super) fn new(catalog: &'static Catalog) -> Self {
        let texts = &catalog.tables.texts;
        let spelled = texts.iter().flat_map(|text| text.words.iter().map(move |word| (text.id, spellings(word))));
        let words: Vec<(&str, String)> =
            spelled.flat_map(|(id, words)| words.into_iter().map(move |word| (id, word))).collect();
        let plain = words.iter().map(|(id, word)| (*id, word.clone().into_bytes()));
        Self {
            in_strings: Finder::new(plain.collect()),
            in_files: OnceLock::new(),
            words,
            entries: texts.iter().flat_map(|text| text.entries.iter().map(|entry| (*entry, text.id))).collect(),
        }
    }

    /// The ids of what a string of code holds. Names of members and classes are passed over.
    pub(super) fn in_text(&self, text: &[u8]) -> Vec<&'static str> {
        let may_be_shown = |byte: &u8| *byte >= 0x80 || matches!(byte, b' ' | b'/');
        let is_descriptor = matches!(text, [b'L' | b'[' | b'(', .., b';']);
        if text.len() < MIN_TEXT || is_descriptor || !text.iter().any(may_be_shown) {
            return Vec::new();
        }
        self.in_strings.ids_in(text)
    }

    /// Where pieces of texts are in a table of strings, which is a part of a file.
    pub(super) fn places(&self, file: &[u8], table: Range<usize>) -> Places {
        let bytes = file.get(table.clone()).unwrap_or_default();
        let pieces = self.in_strings.pieces.all(bytes).map(|(_, start)| start + table.start).collect();
        Places { table, pieces, last: (0, 0) }
    }

    /// The ids of what a file holds.
    pub(super) fn in_file(&self, bytes: &[u8]) -> Vec<&'static str> {
        let finder = self.in_files.get_or_init(|| {
            let wide = |word: &str| word.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let both = |(id, word): &(_, String)| [(*id, word.clone().into_bytes()), (*id, wide(word))];
            Finder::new(self.words.iter().flat_map(both).collect())
        });
        finder.ids_in(bytes)
    }

    /// What the resources of the parts hold, and the names of their entries. Whose resource a text is, nothing says.
    pub(super) fn in_resources(&self, parts: &[Part]) -> BTreeSet<(&'static str, Owner)> {
        let mut found = BTreeSet::new();
        let mut files: Vec<(&Part, &Entry)> = Vec::new();
        let mut room = MAX_SHOWN_BYTES;
        for part in parts {
            for entry in part.entries() {
                let name = entry.name.to_lowercase();
                for (_, id) in self.entries.iter().filter(|(word, _)| name.contains(word)) {
                    found.insert((*id, Owner { kind: OwnerKind::Unknown, id: part.label(&entry.name) }));
                }
                let may_hold = name == RESOURCES || is_markup(&name) && FOLDERS.iter().any(|it| name.starts_with(it));
                if may_hold && files.len() < MAX_SHOWN_FILES && entry.size <= room {
                    room = room.saturating_sub(entry.size);
                    files.push((part, entry));
                }
            }
        }
        let shown = files.into_par_iter().flat_map_iter(|(part, entry)| {
            // What is wrong with a file, who needs it tells.
            let ids = part.read(entry).map(|bytes| self.in_file(&bytes)).unwrap_or_default();
            ids.into_iter().map(|id| (id, Owner { kind: OwnerKind::Unknown, id: part.label(&entry.name) }))
        });
        found.extend(shown.collect::<Vec<_>>());
        found
    }
}

fn is_markup(entry: &str) -> bool {
    Path::new(entry).extension().is_some_and(|extension| extension == "xml")
}

/// A word as texts write it; Latin ones with small letters, with capitals, and as a title.
fn spellings(word: &str) -> Vec<String> {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect::<String>()
    };
    let title = word.split(' ').map(capital).collect::<Vec<_>>().join(" ");
    let mut all = vec![word.to_owned(), capital(word), title, word.to_uppercase()];
    all.sort();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_however_they_are_written() {
        let texts = ShownTexts::new(Catalog::builtin());
        for (text, id) in [
            ("请阅读并同意《隐私政策》", "privacy-policy"),
            ("See our Privacy Policy", "privacy-policy"),
            ("PRIVACY POLICY", "privacy-policy"),
            ("https://www.vendor.cn/privacy/index.html", "privacy-policy"),
            ("我已阅读并同意", "consent"),
            ("关闭个性化推荐", "targeting-switch"),
        ] {
            assert!(texts.in_text(text.as_bytes()).contains(&id), "{text}");
            let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            assert!(texts.in_file(&wide).contains(&id), "{text}");
        }
        // A piece that overlaps the one of another word.
        assert_eq!(texts.in_text("同意隐私政策，i agree to".as_bytes()), ["consent", "privacy-policy"]);
        for text in ["", "Accept", "private int x", "Lcom/vendor/privacy;", "请稍候", "policy"] {
            assert_eq!(texts.in_text(text.as_bytes()), [""; 0], "{text}");
        }
    }

    #[test]
    fn strings_that_may_hold_a_text_are_told_in_any_order() {
        let texts = ShownTexts::new(Catalog::builtin());
        let strings = ["Close", "privacy policy", "name", "请阅读《隐私政策》", "", "agree to"];
        let mut file = b"head".to_vec();
        let mut ranges = Vec::new();
        for string in strings {
            let start = file.len();
            file.extend(string.as_bytes());
            ranges.push(start..file.len());
            file.push(0);
        }
        let mut places = texts.places(&file, 4..file.len());
        let mut told = |order: &[usize]| order.iter().map(|it| places.may_be_in(&ranges[*it])).collect::<Vec<_>>();
        assert_eq!(told(&[0, 1, 2, 3, 4, 5]), [false, true, false, true, false, true]);
        assert_eq!(told(&[5, 2, 1, 1, 0, 3]), [true, false, true, true, false, true]);
        assert!(places.may_be_in(&(0..4)), "what was not searched may hold one");
    }
}
