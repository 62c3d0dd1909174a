//! Native libraries: the names that one shared object exchanges with others, and the strings in its data.
//!
//! Reads what the dynamic linker of Android reads (bionic, `linker/linker_phdr.cpp` and `linker_soinfo.cpp`): program
//! headers and the dynamic section. Section headers, which the linker does without and packers forge, only tell code from
//! data. No instruction is decoded, no relocation applied, and debugging symbols are not looked at. The formats are those
//! of the System V ABI, chapters 4 and 5, and of its `DT_GNU_HASH` extension; goblin knows their fields.

#![deny(clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::unwrap_used)]
#![cfg_attr(test, allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::unwrap_used))]

mod data;
mod library;
mod symbols;

#[cfg(test)]
mod tests;

pub use data::{Data, Text};
pub use library::{Library, Machine};
pub use symbols::Import;

/// What the bytes of a file that calls itself a native library are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Content {
    /// An ELF file.
    Elf,
    /// A DEX file, plain or optimised.
    Dex,
    /// A zip archive.
    Zip,
    /// Anything else.
    Other,
}

impl Content {
    /// Decides by the first bytes.
    pub fn of(bytes: &[u8]) -> Self {
        match bytes.first_chunk() {
            Some([0x7f, b'E', b'L', b'F']) => Self::Elf,
            Some(b"dex\n" | b"dey\n" | b"cdex") => Self::Dex,
            Some(b"PK\x03\x04" | b"PK\x05\x06") => Self::Zip,
            _ => Self::Other,
        }
    }
}
