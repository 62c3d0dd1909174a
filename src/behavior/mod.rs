//! What is found in a package: app facts, permissions, SDKs, reads, endpoints, completeness.
//!
//! This room asks the readers and the catalog; it judges nothing and knows no disclosure. Its types serialise to the
//! stable `candor.behavior/1` shape.

mod callers;
mod calls;
mod completeness;
mod condition;
mod consent;
mod decide;
mod endpoints;
mod entries;
mod expression;
mod facts;
mod lasting;
mod matches;
mod model;
mod namespaces;
mod native;
mod nested;
mod observe;
mod owners;
mod program;
mod reach;
mod reads;
mod reflection;
mod repeats;
mod scripts;
mod sdks;
mod texts;
mod usage;
mod versions;
mod vocabulary;

pub use model::*;
pub use observe::{Observer, failed};
