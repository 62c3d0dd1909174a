//! SARIF 2.1.0, for code scanning: a run for each package, so that a log of any length needs the memory of one.
//!
//! The policy is where a finding is shown, for that is a file of the project; places in the code are logical locations and
//! byte offsets in the package. What is undecided is `open`, and what states a fact is `informational`. A log depends on
//! its input alone: it has a time only where the environment gives one.

mod log;
mod members;

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

use serde_json::{Map, Value, json};

use self::log::{
    Artifact, CodeFlow, Fingerprints, Location, Log, Logical, Message, Outcome, Physical, Properties, Region, Step,
    Suppression, ThreadFlow,
};
use self::members::Members;
use super::format::{About, Shape};
use super::names::short;
use super::words::Words;
use super::{Document, Held, Lang, Part, Report, Status, Subject, Told, Totals, json as writer, timestamp};
use crate::behavior::{Behavior, Owner, OwnerKind};
use crate::catalog::{Confidence, Rule, Severity};
use crate::check::{Evidence, Finding, GateState, State};
use crate::disclosure::Disclosure;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Places of one finding that are told; viewers show no more.
const PLACES: usize = 100;

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
    /// Files that places name: the package, the policy, entries of the package.
    artifacts: Vec<Value>,
    /// Entries of the package among them.
    entries: Vec<(&'a str, usize)>,
    policy: Option<usize>,
    members: Members<'a>,
}

impl<'a> Run<'a> {
    fn new(report: &'a Report<'a>, behavior: Option<&'a Behavior>, held: Option<Held<'a>>) -> Self {
        let findings = held.map_or(&[][..], |held| &held.checked.findings);
        let is_found = |rule: &&Rule| findings.iter().any(|it| it.rule == rule.id);
        let mut run = Self {
            report,
            words: Words::new(report.catalog, report.lang),
            behavior,
            held,
            rules: report.catalog.tables.rules.iter().filter(is_found).collect(),
            artifacts: Vec::new(),
            entries: Vec::new(),
            policy: None,
            members: Members::default(),
        };
        run.artifacts.extend(behavior.map(package));
        if let Some(held) = held {
            run.policy = Some(run.artifacts.len());
            run.artifacts.push(policy(held.disclosure));
        }
        for finding in findings {
            for evidence in finding.evidence.iter().take(PLACES) {
                let entry = place(evidence).0;
                if !entry.is_empty() && !run.entries.iter().any(|(known, _)| *known == entry) {
                    run.entries.push((entry, run.artifacts.len()));
                    run.artifacts.push(json!({"location": {"uri": uri(entry)}, "parentIndex": 0}));
                }
                run.members.add(code(evidence));
                if !evidence.path.is_empty() {
                    evidence.path.iter().for_each(|step| run.members.add(step));
                    run.members.add(&evidence.what);
                }
            }
        }
        run
    }

    fn log(&self, status: Status) -> Log<'_> {
        let report = self.report;
        let findings = self.held.map_or(&[][..], |held| &held.checked.findings);
        let name = self.behavior.map(|it| if it.app.package.is_empty() { &it.path } else { &it.app.package });
        let name = name.or(self.held.map(|held| &held.disclosure.file)).map_or("", String::as_str);
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
            artifacts: &self.artifacts,
            logical_locations: &self.members.list,
            results: findings.iter().map(|finding| self.result(finding)).collect(),
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

