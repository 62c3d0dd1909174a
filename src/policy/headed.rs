//! From tables to rows: which header says what the columns hold, where another begins, and which cell a short row has
//! lost.

use super::blocks;
use super::cards;
use super::columns::{Column, aims, exact, header};
use super::draft::Draft;
use super::names;
use super::page::{Cell, Grid};
use super::permissions;
use super::rows::{self, Fields, LONGEST_CELL, is_none};
use super::text::Text;
use super::words::Words;

/// What a table is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sdk,
    Permission,
    Collects,
}

/// Reads a table; false = nothing in its header says what it holds.
pub(super) fn read(grid: &Grid, platform: &str, words: &Words<'_>, draft: &mut Draft<'_>) -> bool {
    if let Some(turned) = cards::turned(grid, words) {
        let read: Vec<bool> = turned.iter().map(|grid| self::read(grid, platform, words, draft)).collect();
        return read.contains(&true);
    }
    // A header of two rows says most in its second; a title may span the rows above.
    let heads = grid.rows.iter().take(3).enumerate().filter_map(|(place, row)| {
        let texts = || row.iter().map(|cell| cell.text.as_str());
        header(texts(), words).map(|columns| (place, aims(columns, texts(), words)))
    });
    let kinds = |columns: &[Option<Column>]| columns.iter().flatten().collect::<std::collections::BTreeSet<_>>().len();
    let head = heads.max_by_key(|(place, columns)| (kinds(columns), std::cmp::Reverse(*place)));
    let Some((place, columns)) = head else { return labelled_cells(grid, platform, words, draft) };
    let body = grid.rows.get(place.saturating_add(1)..).unwrap_or_default();
    for cell in body.iter().flatten().filter(|cell| !cell.inherited && LONGEST_CELL < cell.text.as_str().len()) {
        draft.unread(&cell.text.span(), cell.text.as_str(), "only the start of a cell of this length is read");
    }
    // Another header in the table begins another table; the same one again stands on top of a page.
    let mut columns = columns;
    let mut start = 0_usize;
    let mut read = false;
    for end in 0..=body.len() {
        let row = body.get(end).map(Vec::as_slice).unwrap_or_default();
        let texts = || row.iter().map(|cell| cell.text.as_str());
        let again = if 2 <= exact(texts(), words) { header(texts(), words) } else { None };
        let again = again.map(|columns| aims(columns, texts(), words));
        if again.is_some() || end == body.len() {
            let rows = body.get(start..end).unwrap_or_default();
            read |= table(rows, &parties(columns.clone(), rows, words), platform, words, draft);
            start = end.saturating_add(1);
        }
        columns = again.unwrap_or(columns);
    }
    read
}

/// Reads the rows below one header.
fn table(
    body: &[Vec<Cell>],
    columns: &[Option<Column>],
    platform: &str,
    words: &Words<'_>,
    draft: &mut Draft<'_>,
) -> bool {
    let Some(kind) = kind(columns) else { return false };
    let mut rows: Vec<Fields> = Vec::new();
    // How many cells of the last row are its own: rows that go on with it add theirs.
    let mut own = 0_usize;
    for row in body {
        let last = rows.last().and_then(|last| last.cells.get(..own));
        let fields = fields(row, columns, last, words);
        if fields.goes_on
            && kind == Kind::Sdk
            && let Some(above) = rows.last_mut()
        {
            above.cells.extend(fields.cells.into_iter().filter(|(column, _)| *column != Column::Sdk));
            continue;
        }
        own = fields.cells.len();
        rows.push(fields);
    }
    for row in &rows {
        match kind {
            Kind::Sdk => rows::sdk(row, platform, words, draft),
            Kind::Permission => permissions::row(row, platform, words, draft),
            Kind::Collects => rows::collects(row, platform, words, draft),
        }
    }
    true
}

/// A table whose header names one column and whose cells have labels of their own: `公司：…<br>收集信息：…`.
fn labelled_cells(grid: &Grid, platform: &str, words: &Words<'_>, draft: &mut Draft<'_>) -> bool {
    let Some((head, body)) = grid.rows.split_first() else { return false };
    let names = |cell: &Cell| {
        Column::exact(cell.text.as_str(), words).filter(|it| matches!(it, Column::Sdk | Column::Permission))
    };
    let Some((place, column)) = head.iter().enumerate().find_map(|(place, cell)| Some((place, names(cell)?))) else {
        return false;
    };
    let mut read = false;
    for row in body {
        let mut fields = Fields::default();
        for (at, cell) in row.iter().enumerate() {
            if at == place {
                fields.cells.insert(0, (column, cell.text.head(LONGEST_CELL)));
            } else {
                fields.cells.extend(blocks::in_cell(&cell.text.head(LONGEST_CELL), words));
            }
        }
        if fields.cells.len() < 2 {
            continue;
        }
        read = true;
        match column {
            Column::Sdk => rows::sdk(&fields, platform, words, draft),
            _ => permissions::row(&fields, platform, words, draft),
        }
    }
    read
}

fn kind(columns: &[Option<Column>]) -> Option<Kind> {
    let has = |column| columns.contains(&Some(column));
    if has(Column::Sdk) {
        Some(Kind::Sdk)
    } else if has(Column::Permission) {
        Some(Kind::Permission)
    } else if has(Column::Data) {
        Some(Kind::Collects)
    } else {
        None
    }
}

