//! JSON: the stable `candor.behavior/1` document, and `candor.check/1` inside it where a disclosure was given.
//!
//! A document is `{"schema", "tool", "packages": […]}` with one package object a line; NDJSON is the package objects
//! alone. A package is a [`Behavior`] and, after a check, has one more key:
//!
//! ```json
//! {"check": {
//!   "schema": "candor.check/1",
//!   "disclosure": {"file": "…", "title": "…", "app": "…", "controller": "…", "effective": {"from": "…"}, "source": {…}},
//!   "version": {"reason": "in-force|newest", "date": "2021-12-24", "entry": "META-INF/CERT.RSA", "versions": 3},
//!   "findings": [{"severity": "high", "rule": "S04", "name": "…", "class": "omitted", "state": "open|undecided",
//!                 "confidence": "high|medium|low",
//!                 "owner": {"kind": "sdk", "id": "…"}, "data": ["imsi"], "permissions": [], "sdks": ["…"],
//!                 "shipped_in": ["…"], "detail": "…",
//!                 "evidence": [{"kind": "read", "data": "imei", "also": ["meid"], "what": "…", "literal": "…", "place": "…",
//!                               "at": "classes.dex@0x…", "certainty": "present", "confidence": "high", "pre_consent": false,
//!                               "path": ["…"], "obtainable": "yes", "note": "…"},
//!                              {"kind": "call", "data": "", "what": "…", "place": "…", "at": "…", "note": "android.permission.…"},
//!                              {"kind": "class", "data": "", "what": "com.…", "count": 8, "place": "", "at": "", "note": ""}],
//!                 "policy": [{"lines": [84, 93], "quote": "…"}],
//!                 "searched": [{"part": "collects|sdk|permission|claims", "entries": 3, "lines": [[84, 112]]}],
//!                 "fingerprint": "…",
//!                 "gate": {"state": "open|waived|baselined", "place": "candor.toml:12", "reason": "…", "owner": "…",
//!                          "until": "2027-03-31", "expired": true, "since": "2026-11-29", "grown_by": ["imsi"],
//!                          "catalog_severity": "high"},
//!                 "message": {"zh": "…", "en": "…"},
//!                 "basis": [{"instrument": "…", "clause": "…", "verified": true, "note": "", "note_zh": ""}]}],
//!   "agreements": [{"owner": {…}, "data": "…", "policy": {"lines": [37, 37]}}],
//!   "summary": {"critical": 0, "high": 1, "medium": 0, "low": 0, "info": 0, "undecided": 0, "waived": 0,
//!               "baselined": 0, "agreements": 1}}}
//! ```
//!
//! What a rule means and how to fix a finding stands in the output of `candor explain --format json`, not here.
//!
//! Keys of `gate`, of `version`, of `shipped_in`, of `searched` and of evidence that say nothing are left out: those of one
//! disclosure that was not chosen among versions, those of a read on other evidence, and what was not analysed.
//!
//! Severities of the summary count open findings; undecided, waived and baselined ones count under these words alone. A
//! package that could not be opened is an object too: empty but for its path, not complete for the reason `corrupt`, with
//! the issue in it. Where something has to be said of waivers or of the baseline, the document ends with `"notices":
//! [{"place", "rule", "kind": "expired|unused|unseen|partial|gone-entries|unseen-entries", "fails", …}]`. What changed
//! between two builds is a document of its own, `{"schema": "candor.diff/1", "tool", "old", "new", "changes": […]}`, see
//! [`crate::changes`]. Nothing here depends on a language, and characters that steer a terminal are escaped.

mod writer;

use std::io::{self, Write};

use serde::Serialize;

pub(super) use self::writer::{append, write};
use super::format::{About, Shape};
use super::summary::Summary;
use super::words::Words;
use super::{Document, Held, Lang, Part, Report, Subject, Told, Totals};
use crate::behavior::Behavior;
use crate::catalog::{Basis, Catalog};
use crate::changes::Changes;
use crate::check::{Agreement, Finding};
use crate::disclosure::{Choice, Disclosure, Effective, SourceText};

/// JSON tells everything.
const SUBJECTS: &[Subject] = &[Subject::Packages, Subject::Comparison, Subject::Policy];

/// One document.
pub(super) struct Json;

/// The packages of a document, a line each.
pub(super) struct Ndjson;

impl Shape for Json {
    fn about(&self) -> About {
        About {
            word: "json",
            purpose: "One document, for programs: candor.behavior/1, or candor.check/1 of a policy alone",
            endings: &[".json"],
            subjects: SUBJECTS,
        }
    }

