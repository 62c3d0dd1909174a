//! What a new version of a policy says that the old one did not, what it no longer says, and what it weakened.
//!
//! Statements are compared by what they state, never by their lines or wording: a section that moved is no change.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::model::{Cite, Claim, Disclosure};
use super::promises;
use crate::catalog::Catalog;

/// How a statement changed, what a reader must look at first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// The new version names less exactly, or promises less.
    Weakened,
    /// Only the old version states it.
    Dropped,
    /// Only the new version states it.
    Added,
    /// The new version names more exactly, or promises more.
    Clarified,
}

/// What a difference is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// A data type that the app, or an SDK of the table, is said to collect.
    Data,
    /// Whether a list of data is `closed` or `open`.
    List,
    /// A row of the SDK table.
    Row,
    /// An element of such a row: `provider`, `purpose`, `links`.
    Element,
    /// A permission.
    Permission,
    /// The purpose of a permission.
    Purpose,
    /// A statement that data is not collected.
    Denial,
    /// A claim, by its name in the disclosure.
    Claim,
    /// Who answers for the policy.
    Controller,
}

/// One difference between two versions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Difference {
    /// What happened.
    pub change: Change,
    /// What it is about.
    pub about: About,
    /// The SDK, permission or claim that it is about: an id, or a name that the catalog does not know; empty = the app.
    pub subject: String,
    /// What the old version says, in words of the disclosure; none = nothing.
    pub before: Option<String>,
    /// What the new version says.
    pub after: Option<String>,
    /// Where the old version says it.
    pub old: Option<Cite>,
    /// Where the new version says it.
    pub new: Option<Cite>,
}

/// What a version states about one subject: words, each with its first place.
type Words<'d> = BTreeMap<(About, String, String), &'d Cite>;

impl Disclosure {
    /// What `new` changed, the weakest first.
    pub fn diff(&self, new: &Self, catalog: &Catalog) -> Vec<Difference> {
        let (before, after) = (words(self), words(new));
        let mut made = Made { catalog, before: &before, after: &after, differences: Vec::new() };
        made.gone();
        made.come();
        let mut differences = made.differences;
        differences.extend(promises::opened(self, new));
        differences.extend(promises::elements(self, new));
        differences.extend(promises::claims(self, new));
        differences.sort();
        differences.dedup();
        differences
    }
}

struct Made<'d> {
    catalog: &'d Catalog,
    before: &'d Words<'d>,
    after: &'d Words<'d>,
    differences: Vec<Difference>,
}

