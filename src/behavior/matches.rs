//! Which members and strings of one DEX file the catalog knows.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::condition::{Conditions, Constant};
use super::endpoints::{Host, Hosts};
use super::texts::ShownTexts;
use super::usage::{Ancestry, Needed, Usage};
use super::vocabulary::{Signed, Vocabulary};
use crate::catalog::Source;
use crate::dex::{BitSet, Definitions, FieldIdx, MethodIdx, StringIdx, Targets, TypeIdx};
use crate::flow::{Hashes, Program, Unit};
use crate::names::arity_bit;

/// What a method, field or string of the file is to the catalog.
#[derive(Debug, Default)]
pub(super) struct Matched {
    /// The entries about it.
    pub(super) sources: Vec<&'static Source>,
    /// It loads code at run time.
    pub(super) loader: Option<&'static str>,
    /// The hosts that the string names.
    pub(super) hosts: Vec<Host>,
    /// The texts about privacy that the string holds, by id.
    pub(super) texts: Vec<&'static str>,
    /// The file names it through a class of the package that inherits it.
    pub(super) inherited: bool,
    /// The permissions that its use needs.
    pub(super) needed: Vec<Needed>,
}

/// A method of the package that overrides a callback.
#[derive(Debug)]
pub(super) struct Override {
    pub(super) class: TypeIdx,
    pub(super) method: MethodIdx,
    pub(super) source: &'static Source,
}

/// Everything in one file that the catalog knows.
#[derive(Debug, Default)]
pub(super) struct Matches {
    /// What a scan has to look for.
    pub(super) targets: Targets,
    pub(super) methods: BTreeMap<MethodIdx, Matched>,
    pub(super) fields: BTreeMap<FieldIdx, Matched>,
    pub(super) strings: BTreeMap<StringIdx, Matched>,
    pub(super) overrides: Vec<Override>,
}

impl Matches {
    pub(super) fn of(
        program: &Program<'_>,
        unit: &Unit<'_>,
        words: &Vocabulary,
        conditions: &Conditions,
        readable: (&Hosts, &ShownTexts),
        usage: &Usage<'_>,
    ) -> Self {
        let header = &unit.dex.header;
        let mut it = Self {
            targets: Targets {
                methods: BitSet::new(header.methods.count),
                fields: BitSet::new(header.fields.count),
                strings: BitSet::new(header.strings.count),
                ..Targets::default()
            },
            ..Self::default()
        };
        let names = it.read_strings(unit, words, conditions, readable, usage);
        it.read_methods(program, unit, words, &names, usage);
        it.read_fields(program, unit, words, &names);
        it
    }

    /// Finds the literals and patterns; gives for each string the numbers of parameters of the members with that name.
    fn read_strings(
        &mut self,
        unit: &Unit<'_>,
        words: &Vocabulary,
        conditions: &Conditions,
        (hosts, shown): (&Hosts, &ShownTexts),
        usage: &Usage<'_>,
    ) -> Vec<u8> {
        let dex = &unit.dex;
        let mut names = vec![0; dex.header.strings.count as usize];
        let mut shown_in = dex.string_table().map(|table| shown.places(dex.bytes(), table));
        for index in 0..dex.header.strings.count {
            let Some(place) = dex.string_place(StringIdx(index)) else { continue };
            let may_show = shown_in.as_mut().is_none_or(|places| places.may_be_in(&place));
            let Some(bytes) = dex.bytes().get(place) else { continue };
            let word = words.word(bytes);
            if let Some(arities) = names.get_mut(index as usize) {
                *arities = word.arities;
            }
            let mut sources = word.literals;
            // A path that an entry spells out needs no pattern; descriptors are no paths.
            let slash = first_slash(bytes);
            if sources.is_empty() && slash.is_some() {
                let text = Constant::Text(String::from_utf8_lossy(bytes));
                let holding = words.patterns().iter().filter(|source| conditions.holds(source, &text));
                sources.extend(holding.max_by_key(|source| source.arg_value.len()));
            }
            // The first slash of an address is the one behind its scheme.
            let hosts = match slash {
                Some(slash) if slash > 0 => hosts.in_text(bytes),
                _ => Vec::new(),
            };
            let needed = if word.guarded || lies_below(bytes) {
                usage.of_text(&String::from_utf8_lossy(bytes))
            } else {
                Vec::new()
            };
            let texts = if may_show { shown.in_text(bytes) } else { Vec::new() };
            if !sources.is_empty() || !hosts.is_empty() || !texts.is_empty() || !needed.is_empty() {
                self.targets.strings.insert(index);
                self.strings.insert(StringIdx(index), Matched { sources, hosts, texts, needed, ..Matched::default() });
            }
        }
        names
    }

