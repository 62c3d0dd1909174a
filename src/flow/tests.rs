//! What arguments are known to be: the ways of the fixture `constants.dex`, methods that nobody would write, and random
//! methods that are run beside the analysis; `values` does the same across methods.

#![allow(clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::unwrap_used)]
// Numbers here are small, or cut on purpose.
#![allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, clippy::cast_sign_loss)]

mod values;
mod worst;

use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::{CallArgs, Value, call_args};
use crate::dex::tests::build::{Body, Class, File, uleb};
use crate::dex::{Code, Dex, Index};

fn fixture() -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/dex/constants.dex")).unwrap()
}

fn open(bytes: &[u8]) -> Dex<'_> {
    Dex::open("test.dex", bytes).unwrap().0[0]
}

fn code_of<'a>(dex: &Dex<'a>, name: &str) -> Code<'a> {
    let methods = dex.classes().flatten().flat_map(|class| dex.class_data(&class).unwrap().into_iter().flatten());
    let named = methods.flatten().find(|method| dex.string(dex.method(method.method).unwrap().name).unwrap() == name);
    dex.code(&named.unwrap()).unwrap().unwrap()
}

/// The code units of the calls of methods whose name starts with `callee`.
fn calls_of(dex: &Dex<'_>, code: &Code<'_>, callee: &str) -> Vec<u32> {
    let calls = code.instructions().filter(|it| it.opcode.index == Index::Method);
    let named = calls.filter(|call| {
        let method = dex.method(crate::dex::MethodIdx(call.index)).unwrap();
        dex.string(method.name).unwrap().starts_with(callee)
    });
    named.map(|call| call.pc).collect()
}

/// A value in words.
fn told(dex: &Dex<'_>, call: &CallArgs, value: &Value) -> String {
    let text = |index| dex.string(index).unwrap().into_owned();
    match value {
        Value::Unset => "never".to_owned(),
        Value::Unknown => "?".to_owned(),
        Value::Int(number) => number.to_string(),
        Value::String(index) => format!("{:?}", text(*index)),
        Value::Class(ty) => dex.type_descriptor(*ty).unwrap().into_owned(),
        Value::Field(field) => dex.field_descriptor(*field),
        Value::Array(at) => format!("{:?}", call.array(*at).iter().map(|index| text(*index)).collect::<Vec<_>>()),
        Value::Call(method, index) => {
            format!("{}({:?})", dex.string(dex.method(*method).unwrap().name).unwrap(), text(*index))
        }
    }
}

/// The arguments of all calls of `callee…` in a method of the fixture.
fn arguments(method: &str, callee: &str) -> Vec<String> {
    let bytes = fixture();
    let dex = open(&bytes);
    let code = code_of(&dex, method);
    let calls = calls_of(&dex, &code, callee);
    let found = call_args(&dex, &code, &calls);
    assert_eq!(found.iter().map(|call| call.pc).collect::<Vec<_>>(), calls, "{method}");
    found
        .iter()
        .map(|call| call.values.iter().map(|value| told(&dex, call, value)).collect::<Vec<_>>().join(", "))
        .collect()
}

