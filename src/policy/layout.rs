//! From glyphs and ruling lines on pages to lines of text and tables.
//!
//! A table is what ruling lines enclose in at least two columns; where a line between two cells is missing, they are one.
//! Everything else is lines from top to bottom, each glyph where its baseline is.

use unicode_normalization::UnicodeNormalization;

use super::page::{Cell, Grid, Line, MAX_COLUMNS, Part};
use super::text::{Source, Text};

/// How far apart two rulings may be that are one, in points.
const NEAR: f64 = 2.5;

/// The most rows that a table may have on one page.
const MAX_ROWS: usize = 400;

/// A letter, or what one code stands for, and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Glyph {
    pub(super) x: f64,
    /// The baseline; up is more.
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) size: f64,
    pub(super) text: String,
}

/// A straight line or a thin box.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    x: [f64; 2],
    y: [f64; 2],
}

impl Rule {
    pub(super) fn of(from: (f64, f64), to: (f64, f64)) -> Self {
        Self { x: [from.0.min(to.0), from.0.max(to.0)], y: [from.1.min(to.1), from.1.max(to.1)] }
    }

    /// A thin box is a line; of any other the edges are.
    pub(super) fn of_box(from: (f64, f64), to: (f64, f64)) -> Vec<Self> {
        let whole = Self::of(from, to);
        if whole.is_straight() {
            return vec![whole];
        }
        let ([x0, x1], [y0, y1]) = (whole.x, whole.y);
        [((x0, y0), (x1, y0)), ((x0, y1), (x1, y1)), ((x0, y0), (x0, y1)), ((x1, y0), (x1, y1))]
            .map(|(from, to)| Self::of(from, to))
            .to_vec()
    }

    pub(super) fn is_straight(&self) -> bool {
        self.is_across() || self.is_up()
    }

    fn is_across(&self) -> bool {
        self.y[1] - self.y[0] < NEAR && NEAR < self.x[1] - self.x[0]
    }

    fn is_up(&self) -> bool {
        self.x[1] - self.x[0] < NEAR && NEAR < self.y[1] - self.y[0]
    }

    fn touches(&self, other: &Self) -> bool {
        let meet = |a: [f64; 2], b: [f64; 2]| a[0] - NEAR <= b[1] && b[0] - NEAR <= a[1];
        meet(self.x, other.x) && meet(self.y, other.y)
    }

    fn join(&mut self, other: &Self) {
        self.x = [self.x[0].min(other.x[0]), self.x[1].max(other.x[1])];
        self.y = [self.y[0].min(other.y[0]), self.y[1].max(other.y[1])];
    }
}

/// What is drawn on one page.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) glyphs: Vec<Glyph>,
    pub(super) rules: Vec<Rule>,
}

/// All pages as one text.
#[derive(Debug, Default)]
pub(super) struct Pages {
    out: String,
    parts: Vec<Part>,
}

/// A piece of a page, by its top.
enum Piece {
    Row(Vec<Glyph>),
    Table(Frame, Vec<Glyph>),
}

