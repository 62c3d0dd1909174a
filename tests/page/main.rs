//! The page that an examiner hands over: it is one file that loads and runs nothing of others, says in both languages
//! what the report says, and can be read without a script, by ear and on paper.
//!
//! With `CANDOR_CHROMIUM=/usr/bin/chromium` its script is tried in a browser as well.

#![allow(clippy::unwrap_used)]

mod browser;
mod markup;
mod sample;
mod structure;

use candor::behavior::Behavior;
use candor::catalog::Catalog;
use candor::check::Checked;
use candor::disclosure::Disclosure;
use candor::report::{Detail, Format, Held, Lang, Report, Status, Style, Subject, Told, Totals};

/// What a page is made of.
struct Sample {
    behavior: Behavior,
    disclosure: Disclosure,
    checked: Checked,
}

impl Sample {
    fn told(&self) -> Told<'_> {
        let held = Held { disclosure: &self.disclosure, choice: None, checked: &self.checked, failing: &[] };
        Told { behavior: &self.behavior, held: Some(held), status: Status::Findings }
    }

    fn told_alone(&self) -> Told<'_> {
        Told { behavior: &self.behavior, held: None, status: Status::Clean }
    }

    fn page(&self, lang: Lang) -> String {
        page(lang, &[self.told()])
    }
}

fn page(lang: Lang, packages: &[Told<'_>]) -> String {
    let style = Style { color: false, width: None };
    let (catalog, format, subject) = (Catalog::builtin(), Format::Html, Subject::Comparison);
    let report = Report { catalog, format, subject, lang, detail: Detail::Normal, style, time: None };
    let mut out = Vec::new();
    let mut document = report.begin(&mut out).unwrap();
    for told in packages {
        document.add(&report.package(*told), &mut out).unwrap();
    }
    document.end(&Totals::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}
