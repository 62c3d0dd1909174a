//! Scripts, code inside packages and endpoints, on the packages of `fixtures/script`.

use std::path::Path;

use candor::behavior::{Behavior, Endpoint, Observer, OwnerKind, Reason};
use candor::catalog::{Catalog, Confidence, Focus};
use candor::container::Package;

fn observed(name: &str) -> Behavior {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/script").join(name);
    Observer::new(Catalog::builtin(), Focus::Policy).observe(&Package::open_path(&path).expect("a package"))
}

/// `api data file offset`, one line a read.
fn reads(behavior: &Behavior) -> Vec<String> {
    let shown = |file: &str| file.rsplit("assets/").next().unwrap_or(file).to_owned();
    let line =
        |read: &candor::behavior::Read| format!("{} {} {} {}", read.api, read.data, shown(&read.file), read.offset);
    behavior.reads.iter().map(line).collect()
}

fn details<'b>(behavior: &'b Behavior, kind: &str) -> Vec<&'b str> {
    let of_kind = |reason: &&'b Reason| reason.kind == kind;
    behavior.completeness.reasons.iter().filter(of_kind).map(|reason| reason.detail.as_str()).collect()
}

/// Hosts that the owner names, those without encryption marked.
fn hosts(behavior: &Behavior, owner: &str) -> Vec<String> {
    let endpoints = behavior.endpoints.as_deref().expect("endpoints are analysed");
    let of_owner = endpoints.iter().filter(|endpoint| endpoint.owner.id == owner);
    of_owner.map(|it| format!("{}{}", it.host, if it.cleartext { " clear" } else { "" })).collect()
}

fn has_host(behavior: &Behavior, host: &str) -> bool {
    behavior.endpoints.iter().flatten().any(|endpoint| endpoint.host == host)
}

#[test]
fn calls_in_a_bundle_are_reads_of_the_app() {
    let behavior = observed("react.apk");
    // The bundle names others in comments, in prose, and as members of other objects. Offsets as grep has them.
    assert_eq!(
        reads(&behavior),
        [
            "RNDeviceInfo device-info index.android.bundle 0xef",
            "navigator.geolocation.getCurrentPosition location-fine index.android.bundle 0x159",
            "navigator.geolocation.watchPosition location-fine index.android.bundle 0x1d9",
        ]
    );
    for read in &behavior.reads {
        assert_eq!((read.source, read.owner.kind), ("js-api", OwnerKind::App));
        assert!(read.caller.is_empty() && read.pc.is_empty());
    }
    assert_eq!(behavior.reads[1].note.as_deref(), Some("2 places in this file"));
    assert!(has_host(&behavior, "rn.vendor.cn"));
    assert!(!behavior.completeness.complete);
    assert!(
        details(&behavior, "script")
            .contains(&"React Native: names and strings of 1 script file were read, its code was not")
    );
}

#[test]
fn bytecode_shows_names_and_says_that_they_are_no_more() {
    let behavior = observed("hermes.apk");
    assert_eq!(
        reads(&behavior),
        [
            "RNDeviceInfo device-info index.android.bundle 0x122",
            "navigator.geolocation.getCurrentPosition location-fine index.android.bundle 0xf8",
            "navigator.geolocation.watchPosition location-fine index.android.bundle 0x10a",
        ]
    );
    assert_eq!(behavior.reads[0].confidence, Confidence::High);
    assert_eq!(behavior.reads[1].confidence, Confidence::Medium);
    assert!(behavior.reads[1].note.as_deref().is_some_and(|note| note.contains("is not seen")));
    assert!(has_host(&behavior, "hermes.vendor.cn"));
}

#[test]
fn bytecode_of_an_unknown_version_says_so() {
    let behavior = observed("hermes-unknown.apk");
    assert_eq!(reads(&behavior), ["RNDeviceInfo device-info index.android.bundle 0x8c"]);
    assert!(details(&behavior, "script").iter().any(|it| it.contains("is Hermes bytecode 9999 that is not known")));
    assert_eq!(behavior.issues.len(), 1);
    assert!(!behavior.completeness.complete);
}

#[test]
fn a_mini_program_inside_an_archive_is_read_too() {
    let behavior = observed("uni.apk");
    assert_eq!(
        reads(&behavior),
        [
            "weex.requireModule('clipboard') clipboard apps/__UNI__A1B2C3D/www/app-service.js 0x15b",
            "uni.getSystemInfo device-info apps/__UNI__A1B2C3D/www/app-service.js 0xd9",
            "plus.device.imei imei apps/__UNI__A1B2C3D/www/app-service.js 0x9f",
            "uni.getLocation location-fine apps/__UNI__E4F5.wgt!/app-service.js 0x0",
        ]
    );
    assert!(behavior.reads.iter().all(|read| read.owner.kind == OwnerKind::App));
    assert!(has_host(&behavior, "uni.vendor.cn") && has_host(&behavior, "mini.vendor.cn"));
}

