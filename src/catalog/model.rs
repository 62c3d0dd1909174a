//! The shape of the catalog's entries, shared by the build script (which compiles the files of `data/`) and the library.
//!
//! Every type is generic over its text: `String` while a TOML file is read, `&'static str` in the compiled table, which
//! is decoded without copying a single word.

use serde::{Deserialize, Serialize};

/// One kind of personal data, or an umbrella word that contains others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(bound(deserialize = "S: Deserialize<'de> + Default"))]
pub struct DataType<S = &'static str> {
    /// Stable id, kebab-case: `imei`.
    pub id: S,
    /// The data type that contains this one; empty at the top.
    #[serde(default)]
    pub parent: S,
    /// An umbrella contains leaves and never counts as naming them.
    #[serde(default)]
    pub umbrella: bool,
    /// Umbrellas beside the parent that contain it: policies draw their circles across each other.
    #[serde(default)]
    pub also: Vec<S>,
    /// The data type that the same call gives on other devices (MEID for IMEI): a place that yields either is judged
    /// once, by the one that is disclosed better; empty = none.
    #[serde(default)]
    pub alternative_of: S,
    /// `android`, `ios` or `both`.
    pub platform: S,
    /// English name.
    pub name_en: S,
    /// Chinese name.
    pub name_zh: S,
    /// `immutable`, `resettable`, `sensitive`, `PI`, `umbrella` or `not-id`; what limits it is in `note`.
    pub class: S,
    /// `PI`, `PSI` (sensitive) or empty, after GB/T 35273-2020 annexes A and B. A reading, not legal advice.
    #[serde(default)]
    pub gbt35273: S,
    /// From which level on the platform withholds it, and how: `29: needs …`, `iOS 7: obsolete`.
    #[serde(default)]
    pub restricted: S,
    /// Words that Chinese policies use for it.
    #[serde(default)]
    pub aliases_zh: Vec<S>,
    /// Words that English policies use for it.
    #[serde(default)]
    pub aliases_en: Vec<S>,
    /// The type of the Play data-safety form; empty = none.
    #[serde(default)]
    pub google_play_type: S,
    /// What a reader must know.
    #[serde(default)]
    pub note: S,
    /// Where the entry comes from.
    pub origin: S,
}

impl DataType {
    /// The first Android API level that withholds it from ordinary apps, or not without a further permission.
    pub fn restricted_since(&self) -> Option<u32> {
        self.restricted.split_once(':')?.0.parse().ok()
    }
}

/// How a constant argument decides a [`Source`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ArgOp {
    /// The constant equals the value.
    Eq,
    /// The constant is one of the values.
    In,
    /// The constant contains the value.
    Contains,
    /// The constant starts with the value.
    Prefix,
    /// The integer has any bit of the mask.
    Mask,
    /// The regular expression matches.
    Regex,
    /// No condition.
    Any,
}

/// The way code obtains a data type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    /// A call of a method.
    MethodCall,
    /// A call of a method whose constant argument decides.
    #[serde(rename = "method-call+const-arg")]
    MethodCallConstArg,
    /// A read of a field.
    FieldRead,
    /// A class of the package overrides a callback.
    MethodOverride,
    /// A content provider is queried.
    ContentUri,
    /// A key of `android.provider.Settings`; the target is the method that takes it.
    SettingsKey,
    /// A system property.
    SystemProperty,
    /// A path of the file system, or a file of the package.
    FilePath,
    /// A command line given to `Runtime.exec`.
    ShellCommand,
    /// A class or method name given to reflection.
    ReflectionName,
    /// A symbol that a native library imports.
    NativeSymbol,
    /// A string in a native library.
    NativeString,
    /// A call in JavaScript.
    JsApi,
    /// The action of an intent.
    IntentAction,
    /// A run-time permission is asked for; the target is the method that asks.
    PermissionRequest,
}

