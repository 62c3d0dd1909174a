//! From an opened package to its behavior.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use rayon::prelude::*;

use super::callers::OwnersByCallers;
use super::completeness::{EntryNames, Surface};
use super::condition::Conditions;
use super::consent::Consent;
use super::endpoints::Hosts;
use super::facts;
use super::matches::Matches;
use super::model::{App, Behavior, Built, Completeness, Grade, IssueEntry, Owner, Reason, SdkFound, TextFound};
use super::native::{NativeWords, Natives, Search};
use super::nested::NestedCode;
use super::owners::Owners;
use super::program::{self, File};
use super::reach::{Code, Reached};
use super::reads::{Found, Pending, Reader};
use super::reflection::Members;
use super::scripts::{ScriptSearch, ScriptWords, Scripts};
use super::sdks::{ClassCounts, Signs, count_classes};
use super::texts::ShownTexts;
use super::usage::Usage;
use super::versions::Versions;
use super::vocabulary::Vocabulary;
use crate::catalog::{Catalog, Focus};
use crate::container::{Kind, Package, Part};
use crate::error::Issue;
use crate::flow::{Acts, Facts, Hierarchy, Linkage, Names, Program, References, Resolver};
use crate::limits::MAX_ISSUES;
use crate::manifest::Manifest;

/// What is said where the call graph has a limit of its own.
const CUT: &str =
    "the classes extend each other in more ways than a call graph is built for; what is not called reachable may run";

/// Observes packages with one catalog. It is made once a run and shared by all threads.
#[derive(Debug)]
pub struct Observer {
    catalog: &'static Catalog,
    vocabulary: Vocabulary,
    conditions: Conditions,
    members: Members,
    signs: Signs,
    versions: Versions,
    hosts: Hosts,
    texts: ShownTexts,
    focus: Focus,
    /// Namespaces that are told to be the app's own.
    own: Vec<String>,
    /// Whether the call graph is built.
    follows_calls: bool,
    /// Whether native libraries are read.
    natives: bool,
    /// What they are searched for, made for the first package that has any.
    native_words: OnceLock<NativeWords>,
    /// What scripts are searched for, made for the first package.
    script_words: OnceLock<ScriptWords>,
}

impl Observer {
    /// An observer that reports reads up to `focus`: [`Focus::Core`] the fewest, [`Focus::Noise`] all.
    pub fn new(catalog: &'static Catalog, focus: Focus) -> Self {
        Self {
            catalog,
            vocabulary: Vocabulary::new(catalog),
            conditions: Conditions::new(catalog),
            members: Members::new(catalog),
            signs: Signs::new(catalog),
            versions: Versions::new(catalog),
            hosts: Hosts::new(catalog),
            texts: ShownTexts::new(catalog),
            focus,
            own: Vec::new(),
            follows_calls: true,
            natives: true,
            native_words: OnceLock::new(),
            script_words: OnceLock::new(),
        }
    }

    /// The same observer, which takes classes of these packages for the app's own code.
    #[must_use]
    pub fn with_own(self, namespaces: impl IntoIterator<Item = String>) -> Self {
        Self { own: namespaces.into_iter().collect(), ..self }
    }

    /// The same observer, which leaves native libraries unread.
    #[must_use]
    pub fn without_natives(self) -> Self {
        Self { natives: false, ..self }
    }

    /// The same observer, which tells where reads are and not whether the system reaches them.
    #[must_use]
    pub fn without_calls(self) -> Self {
        Self { follows_calls: false, ..self }
    }

    /// Everything found in a package. What could not be read is among its issues; nothing stops.
    pub fn observe(&self, package: &Package) -> Behavior {
        let (sha256, behavior) = rayon::join(|| package.sha256(), || self.observe_inside(package));
        Behavior { sha256, ..behavior }
    }

