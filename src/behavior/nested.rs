//! Code inside the package that is not where the system looks for it: packages, archives and DEX files that the app's own
//! code loads at run time. They are opened as further parts; what they say of themselves, their manifests, counts not.

use std::collections::BTreeSet;

use super::scripts;
use crate::container::{Entry, Package, Part};
use crate::error::Issue;
use crate::limits::{MAX_NESTED, MAX_NESTED_BYTES, MAX_NESTED_DEPTH};

/// How files of DEX code end. One that is none of it hides what it is.
const CODE: [&str; 3] = [".apk", ".dex", ".jar"];

/// How archives end that may hold code or scripts. One that cannot be opened may be anything.
const ARCHIVES: [&str; 3] = [".aar", ".wgt", ".zip"];

/// Files that a reason lists before it counts the rest.
const SHOWN: usize = 3;

/// What lies inside a package.
#[derive(Debug, Default)]
pub(super) struct NestedCode {
    /// Those that hold DEX files or scripts, outer ones first.
    pub(super) parts: Vec<Part>,
    pub(super) issues: Vec<Issue>,
    /// Files with code in them.
    code: BTreeSet<String>,
    /// Files of code that could not be opened.
    unread: BTreeSet<String>,
    /// Files that were opened, or tried to be, and the bytes that they claim.
    tried: usize,
    bytes: u64,
}

impl NestedCode {
    /// Opens what lies inside the parts of a package, level by level, in the order of the archives.
    pub(super) fn of(package: &Package) -> Self {
        let mut it = Self::default();
        let mut level: Vec<Part> = package.parts.iter().flat_map(|part| it.inside(part)).collect();
        for _ in 1..MAX_NESTED_DEPTH {
            let next = level.iter().flat_map(|part| it.inside(part)).collect();
            it.keep(std::mem::replace(&mut level, next));
        }
        for part in &level {
            it.unread
                .extend(candidates(part).filter(|entry| is_code(&entry.name)).map(|entry| part.label(&entry.name)));
        }
        it.keep(level);
        it
    }

    /// What of them counts as code that is loaded at run time, and what of that could not be seen, where reading all code
    /// came upon `issues`.
    pub(super) fn reasons(&self, issues: &[Issue]) -> (Option<String>, Option<String>) {
        let is_damaged = |label: &&String| {
            issues.iter().any(|issue| match issue.file.strip_prefix(label.as_str()) {
                Some("") => true,
                Some(inside) => inside.strip_prefix("!/").is_some_and(|entry| !entry.contains("!/")),
                None => false,
            })
        };
        let (damaged, read): (BTreeSet<&String>, BTreeSet<&String>) = self.code.iter().partition(is_damaged);
        let unread = self.unread.iter().chain(damaged).collect();
        let told = |files: &BTreeSet<&String>, one: &str, many: &str| {
            let shown: Vec<&str> = files.iter().take(SHOWN).map(|it| it.as_str()).collect();
            let count = files.len();
            let sentence =
                if count == 1 { format!("1 nested file {one}") } else { format!("{count} nested files {many}") };
            (!files.is_empty()).then(|| format!("{sentence}: {}", shown.join(", ")))
        };
        (
            told(&read, "of code was analysed", "of code were analysed"),
            told(&unread, "of code could not be read", "of code could not be read"),
        )
    }

    fn inside(&mut self, part: &Part) -> Vec<Part> {
        let mut parts = Vec::new();
        // Plain archives take no room from files that are code for sure.
        let (code, archives): (Vec<&Entry>, Vec<&Entry>) = candidates(part).partition(|entry| is_code(&entry.name));
        for entry in code.into_iter().chain(archives) {
            let label = part.label(&entry.name);
            let nested = if self.has_room(entry.size) { part.nested(entry) } else { Ok(None) };
            match nested {
                Ok(Some(nested)) => {
                    let (code, _) = nested.part.dex_entries();
                    let is_bare = nested.part.name == part.name;
                    let inflated = code.iter().map(|entry| entry.size).fold(0, u64::saturating_add);
                    if !is_bare && !self.has_room(inflated) {
                        self.unread.insert(label);
                        continue;
                    }
                    if !code.is_empty() {
                        self.code.insert(label);
                    }
                    self.issues.extend(nested.issues);
                    parts.push(nested.part);
                }
                Ok(None) if is_code(&entry.name) => {
                    self.unread.insert(label);
                }
                Err(error) if is_code(&entry.name) => {
                    self.unread.insert(label.clone());
                    self.issues.push(Issue::from_error(label, &error));
                }
                Ok(None) | Err(_) => {}
            }
        }
        parts
    }

    /// Whether one more file of so many bytes may be opened, and counts it if so.
    fn has_room(&mut self, bytes: u64) -> bool {
        let sum = self.bytes.saturating_add(bytes);
        if MAX_NESTED <= self.tried || MAX_NESTED_BYTES < sum {
            return false;
        }
        self.tried += 1;
        self.bytes = sum;
        true
    }

    /// Keeps the parts in which something is read; the memory of the others is free again.
    fn keep(&mut self, parts: Vec<Part>) {
        let matters = |part: &Part| {
            !part.dex_entries().0.is_empty() || part.entries().iter().any(|it| scripts::is_script(&it.name))
        };
        self.parts.extend(parts.into_iter().filter(matters));
    }
}

/// The entries of a part that may hold code beside the DEX files that the system loads.
fn candidates(part: &Part) -> impl Iterator<Item = &Entry> {
    let (loaded, beyond) = part.dex_entries();
    let known: BTreeSet<&str> = loaded.iter().chain(&beyond).map(|entry| entry.name.as_str()).collect();
    let entries = part.entries().iter().filter(move |entry| !known.contains(entry.name.as_str()));
    entries.filter(|entry| is_code(&entry.name) || ends_with(&entry.name, &ARCHIVES))
}

fn is_code(name: &str) -> bool {
    ends_with(name, &CODE)
}

/// Whether a file name ends so and is more than its ending.
fn ends_with(name: &str, endings: &[&str]) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    endings.iter().any(|ending| {
        file.len().checked_sub(ending.len()).filter(|start| *start > 0).is_some_and(|start| {
            file.as_bytes().get(start..).is_some_and(|end| end.eq_ignore_ascii_case(ending.as_bytes()))
        })
    })
}
