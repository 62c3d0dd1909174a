//! Every mistake that a disclosure file can hold, with the line and the words that the error shows.

use crate::{fault, sample_with};

/// What is wrong with [`SAMPLE`] once `from` in it is `to`.
fn fault_with(from: &str, to: &str) -> String {
    fault(&sample_with(from, to))
}

#[test]
fn what_is_no_toml() {
    assert_eq!(
        fault_with("app = \"Sample\"", "app = Sample"),
        "3: string values must be quoted, expected literal string"
    );
    assert_eq!(fault_with("title = \"Privacy policy\"", "schema = \"x\""), "2: duplicate key");
    assert_eq!(fault("[[sdk"), "1: unclosed array table, expected `]]`");
}

#[test]
fn an_unknown_key() {
    assert_eq!(fault_with("title =", "titel ="), "2: unknown key `titel`; did you mean `title`?");
    assert_eq!(fault_with("[[denies]]", "[[denis]]"), "29: unknown key `denis`; did you mean `denies`?");
    assert_eq!(fault_with("umbrella =", "umbrela ="), "12: unknown key `umbrela`; did you mean `umbrella`?");
    assert_eq!(fault_with("quote =", "qoute ="), "14: unknown key `qoute`; did you mean `quote`?");
    assert_eq!(
        fault_with("[claims.cross_border]", "[claims.crossborder]"),
        "34: unknown key `crossborder`; did you mean `cross_border`?"
    );
    assert_eq!(fault_with("from =", "until ="), "7: unknown key `until`; expected `from` or `to`");
}

#[test]
fn a_missing_key() {
    assert_eq!(fault_with("names = [\"Alpha\", \"Beta\"]\n", ""), "16: missing key `names`");
    assert_eq!(fault_with("cite = { lines = [10, 10] }\n", ""), "23: missing key `cite`");
    assert_eq!(fault("title = \"x\""), "1: missing key `schema`");
}

#[test]
fn a_value_of_another_type() {
    assert_eq!(fault_with("app = \"Sample\"", "app = 3"), "3: invalid type: integer `3`, expected a string");
    assert_eq!(fault_with("[5, 9]", "[5]"), "21: invalid length 1, expected an array of length 2");
    assert_eq!(fault_with("[5, 9]", "[-5, 9]"), "21: invalid value: integer `-5`, expected u32");
}

#[test]
fn another_schema_before_its_keys() {
    let next = sample_with("candor.disclosure/1", "candor.disclosure/2").replace("title =", "heading =");
    assert_eq!(fault(&next), "1: unknown schema `candor.disclosure/2`; expected `candor.disclosure/1`");
}

#[test]
fn an_unknown_id() {
    assert_eq!(fault_with("\"imei\"", "\"imie\""), "11: unknown data id `imie`; did you mean `imei`?");
    assert_eq!(
        fault_with("\"~location\"", "\"~locatoin\""),
        "11: unknown data id `~locatoin`; did you mean `~location`?"
    );
    assert_eq!(fault_with("\"contacts\"", "\"contact\""), "30: unknown data id `contact`; did you mean `contacts`?");
    assert_eq!(fault_with("\"contacts\"", "\"xyzzy\""), "30: unknown data id `xyzzy`");
    assert_eq!(
        fault_with("\"device-info\"", "\"device-infos\""),
        "12: unknown umbrella `device-infos`; did you mean `device-info`?"
    );
    assert_eq!(
        fault_with("\"alipay-pay\"", "\"alipay-pai\""),
        "18: unknown SDK id `alipay-pai`; did you mean `alipay-pay`?"
    );
    assert_eq!(
        fault_with("sdk = [\"bugly\"]", "sdk = [\"buggly\"]"),
        "31: unknown SDK id `buggly`; did you mean `bugly`?"
    );
    assert_eq!(
        fault_with("permission.CAMERA", "permission.CAMRA"),
        "25: unknown permission `android.permission.CAMRA`; did you mean `android.permission.CAMERA`?"
    );
}

