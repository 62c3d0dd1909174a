//! `candor lint`: a policy or a disclosure, judged on its own.

use super::args;
use super::outputs::Outputs;
use super::status::Status;
use super::{options, versions};
use crate::catalog::Severity;
use crate::check::{Finding, State, lint};
use crate::error::Result;
use crate::report::{Detail, Held, Subject};

pub(super) fn run(arguments: &args::Lint) -> Result<Status> {
    let form = &arguments.form;
    let catalog = options::catalog(form.look.catalog.as_deref())?;
    let detail = if arguments.verbose { Detail::Verbose } else { Detail::Normal };
    let outputs = Outputs::new(form, Subject::Policy, detail, catalog)?;
    let disclosure = versions::load(&arguments.policy, catalog)?;
    let checked = lint(&disclosure, catalog);
    let gate: Severity = arguments.gate.into();
    let stands = |it: &&Finding| it.state == State::Open && gate <= it.severity;
    let failing: Vec<String> = checked.findings.iter().filter(stands).map(|it| it.fingerprint.clone()).collect();
    outputs.policy(Held { disclosure: &disclosure, choice: None, checked: &checked, failing: &failing })?;
    Ok(if failing.is_empty() { Status::Clean } else { Status::Findings })
}
