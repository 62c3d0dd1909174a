//! What the manifests and certificates say of a package: identity, permissions, network, signers.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use super::model::{App, Icon, Network, Permission, Signing, Starter};
use super::owners::Owners;
use crate::catalog::Catalog;
use crate::container::{Bytes, Entry, Kind, Package, Part, Signer};
use crate::error::Issue;
use crate::manifest::{self, ComponentKind, Layout, Manifest, StringTable};

/// Bytes of an icon that is shown; launchers ask for 192 × 192 dots, which take less.
const MAX_ICON_BYTES: u64 = 96 << 10;

/// The target SDK from which on the platform allows no cleartext traffic unless told so (`NetworkSecurityConfig`).
const CLEARTEXT_FORBIDDEN_SINCE: u32 = 28;

/// The target SDK from which on the platform trusts no certificates of the user unless told so.
const USER_CERTIFICATES_UNTRUSTED_SINCE: u32 = 24;

/// The manifests of all parts, base first.
pub(super) fn read_manifests(package: &Package) -> (Vec<Manifest>, Vec<Issue>) {
    let mut manifests = Vec::new();
    let mut issues = Vec::new();
    for part in &package.parts {
        let candidates = [("AndroidManifest.xml", "resources.arsc"), ("manifest/AndroidManifest.xml", "resources.pb")];
        let found = candidates.iter().find_map(|(name, table)| Some((part.find(name)?, part.find(table))));
        let Some((entry, table)) = found else {
            if package.kind != Kind::Dex {
                issues.push(Issue::new(part.label("AndroidManifest.xml"), None, "there is no manifest"));
            }
            continue;
        };
        let label = part.label(&entry.name);
        let bytes = match part.read(entry) {
            Ok(bytes) => bytes,
            Err(error) => {
                issues.push(Issue::from_error(label, &error));
                continue;
            }
        };
        // A broken resource table costs the values in it, not the manifest.
        let table = table.and_then(|table| match part.read(table) {
            Ok(bytes) => Some(bytes),
            Err(error) => {
                issues.push(Issue::from_error(part.label(&table.name), &error));
                None
            }
        });
        let (mut manifest, more) = manifest::read(&label, &bytes, table.as_deref());
        issues.extend(more);
        if let Some(config) = manifest.network_security_path.as_deref().and_then(|path| part.find(path)) {
            let label = part.label(&config.name);
            match part.read(config) {
                Ok(bytes) => {
                    let (security, more) = manifest::read_network_security(&label, &bytes);
                    manifest.network_security = security;
                    issues.extend(more);
                }
                Err(error) => issues.push(Issue::from_error(label, &error)),
            }
        }
        manifests.push(manifest);
    }
    (manifests, issues)
}

/// The resource tables of all parts of a package. One that cannot be read is an issue of the manifest beside it.
pub(super) fn read_tables(package: &Package) -> Vec<Bytes<'_>> {
    let tables = package.parts.iter().filter_map(|part| {
        let found = ["resources.arsc", "resources.pb"].iter().find_map(|name| part.find(name));
        found.and_then(|table| part.read(table).ok())
    });
    tables.collect()
}

/// The string resources of some tables, for all threads.
#[derive(Debug)]
pub(super) struct Strings<'t>(Mutex<Tables<'t>>);

#[derive(Debug)]
struct Tables<'t> {
    tables: Vec<StringTable<'t>>,
    known: BTreeMap<u32, Option<String>>,
}

impl<'t> Strings<'t> {
    pub(super) fn of(tables: &'t [Bytes<'_>]) -> Self {
        let tables = tables.iter().map(|table| StringTable::of(table)).collect();
        Self(Mutex::new(Tables { tables, known: BTreeMap::new() }))
    }

    /// The text with that id in the first table that has one.
    pub(super) fn text(&self, id: u32) -> Option<String> {
        let mut guard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Tables { tables, known } = &mut *guard;
        known.entry(id).or_insert_with(|| tables.iter_mut().find_map(|table| table.text(id))).clone()
    }
}

