//! What a comparison of two builds tells, and what it must not tell.

use candor::catalog::Catalog;
use candor::changes::{Build, Changes, compare};
use serde_json::{Value, json};

/// A build with these reads and nothing hidden.
fn build(reads: &[Value]) -> Value {
    json!({
        "path": "app.apk", "sha256": "00", "app": {"package": "com.example", "version_code": 1},
        "reads": reads, "endpoints": [], "completeness": {"complete": true, "reasons": []}
    })
}

fn with(mut build: Value, key: &str, value: Value) -> Value {
    build[key] = value;
    build
}

fn read(data: &str, kind: &str, id: &str) -> Value {
    assert!(Catalog::builtin().data_type(data).is_some(), "{data}");
    json!({
        "data": data, "owner": {"kind": kind, "id": id}, "api": "La;->b()V", "caller": "Lc;->d()V", "strength": "value",
        "certainty": "reachable", "pre_consent": false, "background": false
    })
}

fn bugly(data: &str) -> Value {
    read(data, "sdk", "bugly")
}

fn packed(build: Value) -> Value {
    let reasons = json!([{"kind": "packed", "detail": "wrap: libwrap.so"}]);
    with(build, "completeness", json!({"complete": false, "reasons": reasons}))
}

fn compared(old: &Value, new: &Value) -> Changes {
    let parsed = |build: &Value| Build::parse("scan.json", &build.to_string()).expect("a build");
    compare(&parsed(old), &parsed(new))
}

/// All changes as `kind what`.
fn told(old: &Value, new: &Value) -> Vec<String> {
    let changes = serde_json::to_value(compared(old, new)).expect("JSON");
    let line = |it: &Value| {
        let subject =
            ["data", "sdk", "permission", "host", "reason", "fact"].into_iter().find_map(|key| it[key].as_str());
        let owner = it["owner"]["id"].as_str().unwrap_or_default();
        format!("{} {} {owner}", it["kind"].as_str().expect("a kind"), subject.expect("a subject"))
            .trim_end()
            .to_owned()
    };
    changes["changes"].as_array().expect("a list").iter().map(line).collect()
}

#[test]
fn reads_are_compared_by_data_and_owner() {
    let old = build(&[bugly("imei"), bugly("serial")]);
    let new = build(&[bugly("imei"), bugly("imei"), bugly("imsi"), read("imei", "app", "com.example")]);
    assert_eq!(
        told(&old, &new),
        ["new-read imei com.example", "new-read imsi bugly", "gone-read serial bugly"],
        "a second place of the same read is no change"
    );
}

#[test]
fn other_names_for_the_same_code_are_no_change() {
    let code = |id: &str, names: [&str; 2]| {
        let mut reads: Vec<Value> = names.iter().map(|name| read("mac-wifi", "unknown", name)).collect();
        reads.push(read("imei", "app", id));
        build(&reads)
    };
    let changes = told(&code("com.example", ["a.b.c", "a.b.d"]), &code("com.example.next", ["x.y", "com.b.a"]));
    assert_eq!(changes, Vec::<String>::new());
    let named = told(&code("com.example", ["a.b.c", "a.b.d"]), &code("com.example", ["a.b.c", "com.vendor.sdk"]));
    assert_eq!(named, ["new-read mac-wifi com.vendor.sdk"]);
}

#[test]
fn code_without_a_name_that_joins_other_such_code_is_told() {
    let code = |names: &[&str]| {
        let reads: Vec<Value> = names.iter().map(|name| read("imei", "unknown", name)).collect();
        build(&reads)
    };
    assert_eq!(told(&code(&["a.b.c"]), &code(&["x.y", "com.d.a"])), ["wider-read imei x.y"]);
    assert_eq!(told(&code(&["a.b.c", "a.d"]), &code(&["x.y"])), Vec::<String>::new());
    assert_eq!(told(&code(&["com.vendor"]), &code(&["com.vendor", "com.vendor"])), Vec::<String>::new());
}

#[test]
fn a_read_that_runs_earlier_is_told_where_both_builds_say_when() {
    let early = |mut read: Value| {
        read["pre_consent"] = json!(true);
        read
    };
    let (late, soon) = (build(&[bugly("imei")]), build(&[early(bugly("imei"))]));
    assert_eq!(told(&late, &soon), ["wider-read imei bugly"]);
    assert_eq!(told(&soon, &late), ["narrower-read imei bugly"]);
    let mut unknown = bugly("imei");
    unknown["pre_consent"] = Value::Null;
    unknown["certainty"] = json!("present");
    assert_eq!(told(&build(&[unknown]), &soon), Vec::<String>::new(), "a scan without calls knows nothing of it");
}