    fn observe_inside(&self, package: &Package) -> Behavior {
        let (nested, (manifests, more)) = rayon::join(|| NestedCode::of(package), || facts::read_manifests(package));
        let parts: Vec<&Part> = package.parts.iter().chain(&nested.parts).collect();
        let (files, mut issues) = program::load(&parts);
        issues.extend(more);
        issues.extend(nested.issues.iter().cloned());
        issues.extend(package.issues.iter().cloned());
        let behavior = self.observe_files(package, &nested, &manifests, &files, issues);
        // Giving a large program's memory back takes a tenth as long as inflating it.
        files.into_par_iter().with_max_len(1).for_each(drop);
        behavior
    }

    fn observe_files(
        &self,
        package: &Package,
        nested: &NestedCode,
        manifests: &[Manifest],
        files: &[File<'_>],
        mut issues: Vec<Issue>,
    ) -> Behavior {
        let parts: Vec<&Part> = package.parts.iter().chain(&nested.parts).collect();
        let opened: Vec<(&str, &[u8])> = files.iter().map(|file| (file.label.as_str(), &*file.bytes)).collect();
        let (program, more) = Program::open(&opened);
        issues.extend(more);
        let names: Vec<&str> = package.parts.iter().flat_map(Part::entries).map(|it| it.name.as_str()).collect();

        let permissions = facts::permissions(self.catalog, manifests);
        let usage = Usage::new(self.catalog, manifests, &permissions);
        let read_tables = || -> Vec<(Matches, ClassCounts)> {
            let of = |unit| {
                let readable = (&self.hosts, &self.texts);
                let matches = Matches::of(&program, unit, &self.vocabulary, &self.conditions, readable, &usage);
                (matches, count_classes(self.catalog, unit))
            };
            program.units.par_iter().with_max_len(1).map(of).collect()
        };
        let link = || self.follows_calls.then(|| Hierarchy::of(&program));
        let (found_in, hierarchy) = rayon::join(read_tables, link);
        let mut counts = ClassCounts::new();
        for (key, (strength, count)) in found_in.iter().flat_map(|(_, counts)| counts) {
            counts.entry(*key).or_insert((*strength, 0)).1 += count;
        }
        let mut sdks = self.signs.find(&counts, manifests, names.iter().copied());
        self.versions.fill(&program, manifests, &package.parts, &mut sdks);

        let declared = permissions.iter().map(|it| it.name.clone()).collect();
        let owners = Owners::new(self.catalog, manifests, supported(self.catalog, &sdks), declared).with_own(&self.own);
        let links = hierarchy.as_ref().map(|hierarchy| {
            let consent = Consent::new(self.catalog, hierarchy);
            (hierarchy, Linkage::of(hierarchy).noting(consent.noted()), consent)
        });
        let readers: Vec<Reader<'_, '_>> = program
            .units
            .iter()
            .zip(&found_in)
            .enumerate()
            .map(|(place, (unit, (matches, _)))| Reader {
                unit,
                place,
                matches,
                conditions: &self.conditions,
                owners: &owners,
                usage: &usage,
                members: &self.members,
                focus: self.focus,
                linkage: links.as_ref().map(|(_, linkage, _)| linkage),
            })
            .collect();
        let read_code = || match &links {
            Some((hierarchy, linkage, consent)) => {
                self.follow(&readers, package, (hierarchy, linkage, consent), &owners, manifests)
            }
            None => read_all(&readers).0,
        };
        let (mut found, beside) = rayon::join(read_code, || self.read_beside(package, &parts, &sdks, &owners));
        let Beside { mut scripts, mut natives, texts } = beside;
        issues.append(&mut found.issues);
        usage.of_manifests(manifests, &owners, &mut found.uses);
        let permission_usage = usage.summary(std::mem::take(&mut found.uses));
        found.reads.append(&mut scripts.reads);
        found.hosts.append(&mut scripts.hosts);
        found.texts.append(&mut scripts.texts);
        found.texts.extend(texts);
        found.reads.append(&mut natives.reads);
        found.hosts.append(&mut natives.hosts);
        found.reads.sort_unstable();

        issues.sort();
        issues.dedup();
        let surface = Surface {
            catalog: self.catalog,
            manifests,
            entries: &EntryNames::new(&names),
            program: &program,
            natives: &natives,
            scripts: &scripts,
            nested,
            bare: package.kind == Kind::Dex,
        };
        let completeness = surface.assess(&found, &issues);
        // Native code and scripts are never analysed as a whole, so what is wrong with a file does not make it worse.
        issues.append(&mut natives.issues);
        issues.append(&mut scripts.issues);
        issues.sort();
        let app = manifests.first().map(facts::app).unwrap_or_default();
        let endpoint = |(host, owner)| self.hosts.endpoint(host, owner, &app.network);
        let endpoints: BTreeSet<_> = found.hosts.into_iter().map(endpoint).collect();
        let texts = found.texts.into_iter().map(|(text, owner)| TextFound { text, owner }).collect();
        Behavior {
            path: package.path.display().to_string(),
            sha256: String::new(),
            bytes: package.bytes,
            kind: kind_word(package.kind),
            app,
            built: package.stamp().map(|it| Built { date: it.day, entry: it.entry }),
            signing: package.signing.iter().map(facts::signing).collect(),
            permissions,
            permission_usage,
            sdks,
            reads: found.reads,
            endpoints: Some(endpoints.into_iter().collect()),
            texts: Some(texts),
            starters: facts::starters(manifests, &owners),
            completeness,
            issues: entries(&package.path.to_string_lossy(), issues),
            icon: manifests.first().and_then(|manifest| facts::icon(package, manifest)),
        }
    }

    /// Reads the code and follows its calls.
    fn follow<'p>(
        &self,
        readers: &[Reader<'_, 'p>],
        package: &Package,
        (hierarchy, linkage, consent): Links<'_, '_, 'p>,
        owners: &Owners<'_>,
        manifests: &[Manifest],
    ) -> Found {
        let (mut found, acts) = read_all(readers);
        let facts = Facts::of(hierarchy, acts);
        let pending = std::mem::take(&mut found.pending);
        let references = References::of(hierarchy, linkage, &facts);
        let settle = || settle_all(readers, &pending, package, hierarchy, linkage, &references);
        // Without a manifest nothing says where the system enters.
        let reach = || {
            (package.kind != Kind::Dex).then(|| {
                let names = Names::of(hierarchy, linkage, &references, &facts);
                let code = Code { hierarchy, linkage, consent, facts: &facts, names: &names };
                Reached::of(self.catalog, code, manifests, package)
            })
        };
        let (settled, reached) = rayon::join(settle, reach);
        found.append(settled);
        let reach = reached.as_ref().map(Reached::all);
        OwnersByCallers { hierarchy, references: &references, owners, reach }.tell(&mut found.reads);
        found.reads.sort_unstable();
        found.reads.dedup();
        if let Some(reached) = reached {
            reached.tell(&mut found.reads);
            found.issues.extend(reached.is_truncated().then(|| Issue::new("", None, CUT)));
        }
        found
    }

