//! Files that are broken on purpose, all of them in one run of the program: each has its place in the report, what could
//! not be read is told with its place, nothing ends the run, and neither time nor memory follow what a file claims.

mod greedy;
mod policies;
mod run;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use run::{Run, scan};
use serde_json::Value;

/// What a build server may rely on for one file.
const MAX_SECONDS: u64 = 10;
const MAX_KIB: u64 = 256 << 10;

#[test]
fn every_malformed_fixture_gives_what_its_list_says() {
    let folder = Path::new("fixtures/malformed");
    let list = fs::read_to_string(folder.join("expected.txt")).expect("the list is there");
    let lines: Vec<Vec<&str>> =
        list.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect()).collect();
    let listed: BTreeSet<PathBuf> = lines.iter().map(|line| folder.join(line[0])).collect();
    assert_eq!(listed, files(folder, &["apk", "dex"]), "each file has a line, and each line a file");

    let run = scan(&listed);
    assert_eq!(run.status, 3, "some cannot be read, some can: {}", run.errors);
    let packages = packages(&run);
    for line in &lines {
        let [name, taken, told, data, what] = line[..] else { panic!("five cells: {line:?}") };
        let package = &packages[&folder.join(name)];
        let reads: Vec<&str> = list_of(package, "reads").iter().filter_map(|read| read["data"].as_str()).collect();
        let is_read = package["kind"] != "unreadable";
        match (taken, is_read) {
            ("yes", false) => panic!("{name} is taken ({what}): {package}"),
            ("no", true) if list_of(package, "issues").is_empty() || !reads.is_empty() => {
                panic!("{name} passes for a package ({what})")
            }
            _ => {}
        }
        match (told, list_of(package, "issues").is_empty()) {
            ("yes", true) => panic!("{name}: nothing is said ({what})"),
            ("no", false) => panic!("{name}: {} ({what})", package["issues"]),
            _ => {}
        }
        match data {
            "-" => assert!(reads.is_empty(), "{name}: {reads:?} ({what})"),
            "?" => {}
            _ if !is_read => assert_eq!(taken, "?", "{name} ({what})"),
            _ => data.split(',').for_each(|it| assert!(reads.contains(&it), "{name} lost {it} ({what}): {reads:?}")),
        }
    }
    hold(&run, &packages);
}

#[test]
fn every_file_of_the_hostile_corpus_has_its_place_in_one_run() {
    let Some(corpus) = std::env::var_os("CANDOR_CORPUS") else { return };
    let folder = Path::new(&corpus).join("corpus/hostile");
    let all = files(&folder, &["apk", "dex", "jar"]);
    assert!(all.len() > 300, "{} files in {}", all.len(), folder.display());
    let run = scan(&all);
    assert_eq!(run.status, 3, "{}", run.errors);
    let packages = packages(&run);
    assert_eq!(packages.keys().collect::<BTreeSet<_>>(), all.iter().collect(), "each file and nothing else");
    hold(&run, &packages);
}

/// What holds for any run over any files.
fn hold(run: &Run, packages: &BTreeMap<PathBuf, Value>) {
    run.within(MAX_SECONDS, MAX_KIB);
    for (path, package) in packages {
        let issues = list_of(package, "issues");
        let is_complete = package["completeness"]["complete"] == true;
        assert!(!is_complete || issues.is_empty(), "{} passes for complete: {package}", path.display());
        if package["kind"] == "unreadable" {
            assert_eq!(issues.len(), 1, "{}: {package}", path.display());
        }
        for issue in issues {
            let message = issue["message"].as_str().expect("a message is text");
            assert!(message.len() > 10 && !message.contains(char::is_control), "{}: {message:?}", path.display());
            // A file that cannot be read is named by its path, a part of one by its entry.
            let file = issue["file"].as_str().expect("a file is text");
            assert!(!file.is_empty(), "{}: {message}", path.display());
            assert!(run.errors.contains(message), "{} is told on standard error: {message}", path.display());
        }
    }
}

/// The packages of a run by their paths.
fn packages(run: &Run) -> BTreeMap<PathBuf, Value> {
    let lines = run.output.lines().map(|line| serde_json::from_str::<Value>(line).expect("a line is a JSON object"));
    lines.map(|package| (PathBuf::from(package["path"].as_str().expect("a path is text")), package)).collect()
}

fn list_of<'v>(package: &'v Value, key: &str) -> &'v [Value] {
    package[key].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The files in a folder that have one of the extensions.
fn files(folder: &Path, extensions: &[&str]) -> BTreeSet<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.map(|entry| entry.expect("the folder can be read").path());
    let wanted = |path: &PathBuf| path.extension().is_some_and(|it| extensions.iter().any(|known| it == *known));
    paths.filter(wanted).collect()
}
