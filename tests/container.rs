//! Archives that lie, and packages of many archives.
//!
//! The archives are written by the `zip` crate and then patched: each lie is one changed field.

#![allow(clippy::indexing_slicing, clippy::unwrap_used)]

use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use candor::container::{Bytes, Input, Kind, Package, Part, discover};
use proptest::prelude::*;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const MANIFEST: &[u8] = b"manifest manifest manifest manifest manifest manifest";
const DEX: &[u8] = b"dex\n035\0 and then some code, and then some code";

/// A folder of this test alone, empty.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("container").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn open(test: &str, bytes: &[u8]) -> candor::Result<Package> {
    let path = folder(test).join("input");
    std::fs::write(&path, bytes).unwrap();
    Package::open_path(&path)
}

/// An archive of deflated entries; those whose name ends in `.so`, `.dex` or `.apk` are stored.
fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, data) in entries {
        let is_stored = [".so", ".dex", ".apk"].iter().any(|it| name.ends_with(it));
        let method = if is_stored { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        writer.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        writer.write_all(data).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn apk() -> Vec<u8> {
    archive(&[("AndroidManifest.xml", MANIFEST), ("classes.dex", DEX), ("lib/a.so", b"\x7fELF")])
}

/// Offsets of the local header and of the directory record of an entry, and of the end record.
fn offsets(archive: &[u8], name: &str) -> (usize, usize, usize) {
    let find = |magic: &[u8], name_at: usize| {
        (0..archive.len()).find(|at| {
            archive[*at..].starts_with(magic)
                && archive[*at..].get(name_at..).is_some_and(|it| it.starts_with(name.as_bytes()))
        })
    };
    let end = archive.windows(4).rposition(|it| it == b"PK\x05\x06").unwrap();
    (find(b"PK\x03\x04", 30).unwrap(), find(b"PK\x01\x02", 46).unwrap(), end)
}

fn put(archive: &mut [u8], offset: usize, value: &[u8]) {
    archive[offset..offset + value.len()].copy_from_slice(value);
}

fn data<'a>(part: &'a Part, name: &str) -> Bytes<'a> {
    part.read(part.find(name).unwrap_or_else(|| panic!("no {name}"))).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn names(entries: &[&candor::container::Entry]) -> Vec<String> {
    entries.iter().map(|it| it.name.clone()).collect()
}

fn messages(package: &Package) -> String {
    package.issues.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn an_honest_package_is_read_without_an_issue() {
    let package = open("honest", &apk()).unwrap();
    assert_eq!(package.kind, Kind::Apk);
    assert_eq!(messages(&package), "");
    assert_eq!(package.bytes, apk().len() as u64);
    let [part] = package.parts.as_slice() else { panic!("one part") };
    let listed: Vec<&str> = part.entries().iter().map(|it| it.name.as_str()).collect();
    assert_eq!(listed, ["AndroidManifest.xml", "classes.dex", "lib/a.so"]);
    assert_eq!(*data(part, "AndroidManifest.xml"), *MANIFEST);
    assert!(matches!(data(part, "classes.dex"), Bytes::Borrowed(DEX)), "a stored entry is not copied");
    assert!(part.find("classes2.dex").is_none());
}

#[test]
fn the_hash_is_that_of_the_file() {
    let package = open("hash", b"dex\n035\0").unwrap();
    // printf 'dex\n035\0' | sha256sum
    assert_eq!(package.sha256(), "2c54a4c51192601674623d247e827ff8fcee7212eda7fed6bab5a4e959ace58e");
    assert_eq!(package.kind, Kind::Dex);
}

#[test]
fn parts_are_shared_between_threads() {
    let package = open("threads", &apk()).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(*data(&package.parts[0], "AndroidManifest.xml"), *MANIFEST));
        }
    });
}

