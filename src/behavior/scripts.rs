//! Reads in scripts: the calls that the catalog knows, in the code of hybrid apps.
//!
//! A call is a whole member expression as it is written. In bytecode there are only its parts, as names; that they are
//! used together is not known, so only a call of distinctive names counts. What code reaches them is never known.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use memchr::memmem;
use rayon::prelude::*;
use regex::bytes::Regex;
use rustc_hash::{FxHashMap, FxHashSet};

use super::calls::Calls;
use super::endpoints::{Host, Hosts};
use super::expression::compiled;
use super::model::{Grade, Owner, OwnerKind, Read, SdkFound};
use super::owners::Owners;
use super::sdks::{Signs, is_library, matches_glob};
use super::texts::ShownTexts;
use crate::catalog::{ArgOp, Catalog, Confidence, Focus, Marker};
use crate::container::{Entry, Part};
use crate::error::Issue;
use crate::limits::MAX_SCRIPT_BYTES;
use crate::script::{Kind, Role, Script, Text};

/// How files of scripts end.
const ENDINGS: [&str; 9] = [".bundle", ".cjs", ".hbc", ".htm", ".html", ".js", ".jsbundle", ".jsc", ".mjs"];

/// Objects that a script may name before a global one.
const GLOBALS: [&str; 4] = ["global", "globalThis", "self", "window"];

/// Bytes of a name that is a call's last part, from which on it is distinctive.
const MIN_DISTINCTIVE: usize = 10;

/// First bytes of an unknown file that are told.
const SHOWN_BYTES: usize = 8;

/// Files that are named before the rest is counted.
const NAMED: usize = 20;

/// All that is looked for in scripts.
#[derive(Debug)]
pub(super) struct ScriptWords {
    catalog: &'static Catalog,
    /// Made for the first script, as what finds them is.
    calls: OnceLock<Calls>,
    finders: OnceLock<Finders>,
    /// Signs of a framework in the files of a package, whose code is then in scripts.
    bundles: Vec<Sign>,
}

/// A sign of a framework: a file, a folder with a slash at its end, or a pattern with `*`.
#[derive(Debug)]
struct Sign {
    framework: &'static str,
    pattern: &'static str,
    /// What stands before the first `*` and behind the last.
    ends: (&'static str, &'static str),
}

/// What finds words and expressions in bytes.
#[derive(Debug)]
struct Finders {
    words: Option<AhoCorasick>,
    expressions: Vec<(usize, Regex)>,
}

/// What was seen of the scripts of a package.
#[derive(Debug, Default)]
pub(super) struct Scripts {
    pub(super) reads: Vec<Read>,
    pub(super) hosts: BTreeSet<(Host, Owner)>,
    /// Texts about privacy.
    pub(super) texts: BTreeSet<(&'static str, Owner)>,
    pub(super) issues: Vec<Issue>,
    /// Script files by framework.
    files: BTreeMap<&'static str, usize>,
    /// Files that could not be read as scripts.
    others: Vec<String>,
}

/// What a search of scripts needs to know.
#[derive(Clone, Copy)]
pub(super) struct ScriptSearch<'s> {
    pub(super) words: &'s ScriptWords,
    pub(super) hosts: &'s Hosts,
    pub(super) texts: &'s ShownTexts,
    pub(super) signs: &'s Signs,
    pub(super) owners: &'s Owners<'s>,
    /// Reads beyond this focus are left out.
    pub(super) focus: Focus,
}

/// A script file of the package.
struct File<'p> {
    part: &'p Part,
    entry: &'p Entry,
    label: String,
    /// The framework whose code it is.
    bundle: Option<&'static str>,
}

/// Where a source is in one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) offset: usize,
    count: usize,
    /// Only the names of the call are there.
    is_in_parts: bool,
}

/// What one file shows.
struct Shown {
    places: BTreeMap<usize, Place>,
    hosts: BTreeSet<Host>,
    texts: Vec<&'static str>,
    issues: Vec<Issue>,
    /// It is no script that can be read, but this.
    other: Option<String>,
}

