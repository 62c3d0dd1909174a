//! SDKs and permissions that only sentences name. A policy with a table of them is taken at its table: sentences around
//! it repeat and group its rows, so what they add is reported and not counted.

use std::ops::Range;

use super::data;
use super::draft::{Draft, MarkKind, one_line, push_once, words_of};
use super::links;
use super::permissions;
use super::prose::sentences;
use super::rows::{PURPOSE, on_other};
use super::text::Text;
use super::words::{Found, Words};
use crate::disclosure::{PermissionRow, SdkRow};

/// Bytes between the name of a permission and the word that says that it is one.
const NEAR: usize = 24;

/// Reads the SDKs of paragraphs where no table names any; else reports the names that no row has.
pub(super) fn sdks(paragraphs: &[Text], words: &Words<'_>, draft: &mut Draft<'_>) {
    let tabled = !draft.disclosure.sdk.is_empty();
    for text in paragraphs {
        let string = text.as_str();
        for range in pieces(string) {
            let piece = text.slice(range).trimmed();
            let found = words.find(piece.as_str());
            if !found.has("sdk-word") || found.sdks.is_empty() {
                continue;
            }
            let row = row(&piece, &found, words, draft);
            if row.names.is_empty() {
                continue;
            }
            if tabled {
                let new: Vec<String> = row.catalog.iter().filter(|id| !covered(id, words, draft)).cloned().collect();
                if !new.is_empty() {
                    let reason = format!("a sentence names {}, which no row of a table does", new.join(", "));
                    draft.unread(&piece.span(), piece.as_str(), reason);
                }
                continue;
            }
            draft.mark(piece.span(), MarkKind::Sdk, row.catalog.join(", "));
            let known = draft.disclosure.sdk.iter_mut().find(|it| it.catalog == row.catalog && it.names == row.names);
            match known {
                Some(known) => {
                    row.data.into_iter().for_each(|id| push_once(&mut known.data, id));
                    row.links.into_iter().for_each(|link| push_once(&mut known.links, link));
                }
                None => draft.sdk(row),
            }
        }
    }
}

fn covered(id: &str, words: &Words<'_>, draft: &Draft<'_>) -> bool {
    draft.disclosure.sdk.iter().flat_map(|row| &row.catalog).any(|it| words.catalog.row_covers(it, id))
}

fn row(piece: &Text, found: &Found, words: &Words<'_>, draft: &Draft<'_>) -> SdkRow {
    let string = piece.as_str();
    let listed = data::read(string, found, words);
    let verb = found.of("verb").map(|it| it.start).min().unwrap_or(string.len());
    // The names stand before what is collected; without a verb, anywhere.
    let mut row = SdkRow::default();
    for hit in found.sdks.iter().filter(|hit| hit.range.end <= verb) {
        let rest = string.get(hit.range.end..).unwrap_or_default();
        let spaces = rest.len().saturating_sub(rest.trim_start().len());
        let tail = rest.trim_start().get(..3).filter(|it| it.eq_ignore_ascii_case("sdk"));
        let end = hit.range.end.saturating_add(tail.map_or(0, |_| spaces.saturating_add(3)));
        let name = string.get(hit.range.start..end).unwrap_or_default();
        let called = string.get(hit.range.clone()).unwrap_or_default();
        let ids: Vec<&str> = words.catalog.sdk_by_policy_name(called).map(|sdk| sdk.id).collect();
        if row.names.iter().any(|known| known.contains(called)) {
            continue;
        }
        // 微信 and 微信SDK are one: the longer name stands.
        let known = ids.iter().all(|id| row.catalog.iter().any(|it| it == id));
        match row.names.last_mut().filter(|_| known) {
            Some(last) => name.clone_into(last),
            None => push_once(&mut row.names, name.to_owned()),
        }
        for id in ids {
            push_once(&mut row.catalog, id.to_owned());
        }
    }
    let purpose = found.of("purpose-mark").map(|it| it.start).find(|at| verb < *at).unwrap_or(string.len());
    let behind = |item: &data::Item| verb <= item.range.start && item.range.start < purpose && !on_other(item.platform);
    (row.data, row.other) = words_of(string, &listed, behind);
    row.open_ended = listed.open;
    row.links = links::of(string);
    let mark = found.of("purpose-mark").next();
    row.purpose = one_line(mark.and_then(|it| string.get(it.start..)).unwrap_or_default(), PURPOSE);
    row.cite = draft.cite(&piece.span(), string);
    row
}

/// Reads the permissions of paragraphs where no table names any.
pub(super) fn permissions(paragraphs: &[Text], words: &Words<'_>, draft: &mut Draft<'_>) {
    for text in paragraphs {
        for range in sentences(text.as_str()) {
            let piece = text.slice(range).trimmed();
            let string = piece.as_str();
            let found = words.find(string);
            let mut named = Found::default();
            let mut span: Option<Range<usize>> = None;
            for hit in &found.permissions {
                let word = found
                    .of("permission-word")
                    .find(|it| hit.range.start < it.end && it.start <= hit.range.end.saturating_add(NEAR));
                let Some(word) = word else { continue };
                let ends = |(range, value): (&Range<usize>, &str)| {
                    value == "stop" && range.start < word.end && hit.range.start <= range.end.saturating_add(NEAR)
                };
                if found.valued("negation").any(ends) {
                    continue;
                }
                let between = string.get(hit.range.end.min(word.start)..word.start).unwrap_or_default();
                if between.contains(['，', '。', '；']) {
                    continue;
                }
                let start = span.as_ref().map_or(hit.range.start, |it| it.start);
                span = Some(start..word.end.max(hit.range.end));
                named.permissions.push(hit.clone());
            }
            let Some(span) = span else { continue };
            let constants = permissions::in_text(string, &named, words);
            let fresh = constants
                .iter()
                .any(|name| draft.disclosure.permission.iter().all(|row| !row.constants.contains(name)));
            if constants.is_empty() || !fresh {
                continue;
            }
            let mark = found.of("purpose-mark").find(|it| span.end <= it.start);
            draft.mark(piece.span_of(span.clone()), MarkKind::Permission, constants.join(", "));
            draft.permission(PermissionRow {
                text: one_line(string.get(span).unwrap_or_default(), PURPOSE),
                constants,
                purpose: one_line(mark.and_then(|it| string.get(it.start..)).unwrap_or_default(), PURPOSE),
                cite: draft.cite(&piece.span(), string),
                ..PermissionRow::default()
            });
        }
    }
}

/// Sentences, and the parts between their semicolons: each may be about an SDK of its own.
fn pieces(string: &str) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    for sentence in sentences(string) {
        let mut start = sentence.start;
        for (at, mark) in string.get(sentence.clone()).unwrap_or_default().char_indices() {
            if matches!(mark, '；' | ';') {
                let end = sentence.start.saturating_add(at).saturating_add(mark.len_utf8());
                pieces.push(start..end);
                start = end;
            }
        }
        pieces.push(start..sentence.end);
    }
    pieces
}
