//! PDF documents (ISO 32000-1): the glyphs of each page with their places, and the lines that rule tables.
//!
//! `lopdf` reads the file, within bounds; the operators of a page are followed here. What they draw becomes text in
//! [`super::layout`].

use std::collections::BTreeMap;

use lopdf::content::Content;
use lopdf::{Dictionary, Document, LoadOptions, Object, ObjectId};

use super::fonts::{Font, number};
use super::input::refuse;
use super::layout::{Glyph, Pages, Rule, Sheet};
use super::page::Part;
use super::text::Source;
use crate::error::{Error, Result};
use crate::limits::MAX_TEXT_BYTES;

/// Bytes of operators of one page, and of a stream inside the file; real pages stay under a megabyte.
pub(super) const MAX_PAGE_BYTES: usize = 8 << 20;

/// Bytes of operators of all pages.
const MAX_CONTENT_BYTES: usize = 64 << 20;

/// Pages, and glyphs of one page.
const MAX_PAGES: usize = 2_000;
const MAX_GLYPHS: usize = 1 << 18;

/// Ruling lines of one page, and of all pages; a table of a policy has some hundred.
const MAX_RULES: usize = 1_500;
const MAX_RULES_IN_ALL: usize = 60_000;

/// Characters of a message that are passed on.
const LONGEST_REASON: usize = 120;

/// Forms inside forms.
const MAX_DEPTH: usize = 8;

/// Bytes of the stack on which a file is read: arrays inside arrays are read by recursion, to a depth that is bound.
const STACK: usize = 32 << 20;

/// Reads a document.
///
/// # Errors
/// It is encrypted, damaged, has no text, or text in an encoding that is not known.
pub(super) fn read(bytes: &[u8]) -> Result<(Source, Vec<Part>)> {
    // A defect in the reading of a hostile file must end this file's reading and nothing else.
    let thread = std::thread::Builder::new().name(super::READER.to_owned()).stack_size(STACK);
    let pages = std::thread::scope(|scope| {
        let reader = thread.spawn_scoped(scope, || pages(bytes));
        reader.map(std::thread::ScopedJoinHandle::join)
    });
    match pages {
        Ok(Ok(pages)) => pages,
        Ok(Err(_)) => Err(refuse("a PDF document that is damaged in a way that ends its reading", None)),
        Err(error) => Err(refuse(&format!("a PDF document that no thread can be started for: {error}"), None)),
    }
}

fn pages(bytes: &[u8]) -> Result<(Source, Vec<Part>)> {
    let damaged = |error: &dyn std::fmt::Display| {
        let why: String = error.to_string().chars().filter(|it| !it.is_control()).take(LONGEST_REASON).collect();
        refuse(&format!("a PDF document that cannot be read: {why}"), None)
    };
    let mut document = Document::load_mem_with_options(bytes, LoadOptions::with_max_decompressed_size(MAX_PAGE_BYTES))
        .map_err(|error| match error {
            lopdf::Error::InvalidPassword | lopdf::Error::Decryption(_) => encrypted(),
            error => damaged(&error),
        })?;
    // What opens without a password is decrypted already.
    let locked = document.trailer.has(b"Encrypt") && !document.was_encrypted();
    if locked && document.decrypt("").is_err() {
        return Err(encrypted());
    }
    let (mut left, mut rules) = (MAX_CONTENT_BYTES, MAX_RULES_IN_ALL);
    let mut text = Pages::default();
    let mut unread = String::new();
    for page in document.get_pages().into_values().take(MAX_PAGES) {
        let content = document.get_page_content_with_limit(page, MAX_PAGE_BYTES.min(left));
        let content = content.map_err(|error| damaged(&error))?;
        left = left.saturating_sub(content.len());
        let mut drawn = Drawn {
            document: &document,
            sheet: Sheet::default(),
            fonts: BTreeMap::new(),
            unread: &mut unread,
            budget: MAX_PAGE_BYTES,
        };
        let (own, inherited) = document.get_page_resources(page).map_err(|error| damaged(&error))?;
        let resources: Vec<&Dictionary> =
            own.into_iter().chain(inherited.iter().filter_map(|id| document.get_dictionary(*id).ok())).collect();
        drawn.run(&content, &resources, State::default(), 0);
        let mut sheet = drawn.sheet;
        sheet.rules.truncate(rules);
        rules = rules.saturating_sub(sheet.rules.len());
        text.page(sheet);
        if MAX_TEXT_BYTES < text.bytes() {
            return Err(Error::Limit {
                what: "bytes of text in a PDF document",
                value: text.bytes(),
                limit: MAX_TEXT_BYTES,
            });
        }
    }
    let read = text.finish();
    if read.0.text.trim().is_empty() {
        return Err(match unread.as_str() {
            "" => refuse("a PDF document without text: its pages are images", None),
            encoding => refuse(&format!("a PDF document whose text cannot be read: its encoding is {encoding}"), None),
        });
    }
    let lost = read.0.text.chars().filter(|it| *it == char::REPLACEMENT_CHARACTER).count();
    if read.0.text.chars().count() < lost.saturating_mul(4) {
        return Err(refuse("a PDF document whose text has no readable encoding", None));
    }
    Ok(read)
}

