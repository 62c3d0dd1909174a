//! The invariants of the design, held against the source tree: which room may use which, where names of the catalog may
//! stand, what only some rooms may do. Output that depends on the input alone is shown by `tests/determinism.rs`.
//!
//! Sources are compared as tokens. `snippets.rs` shows of each check that it can fail.

mod snippets;
mod source;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use candor::catalog::{Catalog, SourceKind};

use source::{Kind, Source, Token, sources};

/// What each room may use. Readers know nothing of privacy, the disclosure knows nothing of packages, the report does not
/// reach behind the behavior, and only `check` sees both sides.
const EDGES: [(&str, &[&str]); 20] = [
    ("error", &[]),
    ("limits", &[]),
    ("names", &[]),
    ("located", &["catalog", "error", "limits"]),
    ("container", &["error", "limits"]),
    ("manifest", &["error", "limits"]),
    ("dex", &["error", "limits"]),
    ("native", &["error", "limits"]),
    ("script", &["error", "limits"]),
    ("flow", &["dex", "error", "limits", "names"]),
    ("catalog", &["error", "limits", "names"]),
    ("behavior", &["catalog", "container", "dex", "error", "flow", "limits", "manifest", "names", "native", "script"]),
    ("disclosure", &["catalog", "error", "limits", "located"]),
    ("policy", &["catalog", "disclosure", "error", "limits"]),
    ("changes", &["behavior", "error", "limits"]),
    ("check", &["behavior", "catalog", "disclosure", "error", "limits"]),
    ("gate", &["behavior", "catalog", "check", "error", "limits", "located"]),
    ("report", &["behavior", "catalog", "changes", "check", "disclosure", "error", "gate", "limits"]),
    ("store", &["behavior", "catalog", "check", "disclosure", "error", "limits"]),
    (
        "cli",
        &[
            "behavior",
            "catalog",
            "changes",
            "check",
            "container",
            "disclosure",
            "error",
            "gate",
            "limits",
            "located",
            "policy",
            "report",
            "store",
        ],
    ),
];

/// Rooms that read hostile bytes.
const READERS: [&str; 7] = ["container", "manifest", "dex", "native", "script", "flow", "policy"];

/// What every room of [`READERS`] denies.
const DENIED: [&str; 3] = ["indexing_slicing", "arithmetic_side_effects", "unwrap_used"];

const PRINTING: [&str; 1] = ["cli"];
const TOUCHING_FILES: [&str; 6] = ["container", "catalog", "disclosure", "located", "store", "cli"];

/// The only file with `unsafe` in it.
const UNSAFE: &str = "container/map.rs";

/// The build script speaks to cargo on standard output.
const BUILD_SCRIPT: &str = "catalog/build.rs";

const MAX_LINES: usize = 500;

/// Crates that open connections, or that would make it easy.
const NETWORK_CRATES: [&str; 12] = [
    "async-std",
    "attohttpc",
    "curl",
    "hyper",
    "isahc",
    "minreq",
    "mio",
    "reqwest",
    "socket2",
    "surf",
    "tokio",
    "ureq",
];

/// Names of the catalog that may stand in Rust, with the place and the reason.
const NAMES_IN_RUST: [(&str, &str, &str); 7] = [
    ("manifest/package.rs", "Donut", "the code name of API level 4, beside those of the other levels"),
    ("native/symbols.rs", "JNI_OnLoad", "the function that the JNI specification names"),
    ("report/cyclonedx.rs", "location", "a key of the format"),
    ("report/junit.rs", "junit", "the name of the format"),
    ("report/sarif/artifacts.rs", "location", "a key of the format"),
    ("report/text/behavior.rs", "个人数据", "the heading over all data types"),
    ("policy/pdf.rs", "Matrix", "the key of a form that the PDF format names"),
];

#[test]
fn rooms_use_only_what_their_place_in_the_design_allows() {
    hold(edges);
}

