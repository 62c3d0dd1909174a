//! Headers: versions 035 to 041, containers, and what a header may not say.

use super::{fixture, fixtures, open};
use crate::dex::{Dex, is_dex};

/// The classes of all files in `bytes`.
fn classes(bytes: &[u8]) -> Vec<String> {
    let (dexes, issues) = Dex::open("a.dex", bytes).unwrap();
    assert_eq!(issues, []);
    dexes
        .iter()
        .flat_map(|dex| dex.classes().map(|it| dex.type_descriptor(it.unwrap().class).unwrap().into_owned()))
        .collect()
}

#[test]
fn the_same_classes_are_read_from_every_version() {
    let expected = ["Lcom/example/dex/Forms;", "Lcom/example/dex/Shape;", "Lcom/example/dex/Square;"];
    for version in [35, 37, 38, 39, 40] {
        let bytes = fixture(&format!("dex/v0{version}.dex"));
        assert!(is_dex(&bytes));
        assert_eq!(open(&bytes).header.version, version);
        let mut found = classes(&bytes);
        found.sort();
        assert_eq!(found, expected, "version {version}");
    }
}

#[test]
fn a_container_gives_each_of_its_files() {
    let bytes = fixture("dex/v041.dex");
    assert_eq!(classes(&bytes), ["Lcom/example/container/First;", "Lcom/example/container/Second;"]);
    let (dexes, _) = Dex::open("a.dex", &bytes).unwrap();
    assert!(dexes.iter().all(|dex| dex.header.version == 41 && dex.size() == bytes.len()));
    assert_eq!(dexes[0].header.offset, 0);
    assert_eq!(dexes[1].header.offset, dexes[0].header.file_size, "the sizes lead from one header to the next");
}

#[test]
fn a_file_behind_the_first_of_a_container_is_never_lost_silently() {
    for (what, place, value) in [("file_size", 0x20, 0u32), ("file_size", 0x20, 0x77), ("file_size", 0x20, 0x7fff_ffff)]
    {
        let mut bytes = fixture("dex/v041.dex");
        bytes[place..place + 4].copy_from_slice(&value.to_le_bytes());
        let (dexes, issues) = Dex::open("a.dex", &bytes).unwrap();
        assert_eq!(dexes.len(), 1, "{value:#x}");
        assert!(issues.iter().any(|issue| issue.message.contains(what)), "{value:#x}: {issues:?}");
    }
    let mut bytes = fixture("dex/v041.dex");
    let second = open_all(&bytes)[1].header.offset as usize;
    bytes[second + 0x74] ^= 0xff;
    let (_, issues) = Dex::open("a.dex", &bytes).unwrap();
    assert!(issues.iter().any(|issue| issue.message.starts_with("header_offset")), "{issues:?}");
    bytes[second] = b'x';
    let (_, issues) = Dex::open("a.dex", &bytes).unwrap();
    assert!(issues.iter().any(|issue| issue.message.starts_with("expected a dex magic")), "{issues:?}");
}

fn open_all(bytes: &[u8]) -> Vec<Dex<'_>> {
    Dex::open("a.dex", bytes).unwrap().0
}

#[test]
fn versions_that_never_were_are_refused() {
    for version in ["034", "042", "099", "3 5", "x35"] {
        let mut bytes = fixture("dex/v035.dex");
        bytes[4..7].copy_from_slice(version.as_bytes());
        assert!(Dex::open("a.dex", &bytes).is_err(), "{version}");
    }
}

#[test]
fn a_header_needs_its_bytes_and_the_right_order() {
    let bytes = fixture("dex/v035.dex");
    for length in [0, 7, 8, 0x6f] {
        assert!(Dex::open("a.dex", &bytes[..length]).is_err(), "{length} bytes");
    }
    let mut swapped = bytes;
    swapped[0x28..0x2c].reverse();
    let error = Dex::open("a.dex", &swapped).unwrap_err();
    assert_eq!(
        (error.to_string(), error.offset()),
        ("endian tag 0x78563412 is not 0x12345678 (at offset 0x28)".into(), Some(0x28))
    );
}

#[test]
fn a_table_is_cut_to_what_is_there_and_that_is_said() {
    for (name, place) in [
        ("string_ids", 0x38),
        ("type_ids", 0x40),
        ("proto_ids", 0x48),
        ("field_ids", 0x50),
        ("method_ids", 0x58),
        ("class_defs", 0x60),
    ] {
        let mut bytes = fixture("dex/v035.dex");
        bytes[place..place + 4].copy_from_slice(&0x4000_0000u32.to_le_bytes());
        let (dexes, issues) = Dex::open("a.dex", &bytes).unwrap();
        let said = issues.iter().find(|issue| issue.message.contains("claims 1073741824 items")).unwrap();
        assert!(said.message.starts_with(name), "{said}");
        assert_eq!(said.offset, Some(place as u64));
        let header = &dexes[0].header;
        let longest = [header.strings, header.types, header.protos, header.fields, header.methods, header.classes];
        assert!(longest.iter().all(|table| u64::from(table.count) * 4 <= bytes.len() as u64));
    }
}

#[test]
fn sound_fixtures_raise_no_issue() {
    for (name, bytes) in fixtures("dex") {
        assert_eq!(Dex::open(&name, &bytes).unwrap().1, [], "{name}");
    }
}
