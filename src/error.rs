//! What can go wrong, in three sizes: an [`Error`] stops a whole package, catalog or disclosure; an [`Issue`] is one
//! part that could not be read while the rest went on; a panic is a defect of candor.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// What stops a whole package, catalog or disclosure.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be opened or read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Bytes that are not what their format demands.
    #[error("{what}{}", At(*offset))]
    Malformed {
        /// What was expected and what was found, lowercase, with the value in it.
        what: String,
        /// Bytes from the start of the file or entry that is being read, where it is known.
        offset: Option<u64>,
    },
    /// A value of the input is beyond one of the bounds in [`crate::limits`].
    #[error("{what} {value} exceeds the limit of {limit}")]
    Limit {
        /// Which value.
        what: &'static str,
        /// What the input says.
        value: u64,
        /// What is allowed.
        limit: u64,
    },
    /// A catalog, disclosure or configuration file that a person wrote has a fault.
    #[error("{file}:{line}{}: {message}", Column(*column))]
    Data {
        /// The file as given.
        file: String,
        /// Line, counted from 1.
        line: usize,
        /// Column, counted from 1, where it is known.
        column: Option<usize>,
        /// What is wrong, and the nearest valid word where there is one.
        message: String,
    },
}

/// The result of everything that can stop.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Bytes at `offset` that are not what their format demands.
    #[cold]
    pub fn malformed(what: impl Into<String>, offset: impl Into<Option<u64>>) -> Self {
        Self::Malformed { what: what.into(), offset: offset.into() }
    }

    /// A failure of the file system on `path`.
    #[cold]
    pub fn io(path: impl Into<PathBuf>, source: io::Error) -> Self {
        Self::Io { path: path.into(), source }
    }

    /// The place inside the input that the error names.
    pub fn offset(&self) -> Option<u64> {
        match self {
            Self::Malformed { offset, .. } => *offset,
            _ => None,
        }
    }
}

/// One part of the input that was skipped, and why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Issue {
    /// The entry inside the package (`classes2.dex`, `split_a.apk!/classes.dex`), or the package's own path.
    pub file: String,
    /// Bytes from the start of `file`, where it is known.
    pub offset: Option<u64>,
    /// What is wrong: lowercase, with the value in it, without the offset.
    pub message: String,
}

impl Issue {
    /// A part of `file` that could not be read.
    pub fn new(file: impl Into<String>, offset: impl Into<Option<u64>>, message: impl Into<String>) -> Self {
        Self { file: file.into(), offset: offset.into(), message: message.into() }
    }

    /// An error that concerned `file` only.
    pub fn from_error(file: impl Into<String>, error: &Error) -> Self {
        let message = match error {
            Error::Malformed { what, .. } => what.clone(),
            other => other.to_string(),
        };
        Self { file: file.into(), offset: error.offset(), message }
    }
}

impl fmt::Display for Issue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}{}", self.file, self.message, At(self.offset))
    }
}

/// Prints ` (at offset 0x…)` where an offset is known.
struct At(Option<u64>);

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(offset) => write!(f, " (at offset {offset:#x})"),
            None => Ok(()),
        }
    }
}

/// Prints `:…` where a column is known.
struct Column(Option<usize>);

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(column) => write!(f, ":{column}"),
            None => Ok(()),
        }
    }
}
