//! What each stage of a scan costs, beside the bare inflate of the same DEX files: the limit that no reader can beat.
//!
//! `cargo bench` measures the fixtures; `CANDOR_BENCH=a.apk:folder cargo bench` measures packages of your own. All
//! stages are timed in one run and the best of several rounds counts, so the ratios do not depend on the machine's mood.

#![allow(clippy::print_stdout, reason = "the table is what a bench is for")]
#![allow(clippy::cast_precision_loss, reason = "bytes of files are far below 2^52")]

mod measure;

use std::env;
use std::fs;
use std::hint::black_box;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use candor::behavior::Observer;
use candor::catalog::{Catalog, Focus};
use candor::container::{Entry, Input, Package, Part, discover};
use candor::dex::{BitSet, Dex, Scan, Targets};
use libdeflater::Decompressor;
use measure::millis;
use rayon::ThreadPoolBuilder;
use rayon::prelude::*;

/// The allocator of the command.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Each stage is timed until this has passed, at least [`MIN_ROUNDS`] times.
const ROUND_TIME: Duration = Duration::from_millis(300);
const MIN_ROUNDS: u32 = 5;

fn main() {
    let paths: Vec<PathBuf> = match env::var_os("CANDOR_BENCH") {
        Some(list) => env::split_paths(&list).collect(),
        None => vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/id-photo")],
    };
    let (inputs, lost) = discover(&paths);
    assert!(lost.is_empty() && !inputs.is_empty(), "no package to measure: {lost:?}");
    let started = Instant::now();
    let observer = Observer::new(Catalog::builtin(), Focus::Policy);
    println!("catalog and observer made in {:.1} ms", millis(started.elapsed()));
    for input in inputs.iter().take(1) {
        stages(&observer, input);
    }
    if inputs.len() > 1 {
        batch(&observer, &inputs);
    }
}

/// The stages of one package, on one thread and on two.
fn stages(observer: &Observer, input: &Input) {
    let package = Package::open(input).expect("a readable package");
    let streams = streams(&input.path);
    let inflated: Vec<Vec<u8>> = streams.iter().map(|(stream, size)| inflate(stream, *size)).collect();
    let bytes: usize = inflated.iter().map(Vec::len).sum();
    println!("\n{}: {} dex files, {:.1} MB inflated", input.path.display(), inflated.len(), bytes as f64 / 1e6);

    let one = ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    let two = ThreadPoolBuilder::new().num_threads(2).build().expect("two threads");
    let limit = best(|| {
        for (stream, size) in &streams {
            black_box(inflate(stream, *size));
        }
    });
    let row = |stage: &str, time: Duration| {
        let rate = bytes as f64 / 1e6 / time.as_secs_f64();
        let ratio = time.as_secs_f64() / limit.as_secs_f64();
        println!("  {stage:<37} {:>9.3} ms {rate:>8.0} MB/s   {ratio:>5.2} x inflate", millis(time));
    };
    row("bare inflate", limit);
    row("open: map, hash, directory, signers", best(|| drop(black_box(Package::open(input)))));
    let dex = |part: &Part| part.dex_entries().0.into_iter().cloned().collect::<Vec<Entry>>();
    row(
        "inflate through the container",
        best(|| {
            for part in &package.parts {
                for entry in dex(part) {
                    black_box(part.read(&entry)).ok();
                }
            }
        }),
    );
    row("strings of the dex files", best(|| inflated.iter().for_each(|bytes| strings(bytes))));
    row("instructions, nothing wanted", best(|| inflated.iter().for_each(|bytes| instructions(bytes))));
    row("observe, one thread", best(|| drop(black_box(one.install(|| observer.observe(&package))))));
    row("observe, two threads", best(|| drop(black_box(two.install(|| observer.observe(&package))))));
    let calls = Observer::new(Catalog::builtin(), Focus::Policy).without_calls();
    row("observe call sites only, one thread", best(|| drop(black_box(one.install(|| calls.observe(&package))))));
    row("observe call sites only, two threads", best(|| drop(black_box(two.install(|| calls.observe(&package))))));
    let whole = || drop(black_box(Package::open(input).map(|package| observer.observe(&package))));
    row("open and observe, one thread", best(|| one.install(whole)));
    row("open and observe, two threads", best(|| two.install(whole)));
}

/// All packages, on one thread and on two.
fn batch(observer: &Observer, inputs: &[Input]) {
    let scan = |input: &Input| drop(black_box(Package::open(input).map(|package| observer.observe(&package))));
    let one = best(|| inputs.iter().for_each(scan));
    let two = ThreadPoolBuilder::new().num_threads(2).build().expect("two threads");
    let both = best(|| two.install(|| inputs.par_iter().for_each(scan)));
    println!(
        "\n{} packages: {:.1} ms on one thread, {:.1} ms on two, {:.2} x",
        inputs.len(),
        millis(one),
        millis(both),
        one.as_secs_f64() / both.as_secs_f64()
    );
}

/// The compressed DEX streams of an archive and the sizes it claims, read by another library than candor's.
fn streams(path: &Path) -> Vec<(Vec<u8>, usize)> {
    let bytes = fs::read(path).expect("a readable file");
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    let mut streams = Vec::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index_raw(index).expect("an entry");
        let name = entry.name().expect("a name").into_owned();
        let name = name.rsplit('/').next().unwrap_or_default();
        if name.starts_with("classes") && Path::new(name).extension().is_some_and(|it| it == "dex") {
            let size = usize::try_from(entry.size()).expect("a size");
            let mut stream = Vec::new();
            std::io::copy(&mut entry, &mut stream).expect("an entry's data");
            streams.push((stream, size));
        }
    }
    streams
}

fn inflate(stream: &[u8], size: usize) -> Vec<u8> {
    let mut data = vec![0; size];
    // A stored entry is its own data.
    if Decompressor::new().deflate_decompress(stream, &mut data).is_err() {
        data.copy_from_slice(stream);
    }
    data
}

fn strings(bytes: &[u8]) {
    for dex in Dex::open("", bytes).expect("a dex file").0 {
        for index in 0..dex.header.strings.count {
            black_box(dex.string_bytes(candor::dex::StringIdx(index)));
        }
    }
}

fn instructions(bytes: &[u8]) {
    for dex in Dex::open("", bytes).expect("a dex file").0 {
        let header = &dex.header;
        let targets = Targets {
            methods: BitSet::new(header.methods.count),
            fields: BitSet::new(header.fields.count),
            strings: BitSet::new(header.strings.count),
            ..Targets::default()
        };
        let scan = Scan::new("", &dex, &targets);
        for range in scan.ranges() {
            black_box(scan.run(range, |_, _, _, sites| {
                black_box(sites);
            }));
        }
    }
}

fn best(stage: impl FnMut()) -> Duration {
    measure::best(MIN_ROUNDS, ROUND_TIME, stage)
}
