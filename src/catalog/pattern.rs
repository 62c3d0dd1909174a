//! The patterns by which a rule can be pure data: what in a package or a policy makes a finding, and what the policy may
//! say against it. Shared by the build script and the library; `check` applies them.
//!
//! A pattern looks at one kind of thing and lists conditions, all of which must hold. An empty list or a key that is left
//! out asks nothing.

use serde::{Deserialize, Serialize};

/// What a pattern looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// Reads, one finding an owner.
    Reads,
    /// Reads of the whole package, one finding.
    AllReads,
    /// SDKs that are in the package for sure and can collect.
    Sdks,
    /// Endpoints without encryption that the package may speak to.
    Cleartext,
    /// Declared permissions.
    Permissions,
    /// Components by which the system or another app can start this one.
    Starters,
    /// The package as a whole.
    Package,
    /// The policy as a whole.
    Policy,
}

/// When a read can run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Moment {
    /// On a way from the app's start that passes no check of a stored value.
    BeforeConsent,
    /// From a component that runs with nothing on the screen.
    Background,
    /// Either of the two: whether or not the user has asked for anything.
    Unasked,
    /// Again and again: at each return or touch, by a clock, in a loop that waits.
    Repeated,
}

/// Something that starts a component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(bound(deserialize = "S: Deserialize<'de> + Default"))]
pub struct Action<S = &'static str> {
    /// The action of an intent filter.
    pub name: S,
    /// The platform delivers it only to apps that target less.
    #[serde(default)]
    pub target_below: Option<u32>,
}

/// What a claim of the policy must be, so that the pattern holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(bound(deserialize = "S: Deserialize<'de> + Default"))]
pub struct ClaimIs<S = &'static str> {
    /// Key of `[claims]`.
    pub name: S,
    /// Values with which it holds; `silent` = the policy has no such claim. None = any.
    #[serde(default)]
    pub values: Vec<S>,
    /// Values with which the severity is `raised`; `stated` = any.
    #[serde(default)]
    pub raising: Vec<S>,
}

/// When a rule makes a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(bound(deserialize = "S: Deserialize<'de> + Default"))]
pub struct Pattern<S = &'static str> {
    /// What it looks at.
    pub subject: Subject,
    /// Reads: kinds of owner, `app`, `sdk`, `unknown`.
    #[serde(default)]
    pub owners: Vec<S>,
    /// Reads: when they can run.
    #[serde(default)]
    pub moment: Option<Moment>,
    /// Reads: ids of data types; an umbrella stands for all below it.
    #[serde(default)]
    pub data: Vec<S>,
    /// Reads: classes of data types.
    #[serde(default)]
    pub classes: Vec<S>,
    /// Reads: nothing in the policy names the data type, whosever it is said to be.
    #[serde(default)]
    pub unnamed: bool,
    /// Reads: the policy names the data for that owner, with a purpose that has one of these words.
    #[serde(default)]
    pub purposes: Vec<S>,
    /// … and with none of these.
    #[serde(default)]
    pub unless_purposes: Vec<S>,
    /// Reads and permissions: beyond what the type of app needs that the disclosure states; without one nothing is.
    #[serde(default)]
    pub beyond_type: bool,
    /// Starters: actions of receivers.
    #[serde(default)]
    pub actions: Vec<Action<S>>,
    /// SDKs, and starters for services that other apps may start: categories.
    #[serde(default)]
    pub categories: Vec<S>,
    /// SDKs: countries of a vendor's seat that are not meant.
    #[serde(default)]
    pub unless_countries: Vec<S>,
    /// Starters: no row of the policy speaks of any of these permissions.
    #[serde(default)]
    pub unless_permissions: Vec<S>,
    /// Package: one of these texts is nowhere in it, though it holds reads that a policy must list.
    #[serde(default)]
    pub missing_texts: Vec<S>,
    /// SDKs: the app's own code and resources have none of these texts.
    #[serde(default)]
    pub unless_texts: Vec<S>,
    /// Policy: its title or the app's name has one of these words.
    #[serde(default)]
    pub names: Vec<S>,
    /// Package: its target SDK is below this.
    #[serde(default)]
    pub target_below: Option<u32>,
    /// What the policy claims.
    #[serde(default)]
    pub claim: Option<ClaimIs<S>>,
}