#[test]
fn lies_that_android_tolerates_are_reported_and_change_nothing() {
    type Lie = fn(&mut Vec<u8>, usize, usize, usize);
    // A lie gets the offsets of the manifest's local header and directory record, and of the end record.
    let lies: [(&str, Lie, &str); 16] = [
        ("nothing", |_, _, _, _| {}, ""),
        ("flag", |it, _, record, _| put(it, record + 8, &[1, 0]), "is marked as encrypted"),
        ("local flag", |it, local, _, _| put(it, local + 6, &[1, 0]), "is marked as encrypted in its local header"),
        ("local method", |it, local, _, _| put(it, local + 8, &[0x21, 0x43]), "another compression method"),
        ("local name", |it, local, _, _| put(it, local + 30, b"X"), "another name"),
        ("local sizes", |it, local, _, _| put(it, local + 18, &[9, 9, 9, 9]), "another size or checksum"),
        ("disks", |it, _, _, end| put(it, end + 4, &[1, 0, 2, 0, 7, 0]), ""),
        ("count", |it, _, _, end| put(it, end + 8, &[99, 0, 99, 0]), "claims 99 entries, its directory has 3"),
        ("few", |it, _, _, end| put(it, end + 8, &[2, 0, 2, 0]), "goes on after its 2 entries"),
        ("method", |it, _, record, _| put(it, record + 10, &[0x21, 0x43]), "unknown compression method 17185"),
        ("before", |it, _, _, _| drop(it.splice(0..0, *b"junk before")), "is declared at"),
        ("after", |it, _, _, _| it.extend(b"junk after"), "does not end where the archive's comment ends"),
        ("far after", |it, _, _, _| it.extend(vec![0; 100_000]), "does not end where the archive's comment ends"),
        (
            "decoy",
            |it, _, _, end| {
                put(it, end + 20, &[30, 0]);
                it.extend(b"PK\x05\x06");
                it.extend([0; 26]);
            },
            "a second end of central directory record",
        ),
        (
            "climbs",
            |it, _, _, _| {
                let name = it.windows(8).rposition(|it| it == b"lib/a.so").unwrap();
                put(it, name, b"../x/../");
            },
            "climbs out of its folder",
        ),
        ("size", |it, _, record, _| put(it, record + 24, &[0, 0, 0, 1]), "another size or checksum"),
    ];
    for (name, lie, issue) in lies {
        let mut bytes = apk();
        let (local, record, end) = offsets(&bytes, "AndroidManifest.xml");
        lie(&mut bytes, local, record, end);
        let package = open("lies", &bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(*data(&package.parts[0], "AndroidManifest.xml"), *MANIFEST, "{name}");
        assert_eq!(*data(&package.parts[0], "classes.dex"), *DEX, "{name}");
        let messages = messages(&package);
        assert!(messages.contains(issue) && messages.is_empty() == issue.is_empty(), "{name}: {messages}");
    }
}

#[test]
fn an_unknown_method_is_read_as_stored() {
    let mut bytes = apk();
    let (local, record, _) = offsets(&bytes, "classes.dex");
    put(&mut bytes, local + 8, &[0x99, 0]);
    put(&mut bytes, record + 10, &[0x99, 0]);
    put(&mut bytes, record + 20, &[0x77, 0]);
    let package = open("badpack", &bytes).unwrap();
    assert_eq!(*data(&package.parts[0], "classes.dex"), *DEX);
    assert!(messages(&package).contains("unknown compression method 153"), "{}", messages(&package));
}

#[test]
fn of_two_entries_with_one_name_the_first_counts() {
    let mut bytes = archive(&[("AndroidManifest.xml", MANIFEST), ("AndroidManifesu.xml", b"decoy"), ("a", b"a")]);
    let (local, record, _) = offsets(&bytes, "AndroidManifesu.xml");
    put(&mut bytes, local + 30, b"AndroidManifest.xml");
    put(&mut bytes, record + 46, b"AndroidManifest.xml");
    let package = open("duplicates", &bytes).unwrap();
    assert_eq!(*data(&package.parts[0], "AndroidManifest.xml"), *MANIFEST);
    assert_eq!(package.parts[0].entries().len(), 3, "both are listed");
    assert!(messages(&package).contains("has the name of an earlier entry"), "{}", messages(&package));
}

#[test]
fn a_checksum_that_does_not_fit_is_told_by_the_data() {
    let mut bytes = apk();
    let (_, record, _) = offsets(&bytes, "AndroidManifest.xml");
    put(&mut bytes, record + 16, &[0; 4]);
    put(&mut bytes, record + 24, &[7, 0, 0, 0]);
    let package = open("checksum", &bytes).unwrap();
    let part = &package.parts[0];
    let entry = part.find("AndroidManifest.xml").unwrap();
    let read = part.read(entry).unwrap();
    assert_eq!(*read, *MANIFEST);
    let told: Vec<String> = part.contradictions(entry, &read).iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains(&format!("claims 7 bytes, the data has {}", MANIFEST.len())), "{told:?}");
    assert!(told[1].contains("claims CRC-32 0x00000000"), "{told:?}");
    let honest = part.find("classes.dex").unwrap();
    assert!(part.contradictions(honest, &part.read(honest).unwrap()).is_empty());
}

