//! A check of a built package from the command line: what options change in the report, and what they never change.

use assert_cmd::Command;
use serde_json::Value;

const PACKAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/id-photo/id-photo.apk");
const POLICY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/disclosures/meitu-id-photo.toml");

#[test]
fn the_focus_changes_what_is_listed_and_never_what_is_found() {
    let outcomes = ["core", "policy", "all"].map(|focus| {
        let (text, status) = checked(&["--format", "ndjson", "--focus", focus]);
        let package: Value = serde_json::from_str(&text).expect("JSON");
        let reads = package["reads"].as_array().expect("a list").clone();
        (reads, package["check"].clone(), status)
    });
    let [core, policy, all] = &outcomes;
    assert_eq!((&core.1, core.2), (&policy.1, policy.2));
    assert_eq!((&all.1, all.2), (&policy.1, policy.2));
    assert!(core.0.iter().all(|read| read["focus"] == "core"));
    assert!(core.0.len() <= policy.0.len() && policy.0.len() < all.0.len());
}

#[test]
fn a_page_that_is_no_terminal_has_a_hundred_columns() {
    for lang in ["zh", "en"] {
        let (page, _) = checked(&["--lang", lang]);
        let columns = |line: &str| unicode_width::UnicodeWidthStr::width(line);
        assert!(page.lines().all(|line| columns(line) <= 100), "{page}");
        let (list, _) = checked(&["--lang", lang, "-q"]);
        assert_eq!(list.lines().count(), 1, "a list has a line for each package");
    }
}

#[test]
fn the_last_lines_count_and_say_where_the_rest_is() {
    let (page, _) = checked(&["--lang", "zh"]);
    let counts = page.lines().find(|line| line.contains("项一致")).expect("a line of counts");
    assert!(counts.contains(" 高 · "), "{counts}");
    let hint = page.trim_end().lines().last().expect("lines");
    assert!(hint.starts_with("用 -v 看全部证据，用 candor explain ") && hint.ends_with("整改建议"), "{hint}");
    let (page, _) = checked(&["--lang", "zh", "-v"]);
    assert!(!page.contains("用 -v"), "{page}");
}

/// The report, and the exit status.
fn checked(options: &[&str]) -> (String, i32) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_candor"));
    let output = command.args(["check", PACKAGE, "--against", POLICY]).args(options).output().expect("the binary runs");
    let text = String::from_utf8(output.stdout).expect("reports are text");
    (text, output.status.code().expect("no signal ends it"))
}
