//! What of a method runs only where a stored value that somebody asked for says so.
//!
//! A check is a call, or a read of a static field, that gives the value; it guards what cannot be reached without one
//! side of a branch on it: the side that is not taken where nothing is stored. Which checks matter, and what they give
//! then, the caller says.

use std::collections::BTreeSet;
use std::ops::Range;

use super::blocks::{Block, Graph};
use crate::dex::{Code, Glance, Instruction, Payload};

/// Registers times blocks of a method that is looked at; beyond it, nothing is guarded.
const MAX_STATE: usize = 1 << 20;

/// A check and what it guards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    /// The code unit of the check.
    pub check: u32,
    /// Code units that run only where it allows them, in order.
    pub guarded: Vec<Range<u32>>,
}

/// What a check gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gives {
    /// A truth value that allows where it is true.
    Truth,
    /// One that allows where it is false.
    Opposite,
    /// A number; this one where nothing is stored.
    Number(i64),
}

/// What a method does with the values of its checks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guards {
    /// Checks that a branch depends on.
    pub guards: Vec<Guard>,
    /// Checks whose value the method returns, each with what the caller of the method gets.
    pub returned: Vec<(u32, Gives)>,
    /// Static fields that take the value of a check: the index in the file, the check, and what the field then gives.
    pub stored: Vec<(u32, u32, Gives)>,
}

/// What registers hold; none = anything else.
type State = Vec<Option<Held>>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Held {
    /// The value of a check.
    Check(u32, Gives),
    Constant(i64),
    /// The second register of a wide constant.
    Pair,
}

/// The guards of a method; `check` says of an instruction that calls a method or reads a static field what it gives, if
/// it is a check. It is told the last argument of the call, where that is a constant.
pub fn guards(code: &Code<'_>, check: impl Fn(&Instruction, Option<i64>) -> Option<Gives>) -> Guards {
    let mut found = Guards::default();
    // Most methods have none. invoke-*; sget-boolean
    let is_check = |it: Glance| {
        let decoded = || Instruction::decode(code.insns, it.pc);
        matches!(it.byte, 0x63 | 0x6e..=0x72 | 0x74..=0x78) && decoded().is_some_and(|it| check(&it, Some(0)).is_some())
    };
    if !code.glances().any(is_check) {
        return found;
    }
    let Some(method) = Graph::of(code) else { return found };
    if usize::from(code.registers).saturating_mul(method.blocks.len()) > MAX_STATE {
        return found;
    }
    let states = settle(&method, code, &check);
    for (index, (block, state)) in method.blocks.iter().zip(states).enumerate() {
        let Some(mut state) = state else { continue };
        let mut before = None;
        for instruction in method.body(block) {
            match (instruction.byte, held(&state, instruction.a)) {
                // return, return-wide
                (0x0f | 0x10, Some(Held::Check(check, gives))) => found.returned.push((check, gives)),
                // sput-boolean
                (0x6a, Some(Held::Check(check, gives @ (Gives::Truth | Gives::Opposite)))) => {
                    found.stored.push((instruction.index, check, gives));
                }
                // packed-switch, sparse-switch; if-*
                (0x2b | 0x2c | 0x32..=0x3d, _) => {
                    let closed = closed_side(&state, instruction, code);
                    let found_here = closed.and_then(|(check, pc)| Some((check, block_at(&method, pc)?)));
                    if let Some((check, closed)) = found_here {
                        let guarded = only_behind(&method, index, closed);
                        if !guarded.is_empty() {
                            found.guards.push(Guard { check, guarded });
                        }
                    }
                }
                _ => {}
            }
            step(&mut state, instruction, before, &check);
            before = Some(instruction);
        }
    }
    found.returned.sort_unstable();
    found.returned.dedup();
    found
}

