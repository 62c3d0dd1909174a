//! Statements that are blocks of lines: `label：value` for each SDK or permission, and lists of bare names behind a
//! sentence that introduces them.

use std::ops::Range;

use super::columns::{Column, Labels, colon};
use super::draft::Draft;
use super::links;
use super::names;
use super::numbers::{is_numbered, is_section, numberless};
use super::page::{Line, Part};
use super::permissions;
use super::rows::{self, Fields};
use super::sections::collects_in;
use super::text::Text;
use super::words::{Found, Words};
use crate::disclosure::SdkRow;

/// What stands around a value.
const BAR: [char; 5] = ['|', ' ', '\t', '\n', '\u{3000}'];

/// Blank lines within a block.
const GAP: usize = 4;

/// Characters of a label that the catalog does not know.
const LONGEST_OTHER: usize = 12;

/// Characters of an item of data below its label.
const LONGEST_ITEM: usize = 400;

/// Lines of unknown labels within a block.
const BETWEEN: usize = 4;

/// Names of one list.
const MOST_NAMES: usize = 300;

/// Reads the block that begins here, in a section of that role and platform; gives how many parts it took.
pub(super) fn labelled(
    parts: &[Part],
    (role, platform): (&str, &str),
    words: &Words<'_>,
    draft: &mut Draft<'_>,
) -> Option<usize> {
    line(parts, 0).filter(|line| !line.rule)?;
    let title = if labels_at(parts, 0, words).is_empty() { Some(title(parts, words)?) } else { None };
    let mut fields = Fields::default();
    let mut used = 0_usize;
    if let Some(title) = &title {
        fields.cells.push((Column::Sdk, title.clone()));
        used = 1;
    }
    let mut rule_seen = false;
    // A label of data without a value begins a list.
    let mut listing = false;
    while let Some(line) = line(parts, used) {
        let found = labels_at(parts, used, words);
        if found.is_empty() {
            let item = listing && is_item(line, parts, used, words);
            if item && is_group(line, words) {
                used = used.saturating_add(1);
                continue;
            }
            let goes_on = item || goes_on(line, parts, used, &fields, words);
            if rule_seen || !goes_on && !is_between(parts, used, &fields, title.is_some(), words) {
                break;
            }
            if let Some(column) = unlabelled(line.text.as_str(), words).filter(|_| !item) {
                fields.cells.push((column, line.text.clone()));
            } else if let Some((_, text)) =
                fields.cells.last_mut().filter(|(_, it)| it.as_str().len() < rows::LONGEST_CELL)
            {
                text.append("\n", &if item { aimless(&line.text, words) } else { line.text.clone() });
            }
        } else {
            if (begins(&found, &fields, title.is_some()) || line.rule) && !fields.cells.is_empty() {
                break;
            }
            fields.cells.extend(found);
            listing = fields.cells.last().is_some_and(|(column, value)| *column == Column::Data && value.is_blank());
        }
        rule_seen |= line.rule;
        used = used.saturating_add(1);
    }
    let named = title.is_some() || !has(&fields, Column::Party) || has(&fields, Column::Sdk);
    let company = if named { Column::Provider } else { Column::Sdk };
    for (column, _) in fields.cells.iter_mut().filter(|(column, _)| *column == Column::Party) {
        *column = company;
    }
    state(fields, title.as_ref(), (role, platform), words, draft).then_some(used)
}

/// Labels that begin another block.
fn begins(found: &[(Column, Text)], fields: &Fields, titled: bool) -> bool {
    let names =
        |column: &Column| matches!(column, Column::Sdk | Column::Permission) || !titled && *column == Column::Function;
    let again = found.iter().any(|(column, _)| {
        names(column) && has(fields, *column)
            || *column == Column::Sdk && !fields.cells.is_empty() && !has(fields, Column::Sdk)
    });
    let party = |(column, _): &(Column, Text)| *column == Column::Party && has(fields, Column::Party);
    again || !titled && !has(fields, Column::Sdk) && found.iter().any(party)
}

