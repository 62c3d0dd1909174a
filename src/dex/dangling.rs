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
    // A NUL ends every string, so none can start at the last one or behind it.
    let end_of_text = memchr::memrchr(0, dex.data).unwrap_or(0);
    let string = |row: &[u8], offset: usize| u32_at(row, offset).is_some_and(|index| index < header.strings.count);
    let ty = |row: &[u8], offset: usize| u32_at(row, offset).is_some_and(|index| index < header.types.count);
    let short_type =
        |row: &[u8], offset: usize| u16_at(row, offset).is_some_and(|index| u32::from(index) < header.types.count);
    let proto = |row: &[u8]| u16_at(row, 2).is_some_and(|index| u32::from(index) < header.protos.count);
    let place = |row: &[u8], offset: usize| u32_at(row, offset).is_some_and(|offset| at(offset) < dex.data.len());
    let superclass = |row: &[u8]| u32_at(row, 8) == Some(NO_INDEX) || ty(row, 8);

    let sweep = Sweep { file, dex };
    [
        sweep.table("string_ids", header.strings, 4, |row| u32_at(row, 0).is_some_and(|text| at(text) < end_of_text)),
        sweep.table("type_ids", header.types, 4, |row| string(row, 0)),
        sweep.table("proto_ids", header.protos, 12, |row| string(row, 0) && ty(row, 4) && place(row, 8)),
        sweep.table("field_ids", header.fields, 8, |row| short_type(row, 0) && short_type(row, 2) && string(row, 4)),
        sweep.table("method_ids", header.methods, 8, |row| short_type(row, 0) && proto(row) && string(row, 4)),
        sweep.table("class_defs", header.classes, 32, |row| ty(row, 0) && superclass(row) && place(row, 12)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

struct Sweep<'s, 'a> {
    file: &'s str,
    dex: &'s Dex<'a>,
}

impl Sweep<'_, '_> {
    /// The issue about a table, where a row is not `sound`.
    fn table(&self, name: &str, table: Table, item_size: usize, sound: impl Fn(&[u8]) -> bool) -> Option<Issue> {
        let items = self.dex.data.get(at(table.offset)..)?.chunks_exact(item_size).take(at(table.count));
        let broken = items.clone().filter(|row| !sound(row)).count();
        let first = items.clone().position(|row| !sound(row)).filter(|_| broken > 0)?;
        let message = format!("{broken} of {} {name} point nowhere, the first is number {first}", table.count);
        let offset = at(table.offset).saturating_add(first.saturating_mul(item_size));
        Some(Issue::new(self.file, offset as u64, message))
    }
}
