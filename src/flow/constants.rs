//! Constants in registers: which string, number, class or field an argument of a call holds, where every way through
//! the method agrees.
//!
//! A forward data-flow analysis over the basic blocks of one method. It follows moves, constants, static fields, arrays
//! of strings and the result of a static call on a string; everything else is unknown. Two ways that bring different
//! values make the value unknown: it never guesses.

use std::collections::{BTreeMap, BTreeSet};

use super::blocks::{Block, Graph};
use crate::dex::{Code, Dex, FieldIdx, Index, Instruction, MethodIdx, StringIdx, TypeIdx};

/// Values that the analysis of a method may move for each of its code units, and those that any method may have moved
/// before that counts: the cost of a file is linear in its bytes. Methods of real apps need up to some twenty a unit. One
/// that needs more than this is not analysed; its arguments are unknown.
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
    let asked = |instruction: &Instruction| {
        instruction.opcode.index == Index::Method && pcs.binary_search(&instruction.pc).is_ok()
    };
    let call = |state: &[Value], instruction: &Instruction| CallArgs {
        pc: instruction.pc,
        values: values(dex, state, instruction),
        arrays: Vec::new(),
    };
    let Some(method) = Graph::of(code) else {
        return code.instructions().filter(asked).map(|instruction| call(&[], &instruction)).collect();
    };
    let Some(states) = Analysis::settled(&method, code) else {
        return method.instructions.iter().filter(|it| asked(it)).map(|instruction| call(&[], instruction)).collect();
    };
    let mut arrays: BTreeMap<u32, Vec<StringIdx>> = BTreeMap::new();
    let mut calls = Vec::new();
    for (block, mut state) in method.blocks.iter().zip(states) {
        let body = method.body(block);
        for (place, instruction) in body.iter().enumerate() {
            note_array(&state, instruction, &mut arrays);
            if asked(instruction) {
                calls.push(call(&state, instruction));
            }
            let before = place.checked_sub(1).and_then(|place| body.get(place));
            step(&mut state, instruction, before);
        }
    }
    for call in &mut calls {
        let taken = call.values.iter().filter_map(|value| match value {
            Value::Array(at) => arrays.get(at).map(|strings| (*at, strings.clone())),
            _ => None,
        });
        call.arrays = taken.collect();
    }
    calls
}

/// The state of all registers at the start of each block.
struct Analysis<'m> {
    method: &'m Graph,
    states: Vec<Vec<Value>>,
}

impl<'m> Analysis<'m> {
    /// Runs until nothing changes; none where that costs more than the method's size allows.
    fn settled(method: &'m Graph, code: &Code<'_>) -> Option<Vec<Vec<Value>>> {
        let registers = usize::from(code.registers);
        let mut work = code.insns.len().saturating_mul(WORK_PER_UNIT / 2).saturating_add(WORK_FREE);
        work = work.checked_sub(registers.saturating_mul(method.blocks.len()))?;
        let mut states = vec![vec![Value::Unset; registers]; method.blocks.len()];
        if let Some(entry) = states.first_mut() {
            entry.fill(Value::Unknown);
        }
        let mut it = Self { method, states };
        let mut waiting = BTreeSet::from([0]);
        while let Some(index) = waiting.pop_first() {
            let (Some(block), Some(state)) = (method.blocks.get(index), it.states.get(index)) else { continue };
            let handlers = method.handlers(block);
            let edges = handlers.len().saturating_add(block.successors.len()).saturating_add(1);
            let writes = method.body(block).len().saturating_mul(handlers.len());
            work = work.checked_sub(registers.saturating_mul(edges).saturating_add(writes))?;
            let mut state = state.clone();
            for handler in handlers {
                it.merge(*handler, &state, &mut waiting);
            }
            it.run(block, &mut state, &mut waiting);
            for successor in &block.successors {
                it.merge(*successor, &state, &mut waiting);
            }
        }
        Some(it.states)
    }