#[test]
fn constants_come_to_arguments_by_these_ways_and_no_other() {
    for (method, expected) in [
        ("wideInRange", r#"5, "text", 4611686018427387904, 7"#),
        ("wideInList", r#"5, "text""#),
        ("behindReceiver", r#"5, "text""#),
        ("behindReceiverInRange", r#"5, "text""#),
        ("underWide", "?"),
        ("number", "-1"),
        ("sum", "?"),
        ("cast", r#""text""#),
        ("overwrittenAfter", r#""text""#),
        ("klass", "Lcom/example/dex/Arguments;"),
        ("field", "Lcom/example/dex/Flags;->MODE:Ljava/lang/String;"),
        ("array", r#"["one", "two"]"#),
        ("filled", r#"["one", "two"]"#),
        ("filledInRange", r#"["one", "two"]"#),
        ("halfFilled", r#"["one"]"#),
        ("call", r#"parse("content://text")"#),
        ("callInRange", r#"parse("content://text")"#),
        ("callOfUnknown", "?"),
        ("virtualCall", "?"),
        ("resultDropped", r#""text""#),
        ("catchAll", "?"),
        ("catchUnchanged", r#""one""#),
        ("caught", "?"),
        ("loop", r#""text""#),
        ("switchSame", r#""text""#),
        ("switchDiffers", "?"),
    ] {
        assert_eq!(arguments(method, "take"), [expected], "{method}");
    }
    assert_eq!(arguments("twoArrays", "take"), [r#"["one"]"#, r#"["two"]"#]);
}

#[test]
fn the_key_of_a_setting_is_known_where_every_way_agrees() {
    for (method, expected) in [
        ("direct", &[r#"?, "android_id""#][..]),
        ("moved", &[r#"?, "android_id""#]),
        ("overwritten", &[r#"?, "bluetooth_address""#]),
        ("sourceReused", &[r#"?, "android_id""#]),
        ("sameOnBothPaths", &[r#"?, "android_id""#]),
        ("differsByPath", &["?, ?"]),
        ("halfKnown", &["?, ?"]),
        ("changedInLoop", &["?, ?", r#"?, "bluetooth_address""#]),
        ("fromFinalField", &["?, Lcom/example/dex/Constants;->KEY:Ljava/lang/String;"]),
        ("fromParameter", &["?, ?"]),
        ("fromCall", &["?, ?"]),
        ("joined", &["?, ?"]),
        ("inHandler", &["?, ?"]),
        ("unused", &[r#"?, "default_input_method""#]),
    ] {
        assert_eq!(arguments(method, "getString"), expected, "{method}");
    }
}

#[test]
fn a_place_that_holds_no_call_is_left_out() {
    let bytes = fixture();
    let dex = open(&bytes);
    let code = code_of(&dex, "direct");
    assert_eq!(call_args(&dex, &code, &[0, 1, 3, 99]).len(), 0);
    assert_eq!(call_args(&dex, &code, &[0, 2]).iter().map(|call| call.pc).collect::<Vec<_>>(), [2]);
}

/// A file whose method 0 is `take(String)`, string 3 is "a" and 4 is "b", and whose method 1 has that body.
fn file(body: Body) -> Vec<u8> {
    File {
        strings: [&b"LA;"[..], b"V", b"m", b"a", b"b", b"Ljava/lang/String;"].map(<[u8]>::to_vec).to_vec(),
        types: vec![0, 5, 1],
        protos: vec![(1, 2, vec![1]), (1, 2, Vec::new())],
        methods: vec![(0, 0, 2), (0, 1, 2)],
        classes: vec![Class { ty: 0, superclass: None, methods: vec![(1, 8, Some(body))] }],
        ..File::default()
    }
    .bytes()
}

const LOAD: [u16; 2] = [0x001a, 3];
const TAKE: [u16; 3] = [0x1071, 0, 0];

/// The value that the last call in the method is given.
fn last_argument(body: Body) -> Value {
    let bytes = file(body);
    let dex = open(&bytes);
    let code = code_of(&dex, "m");
    let calls = calls_of(&dex, &code, "m");
    call_args(&dex, &code, &calls).pop().unwrap().values[0]
}

fn body(registers: u16, insns: Vec<u16>) -> Body {
    Body { registers, insns, ..Body::default() }
}

#[test]
fn a_call_that_nothing_reaches_has_no_value() {
    let insns = [&[0x0428u16][..], &TAKE, &LOAD, &TAKE].concat();
    let bytes = file(body(1, insns));
    let dex = open(&bytes);
    let found = call_args(&dex, &code_of(&dex, "m"), &[1, 6]);
    assert_eq!(
        found.iter().map(|call| call.values[0]).collect::<Vec<_>>(),
        [Value::Unset, Value::String(crate::dex::StringIdx(3))]
    );
}

#[test]
fn a_register_that_the_method_does_not_have_is_unknown() {
    assert_eq!(last_argument(body(0, [&LOAD[..], &TAKE].concat())), Value::Unknown);
}

/// Switches that all share one payload: a file of 200 KB with a billion edges.
#[test]
fn switches_that_share_a_payload_are_not_followed() {
    let (switches, targets) = (20_000usize, 40_000usize);
    let mut insns = LOAD.to_vec();
    let payload = 2 + 3 * switches + 4;
    for index in 0..switches {
        let distance = (payload - 2 - 3 * index) as u32;
        insns.extend([0x002b, distance as u16, (distance >> 16) as u16]);
    }
    insns.extend(TAKE);
    insns.push(0x000e);
    insns.extend([0x0100, targets as u16, 0, 0]);
    insns.resize(insns.len() + 2 * targets, 1);
    assert_eq!(last_argument(body(1, insns)), Value::Unknown);
}

/// One range with a handler at every instruction.
#[test]
fn handlers_by_the_thousand_are_not_followed_without_end() {
    let units = 30_000u16;
    let mut insns = LOAD.to_vec();
    insns.resize(usize::from(units), 0x0000);
    insns.extend(TAKE);
    let mut tries = [0u16, 0, units, 1].iter().flat_map(|it| it.to_le_bytes()).collect::<Vec<_>>();
    tries.push(1);
    let handlers = 8000u32;
    tries.extend([0xc0, 0xbe, 0x00]); // SLEB128 of 8000
    for handler in 0..handlers {
        tries.extend(uleb(0));
        tries.extend(uleb(2 + handler * 3));
    }
    let body = Body { registers: 200, insns, tries: (1, tries), ..Body::default() };
    assert_eq!(last_argument(body), Value::Unknown);
}

#[test]
fn registers_by_the_thousand_in_a_short_method_are_not_looked_at() {
    let mut insns = LOAD.to_vec();
    insns.extend([0x0128; 200]);
    insns.extend(TAKE);
    assert_eq!(last_argument(body(u16::MAX, insns)), Value::String(crate::dex::StringIdx(3)));
}

/// One step of a random method over four registers.
#[derive(Debug, Clone, Copy)]
enum Step {
    Load(u8, bool),
    Move(u8, u8),
    Wide(u8),
    Branch(u8),
    Goto(u8),
    Take(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0u8..4, any::<bool>()).prop_map(|(to, other)| Step::Load(to, other)),
        2 => (0u8..4, 0u8..4).prop_map(|(to, from)| Step::Move(to, from)),
        1 => (0u8..3).prop_map(Step::Wide),
        2 => any::<u8>().prop_map(Step::Branch),
        1 => any::<u8>().prop_map(Step::Goto),
        3 => (0u8..4).prop_map(Step::Take),
    ]
}

/// Every step takes three code units, so that a place is three times its number.
fn assemble(steps: &[Step], guarded: Option<(u8, u8, u8)>) -> Body {
    let count = steps.len();
    let mut insns = Vec::new();
    for (place, step) in steps.iter().enumerate() {
        let distance = |to: u8| (3 * (i32::from(to) % count as i32 - place as i32)) as i16 as u16;
        insns.extend(match *step {
            Step::Load(to, other) => [0x001a | u16::from(to) << 8, 3 + u16::from(other), 0],
            Step::Move(to, from) => [0x0007 | u16::from(to) << 8 | u16::from(from) << 12, 0, 0],
            Step::Wide(to) => [0x0016 | u16::from(to) << 8, 0, 0],
            Step::Branch(to) => [0x0038, distance(to), 0],
            Step::Goto(to) => [0x0029, distance(to), 0],
            Step::Take(from) => [0x1071, 0, from.into()],
        });
    }
    insns.push(0x000e);
    let tries = guarded.map_or((0, Vec::new()), |(start, length, handler)| {
        let place = |it: u8| 3 * (u32::from(it) % count as u32);
        let start = place(start);
        let length = (3 * (u32::from(length) % 4 + 1)).min(3 * count as u32 - start) as u16;
        let mut bytes = start.to_le_bytes().to_vec();
        bytes.extend(length.to_le_bytes());
        bytes.extend([1, 0, 1, 0]);
        bytes.extend(uleb(place(handler)));
        (1, bytes)
    });
    Body { registers: 4, insns, tries, ..Body::default() }
}

/// What one run sees at each call, by its code unit; `choices` decide branches and exceptions.
fn run(steps: &[Step], tries: &[crate::dex::Try], choices: &[bool]) -> Vec<(u32, Option<u32>)> {
    let mut registers = [None; 4];
    let (mut place, mut seen) = (0usize, Vec::new());
    let mut choices = choices.iter();
    while let (Some(step), Some(choice)) = (steps.get(place), choices.next()) {
        let pc = 3 * place as u32;
        let to = |to: u8| usize::from(to) % steps.len();
        let mut next = place + 1;
        match *step {
            Step::Load(to, other) => registers[usize::from(to)] = Some(3 + u32::from(other)),
            Step::Move(to, from) => registers[usize::from(to)] = registers[usize::from(from)],
            Step::Wide(to) => registers[usize::from(to)..usize::from(to) + 2].fill(None),
            Step::Branch(target) if *choice => next = to(target),
            Step::Branch(_) => {}
            Step::Goto(target) => next = to(target),
            Step::Take(from) => {
                seen.push((pc, registers[usize::from(from)]));
                let range = tries.iter().find(|range| (range.start..range.end).contains(&pc));
                if let Some(range) = range.filter(|_| *choice) {
                    next = range.handlers[0].pc as usize / 3;
                }
            }
        }
        place = next;
    }
    seen
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// What the analysis claims holds in every run.
    #[test]
    fn no_run_contradicts_a_claim(
        steps in prop::collection::vec(step(), 1..24),
        guarded: Option<(u8, u8, u8)>,
        runs in prop::collection::vec(prop::collection::vec(any::<bool>(), 80), 8),
    ) {
        let bytes = file(assemble(&steps, guarded));
        let dex = open(&bytes);
        let code = code_of(&dex, "m");
        let tries = code.tries();
        let calls = calls_of(&dex, &code, "m");
        let claims = call_args(&dex, &code, &calls);
        for choices in &runs {
            for (pc, value) in run(&steps, &tries, choices) {
                let claim = claims.iter().find(|claim| claim.pc == pc).unwrap().values[0];
                match claim {
                    Value::Unknown => {}
                    Value::String(index) => prop_assert_eq!(Some(index.0), value, "at {} of {:?}", pc, &steps),
                    // A wide constant: its first half is a number, which is no string.
                    Value::Int(_) => prop_assert_eq!(None, value),
                    other => prop_assert!(false, "{:?} at {} of {:?}", other, pc, &steps),
                }
            }
        }
    }

    #[test]
    fn random_code_is_analysed_or_left(insns in prop::collection::vec(any::<u16>(), 1..300), registers in 0u16..20) {
        let bytes = file(body(registers, insns));
        let dex = open(&bytes);
        let code = code_of(&dex, "m");
        let calls: Vec<u32> =
            code.instructions().filter(|it| it.opcode.index == Index::Method).map(|it| it.pc).collect();
        let found = call_args(&dex, &code, &calls);
        prop_assert_eq!(found.iter().map(|call| call.pc).collect::<Vec<_>>(), calls);
    }
}
