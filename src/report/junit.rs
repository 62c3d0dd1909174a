//! `JUnit` XML, for build servers: a suite for each package and a case for each rule. A case fails where a finding at or
//! above the gate stands, and is skipped where the package hides what would decide it: it passes by sight alone.

use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::format::{About, Shape};
use super::names::{dotted, short};
use super::words::Words;
use super::{Document, Held, Part, Report, Status, Subject, Told, Totals, plain};
use crate::behavior::Behavior;
use crate::catalog::Rule;
use crate::check::{Evidence, Finding, State, decides, lints};

/// Places of one finding that are told.
const PLACES: usize = 20;

/// A report of tests.
pub(super) struct Junit;

impl Shape for Junit {
    fn about(&self) -> About {
        About {
            word: "junit",
            purpose: "XML for build servers: a suite for each package, a case for each rule",
            endings: &[".xml"],
            subjects: &[Subject::Comparison, Subject::Policy],
        }
    }

    fn begin(&self, _: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
        let mut xml = Writer::new(&mut *out);
        xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        out.write_all(b"\n<testsuites name=\"candor\">\n")
    }

    fn package(&self, report: &Report<'_>, told: Told<'_>, part: &mut Part) -> io::Result<()> {
        let words = Words::new(report.catalog, report.lang);
        let behavior = told.behavior;
        let mut cases = vec![readable(&words, told)];
        let blind = !behavior.completeness.complete;
        cases.extend(told.held.iter().flat_map(|held| rules(&words, *held, decides, blind)));
        let app = &behavior.app;
        let properties = [
            ("sha256", behavior.sha256.as_str()),
            ("package", &app.package),
            ("version", app.version_name.as_deref().unwrap_or_default()),
            ("catalog", &report.catalog.hash),
        ];
        suite(&behavior.path, &properties, &cases, &mut part.body)
    }

    fn end(&self, _: &Document<'_>, _: &Totals, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(b"</testsuites>\n")
    }

    fn policy(&self, report: &Report<'_>, held: Held<'_>, out: &mut dyn Write) -> io::Result<()> {
        self.begin(report, out)?;
        let cases: Vec<_> = rules(&Words::new(report.catalog, report.lang), held, lints, false).collect();
        suite(&held.disclosure.file, &[("catalog", &report.catalog.hash)], &cases, out)?;
        out.write_all(b"</testsuites>\n")
    }
}

/// One rule of one package.
struct Case {
    class: &'static str,
    name: String,
    outcome: Outcome,
}

enum Outcome {
    Passed { note: String },
    Failed { kind: &'static str, message: String, text: String },
    Broken { kind: &'static str, message: String, text: String },
    Skipped { message: String },
}

/// Whether the package could be looked into.
fn readable(words: &Words<'_>, told: Told<'_>) -> Case {
    let Behavior { completeness, issues, .. } = told.behavior;
    let message = words.completeness(completeness);
    let reasons =
        completeness.reasons.iter().map(|it| format!("{}: {}", words.reason(it.kind), words.reason_detail(it)));
    let text = issues.iter().map(|it| format!("{}: {}", it.file, it.message)).chain(reasons).collect::<Vec<_>>();
    let text = text.join("\n");
    let outcome = match told.status {
        Status::Failed => Outcome::Broken { kind: "unreadable", message, text },
        Status::Incomplete => Outcome::Broken { kind: "incomplete", message, text },
        Status::Clean | Status::Findings if !completeness.complete => Outcome::Skipped { message },
        Status::Clean | Status::Findings => Outcome::Passed { note: text },
    };
    let name = words.pick("安装包可以完整分析", "the package can be analysed as a whole").to_owned();
    Case { class: "candor.package", name, outcome }
}

/// A case for each rule that was asked; `blind` where the package hides something.
fn rules<'a>(
    words: &'a Words<'a>,
    held: Held<'a>,
    asked: fn(&Rule) -> bool,
    blind: bool,
) -> impl Iterator<Item = Case> + 'a {
    let has_findings = move |rule: &&Rule| held.checked.findings.iter().any(|it| it.rule == rule.id);
    let rules = words.catalog.tables.rules.iter().filter(move |rule| asked(rule) || has_findings(rule));
    rules.map(move |rule| {
        let found: Vec<&Finding> = held.checked.findings.iter().filter(|it| it.rule == rule.id).collect();
        let name = format!("{} {}", rule.id, words.pick(rule.title_zh, rule.title_en));
        let blind = blind && rule.needs != "policy";
        Case { class: "candor.rules", name, outcome: outcome(words, rule, held, &found, blind) }
    })
}

