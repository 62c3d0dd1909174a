//! Whole packages: SDKs, owners, parts and completeness.

use candor::behavior::{Behavior, Grade, OwnerKind};
use candor::catalog::Focus;

use super::{fixture, observe, reads_in};

fn sdks(behavior: &Behavior) -> Vec<&str> {
    behavior.sdks.iter().filter(|sdk| sdk.grade == Grade::Present).map(|sdk| sdk.id.as_str()).collect()
}

fn reason<'b>(behavior: &'b Behavior, kind: &str) -> Option<&'b str> {
    behavior.completeness.reasons.iter().find(|reason| reason.kind == kind).map(|reason| reason.detail.as_str())
}

#[test]
fn a_clean_app_has_no_read_no_sdk_and_is_complete() {
    let behavior = observe("clean/clean.apk", Focus::Core);
    assert_eq!((&behavior.reads[..], sdks(&behavior)), (&[][..], vec![]));
    assert!(behavior.completeness.complete, "{:?}", behavior.completeness);
    assert_eq!(behavior.issues, []);
    assert_eq!(behavior.permissions.iter().filter(|it| !it.implied).count(), 5);
}

#[test]
fn the_densest_icon_is_taken_as_it_is() {
    let icon = observe("id-photo/id-photo.apk", Focus::Core).icon.expect("the manifest names one");
    assert_eq!(icon.media_type, "image/png");
    assert_eq!(icon.bytes, std::fs::read(fixture("id-photo/res/drawable-xxhdpi/icon.png")).unwrap());
    assert_eq!(observe("clean/clean.apk", Focus::Core).icon, None);
}

#[test]
fn a_packed_app_is_not_complete_and_says_why() {
    let behavior = observe("packed/packed.apk", Focus::Core);
    assert!(!behavior.completeness.complete);
    let details: Vec<_> =
        behavior.completeness.reasons.iter().filter(|it| it.kind == "packed").map(|it| it.detail.as_str()).collect();
    assert!(details.iter().any(|detail| detail.contains("libshella")), "{details:?}");
    assert!(details.iter().any(|detail| detail.contains("components of the manifest have no class")), "{details:?}");
}

/// Data types with the file that holds their read.
fn by_file(behavior: &Behavior) -> Vec<(&str, &str)> {
    let mut found: Vec<_> = behavior.reads.iter().map(|it| (it.data.as_str(), it.file.as_str())).collect();
    found.dedup();
    found
}

#[test]
fn the_parts_of_a_split_set_are_one_package_however_it_is_wrapped() {
    for (path, feature) in [
        ("split/set", "split_feature.apk!/classes.dex"),
        ("split/app.apks", "feature-master.apk!/classes.dex"),
        ("split/app.xapk", "feature.apk!/classes.dex"),
        ("split/app.apkm", "split_feature.apk!/classes.dex"),
    ] {
        let behavior = observe(path, Focus::Core);
        assert_eq!(by_file(&behavior), [("android-id", "classes.dex"), ("location-fine", feature)], "{path}");
        assert_eq!((behavior.kind, behavior.app.version_code), ("split", Some(12)), "{path}");
        assert!(behavior.reads.iter().all(|read| read.owner.kind == OwnerKind::App), "{path}");
        assert!(behavior.permissions.len() > 1, "{path}: {:?}", behavior.permissions);
    }
}

#[test]
fn a_bundle_has_the_reads_of_its_modules_and_no_certificate() {
    let bundle = observe("bundle/app.aab", Focus::Core);
    assert_eq!(by_file(&bundle), [("android-id", "dex/classes.dex"), ("location-fine", "feature!/dex/classes.dex")]);
    let names = |behavior: &Behavior| behavior.permissions.iter().map(|it| it.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&bundle), names(&observe("split/set", Focus::Core)));
    assert_eq!((bundle.kind, bundle.signing), ("bundle", vec![]));
}

#[test]
fn code_behind_a_gap_in_the_sequence_is_not_read_and_that_is_said() {
    let behavior = observe("gap.apk", Focus::Core);
    assert_eq!(by_file(&behavior), [("serial", "classes.dex")]);
    let said = behavior.issues.iter().find(|issue| issue.file == "classes3.dex");
    assert!(said.is_some_and(|issue| issue.message.contains("not in the sequence")), "{:?}", behavior.issues);
}

#[test]
fn a_package_without_a_manifest_is_read_and_the_absence_is_said() {
    let behavior = observe("no-manifest.apk", Focus::Core);
    assert_eq!(by_file(&behavior), [("serial", "classes.dex")]);
    assert!(behavior.issues.iter().any(|issue| issue.message == "there is no manifest"), "{:?}", behavior.issues);
    assert!(!behavior.completeness.complete);
    assert!(reason(&behavior, "corrupt").is_some());
}

#[test]
fn the_sdks_of_the_id_photo_app_are_those_whose_code_it_has() {
    let behavior = observe("id-photo/id-photo.apk", Focus::Core);
    let found = sdks(&behavior);
    for expected in [
        "alipay-pay",
        "alipay-security",
        "bugly",
        "firebase",
        "firebase-crashlytics",
        "firebase-messaging",
        "tencent-mta",
        "utdid",
        "wechat-opensdk",
        "wechat-pay",
    ] {
        assert!(found.contains(&expected), "{expected} in {found:?}");
    }
}

#[test]
fn a_class_that_is_only_called_is_no_sdk() {
    let behavior = observe("id-photo/id-photo.apk", Focus::Core);
    let umeng = behavior.sdks.iter().find(|sdk| sdk.id.starts_with("umeng"));
    assert_eq!(umeng, None);
}

#[test]
fn a_package_that_begins_like_an_sdks_is_not_that_sdk() {
    let behavior = observe("id-photo/id-photo.apk", Focus::Noise);
    let bugly = behavior.sdks.iter().find(|sdk| sdk.id == "bugly").unwrap();
    assert!(bugly.evidence.iter().all(|sign| !sign.value.contains("buglyfake")), "{bugly:?}");
    for read in behavior.reads.iter().filter(|read| read.caller.contains("buglyfake")) {
        assert_eq!(read.owner.kind, OwnerKind::Unknown, "{read:?}");
    }
}

#[test]
fn a_settings_key_that_is_not_the_android_id_is_not_called_so() {
    let behavior = observe("id-photo/id-photo.apk", Focus::Policy);
    let found = reads_in(&behavior, "DeviceId;->listeners");
    assert_eq!(found, [("device-settings", Some("enabled_notification_listeners"))].into());
}

#[test]
fn obfuscated_code_is_that_of_its_callers_and_says_so() {
    let behavior = observe("id-photo/id-photo.apk", Focus::Core);
    let read = behavior.reads.iter().find(|read| read.caller.starts_with("La/b/c;")).unwrap();
    assert_eq!((read.owner.kind, read.owner.id.as_str()), (OwnerKind::App, "com.example.idphoto"));
    assert!(read.via.as_ref().is_some_and(|via| via.starts_with("Lcom/example/idphoto/Upload;->")), "{:?}", read.via);
}
