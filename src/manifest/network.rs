//! The network security configuration from its element tree (`XmlConfigSource` of AOSP).
//!
//! Pins and the certificates of single trust anchors are not read.

use super::NetworkSecurity;
use super::bytes::Issues;
use super::element::{Element, Value};

/// What `root` allows; debug overrides do not count.
pub(super) fn read(root: &Element, issues: &mut Issues) -> Option<NetworkSecurity> {
    if root.name != "network-security-config" {
        issues.push(root.offset, format!("expected <network-security-config>, found <{}>", root.name));
        return None;
    }
    let mut security = NetworkSecurity::default();
    for config in &root.children {
        match config.name.as_str() {
            "base-config" => {
                security.base_cleartext = cleartext(config);
                security.trusts_user_certificates |= trusts_user(config);
            }
            "domain-config" => domain_config(config, None, &mut security),
            _ => {}
        }
    }
    Some(security)
}

/// A `<domain-config>`; what it leaves open it takes from the one around it.
fn domain_config(config: &Element, outer: Option<bool>, security: &mut NetworkSecurity) {
    let cleartext = cleartext(config).or(outer);
    security.trusts_user_certificates |= trusts_user(config);
    for domain in config.named("domain") {
        let subdomains = domain.plain("includeSubdomains").and_then(Value::boolean).unwrap_or(false);
        security.domains.push((domain.text.trim().to_lowercase(), subdomains, cleartext));
    }
    for inner in config.named("domain-config") {
        domain_config(inner, cleartext, security);
    }
}

/// `cleartextTrafficPermitted`, where stated.
fn cleartext(config: &Element) -> Option<bool> {
    config.plain("cleartextTrafficPermitted").and_then(Value::boolean)
}

/// One of the trust anchors is the user's store.
fn trusts_user(config: &Element) -> bool {
    config
        .named("trust-anchors")
        .flat_map(|anchors| anchors.named("certificates"))
        .any(|certificates| certificates.plain("src").is_some_and(|source| source.text() == "user"))
}
