//! What a policy states, as a table with citations. It knows nothing of packages.
//!
//! A disclosure is a TOML file that a person can check against the policy in minutes: each statement names data,
//! SDKs and permissions by their catalog ids and cites the lines it was taken from. Statements may contradict each
//! other, as policies do, and rules judge that elsewhere; an entry that contradicts itself is an error here, with file,
//! line and the nearest valid word.

mod diff;
mod model;
mod promises;
mod query;
mod read;
mod validate;
mod versions;
mod write;

pub use crate::located::is_day;
pub use diff::{About, Change, Difference};
pub use model::{
    Cite, Claim, Claims, Collects, Denies, Disclosure, Effective, JSON_SCHEMA, Mention, PermissionRow, Residue, SCHEMA,
    SdkRow, SourceText,
};
pub use query::Statement;
pub use versions::{Asked, Choice, NoneInForce, Versions};
