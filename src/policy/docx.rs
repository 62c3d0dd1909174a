//! Word documents (ECMA-376, WordprocessingML): paragraphs, tables with merged cells, headings by style, items of lists,
//! links. What is deleted, hidden or drawn is passed over. A paragraph is a line of the text, and so is one in a cell.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::input::refuse;
use super::page::{Cell, Grid, Line, MAX_COLUMNS, Part};
use super::text::{Source, Text};
use crate::error::{Error, Result};
use crate::limits::MAX_TEXT_BYTES;

/// Where the text of a document is.
const DOCUMENT: &str = "word/document.xml";

/// Characters of a message that are passed on.
const LONGEST_REASON: usize = 120;

/// Cells of one table.
const MAX_CELLS: usize = 1 << 16;

/// The level of a paragraph that is all bold, as for the other formats.
const BOLD: u8 = 7;

/// Whether a zip archive is a Word document.
pub(super) fn is_document(bytes: &[u8]) -> bool {
    ZipArchive::new(Cursor::new(bytes)).is_ok_and(|zip| zip.index_for_name(DOCUMENT).is_some())
}

/// The text of a document and its parts.
///
/// # Errors
/// The archive or the document in it cannot be read, or has more text than a policy can have.
pub(super) fn read(bytes: &[u8]) -> Result<(Source, Vec<Part>)> {
    let failed = |error: &dyn std::fmt::Display| {
        let why: String = error.to_string().chars().filter(|it| !it.is_control()).take(LONGEST_REASON).collect();
        refuse(&format!("a Word document that cannot be read: {why}"), None)
    };
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|error| failed(&error))?;
    let mut entry = |name: &str| -> Result<String> {
        let mut text = Vec::new();
        let file = zip.by_name(name).map_err(|error| failed(&error))?;
        file.take(MAX_TEXT_BYTES.saturating_add(1)).read_to_end(&mut text).map_err(|error| failed(&error))?;
        let value = u64::try_from(text.len()).unwrap_or(u64::MAX);
        if MAX_TEXT_BYTES < value {
            return Err(Error::Limit { what: "bytes of a Word document", value, limit: MAX_TEXT_BYTES });
        }
        String::from_utf8(text).map_err(|error| failed(&error))
    };
    let document = entry(DOCUMENT)?;
    // A document without these has no headings by style and no links.
    let styles = entry("word/styles.xml").map(|text| levels(&text)).unwrap_or_default();
    let links = entry("word/_rels/document.xml.rels").map(|text| targets(&text)).unwrap_or_default();
    let mut reader = Walk { styles, links, ..Walk::default() };
    let mut xml = Reader::from_str(document.trim_start_matches('\u{feff}'));
    loop {
        match xml.read_event().map_err(|error| failed(&error))? {
            Event::Start(tag) => reader.open(&tag),
            Event::Empty(tag) => {
                reader.open(&tag);
                reader.close(tag.local_name().as_ref());
            }
            Event::End(tag) => reader.close(tag.local_name().as_ref()),
            Event::Text(text) if reader.in_text => reader.text(&text.xml10_content()),
            Event::CData(text) if reader.in_text => reader.text(&text.xml10_content()),
            Event::GeneralRef(name) if reader.in_text => reader.reference(&name),
            Event::Eof => break,
            _ => {}
        }
    }
    reader.end_table();
    reader.end_paragraph();
    Ok((Source::new(reader.out), reader.parts))
}

/// The levels of headings by the id of their style: those that say so by name or by outline.
fn levels(styles: &str) -> BTreeMap<String, u8> {
    let mut levels = BTreeMap::new();
    let mut style = String::new();
    each(styles, |tag| {
        let value = attribute(tag, "val").unwrap_or_default();
        match tag.local_name().as_ref() {
            "style" => style = attribute(tag, "styleId").unwrap_or_default(),
            "name" if !style.is_empty() => {
                let name = value.to_ascii_lowercase();
                let level = name.strip_prefix("heading ").and_then(|it| it.trim().parse().ok());
                let level = if name == "title" { Some(1) } else { level };
                levels.extend(level.map(|level: u8| (style.clone(), level.clamp(1, 6))));
            }
            "outlineLvl" if !style.is_empty() => {
                let level = value.parse().ok().filter(|level: &u8| *level < 9);
                levels.extend(level.map(|level| (style.clone(), level.saturating_add(1).min(6))));
            }
            _ => {}
        }
    });
    levels
}

