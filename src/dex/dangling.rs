//! Rows of the tables that point outside of the file or of another table. Whoever meets such a row gets nothing, which
//! must not pass for "there is nothing": one sweep when a file is opened says how many there are.

use super::Dex;
use super::bytes::{at, u16_at, u32_at};
use super::class::NO_INDEX;
use super::header::Table;
use crate::error::Issue;

/// One issue for each table that has rows which point nowhere.
pub(super) fn rows(file: &str, dex: &Dex<'_>) -> Vec<Issue> {
    let header = &dex.header;
    let (strings, types, protos) = (header.strings.count, header.types.count, header.protos.count);
    let size = dex.data.len();
    // A NUL ends every string, so none can start at the last one or behind it.
    let end_of_text = memchr::memrchr(0, dex.data).unwrap_or(0);
    let place = |offset: u32| at(offset) < size;

    let sweep = Sweep { file, dex };
    [
        sweep.table("string_ids", header.strings, |row: &[u8; 4]| at(long(row, 0)) < end_of_text),
        sweep.table("type_ids", header.types, |row: &[u8; 4]| long(row, 0) < strings),
        sweep.table("proto_ids", header.protos, |row: &[u8; 12]| {
            long(row, 0) < strings && long(row, 4) < types && place(long(row, 8))
        }),
        sweep.table("field_ids", header.fields, |row: &[u8; 8]| {
            short(row, 0) < types && short(row, 2) < types && long(row, 4) < strings
        }),
        sweep.table("method_ids", header.methods, |row: &[u8; 8]| {
            short(row, 0) < types && short(row, 2) < protos && long(row, 4) < strings
        }),
        sweep.table("class_defs", header.classes, |row: &[u8; 32]| {
            let superclass = long(row, 8);
            long(row, 0) < types && (superclass < types || superclass == NO_INDEX) && place(long(row, 12))
        }),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Four bytes of a row, which has them.
fn long(row: &[u8], offset: usize) -> u32 {
    u32_at(row, offset).unwrap_or(u32::MAX)
}

/// Two bytes of a row, which has them.
fn short(row: &[u8], offset: usize) -> u32 {
    u16_at(row, offset).map_or(u32::MAX, u32::from)
}

struct Sweep<'s, 'a> {
    file: &'s str,
    dex: &'s Dex<'a>,
}

impl Sweep<'_, '_> {
    /// The issue about a table of rows of `SIZE` bytes, where one is not `sound`.
    fn table<const SIZE: usize>(&self, name: &str, table: Table, sound: impl Fn(&[u8; SIZE]) -> bool) -> Option<Issue> {
        let (rows, _) = self.dex.data.get(at(table.offset)..)?.as_chunks::<SIZE>();
        let rows = rows.get(..at(table.count))?;
        let first = rows.iter().position(|row| !sound(row))?;
        let broken = rows.iter().filter(|row| !sound(row)).count();
        let message = format!("{broken} of {} {name} point nowhere, the first is number {first}", table.count);
        let offset = at(table.offset).saturating_add(first.saturating_mul(SIZE));
        Some(Issue::new(self.file, offset as u64, message))
    }
}
