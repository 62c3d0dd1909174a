//! Whether a constant is what an entry of the catalog asks for.

use std::borrow::Cow;

use memchr::memmem;
use rustc_hash::FxHashMap;

use super::expression::Expression;
use crate::catalog::{ArgOp, Catalog, Source, SourceKind, Under, word_key};

/// A constant that code passes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Constant<'t> {
    /// A string.
    Text(Cow<'t, str>),
    /// A number.
    Number(i64),
}

impl Constant<'_> {
    /// As a report shows it.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.to_string(),
            Self::Number(number) => number.to_string(),
        }
    }
}

/// The conditions of one catalog.
#[derive(Debug)]
pub(super) struct Conditions {
    catalog: &'static Catalog,
    expressions: FxHashMap<&'static str, Expression>,
    /// What finds the pieces of texts that entries ask for.
    finders: FxHashMap<&'static str, memmem::Finder<'static>>,
}

impl Conditions {
    pub(super) fn new(catalog: &'static Catalog) -> Self {
        let mut it = Self { catalog, expressions: FxHashMap::default(), finders: FxHashMap::default() };
        for source in catalog.sources_under(Under::Prepared, word_key("")) {
            let value = source.arg_value;
            match source.arg_op {
                ArgOp::Regex => drop(it.expressions.insert(value, Expression::new(value))),
                ArgOp::Contains => drop(it.finders.insert(value, memmem::Finder::new(value))),
                _ => {}
            }
        }
        it
    }

    /// Whether the constant meets the entry's own condition.
    pub(super) fn holds(&self, source: &Source, constant: &Constant<'_>) -> bool {
        let value = source.arg_value;
        match (source.arg_op, constant) {
            (ArgOp::Any, _) => true,
            (ArgOp::Eq, Constant::Text(text)) => text == value,
            (ArgOp::Eq, Constant::Number(number)) => value.parse() == Ok(*number),
            (ArgOp::In, Constant::Text(text)) => value.split('|').any(|one| one == text),
            (ArgOp::In, Constant::Number(number)) => value.split('|').any(|one| one.parse() == Ok(*number)),
            (ArgOp::Contains, Constant::Text(text)) => {
                self.finders.get(value).is_some_and(|it| it.find(text.as_bytes()).is_some())
            }
            (ArgOp::Prefix, Constant::Text(text)) => text.starts_with(value),
            (ArgOp::Regex, Constant::Text(text)) => self.expressions.get(value).is_some_and(|it| it.matches(text)),
            (ArgOp::Mask, Constant::Number(number)) => {
                let mask = value.strip_prefix("0x").and_then(|hex| i64::from_str_radix(hex, 16).ok());
                mask.is_some_and(|mask| mask & number != 0)
            }
            (ArgOp::Mask, Constant::Text(_))
            | (ArgOp::Contains | ArgOp::Prefix | ArgOp::Regex, Constant::Number(_)) => false,
        }
    }

    /// The entry of a kind that says most about a constant: the longest of those that hold.
    pub(super) fn entry(&self, kind: SourceKind, constant: &Constant<'_>) -> Option<&'static Source> {
        let holding = self.catalog.sources(kind).filter(|source| self.holds(source, constant));
        holding.max_by_key(|source| (source.data != "*", source.arg_value.len()))
    }
}

/// The kind of entries that `@content-uri` and its like refer to.
pub(super) fn referred_kind(value: &str) -> Option<SourceKind> {
    let kinds = [
        SourceKind::ContentUri,
        SourceKind::SystemProperty,
        SourceKind::ShellCommand,
        SourceKind::ReflectionName,
        SourceKind::IntentAction,
    ];
    let name = value.strip_prefix('@')?;
    kinds.into_iter().find(|kind| kind.as_str() == name)
}