fn encrypted() -> Error {
    refuse("an encrypted PDF document", None)
}

/// A matrix as operators give it: `x' = a x + c y + e`, `y' = b x + d y + f`.
#[derive(Debug, Clone, Copy)]
struct Matrix([f64; 6]);

impl Matrix {
    const ONE: Self = Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    /// First this one, then `next`.
    fn then(self, next: Self) -> Self {
        let [.., shift_x, shift_y] = next.0;
        let turned = |x: f64, y: f64| {
            let (at_x, at_y) = next.at(x, y);
            [at_x - shift_x, at_y - shift_y]
        };
        let [right_x, right_y, up_x, up_y, left, bottom] = self.0;
        let ([rx, ry], [ux, uy]) = (turned(right_x, right_y), turned(up_x, up_y));
        let (left, bottom) = next.at(left, bottom);
        Self([rx, ry, ux, uy, left, bottom])
    }

    fn at(self, x: f64, y: f64) -> (f64, f64) {
        let [right_x, right_y, up_x, up_y, left, bottom] = self.0;
        (x.mul_add(right_x, y.mul_add(up_x, left)), x.mul_add(right_y, y.mul_add(up_y, bottom)))
    }

    /// How long one unit across, and one unit up, become.
    fn scale(self) -> (f64, f64) {
        let [right_x, right_y, up_x, up_y, ..] = self.0;
        (right_x.hypot(right_y), up_x.hypot(up_y))
    }
}

/// The state that `q` keeps.
#[derive(Debug, Clone, Copy)]
struct State {
    matrix: Matrix,
    /// The address of the font's dictionary.
    font: usize,
    size: f64,
    letter: f64,
    word: f64,
    stretch: f64,
    leading: f64,
    rise: f64,
}

impl Default for State {
    fn default() -> Self {
        Self { matrix: Matrix::ONE, font: 0, size: 1.0, letter: 0.0, word: 0.0, stretch: 1.0, leading: 0.0, rise: 0.0 }
    }
}

/// A page while it is drawn.
struct Drawn<'d, 'u> {
    document: &'d Document,
    sheet: Sheet,
    fonts: BTreeMap<usize, Font<'d>>,
    /// An encoding that is not known.
    unread: &'u mut String,
    /// Bytes of operators that may still be followed: a form can draw another one many times.
    budget: usize,
}