/// What the layouts of a package make the system do. What cannot be read as a layout is none.
pub(super) fn read_layouts(package: &Package) -> Layout {
    let entries: Vec<(&Part, &Entry)> = package
        .parts
        .iter()
        .flat_map(|part| part.entries().iter().map(move |entry| (part, entry)))
        .filter(|(_, entry)| is_layout(&entry.name))
        .collect();
    let layouts = entries.into_par_iter().filter_map(|(part, entry)| {
        let bytes = part.read(entry).ok()?;
        Some(manifest::read_layout(&entry.name, &bytes).0)
    });
    let mut all = layouts.reduce(Layout::default, |mut all, layout| {
        all.classes.extend(layout.classes);
        all.handlers.extend(layout.handlers);
        all
    });
    all.classes.sort_unstable();
    all.classes.dedup();
    all.handlers.sort_unstable();
    all.handlers.dedup();
    all
}

/// Whether an entry may be a layout. Tools that shorten the names of resources leave the folder `r/` or none.
fn is_layout(entry: &str) -> bool {
    let named = entry.starts_with("res/layout") || entry.contains("/res/layout");
    let shortened = entry.starts_with("r/") || entry.starts_with("res/") && entry.matches('/').count() == 1;
    (named || shortened) && Path::new(entry).extension().is_some_and(|extension| extension == "xml")
}

/// Declared permissions, and those that the system adds to them, sorted by name.
pub(super) fn permissions(catalog: &Catalog, manifests: &[Manifest]) -> Vec<Permission> {
    let mut all: BTreeMap<String, Permission> = BTreeMap::new();
    for uses in manifests.iter().flat_map(|manifest| &manifest.uses_permissions) {
        let permission = Permission { name: uses.name.clone(), implied: false, max_sdk: uses.max_sdk };
        let known = all.entry(uses.name.clone()).or_insert(permission);
        // Declared twice, it holds up to the higher of the two levels.
        known.max_sdk = match (known.max_sdk, uses.max_sdk) {
            (Some(known), Some(again)) => Some(known.max(again)),
            _ => None,
        };
    }
    let Some(base) = manifests.first() else { return Vec::new() };
    // The platform takes a missing target for the minimum, and a missing minimum for 1.
    let target = base.target_sdk.or(base.min_sdk).unwrap_or(1);
    let mut waiting: Vec<String> = all.keys().cloned().chain([String::new()]).collect();
    while let Some(declared) = waiting.pop() {
        for implied in catalog.implied_by(&declared, target) {
            if !all.contains_key(implied.implied) {
                let name = implied.implied.to_owned();
                waiting.push(name.clone());
                all.insert(name.clone(), Permission { name, implied: true, max_sdk: None });
            }
        }
    }
    all.into_values().collect()
}

/// What starts components from outside: receivers, and services that other apps may start.
pub(super) fn starters(manifests: &[Manifest], owners: &Owners<'_>) -> Vec<Starter> {
    let components = manifests.iter().filter(|it| !it.disabled).flat_map(|it| &it.components).filter(|it| it.enabled);
    let mut all = BTreeSet::new();
    for component in components {
        let kind = match component.kind {
            ComponentKind::Receiver => "receiver",
            ComponentKind::Service if component.exported == Some(true) => "service",
            _ => continue,
        };
        let actions: BTreeSet<String> = component.filters.iter().flat_map(|it| &it.actions).cloned().collect();
        if !actions.is_empty() {
            all.insert(Starter {
                kind,
                component: component.name.clone(),
                owner: owners.owner_of(&format!("L{};", component.name.replace('.', "/"))),
                actions: actions.into_iter().collect(),
            });
        }
    }
    all.into_iter().collect()
}

/// Who the package says it is.
pub(super) fn app(manifest: &Manifest) -> App {
    App {
        package: manifest.package.clone(),
        version_name: manifest.version_name.clone(),
        version_code: manifest.version_code,
        min_sdk: manifest.min_sdk,
        target_sdk: manifest.target_sdk,
        label: manifest.label.clone(),
        network: network(manifest),
    }
}

