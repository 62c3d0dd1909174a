//! Several reports at once: which form goes where, and that each of them is written or the failure names it.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use super::args_form::Form;
use super::messages;
use super::options;
use super::output::Output;
use crate::catalog::{self, Catalog};
use crate::error::{Error, Result};
use crate::report::{Detail, Document, Format, Held, Part, Report, Subject, Totals};

/// The reports of one run.
pub(super) struct Outputs<'a> {
    outputs: Vec<One<'a>>,
}

/// One report and where it goes.
struct One<'a> {
    report: Report<'a>,
    to: Output,
    /// None = standard output.
    path: Option<PathBuf>,
    document: Option<Document<'a>>,
}

/// A form and where it goes; none = standard output.
type Target = (Format, Option<PathBuf>);

impl<'a> Outputs<'a> {
    /// Opens everything that is asked for, so that a place that cannot be written is told before any work is done.
    pub(super) fn new(form: &Form, subject: Subject, detail: Detail, catalog: &'a Catalog) -> Result<Self> {
        let mut outputs = Vec::new();
        let time = options::time()?;
        for (format, path) in targets(form, subject)? {
            // A quiet report is a list and any other a page.
            let is_page = detail != Detail::Quiet;
            let report = options::report(format, path.as_deref(), &form.look, detail, catalog, is_page);
            let report = Report { subject, time, ..report };
            let to = Output::open(path.as_deref()).map_err(|error| failed(path.as_deref(), error))?;
            outputs.push(One { report, to, path, document: None });
        }
        Ok(Self { outputs })
    }

    /// How each of them is to be.
    pub(super) fn reports(&self) -> Vec<Report<'a>> {
        self.outputs.iter().map(|it| it.report).collect()
    }

    /// Begins the documents.
    pub(super) fn begin(&mut self) -> Result<()> {
        self.each(|it| {
            it.document = Some(it.report.begin(&mut it.to)?);
            Ok(())
        })
    }

    /// Writes one package, whose parts are in the order of [`Self::reports`].
    pub(super) fn add(&mut self, parts: &[Part]) -> Result<()> {
        let mut parts = parts.iter();
        self.each(|it| {
            let (document, part) = it.document.as_mut().zip(parts.next()).expect("a begun document and its part");
            document.add(part, &mut it.to)?;
            io::Write::flush(&mut it.to)
        })
    }

    /// Whether one of them tells what has to be said of waivers and baselines.
    pub(super) fn tell_notices(&self) -> bool {
        self.outputs.iter().any(|it| it.report.format.tells_notices())
    }

    /// Nobody reads any of them any more.
    pub(super) fn are_broken(&self) -> bool {
        self.outputs.iter().all(|it| it.to.is_broken())
    }

    /// Ends the documents and puts the files in place.
    pub(super) fn end(mut self, totals: &Totals) -> Result<()> {
        self.each(|it| it.document.take().map_or(Ok(()), |document| document.end(totals, &mut it.to)))?;
        self.finish()
    }

    /// Writes a policy on its own, and puts the files in place.
    pub(super) fn policy(mut self, held: Held<'_>) -> Result<()> {
        self.each(|it| it.report.policy(held, &mut it.to))?;
        self.finish()
    }

    /// Puts each file in its place whatever becomes of the others. The first failure is given back, the rest are told.
    fn finish(self) -> Result<()> {
        let finished = self
            .outputs
            .into_iter()
            .map(|One { to, path, .. }| to.finish().map_err(|error| failed(path.as_deref(), error)));
        let mut failures: Vec<Error> = finished.filter_map(Result::err).collect();
        if failures.is_empty() {
            return Ok(());
        }
        let first = failures.remove(0);
        failures.iter().for_each(messages::say);
        Err(first)
    }

    fn each(&mut self, mut write: impl FnMut(&mut One<'a>) -> io::Result<()>) -> Result<()> {
        for it in &mut self.outputs {
            write(it).map_err(|error| failed(it.path.as_deref(), error))?;
        }
        Ok(())
    }
}

fn failed(path: Option<&Path>, source: io::Error) -> Error {
    Error::io(path.unwrap_or(Path::new("standard output")), source)
}

