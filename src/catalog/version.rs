//! Where versions of SDKs can be read in a package. Shared by the build script and the library.

use serde::{Deserialize, Serialize};

use super::model::Confidence;

/// Where the version of an SDK stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VersionKind {
    /// In the constant of the static final field `name` of a class.
    Field,
    /// In a string that code of a class, or of classes below a package, loads.
    Literal,
    /// In a text file of the package: behind `name=` at the start of a line, or the whole text where `name` is empty.
    Entry,
    /// In the value of a `<meta-data>` of the manifest.
    MetaData,
    /// In the file name of a native library.
    Library,
}

impl VersionKind {
    /// The word that files use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Field => "field",
            Self::Literal => "literal",
            Self::Entry => "entry",
            Self::MetaData => "meta-data",
            Self::Library => "library",
        }
    }
}

/// Where the version of an SDK can be read in a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(bound(deserialize = "S: Deserialize<'de> + Default"))]
pub struct Version<S = &'static str> {
    /// The SDK.
    pub sdk: S,
    /// What `place` is.
    pub kind: VersionKind,
    /// The class (glob), the class or package (dotted), the entry (glob), the name of the meta-data, or the file name of
    /// the library (glob).
    #[serde(rename = "where")]
    pub place: S,
    /// The field, or the key of the line.
    #[serde(default)]
    pub name: S,
    /// Regular expression over the whole text; its groups, joined by `.`, are the version, or all of it without groups.
    pub pattern: S,
    /// Entries of lower confidence are asked only where those above give nothing.
    pub confidence: Confidence,
    /// What a reader must know.
    #[serde(default)]
    pub note: S,
    /// Where the entry comes from.
    pub origin: S,
}
