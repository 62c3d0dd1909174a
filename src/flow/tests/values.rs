//! What values are known to be across methods: random methods that make builders and call a method of their own, run beside
//! the analysis; and methods that nobody would write.

// Numbers here are small, or cut on purpose.
#![allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, clippy::cast_sign_loss)]

use proptest::prelude::*;

use super::{Class, File, body, calls_of, code_of, file, uleb};
use crate::dex::tests::build::Body;
use crate::dex::{Code, Dex, Index, Scan, Try};
use crate::flow::{Acts, Answer, Asked, Facts, Hierarchy, Known, Linkage, Program, Reason, References, Resolver};

/// Code units of a step.
const STEP: u32 = 6;

/// One step of a random method over four registers.
#[derive(Debug, Clone, Copy)]
enum Step {
    Load(u8, bool),
    Move(u8, u8),
    /// A new, empty builder.
    New(u8),
    Append(u8, u8),
    Content(u8, u8),
    /// What `more` makes of a text.
    More(u8, u8),
    /// Perhaps past the next step.
    Skip,
    Branch(u8),
    Goto(u8),
    Take(u8),
}

fn step() -> impl Strategy<Value = Step> {
    // Few registers, so that steps meet.
    let register = || 0u8..3;
    prop_oneof![
        1 => (register(), any::<bool>()).prop_map(|(to, other)| Step::Load(to, other)),
        3 => (register(), register()).prop_map(|(to, from)| Step::Move(to, from)),
        1 => register().prop_map(Step::New),
        4 => (register(), register()).prop_map(|(to, from)| Step::Append(to, from)),
        3 => (register(), register()).prop_map(|(to, from)| Step::Content(to, from)),
        1 => (register(), register()).prop_map(|(to, from)| Step::More(to, from)),
        4 => Just(Step::Skip),
        1 => any::<u8>().prop_map(Step::Branch),
        1 => any::<u8>().prop_map(Step::Goto),
        3 => register().prop_map(Step::Take),
    ]
}

/// A method that mostly works on builders in v0 and v1, with a text in v2: they grow, are read, and perhaps become one.
fn steps() -> impl Strategy<Value = Vec<Step>> {
    let builder = || 0u8..2;
    let some = prop_oneof![
        3 => step().prop_map(|step| vec![step]),
        2 => builder().prop_map(|it| vec![Step::Append(it, 2)]),
        3 => builder().prop_map(|it| vec![Step::Content(3, it), Step::Take(3)]),
        2 => (builder(), builder()).prop_map(|(to, from)| vec![Step::Skip, Step::Move(to, from)]),
        1 => builder().prop_map(|it| vec![Step::New(it)]),
    ];
    let all = prop::collection::vec(some, 1..10);
    all.prop_map(|all| [vec![Step::New(0), Step::Load(2, false)], all.concat()].concat())
}

/// A file with `m`, which has that body, `take(String)` and `more(String)`, which appends "b" to its argument.
fn program(body: Body) -> Vec<u8> {
    let strings: [&[u8]; 12] = [
        b"LA;",
        b"V",
        b"m",
        b"a",
        b"b",
        b"Ljava/lang/String;",
        b"Ljava/lang/StringBuilder;",
        b"<init>",
        b"append",
        b"toString",
        b"take",
        b"more",
    ];
    let more = [
        [0x0022, 3].as_slice(),
        &[0x1070, 3, 0],
        &[0x206e, 4, 0x0010],
        &[0x011a, 4],
        &[0x206e, 4, 0x0010],
        &[0x106e, 5, 0],
        &[0x000c, 0x0011],
    ]
    .concat();
    // `more` holds its argument in v2, the last of its registers; it appends that first.
    let more = Body { registers: 3, ins: 1, insns: patched(more), ..Body::default() };
    File {
        strings: strings.map(<[u8]>::to_vec).to_vec(),
        types: vec![0, 1, 5, 6],
        protos: vec![(1, 1, Vec::new()), (1, 1, vec![2]), (1, 3, vec![2]), (1, 2, Vec::new()), (1, 2, vec![2])],
        methods: vec![(0, 0, 2), (0, 1, 10), (0, 4, 11), (3, 0, 7), (3, 2, 8), (3, 3, 9)],
        classes: vec![Class {
            ty: 0,
            superclass: None,
            methods: vec![(0, 8, Some(body)), (1, 8, None), (2, 8, Some(more))],
        }],
        ..File::default()
    }
    .bytes()
}

/// The first `append` of `more` takes v2.
fn patched(mut insns: Vec<u16>) -> Vec<u16> {
    insns[7] = 0x0020;
    insns
}

