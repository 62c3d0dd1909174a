//! What is handed over: a package's behavior, alone or held against a disclosure, as text for a person or as JSON for a
//! program; and the catalog itself.
//!
//! This room formats and nothing else: it reads no file, asks no terminal, judges nothing. What it is given decides
//! every byte that it writes.

mod catalog;
mod json;
mod layout;
mod names;
mod summary;
mod text;
mod words;

use std::io::{self, Write};

use crate::behavior::Behavior;
use crate::catalog::Catalog;
use crate::check::Checked;
use crate::disclosure::{Choice, Disclosure};

pub use catalog::{Section, list, nearest, show};
pub use layout::plain;

/// The form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For a person.
    Text,
    /// One document.
    Json,
    /// One object a line.
    Ndjson,
}

/// The language of text. JSON has no language: where it has sentences, it has all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    /// Chinese.
    Zh,
    /// English.
    En,
}

/// How much text says; JSON always says everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// One line a package.
    Quiet,
    /// What a person reads first.
    Normal,
    /// All of it.
    Verbose,
}

/// What the place allows where text goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Colours may be used.
    pub color: bool,
    /// Columns after which lines are wrapped; none = never.
    pub width: Option<usize>,
}

/// What a package was held against, and the outcome.
#[derive(Debug, Clone, Copy)]
pub struct Held<'a> {
    /// The policy.
    pub disclosure: &'a Disclosure,
    /// Why it is this version of it, where there were several.
    pub choice: Option<&'a Choice>,
    /// The differences.
    pub checked: &'a Checked,
}

/// What the last line of a report on several packages counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Packages in the report.
    pub packages: usize,
    /// Packages of which nothing could be read.
    pub unreadable: usize,
    /// Packages of which a part could not be read or seen.
    pub incomplete: usize,
    /// Packages with open findings at or above the gate.
    pub failing: usize,
}

/// A report in the making. Packages are written one by one, so that a report of any length needs the memory of one:
/// [`begin`](Self::begin), [`package`](Self::package) for each with [`between`](Self::between) in between, then
/// [`end`](Self::end).
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    /// Where names come from.
    pub catalog: &'a Catalog,
    /// The form.
    pub format: Format,
    /// The language of text.
    pub lang: Lang,
    /// How much text says.
    pub detail: Detail,
    /// What the place allows.
    pub style: Style,
}

impl Report<'_> {
    /// Writes what stands before the first package.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn begin(&self, out: &mut dyn Write) -> io::Result<()> {
        match self.format {
            Format::Json => json::begin(&self.catalog.hash, out),
            Format::Text | Format::Ndjson => Ok(()),
        }
    }

    /// Writes one package; it depends on nothing that was written before.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn package(&self, behavior: &Behavior, held: Option<Held<'_>>, out: &mut dyn Write) -> io::Result<()> {
        match self.format {
            Format::Text => text::package(self, behavior, held, out),
            Format::Json => json::package(self.catalog, behavior, held, out),
            Format::Ndjson => {
                json::package(self.catalog, behavior, held, out)?;
                out.write_all(b"\n")
            }
        }
    }

    /// Writes what was found in a policy on its own.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn policy(&self, held: Held<'_>, out: &mut dyn Write) -> io::Result<()> {
        match self.format {
            Format::Text => text::policy(self, held, out),
            Format::Json | Format::Ndjson => {
                json::policy(self.catalog, held, out)?;
                out.write_all(b"\n")
            }
        }
    }

    /// Writes what stands between two packages.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn between(&self, out: &mut dyn Write) -> io::Result<()> {
        match (self.format, self.detail) {
            (Format::Json, _) => out.write_all(b",\n"),
            (Format::Text, Detail::Normal | Detail::Verbose) => out.write_all(b"\n"),
            (Format::Text, Detail::Quiet) | (Format::Ndjson, _) => Ok(()),
        }
    }

    /// Writes what stands after the last package.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn end(&self, totals: &Totals, out: &mut dyn Write) -> io::Result<()> {
        match self.format {
            Format::Text => text::totals(self, totals, out),
            Format::Json => out.write_all(b"\n]}\n"),
            Format::Ndjson => Ok(()),
        }
    }
}
