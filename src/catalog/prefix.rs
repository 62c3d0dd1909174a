//! Whose code a class is: the longest known prefix of its name, on the boundaries of segments.
//!
//! A rolling hash over the name is looked up at each boundary, so a look-up is one pass and allocates nothing.

use super::model::{Library, Sdk};
use super::register_table::{FNV_START, fnv};
use super::{Catalog, Register};

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

/// A search for the prefixes of classes. Classes of one package, which stand together in a file, are hashed from its end on.
#[derive(Debug)]
pub struct PrefixSearch<'c> {
    catalog: &'c Catalog,
    register: &'c Register,
    /// The package of the last class, with its last slash, and what is known where that ends.
    package: Vec<u8>,
    hash: u64,
    best: Option<PrefixMatch<'c>>,
}

impl<'c> PrefixSearch<'c> {
    pub(super) fn new(catalog: &'c Catalog) -> Self {
        Self { catalog, register: catalog.register(), package: Vec::new(), hash: FNV_START, best: None }
    }

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
                best = self.ending_at(name, length, hash).or(best);
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
        self.ending_at(name, name.len(), hash).or(best)
    }

    /// The prefix that is exactly the first `length` bytes of `name`.
    fn ending_at(&self, name: &[u8], length: usize, hash: u64) -> Option<PrefixMatch<'c>> {
        let is_it =
            |prefix: &str| prefix.len() == length && prefix.bytes().eq(name.iter().take(length).copied().map(dotted));
        let listed = self.register.prefixes(hash).filter_map(|(list, place)| self.listed(list, place));
        listed.filter(|it| is_it(it.prefix)).last()
    }

    fn listed(&self, list: usize, place: usize) -> Option<PrefixMatch<'c>> {
        let Some(sdk) = list.checked_sub(1) else {
            let library = self.catalog.tables.libraries.at(place)?;
            return Some(PrefixMatch {
                prefix: library.prefix,
                holder: Holder::Library(library),
                strength: Strength::Strong,
            });
        };
        let sdk = self.catalog.tables.sdks.at(sdk)?;
        let strength = match place {
            _ if sdk.recall_only => Strength::Recall,
            _ if place < sdk.prefixes.len() => Strength::Strong,
            _ if place < sdk.prefixes.len() + sdk.generic_prefixes.len() => Strength::Generic,
            _ => Strength::Recall,
        };
        let holder = if sdk.utility { Holder::Utility(sdk) } else { Holder::Sdk(sdk) };
        Some(PrefixMatch { prefix: sdk.all_prefixes().nth(place)?, holder, strength })
    }
}

fn dotted(byte: u8) -> u8 {
    if byte == b'/' { b'.' } else { byte }
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
