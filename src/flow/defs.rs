//! Which instructions may bring what a register holds at a place: the search goes back from there, block by block and past
//! moves, to whatever wrote it. Nothing of the method is run, and what does not bring the value is not looked at.

use rustc_hash::FxHashSet;

use super::blocks::MAX_UNITS;
use super::constants::{is_wide, writes_a};
use crate::dex::{Code, Flow, Glance, Instruction, Opcode, Payload, Try};

/// Instructions that are looked at for the price of one value.
const GLANCES: usize = 16;

/// What wrote a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    /// Nothing did: it holds what it held when the method began.
    Start(u16),
    /// The instruction at that place; it is no move.
    At(usize),
    /// It is the second register of a wide value, or none of the method.
    Rest,
}

/// The instructions of a method, cut into blocks, with the ways between those that can run.
#[derive(Debug)]
pub(super) struct Layout<'b> {
    insns: &'b [u8],
    /// Registers of the method.
    registers: u16,
    ops: Vec<Glance>,
    /// By place: one more than its block; nothing in front of the first.
    blocks: Vec<u32>,
    /// By block: its first place; one more at the end.
    starts: Vec<usize>,
    /// By block: whether it can run.
    runs: Vec<bool>,
    /// By block: where those stand in `leading` that may run right before it, from the first to one past the last.
    leads: Vec<(usize, usize)>,
    /// Blocks that can run, in order for each that they lead to.
    leading: Vec<usize>,
    /// Handler, and the blocks from which an exception leads to it: the first and one past the last; in order.
    thrown: Vec<(usize, usize, usize)>,
}

/// Blocks that exceptions leave: the first, one past the last, and those that handle them.
type Guarded = (usize, usize, Vec<usize>);

impl<'b> Layout<'b> {
    /// The layout of a method; none where it is far larger than any compiler writes, or its switches claim more targets
    /// than it has code units, as switches that share a payload over and over do.
    pub(super) fn of(code: &Code<'b>) -> Option<Self> {
        if code.units() > MAX_UNITS {
            return None;
        }
        let mut ops = Vec::with_capacity((code.units() as usize).div_ceil(2));
        code.glances().for_each(|op| ops.push(op));
        let tries = code.tries();
        let mut it = Self {
            insns: code.insns,
            registers: code.registers,
            blocks: vec![0; ops.len()],
            ops,
            starts: Vec::new(),
            runs: Vec::new(),
            leads: Vec::new(),
            leading: Vec::new(),
            thrown: Vec::new(),
        };
        let jumps = it.jumps()?;
        it.lead(it.place_at(0));
        for entry in &tries {
            let handlers = entry.handlers.iter().map(|handler| handler.pc);
            for pc in handlers.chain([entry.start, entry.end]) {
                it.lead(it.place_at(pc));
            }
        }
        it.cut();
        it.connect(&jumps, &tries);
        Some(it)
    }

    /// The ways of the instructions that do not just go on, from place to place; marks where blocks start at those.
    fn jumps(&mut self) -> Option<Vec<(usize, usize)>> {
        let mut room = self.insns.len() >> 1;
        let mut jumps: Vec<(usize, usize)> = Vec::new();
        for place in 0..self.ops.len() {
            let Some(op) = self.ops.get(place).copied() else { break };
            let Opcode { flow, format, .. } = Opcode::of(op.byte);
            if *flow == Flow::Next {
                continue;
            }
            let next = place.saturating_add(1);
            self.lead(Some(next));
            let mut jump = |to: Option<usize>| jumps.extend(to.map(|to| (place, to)));
            match (flow, op.target(self.insns)) {
                (Flow::If | Flow::Goto, Some(target)) => jump(self.place_at(target)),
                (Flow::Switch, Some(target)) => {
                    if let Some((_, length)) = Payload::at(self.insns, target) {
                        room = room.checked_sub(length as usize)?;
                        for target in Payload::targets(self.insns, op.pc, target) {
                            jump(self.place_at(target));
                        }
                    }
                }
                _ => {}
            }
            // What stands behind a payload does not follow.
            let follows = |after: &Glance| after.pc == op.pc.saturating_add(format.units().into());
            if matches!(flow, Flow::If | Flow::Switch) && self.ops.get(next).is_some_and(follows) {
                jump(Some(next));
            }
        }
        for (_, to) in &jumps {
            self.lead(Some(*to));
        }
        Some(jumps)
    }

