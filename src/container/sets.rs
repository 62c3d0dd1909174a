//! Packages of more than one archive: split sets and bundles.
//!
//! Which splits a device would get is not modelled: all parts that can be installed together are read.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{Error, Issue, Result};
use crate::limits::{MAX_ENTRY_BYTES, MAX_PARTS};

use super::archive::Archive;
use super::entry::Entry;
use super::map::Span;
use super::part::Part;
use super::signing;
use super::{Kind, Signer};

/// Where the manifest of a module lies in a bundle.
const MODULE_MANIFEST: &str = "manifest/AndroidManifest.xml";

/// What one file, or the files of a set, hold.
#[derive(Debug)]
pub(super) struct Contents {
    pub(super) kind: Kind,
    /// Base first, then by name.
    pub(super) parts: Vec<Part>,
    pub(super) signing: BTreeSet<Signer>,
    /// An empty `file` means the input itself.
    pub(super) issues: Vec<Issue>,
}

impl Contents {
    /// What an archive holds, told from its entries.
    ///
    /// # Errors
    /// It is neither a package nor a bundle nor a set, or a set in which no package can be opened.
    pub(super) fn of(archive: Archive) -> Result<Self> {
        let names = || archive.entries.iter().map(|entry| entry.name.as_str());
        if names().any(is_package_entry) {
            return Ok(Self::of_package(archive));
        }
        if names().any(|name| module_of(name).is_some()) {
            return Ok(Self::of_bundle(archive));
        }
        if names().any(is_apk) {
            return Self::of_set(archive);
        }
        let count = archive.entries.len();
        let what = format!("expected AndroidManifest.xml, classes.dex or packages among the {count} entries");
        Err(Error::malformed(what, archive.directory_start as u64))
    }

    fn of_package(mut archive: Archive) -> Self {
        let mut issues = std::mem::take(&mut archive.issues);
        let signing = signing::signers(&archive, &mut issues);
        Self { kind: Kind::Apk, parts: vec![Part::package(String::new(), archive)], signing, issues }
    }

    /// An Android App Bundle: each folder with a manifest is a module.
    fn of_bundle(mut archive: Archive) -> Self {
        let mut issues = std::mem::take(&mut archive.issues);
        let signing = signing::signers(&archive, &mut issues);
        let modules: BTreeSet<&str> = archive.entries.iter().filter_map(|entry| module_of(&entry.name)).collect();
        let mut entries: BTreeMap<&str, Vec<Entry>> = modules.into_iter().map(|module| (module, Vec::new())).collect();
        for entry in &archive.entries {
            if let Some((module, name)) = entry.name.split_once('/')
                && let Some(entries) = entries.get_mut(module)
            {
                entries.push(Entry { name: name.to_owned(), ..entry.clone() });
            }
        }
        let base = if entries.contains_key("base") { "base" } else { entries.keys().next().copied().unwrap_or("") };
        let mut parts: Vec<Part> = entries
            .into_iter()
            .map(|(module, entries)| {
                let name = if module == base { "" } else { module };
                Part::module(name.to_owned(), archive.bytes.clone(), entries)
            })
            .collect();
        parts.sort_by(|a, b| a.name.cmp(&b.name));
        limit_parts(&mut parts, &mut issues);
        Self { kind: Kind::Bundle, parts, signing, issues }
    }

    /// An archive of packages: `.apks` of bundletool, `.xapk`, `.apkm`.
    fn of_set(mut archive: Archive) -> Result<Self> {
        let mut issues = std::mem::take(&mut archive.issues);
        let (chosen, base) = choose(&archive, &mut issues);
        let mut files = Vec::new();
        let mut inflated: u64 = 0;
        for entry in chosen {
            if MAX_PARTS <= files.len() {
                let message = format!("only the first {MAX_PARTS} packages of the set are read");
                issues.push(Issue::new("", None, message));
                break;
            }
            match entry.span(&archive.bytes, MAX_ENTRY_BYTES) {
                Ok((span, copied)) => {
                    inflated = inflated.saturating_add(copied);
                    files.push((entry.name.clone(), span));
                }
                Err(error) => issues.push(Issue::from_error(&entry.name, &error)),
            }
            if MAX_ENTRY_BYTES < inflated {
                let message = format!("the packages after this one are not read: more than {MAX_ENTRY_BYTES} bytes");
                issues.push(Issue::new(&entry.name, None, message));
                break;
            }
        }
        Self::of_files(files, base.as_deref(), issues)
    }

