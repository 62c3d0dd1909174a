//! The data of one entry: a part of the archive where it is stored, memory of its own where it was inflated.

use std::fmt;
use std::ops::{Deref, DerefMut};

use memmap2::MmapMut;

/// From this size on, memory comes in huge pages where the system has them. It hands out a common heap 4 KiB at a time,
/// on first use, which costs a third of the time that inflating into it takes.
const MIN_PAGES_BYTES: usize = 1 << 20;

/// Data that is read only.
pub enum Data<'a> {
    /// Bytes of the archive.
    Stored(&'a [u8]),
    /// Bytes that exist only here.
    Inflated(Buffer),
}

/// Memory for the data of one entry.
pub struct Buffer {
    memory: Memory,
    length: usize,
}

enum Memory {
    Heap(Vec<u8>),
    Pages(MmapMut),
}

impl Buffer {
    /// `length` zeros.
    pub(super) fn zeroed(length: usize) -> Self {
        let pages = if length < MIN_PAGES_BYTES { None } else { pages(length) };
        let memory = pages.map_or_else(|| Memory::Heap(vec![0; length]), Memory::Pages);
        Self { memory, length }
    }

    /// The first `length` bytes, in no more memory than they need.
    pub(super) fn cut(mut self, length: usize) -> Self {
        if length < self.length / 2 {
            return Self::from(self.get(..length).unwrap_or_default().to_vec());
        }
        self.length = self.length.min(length);
        self
    }
}

#[cfg(target_os = "linux")]
fn pages(length: usize) -> Option<MmapMut> {
    let pages = MmapMut::map_anon(length).ok()?;
    // A system without huge pages has small ones.
    pages.advise(memmap2::Advice::HugePage).ok();
    Some(pages)
}

#[cfg(not(target_os = "linux"))]
fn pages(_: usize) -> Option<MmapMut> {
    None
}

impl From<Vec<u8>> for Buffer {
    fn from(bytes: Vec<u8>) -> Self {
        Self { length: bytes.len(), memory: Memory::Heap(bytes) }
    }
}

impl Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        let all = match &self.memory {
            Memory::Heap(bytes) => bytes.as_slice(),
            Memory::Pages(pages) => pages,
        };
        all.get(..self.length).unwrap_or_default()
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [u8] {
        let all = match &mut self.memory {
            Memory::Heap(bytes) => bytes.as_mut_slice(),
            Memory::Pages(pages) => pages,
        };
        all.get_mut(..self.length).unwrap_or_default()
    }
}

impl Deref for Data<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Stored(bytes) => bytes,
            Self::Inflated(buffer) => buffer,
        }
    }
}

impl<B: AsRef<[u8]> + ?Sized> PartialEq<B> for Data<'_> {
    fn eq(&self, other: &B) -> bool {
        **self == *other.as_ref()
    }
}

impl fmt::Debug for Buffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Buffer of {} bytes", self.length)
    }
}

impl fmt::Debug for Data<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if matches!(self, Self::Stored(_)) { "Stored" } else { "Inflated" };
        write!(f, "{kind}({} bytes)", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_and_small_buffers_hold_what_is_put_in_them() {
        for length in [0, 1, MIN_PAGES_BYTES - 1, MIN_PAGES_BYTES, MIN_PAGES_BYTES + 1, 5 << 20] {
            let mut buffer = Buffer::zeroed(length);
            assert_eq!((buffer.len(), buffer.iter().all(|byte| *byte == 0)), (length, true));
            buffer.fill(7);
            for kept in [length, length / 2, length / 3, 0] {
                buffer = buffer.cut(kept);
                assert_eq!((buffer.len(), buffer.iter().all(|byte| *byte == 7)), (kept, true), "{kept} of {length}");
            }
        }
    }

    #[test]
    fn a_small_rest_of_a_large_buffer_keeps_no_pages() {
        let buffer = Buffer::zeroed(8 << 20).cut(5);
        assert!(matches!(&buffer.memory, Memory::Heap(bytes) if bytes.capacity() < 64));
    }
}
