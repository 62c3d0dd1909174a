//! The classes and methods of a whole program by number, whichever file names them.
//!
//! Two files name the same class and method by different indices; the call graph asks millions of times which is which.
//! Where two files define one class, the first counts, as for the class loader.

use std::ops::Range;

use rayon::prelude::*;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use super::program::{Program, Signature, Unit};
use crate::dex::{ClassDef, MethodDef, MethodIdx, TypeIdx};

/// Steps up a hierarchy before a question is given up: real ones are under twenty deep, a cycle never ends.
pub(super) const MAX_STEPS: usize = 64;

/// Marks a place in a table of numbers as empty.
pub(super) const NONE: u32 = u32::MAX;

/// A type of the program: a class, an interface, an array or a primitive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Type(pub u32);

/// A method that the program defines, with or without code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Method(pub u32);

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
    /// Places of its methods in the table of all.
    methods: Range<usize>,
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
    /// The methods of each class, by signature.
    declared: Vec<(Signature, Method)>,
    /// The signatures of methods with code that a class may have from its interfaces; few programs have many.
    defaults: FxHashSet<Signature>,
    units: Vec<Names>,
}

/// What the indices of one file stand for.
#[derive(Debug, Default)]
struct Names {
    types: Vec<Type>,
    /// By method index: the method that the file defines under it.
    methods: Vec<u32>,
}

/// The classes of one file, in order.
#[derive(Default)]
struct Members {
    /// Each with one past the last of its methods.
    classes: Vec<(ClassDef, usize)>,
    methods: Vec<MethodDef>,
}

impl<'p, 'b> Hierarchy<'p, 'b> {
    /// Reads all classes of a program.
    pub fn of(program: &'p Program<'b>) -> Self {
        let read: Vec<Members> = program.units.par_iter().map(members).collect();
        let types = program.units.iter().map(|unit| unit.dex.header.types.count as usize).sum();
        let methods = read.iter().map(|members| members.methods.len()).sum();
        let mut it = Self {
            program,
            types: FxHashMap::with_capacity_and_hasher(types, FxBuildHasher),
            descriptors: Vec::with_capacity(types),
            classes: Vec::new(),
            extended: Vec::new(),
            methods: Vec::with_capacity(methods),
            declared: Vec::with_capacity(methods),
            defaults: FxHashSet::default(),
            units: Vec::new(),
        };
        for unit in &program.units {
            let types = (0..unit.dex.header.types.count).map(|index| it.number(unit, TypeIdx(index))).collect();
            it.units.push(Names { types, methods: vec![NONE; unit.dex.header.methods.count as usize] });
        }
        it.classes.resize_with(it.descriptors.len(), || None);
        it.extended.resize(it.descriptors.len(), false);
        for (unit, members) in (0..).zip(read) {
            let mut start = 0;
            for (class, end) in members.classes {
                it.define(unit, &class, members.methods.get(start..end).unwrap_or_default());
                start = end;
            }
        }
        it.defaults = it.defaults();
        it
    }

    /// The signatures of methods with code in interfaces, and in whatever stands above those.
    fn defaults(&self) -> FxHashSet<Signature> {
        let mut met = vec![false; self.classes.len()];
        let mut waiting: Vec<Type> =
            self.classes.iter().flatten().flat_map(|class| &class.interfaces).copied().collect();
        let mut found = FxHashSet::default();
        while let Some(ty) = waiting.pop() {
            let new = met.get_mut(ty.0 as usize).is_some_and(|met| !std::mem::replace(met, true));
            let Some(class) = self.class(ty).filter(|_| new) else { continue };
            waiting.extend(class.superclass.iter().chain(&class.interfaces));
            let with_code = |method: Method| self.method(method).is_some_and(|it| it.row.code != 0);
            let declared = self.declared(class).iter().filter(|(_, method)| with_code(*method));
            found.extend(declared.map(|(signature, _)| *signature));
        }
        found
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
        let Some(names) = self.units.get_mut(unit as usize) else { return };
        let start = self.declared.len();
        for row in methods {
            let slot = names.methods.get_mut(row.method.0 as usize);
            let Some((signature, slot)) = of.signature(row.method).zip(slot) else { continue };
            let method = Method(number(self.methods.len()));
            self.methods.push(Defined { unit, class: ty, row: *row });
            *slot = method.0;
            self.declared.push((signature, method));
        }
        self.declared.get_mut(start..).unwrap_or_default().sort_unstable();
        let methods = start..self.declared.len();
        if let Some(slot) = self.classes.get_mut(ty.0 as usize) {
            *slot = Some(Class { unit, access: class.access, superclass, interfaces, methods });
        }
    }