/// Where links lead, by the id of their relation.
fn targets(relations: &str) -> BTreeMap<String, String> {
    let mut targets = BTreeMap::new();
    each(relations, |tag| {
        if let (Some(id), Some(target)) = (attribute(tag, "Id"), attribute(tag, "Target")) {
            targets.insert(id, target);
        }
    });
    targets
}

/// Every start tag of a document; one that is broken ends early.
fn each(xml: &str, mut seen: impl FnMut(&BytesStart<'_>)) {
    let mut reader = Reader::from_str(xml.trim_start_matches('\u{feff}'));
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(tag) | Event::Empty(tag) => seen(&tag),
            Event::Eof => break,
            _ => {}
        }
    }
}

/// An attribute by its local name.
fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = tag.attributes().with_checks(false).flatten().find(|it| it.key.local_name().as_ref() == name)?;
    Some(found.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok()?.into_owned())
}

/// What is known at a place of the document.
#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a property of the run or the paragraph, and they are independent"
)]
struct Walk {
    styles: BTreeMap<String, u8>,
    links: BTreeMap<String, String>,
    out: String,
    parts: Vec<Part>,
    line: Text,
    level: u8,
    item: bool,
    /// Within the text of a run, and what the run looks like.
    in_text: bool,
    in_run: bool,
    bold: bool,
    hidden: bool,
    /// Bytes of the paragraph that are shown, and those of them that are bold.
    shown: usize,
    bold_shown: usize,
    /// Elements around this place whose text is shown nowhere, or a second time.
    skipped: usize,
    link: String,
    table: Option<Table>,
    /// Tables around the innermost one that are lines of its cell.
    nested: usize,
}

#[derive(Default)]
struct Table {
    rows: Vec<Vec<Cell>>,
    cells: usize,
    /// The text of the open cell.
    text: Text,
    in_cell: bool,
    across: usize,
    goes_on: bool,
}