/// States what a block says; false = it is none.
fn state(
    mut fields: Fields,
    title: Option<&Text>,
    (role, platform): (&str, &str),
    words: &Words<'_>,
    draft: &mut Draft<'_>,
) -> bool {
    if fields.cells.len() < 2 {
        return false;
    }
    let data = has(&fields, Column::Data);
    let Some(title) = title else {
        if has(&fields, Column::Sdk) {
            rows::sdk(&fields, platform, words, draft);
        } else if has(&fields, Column::Permission) {
            permissions::row(&fields, platform, words, draft);
        } else if has(&fields, Column::Function) && data && collects_in(role) {
            rows::collects(&fields, platform, words, draft);
        } else {
            return false;
        }
        return true;
    };
    let found = words.find(title.as_str());
    let third = matches!(role, "sdk" | "share") && data;
    if role == "permission" && !data && !found.permissions.is_empty() {
        become_of(&mut fields, Column::Permission);
        permissions::row(&fields, platform, words, draft);
    } else if third || has(&fields, Column::Provider) || !found.sdks.is_empty() || found.has("sdk-word") {
        rows::sdk(&fields, platform, words, draft);
    } else if data && collects_in(role) {
        become_of(&mut fields, Column::Function);
        rows::collects(&fields, platform, words, draft);
    } else {
        return false;
    }
    true
}

/// Its title is of another column than that of SDKs.
fn become_of(fields: &mut Fields, column: Column) {
    fields.cells.iter_mut().take(1).for_each(|(it, _)| *it = column);
}

/// A title before the labels names what they are about. Only the whole words of a label make the line before it one; two
/// lines of any labels do where it names an SDK, or counts what data are for.
fn title(parts: &[Part], words: &Words<'_>) -> Option<Text> {
    let first = line(parts, 0)?;
    let next = line(parts, 1).filter(|next| next.gap <= GAP)?;
    let title = first.text.as_str();
    if !names::is_short(title) || title.contains(['。', '：', ':', '，']) || title.ends_with('.') {
        return None;
    }
    if whole_label(&next.text, words).is_none() {
        let found = words.find(title);
        let columns: Vec<Column> =
            [1, 2].iter().filter_map(|place| labels_at(parts, *place, words).first().map(|(it, _)| *it)).collect();
        let sdk = !found.sdks.is_empty() || found.has("sdk-word");
        // A number before what data are for: 1、注册.
        let counted = is_section(title, words)
            && matches!(columns.as_slice(), [Column::Data, Column::Purpose] | [Column::Purpose, Column::Data]);
        if columns.len() < 2 || !sdk && !counted {
            return None;
        }
    }
    let (column, _) = labels_at(parts, 1, words).into_iter().next()?;
    let titles =
        matches!(column, Column::Party | Column::Provider | Column::Data | Column::Purpose | Column::Description);
    titles.then(|| numberless(&first.text, words))
}

/// The labels of the line at `place`. A line that is the whole words of a label and no more is one where its value
/// follows, as the cards of a page have it.
fn labels_at(parts: &[Part], place: usize, words: &Words<'_>) -> Vec<(Column, Text)> {
    let Some(here) = line(parts, place) else { return Vec::new() };
    let found = labels(&here.text, words);
    // A heading is no label; bold words may be one.
    if !found.is_empty() || here.rule || 0 < here.level && here.level < 7 {
        return found;
    }
    let Some(column) = Column::exact(here.text.as_str(), words) else { return found };
    let value = line(parts, place.saturating_add(1)).filter(|next| next.gap <= 1 && !next.rule && next.level == 0);
    let value = value.filter(|next| labels(&next.text, words).is_empty());
    let value = value.filter(|next| Column::exact(next.text.as_str(), words).is_none());
    if value.is_some() { vec![(column, here.text.slice(here.text.as_str().len()..usize::MAX))] } else { found }
}