fn outcome(words: &Words<'_>, rule: &Rule, held: Held<'_>, found: &[&Finding], blind: bool) -> Outcome {
    let text = found.iter().map(|it| told(words, it)).collect::<Vec<_>>().join("\n");
    let failing: Vec<&&Finding> = found.iter().filter(|it| held.fails(it)).collect();
    if let Some(first) = failing.first() {
        let more = match failing.len() - 1 {
            0 => String::new(),
            more => format!(" (+{more})"),
        };
        let kind = words.severity(failing.iter().map(|it| it.severity).max().unwrap_or(rule.severity));
        return Outcome::Failed { kind, message: format!("{}{more}", words.message(first)), text };
    }
    let undecided = found.iter().find(|it| it.state == State::Undecided);
    match undecided {
        Some(finding) => {
            let word = words.pick("未定", "undecided");
            Outcome::Skipped { message: format!("{word}: {}", words.message(finding)) }
        }
        None if blind && found.is_empty() => {
            let message =
                words.pick("代码不完全可见，不能说明没有", "not all code is visible: nothing seen proves nothing");
            Outcome::Skipped { message: message.to_owned() }
        }
        None => Outcome::Passed { note: text },
    }
}

/// A finding as lines of text.
fn told(words: &Words<'_>, finding: &Finding) -> String {
    let severity = words.severity(finding.severity);
    let mut lines = vec![format!("[{severity}] {} {}", finding.rule, words.message(finding))];
    for evidence in finding.evidence.iter().take(PLACES) {
        lines.push(words.sign_of(evidence).map_or_else(|| call(words, evidence), |sign| format!("  {sign}")));
    }
    if PLACES < finding.evidence.len() {
        lines.push(format!("  … +{}", finding.evidence.len() - PLACES));
    }
    let policy = words.pick("政策", "policy");
    lines.extend(finding.policy.iter().map(|cite| format!("  {policy} {} {}", words.cite(cite), Words::quote(cite))));
    lines.push(format!("  {}", finding.fingerprint));
    lines.join("\n")
}

fn call(words: &Words<'_>, evidence: &Evidence) -> String {
    let what = short(&evidence.what);
    let place = if evidence.place.is_empty() { what } else { format!("{} → {what}", dotted(&evidence.place)) };
    let parts = [words.data_of(evidence), place, evidence.at.clone()];
    parts.into_iter().filter(|it| !it.is_empty()).fold(" ".to_owned(), |line, part| format!("{line} {part}"))
}

fn suite(name: &str, properties: &[(&str, &str)], cases: &[Case], out: &mut dyn Write) -> io::Result<()> {
    let count = |is: fn(&Outcome) -> bool| cases.iter().filter(|case| is(&case.outcome)).count().to_string();
    let tests = cases.len().to_string();
    let failures = count(|it| matches!(it, Outcome::Failed { .. }));
    let errors = count(|it| matches!(it, Outcome::Broken { .. }));
    let skipped = count(|it| matches!(it, Outcome::Skipped { .. }));
    let name = legal(name);
    let attributes = [
        ("name", name.as_str()),
        ("tests", &tests),
        ("failures", &failures),
        ("errors", &errors),
        ("skipped", &skipped),
        ("time", "0"),
    ];
    let mut xml = Writer::new_with_indent(&mut *out, b' ', 2);
    xml.create_element("testsuite").with_attributes(attributes).write_inner_content(|xml| {
        xml.create_element("properties").write_inner_content(|xml| {
            for (name, value) in properties {
                let value = legal(value);
                xml.create_element("property").with_attributes([("name", *name), ("value", &value)]).write_empty()?;
            }
            Ok(())
        })?;
        cases.iter().try_for_each(|it| case(it, xml))
    })?;
    out.write_all(b"\n")
}

fn case<W: Write>(case: &Case, xml: &mut Writer<W>) -> io::Result<()> {
    let name = legal(&case.name);
    let attributes = [("classname", case.class), ("name", name.as_str()), ("time", "0")];
    let element = xml.create_element("testcase").with_attributes(attributes);
    match &case.outcome {
        Outcome::Passed { note } if note.is_empty() => element.write_empty()?,
        Outcome::Passed { note } => element.write_inner_content(|xml| {
            xml.create_element("system-out").write_text_content(BytesText::new(&legal(note)))?;
            Ok(())
        })?,
        Outcome::Failed { kind, message, text } => {
            element.write_inner_content(|xml| detail(xml, "failure", kind, message, text))?
        }
        Outcome::Broken { kind, message, text } => {
            element.write_inner_content(|xml| detail(xml, "error", kind, message, text))?
        }
        Outcome::Skipped { message } => element.write_inner_content(|xml| {
            let message = legal(message);
            xml.create_element("skipped").with_attribute(("message", message.as_str())).write_empty()?;
            Ok(())
        })?,
    };
    Ok(())
}

fn detail<W: Write>(xml: &mut Writer<W>, element: &str, kind: &str, message: &str, text: &str) -> io::Result<()> {
    let message = legal(message);
    let attributes = [("type", kind), ("message", message.as_str())];
    xml.create_element(element).with_attributes(attributes).write_text_content(BytesText::new(&legal(text)))?;
    Ok(())
}

/// Text of characters that XML 1.0 has: lines stay, controls are shown.
fn legal(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').map(plain).collect();
    lines.join("\n").replace('\u{fffe}', "\\u{fffe}").replace('\u{ffff}', "\\u{ffff}")
}
