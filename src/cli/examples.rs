//! Holds every command line that the README and the files for build servers show against the arguments that exist.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;

use super::args::Cli;

/// Words after `candor` that begin a command line, not a sentence.
const COMMANDS: [&str; 10] =
    ["scan", "check", "baseline", "diff", "import", "lint", "policy", "catalog", "explain", "rules"];

#[test]
fn command_lines_that_are_shown_are_ones_that_parse() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = fs::read_dir(root.join("fixtures/ci")).expect("the folder is there");
    let mut files: Vec<PathBuf> = folder.map(|entry| entry.expect("an entry").path()).collect();
    assert_eq!(files.len(), 5, "an action, two build servers, a hook and a build tool");
    for file in &files {
        let text = fs::read_to_string(file).expect("text");
        assert!(!command_lines(&text).is_empty(), "{} runs candor", file.display());
    }
    files.push(root.join("README.md"));
    let mut n_lines = 0;
    for file in files {
        let text = fs::read_to_string(&file).expect("text");
        for line in command_lines(&text) {
            let parsed = Cli::try_parse_from(words(line));
            assert!(parsed.is_ok(), "{}: {line}\n{}", file.display(), parsed.expect_err("it failed"));
            n_lines += 1;
        }
    }
    assert!(n_lines > 15, "{n_lines}");
}

#[test]
fn build_servers_are_given_the_reports_that_they_show() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/ci");
    for (file, report, shown) in [
        ("action.yml", "sarif=candor.sarif", "sarif_file: candor.sarif"),
        ("gitlab-ci.yml", "junit=candor.xml", "junit: candor.xml"),
        ("Jenkinsfile", "junit=candor.xml", "junit testResults: 'candor.xml'"),
    ] {
        let text = fs::read_to_string(root.join(file)).expect("text");
        let written = command_lines(&text).iter().any(|line| line.contains(&format!("--output {report}")));
        assert!(written && text.contains(shown), "{file}");
    }
}

/// What stands from `candor COMMAND` to the end of the command.
fn command_lines(text: &str) -> Vec<&str> {
    let in_code = |line: &str| !line.trim_start().starts_with(['#', '/']) && !line.contains('`');
    let lines = text.lines().filter(|line| in_code(line));
    let found = lines.filter_map(|line| {
        let start = line.match_indices("candor ").map(|(at, _)| at).find(|at| {
            let before = line.get(..*at).unwrap_or_default();
            let command = line.get(at + 7..).and_then(|rest| rest.split(' ').next()).unwrap_or_default();
            let begins = before.trim().is_empty() || before.trim_end().ends_with([':', '-', '|', '\'']);
            begins && COMMANDS.contains(&command)
        })?;
        let command = line.get(start..)?;
        let end = [" #", " | ", " > ", " || ", " && "].iter().filter_map(|mark| command.find(mark)).min();
        command.get(..end.unwrap_or(command.len()))
    });
    found.collect()
}

/// The words of a command, without quotes.
fn words(command: &str) -> Vec<String> {
    let quotes = ['\'', '"', '\\'];
    command
        .split_whitespace()
        .map(|word| word.trim_matches(quotes).to_owned())
        .filter(|word| !word.is_empty())
        .collect()
}
