//! Reads in native libraries: names that they import, and strings in their data, which the catalog knows.
//!
//! A name shows that the library can ask, not where or whether it does: machine code is not analysed. What only code
//! could show (an `ioctl` with a certain constant) is never found.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use memchr::memmem;
use rayon::prelude::*;

use super::condition::{Conditions, Constant};
use super::endpoints::{Host, Hosts};
use super::model::{Grade, Owner, OwnerKind, Read, SdkFound};
use super::owners::Owners;
use super::scripts::{Place, ScriptWords};
use super::sdks::{Signs, is_library};
use crate::catalog::{ArgOp, Catalog, Focus, Source, SourceKind};
use crate::container::{Entry, Package, Part};
use crate::error::Issue;
use crate::native::{Content, Library, Text};
use crate::script;

/// Folders of native libraries, the one that a present device would take first. Each holds the same code for another
/// processor, so a read is reported once.
const ABIS: [&str; 5] = ["arm64-v8a", "armeabi-v7a", "armeabi", "x86_64", "x86"];

/// Files in the place of libraries that are named before the rest is counted.
const NAMED: usize = 20;

/// First bytes of an unknown file that are told.
const SHOWN_BYTES: usize = 8;

/// All sources of a catalog that a native library can show. They are known by their place in `sources`.
#[derive(Debug)]
pub(super) struct NativeWords {
    sources: Vec<&'static Source>,
    symbols: Words,
    /// Whole strings.
    strings: Words,
    /// Sources that a piece of a string decides.
    partial: Vec<usize>,
    /// Finds the strings with their NUL, and the pieces.
    finder: Option<AhoCorasick>,
    /// Sources that any string may meet.
    expressions: Vec<usize>,
}

/// Words, and the sources they are.
type Words = HashMap<&'static [u8], Vec<usize>>;

/// The native libraries of a package and what was seen of them.
#[derive(Debug, Default)]
pub(super) struct Natives {
    pub(super) reads: Vec<Read>,
    /// Hosts that their strings name.
    pub(super) hosts: BTreeSet<(Host, Owner)>,
    pub(super) issues: Vec<Issue>,
    /// Libraries; all files in their place where they were not looked into.
    count: usize,
    looked: bool,
    /// Files that could not be read as libraries: the kind of reason, and what they hold.
    others: Vec<(&'static str, String)>,
}

/// What a search of native libraries needs to know.
#[derive(Clone, Copy)]
pub(super) struct Search<'s> {
    pub(super) words: &'s NativeWords,
    /// For libraries that hold the compiled code of a script.
    pub(super) scripts: &'s ScriptWords,
    pub(super) hosts: &'s Hosts,
    pub(super) conditions: &'s Conditions,
    pub(super) signs: &'s Signs,
    pub(super) owners: &'s Owners<'s>,
    /// Reads beyond this focus are left out.
    pub(super) focus: Focus,
}

/// What one file shows.
enum Shown {
    Library(Contents, Vec<Issue>),
    /// The kind of reason, and what the file holds instead.
    Other(&'static str, String),
    Unread(Issue),
}

/// What the words of one library are.
struct Contents {
    /// Sources, each with the first offset of its word.
    places: BTreeMap<usize, usize>,
    /// The same for the calls of scripts.
    calls: BTreeMap<usize, Place>,
    hosts: BTreeSet<Host>,
    /// It is the compiled code of a script, so what is in it is the app's.
    is_snapshot: bool,
}

impl NativeWords {
    /// The words of a catalog, which lives as long as the process.
    pub(super) fn new(catalog: &'static Catalog) -> Self {
        let mut it = Self {
            sources: Vec::new(),
            symbols: Words::new(),
            strings: Words::new(),
            partial: Vec::new(),
            finder: None,
            expressions: Vec::new(),
        };
        for source in catalog.sources(SourceKind::NativeSymbol).filter(|source| is_symbol(source.target)) {
            let place = it.place(source);
            it.symbols.entry(source.target.as_bytes()).or_default().push(place);
        }
        let mut sought: Vec<Vec<u8>> = Vec::new();
        for source in catalog.sources(SourceKind::NativeString) {
            let place = it.place(source);
            let words: Vec<&str> = match source.arg_op {
                ArgOp::Any => vec![source.target],
                ArgOp::Eq => vec![source.arg_value],
                ArgOp::In => source.arg_value.split('|').collect(),
                ArgOp::Contains | ArgOp::Prefix => {
                    it.partial.push(place);
                    sought.push(source.arg_value.into());
                    continue;
                }
                ArgOp::Regex => {
                    it.expressions.push(place);
                    continue;
                }
                ArgOp::Mask => continue,
            };
            for word in words {
                it.strings.entry(word.as_bytes()).or_default().push(place);
                sought.push([word.as_bytes(), b"\0"].concat());
            }
        }
        if !sought.is_empty() {
            // What few words begin with is looked for many bytes a step; the automaton only decides there, so one that is
            // made quickly pays.
            let kind = Some(AhoCorasickKind::ContiguousNFA);
            it.finder = AhoCorasick::builder().kind(kind).match_kind(MatchKind::LeftmostFirst).build(sought).ok();
        }
        it
    }

