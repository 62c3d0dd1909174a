//! Import of policies: shapes, bad input, properties, and the real documents where they are at hand.

mod corpus;
#[cfg(feature = "documents")]
mod documents;
mod properties;
mod refused;
mod shapes;
