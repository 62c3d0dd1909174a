//! Whose code a class is: the longest known prefix of its name, on the boundaries of segments.
//!
//! A rolling hash over the name is looked up at each boundary, so a look-up is one pass and allocates nothing.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::Tables;
use super::model::{Library, Sdk};

/// A prefix of a class name that the catalog knows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PrefixMatch<'c> {
    /// The prefix, dotted, as the catalog writes it.
    pub prefix: &'static str,
    /// Whose it is.
    pub holder: Holder<'c>,
    /// How much the prefix proves alone.
    pub strength: Strength,
}

/// Whose prefix it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Holder<'c> {
    /// A third party that may collect.
    Sdk(&'c Sdk),
    /// A utility library that has an entry among the SDKs, because policies list it.
    Utility(&'c Sdk),
    /// A library that collects nothing.
    Library(&'c Library),
}

impl Holder<'_> {
    /// A library, which no policy has to list.
    pub fn is_library(&self) -> bool {
        !matches!(self, Self::Sdk(_))
    }

    /// The name to print.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sdk(sdk) | Self::Utility(sdk) => sdk.name,
            Self::Library(library) => library.name,
        }
    }
}

/// How much a prefix proves alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// It rests on recall: the SDK is possible, not present.
    Recall,
    /// Too short or too common: a second marker is needed.
    Generic,
    /// Seen in a binary, a published list or a policy.
    Strong,
}

/// Every prefix of a catalog by the hash of its text.
#[derive(Debug)]
pub(super) struct PrefixTable {
    by_hash: HashMap<u64, Entry, BuildHasherDefault<Already>>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    prefix: &'static str,
    strength: Strength,
    place: Place,
}

/// Position in `sdks` or `libraries`.
#[derive(Debug, Clone, Copy)]
enum Place {
    Sdk(usize),
    Library(usize),
}

impl PrefixTable {
    pub(super) fn new(tables: &Tables) -> Self {
        let of_sdks: usize = tables.sdks.iter().map(|sdk| sdk.all_prefixes().count()).sum();
        let count = of_sdks + tables.libraries.len();
        let mut by_hash = HashMap::with_capacity_and_hasher(count, BuildHasherDefault::default());
        let mut add = |prefix: &'static str, strength, place| {
            let hash = prefix.bytes().fold(FNV_START, fnv);
            let other = by_hash.insert(hash, Entry { prefix, strength, place });
            debug_assert!(other.is_none(), "{prefix} and {other:?} have one hash");
        };
        for (position, sdk) in tables.sdks.iter().enumerate() {
            let lists = [
                (&sdk.prefixes, Strength::Strong),
                (&sdk.generic_prefixes, Strength::Generic),
                (&sdk.recall_prefixes, Strength::Recall),
            ];
            for (list, strength) in lists {
                let strength = if sdk.recall_only { Strength::Recall } else { strength };
                for prefix in list {
                    add(prefix, strength, Place::Sdk(position));
                }
            }
        }
        for (position, library) in tables.libraries.iter().enumerate() {
            add(library.prefix, Strength::Strong, Place::Library(position));
        }
        Self { by_hash }
    }

    /// A search for the prefixes of classes, one class after the other.
    pub(super) fn search<'c>(&'c self, tables: &'c Tables) -> PrefixSearch<'c> {
        PrefixSearch { table: self, tables, package: Vec::new(), hash: FNV_START, best: None }
    }

    /// The prefix that is exactly the first `length` bytes of `name`.
    fn ending_at(&self, name: &[u8], length: usize, hash: u64) -> Option<&Entry> {
        let entry = self.by_hash.get(&hash)?;
        let same =
            entry.prefix.len() == length && entry.prefix.bytes().eq(name.iter().take(length).copied().map(dotted));
        same.then_some(entry)
    }
}

/// A search for the prefixes of classes. Classes of one package, which stand together in a file, are hashed from its end on.
#[derive(Debug)]
pub struct PrefixSearch<'c> {
    table: &'c PrefixTable,
    tables: &'c Tables,
    /// The package of the last class, with its last slash, and what is known where that ends.
    package: Vec<u8>,
    hash: u64,
    best: Option<&'c Entry>,
}

impl<'c> PrefixSearch<'c> {
    /// The longest prefix of a class that ends at one of the boundaries of its name, see [`super::Catalog::sdk_by_prefix`].
    pub fn longest(&mut self, class: &[u8]) -> Option<PrefixMatch<'c>> {
        let name = match class {
            [b'L', inside @ .., b';'] => inside,
            _ => class,
        };
        let known = if name.starts_with(&self.package) { self.package.len() } else { 0 };
        let (mut best, mut hash) = if known == 0 { (None, FNV_START) } else { (self.best, self.hash) };
        let mut end_of_package = known;
        for (length, byte) in name.iter().copied().enumerate().skip(known) {
            if matches!(byte, b'/' | b'.' | b'$') {
                best = self.table.ending_at(name, length, hash).or(best);
            }
            hash = fnv(hash, dotted(byte));
            if byte == b'/' {
                (end_of_package, self.hash, self.best) = (length + 1, hash, best);
            }
        }
        if end_of_package != known || known == 0 {
            self.package.clear();
            self.package.extend(name.iter().take(end_of_package));
        }
        best = self.table.ending_at(name, name.len(), hash).or(best);
        let Entry { prefix, strength, place } = *best?;
        let holder = match place {
            Place::Sdk(position) => match self.tables.sdks.get(position)? {
                sdk if sdk.utility => Holder::Utility(sdk),
                sdk => Holder::Sdk(sdk),
            },
            Place::Library(position) => Holder::Library(self.tables.libraries.get(position)?),
        };
        Some(PrefixMatch { prefix, holder, strength })
    }
}

fn dotted(byte: u8) -> u8 {
    if byte == b'/' { b'.' } else { byte }
}

/// FNV-1a, 64 bits.
const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;

fn fnv(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
}

/// The keys are hashes already.
#[derive(Debug, Default)]
struct Already(u64);

impl Hasher for Already {
    fn write(&mut self, _: &[u8]) {
        unreachable!("the keys are u64");
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::super::Catalog;

    #[test]
    fn a_class_has_the_same_holder_whatever_was_asked_before() {
        let catalog = Catalog::builtin();
        let mut search = catalog.prefix_search();
        let classes = [
            "Lcom/tencent/bugly/a/B;",
            "Lcom/tencent/bugly/a/C$D;",
            "Lcom/tencent/bugly/A;",
            "Lcom/tencent/buglyfake/A;",
            "Lcom/tencent/A;",
            "Lokhttp3/internal/A;",
            "Lokhttp3/A;",
            "LA;",
            "Lcom/tencent/bugly/a/B;",
            "okhttp3.internal.A",
            "L;",
        ];
        let found: Vec<bool> = classes
            .iter()
            .map(|class| {
                let alone = catalog.sdk_by_prefix(class);
                assert_eq!(search.longest(class.as_bytes()), alone, "{class}");
                alone.is_some()
            })
            .collect();
        assert_eq!(found, [true, true, true, false, false, true, true, false, true, true, false]);
    }
}
