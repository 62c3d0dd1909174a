//! The manifest as types: from binary XML, from the protobuf of a bundle, or from text.
//!
//! It knows nothing of code or privacy. Values that the manifest keeps in resources (labels, booleans) are resolved
//! through `resources.arsc` or `resources.pb` in the default configuration.

#![deny(clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::unwrap_used)]

mod component;
mod layout;
mod network;
mod package;

mod binary;
mod element;
mod protobuf;
mod text;

mod proto_table;
mod resources;
mod table;

mod bytes;
mod strings;

#[cfg(test)]
mod tests;

use self::bytes::{Budget, Chunk, Issues};
use self::element::{Element, Reference, Value};
use self::resources::Resources;
use crate::error::Issue;

/// A `<uses-permission>` element.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct UsesPermission {
    /// The constant.
    pub name: String,
    /// `maxSdkVersion`.
    pub max_sdk: Option<u32>,
    /// It was `<uses-permission-sdk-23>` (or `-sdk-m`).
    pub sdk_23: bool,
}

/// What an app component is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ComponentKind {
    /// `<activity>`
    Activity,
    /// `<activity-alias>`
    ActivityAlias,
    /// `<service>`
    Service,
    /// `<receiver>`
    Receiver,
    /// `<provider>`
    Provider,
}

/// A `<meta-data>` element.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MetaData {
    /// `android:name`.
    pub name: String,
    /// `android:value`, resolved where it is a reference to a string; else the resource's name or id.
    pub value: String,
}

/// An `<intent-filter>` element.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IntentFilter {
    /// Actions.
    pub actions: Vec<String>,
    /// Categories.
    pub categories: Vec<String>,
    /// `scheme://host` parts of `<data>`, either side empty where not stated.
    pub data: Vec<String>,
}

/// A component of the application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// What it is.
    pub kind: ComponentKind,
    /// Class name, dotted, expanded with the package where it starts with a dot or has none.
    pub name: String,
    /// `targetActivity` of an alias, expanded.
    pub target: Option<String>,
    /// `enabled`, true where absent.
    pub enabled: bool,
    /// `exported`, where stated.
    pub exported: Option<bool>,
    /// `process`.
    pub process: Option<String>,
    /// `permission`.
    pub permission: Option<String>,
    /// `authorities` of a provider.
    pub authorities: Vec<String>,
    /// Filters.
    pub filters: Vec<IntentFilter>,
    /// Meta-data of the component.
    pub meta_data: Vec<MetaData>,
}

impl Component {
    /// Whether the launcher starts it.
    pub fn is_launched(&self) -> bool {
        let has = |names: &[String], wanted: &str| names.iter().any(|name| name == wanted);
        self.filters.iter().any(|filter| {
            has(&filter.actions, "android.intent.action.MAIN")
                && has(&filter.categories, "android.intent.category.LAUNCHER")
        })
    }
}

/// What a network security configuration allows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NetworkSecurity {
    /// `cleartextTrafficPermitted` of `base-config`.
    pub base_cleartext: Option<bool>,
    /// (domain, includeSubdomains, cleartextTrafficPermitted) of each `domain-config`.
    pub domains: Vec<(String, bool, Option<bool>)>,
    /// User-installed certificates are trusted in release builds.
    pub trusts_user_certificates: bool,
}

/// What a layout makes the system do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout {
    /// Dotted names of classes that it makes objects of, sorted.
    pub classes: Vec<String>,
    /// Names of methods of the activity that clicks call (`android:onClick`), sorted.
    pub handlers: Vec<String>,
}

/// Everything that candor takes from a manifest.
#[expect(clippy::struct_excessive_bools, reason = "each is an attribute of its own")]
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// Application id.
    pub package: String,
    /// `split` attribute, for a split package.
    pub split: Option<String>,
    /// `versionName`, resolved.
    pub version_name: Option<String>,
    /// `versionCode` with `versionCodeMajor` in the upper half.
    pub version_code: Option<u64>,
    /// `minSdkVersion`; 1 where absent is the reader's business, not set here.
    pub min_sdk: Option<u32>,
    /// `targetSdkVersion`.
    pub target_sdk: Option<u32>,
    /// Application label in the default configuration.
    pub label: Option<String>,
    /// Icon's path in the package, the largest raster one.
    pub icon: Option<String>,
    /// `<uses-permission>` elements in order, duplicates kept.
    pub uses_permissions: Vec<UsesPermission>,
    /// Permissions that the package defines.
    pub defines_permissions: Vec<String>,
    /// `<uses-feature>` names.
    pub features: Vec<String>,
    /// `<queries>`: packages, intent actions and provider authorities.
    pub queries: Vec<String>,
    /// Application class, expanded.
    pub application: Option<String>,
    /// `appComponentFactory`, expanded.
    pub component_factory: Option<String>,
    /// `backupAgent`, expanded.
    pub backup_agent: Option<String>,
    /// `<instrumentation>` classes, expanded.
    pub instrumentation: Vec<String>,
    /// The application as a whole is switched off (`enabled="false"`): none of its components runs.
    pub disabled: bool,
    /// Android loads no dex file of this part (`hasCode="false"`).
    pub without_code: bool,
    /// The part does not install without split packages beside it.
    pub requires_splits: bool,
    /// `debuggable`.
    pub debuggable: bool,
    /// `usesCleartextTraffic`, where stated.
    pub cleartext: Option<bool>,
    /// Path of the network security configuration in the package.
    pub network_security_path: Option<String>,
    /// Its content, where it could be read.
    pub network_security: Option<NetworkSecurity>,
    /// Components in order.
    pub components: Vec<Component>,
    /// Meta-data of the application.
    pub meta_data: Vec<MetaData>,
}

