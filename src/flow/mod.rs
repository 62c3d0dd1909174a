//! What values flow where, inside one method. It knows no rule, no catalog and no privacy: a caller says which calls it
//! asks about and gets the values of their arguments.

#![deny(clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::unwrap_used)]

mod blocks;
mod constants;
mod program;
#[cfg(test)]
mod tests;

pub use constants::{CallArgs, Value, call_args};
pub use program::{Program, Unit};