    /// Marks the start of a block.
    fn lead(&mut self, place: Option<usize>) {
        if let Some(slot) = place.and_then(|place| self.blocks.get_mut(place)) {
            *slot = 1;
        }
    }

    /// Cuts the method where blocks start.
    fn cut(&mut self) {
        let count: usize = self.blocks.iter().map(|leads| *leads as usize).sum();
        self.starts.reserve_exact(count.saturating_add(1));
        let mut blocks = 0u32;
        for (place, slot) in self.blocks.iter_mut().enumerate() {
            if *slot == 1 {
                self.starts.push(place);
                blocks = blocks.saturating_add(1);
            }
            *slot = blocks;
        }
        self.starts.push(self.ops.len());
    }

    /// Finds the blocks that can run and the ways between them.
    fn connect(&mut self, jumps: &[(usize, usize)], tries: &[Try]) {
        let blocks = self.starts.len().saturating_sub(1);
        // Straight code.
        if blocks == 1 && jumps.is_empty() && tries.is_empty() {
            self.runs = vec![true];
            self.leads = vec![(0, 0)];
            return;
        }
        let mut ways: Vec<(usize, usize)> = Vec::with_capacity(jumps.len().saturating_add(blocks));
        let mut firsts: Vec<usize> = Vec::with_capacity(blocks.saturating_add(1));
        let mut jumps = jumps.iter().peekable();
        for (block, end) in self.starts.iter().skip(1).enumerate() {
            firsts.push(ways.len());
            // Only the last instruction of a block leads elsewhere.
            let last = end.saturating_sub(1);
            while let Some((_, to)) = jumps.next_if(|(from, _)| *from <= last) {
                ways.extend(self.block_of(*to).map(|to| (block, to)));
            }
            let next = block.saturating_add(1);
            let goes_on = |last: &Glance| Opcode::of(last.byte).flow == Flow::Next;
            if next < blocks && self.ops.get(last).is_some_and(goes_on) {
                ways.push((block, next));
            }
        }
        firsts.push(ways.len());
        let first_after = |pc: u32| {
            let starts = self.starts.get(..blocks).unwrap_or_default();
            starts.partition_point(|start| self.ops.get(*start).is_some_and(|op| op.pc < pc))
        };
        let guarded = tries.iter().map(|entry| {
            let handlers = entry.handlers.iter().filter_map(|handler| self.block_of(self.place_at(handler.pc)?));
            (first_after(entry.start), first_after(entry.end), handlers.collect())
        });
        let guarded: Vec<Guarded> = guarded.collect();
        self.runs = running(&ways, &firsts, &guarded);
        self.turn(&ways);
        let thrown = guarded.iter().flat_map(|(start, end, to)| to.iter().map(|to| (*to, *start, *end)));
        self.thrown = thrown.collect();
        self.thrown.sort_unstable();
        self.thrown.dedup();
    }

    /// Turns the ways around that start at blocks that can run.
    fn turn(&mut self, ways: &[(usize, usize)]) {
        let runs = |from: usize| self.runs.get(from).is_some_and(|runs| *runs);
        let taken = || ways.iter().filter(|(from, _)| runs(*from));
        self.leads = vec![(0, 0); self.runs.len()];
        for (_, to) in taken() {
            if let Some((count, _)) = self.leads.get_mut(*to) {
                *count = count.saturating_add(1);
            }
        }
        let mut sum = 0usize;
        for bounds in &mut self.leads {
            sum = sum.saturating_add(bounds.0);
            *bounds = (sum, sum);
        }
        self.leading = vec![0; sum];
        // From the last one backwards, where each list starts at its end and grows downwards.
        for (from, to) in taken().rev() {
            let Some((start, end)) = self.leads.get_mut(*to) else { continue };
            // A switch may lead to one block more than once.
            if start < end && self.leading.get(*start) == Some(from) {
                continue;
            }
            *start = start.saturating_sub(1);
            if let Some(free) = self.leading.get_mut(*start) {
                *free = *from;
            }
        }
    }

