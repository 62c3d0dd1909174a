//! Reads as they are told: a call that gives one of several data types (an IMEI or a MEID) is one place with one verdict.
//!
//! Which data types are alternatives of each other, the catalog says.

use super::{Case, Evidence, grouped};
use crate::behavior::Read;

/// A read with the data types that the same call gives on other devices.
#[derive(Debug, Clone)]
pub(super) struct Told<'c> {
    pub(super) read: &'c Read,
    also: Vec<&'c str>,
}

impl<'c> Case<'c> {
    /// Folds alternatives: at each place the one with the lowest rank stands for all, and among equals the one that the
    /// others are alternatives of.
    pub(super) fn told<R: Ord>(
        &self,
        reads: impl IntoIterator<Item = &'c Read>,
        rank: impl Fn(&'c Read) -> R,
    ) -> Vec<Told<'c>> {
        let common = |read: &'c Read| self.catalog.data_type(&read.data).map_or("", |it| it.alternative_of);
        let places = grouped(reads.into_iter().map(|read| {
            let base = match common(read) {
                "" => read.data.as_str(),
                base => base,
            };
            ((&read.file, &read.offset, &read.api, &read.literal, base), read)
        }));
        let mut told = Vec::new();
        for (_, reads) in places {
            let best = reads.iter().copied().min_by_key(|read| (rank(read), !common(read).is_empty(), &read.data));
            let Some(best) = best else { continue };
            let mut also: Vec<&str> =
                reads.iter().map(|read| read.data.as_str()).filter(|it| *it != best.data).collect();
            also.sort_unstable();
            also.dedup();
            let kept = reads.into_iter().filter(|read| read.data == best.data);
            told.extend(kept.map(|read| Told { read, also: also.clone() }));
        }
        told
    }
}

impl Told<'_> {
    /// What the package shows for the read.
    pub(super) fn evidence(&self) -> Evidence {
        let read = self.read;
        Evidence {
            kind: "read",
            data: read.data.clone(),
            also: self.also.iter().map(|data| (*data).to_owned()).collect(),
            what: read.api.clone(),
            literal: read.literal.clone(),
            place: read.caller.clone(),
            at: format!("{}@{}", read.file, read.offset),
            certainty: Some(read.certainty),
            confidence: Some(read.confidence),
            pre_consent: read.pre_consent,
            path: read.path.clone(),
            obtainable: Some(read.obtainable.clone()),
            note: read.note.clone().unwrap_or_default(),
            ..Evidence::default()
        }
    }
}