    fn begin(&self, report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(br#"{"schema":"candor.behavior/1","tool":"#)?;
        write(&Tool::new(report.catalog), out)?;
        out.write_all(b",\"packages\":[\n")
    }

    fn package(&self, report: &Report<'_>, told: Told<'_>, part: &mut Part) -> io::Result<()> {
        package(report.catalog, told, &mut part.body)
    }

    fn separator(&self, _: &Report<'_>) -> &'static str {
        ",\n"
    }

    fn end(&self, _: &Document<'_>, totals: &Totals, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(b"\n]")?;
        if !totals.notices.is_empty() {
            out.write_all(b",\"notices\":")?;
            write(&totals.notices, out)?;
        }
        out.write_all(b"}\n")
    }

    fn policy(&self, report: &Report<'_>, held: Held<'_>, out: &mut dyn Write) -> io::Result<()> {
        policy(report.catalog, held, out)
    }
}

impl Shape for Ndjson {
    fn about(&self) -> About {
        About {
            word: "ndjson",
            purpose: "One object a line, for pipelines",
            endings: &[".ndjson", ".jsonl"],
            subjects: SUBJECTS,
        }
    }

    fn package(&self, report: &Report<'_>, told: Told<'_>, part: &mut Part) -> io::Result<()> {
        package(report.catalog, told, &mut part.body)?;
        part.body.write_all(b"\n")
    }

    fn policy(&self, report: &Report<'_>, held: Held<'_>, out: &mut dyn Write) -> io::Result<()> {
        policy(report.catalog, held, out)
    }
}

fn package(catalog: &Catalog, told: Told<'_>, text: &mut Vec<u8>) -> io::Result<()> {
    append(&Package { behavior: told.behavior, check: told.held.map(|held| Check::new(catalog, held)) }, text)
}

/// What changed between two builds.
pub(super) fn changes(catalog: &Catalog, changes: &Changes, out: &mut dyn Write) -> io::Result<()> {
    write(&Diff { schema: "candor.diff/1", tool: Tool::new(catalog), changes }, out)?;
    out.write_all(b"\n")
}

/// What was found in a policy on its own: the object of a check, without a package around it.
fn policy(catalog: &Catalog, held: Held<'_>, out: &mut dyn Write) -> io::Result<()> {
    write(&Check::new(catalog, held), out)?;
    out.write_all(b"\n")
}

#[derive(Serialize)]
struct Tool<'a> {
    name: &'a str,
    version: &'a str,
    catalog: &'a str,
}

impl<'a> Tool<'a> {
    fn new(catalog: &'a Catalog) -> Self {
        Self { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION"), catalog: &catalog.hash }
    }
}

#[derive(Serialize)]
struct Diff<'a> {
    schema: &'static str,
    tool: Tool<'a>,
    #[serde(flatten)]
    changes: &'a Changes,
}

#[derive(Serialize)]
struct Package<'a> {
    #[serde(flatten)]
    behavior: &'a Behavior,
    #[serde(skip_serializing_if = "Option::is_none")]
    check: Option<Check<'a>>,
}

#[derive(Serialize)]
struct Check<'a> {
    schema: &'static str,
    disclosure: Head<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'a Choice>,
    findings: Vec<Explained<'a>>,
    agreements: &'a [Agreement],
    summary: Summary,
}

impl<'a> Check<'a> {
    fn new(catalog: &'a Catalog, held: Held<'a>) -> Self {
        Self {
            schema: "candor.check/1",
            disclosure: Head::new(held.disclosure),
            version: held.choice,
            findings: held.checked.findings.iter().map(|finding| Explained::new(catalog, finding)).collect(),
            agreements: &held.checked.agreements,
            summary: Summary::new(held.checked),
        }
    }
}

/// The head of a disclosure.
#[derive(Serialize)]
pub(super) struct Head<'a> {
    file: &'a str,
    title: &'a str,
    app: &'a str,
    controller: &'a str,
    effective: Option<&'a Effective>,
    source: Option<&'a SourceText>,
}

impl<'a> Head<'a> {
    pub(super) fn new(disclosure: &'a Disclosure) -> Self {
        Self {
            file: &disclosure.file,
            title: &disclosure.title,
            app: &disclosure.app,
            controller: &disclosure.controller,
            effective: disclosure.effective.as_ref(),
            source: disclosure.source.as_ref(),
        }
    }
}

/// A finding with what the catalog says of its rule.
#[derive(Serialize)]
struct Explained<'a> {
    #[serde(flatten)]
    finding: &'a Finding,
    message: Message,
    basis: &'a [Basis],
}

impl<'a> Explained<'a> {
    fn new(catalog: &'a Catalog, finding: &'a Finding) -> Self {
        let say = |lang| Words::new(catalog, lang).message(finding);
        let rule = catalog.rule(&finding.rule);
        Self {
            finding,
            message: Message { zh: say(Lang::Zh), en: say(Lang::En) },
            basis: rule.map_or(&[], |rule| &rule.basis),
        }
    }
}

#[derive(Serialize)]
pub(super) struct Message {
    pub(super) zh: String,
    pub(super) en: String,
}
