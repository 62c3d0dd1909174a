//! The lists of reads beside the fixtures: nothing is missing from what candor finds, and nothing is added.

use std::collections::BTreeSet;
use std::fs;

use candor::behavior::{Behavior, OwnerKind, Read};
use candor::catalog::{Confidence, Focus};

use super::{fixture, observe};

/// A line of an `expected.txt` without the entry point: data type, owner, file, caller, api, constant.
type Row = [String; 6];

fn rows(list: &str) -> BTreeSet<Row> {
    let text = fs::read_to_string(fixture(list)).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| {
            let cells: Vec<String> = line.split('\t').map(str::to_owned).collect();
            assert_eq!(cells.len(), 7, "{list}: {line}");
            cells[..6].to_vec().try_into().unwrap()
        })
        .collect()
}

fn row(read: &Read) -> Row {
    let owner = match read.owner.kind {
        OwnerKind::App => format!("app:{}", read.owner.id),
        OwnerKind::Sdk => format!("sdk:{}", read.owner.id),
        OwnerKind::Library => format!("library:{}", read.owner.id),
        OwnerKind::Unknown => format!("unknown:{}", read.owner.id),
    };
    [
        read.data.clone(),
        owner,
        read.file.clone(),
        read.caller.clone(),
        read.api.clone(),
        read.literal.clone().unwrap_or_else(|| "-".to_owned()),
    ]
}

fn differences(found: &BTreeSet<Row>, expected: &BTreeSet<Row>) -> String {
    let line = |sign: &str, row: &Row| format!("{sign} {}\n", row.join("  "));
    let missing = expected.difference(found).map(|row| line("missing", row));
    missing.chain(found.difference(expected).map(|row| line("added", row))).collect()
}

#[test]
fn the_id_photo_app_has_the_reads_of_its_list_and_no_other() {
    let expected = rows("id-photo/expected.txt");
    assert_eq!(expected.len(), 47);
    let behavior = observe("id-photo/id-photo.apk", Focus::Policy);
    // The list leaves out native libraries, and what is a hint and no more.
    let listed = |read: &&Read| !read.caller.is_empty() && read.confidence > Confidence::Low;
    let found = behavior.reads.iter().filter(listed).map(row).collect();
    assert_eq!(differences(&found, &expected), "");
}

/// The reads that a line of the list stands for: `a|b` is one read each, `?a` is found across methods, and where nobody
/// knows one of them, `?`, none is told.
fn spelled_out(row: &Row) -> Vec<Row> {
    let [data, _, file, caller, api, constant] = row.clone();
    let of = |data: &str, constant: &str| [data, "-", &file, &caller, &api, constant].map(str::to_owned);
    if constant.split('|').any(|one| one == "?") {
        return vec![of("*", "-")];
    }
    let constants = constant.split('|').map(|one| one.trim_start_matches('?'));
    data.split('|').zip(constants).map(|(data, constant)| of(data, constant)).collect()
}

#[test]
fn dex_fixtures_have_the_reads_of_their_list_and_no_other() {
    let expected = rows("dex/expected.txt");
    let files: BTreeSet<String> = expected.iter().map(|row| row[2].clone()).collect();
    assert_eq!(files.len(), 11, "{files:?}");
    let expected: BTreeSet<Row> = expected.iter().flat_map(spelled_out).collect();
    let mut found = BTreeSet::new();
    for file in &files {
        let behavior = observe(&format!("dex/{file}"), Focus::Noise);
        assert_eq!(behavior.issues, [], "{file}");
        found.extend(behavior.reads.iter().map(row).map(|mut row| {
            row[1] = "-".to_owned();
            row
        }));
    }
    assert_eq!(differences(&found, &expected), "");
}

#[test]
fn an_unknown_constant_is_a_read_only_where_all_are_asked_for() {
    let undecided = |behavior: &Behavior| behavior.reads.iter().filter(|read| read.data == "*").count();
    assert_eq!(undecided(&observe("dex/constants.dex", Focus::Policy)), 0);
    assert_eq!(undecided(&observe("dex/constants.dex", Focus::Noise)), 1);
}

#[test]
fn the_reads_of_the_id_photo_app_are_reached_from_the_entries_of_its_list() {
    let text = fs::read_to_string(fixture("id-photo/expected.txt")).unwrap();
    let behavior = observe("id-photo/id-photo.apk", Focus::Policy);
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let cells: Vec<&str> = line.split('\t').collect();
        let reads = behavior.reads.iter().filter(|read| read.data == cells[0] && read.caller == cells[3]);
        for read in reads {
            assert_eq!(read.entry.unwrap_or("-"), cells[6], "{line}");
            let early = ["application", "provider"].contains(&cells[6]);
            assert_eq!((read.pre_consent, read.background), (Some(early), Some(cells[6] == "service")), "{line}");
            assert_eq!(read.path.last().is_some(), cells[6] != "-", "{line}");
            assert!(read.path.last().is_none_or(|last| *last == read.caller), "{line}");
        }
    }
}
