//! Versions of the policy of one app, or of several apps, and the one that was in force on a day.
//!
//! A version is in force from its first day until the next one begins or its own last day has passed. One without a
//! first day was always there.

use std::fmt;

use serde::Serialize;

use super::model::Disclosure;
use crate::error::{Error, Result};

/// One disclosure for all packages, or the versions of which each package gets its own.
#[derive(Debug, Clone)]
pub struct Versions {
    /// By first day, then by file.
    all: Vec<Disclosure>,
    /// There is something to choose.
    dated: bool,
}

/// The day for which a version is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked<'a> {
    /// The user says the day.
    Given(&'a str),
    /// An entry of the package has it as its stamp.
    Stamped {
        /// The day, ISO 8601.
        day: &'a str,
        /// The entry.
        entry: &'a str,
    },
    /// No stamp of the package is a date.
    Undated,
}

/// Why a version was chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// `in-force` on the day, or `newest` because there is no day.
    pub reason: &'static str,
    /// The day, ISO 8601.
    pub date: Option<String>,
    /// The entry of the package whose stamp the day is; none where the user gave it.
    pub entry: Option<String>,
    /// How many versions there were to choose from.
    pub versions: usize,
}

/// No version was in force for a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoneInForce(String);

impl fmt::Display for NoneInForce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Versions {
    /// The one policy, whatever its days.
    pub fn one(disclosure: Disclosure) -> Self {
        Self { all: vec![disclosure], dated: false }
    }

    /// The same policies for an app of this type, whatever they say.
    #[must_use]
    pub fn of_type(mut self, app_type: &str) -> Self {
        self.all.iter_mut().for_each(|it| app_type.clone_into(&mut it.app_type));
        self
    }

    /// The one policy; nothing where there are versions to choose from.
    pub fn only(&self) -> Option<&Disclosure> {
        self.all.first().filter(|_| !self.dated)
    }

    /// The versions of a folder.
    ///
    /// # Errors
    /// Two of them begin on the same day, and nothing says that they are of different apps.
    pub fn new(mut all: Vec<Disclosure>) -> Result<Self> {
        all.sort_by(|a, b| (first_day(a), &a.file).cmp(&(first_day(b), &b.file)));
        for (place, later) in all.iter().enumerate() {
            let same = |it: &&Disclosure| first_day(it) == first_day(later) && share_app(it, later);
            if let Some(earlier) = all.iter().take(place).find(same) {
                let since = first_day(later).map_or_else(
                    || "without a first day (`effective.from`)".to_owned(),
                    |day| format!("in force from {day}"),
                );
                let what = format!(
                    "{} and {} are both {since}; give different days, or `packages` where they are of different apps",
                    earlier.file, later.file
                );
                return Err(Error::malformed(what, None));
            }
        }
        Ok(Self { all, dated: true })
    }

    /// The version for a package, and why it is that one; without a choice there is no reason.
    ///
    /// # Errors
    /// None was in force on the day, or none is for this application.
    pub fn for_package(&self, package: &str, asked: Asked<'_>) -> Result<(&Disclosure, Option<Choice>), NoneInForce> {
        if let Some(only) = self.only() {
            return Ok((only, None));
        }
        let named = |it: &&Disclosure| it.packages.iter().any(|it| it == package);
        let mut versions: Vec<&Disclosure> = self.all.iter().filter(named).collect();
        if versions.is_empty() {
            versions = self.all.iter().filter(|it| it.packages.is_empty()).collect();
        }
        let Some(newest) = versions.last().copied() else {
            return Err(NoneInForce(format!("no policy of the folder is for {package}")));
        };
        let choice = |reason, date: Option<&str>, entry: Option<&str>| Choice {
            reason,
            date: date.map(str::to_owned),
            entry: entry.map(str::to_owned),
            versions: versions.len(),
        };
        let (day, entry) = match asked {
            Asked::Undated => return Ok((newest, Some(choice("newest", None, None)))),
            Asked::Given(day) => (day, None),
            Asked::Stamped { day, entry } => (day, Some(entry)),
        };
        let begun = versions.iter().rev().find(|it| first_day(it).is_none_or(|first| first <= day));
        match begun {
            Some(version) if last_day(version).is_none_or(|last| day <= last) => {
                Ok((version, Some(choice("in-force", Some(day), entry))))
            }
            Some(version) => Err(NoneInForce(format!(
                "no policy was in force on {day}: {} ended on {}",
                version.file,
                last_day(version).unwrap_or_default()
            ))),
            None => Err(NoneInForce(format!(
                "no policy was in force on {day}: the first is {}, from {}",
                versions.first().map_or("", |it| it.file.as_str()),
                versions.first().and_then(|it| first_day(it)).unwrap_or_default()
            ))),
        }
    }
}

