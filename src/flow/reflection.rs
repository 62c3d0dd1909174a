//! What a method does to classes of the program that it names by constant texts: it makes objects of them, and calls the
//! members that it looks up. Whether a member that is looked up is then called, is not asked. Where its class is not
//! known, it counts for all classes that the method names.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use super::constants::{CallArgs, Value};
use super::facts::{Act, Fact, Facts};
use super::hierarchy::{Hierarchy, Method, Type, number};
use super::linkage::Linkage;
use super::models::Model;
use super::references::References;
use super::resolve::{Asked, Known, Resolver};
use crate::dex::{BitSet, Code, MethodIdx, Reference, Site};

/// Calls between a method that looks up a name and the one that tells it: the name of a class passes through a
/// constructor, a field, what makes the object and a field of that before a member of it is looked up.
const DEPTH: usize = 6;

/// Values that may be moved for the look-ups of one method.
const ROOM: u64 = 1 << 16;

/// What a method does by reflection.
#[derive(Debug, Default)]
pub(super) struct Named {
    pub(super) facts: Vec<Fact>,
    /// Other methods may tell more.
    pub(super) open: bool,
}

/// What methods do to classes and members whose names only other methods tell, found when it is first asked for.
pub struct Names<'p, 'b> {
    resolver: Resolver<'p, 'b>,
    /// By method: whether it may do such a thing.
    open: BitSet,
    /// By method that may.
    found: FxHashMap<Method, OnceLock<Vec<Fact>>>,
}

impl<'p, 'b> Names<'p, 'b> {
    /// The names that the methods of a program look for.
    pub fn of(
        hierarchy: &'p Hierarchy<'p, 'b>,
        linkage: &'p Linkage<'p, 'p, 'b>,
        references: &'p References<'p, 'p, 'p, 'b>,
        facts: &Facts,
    ) -> Self {
        let open = facts.open();
        let resolver = Resolver::new(hierarchy, linkage, references, open.len(), &|_| None).insisting(DEPTH, ROOM);
        let mut is_open = BitSet::new(number(hierarchy.methods().len()));
        for method in open {
            is_open.insert(method.0);
        }
        Self { resolver, open: is_open, found: open.iter().map(|method| (*method, OnceLock::new())).collect() }
    }

    /// What a method does to them.
    pub(super) fn at(&self, method: Method) -> &[Fact] {
        let found =
            Some(method).filter(|method| self.open.contains(method.0)).and_then(|method| self.found.get(&method));
        found.map_or(&[], |found| found.get_or_init(|| across(&self.resolver, method)))
    }
}

/// Look-ups of one method.
#[derive(Debug, Default)]
struct LookUps {
    /// Classes, each with the place that names it.
    classes: Vec<(u32, Type)>,
    /// Members whose class is known.
    of_class: Vec<(u32, Type, String)>,
    /// Names of others.
    members: Vec<String>,
    /// Classes of which a constructor is looked up.
    made: Vec<(u32, Type)>,
    /// A constructor of a class that is not known is looked up.
    constructs: bool,
}

/// The acts of a method by reflection, as far as it tells itself.
pub(super) fn acts<'b>(
    linkage: &Linkage<'_, '_, 'b>,
    hierarchy: &Hierarchy<'_, '_>,
    unit: u32,
    code: &Code<'b>,
    sites: &[Site],
) -> Named {
    let places = sites.iter().filter_map(place).filter(|(_, index)| linkage.looks_up(unit, *index));
    let places: Vec<(u32, MethodIdx)> = places.collect();
    let models = places.iter().filter_map(|(_, index)| linkage.model(unit, *index));
    let models: Vec<Model> = models.filter(Model::is_look_up).collect();
    if models.is_empty() {
        return Named::default();
    }
    // Of a member, the class is seldom in the same method as a text.
    if !models.iter().any(|model| matches!(model, Model::ClassNamed(_))) {
        return Named { facts: Vec::new(), open: true };
    }
    let Some(dex) = hierarchy.program.units.get(unit as usize).map(|unit| &unit.dex) else { return Named::default() };
    let pcs: Vec<u32> = places.iter().map(|(pc, _)| *pc).collect();
    let text = |call: &CallArgs| match call.values.first() {
        Some(Value::String(index)) => dex.string(*index),
        _ => None,
    };
    let mut found = LookUps::default();
    let mut open = false;
    for call in linkage.call_args(unit, code, &pcs) {
        let index = places.iter().find(|(pc, _)| *pc == call.pc).map(|(_, index)| *index);
        let model = index.and_then(|index| linkage.model(unit, index));
        match (model, text(&call)) {
            (Some(Model::ClassNamed(_)), Some(name)) => {
                let class = hierarchy.type_named(&format!("L{};", name.replace('.', "/")));
                found.classes.extend(class.map(|class| (call.pc, class)));
            }
            (Some(Model::Member), Some(name)) => found.members.push(name.into_owned()),
            (Some(model), _) => open |= model.is_look_up(),
            (None, _) => {}
        }
    }
    Named { facts: found.facts(hierarchy), open }
}

