//! What packages are held against, and a policy on its own as a part of a page.

use askama::Template;

use super::findings::{self, Group};
use super::package::{Count, differences, id};
use super::text::{Both, Text, filters};
use crate::disclosure::Disclosure;
use crate::report::Held;
use crate::report::summary::Summary;

/// A policy and where it comes from.
pub(super) struct Policy<'a> {
    pub(super) disclosure: &'a Disclosure,
    /// Why it is this version of it.
    pub(super) choice: Option<Text<'a>>,
    pub(super) from: &'a str,
    pub(super) to: &'a str,
    pub(super) source: &'a str,
    pub(super) sha256: &'a str,
}

impl<'a> Policy<'a> {
    pub(super) fn new(both: Both<'a>, held: Held<'a>) -> Self {
        let disclosure = held.disclosure;
        let effective = disclosure.effective.as_ref();
        let source = disclosure.source.as_ref();
        Self {
            disclosure,
            choice: held.choice.map(|choice| both.say(|words| words.choice(choice))),
            from: effective.and_then(|it| it.from.as_deref()).unwrap_or_default(),
            to: effective.and_then(|it| it.to.as_deref()).unwrap_or_default(),
            source: source.map_or("", |it| &it.file),
            sha256: source.map_or("", |it| &it.sha256),
        }
    }
}

/// A policy on its own.
#[derive(Template)]
#[template(path = "policy.html", config = "src/report/html/askama.toml")]
pub(super) struct Alone<'a> {
    head: Head<'a>,
    policy: Policy<'a>,
    groups: Vec<Group<'a>>,
}

/// What is known of it at a glance.
struct Head<'a> {
    /// Begins every id of the policy on the page.
    id: String,
    name: &'a str,
    counts: Vec<Count>,
    verdict: Text<'a>,
}

impl<'a> Alone<'a> {
    pub(super) fn new(both: Both<'a>, held: Held<'a>) -> Self {
        let policy = Policy::new(both, held);
        let id = id(&policy.disclosure.file, policy.sha256);
        let ids = findings::ids(&id, &held.checked.findings);
        let summary = Summary::new(held.checked);
        let names = [&policy.disclosure.title, &policy.disclosure.app, &policy.disclosure.file];
        let name = names.into_iter().find(|name| !name.trim().is_empty()).map_or("", String::as_str);
        let found = held.checked.findings.len();
        let verdict = if found == 0 {
            Text::new("未见问题。", "Nothing to mend was seen.")
        } else {
            let noun = if found == 1 { "point" } else { "points" };
            Text::new(format!("政策本身有 {found} 处问题。"), format!("The policy has {found} {noun} to mend."))
        };
        let groups = findings::groups(both, &id, held, &ids);
        Self { head: Head { id, name, counts: differences(both, &summary), verdict }, policy, groups }
    }

    pub(super) fn name(&self) -> &'a str {
        self.head.name
    }
}