impl<'d> Drawn<'d, '_> {
    fn run(&mut self, content: &[u8], resources: &[&'d Dictionary], start: State, depth: usize) {
        let Some(budget) = self.budget.checked_sub(content.len()) else { return };
        self.budget = budget;
        let Ok(content) = Content::decode(content) else { return };
        let mut state = start;
        let mut kept: Vec<State> = Vec::new();
        let (mut line, mut text) = (Matrix::ONE, Matrix::ONE);
        let mut path: Vec<Rule> = Vec::new();
        let mut point = (0.0, 0.0);
        for operation in &content.operations {
            let number = |place: usize| number(operation.operands.get(place));
            let shift = |line: Matrix, x: f64, y: f64| Matrix([1.0, 0.0, 0.0, 1.0, x, y]).then(line);
            match operation.operator.as_str() {
                "q" if kept.len() < MAX_GLYPHS => kept.push(state),
                "Q" => state = kept.pop().unwrap_or(state),
                "cm" => state.matrix = Matrix([0, 1, 2, 3, 4, 5].map(number)).then(state.matrix),
                "BT" => (line, text) = (Matrix::ONE, Matrix::ONE),
                "Tf" => {
                    state.size = number(1);
                    state.font = self.font(operation.operands.first(), resources);
                }
                "Tc" => state.letter = number(0),
                "Tw" => state.word = number(0),
                "Tz" => state.stretch = number(0) / 100.0,
                "TL" => state.leading = number(0),
                "Ts" => state.rise = number(0),
                "Tm" => {
                    line = Matrix([0, 1, 2, 3, 4, 5].map(number));
                    text = line;
                }
                "Td" | "TD" => {
                    if operation.operator == "TD" {
                        state.leading = -number(1);
                    }
                    line = shift(line, number(0), number(1));
                    text = line;
                }
                "T*" | "'" | "\"" => {
                    line = shift(line, 0.0, -state.leading);
                    text = line;
                    if let Some(Object::String(bytes, _)) = operation.operands.last() {
                        self.show(bytes, &state, &mut text);
                    }
                }
                "Tj" => {
                    if let Some(Object::String(bytes, _)) = operation.operands.first() {
                        self.show(bytes, &state, &mut text);
                    }
                }
                "TJ" => {
                    for piece in operation.operands.first().and_then(|it| it.as_array().ok()).into_iter().flatten() {
                        match piece {
                            Object::String(bytes, _) => self.show(bytes, &state, &mut text),
                            other => {
                                let back = self::number(Some(other)) / 1000.0 * state.size * state.stretch;
                                text = shift(text, -back, 0.0);
                            }
                        }
                    }
                }
                "m" => point = state.matrix.at(number(0), number(1)),
                "l" if path.len() < MAX_RULES => {
                    let to = state.matrix.at(number(0), number(1));
                    path.push(Rule::of(point, to));
                    point = to;
                }
                "re" if path.len() < MAX_RULES => {
                    let from = state.matrix.at(number(0), number(1));
                    let to = state.matrix.at(number(0) + number(2), number(1) + number(3));
                    path.extend(Rule::of_box(from, to));
                }
                "S" | "s" | "f" | "F" | "f*" | "B" | "B*" | "b" | "b*" => {
                    if self.sheet.rules.len() < MAX_RULES {
                        self.sheet.rules.extend(path.drain(..).filter(Rule::is_straight));
                    }
                    path.clear();
                }
                "n" => path.clear(),
                "Do" if depth < MAX_DEPTH => self.form(operation.operands.first(), resources, state, depth),
                _ => {}
            }
        }
    }

    /// Draws a form, a piece of a page with resources of its own or those around it.
    fn form(&mut self, name: Option<&Object>, resources: &[&'d Dictionary], state: State, depth: usize) {
        let Some(form) = self.resource(b"XObject", name, resources).and_then(|(_, it)| it.as_stream().ok()) else {
            return;
        };
        if form.dict.get(b"Subtype").and_then(Object::as_name).ok() != Some(b"Form") {
            return;
        }
        let Ok(content) = form.decompressed_content_with_limit(MAX_PAGE_BYTES) else { return };
        let matrix = form.dict.get(b"Matrix").and_then(Object::as_array).ok();
        let matrix = matrix.map_or(Matrix::ONE, |it| Matrix([0, 1, 2, 3, 4, 5].map(|place| number(it.get(place)))));
        let own = form.dict.get_deref(b"Resources", self.document).and_then(Object::as_dict).ok();
        let around: Vec<&Dictionary> = own.into_iter().chain(resources.iter().copied()).collect();
        self.run(&content, &around, State { matrix: matrix.then(state.matrix), ..state }, depth.saturating_add(1));
    }

    /// A resource by its name, and where it lies.
    fn resource(
        &self,
        kind: &[u8],
        name: Option<&Object>,
        resources: &[&'d Dictionary],
    ) -> Option<(Option<ObjectId>, &'d Object)> {
        let name = name?.as_name().ok()?;
        let document = self.document;
        let found =
            resources.iter().find_map(|it| it.get_deref(kind, document).ok()?.as_dict().ok()?.get(name).ok())?;
        document.dereference(found).ok()
    }

    fn font(&mut self, name: Option<&Object>, resources: &[&'d Dictionary]) -> usize {
        let Some(font) = self.resource(b"Font", name, resources).and_then(|(_, it)| it.as_dict().ok()) else {
            return 0;
        };
        let key = std::ptr::from_ref(font).addr();
        if !self.fonts.contains_key(&key) {
            let font = Font::of(font, self.document, self.unread);
            self.fonts.insert(key, font);
        }
        key
    }

    /// Places the glyphs of a string and moves the text matrix behind them.
    fn show(&mut self, bytes: &[u8], state: &State, text: &mut Matrix) {
        let Some(font) = self.fonts.get(&state.font) else { return };
        for (code, shown, length) in font.codes(bytes) {
            if MAX_GLYPHS <= self.sheet.glyphs.len() {
                return;
            }
            let thousandths = font.widths.get(&code).copied().unwrap_or_else(|| font.guess(&shown));
            let spacing = state.letter + if length == 1 && code == 32 { state.word } else { 0.0 };
            let advance = (thousandths / 1000.0).mul_add(state.size, spacing) * state.stretch;
            let whole = Matrix([1.0, 0.0, 0.0, 1.0, 0.0, state.rise]).then(*text).then(state.matrix);
            let (x, y) = whole.at(0.0, 0.0);
            let (across, up) = whole.scale();
            if !shown.trim().is_empty() {
                let glyph = Glyph { x, y, width: advance * across, size: (state.size * up).abs(), text: shown };
                self.sheet.glyphs.push(glyph);
            }
            *text = Matrix([1.0, 0.0, 0.0, 1.0, advance, 0.0]).then(*text);
        }
    }
}
