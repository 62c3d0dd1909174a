//! Every core rule on packages and policies that it fires on, and on near misses where it stays quiet. The cases are data,
//! in `fixtures/rules/`; the catalog is the built-in one, for its rules are what is tested.

#![expect(clippy::print_stdout, reason = "the table is what a person runs this test for")]

mod case;

use std::fmt::Write as _;

use candor::catalog::{Catalog, Rule};
use candor::check::{Finding, State};
use candor::report::{Detail, Format, Held, Lang, Report, Style, Subject};

use case::{Case, Cases, Expect};

fn core() -> impl Iterator<Item = &'static Rule> {
    Catalog::builtin().tables.rules.iter().filter(|rule| rule.tier == "core")
}

#[test]
fn every_core_rule_has_cases_that_it_decides_as_they_say() {
    let mut wrong = Vec::new();
    for rule in core() {
        let Some(cases) = Cases::of(rule.id) else {
            wrong.push(format!("{} has no file in fixtures/rules", rule.id));
            continue;
        };
        for expect in [Expect::Fires, Expect::Quiet] {
            if cases.that(expect).next().is_none() {
                wrong.push(format!("{} has no case that expects {expect:?}", rule.id));
            }
        }
        for case in &cases.case {
            let found = outcome(&case.findings(rule.id));
            if found != case.expect {
                wrong.push(format!("{} {found:?} where {:?} is expected: {}", rule.id, case.expect, case.name));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn findings_read_as_an_examiner_would_write_them() {
    for rule in core() {
        let Some(cases) = Cases::of(rule.id) else { continue };
        let mut page = String::new();
        for case in cases.case.iter().filter(|case| case.expect != Expect::Quiet) {
            writeln!(page, "# {}", case.name).expect("a string takes everything");
            page.push_str(&golden(case, rule.id));
        }
        insta::with_settings!({ prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(rule.id, page.trim_end());
        });
    }
}

/// For a person who runs it with `--nocapture`: which rules have what.
#[test]
fn the_table_of_rules_and_cases() {
    let mut table = "rule  fires  undecided  quiet  explained\n".to_owned();
    for rule in Catalog::builtin().tables.rules.iter().filter(|rule| rule.tier == "core") {
        let cases = Cases::of(rule.id);
        let count = |expect| cases.as_ref().map_or(0, |it| it.that(expect).count());
        let explained = !rule.means_zh.is_empty() && !rule.means_en.is_empty();
        writeln!(
            table,
            "{:4}  {:5}  {:9}  {:5}  {}",
            rule.id,
            count(Expect::Fires),
            count(Expect::Undecided),
            count(Expect::Quiet),
            if explained { "yes" } else { "no" }
        )
        .expect("a string takes everything");
    }
    println!("{table}");
    let core = Catalog::builtin().tables.rules.iter().filter(|rule| rule.tier == "core").count();
    assert_eq!(table.lines().count(), core + 1);
}

fn outcome(findings: &[Finding]) -> Expect {
    match findings {
        [] => Expect::Quiet,
        all if all.iter().all(|it| it.state == State::Undecided) => Expect::Undecided,
        _ => Expect::Fires,
    }
}

/// The findings of a rule as its report has them, in both languages.
fn golden(case: &Case, rule: &str) -> String {
    let catalog = Catalog::builtin();
    let (disclosure, mut checked) = (case.disclosure(), case.checked());
    checked.findings.retain(|it| it.rule == rule);
    let mut out = Vec::new();
    for lang in [Lang::Zh, Lang::En] {
        let style = Style { color: false, width: None };
        let (format, subject) = (Format::Text, Subject::Policy);
        let report = Report { catalog, format, subject, lang, detail: Detail::Normal, style, time: None };
        report
            .policy(Held { disclosure: &disclosure, checked: &checked, choice: None, failing: &[] }, &mut out)
            .expect("a vector takes all");
    }
    let page = String::from_utf8(out).expect("reports are text");
    let told: Vec<&str> = page.lines().map(str::trim_end).filter(|line| line.starts_with(' ')).collect();
    format!("{}\n\n", told.join("\n"))
}
