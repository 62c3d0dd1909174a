//! The sentence of every rule in both languages, as a person reads it.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use candor::catalog::Catalog;
use candor::check::check;
use candor::report::{Detail, Format, Held, Lang, Report, Status, Style, Subject, Told};

use crate::{Fires, policy};

/// The rules that are decided.
const RULES: [&str; 20] = [
    "A01", "A02", "C01", "D01", "D02", "D03", "D04", "D07", "D08", "P01", "P02", "P03", "P04", "P05", "P07", "S01",
    "S02", "S03", "S04", "S08",
];

fn all() -> Vec<Fires> {
    let families = [crate::data::fires(), crate::package::fires(), crate::permissions::fires(), crate::sdks::fires()];
    families.into_iter().flatten().collect()
}

/// Every example's findings of its own rule: rule, Chinese, English.
fn sentences() -> Vec<(String, String, String)> {
    let catalog = Catalog::builtin();
    let style = Style { color: false, width: None };
    let mut sentences = Vec::new();
    for (rule, behavior, entries) in all() {
        let disclosure = policy(&entries);
        let checked = check(&behavior, &disclosure, catalog);
        let (format, subject) = (Format::Ndjson, Subject::Comparison);
        let report = Report { catalog, format, subject, lang: Lang::En, detail: Detail::Normal, style, time: None };
        let held = Some(Held { disclosure: &disclosure, choice: None, checked: &checked, failing: &[] });
        let part = report.package(Told { behavior: &behavior, held, status: Status::Findings });
        let package: serde_json::Value = serde_json::from_slice(&part.body).expect("JSON");
        for finding in package["check"]["findings"].as_array().expect("a list") {
            if finding["rule"] == rule {
                let said = |lang: &str| finding["message"][lang].as_str().expect("a sentence").to_owned();
                sentences.push((rule.to_owned(), said("zh"), said("en")));
            }
        }
    }
    sentences
}

#[test]
fn every_rule_fires_on_its_example() {
    let fired: BTreeSet<String> = sentences().into_iter().map(|(rule, ..)| rule).collect();
    assert_eq!(fired.iter().map(String::as_str).collect::<Vec<_>>(), RULES);
}

#[test]
fn sentences_read_as_a_person_would_write_them() {
    let mut page = String::new();
    for (rule, zh, en) in sentences() {
        writeln!(page, "{rule}  {zh}\n     {en}\n").expect("a string takes everything");
    }
    insta::assert_snapshot!("sentences", page.trim_end());
}

#[test]
fn no_sentence_is_broken_or_claims_that_code_collects() {
    for (rule, zh, en) in sentences() {
        assert!(zh.ends_with('。') && en.ends_with('.') && en.starts_with(char::is_uppercase), "{rule}: {zh} {en}");
        for text in [&zh, &en] {
            assert!(!text.contains(['{', '}', '[', ']']), "{rule}: {text}");
        }
    }
    for rule in &Catalog::builtin().tables.rules {
        assert!(
            !["会读取", "会把", "读取了"].iter().any(|claim| rule.message_zh.contains(claim)),
            "{}",
            rule.message_zh
        );
        // What collects is said of policies only.
        let claims = rule.message_en.contains("collect") && !rule.message_en.contains("policy");
        assert!(!claims, "{}: {}", rule.id, rule.message_en);
    }
}
