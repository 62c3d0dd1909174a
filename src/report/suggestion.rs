//! The rows that a disclosure lacks, as TOML to paste into it or as Markdown to paste into the policy. Every row is to be
//! confirmed: it says what code can read, and what is known of the SDK, never what the app does with it.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::words::Words;
use super::{Lang, Report};
use crate::catalog::Sdk;
use crate::check::{Lacking, Subject, Suggestion};
use crate::disclosure::{Cite, Collects, Disclosure, PermissionRow, SdkRow};

/// The form in which rows are suggested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paste {
    /// Into the disclosure.
    Toml,
    /// Into the policy.
    Markdown,
}

/// Writes the rows, in the language of the policy. `headings` are what the columns of the policy's own table of SDKs hold
/// (`name`, `provider`, `purpose`, `data`, `link`, `other`) with their headers; none = those that the disclosure fills.
///
/// # Errors
/// Those of `out`.
pub fn suggestion(
    report: &Report<'_>,
    suggestion: &Suggestion,
    disclosure: &Disclosure,
    headings: &[(&str, String)],
    paste: Paste,
    out: &mut dyn Write,
) -> io::Result<()> {
    let words = Words::new(report.catalog, language(disclosure).unwrap_or(report.lang));
    let rows: Vec<Row<'_>> =
        suggestion.rows.iter().map(|(subject, lacking)| Row::new(words, disclosure, subject, lacking)).collect();
    match paste {
        Paste::Toml => toml(words, &rows, out),
        Paste::Markdown if headings.is_empty() => markdown(words, &rows, &filled(words, disclosure), out),
        Paste::Markdown => markdown(words, &rows, headings, out),
    }
}

/// The language that a policy is written in, by the names and quotes that its disclosure has from it.
fn language(it: &Disclosure) -> Option<Lang> {
    let rows = it.sdk.iter().flat_map(|row| row.names.iter().chain([&row.purpose]));
    let own = it.collects.iter().map(|it| &it.cite.quote);
    let mut texts = rows.chain(own).chain([&it.title, &it.app]).filter(|text| !text.trim().is_empty()).peekable();
    texts.peek()?;
    Some(if texts.any(|text| text.chars().any(super::sentence::is_han)) { Lang::Zh } else { Lang::En })
}

/// One row with all that its columns can hold.
struct Row<'a> {
    subject: &'a Subject,
    lacking: &'a Lacking,
    name: String,
    provider: String,
    purpose: String,
    link: String,
    /// Data that the vendor says it collects, and that neither the row nor the policy names.
    declared: Vec<String>,
}

impl<'a> Row<'a> {
    fn new(words: Words<'_>, disclosure: &Disclosure, subject: &'a Subject, lacking: &'a Lacking) -> Self {
        let empty = |name: String| Self {
            subject,
            lacking,
            name,
            provider: String::new(),
            purpose: String::new(),
            link: String::new(),
            declared: Vec::new(),
        };
        match subject {
            Subject::Own(owner) => empty(words.owner(owner)),
            Subject::Permission(constant) => empty(words.permission(constant).to_owned()),
            Subject::Sdk(id) => {
                let rows = || disclosure.sdk_rows().filter(|row| row.catalog.iter().any(|it| it == id));
                let own = rows().find(|row| row.names.len() == 1 && row.catalog.len() == 1);
                let name = own.and_then(|row| row.names.first()).cloned();
                let name = name.unwrap_or_else(|| words.sdk(id).to_owned());
                let Some(sdk) = words.catalog.sdk(id) else { return empty(name) };
                let written = rows().map(|row| row.purpose.clone()).find(|purpose| !purpose.is_empty());
                let told = |data: &&&str| lacking.data.contains(**data) || rows().any(|row| row.names_data(data));
                let declared = sdk.declared_data.iter().filter(|data| !told(data));
                Self {
                    provider: words.pick(vendor_zh(sdk), sdk.vendor).to_owned(),
                    purpose: written.unwrap_or_else(|| purpose(words, sdk)),
                    link: link(words, id).to_owned(),
                    declared: declared.map(|id| words.data(id).to_owned()).collect(),
                    ..empty(name)
                }
            }
        }
    }

    /// Data types as a disclosure writes them.
    fn ids(&self, words: Words<'_>) -> Vec<String> {
        let word = |id: &String| match words.data_type(id) {
            Some(entry) if entry.umbrella => format!("~{id}"),
            _ => id.clone(),
        };
        self.lacking.data.iter().map(word).collect()
    }

