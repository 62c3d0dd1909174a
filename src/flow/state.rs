//! The registers of a method at one place, and the builders and arrays that it made.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::domain::{Abstract, Reason};
use super::slice::Slice;

/// Objects of one method that are followed, and items of one array.
const MAX_OBJECTS: usize = 64;
const MAX_ITEMS: i64 = 64;

/// An object that the method made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Thing {
    /// Not constructed yet, or of a class that is not followed.
    Plain,
    /// A builder, with its text.
    Builder(Abstract),
    /// An array, with what was put at each place.
    Array(BTreeMap<i64, Abstract>),
    /// Others may have changed it.
    Lost,
}

/// Registers and objects.
#[derive(Debug, Clone)]
pub(super) struct State {
    /// Which registers matter; the others hold nothing that is asked about.
    slice: Rc<Slice>,
    /// Those that do, by their slots.
    pub(super) registers: Vec<Abstract>,
    /// By the code unit that made them. Most blocks change none.
    things: Rc<BTreeMap<u32, Thing>>,
    /// What the last call gave.
    pub(super) result: Abstract,
    /// An object changed, or who holds it.
    pub(super) touched: bool,
}

impl State {
    pub(super) fn new(slice: Rc<Slice>) -> Self {
        let registers = vec![computed(); slice.registers];
        Self { slice, registers, things: Rc::default(), result: computed(), touched: false }
    }

    pub(super) fn get(&self, register: u16) -> Abstract {
        self.held(register).cloned().unwrap_or_else(computed)
    }

    /// What a register holds, where that matters.
    pub(super) fn held(&self, register: u16) -> Option<&Abstract> {
        self.registers.get(self.slice.slot(register)?)
    }

    pub(super) fn set(&mut self, register: u16, value: Abstract) {
        if let Some(slot) = self.slice.slot(register).and_then(|slot| self.registers.get_mut(slot)) {
            *slot = value;
        }
    }

    /// How much there is to copy.
    pub(super) fn size(&self) -> usize {
        self.registers.len().saturating_add(self.things.len()).saturating_add(1)
    }

    pub(super) fn thing(&self, at: u32) -> Option<&Thing> {
        self.things.get(&at)
    }

    /// An object that changes.
    pub(super) fn thing_mut(&mut self, at: u32) -> Option<&mut Thing> {
        self.touched = true;
        Rc::make_mut(&mut self.things).get_mut(&at)
    }

    /// Notes a new object. One that the same place made before is no longer told from it, so whoever holds that holds
    /// something unknown.
    pub(super) fn make(&mut self, at: u32, thing: Thing) -> Abstract {
        self.touched = true;
        if self.things.contains_key(&at) {
            let holds = |value: &Abstract| value.objects().any(|object| object == at);
            for value in self.registers.iter_mut().filter(|value| holds(value)) {
                *value = computed();
            }
            for thing in Rc::make_mut(&mut self.things).values_mut() {
                if matches!(thing, Thing::Array(items) if items.values().any(holds)) {
                    *thing = Thing::Lost;
                }
            }
        } else if self.things.len() >= MAX_OBJECTS {
            return Abstract::because(Reason::Limit);
        }
        Rc::make_mut(&mut self.things).insert(at, thing);
        Abstract::one(super::domain::Atom::Object(at))
    }

    /// Puts a value into an array. Where array or place are not known for sure, so are no items.
    pub(super) fn put(&mut self, array: &Abstract, place: Option<i64>, value: Abstract) {
        self.touched = true;
        let at = array.objects().next().filter(|_| array.single().is_some());
        let items = at.and_then(|at| match Rc::make_mut(&mut self.things).get_mut(&at) {
            Some(Thing::Array(items)) => Some(items),
            _ => None,
        });
        if let (Some(items), Some(place)) = (items, place.filter(|place| (0..MAX_ITEMS).contains(place))) {
            items.insert(place, value);
        } else {
            self.lose(array);
            self.lose(&value);
        }
    }

