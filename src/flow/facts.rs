//! What each method calls, makes and touches, as plain lists: read from the code once, in parallel, so that the call
//! graph only walks numbers.

use rayon::prelude::*;

use super::hierarchy::{Hierarchy, Method, Type};
use crate::dex::{Code, MethodIdx, TypeIdx};

/// Code that one file may look at, in multiples of its size; code items of a sound file do not overlap.
const BUDGET: usize = 2;

/// Something that a method does.
#[derive(Debug, Clone, Copy)]
pub(super) enum Act {
    /// It calls exactly this method.
    Call(Method),
    /// It calls what objects of a class of the program or below it have in the place of this method of its file.
    Dispatch(MethodIdx),
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

/// The facts of all methods, by method.
#[derive(Debug, Default)]
pub struct Facts {
    /// One after the last fact of each method.
    ends: Vec<usize>,
    facts: Vec<Fact>,
}

impl Facts {
    /// Reads the code of all methods.
    pub fn of(hierarchy: &Hierarchy<'_, '_>) -> Self {
        let mut units: Vec<&[super::hierarchy::Defined]> = Vec::new();
        units.extend(hierarchy.methods().chunk_by(|left, right| left.unit == right.unit));
        let read: Vec<(Vec<usize>, Vec<Fact>)> = units
            .into_par_iter()
            .map(|methods| {
                let (mut counts, mut facts) = (Vec::with_capacity(methods.len()), Vec::new());
                let Some(unit) = methods.first().and_then(|it| hierarchy.program.units.get(it.unit as usize)) else {
                    return (counts, facts);
                };
                let mut room = unit.dex.size().saturating_mul(BUDGET);
                for method in methods {
                    let before = facts.len();
                    let code = unit.dex.code(&method.row).ok().flatten();
                    if let Some(code) = code.filter(|code| code.insns.len() <= room) {
                        room = room.saturating_sub(code.insns.len());
                        read(hierarchy, method.unit, method.class, &code, &mut facts);
                    }
                    counts.push(facts.len().saturating_sub(before));
                }
                (counts, facts)
            })
            .collect();
        let mut all = Self::default();
        for (counts, facts) in read {
            for count in counts {
                all.ends.push(all.ends.last().copied().unwrap_or_default().saturating_add(count));
            }
            all.facts.extend(facts);
        }
        all
    }

    /// What a method does, in order of its place.
    pub(super) fn at(&self, method: Method) -> &[Fact] {
        let place = method.0 as usize;
        let start = place.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or_default();
        let end = self.ends.get(place).copied().unwrap_or_default();
        self.facts.get(start..end).unwrap_or_default()
    }
}

/// Adds what the code of a method of `class` does.
fn read(hierarchy: &Hierarchy<'_, '_>, unit: u32, class: Type, code: &Code<'_>, facts: &mut Vec<Fact>) {
    let ours = |index: u32| hierarchy.type_of(unit, TypeIdx(index)).filter(|ty| hierarchy.class(*ty).is_some());
    let dex = hierarchy.program.units.get(unit as usize).map(|unit| &unit.dex);
    for instruction in code.instructions() {
        let index = instruction.index;
        let mut add = |act: Option<Act>| facts.extend(act.map(|act| Fact { pc: instruction.pc, act }));
        match instruction.byte {
            // new-instance
            0x22 => add(ours(index).map(Act::Make)),
            // Static fields.
            0x60..=0x6d => {
                let field = dex.and_then(|dex| dex.field(crate::dex::FieldIdx(index)));
                add(field.and_then(|field| ours(field.class.0)).map(Act::Touch));
            }
            // invoke-virtual, invoke-interface
            0x6e | 0x72 | 0x74 | 0x78 => add(virtual_call(hierarchy, unit, MethodIdx(index))),
            // invoke-super
            0x6f | 0x75 => add(super_call(hierarchy, unit, class, MethodIdx(index))),
            // invoke-direct, invoke-static
            0x70 | 0x71 | 0x76 | 0x77 => {
                add(exact_call(hierarchy, unit, MethodIdx(index)));
                if matches!(instruction.byte, 0x71 | 0x77) {
                    let row = dex.and_then(|dex| dex.method(MethodIdx(index)));
                    add(row.and_then(|row| ours(row.class.0)).map(Act::Touch));
                }
            }
            // invoke-custom: what makes the lambda is assumed to run it.
            0xfc | 0xfd => {
                for method in dex.into_iter().flat_map(|dex| dex.call_site_methods(index)) {
                    add(exact_call(hierarchy, unit, method));
                }
            }
            _ => {}
        }
    }
}

fn exact_call(hierarchy: &Hierarchy<'_, '_>, unit: u32, index: MethodIdx) -> Option<Act> {
    let (class, signature) = hierarchy.named(unit, index)?;
    hierarchy.resolve(class, signature).map(Act::Call)
}

/// A class that nothing extends has one method for the call; objects of it may come from anywhere, so nobody has to have
/// made one.
fn virtual_call(hierarchy: &Hierarchy<'_, '_>, unit: u32, index: MethodIdx) -> Option<Act> {
    let (class, _) = hierarchy.named(unit, index)?;
    if hierarchy.is_extended(class) || hierarchy.class(class).is_none() {
        return Some(Act::Dispatch(index));
    }
    exact_call(hierarchy, unit, index)
}

/// The nearest method above the class whose code calls it; of an interface, the one that is named.
fn super_call(hierarchy: &Hierarchy<'_, '_>, unit: u32, class: Type, index: MethodIdx) -> Option<Act> {
    const INTERFACE: u32 = 0x200;
    let (named, signature) = hierarchy.named(unit, index)?;
    let of_interface = hierarchy.class(named).is_some_and(|class| class.access & INTERFACE != 0);
    let from = if of_interface { named } else { hierarchy.class(class)?.superclass? };
    hierarchy.resolve(from, signature).map(Act::Call)
}