    /// The packages of a set, given with their names. `base` names the base if something but the names does.
    ///
    /// # Errors
    /// None of them can be opened.
    pub(super) fn of_files(files: Vec<(String, Span)>, base: Option<&str>, mut issues: Vec<Issue>) -> Result<Self> {
        let mut opened = Vec::new();
        let mut last_error = None;
        for (name, span) in files {
            match Archive::open(span) {
                Ok(archive) => opened.push((name, archive)),
                Err(error) => {
                    issues.push(Issue::from_error(&name, &error));
                    last_error = Some(error);
                }
            }
        }
        opened.sort_by(|(a, _), (b, _)| (base_rank(a, base), a).cmp(&(base_rank(b, base), b)));
        let short_names: Vec<&str> = opened.iter().map(|(name, _)| file_name(name)).collect();
        let is_unique = BTreeSet::from_iter(&short_names).len() == short_names.len();
        let mut signing = BTreeSet::new();
        let mut parts = Vec::new();
        for (index, (name, mut archive)) in opened.into_iter().enumerate() {
            let name = match index {
                0 => String::new(),
                _ if is_unique => file_name(&name).to_owned(),
                _ => name,
            };
            let mut found = std::mem::take(&mut archive.issues);
            signing.append(&mut signing::signers(&archive, &mut found));
            let part = Part::package(name, archive);
            issues.extend(found.into_iter().map(|issue| {
                let file = if issue.file.is_empty() { part.name.clone() } else { part.label(&issue.file) };
                Issue { file, ..issue }
            }));
            parts.push(part);
        }
        match last_error {
            Some(error) if parts.is_empty() => Err(error),
            _ if parts.is_empty() => Err(Error::malformed("no package of the set can be read", None)),
            _ => Ok(Self { kind: Kind::Split, parts, signing, issues }),
        }
    }
}

/// The packages of a set that can be installed together, and the name of the base if the set's own index tells it.
///
/// bundletool writes the splits to `splits/`, and beside them alternatives for old devices, each complete: `universal.apk`
/// or `standalones/`. The splits together hold the same code, so the alternatives are left out; without splits one of the
/// alternatives stands for all.
fn choose<'a>(archive: &'a Archive, issues: &mut Vec<Issue>) -> (Vec<&'a Entry>, Option<String>) {
    let mut apks: Vec<&Entry> = archive.entries.iter().filter(|entry| is_apk(&entry.name)).collect();
    apks.sort_by(|a, b| a.name.cmp(&b.name));
    let is_alternative = |entry: &Entry| {
        entry.name == "universal.apk" || ["standalones/", "system/"].iter().any(|it| entry.name.starts_with(it))
    };
    let (alternatives, splits): (Vec<&Entry>, Vec<&Entry>) = apks.into_iter().partition(|entry| is_alternative(entry));
    if splits.is_empty() {
        let universal = alternatives.iter().find(|entry| entry.name == "universal.apk").copied();
        let chosen = universal.or_else(|| alternatives.first().copied());
        if let Some(chosen) = chosen
            && 1 < alternatives.len()
        {
            let message = format!("read as one of {} alternatives, the others are left out", alternatives.len());
            issues.push(Issue::new(&chosen.name, None, message));
        }
        return (chosen.into_iter().collect(), None);
    }
    (splits, xapk_base(archive))
}

/// The base that the `manifest.json` of an `.xapk` names.
fn xapk_base(archive: &Archive) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Manifest {
        #[serde(default)]
        split_apks: Vec<Split>,
    }
    #[derive(serde::Deserialize)]
    struct Split {
        file: String,
        id: String,
    }
    let data = archive.find("manifest.json")?.data(&archive.bytes).ok()?;
    let manifest: Manifest = serde_json::from_slice(&data).ok()?;
    manifest.split_apks.into_iter().find(|split| split.id == "base").map(|split| split.file)
}

/// Sorts the base before the splits. The names are those of bundletool, of `adb pull` and of the shops.
fn base_rank(name: &str, base: Option<&str>) -> u8 {
    let name_or_path = |it: &str| it == name || it == file_name(name);
    if base.is_some_and(name_or_path) {
        return 0;
    }
    match file_name(name) {
        "base.apk" | "base-master.apk" | "universal.apk" => 1,
        split if split.starts_with("split_") || split.contains("config.") || split.starts_with("base-") => 3,
        _ => 2,
    }
}

/// Whether a top-level name makes an archive a package.
fn is_package_entry(name: &str) -> bool {
    let is_dex = || {
        let number = name.strip_prefix("classes").and_then(|it| it.strip_suffix(".dex"));
        number.is_some_and(|it| it.bytes().all(|it| it.is_ascii_digit()))
    };
    name == "AndroidManifest.xml" || is_dex()
}

fn is_apk(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("apk"))
}

/// The module whose manifest this is.
fn module_of(name: &str) -> Option<&str> {
    let (module, rest) = name.split_once('/')?;
    (rest == MODULE_MANIFEST).then_some(module)
}

fn file_name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

fn limit_parts(parts: &mut Vec<Part>, issues: &mut Vec<Issue>) {
    if MAX_PARTS < parts.len() {
        let message = format!("only the first {MAX_PARTS} of {} modules are read", parts.len());
        issues.push(Issue::new("", None, message));
        parts.truncate(MAX_PARTS);
    }
}
