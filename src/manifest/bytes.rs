//! Bounds-checked little-endian reads, the chunk walk of Android's compiled resources, and what a hostile file may cost.
//!
//! It knows how chunks are framed, not what they mean.

use std::cell::Cell;

use crate::error::Issue;
use crate::limits::MAX_ISSUES;

/// What one document may cost: a byte of decoded string, of an element in memory or of the work to look up a resource
/// is about one unit. Strings of a pool can be named by any number of attributes, so a small file could otherwise ask
/// for terabytes. Real manifests with their resources stay below a tenth of this.
const BUDGET: usize = 32 << 20;

/// The rest of what a document may cost.
#[derive(Debug)]
pub(super) struct Budget(Cell<usize>);

impl Budget {
    /// The whole budget.
    pub(super) fn new() -> Self {
        Self(Cell::new(BUDGET))
    }

    /// What a look-up may take that may be one of thousands.
    pub(super) fn for_lookup() -> Self {
        Self(Cell::new(BUDGET >> 10))
    }

    /// Takes `cost` units, or says `None` from then on.
    pub(super) fn take(&self, cost: usize) -> Option<()> {
        let rest = self.0.get().checked_sub(cost);
        self.0.set(rest.unwrap_or_default());
        rest.map(|_| ())
    }

    /// Something was refused, and everything after it.
    pub(super) fn is_spent(&self) -> bool {
        self.0.get() == 0
    }
}

/// The issues of one file, as many as are worth keeping.
#[derive(Debug)]
pub(super) struct Issues {
    file: String,
    kept: Vec<Issue>,
    dropped: usize,
}

impl Issues {
    /// No issues yet in `file`.
    pub(super) fn new(file: impl Into<String>) -> Self {
        Self { file: file.into(), kept: Vec::new(), dropped: 0 }
    }

    /// Adds one, with the offset from the start of the file where it is known.
    #[cold]
    pub(super) fn push(&mut self, offset: impl Into<Option<usize>>, message: impl Into<String>) {
        if self.kept.len() < MAX_ISSUES {
            let offset = offset.into().and_then(|offset| u64::try_from(offset).ok());
            self.kept.push(Issue::new(self.file.clone(), offset, message));
        } else {
            self.dropped = self.dropped.saturating_add(1);
        }
    }

    /// The issues in the order met; those past [`MAX_ISSUES`] are counted in a last one.
    pub(super) fn into_vec(mut self) -> Vec<Issue> {
        if self.dropped > 0 {
            self.kept.push(Issue::new(self.file, None, format!("{} further issues", self.dropped)));
        }
        self.kept
    }
}

/// The byte at `at`.
pub(super) fn u8_at(bytes: &[u8], at: usize) -> Option<u8> {
    bytes.get(at).copied()
}

/// The little-endian number at `at`.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
}

/// The little-endian number at `at`.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

/// The little-endian number at `at`, as an index or length.
pub(super) fn usize_at(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32_at(bytes, at)?).ok()
}

/// One chunk: `ResChunk_header` of AOSP's `ResourceTypes.h` and what it covers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chunk<'a> {
    /// `type`.
    pub(super) kind: u16,
    /// Bytes from the start of the file.
    pub(super) offset: usize,
    /// The whole chunk with its header, cut at the end of what holds it.
    pub(super) bytes: &'a [u8],
    /// `headerSize`, not beyond the chunk.
    pub(super) header: usize,
    /// Bytes that it claims beyond the end of what holds it.
    missing: usize,
}

impl<'a> Chunk<'a> {
    /// The chunk at the start of `bytes`, which lie at `offset` of the file.
    ///
    /// A size beyond the end is cut there; one below its own header makes the rest unreadable.
    pub(super) fn parse(bytes: &'a [u8], offset: usize) -> Result<Self, String> {
        let (Some(kind), Some(header), Some(size)) = (u16_at(bytes, 0), u16_at(bytes, 2), usize_at(bytes, 4)) else {
            return Err(format!("expected a chunk header of 8 bytes, {} left", bytes.len()));
        };
        let header = usize::from(header);
        let missing = size.saturating_sub(bytes.len());
        let bytes = bytes.get(..size).unwrap_or(bytes);
        if header < 8 || bytes.len() < header {
            return Err(format!("chunk {kind:#06x} of {size} bytes claims a header of {header}"));
        }
        Ok(Self { kind, offset, bytes, header, missing })
    }

    /// Says that its size is a lie, where it is.
    pub(super) fn check_size(&self, issues: &mut Issues) {
        if 0 < self.missing {
            let (kind, missing) = (self.kind, self.missing);
            issues.push(self.offset, format!("chunk {kind:#06x} claims {missing} bytes more than there are"));
        }
    }

    /// What follows the header.
    pub(super) fn body(&self) -> &'a [u8] {
        self.bytes.get(self.header..).unwrap_or_default()
    }

    /// The chunks inside, after the header.
    pub(super) fn children(&self) -> Chunks<'a> {
        Chunks { bytes: self.body(), offset: self.offset.saturating_add(self.header) }
    }
}

/// Chunks one after the other; ends after the first unreadable one.
#[derive(Debug)]
pub(super) struct Chunks<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl<'a> Iterator for Chunks<'a> {
    type Item = Result<Chunk<'a>, (usize, String)>;

    fn next(&mut self) -> Option<Self::Item> {
        // Fewer bytes than a header are padding, as in AOSP's `ResXMLTree::setTo`.
        if self.bytes.len() < 8 {
            return None;
        }
        let offset = self.offset;
        match Chunk::parse(self.bytes, offset) {
            Ok(chunk) => {
                self.bytes = self.bytes.get(chunk.bytes.len()..).unwrap_or_default();
                self.offset = offset.saturating_add(chunk.bytes.len());
                Some(Ok(chunk))
            }
            Err(message) => {
                self.bytes = &[];
                Some(Err((offset, message)))
            }
        }
    }
}
