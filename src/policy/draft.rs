//! The disclosure while it is made: statements in the order of the text, the places that each was read from, and what
//! was not understood.

use std::ops::Range;

use super::data::Listed;
use super::quotes::shorten;
use super::terms::Terms;
use super::text::{Source, Text};
use crate::disclosure::{Cite, Collects, Disclosure, Mention, PermissionRow, Residue, SdkRow};

/// A place of the text that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Bytes of the source.
    pub span: Range<usize>,
    /// What it is.
    pub kind: MarkKind,
    /// What it means, in ids and words of the disclosure.
    pub meaning: String,
}

/// What a marked place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MarkKind {
    /// A datum that the app says it collects.
    Collects,
    /// A datum that it denies.
    Denies,
    /// A row of an SDK.
    Sdk,
    /// A row of a permission.
    Permission,
    /// A claim, a date, a name.
    Claim,
    /// A right of users that names data.
    Mention,
    /// A place of a template.
    Residue,
}

/// A place that speaks of data, SDKs or permissions and was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotUnderstood {
    /// First and last line, counted from 1.
    pub lines: [u32; 2],
    /// How it begins.
    pub quote: String,
    /// Why.
    pub reason: String,
}

/// The most places that are kept of each kind; a text with more is no policy.
const MOST: usize = 20_000;

#[derive(Debug)]
pub(super) struct Draft<'s> {
    pub(super) source: &'s Source,
    pub(super) disclosure: Disclosure,
    pub(super) marks: Vec<Mark>,
    pub(super) unread: Vec<NotUnderstood>,
    /// The words that the policy defines.
    terms: Terms,
}

impl<'s> Draft<'s> {
    pub(super) fn new(source: &'s Source, terms: Terms) -> Self {
        Self { source, disclosure: Disclosure::default(), marks: Vec::new(), unread: Vec::new(), terms }
    }

    /// The words of the items, each once: ids, with what a defined word names, and what has none as written.
    pub(super) fn words_of(
        &self,
        text: &str,
        listed: &Listed,
        take: impl Fn(&super::data::Item) -> bool,
    ) -> (Vec<String>, Vec<String>) {
        let (mut data, mut other) = (Vec::new(), Vec::new());
        for item in listed.items.iter().filter(|item| take(item)) {
            let word = text.get(item.range.clone()).unwrap_or_default();
            match item.entry {
                Some((id, umbrella)) => {
                    push_once(&mut data, id_word(id, umbrella));
                    let leaves = if umbrella { self.terms.leaves(word) } else { &[] };
                    for id in leaves {
                        push_once(&mut data, id.clone());
                    }
                }
                None => push_once(&mut other, word.to_owned()),
            }
        }
        (data, other)
    }

    /// The lines of a range of the source, with a quote.
    pub(super) fn cite(&self, span: &Range<usize>, quote: &str) -> Cite {
        Cite { lines: self.lines(span), quote: shorten(quote) }
    }

    pub(super) fn lines(&self, span: &Range<usize>) -> [u32; 2] {
        let first = self.source.line(span.start);
        [first, self.source.line(span.end.saturating_sub(1)).max(first)]
    }

    pub(super) fn mark(&mut self, span: Range<usize>, kind: MarkKind, meaning: impl Into<String>) {
        if self.marks.len() < MOST && !span.is_empty() {
            let span = self.source.whole(span);
            self.marks.push(Mark { span, kind, meaning: meaning.into() });
        }
    }

    pub(super) fn mark_items(&mut self, text: &Text, listed: &Listed, kind: MarkKind) {
        for item in &listed.items {
            let word = || text.as_str().get(item.range.clone()).unwrap_or_default().to_owned();
            let meaning = item.entry.map_or_else(word, |(id, umbrella)| id_word(id, umbrella));
            self.mark(text.span_of(item.range.clone()), kind, meaning);
        }
    }

    pub(super) fn unread(&mut self, span: &Range<usize>, quote: &str, reason: impl Into<String>) {
        if self.unread.len() < MOST {
            let entry = NotUnderstood { lines: self.lines(span), quote: shorten(quote), reason: reason.into() };
            if self.unread.last() != Some(&entry) {
                self.unread.push(entry);
            }
        }
    }

    pub(super) fn sdk(&mut self, row: SdkRow) {
        if self.disclosure.sdk.len() < MOST {
            self.disclosure.sdk.push(row);
        }
    }

    pub(super) fn permission(&mut self, row: PermissionRow) {
        if self.disclosure.permission.len() < MOST {
            self.disclosure.permission.push(row);
        }
    }

    pub(super) fn collects(&mut self, entry: Collects) {
        if self.disclosure.collects.len() < MOST {
            self.disclosure.collects.push(entry);
        }
    }

    pub(super) fn mention(&mut self, entry: Mention) {
        if self.disclosure.mentions.len() < MOST {
            self.disclosure.mentions.push(entry);
        }
    }

    pub(super) fn residue(&mut self, entry: Residue) {
        let again = self.disclosure.residue.last().is_some_and(|last| *last == entry);
        if self.disclosure.residue.len() < MOST && !again {
            self.disclosure.residue.push(entry);
        }
    }
}

/// A data type as a disclosure writes it.
pub(super) fn id_word(id: &str, umbrella: bool) -> String {
    if umbrella { format!("~{id}") } else { id.to_owned() }
}

pub(super) fn push_once(list: &mut Vec<String>, word: String) {
    if !word.trim().is_empty() && !list.contains(&word) {
        list.push(word);
    }
}
