//! Constants in registers: which string, number, class or field an argument of a call holds, where every way through
//! the method agrees.
//!
//! From each argument the search goes back to what wrote it. It follows moves, constants, static fields, arrays of strings
//! and the result of a static call on a string; everything else is unknown. Two ways that bring different values make the
//! value unknown: it never guesses.

use std::cell::{Cell, LazyCell};
use std::collections::BTreeMap;

use super::defs::{Layout, Source};
use crate::dex::{Code, Dex, FieldIdx, Index, Instruction, MethodIdx, StringIdx, TypeIdx};

/// Steps that the searches in a method may take for each of its code units, and those that any method is given before that
/// counts: the cost of a file is linear in its bytes. What is not found by then is unknown.
const WORK_PER_UNIT: usize = 1 << 9;
const WORK_FREE: usize = 1 << 16;

/// What a register holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Value {
    /// No way has brought a value yet.
    #[default]
    Unset,
    /// More than one value, or one that the analysis does not follow.
    Unknown,
    /// A number.
    Int(i64),
    /// A string constant.
    String(StringIdx),
    /// A class constant.
    Class(TypeIdx),
    /// What a static field holds.
    Field(FieldIdx),
    /// The array made at this code unit.
    Array(u32),
    /// What a static method returned for a string constant as its first argument.
    Call(MethodIdx, StringIdx),
}

impl Value {
    fn join(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unset, value) | (value, Self::Unset) => value,
            (left, right) if left == right => left,
            _ => Self::Unknown,
        }
    }
}

/// The arguments of one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallArgs {
    /// The code unit of the call.
    pub pc: u32,
    /// One value a declared parameter, receiver left out.
    pub values: Vec<Value>,
    /// The strings that were put into each array among the values, in order of their place.
    pub arrays: Vec<(u32, Vec<StringIdx>)>,
}

impl CallArgs {
    /// The strings of the array made at `pc`.
    pub fn array(&self, pc: u32) -> &[StringIdx] {
        self.arrays.iter().find(|(at, _)| *at == pc).map_or(&[], |(_, strings)| strings)
    }
}

/// The arguments of the calls at `pcs` (code units, ascending), in that order; a place that holds no call is left out.
pub fn call_args(dex: &Dex<'_>, code: &Code<'_>, pcs: &[u32]) -> Vec<CallArgs> {
    args_by(dex, code, Layout::of(code).as_ref(), pcs)
}

/// The same, by the layout of the method.
pub(super) fn args_by(dex: &Dex<'_>, code: &Code<'_>, layout: Option<&Layout<'_>>, pcs: &[u32]) -> Vec<CallArgs> {
    let asked = |pc: &u32| Instruction::decode(code.insns, *pc).filter(|it| it.opcode.index == Index::Method);
    let Some(layout) = layout else {
        let calls = code.instructions().filter(|it| it.opcode.index == Index::Method && pcs.contains(&it.pc));
        let unknown = |call: &Instruction| values(dex, call, |_| Value::Unknown);
        return calls.map(|it| CallArgs { pc: it.pc, values: unknown(&it), arrays: Vec::new() }).collect();
    };
    let work = code.insns.len().saturating_mul(WORK_PER_UNIT / 2).saturating_add(WORK_FREE);
    let search = Constants { layout, work: Cell::new(work) };
    let arrays = LazyCell::new(|| search.arrays());
    let calls = pcs.iter().filter_map(|pc| Some((search.layout.place_at(*pc)?, asked(pc)?)));
    let told = |(place, call): (usize, Instruction)| {
        let values = values(dex, &call, |register| search.value(register, place));
        let taken = values.iter().filter_map(|value| match value {
            Value::Array(at) => arrays.get(at).map(|strings| (*at, strings.clone())),
            _ => None,
        });
        let arrays = taken.collect();
        CallArgs { pc: call.pc, values, arrays }
    };
    calls.map(told).collect()
}

/// The constants of one method.
struct Constants<'l, 'b> {
    layout: &'l Layout<'b>,
    /// What may still be spent.
    work: Cell<usize>,
}

impl Constants<'_, '_> {
    /// What a register holds in front of a place.
    fn value(&self, register: u16, place: usize) -> Value {
        let told = |source| match source {
            Source::At(place) => self.written(place),
            Source::Start(_) | Source::Rest => Value::Unknown,
        };
        self.join(register, place, told)
    }

    fn join(&self, register: u16, place: usize, told: impl Fn(Source) -> Value) -> Value {
        let spend = |cost: usize| self.work.get().checked_sub(cost).map(|left| self.work.set(left));
        let Some(sources) = self.layout.sources(register, place, spend) else { return Value::Unknown };
        sources.into_iter().map(told).fold(Value::Unset, Value::join)
    }

