//! The catalog as a person or a program reads it: its lists, and one entry with everything that is known of it.

use std::io::{self, Write};

use serde::Serialize;

use super::layout::{Line, Page, Tone, width};
use super::words::{PLATFORM_PERMISSION, Words};
use super::{Format, Report, explain, json};
use crate::catalog::{self, Catalog, Permission, Source, Tables};

/// Columns between two columns of a list.
const GAP: usize = 3;
/// Columns before a field of an entry.
const INDENT: usize = 2;
/// The widest column of a list but the last.
const MAX_COLUMN: usize = 60;

/// The cells of one line of a list.
type Row = Vec<String>;

/// One list of the catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// Data types.
    Data,
    /// Sources.
    Sources,
    /// Permissions.
    Permissions,
    /// SDKs.
    Sdks,
    /// Packers and other markers.
    Markers,
    /// Rules.
    Rules,
    /// Types of app.
    AppTypes,
}

impl Section {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 7] =
        [Self::Data, Self::Sources, Self::Permissions, Self::Sdks, Self::Markers, Self::Rules, Self::AppTypes];

    /// The word for it on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Sources => "sources",
            Self::Permissions => "permissions",
            Self::Sdks => "sdks",
            Self::Markers => "markers",
            Self::Rules => "rules",
            Self::AppTypes => "app-types",
        }
    }

    /// What it lists, in a few words.
    pub fn purpose(self) -> &'static str {
        match self {
            Self::Data => "Data types",
            Self::Sources => "Ways in which code obtains them",
            Self::Permissions => "Permissions of the platform and of vendors",
            Self::Sdks => "Third-party SDKs",
            Self::Markers => "Packers, hot-fixes, plug-in and hybrid frameworks",
            Self::Rules => "Rules",
            Self::AppTypes => "Types of app, and the data that each needs",
        }
    }

    fn count(self, tables: &Tables) -> usize {
        match self {
            Self::Data => tables.data_types.len(),
            Self::Sources => tables.sources.len(),
            Self::Permissions => tables.permissions.len(),
            Self::Sdks => tables.sdks.len(),
            Self::Markers => tables.markers.len(),
            Self::Rules => tables.rules.len(),
            Self::AppTypes => tables.app_types.len(),
        }
    }
}

/// Writes one list of the catalog, or how long each is.
///
/// # Errors
/// Those of `out`.
pub fn list(report: &Report<'_>, section: Option<Section>, out: &mut dyn Write) -> io::Result<()> {
    let tables = &report.catalog.tables;
    let Some(section) = section else { return overview(report, out) };
    if report.format != Format::Text {
        return match section {
            Section::Data => array(report.format, &tables.data_types, out),
            Section::Sources => array(report.format, &tables.sources, out),
            Section::Permissions => array(report.format, &tables.permissions, out),
            Section::Sdks => array(report.format, &tables.sdks, out),
            Section::Markers => array(report.format, &tables.markers, out),
            Section::Rules => array(report.format, &tables.rules, out),
            Section::AppTypes => array(report.format, &tables.app_types, out),
        };
    }
    table(report, &rows(section, &Words::new(report.catalog, report.lang)), out)
}

/// Writes every entry that has this id: data type, SDK, permission (with or without `android.permission.`) or rule.
/// Gives false where there is none, and writes nothing then.
///
/// # Errors
/// Those of `out`.
pub fn show(report: &Report<'_>, id: &str, out: &mut dyn Write) -> io::Result<bool> {
    let catalog = report.catalog;
    let permission = catalog.permission(id).or_else(|| catalog.permission(&format!("{PLATFORM_PERMISSION}{id}")));
    let rule = catalog.rule(id).or_else(|| catalog.rule(&id.to_uppercase()));
    let mut entries = Vec::new();
    entries.extend(catalog.data_type(id).map(|entry| Shown::new("data", entry).with_sources(catalog, entry.id)));
    entries.extend(catalog.sdk(id).map(|entry| Shown::new("sdk", entry)));
    entries.extend(permission.map(|entry| Shown::new("permission", entry)));
    entries.extend(rule.map(|entry| Shown::new("rule", entry)));
    match report.format {
        _ if entries.is_empty() => {}
        Format::Text => entries.iter().try_for_each(|entry| page(report, entry, out))?,
        _ => array(report.format, &entries, out)?,
    }
    Ok(!entries.is_empty())
}

