//! Who calls a method and who assigns a field, over all files of a program: one pass over the code, made only where a
//! value depends on it.

use rayon::prelude::*;

use super::hierarchy::{Hierarchy, Method, Signature, Type};
use crate::dex::{BitSet, FieldIdx, MethodIdx, Reference, Scan, Targets, TypeIdx};

/// A place in code that refers to a member by an index of its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    index: u32,
    method: Method,
    pc: u32,
}

/// A row of a file's table of methods or fields, by what it is called.
type Row = (u64, u32, u32);

/// Calls and assignments of the members of classes that the program defines.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Methods by signature: signature, file, index.
    methods: Vec<Row>,
    /// Fields by name and type: their hash, file, index.
    fields: Vec<Row>,
    /// By file, sorted.
    calls: Vec<Vec<Place>>,
    stores: Vec<Vec<Place>>,
    /// Methods with code by signature: those that a call on an object may run.
    virtuals: Vec<(Signature, Method)>,
}

impl Index {
    pub(super) fn of(hierarchy: &Hierarchy<'_, '_>) -> Self {
        let mut it = Self::default();
        let read: Vec<_> = (0u32..)
            .zip(&hierarchy.program.units)
            .collect::<Vec<_>>()
            .into_par_iter()
            .map(|(number, unit)| {
                let dex = &unit.dex;
                let ours =
                    |class: TypeIdx| hierarchy.type_of(number, class).and_then(|ty| hierarchy.class(ty)).is_some();
                let header = &dex.header;
                let mut targets = Targets {
                    methods: BitSet::new(header.methods.count),
                    stores: BitSet::new(header.fields.count),
                    ..Targets::default()
                };
                let (mut methods, mut fields) = (Vec::new(), Vec::new());
                for index in 0..header.methods.count {
                    if dex.method(MethodIdx(index)).is_some_and(|row| ours(row.class))
                        && let Some(signature) = hierarchy.signature(number, MethodIdx(index))
                    {
                        targets.methods.insert(index);
                        methods.push((signature.0, number, index));
                    }
                }
                for index in 0..header.fields.count {
                    if dex.field(FieldIdx(index)).is_some_and(|row| ours(row.class))
                        && let Some(name) = field_name(hierarchy, number, FieldIdx(index))
                    {
                        targets.stores.insert(index);
                        fields.push((name, number, index));
                    }
                }
                let scan = Scan::new(unit.label, dex, &targets);
                let parts: Vec<(Vec<Place>, Vec<Place>)> = scan
                    .ranges()
                    .into_par_iter()
                    .map(|classes| {
                        let (mut calls, mut stores) = (Vec::new(), Vec::new());
                        // What cannot be read is an issue of the first pass over the code.
                        scan.run(classes, |_, method, _, sites| {
                            let Some(method) = hierarchy.defined(number, method.method) else { return };
                            for site in sites {
                                match site.reference {
                                    Reference::Method(MethodIdx(index)) => {
                                        calls.push(Place { index, method, pc: site.pc });
                                    }
                                    Reference::Field(FieldIdx(index)) => {
                                        stores.push(Place { index, method, pc: site.pc });
                                    }
                                    Reference::String(_) => {}
                                }
                            }
                        });
                        (calls, stores)
                    })
                    .collect();
                let (mut calls, mut stores) = (Vec::new(), Vec::new());
                for (more_calls, more_stores) in parts {
                    calls.extend(more_calls);
                    stores.extend(more_stores);
                }
                calls.sort_unstable();
                stores.sort_unstable();
                (methods, fields, calls, stores)
            })
            .collect();
        for (methods, fields, calls, stores) in read {
            it.methods.extend(methods);
            it.fields.extend(fields);
            it.calls.push(calls);
            it.stores.push(stores);
        }
        it.methods.sort_unstable();
        it.fields.sort_unstable();
        for (number, method) in (0..).map(Method).zip(hierarchy.methods()) {
            if method.is_virtual()
                && method.row.code != 0
                && let Some(signature) = hierarchy.signature(method.unit, method.row.method)
            {
                it.virtuals.push((signature, number));
            }
        }
        it.virtuals.sort_unstable();
        it
    }

