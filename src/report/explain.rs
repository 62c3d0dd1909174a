//! What rules are: the list of them, and everything that the catalog says of one, so that whoever gets a finding knows
//! what it means, why it matters and what to do next.

use std::io::{self, Write};

use serde::Serialize;

use super::layout::{Line, Page, Tone, width};
use super::words::Words;
use super::{Format, Report, catalog};
use crate::catalog::{self as data, Basis, Catalog, Rule, Severity};

/// Columns before the text of a section.
const INDENT: usize = 2;
/// Columns between a label and its text.
const GAP: usize = 3;
/// The tier of rules that this version decides.
const DECIDED: &str = "core";

/// The rule with this id or name, whatever the case; else the id or name that is most like it, where one is.
///
/// # Errors
/// The nearest id or name.
pub fn rule<'a>(catalog: &'a Catalog, word: &str) -> Result<&'a Rule, Option<&'a str>> {
    let rules = &catalog.tables.rules;
    let is_meant = |rule: &&Rule| rule.id.eq_ignore_ascii_case(word) || rule.name.eq_ignore_ascii_case(word);
    rules.iter().find(is_meant).ok_or_else(|| {
        let by_id = data::nearest(&word.to_uppercase(), rules.iter().map(|rule| rule.id));
        by_id.or_else(|| data::nearest(&word.to_lowercase(), rules.iter().map(|rule| rule.name)))
    })
}

/// Writes all rules, one a line.
///
/// # Errors
/// Those of `out`.
pub fn rules(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let words = Words::new(report.catalog, report.lang);
    let rules = &report.catalog.tables.rules;
    if report.format == Format::Text {
        let heads =
            [("规则", "rule"), ("级别", "severity"), ("类别", "class"), ("检查对象", "looks at"), ("标题", "title")];
        let heads = heads.map(|(zh, en)| words.pick(zh, en).to_owned()).to_vec();
        let rows: Vec<_> = std::iter::once(heads).chain(rules.iter().map(|rule| row(&words, rule))).collect();
        return catalog::table(report, &rows, out);
    }
    catalog::array(report.format, &rules.iter().map(Listed::new).collect::<Vec<_>>(), out)
}

/// Writes everything about some rules.
///
/// # Errors
/// Those of `out`.
pub fn explain(report: &Report<'_>, rules: &[&Rule], out: &mut dyn Write) -> io::Result<()> {
    if report.format != Format::Text {
        return catalog::array(report.format, rules, out);
    }
    let mut sheet = Sheet { page: Page::new(out, report.style), words: Words::new(report.catalog, report.lang) };
    for (index, rule) in rules.iter().enumerate() {
        if 0 < index {
            sheet.page.blank()?;
        }
        sheet.rule(rule)?;
    }
    Ok(())
}

/// What a list shows of a rule.
#[derive(Serialize)]
struct Listed {
    id: &'static str,
    name: &'static str,
    tier: &'static str,
    severity: Severity,
    raised: Option<Severity>,
    class: &'static str,
    needs: &'static str,
    title: Title,
}

#[derive(Serialize)]
struct Title {
    zh: &'static str,
    en: &'static str,
}

impl Listed {
    fn new(rule: &Rule) -> Self {
        Self {
            id: rule.id,
            name: rule.name,
            tier: rule.tier,
            severity: rule.severity,
            raised: rule.raised,
            class: rule.class,
            needs: rule.needs,
            title: Title { zh: rule.title_zh, en: rule.title_en },
        }
    }
}

/// The cells of a rule in a list: id, severity, class, what it looks at, title.
pub(super) fn row(words: &Words<'_>, rule: &Rule) -> Vec<String> {
    let title = words.pick(rule.title_zh, rule.title_en);
    let title = match rule.tier {
        DECIDED => title.to_owned(),
        _ => format!("{title}{}", words.pick("（本版本不判断）", " (not decided by this version)")),
    };
    let severity = words.severity(rule.severity);
    vec![
        rule.id.to_owned(),
        severity.to_owned(),
        class(words, rule.class).0,
        needs(words, rule.needs).to_owned(),
        title,
    ]
}

/// A class in a word, and what it says of the policy.
fn class(words: &Words<'_>, class: &str) -> (String, String) {
    let one = |class: &str| match class {
        "omitted" => (words.pick("未披露", "omitted"), words.pick("政策没有写", "the policy does not say it")),
        "vague" => (words.pick("不具体", "vague"), words.pick("政策写得不具体", "the policy is not specific")),
        "ambiguous" => (
            words.pick("有歧义", "ambiguous"),
            words.pick("政策可以有不同的理解", "the policy can be read in more than one way"),
        ),
        "incorrect" => (words.pick("不属实", "incorrect"), words.pick("政策与事实不符", "the policy does not hold")),
        "clear" => (
            words.pick("已写明", "clear"),
            words.pick("政策写得清楚，问题在别处", "the policy is plain, the fault lies elsewhere"),
        ),
        _ => ("–", words.pick("与政策的表述无关", "not about what the policy says")),
    };
    let (names, notes): (Vec<_>, Vec<_>) = class.split('|').map(one).unzip();
    (names.join("/"), notes.join(words.pick("，或", ", or ")))
}

/// What a rule looks at.
fn needs<'w>(words: &Words<'_>, needs: &str) -> &'w str {
    match needs {
        "app" => words.pick("安装包", "package"),
        "policy" => words.pick("政策", "policy"),
        _ => words.pick("安装包和政策", "package, policy"),
    }
}

