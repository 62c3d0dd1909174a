//! Opens an archive: the `zip` crate reads the directory of a well-formed one, [`super::android`] that of any other.
//!
//! Whatever is odd about an archive becomes an issue; nothing odd makes an entry disappear.

use std::collections::BTreeMap;
use std::io::Cursor;

use zip::{CompressionMethod, ZipArchive};

use crate::error::{Issue, Result};

use super::android::{self, Directory, ENCRYPTED, End, Record};
use super::entry::{DEFLATED, Entry, LocalHeader, Place, STORED};
use super::map::Span;

/// An opened archive.
#[derive(Debug)]
pub(super) struct Archive {
    pub(super) bytes: Span,
    /// In the order of the directory, without directories; of entries with the same name Android would use the first.
    pub(super) entries: Vec<Entry>,
    /// Offset of the central directory; the APK Signing Block ends there.
    pub(super) directory_start: usize,
    /// About the archive as a whole (`file` is empty) or about one entry (`file` is its name).
    pub(super) issues: Vec<Issue>,
}

impl Archive {
    /// Reads the directory of `bytes`.
    ///
    /// # Errors
    /// There is no end of central directory record, or it leads to no entry.
    pub(super) fn open(bytes: Span) -> Result<Self> {
        let ends = android::ends(&bytes);
        let directory = match plain(&bytes, &ends) {
            Some(directory) => directory,
            None => android::directory(&bytes, &ends)?,
        };
        let mut issues = directory.issues;
        issues.extend(lies(&bytes, &directory.records));
        let entries = directory.records.into_iter().map(|record| record.entry).filter(|entry| !is_directory(entry));
        Ok(Self { entries: entries.collect(), directory_start: directory.start, issues, bytes })
    }

    /// The entry of that name that Android would use.
    pub(super) fn find(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name)
    }
}

/// A name with `/` at its end is a directory, unless data hides behind it.
fn is_directory(entry: &Entry) -> bool {
    entry.name.ends_with('/') && entry.size == 0
}

/// The directory of an archive in which nothing is odd, or nothing.
///
/// `zip` keeps the last of several entries with one name, knows no method but its own, trusts 64-bit counts when it
/// allocates, may take a planted end record for the real one and does not look behind its last record; all of these are
/// left to the other reader.
fn plain(archive: &[u8], ends: &[End]) -> Option<Directory> {
    let [end @ End { zip64: false, is_last: true, .. }] = ends else {
        return None;
    };
    let zip = ZipArchive::new(Cursor::new(archive)).ok()?;
    if zip.is_empty() || zip.has_duplicate_names() || zip.offset() != 0 {
        return None;
    }
    let mut records = Vec::new();
    let mut directory_end = 0;
    for index in 0..zip.len() {
        let file = zip.by_index_data(index).ok()?;
        let method = match file.compression() {
            CompressionMethod::Stored => STORED,
            CompressionMethod::Deflated => DEFLATED,
            _ => return None,
        };
        if file.encrypted() {
            return None;
        }
        directory_end = android::record_end(archive, file.central_header_start())?;
        let header = file.header_start();
        let entry = Entry {
            // Not `name()`: it decodes names without the UTF-8 flag as code page 437, Android never does.
            name: std::str::from_utf8(file.name_raw()).ok()?.to_owned(),
            compressed: file.compressed_size().min((archive.len() as u64).saturating_sub(header)),
            size: file.size(),
            stamp: file.last_modified().map_or(0, |it| it.datepart()),
            place: Place::Local { header, method, crc32: file.crc32() },
        };
        records.push(Record { entry, flags: 0, utf8: true });
    }
    if directory_end != end.offset {
        return None;
    }
    let start = usize::try_from(zip.central_directory_start()).ok()?;
    Some(Directory { records, start, issues: Vec::new() })
}