/// The id that is most like an unknown one, among those that [`show`] knows.
pub fn nearest<'a>(catalog: &'a Catalog, unknown: &str) -> Option<&'a str> {
    let tables = &catalog.tables;
    let data = tables.data_types.iter().map(|entry| entry.id);
    let sdks = tables.sdks.iter().map(|entry| entry.id);
    let permissions = tables.permissions.iter().map(|entry| entry.name);
    let rules = tables.rules.iter().map(|entry| entry.id);
    catalog::nearest(unknown, data.chain(sdks).chain(permissions).chain(rules))
}

/// An entry with the name of its list, which tells a program what it is.
#[derive(Serialize)]
struct Shown<'a> {
    kind: &'a str,
    entry: serde_json::Value,
    /// The ways in which code obtains a data type.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sources: Vec<&'a Source>,
}

impl<'a> Shown<'a> {
    fn new(kind: &'a str, entry: &impl Serialize) -> Self {
        Self { kind, entry: value(entry), sources: Vec::new() }
    }

    fn with_sources(self, catalog: &'a Catalog, data: &str) -> Self {
        Self { sources: catalog.tables.sources.iter().filter(|source| source.data == data).collect(), ..self }
    }
}

fn overview(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let tables = &report.catalog.tables;
    let counts = Section::ALL.map(|section| (section.word(), section.count(tables)));
    if report.format == Format::Text {
        let rows: Vec<_> = counts.iter().map(|(word, count)| row([word, &count.to_string()])).collect();
        return table(report, &rows, out);
    }
    let counts: serde_json::Map<_, _> =
        counts.into_iter().map(|(word, count)| (word.to_owned(), count.into())).collect();
    json::write(&counts, out)?;
    writeln!(out)
}

/// What a list shows of each entry.
fn rows(section: Section, words: &Words<'_>) -> Vec<Row> {
    let tables = &words.catalog.tables;
    match section {
        Section::Data => {
            tables.data_types.iter().map(|entry| row([entry.id, words.data(entry.id), entry.class])).collect()
        }
        Section::Sources => {
            tables.sources.iter().map(|entry| row([entry.data, &word(&entry.kind), entry.target])).collect()
        }
        Section::Permissions => {
            let label = |entry: &Permission| words.permission_label(entry.name);
            tables.permissions.iter().map(|entry| row([entry.name, entry.protection, label(entry)])).collect()
        }
        Section::Sdks => {
            tables.sdks.iter().map(|entry| row([entry.id, words.sdk(entry.id), entry.category, entry.vendor])).collect()
        }
        Section::Markers => {
            tables.markers.iter().map(|entry| row([entry.kind, entry.name, entry.marker, entry.pattern])).collect()
        }
        Section::Rules => tables.rules.iter().map(|entry| explain::row(words, entry)).collect(),
        Section::AppTypes => {
            let needs = |ids: &[&str]| ids.iter().map(|id| words.data(id)).collect::<Vec<_>>().join(", ");
            tables
                .app_types
                .iter()
                .map(|it| row([it.id, words.name(it.name_zh, it.name_en, it.id), &needs(&it.necessary)]))
                .collect()
        }
    }
}

fn row<const N: usize>(cells: [&str; N]) -> Row {
    cells.map(str::to_owned).to_vec()
}

