//! Permissions: the manifest against the rows of the policy (P01, P02, P07).

use candor::behavior::{App, Behavior};
use candor::catalog::Severity;

use crate::{Fires, of, package, permission, with_permissions};

pub(crate) fn fires() -> Vec<Fires> {
    vec![
        ("P01", with_permissions(package(vec![]), &["CALL_PHONE", "RECORD_AUDIO"]), String::new()),
        ("P02", package(vec![]), permission("CAMERA", "")),
        (
            "P07",
            with_permissions(package(vec![]), &["READ_PHONE_STATE"]),
            permission("READ_PHONE_STATE", "\"imei\", \"idfa\""),
        ),
    ]
}

fn declares(short: &[&str]) -> Behavior {
    with_permissions(package(vec![]), short)
}

fn undisclosed(short: &[&str]) -> Vec<(Severity, String)> {
    let name = |it: &String| it.rsplit('.').next().unwrap_or_default().to_owned();
    let told = |names: &[String]| names.iter().map(name).collect::<Vec<_>>().join(" ");
    of("P01", &declares(short), "").iter().map(|it| (it.severity, told(&it.permissions))).collect()
}

#[test]
fn what_the_user_is_asked_for_weighs_more_than_the_rest() {
    assert_eq!(
        undisclosed(&["ACCESS_WIFI_STATE", "CALL_PHONE", "GET_TASKS", "RECORD_AUDIO"]),
        [
            (Severity::High, "CALL_PHONE RECORD_AUDIO".to_owned()),
            (Severity::Low, "ACCESS_WIFI_STATE GET_TASKS".to_owned())
        ]
    );
}

#[test]
fn only_permissions_that_mean_something_for_privacy_have_to_be_named() {
    for quiet in ["VIBRATE", "WAKE_LOCK", "FOREGROUND_SERVICE", "INTERNET", "ACCESS_NETWORK_STATE", "DISABLE_KEYGUARD"]
    {
        assert_eq!(undisclosed(&[quiet]), [], "{quiet}");
    }
    for named in [
        "BLUETOOTH",
        "QUERY_ALL_PACKAGES",
        "READ_LOGS",
        "RECEIVE_BOOT_COMPLETED",
        "SYSTEM_ALERT_WINDOW",
        "PACKAGE_USAGE_STATS",
    ] {
        assert_eq!(undisclosed(&[named]), [(Severity::Low, named.to_owned())]);
    }
    assert_eq!(undisclosed(&["NO_SUCH_PERMISSION"]), []);
}

#[test]
fn a_row_discloses_its_permission() {
    assert!(of("P01", &declares(&["CAMERA"]), &permission("CAMERA", "")).is_empty());
    assert_eq!(of("P01", &declares(&["CAMERA", "RECORD_AUDIO"]), &permission("CAMERA", "")).len(), 1);
    // What the system adds, the developer cannot name.
    let mut implied = declares(&["CAMERA"]);
    implied.permissions[0].implied = true;
    assert!(of("P01", &implied, "").is_empty());
}

#[test]
fn a_row_without_its_permission_is_told() {
    let ios = "[[permission]]\ntext = \"相机\"\nconstants = []\nplatforms = [\"ios\"]\ncite = { lines = [3, 3] }\n";
    assert_eq!(of("P02", &declares(&[]), &permission("CAMERA", ""))[0].permissions, ["android.permission.CAMERA"]);
    assert!(of("P02", &declares(&["CAMERA"]), &permission("CAMERA", "")).is_empty());
    assert!(of("P02", &declares(&[]), ios).is_empty());
    let unread = Behavior { app: App::default(), ..declares(&[]) };
    assert!(of("P02", &unread, &permission("CAMERA", "")).is_empty(), "no manifest, no word on it");
}

#[test]
fn a_permission_gives_only_what_it_guards() {
    let cannot =
        |short, data| of("P07", &declares(&[short]), &permission(short, data)).first().map(|it| it.data.join(" "));
    assert_eq!(cannot("READ_PHONE_STATE", "\"imei\", \"idfa\", \"idfv\"").as_deref(), Some("idfa idfv"));
    assert_eq!(cannot("READ_PHONE_STATE", "\"imei\", \"imsi\"").as_deref(), None);
    assert_eq!(cannot("CAMERA", "\"imei\"").as_deref(), Some("imei"));
    assert_eq!(cannot("READ_PHONE_STATE", "\"~device-info\"").as_deref(), None, "a word for many is not held to one");
}
