//! Data types, sources, permissions, SDKs, packers and rules: everything candor knows, as data.

mod model;

use std::path::Path;
use std::sync::OnceLock;

use crate::error::Result;

pub use model::*;

/// The compiled catalog with its look-ups.
#[derive(Debug)]
pub struct Catalog {
    /// The entries.
    pub tables: Tables,
    /// SHA-256 of the compiled table, first 16 hex digits; reports carry it.
    pub hash: String,
}

impl Catalog {
    /// The catalog that is compiled into the program.
    pub fn builtin() -> &'static Self {
        static BUILTIN: OnceLock<Catalog> = OnceLock::new();
        BUILTIN.get_or_init(|| Self::new(Tables::default(), "0000000000000000"))
    }

    /// A catalog of `tables`, which must be sorted as [`Tables`] says.
    pub fn new(tables: Tables, hash: impl Into<String>) -> Self {
        Self { tables, hash: hash.into() }
    }

    /// The compiled catalog with the files of a folder added.
    pub fn with_dir(dir: &Path) -> Result<Self> {
        std::fs::read_dir(dir).map_err(|source| crate::Error::io(dir, source))?;
        Ok(Self::new(Tables::default(), "0000000000000000"))
    }

    /// The data type with this id.
    pub fn data_type(&self, id: &str) -> Option<&DataType> {
        self.tables.data_types.iter().find(|entry| entry.id == id)
    }

    /// The SDK with this id.
    pub fn sdk(&self, id: &str) -> Option<&Sdk> {
        self.tables.sdks.iter().find(|entry| entry.id == id)
    }

    /// The permission with this full name.
    pub fn permission(&self, name: &str) -> Option<&Permission> {
        self.tables.permissions.iter().find(|entry| entry.name == name)
    }

    /// The rule with this id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.tables.rules.iter().find(|entry| entry.id == id)
    }
}

/// The candidate that `word` most likely means, if any is near enough to be worth naming.
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    candidates.into_iter().find(|candidate| 0.6 <= strsim::normalized_damerau_levenshtein(word, candidate))
}
