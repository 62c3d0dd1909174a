//! The differences between a package and its disclosure, each with its evidence, the clauses it rests on and the place
//! in the policy.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use super::{GAP, INDENT, Sheet};
use crate::behavior::Behavior;
use crate::check::{Agreement, Checked, Evidence, Finding, State};
use crate::disclosure::Disclosure;
use crate::report::Held;
use crate::report::layout::{Line, Tone, width};
use crate::report::names::{dotted, short};
use crate::report::words::short_permission;

/// Places of one finding that are shown without `--verbose`.
const FEW_PLACES: usize = 3;
/// As many as that where it is about so many data types.
const MORE_PLACES: usize = 8;
/// Citations of one finding that are shown without `--verbose`.
const FEW_CITES: usize = 2;

pub(super) fn sections(sheet: &mut Sheet<'_, '_>, behavior: &Behavior, held: Held<'_>) -> io::Result<()> {
    against(sheet, held.disclosure)?;
    findings(sheet, held.checked, behavior.completeness.complete)?;
    if sheet.verbose {
        agreements(sheet, &held.checked.agreements)?;
    }
    Ok(())
}

fn against(sheet: &mut Sheet<'_, '_>, disclosure: &Disclosure) -> io::Result<()> {
    let words = sheet.words;
    let mut line = Line::new().plain(words.pick("对照", "against "));
    if !disclosure.title.is_empty() {
        line = line.plain(&match words.lang {
            crate::report::Lang::Zh => format!("《{}》", disclosure.title),
            crate::report::Lang::En => format!("“{}” ", disclosure.title),
        });
    }
    line = line.plain(&disclosure.app).gap(GAP).tone(Tone::Faint, &disclosure.file);
    if let Some(effective) = &disclosure.effective {
        let from = effective.from.as_deref().unwrap_or("…");
        let to = effective.to.as_deref().unwrap_or("…");
        line = line.gap(GAP).tone(Tone::Faint, &format!("{} {from} – {to}", words.pick("有效期", "in force")));
    }
    sheet.page.line(&line, INDENT)
}

fn findings(sheet: &mut Sheet<'_, '_>, checked: &Checked, complete: bool) -> io::Result<()> {
    let words = sheet.words;
    if checked.findings.is_empty() {
        sheet.page.blank()?;
        let (tone, none) = if complete {
            (Tone::Good, words.pick("未见与政策不一致之处", "no difference from the policy was seen"))
        } else {
            let none = words.pick(
                "未见与政策不一致之处，但代码不完全可见",
                "no difference from the policy was seen, but not all code is visible",
            );
            (Tone::Warning, none)
        };
        return sheet.page.line(&Line::indented(INDENT).tone(tone, none), INDENT);
    }
    // The words before the sentence share their columns over all findings.
    let badges = checked.findings.iter().map(|finding| width(badge(sheet, finding).1));
    let rule_column = INDENT + badges.max().unwrap_or(0) + 2;
    let rules = checked.findings.iter().map(|finding| width(&finding.rule));
    let column = rule_column + rules.max().unwrap_or(0) + 2;
    for finding in &checked.findings {
        sheet.page.blank()?;
        let (tone, badge) = badge(sheet, finding);
        let line = Line::indented(INDENT).tone(tone, badge).column(rule_column).tone(Tone::Strong, &finding.rule);
        sheet.page.line(&line.column(column).plain(&words.message(finding)), column)?;
        body(sheet, finding, column)?;
    }
    Ok(())
}

/// The first word of a finding: how bad it is, or that this cannot be told.
fn badge(sheet: &Sheet<'_, '_>, finding: &Finding) -> (Tone, &'static str) {
    match finding.state {
        State::Open => (Tone::Severity(finding.severity), sheet.words.severity(finding.severity)),
        State::Undecided => (Tone::Warning, sheet.words.pick("未定", "undecided")),
    }
}

fn body(sheet: &mut Sheet<'_, '_>, finding: &Finding, column: usize) -> io::Result<()> {
    let words = sheet.words;
    if finding.state == State::Undecided {
        let why = words.pick(
            "结论以代码中未见为据，而代码不完全可见；若成立：",
            "it rests on absence, and not all code is visible; if it stands: ",
        );
        let line = Line::indented(column).tone(Tone::Warning, why);
        sheet.page.line(&line.tone(Tone::Warning, words.severity(finding.severity)), column)?;
    }
    if !finding.permissions.is_empty() {
        let names: Vec<_> = finding.permissions.iter().map(|name| short_permission(name)).collect();
        let text = format!("{}  {}", words.pick("权限", "permissions"), names.join(" · "));
        sheet.page.line(&Line::indented(column).plain(&text), column + INDENT)?;
    }
    let (evidence, few) = evidence(finding);
    let shown = if sheet.verbose { evidence.len() } else { few };
    for evidence in evidence.into_iter().take(shown) {
        place(sheet, evidence, column)?;
    }
    sheet.rest(shown, finding.evidence.len(), column)?;
    policy(sheet, finding, column)?;
    basis(sheet, finding, column)
}

