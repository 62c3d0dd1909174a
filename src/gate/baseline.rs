//! The findings that were there when a team began to look: only others fail.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, Serializer};

use crate::check::{Checked, Finding, Gate, GateState, State};
use crate::error::Result;
use crate::located::{self, fail, quoted};

const SCHEMA: &str = "candor.baseline/1";

const HEAD: &str = "\
# Findings that were known on the day of `since`; a check with this baseline fails for others only.
# Made by `candor baseline`; `candor baseline --update` takes out what no longer occurs.
";

/// The known findings of one app.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    schema: String,
    /// The application id, for whoever reads the file.
    #[serde(default)]
    pub app: String,
    /// Sorted by rule, owner and what they are about.
    #[serde(default)]
    pub finding: Vec<Entry>,
    /// The file as given.
    #[serde(skip)]
    pub file: String,
}

/// One known finding.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The rule, by its id.
    pub rule: String,
    /// Whose code it is about, by a name that lasts; empty for the package or the policy as a whole.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub owner: String,
    /// Data types, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data: Vec<String>,
    /// Permissions, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub permissions: Vec<String>,
    /// SDKs, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sdks: Vec<String>,
    /// The finding's fingerprint.
    pub fingerprint: String,
    /// What it says, for whoever reads the file.
    #[serde(default)]
    pub title: String,
    /// The day on which it was adopted, ISO 8601.
    #[serde(deserialize_with = "located::day", serialize_with = "as_day")]
    pub since: String,
    /// The line on which it begins.
    #[serde(skip)]
    pub line: usize,
}

/// What a new baseline has in common with the old one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Entries that were there before.
    pub kept: usize,
    /// Findings that were adopted.
    pub adopted: usize,
    /// Findings that are not in the old baseline and were not adopted.
    pub refused: usize,
    /// Entries that no longer occur and were taken out.
    pub dropped: usize,
    /// Entries that were not seen and were kept, because a part of a package is packed or unreadable.
    pub unseen: usize,
}

impl Entry {
    /// The entry for a finding that is adopted.
    pub fn new(finding: &Finding, title: String, today: &str) -> Self {
        Self {
            rule: finding.rule.clone(),
            owner: finding.owner.as_ref().map(crate::behavior::Owner::lasting).unwrap_or_default(),
            data: finding.data.clone(),
            permissions: finding.permissions.clone(),
            sdks: finding.sdks.clone(),
            fingerprint: finding.fingerprint.clone(),
            title,
            since: today.to_owned(),
            line: 0,
        }
    }

    fn lists(&self) -> [&[String]; 3] {
        [&self.data, &self.permissions, &self.sdks]
    }

    /// Whether it is about the same as another one and more.
    fn is_more_than(&self, other: &Self) -> bool {
        let pairs = || self.lists().into_iter().zip(other.lists());
        let has_all = pairs().all(|(mine, theirs)| theirs.iter().all(|it| mine.contains(it)));
        self.rule == other.rule && self.owner == other.owner && has_all && self.lists() != other.lists()
    }

    /// What another one of the same rule and owner is about beyond this one; nothing where they have nothing in common.
    fn lacks_of(&self, other: &Self) -> Vec<String> {
        let pairs = || self.lists().into_iter().zip(other.lists());
        let is_shared = pairs().any(|(mine, theirs)| theirs.iter().any(|it| mine.contains(it)));
        if self.rule != other.rule || self.owner != other.owner || !is_shared {
            return Vec::new();
        }
        pairs().flat_map(|(mine, theirs)| theirs.iter().filter(|it| !mine.contains(it)).cloned()).collect()
    }
}

impl Baseline {
    /// The baseline that a text holds; `file` names it in errors and in what reports say of it.
    ///
    /// # Errors
    /// The text is no baseline; the error names file, line and column.
    pub fn parse(file: &str, text: &str) -> Result<Self> {
        located::parse(file, text, SCHEMA, |baseline: &mut Self, root| {
            file.clone_into(&mut baseline.file);
            for (entry, place) in baseline.finding.iter_mut().zip(root.key("finding").items()) {
                if !located::is_day(&entry.since) {
                    let message = format!("expected a day such as 2027-03-31, found {}", quoted(&entry.since));
                    return fail(&place.key("since"), message);
                }
                entry.line = place.line();
            }
            Ok(())
        })
    }

