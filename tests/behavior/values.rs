//! Constants that come to a place from other methods, from fields, or in pieces; and members that reflection names.

use candor::behavior::Behavior;
use candor::catalog::{Confidence, Focus};

use super::{observe, reads_in, reads_of};

const ANDROID_ID: (&str, Option<&str>) = ("android-id", Some("android_id"));
const CALLS: (&str, Option<&str>) = ("call-log", Some("content://call_log/calls"));
const BLUETOOTH: (&str, Option<&str>) = ("mac-bluetooth", Some("bluetooth_address"));
const UNKNOWN: (&str, Option<&str>) = ("*", None);

/// The method, its reads, and a part of a note that one of them has.
type Way = (&'static str, &'static [(&'static str, Option<&'static str>)], &'static str);

const WAYS: [Way; 26] = [
    ("chain", &[ANDROID_ID], ""),
    ("reversed", &[UNKNOWN], "result of Ljava/lang/StringBuilder;->toString()Ljava/lang/String;"),
    ("grows", &[UNKNOWN], "more values than are followed"),
    ("lent", &[UNKNOWN], "result of Ljava/lang/StringBuilder;->toString()Ljava/lang/String;"),
    ("earlierRound", &[UNKNOWN], "result of Ljava/lang/StringBuilder;->toString()Ljava/lang/String;"),
    ("made", &[ANDROID_ID], ""),
    ("formatted", &[ANDROID_ID], ""),
    ("item", &[ANDROID_ID], ""),
    ("onceSet", &[ANDROID_ID], ""),
    ("twiceSet", &[ANDROID_ID, BLUETOOTH], ""),
    ("openSet", &[UNKNOWN], "parameter with no known caller"),
    ("ofObject", &[ANDROID_ID], ""),
    ("ofMaker", &[ANDROID_ID, ("device-name", Some("bluetooth_name"))], ""),
    ("helper", &[ANDROID_ID, BLUETOOTH], "constant passed by Lcom/example/values/Values;->second("),
    ("deeper", &[], ""),
    ("uncalled", &[UNKNOWN], "parameter with no known caller"),
    ("itself", &[UNKNOWN], "parameter with no known caller"),
    ("returned", &[ANDROID_ID], ""),
    ("throughInterface", &[ANDROID_ID], ""),
    ("switched", &[ANDROID_ID, BLUETOOTH], ""),
    ("appendedPath", &[CALLS], ""),
    ("uriBuilder", &[CALLS], ""),
    ("namesake", &[], ""),
    ("property", &[("*", Some("android.os.SystemProperties")), ("serial", Some("ro.serialno"))], "reflection"),
    (
        "fieldOf",
        &[("serial", Some("Landroid/os/Build;->SERIAL"))],
        "constant passed by Lcom/example/values/Values;->viaHelper(",
    ),
    ("unnamed", &[UNKNOWN], "result of Ljava/io/BufferedReader;->readLine()Ljava/lang/String;"),
];

fn values(focus: Focus) -> Behavior {
    observe("dex/values.dex", focus)
}

#[test]
fn constants_come_by_these_ways_and_no_other() {
    let behavior = values(Focus::Noise);
    for (method, expected, note) in WAYS {
        let name = format!("Values;->{method}");
        assert_eq!(reads_in(&behavior, &name), expected.iter().copied().collect(), "{method}");
        let noted = reads_of(&behavior, &name).any(|read| read.note.as_deref().unwrap_or_default().contains(note));
        assert!(noted || expected.is_empty(), "{method}: {:?}", reads_of(&behavior, &name).collect::<Vec<_>>());
    }
}

#[test]
fn a_member_that_reflection_names_is_read_like_one_that_code_names() {
    let behavior = values(Focus::Policy);
    let api = "Landroid/telephony/TelephonyManager;->getDeviceId()Ljava/lang/String;";
    let read = reads_of(&behavior, "Values;->reflected").find(|read| read.data == "imei").expect("a read");
    assert_eq!((read.api.as_str(), read.source, read.note.as_deref()), (api, "method-call", Some("reflection")));
    // Without the class the name alone is a weaker sign.
    let [read] = reads_of(&behavior, "Values;->ofAnything").collect::<Vec<_>>()[..] else { panic!("one read") };
    assert_eq!((read.data.as_str(), read.source, read.confidence), ("imei", "reflection-name", Confidence::Medium));
}

#[test]
fn a_member_whose_name_is_not_known_weakens_what_absence_proves() {
    let completeness = values(Focus::Policy).completeness;
    let [reason] = &completeness.reasons[..] else { panic!("{completeness:?}") };
    assert!(completeness.complete && reason.kind == "reflection" && reason.detail.contains("Values;->unnamed("));
}

#[test]
fn what_is_not_known_is_a_read_only_where_all_are_asked_for() {
    assert!(values(Focus::Policy).reads.iter().all(|read| read.literal.is_some() || read.data != "*"));
}