/// The acts of a method by reflection, with what other methods tell.
fn across(resolver: &Resolver<'_, '_>, method: Method) -> Vec<Fact> {
    let (hierarchy, linkage) = (resolver.hierarchy, resolver.linkage);
    let Some(defined) = hierarchy.method(method) else { return Vec::new() };
    let unit = hierarchy.program.units.get(defined.unit as usize);
    let Some(code) = unit.and_then(|unit| unit.dex.code(&defined.row).ok().flatten()) else { return Vec::new() };
    let inquiry = resolver.inquire(defined.unit as usize, &defined.row, code);
    let class_of = |known: &Known| match known {
        Known::Class(class) => hierarchy.type_named(class),
        _ => None,
    };
    let ours = |class: Type| hierarchy.class(class).is_some();
    let mut found = LookUps::default();
    let calls = code.instructions().filter(|it| matches!(it.byte, 0x6e..=0x72 | 0x74..=0x78));
    let look_ups = calls.filter_map(|call| {
        let index = Some(MethodIdx(call.index)).filter(|index| linkage.looks_up(defined.unit, *index))?;
        Some((call.pc, linkage.model(defined.unit, index)?))
    });
    let look_ups: Vec<(u32, Model)> = look_ups.collect();
    for (pc, _) in look_ups.iter().filter(|(_, model)| matches!(model, Model::ClassNamed(_))) {
        let known = inquiry.ask(*pc, Asked::Result).known;
        found.classes.extend(known.iter().filter_map(|(known, _)| Some((*pc, class_of(known)?))));
    }
    // A member without a class counts for those that the method names.
    let counts_anywhere = found.classes.iter().any(|(_, class)| ours(*class));
    for (pc, model) in look_ups {
        match model {
            Model::Member | Model::Handle => {
                let of = usize::from(model == Model::Handle);
                let classes = || inquiry.ask(pc, Asked::Argument(of)).known;
                if !counts_anywhere && !classes().iter().filter_map(|(known, _)| class_of(known)).any(ours) {
                    continue;
                }
                for (known, _) in inquiry.ask(pc, Asked::Result).known {
                    let Known::Member { class, name } = known else { continue };
                    match hierarchy.type_named(&class) {
                        Some(class) => found.of_class.push((pc, class, name)),
                        None if class.is_empty() => found.members.push(name),
                        None => {}
                    }
                }
            }
            Model::Constructor => {
                let known = inquiry.ask(pc, Asked::Argument(0)).known;
                let known: Vec<Type> = known.iter().filter_map(|(known, _)| class_of(known)).collect();
                found.constructs |= known.is_empty();
                found.made.extend(known.into_iter().map(|class| (pc, class)));
            }
            _ => {}
        }
    }
    found.facts(hierarchy)
}

impl LookUps {
    fn facts(&self, hierarchy: &Hierarchy<'_, '_>) -> Vec<Fact> {
        let mut facts = Vec::new();
        let mut call = |pc: u32, methods: Vec<Method>, act: fn(Method) -> Act| {
            facts.extend(methods.into_iter().map(|method| Fact { pc, act: act(method) }));
        };
        for (pc, class) in &self.classes {
            let made = constructors(hierarchy, *class);
            let taken = |method: &Method| self.constructs || takes_nothing(hierarchy, *method) == Some(true);
            call(*pc, made.into_iter().filter(taken).collect(), Act::Call);
            for name in &self.members {
                call(*pc, named(hierarchy, *class, name), Act::Bind);
            }
        }
        for (pc, class) in &self.made {
            call(*pc, constructors(hierarchy, *class), Act::Call);
        }
        for (pc, class, name) in &self.of_class {
            call(*pc, named(hierarchy, *class, name), Act::Bind);
        }
        let objects = self.classes.iter().chain(&self.made);
        facts.extend(objects.map(|(pc, class)| Fact { pc: *pc, act: Act::Make(*class) }));
        facts.extend(self.of_class.iter().map(|(pc, class, _)| Fact { pc: *pc, act: Act::Touch(*class) }));
        facts
    }
}

fn place(site: &Site) -> Option<(u32, MethodIdx)> {
    match site.reference {
        Reference::Method(index) => Some((site.pc, index)),
        _ => None,
    }
}

/// The constructors of a class.
fn constructors(hierarchy: &Hierarchy<'_, '_>, class: Type) -> Vec<Method> {
    let all = hierarchy.class(class).map(|class| hierarchy.declared(class)).unwrap_or_default();
    let is_made = |method: &Method| hierarchy.method(*method).is_some_and(|defined| defined.row.is_constructor());
    all.iter().map(|(_, method)| *method).filter(is_made).collect()
}

/// Whether a method takes no argument.
fn takes_nothing(hierarchy: &Hierarchy<'_, '_>, method: Method) -> Option<bool> {
    let defined = hierarchy.method(method)?;
    let dex = &hierarchy.program.units.get(defined.unit as usize)?.dex;
    Some(dex.parameters(dex.method(defined.row.method)?.proto).count() == 0)
}

/// The methods with a name that a class has or inherits.
fn named(hierarchy: &Hierarchy<'_, '_>, class: Type, name: &str) -> Vec<Method> {
    let has_name = |method: &Method| {
        let defined = hierarchy.method(*method)?;
        let dex = &hierarchy.program.units.get(defined.unit as usize)?.dex;
        Some(dex.string(dex.method(defined.row.method)?.name)? == name)
    };
    let lineage = std::iter::once(class).chain(hierarchy.ancestors(class));
    let classes = lineage.filter_map(|ty| hierarchy.class(ty));
    let all = classes.flat_map(|class| hierarchy.declared(class)).map(|(_, method)| *method);
    all.filter(|method| has_name(method) == Some(true)).collect()
}
