//! What is in the file: archives, split sets, bundles and bare DEX files, with the file's hash and its certificates.
//!
//! This is the only room that knows zip. It knows nothing of manifests, code or privacy, it writes no file, and it does
//! not verify signatures: a certificate is what the package claims, as in a photocopy.
//!
//! What a file is, its content decides, never its name. An archive with a manifest or DEX files at its top is a package;
//! one with a `base/manifest/` a bundle; one that holds packages a split set, whichever shop wrote it.

#![deny(clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::unwrap_used)]
#![cfg_attr(test, allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::unwrap_used))]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::{Issue, Result};
use crate::limits::MAX_ISSUES;

mod discover;
mod part;
mod stamp;

mod android;
mod archive;
mod entry;
mod inflate;
mod map;
mod nested;
mod sets;
mod signing;

pub use discover::{Input, discover};
pub use entry::Entry;
pub use map::{Bytes, Memory};
pub use nested::Nested;
pub use part::Part;
pub use stamp::Stamp;

use archive::Archive;
use map::Span;
use sets::Contents;

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
    /// Subject as `apksigner` prints it: `CN=…, O=…`, most specific part first.
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
    /// Bytes of the file, or of all files of the set.
    pub bytes: u64,
    /// The archives, base first.
    pub parts: Vec<Part>,
    /// Certificates of all schemes, sorted.
    pub signing: Vec<Signer>,
    /// What could not be read.
    pub issues: Vec<Issue>,
    files: Files,
}

/// The bytes of a package as they lie on disk.
#[derive(Debug)]
enum Files {
    One(Span),
    /// A folder of splits, by file name.
    Folder(BTreeMap<String, Span>),
}

impl Package {
    /// Opens one input.
    ///
    /// # Errors
    /// The file cannot be read, or nothing in it can be.
    pub fn open(input: &Input) -> Result<Self> {
        if input.splits.is_empty() {
            return Self::of_span(&input.path, Span::open(&input.path)?);
        }
        let (contents, files) = open_folder(&input.splits)?;
        Ok(Self::new(&input.path, contents, files))
    }

    /// [`Package::open`] for a single file.
    ///
    /// # Errors
    /// As [`Package::open`].
    pub fn open_path(path: &Path) -> Result<Self> {
        Self::of_span(path, Span::open(path)?)
    }

    /// [`Package::open_path`] for a file that is in memory already; `path` names it in reports.
    ///
    /// # Errors
    /// As [`Package::open`], without those of the file system.
    pub fn from_bytes(path: &Path, bytes: Vec<u8>) -> Result<Self> {
        Self::of_span(path, Span::from(bytes))
    }

    fn of_span(path: &Path, span: Span) -> Result<Self> {
        Ok(Self::new(path, contents(path, span.clone())?, Files::One(span)))
    }

    /// SHA-256 of the file, lowercase hex. For a folder of splits: of the `sha256␠␠name` lines of its files, sorted by
    /// name. Each call computes it, so that the caller can do it beside other work.
    pub fn sha256(&self) -> String {
        match &self.files {
            Files::One(span) => sha256(span),
            Files::Folder(files) => {
                let lines = files.iter().map(|(name, span)| format!("{}  {name}\n", sha256(span)));
                sha256(lines.collect::<String>().as_bytes())
            }
        }
    }

    /// The youngest date stamp of its entries, where any says a day: about when it was built or signed.
    pub fn stamp(&self) -> Option<Stamp> {
        stamp::youngest(&self.parts)
    }

    fn new(path: &Path, contents: Contents, files: Files) -> Self {
        let shown = path.to_string_lossy();
        let mut issues = contents.issues;
        for issue in &mut issues {
            issue.file = if issue.file.is_empty() { shown.to_string() } else { printable(&issue.file) };
        }
        limit_issues(&shown, &mut issues);
        Self {
            path: path.to_owned(),
            kind: contents.kind,
            bytes: files.bytes(),
            parts: contents.parts,
            signing: contents.signing.into_iter().collect(),
            issues,
            files,
        }
    }
}

impl Files {
    fn bytes(&self) -> u64 {
        match self {
            Self::One(span) => span.len() as u64,
            Self::Folder(files) => files.values().map(|span| span.len() as u64).fold(0, u64::saturating_add),
        }
    }
}

/// What a single file holds.
fn contents(path: &Path, span: Span) -> Result<Contents> {
    let is_dex = is_dex(&span);
    match Archive::open(span.clone()).and_then(Contents::of) {
        Ok(mut contents) => {
            if is_dex {
                let message = "a DEX file before the archive: Android before 8.0 runs it in place of the signed code";
                contents.issues.push(Issue::new("", 0, message));
            }
            Ok(contents)
        }
        Err(_) if is_dex => {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let parts = vec![Part::dex(name, span)];
            Ok(Contents { kind: Kind::Dex, parts, signing: BTreeSet::new(), issues: Vec::new() })
        }
        Err(error) => Err(error),
    }
}

/// What a split set in a folder holds, and the bytes of its files.
fn open_folder(splits: &[PathBuf]) -> Result<(Contents, Files)> {
    let mut issues = Vec::new();
    let mut files = Vec::new();
    let mut by_name = BTreeMap::new();
    let mut last_error = None;
    for path in splits {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        match Span::open(path) {
            Ok(span) => {
                by_name.insert(name.clone(), span.clone());
                files.push((name, span));
            }
            Err(error) => {
                issues.push(Issue::from_error(name, &error));
                last_error = Some(error);
            }
        }
    }
    if let (true, Some(error)) = (files.is_empty(), last_error) {
        return Err(error);
    }
    Ok((Contents::of_files(files, None, issues)?, Files::Folder(by_name)))
}

/// Whether the bytes start as a DEX file does: `dex\n`, three digits and a zero (Dalvik Executable format, `dex_file_magic`).
fn is_dex(bytes: &[u8]) -> bool {
    let Some([b'd', b'e', b'x', b'\n', version @ .., 0]) = bytes.first_chunk::<8>() else {
        return false;
    };
    version.iter().all(u8::is_ascii_digit)
}

/// A name without the control characters that could steer a terminal.
fn printable(name: &str) -> String {
    name.chars().flat_map(|it| if it.is_control() { it.escape_default().collect() } else { vec![it] }).collect()
}

/// Keeps [`MAX_ISSUES`] issues and counts the rest in a last one.
fn limit_issues(path: &str, issues: &mut Vec<Issue>) {
    if MAX_ISSUES < issues.len() {
        let rest = issues.len().saturating_sub(MAX_ISSUES);
        issues.truncate(MAX_ISSUES);
        issues.push(Issue::new(path, None, format!("{rest} more issues are not listed")));
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
