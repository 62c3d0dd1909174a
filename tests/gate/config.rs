//! What a configuration may say, and how a mistake in it is told.

use candor::Error;
use candor::catalog::Catalog;
use candor::gate::{Config, Threshold};

use crate::{config, waiver};

fn fault(text: &str) -> String {
    match Config::parse("candor.toml", text, Catalog::builtin()) {
        Err(error @ Error::Data { .. }) => error.to_string(),
        other => panic!("expected a fault with a place, found {other:?}\n{text}"),
    }
}

#[test]
fn an_empty_file_is_a_configuration_that_says_nothing() {
    let empty = config("");
    assert_eq!((empty.gate, empty.stale_waivers, empty.waiver.len()), (None, Threshold::Low, 0));
}

#[test]
fn unknown_keys_and_words_are_told_with_their_place_and_the_nearest_one() {
    for (text, message) in [
        ("gat = \"low\"", "candor.toml:1:1: unknown key `gat`; did you mean `gate`?"),
        ("\ngate = \"hihg\"", "candor.toml:2:8: unknown word `hihg`; did you mean `high`?"),
        ("[rule.S04]\n  severty = \"low\"", "candor.toml:2:3: unknown key `severty`; did you mean `severity`?"),
        ("[rule.S044]\ngate = \"low\"", "candor.toml:1:1: unknown rule `S044`; did you mean `S04`?"),
        ("[rule.S04]\n[rule.sdk-exceeds-disclosure]", "candor.toml:2:1: `S04` is set twice, by its id and by its name"),
        (
            "schema = \"candor.config/2\"",
            "candor.toml:1:10: unknown schema `candor.config/2`; expected `candor.config/1`",
        ),
        (
            "own_namespaces = [\"com.a\", \"com..b\"]",
            "candor.toml:1:28: `com..b` is no package of classes such as `com.example.core`",
        ),
        ("app_type = \"phot\"", "candor.toml:1:12: unknown type of app `phot`; did you mean `photo`?"),
        ("against = \"\"", "candor.toml:1:11: expected a text, found an empty one"),
        (
            "against = \"a.toml\"\npolicy = \"a.html\"",
            "candor.toml:2:10: `against` names a disclosure already: one of them is held against packages",
        ),
    ] {
        assert_eq!(fault(text), message);
    }
}

#[test]
fn a_waiver_says_why_who_and_until_when() {
    for key in ["reason", "owner", "until"] {
        let text = waiver("");
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with(key)).collect();
        assert_eq!(fault(&lines.join("\n")), format!("candor.toml:1:1: missing key `{key}`"));
    }
    let with = |from: &str, to: &str| fault(&waiver("").replace(from, to));
    assert_eq!(with("\"fixed in 4.1\"", "\" \""), "candor.toml:3:10: expected a text, found an empty one");
    assert_eq!(with("\"Li Lei\"", "\"\""), "candor.toml:4:9: expected a text, found an empty one");
    assert_eq!(
        with("2026-12-31", "\"2026-13-31\""),
        "candor.toml:5:9: expected a day such as 2027-03-31, found `2026-13-31`"
    );
    assert_eq!(with("S04", "S4"), "candor.toml:2:8: unknown rule `S4`; did you mean `S04`?");
    assert_eq!(
        with("\"Li Lei\"", "\"sdk:bugly\""),
        "candor.toml:4:9: `owner` is who answers for the waiver; whose code it is about: `code = \"sdk:bugly\"`"
    );
}

#[test]
fn a_waiver_names_what_the_catalog_knows() {
    for (keys, message) in [
        ("code = \"sdk:buggly\"\n", "3:8: unknown SDK id `buggly`; did you mean `bugly`?"),
        ("code = \"bugly\"\n", "3:8: expected `app`, `sdk:ID`, `library:PREFIX` or `unknown:PREFIX`, found `bugly`"),
        ("code = \"unknown:a.b.c\"\n", "3:8: the name `unknown:a.b.c` does not outlive a build; write `unknown:*`"),
        ("data = [\"imie\"]\n", "3:9: unknown data id `imie`; did you mean `imei`?"),
        ("data = [\"imei\", \"imei\"]\n", "3:17: `imei` is listed twice"),
        ("sdk = [\"buggly\"]\n", "3:8: unknown SDK id `buggly`; did you mean `bugly`?"),
        (
            "permission = [\"android.permission.CAMRA\"]\n",
            "3:15: unknown permission `android.permission.CAMRA`; did you mean `android.permission.CAMERA`?",
        ),
        ("fingerprint = \"F00D\"\n", "3:15: expected 16 lowercase hex digits, found `F00D`"),
    ] {
        assert_eq!(fault(&waiver(keys)), format!("candor.toml:{message}"));
    }
    let names = config(&waiver("code = \"unknown:*\"\n").replace("S04", "sdk-exceeds-disclosure"));
    assert_eq!(names.waiver[0].rule, "S04", "a rule may be named by its name");
}

#[test]
fn the_example_of_the_readme_is_a_configuration() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).expect("it is there");
    let section = readme.split("## Living with findings").nth(1).expect("the section is there");
    let example = section.split("```").nth(1).and_then(|it| it.strip_prefix("toml\n")).expect("it begins with TOML");
    let read = config(example);
    assert_eq!((read.gate, read.waiver.len(), read.rule.len()), (Some(Threshold::Medium), 1, 2));
    assert_eq!(read.waiver[0].until, "2027-03-31");
}
