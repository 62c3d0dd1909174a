//! What is in the file: archives, split sets, bundles and bare DEX files, with the file's hash and its certificates.
//!
//! This is the only room that knows zip. It knows nothing of manifests, code or privacy.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use crate::error::{Issue, Result};

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

/// One place to open as one package: a file, or the files of a split set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Input {
    /// The path as given; reports show it.
    pub path: PathBuf,
    /// The files of a split set that lies in a folder; empty for a single file.
    pub splits: Vec<PathBuf>,
}

/// Turns the paths, folders and globs of a command line into inputs, in a stable order, without duplicates.
/// A path that does not exist or a glob that matches nothing is an issue that names it.
pub fn discover(paths: &[PathBuf]) -> (Vec<Input>, Vec<Issue>) {
    let _ = paths;
    (Vec::new(), Vec::new())
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

/// One entry of one archive of the package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Name as Android sees it, `/`-separated.
    pub name: String,
    /// Compressed bytes that the archive really holds.
    pub compressed: u64,
    /// Uncompressed bytes that the archive claims.
    pub size: u64,
}

/// One archive of the package: the file itself, a split of a set, or a module of a bundle.
#[derive(Debug)]
pub struct Part {
    /// `` for the only or base archive, else the name that prefixes its entries in reports (`split_config.xxhdpi.apk`,
    /// `feature1`).
    pub name: String,
}

impl Part {
    /// The entries in the order of the archive's directory, without directories.
    pub fn entries(&self) -> &[Entry] {
        &[]
    }

    /// The entry of that name that Android would use.
    pub fn find(&self, name: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| entry.name == name)
    }

    /// The uncompressed bytes of an entry; borrowed from the mapped file where it is stored without compression.
    ///
    /// # Errors
    /// Broken or truncated data, or a size beyond [`crate::limits::MAX_ENTRY_BYTES`].
    pub fn read(&self, entry: &Entry) -> Result<Cow<'_, [u8]>> {
        let _ = entry;
        Ok(Cow::Borrowed(&[]))
    }

    /// Entry names of DEX files in the order of class loading: `classes.dex`, `classes2.dex` … up to the first gap
    /// (in a bundle's module below `dex/`). The second list has those beyond a gap, which the runtime never loads.
    pub fn dex_entries(&self) -> (Vec<&Entry>, Vec<&Entry>) {
        (Vec::new(), Vec::new())
    }

    /// The name under which reports show an entry of this part: `classes.dex`, `split_a.apk!/classes.dex`.
    pub fn label(&self, entry: &str) -> String {
        if self.name.is_empty() { entry.to_owned() } else { format!("{}!/{entry}", self.name) }
    }
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
        let _ = input;
        Err(crate::Error::malformed("not implemented in the skeleton", None))
    }

    /// [`Package::open`] for a single file.
    ///
    /// # Errors
    /// As [`Package::open`].
    pub fn open_path(path: &Path) -> Result<Self> {
        Self::open(&Input { path: path.to_owned(), splits: Vec::new() })
    }
}
