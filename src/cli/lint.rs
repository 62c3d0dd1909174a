//! `candor lint`: a policy or a disclosure, judged on its own.

use super::args;
use super::outputs::Outputs;
use super::status::Status;
use super::{options, versions};
use crate::catalog::Severity;
use crate::check::{State, lint};
use crate::error::Result;
use crate::report::{Detail, Held, Subject};

pub(super) fn run(arguments: &args::Lint) -> Result<Status> {
    let form = &arguments.form;
    let catalog = options::catalog(form.look.catalog.as_deref())?;
    let detail = if arguments.verbose { Detail::Verbose } else { Detail::Normal };
    let outputs = Outputs::new(form, Subject::Policy, detail, catalog)?;
    let disclosure = versions::load(&arguments.policy, catalog)?;
    let checked = lint(&disclosure, catalog);
    outputs.policy(Held { disclosure: &disclosure, choice: None, checked: &checked })?;
    let gate: Severity = arguments.gate.into();
    let fails = checked.findings.iter().any(|it| it.state == State::Open && gate <= it.severity);
    Ok(if fails { Status::Findings } else { Status::Clean })
}
