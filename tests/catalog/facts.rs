//! Nothing of the tables that the catalog was made from was lost. Needs `CANDOR_CORPUS`.

use std::fs;
use std::path::Path;

use candor::catalog::Catalog;

#[test]
fn nothing_of_the_fact_tables_was_lost() {
    let Some(corpus) = std::env::var_os("CANDOR_CORPUS") else { return };
    let facts = Path::new(&corpus).join("facts");
    let read = |name: &str| fs::read_to_string(facts.join(name)).expect("a fact table");
    let first = |name: &str| -> Vec<String> {
        read(name).lines().skip(1).filter_map(|line| line.split('\t').next()).map(str::to_owned).collect()
    };
    let catalog = Catalog::builtin();
    let identifiers = first("identifiers.tsv");
    // One row more: the umbrella `device-id`.
    assert_eq!(catalog.tables.data_types.len(), identifiers.len() + 1);
    assert!(identifiers.iter().all(|id| catalog.data_type(id).is_some()));
    let permissions = first("permissions.tsv");
    assert_eq!(catalog.tables.permissions.len(), permissions.len());
    assert!(permissions.iter().all(|name| catalog.permission(name).is_some()));
    assert_eq!(catalog.tables.implied.len(), first("implied.tsv").len());
    // The life of an app is no marker of code that hides.
    let ours = ["called-by-system", "consent-check", "initializer", "made-by-name", "pre-consent", "repeated"];
    let hiding = catalog.tables.markers.iter().filter(|marker| !ours.contains(&marker.kind)).count();
    assert_eq!(hiding, first("dynamic.tsv").len());
    // Two rows more: `boot_count` was split off the open lists of settings keys. And the calls whose constant names a
    // member or an action.
    let carriers = ["@reflection-call", "@reflection-member", "@reflection-name", "@intent-action"];
    let carried = catalog.tables.sources.iter().filter(|source| carriers.contains(&source.arg_value)).count();
    assert_eq!(catalog.tables.sources.len() - carried, first("sources.tsv").len() + 2);
    for line in read("sources.tsv").lines().skip(1) {
        let target = line.split('\t').nth(1).expect("a target");
        assert!(catalog.tables.sources.iter().any(|source| source.target == target), "{target}");
    }
    let value = |text: &str| -> serde_json::Value { serde_json::from_str(text).expect("JSON") };
    let sdks: Vec<_> = read("sdks.jsonl").lines().map(value).collect();
    // Two rows more: the family `alipay`, and Pgyer.
    assert_eq!(catalog.tables.sdks.len(), sdks.len() + 2);
    for sdk in &sdks {
        let id = sdk["id"].as_str().expect("an id");
        let entry = catalog.sdk(id).unwrap_or_else(|| panic!("{id} is missing"));
        for prefix in sdk["package_prefixes"].as_array().expect("a list") {
            assert!(entry.all_prefixes().any(|known| Some(*known) == prefix.as_str()), "{id} {prefix}");
        }
        let recalled = sdk["sources"] == serde_json::json!(["recall"]);
        let rederived = sdk["package_prefixes"] == serde_json::json!([]) && !entry.prefixes.is_empty();
        assert_eq!(entry.recall_only, recalled && !rederived, "{id}");
    }
    let rules = value(&read("rules.json"));
    let rules = rules.as_array().expect("a list");
    assert_eq!(catalog.tables.rules.len(), rules.len());
    for rule in rules {
        let entry = catalog.rule(rule["id"].as_str().expect("an id")).expect("a rule");
        // A rule of later may be decided by now.
        assert!(entry.tier == "core" || rule["tier"] == "later", "{}", entry.id);
    }
}
