//! The instruction decoder.

use super::bytes::{at, u16_at, u32_at};
use super::opcode::{First, Flow, Format, Opcode, SHAPES};

/// The registers that a call or array takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Args {
    /// Up to five, each named.
    List([u16; 5], u8),
    /// A run of them.
    Range(u16, u16),
}

impl Args {
    /// How many.
    pub fn count(&self) -> usize {
        match *self {
            Self::List(_, count) => count.into(),
            Self::Range(_, count) => count.into(),
        }
    }

    /// The register at `position`.
    pub fn register(&self, position: usize) -> Option<u16> {
        match *self {
            Self::List(list, count) => {
                if position < usize::from(count) {
                    list.get(position).copied()
                } else {
                    None
                }
            }
            Self::Range(first, count) => {
                let position = u16::try_from(position).ok()?;
                if position < count { first.checked_add(position) } else { None }
            }
        }
    }
}

/// One instruction.
#[derive(Debug, Clone, Copy)]
pub struct Instruction {
    /// Its first code unit, from the start of the method's instructions.
    pub pc: u32,
    /// The opcode byte.
    pub byte: u8,
    /// Its row in the table.
    pub opcode: &'static Opcode,
    /// Register A, or the only one.
    pub a: u16,
    /// Register B.
    pub b: u16,
    /// Register C.
    pub c: u16,
    /// Index into the table that the opcode names.
    pub index: u32,
    /// Literal; for branches, switches and array data the distance in code units.
    pub literal: i64,
    /// Registers of calls and filled arrays.
    pub args: Args,
}

impl Instruction {
    /// The code unit that a branch goes to, or where a payload lies.
    pub fn target(&self) -> Option<u32> {
        i64::from(self.pc).checked_add(self.literal).and_then(|pc| u32::try_from(pc).ok())
    }

    /// The code unit after it.
    pub fn next(&self) -> u32 {
        self.pc.saturating_add(self.opcode.format.units().into())
    }

    /// The instruction at code unit `pc`; none where it does not fit, its opcode is reserved, or a payload lies there.
    pub fn decode(insns: &[u8], pc: u32) -> Option<Self> {
        let units = insns.get(at(pc).checked_mul(2)?..)?;
        let first = u16_at(units, 0)?;
        let byte = first.to_le_bytes()[0];
        let high = first >> 8;
        let opcode = Opcode::of(byte);
        if byte == 0 && high != 0 || opcode.flow == Flow::Unused {
            return None;
        }
        if units.len() < usize::from(opcode.format.units()).saturating_mul(2) {
            return None;
        }
        let unit = |index: usize| u16_at(units, index.saturating_mul(2)).unwrap_or_default();
        let low32 = || u32_at(units, 2).unwrap_or_default();
        let (low_nibble, high_nibble) = (high & 0xf, high >> 4);
        let mut out = Self { pc, byte, opcode, a: high, b: 0, c: 0, index: 0, literal: 0, args: Args::List([0; 5], 0) };
        match opcode.format {
            Format::F10x | Format::F11x => {}
            Format::F12x => (out.a, out.b) = (low_nibble, high_nibble),
            Format::F11n => {
                out.a = low_nibble;
                // Four bits, sign-extended.
                out.literal = i64::from((high_nibble << 12).cast_signed() >> 12);
            }
            Format::F10t => out.literal = i64::from(first.to_le_bytes()[1].cast_signed()),
            Format::F22x => out.b = unit(1),
            Format::F20t | Format::F21t | Format::F21s => out.literal = i64::from(unit(1).cast_signed()),
            Format::F21h => {
                let shift = if byte == 0x19 { 48 } else { 16 };
                out.literal = i64::from(unit(1).cast_signed()).wrapping_shl(shift);
            }
            Format::F21c => out.index = unit(1).into(),
            Format::F23x => [out.b, out.c] = unit(1).to_le_bytes().map(u16::from),
            Format::F22b => {
                let [b, literal] = unit(1).to_le_bytes();
                (out.b, out.literal) = (b.into(), literal.cast_signed().into());
            }
            Format::F22t | Format::F22s => {
                (out.a, out.b) = (low_nibble, high_nibble);
                out.literal = i64::from(unit(1).cast_signed());
            }
            Format::F22c => {
                (out.a, out.b) = (low_nibble, high_nibble);
                out.index = unit(1).into();
            }
            Format::F30t | Format::F31i | Format::F31t => out.literal = i64::from(low32().cast_signed()),
            Format::F32x => (out.a, out.b) = (unit(1), unit(2)),
            Format::F31c => out.index = low32(),
            Format::F35c | Format::F45cc => {
                out.index = unit(1).into();
                let regs = unit(2);
                let list = [regs & 0xf, regs >> 4 & 0xf, regs >> 8 & 0xf, regs >> 12, low_nibble];
                out.args = Args::List(list, high_nibble.min(5).to_le_bytes()[0]);
            }
            Format::F3rc | Format::F4rcc => {
                out.index = unit(1).into();
                out.args = Args::Range(unit(2), high);
            }
            Format::F51l => {
                let parts = [unit(1), unit(2), unit(3), unit(4)].map(u64::from);
                let [a, b, c, d] = parts;
                out.literal = (a | b << 16 | c << 32 | d << 48).cast_signed();
            }
        }
        Some(out)
    }
}

/// Data that stands between instructions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payload {
    /// `packed-switch-payload`
    Packed,
    /// `sparse-switch-payload`
    Sparse,
    /// `fill-array-data-payload`
    Array,
}

