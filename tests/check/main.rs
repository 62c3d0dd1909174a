//! What a check finds, rule by rule: packages and policies made by hand that a rule fires on, and near misses on which it
//! stays quiet. The catalog is the built-in one, for its rules are what is tested.

mod data;
mod fingerprints;
mod messages;
mod package;
mod permissions;
mod sdks;

use candor::behavior::{
    App, Behavior, Certainty, Completeness, Grade, Obtainable, Owner, OwnerKind, Permission, Read, Reason, SdkEvidence,
    SdkFound,
};
use candor::catalog::{Catalog, Confidence, Focus};
use candor::check::{Checked, Finding, check};
use candor::disclosure::Disclosure;

/// A rule with a package and a policy that it fires on.
type Fires = (&'static str, Behavior, String);

/// A complete package of these reads, with the SDKs whose code they are in.
fn package(reads: Vec<Read>) -> Behavior {
    let mut sdks: Vec<&str> =
        reads.iter().filter(|read| read.owner.kind == OwnerKind::Sdk).map(|read| read.owner.id.as_str()).collect();
    sdks.sort_unstable();
    sdks.dedup();
    let sdks = sdks.into_iter().map(present).collect();
    Behavior {
        path: "app.apk".into(),
        sha256: "00".repeat(32),
        bytes: 1,
        kind: "apk",
        app: App { package: "com.example".into(), target_sdk: Some(30), ..App::default() },
        sdks,
        reads,
        completeness: Completeness { complete: true, reasons: Vec::new() },
        ..Behavior::default()
    }
}

/// The package with some code out of sight.
fn incomplete(behavior: Behavior) -> Behavior {
    let reason = Reason { kind: "packed", detail: "libwrap.so".into() };
    Behavior { completeness: Completeness { complete: false, reasons: vec![reason] }, ..behavior }
}

fn with_sdks(behavior: Behavior, ids: &[&str]) -> Behavior {
    Behavior { sdks: ids.iter().map(|id| present(id)).collect(), ..behavior }
}

fn with_permissions(behavior: Behavior, short: &[&str]) -> Behavior {
    let permission =
        |name: &&str| Permission { name: format!("android.permission.{name}"), implied: false, max_sdk: None };
    Behavior { permissions: short.iter().map(permission).collect(), ..behavior }
}

/// An SDK of the catalog with one class of its first prefix.
fn present(id: &str) -> SdkFound {
    let sdk = Catalog::builtin().sdk(id).expect("an SDK of the catalog");
    let prefix = sdk.prefixes.first().expect("a prefix");
    SdkFound {
        id: id.into(),
        name: sdk.name.into(),
        vendor: sdk.vendor.into(),
        country: (!sdk.country.is_empty()).then(|| sdk.country.into()),
        category: sdk.category.into(),
        parent: (!sdk.parent.is_empty()).then(|| sdk.parent.into()),
        grade: Grade::Present,
        version: None,
        version_from: None,
        evidence: vec![SdkEvidence { kind: "class", value: (*prefix).into(), count: Some(1) }],
    }
}

/// A read by the app's own code.
fn own(data: &str) -> Read {
    read(data, OwnerKind::App, "com.example")
}

/// A read by the code of an SDK.
fn sdk(id: &str, data: &str) -> Read {
    read(data, OwnerKind::Sdk, id)
}

/// A read at a place that no other data type has.
fn read(data: &str, kind: OwnerKind, owner: &str) -> Read {
    assert!(Catalog::builtin().data_type(data).is_some(), "{data}");
    Read {
        data: data.into(),
        owner: Owner { kind, id: owner.into() },
        api: format!("Landroid/Source;->{data}()Ljava/lang/String;"),
        source: "method-call",
        strength: "value",
        caller: format!("L{}/Reader;->a()V", owner.replace('.', "/")),
        file: "classes.dex".into(),
        offset: "0x10".into(),
        pc: "0x0000".into(),
        literal: None,
        certainty: Certainty::Present,
        entry: None,
        path: Vec::new(),
        pre_consent: None,
        background: None,
        obtainable: Obtainable::default(),
        repeats: None,
        via: None,
        note: None,
        confidence: Confidence::High,
        focus: Focus::Core,
    }
}

/// A policy of these entries; line numbers are what the entries say.
fn policy(entries: &str) -> Disclosure {
    let text = format!("schema = \"candor.disclosure/1\"\n{entries}");
    Disclosure::parse("policy.toml", &text, Catalog::builtin()).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// `[[collects]]` of these data types on line 1.
fn collects(data: &str) -> String {
    format!("[[collects]]\ndata = [{data}]\ncite = {{ lines = [1, 1] }}\n")
}

/// A row for these SDKs on line 2.
fn row(ids: &str, data: &str) -> String {
    format!("[[sdk]]\nnames = [\"row\"]\ncatalog = [{ids}]\ndata = [{data}]\ncite = {{ lines = [2, 2] }}\n")
}

/// A row for one permission, by its short name, on line 3.
fn permission(short: &str, data: &str) -> String {
    let constant = format!("android.permission.{short}");
    format!(
        "[[permission]]\ntext = \"row\"\npurpose = \"…\"\nconstants = [\"{constant}\"]\ndata = [{data}]\ncite = {{ lines = [3, 3] }}\n"
    )
}

/// A denial of these data types on line 4.
fn denies(data: &str) -> String {
    format!("[[denies]]\ndata = [{data}]\ncite = {{ lines = [4, 4] }}\n")
}

fn checked(behavior: &Behavior, entries: &str) -> Checked {
    check(behavior, &policy(entries), Catalog::builtin())
}

/// The findings of one rule.
fn of(rule: &str, behavior: &Behavior, entries: &str) -> Vec<Finding> {
    checked(behavior, entries).findings.into_iter().filter(|finding| finding.rule == rule).collect()
}

/// The findings about data, permissions and SDKs as `RULE owner: data`; what a rule of another family says of the same
/// package and policy is no matter here.
fn told(behavior: &Behavior, entries: &str) -> Vec<String> {
    let line = |it: &Finding| {
        format!("{} {}: {}", it.rule, it.owner.as_ref().map_or("", |it| it.id.as_str()), it.data.join(" "))
    };
    checked(behavior, entries).findings.iter().filter(|it| it.rule.starts_with(['D', 'P', 'S'])).map(line).collect()
}

fn lines(finding: &Finding) -> Vec<u32> {
    finding.policy.iter().map(|cite| cite.lines[0]).collect()
}
