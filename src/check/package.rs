//! What the package itself withholds: packed code (A02) and code loaded at run time (A01).

use super::{Case, Checked, Evidence};

pub(super) fn check(case: &Case<'_>, checked: &mut Checked) {
    for (rule, kind) in [("A01", "dynamic-code"), ("A02", "packed")] {
        let reasons = case.behavior.completeness.reasons.iter().filter(|reason| reason.kind == kind);
        let evidence: Vec<Evidence> = reasons
            .map(|reason| Evidence { kind: reason.kind, what: reason.detail.clone(), ..Evidence::default() })
            .collect();
        let Some(first) = evidence.first() else { continue };
        let detail = first.what.clone();
        checked.findings.extend(case.finding(rule).map(|draft| draft.detail(detail).evidence(evidence).done()));
    }
}