    /// Reads what is no DEX code.
    fn read_beside(&self, package: &Package, parts: &[&Part], sdks: &[SdkFound], owners: &Owners<'_>) -> Beside {
        let script_words = self.script_words.get_or_init(|| ScriptWords::new(self.catalog));
        let search = ScriptSearch {
            words: script_words,
            hosts: &self.hosts,
            texts: &self.texts,
            signs: &self.signs,
            owners,
            focus: self.focus,
        };
        let mut scripts = search.run(parts, sdks);
        scripts.hosts.extend(self.hosts.in_resources(&package.parts));
        let mut natives = Natives::of(package);
        if self.natives && !natives.is_empty() {
            let words = self.native_words.get_or_init(|| NativeWords::new(self.catalog));
            let search = Search {
                words,
                scripts: script_words,
                hosts: &self.hosts,
                conditions: &self.conditions,
                signs: &self.signs,
                owners,
                focus: self.focus,
            };
            search.fill(package, sdks, &mut natives);
        }
        Beside { scripts, natives, texts: self.texts.in_resources(&package.parts) }
    }
}

/// What was found beside the DEX code.
struct Beside {
    scripts: Scripts,
    natives: Natives,
    /// Texts about privacy in resources.
    texts: BTreeSet<(&'static str, Owner)>,
}

/// What is known of a package that could not be opened at all.
pub fn failed(path: &str, issue: &Issue) -> Behavior {
    let reason = Reason { kind: "corrupt", detail: issue.message.clone() };
    Behavior {
        path: path.to_owned(),
        sha256: String::new(),
        bytes: 0,
        kind: "unreadable",
        app: App::default(),
        built: None,
        signing: Vec::new(),
        permissions: Vec::new(),
        permission_usage: Vec::new(),
        sdks: Vec::new(),
        reads: Vec::new(),
        texts: None,
        starters: Vec::new(),
        endpoints: None,
        completeness: Completeness { complete: false, reasons: vec![reason] },
        issues: entries(path, vec![issue.clone()]),
        icon: None,
    }
}

/// The classes of a program, what their code names, and the checks of consent among that.
type Links<'l, 'h, 'p> = (&'l Hierarchy<'h, 'p>, &'l Linkage<'h, 'h, 'p>, &'l Consent<'h, 'h, 'p>);

