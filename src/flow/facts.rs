//! What each method calls, makes, touches and assigns, as plain lists: taken from the sites of one pass over the code, so
//! that all that is asked later only walks numbers.

use std::sync::OnceLock;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::hierarchy::{Hierarchy, Method, NONE, Type, number};
use super::models::{self, Model};
use super::program::Signature;
use super::reflection;
use crate::dex::{BitSet, Code, FieldIdx, MethodDef, MethodIdx, Reference, Site, Targets, TypeIdx};

/// `ACC_INTERFACE`
const INTERFACE: u32 = 0x200;

/// A call on an object, by the class that it names and the signature: what it runs depends on the object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Call(pub(super) u32);

/// Bits by which signatures are told apart at first sight: some ten for each virtual method of a large program.
const ENDS: u32 = 1 << 21;

/// Something that a method does.
#[derive(Debug, Clone, Copy)]
pub(super) enum Act {
    /// It calls exactly this method.
    Call(Method),
    /// It calls what the object has in that place.
    Dispatch(Call),
    /// It hands a method out, for whoever gets it to call.
    Bind(Method),
    /// It makes objects of a class.
    Make(Type),
    /// It runs the static initialiser of a class, if nobody did before.
    Touch(Type),
}

/// One place where a method does something.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fact {
    /// Code unit.
    pub(super) pc: u32,
    pub(super) act: Act,
}

/// An assignment of a field of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Store {
    /// The field, by its index in the file of the method.
    pub(super) field: FieldIdx,
    pub(super) method: Method,
    pub(super) pc: u32,
}

/// What the members stand for that the files of a program name.
#[derive(Debug)]
pub struct Linkage<'h, 'p, 'b> {
    hierarchy: &'h Hierarchy<'p, 'b>,
    units: Vec<Linked>,
    /// By number: the class that a call on an object names, and the signature.
    calls: Vec<(Type, Signature)>,
    /// Methods with code that a call on an object may run, by signature.
    virtuals: Vec<(Signature, Method)>,
    /// A bit for the end of each such signature: most methods that files name are of the platform and have none.
    ends: BitSet,
}

/// The members that one file names.
#[derive(Debug)]
struct Linked {
    targets: Targets,
    /// By method index: the one method that a call runs which does not depend on the object, and the number of one that
    /// does.
    methods: Vec<(u32, u32)>,
    /// Methods that may look up a class or a member by name.
    look_ups: BitSet,
    /// Methods whose callers are noted.
    noted: BitSet,
    /// By method index, where it was asked for: what is known of a method of the library.
    models: Vec<OnceLock<Option<Model>>>,
}

/// The facts about the methods of a range of classes.
#[derive(Debug, Default)]
pub struct Acts {
    /// Methods with facts, ascending, each with one past its last.
    methods: Vec<(Method, usize)>,
    facts: Vec<Fact>,
    stores: Vec<Store>,
    /// Methods that look up classes or members by names which others may tell.
    open: Vec<Method>,
    /// Methods that call one whose callers are noted.
    noted: Vec<Method>,
}

/// The facts about all methods.
#[derive(Debug, Default)]
pub struct Facts {
    /// By method: where its facts start; one more at the end.
    starts: Vec<usize>,
    all: Vec<Fact>,
    /// By file, in order of its code.
    stores: Vec<Vec<Store>>,
    /// Methods that look up classes or members by names which others may tell, ascending.
    open: Vec<Method>,
    /// Methods that call one whose callers are noted, ascending.
    noted: Vec<Method>,
}

