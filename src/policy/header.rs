//! The header of the table of SDKs as the policy writes it, for whoever adds a row to it.

use super::columns::{Column, header};
use super::page::Part;
use super::words::Words;

/// What each column of the first table of SDKs holds, and its header: `name`, `provider`, `purpose`, `data`, `link` or
/// `other`. Empty where the policy has no such table.
pub(super) fn of_sdks(parts: &[Part], words: &Words<'_>) -> Vec<(&'static str, String)> {
    let grids = parts.iter().filter_map(|part| match part {
        Part::Grid(grid) => Some(grid),
        Part::Line(_) => None,
    });
    for row in grids.flat_map(|grid| grid.rows.iter().take(3)) {
        let Some(columns) = header(row.iter().map(|cell| cell.text.as_str()), words) else { continue };
        if columns.iter().flatten().any(|it| matches!(it, Column::Sdk | Column::Party)) {
            let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            return columns.into_iter().map(word).zip(row.iter().map(|cell| one_line(cell.text.as_str()))).collect();
        }
    }
    Vec::new()
}

fn word(column: Option<Column>) -> &'static str {
    match column {
        Some(Column::Sdk | Column::Party) => "name",
        Some(Column::Provider) => "provider",
        Some(Column::Purpose) => "purpose",
        Some(Column::Data) => "data",
        Some(Column::Link) => "link",
        _ => "other",
    }
}
