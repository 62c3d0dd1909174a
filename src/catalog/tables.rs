//! All entries of one catalog, their order, and how one catalog is laid over another.

use serde::{Deserialize, Serialize};

use super::app_type::{AppType, ShownText};
use super::model::{DataType, Implied, Library, Marker, NotEndpoint, Permission, Sdk, Source, SourceKind};
use super::phrase::Phrase;
use super::rule::Rule;
use super::section::Section;
use super::version::{Version, VersionKind};

/// All entries of one catalog. In a file every list is an array of tables under its singular name: `[[source]]`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[serde(bound(deserialize = "S: Deserialize<'de> + Default"))]
pub struct Tables<S = &'static str> {
    /// Data types, sorted by id.
    #[serde(default, rename = "data")]
    pub data_types: Section<DataType<S>>,
    /// Sources, sorted by kind, target, constant and data type.
    #[serde(default, rename = "source")]
    pub sources: Section<Source<S>>,
    /// Permissions, sorted by name.
    #[serde(default, rename = "permission")]
    pub permissions: Section<Permission<S>>,
    /// Implied permissions, sorted by the declared one.
    #[serde(default, rename = "implied")]
    pub implied: Section<Implied<S>>,
    /// SDKs, sorted by id.
    #[serde(default, rename = "sdk")]
    pub sdks: Section<Sdk<S>>,
    /// Libraries that collect nothing, sorted by prefix.
    #[serde(default, rename = "library")]
    pub libraries: Section<Library<S>>,
    /// Packers and other markers, sorted by kind, name and pattern.
    #[serde(default, rename = "marker")]
    pub markers: Section<Marker<S>>,
    /// Hosts that are no endpoints, sorted by host and path.
    #[serde(default, rename = "not-endpoint")]
    pub not_endpoints: Section<NotEndpoint<S>>,
    /// Words by which a policy is read, sorted by role and value.
    #[serde(default, rename = "phrase")]
    pub phrases: Section<Phrase<S>>,
    /// Where versions of SDKs stand, sorted by SDK, kind, place and name.
    #[serde(default, rename = "version")]
    pub versions: Section<Version<S>>,
    /// Types of app, sorted by id.
    #[serde(default, rename = "app-type")]
    pub app_types: Section<AppType<S>>,
    /// Texts about privacy that apps show, sorted by id.
    #[serde(default, rename = "text")]
    pub texts: Section<ShownText<S>>,
    /// Rules, sorted by id.
    #[serde(default, rename = "rule")]
    pub rules: Section<Rule<S>>,
}

impl<S: Ord> Tables<S> {
    /// Adds the entries of `other` at the end.
    pub fn append(&mut self, mut other: Self) {
        self.data_types.entries_mut().append(other.data_types.entries_mut());
        self.sources.entries_mut().append(other.sources.entries_mut());
        self.permissions.entries_mut().append(other.permissions.entries_mut());
        self.implied.entries_mut().append(other.implied.entries_mut());
        self.sdks.entries_mut().append(other.sdks.entries_mut());
        self.libraries.entries_mut().append(other.libraries.entries_mut());
        self.markers.entries_mut().append(other.markers.entries_mut());
        self.not_endpoints.entries_mut().append(other.not_endpoints.entries_mut());
        self.phrases.entries_mut().append(other.phrases.entries_mut());
        self.versions.entries_mut().append(other.versions.entries_mut());
        self.app_types.entries_mut().append(other.app_types.entries_mut());
        self.texts.entries_mut().append(other.texts.entries_mut());
        self.rules.entries_mut().append(other.rules.entries_mut());
    }

    /// Restores the order that the look-ups rely on.
    pub fn sort(&mut self) {
        self.data_types.entries_mut().sort_by(|a, b| a.id.cmp(&b.id));
        self.sources.entries_mut().sort_by(|a, b| a.key().cmp(&b.key()));
        self.permissions.entries_mut().sort_by(|a, b| a.name.cmp(&b.name));
        self.implied.entries_mut().sort_by(|a, b| a.key().cmp(&b.key()));
        self.sdks.entries_mut().sort_by(|a, b| a.id.cmp(&b.id));
        self.libraries.entries_mut().sort_by(|a, b| a.prefix.cmp(&b.prefix));
        self.markers.entries_mut().sort_by(|a, b| a.key().cmp(&b.key()));
        self.not_endpoints.entries_mut().sort_by(|a, b| a.key().cmp(&b.key()));
        self.phrases.entries_mut().sort_by(|a, b| a.key().cmp(&b.key()));
        self.versions.entries_mut().sort_by(|a, b| a.key().cmp(&b.key()));
        self.app_types.entries_mut().sort_by(|a, b| a.id.cmp(&b.id));
        self.texts.entries_mut().sort_by(|a, b| a.id.cmp(&b.id));
        self.rules.entries_mut().sort_by(|a, b| a.id.cmp(&b.id));
    }

    /// Lays `over` on top: an entry with the same key is replaced, any other is added.
    pub fn overlay(&mut self, over: Self) {
        self.data_types.entries_mut().retain(|old| over.data_types.iter().all(|new| new.id != old.id));
        self.sources.entries_mut().retain(|old| over.sources.iter().all(|new| new.key() != old.key()));
        self.permissions.entries_mut().retain(|old| over.permissions.iter().all(|new| new.name != old.name));
        self.implied.entries_mut().retain(|old| over.implied.iter().all(|new| new.key() != old.key()));
        self.sdks.entries_mut().retain(|old| over.sdks.iter().all(|new| new.id != old.id));
        self.libraries.entries_mut().retain(|old| over.libraries.iter().all(|new| new.prefix != old.prefix));
        self.markers.entries_mut().retain(|old| over.markers.iter().all(|new| new.key() != old.key()));
        self.not_endpoints.entries_mut().retain(|old| over.not_endpoints.iter().all(|new| new.key() != old.key()));
        self.phrases.entries_mut().retain(|old| over.phrases.iter().all(|new| new.key() != old.key()));
        self.versions.entries_mut().retain(|old| over.versions.iter().all(|new| new.key() != old.key()));
        self.app_types.entries_mut().retain(|old| over.app_types.iter().all(|new| new.id != old.id));
        self.texts.entries_mut().retain(|old| over.texts.iter().all(|new| new.id != old.id));
        self.rules.entries_mut().retain(|old| over.rules.iter().all(|new| new.id != old.id));
        self.append(over);
        self.sort();
    }
}

impl<S> Source<S> {
    /// What makes a source one of its kind: two constants of one method are two sources.
    pub fn key(&self) -> (SourceKind, &S, &S, &S) {
        (self.kind, &self.target, &self.arg_value, &self.data)
    }
}

impl<S> Implied<S> {
    /// What makes the entry one of its kind.
    pub fn key(&self) -> (&S, &S) {
        (&self.declared, &self.implied)
    }
}

impl<S> Marker<S> {
    /// What makes a marker one of its kind.
    pub fn key(&self) -> (&S, &S, &S, &S) {
        (&self.kind, &self.name, &self.marker, &self.pattern)
    }
}

impl<S> Version<S> {
    /// What makes the entry one of its kind.
    pub fn key(&self) -> (&S, VersionKind, &S, &S, &S) {
        (&self.sdk, self.kind, &self.place, &self.name, &self.pattern)
    }
}

impl<S> NotEndpoint<S> {
    /// What makes the entry one of its kind.
    pub fn key(&self) -> (&S, &S) {
        (&self.host, &self.path)
    }
}