fn assemble(steps: &[Step], guarded: Option<(u8, u8, u8)>) -> Body {
    let count = steps.len();
    let mut insns: Vec<u16> = Vec::new();
    for (place, step) in steps.iter().enumerate() {
        let distance = |to: u8| (STEP as i32 * (i32::from(to) % count as i32 - place as i32)) as i16 as u16;
        let [low, high] = [|register: u8| u16::from(register), |register: u8| u16::from(register) << 8];
        let pair = |first: u8, second: u8| low(first) | low(second) << 4;
        insns.extend(match *step {
            Step::Load(to, other) => vec![0x001a | high(to), 3 + u16::from(other)],
            Step::Move(to, from) => vec![0x0007 | high(to) | high(from) << 4],
            Step::New(to) => vec![0x0022 | high(to), 3, 0x1070, 3, low(to)],
            Step::Append(to, from) => vec![0x206e, 4, pair(to, from)],
            Step::Content(to, from) => vec![0x106e, 5, low(from), 0x000c | high(to)],
            Step::More(to, from) => vec![0x1071, 2, low(from), 0x000c | high(to)],
            Step::Skip => vec![0x0038, 2 * STEP as u16],
            Step::Branch(to) => vec![0x0038, distance(to)],
            Step::Goto(to) => vec![0x0029, distance(to)],
            Step::Take(from) => vec![0x1071, 1, low(from)],
        });
        insns.resize((place + 1) * STEP as usize, 0);
    }
    // A skip of the last step ends one further.
    insns.resize((count + 1) * STEP as usize, 0);
    insns.push(0x000e);
    let tries = guarded.map_or((0, Vec::new()), |(start, length, handler)| {
        let place = |it: u8| STEP * (u32::from(it) % count as u32);
        let start = place(start);
        let length = (STEP * (u32::from(length) % 4 + 1)).min(STEP * count as u32 - start) as u16;
        let mut bytes = start.to_le_bytes().to_vec();
        bytes.extend(length.to_le_bytes());
        bytes.extend([1, 0, 1, 0]);
        bytes.extend(uleb(place(handler)));
        (1, bytes)
    });
    Body { registers: 4, insns, tries, ..Body::default() }
}

/// What a register holds in a run; what nobody follows is none.
#[derive(Debug, Clone, PartialEq)]
enum Held {
    Text(String),
    /// Position among the builders.
    Builder(usize),
}

/// What one run sees at each call of `take`; `choices` decide branches and exceptions.
fn run(steps: &[Step], tries: &[Try], choices: &[bool]) -> Vec<(u32, Option<String>)> {
    let mut registers: [Option<Held>; 4] = Default::default();
    let mut builders: Vec<Option<String>> = Vec::new();
    let (mut place, mut seen) = (0usize, Vec::new());
    let mut choices = choices.iter();
    while let (Some(step), Some(choice)) = (steps.get(place), choices.next()) {
        let pc = STEP * place as u32;
        let to = |to: u8| usize::from(to) % steps.len();
        let text = |held: &Option<Held>, builders: &[Option<String>]| match held {
            Some(Held::Text(text)) => Some(text.clone()),
            Some(Held::Builder(at)) => builders[*at].clone(),
            None => None,
        };
        let mut next = place + 1;
        let mut throws = false;
        match *step {
            Step::Load(to, other) => {
                registers[usize::from(to)] = Some(Held::Text(if other { "b" } else { "a" }.to_owned()));
            }
            Step::Move(to, from) => registers[usize::from(to)] = registers[usize::from(from)].clone(),
            Step::New(to) => {
                registers[usize::from(to)] = Some(Held::Builder(builders.len()));
                builders.push(Some(String::new()));
            }
            Step::Append(to, from) => {
                let more = text(&registers[usize::from(from)], &builders);
                if let Some(Held::Builder(at)) = registers[usize::from(to)] {
                    builders[at] = builders[at].take().zip(more).map(|(text, more)| text + &more);
                    if builders[at].as_ref().is_some_and(|text| text.len() > 64) {
                        break;
                    }
                }
                throws = true;
            }
            Step::Content(to, from) => {
                let content = match &registers[usize::from(from)] {
                    Some(Held::Builder(at)) => builders[*at].clone(),
                    _ => None,
                };
                registers[usize::from(to)] = content.map(Held::Text);
            }
            Step::More(to, from) => {
                let made = text(&registers[usize::from(from)], &builders).map(|text| Held::Text(text + "b"));
                registers[usize::from(to)] = made;
            }
            Step::Skip => next += usize::from(*choice),
            Step::Branch(target) if *choice => next = to(target),
            Step::Branch(_) => {}
            Step::Goto(target) => next = to(target),
            Step::Take(from) => {
                let held = match &registers[usize::from(from)] {
                    Some(Held::Text(text)) => Some(text.clone()),
                    _ => None,
                };
                seen.push((pc, held));
                throws = true;
            }
        }
        let range = tries.iter().find(|range| (range.start..range.end).contains(&pc));
        if let Some(range) = range.filter(|_| throws && *choice) {
            next = (range.handlers[0].pc / STEP) as usize;
        }
        place = next;
    }
    seen
}

/// What is known of the first argument of each call whose name starts with `callee`.
pub(super) fn answers(bytes: &[u8], callee: &str) -> Vec<(u32, Answer)> {
    answers_at(bytes, |dex, code| calls_of(dex, code, callee))
}

