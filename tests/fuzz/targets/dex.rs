//! DEX files: every table, every class, every instruction, a scan that looks for everything, and the arguments of every
//! call that it finds.

#![no_main]

use candor::dex::{BitSet, Dex, FieldIdx, MethodIdx, ProtoIdx, Reference, Scan, StringIdx, Targets, TypeIdx};
use candor::flow;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok((dexes, _)) = Dex::open("classes.dex", bytes) else { return };
    for dex in &dexes {
        tables(dex);
        classes(dex);
        scan(dex);
    }
});

fn tables(dex: &Dex<'_>) {
    let header = &dex.header;
    for index in 0..header.strings.count {
        dex.string(StringIdx(index));
    }
    for index in 0..header.types.count {
        dex.type_descriptor(TypeIdx(index));
    }
    for index in 0..header.protos.count {
        dex.proto_descriptor(ProtoIdx(index));
    }
    for index in 0..header.fields.count {
        dex.field_descriptor(FieldIdx(index));
    }
    for index in 0..header.methods.count {
        dex.method_descriptor(MethodIdx(index));
    }
}

fn classes(dex: &Dex<'_>) {
    // A file may name the same data in every class; a hundred classes reach every line.
    for class in dex.classes().flatten().take(100) {
        dex.interfaces(&class).for_each(drop);
        let Ok(Some(methods)) = dex.class_data(&class) else { continue };
        for method in methods.flatten().take(100) {
            let Ok(Some(code)) = dex.code(&method) else { continue };
            code.tries();
            for instruction in code.instructions() {
                instruction.target();
                assert!(instruction.pc < instruction.next(), "instructions move on");
                (0..=instruction.args.count()).for_each(|position| drop(instruction.args.register(position)));
            }
        }
    }
}

fn scan(dex: &Dex<'_>) {
    let targets = Targets {
        methods: all(dex.header.methods.count),
        fields: all(dex.header.fields.count),
        stores: all(dex.header.fields.count),
        strings: all(dex.header.strings.count),
        objects: all(dex.header.types.count),
        call_sites: true,
        ..Targets::default()
    };
    let scan = Scan::new("classes.dex", dex, &targets);
    for range in scan.ranges() {
        scan.run(range, |_, _, code, sites| {
            let calls = sites.iter().filter(|site| matches!(site.reference, Reference::Method(_)));
            let pcs: Vec<u32> = calls.map(|site| site.pc).collect();
            for call in flow::call_args(dex, code, &pcs) {
                assert!(pcs.contains(&call.pc), "only what was asked for is answered");
            }
        });
    }
}

fn all(count: u32) -> BitSet {
    let mut set = BitSet::new(count);
    (0..count).for_each(|index| set.insert(index));
    set
}
