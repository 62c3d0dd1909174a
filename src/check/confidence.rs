//! How sure a finding is, apart from how bad it is: as sure as the best of its evidence, and never surer than its rule
//! can be. More evidence never makes a finding less sure.

use super::{Evidence, Finding, State};
use crate::behavior::Certainty;
use crate::catalog::{Confidence, Rule};

/// Judges a finding whose evidence is complete.
pub(super) fn confidence(finding: &Finding, rule: &Rule) -> Confidence {
    if finding.state == State::Undecided {
        return Confidence::Low;
    }
    let best = finding.evidence.iter().map(|evidence| of(evidence, !finding.sdks.is_empty())).max();
    // Without evidence of code it rests on what manifest and policy say, which stands there.
    best.unwrap_or(Confidence::High).min(rule.confidence.unwrap_or(Confidence::High))
}

fn of(evidence: &Evidence, about_sdks: bool) -> Confidence {
    match evidence.certainty {
        Some(certainty) => read(evidence, certainty),
        // That an SDK is there is sure; what it does was not seen.
        None if about_sdks => Confidence::Medium,
        None => Confidence::High,
    }
}

/// A read that the system can reach and does not refuse is as sure as the catalog is of what the call gives.
fn read(evidence: &Evidence, certainty: Certainty) -> Confidence {
    let known = evidence.confidence.unwrap_or(Confidence::High);
    let refused = evidence.obtainable.as_ref().is_some_and(|it| !it.undeclared.is_empty());
    if certainty < Certainty::Reachable || refused { known.min(Confidence::Medium) } else { known }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::behavior::Obtainable;
    use crate::catalog::Catalog;

    fn finding(rule: &Rule, evidence: Vec<Evidence>) -> Finding {
        Finding { evidence, ..Finding::of(rule) }
    }

    fn read(certainty: Certainty, confidence: Confidence) -> Evidence {
        Evidence { kind: "read", certainty: Some(certainty), confidence: Some(confidence), ..Evidence::default() }
    }

    #[test]
    fn the_best_evidence_decides_and_more_of_it_never_weakens() {
        let rule = Catalog::builtin().rule("D01").expect("a rule");
        let present = read(Certainty::Present, Confidence::High);
        let guessed = read(Certainty::Reachable, Confidence::Medium);
        let reachable = read(Certainty::Reachable, Confidence::High);
        let mut evidence = Vec::new();
        for (next, expected) in
            [(present, Confidence::Medium), (guessed, Confidence::Medium), (reachable, Confidence::High)]
        {
            evidence.insert(0, next);
            assert_eq!(confidence(&finding(rule, evidence.clone()), rule), expected);
        }
        evidence.push(read(Certainty::Present, Confidence::Medium));
        assert_eq!(confidence(&finding(rule, evidence), rule), Confidence::High);
    }

    #[test]
    fn what_the_system_refuses_or_cannot_be_told_is_less_sure() {
        let rule = Catalog::builtin().rule("D01").expect("a rule");
        let refused = Obtainable { restricted_since: None, undeclared: vec!["READ_PHONE_STATE".into()] };
        let reachable = read(Certainty::Reachable, Confidence::High);
        let refused = Evidence { obtainable: Some(refused), ..reachable.clone() };
        assert_eq!(confidence(&finding(rule, vec![refused]), rule), Confidence::Medium);
        let undecided = Finding { state: State::Undecided, ..finding(rule, vec![reachable]) };
        assert_eq!(confidence(&undecided, rule), Confidence::Low);
    }

    #[test]
    fn an_sdk_that_is_only_there_and_a_rule_that_guesses_are_less_sure() {
        let rule = Catalog::builtin().rule("S01").expect("a rule");
        let sign = Evidence { kind: "class", ..Evidence::default() };
        let there = Finding { sdks: vec!["bugly".into()], ..finding(rule, vec![sign]) };
        assert_eq!(confidence(&there, rule), Confidence::Medium);
        let absent = Catalog::builtin().rule("D07").expect("a rule");
        assert_eq!(confidence(&finding(absent, Vec::new()), absent), Confidence::Medium);
        let declared = Catalog::builtin().rule("P01").expect("a rule");
        assert_eq!(confidence(&finding(declared, Vec::new()), declared), Confidence::High);
    }
}
