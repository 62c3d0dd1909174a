//! Reads the directory of an archive as Android does, where desktop tools refuse or are led astray.
//!
//! The rules are those of AOSP's `libziparchive/zip_archive.cc`: the end record is the last of its signatures in the
//! file, disk numbers and flags do not matter, and no more records are read than the end record counts. Beyond what
//! Android accepts, candor still reads what it can (data around the archive, a directory that ends early) and says so.

use memchr::memmem;

use crate::error::{Error, Issue, Result};
use crate::limits::MAX_ENTRIES;

use super::entry::{Entry, LOCAL_MAGIC, Place, u16_at, u32_at, u64_at};

/// `PK\5\6`, which starts the end of central directory record (APPNOTE.TXT 4.3.16).
const END_MAGIC: &[u8] = b"PK\x05\x06";

/// Bytes of the end record before its comment.
const END_BYTES: usize = 22;

/// `PK\1\2`, which starts a record of the central directory (APPNOTE.TXT 4.3.12).
const RECORD_MAGIC: &[u8] = b"PK\x01\x02";

/// Bytes of a record before its name.
const RECORD_BYTES: usize = 46;

/// `PK\6\7` and `PK\6\6`, the zip64 locator and end record (APPNOTE.TXT 4.3.14 and 4.3.15).
const LOCATOR_MAGIC: &[u8] = b"PK\x06\x07";
const END64_MAGIC: &[u8] = b"PK\x06\x06";
const LOCATOR_BYTES: usize = 20;
const END64_BYTES: usize = 56;

/// Flag bit 0: the entry is encrypted.
pub(super) const ENCRYPTED: u16 = 1;

/// An end of central directory record and the place where it was found.
#[derive(Debug, Clone, Copy)]
pub(super) struct End {
    pub(super) offset: usize,
    count: u64,
    size: u64,
    start: u64,
    /// Whether a zip64 locator stands before it.
    pub(super) zip64: bool,
    /// Whether its comment ends exactly where the file ends.
    pub(super) is_last: bool,
    /// Where the directory has to end: at this record, or at its zip64 twin.
    directory_limit: usize,
}

/// The central directory of an archive.
#[derive(Debug)]
pub(super) struct Directory {
    pub(super) records: Vec<Record>,
    /// Offset of its first record in the archive.
    pub(super) start: usize,
    pub(super) issues: Vec<Issue>,
}

/// One record of the central directory.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) entry: Entry,
    pub(super) flags: u16,
    /// Whether the name was valid UTF-8.
    pub(super) utf8: bool,
}

/// Every end record of the archive, last first.
///
/// A comment has at most 65,535 bytes, so the record is looked for in as many bytes from the end; only when there is
/// none, the whole file is searched for the last one.
pub(super) fn ends(archive: &[u8]) -> Vec<End> {
    let near = archive.len().saturating_sub(END_BYTES).saturating_sub(usize::from(u16::MAX));
    let tail = archive.get(near..).unwrap_or_default();
    let mut ends: Vec<End> =
        memmem::rfind_iter(tail, END_MAGIC).filter_map(|at| End::parse(archive, near.checked_add(at)?)).collect();
    if ends.is_empty() {
        ends.extend(memmem::rfind(archive, END_MAGIC).and_then(|at| End::parse(archive, at)));
    }
    ends
}

/// Reads the directory that one of `ends` names.
///
/// Android takes the last record and refuses the file when the record's comment does not reach its end. So a record
/// that does reach it is preferred, and signatures planted in the comment of the real one are passed over.
///
/// # Errors
/// There is no end record, or none names a directory with an entry.
pub(super) fn directory(archive: &[u8], ends: &[End]) -> Result<Directory> {
    let Some(last) = ends.first() else {
        let what = format!("expected an end of central directory record (PK\\5\\6) in {} bytes", archive.len());
        return Err(Error::malformed(what, None));
    };
    let by_preference = ends.iter().filter(|end| end.is_last).chain(ends.iter().filter(|end| !end.is_last));
    for end in by_preference {
        let Some(mut directory) = end.directory(archive) else {
            continue;
        };
        if !end.is_last {
            let message = "the file does not end where the archive's comment ends";
            directory.issues.push(Issue::new("", end.offset as u64, message));
        }
        if end.offset != last.offset {
            let message = "a second end of central directory record, in the comment of the first";
            directory.issues.push(Issue::new("", last.offset as u64, message));
        }
        return Ok(directory);
    }
    if ends.iter().all(|end| end.count == 0) {
        return Err(Error::malformed("the archive has no entries", last.offset as u64));
    }
    Err(Error::malformed(
        format!("expected a central directory record (PK\\1\\2) at {:#x}", last.start),
        last.offset as u64,
    ))
}

impl End {
    fn parse(archive: &[u8], offset: usize) -> Option<Self> {
        let bytes = archive.get(offset..)?;
        let comment_start = offset.checked_add(END_BYTES)?;
        let comment_end = comment_start.checked_add(usize::from(u16_at(bytes, 20)?))?;
        let mut end = Self {
            offset,
            count: u16_at(bytes, 10)?.into(),
            size: u32_at(bytes, 12)?.into(),
            start: u32_at(bytes, 16)?.into(),
            zip64: false,
            is_last: comment_end == archive.len(),
            directory_limit: offset,
        };
        end.widen(archive);
        Some(end)
    }