#[test]
fn the_policys_own_word_instead_of_an_id() {
    assert_eq!(fault_with("\"contacts\"", "\"通讯录\""), "30: unknown data id `通讯录`; did you mean `contacts`?");
    assert_eq!(fault_with("\"imei\"", "\"位置信息\""), "11: unknown data id `位置信息`; did you mean `~location`?");
    assert_eq!(
        fault_with("\"device-info\"", "\"设备信息\""),
        "12: unknown umbrella `设备信息`; did you mean `device-info`?"
    );
    assert_eq!(
        fault_with("\"alipay-pay\"", "\"微信支付\""),
        "18: unknown SDK id `微信支付`; did you mean `wechat-pay`?"
    );
    assert_eq!(
        fault_with("\"android.permission.CAMERA\"", "\"CAMERA\""),
        "25: unknown permission `CAMERA`; did you mean `android.permission.CAMERA`?"
    );
}

#[test]
fn a_word_that_the_format_does_not_list() {
    assert_eq!(
        fault_with("[\"android\", \"ios\"]", "[\"andriod\"]"),
        "13: unknown platform `andriod`; did you mean `android`?"
    );
    assert_eq!(
        fault_with("[\"android\", \"ios\"]", "[\"symbian\"]"),
        "13: unknown platform `symbian`; expected one of `android`, `harmonyos`, `ios`, `web`"
    );
    assert_eq!(
        fault_with("value = \"none\"", "value = \"no\""),
        "35: unknown word `no`; expected one of `none`, `yes`, `conditional`"
    );
    assert_eq!(
        fault_with("[claims.cross_border]", "[claims.retention]"),
        "35: unknown word `none`; expected one of `period`, `as-needed`"
    );
}

#[test]
fn a_tilde_where_no_umbrella_is_or_none_where_one_is() {
    assert_eq!(fault_with("\"~location\"", "\"location\""), "11: `location` is an umbrella: write `~location`");
    assert_eq!(fault_with("\"imei\"", "\"~imei\""), "11: `imei` is no umbrella: write it without `~`");
    assert_eq!(
        fault_with("\"device-info\"", "\"~device-info\""),
        "12: the key says that it is an umbrella: write `device-info` without `~`"
    );
    assert_eq!(fault_with("\"device-info\"", "\"imei\""), "12: `imei` is no umbrella: write it into `data`");
}

#[test]
fn a_range_that_no_text_has() {
    assert_eq!(fault_with("lines = [3, 4]", "lines = [4, 3]"), "14: the last line 3 is before the first line 4");
    assert_eq!(fault_with("lines = [5, 9]", "lines = [0, 9]"), "21: lines count from 1, found [0, 9]");
    assert_eq!(fault_with("lines = [1, 1]", "lines = [1, 0]"), "6: lines count from 1, found [1, 0]");
    assert_eq!(fault_with("lines = [12, 12]", "lines = [12, 1]"), "36: the last line 1 is before the first line 12");
}

#[test]
fn a_day_that_no_calendar_has() {
    let from = |day: &str| fault_with("from = 2021-11-01", &format!("from = {day}"));
    assert_eq!(from("\"1 May 2021\""), "7: expected a day such as 2021-11-01, found `1 May 2021`");
    assert_eq!(from("\"2021-02-30\""), "7: expected a day such as 2021-11-01, found `2021-02-30`");
    assert_eq!(from("2021-11-01T00:00:00Z"), "7: expected a day such as 2021-11-01, found `2021-11-01T00:00:00Z`");
    assert_eq!(from("2021-11-01T00:00:00"), "7: expected a day such as 2021-11-01, found `2021-11-01T00:00:00`");
    assert_eq!(from("2021"), "7: expected a day such as 2021-11-01, found integer 2021");
    assert_eq!(
        fault_with("to = 2022-06-30", "to = 2021-10-31"),
        "7: the last day 2021-10-31 is before the first day 2021-11-01"
    );
}

#[test]
fn a_word_listed_twice() {
    assert_eq!(fault_with("\"mac-wifi\"", "\"android-id\""), "19: `android-id` is listed twice");
    assert_eq!(fault_with("\"Beta\"", "\"Alpha\""), "17: `Alpha` is listed twice");
    assert_eq!(fault_with("[\"android\", \"ios\"]", "[\"ios\", \"ios\"]"), "13: `ios` is listed twice");
    let over_lines = fault_with("[\"contacts\"]", "[\n  \"contacts\",\n  \"contacts\",\n]");
    assert_eq!(over_lines, "32: `contacts` is listed twice");
}

