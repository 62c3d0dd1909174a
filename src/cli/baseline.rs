//! `candor baseline`: today's findings of an app, as known from now on.

use std::collections::BTreeSet;
use std::io::Write;
use std::ops::ControlFlow;

use super::args_gate::Adopt;
use super::options::Options;
use super::package::{self, Adoptable};
use super::status::Status;
use super::{Item, batch, config, items, messages, options, pool, print};
use crate::error::{Error, Result};
use crate::gate::{Baseline, Entry, Tally};
use crate::report::plain;

pub(super) fn run(arguments: &Adopt) -> Result<Status> {
    let catalog = options::catalog(arguments.catalog.as_deref())?;
    let (options, project) = Options::adopting(arguments, catalog)?;
    let file = arguments.output.clone().or_else(|| project.path(project.config.baseline.as_ref()));
    let old = file.as_deref().filter(|file| file.exists()).map(config::baseline).transpose()?;
    if arguments.update && old.is_none() {
        return Err(Error::malformed("there is no baseline to update: name it with --output", None));
    }
    let found = findings(&options)?;
    let app = found.app.as_deref().unwrap_or_default();
    let (baseline, tally) = Baseline::renewed(old.as_ref(), app, found.entries, !arguments.update, !found.incomplete);
    let status = print(file.as_deref(), |out| out.write_all(baseline.to_toml().as_bytes()))?;
    messages::say(said(&tally));
    Ok(if found.incomplete && !options.allow_incomplete { Status::Incomplete } else { status })
}

/// What all packages give together.
#[derive(Default)]
struct Found {
    app: Option<String>,
    entries: Vec<Entry>,
    incomplete: bool,
}

fn findings(options: &Options) -> Result<Found> {
    let items = items(options)?;
    let work = |item: &Item| match item {
        Item::Lost(issue) => Err(Error::malformed(issue.to_string(), None)),
        Item::Input(input) => package::adoptable(input, options),
    };
    let mut found = Found::default();
    let mut failure = Ok(());
    batch::in_order(&pool(options)?, &items, work, |done| {
        failure = done.and_then(|done| add(&mut found, done));
        if failure.is_err() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    failure.map(|()| found)
}

fn add(found: &mut Found, done: Adoptable) -> Result<()> {
    done.messages.iter().for_each(messages::say);
    if let Some(known) = found.app.as_ref().filter(|known| **known != done.app) {
        let what = format!("a baseline is for one app, found `{}` and `{}`", plain(known), plain(&done.app));
        return Err(Error::malformed(what, None));
    }
    found.app = Some(done.app);
    let known: BTreeSet<String> = found.entries.iter().map(|it| it.fingerprint.clone()).collect();
    found.entries.extend(done.entries.into_iter().filter(|it| !known.contains(&it.fingerprint)));
    found.incomplete |= done.incomplete;
    Ok(())
}

fn said(tally: &Tally) -> String {
    let parts = [
        (tally.adopted, "adopted"),
        (tally.kept, "known before"),
        (tally.dropped, "no longer occur and were taken out"),
        (tally.unseen, "not seen and kept, for not all code is visible"),
        (tally.refused, "new and not adopted"),
    ];
    let told: Vec<String> =
        parts.iter().filter(|(count, _)| 0 < *count).map(|(count, what)| format!("{count} {what}")).collect();
    if told.is_empty() { "baseline: no finding to adopt".to_owned() } else { format!("baseline: {}", told.join(", ")) }
}
