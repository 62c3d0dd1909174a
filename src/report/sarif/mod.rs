//! SARIF 2.1.0, for code scanning: a run for each package, so that a log of any length needs the memory of one.
//!
//! The policy is where a finding is shown, for that is a file of the project; places in the code are logical locations and
//! byte offsets in the package. What is undecided is `open`, and what states a fact is `informational`. A log depends on
//! its input alone: it has a time only where the environment gives one.

mod artifacts;
mod log;
mod members;
mod places;

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

use serde_json::{Map, Value, json};

use self::artifacts::{Artifacts, uri};
use self::log::{Fingerprints, Location, Log, Logical, Message, Outcome, Physical, Properties, Region, Suppression};
use self::places::{Flows, MAX_PLACES, Places, Related, Shown};
use super::format::{About, Shape};
use super::words::Words;
use super::{Document, Held, Lang, Part, Report, Status, Subject, Told, Totals, json as writer, timestamp};
use crate::behavior::{Behavior, Owner, OwnerKind};
use crate::catalog::{Confidence, Rule, Severity};
use crate::check::{Finding, GateState, State};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// A log.
pub(super) struct Sarif;

impl Shape for Sarif {
    fn about(&self) -> About {
        About {
            word: "sarif",
            purpose: "SARIF 2.1.0, for code scanning",
            endings: &[".sarif", ".sarif.json"],
            subjects: &[Subject::Comparison, Subject::Policy],
        }
    }

    fn begin(&self, _: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{{\"$schema\":\"{SCHEMA}\",\"version\":\"2.1.0\",\"runs\":[")
    }

    fn package(&self, report: &Report<'_>, told: Told<'_>, part: &mut Part) -> io::Result<()> {
        let run = Run::new(report, Some(told.behavior), told.held);
        writer::append(&run.log(told.status), &mut part.body)
    }

    fn separator(&self, _: &Report<'_>) -> &'static str {
        ",\n"
    }

    fn end(&self, _: &Document<'_>, _: &Totals, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(b"\n]}\n")
    }

    fn policy(&self, report: &Report<'_>, held: Held<'_>, out: &mut dyn Write) -> io::Result<()> {
        let status = if held.failing.is_empty() { Status::Clean } else { Status::Findings };
        self.begin(report, out)?;
        writer::write(&Run::new(report, None, Some(held)).log(status), out)?;
        out.write_all(b"\n]}\n")
    }
}

/// One run in the making.
struct Run<'a> {
    report: &'a Report<'a>,
    words: Words<'a>,
    behavior: Option<&'a Behavior>,
    held: Option<Held<'a>>,
    /// The rules of the findings, in the order of the catalog.
    rules: Vec<&'a Rule>,
    artifacts: Artifacts<'a>,
    places: Places<'a>,
}

impl<'a> Run<'a> {
    fn new(report: &'a Report<'a>, behavior: Option<&'a Behavior>, held: Option<Held<'a>>) -> Self {
        let findings = held.map_or(&[][..], |held| &held.checked.findings);
        let is_found = |rule: &&Rule| findings.iter().any(|it| it.rule == rule.id);
        let words = Words::new(report.catalog, report.lang);
        let mut artifacts = Artifacts::new(behavior, held.map(|held| held.disclosure));
        let mut places = Places::default();
        for finding in findings {
            places.add(&words, &mut artifacts, finding);
        }
        let rules = report.catalog.tables.rules.iter().filter(is_found).collect();
        Self { report, words, behavior, held, rules, artifacts, places }
    }