    /// The type that a file names.
    pub fn type_of(&self, unit: u32, index: TypeIdx) -> Option<Type> {
        self.units.get(unit as usize)?.types.get(index.0 as usize).copied()
    }

    /// The type with a descriptor, where any file names it.
    pub fn type_named(&self, descriptor: &str) -> Option<Type> {
        self.types.get(&*simd_cesu8::mutf8::encode(descriptor)).copied()
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

    /// The methods of a class, by signature.
    pub fn declared(&self, class: &Class) -> &[(Signature, Method)] {
        self.declared.get(class.methods.clone()).unwrap_or_default()
    }

    /// The class's own method with a signature.
    pub fn declares(&self, class: &Class, signature: Signature) -> Option<Method> {
        let declared = self.declared(class);
        let place = declared.binary_search_by_key(&signature, |(signature, _)| *signature).ok()?;
        declared.get(place).map(|(_, method)| *method)
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

    /// The method with that descriptor, `Lcls;->name(args)ret`, where the class loader takes it from that file.
    pub fn method_in(&self, file: &str, descriptor: &str) -> Option<Method> {
        let (class, signature) = descriptor.split_once("->")?;
        let class = self.class(self.type_named(class)?)?;
        let unit = self.program.units.get(class.unit as usize)?;
        self.declares(class, Signature::of(signature)).filter(|_| unit.label == file)
    }

    /// The descriptor of a method, `Lcls;->name(args)ret`.
    pub fn describe(&self, method: Method) -> Option<String> {
        let defined = self.method(method)?;
        Some(self.program.units.get(defined.unit as usize)?.dex.method_descriptor(defined.row.method))
    }

    /// The signature of a method that a file names.
    pub fn signature(&self, unit: u32, index: MethodIdx) -> Option<Signature> {
        self.program.units.get(unit as usize)?.signature(index)
    }

    /// The class and the signature that a file names under a method index.
    pub fn named(&self, unit: u32, index: MethodIdx) -> Option<(Type, Signature)> {
        let row = self.program.units.get(unit as usize)?.dex.method(index)?;
        Some((self.type_of(unit, row.class)?, self.signature(unit, index)?))
    }

    /// The method that a call of `signature` on an object of class `ty` runs: the nearest on the way up, then a default
    /// method of an interface.
    pub fn resolve(&self, ty: Type, signature: Signature) -> Option<Method> {
        let mut next = Some(ty);
        for _ in 0..MAX_STEPS {
            let Some(class) = next.and_then(|ty| self.class(ty)) else { break };
            if let Some(method) = self.declares(class, signature) {
                return Some(method);
            }
            next = class.superclass;
        }
        if !self.defaults.contains(&signature) {
            return None;
        }
        self.ancestors(ty).into_iter().find_map(|above| {
            let method = self.declares(self.class(above)?, signature)?;
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

fn members(unit: &Unit<'_>) -> Members {
    // Classes that share one list of methods must not make the program larger than its files.
    let most = unit.signatures().len();
    let mut all = Members { classes: Vec::with_capacity(unit.dex.header.classes.count as usize), ..Members::default() };
    for class in unit.dex.classes().flatten() {
        let methods = unit.dex.class_data(&class).ok().flatten().into_iter().flatten();
        let room = most.saturating_sub(all.methods.len());
        all.methods.extend(methods.map_while(Result::ok).take(room));
        all.classes.push((class, all.methods.len()));
    }
    all
}

/// A length as a number; tables of a program have fewer rows than its files have bytes.
pub(super) fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(NONE)
}
