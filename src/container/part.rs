//! One archive of a package as the other rooms see it: entries by name, their data, and the DEX files in order.

use std::collections::BTreeSet;

use crate::error::{Issue, Result};
use crate::limits::MAX_ENTRY_BYTES;

use super::archive::Archive;
use super::entry::{Entry, Place};
use super::map::{Bytes, Span};
use super::nested::nested_limit;

/// Bytes of a local file header and of a central directory header, without name and extra field (APPNOTE.TXT 4.3.7 and
/// 4.3.12).
const HEADERS: u64 = 30 + 46;

/// One archive of the package: the file itself, a split of a set, or a module of a bundle.
///
/// Reading takes `&self` and keeps nothing, so threads may share a part.
#[derive(Debug)]
pub struct Part {
    /// Empty for the only or base archive, else the name that prefixes its entries in reports (`split_config.xxhdpi.apk`,
    /// `feature1`).
    pub name: String,
    bytes: Span,
    entries: Vec<Entry>,
    /// Positions in `entries`, by name and then by position.
    by_name: Vec<usize>,
    code: Code,
    /// It lies inside another package.
    is_nested: bool,
}

/// Where the DEX files of a part are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Code {
    /// At the top, as in an installed package.
    Top,
    /// In `dex/`, as in a module of a bundle.
    Module,
    /// The part is a DEX file.
    Itself,
}

impl Part {
    /// An archive that is a package.
    pub(super) fn package(name: String, archive: Archive) -> Self {
        Self::new(name, archive.bytes, archive.entries, Code::Top)
    }

    /// A module of a bundle; the names of `entries` are relative to it.
    pub(super) fn module(name: String, bytes: Span, entries: Vec<Entry>) -> Self {
        Self::new(name, bytes, entries, Code::Module)
    }

    /// A bare DEX file.
    pub(super) fn dex(file_name: String, bytes: Span) -> Self {
        let size = bytes.len() as u64;
        let entry = Entry { name: file_name, compressed: size, size, stamp: 0, place: Place::File };
        Self::new(String::new(), bytes, vec![entry], Code::Itself)
    }

    /// An archive inside a package.
    pub(super) fn nested_package(name: String, archive: Archive) -> Self {
        Self { is_nested: true, ..Self::package(name, archive) }
    }

    /// A bare DEX file inside the part `name`.
    pub(super) fn nested_dex(name: String, entry: String, bytes: Span) -> Self {
        Self { is_nested: true, name, ..Self::dex(entry, bytes) }
    }

    fn new(name: String, bytes: Span, entries: Vec<Entry>, code: Code) -> Self {
        let mut by_name: Vec<usize> = (0..entries.len()).collect();
        by_name.sort_by_key(|position| entries.get(*position).map(|entry| &entry.name));
        Self { name, bytes, entries, by_name, code, is_nested: false }
    }

    /// How many bytes the data of all entries can have together as long as none of them overlap: the archive without the
    /// headers that each entry has twice.
    pub fn room(&self) -> u64 {
        let headers = |entry: &Entry| match self.code {
            Code::Itself => 0,
            Code::Top | Code::Module => HEADERS.saturating_add(entry.name.len().saturating_mul(2) as u64),
        };
        let taken = self.entries.iter().map(headers).fold(0, u64::saturating_add);
        (self.bytes.len() as u64).saturating_sub(taken)
    }

    /// The entries in the order of the archive's directory, without directories. A name that occurs twice is listed
    /// twice.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entry of that name that Android would use: the first, where a name occurs twice.
    pub fn find(&self, name: &str) -> Option<&Entry> {
        let entry_at = |position: &usize| self.entries.get(*position);
        let first = self.by_name.partition_point(|it| entry_at(it).is_some_and(|entry| entry.name.as_str() < name));
        self.by_name.get(first).and_then(entry_at).filter(|entry| entry.name == name)
    }

    /// The uncompressed bytes of an entry; borrowed from the mapped file where it is stored without compression.
    ///
    /// The size that the archive claims is no promise, see [`Part::contradictions`].
    ///
    /// # Errors
    /// Broken or truncated data, or a size beyond [`crate::limits::MAX_ENTRY_BYTES`]; inside a nested archive a size beyond
    /// its claim, too. Offsets count from the start of the archive.
    pub fn read(&self, entry: &Entry) -> Result<Bytes<'_>> {
        match self.code {
            Code::Top if self.is_nested => entry.data_within(&self.bytes, nested_limit(entry)),
            _ => entry.data(&self.bytes),
        }
    }

    /// [`Part::read`] of an entry that is no larger than it claims, so that what many entries cost can be told before.
    ///
    /// # Errors
    /// As [`Part::read`], and an entry that is larger.
    pub fn read_claimed(&self, entry: &Entry) -> Result<Bytes<'_>> {
        entry.data_within(
            &self.bytes,
            if self.is_nested { nested_limit(entry) } else { entry.size.min(MAX_ENTRY_BYTES) },
        )
    }

    /// Where the entries lie.
    pub(super) fn bytes(&self) -> &Span {
        &self.bytes
    }

    /// What `data`, as [`Part::read`] gave it, contradicts of what the archive says about `entry`: its size and its
    /// CRC-32. Android checks neither when it runs the code, so the data counts.
    pub fn contradictions(&self, entry: &Entry, data: &[u8]) -> Vec<Issue> {
        let relabel = |issue: Issue| Issue { file: self.label(&issue.file), ..issue };
        entry.contradictions(data).into_iter().map(relabel).collect()
    }

    /// Entry names of DEX files in the order of class loading: `classes.dex`, `classes2.dex` … up to the first gap
    /// (in a bundle's module below `dex/`). The second list has those that the runtime never loads: beyond a gap, or
    /// with a number that it does not count (`classes1.dex`, `classes02.dex`).
    ///
    /// The order is that of ART (`DexFileLoader::GetMultiDexClassesDexName`).
    pub fn dex_entries(&self) -> (Vec<&Entry>, Vec<&Entry>) {
        let folder = match self.code {
            Code::Top => "",
            Code::Module => "dex/",
            Code::Itself => return (self.entries.iter().collect(), Vec::new()),
        };
        let mut loaded: Vec<&Entry> = self.find(&format!("{folder}classes.dex")).into_iter().collect();
        if !loaded.is_empty() {
            loaded.extend((2..).map_while(|number: u64| self.find(&format!("{folder}classes{number}.dex"))));
        }
        let digits = |entry: &Entry| -> Option<String> {
            let digits = entry.name.strip_prefix(folder)?.strip_prefix("classes")?.strip_suffix(".dex")?;
            digits.bytes().all(|it| it.is_ascii_digit()).then(|| digits.to_owned())
        };
        let names: BTreeSet<&str> = loaded.iter().map(|entry| entry.name.as_str()).collect();
        let mut rest: Vec<(String, &Entry)> = self
            .entries
            .iter()
            .filter(|entry| !names.contains(entry.name.as_str()))
            .filter_map(|entry| Some((digits(entry)?, entry)))
            .collect();
        rest.sort_by(|(a, _), (b, _)| (a.len(), a).cmp(&(b.len(), b)));
        (loaded, rest.into_iter().map(|(_, entry)| entry).collect())
    }

    /// The name under which reports show an entry of this part: `classes.dex`, `split_a.apk!/classes.dex`.
    pub fn label(&self, entry: &str) -> String {
        if self.name.is_empty() { entry.to_owned() } else { format!("{}!/{entry}", self.name) }
    }
}
