//! `candor schema`: the JSON Schemas of candor's own formats.

use std::io::Write;

use clap::ValueEnum;

use super::print;
use super::status::Status;
use crate::disclosure::JSON_SCHEMA;
use crate::error::Result;
use crate::report;

/// A format that programs read or people write.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Schema {
    /// candor.behavior/1: what was found in packages
    Behavior,
    /// candor.check/1: what differs between a package and a policy
    Check,
    /// candor.disclosure/1: a policy as a table
    Disclosure,
}

pub(super) fn run(schema: Schema) -> Result<Status> {
    let text = match schema {
        Schema::Behavior => report::BEHAVIOR_SCHEMA,
        Schema::Check => report::CHECK_SCHEMA,
        Schema::Disclosure => JSON_SCHEMA,
    };
    print(None, |out| out.write_all(text.as_bytes()))
}
