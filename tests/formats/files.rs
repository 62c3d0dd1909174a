//! Reports of built packages, from the command line.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::valid::hold;

const POLICY: &str = "disclosures/meitu-id-photo.toml";

/// All forms of a check.
const FORMS: [&str; 8] = ["text", "json", "ndjson", "sarif", "junit", "markdown", "csv", "cyclonedx"];

#[test]
fn every_fixture_keeps_to_every_form() {
    for package in packages(Path::new("fixtures")) {
        let folder = scratch("one");
        let output = check(&folder, &[], std::slice::from_ref(&package));
        assert!(matches!(output.status.code(), Some(0..=3)), "{}", package.display());
        for form in FORMS {
            hold(form, &fs::read(folder.join(form)).expect("a report"), &format!("{form} of {}", package.display()));
        }
    }
}

#[test]
fn a_batch_keeps_to_every_form_and_is_the_same_for_any_number_of_threads() {
    let folders = ["batch-1", "batch-3"].map(scratch);
    for (folder, jobs) in folders.iter().zip(["1", "3"]) {
        check(folder, &["--jobs", jobs], &[PathBuf::from("fixtures")]);
    }
    for form in FORMS {
        let [one, three] = [&folders[0], &folders[1]].map(|folder| fs::read(folder.join(form)).expect("a report"));
        hold(form, &one, form);
        assert!(one == three, "{form} depends on the number of threads");
    }
}

#[test]
fn a_scan_and_a_policy_have_the_forms_that_make_sense() {
    let folder = scratch("others");
    let packages = ["fixtures/id-photo/id-photo.apk", "fixtures/packed/packed.apk", "fixtures/clean/clean.apk"];
    for form in ["text", "json", "ndjson", "markdown", "csv", "cyclonedx"] {
        let output = candor(&["scan", "--format", form]).args(packages).output().expect("the binary runs");
        hold(form, &output.stdout, &format!("{form} of a scan"));
    }
    for form in ["text", "json", "ndjson", "html", "sarif", "junit", "markdown", "csv"] {
        let output = candor(&["lint", POLICY, "--format", form]).output().expect("the binary runs");
        hold(form, &output.stdout, &format!("{form} of a policy"));
        assert_eq!(output.status.code(), Some(1));
    }
    for (command, complaint) in [
        (&["scan", packages[0], "--format", "sarif"][..], "there is no sarif report on a scan"),
        (&["lint", POLICY, "--format", "cyclonedx"][..], "there is no cyclonedx report on a policy on its own"),
    ] {
        let output = candor(command).current_dir(env!("CARGO_MANIFEST_DIR")).output().expect("the binary runs");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && errors.contains(complaint), "{errors}");
    }
    assert_eq!(fs::read_dir(folder).expect("the folder is there").count(), 0);
}

#[test]
fn files_come_beside_the_report_on_standard_output() {
    let folder = scratch("beside");
    let plain = candor(&["check", "fixtures/clean/clean.apk", "--against", POLICY]).output().expect("the binary runs");
    let output = check(&folder, &[], &[PathBuf::from("fixtures/clean/clean.apk")]);
    assert!(!plain.stdout.is_empty() && output.stdout == plain.stdout);
    assert_eq!(output.status, plain.status);
    assert_eq!(fs::read_dir(&folder).expect("the folder is there").count(), FORMS.len(), "nothing else is left");
}

#[test]
fn a_file_that_cannot_be_written_is_named_and_nothing_is_written() {
    let folder = scratch("unwritable");
    let none = format!("csv={}", folder.join("none/a.csv").display());
    let output = check(&folder, &["--output", &none], &[PathBuf::from("fixtures/clean/clean.apk")]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
    assert!(String::from_utf8_lossy(&output.stderr).contains("none/a.csv"));
    assert_eq!(fs::read_dir(&folder).expect("the folder is there").count(), 0);
}

#[test]
fn a_time_is_stated_only_where_the_build_has_one() {
    let run = |epoch: Option<&str>, form: &str| {
        let mut command = candor(&["check", "fixtures/clean/clean.apk", "--against", POLICY, "--format", form]);
        let output = command.envs(epoch.map(|epoch| ("SOURCE_DATE_EPOCH", epoch))).output().expect("the binary runs");
        (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.code())
    };
    for form in ["sarif", "cyclonedx"] {
        assert!(!run(None, form).0.contains("2021-11-01T"));
        let (report, _) = run(Some("1635724800"), form);
        assert!(report.contains("2021-11-01T00:00:00Z"), "{report}");
        hold(form, report.as_bytes(), form);
    }
    assert_eq!(run(Some("yesterday"), "sarif").1, Some(2));
}

#[test]
fn the_schemas_of_candors_own_formats_are_printed() {
    for (name, id) in
        [("behavior", "candor.behavior/1"), ("check", "candor.check/1"), ("disclosure", "candor.disclosure/1")]
    {
        let output = candor(&["schema", name]).output().expect("the binary runs");
        let schema: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(schema["properties"]["schema"]["const"], id);
        jsonschema::meta::validate(&schema).expect("a schema");
    }
}

#[test]
fn real_packages_keep_to_every_form() {
    let Some(corpus) = std::env::var_os("CANDOR_CORPUS") else { return };
    let found = packages(&Path::new(&corpus).join("corpus"));
    assert!(!found.is_empty());
    for package in found {
        let folder = scratch("real");
        check(&folder, &[], std::slice::from_ref(&package));
        for form in FORMS {
            hold(form, &fs::read(folder.join(form)).expect("a report"), &format!("{form} of {}", package.display()));
        }
    }
}

/// Writes every form into a folder.
fn check(folder: &Path, options: &[&str], packages: &[PathBuf]) -> Output {
    let mut command = candor(&["check", "--against", POLICY]);
    for form in FORMS {
        command.arg("--output").arg(format!("{form}={}", folder.join(form).display()));
    }
    command.args(options).args(packages).output().expect("the binary runs")
}

fn candor(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_candor"));
    command.args(args).env_clear().env("LANG", "en_US.UTF-8");
    command
}

/// The packages below a folder, in order.
fn packages(folder: &Path) -> Vec<PathBuf> {
    let is_package = |path: &Path| {
        let extension = path.extension().and_then(|it| it.to_str());
        extension.is_some_and(|it| ["apk", "apks", "xapk", "apkm", "aab", "dex"].contains(&it))
    };
    let entries = walkdir::WalkDir::new(folder).into_iter().map(|entry| entry.expect("the folder can be read"));
    let mut files: Vec<PathBuf> = entries.map(walkdir::DirEntry::into_path).filter(|path| is_package(path)).collect();
    files.sort();
    files
}

/// An empty folder of this test's own.
fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("formats").join(name);
    drop(fs::remove_dir_all(&folder));
    fs::create_dir_all(&folder).expect("the target folder is writable");
    folder
}
