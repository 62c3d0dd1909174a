//! The published JSON Schema says the same as the types and the checks.

use std::collections::BTreeSet;
use std::fs;
use std::sync::LazyLock;

use candor::disclosure::{
    Cite, Claim, Claims, Collects, Denies, Disclosure, Effective, Mention, PermissionRow, Residue, SCHEMA, SdkRow,
    SourceText,
};
use regex::Regex;
use serde_json::{Value, json};

use crate::{SAMPLE, fault, repository, sample_with};

static TEXT: LazyLock<Value> = LazyLock::new(|| {
    let text = fs::read_to_string(repository("disclosures/disclosure.schema.json")).unwrap();
    serde_json::from_str(&text).unwrap()
});

#[test]
fn it_has_the_keys_of_the_types_and_no_others() {
    let value = serde_json::to_value(full()).unwrap();
    check(&TEXT, &value, "").unwrap();
    let mut written = BTreeSet::new();
    value_keys(&value, "", &mut written);
    let mut described = BTreeSet::new();
    schema_keys(&TEXT, "", &mut described);
    assert_eq!(described, written);
}

#[test]
fn it_describes_every_key() {
    fn walk(schema: &Value, at: &str) {
        for (key, rule) in properties(schema) {
            let words = rule.get("oneOf").and_then(Value::as_array);
            let described = |it: &Value| it.get("description").is_some();
            let each_word = words.is_some_and(|it| it.iter().all(described));
            assert!(described(rule) || described(target(rule)) || each_word, "{at}.{key} has no description");
            walk(rule, &format!("{at}.{key}"));
        }
    }
    walk(&TEXT, "");
    for (name, rule) in TEXT["$defs"].as_object().unwrap() {
        walk(rule, name);
    }
}

#[test]
fn it_refuses_the_mistakes_that_candor_refuses() {
    conforms(SAMPLE).unwrap();
    for (from, to) in [
        ("title =", "titel ="),
        ("candor.disclosure/1", "candor.disclosure/2"),
        ("names = [\"Alpha\", \"Beta\"]\n", ""),
        ("[\"Alpha\", \"Beta\"]", "[]"),
        ("\"mac-wifi\"", "\"android-id\""),
        ("[\"android\", \"ios\"]", "[\"andriod\"]"),
        ("lines = [5, 9]", "lines = [0, 9]"),
        ("lines = [5, 9]", "lines = [5]"),
        ("lines = [5, 9]", "lines = [-5, 9]"),
        ("value = \"none\"", "value = \"no\""),
        ("value = \"by mail\"", "value = \"\""),
        ("from = 2021-11-01", "from = \"1 May 2021\""),
        ("[claims.rights]", "[claims.storage]"),
        ("\"com.example.sample\"", "\"Sample app\""),
        ("sha256 = \"\"", "sha256 = \"B767\""),
    ] {
        let text = sample_with(from, to);
        fault(&text);
        assert!(conforms(&text).is_err(), "`{to}` passes the schema");
    }
}

#[test]
fn it_accepts_every_published_disclosure() {
    let files = repository("disclosures").read_dir().unwrap().map(|it| it.unwrap().path());
    let files: Vec<_> = files.filter(|it| it.extension().is_some_and(|it| it == "toml")).collect();
    assert_ne!(files.len(), 0);
    for path in files {
        conforms(&fs::read_to_string(&path).unwrap()).unwrap_or_else(|it| panic!("{}: {it}", path.display()));
    }
}

/// A disclosure with every key that the types have.
fn full() -> Disclosure {
    let text = || "x".to_owned();
    let some = || vec![text()];
    let cite = || Cite { lines: [1, 1], quote: text() };
    let claim = |value: &str, days| Some(Claim { value: value.to_owned(), days, cite: cite() });
    Disclosure {
        schema: SCHEMA.to_owned(),
        title: text(),
        app: text(),
        app_type: text(),
        packages: vec!["com.example.app".to_owned()],
        controller: text(),
        controller_cite: Some(cite()),
        effective: Some(Effective { from: Some("2021-11-01".to_owned()), to: Some("2021-11-01".to_owned()) }),
        source: Some(SourceText { file: text(), sha256: "0".repeat(64) }),
        collects: vec![Collects {
            data: some(),
            other: some(),
            umbrella: text(),
            open_ended: true,
            user_provided: true,
            scene: text(),
            purpose: text(),
            platforms: vec!["android".to_owned()],
            cite: cite(),
        }],
        sdk: vec![SdkRow {
            category: "payment".into(),
            names: some(),
            catalog: some(),
            provider: text(),
            scene: text(),
            purpose: text(),
            data: some(),
            other: some(),
            open_ended: true,
            links: some(),
            platforms: vec!["ios".to_owned()],
            cite: cite(),
        }],
        permission: vec![PermissionRow {
            text: text(),
            constants: vec!["android.permission.CAMERA".to_owned()],
            purpose: text(),
            data: some(),
            platforms: vec!["android".to_owned()],
            cite: cite(),
        }],
        denies: vec![Denies { data: some(), sdk: some(), platforms: vec!["web".to_owned()], cite: cite() }],
        mentions: vec![Mention { data: some(), other: some(), cite: cite() }],
        residue: vec![Residue { text: text(), cite: cite() }],
        claims: Claims {
            cross_border: claim("conditional", None),
            storage: claim("x", None),
            retention: claim("period", Some(1)),
            transport: claim("x", None),
            minors: claim("x", None),
            background: claim("yes", None),
            self_start: claim("yes", None),
            targeting: claim("opt-out", None),
            contact: claim("x", None),
            rights: claim("x", Some(1)),
        },
        file: String::new(),
    }
}

