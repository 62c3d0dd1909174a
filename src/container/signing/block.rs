//! The APK Signing Block, which ends where the central directory starts.
//!
//! Format: source.android.com "APK Signature Scheme v2" and "v3"; AOSP `apksig`, `ApkSigningBlockUtils.java`.

use std::collections::BTreeSet;

use crate::container::Signer;
use crate::container::entry::{u32_at, u64_at};
use crate::error::Issue;

use super::certificate;

const MAGIC: &[u8] = b"APK Sig Block 42";

/// Bytes of the size and magic at the end of the block.
const FOOTER_BYTES: usize = 24;

/// The schemes by the id of their pair in the block.
const SCHEMES: [(u32, &str); 3] = [(0x7109_871a, "v2"), (0xf053_68c0, "v3"), (0x1b93_ad61, "v3.1")];

/// Adds the certificates of the block at the end of `before`, the part of the archive before its central directory.
pub(super) fn signers(before: &[u8], signers: &mut BTreeSet<Signer>, issues: &mut Vec<Issue>) {
    if !before.ends_with(MAGIC) {
        return;
    }
    let Some(pairs) = pairs(before) else {
        let offset = before.len().saturating_sub(FOOTER_BYTES) as u64;
        let message = "the two sizes of the APK Signing Block differ or reach out of the file; Android ignores it";
        issues.push(Issue::new("", offset, message));
        return;
    };
    let mut found = BTreeSet::new();
    let mut rest = pairs;
    while !rest.is_empty() {
        let Some((id, value, after)) = pair(rest) else {
            let offset = before.len().saturating_sub(FOOTER_BYTES).saturating_sub(rest.len()) as u64;
            issues.push(Issue::new("", offset, "a pair of the APK Signing Block reaches past its end"));
            return;
        };
        rest = after;
        let Some((_, scheme)) = SCHEMES.iter().find(|(it, _)| *it == id) else {
            continue;
        };
        // Android takes the first pair with an id.
        if !found.insert(id) {
            continue;
        }
        match certificates(value) {
            Some(certificates) => {
                for der in certificates {
                    signers.insert(certificate::signer(scheme, der, issues));
                }
            }
            None => issues.push(Issue::new("", None, format!("the {scheme} signature is malformed"))),
        }
    }
}

/// The id-value pairs of the block.
fn pairs(before: &[u8]) -> Option<&[u8]> {
    let footer = before.len().checked_sub(FOOTER_BYTES)?;
    let size = u64_at(before, footer)?;
    // The size counts everything but the first of the two fields that hold it.
    let start = before.len().checked_sub(usize::try_from(size).ok()?.checked_add(8)?)?;
    if u64_at(before, start)? != size {
        return None;
    }
    before.get(start.checked_add(8)?..footer)
}

/// The first pair: its id, its value, and what follows.
fn pair(pairs: &[u8]) -> Option<(u32, &[u8], &[u8])> {
    let length = usize::try_from(u64_at(pairs, 0)?).ok()?;
    let (pair, rest) = pairs.get(8..)?.split_at_checked(length)?;
    Some((u32_at(pair, 0)?, pair.get(4..)?, rest))
}

/// The signing certificate of each signer of a scheme. The layouts of v2, v3 and v3.1 agree as far as this reads:
/// signers { signer { signed data { digests, certificates, … }, … } }, each with a 32-bit length before it.
fn certificates(value: &[u8]) -> Option<Vec<&[u8]>> {
    let (mut signers, _) = prefixed(value)?;
    let mut certificates = Vec::new();
    while !signers.is_empty() {
        let (signer, rest) = prefixed(signers)?;
        signers = rest;
        let (signed_data, _) = prefixed(signer)?;
        let (_digests, after_digests) = prefixed(signed_data)?;
        let (chain, _) = prefixed(after_digests)?;
        // The first one signs; the others are its issuers.
        if !chain.is_empty() {
            certificates.push(prefixed(chain)?.0);
        }
    }
    Some(certificates)
}

/// The bytes behind a 32-bit length, and what follows them.
fn prefixed(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let length = usize::try_from(u32_at(bytes, 0)?).ok()?;
    bytes.get(4..)?.split_at_checked(length)
}