    /// The block that a place is in.
    fn block_of(&self, place: usize) -> Option<usize> {
        (*self.blocks.get(place)? as usize).checked_sub(1)
    }

    /// The place of the instruction at a code unit.
    pub(super) fn place_at(&self, pc: u32) -> Option<usize> {
        place_of(&self.ops, pc)
    }

    /// Whether a place can be reached from the start of the method.
    pub(super) fn can_run(&self, place: usize) -> bool {
        self.block_of(place).and_then(|block| self.runs.get(block)).is_some_and(|runs| *runs)
    }

    /// The instruction at a place.
    pub(super) fn at(&self, place: usize) -> Option<Instruction> {
        Instruction::decode(self.insns, self.ops.get(place)?.pc)
    }

    /// All instructions at a glance.
    pub(super) fn ops(&self) -> &[Glance] {
        &self.ops
    }

    /// The place that always runs right before another one: in its block, or at the end of the only one that leads to it.
    pub(super) fn before(&self, place: usize) -> Option<usize> {
        let block = self.block_of(place)?;
        if self.starts.get(block) == Some(&place) {
            let is_handler = self.throwing(block).next().is_some();
            let ([from], false, false) = (self.leading(block), is_handler, block == 0) else { return None };
            return self.starts.get(from.checked_add(1)?)?.checked_sub(1);
        }
        place.checked_sub(1)
    }

    /// Whether two places are in one block.
    pub(super) fn are_in_one_block(&self, one: usize, other: usize) -> bool {
        self.block_of(one) == self.block_of(other)
    }

    /// Whether a place is the first of its block.
    pub(super) fn is_first(&self, place: usize) -> bool {
        self.block_of(place).and_then(|block| self.starts.get(block)) == Some(&place)
    }

    /// The ways to a block but by exceptions.
    fn leading(&self, block: usize) -> &[usize] {
        let bounds = self.leads.get(block);
        bounds.and_then(|(start, end)| self.leading.get(*start..*end)).unwrap_or_default()
    }

    /// The blocks from which exceptions lead to a block, whether they can run or not.
    fn throwing(&self, block: usize) -> impl Iterator<Item = usize> {
        let start = self.thrown.partition_point(|(to, ..)| *to < block);
        let rest = self.thrown.get(start..).unwrap_or_default().iter();
        rest.take_while(move |(to, ..)| *to == block).flat_map(|(_, start, end)| *start..*end)
    }

    /// What may have written a register in front of a place; nothing where no way leads there. `spend` is told what the
    /// search costs; where it gives none, so does this.
    pub(super) fn sources(
        &self,
        register: u16,
        place: usize,
        spend: impl Fn(usize) -> Option<()>,
    ) -> Option<Vec<Source>> {
        let mut search = Search { layout: self, found: Vec::new(), waiting: Vec::new() };
        let mut seen = Seen::default();
        let mut next = self.block_of(place).map(|block| Front { register, block, end: place });
        while let Some(Front { register, block, end }) = next.take() {
            if self.registers <= register {
                search.found.push(Source::Rest);
                next = search.waiting.pop();
                continue;
            }
            let start = self.start(block);
            let body = self.ops.get(start..end).unwrap_or_default();
            let writer = body.iter().rposition(|op| writes(*op, register));
            spend((body.len().saturating_sub(writer.unwrap_or(0)) / GLANCES).saturating_add(1))?;
            if let Some(writer) = writer {
                search.written(register, block, start.saturating_add(writer));
            } else if seen.insert(block, register) {
                search.enter(register, block, &spend)?;
            }
            next = search.waiting.pop();
        }
        search.found.sort_unstable();
        search.found.dedup();
        Some(search.found)
    }

    /// The first place of a block.
    fn start(&self, block: usize) -> usize {
        self.starts.get(block).copied().unwrap_or(self.ops.len())
    }
}

