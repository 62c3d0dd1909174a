//! The instruction table and the decoder against the specification.

use std::ops::RangeInclusive;

use super::build::code;
use super::open;
use crate::dex::{Args, Flow, Index, Instruction, MethodDef, Opcode};

/// Android "Dalvik bytecode format": which opcodes have which format. The first digit of a format is its length in code
/// units ("Dalvik executable instruction formats"); those without one are reserved.
const SPECIFICATION: [(RangeInclusive<u8>, &str); 61] = [
    (0x00..=0x00, "10x"),
    (0x01..=0x01, "12x"),
    (0x02..=0x02, "22x"),
    (0x03..=0x03, "32x"),
    (0x04..=0x04, "12x"),
    (0x05..=0x05, "22x"),
    (0x06..=0x06, "32x"),
    (0x07..=0x07, "12x"),
    (0x08..=0x08, "22x"),
    (0x09..=0x09, "32x"),
    (0x0a..=0x0d, "11x"),
    (0x0e..=0x0e, "10x"),
    (0x0f..=0x11, "11x"),
    (0x12..=0x12, "11n"),
    (0x13..=0x13, "21s"),
    (0x14..=0x14, "31i"),
    (0x15..=0x15, "21h"),
    (0x16..=0x16, "21s"),
    (0x17..=0x17, "31i"),
    (0x18..=0x18, "51l"),
    (0x19..=0x19, "21h"),
    (0x1a..=0x1a, "21c"),
    (0x1b..=0x1b, "31c"),
    (0x1c..=0x1c, "21c"),
    (0x1d..=0x1e, "11x"),
    (0x1f..=0x1f, "21c"),
    (0x20..=0x20, "22c"),
    (0x21..=0x21, "12x"),
    (0x22..=0x22, "21c"),
    (0x23..=0x23, "22c"),
    (0x24..=0x24, "35c"),
    (0x25..=0x25, "3rc"),
    (0x26..=0x26, "31t"),
    (0x27..=0x27, "11x"),
    (0x28..=0x28, "10t"),
    (0x29..=0x29, "20t"),
    (0x2a..=0x2a, "30t"),
    (0x2b..=0x2c, "31t"),
    (0x2d..=0x31, "23x"),
    (0x32..=0x37, "22t"),
    (0x38..=0x3d, "21t"),
    (0x44..=0x51, "23x"),
    (0x52..=0x5f, "22c"),
    (0x60..=0x6d, "21c"),
    (0x6e..=0x72, "35c"),
    (0x74..=0x78, "3rc"),
    (0x7b..=0x8f, "12x"),
    (0x90..=0xaf, "23x"),
    (0xb0..=0xcf, "12x"),
    (0xd0..=0xd7, "22s"),
    (0xd8..=0xe2, "22b"),
    (0xfa..=0xfa, "45cc"),
    (0xfb..=0xfb, "4rcc"),
    (0xfc..=0xfc, "35c"),
    (0xfd..=0xfd, "3rc"),
    (0xfe..=0xff, "21c"),
    (0x3e..=0x43, ""),
    (0x73..=0x73, ""),
    (0x79..=0x79, ""),
    (0x7a..=0x7a, ""),
    (0xe3..=0xf9, ""),
];

fn format_of(byte: u8) -> &'static str {
    let mut rows = SPECIFICATION.iter().filter(|(bytes, _)| bytes.contains(&byte));
    let (_, format) = rows.next().unwrap();
    assert!(rows.next().is_none(), "{byte:#04x} is listed twice");
    format
}

#[test]
fn every_opcode_has_the_format_and_length_of_the_specification() {
    for byte in 0..=u8::MAX {
        let opcode = Opcode::of(byte);
        match format_of(byte) {
            "" => assert_eq!(opcode.flow, Flow::Unused, "{byte:#04x}"),
            format => {
                assert_ne!(opcode.flow, Flow::Unused, "{byte:#04x}");
                assert_eq!(format!("{:?}", opcode.format), format!("F{format}"), "{byte:#04x}");
                assert_eq!(opcode.format.units(), format.as_bytes()[0] - b'0', "{byte:#04x}");
            }
        }
    }
}

#[test]
fn every_opcode_is_decoded_at_its_length_and_not_below_it() {
    for byte in 0..=u8::MAX {
        let units = usize::from(Opcode::of(byte).format.units());
        let mut insns = vec![0u8; units * 2];
        insns[0] = byte;
        let decoded = Instruction::decode(&insns, 0);
        if format_of(byte).is_empty() {
            assert!(decoded.is_none(), "{byte:#04x} is reserved");
            continue;
        }
        assert_eq!(decoded.unwrap().next(), units as u32, "{byte:#04x}");
        assert!(Instruction::decode(&insns[..insns.len() - 1], 0).is_none(), "{byte:#04x} cut off");
    }
}

#[test]
fn the_index_of_an_opcode_counts_in_the_table_that_the_specification_names() {
    for byte in 0..=u8::MAX {
        let expected = match byte {
            0x1a | 0x1b => Index::String,
            0x1c | 0x1f | 0x20 | 0x22..=0x25 => Index::Type,
            0x52..=0x6d => Index::Field,
            0x6e..=0x72 | 0x74..=0x78 | 0xfa | 0xfb => Index::Method,
            0xfc | 0xfd => Index::CallSite,
            0xfe => Index::MethodHandle,
            0xff => Index::Proto,
            _ => Index::None,
        };
        assert_eq!(Opcode::of(byte).index, expected, "{byte:#04x}");
    }
}