impl ScriptWords {
    /// The words of a catalog, which lives as long as the process.
    pub(super) fn new(catalog: &'static Catalog) -> Self {
        let is_bundle = |marker: &&Marker| {
            marker.effect.starts_with("logic-in-")
                && matches!(marker.marker, "asset" | "zip-entry")
                && marker.confidence > Confidence::Low
        };
        let sign = |marker: &'static Marker| {
            // A few patterns carry a remark in brackets.
            let pattern = marker.pattern.split(" (").next().unwrap_or(marker.pattern);
            let before = pattern.split('*').next().unwrap_or_default();
            let behind = pattern.rsplit('*').next().unwrap_or_default();
            Sign { framework: marker.name, pattern, ends: (before, behind) }
        };
        let bundles = catalog.markers("hybrid").filter(is_bundle).map(sign).collect();
        Self { catalog, calls: OnceLock::new(), finders: OnceLock::new(), bundles }
    }

    fn calls(&self) -> &Calls {
        self.calls.get_or_init(|| Calls::new(self.catalog))
    }

    fn finders(&self) -> &Finders {
        self.finders.get_or_init(|| {
            let Calls { sources, words, expressions } = self.calls();
            let patterns = words.iter().map(|(word, _)| word);
            // A bundle has megabytes, so the larger automaton pays.
            let kind = Some(AhoCorasickKind::DFA);
            let words = AhoCorasick::builder().kind(kind).match_kind(MatchKind::LeftmostLongest).build(patterns).ok();
            let of = |place: &usize| Some((*place, compiled(sources.get(*place)?.arg_value)?));
            Finders { words, expressions: expressions.iter().filter_map(of).collect() }
        })
    }

    /// The sources in the printable strings of a file that is no script.
    pub(super) fn in_texts<'b>(&self, texts: impl Iterator<Item = Text<'b>>) -> BTreeMap<usize, Place> {
        let mut found = Found::new(self);
        texts.for_each(|text| found.add_text(&text));
        found.places
    }

    /// What is looked for in a script; nothing where no word of it is in the bytes at all.
    fn sought<'w>(&'w self, script: &Script<'_>) -> Option<Found<'w>> {
        let mut found = Found::new(self);
        if let Kind::JavaScript | Kind::Html = script.kind {
            for (source, expression) in &self.finders().expressions {
                found.hits.extend(expression.find_iter(script.bytes()).map(|hit| (hit.start(), *source)));
            }
            found.hits.sort_unstable();
        }
        if let Kind::Hermes(_) = script.kind {
            found.parts = self.calls().words.iter().flat_map(|(word, _)| word.split('.')).map(str::as_bytes).collect();
            return Some(found);
        }
        let is_in = self.finders().words.as_ref().is_some_and(|finder| finder.is_match(script.bytes()));
        (is_in || !found.hits.is_empty()).then_some(found)
    }

    /// The read that a source is, where it is asked for.
    pub(super) fn read(
        &self,
        (source, place): (usize, Place),
        label: &str,
        owner: &Owner,
        owners: &Owners<'_>,
        focus: Focus,
    ) -> Option<Read> {
        let source = *self.calls().sources.get(source)?;
        let undecided = source.data == "*";
        if source.focus > focus || undecided && focus != Focus::Noise {
            return None;
        }
        Some(Read {
            note: place.note(),
            confidence: if place.is_in_parts { source.confidence.min(Confidence::Medium) } else { source.confidence },
            focus: if undecided { Focus::Noise } else { source.focus },
            ..owners.read(source, owner.clone(), label, place.offset as u64)
        })
    }
}

impl Sign {
    /// Whether it names the file with this label.
    fn names(&self, label: &str) -> bool {
        let (before, behind) = self.ends;
        label.starts_with(before)
            && (label.ends_with(behind) && matches_glob(self.pattern, label)
                || self.pattern.ends_with('/') && label.starts_with(self.pattern))
    }
}

