//! What values flow where, inside one method and across methods. It knows no rule, no catalog and no privacy: a caller
//! says which calls it asks about and gets the values of their arguments.

#![deny(clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::unwrap_used)]

mod apply;
mod blocks;
mod body;
mod constants;
mod defs;
mod domain;
mod facts;
mod fields;
mod framework;
mod graph;
mod guards;
mod hierarchy;
mod interpret;
mod layouts;
mod linkage;
mod lists;
mod models;
mod program;
mod references;
mod reflection;
mod resolve;
mod slice;
mod state;
mod straight;
#[cfg(test)]
mod tests;
mod texts;
mod trace;
mod unused;

pub use constants::{CallArgs, Value, call_args};
pub use domain::Reason;
pub use facts::{Acts, Facts};
pub use framework::{Framework, Platform};
pub use graph::{Graph, Parts, Path, Reach, Reached, Root};
pub use guards::{Gives, Guard, Guards, guards};
pub use hierarchy::{Class, Defined, Hierarchy, Method, Type};
pub use interpret::Texts;
pub use linkage::Linkage;
pub use program::{Hashes, Program, Signature, Unit};
pub use references::References;
pub use reflection::Names;
pub use resolve::{Answer, Asked, Inquiry, Known, Resolver};
pub use unused::Unused;
