//! The files of `data/` are canonical: sorted, plain, in their place, and all compiled.

use std::fs;
use std::path::{Path, PathBuf};

use candor::catalog::{Catalog, Tables};

fn all() -> Vec<(PathBuf, String)> {
    fn walk(dir: &Path, into: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(dir).expect("the data directory is part of the crate") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                walk(&path, into);
            } else if path.extension().is_some_and(|extension| extension == "toml") {
                into.push(path);
            }
        }
    }
    let mut paths = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/catalog/data"), &mut paths);
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), fs::read_to_string(path).expect("UTF-8"))).collect()
}

/// The keys of one file's entries, as the data README names them, in file order.
fn keys(tables: &Tables<String>) -> Vec<String> {
    let mut keys = Vec::new();
    keys.extend(tables.data_types.iter().map(|entry| entry.id.clone()));
    keys.extend(tables.sources.iter().map(|entry| {
        let kind = entry.kind as u8;
        format!("{kind:02}\0{}\0{}\0{}", entry.target, entry.arg_value, entry.data)
    }));
    keys.extend(tables.permissions.iter().map(|entry| entry.name.clone()));
    keys.extend(tables.implied.iter().map(|entry| format!("{}\0{}", entry.declared, entry.implied)));
    keys.extend(tables.sdks.iter().map(|entry| entry.id.clone()));
    keys.extend(tables.not_endpoints.iter().map(|entry| format!("{} {}", entry.host, entry.path)));
    keys.extend(tables.phrases.iter().map(|entry| format!("{}\0{}", entry.role, entry.value)));
    keys.extend(tables.libraries.iter().map(|entry| entry.prefix.clone()));
    keys.extend(
        tables
            .markers
            .iter()
            .map(|entry| format!("{}\0{}\0{}\0{}", entry.kind, entry.name, entry.marker, entry.pattern)),
    );
    keys.extend(tables.versions.iter().map(|entry| {
        let kind = entry.kind as u8;
        format!("{}\0{kind}\0{}\0{}\0{}", entry.sdk, entry.place, entry.name, entry.pattern)
    }));
    keys.extend(tables.app_types.iter().map(|entry| entry.id.clone()));
    keys.extend(tables.texts.iter().map(|entry| entry.id.clone()));
    keys.extend(tables.rules.iter().map(|entry| entry.id.clone()));
    keys
}

#[test]
fn hold_one_kind_sorted_by_key_without_duplicates() {
    for (path, text) in all() {
        let tables: Tables<String> = toml::from_str(&text).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        let keys = keys(&tables);
        assert!(!keys.is_empty(), "{path:?} has no entry");
        for pair in keys.windows(2) {
            assert!(pair[0] < pair[1], "{path:?}: {:?} must come after {:?}", pair[0], pair[1]);
        }
        let value: toml::Table = toml::from_str(&text).expect("parsed before");
        assert_eq!(value.len(), 1, "{path:?} holds several kinds of entries");
    }
}

#[test]
fn are_written_plainly() {
    for (path, text) in all() {
        assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{path:?} must end with one newline");
        assert!(!text.contains('\r') && !text.contains('\t'), "{path:?} has carriage returns or tabs");
        for (number, line) in (1..).zip(text.lines()) {
            assert_eq!(line.trim_end(), line, "{path:?}:{number}: white space at the end");
            assert!(!line.contains("\\u"), "{path:?}:{number}: escaped text");
            assert!(!line.ends_with("= \"\"") || line.starts_with("clause"), "{path:?}:{number}: empty key");
            assert!(!line.ends_with("= []"), "{path:?}:{number}: empty key");
        }
    }
}

#[test]
fn lie_where_their_entries_belong() {
    for (path, text) in all() {
        let tables: Tables<String> = toml::from_str(&text).expect("parsed before");
        let stem = path.file_stem().and_then(|stem| stem.to_str()).expect("a name");
        for entry in &tables.sources {
            assert_eq!(if entry.data == "*" { "by-constant" } else { &entry.data }, stem, "{path:?}");
        }
        for entry in &tables.markers {
            assert_eq!(entry.kind, stem, "{path:?}");
        }
        for entry in &tables.rules {
            assert_eq!(entry.id, stem, "{path:?}");
        }
    }
}

#[test]
fn are_all_compiled() {
    let entries: usize = all().iter().map(|(_, text)| keys(&toml::from_str(text).expect("parsed before")).len()).sum();
    let Tables {
        data_types,
        sources,
        permissions,
        implied,
        sdks,
        libraries,
        markers,
        not_endpoints,
        phrases,
        rules,
        versions,
        app_types,
        texts,
    } = &Catalog::builtin().tables;
    let compiled = data_types.len()
        + sources.len()
        + permissions.len()
        + implied.len()
        + sdks.len()
        + libraries.len()
        + not_endpoints.len()
        + markers.len()
        + phrases.len()
        + rules.len()
        + versions.len()
        + app_types.len()
        + texts.len();
    assert_eq!(compiled, entries);
}

#[test]
fn lists_of_machines_are_sorted_and_plain() {
    for name in ["api-permissions.tsv", "platform.tsv"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/catalog/data").join(name);
        let text = fs::read_to_string(&path).expect("UTF-8");
        assert!(text.ends_with('\n') && text.is_ascii(), "{name}");
        let entries: Vec<_> = text.lines().skip(usize::from(name == "api-permissions.tsv")).collect();
        for pair in entries.windows(2) {
            assert!(key(pair[0]) < key(pair[1]), "{name}: {:?} must come after {:?}", pair[0], pair[1]);
        }
    }
}

/// The columns of a line that order it.
fn key(line: &str) -> Vec<&str> {
    line.split('\t').collect()
}
