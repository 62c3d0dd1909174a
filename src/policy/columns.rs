//! What a column of a table, or the label before a colon, holds: by its whole words, else by a part of them.

use memchr::memchr2_iter;

use super::words::Words;

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Column {
    /// Names of SDKs.
    Sdk,
    /// Names of third parties: SDKs in one policy, companies in the next.
    Party,
    /// Companies.
    Provider,
    /// Purposes, scenes and functions.
    Purpose,
    /// Personal data.
    Data,
    /// Links.
    Link,
    /// How data is shared.
    Manner,
    /// Names or constants of permissions.
    Permission,
    /// What a permission does.
    Description,
    /// The app's own functions.
    Function,
    /// Products: of third parties beside a column of them, else the app's own functions.
    Product,
    /// Platforms.
    Platform,
    /// What no statement needs.
    Other,
}

/// A header is short; a longer text is a sentence.
const LONGEST_HEADER: usize = 24;

/// A label before a colon is shorter still.
const LONGEST_LABEL: usize = 20;

impl Column {
    /// What the catalog calls it.
    fn named(value: &str) -> Option<Self> {
        let name = value.rsplit('-').next().unwrap_or(value);
        Some(match name {
            "sdk" => Self::Sdk,
            "party" => Self::Party,
            "provider" => Self::Provider,
            "purpose" => Self::Purpose,
            "data" => Self::Data,
            "link" => Self::Link,
            "manner" => Self::Manner,
            "permission" => Self::Permission,
            "description" => Self::Description,
            "function" => Self::Function,
            "product" => Self::Product,
            "platform" => Self::Platform,
            "other" => Self::Other,
            _ => return None,
        })
    }

    /// By the whole words of a header.
    pub(super) fn exact(header: &str, words: &Words<'_>) -> Option<Self> {
        // Most lines are told by their length; no character of UTF-8 takes more than four bytes.
        if LONGEST_HEADER.saturating_mul(4) < header.len() {
            return None;
        }
        words.values(header, "column").find_map(Self::named)
    }

    /// By the whole words, else by a part. The last part decides in Chinese, where the noun stands last (收集个人信息的目的
    /// is a purpose), the first in other languages; of two that share an end, the one that the catalog numbers lower.
    pub(super) fn of(header: &str, words: &Words<'_>) -> Option<Self> {
        if LONGEST_HEADER.saturating_mul(4) < header.len()
            || LONGEST_HEADER < header.chars().count()
            || header.contains(['。', '；', '?', '？', '|'])
        {
            return None;
        }
        Self::exact(header, words).or_else(|| {
            let found = words.find(header);
            // 友盟SDK and 某某公司 are what stands in a column, and no header of it.
            if !found.sdks.is_empty() || found.valued("company").any(|(_, value)| value == "suffix") {
                return None;
            }
            let parts = found.valued("column-part");
            let part = if header.is_ascii() {
                parts.min_by_key(|(range, value)| (range.start, *value))
            } else {
                parts.max_by_key(|(range, value)| (range.end, std::cmp::Reverse(*value)))
            };
            part.and_then(|(_, value)| Self::named(value))
        })
    }

    /// Whether a table with it states something about data, SDKs or permissions.
    pub(super) fn anchors(self) -> bool {
        matches!(self, Self::Sdk | Self::Party | Self::Data | Self::Permission)
    }
}

/// How many cells of a row are whole headers.
pub(super) fn exact<'t>(cells: impl Iterator<Item = &'t str>, words: &Words<'_>) -> usize {
    cells.filter(|cell| Column::exact(cell, words).is_some()).count()
}

/// The columns of a header row, where it is one: two known columns, one of which anchors a table.
pub(super) fn header<'t>(cells: impl Iterator<Item = &'t str>, words: &Words<'_>) -> Option<Vec<Option<Column>>> {
    let columns: Vec<Option<Column>> = cells.map(|cell| Column::of(cell, words)).collect();
    let known = columns.iter().flatten().count();
    let anchors = columns.iter().flatten().any(|it| it.anchors());
    (2 <= known && anchors && columns.len() <= known.saturating_mul(2)).then_some(columns)
}

/// Of several columns of purposes those that say so; what stands beside them under another word, such as a scene, is the
/// function.
pub(super) fn aims<'t>(
    mut columns: Vec<Option<Column>>,
    cells: impl Iterator<Item = &'t str>,
    words: &Words<'_>,
) -> Vec<Option<Column>> {
    let purposes = columns.iter().filter(|it| **it == Some(Column::Purpose)).count();
    if purposes < 2 {
        return columns;
    }
    let aims: Vec<bool> = cells.map(|cell| words.find(cell).has("column-aim")).collect();
    let is_aim = |place: usize| aims.get(place).copied().unwrap_or_default();
    let stated = columns.iter().enumerate().any(|(place, it)| *it == Some(Column::Purpose) && is_aim(place));
    for (place, column) in columns.iter_mut().enumerate() {
        if stated && *column == Some(Column::Purpose) && !is_aim(place) {
            *column = Some(Column::Function);
        }
    }
    columns
}

/// The first colon of a text.
pub(super) fn colon(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let wide = |at: usize| bytes.get(at..).is_some_and(|rest| rest.starts_with("：".as_bytes()));
    memchr2_iter(b':', 0xef, bytes).find(|&at| bytes.get(at) == Some(&b':') || wide(at))
}

/// The labels of a line `label：value`, from left to right; what was looked at is not looked at again.
pub(super) struct Labels<'t> {
    line: &'t str,
    /// The first colon, and the first character of a label, from the place on that was asked last.
    colon: Option<usize>,
    first: usize,
}

impl<'t> Labels<'t> {
    pub(super) fn new(line: &'t str) -> Self {
        Self { line, colon: colon(line), first: first(line, 0) }
    }

    /// Whether another label may follow.
    pub(super) fn go_on(&self) -> bool {
        self.colon.is_some()
    }

    /// The column of the label that starts at a place, and where its value starts. Places are asked in their order.
    pub(super) fn at(&mut self, place: usize, words: &Words<'_>) -> Option<(Column, usize)> {
        let rest = self.line.get(place..)?;
        if self.colon.is_some_and(|colon| colon < place) {
            self.colon = colon(rest).map(|colon| place.saturating_add(colon));
        }
        if self.first < place {
            self.first = first(self.line, place);
        }
        let colon = self.colon?;
        let bare = self.line.get(self.first..colon).filter(|bare| bare.len() < LONGEST_LABEL.saturating_mul(8))?;
        let length = bare.trim().chars().count();
        if length == 0 || LONGEST_LABEL < length || bare.contains(['，', ',', '。', '、', '；', '"']) {
            return None;
        }
        let sign = self.line.get(colon..).and_then(|it| it.chars().next()).map_or(1, char::len_utf8);
        let start = colon.saturating_add(sign);
        if self.line.get(start..).is_some_and(|value| value.starts_with("//")) {
            return None;
        }
        Column::of(bare, words).map(|column| (column, start))
    }
}

/// Where a label begins: a number or a bullet may stand before it.
fn first(line: &str, place: usize) -> usize {
    let numbered = |it: char| it.is_ascii_digit() || matches!(it, '.' | '、' | ')' | '）' | '(' | '（' | ' ');
    line.len().saturating_sub(line.get(place..).unwrap_or_default().trim_start_matches(numbered).len())
}
