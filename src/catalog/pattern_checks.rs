//! What the pattern of a rule must obey: every name in it exists, and it asks its subject only what that can answer.

use super::checks::{Names, word};
use super::load::{CatalogFile, Fault, Text};
use super::pattern::{Pattern, Subject};
use super::rule::Rule;
use super::words::{CATEGORIES, CLAIM_VALUES, CLAIMS, DATA_CLASSES, PATTERN_OWNERS};

impl Names<'_> {
    pub(super) fn check_pattern(&self, file: &CatalogFile, rule: &Rule<Text>) -> Result<(), Fault> {
        let Some(pattern) = &rule.pattern else { return Ok(()) };
        pattern.owners.iter().try_for_each(|it| word(file, "owner", it, PATTERN_OWNERS))?;
        pattern.data.iter().try_for_each(|it| self.data_type(file, it))?;
        pattern.classes.iter().try_for_each(|it| word(file, "class", it, DATA_CLASSES))?;
        pattern.categories.iter().try_for_each(|it| word(file, "category", it, CATEGORIES))?;
        if let Some(claim) = &pattern.claim {
            word(file, "claim", &claim.name, CLAIMS)?;
            claim.values.iter().chain(&claim.raising).try_for_each(|it| word(file, "claim value", it, CLAIM_VALUES))?;
            if !claim.raising.is_empty() && rule.raised.is_none() {
                return Err(file.fault(&claim.name, "a claim can only raise the severity of a rule that has `raised`"));
            }
        }
        let of_reads = matches!(pattern.subject, Subject::Reads | Subject::AllReads);
        let strays = [
            ("reads", asks_reads(pattern), of_reads),
            ("SDKs", asks_sdks(pattern), pattern.subject == Subject::Sdks),
            ("the package", pattern.target_below.is_some(), pattern.subject == Subject::Package),
        ];
        match strays.iter().find(|(_, asks, answers)| *asks && !answers) {
            Some((what, ..)) => {
                Err(file.fault(&rule.id, format!("the pattern asks about {what}, its subject is another")))
            }
            None => Ok(()),
        }
    }
}

fn asks_reads(pattern: &Pattern<Text>) -> bool {
    let lists = [&pattern.owners, &pattern.data, &pattern.classes, &pattern.purposes, &pattern.unless_purposes];
    pattern.moment.is_some() || pattern.unnamed || lists.iter().any(|list| !list.is_empty())
}

fn asks_sdks(pattern: &Pattern<Text>) -> bool {
    !pattern.categories.is_empty() || !pattern.unless_countries.is_empty()
}
