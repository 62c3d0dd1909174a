//! Checks of consent: branches on a stored value that keep code from running early.
//!
//! Whether the value means consent, its key suggests and a person judges; here every stored flag or number counts that must
//! have changed before the code can run, and reports name it. A flag whose default is no constant counts as unset.

use std::collections::hash_map::Entry;
use std::hash::Hash;
use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::catalog::Catalog;
use crate::dex::{BitSet, Code, Instruction, MethodIdx};
use crate::flow::{self, Facts, Gives, Guards, Hierarchy, Linkage, Method, Reached, Signature, Type, Unit, Value};

/// What stands behind checks.
#[derive(Debug, Default)]
pub(super) struct Guarded {
    places: FxHashMap<Method, Vec<(Range<u32>, String)>>,
}

impl Guarded {
    /// Whether nothing does.
    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The check that a place stands behind, as a report names it.
    pub(super) fn at(&self, method: Method, pc: u32) -> Option<&str> {
        let places = self.places.get(&method)?;
        places.iter().find(|(range, _)| range.contains(&pc)).map(|(_, check)| check.as_str())
    }

    /// Any check of a method that something stands behind.
    pub(super) fn of(&self, method: Method) -> Option<&str> {
        self.places.get(&method)?.first().map(|(_, check)| check.as_str())
    }
}

/// Looks for checks in the code of a package.
pub(super) struct Consent<'h, 'p, 'b> {
    hierarchy: &'h Hierarchy<'p, 'b>,
    /// By file: its indices of methods that give a stored value.
    stored: Vec<Stored>,
}

/// Methods that a file names.
struct Stored {
    flags: BitSet,
    numbers: BitSet,
}

/// What a check gives, and how a report names it.
type Told = (Gives, String);

/// Checks that code of the package makes of those of the catalog: what they give, and what they ask. One that gives now
/// this and now that is none.
#[derive(Default)]
struct Derived {
    /// Methods that return a stored value.
    methods: FxHashMap<Method, Option<Told>>,
    /// Static fields that hold one: class, name.
    fields: FxHashMap<(Type, Vec<u8>), Option<Told>>,
    /// By file: its indices of the methods.
    named: Vec<BitSet>,
}