impl Walk {
    fn open(&mut self, tag: &BytesStart<'_>) {
        let is_off = || matches!(attribute(tag, "val").as_deref(), Some("0" | "false" | "none" | "off"));
        let number = || attribute(tag, "val").and_then(|it| it.parse::<usize>().ok()).unwrap_or(1);
        match tag.local_name().as_ref() {
            "Fallback" | "del" | "moveFrom" | "txbxContent" | "drawing" | "pict" => {
                self.skipped = self.skipped.saturating_add(1);
            }
            "p" => self.end_paragraph(),
            "pStyle" => {
                let level = attribute(tag, "val").and_then(|style| self.styles.get(&style).copied());
                self.level = level.unwrap_or(self.level);
            }
            "outlineLvl" if number() < 9 => self.level = u8::try_from(number().saturating_add(1)).unwrap_or(6).min(6),
            "numPr" => self.item = true,
            "r" => (self.in_run, self.bold, self.hidden) = (true, false, false),
            "b" if self.in_run => self.bold = !is_off(),
            "vanish" if self.in_run => self.hidden = !is_off(),
            "t" => self.in_text = self.in_run && !self.hidden && self.skipped == 0,
            "tab" if self.in_run => self.text(" "),
            "br" | "cr" if self.in_run && self.skipped == 0 => self.end_piece(),
            "hyperlink" => {
                self.link = attribute(tag, "id").and_then(|id| self.links.get(&id).cloned()).unwrap_or_default();
            }
            "tbl" => self.open_table(),
            "tr" if self.nested == 0 => {
                if let Some(table) = &mut self.table {
                    table.rows.push(Vec::new());
                }
            }
            "tc" if self.nested == 0 => {
                if let Some(table) = &mut self.table {
                    (table.in_cell, table.across, table.goes_on) = (true, 1, false);
                }
            }
            "gridSpan" if self.nested == 0 => {
                let across = number().clamp(1, MAX_COLUMNS);
                self.table.iter_mut().for_each(|table| table.across = across);
            }
            "vMerge" if self.nested == 0 => {
                let goes_on = attribute(tag, "val").is_none_or(|it| it != "restart");
                self.table.iter_mut().for_each(|table| table.goes_on = goes_on);
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "Fallback" | "del" | "moveFrom" | "txbxContent" | "drawing" | "pict" => {
                self.skipped = self.skipped.saturating_sub(1);
            }
            "p" => self.end_paragraph(),
            "r" => self.in_run = false,
            "t" => self.in_text = false,
            "hyperlink" => self.end_link(),
            "tbl" if 0 < self.nested => self.nested = self.nested.saturating_sub(1),
            "tbl" => self.end_table(),
            "tc" if self.nested == 0 => self.end_cell(),
            _ => {}
        }
    }

    /// Text goes out and into the line or the cell, with its place.
    fn text(&mut self, piece: &str) {
        if self.skipped != 0 || self.hidden {
            return;
        }
        let at = self.out.len();
        let text = match &mut self.table {
            Some(table) if table.in_cell => &mut table.text,
            _ => &mut self.line,
        };
        // A line of the text is a paragraph, whatever its characters are.
        let piece = piece.replace(['\n', '\r'], " ");
        text.push(&piece, at);
        self.out.push_str(&piece);
        self.shown = self.shown.saturating_add(piece.trim().len());
        self.bold_shown = self.bold_shown.saturating_add(if self.bold { piece.trim().len() } else { 0 });
    }

    /// `&amp;` and `&#x4e2d;`; other entities are not known to XML.
    fn reference(&mut self, reference: &quick_xml::events::BytesRef<'_>) {
        let character = match reference.resolve_char_ref() {
            Ok(Some(character)) => Some(character),
            _ => match &**reference {
                "amp" => Some('&'),
                "lt" => Some('<'),
                "gt" => Some('>'),
                "quot" => Some('"'),
                "apos" => Some('\''),
                _ => None,
            },
        };
        if let Some(character) = character {
            self.text(character.encode_utf8(&mut [0; 4]));
        }
    }

    fn end_link(&mut self) {
        let link = std::mem::take(&mut self.link);
        let told = self.out.trim_end_matches('/').ends_with(link.trim_end_matches('/'));
        if link.starts_with("http") && !told {
            self.text(" ");
            self.text(&link);
        }
    }

    /// Ends a line within a paragraph or a cell.
    fn end_piece(&mut self) {
        if self.out.is_empty() || self.out.ends_with('\n') {
            return;
        }
        match &mut self.table {
            Some(table) if table.in_cell => {
                table.text.push("\n", self.out.len());
                self.out.push('\n');
            }
            _ => {
                let (level, item) = (self.level, self.item);
                self.end_paragraph();
                (self.level, self.item) = (level, item);
            }
        }
    }

    fn end_paragraph(&mut self) {
        if self.table.as_ref().is_some_and(|table| table.in_cell) {
            self.end_piece();
        } else {
            let text = std::mem::take(&mut self.line).trimmed();
            if !text.is_blank() {
                let level = if self.level == 0 && self.shown == self.bold_shown { BOLD } else { self.level };
                let line = Line { text, level, item: self.item, closed: true, ..Line::default() };
                self.parts.push(Part::Line(line));
            }
            if !self.out.is_empty() && !self.out.ends_with('\n') {
                self.out.push('\n');
            }
        }
        (self.level, self.item, self.shown, self.bold_shown) = (0, false, 0, 0);
    }

    fn open_table(&mut self) {
        if self.table.is_some() {
            self.nested = self.nested.saturating_add(1);
        } else {
            self.end_paragraph();
            self.table = Some(Table::default());
        }
    }

    fn end_cell(&mut self) {
        self.end_piece();
        let Some(table) = &mut self.table else { return };
        let text = std::mem::take(&mut table.text).trimmed();
        table.in_cell = false;
        let above = table.rows.len().checked_sub(2).and_then(|row| table.rows.get(row));
        let column = table.rows.last().map_or(0, Vec::len);
        let above = above.and_then(|row| row.get(column)).map(|cell| cell.text.clone());
        let (text, goes_on) = match above {
            Some(above) if table.goes_on => (above, true),
            _ => (text, false),
        };
        let Some(row) = table.rows.last_mut() else { return };
        for across in 0..table.across {
            if row.len() < MAX_COLUMNS && table.cells < MAX_CELLS {
                table.cells = table.cells.saturating_add(1);
                row.push(Cell { text: text.clone(), inherited: goes_on || 0 < across });
            }
        }
    }

    fn end_table(&mut self) {
        let Some(table) = self.table.take() else { return };
        self.nested = 0;
        if table.rows.iter().any(|row| 1 < row.len()) {
            self.parts.push(Part::Grid(Grid { rows: table.rows }));
            return;
        }
        // A frame around text is no table.
        let pieces = table.rows.into_iter().flatten().filter(|cell| !cell.inherited);
        for line in pieces.flat_map(|cell| cell.text.split(|it| it == '\n')).filter(|line| !line.is_blank()) {
            self.parts.push(Part::Line(Line { text: line.trimmed(), closed: true, ..Line::default() }));
        }
    }
}
