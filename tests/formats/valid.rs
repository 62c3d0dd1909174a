//! What each form demands, by its official schema where it has one (`tests/schemas`), else by its rules.

use std::sync::LazyLock;

use candor::report;
use jsonschema::{Registry, Validator};
use serde_json::Value;

use crate::junit;

/// UTF-16 units of a comment on the common hosts.
const COMMENT: usize = 65_536;

static SARIF: LazyLock<Validator> = LazyLock::new(|| {
    // A bracket that stands for itself, which only some readers of regular expressions take.
    let text = include_str!("../schemas/sarif-2.1.0.schema.json").replace("{2}]?$", "{2}\\\\]?$");
    let schema: Value = serde_json::from_str(&text).expect("JSON");
    jsonschema::validator_for(&schema).expect("a schema")
});

static CYCLONEDX: LazyLock<Validator> = LazyLock::new(|| {
    let parse = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    let spdx = parse(include_str!("../schemas/spdx.SNAPSHOT.schema.json"));
    let jsf = parse(include_str!("../schemas/jsf-0.82.SNAPSHOT.schema.json"));
    let registry = Registry::new().add("http://cyclonedx.org/schema/spdx.SNAPSHOT.schema.json", spdx);
    let registry = registry.expect("a schema").add("http://cyclonedx.org/schema/jsf-0.82.SNAPSHOT.schema.json", jsf);
    let registry = registry.expect("a schema").prepare().expect("schemas");
    let schema = parse(include_str!("../schemas/bom-1.6.SNAPSHOT.schema.json"));
    jsonschema::options().with_registry(&registry).build(&schema).expect("a schema")
});

static BEHAVIOR: LazyLock<Validator> = LazyLock::new(|| strict(report::BEHAVIOR_SCHEMA));
static PACKAGE: LazyLock<Validator> = LazyLock::new(|| {
    let mut schema: Value = serde_json::from_str(report::BEHAVIOR_SCHEMA).expect("JSON");
    let package = schema["$defs"]["package"].clone();
    schema.as_object_mut().expect("an object").retain(|key, _| key == "$schema" || key == "$defs");
    schema.as_object_mut().expect("an object").extend(package.as_object().expect("an object").clone());
    strict(&schema.to_string())
});
static CHECK: LazyLock<Validator> = LazyLock::new(|| strict(report::CHECK_SCHEMA));

/// A schema of candor's own, by which a key that it does not describe is a fault.
fn strict(schema: &str) -> Validator {
    fn close(value: &mut Value) {
        if let Some(object) = value.as_object_mut() {
            // What is described elsewhere says no more than its own schema's name.
            let elsewhere = |it: &Value| it.as_object().is_some_and(|it| it.keys().eq(["schema"]));
            if object.get("properties").is_some_and(|it| !elsewhere(it)) {
                object.insert("additionalProperties".into(), false.into());
            }
            object.values_mut().for_each(close);
        }
    }
    let mut schema: Value = serde_json::from_str(schema).expect("JSON");
    close(&mut schema);
    jsonschema::validator_for(&schema).expect("a schema")
}

/// Holds a report against the rules of its form.
pub(crate) fn hold(form: &str, report: &[u8], what: &str) {
    let text = std::str::from_utf8(report).unwrap_or_else(|error| panic!("{what}: {error}"));
    match form {
        "json" => json(&parsed(text, what), what),
        "ndjson" => text.lines().for_each(|line| package(&parsed(line, what), what)),
        "sarif" => sarif(&parsed(text, what), what),
        "cyclonedx" => keeps_to(&CYCLONEDX, &parsed(text, what), what),
        "junit" => junit::hold(text, what),
        "csv" => csv(text, what),
        "markdown" => markdown(text, what),
        _ => assert!(!text.is_empty(), "{what}"),
    }
}

fn json(document: &Value, what: &str) {
    if document["schema"] == "candor.check/1" {
        return keeps_to(&CHECK, document, what);
    }
    keeps_to(&BEHAVIOR, document, what);
    document["packages"].as_array().expect("packages").iter().for_each(|it| package(it, what));
}

