//! What was typed. What it means is the business of [`super::options`].

use std::path::PathBuf;
use std::sync::OnceLock;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use super::args_form::{Form, ListForm};
use super::args_gate::{Adopt, Analysis, Diff, Policies, Project, day};
use super::schema::Schema;
use crate::catalog::{Catalog, Severity};
use crate::disclosure::Change;
use crate::report::Section;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

const EXAMPLES: &str = "\
Examples:
  candor scan app.apk                                  what the code can read, and whose code it is
  candor scan -q builds/                               one line for each package of a folder
  candor check app.apk --against privacy.toml          hold a package against its privacy policy
  find . -name '*.apk' | candor scan - --format ndjson --output scan.ndjson
  candor explain RULE                                  what a finding of this rule means and how to fix it
  candor catalog show imei                             a data type and the ways in which code obtains it

Exit status:
  0  analysed; no open finding at or above the gate
  1  open findings at or above the gate
  2  wrong usage, a faulty disclosure or catalog, or no package could be read at all
  3  a package or a part of one could not be analysed fully (unreadable, packed), and nothing else failed";

const CHECK_EXAMPLES: &str = "\
Examples:
  candor check app.apk --against privacy.toml
  candor check app.apk --against privacy.toml --gate high --output json=report.json
  candor check app.apk --against privacy.toml --suggest rows.md
  candor check old-builds/ --against privacy/ --format ndjson       each build against the version of its day

The exit status is 1 where a finding at or above the gate stands. Undecided findings (they rest on absence, and not all
code is visible) never count; a packed or partly unreadable package gives 3 instead, so that no gate is passed because
nothing could be seen. Waived findings and those of a baseline never count; a waiver that has expired or covers nothing
does, like a finding of low severity. Code loaded at run time and reflection weaken a result and are shown, but give no 3 by
themselves: nearly every app has some.";

const BASELINE_EXAMPLES: &str = "\
Examples:
  candor baseline app.apk --against privacy.toml --output baseline.toml
  candor check app.apk --against privacy.toml --baseline baseline.toml
  candor baseline app.apk --against privacy.toml --output baseline.toml --update

Findings that are undecided or waived are not adopted. What is not seen in a package that is packed or partly unreadable
stays in the baseline; the exit status is 3 then. A finding that became smaller stays known, and one that grew does not.";

const DIFF_EXAMPLES: &str = "\
Examples:
  candor diff app-1.0.apk app-1.1.apk
  candor diff last-release.json app.apk --fail-on new-read,new-sdk,less-complete
  candor diff app-1.0.apk app-1.1.apk --format json --output changes.json

Owners are compared by names that last: code that an obfuscator named otherwise is no change. The exit status is 1 where
one of the changes after --fail-on is there, and 3 where a build is packed or partly unreadable.";

const IMPORT_EXAMPLES: &str = "\
Examples:
  candor import policy.html --output privacy.toml
  candor import policy.txt --review review.html --output privacy.toml
  curl -s https://example.com/privacy | candor import - --format json

The policy is a saved page (HTML), a text, Markdown, a Word document (.docx), a PDF with text in it, or the CSV export of
Google Play's data-safety form; what it is and its encoding is found by its content. Nothing is fetched. The result is a draft: every statement cites its lines, and what was not understood is listed on standard error
and in the file. The exit status is 2 where the input is no policy.";

const LINT_EXAMPLES: &str = "\
Examples:
  candor lint privacy.html
  candor lint --output sarif=policy.sarif                           what the configuration names, with its waivers

Only the rules that need no package are asked: what the configuration and the baseline say of others is for a check.";

const DIFF_STATUS: &str = "\
Exit status:
  0  compared; nothing changed of the kinds that --fail-on names (it names none by default)
  1  something of these kinds changed
  2  wrong usage, or a version could not be read";

