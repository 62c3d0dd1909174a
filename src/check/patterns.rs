//! Rules that are data: the pattern of each rule is held against the package and the policy.
//!
//! What a read, an SDK or an endpoint must be, the catalog says; here it is only asked. A read that the platform refuses
//! because its permission is not declared matches no pattern: the call is there, but gives nothing.

use std::collections::BTreeSet;

use super::alternatives::Told;
use super::{Case, Checked, Draft, Evidence, Finding, data, grouped, permissions, sdks};
use crate::behavior::{Certainty, Endpoint, Grade, Owner, OwnerKind, Read, SdkFound};
use crate::catalog::{ClaimIs, Focus, Moment, Pattern, Rule, Subject};
use crate::disclosure::{Cite, Claim};

/// The value of a claim that the policy does not make.
const SILENT: &str = "silent";

/// The value that stands for any claim.
const STATED: &str = "stated";

/// The entry of compiled resources.
const RESOURCES: &str = "resources.arsc";

/// Names that one sentence lists before it stops.
const LISTED: usize = 3;

pub(super) fn check(case: &Case<'_>, checked: &mut Checked) {
    for rule in &case.catalog.tables.rules {
        if let Some(pattern) = &rule.pattern {
            checked.findings.extend(findings(case, rule, pattern));
        }
    }
}

fn findings(case: &Case<'_>, rule: &Rule, pattern: &Pattern) -> Vec<Finding> {
    let Some(said) = pattern.claim.as_ref().map_or(Some(Said::default()), |asked| said(case, asked)) else {
        return Vec::new();
    };
    let draft = || case.finding(rule.id).map(|draft| draft.raised(said.raises).cites(said.cite));
    let found = match pattern.subject {
        Subject::Reads => return of_reads(case, pattern, draft),
        Subject::AllReads => all_reads(case, pattern, draft),
        Subject::Sdks => of_sdks(case, pattern, draft),
        Subject::Cleartext => cleartext(case, draft),
        Subject::Package => package(case, pattern, draft),
    };
    found.into_iter().collect()
}

/// What the policy claims, where that lets a pattern hold.
#[derive(Default)]
struct Said<'c> {
    raises: bool,
    cite: Option<&'c Cite>,
}

fn said<'c>(case: &Case<'c>, asked: &ClaimIs) -> Option<Said<'c>> {
    let claim: Option<&Claim> = case.disclosure.claims.named(asked.name);
    let value = claim.map_or(SILENT, |claim| claim.value.as_str());
    let is_one_of = |values: &[&str]| values.contains(&value) || claim.is_some() && values.contains(&STATED);
    let holds = asked.values.is_empty() || is_one_of(&asked.values);
    holds.then(|| Said { raises: is_one_of(&asked.raising), cite: claim.map(|claim| &claim.cite) })
}

/// The reads that a pattern means.
fn reads<'c>(case: &Case<'c>, pattern: &Pattern) -> Vec<&'c Read> {
    let is_meant = |read: &&Read| {
        read.focus == Focus::Core
            && read.obtainable.undeclared.is_empty()
            && is_of_owner(pattern, &read.owner)
            && runs_at(pattern.moment, read)
            && is_of_data(case, pattern, &read.data)
            && !(pattern.unnamed
                && (case.is_named_anywhere(&read.data) || !permissions::is_permitted(case, &read.data)))
            && has_purpose(case, pattern, read)
    };
    case.reads().filter(is_meant).collect()
}

fn is_of_owner(pattern: &Pattern, owner: &Owner) -> bool {
    let word = match owner.kind {
        OwnerKind::App => "app",
        OwnerKind::Sdk => "sdk",
        OwnerKind::Unknown => "unknown",
        OwnerKind::Library => return false,
    };
    pattern.owners.is_empty() || pattern.owners.contains(&word)
}

fn runs_at(moment: Option<Moment>, read: &Read) -> bool {
    let reached = read.certainty == Certainty::Reachable;
    match moment {
        None => true,
        Some(Moment::BeforeConsent) => reached && read.pre_consent == Some(true),
        Some(Moment::Background) => reached && read.background == Some(true),
    }
}

fn is_of_data(case: &Case<'_>, pattern: &Pattern, data: &str) -> bool {
    let class = case.catalog.data_type(data).map_or("", |entry| entry.class);
    let listed = || pattern.data.iter().any(|it| *it == data || case.catalog.covers(it, data));
    (pattern.classes.is_empty() || pattern.classes.contains(&class)) && (pattern.data.is_empty() || listed())
}

/// Whether all that the policy says of the data for that owner is for purposes that the pattern means.
fn has_purpose(case: &Case<'_>, pattern: &Pattern, read: &Read) -> bool {
    if pattern.purposes.is_empty() {
        return true;
    }
    let has = |purpose: &str, words: &[&str]| {
        let purpose = purpose.to_lowercase();
        words.iter().any(|word| purpose.contains(&word.to_lowercase()))
    };
    let purposes = data::purposes(case, read);
    let is_meant = |purpose: &String| has(purpose, &pattern.purposes) && !has(purpose, &pattern.unless_purposes);
    !purposes.is_empty() && purposes.iter().all(|(purpose, _)| is_meant(purpose))
}

