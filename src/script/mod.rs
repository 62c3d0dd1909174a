//! Script code of hybrid apps: the names and strings in it, with their offsets.
//!
//! Reads JavaScript as text, the scripts inside HTML pages, the string table of Hermes bytecode, and the printable strings
//! of anything else. Nothing is parsed or run: what an expression does, and whether it is reached, is not known here.
//! Comments and regular expressions are left out. Handlers in HTML attributes are not read, and neither are names that are
//! put together at run time or that brackets or `?.` take apart.

#![deny(clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::unwrap_used)]
#![cfg_attr(test, allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::unwrap_used))]

use std::borrow::Cow;

use memchr::memmem;

use crate::error::Issue;

mod hermes;
mod html;
mod javascript;
mod raw;
#[cfg(test)]
mod tests;

use hermes::Hermes;
use html::Html;
use javascript::Lexer;
use raw::Runs;

/// Bytes at the start of a file that decide what it is.
const SAMPLE: usize = 8 << 10;

/// Bytes from which on a text without a space, a bracket or a semicolon is taken for encoded data.
const MIN_ENCODED: usize = 256;

/// A symbol that every Dart AOT snapshot defines (Dart SDK, `runtime/include/dart_api.h`).
const DART_SNAPSHOT: &[u8] = b"_kDartIsolateSnapshotData";

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// JavaScript as text; JSON is a part of it.
    JavaScript,
    /// A page with scripts in it.
    Html,
    /// Hermes bytecode of a version whose string table is known.
    Hermes(u32),
    /// Hermes bytecode of another version, or with a table that does not fit into the file.
    UnknownHermes(u32),
    /// Anything else: other bytecode, encrypted or encoded data.
    Opaque,
}

/// What a text is within its script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Code between comments and literals, or a literal that is given to `eval`.
    Code,
    /// The inside of a string or a template literal, escapes as they stand.
    Literal,
    /// A whole entry of a string table: an identifier or a string.
    Name,
    /// A page outside of its scripts.
    Markup,
    /// A run of printable characters.
    Raw,
}

/// A piece of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text<'b> {
    /// Bytes from the start of the file.
    pub offset: usize,
    /// The bytes; UTF-8 where the table has UTF-16. They need not be valid.
    pub bytes: Cow<'b, [u8]>,
    /// What it is.
    pub role: Role,
}

/// One script file.
#[derive(Debug, Clone)]
pub struct Script<'b> {
    /// What the file is.
    pub kind: Kind,
    bytes: &'b [u8],
    strings: Option<Hermes<'b>>,
}

/// The pieces of a script, in the order of the file or of its string table.
#[derive(Debug)]
pub struct Texts<'b>(Pieces<'b>);

#[derive(Debug)]
enum Pieces<'b> {
    JavaScript(Lexer<'b>),
    Html(Html<'b>),
    Hermes(Hermes<'b>),
    Raw(Runs<'b>),
}

impl<'b> Script<'b> {
    /// Decides by the content what the file is. What of it cannot be read is told as issues of `label`.
    pub fn read(label: &str, bytes: &'b [u8]) -> (Self, Vec<Issue>) {
        if let Some(version) = hermes::version(bytes) {
            return match Hermes::read(version, bytes) {
                Ok(strings) => (Self { kind: Kind::Hermes(version), bytes, strings: Some(strings) }, Vec::new()),
                Err(error) => {
                    let kind = Kind::UnknownHermes(version);
                    (Self { kind, bytes, strings: None }, vec![Issue::from_error(label, &error)])
                }
            };
        }
        let kind = match is_text(bytes) {
            false => Kind::Opaque,
            true if html::is_html(bytes) => Kind::Html,
            true => Kind::JavaScript,
        };
        (Self { kind, bytes, strings: None }, Vec::new())
    }

    /// The names and strings.
    pub fn texts(&self) -> Texts<'b> {
        Texts(match (self.kind, &self.strings) {
            (Kind::JavaScript, _) => Pieces::JavaScript(Lexer::new(self.bytes, 0)),
            (Kind::Html, _) => Pieces::Html(Html::new(self.bytes)),
            (_, Some(strings)) => Pieces::Hermes(strings.clone()),
            _ => Pieces::Raw(Runs::new(self.bytes)),
        })
    }

    /// The bytes of the file.
    pub fn bytes(&self) -> &'b [u8] {
        self.bytes
    }
}

impl<'b> Iterator for Texts<'b> {
    type Item = Text<'b>;

    fn next(&mut self) -> Option<Text<'b>> {
        match &mut self.0 {
            Pieces::JavaScript(it) => it.next(),
            Pieces::Html(it) => it.next(),
            Pieces::Hermes(it) => it.next(),
            Pieces::Raw(it) => it.next(),
        }
    }
}

/// Whether a native library that imports nothing is a Dart snapshot: code of the app, whose strings lie between objects.
pub fn is_dart_snapshot(library: &[u8]) -> bool {
    memmem::find(library, DART_SNAPSHOT).is_some()
}

/// The runs of printable characters in any bytes, with their offsets.
pub fn printable(bytes: &[u8]) -> Texts<'_> {
    Texts(Pieces::Raw(Runs::new(bytes)))
}

/// Whether the start of a file is text, in UTF-8 or in an encoding that keeps ASCII, and not the encoded form of data.
fn is_text(bytes: &[u8]) -> bool {
    let sample = bytes.get(..SAMPLE).unwrap_or(bytes);
    let count = |of: fn(u8) -> bool| sample.iter().filter(|byte| of(**byte)).count();
    let control = count(|byte| byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0b | 0x0c));
    if sample.len() < control.saturating_mul(50) {
        return false;
    }
    let is_utf8 = std::str::from_utf8(sample).map_or_else(|error| error.error_len().is_none(), |_| true);
    if !is_utf8 && sample.len() < count(|byte| byte >= 0x80).saturating_mul(3) {
        return false;
    }
    sample.len() < MIN_ENCODED || count(|byte| matches!(byte, b' ' | b'(' | b'{' | b';' | b'<' | b'[')) > 0
}