/// The icon that the manifest names, where it is small and is what a browser shows without running anything in it. A
/// package without one lacks nothing that is compared, so whatever is wrong with it is no issue.
pub(super) fn icon(package: &Package, manifest: &Manifest) -> Option<Icon> {
    let path = manifest.icon.as_deref()?;
    let (part, entry) = package.parts.iter().find_map(|part| Some((part, part.find(path)?)))?;
    if MAX_ICON_BYTES < entry.size {
        return None;
    }
    let bytes = part.read_claimed(entry).ok()?.to_vec();
    Some(Icon { media_type: picture(&bytes)?, bytes })
}

/// The media type of a picture, by its first bytes.
fn picture(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        _ => None,
    }
}

/// A configuration file takes the place of the manifest's attribute, as it does from API 24 on.
fn network(manifest: &Manifest) -> Network {
    let target = manifest.target_sdk.or(manifest.min_sdk).unwrap_or(1);
    let default = target < CLEARTEXT_FORBIDDEN_SINCE;
    let Some(security) = &manifest.network_security else {
        let cleartext = manifest.cleartext.unwrap_or(default);
        return Network {
            cleartext,
            user_certificates: target < USER_CERTIFICATES_UNTRUSTED_SINCE,
            ..Network::default()
        };
    };
    let domains = |allowed: bool| {
        let ruled = security.domains.iter().filter(|(_, _, cleartext)| *cleartext == Some(allowed));
        let named =
            ruled.map(|(domain, subdomains, _)| if *subdomains { format!("*.{domain}") } else { domain.clone() });
        named.collect::<BTreeSet<_>>().into_iter().collect()
    };
    Network {
        cleartext: security.base_cleartext.unwrap_or(default),
        cleartext_domains: domains(true),
        encrypted_domains: domains(false),
        user_certificates: security.trusts_user_certificates || target < USER_CERTIFICATES_UNTRUSTED_SINCE,
    }
}

/// A certificate as the report has it.
pub(super) fn signing(signer: &Signer) -> Signing {
    Signing {
        scheme: signer.scheme,
        sha256: signer.sha256.clone(),
        subject: signer.subject.clone(),
        not_before: signer.not_before.clone(),
        not_after: signer.not_after.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::NetworkSecurity;

    fn targeting(level: u32) -> Manifest {
        Manifest { target_sdk: Some(level), ..Manifest::default() }
    }

    #[test]
    fn cleartext_is_allowed_by_default_before_api_28() {
        assert!(network(&targeting(27)).cleartext);
        assert!(!network(&targeting(28)).cleartext);
        assert!(network(&Manifest { cleartext: Some(true), ..targeting(28) }).cleartext);
        assert!(!network(&Manifest { cleartext: Some(false), ..targeting(27) }).cleartext);
    }

    #[test]
    fn a_picture_is_what_its_first_bytes_say() {
        assert_eq!(picture(b"\x89PNG\r\n\x1a\n\0\0"), Some("image/png"));
        assert_eq!(picture(b"RIFF\x24\0\0\0WEBPVP8 "), Some("image/webp"));
        assert_eq!(picture(b"\xff\xd8\xff\xe0"), Some("image/jpeg"));
        for other in [&b"<svg onload='alert(1)'/>"[..], b"RIFF\x24\0\0\0WAVE", b"\x89PNG", b""] {
            assert_eq!(picture(other), None);
        }
    }

    #[test]
    fn a_configuration_takes_the_place_of_the_attribute() {
        let security = NetworkSecurity {
            base_cleartext: None,
            domains: vec![
                ("b.example".to_owned(), true, Some(true)),
                ("a.example".to_owned(), false, Some(true)),
                ("c.example".to_owned(), false, Some(false)),
                ("d.example".to_owned(), false, None),
            ],
            trusts_user_certificates: true,
        };
        let manifest = Manifest { cleartext: Some(true), network_security: Some(security), ..targeting(30) };
        let network = network(&manifest);
        assert!(!network.cleartext && network.user_certificates);
        assert_eq!(network.cleartext_domains, ["*.b.example", "a.example"]);
        assert_eq!(network.encrypted_domains, ["c.example"]);
    }
}
