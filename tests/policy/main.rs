//! Import of policies: shapes, bad input, properties, and the real documents where they are at hand.

mod corpus;
mod properties;
mod refused;
mod shapes;
