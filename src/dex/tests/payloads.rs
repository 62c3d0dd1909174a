//! Data between instructions: it is stepped over, never decoded, and its targets are found.

use super::build::code;
use super::{all_targets, naive_sites, open};
use crate::dex::{BitSet, Code, Dex, Payload, Targets};

fn only_code<'a>(dex: &Dex<'a>) -> Code<'a> {
    let class = dex.class(0).unwrap();
    let method = dex.class_data(&class).unwrap().unwrap().next().unwrap().unwrap();
    dex.code(&method).unwrap().unwrap()
}

fn bytes(units: &[u16]) -> Vec<u8> {
    units.iter().flat_map(|unit| unit.to_le_bytes()).collect()
}

/// The bytes of instructions that are given, and where decoding ends.
fn opcodes(units: &[u16]) -> (Vec<u8>, u32) {
    let file = code(units);
    let dex = open(&file);
    let mut instructions = only_code(&dex).instructions();
    let opcodes = instructions.by_ref().map(|it| it.byte).collect();
    (opcodes, instructions.pc())
}

#[test]
fn a_packed_switch_goes_to_its_targets_or_on() {
    // packed-switch at 0, payload at 4: two targets, relative to the switch.
    let insns = bytes(&[0x002b, 4, 0, 0x000e, 0x0100, 2, 0, 0, 3, 0, 0xffff, 0xffff]);
    assert_eq!(Payload::at(&insns, 4), Some((Payload::Packed, 8)));
    assert_eq!(Payload::targets(&insns, 0, 4), [3], "a target before the first unit is none");
    assert_eq!(Payload::targets(&insns, 1, 4), [4, 0]);
}

#[test]
fn a_sparse_switch_has_its_targets_behind_its_keys() {
    let insns = bytes(&[0x002c, 4, 0, 0x000e, 0x0200, 2, 7, 0, 8, 0, 3, 0, 4, 0]);
    assert_eq!(Payload::at(&insns, 4), Some((Payload::Sparse, 10)));
    assert_eq!(Payload::targets(&insns, 0, 4), [3, 4]);
}

#[test]
fn array_data_of_odd_length_is_padded_to_a_unit() {
    for (width, count, length) in [(1u16, 0u16, 4), (1, 1, 5), (1, 7, 8), (2, 3, 7), (4, 2, 8), (8, 1, 8)] {
        let mut units = vec![0x0300, width, count, 0];
        units.resize(length as usize, 0);
        let insns = bytes(&units);
        assert_eq!(Payload::at(&insns, 0), Some((Payload::Array, length)), "{count} of {width}");
        assert_eq!(Payload::at(&insns[..insns.len() - 1], 0), None, "{count} of {width}, cut off");
        assert!(Payload::targets(&insns, 0, 0).is_empty());
    }
}

#[test]
fn a_payload_that_claims_more_than_there_is_ends_the_method() {
    for payload in [[0x0100u16, 0xffff, 0, 0], [0x0200, 0xffff, 0, 0], [0x0300, 8, 0xffff, 0xffff]] {
        let units = [&[0x0000][..], &payload].concat();
        assert_eq!(opcodes(&units), (vec![0x00], 1), "{payload:x?}");
        let file = code(&units);
        let dex = open(&file);
        let mut sites = Vec::new();
        assert_eq!(only_code(&dex).sites(&all_targets(&dex), &mut sites), Err(1), "{payload:x?}");
    }
}

#[test]
fn bytes_of_a_payload_are_no_instructions() {
    // goto over array data that spell invoke-static of method 0, then const-string of "text".
    let units = [0x0a28, 0x0000, 0x0300, 2, 4, 0, 0x0071, 0x0000, 0x0000, 0x0000, 0x001a, 3, 0x000e];
    assert_eq!(opcodes(&units), (vec![0x28, 0x00, 0x1a, 0x0e], 13));
    let file = code(&units);
    let dex = open(&file);
    let mut sites = Vec::new();
    assert_eq!(only_code(&dex).sites(&all_targets(&dex), &mut sites), Ok(()));
    assert_eq!(sites.iter().map(|site| site.pc).collect::<Vec<_>>(), [10]);
    assert_eq!(naive_sites(&dex, &only_code(&dex)).0, sites);
}

#[test]
fn an_instruction_that_is_cut_off_has_no_site() {
    // A const-string, then an invoke-static whose registers are missing.
    let file = code(&[0x001a, 3, 0x0071, 0]);
    let dex = open(&file);
    let mut sites = Vec::new();
    assert_eq!(only_code(&dex).sites(&all_targets(&dex), &mut sites), Err(2));
    assert_eq!(sites.iter().map(|site| site.pc).collect::<Vec<_>>(), [0]);
}

#[test]
fn an_index_beyond_its_table_has_no_site() {
    let file = code(&[0x001a, 4, 0x0062, 1, 0x0071, 1, 0, 0x001b, 3, 1, 0x000e]);
    let dex = open(&file);
    let mut sites = Vec::new();
    assert_eq!(only_code(&dex).sites(&all_targets(&dex), &mut sites), Ok(()));
    assert_eq!(sites, []);
}

#[test]
fn stores_are_no_reads() {
    // sput-object, sget-object, iput, iget of field 0
    let file = code(&[0x0069, 0, 0x0062, 0, 0x0059, 0, 0x0052, 0, 0x000e]);
    let dex = open(&file);
    let bytes = |targets: &Targets| {
        let mut sites = Vec::new();
        only_code(&dex).sites(targets, &mut sites).unwrap();
        sites.iter().map(|site| site.byte).collect::<Vec<_>>()
    };
    let all = all_targets(&dex);
    assert_eq!(bytes(&Targets { stores: BitSet::default(), ..all.clone() }), [0x62, 0x52]);
    assert_eq!(bytes(&Targets { fields: BitSet::default(), ..all }), [0x69, 0x59]);
}
