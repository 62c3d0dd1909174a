//! Look-ups find what they should, and nothing beside it.

use std::collections::BTreeSet;

use candor::catalog::{Catalog, ClassKey, DataType, Holder, Severity, SourceKind, Strength, guarded};

/// The id of the SDK or the prefix of the library that holds `class`.
fn holder(class: &str) -> Option<&'static str> {
    Catalog::builtin().sdk_by_prefix(class).map(|found| match found.holder {
        Holder::Sdk(sdk) | Holder::Utility(sdk) => sdk.id,
        Holder::Library(library) => library.prefix,
    })
}

fn ids<'a>(data: impl Iterator<Item = &'a DataType>) -> Vec<&'static str> {
    data.map(|entry| entry.id).collect()
}

#[test]
fn an_umbrella_covers_leaves_at_any_depth_but_not_itself() {
    let catalog = Catalog::builtin();
    assert!(catalog.covers("hardware-identifier", "imei"));
    assert!(catalog.covers("personal-info", "imei"));
    assert!(!catalog.covers("imei", "imei"));
    assert!(!catalog.covers("imei", "device-identifier"));
    assert!(!catalog.covers("location", "imei"));
    let leaves = ids(catalog.leaves("resettable-identifier"));
    assert!(leaves.contains(&"oaid") && leaves.contains(&"gaid") && !leaves.contains(&"imei"));
    assert!(leaves.is_sorted());
}

#[test]
fn a_data_type_may_lie_below_several_umbrellas() {
    let catalog = Catalog::builtin();
    for id in ["imei", "android-id", "oaid"] {
        assert!(catalog.covers("device-id", id) && catalog.covers("device-identifier", id), "{id}");
    }
    // The numbers of the SIM, the serial and addresses are device identifiers, but nobody's "device ID".
    for id in ["imsi", "iccid", "serial", "mac-wifi", "mac-bluetooth"] {
        assert!(!catalog.covers("device-id", id) && catalog.covers("device-identifier", id), "{id}");
    }
    assert_eq!(ids(catalog.data_by_alias("Device ID")), ["device-id"]);
    assert_eq!(
        catalog.ancestors("imei").collect::<Vec<_>>(),
        ["hardware-identifier", "device-id", "device-identifier", "device-info", "personal-info"]
    );
}

#[test]
fn words_of_policies_are_found_apart_from_case_and_spaces() {
    let catalog = Catalog::builtin();
    assert_eq!(ids(catalog.data_by_alias("imei")), ["imei"]);
    assert_eq!(ids(catalog.data_by_alias(" Android ID")), ["android-id"]);
    assert_eq!(ids(catalog.data_by_alias("国际移动设备识别码")), ["imei"]);
    assert_eq!(ids(catalog.data_by_alias("个人常用设备信息")), ["device-identifier", "device-info"]);
    assert_eq!(ids(catalog.data_by_alias("设备")), [""; 0]);
    let camera: Vec<_> = catalog.permission_by_name("camera").map(|entry| entry.name).collect();
    assert!(camera.contains(&"android.permission.CAMERA"));
    let coarse: Vec<_> = catalog.permission_by_name("粗略位置").map(|entry| entry.name).collect();
    assert_eq!(coarse, ["android.permission.ACCESS_COARSE_LOCATION"]);
}

#[test]
fn names_of_sdks_resolve_to_the_family_or_the_product() {
    let named = |name| Catalog::builtin().sdk_by_policy_name(name).map(|sdk| sdk.id).collect::<Vec<_>>();
    assert_eq!(named("支付宝"), ["alipay"]);
    assert_eq!(named("微信支付"), ["wechat-pay"]);
    assert_eq!(named("BUGLY sdk"), ["bugly"]);
    assert_eq!(named("Firebase"), ["firebase"]);
    assert_eq!(named("Google Analytics"), ["firebase-analytics", "gms-analytics"]);
    assert_eq!(named("没有这个"), [""; 0]);
}

