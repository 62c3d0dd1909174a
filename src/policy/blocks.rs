//! Statements that are blocks of lines: `label：value` for each SDK or permission, and lists of bare names behind a
//! sentence that introduces them.

use super::columns::{Column, label};
use super::draft::{Draft, one_line};
use super::grids::{is_numbered, is_section};
use super::links;
use super::names;
use super::page::{Line, Part};
use super::permissions;
use super::rows::{self, Fields};
use super::text::Text;
use super::words::Words;
use crate::disclosure::SdkRow;

/// Blank lines within a block.
const GAP: usize = 4;

/// Names of one list.
const MOST_NAMES: usize = 300;

/// Reads the block that begins here; gives how many parts it took.
pub(super) fn labelled(parts: &[Part], platform: &str, words: &Words<'_>, draft: &mut Draft<'_>) -> Option<usize> {
    let first = line(parts, 0).filter(|line| !line.rule)?;
    let mut fields = Fields::default();
    let mut used = 0_usize;
    if labels(&first.text, words).is_empty() {
        // A title before the labels names what they are about.
        let next = line(parts, 1)?;
        let (column, _) = labels(&next.text, words).into_iter().next()?;
        // Only the whole words of a label make the line before it a title.
        whole_label(&next.text, words)?;
        let title = first.text.as_str();
        let titles = matches!(column, Column::Party | Column::Provider | Column::Data | Column::Purpose);
        if !titles
            || GAP < next.gap
            || names::LONGEST_NAME < title.chars().count()
            || title.contains(['。', '：', ':', '，'])
        {
            return None;
        }
        fields.cells.push((Column::Sdk, numberless(&first.text)));
        used = 1;
    }
    let has_title = used == 1;
    let mut rule_seen = false;
    while let Some(line) = line(parts, used) {
        let found = labels(&line.text, words);
        if found.is_empty() {
            if !goes_on(line, parts, used, &fields, words) || rule_seen {
                break;
            }
            if let Some((_, text)) = fields.cells.last_mut().filter(|(_, it)| it.as_str().len() < rows::LONGEST_CELL) {
                text.append("\n", &line.text);
            }
        } else {
            let names = |column: &Column| matches!(column, Column::Sdk | Column::Permission);
            let begins = found.iter().any(|(column, _)| {
                names(column) && fields.cells.iter().any(|(it, _)| it == column)
                    || *column == Column::Sdk && !fields.cells.is_empty() && !has_sdk(&fields)
            });
            let repeats = !has_title
                && !has_sdk(&fields)
                && found.iter().any(|(column, _)| *column == Column::Party && has(&fields, Column::Party));
            if (begins || repeats || line.rule) && !fields.cells.is_empty() {
                break;
            }
            fields.cells.extend(found);
        }
        rule_seen |= line.rule;
        used = used.saturating_add(1);
    }
    let parties = fields.cells.iter_mut().filter(|(column, _)| *column == Column::Party);
    let named = has_title || parties.count() == 0 || has_sdk(&fields);
    let company = if named { Column::Provider } else { Column::Sdk };
    for (column, _) in fields.cells.iter_mut().filter(|(column, _)| *column == Column::Party) {
        *column = company;
    }
    if has_sdk(&fields) && 1 < fields.cells.len() && (!has_title || has(&fields, Column::Provider)) {
        rows::sdk(&fields, platform, words, draft);
        return Some(used);
    }
    if has(&fields, Column::Permission) && 1 < fields.cells.len() && !has_title {
        permissions::row(&fields, platform, words, draft);
        return Some(used);
    }
    None
}

/// The labels of a line with their values; a line may hold several.
fn labels(text: &Text, words: &Words<'_>) -> Vec<(Column, Text)> {
    let string = text.as_str();
    let named = named(text, words);
    if !named.is_empty() {
        return named;
    }
    let Some((column, start)) = label(string, words) else { return Vec::new() };
    let mut found = vec![(column, start..string.len())];
    // What follows a gap or a semicolon may be the next label.
    let breaks =
        string.char_indices().filter(|(at, it)| start < *at && matches!(it, ' ' | '；' | ';' | '\u{3000}' | '\n'));
    for (at, mark) in breaks {
        let next = at.saturating_add(mark.len_utf8());
        if let Some((column, value)) = string.get(next..).and_then(|rest| label(rest, words))
            && found.iter().all(|(it, _)| *it != column)
        {
            if let Some((_, last)) = found.last_mut() {
                last.end = at;
            }
            found.push((column, next.saturating_add(value)..string.len()));
        }
    }
    found.into_iter().map(|(column, range)| (column, text.slice(range).trimmed().head(rows::LONGEST_CELL))).collect()
}