impl Place {
    fn note(self) -> Option<String> {
        let parts = "its names are in the bytecode; that they are used together is not seen";
        match (self.is_in_parts, self.count) {
            (true, _) => Some(parts.to_owned()),
            (false, 1) => None,
            (false, count) => Some(format!("{count} places in this file")),
        }
    }
}

impl Scripts {
    /// What of the package's code they leave unseen.
    pub(super) fn reasons(&self) -> Vec<String> {
        let read = |(framework, count): (&&str, &usize)| match count {
            1 => format!("{framework}: names and strings of 1 script file were read, its code was not"),
            _ => format!("{framework}: names and strings of {count} script files were read, their code was not"),
        };
        let rest = self.others.len().saturating_sub(NAMED);
        let more = (rest > 0).then(|| format!("{rest} more files in the place of scripts could not be read as such"));
        self.files.iter().map(read).chain(self.others.iter().take(NAMED).cloned()).chain(more).collect()
    }
}

impl ScriptSearch<'_> {
    /// Looks into all scripts of the parts, in parallel; the order of the result is that of its values.
    pub(super) fn run(&self, parts: &[&Part], sdks: &[SdkFound]) -> Scripts {
        let mut files = self.files(parts);
        let mut bytes = 0_u64;
        let fitting = files.iter().take_while(|file| {
            bytes = bytes.saturating_add(file.entry.size);
            bytes <= MAX_SCRIPT_BYTES
        });
        let beyond = files.split_off(fitting.count());
        let shown: Vec<Result<Shown, Issue>> = files.par_iter().map(|file| self.look(file)).collect();
        let mut scripts = Scripts::default();
        scripts.others.extend(beyond.iter().map(|file| format!("{} is too much to read", file.label)));
        for (file, shown) in files.iter().zip(shown) {
            if let Some(framework) = file.bundle {
                *scripts.files.entry(framework).or_default() += 1;
            }
            match shown {
                Ok(shown) => {
                    scripts.issues.extend(shown.issues);
                    scripts.others.extend(shown.other.map(|what| format!("{} {what}", file.label)));
                    if shown.places.is_empty() && shown.hosts.is_empty() && shown.texts.is_empty() {
                        continue;
                    }
                    let owner = self.owner(file, sdks);
                    let read = |place| self.words.read(place, &file.label, &owner, self.owners, self.focus);
                    scripts.reads.extend(shown.places.into_iter().filter_map(read));
                    scripts.hosts.extend(shown.hosts.into_iter().map(|host| (host, owner.clone())));
                    scripts.texts.extend(shown.texts.into_iter().map(|text| (text, owner.clone())));
                }
                Err(issue) => {
                    scripts.others.push(format!("{} could not be read", file.label));
                    scripts.issues.push(issue);
                }
            }
        }
        scripts.others.sort();
        scripts
    }

    /// The scripts of all parts: by their names, and those that a framework's sign names.
    fn files<'p>(&self, parts: &[&'p Part]) -> Vec<File<'p>> {
        let mut entries: Vec<(&Part, &Entry, String)> = Vec::new();
        for part in parts.iter().copied() {
            entries.extend(part.entries().iter().map(|entry| (part, entry, part.label(&entry.name))));
        }
        // Folders of bundles, as the start of labels.
        let mut folders: BTreeMap<String, &'static str> = BTreeMap::new();
        let mut named: BTreeMap<&str, &'static str> = BTreeMap::new();
        for (_, _, label) in &entries {
            let Some(sign) = self.words.bundles.iter().find(|sign| sign.names(label)) else { continue };
            named.insert(label, sign.framework);
            folders.entry(format!("{label}!/")).or_insert(sign.framework);
            let folder = label.rfind('/').map_or("", |end| label.get(..=end).unwrap_or_default());
            if folder.matches('/').count() > 1 {
                folders.entry(folder.to_owned()).or_insert(sign.framework);
            }
        }
        let mut files: Vec<File<'p>> = Vec::new();
        for (part, entry, label) in &entries {
            let sign = named.get(label.as_str()).copied();
            if is_script(&entry.name) || sign.is_some() && !is_archive(&entry.name) {
                let mut above = label.rmatch_indices('/').filter_map(|(end, _)| label.get(..=end));
                let bundle = sign.or_else(|| above.find_map(|folder| folders.get(folder).copied()));
                files.push(File { part, entry, label: label.clone(), bundle });
            }
        }
        files.sort_by(|a, b| a.label.cmp(&b.label));
        files
    }

    fn look(&self, file: &File<'_>) -> Result<Shown, Issue> {
        let bytes = file.part.read_claimed(file.entry).map_err(|error| Issue::from_error(&file.label, &error))?;
        let (script, issues) = Script::read(&file.label, &bytes);
        let other = match script.kind {
            Kind::JavaScript | Kind::Html | Kind::Hermes(_) => None,
            Kind::UnknownHermes(version) => {
                Some(format!("is Hermes bytecode {version} that is not known; only printable strings were read"))
            }
            // What a framework's sign names need be no script.
            Kind::Opaque if !is_script(&file.entry.name) => None,
            Kind::Opaque => {
                let first: Vec<String> = bytes.iter().take(SHOWN_BYTES).map(|byte| format!("{byte:02x}")).collect();
                let first = first.join(" ");
                Some(format!("is no script as text, it begins with {first}; only printable strings were read"))
            }
        };
        let mut hosts = BTreeSet::new();
        let mut sought = self.words.sought(&script);
        let has_hosts = memmem::find(&bytes, b"://").is_some();
        let texts = (has_hosts || sought.is_some()).then(|| script.texts());
        for text in texts.into_iter().flatten() {
            if let Some(found) = &mut sought {
                found.add_text(&text);
            }
            match text.role {
                _ if !has_hosts => {}
                Role::Markup => hosts.extend(self.hosts.in_markup(&text.bytes)),
                _ => hosts.extend(self.hosts.in_text(&text.bytes)),
            }
        }
        let places = sought.map(Found::into_places).unwrap_or_default();
        Ok(Shown { places, hosts, texts: self.texts.in_file(&bytes), issues, other })
    }

    /// Whose script it is: the app's where a framework takes its code from there, else the SDK that lists the file.
    fn owner(&self, file: &File<'_>, sdks: &[SdkFound]) -> Owner {
        let listed = self.signs.with_file(&file.entry.name);
        let present = |id: &str| sdks.iter().any(|sdk| sdk.id == id && sdk.grade == Grade::Present);
        let mut owners = listed.iter().filter(|sdk| listed.len() == 1 || present(sdk.id));
        match (file.bundle, owners.next(), owners.next()) {
            (Some(_), ..) => self.owners.app(),
            (_, Some(sdk), None) if sdk.utility => Owner { kind: OwnerKind::Library, id: sdk.id.to_owned() },
            (_, Some(sdk), None) => Owner { kind: OwnerKind::Sdk, id: sdk.id.to_owned() },
            _ => Owner { kind: OwnerKind::Unknown, id: file.label.clone() },
        }
    }
}