/// Reads all classes of all files, in parallel; the order of the result is that of its values. By file, what the methods
/// do.
fn read_all(readers: &[Reader<'_, '_>]) -> (Found, Vec<Vec<Acts>>) {
    let files: Vec<Vec<(Found, Acts)>> = readers.par_iter().with_max_len(1).map(Reader::read).collect();
    let mut all = Found::default();
    let mut acts = Vec::new();
    all.reads.reserve(files.iter().flatten().map(|(found, _)| found.reads.len()).sum());
    for file in files {
        let (found, of_file): (Vec<Found>, Vec<Acts>) = file.into_iter().unzip();
        for found in found {
            all.append(found);
        }
        acts.push(of_file);
    }
    all.reads.par_extend(readers.par_iter().flat_map_iter(Reader::overrides));
    all.reads.sort_unstable();
    all.reads.dedup();
    (all, acts)
}

/// Decides what the methods themselves did not.
fn settle_all<'p>(
    readers: &[Reader<'_, 'p>],
    pending: &[Pending],
    package: &Package,
    hierarchy: &Hierarchy<'_, 'p>,
    linkage: &Linkage<'_, '_, 'p>,
    references: &References<'_, '_, '_, 'p>,
) -> Found {
    let mut found = Found::default();
    if pending.is_empty() {
        return found;
    }
    let tables = facts::read_tables(package);
    let strings = facts::Strings::of(&tables);
    let text = |id: u32| strings.text(id);
    let resolver = Resolver::new(hierarchy, linkage, references, pending.len(), &text);
    // One may cost as much as a hundred others.
    let settled: Vec<Found> = pending
        .par_iter()
        .with_max_len(1)
        .filter_map(|pending| Some(readers.get(pending.reader)?.settle(pending, &resolver)))
        .collect();
    for part in settled {
        found.append(part);
    }
    found
}

/// SDKs of which there is more than a prefix too common to prove anything.
fn supported<'c>(catalog: &'c Catalog, sdks: &[SdkFound]) -> BTreeSet<&'c str> {
    let supported =
        sdks.iter().filter(|sdk| sdk.grade == Grade::Present || sdk.evidence.iter().any(|sign| sign.kind != "class"));
    supported.filter_map(|sdk| Some(catalog.sdk(&sdk.id)?.id)).collect()
}

fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Apk => "apk",
        Kind::Split => "split",
        Kind::Bundle => "bundle",
        Kind::Dex => "dex",
    }
}

/// The issues as the report has them; beyond the limit they are counted.
fn entries(path: &str, issues: Vec<Issue>) -> Vec<IssueEntry> {
    let rest = issues.len().saturating_sub(MAX_ISSUES);
    let mut entries: Vec<IssueEntry> = issues
        .into_iter()
        .take(MAX_ISSUES)
        .map(|issue| IssueEntry {
            file: issue.file,
            offset: issue.offset.map(|offset| format!("{offset:#x}")),
            message: issue.message,
        })
        .collect();
    if rest > 0 {
        let message = format!("{rest} more problems of this package are not listed");
        entries.push(IssueEntry { file: path.to_owned(), offset: None, message });
    }
    entries
}
