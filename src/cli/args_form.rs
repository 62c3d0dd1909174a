//! What was typed about the form of output: where it goes, its language and colours, and the lists of the catalog.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use crate::report::{self, Format, Section};

/// Where reports go and how they look.
#[derive(Debug, Args)]
pub(super) struct Form {
    /// The form of the report on standard output [default: text]
    #[arg(long, short, value_name = "FORMAT")]
    pub(super) format: Option<Format>,
    /// Write a report to a file too, which is replaced as a whole when the report is complete; `-` is standard output.
    /// May be given several times. Without FORMAT= the file gets the form that `--format` names, instead of standard
    /// output, or else the form that its name ends with
    #[arg(long, short, value_name = "[FORMAT=]FILE")]
    pub(super) output: Vec<OsString>,
    #[command(flatten)]
    pub(super) look: Look,
}

/// Where a list goes and how it looks.
#[derive(Debug, Args)]
pub(super) struct ListForm {
    /// The form of the output
    #[arg(long, short, value_name = "FORMAT", default_value = "text")]
    pub(super) format: ListFormat,
    /// Write to a file, which is replaced as a whole when the output is complete
    #[arg(long, short, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    #[command(flatten)]
    pub(super) look: Look,
}

/// How text looks, and where its names come from.
#[derive(Debug, Args)]
pub(super) struct Look {
    /// The language of text [default: that of the environment, zh or en]
    #[arg(long, value_name = "LANG")]
    pub(super) lang: Option<Lang>,
    /// Add the catalog files of a folder to the built-in catalog
    #[arg(long, value_name = "DIR")]
    pub(super) catalog: Option<PathBuf>,
    /// When to use colours; the variable `NO_COLOR` is respected
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(super) color: Color,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum ListFormat {
    /// For a person
    Text,
    /// One document
    Json,
    /// One object a line
    Ndjson,
}

impl ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.word()).help(self.purpose()))
    }
}

impl ValueEnum for Section {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.word()).help(self.purpose()))
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Lang {
    /// 中文
    Zh,
    /// English
    En,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Color {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl From<ListFormat> for Format {
    fn from(format: ListFormat) -> Self {
        match format {
            ListFormat::Text => Self::Text,
            ListFormat::Json => Self::Json,
            ListFormat::Ndjson => Self::Ndjson,
        }
    }
}

impl From<Lang> for report::Lang {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::Zh => Self::Zh,
            Lang::En => Self::En,
        }
    }
}
