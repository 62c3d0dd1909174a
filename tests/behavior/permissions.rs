//! Which permissions the code of a package uses, and which it misses.

use candor::behavior::{Behavior, PermissionUse};
use candor::catalog::Focus;

use super::observe;

fn usage<'b>(behavior: &'b Behavior, short: &str) -> Option<&'b PermissionUse> {
    behavior.permission_usage.iter().find(|it| it.permission.strip_prefix("android.permission.") == Some(short))
}

fn owners<'b>(behavior: &'b Behavior, short: &str) -> Vec<&'b str> {
    let mut owners: Vec<&str> =
        usage(behavior, short).into_iter().flat_map(|it| &it.users).map(|user| user.owner.id.as_str()).collect();
    owners.dedup();
    owners
}

#[test]
fn a_use_is_told_with_its_owner_its_api_and_its_place() {
    let behavior = observe("id-photo/id-photo.apk", Focus::Core);
    let phone = usage(&behavior, "READ_PHONE_STATE").unwrap();
    assert!(phone.declared && phone.count > phone.users.len());
    assert_eq!(owners(&behavior, "READ_PHONE_STATE")[..3], ["com.example.idphoto", "alipay-pay", "alipay-security"]);
    for user in &phone.users {
        assert!(user.api.starts_with("Landroid/telephony/TelephonyManager;->"), "{user:?}");
        assert!(user.caller.contains(";->") && user.offset.as_ref().is_some_and(|it| it.starts_with("0x")), "{user:?}");
    }
    // A row of the content provider, and the field that holds its URI.
    assert!(usage(&behavior, "READ_CALL_LOG").unwrap().users.iter().any(|it| it.api == "content://call_log"));
    assert!(usage(&behavior, "READ_CONTACTS").unwrap().users.iter().any(|it| it.api.contains("ContactsContract")));
}

#[test]
fn a_permission_that_nothing_uses_has_no_user() {
    let behavior = observe("id-photo/id-photo.apk", Focus::Core);
    let idle = |short| usage(&behavior, short).is_some_and(|it| it.declared && it.count == 0 && it.users.is_empty());
    assert!(idle("RECORD_AUDIO") && idle("GET_TASKS"));
    assert!(!idle("ACCESS_WIFI_STATE"));
}

#[test]
fn a_permission_is_missed_only_where_the_package_runs_on_levels_that_ask_for_it() {
    let behavior = observe("id-photo/id-photo.apk", Focus::Core);
    let missed: Vec<_> = behavior.permission_usage.iter().filter(|it| !it.declared).collect();
    let [bluetooth] = missed[..] else { panic!("{missed:?}") };
    // It runs on 21 to 30; BLUETOOTH_CONNECT came with 31, and READ_PRIVILEGED_PHONE_STATE is for no ordinary app.
    assert_eq!(bluetooth.permission, "android.permission.BLUETOOTH");
    assert_eq!(owners(&behavior, "BLUETOOTH"), ["alipay-security"]);
}

#[test]
fn the_focus_of_reads_changes_nothing() {
    let [core, noise] = [Focus::Core, Focus::Noise].map(|focus| observe("id-photo/id-photo.apk", focus));
    assert_eq!(core.permission_usage, noise.permission_usage);
}

#[test]
fn without_a_manifest_nothing_is_said() {
    assert_eq!(observe("no-manifest.apk", Focus::Core).permission_usage, []);
}
