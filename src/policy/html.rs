//! From a page to lines and tables. The tokens are those of the HTML standard; of its tree only what a saved page needs
//! is kept: blocks end lines, cells with their spans make tables, and what nobody sees (scripts, styles, the head) is
//! passed over. A table in a cell is read as lines of that cell, and a table of one column as lines.

use html5gum::emitters::default::{DefaultEmitter, StartTag, Token};
use html5gum::{HtmlString, Spanned, Tokenizer};

use super::page::{Cell, Grid, Line, MAX_COLUMNS, Part};
use super::text::{Source, Text};

/// Cells of one table, with those that spans fill.
const MAX_CELLS: usize = 1 << 16;

/// Bytes of a character reference such as `&CounterClockwiseContourIntegral;`.
const LONGEST_REFERENCE: usize = 40;

/// The most rows that one cell may span.
const MAX_SPAN: usize = 500;

/// The parts of a page, and whether scripts stood in it.
pub(super) fn read(source: &Source) -> (Vec<Part>, bool) {
    let mut reader = Reader::default();
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(true);
    for token in Tokenizer::new_with_emitter(source.text.as_str(), emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => reader.open(&tag),
            Token::EndTag(tag) => reader.close(&tag.name),
            Token::String(text) => reader.text(&text, source),
            _ => {}
        }
    }
    while reader.table.is_some() {
        reader.end_table();
    }
    reader.end_line();
    (reader.parts, reader.scripts)
}

#[derive(Default)]
struct Reader {
    parts: Vec<Part>,
    line: Text,
    /// Characters of the line, and those of them that are bold.
    shown: usize,
    bold_shown: usize,
    level: u8,
    item: bool,
    /// Elements around this place whose text nobody sees, and that is bold or kept as written.
    hidden: usize,
    bold: usize,
    kept: usize,
    /// Where the link around this place leads, and the place of its tag.
    link: Option<(String, usize)>,
    table: Option<Table>,
    /// Tables around the innermost one that are lines of its cell.
    nested: usize,
    scripts: bool,
    /// White space is due before the next character.
    space: Option<usize>,
}

/// A table that is being read.
#[derive(Default)]
struct Table {
    rows: Vec<Vec<Option<Cell>>>,
    /// The row that cells are added to.
    row: Option<usize>,
    /// The cell that is open: its row, column and spans.
    open: Option<(usize, usize, usize, usize)>,
    text: Text,
    cells: usize,
}

