//! What rules say of themselves: complete in both languages, each for itself, and with no clause that its basis lacks.

use std::collections::BTreeMap;

use candor::catalog::{Catalog, Rule};
use regex::Regex;

/// Every text of a rule by its key, risks joined.
fn texts(rule: &Rule) -> Vec<(&'static str, String)> {
    let pairs = [
        ("means_zh", rule.means_zh),
        ("means_en", rule.means_en),
        ("why_zh", rule.why_zh),
        ("why_en", rule.why_en),
        ("fix_app_zh", rule.fix_app_zh),
        ("fix_app_en", rule.fix_app_en),
        ("fix_policy_zh", rule.fix_policy_zh),
        ("fix_policy_en", rule.fix_policy_en),
        ("severity_note_zh", rule.severity_note_zh),
        ("severity_note", rule.severity_note),
    ];
    let risks = [
        ("false_positive_risks_zh", rule.false_positive_risks_zh.join("；")),
        ("false_positive_risks", rule.false_positive_risks.join("; ")),
    ];
    let notes = rule.basis.iter().flat_map(|it| [("note_zh", it.note_zh.to_owned()), ("note", it.note.to_owned())]);
    pairs.map(|(key, text)| (key, text.to_owned())).into_iter().chain(risks).chain(notes).collect()
}

fn rules() -> impl Iterator<Item = &'static Rule> {
    Catalog::builtin().tables.rules.iter()
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}')
}

/// The number of a clause, as texts and bases write it.
fn clause() -> Regex {
    let numbers = "[一二三四五六]";
    let item = format!(r"{numbers}\({numbers}\)\d?|{numbers}\(\d\)");
    Regex::new(&format!(r"{item}|第\d+条(第\d+款)?(第\d+项)?|附录[A-F]|GB/T [\d-]+ \d\.\d")).expect("valid")
}

#[test]
fn every_text_stands_in_both_languages() {
    assert_eq!(rules().filter(|rule| rule.tier == "core").count(), 46);
    for rule in rules() {
        let texts = texts(rule);
        for pair in texts.chunks_exact(2) {
            let [(key, zh), (_, en)] = pair else { unreachable!("chunks of two") };
            assert_eq!(zh.is_empty(), en.is_empty(), "{} {key}", rule.id);
        }
        for (key, text) in texts.iter().filter(|(_, text)| !text.is_empty()) {
            let chinese = key.ends_with("_zh");
            assert_eq!(text.chars().any(is_han), chinese || text.contains(is_han), "{} {key}: {text}", rule.id);
            assert!(chinese || text.chars().filter(|c| is_han(*c)).count() < text.len() / 8, "{} {key}", rule.id);
        }
    }
}

#[test]
fn sentences_are_whole_few_and_without_placeholders() {
    for rule in rules().filter(|rule| rule.tier == "core") {
        for (key, text) in texts(rule) {
            assert!(!text.contains(['{', '}', '[', ']', '\n']), "{} {key}: {text}", rule.id);
            if key.starts_with("severity") || key.starts_with("false") || key.starts_with("note") {
                assert!(!text.ends_with(['.', '。']), "{} {key}: {text}", rule.id);
                continue;
            }
            let end = if key.ends_with("_zh") { '。' } else { '.' };
            assert!(text.ends_with(end), "{} {key}: {text}", rule.id);
            let sentences = text.split(&format!("{end} ")).count().max(text.matches('。').count());
            assert!(sentences <= 3, "{} {key} has {sentences} sentences", rule.id);
        }
    }
}

#[test]
fn chinese_is_set_in_full_width() {
    let half = Regex::new(r"\p{Han}[,.;:!?()]\p{Han}").expect("valid");
    for rule in rules() {
        let of_findings = [("title_zh", rule.title_zh.to_owned()), ("message_zh", rule.message_zh.to_owned())];
        for (key, text) in texts(rule).into_iter().chain(of_findings).filter(|(key, _)| key.ends_with("_zh")) {
            // The number of a clause is written as the instrument writes it.
            assert!(!half.is_match(&clause().replace_all(&text, "")), "{} {key}: {text}", rule.id);
        }
    }
}

#[test]
fn no_two_rules_say_the_same() {
    let mut said: BTreeMap<String, (&str, &str)> = BTreeMap::new();
    for rule in rules() {
        let own = |key: &str| !key.starts_with("severity") && !key.starts_with("note");
        for (key, text) in texts(rule).into_iter().filter(|(key, text)| own(key) && !text.is_empty()) {
            let before = said.insert(text.clone(), (rule.id, key));
            assert_eq!(before, None, "{} {key} says the same: {text}", rule.id);
        }
    }
}

#[test]
fn a_clause_is_named_only_where_the_rule_rests_on_it() {
    let clause = clause();
    for rule in rules() {
        let known: Vec<String> = rule.basis.iter().map(|it| format!("{} {}", it.instrument, it.clause)).collect();
        for (key, text) in texts(rule) {
            for found in clause.find_iter(&text).map(|it| it.as_str()) {
                assert!(known.iter().any(|it| it.contains(found)), "{} {key}: {found} is not in its basis", rule.id);
            }
        }
    }
}
