//! Markdown for a comment on a merge request: the verdict, a table of findings, the evidence folded away, and never more
//! than such a comment holds.
//!
//! Nothing that a package or a policy says may become markup, a mention or a link there: words of anything but letters,
//! digits and plain punctuation are set as code, where no renderer looks for either.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::format::{About, Shape};
use super::names::{dotted, short};
use super::summary::Summary;
use super::words::Words;
use super::{Document, Held, Part, Report, Status, Subject, Told, Totals, plain};
use crate::behavior::{Behavior, OwnerKind};
use crate::check::{Evidence, Finding, State};

/// UTF-16 units of a comment on the common hosts.
const LIMIT: usize = 65_536;
/// Units that are kept for the note on what was cut.
const RESERVE: usize = 512;
/// Places of one finding that are told.
const PLACES: usize = 8;
/// Characters of one name, path or quote that are told.
const MAX_CODE: usize = 2000;
/// Punctuation that is no markup inside of a line.
const PUNCTUATION: &str = ",.;:()/-–—'\"“”‘’?+·…→，。、；：（）《》！？「」";

/// A comment.
pub(super) struct Markdown;

impl Shape for Markdown {
    fn about(&self) -> About {
        About {
            word: "markdown",
            purpose: "A comment on a merge request: the verdict, a table, the evidence folded away; 65,536 characters at most",
            endings: &[".md", ".markdown"],
            subjects: &[Subject::Packages, Subject::Comparison, Subject::Policy],
        }
    }

    fn package(&self, report: &Report<'_>, told: Told<'_>, part: &mut Part) -> io::Result<()> {
        let words = &Words::new(report.catalog, report.lang);
        let verdict = verdict(words, told);
        let Behavior { path, sha256, app, completeness, issues, .. } = told.behavior;
        let version = app.version_name.as_deref().unwrap_or("?");
        let mut top = vec![code(path), code(&format!("{} {version}", app.package))];
        top.extend((!sha256.is_empty()).then(|| format!("SHA-256 {}", code(sha256))));
        let top = format!("{verdict}\n\n{}\n\n", top.join(" · "));
        let mut tail = format!("{}\n", text(&words.completeness(completeness)));
        for issue in issues.iter().take(PLACES) {
            let _ = writeln!(tail, "- {} {}", code(&issue.file), code(&issue.message));
        }
        let body = match told.held {
            Some(held) => with_findings(words, &top, held, &tail),
            None => format!("{top}{}{tail}", behavior(words, told.behavior)),
        };
        part.body = body.into_bytes();
        part.brief = format!("{verdict}\n\n{}\n", code(path)).into_bytes();
        Ok(())
    }

    /// Parts that do not fit any more are told by their verdict, and when not even those fit, by their number.
    fn add(&self, document: &mut Document<'_>, part: &Part, out: &mut dyn Write) -> io::Result<()> {
        let separator = if 0 < document.packages { "\n" } else { "" };
        for bytes in [&part.body, &part.brief] {
            let units = units(&String::from_utf8_lossy(bytes)) + separator.len();
            if document.memory.written + units + RESERVE <= LIMIT {
                document.memory.written += units;
                out.write_all(separator.as_bytes())?;
                return out.write_all(bytes);
            }
            document.memory.cut = true;
        }
        document.memory.left_out += 1;
        Ok(())
    }

    fn end(&self, document: &Document<'_>, _: &Totals, out: &mut dyn Write) -> io::Result<()> {
        let words = Words::new(document.report.catalog, document.report.lang);
        if document.memory.cut {
            let more = document.memory.left_out;
            let note = match words.lang {
                super::Lang::Zh => format!("已截断：超出一条评论的长度，略去部分证据；另有 {more} 个安装包未列出。"),
                super::Lang::En => {
                    format!(
                        "Cut to the length of a comment: some evidence is left out, and {more} packages are not listed."
                    )
                }
            };
            write!(out, "\n{note}\n")?;
        }
        out.write_all(foot(&document.report).as_bytes())
    }

    fn policy(&self, report: &Report<'_>, held: Held<'_>, out: &mut dyn Write) -> io::Result<()> {
        let words = &Words::new(report.catalog, report.lang);
        let mark = if held.failing.is_empty() { "✅" } else { "❌" };
        let counts = Summary::new(held.checked).counts(words);
        let top = format!("### {mark} candor: {counts}\n\n{}\n\n", code(&held.disclosure.file));
        out.write_all(with_findings(words, &top, held, "").as_bytes())?;
        out.write_all(foot(report).as_bytes())
    }
}

