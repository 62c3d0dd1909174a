//! Data types, sources, permissions, SDKs, packers and rules: everything candor knows, as data.

mod model;

pub use model::*;

/// The compiled catalog with its look-ups.
#[derive(Debug)]
pub struct Catalog {
    /// The entries.
    pub tables: Tables,
    /// SHA-256 of the compiled table, first 16 hex digits; reports carry it.
    pub hash: String,
}