/// What is to be written where. Standard output gets a report whatever files there are, so that a build's log says why
/// it failed; only a `--format` that is sent to a file takes it away from there.
fn targets(form: &Form, subject: Subject) -> Result<Vec<Target>> {
    let mut targets = Vec::new();
    let mut moved = false;
    for typed in &form.output {
        let (format, path) = split(typed)?;
        moved |= format.is_none() && form.format.is_some();
        let format = format.or(form.format).or_else(|| Format::of_file(&path)).unwrap_or(Format::Text);
        targets.push((format, (path.as_os_str() != "-").then_some(path)));
    }
    if !moved && targets.iter().all(|(_, path)| path.is_some()) {
        targets.insert(0, (form.format.unwrap_or(Format::Text), None));
    }
    if let Some(format) = targets.iter().map(|(format, _)| format).find(|format| !format.tells(subject)) {
        return Err(Error::malformed(refusal(*format, subject), None));
    }
    for (index, (_, path)) in targets.iter().enumerate() {
        if targets[..index].iter().any(|(_, other)| other == path) {
            let place = path.as_deref().unwrap_or(Path::new("standard output")).display();
            return Err(Error::malformed(format!("two reports for {place}"), None));
        }
    }
    Ok(targets)
}

/// Takes the form from before a `=`. A word there that is no form is a slip, for few files are named so; with `./` before
/// it, it is a file.
fn split(typed: &OsStr) -> Result<(Option<Format>, PathBuf)> {
    let whole = || Ok((None, PathBuf::from(typed)));
    let Some((word, file)) = typed.to_str().and_then(|text| text.split_once('=')) else { return whole() };
    if !word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return whole();
    }
    if file.is_empty() {
        return Err(Error::malformed(format!("`{word}=` names no file"), None));
    }
    let known = Format::ALL.into_iter().find(|format| format.word() == word);
    let unknown = || {
        let near = catalog::suggestion(word, Format::ALL.into_iter().map(Format::word));
        Error::malformed(format!("`{word}` is no form of a report{near}"), None)
    };
    Ok((Some(known.ok_or_else(unknown)?), PathBuf::from(file)))
}

fn refusal(format: Format, subject: Subject) -> String {
    let what = match subject {
        Subject::Packages => "a scan: it tells findings, which a check has",
        Subject::Comparison => "a check",
        Subject::Policy => "a policy on its own: it tells packages",
    };
    format!("there is no {} report on {what}", format.word())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::super::args::{Cli, Command};
    use super::*;

    /// What is written where for options of a check, `-` for standard output.
    fn written(options: &[&str]) -> Result<Vec<String>, String> {
        let line = ["candor", "check", "a.apk", "--against", "p.toml"].iter().chain(options);
        let Command::Check(check) = Cli::try_parse_from(line).map_err(|error| error.to_string())?.command else {
            return Err("no check".to_owned());
        };
        let told = |(format, path): &Target| {
            format!("{}={}", format.word(), path.as_deref().unwrap_or(Path::new("-")).display())
        };
        let targets = targets(&check.batch.form, Subject::Comparison).map_err(|error| error.to_string())?;
        Ok(targets.iter().map(told).collect())
    }

    #[test]
    fn files_never_silence_standard_output() {
        for (options, expected) in [
            (&[][..], &["text=-"][..]),
            (&["--format", "json"], &["json=-"]),
            (&["--output", "json=a"], &["text=-", "json=a"]),
            (&["--output", "a.json", "--output", "b.ndjson"], &["text=-", "json=a.json", "ndjson=b.ndjson"]),
            (&["--format", "ndjson", "--output", "json=a"], &["ndjson=-", "json=a"]),
            (&["--output", "json=-"], &["json=-"]),
            (&["--output", "-"], &["text=-"]),
            (&["--output", "a.out"], &["text=-", "text=a.out"]),
        ] {
            assert_eq!(
                written(options).as_deref(),
                Ok(&expected.iter().map(ToString::to_string).collect::<Vec<_>>()[..]),
                "{options:?}"
            );
        }
    }

    #[test]
    fn a_form_that_is_sent_to_a_file_leaves_standard_output() {
        assert_eq!(written(&["--format", "json", "--output", "a.txt"]), Ok(vec!["json=a.txt".to_owned()]));
        let both = written(&["--format", "json", "--output", "a", "--output", "text=-"]);
        assert_eq!(both, Ok(vec!["json=a".to_owned(), "text=-".to_owned()]));
    }

    #[test]
    fn slips_are_told() {
        for (options, complaint) in [
            (&["--output", "jsno=a"][..], "`jsno` is no form of a report; did you mean `json`?"),
            (&["--output", "json="], "`json=` names no file"),
            (&["--output", "json=-", "--output", "text=-"], "two reports for standard output"),
            (&["--output", "json=a", "--output", "text=a"], "two reports for a"),
        ] {
            let message = written(options).expect_err("a refusal");
            assert!(message.starts_with(complaint), "{options:?}: {message}");
        }
        assert_eq!(written(&["--output", "./jsno=a"]), Ok(vec!["text=-".to_owned(), "text=./jsno=a".to_owned()]));
    }
}
