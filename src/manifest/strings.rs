//! The string pool of compiled XML and resource tables: `ResStringPool_header` of AOSP's `ResourceTypes.h`.
//!
//! Strings are decoded when asked for, never all at once; styles are not read.

use std::borrow::Cow;

use super::bytes::{Budget, Chunk, Issues, u8_at, u16_at, u32_at, usize_at};

/// `RES_STRING_POOL_TYPE`.
pub(super) const STRING_POOL: u16 = 0x0001;

/// `ResStringPool_header::UTF8_FLAG`.
const UTF8: u32 = 1 << 8;

/// Strings by index.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct StringPool<'a> {
    offsets: &'a [u8],
    strings: &'a [u8],
    utf8: bool,
}

impl<'a> StringPool<'a> {
    /// The pool in `chunk`.
    ///
    /// A count beyond the chunk is cut, with an issue: an index past the end has no string, whatever the header says.
    /// Android would refuse the whole document.
    pub(super) fn parse(chunk: &Chunk<'a>, issues: &mut Issues) -> Option<Self> {
        let count = usize_at(chunk.bytes, 8)?;
        let flags = u32_at(chunk.bytes, 16)?;
        let start = usize_at(chunk.bytes, 20)?;
        let body = chunk.body();
        let offsets = body.get(..count.saturating_mul(4)).unwrap_or_else(|| {
            let message = format!("string pool claims {count} strings, at most {} fit in it", body.len() >> 2);
            issues.push(chunk.offset.saturating_add(8), message);
            body
        });
        let strings = chunk.bytes.get(start..).unwrap_or_default();
        Some(Self { offsets, strings, utf8: flags & UTF8 != 0 })
    }

    /// The string at `index` as long as `budget` lasts, bytes that are no text replaced.
    ///
    /// A string that its pool cuts off gives what is there.
    pub(super) fn get(&self, index: u32, budget: &Budget) -> Option<Cow<'a, str>> {
        let bytes = self.at(index)?;
        // Before decoding: a spent budget must cost nothing more.
        budget.take(bytes.len())?;
        if self.utf8 {
            return Some(String::from_utf8_lossy(bytes));
        }
        let units = bytes.as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit));
        Some(char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
    }

    /// There is a string at `index`.
    pub(super) fn contains(&self, index: u32) -> bool {
        self.at(index).is_some()
    }

    /// The text at `index`, not decoded.
    fn at(&self, index: u32) -> Option<&'a [u8]> {
        let at = usize::try_from(index).ok()?.checked_mul(4)?;
        let bytes = self.strings.get(usize_at(self.offsets, at)?..)?;
        let (length, prefix) = if self.utf8 {
            // Two lengths, in UTF-16 units and in bytes.
            let (_, first) = length8(bytes)?;
            let (length, second) = length8(bytes.get(first..)?)?;
            (length, first.saturating_add(second))
        } else {
            let (length, prefix) = length16(bytes)?;
            (length.saturating_mul(2), prefix)
        };
        let bytes = bytes.get(prefix..)?;
        Some(bytes.get(..length).unwrap_or(bytes))
    }
}

/// A length of one or two bytes, and how many it took.
fn length8(bytes: &[u8]) -> Option<(usize, usize)> {
    let first = u8_at(bytes, 0)?;
    if first & 0x80 == 0 {
        return Some((usize::from(first), 1));
    }
    let second = u8_at(bytes, 1)?;
    Some((usize::from(first & 0x7f) << 8 | usize::from(second), 2))
}

/// A length of one or two units, and how many bytes it took.
fn length16(bytes: &[u8]) -> Option<(usize, usize)> {
    let first = u16_at(bytes, 0)?;
    if first & 0x8000 == 0 {
        return Some((usize::from(first), 2));
    }
    Some((usize::from(first & 0x7fff) << 16 | usize::from(u16_at(bytes, 2)?), 4))
}