    /// The places that may call a method, in order: by its own name, one that inherits it, or one that it overrides.
    ///
    /// `spend` is told how much is looked at; where it gives none, so does this.
    pub(super) fn callers(
        &self,
        hierarchy: &Hierarchy<'_, '_>,
        method: Method,
        spend: impl FnOnce(usize) -> Option<()>,
    ) -> Option<Vec<(Method, u32)>> {
        let defined = hierarchy.method(method)?;
        let signature = hierarchy.signature(defined.unit, defined.row.method)?;
        spend(rows(&self.methods, signature.0).len())?;
        let above = if defined.is_virtual() { hierarchy.ancestors(defined.class) } else { Vec::new() };
        let mut found = Vec::new();
        for (_, unit, index) in rows(&self.methods, signature.0) {
            let Some((class, _)) = hierarchy.named(*unit, MethodIdx(*index)) else { continue };
            if hierarchy.resolve(class, signature) == Some(method) || above.contains(&class) {
                found.extend(places(&self.calls, *unit, *index));
            }
        }
        Some(found)
    }

    /// The one method with code that a call on an object of class `ty` may run.
    pub(super) fn only_target(&self, hierarchy: &Hierarchy<'_, '_>, ty: Type, signature: Signature) -> Option<Method> {
        let resolved = hierarchy.resolve(ty, signature);
        if !hierarchy.is_extended(ty) {
            return resolved;
        }
        let start = self.virtuals.partition_point(|(other, _)| *other < signature);
        let same = self.virtuals.get(start..)?.iter().take_while(|(other, _)| *other == signature);
        let below = same.map(|(_, method)| *method).filter(|method| {
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
        same.iter().flat_map(|(unit, index, _)| places(&self.stores, *unit, index.0)).collect()
    }

    /// The rows that name the field: file, index, class. `spend` is told how much is looked at.
    pub(super) fn same_fields(
        &self,
        hierarchy: &Hierarchy<'_, '_>,
        unit: u32,
        field: FieldIdx,
        spend: impl FnOnce(usize) -> Option<()>,
    ) -> Option<Vec<(u32, FieldIdx, Type)>> {
        let class = |unit: u32, field| hierarchy.type_of(unit, field_class(hierarchy, unit, field)?);
        let (of, name) = (class(unit, field)?, field_name(hierarchy, unit, field)?);
        spend(rows(&self.fields, name).len())?;
        let above = hierarchy.ancestors(of);
        let below = |other: Type| hierarchy.is_extended(of) && hierarchy.ancestors(other).contains(&of);
        let related = |other: Type| other == of || above.contains(&other) || below(other);
        let same = rows(&self.fields, name).iter().filter_map(|(_, unit, index)| {
            let field = FieldIdx(*index);
            class(*unit, field).filter(|other| related(*other)).map(|other| (*unit, field, other))
        });
        Some(same.collect())
    }
}

/// The rows with a name.
fn rows(all: &[Row], name: u64) -> &[Row] {
    let start = all.partition_point(|(other, ..)| *other < name);
    let end = all.partition_point(|(other, ..)| *other <= name);
    all.get(start..end).unwrap_or_default()
}

fn places(all: &[Vec<Place>], unit: u32, index: u32) -> impl Iterator<Item = (Method, u32)> {
    let all = all.get(unit as usize).map_or(&[][..], Vec::as_slice);
    let start = all.partition_point(|place| place.index < index);
    all.get(start..)
        .unwrap_or_default()
        .iter()
        .take_while(move |place| place.index == index)
        .map(|place| (place.method, place.pc))
}

fn field_class(hierarchy: &Hierarchy<'_, '_>, unit: u32, field: FieldIdx) -> Option<TypeIdx> {
    Some(hierarchy.program.units.get(unit as usize)?.dex.field(field)?.class)
}

/// A hash of a field's name and type.
fn field_name(hierarchy: &Hierarchy<'_, '_>, unit: u32, field: FieldIdx) -> Option<u64> {
    let dex = &hierarchy.program.units.get(unit as usize)?.dex;
    let row = dex.field(field)?;
    Some(Signature::new(dex.string_bytes(row.name)?, Signature::proto(dex.type_bytes(row.ty)?)).0)
}
