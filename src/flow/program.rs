//! All DEX files of a package as one program: which classes it defines and what they extend.

use std::sync::OnceLock;

use rayon::prelude::*;
use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::dex::{ClassDef, Dex, MethodIdx, ProtoIdx, TypeIdx};
use crate::error::Issue;
use crate::names;

/// Steps up a class hierarchy before a question is given up: real ones are under twenty deep, a cycle never ends.
const MAX_STEPS: usize = 256;

/// Name, parameters and result of a method, hashed to 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signature(pub u64);

/// One DEX file of the program.
#[derive(Debug)]
pub struct Unit<'b> {
    /// The entry as reports name it.
    pub label: &'b str,
    /// The file.
    pub dex: Dex<'b>,
    /// By type index: one more than the place of the class in `class_defs`, 0 = not defined here.
    defined: Vec<u32>,
    /// By method index. A call graph asks for all of them, a search for a few names does not.
    signatures: OnceLock<Vec<Signature>>,
}

/// All DEX files, in the order of class loading.
#[derive(Debug, Default)]
pub struct Program<'b> {
    /// The files.
    pub units: Vec<Unit<'b>>,
    /// By descriptor: the file that defines the class, and its place in `class_defs`. The first file counts.
    classes: FxHashMap<&'b [u8], (u32, u32)>,
}

impl<'b> Program<'b> {
    /// Opens files in the order of class loading, each with the name that issues give it. One that is no DEX file is an
    /// issue.
    pub fn open(files: &[(&'b str, &'b [u8])]) -> (Self, Vec<Issue>) {
        let open = |&(label, bytes): &(&'b str, &'b [u8])| match Dex::open(label, bytes) {
            Ok((dexes, issues)) => (dexes.into_iter().map(|dex| Unit::new(label, dex)).collect(), issues),
            Err(error) => (Vec::new(), vec![Issue::from_error(label, &error)]),
        };
        let (units, issues): (Vec<Vec<Unit<'b>>>, Vec<Vec<Issue>>) = files.par_iter().with_max_len(1).map(open).unzip();
        (Self::new(units.into_iter().flatten().collect()), issues.into_iter().flatten().collect())
    }

    fn new(units: Vec<Unit<'b>>) -> Self {
        let count = units.iter().map(|unit| unit.dex.header.classes.count as usize).sum();
        let mut classes = FxHashMap::with_capacity_and_hasher(count, FxBuildHasher);
        for (number, unit) in (0..).zip(&units) {
            for (place, class) in (0..).zip(unit.dex.classes()) {
                if let Some(descriptor) = class.and_then(|class| unit.dex.type_bytes(class.class)) {
                    classes.entry(descriptor).or_insert((number, place));
                }
            }
        }
        Self { units, classes }
    }

    /// Whether any file defines the class.
    pub fn defines(&self, descriptor: &[u8]) -> bool {
        self.find(descriptor).is_some()
    }

    /// The class that the runtime would load by that name.
    pub fn find(&self, descriptor: &[u8]) -> Option<(&Unit<'b>, ClassDef)> {
        let (unit, place) = *self.classes.get(descriptor)?;
        let unit = self.units.get(unit as usize)?;
        Some((unit, unit.dex.class(place)?))
    }

    /// Whether the class that `unit` names `ty` extends or implements `target` through classes of the package.
    pub fn extends(&self, unit: &Unit<'b>, ty: TypeIdx, target: &[u8]) -> bool {
        let mut waiting = vec![(unit, ty)];
        for _ in 0..MAX_STEPS {
            let Some((unit, ty)) = waiting.pop() else { return false };
            let Some((unit, class)) = self.class(unit, ty) else { continue };
            for above in class.superclass.into_iter().chain(unit.dex.interfaces(&class)).take(MAX_STEPS) {
                if unit.dex.type_bytes(above) == Some(target) {
                    return true;
                }
                waiting.push((unit, above));
            }
        }
        false
    }

    /// The definition of a type that `unit` names, wherever it is.
    pub fn class<'s>(&'s self, unit: &'s Unit<'b>, ty: TypeIdx) -> Option<(&'s Unit<'b>, ClassDef)> {
        match unit.class(ty) {
            Some(class) => Some((unit, class)),
            None => self.find(unit.dex.type_bytes(ty)?),
        }
    }
}

impl<'b> Unit<'b> {
    fn new(label: &'b str, dex: Dex<'b>) -> Self {
        let mut defined = vec![0; dex.header.types.count as usize];
        for (place, class) in (1..).zip(dex.classes()) {
            if let Some(slot) = class.and_then(|class| defined.get_mut(class.class.0 as usize)) {
                *slot = place;
            }
        }
        Self { label, dex, defined, signatures: OnceLock::new() }
    }