    /// Runs a block. An exception may leave it after any instruction, so each value that it writes reaches its handlers.
    fn run(&mut self, block: &Block, state: &mut [Value], waiting: &mut BTreeSet<usize>) {
        let mut before = None;
        for instruction in self.method.body(block) {
            let written = step(state, instruction, before);
            before = Some(instruction);
            for register in written.into_iter().flatten() {
                let Some(value) = state.get(register) else { continue };
                for handler in self.method.handlers(block) {
                    let slot = self.states.get_mut(*handler).and_then(|state| state.get_mut(register));
                    if let Some(slot) = slot
                        && slot.join(*value) != *slot
                    {
                        *slot = slot.join(*value);
                        waiting.insert(*handler);
                    }
                }
            }
        }
    }

    /// Joins `state` into that of a block, which then waits for a visit where that changed it.
    fn merge(&mut self, block: usize, state: &[Value], waiting: &mut BTreeSet<usize>) {
        let Some(old) = self.states.get_mut(block) else { return };
        for (old, new) in old.iter_mut().zip(state) {
            let joined = old.join(*new);
            if joined != *old {
                *old = joined;
                waiting.insert(block);
            }
        }
    }
}

/// Applies one instruction; gives the registers that it wrote.
fn step(state: &mut [Value], instruction: &Instruction, before: Option<&Instruction>) -> [Option<usize>; 2] {
    let read = |register: u16| state.get(usize::from(register)).copied().unwrap_or(Value::Unknown);
    let value = match instruction.byte {
        // move, move-object with their wider forms
        0x01..=0x09 => read(instruction.b),
        0x0c => before.map_or(Value::Unknown, |call| call_result(state, call)),
        0x12..=0x19 => Value::Int(instruction.literal),
        0x1a | 0x1b => Value::String(StringIdx(instruction.index)),
        0x1c => Value::Class(TypeIdx(instruction.index)),
        // check-cast changes nothing but the static type.
        0x1f => return [None; 2],
        0x23 => Value::Array(instruction.pc),
        0x60..=0x66 => Value::Field(FieldIdx(instruction.index)),
        byte if writes_a(byte) => Value::Unknown,
        _ => return [None; 2],
    };
    let register = usize::from(instruction.a);
    let pair = register.checked_add(1).filter(|_| is_wide(instruction.byte));
    if let Some(slot) = state.get_mut(register) {
        *slot = value;
    }
    if let Some(slot) = pair.and_then(|pair| state.get_mut(pair)) {
        *slot = Value::Unknown;
    }
    [Some(register), pair]
}

/// What `move-result-object` takes from the instruction in front of it.
fn call_result(state: &[Value], call: &Instruction) -> Value {
    match call.byte {
        // filled-new-array
        0x24 | 0x25 => Value::Array(call.pc),
        // invoke-static
        0x71 | 0x77 => match call.args.register(0).and_then(|register| state.get(usize::from(register))) {
            Some(Value::String(string)) => Value::Call(MethodIdx(call.index), *string),
            _ => Value::Unknown,
        },
        _ => Value::Unknown,
    }
}

/// Notes strings that an instruction puts into an array.
fn note_array(state: &[Value], instruction: &Instruction, arrays: &mut BTreeMap<u32, Vec<StringIdx>>) {
    let read = |register: u16| state.get(usize::from(register)).copied().unwrap_or(Value::Unknown);
    let mut put = |array: u32, value: Value| {
        if let Value::String(string) = value {
            arrays.entry(array).or_default().push(string);
        }
    };
    match instruction.byte {
        0x24 | 0x25 => {
            for position in 0..instruction.args.count() {
                if let Some(register) = instruction.args.register(position) {
                    put(instruction.pc, read(register));
                }
            }
        }
        // aput-object
        0x4d => {
            if let Value::Array(array) = read(instruction.b) {
                put(array, read(instruction.a));
            }
        }
        _ => {}
    }
}

/// The values of the declared parameters of a call. An empty `state` makes all of them unknown.
fn values(dex: &Dex<'_>, state: &[Value], call: &Instruction) -> Vec<Value> {
    let Some(method) = dex.method(MethodIdx(call.index)) else { return Vec::new() };
    // invoke-static has no receiver.
    let mut position = usize::from(!matches!(call.byte, 0x71 | 0x77));
    let mut values = Vec::new();
    for parameter in dex.parameters(method.proto) {
        if position >= call.args.count() {
            break;
        }
        let register = call.args.register(position);
        values.push(register.and_then(|register| state.get(usize::from(register))).copied().unwrap_or(Value::Unknown));
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