/// How an XML document is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    /// Compiled, as in an installed package.
    Binary,
    /// `XmlNode`, as in a bundle.
    Protobuf,
    /// XML itself, as in a library archive.
    Text,
}

/// Reads the manifest of one part of a package.
///
/// `manifest` is `AndroidManifest.xml` (binary or text) or `manifest/AndroidManifest.xml` of a bundle module
/// (protobuf); `resources` is `resources.arsc` or `resources.pb`, where there is one. `file` names the manifest in issues.
/// Nothing stops: what could not be read is an issue and leaves its field empty.
pub fn read(file: &str, manifest: &[u8], resources: Option<&[u8]>) -> (Manifest, Vec<Issue>) {
    let mut issues = Issues::new(file);
    let Some(root) = read_element(manifest, &mut issues) else { return (Manifest::default(), issues.into_vec()) };
    let mut table_issues = Issues::new(resources_beside(file, manifest));
    let table = Resources::parse(resources, &mut table_issues);
    let manifest = package::read(&root, &table, &mut issues);
    if table.is_spent() {
        table_issues.push(None, "resources ask for more than their budget; the rest is left out");
    }
    let mut issues = issues.into_vec();
    issues.extend(table_issues.into_vec());
    (manifest, issues)
}

/// The string resources of a package, looked up by id.
#[derive(Debug)]
pub struct StringTable<'a>(Resources<'a>);

impl<'a> StringTable<'a> {
    /// The strings in `resources.arsc` or `resources.pb`. What is wrong with the table is an issue of [`read`].
    pub fn of(resources: &'a [u8]) -> Self {
        Self(Resources::parse(Some(resources), &mut Issues::new("")))
    }

    /// The text of a resource in the default configuration; none where it is no string. The answer depends on nothing
    /// that was asked before.
    pub fn text(&mut self, id: u32) -> Option<String> {
        self.0.begin_lookup();
        let reference = Value::Reference(Reference { id, name: String::new() });
        match self.0.resolve(&reference)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// Reads a network security configuration (binary XML, protobuf or text); `file` names it in issues.
pub fn read_network_security(file: &str, bytes: &[u8]) -> (Option<NetworkSecurity>, Vec<Issue>) {
    let mut issues = Issues::new(file);
    let root = read_element(bytes, &mut issues);
    let security = root.and_then(|root| network::read(&root, &mut issues));
    (security, issues.into_vec())
}

/// Reads a layout (binary XML, protobuf or text); `file` names it in issues. Any other XML gives nothing.
pub fn read_layout(file: &str, bytes: &[u8]) -> (Layout, Vec<Issue>) {
    layout::read(file, bytes)
}

/// The root element of a document in any encoding.
fn read_element(bytes: &[u8], issues: &mut Issues) -> Option<Element> {
    let budget = Budget::new();
    let root = match encoding(bytes) {
        Some(Encoding::Binary) => binary::read(bytes, &budget, issues),
        Some(Encoding::Protobuf) => protobuf::read(bytes, &budget, issues),
        Some(Encoding::Text) => text::read(bytes, &budget, issues),
        None if bytes.is_empty() => {
            issues.push(0, "xml document is empty");
            None
        }
        None => {
            let start = bytes.get(..4).unwrap_or(bytes);
            issues.push(0, format!("expected binary, protobuf or text xml, found {start:02x?}"));
            None
        }
    };
    if budget.is_spent() {
        issues.push(None, "xml document asks for more than its budget; the rest is left out");
    }
    root
}

/// The encoding, by content.
fn encoding(bytes: &[u8]) -> Option<Encoding> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    match bytes {
        _ if text.first() == Some(&b'<') => Some(Encoding::Text),
        // `RES_XML_TYPE`, whatever its header size.
        [0x03, 0x00, ..] => Some(Encoding::Binary),
        // Android does not look at the type of the outermost chunk, so it may be anything; a string pool comes first.
        _ if Chunk::parse(bytes, 0).is_ok_and(|file| file.body().starts_with(&[0x01, 0x00])) => Some(Encoding::Binary),
        // `XmlNode`: an element (1) or its source position (3), each a message.
        [0x0a | 0x1a, ..] => Some(Encoding::Protobuf),
        _ => None,
    }
}

/// The path of the resource table that goes with the manifest at `file`.
fn resources_beside(file: &str, manifest: &[u8]) -> String {
    let folder = file.strip_suffix("AndroidManifest.xml").unwrap_or_default();
    match encoding(manifest) {
        Some(Encoding::Protobuf) => format!("{}resources.pb", folder.strip_suffix("manifest/").unwrap_or(folder)),
        _ => format!("{folder}resources.arsc"),
    }
}