fn package(package: &Value, what: &str) {
    if package["schema"] == "candor.check/1" {
        return keeps_to(&CHECK, package, what);
    }
    keeps_to(&PACKAGE, package, what);
    package.get("check").into_iter().for_each(|it| keeps_to(&CHECK, it, what));
}

fn parsed(text: &str, what: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{what}: {error}"))
}

fn keeps_to(schema: &Validator, document: &Value, what: &str) {
    let errors = schema.iter_errors(document).take(5);
    let errors: Vec<String> = errors.map(|it| format!("{}: {it}", it.instance_path())).collect();
    assert!(errors.is_empty(), "{what}: {errors:#?}");
}

fn sarif(log: &Value, what: &str) {
    keeps_to(&SARIF, log, what);
    for run in log["runs"].as_array().expect("runs") {
        refers(run, &run["results"], what);
        for result in run["results"].as_array().expect("results") {
            let index = usize::try_from(result["ruleIndex"].as_u64().expect("a rule")).expect("small");
            assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"], "{what}");
            assert!(result["kind"] == "fail" || result["level"] == "none", "{what}: {result}");
            let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str();
            assert!(uri.is_some_and(|uri| !uri.is_empty()), "{what}: {result}");
        }
    }
}

/// Where a place refers to the run's list of classes and members, it is there, under the name that the place gives.
fn refers(run: &Value, value: &Value, what: &str) {
    match value {
        Value::Array(list) => list.iter().for_each(|it| refers(run, it, what)),
        Value::Object(map) => {
            for place in map.get("logicalLocations").and_then(Value::as_array).into_iter().flatten() {
                let Some(index) = place["index"].as_u64() else { continue };
                let known = &run["logicalLocations"][usize::try_from(index).expect("small")];
                assert!(known["decoratedName"].is_string(), "{what}: {place}");
                let name = &place["fullyQualifiedName"];
                assert!(name.is_null() || *name == known["fullyQualifiedName"], "{what}: {place}");
            }
            map.values().for_each(|it| refers(run, it, what));
        }
        _ => {}
    }
}

fn csv(text: &str, what: &str) {
    let text = text.strip_prefix('\u{feff}').unwrap_or_else(|| panic!("{what}: no byte order mark"));
    assert!(text.ends_with("\r\n"), "{what}");
    // Rows of other lengths than the first are errors of the reader.
    for row in csv::Reader::from_reader(text.as_bytes()).records() {
        for cell in &row.unwrap_or_else(|error| panic!("{what}: {error}")) {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']), "{what}: {cell}");
            assert!(cell.encode_utf16().count() <= 32_767, "{what}: a long cell");
        }
    }
}

fn markdown(text: &str, what: &str) {
    assert!(text.encode_utf16().count() <= COMMENT, "{what}: longer than a comment");
    let lines = |start: &str| text.lines().filter(|line| line.starts_with(start)).count();
    assert_eq!(lines("<details>"), lines("</details>"), "{what}");
    for line in text.lines() {
        // Outside of code there is no markup but that of the report itself.
        let outside: String = line.split('`').step_by(2).collect();
        assert_eq!(line.matches('`').count() % 2, 0, "{what}: {line}");
        let own = ["<details>", "</details>", "<summary>", "</summary>", "<sub>", "</sub>", "&lt;", "&gt;", "&amp;"];
        let rest = own.iter().fold(outside, |rest, tag| rest.replace(tag, ""));
        let rest = rest.trim_start_matches(['#', '|', ' ']);
        let signs = rest.matches(['<', '>', '[', ']', '@', '#', '*', '~', '$', '!', '\u{1b}']).collect::<String>();
        assert_eq!(signs, "", "{what}: {line}");
        assert!(!rest.contains("://") && !rest.contains("www."), "{what}: {line}");
        if line.starts_with('|') {
            assert!([3, 5].contains(&line.matches('|').count()), "{what}: {line}");
        }
    }
}
