//! Tables with pipes. Converters write a row on one line, break it after any cell, or give every cell and every pipe a
//! line of its own; so the cells are read as a stream, and the width of the header says where a row ends.

use super::columns::{Column, header};
use super::page::{Cell, Grid, Line, MAX_COLUMNS};
use super::text::Text;
use super::words::Words;

/// Lines before the first pipe that a header may take.
const HEADER_LINES: usize = 24;

/// How the rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    /// `| a | b |`
    Framed,
    /// `a | b`, and what breaks it.
    Open,
    /// Every pipe on a line of its own.
    Lone,
}

/// The places of the lines `---|---`.
pub(super) fn delimiters(lines: &[Line]) -> Vec<usize> {
    let lines = lines.iter().enumerate();
    lines.filter(|(_, line)| is_delimiter(line.text.as_str())).map(|(place, _)| place).collect()
}

/// The table that begins with the first line, and how many lines it takes; `below` is how far the next line `---|---`
/// stands below the first.
pub(super) fn table(lines: &[Line], below: Option<usize>, words: &Words<'_>) -> Option<(Grid, usize)> {
    let delimiter = below.filter(|below| *below < HEADER_LINES);
    let (cells, used, style) = delimiter.and_then(|place| delimited(lines, place)).or_else(|| bare(lines, words))?;
    let width = cells.len();
    if !(2..=MAX_COLUMNS).contains(&width) {
        return None;
    }
    let mut stream = Stream { style, width, rows: vec![cells], row: Vec::new(), fresh: false };
    let rows = lines.get(used..).unwrap_or_default();
    let read = stream.read(rows);
    stream.finish();
    let rows: Vec<Vec<Cell>> = stream.rows.iter().map(|row| row.iter().map(Cell::new).collect()).collect();
    Some((Grid { rows }, used.saturating_add(read)))
}

/// A header above the line `---|---` at `place`: its cells, the lines of both, and the style.
fn delimited(lines: &[Line], place: usize) -> Option<(Vec<Text>, usize, Style)> {
    let head = lines.get(..place)?;
    let first = head.first()?;
    // Nothing but the header stands between: it has no gap, no heading and no rule in it.
    if head.iter().skip(1).any(|line| 0 < line.gap || line.rule || 0 < line.level && line.level < 7) {
        return None;
    }
    let style = style(head);
    let delimiter = lines.get(place)?.text.as_str();
    let width = delimiter.split('|').filter(|it| it.contains('-')).count();
    let mut text = Text::default();
    for line in head {
        text.append("\n", &line.text);
    }
    let cells = pieces(&text, style);
    let starts = first.text.as_str().contains('|') || head.get(1).is_some_and(|line| line.text.as_str() == "|");
    (cells.len() == width && starts).then(|| (cells, place.saturating_add(1), style))
}

/// A header without a line below it: known columns with pipes between them, on one line or on one each.
fn bare(lines: &[Line], words: &Words<'_>) -> Option<(Vec<Text>, usize, Style)> {
    let first = lines.first()?;
    if !first.text.as_str().contains('|') {
        return None;
    }
    let style = style(lines.get(..1)?);
    let cells = pieces(&first.text, style);
    if 2 <= cells.len() {
        header(cells.iter().map(Text::as_str), words)?;
        return Some((cells, 1, style));
    }
    let mut cells: Vec<Text> = Vec::new();
    for line in lines.iter().take(MAX_COLUMNS) {
        let cell = pieces(&line.text, Style::Open);
        let [only] = cell.as_slice() else { break };
        if !line.text.as_str().ends_with('|') || Column::of(only.as_str(), words).is_none() {
            break;
        }
        cells.push(only.clone());
    }
    header(cells.iter().map(Text::as_str), words)?;
    let used = cells.len();
    Some((cells, used, Style::Open))
}

