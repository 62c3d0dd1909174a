//! Permissions: the manifest against the rows of the policy (P01, P02), and what a row says a permission gives (P07).

use std::collections::BTreeSet;

use super::{Case, Checked, Evidence, Finding, grouped};
use crate::behavior::Permission;

pub(super) fn check(case: &Case<'_>, checked: &mut Checked) {
    checked.findings.extend(undisclosed(case));
    checked.findings.extend(undeclared(case));
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
        let dangerous = entry.protection == "dangerous";
        let counts = dangerous || entry.special || entry.disclose;
        counts.then_some((dangerous, (entry.protection, permission)))
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

/// Rows that name data which their permission does not guard: the catalog has no source of it behind the permission.
fn impossible(case: &Case<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for row in &case.disclosure.permission {
        let given = |data: &str| {
            case.catalog.tables.sources.iter().any(|source| {
                source.data == data && row.constants.iter().any(|constant| guards(constant, source.permissions))
            })
        };
        let leaves = row.data.iter().filter(|data| !data.starts_with('~'));
        let impossible: Vec<String> = leaves.filter(|data| !given(data)).cloned().collect();
        if let Some(draft) = case.finding("P07").filter(|_| !impossible.is_empty() && !row.constants.is_empty()) {
            let draft = draft.data(impossible).permissions(row.constants.iter().cloned());
            findings.push(draft.cites([&row.cite]).done());
        }
    }
    findings
}

/// Whether a permission is named in the catalog's notation of what guards a source.
fn guards(constant: &str, notation: &str) -> bool {
    let short = constant.rsplit('.').next().unwrap_or(constant);
    notation
        .split(|it: char| !(it.is_ascii_alphanumeric() || it == '_' || it == '.'))
        .any(|word| word == constant || word == short)
}
