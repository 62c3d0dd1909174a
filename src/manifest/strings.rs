//! The string pool of compiled XML and resource tables: `ResStringPool_header` of AOSP's `ResourceTypes.h`.
//!
//! Strings are decoded when asked for, never all at once; styles are not read.

use std::borrow::Cow;

use super::bytes::{Chunk, u8_at, u16_at, u32_at, usize_at};

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
    /// A count beyond the chunk is cut: an index past the end has no string, whatever the header says.
    pub(super) fn parse(chunk: &Chunk<'a>) -> Option<Self> {
        let count = usize_at(chunk.bytes, 8)?;
        let flags = u32_at(chunk.bytes, 16)?;
        let start = usize_at(chunk.bytes, 20)?;
        let body = chunk.body();
        let offsets = body.get(..count.saturating_mul(4)).unwrap_or(body);
        let strings = chunk.bytes.get(start..).unwrap_or_default();
        Some(Self { offsets, strings, utf8: flags & UTF8 != 0 })
    }

    /// The string at `index`, bytes that are no text replaced.
    ///
    /// A string that its pool cuts off gives what is there.
    pub(super) fn get(&self, index: u32) -> Option<Cow<'a, str>> {
        let at = usize::try_from(index).ok()?.checked_mul(4)?;
        let bytes = self.strings.get(usize_at(self.offsets, at)?..)?;
        if self.utf8 { utf8(bytes) } else { utf16(bytes) }
    }
}

/// Two lengths, UTF-16 units and bytes, each of one or two bytes; then the text.
fn utf8(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let bytes = bytes.get(length8(bytes)?.1..)?;
    let (length, prefix) = length8(bytes)?;
    let bytes = bytes.get(prefix..)?;
    Some(String::from_utf8_lossy(bytes.get(..length).unwrap_or(bytes)))
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

/// A length of one or two units, then the text.
fn utf16(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let first = u16_at(bytes, 0)?;
    let (length, prefix) = if first & 0x8000 == 0 {
        (usize::from(first), 2)
    } else {
        (usize::from(first & 0x7fff) << 16 | usize::from(u16_at(bytes, 2)?), 4)
    };
    let bytes = bytes.get(prefix..)?;
    let bytes = bytes.get(..length.saturating_mul(2)).unwrap_or(bytes);
    let units = bytes.as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit));
    Some(char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
}
