//! SDKs: what proves that a third party's code is in the package, and how much it proves.

use std::collections::{BTreeMap, BTreeSet};

use super::expression::Expression;
use super::model::{Grade, SdkEvidence, SdkFound};
use crate::catalog::{Catalog, Holder, PrefixMatch, Sdk, Strength, Under, word_key};
use crate::flow::Unit;
use crate::manifest::{Manifest, MetaData};

/// The end of a native library's name. Android compares names with their case.
pub(super) const LIBRARY: &str = ".so";

/// The signs of all SDKs of a catalog: those that are words are found in its register, patterns are looked at in turn.
#[derive(Debug)]
pub(super) struct Signs {
    catalog: &'static Catalog,
    component_globs: Vec<(&'static str, usize)>,
    library_patterns: Vec<(Expression, usize)>,
    file_globs: Vec<(&'static str, usize)>,
}

/// Defined classes below one prefix.
pub(super) type ClassCounts = BTreeMap<(&'static str, &'static str), (Strength, u32)>;

/// How much one sign proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    /// It proves nothing alone, and two of its sort prove no more.
    Weak,
    /// Only this SDK leaves it.
    Strong,
}

impl Signs {
    pub(super) fn new(catalog: &'static Catalog) -> Self {
        let globs = |under, of: fn(&'static Sdk) -> &'static [&'static str]| {
            let words = catalog
                .sdks_under(under, word_key(""))
                .flat_map(move |(place, sdk)| of(sdk).iter().map(move |it| (*it, place)));
            words.filter(|(word, _)| word.contains('*')).collect()
        };
        let libraries = catalog.sdks_under(Under::Library, word_key("")).flat_map(|(place, sdk)| {
            sdk.native_libs_regex.iter().map(move |pattern| (Expression::whole(pattern), place))
        });
        Self {
            catalog,
            component_globs: globs(Under::Component, |sdk| &sdk.components),
            library_patterns: libraries.collect(),
            file_globs: globs(Under::File, |sdk| &sdk.assets),
        }
    }

    /// The SDKs of a package: its defined classes, its manifests and its entries.
    pub(super) fn find<'e>(
        &self,
        classes: &ClassCounts,
        manifests: &[Manifest],
        entries: impl Iterator<Item = &'e str>,
    ) -> Vec<SdkFound> {
        let mut found = Evidence::default();
        for ((sdk, prefix), (strength, count)) in classes {
            let Some(sdk) = self.catalog.sdk(sdk) else { continue };
            let weight = if *strength == Strength::Strong { Weight::Strong } else { Weight::Weak };
            found.add(sdk, SdkEvidence { kind: "class", value: (*prefix).to_owned(), count: Some(*count) }, weight);
        }
        for manifest in manifests {
            self.read_manifest(manifest, &mut found);
        }
        for entry in entries {
            self.read_entry(entry, &mut found);
        }
        found.graded()
    }

    /// The SDKs that a native library of this file name belongs to, in the order of the catalog.
    pub(super) fn with_library(&self, file: &str) -> Vec<&'static Sdk> {
        let by_pattern = self.library_patterns.iter().filter(|(it, _)| it.matches(file)).map(|(_, place)| place);
        let named = self.named(Under::Library, file, |sdk| &sdk.native_libs);
        self.in_order(named.chain(by_pattern.copied()))
    }

