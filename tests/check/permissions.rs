//! Permissions: the manifest against the rows of the policy and against the code (P01–P05, P07).

use candor::behavior::{App, Behavior, Owner, OwnerKind, PermissionUse, PermissionUser};
use candor::catalog::Severity;
use candor::check::State;

use crate::{Fires, incomplete, of, package, permission, with_permissions};

pub(crate) fn fires() -> Vec<Fires> {
    vec![
        ("P01", with_permissions(package(vec![]), &["CALL_PHONE", "RECORD_AUDIO"]), String::new()),
        ("P02", package(vec![]), permission("CAMERA", "")),
        ("P03", using(declares(&["RECORD_AUDIO"]), "RECORD_AUDIO", true, &[]), String::new()),
        ("P04", using(declares(&[]), "BLUETOOTH", false, &[(OwnerKind::Sdk, "bugly")]), String::new()),
        ("P05", declares(&["CAMERA"]), aimless("")),
        (
            "P07",
            with_permissions(package(vec![]), &["READ_PHONE_STATE"]),
            permission("READ_PHONE_STATE", "\"imei\", \"idfa\""),
        ),
    ]
}

/// The package with code of these owners that uses a permission.
fn using(behavior: Behavior, short: &str, declared: bool, owners: &[(OwnerKind, &str)]) -> Behavior {
    let user = |(kind, id): &(OwnerKind, &str)| PermissionUser {
        owner: Owner { kind: *kind, id: (*id).into() },
        api: "Landroid/Guarded;->call()V".into(),
        caller: format!("L{}/Caller;->a()V", id.replace('.', "/")),
        file: "classes.dex".into(),
        offset: Some("0x20".into()),
    };
    let usage = PermissionUse {
        permission: format!("android.permission.{short}"),
        declared,
        count: owners.len(),
        users: owners.iter().map(user).collect(),
    };
    Behavior { permission_usage: vec![usage], ..behavior }
}

/// A row for the camera, with a purpose or without.
fn aimless(purpose: &str) -> String {
    let constants = "constants = [\"android.permission.CAMERA\"]";
    format!("[[permission]]\ntext = \"相机权限\"\n{constants}\n{purpose}\ncite = {{ lines = [3, 3] }}\n")
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

#[test]
fn a_permission_that_nothing_uses_is_told_where_all_code_is_visible() {
    let idle = |short: &str| using(declares(&[short]), short, true, &[]);
    let found = of("P03", &idle("CAMERA"), "");
    assert_eq!(
        (found[0].state, &found[0].permissions[..]),
        (State::Open, &["android.permission.CAMERA".to_owned()][..])
    );
    assert_eq!(of("P03", &incomplete(idle("CAMERA")), "")[0].state, State::Undecided);
    assert!(of("P03", &idle("VIBRATE"), "").is_empty(), "it means nothing for privacy");
    let used = using(declares(&["CAMERA"]), "CAMERA", true, &[(OwnerKind::Library, "androidx")]);
    assert!(of("P03", &used, "").is_empty(), "a library may use it for the app");
    assert!(of("P03", &declares(&["CAMERA"]), "").is_empty(), "no word on a permission that was not looked for");
    let mut implied = idle("CAMERA");
    implied.permissions[0].implied = true;
    assert!(of("P03", &implied, "").is_empty(), "what the system adds, the developer did not ask for");
}

#[test]
fn a_call_that_the_platform_refuses_is_told_by_owner() {
    let owners = [(OwnerKind::App, "com.example"), (OwnerKind::Sdk, "bugly"), (OwnerKind::Library, "androidx")];
    let found = of("P04", &using(declares(&[]), "BLUETOOTH", false, &owners), "");
    let told: Vec<_> = found.iter().filter_map(|it| it.owner.as_ref()).map(|owner| owner.id.as_str()).collect();
    assert_eq!(told, ["com.example", "bugly"], "a library calls what its user may");
    assert_eq!(found[0].severity, Severity::Info);
    assert_eq!(found[0].evidence[0].at, "classes.dex@0x20");
    assert!(of("P04", &using(declares(&["BLUETOOTH"]), "BLUETOOTH", true, &owners), "").is_empty());
}

#[test]
fn a_row_says_what_its_permission_is_for() {
    let told = |entries: &str| of("P05", &declares(&[]), entries).into_iter().map(|it| it.detail).collect::<Vec<_>>();
    assert_eq!(told(&aimless("")), ["相机权限"]);
    assert_eq!(told(&aimless("purpose = \"  \"")), ["相机权限"]);
    assert!(told(&aimless("purpose = \"拍摄证件照\"")).is_empty());
}
