//! Tables of a page while they are read: cells with their spans, and what stands in them. A table that only lays out the
//! page is none: what its cells hold belongs to the page.

use super::columns::header;
use super::page::{Cell, Grid, Line, MAX_COLUMNS, Part};
use super::text::Text;
use super::words::Words;

/// Cells of one table, with those that spans fill.
const MAX_CELLS: usize = 1 << 16;

/// The most rows that one cell may span.
pub(super) const MAX_SPAN: usize = 500;

/// Bytes of a cell from which on a table without a header lays out a page.
const LONG_CELL: usize = 3 << 10;

/// A table that is being read.
#[derive(Default)]
pub(super) struct Table {
    /// For each place, the cell that fills it and whether it began elsewhere.
    rows: Vec<Vec<Option<(usize, bool)>>>,
    /// What the cells hold.
    cells: Vec<Vec<Part>>,
    /// The row that cells are added to.
    row: Option<usize>,
    /// The cell that is open: its row, column and spans.
    open: Option<(usize, usize, usize, usize)>,
    places: usize,
}

impl Table {
    /// What the open cell holds so far.
    pub(super) fn cell(&mut self) -> Option<&mut Vec<Part>> {
        self.open.and_then(|_| self.cells.last_mut())
    }

    pub(super) fn open_row(&mut self) {
        let row = self.row.map_or(0, |row| row.saturating_add(1));
        while self.rows.len() <= row {
            self.rows.push(Vec::new());
        }
        self.row = Some(row);
    }

    pub(super) fn open_cell(&mut self, rowspan: usize, colspan: usize) {
        if self.row.is_none() {
            self.open_row();
        }
        let row = self.row.unwrap_or_default();
        let places = self.rows.get(row).map(Vec::as_slice).unwrap_or_default();
        let column = places.iter().position(Option::is_none).unwrap_or(places.len());
        if column < MAX_COLUMNS && self.places < MAX_CELLS {
            self.open = Some((row, column, rowspan, colspan));
            self.cells.push(Vec::new());
            self.put(row, column, false);
        }
    }

    pub(super) fn end_cell(&mut self) {
        let Some((row, column, rowspan, colspan)) = self.open.take() else { return };
        for down in 0..rowspan {
            for across in 0..colspan {
                if MAX_CELLS <= self.places {
                    return;
                }
                let place = (row.saturating_add(down), column.saturating_add(across));
                if (0 < down || 0 < across) && place.1 < MAX_COLUMNS {
                    self.put(place.0, place.1, true);
                }
            }
        }
    }

    fn put(&mut self, row: usize, column: usize, inherited: bool) {
        while self.rows.len() <= row {
            self.rows.push(Vec::new());
        }
        let cell = self.cells.len().saturating_sub(1);
        let Some(places) = self.rows.get_mut(row) else { return };
        if places.len() <= column {
            places.resize(column.saturating_add(1), None);
        }
        if let Some(place) = places.get_mut(column) {
            *place = Some((cell, inherited));
            self.places = self.places.saturating_add(1);
        }
    }

    /// The parts that the table makes of a page. `spare` is how many bytes of merged cells may be written again.
    pub(super) fn finish(mut self, words: &Words<'_>, spare: &mut usize) -> Vec<Part> {
        // A span may reach beyond the last row.
        self.rows.truncate(self.row.map_or(0, |row| row.saturating_add(1)));
        let width = self.rows.iter().map(Vec::len).max().unwrap_or_default();
        let texts: Vec<Text> = self.cells.iter().map(|parts| flat(parts)).collect();
        if width < 2 || self.lays_out(&texts, words) {
            return self.cells.into_iter().flatten().collect();
        }
        let mut cell = |place: Option<(usize, bool)>| {
            let Some((cell, inherited)) = place else { return Cell::default() };
            let Some(text) = texts.get(cell) else { return Cell::default() };
            if inherited {
                let Some(left) = spare.checked_sub(text.as_str().len()) else {
                    return Cell { text: Text::default(), inherited };
                };
                *spare = left;
            }
            Cell { text: text.trimmed(), inherited }
        };
        let rows = self.rows.into_iter().map(|row| row.into_iter().map(&mut cell).collect()).collect();
        vec![Part::Grid(Grid { rows })]
    }

    /// No header of a table, but what a page is made of: other tables, headings, long texts.
    fn lays_out(&self, texts: &[Text], words: &Words<'_>) -> bool {
        let parts = || self.cells.iter().flatten();
        let page = parts().any(|part| match part {
            Part::Grid(_) => true,
            Part::Line(line) => 0 < line.level && line.level < 7,
        });
        if !page && texts.iter().all(|text| text.as_str().len() < LONG_CELL) {
            return false;
        }
        let headed = self.rows.iter().take(3).any(|row| {
            let cells = row.iter().flatten().filter_map(|(cell, _)| texts.get(*cell));
            header(cells.map(Text::as_str), words).is_some()
        });
        !headed
    }
}

/// The text of a cell: its lines, and the rows of tables in it as lines.
fn flat(parts: &[Part]) -> Text {
    let mut text = Text::default();
    for part in parts {
        match part {
            Part::Line(Line { text: line, .. }) => text.append("\n", line),
            Part::Grid(grid) => {
                for row in &grid.rows {
                    let mut line = Text::default();
                    row.iter().filter(|cell| !cell.inherited).for_each(|cell| line.append(" ", &cell.text));
                    text.append("\n", &line);
                }
            }
        }
    }
    text
}
