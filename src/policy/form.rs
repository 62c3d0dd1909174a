//! The data-safety form of Google Play, as its export writes it: a CSV table of questions and answers. What is ticked
//! becomes a statement of what the app collects; its lines are those of the file.
//!
//! Columns: question, response, value, requirement, label (support.google.com/googleplay/android-developer/answer/10787469).
//! The ids of questions and responses that mean something are phrases of the catalog.

use std::collections::BTreeMap;
use std::ops::Range;

use super::draft::{Draft, MarkKind, push_once};
use super::input::refuse;
use super::terms::Terms;
use super::text::Source;
use crate::catalog::{Catalog, Phrase};
use crate::disclosure::{Claim, Collects, Denies};
use crate::error::Result;

/// How the export begins.
const HEADER: &str = "Question ID (machine readable),Response ID (machine readable)";

/// What is answered about one data type.
#[derive(Default)]
struct Answers<'s> {
    /// Where it is ticked, else where it is first spoken of.
    span: Range<usize>,
    ticked: bool,
    /// The last part of the label: `Approximate location`.
    name: &'s str,
    /// `collected`, `shared`, `optional`, `ephemeral` …
    manner: Vec<String>,
    purposes: Vec<String>,
}

/// One row of the table.
struct Row<'s> {
    span: Range<usize>,
    question: &'s str,
    response: &'s str,
    /// It is answered with yes.
    yes: bool,
    /// It is answered with no.
    no: bool,
    label: &'s str,
}

/// Whether the text is an export of the form.
pub(super) fn is_form(text: &str) -> bool {
    text.trim_start().get(..HEADER.len()).is_some_and(|head| head.eq_ignore_ascii_case(HEADER))
}

/// Reads the form.
///
/// # Errors
/// Nothing in it is answered.
pub(super) fn read<'s>(source: &'s Source, catalog: &Catalog) -> Result<Draft<'s>> {
    let mut draft = Draft::new(source, Terms::default());
    let mut types: BTreeMap<&str, Answers<'_>> = BTreeMap::new();
    let mut order: Vec<&str> = Vec::new();
    let mut answered = false;
    for row in rows(&source.text) {
        answered |= row.yes || row.no;
        if let Some((datum, question)) =
            row.question.strip_prefix("PSL_DATA_USAGE_RESPONSES:").and_then(|it| it.split_once(':'))
        {
            let answers = types.entry(datum).or_default();
            usage(&row, question, answers, catalog);
        } else if row.question.starts_with("PSL_DATA_TYPES_") && row.yes {
            if !order.contains(&row.response) {
                order.push(row.response);
            }
            let answers = types.entry(row.response).or_default();
            answers.ticked = true;
            answers.name = row.label.rsplit('/').next().unwrap_or_default().trim();
            answers.span = row.span.clone();
        } else {
            general(&row, catalog, &mut draft);
        }
    }
    if !answered {
        return Err(refuse("a data-safety form in which nothing is answered", None));
    }
    for datum in order {
        if let Some(answers) = types.get(datum) {
            state(datum, answers, catalog, &mut draft);
        }
    }
    Ok(draft)
}

/// What is answered about one data type: how it is used, and what for.
fn usage(row: &Row<'_>, question: &str, answers: &mut Answers<'_>, catalog: &Catalog) {
    if !row.yes {
        return;
    }
    let word = if row.response.is_empty() { question } else { row.response };
    let known = |role: &str| phrase(catalog, role, word);
    if let Some(manner) = known("form-manner") {
        push_once(&mut answers.manner, manner.value.to_owned());
    }
    if let Some(purpose) = known("form-purpose") {
        push_once(&mut answers.purposes, purpose.value.to_owned());
    }
}

