//! Who calls a method and who assigns a field: the facts of all methods, turned around.

use rustc_hash::FxHashSet;

use super::facts::{Act, Call, Facts};
use super::hierarchy::{Hierarchy, Method, NONE, Type, number};
use super::linkage::Linkage;
use super::lists::{BySignature, Lists};
use super::program::Signature;
use crate::dex::{FieldIdx, TypeIdx};

/// Calls and assignments of the members of classes that the program defines.
#[derive(Debug)]
pub struct References<'l, 'h, 'p, 'b> {
    linkage: &'l Linkage<'h, 'p, 'b>,
    facts: &'l Facts,
    /// By method, the places among the facts of the calls of exactly it; behind those, by call on an object.
    calls: Lists<u32>,
    /// By method: where it is handed out, for whoever gets it to call.
    bound: Lists<(Method, u32)>,
    /// Calls on objects of classes that the program defines, by signature.
    dispatched: BySignature<(Type, Call)>,
    /// By field of all files: its assignments.
    stores: Lists<(Method, u32)>,
    /// By file: the number of its first field.
    first_field: Vec<u32>,
    /// By type: the files that name it, each with the index that it has there.
    names: Lists<(u32, TypeIdx)>,
    /// By type: the classes that extend or implement it.
    below: Lists<Type>,
}

impl<'l, 'h, 'p, 'b> References<'l, 'h, 'p, 'b> {
    /// Turns the facts around.
    pub fn of(hierarchy: &Hierarchy<'_, '_>, linkage: &'l Linkage<'h, 'p, 'b>, facts: &'l Facts) -> Self {
        let methods = number(hierarchy.methods().len());
        let called = || {
            (0..).zip(facts.all()).filter_map(|(place, fact)| match fact.act {
                Act::Call(called) => Some((called.0, place)),
                Act::Dispatch(call) => Some((methods.saturating_add(call.0), place)),
                _ => None,
            })
        };
        let bound = facts.iter().filter_map(|(method, fact)| match fact.act {
            Act::Bind(bound) => Some((bound.0, (method, fact.pc))),
            _ => None,
        });
        let mut binders = Vec::new();
        bound.for_each(|bound| binders.push(bound));
        let ours = (0..).map(Call).zip(linkage.calls()).filter(|(_, (class, _))| hierarchy.class(*class).is_some());
        let dispatched: Vec<_> = ours.map(|(call, (class, signature))| (*signature, (*class, call))).collect();
        let units = &hierarchy.program.units;
        let mut fields = 0u32;
        let mut first_field = Vec::with_capacity(units.len());
        for unit in units {
            first_field.push(fields);
            fields = fields.saturating_add(unit.dex.header.fields.count);
        }
        let stored = || {
            first_field.iter().zip(facts.stores()).flat_map(|(first, stores)| {
                stores.iter().map(|store| (first.saturating_add(store.field.0), (store.method, store.pc)))
            })
        };
        let named = || {
            (0..).zip(units).flat_map(|(unit, file)| {
                let types = (0..file.dex.header.types.count).map(TypeIdx);
                types.filter_map(move |index| {
                    let ty = hierarchy.type_of(unit, index).filter(|ty| hierarchy.class(*ty).is_some());
                    ty.map(|ty| (ty.0, (unit, index)))
                })
            })
        };
        let types = hierarchy.type_count();
        let below = || {
            (0..types).map(Type).filter_map(|ty| Some((ty, hierarchy.class(ty)?))).flat_map(|(ty, class)| {
                class.superclass.iter().chain(&class.interfaces).map(move |above| (above.0, ty))
            })
        };
        let places = methods.saturating_add(number(linkage.calls().len()));
        let (calls, (of_types, below)) = rayon::join(
            || Lists::of(places, NONE, called),
            || (Lists::of(types, (NONE, TypeIdx(NONE)), named), Lists::of(types, Type(NONE), below)),
        );
        Self {
            linkage,
            facts,
            calls,
            bound: Lists::of(methods, (Method(NONE), 0), || binders.iter().copied()),
            dispatched: BySignature::of(&dispatched, (Type(NONE), Call(NONE))),
            stores: Lists::of(fields, (Method(NONE), 0), stored),
            names: of_types,
            below,
            first_field,
        }
    }

