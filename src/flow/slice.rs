//! What of a method a value can depend on: the registers that may bring it, the instructions that touch those, and the
//! blocks from which its place is reached. The rest of the method need not be run to know it.
//!
//! Registers are taken as one thing over the whole method, whatever they hold in between, and a copy of a register stands
//! for it in both directions, because builders and arrays change through either. So a slice is larger than it must be,
//! and never smaller.

use super::blocks::Graph;
use super::constants::{is_wide, writes_a};
use super::hierarchy::NONE;
use crate::dex::Instruction;

/// A place whose values are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Goal {
    /// What the call at a code unit takes and gives.
    Call(u32),
    /// What a register holds in front of the instruction at a code unit.
    Register(u32, u16),
    /// What the method returns.
    Return,
}

/// The part of a method that matters to a goal.
#[derive(Debug, Default)]
pub(super) struct Slice {
    /// By register: its position among those that matter.
    slots: Vec<u32>,
    /// How many matter.
    pub(super) registers: usize,
    /// By place of the instruction in the graph: whether it touches one.
    live: Vec<bool>,
    /// By block: whether the goal can be reached from it.
    blocks: Vec<bool>,
}

impl Slice {
    /// The slice of a method for a goal; `is_modelled` says of a call whether more is known of it than that it is one.
    pub(super) fn of(graph: &Graph, registers: u16, goal: Goal, is_modelled: impl Fn(&Instruction) -> bool) -> Self {
        let modelled: Vec<bool> = graph.instructions.iter().map(|it| is_call(it) && is_modelled(it)).collect();
        let mut wanted = Wanted { registers: vec![false; registers.into()], changed: false };
        for instruction in &graph.instructions {
            match goal {
                Goal::Call(pc) if instruction.pc == pc => wanted.arguments(instruction),
                Goal::Register(pc, register) if instruction.pc == pc => wanted.add(register),
                // return, return-wide, return-object
                Goal::Return if matches!(instruction.byte, 0x0f..=0x11) => wanted.add(instruction.a),
                _ => {}
            }
        }
        while std::mem::take(&mut wanted.changed) {
            let all = graph.instructions.iter().zip(&modelled);
            let before = std::iter::once(None).chain(all.clone().map(Some));
            for ((instruction, modelled), before) in all.zip(before) {
                wanted.follow(instruction, *modelled, before);
            }
        }
        let after = graph.instructions.iter().skip(1).map(Some).chain([None]);
        let live =
            graph.instructions.iter().zip(after).map(|(instruction, after)| wanted.touched_by(instruction, after));
        let live = live.collect();
        let mut count = 0u32;
        let slots = wanted.registers.iter().map(|wanted| {
            let slot = if *wanted { count } else { NONE };
            count = count.saturating_add(u32::from(*wanted));
            slot
        });
        let slots = slots.collect();
        Self { slots, registers: count as usize, live, blocks: leading_to(graph, goal) }
    }

    /// The position of a register among those that matter.
    pub(super) fn slot(&self, register: u16) -> Option<usize> {
        self.slots.get(usize::from(register)).filter(|slot| **slot != NONE).map(|slot| *slot as usize)
    }

    /// Whether the instruction at that place of the graph touches a register that matters.
    pub(super) fn is_live(&self, place: usize) -> bool {
        self.live.get(place).copied().unwrap_or(false)
    }

    /// Whether the goal can be reached from a block.
    pub(super) fn leads(&self, block: usize) -> bool {
        self.blocks.get(block).copied().unwrap_or(false)
    }
}

/// Registers that may bring a value.
struct Wanted {
    registers: Vec<bool>,
    changed: bool,
}

impl Wanted {
    fn has(&self, register: u16) -> bool {
        self.registers.get(usize::from(register)).copied().unwrap_or(false)
    }

    fn add(&mut self, register: u16) {
        if let Some(slot) = self.registers.get_mut(usize::from(register)).filter(|slot| !**slot) {
            *slot = true;
            self.changed = true;
        }
    }

