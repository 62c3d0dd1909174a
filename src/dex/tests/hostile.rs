//! Bytes that nobody would write: nothing panics, everything ends, and the fast scan sees what a plain walk sees.

use proptest::prelude::*;

use super::build::{Body, Class, File};
use super::{all_targets, fixtures, naive_sites};
use crate::Issue;
use crate::dex::{Dex, Scan, Site};

/// A site with the class and the method that hold it, by their places in the tables.
type Place = (u32, u32, Site);

const SHARED: &str = "the same members or code are listed over and over";

fn scanned(file: &str, dex: &Dex<'_>) -> (Vec<Place>, Vec<Issue>) {
    let targets = all_targets(dex);
    let scan = Scan::new(file, dex, &targets);
    let (mut places, mut issues) = (Vec::new(), Vec::new());
    for range in scan.ranges() {
        issues.extend(scan.run(range, |class, method, _, sites| {
            places.extend(sites.iter().map(|site| (class.class.0, method.method.0, *site)));
        }));
    }
    (places, issues)
}

/// The same by the plain way, and how many methods or classes could not be read to their end.
fn walked(dex: &Dex<'_>) -> (Vec<Place>, usize) {
    let (mut places, mut broken) = (Vec::new(), 0);
    for class in dex.classes().flatten() {
        let Ok(members) = dex.class_data(&class) else {
            broken += 1;
            continue;
        };
        for method in members.into_iter().flatten() {
            let Ok((method, Ok(code))) = method.map(|method| (method, dex.code(&method))) else {
                broken += 1;
                continue;
            };
            let Some(code) = code else { continue };
            let (sites, end) = naive_sites(dex, &code);
            broken += usize::from(end.is_err());
            places.extend(sites.into_iter().map(|site| (class.class.0, method.method.0, site)));
        }
    }
    (places, broken)
}

/// Opens `bytes` and uses everything in them; `false` where they are no DEX file.
fn agrees(file: &str, bytes: &[u8]) -> bool {
    let Ok((dexes, issues)) = Dex::open(file, bytes) else { return false };
    assert!(issues.len() <= dexes.len() * 16, "{file}: {} issues of opening", issues.len());
    for dex in &dexes {
        let (places, issues) = scanned(file, dex);
        let (expected, broken) = walked(dex);
        if issues.iter().any(|issue| issue.message.contains(SHARED)) {
            continue;
        }
        assert_eq!(issues.len(), broken, "{file}: {issues:?}");
        assert_eq!(places, expected, "{file}");
        for class in dex.classes().flatten() {
            dex.interfaces(&class).take(1 << 16).for_each(drop);
            for method in dex.class_data(&class).into_iter().flatten().flatten().flatten() {
                let tries = dex.code(&method).ok().flatten().map(|code| code.tries()).unwrap_or_default();
                assert!(tries.iter().map(|entry| entry.handlers.len()).sum::<usize>() <= 1 << 16);
            }
        }
    }
    true
}

#[test]
fn the_scan_sees_what_a_plain_walk_sees() {
    let mut sites = 0;
    for (name, bytes) in fixtures("dex") {
        assert!(agrees(&name, &bytes), "{name}");
        let (dexes, _) = Dex::open(&name, &bytes).unwrap();
        sites += dexes.iter().map(|dex| scanned(&name, dex).0.len()).sum::<usize>();
    }
    assert!(sites > 100, "{sites} sites in the fixtures");
}

#[test]
fn malformed_fixtures_are_read_as_far_as_they_go() {
    for (name, bytes) in fixtures("malformed") {
        agrees(&name, &bytes);
    }
}

#[test]
fn a_file_cut_anywhere_is_read_or_refused() {
    for (name, bytes) in fixtures("dex") {
        for length in 0..bytes.len() {
            let cut = &bytes[..length];
            if let Ok((_, issues)) = Dex::open(&name, cut) {
                assert!(!issues.is_empty(), "{name} cut to {length} bytes passes for whole");
            }
            if length % 7 == 0 {
                agrees(&name, cut);
            }
        }
    }
}

