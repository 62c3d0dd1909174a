//! Bytes of a file, mapped instead of read, and spans of them that outlive the function that found them.
//!
//! The only `unsafe` of the crate is here.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::ops::{Deref, Range};
use std::path::Path;
use std::sync::Arc;

use memmap2::Mmap;

use crate::error::{Error, Result};

/// Below this many bytes a read is as cheap as a map, and the file cannot change under us afterwards.
const MIN_MAPPED_BYTES: u64 = 64 << 10;

/// Bytes of something that has no length of its own (a pipe, a device): read up to here, refused beyond.
const MAX_STREAM_BYTES: u64 = crate::limits::MAX_ENTRY_BYTES;

/// A part of a file or of an inflated entry. Cloning and narrowing copy no bytes.
#[derive(Clone)]
pub(super) struct Span {
    source: Arc<Source>,
    range: Range<usize>,
}

enum Source {
    Map(Mmap),
    Memory(Vec<u8>),
}

impl Span {
    /// The bytes of a whole file.
    ///
    /// A regular file is mapped privately and read-only. When another process shortens it while it is being read, the
    /// system ends candor with `SIGBUS`; no reader of mapped files can do better, and copying every file first would
    /// cost more than the analysis of many of them.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let mut file = File::open(path).map_err(|error| Error::io(path, error))?;
        let metadata = file.metadata().map_err(|error| Error::io(path, error))?;
        if metadata.is_dir() {
            return Err(Error::io(path, std::io::ErrorKind::IsADirectory.into()));
        }
        if metadata.is_file() && MIN_MAPPED_BYTES <= metadata.len() {
            let map = map_private(&file).map_err(|error| Error::io(path, error))?;
            return Ok(Self::whole(Source::Map(map)));
        }
        let mut bytes = Vec::new();
        let limit = MAX_STREAM_BYTES.saturating_add(1);
        file.by_ref().take(limit).read_to_end(&mut bytes).map_err(|error| Error::io(path, error))?;
        let length = bytes.len() as u64;
        if MAX_STREAM_BYTES < length {
            return Err(Error::Limit { what: "bytes of an unmappable file", value: length, limit: MAX_STREAM_BYTES });
        }
        Ok(Self::from(bytes))
    }

    /// The part `range` of this span, or nothing where it does not fit.
    pub(super) fn narrow(&self, range: Range<usize>) -> Option<Self> {
        self.get(range.clone())?;
        let start = self.range.start.checked_add(range.start)?;
        let end = self.range.start.checked_add(range.end)?;
        Some(Self { source: Arc::clone(&self.source), range: start..end })
    }

    fn whole(source: Source) -> Self {
        let range = 0..source.bytes().len();
        Self { source: Arc::new(source), range }
    }
}

impl Default for Span {
    fn default() -> Self {
        Self::from(Vec::new())
    }
}

impl From<Vec<u8>> for Span {
    fn from(bytes: Vec<u8>) -> Self {
        Self::whole(Source::Memory(bytes))
    }
}

impl Deref for Span {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // The range was checked when the span was made; an empty slice is only there to have no panic.
        self.source.bytes().get(self.range.clone()).unwrap_or_default()
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Span({:?})", self.range)
    }
}

impl Source {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Map(map) => map,
            Self::Memory(bytes) => bytes,
        }
    }
}

/// Maps a regular file.
#[allow(unsafe_code)]
fn map_private(file: &File) -> std::io::Result<Mmap> {
    // SAFETY: the map is private and read-only, so candor cannot change the file and no `&mut` to it exists. What
    // remains is another process that writes to the file meanwhile: every reader here treats the bytes as hostile and
    // checks each access, so changed bytes change results, not memory safety in practice; a shortened file ends the
    // process with SIGBUS, as `Span::open` documents.
    unsafe { Mmap::map(file) }
}
