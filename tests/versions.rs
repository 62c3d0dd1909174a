//! Several versions of one policy: which one a package is held against, and what the report says about the choice.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;

fn candor() -> Command {
    let mut command = Command::cargo_bin("candor").expect("built with the tests");
    command.env("LANG", "C").env_remove("LC_ALL").env_remove("LC_MESSAGES");
    command
}

/// An empty folder of its own for a test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("versions").join(name);
    drop(fs::remove_dir_all(&folder));
    fs::create_dir_all(&folder).expect("a temporary folder");
    folder
}

/// A folder with two versions as tables and the newest as the policy itself.
fn three_versions(name: &str) -> PathBuf {
    let folder = folder(name);
    let version = |from: &str| format!("schema = \"candor.disclosure/1\"\neffective = {{ from = {from} }}\n");
    fs::write(folder.join("v1.toml"), version("2019-01-01")).expect("writable");
    fs::write(folder.join("v2.toml"), version("2021-06-01")).expect("writable");
    fs::write(folder.join("v2.txt"), "the text of v2.toml, which is not read again").expect("writable");
    fs::write(folder.join("README.md"), "# Notes").expect("writable");
    let policy = "隐私政策\n更新日期：2023年1月1日\n生效日期：2023年1月1日\n我们会收集您的IMEI。\n";
    fs::write(folder.join("v3.txt"), policy).expect("writable");
    folder
}

/// The sample package with another date in every record of its central directory.
fn stamped(folder: &Path, name: &str, date: [u16; 3]) -> PathBuf {
    let [year, month, day] = date;
    let date = ((year - 1980) << 9 | month << 5 | day).to_le_bytes();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/id-photo/id-photo.apk");
    let mut bytes = fs::read(sample).expect("the fixture");
    let records: Vec<usize> = memchr::memmem::find_iter(&bytes, b"PK\x01\x02").collect();
    for record in records {
        bytes[record + 14..record + 16].copy_from_slice(&date);
    }
    let path = folder.join(name);
    fs::write(&path, bytes).expect("writable");
    path
}

/// The outcome of a check, and the exit status.
fn checked(package: &Path, against: &Path, more: &[&str]) -> (Value, i32) {
    let mut command = candor();
    command.arg("check").arg(package).arg("--against").arg(against).args(["--format", "ndjson"]).args(more);
    let output = command.output().expect("the binary runs");
    let package = serde_json::from_slice(&output.stdout).expect("JSON");
    (package, output.status.code().expect("no signal ends it"))
}

fn file(package: &Value) -> &str {
    let path = package["check"]["disclosure"]["file"].as_str().expect("a file");
    path.rsplit('/').next().expect("a name")
}

#[test]
fn a_package_is_held_against_the_version_of_its_day() {
    let (packages, versions) = (folder("dated-packages"), three_versions("dated"));
    for (date, expected) in [([2020, 5, 4], "v1.toml"), ([2021, 6, 1], "v2.toml"), ([2024, 2, 29], "v3.txt")] {
        let (package, _) = checked(&stamped(&packages, "a.apk", date), &versions, &[]);
        assert_eq!(file(&package), expected);
        let day = format!("{}-{:02}-{:02}", date[0], date[1], date[2]);
        assert_eq!(package["built"], serde_json::json!({"date": day, "entry": "AndroidManifest.xml"}));
        let version = serde_json::json!(
            {"reason": "in-force", "date": day, "entry": "AndroidManifest.xml", "versions": 3});
        assert_eq!(package["check"]["version"], version);
    }
}

#[test]
fn a_fixed_or_future_stamp_is_no_date_and_the_newest_is_taken() {
    let (packages, versions) = (folder("undated-packages"), three_versions("undated"));
    for date in [[1980, 0, 0], [1981, 1, 1], [2010, 1, 1], [2107, 1, 1]] {
        let path = stamped(&packages, "a.apk", date);
        let (package, _) = checked(&path, &versions, &[]);
        assert_eq!((file(&package), &package["check"]["version"]["reason"]), ("v3.txt", &"newest".into()), "{date:?}");
        let text = candor().arg("check").arg(&path).arg("--against").arg(&versions).output().expect("runs").stdout;
        let text = String::from_utf8(text).expect("text");
        assert!(text.contains("newest version of 3: the package has no usable date"), "{text}");
    }
}

#[test]
fn the_user_may_say_the_day() {
    let (packages, versions) = (folder("given-packages"), three_versions("given"));
    let path = stamped(&packages, "a.apk", [2024, 1, 1]);
    let (package, _) = checked(&path, &versions, &["--date", "2019-12-31"]);
    assert_eq!(file(&package), "v1.toml");
    assert_eq!(package["check"]["version"]["entry"], Value::Null);
    let mut command = candor();
    let output = command.arg("check").arg(&path).arg("--against").arg(&versions).args(["--lang", "zh"]);
    let text = output.args(["--date", "2019-12-31"]).output().expect("runs").stdout;
    let text = String::from_utf8(text).expect("text");
    assert!(text.contains("版本：2019-12-31 有效，该日期由 --date 指定（共 3 个版本）"), "{text}");
}

