//! Sources that break a rule and sources that break none: a check that cannot fail holds nothing.

use candor::catalog::Catalog;

use super::source::Source;
use super::{MAX_LINES, Names, denied_lints, edges, files, form, network, prints, surroundings, unsafety};

/// Sources that break a rule, and the complaint that must come of it.
const BROKEN: [(Check, &str, &str, &str); 40] = [
    (edges, "container/zip.rs", "use crate::manifest::Manifest;", "container may not use manifest"),
    (edges, "dex/scan.rs", "fn f() { crate::catalog::Catalog::builtin(); }", "dex may not use catalog"),
    (edges, "flow/mod.rs", "use super::behavior::Read;", "flow may not use behavior"),
    (edges, "dex/scan.rs", "use super::super::container::Package;", "dex may not use container"),
    (edges, "container/signing/jar.rs", "type A = super::super::super::dex::Dex;", "container may not use dex"),
    (edges, "disclosure/read.rs", "use crate::{error::Error, behavior::Behavior};", "disclosure may not use behavior"),
    (
        edges,
        "report/json.rs",
        "use crate::{\n    catalog::{Catalog, Focus},\n    dex,\n};",
        "json.rs:3: report may not use dex",
    ),
    (
        edges,
        "check/mod.rs",
        "fn f() { println!(\"{}\", crate::container::discover(&[]).0.len()) }",
        "check may not use container",
    ),
    (edges, "error.rs", "use crate::limits::MAX_ISSUES;", "error may not use limits"),
    (edges, "gossip/mod.rs", "", "the room gossip has no place in the table"),
    (
        denied_lints,
        "dex/mod.rs",
        "#![deny(clippy::indexing_slicing, clippy::unwrap_used)]",
        "clippy::arithmetic_side_effects",
    ),
    (denied_lints, "native/mod.rs", "", "a reader denies clippy::unwrap_used"),
    (
        denied_lints,
        "manifest/mod.rs",
        "#[deny(clippy::indexing_slicing)] mod a;",
        "a reader denies clippy::indexing_slicing",
    ),
    (denied_lints, "dex/ids.rs", "#![allow(clippy::indexing_slicing)]", "over a whole file"),
    (prints, "dex/scan.rs", "fn f() { println!(\"{}\", 1); }", "scan.rs:1: prints"),
    (prints, "report/mod.rs", "fn f() { if true { eprint!(\"a\") } }", "prints"),
    (prints, "behavior/mod.rs", "fn f() -> i32 { dbg!(1) }", "prints"),
    (prints, "report/mod.rs", "fn f() { std::io::stdout().flush(); }", "prints"),
    (files, "dex/mod.rs", "use std::fs;", "touches files"),
    (files, "check/mod.rs", "use std::{fmt, fs};", "uses std::fs"),
    (files, "manifest/mod.rs", "fn f() { let _ = File::open(\"a\"); }", "touches files"),
    (files, "report/mod.rs", "fn f(p: &Path) -> bool { p.exists() }", "touches files"),
    (files, "behavior/mod.rs", "use walkdir::WalkDir;", "touches files"),
    (files, "native/mod.rs", "use memmap2::Mmap;", "touches files"),
    (network, "cli/mod.rs", "use std::net::TcpStream;", "reaches the network"),
    (network, "disclosure/mod.rs", "use std::{io, net};", "uses std::net"),
    (network, "cli/mod.rs", "fn f() { std::process::Command::new(\"aapt\"); }", "starts a program"),
    (surroundings, "report/mod.rs", "fn f() { std::env::var(\"LANG\").ok(); }", "depends on the environment"),
    (surroundings, "check/mod.rs", "use std::time::SystemTime;", "depends on the time"),
    (unsafety, "container/inflate.rs", "fn f() { unsafe { g() } }", "only in container/map.rs"),
    (unsafety, "dex/bytes.rs", "#[allow(unsafe_code)] fn f() {}", "only in container/map.rs"),
    (form, "dex/mod.rs", "/// No purpose.\nfn f() {}", "starts with `//!`"),
    (form, "dex/mod.rs", "//! It reads.\n// TODO: the rest", "mod.rs:2: unfinished: TODO"),
    (form, "dex/mod.rs", "//! It reads.\nfn f() { todo!() }", "unfinished: todo!"),
    (form, "dex/mod.rs", "//! It reads.\nfn f() { unimplemented!(\"later\") }", "unfinished: unimplemented!"),
    (names, "behavior/reads.rs", "const ID: &str = \"android-id\";", "the data type `android-id` is catalog data"),
    (
        names,
        "dex/scan.rs",
        "const S: &[u8] = b\"uses android.permission.CAMERA\";",
        "the permission `android.permission.CAMERA`",
    ),
    (names, "report/words.rs", "fn f() { say(\"Alipay\") }", "the SDK `Alipay`"),
    (
        names,
        "flow/mod.rs",
        "const C: &str = \"Landroid/telephony/TelephonyManager;\";",
        "the source `Landroid/telephony/TelephonyManager;`",
    ),
    (names, "report/text.rs", "fn f(id: &str) -> bool { id == \"S04\" }", "only check knows rules"),
];

/// Sources that break no rule: in its place, in a comment, in documentation, in a test.
const SOUND: [(Check, &str, &str); 12] = [
    (edges, "check/mod.rs", "use crate::{behavior, disclosure}; use super::error::Error;"),
    (edges, "container/signing/jar.rs", "use super::super::entry::Entry; use crate::Issue;"),
    (edges, "dex/mod.rs", "//! See crate::catalog.\n#[cfg(test)]\nmod tests { use crate::catalog::Catalog; }"),
    (denied_lints, "report/mod.rs", ""),
    (prints, "cli/messages.rs", "fn f() { eprintln!() }"),
    (prints, "dex/mod.rs", "/// println!()\nfn f() { writeln!(out) }"),
    (files, "container/map.rs", "use std::fs::File;"),
    (files, "behavior/program.rs", "struct File { exists: bool }"),
    (unsafety, "container/map.rs", "#[allow(unsafe_code)] fn f() { unsafe { g() } }"),
    (form, "dex/mod.rs", "//! It reads.\nfn mastodon() {}"),
    (names, "catalog/model.rs", "const ID: &str = \"android-id\";"),
    (names, "check/data.rs", "// Alipay\nconst A: &str = \"S04\"; #[cfg(test)] fn f() { g(\"imei\", \"Alipay\") } "),
];

type Check = fn(&Source) -> Vec<String>;

fn names(source: &Source) -> Vec<String> {
    Names::of(Catalog::builtin()).complaints(source)
}

#[test]
fn every_rule_is_broken_by_a_source_that_breaks_it() {
    for (check, path, text, expected) in BROKEN {
        let complaints = check(&Source::new(path, text.to_owned()));
        assert!(complaints.iter().any(|it| it.contains(expected)), "{path}: {text}: {complaints:?}");
    }
    let long = Source::new("dex/mod.rs", format!("//! It reads.\n{}", "\n".repeat(MAX_LINES)));
    assert_eq!(form(&long), ["src/dex/mod.rs:501: more than 500 lines"]);
}

#[test]
fn a_sound_source_breaks_no_rule() {
    for (check, path, text) in SOUND {
        assert_eq!(check(&Source::new(path, text.to_owned())), Vec::<String>::new(), "{path}: {text}");
    }
}
