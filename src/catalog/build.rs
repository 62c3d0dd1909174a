//! Compiles the files of `src/catalog/data` into tables, so that start-up neither parses nor checks them.

#![allow(unreachable_pub, dead_code, reason = "the library shows and uses what the script does not")]

mod api;
mod api_list;
mod api_table;
mod app_type;
mod checks;
mod key;
mod load;
mod model;
#[path = "../names.rs"]
mod names;
mod packed;
mod pattern;
mod phrase;
mod platform_table;
mod register_table;
mod rule;
mod rule_checks;
mod section;
mod tables;
mod version;
mod words;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use sha2::{Digest, Sha256};

const DATA: &str = "src/catalog/data";

/// What the tables are made of.
const SOURCES: [&str; 22] = [
    "api.rs",
    "api_list.rs",
    "api_table.rs",
    "app_type.rs",
    "build.rs",
    "checks.rs",
    "data",
    "key.rs",
    "load.rs",
    "model.rs",
    "../names.rs",
    "packed.rs",
    "pattern.rs",
    "phrase.rs",
    "platform_table.rs",
    "register_table.rs",
    "rule.rs",
    "rule_checks.rs",
    "section.rs",
    "tables.rs",
    "version.rs",
    "words.rs",
];

fn main() -> ExitCode {
    for source in SOURCES {
        println!("cargo:rerun-if-changed=src/catalog/{source}");
    }
    match compile() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            println!("cargo:error={message}");
            ExitCode::FAILURE
        }
    }
}

fn compile() -> Result<(), String> {
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    let files = load::toml_files(Path::new(DATA)).map_err(|error| format!("{DATA}: {error}"))?;
    let files = files.iter().map(|path| read(path)).collect::<Result<Vec<_>, _>>()?;
    checks::check(&files, &tables::Tables::default()).map_err(|fault| fault.to_string())?;
    let tables = load::join(files);
    let packed::Packed { index, frame, texts } = packed::pack(&tables)?;
    let register = register_table::compile(&tables)?;
    let platform = list("platform.tsv", |text| platform_table::compile(text, key::key_of))?;
    let permissions = list("api-permissions.tsv", |text| api_table::compile(&api_list::parse(text)?))?;
    let mut hash = Sha256::new();
    let tables = [
        ("catalog-index.bin", index),
        ("catalog-register.bin", register),
        ("catalog.bin", frame),
        ("catalog.txt", texts.into_bytes()),
        ("platform.bin", platform),
        ("api-permissions.bin", permissions),
    ];
    for (name, table) in &tables {
        hash.update(table);
        let target = out.join(name);
        fs::write(&target, table).map_err(|error| format!("{}: {error}", target.display()))?;
    }
    let hash = hash.finalize().first_chunk().map_or(0, |head| u64::from_be_bytes(*head));
    println!("cargo:rustc-env=CANDOR_CATALOG_HASH={hash:016x}");
    Ok(())
}

/// The table of a list that a machine made.
fn list(name: &str, compile: impl Fn(&str) -> Result<Vec<u8>, String>) -> Result<Vec<u8>, String> {
    let path = format!("{DATA}/{name}");
    let text = fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?;
    compile(&text).map_err(|error| format!("{path}: {error}"))
}

fn read(path: &Path) -> Result<load::CatalogFile, String> {
    let name = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|error| format!("{name}: {error}"))?;
    load::CatalogFile::parse(name, &text).map_err(|fault| fault.to_string())
}
