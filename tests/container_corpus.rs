//! The container room over real and hostile packages, held against `apksigner` and `apk-info-zip`.
//!
//! Runs only where `CANDOR_CORPUS` names the folder that holds `corpus/`. `CANDOR_STEP=1` asks `apksigner` about every
//! hostile package instead of every sixth.

#![allow(clippy::print_stdout)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use apk_info_zip::ZipEntry;
use candor::container::{Input, Kind, Package, discover};

fn corpus(folders: &[&str]) -> Option<Vec<Input>> {
    let root = PathBuf::from(std::env::var_os("CANDOR_CORPUS")?).join("corpus");
    let folders: Vec<PathBuf> = folders.iter().map(|it| root.join(it)).collect();
    let (inputs, issues) = discover(&folders);
    assert!(issues.is_empty(), "{issues:?}");
    Some(inputs)
}

#[test]
fn every_corpus_file_opens_or_says_why_not() {
    let Some(inputs) = corpus(&["real", "series", "hostile"]) else {
        return;
    };
    let mut unopened = Vec::new();
    let mut unread = Vec::new();
    let mut issues = 0;
    for input in &inputs {
        let package = match Package::open(input) {
            Ok(package) => package,
            Err(error) => {
                unopened.push(format!("{}: {error}", input.path.display()));
                continue;
            }
        };
        issues += package.issues.len();
        assert!(!package.parts.is_empty(), "{}", input.path.display());
        for part in &package.parts {
            for entry in part.entries() {
                match part.read(entry) {
                    Ok(data) => issues += part.contradictions(entry, &data).len(),
                    Err(error) => unread.push(format!("{}: {}: {error}", input.path.display(), entry.name)),
                }
            }
        }
    }
    println!("{} inputs, {issues} issues; not opened:\n{}", inputs.len(), unopened.join("\n"));
    println!("entries not read:\n{}", unread.join("\n"));
    let is_hostile = |it: &&String| it.contains("/hostile/");
    assert_eq!(unopened.iter().chain(&unread).find(|it| !is_hostile(it)), None);
    assert!(unopened.iter().all(|it| it.contains("expected") || it.contains("no entries")), "{unopened:?}");
}

#[test]
fn entries_are_those_of_another_reader() {
    let Some(inputs) = corpus(&["real", "series", "hostile"]) else {
        return;
    };
    let mut compared = 0;
    let mut refused = Vec::new();
    for input in &inputs {
        let (Ok(package), Ok(other)) = (Package::open(input), ZipEntry::open(&input.path)) else {
            continue;
        };
        // It keeps directories, takes modules of a bundle as folders, and cannot inflate within bounds.
        if package.kind != Kind::Apk {
            continue;
        }
        let [part] = package.parts.as_slice() else { panic!("one part") };
        let ours: BTreeSet<&str> = part.entries().iter().map(|it| it.name.as_str()).collect();
        let theirs: BTreeSet<&str> = other.namelist().filter(|it| !it.ends_with('/')).collect();
        assert_eq!(ours, theirs, "{}", input.path.display());
        for entry in part.entries() {
            // It refuses an entry whose local header has another name.
            let Ok((data, _)) = other.read(&entry.name) else {
                refused.push(format!("{}: {}", input.path.display(), entry.name));
                continue;
            };
            assert!(part.read(entry).is_ok_and(|it| *it == *data), "{}: {}", input.path.display(), entry.name);
        }
        compared += 1;
    }
    println!("{compared} packages compared; entries that the other reader refuses:\n{}", refused.join("\n"));
    assert!(0 < compared);
}

/// SHA-256 and subject of the certificates that `apksigner` prints; none when it does not verify the package. A package
/// without the signature of an old scheme verifies only for newer systems, so these are asked for too.
fn apksigner(path: &Path) -> Option<BTreeSet<(String, String)>> {
    for min_sdk in ["1", "18", "24", "28"] {
        let arguments = ["verify", "--print-certs", "--min-sdk-version", min_sdk];
        let output = Command::new("apksigner").args(arguments).arg(path).output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let field = |name: &str| -> BTreeMap<String, String> {
            let lines = text.lines().filter(|line| line.starts_with("Signer #"));
            lines.filter_map(|line| line.split_once(name)).map(|(a, b)| (a.to_owned(), b.to_owned())).collect()
        };
        let subjects = field(" certificate DN: ");
        let hashes = field(" certificate SHA-256 digest: ").into_iter();
        let signers: BTreeSet<_> =
            hashes.map(|(signer, hash)| (hash, subjects.get(&signer).cloned().unwrap_or_default())).collect();
        if !signers.is_empty() {
            return Some(signers);
        }
    }
    Some(BTreeSet::new())
}

#[test]
fn certificates_are_those_of_apksigner() {
    let Some(mut inputs) = corpus(&["real", "series"]) else {
        return;
    };
    let step = std::env::var("CANDOR_STEP").ok().and_then(|it| it.parse().ok()).unwrap_or(6);
    inputs.extend(corpus(&["hostile"]).into_iter().flatten().step_by(step));
    let (mut same, mut unverified) = (0, 0);
    let mut different = Vec::new();
    for input in inputs.iter().filter(|it| it.path.extension().is_some_and(|it| it == "apk")) {
        let Some(expected) = apksigner(&input.path) else {
            println!("apksigner is not installed");
            return;
        };
        let signing = Package::open(input).map(|it| it.signing).unwrap_or_default();
        let mut schemes: BTreeMap<&str, BTreeSet<(String, String)>> = BTreeMap::new();
        for signer in signing {
            schemes.entry(signer.scheme).or_default().insert((signer.sha256, signer.subject));
        }
        if expected.is_empty() {
            unverified += 1;
        } else if schemes.values().any(|it| *it == expected) {
            same += 1;
        } else {
            different.push(format!("{}: apksigner {expected:?}, candor {schemes:?}", input.path.display()));
        }
    }
    println!("{same} same, {unverified} not verified by apksigner, {} different", different.len());
    assert!(different.is_empty(), "{}", different.join("\n"));
}
