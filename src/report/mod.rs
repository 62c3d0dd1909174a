//! What is handed over: a package's behavior, alone or held against a disclosure, in a form for a person or for a program;
//! and the catalog itself.
//!
//! This room formats and nothing else: it reads no file, asks no terminal, judges nothing. What it is given decides
//! every byte that it writes.

mod catalog;
mod csv;
mod cyclonedx;
mod evidence;
mod explain;
mod format;
mod html;
mod json;
mod junit;
mod layout;
mod markdown;
mod names;
mod notices;
mod reasons;
mod sarif;
mod sentence;
mod suggestion;
mod summary;
mod text;
mod versions;
mod words;

use std::io::{self, Write};

use sha2::Sha256;
use time::OffsetDateTime;

use crate::behavior::Behavior;
use crate::catalog::Catalog;
use crate::changes::Changes;
use crate::check::{Checked, Finding, State};
use crate::disclosure::{Choice, Disclosure};
use crate::gate::Notice;

pub use catalog::{Section, list, nearest, show};
pub use explain::{explain, rule, rules};
pub use format::{Format, Subject};
pub use layout::plain;
pub use notices::notice;
pub use suggestion::{Paste, suggestion};
pub use versions::versions;

/// The JSON Schema of candor.behavior/1.
pub const BEHAVIOR_SCHEMA: &str = include_str!("schemas/behavior.schema.json");

/// The JSON Schema of candor.check/1.
pub const CHECK_SCHEMA: &str = include_str!("schemas/check.schema.json");

/// The language of text. JSON has no language: where it has sentences, it has all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    /// Chinese.
    Zh,
    /// English.
    En,
}

/// How much text says; JSON always says everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// One line a package.
    Quiet,
    /// What a person reads first.
    Normal,
    /// All of it.
    Verbose,
}

/// What the place allows where text goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Colours may be used.
    pub color: bool,
    /// Columns after which lines are wrapped; none = never.
    pub width: Option<usize>,
}

/// What a package was held against, and the outcome.
#[derive(Debug, Clone, Copy)]
pub struct Held<'a> {
    /// The policy.
    pub disclosure: &'a Disclosure,
    /// Why it is this version of it, where there were several.
    pub choice: Option<&'a Choice>,
    /// The differences.
    pub checked: &'a Checked,
    /// The fingerprints of the findings that fail the check.
    pub failing: &'a [String],
}

impl Held<'_> {
    /// Whether a finding fails the check; an undecided one never does.
    pub fn fails(&self, finding: &Finding) -> bool {
        finding.state == State::Open && self.failing.contains(&finding.fingerprint)
    }
}

/// How the analysis of a package, or of all of them, ends; the number is the exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Analysed, nothing at or above the gate.
    Clean = 0,
    /// Findings at or above the gate.
    Findings = 1,
    /// Wrong usage, disclosure or configuration, or no package could be read at all.
    Failed = 2,
    /// A package or a part of one could not be analysed fully.
    Incomplete = 3,
}

/// What a report tells of one package.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// What was found in it.
    pub behavior: &'a Behavior,
    /// What it was held against, in a check.
    pub held: Option<Held<'a>>,
    /// How the run would end were this its only package.
    pub status: Status,
}

/// What is told of all packages together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// Packages in the report.
    pub packages: usize,
    /// Packages of which nothing could be read.
    pub unreadable: usize,
    /// Packages of which a part could not be read or seen.
    pub incomplete: usize,
    /// Packages with open findings at or above the gate.
    pub failing: usize,
    /// What has to be said of waivers and of the baseline.
    pub notices: Vec<Notice>,
}

/// How a report is to be.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    /// Where names come from.
    pub catalog: &'a Catalog,
    /// The form.
    pub format: Format,
    /// What it is about.
    pub subject: Subject,
    /// The language of text.
    pub lang: Lang,
    /// How much text says.
    pub detail: Detail,
    /// What the place allows.
    pub style: Style,
    /// The time to state, in forms that have one; none = they state none, and depend on what was read alone.
    pub time: Option<OffsetDateTime>,
}

impl<'a> Report<'a> {
    /// The part of one package; it depends on nothing else that the report tells, so parts can be made side by side.
    ///
    /// # Panics
    /// Never: a vector takes everything.
    pub fn package(&self, told: Told<'_>) -> Part {
        let mut part = Part::default();
        self.format.shape().package(self, told, &mut part).expect("a vector takes everything");
        part
    }

    /// Begins a document of parts.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn begin(self, out: &mut dyn Write) -> io::Result<Document<'a>> {
        self.format.shape().begin(&self, out)?;
        Ok(Document { report: self, packages: 0, pages: html::Pages::default(), memory: Memory::default() })
    }

    /// Writes what was found in a policy on its own.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn policy(&self, held: Held<'_>, out: &mut dyn Write) -> io::Result<()> {
        self.format.shape().policy(self, held, out)
    }
}

/// Writes what changed between two builds.
///
/// # Errors
/// Those of `out`.
pub fn changes(report: &Report<'_>, changes: &Changes, out: &mut dyn Write) -> io::Result<()> {
    match report.format {
        Format::Text => text::changes(report, changes, out),
        _ => json::changes(report.catalog, changes, out),
    }
}

/// The one sentence of a finding, safe to show.
pub fn sentence(catalog: &Catalog, lang: Lang, finding: &Finding) -> String {
    plain(&words::Words::new(catalog, lang).message(finding)).into_owned()
}

/// One package in one form.
#[derive(Debug, Default)]
pub struct Part {
    /// What is written of it.
    pub body: Vec<u8>,
    /// What a page shows of it.
    page: Option<html::Sheet>,
    /// What is written instead where a document has no room for that.
    brief: Vec<u8>,
}

/// A report in the making. Parts are written one by one, so that a report of any length needs the memory of a few.
#[derive(Debug)]
pub struct Document<'a> {
    report: Report<'a>,
    /// Parts that were written.
    packages: usize,
    /// What waits for the end, in the form that has an index.
    pages: html::Pages,
    memory: Memory,
}

/// What forms must know of the parts before: those that have a limit, or state at the end what was in the document.
#[derive(Debug, Default)]
struct Memory {
    /// UTF-16 units that were written.
    written: usize,
    /// Some part was told by its brief form.
    cut: bool,
    /// Parts that were not told at all.
    left_out: usize,
    /// What is written at the end.
    kept: Vec<u8>,
    /// Of all parts.
    digest: Sha256,
}

impl Document<'_> {
    /// Writes the next part.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn add(&mut self, part: &Part, out: &mut dyn Write) -> io::Result<()> {
        self.report.format.shape().add(self, part, out)?;
        self.packages += 1;
        Ok(())
    }

    /// Writes what stands after the last part.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn end(self, totals: &Totals, out: &mut dyn Write) -> io::Result<()> {
        self.report.format.shape().end(&self, totals, out)
    }
}

/// A time as machines write it.
fn timestamp(time: OffsetDateTime) -> String {
    let (hour, minute, second) = time.to_hms();
    format!("{}T{hour:02}:{minute:02}:{second:02}Z", time.date())
}