impl Reader {
    fn open(&mut self, tag: &StartTag<usize>) {
        let name: &[u8] = &tag.name;
        match name {
            b"script" | b"style" | b"noscript" | b"template" | b"head" | b"svg" | b"iframe" | b"object" | b"select"
            | b"textarea" => {
                self.scripts |= name == b"script";
                if !tag.self_closing {
                    self.hidden = self.hidden.saturating_add(1);
                }
            }
            // The head ends here even where its own end is missing.
            b"body" => {
                self.hidden = 0;
                self.end_line();
            }
            b"b" | b"strong" => self.bold = self.bold.saturating_add(1),
            b"pre" => {
                self.end_line();
                self.kept = self.kept.saturating_add(1);
            }
            b"a" => self.link = link(tag),
            b"br" => self.end_piece(tag.span.start),
            b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" => {
                self.end_line();
                self.level = name.get(1).map_or(0, |digit| digit.saturating_sub(b'0'));
            }
            b"li" | b"dt" | b"dd" => {
                self.end_line();
                self.item = true;
            }
            b"table" => self.open_table(),
            b"tr" => self.open_row(),
            b"td" | b"th" => self.open_cell(tag),
            _ if is_block(name) => self.end_line(),
            _ => {}
        }
    }

    fn close(&mut self, name: &HtmlString) {
        let name: &[u8] = name;
        match name {
            b"script" | b"style" | b"noscript" | b"template" | b"head" | b"svg" | b"iframe" | b"object" | b"select"
            | b"textarea" => self.hidden = self.hidden.saturating_sub(1),
            b"b" | b"strong" => self.bold = self.bold.saturating_sub(1),
            b"pre" => {
                self.end_line();
                self.kept = self.kept.saturating_sub(1);
            }
            b"a" => self.end_link(),
            b"table" if 0 < self.nested => {
                self.nested = self.nested.saturating_sub(1);
                self.end_line();
            }
            b"table" => self.end_table(),
            b"tr" | b"td" | b"th" if self.nested == 0 => self.end_cell(),
            b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" | b"li" | b"dt" | b"dd" => self.end_line(),
            _ if is_block(name) => self.end_line(),
            _ => {}
        }
    }

    fn text(&mut self, text: &Spanned<HtmlString, usize>, source: &Source) {
        if 0 < self.hidden {
            return;
        }
        let decoded = String::from_utf8_lossy(text);
        let raw = source.text.get(text.span.start..text.span.end).unwrap_or_default();
        // A reference such as `&amp;` is longer than its character: the two texts are walked side by side.
        let mut at = 0_usize;
        for character in decoded.chars() {
            let rest = raw.get(at..).unwrap_or_default();
            let reference = || rest.bytes().take(LONGEST_REFERENCE).position(|byte| byte == b';');
            let place = text.span.start.saturating_add(at.min(raw.len()));
            let length = match rest.chars().next() {
                Some('&') if character != '&' || reference().is_some() => {
                    reference().map_or(1, |end| end.saturating_add(1))
                }
                Some('\r') if rest.starts_with("\r\n") => 2,
                Some(first) => first.len_utf8(),
                None => 0,
            };
            at = at.saturating_add(length);
            self.character(character, place);
        }
    }

    fn character(&mut self, character: char, place: usize) {
        if character == '\n' && 0 < self.kept {
            self.end_piece(place);
        } else if character.is_whitespace() {
            self.space.get_or_insert(place);
        } else {
            let mut bytes = [0; 4];
            let space = self.space.take();
            let (bold, text) = (0 < self.bold, self.target());
            if let Some(space) = space.filter(|_| !text.as_str().is_empty() && !text.as_str().ends_with('\n')) {
                text.push(" ", space);
            }
            text.push(character.encode_utf8(&mut bytes), place);
            self.shown = self.shown.saturating_add(1);
            self.bold_shown = self.bold_shown.saturating_add(usize::from(bold));
        }
    }

    fn target(&mut self) -> &mut Text {
        match &mut self.table {
            Some(table) if table.open.is_some() => &mut table.text,
            _ => &mut self.line,
        }
    }

    fn in_cell(&self) -> bool {
        self.table.as_ref().is_some_and(|table| table.open.is_some())
    }

    /// Ends a line within a block: the next one may go on with its sentence.
    fn end_piece(&mut self, place: usize) {
        if self.in_cell() {
            self.space = None;
            let text = self.target();
            if !text.as_str().is_empty() && !text.as_str().ends_with('\n') {
                text.push("\n", place);
            }
        } else {
            let (level, item) = (self.level, self.item);
            self.end_line();
            (self.level, self.item) = (level, item);
        }
    }

    fn end_line(&mut self) {
        if self.in_cell() {
            let place = self.target().span().end;
            return self.end_piece(place);
        }
        self.space = None;
        let text = std::mem::take(&mut self.line);
        if !text.is_blank() {
            let bold = self.shown == self.bold_shown && self.level == 0;
            let level = if bold { 7 } else { self.level };
            let line = Line { text: text.trimmed(), level, item: self.item, closed: true, ..Line::default() };
            self.parts.push(Part::Line(line));
        }
        (self.level, self.item, self.shown, self.bold_shown) = (0, false, 0, 0);
    }

    fn end_link(&mut self) {
        let Some((address, place)) = self.link.take() else { return };
        let text = self.target();
        if !text.as_str().trim_end_matches('/').ends_with(address.trim_end_matches('/')) {
            text.push(" ", place);
            text.push(&address, place);
            self.space = Some(place);
        }
    }

    fn open_table(&mut self) {
        if self.in_cell() {
            self.nested = self.nested.saturating_add(1);
            return;
        }
        if self.table.is_some() {
            self.end_table();
        }
        self.end_line();
        self.table = Some(Table::default());
    }

    fn open_row(&mut self) {
        if 0 < self.nested {
            return self.end_line();
        }
        self.end_cell();
        if let Some(table) = &mut self.table {
            table.open_row();
        }
    }

    fn open_cell(&mut self, tag: &StartTag<usize>) {
        if 0 < self.nested {
            return self.end_line();
        }
        self.end_cell();
        if let Some(table) = &mut self.table {
            table.open_cell(span(tag, b"rowspan"), span(tag, b"colspan").min(MAX_COLUMNS));
        }
    }

    fn end_cell(&mut self) {
        self.space = None;
        self.link = None;
        (self.shown, self.bold_shown) = (0, 0);
        if let Some(table) = &mut self.table {
            table.end_cell();
        }
    }

    fn end_table(&mut self) {
        self.end_cell();
        self.nested = 0;
        let Some(table) = self.table.take() else { return };
        // A span may reach beyond the last row.
        let own = table.row.map_or(0, |row| row.saturating_add(1));
        let rows: Vec<Vec<Cell>> = table
            .rows
            .into_iter()
            .take(own)
            .map(|row| row.into_iter().map(Option::unwrap_or_default).collect())
            .collect();
        let width = rows.iter().map(Vec::len).max().unwrap_or_default();
        if width < 2 {
            let pieces = rows.into_iter().flatten().filter(|cell| !cell.inherited);
            for line in pieces.flat_map(|cell| cell.text.split(|it| it == '\n')).filter(|line| !line.is_blank()) {
                self.parts.push(Part::Line(Line { text: line.trimmed(), closed: true, ..Line::default() }));
            }
        } else {
            self.parts.push(Part::Grid(Grid { rows }));
        }
        self.line = Text::default();
    }
}

