//! A policy as lines and tables, whatever it was written in.

use super::text::Text;

/// One part of a policy, in the order of the text.
#[derive(Debug, Clone)]
pub(super) enum Part {
    Line(Line),
    Grid(Grid),
}

/// A line of plain text, or a block of a page.
#[derive(Debug, Clone, Default)]
pub(super) struct Line {
    pub(super) text: Text,
    /// Blank lines before it.
    pub(super) gap: usize,
    /// The level of a heading that the markup says it is, from 1; 0 = the markup says nothing.
    pub(super) level: u8,
    /// An item of a list.
    pub(super) item: bool,
    /// It ends where it ends: the next line never goes on with its sentence.
    pub(super) closed: bool,
    /// A rule of signs stood here: `-----`, `=====`.
    pub(super) rule: bool,
}

/// A table: rows of cells, the header among them.
#[derive(Debug, Clone, Default)]
pub(super) struct Grid {
    pub(super) rows: Vec<Vec<Cell>>,
}

/// One cell.
#[derive(Debug, Clone, Default)]
pub(super) struct Cell {
    pub(super) text: Text,
    /// It was merged with the one above; the text is that one's.
    pub(super) inherited: bool,
}

/// The most columns that a table may have; more are no table of a policy.
pub(super) const MAX_COLUMNS: usize = 40;

impl Cell {
    pub(super) fn new(text: &Text) -> Self {
        Self { text: text.trimmed(), inherited: false }
    }

    pub(super) fn is_blank(&self) -> bool {
        self.text.is_blank()
    }
}
