//! One entry of an archive and the way to its data.
//!
//! The central directory decides where an entry lies and how it is packed, as in AOSP's `libziparchive/zip_archive.cc`;
//! of the local header only the lengths of its name and extra field count, because they say where the data starts.

use std::ops::Range;

use crate::error::{Error, Issue, Result};
use crate::limits::MAX_ENTRY_BYTES;

use super::inflate::inflate;
use super::map::{Bytes, Memory, Span};

/// `PK\3\4`, which starts a local file header.
pub(super) const LOCAL_MAGIC: &[u8] = b"PK\x03\x04";

/// Bytes of a local file header before its name.
const LOCAL_BYTES: usize = 30;

/// Compression method "stored".
pub(super) const STORED: u16 = 0;

/// Compression method "deflated".
pub(super) const DEFLATED: u16 = 8;

/// One entry of one archive of the package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Name as Android sees it, `/`-separated. Bytes that are not UTF-8 are replaced by U+FFFD.
    pub name: String,
    /// Compressed bytes that the archive really holds.
    pub compressed: u64,
    /// Uncompressed bytes that the archive claims.
    pub size: u64,
    /// The day that the archive stamps it with, in MS-DOS format; the tool that wrote the archive may have made it up.
    pub(super) stamp: u16,
    pub(super) place: Place,
}

/// Where the data of an entry is and how it is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Behind the local header at this offset of the archive.
    Local { header: u64, method: u16, crc32: u32 },
    /// The whole file, which is no archive.
    File,
}

/// The data of an entry: where it lies, or itself.
enum Unpacked {
    Stored(Range<usize>),
    Inflated(Memory),
}

/// The fields of a local file header that are looked at (APPNOTE.TXT 4.3.7).
pub(super) struct LocalHeader<'a> {
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) crc32: u32,
    pub(super) compressed: u32,
    pub(super) size: u32,
    pub(super) name: &'a [u8],
    /// Offset of the entry's data in the archive.
    pub(super) data: usize,
}

impl<'a> LocalHeader<'a> {
    /// The header at `offset`, or nothing when there is none.
    pub(super) fn parse(archive: &'a [u8], offset: u64) -> Option<Self> {
        let start = usize::try_from(offset).ok()?;
        let bytes = archive.get(start..)?;
        if !bytes.starts_with(LOCAL_MAGIC) {
            return None;
        }
        let name_end = LOCAL_BYTES.checked_add(usize::from(u16_at(bytes, 26)?))?;
        let header_end = name_end.checked_add(usize::from(u16_at(bytes, 28)?))?;
        Some(Self {
            flags: u16_at(bytes, 6)?,
            method: u16_at(bytes, 8)?,
            crc32: u32_at(bytes, 14)?,
            compressed: u32_at(bytes, 18)?,
            size: u32_at(bytes, 22)?,
            name: bytes.get(LOCAL_BYTES..name_end)?,
            data: start.checked_add(header_end)?,
        })
    }
}

impl Entry {
    /// The uncompressed bytes of this entry of `archive`; borrowed where they are stored.
    pub(super) fn data<'a>(&self, archive: &'a [u8]) -> Result<Bytes<'a>> {
        self.data_within(archive, MAX_ENTRY_BYTES)
    }

    /// [`Entry::data`] of at most `limit` bytes.
    pub(super) fn data_within<'a>(&self, archive: &'a [u8], limit: u64) -> Result<Bytes<'a>> {
        Ok(match self.unpack(archive, limit)? {
            Unpacked::Stored(range) => Bytes::Borrowed(archive.get(range).unwrap_or_default()),
            Unpacked::Inflated(data) => Bytes::Owned(data),
        })
    }

    /// The uncompressed bytes, at most `limit`, as a span of their own, and how many bytes of memory it takes: none where
    /// the entry is stored.
    pub(super) fn span(&self, archive: &Span, limit: u64) -> Result<(Span, u64)> {
        Ok(match self.unpack(archive, limit)? {
            Unpacked::Stored(range) => (archive.narrow(range).unwrap_or_default(), 0),
            Unpacked::Inflated(data) => {
                let length = data.len() as u64;
                (Span::from(data), length)
            }
        })
    }

    /// Finds or inflates the data. A range that is returned lies in the archive.
    ///
    /// A method that is neither stored nor deflated is what `BadPack` writes to stop desktop tools: Android's resource
    /// loader takes everything that is not deflated as stored (`androidfw/ApkAssets.cpp`).
    fn unpack(&self, archive: &[u8], limit: u64) -> Result<Unpacked> {
        let Place::Local { header, method, .. } = self.place else {
            return Ok(Unpacked::Stored(0..archive.len()));
        };
        let Some(local) = LocalHeader::parse(archive, header) else {
            return Err(Error::malformed("expected a local file header (PK\\3\\4)", header));
        };
        let left = archive.len().saturating_sub(local.data);
        let stored = |length: u64| {
            if limit < length {
                return Err(Error::Limit { what: "size of an entry", value: length, limit });
            }
            match usize::try_from(length) {
                Ok(length) if length <= left => Ok(Unpacked::Stored(local.data..local.data.saturating_add(length))),
                _ => {
                    let what = format!("expected {length} bytes of data, {left} are left in the archive");
                    Err(Error::malformed(what, local.data as u64))
                }
            }
        };
        let inflated = || {
            let rest = archive.get(local.data..).unwrap_or_default();
            let stream = usize::try_from(self.compressed).ok().and_then(|length| rest.get(..length)).unwrap_or(rest);
            inflate(stream, self.size, limit).map_err(|error| match error {
                Error::Malformed { what, .. } => Error::malformed(what, local.data as u64),
                other => other,
            })
        };
        match method {
            STORED => stored(self.size).or_else(|error| stored(self.compressed).map_err(|_| error)),
            DEFLATED => inflated().map(Unpacked::Inflated),
            _ if self.size == self.compressed => stored(self.size),
            // The method lies, so only a stream that yields the claimed size is taken for deflate.
            _ => match inflated() {
                Ok(data) if data.len() as u64 == self.size => Ok(Unpacked::Inflated(data)),
                _ => stored(self.size),
            },
        }
    }

    /// What `data` contradicts of what the archive says about this entry: its size and its checksum.
    pub(super) fn contradictions(&self, data: &[u8]) -> Vec<Issue> {
        let Place::Local { crc32, .. } = self.place else {
            return Vec::new();
        };
        let mut issues = Vec::new();
        if data.len() as u64 != self.size {
            let message = format!("the archive claims {} bytes, the data has {}", self.size, data.len());
            issues.push(Issue::new(&self.name, None, message));
        }
        let actual = libdeflater::crc32(data);
        if actual != crc32 {
            let message = format!("the archive claims CRC-32 {crc32:#010x}, the data has {actual:#010x}");
            issues.push(Issue::new(&self.name, None, message));
        }
        issues
    }
}

/// The little-endian 16-bit number at `offset`.
pub(super) fn u16_at(bytes: &[u8], offset: usize) -> Option<u16> {
    bytes.get(offset..)?.first_chunk().map(|it| u16::from_le_bytes(*it))
}

/// The little-endian 32-bit number at `offset`.
pub(super) fn u32_at(bytes: &[u8], offset: usize) -> Option<u32> {
    bytes.get(offset..)?.first_chunk().map(|it| u32::from_le_bytes(*it))
}

/// The little-endian 64-bit number at `offset`.
pub(super) fn u64_at(bytes: &[u8], offset: usize) -> Option<u64> {
    bytes.get(offset..)?.first_chunk().map(|it| u64::from_le_bytes(*it))
}