    /// The signature of a method that the file names.
    pub fn signature(&self, index: MethodIdx) -> Option<Signature> {
        self.signatures().get(index.0 as usize).copied()
    }

    /// The signatures of all methods that the file names.
    pub(super) fn signatures(&self) -> &[Signature] {
        self.signatures.get_or_init(|| {
            let mut hashes = Hashes::new(&self.dex);
            // A row that cannot be read is a method like no other of its file.
            let of = |index| hashes.signature(MethodIdx(index)).unwrap_or(Signature(index.into()));
            (0..self.dex.header.methods.count).map(of).collect()
        })
    }

    /// The definition of a type in this file.
    pub fn class(&self, ty: TypeIdx) -> Option<ClassDef> {
        let place = self.defined.get(ty.0 as usize)?.checked_sub(1)?;
        self.dex.class(place)
    }

    /// Whether the file defines a class whose descriptor starts with `prefix` and ends or goes on with a separator.
    pub fn defines_below(&self, prefix: &str) -> bool {
        self.classes_from(prefix).any(|(rest, _)| matches!(rest.first(), Some(b'/' | b'$' | b';')))
    }

    /// The classes that the file defines whose descriptors start with `prefix`, each with the rest of its descriptor.
    pub fn classes_from<'s>(&'s self, prefix: &'s str) -> impl Iterator<Item = (&'b [u8], ClassDef)> + use<'s, 'b> {
        let start = self.lower_bound(prefix.as_bytes());
        (start..self.dex.header.types.count)
            .map(TypeIdx)
            .map_while(move |ty| Some((ty, self.dex.type_bytes(ty)?.strip_prefix(prefix.as_bytes())?)))
            .filter_map(|(ty, rest)| Some((rest, self.class(ty)?)))
    }

    /// The type with a descriptor, where the file names it.
    pub fn type_named(&self, descriptor: &[u8]) -> Option<TypeIdx> {
        let found = TypeIdx(self.lower_bound(descriptor));
        (self.dex.type_bytes(found) == Some(descriptor)).then_some(found)
    }

    /// The first type whose descriptor is not below `descriptor`.
    fn lower_bound(&self, descriptor: &[u8]) -> u32 {
        let (mut low, mut high) = (0, self.dex.header.types.count);
        while low < high {
            let middle = low.midpoint(high);
            if self.dex.type_bytes(TypeIdx(middle)).is_some_and(|bytes| bytes < descriptor) {
                low = middle.saturating_add(1);
            } else {
                high = middle;
            }
        }
        low
    }
}

impl Signature {
    /// The signature that `name(args)ret` writes.
    pub fn of(text: &str) -> Self {
        Self(names::signature_of(&simd_cesu8::mutf8::encode(text)))
    }
}

/// The hashes of a file's names, types and prototypes, each made when it is first asked for: a file names a type once and
/// uses it in many prototypes, and many methods have one name.
#[derive(Debug)]
pub struct Hashes<'d, 'b> {
    dex: &'d Dex<'b>,
    /// Zero is one that was not asked for, or one that is made again each time.
    types: Vec<u64>,
    protos: Vec<u64>,
    names: Vec<u64>,
}

impl<'d, 'b> Hashes<'d, 'b> {
    /// Those of a file.
    pub fn new(dex: &'d Dex<'b>) -> Self {
        let empty = |count: u32| vec![0; count as usize];
        let header = &dex.header;
        let names = empty(header.strings.count);
        Self { dex, types: empty(header.types.count), protos: empty(header.protos.count), names }
    }

    /// The signature of a method; none where its row cannot be read.
    pub fn signature(&mut self, index: MethodIdx) -> Option<Signature> {
        let row = self.dex.method(index)?;
        let known = *self.names.get(row.name.0 as usize)?;
        let name = if known == 0 { names::name(self.dex.name_bytes(row.name)?) } else { known };
        *self.names.get_mut(row.name.0 as usize)? = name;
        Some(Signature(names::signature(name, self.proto(row.proto)?)))
    }

    fn proto(&mut self, index: ProtoIdx) -> Option<u64> {
        let known = *self.protos.get(index.0 as usize)?;
        if known != 0 {
            return Some(known);
        }
        let dex = self.dex;
        let result = dex.return_type(index).map(|ty| self.ty(ty)).unwrap_or_default();
        let hash = names::proto(dex.parameters(index).map(|ty| self.ty(ty)), result);
        *self.protos.get_mut(index.0 as usize)? = hash;
        Some(hash)
    }

    /// A type that the file does not have is like any other such.
    fn ty(&mut self, index: TypeIdx) -> u64 {
        let Some(known) = self.types.get_mut(index.0 as usize) else { return 0 };
        if *known == 0 {
            *known = names::name(self.dex.type_bytes(index).unwrap_or_default());
        }
        *known
    }
}