    fn result<'f>(&'f self, finding: &'f Finding) -> Outcome<'f> {
        let kind = match (finding.state, finding.severity) {
            (State::Undecided, _) => "open",
            (State::Open, Severity::Info) => "informational",
            (State::Open, _) => "fail",
        };
        let told = || finding.evidence.iter().take(PLACES);
        let said: Vec<String> = told().map(|it| self.said(it)).collect();
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
            code_flows: told()
                .zip(&said)
                .filter(|(it, _)| !it.path.is_empty())
                .map(|(it, said)| self.flow(it, said.clone()))
                .collect(),
            related_locations: told()
                .zip(said)
                .enumerate()
                .map(|(id, (it, said))| self.related(id, it, said))
                .collect(),
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
            physical_location: self.policy.map(|index| Physical { artifact_location: self.artifact(index), region }),
            logical_locations: finding.owner.as_ref().map(|owner| [self.owner(owner)]),
            ..Location::default()
        };
        if finding.policy.is_empty() {
            return vec![location(None)];
        }
        let lines = finding.policy.iter().take(PLACES).map(|cite| {
            location(Some(Region::Lines {
                start_line: cite.lines[0].max(1),
                end_line: cite.lines[1].max(cite.lines[0]).max(1),
                snippet: (!cite.quote.is_empty()).then(|| Message { text: Cow::Borrowed(&cite.quote) }),
            }))
        });
        lines.collect()
    }

    fn artifact(&self, index: usize) -> Artifact<'_> {
        Artifact { uri: self.artifacts[index]["location"]["uri"].as_str().unwrap_or_default(), index }
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

    /// One place in the package, of which this is said.
    fn related<'f>(&'f self, id: usize, evidence: &'f Evidence, said: String) -> Location<'f> {
        let (entry, offset) = place(evidence);
        let index = self.entries.iter().find(|(known, _)| *known == entry).map(|(_, index)| *index);
        Location {
            id: Some(id),
            physical_location: index.or(self.behavior.map(|_| 0)).map(|index| Physical {
                artifact_location: self.artifact(index),
                region: offset.map(|byte_offset| Region::Bytes { byte_offset, byte_length: 0 }),
            }),
            logical_locations: self.members.get(code(evidence)).map(|(index, name)| {
                let name = Some(Cow::Borrowed(name));
                [Logical { fully_qualified_name: name, index: Some(index), ..Logical::default() }]
            }),
            message: Some(Message { text: Cow::Owned(said) }),
        }
    }

    fn said(&self, evidence: &Evidence) -> String {
        let words = &self.words;
        let mut parts = Vec::new();
        parts.extend((!evidence.data.is_empty()).then(|| words.data_of(evidence)));
        parts.push(short(&evidence.what));
        parts.extend(evidence.certainty.map(|it| words.certainty(it).to_owned()));
        parts.extend((evidence.pre_consent == Some(true)).then(|| words.pick("同意前", "before consent").to_owned()));
        parts.extend(evidence.obtainable.iter().flat_map(|it| words.obstacles(it)));
        parts.join(" · ")
    }

    /// The calls from an entry point to a read, of which this is said.
    fn flow<'f>(&'f self, evidence: &'f Evidence, said: String) -> CodeFlow<'f> {
        let step = |index, text| {
            let logical_locations = Some([Logical { index: Some(index), ..Logical::default() }]);
            Step { location: Location { logical_locations, message: Some(Message { text }), ..Location::default() } }
        };
        let path = evidence.path.iter().filter_map(|code| self.members.get(code));
        let path = path.map(|(index, name)| step(index, Cow::Borrowed(name)));
        let read = self.members.get(&evidence.what).map(|(index, _)| step(index, Cow::Owned(said)));
        CodeFlow { thread_flows: [ThreadFlow { locations: path.chain(read).collect() }] }
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

fn package(behavior: &Behavior) -> Value {
    let mut artifact = json!({"location": {"uri": uri(&behavior.path)}, "roles": ["analysisTarget"]});
    if !behavior.sha256.is_empty() {
        artifact["hashes"] = json!({"sha-256": behavior.sha256});
        artifact["length"] = json!(behavior.bytes);
        artifact["mimeType"] = json!("application/vnd.android.package-archive");
    }
    artifact
}

/// The text that the lines are of: that from which the disclosure was made, beside it, or the file itself.
fn policy(disclosure: &Disclosure) -> Value {
    let source = disclosure.source.as_ref().filter(|source| !source.file.is_empty() && source.file != "-");
    let Some(source) = source else {
        return json!({"location": {"uri": uri(&disclosure.file)}});
    };
    let folder = disclosure.file.rfind(['/', '\\']).map_or("", |at| &disclosure.file[..=at]);
    let mut artifact = json!({"location": {"uri": uri(&format!("{folder}{}", source.file))}});
    if !source.sha256.is_empty() {
        artifact["hashes"] = json!({"sha-256": source.sha256});
    }
    artifact
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

/// The class or member where something was seen, or what was.
fn code(evidence: &Evidence) -> &str {
    if evidence.place.is_empty() { &evidence.what } else { &evidence.place }
}

/// The entry of the package and the byte in it.
fn place(evidence: &Evidence) -> (&str, Option<u64>) {
    let Some((entry, offset)) = evidence.at.rsplit_once('@') else { return (&evidence.at, None) };
    let digits = offset.strip_prefix("0x").unwrap_or(offset);
    (entry, u64::from_str_radix(digits, 16).ok())
}

/// A path as a reference: relative as it is, absolute with its scheme; every other byte than those of plain names is
/// encoded.
fn uri(path: &str) -> String {
    let path = path.replace('\\', "/");
    let mut uri = String::with_capacity(path.len());
    if path.starts_with('/') {
        uri.push_str("file://");
    }
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'_' | b'-' | b'~' => uri.push(char::from(byte)),
            _ => drop(write!(uri, "%{byte:02X}")),
        }
    }
    uri
}
