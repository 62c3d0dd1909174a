//! What a whole file may ask for. In a sound file nothing is listed twice, so all texts together, and the tables of all
//! members of a container together, are no longer than the file. A file that says otherwise would make a reader do the
//! square of its size; it is cut where it passes the bound, and an issue says so.

use super::bytes::at;
use super::header::Header;
use super::{ClassDef, Dex, MethodDef, StringIdx};
use crate::error::Issue;

/// Bytes of all text of a container, in multiples of its size: its members may share theirs.
const SHARED_TEXT: u64 = 16;

/// Bytes of all tables of a container, or of all class members of a file, in multiples of its size.
const SHARED_TABLES: u64 = 2;

/// What is left of the bounds while the members of a container are opened.
#[derive(Debug)]
pub(super) struct Bounds {
    tables: u64,
    text: u64,
}

impl Bounds {
    pub(super) fn new(bytes: &[u8]) -> Self {
        let of = |multiple: u64| multiple.saturating_mul(bytes.len() as u64);
        Self { tables: of(SHARED_TABLES), text: of(SHARED_TEXT) }
    }

    /// Whether the tables of one more member are within bounds.
    pub(super) fn hold(&mut self, header: &Header) -> bool {
        let tables = [
            (header.strings, 4),
            (header.types, 4),
            (header.protos, 12),
            (header.fields, 8),
            (header.methods, 8),
            (header.classes, 32),
        ];
        let bytes = tables.iter().map(|(table, size)| u64::from(table.count).saturating_mul(*size));
        let bytes = bytes.fold(0, u64::saturating_add);
        let left = self.tables.checked_sub(bytes);
        self.tables = left.unwrap_or(0);
        left.is_some()
    }

    /// Cuts the string table of a member where its texts claim more than the file can hold.
    pub(super) fn cut_texts(&mut self, file: &str, dex: &mut Dex<'_>) -> Option<Issue> {
        let strings = dex.header.strings;
        let mut left = self.text.min(dex.data.len() as u64);
        let mut used: u64 = 0;
        for index in 0..strings.count {
            let units = dex.text(StringIdx(index)).map_or(0, |(units, _)| u64::from(units));
            // A length that leads past the end is cut by the end.
            let units = units.min(dex.data.len() as u64);
            let Some(rest) = left.checked_sub(units) else {
                dex.header.strings.count = index;
                let message = format!("texts from number {index} of {} on overlap and are not read", strings.count);
                let offset = at(strings.offset).saturating_add(at(index).saturating_mul(4));
                return Some(Issue::new(file, offset as u64, message));
            };
            left = rest;
            used = used.saturating_add(units);
        }
        self.text = self.text.saturating_sub(used);
        None
    }
}

/// Reads the methods of some classes of one file. A file that lists the same members over and over is left where that
/// passes the bound; the scan of its code says so.
#[derive(Debug)]
pub struct Definitions<'d, 'a> {
    dex: &'d Dex<'a>,
    left: u64,
}

impl<'d, 'a> Definitions<'d, 'a> {
    /// None is read yet.
    pub fn new(dex: &'d Dex<'a>) -> Self {
        Self { dex, left: SHARED_TABLES.saturating_mul(dex.data.len() as u64) }
    }

    /// The methods of one class, in the order of the file.
    pub fn of(&mut self, class: &ClassDef) -> impl Iterator<Item = MethodDef> {
        let (members, bytes) = self.dex.members(class);
        self.left = self.left.saturating_sub(bytes);
        members.ok().flatten().into_iter().flatten().map_while(Result::ok).take_while(|_| {
            // Three numbers a method, of at least a byte each.
            self.left = self.left.saturating_sub(3);
            self.left > 0
        })
    }
}
