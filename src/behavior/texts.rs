//! Texts about privacy that the app shows, as far as they stand in the package: in strings that code loads, in resources,
//! in scripts, and in names of files. Which texts matter, the catalog says.
//!
//! A text shows that there is something to show, not when or whether it is. One that comes from a server is not seen.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, Input, MatchKind};
use rayon::prelude::*;

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
    pieces: AhoCorasick,
    /// By piece: the words that hold it, and where.
    holders: Vec<Vec<(usize, usize)>>,
}

/// Bytes of a piece; the catalog has no shorter texts.
const PIECE: usize = 4;

impl Finder {
    fn new(words: Vec<(&'static str, Vec<u8>)>) -> Self {
        let mut pieces: BTreeMap<&[u8], Vec<(usize, usize)>> = BTreeMap::new();
        for (place, (_, word)) in words.iter().enumerate() {
            // The first byte may be that of a capital.
            let skipped = usize::from(PIECE < word.len());
            let piece = word.get(skipped..).unwrap_or_default();
            pieces.entry(piece.get(..PIECE).unwrap_or(piece)).or_default().push((place, skipped));
        }
        let (pieces, holders): (Vec<&[u8]>, Vec<_>) = pieces.into_iter().unzip();
        let finder = AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(pieces);
        Self { pieces: finder.expect("a few words make an automaton"), holders, words }
    }

    /// The ids of what the bytes hold.
    fn ids_in(&self, bytes: &[u8]) -> Vec<&'static str> {
        let mut found: Vec<&'static str> = Vec::new();
        let mut from = 0;
        while let Some(hit) = self.pieces.find(Input::new(bytes).range(from..)) {
            for (place, skipped) in self.holders.get(hit.pattern().as_usize()).into_iter().flatten() {
                let Some((id, word)) = self.words.get(*place) else { continue };
                let start = hit.start().checked_sub(*skipped);
                let is_here = start.and_then(|start| bytes.get(start..)).is_some_and(|rest| rest.starts_with(word));
                if is_here && !found.contains(id) {
                    found.push(*id);
                }
            }
            from = hit.start() + 1;
        }
        found
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
}
