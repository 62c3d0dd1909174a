//! The contract of the command line that needs no package: usage, help, exit status, output files.

use std::fs;
use std::path::PathBuf;

use assert_cmd::Command;

#[test]
fn wrong_usage_is_status_2_and_says_what_is_wrong() {
    for (args, complaint) in [
        (&["scan"][..], "required arguments"),
        (&["diff", "a.apk"][..], "<NEW>"),
        (&["scan", "a.apk", "--format", "xml"][..], "[possible values: text, json, ndjson"),
        (&["scan", "a.apk", "--jobs", "0"][..], "1..=1024"),
        (&["scan", "a.apk", "-q", "-v"][..], "cannot be used with"),
        (&["check", "a.apk", "--against", "p.toml", "--gate", "sevre"][..], "medium"),
        (&["scan", "a.apk", "--gate", "low"][..], "unexpected argument"),
        (&["frobnicate"][..], "unrecognized subcommand"),
    ] {
        let (stdout, stderr, status) = run(&mut candor(args));
        assert_eq!((stdout.as_str(), status), ("", 2), "{args:?}");
        assert!(stderr.contains(complaint), "{args:?}: {stderr}");
    }
}

#[test]
fn help_gives_examples_and_the_exit_status() {
    let (stdout, _, status) = run(&mut candor(&["--help"]));
    assert_eq!(status, 0);
    for part in ["candor check app.apk --against privacy.toml", "Exit status:", "scan", "catalog", "completions", "man"]
    {
        assert!(stdout.contains(part), "{part}: {stdout}");
    }
    let (stdout, _, status) = run(&mut candor(&["check", "--help"]));
    assert_eq!(status, 0);
    assert!(stdout.contains("else low]") && stdout.contains("--allow-incomplete"), "{stdout}");
}

#[test]
fn the_version_names_the_catalog() {
    let (stdout, _, status) = run(&mut candor(&["--version"]));
    let hash = stdout.trim().strip_prefix(concat!("candor ", env!("CARGO_PKG_VERSION"), " (catalog "));
    let hash = hash.and_then(|rest| rest.strip_suffix(')')).expect("version and catalog");
    assert_eq!((hash.len(), status), (16, 0));
    assert!(hash.bytes().all(|digit| digit.is_ascii_hexdigit()), "{hash}");
}

#[test]
fn completions_and_manual_pages_are_printed() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let (stdout, _, status) = run(&mut candor(&["completions", shell]));
        assert!(stdout.contains("allow-incomplete"), "{shell}");
        assert_eq!(status, 0);
    }
    for (args, title) in [(&["man"][..], ".TH candor 1"), (&["man", "check"][..], ".TH candor-check 1")] {
        let (stdout, _, status) = run(&mut candor(args));
        assert!(stdout.contains(title), "{stdout}");
        assert_eq!(status, 0);
    }
    let (_, stderr, status) = run(&mut candor(&["man", "chekc"]));
    assert_eq!((stderr.as_str(), status), ("candor: `chekc` is no command of candor\n", 2));
}

#[test]
fn an_id_that_the_catalog_lacks_is_status_2() {
    let (stdout, stderr, status) = run(&mut candor(&["catalog", "show", "\u{1b}[31mno-such-id"]));
    assert_eq!((stdout.as_str(), status), ("", 2));
    assert!(stderr.starts_with("candor: `\\u{1b}[31mno-such-id` is no data type, SDK, permission or rule"), "{stderr}");
}

#[test]
fn an_unknown_rule_is_status_2_and_names_the_nearest() {
    let (stdout, stderr, status) = run(&mut candor(&["explain", "S04", "D1"]));
    assert_eq!((stdout.as_str(), status), ("", 2));
    assert_eq!(stderr, "candor: `D1` is no rule; the nearest is `D01`; `candor rules` lists them\n");
    let (_, stderr, status) = run(&mut candor(&["explain", "\u{1b}[31mnothing"]));
    assert_eq!((stderr.as_str(), status), ("candor: `\\u{1b}[31mnothing` is no rule; `candor rules` lists them\n", 2));
}