/// What the directory and the local headers say that is not true, or that no honest tool writes. One issue for each
/// kind of lie, whatever the number of entries: an archive has thousands of them.
fn lies(archive: &[u8], records: &[Record]) -> Vec<Issue> {
    /// Flag bit 3: sizes and checksum are behind the data, not in the local header.
    const DATA_DESCRIPTOR: u16 = 1 << 3;

    let mut lies = Lies::default();
    let mut seen = BTreeMap::new();
    for (index, record) in records.iter().enumerate() {
        let entry = &record.entry;
        let Place::Local { header, method, crc32 } = entry.place else {
            continue;
        };
        if let Some(first) = seen.insert(entry.name.as_str(), index) {
            // The first stays the one that later ones repeat.
            seen.insert(entry.name.as_str(), first);
            lies.add(
                entry,
                "has the name of an earlier entry; Android refuses to install this, old versions ran the first",
            );
        }
        if !record.utf8 {
            lies.add(entry, "has a name that is not UTF-8");
        }
        if let Some(fault) = name_fault(&entry.name) {
            lies.add(entry, fault);
        }
        if record.flags & ENCRYPTED != 0 {
            lies.add(entry, "is marked as encrypted; Android ignores the mark");
        }
        if method != STORED && method != DEFLATED {
            lies.add(entry, &format!("has the unknown compression method {method}; Android reads it as stored"));
        }
        if method == STORED && entry.size != entry.compressed {
            lies.add(entry, "is stored, but its two sizes differ");
        }
        let Some(local) = LocalHeader::parse(archive, header) else {
            lies.add(entry, "has no local header where the directory says");
            continue;
        };
        if String::from_utf8_lossy(local.name) != entry.name {
            lies.add(entry, "has another name in its local header");
        }
        if local.method != method {
            lies.add(entry, "has another compression method in its local header");
        }
        if local.flags & ENCRYPTED != 0 && record.flags & ENCRYPTED == 0 {
            lies.add(entry, "is marked as encrypted in its local header; Android ignores the mark");
        }
        // Zip64 entries have saturated sizes here and real ones in the extra field.
        let sizes_differ = u64::from(local.compressed) != entry.compressed || u64::from(local.size) != entry.size;
        let is_wide = local.compressed == u32::MAX || local.size == u32::MAX;
        if local.flags & DATA_DESCRIPTOR == 0 && (local.crc32 != crc32 || sizes_differ && !is_wide) {
            lies.add(entry, "has another size or checksum in its local header");
        }
        if (archive.len() as u64).saturating_sub(local.data as u64) < entry.compressed {
            lies.add(entry, "reaches past the end of the file");
        }
    }
    lies.0.into_iter().map(|(message, lie)| lie.issue(&message)).collect()
}

/// What is dangerous about a name when someone unpacks the archive or prints the name. candor only compares names.
fn name_fault(name: &str) -> Option<&'static str> {
    if name.split(['/', '\\']).any(|it| it == "..") {
        return Some("has a name that climbs out of its folder");
    }
    if name.starts_with('/') || name.starts_with('\\') || name.get(1..3).is_some_and(|it| it == ":\\" || it == ":/") {
        return Some("has an absolute path as its name");
    }
    if name.contains('\\') {
        return Some("has a backslash in its name");
    }
    if name.chars().any(char::is_control) {
        return Some("has a control character in its name");
    }
    if name.is_empty() {
        return Some("has an empty name");
    }
    None
}

/// Lies by what is wrong, each with the first entry that tells it.
#[derive(Default)]
struct Lies(BTreeMap<String, Lie>);

struct Lie {
    entry: String,
    others: usize,
}

impl Lies {
    fn add(&mut self, entry: &Entry, message: &str) {
        if let Some(lie) = self.0.get_mut(message) {
            lie.others = lie.others.saturating_add(1);
        } else {
            let lie = Lie { entry: entry.name.clone(), others: 0 };
            self.0.insert(message.to_owned(), lie);
        }
    }
}

impl Lie {
    fn issue(self, message: &str) -> Issue {
        let message = match self.others {
            0 => format!("the entry {message}"),
            1 => format!("the entry {message}; so does one other"),
            others => format!("the entry {message}; so do {others} others"),
        };
        Issue::new(self.entry, None, message)
    }
}