    fn place(&mut self, source: &'static Source) -> usize {
        self.sources.push(source);
        self.sources.len() - 1
    }
}

impl Natives {
    /// Whether there is nothing to look into.
    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The libraries of a package, none looked into.
    pub(super) fn of(package: &Package) -> Self {
        Self { count: libraries(package).count(), ..Self::default() }
    }

    /// What of the package's code they leave unseen: kind of reason and detail.
    pub(super) fn reasons(&self) -> Vec<(&'static str, String)> {
        let mut reasons: Vec<_> = self.others.iter().take(NAMED).cloned().collect();
        let rest = self.others.len().saturating_sub(NAMED);
        if rest > 0 {
            reasons.push((
                "native",
                format!("{rest} more files in the place of native libraries could not be read as such"),
            ));
        }
        let detail = match (self.looked, self.count) {
            (_, 0) => return reasons,
            (true, 1) => "1 native library: its names and strings were read, its code was not".to_owned(),
            (true, count) => format!("{count} native libraries: names and strings were read, their code was not"),
            (false, 1) => "1 native library was not analysed".to_owned(),
            (false, count) => format!("{count} native libraries were not analysed"),
        };
        reasons.push(("native", detail));
        reasons
    }
}

impl Search<'_> {
    /// Looks into all libraries of a package, in parallel; the order of the result is that of its values.
    pub(super) fn fill(&self, package: &Package, sdks: &[SdkFound], natives: &mut Natives) {
        let mut entries: Vec<(&Part, &Entry)> = libraries(package).collect();
        entries.sort_by_cached_key(|(part, entry)| {
            (file_name(&entry.name), abi_rank(&entry.name), part.label(&entry.name))
        });
        let shown: Vec<Shown> = entries.par_iter().map(|(part, entry)| self.look(part, entry)).collect();
        let mut reported = BTreeSet::new();
        let mut compiled = BTreeSet::new();
        natives.looked = true;
        for ((part, entry), shown) in entries.into_iter().zip(shown) {
            let (label, file) = (part.label(&entry.name), file_name(&entry.name));
            match shown {
                Shown::Library(contents, issues) => {
                    natives.issues.extend(issues);
                    for (place, offset) in contents.places {
                        if reported.insert((file, place)) {
                            natives.reads.extend(self.read(place, &label, offset, || self.owner(file, sdks)));
                        }
                    }
                    if !contents.hosts.is_empty() {
                        let owner = if contents.is_snapshot { self.owners.app() } else { self.owner(file, sdks) };
                        natives.hosts.extend(contents.hosts.into_iter().map(|host| (host, owner.clone())));
                    }
                    if !contents.calls.is_empty() && compiled.insert(file) {
                        let app = self.owners.app();
                        let read = |call| self.scripts.read(call, &label, &app, self.owners, self.focus);
                        natives.reads.extend(contents.calls.into_iter().filter_map(read));
                    }
                }
                Shown::Other(kind, what) => {
                    natives.count -= 1;
                    natives.others.push((kind, format!("{label} {what}")));
                }
                Shown::Unread(issue) => {
                    natives.count -= 1;
                    natives.others.push(("native", format!("{label} could not be read")));
                    natives.issues.push(issue);
                }
            }
        }
        natives.others.sort_by_cached_key(|(kind, detail)| (*kind != "packed", detail.clone()));
    }

