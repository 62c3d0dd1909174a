//! From the cells of a row or block to statements: SDKs, and the data that the app collects itself.

use std::ops::Range;

use super::columns::Column;
use super::data::{self, Listed};
use super::draft::{Draft, MarkKind, id_word, push_once};
use super::links;
use super::names;
use super::quotes::{one_line, stated};
use super::text::Text;
use super::unknown;
use super::words::{Found, Words};
use crate::disclosure::{Cite, Collects, SdkRow};

/// Characters of a purpose that are kept.
pub(super) const PURPOSE: usize = 120;

/// Bytes of a cell that are read; what a longer one goes on with is told as not understood.
pub(super) const LONGEST_CELL: usize = 8 << 10;

/// Characters of a cell that may hold names of SDKs.
const LONGEST_NAMES: usize = 400;

/// The cells of one row or block, by column.
#[derive(Debug, Default)]
pub(super) struct Fields {
    pub(super) cells: Vec<(Column, Text)>,
    /// The name was merged with that of the row above.
    pub(super) goes_on: bool,
    /// Columns whose text stands in a row above.
    pub(super) borrowed: Vec<Column>,
}

/// A cell that says that there is nothing: 无, 不涉及, /.
pub(super) fn is_none(text: &str, words: &Words<'_>) -> bool {
    let text = text.trim();
    matches!(text, "/" | "／" | "-" | "—" | "——" | "--") || words.values(text, "none").next().is_some()
}

/// One SDK, from a row or a block.
pub(super) fn sdk(fields: &Fields, platform: &str, words: &Words<'_>, draft: &mut Draft<'_>) {
    let of = |column: Column| fields.cells.iter().filter(move |(it, _)| *it == column).map(|(_, text)| text);
    let Some(name) = of(Column::Sdk).next() else { return };
    let span = span(fields);
    let plain = links::without(name);
    if LONGEST_NAMES < plain.as_str().chars().count() {
        draft.unread(&span, plain.as_str(), "a cell of names that is a text");
        return;
    }
    let named = names::read(plain.as_str(), words);
    if named.names.is_empty() || is_none(plain.as_str(), words) {
        if !plain.is_blank() {
            draft.unread(&span, plain.as_str(), "a row without the name of an SDK");
        }
        return;
    }
    let mut row = SdkRow {
        names: named.names,
        catalog: named.ids.iter().map(|id| (*id).to_owned()).collect(),
        category: named.category.to_owned(),
        ..SdkRow::default()
    };
    for text in of(Column::Provider) {
        if row.provider.is_empty() && !is_none(text.as_str(), words) {
            row.provider = one_line(links::without(text).as_str(), PURPOSE);
        }
    }
    let mut purposes = of(Column::Purpose).filter(|text| !is_none(text.as_str(), words));
    if let Some(text) = purposes.next() {
        row.purpose = stated(links::without(text).as_str(), PURPOSE);
    }
    for text in fields.cells.iter().map(|(_, text)| text) {
        for link in links::of(text.as_str()) {
            push_once(&mut row.links, link);
        }
    }
    let cells: Vec<(&Text, Listed, Found)> = of(Column::Data)
        .map(|text| {
            let found = words.find(text.as_str());
            (text, data::read(text.as_str(), &found, words), found)
        })
        .collect();
    // A column of kinds beside one of fields is its label.
    let leaves =
        |listed: &Listed| listed.items.iter().filter(|it| it.entry.is_some_and(|(_, umbrella)| !umbrella)).count();
    let most = cells.iter().map(|(_, listed, _)| leaves(listed)).max().unwrap_or_default();
    let marked = own_platform(name.as_str(), words);
    let marked = if marked.is_empty() { platform } else { marked };
    let mut elsewhere = row.clone();
    for (text, listed, found) in &cells {
        let label = 1 < cells.len() && leaves(listed) == 0 && 0 < most;
        if label || is_none(text.as_str(), words) {
            continue;
        }
        let (data, other) = draft.words_of(text.as_str(), listed, |item| !on_other(item.platform));
        for id in data {
            push_once(&mut row.data, id);
        }
        for word in other {
            push_once(&mut row.other, word);
        }
        let (data, _) = draft.words_of(text.as_str(), listed, |item| on_other(item.platform));
        for id in data {
            push_once(&mut elsewhere.data, id);
        }
        row.open_ended |= listed.open;
        unknown::in_cell(text, listed, found, words, &mut row.other, draft);
        draft.mark_items(text, listed, MarkKind::Sdk);
    }
    row.other.retain(|word| !word.trim().is_empty());
    if !marked.is_empty() {
        row.platforms = vec![marked.to_owned()];
    }
    row.cite = cite(fields, draft);
    let shown = if row.catalog.is_empty() { row.names.join(", ") } else { row.catalog.join(", ") };
    draft.mark(plain.span(), MarkKind::Sdk, shown);
    if !elsewhere.data.is_empty() {
        elsewhere.platforms = vec!["ios".to_owned()];
        elsewhere.cite = row.cite.clone();
    }
    draft.sdk(row);
    if !elsewhere.data.is_empty() {
        draft.sdk(elsewhere);
    }
}

