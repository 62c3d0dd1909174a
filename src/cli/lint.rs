//! `candor lint`: a policy or a disclosure, judged on its own.

use super::args;
use super::status::Status;
use super::{options, print, versions};
use crate::catalog::Severity;
use crate::check::{State, lint};
use crate::error::Result;
use crate::report::{Detail, Held};

pub(super) fn run(arguments: &args::Lint) -> Result<Status> {
    let form = &arguments.form;
    let catalog = options::catalog(form.catalog.as_deref())?;
    let detail = if arguments.verbose { Detail::Verbose } else { Detail::Normal };
    let report = options::report(form, detail, catalog, true);
    let disclosure = versions::load(&arguments.policy, catalog)?;
    let checked = lint(&disclosure, catalog);
    let held = Held { disclosure: &disclosure, choice: None, checked: &checked };
    print(form.output.as_deref(), |out| report.policy(held, out))?;
    let gate: Severity = arguments.gate.into();
    let fails = checked.findings.iter().any(|it| it.state == State::Open && gate <= it.severity);
    Ok(if fails { Status::Findings } else { Status::Clean })
}
