//! The project's configuration: where it is, what it points at, and the day on which it is judged.

use std::path::{Path, PathBuf};

use super::args_gate::Project as Typed;
use crate::catalog::Catalog;
use crate::error::{Error, Result};
use crate::gate::{Baseline, Config};
use crate::located;

/// The name that is looked for.
const NAME: &str = "candor.toml";

/// What marks the root of a repository.
const REPOSITORY: &str = ".git";

/// A configuration and the folder that its paths are relative to; empty where there is none.
#[derive(Debug, Default)]
pub(super) struct Project {
    pub(super) config: Config,
    folder: PathBuf,
}

impl Project {
    /// The configuration that is asked for, or the nearest one.
    pub(super) fn load(typed: &Typed, catalog: &Catalog) -> Result<Self> {
        let nearest = || if typed.no_config { None } else { nearest(&std::env::current_dir().ok()?) };
        let Some(file) = typed.config.clone().or_else(nearest) else { return Ok(Self::default()) };
        let config = Config::parse(&file.display().to_string(), &located::read(&file)?, catalog)?;
        Ok(Self { config, folder: file.parent().map(Path::to_owned).unwrap_or_default() })
    }

    /// A path of the configuration, as seen from the working directory.
    pub(super) fn path(&self, written: Option<&String>) -> Option<PathBuf> {
        written.map(|written| self.folder.join(written))
    }
}

/// The configuration of a folder or of the nearest one above it, as far as the repository goes; the path to it is
/// relative, so that a report says the same wherever the repository lies.
fn nearest(here: &Path) -> Option<PathBuf> {
    let root = here.ancestors().find(|folder| folder.join(REPOSITORY).exists()).unwrap_or(here);
    let folders = here.ancestors().take_while(|folder| folder.starts_with(root));
    let mut way = PathBuf::new();
    for folder in folders {
        if folder.join(NAME).is_file() {
            return Some(way.join(NAME));
        }
        way.push("..");
    }
    None
}

/// The baseline of a file.
pub(super) fn baseline(path: &Path) -> Result<Baseline> {
    Baseline::parse(&path.display().to_string(), &located::read(path)?)
}

/// The day of today: as typed, else that of the variable which makes builds reproducible, else the clock's, in UTC.
pub(super) fn today(typed: Option<&str>) -> Result<String> {
    let variable = std::env::var("SOURCE_DATE_EPOCH").ok().filter(|value| !value.is_empty());
    match (typed, variable) {
        (Some(day), _) => Ok(day.to_owned()),
        (None, Some(seconds)) => day_of(&seconds),
        (None, None) => Ok(time::OffsetDateTime::now_utc().date().to_string()),
    }
}

fn day_of(seconds: &str) -> Result<String> {
    let moment = seconds.parse().ok().and_then(|it| time::OffsetDateTime::from_unix_timestamp(it).ok());
    let what = || format!("the variable SOURCE_DATE_EPOCH is no number of seconds: `{}`", seconds.escape_debug());
    moment.map(|it| it.date().to_string()).ok_or_else(|| Error::malformed(what(), None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_become_the_day_they_are_in() {
        let day = |seconds| day_of(seconds).map_err(|error| error.to_string());
        assert_eq!(day("0").as_deref(), Ok("1970-01-01"));
        assert_eq!(day("1795996799").as_deref(), Ok("2026-11-29"));
        for wrong in ["", "soon", "1e9", "99999999999999999999"] {
            assert!(day(wrong).is_err(), "{wrong}");
        }
    }
}
