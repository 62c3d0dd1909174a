//! What the members stand for that the files of a program name: which method a call runs, which class a use of a static
//! member makes ready, and what is known of a method of the library.

use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::{FxBuildHasher, FxHashMap};

use super::constants::{self, CallArgs};
use super::defs::Layout;
use super::facts::{Act, Call};
use super::hierarchy::{Defined, Hierarchy, Method, NONE, Type, number};
use super::layouts::Layouts;
use super::lists::BySignature;
use super::models::{self, Model, Remembered};
use super::program::Signature;
use crate::dex::{BitSet, Code, FieldIdx, MethodIdx, Targets, TypeIdx};

/// `ACC_INTERFACE`
const INTERFACE: u32 = 0x200;

/// Bits by which signatures are told apart at first sight: some ten for each virtual method of a large program.
const ENDS: u32 = 1 << 21;

/// What the members stand for that the files of a program name.
#[derive(Debug)]
pub struct Linkage<'h, 'p, 'b> {
    pub(super) hierarchy: &'h Hierarchy<'p, 'b>,
    units: Vec<Linked>,
    /// By number: the class that a call on an object names, and the signature.
    calls: Vec<(Type, Signature)>,
    /// Methods with code that a call on an object may run, by signature.
    virtuals: BySignature<Method>,
    layouts: Layouts<'b>,
}

/// The members that one file names.
#[derive(Debug, Default)]
pub(super) struct Linked {
    targets: Targets,
    /// By method index.
    methods: Vec<Link>,
    /// By field index: its class, where the program defines that.
    fields: Vec<u32>,
    /// Methods that may look up a class or a member by name.
    pub(super) look_ups: BitSet,
    /// Methods whose callers are noted.
    pub(super) noted: BitSet,
    /// By method index, where it was asked for: what is known of a method of the library.
    models: Vec<Remembered>,
}

/// What a method stands for that a file names.
#[derive(Debug, Clone, Copy)]
struct Link {
    /// The one method that a call runs which does not depend on the object.
    exact: u32,
    /// The number of a call that does.
    call: u32,
    /// The class, where the program defines it.
    class: u32,
}

impl<'h, 'p, 'b> Linkage<'h, 'p, 'b> {
    /// Links the members that all files name.
    pub fn of(hierarchy: &'h Hierarchy<'p, 'b>) -> Self {
        let virtuals: Vec<(Signature, Method)> = (0..)
            .map(Method)
            .zip(hierarchy.methods())
            .filter(|(_, defined)| defined.is_virtual() && defined.row.code != 0)
            .filter_map(|(method, defined)| Some((hierarchy.signature(defined.unit, defined.row.method)?, method)))
            .collect();
        // A bit for the end of each such signature: most methods that files name are of the platform and have none.
        let mut ends = BitSet::new(ENDS);
        for (signature, _) in &virtuals {
            ends.insert(end_of(*signature));
        }
        let bytes = hierarchy.program.units.iter().map(|unit| unit.dex.size()).sum();
        let layouts = Layouts::of_bytes(bytes);
        let units: Vec<u32> = (0..number(hierarchy.program.units.len())).collect();
        let (virtuals, units) = rayon::join(
            || BySignature::of(&virtuals, Method(NONE)),
            || units.into_par_iter().map(|unit| link(hierarchy, &ends, unit)).collect(),
        );
        let mut it = Self { hierarchy, units, calls: Vec::new(), virtuals, layouts };
        let mut numbers = FxHashMap::with_capacity_and_hasher(hierarchy.methods().len() / 4, FxBuildHasher);
        for (number_of_unit, unit) in (0..).zip(&mut it.units) {
            for (index, link) in (0..).zip(&mut unit.methods).filter(|(_, link)| link.call != NONE) {
                let Some(named) = hierarchy.named(number_of_unit, MethodIdx(index)) else { continue };
                link.call = *numbers.entry(named).or_insert_with(|| {
                    it.calls.push(named);
                    number(it.calls.len()).saturating_sub(1)
                });
            }
        }
        it
    }

    /// The same links; the callers of these methods, by file, are noted besides.
    #[must_use]
    pub fn noting(mut self, methods: Vec<BitSet>) -> Self {
        for (unit, noted) in self.units.iter_mut().zip(methods) {
            unit.targets.methods.extend(&noted);
            unit.noted = noted;
        }
        self
    }

    /// What a scan of a file has to look for.
    pub fn targets(&self, unit: usize) -> Option<&Targets> {
        self.units.get(unit).map(|unit| &unit.targets)
    }

    /// Whether a method that a file names may look up a class or a member by name.
    pub(super) fn looks_up(&self, unit: u32, index: MethodIdx) -> bool {
        self.units.get(unit as usize).is_some_and(|unit| unit.look_ups.contains(index.0))
    }

    /// What is known of the method that a file names.
    pub(super) fn model(&self, unit: u32, index: MethodIdx) -> Option<Model> {
        let known = self.units.get(unit as usize)?.models.get(index.0 as usize)?;
        known.model(|| models::model(self.hierarchy.program.units.get(unit as usize)?, index))
    }

    /// The class that a call on an object names, and the signature.
    pub(super) fn call(&self, call: Call) -> Option<(Type, Signature)> {
        self.calls.get(call.0 as usize).copied()
    }

    /// All calls on objects, by number.
    pub(super) fn calls(&self) -> &[(Type, Signature)] {
        &self.calls
    }

    /// Methods with code and that signature which a call on an object may run.
    pub(super) fn overriding(&self, signature: Signature) -> impl Iterator<Item = Method> {
        self.virtuals.with(signature)
    }

