//! The command line: the only room that prints, and the one that decides the exit status.
//!
//! What was typed ([`args`]) becomes what is meant ([`options`]); packages are analysed ([`package`]) many at a time but
//! written one after another ([`batch`]), to one place or several ([`outputs`], [`output`]); what went wrong is told on
//! standard error ([`messages`]); the outcome is a number ([`status`]).

mod against;
mod args;
mod args_form;
mod args_gate;
mod baseline;
mod batch;
mod config;
mod diff;
#[cfg(test)]
mod examples;
mod import;
mod lint;
mod messages;
mod options;
mod output;
mod outputs;
mod package;
mod rules;
mod schema;
mod status;
mod versions;

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use indicatif::{ProgressBar, ProgressStyle};

use args::{Batch, CatalogAction, Cli, Command};
use options::{Gated, Options, detail};
use output::Output;
use outputs::Outputs;
use package::Done;
use status::Status;

use crate::catalog::Catalog;
use crate::check::Suggestion;
use crate::container::{Input, discover};
use crate::error::{Error, Issue, Result};
use crate::gate::Usage;
use crate::report::{self, Detail, Paste, Report, Subject, Totals};

/// Runs the command line.
pub fn run() -> ExitCode {
    messages::shorten_panics();
    let status = command(&Cli::parse().command).unwrap_or_else(|error| {
        messages::say(error);
        Status::Failed
    });
    status.into()
}

fn command(command: &Command) -> Result<Status> {
    match command {
        Command::Scan(scan) => {
            let catalog = options::catalog(scan.batch.form.look.catalog.as_deref())?;
            let outputs = outputs(&scan.batch, Subject::Packages, catalog)?;
            packages(kept(Options::new(&scan.batch, catalog)?), outputs)
        }
        Command::Check(check) => {
            let catalog = options::catalog(check.batch.form.look.catalog.as_deref())?;
            let outputs = outputs(&check.batch, Subject::Comparison, catalog)?;
            packages(kept(Options::with_gate(check, catalog)?), outputs)
        }
        Command::Baseline(arguments) => baseline::run(arguments),
        Command::Diff(arguments) => diff::run(arguments),
        Command::Import(arguments) => import::run(arguments),
        Command::Lint(arguments) => lint::run(arguments),
        Command::Policy { action } => versions::run(action),
        Command::Catalog(catalog) => self::catalog(&catalog.action),
        Command::Rules { form } => rules::list(form),
        Command::Explain(arguments) => rules::explain(arguments),
        Command::Schema { format } => schema::run(*format),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "candor", &mut script);
            print(None, |out| out.write_all(&script))
        }
        Command::Man { command } => man(command.as_deref()),
    }
}

fn outputs(batch: &Batch, subject: Subject, catalog: &'static Catalog) -> Result<Outputs<'static>> {
    Outputs::new(&batch.form, subject, detail(batch), catalog)
}

/// Options that live as long as the program: it ends with them, and to take them apart costs as much as a small package.
fn kept(options: Options) -> &'static Options {
    Box::leak(Box::new(options))
}

