//! Tables in lines of text: rows with pipes (on one line, wrapped, or a cell a line), a cell a line without any sign, and
//! columns of tabs or spaces. Where a table begins is said by the words of its header.

use std::ops::Range;

use memchr::memchr2_iter;

use super::columns::{Column, header};
use super::links;
use super::numbers::{is_numbered, is_section};
use super::page::{Cell, Grid, Line, MAX_COLUMNS, Part};
use super::pipes;
use super::text::Text;
use super::words::Words;

/// Bytes of a line that numbers a page.
const LONGEST_PAGE_NUMBER: usize = 40;

/// A header row of cells that are a line each is no longer than this.
const MAX_LINE_COLUMNS: usize = 10;

/// The parts of a text: its lines, and the tables that some of them make.
pub(super) fn parts(lines: Vec<Line>, words: &Words<'_>) -> Vec<Part> {
    let mut lines = without_page_numbers(lines, words);
    let delimiters = pipes::delimiters(&lines);
    let mut parts: Vec<Part> = Vec::new();
    let mut place = 0_usize;
    while let Some(rest) = lines.get(place..).filter(|rest| !rest.is_empty()) {
        let below = delimiters.partition_point(|delimiter| *delimiter < place);
        let below = delimiters.get(below).map(|delimiter| delimiter.saturating_sub(place));
        let table = pipes::table(rest, below, words)
            .or_else(|| columns_of_space(rest, words))
            .or_else(|| cell_a_line(rest, words));
        let used = if let Some((grid, used)) = table {
            parts.push(Part::Grid(grid));
            used.max(1)
        } else {
            parts.extend(lines.get_mut(place).map(std::mem::take).map(Part::Line));
            1
        };
        place = place.saturating_add(used);
    }
    parts
}

/// The parts of a page, with the tables that runs of its lines make: boxes that are set side by side.
pub(super) fn within(parts: Vec<Part>, words: &Words<'_>) -> Vec<Part> {
    let mut made: Vec<Part> = Vec::with_capacity(parts.len());
    let mut run: Vec<Line> = Vec::new();
    for part in parts {
        match part {
            Part::Line(line) => run.push(line),
            Part::Grid(grid) => {
                made.extend(self::parts(std::mem::take(&mut run), words));
                made.push(Part::Grid(grid));
            }
        }
    }
    made.extend(self::parts(run, words));
    made
}

/// Without the lines that number pages: a table goes on behind one.
fn without_page_numbers(lines: Vec<Line>, words: &Words<'_>) -> Vec<Line> {
    let mut kept: Vec<Line> = Vec::with_capacity(lines.len());
    let mut broken = false;
    for mut line in lines {
        if is_page_number(line.text.as_str(), words) {
            broken = true;
            continue;
        }
        if std::mem::take(&mut broken) {
            line.gap = line.gap.min(1);
        }
        kept.push(line);
    }
    kept
}

/// 第 3 页 共 8 页, Page 3 of 8.
fn is_page_number(text: &str, words: &Words<'_>) -> bool {
    if LONGEST_PAGE_NUMBER < text.len() || !text.contains(|it: char| it.is_ascii_digit()) {
        return false;
    }
    let rest: String = text.chars().filter(|it| !it.is_ascii_digit() && !matches!(it, '/' | '|')).collect();
    // - 3 -, of which the first sign may be taken for that of a list, and 3 / 8.
    let dashed = text.trim_start_matches(['-', '–', '—']).strip_suffix(['-', '–', '—']);
    let of = |it: &str| !it.trim().is_empty() && it.trim().chars().all(|it| it.is_ascii_digit());
    if dashed.is_some_and(of) || text.split_once('/').is_some_and(|(page, all)| of(page) && of(all)) {
        return true;
    }
    words.values(&rest, "page-number").next().is_some()
}

/// Cells that tabs or two spaces divide.
fn columns_of_space(lines: &[Line], words: &Words<'_>) -> Option<(Grid, usize)> {
    let first = &lines.first()?.text;
    let texts = gaps(first.as_str());
    if !(2..=MAX_COLUMNS).contains(&texts.len()) {
        return None;
    }
    header(texts.into_iter().filter_map(|range| first.as_str().get(range)).map(str::trim), words)?;
    let first = cells(first);
    let mut grid = Grid { rows: vec![first.iter().map(Cell::new).collect()] };
    let mut used = 1_usize;
    for line in lines.iter().skip(1) {
        let row = cells(&line.text);
        let again = header(row.iter().map(Text::as_str), words).is_some();
        if row.len() < 2 || line.rule || 1 < line.gap || again {
            // A line that goes on with the last cell.
            let wrapped =
                !again && line.gap == 0 && !line.rule && line.level == 0 && row.len() == 1 && grid.rows.len() > 1;
            if !wrapped || is_end(&line.text) {
                break;
            }
            let last = grid.rows.last_mut().and_then(|row| row.last_mut())?;
            last.text.append("\n", &line.text);
        } else {
            grid.rows.push(row.iter().map(Cell::new).collect());
        }
        used = used.saturating_add(1);
    }
    (1 < grid.rows.len()).then_some((grid, used))
}

fn cells(text: &Text) -> Vec<Text> {
    gaps(text.as_str()).into_iter().map(|range| text.slice(range).trimmed()).collect()
}

/// What stands between tabs, and where there is none between wide gaps.
fn gaps(string: &str) -> Vec<Range<usize>> {
    let mut cells = Vec::new();
    let mut start = 0_usize;
    let tabs = string.contains('\t');
    let mut at = 0_usize;
    while let Some(gap) = string.get(at..).and_then(|rest| if tabs { rest.find('\t') } else { space(rest) }) {
        let gap = at.saturating_add(gap);
        let spaces = string.get(gap..).unwrap_or_default();
        let length = if tabs { 1 } else { spaces.len().saturating_sub(spaces.trim_start().len()) };
        at = gap.saturating_add(length);
        if tabs || 2 <= length {
            cells.push(start..gap);
            start = at;
        }
    }
    cells.push(start..string.len());
    cells
}

