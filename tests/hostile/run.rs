//! One run of the program, with its time and its peak of memory.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// When a run is taken for one that never ends.
const PATIENCE: Duration = Duration::from_mins(2);

/// How a run ended.
pub(crate) struct Run {
    pub(crate) output: String,
    pub(crate) errors: String,
    pub(crate) status: i32,
    time: Duration,
    /// Peak of resident memory, where the system tells it while a process runs.
    kib: Option<u64>,
}

/// Scans files in one run.
pub(crate) fn scan<'p>(paths: impl IntoIterator<Item = &'p PathBuf>) -> Run {
    run(&["scan", "--format", "ndjson", "--lang", "en", "--no-progress", "--jobs", "2"], paths)
}

/// Imports a policy.
pub(crate) fn import(path: &PathBuf) -> Run {
    run(&["import"], [path])
}

fn run<'p>(arguments: &[&str], paths: impl IntoIterator<Item = &'p PathBuf>) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_candor"));
    command.args(arguments).args(paths).env_clear();
    let [output, errors] = ["output", "errors"].map(scratch);
    command.stdout(File::create(&output).expect("the target folder is writable"));
    command.stderr(File::create(&errors).expect("the target folder is writable"));
    let start = Instant::now();
    let mut child = command.spawn().expect("the binary runs");
    let mut kib = None;
    let status = loop {
        // Mostly read in vain: the last value before the end is the peak, or close to it.
        kib = kib.max(peak(&child));
        if let Some(status) = child.try_wait().expect("it is a child of this process") {
            break status;
        }
        if PATIENCE < start.elapsed() {
            child.kill().expect("it still runs");
            panic!("no end after {PATIENCE:?}: {}", text(&errors));
        }
        thread::sleep(Duration::from_millis(2));
    };
    let time = start.elapsed();
    let (output, errors) = (text(&output), text(&errors));
    assert!(!errors.contains("panicked") && !errors.contains("defect in candor"), "{errors}");
    let status = status.code().unwrap_or_else(|| panic!("a signal ends it: {errors}"));
    Run { output, errors, status, time, kib }
}

impl Run {
    /// Fails where the run took more; unoptimised code has eight times as long.
    pub(crate) fn within(&self, seconds: u64, kib: u64) {
        let seconds = if cfg!(debug_assertions) { seconds * 8 } else { seconds };
        assert!(self.time < Duration::from_secs(seconds), "{:?} are more than {seconds} s", self.time);
        assert!(self.kib.is_none_or(|peak| peak < kib), "{:?} KiB are more than {kib}", self.kib);
    }
}

/// The peak of resident memory so far, where the system has `/proc`.
fn peak(child: &Child) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse().ok()
}

/// A file of this run's own.
pub(crate) fn scratch(name: &str) -> PathBuf {
    static RUNS: AtomicUsize = AtomicUsize::new(0);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile");
    fs::create_dir_all(&folder).expect("the target folder is writable");
    folder.join(format!("{}-{name}", RUNS.fetch_add(1, Ordering::Relaxed)))
}

fn text(path: &Path) -> String {
    String::from_utf8(fs::read(path).expect("the run wrote it")).expect("output is text")
}