fn style(head: &[Line]) -> Style {
    if head.iter().any(|line| line.text.as_str() == "|") {
        Style::Lone
    } else if head.first().is_some_and(|line| line.text.as_str().starts_with('|')) {
        Style::Framed
    } else {
        Style::Open
    }
}

/// `---|---`, `| :-: | - |`
fn is_delimiter(text: &str) -> bool {
    text.contains('|') && text.contains('-') && text.chars().all(|it| matches!(it, '|' | '-' | ':' | ' ' | '\u{3000}'))
}

/// A line below a header.
fn is_rows_end(line: &Line) -> bool {
    line.gap == 0 && line.text.as_str() != "|" && is_delimiter(line.text.as_str())
}

/// The cells of a row that stands on one line; the frame is no cell.
fn pieces(text: &Text, style: Style) -> Vec<Text> {
    let mut pieces: Vec<Text> = text.split(|it| it == '|').iter().map(Text::trimmed).collect();
    if style == Style::Framed && pieces.first().is_some_and(Text::is_blank) {
        pieces.remove(0);
    }
    if 1 < pieces.len() && pieces.last().is_some_and(Text::is_blank) {
        pieces.pop();
    }
    pieces
}

struct Stream {
    style: Style,
    width: usize,
    rows: Vec<Vec<Text>>,
    row: Vec<Text>,
    /// The last sign was a pipe: what follows is a cell of its own.
    fresh: bool,
}

impl Stream {
    /// Reads rows, and says how many lines they take.
    fn read(&mut self, lines: &[Line]) -> usize {
        for (place, line) in lines.iter().enumerate() {
            let text = line.text.as_str();
            let next_is_pipe =
                lines.get(place.saturating_add(1)).is_some_and(|next| next.text.as_str().starts_with('|'));
            if line.rule || is_delimiter(text) && text != "|" {
                return place;
            }
            // The header of another table ends this one.
            let next = lines.get(place.saturating_add(1));
            if text.contains('|') && next.is_some_and(|next| text != "|" && is_rows_end(next)) {
                self.finish();
                return place;
            }
            if 0 < line.gap && self.gap(line.gap) {
                self.finish();
            }
            if !text.contains('|') {
                let starts = self.row.is_empty();
                let whole = self.width <= self.row.len() && !self.fresh;
                if starts && !(self.style == Style::Lone && next_is_pipe) {
                    return place;
                }
                if whole && self.style == Style::Lone && next_is_pipe {
                    self.finish();
                } else if whole && self.style != Style::Lone {
                    return place;
                } else if !self.fresh && self.style == Style::Open && !starts {
                    self.finish();
                    return place;
                }
            }
            self.line(&line.text);
            if self.style != Style::Lone && self.width <= self.row.len() {
                self.finish();
            }
        }
        lines.len()
    }

    /// Whether blank lines end the row.
    fn gap(&self, gap: usize) -> bool {
        match self.style {
            Style::Framed => true,
            Style::Open => !self.fresh || 1 < gap,
            Style::Lone => self.width <= self.row.len() && !self.fresh || 1 < gap,
        }
    }

    fn line(&mut self, text: &Text) {
        let pieces = text.split(|it| it == '|');
        if self.style == Style::Framed && text.as_str().starts_with('|') {
            self.finish();
            self.row = self::pieces(text, Style::Framed);
            self.fresh = text.as_str().ends_with('|');
            return;
        }
        for (place, piece) in pieces.iter().enumerate() {
            if 0 < place {
                if self.fresh || self.row.is_empty() {
                    self.row.push(Text::default());
                }
                self.fresh = true;
            }
            let piece = piece.trimmed();
            if piece.is_blank() {
                continue;
            }
            match self.row.last_mut() {
                Some(last) if !self.fresh => last.append("\n", &piece),
                _ => self.row.push(piece),
            }
            self.fresh = false;
        }
    }

    fn finish(&mut self) {
        self.fresh = false;
        let row = std::mem::take(&mut self.row);
        if row.iter().any(|cell| !cell.is_blank()) {
            self.rows.push(row);
        }
    }
}