/// Decides what a column of third parties holds: companies beside names of SDKs, else by what its cells say.
fn parties(mut columns: Vec<Option<Column>>, body: &[Vec<Cell>], words: &Words<'_>) -> Vec<Option<Column>> {
    // 产品 beside a column of companies is theirs.
    let foreign = [Column::Party, Column::Provider].iter().any(|it| columns.contains(&Some(*it)));
    let named = columns.contains(&Some(Column::Sdk)) || columns.contains(&Some(Column::Permission));
    for (place, column) in columns.iter_mut().enumerate().filter(|(_, column)| **column == Some(Column::Product)) {
        let cells = || body.iter().filter_map(|row| row.get(place)).map(|cell| cell.text.as_str());
        let sdks = cells().filter(|cell| !words.find(cell).sdks.is_empty()).count();
        let own = named || !foreign && sdks.saturating_mul(2) <= cells().count();
        *column = Some(if own { Column::Function } else { Column::Sdk });
    }
    // A corner without words stands above names.
    let corner = columns.first() == Some(&None) && !columns.contains(&Some(Column::Sdk)) && !named;
    let corners = || body.iter().filter_map(|row| row.first()).map(|cell| cell.text.as_str());
    let sdks = corners().filter(|cell| !words.find(cell).sdks.is_empty()).count();
    if let Some(first) = columns.first_mut().filter(|_| corner && corners().count() < sdks.saturating_mul(2)) {
        *first = Some(Column::Sdk);
    }
    let named = columns.contains(&Some(Column::Sdk));
    for (place, column) in columns.iter_mut().enumerate().filter(|(_, column)| **column == Some(Column::Party)) {
        let cells = || body.iter().filter_map(|row| row.get(place)).map(|cell| cell.text.as_str());
        let companies = cells().filter(|cell| is_company(cell, words)).count();
        let provider = named || cells().count() < companies.saturating_mul(2);
        *column = Some(if provider { Column::Provider } else { Column::Sdk });
    }
    // A table of companies alone names its third parties by them.
    if !columns.contains(&Some(Column::Sdk))
        && columns.contains(&Some(Column::Data))
        && !columns.contains(&Some(Column::Function))
        && let Some(column) = columns.iter_mut().find(|it| **it == Some(Column::Provider))
    {
        *column = Some(Column::Sdk);
    }
    columns
}

fn is_company(cell: &str, words: &Words<'_>) -> bool {
    let found = words.find(cell);
    found.valued("company").any(|(range, value)| value != "stop" && cell.len() < range.end.saturating_add(12))
}

/// The cells of a row under their columns. A row that is too short has lost a cell that was merged, at its start or at
/// its end: what the cells say decides.
fn fields(row: &[Cell], columns: &[Option<Column>], last: Option<&[(Column, Text)]>, words: &Words<'_>) -> Fields {
    let missing = columns.len().saturating_sub(row.len());
    let blank_end = row.last().is_some_and(Cell::is_blank) && last.is_some();
    let mut shift = 0_usize;
    if (0 < missing || blank_end) && last.is_some() {
        let most = if 0 < missing { missing } else { 1 };
        let fit = |shift: usize| -> usize {
            let cells = row.iter().enumerate();
            cells
                .map(|(place, cell)| fits(cell, columns.get(place.saturating_add(shift)).copied().flatten(), words))
                .sum()
        };
        if fit(0) < fit(most) {
            shift = most;
        }
    }
    let mut fields = Fields::default();
    let above =
        |column: Column| last.and_then(|last| last.iter().find(|(it, _)| *it == column)).map(|(_, text)| text.clone());
    for (place, column) in columns.iter().enumerate() {
        let Some(column) = *column else { continue };
        let name = matches!(column, Column::Sdk | Column::Function | Column::Permission);
        let own = place.checked_sub(shift).and_then(|place| row.get(place));
        match own {
            Some(cell) if cell.inherited => {
                // What was merged says the same again; only a name makes two rows one.
                fields.goes_on |= column == Column::Sdk;
                if !fields.goes_on || !name {
                    fields.cells.push((column, cell.text.head(LONGEST_CELL)));
                    fields.borrowed.push(column);
                }
            }
            Some(cell) if !name && words.values(cell.text.as_str(), "same-above").next().is_some() => {
                if let Some(text) = above(column) {
                    fields.cells.push((column, text));
                    fields.borrowed.push(column);
                }
            }
            // 收集信息：…<br>使用目的：… in one cell is two.
            Some(cell) if !cell.is_blank() => {
                let text = cell.text.head(LONGEST_CELL);
                let labelled = if name { Vec::new() } else { blocks::in_cell(&text, words) };
                if labelled.iter().any(|(it, _)| *it != column) {
                    fields.cells.extend(labelled);
                } else {
                    fields.cells.push((column, text));
                }
            }
            _ if name && place == 0 && row.iter().any(|cell| !cell.is_blank()) => {
                if let Some(text) = above(column) {
                    fields.goes_on |= column == Column::Sdk;
                    fields.cells.push((column, text));
                    fields.borrowed.push(column);
                }
            }
            _ => {}
        }
    }
    fields
}

/// How well a cell suits a column.
fn fits(cell: &Cell, column: Option<Column>, words: &Words<'_>) -> usize {
    let text = cell.text.as_str();
    match column {
        Some(Column::Data) => {
            let found = words.find(text);
            usize::from(!found.data.is_empty() || is_none(text, words)).saturating_mul(2)
        }
        Some(Column::Link) => usize::from(text.contains("http")).saturating_mul(2),
        Some(Column::Provider) => usize::from(is_company(text, words)).saturating_mul(2),
        Some(Column::Sdk) => {
            let count = text.chars().count();
            usize::from(!words.find(text).sdks.is_empty() && count < names::LONGEST_NAME)
        }
        _ => 0,
    }
}
