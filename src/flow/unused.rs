//! Objects that a method makes and nobody ever gets: a listener that is never registered, a thread that is never started.
//!
//! Only the straight code behind the place is looked at, and only what is plain to see counts: an object that is not even
//! read after its constructor took it is unused, unless that gave it away.

use std::sync::atomic::{AtomicU8, Ordering};

use super::constants::writes_a;
use super::hierarchy::{Hierarchy, Method};
use crate::dex::{Code, Flow, Format, Instruction, MethodIdx};

/// Instructions behind a place that are looked at.
const MAX_INSTRUCTIONS: usize = 32;

/// Constructors that call each other.
const MAX_CONSTRUCTORS: usize = 8;

/// Searches for such objects in a program, which remember what they saw of its constructors.
pub struct Unused<'h, 'p, 'b> {
    hierarchy: &'h Hierarchy<'p, 'b>,
    /// By method, of a constructor that was asked about: whether it gives its object away.
    known: Vec<AtomicU8>,
}

/// What is known of a constructor.
const GIVES_AWAY: u8 = 1;
const KEEPS: u8 = 2;

impl<'h, 'p, 'b> Unused<'h, 'p, 'b> {
    /// Those of a program.
    pub fn of(hierarchy: &'h Hierarchy<'p, 'b>) -> Self {
        Self { hierarchy, known: hierarchy.methods().iter().map(|_| AtomicU8::new(0)).collect() }
    }

    /// Whether nobody gets the object that a method makes at a code unit.
    pub(super) fn contains(&self, method: Method, pc: u32) -> bool {
        let Some(code) = code_of(self.hierarchy, method) else { return false };
        // An exception could lead to code that reads it.
        let is_guarded = || code.tries().iter().any(|entry| entry.start <= pc && pc < entry.end);
        let Some(made) = Instruction::decode(code.insns, pc).filter(|made| made.byte == 0x22) else { return false };
        let mut next = made.next();
        let mut built = false;
        for _ in 0..MAX_INSTRUCTIONS {
            let Some(instruction) = Instruction::decode(code.insns, next) else { return false };
            next = instruction.next();
            if is_construction(&instruction, made.a) {
                if built || self.gives_away(method, MethodIdx(instruction.index), MAX_CONSTRUCTORS) {
                    return false;
                }
                built = true;
            } else if reads(&instruction, made.a) {
                return false;
            } else if writes_a(instruction.byte) && instruction.a == made.a || instruction.opcode.flow == Flow::Return {
                return built && !is_guarded();
            } else if instruction.opcode.flow != Flow::Next {
                return false;
            }
        }
        false
    }

    /// Whether a constructor, as a file names it in the code of a method, lets anybody else have the object that it
    /// builds. Those of the platform do not.
    fn gives_away(&self, within: Method, index: MethodIdx, left: usize) -> bool {
        let hierarchy = self.hierarchy;
        let named = hierarchy.method(within).and_then(|within| hierarchy.named(within.unit, index));
        let Some((class, signature)) = named else { return true };
        if hierarchy.class(class).is_none() {
            return false;
        }
        let Some(constructor) = hierarchy.resolve(class, signature) else { return true };
        // How far others are followed depends on how many led here.
        let known = self.known.get(constructor.0 as usize).filter(|_| left == MAX_CONSTRUCTORS);
        match known.map(|known| known.load(Ordering::Relaxed)) {
            Some(GIVES_AWAY) => return true,
            Some(KEEPS) => return false,
            _ => {}
        }
        let gives = left.checked_sub(1).is_none_or(|left| self.hands_out(constructor, left));
        if let Some(known) = known {
            known.store(if gives { GIVES_AWAY } else { KEEPS }, Ordering::Relaxed);
        }
        gives
    }

    fn hands_out(&self, constructor: Method, left: usize) -> bool {
        let Some(code) = code_of(self.hierarchy, constructor) else { return true };
        let Some(this) = code.registers.checked_sub(code.ins) else { return true };
        code.instructions().any(|instruction| match instruction.byte {
            _ if is_construction(&instruction, this) => {
                self.gives_away(constructor, MethodIdx(instruction.index), left)
            }
            // iget, iput and their kinds, on the object
            0x52..=0x58 => false,
            0x59..=0x5f => instruction.a == this,
            _ => reads(&instruction, this),
        })
    }
}

/// Whether an instruction is the call of a constructor on what a register holds, which it takes once.
fn is_construction(instruction: &Instruction, register: u16) -> bool {
    // invoke-direct
    let registers = || (0..instruction.args.count()).filter_map(|place| instruction.args.register(place));
    matches!(instruction.byte, 0x70 | 0x76)
        && instruction.args.register(0) == Some(register)
        && registers().filter(|other| *other == register).count() == 1
}

/// Whether an instruction reads a register.
fn reads(instruction: &Instruction, register: u16) -> bool {
    let (a, b, c) = (instruction.a == register, instruction.b == register, instruction.c == register);
    let in_list = || (0..instruction.args.count()).any(|place| instruction.args.register(place) == Some(register));
    let others = match instruction.opcode.format {
        Format::F12x | Format::F22x | Format::F32x | Format::F22b | Format::F22s | Format::F22c | Format::F22t => b,
        Format::F23x => b || c,
        Format::F35c | Format::F45cc | Format::F3rc | Format::F4rcc => return in_list(),
        _ => false,
    };
    // Arithmetic on two registers writes the first, which it reads too.
    let is_only_written = writes_a(instruction.byte) && !matches!(instruction.byte, 0xb0..=0xcf);
    others || a && !is_only_written && !matches!(instruction.opcode.format, Format::F10x | Format::F10t)
}

fn code_of<'b>(hierarchy: &Hierarchy<'_, 'b>, method: Method) -> Option<Code<'b>> {
    let defined = hierarchy.method(method)?;
    hierarchy.program.units.get(defined.unit as usize)?.dex.code(&defined.row).ok().flatten()
}
