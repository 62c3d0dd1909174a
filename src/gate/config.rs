//! `candor.toml`: what a project says of its checks.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::waiver::Waiver;
use crate::behavior::{Owner, OwnerKind};
use crate::catalog::{Catalog, Rule, Severity};
use crate::error::Result;
use crate::located::{self, Place, did_you_mean, fail, quoted, unique};

/// The format that this version reads; naming it in the file is not needed.
const SCHEMA: &str = "candor.config/1";

/// From which severity on a finding fails.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Threshold {
    /// Every finding.
    Info,
    /// What is worth mending.
    #[default]
    Low,
    /// What should be mended.
    Medium,
    /// What must be mended.
    High,
    /// What contradicts the policy.
    Critical,
    /// None: findings are reported and do not fail.
    Never,
}

impl From<Severity> for Threshold {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Info => Self::Info,
            Severity::Low => Self::Low,
            Severity::Medium => Self::Medium,
            Severity::High => Self::High,
            Severity::Critical => Self::Critical,
        }
    }
}

/// What a project says of one rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSetting {
    /// The severity of its findings, in place of the catalog's.
    #[serde(default)]
    pub severity: Option<Severity>,
    /// The least severity at which they fail, in place of the general one.
    #[serde(default)]
    pub gate: Option<Threshold>,
}

/// A configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    #[serde(default)]
    schema: String,
    /// The least severity that fails.
    #[serde(default)]
    pub gate: Option<Threshold>,
    /// The disclosure, relative to the folder of the file.
    #[serde(default)]
    pub against: Option<String>,
    /// The policy that is imported in place of a disclosure, relative to the folder of the file.
    #[serde(default)]
    pub policy: Option<String>,
    /// The baseline, relative to the folder of the file.
    #[serde(default)]
    pub baseline: Option<String>,
    /// The catalog's type of the app, in place of what the disclosure says.
    #[serde(default)]
    pub app_type: Option<String>,
    /// Packages of classes that are the app's own code.
    #[serde(default)]
    pub own_namespaces: Vec<String>,
    /// The severity of a waiver that covers nothing or has expired: the general gate decides whether it fails.
    #[serde(default)]
    pub stale_waivers: Threshold,
    /// By rule id.
    #[serde(default)]
    pub rule: BTreeMap<String, RuleSetting>,
    /// What is accepted for a time.
    #[serde(default)]
    pub waiver: Vec<Waiver>,
    /// The file as given.
    #[serde(skip)]
    pub file: String,
}

impl Config {
    /// The configuration that a text holds; `file` names it in errors and in what reports say of waivers.
    ///
    /// # Errors
    /// The text is no TOML, has an unknown key or word, or a waiver that says too little; the error names file, line,
    /// column and the nearest valid word.
    pub fn parse(file: &str, text: &str, catalog: &Catalog) -> Result<Self> {
        located::parse(file, text, SCHEMA, |config: &mut Self, root| {
            file.clone_into(&mut config.file);
            check(config, root, catalog)
        })
    }
}

fn check<'t>(config: &mut Config, root: &Place<'t>, catalog: &Catalog) -> located::Checked<'t> {
    if config.against.is_some() && config.policy.is_some() {
        return fail(&root.key("policy"), "`against` names a disclosure already: one of them is held against packages");
    }
    for (key, path) in [("against", &config.against), ("policy", &config.policy), ("baseline", &config.baseline)] {
        if let Some(path) = path {
            located::text(path, &root.key(key))?;
        }
    }
    if let Some(id) = &config.app_type {
        located::app_type(id, &root.key("app_type"), catalog)?;
    }
    namespaces(&config.own_namespaces, &root.key("own_namespaces"))?;
    let mut by_id = BTreeMap::new();
    for (written, setting) in &config.rule {
        let place = root.key("rule").key(written);
        let id = rule(written, &place, catalog)?;
        if by_id.insert(id.to_owned(), setting.clone()).is_some() {
            return fail(&place, format!("`{id}` is set twice, by its id and by its name"));
        }
    }
    config.rule = by_id;
    for (it, place) in config.waiver.iter_mut().zip(root.key("waiver").items()) {
        waiver(it, &place, catalog)?;
        it.line = place.line();
    }
    Ok(())
}

fn namespaces<'t>(list: &[String], place: &Place<'t>) -> located::Checked<'t> {
    unique(list, place)?;
    let is_segment = |it: &str| !it.is_empty() && it.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '$');
    for (name, place) in list.iter().zip(place.items()) {
        if !name.split('.').all(is_segment) {
            return fail(&place, format!("{} is no package of classes such as `com.example.core`", quoted(name)));
        }
    }
    Ok(())
}