#[test]
fn code_that_is_listed_over_and_over_is_read_a_bounded_number_of_times() {
    let classes = 2000u32;
    let insns = vec![0x0000; 50_000];
    let mut file = File {
        strings: [&b"LA;"[..], b"V", b"m"].map(<[u8]>::to_vec).to_vec(),
        types: vec![0, 1],
        protos: vec![(1, 1, Vec::new())],
        methods: vec![(0, 0, 2)],
        ..File::default()
    };
    let body = Body { insns: [&insns[..], &[0x001a, 2, 0x000e]].concat(), ..Body::default() };
    file.classes = vec![Class { methods: vec![(0, 8, Some(body))], ..Class::default() }];
    file.classes.resize(classes as usize, Class::default());
    let mut bytes = file.bytes();
    let (dexes, _) = Dex::open("a.dex", &bytes).unwrap();
    let table = dexes[0].header.classes.offset as usize;
    for class in 1..classes as usize {
        bytes.copy_within(table..table + 32, table + 32 * class);
    }
    let (dexes, _) = Dex::open("a.dex", &bytes).unwrap();
    let (places, issues) = scanned("a.dex", &dexes[0]);
    assert!(places.len() < 100, "{} visits of the same 100 KB in a file of {}", places.len(), bytes.len());
    assert!(issues.iter().any(|issue| issue.message.contains(SHARED)), "{issues:?}");
}

#[test]
fn fields_that_are_listed_over_and_over_are_read_a_bounded_number_of_times() {
    let classes = 20_000usize;
    let fields = 20_000u32;
    let mut file = File {
        strings: [&b"LA;"[..], b"V", b"m"].map(<[u8]>::to_vec).to_vec(),
        types: vec![0, 1],
        fields: vec![(0, 1, 2); fields as usize],
        ..File::default()
    };
    file.classes = vec![Class::default(); classes];
    let mut bytes = file.bytes();
    let shared = bytes.len() as u32;
    bytes.extend(super::build::uleb(fields));
    bytes.extend([0, 0, 0]);
    bytes.resize(bytes.len() + 2 * fields as usize + 1, 0);
    let (dexes, _) = Dex::open("a.dex", &bytes).unwrap();
    let table = dexes[0].header.classes.offset as usize;
    for class in 0..classes {
        bytes[table + 32 * class + 24..][..4].copy_from_slice(&shared.to_le_bytes());
    }
    let (dexes, _) = Dex::open("a.dex", &bytes).unwrap();
    let (_, issues) = scanned("a.dex", &dexes[0]);
    assert!(issues.iter().any(|issue| issue.message.contains(SHARED)), "{issues:?}");
}

proptest! {
    #[test]
    fn random_bytes_are_refused_or_read(tail in prop::collection::vec(any::<u8>(), 0..2000)) {
        agrees("a.dex", &tail);
        let mut bytes = b"dex\n035\0".to_vec();
        bytes.extend(&tail);
        if let Some(tag) = bytes.get_mut(0x28..0x2c) {
            tag.copy_from_slice(&0x1234_5678u32.to_le_bytes());
        }
        agrees("a.dex", &bytes);
    }

    #[test]
    fn random_code_is_scanned_as_it_is_decoded(insns in prop::collection::vec(any::<u16>(), 0..400)) {
        let bytes = super::build::code(&insns);
        prop_assert!(agrees("a.dex", &bytes));
    }

    /// Mostly real opcodes with small operands, so that decoding gets far.
    #[test]
    fn likely_code_is_scanned_as_it_is_decoded(
        insns in prop::collection::vec((any::<u8>(), 0u8..4).prop_map(|(low, high)| u16::from_le_bytes([low, high])), 0..400),
    ) {
        let bytes = super::build::code(&insns);
        prop_assert!(agrees("a.dex", &bytes));
    }

    #[test]
    fn mutated_files_are_scanned_as_they_are_walked(
        choice: prop::sample::Index,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let files = fixtures("dex");
        let (name, mut bytes) = files[choice.index(files.len())].clone();
        for (place, value) in changes {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        agrees(&name, &bytes);
    }
}
