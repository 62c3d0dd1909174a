//! What the arguments mean in this environment: language, colours, width, threads, catalog, inputs.

use std::io::{self, BufRead, IsTerminal};
use std::num::NonZero;
use std::path::{Path, PathBuf};

use time::OffsetDateTime;

use super::against::Against;
use super::args::{Batch, Check, Depth, Focus};
use super::args_form::{Color, Lang, Look};
use super::args_gate::{Adopt, Analysis, Policies};
use super::config::{self, Project};
use crate::behavior::Observer;
use crate::catalog::{self, Catalog, Severity};
use crate::error::{Error, Result};
use crate::gate::{Config, Gate};
use crate::report::{self, Detail, Format, Report, Style, Subject};

/// Columns of a page that does not go to a terminal.
const PAGE: usize = 100;

/// How packages are analysed.
pub(super) struct Options {
    pub(super) paths: Vec<PathBuf>,
    /// Packages in flight, and threads.
    pub(super) jobs: usize,
    pub(super) observer: Observer,
    pub(super) catalog: &'static Catalog,
    /// Reads beyond this focus are not shown.
    pub(super) shown: catalog::Focus,
    pub(super) gated: Option<Gated>,
    pub(super) allow_incomplete: bool,
    pub(super) progress: bool,
}

/// What packages are held against, and what becomes of the findings.
pub(super) struct Gated {
    pub(super) against: Against,
    pub(super) gate: Gate,
    /// Where the rows go that the disclosure lacks.
    pub(super) suggest: Option<PathBuf>,
}

impl Options {
    pub(super) fn new(batch: &Batch, catalog: &'static Catalog) -> Result<Self> {
        let project = Project::load(&batch.analysis.project, catalog)?;
        Self::observing(focus(batch.analysis.focus), &batch.analysis, &project.config, catalog).of(batch)
    }

    /// Packages are observed up to `seen`, whatever is shown of them.
    fn observing(seen: catalog::Focus, analysis: &Analysis, config: &Config, catalog: &'static Catalog) -> Self {
        let mut observer = Observer::new(catalog, seen).with_own(config.own_namespaces.iter().cloned());
        if analysis.depth == Depth::Calls {
            observer = observer.without_calls();
        }
        if analysis.no_native {
            observer = observer.without_natives();
        }
        Self {
            paths: Vec::new(),
            jobs: analysis.jobs.map_or_else(processors, usize::from),
            observer,
            catalog,
            shown: focus(analysis.focus),
            gated: None,
            allow_incomplete: analysis.allow_incomplete,
            progress: false,
        }
    }

    fn of(self, batch: &Batch) -> Result<Self> {
        let progress = !batch.no_progress && io::stderr().is_terminal();
        Ok(Self { paths: paths(&batch.paths)?, progress, ..self })
    }

    /// As [`Options::new`], with the disclosure of a check, which is made on all that policies list whatever is shown.
    pub(super) fn with_gate(check: &Check, catalog: &'static Catalog) -> Result<Self> {
        let analysis = &check.batch.analysis;
        let project = Project::load(&analysis.project, catalog)?;
        let baseline = check.baseline.clone().or_else(|| project.path(project.config.baseline.as_ref()));
        let baseline = baseline.as_deref().map(config::baseline).transpose()?;
        let threshold = check.gate.map(|gate| Severity::from(gate).into());
        let options = Self::judging(&check.policies, analysis, &project, check.suggest.clone(), catalog)?;
        let gated = options.gated.map(|it| Gated { gate: Gate { baseline, threshold, ..it.gate }, ..it });
        Self { gated, ..options }.of(&check.batch)
    }

    /// For a baseline, with the configuration, and without a baseline that is known already.
    pub(super) fn adopting(adopt: &Adopt, catalog: &'static Catalog) -> Result<(Self, Project)> {
        let project = Project::load(&adopt.analysis.project, catalog)?;
        let options = Self::judging(&adopt.policies, &adopt.analysis, &project, None, catalog)?;
        Ok((Self { paths: paths(&adopt.paths)?, ..options }, project))
    }

    /// For one package that is held against nothing.
    pub(super) fn observing_one(analysis: &Analysis, catalog: &'static Catalog) -> Result<Self> {
        let project = Project::load(&analysis.project, catalog)?;
        Ok(Self::observing(focus(analysis.focus), analysis, &project.config, catalog))
    }

