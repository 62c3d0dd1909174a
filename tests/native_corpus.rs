//! Native libraries of real packages, held against binutils' `readelf`.
//!
//! Runs only where `CANDOR_CORPUS` names the folder that holds `corpus/` and `readelf` is installed.

#![allow(clippy::print_stdout)]

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use candor::container::{Package, discover};
use candor::native::{Content, Library};

#[test]
fn names_are_those_of_readelf() {
    let Some(root) = std::env::var_os("CANDOR_CORPUS") else { return };
    if Command::new("readelf").arg("--version").output().is_err() {
        return;
    }
    let folders: Vec<PathBuf> = ["real", "series"].iter().map(|it| Path::new(&root).join("corpus").join(it)).collect();
    let (inputs, _) = discover(&folders);
    let mut seen = BTreeSet::new();
    let (mut same, mut imports, mut issues, mut others) = (0, 0, Vec::new(), Vec::new());
    let mut different = Vec::new();
    let file = std::env::temp_dir().join(format!("candor-readelf-{}.so", std::process::id()));
    for input in &inputs {
        let Ok(package) = Package::open(input) else { continue };
        for part in &package.parts {
            for entry in part.entries().iter().filter(|entry| entry.name.ends_with(".so")) {
                let Ok(bytes) = part.read(entry) else { continue };
                if !seen.insert(bytes.to_vec()) {
                    continue;
                }
                let place = format!("{}: {}", input.path.display(), entry.name);
                if Content::of(&bytes) != Content::Elf {
                    others.push(place);
                    continue;
                }
                let (library, more) = Library::read(&place, &bytes).expect("a header");
                issues.extend(more);
                std::fs::File::create(&file).and_then(|mut it| it.write_all(&bytes)).expect("a temporary file");
                let theirs = Theirs::of(&file);
                let ours = Theirs {
                    soname: library.soname.map(String::from),
                    needed: library.needed.into_iter().map(String::from).collect(),
                    imports: library.imports.into_iter().map(|it| it.name.into()).collect(),
                    jni: library.jni.into_iter().map(String::from).collect(),
                };
                imports += ours.imports.len();
                if ours == theirs {
                    same += 1;
                } else {
                    different.push(format!("{place}:\n  ours {ours:?}\n  readelf {theirs:?}"));
                }
            }
        }
    }
    let _ = std::fs::remove_file(&file);
    println!("{same} libraries agree, with {imports} imported symbols; no ELF: {others:?}; issues: {issues:?}");
    assert!(different.is_empty(), "{} differ:\n{}", different.len(), different.join("\n"));
    assert!(0 < same);
}

/// What `readelf` says of a library.
#[derive(Debug, PartialEq)]
struct Theirs {
    soname: Option<String>,
    needed: Vec<String>,
    imports: Vec<String>,
    jni: Vec<String>,
}

impl Theirs {
    fn of(file: &Path) -> Self {
        let output = Command::new("readelf").args(["-W", "-d", "--dyn-syms"]).arg(file).env("LC_ALL", "C").output();
        let output = String::from_utf8_lossy(&output.expect("readelf").stdout).into_owned();
        let mut it = Self { soname: None, needed: Vec::new(), imports: Vec::new(), jni: Vec::new() };
        for line in output.lines() {
            let bracketed = || Some(line.split_once('[')?.1.rsplit_once(']')?.0.to_owned());
            if line.contains("(NEEDED)") {
                it.needed.extend(bracketed());
            } else if line.contains("(SONAME)") {
                it.soname = bracketed();
            }
            // Num: Value Size Type Bind Vis Ndx Name@VERSION (number)
            let columns: Vec<&str> = line.split_whitespace().collect();
            let [number, _, _, _, _, _, index, name, ..] = columns.as_slice() else { continue };
            if !number.ends_with(':') || number.starts_with("Num") {
                continue;
            }
            let name = name.split('@').next().unwrap_or_default();
            if *index == "UND" {
                it.imports.push(name.to_owned());
            } else if name == "JNI_OnLoad" || name.starts_with("Java_") {
                it.jni.push(name.to_owned());
            }
        }
        it
    }
}
