//! The string table of Hermes bytecode: every identifier and string that the code uses.
//!
//! The layout is that of `include/hermes/BCGen/HBC/BytecodeFileFormat.h` in facebook/hermes: a header of 128 bytes, then,
//! each aligned to four bytes, the function headers (16 bytes), the kinds of strings (4), the hashes of identifiers (4),
//! the string table (4), its overflow (8) and the strings. The header's fields up to the size of the strings have stood
//! still in the versions that are read here.

use std::borrow::Cow;
use std::ops::{Range, RangeInclusive};

use super::{Role, Text};
use crate::error::{Error, Result};

/// The first eight bytes: "Hermes" in ancient Greek, little-endian.
const MAGIC: [u8; 8] = [0xc6, 0x1f, 0xbc, 0x03, 0xc1, 0x03, 0x19, 0x1f];

/// Versions whose header begins and whose string table is as described.
const VERSIONS: RangeInclusive<u32> = 59..=96;

/// Bytes of the header.
const HEADER: usize = 128;

/// The length in a small entry that says: the entry is an index into the overflow table.
const OVERFLOWN: u32 = 0xff;

/// The string table of one file.
#[derive(Debug, Clone)]
pub(super) struct Hermes<'b> {
    bytes: &'b [u8],
    table: Range<usize>,
    overflow: Range<usize>,
    storage: Range<usize>,
    /// Entries that were given already.
    place: usize,
}

/// The version of a file that says it is Hermes bytecode.
pub(super) fn version(bytes: &[u8]) -> Option<u32> {
    bytes.starts_with(&MAGIC).then(|| u32_at(bytes, MAGIC.len()).unwrap_or_default())
}

impl<'b> Hermes<'b> {
    /// Finds the tables.
    ///
    /// # Errors
    /// A version that is not known, or tables that do not fit into the file.
    pub(super) fn read(version: u32, bytes: &'b [u8]) -> Result<Self> {
        if !VERSIONS.contains(&version) {
            let (first, last) = (VERSIONS.start(), VERSIONS.end());
            let what = format!("expected Hermes bytecode of version {first} to {last}, the file has version {version}");
            return Err(Error::malformed(what, MAGIC.len() as u64));
        }
        let field = |offset| u32_at(bytes, offset).map_or(usize::MAX, |it| usize::try_from(it).unwrap_or(usize::MAX));
        let mut end = HEADER;
        let mut section = |count: usize, size: usize| {
            let start = end.checked_next_multiple_of(4).unwrap_or(usize::MAX);
            end = start.saturating_add(count.saturating_mul(size));
            start..end
        };
        section(field(40), 16);
        section(field(44), 4);
        section(field(48), 4);
        let table = section(field(52), 4);
        let overflow = section(field(56), 8);
        let storage = section(field(60), 1);
        if bytes.len() < storage.end {
            let what = format!("expected string tables of {} bytes, the file has {}", storage.end, bytes.len());
            return Err(Error::malformed(what, 40));
        }
        Ok(Self { bytes, table, overflow, storage, place: 0 })
    }

    /// Where a string is, and whether it is UTF-16. A place outside of the strings is none.
    fn string(&self, entry: u32) -> Option<Text<'b>> {
        let (mut offset, mut length) = (entry >> 1 & 0x7f_ffff, entry >> 24);
        if length == OVERFLOWN {
            let place = usize::try_from(offset).ok()?.checked_mul(8)?;
            let overflow = self.bytes.get(self.overflow.clone())?;
            (offset, length) = (u32_at(overflow, place)?, u32_at(overflow, place.checked_add(4)?)?);
        }
        let is_wide = entry & 1 == 1;
        let start = self.storage.start.checked_add(usize::try_from(offset).ok()?)?;
        let length = usize::try_from(length).ok()?.checked_mul(if is_wide { 2 } else { 1 })?;
        let end = start.checked_add(length).filter(|end| *end <= self.storage.end)?;
        let bytes = self.bytes.get(start..end)?;
        let bytes = if is_wide { Cow::Owned(utf8(bytes)) } else { Cow::Borrowed(bytes) };
        Some(Text { offset: start, bytes, role: Role::Name })
    }
}

impl<'b> Iterator for Hermes<'b> {
    type Item = Text<'b>;

    fn next(&mut self) -> Option<Text<'b>> {
        loop {
            let table = self.bytes.get(self.table.clone())?;
            let entry = u32_at(table, self.place.checked_mul(4)?)?;
            self.place = self.place.saturating_add(1);
            if let Some(text) = self.string(entry).filter(|text| !text.bytes.is_empty()) {
                return Some(text);
            }
        }
    }
}

fn utf8(utf16: &[u8]) -> Vec<u8> {
    let (units, _) = utf16.as_chunks::<2>();
    let units = units.iter().map(|unit| u16::from_le_bytes(*unit));
    char::decode_utf16(units).map(|it| it.unwrap_or(char::REPLACEMENT_CHARACTER)).collect::<String>().into_bytes()
}

/// The little-endian number at `offset`.
fn u32_at(bytes: &[u8], offset: usize) -> Option<u32> {
    bytes.get(offset..)?.first_chunk().map(|it| u32::from_le_bytes(*it))
}
