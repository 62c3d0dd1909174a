//! The DEX files of a package, inflated.

use rayon::prelude::*;

use crate::container::{Bytes, Entry, Part};
use crate::error::Issue;
use crate::limits::{MAX_CODE_BYTES, MAX_CODE_FILES};

/// DEX files that are inflated before the bounds are looked at again.
const BATCH: usize = 16;

/// The bytes of one DEX entry.
#[derive(Debug)]
pub(super) struct File<'p> {
    /// The entry as reports name it.
    pub(super) label: String,
    pub(super) bytes: Bytes<'p>,
}

/// Inflates the DEX entries of the parts, in parallel, in the order of class loading.
pub(super) fn load<'p>(parts: &[&'p Part]) -> (Vec<File<'p>>, Vec<Issue>) {
    let mut issues = Vec::new();
    let mut wanted: Vec<(&Part, &Entry)> = Vec::new();
    for part in parts.iter().copied() {
        let (sequence, beyond) = part.dex_entries();
        // Entries of a sound archive do not overlap: those of one that does would inflate the same bytes again and again.
        let mut left = part.room();
        for entry in sequence {
            let Some(rest) = left.checked_sub(entry.compressed) else {
                let message = "overlaps other entries; it and the DEX files after it are not analysed";
                issues.push(Issue::new(part.label(&entry.name), None, message));
                break;
            };
            left = rest;
            wanted.push((part, entry));
        }
        for entry in beyond {
            let message =
                "not in the sequence classes.dex, classes2.dex …: Android does not load it, so it is not analysed";
            issues.push(Issue::new(part.label(&entry.name), None, message));
        }
    }
    let count = wanted.len();
    let (mut files, mut inflated, mut place) = (Vec::new(), 0, 0);
    // One file a task: each takes milliseconds, and a thread that has nothing left to do can take the next.
    // A bound is noticed after the same file, however many threads there are.
    for batch in wanted.chunks(BATCH) {
        if MAX_CODE_FILES <= place || MAX_CODE_BYTES <= inflated {
            let message =
                format!("{} DEX files from this one on are beyond the bounds and not analysed", count - place);
            issues.extend(batch.first().map(|(part, entry)| Issue::new(part.label(&entry.name), None, message)));
            break;
        }
        place += batch.len();
        for (file, more) in batch.par_iter().with_max_len(1).map(|(part, entry)| read(part, entry)).collect::<Vec<_>>()
        {
            inflated += file.as_ref().map_or(0, |file| file.bytes.len() as u64);
            files.extend(file);
            issues.extend(more);
        }
    }
    (files, issues)
}

/// The data of one entry, and what is wrong with it.
fn read<'p>(part: &'p Part, entry: &Entry) -> (Option<File<'p>>, Vec<Issue>) {
    let label = part.label(&entry.name);
    match part.read(entry) {
        Ok(bytes) => {
            let contradictions = part.contradictions(entry, &bytes);
            (Some(File { label, bytes }), contradictions)
        }
        Err(error) => (None, vec![Issue::from_error(label, &error)]),
    }
}
