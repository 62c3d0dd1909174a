//! Which findings a waiver covers, until when, and what is said of one that covers nothing.

use candor::check::{Checked, Gate as Standing, GateState, State};
use candor::gate::Usage;

use crate::{bugly, gate, judged, own, waiver};

#[test]
fn a_waiver_covers_what_it_names_until_its_last_day() {
    for today in ["2026-11-29", "2026-12-31"] {
        let gate = gate(&waiver("code = \"sdk:bugly\"\ndata = [\"imsi\"]\n"), today);
        let (findings, notices) = judged(&gate, vec![bugly(&["imsi"])], true);
        let place = "candor.toml:1".to_owned();
        let (reason, owner) = ("fixed in 4.1".to_owned(), "Li Lei".to_owned());
        let until = Some("2026-12-31".to_owned());
        let expected = Standing { state: GateState::Waived, place, reason, owner, until, ..Standing::default() };
        assert_eq!(findings[0].gate, expected, "{today}");
        assert!(!gate.fails(&findings[0]) && notices.is_empty(), "{notices:?}");
    }
}

#[test]
fn an_expired_waiver_lets_its_findings_stand_and_is_told() {
    let gate = gate(&waiver(""), "2027-01-01");
    let (findings, notices) = judged(&gate, vec![bugly(&["imsi"])], true);
    assert_eq!((findings[0].gate.state, findings[0].gate.expired), (GateState::Open, true));
    assert_eq!(findings[0].gate.place, "candor.toml:1");
    assert!(gate.fails(&findings[0]));
    assert_eq!(
        notices,
        [
            r#"{"place":"candor.toml:1","rule":"S04","kind":"expired","until":"2026-12-31","owner":"Li Lei","findings":1,"fails":true}"#
        ]
    );
}

#[test]
fn a_waiver_that_covers_nothing_is_told_and_fails_as_a_low_finding_does() {
    let unused =
        |gate: &str, complete| judged(&crate::gate(gate, "2026-11-29"), vec![own("D01", &["imsi"])], complete).1;
    let told = |fails| format!(r#"{{"place":"candor.toml:1","rule":"S04","kind":"unused","fails":{fails}}}"#);
    assert_eq!(unused(&waiver(""), true), [told(true)]);
    let with = |line: &str| format!("{line}{}", waiver(""));
    let moved = |text: String| text.replace("toml:1\"", "toml:2\"");
    assert_eq!(unused(&with("gate = \"medium\"\n"), true), [moved(told(false))]);
    assert_eq!(unused(&with("stale_waivers = \"high\"\n"), true), [moved(told(true))]);
    assert_eq!(unused(&with("stale_waivers = \"info\"\n"), true), [moved(told(false))]);
    let unseen = unused(&waiver(""), false);
    assert!(unseen[0].contains(r#""kind":"unseen","fails":false"#), "hidden code may have it: {unseen:?}");
}

#[test]
fn a_waiver_never_covers_more_than_it_names() {
    let covered = |keys: &str, findings: Vec<candor::check::Finding>| {
        let (findings, notices) = judged(&gate(&waiver(keys), "2026-11-29"), findings, true);
        let waived = findings.iter().filter(|it| it.gate.state == GateState::Waived).count();
        (waived, notices)
    };
    // One finding about two data types stands as a whole.
    let (waived, notices) = covered("data = [\"imsi\"]\n", vec![bugly(&["imei", "imsi"])]);
    assert_eq!(waived, 0);
    assert!(notices[0].contains(r#""kind":"partial","beyond":["imei"],"fails":false"#), "{notices:?}");
    assert_eq!(covered("data = [\"imei\", \"imsi\"]\n", vec![bugly(&["imei", "imsi"])]).0, 1);
    assert_eq!(covered("code = \"sdk:alipay-pay\"\n", vec![bugly(&["imsi"])]).0, 0);
    assert_eq!(covered("code = \"app\"\n", vec![bugly(&["imsi"])]).0, 0);
    assert_eq!(covered("sdk = [\"bugly\"]\n", vec![bugly(&["imsi"])]).0, 0, "the finding names no SDK");
    assert_eq!(covered("permission = [\"android.permission.CAMERA\"]\n", vec![bugly(&["imsi"])]).0, 0);
    assert_eq!(covered("", vec![bugly(&["imsi"]), own("D01", &["imsi"])]).0, 1, "another rule is not asked");
    let fingerprint = format!("fingerprint = \"{}\"\n", bugly(&["imsi"]).fingerprint);
    assert_eq!(covered(&fingerprint, vec![bugly(&["imsi"]), bugly(&["imei"])]).0, 1);
}

#[test]
fn a_waiver_that_is_in_force_wins_over_one_that_is_not() {
    let old = waiver("").replace("2026-12-31", "2026-01-31");
    let (findings, notices) = judged(&gate(&(old + &waiver("")), "2026-11-29"), vec![bugly(&["imsi"])], true);
    assert_eq!((findings[0].gate.state, findings[0].gate.place.as_str()), (GateState::Waived, "candor.toml:6"));
    assert_eq!(notices.len(), 1, "the old one is to be taken out: {notices:?}");
}

#[test]
fn rules_have_severities_and_gates_of_their_own() {
    let gate = gate(
        "gate = \"high\"\n[rule.S04]\nseverity = \"low\"\n[rule.absent-listed-sdk]\ngate = \"info\"\n[rule.D01]\ngate = \"never\"\n",
        "2026-11-29",
    );
    let (findings, _) = judged(&gate, vec![own("D01", &["imei"]), bugly(&["imsi"]), own("S03", &[])], true);
    let told: Vec<_> = findings.iter().map(|it| (it.rule.as_str(), gate.fails(it))).collect();
    assert_eq!(told, [("D01", false), ("S03", true), ("S04", false)], "a lower severity sorts later");
    assert_eq!(findings[2].gate.catalog_severity, Some(candor::catalog::Severity::High));
    assert_eq!(findings[0].gate.catalog_severity, None);
}

#[test]
fn undecided_findings_never_fail() {
    let undecided = candor::check::Finding { state: State::Undecided, ..bugly(&["imsi"]) };
    let gate = gate("", "2026-11-29");
    let (findings, _) = judged(&gate, vec![undecided], false);
    assert!(!gate.fails(&findings[0]));
}

#[test]
fn a_waiver_is_used_once_any_package_of_the_run_needs_it() {
    let gate = gate(&waiver(""), "2026-11-29");
    let mut usage = Usage::default();
    for findings in [vec![own("D01", &["imei"])], vec![bugly(&["imsi"])], vec![]] {
        usage.merge(gate.judge(&mut Checked { findings, ..Checked::default() }, true));
    }
    assert!(gate.notices(&usage).is_empty());
}
