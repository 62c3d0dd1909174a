//! Patterns about what a package holds beside reads: SDKs, endpoints, permissions, components, texts.

use std::collections::BTreeSet;

use super::{Begin, listed};
use crate::behavior::{Endpoint, Grade, OwnerKind, SdkFound, Starter, TextFound};
use crate::catalog::{AppType, Catalog, Focus, Pattern};
use crate::check::sdks as rows;
use crate::check::{Case, Evidence, Finding};

/// The entry of compiled resources.
const RESOURCES: &str = "resources.arsc";

/// The SDKs that a pattern means, each with a sign that it is there and its vendor's seat.
pub(super) fn sdks<'c>(case: &Case<'c>, pattern: &Pattern, draft: Begin<'_, 'c>) -> Option<Finding> {
    let is_meant = |found: &&SdkFound| {
        let country = found.country.as_deref();
        let elsewhere = || country.is_some_and(|country| !pattern.unless_countries.contains(&country));
        found.grade == Grade::Present
            && (pattern.categories.is_empty() || pattern.categories.contains(&found.category.as_str()))
            && (pattern.unless_countries.is_empty() || elsewhere())
            && case.catalog.sdk(&found.id).is_some_and(|sdk| rows::can_collect(case, sdk))
    };
    if pattern.unless_texts.iter().any(|text| case.shows(text)) {
        return None;
    }
    let found: Vec<&SdkFound> = case.behavior.sdks.iter().filter(is_meant).collect();
    let draft = draft().filter(|_| !found.is_empty())?;
    let seat = |sdk: &SdkFound| match &sdk.country {
        Some(country) => format!("{}, {country}", sdk.vendor),
        None => sdk.vendor.clone(),
    };
    let signs = found.iter().filter_map(|sdk| Some(Evidence { note: seat(sdk), ..rows::sign(sdk.evidence.first()?) }));
    Some(draft.sdks(found.iter().map(|sdk| sdk.id.clone())).evidence(signs).done())
}

/// Hosts that code of the app or of an SDK names without encryption, and that the package may speak to so.
pub(super) fn cleartext<'c>(case: &Case<'c>, draft: Begin<'_, 'c>) -> Option<Finding> {
    let is_meant =
        |it: &&Endpoint| it.cleartext && it.allowed == Some(true) && is_spoken_to(case, it) && !is_local(&it.host);
    let endpoints: Vec<&Endpoint> = case.behavior.endpoints.iter().flatten().filter(is_meant).collect();
    let draft = draft().filter(|_| !endpoints.is_empty())?;
    let hosts: BTreeSet<String> = endpoints.iter().map(|it| it.host.clone()).collect();
    let evidence = endpoints.iter().map(|it| Evidence {
        kind: "endpoint",
        what: format!("http://{}", it.host),
        place: it.owner.id.clone(),
        ..Evidence::default()
    });
    Some(draft.detail(listed(&hosts)).evidence(evidence).done())
}

/// Whether an address is more than a link: the app's own code names it, or an SDK whose host, or whose family's, the catalog
/// knows it as. What stands in resources is as often shown as used.
fn is_spoken_to(case: &Case<'_>, endpoint: &Endpoint) -> bool {
    match endpoint.owner.kind {
        OwnerKind::App => true,
        OwnerKind::Unknown => !endpoint.owner.id.ends_with(RESOURCES),
        OwnerKind::Sdk => endpoint.sdk.as_ref().is_some_and(|sdk| is_kin(case.catalog, sdk, &endpoint.owner.id)),
        OwnerKind::Library => false,
    }
}

/// Whether two SDKs are one, or parts of one family.
fn is_kin(catalog: &Catalog, one: &str, other: &str) -> bool {
    catalog.family(one).any(|it| catalog.family(other).any(|kin| kin.id == it.id))
}

/// An address of a local network, which only a developer's computer has.
fn is_local(host: &str) -> bool {
    let numbers: Vec<u8> = host.split('.').filter_map(|it| it.parse().ok()).collect();
    let is_address = host.split('.').count() == 4;
    // RFC 1918 and RFC 3927.
    is_address && matches!(numbers[..], [10 | 0, _, _, _] | [172, 16..=31, _, _] | [192, 168, _, _] | [169, 254, _, _])
}

