//! The shape of a disclosure file. `disclosures/disclosure.schema.json` describes the same keys to editors.
//!
//! The types hold any value; what a file may not say is refused by `validate` when it is read.

use serde::{Deserialize, Deserializer, Serialize};

use crate::located;

/// The format that this version reads and writes. It changes only by adding keys.
pub const SCHEMA: &str = "candor.disclosure/1";

/// The JSON Schema of such a file.
pub const JSON_SCHEMA: &str = include_str!("../../disclosures/disclosure.schema.json");

/// Where in the policy a statement stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cite {
    /// First and last line, counted from 1.
    pub lines: [u32; 2],
    /// A short quote.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub quote: String,
}

/// What the app says that it collects itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Collects {
    /// Data type ids; `~id` is an umbrella.
    #[serde(default)]
    pub data: Vec<String>,
    /// Data as written that the catalog has no id for: 姓名, order number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other: Vec<String>,
    /// The umbrella that introduces them, as an id without `~`; empty = none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub umbrella: String,
    /// The list is open: 如, 等, such as.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub open_ended: bool,
    /// The user types or uploads it; nothing is read from the device.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub user_provided: bool,
    /// Function or occasion in which it is collected; empty = always, as far as stated.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub scene: String,
    /// Purpose as stated.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub purpose: String,
    /// `android`, `ios`, `harmonyos`, `web`; empty = not split.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub platforms: Vec<String>,
    /// Where.
    pub cite: Cite,
}

/// One row of the SDK table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SdkRow {
    /// Names as written.
    pub names: Vec<String>,
    /// Catalog ids they resolve to; may be empty.
    #[serde(default)]
    pub catalog: Vec<String>,
    /// The catalog's category, where the row names a category of SDKs and no SDK: `payment` for 第三方支付SDK.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub category: String,
    /// Company; empty = the policy names none.
    #[serde(default)]
    pub provider: String,
    /// Function or occasion in which it is used, where the policy states it apart from the purpose.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub scene: String,
    /// Purpose as stated.
    #[serde(default)]
    pub purpose: String,
    /// Data type ids; `~id` is an umbrella.
    #[serde(default)]
    pub data: Vec<String>,
    /// Data as written that the catalog has no id for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other: Vec<String>,
    /// The list of data is open: 如, 等, such as.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub open_ended: bool,
    /// Links as written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<String>,
    /// `android`, `ios`, `harmonyos`, `web`; empty = not split.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub platforms: Vec<String>,
    /// Where.
    pub cite: Cite,
}

/// One row of the permission table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PermissionRow {
    /// As written.
    pub text: String,
    /// Constants it means, one that holds the app's id with `<package>`; empty where the catalog knows none.
    pub constants: Vec<String>,
    /// Purpose as stated.
    #[serde(default)]
    pub purpose: String,
    /// Data type ids that the row names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data: Vec<String>,
    /// `android`, `ios`, `harmonyos`, `web`; empty = not split.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub platforms: Vec<String>,
    /// Where.
    pub cite: Cite,
}

/// A negative statement.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Denies {
    /// Data type ids that are said not to be collected; `~id` denies everything under an umbrella.
    pub data: Vec<String>,
    /// Catalog ids of the SDKs that the statement is about; empty = the app.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sdk: Vec<String>,
    /// `android`, `ios`, `harmonyos`, `web`; empty = not split.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub platforms: Vec<String>,
    /// Where.
    pub cite: Cite,
}

/// Data that the policy names among the rights of its users, whether or not it says that they are collected.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mention {
    /// Data type ids; `~id` is an umbrella.
    #[serde(default)]
    pub data: Vec<String>,
    /// Data as written that the catalog has no id for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other: Vec<String>,
    /// Where.
    pub cite: Cite,
}

/// A place of a template that nobody filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Residue {
    /// As written: XX公司.
    pub text: String,
    /// Where.
    pub cite: Cite,
}

/// One claim of the policy about its handling.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// What is claimed, in a word of the schema where [`Claims`] lists words, else as stated.
    pub value: String,
    /// Days, where the claim states a period ([`Claims::retention`], [`Claims::rights`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
    /// Where.
    pub cite: Cite,
}

/// Claims about the handling of data; an absent one = the policy is silent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// Transfer abroad: `none`, `yes`, or `conditional` (none, save with separate consent or for some functions).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cross_border: Option<Claim>,
    /// Where data is stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<Claim>,
    /// How long: `period` (a length of time is stated for the data collected), or `as-needed` (only general words).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<Claim>,
    /// How it is protected on the way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transport: Option<Claim>,
    /// Children.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minors: Option<Claim>,
    /// Collection in the background: `none` (denied) or `yes` (admitted).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background: Option<Claim>,
    /// Starting by itself or by other apps: `none` (denied) or `yes` (admitted).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub self_start: Option<Claim>,
    /// Targeted advertising or recommendation: `none`, `yes`, or `opt-out` (done, with a way to switch it off).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub targeting: Option<Claim>,
    /// How to reach the controller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Claim>,
    /// The way to make requests, and the days in which they are answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rights: Option<Claim>,
}

impl Claims {
    /// The claims that the policy makes, each with its key in the file.
    pub fn stated(&self) -> impl Iterator<Item = (&'static str, &Claim)> {
        let keyed = [
            ("cross_border", &self.cross_border),
            ("storage", &self.storage),
            ("retention", &self.retention),
            ("transport", &self.transport),
            ("minors", &self.minors),
            ("background", &self.background),
            ("self_start", &self.self_start),
            ("targeting", &self.targeting),
            ("contact", &self.contact),
            ("rights", &self.rights),
        ];
        keyed.into_iter().filter_map(|(key, claim)| Some((key, claim.as_ref()?)))
    }
}

/// The days on which the policy is in force, ISO 8601.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effective {
    /// First day.
    #[serde(default, deserialize_with = "day", skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Last day.
    #[serde(default, deserialize_with = "day", skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// The text that the disclosure was made from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceText {
    /// File name.
    #[serde(default)]
    pub file: String,
    /// SHA-256 of it, 64 lowercase hex digits.
    #[serde(default)]
    pub sha256: String,
}

/// A policy as a table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disclosure {
    /// [`SCHEMA`].
    pub schema: String,
    /// Title of the policy.
    #[serde(default)]
    pub title: String,
    /// The app's name as the policy states it.
    #[serde(default)]
    pub app: String,
    /// The catalog's type of the app, by which data and permissions beyond its needs are told; empty = not stated.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub app_type: String,
    /// Application ids that the policy names; usually none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub packages: Vec<String>,
    /// Who answers for it.
    #[serde(default)]
    pub controller: String,
    /// Where the controller is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub controller_cite: Option<Cite>,
    /// When it is in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<Effective>,
    /// The text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceText>,
    /// Own collection.
    #[serde(default)]
    pub collects: Vec<Collects>,
    /// SDK rows.
    #[serde(default)]
    pub sdk: Vec<SdkRow>,
    /// Permission rows.
    #[serde(default)]
    pub permission: Vec<PermissionRow>,
    /// Negative statements.
    #[serde(default)]
    pub denies: Vec<Denies>,
    /// Data among the rights of users.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<Mention>,
    /// Places of a template.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub residue: Vec<Residue>,
    /// Claims.
    #[serde(default)]
    pub claims: Claims,
    /// The file as given; reports cite it.
    #[serde(skip)]
    pub file: String,
}

/// A day that is stated.
fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    located::day(deserializer).map(Some)
}
