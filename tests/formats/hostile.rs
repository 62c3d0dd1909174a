//! A package and a policy that say the worst that each form could take for its own.

use candor::behavior::{Behavior, Observer};
use candor::catalog::{Catalog, Focus};
use candor::check::check;
use candor::container::{Package, discover};
use candor::disclosure::Disclosure;
use candor::report::{Detail, Format, Held, Lang, Report, Status, Style, Subject, Told, Totals};

use crate::valid::hold;

const TEXTS: [&str; 7] = [
    "=HYPERLINK(\"http://evil.example\",\"open\")",
    "@everyone see #1 and !2, ~bug %\"1.0\" $3",
    "<script>alert(1)</script></details></summary><img src=x onerror=alert(1)>",
    "]]><failure message=\"x\"/>\u{0}\u{1b}[2J\u{202e}\u{ffff}\u{fffe}",
    "a`b``c|d\\|e **f** [g](javascript:alert(1)) ![h](http://i.example) www.j.example",
    "line one\r\n| line | two |\n# three\n```\n<!-- ",
    "\t+1\",\"\"\r\n-2;=3",
];

#[test]
fn nothing_that_a_package_or_a_policy_says_is_taken_for_the_report() {
    for text in TEXTS {
        for lang in [Lang::Zh, Lang::En] {
            for format in Format::ALL {
                let what = format!("{} with {text:?}", format.word());
                hold(
                    format.word(),
                    &report(format, lang, |behavior, disclosure| spoil(behavior, disclosure, text)),
                    &what,
                );
            }
        }
    }
}

#[test]
fn the_longest_report_still_fits_a_comment_and_says_that_it_was_cut() {
    let long = |behavior: &mut Behavior, disclosure: &mut Disclosure| {
        disclosure.title = "长".repeat(3000);
        for read in &mut behavior.reads {
            read.caller = format!("L{};->a()V", "long/".repeat(2000));
        }
    };
    let text = report(Format::Markdown, Lang::En, long);
    hold("markdown", &text, "a long report");
    let text = String::from_utf8(text).expect("text");
    assert!(text.contains("Cut: "), "{text}");
}

/// Every text that comes from outside.
fn spoil(behavior: &mut Behavior, disclosure: &mut Disclosure, text: &str) {
    behavior.path = text.into();
    behavior.app.label = Some(text.into());
    behavior.app.package = text.into();
    behavior.app.version_name = Some(text.into());
    for it in &mut behavior.signing {
        it.subject = text.into();
    }
    for read in &mut behavior.reads {
        read.caller = format!("L{text};->{text}()V");
        read.literal = Some(text.into());
        read.file = text.into();
        read.path = vec![text.into(), read.caller.clone()];
        read.owner.id = if read.data == "imei" { text.into() } else { read.owner.id.clone() };
    }
    for sdk in &mut behavior.sdks {
        sdk.version = Some(text.into());
        sdk.version_from = Some(text.into());
        sdk.evidence.iter_mut().for_each(|it| it.value = text.into());
    }
    for it in behavior.permissions.iter_mut().take(3) {
        it.name = text.into();
    }
    for it in &mut behavior.completeness.reasons {
        it.detail = text.into();
    }
    disclosure.title = text.into();
    disclosure.app = text.into();
    disclosure.file = text.into();
    for row in &mut disclosure.sdk {
        row.names = vec![text.into()];
        row.cite.quote = text.into();
    }
    for row in &mut disclosure.permission {
        row.text = text.into();
        row.cite.quote = text.into();
        row.constants.push(text.into());
    }
    for it in &mut disclosure.collects {
        it.cite.quote = text.into();
    }
}

/// The report on a built package that was changed.
fn report(format: Format, lang: Lang, change: impl FnOnce(&mut Behavior, &mut Disclosure)) -> Vec<u8> {
    let catalog = Catalog::builtin();
    let (inputs, _) = discover(&["fixtures/id-photo/id-photo.apk".into()]);
    let package = Package::open(&inputs[0]).expect("a package");
    let mut behavior = Observer::new(catalog, Focus::Policy).observe(&package);
    let path = std::path::Path::new("disclosures/meitu-id-photo.toml");
    let mut disclosure = Disclosure::load(path, catalog).expect("a disclosure");
    change(&mut behavior, &mut disclosure);
    let checked = check(&behavior, &disclosure, catalog);
    let held = Some(Held { disclosure: &disclosure, choice: None, checked: &checked, failing: &[] });
    let style = Style { color: false, width: Some(100) };
    let subject = Subject::Comparison;
    let report = Report { catalog, format, subject, lang, detail: Detail::Verbose, style, time: None };
    let mut out = Vec::new();
    let mut document = report.begin(&mut out).expect("a vector takes all");
    let told = Told { behavior: &behavior, held, status: Status::Findings };
    document.add(&report.package(told), &mut out).expect("a vector takes all");
    let totals = Totals { packages: 1, failing: 1, ..Totals::default() };
    document.end(&totals, &mut out).expect("a vector takes all");
    out
}
