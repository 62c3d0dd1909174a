//! Reads in real packages against call sites as AOSP's `dexdump` sees them.
//!
//! Runs only where `CANDOR_CORPUS` names the folder that holds `corpus/` and `facts/`. `corpus/oracle.tsv` lists each call
//! of an API that `facts/sources.tsv` knows, with the text it is given where that is known within a straight-line run.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use candor::behavior::{Behavior, Observer, Read};
use candor::catalog::{Catalog, Focus};
use candor::container::{Package, discover};

/// Where `dexdump` shows a branch before the call, so that the oracle knows no text, and every way brings `android_id`.
const PROVEN_PAST_A_BRANCH: (&str, &str, usize) =
    ("cfl__", "Lcom/umeng/commonsdk/statistics/common/DeviceConfig;->", 6);

/// A line of the oracle.
struct Site {
    package: String,
    file: String,
    caller: String,
    pc: u32,
    api: String,
    data: BTreeSet<String>,
    literal: String,
}

fn corpus() -> Option<PathBuf> {
    std::env::var_os("CANDOR_CORPUS").map(PathBuf::from)
}

fn table(path: &Path) -> Vec<Vec<String>> {
    let text = fs::read_to_string(path).unwrap();
    text.lines().skip(1).map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

fn sites(root: &Path) -> Vec<Site> {
    let site = |cells: Vec<String>| {
        let [package, file, caller, offset, _, api, data, literal] = <[String; 8]>::try_from(cells).unwrap();
        // The oracle names an entry; candor leaves out the module of a bundle's base.
        let file = file.strip_prefix("base/").unwrap_or(&file).to_owned();
        let pc = u32::from_str_radix(&offset, 16).unwrap();
        let data = data.split('|').map(str::to_owned).collect();
        Site { package, file, caller, pc, api, data, literal }
    };
    table(&root.join("corpus/oracle.tsv")).into_iter().map(site).collect()
}

/// The data types that a call of an API yields whatever it is given.
fn unconditional(root: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let mut data: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in table(&root.join("facts/sources.tsv")) {
        let called = ["method-call", "field-read", "method-call+const-arg"].contains(&row[0].as_str());
        if called && row[13] == "any" && !row[14].starts_with('@') {
            data.entry(row[1].clone()).or_default().insert(row[3].clone());
        }
    }
    data
}

/// What candor reads at each place of a package.
type Places = BTreeMap<(String, String, u32), Vec<Read>>;

fn places(behavior: Behavior) -> Places {
    let mut places = Places::new();
    // A read in a native library has no caller and no instruction.
    for read in behavior.reads.into_iter().filter(|read| !read.caller.is_empty()) {
        let pc = u32::from_str_radix(read.pc.trim_start_matches("0x"), 16).unwrap();
        places.entry((read.file.clone(), read.caller.clone(), pc)).or_default().push(read);
    }
    places
}

/// Why the oracle does not have a read; none where it should.
fn beyond_oracle(read: &Read, apis: &BTreeSet<&str>) -> Option<&'static str> {
    if read.note.as_deref().is_some_and(|note| note.starts_with("reflection")) {
        return Some("named by reflection");
    }
    match read.source {
        "method-call" | "method-call+const-arg" | "field-read" => {
            if read.note.as_deref().is_some_and(|note| note.starts_with("through ")) {
                Some("named through a subclass")
            } else {
                (!apis.contains(read.api.as_str())).then_some("an API of which the oracle lists no call")
            }
        }
        _ => Some("no call of a data API: a key, text, callback or request"),
    }
}

