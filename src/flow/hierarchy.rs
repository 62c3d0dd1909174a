//! The classes and methods of a whole program by number, whichever file names them.
//!
//! Two files name the same class and method by different indices; the call graph asks millions of times which is which.
//! Where two files define one class, the first counts, as for the class loader.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::program::{Program, Unit};
use crate::dex::{ClassDef, MethodDef, MethodIdx, TypeIdx};

/// Steps up a hierarchy before a question is given up: real ones are under twenty deep, a cycle never ends.
pub(super) const MAX_STEPS: usize = 64;

/// Marks a place in a table of numbers as empty.
const NONE: u32 = u32::MAX;

/// A type of the program: a class, an interface, an array or a primitive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Type(pub u32);

/// A method that the program defines, with or without code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Method(pub u32);

/// Name, parameters and result of a method, hashed to 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signature(pub u64);

/// A class that the program defines.
#[derive(Debug)]
pub struct Class {
    /// Position of its file in [`Program::units`].
    pub unit: u32,
    /// Access flags.
    pub access: u32,
    /// Superclass.
    pub superclass: Option<Type>,
    /// Interfaces that it names.
    pub interfaces: Vec<Type>,
    /// Its methods, sorted by signature.
    pub methods: Vec<(Signature, Method)>,
}

/// A method that a class defines.
#[derive(Debug, Clone, Copy)]
pub struct Defined {
    /// Position of its file in [`Program::units`].
    pub unit: u32,
    /// The class.
    pub class: Type,
    /// Its row, flags and code in that file.
    pub row: MethodDef,
}

impl Defined {
    /// Neither static, private nor a constructor: what a subclass may override.
    pub fn is_virtual(&self) -> bool {
        const PRIVATE_STATIC_CONSTRUCTOR: u32 = 0x2 | 0x8 | 0x1_0000;
        self.row.access & PRIVATE_STATIC_CONSTRUCTOR == 0
    }
}

/// All classes of a program.
#[derive(Debug)]
pub struct Hierarchy<'p, 'b> {
    /// The program.
    pub program: &'p Program<'b>,
    types: FxHashMap<&'b [u8], Type>,
    descriptors: Vec<&'b [u8]>,
    /// By type: its definition.
    classes: Vec<Option<Class>>,
    /// By type: whether a class of the program names it as its superclass or interface.
    extended: Vec<bool>,
    methods: Vec<Defined>,
    units: Vec<Names>,
}

/// What the indices of one file stand for.
#[derive(Debug, Default)]
struct Names {
    types: Vec<Type>,
    /// Hashes of the prototypes.
    protos: Vec<u64>,
    /// By method index: the method that the file defines under it.
    methods: Vec<u32>,
}

/// The classes of one file, their methods in order.
type Members = Vec<(ClassDef, Vec<MethodDef>)>;

impl<'p, 'b> Hierarchy<'p, 'b> {
    /// Reads all classes of a program.
    pub fn of(program: &'p Program<'b>) -> Self {
        let read: Vec<(Members, Vec<u64>)> =
            program.units.par_iter().map(|unit| (members(unit), protos(unit))).collect();
        let mut it = Self {
            program,
            types: FxHashMap::default(),
            descriptors: Vec::new(),
            classes: Vec::new(),
            extended: Vec::new(),
            methods: Vec::new(),
            units: Vec::new(),
        };
        let mut all = Vec::new();
        for (unit, (members, protos)) in program.units.iter().zip(read) {
            let types = (0..unit.dex.header.types.count).map(|index| it.number(unit, TypeIdx(index))).collect();
            it.units.push(Names { types, protos, methods: vec![NONE; unit.dex.header.methods.count as usize] });
            all.push(members);
        }
        it.classes.resize_with(it.descriptors.len(), || None);
        it.extended.resize(it.descriptors.len(), false);
        for (unit, members) in (0..).zip(all) {
            for (class, methods) in members {
                it.define(unit, &class, &methods);
            }
        }
        it.classes.par_iter_mut().flatten().for_each(|class| class.methods.sort_unstable());
        it
    }

