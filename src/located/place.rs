//! Where a value stands in a TOML text: a check walks the values and the parsed document side by side.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// One place of a parsed document. A key or item that is not there leads to the place around it, so a fault about
/// something missing is shown at the entry that misses it.
#[derive(Debug, Clone)]
pub(crate) struct Place<'t> {
    text: &'t str,
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
    pub(super) fn root(text: &'t str, document: &'t Spanned<DeTable<'t>>) -> Self {
        Self { text, value: Some(Value::Table(document.get_ref())), span: document.span() }
    }

    /// The value of `key`.
    pub(crate) fn key(&self, key: &str) -> Self {
        let found = match self.value {
            Some(Value::Table(table)) => table.get(key),
            Some(Value::Other(value)) => value.get(key),
            None => None,
        };
        self.child(found)
    }

    /// Item `index` of a list, counted from 0.
    pub(crate) fn item(&self, index: usize) -> Self {
        let found = match self.value {
            Some(Value::Other(value)) => value.get(index),
            _ => None,
        };
        self.child(found)
    }

    /// The items of a list, for ever: meant to be zipped with the list that was read from it.
    pub(crate) fn items(&self) -> impl Iterator<Item = Self> {
        (0..).map(|index| self.item(index))
    }

    /// The line on which it starts, counted from 1.
    pub(crate) fn line(&self) -> usize {
        self.position().0
    }

    /// Line and column at which it starts, counted from 1.
    pub(super) fn position(&self) -> (usize, usize) {
        position(self.text, self.span.start)
    }

    fn child(&self, found: Option<&'t Spanned<DeValue<'t>>>) -> Self {
        match found {
            Some(it) => Self { text: self.text, value: Some(Value::Other(it.get_ref())), span: it.span() },
            None => Self { text: self.text, value: None, span: self.span.clone() },
        }
    }
}

/// Line and column of byte `offset`, counted from 1, the column in characters; an offset past the end is at the end.
pub(super) fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = 1 + memchr::memchr_iter(b'\n', before.as_bytes()).count();
    let start = memchr::memrchr(b'\n', before.as_bytes()).map_or(0, |it| it + 1);
    (line, 1 + before.get(start..).map_or(0, |it| it.chars().count()))
}
