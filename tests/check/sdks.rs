//! SDKs: rows against what is in the package (S01–S03, S08), and recipients abroad (C01).

use candor::behavior::{Behavior, Grade, Read, SdkEvidence, SdkFound};
use candor::catalog::{Focus, Severity};
use candor::check::State;

use crate::{Fires, collects, incomplete, lines, of, own, package, present, row, sdk, told, with_sdks};

const NOTHING_ABROAD: &str = "[claims.cross_border]\nvalue = \"none\"\ncite = { lines = [5, 5] }\n";

pub(crate) fn fires() -> Vec<Fires> {
    vec![
        ("S01", package(vec![sdk("bugly", "imei"), sdk("bugly", "imsi")]), collects("\"imei\"")),
        ("S02", package(vec![sdk("bugly", "imei")]), category("crash")),
        ("S03", package(vec![]), row("\"bugly\"", "\"imei\"")),
        (
            "S08",
            package(vec![sdk("alipay-pay", "imei"), sdk("bugly", "imsi")]),
            row("\"alipay\", \"bugly\"", "\"imei\", \"imsi\""),
        ),
        ("C01", with_sdks(package(vec![]), &["firebase-crashlytics"]), NOTHING_ABROAD.into()),
    ]
}

/// A row that names a category of SDKs, on line 6.
fn category(category: &str) -> String {
    format!("[[sdk]]\nnames = [\"第三方 SDK\"]\ncategory = \"{category}\"\ndata = []\ncite = {{ lines = [6, 6] }}\n")
}

fn found(behavior: Behavior, sdks: Vec<SdkFound>) -> Behavior {
    Behavior { sdks, ..behavior }
}

#[test]
fn an_unlisted_sdk_is_one_finding_with_all_that_it_reads() {
    let reads = package(vec![sdk("bugly", "imei"), sdk("bugly", "imsi")]);
    let finding = &of("S01", &reads, &collects("\"imei\""))[0];
    assert_eq!(finding.data, ["imei", "imsi"]);
    assert_eq!(lines(finding), [1], "where the policy has some of it for the app itself");
    assert_eq!(finding.severity, Severity::High);
    assert!(finding.evidence.iter().any(|it| it.kind == "class" && it.count == Some(1)));
    assert_eq!(told(&reads, &collects("\"imei\"")), ["S01 bugly: imei imsi"], "and nothing else tells it again");
    assert!(of("S01", &reads, &row("\"bugly\"", "\"imei\"")).is_empty());
}

#[test]
fn parts_of_a_family_are_unlisted_together() {
    let reads = package(vec![sdk("alipay-pay", "imsi"), sdk("alipay-security", "serial")]);
    let finding = &of("S01", &reads, "")[0];
    assert_eq!(finding.owner.as_ref().map(|it| it.id.as_str()), Some("alipay"));
    assert_eq!(
        (finding.sdks.join(" "), finding.data.join(" ")),
        ("alipay-pay alipay-security".into(), "imsi serial".into())
    );
}

#[test]
fn an_sdk_that_collects_nothing_need_not_be_listed() {
    assert!(of("S01", &with_sdks(package(vec![]), &["weex"]), "").is_empty());
    // Known to collect by its vendor's word, with no read seen.
    let declared = of("S01", &with_sdks(package(vec![]), &["bugly"]), "");
    assert_eq!(declared[0].severity, Severity::Medium);
    let minor = Read { focus: Focus::Policy, ..sdk("bugly", "device-model") };
    assert_eq!(of("S01", &package(vec![minor]), "")[0].severity, Severity::Medium);
}

#[test]
fn a_weak_sign_leaves_an_unlisted_sdk_undecided() {
    let possible = SdkFound { grade: Grade::Possible, ..present("bugly") };
    let states = |sdk| of("S01", &found(package(vec![]), vec![sdk]), "").iter().map(|it| it.state).collect::<Vec<_>>();
    assert_eq!(states(possible), [State::Undecided]);
    assert_eq!(states(present("bugly")), [State::Open]);
}

