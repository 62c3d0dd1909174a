//! The catalog's sources, arranged for one question: does this name, this member, this string of a DEX file matter?

use rustc_hash::{FxHashMap, FxHashSet};

use super::usage::Guards;
use crate::catalog::{ArgOp, Catalog, Source, SourceKind};
use crate::flow::Signature;

/// Shapes that words are told apart by at first sight: some ten for each word.
const SHAPES: usize = 1 << 16;

/// One member of one class that the catalog knows.
#[derive(Debug)]
pub(super) struct Member {
    /// Descriptor of the class that declares it.
    pub(super) class: &'static str,
    /// The entries about it.
    pub(super) sources: Vec<&'static Source>,
}

/// What a string of a DEX file may be.
#[derive(Debug, Default, Clone)]
pub(super) struct Word {
    /// A bit for each number of parameters of the members with this name that the catalog knows; see [`arity_bit`].
    pub(super) arities: u8,
    /// A literal whose mere use is a read.
    pub(super) literals: Vec<&'static Source>,
    /// A text that needs a permission.
    pub(super) guarded: bool,
}

/// All sources of a catalog that DEX code can use.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    words: FxHashMap<&'static [u8], Word>,
    /// One bit for the length and three bytes of a word: most strings are none and go no further.
    shapes: Vec<u64>,
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
    pub(super) fn new(catalog: &'static Catalog, guards: &Guards) -> Self {
        let mut it = Self { shapes: vec![0; SHAPES / 64], ..Self::default() };
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
        let (signatures, texts) = guards.words();
        signatures.for_each(|signature| it.add_name(signature));
        texts.for_each(|text| it.add_word(text).guarded = true);
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
        self.add_word(literal).literals.push(source);
    }

    fn add_name(&mut self, signature: &'static str) {
        self.add_word(name_of(signature)).arities |= arity_bit(parameters_of(signature));
        self.signatures.insert(Signature::of(signature));
    }

    fn add_word(&mut self, word: &'static str) -> &mut Word {
        let shape = shape_of(word.as_bytes());
        if let Some(bits) = self.shapes.get_mut(shape / 64) {
            *bits |= 1 << (shape % 64);
        }
        self.words.entry(word.as_bytes()).or_default()
    }

    /// What a string may be.
    pub(super) fn word(&self, bytes: &[u8]) -> Option<&Word> {
        let shape = shape_of(bytes);
        let known = self.shapes.get(shape / 64)? >> (shape % 64) & 1 == 1;
        if known { self.words.get(bytes) } else { None }
    }

    /// The paths that are more than a literal.
    pub(super) fn patterns(&self) -> &[&'static Source] {
        &self.patterns
    }

    /// Whether any method with this signature matters.
    pub(super) fn knows(&self, signature: Signature) -> bool {
        self.signatures.contains(&signature)
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

/// Whether a path names an entry of the package rather than a file of the device.
pub(super) fn is_package_path(source: &Source) -> bool {
    !source.target.starts_with('/') && (source.target.starts_with("lib") || source.target.starts_with("assets/"))
}

/// `name` of `name(args)ret` or `name:type`.
fn name_of(signature: &str) -> &str {
    signature.split(['(', ':']).next().unwrap_or(signature)
}

/// The parameters of `name(args)ret`; a field has none.
fn parameters_of(signature: &str) -> usize {
    let (_, rest) = signature.split_once('(').unwrap_or_default();
    let (mut types, _) = rest.split_once(')').unwrap_or_default();
    let mut count = 0;
    while !types.is_empty() {
        let element = types.trim_start_matches('[');
        let end = if element.starts_with('L') { element.find(';') } else { Some(0) };
        types = end.and_then(|end| element.get(end + 1..)).unwrap_or_default();
        count += 1;
    }
    count
}

/// The bit of a number of parameters; seven and more share one.
pub(super) fn arity_bit(parameters: usize) -> u8 {
    1 << parameters.min(7)
}

/// What is quickly seen of a word, spread over the shapes (multiplicative hashing, Knuth 6.4).
fn shape_of(word: &[u8]) -> usize {
    let byte = |place: usize| word.get(place).copied().unwrap_or_default();
    let length = u8::try_from(word.len()).unwrap_or(u8::MAX);
    let seen = [byte(0), byte(word.len() / 2), byte(word.len().saturating_sub(1)), length];
    (u32::from_le_bytes(seen).wrapping_mul(0x9e37_79b1) >> (u32::BITS - SHAPES.ilog2())) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_counted_whatever_their_types() {
        for (signature, expected) in [
            ("a()V", 0),
            ("a(I)V", 1),
            ("a(JLjava/lang/String;D)V", 3),
            ("a([I[[Ljava/lang/String;[Z)I", 3),
            ("FIELD:Ljava/lang/String;", 0),
        ] {
            assert_eq!(parameters_of(signature), expected, "{signature}");
        }
    }
}
