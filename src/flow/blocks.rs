//! The basic blocks of a method and how control passes between them.

use crate::dex::{Code, Flow, Instruction, Payload};

/// Code units of a method that is analysed: compilers stop at 65,536, and an instruction costs far more than its bytes.
pub(super) const MAX_UNITS: u32 = 1 << 20;

/// A run of instructions that is entered at its first and left at its last.
#[derive(Debug, Clone, Default)]
pub(super) struct Block {
    /// Places in [`Graph::instructions`].
    pub(super) start: usize,
    /// One after the last place.
    pub(super) end: usize,
    /// Blocks that may run next.
    pub(super) successors: Vec<usize>,
    /// The place in [`Graph::handlers`] of the blocks that handle exceptions thrown inside.
    guard: Option<usize>,
}

/// A method cut into basic blocks, in order of their place; the first is the entry.
#[derive(Debug, Clone, Default)]
pub(super) struct Graph {
    pub(super) instructions: Vec<Instruction>,
    pub(super) blocks: Vec<Block>,
    /// The handlers of each try range, which many blocks share.
    handlers: Vec<Vec<usize>>,
}

impl Graph {
    /// The blocks of a method; none where it is far larger than any compiler writes, or its switches claim more targets
    /// than it has code units, as switches that share a payload over and over do.
    pub(super) fn of(code: &Code<'_>) -> Option<Self> {
        if code.units() > MAX_UNITS {
            return None;
        }
        let mut room = code.units();
        let instructions: Vec<Instruction> = code.instructions().collect();
        let tries = code.tries();

        let mut leaders = vec![0u32];
        let mut targets: Vec<(usize, Vec<u32>)> = Vec::new();
        for (place, instruction) in instructions.iter().enumerate() {
            let mut next: Vec<u32> = match instruction.opcode.flow {
                Flow::Next => continue,
                Flow::If => instruction.target().into_iter().chain([instruction.next()]).collect(),
                Flow::Goto => instruction.target().into_iter().collect(),
                Flow::Switch => {
                    let payload = instruction.target().and_then(|at| Some((at, Payload::at(code.insns, at)?.1)));
                    room = room.checked_sub(payload.map_or(0, |(_, length)| length))?;
                    let targets = payload.map(|(at, _)| Payload::targets(code.insns, instruction.pc, at));
                    targets.into_iter().flatten().chain([instruction.next()]).collect()
                }
                Flow::Return | Flow::Throw | Flow::Unused => Vec::new(),
            };
            next.sort_unstable();
            next.dedup();
            leaders.extend(&next);
            leaders.push(instruction.next());
            targets.push((place, next));
        }
        for entry in &tries {
            leaders.extend([entry.start, entry.end]);
            leaders.extend(entry.handlers.iter().map(|handler| handler.pc));
        }
        leaders.sort_unstable();
        leaders.dedup();

        let place_of = |pc: u32| instructions.binary_search_by_key(&pc, |instruction| instruction.pc).ok();
        let starts: Vec<usize> = leaders.iter().filter_map(|pc| place_of(*pc)).collect();
        let block_of = |pc: u32| place_of(pc).and_then(|place| starts.binary_search(&place).ok());
        let mut blocks: Vec<Block> = starts
            .iter()
            .zip(starts.iter().skip(1).chain([&instructions.len()]))
            .map(|(start, end)| Block { start: *start, end: *end, ..Block::default() })
            .collect();

        let mut ends = targets.into_iter().peekable();
        for (index, block) in blocks.iter_mut().enumerate() {
            let last = block.end.saturating_sub(1);
            if let Some((_, next)) = ends.next_if(|(place, _)| *place == last) {
                block.successors = next.into_iter().filter_map(block_of).collect();
            } else if let Some(following) = index.checked_add(1).filter(|following| *following < starts.len()) {
                block.successors.push(following);
            }
        }
        let mut lists = Vec::new();
        for entry in &tries {
            let mut handlers: Vec<usize> = entry.handlers.iter().filter_map(|handler| block_of(handler.pc)).collect();
            handlers.sort_unstable();
            handlers.dedup();
            // The bounds of a range are leaders, so it holds whole blocks.
            let place = |pc: u32| starts.partition_point(|start| instructions.get(*start).is_some_and(|it| it.pc < pc));
            for block in blocks.get_mut(place(entry.start)..place(entry.end)).unwrap_or_default() {
                block.guard = Some(lists.len());
            }
            lists.push(handlers);
        }
        Some(Self { instructions, blocks, handlers: lists })
    }

    /// The block with the instruction at a code unit.
    pub(super) fn block_at(&self, pc: u32) -> Option<usize> {
        let starts = |block: &Block| self.body(block).first().is_some_and(|first| first.pc <= pc);
        self.blocks.partition_point(starts).checked_sub(1)
    }

    /// The blocks that handle exceptions thrown in a block.
    pub(super) fn handlers(&self, block: &Block) -> &[usize] {
        block.guard.and_then(|guard| self.handlers.get(guard)).map_or(&[], Vec::as_slice)
    }

    /// The instructions of a block.
    pub(super) fn body(&self, block: &Block) -> &[Instruction] {
        self.instructions.get(block.start..block.end).unwrap_or_default()
    }
}