fn conforms(text: &str) -> Result<(), String> {
    check(&TEXT, &plain(toml::from_str(text).unwrap()), "")
}

/// The value with TOML dates as text, as editors hand it to a schema.
fn plain(value: toml::Value) -> Value {
    match value {
        toml::Value::Datetime(it) => json!(it.to_string()),
        toml::Value::Array(list) => list.into_iter().map(plain).collect(),
        toml::Value::Table(table) => table.into_iter().map(|(key, it)| (key, plain(it))).collect(),
        other => serde_json::to_value(other).unwrap(),
    }
}

/// The first keyword that does not hold for the value.
///
/// It knows the keywords that this schema uses and fails on any other, so that none passes unchecked.
fn check(schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    for (keyword, rule) in schema.as_object().unwrap() {
        let holds = match keyword.as_str() {
            "$schema" | "$id" | "$defs" | "title" | "description" | "format" => true,
            "$ref" => {
                check(target(schema), value, at)?;
                true
            }
            "type" => match rule.as_str().unwrap() {
                "object" => value.is_object(),
                "array" => value.is_array(),
                "string" => value.is_string(),
                "boolean" => value.is_boolean(),
                "integer" => value.is_i64(),
                other => panic!("{at}: unknown type {other}"),
            },
            "const" => value == rule,
            "enum" => rule.as_array().unwrap().contains(value),
            "oneOf" => rule.as_array().unwrap().iter().filter(|it| check(it, value, at).is_ok()).count() == 1,
            "pattern" => value.as_str().is_none_or(|it| Regex::new(rule.as_str().unwrap()).unwrap().is_match(it)),
            "minimum" => value.as_i64().is_none_or(|it| rule.as_i64().unwrap() <= it),
            "maximum" => value.as_i64().is_none_or(|it| it <= rule.as_i64().unwrap()),
            "minItems" => value.as_array().is_none_or(|it| rule.as_u64().unwrap() <= it.len() as u64),
            "maxItems" => value.as_array().is_none_or(|it| it.len() as u64 <= rule.as_u64().unwrap()),
            "uniqueItems" => value
                .as_array()
                .is_none_or(|list| list.iter().map(Value::to_string).collect::<BTreeSet<_>>().len() == list.len()),
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(rule, item, &format!("{at}[{index}]"))?;
                }
                true
            }
            "required" => rule.as_array().unwrap().iter().all(|it| value.get(it.as_str().unwrap()).is_some()),
            "additionalProperties" => {
                assert_eq!(rule, &json!(false), "{at}: every key is described");
                value.as_object().is_none_or(|it| it.keys().all(|key| schema["properties"].get(key).is_some()))
            }
            "properties" => {
                for (key, rule) in properties(schema) {
                    if let Some(item) = value.get(key) {
                        check(rule, item, &format!("{at}.{key}"))?;
                    }
                }
                true
            }
            other => panic!("{at}: this test does not know the keyword {other}"),
        };
        if !holds {
            return Err(format!("{at}: {keyword} {rule} does not hold for {value}"));
        }
    }
    Ok(())
}

/// Every key path of a value; the items of a list count as one.
fn value_keys(value: &Value, at: &str, keys: &mut BTreeSet<String>) {
    for item in value.as_array().into_iter().flatten() {
        value_keys(item, &format!("{at}[]"), keys);
    }
    for (key, item) in value.as_object().into_iter().flatten() {
        value_keys(item, &format!("{at}.{key}"), keys);
        keys.insert(format!("{at}.{key}"));
    }
}

/// Every key path that a schema allows, and that none but these is allowed.
fn schema_keys(schema: &Value, at: &str, keys: &mut BTreeSet<String>) {
    let schema = target(schema);
    if let Some(items) = schema.get("items") {
        schema_keys(items, &format!("{at}[]"), keys);
    }
    if schema.get("properties").is_some() {
        assert_eq!(schema.get("additionalProperties"), Some(&json!(false)), "{at}");
    }
    for (key, rule) in properties(schema) {
        schema_keys(rule, &format!("{at}.{key}"), keys);
        keys.insert(format!("{at}.{key}"));
    }
}

fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema.get("properties").and_then(Value::as_object).into_iter().flatten()
}

/// What `$ref` leads to; the schema itself where it has none.
fn target(schema: &Value) -> &Value {
    match schema.get("$ref").and_then(Value::as_str) {
        Some(path) => TEXT.pointer(path.strip_prefix('#').unwrap()).unwrap(),
        None => schema,
    }
}