/// Days in ISO 8601 compare as text.
fn first_day(it: &Disclosure) -> Option<&str> {
    it.effective.as_ref()?.from.as_deref()
}

fn last_day(it: &Disclosure) -> Option<&str> {
    it.effective.as_ref()?.to.as_deref()
}

/// Whether two versions can be asked for the same package.
fn share_app(a: &Disclosure, b: &Disclosure) -> bool {
    if a.packages.is_empty() { b.packages.is_empty() } else { a.packages.iter().any(|it| b.packages.contains(it)) }
}

#[cfg(test)]
mod tests {
    use super::super::model::Effective;
    use super::*;

    fn version(file: &str, from: Option<&str>, to: Option<&str>, packages: &[&str]) -> Disclosure {
        let day = |it: Option<&str>| it.map(str::to_owned);
        let effective = (from.is_some() || to.is_some()).then(|| Effective { from: day(from), to: day(to) });
        let packages = packages.iter().map(|it| (*it).to_owned()).collect();
        Disclosure { file: file.to_owned(), effective, packages, ..Disclosure::default() }
    }

    fn chosen(versions: &Versions, package: &str, asked: Asked<'_>) -> String {
        match versions.for_package(package, asked) {
            Ok((it, choice)) => format!("{} {}", it.file, choice.map_or("", |it| it.reason)).trim().to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn the_version_in_force_on_the_day_is_taken() {
        let versions = Versions::new(vec![
            version("c", Some("2023-01-01"), Some("2023-12-31"), &[]),
            version("a", Some("2021-01-01"), None, &[]),
            version("b", Some("2022-01-01"), None, &[]),
            version("x", None, None, &["com.other"]),
        ])
        .expect("different days");
        for (day, expected) in [
            ("2021-01-01", "a in-force"),
            ("2021-12-31", "a in-force"),
            ("2022-01-01", "b in-force"),
            ("2023-12-31", "c in-force"),
            ("2024-01-01", "no policy was in force on 2024-01-01: c ended on 2023-12-31"),
            ("2020-12-31", "no policy was in force on 2020-12-31: the first is a, from 2021-01-01"),
        ] {
            assert_eq!(chosen(&versions, "com.app", Asked::Given(day)), expected);
        }
        assert_eq!(chosen(&versions, "com.app", Asked::Undated), "c newest");
        assert_eq!(chosen(&versions, "com.other", Asked::Given("2021-01-01")), "x in-force");
    }

    #[test]
    fn one_policy_is_for_every_day() {
        let versions = Versions::one(version("a", Some("2021-01-01"), None, &["com.a"]));
        assert_eq!(chosen(&versions, "com.app", Asked::Given("2001-01-01")), "a");
        let versions = Versions::new(vec![version("a", None, None, &["com.a"])]).expect("one");
        assert_eq!(chosen(&versions, "com.app", Asked::Undated), "no policy of the folder is for com.app");
    }

    #[test]
    fn two_versions_of_one_day_are_refused() {
        let two = |packages: [&[&str]; 2]| {
            Versions::new(packages.iter().map(|it| version("a", Some("2021-01-01"), None, it)).collect())
        };
        let error = two([&[], &[]]).expect_err("the same day").to_string();
        assert!(error.contains("a and a are both in force from 2021-01-01"), "{error}");
        assert!(two([&["com.a"], &["com.b", "com.a"]]).is_err());
        assert!(two([&["com.a"], &["com.b"]]).is_ok());
    }
}
