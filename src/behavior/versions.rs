//! Versions of SDKs: where the catalog says that one stands, and what stands there in a package.
//!
//! Only SDKs that were found are asked about. Places that disagree give no version: a wrong one is worse than none.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::expression::Expression;
use super::model::SdkFound;
use super::sdks::{is_library, matches_glob};
use crate::catalog::{Catalog, Version, VersionKind};
use crate::container::Part;
use crate::dex::{BitSet, ClassDef, Constant, FieldIdx, Reference, StringIdx, Targets};
use crate::flow::{Program, Unit};
use crate::manifest::Manifest;

/// Bytes of a text file that may name a version; real ones have a few lines.
const MAX_ENTRY: u64 = 64 << 10;

/// Characters of a version: what is longer is no version.
const MAX_VERSION: usize = 64;

/// Classes below one place whose strings are looked at: an entry that would ask for more names its place too widely.
const MAX_CLASSES: usize = 4096;

/// The places of all versions of a catalog.
#[derive(Debug)]
pub(super) struct Versions {
    rules: Vec<(&'static Version, Expression)>,
}

/// What a package is made of, as far as versions are looked for in it.
struct Places<'a, 'p> {
    program: &'a Program<'p>,
    manifests: &'a [Manifest],
    parts: &'a [Part],
}

/// The versions found, each with the place of the first.
type Found = BTreeMap<String, String>;

impl Versions {
    pub(super) fn new(catalog: &'static Catalog) -> Self {
        Self { rules: catalog.tables.versions.iter().map(|rule| (rule, Expression::whole(rule.pattern))).collect() }
    }

    /// Fills in the versions of the SDKs that were found.
    pub(super) fn fill(&self, program: &Program<'_>, manifests: &[Manifest], parts: &[Part], sdks: &mut [SdkFound]) {
        let places = Places { program, manifests, parts };
        sdks.par_iter_mut().for_each(|sdk| {
            // The most confident places that say anything decide.
            let mut by_confidence: BTreeMap<_, Found> = BTreeMap::new();
            let start = self.rules.partition_point(|(rule, _)| rule.sdk < sdk.id.as_str());
            for (rule, pattern) in self.rules.iter().skip(start).take_while(|(rule, _)| rule.sdk == sdk.id) {
                places.look(rule, pattern, by_confidence.entry(rule.confidence).or_default());
            }
            let mut found = by_confidence.into_values().rev().find(|found| !found.is_empty()).unwrap_or_default();
            if found.len() == 1
                && let Some((version, from)) = found.pop_first()
            {
                (sdk.version, sdk.version_from) = (Some(version), Some(from));
            }
        });
    }
}

impl Places<'_, '_> {
    fn look(&self, rule: &Version, pattern: &Expression, found: &mut Found) {
        match rule.kind {
            VersionKind::Field => self.fields(rule, pattern, found),
            VersionKind::Literal => self.literals(rule, pattern, found),
            VersionKind::Entry => self.entries(rule, pattern, found),
            VersionKind::MetaData => {
                let all = self.manifests.iter().flat_map(|manifest| {
                    manifest.components.iter().flat_map(|component| &component.meta_data).chain(&manifest.meta_data)
                });
                for meta in all.filter(|meta| meta.name == rule.place) {
                    note(pattern, &meta.value, || format!("meta-data {}", meta.name), found);
                }
            }
            VersionKind::Library => {
                for entry in self.parts.iter().flat_map(Part::entries).filter(|entry| is_library(&entry.name)) {
                    let file = entry.name.rsplit('/').next().unwrap_or(&entry.name);
                    if matches_glob(rule.place, file) {
                        note(pattern, file, || entry.name.clone(), found);
                    }
                }
            }
        }
    }

    fn fields(&self, rule: &Version, pattern: &Expression, found: &mut Found) {
        let Some((before, after)) = rule.place.split_once('*') else {
            if let Some((unit, class)) = self.program.find(descriptor(rule.place, ";").as_bytes()) {
                field(unit, &class, rule.name, pattern, found);
            }
            return;
        };
        let rest = format!("*{};", after.replace('.', "/"));
        let before = descriptor(before, "");
        for unit in &self.program.units {
            for (name, class) in unit.classes_from(&before).take(MAX_CLASSES) {
                if matches_glob(&rest, &String::from_utf8_lossy(name)) {
                    field(unit, &class, rule.name, pattern, found);
                }
            }
        }
    }

    fn literals(&self, rule: &Version, pattern: &Expression, found: &mut Found) {
        let prefix = descriptor(rule.place, "");
        for unit in &self.program.units {
            let targets = Targets { strings: BitSet::full(unit.dex.header.strings.count), ..Targets::default() };
            let classes = unit.classes_from(&prefix).take(MAX_CLASSES);
            for (_, class) in classes.filter(|(rest, _)| matches!(rest.first(), Some(b'/' | b'$' | b';'))) {
                for string in loaded(unit, &class, &targets) {
                    if let Some(text) = short(unit, string) {
                        note(pattern, &text, || class_name(unit, &class), found);
                    }
                }
            }
        }
    }

