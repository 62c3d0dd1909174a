//! `candor lint`: a policy or a disclosure, judged on its own by what the project says of findings.

use std::path::PathBuf;

use super::args;
use super::config::{self, Project};
use super::outputs::Outputs;
use super::status::Status;
use super::{messages, options, versions};
use crate::catalog::{Catalog, Severity};
use crate::check::{lint, lints};
use crate::error::{Error, Result};
use crate::gate::Gate;
use crate::report::{self, Detail, Held, Lang, Subject};

pub(super) fn run(arguments: &args::Lint) -> Result<Status> {
    let form = &arguments.form;
    let catalog = options::catalog(form.look.catalog.as_deref())?;
    let project = Project::load(&arguments.project, catalog)?;
    let gate = gate(arguments, &project, catalog)?;
    let detail = if arguments.verbose { Detail::Verbose } else { Detail::Normal };
    let outputs = Outputs::new(form, Subject::Policy, detail, catalog)?;
    let disclosure = versions::load(&policy(arguments, &project)?, catalog)?;
    let mut checked = lint(&disclosure, catalog);
    // Nothing of a policy is out of sight.
    let usage = gate.judge(&mut checked, true);
    let notices = gate.notices(&usage);
    let failing = checked.findings.iter().filter(|it| gate.fails(it));
    let failing: Vec<String> = failing.map(|it| it.fingerprint.clone()).collect();
    outputs.policy(Held { disclosure: &disclosure, choice: None, checked: &checked, failing: &failing })?;
    for notice in &notices {
        messages::say(report::notice(notice, Lang::En));
    }
    let passes = failing.is_empty() && !notices.iter().any(|it| it.fails);
    Ok(if passes { Status::Clean } else { Status::Findings })
}

/// What is said of the rules that need no package.
fn gate(arguments: &args::Lint, project: &Project, catalog: &Catalog) -> Result<Gate> {
    let baseline = arguments.baseline.clone().or_else(|| project.path(project.config.baseline.as_ref()));
    let gate = Gate {
        config: project.config.clone(),
        baseline: baseline.as_deref().map(config::baseline).transpose()?,
        threshold: arguments.gate.map(|gate| Severity::from(gate).into()),
        today: config::today(arguments.today.as_deref())?,
    };
    Ok(gate.asking(|rule| catalog.rule(rule).is_some_and(lints)))
}

/// The policy that is typed, else that of the configuration.
fn policy(arguments: &args::Lint, project: &Project) -> Result<PathBuf> {
    let configured = || project.path(project.config.against.as_ref().or(project.config.policy.as_ref()));
    let Some(path) = arguments.policy.clone().or_else(configured) else {
        let what = "nothing to judge: name a policy, or say it in candor.toml";
        return Err(Error::malformed(what, None));
    };
    if path.is_dir() {
        let what = format!("{}: a folder; name one version of the policy", path.display());
        return Err(Error::malformed(what, None));
    }
    Ok(path)
}