/// The sources found so far in one file.
struct Found<'w> {
    words: &'w ScriptWords,
    places: BTreeMap<usize, Place>,
    /// Where expressions match, ascending: the offset and the source. They count where they begin in code.
    hits: Vec<(usize, usize)>,
    /// Hits that are passed.
    passed: usize,
    /// Of bytecode: the names that calls are made of, and where those that were seen are.
    parts: FxHashSet<&'w [u8]>,
    seen: FxHashMap<&'w [u8], usize>,
}

impl<'w> Found<'w> {
    fn new(words: &'w ScriptWords) -> Self {
        Self {
            words,
            places: BTreeMap::new(),
            hits: Vec::new(),
            passed: 0,
            parts: FxHashSet::default(),
            seen: FxHashMap::default(),
        }
    }

    fn add(&mut self, sources: &[usize], offset: usize, is_in_parts: bool) {
        for source in sources {
            let place = self.places.entry(*source).or_insert(Place { offset, count: 0, is_in_parts });
            place.count += 1;
        }
    }

    fn add_text(&mut self, text: &Text<'_>) {
        if let Some(part) = self.parts.get(&text.bytes[..]) {
            self.seen.entry(part).or_insert(text.offset);
        }
        while let Some((offset, source)) = self.hits.get(self.passed).copied() {
            if text.offset + text.bytes.len() <= offset {
                break;
            }
            if text.role == Role::Code && text.offset <= offset {
                self.add(&[source], offset, false);
            }
            self.passed += 1;
        }
        for hit in self.words.finders().words.iter().flat_map(|finder| finder.find_iter(&text.bytes[..])) {
            let Some((word, sources)) = self.words.calls().words.get(hit.pattern().as_usize()) else { continue };
            let (before, after) = (text.bytes.get(..hit.start()), text.bytes.get(hit.end()..));
            let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
            let is_whole = before.is_empty() && after.is_empty();
            let counts = match text.role {
                Role::Code | Role::Raw => is_call(word, before, after),
                Role::Literal => is_whole && !is_member(word),
                Role::Name => is_whole,
                Role::Markup => false,
            };
            if counts {
                let sources = self.deciding(sources, text.role, is_whole);
                self.add(&sources, text.offset + hit.start(), false);
            }
        }
    }

