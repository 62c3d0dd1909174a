//! Text for a person, in Chinese or English: what a package is, what was found, and whether that is all.
//!
//! A person sees first what matters most and is told of everything that was left out.

mod behavior;
mod changes;
mod findings;
mod gate;

use std::io::{self, Write};

use super::format::{About, Shape};
use super::layout::{Line, Page, Tone};
use super::notices;
use super::summary::Summary;
use super::words::Words;
use super::{Detail, Document, Held, Part, Report, Subject, Told, Totals};
use crate::behavior::{Behavior, Completeness};
use crate::changes::Changes;
use crate::check::{Checked, GateState};

/// Columns between two facts on a line.
const GAP: usize = 3;
/// Columns between the parts of the last line.
const WIDE_GAP: usize = 5;
/// Columns before a line that belongs to a heading.
const INDENT: usize = 2;
/// Issues that are shown without `--verbose`.
const FEW_ISSUES: usize = 5;
/// Hex digits of a hash that are shown without `--verbose`.
const SHORT_HASH: usize = 16;

/// Text for a person.
pub(super) struct Text;

impl Shape for Text {
    fn about(&self) -> About {
        About {
            word: "text",
            purpose: "For a person",
            endings: &[".txt", ".log"],
            subjects: &[Subject::Packages, Subject::Comparison, Subject::Policy],
        }
    }

    fn package(&self, report: &Report<'_>, told: Told<'_>, part: &mut Part) -> io::Result<()> {
        package(&mut Sheet::new(report, &mut part.body), report.detail, told)
    }

    fn separator(&self, report: &Report<'_>) -> &'static str {
        if report.detail == Detail::Quiet { "" } else { "\n" }
    }

    fn end(&self, document: &Document<'_>, totals: &Totals, out: &mut dyn Write) -> io::Result<()> {
        self::totals(&document.report, totals, out)
    }

    fn policy(&self, report: &Report<'_>, held: Held<'_>, out: &mut dyn Write) -> io::Result<()> {
        findings::policy_alone(&mut Sheet::new(report, out), held)
    }
}

fn package(sheet: &mut Sheet<'_, '_>, detail: Detail, Told { behavior, held, .. }: Told<'_>) -> io::Result<()> {
    if detail == Detail::Quiet {
        return sheet.quiet(behavior, held);
    }
    sheet.header(behavior)?;
    match held {
        _ if is_unread(behavior) => {}
        None => behavior::sections(sheet, behavior)?,
        Some(held) => findings::sections(sheet, behavior, held)?,
    }
    sheet.issues(behavior)?;
    sheet.page.blank()?;
    let line = sheet.summary(Line::new(), behavior, held);
    sheet.page.line(&line, 0)?;
    sheet.library_reads(held)?;
    sheet.reasons(&behavior.completeness)?;
    match held {
        Some(held) if !is_unread(behavior) => sheet.hint(held.checked),
        _ => Ok(()),
    }
}

/// What changed between two builds.
pub(super) fn changes(report: &Report<'_>, changes: &Changes, out: &mut dyn Write) -> io::Result<()> {
    changes::page(&mut Sheet::new(report, out), changes)
}

/// What is to be said of waivers and the baseline, and the last line, where there is more than one package.
fn totals(report: &Report<'_>, totals: &Totals, out: &mut dyn Write) -> io::Result<()> {
    for it in &totals.notices {
        let tone = if it.fails { Tone::Warning } else { Tone::Faint };
        let line = Line::new().tone(tone, &notices::notice(it, report.lang));
        Page::new(out, report.style).line(&line, INDENT)?;
    }
    if totals.packages < 2 || report.detail == Detail::Quiet {
        return Ok(());
    }
    let words = Words::new(report.catalog, report.lang);
    let mut parts = vec![words.count(totals.packages, "个安装包", "package", "packages")];
    let mut add = |count: usize, zh: &str, en: &str| {
        if 0 < count {
            parts.push(format!("{count} {}", words.pick(zh, en)));
        }
    };
    add(totals.failing, "个未通过", "failing");
    add(totals.incomplete, "个不完整", "incomplete");
    add(totals.unreadable, "个无法读取", "unreadable");
    let page = &mut Page::new(out, report.style);
    page.blank()?;
    page.line(&Line::new().tone(Tone::Strong, &parts.join(" · ")), 0)
}

/// Parts with a dot between them.
fn joined(line: Line, parts: impl IntoIterator<Item = (Tone, String)>) -> Line {
    parts.into_iter().enumerate().fold(line, |line, (index, (tone, text))| {
        let line = if index == 0 { line } else { line.plain(" · ") };
        line.tone(tone, &text)
    })
}

/// Whether the file could not be read at all, so that nothing in it was looked for.
fn is_unread(behavior: &Behavior) -> bool {
    behavior.sha256.is_empty()
}

/// A page with the words and the detail that it is written in.
struct Sheet<'p, 'a> {
    page: Page<'p>,
    words: Words<'a>,
    verbose: bool,
}

impl<'p, 'a> Sheet<'p, 'a> {
    fn new(report: &Report<'a>, out: &'p mut dyn Write) -> Self {
        Self {
            page: Page::new(out, report.style),
            words: Words::new(report.catalog, report.lang),
            verbose: report.detail == Detail::Verbose,
        }
    }

