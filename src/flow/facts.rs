//! What each method calls, makes, touches and assigns, as plain lists: taken from the sites of one pass over the code, so
//! that all that is asked later only walks numbers.

use rustc_hash::FxHashSet;

use super::hierarchy::{Hierarchy, Method, Type, number};
use super::linkage::Linkage;
use super::program::Signature;
use super::reflection;
use crate::dex::{Code, FieldIdx, MethodDef, Reference, Site};

/// A call on an object, by the class that it names and the signature: what it runs depends on the object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Call(pub(super) u32);

/// Methods and facts of a range of classes that there is room for from the start.
const METHODS: usize = 1 << 10;
const FACTS: usize = 1 << 12;

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

impl Acts {
    /// Adds what a method of the file at position `unit` does, by sites that include those of [`Linkage::targets`].
    /// Methods come in the order of the file.
    pub fn add<'b>(
        &mut self,
        linkage: &Linkage<'_, '_, 'b>,
        unit: u32,
        method: &MethodDef,
        code: &Code<'b>,
        sites: &[Site],
    ) {
        let hierarchy = linkage.hierarchy;
        let Some(number) = hierarchy.defined(unit, method.method) else { return };
        let Some(defined) = hierarchy.method(number).filter(|defined| defined.row == *method) else { return };
        // The class loader takes the first of two definitions.
        if self.methods.last().is_some_and(|(last, _)| *last >= number) {
            return;
        }
        let Some(linked) = linkage.linked(unit) else { return };
        if self.methods.is_empty() {
            self.methods.reserve(METHODS);
            self.facts.reserve(FACTS);
        }
        let (mut looks_up, mut is_noted) = (false, false);
        for site in sites {
            let pc = site.pc;
            let mut add = |act: Option<Act>| {
                if let Some(act) = act {
                    self.facts.push(Fact { pc, act });
                }
            };
            match site.reference {
                Reference::Method(index) => {
                    looks_up |= linked.look_ups.contains(index.0);
                    is_noted |= linked.noted.contains(index.0);
                    add(linkage.called(linked, defined, site.byte, index));
                    // invoke-static
                    if matches!(site.byte, 0x71 | 0x77) {
                        add(linked.initialised_by(index));
                    }
                }
                Reference::Field(field) => {
                    if matches!(site.byte, 0x59..=0x5f | 0x67..=0x6d) {
                        self.stores.push(Store { field, method: number, pc });
                    }
                    // sget, sput and their kinds
                    if matches!(site.byte, 0x60..=0x6d) {
                        add(linked.initialised_with(field));
                    }
                }
                Reference::Object(class) => add(hierarchy.type_of(unit, class).map(Act::Make)),
                Reference::CallSite(_) | Reference::Handle(_) => {
                    for act in handed_out(hierarchy, unit, site) {
                        add(Some(act));
                    }
                }
                Reference::String(_) => {}
            }
        }
        if looks_up {
            let named = reflection::acts(linkage, hierarchy, unit, code, sites);
            self.facts.extend(named.facts);
            self.open.extend(named.open.then_some(number));
        }
        self.noted.extend(is_noted.then_some(number));
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
        let bounds = self.starts.iter().zip(self.starts.iter().skip(1));
        (0..).map(Method).zip(bounds).flat_map(|(method, (start, end))| {
            let facts = self.all.get(*start..*end).unwrap_or_default();
            facts.iter().map(move |fact| (method, fact))
        })
    }

    /// All that methods do, method by method.
    pub(super) fn all(&self) -> &[Fact] {
        &self.all
    }

    /// The method and the code unit of what stands at a place of [`Self::all`].
    pub(super) fn placed(&self, place: u32) -> Option<(Method, u32)> {
        let pc = self.all.get(place as usize)?.pc;
        let method = self.starts.partition_point(|start| *start <= place as usize).checked_sub(1)?;
        Some((Method(number(method)), pc))
    }

    /// Assignments of fields, by file.
    pub(super) fn stores(&self) -> &[Vec<Store>] {
        &self.stores
    }
}
