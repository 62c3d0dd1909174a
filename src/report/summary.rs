//! How many findings of which severity.

use serde::Serialize;

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
}