impl Made<'_> {
    /// What only the old version states.
    fn gone(&mut self) {
        for ((about, subject, word), cite) in self.before.iter().filter(|(key, _)| !self.after.contains_key(*key)) {
            let lost = Difference {
                change: Change::Dropped,
                about: *about,
                subject: subject.clone(),
                before: Some(word.clone()),
                after: None,
                old: Some((*cite).clone()),
                new: None,
            };
            // A row that is gone takes its data with it.
            if *about == About::Data && !subject.is_empty() && !states(self.after, About::Row, subject) {
                continue;
            }
            let (wider, weakens) = match about {
                About::Data => (self.wider(self.after, subject, word), false),
                About::Row => (self.row_above(subject), false),
                // A denial that is gone promises less, and more so where the data are collected now.
                About::Denial => (self.now_collected(subject, word), true),
                _ => (None, false),
            };
            let weakened = weakens || wider.is_some();
            let (after, place) = wider.unzip();
            self.differences.push(Difference {
                change: if weakened { Change::Weakened } else { Change::Dropped },
                after,
                new: place.cloned(),
                ..lost
            });
        }
    }

    /// What only the new version states.
    fn come(&mut self) {
        let told: BTreeSet<(String, String)> = self
            .differences
            .iter()
            .filter_map(|it| {
                let after = it.after.clone()?;
                // A row is the subject of itself.
                let subject = if it.about == About::Row { after.clone() } else { it.subject.clone() };
                Some((subject, after))
            })
            .collect();
        let mut clarified: BTreeSet<(String, String)> = BTreeSet::new();
        for ((about, subject, word), cite) in self.after.iter().filter(|(key, _)| !self.before.contains_key(*key)) {
            // The wider word that took the place of a name is told with that name, and what a new row lists with the row.
            let with_its_row =
                *about == About::Data && !subject.is_empty() && !states(self.before, About::Row, subject);
            if with_its_row || told.contains(&(subject.clone(), word.clone())) {
                continue;
            }
            let wider = match about {
                About::Data => self.wider(self.before, subject, word),
                _ => None,
            };
            if let Some((above, _)) = &wider {
                clarified.insert((subject.clone(), above.clone()));
            }
            let clearer = wider.is_some() || *about == About::Denial;
            let (before, place) = wider.unzip();
            self.differences.push(Difference {
                change: if clearer { Change::Clarified } else { Change::Added },
                about: *about,
                subject: subject.clone(),
                before,
                after: Some(word.clone()),
                old: place.cloned(),
                new: Some((*cite).clone()),
            });
        }
        let replaced = |it: &Difference| {
            let word = it.before.clone().unwrap_or_default();
            it.change == Change::Dropped && it.about == About::Data && clarified.contains(&(it.subject.clone(), word))
        };
        self.differences.retain(|it| !replaced(it));
    }

    /// The wider word with which a version covers data of a subject, and where.
    fn wider<'w>(&self, version: &'w Words<'_>, subject: &str, word: &str) -> Option<(String, &'w Cite)> {
        self.catalog.ancestors(word.trim_start_matches('~')).find_map(|id| {
            let wider = format!("~{id}");
            let cite = version.get(&(About::Data, subject.to_owned(), wider.clone()))?;
            Some((wider, *cite))
        })
    }

    /// The row of the new version that speaks for an SDK without naming it: its family's, or its category's.
    fn row_above(&self, sdk: &str) -> Option<(String, &Cite)> {
        let category = self.catalog.sdk(sdk).map(|it| it.category).filter(|it| !it.is_empty())?;
        self.after.iter().find_map(|((about, row, word), cite)| {
            let is_row = *about == About::Row;
            let covers = self.catalog.row_covers(row, sdk) || *row == format!("category {category}");
            (is_row && covers).then(|| (word.clone(), *cite))
        })
    }

    fn now_collected(&self, subject: &str, word: &str) -> Option<(String, &Cite)> {
        let cite = self.after.get(&(About::Data, subject.to_owned(), word.to_owned()))?;
        Some((word.to_owned(), *cite))
    }
}

fn states(version: &Words<'_>, about: About, subject: &str) -> bool {
    version.keys().any(|(it, of, _)| *it == about && of == subject)
}

/// Everything that a version states.
fn words(it: &Disclosure) -> Words<'_> {
    let mut words = Words::new();
    let mut put = |about, subject: &str, word: &str, cite| {
        words.entry((about, subject.to_owned(), word.to_owned())).or_insert(cite);
    };
    for entry in &it.collects {
        let introduces = !entry.umbrella.is_empty() && (entry.open_ended || entry.data.is_empty());
        let umbrella = introduces.then(|| format!("~{}", entry.umbrella));
        for data in entry.data.iter().chain(&entry.other).chain(&umbrella) {
            put(About::Data, "", data, &entry.cite);
        }
    }
    for row in &it.sdk {
        for subject in promises::subjects(row) {
            put(About::Row, &subject, &subject, &row.cite);
            for data in row.data.iter().chain(&row.other) {
                put(About::Data, &subject, data, &row.cite);
            }
        }
    }
    for row in &it.permission {
        for constant in &row.constants {
            put(About::Permission, constant, constant, &row.cite);
        }
        for data in &row.data {
            put(About::Data, "", data, &row.cite);
        }
    }
    for entry in &it.denies {
        let app = [String::new()];
        for subject in if entry.sdk.is_empty() { &app } else { entry.sdk.as_slice() } {
            for data in &entry.data {
                put(About::Denial, subject, data, &entry.cite);
            }
        }
    }
    words
}

impl Difference {
    /// A difference of one claim or element.
    pub(super) fn of(change: Change, about: About, subject: &str) -> Self {
        Self { change, about, subject: subject.to_owned(), before: None, after: None, old: None, new: None }
    }

    pub(super) fn before(self, word: &str, cite: &Cite) -> Self {
        Self { before: Some(word.to_owned()), old: Some(cite.clone()), ..self }
    }

    pub(super) fn after(self, word: &str, cite: &Cite) -> Self {
        Self { after: Some(word.to_owned()), new: Some(cite.clone()), ..self }
    }
}

