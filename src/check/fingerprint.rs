//! What a finding is known by from build to build. A fingerprint holds what the finding says, by names that last, and
//! nothing of where it was seen: no place in the code, no line of the policy, no version, no name that an obfuscator gave.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::Finding;

/// The fingerprint of a finding by itself.
pub(super) fn of(finding: &Finding) -> String {
    let owner = finding.owner.as_ref().map(super::Owner::lasting).unwrap_or_default();
    let lists = [&finding.data, &finding.permissions, &finding.sdks].map(|list| list.join(","));
    hash(&format!("{}\n{owner}\n{}", finding.rule, lists.join("\n")))
}

/// Gives findings of one report that say the same of different places (two rows of a policy, two owners without a name
/// that lasts) fingerprints of their own: all but the first are counted.
pub(super) fn tell_apart(findings: &mut [Finding]) {
    let mut twins: BTreeMap<String, Vec<&mut Finding>> = BTreeMap::new();
    for finding in findings {
        twins.entry(finding.fingerprint.clone()).or_default().push(finding);
    }
    for (fingerprint, mut twins) in twins {
        twins.sort_by(|a, b| (&a.detail, &a.policy, &**a).cmp(&(&b.detail, &b.policy, &**b)));
        for (number, twin) in twins.into_iter().enumerate().skip(1) {
            twin.fingerprint = hash(&format!("{fingerprint}\n{number}"));
        }
    }
}

fn hash(text: &str) -> String {
    let digest = Sha256::digest(text);
    let short = digest.iter().take(8).fold(0, |value, byte| value << 8 | u64::from(*byte));
    format!("{short:016x}")
}
