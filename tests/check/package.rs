//! What a package withholds (A01, A02), and what that does to the rest.

use candor::behavior::{Behavior, Completeness, Reason};
use candor::catalog::Severity;
use candor::check::State;

use crate::{Fires, checked, collects, of, package, row};

pub(crate) fn fires() -> Vec<Fires> {
    vec![("A01", withholding("dynamic-code"), String::new()), ("A02", withholding("packed"), String::new())]
}

fn withholding(kind: &'static str) -> Behavior {
    let reason = Reason { kind, detail: "libwrap.so".into() };
    Behavior { completeness: Completeness { complete: false, reasons: vec![reason] }, ..package(vec![]) }
}

#[test]
fn each_way_to_withhold_code_is_its_own_finding() {
    let withheld = |behavior: &Behavior| {
        let findings = checked(behavior, "").findings.into_iter();
        findings.filter(|it| ["A01", "A02"].contains(&it.rule.as_str())).collect::<Vec<_>>()
    };
    for (kind, rule, severity) in [("dynamic-code", "A01", Severity::Medium), ("packed", "A02", Severity::Info)] {
        let findings = withheld(&withholding(kind));
        assert_eq!(findings.len(), 1);
        assert_eq!((findings[0].rule.as_str(), findings[0].severity, findings[0].state), (rule, severity, State::Open));
        assert_eq!(findings[0].evidence[0].what, "libwrap.so");
    }
    assert!(withheld(&withholding("reflection")).is_empty());
    assert!(withheld(&package(vec![])).is_empty());
}

#[test]
fn hidden_code_leaves_every_rule_of_absence_undecided() {
    let said = collects("\"imei\"") + &row("\"bugly\"", "\"imei\"");
    for rule in ["D07", "S03"] {
        assert_eq!(of(rule, &package(vec![]), &said)[0].state, State::Open, "{rule}");
        assert_eq!(of(rule, &withholding("packed"), &said)[0].state, State::Undecided, "{rule}");
    }
}