impl<'h, 'p, 'b> Consent<'h, 'p, 'b> {
    pub(super) fn new(catalog: &'static Catalog, hierarchy: &'h Hierarchy<'p, 'b>) -> Self {
        let named = catalog.markers("consent-check").filter_map(|marker| {
            let (class, signature) = marker.pattern.split_once("->")?;
            Some(((hierarchy.type_named(class)?, Signature::of(signature)), signature.ends_with('Z')))
        });
        let checks: FxHashMap<(Type, Signature), bool> = named.collect();
        let classes: FxHashSet<Type> = checks.keys().map(|(class, _)| *class).collect();
        let stored_in = |number: u32, unit: &Unit<'_>| {
            let count = unit.dex.header.methods.count;
            let mut stored = Stored { flags: BitSet::new(count), numbers: BitSet::new(count) };
            let mut holding = BitSet::new(unit.dex.header.types.count);
            for ty in classes.iter().filter_map(|class| unit.type_named(hierarchy.descriptor(*class))) {
                holding.insert(ty.0);
            }
            let is_held = |index: &MethodIdx| unit.dex.method(*index).is_some_and(|row| holding.contains(row.class.0));
            for index in (0..count).map(MethodIdx).filter(is_held) {
                match hierarchy.named(number, index).and_then(|named| checks.get(&named)) {
                    Some(true) => stored.flags.insert(index.0),
                    Some(false) => stored.numbers.insert(index.0),
                    None => {}
                }
            }
            stored
        };
        let stored = (0..).zip(&hierarchy.program.units).map(|(number, unit)| stored_in(number, unit)).collect();
        Self { hierarchy, stored }
    }

    /// By file: its indices of methods whose callers [`Self::guarded`] wants noted.
    pub(super) fn noted(&self) -> Vec<BitSet> {
        let both = |stored: &Stored| {
            let mut both = stored.flags.clone();
            both.extend(&stored.numbers);
            both
        };
        self.stored.iter().map(both).collect()
    }

    /// What of the methods in `early` stands behind a check.
    pub(super) fn guarded(&self, early: &Reached, linkage: &Linkage<'_, '_, '_>, facts: &Facts) -> Guarded {
        // First the checks themselves, then the methods that return one and the fields that keep one, once.
        let mut derived = Derived::default();
        for method in facts.noted().iter().filter(|method| early.contains(**method)) {
            self.derive(*method, &mut derived);
        }
        let signatures = self.signatures(&derived);
        derived.named = self.named(&derived, &signatures);
        let classes: FxHashSet<Type> = derived.fields.keys().map(|(class, _)| *class).collect();
        // Most methods make none.
        let asks = |method: &Method| {
            facts.noted().binary_search(method).is_ok() || facts.may_use(linkage, *method, &signatures, &classes)
        };
        let mut guarded = Guarded::default();
        for method in early.methods().filter(asks) {
            let Some((code, found)) = self.guards(method, &derived) else { continue };
            for guard in found.guards {
                let check = self.told(method, &code, guard.check, &derived);
                let places = guard.guarded.into_iter().map(|range| (range, check.clone()));
                guarded.places.entry(method).or_default().extend(places);
            }
        }
        guarded
    }

    /// The signatures of methods that return a stored value.
    fn signatures(&self, derived: &Derived) -> FxHashSet<Signature> {
        let signature = |method: &Method| {
            let defined = self.hierarchy.method(*method)?;
            self.hierarchy.signature(defined.unit, defined.row.method)
        };
        derived.methods.keys().filter_map(signature).collect()
    }

    /// By file: its indices of methods that return a stored value.
    fn named(&self, derived: &Derived, signatures: &FxHashSet<Signature>) -> Vec<BitSet> {
        let named_in = |number: u32, unit: &Unit<'_>| {
            if signatures.is_empty() {
                return BitSet::default();
            }
            let count = unit.dex.header.methods.count;
            let mut named = BitSet::new(count);
            for index in (0..count).map(MethodIdx) {
                let may_be = unit.signature(index).is_some_and(|signature| signatures.contains(&signature));
                let called = || self.called(number, index);
                if may_be && called().is_some_and(|called| derived.methods.contains_key(&called)) {
                    named.insert(index.0);
                }
            }
            named
        };
        (0..).zip(&self.hierarchy.program.units).map(|(number, unit)| named_in(number, unit)).collect()
    }

    fn derive(&self, method: Method, derived: &mut Derived) {
        let Some((code, found)) = self.guards(method, &Derived::default()) else { return };
        let Some(defined) = self.hierarchy.method(method) else { return };
        let told = |check| self.told(method, &code, check, &Derived::default());
        for (check, gives) in found.returned {
            add(&mut derived.methods, method, gives, || told(check));
        }
        for (field, check, gives) in found.stored {
            if let Some(key) = self.field(defined.unit, field) {
                add(&mut derived.fields, key, gives, || told(check));
            }
        }
    }

    fn guards(&self, method: Method, derived: &Derived) -> Option<(Code<'b>, Guards)> {
        let defined = self.hierarchy.method(method)?;
        let unit = self.hierarchy.program.units.get(defined.unit as usize)?;
        let code = unit.dex.code(&defined.row).ok().flatten()?;
        let found = flow::guards(&code, |instruction, last| self.check(defined.unit, instruction, last, derived));
        Some((code, found))
    }

    /// What an instruction gives, if it is a check; `last` is the last argument of a call: what the call gives where
    /// nothing is stored.
    fn check(&self, unit: u32, instruction: &Instruction, last: Option<i64>, derived: &Derived) -> Option<Gives> {
        match instruction.byte {
            // sget-boolean
            0x63 if !derived.fields.is_empty() => {
                let field = self.field(unit, instruction.index)?;
                derived.fields.get(&field)?.as_ref().map(|(gives, _)| *gives)
            }
            // invoke-*
            0x6e..=0x72 | 0x74..=0x78 => {
                let stored = self.stored.get(unit as usize)?;
                if stored.flags.contains(instruction.index) {
                    // A flag that is set until somebody clears it allows where it is cleared: `getBoolean("first", true)`.
                    let set_from_the_start = last.is_some_and(|value| value != 0);
                    return Some(if set_from_the_start { Gives::Opposite } else { Gives::Truth });
                }
                if stored.numbers.contains(instruction.index) {
                    return last.map(Gives::Number);
                }
                if !derived.named.get(unit as usize).is_some_and(|named| named.contains(instruction.index)) {
                    return None;
                }
                let called = self.called(unit, MethodIdx(instruction.index))?;
                derived.methods.get(&called)?.as_ref().map(|(gives, _)| *gives)
            }
            _ => None,
        }
    }

    fn called(&self, unit: u32, index: MethodIdx) -> Option<Method> {
        let (class, signature) = self.hierarchy.named(unit, index)?;
        self.hierarchy.resolve(class, signature)
    }

    /// A field of the program: what it names of the platform keeps nothing.
    fn field(&self, unit: u32, index: u32) -> Option<(Type, Vec<u8>)> {
        let dex = &self.hierarchy.program.units.get(unit as usize)?.dex;
        let row = dex.field(crate::dex::FieldIdx(index))?;
        let class = self.hierarchy.type_of(unit, row.class).filter(|ty| self.hierarchy.class(*ty).is_some())?;
        Some((class, dex.string_bytes(row.name)?.to_owned()))
    }

    /// A check as a report names it: the method with it and the key of the flag.
    fn told(&self, method: Method, code: &Code<'_>, check: u32, derived: &Derived) -> String {
        let told = || {
            let defined = self.hierarchy.method(method)?;
            let unit = self.hierarchy.program.units.get(defined.unit as usize)?;
            let instruction = Instruction::decode(code.insns, check)?;
            if instruction.byte == 0x63 {
                let field = self.field(defined.unit, instruction.index)?;
                return derived.fields.get(&field)?.as_ref().map(|(_, told)| told.clone());
            }
            let called = self.called(defined.unit, MethodIdx(instruction.index));
            if let Some((_, known)) = called.and_then(|called| derived.methods.get(&called)?.as_ref()) {
                return Some(known.clone());
            }
            let calls = flow::call_args(&unit.dex, code, &[check]);
            let key = match calls.first()?.values.first()? {
                Value::String(index) => format!("\"{}\"", unit.dex.string(*index)?),
                _ => "a stored value".to_owned(),
            };
            Some(format!("{key} is checked in {}", unit.dex.method_descriptor(defined.row.method)))
        };
        told().unwrap_or_else(|| "a stored value".to_owned())
    }
}

/// Notes what a method or a field gives, and drops it where that contradicts what is known.
fn add<K: Eq + Hash>(known: &mut FxHashMap<K, Option<Told>>, key: K, gives: Gives, told: impl FnOnce() -> String) {
    match known.entry(key) {
        Entry::Vacant(free) => {
            free.insert(Some((gives, told())));
        }
        Entry::Occupied(mut known) => {
            if known.get().as_ref().is_some_and(|(before, _)| *before != gives) {
                known.insert(None);
            }
        }
    }
}