    fn number(&mut self, unit: &Unit<'b>, index: TypeIdx) -> Type {
        // A type without a readable name is one of a kind, like no other.
        let Some(descriptor) = unit.dex.type_bytes(index) else { return self.append(b"?") };
        if let Some(known) = self.types.get(descriptor) {
            return *known;
        }
        let new = self.append(descriptor);
        self.types.insert(descriptor, new);
        new
    }

    fn append(&mut self, descriptor: &'b [u8]) -> Type {
        let new = Type(number(self.descriptors.len()));
        self.descriptors.push(descriptor);
        new
    }

    fn define(&mut self, unit: u32, class: &ClassDef, methods: &[MethodDef]) {
        let Some(of) = self.program.units.get(unit as usize) else { return };
        let Some(ty) = self.type_of(unit, class.class) else { return };
        if self.class(ty).is_some() {
            return;
        }
        let superclass = class.superclass.and_then(|above| self.type_of(unit, above));
        let interfaces: Vec<Type> =
            of.dex.interfaces(class).take(MAX_STEPS).filter_map(|above| self.type_of(unit, above)).collect();
        for above in superclass.iter().chain(&interfaces) {
            if let Some(extended) = self.extended.get_mut(above.0 as usize) {
                *extended = true;
            }
        }
        let mut defined = Vec::with_capacity(methods.len());
        for row in methods {
            let Some(signature) = self.signature(unit, row.method) else { continue };
            let method = Method(number(self.methods.len()));
            self.methods.push(Defined { unit, class: ty, row: *row });
            if let Some(slot) =
                self.units.get_mut(unit as usize).and_then(|names| names.methods.get_mut(row.method.0 as usize))
            {
                *slot = method.0;
            }
            defined.push((signature, method));
        }
        if let Some(slot) = self.classes.get_mut(ty.0 as usize) {
            *slot = Some(Class { unit, access: class.access, superclass, interfaces, methods: defined });
        }
    }

    /// The type that a file names.
    pub fn type_of(&self, unit: u32, index: TypeIdx) -> Option<Type> {
        self.units.get(unit as usize)?.types.get(index.0 as usize).copied()
    }

    /// The type with a descriptor, where any file names it.
    pub fn type_named(&self, descriptor: &[u8]) -> Option<Type> {
        self.types.get(descriptor).copied()
    }

