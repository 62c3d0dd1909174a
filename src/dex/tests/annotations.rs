//! Methods that carry an annotation, in files where a directory of annotations was put behind the rest.

use super::build::{Class, File};
use crate::dex::{Dex, MethodIdx, TypeIdx};

/// A file with class 0 and methods 0 and 1, whose class says that its annotations are the words at the end of the file.
/// `words` is told where they begin.
fn file(classes: usize, words: impl Fn(u32) -> Vec<u32>) -> Vec<u8> {
    let mut bytes = File {
        strings: [&b"LA;"[..], b"LB;", b"V", b"m", b"n"].map(<[u8]>::to_vec).to_vec(),
        types: vec![0, 1, 2],
        protos: vec![(2, 2, Vec::new())],
        methods: vec![(0, 0, 3), (0, 0, 4)],
        classes: vec![Class { ty: 0, superclass: None, methods: vec![(0, 0x101, None), (1, 0x101, None)] }; classes],
        ..File::default()
    }
    .bytes();
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    let start = bytes.len() as u32;
    bytes.extend(words(start).iter().flat_map(|word| word.to_le_bytes()));
    let table = u32::from_le_bytes(bytes[0x64..0x68].try_into().unwrap()) as usize;
    for class in 0..classes {
        bytes[table + class * 32 + 20..][..4].copy_from_slice(&start.to_le_bytes());
    }
    let length = bytes.len() as u32;
    bytes[0x20..0x24].copy_from_slice(&length.to_le_bytes());
    bytes
}

fn annotated(bytes: &[u8], with: u32) -> Vec<u32> {
    let (dexes, _) = Dex::open("test.dex", bytes).unwrap();
    dexes[0].annotated(TypeIdx(with)).into_iter().map(|MethodIdx(method)| method).collect()
}

/// One field and two methods with annotations: of method 0 type 2, of method 1 types 2 and 1.
fn sound(at: u32) -> Vec<u32> {
    let (first, second) = (at + 40, at + 48);
    let (two, one) = (at + 60, at + 64);
    let directory = [0, 1, 2, 0, 0, first, 0, first, 1, second];
    let sets = [1, two, 2, two, one];
    // Visibility, type, no elements.
    let items = [0x00_00_02_01, 0x00_00_01_01];
    directory.into_iter().chain(sets).chain(items).collect()
}

#[test]
fn a_method_carries_the_annotations_of_its_own_set() {
    let bytes = file(1, sound);
    assert_eq!(annotated(&bytes, 1), [1]);
    assert_eq!(annotated(&bytes, 2), [0, 1]);
    assert_eq!(annotated(&bytes, 0), [0; 0]);
}

#[test]
fn a_directory_that_lies_costs_only_itself() {
    assert_eq!(annotated(&file(1, |_| Vec::new()), 1), [0; 0]);
    assert_eq!(annotated(&file(1, |_| vec![0, u32::MAX, u32::MAX, 0]), 1), [0; 0]);
    assert_eq!(annotated(&file(1, |_| vec![0, 0, u32::MAX, 0, 1, u32::MAX]), 1), [0; 0]);
    for length in 0..17 {
        let cut = file(1, |at| sound(at)[..length].to_vec());
        assert!(annotated(&cut, 1).iter().all(|method| *method == 1));
    }
}

#[test]
fn classes_that_share_a_directory_do_not_multiply_it() {
    let bytes = file(2000, |at| {
        let rows = (0..5000).flat_map(|_| [1, at + 16 + 40_000]);
        [0, 0, 5000, 0].into_iter().chain(rows).chain([1, at + 16 + 40_008, 0x00_00_01_01]).collect()
    });
    assert!(annotated(&bytes, 1).len() <= bytes.len() / 12);
}