#[test]
fn control_goes_where_the_specification_says() {
    for byte in (0..=u8::MAX).filter(|byte| !format_of(*byte).is_empty()) {
        let expected = match byte {
            0x0e..=0x11 => Flow::Return,
            0x27 => Flow::Throw,
            0x28..=0x2a => Flow::Goto,
            0x2b | 0x2c => Flow::Switch,
            0x32..=0x3d => Flow::If,
            _ => Flow::Next,
        };
        assert_eq!(Opcode::of(byte).flow, expected, "{byte:#04x}");
    }
}

fn decode(units: &[u16]) -> Instruction {
    let bytes: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
    Instruction::decode(&bytes, 0).unwrap()
}

#[test]
fn literals_are_sign_extended_and_shifted() {
    for (units, literal) in [
        (&[0x8012u16][..], -8),                           // const/4
        (&[0x7012], 7),                                   // const/4
        (&[0x0013, 0x8000], -0x8000),                     // const/16
        (&[0x0014, 0x0000, 0x8000], i64::from(i32::MIN)), // const
        (&[0x0015, 0x8000], i64::from(i32::MIN)),         // const/high16
        (&[0x0016, 0xffff], -1),                          // const-wide/16
        (&[0x0017, 0xffff, 0x7fff], i64::from(i32::MAX)), // const-wide/32
        (&[0x0018, 0x0001, 0, 0, 0x8000], i64::MIN + 1),  // const-wide
        (&[0x0019, 0x8000], i64::MIN),                    // const-wide/high16
        (&[0x00d8, 0xff00], -1),                          // add-int/lit8
        (&[0x00d0, 0xff00], -0x100),                      // add-int/lit16
    ] {
        assert_eq!(decode(units).literal, literal, "{units:x?}");
    }
}

#[test]
fn registers_are_taken_from_their_nibbles_and_bytes() {
    let both = |units: &[u16]| {
        let it = decode(units);
        (it.a, it.b, it.c)
    };
    assert_eq!(both(&[0x2101]), (1, 2, 0), "move");
    assert_eq!(both(&[0xfe02, 0xfffd]), (0xfe, 0xfffd, 0), "move/from16");
    assert_eq!(both(&[0x0003, 0x1234, 0xfffd]), (0x1234, 0xfffd, 0), "move/16");
    assert_eq!(both(&[0x0144, 0x0302]), (1, 2, 3), "aget");
    assert_eq!(both(&[0x2152, 0x0007]), (1, 2, 0), "iget");
    assert_eq!(both(&[0x01d8, 0x0502]), (1, 2, 0), "add-int/lit8");
}

#[test]
fn calls_take_up_to_five_registers_or_a_range() {
    let registers = |args: Args| (0..args.count()).map(|place| args.register(place)).collect::<Option<Vec<_>>>();
    let five = decode(&[0x5e6e, 0x0007, 0xdcba]);
    assert_eq!((five.index, registers(five.args)), (7, Some(vec![0xa, 0xb, 0xc, 0xd, 0xe])));
    assert_eq!(registers(decode(&[0x2071, 0, 0x0021]).args), Some(vec![1, 2]));
    assert_eq!(registers(decode(&[0x0374, 0, 0x0100]).args), Some(vec![0x100, 0x101, 0x102]));
    assert_eq!(registers(decode(&[0x10fa, 0, 0x0004, 0x0002]).args), Some(vec![4]), "invoke-polymorphic");
    let beyond = decode(&[0xf06e, 0, 0]);
    assert_eq!(beyond.args.count(), 5, "a count of 15 is cut to what the format holds");
    assert_eq!(decode(&[0x0274, 0, 0xffff]).args.register(1), None, "there is no register 65536");
}

#[test]
fn branches_go_forwards_and_backwards() {
    let bytes: Vec<u8> = [0x0000u16, 0x0000, 0xfe28, 0x0129, 0xffff].iter().flat_map(|it| it.to_le_bytes()).collect();
    let at = |pc| Instruction::decode(&bytes, pc).unwrap();
    assert_eq!(at(2).target(), Some(0), "goto");
    assert_eq!(at(3).target(), Some(2), "goto/16");
    assert_eq!(decode(&[0xff28]).target(), None, "goto before the first unit");
}

#[test]
fn decoding_stops_at_the_first_unit_that_is_no_instruction() {
    // nop, then a reserved opcode, then what would be a return-void.
    let bytes = code(&[0x0000, 0x003e, 0x000e]);
    let dex = open(&bytes);
    let class = dex.class(0).unwrap();
    let method: MethodDef = dex.class_data(&class).unwrap().unwrap().next().unwrap().unwrap();
    let mut instructions = dex.code(&method).unwrap().unwrap().instructions();
    assert_eq!(instructions.by_ref().map(|it| it.byte).collect::<Vec<_>>(), [0]);
    assert_eq!(instructions.pc(), 1);
}