impl Pages {
    /// Adds a page.
    pub(super) fn page(&mut self, sheet: Sheet) {
        let frames = frames(&sheet.rules);
        let mut inside: Vec<Vec<Glyph>> = frames.iter().map(|_| Vec::new()).collect();
        let mut outside = Vec::new();
        for glyph in sheet.glyphs {
            let place = frames.iter().position(|frame| frame.holds(&glyph));
            place.and_then(|place| inside.get_mut(place)).unwrap_or(&mut outside).push(glyph);
        }
        let mut pieces: Vec<(f64, Piece)> =
            frames.into_iter().zip(inside).map(|(frame, glyphs)| (frame.top(), Piece::Table(frame, glyphs))).collect();
        pieces.extend(rows(outside).into_iter().map(|row| (row.first().map_or(0.0, |it| it.y), Piece::Row(row))));
        pieces.sort_by(|a, b| b.0.total_cmp(&a.0));
        let is_number = |piece: &(f64, Piece)| matches!(&piece.1, Piece::Row(row) if is_page_number(row));
        if pieces.last().is_some_and(is_number) {
            pieces.pop();
        }
        let usual = usual_size(&pieces);
        let end = |row: &[Glyph]| row.last().map_or(0.0, |it| it.x + it.width);
        let widest = pieces.iter().fold(0.0, |widest: f64, (_, piece)| match piece {
            Piece::Row(row) => widest.max(end(row)),
            Piece::Table(..) => widest,
        });
        let mut last: Option<f64> = None;
        let mut first = true;
        for (top, piece) in pieces {
            match piece {
                Piece::Row(row) => {
                    let size = row.iter().map(|it| it.size).fold(0.0, f64::max);
                    let gap = last.is_some_and(|last| size.max(usual) * 2.0 < last - top);
                    // A sentence that goes on fills its line.
                    let closed = end(&row) + size * 3.0 < widest;
                    let level = if usual * 1.12 < size { 2 } else { 0 };
                    self.line(&joined(&row), Line { level, gap: usize::from(gap), closed, ..Line::default() });
                    last = Some(top);
                }
                Piece::Table(frame, glyphs) => {
                    let grid = self.grid(&frame, glyphs);
                    self.put(grid, first);
                    last = None;
                }
            }
            first = false;
        }
    }

    /// Bytes of the text so far.
    pub(super) fn bytes(&self) -> u64 {
        u64::try_from(self.out.len()).unwrap_or(u64::MAX)
    }

    /// The text and its parts; lines are not yet looked at for tables without rulings.
    pub(super) fn finish(self) -> (Source, Vec<Part>) {
        (Source::new(self.out), self.parts)
    }

    fn line(&mut self, shown: &str, mut line: Line) {
        line.text = self.write(shown);
        self.out.push('\n');
        self.parts.push(Part::Line(line));
    }

    /// Writes a text that stands on one line.
    fn write(&mut self, shown: &str) -> Text {
        let mut text = Text::default();
        text.push(shown, self.out.len());
        self.out.push_str(shown);
        text
    }

    /// The cells of a table, each on a line of the text.
    fn grid(&mut self, frame: &Frame, glyphs: Vec<Glyph>) -> Grid {
        let (across, down) = (frame.columns(), frame.rows());
        let mut cells: Vec<Vec<Vec<Glyph>>> = (0..down).map(|_| (0..across).map(|_| Vec::new()).collect()).collect();
        for glyph in glyphs {
            let (row, column) = frame.owner(frame.place(&glyph));
            let cell = cells.get_mut(row).and_then(|row| row.get_mut(column));
            if let Some(cell) = cell {
                cell.push(glyph);
            }
        }
        let mut grid = Grid::default();
        for (row, cells) in cells.into_iter().enumerate() {
            let mut made: Vec<Cell> = Vec::new();
            for (column, glyphs) in cells.into_iter().enumerate() {
                let owner = frame.owner((row, column));
                if owner != (row, column) {
                    let above = if owner.0 == row {
                        made.get(owner.1)
                    } else {
                        grid.rows.get(owner.0).and_then(|it| it.get(owner.1))
                    };
                    made.push(Cell { text: above.map(|it| it.text.clone()).unwrap_or_default(), inherited: true });
                    continue;
                }
                let shown = rows(glyphs).iter().fold(String::new(), |text, row| wrapped(text, &joined(row)));
                let text = self.write(&shown);
                if !shown.is_empty() {
                    self.out.push('\n');
                }
                made.push(Cell::new(&text));
            }
            grid.rows.push(made);
        }
        grid
    }

    /// Adds a table, to the one on the page before where it goes on.
    fn put(&mut self, grid: Grid, first_of_page: bool) {
        let width = |grid: &Grid| grid.rows.iter().map(Vec::len).max();
        match self.parts.last_mut() {
            Some(Part::Grid(before)) if first_of_page && width(before) == width(&grid) => before.rows.extend(grid.rows),
            _ => self.parts.push(Part::Grid(grid)),
        }
    }
}