/// One finding for each that answers for reads.
fn of_reads<'c>(case: &Case<'c>, pattern: &Pattern, draft: impl Fn() -> Option<Draft<'c>>) -> Vec<Finding> {
    let told = case.told(reads(case, pattern), |_| ());
    let mut findings = Vec::new();
    for (owner, told) in grouped(told.into_iter().map(|told| (data::answerable_family(case, told.read), told))) {
        let Some(draft) = draft() else { continue };
        let sdks = told.iter().map(|it| &it.read.owner).filter(|it| it.kind == OwnerKind::Sdk);
        let sdks: Vec<String> = sdks.map(|it| it.id.clone()).chain(of_sdk(&owner)).collect();
        let cites: Vec<&Cite> = if pattern.purposes.is_empty() {
            Vec::new()
        } else {
            told.iter().flat_map(|it| data::purposes(case, it.read)).map(|(_, cite)| cite).collect()
        };
        let starts = told.iter().filter(|_| pattern.moment == Some(Moment::BeforeConsent));
        let starts: BTreeSet<String> = starts.filter_map(|it| it.read.path.first()).map(|it| dotted(it)).collect();
        let draft = draft.owner(owner).sdks(sdks).cites(cites).detail(listed(&starts));
        findings.push(of_data(draft, &told).done());
    }
    findings
}

fn of_sdk(owner: &Owner) -> Option<String> {
    (owner.kind == OwnerKind::Sdk).then(|| owner.id.clone())
}

fn all_reads<'c>(case: &Case<'c>, pattern: &Pattern, draft: impl Fn() -> Option<Draft<'c>>) -> Option<Finding> {
    let told = case.told(reads(case, pattern), |_| ());
    let draft = draft().filter(|_| !told.is_empty())?;
    Some(of_data(draft, &told).done())
}

fn of_data<'c>(draft: Draft<'c>, told: &[Told<'_>]) -> Draft<'c> {
    draft.data(told.iter().map(|it| it.read.data.clone())).evidence(told.iter().map(Told::evidence))
}

/// The SDKs that a pattern means, each with a sign that it is there and its vendor's seat.
fn of_sdks<'c>(case: &Case<'c>, pattern: &Pattern, draft: impl Fn() -> Option<Draft<'c>>) -> Option<Finding> {
    let is_meant = |found: &&SdkFound| {
        let country = found.country.as_deref();
        let elsewhere = || country.is_some_and(|country| !pattern.unless_countries.contains(&country));
        found.grade == Grade::Present
            && (pattern.categories.is_empty() || pattern.categories.contains(&found.category.as_str()))
            && (pattern.unless_countries.is_empty() || elsewhere())
            && case.catalog.sdk(&found.id).is_some_and(|sdk| sdks::can_collect(case, sdk))
    };
    let found: Vec<&SdkFound> = case.behavior.sdks.iter().filter(is_meant).collect();
    let draft = draft().filter(|_| !found.is_empty())?;
    let seat = |sdk: &SdkFound| match &sdk.country {
        Some(country) => format!("{}, {country}", sdk.vendor),
        None => sdk.vendor.clone(),
    };
    let signs = found.iter().filter_map(|sdk| Some(Evidence { note: seat(sdk), ..sdks::sign(sdk.evidence.first()?) }));
    Some(draft.sdks(found.iter().map(|sdk| sdk.id.clone())).evidence(signs).done())
}

/// Hosts that code of the app or of an SDK names without encryption, and that the package may speak to so.
fn cleartext<'c>(case: &Case<'c>, draft: impl Fn() -> Option<Draft<'c>>) -> Option<Finding> {
    let is_meant = |it: &&Endpoint| it.cleartext && it.allowed == Some(true) && is_spoken_to(it) && !is_local(&it.host);
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

/// Whether an address is more than a link: the app's own code names it, or an SDK whose host the catalog knows it as. What
/// stands in resources is as often shown as used.
fn is_spoken_to(endpoint: &Endpoint) -> bool {
    match endpoint.owner.kind {
        OwnerKind::App => true,
        OwnerKind::Unknown => !endpoint.owner.id.ends_with(RESOURCES),
        OwnerKind::Sdk => endpoint.sdk.is_some(),
        OwnerKind::Library => false,
    }
}

/// An address of a local network, which only a developer's computer has.
fn is_local(host: &str) -> bool {
    let numbers: Vec<u8> = host.split('.').filter_map(|it| it.parse().ok()).collect();
    let is_address = host.split('.').count() == 4;
    // RFC 1918 and RFC 3927.
    is_address && matches!(numbers[..], [10 | 0, _, _, _] | [172, 16..=31, _, _] | [192, 168, _, _] | [169, 254, _, _])
}

fn package<'c>(case: &Case<'c>, pattern: &Pattern, draft: impl Fn() -> Option<Draft<'c>>) -> Option<Finding> {
    let app = &case.behavior.app;
    if app.package.is_empty() {
        // Without a readable manifest nothing is known of it.
        return None;
    }
    // As the platform reads a manifest that leaves them out.
    let target = app.target_sdk.or(app.min_sdk).unwrap_or(1);
    let draft = draft().filter(|_| pattern.target_below.is_some_and(|below| target < below))?;
    Some(draft.detail(target.to_string()).done())
}

/// The first few of a list.
fn listed(items: &BTreeSet<String>) -> String {
    let shown: Vec<&str> = items.iter().take(LISTED).map(String::as_str).collect();
    let more = if LISTED < items.len() { " …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

/// `com.example.App.onCreate` of a descriptor.
fn dotted(descriptor: &str) -> String {
    let (class, member) = descriptor.split_once("->").unwrap_or((descriptor, ""));
    let class = class.trim_start_matches('L').trim_end_matches(';').replace('/', ".");
    let member = member.split('(').next().unwrap_or_default();
    format!("{class}.{member}")
}
