//! From tables to statements: rows of SDKs, of permissions, and of the data that the app collects itself.

use std::ops::Range;

use super::blocks;
use super::cards;
use super::columns::{Column, aims, exact, header};
use super::data::{self, Listed};
use super::draft::{Draft, MarkKind, id_word, one_line, push_once};
use super::links;
use super::names;
use super::page::{Cell, Grid};
use super::permissions;
use super::text::Text;
use super::unknown;
use super::words::{Found, Words};
use crate::disclosure::{Cite, Collects, SdkRow};

/// Characters of a purpose that are kept.
pub(super) const PURPOSE: usize = 120;

/// Bytes of a cell that are read; what a longer one goes on with is told as not understood.
pub(super) const LONGEST_CELL: usize = 8 << 10;

/// Characters of a cell that may hold names of SDKs.
const LONGEST_NAMES: usize = 400;

/// The cells of one row or block, by column.
#[derive(Debug, Default)]
pub(super) struct Fields {
    pub(super) cells: Vec<(Column, Text)>,
    /// The name was merged with that of the row above.
    pub(super) goes_on: bool,
    /// Columns whose text stands in a row above.
    pub(super) borrowed: Vec<Column>,
}

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
    let mut last: Option<Fields> = None;
    let mut rows: Vec<Fields> = Vec::new();
    for row in body {
        let fields = fields(row, columns, last.as_ref(), words);
        if fields.goes_on
            && kind == Kind::Sdk
            && let Some(above) = rows.last_mut()
        {
            above.cells.extend(fields.cells.into_iter().filter(|(column, _)| *column != Column::Sdk));
            continue;
        }
        last = Some(Fields { cells: fields.cells.clone(), ..Fields::default() });
        rows.push(fields);
    }
    for row in &rows {
        match kind {
            Kind::Sdk => sdk(row, platform, words, draft),
            Kind::Permission => permissions::row(row, platform, words, draft),
            Kind::Collects => collects(row, platform, words, draft),
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
            Column::Sdk => sdk(&fields, platform, words, draft),
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

pub(super) fn is_company(cell: &str, words: &Words<'_>) -> bool {
    let found = words.find(cell);
    found.valued("company").any(|(range, value)| value != "stop" && cell.len() < range.end.saturating_add(12))
}

/// The cells of a row under their columns. A row that is too short has lost a cell that was merged, at its start or at
/// its end: what the cells say decides.
fn fields(row: &[Cell], columns: &[Option<Column>], last: Option<&Fields>, words: &Words<'_>) -> Fields {
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
    let above = |column: Column| {
        last.and_then(|last| last.cells.iter().find(|(it, _)| *it == column)).map(|(_, text)| text.clone())
    };
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

/// A cell that says that there is nothing: 无, 不涉及, /.
pub(super) fn is_none(text: &str, words: &Words<'_>) -> bool {
    let text = text.trim();
    matches!(text, "/" | "／" | "-" | "—" | "——" | "--") || words.values(text, "none").next().is_some()
}

/// One SDK, from a row or a block.
pub(super) fn sdk(fields: &Fields, platform: &str, words: &Words<'_>, draft: &mut Draft<'_>) {
    let of = |column: Column| fields.cells.iter().filter(move |(it, _)| *it == column).map(|(_, text)| text);
    let Some(name) = of(Column::Sdk).next() else { return };
    let span = span(fields);
    let plain = links::without(name);
    if LONGEST_NAMES < plain.as_str().chars().count() {
        draft.unread(&span, plain.as_str(), "a cell of names that is a text");
        return;
    }
    let named = names::read(plain.as_str(), words);
    if named.names.is_empty() || is_none(plain.as_str(), words) {
        if !plain.is_blank() {
            draft.unread(&span, plain.as_str(), "a row without the name of an SDK");
        }
        return;
    }
    let mut row = SdkRow {
        names: named.names,
        catalog: named.ids.iter().map(|id| (*id).to_owned()).collect(),
        category: named.category.to_owned(),
        ..SdkRow::default()
    };
    for text in of(Column::Provider) {
        if row.provider.is_empty() && !is_none(text.as_str(), words) {
            row.provider = one_line(links::without(text).as_str(), PURPOSE);
        }
    }
    let mut purposes = of(Column::Purpose).filter(|text| !is_none(text.as_str(), words));
    if let Some(text) = purposes.next() {
        row.purpose = one_line(links::without(text).as_str(), PURPOSE);
    }
    for text in fields.cells.iter().map(|(_, text)| text) {
        for link in links::of(text.as_str()) {
            push_once(&mut row.links, link);
        }
    }
    let cells: Vec<(&Text, Listed, Found)> = of(Column::Data)
        .map(|text| {
            let found = words.find(text.as_str());
            (text, data::read(text.as_str(), &found, words), found)
        })
        .collect();
    // A column of kinds beside one of fields is its label.
    let leaves =
        |listed: &Listed| listed.items.iter().filter(|it| it.entry.is_some_and(|(_, umbrella)| !umbrella)).count();
    let most = cells.iter().map(|(_, listed, _)| leaves(listed)).max().unwrap_or_default();
    let marked = own_platform(name.as_str(), words);
    let marked = if marked.is_empty() { platform } else { marked };
    let mut elsewhere = row.clone();
    for (text, listed, found) in &cells {
        let label = 1 < cells.len() && leaves(listed) == 0 && 0 < most;
        if label || is_none(text.as_str(), words) {
            continue;
        }
        let (data, other) = draft.words_of(text.as_str(), listed, |item| !on_other(item.platform));
        for id in data {
            push_once(&mut row.data, id);
        }
        for word in other {
            push_once(&mut row.other, word);
        }
        let (data, _) = draft.words_of(text.as_str(), listed, |item| on_other(item.platform));
        for id in data {
            push_once(&mut elsewhere.data, id);
        }
        row.open_ended |= listed.open;
        unknown::in_cell(text, listed, found, words, &mut row.other, draft);
        draft.mark_items(text, listed, MarkKind::Sdk);
    }
    row.other.retain(|word| !word.trim().is_empty());
    if !marked.is_empty() {
        row.platforms = vec![marked.to_owned()];
    }
    row.cite = cite(fields, draft);
    let shown = if row.catalog.is_empty() { row.names.join(", ") } else { row.catalog.join(", ") };
    draft.mark(plain.span(), MarkKind::Sdk, shown);
    if !elsewhere.data.is_empty() {
        elsewhere.platforms = vec!["ios".to_owned()];
        elsewhere.cite = row.cite.clone();
    }
    draft.sdk(row);
    if !elsewhere.data.is_empty() {
        draft.sdk(elsewhere);
    }
}

/// What the app collects, from a row.
pub(super) fn collects(fields: &Fields, platform: &str, words: &Words<'_>, draft: &mut Draft<'_>) {
    let of = |column: Column| fields.cells.iter().filter(move |(it, _)| *it == column).map(|(_, text)| text);
    let first = |column: Column| of(column).next().map(|text| one_line(text.as_str(), PURPOSE)).unwrap_or_default();
    for text in of(Column::Data) {
        if is_none(text.as_str(), words) {
            continue;
        }
        let found = words.find(text.as_str());
        let listed = data::read(text.as_str(), &found, words);
        let cite = cite(fields, draft);
        let user = found.has("user-verb");
        draft.mark_items(text, &listed, MarkKind::Collects);
        let mut others = Vec::new();
        unknown::in_cell(text, &listed, &found, words, &mut others, draft);
        for (ios, platforms) in [(false, platform), (true, "ios")] {
            let (data, mut other) = draft.words_of(text.as_str(), &listed, |item| on_other(item.platform) == ios);
            if !ios {
                for word in &others {
                    push_once(&mut other, word.clone());
                }
            }
            if data.is_empty() && (ios || other.is_empty()) {
                continue;
            }
            let platforms = if platforms.is_empty() { Vec::new() } else { vec![platforms.to_owned()] };
            draft.collects(Collects {
                data,
                other,
                umbrella: listed
                    .umbrella
                    .as_ref()
                    .filter(|_| !ios)
                    .map_or_else(String::new, |(id, _)| (*id).to_owned()),
                open_ended: listed.open,
                user_provided: user,
                scene: first(Column::Function),
                purpose: first(Column::Purpose),
                platforms,
                cite: cite.clone(),
            });
        }
    }
}

/// The platform that a name or heading is marked with, where it is one alone.
pub(super) fn own_platform(text: &str, words: &Words<'_>) -> &'static str {
    let found = words.find(text);
    let marks: std::collections::BTreeSet<&str> = found
        .valued("platform")
        .filter(|(range, _)| {
            let apart = |hit: &super::words::Hit| hit.range.end <= range.start || range.end <= hit.range.start;
            found.data.iter().all(apart) && found.permissions.iter().all(apart)
        })
        .map(|(_, value)| value)
        .collect();
    match marks.len() {
        1 => marks.into_iter().next().filter(|value| *value != "both").unwrap_or_default(),
        _ => "",
    }
}

/// Marked for a platform that is not Android.
pub(super) fn on_other(platform: &str) -> bool {
    !matches!(platform, "" | "android" | "both")
}

/// Where a row stands: all its own cells.
pub(super) fn span(fields: &Fields) -> Range<usize> {
    let own = |column: &Column| !fields.borrowed.contains(column);
    let cells = || fields.cells.iter().filter(|(column, _)| own(column));
    let spans = || cells().map(|(_, text)| text.span()).filter(|span| !span.is_empty());
    let start = spans().map(|span| span.start).min().unwrap_or_default();
    start..spans().map(|span| span.end).max().unwrap_or(start)
}

pub(super) fn cite(fields: &Fields, draft: &Draft<'_>) -> Cite {
    let data = fields.cells.iter().find(|(column, _)| *column == Column::Data);
    let name = fields.cells.first();
    let quote = data.or(name).map(|(_, text)| text.as_str()).unwrap_or_default();
    draft.cite(&span(fields), quote)
}

/// Ids that a text names, as a permission row does: identifiers only, for 相机 in it is the permission's own object.
pub(super) fn identifiers(text: &Text, words: &Words<'_>, into: &mut Vec<String>) {
    let found = words.find(text.as_str());
    let listed = data::read(text.as_str(), &found, words);
    for item in listed.items.iter().filter(|item| !item.weak) {
        let entry = item.entry.and_then(|(id, _)| words.catalog.data_type(id));
        if let Some(entry) = entry.filter(|it| matches!(it.class, "immutable" | "resettable") && !it.umbrella) {
            push_once(into, id_word(entry.id, entry.umbrella));
        }
    }
}