#[test]
fn a_row_speaks_for_its_family_and_its_core_but_not_for_siblings() {
    let catalog = Catalog::builtin();
    for (row, code) in [
        ("alipay", "alipay-pay"),
        ("alipay", "alipay-security"),
        ("alipay-pay", "alipay-security"),
        ("firebase", "firebase-crashlytics"),
        ("wechat-pay", "wechat-opensdk"),
        ("wechat-opensdk", "wechat-pay"),
        ("jpush", "jcore"),
        ("bugly", "bugly"),
    ] {
        assert!(catalog.row_covers(row, code), "{row} must cover {code}");
    }
    for (row, code) in [
        ("alipay", "utdid"),
        ("wechat-pay", "tencent-mta"),
        ("firebase-crashlytics", "firebase-analytics"),
        ("jpush", "janalytics"),
        ("alipay", "wechat-pay"),
    ] {
        assert!(!catalog.row_covers(row, code), "{row} must not cover {code}");
    }
}

#[test]
fn embedded_third_parties_are_named_for_what_they_are() {
    assert_eq!(holder("Lcom/tencent/wxop/stat/StatService;"), Some("tencent-mta"));
    assert_eq!(holder("Lcom/ta/utdid2/device/UTDevice;"), Some("utdid"));
    assert_eq!(holder("Lcom/ut/device/AidCallback;"), Some("utdid"));
    assert_eq!(holder("Lcom/tencent/a/a/a/a/h;"), Some("tencent-mta"));
    assert_eq!(holder("Lcom/alipay/security/mobile/module/b/b;"), Some("alipay-security"));
    assert_eq!(holder("Lcom/alipay/a/a/e;"), Some("alipay"));
    assert_eq!(holder("Lcom/tencent/mm/opensdk/channel/MMessageActV2;"), Some("wechat-opensdk"));
    assert_eq!(holder("Lcom/crashlytics/android/Crashlytics;"), Some("firebase-crashlytics"));
}

#[test]
fn a_prefix_ends_at_a_segment() {
    assert_eq!(holder("Lcom/tencent/bugly/crashreport/a;"), Some("bugly"));
    assert_eq!(holder("com.tencent.bugly.crashreport.a"), Some("bugly"));
    assert_eq!(holder("com.tencent.bugly"), Some("bugly"));
    assert_eq!(holder("Lcom/tencent/buglyfake/a;"), None);
    assert_eq!(holder("Lcom/tencent/bugl/a;"), None);
    assert_eq!(holder("Lcom/tencent/Bugly/a;"), None);
    assert_eq!(holder(""), None);
    assert_eq!(holder("L;"), None);
    assert_eq!(holder("Lokhttp3/OkHttpClient;"), Some("okhttp"));
    assert_eq!(holder("Lokhttp3x/OkHttpClient;"), None);
    assert_eq!(holder("Lx/okhttp3/OkHttpClient;"), None);
}

#[test]
fn the_longest_prefix_wins() {
    assert_eq!(holder("Lcom/tencent/bugly/beta/Beta;"), Some("bugly-upgrade"));
    assert_eq!(holder("Lcom/tencent/mm/opensdk/modelpay/PayReq;"), Some("wechat-pay"));
    assert_eq!(holder("Lcom/facebook/react/ReactActivity;"), Some("react-native"));
    assert_eq!(holder("Landroidx/browser/customtabs/CustomTabsIntent;"), Some("jetpack-browser"));
    assert_eq!(holder("Landroidx/core/app/ActivityCompat;"), Some("androidx"));
}

#[test]
fn a_class_is_a_prefix_of_itself_and_its_inner_classes() {
    assert_eq!(holder("Lcom/tencent/mm/opensdk/openapi/WXAPIFactory;"), Some("wechat-pay"));
    assert_eq!(holder("Lcom/tencent/mm/opensdk/openapi/WXAPIFactory$1;"), Some("wechat-pay"));
    assert_eq!(holder("Lcom/tencent/mm/opensdk/openapi/WXAPIFactoryImpl;"), Some("wechat-opensdk"));
}

#[test]
fn every_prefix_finds_its_own_entry() {
    let catalog = Catalog::builtin();
    for sdk in &catalog.tables.sdks {
        for prefix in sdk.all_prefixes() {
            let descriptor = format!("L{}/Some$Class;", prefix.replace('.', "/"));
            assert_eq!(holder(&descriptor), Some(sdk.id), "{prefix}");
        }
    }
    for library in &catalog.tables.libraries {
        assert_eq!(holder(library.prefix), Some(library.prefix));
    }
}

