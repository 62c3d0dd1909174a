//! Two versions of a policy, as a person or a program reads what changed.
//!
//! ```json
//! {"schema": "candor.policy-diff/1",
//!  "old": {"file": "…", "title": "…", "effective": {"from": "…"}, …}, "new": {…},
//!  "differences": [{"change": "weakened|dropped|added|clarified", "about": "data|list|row|element|permission|purpose|denial|claim|controller",
//!                   "subject": "bugly", "before": "imei", "after": "~device-identifier",
//!                   "old": {"lines": [37, 37]}, "new": {"lines": [41, 41]}, "message": {"zh": "…", "en": "…"}}],
//!  "summary": {"weakened": 1, "dropped": 0, "added": 0, "clarified": 0}}
//! ```

use std::io::{self, Write};

use serde::Serialize;

use super::json::{self, Head};
use super::layout::{Line, Page, Tone, width};
use super::sentence::spaced;
use super::words::Words;
use super::{Format, Lang, Report};
use crate::catalog::Catalog;
use crate::disclosure::{About, Change, Cite, Difference, Disclosure};

/// Columns before a difference, and between its parts.
const MARGIN: usize = 1;
const GAP: usize = 3;

/// All of them, in the order in which they are told.
const CHANGES: [Change; 4] = [Change::Weakened, Change::Dropped, Change::Added, Change::Clarified];

/// Writes what changed between two versions.
///
/// # Errors
/// Those of `out`.
pub fn versions(
    report: &Report<'_>,
    [old, new]: [&Disclosure; 2],
    differences: &[Difference],
    out: &mut dyn Write,
) -> io::Result<()> {
    if report.format != Format::Text {
        let told = differences.iter().map(|it| Told::new(report.catalog, it)).collect();
        let document = Document {
            schema: "candor.policy-diff/1",
            old: Head::new(old),
            new: Head::new(new),
            differences: told,
            summary: counts(differences).map(|(change, count)| (key(change).to_owned(), count.into())).collect(),
        };
        json::write(&document, out)?;
        return out.write_all(b"\n");
    }
    let words = Words::new(report.catalog, report.lang);
    let page = &mut Page::new(out, report.style);
    page.line(&head(words, words.pick("旧版", "old"), old), GAP)?;
    page.line(&head(words, words.pick("新版", "new"), new), GAP)?;
    page.blank()?;
    let badges = CHANGES.map(|change| width(badge(words, change).1));
    let column = MARGIN + badges.into_iter().max().unwrap_or(0) + 2;
    for it in differences {
        let (tone, badge) = badge(words, it.change);
        let line = Line::indented(MARGIN).tone(tone, badge).column(column).plain(&sentence(words, it));
        page.line(&line.gap(GAP).whole(Tone::Faint, &places(words, it)), column)?;
    }
    if differences.is_empty() {
        return page.line(&Line::indented(MARGIN).tone(Tone::Good, words.pick("未见变化", "nothing changed")), MARGIN);
    }
    page.blank()?;
    let counted = counts(differences).filter(|(_, count)| 0 < *count);
    let counted: Vec<_> = counted.map(|(change, count)| format!("{count} {}", badge(words, change).1)).collect();
    page.line(&Line::new().tone(Tone::Strong, &counted.join(" · ")), 0)
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    old: Head<'a>,
    new: Head<'a>,
    differences: Vec<Told<'a>>,
    summary: serde_json::Map<String, serde_json::Value>,
}

#[derive(Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    difference: &'a Difference,
    message: json::Message,
}

impl<'a> Told<'a> {
    fn new(catalog: &'a Catalog, difference: &'a Difference) -> Self {
        let say = |lang| sentence(Words::new(catalog, lang), difference);
        Self { difference, message: json::Message { zh: say(Lang::Zh), en: say(Lang::En) } }
    }
}

fn counts(differences: &[Difference]) -> impl Iterator<Item = (Change, usize)> {
    CHANGES.into_iter().map(|change| (change, differences.iter().filter(|it| it.change == change).count()))
}

fn key(change: Change) -> &'static str {
    match change {
        Change::Weakened => "weakened",
        Change::Dropped => "dropped",
        Change::Added => "added",
        Change::Clarified => "clarified",
    }
}

