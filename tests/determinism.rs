//! Output depends on the input alone: the same bytes for one thread or several, for any order in which the files are
//! named or lie in a folder, and in any locale and time zone.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const FORMATS: [&str; 4] = ["json", "ndjson", "text", "html"];

#[test]
fn fixtures_give_the_same_bytes_however_they_are_read() {
    let files = packages(Path::new("fixtures"));
    assert!(files.len() > 60, "{}", files.len());
    for command in [&["scan"][..], &["check", "--against", "disclosures/meitu-id-photo.toml"][..]] {
        threads_and_surroundings(command, &[PathBuf::from("fixtures")], &FORMATS);
        order(command, &files);
    }
}

#[test]
fn a_copy_of_a_folder_gives_the_same_bytes() {
    // Files are made in another order, so that the file system may list them in another one.
    let mut files = packages(Path::new("fixtures"));
    files.retain(|file| file.components().count() == 3);
    let folders = ["forwards", "backwards"].map(|name| scratch(name).join("copies"));
    for (folder, backwards) in folders.iter().zip([false, true]) {
        fs::create_dir_all(folder).expect("the target folder is writable");
        if backwards {
            files.reverse();
        }
        for file in &files {
            // Two folders may have a file of one name.
            let name = file.display().to_string().replace(['/', '\\'], "-");
            fs::copy(file, folder.join(name)).expect("a copy fits");
        }
    }
    let [one, other] = folders.map(|folder| {
        let parent = folder.parent().expect("it has one").to_owned();
        let mut command = candor(&["scan", "--format", "json", "--lang", "en"]);
        output(command.arg("copies").current_dir(parent))
    });
    assert!(one.len() > 10_000, "the copies are read");
    same(&one, &other, "two copies");
}

#[test]
fn real_packages_give_the_same_bytes_however_they_are_read() {
    let Some(corpus) = std::env::var_os("CANDOR_CORPUS") else { return };
    for folder in ["corpus/series", "corpus/hostile"] {
        let folder = Path::new(&corpus).join(folder);
        threads_and_surroundings(&["scan"], std::slice::from_ref(&folder), &["ndjson", "text"]);
        order(&["scan"], &packages(&folder));
    }
}

/// The output for all combinations of threads and surroundings is that of one thread in the simplest ones.
fn threads_and_surroundings(command: &[&str], paths: &[PathBuf], formats: &[&str]) {
    let surroundings: [&[(&str, &str)]; 3] = [
        &[],
        &[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "zh_CN.UTF-8"), ("TZ", "Asia/Shanghai"), ("COLUMNS", "40")],
        &[("LANG", "tr_TR.UTF-8"), ("TZ", "America/St_Johns"), ("TERM", "dumb"), ("RAYON_NUM_THREADS", "7")],
    ];
    for format in formats {
        let run = |jobs: &str, variables: &[(&str, &str)]| {
            let mut command = candor(command);
            command.args(["--format", format, "--lang", "en", "--jobs", jobs]).args(paths);
            output(command.envs(variables.iter().copied()))
        };
        let first = run("1", &[]);
        assert!(first.len() > 1000, "something is written");
        for (jobs, variables) in ["1", "2", "5"].into_iter().zip(surroundings) {
            same(&first, &run(jobs, variables), &format!("{command:?} {format}: {jobs} threads, {variables:?}"));
        }
    }
}

/// The order in which files are named changes nothing, nor does it that one of them is named twice or is lost.
fn order(command: &[&str], files: &[PathBuf]) {
    let lost = ["no-such-file.apk", "no-such-folder/*.apk"].map(PathBuf::from);
    let files = [files, &lost].concat();
    let twice = [&files[..], &files[..3]].concat();
    let run = |files: &[PathBuf]| {
        let mut command = candor(command);
        output(command.args(["--format", "json", "--lang", "en", "--jobs", "2"]).args(files))
    };
    let first = run(&files);
    for (files, what) in [
        (files.iter().rev().cloned().collect(), "backwards"),
        (shuffled(&files), "shuffled"),
        (twice, "three of them named twice"),
    ] {
        same(&first, &run(&files), &format!("{command:?}: {what}"));
    }
}

fn candor(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_candor"));
    command.args(args).env_clear();
    command
}

fn output(command: &mut Command) -> Vec<u8> {
    let output = command.output().expect("the binary runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 1 | 3)), "{:?}: {errors}", output.status);
    output.stdout
}

/// The packages below a folder, sorted; those of a split set are single files here.
fn packages(folder: &Path) -> Vec<PathBuf> {
    let is_package = |path: &Path| {
        let extension = path.extension().and_then(OsStr::to_str);
        extension.is_some_and(|it| ["apk", "apks", "xapk", "apkm", "aab", "dex"].contains(&it))
    };
    let entries = walkdir::WalkDir::new(folder).into_iter().map(|entry| entry.expect("the folder can be read"));
    let mut files: Vec<PathBuf> = entries.map(walkdir::DirEntry::into_path).filter(|path| is_package(path)).collect();
    files.sort();
    files
}

/// Another order, always the same one: every seventh file, beginning anew at the end.
fn shuffled(files: &[PathBuf]) -> Vec<PathBuf> {
    (0..7).flat_map(|start| files.iter().skip(start).step_by(7)).cloned().collect()
}

fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("determinism").join(name);
    drop(fs::remove_dir_all(&folder));
    folder
}

/// Fails with the first line that differs.
fn same(one: &[u8], other: &[u8], what: &str) {
    let lines = |bytes: &[u8]| String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect::<Vec<_>>();
    if one != other {
        let (one, other) = (lines(one), lines(other));
        let place = one.iter().zip(&other).position(|(one, other)| one != other);
        let place = place.unwrap_or_else(|| one.len().min(other.len()));
        panic!("{what}: line {} differs: {:?} and {:?}", place + 1, one.get(place), other.get(place));
    }
}
