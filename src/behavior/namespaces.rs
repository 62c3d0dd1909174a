//! Which namespaces of a package hold the app's own code.
//!
//! A merged manifest names components of every SDK, so a component says little. The package's name, the application class
//! and what the launcher starts are the app's own; so is what more than half of the components share that the catalog
//! does not know, for an app may be published under another name than its code has.

use std::collections::{BTreeMap, BTreeSet};

use super::owners::first_segments;
use super::sdks::matches_glob;
use crate::catalog::Catalog;
use crate::manifest::{Component, Manifest};

/// Segments of a package that name its owner: `com.example.app` of `com.example.app.ui.login`.
pub(super) const OWNER_SEGMENTS: usize = 3;

/// Segments that name the company: `com.example`.
const COMPANY_SEGMENTS: usize = 2;

/// The app's own namespaces, dotted.
pub(super) fn own_namespaces(catalog: &Catalog, manifests: &[Manifest]) -> BTreeSet<String> {
    let on_its_own = |class: &&str| catalog.sdk_by_prefix(class).is_none();
    let names = manifests.iter().flat_map(|manifest| &manifest.components).map(|component| component.name.as_str());
    let components: Vec<&str> = names.filter(on_its_own).collect();
    let applications = manifests.iter().filter_map(|manifest| manifest.application.as_deref());
    let applications: Vec<&str> = applications.filter(on_its_own).filter(|class| !unpacks(catalog, class)).collect();
    let started: Vec<&str> = manifests.iter().flat_map(launched).filter(on_its_own).collect();
    let packages = manifests.iter().map(|manifest| manifest.package.as_str()).filter(|package| !package.is_empty());

    let mut companies: BTreeSet<&str> =
        packages.clone().map(|package| first_segments(package, COMPANY_SEGMENTS)).collect();
    companies.extend(applications.iter().chain(&started).filter_map(|class| company(class)));
    companies.extend(most_common(&components));
    let classes = applications.iter().chain(&started).chain(&components);
    let of_company = classes.filter(|class| company(class).is_some_and(|company| companies.contains(company)));
    let packages_of = of_company.filter_map(|class| Some(class.rsplit_once('.')?.0));
    let mut own: BTreeSet<String> =
        packages_of.map(|package| first_segments(package, OWNER_SEGMENTS).to_owned()).collect();
    own.extend(packages.map(str::to_owned));
    own
}

/// The activities that the launcher starts.
fn launched(manifest: &Manifest) -> impl Iterator<Item = &str> {
    let started = manifest.components.iter().filter(|component| component.is_launched());
    started.map(|component: &Component| component.target.as_deref().unwrap_or(&component.name))
}

/// Whether the catalog knows an application class as that of a packer.
fn unpacks(catalog: &Catalog, class: &str) -> bool {
    let markers = catalog.tables.markers.iter().filter(|marker| marker.marker == "application-class");
    markers.into_iter().any(|marker| matches_glob(marker.pattern, class))
}

/// The company in the name of a class that lies in a package.
fn company(class: &str) -> Option<&str> {
    class.rsplit_once('.').map(|(package, _)| first_segments(package, COMPANY_SEGMENTS))
}

/// The company that more than half of the classes share.
fn most_common<'c>(classes: &[&'c str]) -> Option<&'c str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for company in classes.iter().filter_map(|class| company(class)) {
        *counts.entry(company).or_default() += 1;
    }
    counts.into_iter().find(|(_, count)| count * 2 > classes.len()).map(|(company, _)| company)
}
