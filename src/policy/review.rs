//! A page for the review of an import: the policy piece by piece, each understood place marked, its meaning beside it. One
//! file without scripts, in which nothing of the policy is markup.
//!
//! Of a saved page only what a reader sees is shown, a block on each row; the numbers are the lines of its source, which
//! citations count.

use std::fmt::Write;
use std::ops::Range;

use html5gum::Tokenizer;
use html5gum::emitters::default::{DefaultEmitter, Token};

use super::Import;
use super::draft::{Mark, MarkKind};
use super::export::kind;

/// Bytes of a reference such as `&nbsp;` that is kept whole.
const LONGEST_REFERENCE: usize = 12;

/// Nothing is loaded and nothing runs, whatever a policy says.
const HEAD: &str = "<!doctype html>\n<html lang=\"zh\"><head><meta charset=\"utf-8\">\n\
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
<meta name=\"viewport\" content=\"width=device-width\">\n";

const STYLE: &str = "<style>
body{margin:0;font:15px/1.6 system-ui,sans-serif;color:#1d2330;background:#fff}
header{padding:16px 24px;border-bottom:1px solid #d5dae3;overflow-wrap:anywhere}
h1{font-size:20px;margin:0 0 4px}header p{margin:2px 0;color:#556}header mark{margin-right:6px;white-space:nowrap}
table{border-collapse:collapse;width:100%;table-layout:fixed}
td{vertical-align:top;padding:1px 12px;border-bottom:1px solid #f0f2f6;overflow-wrap:anywhere}
td.n{width:44px;text-align:right;color:#6b7488;user-select:none}
td.m{width:30%;font-size:13px;color:#334}
tr.e td{font-size:5px;line-height:1.2;border:0}
tr:target td{background:#fffbe6}
mark{color:inherit;border-radius:3px;padding:0 1px}
.collects{background:#d7ebff}.denies{background:#ffd9d6}.sdk{background:#dff3d8}
.permission{background:#f1e3ff}.claim{background:#fff0c2}.mention{background:#d3f2ee}.residue{background:#ffd0e6}
.unread{background:#ffe3c9}
td.m span{display:inline-block;margin:1px 4px 1px 0;padding:0 6px;border-radius:8px}
@media(max-width:720px){header{padding:12px}tr{display:grid;grid-template-columns:40px 1fr;border-bottom:1px solid #f0f2f6}
td{border:0;padding:1px 8px}td.n{width:auto}td.m{width:auto;grid-column:2}td.m:empty{display:none}}
@media print{td.m{width:35%}mark,td.m span{print-color-adjust:exact}}
</style>";

/// What the page shows on one row.
struct Row {
    /// The line of the source in which it begins.
    line: usize,
    /// All that belongs to it in the source, and what of that is shown.
    range: Range<usize>,
    shown: Vec<Range<usize>>,
}

impl Import {
    /// The page.
    pub fn review(&self) -> String {
        let it = &self.disclosure;
        let title = escaped(if it.title.is_empty() { "Policy" } else { &it.title });
        let mut page = String::with_capacity(self.source.text.len().saturating_mul(2));
        page.push_str(HEAD);
        let _ = writeln!(page, "<title>{title}</title>\n{STYLE}</head><body><header><h1>{title}</h1>");
        let source = it.source.as_ref();
        let file = source.map(|it| it.file.as_str()).unwrap_or_default();
        let sha256 = source.map(|it| it.sha256.as_str()).unwrap_or_default();
        let _ = writeln!(page, "<p>{} {}</p><p>{}</p>", escaped(&it.app), escaped(&it.controller), escaped(file));
        let _ = writeln!(page, "<p>SHA-256 {}</p><p>", escaped(sha256));
        for (class, zh, en, count) in [
            ("collects", "收集", "collects", it.collects.len()),
            ("sdk", "SDK", "", it.sdk.len()),
            ("permission", "权限", "permissions", it.permission.len()),
            ("denies", "声明不收集", "denies", it.denies.len()),
            (
                "claim",
                "其他声明",
                "claims and dates",
                self.marks.iter().filter(|it| it.kind == MarkKind::Claim).count(),
            ),
            ("mention", "权利中提到", "named among rights", it.mentions.len()),
            ("residue", "模板残留", "left of a template", it.residue.len()),
            ("unread", "未理解", "not understood", self.not_understood.len()),
        ] {
            let _ = writeln!(page, "<mark class=\"{class}\">{} {count}</mark>", format!("{zh} {en}").trim());
        }
        page.push_str("</p></header><table>\n");
        let mut marks = self.marks.iter().peekable();
        let mut open: Vec<&Mark> = Vec::new();
        let mut told = 0_usize;
        for row in self.rows() {
            while let Some(mark) = marks.next_if(|mark| mark.span.start < row.range.end) {
                open.push(mark);
            }
            open.retain(|mark| row.range.start < mark.span.end);
            self.row(&row, row.line != told, &open, &mut page);
            told = row.line;
        }
        page.push_str("</table></body></html>\n");
        page
    }

    /// The rows of the page: lines of a text, blocks of a saved page.
    fn rows(&self) -> Vec<Row> {
        if !self.markup {
            let line = |line| {
                let range = self.source.range(line);
                let end = range.start.saturating_add(self.source.line_text(line).len());
                Row { line, shown: std::iter::once(range.start..end).collect(), range }
            };
            return (1..=self.source.lines()).map(line).collect();
        }
        let mut rows: Vec<Row> = Vec::new();
        let mut shown: Vec<Range<usize>> = Vec::new();
        let mut hidden = 0_usize;
        let mut emitter = DefaultEmitter::<usize>::new_with_span();
        emitter.naively_switch_states(true);
        for token in Tokenizer::new_with_emitter(self.source.text.as_str(), emitter) {
            let Ok(token) = token;
            let breaks = match token {
                Token::StartTag(tag) => {
                    hidden = hidden.saturating_add(usize::from(is_hidden(&tag.name) && !tag.self_closing));
                    is_break(&tag.name)
                }
                Token::EndTag(tag) => {
                    hidden = hidden.saturating_sub(usize::from(is_hidden(&tag.name)));
                    is_break(&tag.name)
                }
                Token::String(text) if hidden == 0 => {
                    shown.push(self.source.whole(text.span.start..text.span.end));
                    false
                }
                _ => false,
            };
            if breaks {
                self.end_row(&mut shown, &mut rows);
            }
        }
        self.end_row(&mut shown, &mut rows);
        // What lies between two rows, such as the address of a link, belongs to the first.
        let starts: Vec<usize> =
            rows.iter().skip(1).map(|row| row.range.start).chain([self.source.text.len()]).collect();
        for (row, next) in rows.iter_mut().zip(starts) {
            row.range.end = next.max(row.range.start);
        }
        rows
    }

    fn end_row(&self, shown: &mut Vec<Range<usize>>, rows: &mut Vec<Row>) {
        let text = |range: &Range<usize>| self.source.text.get(range.clone()).unwrap_or_default();
        let shown = std::mem::take(shown);
        if shown.iter().any(|range| !text(range).trim().is_empty()) {
            let first = shown.iter().find(|range| !text(range).trim().is_empty()).or(shown.first());
            let start = first.map_or(0, |range| {
                let white = text(range).len().saturating_sub(text(range).trim_start().len());
                range.start.saturating_add(white)
            });
            let line = usize::try_from(self.source.line(start)).unwrap_or(usize::MAX);
            rows.push(Row { line, range: start..start, shown });
        }
    }

    fn row(&self, row: &Row, first: bool, marks: &[&Mark], page: &mut String) {
        let number = row.line;
        let blank = row.shown.iter().all(|it| self.source.text.get(it.clone()).unwrap_or_default().trim().is_empty());
        let class = if blank { " class=\"e\"" } else { "" };
        let id = if first { format!(" id=\"L{number}\"") } else { String::new() };
        let _ = write!(page, "<tr{class}{id}><td class=\"n\">{number}</td><td>");
        for piece in &row.shown {
            self.piece(piece, marks, page);
        }
        page.push_str("</td><td class=\"m\">");
        let mut shown: Vec<(&str, &str)> = Vec::new();
        for mark in marks.iter().filter(|mark| row.range.contains(&mark.span.start)) {
            let entry = (kind(mark.kind), mark.meaning.as_str());
            if !entry.1.is_empty() && !shown.contains(&entry) {
                shown.push(entry);
            }
        }
        for (class, meaning) in shown {
            let _ = write!(page, "<span class=\"{class}\">{}</span>", escaped(meaning));
        }
        let line = u32::try_from(number).unwrap_or(u32::MAX);
        for it in self.not_understood.iter().filter(|it| first && it.lines.first() == Some(&line)) {
            let _ = write!(page, "<span class=\"unread\">{}: {}</span>", escaped(&it.quote), escaped(&it.reason));
        }
        page.push_str("</td></tr>\n");
    }

    /// Where a span of a page ends: behind the reference whose first byte is its last.
    fn whole_reference(&self, end: usize) -> usize {
        let begins = self.markup && self.source.text.get(..end).is_some_and(|text| text.ends_with('&'));
        let rest = self.source.text.get(end..).filter(|_| begins).unwrap_or_default();
        let length = rest.bytes().take(LONGEST_REFERENCE).position(|byte| byte == b';');
        length.map_or(end, |length| end.saturating_add(length).saturating_add(1))
    }

    /// A piece of the source with its marks. The innermost of marks that overlap is shown: data in a row outranks the row.
    fn piece(&self, piece: &Range<usize>, marks: &[&Mark], page: &mut String) {
        let text = |range: Range<usize>| {
            let text = self.source.text.get(range).unwrap_or_default();
            escaped(&if self.markup { unescaped(text) } else { text.to_owned() })
        };
        let mut at = piece.start;
        let mut inner: Vec<&&Mark> = marks.iter().filter(|it| it.kind != MarkKind::Claim || marks.len() < 2).collect();
        inner.sort_by_key(|mark| (mark.span.start, mark.span.len()));
        for mark in inner {
            let (start, end) = (mark.span.start.max(piece.start), self.whole_reference(mark.span.end).min(piece.end));
            if start < at || end <= start {
                continue;
            }
            let (class, meaning) = (kind(mark.kind), escaped(&mark.meaning));
            let _ = write!(
                page,
                "{}<mark class=\"{class}\" title=\"{meaning}\">{}</mark>",
                text(at..start),
                text(start..end)
            );
            at = end;
        }
        page.push_str(&text(at..piece.end.max(at)));
    }
}

/// Elements whose text nobody sees.
fn is_hidden(name: &[u8]) -> bool {
    matches!(name, b"script" | b"style" | b"noscript" | b"template" | b"head" | b"svg" | b"select" | b"textarea")
}

/// Elements that end a row.
fn is_break(name: &[u8]) -> bool {
    const BREAKS: [&[u8]; 32] = [
        b"article",
        b"aside",
        b"blockquote",
        b"body",
        b"br",
        b"caption",
        b"center",
        b"dd",
        b"div",
        b"dl",
        b"dt",
        b"footer",
        b"form",
        b"h1",
        b"h2",
        b"h3",
        b"h4",
        b"h5",
        b"h6",
        b"header",
        b"hr",
        b"li",
        b"main",
        b"nav",
        b"ol",
        b"p",
        b"section",
        b"table",
        b"td",
        b"th",
        b"tr",
        b"ul",
    ];
    BREAKS.contains(&name)
}

/// The characters that the commonest references stand for; any other stays as it is written.
fn unescaped(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (reference, character)| text.replace(reference, character))
}

/// Text in which nothing is markup.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for it in text.chars() {
        match it {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' | '\r' => escaped.push(' '),
            it if it.is_control() && it != '\t' => escaped.push('\u{fffd}'),
            it => escaped.push(it),
        }
    }
    escaped
}
