//! Malformed files: each defect is said where its list says so, and what is whole is still read.

use std::fs;

use candor::catalog::Focus;
use candor::container::Package;

use super::{fixture, observer};

/// A line of the list.
struct Line {
    file: String,
    opens: String,
    issue: String,
    reads: String,
}

fn lines() -> Vec<Line> {
    let text = fs::read_to_string(fixture("malformed/expected.txt")).unwrap();
    // What a broken manifest must say is asked by the tests of that room.
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.starts_with("manifest-"));
    lines
        .map(|line| {
            let mut cells = line.split('\t').map(str::to_owned);
            let mut next = || cells.next().unwrap();
            Line { file: next(), opens: next(), issue: next(), reads: next() }
        })
        .collect()
}

/// What is wrong with how a file was taken, if anything.
fn faults(line: &Line) -> Vec<String> {
    let mut faults = Vec::new();
    let package = match Package::open_path(&fixture(&format!("malformed/{}", line.file))) {
        Ok(package) => package,
        Err(error) => {
            if line.opens == "yes" {
                faults.push(format!("{}: not taken: {error}", line.file));
            }
            return faults;
        }
    };
    let behavior = observer(Focus::Policy).observe(&package);
    if line.opens == "no" && (behavior.issues.is_empty() || !behavior.reads.is_empty()) {
        faults.push(format!("{}: passes for a package", line.file));
    }
    match (line.issue.as_str(), behavior.issues.is_empty()) {
        ("yes", true) => faults.push(format!("{}: nothing is said", line.file)),
        ("no", false) => faults.push(format!("{}: {:?}", line.file, behavior.issues)),
        _ => {}
    }
    if !behavior.issues.is_empty() && behavior.completeness.complete {
        faults.push(format!("{}: passes for complete", line.file));
    }
    let found: Vec<&str> = behavior.reads.iter().map(|read| read.data.as_str()).collect();
    match line.reads.as_str() {
        "?" => {}
        "-" if found.is_empty() => {}
        "-" => faults.push(format!("{}: found {found:?}", line.file)),
        expected => {
            let lost = expected.split(',').filter(|data| !found.contains(data));
            faults.extend(lost.map(|data| format!("{}: {data} is lost, found {found:?}", line.file)));
        }
    }
    faults
}

#[test]
fn every_malformed_file_gives_what_its_list_says() {
    let lines = lines();
    assert!(lines.len() > 45, "{}", lines.len());
    let faults: Vec<String> = lines.iter().flat_map(faults).collect();
    assert_eq!(faults, Vec::<String>::new());
}
