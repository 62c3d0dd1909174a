//! The differences between a package and its disclosure, each with its evidence, the clauses it rests on and the place
//! in the policy.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use super::{GAP, INDENT, Sheet, gate, joined};
use crate::behavior::Behavior;
use crate::catalog::Basis;
use crate::check::{Agreement, Checked, Evidence, Finding, GateState, State};
use crate::disclosure::{Choice, Disclosure};
use crate::report::evidence::most_telling;
use crate::report::layout::{Line, Tone, width};
use crate::report::names::{dotted, is_reflected, short, tail, telling};
use crate::report::summary::Summary;
use crate::report::words::{Words, short_permission};
use crate::report::{Held, Lang};

/// Columns before a finding.
const MARGIN: usize = 1;
/// Places of one finding that are shown without `--verbose`.
const FEW_PLACES: usize = 3;
/// As many as that where it is about so many data types.
const MORE_PLACES: usize = 5;
/// Signs of SDKs that are shown without `--verbose`.
const FEW_SIGNS: usize = 3;
/// Citations of one finding that are shown without `--verbose`.
const FEW_CITES: usize = 2;
/// Instruments that are named without `--verbose`.
const FEW_INSTRUMENTS: usize = 2;
/// Characters of a caller that are shown without `--verbose`.
const MAX_CALLER: usize = 56;
/// The widest column of data types.
const MAX_COLUMN: usize = 24;

pub(super) fn sections(sheet: &mut Sheet<'_, '_>, behavior: &Behavior, held: Held<'_>) -> io::Result<()> {
    against(sheet, held.disclosure)?;
    version(sheet, held.choice)?;
    findings(sheet, held.checked, behavior.completeness.complete)?;
    if sheet.verbose {
        agreements(sheet, &held.checked.agreements)?;
    }
    Ok(())
}

/// The faults of a policy on its own.
pub(super) fn policy_alone(sheet: &mut Sheet<'_, '_>, held: Held<'_>) -> io::Result<()> {
    against(sheet, held.disclosure)?;
    if held.checked.findings.is_empty() {
        sheet.page.blank()?;
        let none = sheet.words.pick("未见问题", "nothing to mend was seen");
        return sheet.page.line(&Line::indented(INDENT).tone(Tone::Good, none), INDENT);
    }
    findings(sheet, held.checked, true)?;
    sheet.page.blank()?;
    let counts = joined(Line::new(), sheet.differences(&Summary::new(held.checked)));
    sheet.page.line(&counts, 0)?;
    sheet.hint(held.checked)
}

