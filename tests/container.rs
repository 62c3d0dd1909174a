//! Archives that lie, and the corpus.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;

use candor::container::{Input, Package, discover};

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
    for input in &inputs {
        match Package::open(input) {
            Ok(package) => {
                for part in &package.parts {
                    let (dex, _) = part.dex_entries();
                    for entry in part.find("AndroidManifest.xml").into_iter().chain(dex) {
                        match part.read(entry) {
                            Ok(data) => {
                                for issue in part.contradictions(entry, &data) {
                                    println!("{}: {issue}", input.path.display());
                                }
                            }
                            Err(error) => println!("{}: {}: {error}", input.path.display(), entry.name),
                        }
                    }
                }
                for issue in &package.issues {
                    println!("{}: {issue}", input.path.display());
                }
            }
            Err(error) => println!("FAIL {}: {error}", input.path.display()),
        }
    }
    println!("{} inputs", inputs.len());
}

/// SHA-256 and subject of the certificates that `apksigner` prints; none when it does not verify the package.
fn apksigner(path: &std::path::Path) -> Option<BTreeSet<(String, String)>> {
    let output = Command::new("apksigner")
        .args(["verify", "--print-certs", "--min-sdk-version", "1"])
        .arg(path)
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let field = |name: &str| -> BTreeMap<String, String> {
        let lines = text.lines().filter(|line| line.starts_with("Signer #"));
        lines
            .filter_map(|line| line.split_once(name))
            .map(|(signer, value)| (signer.to_owned(), value.to_owned()))
            .collect()
    };
    let hashes = field(" certificate SHA-256 digest: ");
    let subjects = field(" certificate DN: ");
    Some(hashes.into_iter().map(|(signer, hash)| (hash, subjects.get(&signer).cloned().unwrap_or_default())).collect())
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
