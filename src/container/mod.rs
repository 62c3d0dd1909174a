//! What is in the file: archives, split sets, bundles and bare DEX files, with the file's hash and its certificates.
//!
//! This is the only room that knows zip. It knows nothing of manifests, code or privacy, it writes no file, and it does
//! not verify signatures: a certificate is what the package claims, as in a photocopy.
//!
//! What a file is, its content decides, never its name. An archive with a manifest or DEX files at its top is a package;
//! one with a `base/manifest/` a bundle; one that holds packages a split set, whichever shop wrote it.

#![deny(clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::unwrap_used)]
#![cfg_attr(test, allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::unwrap_used))]

use std::fmt::Write;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::{Issue, Result};

mod discover;
mod part;

mod android;
mod archive;
mod entry;
mod inflate;
mod map;

pub use discover::{Input, discover};
pub use entry::Entry;
pub use part::Part;

use archive::Archive;
use map::Span;

/// What kind of installable unit a path holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One `.apk`.
    Apk,
    /// A set of split packages: `.apks`, `.xapk`, `.apkm`, or a folder of `.apk` files of one package.
    Split,
    /// An Android App Bundle, `.aab`.
    Bundle,
    /// A bare `.dex`.
    Dex,
}

/// A signing certificate of the package.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Signer {
    /// `v1`, `v2`, `v3` or `v3.1`.
    pub scheme: &'static str,
    /// SHA-256 of the DER certificate, lowercase hex.
    pub sha256: String,
    /// Subject as RFC 2253, as `apksigner` prints it.
    pub subject: String,
    /// Start of validity, RFC 3339 UTC.
    pub not_before: String,
    /// End of validity, RFC 3339 UTC.
    pub not_after: String,
}

/// One installable unit, opened.
#[derive(Debug)]
pub struct Package {
    /// The path as given.
    pub path: PathBuf,
    /// What it is.
    pub kind: Kind,
    /// SHA-256 of the file, lowercase hex. For a folder of splits: of the `sha256␠␠name` lines of its files, sorted by name.
    pub sha256: String,
    /// Bytes of the file, or of all files of the set.
    pub bytes: u64,
    /// The archives, base first.
    pub parts: Vec<Part>,
    /// Certificates of all schemes, sorted.
    pub signing: Vec<Signer>,
    /// What could not be read.
    pub issues: Vec<Issue>,
}

impl Package {
    /// Opens one input.
    ///
    /// # Errors
    /// The file cannot be read, or nothing in it can be.
    pub fn open(input: &Input) -> Result<Self> {
        let span = Span::open(&input.path)?;
        let (kind, part, issues) = match Archive::open(span.clone()) {
            Ok(mut archive) => {
                let issues = std::mem::take(&mut archive.issues);
                (Kind::Apk, Part::package(String::new(), archive), issues)
            }
            Err(_) if span.starts_with(b"dex\n") => {
                let name = input.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                (Kind::Dex, Part::dex(name, span.clone()), Vec::new())
            }
            Err(error) => return Err(error),
        };
        Ok(Self {
            path: input.path.clone(),
            kind,
            sha256: sha256(&span),
            bytes: span.len() as u64,
            parts: vec![part],
            signing: Vec::new(),
            issues,
        })
    }

    /// [`Package::open`] for a single file.
    ///
    /// # Errors
    /// As [`Package::open`].
    pub fn open_path(path: &Path) -> Result<Self> {
        Self::open(&Input { path: path.to_owned(), splits: Vec::new() })
    }
}

/// SHA-256 of `bytes`, lowercase hex.
fn sha256(bytes: &[u8]) -> String {
    let mut hex = String::new();
    for byte in Sha256::digest(bytes) {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}
