//! Rules that are data: the pattern of each rule is held against the package and the policy.
//!
//! What a read, an SDK or an endpoint must be, the catalog says; here it is only asked. A read that the platform refuses
//! because its permission is not declared matches no pattern: the call is there, but gives nothing.

mod package;
mod reads;

use std::collections::BTreeSet;

use super::{Case, Checked, Draft, Finding};
use crate::catalog::{ClaimIs, Pattern, Rule, Subject};
use crate::disclosure::{Cite, Claim};

/// The value of a claim that the policy does not make.
const SILENT: &str = "silent";

/// The value that stands for any claim.
const STATED: &str = "stated";

/// Names that one sentence lists before it stops.
const LISTED: usize = 3;

/// What the patterns find that need a package.
pub(super) fn check(case: &Case<'_>, checked: &mut Checked) {
    checked.findings.extend(of_rules(case, |subject| subject != Subject::Policy));
}

/// What the patterns find in a policy on its own.
pub(super) fn of_policy(case: &Case<'_>) -> Vec<Finding> {
    of_rules(case, |subject| subject == Subject::Policy)
}

fn of_rules(case: &Case<'_>, is_asked: impl Fn(Subject) -> bool) -> Vec<Finding> {
    let rules = case.catalog.tables.rules.iter().filter_map(|rule| Some((rule, rule.pattern.as_ref()?)));
    let asked = rules.filter(|(_, pattern)| is_asked(pattern.subject));
    asked.flat_map(|(rule, pattern)| findings(case, rule, pattern)).collect()
}

fn findings(case: &Case<'_>, rule: &Rule, pattern: &Pattern) -> Vec<Finding> {
    let Some(said) = pattern.claim.as_ref().map_or(Some(Said::default()), |asked| said(case, asked)) else {
        return Vec::new();
    };
    let draft = || case.finding(rule.id).map(|draft| draft.raised(said.raises).cites(said.cite));
    let draft: Begin<'_, '_> = &draft;
    let found = match pattern.subject {
        Subject::Reads => return reads::by_owner(case, pattern, draft),
        Subject::AllReads => reads::together(case, pattern, draft),
        Subject::Sdks => package::sdks(case, pattern, draft),
        Subject::Cleartext => package::cleartext(case, draft),
        Subject::Permissions => package::permissions(case, pattern, draft),
        Subject::Starters => package::starters(case, pattern, draft),
        Subject::Package => package::whole(case, pattern, draft),
        Subject::Policy => policy(case, pattern, draft),
    };
    found.into_iter().collect()
}

/// A finding to be filled; none where the catalog does not have the rule.
type Begin<'d, 'c> = &'d dyn Fn() -> Option<Draft<'c>>;

/// A policy whose name says what its claims do not.
fn policy(case: &Case<'_>, pattern: &Pattern, draft: Begin<'_, '_>) -> Option<Finding> {
    let names = [&case.disclosure.app, &case.disclosure.title];
    let is_meant = |name: &&&String| pattern.names.iter().any(|word| name.to_lowercase().contains(word));
    let name = names.iter().find(is_meant)?;
    Some(draft()?.detail(name.as_str()).done())
}

/// What the policy claims, where that lets a pattern hold.
#[derive(Default)]
struct Said<'c> {
    raises: bool,
    cite: Option<&'c Cite>,
}

fn said<'c>(case: &Case<'c>, asked: &ClaimIs) -> Option<Said<'c>> {
    let claim: Option<&Claim> = case.disclosure.claims.named(asked.name);
    let value = claim.map_or(SILENT, |claim| claim.value.as_str());
    let is_one_of = |values: &[&str]| values.contains(&value) || claim.is_some() && values.contains(&STATED);
    let holds = asked.values.is_empty() || is_one_of(&asked.values);
    holds.then(|| Said { raises: is_one_of(&asked.raising), cite: claim.map(|claim| &claim.cite) })
}

/// The first few of a list, and how many more there are.
fn listed(items: &BTreeSet<String>) -> String {
    let shown = items.iter().take(LISTED).cloned();
    let more = (LISTED < items.len()).then(|| format!("+{}", items.len() - LISTED));
    shown.chain(more).collect::<Vec<_>>().join(", ")
}

/// `com.example.App.onCreate` of a descriptor.
fn dotted(descriptor: &str) -> String {
    let (class, member) = descriptor.split_once("->").unwrap_or((descriptor, ""));
    let class = class.trim_start_matches('L').trim_end_matches(';').replace('/', ".");
    let member = member.split('(').next().unwrap_or_default();
    format!("{class}.{member}")
}
