//! One read for every kind of source that a single method can show, each with a near miss that stays quiet.

use candor::behavior::Behavior;
use candor::catalog::Focus;

use super::{observe, reads_in, reads_of};

/// The method of `Kinds`, the kind of source, the data type, the constant.
const KINDS: [(&str, &str, &str, Option<&str>); 14] = [
    ("methodCall", "method-call", "imsi", None),
    ("subclass", "method-call", "imsi", None),
    ("fieldRead", "field-read", "serial", None),
    ("constantArgument", "method-call+const-arg", "android-id", Some("android_id")),
    ("fromFinalField", "method-call+const-arg", "android-id", Some("android_id")),
    ("numberArgument", "method-call+const-arg", "cell-id", Some("48")),
    ("numberArgument", "method-call+const-arg", "call-state", Some("48")),
    ("contentUri", "content-uri", "call-log", Some("content://call_log/calls")),
    ("settingsKey", "settings-key", "mac-bluetooth", Some("bluetooth_address")),
    ("systemProperty", "system-property", "serial", Some("ro.serialno")),
    ("filePath", "file-path", "mac-wifi", Some("/sys/class/net/wlan0/address")),
    ("shellCommand", "shell-command", "serial", Some("getprop ro.serialno")),
    ("shellArray", "shell-command", "serial", Some("getprop ro.serialno")),
    ("permissionRequest", "permission-request", "*", Some("android.permission.READ_CONTACTS")),
];

fn kinds() -> Behavior {
    observe("dex/kinds.dex", Focus::Policy)
}

#[test]
fn every_kind_of_source_is_found_in_the_method_that_has_it() {
    let behavior = kinds();
    for (method, kind, data, literal) in KINDS {
        let reads: Vec<_> = reads_of(&behavior, &format!("Kinds;->{method}")).collect();
        let found = reads.iter().find(|read| read.source == kind && read.data == data);
        let found = found.unwrap_or_else(|| panic!("{method}: {data} by {kind} is not among {reads:?}"));
        assert_eq!(found.literal.as_deref(), literal, "{method}");
    }
}

#[test]
fn near_misses_stay_quiet() {
    let behavior = kinds();
    for (method, ..) in KINDS {
        assert_eq!(reads_in(&behavior, &format!("Near;->{method}")), [].into(), "{method}");
    }
    assert_eq!(reads_in(&behavior, "Near;->madeOfConstant"), [].into());
}

#[test]
fn what_a_method_makes_of_a_constant_is_unknown_and_not_the_constant() {
    let behavior = observe("dex/kinds.dex", Focus::Noise);
    assert_eq!(reads_in(&behavior, "Near;->madeOfConstant"), [("*", None)].into());
}

#[test]
fn a_read_through_a_subclass_names_the_class_that_the_code_names() {
    let behavior = kinds();
    let [read] = reads_of(&behavior, "Kinds;->subclass").collect::<Vec<_>>()[..] else { panic!("one read") };
    assert_eq!(read.api, "Landroid/telephony/TelephonyManager;->getSubscriberId()Ljava/lang/String;");
    assert!(read.note.as_deref().is_some_and(|note| note.contains("Lcom/example/kinds/Phone;->getSubscriberId")));
}

#[test]
fn an_override_is_found_through_a_class_in_between_and_not_by_its_name_alone() {
    let behavior = kinds();
    let overrides: Vec<_> = behavior.reads.iter().filter(|read| read.source == "method-override").collect();
    let [read] = overrides[..] else { panic!("{overrides:?}") };
    assert_eq!((read.data.as_str(), read.pc.as_str()), ("call-state", "0x0000"));
    assert!(read.caller.starts_with("Lcom/example/kinds/Listener;->onCallStateChanged"));
}