/// The evidence with one place of each data type ahead, and how much of it is shown without `--verbose`.
fn evidence(finding: &Finding) -> (Vec<&Evidence>, usize) {
    let mut seen = BTreeSet::new();
    let (mut places, rest): (Vec<_>, Vec<_>) = finding.evidence.iter().partition(|place| seen.insert(&place.data));
    let few = places.len().clamp(FEW_PLACES, MORE_PLACES);
    places.extend(rest);
    (places, few)
}

fn place(sheet: &mut Sheet<'_, '_>, evidence: &Evidence, column: usize) -> io::Result<()> {
    let mut line = Line::indented(column);
    if !evidence.data.is_empty() {
        line = line.plain(sheet.words.data(&evidence.data)).gap(GAP);
    }
    let what = if sheet.verbose { evidence.what.clone() } else { short(&evidence.what) };
    line = line.plain(&match evidence.place.as_str() {
        "" => what,
        place => format!("{} → {what}", dotted(place)),
    });
    for text in [&evidence.note, &evidence.at].into_iter().filter(|text| !text.is_empty()) {
        line = line.gap(GAP).tone(Tone::Faint, text);
    }
    sheet.page.line(&line, column + INDENT)
}

fn policy(sheet: &mut Sheet<'_, '_>, finding: &Finding, column: usize) -> io::Result<()> {
    let words = sheet.words;
    let shown = if sheet.verbose { finding.policy.len() } else { FEW_CITES };
    for cite in finding.policy.iter().take(shown) {
        let mut text = format!("{}  {}", words.pick("政策", "policy"), words.cite(cite));
        if !cite.quote.is_empty() {
            let quote: Vec<_> = cite.quote.split_whitespace().collect();
            text = format!("{text}  “{}”", quote.join(" "));
        }
        sheet.page.line(&Line::indented(column).plain(&text), column + INDENT)?;
    }
    sheet.rest(shown, finding.policy.len(), column)
}

/// The clauses, those of one instrument together.
fn basis(sheet: &mut Sheet<'_, '_>, finding: &Finding, column: usize) -> io::Result<()> {
    let words = sheet.words;
    let Some(rule) = words.catalog.rule(&finding.rule) else { return Ok(()) };
    let mut instruments: Vec<&str> = Vec::new();
    let mut clauses: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for basis in &rule.basis {
        if !clauses.contains_key(basis.instrument) {
            instruments.push(basis.instrument);
        }
        let doubt = if basis.verified { "" } else { words.pick("（条款号未核实）", " (clause not verified)") };
        clauses.entry(basis.instrument).or_default().push(format!("{}{doubt}", basis.clause));
    }
    let texts: Vec<String> = instruments
        .into_iter()
        .map(|instrument| {
            let name = if sheet.verbose { instrument } else { title(instrument) };
            format!("{name} {}", words.join(&clauses[instrument]))
        })
        .collect();
    if texts.is_empty() {
        return Ok(());
    }
    let text = format!("{}  {}", words.pick("依据", "basis"), texts.join(words.pick("；", "; ")));
    sheet.page.line(&Line::indented(column).tone(Tone::Faint, &text), column + INDENT)
}

/// An instrument without its number in brackets.
fn title(instrument: &str) -> &str {
    instrument.split(" (").next().unwrap_or(instrument).trim_end()
}

fn agreements(sheet: &mut Sheet<'_, '_>, agreements: &[Agreement]) -> io::Result<()> {
    let words = sheet.words;
    if agreements.is_empty() {
        return Ok(());
    }
    sheet.heading(words.pick("与政策一致", "As the policy says"), &agreements.len().to_string())?;
    for agreement in agreements {
        let line = Line::indented(INDENT).plain(&words.owner(&agreement.owner)).gap(GAP);
        let line = line.plain(words.data(&agreement.data)).gap(GAP);
        sheet.page.line(&line.tone(Tone::Faint, &words.cite(&agreement.policy)), 2 * INDENT)?;
    }
    Ok(())
}
