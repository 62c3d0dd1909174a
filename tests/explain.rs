//! What `candor rules` and `candor explain` write, and the table of rules in the README, which is made from the same
//! entries.

use std::fs;

use candor::catalog::{Catalog, Rule, Severity};
use candor::report::{Detail, Format, Lang, Report, Style, Subject, explain, rule, rules};
use serde_json::Value;

/// Where the table of the README begins and ends.
const MARKS: [&str; 2] = ["<!-- rules -->\n", "<!-- /rules -->"];

fn report(format: Format, lang: Lang, width: Option<usize>) -> Report<'static> {
    let style = Style { color: false, width };
    Report {
        catalog: Catalog::builtin(),
        format,
        subject: Subject::Policy,
        lang,
        detail: Detail::Verbose,
        style,
        time: None,
    }
}

fn explained(report: Report<'_>, words: &[&str]) -> String {
    let catalog = report.catalog;
    let rules: Vec<&Rule> = words.iter().map(|word| rule(catalog, word).expect("a rule")).collect();
    let mut out = Vec::new();
    explain(&report, &rules, &mut out).expect("a vector takes all");
    String::from_utf8(out).expect("text")
}

fn listed(report: Report<'_>) -> String {
    let mut out = Vec::new();
    rules(&report, &mut out).expect("a vector takes all");
    String::from_utf8(out).expect("text")
}

#[test]
fn a_rule_is_explained_in_both_languages() {
    insta::assert_snapshot!("explain_zh", explained(report(Format::Text, Lang::Zh, Some(100)), &["S04"]));
    insta::assert_snapshot!("explain_en", explained(report(Format::Text, Lang::En, Some(100)), &["S04"]));
}

#[test]
fn a_rule_of_later_says_that_it_is_not_decided() {
    let text = explained(report(Format::Text, Lang::En, Some(100)), &["T04"]);
    assert!(text.contains("This version does not decide this rule."), "{text}");
    assert!(!text.contains("What it means"), "no heading stands over nothing: {text}");
}

#[test]
fn rules_are_listed_in_both_languages() {
    insta::assert_snapshot!("rules_zh", listed(report(Format::Text, Lang::Zh, None)));
    insta::assert_snapshot!("rules_en", listed(report(Format::Text, Lang::En, None)));
}

#[test]
fn a_rule_is_found_by_id_and_name_whatever_the_case() {
    let catalog = Catalog::builtin();
    for word in ["S04", "s04", "sdk-exceeds-disclosure", "SDK-Exceeds-Disclosure"] {
        assert_eq!(rule(catalog, word).map(|rule| rule.id), Ok("S04"), "{word}");
    }
    let nearest = |word| rule(catalog, word).map(|rule| rule.id);
    assert_eq!(nearest("S4"), Err(Some("S04")));
    assert_eq!(nearest("sdk-exceed-disclosure"), Err(Some("sdk-exceeds-disclosure")));
    assert_eq!(nearest("nothing like it"), Err(None));
}

#[test]
fn several_rules_follow_each_other() {
    let text = explained(report(Format::Text, Lang::En, Some(100)), &["D01", "S01"]);
    let heads: Vec<&str> = text.lines().filter(|line| line.starts_with(['D', 'S'])).collect();
    assert_eq!(heads.len(), 2, "{text}");
    let json: Value =
        serde_json::from_str(&explained(report(Format::Json, Lang::En, None), &["D01", "S01"])).expect("JSON");
    assert_eq!(json[1]["id"], "S01");
    for key in ["means_zh", "why_en", "fix_app_zh", "fix_policy_en"] {
        assert!(json[0][key].as_str().is_some_and(|text| !text.is_empty()), "{key}");
    }
    assert_eq!(json[0]["basis"][0]["verified"], true);
}

#[test]
fn the_list_is_there_for_programs() {
    let json: Value = serde_json::from_str(&listed(report(Format::Json, Lang::Zh, None))).expect("JSON");
    let rules = json.as_array().expect("a list");
    assert_eq!(rules.len(), Catalog::builtin().tables.rules.len());
    let found = rules.iter().find(|rule| rule["id"] == "D03").expect("a rule");
    assert_eq!(
        (&found["severity"], &found["raised"], &found["tier"]),
        (&"medium".into(), &"high".into(), &"core".into())
    );
    assert!(found["title"]["zh"].is_string() && found["title"]["en"].is_string());
}

#[test]
fn every_explanation_fits_any_width() {
    let all: Vec<&str> = Catalog::builtin().tables.rules.iter().map(|rule| rule.id).collect();
    for width in [24, 60, 100] {
        for lang in [Lang::Zh, Lang::En] {
            let text = explained(report(Format::Text, lang, Some(width)), &all);
            let widest = text.lines().map(unicode_width::UnicodeWidthStr::width).max();
            assert!(widest <= Some(width), "{widest:?} columns of {width}");
        }
    }
}

#[test]
fn an_explanation_in_chinese_has_no_english_sentence() {
    let all: Vec<&str> = Catalog::builtin().tables.rules.iter().map(|rule| rule.id).collect();
    let text = explained(report(Format::Text, Lang::Zh, None), &all);
    for line in text.lines().filter(|line| !line.contains("candor ")) {
        let words = line
            .split(|c: char| !c.is_ascii_lowercase())
            .filter(|word| ["the", "of", "and", "is", "not"].contains(word));
        assert_eq!(words.count(), 0, "{line}");
    }
}

#[test]
fn the_readme_has_the_table_of_rules() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = fs::read_to_string(path).expect("the README is there");
    let [start, end] = MARKS;
    let (before, rest) = readme.split_once(start).expect("the mark before the table");
    let (table, after) = rest.split_once(end).expect("the mark after the table");
    let made = made();
    if std::env::var_os("CANDOR_BLESS").is_some() {
        fs::write(path, format!("{before}{start}{made}{end}{after}")).expect("the README can be written");
        return;
    }
    assert!(table == made, "the table is not of today's rules: CANDOR_BLESS=1 cargo test --test explain writes it");
}

/// The table: what this version decides, then the names of the rest.
fn made() -> String {
    let (decided, later): (Vec<_>, Vec<_>) =
        Catalog::builtin().tables.rules.iter().partition(|rule| rule.tier == "core");
    let row = |rule: &&Rule| {
        let raised = rule.raised.map(|raised| format!(" / {}", word(raised))).unwrap_or_default();
        let fires = rule.means_en.split_once(". ").map_or(rule.means_en, |(first, _)| first).trim_end_matches('.');
        format!("| {} | {}{raised} | {} | {fires} |", rule.id, word(rule.severity), rule.title_en)
    };
    let rows: Vec<String> = decided.iter().map(row).collect();
    let later: Vec<String> = later.iter().map(|rule| format!("{} ({})", rule.id, rule.title_en)).collect();
    let head = "| rule | severity | finding | fires on |\n| --- | --- | --- | --- |";
    format!("{head}\n{}\n\nNamed and not yet decided: {}.\n", rows.join("\n"), later.join(", "))
}

fn word(severity: Severity) -> String {
    format!("{severity:?}").to_lowercase()
}
