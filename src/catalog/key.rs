//! How names are hashed, and how a table of hashes is laid out: what the build script, which writes the table of the
//! platform's classes, and the library, which searches it, must agree on.
//!
//! Layout, all little-endian: `u32` counts of classes, ancestors, methods and signatures; three tables of keys, of classes,
//! methods and signatures; for each class `u32` first ancestor and `u32` number of direct ones, with one more pair at the
//! end; for each ancestor `u16` place of its class. A table of keys has for each bucket and one beyond `u32` place of its
//! first key; then the keys, `u64`, ascending.

use crate::names;

/// Bytes of the counts in front.
pub(super) const HEADER: usize = 16;

/// Bytes of one entry of the list of classes.
pub(super) const SPAN: usize = 8;

/// The key of a descriptor or of a signature `name(args)ret`: its hash with the last step of `MurmurHash3` over it, so that
/// the high bits are even enough to index by.
pub(super) fn key_of(bytes: &[u8]) -> u64 {
    // Only a signature has a bracket of this kind.
    if bytes.contains(&b'(') { signature_key(names::signature_of(bytes)) } else { mixed(names::name(bytes)) }
}

/// The key of a signature that is hashed already, as [`names::signature`] does.
pub(super) fn signature_key(hash: u64) -> u64 {
    mixed(hash)
}

/// The key of a method: of the class that declares it and of its signature.
pub(super) fn method_key(class: u64, signature: u64) -> u64 {
    mixed(class.rotate_left(32) ^ signature)
}

/// How many of the highest bits of a key choose its bucket: about one key a bucket.
pub(super) fn bucket_bits(count: usize) -> u32 {
    count.max(2).ilog2()
}

/// The last step of `MurmurHash3`.
pub(super) fn mixed(mut hash: u64) -> u64 {
    hash = (hash ^ hash >> 33).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ hash >> 33).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ hash >> 33
}

/// The `u32` at a place of an array; 0 beyond its end.
pub(super) fn number(array: &[u8], place: usize) -> u32 {
    array.get(place * 4..).and_then(|rest| rest.first_chunk()).map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

/// A table of sorted keys.
pub(super) fn keys(sorted: &[u64]) -> Result<Vec<u8>, String> {
    let bits = bucket_bits(sorted.len());
    let mut table = Vec::new();
    for bucket in 0..=1u64 << bits {
        let start = sorted.partition_point(|key| key >> (64 - bits) < bucket);
        table.extend(count(start)?.to_le_bytes());
    }
    table.extend(sorted.iter().flat_map(|key| key.to_le_bytes()));
    Ok(table)
}

/// A number of a table. The error: it is too large.
pub(super) fn count(number: usize) -> Result<u32, String> {
    u32::try_from(number).map_err(|_| format!("{number} entries are too many for the table"))
}
