//! Where a value stands in a TOML text, so that an error about it can name the line.
//!
//! The types of a disclosure carry no positions: a check walks them and the parsed document side by side.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// One place of a parsed document. A key or item that is not there leads to the place around it, so a fault about
/// something missing is shown at the entry that misses it.
#[derive(Debug, Clone)]
pub(super) struct Place<'t> {
    value: Option<Value<'t>>,
    span: Range<usize>,
}

#[derive(Debug, Clone, Copy)]
enum Value<'t> {
    Table(&'t DeTable<'t>),
    Other(&'t DeValue<'t>),
}

impl<'t> Place<'t> {
    /// The whole document.
    pub(super) fn root(document: &'t Spanned<DeTable<'t>>) -> Self {
        Self { value: Some(Value::Table(document.get_ref())), span: document.span() }
    }

    /// The value of `key`.
    pub(super) fn key(&self, key: &str) -> Self {
        let found = match self.value {
            Some(Value::Table(table)) => table.get(key),
            Some(Value::Other(value)) => value.get(key),
            None => None,
        };
        self.child(found)
    }

    /// Item `index` of a list, counted from 0.
    pub(super) fn item(&self, index: usize) -> Self {
        let found = match self.value {
            Some(Value::Other(value)) => value.get(index),
            _ => None,
        };
        self.child(found)
    }

    /// The items of a list, for ever: meant to be zipped with the list that was read from it.
    pub(super) fn items(&self) -> impl Iterator<Item = Self> {
        (0..).map(|index| self.item(index))
    }

    /// The line on which it starts, counted from 1.
    pub(super) fn line(&self, text: &str) -> usize {
        line_at(text.as_bytes(), self.span.start)
    }

    fn child(&self, found: Option<&'t Spanned<DeValue<'t>>>) -> Self {
        match found {
            Some(it) => Self { value: Some(Value::Other(it.get_ref())), span: it.span() },
            None => Self { value: None, span: self.span.clone() },
        }
    }
}

/// The line of byte `offset`, counted from 1; an offset past the end is on the last line.
pub(super) fn line_at(text: &[u8], offset: usize) -> usize {
    let before = text.get(..offset).unwrap_or(text);
    1 + memchr::memchr_iter(b'\n', before).count()
}
