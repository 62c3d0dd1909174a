//! CSV after RFC 4180, for spreadsheets: a row for each place of each finding, or for each read of a scan. The first row of
//! a package is about the package itself, so that one without findings differs from one that was not read.
//!
//! Spreadsheets take UTF-8 for what it is only behind a byte order mark, so there is one. A cell that they would take for
//! a formula begins with an apostrophe, and one that they would cut is cut here, visibly.

use std::io::{self, Write};

use csv::{QuoteStyle, Terminator, WriterBuilder};

use super::catalog::word;
use super::format::{About, Shape};
use super::names::dotted;
use super::summary::Summary;
use super::words::Words;
use super::{Held, Part, Report, Status, Subject, Told, plain};
use crate::behavior::{Behavior, Owner, Read};
use crate::catalog::Basis;
use crate::check::{Evidence, Finding};

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// UTF-16 units of one cell that the common spreadsheet takes.
const MAX_CELL: usize = 32_767;

/// What a spreadsheet takes for the start of a formula, with the wide forms that it folds to them.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// Columns of every row that belongs to a package.
const PACKAGE: [&str; 5] = ["path", "sha256", "package", "version_name", "version_code"];

const FINDING: [&str; 28] = [
    "record",
    "severity",
    "confidence",
    "state",
    "rule",
    "rule_name",
    "class",
    "message",
    "owner_kind",
    "owner",
    "owner_name",
    "data",
    "permissions",
    "sdks",
    "fingerprint",
    "policy_lines",
    "policy_quote",
    "basis",
    "evidence",
    "evidence_data",
    "what",
    "literal",
    "place",
    "at",
    "certainty",
    "pre_consent",
    "obtainable",
    "call_path",
];

const READ: [&str; 18] = [
    "record",
    "data",
    "data_name",
    "owner_kind",
    "owner",
    "owner_name",
    "api",
    "literal",
    "caller",
    "file",
    "offset",
    "certainty",
    "entry",
    "pre_consent",
    "background",
    "obtainable",
    "call_path",
    "note",
];

/// A table.
pub(super) struct Csv;

impl Shape for Csv {
    fn about(&self) -> About {
        About {
            word: "csv",
            purpose: "A table for spreadsheets: a row for each place of each finding, or for each read of a scan",
            endings: &[".csv"],
            subjects: &[Subject::Packages, Subject::Comparison, Subject::Policy],
        }
    }

    fn begin(&self, report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(BYTE_ORDER_MARK.as_bytes())?;
        let columns = if report.subject == Subject::Packages { &READ[..] } else { &FINDING };
        Table::new(out).row(PACKAGE.iter().chain(columns).copied())
    }

    fn package(&self, report: &Report<'_>, told: Told<'_>, part: &mut Part) -> io::Result<()> {
        let words = Words::new(report.catalog, report.lang);
        let table = &mut Table::new(&mut part.body);
        let package = package(told.behavior);
        table.row(package.iter().cloned().chain(outcome(&words, report.subject, told)))?;
        let reads = if report.subject == Subject::Packages { told.behavior.reads.as_slice() } else { &[] };
        for it in reads {
            table.row(package.iter().cloned().chain(read(&words, it)))?;
        }
        told.held.map_or(Ok(()), |held| findings(table, &words, &package, held))
    }

    fn policy(&self, report: &Report<'_>, held: Held<'_>, out: &mut dyn Write) -> io::Result<()> {
        self.begin(report, out)?;
        let package = [held.disclosure.file.as_str(), "", "", "", ""].map(str::to_owned);
        findings(&mut Table::new(out), &Words::new(report.catalog, report.lang), &package, held)
    }
}

struct Table<W: Write> {
    writer: csv::Writer<W>,
}

impl<W: Write> Table<W> {
    fn new(out: W) -> Self {
        let mut builder = WriterBuilder::new();
        builder.terminator(Terminator::CRLF).quote_style(QuoteStyle::Always);
        Self { writer: builder.from_writer(out) }
    }

    fn row<T: AsRef<str>>(&mut self, cells: impl Iterator<Item = T>) -> io::Result<()> {
        self.writer.write_record(cells.map(|cell| harmless(cell.as_ref()))).map_err(io::Error::other)?;
        self.writer.flush()
    }
}

/// A cell that says what it says and does nothing.
fn harmless(text: &str) -> String {
    let shown = plain(text);
    let mark = if text.starts_with(FORMULA) || shown.starts_with(FORMULA) { "'" } else { "" };
    let mut units = mark.len();
    let end = shown.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        MAX_CELL <= units
    });
    end.map_or_else(|| format!("{mark}{shown}"), |(end, _)| format!("{mark}{}…", &shown[..end]))
}

fn package(behavior: &Behavior) -> [String; PACKAGE.len()] {
    let app = &behavior.app;
    let code = app.version_code.map(|code| code.to_string()).unwrap_or_default();
    let version = app.version_name.clone().unwrap_or_default();
    [behavior.path.clone(), behavior.sha256.clone(), app.package.clone(), version, code]
}