/// The first space of a text, full-width ones among them.
fn space(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let wide = |at: usize| bytes.get(at..).is_some_and(|rest| rest.starts_with("\u{3000}".as_bytes()));
    memchr2_iter(b' ', 0xe3, bytes).find(|&at| bytes.get(at) == Some(&b' ') || wide(at))
}

/// A cell a line: the header's lines say how many cells a row has.
fn cell_a_line(lines: &[Line], words: &Words<'_>) -> Option<(Grid, usize)> {
    let width = line_header(lines, words)?;
    let columns: Vec<Column> =
        lines.iter().take(width).filter_map(|line| Column::of(line.text.as_str(), words)).collect();
    let cell = |line: &Line| Cell::new(&line.text);
    let mut grid = Grid { rows: vec![lines.iter().take(width).map(cell).collect()] };
    let mut used = width;
    let first_gap = lines.get(width).map_or(0, |line| line.gap);
    let mut row: Vec<Cell> = Vec::new();
    while let Some(line) = lines.get(used) {
        let column = columns.get(row.len()).copied();
        let goes_on = links::is_link_line(line.text.as_str());
        let last = row.last().or_else(|| grid.rows.get(1..)?.last()?.last());
        let joined = last.is_some_and(|cell| cell.text.as_str().ends_with(['、', '，', '（']));
        if joined || goes_on && grid.rows.len() > 1 && row.is_empty() || goes_on && row.len() >= width {
            // Several links in the last cell, with a label each; or a cell that a page broke.
            let last = if row.is_empty() { grid.rows.last_mut() } else { Some(&mut row) };
            if let Some(cell) = last.and_then(|row| row.last_mut()) {
                cell.text.append("\n", &line.text);
            }
        } else {
            let text = line.text.as_str();
            // 三、 is no cell, wherever it stands.
            let section = is_section(text, words) && !is_numbered(text) && !text.starts_with(['（', '(']);
            if row.is_empty() && is_after(lines, used, width, words) || section {
                break;
            }
            // A row whose link is missing ends before the next name.
            let short = column == Some(Column::Link) && !goes_on && row.len().saturating_add(1) == width;
            if short && first_gap <= line.gap && 0 < first_gap {
                row.push(Cell::default());
                grid.rows.push(std::mem::take(&mut row));
                continue;
            }
            row.push(cell(line));
        }
        used = used.saturating_add(1);
        if row.len() == width {
            grid.rows.push(std::mem::take(&mut row));
        }
    }
    if !row.is_empty() {
        row.resize(width, Cell::default());
        grid.rows.push(row);
    }
    (1 < grid.rows.len()).then_some((grid, used))
}

/// How many lines from the first on are the header of a table.
fn line_header(lines: &[Line], words: &Words<'_>) -> Option<usize> {
    // A title such as 安卓权限列表 has the words of a header, and the header itself follows.
    let [first, second, ..] = lines else { return None };
    let whole = |line: &Line| Column::exact(line.text.as_str(), words);
    if whole(first).is_none()
        && whole(second).is_some()
        && lines.get(1..).is_some_and(|rest| line_header(rest, words).is_some())
    {
        return None;
    }
    let mut columns = Vec::new();
    let mut exact = 0_usize;
    for line in lines.iter().take(MAX_LINE_COLUMNS) {
        let text = line.text.as_str();
        if line.rule || line.item || is_section(text, words) || text.contains(['：', ':', '。', '，', '|']) {
            break;
        }
        let Some(column) = Column::of(text, words) else { break };
        let whole = Column::exact(text, words).is_some();
        // A heading of the policy has the words of a header in it: 如何收集您的个人信息.
        if !whole && words.find(text).valued("heading").any(|(_, value)| !["permission", "sdk"].contains(&value)) {
            break;
        }
        if columns.contains(&column) && !matches!(column, Column::Permission | Column::Purpose | Column::Data) {
            break;
        }
        exact = exact.saturating_add(usize::from(whole));
        columns.push(column);
    }
    // The names in the first row may look like a header; the gap before it says otherwise.
    let gap = lines.get(1).map_or(0, |line| line.gap);
    let same = lines.iter().skip(1).take(columns.len().saturating_sub(1)).take_while(|line| line.gap == gap).count();
    columns.truncate(same.saturating_add(1));
    let anchors = columns.iter().filter(|it| it.anchors()).count();
    // Links to other pages of a site may be two words that are headers, too.
    let enough = if 0 < exact && !first.closed { 2 } else { 3 };
    let kinds: std::collections::BTreeSet<&Column> = columns.iter().collect();
    (enough <= columns.len() && 0 < anchors && 2 <= kinds.len()).then_some(columns.len())
}

/// The table ended before this line: a heading, a long way to the next line, or the header of another table.
fn is_after(lines: &[Line], place: usize, width: usize, words: &Words<'_>) -> bool {
    let Some(line) = lines.get(place) else { return true };
    let text = line.text.as_str();
    if line.rule || 0 < line.level && line.level < 7 || is_section(text, words) || is_end(&line.text) {
        return true;
    }
    let rest = lines.get(place..).unwrap_or_default();
    let title = rest.get(1..).unwrap_or_default();
    rest.len() < width.min(2) || line_header(rest, words).is_some() || line_header(title, words).is_some()
}

/// A sentence that is no cell.
fn is_end(text: &Text) -> bool {
    text.as_str().chars().count() > 60 && text.as_str().contains('。')
}