fn against(sheet: &mut Sheet<'_, '_>, disclosure: &Disclosure) -> io::Result<()> {
    let words = sheet.words;
    let mut line = Line::new().plain(words.pick("对照", "against "));
    if !disclosure.title.is_empty() {
        line = line.plain(&match words.lang {
            Lang::Zh => format!("《{}》", disclosure.title),
            Lang::En => format!("“{}” ", disclosure.title),
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

/// Why the policy is held in this version.
fn version(sheet: &mut Sheet<'_, '_>, choice: Option<&Choice>) -> io::Result<()> {
    let Some(choice) = choice else { return Ok(()) };
    let text = sheet.words.choice(choice);
    let tone = if choice.date.is_some() { Tone::Faint } else { Tone::Warning };
    sheet.page.line(&Line::indented(INDENT).tone(tone, &text), 2 * INDENT)
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
    let rule_column = MARGIN + badges.max().unwrap_or(0) + 2;
    let rules = checked.findings.iter().map(|finding| width(&finding.rule));
    let column = rule_column + rules.max().unwrap_or(0) + 2;
    // What a team has taken note of is counted, and named where all is told.
    let all = sheet.verbose;
    let shown = checked.findings.iter().filter(|it| all || it.gate.state == GateState::Open);
    for finding in shown {
        sheet.page.blank()?;
        let (tone, badge) = badge(sheet, finding);
        let line = Line::indented(MARGIN).tone(tone, badge).column(rule_column).tone(Tone::Strong, &finding.rule);
        let line = line.column(column).plain(&words.message(finding)).gap(GAP);
        sheet.page.line(&line.whole(Tone::Faint, words.confidence(finding.confidence)), column)?;
        if finding.gate.state == GateState::Open {
            body(sheet, finding, column)?;
        }
        gate::lines(sheet, finding, column)?;
    }
    Ok(())
}

/// The first word of a finding: how bad it is, or that this cannot be told.
fn badge(sheet: &Sheet<'_, '_>, finding: &Finding) -> (Tone, &'static str) {
    if let Some(noted) = gate::badge(sheet.words, finding.gate.state) {
        return noted;
    }
    match finding.state {
        State::Open => (Tone::Severity(finding.severity), sheet.words.severity(finding.severity)),
        State::Undecided => (Tone::Warning, sheet.words.pick("未定", "undecided")),
    }
}

fn body(sheet: &mut Sheet<'_, '_>, finding: &Finding, column: usize) -> io::Result<()> {
    let words = sheet.words;
    if finding.state == State::Undecided {
        let line = Line::indented(column).tone(Tone::Warning, &words.doubt(finding));
        sheet.page.line(&line, column)?;
    }
    let names: Vec<_> = finding.permissions.iter().map(|name| short_permission(name)).collect();
    labelled(sheet, column, words.pick("权限", "permissions"), &names.join(" · "))?;
    labelled(sheet, column, words.pick("包含", "with"), &words.parts(finding).unwrap_or_default())?;
    evidence(sheet, finding, column)?;
    let carriers: Vec<_> = finding.shipped_in.iter().map(|id| words.sdk(id)).collect();
    if !carriers.is_empty() {
        let text = match words.lang {
            Lang::Zh => format!("随{}附带", words.join(&carriers)),
            Lang::En => format!("shipped inside {}", words.join(&carriers)),
        };
        sheet.page.line(&Line::indented(column).plain(&text), column + INDENT)?;
    }
    policy(sheet, finding, column)?;
    basis(sheet, finding, column)?;
    if sheet.verbose { remedy(sheet, finding, column) } else { Ok(()) }
}

/// What would make it go away.
fn remedy(sheet: &mut Sheet<'_, '_>, finding: &Finding, column: usize) -> io::Result<()> {
    let words = sheet.words;
    let Some(rule) = words.catalog.rule(&finding.rule) else { return Ok(()) };
    labelled(sheet, column, words.pick("应用整改", "fix in the app"), words.pick(rule.fix_app_zh, rule.fix_app_en))?;
    labelled(
        sheet,
        column,
        words.pick("政策整改", "fix in the policy"),
        words.pick(rule.fix_policy_zh, rule.fix_policy_en),
    )
}

fn labelled(sheet: &mut Sheet<'_, '_>, column: usize, label: &str, text: &str) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    sheet.page.line(&Line::indented(column).plain(label).gap(2).plain(text), column + width(label) + 2)
}

fn evidence(sheet: &mut Sheet<'_, '_>, finding: &Finding, column: usize) -> io::Result<()> {
    let words = sheet.words;
    let (reads, others): (Vec<_>, Vec<_>) = finding.evidence.iter().partition(|it| !it.data.is_empty());
    let (reads, kinds) = most_telling(&words, reads);
    let n_reads = reads.len();
    let reads = if sheet.verbose { reads } else { different(reads) };
    let few = kinds.clamp(FEW_PLACES, MORE_PLACES);
    let shown = if sheet.verbose { reads.len() } else { few.min(reads.len()) };
    let names = reads.iter().take(shown).map(|it| width(&words.data_of(it)));
    let place_column = column + names.max().unwrap_or(0).min(MAX_COLUMN) + GAP;
    for read in reads.iter().take(shown) {
        place(sheet, read, column, place_column)?;
    }
    // The sentence and the line of permissions say all that a declaration does.
    let others: Vec<_> = others.into_iter().filter(|it| sheet.verbose || it.kind != "permission").collect();
    let few = if sheet.verbose { others.len() } else { FEW_SIGNS.min(others.len()) };
    for other in others.iter().take(few) {
        let line = Line::indented(column);
        if other.kind == "call" {
            let line = line.plain(&format!("{} → {}", dotted(&other.place), short(&other.what)));
            let note = if sheet.verbose { other.at.as_str() } else { short_permission(&other.note) };
            sheet.page.line(&line.gap(GAP).whole(Tone::Faint, note), column + INDENT)?;
            continue;
        }
        let line = line.tone(Tone::Faint, &words.sign(other.kind, &other.what, other.count));
        let notes = [words.holder(other), other.note.as_str()].into_iter().filter(|text| !text.is_empty());
        let line = notes.fold(line, |line, note| line.gap(GAP).whole(Tone::Faint, note));
        sheet.page.line(&line, column + INDENT)?;
    }
    sheet.rest(shown + few, n_reads + others.len(), column)
}

/// Of places that differ in their offset alone, the first.
fn different(mut reads: Vec<&Evidence>) -> Vec<&Evidence> {
    let mut seen = BTreeSet::new();
    reads.retain(|it| seen.insert((&it.data, &it.place, &it.what, &it.literal)));
    reads
}

/// One read: data type, caller and API, and how sure it is.
fn place(sheet: &mut Sheet<'_, '_>, read: &Evidence, column: usize, place_column: usize) -> io::Result<()> {
    let words = sheet.words;
    let mut what = short(&read.what);
    let literal = read.literal.as_deref();
    if let Some(literal) = telling(literal, &read.what) {
        what = format!("{what} \"{literal}\"");
    }
    if !read.place.is_empty() {
        let caller = dotted(&read.place);
        let room = if sheet.verbose { usize::MAX } else { MAX_CALLER };
        what = format!("{} → {what}", tail(&caller, room));
    }
    let mut notes: Vec<String> = read.certainty.iter().map(|it| words.certainty(*it).to_owned()).collect();
    notes.extend(is_reflected(literal, &read.what).then(|| words.pick("反射", "by reflection").to_owned()));
    notes.extend((read.pre_consent == Some(true)).then(|| words.pick("同意前", "before consent").to_owned()));
    notes.extend(read.obtainable.iter().flat_map(|it| words.obstacles(it)));
    let line = Line::indented(column).plain(&words.data_of(read)).column(place_column).plain(&what);
    sheet.page.line(&line.gap(GAP).whole(Tone::Faint, &notes.join(" · ")), place_column)?;
    if !sheet.verbose {
        return Ok(());
    }
    let at = format!("{}   {}", read.at, read.what);
    let path = read.path.iter().map(|step| dotted(step)).collect::<Vec<_>>().join(" → ");
    for text in [&at, &path, &read.note].into_iter().filter(|text| !text.is_empty()) {
        sheet.page.line(&Line::indented(place_column).tone(Tone::Faint, text), place_column)?;
    }
    Ok(())
}

fn policy(sheet: &mut Sheet<'_, '_>, finding: &Finding, column: usize) -> io::Result<()> {
    let words = sheet.words;
    let shown = if sheet.verbose { finding.policy.len() } else { FEW_CITES };
    for cite in finding.policy.iter().take(shown) {
        let label = words.pick("政策", "policy");
        let mut text = format!("{label}  {}", words.cite(cite));
        if !cite.quote.is_empty() {
            text = format!("{text}  “{}”", Words::quote(cite));
        }
        sheet.page.line(&Line::indented(column).plain(&text), column + width(label) + 2)?;
    }
    sheet.rest(shown, finding.policy.len(), column)?;
    if finding.searched.is_empty() {
        return Ok(());
    }
    let parts: Vec<_> = finding.searched.iter().map(|it| words.searched(it)).collect();
    let label = words.pick("政策", "policy");
    let text = format!("{label}  {}{}", words.pick("未见于：", "nothing found in "), words.join(&parts));
    sheet.page.line(&Line::indented(column).plain(&text), column + width(label) + 2)
}

/// The clauses, those of one instrument together; without `--verbose` the first few that are certain.
fn basis(sheet: &mut Sheet<'_, '_>, finding: &Finding, column: usize) -> io::Result<()> {
    let words = sheet.words;
    let Some(rule) = words.catalog.rule(&finding.rule) else { return Ok(()) };
    let mut instruments: Vec<&str> = Vec::new();
    let mut clauses: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let is_certain = |basis: &&Basis| basis.verified && !basis.clause.is_empty();
    let any_certain = rule.basis.iter().any(|basis| is_certain(&basis));
    for basis in rule.basis.iter().filter(|basis| sheet.verbose || is_certain(basis) || !any_certain) {
        if !clauses.contains_key(basis.instrument) {
            instruments.push(basis.instrument);
        }
        let doubt = if basis.verified { "" } else { words.pick("（条款号未核实）", " (clause not verified)") };
        clauses.entry(basis.instrument).or_default().push(format!("{}{doubt}", basis.clause));
    }
    let few = if sheet.verbose { instruments.len() } else { FEW_INSTRUMENTS };
    let texts: Vec<String> = instruments
        .into_iter()
        .take(few)
        .map(|instrument| {
            let name = if sheet.verbose { instrument } else { title(instrument) };
            format!("{name} {}", words.join(&clauses[instrument])).trim_end().to_owned()
        })
        .collect();
    if texts.is_empty() {
        return Ok(());
    }
    let label = words.pick("依据", "basis");
    let text = format!("{label}  {}", texts.join(words.pick("；", "; ")));
    sheet.page.line(&Line::indented(column).tone(Tone::Faint, &text), column + width(label) + 2)
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
