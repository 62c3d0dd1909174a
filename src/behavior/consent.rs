//! Checks of consent: branches on a stored flag that keep code from running early.
//!
//! Whether the flag means consent, its key suggests and a person judges; here every stored flag counts whose true side is
//! the only way to the code, and reports name it.

use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::catalog::Catalog;
use crate::dex::{BitSet, Code, Instruction, MethodIdx};
use crate::flow::{self, Guards, Hierarchy, Method, Reach, Signature, Type, Unit, Value};

/// What stands behind checks.
#[derive(Debug, Default)]
pub(super) struct Guarded {
    places: FxHashMap<Method, Vec<(Range<u32>, String)>>,
}

impl Guarded {
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
    /// By file: its indices of methods that give a stored flag.
    flags: Vec<BitSet>,
}

/// Checks that code of the package makes of those of the catalog.
#[derive(Default)]
struct Derived {
    /// Methods that return a stored flag, and what they ask.
    methods: FxHashMap<Method, String>,
    /// Static fields that hold one: class, name.
    fields: FxHashMap<(Type, Vec<u8>), String>,
}

impl<'h, 'p, 'b> Consent<'h, 'p, 'b> {
    pub(super) fn new(catalog: &'static Catalog, hierarchy: &'h Hierarchy<'p, 'b>) -> Self {
        let named = catalog.markers("consent-check").filter_map(|marker| {
            let (class, signature) = marker.pattern.split_once("->")?;
            Some((hierarchy.type_named(class)?, Signature::of(signature)))
        });
        let checks: FxHashSet<(Type, Signature)> = named.collect();
        let classes: FxHashSet<Type> = checks.iter().map(|(class, _)| *class).collect();
        let flags_of = |number: u32, unit: &Unit<'_>| {
            let mut flags = BitSet::new(unit.dex.header.methods.count);
            for index in (0..unit.dex.header.methods.count).map(MethodIdx) {
                let class = unit.dex.method(index).and_then(|row| hierarchy.type_of(number, row.class));
                if class.is_some_and(|class| classes.contains(&class))
                    && hierarchy.named(number, index).is_some_and(|named| checks.contains(&named))
                {
                    flags.insert(index.0);
                }
            }
            flags
        };
        let flags = (0..).zip(&hierarchy.program.units).map(|(number, unit)| flags_of(number, unit)).collect();
        Self { hierarchy, flags }
    }

    /// What of the methods in `early` stands behind a check.
    pub(super) fn guarded(&self, early: &Reach) -> Guarded {
        let methods: Vec<Method> = early.methods().collect();
        // First the checks themselves, then the methods that return one and the fields that keep one, once.
        let mut derived = Derived::default();
        for method in &methods {
            self.derive(*method, &mut derived);
        }
        let mut guarded = Guarded::default();
        for method in methods {
            let Some((code, found)) = self.guards(method, &derived) else { continue };
            for guard in found.guards {
                let check = self.told(method, &code, guard.check, &derived);
                let places = guard.guarded.into_iter().map(|range| (range, check.clone()));
                guarded.places.entry(method).or_default().extend(places);
            }
        }
        guarded
    }

    fn derive(&self, method: Method, derived: &mut Derived) {
        let Some((code, found)) = self.guards(method, &Derived::default()) else { return };
        let Some(defined) = self.hierarchy.method(method) else { return };
        if let Some(check) = found.returned.first() {
            derived.methods.insert(method, self.told(method, &code, *check, &Derived::default()));
        }
        for (field, check) in found.stored {
            if let Some(key) = self.field(defined.unit, field) {
                derived.fields.insert(key, self.told(method, &code, check, &Derived::default()));
            }
        }
    }

    fn guards(&self, method: Method, derived: &Derived) -> Option<(Code<'b>, Guards)> {
        let defined = self.hierarchy.method(method)?;
        let unit = self.hierarchy.program.units.get(defined.unit as usize)?;
        let code = unit.dex.code(&defined.row).ok().flatten()?;
        let found = flow::guards(&code, |instruction| self.is_check(defined.unit, instruction, derived));
        Some((code, found))
    }

    fn is_check(&self, unit: u32, instruction: &Instruction, derived: &Derived) -> bool {
        match instruction.byte {
            // sget-boolean
            0x63 => {
                !derived.fields.is_empty()
                    && self.field(unit, instruction.index).is_some_and(|field| derived.fields.contains_key(&field))
            }
            // invoke-*
            0x6e..=0x72 | 0x74..=0x78 => {
                self.flags.get(unit as usize).is_some_and(|flags| flags.contains(instruction.index))
                    || !derived.methods.is_empty()
                        && self
                            .called(unit, MethodIdx(instruction.index))
                            .is_some_and(|called| derived.methods.contains_key(&called))
            }
            _ => false,
        }
    }

    fn called(&self, unit: u32, index: MethodIdx) -> Option<Method> {
        let (class, signature) = self.hierarchy.named(unit, index)?;
        self.hierarchy.resolve(class, signature)
    }

    fn field(&self, unit: u32, index: u32) -> Option<(Type, Vec<u8>)> {
        let dex = &self.hierarchy.program.units.get(unit as usize)?.dex;
        let row = dex.field(crate::dex::FieldIdx(index))?;
        Some((self.hierarchy.type_of(unit, row.class)?, dex.string_bytes(row.name)?.to_owned()))
    }

    /// A check as a report names it: the method with it and the key of the flag.
    fn told(&self, method: Method, code: &Code<'_>, check: u32, derived: &Derived) -> String {
        let told = || {
            let defined = self.hierarchy.method(method)?;
            let unit = self.hierarchy.program.units.get(defined.unit as usize)?;
            let instruction = Instruction::decode(code.insns, check)?;
            if instruction.byte == 0x63 {
                return derived.fields.get(&self.field(defined.unit, instruction.index)?).cloned();
            }
            let called = self.called(defined.unit, MethodIdx(instruction.index));
            if let Some(known) = called.and_then(|called| derived.methods.get(&called)) {
                return Some(known.clone());
            }
            let calls = flow::call_args(&unit.dex, code, &[check]);
            let key = match calls.first()?.values.first()? {
                Value::String(index) => format!("\"{}\"", unit.dex.string(*index)?),
                _ => "a flag".to_owned(),
            };
            Some(format!("{key} is checked in {}", unit.dex.method_descriptor(defined.row.method)))
        };
        told().unwrap_or_else(|| "a stored flag".to_owned())
    }
}
