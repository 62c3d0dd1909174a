//! `candor policy diff`: what a new version of a policy changed.

use std::io::Write;
use std::path::Path;

use super::args::PolicyAction;
use super::status::Status;
use super::{import, options, print};
use crate::catalog::Catalog;
use crate::disclosure::{Change, Disclosure};
use crate::error::Result;
use crate::report::plain;

pub(super) fn run(action: &PolicyAction) -> Result<Status> {
    let PolicyAction::Diff { old, new } = action;
    let catalog = options::catalog(None)?;
    let differences = load(old, catalog)?.diff(&load(new, catalog)?, catalog);
    print(None, |out| {
        for it in &differences {
            let (sign, file) = match it.change {
                Change::Added => ('+', new),
                Change::Dropped => ('-', old),
                Change::Weakened => ('!', if it.what.contains('→') { new } else { old }),
            };
            let [first, last] = it.cite.lines;
            writeln!(out, "{sign} {}   {}:{first}–{last}", plain(&it.what), plain(&file.display().to_string()))?;
        }
        Ok(())
    })
}

/// A disclosure, or a policy that is imported.
pub(super) fn load(path: &Path, catalog: &Catalog) -> Result<Disclosure> {
    if path.extension().is_some_and(|it| it == "toml") {
        Disclosure::load(path, catalog)
    } else {
        import::disclosure(path, catalog)
    }
}
