//! What the bytecode does, case by case: the tiny packages of `fixtures/flow/`, each with the reads that it must show and
//! no other. Prints recall and precision: `cargo test --test flow_suite -- --nocapture`.
//!
//! `fixtures/flow/known-gaps.txt` lists the cases that may differ, each with the reason. A case that is not listed must
//! match, and one that is listed and matches must be taken off the list.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use candor::behavior::{Behavior, Observer};
use candor::catalog::{Catalog, Focus};
use candor::container::{Input, Package, discover};
use serde::Deserialize;
use serde_json::Value;

/// The owner of a read whose row names none.
const OWNER: &str = "app:com.example.flow";
/// Most frames of a call path.
const FRAMES: usize = 12;

/// A `case.toml`. What describes the package is read by `fixtures/tools/flow.py`, which builds it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// What it shows, in one line.
    about: String,
    #[serde(default)]
    read: Vec<Row>,
    /// Kinds of reasons why absence proves little that must be among those reported.
    #[serde(default)]
    reasons: Vec<String>,
    /// Whether parts of the package cannot be read as they should be.
    #[serde(default)]
    issues: bool,
    #[serde(rename = "api")]
    _api: Option<u32>,
    #[serde(rename = "manifest")]
    _manifest: Option<toml::Table>,
    #[serde(default, rename = "component")]
    _component: Vec<toml::Table>,
}

/// A read that a case must show. Data type, caller, and api and literal where they are given, say which read is meant.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    data: String,
    caller: String,
    api: Option<String>,
    literal: Option<String>,
    /// `present` or `reachable`.
    certainty: String,
    /// Kind of entry point; none = there must be none, `*` = any.
    entry: Option<String>,
    #[serde(default)]
    pre_consent: Flag,
    #[serde(default)]
    background: Flag,
    /// Kind and id; none = the app.
    owner: Option<String>,
    /// Whether the owner is that of the callers; none = not asked.
    via: Option<bool>,
    /// The evidence says that it is a call by reflection.
    #[serde(default)]
    reflection: bool,
    /// The consent check in front of it; a part that is not given is not asked.
    guard: Option<Guard>,
    /// A frame that the call path must have.
    through: Option<String>,
}

/// True, false (also when left out), or anything: `"*"`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Flag {
    Is(bool),
    Any(Star),
}

#[derive(Deserialize)]
enum Star {
    #[serde(rename = "*")]
    Star,
}