#[test]
fn zip64_is_read() {
    let mut bytes = apk();
    let (_, record, end) = offsets(&bytes, "lib/a.so");
    let directory = u64::from(u32::from_le_bytes(bytes[end + 16..end + 20].try_into().unwrap()));
    let size = end as u64 - directory;
    // The record of `lib/a.so` is the last one: its sizes and offset go to an extra field of 4 + 24 bytes.
    let local = u64::from(u32::from_le_bytes(bytes[record + 42..record + 46].try_into().unwrap()));
    let mut wide = vec![1, 0, 24, 0];
    for value in [4, 4, local] {
        wide.extend(u64::to_le_bytes(value));
    }
    put(&mut bytes, record + 20, &[0xff; 8]);
    put(&mut bytes, record + 42, &[0xff; 4]);
    put(&mut bytes, record + 30, &[28, 0]);
    let mut tail = bytes.split_off(end);
    bytes.extend(wide);
    let record64 = bytes.len() as u64;
    bytes.extend(b"PK\x06\x06");
    bytes.extend(44_u64.to_le_bytes());
    bytes.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for value in [3, 3, size + 28, directory] {
        bytes.extend(u64::to_le_bytes(value));
    }
    bytes.extend(b"PK\x06\x07\0\0\0\0");
    bytes.extend(record64.to_le_bytes());
    bytes.extend([1, 0, 0, 0]);
    put(&mut tail, 8, &[0xff; 12]);
    bytes.extend(tail);
    let package = open("zip64", &bytes).unwrap();
    assert_eq!(messages(&package), "");
    assert_eq!(*data(&package.parts[0], "lib/a.so"), *b"\x7fELF");
}