    fn header(&mut self, behavior: &Behavior) -> io::Result<()> {
        let words = self.words;
        let app = &behavior.app;
        let mut line = Line::new().tone(Tone::Strong, &behavior.path).gap(GAP);
        if app.package.is_empty() {
            line = line.tone(Tone::Warning, words.pick("清单不可读", "no readable manifest"));
        } else {
            let version = app.version_name.as_deref().unwrap_or("?");
            let code = app.version_code.map_or_else(|| "?".to_owned(), |code| code.to_string());
            line = line.whole(Tone::Plain, &format!("{} {version} ({code})", app.package));
        }
        if let Some(target) = app.target_sdk {
            line = line.gap(GAP).plain(&format!("targetSdk {target}"));
        }
        if let Some(digits) = behavior.sha256.get(..if self.verbose { 64 } else { SHORT_HASH }) {
            line = line.gap(GAP).whole(Tone::Faint, &format!("sha256 {digits}{}", if self.verbose { "" } else { "…" }));
        }
        if let Some(signing) = behavior.signing.first() {
            line = line.gap(GAP).whole(Tone::Faint, words.pick("签名", "signed by"));
            line = line.tone(Tone::Faint, &format!(" {}", signing.subject));
        }
        self.page.line(&line, INDENT)
    }

    fn heading(&mut self, text: &str, note: &str) -> io::Result<()> {
        self.page.blank()?;
        self.page.line(&Line::new().tone(Tone::Strong, text).plain("  ").tone(Tone::Faint, note), INDENT)
    }

    /// Says how many entries of a list were left out.
    fn rest(&mut self, shown: usize, all: usize, indent: usize) -> io::Result<()> {
        if all <= shown {
            return Ok(());
        }
        let more = all - shown;
        let text = match self.words.lang {
            super::Lang::Zh => format!("… 另有 {more} 处，用 -v 查看"),
            super::Lang::En => format!("… and {more} more, shown with -v"),
        };
        self.page.line(&Line::indented(indent).tone(Tone::Faint, &text), indent)
    }

    fn issues(&mut self, behavior: &Behavior) -> io::Result<()> {
        let issues = &behavior.issues;
        if issues.is_empty() {
            return Ok(());
        }
        let heading = self.words.pick("未能读取", "Could not be read");
        self.heading(heading, &issues.len().to_string())?;
        let shown = if self.verbose { issues.len() } else { FEW_ISSUES };
        for issue in issues.iter().take(shown) {
            let at = issue.offset.as_ref().map(|offset| format!(" (at offset {offset})")).unwrap_or_default();
            let line = Line::indented(INDENT).tone(Tone::Warning, &issue.file);
            self.page.line(&line.plain(&format!(": {}{at}", issue.message)), 2 * INDENT)?;
        }
        self.rest(shown, issues.len(), INDENT)
    }

    fn quiet(&mut self, behavior: &Behavior, held: Option<Held<'_>>) -> io::Result<()> {
        let name = if behavior.app.package.is_empty() { "?" } else { &behavior.app.package };
        let version = behavior.app.version_name.as_deref().unwrap_or("?");
        let line = Line::new().tone(Tone::Strong, &behavior.path).gap(GAP).plain(&format!("{name} {version}")).gap(GAP);
        let mut line = self.summary(line, behavior, held);
        if !behavior.issues.is_empty() {
            let count = self.words.count(behavior.issues.len(), "处未能读取", "part not read", "parts not read");
            line = line.gap(GAP).tone(Tone::Warning, &count);
        }
        self.page.line(&line, INDENT)
    }

