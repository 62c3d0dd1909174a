//! Findings as a page shows them: by rule, with the code on one side and the policy on the other.

use std::collections::{BTreeMap, BTreeSet};

use super::matrix::owner_key;
use super::places::{self, Places, Sign};
use super::text::{Both, Text};
use crate::catalog::{Rule, Severity};
use crate::check::{Finding, GateState, State};
use crate::disclosure::{Cite, Disclosure};
use crate::report::Held;
use crate::report::words::short_permission;

/// Findings of one rule.
pub(super) struct Group<'a> {
    pub(super) id: String,
    pub(super) rule: &'a str,
    pub(super) title: Text<'a>,
    pub(super) means: Option<Text<'a>>,
    pub(super) why: Option<Text<'a>>,
    pub(super) fix_app: Option<Text<'a>>,
    pub(super) fix_policy: Option<Text<'a>>,
    pub(super) severity: Option<Text<'a>>,
    pub(super) risks: Vec<Text<'a>>,
    pub(super) basis: Vec<Clause<'a>>,
    pub(super) findings: Vec<Shown<'a>>,
}

/// A clause that a rule rests on.
pub(super) struct Clause<'a> {
    pub(super) instrument: &'a str,
    pub(super) number: &'a str,
    pub(super) verified: bool,
    pub(super) note: Text<'a>,
}

/// How bad a finding is, in a way that needs no colour.
pub(super) struct Badge {
    pub(super) class: &'static str,
    pub(super) sign: &'static str,
    pub(super) text: Text<'static>,
}

/// One finding.
pub(super) struct Shown<'a> {
    pub(super) id: String,
    pub(super) fingerprint: &'a str,
    pub(super) badge: Badge,
    pub(super) confidence: Text<'a>,
    pub(super) state: &'static str,
    pub(super) doubt: Option<Text<'a>>,
    /// That a team has accepted it, and why.
    pub(super) noted: Option<Text<'a>>,
    pub(super) message: Text<'a>,
    pub(super) owner: Option<(String, Text<'a>)>,
    /// Data type ids, with spaces between them.
    pub(super) data: String,
    pub(super) permissions: Vec<(&'a str, Text<'a>)>,
    pub(super) parts: Option<Text<'a>>,
    pub(super) carriers: Option<Text<'a>>,
    pub(super) places: Vec<Places<'a>>,
    pub(super) more_places: usize,
    pub(super) signs: Vec<Sign<'a>>,
    pub(super) more_signs: usize,
    pub(super) quotes: Vec<Quote<'a>>,
    /// Why nothing of the package is shown.
    pub(super) unseen: Option<Text<'a>>,
    /// Why nothing of the policy is.
    pub(super) silence: Option<Text<'a>>,
}

/// A place of the policy.
pub(super) struct Quote<'a> {
    pub(super) lines: Text<'a>,
    pub(super) words: String,
    /// What the disclosure takes the place to say.
    pub(super) read_as: Vec<Statement<'a>>,
}

/// An entry of the disclosure.
pub(super) struct Statement<'a> {
    pub(super) kind: Text<'a>,
    pub(super) names: String,
    pub(super) data: Option<Text<'a>>,
    pub(super) purpose: &'a str,
}

/// The ids of findings on a page: stable over builds, and different on one page.
pub(super) fn ids(package: &str, findings: &[Finding]) -> Vec<String> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let named = findings.iter().map(|finding| {
        let times = seen.entry(&finding.fingerprint).or_default();
        *times += 1;
        let again = if *times == 1 { String::new() } else { format!("-{times}") };
        format!("{package}-{}{again}", word(&finding.fingerprint))
    });
    named.collect()
}

/// A part of an id.
fn word(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// Findings by rule, the rule of the most severe one first.
pub(super) fn groups<'a>(both: Both<'a>, package: &str, held: Held<'a>, ids: &[String]) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for (finding, id) in held.checked.findings.iter().zip(ids) {
        let shown = Shown::new(both, held.disclosure, finding, id.clone());
        match groups.iter_mut().find(|group| group.rule == finding.rule) {
            Some(group) => group.findings.push(shown),
            None => groups.push(Group::new(both, package, finding, shown)),
        }
    }
    groups
}