#[test]
#[cfg(target_os = "linux")]
fn a_small_package_that_claims_gigabytes_costs_megabytes() {
    let peak = || -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find(|it| it.starts_with("VmHWM:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    };
    let zeros = vec![0; 900_000];
    let mut bytes = archive(&[("AndroidManifest.xml", &zeros), ("classes.dex", DEX)]);
    assert!(bytes.len() < 2_000);
    for name in ["AndroidManifest.xml", "classes.dex"] {
        let (local, record, _) = offsets(&bytes, name);
        put(&mut bytes, local + 22, &[0xf0, 0xff, 0xff, 0xff]);
        put(&mut bytes, record + 24, &[0xf0, 0xff, 0xff, 0xff]);
    }
    let (_, _, end) = offsets(&bytes, "classes.dex");
    put(&mut bytes, end + 8, &[0xff; 4]);
    let before = peak();
    let package = open("bomb", &bytes).unwrap();
    assert_eq!(*data(&package.parts[0], "AndroidManifest.xml"), *zeros);
    assert_eq!(*data(&package.parts[0], "classes.dex"), *DEX);
    let cost = peak() - before;
    assert!(cost < 64 << 10, "{cost} KiB");
}

#[test]
fn a_package_cut_anywhere_is_an_error_with_a_message() {
    let bytes = apk();
    let path = folder("cut").join("input");
    for end in 0..bytes.len() {
        std::fs::write(&path, &bytes[..end]).unwrap();
        let error = Package::open_path(&path).expect_err("the end record is cut");
        assert!(error.to_string().contains("end of central directory"), "cut at {end}: {error}");
    }
}

#[test]
fn dex_files_are_read_up_to_the_first_gap() {
    let files = [
        "classes.dex",
        "classes10.dex",
        "classes2.dex",
        "classes3.dex",
        "classes5.dex",
        "classes02.dex",
        "x/classes4.dex",
    ];
    let entries: Vec<(&str, &[u8])> = files.iter().map(|it| (*it, DEX)).collect();
    let package = open("gap", &archive(&entries)).unwrap();
    let (loaded, rest) = package.parts[0].dex_entries();
    assert_eq!(names(&loaded), ["classes.dex", "classes2.dex", "classes3.dex"]);
    assert_eq!(names(&rest), ["classes5.dex", "classes02.dex", "classes10.dex"]);
}

#[test]
fn a_bare_dex_has_one_entry_with_the_name_of_the_file() {
    let path = folder("bare").join("some.bin");
    std::fs::write(&path, DEX).unwrap();
    let package = Package::open_path(&path).unwrap();
    assert_eq!(package.kind, Kind::Dex);
    let (loaded, rest) = package.parts[0].dex_entries();
    assert_eq!((names(&loaded), rest.len()), (vec!["some.bin".to_owned()], 0));
    assert_eq!(*package.parts[0].read(loaded[0]).unwrap(), *DEX);
}

#[test]
fn a_dex_before_the_archive_is_told() {
    let mut bytes = DEX.to_vec();
    bytes.extend(apk());
    let package = open("janus", &bytes).unwrap();
    assert_eq!(package.kind, Kind::Apk);
    assert!(messages(&package).contains("a DEX file before the archive"), "{}", messages(&package));
}

#[test]
fn the_splits_of_a_set_are_its_parts() {
    type Entries<'a> = Vec<(&'a str, &'a [u8])>;

    let base = apk();
    let split = archive(&[("AndroidManifest.xml", MANIFEST), ("lib/b.so", b"b")]);
    let whole = archive(&[("AndroidManifest.xml", b"universal")]);
    let toc: &[u8] = b"toc";
    let xapk = br#"{"package_name":"z.app","split_apks":[{"file":"config.de.apk","id":"config.de"},{"file":"z.app.apk","id":"base"}]}"#;
    let sets: [(&str, Entries, &[&str]); 5] = [
        (
            "apks",
            vec![
                ("toc.pb", toc),
                ("splits/base-de.apk", &split),
                ("splits/base-master.apk", &base),
                ("universal.apk", &whole),
            ],
            &["", "base-de.apk"],
        ),
        (
            "standalone",
            vec![("toc.pb", toc), ("standalones/standalone-arm.apk", &base), ("standalones/x.apk", &whole)],
            &[""],
        ),
        (
            "xapk",
            vec![("manifest.json", xapk), ("config.de.apk", &split), ("z.app.apk", &base)],
            &["", "config.de.apk"],
        ),
        (
            "apkm",
            vec![("split_config.de.apk", &split), ("base.apk", &base), ("info.json", b"{}")],
            &["", "split_config.de.apk"],
        ),
        ("names", vec![("a/x.apk", &split), ("b/x.apk", &split), ("base.apk", &base)], &["", "a/x.apk", "b/x.apk"]),
    ];
    for (name, entries, parts) in sets {
        let package = open("sets", &archive(&entries)).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(package.kind, Kind::Split, "{name}");
        let found: Vec<&str> = package.parts.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(found, parts, "{name}");
        assert_eq!(*data(&package.parts[0], "classes.dex"), *DEX, "{name}");
        let expected = if name == "standalone" { "one of 2 alternatives" } else { "" };
        assert!(messages(&package).contains(expected), "{name}: {}", messages(&package));
    }
}

#[test]
fn one_broken_split_does_not_hide_the_others() {
    let base = apk();
    let package = open("broken", &archive(&[("base.apk", &base), ("split_x.apk", b"not a zip")])).unwrap();
    assert_eq!(package.parts.len(), 1);
    assert!(
        messages(&package).starts_with("split_x.apk: expected an end of central directory"),
        "{}",
        messages(&package)
    );
    assert!(open("broken", &archive(&[("split_x.apk", b"not a zip")])).is_err());
}

#[test]
fn modules_of_a_bundle_are_its_parts() {
    let package = open(
        "bundle",
        &archive(&[
            ("BundleConfig.pb", b"config"),
            ("feature1/manifest/AndroidManifest.xml", b"feature"),
            ("feature1/dex/classes.dex", DEX),
            ("base/manifest/AndroidManifest.xml", MANIFEST),
            ("base/dex/classes.dex", DEX),
            ("base/dex/classes2.dex", DEX),
            ("base/resources.pb", b"res"),
            ("BUNDLE-METADATA/x/y", b""),
        ]),
    )
    .unwrap();
    assert_eq!(package.kind, Kind::Bundle);
    let [base, feature] = package.parts.as_slice() else { panic!("two modules") };
    assert_eq!((base.name.as_str(), feature.name.as_str()), ("", "feature1"));
    assert_eq!(*data(base, "manifest/AndroidManifest.xml"), *MANIFEST);
    assert_eq!(*data(base, "resources.pb"), *b"res");
    assert_eq!(names(&base.dex_entries().0), ["dex/classes.dex", "dex/classes2.dex"]);
    assert_eq!(feature.label(&feature.dex_entries().0[0].name), "feature1!/dex/classes.dex");
}

#[test]
fn an_archive_without_a_package_says_what_was_expected() {
    let error = open("other", &archive(&[("readme.txt", b"hello")])).unwrap_err().to_string();
    assert!(error.contains("expected AndroidManifest.xml, classes.dex or packages among the 1 entries"), "{error}");
    let error = open("other", b"plain text").unwrap_err().to_string();
    assert!(error.contains("expected an end of central directory record"), "{error}");
}

#[test]
fn inputs_are_found_in_a_stable_order() {
    let root = folder("discover");
    for name in [
        "b.apk",
        "a.dex",
        "note.txt",
        "set/base.apk",
        "set/split_config.de.apk",
        "set/other.apk",
        "two/base.apk",
        "two/x.apk",
    ] {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, apk()).unwrap();
    }
    let relative = |inputs: &[Input]| -> Vec<String> {
        inputs.iter().map(|it| it.path.strip_prefix(&root).unwrap().display().to_string()).collect()
    };
    let (inputs, issues) = discover(&[root.join("b.apk"), root.clone()]);
    assert_eq!(relative(&inputs), ["b.apk", "a.dex", "set", "set/other.apk", "two/base.apk", "two/x.apk"]);
    assert_eq!(issues, []);
    let set = Package::open(&inputs[2]).unwrap();
    let parts: Vec<&str> = set.parts.iter().map(|it| it.name.as_str()).collect();
    assert_eq!((set.kind, parts), (Kind::Split, vec!["", "split_config.de.apk"]));
    assert_eq!(set.bytes, 2 * apk().len() as u64);

    let (inputs, issues) = discover(&[root.join("*/[bx]*.apk"), root.join("note.txt")]);
    assert_eq!(relative(&inputs), ["set/base.apk", "two/base.apk", "two/x.apk", "note.txt"]);
    assert_eq!(issues, []);

    std::fs::create_dir(root.join("empty")).unwrap();
    let (inputs, issues) = discover(&[root.join("missing.apk"), root.join("*.none"), root.join("empty")]);
    assert_eq!(inputs, []);
    let told: Vec<String> = issues.iter().map(|it| it.to_string().replace(&root.display().to_string(), "")).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert_eq!(told[0], "/missing.apk: no such file or folder");
    assert_eq!(told[1], "/*.none: the glob matches nothing");
    assert!(told[2].starts_with("/empty: no package in this folder"), "{told:?}");
}

#[test]
fn an_archive_or_dex_file_inside_a_package_is_a_part_of_its_own() {
    let plugin = archive(&[("classes.dex", DEX), ("assets/a.dex", DEX)]);
    let entries: [(&str, &[u8]); 4] = [
        ("AndroidManifest.xml", MANIFEST),
        ("assets/p.jar", &plugin),
        ("assets/b.dex", DEX),
        ("assets/c.dex", b"no dex"),
    ];
    let package = open("nested", &archive(&entries)).unwrap();
    let part = &package.parts[0];
    let nested = |part: &Part, name: &str| part.nested(part.find(name).unwrap()).unwrap();

    let jar = nested(part, "assets/p.jar").unwrap();
    assert_eq!(jar.copied, plugin.len() as u64);
    assert_eq!(jar.part.label("classes.dex"), "assets/p.jar!/classes.dex");
    assert_eq!(*jar.part.read(jar.part.dex_entries().0[0]).unwrap(), *DEX);
    let deeper = nested(&jar.part, "assets/a.dex").unwrap();
    assert_eq!(deeper.part.label(&deeper.part.dex_entries().0[0].name), "assets/p.jar!/assets/a.dex");

    let bare = nested(part, "assets/b.dex").unwrap();
    assert_eq!((bare.copied, bare.part.label(&bare.part.entries()[0].name)), (0, "assets/b.dex".to_owned()));
    assert_eq!(*bare.part.read(&bare.part.entries()[0]).unwrap(), *DEX);
    assert!(nested(part, "assets/c.dex").is_none());
}

#[test]
fn what_is_nested_is_no_larger_than_its_compressed_bytes_allow() {
    let zeros = vec![0; 8 << 20];
    let bomb = archive(&[("classes.bin", &zeros), ("small.txt", &[b'a'; 1000])]);
    let package =
        open("nested_bomb", &archive(&[("AndroidManifest.xml", MANIFEST), ("a.jar", &bomb), ("z.jar", &zeros)]))
            .unwrap();
    let part = &package.parts[0];
    let jar = part.nested(part.find("a.jar").unwrap()).unwrap().unwrap().part;
    assert_eq!(jar.read(jar.find("small.txt").unwrap()).unwrap().len(), 1000);
    assert!(jar.read(jar.find("classes.bin").unwrap()).unwrap_err().to_string().contains("exceeds the limit"));
    assert!(part.nested(part.find("z.jar").unwrap()).unwrap_err().to_string().contains("exceeds the limit"));
    // The package itself may hold such an entry.
    assert_eq!(part.read(part.find("z.jar").unwrap()).unwrap().len(), zeros.len());
}

proptest! {
    #[test]
    fn changed_archives_never_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20)) {
        let mut bytes = archive(&[("base.apk", &apk()), ("META-INF/A.RSA", b"0"), ("META-INF/A.SF", b"")]);
        for (index, byte) in changes {
            let at = index.index(bytes.len());
            bytes[at] = byte;
        }
        let file = folder("changed").join("input");
        std::fs::write(&file, &bytes).unwrap();
        if let Ok(package) = Package::open_path(&file) {
            for part in &package.parts {
                part.dex_entries();
                for entry in part.entries() {
                    let _ = part.read(entry).map(|data| part.contradictions(entry, &data));
                }
            }
        }
    }
}
