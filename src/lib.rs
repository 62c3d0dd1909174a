//! candor reads an Android package, lists what its code can do with personal data and whose code that is, and holds
//! it against what the app's privacy policy discloses.
//!
//! Bytes become facts, facts get an owner, the disclosure is put into the same words, and the report is the difference:
//!
//! ```text
//! path → container ─┬→ manifest ─────┐
//!                   ├→ dex → flow ───┼→ behavior ─┐
//!                   ├→ native ───────┤            ├→ check → findings → report
//!                   └→ script ───────┘            │
//! policy → disclosure (TOML) ─────────────────────┘
//!        catalog: data types, sources, permissions, SDKs, packers, rules
//! ```
//!
//! The rooms in reading order are the modules below; `cli` is the only one that prints.

pub mod error;
pub mod limits;
mod located;
mod names;

pub mod container;
pub mod manifest;

pub mod dex;
pub mod flow;
pub mod native;
pub mod script;

pub mod behavior;
pub mod catalog;
pub mod disclosure;
pub mod policy;

pub mod changes;
pub mod check;
pub mod gate;
pub mod report;

pub mod cli;

pub use error::{Error, Issue, Result};
