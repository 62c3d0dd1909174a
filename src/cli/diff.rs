//! `candor diff`: what changed in behavior between two builds.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use super::args_gate::Diff;
use super::options::{self, Options};
use super::status::{Status, is_incomplete};
use super::{messages, print};
use crate::changes::{Build, Kind, compare};
use crate::container::{Package, discover};
use crate::error::{Error, Result};
use crate::limits::MAX_SCAN_BYTES;
use crate::report::{self, Detail};

pub(super) fn run(arguments: &Diff) -> Result<Status> {
    let form = &arguments.form;
    let catalog = options::catalog(form.look.catalog.as_deref())?;
    let options = Options::observing_one(&arguments.analysis, catalog)?;
    let (old, hidden_before) = build(&arguments.old, &options)?;
    let (new, hidden_after) = build(&arguments.new, &options)?;
    let changes = compare(&old, &new);
    let output = form.output.as_deref();
    let detail = if arguments.verbose { Detail::Verbose } else { Detail::Normal };
    let report = options::report(form.format.into(), output, &form.look, detail, catalog, true);
    print(output, |out| report::changes(&report, &changes, out))?;
    let refused: Vec<Kind> = arguments.fail_on.iter().map(|it| Kind::from(*it)).collect();
    Ok(if changes.changes.iter().any(|it| refused.contains(&it.kind)) {
        Status::Findings
    } else if (hidden_before || hidden_after) && !options.allow_incomplete {
        Status::Incomplete
    } else {
        Status::Clean
    })
}

/// The build of a package or of what a scan wrote, and whether a part of it could not be seen.
fn build(path: &Path, options: &Options) -> Result<(Build, bool)> {
    if let Some(text) = scan(path)? {
        let build = Build::parse(&path.display().to_string(), &text)?;
        if build.is_unreadable() {
            return Err(Error::malformed(format!("{}: of this package nothing could be read", path.display()), None));
        }
        let hides = build.is_incomplete();
        return Ok((build, hides));
    }
    let (inputs, lost) = discover(&[PathBuf::from(path)]);
    if let Some(issue) = lost.first() {
        return Err(Error::malformed(issue.to_string(), None));
    }
    let [input] = inputs.as_slice() else {
        let what = format!("{}: expected one package, found {}", path.display(), inputs.len());
        return Err(Error::malformed(what, None));
    };
    let package =
        Package::open(input).map_err(|error| Error::malformed(format!("{}: {error}", input.path.display()), None))?;
    let behavior = options.observer.observe(&package);
    messages::issues(&behavior).iter().for_each(messages::say);
    Ok((Build::from(&behavior), is_incomplete(&behavior)))
}

/// The text of a file that begins as JSON does.
fn scan(path: &Path) -> Result<Option<String>> {
    let failed = |source| Error::io(path, source);
    if !path.is_file() {
        return Ok(None);
    }
    let mut file = BufReader::new(File::open(path).map_err(failed)?);
    let start = file.fill_buf().map_err(failed)?;
    if start.trim_ascii_start().first() != Some(&b'{') {
        return Ok(None);
    }
    let mut text = String::new();
    let read = file.take(MAX_SCAN_BYTES + 1).read_to_string(&mut text).map_err(failed)?;
    if MAX_SCAN_BYTES < read as u64 {
        return Err(Error::Limit { what: "bytes of a scan", value: read as u64, limit: MAX_SCAN_BYTES });
    }
    Ok(Some(text))
}