fn badge(words: Words<'_>, change: Change) -> (Tone, &'static str) {
    match change {
        Change::Weakened => (Tone::Warning, words.pick("弱化", "weakened")),
        Change::Dropped => (Tone::Warning, words.pick("删除", "dropped")),
        Change::Added => (Tone::Plain, words.pick("新增", "added")),
        Change::Clarified => (Tone::Good, words.pick("明确", "clarified")),
    }
}

fn head(words: Words<'_>, label: &str, it: &Disclosure) -> Line {
    let mut line = Line::new().plain(label).gap(2).tone(Tone::Strong, &it.file);
    if !it.title.is_empty() {
        line = line.gap(GAP).plain(&it.title);
    }
    if let Some(day) = it.effective.as_ref().and_then(|it| it.from.as_deref()) {
        line = line.gap(GAP).tone(Tone::Faint, &format!("{} {day}", words.pick("生效", "in force from")));
    }
    line
}

/// The lines in both versions.
fn places(words: Words<'_>, it: &Difference) -> String {
    let place = |name: &str, cite: &Option<Cite>| cite.as_ref().map(|cite| format!("{name}{}", words.cite(cite)));
    let old = place(words.pick("旧版", "old "), &it.old);
    let new = place(words.pick("新版", "new "), &it.new);
    [old, new].into_iter().flatten().collect::<Vec<_>>().join(" → ")
}

/// One difference as a sentence.
fn sentence(words: Words<'_>, it: &Difference) -> String {
    spaced(&told(words, it))
}

fn told(words: Words<'_>, it: &Difference) -> String {
    let zh = words.lang == Lang::Zh;
    let data = |word: &Option<String>| word.as_deref().map(|word| words.data(word).to_owned()).unwrap_or_default();
    let (before, after) = (data(&it.before), data(&it.after));
    let who = match it.subject.as_str() {
        "" => words.pick("应用自身", "the app itself").to_owned(),
        subject => row(words, subject),
    };
    match it.about {
        About::Data => match (it.before.is_some(), it.after.is_some(), zh) {
            (true, false, true) => format!("{who}：不再列出{before}"),
            (true, false, false) => format!("{who}: no longer names {before}"),
            (false, _, true) => format!("{who}：列出{after}"),
            (false, _, false) => format!("{who}: names {after}"),
            (true, true, true) if it.change == Change::Weakened => {
                format!("{who}：不再列明{before}，仅以“{after}”概括")
            }
            (true, true, false) if it.change == Change::Weakened => {
                format!("{who}: no longer names {before}, only “{after}” covers it")
            }
            (true, true, true) => format!("{who}：由“{before}”概括改为列明{after}"),
            (true, true, false) => format!("{who}: names {after}, where only “{before}” covered it"),
        },
        About::List => match (it.change == Change::Weakened, zh) {
            (true, true) => format!("{who}：数据列表由穷举变为不穷举（如、等）"),
            (true, false) => format!("{who}: the list of data was closed and is open now (such as, etc.)"),
            (false, true) => format!("{who}：数据列表由不穷举变为穷举"),
            (false, false) => format!("{who}: the list of data was open and is closed now"),
        },
        About::Row => match (&it.before, &it.after, zh) {
            (Some(_), Some(above), true) => format!("{who}：不再单列，仅由“{}”一行涵盖", row(words, above)),
            (Some(_), Some(above), false) => {
                format!("{who}: has no row of its own any more, only that of “{}”", row(words, above))
            }
            (Some(_), None, true) => format!("{who}：不再列入 SDK 清单"),
            (Some(_), None, false) => format!("{who}: is no longer in the table of SDKs"),
            (None, _, true) => format!("{who}：列入 SDK 清单"),
            (None, _, false) => format!("{who}: is in the table of SDKs"),
        },
        About::Element => {
            let name = |word: &Option<String>| element(words, word.as_deref().unwrap_or_default());
            match (it.after.is_some(), zh) {
                (false, true) => format!("{who}：不再说明{}", name(&it.before)),
                (false, false) => format!("{who}: no longer states {}", name(&it.before)),
                (true, true) => format!("{who}：说明{}", name(&it.after)),
                (true, false) => format!("{who}: states {}", name(&it.after)),
            }
        }
        About::Permission | About::Purpose => permission(words, it),
        About::Denial => match (it.before.is_some(), it.after.is_some(), zh) {
            (true, true, true) => format!("{who}：原声明不收集{before}，现声明收集"),
            (true, true, false) => format!("{who}: {before} was denied and is said to be collected now"),
            (true, false, true) => format!("{who}：不再声明不收集{before}"),
            (true, false, false) => format!("{who}: no longer denies {before}"),
            (false, _, true) => format!("{who}：声明不收集{after}"),
            (false, _, false) => format!("{who}: denies {after}"),
        },
        About::Claim => {
            let value = |word: &Option<String>| value(words, &it.subject, word.as_deref());
            format!(
                "{}{}{} → {}",
                claim(words, &it.subject),
                words.pick("：", ": "),
                value(&it.before),
                value(&it.after)
            )
        }
        About::Controller => {
            let name = |word: &Option<String>| word.clone().unwrap_or_else(|| words.pick("无", "none").to_owned());
            format!("{}{} → {}", words.pick("运营者：", "controller: "), name(&it.before), name(&it.after))
        }
    }
}

