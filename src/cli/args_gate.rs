//! What was typed about a project's configuration, its baseline, and two builds.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::args::{Depth, Focus};
use super::args_form::ListForm;
use crate::changes::Kind;
use crate::disclosure::is_day;

/// Where the project's configuration is.
#[derive(Debug, Args)]
pub(super) struct Project {
    /// The project's configuration [default: candor.toml in the working directory, or above it up to the root of its
    /// repository]
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub(super) config: Option<PathBuf>,
    /// Read no configuration
    #[arg(long)]
    pub(super) no_config: bool,
}

/// What packages are held against; where nothing is given, the configuration says it.
#[derive(Debug, Args)]
pub(super) struct Policies {
    /// The disclosure: the policy as a table (TOML). Of a folder with versions of it (TOML, or policies) each package is
    /// held against the one that was in force on the day that the date stamps of its archive say, or against the newest
    /// where they say none
    #[arg(long, short = 'a', value_name = "DISCLOSURE")]
    pub(super) against: Option<PathBuf>,
    /// The day for which the version is chosen, whatever the packages say
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub(super) date: Option<String>,
    /// The policy itself, which is imported first; a disclosure that a person has reviewed is the better base
    #[arg(long, value_name = "POLICY", conflicts_with = "against")]
    pub(super) policy: Option<PathBuf>,
    /// The day on which waivers are judged [default: that of `SOURCE_DATE_EPOCH`, else the current one, in UTC]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub(super) today: Option<String>,
}

/// How packages are looked into.
#[derive(Debug, Args)]
pub(super) struct Analysis {
    #[command(flatten)]
    pub(super) project: Project,
    /// How many packages are analysed at a time, and threads in all [default: the number of processors]
    #[arg(long, short, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) jobs: Option<u16>,
    /// Which reads count: `core` identifiers and sensitive data, `policy` also what policies often list, `all` also what
    /// nearly every app does
    #[arg(long, value_name = "FOCUS", default_value = "policy")]
    pub(super) focus: Focus,
    /// How deep to look: `calls` says where the code is, `flow` also whether the system can reach it, from where, and
    /// whether before consent
    #[arg(long, value_name = "DEPTH", default_value = "flow")]
    pub(super) depth: Depth,
    /// Leave native libraries unread: faster, but blind to the names and strings in them
    #[arg(long)]
    pub(super) no_native: bool,
    /// Let packages that could not be analysed fully pass: no exit status 3. The report stays the same
    #[arg(long)]
    pub(super) allow_incomplete: bool,
}

#[derive(Debug, Args)]
pub(super) struct Adopt {
    /// Packages of one app, folders or globs; `-` reads paths from standard input, one a line
    #[arg(required = true, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) policies: Policies,
    #[command(flatten)]
    pub(super) analysis: Analysis,
    /// Only take out what no longer occurs; what is new is told and not adopted
    #[arg(long)]
    pub(super) update: bool,
    /// The baseline, which is replaced as a whole; what is in it already keeps its day [default: that of the
    /// configuration, else standard output]
    #[arg(long, short, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Add the catalog files of a folder to the built-in catalog
    #[arg(long, value_name = "DIR")]
    pub(super) catalog: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Diff {
    /// The earlier build: a package, or what `candor scan --format json` wrote of it
    pub(super) old: PathBuf,
    /// The later build
    pub(super) new: PathBuf,
    /// Changes that fail, with commas in between
    #[arg(long, value_name = "CHANGES", value_delimiter = ',')]
    pub(super) fail_on: Vec<FailOn>,
    #[command(flatten)]
    pub(super) form: ListForm,
    #[command(flatten)]
    pub(super) analysis: Analysis,
    /// Show more places of each read
    #[arg(long, short)]
    pub(super) verbose: bool,
}

/// Changes that a build server may refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    /// An owner's code reads data that it did not
    NewRead,
    /// A read has become reachable, or runs before consent or in the background now
    WiderRead,
    /// An SDK that was not there
    NewSdk,
    /// A permission that was not asked for
    NewPermission,
    /// A host that was not named
    NewEndpoint,
    /// A host that is named without encryption now
    CleartextEndpoint,
    /// Less of the code is visible
    LessComplete,
    /// Another certificate signs it
    Signer,
}

impl From<FailOn> for Kind {
    fn from(change: FailOn) -> Self {
        match change {
            FailOn::NewRead => Self::NewRead,
            FailOn::WiderRead => Self::WiderRead,
            FailOn::NewSdk => Self::NewSdk,
            FailOn::NewPermission => Self::NewPermission,
            FailOn::NewEndpoint => Self::NewEndpoint,
            FailOn::CleartextEndpoint => Self::CleartextEndpoint,
            FailOn::LessComplete => Self::LessComplete,
            FailOn::Signer => Self::Signer,
        }
    }
}

/// A day as ISO 8601 writes it.
pub(super) fn day(typed: &str) -> Result<String, String> {
    if is_day(typed) { Ok(typed.to_owned()) } else { Err("expected a day such as 2021-11-01".to_owned()) }
}
