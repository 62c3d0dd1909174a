//! What a team makes of findings: which fail, which are waived and until when, which were there before.
//!
//! A project's `candor.toml` ([`Config`]) and its baseline ([`Baseline`]) are held against what a check found on one day.
//! Nothing is taken out of a report: each finding says what was said of it, by whom and where, and what was said of
//! nothing that is there is told too ([`Notice`]).

mod baseline;
mod config;
mod notice;
mod waiver;

use std::collections::{BTreeMap, BTreeSet};

pub use baseline::{Baseline, Entry, Tally, adoptable};
pub use config::{Config, RuleSetting, Threshold};
pub use notice::{Notice, Said};
pub use waiver::Waiver;

use crate::check::{Checked, Finding, Gate as Standing, GateState, State};
use waiver::Cover;

/// Everything that decides what becomes of a finding.
#[derive(Debug, Clone, Default)]
pub struct Gate {
    /// The project's configuration; empty where there is none.
    pub config: Config,
    /// The findings that are known already.
    pub baseline: Option<Baseline>,
    /// The least severity that fails, where no rule has one of its own; stronger than what the configuration says.
    pub threshold: Option<Threshold>,
    /// The day on which this is judged, ISO 8601.
    pub today: String,
}

/// Which waivers and entries of the baseline were met in the packages of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Usage {
    waivers: BTreeMap<usize, Met>,
    entries: BTreeSet<usize>,
    /// A part of a package is packed or could not be read.
    hidden: bool,
}

/// What one waiver met.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Met {
    findings: usize,
    /// What findings are about that it covers a part of, beyond this part.
    beyond: BTreeSet<String>,
}

impl Usage {
    /// That of a package of which nothing was judged.
    pub fn blind() -> Self {
        Self { hidden: true, ..Self::default() }
    }

    /// Adds what was met in another package.
    pub fn merge(&mut self, other: Self) {
        for (index, met) in other.waivers {
            let known = self.waivers.entry(index).or_default();
            known.findings += met.findings;
            known.beyond.extend(met.beyond);
        }
        self.entries.extend(other.entries);
        self.hidden |= other.hidden;
    }
}

impl Gate {
    /// The same for a run that asks some rules only: a waiver of another one, or an entry of the baseline for it, is not for
    /// this run to miss.
    #[must_use]
    pub fn asking(mut self, asks: impl Fn(&str) -> bool) -> Self {
        self.config.waiver.retain(|waiver| asks(&waiver.rule));
        if let Some(baseline) = &mut self.baseline {
            baseline.finding.retain(|entry| asks(&entry.rule));
        }
        self
    }

    /// Says of each finding what the configuration and the baseline say of it. `readable` is whether nothing of the
    /// package is packed or could not be read; code that is loaded at run time was out of sight before, too.
    pub fn judge(&self, checked: &mut Checked, readable: bool) -> Usage {
        let mut usage = Usage { hidden: !readable, ..Usage::default() };
        for finding in &mut checked.findings {
            let standing = self.standing(finding, &mut usage);
            finding.gate = standing;
            if let Some(severity) = self.config.rule.get(&finding.rule).and_then(|rule| rule.severity)
                && severity != finding.severity
            {
                finding.gate.catalog_severity = Some(finding.severity);
                finding.severity = severity;
            }
        }
        checked.sort();
        usage
    }

    /// Whether a finding that was judged fails the check.
    pub fn fails(&self, finding: &Finding) -> bool {
        let own = self.config.rule.get(&finding.rule).and_then(|rule| rule.gate);
        let threshold = own.unwrap_or_else(|| self.threshold());
        finding.state == State::Open
            && finding.gate.state == GateState::Open
            && threshold <= Threshold::from(finding.severity)
    }

    /// The least severity that fails where no rule has one of its own.
    fn threshold(&self) -> Threshold {
        self.threshold.or(self.config.gate).unwrap_or(Threshold::Low)
    }

    fn standing(&self, finding: &Finding, usage: &mut Usage) -> Standing {
        let (mut waived, mut ended) = (None, None);
        for (index, waiver) in self.config.waiver.iter().enumerate() {
            match waiver.covers(finding) {
                Cover::Nothing => {}
                Cover::Part(beyond) => usage.waivers.entry(index).or_default().beyond.extend(beyond),
                Cover::Whole => {
                    usage.waivers.entry(index).or_default().findings += 1;
                    let standing = waiver.standing(&self.config.file);
                    if waiver.has_ended(&self.today) {
                        ended = ended.or(Some(Standing { state: GateState::Open, expired: true, ..standing }));
                    } else {
                        waived = waived.or(Some(standing));
                    }
                }
            }
        }
        let known = self.baseline.as_ref().map(|baseline| baseline.look_up(finding));
        if let Some((standing, entry)) = known {
            usage.entries.extend(entry);
            if waived.is_none() && (standing.state == GateState::Baselined || ended.is_none()) {
                return standing;
            }
        }
        waived.or(ended).unwrap_or_default()
    }

    /// What has to be said of waivers and of the baseline after all packages of a run.
    pub fn notices(&self, usage: &Usage) -> Vec<Notice> {
        let fails = self.threshold() <= self.config.stale_waivers;
        let mut notices = Vec::new();
        for (index, waiver) in self.config.waiver.iter().enumerate() {
            let met = usage.waivers.get(&index);
            let said = match (waiver.has_ended(&self.today), met) {
                (true, met) => {
                    let findings = met.map_or(0, |met| met.findings);
                    Some((Said::Expired { until: waiver.until.clone(), owner: waiver.owner.clone(), findings }, fails))
                }
                (false, None) if usage.hidden => Some((Said::Unseen, false)),
                (false, None) => Some((Said::Unused, fails)),
                (false, Some(met)) if met.beyond.is_empty() => None,
                (false, Some(met)) => Some((Said::Partial { beyond: met.beyond.iter().cloned().collect() }, false)),
            };
            notices.extend(said.map(|(said, fails)| Notice {
                place: waiver.place(&self.config.file),
                rule: Some(waiver.rule.clone()),
                said,
                fails,
            }));
        }
        notices.extend(self.baseline.as_ref().and_then(|baseline| {
            let gone = baseline.finding.len() - usage.entries.len();
            let said =
                if usage.hidden { Said::UnseenEntries { count: gone } } else { Said::GoneEntries { count: gone } };
            (0 < gone).then(|| Notice { place: baseline.file.clone(), rule: None, said, fails: false })
        }));
        notices
    }
}