    fn read_methods(
        &mut self,
        program: &Program<'_>,
        unit: &Unit<'_>,
        words: &Vocabulary,
        names: &[u8],
        usage: &Usage<'_>,
    ) {
        let mut ancestry = Ancestry::new(program, unit);
        let mut signature = String::new();
        let mut own = Own { unit, definitions: Definitions::new(&unit.dex), by_class: FxHashMap::default() };
        let mut hashes = Hashes::new(&unit.dex);
        for index in (0..unit.dex.header.methods.count).map(MethodIdx) {
            let Some(method) = unit.dex.method(index) else { continue };
            let arities = names.get(method.name.0 as usize).copied().unwrap_or_default();
            if arities == 0 || arities & arity_bit(unit.dex.parameters(method.proto).count()) == 0 {
                continue;
            }
            let Some(hash) = hashes.signature(index) else { continue };
            let Signed { listed, guarded } = words.signature(hash);
            if !listed && !guarded {
                continue;
            }
            signature.clear();
            signature.push_str(&unit.dex.string(method.name).unwrap_or_default());
            unit.dex.push_proto(method.proto, &mut signature);
            let mut matched = Matched::default();
            if guarded {
                matched.needed = usage.of_method(&mut ancestry, method.class, (hash, &signature));
            }
            let class = unit.dex.type_descriptor(method.class).unwrap_or_default();
            let members = if listed { words.methods(hash, &signature) } else { Vec::new() };
            for member in members {
                if member.class == class {
                    matched.sources.extend(&member.sources);
                } else if !signature.starts_with('<')
                    && program.extends(unit, method.class, member.class.as_bytes())
                    && !own.defines(method.class, index)
                {
                    // Constructors are not inherited, nor is what the class defines itself.
                    matched.sources.extend(&member.sources);
                    matched.inherited = true;
                }
            }
            let overrides = if listed { words.overrides(hash, &signature) } else { Vec::new() };
            for member in overrides {
                if member.class != class && program.extends(unit, method.class, member.class.as_bytes()) {
                    let of = |source| Override { class: method.class, method: index, source };
                    self.overrides.extend(member.sources.iter().map(|source| of(*source)));
                }
            }
            if listed {
                matched.loader = words.loader(&class, hash, &signature);
            }
            if !matched.sources.is_empty() || matched.loader.is_some() || !matched.needed.is_empty() {
                self.targets.methods.insert(index.0);
                self.methods.insert(index, matched);
            }
        }
    }

    fn read_fields(&mut self, program: &Program<'_>, unit: &Unit<'_>, words: &Vocabulary, names: &[u8]) {
        for index in (0..unit.dex.header.fields.count).map(FieldIdx) {
            let is_named = |name: StringIdx| names.get(name.0 as usize).is_some_and(|arities| *arities != 0);
            let Some(field) = unit.dex.field(index).filter(|field| is_named(field.name)) else { continue };
            let name = unit.dex.string(field.name).unwrap_or_default();
            let ty = unit.dex.type_descriptor(field.ty).unwrap_or(Cow::Borrowed("?"));
            let class = unit.dex.type_descriptor(field.class).unwrap_or_default();
            let mut matched = Matched::default();
            for member in words.fields(&format!("{name}:{ty}")) {
                let own = member.class == class;
                if own || program.extends(unit, field.class, member.class.as_bytes()) {
                    matched.sources.extend(&member.sources);
                    matched.inherited |= !own;
                }
            }
            if !matched.sources.is_empty() {
                self.targets.fields.insert(index.0);
                self.fields.insert(index, matched);
            }
        }
    }
}

/// Which methods classes of the file define themselves; few are asked about.
struct Own<'u, 'b> {
    unit: &'u Unit<'b>,
    definitions: Definitions<'u, 'b>,
    by_class: FxHashMap<TypeIdx, FxHashSet<MethodIdx>>,
}

impl Own<'_, '_> {
    fn defines(&mut self, class: TypeIdx, method: MethodIdx) -> bool {
        let methods = self.by_class.entry(class).or_insert_with(|| {
            let class = self.unit.class(class);
            class.iter().flat_map(|class| self.definitions.of(class).collect::<Vec<_>>()).map(|it| it.method).collect()
        });
        methods.contains(&method)
    }
}

/// Whether a string may be a content URI or a path of the device, which need what those above them need.
fn lies_below(bytes: &[u8]) -> bool {
    bytes.starts_with(b"content://") || bytes.starts_with(b"/")
}

/// The first slash of a string that may be a path, a piece of one or an address, and is no descriptor.
fn first_slash(bytes: &[u8]) -> Option<usize> {
    match bytes {
        [b'/', ..] => Some(0),
        [b'L' | b'[' | b'(', .., b';'] | [b'(', ..] => None,
        _ if bytes.len() > 8 => memchr::memchr(b'/', bytes),
        _ => None,
    }
}