    /// Of a word's sources, those that it is enough for: some ask for a whole string of a compiled program.
    fn deciding(&self, sources: &[usize], role: Role, is_whole: bool) -> Vec<usize> {
        let asks_whole = |source: &usize| {
            self.words.calls().sources.get(*source).is_some_and(|source| matches!(source.arg_op, ArgOp::Eq | ArgOp::In))
        };
        let is_compiled = matches!(role, Role::Name | Role::Raw);
        sources.iter().copied().filter(|source| !asks_whole(source) || is_whole && is_compiled).collect()
    }

    /// What was found, with the calls whose parts are all names of the bytecode.
    fn into_places(mut self) -> BTreeMap<usize, Place> {
        for (word, sources) in &self.words.calls().words {
            let Some((_, last)) = word.rsplit_once('.').filter(|(_, last)| is_member(word) && is_distinctive(last))
            else {
                continue;
            };
            let is_seen = word.split('.').all(|part| self.seen.contains_key(part.as_bytes()));
            if let (true, Some(offset)) = (is_seen, self.seen.get(last.as_bytes()).copied()) {
                let sources: Vec<usize> = sources.iter().copied().filter(|it| !self.places.contains_key(it)).collect();
                self.add(&sources, offset, true);
            }
        }
        self.places
    }
}

/// Whether an entry is named as a script or a page.
pub(super) fn is_script(entry: &str) -> bool {
    let file = entry.rsplit('/').next().unwrap_or(entry);
    !is_library(entry) && ENDINGS.iter().any(|ending| file.len() > ending.len() && file.ends_with(ending))
}

fn is_archive(entry: &str) -> bool {
    [".apk", ".wgt", ".zip"].iter().any(|ending| entry.ends_with(ending))
}

/// Whether a word is an object and its member rather than one name or a path.
fn is_member(word: &str) -> bool {
    word.contains('.') && !word.contains('/')
}

/// Whether a name is one that code does not use for something else by chance.
fn is_distinctive(name: &str) -> bool {
    MIN_DISTINCTIVE <= name.len() && name.bytes().any(|byte| byte.is_ascii_uppercase())
}

/// Whether a word between two texts is a whole one: no part of a longer name, and no member of another object unless
/// that is the global one.
fn is_call(word: &str, before: &[u8], after: &[u8]) -> bool {
    if after.first().is_some_and(|byte| is_name_byte(*byte)) || before.last().is_some_and(|byte| is_name_byte(*byte)) {
        return false;
    }
    let Some(object) = before.strip_suffix(b".").filter(|_| is_member(word)) else { return true };
    GLOBALS.iter().any(|global| {
        let outer = object.strip_suffix(global.as_bytes());
        outer.is_some_and(|outer| !outer.last().is_some_and(|byte| is_name_byte(*byte) || *byte == b'.'))
    })
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || byte >= 0x80
}
