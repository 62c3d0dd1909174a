//! From the words of a permission to its constants: the constant itself where the row states it, else the longest names
//! in its first cell, else those in its description.

use super::columns::Column;
use super::draft::{Draft, MarkKind, push_once};
use super::numbers::numberless;
use super::page::Part;
use super::quotes::{self, one_line, shorten, stated};
use super::rows::{Fields, PURPOSE, cite, identifiers, is_none, on_other, own_platform, span};
use super::text::Text;
use super::walk::paragraph;
use super::words::{Found, Hit, Meaning, Words};
use crate::catalog::Permission;
use crate::disclosure::PermissionRow;

/// A name with more characters is a sentence.
const LONGEST_NAME: usize = 80;

/// The name before the colon of a line is no longer.
const LONGEST_LABEL: usize = 60;

/// One row of a permission table.
pub(super) fn row(fields: &Fields, platform: &str, words: &Words<'_>, draft: &mut Draft<'_>) {
    let of = |column: Column| fields.cells.iter().filter(move |(it, _)| *it == column).map(|(_, text)| text);
    let Some(name) = of(Column::Permission).next() else { return };
    if name.is_blank() || is_none(name.as_str(), words) {
        return;
    }
    let marked = own_platform(name.as_str(), words);
    let marked = if marked.is_empty() { platform } else { marked };
    let mut row = PermissionRow { text: one_line(name.as_str(), LONGEST_NAME), ..PermissionRow::default() };
    let mut purposes = of(Column::Purpose).filter(|text| !is_none(text.as_str(), words));
    row.purpose = purposes.next().map(|text| stated(text.as_str(), PURPOSE)).unwrap_or_default();
    row.cite = cite(fields, draft);
    if let Some(quote) = of(Column::Description).chain(of(Column::Purpose)).next() {
        row.cite.quote = shorten(quote.as_str());
    }
    if !marked.is_empty() && marked != "both" {
        row.platforms = vec![marked.to_owned()];
    }
    for (column, text) in &fields.cells {
        if !matches!(column, Column::Link | Column::Other) {
            let known = row.data.len();
            let first = identifiers(text, words, &mut row.data);
            // What names data is what a reader looks for.
            if let Some(first) = first.filter(|_| known == 0) {
                let whole = text.as_str();
                let start = quotes::start(whole, &(0..whole.len()), None, &first);
                row.cite.quote = shorten(whole.get(start..).unwrap_or_default());
            }
        }
    }
    if !on_other(marked) {
        row.constants = constants(fields, words);
        if row.constants.is_empty() {
            draft.unread(&span(fields), name.as_str(), "no Android permission is known by this name");
        }
    }
    draft.mark(name.span(), MarkKind::Permission, row.constants.join(", "));
    draft.permission(row);
}

/// What a section on permissions says line by line: `相机权限：用于拍照`, or a name with its use below it. Gives how many
/// parts it took.
pub(super) fn block(
    parts: &[Part],
    role: &str,
    platform: &str,
    words: &Words<'_>,
    draft: &mut Draft<'_>,
) -> Option<usize> {
    let Some(Part::Line(first)) = parts.first() else { return None };
    let constant = is_labelled(&first.text, words);
    if first.rule || role != "permission" && !constant {
        return None;
    }
    // A constant begins a row wherever it stands, and the next one another.
    let (text, used) = if constant { (first.text.clone(), 1) } else { paragraph(parts, words) };
    if line(&text, platform, words, draft) {
        return Some(used);
    }
    let Some(Part::Line(below)) = parts.get(1) else { return None };
    let sentence = |text: &str| text.contains(['，', '。', '；', '：', ':']);
    let name = numberless(&first.text, words);
    let names = |text: &str| !sentence(text) && !words.find(text).permissions.is_empty();
    let says = below.text.as_str();
    let found = words.find(says);
    let allows = found.of("permission-says").any(|it| it.start == 0);
    let used_for = !below.rule && below.level == 0 && below.gap <= first.gap && (allows || found.has("purpose-mark"));
    if LONGEST_LABEL < name.as_str().chars().count() || !names(name.as_str()) || !allows && names(says) || !used_for {
        return None;
    }
    let column = if allows { Column::Description } else { Column::Purpose };
    let cells = vec![(Column::Permission, name), (column, below.text.clone())];
    row(&Fields { cells, ..Fields::default() }, platform, words, draft);
    Some(2)
}

/// Where the name of a permission ends: at a colon, or at a dash with spaces around it.
fn separator(string: &str) -> Option<usize> {
    let dash = [" - ", " – ", " — ", "——"].iter().filter_map(|it| string.find(it)).min();
    string.find(['：', ':']).into_iter().chain(dash).min()
}