/// A package from before the first policy is no clean package.
#[test]
fn where_no_version_was_in_force_nothing_is_checked_and_the_status_says_so() {
    let (packages, versions) = (folder("early-packages"), three_versions("early"));
    let (package, status) = checked(&stamped(&packages, "a.apk", [2015, 1, 1]), &versions, &[]);
    assert_eq!((&package["check"], status), (&Value::Null, 3));
    let message = package["issues"][0]["message"].as_str().expect("an issue");
    assert!(message.starts_with("no policy was in force on 2015-01-01: the first is"), "{message}");
}

#[test]
fn a_folder_that_cannot_be_chosen_from_is_an_error() {
    let packages = folder("faulty-packages");
    let path = stamped(&packages, "a.apk", [2024, 1, 1]);
    let refused = |folder: &Path, more: &[&str]| {
        let mut command = candor();
        let output = command.arg("check").arg(&path).arg("--against").arg(folder).args(more).output().expect("runs");
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).expect("text")
    };
    let empty = folder("empty");
    assert!(refused(&empty, &[]).contains("the folder holds neither a disclosure (.toml) nor a policy"));
    let twice = three_versions("twice");
    fs::copy(twice.join("v1.toml"), twice.join("v0.toml")).expect("a copy");
    assert!(refused(&twice, &[]).contains("are both in force from 2019-01-01"));
    assert!(refused(&twice.join("v1.toml"), &["--date", "2020-01-01"]).contains("`--date` chooses among the versions"));
    assert!(refused(&twice, &["--date", "2020-02-30"]).contains("expected a day such as 2021-11-01"));
}

/// What `candor policy diff` writes, and the exit status.
fn diff(old: &str, new: &str, more: &[&str]) -> (String, i32) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("versions").join("diff");
    fs::create_dir_all(&folder).expect("a temporary folder");
    let [old, new] = [("old.txt", old), ("new.txt", new)].map(|(name, text)| {
        let path = folder.join(format!("{}-{name}", more.join("")));
        fs::write(&path, text).expect("writable");
        path
    });
    let output = candor().args(["policy", "diff"]).arg(old).arg(new).args(more).output().expect("the binary runs");
    (String::from_utf8(output.stdout).expect("text"), output.status.code().expect("no signal ends it"))
}

const OLD: &str = "隐私政策\n\n我们会收集您的IMEI、OAID。\n我们不会收集您的短信内容。\n";
const NEW: &str = "隐私政策\n\n我们会收集您的OAID、设备标识符、通讯录。\n";

#[test]
fn a_new_version_is_told_by_what_it_weakens_drops_and_adds() {
    let (zh, status) = diff(OLD, NEW, &["--lang", "zh"]);
    assert_eq!(status, 0, "without --fail-on a difference is no failure");
    assert!(zh.contains("弱化  应用自身：不再列明 IMEI，仅以“设备标识符”概括"), "{zh}");
    assert!(zh.contains("弱化  应用自身：不再声明不收集短信"), "{zh}");
    assert!(zh.contains("新增  应用自身：列出通讯录") && zh.ends_with("2 弱化 · 1 新增\n"), "{zh}");
    let (en, _) = diff(OLD, NEW, &["--lang", "en"]);
    assert!(en.contains("weakened   the app itself: no longer names IMEI, only “Device identifier” covers it"), "{en}");
    let (same, _) = diff(OLD, OLD, &["--lang", "en"]);
    assert!(same.contains("nothing changed"), "{same}");
}

#[test]
fn a_difference_fails_where_it_is_asked_to() {
    assert_eq!(diff(OLD, NEW, &["--fail-on", "weakened"]).1, 1);
    assert_eq!(diff(OLD, NEW, &["--fail-on", "dropped,clarified"]).1, 0);
    assert_eq!(diff(OLD, "", &["--fail-on", "added"]).1, 2, "no policy");
    let (json, _) = diff(OLD, NEW, &["--format", "json"]);
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["schema"], "candor.policy-diff/1");
    assert_eq!(json["summary"], serde_json::json!({"weakened": 2, "dropped": 0, "added": 1, "clarified": 0}));
    let first = &json["differences"][0];
    assert_eq!(
        (&first["about"], &first["before"], &first["after"], &first["old"]["lines"], &first["new"]["lines"]),
        (
            &"data".into(),
            &"imei".into(),
            &"~device-identifier".into(),
            &serde_json::json!([3, 3]),
            &serde_json::json!([3, 3])
        )
    );
}
