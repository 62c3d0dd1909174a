//! What a policy states, as a table with citations. It knows nothing of packages.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::catalog::Catalog;
use crate::error::Result;

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
    pub data: Vec<String>,
    /// The umbrella word used for them, if any.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub umbrella: String,
    /// The list is open: 如, 等, such as.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub open_ended: bool,
    /// Purpose as stated.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub purpose: String,
    /// `android`, `ios`; empty = not split.
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
    /// Company; empty = the policy names none.
    #[serde(default)]
    pub provider: String,
    /// Purpose as stated.
    #[serde(default)]
    pub purpose: String,
    /// Data type ids; `~id` is an umbrella.
    #[serde(default)]
    pub data: Vec<String>,
    /// Links as written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<String>,
    /// `android`, `ios`; empty = not split.
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
    /// Constants it means.
    pub constants: Vec<String>,
    /// Purpose as stated.
    #[serde(default)]
    pub purpose: String,
    /// Data type ids that the row names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data: Vec<String>,
    /// `android`, `ios`; empty = not split.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub platforms: Vec<String>,
    /// Where.
    pub cite: Cite,
}

/// A negative statement.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Denies {
    /// Data type ids that are said not to be collected.
    pub data: Vec<String>,
    /// Catalog ids of the SDKs that the statement is about; empty = the app.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sdk: Vec<String>,
    /// Where.
    pub cite: Cite,
}

/// One claim of the policy about its handling.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// What is claimed, in a word of the schema (`none`, `china`, `ssl`) or as stated.
    pub value: String,
    /// Where.
    pub cite: Cite,
}

/// Claims about the handling of data.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// `none` = no transfer abroad; `yes` = stated; absent = silent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cross_border: Option<Claim>,
    /// Where data is stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage: Option<Claim>,
    /// How long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<Claim>,
    /// How it is protected on the way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transport: Option<Claim>,
    /// Children.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minors: Option<Claim>,
    /// Collection in the background.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background: Option<Claim>,
    /// Targeted advertising.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub targeting: Option<Claim>,
    /// How to reach the controller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Claim>,
    /// Days in which requests are answered, and the way to make them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rights: Option<Claim>,
}

/// The days on which the policy is in force, ISO 8601.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effective {
    /// First day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Last day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// The text that the disclosure was made from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceText {
    /// File name.
    #[serde(default)]
    pub file: String,
    /// SHA-256 of it.
    #[serde(default)]
    pub sha256: String,
}

/// A policy as a table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disclosure {
    /// `candor.disclosure/1`.
    pub schema: String,
    /// Title of the policy.
    #[serde(default)]
    pub title: String,
    /// The app's name as the policy states it.
    #[serde(default)]
    pub app: String,
    /// Application ids that the policy names; usually none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub packages: Vec<String>,
    /// Who answers for it.
    #[serde(default)]
    pub controller: String,
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
    /// Claims.
    #[serde(default)]
    pub claims: Claims,
    /// The file as given; reports cite it.
    #[serde(skip)]
    pub file: String,
}

impl Disclosure {
    /// Reads a disclosure file and checks every id in it against the catalog.
    ///
    /// # Errors
    /// The file cannot be read, is no TOML, has an unknown key or id, or fields that contradict each other; the error
    /// names file, line and the nearest valid word.
    pub fn load(path: &Path, catalog: &Catalog) -> Result<Self> {
        let _ = (path, catalog);
        Err(crate::Error::malformed("not implemented in the skeleton", None))
    }

    /// [`Disclosure::load`] on text; `file` names it in errors and citations.
    ///
    /// # Errors
    /// As [`Disclosure::load`].
    pub fn parse(file: &str, text: &str, catalog: &Catalog) -> Result<Self> {
        let _ = (file, text, catalog);
        Err(crate::Error::malformed("not implemented in the skeleton", None))
    }
}
