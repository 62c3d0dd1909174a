//! Compiles the register of a catalog: under which word its entries are found. The build script makes that of the compiled
//! catalog, the library that of one with further files laid over it.

use std::collections::BTreeMap;

use super::key::{count, key_of, keys, mixed};
use super::model::{ArgOp, Sdk, Source, SourceKind};
use super::tables::Tables;
use crate::names::{self, SHAPES};

/// What an entry is found under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Under {
    /// Names of members that DEX code may name, to a bit for each number of parameters.
    Name,
    /// `name(args)ret` of all such methods, to nothing.
    Signature,
    /// `name(args)ret` and `name:type` to sources.
    Member,
    /// `name(args)ret` to sources that a class of the package overrides.
    Override,
    /// `name(args)ret` to markers of methods that load code at run time.
    Loader,
    /// Literals whose mere use is a read, to sources.
    Literal,
    /// Nothing, to sources that are paths with a condition.
    Path,
    /// Nothing, to sources whose condition has to be prepared: a piece of a text or an expression.
    Prepared,
    /// The word of a kind of sources, to the places of the first one and behind the last.
    Kind,
    /// `class->name` to sources, whatever the parameters.
    Reflected,
    /// Descriptors of the classes of those, to nothing.
    ReflectedClass,
    /// Names of those, to nothing.
    ReflectedMember,
    /// Names that are looked up by reflection, to sources.
    ReflectionName,
    /// Names of components, to SDKs; and nothing, to SDKs with a pattern of such.
    Component,
    /// Names of `<meta-data>`, to SDKs.
    MetaData,
    /// Intent actions, to SDKs.
    Action,
    /// File names of native libraries, to SDKs; and nothing, to SDKs with a pattern of such.
    Library,
    /// Files of the package, to SDKs; and nothing, to SDKs with a pattern of such.
    File,
    /// Hosts, to SDKs.
    Host,
    /// Prefixes of classes, each by its rolling hash, to a list and a place in it, see [`super::prefix`].
    Prefix,
}

/// The key of a word.
pub(super) fn key(under: Under, text: u64) -> u64 {
    mixed(text ^ (under as u64 + 1).rotate_right(8))
}

/// The register of tables, in the layout that [`super::register`] reads: `u32` counts of keys and numbers; the shapes of
/// names and literals; the table of keys; for each of them `u32` where its numbers end; the numbers, `u32` each.
pub(super) fn compile<S: AsRef<str>>(tables: &Tables<S>) -> Result<Vec<u8>, String> {
    let mut register = Writer { groups: BTreeMap::new(), shapes: vec![0; SHAPES / 8] };
    for (place, source) in (0..).zip(&tables.sources) {
        register.add_source(place, source);
    }
    for (place, marker) in (0..).zip(&tables.markers) {
        if marker.kind.as_ref() == "loader-api"
            && marker.effect.as_ref() == "code-loaded-at-runtime"
            && let Some((_, signature)) = marker.pattern.as_ref().split_once("->")
        {
            register.add_name(signature);
            register.add(Under::Loader, signature, place);
        }
    }
    for (place, sdk) in (0..).zip(&tables.sdks) {
        register.add_sdk(place, sdk);
    }
    for (place, library) in (0..).zip(&tables.libraries) {
        register.add_prefix(library.prefix.as_ref(), [LIBRARIES, place]);
    }
    register.finished()
}

/// Lists of prefixes: the libraries, and of an SDK, whose place is added, all, in order.
pub(super) const LIBRARIES: u32 = 0;

/// The rolling hash of a prefix.
pub(super) fn prefix_hash(prefix: &[u8]) -> u64 {
    prefix.iter().copied().fold(FNV_START, fnv)
}

/// FNV-1a, 64 bits.
pub(super) const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;

/// The hash with one more byte.
pub(super) fn fnv(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
}

/// Whether a path names an entry of the package rather than a file of the device.
pub(super) fn is_package_path(path: &str) -> bool {
    !path.starts_with('/') && (path.starts_with("lib") || path.starts_with("assets/"))
}

struct Writer {
    groups: BTreeMap<u64, Vec<u32>>,
    shapes: Vec<u8>,
}