/// The rulings of one table.
struct Frame {
    /// Where columns begin and end, from the left.
    xs: Vec<f64>,
    /// Where rows begin and end, from the top.
    ys: Vec<f64>,
    /// Whether the edge on the left of a cell, and the one above it, is drawn.
    left: Vec<Vec<bool>>,
    above: Vec<Vec<bool>>,
}

/// Rulings that touch each other make a table where they enclose two columns.
fn frames(rules: &[Rule]) -> Vec<Frame> {
    let mut groups: Vec<(Rule, Vec<Rule>)> = Vec::new();
    for rule in rules {
        let (near, mut far): (Vec<_>, Vec<_>) = groups.drain(..).partition(|(hull, _)| hull.touches(rule));
        let mut hull = *rule;
        let mut all = vec![*rule];
        for (other, rules) in near {
            hull.join(&other);
            all.extend(rules);
        }
        far.push((hull, all));
        groups = far;
    }
    groups.iter().filter_map(|(_, rules)| Frame::of(rules)).collect()
}

impl Frame {
    fn of(rules: &[Rule]) -> Option<Self> {
        let distinct = |values: Vec<f64>| {
            let mut values = values;
            values.sort_by(f64::total_cmp);
            values.dedup_by(|a, b| *a - *b < NEAR);
            values
        };
        let up: Vec<&Rule> = rules.iter().filter(|rule| rule.is_up()).collect();
        let across: Vec<&Rule> = rules.iter().filter(|rule| rule.is_across()).collect();
        let xs = distinct(up.iter().map(|rule| rule.x[0]).collect());
        let mut ys = distinct(across.iter().map(|rule| rule.y[0]).collect());
        ys.reverse();
        if xs.len() < 3 || MAX_COLUMNS < xs.len() || ys.len() < 2 || MAX_ROWS < ys.len() {
            return None;
        }
        let covers = |span: [f64; 2], at: f64| span[0] - NEAR <= at && at <= span[1] + NEAR;
        let middles = |edges: &[f64]| -> Vec<f64> { edges.windows(2).map(|it| it.iter().sum::<f64>() / 2.0).collect() };
        let (mid_x, mid_y) = (middles(&xs), middles(&ys));
        let is_left = |x: f64, y: f64| up.iter().any(|rule| (rule.x[0] - x).abs() < NEAR && covers(rule.y, y));
        let is_above = |x: f64, y: f64| across.iter().any(|rule| (rule.y[0] - y).abs() < NEAR && covers(rule.x, x));
        let left = mid_y.iter().map(|y| xs.iter().map(|x| is_left(*x, *y)).collect()).collect();
        let above = ys.iter().map(|y| mid_x.iter().map(|x| is_above(*x, *y)).collect()).collect();
        Some(Self { xs, ys, left, above })
    }

    fn columns(&self) -> usize {
        self.xs.len().saturating_sub(1)
    }

    fn rows(&self) -> usize {
        self.ys.len().saturating_sub(1)
    }

    fn top(&self) -> f64 {
        self.ys.first().copied().unwrap_or_default()
    }

    fn holds(&self, glyph: &Glyph) -> bool {
        let (x, y) = middle(glyph);
        let within = |from: Option<&f64>, to: Option<&f64>, at: f64| {
            from.is_some_and(|from| *from <= at) && to.is_some_and(|to| at <= *to)
        };
        within(self.xs.first(), self.xs.last(), x) && within(self.ys.last(), self.ys.first(), y)
    }

    /// The row and the column in which a glyph stands.
    fn place(&self, glyph: &Glyph) -> (usize, usize) {
        let (x, y) = middle(glyph);
        let row = self.ys.partition_point(|it| y < *it).saturating_sub(1);
        let column = self.xs.partition_point(|it| *it < x).saturating_sub(1);
        (row.min(self.rows().saturating_sub(1)), column.min(self.columns().saturating_sub(1)))
    }

