//! From a file or folder to checked disclosures. Policies themselves are not read here.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::de::DeTable;

use super::model::{Disclosure, SCHEMA};
use super::place::{Place, line_at};
use super::validate::{self, did_you_mean, escaped, quoted};
use crate::catalog::Catalog;
use crate::error::{Error, Result};
use crate::limits::MAX_TEXT_BYTES;

/// Characters of the parser's message that are shown; it may quote a value of any length.
const LONGEST_MESSAGE: usize = 240;

impl Disclosure {
    /// Reads a disclosure file and checks every id in it against the catalog.
    ///
    /// # Errors
    /// The file cannot be read, is no TOML, has an unknown key or id, or fields that contradict each other; the error
    /// names file, line and the nearest valid word.
    pub fn load(path: &Path, catalog: &Catalog) -> Result<Self> {
        let file = path.display().to_string();
        let bytes = bounded(path)?;
        let text = decode(&bytes).map_err(|(line, message)| Error::Data { file: file.clone(), line, message })?;
        Self::parse(&file, text, catalog)
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
        let fault = |line, message| Error::Data { file: file.to_owned(), line, message };
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let syntax = |it: &toml::de::Error| {
            let offset = it.span().map_or(0, |it| it.start);
            fault(line_at(text.as_bytes(), offset), explain(it.message()))
        };
        let document = DeTable::parse(text).map_err(|it| syntax(&it))?;
        // Before the keys: a file of a later format has keys that this one does not know.
        if let Some(schema) = document.get_ref().get("schema")
            && let Some(word) = schema.get_ref().as_str()
            && word != SCHEMA
        {
            let line = line_at(text.as_bytes(), schema.span().start);
            return Err(fault(line, format!("unknown schema {}; expected `{SCHEMA}`", quoted(word))));
        }
        let deserializer = toml::Deserializer::from(document.clone());
        let mut disclosure = Self::deserialize(deserializer).map_err(|it| syntax(&it))?;
        validate::check(&disclosure, &Place::root(&document), catalog)
            .map_err(|it| fault(it.place.line(text), it.message))?;
        file.clone_into(&mut disclosure.file);
        Ok(disclosure)
    }
}

/// The bytes of a file, read no further than the limit.
fn bounded(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|it| it.take(MAX_TEXT_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|source| Error::io(path, source))?;
    if MAX_TEXT_BYTES < bytes.len() as u64 {
        return Err(Error::Data {
            file: path.display().to_string(),
            line: 1,
            message: format!("a disclosure of more than {MAX_TEXT_BYTES} bytes is not read"),
        });
    }
    Ok(bytes)
}

/// The text of UTF-8 bytes, with or without a byte order mark; else the line and what is wrong there.
fn decode(bytes: &[u8]) -> Result<&str, (usize, String)> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err((1, "expected UTF-8, found the byte order mark of UTF-16".to_owned()));
    }
    str::from_utf8(bytes).map_err(|it| {
        let (valid, rest) = bytes.split_at(it.valid_up_to());
        let line = line_at(bytes, valid.len());
        let byte = rest.first().copied().unwrap_or_default();
        (line, format!("expected UTF-8, found byte {byte:#04x}; a file in GBK or another encoding must be converted"))
    })
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

/// The parser's message in the words of this format, with the nearest key for one that does not exist.
///
/// serde tells the valid keys in its message only: ``unknown field `a`, expected one of `b`, `c` ``.
fn explain(message: &str) -> String {
    let unknown = message.strip_prefix("unknown field `").and_then(|it| it.rsplit_once("`, expected "));
    let Some((key, expected)) = unknown else {
        return escaped(&message.replace("missing field ", "missing key "), LONGEST_MESSAGE);
    };
    let keys = expected.split('`').skip(1).step_by(2);
    let hint = did_you_mean(key, keys);
    if hint.is_empty() {
        format!("unknown key {}; expected {expected}", quoted(key))
    } else {
        format!("unknown key {}{hint}", quoted(key))
    }
}
