//! Who reaches a read, on real packages: those of a benchmark whose answers are known, and paths that were followed by hand
//! in what AOSP's `dexdump` shows.
//!
//! Runs only where `CANDOR_CORPUS` names the folder that holds `corpus/`.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use candor::behavior::{Behavior, Certainty, Observer, OwnerKind, Read};
use candor::catalog::{Catalog, Focus};
use candor::container::{Package, discover};

/// `DroidBench` apps that leak what a person types or another app sends: no read of the platform's data.
const NO_DATA_OF_THE_PLATFORM: [&str; 3] = ["ImplicitFlow2", "IntentSource1", "PrivateDataLeak1"];

/// What the system enters where an app of `DroidBench` reads; in all others it is an activity.
const ENTRIES: [(&str, &str); 5] = [
    ("ApplicationLifecycle1", "application"),
    ("ApplicationLifecycle3", "provider"),
    ("BroadcastReceiverLifecycle1", "receiver"),
    ("RegisterGlobal2", "application"),
    ("ServiceLifecycle1", "service"),
];

/// Paths to reads before consent, each step of which was found in `dexdump -d` as a call, a new object or the text of a
/// class: package, data type, class of the read, first frame, frames.
const FOLLOWED: [(&str, &str, &str, &str, usize); 5] = [
    ("apppaydemo__", "imei", "Lcom/tencent/wxop/stat/common/r;", "Lcom/cunpiao/MyApp;->onCreate()V", 11),
    (
        "buglydemo__",
        "imei",
        "Lcom/tencent/bugly/proguard/a;",
        "Lcom/example/lenovo/buglydemo/MyApplication;->onCreate()V",
        11,
    ),
    (
        "buglytinkers__app-release.apk",
        "iccid",
        "Lcom/tencent/bugly/crashreport/common/info/b;",
        "Lcom/tencent/tinker/loader/app/TinkerApplication;->attachBaseContext(Landroid/content/Context;)V",
        9,
    ),
    ("cfl__", "android-id", "Lcom/pgyersdk/c/a;", "Lcom/pgyersdk/PgyerProvider;->onCreate()Z", 5),
    (
        "cfl__",
        "imei",
        "Lcom/umeng/commonsdk/internal/utils/a;",
        "Lcom/chanfinecloud/cfl/CFLApplication;->onCreate()V",
        9,
    ),
];

fn corpus() -> Option<PathBuf> {
    std::env::var_os("CANDOR_CORPUS").map(|root| PathBuf::from(root).join("corpus"))
}

fn observe(observer: &Observer, path: &Path) -> Behavior {
    observer.observe(&Package::open_path(path).unwrap())
}

/// The packages of some folders, by their name.
fn packages(root: &Path, folders: &[&str], observer: &Observer) -> BTreeMap<String, Behavior> {
    let folders: Vec<PathBuf> = folders.iter().map(|folder| root.join(folder)).collect();
    let (inputs, _) = discover(&folders);
    let named = inputs.iter().map(|input| (input.path.strip_prefix(root).unwrap().display().to_string(), input));
    named.map(|(name, input)| (name, observer.observe(&Package::open(input).unwrap()))).collect()
}

/// A data type that a leak of the benchmark may be about, read by the app's own code.
fn is_source(read: &Read) -> bool {
    const DATA: [&str; 4] = ["imei", "iccid", "location", "location-fine"];
    read.owner.kind != OwnerKind::Library && DATA.contains(&read.data.as_str())
}

#[test]
fn what_a_benchmark_counts_as_leaked_can_be_reached() {
    let Some(root) = corpus() else { return };
    let observer = Observer::new(Catalog::builtin(), Focus::Core);
    let table = fs::read_to_string(root.join("droidbench.tsv")).unwrap();
    let (mut credited, mut agreeing, mut without) = (0, 0, BTreeSet::new());
    for line in table.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let (path, name) = (cells[0], cells[2]);
        if cells[3].is_empty() || cells[3] == "0" {
            continue;
        }
        credited += 1;
        let reads = observe(&observer, &root.join(path)).reads;
        let sources: Vec<&Read> = reads.iter().filter(|read| is_source(read)).collect();
        if sources.is_empty() {
            without.insert(name.to_owned());
            continue;
        }
        let entry = ENTRIES.iter().find(|(app, _)| *app == name).map_or("activity", |(_, entry)| entry);
        let agrees = |read: &&Read| read.certainty == Certainty::Reachable && read.entry == Some(entry);
        let differing: Vec<_> = sources.iter().filter(|read| !agrees(read)).map(|it| (&it.caller, it.entry)).collect();
        assert_eq!(differing, [], "{name}: entered by {entry}");
        agreeing += 1;
    }
    println!("apps with leaks {credited}, source reached {agreeing}, without a source of the platform {without:?}");
    assert_eq!(without, NO_DATA_OF_THE_PLATFORM.map(str::to_owned).into());
    assert_eq!(credited, agreeing + without.len());
    assert!(agreeing >= 40, "{agreeing}");
}

#[test]
fn keys_of_settings_are_decided_or_the_reason_is_said() {
    let Some(root) = corpus() else { return };
    let observer = Observer::new(Catalog::builtin(), Focus::Noise);
    let sites = fs::read_to_string(root.join("oracle.tsv")).unwrap();
    let is_key = |line: &&str| line.contains("Landroid/provider/Settings$") && line.contains(";->getString(");
    let sites = sites.lines().filter(is_key).count();
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for behavior in packages(&root, &["real", "series"], &observer).into_values() {
        let of_settings =
            |read: &Read| read.api.starts_with("Landroid/provider/Settings$") && read.api.contains(";->getString(");
        for read in behavior.reads.into_iter().filter(|read| of_settings(read) && read.data == "*") {
            let note = read.note.unwrap_or_default();
            let reason = note.split_once("unknown: ").map(|(_, reason)| reason.to_owned());
            *reasons.entry(reason.unwrap_or_else(|| panic!("no reason: {}", read.caller))).or_default() += 1;
        }
    }
    let unknown: usize = reasons.values().sum();
    println!("{sites} calls, {} decided, {unknown} not: {reasons:#?}", sites - unknown);
    assert!(sites > 150, "{sites}");
    assert!(unknown * 10 < sites, "{unknown} of {sites}");
}

#[test]
fn reads_before_consent_have_paths_that_were_followed_by_hand() {
    let Some(root) = corpus() else { return };
    let observer = Observer::new(Catalog::builtin(), Focus::Policy);
    let all = packages(&root, &["real"], &observer);
    for (name, behavior) in &all {
        for read in behavior.reads.iter().filter(|read| read.pre_consent == Some(true)) {
            let frames = read.path.len();
            assert!((1..=12).contains(&frames), "{name}: {} has {frames} frames", read.caller);
            assert_eq!(read.path.last(), Some(&read.caller), "{name}");
        }
    }
    for (package, data, class, first, frames) in FOLLOWED {
        let (_, behavior) = all.iter().find(|(name, _)| name.contains(package)).unwrap();
        let early = behavior.reads.iter().filter(|read| read.pre_consent == Some(true) && read.data == data);
        let paths: Vec<_> = early.filter(|read| read.caller.starts_with(class)).map(|read| &read.path).collect();
        assert!(paths.iter().any(|path| path[0] == first && path.len() == frames), "{package} {data}: {paths:?}");
    }
}
