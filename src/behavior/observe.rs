//! From an opened package to its behavior.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::completeness::Surface;
use super::condition::Conditions;
use super::matches::Matches;
use super::model::{App, Behavior, Completeness, IssueEntry, Permission, Reason, SdkFound, Signing};
use super::native::{NativeWords, Natives, Search};
use super::owners::Owners;
use super::program::{self, Program};
use super::reads::{Found, Reader};
use super::sdks::{ClassCounts, Signs, count_classes};
use super::vocabulary::Vocabulary;
use crate::catalog::{Catalog, Focus};
use crate::container::{Kind, Package};
use crate::error::Issue;
use crate::limits::MAX_ISSUES;
use crate::manifest::{self, Manifest};

/// Observes packages with one catalog. It is made once a run and shared by all threads.
#[derive(Debug)]
pub struct Observer {
    catalog: &'static Catalog,
    vocabulary: Vocabulary,
    conditions: Conditions,
    signs: Signs,
    focus: Focus,
    /// What native libraries are searched for; none = they are not read.
    natives: Option<NativeWords>,
}

impl Observer {
    /// An observer that reports reads up to `focus`: [`Focus::Core`] the fewest, [`Focus::Noise`] all.
    pub fn new(catalog: &'static Catalog, focus: Focus) -> Self {
        Self {
            catalog,
            vocabulary: Vocabulary::new(catalog),
            conditions: Conditions::new(catalog),
            signs: Signs::new(catalog),
            focus,
            natives: Some(NativeWords::new(catalog)),
        }
    }

    /// The same observer, which leaves native libraries unread.
    #[must_use]
    pub fn without_natives(self) -> Self {
        Self { natives: None, ..self }
    }

    /// Everything found in a package. What could not be read is among its issues; nothing stops.
    pub fn observe(&self, package: &Package) -> Behavior {
        let (files, mut issues) = program::load(package);
        issues.extend(package.issues.iter().cloned());
        let (manifests, more) = read_manifests(package);
        issues.extend(more);
        let (program, more) = Program::open(&files);
        issues.extend(more);
        let names: Vec<&str> =
            package.parts.iter().flat_map(|part| part.entries()).map(|it| it.name.as_str()).collect();

        let found_in: Vec<(Matches, ClassCounts)> = program
            .units
            .par_iter()
            .map(|unit| {
                let matches = Matches::of(&program, unit, &self.vocabulary, &self.conditions);
                (matches, count_classes(self.catalog, unit))
            })
            .collect();
        let mut counts = ClassCounts::new();
        for (key, (strength, count)) in found_in.iter().flat_map(|(_, counts)| counts) {
            counts.entry(*key).or_insert((*strength, 0)).1 += count;
        }
        let sdks = self.signs.find(&counts, &manifests, names.iter().copied());

        let permissions = permissions(self.catalog, &manifests);
        let declared = permissions.iter().map(|it| it.name.clone()).collect();
        let owners = Owners::new(self.catalog, &manifests, beyond_prefixes(self.catalog, &sdks), declared);
        let readers: Vec<Reader<'_, '_>> = program
            .units
            .iter()
            .zip(&found_in)
            .map(|(unit, (matches, _))| Reader {
                unit,
                matches,
                conditions: &self.conditions,
                owners: &owners,
                focus: self.focus,
            })
            .collect();
        let mut found = read_all(&readers);
        issues.append(&mut found.issues);
        let mut natives = Natives::of(package);
        if let Some(words) = &self.natives {
            let search =
                Search { words, conditions: &self.conditions, signs: &self.signs, owners: &owners, focus: self.focus };
            search.fill(package, &sdks, &mut natives);
            found.reads.append(&mut natives.reads);
            found.reads.sort();
        }

        issues.sort();
        issues.dedup();
        let surface = Surface {
            catalog: self.catalog,
            manifests: &manifests,
            entries: &names,
            program: &program,
            natives: &natives,
            bare: package.kind == Kind::Dex,
        };
        let completeness = surface.assess(&found, &issues);
        // Native code is never analysed as a whole, so what is wrong with a library does not make it worse.
        issues.append(&mut natives.issues);
        issues.sort();
        Behavior {
            path: package.path.display().to_string(),
            sha256: package.sha256.clone(),
            bytes: package.bytes,
            kind: kind_word(package.kind),
            app: manifests.first().map(app).unwrap_or_default(),
            signing: package.signing.iter().map(signing).collect(),
            permissions,
            sdks,
            reads: found.reads,
            endpoints: None,
            completeness,
            issues: entries(issues),
        }
    }
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
        signing: Vec::new(),
        permissions: Vec::new(),
        sdks: Vec::new(),
        reads: Vec::new(),
        endpoints: None,
        completeness: Completeness { complete: false, reasons: vec![reason] },
        issues: entries(vec![issue.clone()]),
    }
}

