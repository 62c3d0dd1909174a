//! What the import of a megabyte of policy costs, beside reading and lower-casing the same text, the least that any
//! reader of words does; and what two megabytes cost beside one. `CANDOR_BENCH=a.txt:b.html cargo bench --bench policy`
//! measures texts of your own, repeated.

#![allow(clippy::print_stdout, reason = "the table is what a bench is for")]
#![allow(clippy::cast_precision_loss, reason = "bytes of texts are far below 2^52")]

mod measure;

use std::env;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use candor::catalog::Catalog;
use candor::policy::import;
use measure::millis;

const MEGABYTE: usize = 1 << 20;

fn best(work: impl FnMut()) -> Duration {
    measure::best(3, Duration::from_secs(1), work)
}

fn main() {
    let started = Instant::now();
    drop(import("我们会收集您的IMEI。".as_bytes(), "a", Catalog::builtin()));
    println!("catalog, words and a first line in {:.1} ms", millis(started.elapsed()));
    println!("{:20} {:>8} {:>11} {:>10} {:>8} {:>9}", "", "MB", "lower-cased", "imported", "ratio", "twice");
    for (name, text) in texts() {
        let text = text.repeat(MEGABYTE.div_ceil(text.len()));
        let file = env::temp_dir().join(format!("candor-bench-{}.txt", std::process::id()));
        fs::write(&file, &text).expect("a temporary file");
        let bare = best(|| {
            let text = fs::read_to_string(&file).expect("written before");
            black_box(text.to_lowercase());
        });
        let once = best(|| imported(&fs::read(&file).expect("written before")));
        let twice = text.repeat(2);
        let twice = best(|| imported(twice.as_bytes()));
        fs::remove_file(&file).expect("written before");
        println!(
            "{name:20} {:8.2} {:8.1} ms {:7.1} ms {:6.1} x {:7.2} x",
            text.len() as f64 / 1e6,
            millis(bare),
            millis(once),
            once.as_secs_f64() / bare.as_secs_f64(),
            twice.as_secs_f64() / once.as_secs_f64()
        );
    }
    if let Some(peak) = peak() {
        println!("peak memory of it all, two megabytes at once: {peak}");
    }
}

fn imported(bytes: &[u8]) {
    black_box(import(bytes, "a", Catalog::builtin()).expect("a policy"));
}

/// The texts and their names; all plain ones of the project are one text, too, as no two policies are alike.
fn texts() -> Vec<(String, String)> {
    let named = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        (name, fs::read_to_string(path).expect("a text in UTF-8"))
    };
    if let Some(list) = env::var_os("CANDOR_BENCH") {
        return env::split_paths(&list).map(|path| named(&path)).collect();
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/policies");
    let entries = fs::read_dir(&folder).expect("the fixtures").map(|entry| entry.expect("an entry").path());
    let mut plain: Vec<PathBuf> = entries
        .filter(|path| path.extension().is_some_and(|it| it == "txt" || it == "md") && !path.ends_with("README.md"))
        .collect();
    plain.sort();
    let mixed: String = plain.iter().map(|path| named(path).1 + "\n").collect();
    let alone = ["cell-per-line.txt", "pipes.md", "labels.txt", "spoken.txt", "english-prose.txt", "page.html"];
    let alone = alone.iter().map(|name| named(&folder.join(name)));
    std::iter::once(("all mixed".to_owned(), mixed)).chain(alone).collect()
}

/// The most memory that this process held, where the system says so.
fn peak() -> Option<String> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    Some(status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().to_owned())
}
