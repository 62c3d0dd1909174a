//! Lays the files of a directory over the compiled catalog (`--catalog DIR`).

use std::fs;
use std::path::Path;

use regex::Regex;
use sha2::{Digest, Sha256};

use super::load::{self, CatalogFile, Fault, Text};
use super::packed::{self, Packed};
use super::{ArgOp, Catalog, builtin_tables, checks};
use crate::error::{Error, Result};
use crate::limits::MAX_TEXT_BYTES;

impl From<Fault> for Error {
    fn from(Fault { file, line, message }: Fault) -> Self {
        Self::Data { file, line, column: None, message }
    }
}

impl Catalog {
    /// The compiled catalog with the entries of every `.toml` file below `dir` on top: an entry with a known id (name,
    /// prefix, or kind with target, constant and data type) replaces the compiled one, any other is added.
    ///
    /// The entries stay in memory until the program ends, so this is for once per run.
    ///
    /// # Errors
    /// [`Error::Io`] where a file cannot be read, [`Error::Data`] with file, line and the nearest valid word where one
    /// says what no catalog may say.
    pub fn with_dir(dir: &Path) -> Result<Self> {
        let mut tables = builtin_tables();
        let paths = load::toml_files(dir).map_err(|error| Error::io(dir, error))?;
        let files = paths.iter().map(|path| read(path)).collect::<Result<Vec<_>>>()?;
        checks::check(&files, &tables)?;
        files.iter().try_for_each(check_regexes)?;
        let fault = |what: &str| Error::malformed(format!("{}: {what}", dir.display()), None);
        let Packed { index, frame, texts } = packed::pack(&load::join(files)).map_err(|error| fault(&error))?;
        let hash =
            Sha256::new().chain_update(&Self::builtin().hash).chain_update(&frame).chain_update(&texts).finalize();
        let over = packed::unpack(index.leak(), frame.leak(), texts.leak()).ok_or_else(|| fault("broken tables"))?;
        tables.overlay(over);
        let hash = hash.first_chunk().map_or(0, |head| u64::from_be_bytes(*head));
        Ok(Self::new(tables, format!("{hash:016x}")))
    }
}

fn read(path: &Path) -> Result<CatalogFile> {
    let bytes = fs::metadata(path).map_err(|error| Error::io(path, error))?.len();
    if bytes > MAX_TEXT_BYTES {
        return Err(Error::Limit { what: "bytes of a catalog file", value: bytes, limit: MAX_TEXT_BYTES });
    }
    let text = fs::read_to_string(path).map_err(|error| Error::io(path, error))?;
    Ok(CatalogFile::parse(path.display().to_string(), &text)?)
}

/// The compiled entries are checked by a test instead, which keeps `regex` out of the build script.
fn check_regexes(file: &CatalogFile) -> Result<(), Fault> {
    let of_sources = file.tables.sources.iter().filter(|source| source.arg_op == ArgOp::Regex);
    let of_sdks = file.tables.sdks.iter().flat_map(|sdk| &sdk.native_libs_regex);
    let of_versions = file.tables.versions.iter().map(|version| &version.pattern);
    of_sources.map(|source| &source.arg_value).chain(of_sdks).chain(of_versions).try_for_each(|pattern: &Text| {
        match Regex::new(pattern.as_str()) {
            Ok(_) => Ok(()),
            Err(_) => Err(file.fault(pattern, format!("`{}` is not a regular expression", pattern.as_str()))),
        }
    })
}