/// A line that begins with the constant of a permission and says something of it.
fn is_labelled(text: &Text, words: &Words<'_>) -> bool {
    let string = text.as_str();
    let Some(end) = separator(string).filter(|end| *end <= LONGEST_LABEL.saturating_mul(2)) else { return false };
    let label = text.slice(0..end).trimmed();
    let found = words.find(label.as_str());
    found
        .permissions
        .iter()
        .any(|hit| is_constant(&label, hit) && label.as_str().get(hit.range.clone()) == Some(label.as_str()))
}

/// One line of a list of permissions: `相机权限：用于拍照`. False = it is none.
fn line(text: &Text, platform: &str, words: &Words<'_>, draft: &mut Draft<'_>) -> bool {
    let string = text.as_str();
    let Some(colon) = separator(string) else { return false };
    let label = text.slice(0..colon);
    let long = LONGEST_LABEL < label.as_str().chars().count();
    if long || label.as_str().contains(['，', '。', '；']) || words.find(label.as_str()).permissions.is_empty() {
        return false;
    }
    let number = |it: char| it.is_ascii_digit() || matches!(it, '.' | '、' | ' ' | '(' | ')' | '（' | '）');
    let skip = label.as_str().len().saturating_sub(label.as_str().trim_start_matches(number).len());
    let start = colon.saturating_add(string.get(colon..).and_then(|it| it.chars().next()).map_or(1, char::len_utf8));
    let name = label.slice(skip..colon).trimmed();
    let purpose = text.slice(start..string.len());
    let dash = purpose.as_str().len().saturating_sub(purpose.as_str().trim_start_matches(['-', '–', '—', ' ']).len());
    let purpose = purpose.slice(dash..string.len()).trimmed();
    if name.is_blank() || purpose.is_blank() {
        return false;
    }
    let fields = Fields { cells: vec![(Column::Permission, name), (Column::Purpose, purpose)], ..Fields::default() };
    row(&fields, platform, words, draft);
    true
}

fn constants(fields: &Fields, words: &Words<'_>) -> Vec<String> {
    let mut stated = Vec::new();
    for (_, text) in &fields.cells {
        let found = words.find(text.as_str());
        for hit in found.permissions.iter().filter(|hit| is_constant(text, hit)) {
            for name in of_hit(hit, words) {
                push_once(&mut stated, name.to_owned());
            }
        }
    }
    if !stated.is_empty() {
        return stated;
    }
    for columns in [[Column::Permission, Column::Permission], [Column::Description, Column::Data]] {
        let mut named = Vec::new();
        for (_, text) in fields.cells.iter().filter(|(column, _)| columns.contains(column)) {
            for name in in_text(text.as_str(), &words.find(text.as_str()), words) {
                push_once(&mut named, name);
            }
        }
        if !named.is_empty() {
            return named;
        }
    }
    Vec::new()
}

/// The constants that a text names.
pub(super) fn in_text(text: &str, found: &Found, words: &Words<'_>) -> Vec<String> {
    let mut named = Vec::new();
    // A bracket explains the name before it: 写入存储器（如SD卡）.
    let open = text.find(['（', '(']).filter(|at| 0 < *at).unwrap_or(text.len());
    let outside = found.permissions.iter().any(|hit| hit.range.start < open);
    for hit in found.permissions.iter().filter(|hit| !outside || hit.range.start < open || hit.range.end == text.len())
    {
        of_hit(hit, words).for_each(|name| push_once(&mut named, name.to_owned()));
    }
    named
}

/// Of several permissions that one word means, those of the platform; else of its own apps; else all.
pub(super) fn of_hit(hit: &Hit, words: &Words<'_>) -> impl Iterator<Item = &'static str> {
    let entries: Vec<&Permission> = words
        .meanings(hit)
        .iter()
        .filter_map(|meaning| match meaning {
            Meaning::Permission(place) => words.catalog.tables.permissions.get(usize::try_from(*place).ok()?),
            _ => None,
        })
        .collect();
    let rank = |entry: &Permission| match entry.name {
        _ if entry.protection == "nonexistent" => 3_u8,
        name if name.starts_with("android.permission.") && !name.starts_with("android.permission.health.") => 0,
        name if name.starts_with("com.android.") => 1,
        _ => 2,
    };
    let best = entries.iter().map(|entry| rank(entry)).min();
    let names: Vec<&'static str> =
        entries.into_iter().filter(|entry| Some(rank(entry)) == best).map(|entry| entry.name).collect();
    names.into_iter()
}

/// The hit is written as code writes it: `READ_PHONE_STATE`.
fn is_constant(text: &Text, hit: &Hit) -> bool {
    let word = text.as_str().get(hit.range.clone()).unwrap_or_default();
    word.contains('_') && word.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '_' | '.' | '<' | '>'))
        || word.starts_with("android.permission.")
        || 3 < word.len() && word.chars().all(|it| it.is_ascii_uppercase())
}
