//! Versions of SDKs, where the package says them.

use candor::catalog::Focus;

use super::observe;

#[test]
fn a_version_is_read_where_the_sdk_keeps_it() {
    let behavior = observe("versions/versions.apk", Focus::Core);
    let version = |id: &str| {
        let sdk = behavior.sdks.iter().find(|sdk| sdk.id == id).unwrap_or_else(|| panic!("{id} is found"));
        sdk.version.as_deref().zip(sdk.version_from.as_deref())
    };
    let field = "com.umeng.commonsdk.statistics.SdkVersion.SDK_VERSION";
    assert_eq!(version("umeng-common"), Some(("9.4.7", field)));
    assert_eq!(version("alipay-pay"), Some(("15.7.9", "com.alipay.sdk.app.PayTask")));
    assert_eq!(version("firebase"), Some(("16.0.0", "firebase-common.properties")));
    let meta = "meta-data com.google.android.play.billingclient.version";
    assert_eq!(version("play-billing"), Some(("4.1.0", meta)));
    assert_eq!(version("jcore"), Some(("2.2.8", "lib/arm64-v8a/libjcore228.so")));
}

#[test]
fn two_versions_and_a_field_that_code_may_set_give_none() {
    let behavior = observe("versions/versions.apk", Focus::Core);
    for id in ["bugly", "wechat-opensdk"] {
        let sdk = behavior.sdks.iter().find(|sdk| sdk.id == id).unwrap();
        assert_eq!((&sdk.version, &sdk.version_from), (&None, &None), "{id}");
    }
}