#[test]
fn every_site_of_the_oracle_is_a_read_and_android_id_is_told_from_other_settings() {
    let Some(root) = corpus() else { return };
    let observer = Observer::new(Catalog::builtin(), Focus::Noise);
    let unconditional = unconditional(&root);
    let sites = sites(&root);
    let names: BTreeSet<&str> = sites.iter().map(|site| site.package.as_str()).collect();
    let packages: BTreeMap<&str, Places> = names
        .into_iter()
        .map(|name| {
            let package = Package::open_path(&root.join("corpus").join(name)).unwrap();
            (name, places(observer.observe(&package)))
        })
        .collect();

    let (mut found, mut conditional) = (0, 0);
    let mut missing = Vec::new();
    let mut android_ids = (0, 0);
    let mut differences: BTreeMap<String, usize> = BTreeMap::new();
    for site in &sites {
        let key = (site.file.clone(), site.caller.clone(), site.pc);
        let reads = packages[site.package.as_str()].get(&key).map_or(&[][..], Vec::as_slice);
        if let Some(data) = unconditional.get(&site.api) {
            for data in data {
                if reads.iter().any(|read| read.data == *data) {
                    found += 1;
                } else {
                    missing.push(format!("{data} in {}: {} at {:#x}", site.package, site.caller, site.pc));
                }
            }
            continue;
        }
        conditional += 1;
        if !site.data.contains("android-id") {
            continue;
        }
        let read = reads.iter().any(|read| read.data == "android-id" && read.source.starts_with("method-call"));
        let literal = site.literal == "android_id";
        android_ids = (android_ids.0 + usize::from(literal), android_ids.1 + usize::from(read));
        if read != literal {
            let said = if read { "is read" } else { "is not read" };
            let line = format!("{said}, the oracle has {:?}: {} {}", site.literal, site.package, site.caller);
            *differences.entry(line).or_default() += 1;
        }
    }
    println!("{} sites in {} packages: {} conditional", sites.len(), packages.len(), conditional);
    println!("unconditional data types found {found}, missing {}", missing.len());
    println!("android_id named by the oracle {}, read by candor {}", android_ids.0, android_ids.1);
    println!("{differences:#?}");
    assert_eq!(missing, Vec::<String>::new());

    let listed: BTreeSet<_> = sites.iter().map(|it| (it.package.as_str(), &it.file, &it.caller, it.pc)).collect();
    let apis: BTreeSet<&str> = sites.iter().map(|site| site.api.as_str()).collect();
    let mut extra: BTreeMap<&str, usize> = BTreeMap::new();
    let mut unexplained = BTreeSet::new();
    for (package, places) in &packages {
        let beyond = places.iter().filter(|((file, caller, pc), _)| !listed.contains(&(*package, file, caller, *pc)));
        for read in beyond.flat_map(|(_, reads)| reads) {
            match beyond_oracle(read, &apis) {
                Some(why) => *extra.entry(why).or_default() += 1,
                None => {
                    unexplained.insert(format!("{package} {} {} {}", read.caller, read.pc, read.api));
                }
            }
        }
    }
    println!("reads beyond the oracle: {extra:#?}, unexplained {}", unexplained.len());
    assert_eq!(unexplained, BTreeSet::new());

    let (package, class, expected) = PROVEN_PAST_A_BRANCH;
    let known = |line: &str| {
        line.starts_with("is read, the oracle has \"?\"") && line.contains(package) && line.contains(class)
    };
    let unknown: Vec<_> = differences.keys().filter(|line| !known(line)).collect();
    assert_eq!(unknown, Vec::<&String>::new());
    assert_eq!(differences.values().sum::<usize>(), expected);
    assert!(found > 3000, "{found}");
}

#[test]
fn hostile_packages_are_observed_or_refused() {
    let Some(root) = corpus() else { return };
    let observer = Observer::new(Catalog::builtin(), Focus::Noise);
    let (inputs, _) = discover(&[root.join("corpus/hostile"), root.join("corpus/droidbench")]);
    let (mut taken, mut incomplete, mut refused) = (0, 0, 0);
    for input in &inputs {
        let Ok(package) = Package::open(input) else {
            refused += 1;
            continue;
        };
        let behavior = observer.observe(&package);
        taken += 1;
        incomplete += usize::from(!behavior.issues.is_empty());
        assert!(
            behavior.issues.is_empty() || !behavior.completeness.complete,
            "{} passes for complete with {:?}",
            behavior.path,
            behavior.issues
        );
    }
    println!("{taken} observed, {incomplete} of them with issues, {refused} refused");
    assert!(taken > 100, "{taken}");
}