/// Checks what an Android package can do with personal data against what its privacy policy discloses
#[derive(Debug, Parser)]
#[command(name = "candor", version = version(), styles = STYLES, after_help = EXAMPLES, max_term_width = 100)]
#[command(arg_required_else_help = true, propagate_version = true, infer_subcommands = true)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// List what the code of packages can do with personal data, and whose code it is
    Scan(Scan),
    /// Hold packages against what a privacy policy discloses
    #[command(after_help = CHECK_EXAMPLES)]
    Check(Check),
    /// Adopt today's findings, so that a check fails for new ones only
    #[command(after_help = BASELINE_EXAMPLES)]
    Baseline(Adopt),
    /// Say what changed in behavior between two builds of an app
    #[command(after_help = DIFF_EXAMPLES)]
    Diff(Diff),
    /// Read a privacy policy into a disclosure that a person reviews
    #[command(after_help = IMPORT_EXAMPLES)]
    Import(Import),
    /// Judge a policy on its own: what it lacks, and where it contradicts itself
    #[command(after_help = LINT_EXAMPLES)]
    Lint(Lint),
    /// Compare versions of a policy
    Policy {
        #[command(subcommand)]
        action: PolicyAction,
    },
    /// List the rules that findings come from
    Rules {
        #[command(flatten)]
        form: ListForm,
    },
    /// Say what findings of a rule mean, why they matter, how to fix them and what they rest on
    Explain(Explain),
    /// Look into what candor knows: data types, sources, permissions, SDKs, packers, rules
    Catalog(CatalogCommand),
    /// Print the JSON Schema of one of candor's own formats
    Schema {
        /// The format
        format: Schema,
    },
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page, of candor or of one of its commands
    Man {
        /// The command; none = candor itself
        command: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(super) struct Scan {
    #[command(flatten)]
    pub(super) batch: Batch,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    pub(super) batch: Batch,
    #[command(flatten)]
    pub(super) policies: Policies,
    /// The findings that are known already: only others fail [default: that of the configuration]
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    /// Write the rows that the disclosure lacks to a file, each to be confirmed: TOML to paste into the disclosure, or a
    /// Markdown table for the policy where the file ends with `.md`
    #[arg(long, value_name = "FILE")]
    pub(super) suggest: Option<PathBuf>,
    /// The least severity that fails the check. `low` takes in everything that ought to be mended; `info` findings state
    /// facts and faults of nobody [default: that of the configuration, else low]
    #[arg(long, value_name = "SEVERITY")]
    pub(super) gate: Option<Gate>,
}

/// What scan and check share.
#[derive(Debug, Args)]
pub(super) struct Batch {
    /// Packages (.apk, .apks, .xapk, .apkm, .aab, .dex), folders or globs; `-` reads paths from standard input, one a line
    #[arg(required = true, value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) form: Form,
    #[command(flatten)]
    pub(super) analysis: Analysis,
    /// Show all evidence
    #[arg(long, short, conflicts_with = "quiet")]
    pub(super) verbose: bool,
    /// Show one line for each package
    #[arg(long, short)]
    pub(super) quiet: bool,
    /// Show no progress bar
    #[arg(long)]
    pub(super) no_progress: bool,
}

#[derive(Debug, Args)]
pub(super) struct Import {
    /// The policy; `-` reads it from standard input
    #[arg(value_name = "POLICY")]
    pub(super) policy: PathBuf,
    /// The form of the output
    #[arg(long, short, value_name = "FORMAT", default_value = "toml")]
    pub(super) format: ImportFormat,
    /// Write to a file, which is replaced as a whole when the output is complete
    #[arg(long, short, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Write a page that shows the policy with what was understood marked in it
    #[arg(long, value_name = "PAGE")]
    pub(super) review: Option<PathBuf>,
    /// Add the catalog files of a folder to the built-in catalog
    #[arg(long, value_name = "DIR")]
    pub(super) catalog: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(super) enum PolicyAction {
    /// Say what a new version added, dropped, weakened (one word in place of names, an open list, a denial that is gone)
    /// and made clearer
    #[command(after_help = DIFF_STATUS)]
    Diff {
        /// The old version: a disclosure (TOML) or a policy
        old: PathBuf,
        /// The new version
        new: PathBuf,
        /// The kinds of change that give the exit status 1
        #[arg(long, value_name = "CHANGE", value_delimiter = ',')]
        fail_on: Vec<ChangeKind>,
        #[command(flatten)]
        form: ListForm,
    },
}

#[derive(Debug, Args)]
pub(super) struct Lint {
    /// A disclosure (TOML), or the policy itself [default: that of the configuration]
    #[arg(value_name = "POLICY")]
    pub(super) policy: Option<PathBuf>,
    #[command(flatten)]
    pub(super) project: Project,
    #[command(flatten)]
    pub(super) form: Form,
    /// The findings that are known already: only others fail [default: that of the configuration]
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    /// The least severity that fails [default: that of the configuration, else low]
    #[arg(long, value_name = "SEVERITY")]
    pub(super) gate: Option<Gate>,
    /// The day on which waivers are judged [default: that of `SOURCE_DATE_EPOCH`, else the current one, in UTC]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub(super) today: Option<String>,
    /// Show all evidence
    #[arg(long, short)]
    pub(super) verbose: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ChangeKind {
    /// It names less exactly, or promises less
    Weakened,
    /// Only the old version states it
    Dropped,
    /// Only the new version states it
    Added,
    /// It names more exactly, or promises more
    Clarified,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ImportFormat {
    /// A disclosure, for review and for `candor check --against`
    Toml,
    /// One document, for programs
    Json,
}

#[derive(Debug, Args)]
pub(super) struct CatalogCommand {
    #[command(subcommand)]
    pub(super) action: CatalogAction,
}

#[derive(Debug, Subcommand)]
pub(super) enum CatalogAction {
    /// List the entries of one part, or how many each part has
    List {
        /// The part
        section: Option<Section>,
        #[command(flatten)]
        form: ListForm,
    },
    /// Show everything that is known of a data type, SDK, permission or rule
    Show {
        /// Its id: imei, android.permission.CAMERA, S04
        id: String,
        #[command(flatten)]
        form: ListForm,
    },
}

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// Rules by id or name: S04, sdk-exceeds-disclosure
    #[arg(required = true, value_name = "RULE")]
    pub(super) rules: Vec<String>,
    #[command(flatten)]
    pub(super) form: ListForm,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Focus {
    /// Identifiers and sensitive data
    Core,
    /// Also what policies often list
    Policy,
    /// Everything that the catalog knows
    All,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Depth {
    /// Call sites only, which is faster
    Calls,
    /// The call graph too
    Flow,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Gate {
    /// Every finding
    Info,
    /// What is worth mending
    Low,
    /// What should be mended
    Medium,
    /// What must be mended
    High,
    /// What contradicts the policy
    Critical,
}

impl From<ChangeKind> for Change {
    fn from(kind: ChangeKind) -> Self {
        match kind {
            ChangeKind::Weakened => Self::Weakened,
            ChangeKind::Dropped => Self::Dropped,
            ChangeKind::Added => Self::Added,
            ChangeKind::Clarified => Self::Clarified,
        }
    }
}

impl From<Gate> for Severity {
    fn from(gate: Gate) -> Self {
        match gate {
            Gate::Info => Self::Info,
            Gate::Low => Self::Low,
            Gate::Medium => Self::Medium,
            Gate::High => Self::High,
            Gate::Critical => Self::Critical,
        }
    }
}

/// The program's version with the catalog's, for both decide what a report says.
fn version() -> &'static str {
    static VERSION: OnceLock<String> = OnceLock::new();
    VERSION.get_or_init(|| format!("{} (catalog {})", env!("CARGO_PKG_VERSION"), Catalog::BUILTIN_HASH))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn every_argument_is_well_formed() {
        Cli::command().debug_assert();
    }
}