    /// The SDKs that list an entry among their files, in the order of the catalog.
    pub(super) fn with_file(&self, entry: &str) -> Vec<&'static Sdk> {
        let inside = entry.strip_prefix("assets/").unwrap_or(entry);
        let globs = self.file_globs.iter().filter(|(glob, _)| matches_glob(glob, inside)).map(|(_, place)| place);
        self.in_order(self.named(Under::File, inside, |sdk| &sdk.assets).chain(globs.copied()))
    }

    /// The places of the SDKs that have a word in a list.
    fn named(
        &self,
        under: Under,
        word: &str,
        of: fn(&'static Sdk) -> &'static [&'static str],
    ) -> impl Iterator<Item = usize> {
        let listed = self.catalog.sdks_under(under, word_key(word));
        listed.filter(move |(_, sdk)| of(sdk).contains(&word)).map(|(place, _)| place)
    }

    fn in_order(&self, places: impl Iterator<Item = usize>) -> Vec<&'static Sdk> {
        let places: BTreeSet<usize> = places.collect();
        places.into_iter().filter_map(|place| self.catalog.tables.sdks.at(place)).collect()
    }

    fn read_manifest(&self, manifest: &Manifest, found: &mut Evidence) {
        for component in &manifest.components {
            let name = component.name.as_str();
            let named = self.named(Under::Component, name, |sdk| &sdk.components);
            self.add_all(named, "component", name, Weight::Strong, found);
            let globs = self.component_globs.iter().filter(|(glob, _)| matches_glob(glob, name));
            self.add_all(globs.map(|(_, place)| *place), "component", name, Weight::Weak, found);
            self.read_meta_data(&component.meta_data, found);
            for action in component.filters.iter().flat_map(|filter| &filter.actions) {
                let named = self.named(Under::Action, action, |sdk| &sdk.actions);
                self.add_all(named, "component", action, Weight::Weak, found);
            }
        }
        self.read_meta_data(&manifest.meta_data, found);
    }

    fn read_meta_data(&self, all: &[MetaData], found: &mut Evidence) {
        for meta in all {
            let named = self.named(Under::MetaData, &meta.name, |sdk| &sdk.meta_data);
            self.add_all(named, "meta-data", &meta.name, Weight::Weak, found);
        }
    }

    fn read_entry(&self, entry: &str, found: &mut Evidence) {
        let file = entry.rsplit('/').next().unwrap_or(entry);
        if is_library(entry) {
            for sdk in self.with_library(file) {
                let sign = SdkEvidence { kind: "native-lib", value: file.to_owned(), count: None };
                found.add(sdk, sign, Weight::Weak);
            }
        }
        for sdk in self.with_file(entry) {
            found.add(sdk, SdkEvidence { kind: "asset", value: entry.to_owned(), count: None }, Weight::Weak);
        }
    }

    fn add_all(
        &self,
        places: impl Iterator<Item = usize>,
        kind: &'static str,
        value: &str,
        weight: Weight,
        to: &mut Evidence,
    ) {
        for sdk in places.filter_map(|place| self.catalog.tables.sdks.at(place)) {
            to.add(sdk, SdkEvidence { kind, value: value.to_owned(), count: None }, weight);
        }
    }
}

/// Counts the classes that a file defines below each prefix of the catalog. A class that is only referenced counts not.
pub(super) fn count_classes(catalog: &'static Catalog, unit: &Unit<'_>) -> ClassCounts {
    let mut counts = ClassCounts::new();
    let mut search = catalog.prefix_search();
    // Classes of one prefix stand together.
    let mut last: Option<(PrefixMatch<'_>, u32)> = None;
    let mut add = |last: Option<(PrefixMatch<'static>, u32)>| {
        let Some((found, count)) = last else { return };
        let (Holder::Sdk(sdk) | Holder::Utility(sdk)) = found.holder else { return };
        counts.entry((sdk.id, found.prefix)).or_insert((found.strength, 0)).1 += count;
    };
    for class in unit.dex.classes().flatten() {
        let Some(found) = unit.dex.type_bytes(class.class).and_then(|name| search.longest(name)) else { continue };
        match &mut last {
            Some((known, count)) if known.prefix == found.prefix => *count += 1,
            _ => add(last.replace((found, 1))),
        }
    }
    add(last);
    counts
}

/// The signs found so far, by SDK.
#[derive(Debug, Default)]
struct Evidence {
    by_sdk: BTreeMap<&'static str, (Option<&'static Sdk>, BTreeMap<SdkEvidence, Weight>)>,
}

