//! Permissions: the manifest against the rows of the policy (P01, P02) and against the code (P03, P04), and what a row
//! says of a permission (P05, P07).

use std::collections::BTreeSet;

use super::{Case, Checked, Evidence, Finding, grouped};
use crate::behavior::{OwnerKind, Permission, PermissionUser};
use crate::catalog;
use crate::disclosure::PermissionRow;

pub(super) fn check(case: &Case<'_>, checked: &mut Checked) {
    checked.findings.extend(undisclosed(case));
    checked.findings.extend(undeclared(case));
    checked.findings.extend(unused(case));
    checked.findings.extend(missed(case));
    checked.findings.extend(aimless(case));
    checked.findings.extend(impossible(case));
}

/// Declared permissions without a row: those that the user is asked for apart from the rest. Of the rest only those that
/// the catalog says to be told count; a vibration is nobody's secret. Permissions that the catalog does not know are the
/// app's own or a vendor's, and guard nothing of the user's.
fn undisclosed(case: &Case<'_>) -> Vec<Finding> {
    let silent = case.behavior.permissions.iter().filter(|permission| {
        !permission.implied && case.disclosure.permission_rows_for(&permission.name).next().is_none()
    });
    let known = silent.filter_map(|permission| {
        let entry = case.catalog.permission(&permission.name)?;
        counts(entry).then_some((is_dangerous(entry), (entry.protection, permission)))
    });
    let mut findings = Vec::new();
    for permissions in grouped(known).into_values() {
        let Some(draft) = case.finding("P01") else { continue };
        let draft = draft
            .raised_by(permissions.iter().map(|(protection, _)| *protection))
            .permissions(permissions.iter().map(|(_, permission)| permission.name.clone()))
            .evidence(permissions.iter().map(|(protection, permission)| declared(protection, permission)));
        findings.push(draft.done());
    }
    findings
}

/// Whether a permission means something for the user's privacy.
fn counts(entry: &catalog::Permission) -> bool {
    is_dangerous(entry) || entry.special || entry.disclose
}

fn is_dangerous(entry: &catalog::Permission) -> bool {
    entry.protection == "dangerous"
}

fn declared(protection: &str, permission: &Permission) -> Evidence {
    let note = match permission.max_sdk {
        Some(level) => format!("{protection}; maxSdkVersion {level}"),
        None => protection.to_owned(),
    };
    let place = "AndroidManifest.xml".to_owned();
    Evidence { kind: "permission", what: permission.name.clone(), place, note, ..Evidence::default() }
}

/// Rows about permissions that the manifest has in none of their constants.
fn undeclared(case: &Case<'_>) -> Vec<Finding> {
    if case.behavior.app.package.is_empty() {
        // Without a readable manifest nothing is known of its permissions.
        return Vec::new();
    }
    let declared: BTreeSet<&str> =
        case.behavior.permissions.iter().map(|permission| permission.name.as_str()).collect();
    let mut findings = Vec::new();
    for row in &case.disclosure.permission {
        let for_android = row.platforms.is_empty() || row.platforms.iter().any(|it| it == "android");
        let missing = !row.constants.is_empty() && !row.constants.iter().any(|it| declared.contains(it.as_str()));
        if let Some(draft) = case.finding("P02").filter(|_| for_android && missing) {
            findings.push(draft.permissions(row.constants.iter().cloned()).cites([&row.cite]).done());
        }
    }
    findings
}

/// Declared permissions that nothing in the code needs. One that the catalog knows no use of is not judged.
fn unused(case: &Case<'_>) -> Option<Finding> {
    let declared: BTreeSet<&str> =
        case.behavior.permissions.iter().filter(|it| !it.implied).map(|it| it.name.as_str()).collect();
    let is_idle =
        |name: &&String| declared.contains(name.as_str()) && case.catalog.permission(name).is_some_and(counts);
    let usage = case.behavior.permission_usage.iter().filter(|usage| usage.declared && usage.count == 0);
    let idle: Vec<String> = usage.map(|usage| &usage.permission).filter(is_idle).cloned().collect();
    let draft = case.finding("P03").filter(|_| !idle.is_empty())?;
    Some(draft.state(case.by_absence()).permissions(idle).done())
}

/// Calls that the platform refuses, by whose code makes them.
fn missed(case: &Case<'_>) -> Vec<Finding> {
    let missed = case.behavior.permission_usage.iter().filter(|usage| !usage.declared);
    let users = missed.flat_map(|usage| usage.users.iter().map(move |user| (&user.owner, (&usage.permission, user))));
    let answerable = users.filter(|(owner, _)| owner.kind != OwnerKind::Library);
    let mut findings = Vec::new();
    for (owner, calls) in grouped(answerable) {
        let Some(draft) = case.finding("P04") else { continue };
        let draft = draft
            .owner(owner.clone())
            .permissions(calls.iter().map(|(permission, _)| (*permission).clone()))
            .evidence(calls.iter().map(|(permission, user)| call(permission, user)));
        findings.push(draft.done());
    }
    findings
}

fn call(permission: &str, user: &PermissionUser) -> Evidence {
    Evidence {
        kind: "call",
        what: user.api.clone(),
        place: user.caller.clone(),
        at: user.offset.as_ref().map_or_else(String::new, |offset| format!("{}@{offset}", user.file)),
        note: permission.to_owned(),
        ..Evidence::default()
    }
}

/// Rows that do not say what their permission is for.
pub(super) fn aimless(case: &Case<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in case.disclosure.permission.iter().filter(|row| row.purpose.trim().is_empty()) {
        if let Some(draft) = case.finding("P05") {
            findings.push(draft.permissions(row.constants.iter().cloned()).detail(&row.text).cites([&row.cite]).done());
        }
    }
    findings
}

/// Rows that name data which their permission does not guard: the catalog has no source of it behind the permission.
pub(super) fn impossible(case: &Case<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in &case.disclosure.permission {
        let leaves = row.data.iter().filter(|data| !data.starts_with('~'));
        let impossible: Vec<String> = leaves.filter(|data| !gives(case, row, data)).cloned().collect();
        if let Some(draft) = case.finding("P07").filter(|_| !impossible.is_empty() && !row.constants.is_empty()) {
            let draft = draft.data(impossible).permissions(row.constants.iter().cloned());
            findings.push(draft.cites([&row.cite]).done());
        }
    }
    findings
}

/// Whether the permission of a row guards a source of the data.
pub(super) fn gives(case: &Case<'_>, row: &PermissionRow, data: &str) -> bool {
    let guarded = |permissions| row.constants.iter().any(|constant| guards(constant, permissions));
    case.catalog.tables.sources.iter().any(|source| source.data == data && guarded(source.permissions))
}

/// Whether the package has a permission that guards the data, where one does: without it a place holds no position.
pub(super) fn is_permitted(case: &Case<'_>, data: &str) -> bool {
    let sources = || case.catalog.tables.sources.iter().filter(|source| source.data == data);
    let held = |notation| case.behavior.permissions.iter().any(|permission| guards(&permission.name, notation));
    sources().all(|source| source.permissions.is_empty()) || sources().any(|source| held(source.permissions))
}

/// Whether a permission is named in the catalog's notation of what guards a source.
fn guards(constant: &str, notation: &str) -> bool {
    let short = constant.rsplit('.').next().unwrap_or(constant);
    notation
        .split(|it: char| !(it.is_ascii_alphanumeric() || it == '_' || it == '.'))
        .any(|word| word == constant || word == short)
}