    fn look(&self, part: &Part, entry: &Entry) -> Shown {
        let label = part.label(&entry.name);
        let bytes = match part.read(entry) {
            Ok(bytes) => bytes,
            Err(error) => return Shown::Unread(Issue::from_error(label, &error)),
        };
        match Content::of(&bytes) {
            Content::Elf => match Library::read(&label, &bytes) {
                Ok((library, issues)) => Shown::Library(self.contents(&library, &bytes), issues),
                Err(error) => Shown::Unread(Issue::from_error(label, &error)),
            },
            Content::Dex => Shown::Other("packed", "holds a DEX file".to_owned()),
            Content::Zip if memmem::find(&bytes, b".dex").is_some() => {
                Shown::Other("packed", "holds an archive with DEX files".to_owned())
            }
            Content::Zip => Shown::Other("native", "holds a zip archive".to_owned()),
            Content::Other if bytes.is_empty() => Shown::Other("native", "is empty".to_owned()),
            Content::Other => {
                let first: Vec<String> = bytes.iter().take(SHOWN_BYTES).map(|byte| format!("{byte:02x}")).collect();
                Shown::Other("native", format!("is no ELF file, it begins with {}", first.join(" ")))
            }
        }
    }

    fn contents(&self, library: &Library<'_>, bytes: &[u8]) -> Contents {
        let is_snapshot = library.imports.is_empty() && script::is_dart_snapshot(bytes);
        let mut hosts = BTreeSet::new();
        for data in library.data() {
            if is_snapshot {
                // Its strings have a length and no end.
                script::printable(data.bytes).for_each(|text| hosts.extend(self.hosts.in_text(&text.bytes)));
                continue;
            }
            let mut next = 0;
            for place in memmem::find_iter(data.bytes, b"://") {
                if next <= place {
                    let (text, behind) = data.text_around(place);
                    next = behind;
                    hosts.extend(text.into_iter().flat_map(|text| self.hosts.in_text(text.bytes)));
                }
            }
        }
        let calls = if is_snapshot { self.scripts.in_texts(script::printable(bytes)) } else { BTreeMap::new() };
        Contents { places: self.search(library), calls, hosts, is_snapshot }
    }

    /// The sources that a library shows, each with the offset of the first word of it.
    fn search(&self, library: &Library<'_>) -> BTreeMap<usize, usize> {
        let mut found = BTreeMap::new();
        for import in &library.imports {
            for place in self.words.symbols.get(import.name.as_bytes()).into_iter().flatten() {
                found.entry(*place).or_insert(import.offset);
            }
        }
        for data in library.data() {
            if !self.words.expressions.is_empty() {
                data.texts().for_each(|text| self.add_holding(&self.words.expressions, text, &mut found));
            }
            // Every string that matters has a hit in it. Most data has none, so strings are told apart only there, and
            // each once.
            let mut next = 0;
            for hit in self.words.finder.iter().flat_map(|finder| finder.find_iter(data.bytes)) {
                if hit.start() < next {
                    continue;
                }
                let (text, behind) = data.text_around(hit.start());
                next = behind;
                let Some(text) = text else { continue };
                for place in self.words.strings.get(text.bytes).into_iter().flatten() {
                    found.entry(*place).or_insert(text.offset);
                }
                self.add_holding(&self.words.partial, text, &mut found);
            }
        }
        found
    }

    /// Adds those of the sources whose condition a string meets.
    fn add_holding(&self, places: &[usize], text: Text<'_>, found: &mut BTreeMap<usize, usize>) {
        let constant = Constant::Text(String::from_utf8_lossy(text.bytes));
        for place in places {
            if self.words.sources.get(*place).is_some_and(|source| self.conditions.holds(source, &constant)) {
                found.entry(*place).or_insert(text.offset);
            }
        }
    }

    /// The read that a source is, where it is asked for.
    fn read(&self, place: usize, label: &str, offset: usize, owner: impl FnOnce() -> Owner) -> Option<Read> {
        let source = *self.words.sources.get(place)?;
        let undecided = source.data == "*";
        if source.focus > self.focus || undecided && self.focus != Focus::Noise {
            return None;
        }
        Some(Read {
            note: undecided.then(|| "what decides is in machine code".to_owned()),
            focus: if undecided { Focus::Noise } else { source.focus },
            ..self.owners.read(source, owner(), label, offset as u64)
        })
    }

