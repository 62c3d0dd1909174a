//! Four real packages against a real policy's table: what an examiner is told of them. Needs `CANDOR_CORPUS`.

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;

const POLICY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/disclosures/meitu-id-photo.toml");

#[test]
fn a_payment_demo_reads_more_than_its_payment_row_says() {
    let Some((check, status)) = checked("apppaydemo__app-release.apk") else { return };
    assert_eq!(status, 1);
    let omitted = data(&of(&check, "S04", "alipay"));
    for id in ["imsi", "iccid", "serial", "mac-bluetooth"] {
        assert!(omitted.contains(&id.to_owned()), "{id}: {omitted:?}");
    }
    assert_eq!(data(&of(&check, "D03", "alipay")), ["imei"], "the row says no more than Device ID");
    let agreed: Vec<&str> = list(&check["agreements"])
        .iter()
        .filter(|it| it["owner"]["id"] == "alipay")
        .filter_map(|it| it["data"].as_str())
        .collect();
    for id in ["android-id", "mac-wifi"] {
        assert!(agreed.contains(&id), "{agreed:?}");
        assert!(!omitted.contains(&id.to_owned()), "{omitted:?}");
    }
    assert!(!omitted.contains(&"imei".to_owned()) && !omitted.contains(&"meid".to_owned()), "{omitted:?}");
    // Two more SDKs come inside those that the policy lists, and read identifiers of their own.
    for (sdk, carrier, read, prefix) in [
        ("tencent-mta", "wechat-opensdk", &["imei", "mac-wifi"][..], "com.tencent.wxop.stat"),
        ("utdid", "alipay", &["imei", "imsi"][..], "com.ta.utdid2"),
    ] {
        let finding = &of(&check, "S01", sdk)[0];
        assert_eq!(finding["shipped_in"], serde_json::json!([carrier]));
        let data = data(std::slice::from_ref(finding));
        assert!(read.iter().all(|id| data.contains(&(*id).to_owned())), "{sdk}: {data:?}");
        assert!(list(&finding["evidence"]).iter().any(|it| it["kind"] == "class" && it["what"] == prefix), "{sdk}");
        assert!(of(&check, "D02", sdk).is_empty(), "told once");
    }
    let undisclosed = list(&check["findings"]).iter().find(|it| it["rule"] == "P01").expect("P01");
    assert!(undisclosed["permissions"].to_string().contains("android.permission.RECORD_AUDIO"));
}

#[test]
fn bugly_reads_what_its_row_leaves_out() {
    let Some((check, status)) = checked("buglydemo__app-baidu-release.apk") else { return };
    assert_eq!(status, 1);
    let omitted = data(&of(&check, "S04", "bugly"));
    assert!(omitted.contains(&"imei".to_owned()) && omitted.contains(&"imsi".to_owned()), "{omitted:?}");
    for id in ["iccid", "android-id"] {
        assert!(!omitted.contains(&id.to_owned()), "the row lists {id}: {omitted:?}");
    }
}

#[test]
fn a_vendor_abroad_contradicts_the_policy() {
    let Some((check, status)) = checked("firebasetest__app-debug.apk") else { return };
    assert_eq!(status, 1);
    let finding = list(&check["findings"]).iter().find(|it| it["rule"] == "C01").expect("C01");
    assert_eq!(finding["state"], "open");
    assert!(finding["sdks"].to_string().contains("firebase"), "{finding}");
}

#[test]
fn a_packed_app_leaves_absence_undecided() {
    let Some((check, status)) = checked("life__app-release_legu_signed_zipalign.apk") else { return };
    assert!(status == 1 || status == 3, "{status}");
    let findings = list(&check["findings"]);
    let packed = findings.iter().find(|it| it["rule"] == "A02").expect("A02");
    assert!(packed["evidence"].to_string().contains("Legu"), "the packer is named: {packed}");
    for rule in ["D07", "S03"] {
        let outcome: Vec<_> = findings.iter().filter(|it| it["rule"] == rule).map(|it| &it["state"]).collect();
        assert!(!outcome.is_empty() && outcome.iter().all(|it| *it == "undecided"), "{rule}: {outcome:?}");
    }
}