/// What the first row of a package says of it: how its analysis ended, and whether that was all.
fn outcome(words: &Words<'_>, subject: Subject, told: Told<'_>) -> Vec<String> {
    let state = match told.status {
        Status::Clean => "clean",
        Status::Findings => "findings",
        Status::Failed => "unreadable",
        Status::Incomplete => "incomplete",
    };
    let said = words.completeness(&told.behavior.completeness);
    let issues = told.behavior.issues.iter().map(|issue| format!("{}: {}", issue.file, issue.message));
    let said = std::iter::once(said).chain(issues).collect::<Vec<_>>().join("; ");
    let count = if subject == Subject::Packages { READ.len() } else { FINDING.len() };
    let mut cells = vec![String::new(); count];
    "package".clone_into(&mut cells[0]);
    if subject == Subject::Packages {
        cells[count - 1] = format!("{state}: {said}");
    } else {
        state.clone_into(&mut cells[3]);
        let counts = told.held.map(|held| format!("{}; ", Summary::new(held.checked).counts(words)));
        cells[7] = format!("{}{said}", counts.unwrap_or_default());
    }
    cells
}

fn read(words: &Words<'_>, read: &Read) -> Vec<String> {
    let owner = owner(words, Some(&read.owner));
    let head = ["read".to_owned(), read.data.clone(), words.data(&read.data).to_owned()];
    let place = [
        read.api.clone(),
        read.literal.clone().unwrap_or_default(),
        read.caller.clone(),
        read.file.clone(),
        read.offset.clone(),
        word(&read.certainty),
        read.entry.unwrap_or_default().to_owned(),
        yes_or_no(read.pre_consent),
        yes_or_no(read.background),
        read.obtainable.to_string(),
        path(&read.path),
        read.note.clone().unwrap_or_default(),
    ];
    head.into_iter().chain(owner).chain(place).collect()
}

fn findings<W: Write>(
    table: &mut Table<W>,
    words: &Words<'_>,
    package: &[String; PACKAGE.len()],
    held: Held<'_>,
) -> io::Result<()> {
    let none = [Evidence::default()];
    for finding in &held.checked.findings {
        let shared = shared(words, finding);
        let places = if finding.evidence.is_empty() { &none[..] } else { &finding.evidence };
        for evidence in places {
            table.row(package.iter().chain(&shared).cloned().chain(place(evidence)))?;
        }
    }
    Ok(())
}

/// What is the same for all places of a finding.
fn shared(words: &Words<'_>, finding: &Finding) -> Vec<String> {
    let basis = words.catalog.rule(&finding.rule).map_or(&[][..], |rule| &rule.basis);
    let clause = |it: &Basis| format!("{} {}", it.instrument, it.clause).trim_end().to_owned();
    let lines = finding.policy.iter().map(|cite| match cite.lines {
        [first, last] if first == last => first.to_string(),
        [first, last] => format!("{first}–{last}"),
    });
    let quotes: Vec<_> = finding.policy.iter().map(Words::quote).filter(|it| !it.is_empty()).collect();
    let first = [
        "finding".to_owned(),
        word(&finding.severity),
        word(&finding.confidence),
        word(&finding.state),
        finding.rule.clone(),
        finding.name.clone(),
        finding.class.clone(),
        words.message(finding),
    ];
    let last = [
        finding.data.join(" "),
        finding.permissions.join(" "),
        finding.sdks.join(" "),
        finding.fingerprint.clone(),
        lines.collect::<Vec<_>>().join(" "),
        quotes.join(" / "),
        basis.iter().map(clause).collect::<Vec<_>>().join("; "),
    ];
    first.into_iter().chain(owner(words, finding.owner.as_ref())).chain(last).collect()
}

fn place(evidence: &Evidence) -> [String; 10] {
    [
        evidence.kind.to_owned(),
        std::iter::once(&evidence.data).chain(&evidence.also).map(String::as_str).collect::<Vec<_>>().join(" "),
        evidence.what.clone(),
        evidence.literal.clone().unwrap_or_default(),
        evidence.place.clone(),
        evidence.at.clone(),
        evidence.certainty.as_ref().map(word).unwrap_or_default(),
        yes_or_no(evidence.pre_consent),
        evidence.obtainable.as_ref().map(ToString::to_string).unwrap_or_default(),
        path(&evidence.path),
    ]
}

fn owner(words: &Words<'_>, owner: Option<&Owner>) -> [String; 3] {
    owner.map_or_else(Default::default, |it| [word(&it.kind), it.id.clone(), words.owner(it)])
}

fn path(steps: &[String]) -> String {
    steps.iter().map(|step| dotted(step)).collect::<Vec<_>>().join(" → ")
}

fn yes_or_no(value: Option<bool>) -> String {
    value.map(|value| if value { "yes" } else { "no" }).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_no_formula_and_no_control() {
        assert_eq!(harmless("=HYPERLINK(\"http://a\")"), "'=HYPERLINK(\"http://a\")");
        for start in FORMULA {
            assert!(harmless(&format!("{start}1")).starts_with('\''), "{start:?}");
        }
        assert_eq!(harmless("a=b\u{1b}[2J"), "a=b\\u{1b}[2J");
        assert_eq!(harmless(&"长".repeat(40_000)).chars().count(), MAX_CELL);
    }
}
