//! Pages: the scripts inside `<script>` elements, and the markup around them without its comments.

use std::borrow::Cow;

use memchr::{memchr, memmem};

use super::javascript::Lexer;
use super::{Role, Text};

/// Bytes at the start of a file in which markup has to begin.
const START: usize = 64;

/// The pieces of a page.
#[derive(Debug)]
pub(super) struct Html<'b> {
    bytes: &'b [u8],
    place: usize,
    script: Option<Lexer<'b>>,
}

/// Whether a text begins as markup does.
pub(super) fn is_html(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start = bytes.get(..START).unwrap_or(bytes);
    start.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<')
}

impl<'b> Html<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, place: 0, script: None }
    }

    /// The next tag that ends a run of markup: its place.
    fn tag(&self, mut from: usize) -> Option<usize> {
        loop {
            from = from.checked_add(memchr(b'<', self.bytes.get(from..)?)?)?;
            let rest = self.bytes.get(from..)?;
            if rest.starts_with(b"<!--") || is_script(rest) {
                return Some(from);
            }
            from = from.checked_add(1)?;
        }
    }

    /// Passes over the comment at `place`, or opens the script there and gives its tag.
    fn enter(&mut self) -> Option<Text<'b>> {
        let rest = self.bytes.get(self.place..).unwrap_or_default();
        if !is_script(rest) {
            let length = memmem::find(rest, b"-->").map_or(rest.len(), |end| end.saturating_add(3));
            self.place = self.place.saturating_add(length);
            return None;
        }
        let head = memchr(b'>', rest).map_or(rest.len(), |end| end.saturating_add(1));
        let tag = Cow::Borrowed(rest.get(..head).unwrap_or_default());
        let tag = Text { offset: self.place, bytes: tag, role: Role::Markup };
        let start = self.place.saturating_add(head);
        let body = self.bytes.get(start..).unwrap_or_default();
        let mut length = body.len();
        for end in memmem::find_iter(body, b"</") {
            let tag = body.get(end.saturating_add(2)..).unwrap_or_default();
            if tag.get(..6).is_some_and(|name| name.eq_ignore_ascii_case(b"script")) {
                length = end;
                break;
            }
        }
        self.script = Some(Lexer::new(body.get(..length).unwrap_or_default(), start));
        self.place = start.saturating_add(length);
        Some(tag)
    }
}

impl<'b> Iterator for Html<'b> {
    type Item = Text<'b>;

    fn next(&mut self) -> Option<Text<'b>> {
        loop {
            if let Some(text) = self.script.as_mut().and_then(Iterator::next) {
                return Some(text);
            }
            self.script = None;
            if self.bytes.len() <= self.place {
                return None;
            }
            let end = self.tag(self.place).unwrap_or(self.bytes.len());
            if self.place < end {
                let bytes = Cow::Borrowed(self.bytes.get(self.place..end).unwrap_or_default());
                let text = Text { offset: self.place, bytes, role: Role::Markup };
                self.place = end;
                return Some(text);
            }
            if let Some(tag) = self.enter() {
                return Some(tag);
            }
        }
    }
}

fn is_script(rest: &[u8]) -> bool {
    rest.get(..7).is_some_and(|tag| tag.eq_ignore_ascii_case(b"<script"))
        && rest.get(7).is_some_and(|byte| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/'))
}
