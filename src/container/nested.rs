//! Packages inside packages: an entry that is itself an archive or a DEX file, opened as a part.
//!
//! Nothing installs such a file, code of the app loads it at run time. What it may cost is bound more tightly than the
//! package itself: an honest archive is compressed once, a bomb is not.

use crate::error::{Issue, Result};
use crate::limits::{MAX_ENTRY_BYTES, MAX_NESTED_RATIO, MIN_NESTED_BYTES};

use super::archive::Archive;
use super::entry::{Entry, LOCAL_MAGIC};
use super::is_dex;
use super::part::Part;

/// An entry of a package, opened.
#[derive(Debug)]
pub struct Nested {
    /// What is in it. Reports name its entries `assets/plugin.apk!/classes.dex`, a bare DEX file by its own name.
    pub part: Part,
    /// Bytes of memory that it takes: none where the entry is stored in the package without compression.
    pub copied: u64,
    /// What is odd about the archive.
    pub issues: Vec<Issue>,
}

impl Part {
    /// Opens an entry that is a DEX file or an archive; nothing where it is neither.
    ///
    /// # Errors
    /// Those of [`Part::read`]; an entry that is larger than it claims, or than [`MAX_NESTED_RATIO`] times its compressed
    /// bytes; an archive without a directory.
    pub fn nested(&self, entry: &Entry) -> Result<Option<Nested>> {
        let (bytes, copied) = entry.span(self.bytes(), nested_limit(entry))?;
        if is_dex(&bytes) {
            let part = Part::nested_dex(self.name.clone(), entry.name.clone(), bytes);
            return Ok(Some(Nested { part, copied, issues: Vec::new() }));
        }
        if !bytes.starts_with(LOCAL_MAGIC) {
            return Ok(None);
        }
        let mut archive = Archive::open(bytes)?;
        let found = std::mem::take(&mut archive.issues);
        let part = Part::nested_package(self.label(&entry.name), archive);
        let issues = found.into_iter().map(|issue| {
            let file = if issue.file.is_empty() { part.name.clone() } else { part.label(&issue.file) };
            Issue { file, ..issue }
        });
        Ok(Some(Nested { issues: issues.collect(), part, copied }))
    }
}

/// Bytes that an entry inside a nested archive, or such an archive itself, may have.
pub(super) fn nested_limit(entry: &Entry) -> u64 {
    let plausible = entry.compressed.saturating_mul(MAX_NESTED_RATIO).max(MIN_NESTED_BYTES);
    entry.size.min(plausible).min(MAX_ENTRY_BYTES)
}
