//! The basic blocks of a method and how control passes between them.

use crate::dex::{Code, Flow, Instruction, Payload};

/// A run of instructions that is entered at its first and left at its last.
#[derive(Debug, Clone, Default)]
pub(super) struct Block {
    /// Places in [`Blocks::instructions`].
    pub(super) start: usize,
    /// One after the last place.
    pub(super) end: usize,
    /// Blocks that may run next.
    pub(super) successors: Vec<usize>,
    /// Blocks that handle exceptions thrown inside.
    pub(super) handlers: Vec<usize>,
}

/// A method cut into basic blocks, in order of their place; the first is the entry.
#[derive(Debug, Clone, Default)]
pub(super) struct Blocks {
    pub(super) instructions: Vec<Instruction>,
    pub(super) blocks: Vec<Block>,
}

impl Blocks {
    pub(super) fn of(code: &Code<'_>) -> Self {
        let instructions: Vec<Instruction> = code.instructions().collect();
        let tries = code.tries();

        let mut leaders = vec![0u32];
        let mut targets: Vec<(usize, Vec<u32>)> = Vec::new();
        for (place, instruction) in instructions.iter().enumerate() {
            let mut next: Vec<u32> = match instruction.opcode.flow {
                Flow::Next => continue,
                Flow::If => instruction.target().into_iter().chain([instruction.next()]).collect(),
                Flow::Goto => instruction.target().into_iter().collect(),
                Flow::Switch => instruction
                    .target()
                    .map(|payload| Payload::targets(code.insns, instruction.pc, payload))
                    .unwrap_or_default()
                    .into_iter()
                    .chain([instruction.next()])
                    .collect(),
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
        for entry in &tries {
            let handlers: Vec<usize> = entry.handlers.iter().filter_map(|handler| block_of(handler.pc)).collect();
            for block in &mut blocks {
                let pc = instructions.get(block.start).map_or(0, |instruction| instruction.pc);
                if entry.start <= pc && pc < entry.end {
                    block.handlers.extend(&handlers);
                }
            }
        }
        Self { instructions, blocks }
    }

    /// The instructions of a block.
    pub(super) fn body(&self, block: &Block) -> &[Instruction] {
        self.instructions.get(block.start..block.end).unwrap_or_default()
    }
}