    fn entries(&self, rule: &Version, pattern: &Expression, found: &mut Found) {
        for part in self.parts {
            let named = part.entries().iter().filter(|entry| matches_glob(rule.place, &entry.name));
            for entry in named.filter(|entry| entry.size <= MAX_ENTRY) {
                let Ok(bytes) = part.read(entry) else { continue };
                let text = String::from_utf8_lossy(&bytes);
                let value = if rule.name.is_empty() { Some(&*text) } else { property(&text, rule.name) };
                if let Some(value) = value {
                    note(pattern, value.trim(), || entry.name.clone(), found);
                }
            }
        }
    }
}

/// Notes the version in a text, where the pattern matches the whole of it.
fn note(pattern: &Expression, text: &str, from: impl Fn() -> String, found: &mut Found) {
    let Some(groups) = pattern.captures(text) else { return };
    let version = if groups.len() == 1 {
        text.to_owned()
    } else {
        let groups = groups.iter().skip(1).flatten().map(|group| String::from_utf8_lossy(group.as_bytes()));
        groups.collect::<Vec<_>>().join(".")
    };
    if !version.is_empty() && version.chars().count() <= MAX_VERSION {
        found.entry(version).or_insert_with(from);
    }
}

/// The value of a key in a file of Java properties, as build tools write them: `key=value`, a line each.
fn property<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    text.lines().find_map(|line| line.trim_start().strip_prefix(key)?.trim_start().strip_prefix('='))
}

/// The constant of a class's static final field.
fn field(unit: &Unit<'_>, class: &ClassDef, name: &str, pattern: &Expression, found: &mut Found) {
    for index in unit.dex.fields_of(class.class).map(FieldIdx) {
        let is_named = unit.dex.field(index).and_then(|row| unit.dex.name_bytes(row.name)) == Some(name.as_bytes());
        let value = is_named.then(|| unit.dex.constant(class, index)).flatten();
        let text = value.and_then(|value| match value {
            Constant::String(string) => short(unit, string),
            Constant::Int(number) => Some(number.to_string()),
        });
        if let Some(text) = text {
            note(pattern, &text, || format!("{}.{name}", class_name(unit, class)), found);
        }
    }
}

/// The strings that the code of a class loads, in order; one that it loads twice stands twice.
fn loaded(unit: &Unit<'_>, class: &ClassDef, targets: &Targets) -> Vec<StringIdx> {
    let methods = unit.dex.class_data(class).ok().flatten().into_iter().flatten().map_while(Result::ok);
    let mut sites = Vec::new();
    for code in methods.filter_map(|method| unit.dex.code(&method).ok().flatten()) {
        // What stands behind something that is no instruction is not loaded.
        let _ = code.sites(targets, &mut sites);
    }
    let strings = sites.into_iter().filter_map(|site| match site.reference {
        Reference::String(string) => Some(string),
        _ => None,
    });
    strings.collect()
}

/// A string that is short enough to be a version.
fn short(unit: &Unit<'_>, string: StringIdx) -> Option<String> {
    let bytes = unit.dex.string_bytes(string).filter(|bytes| bytes.len() <= 2 * MAX_VERSION)?;
    std::str::from_utf8(bytes).ok().map(str::to_owned)
}

fn class_name(unit: &Unit<'_>, class: &ClassDef) -> String {
    let descriptor = unit.dex.type_descriptor(class.class).unwrap_or_default();
    descriptor.trim_start_matches('L').trim_end_matches(';').replace('/', ".")
}

/// The start of the descriptor of a dotted class, with what ends it.
fn descriptor(dotted: &str, end: &str) -> String {
    format!("L{}{end}", dotted.replace('.', "/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Confidence;
    use crate::dex::tests::build;
    use crate::manifest::MetaData;

    fn found(kind: VersionKind, place: &'static str, pattern: &'static str, places: &Places<'_, '_>) -> Vec<String> {
        let confidence = Confidence::High;
        let rule = Version { sdk: "any", kind, place, name: "", pattern, confidence, note: "", origin: "test" };
        let mut found = Found::new();
        places.look(&rule, &Expression::whole(pattern), &mut found);
        found.into_keys().collect()
    }

    #[test]
    fn a_literal_counts_where_its_class_loads_it_as_a_whole() {
        // const-string v0, "text"; return-void, in the class A.
        let bytes = build::code(&[0x001a, 3, 0x000e]);
        let (program, issues) = Program::open(&[("classes.dex", &bytes)]);
        assert_eq!(issues, []);
        let places = Places { program: &program, manifests: &[], parts: &[] };
        let literal = |place, pattern| found(VersionKind::Literal, place, pattern, &places);
        assert_eq!(literal("A", "te.t"), ["text"]);
        assert_eq!(literal("A", "te(.)t"), ["x"]);
        assert_eq!(literal("A", "tex"), [""; 0], "a part of it");
        assert_eq!(literal("AB", "text"), [""; 0], "another class");
        assert_eq!(literal("A", "V"), [""; 0], "a string of the file that no code loads");
    }

    #[test]
    fn meta_data_counts_by_its_name() {
        let meta = MetaData { name: "acme.version".to_owned(), value: "6_0_1-C".to_owned() };
        let manifests = [Manifest { meta_data: vec![meta], ..Manifest::default() }];
        let places = Places { program: &Program::default(), manifests: &manifests, parts: &[] };
        let version = |place| found(VersionKind::MetaData, place, r"(\d)_(\d)_(\d)-\w", &places);
        assert_eq!(version("acme.version"), ["6.0.1"]);
        assert_eq!(version("acme.versions"), [""; 0]);
    }

    #[test]
    fn a_property_is_a_line_of_its_own() {
        assert_eq!(property("# version=1\nversion=16.0.0\nclient=a\n", "version"), Some("16.0.0"));
        assert_eq!(property("version = 2.1\n", "version"), Some(" 2.1"));
        assert_eq!(property("my-version=1\nversionCode=2\n", "version"), None);
    }

    #[test]
    fn what_is_too_long_is_no_version() {
        let mut found = Found::new();
        note(&Expression::whole(".*"), &"1".repeat(MAX_VERSION + 1), String::new, &mut found);
        assert_eq!(found, Found::new());
    }
}
