//! A page for the review of an import: the policy line by line, each understood place marked, its meaning beside it. One
//! file without scripts, in which nothing of the policy is markup.

use std::fmt::Write;

use super::Import;
use super::draft::{Mark, MarkKind};
use super::export::kind;

/// Nothing is loaded and nothing runs, whatever a policy says.
const HEAD: &str = "<!doctype html>\n<html lang=\"zh\"><head><meta charset=\"utf-8\">\n\
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
<meta name=\"viewport\" content=\"width=device-width\">\n";

const STYLE: &str = "<style>
body{margin:0;font:15px/1.6 system-ui,sans-serif;color:#1d2330;background:#fff}
header{padding:16px 24px;border-bottom:1px solid #d5dae3}
h1{font-size:20px;margin:0 0 4px}header p{margin:2px 0;color:#556}
table{border-collapse:collapse;width:100%;table-layout:fixed}
td{vertical-align:top;padding:1px 12px;border-bottom:1px solid #f0f2f6;overflow-wrap:anywhere}
td.n{width:44px;text-align:right;color:#8a93a5;user-select:none}
td.m{width:30%;font-size:13px;color:#334}
mark{color:inherit;border-radius:3px;padding:0 1px}
.collects{background:#d7ebff}.denies{background:#ffd9d6}.sdk{background:#dff3d8}
.permission{background:#f1e3ff}.claim{background:#fff0c2}.unread{background:#ffe3c9}
td.m span{display:inline-block;margin:1px 4px 1px 0;padding:0 6px;border-radius:8px}
@media print{td.m{width:35%}}
</style>";

impl Import {
    /// The page.
    pub fn review(&self) -> String {
        let it = &self.disclosure;
        let title = if it.title.is_empty() { "Policy" } else { &it.title };
        let mut page = String::with_capacity(self.source.text.len().saturating_mul(2));
        page.push_str(HEAD);
        let _ = writeln!(
            page,
            "<title>{}</title>\n{STYLE}</head><body><header><h1>{}</h1>",
            escaped(title),
            escaped(title)
        );
        let source = it.source.as_ref();
        let file = source.map(|it| it.file.as_str()).unwrap_or_default();
        let sha256 = source.map(|it| it.sha256.as_str()).unwrap_or_default();
        let _ = writeln!(page, "<p>{} {}</p><p>{}</p><p>", escaped(&it.app), escaped(&it.controller), escaped(file));
        let _ = writeln!(page, "SHA-256 {}</p><p>", escaped(sha256));
        for (count, name) in [
            (it.collects.len(), "collects"),
            (it.sdk.len(), "sdk"),
            (it.permission.len(), "permission"),
            (it.denies.len(), "denies"),
            (self.not_understood.len(), "unread"),
        ] {
            let shown = if name == "unread" { "not understood" } else { name };
            let _ = writeln!(page, "<mark class=\"{name}\">{shown}: {count}</mark>");
        }
        page.push_str("</p></header><table>\n");
        let mut marks = self.marks.iter().peekable();
        let mut open: Vec<&Mark> = Vec::new();
        for number in 1..=self.source.lines() {
            let range = self.source.range(number);
            while let Some(mark) = marks.next_if(|mark| mark.span.start < range.end) {
                open.push(mark);
            }
            open.retain(|mark| range.start < mark.span.end);
            self.row(number, &open, &mut page);
        }
        page.push_str("</table></body></html>\n");
        page
    }

    fn row(&self, number: usize, marks: &[&Mark], page: &mut String) {
        let range = self.source.range(number);
        let text = self.source.line_text(number);
        let _ = write!(page, "<tr id=\"L{number}\"><td class=\"n\">{number}</td><td>");
        // The innermost of marks that overlap is shown: data in a row outranks the row.
        let mut at = range.start;
        let mut inner: Vec<&&Mark> = marks.iter().filter(|it| it.kind != MarkKind::Claim || marks.len() < 2).collect();
        inner.sort_by_key(|mark| (mark.span.start, mark.span.len()));
        for mark in inner {
            let start = mark.span.start.max(range.start);
            let end = mark.span.end.min(range.start.saturating_add(text.len()));
            if start < at || end <= start {
                continue;
            }
            let before = self.source.text.get(at..start).unwrap_or_default();
            let word = self.source.text.get(start..end).unwrap_or_default();
            let (class, meaning) = (kind(mark.kind), escaped(&mark.meaning));
            let _ =
                write!(page, "{}<mark class=\"{class}\" title=\"{meaning}\">{}</mark>", escaped(before), escaped(word));
            at = end;
        }
        let rest = self.source.text.get(at..range.start.saturating_add(text.len()).max(at)).unwrap_or_default();
        let _ = write!(page, "{}</td><td class=\"m\">", escaped(rest));
        let mut shown: Vec<(&str, &str)> = Vec::new();
        for mark in marks.iter().filter(|mark| range.contains(&mark.span.start)) {
            let entry = (kind(mark.kind), mark.meaning.as_str());
            if !entry.1.is_empty() && !shown.contains(&entry) {
                shown.push(entry);
            }
        }
        for (class, meaning) in shown {
            let _ = write!(page, "<span class=\"{class}\">{}</span>", escaped(meaning));
        }
        let line = u32::try_from(number).unwrap_or(u32::MAX);
        for it in self.not_understood.iter().filter(|it| it.lines.first() == Some(&line)) {
            let _ = write!(page, "<span class=\"unread\">{}: {}</span>", escaped(&it.quote), escaped(&it.reason));
        }
        page.push_str("</td></tr>\n");
    }
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
            it if it.is_control() && it != '\t' => escaped.push('\u{fffd}'),
            it => escaped.push(it),
        }
    }
    escaped
}