    fn log(&self, status: Status) -> Log<'_> {
        let report = self.report;
        let findings = self.held.map_or(&[][..], |held| &held.checked.findings);
        let name = self.behavior.map(|it| if it.app.package.is_empty() { &it.path } else { &it.app.package });
        let name = name.or(self.held.map(|held| &held.disclosure.file)).map_or("", String::as_str);
        let told = self.places.of_findings(&self.artifacts);
        Log {
            tool: json!({"driver": {
                "name": "candor",
                "version": env!("CARGO_PKG_VERSION"),
                "language": self.words.pick("zh-CN", "en-US"),
                "rules": self.rules.iter().map(|rule| self.rule(rule)).collect::<Vec<_>>(),
                "properties": {"catalog": report.catalog.hash},
            }}),
            automation_details: json!({"id": format!("candor/{}/", uri(name))}),
            invocations: [self.invocation(status)],
            artifacts: &self.artifacts.list,
            logical_locations: &self.places.members.list,
            results: findings.iter().zip(told).map(|(finding, told)| self.result(finding, told)).collect(),
            column_kind: "utf16CodeUnits",
            language: self.words.pick("zh-CN", "en-US"),
        }
    }

    fn rule(&self, rule: &Rule) -> Value {
        let other = Words::new(self.report.catalog, if self.words.lang == Lang::Zh { Lang::En } else { Lang::Zh });
        let sections = [self.words, other].map(|words| help(words, rule));
        let title = self.words.pick(rule.title_zh, rule.title_en);
        let means = self.words.pick(rule.means_zh, rule.means_en);
        let tags: Vec<&str> = ["security", "privacy", rule.class].into_iter().filter(|tag| *tag != "none").collect();
        json!({
            "id": rule.id,
            "name": rule.name,
            "shortDescription": {"text": title},
            "fullDescription": {"text": if means.is_empty() { title } else { means }},
            "help": {
                "text": sections.each_ref().map(|it| it.0.as_str()).join("\n\n"),
                "markdown": sections.each_ref().map(|it| it.1.as_str()).join("\n\n---\n\n"),
            },
            "defaultConfiguration": {"level": level(rule.severity), "rank": rank(rule.severity)},
            "properties": {
                "tags": tags,
                "precision": rule.confidence.unwrap_or(Confidence::High),
                "security-severity": format!("{:.1}", rank(rule.severity) / 10.0),
            },
        })
    }

