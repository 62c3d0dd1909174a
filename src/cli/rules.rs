//! `candor rules` and `candor explain`: which findings there are, and what one of them means.

use super::args::Explain;
use super::args_form::ListForm;
use super::status::Status;
use super::{options, print};
use crate::catalog::Catalog;
use crate::error::{Error, Result};
use crate::report::{self, Detail, Report};

pub(super) fn list(form: &ListForm) -> Result<Status> {
    let catalog = options::catalog(form.look.catalog.as_deref())?;
    let report = report(form, catalog, false);
    print(form.output.as_deref(), |out| report::rules(&report, out))
}

pub(super) fn explain(arguments: &Explain) -> Result<Status> {
    let form = &arguments.form;
    let catalog = options::catalog(form.look.catalog.as_deref())?;
    let mut rules = Vec::with_capacity(arguments.rules.len());
    for word in &arguments.rules {
        rules.push(report::rule(catalog, word).map_err(|nearest| {
            let hint = nearest.map(|near| format!("; the nearest is `{near}`")).unwrap_or_default();
            Error::malformed(format!("`{word}` is no rule{hint}; `candor rules` lists them"), None)
        })?);
    }
    let report = report(form, catalog, true);
    print(form.output.as_deref(), |out| report::explain(&report, &rules, out))
}

fn report<'a>(form: &ListForm, catalog: &'a Catalog, is_page: bool) -> Report<'a> {
    let output = form.output.as_deref();
    options::report(form.format.into(), output, &form.look, Detail::Verbose, catalog, is_page)
}
