//! The room against files that aapt2 compiled, files assembled by hand, and broken files.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

mod assemble;
mod hostile;
mod odd;

use super::{ComponentKind, Manifest, read, read_network_security};

/// The fixture's files by the names that `fixtures/manifest/build.sh` gives them.
macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../../fixtures/manifest/", $name)).as_slice()
    };
}
pub(super) use fixture;

/// The fixture as a package has it.
pub(super) fn binary() -> Manifest {
    let (manifest, issues) = read("AndroidManifest.xml", fixture!("manifest.axml"), Some(fixture!("resources.arsc")));
    assert_eq!(issues, []);
    manifest
}

#[test]
fn app_facts_come_from_attributes_and_resources() {
    let manifest = binary();
    assert_eq!(manifest.package, "org.example.fixture");
    assert_eq!(manifest.version_name.as_deref(), Some("2.5.1"));
    assert_eq!(manifest.version_code, Some(1 << 32 | 7));
    assert_eq!((manifest.min_sdk, manifest.target_sdk), (Some(21), Some(34)));
    assert_eq!(manifest.label.as_deref(), Some("Fixture 样例"), "not the English or Chinese one");
    assert_eq!(manifest.icon.as_deref(), Some("res/mipmap-xxhdpi-v4/icon.png"), "not the adaptive one");
    assert_eq!(manifest.application.as_deref(), Some("org.example.fixture.App"));
    assert_eq!(manifest.backup_agent.as_deref(), Some("org.example.fixture.Backup"));
    assert_eq!(manifest.component_factory.as_deref(), Some("org.example.Factory"));
    assert_eq!(manifest.instrumentation, ["org.example.fixture.Probe"]);
    assert_eq!(manifest.cleartext, Some(false), "the value for the night is not the default");
    assert_eq!(manifest.network_security_path.as_deref(), Some("res/xml/network.xml"));
    assert!(manifest.debuggable && manifest.requires_splits && !manifest.disabled && !manifest.without_code);
}

#[test]
fn permissions_keep_their_order_bounds_and_duplicates() {
    let manifest = binary();
    let permissions: Vec<_> =
        manifest.uses_permissions.iter().map(|uses| (uses.name.as_str(), uses.max_sdk, uses.sdk_23)).collect();
    assert_eq!(
        permissions,
        [
            ("android.permission.INTERNET", None, false),
            ("android.permission.READ_EXTERNAL_STORAGE", Some(32), false),
            ("android.permission.READ_PHONE_STATE", None, true),
            ("android.permission.INTERNET", None, false),
        ]
    );
    assert_eq!(manifest.defines_permissions, ["org.example.fixture.PUSH"]);
    assert_eq!(manifest.features, ["android.hardware.camera"]);
    assert_eq!(
        manifest.queries,
        ["com.example.pay", "android.intent.action.VIEW", "com.example.one", "com.example.two"]
    );
}

#[test]
fn components_have_full_names_and_resolved_switches() {
    let manifest = binary();
    let components: Vec<_> = manifest
        .components
        .iter()
        .map(|component| (component.kind, component.name.as_str(), component.enabled, component.exported))
        .collect();
    assert_eq!(
        components,
        [
            (ComponentKind::Activity, "org.example.fixture.Main", true, Some(true)),
            (ComponentKind::ActivityAlias, "org.example.fixture.Other", false, None),
            // Off, but on since Android 8.
            (ComponentKind::Service, "com.example.push.PushService", true, Some(false)),
            (ComponentKind::Receiver, "org.example.fixture.Boot", false, None),
            (ComponentKind::Provider, "org.example.fixture.Files", true, Some(false)),
        ]
    );
    let [main, alias, service, receiver, provider] = manifest.components.as_slice() else { unreachable!() };
    assert_eq!(main.filters[0].categories, ["android.intent.category.LAUNCHER"]);
    assert_eq!(main.filters[1].actions, ["android.intent.action.VIEW"]);
    assert_eq!(main.filters[1].data, ["https://example.org", "fixture://"]);
    assert_eq!(alias.target.as_deref(), Some("org.example.fixture.Main"));
    assert_eq!(service.process.as_deref(), Some(":push"));
    assert_eq!(receiver.permission.as_deref(), Some("org.example.fixture.PUSH"));
    assert_eq!(provider.authorities, ["org.example.files", "org.example.more"]);
}

#[test]
fn each_meta_data_has_its_own_value() {
    let manifest = binary();
    let values: Vec<_> = manifest.meta_data.iter().map(|data| (data.name.as_str(), data.value.as_str())).collect();
    assert_eq!(
        values,
        [
            ("key", "0123456789"),
            ("number", "12451000"),
            ("chain", "0123456789"),
            ("flag", "true"),
            ("paths", "@xml/network"),
            ("list", "@array/list"),
            ("platform", "@android:0x0104000a"),
        ]
    );
    assert_eq!(manifest.components[4].meta_data[0].value, "0123456789");
}

#[test]
fn bundles_say_the_same_as_packages() {
    let (bundle, issues) =
        read("base/manifest/AndroidManifest.xml", fixture!("manifest.pb"), Some(fixture!("resources.pb")));
    assert_eq!(issues, []);
    let mut expected = binary();
    // Bundles keep the names of the platform's resources.
    expected.meta_data[6].value = "@android:string/ok".to_owned();
    assert_eq!(bundle, expected);
}

#[test]
fn text_says_the_same_but_for_resources() {
    let (text, issues) = read("AndroidManifest.xml", fixture!("app/AndroidManifest.xml"), None);
    let binary = binary();
    assert_eq!(text.uses_permissions, binary.uses_permissions);
    assert_eq!(text.queries, binary.queries);
    assert_eq!(text.version_code, binary.version_code);
    assert_eq!(text.application, binary.application);
    let names = |manifest: &Manifest| manifest.components.iter().map(|it| it.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&text), names(&binary));
    assert_eq!(text.label, None);
    assert_eq!(text.meta_data[0].value, "@string/key");
    let label = "label @string/name of <application> is not in the resources";
    assert!(issues.iter().any(|issue| issue.message == label), "{issues:?}");
}

#[test]
fn network_security_is_the_same_in_all_encodings() {
    for bytes in [fixture!("network.axml"), fixture!("network.pb"), fixture!("app/res/xml/network.xml")] {
        let (security, issues) = read_network_security("res/xml/network.xml", bytes);
        assert_eq!(issues, []);
        let security = security.unwrap();
        assert_eq!(security.base_cleartext, Some(false));
        assert_eq!(
            security.domains,
            [
                ("example.org".to_owned(), true, Some(true)),
                ("10.0.0.1".to_owned(), false, Some(true)),
                // Inherited from the configuration around it.
                ("inner.example.org".to_owned(), false, Some(true)),
            ]
        );
        assert!(security.trusts_user_certificates);
    }
}

#[test]
fn user_certificates_for_debugging_do_not_count() {
    let text = br#"<network-security-config><debug-overrides><trust-anchors><certificates src="user"/></trust-anchors>
        </debug-overrides></network-security-config>"#;
    let (security, _) = read_network_security("network.xml", text);
    assert!(!security.unwrap().trusts_user_certificates);
}