    /// Whose library that is: the SDK that lists its file name. Where several do, only one that is present for other
    /// reasons too can be told.
    fn owner(&self, file: &str, sdks: &[SdkFound]) -> Owner {
        let listed = self.signs.with_library(file);
        let present = |id: &str| sdks.iter().any(|sdk| sdk.id == id && sdk.grade == Grade::Present);
        let mut owners = listed.iter().filter(|sdk| listed.len() == 1 || present(sdk.id));
        match (owners.next(), owners.next()) {
            (Some(sdk), None) if sdk.utility => Owner { kind: OwnerKind::Library, id: sdk.id.to_owned() },
            (Some(sdk), None) => Owner { kind: OwnerKind::Sdk, id: sdk.id.to_owned() },
            _ => Owner { kind: OwnerKind::Unknown, id: file.to_owned() },
        }
    }
}

/// The entries of all parts that are where native libraries are.
fn libraries(package: &Package) -> impl Iterator<Item = (&Part, &Entry)> {
    let entries = package.parts.iter().flat_map(|part| part.entries().iter().map(move |entry| (part, entry)));
    entries.filter(|(_, entry)| is_library(&entry.name))
}

fn file_name(entry: &str) -> &str {
    entry.rsplit('/').next().unwrap_or(entry)
}

/// The place of an entry's folder among [`ABIS`].
fn abi_rank(entry: &str) -> usize {
    let abi = entry.split('/').nth(1);
    ABIS.iter().position(|it| Some(*it) == abi).unwrap_or(ABIS.len())
}

/// Whether a target is the name of a symbol, and not the description of a call with certain constants.
fn is_symbol(target: &str) -> bool {
    !target.contains(['+', ' '])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The owner of a library in a package where the SDK `present` is.
    fn owner_of(file: &str, present: &str) -> (OwnerKind, String) {
        let catalog = Catalog::builtin();
        let (words, conditions, signs) = (NativeWords::new(catalog), Conditions::new(catalog), Signs::new(catalog));
        let owners = Owners::new(catalog, &[], BTreeSet::new(), BTreeSet::new());
        let search = Search {
            words: &words,
            scripts: &ScriptWords::new(catalog),
            hosts: &Hosts::new(catalog),
            conditions: &conditions,
            signs: &signs,
            owners: &owners,
            focus: Focus::Core,
        };
        let found = SdkFound {
            id: present.to_owned(),
            name: String::new(),
            vendor: String::new(),
            country: None,
            category: String::new(),
            parent: None,
            grade: Grade::Present,
            version: None,
            version_from: None,
            evidence: Vec::new(),
        };
        let owner = search.owner(file, &[found]);
        (owner.kind, owner.id)
    }

    #[test]
    fn a_library_belongs_to_the_one_sdk_that_lists_it() {
        for (file, present, kind, id) in [
            ("libBugly.so", "", OwnerKind::Sdk, "bugly"),
            ("libAMapSDK_MAP_v6_7_0.so", "", OwnerKind::Sdk, "amap"),
            ("libsqlcipher.so", "", OwnerKind::Library, "sqlcipher"),
            ("libidphoto.so", "bugly", OwnerKind::Unknown, "libidphoto.so"),
            // Two SDKs list it.
            ("libtencentloc.so", "", OwnerKind::Unknown, "libtencentloc.so"),
            ("libtencentloc.so", "tencent-map", OwnerKind::Sdk, "tencent-map"),
        ] {
            assert_eq!(owner_of(file, present), (kind, id.to_owned()), "{file} beside {present}");
        }
    }

    #[test]
    fn the_abi_of_present_devices_comes_first() {
        let mut entries =
            ["lib/x86/a.so", "lib/mips/a.so", "lib/armeabi/a.so", "lib/arm64-v8a/a.so", "lib/armeabi-v7a/a.so"];
        entries.sort_by_key(|entry| abi_rank(entry));
        assert_eq!(entries[0], "lib/arm64-v8a/a.so");
        assert_eq!(entries[1], "lib/armeabi-v7a/a.so");
        assert_eq!(entries[4], "lib/mips/a.so");
    }

    #[test]
    fn descriptions_of_calls_are_no_symbols() {
        assert!(is_symbol("__system_property_get"));
        assert!(!is_symbol("ioctl + 0x8927 (SIOCGIFHWADDR)"));
    }
}