fn verdict(words: &Words<'_>, told: Told<'_>) -> String {
    let (mark, said) = match told.status {
        Status::Clean => ("✅", words.pick("通过", "passed")),
        Status::Findings => ("❌", words.pick("未通过", "not passed")),
        Status::Failed => ("⚠️", words.pick("无法读取", "could not be read")),
        Status::Incomplete => ("⚠️", words.pick("未能完整分析", "could not be analysed fully")),
    };
    let said =
        if told.held.is_none() && told.status == Status::Clean { words.pick("已分析", "analysed") } else { said };
    let counts = told.held.map(|held| format!(" — {}", Summary::new(held.checked).counts(words)));
    let name = told.behavior.app.label.as_deref().unwrap_or(&told.behavior.app.package);
    let name = if name.is_empty() { String::new() } else { format!(" {}", code(name)) };
    format!("### {mark} candor:{name} {said}{}", counts.unwrap_or_default())
}

/// The findings as a table, then what each rests on, as far as there is room.
fn with_findings(words: &Words<'_>, top: &str, held: Held<'_>, tail: &str) -> String {
    let room = (LIMIT - RESERVE).saturating_sub(units(tail));
    let findings = &held.checked.findings;
    let mut body = top.to_owned();
    let title = [&held.disclosure.title, &held.disclosure.file].map(|it| code(it)).join(" ");
    let _ = writeln!(body, "{} {title}\n", words.pick("对照", "Against"));
    if findings.is_empty() {
        let none = words.pick("未见与政策不一致之处。", "No difference from the policy was seen.");
        let _ = writeln!(body, "{none}\n");
    } else {
        let columns = words.pick("| 级别 | 规则 | 发现 | 政策 |", "| Severity | Rule | Finding | Policy |");
        let _ = write!(body, "{columns}\n| --- | --- | --- | --- |\n");
    }
    let mut shown = 0;
    let mut used = units(&body);
    for row in findings.iter().map(|it| row(words, it)) {
        used += units(&row);
        if room < used {
            break;
        }
        body.push_str(&row);
        shown += 1;
    }
    let mut explained = 0;
    for block in findings.iter().take(shown).map(|it| details(words, it)) {
        used += units(&block);
        if room < used {
            break;
        }
        body.push_str(&block);
        explained += 1;
    }
    if explained < findings.len() {
        let (rows, blocks) = (findings.len() - shown, findings.len() - explained);
        let note = match words.lang {
            super::Lang::Zh => format!("已截断：表中略去 {rows} 项，{blocks} 项没有证据。"),
            super::Lang::En => {
                format!("Cut: {rows} findings are left out of the table, {blocks} have no evidence here.")
            }
        };
        let _ = write!(body, "\n{note}\n");
    }
    format!("{body}\n{tail}")
}

fn row(words: &Words<'_>, finding: &Finding) -> String {
    let mut severity = words.severity(finding.severity).to_owned();
    if finding.state == State::Undecided {
        severity = format!("{} ({severity})", words.pick("未定", "undecided"));
    }
    let cites: Vec<_> = finding.policy.iter().take(PLACES).map(|cite| words.cite(cite)).collect();
    let message = text(&words.message(finding));
    format!("| {severity} | {} | {message} | {} |\n", text(&finding.rule), words.join(&cites))
}

/// What a finding rests on, folded.
fn details(words: &Words<'_>, finding: &Finding) -> String {
    let title = words.catalog.rule(&finding.rule).map_or("", |rule| words.pick(rule.title_zh, rule.title_en));
    let mut block = format!("\n<details><summary>{} {}</summary>\n\n", html(&finding.rule), html(title));
    for evidence in finding.evidence.iter().take(PLACES) {
        let _ = writeln!(block, "- {}", place(words, evidence));
    }
    if PLACES < finding.evidence.len() {
        let _ = writeln!(block, "- … +{}", finding.evidence.len() - PLACES);
    }
    for cite in finding.policy.iter().take(PLACES) {
        let _ =
            writeln!(block, "- {} {} {}", words.pick("政策", "policy"), words.cite(cite), code(&Words::quote(cite)));
    }
    let Some(rule) = words.catalog.rule(&finding.rule) else { return format!("{block}\n</details>\n") };
    for (label, fix) in [
        (words.pick("修改应用：", "in the app:"), words.pick(rule.fix_app_zh, rule.fix_app_en)),
        (words.pick("修改政策：", "in the policy:"), words.pick(rule.fix_policy_zh, rule.fix_policy_en)),
    ] {
        if !fix.is_empty() {
            let _ = writeln!(block, "- {label} {}", text(fix));
        }
    }
    for it in rule.basis.iter().filter(|it| it.verified) {
        let _ = writeln!(block, "- {} {} {}", words.pick("依据", "basis"), text(it.instrument), text(it.clause));
    }
    let _ = write!(block, "\n{}\n\n</details>\n", code(&finding.fingerprint));
    block
}