    /// What a file names.
    pub(super) fn linked(&self, unit: u32) -> Option<&Linked> {
        self.units.get(unit as usize)
    }

    /// What a call in a method does that the file of that names.
    pub(super) fn called(&self, linked: &Linked, within: &Defined, byte: u8, index: MethodIdx) -> Option<Act> {
        let link = linked.methods.get(index.0 as usize)?;
        match byte {
            // invoke-virtual, invoke-interface. A class that nothing extends has one method for the call; objects
            // of it may come from anywhere, so nobody has to have made one.
            0x6e | 0x72 | 0x74 | 0x78 if link.call != NONE => Some(Act::Dispatch(Call(link.call))),
            // invoke-super
            0x6f | 0x75 => self.above(within.unit, within.class, index).map(Act::Call),
            // The others, and invoke-direct and invoke-static.
            _ => (link.exact != NONE).then_some(Act::Call(Method(link.exact))),
        }
    }

    /// The arguments of calls in a method of a file, as [`call_args`](super::call_args) gives them.
    pub fn call_args(&self, unit: u32, code: &Code<'b>, pcs: &[u32]) -> Vec<CallArgs> {
        let dex = self.hierarchy.program.units.get(unit as usize).map(|unit| &unit.dex);
        dex.map(|dex| constants::args_by(dex, code, self.layout(unit, code).as_deref(), pcs)).unwrap_or_default()
    }

    /// The layout of a method of a file; none where it is too large to be followed.
    pub(super) fn layout(&self, unit: u32, code: &Code<'b>) -> Option<Arc<Layout<'b>>> {
        self.layouts.at(unit, code)
    }

    /// The method that `invoke-super` in a class calls: the nearest above the class; of an interface, the one that is named.
    fn above(&self, unit: u32, class: Type, index: MethodIdx) -> Option<Method> {
        let (named, signature) = self.hierarchy.named(unit, index)?;
        let of_interface = self.hierarchy.class(named).is_some_and(|class| class.access & INTERFACE != 0);
        let from = if of_interface { named } else { self.hierarchy.class(class)?.superclass? };
        self.hierarchy.resolve(from, signature)
    }
}

impl Linked {
    /// The static initialiser that a call of a static method may run.
    pub(super) fn initialised_by(&self, index: MethodIdx) -> Option<Act> {
        let class = self.methods.get(index.0 as usize)?.class;
        (class != NONE).then_some(Act::Touch(Type(class)))
    }

    /// The static initialiser that a use of a static field may run.
    pub(super) fn initialised_with(&self, field: FieldIdx) -> Option<Act> {
        let class = *self.fields.get(field.0 as usize)?;
        (class != NONE).then_some(Act::Touch(Type(class)))
    }
}

/// Links the members that one file names; calls on objects have no number yet.
fn link(hierarchy: &Hierarchy<'_, '_>, ends: &BitSet, unit: u32) -> Linked {
    let Some(dex) = hierarchy.program.units.get(unit as usize).map(|unit| &unit.dex) else {
        return Linked::default();
    };
    let header = &dex.header;
    let mut targets = Targets {
        methods: BitSet::new(header.methods.count),
        statics: BitSet::new(header.fields.count),
        stores: BitSet::new(header.fields.count),
        objects: BitSet::new(header.types.count),
        call_sites: true,
        ..Targets::default()
    };
    let ours = |class: TypeIdx| hierarchy.type_of(unit, class).filter(|ty| hierarchy.class(*ty).is_some());
    let types: Vec<u32> = (0..header.types.count).map(|index| ours(TypeIdx(index)).map_or(NONE, |ty| ty.0)).collect();
    (0..).zip(&types).filter(|(_, ty)| **ty != NONE).for_each(|(index, _)| targets.objects.insert(index));
    let mut look_ups = BitSet::new(header.methods.count);
    let methods = (0..header.methods.count).map(MethodIdx).map(|index| {
        let nothing = Link { exact: NONE, call: NONE, class: NONE };
        let class = dex.method(index).and_then(|row| types.get(row.class.0 as usize)).copied();
        let Some((class, signature)) = class.zip(hierarchy.signature(unit, index)) else { return nothing };
        if models::look_ups().contains(&signature) {
            targets.methods.insert(index.0);
            look_ups.insert(index.0);
        }
        let is_ours = class != NONE;
        let exact = hierarchy
            .defined(unit, index)
            .or_else(|| Some(Type(class)).filter(|_| is_ours).and_then(|class| hierarchy.resolve(class, signature)));
        let depends = (!is_ours || hierarchy.is_extended(Type(class))) && ends.contains(end_of(signature));
        if is_ours || depends {
            targets.methods.insert(index.0);
        }
        Link { exact: exact.map_or(NONE, |method| method.0), call: if depends { 0 } else { NONE }, class }
    });
    let methods = methods.collect();
    let fields = (0..header.fields.count).map(|index| {
        let class = dex.field(FieldIdx(index)).and_then(|row| types.get(row.class.0 as usize));
        let class = class.copied().unwrap_or(NONE);
        if class != NONE {
            targets.statics.insert(index);
            targets.stores.insert(index);
        }
        class
    });
    let fields = fields.collect();
    let models = (0..header.methods.count).map(|_| Remembered::default()).collect();
    Linked { targets, methods, fields, look_ups, noted: BitSet::default(), models }
}

/// The last bits of a signature.
fn end_of(signature: Signature) -> u32 {
    let [a, b, c, d, ..] = signature.0.to_le_bytes();
    u32::from_le_bytes([a, b, c, d]) & (ENDS.saturating_sub(1))
}
