//! Tells code, literals, comments and regular expressions of JavaScript apart (ECMA-262, clause 12), and nothing more.
//!
//! Whether a slash divides or begins a regular expression depends on the grammar; here the token before it decides, with
//! the word before the brackets where it is a closing one. A wrong guess loses no text: an expression that does not end on
//! its line is no expression, a string ends with its line, and a template without an end is taken for code.

use std::borrow::Cow;

use memchr::{memchr2, memchr3, memmem};

use super::{Role, Text};

/// Bytes of the longest regular expression; tables of Unicode letters are about this long.
const MAX_EXPRESSION: usize = 1 << 15;

/// Bytes before a closing bracket in which its opening one is looked for.
const MAX_BRACKETS: usize = 1 << 10;

/// Templates inside expressions of templates.
const MAX_TEMPLATES: usize = 128;

/// Words behind which an expression begins, so that a slash after one is no division.
const BEFORE_EXPRESSION: [&[u8]; 15] = [
    b"await",
    b"case",
    b"default",
    b"delete",
    b"do",
    b"else",
    b"extends",
    b"in",
    b"instanceof",
    b"new",
    b"of",
    b"return",
    b"throw",
    b"typeof",
    b"void",
];

/// Words whose brackets are followed by a statement.
const BEFORE_BRACKETS: [&[u8]; 4] = [b"for", b"if", b"while", b"with"];

/// What is given to a call of this is code.
const EVAL: &[u8] = b"eval(";

/// The pieces of a script.
#[derive(Debug)]
pub(super) struct Lexer<'b> {
    bytes: &'b [u8],
    /// Bytes from the start of the file to the script.
    base: usize,
    place: usize,
    /// Behind the last byte that is no comment.
    last: usize,
    /// The place is inside a template.
    in_template: bool,
    /// For each template that waits for its expression to end: the curly brackets open in it.
    templates: Vec<u32>,
    /// Bytes that may still be looked at in vain; without them every slash divides.
    budget: usize,
}

impl<'b> Lexer<'b> {
    pub(super) fn new(bytes: &'b [u8], base: usize) -> Self {
        let budget = bytes.len().saturating_mul(8).saturating_add(MAX_EXPRESSION);
        Self { bytes, base, place: 0, last: 0, in_template: false, templates: Vec::new(), budget }
    }

    fn piece(&self, start: usize, end: usize, role: Role) -> Option<Text<'b>> {
        let bytes = self.bytes.get(start..end).filter(|bytes| !bytes.is_empty())?;
        Some(Text { offset: self.base.saturating_add(start), bytes: Cow::Borrowed(bytes), role })
    }

    /// The next byte from `place` on that may end a run of code.
    fn code_end(&self) -> usize {
        let rest = self.bytes.get(self.place..).unwrap_or_default();
        let ends = |byte: &u8| {
            matches!(byte, b'"' | b'\'' | b'`' | b'/') || matches!(byte, b'{' | b'}') && !self.templates.is_empty()
        };
        rest.iter().position(ends).map_or(self.bytes.len(), |length| self.place.saturating_add(length))
    }

    /// What begins at `end`, behind code from `start` on: gives the place behind it where it is still code, or leaves
    /// the run.
    fn goes_on(&mut self, start: usize, end: usize) -> Option<usize> {
        let next = end.saturating_add(1);
        match self.bytes.get(end)? {
            b'{' => {
                if let Some(open) = self.templates.last_mut() {
                    *open = open.saturating_add(1);
                }
                Some(next)
            }
            b'}' => {
                let open = self.templates.last_mut()?;
                *open = open.checked_sub(1)?;
                Some(next)
            }
            b'/' => match self.bytes.get(next) {
                Some(b'/' | b'*') => None,
                _ if self.expression_end(start, end).is_some() => None,
                _ => Some(next),
            },
            _ => None,
        }
    }

    /// Passes over the comment, expression or bracket at `place`, or gives the literal there.
    fn leave(&mut self) -> Option<Text<'b>> {
        let start = self.place;
        let rest = self.bytes.get(start..)?;
        match rest {
            [b'/', b'/', ..] => {
                self.place = memchr2(b'\n', b'\r', rest).map_or(self.bytes.len(), |end| start.saturating_add(end));
                None
            }
            [b'/', b'*', ..] => {
                let inside = rest.get(2..)?;
                let end = memmem::find(inside, b"*/").map_or(inside.len(), |end| end.saturating_add(2));
                self.place = start.saturating_add(2).saturating_add(end);
                None
            }
            [b'/', ..] => {
                self.place = self.expression_end(start, start).unwrap_or(start.saturating_add(1));
                self.last = self.place;
                None
            }
            [b'}', ..] => {
                self.templates.pop();
                self.in_template = true;
                self.place = start.saturating_add(1);
                None
            }
            [b'`', ..] => {
                self.in_template = true;
                self.place = start.saturating_add(1);
                None
            }
            [quote, ..] => {
                let (end, behind) = string_end(self.bytes, start.saturating_add(1), *quote);
                self.place = behind;
                self.last = behind;
                let before = self.bytes.get(..start).unwrap_or_default().trim_ascii_end();
                let role = if before.ends_with(EVAL) { Role::Code } else { Role::Literal };
                self.piece(start.saturating_add(1), end, role)
            }
            [] => None,
        }
    }

    /// The rest of a template up to its end or to an expression in it.
    fn template(&mut self) -> Option<Text<'b>> {
        let start = self.place;
        let mut place = start;
        loop {
            let rest = self.bytes.get(place..).unwrap_or_default();
            let Some(found) = memchr3(b'`', b'\\', b'$', rest) else {
                // It never ends, so it was none.
                self.in_template = false;
                self.place = self.bytes.len();
                return self.piece(start, self.bytes.len(), Role::Code);
            };
            let at = place.saturating_add(found);
            let is_expression = self.bytes.get(at..).is_some_and(|it| it.starts_with(b"${"));
            match self.bytes.get(at) {
                Some(b'\\') => place = at.saturating_add(2),
                Some(b'$') if is_expression && self.templates.len() < MAX_TEMPLATES => {
                    self.templates.push(0);
                    self.in_template = false;
                    self.place = at.saturating_add(2);
                    self.last = self.place;
                    return self.piece(start, at, Role::Literal);
                }
                Some(b'`') => {
                    self.in_template = false;
                    self.place = at.saturating_add(1);
                    self.last = self.place;
                    return self.piece(start, at, Role::Literal);
                }
                _ => place = at.saturating_add(1),
            }
        }
    }

    /// The end of the regular expression whose slash is at `slash`; none where the slash divides. `code` is where the run
    /// of code before it starts.
    fn expression_end(&mut self, code: usize, slash: usize) -> Option<usize> {
        let last = if code < slash { slash } else { self.last };
        let before = self.bytes.get(..last).unwrap_or_default().trim_ascii_end();
        if self.budget == 0 || !self.begins_expression(before) {
            return None;
        }
        let start = slash.saturating_add(1);
        let end = expression_end(self.bytes, start);
        if end.is_none() {
            self.budget = self.budget.saturating_sub(MAX_EXPRESSION.min(self.bytes.len().saturating_sub(slash)));
        }
        end
    }

    /// Whether code that ends so is followed by an expression rather than by an operator.
    fn begins_expression(&mut self, before: &[u8]) -> bool {
        match before {
            [.., b'+', b'+'] | [.., b'-', b'-'] | [.., b']' | b'"' | b'\'' | b'`'] => false,
            [inside @ .., b')'] => {
                let opening = opening(inside);
                let passed = inside.len().saturating_sub(opening.unwrap_or_default()).min(MAX_BRACKETS);
                self.budget = self.budget.saturating_sub(passed);
                let head = opening.and_then(|at| inside.get(..at)).unwrap_or_default().trim_ascii_end();
                BEFORE_BRACKETS.contains(&last_word(head))
            }
            [.., last] if is_word(*last) => BEFORE_EXPRESSION.contains(&last_word(before)),
            _ => true,
        }
    }
}

