//! The DEX reader against AOSP's `dexdump -d`: every class, method and instruction, by place, mnemonic and index.
//!
//! Without `dexdump` the tests say so and pass. With `CANDOR_CORPUS`, which names the folder that holds `corpus/`, every
//! sixth DEX file of `corpus/real` and `corpus/series` is compared too, and all of them with `CANDOR_STEP=1`.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use candor::container::{Package, discover};
use candor::dex::{Dex, FieldIdx, Index, MethodIdx};

/// What both list of a file, in order.
#[derive(Debug, PartialEq, Eq)]
enum Item {
    Class(String),
    /// Where the code item starts.
    Method(u64),
    Instruction {
        offset: u64,
        pc: u32,
        mnemonic: String,
        /// `method@`, `field@`, `string@` or `type@` and the index.
        index: Option<(&'static str, u32)>,
        /// What the index names; none where `dexdump` shortens or breaks it.
        name: Option<String>,
    },
    /// A range of code units with exception handlers.
    Try(u32, u32),
    /// What is caught, and where that goes.
    Handler(String, u32),
}

#[derive(Debug, Default)]
struct Count {
    files: usize,
    classes: usize,
    methods: usize,
    instructions: usize,
    references: usize,
    handlers: usize,
    differing: Vec<String>,
}

fn has_dexdump() -> bool {
    let found = Command::new("dexdump").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    if !found {
        println!("skipped: dexdump is not installed");
    }
    found
}

/// Names a prototype too.
const POLYMORPHIC: &str = "invoke-polymorphic";

const TABLES: [&str; 4] = ["method@", "field@", "string@", "type@"];

/// A line of `dexdump -d`; none where it says something else.
fn dumped(line: &str) -> Option<Item> {
    if let Some(class) = line.strip_prefix("  Class descriptor  : '") {
        return Some(Item::Class(class.trim_end_matches('\'').to_owned()));
    }
    if let Some(handling) = line.strip_prefix("        ") {
        let hex = |text: &str| u32::from_str_radix(text.strip_prefix("0x")?, 16).ok();
        if let Some((start, end)) = handling.split_once(" - ") {
            return Some(Item::Try(hex(start)?, hex(end)?));
        }
        if let Some((ty, pc)) = handling.trim_start().split_once(" -> ") {
            return Some(Item::Handler(ty.to_owned(), hex(pc)?));
        }
    }
    let (head, text) = line.split_once('|')?;
    let offset = u64::from_str_radix(head.split_once(':')?.0, 16).ok()?;
    if text.starts_with('[') {
        return Some(Item::Method(offset));
    }
    let (pc, text) = text.split_once(": ")?;
    let pc = u32::from_str_radix(pc, 16).ok()?;
    let mnemonic = text.split(' ').next()?.to_owned();
    if mnemonic.ends_with("-data") && !mnemonic.starts_with("fill") {
        return None;
    }
    let (operands, comment) = text.rsplit_once(" // ").unwrap_or((text, ""));
    let index = TABLES.iter().find_map(|table| {
        let digits = comment.strip_prefix(table)?.split(',').next()?;
        Some((*table, u32::from_str_radix(digits, 16).ok()?))
    });
    let name = match index {
        Some(("method@" | "field@", _)) if !mnemonic.starts_with(POLYMORPHIC) => {
            operands.rsplit_once(", ").map(|(_, name)| name.to_owned())
        }
        _ => None,
    };
    Some(Item::Instruction { offset, pc, mnemonic, index, name })
}

/// The same list from candor.
fn listed(dex: &Dex<'_>) -> Vec<Item> {
    let mut items = Vec::new();
    for class in dex.classes().map(Option::unwrap) {
        items.push(Item::Class(dex.type_descriptor(class.class).unwrap().into_owned()));
        for method in dex.class_data(&class).unwrap().into_iter().flatten() {
            let Some(code) = dex.code(&method.unwrap()).unwrap() else { continue };
            items.push(Item::Method(u64::from(code.offset) - 16));
            for it in code.instructions() {
                let table = match it.opcode.index {
                    Index::Method => Some("method@"),
                    Index::Field => Some("field@"),
                    Index::String => Some("string@"),
                    Index::Type => Some("type@"),
                    _ => None,
                };
                let name = match it.opcode.index {
                    Index::Method if !it.opcode.mnemonic.starts_with(POLYMORPHIC) => {
                        Some(named(&dex.method_descriptor(MethodIdx(it.index)), '('))
                    }
                    Index::Field => Some(named(&dex.field_descriptor(FieldIdx(it.index)), ':')),
                    _ => None,
                };
                items.push(Item::Instruction {
                    offset: code.file_offset(it.pc),
                    pc: it.pc,
                    mnemonic: it.opcode.mnemonic.to_owned(),
                    index: table.map(|table| (table, it.index)),
                    name,
                });
            }
            for range in code.tries() {
                items.push(Item::Try(range.start, range.end));
                for handler in range.handlers {
                    let ty = handler.ty.map_or("<any>".into(), |ty| dex.type_descriptor(ty).unwrap());
                    items.push(Item::Handler(ty.into_owned(), handler.pc));
                }
            }
        }
    }
    items
}

/// `LA;.m:(I)V` of `LA;->m(I)V`, as `dexdump` has it.
fn named(descriptor: &str, separator: char) -> String {
    let (class, member) = descriptor.split_once("->").unwrap();
    let (name, rest) = member.split_at(member.find(separator).unwrap());
    format!("{class}.{name}:{}", rest.trim_start_matches(':'))
}

fn contains(line: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(line, part).is_some()
}

fn compare(name: &str, path: &Path, dex: &Dex<'_>, count: &mut Count) {
    let mut child =
        Command::new("dexdump").arg("-d").arg(path).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut ours = listed(dex).into_iter();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).split(b'\n');
    count.files += 1;
    while let Some(mut line) = lines.next().transpose().unwrap() {
        // A text is printed as it is, line breaks included.
        while contains(&line, b": const-string") && !contains(&line, b" // string@") {
            line.extend(lines.next().transpose().unwrap().unwrap());
        }
        let Some(theirs) = dumped(&String::from_utf8_lossy(&line)) else { continue };
        let ours = ours.next();
        match (&ours, &theirs) {
            (Some(Item::Class(_)), _) => count.classes += 1,
            (Some(Item::Method(_)), _) => count.methods += 1,
            (Some(Item::Instruction { index, .. }), _) => {
                count.instructions += 1;
                count.references += usize::from(index.is_some());
            }
            (Some(Item::Handler(..)), _) => count.handlers += 1,
            (Some(Item::Try(..)) | None, _) => {}
        }
        if ours.as_ref() != Some(&theirs) && count.differing.len() < 20 {
            count.differing.push(format!("{name}: dexdump has {theirs:?}, candor {ours:?}"));
        }
    }
    if let Some(more) = ours.next() {
        count.differing.push(format!("{name}: dexdump ends before {more:?}"));
    }
    child.wait().unwrap();
}