#[test]
fn rules_are_explained_in_the_language_asked_for() {
    let (stdout, _, status) = run(&mut candor(&["explain", "s04", "unlisted-sdk", "--lang", "zh"]));
    assert_eq!(status, 0);
    assert!(stdout.starts_with("S04  ") && stdout.contains("\nS01  ") && stdout.contains("条款号已核实"), "{stdout}");
    assert!(!stdout.contains('\u{1b}'), "no colour outside of a terminal");
    let (stdout, _, status) = run(&mut candor(&["rules", "--format", "json"]));
    assert_eq!(status, 0);
    let rules: Vec<serde_json::Value> = serde_json::from_str(&stdout).expect("JSON");
    assert!(rules.iter().any(|rule| rule["tier"] == "later") && rules.iter().any(|rule| rule["id"] == "S04"));
    let (stdout, _, status) = run(&mut candor(&["explain", "--help"]));
    assert!(stdout.contains("sdk-exceeds-disclosure") && stdout.contains("--lang"), "{stdout}");
    assert_eq!(status, 0);
}

#[test]
fn every_part_of_the_catalog_is_listed() {
    let (stdout, _, status) = run(&mut candor(&["catalog", "list", "--format", "json"]));
    assert_eq!(status, 0);
    let counts: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&stdout).expect("JSON");
    assert_eq!(
        counts.keys().collect::<Vec<_>>(),
        ["data", "sources", "permissions", "sdks", "markers", "rules", "app-types"]
    );
    for (section, count) in counts {
        let (stdout, _, status) = run(&mut candor(&["catalog", "list", &section, "--format", "ndjson"]));
        assert_eq!((Some(stdout.lines().count() as u64), status), (count.as_u64(), 0), "{section}");
    }
}

#[test]
fn a_disclosure_or_catalog_that_cannot_be_read_is_status_2() {
    let missing = folder("missing").join("none");
    let missing = missing.to_str().expect("a path of text");
    for args in [&["check", "a.apk", "--against", missing][..], &["scan", "a.apk", "--catalog", missing][..]] {
        let (stdout, stderr, status) = run(&mut candor(args));
        assert_eq!((stdout.as_str(), status), ("", 2), "{args:?}");
        assert!(stderr.starts_with("candor: ") && stderr.lines().count() == 1, "{stderr}");
    }
}

#[test]
fn a_file_is_replaced_as_a_whole_and_nothing_else_is_left() {
    let folder = folder("output");
    let file = folder.join("catalog.json");
    fs::write(&file, "before").expect("the folder is writable");
    let path = file.to_str().expect("a path of text");
    let (stdout, stderr, status) = run(&mut candor(&["catalog", "list", "--format", "json", "--output", path]));
    assert_eq!((stdout.as_str(), stderr.as_str(), status), ("", "", 0));
    let text = fs::read_to_string(&file).expect("the file is there");
    serde_json::from_str::<serde_json::Value>(&text).expect("JSON");
    assert_eq!(fs::read_dir(&folder).expect("the folder is there").count(), 1);
}

#[test]
fn a_file_that_cannot_be_written_is_status_2() {
    let folder = folder("unwritable");
    for path in [folder.clone(), folder.join("none").join("out.json")] {
        let path = path.to_str().expect("a path of text");
        let (_, stderr, status) = run(&mut candor(&["catalog", "list", "--output", path]));
        assert_eq!(status, 2);
        assert!(stderr.contains(path), "{stderr}");
    }
    assert_eq!(fs::read_dir(&folder).expect("the folder is there").count(), 0);
}

#[test]
fn no_path_on_standard_input_is_no_package() {
    let (stdout, stderr, status) = run(candor(&["scan", "-"]).write_stdin("\n\n"));
    assert_eq!((stdout.as_str(), status), ("", 2));
    assert_eq!(stderr, "candor: no path on standard input\n");
}

fn candor(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_candor"));
    command.args(args).env_clear();
    command
}

/// Standard output, standard error and the exit status.
fn run(command: &mut Command) -> (String, String, i32) {
    let output = command.output().expect("the binary runs");
    let text = |bytes| String::from_utf8(bytes).expect("output is text");
    (text(output.stdout), text(output.stderr), output.status.code().expect("no signal ends it"))
}

/// An empty folder of this test's own.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    drop(fs::remove_dir_all(&folder));
    fs::create_dir_all(&folder).expect("the target folder is writable");
    folder
}
