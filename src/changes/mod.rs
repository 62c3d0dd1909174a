//! What changed in behavior between two builds of an app.
//!
//! Both builds are taken from the stable shape `candor.behavior/1` ([`Build`]), so that one that was scanned years ago
//! compares like one that is scanned now. Owners are matched by names that last: other names for the same code are no
//! change. What a build hides is never told as gone.

mod build;
mod compare;
mod model;

pub use build::Build;
pub use compare::compare;
pub use model::{Asked, Change, Changes, Head, Kind, Place, SdkSeen, Seen, Shift, What};
