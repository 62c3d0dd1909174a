//! The forms that a report can have. A form is a file with a [`Shape`], a variant of [`Format`] and a line in
//! `Format::shape`; everything else asks the shape.

use std::io::{self, Write};
use std::path::Path;

use super::{Document, Held, Part, Report, Told, Totals};
use super::{csv, cyclonedx, html, json, junit, markdown, sarif, text};

/// The form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For a person.
    Text,
    /// One document.
    Json,
    /// One object a line.
    Ndjson,
    /// A page to hand over.
    Html,
    /// Results of code scanning.
    Sarif,
    /// Results of tests.
    Junit,
    /// A comment on a merge request.
    Markdown,
    /// A table.
    Csv,
    /// A bill of materials.
    CycloneDx,
}

/// What a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// What packages can do.
    Packages,
    /// Packages, held against a policy.
    Comparison,
    /// A policy on its own.
    Policy,
}

impl Format {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 9] = [
        Self::Text,
        Self::Json,
        Self::Ndjson,
        Self::Html,
        Self::Sarif,
        Self::Junit,
        Self::Markdown,
        Self::Csv,
        Self::CycloneDx,
    ];

    pub(super) fn shape(self) -> &'static dyn Shape {
        match self {
            Self::Text => &text::Text,
            Self::Json => &json::Json,
            Self::Ndjson => &json::Ndjson,
            Self::Html => &html::Html,
            Self::Sarif => &sarif::Sarif,
            Self::Junit => &junit::Junit,
            Self::Markdown => &markdown::Markdown,
            Self::Csv => &csv::Csv,
            Self::CycloneDx => &cyclonedx::CycloneDx,
        }
    }

    /// The word for it on the command line.
    pub fn word(self) -> &'static str {
        self.shape().about().word
    }

    /// What it is for, in a few words.
    pub fn purpose(self) -> &'static str {
        self.shape().about().purpose
    }

    /// Whether there is such a report about this.
    pub fn tells(self, subject: Subject) -> bool {
        self.shape().about().subjects.contains(&subject)
    }

    /// Whether a report in it tells what has to be said of waivers and baselines.
    pub fn tells_notices(self) -> bool {
        matches!(self, Self::Text | Self::Json)
    }

    /// The form that the end of a file's name stands for; of several, the longest decides.
    pub fn of_file(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let ends = Self::ALL.into_iter().flat_map(|it| it.shape().about().endings.iter().map(move |end| (*end, it)));
        ends.filter(|(end, _)| name.ends_with(end)).max_by_key(|(end, _)| end.len()).map(|(_, format)| format)
    }
}

/// What the command line says of a form.
pub(super) struct About {
    /// Its word.
    pub(super) word: &'static str,
    /// What it is for.
    pub(super) purpose: &'static str,
    /// How names of its files end.
    pub(super) endings: &'static [&'static str],
    /// What it can tell.
    pub(super) subjects: &'static [Subject],
}

/// How one form tells packages and policies.
pub(super) trait Shape: Sync {
    fn about(&self) -> About;

    /// Writes what stands before the first package.
    fn begin(&self, _report: &Report<'_>, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    /// Makes the part of one package, which depends on nothing that stands before it.
    fn package(&self, report: &Report<'_>, told: Told<'_>, part: &mut Part) -> io::Result<()>;

    /// What stands between two packages.
    fn separator(&self, _report: &Report<'_>) -> &'static str {
        ""
    }

    /// Puts a part behind those of `document`.
    fn add(&self, document: &mut Document<'_>, part: &Part, out: &mut dyn Write) -> io::Result<()> {
        if 0 < document.packages {
            out.write_all(self.separator(&document.report).as_bytes())?;
        }
        out.write_all(&part.body)
    }

    /// Writes what stands after the last package.
    fn end(&self, _document: &Document<'_>, _totals: &Totals, _out: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }

    /// Writes what was found in a policy on its own.
    fn policy(&self, report: &Report<'_>, held: Held<'_>, out: &mut dyn Write) -> io::Result<()>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_endings_belong_to_one_form_each() {
        for format in Format::ALL {
            assert_eq!(Format::ALL.into_iter().filter(|it| it.word() == format.word()).count(), 1, "{format:?}");
            let About { endings, subjects, purpose, .. } = format.shape().about();
            assert!(!subjects.is_empty() && !purpose.is_empty());
            for end in endings {
                assert_eq!(Format::of_file(Path::new(&format!("a/B{}", end.to_uppercase()))), Some(format), "{end}");
            }
        }
        assert_eq!(Format::of_file(Path::new("a.out")), None);
        assert_eq!(Format::of_file(Path::new("/")), None);
    }
}