#[test]
fn no_two_findings_of_a_report_share_a_fingerprint() {
    let Some(corpus) = std::env::var_os("CANDOR_CORPUS") else { return };
    let corpus = PathBuf::from(corpus).join("corpus");
    let mut command = candor(&corpus.join("real"));
    let output = command.arg(corpus.join("series")).output().expect("the binary runs");
    let mut n_findings = 0;
    for line in output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let package: Value = serde_json::from_slice(line).expect("JSON");
        let findings = list(&package["check"]["findings"]);
        let mut fingerprints: Vec<&str> = findings.iter().filter_map(|it| it["fingerprint"].as_str()).collect();
        fingerprints.sort_unstable();
        fingerprints.dedup();
        assert_eq!(fingerprints.len(), findings.len(), "{}", package["path"]);
        n_findings += findings.len();
    }
    assert!(n_findings > 100, "{n_findings}");
}

/// The outcome of a check of one package, as JSON, and the exit status.
fn checked(name: &str) -> Option<(Value, i32)> {
    let corpus = PathBuf::from(std::env::var_os("CANDOR_CORPUS")?);
    let package = corpus.join("corpus/real").join(name);
    let output = candor(&package).output().expect("the binary runs");
    let package: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    Some((package["check"].clone(), output.status.code().expect("no signal ends it")))
}

fn candor(package: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_candor"));
    command.arg("check").arg(package).args(["--against", POLICY, "--format", "ndjson"]);
    command
}

/// The findings of a rule about an owner.
fn of(check: &Value, rule: &str, owner: &str) -> Vec<Value> {
    let is_asked = |it: &&Value| it["rule"] == rule && it["owner"]["id"] == owner;
    list(&check["findings"]).iter().filter(is_asked).cloned().collect()
}

fn data(findings: &[Value]) -> Vec<String> {
    findings.iter().flat_map(|it| list(&it["data"])).filter_map(|it| it.as_str()).map(str::to_owned).collect()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

/// The import of the policy gives the findings of the table that a person made of it; only quotes are chosen otherwise.
#[test]
fn the_policy_itself_gives_the_findings_of_its_table() {
    let Some(corpus) = std::env::var_os("CANDOR_CORPUS").map(PathBuf::from) else { return };
    let policy = corpus.join("policies/000_meitu-idphoto.txt");
    for name in ["apppaydemo__app-release.apk", "buglydemo__app-baidu-release.apk", "firebasetest__app-debug.apk"] {
        let package = corpus.join("corpus/real").join(name);
        let findings = |option: &str, path: &Path| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_candor"));
            command.arg("check").arg(&package).arg(option).arg(path).args(["--format", "ndjson"]);
            let output = command.output().expect("the binary runs");
            let mut package: Value = serde_json::from_slice(&output.stdout).expect("JSON");
            for finding in package["check"]["findings"].as_array_mut().expect("findings") {
                for cite in finding["policy"].as_array_mut().expect("citations") {
                    cite.as_object_mut().expect("a citation").remove("quote");
                }
            }
            package["check"]["findings"].take()
        };
        assert_eq!(findings("--policy", &policy), findings("--against", Path::new(POLICY)), "{name}");
    }
}

/// What the first policy must give on its own; lines 70 and 122 open lists of exceptions and contradict nothing.
#[test]
fn a_policy_on_its_own_gives_what_people_found_in_it() {
    let Some(corpus) = std::env::var_os("CANDOR_CORPUS").map(PathBuf::from) else { return };
    let mut command = Command::new(env!("CARGO_BIN_EXE_candor"));
    command.arg("lint").arg(corpus.join("policies/000_meitu-idphoto.txt")).args(["--format", "json"]);
    let report: Value = serde_json::from_slice(&command.output().expect("the binary runs").stdout).expect("JSON");
    let findings = list(&report["findings"]);
    let cited = |rule: &str| -> Vec<(u64, u64)> {
        let of_rule = findings.iter().filter(|it| it["rule"] == rule);
        let lines = of_rule.flat_map(|it| list(&it["policy"])).map(|it| &it["lines"]);
        let mut lines: Vec<_> =
            lines.map(|it| (it[0].as_u64().expect("a line"), it[1].as_u64().expect("a line"))).collect();
        lines.sort_unstable();
        lines
    };
    assert_eq!(cited("S05"), [(84, 93), (97, 102), (107, 112)]);
    assert_eq!(cited("S08"), [(84, 93)]);
    assert_eq!(cited("D08"), [(37, 37)]);
    assert_eq!(cited("P07"), [(255, 257)]);
    assert_eq!(cited("C03"), [(154, 154)]);
    assert_eq!(findings.iter().filter(|it| it["rule"] == "Q05").count(), 1);
    for finding in findings {
        for cite in list(&finding["policy"]) {
            assert!(cite["lines"] != serde_json::json!([70, 70]) && cite["lines"] != serde_json::json!([122, 122]));
        }
    }
}
