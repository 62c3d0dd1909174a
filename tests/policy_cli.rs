//! `candor import`, `candor lint` and `candor check --policy` as they are typed.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;

fn candor() -> Command {
    let mut command = Command::cargo_bin("candor").expect("built with the tests");
    command.env("LANG", "C").env_remove("LC_ALL").env_remove("LC_MESSAGES");
    command
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).expect("a temporary folder");
    folder
}

#[test]
fn a_policy_checks_like_its_disclosure() {
    let policy = fixture("policies/cell-per-line.txt");
    let table = folder("policy-cli").join("app.toml");
    candor().arg("import").arg(&policy).arg("--output").arg(&table).assert().success();
    let findings = |option: &str, path: &Path| -> Value {
        let package = fixture("id-photo/id-photo.apk");
        let output = candor().arg("check").arg(package).arg(option).arg(path).args(["--format", "json"]).output();
        let report: Value = serde_json::from_slice(&output.expect("ran").stdout).expect("JSON");
        report["packages"][0]["check"]["findings"].clone()
    };
    let of_policy = findings("--policy", &policy);
    assert!(of_policy.as_array().is_some_and(|it| !it.is_empty()));
    assert_eq!(of_policy, findings("--against", &table));
}

#[test]
fn standard_input_and_json_are_for_programs() {
    let text = fs::read(fixture("policies/pipes.md")).expect("a fixture");
    let output = candor().args(["import", "-", "--format", "json"]).write_stdin(text).output().expect("ran");
    let made: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(made["schema"], "candor.import/1");
    assert_eq!(made["sdks"][0]["names"][0], "高德定位SDK");
    assert_eq!(made["sdks"][0]["lines"], serde_json::json!([7, 7]));
    assert_eq!(made["permissions"][0]["constants"][0], "android.permission.ACCESS_FINE_LOCATION");
    let span = &made["spans"][0];
    assert!(span["line"].is_u64() && span["bytes"].is_array() && span["meaning"].is_string(), "{span}");
    let told = String::from_utf8(output.stderr).expect("text");
    assert!(told.contains("-:20: not understood: ") && told.contains("bugly"), "{told}");
}

#[test]
fn what_is_no_policy_ends_with_status_two() {
    let path = folder("policy-cli-bad").join("empty.txt");
    fs::write(&path, "").expect("written");
    for command in ["import", "lint"] {
        let failed = candor().arg(command).arg(&path).assert().code(2);
        let told = String::from_utf8_lossy(&failed.get_output().stderr).into_owned();
        assert!(told.contains("empty.txt: expected the text of a policy, found an empty file"), "{told}");
    }
    candor().arg("import").arg(fixture("id-photo/id-photo.apk")).assert().code(2);
    candor().args(["import", "no-such-file.txt"]).assert().code(2);
}

#[test]
fn lint_fails_at_its_gate() {
    let policy = fixture("policies/cell-per-line.txt");
    let output = candor().arg("lint").arg(&policy).args(["--format", "json"]).output().expect("ran");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let rules: Vec<&str> =
        report["findings"].as_array().expect("findings").iter().filter_map(|it| it["rule"].as_str()).collect();
    assert_eq!(rules, ["S05", "C03"], "Glide has no provider and no link; no period is stated");
    assert_eq!(output.status.code(), Some(1));
    candor().arg("lint").arg(&policy).args(["--gate", "critical"]).assert().success();
}
