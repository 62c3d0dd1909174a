//! One package from its path to its place in the report.

use std::panic::{self, AssertUnwindSafe};
use std::path::Path;

use super::messages;
use super::options::Options;
use super::status::{Status, is_incomplete};
use crate::behavior::{self, Behavior, IssueEntry};
use crate::check::{Checked, Finding, Suggestion, check};
use crate::container::{Input, Package};
use crate::disclosure::{Choice, Disclosure};
use crate::error::{Error, Issue, Result};
use crate::gate::{self, Entry, Gate, Usage};
use crate::report::{self, Held, Part, Report, Told};

/// A package whose analysis is over: its part of each report, and what it does to the exit status.
pub(super) struct Done {
    pub(super) parts: Vec<Part>,
    pub(super) messages: Vec<String>,
    pub(super) unreadable: bool,
    pub(super) incomplete: bool,
    pub(super) failing: bool,
    /// The rows that the disclosure lacks, where they are asked for.
    pub(super) suggestion: Suggestion,
    pub(super) usage: Usage,
}

/// Analyses one package.
pub(super) fn analyse(input: &Input, options: &Options, reports: &[Report<'_>]) -> Done {
    guarded(&input.path, reports, || match Package::open(input) {
        Ok(package) => {
            let behavior = options.observer.observe(&package);
            // Giving the memory of a large file back takes as long as a part of the report.
            rayon::join(|| finish(behavior, options, reports), || drop(package)).0
        }
        Err(error) => unreadable(&Issue::from_error(input.path.to_string_lossy(), &error), reports),
    })
}

/// A path that led to no package still has its place in the report.
pub(super) fn unreadable(issue: &Issue, reports: &[Report<'_>]) -> Done {
    let behavior = behavior::failed(&issue.file, issue);
    Done {
        parts: parts(Told { behavior: &behavior, held: None, status: Status::Failed }, reports),
        messages: messages::issues(&behavior),
        unreadable: true,
        incomplete: false,
        failing: false,
        suggestion: Suggestion::default(),
        usage: Usage::blind(),
    }
}

/// Keeps a defect of candor that one package brings out an issue of this package alone.
fn guarded(path: &Path, reports: &[Report<'_>], analysis: impl FnOnce() -> Done) -> Done {
    panic::catch_unwind(AssertUnwindSafe(analysis)).unwrap_or_else(|payload| {
        let message = format!("defect in candor: {}", messages::reason(payload.as_ref()));
        unreadable(&Issue::new(path.to_string_lossy(), None, message), reports)
    })
}

fn finish(mut behavior: Behavior, options: &Options, reports: &[Report<'_>]) -> Done {
    let judged = judged(&mut behavior, options);
    // The check has seen all of them.
    behavior.reads.retain(|read| read.focus <= options.shown);
    let failing = judged.as_ref().map(Judged::failing).unwrap_or_default();
    let held = judged.as_ref().map(|it| Held {
        disclosure: it.disclosure,
        choice: it.choice.as_ref(),
        checked: &it.checked,
        failing: &failing,
    });
    let status = Status::of_package(&behavior, !failing.is_empty(), options.allow_incomplete);
    let suggestion = match (&options.gated, &judged) {
        (Some(gated), Some(judged)) if gated.suggest.is_some() => Suggestion::of(&judged.checked),
        _ => Suggestion::default(),
    };
    Done {
        suggestion,
        parts: parts(Told { behavior: &behavior, held, status }, reports),
        messages: messages::issues(&behavior),
        unreadable: false,
        incomplete: is_incomplete(&behavior),
        failing: status == Status::Findings,
        usage: judged.map_or_else(Usage::blind, |it| it.usage),
    }
}

/// What a check and the gate make of a package.
struct Judged<'o> {
    disclosure: &'o Disclosure,
    choice: Option<Choice>,
    gate: &'o Gate,
    checked: Checked,
    usage: Usage,
}

impl Judged<'_> {
    /// The fingerprints of the findings that fail.
    fn failing(&self) -> Vec<String> {
        let failing = self.checked.findings.iter().filter(|finding| self.gate.fails(finding));
        failing.map(|finding| finding.fingerprint.clone()).collect()
    }
}

fn judged<'o>(behavior: &mut Behavior, options: &'o Options) -> Option<Judged<'o>> {
    let gated = options.gated.as_ref()?;
    match gated.against.of(behavior) {
        Ok((disclosure, choice)) => {
            let mut checked = check(behavior, disclosure, options.catalog);
            let usage = gated.gate.judge(&mut checked, !is_incomplete(behavior));
            Some(Judged { disclosure, choice, gate: &gated.gate, checked, usage })
        }
        Err(none) => {
            // Nothing was held against it, and that must not look like a check without findings.
            let path = behavior.path.clone();
            behavior.issues.push(IssueEntry { file: path, offset: None, message: none.to_string() });
            None
        }
    }
}

/// What a baseline takes of one package.
pub(super) struct Adoptable {
    pub(super) app: String,
    pub(super) entries: Vec<Entry>,
    pub(super) messages: Vec<String>,
    pub(super) incomplete: bool,
}

/// The findings of one package that a baseline takes.
pub(super) fn adoptable(input: &Input, options: &Options) -> Result<Adoptable> {
    let named = |what: &dyn std::fmt::Display| Error::malformed(format!("{}: {what}", input.path.display()), None);
    let package = Package::open(input).map_err(|error| named(&error))?;
    let mut behavior = options.observer.observe(&package);
    let judged = judged(&mut behavior, options);
    let Some(judged) = judged else {
        let last = behavior.issues.last().map_or("nothing was held against it", |it| it.message.as_str());
        return Err(named(&last));
    };
    let title = |finding: &Finding| report::sentence(options.catalog, report::Lang::En, finding);
    let today = &judged.gate.today;
    let entries = gate::adoptable(&judged.checked).map(|it| Entry::new(it, title(it), today)).collect();
    Ok(Adoptable {
        app: behavior.app.package.clone(),
        entries,
        messages: messages::issues(&behavior),
        incomplete: is_incomplete(&behavior),
    })
}

fn parts(told: Told<'_>, reports: &[Report<'_>]) -> Vec<Part> {
    reports.iter().map(|report| report.package(told)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;
    use crate::report::{Detail, Format, Lang, Style, Subject};

    #[test]
    fn a_defect_becomes_an_issue_of_its_package() {
        let report = Report {
            catalog: Catalog::builtin(),
            format: Format::Json,
            subject: Subject::Comparison,
            lang: Lang::En,
            detail: Detail::Normal,
            style: Style { color: false, width: None },
            time: None,
        };
        let done = guarded(Path::new("none/a.apk"), &[report], || panic!("index {} of 3", 7));
        assert!(done.unreadable && !done.failing);
        assert_eq!(done.messages, ["none/a.apk: defect in candor: index 7 of 3"]);
        let package: serde_json::Value = serde_json::from_slice(&done.parts[0].body).expect("JSON");
        assert_eq!(package["path"], "none/a.apk");
        assert_eq!(package["completeness"]["complete"], false);
        assert_eq!(package["completeness"]["reasons"][0]["kind"], "corrupt");
        assert_eq!(package["issues"][0]["message"], "defect in candor: index 7 of 3");
    }
}
