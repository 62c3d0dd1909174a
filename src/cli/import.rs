//! `candor import`: a policy from a file or standard input to a disclosure, and the page for its review.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use super::args::{self, ImportFormat};
use super::status::Status;
use super::{messages, options, print};
use crate::catalog::Catalog;
use crate::disclosure::Disclosure;
use crate::error::{Error, Result};
use crate::limits::MAX_TEXT_BYTES;
use crate::policy::{self, Import};

/// What the columns of a table of SDKs hold, and their headers.
pub(super) type Columns = Vec<(&'static str, String)>;

/// Entries of what was not understood that are told on standard error; the rest is counted.
const TOLD: usize = 10;

pub(super) fn run(arguments: &args::Import) -> Result<Status> {
    let catalog = options::catalog(arguments.catalog.as_deref())?;
    let import = read(&arguments.policy, catalog)?;
    let text = match arguments.format {
        ImportFormat::Toml => import.to_toml(),
        ImportFormat::Json => format!("{:#}\n", import.to_json()),
    };
    if let Some(page) = &arguments.review {
        print(Some(page), |out| out.write_all(import.review().as_bytes()))?;
    }
    print(arguments.output.as_deref(), |out| out.write_all(text.as_bytes()))?;
    let file = arguments.policy.display();
    for it in import.not_understood.iter().take(TOLD) {
        messages::say(format_args!("{file}:{}: not understood: {} ({})", it.lines[0], it.quote, it.reason));
    }
    if TOLD < import.not_understood.len() {
        messages::say(format_args!("{file}: {} more places were not understood", import.not_understood.len() - TOLD));
    }
    Ok(Status::Clean)
}

/// The disclosure of a policy, as reports cite it.
pub(super) fn disclosure(path: &Path, catalog: &Catalog) -> Result<Disclosure> {
    Ok(with_columns(path, catalog)?.0)
}

/// The disclosure of a policy with the columns of its table of SDKs.
pub(super) fn with_columns(path: &Path, catalog: &Catalog) -> Result<(Disclosure, Columns)> {
    let Import { mut disclosure, sdk_columns, .. } = read(path, catalog)?;
    disclosure.file = path.display().to_string();
    Ok((disclosure, sdk_columns))
}

/// Reads a policy; `-` is standard input.
pub(super) fn read(path: &Path, catalog: &Catalog) -> Result<Import> {
    let failed = |source| Error::io(path, source);
    let mut bytes = Vec::new();
    if path.as_os_str() == "-" {
        io::stdin().lock().take(MAX_TEXT_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    } else {
        File::open(path).and_then(|it| it.take(MAX_TEXT_BYTES + 1).read_to_end(&mut bytes)).map_err(failed)?;
    }
    let name = path.file_name().map_or_else(|| "-".into(), |name| name.to_string_lossy());
    policy::import(&bytes, &name, catalog).map_err(|error| match error {
        Error::Malformed { what, offset } => Error::malformed(format!("{}: {what}", path.display()), offset),
        error => error,
    })
}