/// `某某SDK：使用目的：…；收集信息：…`: a name before two or more labels.
fn named(text: &Text, words: &Words<'_>) -> Vec<(Column, Text)> {
    let string = text.as_str();
    let Some(colon) = string.find(['：', ':']) else { return Vec::new() };
    let name = numberless(&text.slice(0..colon)).trimmed();
    let length = name.as_str().chars().count();
    let sentence = name.as_str().contains(['，', '。', '、', '；']);
    if length == 0 || names::LONGEST_NAME < length || sentence || Column::exact(name.as_str(), words).is_some() {
        return Vec::new();
    }
    let start = colon.saturating_add(string.get(colon..).and_then(|it| it.chars().next()).map_or(1, char::len_utf8));
    let rest = text.slice(start..string.len()).trimmed();
    let starts = whole_label(&rest, words).is_some();
    let mut found = if starts { labels(&rest, words) } else { Vec::new() };
    if found.len() < 2 || found.iter().any(|(column, _)| *column == Column::Sdk) {
        return Vec::new();
    }
    found.insert(0, (Column::Sdk, name));
    found
}

/// The column of the label with which a line begins, by its whole words.
fn whole_label(text: &Text, words: &Words<'_>) -> Option<Column> {
    Column::exact(text.as_str().split(['：', ':']).next()?, words)
}

/// The line goes on with the value before it.
fn goes_on(line: &Line, parts: &[Part], place: usize, fields: &Fields, words: &Words<'_>) -> bool {
    let Some((column, value)) = fields.cells.last() else { return false };
    let text = line.text.as_str();
    if line.rule || 0 < line.level || is_section(text) || 1 < line.gap && !value.is_blank() {
        return false;
    }
    // The title of the next block is no value of this one.
    let titles = self::line(parts, place.saturating_add(1)).is_some_and(|next| {
        0 < line.gap
            && labels(&next.text, words)
                .first()
                .is_some_and(|(it, _)| matches!(it, Column::Party | Column::Provider | Column::Sdk))
    });
    if titles {
        return false;
    }
    match column {
        Column::Link => line.gap == 0 && !text.contains('。'),
        _ => {
            line.gap == 0 && (value.is_blank() || !value.as_str().ends_with(['。', '；']))
                || value.is_blank() && line.gap <= 1
        }
    }
}

/// Reads a list of bare names that the line here introduces; gives how many parts it took.
pub(super) fn list(parts: &[Part], platform: &str, words: &Words<'_>, draft: &mut Draft<'_>) -> Option<usize> {
    let intro = line(parts, 0)?;
    let text = intro.text.as_str();
    let found = words.find(text);
    let introduced = found.of("list-intro").any(|range| text.len() <= range.end.saturating_add(24));
    if !introduced {
        return None;
    }
    let items: Vec<&Line> =
        (1..MOST_NAMES).map_while(|place| line(parts, place)).take_while(|line| is_name(line)).collect();
    let marked = items.iter().any(|line| line.item);
    let known = items.iter().filter(|line| !words.find(line.text.as_str()).sdks.is_empty()).count();
    let items: Vec<&Line> = items.into_iter().take_while(|line| line.item || !marked).collect();
    if items.is_empty() || !marked && items.len() > known.saturating_mul(2) {
        return None;
    }
    for item in &items {
        let text = links::without(&numberless(&item.text));
        let named = names::read(text.as_str(), words);
        if named.names.is_empty() {
            continue;
        }
        let platforms = if platform.is_empty() { Vec::new() } else { vec![platform.to_owned()] };
        draft.mark(text.span(), super::draft::MarkKind::Sdk, named.ids.join(", "));
        draft.sdk(SdkRow {
            names: named.names,
            catalog: named.ids.iter().map(|id| (*id).to_owned()).collect(),
            category: named.category.to_owned(),
            links: links::of(item.text.as_str()),
            platforms,
            cite: draft.cite(&item.text.span(), &one_line(text.as_str(), 40)),
            ..SdkRow::default()
        });
    }
    Some(items.len().saturating_add(1))
}

fn is_name(line: &Line) -> bool {
    let plain = links::without(&line.text);
    let text = plain.as_str();
    !line.rule
        && line.level == 0
        && (line.item || !is_section(text) || is_numbered(text))
        && !text.is_empty()
        && text.chars().count() <= names::LONGEST_NAME
        && !text.contains(['。', '：', ':', '，'])
}

/// Without the number that counts it.
fn numberless(text: &Text) -> Text {
    let string = text.as_str();
    if !is_section(string) {
        return text.clone();
    }
    let rest =
        string.trim_start_matches(|it: char| it.is_ascii_digit() || "一二三四五六七八九十（()）.、． ".contains(it));
    text.slice(string.len().saturating_sub(rest.len())..string.len())
}

fn line(parts: &[Part], place: usize) -> Option<&Line> {
    match parts.get(place) {
        Some(Part::Line(line)) => Some(line),
        _ => None,
    }
}

fn has(fields: &Fields, column: Column) -> bool {
    fields.cells.iter().any(|(it, _)| *it == column)
}

fn has_sdk(fields: &Fields) -> bool {
    has(fields, Column::Sdk)
}