fn report(what: &str, count: &Count) {
    println!(
        "{what}: {} files, {} classes, {} methods with code, {} instructions, {} references, {} handlers; differing: {}",
        count.files,
        count.classes,
        count.methods,
        count.instructions,
        count.references,
        count.handlers,
        count.differing.len()
    );
}

#[test]
fn fixtures_are_read_as_dexdump_reads_them() {
    if !has_dexdump() {
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/dex");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|it| it == "dex"));
    // The dexdump of Android 11 knows no containers; that of later releases prints them one behind the other.
    paths.retain(|path| !path.ends_with("v041.dex"));
    paths.sort();
    let mut count = Count::default();
    for path in paths {
        let bytes = fs::read(&path).unwrap();
        let (dexes, _) = Dex::open("test.dex", &bytes).unwrap();
        compare(&path.display().to_string(), &path, &dexes[0], &mut count);
    }
    report("fixtures", &count);
    assert_eq!(count.differing, Vec::<String>::new());
    assert!(count.files >= 10 && count.instructions > 500, "{count:?}");
}

#[test]
fn real_files_are_read_as_dexdump_reads_them() {
    let Some(root) = std::env::var_os("CANDOR_CORPUS") else { return };
    if !has_dexdump() {
        return;
    }
    let step: usize = std::env::var("CANDOR_STEP").ok().and_then(|step| step.parse().ok()).unwrap_or(6);
    let root = Path::new(&root).join("corpus");
    let (inputs, _) = discover(&[root.join("real"), root.join("series")]);
    let copy = Path::new(env!("CARGO_TARGET_TMPDIR")).join("dexdump.dex");
    let mut count = Count::default();
    let mut place = 0;
    for input in inputs {
        let package = Package::open(&input).unwrap();
        for part in &package.parts {
            for entry in part.dex_entries().0 {
                place += 1;
                if place % step != 0 {
                    continue;
                }
                let bytes = part.read(entry).unwrap();
                fs::write(&copy, &*bytes).unwrap();
                let name = format!("{} {}", input.path.display(), entry.name);
                let (dexes, issues) = Dex::open(&name, &bytes).unwrap();
                assert_eq!(issues, [], "{name}");
                compare(&name, &copy, &dexes[0], &mut count);
            }
        }
    }
    report("corpus", &count);
    assert_eq!(count.differing, Vec::<String>::new());
    assert!(count.instructions > 100_000, "{count:?}");
}
