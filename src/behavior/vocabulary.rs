//! The catalog's sources, arranged for one question: does this name, this member, this string of a DEX file matter?

use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use crate::catalog::{ArgOp, Catalog, Source, SourceKind, guarded};
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
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Word<'v> {
    /// A bit for each number of parameters of the members with this name that the catalog knows; see [`names::arity_bit`].
    pub(super) arities: u8,
    /// A literal whose mere use is a read.
    pub(super) literals: &'v [&'static Source],
    /// A text that needs a permission.
    pub(super) guarded: bool,
}

/// All sources of a catalog that DEX code can use.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    /// Names to a bit for each number of parameters.
    arities: FxHashMap<&'static [u8], u8>,
    /// Literals whose mere use is a read.
    literals: FxHashMap<&'static [u8], Vec<&'static Source>>,
    /// A bit for the shape of each word: most strings have none of these and go no further.
    shapes: Vec<u8>,
    /// Every `name(args)ret` of the catalog.
    signatures: FxHashSet<Signature>,
    /// `name(args)ret` and `name:type` to the members with that signature.
    members: FxHashMap<&'static str, Vec<Member>>,
    /// Methods whose override in the package is a read, arranged the same way.
    overrides: FxHashMap<&'static str, Vec<Member>>,
    /// Paths that are no single literal.
    patterns: Vec<&'static Source>,
    /// Methods that load code at run time: signature to class and whole descriptor.
    loaders: FxHashMap<&'static str, Vec<(&'static str, &'static str)>>,
}

impl Vocabulary {
    /// The vocabulary of a catalog, which lives as long as the process.
    pub(super) fn new(catalog: &'static Catalog) -> Self {
        let mut it = Self {
            shapes: guarded().shapes().to_vec(),
            arities: sized(catalog),
            members: sized(catalog),
            signatures: FxHashSet::with_capacity_and_hasher(catalog.tables.sources.len(), FxBuildHasher),
            ..Self::default()
        };
        for source in &catalog.tables.sources {
            match source.kind {
                SourceKind::MethodCall
                | SourceKind::MethodCallConstArg
                | SourceKind::SettingsKey
                | SourceKind::PermissionRequest
                | SourceKind::FieldRead => it.add_member(source, false),
                SourceKind::MethodOverride => it.add_member(source, true),
                SourceKind::FilePath if is_package_path(source) => {}
                SourceKind::FilePath if source.arg_op == ArgOp::Eq => it.add_literal(source.arg_value, source),
                SourceKind::FilePath => it.patterns.push(source),
                _ => {}
            }
        }
        for marker in catalog.markers("loader-api").filter(|marker| marker.effect == "code-loaded-at-runtime") {
            if let Some((class, signature)) = marker.pattern.split_once("->") {
                it.add_name(signature);
                it.loaders.entry(signature).or_default().push((class, marker.pattern));
            }
        }
        it
    }

    fn add_member(&mut self, source: &'static Source, overridden: bool) {
        let Some((class, signature)) = source.target.split_once("->") else { return };
        self.add_name(signature);
        let table = if overridden { &mut self.overrides } else { &mut self.members };
        let members = table.entry(signature).or_default();
        match members.iter_mut().find(|member| member.class == class) {
            Some(member) => member.sources.push(source),
            None => members.push(Member { class, sources: vec![source] }),
        }
    }

    fn add_literal(&mut self, literal: &'static str, source: &'static Source) {
        self.add_shape(literal);
        self.literals.entry(literal.as_bytes()).or_default().push(source);
    }

    fn add_name(&mut self, signature: &'static str) {
        let name = names::method_name(signature);
        self.add_shape(name);
        *self.arities.entry(name.as_bytes()).or_default() |= names::arity_bit(names::parameters(signature));
        self.signatures.insert(Signature::of(signature));
    }

    fn add_shape(&mut self, word: &str) {
        let shape = names::shape(word.as_bytes());
        if let Some(bits) = self.shapes.get_mut(shape / 8) {
            *bits |= 1 << (shape % 8);
        }
    }

    /// What a string may be.
    pub(super) fn word(&self, bytes: &[u8]) -> Word<'_> {
        let shape = names::shape(bytes);
        if self.shapes.get(shape / 8).is_none_or(|bits| bits >> (shape % 8) & 1 == 0) {
            return Word::default();
        }
        let (arities, guarded) = guarded().word(bytes);
        Word {
            arities: arities | self.arities.get(bytes).copied().unwrap_or_default(),
            literals: self.literals.get(bytes).map_or(&[], Vec::as_slice),
            guarded,
        }
    }

    /// The paths that are more than a literal.
    pub(super) fn patterns(&self) -> &[&'static Source] {
        &self.patterns
    }

    /// Whether any method with this signature matters.
    pub(super) fn knows(&self, signature: Signature) -> bool {
        self.signatures.contains(&signature) || guarded().has_signature(signature.0)
    }

    /// Members that are called or read, by `name(args)ret` or `name:type`.
    pub(super) fn members(&self, signature: &str) -> &[Member] {
        self.members.get(signature).map_or(&[], Vec::as_slice)
    }

    /// Methods whose override is a read, by `name(args)ret`.
    pub(super) fn overrides(&self, signature: &str) -> &[Member] {
        self.overrides.get(signature).map_or(&[], Vec::as_slice)
    }

    /// The loader of code that a class's method is.
    pub(super) fn loader(&self, class: &str, signature: &str) -> Option<&'static str> {
        let loaders = self.loaders.get(signature)?;
        loaders.iter().find(|(of, _)| *of == class).map(|(_, descriptor)| *descriptor)
    }
}

/// A table that has an entry for most sources.
fn sized<K, V>(catalog: &Catalog) -> FxHashMap<K, V> {
    FxHashMap::with_capacity_and_hasher(catalog.tables.sources.len(), FxBuildHasher)
}

/// Whether a path names an entry of the package rather than a file of the device.
pub(super) fn is_package_path(source: &Source) -> bool {
    !source.target.starts_with('/') && (source.target.starts_with("lib") || source.target.starts_with("assets/"))
}