impl<'h, 'p, 'b> Linkage<'h, 'p, 'b> {
    /// Links the members that all files name.
    pub fn of(hierarchy: &'h Hierarchy<'p, 'b>) -> Self {
        let mut virtuals: Vec<(Signature, Method)> = (0..)
            .map(Method)
            .zip(hierarchy.methods())
            .filter(|(_, defined)| defined.is_virtual() && defined.row.code != 0)
            .filter_map(|(method, defined)| Some((hierarchy.signature(defined.unit, defined.row.method)?, method)))
            .collect();
        virtuals.sort_unstable();
        let mut ends = BitSet::new(ENDS);
        for (signature, _) in &virtuals {
            ends.insert(end_of(*signature));
        }
        let mut it = Self { hierarchy, units: Vec::new(), calls: Vec::new(), virtuals, ends };
        let units: Vec<u32> = (0..number(hierarchy.program.units.len())).collect();
        it.units = units.into_par_iter().map(|unit| it.link(unit)).collect();
        let mut numbers = FxHashMap::default();
        for (number_of_unit, unit) in (0..).zip(&mut it.units) {
            for (index, (_, call)) in (0..).zip(&mut unit.methods).filter(|(_, (_, call))| *call != NONE) {
                let Some(named) = hierarchy.named(number_of_unit, MethodIdx(index)) else { continue };
                *call = *numbers.entry(named).or_insert_with(|| {
                    it.calls.push(named);
                    number(it.calls.len()).saturating_sub(1)
                });
            }
        }
        it
    }