    fn result<'f>(&'f self, finding: &'f Finding, told: Shown<'f>) -> Outcome<'f> {
        let kind = match (finding.state, finding.severity) {
            (State::Undecided, _) => "open",
            (State::Open, Severity::Info) => "informational",
            (State::Open, _) => "fail",
        };
        Outcome {
            rule_id: &finding.rule,
            rule_index: self.rules.iter().position(|rule| rule.id == finding.rule),
            kind,
            level: if kind == "fail" { level(finding.severity) } else { "none" },
            rank: rank(finding.severity),
            message: Message { text: Cow::Owned(self.words.message(finding)) },
            locations: self.locations(finding),
            partial_fingerprints: Fingerprints {
                own: &finding.fingerprint,
                primary_location_line_hash: format!("{}:1", finding.fingerprint),
            },
            code_flows: Flows(told),
            related_locations: Related(told),
            suppressions: (finding.gate.state == GateState::Waived).then_some([Suppression {
                kind: "external",
                status: "accepted",
                justification: &finding.gate.reason,
            }]),
            baseline_state: (finding.gate.state == GateState::Baselined).then_some("unchanged"),
            occurrence_count: finding.evidence.len().max(1),
            properties: Properties {
                severity: finding.severity,
                confidence: finding.confidence,
                class: &finding.class,
                data: &finding.data,
                permissions: &finding.permissions,
                sdks: &finding.sdks,
            },
        }
    }

    /// The lines of the policy, or its file where it says nothing; with whose code it is.
    fn locations<'f>(&'f self, finding: &'f Finding) -> Vec<Location<'f>> {
        let location = |region| Location {
            physical_location: self
                .artifacts
                .policy
                .map(|index| Physical { artifact_location: self.artifacts.get(index), region }),
            logical_locations: finding.owner.as_ref().map(|owner| [self.owner(owner)]),
            ..Location::default()
        };
        if finding.policy.is_empty() {
            return vec![location(None)];
        }
        let lines = finding.policy.iter().take(MAX_PLACES).map(|cite| {
            location(Some(Region::Lines {
                start_line: cite.lines[0].max(1),
                end_line: cite.lines[1].max(cite.lines[0]).max(1),
                snippet: (!cite.quote.is_empty()).then(|| Message { text: Cow::Borrowed(&cite.quote) }),
            }))
        });
        lines.collect()
    }

    fn owner<'f>(&'f self, owner: &'f Owner) -> Logical<'f> {
        let kind = match owner.kind {
            OwnerKind::App | OwnerKind::Sdk => "module",
            OwnerKind::Library | OwnerKind::Unknown => "namespace",
        };
        Logical {
            name: Some(Cow::Owned(self.words.owner(owner))),
            fully_qualified_name: Some(Cow::Borrowed(&owner.id)),
            kind: Some(kind),
            ..Logical::default()
        }
    }

    fn invocation(&self, status: Status) -> Value {
        let behavior = self.behavior;
        let issues = behavior.iter().flat_map(|it| &it.issues).map(|issue| {
            let at = issue.offset.as_ref().map(|offset| format!(" (at offset {offset})")).unwrap_or_default();
            let text = format!("{}: {}{at}", issue.file, issue.message);
            notification("unreadable", "error", &text)
        });
        let reasons = behavior.iter().flat_map(|it| &it.completeness.reasons).map(|reason| {
            let level = if behavior.is_some_and(|it| it.completeness.complete) { "note" } else { "warning" };
            notification(
                reason.kind,
                level,
                &format!("{}: {}", self.words.reason(reason.kind), self.words.reason_detail(reason)),
            )
        });
        let mut invocation = Map::from_iter([
            ("executionSuccessful".to_owned(), json!(status != Status::Failed)),
            ("exitCode".to_owned(), json!(status as u8)),
            ("toolExecutionNotifications".to_owned(), issues.chain(reasons).collect()),
        ]);
        if let Some(time) = self.report.time.map(timestamp) {
            invocation.insert("startTimeUtc".to_owned(), json!(time));
        }
        Value::Object(invocation)
    }
}

fn notification(kind: &str, level: &str, text: &str) -> Value {
    json!({"descriptor": {"id": kind}, "level": level, "message": {"text": text}})
}

/// What a person wants to know of a rule, as text and as Markdown.
fn help(words: Words<'_>, rule: &Rule) -> (String, String) {
    let title = words.pick(rule.title_zh, rule.title_en);
    let basis = rule.basis.iter().map(|it| {
        let doubt = if it.verified { "" } else { words.pick("（条款号未核实）", " (clause not verified)") };
        format!("{} {}{doubt}", it.instrument, it.clause)
    });
    let basis = basis.collect::<Vec<_>>().join(words.pick("；", "; "));
    let sections = [
        (words.pick("含义", "What it means"), words.pick(rule.means_zh, rule.means_en)),
        (words.pick("为何重要", "Why it matters"), words.pick(rule.why_zh, rule.why_en)),
        (words.pick("修改应用", "What to change in the app"), words.pick(rule.fix_app_zh, rule.fix_app_en)),
        (words.pick("修改政策", "What to write in the policy"), words.pick(rule.fix_policy_zh, rule.fix_policy_en)),
        (words.pick("依据", "Basis"), &basis),
    ];
    let mut help = (format!("{} {title}", rule.id), format!("### {} {title}", rule.id));
    for (label, text) in sections.into_iter().filter(|(_, text)| !text.is_empty()) {
        let _ = write!(help.0, "\n{label}: {text}");
        let _ = write!(help.1, "\n\n**{label}.** {text}");
    }
    help
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// From 0 to 100; a tenth of it falls into the bands that code scanning has for the severity of a rule.
fn rank(severity: Severity) -> f64 {
    match severity {
        Severity::Critical => 95.0,
        Severity::High => 80.0,
        Severity::Medium => 55.0,
        Severity::Low => 25.0,
        Severity::Info => 5.0,
    }
}
