//! The compiled entries hold together: origins, regular expressions, descriptors, constants, messages, marks of recall.

use candor::catalog::{ArgOp, Catalog, SourceKind, Strength};
use regex::Regex;

#[test]
fn every_origin_is_stated() {
    let tables = &Catalog::builtin().tables;
    let origins = (tables.data_types.iter().map(|entry| (entry.id, entry.origin)))
        .chain(tables.sources.iter().map(|entry| (entry.target, entry.origin)))
        .chain(tables.permissions.iter().map(|entry| (entry.name, entry.origin)))
        .chain(tables.implied.iter().map(|entry| (entry.implied, entry.origin)))
        .chain(tables.sdks.iter().map(|entry| (entry.id, entry.origin)))
        .chain(tables.not_endpoints.iter().map(|entry| (entry.host, entry.origin)))
        .chain(tables.phrases.iter().map(|entry| (entry.role, entry.origin)))
        .chain(tables.libraries.iter().map(|entry| (entry.prefix, entry.origin)))
        .chain(tables.markers.iter().map(|entry| (entry.pattern, entry.origin)))
        .chain(tables.rules.iter().map(|entry| (entry.id, entry.origin)));
    for (entry, origin) in origins {
        assert!(!origin.is_empty(), "{entry} has no origin");
    }
}

#[test]
fn every_regular_expression_compiles() {
    let tables = &Catalog::builtin().tables;
    let of_sources =
        tables.sources.iter().filter(|source| source.arg_op == ArgOp::Regex).map(|source| source.arg_value);
    let of_sdks = tables.sdks.iter().flat_map(|sdk| sdk.native_libs_regex.iter().copied());
    let of_versions = tables.versions.iter().map(|version| version.pattern);
    for pattern in of_sources.chain(of_sdks).chain(of_versions) {
        Regex::new(pattern).unwrap_or_else(|error| panic!("{error}"));
    }
}

#[test]
fn every_descriptor_is_smali_notation() {
    let class = r"L[\w$/-]+;";
    let one = format!(r"\[*(?:[ZBSCIJFD]|{class})");
    let method = Regex::new(&format!(r"^{class}->[\w$<>-]+\((?:{one})*\)(?:V|{one})$")).expect("valid");
    let field = Regex::new(&format!(r"^{class}->[\w$-]+:{one}$")).expect("valid");
    for source in &Catalog::builtin().tables.sources {
        match source.kind {
            SourceKind::MethodCall
            | SourceKind::MethodCallConstArg
            | SourceKind::MethodOverride
            | SourceKind::SettingsKey
            | SourceKind::PermissionRequest => assert!(method.is_match(source.target), "{}", source.target),
            SourceKind::FieldRead => assert!(field.is_match(source.target), "{}", source.target),
            _ => {}
        }
    }
}

#[test]
fn every_permission_is_a_constant() {
    let constant = Regex::new(r"^(?:<package>\.|\*\.)?[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$").expect("valid");
    for permission in &Catalog::builtin().tables.permissions {
        assert!(constant.is_match(permission.name), "{}", permission.name);
    }
}

#[test]
fn every_rule_has_a_careful_message_in_both_languages() {
    for rule in &Catalog::builtin().tables.rules {
        assert!(rule.message_zh.ends_with('。'), "{}", rule.id);
        assert!(rule.message_en.ends_with('.'), "{}", rule.id);
        let says = |message: &str, word: &str| message.contains(word);
        for name in ["{owner}", "{data}", "{sdk}", "{permissions}", "{cite}", "{detail}"] {
            assert_eq!(says(rule.message_zh, name), says(rule.message_en, name), "{} {name}", rule.id);
        }
        assert!(!says(rule.message_en, "{sdk} collects") && !says(rule.message_en, "{owner} collects"));
        assert!(rule.raised.is_none_or(|raised| raised > rule.severity), "{}", rule.id);
        assert_eq!(rule.raised.is_some(), !rule.raised_for.is_empty(), "{}", rule.id);
    }
}

#[test]
fn a_row_from_memory_has_no_prefix_that_proves() {
    let catalog = Catalog::builtin();
    let mut recalled = 0;
    for sdk in catalog.tables.sdks.iter().filter(|sdk| sdk.recall_only) {
        recalled += 1;
        for prefix in sdk.all_prefixes() {
            let found = catalog.sdk_by_prefix(prefix).expect("its own prefix");
            assert_eq!((found.prefix, found.strength), (*prefix, Strength::Recall), "{}", sdk.id);
        }
    }
    assert!(recalled > 0);
}

#[test]
fn nothing_is_both_declared_and_optional() {
    for sdk in &Catalog::builtin().tables.sdks {
        let both: Vec<_> = sdk.declared_data.iter().filter(|data| sdk.declared_optional.contains(data)).collect();
        assert!(both.is_empty(), "{}: {both:?}", sdk.id);
    }
}