impl Table {
    fn open_row(&mut self) {
        let row = self.row.map_or(0, |row| row.saturating_add(1));
        while self.rows.len() <= row {
            self.rows.push(Vec::new());
        }
        self.row = Some(row);
    }

    fn open_cell(&mut self, rowspan: usize, colspan: usize) {
        if self.row.is_none() {
            self.open_row();
        }
        let row = self.row.unwrap_or_default();
        let cells = self.rows.get(row).map(Vec::as_slice).unwrap_or_default();
        let column = cells.iter().position(Option::is_none).unwrap_or(cells.len());
        if column < MAX_COLUMNS && self.cells < MAX_CELLS {
            self.open = Some((row, column, rowspan, colspan));
            self.text = Text::default();
            self.put(row, column, Cell::default());
        }
    }

    fn put(&mut self, row: usize, column: usize, cell: Cell) {
        while self.rows.len() <= row {
            self.rows.push(Vec::new());
        }
        if let Some(cells) = self.rows.get_mut(row) {
            if cells.len() <= column {
                cells.resize(column.saturating_add(1), None);
            }
            if let Some(place) = cells.get_mut(column) {
                *place = Some(cell);
                self.cells = self.cells.saturating_add(1);
            }
        }
    }

    fn end_cell(&mut self) {
        let Some((row, column, rowspan, colspan)) = self.open.take() else { return };
        let text = std::mem::take(&mut self.text).trimmed();
        for down in 0..rowspan {
            for across in 0..colspan {
                if MAX_CELLS <= self.cells {
                    return;
                }
                let inherited = 0 < down || 0 < across;
                let place = (row.saturating_add(down), column.saturating_add(across));
                if place.1 < MAX_COLUMNS {
                    self.put(place.0, place.1, Cell { text: text.clone(), inherited });
                }
            }
        }
    }
}

fn link(tag: &StartTag<usize>) -> Option<(String, usize)> {
    let address = tag.attributes.get(&b"href"[..])?;
    let address = String::from_utf8_lossy(address).trim().to_owned();
    address.starts_with("http").then_some((address, tag.span.start))
}

fn span(tag: &StartTag<usize>, name: &[u8]) -> usize {
    let value = tag.attributes.get(name).and_then(|value| str::from_utf8(value).ok()?.trim().parse().ok());
    value.unwrap_or(1).clamp(1, MAX_SPAN)
}

fn is_block(name: &[u8]) -> bool {
    const BLOCKS: [&[u8]; 26] = [
        b"address",
        b"article",
        b"aside",
        b"blockquote",
        b"caption",
        b"center",
        b"dd",
        b"details",
        b"div",
        b"dl",
        b"fieldset",
        b"figure",
        b"footer",
        b"form",
        b"header",
        b"hr",
        b"main",
        b"nav",
        b"ol",
        b"p",
        b"section",
        b"summary",
        b"tbody",
        b"thead",
        b"title",
        b"ul",
    ];
    BLOCKS.contains(&name)
}
