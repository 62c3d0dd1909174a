//! Data types, sources, permissions, SDKs, packers and rules: everything candor knows, as data.
//!
//! The files of `data/` are compiled into the program by `build.rs`; a directory of further files can be laid over them
//! at run time. Nothing here judges: it says what a name, a class or a call is, and `check` says what follows.

use std::sync::OnceLock;

mod api;
#[cfg(test)]
mod api_list;
#[cfg(test)]
mod api_table;
mod app_type;
mod checks;
mod guarded;
mod key;
mod keys;
mod load;
mod lookup;
mod model;
mod overlay;
mod packed;
mod pattern;
mod phrase;
mod platform;
#[cfg(test)]
mod platform_table;
mod prefix;
mod register;
mod register_table;
mod rule;
mod rule_checks;
mod section;
mod tables;
mod version;
mod words;

pub use api::{ApiKind, ApiPermission, Need};
pub use app_type::{AppType, ShownText};
pub use guarded::{Guarded, guarded};
pub use load::{nearest, suggestion};
pub use model::*;
pub use pattern::*;
pub use phrase::Phrase;
pub use platform::{ClassKey, Platform, hashed_signature_key, platform, signature_key, word_key};
pub use prefix::{Holder, PrefixMatch, PrefixSearch, Strength};
pub use register::Register;
pub use register_table::Under;
pub use rule::*;
pub use section::Section;
pub use tables::Tables;
pub use version::{Version, VersionKind};

/// The compiled catalog with its look-ups.
#[derive(Debug)]
pub struct Catalog {
    /// The entries.
    pub tables: Tables,
    /// SHA-256 of the compiled tables, first 16 hex digits; reports carry it.
    pub hash: String,
    index: lookup::Index,
}

impl Catalog {
    /// The hash of the builtin catalog, without the cost of decoding it.
    pub const BUILTIN_HASH: &str = env!("CANDOR_CATALOG_HASH");

    /// The catalog that is compiled into the program, decoded on first use.
    pub fn builtin() -> &'static Self {
        static BUILTIN: OnceLock<Catalog> = OnceLock::new();
        BUILTIN.get_or_init(|| {
            let register = Register::of(include_bytes!(concat!(env!("OUT_DIR"), "/catalog-register.bin")));
            let index = lookup::Index::with(register);
            Self { tables: builtin_tables(), hash: Self::BUILTIN_HASH.to_owned(), index }
        })
    }

    /// A catalog of `tables`, which must be sorted as [`Tables`] says.
    pub fn new(tables: Tables, hash: impl Into<String>) -> Self {
        Self { tables, hash: hash.into(), index: lookup::Index::default() }
    }
}

fn builtin_tables() -> Tables {
    static INDEX: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/catalog-index.bin"));
    static FRAME: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/catalog.bin"));
    static TEXTS: &str = include_str!(concat!(env!("OUT_DIR"), "/catalog.txt"));
    packed::unpack(INDEX, FRAME, TEXTS).expect("the build script packed the same types")
}
