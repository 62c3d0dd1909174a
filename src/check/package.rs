//! What the package itself withholds: packed code (A02) and code loaded at run time (A01).

use super::{Case, Checked, Evidence};

pub(super) fn check(case: &Case<'_>, checked: &mut Checked) {
    for (rule, kind) in [("A01", "dynamic-code"), ("A02", "packed")] {
        let reasons = case.behavior.completeness.reasons.iter().filter(|reason| reason.kind == kind);
        let evidence: Vec<Evidence> = reasons
            .map(|reason| Evidence {
                data: String::new(),
                what: reason.detail.clone(),
                place: String::new(),
                at: String::new(),
                note: String::new(),
            })
            .collect();
        let Some(first) = evidence.first() else { continue };
        let detail = first.what.clone();
        checked.findings.extend(case.finding(rule).map(|draft| draft.detail(detail).evidence(evidence).done()));
    }
}