#[test]
fn an_sdk_inside_another_is_told_as_such_where_that_one_is_there() {
    let shipped =
        |ids: &[&str]| of("S01", &with_sdks(package(vec![]), ids), "").into_iter().find(|it| it.sdks == ["utdid"]);
    assert_eq!(shipped(&["alipay-pay", "utdid"]).expect("a finding").shipped_in, ["alipay"]);
    assert_eq!(shipped(&["utdid"]).expect("a finding").shipped_in, [""; 0]);
    // Only the part that the WeChat SDK holds is said to come with it.
    let mta = |prefixes: &[&str]| {
        let class = |value: &&str| SdkEvidence { kind: "class", value: (*value).into(), count: Some(9) };
        let mta = SdkFound { evidence: prefixes.iter().map(class).collect(), ..present("tencent-mta") };
        let package = found(package(vec![]), vec![mta, present("wechat-opensdk")]);
        of("S01", &package, "").into_iter().find(|it| it.sdks == ["tencent-mta"]).expect("a finding").shipped_in
    };
    assert_eq!(mta(&["com.tencent.wxop.stat"]), ["wechat-opensdk"]);
    assert_eq!(mta(&["com.tencent.stat", "com.tencent.wxop.stat"]), [""; 0]);
}

#[test]
fn a_category_is_no_name() {
    let reads = package(vec![sdk("bugly", "imei")]);
    let finding = &of("S02", &reads, &category("crash"))[0];
    assert_eq!((finding.severity, lines(finding)), (Severity::Medium, vec![6]));
    assert!(of("S01", &reads, &category("crash")).is_empty());
    assert_eq!(told(&reads, &category("payment")), ["S01 bugly: imei"]);
    assert!(of("S02", &reads, &(category("crash") + &row("\"bugly\"", "\"imei\""))).is_empty());
    // What it reads may still be named for the app alone.
    assert_eq!(told(&reads, &(category("crash") + &collects("\"imei\""))), ["S02 bugly: imei", "D02 bugly: imei"]);
}

#[test]
fn a_row_without_its_sdk_is_told_and_undecided_where_code_is_hidden() {
    let said = row("\"bugly\", \"jpush\"", "\"imei\"");
    let finding = &of("S03", &with_sdks(package(vec![]), &["jpush"]), &said)[0];
    assert_eq!(
        (finding.sdks.join(" "), finding.state, finding.severity),
        ("bugly".into(), State::Open, Severity::Info)
    );
    assert_eq!(of("S03", &incomplete(package(vec![])), &said)[0].state, State::Undecided);
    assert!(of("S03", &with_sdks(package(vec![]), &["bugly", "jpush"]), &said).is_empty());
    // Any part of a family is the family.
    assert!(of("S03", &with_sdks(package(vec![]), &["firebase-auth"]), &row("\"firebase\"", "\"imei\"")).is_empty());
}

#[test]
fn a_merged_row_matters_where_its_sdks_read_differently() {
    let said = row("\"alipay\", \"bugly\"", "\"imei\", \"imsi\"");
    let fires = |reads| !of("S08", &package(reads), &said).is_empty();
    assert!(fires(vec![sdk("alipay-pay", "imei"), sdk("bugly", "imsi")]));
    assert!(!fires(vec![sdk("alipay-pay", "imei"), sdk("bugly", "imei")]));
    assert!(!fires(vec![sdk("alipay-pay", "imei"), sdk("alipay-security", "imsi")]), "one of the two is not there");
}

#[test]
fn a_vendor_abroad_contradicts_that_nothing_leaves_the_country() {
    let foreign = with_sdks(package(vec![]), &["bugly", "firebase-crashlytics"]);
    let finding = &of("C01", &foreign, NOTHING_ABROAD)[0];
    assert_eq!((finding.sdks.join(" "), finding.severity), ("firebase-crashlytics".into(), Severity::Medium));
    assert_eq!(lines(finding), [5]);
    assert!(finding.evidence[0].note.contains("Google"), "the vendor is named: {:?}", finding.evidence);
    assert!(of("C01", &with_sdks(package(vec![own("imei")]), &["bugly"]), NOTHING_ABROAD).is_empty());
    for claim in ["yes", "conditional"] {
        assert!(of("C01", &foreign, &NOTHING_ABROAD.replace("none", claim)).is_empty(), "{claim}");
    }
    assert!(of("C01", &foreign, "").is_empty());
    let possible = SdkFound { grade: Grade::Possible, ..present("firebase-crashlytics") };
    assert!(
        of("C01", &found(package(vec![]), vec![possible]), NOTHING_ABROAD).is_empty(),
        "a weak sign proves nothing"
    );
}