#[test]
fn readers_deny_what_would_make_hostile_bytes_a_panic() {
    hold(denied_lints);
    for room in READERS.into_iter().filter(|room| Path::new("src").join(room).is_dir()) {
        assert!(Path::new("src").join(room).join("mod.rs").exists(), "{room} has a mod.rs that carries the lints");
    }
}

#[test]
fn only_the_command_line_prints_and_only_some_rooms_touch_files() {
    hold(prints);
    hold(files);
}

#[test]
fn nothing_reaches_the_network_or_starts_a_program() {
    hold(network);
    let manifest = fs::read_to_string("Cargo.toml").expect("the manifest is there");
    let used = |name: &&str| manifest.lines().any(|line| line.split([' ', '=', '.']).next() == Some(name));
    assert_eq!(NETWORK_CRATES.iter().copied().filter(used).collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn time_and_environment_reach_the_command_line_only() {
    hold(surroundings);
}

#[test]
fn unsafe_stands_in_one_file() {
    hold(unsafety);
    let map =
        sources().into_iter().find(|source| source.path == UNSAFE).expect("the wrapper is where it is documented");
    assert_eq!(map.tokens.iter().filter(|token| token.is("unsafe")).count(), 1, "one block in {UNSAFE}");
}

#[test]
fn names_of_the_catalog_are_data() {
    let names = Names::of(Catalog::builtin());
    hold(|source| names.complaints(source));
}

#[test]
fn every_name_that_may_stand_in_rust_still_does() {
    for (path, name, reason) in NAMES_IN_RUST {
        let text = fs::read_to_string(Path::new("src").join(path)).expect("the place exists");
        assert!(text.contains(name), "{path} no longer has {name} ({reason})");
    }
}

#[test]
fn files_are_short_and_say_what_they_are_for() {
    hold(form);
}

/// Fails with all complaints about all sources, so that one run shows them together.
fn hold(check: impl Fn(&Source) -> Vec<String>) {
    let complaints: Vec<String> = sources().iter().flat_map(check).collect();
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}
fn edges(source: &Source) -> Vec<String> {
    if ["lib", "main"].contains(&source.room()) {
        return Vec::new();
    }
    let Some((_, allowed)) = EDGES.iter().find(|(room, _)| *room == source.room()) else {
        return vec![source.complain(1, format!("the room {} has no place in the table", source.room()))];
    };
    let mut complaints = Vec::new();
    for (line, used) in used_rooms(source) {
        // `lib.rs` shows the types of `error` at the top.
        let used = if ["Error", "Issue", "Result"].contains(&used.as_str()) { "error" } else { &used };
        if used != source.room() && !allowed.contains(&used) {
            complaints.push(source.complain(line, format!("{} may not use {used}", source.room())));
        }
    }
    complaints
}

/// What follows `crate::`, and `super::` where it leads to the root.
fn used_rooms(source: &Source) -> Vec<(usize, String)> {
    let mut used = Vec::new();
    for start in source.places(&["crate", ":", ":"]) {
        first_segments(&source.tokens[start + 3..], &mut used);
    }
    let up = ["super", ":", ":"].repeat(source.depth());
    for start in source.places(&up) {
        first_segments(&source.tokens[start + up.len()..], &mut used);
    }
    used
}

/// The first segment of a path, or of each path in braces.
fn first_segments(tokens: &[Token], used: &mut Vec<(usize, String)>) {
    let Some(first) = tokens.first() else { return };
    if !first.is("{") {
        used.push((first.line, first.text.clone()));
        return;
    }
    let mut depth = 0;
    let mut fresh = false;
    for token in tokens {
        match token.text.as_str() {
            "{" => (depth, fresh) = (depth + 1, depth == 0),
            "}" if depth == 1 => return,
            "}" => depth -= 1,
            "," => fresh = depth == 1,
            _ if fresh => {
                used.push((token.line, token.text.clone()));
                fresh = false;
            }
            _ => {}
        }
    }
}

fn denied_lints(source: &Source) -> Vec<String> {
    if !READERS.contains(&source.room()) {
        return Vec::new();
    }
    let mut complaints = Vec::new();
    if source.path.ends_with("/mod.rs") && source.path.matches('/').count() == 1 {
        let denied: BTreeSet<&str> = source
            .places(&["#", "!", "[", "deny", "("])
            .flat_map(|start| source.tokens[start..].iter().take_while(|token| !token.is("]")))
            .map(|token| token.text.as_str())
            .collect();
        let missing = DENIED.into_iter().filter(|lint| !denied.contains(lint));
        complaints.extend(missing.map(|lint| source.complain(1, format!("a reader denies clippy::{lint}"))));
    }
    // Beside the place, an allowance says in a `reason` or a comment why it is sound; over a whole file it never is.
    for lint in DENIED {
        complaints.extend(source.find(&["#", "!", "[", "allow", "(", "clippy", ":", ":", lint], "over a whole file"));
    }
    complaints
}

fn prints(source: &Source) -> Vec<String> {
    if PRINTING.contains(&source.room()) || [BUILD_SCRIPT, "main.rs"].contains(&source.path.as_str()) {
        return Vec::new();
    }
    let macros = ["print", "println", "eprint", "eprintln", "dbg"];
    let printed = macros.into_iter().flat_map(|name| source.find(&[name, "!"], "prints"));
    let streams = ["stdout", "stderr"].into_iter().flat_map(|name| source.find(&["io", ":", ":", name], "prints"));
    printed.chain(streams).collect()
}

fn files(source: &Source) -> Vec<String> {
    if TOUCHING_FILES.contains(&source.room()) {
        return Vec::new();
    }
    let paths: [&[&str]; 7] = [
        &["std", ":", ":", "fs"],
        &["fs", ":", ":"],
        &["File", ":", ":", "open"],
        &["File", ":", ":", "create"],
        &["OpenOptions"],
        &["walkdir"],
        &["memmap2"],
    ];
    let methods = ["canonicalize", "exists", "is_dir", "is_file", "metadata", "read_dir", "read_link"];
    let named = paths.into_iter().flat_map(|path| source.find(path, "touches files"));
    let called = methods.into_iter().flat_map(|method| source.find(&[".", method, "("], "touches files"));
    named.chain(called).chain(imported(source, "fs")).collect()
}

/// `use std::{fs, …}`.
fn imported(source: &Source, name: &str) -> Vec<String> {
    let mut segments = Vec::new();
    source.places(&["std", ":", ":", "{"]).for_each(|start| first_segments(&source.tokens[start + 3..], &mut segments));
    segments.retain(|(_, segment)| segment == name);
    segments.into_iter().map(|(line, _)| source.complain(line, format!("uses std::{name}"))).collect()
}

fn network(source: &Source) -> Vec<String> {
    let mut complaints = source.find(&["std", ":", ":", "net"], "reaches the network");
    complaints.extend(imported(source, "net"));
    complaints.extend(source.find(&["process", ":", ":", "Command"], "starts a program"));
    complaints
}

fn surroundings(source: &Source) -> Vec<String> {
    if source.room() == "cli" || source.path == BUILD_SCRIPT {
        return Vec::new();
    }
    let mut complaints = source.find(&["std", ":", ":", "env"], "depends on the environment");
    complaints.extend(imported(source, "env"));
    for clock in ["Instant", "SystemTime"] {
        complaints.extend(source.find(&[clock], "depends on the time"));
    }
    complaints
}

fn unsafety(source: &Source) -> Vec<String> {
    if source.path == UNSAFE {
        return Vec::new();
    }
    ["unsafe", "unsafe_code"].into_iter().flat_map(|sign| source.find(&[sign], "only in container/map.rs")).collect()
}

fn form(source: &Source) -> Vec<String> {
    let mut complaints = Vec::new();
    let lines = source.text.lines().count();
    if lines > MAX_LINES {
        complaints.push(source.complain(lines, format!("more than {MAX_LINES} lines")));
    }
    if !source.text.starts_with("//! ") {
        complaints.push(source.complain(1, "starts with `//!` and what it is for"));
    }
    for (number, line) in (1..).zip(source.text.lines()) {
        for mark in ["TODO", "FIXME", "XXX"] {
            if line.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == mark) {
                complaints.push(source.complain(number, format!("unfinished: {mark}")));
            }
        }
    }
    for name in ["todo", "unimplemented"] {
        complaints.extend(source.find(&[name, "!"], "unfinished"));
    }
    complaints
}

/// Words of the catalog that Rust must not know.
struct Names {
    /// Found anywhere in a string, at the edges of a word.
    inside: Vec<(&'static str, String)>,
    /// Found as a whole string only: words that are also words of the language.
    whole: Vec<(&'static str, String)>,
    rules: Vec<String>,
}

impl Names {
    fn of(catalog: &Catalog) -> Self {
        let tables = &catalog.tables;
        let mut names: Vec<(&'static str, &str)> = Vec::new();
        for entry in &tables.data_types {
            names.extend([entry.id, entry.name_zh, entry.name_en].map(|name| ("data type", name)));
            names.extend(entry.aliases_zh.iter().map(|alias| ("data type", *alias)));
        }
        names.extend(tables.permissions.iter().map(|entry| ("permission", entry.name)));
        for entry in &tables.sdks {
            names.extend([entry.id, entry.name, entry.name_zh].map(|name| ("SDK", name)));
            names.extend(entry.policy_names.iter().chain(entry.all_prefixes()).map(|name| ("SDK", *name)));
        }
        names.extend(tables.libraries.iter().map(|entry| ("library", entry.prefix)));
        for entry in &tables.sources {
            names.push(("source", entry.target));
            if entry.kind == SourceKind::MethodCall {
                names.extend(entry.target.split_once("->").map(|(class, _)| ("source", class)));
            }
            names.push(("constant of a source", entry.arg_value));
        }
        names.extend(tables.markers.iter().map(|entry| ("marker", entry.pattern)));
        let mut split = Self { inside: Vec::new(), whole: Vec::new(), rules: Vec::new() };
        for (what, name) in names {
            let is_word = name.chars().all(|c| c.is_ascii_alphanumeric() || c == ' ');
            match name.chars().count() {
                0..3 => {}
                _ if is_word => split.whole.push((what, name.to_owned())),
                _ => split.inside.push((what, name.to_owned())),
            }
        }
        split.rules = tables.rules.iter().flat_map(|rule| [rule.id.to_owned(), rule.name.to_owned()]).collect();
        split
    }

    fn complaints(&self, source: &Source) -> Vec<String> {
        if source.room() == "catalog" {
            return Vec::new();
        }
        let mut complaints = BTreeSet::new();
        for token in source.tokens.iter().filter(|token| token.kind == Kind::Text) {
            let content = token.text.trim_matches(|c| "br#\"".contains(c));
            let inside = self.inside.iter().filter(|(_, name)| stands_in(content, name));
            let whole = self.whole.iter().filter(|(_, name)| content == name);
            for (what, name) in inside.chain(whole) {
                let allowed = |(path, known, _): &(&str, &str, &str)| *path == source.path && known == name;
                if !NAMES_IN_RUST.iter().any(allowed) {
                    complaints.insert(source.complain(token.line, format!("the {what} `{name}` is catalog data")));
                }
            }
            if source.room() != "check" && self.rules.iter().any(|rule| stands_in(content, rule)) {
                complaints.insert(source.complain(token.line, "only check knows rules"));
            }
        }
        complaints.into_iter().collect()
    }
}

/// Whether `text` has `name` in it, not as a part of a longer word.
fn stands_in(text: &str, name: &str) -> bool {
    let is_edge = |outside: Option<char>, inside: Option<char>| {
        let is_word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
        !(is_word(outside) && is_word(inside))
    };
    text.match_indices(name).any(|(start, _)| {
        let (before, after) = (&text[..start], &text[start + name.len()..]);
        is_edge(before.chars().next_back(), name.chars().next())
            && is_edge(after.chars().next(), name.chars().next_back())
    })
}