    /// The file for it: the same findings give the same bytes.
    pub fn to_toml(&self) -> String {
        let body = toml::to_string(self).expect("texts and lists of texts are TOML");
        format!("{HEAD}{body}")
    }

    /// A baseline of `found`, entries for all findings of a run. What is in `old` keeps its day. Unless `adopts`, nothing
    /// is added; where a part of a package is packed or unreadable and so not `visible`, nothing is taken out.
    #[must_use]
    pub fn renewed(old: Option<&Self>, app: &str, found: Vec<Entry>, adopts: bool, visible: bool) -> (Self, Tally) {
        let known = old.map_or(&[][..], |old| &old.finding);
        let mut tally = Tally::default();
        let mut met = vec![false; known.len()];
        let mut entries = BTreeMap::new();
        for mut entry in found {
            let before = known
                .iter()
                .position(|it| it.fingerprint == entry.fingerprint)
                .or_else(|| known.iter().position(|it| it.is_more_than(&entry)));
            match before {
                Some(index) => {
                    met[index] = true;
                    entry.since.clone_from(&known[index].since);
                    // The sentence cites lines of the policy, which move.
                    if known[index].fingerprint == entry.fingerprint {
                        entry.title.clone_from(&known[index].title);
                    }
                    tally.kept += 1;
                }
                None if adopts => tally.adopted += 1,
                None => {
                    tally.refused += 1;
                    continue;
                }
            }
            entries.insert(entry.fingerprint.clone(), entry);
        }
        for (entry, _) in known.iter().zip(&met).filter(|(_, met)| !**met) {
            if visible {
                tally.dropped += 1;
            } else {
                tally.unseen += 1;
                entries.insert(entry.fingerprint.clone(), entry.clone());
            }
        }
        let mut finding: Vec<Entry> = entries.into_values().collect();
        finding.sort();
        let file = old.map(|old| old.file.clone()).unwrap_or_default();
        (Self { schema: SCHEMA.to_owned(), app: app.to_owned(), finding, file }, tally)
    }

    /// What it says of a finding, and the entry that the finding meets.
    pub(super) fn look_up(&self, finding: &Finding) -> (Gate, Option<usize>) {
        let asked = Entry::new(finding, String::new(), "");
        let same = self.finding.iter().position(|it| it.fingerprint == asked.fingerprint);
        let known = same.or_else(|| self.finding.iter().position(|it| it.is_more_than(&asked)));
        let Some(index) = known else {
            let grown = self.finding.iter().find(|it| !it.lacks_of(&asked).is_empty());
            let place = grown.map(|it| self.place(it)).unwrap_or_default();
            let grown_by = grown.map(|it| it.lacks_of(&asked)).unwrap_or_default();
            return (Gate { place, grown_by, ..Gate::default() }, None);
        };
        let entry = &self.finding[index];
        let since = Some(entry.since.clone());
        (Gate { state: GateState::Baselined, place: self.place(entry), since, ..Gate::default() }, Some(index))
    }

    fn place(&self, entry: &Entry) -> String {
        format!("{}:{}", self.file, entry.line)
    }
}

/// The findings of a package that a baseline takes: they stand, and no waiver covers them.
pub fn adoptable(checked: &Checked) -> impl Iterator<Item = &Finding> {
    checked.findings.iter().filter(|it| it.state == State::Open && it.gate.state == GateState::Open)
}

fn as_day<S: Serializer>(day: &str, serializer: S) -> Result<S::Ok, S::Error> {
    match day.parse::<toml::value::Datetime>() {
        Ok(day) => day.serialize(serializer),
        Err(_) => serializer.serialize_str(day),
    }
}