    /// Counts, then whether they are all.
    fn summary(&self, line: Line, behavior: &Behavior, held: Option<Held<'_>>) -> Line {
        let line = match held {
            _ if is_unread(behavior) => {
                return line.tone(Tone::Warning, self.words.pick("无法读取", "nothing could be read"));
            }
            Some(held) => self.finding_counts(line, &Summary::new(held.checked)),
            None => self.behavior_counts(line, behavior),
        };
        let tone = if behavior.completeness.complete { Tone::Good } else { Tone::Warning };
        line.gap(if held.is_some() { WIDE_GAP } else { GAP })
            .whole(tone, &self.words.completeness(&behavior.completeness))
    }

    /// How many reads were not held against the policy.
    fn library_reads(&mut self, held: Option<Held<'_>>) -> io::Result<()> {
        let count = held.map_or(0, |held| held.checked.library_reads);
        if count == 0 {
            return Ok(());
        }
        let text = match (self.words.lang, count) {
            (super::Lang::Zh, _) => format!("另有 {count} 处读取位于开源库，取决于谁来调用，未与政策对照"),
            (super::Lang::En, 1) => {
                "1 more read is in a library and up to its callers; it was not held against the policy".to_owned()
            }
            (super::Lang::En, _) => format!(
                "{count} more reads are in libraries and up to their callers; they were not held against the policy"
            ),
        };
        self.page.line(&Line::new().tone(Tone::Faint, &text), 0)
    }

    /// How to learn more: of the evidence, and of the rule of the first finding.
    fn hint(&mut self, checked: &Checked) -> io::Result<()> {
        let mut open = checked.findings.iter().filter(|it| it.gate.state == GateState::Open);
        let Some(first) = open.next().filter(|_| !self.verbose) else { return Ok(()) };
        let rule = &first.rule;
        let text = match self.words.lang {
            super::Lang::Zh => format!("用 -v 看全部证据，用 candor explain {rule} 看含义、依据和整改建议"),
            super::Lang::En => {
                format!("all evidence with -v; what {rule} means and how to fix it: candor explain {rule}")
            }
        };
        self.page.line(&Line::new().tone(Tone::Faint, &text), 0)
    }

    fn finding_counts(&self, line: Line, summary: &Summary) -> Line {
        let agreements = self.words.count(summary.agreements, "项一致", "agreement", "agreements");
        let differences = self.differences(summary).into_iter();
        joined(line, differences.chain([(Tone::Good, agreements)]))
    }

    /// How many findings there are of each kind.
    fn differences(&self, summary: &Summary) -> Vec<(Tone, String)> {
        let words = self.words;
        let severities = summary.severities();
        let mut parts: Vec<(Tone, String)> = severities
            .map(|(count, severity)| (Tone::Severity(severity), format!("{count} {}", words.severity(severity))))
            .collect();
        let noted = [
            (Tone::Faint, summary.waived, words.pick("豁免", "waived")),
            (Tone::Faint, summary.baselined, words.pick("在基线内", "in the baseline")),
            (Tone::Warning, summary.undecided, words.pick("未定", "undecided")),
        ];
        let told = noted.into_iter().filter(|(_, count, _)| 0 < *count);
        parts.extend(told.map(|(tone, count, what)| (tone, format!("{count} {what}"))));
        parts
    }

    fn behavior_counts(&self, line: Line, behavior: &Behavior) -> Line {
        let words = self.words;
        let mut data: Vec<_> = behavior.reads.iter().map(|read| &read.data).collect();
        data.sort_unstable();
        data.dedup();
        let parts = [
            words.count(behavior.permissions.len(), "项权限", "permission", "permissions"),
            words.count(behavior.sdks.len(), "个 SDK", "SDK", "SDKs"),
            words.count(data.len(), "类数据", "data type", "data types"),
            words.count(behavior.reads.len(), "处读取", "read", "reads"),
        ];
        line.plain(&parts.join(" · "))
    }

    /// What weakens the result, one line each with `--verbose`.
    fn reasons(&mut self, completeness: &Completeness) -> io::Result<()> {
        if !self.verbose {
            return Ok(());
        }
        for reason in &completeness.reasons {
            let line = Line::indented(INDENT).tone(Tone::Warning, self.words.reason(reason.kind));
            self.page.line(&line.gap(GAP).plain(&self.words.reason_detail(reason)), 2 * INDENT)?;
        }
        Ok(())
    }
}
