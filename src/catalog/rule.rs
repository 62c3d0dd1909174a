//! The shape of rules, which like that of the other entries is shared by the build script and the library.
//!
//! A rule is what a finding is called, how bad it is and what it rests on; where it applies says its pattern, or a
//! function in `check`.

use serde::{Deserialize, Serialize};

use super::model::Confidence;
use super::pattern::Pattern;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Worth mending.
    Low,
    /// Should be mended.
    Medium,
    /// Must be mended.
    High,
    /// Contradicts what the user was told.
    Critical,
}

/// A clause that a rule rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(bound(deserialize = "S: Deserialize<'de> + Default"))]
pub struct Basis<S = &'static str> {
    /// The instrument.
    pub instrument: S,
    /// The clause in it.
    pub clause: S,
    /// The clause number was seen in two or more independent sources.
    pub verified: bool,
    /// What a reader must know.
    #[serde(default)]
    pub note: S,
    /// The same in Chinese.
    #[serde(default)]
    pub note_zh: S,
}

/// A rule: one kind of difference between behavior and disclosure, or one fault inside either.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(bound(deserialize = "S: Deserialize<'de> + Default"))]
pub struct Rule<S = &'static str> {
    /// `D01`; never changes its meaning.
    pub id: S,
    /// Kebab-case name that reads after "allow".
    pub name: S,
    /// Chinese title.
    pub title_zh: S,
    /// English title.
    pub title_en: S,
    /// The condition.
    pub definition: S,
    /// The severity, unless `raised` applies.
    pub severity: Severity,
    /// The severity for the data types or cases in `raised_for`.
    #[serde(default)]
    pub raised: Option<Severity>,
    /// Data type ids, permission protections or cases for which `raised` holds.
    #[serde(default)]
    pub raised_for: Vec<S>,
    /// When the severity is another one, in words.
    #[serde(default)]
    pub severity_note: S,
    /// The same in Chinese.
    #[serde(default)]
    pub severity_note_zh: S,
    /// How sure a finding can be at most, where that is not all: what it rests on is a guess or an absence.
    #[serde(default)]
    pub confidence: Option<Confidence>,
    /// Parts of a policy that are looked through in vain where a finding rests on its silence: `collects`, `sdk`,
    /// `permission`, `claims`.
    #[serde(default)]
    pub searches: Vec<S>,
    /// `omitted`, `vague`, `ambiguous`, `incorrect`, `clear` or `none`.
    pub class: S,
    /// `app`, `policy` or `app+policy`.
    pub needs: S,
    /// `core` or `later`.
    pub tier: S,
    /// One sentence for a finding, with `{owner}`, `{data}`, `{sdk}`, `{permissions}`, `{cite}` and `{detail}`; a part
    /// in `[…]` is left out where one of its placeholders is empty.
    #[serde(default)]
    pub message_zh: S,
    /// The same in English.
    #[serde(default)]
    pub message_en: S,
    /// Why the rule may have to stay undecided, where the general reason says too little.
    #[serde(default)]
    pub undecided_why_zh: S,
    /// The same in English.
    #[serde(default)]
    pub undecided_why_en: S,
    /// When it makes a finding, where that is data; else a function of `check` decides.
    #[serde(default)]
    pub pattern: Option<Pattern<S>>,
    /// What a finding means; its first sentence says when the rule fires.
    #[serde(default)]
    pub means_zh: S,
    /// The same in English.
    #[serde(default)]
    pub means_en: S,
    /// Why it matters: to the user, and under which duty of `basis`.
    #[serde(default)]
    pub why_zh: S,
    /// The same in English.
    #[serde(default)]
    pub why_en: S,
    /// What the developer changes in the app.
    #[serde(default)]
    pub fix_app_zh: S,
    /// The same in English.
    #[serde(default)]
    pub fix_app_en: S,
    /// What is to be written in the policy.
    #[serde(default)]
    pub fix_policy_zh: S,
    /// The same in English.
    #[serde(default)]
    pub fix_policy_en: S,
    /// What may make a finding wrong.
    #[serde(default)]
    pub false_positive_risks: Vec<S>,
    /// The same in Chinese.
    #[serde(default)]
    pub false_positive_risks_zh: Vec<S>,
    /// The clauses it rests on.
    #[serde(default)]
    pub basis: Vec<Basis<S>>,
    /// Where the entry comes from.
    pub origin: S,
}