impl<'a> Group<'a> {
    fn new(both: Both<'a>, package: &str, finding: &'a Finding, first: Shown<'a>) -> Self {
        let rule = both.en.catalog.rule(&finding.rule);
        let told = |text: fn(&Rule) -> (&'static str, &'static str)| {
            rule.and_then(|rule| both.say(|words| words.name(text(rule).0, text(rule).1, "")).told())
        };
        let clauses = rule.into_iter().flat_map(|rule| &rule.basis).map(|basis| Clause {
            instrument: basis.instrument,
            number: basis.clause,
            verified: basis.verified,
            note: both.say(|words| words.name(basis.note_zh, basis.note, "")),
        });
        Self {
            id: format!("{package}-rule-{}", word(&finding.rule)),
            rule: &finding.rule,
            title: told(|rule| (rule.title_zh, rule.title_en)).unwrap_or(Text::same(&finding.name)),
            means: told(|rule| (rule.means_zh, rule.means_en)),
            why: told(|rule| (rule.why_zh, rule.why_en)),
            fix_app: told(|rule| (rule.fix_app_zh, rule.fix_app_en)),
            fix_policy: told(|rule| (rule.fix_policy_zh, rule.fix_policy_en)),
            severity: told(|rule| (rule.severity_note_zh, rule.severity_note)),
            risks: rule.map_or_else(Vec::new, |rule| risks(both, rule)),
            basis: clauses.collect(),
            findings: vec![first],
        }
    }
}

/// What may make findings of a rule wrong; where it is told in one language only, in that one.
fn risks<'a>(both: Both<'a>, rule: &'a Rule) -> Vec<Text<'a>> {
    let (zh, en) = (&rule.false_positive_risks_zh, &rule.false_positive_risks);
    let at = |list: &[&'static str], index: usize| list.get(index).copied().unwrap_or_default();
    let lines = (0..zh.len().max(en.len())).map(|index| both.say(|words| words.name(at(zh, index), at(en, index), "")));
    lines.collect()
}

impl<'a> Shown<'a> {
    fn new(both: Both<'a>, disclosure: &'a Disclosure, finding: &'a Finding, id: String) -> Self {
        let (places, more_places) = places::of(both, finding);
        let (signs, more_signs) = places::signs(both, finding);
        let permission = |name: &'a String| (short_permission(name), both.say(|words| words.permission_label(name)));
        let seen = finding.evidence.iter().flat_map(|it| std::iter::once(&it.data).chain(&it.also));
        let data: BTreeSet<&str> = finding.data.iter().chain(seen).map(String::as_str).collect();
        let data: Vec<&str> = data.into_iter().filter(|id| !id.is_empty()).collect();
        let quotes: Vec<_> = finding.policy.iter().map(|cite| Quote::new(both, disclosure, cite)).collect();
        let undecided = finding.state == State::Undecided;
        let is_bare = places.is_empty() && signs.is_empty() && finding.permissions.is_empty();
        Self {
            id,
            fingerprint: &finding.fingerprint,
            badge: badge(both, finding.severity),
            confidence: both.say(|words| words.confidence(finding.confidence)),
            state: match finding.gate.state {
                GateState::Waived => "waived",
                GateState::Baselined => "baselined",
                GateState::Open if undecided => "undecided",
                GateState::Open => "open",
            },
            doubt: undecided.then(|| both.say(|words| words.doubt(finding))),
            noted: noted(finding),
            message: both.say(|words| words.message(finding)),
            owner: finding.owner.as_ref().map(|owner| (owner_key(owner), both.say(|words| words.party(owner)))),
            data: data.join(" "),
            permissions: finding.permissions.iter().map(permission).collect(),
            parts: both.say(|words| words.parts(finding).unwrap_or_default()).told(),
            carriers: both
                .say(|words| words.join(&finding.shipped_in.iter().map(|id| words.sdk(id)).collect::<Vec<_>>()))
                .told(),
            places,
            more_places,
            signs,
            more_signs,
            unseen: is_bare.then(|| unseen(both, finding)),
            silence: quotes.is_empty().then(|| silence(both, finding)),
            quotes,
        }
    }
}

pub(super) fn badge(both: Both<'_>, severity: Severity) -> Badge {
    let (class, sign) = match severity {
        Severity::Critical => ("critical", "◆"),
        Severity::High => ("high", "▲"),
        Severity::Medium => ("medium", "■"),
        Severity::Low => ("low", "●"),
        Severity::Info => ("info", "○"),
    };
    Badge { class, sign, text: both.say(|words| words.severity(severity)) }
}

fn noted(finding: &Finding) -> Option<Text<'static>> {
    let gate = &finding.gate;
    let parts = [gate.reason.as_str(), &gate.owner, gate.until.as_deref().unwrap_or_default(), &gate.place];
    let why = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
    match gate.state {
        GateState::Open => None,
        GateState::Waived => Some(Text::new(format!("已豁免：{why}"), format!("waived: {why}"))),
        GateState::Baselined => Some(Text::new(format!("在基线内：{why}"), format!("in the baseline: {why}"))),
    }
}

