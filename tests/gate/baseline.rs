//! What a baseline adopts, what it lets pass, and what it never lets pass.

use candor::check::{Checked, Finding, GateState, State};
use candor::gate::{Baseline, Entry, Tally, adoptable};

use crate::{bugly, judged, own, with_baseline};

/// A baseline of these findings, adopted on a day.
fn adopted(findings: &[Finding], today: &str) -> Baseline {
    let entries = findings.iter().map(|it| Entry::new(it, format!("what {} says", it.rule), today)).collect();
    Baseline::renewed(None, "com.example", entries, true, true).0
}

fn renewed(old: &Baseline, findings: &[Finding], adopts: bool, visible: bool) -> (Baseline, Tally) {
    let entries = findings.iter().map(|it| Entry::new(it, String::new(), "2027-01-01")).collect();
    Baseline::renewed(Some(old), "com.example", entries, adopts, visible)
}

#[test]
fn a_baseline_reads_as_it_was_written_in_any_order() {
    let findings = [bugly(&["imei", "imsi"]), own("D01", &["serial"])];
    let text = adopted(&findings, "2026-11-29").to_toml();
    let mut backwards = findings.clone();
    backwards.reverse();
    assert_eq!(text, adopted(&backwards, "2026-11-29").to_toml());
    assert!(text.contains("[[finding]]\nrule = \"D01\"\nowner = \"app\"\ndata = [\"serial\"]\n"), "{text}");
    assert!(text.contains("title = \"what S04 says\"\nsince = 2026-11-29\n"), "{text}");
    let read = Baseline::parse("known.toml", &text).expect("its own text");
    assert_eq!((read.finding.len(), read.app.as_str(), read.to_toml()), (2, "com.example", text));
}

#[test]
fn only_new_findings_fail() {
    let gate = with_baseline(&adopted(&[bugly(&["imei"]), own("D01", &["serial"])], "2026-11-01").to_toml());
    let (findings, notices) =
        judged(&gate, vec![bugly(&["imei"]), own("D01", &["serial"]), own("D03", &["imei"])], true);
    let told: Vec<_> = findings.iter().map(|it| (it.rule.as_str(), it.gate.state, gate.fails(it))).collect();
    assert_eq!(
        told,
        [("D01", GateState::Baselined, false), ("D03", GateState::Open, true), ("S04", GateState::Baselined, false)]
    );
    assert_eq!(findings[0].gate.since.as_deref(), Some("2026-11-01"));
    assert!(notices.is_empty(), "{notices:?}");
}

#[test]
fn a_finding_that_became_smaller_stays_known_and_one_that_grew_fails() {
    let gate = with_baseline(&adopted(&[bugly(&["imei", "imsi"])], "2026-11-01").to_toml());
    let (smaller, notices) = judged(&gate, vec![bugly(&["imsi"])], true);
    assert_eq!((smaller[0].gate.state, notices.len()), (GateState::Baselined, 0));
    let (grown, _) = judged(&gate, vec![bugly(&["imei", "imsi", "serial"])], true);
    assert!(gate.fails(&grown[0]));
    assert_eq!(grown[0].gate.grown_by, ["serial"]);
    let (other, _) = judged(&gate, vec![bugly(&["serial"])], true);
    assert!(gate.fails(&other[0]) && other[0].gate.grown_by.is_empty(), "it has nothing in common with the entry");
}

#[test]
fn what_is_gone_is_told_and_what_is_hidden_is_not_called_gone() {
    let gate = with_baseline(&adopted(&[bugly(&["imei"]), own("D01", &["serial"])], "2026-11-01").to_toml());
    let notices = |complete| judged(&gate, vec![bugly(&["imei"])], complete).1;
    assert_eq!(notices(true), [r#"{"place":"known.toml","kind":"gone-entries","count":1,"fails":false}"#]);
    assert_eq!(notices(false), [r#"{"place":"known.toml","kind":"unseen-entries","count":1,"fails":false}"#]);
}

#[test]
fn a_renewed_baseline_keeps_days_and_adopts_or_prunes_as_asked() {
    let old = adopted(&[bugly(&["imei", "imsi"]), own("D01", &["serial"])], "2026-11-01");
    let now = [bugly(&["imsi"]), own("D03", &["imei"])];
    let (pruned, tally) = renewed(&old, &now, false, true);
    assert_eq!(tally, Tally { kept: 1, adopted: 0, refused: 1, dropped: 1, unseen: 0 });
    let told: Vec<_> =
        pruned.finding.iter().map(|it| (it.rule.as_str(), it.data.join(" "), it.since.as_str())).collect();
    assert_eq!(told, [("S04", "imsi".to_owned(), "2026-11-01")], "it shrinks with its finding and never grows");
    let (same, _) = renewed(&old, &[own("D01", &["serial"])], true, true);
    assert_eq!(same.finding[0].title, "what D01 says", "what did not change is written as it was");
    let (whole, tally) = renewed(&old, &now, true, true);
    assert_eq!((whole.finding.len(), tally.adopted, tally.dropped), (2, 1, 1));
    let (blind, tally) = renewed(&old, &[], false, false);
    assert_eq!((blind.finding.len(), tally.unseen, tally.dropped), (2, 2, 0), "hidden code proves nothing gone");
}

#[test]
fn only_what_stands_is_adopted() {
    let undecided = Finding { state: State::Undecided, ..own("S03", &[]) };
    let mut checked =
        Checked { findings: vec![bugly(&["imei"]), own("D01", &["imei"]), undecided], ..Checked::default() };
    crate::gate(&crate::waiver(""), "2026-11-29").judge(&mut checked, true);
    let rules: Vec<&str> = adoptable(&checked).map(|it| it.rule.as_str()).collect();
    assert_eq!(rules, ["D01"], "a waiver ends one day and a doubt may end, so neither becomes a known finding");
}

#[test]
fn a_text_that_is_no_baseline_is_refused_with_its_place() {
    for (text, message) in [
        ("", "known.toml:1:1: missing key `schema`"),
        (
            "schema = \"candor.baseline/2\"",
            "known.toml:1:10: unknown schema `candor.baseline/2`; expected `candor.baseline/1`",
        ),
        (
            "schema = \"candor.baseline/1\"\n[[finding]]\nrule = \"D01\"\nfingerprint = \"0\"\nsince = \"soon\"\n",
            "known.toml:5:9: expected a day such as 2027-03-31, found `soon`",
        ),
    ] {
        let error = Baseline::parse("known.toml", text).expect_err("no baseline");
        assert_eq!(error.to_string(), message);
    }
}