    /// What the instruction at a place writes.
    fn written(&self, place: usize) -> Value {
        let Some(instruction) = self.layout.at(place) else { return Value::Unknown };
        match instruction.byte {
            0x0c => self.result(place),
            0x12..=0x19 => Value::Int(instruction.literal),
            0x1a | 0x1b => Value::String(StringIdx(instruction.index)),
            0x1c => Value::Class(TypeIdx(instruction.index)),
            0x23 => Value::Array(instruction.pc),
            0x60..=0x66 => Value::Field(FieldIdx(instruction.index)),
            _ => Value::Unknown,
        }
    }

    /// What `move-result-object` at a place takes from the instruction in front of it.
    fn result(&self, place: usize) -> Value {
        let call = place.checked_sub(1).filter(|_| !self.layout.is_first(place));
        let Some((before, call)) = call.and_then(|before| Some((before, self.layout.at(before)?))) else {
            return Value::Unknown;
        };
        match call.byte {
            // filled-new-array
            0x24 | 0x25 => Value::Array(call.pc),
            // invoke-static
            0x71 | 0x77 => match call.args.register(0).map(|register| self.string(register, before)) {
                Some(Value::String(string)) => Value::Call(MethodIdx(call.index), string),
                _ => Value::Unknown,
            },
            _ => Value::Unknown,
        }
    }

    /// The string constant that a register holds in front of a place.
    fn string(&self, register: u16, place: usize) -> Value {
        self.join(register, place, |source| match source {
            Source::At(place) => match self.layout.at(place).map(|it| (it.byte, it.index)) {
                Some((0x1a | 0x1b, index)) => Value::String(StringIdx(index)),
                _ => Value::Unknown,
            },
            Source::Start(_) | Source::Rest => Value::Unknown,
        })
    }

    /// By code unit that makes an array: the strings that are put into it.
    fn arrays(&self) -> BTreeMap<u32, Vec<StringIdx>> {
        let mut arrays: BTreeMap<u32, Vec<StringIdx>> = BTreeMap::new();
        let mut put = |array: u32, value: Value| {
            if let Value::String(string) = value {
                arrays.entry(array).or_default().push(string);
            }
        };
        let puts = self.layout.ops().iter().enumerate().filter(|(_, op)| matches!(op.byte, 0x24 | 0x25 | 0x4d));
        for (place, instruction) in puts.filter_map(|(place, _)| Some((place, self.layout.at(place)?))) {
            // aput-object
            if instruction.byte == 0x4d {
                if let Value::Array(array) = self.value(instruction.b, place) {
                    put(array, self.string(instruction.a, place));
                }
                continue;
            }
            let registers = (0..instruction.args.count()).filter_map(|position| instruction.args.register(position));
            registers.for_each(|register| put(instruction.pc, self.string(register, place)));
        }
        arrays
    }
}

/// What is known of the declared parameters of a call; `value` gives it of a register.
fn values(dex: &Dex<'_>, call: &Instruction, value: impl Fn(u16) -> Value) -> Vec<Value> {
    let Some(method) = dex.method(MethodIdx(call.index)) else { return Vec::new() };
    // invoke-static has no receiver.
    let mut position = usize::from(!matches!(call.byte, 0x71 | 0x77));
    let mut values = Vec::new();
    for parameter in dex.parameters(method.proto) {
        if position >= call.args.count() {
            break;
        }
        values.push(call.args.register(position).map_or(Value::Unknown, &value));
        let wide = matches!(dex.type_bytes(parameter), Some(b"J" | b"D"));
        position = position.saturating_add(if wide { 2 } else { 1 });
    }
    values
}

/// Whether an opcode writes register A. Those not named here write nothing.
pub(super) fn writes_a(byte: u8) -> bool {
    matches!(byte, 0x01..=0x0d | 0x12..=0x1c | 0x20..=0x23 | 0x2d..=0x31 | 0x44..=0x4a | 0x52..=0x58 | 0x60..=0x66
        | 0x7b..=0x8f | 0x90..=0xe2 | 0xfe | 0xff)
}

/// Whether an opcode writes register A and the one after it.
pub(super) fn is_wide(byte: u8) -> bool {
    matches!(byte, 0x04..=0x06 | 0x0b | 0x16..=0x19 | 0x45 | 0x53 | 0x61
        | 0x7d | 0x7e | 0x80 | 0x81 | 0x83 | 0x86 | 0x88 | 0x89 | 0x8b
        | 0x9b..=0xa5 | 0xab..=0xaf | 0xbb..=0xc5 | 0xcb..=0xcf)
}