impl<'b> Iterator for Lexer<'b> {
    type Item = Text<'b>;

    fn next(&mut self) -> Option<Text<'b>> {
        loop {
            if self.in_template {
                match self.template() {
                    None => continue,
                    text => return text,
                }
            }
            let start = self.place;
            if self.bytes.len() <= start {
                return None;
            }
            let mut end = self.code_end();
            while let Some(next) = self.goes_on(start, end) {
                self.place = next;
                end = self.code_end();
            }
            self.place = end;
            if let Some(code) = self.piece(start, end, Role::Code).filter(|it| !it.bytes.trim_ascii().is_empty()) {
                self.last = end;
                return Some(code);
            }
            if let Some(literal) = self.leave() {
                return Some(literal);
            }
        }
    }
}

/// Where a string ends, and the place behind it. A line break that is not escaped ends it, too.
fn string_end(bytes: &[u8], start: usize, quote: u8) -> (usize, usize) {
    let mut place = start;
    loop {
        let rest = bytes.get(place..).unwrap_or_default();
        let Some(found) = memchr3(quote, b'\\', b'\n', rest) else { return (bytes.len(), bytes.len()) };
        let at = place.saturating_add(found);
        match bytes.get(at) {
            Some(b'\\') => place = at.saturating_add(2),
            _ => return (at, at.saturating_add(1)),
        }
    }
}

/// The end of a regular expression with its flags, from behind its first slash on.
fn expression_end(bytes: &[u8], start: usize) -> Option<usize> {
    let rest = bytes.get(start..)?;
    let mut in_class = false;
    let mut is_escaped = false;
    for (length, byte) in rest.iter().take(MAX_EXPRESSION).enumerate() {
        match byte {
            b'\n' | b'\r' => return None,
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'/' if !in_class => {
                let flags = rest.get(length.saturating_add(1)..).unwrap_or_default();
                let flags = flags.iter().take_while(|byte| byte.is_ascii_lowercase()).take(8).count();
                return Some(start.saturating_add(length).saturating_add(1).saturating_add(flags));
            }
            _ => {}
        }
    }
    None
}

/// The bracket that a closing one behind `inside` belongs to.
fn opening(inside: &[u8]) -> Option<usize> {
    let mut closed = 0_usize;
    for (at, byte) in inside.iter().enumerate().rev().take(MAX_BRACKETS) {
        match byte {
            b')' => closed = closed.saturating_add(1),
            b'(' if closed == 0 => return Some(at),
            b'(' => closed = closed.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// The word at the end of some code.
fn last_word(code: &[u8]) -> &[u8] {
    let start = code.iter().rposition(|byte| !is_word(*byte)).map_or(0, |at| at.saturating_add(1));
    // A property may have the name of a keyword.
    let is_property = start.checked_sub(1).is_some_and(|dot| code.get(dot) == Some(&b'.'));
    if is_property { &[] } else { code.get(start..).unwrap_or_default() }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || byte >= 0x80
}
