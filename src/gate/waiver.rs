//! A finding that a team accepts: which, why, who answers for it, and until when.

use serde::Deserialize;

use crate::check::{Finding, Gate, GateState};
use crate::located;

/// One `[[waiver]]` of the configuration. What it does not name, it does not ask: a waiver with a rule alone covers all
/// findings of the rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// The rule, by its id.
    pub rule: String,
    /// Whose code it is about, as [`Owner::lasting`](crate::behavior::Owner::lasting) names it; empty = anybody's.
    #[serde(default)]
    pub code: String,
    /// The data types that it accepts; empty = all.
    #[serde(default)]
    pub data: Vec<String>,
    /// The permissions that it accepts; empty = all.
    #[serde(default)]
    pub permission: Vec<String>,
    /// The SDKs that it accepts; empty = all.
    #[serde(default)]
    pub sdk: Vec<String>,
    /// The one finding that it is about; empty = all that the rest fits.
    #[serde(default)]
    pub fingerprint: String,
    /// Why it is accepted.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day on which it is accepted, ISO 8601.
    #[serde(deserialize_with = "located::day")]
    pub until: String,
    /// The line on which it begins.
    #[serde(skip)]
    pub line: usize,
}

/// How much of a finding a waiver covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cover {
    Nothing,
    /// The finding is also about these, so it stands as a whole.
    Part(Vec<String>),
    Whole,
}

impl Waiver {
    pub(super) fn covers(&self, finding: &Finding) -> Cover {
        let is_of = |code: &str| finding.owner.as_ref().is_some_and(|owner| owner.lasting() == code);
        if self.rule != finding.rule
            || !(self.code.is_empty() || is_of(&self.code))
            || !(self.fingerprint.is_empty() || self.fingerprint == finding.fingerprint)
        {
            return Cover::Nothing;
        }
        let mut beyond = Vec::new();
        let lists = [(&self.data, &finding.data), (&self.permission, &finding.permissions), (&self.sdk, &finding.sdks)];
        for (accepted, found) in lists.into_iter().filter(|(accepted, _)| !accepted.is_empty()) {
            let (covered, rest): (Vec<_>, Vec<_>) = found.iter().partition(|it| accepted.contains(it));
            if covered.is_empty() {
                return Cover::Nothing;
            }
            beyond.extend(rest.into_iter().cloned());
        }
        if beyond.is_empty() { Cover::Whole } else { Cover::Part(beyond) }
    }

    pub(super) fn has_ended(&self, today: &str) -> bool {
        // ISO days sort as text.
        self.until.as_str() < today
    }

    pub(super) fn place(&self, file: &str) -> String {
        format!("{file}:{}", self.line)
    }

    /// What a finding says that it covers.
    pub(super) fn standing(&self, file: &str) -> Gate {
        Gate {
            state: GateState::Waived,
            place: self.place(file),
            reason: self.reason.clone(),
            owner: self.owner.clone(),
            until: Some(self.until.clone()),
            ..Gate::default()
        }
    }
}
