//! Turns the bytes of one entry into its data, within bounds that the header cannot widen.

use std::cell::RefCell;

use libdeflater::{DecompressionError, Decompressor};

use crate::error::{Error, Result};
use crate::limits::MAX_DEFLATE_RATIO;

use super::map::Memory;

/// The first buffer when the claimed size was too small; it doubles from here.
const MIN_RETRY_BYTES: u64 = 64 << 10;

thread_local! {
    /// libdeflate's tables are 11 KiB that would else be allocated for every entry.
    static DECOMPRESSOR: RefCell<Decompressor> = RefCell::new(Decompressor::new());
}

/// Inflates a raw DEFLATE stream (RFC 1951) of which the archive claims that it holds `claimed` bytes.
///
/// The claim only decides the first buffer. The data may be longer or shorter; it is never longer than
/// [`MAX_DEFLATE_RATIO`] times the stream.
///
/// # Errors
/// The stream is broken or ends early, or holds more than `limit` bytes.
pub(super) fn inflate(stream: &[u8], claimed: u64, limit: u64) -> Result<Memory> {
    // The last block may hold one match more than the ratio says; 258 bytes are the longest match.
    let reachable = (stream.len() as u64).saturating_mul(MAX_DEFLATE_RATIO).saturating_add(258);
    let bound = reachable.min(limit);
    let mut capacity = claimed.min(bound);
    loop {
        let mut data = Memory::zeros(usize::try_from(capacity).unwrap_or(usize::MAX));
        let outcome = DECOMPRESSOR.with_borrow_mut(|it| it.deflate_decompress(stream, &mut data));
        match outcome {
            Ok(length) if length < data.len() => return Ok(data.shortened(length)),
            Ok(_) => return Ok(data),
            Err(DecompressionError::InsufficientSpace) if capacity < bound => {
                capacity = capacity.saturating_mul(2).max(MIN_RETRY_BYTES).min(bound);
            }
            Err(DecompressionError::InsufficientSpace) if bound == limit => {
                return Err(Error::Limit {
                    what: "uncompressed size of an entry",
                    value: claimed.max(limit.saturating_add(1)),
                    limit,
                });
            }
            Err(_) => {
                return Err(Error::malformed(format!("broken deflate stream of {} bytes", stream.len()), None));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use libdeflater::{CompressionLvl, Compressor};

    use crate::limits::MAX_ENTRY_BYTES;

    fn inflate(stream: &[u8], claimed: u64) -> crate::error::Result<super::Memory> {
        super::inflate(stream, claimed, MAX_ENTRY_BYTES)
    }

    fn deflate(data: &[u8]) -> Vec<u8> {
        let mut compressor = Compressor::new(CompressionLvl::best());
        let mut stream = vec![0; compressor.deflate_compress_bound(data.len())];
        let length = compressor.deflate_compress(data, &mut stream).expect("the bound holds");
        stream.truncate(length);
        stream
    }

    #[test]
    fn a_claim_that_lies_changes_nothing() {
        let data = b"the quick brown fox ".repeat(10_000);
        let stream = deflate(&data);
        for claimed in [0, 1, data.len() as u64 - 1, data.len() as u64, data.len() as u64 + 1, u64::MAX] {
            assert_eq!(*inflate(&stream, claimed).expect("valid stream"), *data, "claimed {claimed}");
        }
    }

    #[test]
    fn a_claim_of_gigabytes_keeps_no_memory() {
        // The second is long enough to be inflated into huge pages by its claim, and too short to stay in them.
        let noise = (0..4000_u32).map(|it| it.wrapping_mul(0x9e37_79b1).to_le_bytes()[3]).collect();
        for bytes in [b"small".to_vec(), noise] {
            let data = inflate(&deflate(&bytes), 8 << 30).expect("valid stream");
            assert_eq!(*data, *bytes);
            assert!(data.kept() < bytes.len() + 64, "{} bytes kept", data.kept());
        }
    }

    #[test]
    fn a_stream_cut_anywhere_is_an_error() {
        let stream = deflate(&b"abcdefgh".repeat(100));
        for end in 0..stream.len() {
            assert!(inflate(&stream[..end], 800).is_err(), "cut at {end}");
        }
    }

    #[test]
    fn the_largest_ratio_is_within_the_bound() {
        let data = vec![0; 8 << 20];
        assert_eq!(inflate(&deflate(&data), 0).expect("valid stream").len(), data.len());
    }

    #[test]
    fn nothing_is_larger_than_its_limit() {
        let stream = deflate(&vec![0; 1 << 20]);
        assert!(super::inflate(&stream, 1 << 20, 1 << 20).is_ok());
        for claimed in [0, 1 << 20, u64::MAX] {
            assert!(super::inflate(&stream, claimed, (1 << 20) - 1).is_err(), "claimed {claimed}");
        }
    }
}
