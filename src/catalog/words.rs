//! The words that entries of catalog files may use where there is a fixed set. Shared by the build script and the library.

/// Words that a data type may have as its platform.
pub(super) const PLATFORMS: &[&str] = &["android", "both", "ios"];
/// Words that a data type may have as its class.
pub(super) const DATA_CLASSES: &[&str] = &["PI", "immutable", "not-id", "resettable", "sensitive", "umbrella"];
/// Words after GB/T 35273-2020.
pub(super) const GBT35273: &[&str] = &["", "PI", "PSI"];
/// How much of the datum a source yields.
pub(super) const STRENGTHS: &[&str] = &["handle", "partial", "value"];
/// Tables that an `arg_value` may point into.
pub(super) const LOOK_UPS: &[&str] = &[
    "@content-uri",
    "@intent-action",
    "@permission",
    "@reflection-call",
    "@reflection-member",
    "@reflection-name",
    "@shell-command",
    "@system-property",
];
/// Base protection of a permission; `unknown` where no list states it.
pub(super) const PROTECTIONS: &[&str] =
    &["app", "dangerous", "internal", "module", "nonexistent", "normal", "role", "signature", "unknown", "vendor"];
/// What an SDK is for.
pub(super) const CATEGORIES: &[&str] = &[
    "ads",
    "ai",
    "ai-face",
    "ai-voice",
    "analytics",
    "attribution",
    "cloud",
    "cloud-storage",
    "config",
    "crash",
    "customer-service",
    "ecommerce",
    "framework",
    "game",
    "hotfix",
    "identity",
    "im",
    "iot",
    "library",
    "login",
    "login-onekey",
    "map-location",
    "media",
    "native-or-component-lib",
    "network",
    "oss-lib",
    "packer",
    "payment",
    "platform",
    "plugin",
    "push",
    "rtc",
    "security",
    "social",
    "update",
    "webview",
];
/// Whence the declared data of an SDK are known.
pub(super) const DECLARED_BASES: &[&str] = &["", "recall", "recall+table", "table", "vendor"];
/// What a marker is a sign of.
pub(super) const MARKER_KINDS: &[&str] = &[
    "called-by-system",
    "consent-check",
    "heuristic",
    "hotfix",
    "hybrid",
    "initializer",
    "loader-api",
    "made-by-name",
    "obfuscation",
    "packer",
    "plugin-framework",
    "pre-consent",
    "protector",
    "reflection-api",
    "repeated",
    "risk-sdk",
];
/// Where a marker is looked for.
pub(super) const MARKERS: &[&str] = &[
    "annotation",
    "api",
    "application-class",
    "asset",
    "class-prefix",
    "component",
    "method",
    "native-lib",
    "other",
    "zip-entry",
];
/// What a host is that is no endpoint.
pub(super) const ROLES: &[&str] = &["documentation", "licence", "namespace", "placeholder"];
/// What a phrase does in a policy.
pub(super) const PHRASE_ROLES: &[&str] = &[
    "app-name",
    "appendix",
    "claim",
    "column",
    "column-aim",
    "column-part",
    "company",
    "condition",
    "consent",
    "controller",
    "counted",
    "date",
    "defines",
    "denial-end",
    "exception",
    "form-answer",
    "form-data",
    "form-manner",
    "form-purpose",
    "generic-sdk",
    "heading",
    "introducer",
    "joiner",
    "list-intro",
    "month",
    "negation",
    "no-item",
    "no-scene",
    "none",
    "not-data",
    "numeral",
    "open-list",
    "other-data",
    "other-subject",
    "page-number",
    "passive-verb",
    "permission-says",
    "permission-word",
    "place",
    "platform",
    "platform-lead",
    "platform-noun",
    "policy",
    "purpose-behind",
    "purpose-mark",
    "purpose-start",
    "reference",
    "residue",
    "rights-end",
    "rights-verb",
    "same-above",
    "scene-always",
    "scene-end",
    "scene-start",
    "sdk-purpose",
    "sdk-use",
    "sdk-word",
    "section-unit",
    "title",
    "traditional",
    "transfer",
    "unit",
    "user-verb",
    "verb",
    "wall",
    "weak-data",
    "within",
    "wording",
];
/// What a finding says about the disclosure.
pub(super) const RULE_CLASSES: &[&str] =
    &["ambiguous", "clear", "incorrect", "none", "omitted", "omitted|incorrect", "vague"];
/// Parts of a disclosure.
pub(super) const PARTS: &[&str] = &["claims", "collects", "permission", "sdk"];
/// What a rule needs to be decided.
pub(super) const NEEDS: &[&str] = &["app", "app+policy", "policy"];
/// Whether a rule is decided by this version.
pub(super) const TIERS: &[&str] = &["core", "later"];
/// Cases, beside data types and protections, that raise a rule's severity: a denial, a value that flows, a contrary
/// claim, a missing provider or missing data types.
pub(super) const CASES: &[&str] = &["claim", "data", "denied", "flow", "provider"];
/// Kinds of owner that a pattern may ask for; what known libraries read, their callers answer for.
pub(super) const PATTERN_OWNERS: &[&str] = &["app", "sdk", "unknown"];
/// Claims of a disclosure.
pub(super) const CLAIMS: &[&str] = &[
    "background",
    "contact",
    "cross_border",
    "minors",
    "retention",
    "rights",
    "self_start",
    "storage",
    "targeting",
    "transport",
];
/// Values of claims: those of the disclosure format, no claim at all, and any claim.
pub(super) const CLAIM_VALUES: &[&str] =
    &["as-needed", "conditional", "none", "opt-out", "period", "silent", "stated", "yes"];
/// What a message may name.
pub(super) const PLACEHOLDERS: &[&str] = &["cite", "data", "detail", "owner", "permissions", "sdk"];