    fn judging(
        policies: &Policies,
        analysis: &Analysis,
        project: &Project,
        suggest: Option<PathBuf>,
        catalog: &'static Catalog,
    ) -> Result<Self> {
        let today = config::today(policies.today.as_deref())?;
        let against = Against::new(policies, project, suggest.is_some(), today.clone(), catalog)?;
        let gate = Gate { config: project.config.clone(), today, ..Gate::default() };
        let seen = focus(analysis.focus).max(catalog::Focus::Policy);
        let options = Self::observing(seen, analysis, &project.config, catalog);
        Ok(Self { gated: Some(Gated { against, gate, suggest }), ..options })
    }
}

/// The widest focus of reads that are reported.
fn focus(focus: Focus) -> catalog::Focus {
    match focus {
        Focus::Core => catalog::Focus::Core,
        Focus::Policy => catalog::Focus::Policy,
        Focus::All => catalog::Focus::Noise,
    }
}

/// The built-in catalog, or that with the files of a folder; it lives as long as the program.
pub(super) fn catalog(dir: Option<&Path>) -> Result<&'static Catalog> {
    let Some(dir) = dir else { return Ok(Catalog::builtin()) };
    Ok(Box::leak(Box::new(Catalog::with_dir(dir)?)))
}

/// The report that is asked for; text that does not go to a terminal is wrapped where it is a page to read.
pub(super) fn report<'a>(
    format: Format,
    to: Option<&Path>,
    look: &Look,
    detail: Detail,
    catalog: &'a Catalog,
    is_page: bool,
) -> Report<'a> {
    let terminal = to.is_none() && io::stdout().is_terminal();
    let color = match look.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => terminal && anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never,
    };
    let columns = || terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0));
    Report {
        catalog,
        format,
        subject: Subject::Packages,
        lang: look.lang.map_or_else(|| lang(|name| std::env::var(name).ok()), report::Lang::from),
        detail,
        style: Style { color, width: if terminal { columns() } else { is_page.then_some(PAGE) } },
        time: None,
    }
}

/// The time that reports are to state: none, unless the build that candor is a part of has one for all its files.
pub(super) fn time() -> Result<Option<OffsetDateTime>> {
    const NAME: &str = "SOURCE_DATE_EPOCH";
    let Some(value) = std::env::var_os(NAME).filter(|it| !it.is_empty()) else { return Ok(None) };
    let seconds = value.to_str().and_then(|it| it.parse().ok());
    let time = seconds.and_then(|it| OffsetDateTime::from_unix_timestamp(it).ok());
    let fault = || format!("{NAME} is `{}`, which is no number of seconds", value.display());
    time.map(Some).ok_or_else(|| Error::malformed(fault(), None))
}

/// How much text says.
pub(super) fn detail(batch: &Batch) -> Detail {
    match (batch.quiet, batch.verbose) {
        (true, _) => Detail::Quiet,
        (false, true) => Detail::Verbose,
        (false, false) => Detail::Normal,
    }
}

/// The language of messages by the environment, in POSIX order: the first variable that is set decides.
fn lang(variable: impl Fn(&str) -> Option<String>) -> report::Lang {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(variable).find(|value| !value.is_empty());
    let zh = locale.is_some_and(|locale| locale.to_ascii_lowercase().starts_with("zh"));
    if zh { Lang::Zh.into() } else { Lang::En.into() }
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
}

/// The paths as typed, with those of standard input in place of a `-`.
fn paths(typed: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut paths = Vec::with_capacity(typed.len());
    for path in typed {
        if path.as_os_str() != "-" {
            paths.push(path.clone());
            continue;
        }
        for line in io::stdin().lock().split(b'\n') {
            let mut line = line.map_err(|source| Error::io("-", source))?;
            if line.last() == Some(&b'\r') {
                line.pop();
            }
            if !line.is_empty() {
                paths.push(os_path(line));
            }
        }
    }
    Ok(paths)
}

/// A path of any bytes, as the system has them.
#[cfg(unix)]
fn os_path(bytes: Vec<u8>) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    std::ffi::OsString::from_vec(bytes).into()
}

/// A path, which is UTF-8 where the system's paths are not bytes; anything else leads nowhere and is told as such.
#[cfg(not(unix))]
fn os_path(bytes: Vec<u8>) -> PathBuf {
    String::from_utf8_lossy(&bytes).into_owned().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_variable_that_is_set_gives_the_language() {
        let given = |pairs: &'static [(&str, &str)]| {
            lang(move |name| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
        };
        assert_eq!(given(&[("LANG", "zh_CN.UTF-8")]), report::Lang::Zh);
        assert_eq!(given(&[("LC_ALL", ""), ("LC_MESSAGES", "ZH_tw"), ("LANG", "de_DE")]), report::Lang::Zh);
        assert_eq!(given(&[("LC_ALL", "C.UTF-8"), ("LANG", "zh_CN.UTF-8")]), report::Lang::En);
        assert_eq!(given(&[]), report::Lang::En);
    }
}