    /// The places that may call a method, in order: by its own name, one that inherits it, or one that it overrides.
    ///
    /// `spend` is told how much is looked at; where it gives none, so does this.
    pub fn callers(
        &self,
        hierarchy: &Hierarchy<'_, '_>,
        method: Method,
        spend: impl FnOnce(usize) -> Option<()>,
    ) -> Option<Vec<(Method, u32)>> {
        let defined = hierarchy.method(method)?;
        let signature = hierarchy.signature(defined.unit, defined.row.method)?;
        let placed = |place: &u32| self.facts.placed(*place);
        let mut found: Vec<(Method, u32)> = self.calls.at(method.0).iter().filter_map(placed).collect();
        if defined.is_virtual() {
            let same = || self.dispatched.with(signature);
            spend(same().count())?;
            let above = hierarchy.ancestors(defined.class);
            let methods = number(hierarchy.methods().len());
            for (class, call) in same() {
                if above.contains(&class) || hierarchy.resolve(class, signature) == Some(method) {
                    found.extend(self.calls.at(methods.saturating_add(call.0)).iter().filter_map(placed));
                }
            }
            found.sort_unstable();
        }
        Some(found)
    }

    /// The places that hand a method out, as what makes a lambda does.
    pub fn binders(&self, method: Method) -> &[(Method, u32)] {
        self.bound.at(method.0)
    }

    /// The one method with code that a call on an object of class `ty` may run.
    pub(super) fn only_target(&self, hierarchy: &Hierarchy<'_, '_>, ty: Type, signature: Signature) -> Option<Method> {
        let resolved = hierarchy.resolve(ty, signature);
        if !hierarchy.is_extended(ty) {
            return resolved;
        }
        let below = self.linkage.overriding(signature).filter(|method| {
            hierarchy.method(*method).is_some_and(|it| it.class != ty && hierarchy.ancestors(it.class).contains(&ty))
        });
        let with_code = resolved.filter(|method| hierarchy.method(*method).is_some_and(|it| it.row.code != 0));
        let mut all: Vec<Method> = below.chain(with_code).take(2).collect();
        all.dedup();
        match all[..] {
            [only] => Some(only),
            _ => None,
        }
    }

    /// The places that may assign a field, in order. Which class in a hierarchy declares it is not asked: a class and one
    /// above it count as one.
    pub(super) fn stores(&self, same: &[(u32, FieldIdx, Type)]) -> Vec<(Method, u32)> {
        let number = |unit: u32, field: FieldIdx| self.first_field.get(unit as usize)?.checked_add(field.0);
        let stores =
            |(unit, field, _): &(u32, FieldIdx, Type)| number(*unit, *field).map(|field| self.stores.at(field));
        same.iter().filter_map(stores).flatten().copied().collect()
    }

    /// The rows that name the field, of its class or one above or below: file, index, class. `spend` is told how much is
    /// looked at; where it gives none, so does this.
    pub(super) fn same_fields(
        &self,
        hierarchy: &Hierarchy<'_, '_>,
        unit: u32,
        field: FieldIdx,
        spend: impl Fn(usize) -> Option<()>,
    ) -> Option<Vec<(u32, FieldIdx, Type)>> {
        let dex = &hierarchy.program.units.get(unit as usize)?.dex;
        let row = dex.field(field)?;
        let (name, ty) = (dex.name_bytes(row.name)?, dex.type_bytes(row.ty)?);
        let class = hierarchy.type_of(unit, row.class)?;
        let mut classes = hierarchy.ancestors(class);
        let mut waiting = vec![class];
        let mut seen = FxHashSet::default();
        while let Some(class) = waiting.pop() {
            if seen.insert(class) {
                let below = self.below.at(class.0);
                spend(below.len().saturating_add(1))?;
                classes.push(class);
                waiting.extend(below);
            }
        }
        let mut same = Vec::new();
        for class in classes {
            for (unit, index) in self.names.at(class.0) {
                let Some(dex) = hierarchy.program.units.get(*unit as usize).map(|unit| &unit.dex) else { continue };
                let rows = dex.fields_of(*index);
                spend(rows.len())?;
                let is_same = |field: &FieldIdx| {
                    dex.field(*field)
                        .is_some_and(|row| dex.name_bytes(row.name) == Some(name) && dex.type_bytes(row.ty) == Some(ty))
                };
                same.extend(rows.map(FieldIdx).filter(is_same).map(|field| (*unit, field, class)));
            }
        }
        same.sort_unstable();
        Some(same)
    }
}
