//! Which places of a finding are told first.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::words::Words;
use crate::check::Evidence;

/// The reads with the most telling place of each data type ahead, and how many data types there are.
pub(super) fn most_telling<'f>(words: &Words<'_>, mut reads: Vec<&'f Evidence>) -> (Vec<&'f Evidence>, usize) {
    // Reads of one data type stand together.
    let mut weighed = ("", words.weight(""));
    reads.sort_by_cached_key(|it| {
        if weighed.0 != it.data {
            weighed = (&it.data, words.weight(&it.data));
        }
        let obstacles = it.obtainable.as_ref().map_or(0, |it| it.undeclared.len());
        (weighed.1, &it.data, Reverse(it.certainty), it.pre_consent != Some(true), obstacles)
    });
    let mut seen = BTreeSet::new();
    let (mut first, rest): (Vec<_>, Vec<_>) = reads.into_iter().partition(|it| seen.insert(&it.data));
    let kinds = first.len();
    first.extend(rest);
    (first, kinds)
}
