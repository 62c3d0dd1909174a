//! Code items: registers, instructions, exception handlers.

use super::TypeIdx;
use super::bytes::{Cursor, at, u16_at, u32_at};
use super::instruction::{Glances, Instructions};
use crate::error::{Error, Result};

/// Bytes of a `code_item` in front of its instructions.
const CODE_HEADER: usize = 16;

/// Handlers of one method that are looked at: its try items and their lists may share bytes, so the file's size is no
/// bound. A method has no more than 65,536 code units that a handler could start at.
const MAX_HANDLERS: usize = 1 << 16;

/// `code_item`
#[derive(Debug, Clone, Copy)]
pub struct Code<'a> {
    /// Registers of the method, `p` registers last.
    pub registers: u16,
    /// Registers that hold the arguments, receiver included.
    pub ins: u16,
    /// The instructions, two bytes a code unit.
    pub insns: &'a [u8],
    /// Bytes from the start of the file (of the container for version 041) to the first instruction.
    pub offset: u32,
    data: &'a [u8],
    tries: u16,
}

/// A handler of a `try_item`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handler {
    /// What it catches; none = everything.
    pub ty: Option<TypeIdx>,
    /// Its first code unit.
    pub pc: u32,
}

/// `try_item` with its handlers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Try {
    /// First code unit.
    pub start: u32,
    /// Code unit after the last.
    pub end: u32,
    /// Handlers in order.
    pub handlers: Vec<Handler>,
}

impl<'a> Code<'a> {
    /// The code item at `offset`.
    #[inline]
    pub(super) fn read(data: &'a [u8], offset: u32) -> Result<Self> {
        Self::parse(data, offset).ok_or_else(|| Self::out_of_range(data, offset))
    }

    #[inline]
    fn parse(data: &'a [u8], offset: u32) -> Option<Self> {
        let item = data.get(at(offset)..)?;
        let bytes = at(u32_at(item, 12)?).checked_mul(2)?;
        Some(Self {
            registers: u16_at(item, 0)?,
            ins: u16_at(item, 2)?,
            tries: u16_at(item, 6)?,
            insns: item.get(CODE_HEADER..)?.get(..bytes)?,
            offset: offset.checked_add(u32::try_from(CODE_HEADER).ok()?)?,
            data,
        })
    }

    #[cold]
    fn out_of_range(data: &[u8], offset: u32) -> Error {
        let units = at(offset).checked_add(12).and_then(|place| u32_at(data, place)).unwrap_or_default();
        Error::malformed(
            format!("code item of {units} code units does not fit in the {} bytes of the file", data.len()),
            u64::from(offset),
        )
    }

    /// Code units.
    pub fn units(&self) -> u32 {
        u32::try_from(self.insns.len() >> 1).unwrap_or(u32::MAX)
    }

    /// Bytes from the start of the file to the instruction at code unit `pc`.
    pub fn file_offset(&self, pc: u32) -> u64 {
        u64::from(self.offset).saturating_add(u64::from(pc).saturating_mul(2))
    }

    /// The instructions in order of their place, payloads left out.
    pub fn instructions(&self) -> Instructions<'a> {
        Instructions::new(self.insns)
    }

    /// The same instructions, as far as a first look needs them.
    pub fn glances(&self) -> Glances<'a> {
        Glances::new(self.insns)
    }

    /// The exception handlers, in ascending order of their ranges, which do not overlap. A list that does not fit in the
    /// file, is out of order or has more handlers than a method has code units ends early.
    pub fn tries(&self) -> Vec<Try> {
        let mut tries = Vec::new();
        let Some(mut item) = self.try_items() else { return tries };
        let handlers = item.saturating_add(usize::from(self.tries).saturating_mul(8));
        let mut covered = 0;
        let mut listed = 0usize;
        for _ in 0..self.tries {
            let Some(entry) = self.read_try(item, handlers) else { break };
            listed = listed.saturating_add(entry.handlers.len());
            if entry.start < covered || listed > MAX_HANDLERS {
                break;
            }
            covered = entry.end;
            tries.push(entry);
            item = item.saturating_add(8);
        }
        tries
    }

    /// The first byte of the try items, which are aligned to four bytes.
    fn try_items(&self) -> Option<usize> {
        let padding = if self.units() & 1 == 1 { 2 } else { 0 };
        at(self.offset).checked_add(self.insns.len())?.checked_add(padding)
    }

    fn read_try(&self, item: usize, handlers: usize) -> Option<Try> {
        let start = u32_at(self.data, item)?;
        let count = u16_at(self.data, item.checked_add(4)?)?;
        let offset = u16_at(self.data, item.checked_add(6)?)?;
        let mut cursor = Cursor::new(self.data, handlers.checked_add(offset.into())?);
        // A size of zero or less says that a catch-all handler follows the typed ones.
        let size = cursor.sleb128()?;
        let mut list = Vec::new();
        for _ in 0..size.unsigned_abs().min(u32::try_from(MAX_HANDLERS).ok()?) {
            list.push(Handler { ty: Some(TypeIdx(cursor.uleb128()?)), pc: cursor.uleb128()? });
        }
        if size <= 0 {
            list.push(Handler { ty: None, pc: cursor.uleb128()? });
        }
        Some(Try { start, end: start.saturating_add(count.into()), handlers: list })
    }
}
