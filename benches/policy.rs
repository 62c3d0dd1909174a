//! What the import of a megabyte of policy costs, beside reading and lower-casing the same text: the least that any
//! reader of words does. `CANDOR_BENCH=policy.txt cargo bench --bench policy` measures a text of your own, repeated.

#![allow(clippy::print_stdout, reason = "the table is what a bench is for")]
#![allow(clippy::cast_precision_loss, reason = "bytes of texts are far below 2^52")]

use std::env;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use candor::catalog::Catalog;
use candor::policy::import;

const MEGABYTE: usize = 1 << 20;

/// Each text is timed at least so often and so long; the best round counts.
const ROUNDS: u32 = 3;
const ROUND_TIME: Duration = Duration::from_secs(1);

fn main() {
    let paths: Vec<PathBuf> = match env::var_os("CANDOR_BENCH") {
        Some(list) => env::split_paths(&list).collect(),
        None => ["cell-per-line.txt", "pipes.md", "labels.txt", "page.html", "prose.txt"]
            .iter()
            .map(|name| Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/policies").join(name))
            .collect(),
    };
    let started = Instant::now();
    drop(import("我们会收集您的IMEI。".as_bytes(), "a", Catalog::builtin()));
    println!("catalog, words and a first line in {:.1} ms", millis(started.elapsed()));
    for path in paths {
        let text = fs::read_to_string(&path).expect("a text in UTF-8");
        let text = text.repeat(MEGABYTE.div_ceil(text.len()));
        let folder = env::temp_dir().join(format!("candor-bench-{}.txt", std::process::id()));
        fs::write(&folder, &text).expect("a temporary file");
        let bare = best(|| {
            let text = fs::read_to_string(&folder).expect("written before");
            black_box(text.to_lowercase());
        });
        let whole = best(|| {
            let bytes = fs::read(&folder).expect("written before");
            black_box(import(&bytes, "a", Catalog::builtin()).expect("a policy"));
        });
        fs::remove_file(&folder).expect("written before");
        println!(
            "{:20} {:.2} MB: read and lower-cased {:6.1} ms, imported {:7.1} ms, {:5.1} x",
            path.file_name().unwrap_or_default().to_string_lossy(),
            text.len() as f64 / 1e6,
            millis(bare),
            millis(whole),
            whole.as_secs_f64() / bare.as_secs_f64()
        );
    }
}

fn best(work: impl Fn()) -> Duration {
    let started = Instant::now();
    let mut best = Duration::MAX;
    let mut rounds = 0;
    while rounds < ROUNDS || started.elapsed() < ROUND_TIME {
        let round = Instant::now();
        work();
        best = best.min(round.elapsed());
        rounds += 1;
    }
    best
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