/// A page on rules.
struct Sheet<'p, 'a> {
    page: Page<'p>,
    words: Words<'a>,
}

impl Sheet<'_, '_> {
    fn rule(&mut self, rule: &Rule) -> io::Result<()> {
        let words = self.words;
        let hang = width(rule.id) + INDENT;
        let line = Line::new().tone(Tone::Strong, rule.id).gap(INDENT);
        self.page.line(&line.tone(Tone::Strong, words.pick(rule.title_zh, rule.title_en)), hang)?;
        self.page.line(&Line::indented(hang).tone(Tone::Faint, rule.name), hang)?;
        if rule.tier != DECIDED {
            let later = words.pick("本版本不判断这条规则。", "This version does not decide this rule.");
            self.page.line(&Line::indented(hang).tone(Tone::Warning, later), hang)?;
        }
        self.page.blank()?;
        self.judged(rule)?;
        self.section(words.pick("含义", "What it means"), words.pick(rule.means_zh, rule.means_en))?;
        self.section(words.pick("为什么重要", "Why it matters"), words.pick(rule.why_zh, rule.why_en))?;
        self.remedy(rule)?;
        self.basis(&rule.basis)?;
        self.risks(rule)?;
        self.heading(words.pick("命令示例", "A command that looks for it"))?;
        let command = match rule.needs {
            "policy" => "candor lint privacy.html",
            _ => "candor check app.apk --against privacy.toml --verbose",
        };
        self.page.line(&Line::indented(INDENT).plain(command), INDENT)
    }

    fn heading(&mut self, text: &str) -> io::Result<()> {
        self.page.blank()?;
        self.page.line(&Line::new().tone(Tone::Strong, text), 0)
    }

    /// A heading with a text, where there is one.
    fn section(&mut self, heading: &str, text: &str) -> io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        self.heading(heading)?;
        self.page.line(&Line::indented(INDENT).plain(text), INDENT)
    }

    /// Labels with their texts, in two columns.
    fn labelled(&mut self, rows: &[(&str, Line)]) -> io::Result<()> {
        let column = INDENT + rows.iter().map(|(label, _)| width(label)).max().unwrap_or(0) + GAP;
        for (label, text) in rows {
            let line = Line::indented(INDENT).tone(Tone::Faint, label).column(column);
            self.page.line(&line.then(text), column)?;
        }
        Ok(())
    }

    /// How bad it is and when, what it says of the policy, and what it looks at.
    fn judged(&mut self, rule: &Rule) -> io::Result<()> {
        let words = self.words;
        let mut severity = Line::new().tone(Tone::Severity(rule.severity), words.severity(rule.severity));
        let note = words.pick(rule.severity_note_zh, rule.severity_note);
        if !note.is_empty() {
            severity = severity.plain(words.pick("；", "; ")).plain(note);
        }
        let (class, meaning) = class(&words, rule.class);
        let class = format!("{class}{}{meaning}", words.pick("：", ": "));
        self.labelled(&[
            (words.pick("级别", "severity"), severity),
            (words.pick("类别", "class"), Line::new().plain(&class)),
            (words.pick("检查对象", "looks at"), Line::new().plain(needs(&words, rule.needs))),
        ])
    }

    fn remedy(&mut self, rule: &Rule) -> io::Result<()> {
        let words = self.words;
        let app = words.pick(rule.fix_app_zh, rule.fix_app_en);
        let policy = words.pick(rule.fix_policy_zh, rule.fix_policy_en);
        if app.is_empty() && policy.is_empty() {
            return Ok(());
        }
        self.heading(words.pick("整改建议", "How to fix it"))?;
        self.labelled(&[
            (words.pick("应用", "in the app"), Line::new().plain(app)),
            (words.pick("政策", "in the policy"), Line::new().plain(policy)),
        ])
    }

    fn basis(&mut self, basis: &[Basis]) -> io::Result<()> {
        let words = self.words;
        if basis.is_empty() {
            return Ok(());
        }
        self.heading(words.pick("依据", "What it rests on"))?;
        for clause in basis {
            let line = Line::indented(INDENT).plain(&format!("{} {}", clause.instrument, clause.clause));
            let note = words.pick(clause.note_zh, clause.note);
            let checked = match (clause.clause, clause.verified) {
                ("", _) => "",
                (_, true) => words.pick("条款号已核实", "clause number verified"),
                (_, false) => words.pick("条款号未核实", "clause number not verified"),
            };
            let tone = if clause.verified { Tone::Faint } else { Tone::Warning };
            let remarks: Vec<&str> = [checked, note].into_iter().filter(|text| !text.is_empty()).collect();
            let line = line.gap(GAP).whole(tone, &remarks.join(words.pick("：", ": ")));
            self.page.line(&line, 2 * INDENT)?;
        }
        Ok(())
    }

    fn risks(&mut self, rule: &Rule) -> io::Result<()> {
        let risks = match self.words.lang {
            super::Lang::Zh => &rule.false_positive_risks_zh,
            super::Lang::En => &rule.false_positive_risks,
        };
        if risks.is_empty() {
            return Ok(());
        }
        self.heading(self.words.pick("可能误报的情形", "Where it may be wrong"))?;
        for risk in risks {
            self.page.line(&Line::indented(INDENT).plain("– ").plain(risk), 2 * INDENT)?;
        }
        Ok(())
    }
}