impl Writer {
    fn add_source<S: AsRef<str>>(&mut self, place: u32, source: &Source<S>) {
        let (target, value) = (source.target.as_ref(), source.arg_value.as_ref());
        let member = target.split_once("->");
        match (source.kind, member) {
            (SourceKind::MethodOverride, Some((_, signature))) => {
                self.add_name(signature);
                self.add(Under::Override, signature, place);
            }
            (
                SourceKind::MethodCall
                | SourceKind::MethodCallConstArg
                | SourceKind::SettingsKey
                | SourceKind::PermissionRequest
                | SourceKind::FieldRead,
                Some((class, signature)),
            ) => {
                self.add_name(signature);
                self.add(Under::Member, signature, place);
                let is_carrier = matches!(value, "@reflection-member" | "@reflection-call");
                if source.kind != SourceKind::PermissionRequest && !is_carrier {
                    let name = names::method_name(signature);
                    self.add(Under::Reflected, &format!("{class}->{name}"), place);
                    self.group(Under::ReflectedClass, class);
                    self.group(Under::ReflectedMember, name);
                }
            }
            (SourceKind::ReflectionName, _) => self.add(Under::ReflectionName, value, place),
            (SourceKind::FilePath, _) if is_package_path(target) => {}
            (SourceKind::FilePath, _) if source.arg_op == ArgOp::Eq => {
                self.add_shape(value);
                self.add(Under::Literal, value, place);
            }
            (SourceKind::FilePath, _) => self.add(Under::Path, "", place),
            _ => {}
        }
        if matches!(source.arg_op, ArgOp::Contains | ArgOp::Regex) {
            self.add(Under::Prepared, "", place);
        }
        let range = self.group(Under::Kind, source.kind.as_str());
        range.resize(2, place);
        range[1] = place + 1;
    }

    fn add_sdk<S: AsRef<str>>(&mut self, place: u32, sdk: &Sdk<S>) {
        for (under, words) in [
            (Under::Component, &sdk.components),
            (Under::File, &sdk.assets),
            (Under::MetaData, &sdk.meta_data),
            (Under::Action, &sdk.actions),
            (Under::Library, &sdk.native_libs),
        ] {
            for word in words.iter().map(AsRef::as_ref) {
                let is_pattern = matches!(under, Under::Component | Under::File) && word.contains('*');
                self.add(under, if is_pattern { "" } else { word }, place);
            }
        }
        if !sdk.native_libs_regex.is_empty() {
            self.add(Under::Library, "", place);
        }
        for host in &sdk.endpoints {
            self.add(Under::Host, host.as_ref().trim_start_matches("*."), place);
        }
        for (number, prefix) in (0..).zip(sdk.all_prefixes()) {
            self.add_prefix(prefix.as_ref(), [place + 1, number]);
        }
    }

    fn add_name(&mut self, signature: &str) {
        let name = names::method_name(signature);
        self.add_shape(name);
        let arity = u32::from(names::arity_bit(names::parameters(signature)));
        let arities = self.group(Under::Name, name);
        arities.resize(1, 0);
        arities[0] |= arity;
        self.group(Under::Signature, signature);
    }

    fn add_shape(&mut self, word: &str) {
        let shape = names::shape(word.as_bytes());
        self.shapes[shape / 8] |= 1 << (shape % 8);
    }

    /// Adds a place to those under a word, once.
    fn add(&mut self, under: Under, word: &str, place: u32) {
        let group = self.group(under, word);
        if group.last() != Some(&place) {
            group.push(place);
        }
    }

    fn add_prefix(&mut self, prefix: &str, place: [u32; 2]) {
        self.groups.entry(key(Under::Prefix, prefix_hash(prefix.as_bytes()))).or_default().extend(place);
    }

    fn group(&mut self, under: Under, word: &str) -> &mut Vec<u32> {
        self.groups.entry(key(under, key_of(word.as_bytes()))).or_default()
    }

    fn finished(self) -> Result<Vec<u8>, String> {
        let sorted: Vec<u64> = self.groups.keys().copied().collect();
        let numbers: usize = self.groups.values().map(Vec::len).sum();
        let mut table = Vec::new();
        table.extend(count(sorted.len())?.to_le_bytes());
        table.extend(count(numbers)?.to_le_bytes());
        table.extend(self.shapes);
        table.extend(keys(&sorted)?);
        let mut end = 0;
        for group in self.groups.values() {
            end += group.len();
            table.extend(count(end)?.to_le_bytes());
        }
        table.extend(self.groups.values().flatten().flat_map(|number| number.to_le_bytes()));
        Ok(table)
    }
}
