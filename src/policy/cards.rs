//! Tables whose first column is the header: a card for each SDK, its labels on the left; or the SDKs side by side. They are
//! turned, so that they are read as other tables are.

use super::columns::{Column, exact, header};
use super::page::{Cell, Grid};
use super::words::Words;

/// Columns of a table that is turned; one with more has its header on top.
const WIDEST: usize = 12;

/// The tables that the cards of a table make; none = its header is not on the left.
pub(super) fn turned(grid: &Grid, words: &Words<'_>) -> Option<Vec<Grid>> {
    let rows: Vec<Vec<Cell>> = grid.rows.iter().map(|row| unmarked(row)).collect();
    let labels: Vec<&str> = rows.iter().map(|row| row.first().map_or("", |cell| cell.text.as_str())).collect();
    let width = rows.iter().map(Vec::len).max().unwrap_or_default();
    let known = exact(labels.iter().copied(), words);
    let first = rows.first()?;
    let on_top = header(first.iter().map(|cell| cell.text.as_str()), words).is_some();
    if !(2..=WIDEST).contains(&width) || known < 2 || known.saturating_mul(3) < labels.len().saturating_mul(2) || on_top
    {
        return None;
    }
    let mut grids = Vec::new();
    let mut start = 0_usize;
    for end in 1..=rows.len() {
        // The first label again begins the next card.
        let again = labels.get(end).is_some_and(|label| Some(label) == labels.get(start));
        if again || end == rows.len() {
            grids.push(turn(rows.get(start..end)?, width));
            start = end;
        }
    }
    let anchors = |grid: &Grid| {
        let head = grid.rows.first().into_iter().flatten();
        head.filter_map(|cell| Column::exact(cell.text.as_str(), words)).any(Column::anchors)
    };
    grids.iter().all(anchors).then_some(grids)
}

/// A row without the colon behind its label.
fn unmarked(row: &[Cell]) -> Vec<Cell> {
    let mut row = row.to_vec();
    if let Some(cell) = row.first_mut() {
        let label = cell.text.as_str().trim_end().trim_end_matches(['：', ':']).trim_end().len();
        cell.text = cell.text.slice(0..label);
    }
    row
}

fn turn(rows: &[Vec<Cell>], width: usize) -> Grid {
    let column = |place: usize| rows.iter().map(|row| row.get(place).cloned().unwrap_or_default()).collect();
    Grid { rows: (0..width).map(column).collect() }
}
