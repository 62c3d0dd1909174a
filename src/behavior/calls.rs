//! The calls of scripts that the catalog knows, by the words that they are found by.

use std::collections::BTreeMap;

use crate::catalog::{ArgOp, Catalog, Source, SourceKind};

/// All calls of a catalog that a script can show. They are known by their place in `sources`.
#[derive(Debug)]
pub(super) struct Calls {
    pub(super) sources: Vec<&'static Source>,
    /// The words to find, each with its sources.
    pub(super) words: Vec<(&'static str, Vec<usize>)>,
    /// Sources that an expression decides.
    pub(super) expressions: Vec<usize>,
}

impl Calls {
    /// The calls of a catalog, which lives as long as the process.
    pub(super) fn new(catalog: &'static Catalog) -> Self {
        let mut by_word: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut expressions = Vec::new();
        let sources: Vec<&Source> = catalog.sources(SourceKind::JsApi).collect();
        for (place, source) in sources.iter().enumerate() {
            match source.arg_op {
                ArgOp::Regex => expressions.push(place),
                ArgOp::In => {
                    source.arg_value.split('|').for_each(|word| by_word.entry(word).or_default().push(place));
                }
                ArgOp::Any => by_word.entry(source.target).or_default().push(place),
                ArgOp::Eq | ArgOp::Contains | ArgOp::Prefix => {
                    by_word.entry(source.arg_value).or_default().push(place);
                }
                ArgOp::Mask => {}
            }
        }
        let words: Vec<_> = by_word.into_iter().filter(|(word, _)| !word.is_empty()).collect();
        Self { sources, words, expressions }
    }
}