/// The SDK of a row, or the category of one that names none.
fn row(words: Words<'_>, subject: &str) -> String {
    match subject.strip_prefix("category ") {
        Some(category) => format!("{}{category}", words.pick("SDK 类别 ", "SDKs of the category ")),
        None => words.sdk(subject).to_owned(),
    }
}

fn permission(words: Words<'_>, it: &Difference) -> String {
    let label = words.permission(&it.subject);
    let (zh, en) = match (it.about, it.after.is_some()) {
        (About::Purpose, false) => ("不再说明权限用途", "the purpose is no longer stated for the permission"),
        (About::Purpose, true) => ("说明权限用途", "the purpose is stated for the permission"),
        (_, false) => ("不再披露权限", "no longer disclosed: the permission"),
        (_, true) => ("披露权限", "disclosed: the permission"),
    };
    format!("{}{}{label}", words.pick(zh, en), words.pick("：", " "))
}

fn element(words: Words<'_>, element: &str) -> &'static str {
    match element {
        "provider" => words.pick("提供方", "the provider"),
        "purpose" => words.pick("目的", "the purpose"),
        _ => words.pick("隐私政策链接", "the link to its policy"),
    }
}

fn claim<'w>(words: Words<'_>, name: &'w str) -> &'w str {
    match name {
        "cross_border" => words.pick("向境外传输", "transfer abroad"),
        "storage" => words.pick("存储地点", "place of storage"),
        "retention" => words.pick("保存期限", "retention"),
        "transport" => words.pick("传输安全", "security on the way"),
        "minors" => words.pick("未成年人", "minors"),
        "background" => words.pick("后台收集", "collection in the background"),
        "self_start" => words.pick("自启动和关联启动", "starting by itself"),
        "targeting" => words.pick("个性化推送", "targeting"),
        "contact" => words.pick("联系方式", "contact"),
        "rights" => words.pick("行使权利的途径", "the way to make requests"),
        other => other,
    }
}

/// What a claim says; free text is not repeated.
fn value(words: Words<'_>, claim: &str, value: Option<&str>) -> String {
    let Some(value) = value else { return words.pick("未提及", "nothing").to_owned() };
    let (word, days) = match value.rsplit_once(' ') {
        Some((word, days)) if days.bytes().all(|it| it.is_ascii_digit()) => (word, days),
        _ => (value, ""),
    };
    let word = match (claim, word) {
        ("cross_border" | "background" | "self_start" | "targeting", "none") => words.pick("没有", "none"),
        ("cross_border" | "background" | "self_start" | "targeting", "yes") => words.pick("有", "yes"),
        ("cross_border", "conditional") => words.pick("有条件", "conditional"),
        ("targeting", "opt-out") => words.pick("可关闭", "can be switched off"),
        ("retention", "period") => words.pick("有期限", "a period"),
        ("retention", "as-needed") => words.pick("仅有笼统表述", "general words only"),
        _ => words.pick("有说明", "stated"),
    };
    match (days, words.lang) {
        ("", _) => word.to_owned(),
        (days, Lang::Zh) => format!("{word}（{days} 天）"),
        (days, Lang::En) => format!("{word} ({days} days)"),
    }
}