    /// Links the members that one file names; calls on objects have no number yet.
    fn link(&self, unit: u32) -> Linked {
        let hierarchy = self.hierarchy;
        let Some(dex) = hierarchy.program.units.get(unit as usize).map(|unit| &unit.dex) else {
            return Linked {
                targets: Targets::default(),
                methods: Vec::new(),
                look_ups: BitSet::default(),
                noted: BitSet::default(),
                models: Vec::new(),
            };
        };
        let header = &dex.header;
        let ours = |class: TypeIdx| hierarchy.type_of(unit, class).filter(|ty| hierarchy.class(*ty).is_some());
        let mut targets = Targets {
            methods: BitSet::new(header.methods.count),
            statics: BitSet::new(header.fields.count),
            stores: BitSet::new(header.fields.count),
            objects: BitSet::new(header.types.count),
            call_sites: true,
            ..Targets::default()
        };
        let mut look_ups = BitSet::new(header.methods.count);
        let methods = (0..header.methods.count).map(|index| {
            let Some((class, signature)) = hierarchy.named(unit, MethodIdx(index)) else { return (NONE, NONE) };
            let defined = hierarchy.class(class);
            let exact = match hierarchy.defined(unit, MethodIdx(index)) {
                Some(method) => Some(method),
                None => defined.and_then(|_| hierarchy.resolve(class, signature)),
            };
            let depends = (defined.is_none() || hierarchy.is_extended(class)) && self.ends.contains(end_of(signature));
            if defined.is_some() || depends {
                targets.methods.insert(index);
            }
            if models::look_ups().contains(&signature) {
                targets.methods.insert(index);
                look_ups.insert(index);
            }
            (exact.map_or(NONE, |method| method.0), if depends { 0 } else { NONE })
        });
        let methods = methods.collect();
        for index in 0..header.fields.count {
            if dex.field(FieldIdx(index)).is_some_and(|row| ours(row.class).is_some()) {
                targets.statics.insert(index);
                targets.stores.insert(index);
            }
        }
        (0..header.types.count)
            .filter(|index| ours(TypeIdx(*index)).is_some())
            .for_each(|it| targets.objects.insert(it));
        let models = (0..header.methods.count).map(|_| OnceLock::new()).collect();
        Linked { targets, methods, look_ups, noted: BitSet::default(), models }
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

    fn is_noted(&self, unit: u32, site: &Site) -> bool {
        let Reference::Method(index) = site.reference else { return false };
        self.units.get(unit as usize).is_some_and(|unit| unit.noted.contains(index.0))
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
        *known.get_or_init(|| models::model(self.hierarchy.program.units.get(unit as usize)?, index))
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
    pub(super) fn overriding(&self, signature: Signature) -> &[(Signature, Method)] {
        let start = self.virtuals.partition_point(|(other, _)| *other < signature);
        let rest = self.virtuals.get(start..).unwrap_or_default();
        let end = rest.iter().take_while(|(other, _)| *other == signature).count();
        rest.get(..end).unwrap_or_default()
    }

    fn act(&self, unit: u32, class: Type, site: &Site) -> Option<Act> {
        match site.reference {
            Reference::Object(class) => self.hierarchy.type_of(unit, class).map(Act::Make),
            Reference::Method(index) => {
                let (exact, call) = *self.units.get(unit as usize)?.methods.get(index.0 as usize)?;
                let exact = || Some(exact).filter(|method| *method != NONE).map(Method);
                match site.byte {
                    // invoke-virtual, invoke-interface. A class that nothing extends has one method for the call; objects
                    // of it may come from anywhere, so nobody has to have made one.
                    0x6e | 0x72 | 0x74 | 0x78 if call != NONE => Some(Act::Dispatch(Call(call))),
                    // invoke-super
                    0x6f | 0x75 => self.above(unit, class, index).map(Act::Call),
                    // The others, and invoke-direct and invoke-static.
                    _ => exact().map(Act::Call),
                }
            }
            _ => None,
        }
    }

    /// The method that `invoke-super` in a class calls: the nearest above the class; of an interface, the one that is named.
    fn above(&self, unit: u32, class: Type, index: MethodIdx) -> Option<Method> {
        let (named, signature) = self.hierarchy.named(unit, index)?;
        let of_interface = self.hierarchy.class(named).is_some_and(|class| class.access & INTERFACE != 0);
        let from = if of_interface { named } else { self.hierarchy.class(class)?.superclass? };
        self.hierarchy.resolve(from, signature)
    }

    /// The class whose static initialiser a place may run.
    fn touched(&self, unit: u32, site: &Site) -> Option<Type> {
        let dex = &self.hierarchy.program.units.get(unit as usize)?.dex;
        let class = match (site.byte, site.reference) {
            // sget, sput and their kinds
            (0x60..=0x6d, Reference::Field(field)) => dex.field(field)?.class,
            // invoke-static
            (0x71 | 0x77, Reference::Method(method)) => dex.method(method)?.class,
            _ => return None,
        };
        self.hierarchy.type_of(unit, class).filter(|ty| self.hierarchy.class(*ty).is_some())
    }
}

/// What a place does that hands methods out; where one is a constructor, objects may be made.
fn handed_out(hierarchy: &Hierarchy<'_, '_>, unit: u32, site: &Site) -> Vec<Act> {
    let Some(dex) = hierarchy.program.units.get(unit as usize).map(|unit| &unit.dex) else { return Vec::new() };
    let methods = match site.reference {
        Reference::CallSite(index) => dex.call_site_methods(index),
        Reference::Handle(index) => dex.handle_method(index).into_iter().collect(),
        _ => Vec::new(),
    };
    let mut acts = Vec::new();
    for (class, signature) in methods.into_iter().filter_map(|index| hierarchy.named(unit, index)) {
        let Some(method) = hierarchy.resolve(class, signature) else { continue };
        acts.push(Act::Bind(method));
        let Some(defined) = hierarchy.method(method) else { continue };
        if defined.row.is_constructor() {
            acts.push(Act::Make(defined.class));
        } else if defined.row.is_static() {
            acts.push(Act::Touch(defined.class));
        }
    }
    acts
}

/// The last bits of a signature.
fn end_of(signature: Signature) -> u32 {
    let [a, b, c, d, ..] = signature.0.to_le_bytes();
    u32::from_le_bytes([a, b, c, d]) & (ENDS.saturating_sub(1))
}

impl Acts {
    /// Adds what a method of the file at position `unit` does, by sites that include those of [`Linkage::targets`].
    /// Methods come in the order of the file.
    pub fn add(
        &mut self,
        linkage: &Linkage<'_, '_, '_>,
        unit: u32,
        method: &MethodDef,
        code: &Code<'_>,
        sites: &[Site],
    ) {
        let hierarchy = linkage.hierarchy;
        let Some(number) = hierarchy.defined(unit, method.method) else { return };
        let Some(defined) = hierarchy.method(number).filter(|defined| defined.row == *method) else { return };
        // The class loader takes the first of two definitions.
        if self.methods.last().is_some_and(|(last, _)| *last >= number) {
            return;
        }
        for site in sites {
            let mut add = |act: Option<Act>| self.facts.extend(act.map(|act| Fact { pc: site.pc, act }));
            match site.reference {
                Reference::Field(field) if matches!(site.byte, 0x59..=0x5f | 0x67..=0x6d) => {
                    self.stores.push(Store { field, method: number, pc: site.pc });
                }
                Reference::CallSite(_) | Reference::Handle(_) => {
                    for act in handed_out(hierarchy, unit, site) {
                        add(Some(act));
                    }
                }
                _ => add(linkage.act(unit, defined.class, site)),
            }
            add(linkage.touched(unit, site).map(Act::Touch));
        }
        let named = reflection::acts(linkage, hierarchy, unit, code, sites);
        self.facts.extend(named.facts);
        self.open.extend(named.open.then_some(number));
        self.noted.extend(sites.iter().any(|site| linkage.is_noted(unit, site)).then_some(number));
        self.methods.push((number, self.facts.len()));
    }
}

impl Facts {
    /// The facts about a program from those of its ranges of classes, in order: by file all that belongs to it.
    pub fn of(hierarchy: &Hierarchy<'_, '_>, units: Vec<Vec<Acts>>) -> Self {
        let mut it = Self { starts: Vec::with_capacity(hierarchy.methods().len()), ..Self::default() };
        it.all.reserve_exact(units.iter().flatten().map(|acts| acts.facts.len()).sum());
        for ranges in units {
            let mut stores = Vec::new();
            for acts in ranges {
                let mut start = 0;
                for (method, end) in acts.methods {
                    let own = acts.facts.get(start..end).unwrap_or_default();
                    start = end;
                    // A method that two ranges of a file define keeps the facts of the first.
                    let place = method.0 as usize;
                    if place >= it.starts.len() {
                        it.starts.resize(place.saturating_add(1), it.all.len());
                        it.all.extend_from_slice(own);
                    }
                }
                stores.extend(acts.stores);
                it.open.extend(acts.open);
                it.noted.extend(acts.noted);
            }
            it.stores.push(stores);
        }
        it.starts.resize(hierarchy.methods().len().saturating_add(1), it.all.len());
        it.open.sort_unstable();
        it.open.dedup();
        it.noted.sort_unstable();
        it.noted.dedup();
        it
    }

    /// Methods that call one whose callers are noted, ascending.
    pub fn noted(&self) -> &[Method] {
        &self.noted
    }

    /// Whether a method may call one with such a signature, or use a static member of such a class.
    pub fn may_use(
        &self,
        linkage: &Linkage<'_, '_, '_>,
        method: Method,
        signatures: &FxHashSet<Signature>,
        classes: &FxHashSet<Type>,
    ) -> bool {
        let hierarchy = linkage.hierarchy;
        let signature = |act: Act| match act {
            Act::Call(called) => {
                let defined = hierarchy.method(called)?;
                hierarchy.signature(defined.unit, defined.row.method)
            }
            Act::Dispatch(call) => linkage.call(call).map(|(_, signature)| signature),
            _ => None,
        };
        self.at(method).iter().any(|fact| match fact.act {
            Act::Touch(class) => classes.contains(&class),
            act => signature(act).is_some_and(|signature| signatures.contains(&signature)),
        })
    }

    /// Methods that look up classes or members by names which others may tell, ascending.
    pub(super) fn open(&self) -> &[Method] {
        &self.open
    }

    /// What a method does, in order of its place.
    pub(super) fn at(&self, method: Method) -> &[Fact] {
        let place = method.0 as usize;
        let bounds = self.starts.get(place).zip(self.starts.get(place.saturating_add(1)));
        bounds.and_then(|(start, end)| self.all.get(*start..*end)).unwrap_or_default()
    }

    /// Each method that does something, with all of that.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Method, &Fact)> {
        (0..).map(Method).zip(self.starts.windows(2)).flat_map(|(method, bounds)| {
            let facts = match bounds {
                [start, end] => self.all.get(*start..*end).unwrap_or_default(),
                _ => &[],
            };
            facts.iter().map(move |fact| (method, fact))
        })
    }

    /// Assignments of fields, by file.
    pub(super) fn stores(&self) -> &[Vec<Store>] {
        &self.stores
    }
}
