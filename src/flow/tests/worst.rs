//! Methods and classes that are as large, as deep or as entangled as a file allows: each question ends, with what is known
//! or with why it is not. That none takes long is told by the run of the tests as a whole.

use super::values::answers;
use super::{body, file};
use crate::dex::tests::build::{Body, Class, File};
use crate::dex::{Dex, Scan};
use crate::flow::{
    Acts, Facts, Framework, Graph, Hierarchy, Known, Linkage, Method, Names, Parts, Platform, Program, References,
    Root, Signature, Unused,
};

/// const-string v0, "a"; take(v0); return-void
const LOAD: [u16; 2] = [0x001a, 3];
const TAKE: [u16; 3] = [0x1071, 0, 0];
const RETURN: u16 = 0x000e;

/// No class of the platform is known.
struct Nothing;

impl Platform for Nothing {
    fn class(&self, _: &[u8]) -> u64 {
        0
    }

    fn with_ancestors(&self, _: u64) -> Vec<u64> {
        Vec::new()
    }

    fn signature(&self, _: Signature) -> Option<u64> {
        None
    }

    fn declares(&self, _: u64, _: u64) -> bool {
        false
    }
}

/// How many methods the first of a file reaches, and the frames of the path to the last of those.
fn reached(bytes: &[u8]) -> (usize, usize) {
    let (program, issues) = Program::open(&[("test.dex", bytes)]);
    assert!(issues.is_empty(), "{issues:?}");
    let hierarchy = Hierarchy::of(&program);
    let linkage = Linkage::of(&hierarchy);
    let dex: &Dex<'_> = &program.units[0].dex;
    let scan = Scan::new("test.dex", dex, linkage.targets(0).unwrap());
    let ranges = scan.ranges().into_iter().map(|range| {
        let mut acts = Acts::default();
        scan.run(range, |_, method, code, sites| acts.add(&linkage, 0, method, code, sites));
        acts
    });
    let facts = Facts::of(&hierarchy, vec![ranges.collect()]);
    let framework = Framework::of_program(&hierarchy, &Nothing);
    let references = References::of(&hierarchy, &linkage, &facts);
    let names = Names::of(&hierarchy, &linkage, &references, &facts);
    let unused = Unused::of(&hierarchy);
    let parts = Parts {
        hierarchy: &hierarchy,
        linkage: &linkage,
        facts: &facts,
        names: &names,
        framework: &framework,
        unused: &unused,
    };
    let roots = [Root::Call(Method(0))];
    let graph = Graph::new(parts, &roots, &|_, _| true);
    assert!(!graph.is_truncated());
    let reach = graph.reach(&roots, &|_, _| true);
    let last = graph.reached().methods().last().unwrap();
    (
        graph.reached().methods().filter(|method| reach.contains(*method)).count(),
        reach.path(last).unwrap().methods.len(),
    )
}

/// A class each with one static method, which calls those that `calls` names.
fn methods(count: u16, calls: impl Fn(u16) -> Vec<u16>) -> Vec<u8> {
    let mut strings: Vec<Vec<u8>> = vec![b"V".to_vec(), b"m".to_vec()];
    strings.extend((0..count).map(|class| format!("LA{class:05};").into_bytes()));
    let classes = (0..count).map(|class| {
        let called = calls(class).into_iter().flat_map(|method| [0x0071, method, 0]);
        let insns = called.chain([RETURN]).collect();
        Class {
            ty: u32::from(class) + 1,
            superclass: class.checked_sub(1).map(|above| u32::from(above) + 1),
            methods: vec![(class.into(), 9, Some(Body { registers: 1, insns, ..Body::default() }))],
        }
    });
    File {
        types: std::iter::once(0).chain((0..count).map(|class| u32::from(class) + 2)).collect(),
        protos: vec![(0, 0, Vec::new())],
        methods: (0..count).map(|class| (class + 1, 0, 1)).collect(),
        classes: classes.collect(),
        strings,
        ..File::default()
    }
    .bytes()
}

fn told(insns: Vec<u16>) -> (Vec<Known>, bool) {
    let [(_, answer)] = &answers(&file(body(1, insns)), "m")[..] else { panic!("one call") };
    (answer.known.iter().map(|(known, _)| known.clone()).collect(), answer.unknown.is_some())
}

#[test]
fn a_method_of_64_k_code_units_is_followed_to_its_end() {
    let mut insns = LOAD.to_vec();
    // nop, and every other one a branch to the next.
    insns.extend((0..32_000).flat_map(|_| [0x0000, 0x0128]));
    insns.extend(TAKE);
    insns.push(RETURN);
    assert_eq!(told(insns), (vec![Known::Text("a".to_owned())], false));
}

#[test]
fn a_switch_with_10_k_ways_brings_what_each_of_them_brings() {
    let count = 10_000u32;
    let mut insns = LOAD.to_vec();
    let start = insns.len() as u32;
    // packed-switch v0; every way loads "b" and goes to the call, the way without a number leaves "a".
    let ways = start + 3 + 3;
    let call = ways + count * 5;
    let payload = (call + 4).next_multiple_of(2);
    let offset = |to: u32, from: u32| to.wrapping_sub(from);
    let halves = |value: u32| [value as u16, (value >> 16) as u16];
    insns.push(0x002b);
    insns.extend(halves(offset(payload, start)));
    // goto/32
    insns.push(0x002a);
    insns.extend(halves(offset(call, start + 3)));
    for way in 0..count {
        insns.extend([0x001a, 4, 0x002a]);
        insns.extend(halves(offset(call, ways + way * 5 + 2)));
    }
    insns.extend(TAKE);
    insns.push(RETURN);
    insns.resize(payload as usize, 0);
    insns.extend([0x0100, count as u16, 0, 0]);
    for way in 0..count {
        insns.extend(halves(offset(ways + way * 5, start)));
    }
    assert_eq!(told(insns), (vec![Known::Text("a".to_owned()), Known::Text("b".to_owned())], false));
}

#[test]
fn calls_as_deep_as_a_file_has_methods_are_followed() {
    assert_eq!(
        reached(&methods(20_000, |method| Vec::from_iter((method < 19_999).then_some(method + 1)))),
        (20_000, 12)
    );
}

#[test]
fn calls_in_a_circle_end() {
    assert_eq!(reached(&methods(5_000, |method| vec![(method + 1) % 5_000, method, 0])), (5_000, 12));
}

#[test]
fn methods_that_all_call_each_other_end() {
    assert_eq!(reached(&methods(500, |_| (0..500).collect())), (500, 2));
}