/// Answers about the app as a whole: the phrase says which claim an answer makes, and in which words.
fn general(row: &Row<'_>, catalog: &Catalog, draft: &mut Draft<'_>) {
    let word = if row.response.is_empty() { row.question } else { row.response };
    let Some(phrase) = phrase(catalog, "form-answer", word) else { return };
    let cite = draft.cite(&row.span, row.label);
    match phrase.value.split_once(": ") {
        Some((claim, value)) if row.yes => {
            draft.mark(row.span.clone(), MarkKind::Claim, claim);
            let claims = &mut draft.disclosure.claims;
            let claimed = Some(Claim { value: value.to_owned(), days: None, cite });
            match claim {
                "transport" => claims.transport = claimed,
                "rights" => claims.rights = claimed,
                _ => {}
            }
        }
        None if row.no => {
            // Exactly what the form asks for is denied, and nothing else.
            let asked = catalog.tables.phrases.iter().filter(|it| it.role == "form-data" && !it.value.is_empty());
            let data: Vec<String> = asked.map(|it| it.value.to_owned()).collect();
            draft.mark(row.span.clone(), MarkKind::Denies, data.join(", "));
            draft.disclosure.denies.push(Denies { data, cite, ..Denies::default() });
        }
        _ => {}
    }
}

/// One data type as a statement.
fn state(datum: &str, answers: &Answers<'_>, catalog: &Catalog, draft: &mut Draft<'_>) {
    if !answers.ticked {
        return;
    }
    let entry = phrase(catalog, "form-data", datum);
    let known = entry.map(|it| it.value).filter(|it| !it.is_empty());
    let other = if answers.name.is_empty() { datum } else { answers.name };
    if entry.is_none() {
        draft.unread(&answers.span, datum, "a data type that the form did not have when this was written");
    }
    let cite = draft.cite(&answers.span, other);
    draft.mark(answers.span.clone(), MarkKind::Collects, known.unwrap_or(other));
    draft.collects(Collects {
        data: known.map(str::to_owned).into_iter().collect(),
        other: if known.is_none() { vec![other.to_owned()] } else { Vec::new() },
        scene: answers.manner.join(", "),
        purpose: answers.purposes.join(", "),
        platforms: vec!["android".to_owned()],
        cite,
        ..Collects::default()
    });
}

/// The entry of the catalog for an id of the form.
fn phrase<'c>(catalog: &'c Catalog, role: &str, id: &str) -> Option<&'c Phrase> {
    catalog.tables.phrases.iter().find(|it| it.role == role && it.en.contains(&id))
}

/// The rows below the header.
fn rows(text: &str) -> impl Iterator<Item = Row<'_>> {
    let mut at = 0_usize;
    std::iter::from_fn(move || {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        let (cells, length) = record(rest);
        let span = at..at.saturating_add(length);
        at = span.end;
        Some((span, cells))
    })
    .skip(1)
    .filter_map(move |(span, cells)| {
        let cell = |place: usize| cells.get(place).copied().unwrap_or_default().trim().trim_matches('"').trim();
        let ended = text.get(span.clone())?.trim_end().len();
        let is = |word: &str| cell(2).eq_ignore_ascii_case(word);
        (!cell(0).is_empty()).then(|| Row {
            span: span.start..span.start.saturating_add(ended),
            question: cell(0),
            response: cell(1),
            yes: is("true") || is("yes"),
            no: is("false") || is("no"),
            label: cell(4),
        })
    })
}

/// The cells of the first record, and its length with what ends it. A quote hides commas and ends of lines (RFC 4180).
fn record(text: &str) -> (Vec<&str>, usize) {
    let mut cells = Vec::new();
    let (mut start, mut quoted) = (0_usize, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b',' if !quoted => {
                cells.push(text.get(start..at).unwrap_or_default());
                start = at.saturating_add(1);
            }
            b'\n' if !quoted => {
                cells.push(text.get(start..at).unwrap_or_default());
                return (cells, at.saturating_add(1));
            }
            _ => {}
        }
    }
    cells.push(text.get(start..).unwrap_or_default());
    (cells, text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hide_commas_and_ends_of_lines() {
        let text = "a,\"b, \"\"c\"\"\nd\",e\nf";
        let (cells, length) = record(text);
        assert_eq!(cells, ["a", "\"b, \"\"c\"\"\nd\"", "e"]);
        assert_eq!(text.get(length..), Some("f"));
        assert_eq!(record("\"open, and never closed\n").0.len(), 1);
    }
}
