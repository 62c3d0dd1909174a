//! What a configuration and a baseline make of findings, on a given day.

mod baseline;
mod config;
mod waivers;

use candor::behavior::{Owner, OwnerKind};
use candor::catalog::{Catalog, Severity};
use candor::check::{Checked, Finding};
use candor::gate::{Baseline, Config, Gate};

/// A finding about these data types of one owner.
fn finding(rule: &str, kind: OwnerKind, id: &str, data: &[&str]) -> Finding {
    let entry = Catalog::builtin().rule(rule).expect("a rule of the catalog");
    let data: Vec<String> = data.iter().map(|it| (*it).to_owned()).collect();
    Finding {
        severity: Severity::High,
        owner: Some(Owner { kind, id: id.into() }),
        fingerprint: fingerprint(&format!("{rule}{id}{data:?}")),
        data,
        ..Finding::of(entry)
    }
}

fn fingerprint(text: &str) -> String {
    format!("{:016x}", text.bytes().fold(7_u64, |hash, byte| hash.wrapping_mul(31).wrapping_add(u64::from(byte))))
}

/// What Bugly reads beyond its row.
fn bugly(data: &[&str]) -> Finding {
    finding("S04", OwnerKind::Sdk, "bugly", data)
}

fn own(rule: &str, data: &[&str]) -> Finding {
    finding(rule, OwnerKind::App, "com.example", data)
}

fn config(text: &str) -> Config {
    Config::parse("candor.toml", text, Catalog::builtin()).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// A waiver of S04 with these keys beside.
fn waiver(keys: &str) -> String {
    format!("[[waiver]]\nrule = \"S04\"\n{keys}reason = \"fixed in 4.1\"\nowner = \"Li Lei\"\nuntil = 2026-12-31\n")
}

/// The gate of a configuration on a day.
fn gate(text: &str, today: &str) -> Gate {
    Gate { config: config(text), today: today.into(), ..Gate::default() }
}

fn with_baseline(text: &str) -> Gate {
    let baseline = Baseline::parse("known.toml", text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    Gate { baseline: Some(baseline), today: "2026-11-29".into(), ..Gate::default() }
}

/// The findings once they are judged, and what has to be said beside.
fn judged(gate: &Gate, findings: Vec<Finding>, complete: bool) -> (Vec<Finding>, Vec<String>) {
    let mut checked = Checked { findings, ..Checked::default() };
    let usage = gate.judge(&mut checked, complete);
    let said = |it| serde_json::to_string(&it).expect("a notice is JSON");
    (checked.findings, gate.notices(&usage).into_iter().map(said).collect())
}