/// The labels of a cell with their values, where each of its lines is one or goes on with one.
pub(super) fn in_cell(text: &Text, words: &Words<'_>) -> Vec<(Column, Text)> {
    let mut cells: Vec<(Column, Text)> = Vec::new();
    for line in text.split(|it| it == '\n') {
        let line = line.trimmed();
        let found = if whole_label(&line, words).is_some() { labels(&line, words) } else { Vec::new() };
        if !found.is_empty() {
            cells.extend(found);
        } else if line.as_str().contains("http") {
            cells.push((Column::Link, line));
        } else if let Some((_, last)) = cells.last_mut() {
            last.append("\n", &line);
        } else if !line.is_blank() {
            return Vec::new();
        }
    }
    cells
}

/// The labels of a line with their values; a line may hold several.
fn labels(text: &Text, words: &Words<'_>) -> Vec<(Column, Text)> {
    let string = text.as_str();
    if colon(string).is_none() {
        return Vec::new();
    }
    let named = named(text, words);
    if !named.is_empty() {
        return named;
    }
    let mut ahead = Labels::new(string);
    let Some((column, start)) = ahead.at(0, words) else { return Vec::new() };
    let mut found = vec![(column, start..string.len())];
    // What follows a gap or a semicolon may be the next label.
    let breaks =
        string.char_indices().filter(|(at, it)| start < *at && matches!(it, ' ' | '；' | ';' | '\u{3000}' | '\n'));
    for (at, mark) in breaks {
        if !ahead.go_on() {
            break;
        }
        if let Some((column, value)) = ahead.at(at.saturating_add(mark.len_utf8()), words)
            && found.iter().all(|(it, _)| *it != column)
        {
            if let Some((_, last)) = found.last_mut() {
                last.end = at;
            }
            found.push((column, value..string.len()));
        }
    }
    // A row of a table of two columns keeps its bars: 业务功能：| 注册 |.
    let value = |range: Range<usize>| {
        let cell = string.get(range.clone()).unwrap_or_default();
        let start = range.end.saturating_sub(cell.trim_start_matches(BAR).len());
        text.slice(start..start.saturating_add(cell.trim_matches(BAR).len())).head(rows::LONGEST_CELL)
    };
    found.into_iter().map(|(column, range)| (column, value(range))).collect()
}

/// `某某SDK：使用目的：…；收集信息：…`: a name before two or more labels.
fn named(text: &Text, words: &Words<'_>) -> Vec<(Column, Text)> {
    let text = &numberless(text, words);
    let string = text.as_str();
    // 【某某SDK】使用目的：…
    let framed =
        string.strip_prefix('【').and_then(|rest| rest.find('】')).map(|at| at.saturating_add('【'.len_utf8()));
    let Some(colon) = framed.or_else(|| self::colon(string)) else { return Vec::new() };
    let name = text.slice(framed.map_or(0, |_| '【'.len_utf8())..colon).trimmed();
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
    if line.rule || 0 < line.level || is_section(text, words) || 1 < line.gap && !value.is_blank() {
        return false;
    }
    // The title of the next block is no value of this one.
    let next = place.saturating_add(1);
    let apart = || 0 < line.gap || line.closed || !names::read(text, words).ids.is_empty();
    let titles = !value.is_blank()
        && labels_at(parts, next, words).first().is_some_and(|(it, _)| {
            has(fields, *it) || 0 < line.gap && matches!(it, Column::Party | Column::Provider | Column::Sdk)
        })
        && apart();
    if titles {
        return false;
    }
    if line.closed && !value.is_blank() {
        let joined = value.as_str().ends_with(['、', '，', ',', '/']);
        let data = *column == Column::Data && !text.contains('。') && !words.find(text).data.is_empty();
        return joined || data || *column == Column::Link && text.starts_with("http");
    }
    match column {
        Column::Link => line.gap == 0 && !text.contains('。'),
        _ => {
            line.gap == 0 && (value.is_blank() || !value.as_str().ends_with(['。', '；']))
                || value.is_blank() && line.gap <= 1
        }
    }
}

/// An item of the list that a label without a value begins: one in brackets that groups the next, one that is marked, or
/// one that names data.
fn is_item(line: &Line, parts: &[Part], place: usize, words: &Words<'_>) -> bool {
    let text = line.text.as_str();
    if line.rule || 0 < line.level || 1 < line.gap || LONGEST_ITEM < text.chars().count() {
        return false;
    }
    let near = || (line.gap == 0 || line.item) && !words.find(text).data.is_empty();
    (is_group(line, words) || line.item && line.gap == 0 || near())
        && parts.get(place..).is_none_or(|rest| title(rest, words).is_none())
}

