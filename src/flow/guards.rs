//! What of a method runs only where a truth value that somebody asked for is true.
//!
//! A check is a call, or a read of a static field, that gives the value; it guards what cannot be reached without the
//! true side of a branch on it. Which checks matter, the caller says.

use std::collections::BTreeSet;
use std::ops::Range;

use super::blocks::{Block, Graph};
use crate::dex::{Code, Instruction};

/// Registers times blocks of a method that is looked at; beyond it, nothing is guarded.
const MAX_STATE: usize = 1 << 20;

/// A check and what it guards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    /// The code unit of the check.
    pub check: u32,
    /// Code units that run only where it gave true, in order.
    pub guarded: Vec<Range<u32>>,
}

/// What a method does with the truth values of its checks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guards {
    /// Checks that a branch depends on.
    pub guards: Vec<Guard>,
    /// Checks whose value the method returns.
    pub returned: Vec<u32>,
    /// Static fields that take the value of a check: the index in the file, and the check.
    pub stored: Vec<(u32, u32)>,
}

/// Registers that hold the value of a check, or its opposite; none = anything else.
type State = Vec<Option<Truth>>;

/// The value of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Truth {
    check: u32,
    negated: bool,
}

/// The guards of a method; `is_check` says of an instruction that calls a method or reads a static field whether it is a
/// check.
pub fn guards(code: &Code<'_>, is_check: impl Fn(&Instruction) -> bool) -> Guards {
    let mut found = Guards::default();
    if !code.instructions().any(|instruction| is_check(&instruction)) {
        return found;
    }
    let Some(method) = Graph::of(code) else { return found };
    if usize::from(code.registers).saturating_mul(method.blocks.len()) > MAX_STATE {
        return found;
    }
    let states = settle(&method, code, &is_check);
    for (index, (block, state)) in method.blocks.iter().zip(states).enumerate() {
        let Some(mut state) = state else { continue };
        for (place, instruction) in method.body(block).iter().enumerate() {
            let value = |register: u16| state.get(usize::from(register)).copied().flatten();
            match instruction.byte {
                // return
                0x0f => found.returned.extend(value(instruction.a).and_then(Truth::plain)),
                // sput-boolean
                0x6a => {
                    let check = value(instruction.a).and_then(Truth::plain);
                    found.stored.extend(check.map(|check| (instruction.index, check)));
                }
                // if-eqz, if-nez
                0x38 | 0x39 => {
                    let truth = value(instruction.a);
                    let side = truth.and_then(|truth| true_side(&method, instruction, truth.negated));
                    if let (Some(Truth { check, .. }), Some(side)) = (truth, side) {
                        let guarded = only_behind(&method, index, side);
                        if !guarded.is_empty() {
                            found.guards.push(Guard { check, guarded });
                        }
                    }
                }
                _ => {}
            }
            step(&mut state, instruction, place.checked_sub(1).and_then(|it| method.body(block).get(it)), &is_check);
        }
    }
    found.returned.sort_unstable();
    found.returned.dedup();
    found
}

/// The state at the start of each block that can run.
fn settle(method: &Graph, code: &Code<'_>, is_check: &impl Fn(&Instruction) -> bool) -> Vec<Option<State>> {
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
            step(&mut state, instruction, before, is_check);
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

fn merge(states: &mut [Option<State>], block: usize, state: &[Option<Truth>], waiting: &mut BTreeSet<usize>) {
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
    is_check: &impl Fn(&Instruction) -> bool,
) {
    let value = match instruction.byte {
        // move, move/from16, move/16
        0x01..=0x03 => state.get(usize::from(instruction.b)).copied().flatten(),
        // move-result
        0x0a => before.filter(|call| is_check(call)).map(|call| Truth { check: call.pc, negated: false }),
        // sget-boolean
        0x63 => is_check(instruction).then_some(Truth { check: instruction.pc, negated: false }),
        // xor-int/lit16, xor-int/lit8
        0xd7 | 0xdf if instruction.literal == 1 => {
            let truth = state.get(usize::from(instruction.b)).copied().flatten();
            truth.map(|truth| Truth { negated: !truth.negated, ..truth })
        }
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
        *slot = None;
    }
}

impl Truth {
    /// The check, where its value is as it gave it.
    fn plain(self) -> Option<u32> {
        (!self.negated).then_some(self.check)
    }
}

/// The block that runs where the check gave true, unless both sides lead to one block; `negated` says that the tested
/// value is the opposite.
fn true_side(method: &Graph, test: &Instruction, negated: bool) -> Option<usize> {
    let block_at = |pc: u32| {
        let starts = |block: &Block| method.body(block).first().is_some_and(|first| first.pc == pc);
        method.blocks.iter().position(starts)
    };
    let (taken, next) = (block_at(test.target()?)?, block_at(test.next())?);
    // if-eqz jumps where the value is false.
    let side = if (test.byte == 0x38) == negated { taken } else { next };
    (taken != next).then_some(side)
}

/// Code units that can run, but not without the edge from one block to another.
fn only_behind(method: &Graph, from: usize, to: usize) -> Vec<Range<u32>> {
    let (with, without) = (reachable(method, None), reachable(method, Some((from, to))));
    let blocks = method.blocks.iter().zip(with.iter().zip(without));
    let guarded = blocks.filter(|(_, (with, without))| **with && !without);
    let range = |block: &Block| {
        let body = method.body(block);
        Some(body.first()?.pc..body.last()?.next())
    };
    guarded.filter_map(|(block, _)| range(block)).collect()
}

fn reachable(method: &Graph, without: Option<(usize, usize)>) -> Vec<bool> {
    let mut reached = vec![false; method.blocks.len()];
    let mut waiting = vec![0];
    while let Some(index) = waiting.pop() {
        let Some(slot) = reached.get_mut(index).filter(|slot| !**slot) else { continue };
        *slot = true;
        let Some(block) = method.blocks.get(index) else { continue };
        let next = block.successors.iter().chain(method.handlers(block));
        waiting.extend(next.copied().filter(|next| without != Some((index, *next))));
    }
    reached
}
