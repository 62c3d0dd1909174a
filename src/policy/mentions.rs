//! Data that a policy names among the rights of users: what they can look up, correct, delete or take with them. That such
//! data are collected is not said by it, so they are no statement.

use std::ops::Range;

use super::data::{self, Item};
use super::draft::{Draft, MarkKind};
use super::prose::sentences;
use super::quotes;
use super::rows::on_other;
use super::text::Text;
use super::words::{Found, Words};
use crate::disclosure::Mention;

/// Signs that end a clause.
const ENDS: [char; 8] = ['，', ',', '。', '；', ';', '！', '？', '\n'];

/// Bytes between two data of one list.
const LIST: usize = 24;

/// Reads a paragraph of a section on rights; each of its sentences that names data is a mention.
pub(super) fn read(text: &Text, found: &Found, words: &Words<'_>, draft: &mut Draft<'_>) {
    let string = text.as_str();
    if !found.has("rights-verb") || found.data.is_empty() {
        return;
    }
    let mut listed = data::read(string, found, words);
    let mut last: Option<Range<usize>> = None;
    listed.items.retain(|item| {
        let goes_on = last.as_ref().is_some_and(|it| joined(string, found, it, &item.range));
        let named = (goes_on || is_object(string, found, &item.range)) && !is_permission(found, &item.range);
        if named {
            last = Some(item.range.clone());
        }
        named
    });
    for sentence in sentences(string) {
        let takes = |item: &Item| {
            let umbrella = item.entry.is_some_and(|(_, umbrella)| umbrella);
            sentence.contains(&item.range.start) && !item.weak && !umbrella && !on_other(item.platform)
        };
        let (data, other) = draft.words_of(string, &listed, takes);
        let Some(first) = listed.items.iter().find(|item| takes(item)) else { continue };
        let verbs = found.of("rights-verb").map(|it| it.start);
        let verb = verbs.filter(|at| sentence.start <= *at && *at <= first.range.start).max();
        let verb = verb.filter(|at| string.get(*at..first.range.start).is_some_and(|it| !it.contains(ENDS)));
        let start = quotes::start(string, &sentence, verb, &first.range);
        let quote = string.get(start..sentence.end).unwrap_or_default();
        let cite = draft.cite(&text.span_of(sentence.clone()), quote);
        draft.mark(text.span_of(sentence.clone()), MarkKind::Mention, "");
        draft.mention(Mention { data, other, cite });
    }
}

/// Whether a datum is what a verb of the rights is about: 删除您的…, 对…进行访问. A way to make a request ends what
/// the verb reaches: 删除信息的，可通过邮箱.
fn is_object(string: &str, found: &Found, item: &Range<usize>) -> bool {
    let apart = |between: Range<usize>| {
        string.get(between.clone()).is_none_or(|it| it.contains(ENDS))
            || found.of("rights-end").any(|it| between.start <= it.start && it.end <= between.end)
    };
    found.valued("rights-verb").any(|(verb, value)| {
        if value == "behind" {
            item.end <= verb.start && !apart(item.end..verb.start)
        } else {
            verb.end <= item.start && !apart(verb.end..item.start)
        }
    })
}

/// Whether two data stand in one list.
fn joined(string: &str, found: &Found, one: &Range<usize>, next: &Range<usize>) -> bool {
    let between = one.end..next.start;
    between.len() <= LIST
        && string.get(between.clone()).is_some_and(|it| !it.contains(['。', '；', ';', '\n', '：']))
        && found.of("joiner").any(|it| between.start <= it.start && it.end <= between.end)
        && !found.of("rights-end").any(|it| between.start <= it.start && it.end <= between.end)
}

/// 通讯录权限 is a permission.
fn is_permission(found: &Found, item: &Range<usize>) -> bool {
    found.of("permission-word").any(|it| item.end <= it.start && it.start <= item.end.saturating_add(6))
}
