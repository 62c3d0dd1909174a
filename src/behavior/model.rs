//! The facts of a package, in the stable shape `candor.behavior/1`.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

/// Everything found in one package.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Behavior {
    /// The path as given on the command line.
    pub path: String,
    /// SHA-256 of the file, lowercase hex.
    pub sha256: String,
    /// Bytes of the file.
    pub bytes: u64,
    /// `apk`, `split`, `bundle`, `dex`, or `unreadable` where it could not be opened.
    pub kind: &'static str,
    /// What the manifest says of the app.
    pub app: App,
    /// When it was built, as its archive says; none where the stamps are fixed days.
    pub built: Option<Built>,
    /// Signing certificates, sorted.
    pub signing: Vec<Signing>,
    /// Permissions, declared and implied, sorted by name.
    pub permissions: Vec<Permission>,
    /// Who uses the permissions, sorted by name: those that the package has and something is known to need, and those
    /// that its code misses. Empty where there is no manifest.
    pub permission_usage: Vec<PermissionUse>,
    /// SDKs, sorted by id.
    pub sdks: Vec<SdkFound>,
    /// Reads, sorted.
    pub reads: Vec<Read>,
    /// Hosts that the code names, sorted; none = not analysed.
    pub endpoints: Option<Vec<Endpoint>>,
    /// Texts about privacy that code loads or that stand in resources, scripts and names of files, sorted; none = not
    /// looked for.
    pub texts: Option<Vec<TextFound>>,
    /// Receivers, and services that other apps may start, by what starts them, sorted.
    pub starters: Vec<Starter>,
    /// Whether absence proves anything.
    pub completeness: Completeness,
    /// What could not be read, sorted.
    pub issues: Vec<IssueEntry>,
    /// The app's icon, for a page; it is no fact that a program compares.
    #[serde(skip)]
    pub icon: Option<Icon>,
}

/// A small picture of a format that its first bytes show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Icon {
    /// `image/png`, `image/webp` or `image/jpeg`.
    pub media_type: &'static str,
    /// The file as it is in the package.
    pub bytes: Vec<u8>,
}

/// The day on which a package was built or signed, as the youngest date stamp in its archive says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Built {
    /// ISO 8601.
    pub date: String,
    /// The entry that has the stamp.
    pub entry: String,
}

/// What the manifest says of the app.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct App {
    /// Application id; empty where there is no readable manifest.
    pub package: String,
    /// `versionName`.
    pub version_name: Option<String>,
    /// `versionCode`.
    pub version_code: Option<u64>,
    /// `minSdkVersion`.
    pub min_sdk: Option<u32>,
    /// `targetSdkVersion`.
    pub target_sdk: Option<u32>,
    /// Label in the default configuration.
    pub label: Option<String>,
    /// What it may send in the clear, and whom it trusts.
    pub network: Network,
}

/// What the manifest and the network security configuration allow on the network.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Network {
    /// Whether traffic without TLS is allowed where no domain says otherwise.
    pub cleartext: bool,
    /// Domains with a rule of their own that allows it, sorted; `*.` before one means its subdomains too.
    pub cleartext_domains: Vec<String>,
    /// Domains with a rule of their own that forbids it, sorted.
    pub encrypted_domains: Vec<String>,
    /// Certificates that the user installed are trusted.
    pub user_certificates: bool,
}

/// A signing certificate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Signing {
    /// `v1`, `v2`, `v3` or `v3.1`.
    pub scheme: &'static str,
    /// SHA-256 of the certificate.
    pub sha256: String,
    /// Subject.
    pub subject: String,
    /// Start of validity.
    pub not_before: String,
    /// End of validity.
    pub not_after: String,
}

/// A permission of the package.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Permission {
    /// The constant.
    pub name: String,
    /// The system adds it; the manifest does not name it.
    pub implied: bool,
    /// `maxSdkVersion`.
    pub max_sdk: Option<u32>,
}

/// The uses of one permission.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct PermissionUse {
    /// The constant.
    pub permission: String,
    /// The package has it, declared or implied. Otherwise the platform refuses the calls.
    pub declared: bool,
    /// Places that use it.
    pub count: usize,
    /// The first few of them, of as many owners as there are, sorted.
    pub users: Vec<PermissionUser>,
}

/// One place that uses a permission.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct PermissionUser {
    /// Whose code it is.
    pub owner: Owner,
    /// The method, content URI or text that needs it.
    pub api: String,
    /// The method that holds the place, smali notation; the class of a component of the manifest.
    pub caller: String,
    /// The entry of the package.
    pub file: String,
    /// Bytes from the start of `file` to the instruction, hex; none in a manifest.
    pub offset: Option<String>,
}

/// How sure the presence of an SDK is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// One weak sign, or an entry that rests on recall.
    Possible,
    /// Signs that only this SDK leaves.
    Present,
}

/// One sign of an SDK.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct SdkEvidence {
    /// `class`, `component`, `native-lib`, `meta-data`, `asset`, `string` or `structure`.
    pub kind: &'static str,
    /// What was found: a package of classes, a component, a file.
    pub value: String,
    /// Classes below that package; none for other kinds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
}

/// An SDK in the package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SdkFound {
    /// Catalog id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Vendor.
    pub vendor: String,
    /// ISO 3166-1 alpha-2 of the vendor's seat.
    pub country: Option<String>,
    /// Catalog category.
    pub category: String,
    /// The family in the catalog.
    pub parent: Option<String>,
    /// How sure.
    pub grade: Grade,
    /// Version, where it can be read and all places agree.
    pub version: Option<String>,
    /// The class, entry, meta-data or library that it was read from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version_from: Option<String>,
    /// The signs, sorted.
    pub evidence: Vec<SdkEvidence>,
}

