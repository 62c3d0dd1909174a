//! Reads catalog files and says where in them a fault is. Shared by the build script and the library, so that the files
//! of `data/` and those of `--catalog` obey the same rules. What an entry may say is in [`super::checks`].

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::packed;
use super::tables::Tables;

/// A text of a catalog file with its place, so that a check that comes later can name the line.
#[derive(Debug, Clone, Default)]
pub(super) struct Text {
    value: String,
    /// Bytes from the start of the file to the opening quote.
    start: usize,
}

impl Text {
    /// The text itself.
    pub(super) fn as_str(&self) -> &str {
        &self.value
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        &self.value
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = toml::Spanned::<String>::deserialize(deserializer)?;
        Ok(Self { start: spanned.span().start, value: spanned.into_inner() })
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        packed::pack_text(&self.value, serializer)
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Eq for Text {}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.value.cmp(&other.value)
    }
}

/// What is wrong with a catalog file, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// The file as given.
    pub(super) file: String,
    /// Line, counted from 1.
    pub(super) line: usize,
    /// What is wrong, and the nearest valid word where there is one.
    pub(super) message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)
    }
}

/// One catalog file, read but not yet checked.
#[derive(Debug)]
pub(super) struct CatalogFile {
    /// The file as given.
    pub(super) name: String,
    /// Its entries.
    pub(super) tables: Tables<Text>,
    /// Bytes from the start of the file to the start of each line.
    line_starts: Vec<usize>,
}

impl CatalogFile {
    /// Reads the TOML `text` of the file `name`. A syntax error, an unknown key or an unknown word of a fixed set is a
    /// fault at its own line.
    pub(super) fn parse(name: impl Into<String>, text: &str) -> Result<Self, Fault> {
        let name = name.into();
        let line_starts: Vec<usize> =
            std::iter::once(0).chain(text.match_indices('\n').map(|(newline, _)| newline + 1)).collect();
        match toml::from_str(text) {
            Ok(tables) => Ok(Self { name, tables, line_starts }),
            Err(error) => {
                let start = error.span().map_or(0, |span| span.start);
                let message = with_nearest(error.message());
                Err(Fault { file: name, line: line_of(&line_starts, start), message })
            }
        }
    }

    /// A fault at the place of `text`, which must come from this file.
    #[cold]
    pub(super) fn fault(&self, text: &Text, message: impl Into<String>) -> Fault {
        Fault { file: self.name.clone(), line: self.line(text), message: message.into() }
    }

    /// The line of `text`, counted from 1.
    pub(super) fn line(&self, text: &Text) -> usize {
        line_of(&self.line_starts, text.start)
    }
}

/// The `.toml` files below `dir`, in an order that does not depend on the file system.
pub(super) fn toml_files(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            files.extend(toml_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The tables of all files as one, in the order that [`Tables`] promises.
pub(super) fn join(files: Vec<CatalogFile>) -> Tables<Text> {
    let mut all = Tables::default();
    for file in files {
        all.append(file.tables);
    }
    all.sort();
    all
}

/// The candidate that `word` most likely means, if any is near enough to be worth naming.
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    const NEAR: f64 = 0.6;
    let mut best: Option<(f64, &str)> = None;
    for candidate in candidates {
        let likeness = strsim::normalized_damerau_levenshtein(word, candidate);
        if likeness >= NEAR && best.is_none_or(|(highest, _)| likeness > highest) {
            best = Some((likeness, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// "did you mean" for the end of a message, or nothing.
pub fn suggestion<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> String {
    nearest(word, candidates).map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}

/// Adds the nearest word to a message of serde such as "unknown field `x`, expected one of `a`, `b`".
fn with_nearest(message: &str) -> String {
    let message = message.lines().next().unwrap_or_default();
    let mut words = message.split('`').skip(1).step_by(2);
    match words.next() {
        Some(word) if message.starts_with("unknown ") => match nearest(word, words) {
            Some(near) => {
                let head = message.split(',').next().unwrap_or(message);
                format!("{head}; did you mean `{near}`?")
            }
            None => message.to_owned(),
        },
        _ => message.to_owned(),
    }
}

fn line_of(line_starts: &[usize], offset: usize) -> usize {
    line_starts.partition_point(|&start| start <= offset)
}
