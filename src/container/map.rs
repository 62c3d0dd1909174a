//! Bytes of a file, mapped instead of read, spans of them that outlive the function that found them, and memory for what is
//! inflated.
//!
//! The only `unsafe` of the crate is here.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::ops::{Deref, DerefMut, Range};
use std::path::Path;
use std::sync::Arc;

use memmap2::{Mmap, MmapMut};

use crate::error::{Error, Result};

/// Below this many bytes a read is as cheap as a map, and the file cannot change under us afterwards.
const MIN_MAPPED_BYTES: u64 = 64 << 10;

/// Bytes of a huge page of most processors. Memory of as many and more is asked for in such.
const HUGE_BYTES: usize = 2 << 20;

/// What is left behind the last whole huge page is worth another one from here on: to clear that takes as long as some
/// hundred page faults.
const MIN_TAIL_BYTES: usize = HUGE_BYTES / 2;

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
    Memory(Memory),
}

/// The bytes of an entry: borrowed where the archive has them as they are.
#[derive(Debug)]
pub enum Bytes<'a> {
    /// A part of the archive.
    Borrowed(&'a [u8]),
    /// What was inflated.
    Owned(Memory),
}

/// Memory of a fixed length. A large one has huge pages where the system gives them: it takes a page fault for two megabytes
/// instead of four kilobytes, which else is a quarter of what inflating costs.
pub struct Memory {
    pages: Pages,
    length: usize,
}

enum Pages {
    Heap(Vec<u8>),
    Huge(MmapMut),
}

impl Memory {
    /// As many zeros. Those that nothing is written to take no memory, however many they are.
    pub(super) fn zeros(length: usize) -> Self {
        let whole = if length < HUGE_BYTES { None } else { length.checked_next_multiple_of(HUGE_BYTES) };
        // Linux lets a map start at a huge page only where it ends at one.
        let pages = match whole.and_then(|whole| MmapMut::map_anon(whole).ok()) {
            Some(map) => {
                #[cfg(target_os = "linux")]
                {
                    let tail = length.checked_rem(HUGE_BYTES).unwrap_or(0);
                    let huge = if tail < MIN_TAIL_BYTES { length.saturating_sub(tail) } else { map.len() };
                    // Without huge pages it is memory all the same.
                    let _ = map.advise_range(memmap2::Advice::HugePage, 0, huge);
                }
                Pages::Huge(map)
            }
            None => Pages::Heap(vec![0; length]),
        };
        Self { pages, length }
    }

    /// Bytes that are kept.
    #[cfg(test)]
    pub(super) fn kept(&self) -> usize {
        match &self.pages {
            Pages::Heap(bytes) => bytes.capacity(),
            Pages::Huge(map) => map.len(),
        }
    }

    /// The first bytes alone, in no more memory than they take.
    pub(super) fn shortened(self, length: usize) -> Self {
        let length = length.min(self.length);
        match self.pages {
            Pages::Huge(map) if HUGE_BYTES <= length => Self { pages: Pages::Huge(map), length },
            Pages::Huge(map) => Self::from(map.get(..length).unwrap_or_default().to_vec()),
            Pages::Heap(mut bytes) => {
                bytes.truncate(length);
                bytes.shrink_to_fit();
                Self::from(bytes)
            }
        }
    }
}

impl From<Vec<u8>> for Memory {
    fn from(bytes: Vec<u8>) -> Self {
        Self { length: bytes.len(), pages: Pages::Heap(bytes) }
    }
}

impl Deref for Memory {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        let bytes: &[u8] = match &self.pages {
            Pages::Heap(bytes) => bytes,
            Pages::Huge(map) => map,
        };
        bytes.get(..self.length).unwrap_or_default()
    }
}

impl DerefMut for Memory {
    fn deref_mut(&mut self) -> &mut [u8] {
        let bytes: &mut [u8] = match &mut self.pages {
            Pages::Heap(bytes) => bytes,
            Pages::Huge(map) => map,
        };
        bytes.get_mut(..self.length).unwrap_or_default()
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Memory({} bytes)", self.length)
    }
}

impl Deref for Bytes<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Borrowed(bytes) => bytes,
            Self::Owned(memory) => memory,
        }
    }
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

impl From<Memory> for Span {
    fn from(memory: Memory) -> Self {
        Self::whole(Source::Memory(memory))
    }
}

impl From<Vec<u8>> for Span {
    fn from(bytes: Vec<u8>) -> Self {
        Self::from(Memory::from(bytes))
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
            Self::Memory(memory) => memory,
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
