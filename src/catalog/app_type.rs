//! Types of app as a regulation lists them, and texts about privacy that apps show. Shared by the build script and the
//! library.

use serde::{Deserialize, Serialize};

/// A type of app, with what its basic function needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(bound(deserialize = "S: Deserialize<'de> + Default"))]
pub struct AppType<S = &'static str> {
    /// Kebab-case.
    pub id: S,
    /// Its number in the list of the regulation.
    pub number: u32,
    /// Chinese name.
    pub name_zh: S,
    /// English name.
    pub name_en: S,
    /// Data types that the basic function needs, of those that a device can give; an umbrella stands for all below it.
    #[serde(default)]
    pub necessary: Vec<S>,
    /// Permissions that have little to do with the basic function.
    #[serde(default)]
    pub unrelated: Vec<S>,
    /// Where the entry comes from.
    pub origin: S,
}

/// Texts by which an app shows one thing about privacy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(bound(deserialize = "S: Deserialize<'de> + Default"))]
pub struct ShownText<S = &'static str> {
    /// Kebab-case.
    pub id: S,
    /// Any of these in a text; Latin ones in small letters.
    pub words: Vec<S>,
    /// Any of these in the name of an entry, in lowercase.
    #[serde(default)]
    pub entries: Vec<S>,
    /// Where the entry comes from.
    pub origin: S,
}
