//! What native libraries add to the behavior of a package, on the packages of `fixtures/native`.

use std::path::Path;

use assert_cmd::Command;
use candor::behavior::{Behavior, Certainty, Observer, OwnerKind, Reason};
use candor::catalog::{Catalog, Confidence, Focus};
use candor::check::check;
use candor::container::Package;
use candor::disclosure::Disclosure;

fn observed(name: &str, observer: &Observer) -> Behavior {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    observer.observe(&Package::open_path(&path).expect("a package"))
}

fn observer(focus: Focus) -> Observer {
    Observer::new(Catalog::builtin(), focus)
}

fn details<'b>(behavior: &'b Behavior, kind: &str) -> Vec<&'b str> {
    let of_kind = |reason: &&'b Reason| reason.kind == kind;
    behavior.completeness.reasons.iter().filter(of_kind).map(|reason| reason.detail.as_str()).collect()
}

#[test]
fn names_and_strings_are_reads_of_the_library_that_has_them() {
    let behavior = observed("native/native.apk", &observer(Focus::Policy));
    let reads: Vec<String> = behavior
        .reads
        .iter()
        .map(|read| format!("{} {} {} {} {}", read.source, read.api, read.data, read.file, read.offset))
        .collect();
    // The same library for x86 shows the same and is not told again. Offsets as readelf and grep have them.
    assert_eq!(
        reads,
        [
            "native-string getImei imei lib/arm64-v8a/libBugly.so 0x178",
            "native-string getDeviceId imei lib/x86_64/libprobe.so 0x1ed",
            "native-string getSubscriberId imsi lib/x86_64/libprobe.so 0x358",
            "native-symbol getifaddrs ip-address lib/arm64-v8a/libBugly.so 0x100",
            "native-string api.ipify.org ip-address lib/x86_64/libprobe.so 0x1f9",
            "native-symbol getifaddrs ip-address lib/x86_64/libprobe.so 0x128",
        ]
    );
    for read in &behavior.reads {
        assert!(read.caller.is_empty() && read.pc.is_empty() && read.literal.is_none());
        assert_eq!(read.certainty, Certainty::Present);
        let owner = (read.owner.kind, read.owner.id.as_str());
        let expected = if read.file.ends_with("libBugly.so") {
            (OwnerKind::Sdk, "bugly")
        } else {
            (OwnerKind::Unknown, "libprobe.so")
        };
        assert_eq!(owner, expected);
    }
}

#[test]
fn a_name_that_is_only_close_is_quiet() {
    // libnear.so defines what others import, and has strings around the words of the catalog.
    for name in ["native/native.apk", "native/disguised.apk"] {
        let behavior = observed(name, &observer(Focus::Noise));
        let near: Vec<_> = behavior.reads.iter().filter(|read| read.file.ends_with("libnear.so")).collect();
        assert!(near.is_empty(), "{near:?}");
    }
}

#[test]
fn ordinary_libraries_leave_the_package_complete() {
    let behavior = observed("native/native.apk", &observer(Focus::Policy));
    assert!(behavior.completeness.complete);
    assert_eq!(details(&behavior, "native"), ["4 native libraries: names and strings were read, their code was not"]);
    assert!(behavior.issues.is_empty());
}

#[test]
fn files_in_the_place_of_libraries_are_named() {
    let behavior = observed("native/disguised.apk", &observer(Focus::Policy));
    assert_eq!(
        details(&behavior, "packed"),
        ["lib/arm64-v8a/libdex.so holds a DEX file", "lib/arm64-v8a/libjar.so holds an archive with DEX files"]
    );
    assert_eq!(
        details(&behavior, "native"),
        [
            "1 native library: its names and strings were read, its code was not",
            "lib/arm64-v8a/libpictures.so holds a zip archive",
            "lib/arm64-v8a/librandom.so is no ELF file, it begins with 33 65 09 3a e5 4f d3 5e",
        ]
    );
    assert!(!behavior.completeness.complete);
}

#[test]
fn what_only_a_constant_decides_is_shown_with_all_reads() {
    let of_symbol = |focus| {
        let behavior = observed("id-photo/id-photo.apk", &observer(focus));
        behavior.reads.into_iter().find(|read| read.api == "__system_property_get")
    };
    assert_eq!(of_symbol(Focus::Policy), None);
    let read = of_symbol(Focus::Noise).expect("a read");
    assert_eq!((read.data.as_str(), read.file.as_str()), ("*", "lib/arm64-v8a/libidphoto.so"));
    assert_eq!(read.note.as_deref(), Some("what decides is in machine code"));
}

#[test]
fn libraries_can_be_left_out() {
    let behavior = observed("native/native.apk", &observer(Focus::Policy).without_natives());
    assert!(behavior.reads.is_empty());
    assert_eq!(details(&behavior, "native"), ["4 native libraries were not analysed"]);

    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/native/native.apk");
    let mut command = Command::cargo_bin("candor").expect("the program");
    let output = command.args(["scan", "--no-native", "--format", "ndjson"]).arg(package).output().expect("output");
    assert_eq!(output.status.code(), Some(0));
    let package: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one object");
    assert_eq!(package["reads"], serde_json::json!([]));
    assert_eq!(package["completeness"]["reasons"][0]["detail"], "4 native libraries were not analysed");
}

#[test]
fn the_number_of_threads_does_not_show() {
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    for name in ["native/native.apk", "native/disguised.apk"] {
        let observer = observer(Focus::Noise);
        assert_eq!(one.install(|| observed(name, &observer)), observed(name, &observer));
    }
}

#[test]
fn a_word_of_low_confidence_makes_no_finding() {
    let catalog = Catalog::builtin();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("disclosures/meitu-id-photo.toml");
    let disclosure = Disclosure::load(&path, catalog).expect("a disclosure");
    let mut behavior = observed("native/native.apk", &observer(Focus::Policy));
    let at = "lib/x86_64/libprobe.so@0x128";
    let is_found = |behavior: &Behavior| {
        let checked = check(behavior, &disclosure, catalog);
        checked.findings.iter().any(|finding| finding.evidence.iter().any(|evidence| evidence.at == at))
    };
    assert!(is_found(&behavior));
    behavior.reads.iter_mut().for_each(|read| read.confidence = Confidence::Low);
    assert!(!is_found(&behavior));
}