impl Default for Flag {
    fn default() -> Self {
        Self::Is(false)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Guard {
    class: Option<String>,
    method: Option<String>,
    key: String,
}

/// How often something was to be found, was found, and was found rightly.
#[derive(Default, Clone, Copy)]
struct Tally {
    expected: usize,
    found: usize,
    right: usize,
}

impl Tally {
    fn add(&mut self, expected: bool, found: bool, right: bool) {
        self.expected += usize::from(expected);
        self.found += usize::from(found);
        self.right += usize::from(right);
    }
}

/// What is counted, in the order of the table.
const COUNTED: [&str; 6] = ["reads", "certainty", "entry", "pre_consent", "background", "owner"];

/// The differences of one case, and its part of the table.
#[derive(Default)]
struct Outcome {
    differences: Vec<String>,
    tallies: BTreeMap<&'static str, Tally>,
}

impl Outcome {
    fn tally(&mut self, counted: &'static str) -> &mut Tally {
        self.tallies.entry(counted).or_default()
    }

    /// Holds one answer of a read against its row, and says what differs.
    fn hold(&mut self, row: &Row, what: &str, expected: &str, found: &str) {
        if expected != "*" && expected != found {
            self.differences.push(format!("{} in {}: {what} {found}, not {expected}", row.data, row.caller));
        }
    }
}

impl Row {
    fn means(&self, read: &Value) -> bool {
        let same = |key: &str, wanted: &Option<String>| wanted.as_ref().is_none_or(|it| read[key] == it.as_str());
        read["data"] == self.data.as_str()
            && read["caller"] == self.caller.as_str()
            && same("api", &self.api)
            && same("literal", &self.literal)
    }

    fn owner(&self) -> &str {
        self.owner.as_deref().unwrap_or(OWNER)
    }

    /// What the row says about a thing that is counted, and `-` for nothing.
    fn expects(&self, counted: &str) -> &str {
        let flag = |flag: &Flag| match flag {
            Flag::Is(true) => "true",
            Flag::Is(false) => "false",
            Flag::Any(Star::Star) => "*",
        };
        match counted {
            "certainty" => &self.certainty,
            "entry" => self.entry.as_deref().unwrap_or("-"),
            "pre_consent" => flag(&self.pre_consent),
            "background" => flag(&self.background),
            _ => self.owner(),
        }
    }
}

/// What a read says about a thing that is counted, and `-` for nothing.
fn said(read: &Value, counted: &str) -> String {
    match (counted, &read[counted]) {
        ("owner", owner) => format!("{}:{}", text(&owner["kind"]), text(&owner["id"])),
        (_, Value::Null) => "-".to_owned(),
        (_, value) => text(value),
    }
}

/// A string as it is, anything else as JSON.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Whether an answer counts as found: reads that are reachable, have an entry, come before consent …
fn counts(counted: &str, answer: &str) -> bool {
    match counted {
        "certainty" => answer == "reachable",
        "entry" => answer != "-",
        "pre_consent" | "background" => answer == "true",
        _ => true,
    }
}

fn compare(case: &Case, behavior: &Behavior) -> Outcome {
    let mut outcome = Outcome::default();
    let reads: Vec<Value> = behavior.reads.iter().map(|read| serde_json::to_value(read).unwrap()).collect();
    for row in &case.read {
        let found: Vec<&Value> = reads.iter().filter(|read| row.means(read)).collect();
        outcome.tally("reads").add(true, !found.is_empty(), !found.is_empty());
        if found.is_empty() {
            let literal = row.literal.as_deref().unwrap_or("-");
            outcome.differences.push(format!("missing: {} in {} by {literal}", row.data, row.caller));
        }
        for counted in &COUNTED[1..] {
            let expected = row.expects(counted);
            let answers: BTreeSet<String> = found.iter().map(|read| said(read, counted)).collect();
            if expected == "*" {
                continue;
            }
            let wanted = counts(counted, expected);
            let answered = answers.iter().any(|answer| counts(counted, answer));
            let right = answered && answers.iter().all(|answer| answer == expected);
            outcome.tally(counted).add(wanted, answered, wanted && right);
            for answer in &answers {
                outcome.hold(row, counted, expected, answer);
            }
        }
        for read in found {
            evidence(row, read, &mut outcome);
        }
    }
    let unexpected = reads.iter().filter(|read| !case.read.iter().any(|row| row.means(read)));
    let added: BTreeMap<(String, String, String), &Value> =
        unexpected.map(|read| ((text(&read["data"]), text(&read["caller"]), text(&read["literal"])), read)).collect();
    for ((data, caller, literal), read) in added {
        outcome.differences.push(format!("added: {data} in {caller} by {literal}"));
        for counted in COUNTED {
            outcome.tally(counted).add(false, counts(counted, &said(read, counted)), false);
        }
    }
    for kind in &case.reasons {
        if !behavior.completeness.reasons.iter().any(|reason| reason.kind == kind) {
            outcome.differences.push(format!("no reason of the kind {kind}"));
        }
    }
    if case.issues == behavior.issues.is_empty() {
        outcome.differences.push(format!("issues: {:?}", behavior.issues));
    }
    outcome
}

/// Holds what a read shows for its answers against the row: path, guard, callers, reflection.
fn evidence(row: &Row, read: &Value, outcome: &mut Outcome) {
    let path: Vec<String> = read["path"].as_array().unwrap().iter().map(text).collect();
    let mut complain = |what: String| outcome.differences.push(format!("{} in {}: {what}", row.data, row.caller));
    if path.len() > FRAMES || path.is_empty() == (row.certainty == "reachable") {
        complain(format!("a path of {} frames", path.len()));
    }
    if let Some(frame) = row.through.as_ref().filter(|frame| !path.contains(frame)) {
        complain(format!("the path does not show {frame}: {path:?}"));
    }
    let via = [&read["via"], &read["owner"]["via"]].into_iter().any(|via| !via.is_null());
    if row.via.is_some_and(|wanted| wanted != via) {
        complain(format!("the owner is {}that of the callers", if via { "" } else { "not " }));
    }
    if row.reflection && !read.to_string().contains("reflection") {
        complain("nothing says that it is by reflection".to_owned());
    }
    if let Some(guard) = &row.guard {
        // The note may say it.
        let shown = format!("{} {}", text(&read["guard"]), text(&read["note"]));
        let parts = [guard.class.as_ref(), guard.method.as_ref(), Some(&guard.key)];
        if let Some(part) = parts.into_iter().flatten().find(|part| !shown.contains(*part)) {
            complain(format!("the guard does not show {part}: {shown}"));
        }
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/flow")
}

/// All cases by name.
fn cases() -> BTreeMap<String, Case> {
    let folders = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    folders
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let text = fs::read_to_string(path.join("case.toml")).unwrap_or_else(|error| panic!("{name}: {error}"));
            (name.clone(), toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}")))
        })
        .collect()
}

/// The cases that may differ, with the reason: `case: reason`, a line each.
fn known_gaps() -> BTreeMap<String, String> {
    let list = fs::read_to_string(folder().join("known-gaps.txt")).unwrap();
    let lines = list.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let gaps: Vec<(String, String)> = lines
        .map(|line| {
            let (case, reason) = line.split_once(": ").unwrap_or_else(|| panic!("{line}: a case and a reason"));
            (case.to_owned(), reason.to_owned())
        })
        .collect();
    assert!(gaps.is_sorted_by(|left, right| left.0 < right.0), "the list of gaps is sorted, and names a case once");
    gaps.into_iter().collect()
}

fn observe(observer: &Observer, case: &str) -> Behavior {
    let (inputs, issues) = discover(&[folder().join(case).join("case.apk")]);
    assert_eq!(issues, [], "{case}");
    let [input]: [Input; 1] = inputs.try_into().unwrap();
    observer.observe(&Package::open(&input).unwrap())
}

fn share(part: usize, whole: usize) -> String {
    if whole == 0 {
        return "-".to_owned();
    }
    let tenths = (part * 2000 + whole) / (whole * 2);
    format!("{}.{} %", tenths / 10, tenths % 10)
}

#[test]
fn every_case_shows_its_reads_and_no_other() {
    let (cases, gaps) = (cases(), known_gaps());
    let observer = Observer::new(Catalog::builtin(), Focus::Policy);
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    let mut wrong: Vec<String> = Vec::new();
    for (name, case) in &cases {
        let outcome = compare(case, &observe(&observer, name));
        for (counted, tally) in &outcome.tallies {
            let sum = tallies.entry(counted).or_default();
            sum.expected += tally.expected;
            sum.found += tally.found;
            sum.right += tally.right;
        }
        match (gaps.get(name), outcome.differences.is_empty()) {
            (None, true) => {}
            (Some(_), true) => wrong.push(format!("{name} matches: remove it from known-gaps.txt")),
            (Some(reason), false) => {
                println!("gap {name}: {reason}\n    {}", outcome.differences.join("\n    "));
            }
            (None, false) => {
                wrong.push(format!("{name} ({}):\n    {}", case.about, outcome.differences.join("\n    ")));
            }
        }
    }
    for name in gaps.keys().filter(|name| !cases.contains_key(*name)) {
        wrong.push(format!("{name} of known-gaps.txt is no case"));
    }
    println!("\ncases {}   known gaps {}   passed {}\n", cases.len(), gaps.len(), cases.len() - gaps.len());
    println!("{:<12} {:>8} {:>8} {:>8} {:>9} {:>10}", "", "expected", "found", "right", "recall", "precision");
    for counted in COUNTED {
        let Tally { expected, found, right } = tallies.get(counted).copied().unwrap_or_default();
        let (recall, precision) = (share(right, expected), share(right, found));
        println!("{counted:<12} {expected:>8} {found:>8} {right:>8} {recall:>9} {precision:>10}");
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(cases.len() >= 80, "{} cases", cases.len());
}
