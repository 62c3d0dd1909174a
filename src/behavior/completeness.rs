//! Whether absence proves anything: packed code, code loaded at run time, unreadable parts, other languages.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Completeness, OwnerKind, Reason};
use super::native::Natives;
use super::nested::NestedCode;
use super::reads::Found;
use super::scripts::Scripts;
use super::sdks::{LIBRARY, matches_glob};
use crate::catalog::{Catalog, Confidence, Marker};
use crate::error::Issue;
use crate::flow::Program;
use crate::manifest::{ComponentKind, Manifest};

/// Kinds of reasons for which nothing can be concluded from absence.
const BLINDING: [&str; 4] = ["corrupt", "dynamic-code", "packed", "script"];

/// Places that a reason lists before it counts the rest.
const SHOWN: usize = 3;

/// What a package shows of itself, beside its code.
#[derive(Clone, Copy)]
pub(super) struct Surface<'s> {
    pub(super) catalog: &'s Catalog,
    pub(super) manifests: &'s [Manifest],
    /// Entry names of all parts.
    pub(super) entries: &'s EntryNames<'s>,
    pub(super) program: &'s Program<'s>,
    pub(super) natives: &'s Natives,
    pub(super) scripts: &'s Scripts,
    pub(super) nested: &'s NestedCode,
    /// The package is a bare DEX file, without a manifest.
    pub(super) bare: bool,
}

impl Surface<'_> {
    /// Collects the reasons.
    pub(super) fn assess(&self, found: &Found, issues: &[Issue]) -> Completeness {
        let mut reasons = BTreeSet::new();
        let mut add = |kind, detail| {
            reasons.insert(Reason { kind, detail });
        };
        self.packers().into_iter().for_each(|detail| add("packed", detail));
        self.absent_components().into_iter().for_each(|detail| add("packed", detail));
        for detail in Self::loaders(found) {
            add("dynamic-code", detail);
        }
        if let Some(detail) = Self::unresolved(found) {
            add("reflection", detail);
        }
        self.frameworks().into_iter().for_each(|(kind, detail)| add(kind, detail));
        let (nested, unread) = self.nested.reasons(issues);
        if let Some(detail) = unread {
            add("dynamic-code", detail);
        }
        self.scripts.reasons().into_iter().for_each(|detail| add("script", detail));
        self.natives.reasons().into_iter().for_each(|(kind, detail)| add(kind, detail));
        if !issues.is_empty() {
            add("corrupt", format!("{} parts could not be read as they should be", issues.len()));
        }
        let complete = !reasons.iter().any(|reason| BLINDING.contains(&reason.kind));
        // Code that was found and read hides nothing, whenever it is loaded.
        reasons.extend(nested.map(|detail| Reason { kind: "dynamic-code", detail }));
        Completeness { complete, reasons: reasons.into_iter().collect() }
    }

    /// Packers whose signs are sure, or of which two signs agree.
    fn packers(&self) -> Vec<String> {
        let mut signs: BTreeMap<&str, (Confidence, BTreeSet<&str>)> = BTreeMap::new();
        for marker in self.catalog.tables.markers.iter().filter(|marker| marker.effect == "dex-hidden") {
            if let Some(value) = self.sign(marker) {
                let (confidence, values) = signs.entry(marker.name).or_insert((Confidence::Low, BTreeSet::new()));
                *confidence = marker.confidence.max(*confidence);
                values.insert(value);
            }
        }
        let sure = |confidence: Confidence, count: usize| {
            confidence == Confidence::High || confidence == Confidence::Medium && count > 1
        };
        let told = |(name, (_, values)): (&str, (Confidence, BTreeSet<&str>))| {
            format!("{name}: {}", values.into_iter().collect::<Vec<_>>().join(", "))
        };
        signs.into_iter().filter(|(_, (confidence, values))| sure(*confidence, values.len())).map(told).collect()
    }

    /// What in the package matches a marker.
    fn sign(&self, marker: &Marker) -> Option<&str> {
        // A few patterns carry a remark in brackets.
        let pattern = marker.pattern.split(" (").next().unwrap_or(marker.pattern);
        match marker.marker {
            "native-lib" => self.entries.library(pattern),
            "asset" | "zip-entry" => {
                self.entries.matching(pattern).or_else(|| self.entries.matching(&format!("assets/{pattern}")))
            }
            "application-class" => self.applications().find(|class| matches_glob(pattern, class)),
            "component" => {
                let components = self.manifests.iter().flat_map(|manifest| &manifest.components);
                components.map(|component| component.name.as_str()).find(|name| matches_glob(pattern, name))
            }
            _ => None,
        }
    }

    fn applications(&self) -> impl Iterator<Item = &str> {
        self.manifests.iter().filter_map(|manifest| manifest.application.as_deref())
    }

    /// A manifest that names components which no DEX file defines: their code comes from elsewhere.
    fn absent_components(&self) -> Vec<String> {
        let mut details = Vec::new();
        let components = self.manifests.iter().flat_map(|manifest| &manifest.components);
        let named: BTreeSet<&str> = components
            .filter(|component| component.enabled && component.kind != ComponentKind::ActivityAlias)
            .map(|component| component.name.as_str())
            .collect();
        let absent = named.iter().filter(|name| !self.has_class(name)).count();
        if absent > 1 && absent * 2 > named.len() {
            details
                .push(format!("{absent} of {} components of the manifest have no class in the dex files", named.len()));
        }
        for class in self.applications().filter(|class| !self.has_class(class)) {
            details.push(format!("the application class {class} is not in the dex files"));
        }
        if !self.bare && self.program.units.is_empty() && !named.is_empty() {
            details.push("there is no readable dex file, and the manifest names components".to_owned());
        }
        details
    }

    fn has_class(&self, name: &str) -> bool {
        self.program.defines(format!("L{};", name.replace('.', "/")).as_bytes())
    }

    /// Calls that load code, outside of the libraries that do so for every app.
    fn loaders(found: &Found) -> Vec<String> {
        let mut places: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (loader, caller, owner) in &found.loaders {
            if owner.kind != OwnerKind::Library {
                places.entry(loader).or_default().push(caller);
            }
        }
        let told = |(loader, mut callers): (&str, Vec<&str>)| {
            callers.sort_unstable();
            callers.dedup();
            let rest = callers.len().saturating_sub(SHOWN);
            let more = if rest == 0 { String::new() } else { format!(" and {rest} more") };
            let shown: Vec<&str> = callers.into_iter().take(SHOWN).collect();
            format!("{loader} in {}{more}", shown.join(", "))
        };
        places.into_iter().map(told).collect()
    }

    /// Look-ups by reflection whose member is not known, outside of the libraries that do so for every app.
    fn unresolved(found: &Found) -> Option<String> {
        let places = found.unresolved.iter().filter(|(_, owner)| owner.kind != OwnerKind::Library);
        let mut callers: Vec<&str> = places.map(|(caller, _)| caller.as_str()).collect();
        let count = callers.len();
        callers.sort_unstable();
        callers.dedup();
        let shown: Vec<&str> = callers.iter().take(SHOWN).copied().collect();
        let rest = callers.len().saturating_sub(SHOWN);
        let more = if rest == 0 { String::new() } else { format!(" and {rest} more methods") };
        let places = if count == 1 { "place names a member".to_owned() } else { "places name members".to_owned() };
        (count > 0).then(|| format!("{count} {places} by a text that is not known: {}{more}", shown.join(", ")))
    }

    /// Hot-fix and plug-in frameworks by their classes, and frameworks whose logic is not DEX.
    fn frameworks(&self) -> BTreeSet<(&'static str, String)> {
        let mut details = BTreeSet::new();
        for marker in &self.catalog.tables.markers {
            let kind = match marker.kind {
                "hotfix" | "plugin-framework" => "dynamic-code",
                "hybrid" if marker.effect.starts_with("logic-in-") || marker.effect == "logic-remote" => "script",
                _ => continue,
            };
            if marker.confidence == Confidence::Low {
                continue;
            }
            let seen = match marker.marker {
                "class-prefix" => self.has_package(marker.pattern).then_some(marker.pattern),
                _ => self.sign(marker),
            };
            if let Some(seen) = seen {
                details.insert((kind, format!("{}: {seen}", marker.name)));
            }
        }
        details
    }

    /// Whether any defined class lies below a dotted prefix.
    fn has_package(&self, prefix: &str) -> bool {
        let prefix = prefix.trim_end_matches(['*', '.']).replace('.', "/");
        self.program.units.iter().any(|unit| unit.defines_below(&format!("L{prefix}")))
    }
}

