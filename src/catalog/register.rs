//! The register of a catalog: under which word its entries are found. It is searched where the program file has it, so that
//! a run decodes the entries that it meets and no others.
//!
//! Words are known by their hashes, and an app chooses its names: whoever gets an entry holds the word against it.

use std::ops::Range;

use super::key::number;
use super::keys::Keys;
use super::register_table::{Under, key};
use crate::names::SHAPES;

/// Bytes of the counts in front.
const HEADER: usize = 8;

/// Where the entries of a catalog are found.
#[derive(Debug)]
pub struct Register {
    shapes: &'static [u8],
    keys: Keys,
    ends: &'static [u8],
    numbers: &'static [u8],
}

impl Register {
    /// The register in a table that [`super::register_table`] compiled.
    pub(super) fn of(table: &'static [u8]) -> Self {
        let count = number(table, 0) as usize;
        let (shapes, rest) = table.get(HEADER..).and_then(|it| it.split_at_checked(SHAPES / 8)).unwrap_or_default();
        let (keys, rest) = Keys::split(rest, count);
        let (ends, numbers) = rest.split_at_checked(count * 4).unwrap_or_default();
        Self { shapes, keys, ends, numbers }
    }

    /// A bit for the shape of each name and literal: most words have none of these shapes.
    pub fn shapes(&self) -> &'static [u8] {
        self.shapes
    }

    /// The numbers that stand under a word, by its key.
    pub fn under(&self, under: Under, word: u64) -> Numbers {
        self.at(key(under, word))
    }

    /// Whether a word, by its key, stands there.
    pub fn has(&self, under: Under, word: u64) -> bool {
        self.keys.position(key(under, word)).is_some()
    }

    /// The lists, and the places in them, of the prefixes with a rolling hash.
    pub(super) fn prefixes(&self, hash: u64) -> impl Iterator<Item = (usize, usize)> + use<> {
        let mut numbers = self.at(key(Under::Prefix, hash));
        std::iter::from_fn(move || Some((numbers.next()?, numbers.next()?)))
    }

    fn at(&self, key: u64) -> Numbers {
        let places = self.keys.position(key).map_or(0..0, |place| {
            let start = place.checked_sub(1).map_or(0, |before| number(self.ends, before));
            start as usize..number(self.ends, place) as usize
        });
        Numbers { numbers: self.numbers, places }
    }
}

/// The numbers under one word.
#[derive(Debug)]
pub struct Numbers {
    numbers: &'static [u8],
    places: Range<usize>,
}

impl Iterator for Numbers {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        self.places.next().map(|place| number(self.numbers, place) as usize)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::register_table::{compile, prefix_hash};
    use super::super::{Catalog, SourceKind, Tables, Under, word_key};
    use super::Register;

    #[test]
    fn the_compiled_register_is_that_of_the_compiled_tables() {
        let catalog = Catalog::builtin();
        let again = Register::of(compile(&catalog.tables).expect("a register").leak());
        let built = catalog.register();
        assert!(built.shapes() == again.shapes() && built.ends == again.ends && built.numbers == again.numbers);
    }

    #[test]
    fn every_entry_is_found_under_its_words() {
        let catalog = Catalog::builtin();
        let mut kinds = BTreeSet::new();
        for source in &catalog.tables.sources {
            if let (SourceKind::MethodCall, Some((_, signature))) = (source.kind, source.target.split_once("->")) {
                assert!(
                    catalog.sources_under(Under::Member, word_key(signature)).any(|it| it == source),
                    "{}",
                    source.target
                );
                let name = signature.split('(').next().unwrap_or_default();
                assert!(catalog.register().has(Under::Name, word_key(name)), "{name}");
            }
            kinds.insert(source.kind);
        }
        let by_kind: Vec<_> = kinds.into_iter().flat_map(|kind| catalog.sources(kind)).collect();
        assert!(by_kind.into_iter().eq(&catalog.tables.sources));
        for (place, sdk) in catalog.tables.sdks.iter().enumerate() {
            for (under, words) in [(Under::MetaData, &sdk.meta_data), (Under::Library, &sdk.native_libs)] {
                for word in words {
                    assert!(catalog.sdks_under(under, word_key(word)).any(|(it, _)| it == place), "{word}");
                }
            }
            for prefix in sdk.all_prefixes() {
                assert!(catalog.register().prefixes(prefix_hash(prefix.as_bytes())).any(|(list, _)| list == place + 1));
            }
        }
    }

    #[test]
    fn an_empty_catalog_has_nothing() {
        let register = Register::of(compile(&Tables::<&str>::default()).expect("a register").leak());
        assert!(!register.has(Under::Name, word_key("a")) && register.prefixes(0).next().is_none());
        assert_eq!(register.under(Under::Component, word_key("")).count(), 0);
    }
}