#[test]
fn an_entry_that_says_nothing() {
    let silent = sample_with("data = [\"imei\", \"~location\"]\numbrella = \"device-info\"\n", "");
    assert_eq!(fault(&silent), "10: names no data: give `data`, `other` or `umbrella`");
    assert_eq!(fault_with("[\"Alpha\", \"Beta\"]", "[]"), "17: `names` is empty");
    assert_eq!(fault_with("\"Beta\"", "\" \""), "17: expected a text, found an empty one");
    assert_eq!(fault_with("text = \"Camera\"", "text = \"\""), "24: expected a text, found an empty one");
    assert_eq!(fault_with("[\"contacts\"]", "[]"), "30: `data` is empty");
    assert_eq!(fault_with("value = \"by mail\"", "value = \"\""), "39: expected a text, found an empty one");
}

#[test]
fn an_entry_that_contradicts_itself() {
    assert_eq!(
        fault_with("platforms = [\"android\"]", "platforms = [\"ios\"]"),
        "26: `android.permission.CAMERA` is an Android constant, yet `platforms` leaves `android` out"
    );
    assert_eq!(
        fault_with("controller = \"Example Inc.\"", "controller = \"\""),
        "6: cites a controller, yet `controller` is empty"
    );
    assert_eq!(fault_with("[claims.rights]", "[claims.storage]"), "40: `storage` has no days");
    let no_period = sample_with("[claims.rights]", "[claims.retention]").replace("by mail", "as-needed");
    assert_eq!(fault(&no_period), "40: `as-needed` states no days: write `period`");
}

#[test]
fn a_heading_of_another_form() {
    assert_eq!(
        fault_with("\"com.example.sample\"", "\"Sample app\""),
        "4: `Sample app` is no application id such as `com.example.app`"
    );
    assert_eq!(fault_with("sha256 = \"\"", "sha256 = \"B767\""), "8: expected 64 lowercase hex digits, found `B767`");
}

#[test]
fn a_long_or_strange_word_is_shown_safely() {
    let long = fault_with("\"imei\"", &format!("\"{}\"", "x".repeat(5000)));
    assert_eq!(long, format!("11: unknown data id `{}…`", "x".repeat(80)));
    assert_eq!(fault_with("\"imei\"", "\"\\u001b[31m\\u202e\""), "11: unknown data id `\\u{1b}[31m\\u{202e}`");
    let key = fault_with("title =", &format!("\"`, \\u001b{}\" =", "x".repeat(5000)));
    assert!(key.starts_with("2: unknown key ``, \\u{1b}xxx"), "{key}");
    assert!(key.contains("x…`; expected one of `schema`, `title`"), "{key}");
    let value = fault_with("lines = [5, 9]", &format!("lines = \"{}\"", "x".repeat(5000)));
    assert!(value.starts_with("21: invalid type: string \"xxx") && value.len() < 300, "{value}");
}

#[test]
fn a_fault_in_any_list_and_citation_of_any_entry() {
    for (after, line, fault_line) in [
        ("platforms = [\"android\", \"ios\"]", "other = [\"\"]", "14: expected a text, found an empty one"),
        ("names = [\"Alpha\", \"Beta\"]", "other = [\"\"]", "18: expected a text, found an empty one"),
        ("names = [\"Alpha\", \"Beta\"]", "platforms = [\"x\"]", "18: unknown platform `x`; expected one of"),
        ("text = \"Camera\"", "data = [\"~imei\"]", "25: `imei` is no umbrella"),
        ("sdk = [\"bugly\"]", "platforms = [\"x\"]", "32: unknown platform `x`; expected one of"),
    ] {
        let shown = fault_with(after, &format!("{after}\n{line}"));
        assert!(shown.starts_with(fault_line), "{shown}");
    }
    assert_eq!(fault_with("\"https://alpha.example/privacy\"", "\"\""), "20: expected a text, found an empty one");
    assert_eq!(fault_with("\"mac-wifi\"", "\"~mac-wifi\""), "19: `mac-wifi` is no umbrella: write it without `~`");
    assert_eq!(fault_with("[\"com.example.sample\"]", "[\"a.b\", \"a.b\"]"), "4: `a.b` is listed twice");
    for (lines, line) in [("10, 10", 27), ("11, 11", 32), ("13, 13", 41)] {
        assert_eq!(
            fault_with(&format!("[{lines}]"), "[2, 1]"),
            format!("{line}: the last line 1 is before the first line 2")
        );
    }
}