impl Payload {
    /// The payload at code unit `pc` and its length in code units.
    pub fn at(insns: &[u8], pc: u32) -> Option<(Self, u32)> {
        let units = insns.get(at(pc).checked_mul(2)?..)?;
        let size = u32::from(u16_at(units, 2)?);
        let (payload, length) = match u16_at(units, 0)? {
            0x0100 => (Self::Packed, size.checked_mul(2)?.checked_add(4)?),
            0x0200 => (Self::Sparse, size.checked_mul(4)?.checked_add(2)?),
            0x0300 => {
                let bytes = u64::from(size).checked_mul(u32_at(units, 4)?.into())?;
                (Self::Array, u32::try_from(bytes.checked_add(1)? >> 1).ok()?.checked_add(4)?)
            }
            _ => return None,
        };
        (u64::from(length).saturating_mul(2) <= units.len() as u64).then_some((payload, length))
    }

    /// The code units that a switch at `pc` with its payload at `payload` can go to.
    pub fn targets(insns: &[u8], pc: u32, payload: u32) -> Vec<u32> {
        let Some((kind, _)) = Self::at(insns, payload) else { return Vec::new() };
        let units = at(payload).checked_mul(2).and_then(|start| insns.get(start..)).unwrap_or_default();
        let size = usize::from(u16_at(units, 2).unwrap_or_default());
        let first = match kind {
            Self::Packed => 8,
            Self::Sparse => size.saturating_mul(4).saturating_add(4),
            Self::Array => return Vec::new(),
        };
        let distances = units.get(first..).unwrap_or_default().chunks_exact(4).take(size);
        distances
            .filter_map(|bytes| u32_at(bytes, 0))
            .filter_map(|distance| pc.checked_add_signed(distance.cast_signed()))
            .collect()
    }
}

impl Payload {
    /// The code unit that a switch at `pc` with its payload at `payload` goes to for a number; none where that is no case.
    pub fn chosen(insns: &[u8], pc: u32, payload: u32, number: i64) -> Option<u32> {
        let units = insns.get(at(payload).checked_mul(2)?..)?;
        let place = match Self::at(insns, payload)?.0 {
            Self::Packed => usize::try_from(number.checked_sub(i64::from(u32_at(units, 4)?.cast_signed()))?).ok()?,
            Self::Sparse => {
                let cases = units.get(4..)?.chunks_exact(4).take(u16_at(units, 2)?.into());
                cases
                    .map(|case| u32_at(case, 0))
                    .position(|case| case.map(u32::cast_signed).map(i64::from) == Some(number))?
            }
            Self::Array => return None,
        };
        Self::targets(insns, pc, payload).get(place).copied()
    }
}

/// The instructions of a method in order of their place, payloads left out. It ends at the first thing that is none.
#[derive(Debug, Clone)]
pub struct Instructions<'a> {
    insns: &'a [u8],
    pc: u32,
}

impl<'a> Instructions<'a> {
    pub(super) fn new(insns: &'a [u8]) -> Self {
        Self { insns, pc: 0 }
    }

    /// The code unit after the last instruction that was given.
    pub fn pc(&self) -> u32 {
        self.pc
    }
}

impl Iterator for Instructions<'_> {
    type Item = Instruction;

    fn next(&mut self) -> Option<Instruction> {
        loop {
            if let Some(instruction) = Instruction::decode(self.insns, self.pc) {
                self.pc = instruction.next();
                return Some(instruction);
            }
            let (_, length) = Payload::at(self.insns, self.pc)?;
            self.pc = self.pc.checked_add(length)?;
        }
    }
}

/// An instruction as far as a first look needs it: a fraction of what decoding it costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glance {
    /// Its first code unit, from the start of the method's instructions.
    pub pc: u32,
    /// The opcode byte.
    pub byte: u8,
    /// Register A, or the only one.
    pub a: u16,
}

impl Glance {
    /// The code unit that a branch in `insns` goes to, or where the payload of a switch lies.
    pub fn target(&self, insns: &[u8]) -> Option<u32> {
        let place = at(self.pc).checked_mul(2)?;
        let distance = match self.byte {
            // goto
            0x28 => i32::from(insns.get(place.checked_add(1)?)?.cast_signed()),
            // goto/32, packed-switch, sparse-switch
            0x2a..=0x2c => u32_at(insns, place.checked_add(2)?)?.cast_signed(),
            // goto/16, if-*
            0x29 | 0x32..=0x3d => u16_at(insns, place.checked_add(2)?)?.cast_signed().into(),
            _ => return None,
        };
        self.pc.checked_add_signed(distance)
    }
}

/// What [`Instructions`] gives, as far as a first look needs it.
#[derive(Debug, Clone)]
pub struct Glances<'a> {
    insns: &'a [u8],
    pc: u32,
}

impl<'a> Glances<'a> {
    pub(super) fn new(insns: &'a [u8]) -> Self {
        Self { insns, pc: 0 }
    }
}

impl Iterator for Glances<'_> {
    type Item = Glance;

    fn next(&mut self) -> Option<Glance> {
        loop {
            let (units, _) = self.insns.as_chunks::<2>();
            let rest = units.get(at(self.pc)..)?;
            let &[byte, high] = rest.first()?;
            if byte == 0 && high != 0 {
                let (_, length) = Payload::at(self.insns, self.pc)?;
                self.pc = self.pc.checked_add(length)?;
                continue;
            }
            let &(width, first) = SHAPES.get(usize::from(byte))?;
            if rest.len() < usize::from(width) {
                return None;
            }
            let a = match first {
                First::Unused => return None,
                First::Nibble => u16::from(high & 0xf),
                First::Byte => high.into(),
                First::Unit => rest.get(1).map_or(0, |unit| u16::from_le_bytes(*unit)),
            };
            let pc = self.pc;
            self.pc = pc.saturating_add(width.into());
            return Some(Glance { pc, byte, a });
        }
    }
}