    /// The descriptor of a type.
    pub fn descriptor(&self, ty: Type) -> &'b [u8] {
        self.descriptors.get(ty.0 as usize).copied().unwrap_or_default()
    }

    /// How many types there are; their numbers are below it.
    pub fn type_count(&self) -> u32 {
        number(self.descriptors.len())
    }

    /// The definition of a type.
    pub fn class(&self, ty: Type) -> Option<&Class> {
        self.classes.get(ty.0 as usize)?.as_ref()
    }

    /// Whether a class of the program extends or implements the type.
    pub fn is_extended(&self, ty: Type) -> bool {
        self.extended.get(ty.0 as usize).copied().unwrap_or(false)
    }

    /// All methods that the program defines, by number.
    pub fn methods(&self) -> &[Defined] {
        &self.methods
    }

    /// What a method's number stands for.
    pub fn method(&self, method: Method) -> Option<&Defined> {
        self.methods.get(method.0 as usize)
    }

    /// The method that a file defines under one of its indices.
    pub fn defined(&self, unit: u32, index: MethodIdx) -> Option<Method> {
        let number = *self.units.get(unit as usize)?.methods.get(index.0 as usize)?;
        (number != NONE).then_some(Method(number))
    }

    /// The signature of a method that a file names.
    pub fn signature(&self, unit: u32, index: MethodIdx) -> Option<Signature> {
        let dex = &self.program.units.get(unit as usize)?.dex;
        let row = dex.method(index)?;
        let proto = self.units.get(unit as usize)?.protos.get(row.proto.0 as usize)?;
        Some(Signature::new(dex.string_bytes(row.name)?, *proto))
    }

    /// The class and the signature that a file names under a method index.
    pub fn named(&self, unit: u32, index: MethodIdx) -> Option<(Type, Signature)> {
        let row = self.program.units.get(unit as usize)?.dex.method(index)?;
        Some((self.type_of(unit, row.class)?, self.signature(unit, index)?))
    }

    /// `name(args)ret` of a method that a file names.
    pub fn signature_text(&self, unit: u32, index: MethodIdx) -> Option<String> {
        let dex = &self.program.units.get(unit as usize)?.dex;
        let row = dex.method(index)?;
        let mut text = dex.string(row.name)?.into_owned();
        dex.push_proto(row.proto, &mut text);
        Some(text)
    }

    /// The method that a call of `signature` on an object of class `ty` runs: the nearest on the way up, then a default
    /// method of an interface.
    pub fn resolve(&self, ty: Type, signature: Signature) -> Option<Method> {
        let mut next = Some(ty);
        for _ in 0..MAX_STEPS {
            let Some(class) = next.and_then(|ty| self.class(ty)) else { break };
            if let Some(method) = class.declares(signature) {
                return Some(method);
            }
            next = class.superclass;
        }
        self.ancestors(ty).into_iter().find_map(|above| {
            let method = self.class(above)?.declares(signature)?;
            self.method(method).filter(|it| it.row.code != 0).map(|_| method)
        })
    }

    /// The types above a type, each once, the nearest first; those that the program does not define end the way up.
    pub fn ancestors(&self, ty: Type) -> Vec<Type> {
        let mut found: Vec<Type> = Vec::new();
        let mut next = Some(ty);
        for place in 0..MAX_STEPS {
            let class = next.and_then(|ty| self.class(ty));
            for above in class.into_iter().flat_map(|class| class.superclass.iter().chain(&class.interfaces)) {
                if !found.contains(above) && found.len() < MAX_STEPS {
                    found.push(*above);
                }
            }
            next = found.get(place).copied();
            if next.is_none() {
                break;
            }
        }
        found
    }
}

impl Class {
    /// The class's own method with a signature.
    pub fn declares(&self, signature: Signature) -> Option<Method> {
        let place = self.methods.binary_search_by_key(&signature, |(signature, _)| *signature).ok()?;
        self.methods.get(place).map(|(_, method)| *method)
    }
}

impl Signature {
    /// The signature of a method called `name`; `proto` is [`Signature::proto`] of its `(args)ret`.
    pub fn new(name: &[u8], proto: u64) -> Self {
        Self(mix(name, FNV_START).rotate_left(29) ^ proto)
    }

    /// The hash of `(args)ret`.
    pub fn proto(text: &[u8]) -> u64 {
        mix(text, FNV_START)
    }

    /// The signature that `name(args)ret` writes.
    pub fn of(text: &str) -> Self {
        let (name, proto) = text.split_at(text.find('(').unwrap_or(text.len()));
        Self::new(name.as_bytes(), Self::proto(proto.as_bytes()))
    }
}

/// FNV-1a, 64 bits.
const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;

fn mix(bytes: &[u8], start: u64) -> u64 {
    bytes.iter().fold(start, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

fn members(unit: &Unit<'_>) -> Members {
    // Classes that share one list of methods must not make the program larger than its files.
    let mut room = unit.dex.header.methods.count;
    let mut all = Vec::new();
    for class in unit.dex.classes().flatten() {
        let methods = unit.dex.class_data(&class).ok().flatten().into_iter().flatten();
        let methods: Vec<MethodDef> = methods.map_while(Result::ok).take(room as usize).collect();
        room = room.saturating_sub(number(methods.len()));
        all.push((class, methods));
    }
    all
}

fn protos(unit: &Unit<'_>) -> Vec<u64> {
    let mut text = String::new();
    (0..unit.dex.header.protos.count)
        .map(|index| {
            text.clear();
            unit.dex.push_proto(crate::dex::ProtoIdx(index), &mut text);
            Signature::proto(text.as_bytes())
        })
        .collect()
}

/// A length as a number; tables of a program have fewer rows than its files have bytes.
pub(super) fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(NONE)
}