/// A claim as one text: its value, and its days.
pub(super) fn claimed(claim: &Claim) -> String {
    match claim.days {
        Some(days) => format!("{} {days}", claim.value),
        None => claim.value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(old: &str, new: &str) -> Vec<String> {
        let parse = |text: &str| {
            let text = text.replace("C]]", "collects]]").replace("AT", "cite = { lines = [1, 1] }");
            let text = format!("schema = \"candor.disclosure/1\"\n{text}");
            Disclosure::parse("a.toml", &text, Catalog::builtin()).expect("a disclosure")
        };
        let differences = parse(old).diff(&parse(new), Catalog::builtin());
        let word = |it: &Option<String>| it.clone().unwrap_or_else(|| "–".to_owned());
        let show = |it: &Difference| {
            let subject = if it.subject.is_empty() { "app" } else { &it.subject };
            format!("{:?} {:?} {subject}: {} → {}", it.change, it.about, word(&it.before), word(&it.after))
        };
        differences.iter().map(show).collect()
    }

    const NONE: [&str; 0] = [];

    #[test]
    fn data_are_added_dropped_weakened_and_clarified() {
        let imei = "[[C]]\ndata = [\"imei\", \"oaid\"]\nAT\n";
        assert_eq!(shown(imei, imei), NONE);
        assert_eq!(
            shown(imei, "[[C]]\ndata = [\"oaid\", \"~device-identifier\", \"contacts\"]\nAT\n"),
            ["Weakened Data app: imei → ~device-identifier", "Added Data app: – → contacts"]
        );
        assert_eq!(shown(imei, "[[C]]\ndata = [\"oaid\"]\nAT\n"), ["Dropped Data app: imei → –"]);
        assert_eq!(
            shown("[[C]]\ndata = [\"~device-identifier\"]\nAT\n", "[[C]]\ndata = [\"imei\"]\nAT\n"),
            ["Clarified Data app: ~device-identifier → imei"]
        );
    }

    #[test]
    fn a_list_that_opens_is_weaker() {
        let closed = "[[C]]\ndata = [\"imei\", \"oaid\"]\nAT\n";
        let open = "[[C]]\ndata = [\"imei\", \"oaid\"]\numbrella = \"device-info\"\nopen_ended = true\nAT\n";
        assert_eq!(shown(closed, open), ["Weakened List app: closed → open", "Added Data app: – → ~device-info"]);
        assert_eq!(shown(open, closed), ["Dropped Data app: ~device-info → –", "Clarified List app: open → closed"]);
    }

    #[test]
    fn rows_are_compared_by_the_sdks_that_they_name() {
        let row = |catalog: &str, more: &str| {
            format!("[[sdk]]\nnames = [\"x\"]\ncatalog = [{catalog}]\npurpose = \"p\"\n{more}\nAT\n")
        };
        let both = row("\"alipay\", \"wechat-pay\"", "data = [\"imei\"]");
        let split = row("\"alipay\"", "data = [\"imei\"]") + &row("\"wechat-pay\"", "data = [\"imei\"]");
        assert_eq!(shown(&both, &split), NONE, "a table that is split says the same");
        assert_eq!(
            shown(&both, &row("\"alipay\"", "data = [\"oaid\"]\nprovider = \"Ant\"")),
            [
                "Dropped Data alipay: imei → –",
                "Dropped Row wechat-pay: wechat-pay → –",
                "Added Data alipay: – → oaid",
                "Clarified Element alipay: – → provider"
            ]
        );
        let category = "[[sdk]]\nnames = [\"支付 SDK\"]\ncategory = \"payment\"\npurpose = \"p\"\nAT\n";
        assert_eq!(
            shown(&row("\"wechat-pay\"", ""), category),
            ["Weakened Row wechat-pay: wechat-pay → category payment"]
        );
    }

    #[test]
    fn denials_and_claims_that_promise_less_are_weaker() {
        let denial = "[[denies]]\ndata = [\"sms\"]\nAT\n";
        assert_eq!(shown(denial, ""), ["Weakened Denial app: sms → –"]);
        assert_eq!(shown(denial, "[[C]]\ndata = [\"sms\"]\nAT\n"), ["Weakened Denial app: sms → sms"]);
        let claims = |cross: &str, days: u32| {
            format!(
                "[claims.cross_border]\nvalue = \"{cross}\"\nAT\n[claims.retention]\nvalue = \"period\"\ndays = {days}\nAT\n"
            )
        };
        assert_eq!(
            shown(&claims("none", 30), &claims("yes", 60)),
            ["Weakened Claim cross_border: none → yes", "Weakened Claim retention: period 30 → period 60"]
        );
        assert_eq!(shown(&claims("yes", 60), &claims("yes", 30)), ["Clarified Claim retention: period 60 → period 30"]);
    }
}
