//! The certificates that a package says it was signed with: JAR signing (v1) and APK Signature Schemes v2, v3 and v3.1.
//!
//! No signature is verified here. `apksigner` prints the certificates of the newest scheme that verifies; candor lists
//! those of every scheme, so that a report can show where they disagree.

use std::collections::BTreeSet;

use crate::error::Issue;

use super::Signer;
use super::archive::Archive;

mod block;
mod certificate;
mod jar;

/// The certificates of all schemes; what cannot be read goes to `issues`.
pub(super) fn signers(archive: &Archive, issues: &mut Vec<Issue>) -> BTreeSet<Signer> {
    let mut signers = BTreeSet::new();
    jar::signers(archive, &mut signers, issues);
    let before = archive.bytes.get(..archive.directory_start).unwrap_or_default();
    block::signers(before, &mut signers, issues);
    signers
}