#[test]
fn what_the_new_build_hides_is_never_gone() {
    let full = |build| {
        let build = with(build, "sdks", json!([{"id": "bugly", "grade": "present", "version": "4.0"}]));
        with(build, "endpoints", json!([{"host": "a.example", "owner": {"kind": "app", "id": "com.example"}}]))
    };
    let old = full(build(&[bugly("imei")]));
    let new = packed(build(&[]));
    assert_eq!(
        told(&old, &new),
        ["hidden-read imei bugly", "hidden-sdk bugly", "hidden-endpoint a.example", "less-complete packed"]
    );
    assert!(compared(&old, &new).new.hides);
    assert_eq!(
        told(&new, &old),
        ["new-read imei bugly", "new-sdk bugly", "new-endpoint a.example", "more-complete packed"]
    );
    assert!(compared(&new, &old).old.hides, "what is new may have been there");
}

#[test]
fn code_that_both_builds_load_at_run_time_hides_no_more_than_before() {
    let loading = |build| {
        let reasons = json!([{"kind": "dynamic-code", "detail": "La;->b()V"}, {"kind": "native", "detail": "liba.so"}]);
        with(build, "completeness", json!({"complete": false, "reasons": reasons}))
    };
    let (old, new) = (loading(build(&[bugly("imei")])), loading(build(&[])));
    assert_eq!(told(&old, &new), ["gone-read imei bugly"]);
    assert_eq!(told(&build(&[bugly("imei")]), &new), ["hidden-read imei bugly", "less-complete dynamic-code"]);
}

#[test]
fn sdks_permissions_hosts_and_facts_are_compared() {
    let app = |target: u32, clear: bool| json!({"package": "com.example", "target_sdk": target, "network": {"cleartext": clear}});
    let host =
        |clear: bool| json!([{"host": "a.example", "owner": {"kind": "app", "id": "com.example"}, "cleartext": clear}]);
    let camera = |max: Option<u32>| json!([{"name": "android.permission.CAMERA", "implied": false, "max_sdk": max}]);
    let sdk = |version: Option<&str>| json!([{"id": "bugly", "grade": "present", "version": version}]);
    let signed = |by: &str| json!([{"sha256": by}]);
    let full = |version, max, clear, target, by| {
        let build = with(build(&[]), "sdks", sdk(version));
        let build = with(with(build, "permissions", camera(max)), "endpoints", host(clear));
        with(with(build, "app", app(target, clear)), "signing", signed(by))
    };
    let old = full(Some("3.4"), Some(28), false, 28, "aa");
    assert_eq!(
        told(&old, &full(Some("4.0"), None, true, 30, "bb")),
        [
            "sdk-version bugly",
            "changed-permission android.permission.CAMERA",
            "cleartext-endpoint a.example",
            "signer signing",
            "fact cleartext",
            "fact target_sdk"
        ]
    );
    assert_eq!(
        told(&old, &full(None, Some(28), false, 28, "aa")),
        Vec::<String>::new(),
        "an unread version says nothing"
    );
    assert_eq!(
        told(&build(&[]), &old)[..3],
        ["new-sdk bugly", "new-permission android.permission.CAMERA", "new-endpoint a.example"]
    );
    let unread = with(old.clone(), "endpoints", Value::Null);
    assert!(
        !told(&old, &unread).iter().any(|it| it.contains("endpoint")),
        "hosts that were not looked for are not gone"
    );
}

#[test]
fn a_piece_of_data_is_no_read_of_it() {
    let with = |strength: &str| {
        let mut read = bugly("contacts");
        read["strength"] = json!(strength);
        told(&build(&[]), &build(&[read]))
    };
    assert_eq!(with("partial"), Vec::<String>::new());
    assert_eq!(with("handle"), ["new-read contacts bugly"], "what holds the data gives it");
}

#[test]
fn a_scan_of_one_package_is_taken_in_either_form() {
    let one = build(&[bugly("imei")]);
    let document = |packages: Vec<Value>| json!({"schema": "candor.behavior/1", "tool": {}, "packages": packages});
    let parsed = |value: &Value| Build::parse("scan.json", &value.to_string()).map_err(|error| error.to_string());
    assert!(parsed(&one).is_ok() && parsed(&document(vec![one.clone()])).is_ok());
    let refused = |value: &Value| parsed(value).expect_err("no build");
    assert_eq!(refused(&document(vec![one.clone(), one])), "scan.json:1: expected the scan of one package, found 2");
    assert_eq!(refused(&document(vec![])), "scan.json:1: expected the scan of one package, found 0");
    let next = json!({"schema": "candor.behavior/2", "packages": []});
    assert_eq!(refused(&next), "scan.json:1: unknown schema `candor.behavior/2`; expected `candor.behavior/1`");
    assert!(refused(&json!({"path": "a"})).contains("missing field `completeness`"));
    assert!(Build::parse("scan.json", "{").expect_err("no JSON").to_string().starts_with("scan.json:1:1: EOF"));
}