impl Evidence {
    fn add(&mut self, sdk: &'static Sdk, sign: SdkEvidence, weight: Weight) {
        let (entry, signs) = self.by_sdk.entry(sdk.id).or_default();
        *entry = Some(sdk);
        signs.insert(sign, weight);
    }

    /// One strong sign or two sorts of weak ones make an SDK present; an entry that rests on recall stays possible.
    fn graded(self) -> Vec<SdkFound> {
        let optional = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let mut sdks = Vec::new();
        for (sdk, signs) in self.by_sdk.into_values() {
            let Some(sdk) = sdk else { continue };
            let kinds: BTreeSet<&str> = signs.keys().map(|sign| sign.kind).collect();
            let proven = signs.values().any(|weight| *weight == Weight::Strong) || kinds.len() > 1;
            sdks.push(SdkFound {
                id: sdk.id.to_owned(),
                name: sdk.name.to_owned(),
                vendor: sdk.vendor.to_owned(),
                country: optional(sdk.country),
                category: sdk.category.to_owned(),
                parent: optional(sdk.parent),
                grade: if proven && !sdk.recall_only { Grade::Present } else { Grade::Possible },
                version: None,
                version_from: None,
                evidence: signs.into_keys().collect(),
            });
        }
        sdks
    }
}

/// Whether an entry is where the system takes native libraries from.
pub(super) fn is_library(entry: &str) -> bool {
    entry.starts_with("lib/") && entry.ends_with(LIBRARY)
}

/// Whether `text` matches a pattern in which `*` stands for any run of characters.
pub(super) fn matches_glob(pattern: &str, text: &str) -> bool {
    let Some((first, pattern)) = pattern.split_once('*') else { return pattern == text };
    let (middle, last) = pattern.rsplit_once('*').unwrap_or(("", pattern));
    let Some(mut rest) = text.strip_prefix(first).and_then(|rest| rest.strip_suffix(last)) else { return false };
    middle.split('*').all(|piece| match rest.find(piece) {
        Some(at) => {
            rest = rest.get(at + piece.len()..).unwrap_or_default();
            true
        }
        None => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_match_whole_names() {
        for (pattern, text, expected) in [
            ("*.wxapi.WXPayEntryActivity", "com.example.wxapi.WXPayEntryActivity", true),
            ("*.wxapi.WXPayEntryActivity", "com.example.wxapi.WXPayEntryActivity2", false),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c", false),
            ("abc", "abc", true),
            ("abc", "abcd", false),
            ("ab*ba", "aba", false),
        ] {
            assert_eq!(matches_glob(pattern, text), expected, "{pattern} on {text}");
        }
    }

    fn grade_of(classes: &[(&'static str, &'static str, Strength)], entries: &[&str], id: &str) -> Option<Grade> {
        let counts = classes.iter().map(|(sdk, prefix, strength)| ((*sdk, *prefix), (*strength, 1))).collect();
        let found = Signs::new(Catalog::builtin()).find(&counts, &[], entries.iter().copied());
        found.into_iter().find(|sdk| sdk.id == id).map(|sdk| sdk.grade)
    }

    #[test]
    fn one_weak_sign_is_only_possible() {
        assert_eq!(grade_of(&[], &["lib/armeabi/libBugly.so"], "bugly"), Some(Grade::Possible));
        assert_eq!(grade_of(&[("bugly", "com.tencent.bugly", Strength::Strong)], &[], "bugly"), Some(Grade::Present));
        let generic = [("bugly", "com.tencent.bugly", Strength::Generic)];
        assert_eq!(grade_of(&generic, &[], "bugly"), Some(Grade::Possible));
        assert_eq!(grade_of(&generic, &["lib/x86/libBugly.so"], "bugly"), Some(Grade::Present));
        assert_eq!(grade_of(&[], &["lib/x86/libbuglyfake.so"], "bugly"), None);
    }
}
