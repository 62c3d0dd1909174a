//! The catalog's sources, arranged for one question: does this name, this member, this string of a DEX file matter?

use crate::catalog::{Catalog, Source, Under, guarded, hashed_signature_key, word_key};
use crate::flow::Signature;
use crate::names;

/// One member of one class that the catalog knows.
#[derive(Debug)]
pub(super) struct Member {
    /// Descriptor of the class that declares it.
    pub(super) class: &'static str,
    /// The entries about it.
    pub(super) sources: Vec<&'static Source>,
}

/// What a string of a DEX file may be.
#[derive(Debug, Default)]
pub(super) struct Word {
    /// A bit for each number of parameters of the members with this name that the catalog knows; see [`names::arity_bit`].
    pub(super) arities: u8,
    /// A literal whose mere use is a read.
    pub(super) literals: Vec<&'static Source>,
    /// A text that needs a permission.
    pub(super) guarded: bool,
}

/// What methods with one signature may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signed {
    /// A source, or something that loads code.
    pub(super) listed: bool,
    /// Something that needs a permission.
    pub(super) guarded: bool,
}

/// All sources of a catalog that DEX code can use.
#[derive(Debug)]
pub(super) struct Vocabulary {
    catalog: &'static Catalog,
    /// A bit for the shape of each word: most strings have none of these and go no further.
    shapes: Vec<u8>,
    /// Paths that are no single literal.
    patterns: Vec<&'static Source>,
}

impl Vocabulary {
    /// The vocabulary of a catalog, which lives as long as the process.
    pub(super) fn new(catalog: &'static Catalog) -> Self {
        let shapes = catalog.register().shapes().iter().zip(guarded().shapes()).map(|(one, other)| one | other);
        Self { catalog, shapes: shapes.collect(), patterns: catalog.sources_under(Under::Path, word_key("")).collect() }
    }

    /// What a string may be.
    #[inline]
    pub(super) fn word(&self, bytes: &[u8]) -> Word {
        let shape = names::shape(bytes);
        let is_known = self.shapes.get(shape / 8).is_some_and(|bits| bits >> (shape % 8) & 1 == 1);
        if is_known { self.looked_up(bytes) } else { Word::default() }
    }

    fn looked_up(&self, bytes: &[u8]) -> Word {
        let key = word_key(bytes);
        let (arities, guarded) = guarded().word(key);
        let named = self.catalog.register().under(Under::Name, key).next();
        let literals = self.catalog.sources_under(Under::Literal, key);
        Word {
            arities: arities | named.and_then(|bits| u8::try_from(bits).ok()).unwrap_or_default(),
            literals: literals.filter(|source| source.arg_value.as_bytes() == bytes).collect(),
            guarded,
        }
    }

    /// The paths that are more than a literal.
    pub(super) fn patterns(&self) -> &[&'static Source] {
        &self.patterns
    }

    /// What methods with this signature may be.
    pub(super) fn signature(&self, signature: Signature) -> Signed {
        let listed = self.catalog.register().has(Under::Signature, hashed_signature_key(signature.0));
        Signed { listed, guarded: guarded().has_signature(signature.0) }
    }

    /// Methods that are called, by `name(args)ret` and its hash.
    pub(super) fn methods(&self, hash: Signature, signature: &str) -> Vec<Member> {
        self.under(Under::Member, hashed_signature_key(hash.0), signature)
    }

    /// Fields that are read, by `name:type`.
    pub(super) fn fields(&self, signature: &str) -> Vec<Member> {
        self.under(Under::Member, word_key(signature), signature)
    }

    /// Methods whose override is a read, by `name(args)ret` and its hash.
    pub(super) fn overrides(&self, hash: Signature, signature: &str) -> Vec<Member> {
        self.under(Under::Override, hashed_signature_key(hash.0), signature)
    }

    fn under(&self, under: Under, key: u64, signature: &str) -> Vec<Member> {
        let mut members: Vec<Member> = Vec::new();
        for source in self.catalog.sources_under(under, key) {
            let Some(class) = class_of(source.target, signature) else { continue };
            match members.iter_mut().find(|member| member.class == class) {
                Some(member) => member.sources.push(source),
                None => members.push(Member { class, sources: vec![source] }),
            }
        }
        members
    }

    /// The loader of code that a class's method is.
    pub(super) fn loader(&self, class: &str, hash: Signature, signature: &str) -> Option<&'static str> {
        let markers = self.catalog.register().under(Under::Loader, hashed_signature_key(hash.0));
        let mut patterns = markers.filter_map(|place| self.catalog.tables.markers.at(place)).map(|it| it.pattern);
        patterns.find(|pattern| class_of(pattern, signature) == Some(class))
    }
}

/// The class of a member by its descriptor, where that ends with this signature.
fn class_of<'t>(descriptor: &'t str, signature: &str) -> Option<&'t str> {
    descriptor.strip_suffix(signature)?.strip_suffix("->")
}