    /// Data types as a policy writes them, the heaviest first.
    fn data(&self, words: Words<'_>) -> String {
        let mut data: Vec<&String> = self.lacking.data.iter().collect();
        data.sort_by_key(|id| (words.weight(id), *id));
        words.join(&data.into_iter().map(|id| words.data(id)).collect::<Vec<_>>())
    }
}

fn vendor_zh(sdk: &Sdk) -> &str {
    if sdk.vendor_zh.is_empty() { sdk.vendor } else { sdk.vendor_zh }
}

/// The vendor's policy on the SDK: its own, that of the family it is a part of, or the only one that its parts have.
fn link(words: Words<'_>, id: &str) -> &'static str {
    let above = words.catalog.family(id).map(|it| it.policy_url).find(|it| !it.is_empty());
    let is_part = |sdk: &&Sdk| words.catalog.family(sdk.id).any(|it| it.id == id);
    let below = || {
        let parts = words.catalog.tables.sdks.iter().filter(is_part);
        let links: BTreeSet<&str> = parts.map(|it| it.policy_url).filter(|it| !it.is_empty()).collect();
        links.first().copied().filter(|_| links.len() == 1)
    };
    above.or_else(below).unwrap_or_default()
}

/// What SDKs of the kind are for, in the words of policies.
fn purpose(words: Words<'_>, sdk: &Sdk) -> String {
    let phrases = words.catalog.tables.phrases.iter();
    let mut fitting = phrases.filter(|it| it.role == "sdk-purpose" && it.value == sdk.category);
    let told = |it: &crate::catalog::Phrase| match words.lang {
        Lang::Zh => it.zh.first().copied(),
        Lang::En => it.en.first().copied(),
    };
    fitting.find_map(told).unwrap_or_default().to_owned()
}

/// The header over data.
fn personal(words: Words<'_>) -> String {
    let all = words.catalog.tables.data_types.iter().find(|it| it.umbrella && it.parent.is_empty());
    format!("{}{}", words.pick("收集的", ""), all.map_or("", |it| words.data(it.id)))
}

fn unconfirmed(words: Words<'_>) -> &'static str {
    words.pick("待确认", "to be confirmed")
}

/// A text that a person must confirm; an empty one says just that.
fn marked(words: Words<'_>, text: &str) -> String {
    let mark = unconfirmed(words);
    match (text, words.lang) {
        ("", _) => mark.to_owned(),
        (text, Lang::Zh) => format!("{text}（{mark}）"),
        (text, Lang::En) => format!("{text} ({mark})"),
    }
}

fn toml(words: Words<'_>, rows: &[Row<'_>], out: &mut dyn Write) -> io::Result<()> {
    let heading = words.pick(
        "candor 建议补充的披露行，依据仅为安装包中的代码和清单；每行均待确认，行号为政策中相关或应补充的位置。",
        "Rows that candor suggests, from nothing but the code and the manifest of the package. Each is to be confirmed; its \
         lines are where the policy says too little, or where the row would go.",
    );
    writeln!(out, "# {heading}")?;
    for row in rows {
        let cite = Cite {
            lines: row.lacking.policy.first().map_or([1, 1], |cite| cite.lines),
            quote: unconfirmed(words).to_owned(),
        };
        let mut made = Disclosure::default();
        match row.subject {
            Subject::Own(_) => made.collects.push(Collects {
                data: row.ids(words),
                purpose: marked(words, &row.purpose),
                cite,
                ..Collects::default()
            }),
            Subject::Sdk(id) => made.sdk.push(SdkRow {
                names: vec![row.name.clone()],
                catalog: vec![id.clone()],
                provider: row.provider.clone(),
                purpose: marked(words, &row.purpose),
                data: row.ids(words),
                links: Some(row.link.clone()).filter(|link| !link.is_empty()).into_iter().collect(),
                cite,
                ..SdkRow::default()
            }),
            Subject::Permission(constant) => made.permission.push(PermissionRow {
                text: row.name.clone(),
                constants: vec![constant.clone()],
                purpose: marked(words, &row.purpose),
                cite,
                ..PermissionRow::default()
            }),
        }
        let rules: Vec<&str> = row.lacking.rules.iter().map(String::as_str).collect();
        let mut comment = vec![format!("{}: {} ({})", marked(words, ""), row.name, rules.join(", "))];
        if !row.declared.is_empty() {
            let says = words.pick("厂商另声明收集：", "the vendor says that it also collects: ");
            comment.push(format!("{says}{}", words.join(&row.declared)));
        }
        out.write_all(made.entries_to_toml(&|_| comment.clone()).as_bytes())?;
    }
    Ok(())
}

/// The columns that the rows of a disclosure fill; those of a full table where it has no row.
fn filled(words: Words<'_>, disclosure: &Disclosure) -> Vec<(&'static str, String)> {
    let table: Vec<&SdkRow> = disclosure.sdk_rows().collect();
    let has = |given: fn(&SdkRow) -> bool| table.is_empty() || table.iter().any(|row| given(row));
    let columns = [
        ("name", words.pick("SDK 名称", "SDK").to_owned(), true),
        ("provider", words.pick("提供方", "Provider").to_owned(), has(|row| !row.provider.is_empty())),
        (
            "other",
            words.pick("使用场景", "Where it is used").to_owned(),
            !table.is_empty() && has(|row| !row.scene.is_empty()),
        ),
        ("purpose", words.pick("使用目的", "Purpose").to_owned(), true),
        ("data", personal(words), true),
        ("link", words.pick("隐私政策链接", "Privacy policy").to_owned(), has(|row| !row.links.is_empty())),
    ];
    columns.into_iter().filter(|(.., shown)| *shown).map(|(holds, header, _)| (holds, header)).collect()
}

/// The cell of a row by what its column holds.
fn cell(words: Words<'_>, row: &Row<'_>, holds: &str) -> String {
    match (holds, row.subject) {
        ("name", _) => row.name.clone(),
        ("provider", _) if !row.provider.is_empty() => row.provider.clone(),
        ("purpose", _) => marked(words, &row.purpose),
        ("data", _) => row.data(words),
        ("link", _) if !row.link.is_empty() => row.link.clone(),
        ("constant", Subject::Permission(constant)) => constant.clone(),
        _ => unconfirmed(words).to_owned(),
    }
}

fn markdown(words: Words<'_>, rows: &[Row<'_>], headings: &[(&str, String)], out: &mut dyn Write) -> io::Result<()> {
    let heading = words.pick(
        "以下为 candor 依据安装包中的代码和清单建议补充的内容，均待确认。",
        "Rows that candor suggests, from nothing but the code and the manifest of the package. Each is to be confirmed.",
    );
    writeln!(out, "{heading}")?;
    let purpose = || ("purpose", words.pick("使用目的", "Purpose").to_owned());
    let own = [("data", personal(words)), purpose(), ("name", words.pick("代码归属", "Whose code").to_owned())];
    let permissions = [
        ("name", words.pick("权限名称", "Permission").to_owned()),
        ("constant", words.pick("权限常量", "Constant").to_owned()),
        purpose(),
    ];
    let of =
        |wanted: fn(&Subject) -> bool| -> Vec<&Row<'_>> { rows.iter().filter(|row| wanted(row.subject)).collect() };
    let sdks = of(|it| matches!(it, Subject::Sdk(_)));
    table(words, words.pick("第三方 SDK", "Third-party SDKs"), headings, &sdks, out)?;
    let title = words.pick("应用自身收集的信息", "What the app collects itself");
    table(words, title, &own, &of(|it| matches!(it, Subject::Own(_))), out)?;
    let permitted = of(|it| matches!(it, Subject::Permission(_)));
    table(words, words.pick("系统权限", "Permissions"), &permissions, &permitted, out)
}

/// One table; its last column says of every row that it is to be confirmed.
fn table(
    words: Words<'_>,
    title: &str,
    headings: &[(&str, String)],
    rows: &[&Row<'_>],
    out: &mut dyn Write,
) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n### {title}\n")?;
    let mut line = |cells: Vec<String>, last: &str| writeln!(out, "| {} | {last} |", cells.join(" | "));
    line(headings.iter().map(|(_, header)| escaped(header)).collect(), words.pick("状态", "State"))?;
    line(headings.iter().map(|_| "---".to_owned()).collect(), "---")?;
    for row in rows {
        let cells = headings.iter().map(|(holds, _)| escaped(&cell(words, row, holds)));
        line(cells.collect(), unconfirmed(words))?;
    }
    Ok(())
}

/// A text as one cell in which nothing is markup.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in super::plain(text).chars() {
        match c {
            '|' | '*' | '_' | '`' | '[' | ']' | '\\' => escaped.extend(['\\', c]),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            c => escaped.push(c),
        }
    }
    escaped
}
