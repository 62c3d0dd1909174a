//! Native libraries of real packages, held against binutils' `readelf`.
//!
//! Runs only where `CANDOR_CORPUS` names the folder that holds `corpus/` and `readelf` is installed.

#![allow(clippy::print_stdout)]

use std::collections::BTreeSet;
use std::fs::{self, File};
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
    let (mut same, mut forged, mut imports, mut issues, mut others) = (0, 0, 0, Vec::new(), Vec::new());
    let mut different = Vec::new();
    let file = std::env::temp_dir().join(format!("candor-readelf-{}.so", std::process::id()));
    for input in &inputs {
        let Ok(package) = Package::open(input) else { continue };
        for part in &package.parts {
            for entry in part.entries().iter().filter(|entry| entry.name.starts_with("lib/")) {
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
                let mut theirs = Theirs::of(&file, &bytes);
                let ours = Theirs {
                    soname: library.soname.map(String::from),
                    needed: library.needed.into_iter().map(String::from).collect(),
                    imports: library.imports.into_iter().map(|it| it.name.into()).collect(),
                    jni: library.jni.into_iter().map(String::from).collect(),
                };
                imports += ours.imports.len();
                // Packers leave the tables that the linker reads and empty those that section headers lead to. Without
                // them `readelf` takes names from the linker's tables, but shows no symbol.
                if ours != theirs && theirs.imports.is_empty() {
                    theirs = Theirs::of(&file, &without_sections(&bytes));
                    (theirs.imports, theirs.jni) = (ours.imports.clone(), ours.jni.clone());
                    forged += usize::from(ours == theirs);
                }
                if ours == theirs {
                    same += 1;
                } else {
                    different.push(format!("{place}:\n  ours {ours:?}\n  readelf {theirs:?}"));
                }
            }
        }
    }
    let _ = fs::remove_file(&file);
    println!(
        "{same} libraries agree ({forged} in all but symbols, which readelf does not see), with {imports} imported symbols; no ELF: {others:?}; issues: {issues:?}"
    );
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
    fn of(file: &Path, bytes: &[u8]) -> Self {
        File::create(file).and_then(|mut it| it.write_all(bytes)).expect("a temporary file");
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

/// The library with `e_shoff`, `e_shnum` and `e_shstrndx` set to 0.
fn without_sections(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let (offset, counts) = if bytes[4] == 2 { (0x28..0x30, 0x3c..0x40) } else { (0x20..0x24, 0x30..0x34) };
    bytes[offset].fill(0);
    bytes[counts].fill(0);
    bytes
}