impl SourceKind {
    /// The word that files and reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MethodCall => "method-call",
            Self::MethodCallConstArg => "method-call+const-arg",
            Self::FieldRead => "field-read",
            Self::MethodOverride => "method-override",
            Self::ContentUri => "content-uri",
            Self::SettingsKey => "settings-key",
            Self::SystemProperty => "system-property",
            Self::FilePath => "file-path",
            Self::ShellCommand => "shell-command",
            Self::ReflectionName => "reflection-name",
            Self::NativeSymbol => "native-symbol",
            Self::NativeString => "native-string",
            Self::JsApi => "js-api",
            Self::IntentAction => "intent-action",
            Self::PermissionRequest => "permission-request",
        }
    }
}

/// Whether a report shows reads of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Focus {
    /// Identifiers and sensitive data that a policy must list.
    Core,
    /// Often listed, low risk.
    Policy,
    /// Nearly every app does it; off by default.
    Noise,
}

/// How sure an entry of the catalog is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// A heuristic; never makes a finding alone.
    Low,
    /// From recall, or only partly seen.
    Medium,
    /// Seen in signature data or a public project, meaning known.
    High,
}

/// One way in which code obtains a data type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(bound(deserialize = "S: Deserialize<'de> + Default"))]
pub struct Source<S = &'static str> {
    /// The kind of thing that `target` is.
    pub kind: SourceKind,
    /// Descriptor in smali notation (`Lcls;->name(args)ret`, `Lcls;->name:type`), URI, key, path, command or string.
    pub target: S,
    /// The data type; `*` = decided by the constant.
    pub data: S,
    /// Permissions as `NAME(levels)`; `|` any, `;` all or by level.
    #[serde(default)]
    pub permissions: S,
    /// First API level; `≤7` = already in 7; empty = unknown.
    #[serde(default)]
    pub api_min: S,
    /// Last API level.
    #[serde(default)]
    pub api_max: S,
    /// `value` = yields the datum, `handle` = an object that holds it, `partial` = a piece or a state.
    pub strength: S,
    /// The parameter that the condition is on: 0 = first declared parameter, receiver not counted.
    #[serde(default)]
    pub arg_index: Option<u8>,
    /// How the constant is compared.
    pub arg_op: ArgOp,
    /// What it is compared with: `|` joins the values of `in`, a mask is hex; `@kind` = look the constant up there.
    #[serde(default)]
    pub arg_value: S,
    /// The condition in words.
    #[serde(default)]
    pub condition: S,
    /// Whether reports show it.
    pub focus: Focus,
    /// How sure the entry is.
    pub confidence: Confidence,
    /// What a reader must know.
    #[serde(default)]
    pub note: S,
    /// Where the entry comes from.
    pub origin: S,
}

/// A look-up by reflection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reflected {
    /// Of a member of the receiver, a class, by name.
    Member,
    /// A call of the receiver, a member.
    Call,
}

impl Source {
    /// Whether the entry is a look-up by reflection, and of what.
    pub fn reflected(&self) -> Option<Reflected> {
        match self.arg_value {
            "@reflection-member" => Some(Reflected::Member),
            "@reflection-call" => Some(Reflected::Call),
            _ => None,
        }
    }
}

