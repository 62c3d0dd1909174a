//! Tests of the room against files built here, the fixtures, and bytes that nobody would write.

#![allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::unwrap_used)]
// Numbers here are small, or cut on purpose.
#![allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, clippy::cast_sign_loss)]

mod annotations;
pub(crate) mod build;
mod hostile;
mod opcodes;
mod payloads;
mod tables;
mod versions;

use std::fs;
use std::path::Path;

use super::{BitSet, Dex, Flow, Index, Reference, Site, Targets};

/// The bytes of every DEX fixture with its name, sorted.
fn fixtures(folder: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(folder);
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "dex"))
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

fn fixture(path: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(path)).unwrap()
}

/// The only file in `bytes`, which must be sound.
fn open(bytes: &[u8]) -> Dex<'_> {
    let (dexes, issues) = Dex::open("test.dex", bytes).unwrap();
    assert_eq!(issues, []);
    dexes[0]
}

/// Every index of every table.
fn all_targets(dex: &Dex<'_>) -> Targets {
    let full = |count: u32| {
        let mut set = BitSet::new(count);
        (0..count).for_each(|index| set.insert(index));
        set
    };
    let header = &dex.header;
    Targets {
        methods: full(header.methods.count),
        fields: full(header.fields.count),
        stores: full(header.fields.count),
        strings: full(header.strings.count),
        objects: full(header.types.count),
        call_sites: true,
        ..Targets::default()
    }
}

/// What [`super::Code::sites`] must give, found by decoding every instruction in full.
fn naive_sites(dex: &Dex<'_>, code: &super::Code<'_>) -> (Vec<Site>, Result<(), u32>) {
    let mut sites = Vec::new();
    let mut instructions = code.instructions();
    for instruction in instructions.by_ref() {
        let index = instruction.index;
        let reference = match instruction.opcode.index {
            _ if instruction.byte == 0x22 && index < dex.header.types.count => Reference::Object(super::TypeIdx(index)),
            _ if matches!(instruction.byte, 0xfc | 0xfd) => Reference::CallSite(index),
            _ if instruction.byte == 0xfe => Reference::Handle(index),
            Index::Method if index < dex.header.methods.count => Reference::Method(super::MethodIdx(index)),
            Index::Field if index < dex.header.fields.count => Reference::Field(super::FieldIdx(index)),
            Index::String if index < dex.header.strings.count => Reference::String(super::StringIdx(index)),
            _ => continue,
        };
        sites.push(Site { pc: instruction.pc, byte: instruction.byte, reference });
    }
    let end = instructions.pc();
    let glanced = code.glances().map(|it| (it.pc, it.byte, it.a));
    assert!(glanced.eq(code.instructions().map(|it| (it.pc, it.byte, it.a))), "a glance sees what is decoded");
    for (glance, instruction) in code.glances().zip(code.instructions()) {
        if matches!(instruction.opcode.flow, Flow::If | Flow::Goto | Flow::Switch) {
            assert_eq!(glance.target(code.insns), instruction.target(), "{instruction:?}");
        }
    }
    (sites, if end == code.units() { Ok(()) } else { Err(end) })
}
