//! One build, as a scan told of it.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::behavior::{Behavior, Certainty, Grade, Owner};
use crate::error::{Error, Result};

/// Kinds of reasons for which nothing can be concluded from absence, whatever is known of the other build.
const HIDING: [&str; 2] = ["corrupt", "packed"];

/// The facts of a build that are compared. Keys that a later version adds are passed over.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Build {
    pub(super) path: String,
    #[serde(default)]
    pub(super) sha256: String,
    #[serde(default)]
    pub(super) app: App,
    #[serde(default)]
    pub(super) signing: Vec<Signing>,
    #[serde(default)]
    pub(super) permissions: Vec<Permission>,
    #[serde(default)]
    pub(super) sdks: Vec<Sdk>,
    #[serde(default)]
    pub(super) reads: Vec<Read>,
    #[serde(default)]
    pub(super) endpoints: Option<Vec<Endpoint>>,
    pub(super) completeness: Completeness,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct App {
    pub(super) package: String,
    pub(super) version_name: Option<String>,
    pub(super) version_code: Option<u64>,
    pub(super) min_sdk: Option<u32>,
    pub(super) target_sdk: Option<u32>,
    pub(super) label: Option<String>,
    pub(super) network: Network,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Network {
    pub(super) cleartext: bool,
    pub(super) user_certificates: bool,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Signing {
    pub(super) sha256: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Permission {
    pub(super) name: String,
    #[serde(default)]
    pub(super) implied: bool,
    #[serde(default)]
    pub(super) max_sdk: Option<u32>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Sdk {
    pub(super) id: String,
    pub(super) grade: Grade,
    #[serde(default)]
    pub(super) version: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Read {
    pub(super) data: String,
    pub(super) owner: Owner,
    pub(super) api: String,
    #[serde(default)]
    pub(super) strength: String,
    #[serde(default)]
    pub(super) caller: String,
    pub(super) certainty: Certainty,
    #[serde(default)]
    pub(super) pre_consent: Option<bool>,
    #[serde(default)]
    pub(super) background: Option<bool>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Endpoint {
    pub(super) host: String,
    pub(super) owner: Owner,
    #[serde(default)]
    pub(super) cleartext: bool,
}

#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Completeness {
    pub(super) complete: bool,
    #[serde(default)]
    pub(super) reasons: Vec<Reason>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Reason {
    pub(super) kind: String,
    pub(super) detail: String,
}

/// The document of a scan.
#[derive(Deserialize)]
struct Document {
    schema: String,
    packages: Vec<Build>,
}

impl From<&Behavior> for Build {
    fn from(behavior: &Behavior) -> Self {
        let facts = serde_json::to_value(behavior).expect("a behavior is JSON");
        serde_json::from_value(facts).expect("a behavior has the shape of one")
    }
}

impl Build {
    /// The build of which a scan wrote a JSON document, or one line of NDJSON. `file` names it in errors.
    ///
    /// # Errors
    /// The text is neither, or is about several packages.
    pub fn parse(file: &str, text: &str) -> Result<Self> {
        let fault = |error: &serde_json::Error| {
            let message = error.to_string();
            let message = message.split(" at line ").next().unwrap_or_default().to_owned();
            Error::Data { file: file.to_owned(), line: error.line(), column: Some(error.column()), message }
        };
        let refused = |message: String| Err(Error::Data { file: file.to_owned(), line: 1, column: None, message });
        let value: serde_json::Value = serde_json::from_str(text).map_err(|error| fault(&error))?;
        if value.get("packages").is_none() {
            return serde_json::from_value(value).map_err(|error| fault(&error));
        }
        let mut document: Document = serde_json::from_value(value).map_err(|error| fault(&error))?;
        if document.schema != "candor.behavior/1" {
            return refused(format!("unknown schema `{}`; expected `candor.behavior/1`", document.schema));
        }
        match document.packages.pop() {
            Some(build) if document.packages.is_empty() => Ok(build),
            rest => {
                let count = document.packages.len() + usize::from(rest.is_some());
                refused(format!("expected the scan of one package, found {count}"))
            }
        }
    }

    /// Whether nothing could be read of it.
    pub fn is_unreadable(&self) -> bool {
        self.sha256.is_empty()
    }

    /// Whether a part of it could not be seen.
    pub fn is_incomplete(&self) -> bool {
        self.completeness.reasons.iter().any(|reason| HIDING.contains(&reason.kind.as_str()))
    }

    /// Whether it tells of each read who reaches it.
    pub(super) fn follows_calls(&self) -> bool {
        self.reads.iter().any(|read| read.pre_consent.is_some())
    }

    /// Whether absence from this build proves nothing, though the thing was in the other one.
    pub(super) fn hides_more_than(&self, other: &Self) -> bool {
        !self.completeness.complete && (self.is_incomplete() || 0 < self.blind_beyond(other).count())
    }

    /// Reasons of a kind that the other build does not have; none where this one is complete.
    pub(super) fn blind_beyond<'b>(&'b self, other: &'b Self) -> impl Iterator<Item = &'b Reason> {
        let known: BTreeSet<&str> = if other.completeness.complete {
            BTreeSet::new()
        } else {
            other.completeness.reasons.iter().map(|reason| reason.kind.as_str()).collect()
        };
        let blinds =
            |reason: &&Reason| matches!(reason.kind.as_str(), "corrupt" | "dynamic-code" | "packed" | "script");
        let reasons = self.completeness.reasons.iter().filter(blinds);
        reasons.filter(move |reason| !self.completeness.complete && !known.contains(reason.kind.as_str()))
    }
}