/// A number in brackets before words that name no data: （1）必选信息.
fn is_group(line: &Line, words: &Words<'_>) -> bool {
    let text = line.text.as_str();
    text.starts_with(['(', '（'])
        && is_section(text, words)
        && names::is_short(text)
        && words.find(text).data.is_empty()
}

/// An item without what it is for: 网络信息（IP地址）：用于….
fn aimless(text: &Text, words: &Words<'_>) -> Text {
    let string = text.as_str();
    let Some(colon) = colon(string) else { return text.clone() };
    let sign = string.get(colon..).and_then(|it| it.chars().next()).map_or(1, char::len_utf8);
    let aim = words.find(string).of("purpose-mark").any(|it| it.start == colon.saturating_add(sign));
    if aim { text.slice(0..colon) } else { text.clone() }
}

/// Lines of labels that the catalog does not know, between those of one block.
fn is_between(parts: &[Part], place: usize, fields: &Fields, titled: bool, words: &Words<'_>) -> bool {
    for at in place..place.saturating_add(BETWEEN) {
        let Some(line) = line(parts, at).filter(|line| !line.rule && line.level == 0 && line.gap <= 1) else {
            return false;
        };
        let found = labels_at(parts, at, words);
        if !found.is_empty() {
            return place < at && !begins(&found, fields, titled);
        }
        if unlabelled(line.text.as_str(), words) != Some(Column::Other) {
            return false;
        }
    }
    false
}

/// What a line holds that speaks of no data and is no value of the label above it: a link, or a label that the catalog does
/// not know.
fn unlabelled(text: &str, words: &Words<'_>) -> Option<Column> {
    let link = text.contains("://");
    let label = || text.split_once(['：', ':']).map_or(0, |(label, _)| label.trim().chars().count());
    if !link && !(2..=LONGEST_OTHER).contains(&label()) {
        return None;
    }
    let found = words.find(text);
    let speaks = !found.data.is_empty() || !found.permissions.is_empty();
    (!speaks).then_some(if link { Column::Link } else { Column::Other })
}

/// Reads a list of bare names that the line here, in which these words were found, introduces; gives how many parts it
/// took.
pub(super) fn list(
    parts: &[Part],
    found: &Found,
    platform: &str,
    words: &Words<'_>,
    draft: &mut Draft<'_>,
) -> Option<usize> {
    let text = line(parts, 0)?.text.as_str();
    let introduced = found.of("list-intro").any(|range| text.len() <= range.end.saturating_add(24));
    if !introduced {
        return None;
    }
    let items: Vec<&Line> =
        (1..MOST_NAMES).map_while(|place| line(parts, place)).take_while(|line| is_name(line, words)).collect();
    let marked = items.iter().any(|line| line.item);
    let known = items.iter().filter(|line| !words.find(line.text.as_str()).sdks.is_empty()).count();
    let items: Vec<&Line> = items.into_iter().take_while(|line| line.item || !marked).collect();
    // Names with labels below them are blocks.
    let labelled = (1..=items.len().saturating_add(1)).any(|place| !labels_at(parts, place, words).is_empty());
    if labelled || items.is_empty() || !marked && items.len() > known.saturating_mul(2) {
        return None;
    }
    for item in &items {
        let text = links::without(&numberless(&item.text, words));
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
            cite: draft.cite(&item.text.span(), text.as_str()),
            ..SdkRow::default()
        });
    }
    Some(items.len().saturating_add(1))
}

fn is_name(line: &Line, words: &Words<'_>) -> bool {
    let plain = links::without(&line.text);
    let text = plain.as_str();
    !line.rule
        && line.level == 0
        && (line.item || !is_section(text, words) || is_numbered(text))
        && !text.is_empty()
        && names::is_short(text)
        && !text.contains(['。', '：', ':', '，'])
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