/// Whose code holds a read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Owner {
    /// App, SDK, library or unknown.
    pub kind: OwnerKind,
    /// SDK id, library prefix or package prefix, dotted; the application id for the app.
    pub id: String,
}

/// The four kinds of owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OwnerKind {
    /// The app's own code.
    App,
    /// A third party's SDK of the catalog.
    Sdk,
    /// A known library that collects nothing by itself.
    Library,
    /// Nobody known.
    Unknown,
}

/// How sure a read is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// The code exists.
    Present,
    /// The system can reach it from an entry point.
    Reachable,
}

/// One place in the package where a source is used.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Read {
    /// Data type id; `*` where a constant decides and is unknown (only with `--focus all`).
    pub data: String,
    /// Whose code it is.
    pub owner: Owner,
    /// What is called or read: descriptor, URI, key, path or command, as in the catalog.
    pub api: String,
    /// The catalog's kind of source: `method-call`, `field-read` …
    pub source: &'static str,
    /// `value` = yields the datum, `handle` = an object that holds it, `partial` = a piece or a state.
    pub strength: &'static str,
    /// The method that holds the place, smali notation; empty for files and manifest entries.
    pub caller: String,
    /// The entry of the package.
    pub file: String,
    /// Bytes from the start of `file` to the instruction, hex.
    pub offset: String,
    /// Code units from the start of the method's instructions, hex, as dexdump prints it.
    pub pc: String,
    /// The constant that decided, where one did.
    pub literal: Option<String>,
    /// How sure.
    pub certainty: Certainty,
    /// Kind of entry point, where the call graph was built.
    pub entry: Option<&'static str>,
    /// Shortest call path, where the call graph was built.
    pub path: Vec<String>,
    /// Reachable before consent; none = not analysed.
    pub pre_consent: Option<bool>,
    /// Reachable in the background; none = not analysed.
    pub background: Option<bool>,
    /// Why it may run again and again, where something says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeats: Option<Repeat>,
    /// Whether the system gives the real value.
    pub obtainable: Obtainable,
    /// What a reader must know.
    pub note: Option<String>,
    /// The method of the owner that calls the code with the read, where the owner is known by its callers alone.
    pub via: Option<String>,
    /// The catalog's confidence that the source means this data type.
    pub confidence: crate::catalog::Confidence,
    /// Whether a policy must list the data type: `core`, `policy` or `noise`.
    pub focus: crate::catalog::Focus,
}

/// Whether the system gives the real value to this package: nothing set = it does. Its stable form is the text that it
/// displays as: `yes`, `restricted since API 29`, `permission not declared: A or B`, or both joined by `; `.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Obtainable {
    /// The first API level that withholds it from ordinary apps.
    pub restricted_since: Option<u32>,
    /// The permissions any of which is needed, where the package declares none of them.
    pub undeclared: Vec<String>,
}

impl fmt::Display for Obtainable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let undeclared = self.undeclared.join(" or ");
        match (self.restricted_since, self.undeclared.is_empty()) {
            (None, true) => f.write_str("yes"),
            (None, false) => write!(f, "permission not declared: {undeclared}"),
            (Some(level), true) => write!(f, "restricted since API {level}"),
            (Some(level), false) => write!(f, "permission not declared: {undeclared}; restricted since API {level}"),
        }
    }
}

impl Serialize for Obtainable {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A host that the code names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Endpoint {
    /// Host name, lowercase.
    pub host: String,
    /// Whose code names it.
    pub owner: Owner,
    /// Named with `http://` or `ws://`.
    pub cleartext: bool,
    /// Whether the package's network configuration lets it through; none where it is encrypted.
    pub allowed: Option<bool>,
    /// The SDK whose host the catalog knows it as, whoever names it.
    pub sdk: Option<String>,
}

/// A text about privacy that the app holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct TextFound {
    /// Id of the catalog's text: `privacy-policy`.
    pub text: &'static str,
    /// Whose code loads it; unknown with the name of the file where it stands in a resource.
    pub owner: Owner,
}

/// A component that something outside of the app starts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Starter {
    /// `receiver` or `service`.
    pub kind: &'static str,
    /// Its class.
    pub component: String,
    /// Whose code it is.
    pub owner: Owner,
    /// The actions of its filters, sorted.
    pub actions: Vec<String>,
}

/// Why a read may run again and again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Repeat {
    /// `resumed`, `touched`, `timed`, `posted` (a message that posts itself anew) or `waits` (a loop that waits).
    pub kind: &'static str,
    /// The method that runs so, smali notation.
    pub method: String,
}

/// Why absence proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Reason {
    /// `packed`, `dynamic-code`, `reflection`, `native`, `script` or `corrupt`.
    pub kind: &'static str,
    /// What was seen.
    pub detail: String,
}

/// Whether absence proves anything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Completeness {
    /// All code was visible and readable.
    pub complete: bool,
    /// Why not, or what weakens it.
    pub reasons: Vec<Reason>,
}

/// One part that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct IssueEntry {
    /// The entry of the package.
    pub file: String,
    /// Offset in it, hex.
    pub offset: Option<String>,
    /// What is wrong.
    pub message: String,
}
