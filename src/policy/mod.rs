//! Reads a policy: from a saved page or a text to a disclosure in which every statement cites its lines. It knows nothing
//! of packages, and it judges nothing: a policy that contradicts itself gives two statements.
//!
//! Text comes out of the file with the place of every byte ([`text`], [`input`], [`html`], [`plain`]); lines make tables
//! and blocks ([`grids`], [`pipes`], [`blocks`]); words of the catalog say what they mean ([`words`], [`data`], [`names`],
//! [`prose`], [`claims`]). What speaks of data and is not understood is listed, never dropped.

#![deny(clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::unwrap_used)]
#![cfg_attr(
    test,
    allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "a test may fail where it stands")
)]

mod blocks;
mod claims;
mod columns;
mod data;
mod dates;
mod draft;
mod export;
mod fold;
mod form;
mod grids;
mod heads;
mod html;
mod input;
mod links;
mod names;
mod page;
mod permissions;
mod pipes;
mod plain;
mod prose;
mod review;
mod rows;
mod sections;
mod spoken;
mod text;
mod walk;
mod words;

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
}

/// Reads the bytes of a policy; `file` is the name that the disclosure gives it.
///
/// # Errors
/// The bytes are no text in a known encoding, or the text is no policy: empty, a script, a wall of consent. The error
/// says what was found.
pub fn import(bytes: &[u8], file: &str, catalog: &Catalog) -> Result<Import> {
    let source = Source::new(input::decode(bytes)?);
    let made;
    let words = if std::ptr::eq(catalog, Catalog::builtin()) {
        static BUILTIN: OnceLock<words::Words<'static>> = OnceLock::new();
        BUILTIN.get_or_init(|| words::Words::new(Catalog::builtin()))
    } else {
        made = words::Words::new(catalog);
        &made
    };
    let draft = if form::is_form(&source.text) {
        form::read(&source, catalog)?
    } else {
        let (parts, scripts) = match input::form(&source.text) {
            input::Form::Html => html::read(&source),
            input::Form::Plain => (grids::parts(plain::read(&source), words), false),
        };
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
    Ok(Import { disclosure, source, marks, not_understood: unread })
}