/// The state at the start of each block that can run.
fn settle(
    method: &Graph,
    code: &Code<'_>,
    check: &impl Fn(&Instruction, Option<i64>) -> Option<Gives>,
) -> Vec<Option<State>> {
    let mut states: Vec<Option<State>> = vec![None; method.blocks.len()];
    if let Some(entry) = states.first_mut() {
        *entry = Some(vec![None; code.registers.into()]);
    }
    let mut waiting = BTreeSet::from([0]);
    while let Some(index) = waiting.pop_first() {
        let (Some(block), Some(Some(state))) = (method.blocks.get(index), states.get(index)) else { continue };
        let mut state = state.clone();
        let mut before = None;
        for instruction in method.body(block) {
            step(&mut state, instruction, before, check);
            before = Some(instruction);
        }
        for next in &block.successors {
            merge(&mut states, *next, &state, &mut waiting);
        }
        // An exception may come before or after any write: nothing is known in a handler.
        let nothing = vec![None; code.registers.into()];
        for next in method.handlers(block) {
            merge(&mut states, *next, &nothing, &mut waiting);
        }
    }
    states
}

fn merge(states: &mut [Option<State>], block: usize, state: &[Option<Held>], waiting: &mut BTreeSet<usize>) {
    match states.get_mut(block) {
        Some(old @ None) => {
            *old = Some(state.to_vec());
            waiting.insert(block);
        }
        Some(Some(old)) => {
            for (old, new) in old.iter_mut().zip(state) {
                if old.is_some() && old != new {
                    *old = None;
                    waiting.insert(block);
                }
            }
        }
        None => {}
    }
}

fn step(
    state: &mut State,
    instruction: &Instruction,
    before: Option<&Instruction>,
    check: &impl Fn(&Instruction, Option<i64>) -> Option<Gives>,
) {
    let value = match instruction.byte {
        // move, move-wide and their kinds
        0x01..=0x06 => held(state, instruction.b),
        // move-result, move-result-wide
        0x0a | 0x0b => before.and_then(|call| Some(Held::Check(call.pc, check(call, last_argument(state, call))?))),
        // const and const-wide and their kinds
        0x12..=0x19 => Some(Held::Constant(instruction.literal)),
        // cmp-long
        0x31 => compared(held(state, instruction.b), held(state, instruction.c)),
        // sget-boolean
        0x63 => check(instruction, None).map(|gives| Held::Check(instruction.pc, gives)),
        // xor-int/lit16, xor-int/lit8
        0xd7 | 0xdf if instruction.literal == 1 => match held(state, instruction.b) {
            Some(Held::Check(check, Gives::Truth)) => Some(Held::Check(check, Gives::Opposite)),
            Some(Held::Check(check, Gives::Opposite)) => Some(Held::Check(check, Gives::Truth)),
            _ => None,
        },
        byte if super::constants::writes_a(byte) => None,
        _ => return,
    };
    let register = usize::from(instruction.a);
    if let Some(slot) = state.get_mut(register) {
        *slot = value;
    }
    if super::constants::is_wide(instruction.byte)
        && let Some(slot) = register.checked_add(1).and_then(|pair| state.get_mut(pair))
    {
        *slot = matches!(value, Some(Held::Constant(_))).then_some(Held::Pair);
    }
}

/// What comparing a number with another one gives where nothing is stored: which is greater.
fn compared(first: Option<Held>, second: Option<Held>) -> Option<Held> {
    let (check, first, second) = match (first?, second?) {
        (Held::Check(check, Gives::Number(number)), Held::Constant(constant)) => (check, number, constant),
        (Held::Constant(constant), Held::Check(check, Gives::Number(number))) => (check, constant, number),
        _ => return None,
    };
    Some(Held::Check(check, Gives::Number(first.cmp(&second) as i64)))
}

fn held(state: &State, register: u16) -> Option<Held> {
    state.get(usize::from(register)).copied().flatten()
}

/// The last argument of a call, where it is a constant.
fn last_argument(state: &State, call: &Instruction) -> Option<i64> {
    let last = call.args.count().checked_sub(1)?;
    let value = |place: usize| held(state, call.args.register(place)?);
    let value = match value(last)? {
        Held::Pair => value(last.checked_sub(1)?)?,
        other => other,
    };
    match value {
        Held::Constant(value) => Some(value),
        Held::Check(..) | Held::Pair => None,
    }
}

