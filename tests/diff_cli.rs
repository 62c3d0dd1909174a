//! Two builds from the command line: what is told in both languages and as JSON, and what fails.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;

const OLD: &str = "fixtures/builds/old.apk";
const NEW: &str = "fixtures/builds/new.apk";
const PACKED: &str = "fixtures/packed/packed.apk";

#[test]
fn two_builds_read_well_in_both_languages() {
    for lang in ["en", "zh"] {
        let (text, stderr, status) = run(&["diff", OLD, NEW, "--lang", lang]);
        assert_eq!((stderr.as_str(), status), ("", 0));
        insta::assert_snapshot!(format!("diff_{lang}"), text);
    }
}

#[test]
fn a_packed_build_is_told_as_hiding_and_not_as_clean() {
    let (text, _, status) = run(&["diff", OLD, PACKED, "--lang", "en"]);
    assert_eq!(status, 3);
    assert!(text.contains("the new build hides code that the old one shows"), "{text}");
    assert!(text.contains("no longer visible") && !text.contains("reads gone"), "{text}");
    assert_eq!(run(&["diff", OLD, PACKED, "--allow-incomplete"]).2, 0);
    assert_eq!(run(&["diff", OLD, PACKED, "--allow-incomplete", "--fail-on", "less-complete"]).2, 1);
}

#[test]
fn each_change_can_fail_a_build() {
    for (change, status) in [
        ("new-read", 1),
        ("wider-read", 1),
        ("new-permission", 1),
        ("new-endpoint", 1),
        ("new-sdk", 0),
        ("signer", 0),
        ("less-complete", 0),
        ("new-sdk,new-read", 1),
    ] {
        assert_eq!(run(&["diff", OLD, NEW, "--fail-on", change]).2, status, "{change}");
    }
    assert_eq!(
        run(&["diff", OLD, OLD, "--fail-on", "new-read,new-sdk,new-permission,new-endpoint,less-complete"]).2,
        0
    );
    assert_eq!(run(&["diff", OLD, NEW, "--fail-on", "new-raed"]).2, 2);
}

#[test]
fn a_build_with_itself_has_no_change_and_says_so() {
    assert!(run(&["diff", OLD, OLD, "--lang", "en"]).0.ends_with("\nno change in behavior was seen\n"));
    assert!(run(&["diff", OLD, OLD, "--lang", "zh"]).0.ends_with("\n未见行为变化\n"));
}

#[test]
fn what_an_earlier_scan_wrote_compares_like_the_package() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("diff");
    fs::create_dir_all(&folder).expect("the target folder is writable");
    let direct = run(&["diff", OLD, NEW, "--format", "json"]).0;
    for format in ["json", "ndjson"] {
        let file = folder.join(format!("old.{format}"));
        fs::write(&file, run(&["scan", OLD, "--format", format]).0).expect("the folder is writable");
        let path = file.to_str().expect("a path of text");
        assert_eq!(run(&["diff", path, NEW, "--format", "json"]).0, direct, "{format}");
    }
    let changes: Value = serde_json::from_str(&direct).expect("JSON");
    assert_eq!(changes["schema"], "candor.diff/1");
    assert_eq!(changes["new"]["version_name"], "1.1");
    let kinds: Vec<&str> =
        changes["changes"].as_array().expect("a list").iter().filter_map(|it| it["kind"].as_str()).collect();
    assert_eq!(
        kinds,
        ["new-read", "wider-read", "new-permission", "new-endpoint", "gone-endpoint", "fact"],
        "the obfuscated classes have other names and read the same"
    );
}

#[test]
fn what_is_no_build_is_status_2() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("no-build");
    fs::create_dir_all(&folder).expect("the target folder is writable");
    let file = |name: &str, text: &str| {
        fs::write(folder.join(name), text).expect("the folder is writable");
        folder.join(name).to_str().expect("a path of text").to_owned()
    };
    for (old, message) in [
        ("fixtures/none.apk".to_owned(), "no such file"),
        (file("broken.json", "{"), "broken.json:1:1: EOF while parsing"),
        (file("other.json", "{\"a\": 1}"), "missing field `path`"),
        (file("text.apk", "no package"), "text.apk"),
        ("fixtures/flow".to_owned(), "expected one package, found"),
    ] {
        let (stdout, stderr, status) = run(&["diff", &old, NEW]);
        assert_eq!((stdout.as_str(), status), ("", 2), "{old}");
        assert!(stderr.contains(message), "{old}: {stderr}");
    }
}

fn run(args: &[&str]) -> (String, String, i32) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_candor"));
    let output = command.args(args).env_clear().current_dir(Path::new(env!("CARGO_MANIFEST_DIR"))).output();
    let output = output.expect("the binary runs");
    let text = |bytes| String::from_utf8(bytes).expect("output is text");
    (text(output.stdout), text(output.stderr), output.status.code().expect("no signal ends it"))
}