/// What the app collects, from a row.
pub(super) fn collects(fields: &Fields, platform: &str, words: &Words<'_>, draft: &mut Draft<'_>) {
    let of = |column: Column| fields.cells.iter().filter(move |(it, _)| *it == column).map(|(_, text)| text);
    let first = |column: Column| of(column).next().map(|text| stated(text.as_str(), PURPOSE)).unwrap_or_default();
    for text in of(Column::Data) {
        if is_none(text.as_str(), words) {
            continue;
        }
        let found = words.find(text.as_str());
        let listed = data::read(text.as_str(), &found, words);
        let cite = cite(fields, draft);
        let user = found.has("user-verb");
        draft.mark_items(text, &listed, MarkKind::Collects);
        let mut others = Vec::new();
        unknown::in_cell(text, &listed, &found, words, &mut others, draft);
        for (ios, platforms) in [(false, platform), (true, "ios")] {
            let (data, mut other) = draft.words_of(text.as_str(), &listed, |item| on_other(item.platform) == ios);
            if !ios {
                for word in &others {
                    push_once(&mut other, word.clone());
                }
            }
            if data.is_empty() && (ios || other.is_empty()) {
                continue;
            }
            let platforms = if platforms.is_empty() { Vec::new() } else { vec![platforms.to_owned()] };
            draft.collects(Collects {
                data,
                other,
                umbrella: listed
                    .umbrella
                    .as_ref()
                    .filter(|_| !ios)
                    .map_or_else(String::new, |(id, _)| (*id).to_owned()),
                open_ended: listed.open,
                user_provided: user,
                scene: first(Column::Function),
                purpose: first(Column::Purpose),
                platforms,
                cite: cite.clone(),
            });
        }
    }
}

/// The platform that a name or heading is marked with, where it is one alone.
pub(super) fn own_platform(text: &str, words: &Words<'_>) -> &'static str {
    let found = words.find(text);
    let marks: std::collections::BTreeSet<&str> = found
        .valued("platform")
        .filter(|(range, _)| {
            let apart = |hit: &super::words::Hit| hit.range.end <= range.start || range.end <= hit.range.start;
            found.data.iter().all(apart) && found.permissions.iter().all(apart)
        })
        .map(|(_, value)| value)
        .collect();
    match marks.len() {
        1 => marks.into_iter().next().filter(|value| *value != "both").unwrap_or_default(),
        _ => "",
    }
}

/// Marked for a platform that is not Android.
pub(super) fn on_other(platform: &str) -> bool {
    !matches!(platform, "" | "android" | "both")
}

/// Where a row stands: all its own cells.
pub(super) fn span(fields: &Fields) -> Range<usize> {
    let own = |column: &Column| !fields.borrowed.contains(column);
    let cells = || fields.cells.iter().filter(|(column, _)| own(column));
    let spans = || cells().map(|(_, text)| text.span()).filter(|span| !span.is_empty());
    let start = spans().map(|span| span.start).min().unwrap_or_default();
    start..spans().map(|span| span.end).max().unwrap_or(start)
}

pub(super) fn cite(fields: &Fields, draft: &Draft<'_>) -> Cite {
    let data = fields.cells.iter().find(|(column, _)| *column == Column::Data);
    let name = fields.cells.first();
    let quote = data.or(name).map(|(_, text)| text.as_str()).unwrap_or_default();
    draft.cite(&span(fields), quote)
}

/// Ids that a text names, as a permission row does: identifiers only, for 相机 in it is the permission's own object. Gives
/// the place of the first.
pub(super) fn identifiers(text: &Text, words: &Words<'_>, into: &mut Vec<String>) -> Option<Range<usize>> {
    let found = words.find(text.as_str());
    let listed = data::read(text.as_str(), &found, words);
    let mut first = None;
    for item in listed.items.iter().filter(|item| !item.weak) {
        let entry = item.entry.and_then(|(id, _)| words.catalog.data_type(id));
        if let Some(entry) = entry.filter(|it| matches!(it.class, "immutable" | "resettable") && !it.umbrella) {
            push_once(into, id_word(entry.id, entry.umbrella));
            first.get_or_insert_with(|| item.range.clone());
        }
    }
    first
}