/// By block: whether it can run; `firsts` is by block the first of its ways.
fn running(ways: &[(usize, usize)], firsts: &[usize], guarded: &[Guarded]) -> Vec<bool> {
    let mut runs = vec![false; firsts.len().saturating_sub(1)];
    let mut waiting = vec![0];
    let mut met = vec![false; guarded.len()];
    while let Some(block) = waiting.pop() {
        let Some(slot) = runs.get_mut(block).filter(|runs| !**runs) else { continue };
        *slot = true;
        let bounds = firsts.get(block).zip(firsts.get(block.saturating_add(1)));
        let next = bounds.and_then(|(start, end)| ways.get(*start..*end)).unwrap_or_default();
        waiting.extend(next.iter().map(|(_, to)| *to));
        let guard = guarded.partition_point(|(_, end, _)| *end <= block);
        let handlers = guarded.get(guard).filter(|(start, ..)| *start <= block).map(|(.., handlers)| handlers);
        if let Some((handlers, met)) = handlers.zip(met.get_mut(guard)).filter(|(_, met)| !**met) {
            *met = true;
            waiting.extend(handlers);
        }
    }
    runs
}

/// The place of the instruction at a code unit.
fn place_of(ops: &[Glance], pc: u32) -> Option<usize> {
    ops.binary_search_by_key(&pc, |op| op.pc).ok()
}

/// A search for what wrote a register.
struct Search<'l, 'b> {
    layout: &'l Layout<'b>,
    found: Vec<Source>,
    waiting: Vec<Front>,
}

/// The blocks that a search went through, each with the register that it looked for. Most go through few.
#[derive(Default)]
struct Seen {
    few: Vec<(usize, u16)>,
    many: FxHashSet<(usize, u16)>,
}

impl Seen {
    const FEW: usize = 16;

    /// Adds a block; whether it is new.
    fn insert(&mut self, block: usize, register: u16) -> bool {
        if self.few.contains(&(block, register)) {
            return false;
        }
        if self.few.len() < Self::FEW {
            self.few.push((block, register));
            return true;
        }
        self.many.insert((block, register))
    }
}

/// How far a search has come: the register may have been written in front of that place of the block.
struct Front {
    register: u16,
    block: usize,
    end: usize,
}

impl Search<'_, '_> {
    /// Goes on from an instruction that wrote the register.
    fn written(&mut self, register: u16, block: usize, place: usize) {
        let Some(op) = self.layout.ops.get(place) else { return };
        if op.a != register {
            self.found.push(Source::Rest);
        } else if matches!(op.byte, 0x01..=0x09) {
            let moved = self.layout.at(place);
            self.waiting.extend(moved.map(|moved| Front { register: moved.b, block, end: place }));
        } else {
            self.found.push(Source::At(place));
        }
    }

    /// Goes on from the start of a block that does not write the register in front of the place.
    fn enter(&mut self, register: u16, block: usize, spend: &impl Fn(usize) -> Option<()>) -> Option<()> {
        let layout = self.layout;
        if block == 0 {
            self.found.push(Source::Start(register));
        }
        let leading = layout.leading(block).iter();
        self.waiting.extend(leading.map(|from| Front {
            register,
            block: *from,
            end: layout.start(from.saturating_add(1)),
        }));
        // An exception may leave a block before and after any of its instructions.
        for from in layout.throwing(block) {
            let (start, end) = (layout.start(from), layout.start(from.saturating_add(1)));
            let body = layout.ops.get(start..end).unwrap_or_default();
            spend((body.len() / GLANCES).saturating_add(1))?;
            if !layout.runs.get(from).is_some_and(|runs| *runs) {
                continue;
            }
            for (place, _) in (start..).zip(body).filter(|(_, op)| writes(**op, register)) {
                self.written(register, from, place);
            }
            self.waiting.push(Front { register, block: from, end: start });
        }
        Some(())
    }
}

/// Whether an instruction writes a register.
fn writes(op: Glance, register: u16) -> bool {
    let is_rest = || op.a.checked_add(1) == Some(register) && is_wide(op.byte);
    (op.a == register || is_rest()) && writes_a(op.byte)
}
