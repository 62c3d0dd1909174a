//! A page to hand over: one file that loads nothing, in both languages, for a screen and for paper.
//!
//! The template engine escapes every value, and the policy in the head of the page lets nothing run but the script that
//! is compiled in here: what a package or a policy says stays text.

mod findings;
mod matrix;
mod package;
mod places;
mod policy;
mod tables;
mod text;

use std::io::{self, Write};
use std::sync::LazyLock;

use askama::Template;
use data_encoding::BASE64;
use sha2::{Digest, Sha256};

use self::package::{IndexRow, Section};
use self::policy::Alone;
use self::text::{Both, Text, filters, harmless};
use super::format::{About, Shape};
use super::{Document, Held, Lang, Part, Report, Subject, Told, Totals};
use crate::catalog::Catalog;

const STYLE: &str = include_str!("templates/style.css");
const SCRIPT: &str = include_str!("templates/script.js");

/// Bytes of packages on one page. A browser shows as much at once; packages beyond are lines of the index alone.
const MAX_BYTES: usize = 12 << 20;

/// What the page allows a browser: the style and the script in it, pictures in it, and nothing else.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = |text: &str| BASE64.encode(&Sha256::digest(text));
    format!(
        "default-src 'none'; img-src data:; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
});

/// The page.
pub(super) struct Html;

impl Shape for Html {
    fn about(&self) -> About {
        About {
            word: "html",
            purpose: "A page to hand over, for a browser and for paper",
            endings: &[".html", ".htm"],
            subjects: &[Subject::Packages, Subject::Comparison, Subject::Policy],
        }
    }

    fn package(&self, report: &Report<'_>, told: Told<'_>, part: &mut Part) -> io::Result<()> {
        part.page = Some(Sheet::new(report.catalog, told)?);
        Ok(())
    }

    /// The index stands before the packages and is known after them, so that nothing is written here.
    fn add(&self, document: &mut Document<'_>, part: &Part, _: &mut dyn Write) -> io::Result<()> {
        part.page.iter().for_each(|sheet| document.pages.add(sheet));
        Ok(())
    }

    fn end(&self, document: &Document<'_>, _: &Totals, out: &mut dyn Write) -> io::Result<()> {
        document.pages.write(&document.report, out)
    }

    fn policy(&self, report: &Report<'_>, held: Held<'_>, out: &mut dyn Write) -> io::Result<()> {
        let mut pages = Pages::default();
        pages.add(&Sheet::of_policy(report.catalog, held)?);
        pages.write(report, out)
    }
}

/// One package, ready to be put on a page.
#[derive(Debug)]
pub(super) struct Sheet {
    /// Its line in the index.
    row: String,
    /// The same where the package itself is left out.
    bare_row: String,
    section: String,
    name: String,
}

/// The packages of a page in the making.
#[derive(Debug, Default)]
pub(super) struct Pages {
    rows: String,
    sections: String,
    count: usize,
    omitted: usize,
    /// Of the last package.
    name: String,
}

#[derive(Template)]
#[template(path = "page.html", config = "src/report/html/askama.toml")]
struct Page<'a> {
    lang: &'static str,
    policy: &'a str,
    title: Text<'a>,
    title_now: &'a str,
    version: &'static str,
    catalog: &'a str,
    style: &'static str,
    script: &'static str,
    index_title: Text<'a>,
    /// Empty where one package needs no index.
    rows: &'a str,
    sections: &'a str,
    omitted: Option<Text<'a>>,
    /// No package is on the page.
    of_policy: bool,
}

impl Sheet {
    fn new(catalog: &Catalog, told: Told<'_>) -> io::Result<Self> {
        let section = Section::new(Both::new(catalog), told);
        let row = |shown| IndexRow { head: section.head(), shown };
        Ok(Self {
            row: rendered(&row(true))?,
            bare_row: rendered(&row(false))?,
            section: rendered(&section)?,
            name: harmless(section.head().name().to_owned()),
        })
    }
}

impl Sheet {
    /// A policy on its own, which needs no index.
    fn of_policy(catalog: &Catalog, held: Held<'_>) -> io::Result<Self> {
        let alone = Alone::new(Both::new(catalog), held);
        let name = harmless(alone.name().to_owned());
        Ok(Self { row: String::new(), bare_row: String::new(), section: rendered(&alone)?, name })
    }
}

fn rendered(template: &impl Template) -> io::Result<String> {
    template.render().map(harmless).map_err(io::Error::other)
}

impl Pages {
    /// Adds a package, or its line alone where the page is full. The first one always finds a place.
    fn add(&mut self, sheet: &Sheet) {
        let fits = self.count == 0 || self.sections.len() + sheet.section.len() <= MAX_BYTES;
        self.count += 1;
        self.omitted += usize::from(!fits);
        self.rows.push_str(if fits { &sheet.row } else { &sheet.bare_row });
        self.sections.push_str(if fits { &sheet.section } else { "" });
        self.name.clone_from(&sheet.name);
    }

    fn write(&self, report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
        let (count, omitted) = (self.count, self.omitted);
        let many = Text::new(format!("{count} 个安装包"), format!("{count} packages"));
        let subject = if count == 1 { Text::same(&self.name) } else { many.clone() };
        let title = Text::new(format!("{} – 隐私合规检查报告", subject.zh), format!("{} – privacy report", subject.en));
        let omitted = (0 < omitted).then(|| {
            let packages = if omitted == 1 { "package" } else { "packages" };
            Text::new(
                format!("本页篇幅有限，{omitted} 个安装包只列在上表中；要看详情，请分批生成。"),
                format!("{omitted} {packages} did not fit on this page and stand in the table alone; smaller batches have them all."),
            )
        });
        let (lang, title_now) = match report.lang {
            Lang::Zh => ("zh", &title.zh),
            Lang::En => ("en", &title.en),
        };
        let page = Page {
            lang,
            policy: &POLICY,
            title_now,
            title: title.clone(),
            version: env!("CARGO_PKG_VERSION"),
            catalog: &report.catalog.hash,
            style: STYLE,
            script: SCRIPT,
            index_title: many,
            rows: if count == 1 { "" } else { &self.rows },
            sections: &self.sections,
            omitted,
            of_policy: report.subject == Subject::Policy,
        };
        page.write_into(out).map_err(io::Error::other)
    }
}