#[test]
fn utility_libraries_are_libraries_and_common_roots_prove_little() {
    let found = |class| Catalog::builtin().sdk_by_prefix(class).expect("known");
    for class in ["Lokio/Okio;", "Landroid/support/v4/app/a;", "Lcom/google/gson/Gson;", "Lorg/apache/http/a;"] {
        assert!(found(class).holder.is_library(), "{class}");
    }
    assert!(!found("Lcom/tencent/bugly/a;").holder.is_library());
    assert_eq!(found("Lcom/loc/a;").strength, Strength::Generic);
    assert_eq!(found("Lcom/tencent/bugly/a;").strength, Strength::Strong);
}

#[test]
fn permissions_come_along_below_their_target() {
    let implied = |declared, target| {
        Catalog::builtin().implied_by(declared, target).map(|entry| entry.implied).collect::<Vec<_>>()
    };
    let storage = "android.permission.WRITE_EXTERNAL_STORAGE";
    assert!(implied(storage, 36).contains(&"android.permission.READ_EXTERNAL_STORAGE"));
    let fine = "android.permission.ACCESS_FINE_LOCATION";
    assert_eq!(implied(fine, 36), [""; 0]);
    assert_eq!(implied(fine, 28), ["android.permission.ACCESS_BACKGROUND_LOCATION"]);
    assert_eq!(implied("", 32), ["android.permission.POST_NOTIFICATIONS"]);
    assert_eq!(implied("", 33), [""; 0]);
}

#[test]
fn sources_of_a_kind_are_all_of_them() {
    let catalog = Catalog::builtin();
    let all = &catalog.tables.sources;
    let kinds: BTreeSet<SourceKind> = all.iter().map(|source| source.kind).collect();
    assert_eq!(kinds.iter().map(|&kind| catalog.sources(kind).count()).sum::<usize>(), all.len());
    assert!(kinds.iter().all(|&kind| catalog.sources(kind).all(|source| source.kind == kind)));
}

#[test]
fn severities_are_raised_for_what_the_rule_book_names() {
    let d03 = Catalog::builtin().rule("D03").expect("a rule");
    assert_eq!((d03.severity, d03.raised), (Severity::Medium, Some(Severity::High)));
    assert!(d03.raised_for.contains(&"imsi") && !d03.raised_for.contains(&"android-id"));
    let p01 = Catalog::builtin().rule("P01").expect("a rule");
    assert_eq!(
        (p01.severity, p01.raised, p01.raised_for.as_slice()),
        (Severity::Low, Some(Severity::High), &["dangerous"][..])
    );
}

#[test]
fn the_permissions_of_an_api_go_by_level() {
    let needed = |api: &str, level: u32| {
        let (class, signature) = api.split_once("->").expect("a method");
        let rows = guarded().methods(signature, |key| key == ClassKey::of(class));
        let rows = rows.into_iter().filter(|row| row.requires(&(level..=level)));
        let short = |it: &'static str| it.strip_prefix("android.permission.");
        rows.flat_map(|row| row.permissions).filter_map(short).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>()
    };
    let id = "Landroid/telephony/TelephonyManager;->getDeviceId()Ljava/lang/String;";
    assert_eq!(needed(id, 23), ["READ_PHONE_STATE"]);
    assert_eq!(needed(id, 33), ["READ_PRIVILEGED_PHONE_STATE"]);
    let name = "Landroid/bluetooth/BluetoothAdapter;->getName()Ljava/lang/String;";
    assert_eq!(needed(name, 30), ["BLUETOOTH"]);
    assert_eq!(needed(name, 31), ["BLUETOOTH_CONNECT"]);
    for (api, permissions) in [
        ("Landroid/hardware/Camera;->open(I)Landroid/hardware/Camera;", &["CAMERA"][..]),
        ("Landroid/media/AudioRecord;->startRecording()V", &["RECORD_AUDIO"]),
        ("Landroid/os/Vibrator;->vibrate(J)V", &["VIBRATE"]),
        (
            "Landroid/location/LocationManager;->getLastKnownLocation(Ljava/lang/String;)Landroid/location/Location;",
            &["ACCESS_COARSE_LOCATION", "ACCESS_FINE_LOCATION"],
        ),
        ("Landroid/app/Activity;->finish()V", &[]),
    ] {
        assert_eq!(needed(api, 33), permissions, "{api}");
    }
}

#[test]
fn every_permission_that_an_ordinary_app_needs_for_a_call_is_known() {
    let catalog = Catalog::builtin();
    let rows = guarded().rows().filter(|row| row.origin.starts_with("curated"));
    for permission in rows.flat_map(|row| row.permissions) {
        assert!(catalog.permission(permission).is_some(), "{permission}");
    }
}
