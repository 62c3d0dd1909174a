//! An import for people and programs: the disclosure with comments that show where to look, and one JSON document.

use serde::Serialize;
use serde_json::{Value, json};

use super::Import;
use super::draft::{Mark, MarkKind};
use super::quotes::one_line;
use super::rows::on_other;
use crate::disclosure::{Cite, Claims, Effective, SourceText};

/// Characters of a line of the policy that a comment shows.
const SHOWN: usize = 40;

/// Entries of what was not understood that the file lists; the rest is counted.
const LISTED: usize = 40;

impl Import {
    /// The disclosure as a file, with a comment above each entry that shows the line it was read from.
    pub fn to_toml(&self) -> String {
        let file = self.disclosure.source.as_ref().map(|it| it.file.as_str()).unwrap_or_default();
        let mut heading = vec![
            format!("candor import read this from {file}; every number is a line of it, counted from 1."),
            "Hold each entry against its lines. What a person adds stands in lines that begin with `# review:`."
                .to_owned(),
        ];
        if !self.not_understood.is_empty() {
            heading.push(String::new());
            heading.push("Not understood:".to_owned());
            for it in self.not_understood.iter().take(LISTED) {
                heading.push(format!("{}: {} ({})", lines(it.lines), it.quote, it.reason));
            }
            if let Some(more) = self.not_understood.len().checked_sub(LISTED).filter(|it| 0 < *it) {
                heading.push(format!("and {more} more"));
            }
        }
        self.disclosure.to_toml(&heading, &|cite| self.comment(cite))
    }

    fn comment(&self, cite: &Cite) -> Vec<String> {
        let [first, _] = cite.lines;
        let text = self.source.line_text(usize::try_from(first).unwrap_or(usize::MAX));
        let shown = one_line(text.trim(), SHOWN);
        vec![format!("{}: {shown}", lines(cite.lines))]
    }

    /// One document: every statement with its lines, the places of the words, and what was not understood.
    pub fn to_json(&self) -> String {
        let it = &self.disclosure;
        let android = |platforms: &[String]| platforms.is_empty() || platforms.iter().any(|it| !on_other(it));
        let sdks = |on: bool| -> Vec<Value> {
            it.sdk.iter().filter(|row| android(&row.platforms) == on).map(|row| flat(row, &row.cite)).collect()
        };
        let permissions: Vec<Value> = it.permission.iter().map(|row| flat(row, &row.cite)).collect();
        let mut collects: Vec<Value> = Vec::new();
        for entry in &it.collects {
            let mut row = flat(entry, &entry.cite);
            let umbrella = Some(&entry.umbrella).filter(|it| !it.is_empty()).map(|it| format!("~{it}"));
            let data: Vec<String> = umbrella.into_iter().chain(entry.data.iter().cloned()).collect();
            put(&mut row, "data", json!(data));
            collects.push(row);
        }
        // A permission row that names data says that the app collects them.
        for row in it.permission.iter().filter(|row| !row.data.is_empty() && android(&row.platforms)) {
            collects.push(
                json!({"data": row.data, "permission": row.text, "lines": row.cite.lines, "quote": row.cite.quote}),
            );
        }
        let unread = self.not_understood.iter();
        let document = Document {
            schema: "candor.import/1",
            title: &it.title,
            app: &it.app,
            controller: &it.controller,
            effective: it.effective.as_ref(),
            source: it.source.as_ref(),
            collects,
            sdks: sdks(true),
            permissions,
            denies: it.denies.iter().map(|row| flat(row, &row.cite)).collect(),
            mentions: it.mentions.iter().map(|row| flat(row, &row.cite)).collect(),
            residue: it.residue.iter().map(|row| flat(row, &row.cite)).collect(),
            claims: &it.claims,
            other_platforms: json!({"sdks": sdks(false)}),
            spans: self.marks.iter().map(|mark| self.span(mark)).collect(),
            not_understood: unread.map(|it| Unread { lines: it.lines, quote: &it.quote, reason: &it.reason }).collect(),
        };
        serde_json::to_string_pretty(&document).unwrap_or_default()
    }

    fn span<'i>(&'i self, mark: &'i Mark) -> Span<'i> {
        Span {
            kind: kind(mark.kind),
            line: self.source.line(mark.span.start),
            bytes: [mark.span.start, mark.span.end],
            text: self.source.text.get(mark.span.clone()).unwrap_or_default(),
            meaning: &mark.meaning,
        }
    }
}

/// An import for programs.
#[derive(Serialize)]
struct Document<'i> {
    schema: &'static str,
    title: &'i str,
    app: &'i str,
    controller: &'i str,
    effective: Option<&'i Effective>,
    source: Option<&'i SourceText>,
    collects: Vec<Value>,
    sdks: Vec<Value>,
    permissions: Vec<Value>,
    denies: Vec<Value>,
    mentions: Vec<Value>,
    residue: Vec<Value>,
    claims: &'i Claims,
    other_platforms: Value,
    spans: Vec<Span<'i>>,
    not_understood: Vec<Unread<'i>>,
}

/// A place that was understood.
#[derive(Serialize)]
struct Span<'i> {
    kind: &'static str,
    line: u32,
    bytes: [usize; 2],
    text: &'i str,
    meaning: &'i str,
}

/// A place that was not.
#[derive(Serialize)]
struct Unread<'i> {
    lines: [u32; 2],
    quote: &'i str,
    reason: &'i str,
}

/// The word for a kind of mark.
pub(super) fn kind(kind: MarkKind) -> &'static str {
    match kind {
        MarkKind::Collects => "collects",
        MarkKind::Denies => "denies",
        MarkKind::Sdk => "sdk",
        MarkKind::Permission => "permission",
        MarkKind::Claim => "claim",
        MarkKind::Mention => "mention",
        MarkKind::Residue => "residue",
    }
}

/// An entry with its citation beside its fields.
fn flat(entry: &impl Serialize, cite: &Cite) -> Value {
    let mut value = serde_json::to_value(entry).unwrap_or_default();
    if let Some(fields) = value.as_object_mut() {
        fields.remove("cite");
    }
    put(&mut value, "lines", json!(cite.lines));
    put(&mut value, "quote", json!(cite.quote));
    value
}

fn put(value: &mut Value, key: &str, field: Value) {
    if let Some(fields) = value.as_object_mut() {
        fields.insert(key.to_owned(), field);
    }
}

pub(super) fn lines(lines: [u32; 2]) -> String {
    let [first, last] = lines;
    if first == last { format!("Line {first}") } else { format!("Lines {first}–{last}") }
}