/// A permission of the platform or a vendor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(bound(deserialize = "S: Deserialize<'de> + Default"))]
pub struct Permission<S = &'static str> {
    /// The constant: `android.permission.CAMERA`.
    pub name: S,
    /// `dangerous`, `normal`, `signature`, `nonexistent` …
    #[serde(default)]
    pub protection: S,
    /// Run-time group; `X@28` = as last stated by that level.
    #[serde(default)]
    pub group: S,
    /// A permission that the user grants on a page of the settings.
    #[serde(default)]
    pub special: bool,
    /// A policy has to name it although the user is not asked for it: it opens personal data, or lets the app start by
    /// itself. Dangerous and special permissions have to be named anyway.
    #[serde(default)]
    pub disclose: bool,
    /// The platform's Chinese label.
    #[serde(default)]
    pub label_zh: S,
    /// Words that Chinese policies use for it.
    #[serde(default)]
    pub aliases_zh: Vec<S>,
    /// The platform's English label.
    #[serde(default)]
    pub label_en: S,
    /// Words that English policies use for it.
    #[serde(default)]
    pub aliases_en: Vec<S>,
    /// First API level.
    #[serde(default)]
    pub since: S,
    /// Last API level; empty = still there.
    #[serde(default)]
    pub until: S,
    /// What a reader must know.
    #[serde(default)]
    pub note: S,
    /// Where the entry comes from.
    pub origin: S,
}

/// A permission that the system adds to those a manifest declares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(bound(deserialize = "S: Deserialize<'de> + Default"))]
#[allow(clippy::struct_field_names, reason = "the keys of the files")]
pub struct Implied<S = &'static str> {
    /// The declared permission; empty = any app.
    #[serde(default)]
    pub declared: S,
    /// The permission that comes with it.
    pub implied: S,
    /// Only where targetSdkVersion is below this; none = always.
    #[serde(default)]
    pub target_below: Option<u32>,
    /// Any other condition in words; an entry with one is shown, never applied.
    #[serde(default)]
    pub condition: S,
    /// The platform's mechanism.
    pub mechanism: S,
    /// Where the entry comes from.
    pub origin: S,
}

/// A third party's code that an app embeds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(bound(deserialize = "S: Deserialize<'de> + Default"))]
pub struct Sdk<S = &'static str> {
    /// Stable id, kebab-case: `wechat-pay`.
    pub id: S,
    /// English name.
    pub name: S,
    /// Chinese name.
    #[serde(default)]
    pub name_zh: S,
    /// Who makes it.
    #[serde(default)]
    pub vendor: S,
    /// The vendor's Chinese name.
    #[serde(default)]
    pub vendor_zh: S,
    /// ISO 3166-1 alpha-2 of the vendor's seat, not of where data goes; empty = unknown.
    #[serde(default)]
    pub country: S,
    /// `payment`, `crash`, `ads`, `oss-lib` …
    pub category: S,
    /// The family: a policy row for the parent covers this one, and a row for this one covers the parent's own code,
    /// which is the core that its children share.
    #[serde(default)]
    pub parent: S,
    /// The SDKs that bring it along inside their own artifacts.
    #[serde(default)]
    pub shipped_in: Vec<Shipped<S>>,
    /// A library that collects nothing by itself: its code belongs to a library, and no policy has to list it.
    #[serde(default)]
    pub utility: bool,
    /// Names that policies use.
    #[serde(default)]
    pub policy_names: Vec<S>,
    /// Java packages or classes, dotted, matched on segment boundaries, longest first. The three lists are disjoint.
    #[serde(default)]
    pub prefixes: Vec<S>,
    /// Prefixes too short or common to prove anything alone.
    #[serde(default)]
    pub generic_prefixes: Vec<S>,
    /// Prefixes that rest on recall alone: they grade as possible.
    #[serde(default)]
    pub recall_prefixes: Vec<S>,
    /// File names of native libraries.
    #[serde(default)]
    pub native_libs: Vec<S>,
    /// Regular expressions over file names of native libraries.
    #[serde(default)]
    pub native_libs_regex: Vec<S>,
    /// Components of the manifest; globs allowed.
    #[serde(default)]
    pub components: Vec<S>,
    /// Names of `<meta-data>`.
    #[serde(default)]
    pub meta_data: Vec<S>,
    /// Intent actions in the manifest.
    #[serde(default)]
    pub actions: Vec<S>,
    /// Permissions that the vendor asks an app to declare.
    #[serde(default)]
    pub permissions: Vec<S>,
    /// Hosts that the code names.
    #[serde(default)]
    pub endpoints: Vec<S>,
    /// Files under `assets/` or elsewhere in the package.
    #[serde(default)]
    pub assets: Vec<S>,
    /// Names of resources.
    #[serde(default)]
    pub resources: Vec<S>,
    /// String constants that only this code has.
    #[serde(default)]
    pub strings: Vec<S>,
    /// Data types that the vendor says it collects.
    #[serde(default)]
    pub declared_data: Vec<S>,
    /// Data types that the vendor calls optional.
    #[serde(default)]
    pub declared_optional: Vec<S>,
    /// `table` = restated in policies of apps, `vendor`, `recall`, `recall+table` or empty.
    #[serde(default)]
    pub declared_basis: S,
    /// Data types whose sources a published binary of some version calls.
    #[serde(default)]
    pub observed_data: Vec<S>,
    /// The vendor's own privacy policy.
    #[serde(default)]
    pub policy_url: S,
    /// Where a version can be read.
    #[serde(default)]
    pub version_hint: S,
    /// What a reader must know.
    #[serde(default)]
    pub note: S,
    /// The whole entry rests on recall: it grades as possible, never as present.
    #[serde(default)]
    pub recall_only: bool,
    /// Where the entry comes from.
    pub origin: S,
}

