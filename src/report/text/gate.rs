//! What the project says of a finding: a waiver, the baseline, another severity.

use std::io;

use super::{GAP, Sheet};
use crate::check::{Finding, Gate, GateState};
use crate::report::Lang;
use crate::report::layout::{Line, Tone};
use crate::report::words::Words;

/// The first word of a finding that a team has taken note of.
pub(super) fn badge(words: Words<'_>, state: GateState) -> Option<(Tone, &'static str)> {
    match state {
        GateState::Open => None,
        GateState::Waived => Some((Tone::Faint, words.pick("豁免", "waived"))),
        GateState::Baselined => Some((Tone::Faint, words.pick("基线", "known"))),
    }
}

/// One line for each thing that is said of it.
pub(super) fn lines(sheet: &mut Sheet<'_, '_>, finding: &Finding, column: usize) -> io::Result<()> {
    let gate = &finding.gate;
    if let Some((tone, text)) = standing(sheet.words, gate) {
        let line = Line::indented(column).tone(tone, &text).gap(GAP).whole(Tone::Faint, &gate.place);
        sheet.page.line(&line, column)?;
    }
    if let Some(before) = gate.catalog_severity {
        let text = match sheet.words.lang {
            Lang::Zh => format!("级别由项目配置设定，规则本身为{}", sheet.words.severity(before)),
            Lang::En => format!("severity set by the project; the rule's own is {}", sheet.words.severity(before)),
        };
        sheet.page.line(&Line::indented(column).tone(Tone::Faint, &text), column)?;
    }
    Ok(())
}

fn standing(words: Words<'_>, gate: &Gate) -> Option<(Tone, String)> {
    let until = gate.until.as_deref().unwrap_or("…");
    let since = gate.since.as_deref().unwrap_or("…");
    let (owner, reason) = (&gate.owner, &gate.reason);
    Some(match (gate.state, words.lang) {
        (GateState::Waived, Lang::Zh) => (Tone::Faint, format!("豁免至 {until}，责任人 {owner}：{reason}")),
        (GateState::Waived, Lang::En) => (Tone::Faint, format!("waived until {until} by {owner}: {reason}")),
        (GateState::Baselined, Lang::Zh) => (Tone::Faint, format!("自 {since} 起列入基线")),
        (GateState::Baselined, Lang::En) => (Tone::Faint, format!("in the baseline since {since}")),
        (GateState::Open, Lang::Zh) if gate.expired => {
            (Tone::Warning, format!("豁免已于 {until} 到期，责任人 {owner}：{reason}"))
        }
        (GateState::Open, Lang::En) if gate.expired => {
            (Tone::Warning, format!("its waiver expired on {until}; {owner}: {reason}"))
        }
        (GateState::Open, _) if gate.grown_by.is_empty() => return None,
        (GateState::Open, Lang::Zh) => (Tone::Warning, format!("超出基线：{}", grown(words, gate))),
        (GateState::Open, Lang::En) => (Tone::Warning, format!("beyond the baseline: {}", grown(words, gate))),
    })
}

/// Data types, permissions and SDKs by their names.
fn grown(words: Words<'_>, gate: &Gate) -> String {
    let name = |id: &String| {
        if words.catalog.data_type(id).is_some() {
            words.data(id).to_owned()
        } else if words.catalog.sdk(id).is_some() {
            words.sdk(id).to_owned()
        } else {
            words.permission(id).to_owned()
        }
    };
    words.join(&gate.grown_by.iter().map(name).collect::<Vec<_>>())
}
