//! Reads a policy: from a saved page or a text to a disclosure in which every statement cites its lines. It knows nothing
//! of packages, and it judges nothing: a policy that contradicts itself gives two statements.
//!
//! Text comes out of the file with the place of every byte ([`text`], [`input`], [`html`], [`plain`]); lines make tables
//! and blocks ([`grids`], [`pipes`], [`tables`], [`blocks`]); words of the catalog say what they mean ([`words`], [`data`], [`names`],
//! [`prose`], [`claims`]). What speaks of data and is not understood is listed, never dropped.

#![deny(clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::unwrap_used)]
#![cfg_attr(
    test,
    allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "a test may fail where it stands")
)]

mod blocks;
mod cards;
mod claims;
mod columns;
mod data;
mod dates;
#[cfg(feature = "documents")]
mod documents;
#[cfg(feature = "documents")]
mod docx;
mod draft;
mod export;
mod fold;
#[cfg(feature = "documents")]
mod fonts;
mod form;
mod grids;
mod han;
mod headed;
mod header;
mod heads;
mod html;
mod input;
#[cfg(feature = "documents")]
mod layout;
mod links;
mod mentions;
mod names;
mod numbers;
mod page;
#[cfg(feature = "documents")]
mod pdf;
mod permissions;
mod pipes;
mod plain;
mod prose;
mod purposes;
mod quotes;
mod residue;
mod review;
mod rows;
mod sections;
mod spoken;
mod tables;
mod terms;
mod text;
mod trie;
mod unknown;
mod walk;
mod words;

/// The name of the thread on which a document is read that may bring out a defect of its reader.
pub const READER: &str = "policy-reader";

pub use draft::{Mark, MarkKind, NotUnderstood};
pub use text::Source;

use std::fmt::Write;
use std::sync::OnceLock;

use sha2::{Digest, Sha256};

use crate::catalog::Catalog;
use crate::disclosure::{Disclosure, SCHEMA, SourceText};
use crate::error::Result;

/// A policy that was read.
#[derive(Debug, Clone)]
pub struct Import {
    /// What it states.
    pub disclosure: Disclosure,
    /// The decoded text; citations and marks count in it.
    pub source: Source,
    /// The places that were understood, by their start.
    pub marks: Vec<Mark>,
    /// The places that speak of data, SDKs or permissions and were not understood, by their lines.
    pub not_understood: Vec<NotUnderstood>,
    /// What the columns of its table of SDKs hold (`name`, `provider`, `purpose`, `data`, `link`, `other`), and their headers;
    /// empty where it has no such table.
    pub sdk_columns: Vec<(&'static str, String)>,
    /// The source is a page, of which a reader sees the text alone.
    markup: bool,
    /// Bytes in which words were looked for, some times those of the text: the work that it took.
    pub looked_through: usize,
}

/// Reads the bytes of a policy; `file` is the name that the disclosure gives it.
///
/// # Errors
/// The bytes are no text in a known encoding, or the text is no policy: empty, a script, a wall of consent. The error
/// says what was found.
pub fn import(bytes: &[u8], file: &str, catalog: &Catalog) -> Result<Import> {
    let before = words::looked_through();
    let made;
    let words = if std::ptr::eq(catalog, Catalog::builtin()) {
        static BUILTIN: OnceLock<words::Words<'static>> = OnceLock::new();
        BUILTIN.get_or_init(|| words::Words::new(Catalog::builtin()))
    } else {
        made = words::Words::new(catalog);
        &made
    };
    let Read { source, parts, scripts, markup } = read(bytes, words)?;
    let draft = if form::is_form(&source.text) {
        form::read(&source, catalog)?
    } else {
        let draft = walk::read(&parts, words, &source);
        walk::refuse_empty(&parts, &draft, scripts, words)?;
        draft
    };
    let draft::Draft { mut disclosure, mut marks, mut unread, .. } = draft;
    SCHEMA.clone_into(&mut disclosure.schema);
    let mut sha256 = String::new();
    for byte in Sha256::digest(bytes) {
        let _ = write!(sha256, "{byte:02x}");
    }
    disclosure.source = Some(SourceText { file: file.to_owned(), sha256 });
    marks.sort_by_key(|mark| (mark.span.start, mark.span.end, mark.kind));
    marks.dedup();
    unread.sort_by(|a, b| (a.lines, &a.quote).cmp(&(b.lines, &b.quote)));
    unread.dedup();
    Ok(Import {
        disclosure,
        source,
        marks,
        not_understood: unread,
        looked_through: words::looked_through().saturating_sub(before),
        sdk_columns: header::of_sdks(&parts, words),
        markup,
    })
}

/// A policy as lines and tables.
struct Read {
    source: Source,
    parts: Vec<page::Part>,
    /// Scripts stood in it.
    scripts: bool,
    /// It is a page.
    markup: bool,
}

fn read(bytes: &[u8], words: &words::Words<'_>) -> Result<Read> {
    #[cfg(feature = "documents")]
    if let Some((source, parts)) = documents::read(bytes, words)? {
        return Ok(Read { source, parts, scripts: false, markup: false });
    }
    let source = Source::new(input::decode(bytes)?);
    Ok(match input::form(&source.text) {
        input::Form::Html => {
            let (parts, scripts) = html::read(&source, words);
            let parts = grids::within(parts, words);
            Read { source, parts, scripts, markup: true }
        }
        input::Form::Plain => {
            let parts = grids::parts(plain::read(&source), words);
            Read { source, parts, scripts: false, markup: false }
        }
    })
}