fn packages(options: &Options, mut outputs: Outputs<'_>) -> Result<Status> {
    let items = items(options)?;
    let pool = pool(options)?;
    let reports = outputs.reports();
    let work = |item: &Item| match item {
        Item::Lost(issue) => package::unreadable(issue, &reports),
        Item::Input(input) => package::analyse(input, options, &reports),
    };
    let bar = progress(options, items.len());
    let mut totals = Totals::default();
    let mut usage = Usage::default();
    let mut suggestion = Suggestion::default();
    outputs.begin()?;
    let mut failure = Ok(());
    batch::in_order(&pool, &items, work, |done| {
        failure = bar.suspend(|| {
            done.messages.iter().for_each(messages::say);
            outputs.add(&done.parts)
        });
        count(&done, &mut totals);
        usage.merge(done.usage);
        suggestion.merge(done.suggestion);
        bar.inc(1);
        // A check goes on when nobody reads the report any more: its status is still to be found out.
        let useless = outputs.are_broken() && options.gated.is_none();
        if failure.is_err() || useless { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    bar.finish_and_clear();
    failure?;
    totals.notices = options.gated.as_ref().map(|gated| gated.gate.notices(&usage)).unwrap_or_default();
    if !outputs.tell_notices() {
        totals.notices.iter().for_each(|notice| messages::say(report::notice(notice, report::Lang::En)));
    }
    outputs.end(&totals)?;
    if let (Some(gated), Some(report)) = (&options.gated, reports.first()) {
        suggest(gated, &suggestion, report)?;
    }
    Ok(Status::new(&totals, options))
}

/// The work list. Whoever names or finds the files in another order gets the same report.
fn items(options: &Options) -> Result<Vec<Item>> {
    let mut paths = options.paths.clone();
    paths.sort();
    let (mut inputs, mut lost) = discover(&paths);
    inputs.sort();
    lost.sort();
    if inputs.is_empty() && lost.is_empty() {
        let what = match options.paths.as_slice() {
            [] => "no path on standard input".to_owned(),
            [path] => format!("no package found in {}", path.display()),
            paths => format!("no package found in {} paths", paths.len()),
        };
        return Err(Error::malformed(what, None));
    }
    // Paths that led nowhere come first: they are known already.
    Ok(lost.into_iter().map(Item::Lost).chain(inputs.into_iter().map(Item::Input)).collect())
}

fn pool(options: &Options) -> Result<rayon::ThreadPool> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(options.jobs).build();
    pool.map_err(|error| Error::malformed(format!("cannot start {} threads: {error}", options.jobs), None))
}

/// Writes the rows that the disclosure lacks, where they are asked for.
fn suggest(gated: &Gated, suggestion: &Suggestion, report: &Report<'_>) -> Result<()> {
    let Some((path, disclosure)) = gated.suggest.as_deref().zip(gated.against.only()) else { return Ok(()) };
    let is_markdown = path.extension().is_some_and(|it| it.eq_ignore_ascii_case("md"));
    let paste = if is_markdown { Paste::Markdown } else { Paste::Toml };
    print(Some(path), |out| report::suggestion(report, suggestion, disclosure, gated.against.columns(), paste, out))
        .map(|_| ())
}

/// One line of the work list.
enum Item {
    Input(Input),
    /// A path that led to no package.
    Lost(Issue),
}

fn count(done: &Done, totals: &mut Totals) {
    totals.packages += 1;
    totals.unreadable += usize::from(done.unreadable);
    totals.incomplete += usize::from(done.incomplete);
    totals.failing += usize::from(done.failing);
}

fn progress(options: &Options, n_items: usize) -> ProgressBar {
    if n_items < 2 || !options.progress {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} packages, {elapsed}, {eta} left");
    ProgressBar::new(n_items as u64).with_style(style.expect("the template is well-formed"))
}

fn catalog(action: &CatalogAction) -> Result<Status> {
    let (CatalogAction::List { form, .. } | CatalogAction::Show { form, .. }) = action;
    let catalog = options::catalog(form.look.catalog.as_deref())?;
    let output = form.output.as_deref();
    let report = options::report(form.format.into(), output, &form.look, Detail::Verbose, catalog, false);
    match action {
        CatalogAction::List { section, .. } => print(output, |out| report::list(&report, *section, out)),
        CatalogAction::Show { id, .. } => {
            let mut page = Vec::new();
            if report::show(&report, id, &mut page).expect("a vector takes everything") {
                return print(output, |out| out.write_all(&page));
            }
            let nearest = report::nearest(catalog, id);
            let hint = nearest.map(|near| format!("; the nearest is `{near}`")).unwrap_or_default();
            Err(Error::malformed(format!("`{id}` is no data type, SDK, permission or rule of the catalog{hint}"), None))
        }
    }
}

fn man(command: Option<&str>) -> Result<Status> {
    let mut root = Cli::command();
    root.build();
    let page = match command {
        None => root,
        Some(name) => match root.find_subcommand(name) {
            Some(found) => found.clone(),
            None => return Err(Error::malformed(format!("`{name}` is no command of candor"), None)),
        },
    };
    print(None, |out| clap_mangen::Man::new(page).render(out))
}

/// Writes to a file or to standard output, complete or not at all where it is a file.
fn print(path: Option<&Path>, write: impl FnOnce(&mut Output) -> io::Result<()>) -> Result<Status> {
    let failed = |source| Error::io(path.unwrap_or(Path::new("standard output")), source);
    let mut output = Output::open(path).map_err(failed)?;
    write(&mut output).and_then(|()| output.finish()).map_err(failed)?;
    Ok(Status::Clean)
}