/// Declared permissions that have little to do with the stated type of app.
pub(super) fn permissions<'c>(case: &Case<'c>, pattern: &Pattern, draft: Begin<'_, 'c>) -> Option<Finding> {
    let unrelated = case.app_type().filter(|_| pattern.beyond_type).map_or(&[][..], |entry| entry.unrelated.as_slice());
    let declared = case.behavior.permissions.iter().filter(|it| !it.implied && unrelated.contains(&it.name.as_str()));
    let declared: Vec<String> = declared.map(|it| it.name.clone()).collect();
    let draft = draft().filter(|_| !declared.is_empty())?;
    Some(draft.permissions(declared).detail(&case.disclosure.app_type).done())
}

/// Receivers of the actions that a pattern lists, as far as the platform delivers them, and services of SDKs that other
/// apps may start; where no row of the policy speaks of it.
pub(super) fn starters<'c>(case: &Case<'c>, pattern: &Pattern, draft: Begin<'_, 'c>) -> Option<Finding> {
    let spoken = |name: &&str| case.disclosure.permission_rows_for(name).next().is_some();
    if pattern.unless_permissions.iter().any(spoken) {
        return None;
    }
    let target = target(case);
    let delivered = |action: &String| {
        let known = pattern.actions.iter().find(|it| it.name == action);
        known.is_some_and(|it| it.target_below.is_none_or(|below| target < below))
    };
    let woken = |it: &Starter| {
        let sdk = case.catalog.sdk(&it.owner.id).filter(|_| it.owner.kind == OwnerKind::Sdk);
        sdk.is_some_and(|sdk| {
            pattern.categories.contains(&sdk.category) && !pattern.unless_countries.contains(&sdk.country)
        })
    };
    let mut evidence = Vec::new();
    for it in &case.behavior.starters {
        let actions: Vec<&str> = match it.kind {
            "service" if woken(it) => it.actions.iter().map(String::as_str).collect(),
            "receiver" => it.actions.iter().filter(|it| delivered(it)).map(String::as_str).collect(),
            _ => continue,
        };
        let component =
            Evidence { kind: "component", what: it.component.clone(), note: actions.join(", "), ..Evidence::default() };
        evidence.extend((!actions.is_empty()).then_some(component));
    }
    let draft = draft().filter(|_| !evidence.is_empty())?;
    let shown = evidence.iter().map(|it| it.what.clone()).collect();
    Some(draft.detail(listed(&shown)).evidence(evidence).done())
}

/// The package as a whole: what it targets, and what it shows.
pub(super) fn whole<'c>(case: &Case<'c>, pattern: &Pattern, draft: Begin<'_, 'c>) -> Option<Finding> {
    if case.behavior.app.package.is_empty() {
        // Without a readable manifest nothing is known of it.
        return None;
    }
    if let Some(below) = pattern.target_below {
        let target = target(case);
        return Some(draft().filter(|_| target < below)?.detail(target.to_string()).done());
    }
    let is_whole = ["apk", "bundle"].contains(&case.behavior.kind);
    let missing = case.behavior.texts.is_some() && pattern.missing_texts.iter().any(|text| !case.shows(text));
    let matters = || case.reads().any(|read| read.focus == Focus::Core);
    let draft = draft().filter(|_| is_whole && missing && matters())?;
    Some(draft.state(case.by_absence()).done())
}

/// As the platform reads a manifest that leaves it out.
fn target(case: &Case<'_>) -> u32 {
    let app = &case.behavior.app;
    app.target_sdk.or(app.min_sdk).unwrap_or(1)
}

impl<'c> Case<'c> {
    /// The type that the disclosure says the app is of.
    pub(super) fn app_type(&self) -> Option<&'c AppType> {
        self.catalog.app_type(&self.disclosure.app_type)
    }

    /// Whether the app's own code or its resources hold a text; what an SDK shows is not the app's.
    fn shows(&self, text: &str) -> bool {
        let own = |it: &&TextFound| matches!(it.owner.kind, OwnerKind::App | OwnerKind::Unknown);
        self.behavior.texts.iter().flatten().filter(own).any(|it| it.text == text)
    }
}