fn needs<'a>(both: Both<'a>, finding: &Finding) -> &'a str {
    both.en.catalog.rule(&finding.rule).map_or("", |rule| rule.needs)
}

fn unseen<'a>(both: Both<'a>, finding: &Finding) -> Text<'a> {
    if needs(both, finding) == "policy" {
        return Text::new("这一条只看政策文本，不涉及代码。", "This rule is about the policy alone.");
    }
    Text::new("代码中未见。", "Nothing of it was seen in the code.")
}

/// What was looked through where the policy has nothing to cite.
fn silence<'a>(both: Both<'a>, finding: &Finding) -> Text<'a> {
    if needs(both, finding) == "app" {
        return Text::new("这一条只看安装包，不涉及政策文本。", "This rule is about the package alone.");
    }
    let parts = both.say(|words| words.join(&finding.searched.iter().map(|it| words.searched(it)).collect::<Vec<_>>()));
    if parts.en.is_empty() {
        return Text::new("没有引用政策条文。", "No statement of the policy is cited.");
    }
    Text::new(
        format!("政策中未见相关内容。已查找：{}。", parts.zh),
        format!("The policy has nothing on this. Looked through: {}.", parts.en),
    )
}

impl<'a> Quote<'a> {
    pub(super) fn new(both: Both<'a>, disclosure: &'a Disclosure, cite: &'a Cite) -> Self {
        Self {
            lines: both.say(|words| words.cite(cite)),
            words: cite.quote.split_whitespace().collect::<Vec<_>>().join(" "),
            read_as: statements(both, disclosure, cite),
        }
    }
}

/// The entries of a disclosure that cite a place.
fn statements<'a>(both: Both<'a>, disclosure: &'a Disclosure, cite: &Cite) -> Vec<Statement<'a>> {
    let data = |words: &'a [String]| {
        let told = |id: &String| !words.is_empty() && !id.is_empty();
        let names: Vec<&String> = words.iter().filter(|id| told(id)).collect();
        both.say(|words| words.join(&names.iter().map(|id| words.data(id)).collect::<Vec<_>>())).told()
    };
    let mut found = Vec::new();
    for it in disclosure.collects.iter().filter(|it| it.cite.lines == cite.lines) {
        let kind = Text::new("应用自身收集", "collected by the app");
        found.push(Statement { kind, names: it.scene.clone(), data: data(&it.data), purpose: &it.purpose });
    }
    for it in disclosure.sdk.iter().filter(|it| it.cite.lines == cite.lines) {
        let kind = Text::new("SDK 清单", "row on SDKs");
        found.push(Statement { kind, names: it.names.join("、"), data: data(&it.data), purpose: &it.purpose });
    }
    for it in disclosure.permission.iter().filter(|it| it.cite.lines == cite.lines) {
        let kind = Text::new("权限说明", "row on a permission");
        found.push(Statement { kind, names: it.text.clone(), data: data(&it.data), purpose: &it.purpose });
    }
    for it in disclosure.denies.iter().filter(|it| it.cite.lines == cite.lines) {
        let kind = Text::new("声明不收集", "denied");
        found.push(Statement { kind, names: String::new(), data: data(&it.data), purpose: "" });
    }
    found
}
