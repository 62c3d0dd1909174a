//! What a rule must obey: it explains itself, its messages can be filled in, and its pattern names what exists and asks its
//! subject only what that can answer.

use super::checks::{Names, word};
use super::load::{CatalogFile, Fault, Text, suggestion};
use super::pattern::{Pattern, Subject};
use super::rule::Rule;
use super::words::{
    CATEGORIES, CLAIM_VALUES, CLAIMS, DATA_CLASSES, NEEDS, PARTS, PATTERN_OWNERS, PLACEHOLDERS, RULE_CLASSES, TIERS,
};

impl Names<'_> {
    pub(super) fn check_rule(&self, file: &CatalogFile, entry: &Rule<Text>) -> Result<(), Fault> {
        word(file, "class", &entry.class, RULE_CLASSES)?;
        word(file, "needs", &entry.needs, NEEDS)?;
        word(file, "tier", &entry.tier, TIERS)?;
        entry.searches.iter().try_for_each(|part| word(file, "searches", part, PARTS))?;
        explained(file, entry)?;
        for case in &entry.raised_for {
            if !self.data.contains_key(case.as_str()) {
                word(file, "raised_for", case, &self.protections_and_cases)?;
            }
        }
        self.check_pattern(file, entry)?;
        for message in [&entry.message_zh, &entry.message_en] {
            if !brackets_pair(message.as_str()) {
                return Err(file.fault(message, "an optional part `[…]` is closed before the next one opens"));
            }
            for placeholder in message.as_str().split('{').skip(1) {
                let name = placeholder.split('}').next().unwrap_or_default();
                if !PLACEHOLDERS.contains(&name) {
                    let near = suggestion(name, PLACEHOLDERS.iter().copied());
                    return Err(file.fault(message, format!("unknown placeholder `{{{name}}}`{near}")));
                }
            }
        }
        Ok(())
    }

    fn check_pattern(&self, file: &CatalogFile, rule: &Rule<Text>) -> Result<(), Fault> {
        let Some(pattern) = &rule.pattern else { return Ok(()) };
        pattern.owners.iter().try_for_each(|it| word(file, "owner", it, PATTERN_OWNERS))?;
        pattern.data.iter().try_for_each(|it| self.data_type(file, it))?;
        pattern.classes.iter().try_for_each(|it| word(file, "class", it, DATA_CLASSES))?;
        pattern.categories.iter().try_for_each(|it| word(file, "category", it, CATEGORIES))?;
        pattern.unless_permissions.iter().try_for_each(|it| self.permission(file, it))?;
        pattern.missing_texts.iter().chain(&pattern.unless_texts).try_for_each(|it| self.text(file, it))?;
        if let Some(claim) = &pattern.claim {
            word(file, "claim", &claim.name, CLAIMS)?;
            claim.values.iter().chain(&claim.raising).try_for_each(|it| word(file, "claim value", it, CLAIM_VALUES))?;
            if !claim.raising.is_empty() && rule.raised.is_none() {
                return Err(file.fault(&claim.name, "a claim can only raise the severity of a rule that has `raised`"));
            }
        }
        let of_reads = matches!(pattern.subject, Subject::Reads | Subject::AllReads);
        let subject = pattern.subject;
        let strays = [
            ("reads", asks_reads(pattern), of_reads),
            ("SDKs", asks_sdks(pattern), subject == Subject::Sdks),
            ("vendors", asks_vendors(pattern), matches!(subject, Subject::Sdks | Subject::Starters)),
            ("a type", pattern.beyond_type, of_reads || subject == Subject::Permissions),
            ("what starts it", asks_starters(pattern), subject == Subject::Starters),
            ("the package", asks_package(pattern), subject == Subject::Package),
            ("the policy", !pattern.names.is_empty(), subject == Subject::Policy),
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
    !pattern.unless_texts.is_empty()
}

fn asks_vendors(pattern: &Pattern<Text>) -> bool {
    !pattern.categories.is_empty() || !pattern.unless_countries.is_empty()
}

fn asks_starters(pattern: &Pattern<Text>) -> bool {
    !pattern.actions.is_empty() || !pattern.unless_permissions.is_empty()
}

fn asks_package(pattern: &Pattern<Text>) -> bool {
    !pattern.missing_texts.is_empty() || pattern.target_below.is_some()
}

/// A rule that is decided explains itself, and each text in both languages.
fn explained(file: &CatalogFile, entry: &Rule<Text>) -> Result<(), Fault> {
    if entry.tier.as_str() != "core" {
        return Ok(());
    }
    let texts = [
        ("means_zh", &entry.means_zh),
        ("means_en", &entry.means_en),
        ("why_zh", &entry.why_zh),
        ("why_en", &entry.why_en),
        ("fix_app_zh", &entry.fix_app_zh),
        ("fix_app_en", &entry.fix_app_en),
        ("fix_policy_zh", &entry.fix_policy_zh),
        ("fix_policy_en", &entry.fix_policy_en),
    ];
    let risks = (entry.false_positive_risks.len(), entry.false_positive_risks_zh.len());
    let missing = texts.iter().find(|(_, text)| text.as_str().trim().is_empty()).map(|(key, _)| *key);
    let missing = missing.or((risks.0 == 0).then_some("false_positive_risks"));
    if let Some(key) = missing {
        return Err(file.fault(&entry.id, format!("a core rule explains itself: it needs `{key}`")));
    }
    if risks.0 != risks.1 {
        return Err(file.fault(&entry.id, "false_positive_risks and false_positive_risks_zh say the same"));
    }
    Ok(())
}

/// Whether every `[` is closed by a `]` before the next one.
fn brackets_pair(message: &str) -> bool {
    let mut open = false;
    message.chars().filter(|c| matches!(c, '[' | ']')).all(|c| std::mem::replace(&mut open, c == '[') == (c == ']'))
        && !open
}