/// The check that a branch asks, and the code unit where the method goes on if nothing is stored; none where all sides
/// lead to one place.
fn closed_side(state: &State, test: &Instruction, code: &Code<'_>) -> Option<(u32, u32)> {
    if matches!(test.byte, 0x2b | 0x2c) {
        let Held::Check(check, Gives::Number(number)) = held(state, test.a)? else { return None };
        let chosen = Payload::chosen(code.insns, test.pc, test.target()?, number);
        return Some((check, chosen.unwrap_or(test.next())));
    }
    let (check, allows) = branch(state, test)?;
    let (jump, next) = (test.target()?, test.next());
    (jump != next).then_some((check, if allows { next } else { jump }))
}

/// The check that a branch on one or two registers asks, and whether what it allows is where the branch is taken.
fn branch(state: &State, test: &Instruction) -> Option<(u32, bool)> {
    // The branches on two registers are followed by those on one and zero.
    let (asked, second) = match test.byte {
        0x32..=0x37 => (test.byte, held(state, test.b)?),
        _ => (test.byte.wrapping_sub(6), Held::Constant(0)),
    };
    let (check, gives, first, second) = match (held(state, test.a)?, second) {
        (Held::Check(check, gives), Held::Constant(constant)) => (check, gives, None, Some(constant)),
        (Held::Constant(constant), Held::Check(check, gives)) => (check, gives, Some(constant), None),
        _ => return None,
    };
    match gives {
        // if-eqz jumps where the value is false.
        Gives::Truth if test.byte == 0x38 => Some((check, false)),
        Gives::Truth if test.byte == 0x39 => Some((check, true)),
        Gives::Opposite if test.byte == 0x38 => Some((check, true)),
        Gives::Opposite if test.byte == 0x39 => Some((check, false)),
        Gives::Truth | Gives::Opposite => None,
        Gives::Number(number) => {
            let (first, second) = (first.unwrap_or(number), second.unwrap_or(number));
            let taken = match asked {
                0x32 => first == second,
                0x33 => first != second,
                0x34 => first < second,
                0x35 => first >= second,
                0x36 => first > second,
                _ => first <= second,
            };
            Some((check, !taken))
        }
    }
}

/// The block that starts at a code unit.
fn block_at(method: &Graph, pc: u32) -> Option<usize> {
    let starts = |block: &Block| method.body(block).first().is_some_and(|first| first.pc == pc);
    method.blocks.iter().position(starts)
}

/// Code units that can run, but not where the branch at the end of a block goes to another one.
fn only_behind(method: &Graph, from: usize, closed: usize) -> Vec<Range<u32>> {
    let (with, without) = (reachable(method, None), reachable(method, Some((from, closed))));
    let blocks = method.blocks.iter().zip(with.iter().zip(without));
    let guarded = blocks.filter(|(_, (with, without))| **with && !without);
    let range = |block: &Block| {
        let body = method.body(block);
        Some(body.first()?.pc..body.last()?.next())
    };
    guarded.filter_map(|(block, _)| range(block)).collect()
}

/// The blocks that can run; `only` names a block whose branch goes to one block and no other.
fn reachable(method: &Graph, only: Option<(usize, usize)>) -> Vec<bool> {
    let mut reached = vec![false; method.blocks.len()];
    let mut waiting = vec![0];
    while let Some(index) = waiting.pop() {
        let Some(slot) = reached.get_mut(index).filter(|slot| !**slot) else { continue };
        *slot = true;
        let Some(block) = method.blocks.get(index) else { continue };
        let taken = |next: &&usize| only.is_none_or(|(from, to)| from != index || to == **next);
        waiting.extend(block.successors.iter().filter(taken).chain(method.handlers(block)));
    }
    reached
}
