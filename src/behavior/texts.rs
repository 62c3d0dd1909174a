//! Texts about privacy that the app shows, as far as they stand in the package: in strings that code loads, in resources,
//! in scripts, and in names of files. Which texts matter, the catalog says.
//!
//! A text shows that there is something to show, not when or whether it is. One that comes from a server is not seen.

use std::collections::BTreeSet;
use std::path::Path;

use aho_corasick::AhoCorasick;
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
    /// The id of each pattern of `finder`, and of each of `raw`.
    ids: Vec<&'static str>,
    finder: Option<AhoCorasick>,
    raw_ids: Vec<&'static str>,
    /// Finds them in compiled files, where a text may be UTF-16.
    raw: Option<AhoCorasick>,
    /// Parts of names of entries, in lowercase.
    entries: Vec<(&'static str, &'static str)>,
    count: usize,
}

impl ShownTexts {
    pub(super) fn new(catalog: &'static Catalog) -> Self {
        let texts = &catalog.tables.texts;
        let mut words: Vec<(&str, String)> = Vec::new();
        let mut raw: Vec<(&str, Vec<u8>)> = Vec::new();
        for text in texts {
            for word in text.words.iter().flat_map(|word| spellings(word)) {
                raw.push((text.id, word.clone().into_bytes()));
                raw.push((text.id, word.encode_utf16().flat_map(u16::to_le_bytes).collect()));
                words.push((text.id, word));
            }
        }
        let finder = |patterns: Vec<&[u8]>| AhoCorasick::new(patterns).ok();
        Self {
            ids: words.iter().map(|(id, _)| *id).collect(),
            finder: finder(words.iter().map(|(_, word)| word.as_bytes()).collect()),
            raw_ids: raw.iter().map(|(id, _)| *id).collect(),
            raw: finder(raw.iter().map(|(_, word)| word.as_slice()).collect()),
            entries: texts.iter().flat_map(|text| text.entries.iter().map(|entry| (*entry, text.id))).collect(),
            count: texts.len(),
        }
    }

    /// The ids of what a string of code holds. Names of members and classes are passed over.
    pub(super) fn in_text(&self, text: &[u8]) -> Vec<&'static str> {
        let may_be_shown = |byte: &u8| *byte >= 0x80 || matches!(byte, b' ' | b'/');
        let is_descriptor = matches!(text, [b'L' | b'[' | b'(', .., b';']);
        if text.len() < MIN_TEXT || is_descriptor || !text.iter().any(may_be_shown) {
            return Vec::new();
        }
        self.ids_in(self.finder.as_ref(), &self.ids, text)
    }

    /// The ids of what a file holds.
    pub(super) fn in_file(&self, bytes: &[u8]) -> Vec<&'static str> {
        self.ids_in(self.raw.as_ref(), &self.raw_ids, bytes)
    }

    fn ids_in(&self, finder: Option<&AhoCorasick>, ids: &[&'static str], bytes: &[u8]) -> Vec<&'static str> {
        let mut found: Vec<&'static str> = Vec::new();
        for hit in finder.into_iter().flat_map(|finder| finder.find_overlapping_iter(bytes)) {
            let Some(id) = ids.get(hit.pattern().as_usize()).filter(|id| !found.contains(id)) else { continue };
            found.push(id);
            if self.count <= found.len() {
                break;
            }
        }
        found
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
        for text in ["", "Accept", "private int x", "Lcom/vendor/privacy;", "请稍候", "policy"] {
            assert_eq!(texts.in_text(text.as_bytes()), [""; 0], "{text}");
        }
    }
}