#[test]
fn a_page_among_the_assets_belongs_to_nobody_known() {
    let behavior = observed("h5.apk");
    assert_eq!(reads(&behavior), ["navigator.clipboard.readText clipboard h5/index.html 0x135"]);
    let owner = &behavior.reads[0].owner;
    assert_eq!((owner.kind, owner.id.as_str()), (OwnerKind::Unknown, "assets/h5/index.html"));
    // What a page loads and sends, neither what it links to nor what a comment says.
    assert_eq!(hosts(&behavior, "assets/h5/index.html"), ["cdn.vendor.cn", "h5.vendor.cn"]);
    assert!(behavior.completeness.complete, "{:?}", behavior.completeness);
}

#[test]
fn a_script_that_cannot_be_read_is_named() {
    let behavior = observed("locked.apk");
    assert_eq!(
        details(&behavior, "script"),
        [
            "assets/h5/locked.js is no script as text, it begins with 6e a6 87 76 6e ac fb 9c; only printable strings were read"
        ]
    );
    assert!(!behavior.completeness.complete);
}

#[test]
fn a_dart_snapshot_is_code_of_the_app() {
    let behavior = observed("dart.apk");
    assert_eq!(behavior.reads.len(), 1);
    let read = &behavior.reads[0];
    assert_eq!((read.api.as_str(), read.owner.kind), ("flutter.baseflow.com/geolocator", OwnerKind::App));
    assert!(hosts(&behavior, "com.example.script").contains(&"dart.vendor.cn".to_owned()));
}

#[test]
fn code_inside_the_package_is_read_and_hides_nothing() {
    let behavior = observed("nested.apk");
    let found: Vec<_> =
        behavior.reads.iter().map(|it| (it.data.as_str(), it.owner.id.as_str(), it.file.as_str())).collect();
    assert_eq!(
        found,
        [
            ("iccid", "bugly", "assets/tool.dex"),
            ("imei", "com.example.plugin", "assets/plugin.apk!/classes.dex"),
            ("imsi", "com.example.inner", "assets/plugin.apk!/assets/inner.jar!/classes.dex"),
            ("meid", "com.example.plugin", "assets/plugin.apk!/classes.dex"),
        ]
    );
    assert_eq!(
        details(&behavior, "dynamic-code"),
        [
            "3 nested files of code were analysed: assets/plugin.apk, assets/plugin.apk!/assets/inner.jar, assets/tool.dex"
        ]
    );
    assert!(behavior.completeness.complete, "{:?}", behavior.completeness);
    assert_eq!(hosts(&behavior, "com.example.inner"), ["inner.vendor.cn"]);
}

#[test]
fn a_bomb_inside_the_package_is_refused_and_named() {
    let behavior = observed("bomb.apk");
    assert_eq!(
        details(&behavior, "dynamic-code"),
        ["2 nested files of code could not be read: assets/bomb.jar, assets/locked.dex"]
    );
    assert_eq!(behavior.issues.len(), 1);
    assert_eq!(behavior.issues[0].file, "assets/bomb.jar!/classes.dex");
    assert!(behavior.issues[0].message.contains("67108864 exceeds the limit"), "{}", behavior.issues[0].message);
    assert!(!behavior.completeness.complete);
}

#[test]
fn strings_that_code_loads_name_endpoints() {
    let behavior = observed("h5.apk");
    assert_eq!(
        hosts(&behavior, "com.example.script"),
        [
            "10.1.2.3 clear",
            "api.vendor.cn",
            "help.vendor.cn",
            "log.open.vendor.cn clear",
            "plain.vendor.cn clear",
            "push.vendor.cn",
            "数据.中国",
        ]
    );
    assert_eq!(hosts(&behavior, "bugly"), ["android.bugly.qq.com clear", "api.vendor.cn"]);
    let of = |host: &str| -> &Endpoint {
        let mut all = behavior.endpoints.iter().flatten();
        all.find(|endpoint| endpoint.host == host).expect("an endpoint")
    };
    assert_eq!(of("log.open.vendor.cn").allowed, Some(true));
    assert_eq!(of("plain.vendor.cn").allowed, Some(false));
    assert_eq!(of("push.vendor.cn").allowed, None);
    assert_eq!(of("android.bugly.qq.com").sdk.as_deref(), Some("bugly"));
    assert_eq!(of("plain.vendor.cn").sdk, None);
}

#[test]
fn the_number_of_threads_does_not_show() {
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    for name in ["react.apk", "uni.apk", "nested.apk", "bomb.apk", "dart.apk"] {
        assert_eq!(one.install(|| observed(name)), observed(name));
    }
}
