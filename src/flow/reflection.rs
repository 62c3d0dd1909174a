//! What a method does to classes of the program that it names by constant texts: it makes objects of them, and calls the
//! members that it looks up. Whether a member that is looked up is then called, and on which class, is not asked: all that
//! a method looks up counts for all classes that it names.

use super::constants::{CallArgs, Value, call_args};
use super::facts::{Act, Fact, Linkage};
use super::hierarchy::{Class, Hierarchy, Method};
use super::models::Model;
use crate::dex::{Code, MethodIdx, Reference, Site};

/// The acts of a method by reflection, in order of the places that name the classes.
pub(super) fn acts(
    linkage: &Linkage<'_, '_, '_>,
    hierarchy: &Hierarchy<'_, '_>,
    unit: u32,
    code: &Code<'_>,
    sites: &[Site],
) -> Vec<Fact> {
    let places = sites.iter().filter_map(place).filter(|(_, index)| linkage.looks_up(unit, *index));
    let places: Vec<(u32, MethodIdx)> = places.collect();
    let names_class = |index: MethodIdx| matches!(linkage.model(unit, index), Some(Model::ClassNamed(_)));
    if !places.iter().any(|(_, index)| names_class(*index)) {
        return Vec::new();
    }
    let Some(dex) = hierarchy.program.units.get(unit as usize).map(|unit| &unit.dex) else { return Vec::new() };
    let pcs: Vec<u32> = places.iter().map(|(pc, _)| *pc).collect();
    // The name is the first parameter of every look-up.
    let text = |call: &CallArgs| match call.values.first() {
        Some(Value::String(index)) => dex.string(*index),
        _ => None,
    };
    let (mut classes, mut members) = (Vec::new(), Vec::new());
    for call in call_args(dex, code, &pcs) {
        let index = places.iter().find(|(pc, _)| *pc == call.pc).map(|(_, index)| *index);
        let (Some(index), Some(name)) = (index, text(&call)) else { continue };
        match linkage.model(unit, index) {
            Some(Model::ClassNamed(_)) => {
                let class = hierarchy.type_named(&format!("L{};", name.replace('.', "/")));
                classes.extend(class.and_then(|ty| Some((call.pc, ty, hierarchy.class(ty)?))));
            }
            Some(Model::Member) => members.push(name),
            _ => {}
        }
    }
    let mut acts = Vec::new();
    for (pc, ty, class) in classes {
        acts.push(Fact { pc, act: Act::Make(ty) });
        let makers = hierarchy.declared(class).iter().map(|(_, method)| *method);
        let makers = makers.filter(|method| takes_nothing(hierarchy, *method) == Some(true));
        acts.extend(makers.map(|made| Fact { pc, act: Act::Call(made) }));
        let named = members.iter().flat_map(|name| named(hierarchy, class, name));
        acts.extend(named.map(|method| Fact { pc, act: Act::Bind(method) }));
    }
    acts
}

fn place(site: &Site) -> Option<(u32, MethodIdx)> {
    match site.reference {
        Reference::Method(index) => Some((site.pc, index)),
        _ => None,
    }
}

/// Whether a method is the constructor that takes nothing.
fn takes_nothing(hierarchy: &Hierarchy<'_, '_>, method: Method) -> Option<bool> {
    let defined = hierarchy.method(method)?;
    let dex = &hierarchy.program.units.get(defined.unit as usize)?.dex;
    let parameters = dex.parameters(dex.method(defined.row.method)?.proto).count();
    Some(parameters == 0 && defined.row.is_constructor())
}

/// The methods of a class with a name.
fn named(hierarchy: &Hierarchy<'_, '_>, class: &Class, name: &str) -> Vec<Method> {
    let has_name = |method: &Method| {
        let defined = hierarchy.method(*method)?;
        let dex = &hierarchy.program.units.get(defined.unit as usize)?.dex;
        Some(dex.string(dex.method(defined.row.method)?.name)? == name)
    };
    let all = hierarchy.declared(class).iter().map(|(_, method)| *method);
    all.filter(|method| has_name(method) == Some(true)).collect()
}