fn answers_at(bytes: &[u8], calls: impl Fn(&Dex<'_>, &Code<'_>) -> Vec<u32>) -> Vec<(u32, Answer)> {
    let (program, _) = Program::open(&[("test.dex", bytes)]);
    let hierarchy = Hierarchy::of(&program);
    let linkage = Linkage::of(&hierarchy);
    let dex = program.units[0].dex;
    let scan = Scan::new("test.dex", &dex, linkage.targets(0).unwrap());
    let mut acts = Acts::default();
    for range in scan.ranges() {
        scan.run(range, |_, method, code, sites| acts.add(&linkage, 0, method, code, sites));
    }
    let facts = Facts::of(&hierarchy, vec![vec![acts]]);
    let index = References::of(&hierarchy, &linkage, &facts);
    let resolver = Resolver::new(&hierarchy, &linkage, &index, 1, &|_| None);
    let code = code_of(&dex, "m");
    let class = dex.class(0).unwrap();
    let method = dex.class_data(&class).unwrap().unwrap().map(Result::unwrap);
    let method = method.into_iter().find(|it| dex.string(dex.method(it.method).unwrap().name).unwrap() == "m").unwrap();
    let inquiry = resolver.inquire(0, &method, code);
    calls(&dex, &code).into_iter().map(|pc| (pc, inquiry.ask(pc, Asked::Argument(0)))).collect()
}

fn text(text: &str) -> Known {
    Known::Text(text.to_owned())
}

#[test]
fn a_text_is_followed_through_builders_and_methods() {
    let steps = [
        Step::Load(0, false),
        Step::New(1),
        Step::Append(1, 0),
        Step::More(2, 0),
        Step::Append(1, 2),
        Step::Content(3, 1),
        Step::Take(3),
    ];
    let found = answers(&program(assemble(&steps, None)), "take");
    assert_eq!(found, [(36, Answer { known: vec![(text("aab"), None)], unknown: None })]);
}

#[test]
fn a_builder_that_is_changed_through_a_register_of_unknown_content_is_lost() {
    let steps = [
        Step::New(0),
        Step::Load(2, false),
        Step::Branch(4),
        Step::Move(1, 0),
        Step::Append(1, 2),
        Step::Content(2, 0),
        Step::Take(2),
    ];
    let [(_, answer)] = &answers(&program(assemble(&steps, None)), "take")[..] else { panic!("one call") };
    assert!(answer.known.is_empty() && answer.unknown.is_some(), "{answer:?}");
}

#[test]
fn methods_beyond_all_measure_are_left() {
    const LOAD: [u16; 2] = [0x001a, 3];
    const TAKE: [u16; 3] = [0x1071, 0, 0];
    let mut switches = LOAD.to_vec();
    let (count, targets) = (2_000usize, 40_000usize);
    let payload = 2 + 3 * count + 4;
    for index in 0..count {
        let distance = (payload - 2 - 3 * index) as u32;
        switches.extend([0x002b, distance as u16, (distance >> 16) as u16]);
    }
    switches.extend(TAKE);
    switches.push(0x000e);
    switches.extend([0x0100, targets as u16, 0, 0]);
    switches.resize(switches.len() + 2 * targets, 1);
    let mut jumps = LOAD.to_vec();
    jumps.extend([0x0128; 200]);
    jumps.extend(TAKE);
    let told = |body| {
        let [(_, answer)] = &answers(&file(body), "m")[..] else { panic!("one call") };
        (answer.known.clone(), answer.unknown.clone())
    };
    assert_eq!(told(body(1, switches)), (Vec::new(), Some(Reason::Limit)));
    // Registers that the value does not depend on cost nothing.
    assert_eq!(told(body(u16::MAX, jumps)), (vec![(text("a"), None)], None));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    /// What is claimed to be known holds in every run.
    #[test]
    fn no_run_contradicts_what_is_known(
        steps in steps(),
        guarded: Option<(u8, u8, u8)>,
        runs in prop::collection::vec(prop::collection::vec(any::<bool>(), 80), 8),
    ) {
        let bytes = program(assemble(&steps, guarded));
        let claims = answers(&bytes, "take");
        let (opened, _) = Program::open(&[("test.dex", &bytes)]);
        let tries = code_of(&opened.units[0].dex, "m").tries();
        for choices in &runs {
            for (pc, value) in run(&steps, &tries, choices) {
                let claim = &claims.iter().find(|claim| claim.0 == pc).unwrap().1;
                if claim.unknown.is_none() {
                    let known = value.as_deref().is_some_and(|value| claim.known.contains(&(text(value), None)));
                    prop_assert!(known, "{:?} at {} is none of {:?} in {:?}", value, pc, claim, &steps);
                }
            }
        }
    }

    #[test]
    fn random_code_is_followed_or_left(insns in prop::collection::vec(any::<u16>(), 1..300), registers in 0u16..20) {
        let bytes = program(body(registers, insns));
        let all = |_: &Dex<'_>, code: &Code<'_>| {
            code.instructions().filter(|it| it.opcode.index == Index::Method).map(|it| it.pc).collect()
        };
        for (_, answer) in answers_at(&bytes, all) {
            prop_assert!(answer.known.len() <= 64);
        }
    }
}
