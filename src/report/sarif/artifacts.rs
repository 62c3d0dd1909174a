//! Files that a run names: the package, its entries, and the text of the policy.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::log::Artifact;
use crate::behavior::Behavior;
use crate::disclosure::Disclosure;

/// The list of a run.
pub(super) struct Artifacts<'a> {
    pub(super) list: Vec<Value>,
    package: Option<usize>,
    pub(super) policy: Option<usize>,
    /// Entries of the package, with their places in the list.
    entries: Vec<(&'a str, usize)>,
}

impl<'a> Artifacts<'a> {
    pub(super) fn new(behavior: Option<&Behavior>, disclosure: Option<&Disclosure>) -> Self {
        let list: Vec<Value> = behavior.map(package).into_iter().chain(disclosure.map(policy)).collect();
        Self {
            package: behavior.map(|_| 0),
            policy: disclosure.and(list.len().checked_sub(1)),
            list,
            entries: Vec::new(),
        }
    }

    /// Where the list has an entry of the package, which is put there; what is no entry is the package itself.
    pub(super) fn entry(&mut self, entry: &'a str) -> Option<usize> {
        if entry.is_empty() {
            return self.package;
        }
        let known = self.entries.iter().find(|(known, _)| *known == entry);
        let index = known.map_or(self.list.len(), |(_, index)| *index);
        if index == self.list.len() {
            self.entries.push((entry, index));
            self.list.push(json!({"location": {"uri": uri(entry)}, "parentIndex": 0}));
        }
        Some(index)
    }

    /// One of the list.
    pub(super) fn get(&self, index: usize) -> Artifact<'_> {
        let uri = self.list.get(index).and_then(|it| it["location"]["uri"].as_str()).unwrap_or_default();
        Artifact { uri, index }
    }
}

fn package(behavior: &Behavior) -> Value {
    let mut artifact = json!({"location": {"uri": uri(&behavior.path)}, "roles": ["analysisTarget"]});
    if !behavior.sha256.is_empty() {
        artifact["hashes"] = json!({"sha-256": behavior.sha256});
        artifact["length"] = json!(behavior.bytes);
        artifact["mimeType"] = json!("application/vnd.android.package-archive");
    }
    artifact
}

/// The text that the lines are of: that from which the disclosure was made, beside it, or the file itself.
fn policy(disclosure: &Disclosure) -> Value {
    let source = disclosure.source.as_ref().filter(|source| !source.file.is_empty() && source.file != "-");
    let Some(source) = source else {
        return json!({"location": {"uri": uri(&disclosure.file)}});
    };
    let folder = disclosure.file.rfind(['/', '\\']).map_or("", |at| &disclosure.file[..=at]);
    let mut artifact = json!({"location": {"uri": uri(&format!("{folder}{}", source.file))}});
    if !source.sha256.is_empty() {
        artifact["hashes"] = json!({"sha-256": source.sha256});
    }
    artifact
}

/// A path as a reference: relative as it is, absolute with its scheme; every other byte than those of plain names is
/// encoded.
pub(super) fn uri(path: &str) -> String {
    let path = path.replace('\\', "/");
    let mut uri = String::with_capacity(path.len());
    if path.starts_with('/') {
        uri.push_str("file://");
    }
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'_' | b'-' | b'~' => uri.push(char::from(byte)),
            _ => drop(write!(uri, "%{byte:02X}")),
        }
    }
    uri
}
