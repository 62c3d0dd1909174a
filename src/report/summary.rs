//! How many findings of which severity.

use serde::Serialize;

use super::words::Words;
use crate::catalog::Severity;
use crate::check::{Checked, GateState, State};

/// Findings by severity.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Summary {
    pub(super) critical: usize,
    pub(super) high: usize,
    pub(super) medium: usize,
    pub(super) low: usize,
    pub(super) info: usize,
    pub(super) undecided: usize,
    pub(super) waived: usize,
    pub(super) baselined: usize,
    pub(super) agreements: usize,
}

impl Summary {
    pub(super) fn new(checked: &Checked) -> Self {
        let mut summary = Self { agreements: checked.agreements.len(), ..Self::default() };
        for finding in &checked.findings {
            let count = match (finding.state, finding.severity) {
                _ if finding.gate.state == GateState::Waived => &mut summary.waived,
                _ if finding.gate.state == GateState::Baselined => &mut summary.baselined,
                (State::Undecided, _) => &mut summary.undecided,
                (State::Open, Severity::Critical) => &mut summary.critical,
                (State::Open, Severity::High) => &mut summary.high,
                (State::Open, Severity::Medium) => &mut summary.medium,
                (State::Open, Severity::Low) => &mut summary.low,
                (State::Open, Severity::Info) => &mut summary.info,
            };
            *count += 1;
        }
        summary
    }

    /// How many open findings of each severity there are, the most severe first; those without any are left out.
    pub(super) fn severities(&self) -> impl Iterator<Item = (usize, Severity)> {
        let all = [
            (self.critical, Severity::Critical),
            (self.high, Severity::High),
            (self.medium, Severity::Medium),
            (self.low, Severity::Low),
            (self.info, Severity::Info),
        ];
        all.into_iter().filter(|&(count, _)| 0 < count)
    }

    /// All of it in a line.
    pub(super) fn counts(&self, words: &Words<'_>) -> String {
        let mut parts: Vec<String> =
            self.severities().map(|(count, severity)| format!("{count} {}", words.severity(severity))).collect();
        if 0 < self.undecided {
            parts.push(format!("{} {}", self.undecided, words.pick("未定", "undecided")));
        }
        let noted =
            [(self.waived, words.pick("豁免", "waived")), (self.baselined, words.pick("在基线内", "in the baseline"))];
        parts.extend(noted.iter().filter(|(count, _)| 0 < *count).map(|(count, what)| format!("{count} {what}")));
        parts.push(words.count(self.agreements, "项一致", "agreement", "agreements"));
        parts.join(" · ")
    }
}
