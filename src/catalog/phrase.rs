//! The words by which a policy is read: headers of columns, negations, marks of platforms, claims. Shared by the build
//! script and the library. Names of data, SDKs and permissions are no phrases: they belong to their own entries.

use serde::{Deserialize, Serialize};

/// Words that play one part in a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(bound(deserialize = "S: Deserialize<'de> + Default"))]
pub struct Phrase<S = &'static str> {
    /// The part, one of the words that `policy/README` of the data lists: `column`, `negation`, `platform` …
    pub role: S,
    /// What it means in that part: the column, the platform, the value of a claim; empty = the role says it all.
    #[serde(default)]
    pub value: S,
    /// Chinese words.
    #[serde(default)]
    pub zh: Vec<S>,
    /// English words.
    #[serde(default)]
    pub en: Vec<S>,
    /// Where the entry comes from.
    pub origin: S,
}

impl<S> Phrase<S> {
    /// What makes the entry one of its kind.
    pub fn key(&self) -> (&S, &S) {
        (&self.role, &self.value)
    }

    /// All words, whatever their language.
    pub fn words(&self) -> impl Iterator<Item = &S> {
        self.zh.iter().chain(&self.en)
    }
}
