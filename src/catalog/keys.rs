//! Sorted keys that are searched where the program file has them.

use super::key::{bucket_bits, number};

/// Sorted keys behind an index by their highest bits.
#[derive(Debug)]
pub(super) struct Keys {
    starts: &'static [u8],
    sorted: &'static [u8],
    bits: u32,
}

impl Keys {
    /// Takes the table of `count` keys off the front.
    pub(super) fn split(table: &'static [u8], count: usize) -> (Self, &'static [u8]) {
        let bits = bucket_bits(count);
        let (starts, rest) = table.split_at_checked(((1 << bits) + 1) * 4).unwrap_or_default();
        let (sorted, rest) = rest.split_at_checked(count * 8).unwrap_or_default();
        (Self { starts, sorted, bits }, rest)
    }

    /// How many keys there are.
    pub(super) fn count(&self) -> usize {
        self.sorted.len() / 8
    }

    /// The place of a key among them.
    pub(super) fn position(&self, key: u64) -> Option<usize> {
        let bucket = usize::try_from(key >> (64 - self.bits)).ok()?;
        let range = number(self.starts, bucket) as usize..number(self.starts, bucket + 1) as usize;
        range.into_iter().find(|place| self.key(*place) == Some(key))
    }

    /// The key at a place.
    pub(super) fn key(&self, place: usize) -> Option<u64> {
        self.sorted.get(place * 8..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
    }
}