/// The names of a package's entries, for questions by pattern.
#[derive(Debug)]
pub(super) struct EntryNames<'s> {
    sorted: Vec<&'s str>,
    /// File names of native libraries with their entries.
    libraries: Vec<(&'s str, &'s str)>,
}

impl<'s> EntryNames<'s> {
    pub(super) fn new(names: &[&'s str]) -> Self {
        let mut sorted = names.to_owned();
        sorted.sort_unstable();
        sorted.dedup();
        let library =
            |entry: &&'s str| entry.ends_with(LIBRARY).then(|| (entry.rsplit('/').next().unwrap_or(entry), *entry));
        Self { libraries: sorted.iter().filter_map(library).collect(), sorted }
    }

    /// The first entry that matches: a name, a folder with a slash at its end, or a pattern with `*`.
    fn matching(&self, pattern: &str) -> Option<&'s str> {
        let fixed = pattern.split('*').next().unwrap_or(pattern);
        let start = self.sorted.partition_point(|entry| *entry < fixed);
        let candidates = self.sorted.get(start..)?.iter().take_while(|entry| entry.starts_with(fixed));
        let folder = pattern.ends_with('/');
        candidates.copied().find(|entry| folder && entry.starts_with(pattern) || matches_glob(pattern, entry))
    }

    /// The first native library whose file name matches.
    fn library(&self, pattern: &str) -> Option<&'s str> {
        self.libraries.iter().find(|(file, _)| matches_glob(pattern, file)).map(|(_, entry)| *entry)
    }
}