fn place(words: &Words<'_>, evidence: &Evidence) -> String {
    if let Some(sign) = words.sign_of(evidence) {
        return text(&sign);
    }
    let mut parts = Vec::new();
    if !evidence.data.is_empty() {
        parts.push(text(&words.data_of(evidence)));
    }
    if !evidence.place.is_empty() {
        parts.push(format!("{} →", code(&dotted(&evidence.place))));
    }
    parts.push(code(&short(&evidence.what)));
    let mut notes: Vec<String> = evidence.certainty.iter().map(|it| words.certainty(*it).to_owned()).collect();
    notes.extend((evidence.pre_consent == Some(true)).then(|| words.pick("同意前", "before consent").to_owned()));
    notes.extend(evidence.obtainable.iter().flat_map(|it| words.obstacles(it)));
    if !notes.is_empty() {
        parts.push(format!("({})", text(&notes.join(" · "))));
    }
    if !evidence.at.is_empty() {
        parts.push(code(&evidence.at));
    }
    parts.join(" ")
}

/// What a scan found, by owner.
fn behavior(words: &Words<'_>, behavior: &Behavior) -> String {
    let mut owners: std::collections::BTreeMap<_, std::collections::BTreeSet<&str>> = std::collections::BTreeMap::new();
    for read in behavior.reads.iter().filter(|read| read.owner.kind != OwnerKind::Library) {
        owners.entry(&read.owner).or_default().insert(words.data(&read.data));
    }
    let columns = words.pick("| 代码归属 | 可读取的数据 |", "| Code of | can read |");
    let mut body = if owners.is_empty() { String::new() } else { format!("{columns}\n| --- | --- |\n") };
    let mut used = 0;
    for (owner, data) in &owners {
        let data: Vec<_> = data.iter().copied().collect();
        let row = format!("| {} | {} |\n", text(&words.owner(owner)), text(&words.join(&data)));
        used += units(&row);
        if LIMIT / 2 < used {
            break;
        }
        body.push_str(&row);
    }
    let sdks: Vec<_> = behavior.sdks.iter().map(|sdk| words.sdk(&sdk.id)).collect();
    let sdks = text(&words.join(&sdks));
    if !behavior.sdks.is_empty() && used + units(&sdks) < LIMIT / 2 {
        let _ = write!(body, "\n{} {sdks}\n", words.pick("第三方 SDK：", "SDKs:"));
    }
    if !body.is_empty() {
        body.push('\n');
    }
    body
}

fn foot(report: &Report<'_>) -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!("\n<sub>candor {version}, catalog {}</sub>\n", html(&report.catalog.hash))
}

fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// Text in which what could be markup is code.
fn text(text: &str) -> String {
    let is_plain = |word: &str| {
        let tame = word.chars().all(|c| c.is_alphanumeric() || PUNCTUATION.contains(c));
        tame && !word.contains("://") && !word.to_ascii_lowercase().contains("www.")
    };
    let words: Vec<_> = text.split(' ').map(|word| if is_plain(word) { word.to_owned() } else { code(word) }).collect();
    words.join(" ")
}

/// Text as code, on one line and without what would end it or the cell of a table that it stands in.
fn code(text: &str) -> String {
    let shown = plain(text).replace('`', "\\u{60}").replace('|', "\\u{7c}");
    let shown = shown.trim();
    match shown.char_indices().nth(MAX_CODE) {
        _ if shown.is_empty() => String::new(),
        Some((end, _)) => format!("`{}…`", &shown[..end]),
        None => format!("`{shown}`"),
    }
}

fn html(text: &str) -> String {
    plain(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_markup_is_code() {
        assert_eq!(
            text("Code of Tencent can read IMEI/MEID (lines 3–5)."),
            "Code of Tencent can read IMEI/MEID (lines 3–5)."
        );
        assert_eq!(
            text("@all #1 <b> a|b **x** [x](y) www.a.b http://a `c"),
            "`@all` `#1` `<b>` `a\\u{7c}b` `**x**` `[x](y)` `www.a.b` `http://a` `\\u{60}c`"
        );
    }

    #[test]
    fn code_never_ends_early() {
        assert_eq!(code("a``b\n|c"), "`a\\u{60}\\u{60}b\\u{a}\\u{7c}c`");
        assert_eq!(code(" "), "");
    }
}
