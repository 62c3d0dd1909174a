//! The DEX files of a package, inflated.

use std::borrow::Cow;

use rayon::prelude::*;

use crate::container::{Package, Part};
use crate::error::Issue;

/// The bytes of one DEX entry.
#[derive(Debug)]
pub(super) struct File<'p> {
    /// The entry as reports name it.
    pub(super) label: String,
    pub(super) bytes: Cow<'p, [u8]>,
}

/// Inflates the DEX entries of a package, in parallel, in the order of class loading.
pub(super) fn load(package: &Package) -> (Vec<File<'_>>, Vec<Issue>) {
    let mut issues = Vec::new();
    let mut wanted: Vec<(&Part, &crate::container::Entry)> = Vec::new();
    for part in &package.parts {
        let (sequence, beyond) = part.dex_entries();
        wanted.extend(sequence.into_iter().map(|entry| (part, entry)));
        for entry in beyond {
            let message =
                "not in the sequence classes.dex, classes2.dex …: Android does not load it, so it is not analysed";
            issues.push(Issue::new(part.label(&entry.name), None, message));
        }
    }
    let read: Vec<_> = wanted
        .into_par_iter()
        .map(|(part, entry)| {
            let label = part.label(&entry.name);
            match part.read(entry) {
                Ok(bytes) => {
                    let contradictions = part.contradictions(entry, &bytes);
                    (Some(File { label, bytes }), contradictions)
                }
                Err(error) => (None, vec![Issue::from_error(label, &error)]),
            }
        })
        .collect();
    let mut files = Vec::new();
    for (file, more) in read {
        files.extend(file);
        issues.extend(more);
    }
    (files, issues)
}
