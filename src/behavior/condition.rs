//! Whether a constant is what an entry of the catalog asks for.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::OnceLock;

use memchr::memmem;
use regex::bytes::{Regex, RegexBuilder};

use crate::catalog::{ArgOp, Catalog, Source, SourceKind};

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
    /// Expressions, compiled when first asked for.
    expressions: HashMap<&'static str, OnceLock<Option<Regex>>>,
}

impl Conditions {
    pub(super) fn new(catalog: &'static Catalog) -> Self {
        let sources = catalog.tables.sources.iter().filter(|source| source.arg_op == ArgOp::Regex);
        Self { catalog, expressions: sources.map(|source| (source.arg_value, OnceLock::new())).collect() }
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
            (ArgOp::Contains, Constant::Text(text)) => memmem::find(text.as_bytes(), value.as_bytes()).is_some(),
            (ArgOp::Prefix, Constant::Text(text)) => text.starts_with(value),
            (ArgOp::Regex, Constant::Text(text)) => {
                self.expression(value).is_some_and(|it| it.is_match(text.as_bytes()))
            }
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
        let holding = self.catalog.sources(kind).iter().filter(|source| self.holds(source, constant));
        holding.max_by_key(|source| (source.data != "*", source.arg_value.len()))
    }

    fn expression(&self, pattern: &str) -> Option<&Regex> {
        self.expressions.get(pattern)?.get_or_init(|| expression(pattern)).as_ref()
    }
}

/// A regular expression of the catalog, compiled. Its `\d` and `\w` are ASCII's: what the catalog looks for is, and the
/// tables of all scripts take a hundred times longer to compile.
pub(super) fn expression(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(pattern).unicode(false).build().or_else(|_| Regex::new(pattern)).ok()
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
