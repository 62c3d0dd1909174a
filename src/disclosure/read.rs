//! From a file or folder to checked disclosures. Policies themselves are not read here.

use std::io;
use std::path::{Path, PathBuf};

use super::model::{Disclosure, SCHEMA};
use super::validate;
use crate::catalog::Catalog;
use crate::error::{Error, Result};
use crate::located;

impl Disclosure {
    /// Reads a disclosure file and checks every id in it against the catalog.
    ///
    /// # Errors
    /// The file cannot be read, is no TOML, has an unknown key or id, or fields that contradict each other; the error
    /// names file, line and the nearest valid word.
    pub fn load(path: &Path, catalog: &Catalog) -> Result<Self> {
        Self::parse(&path.display().to_string(), &located::read(path)?, catalog)
    }

    /// [`Disclosure::load`] for one file, or for every `.toml` file of a folder in order of their names; folders
    /// inside it are not entered.
    ///
    /// # Errors
    /// As [`Disclosure::load`] for the first file that is at fault; the folder cannot be read or holds no such file.
    pub fn load_set(path: &Path, catalog: &Catalog) -> Result<Vec<Self>> {
        if !path.is_dir() {
            return Ok(vec![Self::load(path, catalog)?]);
        }
        let files = toml_files(path).map_err(|source| Error::io(path, source))?;
        if files.is_empty() {
            let source = io::Error::new(io::ErrorKind::NotFound, "the folder holds no .toml file");
            return Err(Error::io(path, source));
        }
        files.iter().map(|it| Self::load(it, catalog)).collect()
    }

    /// [`Disclosure::load`] on text; `file` names it in errors and citations.
    ///
    /// # Errors
    /// As [`Disclosure::load`].
    pub fn parse(file: &str, text: &str, catalog: &Catalog) -> Result<Self> {
        located::parse(file, text, SCHEMA, |disclosure: &mut Self, root| {
            file.clone_into(&mut disclosure.file);
            validate::check(disclosure, root, catalog)
        })
    }
}

/// The `.toml` files directly in a folder, sorted.
fn toml_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in folder.read_dir()? {
        let path = entry?.path();
        if path.extension().is_some_and(|it| it == "toml") && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
