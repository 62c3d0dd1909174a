//! What a check asks of a disclosure. The answers are compared by the first line that they cite.

use candor::catalog::Catalog;
use candor::disclosure::Cite;

use crate::loaded;

const TEXT: &str = r#"schema = "candor.disclosure/1"
[[collects]]
data = ["imei"]
umbrella = "device-info"
cite = { lines = [1, 1] }
[[collects]]
data = ["imei", "idfa"]
platforms = ["ios"]
cite = { lines = [2, 2] }
[[collects]]
data = ["phone-number"]
user_provided = true
platforms = ["ios", "android"]
cite = { lines = [3, 3] }
[[sdk]]
names = ["Alpha"]
catalog = ["alipay-pay"]
data = ["imei", "~device-identifier"]
cite = { lines = [4, 4] }
[[sdk]]
names = ["Alpha for iPhone"]
catalog = ["alipay-pay"]
data = ["idfa"]
platforms = ["ios"]
cite = { lines = [5, 5] }
[[sdk]]
names = ["push of all makers"]
cite = { lines = [6, 6] }
[[permission]]
text = "phone"
constants = ["android.permission.READ_PHONE_STATE"]
data = ["imei", "imsi"]
cite = { lines = [7, 7] }
[[permission]]
text = "camera"
constants = ["android.permission.CAMERA"]
cite = { lines = [8, 8] }
[[denies]]
data = ["contacts", "~location"]
cite = { lines = [9, 9] }
[[denies]]
data = ["contacts"]
sdk = ["bugly"]
cite = { lines = [10, 10] }
[[denies]]
data = ["imei"]
platforms = ["ios"]
cite = { lines = [11, 11] }
"#;

const NONE: [u32; 0] = [];

fn first<'c>(cites: impl Iterator<Item = &'c Cite>) -> Vec<u32> {
    cites.map(|it| it.lines[0]).collect()
}

#[test]
fn own_statements_are_those_for_android_and_permission_rows_that_name_data() {
    let it = loaded(TEXT);
    assert_eq!(first(it.own_statements().map(|it| it.cite)), [1, 3, 7]);
    assert_eq!(first(it.own_naming("imei").map(|it| it.cite)), [1, 7]);
    assert_eq!(first(it.own_naming("idfa").map(|it| it.cite)), NONE);
    assert!(it.own_naming("phone-number").all(|it| it.user_provided));
}

#[test]
fn an_umbrella_is_asked_for_by_itself_and_names_no_leaf() {
    let it = loaded(TEXT);
    assert_eq!(first(it.own_naming("~device-info").map(|it| it.cite)), [1]);
    assert_eq!(it.own_naming("device-info").count(), 0);
    assert_eq!(it.own_naming("serial").count(), 0);
    assert_eq!(it.own_naming("~").count(), 0, "an absent umbrella is no word");
    assert_eq!(first(it.sdk_rows_naming("~device-identifier").map(|it| &it.cite)), [4]);
    assert_eq!(it.sdk_rows_naming("serial").count(), 0);
}

#[test]
fn an_sdk_is_found_by_its_own_id_or_a_family() {
    let it = loaded(TEXT);
    let rows = |sdk: &str| first(it.sdk_rows_for(sdk, Catalog::builtin()).map(|it| &it.cite));
    assert_eq!(first(it.sdk_rows().map(|it| &it.cite)), [4, 6]);
    assert_eq!(rows("alipay-pay"), [4]);
    assert_eq!(rows("alipay-security"), [4], "the module inside it");
    assert_eq!(rows("alipay-share"), NONE, "another member of the family");
    assert_eq!(rows("bugly"), NONE);
    assert_eq!(rows("no-sdk"), NONE);
}

#[test]
fn a_permission_row_is_found_by_constant() {
    let it = loaded(TEXT);
    assert_eq!(first(it.permission_rows_for("android.permission.CAMERA").map(|it| &it.cite)), [8]);
    assert_eq!(first(it.permission_rows_for("android.permission.INTERNET").map(|it| &it.cite)), NONE);
}

#[test]
fn a_denial_is_about_the_app_or_about_an_sdk() {
    let it = loaded(TEXT);
    let own = |word: &str| first(it.own_denials(word).map(|it| &it.cite));
    assert_eq!(own("contacts"), [9]);
    assert_eq!(own("~location"), [9]);
    assert_eq!(own("imei"), NONE, "said of iOS only");
    let of = |sdk: &str| first(it.sdk_denials("contacts", sdk, Catalog::builtin()).map(|it| &it.cite));
    assert_eq!(of("bugly"), [10]);
    assert_eq!(of("bugly-upgrade"), [10], "a member of the family");
    assert_eq!(of("alipay-pay"), NONE);
}
