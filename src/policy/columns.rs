//! What a column of a table, or the label before a colon, holds: by its whole words, else by a part of them.

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
        if LONGEST_HEADER < header.chars().count() || header.contains(['。', '；', '?', '？', '|']) {
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

/// A line `label：value` of a block: the column of its label, and where the value starts.
pub(super) fn label(line: &str, words: &Words<'_>) -> Option<(Column, usize)> {
    let colon = line.find(['：', ':'])?;
    // A number or a bullet may stand before the label.
    let numbered = |it: char| it.is_ascii_digit() || matches!(it, '.' | '、' | ')' | '）' | '(' | '（' | ' ');
    let bare = line.get(..colon)?.trim_start_matches(numbered);
    let length = bare.trim().chars().count();
    if length == 0 || LONGEST_LABEL < length || bare.contains(['，', ',', '。', '、', '；', '"']) {
        return None;
    }
    let start = colon.saturating_add(if line.get(colon..).is_some_and(|it| it.starts_with('：')) { 3 } else { 1 });
    if line.get(start..).is_some_and(|value| value.starts_with("//")) {
        return None;
    }
    Column::of(bare, words).map(|column| (column, start))
}