/// Entries as NDJSON, or as one JSON array with an entry a line.
pub(super) fn array(format: Format, entries: &[impl Serialize], out: &mut dyn Write) -> io::Result<()> {
    let array = format != Format::Ndjson;
    if array {
        out.write_all(b"[\n")?;
    }
    for (index, entry) in entries.iter().enumerate() {
        if 0 < index {
            out.write_all(if array { b",\n" } else { b"\n" })?;
        }
        json::write(entry, out)?;
    }
    out.write_all(match (array, entries.is_empty()) {
        (true, true) => b"]\n",
        (true, false) => b"\n]\n",
        (false, true) => b"",
        (false, false) => b"\n",
    })
}

pub(super) fn table(report: &Report<'_>, rows: &[Row], out: &mut dyn Write) -> io::Result<()> {
    let n_columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widest =
        |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell)).max().unwrap_or(0);
    let widths: Vec<usize> = (0..n_columns).map(|column| widest(column).min(MAX_COLUMN)).collect();
    let mut page = Page::new(out, report.style);
    for row in rows {
        let mut line = Line::new();
        let mut start = 0;
        for (index, (cell, width)) in row.iter().zip(&widths).enumerate() {
            let tone = if index == 0 { Tone::Strong } else { Tone::Plain };
            line = if index == 0 { line } else { line.column(start) }.tone(tone, cell);
            start += width + GAP;
        }
        page.line(&line, GAP)?;
    }
    Ok(())
}

/// One entry, a field a line; empty fields are left out.
fn page(report: &Report<'_>, shown: &Shown<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(out, report.style);
    page.line(&Line::new().tone(Tone::Strong, shown.kind), 0)?;
    let fields = shown.entry.as_object().into_iter().flatten().filter(|(_, value)| !is_empty(value));
    let fields: Vec<_> = fields.map(|(name, value)| (name, lines(value))).collect();
    let column = INDENT + fields.iter().map(|(name, _)| width(name)).max().unwrap_or(0) + GAP;
    for (name, lines) in fields {
        for (index, text) in lines.iter().enumerate() {
            let line = Line::indented(INDENT).tone(Tone::Faint, if index == 0 { name } else { "" });
            page.line(&line.column(column).plain(text), column)?;
        }
    }
    if !shown.sources.is_empty() {
        page.line(&Line::new().tone(Tone::Strong, "sources"), 0)?;
    }
    for source in &shown.sources {
        let line = Line::indented(INDENT).tone(Tone::Faint, &word(&source.kind)).gap(GAP).plain(source.target);
        let conditions = [source.condition, source.note].into_iter().filter(|text| !text.is_empty());
        let line = conditions.fold(line, |line, text| line.gap(GAP).tone(Tone::Faint, text));
        page.line(&line, 2 * INDENT)?;
    }
    Ok(())
}

fn lines(value: &serde_json::Value) -> Vec<String> {
    match value {
        serde_json::Value::Array(items) => items.iter().flat_map(lines).collect(),
        serde_json::Value::Object(fields) => {
            let parts = fields.iter().filter(|(_, value)| !is_empty(value));
            let parts: Vec<_> = parts.map(|(name, value)| format!("{name}: {}", lines(value).join(", "))).collect();
            vec![parts.join(", ")]
        }
        serde_json::Value::String(text) => vec![text.clone()],
        other => vec![other.to_string()],
    }
}

fn is_empty(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::Null => true,
        serde_json::Value::String(text) => text.is_empty(),
        serde_json::Value::Array(items) => items.is_empty(),
        serde_json::Value::Object(fields) => fields.is_empty(),
        serde_json::Value::Bool(_) | serde_json::Value::Number(_) => false,
    }
}

/// An entry as its fields; the catalog's types hold nothing but text, numbers and lists of them.
fn value(entry: &impl Serialize) -> serde_json::Value {
    serde_json::to_value(entry).expect("an entry is plain data")
}

/// A word of the catalog as its files spell it.
pub(super) fn word(kind: &impl Serialize) -> String {
    value(kind).as_str().unwrap_or_default().to_owned()
}
