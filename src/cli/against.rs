//! What packages are held against: a disclosure, a policy that is imported on the way, or a folder with versions of which
//! each package gets the one that was in force when it was built.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::args_gate::Policies;
use super::config::Project;
use super::import::{self, Columns};
use crate::behavior::Behavior;
use crate::catalog::Catalog;
use crate::disclosure::{Asked, Choice, Disclosure, NoneInForce, Versions};
use crate::error::{Error, Result};

/// How the files end that are policies where they lie in a folder of versions.
const POLICIES: [&str; 7] = ["csv", "docx", "htm", "html", "md", "pdf", "txt"];

/// The disclosures of a check.
pub(super) struct Against {
    versions: Versions,
    /// The day that the user says.
    date: Option<String>,
    /// A stamp beyond this day is no date.
    today: String,
    /// The columns of the policy's own table of SDKs, where the policy itself is given.
    columns: Columns,
}

impl Against {
    /// What is typed is stronger than what the configuration says. `suggests` is whether rows are to be added to it.
    pub(super) fn new(
        typed: &Policies,
        project: &Project,
        suggests: bool,
        today: String,
        catalog: &Catalog,
    ) -> Result<Self> {
        let (against, policy) = match (&typed.against, &typed.policy) {
            (None, None) => {
                (project.path(project.config.against.as_ref()), project.path(project.config.policy.as_ref()))
            }
            (against, policy) => (against.clone(), policy.clone()),
        };
        let mut columns = Columns::new();
        let versions = match (against.as_deref(), policy.as_deref()) {
            (Some(path), _) if path.is_dir() && suggests => {
                let what = format!("`--suggest` adds to one disclosure, and {} is a folder", path.display());
                return Err(Error::malformed(what, None));
            }
            (Some(path), _) if path.is_dir() => folder(path, catalog)?,
            _ if typed.date.is_some() => {
                let what = "`--date` chooses among the versions of a folder, and `--against` names none";
                return Err(Error::malformed(what, None));
            }
            (Some(path), _) => Versions::one(Disclosure::load(path, catalog)?),
            (None, Some(path)) => {
                let (disclosure, own) = import::with_columns(path, catalog)?;
                columns = own;
                Versions::one(disclosure)
            }
            (None, None) => {
                let what = "nothing to hold packages against: give --against or --policy, or say it in candor.toml";
                return Err(Error::malformed(what, None));
            }
        };
        let versions = match &project.config.app_type {
            Some(app_type) => versions.of_type(app_type),
            None => versions,
        };
        Ok(Self { versions, date: typed.date.clone(), today, columns })
    }

    /// The disclosure of every package; nothing where there are versions to choose from.
    pub(super) fn only(&self) -> Option<&Disclosure> {
        self.versions.only()
    }

    /// The columns of the policy's own table of SDKs; none where a disclosure is given.
    pub(super) fn columns(&self) -> &[(&'static str, String)] {
        &self.columns
    }

    /// The disclosure for a package, and why it is that one.
    pub(super) fn of(&self, behavior: &Behavior) -> Result<(&Disclosure, Option<Choice>), NoneInForce> {
        let stamp = behavior.built.as_ref().filter(|built| built.date <= self.today);
        let asked = match (&self.date, stamp) {
            (Some(day), _) => Asked::Given(day),
            (None, Some(built)) => Asked::Stamped { day: &built.date, entry: &built.entry },
            (None, None) => Asked::Undated,
        };
        self.versions.for_package(&behavior.app.package, asked)
    }
}

/// The versions of a folder: its disclosures, and its policies that no disclosure was made from.
fn folder(path: &Path, catalog: &Catalog) -> Result<Versions> {
    let entries = path.read_dir().and_then(Iterator::collect::<std::io::Result<Vec<_>>>);
    let mut files: Vec<PathBuf> = entries
        .map_err(|source| Error::io(path, source))?
        .into_iter()
        .map(|entry| entry.path())
        .filter(|it| it.is_file())
        .collect();
    files.sort();
    let ends = |file: &Path, ends: &[&str]| {
        let end = file.extension().and_then(OsStr::to_str).unwrap_or_default().to_ascii_lowercase();
        ends.contains(&end.as_str())
    };
    let mut versions = Vec::new();
    let mut done: BTreeSet<String> = BTreeSet::new();
    for file in files.iter().filter(|file| ends(file, &["toml"])) {
        let disclosure = Disclosure::load(file, catalog)?;
        done.extend(disclosure.source.as_ref().map(|it| it.file.clone()));
        versions.push(disclosure);
    }
    for file in files.iter().filter(|file| ends(file, &POLICIES)) {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let is_notes = name.to_ascii_lowercase().starts_with("readme");
        if !is_notes && !done.contains(name.as_ref()) && !files.contains(&file.with_extension("toml")) {
            versions.push(import::disclosure(file, catalog)?);
        }
    }
    if versions.is_empty() {
        let what = format!("{}: the folder holds neither a disclosure (.toml) nor a policy", path.display());
        return Err(Error::malformed(what, None));
    }
    Versions::new(versions)
}
