//! From a page to lines and tables. The tokens are those of the HTML standard; of its tree only what a saved page needs
//! is kept: blocks end lines, cells with their spans make [`tables`](super::tables), and what nobody sees (scripts,
//! styles, the head) is passed over.

use html5gum::emitters::default::{DefaultEmitter, StartTag, Token};
use html5gum::{HtmlString, Spanned, Tokenizer};

use super::page::{Line, MAX_COLUMNS, Part};
use super::tables::{MAX_SPAN, Table};
use super::text::{Source, Text};
use super::words::Words;

/// Tables in tables; a deeper one is lines of its cell.
const MAX_DEPTH: usize = 6;

/// Bytes of merged cells that are written again in the rows that they span.
const MOST_MERGED: usize = 4 << 20;

/// Bytes of a character reference such as `&CounterClockwiseContourIntegral;`.
const LONGEST_REFERENCE: usize = 40;

/// The parts of a page, and whether scripts stood in it.
pub(super) fn read(source: &Source, words: &Words<'_>) -> (Vec<Part>, bool) {
    let mut reader = Reader::new(words);
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
    reader.nested = 0;
    while !reader.tables.is_empty() {
        reader.end_table();
    }
    reader.end_line();
    (reader.parts, reader.scripts)
}

struct Reader<'w> {
    words: &'w Words<'w>,
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
    /// The tables around this place, the innermost last.
    tables: Vec<Table>,
    /// Tables within the innermost one that are lines of its cell.
    nested: usize,
    /// Bytes of merged cells that may still be written again.
    spare: usize,
    scripts: bool,
    /// White space is due before the next character.
    space: Option<usize>,
}

impl<'w> Reader<'w> {
    fn new(words: &'w Words<'w>) -> Self {
        Self {
            words,
            parts: Vec::new(),
            line: Text::default(),
            shown: 0,
            bold_shown: 0,
            level: 0,
            item: false,
            hidden: 0,
            bold: 0,
            kept: 0,
            link: None,
            tables: Vec::new(),
            nested: 0,
            spare: MOST_MERGED,
            scripts: false,
            space: None,
        }
    }

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
            b"br" => self.end_piece(),
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
            b"table" => self.end_table(),
            b"tr" | b"td" | b"th" => self.end_cell(),
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
            self.end_piece();
        } else if character.is_whitespace() {
            self.space.get_or_insert(place);
        } else {
            let mut bytes = [0; 4];
            let space = self.space.take();
            let (bold, text) = (0 < self.bold, &mut self.line);
            if let Some(space) = space.filter(|_| !text.as_str().is_empty() && !text.as_str().ends_with('\n')) {
                text.push(" ", space);
            }
            text.push(character.encode_utf8(&mut bytes), place);
            self.shown = self.shown.saturating_add(1);
            self.bold_shown = self.bold_shown.saturating_add(usize::from(bold));
        }
    }

    /// Ends a line within a block: the next one may go on with its sentence.
    fn end_piece(&mut self) {
        let (level, item) = (self.level, self.item);
        self.end_line();
        (self.level, self.item) = (level, item);
    }

    fn end_line(&mut self) {
        self.space = None;
        let text = std::mem::take(&mut self.line);
        if !text.is_blank() {
            let bold = self.shown == self.bold_shown && self.level == 0;
            let level = if bold { 7 } else { self.level };
            let line = Line { text: text.trimmed(), level, item: self.item, closed: true, ..Line::default() };
            self.put(Part::Line(line));
        }
        (self.level, self.item, self.shown, self.bold_shown) = (0, false, 0, 0);
    }

    /// Adds a part to the cell that is open, else to the page.
    fn put(&mut self, part: Part) {
        match self.tables.last_mut().and_then(Table::cell) {
            Some(cell) => cell.push(part),
            None => self.parts.push(part),
        }
    }

    fn end_link(&mut self) {
        let Some((address, place)) = self.link.take() else { return };
        let text = &mut self.line;
        if !text.as_str().trim_end_matches('/').ends_with(address.trim_end_matches('/')) {
            text.push(" ", place);
            text.push(&address, place);
            self.space = Some(place);
        }
    }

    fn open_table(&mut self) {
        self.end_line();
        if MAX_DEPTH <= self.tables.len() {
            self.nested = self.nested.saturating_add(1);
            return;
        }
        self.tables.push(Table::default());
    }

    fn open_row(&mut self) {
        self.end_cell();
        if self.nested == 0
            && let Some(table) = self.tables.last_mut()
        {
            table.open_row();
        }
    }

    fn open_cell(&mut self, tag: &StartTag<usize>) {
        self.end_cell();
        if self.nested == 0
            && let Some(table) = self.tables.last_mut()
        {
            table.open_cell(span(tag, b"rowspan"), span(tag, b"colspan").min(MAX_COLUMNS));
        }
    }

    fn end_cell(&mut self) {
        self.end_line();
        if self.nested == 0
            && let Some(table) = self.tables.last_mut()
        {
            self.link = None;
            table.end_cell();
        }
    }

    fn end_table(&mut self) {
        self.end_cell();
        if 0 < self.nested {
            self.nested = self.nested.saturating_sub(1);
        } else if let Some(table) = self.tables.pop() {
            for part in table.finish(self.words, &mut self.spare) {
                self.put(part);
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