/// Reads all classes of all files, in parallel; the order of the result is that of its values.
fn read_all(readers: &[Reader<'_, '_>]) -> Found {
    let work: Vec<_> =
        readers.iter().flat_map(|reader| reader.ranges().into_iter().map(move |range| (reader, range))).collect();
    let parts: Vec<Found> = work.into_par_iter().map(|(reader, range)| reader.read(range)).collect();
    let mut all = Found::default();
    for part in parts {
        all.reads.extend(part.reads);
        all.loaders.extend(part.loaders);
        all.issues.extend(part.issues);
    }
    all.reads.extend(readers.iter().flat_map(Reader::overrides));
    all.reads.sort();
    all.reads.dedup();
    all
}

/// The manifests of all parts, base first.
fn read_manifests(package: &Package) -> (Vec<Manifest>, Vec<Issue>) {
    let mut manifests = Vec::new();
    let mut issues = Vec::new();
    for part in &package.parts {
        let candidates = [("AndroidManifest.xml", "resources.arsc"), ("manifest/AndroidManifest.xml", "resources.pb")];
        let found = candidates.iter().find_map(|(name, table)| Some((part.find(name)?, part.find(table))));
        let Some((entry, table)) = found else {
            if package.kind != Kind::Dex {
                issues.push(Issue::new(part.label("AndroidManifest.xml"), None, "there is no manifest"));
            }
            continue;
        };
        let label = part.label(&entry.name);
        let bytes = match part.read(entry) {
            Ok(bytes) => bytes,
            Err(error) => {
                issues.push(Issue::from_error(label, &error));
                continue;
            }
        };
        // A broken resource table costs the values in it, not the manifest.
        let table = table.and_then(|table| match part.read(table) {
            Ok(bytes) => Some(bytes),
            Err(error) => {
                issues.push(Issue::from_error(part.label(&table.name), &error));
                None
            }
        });
        let (manifest, more) = manifest::read(&label, &bytes, table.as_deref());
        issues.extend(more);
        manifests.push(manifest);
    }
    (manifests, issues)
}

/// Declared permissions, and those that the system adds to them, sorted by name.
fn permissions(catalog: &Catalog, manifests: &[Manifest]) -> Vec<Permission> {
    let mut all: BTreeMap<String, Permission> = BTreeMap::new();
    for uses in manifests.iter().flat_map(|manifest| &manifest.uses_permissions) {
        let permission = Permission { name: uses.name.clone(), implied: false, max_sdk: uses.max_sdk };
        let known = all.entry(uses.name.clone()).or_insert(permission);
        // Declared twice, it holds up to the higher of the two levels.
        known.max_sdk = match (known.max_sdk, uses.max_sdk) {
            (Some(known), Some(again)) => Some(known.max(again)),
            _ => None,
        };
    }
    let Some(base) = manifests.first() else { return Vec::new() };
    // The platform takes a missing target for the minimum, and a missing minimum for 1.
    let target = base.target_sdk.or(base.min_sdk).unwrap_or(1);
    let mut waiting: Vec<String> = all.keys().cloned().chain([String::new()]).collect();
    while let Some(declared) = waiting.pop() {
        for implied in catalog.implied_by(&declared, target) {
            if !all.contains_key(implied.implied) {
                let name = implied.implied.to_owned();
                waiting.push(name.clone());
                all.insert(name.clone(), Permission { name, implied: true, max_sdk: None });
            }
        }
    }
    all.into_values().collect()
}

/// SDKs of which there is another sign than a class prefix.
fn beyond_prefixes<'c>(catalog: &'c Catalog, sdks: &[SdkFound]) -> BTreeSet<&'c str> {
    let supported = sdks.iter().filter(|sdk| sdk.evidence.iter().any(|sign| sign.kind != "class"));
    supported.filter_map(|sdk| Some(catalog.sdk(&sdk.id)?.id)).collect()
}

fn app(manifest: &Manifest) -> App {
    App {
        package: manifest.package.clone(),
        version_name: manifest.version_name.clone(),
        version_code: manifest.version_code,
        min_sdk: manifest.min_sdk,
        target_sdk: manifest.target_sdk,
        label: manifest.label.clone(),
    }
}

fn signing(signer: &crate::container::Signer) -> Signing {
    Signing {
        scheme: signer.scheme,
        sha256: signer.sha256.clone(),
        subject: signer.subject.clone(),
        not_before: signer.not_before.clone(),
        not_after: signer.not_after.clone(),
    }
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
fn entries(issues: Vec<Issue>) -> Vec<IssueEntry> {
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
        entries.push(IssueEntry { file: String::new(), offset: None, message });
    }
    entries
}
