//! Which entries of the catalog hold at a place, by the constants that reach it.

use std::borrow::Cow;

use super::condition::{Conditions, Constant, referred_kind};
use super::matches::Matched;
use super::reads::Reader;
use super::reflection::{self, Members};
use crate::catalog::{ArgOp, Confidence, Source, SourceKind};
use crate::dex::{Dex, MethodIdx, Site};
use crate::flow::{Answer, Asked, CallArgs, Inquiry, Known, Value};

/// Longest constant that a report shows, in characters.
const SHOWN: usize = 120;

/// An entry that holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) source: &'static Source,
    /// The constant that decided.
    pub(super) literal: Option<String>,
    pub(super) note: Option<String>,
    /// How sure the place is; the entry may be less sure.
    pub(super) confidence: Confidence,
}

/// What holds at one place.
#[derive(Debug, Default)]
pub(super) struct Decided {
    pub(super) entries: Vec<Entry>,
    /// An entry that nothing decided, and why.
    pub(super) unknown: Option<(&'static Source, String)>,
    /// More is to be found out across methods.
    pub(super) open: bool,
    /// Reflection is asked for a member that is not known.
    pub(super) unresolved: bool,
}

/// The values at one place.
pub(super) trait Constants {
    /// What is known of an argument of the call, declared parameters counted; none = it must be asked across methods.
    fn parameter(&self, index: usize) -> Option<Answer>;

    /// What is known of the receiver and of what the call gives; none = it must be asked across methods.
    fn call(&self, asked: Asked) -> Option<Answer>;
}

/// What the method itself passes.
pub(super) struct Local<'l, 'b> {
    pub(super) dex: &'l Dex<'b>,
    pub(super) class: &'l Reader<'l, 'b>,
    pub(super) call: Option<&'l CallArgs>,
}

/// What is found across methods.
pub(super) struct Across<'i, 'r, 'p, 'b> {
    pub(super) inquiry: &'i Inquiry<'r, 'p, 'b>,
    pub(super) site: &'i Site,
}

/// Decides places.
pub(super) struct Decider<'d> {
    pub(super) conditions: &'d Conditions,
    pub(super) members: &'d Members,
}

impl Decider<'_> {
    /// The entries that hold at one place.
    pub(super) fn decide(&self, matched: &Matched, constants: &dyn Constants) -> Decided {
        let mut decided = Decided::default();
        let mut unknown = None;
        for source in matched.sources.iter().copied() {
            if !is_conditional(source) {
                decided.entries.push(Entry { source, literal: None, note: None, confidence: Confidence::High });
                continue;
            }
            if reflection::is_carrier(source) {
                reflection::decide(self.members, self.conditions, source, constants, &mut decided);
                continue;
            }
            let Some(index) = source.arg_index else {
                unknown = unknown.or_else(|| Some((source, "no argument decides it".to_owned())));
                continue;
            };
            let Some(answer) = constants.parameter(index.into()) else {
                decided.open = true;
                unknown = unknown
                    .or_else(|| Some((source, "the deciding argument is no constant of this method".to_owned())));
                continue;
            };
            for (known, via) in &answer.known {
                self.hold(source, known, via.as_deref(), None, &mut decided.entries);
            }
            let why = match answer.unknown {
                Some(reason) => Some(reason.to_string()),
                None => answer.known.is_empty().then(|| "no code reaches the call".to_owned()),
            };
            unknown = unknown.or_else(|| why.map(|why| (source, format!("the deciding argument is unknown: {why}"))));
        }
        if decided.entries.is_empty() {
            decided.unknown = decided.unknown.take().or(unknown);
        }
        decided
    }

    /// Adds the entries that hold for a value.
    pub(super) fn hold(
        &self,
        source: &'static Source,
        known: &Known,
        via: Option<&str>,
        note: Option<&str>,
        entries: &mut Vec<Entry>,
    ) {
        for constant in constants_of(source, known) {
            let holding = if source.kind == SourceKind::PermissionRequest {
                Some(source)
            } else if let Some(kind) = referred_kind(source.arg_value) {
                self.conditions.entry(kind, &constant)
            } else {
                Some(source).filter(|source| self.conditions.holds(source, &constant))
            };
            let passed = via.map(|via| format!("constant passed by {via}"));
            let note = match (note, passed) {
                (Some(note), Some(passed)) => Some(format!("{note}; {passed}")),
                (note, passed) => note.map(str::to_owned).or(passed),
            };
            let literal = Some(shortened(&constant.shown()));
            entries.extend(holding.map(|source| Entry { source, literal, note, confidence: Confidence::High }));
        }
    }
}