    /// The cell that a place belongs to: over every edge that is not drawn, up and to the left.
    fn owner(&self, (mut row, mut column): (usize, usize)) -> (usize, usize) {
        let drawn = |edges: &[Vec<bool>], row: usize, column: usize| {
            edges.get(row).and_then(|it| it.get(column)).copied().unwrap_or(true)
        };
        loop {
            if 0 < column && !drawn(&self.left, row, column) {
                column = column.saturating_sub(1);
            } else if 0 < row && !drawn(&self.above, row, column) {
                row = row.saturating_sub(1);
            } else {
                return (row, column);
            }
        }
    }
}

fn middle(glyph: &Glyph) -> (f64, f64) {
    (glyph.x + glyph.width / 2.0, glyph.y + glyph.size * 0.35)
}

/// Glyphs on one baseline, from the top, each row from the left.
fn rows(mut glyphs: Vec<Glyph>) -> Vec<Vec<Glyph>> {
    glyphs.sort_by(|a, b| b.y.total_cmp(&a.y).then(a.x.total_cmp(&b.x)));
    let mut rows: Vec<Vec<Glyph>> = Vec::new();
    for glyph in glyphs {
        match rows.last_mut() {
            Some(row) if row.first().is_some_and(|first| first.y - glyph.y < first.size.max(glyph.size) * 0.5) => {
                row.push(glyph);
            }
            _ => rows.push(vec![glyph]),
        }
    }
    for row in &mut rows {
        row.sort_by(|a, b| a.x.total_cmp(&b.x));
    }
    rows
}

/// The text of a row; a gap is a space, and a wide one the end of a column.
fn joined(row: &[Glyph]) -> String {
    let mut text = String::new();
    let mut end: Option<f64> = None;
    for glyph in row {
        let gap = end.map_or(0.0, |end| glyph.x - end);
        if glyph.size * 1.8 < gap {
            text.push_str("   ");
        } else if glyph.size * 0.2 < gap && !text.ends_with(' ') {
            text.push(' ');
        }
        // Fonts map to signs of radicals where the letter looks the same.
        let plain = |c: char| matches!(c, '\u{2e80}'..='\u{2fdf}' | '\u{f900}'..='\u{faff}' | '\u{fb00}'..='\u{fb06}');
        for c in glyph.text.chars().filter(|c| !c.is_control()) {
            if plain(c) { text.extend(std::iter::once(c).nfkc()) } else { text.push(c) }
        }
        end = Some(glyph.x + glyph.width);
    }
    text.trim().to_owned()
}

/// Two rows of a cell as one text: a space only where words would touch.
fn wrapped(mut text: String, row: &str) -> String {
    let is_word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let is_address = text.rsplit(' ').next().is_some_and(|word| word.contains("://"));
    if is_word(text.chars().next_back()) && is_word(row.chars().next()) && !is_address {
        text.push(' ');
    }
    text.push_str(row);
    text
}

/// The size in which most is written outside of tables, which are often set smaller.
fn usual_size(pieces: &[(f64, Piece)]) -> f64 {
    let mut sizes: Vec<f64> = pieces
        .iter()
        .flat_map(|(_, piece)| match piece {
            Piece::Row(glyphs) => glyphs.as_slice(),
            Piece::Table(..) => &[],
        })
        .map(|glyph| glyph.size)
        .collect();
    sizes.sort_by(f64::total_cmp);
    sizes.get(sizes.len() / 2).copied().unwrap_or(12.0)
}

/// `3`, `- 3 -`, `第 3 页`.
fn is_page_number(row: &[Glyph]) -> bool {
    let text = joined(row);
    let rest = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '–' | '—' | '第' | '页' | '/'));
    !rest.is_empty() && rest.len() <= 9 && rest.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '/'))
}