    /// Takes the fields that are saturated here from the zip64 end record.
    fn widen(&mut self, archive: &[u8]) -> Option<()> {
        let locator_start = self.offset.checked_sub(LOCATOR_BYTES)?;
        let locator = archive.get(locator_start..self.offset)?;
        if !locator.starts_with(LOCATOR_MAGIC) {
            return None;
        }
        self.zip64 = true;
        let declared = usize::try_from(u64_at(locator, 8)?).ok();
        let adjacent = locator_start.checked_sub(END64_BYTES);
        let start = [declared, adjacent]
            .into_iter()
            .flatten()
            .find(|start| archive.get(*start..).is_some_and(|it| it.starts_with(END64_MAGIC)))?;
        let record = archive.get(start..)?;
        if self.count == u64::from(u16::MAX) {
            self.count = u64_at(record, 32)?;
        }
        if self.size == u64::from(u32::MAX) {
            self.size = u64_at(record, 40)?;
        }
        if self.start == u64::from(u32::MAX) {
            self.start = u64_at(record, 48)?;
        }
        self.directory_limit = start;
        Some(())
    }

    /// The directory that this record names, when it has at least one record.
    fn directory(&self, archive: &[u8]) -> Option<Directory> {
        let is_record = |start: &usize| archive.get(*start..).is_some_and(|it| it.starts_with(RECORD_MAGIC));
        let declared = usize::try_from(self.start).ok();
        // With bytes before the archive every offset is short by their number; the directory still ends at this record.
        let derived = usize::try_from(self.size).ok().and_then(|size| self.directory_limit.checked_sub(size));
        let start = declared.filter(is_record).or(derived.filter(is_record))?;
        let shift = (start as u64).wrapping_sub(self.start);

        let mut issues = Vec::new();
        if shift != 0 {
            let message = format!("the central directory is declared at {:#x} but starts here", self.start);
            issues.push(Issue::new("", start as u64, message));
        }
        let mut records = Vec::new();
        let mut position = start;
        while (records.len() as u64) < self.count {
            let Some((record, length)) = Record::parse(archive, position, shift) else {
                let message = format!("the archive claims {} entries, its directory has {}", self.count, records.len());
                issues.push(Issue::new("", position as u64, message));
                break;
            };
            if records.len() == MAX_ENTRIES {
                let message = format!("only the first {MAX_ENTRIES} of {} entries are read", self.count);
                issues.push(Issue::new("", position as u64, message));
                break;
            }
            records.push(record);
            position = position.checked_add(length)?;
        }
        if records.len() as u64 == self.count && is_record(&position) {
            let message = format!("the directory goes on after its {} entries; Android ignores the rest", self.count);
            issues.push(Issue::new("", position as u64, message));
        }
        if records.is_empty() { None } else { Some(Directory { records, start, issues }) }
    }
}

impl Record {
    /// The record at `position` and its length. Its local header is `shift` bytes further than it says, unless a header
    /// is only where it says.
    fn parse(archive: &[u8], position: usize, shift: u64) -> Option<(Self, usize)> {
        let bytes = archive.get(position..)?;
        if !bytes.starts_with(RECORD_MAGIC) {
            return None;
        }
        let [name_end, extra_end, length] = ends_in_record(bytes)?;
        let name = bytes.get(RECORD_BYTES..name_end)?;
        let mut wide = [u64::from(u32_at(bytes, 24)?), u64::from(u32_at(bytes, 20)?), u64::from(u32_at(bytes, 42)?)];
        widen(&mut wide, bytes.get(name_end..extra_end)?);
        let [size, compressed, declared] = wide;

        let has_header = |offset: &u64| {
            usize::try_from(*offset).ok().and_then(|it| archive.get(it..)).is_some_and(|it| it.starts_with(LOCAL_MAGIC))
        };
        let header = Some(declared.wrapping_add(shift)).filter(has_header).unwrap_or(declared);
        let entry = Entry {
            name: String::from_utf8_lossy(name).into_owned(),
            compressed: compressed.min((archive.len() as u64).saturating_sub(header)),
            size,
            stamp: u16_at(bytes, 14)?,
            place: Place::Local { header, method: u16_at(bytes, 10)?, crc32: u32_at(bytes, 16)? },
        };
        Some((Self { entry, flags: u16_at(bytes, 8)?, utf8: std::str::from_utf8(name).is_ok() }, length))
    }
}

/// Offset of the first byte behind the record at `position`.
pub(super) fn record_end(archive: &[u8], position: u64) -> Option<usize> {
    let position = usize::try_from(position).ok()?;
    let [_, _, length] = ends_in_record(archive.get(position..)?)?;
    position.checked_add(length)
}

/// Where the name, the extra field and the comment of a record end, the last of which ends the record.
fn ends_in_record(record: &[u8]) -> Option<[usize; 3]> {
    let name_end = RECORD_BYTES.checked_add(usize::from(u16_at(record, 28)?))?;
    let extra_end = name_end.checked_add(usize::from(u16_at(record, 30)?))?;
    let comment_end = extra_end.checked_add(usize::from(u16_at(record, 32)?))?;
    Some([name_end, extra_end, comment_end])
}

/// Takes the saturated ones of size, compressed size and header offset from the zip64 extra field, which holds just
/// those, in this order (APPNOTE.TXT 4.5.3).
fn widen(fields: &mut [u64; 3], mut extra: &[u8]) {
    const ZIP64: u16 = 1;
    while let (Some(id), Some(length)) = (u16_at(extra, 0), u16_at(extra, 2)) {
        let Some((data, rest)) = extra.get(4..).and_then(|it| it.split_at_checked(length.into())) else {
            return;
        };
        if id == ZIP64 {
            let mut values = data.as_chunks::<8>().0.iter().map(|it| u64::from_le_bytes(*it));
            for field in fields.iter_mut().filter(|field| **field == u64::from(u32::MAX)) {
                let Some(value) = values.next() else {
                    return;
                };
                *field = value;
            }
            return;
        }
        extra = rest;
    }
}