    fn add_all(&mut self, registers: impl IntoIterator<Item = u16>) {
        for register in registers {
            self.add(register);
        }
    }

    fn arguments(&mut self, call: &Instruction) {
        self.add_all((0..call.args.count()).filter_map(|position| call.args.register(position)));
    }

    fn has_argument(&self, call: &Instruction) -> bool {
        (0..call.args.count()).filter_map(|position| call.args.register(position)).any(|it| self.has(it))
    }

    /// Adds the registers that an instruction ties to those that are wanted.
    fn follow(&mut self, instruction: &Instruction, modelled: bool, before: Option<(&Instruction, &bool)>) {
        let (a, b, c) = (instruction.a, instruction.b, instruction.c);
        match instruction.byte {
            // move and its kinds
            0x01..=0x09 => self.tie([a, b]),
            // move-result and its kinds
            0x0a..=0x0c => {
                let Some((call, modelled)) = before.filter(|(call, _)| is_call(call) || is_filled(call)) else {
                    return;
                };
                if self.has(a) {
                    self.arguments(call);
                } else if (*modelled || is_filled(call)) && self.has_argument(call) {
                    self.add(a);
                }
            }
            // aget-object; aput and its kinds
            0x46 | 0x4b..=0x51 if self.has(a) || self.has(b) => self.add_all([a, b, c]),
            _ if modelled && self.has_argument(instruction) => self.arguments(instruction),
            _ => {}
        }
    }

    fn tie(&mut self, registers: [u16; 2]) {
        if registers.iter().any(|register| self.has(*register)) {
            self.add_all(registers);
        }
    }

    /// Whether an instruction reads or writes what is wanted.
    fn touched_by(&self, instruction: &Instruction, after: Option<&Instruction>) -> bool {
        if is_call(instruction) || is_filled(instruction) {
            let result = after.filter(|after| matches!(after.byte, 0x0a..=0x0c));
            return self.has_argument(instruction) || result.is_some_and(|result| self.has(result.a));
        }
        match instruction.byte {
            // fill-array-data; aput, iput, sput and their kinds
            0x26 | 0x59..=0x5f | 0x67..=0x6d => self.has(instruction.a),
            0x4b..=0x51 => self.has(instruction.a) || self.has(instruction.b),
            byte if writes_a(byte) => {
                self.has(instruction.a) || is_wide(byte) && instruction.a.checked_add(1).is_some_and(|it| self.has(it))
            }
            _ => false,
        }
    }
}

fn is_call(instruction: &Instruction) -> bool {
    is_invoke(instruction.byte)
}

/// invoke-* of all kinds
pub(super) fn is_invoke(byte: u8) -> bool {
    matches!(byte, 0x6e..=0x78 | 0xfa..=0xfd)
}

/// filled-new-array and its range
fn is_filled(instruction: &Instruction) -> bool {
    matches!(instruction.byte, 0x24 | 0x25)
}

/// The blocks from which the goal can be reached.
fn leading_to(graph: &Graph, goal: Goal) -> Vec<bool> {
    let place = match goal {
        // Every block that can return counts, and what can only throw is soon over.
        Goal::Return => return vec![true; graph.blocks.len()],
        Goal::Call(pc) | Goal::Register(pc, _) => pc,
    };
    let mut sources: Vec<Vec<usize>> = vec![Vec::new(); graph.blocks.len()];
    for (index, block) in graph.blocks.iter().enumerate() {
        for next in block.successors.iter().chain(graph.handlers(block)) {
            if let Some(sources) = sources.get_mut(*next) {
                sources.push(index);
            }
        }
    }
    let mut leads = vec![false; graph.blocks.len()];
    let mut waiting: Vec<usize> = graph.block_at(place).into_iter().collect();
    while let Some(block) = waiting.pop() {
        if let Some(slot) = leads.get_mut(block).filter(|slot| !**slot) {
            *slot = true;
            waiting.extend(sources.get(block).into_iter().flatten());
        }
    }
    leads
}
