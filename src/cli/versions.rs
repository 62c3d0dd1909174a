//! `candor policy diff`: what a new version of a policy changed.

use std::path::Path;

use super::args::PolicyAction;
use super::status::Status;
use super::{import, options, print};
use crate::catalog::Catalog;
use crate::disclosure::{Change, Disclosure};
use crate::error::Result;
use crate::report::{self, Detail};

pub(super) fn run(action: &PolicyAction) -> Result<Status> {
    let PolicyAction::Diff { old, new, fail_on, form } = action;
    let catalog = options::catalog(form.look.catalog.as_deref())?;
    let output = form.output.as_deref();
    let report = options::report(form.format.into(), output, &form.look, Detail::Normal, catalog, true);
    let (old, new) = (load(old, catalog)?, load(new, catalog)?);
    let differences = old.diff(&new, catalog);
    print(output, |out| report::versions(&report, [&old, &new], &differences, out))?;
    let fails = |change: Change| fail_on.iter().any(|it| Change::from(*it) == change);
    Ok(if differences.iter().any(|it| fails(it.change)) { Status::Findings } else { Status::Clean })
}

/// A disclosure, or a policy that is imported.
pub(super) fn load(path: &Path, catalog: &Catalog) -> Result<Disclosure> {
    if path.extension().is_some_and(|it| it == "toml") {
        Disclosure::load(path, catalog)
    } else {
        import::disclosure(path, catalog)
    }
}
