//! Documents that are no text: Word and PDF. What they show becomes a text with a line for each paragraph, cell or line of
//! the page; citations count these lines.

use std::collections::BTreeMap;

use super::page::{Line, Part};
use super::text::Source;
use super::words::Words;
use super::{docx, grids, pdf, plain};
use crate::error::Result;

/// Bytes at the start in which a PDF document says that it is one; a header of another kind may stand before.
const HEAD: usize = 1024;

/// The text and the parts of a document; nothing where the bytes are none.
///
/// # Errors
/// It cannot be read, is encrypted, or holds no text.
pub(super) fn read(bytes: &[u8], words: &Words<'_>) -> Result<Option<(Source, Vec<Part>)>> {
    let head = bytes.get(..HEAD.min(bytes.len())).unwrap_or_default();
    if memchr::memmem::find(head, b"%PDF-").is_some_and(|at| at == 0 || !head.starts_with(b"<")) {
        let (source, parts) = pdf::read(bytes)?;
        let parts = settled(&source, parts, words);
        return Ok(Some((source, parts)));
    }
    if bytes.starts_with(b"PK\x03\x04") && docx::is_document(bytes) {
        return docx::read(bytes).map(Some);
    }
    Ok(None)
}

/// Lines of pages as lines of a text are read: their marks are taken off, and tables without rulings are found.
fn settled(source: &Source, parts: Vec<Part>, words: &Words<'_>) -> Vec<Part> {
    let mut read: BTreeMap<u32, Line> =
        plain::read(source).into_iter().map(|line| (source.line(line.text.span().start), line)).collect();
    let mut settled = Vec::new();
    let mut run: Vec<Line> = Vec::new();
    for part in parts {
        match part {
            Part::Line(line) => {
                let plain = read.remove(&source.line(line.text.span().start));
                run.extend(plain.map(|plain| Line {
                    level: if plain.level == 0 { line.level } else { plain.level },
                    gap: line.gap,
                    closed: line.closed,
                    ..plain
                }));
            }
            Part::Grid(grid) => {
                settled.extend(grids::parts(std::mem::take(&mut run), words));
                settled.push(Part::Grid(grid));
            }
        }
    }
    settled.extend(grids::parts(run, words));
    settled
}