    /// The objects that a value may be got into other hands, and so did what lies in them.
    pub(super) fn lose(&mut self, value: &Abstract) {
        let mut waiting: Vec<u32> = value.objects().collect();
        while let Some(at) = waiting.pop() {
            self.touched = true;
            if let Some(slot) = Rc::make_mut(&mut self.things).get_mut(&at)
                && let Thing::Array(items) = std::mem::replace(slot, Thing::Lost)
            {
                waiting.extend(items.values().flat_map(Abstract::objects));
            }
        }
    }

    /// The text of a builder; none where the value is no builder for sure.
    pub(super) fn content(&self, value: &Abstract) -> Option<Abstract> {
        match self.things.get(&value.objects().next().filter(|_| value.single().is_some())?)? {
            Thing::Builder(text) => Some(text.clone()),
            _ => None,
        }
    }

    /// The items of an array, in order; none where the value is no array for sure, or places are missing.
    pub(super) fn items(&self, value: &Abstract) -> Option<Vec<&Abstract>> {
        match self.things.get(&value.objects().next().filter(|_| value.single().is_some())?)? {
            Thing::Array(items) => {
                (0..).zip(items).map(|(expected, (place, item))| (expected == *place).then_some(item)).collect()
            }
            _ => None,
        }
    }

    /// Joins another way into this one; whether that changed it.
    pub(super) fn join(&mut self, other: &Self) -> bool {
        let mut changed = false;
        let mut lost = Vec::new();
        for (old, new) in self.registers.iter_mut().zip(&other.registers) {
            changed |= join_into(old, new, &mut lost);
        }
        if !Rc::ptr_eq(&self.things, &other.things) {
            let things = Rc::make_mut(&mut self.things);
            for (at, new) in other.things.iter() {
                if let Some(old) = things.get_mut(at) {
                    changed |= join_things(old, new, &mut lost);
                } else {
                    things.insert(*at, new.clone());
                    changed = true;
                }
            }
        }
        changed |= join_into(&mut self.result, &other.result, &mut lost);
        changed | self.lose_all(lost)
    }

    /// Joins a value into one register, as an exception may bring it; whether that changed it.
    pub(super) fn join_register(&mut self, register: u16, value: &Abstract) -> bool {
        let Some(slot) = self.slice.slot(register).and_then(|slot| self.registers.get_mut(slot)) else { return false };
        let mut lost = Vec::new();
        join_into(slot, value, &mut lost) | self.lose_all(lost)
    }

    /// Objects that are no longer told from something unknown are lost: a change to that may be one to them.
    fn lose_all(&mut self, lost: Vec<Abstract>) -> bool {
        let mut changed = false;
        for value in lost {
            changed |= value.objects().any(|at| self.things.get(&at).is_some_and(|thing| *thing != Thing::Lost));
            self.lose(&value);
        }
        changed
    }
}

pub(super) fn computed() -> Abstract {
    thread_local!(static COMPUTED: Abstract = Abstract::because(Reason::Computed));
    COMPUTED.with(Abstract::clone)
}

fn join_into(old: &mut Abstract, new: &Abstract, lost: &mut Vec<Abstract>) -> bool {
    if new.is_within(old) {
        return false;
    }
    let joined = old.join(new);
    if joined.is_unknown() {
        lost.extend([&*old, new].into_iter().filter(|value| value.objects().next().is_some()).cloned());
    }
    let changed = joined != *old;
    *old = joined;
    changed
}

fn join_things(old: &mut Thing, new: &Thing, lost: &mut Vec<Abstract>) -> bool {
    match (&mut *old, new) {
        (Thing::Builder(old), Thing::Builder(new)) => join_into(old, new, lost),
        (Thing::Array(old), Thing::Array(new)) => {
            let mut changed = false;
            for (place, item) in new {
                changed |= join_into(old.entry(*place).or_insert(Abstract::Never), item, lost);
            }
            changed
        }
        (old, new) if *old == *new => false,
        (old, new) => {
            for thing in [&*old, new] {
                if let Thing::Array(items) = thing {
                    lost.extend(items.values().filter(|value| value.objects().next().is_some()).cloned());
                }
            }
            let changed = *old != Thing::Lost;
            *old = Thing::Lost;
            changed
        }
    }
}