impl<S> Sdk<S> {
    /// Every prefix, whatever it rests on.
    pub fn all_prefixes(&self) -> impl Iterator<Item = &S> {
        self.prefixes.iter().chain(&self.generic_prefixes).chain(&self.recall_prefixes)
    }
}

/// An SDK that is published inside the artifacts of another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(bound(deserialize = "S: Deserialize<'de> + Default"))]
pub struct Shipped<S = &'static str> {
    /// The SDK whose artifacts hold it.
    pub sdk: S,
    /// The prefix of the part that they hold; empty = all of it.
    #[serde(default)]
    pub prefix: S,
    /// Where the entry comes from.
    pub origin: S,
}

/// A known library that collects nothing by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(bound(deserialize = "S: Deserialize<'de> + Default"))]
pub struct Library<S = &'static str> {
    /// The Java package, dotted: `okhttp3`.
    pub prefix: S,
    /// Its name.
    pub name: S,
    /// Where the entry comes from.
    pub origin: S,
}

/// A host that strings name without meaning to speak to it: a namespace, a licence, a placeholder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(bound(deserialize = "S: Deserialize<'de> + Default"))]
pub struct NotEndpoint<S = &'static str> {
    /// The host, lowercase; `*.` before it = its subdomains too.
    pub host: S,
    /// How the path begins, with its `/`; glob `*`; empty = any path.
    #[serde(default)]
    pub path: S,
    /// What it is instead: `namespace`, `licence`, `documentation` or `placeholder`.
    pub role: S,
    /// Where the entry comes from.
    pub origin: S,
}

/// A sign of packing, hot-fixing, plug-ins, hybrid frameworks, loaders or obfuscation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(bound(deserialize = "S: Deserialize<'de> + Default"))]
#[allow(clippy::struct_field_names, reason = "the keys of the files")]
pub struct Marker<S = &'static str> {
    /// `packer`, `hotfix`, `plugin-framework`, `hybrid`, `loader-api`, `reflection-api`, `protector` …
    pub kind: S,
    /// The product.
    pub name: S,
    /// Who makes it.
    #[serde(default)]
    pub vendor: S,
    /// `native-lib`, `asset`, `application-class`, `class-prefix`, `component`, `api`, `zip-entry` or `other`.
    pub marker: S,
    /// What to look for; glob `*`.
    pub pattern: S,
    /// What it does to the view: `dex-hidden` …
    #[serde(default)]
    pub effect: S,
    /// How sure the entry is.
    pub confidence: Confidence,
    /// What a reader must know.
    #[serde(default)]
    pub note: S,
    /// Where the entry comes from.
    pub origin: S,
}
