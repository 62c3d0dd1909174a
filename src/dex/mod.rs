//! Dalvik executables: candor's own reader, for versions 035 to 041 and for containers of several files (041).
//!
//! The reader borrows everything from the bytes it is given, looks tables up by typed index on demand, and checks every
//! access. A broken table costs only what depends on it: its slots stay empty, the rest is still read, and an [`Issue`]
//! says what was lost. There is no verifier in front, so nothing here trusts an offset, a count or an order.
//!
//! Source of the format: Android "Dalvik executable format" and AOSP `libdexfile/dex/dex_file_structs.h`.
//! The room knows nothing of packages, catalogs or privacy.

#![deny(clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::unwrap_used)]

mod annotations;
mod bounds;
mod bytes;
mod class;
mod code;
mod dangling;
mod descriptor;
mod header;
mod ids;
mod instruction;
mod opcode;
mod scan;
#[cfg(test)]
pub(crate) mod tests;
mod values;

pub use bounds::Definitions;
pub use class::{ClassData, ClassDef, MethodDef};
pub use code::{Code, Handler, Try};
pub use descriptor::{class_name, package_of};
pub use header::{Header, Table};
pub use ids::{FieldId, FieldIdx, MethodId, MethodIdx, ProtoIdx, StringIdx, TypeIdx};
pub use instruction::{Args, Glance, Glances, Instruction, Instructions, Payload};
pub use opcode::{Flow, Format, Index, Opcode};
pub use scan::{BitSet, Reference, Scan, Site, Targets};
pub use values::Constant;

use crate::error::{Error, Issue, Result};
use bounds::Bounds;

/// One DEX file.
#[derive(Debug, Clone, Copy)]
pub struct Dex<'a> {
    /// All bytes that offsets count in: the file, or the whole container for version 041.
    pub(crate) data: &'a [u8],
    /// The header with its tables, clamped to what the bytes can hold.
    pub header: Header,
}

/// Whether these bytes start like a DEX file.
pub fn is_dex(bytes: &[u8]) -> bool {
    header::version(bytes).is_some()
}

impl<'a> Dex<'a> {
    /// Opens every DEX file in `bytes`: one, or the members of a container of version 041.
    ///
    /// `file` names the bytes in issues. Tables that reach past the end are cut to what is there, and so are those
    /// that list the same bytes over and over; rows that point nowhere are counted in an issue, one a table.
    ///
    /// # Errors
    /// The bytes are no DEX file, are shorter than a header, or have the wrong byte order.
    pub fn open(file: &str, bytes: &'a [u8]) -> Result<(Vec<Self>, Vec<Issue>)> {
        let mut issues = Vec::new();
        let mut bounds = Bounds::new(bytes);
        let first = header::read(file, bytes, 0, &mut issues)?;
        bounds.hold(&first);
        let mut dexes = vec![Self { data: bytes, header: first }];
        // A container lists its members by their sizes only; each header says where it stands.
        let mut next = first.next();
        while let Some(offset) = next {
            match header::read(file, bytes, offset, &mut issues) {
                Ok(header) if !bounds.hold(&header) => {
                    let message = "the files of the container share their tables; those from here on are not read";
                    issues.push(Issue::new(file, offset as u64, message));
                    break;
                }
                Ok(header) => {
                    dexes.push(Self { data: bytes, header });
                    next = header.next();
                }
                Err(error) => {
                    issues.push(Issue::from_error(file, &error));
                    break;
                }
            }
        }
        issues.extend(dexes.iter_mut().filter_map(|dex| bounds.cut_texts(file, dex)));
        issues.extend(dexes.iter().flat_map(|dex| dangling::rows(file, dex)));
        Ok((dexes, issues))
    }

    /// The file, or the whole container: what offsets count in.
    pub fn bytes(&self) -> &'a [u8] {
        self.data
    }

    /// Bytes of the file, or of the whole container.
    pub fn size(&self) -> usize {
        self.data.len()
    }

    /// An error at `offset` for a value that must lie in a table.
    #[cold]
    fn bad(what: &str, value: u64, offset: usize) -> Error {
        Error::malformed(format!("{what} {value:#x} is out of range"), offset as u64)
    }
}