/// The constants of a value that an entry can be held against.
fn constants_of(source: &Source, known: &Known) -> Vec<Constant<'static>> {
    match known {
        Known::Text(text) => vec![Constant::Text(Cow::Owned(text.clone()))],
        // Where a text is asked for, the only number is null.
        Known::Int(number) if is_numeric(source) => vec![Constant::Number(*number)],
        // A command as an array is one command line.
        Known::List(items) if referred_kind(source.arg_value) == Some(SourceKind::ShellCommand) => {
            let words = items.iter().map(|item| match item {
                Known::Text(word) => Some(word.as_str()),
                _ => None,
            });
            let words: Vec<&str> = words.flatten().collect();
            if words.is_empty() { Vec::new() } else { vec![Constant::Text(Cow::Owned(words.join(" ")))] }
        }
        Known::List(items) => items.iter().flat_map(|item| constants_of(source, item)).collect(),
        Known::Int(_) | Known::Class(_) | Known::Member { .. } => Vec::new(),
    }
}

/// Whether the constant that an entry asks about is a number.
fn is_numeric(source: &Source) -> bool {
    source.arg_op == ArgOp::Mask || source.arg_value.split('|').all(|one| one.parse::<i64>().is_ok())
}

impl Constants for Local<'_, '_> {
    fn parameter(&self, index: usize) -> Option<Answer> {
        let text = |index| self.dex.string(index).map(|text| Known::Text(text.into_owned()));
        let call = self.call?;
        let known = match call.values.get(index)? {
            Value::String(index) => text(*index)?,
            // An object that is made of a text stands for it, as a parsed URI does. A text made of a text is another one.
            Value::Call(method, index) if !self.returns_text(*method) => text(*index)?,
            Value::Int(number) => Known::Int(*number),
            Value::Field(field) => match self.class.constant_of(*field)? {
                Constant::Text(text) => Known::Text(text.into_owned()),
                Constant::Number(number) => Known::Int(number),
            },
            Value::Array(at) => {
                let items: Vec<Known> = call.array(*at).iter().filter_map(|index| text(*index)).collect();
                if items.is_empty() {
                    return None;
                }
                Known::List(items)
            }
            _ => return None,
        };
        Some(Answer { known: vec![(known, None)], unknown: None })
    }

    fn call(&self, _: Asked) -> Option<Answer> {
        None
    }
}

impl Local<'_, '_> {
    /// Whether a method returns what the text constants of the file are.
    fn returns_text(&self, method: MethodIdx) -> bool {
        let result = self.dex.method(method).and_then(|method| self.dex.return_type(method.proto));
        result.and_then(|ty| self.dex.type_bytes(ty)) == Some(b"Ljava/lang/String;")
    }
}

impl Constants for Across<'_, '_, '_, '_> {
    fn parameter(&self, index: usize) -> Option<Answer> {
        // invoke-static has no receiver.
        let receivers = usize::from(!matches!(self.site.byte, 0x71 | 0x77));
        self.call(Asked::Argument(index + receivers))
    }

    fn call(&self, asked: Asked) -> Option<Answer> {
        Some(self.inquiry.ask(self.site.pc, asked))
    }
}

/// Whether a constant argument decides the entry. The text of a path has decided already when the place was found.
pub(super) fn is_conditional(source: &Source) -> bool {
    source.kind != SourceKind::FilePath && (source.arg_op != ArgOp::Any || source.arg_value.starts_with('@'))
}

pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