/// The id of a rule that is named by its id or by its name.
fn rule<'c, 't>(written: &str, place: &Place<'t>, catalog: &'c Catalog) -> Result<&'c str, located::Fault<'t>> {
    let rules = || catalog.tables.rules.iter();
    if let Some(found) = rules().find(|it| it.id == written || it.name == written) {
        return Ok(found.id);
    }
    let near = did_you_mean(written, rules().flat_map(|it: &Rule| [it.id, it.name]));
    Err(located::Fault { place: place.clone(), message: format!("unknown rule {}{near}", quoted(written)) })
}

fn waiver<'t>(waiver: &mut Waiver, place: &Place<'t>, catalog: &Catalog) -> located::Checked<'t> {
    waiver.rule = rule(&waiver.rule, &place.key("rule"), catalog)?.to_owned();
    if !waiver.code.is_empty() {
        code(&waiver.code, &place.key("code"), catalog)?;
    }
    let data_types = || catalog.tables.data_types.iter().map(|it| it.id);
    known("data id", &waiver.data, &place.key("data"), |id| catalog.data_type(id).is_some(), data_types)?;
    let permissions = || catalog.tables.permissions.iter().map(|it| it.name);
    let place_of = place.key("permission");
    known("permission", &waiver.permission, &place_of, |name| catalog.permission(name).is_some(), permissions)?;
    let sdks = || catalog.tables.sdk_ids();
    known("SDK id", &waiver.sdk, &place.key("sdk"), |id| catalog.sdk(id).is_some(), sdks)?;
    let is_hex = |text: &str| text.len() == 16 && text.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'));
    if !waiver.fingerprint.is_empty() && !is_hex(&waiver.fingerprint) {
        let message = format!("expected 16 lowercase hex digits, found {}", quoted(&waiver.fingerprint));
        return fail(&place.key("fingerprint"), message);
    }
    located::text(&waiver.reason, &place.key("reason"))?;
    located::text(&waiver.owner, &place.key("owner"))?;
    if waiver.owner == "app" || waiver.owner.contains(':') && parts(&waiver.owner).is_some() {
        let message =
            format!("`owner` is who answers for the waiver; whose code it is about: `code = \"{}\"`", waiver.owner);
        return fail(&place.key("owner"), message);
    }
    if !located::is_day(&waiver.until) {
        let message = format!("expected a day such as 2027-03-31, found {}", quoted(&waiver.until));
        return fail(&place.key("until"), message);
    }
    Ok(())
}

/// Words of which each is one that the catalog has.
fn known<'t, 'c, N: Iterator<Item = &'c str>>(
    kind: &str,
    list: &[String],
    place: &Place<'t>,
    is_known: impl Fn(&str) -> bool,
    names: impl Fn() -> N,
) -> located::Checked<'t> {
    unique(list, place)?;
    match list.iter().zip(place.items()).find(|(it, _)| !is_known(it)) {
        Some((it, place)) => fail(&place, format!("unknown {kind} {}{}", quoted(it), did_you_mean(it, names()))),
        None => Ok(()),
    }
}

/// Whose code a waiver is about.
fn code<'t>(written: &str, place: &Place<'t>, catalog: &Catalog) -> located::Checked<'t> {
    let expected = "expected `app`, `sdk:ID`, `library:PREFIX` or `unknown:PREFIX`";
    let Some(owner) = parts(written) else {
        return fail(place, format!("{expected}, found {}", quoted(written)));
    };
    if owner.kind == OwnerKind::Sdk && catalog.sdk(&owner.id).is_none() {
        let near = did_you_mean(&owner.id, catalog.tables.sdk_ids());
        return fail(place, format!("unknown SDK id {}{near}", quoted(&owner.id)));
    }
    let lasting = owner.lasting();
    if lasting == written {
        Ok(())
    } else {
        fail(place, format!("the name {} does not outlive a build; write `{lasting}`", quoted(written)))
    }
}

/// An owner as [`Owner::lasting`] writes it.
fn parts(written: &str) -> Option<Owner> {
    if written == "app" {
        return Some(Owner { kind: OwnerKind::App, id: String::new() });
    }
    let (kind, id) = written.split_once(':')?;
    let kind = match kind {
        "sdk" => OwnerKind::Sdk,
        "library" => OwnerKind::Library,
        "unknown" => OwnerKind::Unknown,
        _ => return None,
    };
    Some(Owner { kind, id: id.to_owned() }).filter(|owner| !owner.id.is_empty())
}
