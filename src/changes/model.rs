//! What a comparison gives, in the stable shape `candor.diff/1`.

use serde::Serialize;

use crate::behavior::{Grade, Owner};

/// All changes between two builds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// The earlier build.
    pub old: Head,
    /// The later build.
    pub new: Head,
    /// Sorted by kind, then by what changed.
    pub changes: Vec<Change>,
}

/// Which build it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Head {
    /// The path as given when it was scanned.
    pub path: String,
    /// SHA-256 of the file, lowercase hex.
    pub sha256: String,
    /// Application id.
    pub package: String,
    /// `versionName`.
    pub version_name: Option<String>,
    /// `versionCode`.
    pub version_code: Option<u64>,
    /// All its code was visible and readable.
    pub complete: bool,
    /// It hides code that the other build shows: what is not seen in it may still be there.
    pub hides: bool,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Change {
    /// Which way.
    pub kind: Kind,
    /// What changed.
    #[serde(flatten)]
    pub what: What,
}

/// The kinds of changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Code of an owner reads data that it did not.
    NewRead,
    /// A read is now reachable, or before consent, or in the background; or code without a name that lasts has more of it.
    WiderRead,
    /// A read no longer is.
    NarrowerRead,
    /// A read is gone.
    GoneRead,
    /// A read is not seen, and the new build hides code.
    HiddenRead,
    /// An SDK is there.
    NewSdk,
    /// An SDK has another version.
    SdkVersion,
    /// An SDK is gone.
    GoneSdk,
    /// An SDK is not seen, and the new build hides code.
    HiddenSdk,
    /// A permission is asked for.
    NewPermission,
    /// A permission holds up to another API level, or has become explicit or implied.
    ChangedPermission,
    /// A permission is no longer asked for.
    GonePermission,
    /// A host is named.
    NewEndpoint,
    /// A host is now named without encryption.
    CleartextEndpoint,
    /// A host is no longer named.
    GoneEndpoint,
    /// A host is not seen, and the new build hides code.
    HiddenEndpoint,
    /// Less of the code is visible.
    LessComplete,
    /// More of the code is visible.
    MoreComplete,
    /// Another certificate signs it.
    Signer,
    /// The manifest says something else of the app.
    Fact,
}

/// Before and after; none = it was not there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Shift<T> {
    /// In the earlier build.
    pub old: Option<T>,
    /// In the later build.
    pub new: Option<T>,
}

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub enum What {
    /// Reads of one data type by one owner.
    Read {
        /// Data type id.
        data: String,
        /// Whose code; an unknown one by its name in the later build, if it is there.
        owner: Owner,
        /// How it is read.
        #[serde(flatten)]
        seen: Shift<Seen>,
        /// The first few places: those of the later build, or of the earlier one where it is gone.
        places: Vec<Place>,
    },
    /// An SDK.
    Sdk {
        /// Catalog id.
        sdk: String,
        /// How sure it is, and its version.
        #[serde(flatten)]
        seen: Shift<SdkSeen>,
    },
    /// A permission.
    Permission {
        /// The constant.
        permission: String,
        /// How it is asked for.
        #[serde(flatten)]
        seen: Shift<Asked>,
    },
    /// A host.
    Endpoint {
        /// Host name.
        host: String,
        /// Whose code names it, sorted.
        owners: Vec<Owner>,
    },
    /// A reason why absence proves nothing.
    Completeness {
        /// `packed`, `dynamic-code`, `script` or `corrupt`.
        reason: String,
        /// What was seen.
        detail: String,
    },
    /// One fact of the manifest or of the signature.
    Fact {
        /// The key of the stable shape.
        fact: &'static str,
        /// Its values.
        #[serde(flatten)]
        value: Shift<String>,
    },
}

/// How one data type is read by one owner.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Seen {
    /// In how many places.
    pub places: usize,
    /// The system can reach one of them.
    pub reachable: bool,
    /// One of them before consent; none = not analysed.
    pub pre_consent: Option<bool>,
    /// One of them in the background; none = not analysed.
    pub background: Option<bool>,
}

impl Shift<Seen> {
    /// Whether the later build has it in more places.
    pub(super) fn has_more_places(&self) -> bool {
        matches!((&self.old, &self.new), (Some(old), Some(new)) if old.places < new.places)
    }
}

/// How sure an SDK is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct SdkSeen {
    /// How sure.
    pub grade: Grade,
    /// Version.
    pub version: Option<String>,
}

/// How a permission is asked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Asked {
    /// The system adds it.
    pub implied: bool,
    /// `maxSdkVersion`.
    pub max_sdk: Option<u32>,
}

/// One place of a read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// What is called or read.
    pub api: String,
    /// The method that holds it.
    pub caller: String,
}
