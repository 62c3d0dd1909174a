//! A report of tests: the schema of Jenkins' plug-in, and what that leaves open.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use uppsala::XsdValidator;

static SCHEMA: LazyLock<XsdValidator> = LazyLock::new(|| {
    let schema = uppsala::parse(include_str!("../schemas/junit-10.xsd")).expect("XML");
    XsdValidator::from_schema(&schema).expect("a schema")
});

/// Numbers of a suite, and the elements that each counts.
const COUNTS: [(&str, &str); 4] =
    [("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")];

/// Attributes of an element, and how many elements of each name are below it.
type Suite = (BTreeMap<String, String>, BTreeMap<String, usize>);

/// Holds a report against all that readers rely on.
pub(crate) fn hold(text: &str, what: &str) {
    assert_eq!(fault(text), None, "{what}");
}

/// What is wrong with a report, if anything is.
fn fault(text: &str) -> Option<String> {
    let document = match uppsala::parse(text) {
        Ok(document) => document,
        Err(error) => return Some(error.to_string()),
    };
    if let Some(error) = SCHEMA.validate(&document).first() {
        return Some(error.to_string());
    }
    let controls = |c: &char| c.is_control() && !matches!(c, '\t' | '\n' | '\r');
    text.chars().find(controls).map(|c| c.escape_default().to_string()).or_else(|| miscount(text))
}

/// A number of a suite that its cases do not have.
fn miscount(text: &str) -> Option<String> {
    let (root, suites) = suites(text);
    if root != "testsuites" || suites.is_empty() {
        return Some(format!("{} suites in {root}", suites.len()));
    }
    let numbers = suites.iter().flat_map(|suite| COUNTS.map(|it| (suite, it)));
    let mut wrong = numbers.filter_map(|((told, counts), (number, element))| {
        let (told, count) = (told.get(number)?, counts.get(element).copied().unwrap_or(0).to_string());
        (*told != count).then(|| format!("{number} is {told}, and there are {count}"))
    });
    wrong.next()
}

/// The name of the root, and the suites below it.
fn suites(text: &str) -> (String, Vec<Suite>) {
    let mut reader = Reader::from_str(text);
    let mut root = String::new();
    let mut suites: Vec<Suite> = Vec::new();
    loop {
        let element = match reader.read_event().expect("it was read before") {
            Event::Start(element) | Event::Empty(element) => element,
            Event::Eof => return (root, suites),
            _ => continue,
        };
        let name = element.name().as_ref().to_owned();
        match suites.last_mut() {
            _ if name == "testsuite" => suites.push((attributes(&element), BTreeMap::new())),
            Some((_, counts)) => *counts.entry(name).or_default() += 1,
            None => root = name,
        }
    }
}

fn attributes(element: &BytesStart<'_>) -> BTreeMap<String, String> {
    let attributes = element.attributes().map(|it| it.expect("well-formed"));
    attributes.map(|it| (it.key.as_ref().to_owned(), it.value.into_owned())).collect()
}

#[test]
fn a_report_that_is_broken_is_refused() {
    const GOOD: &str = r#"<testsuites name="candor">
<testsuite name="a.apk" tests="3" failures="1" errors="0" skipped="1" time="0">
  <properties><property name="sha256" value="4b"/></properties>
  <testcase classname="candor.package" name="readable" time="0"/>
  <testcase classname="candor.rules" name="D01" time="0"><failure type="high" message="IMEI">at</failure></testcase>
  <testcase classname="candor.rules" name="D07" time="0"><skipped message="undecided"/></testcase>
</testsuite>
</testsuites>"#;
    hold(GOOD, "a good one");
    for (part, broken) in [
        ("classname=", "class="),
        ("<failure ", "<fail "),
        ("</failure>", "</fault>"),
        ("name=\"sha256\" ", ""),
        ("errors=\"0\" ", ""),
        ("time=\"0\">", "time=\"soon\">"),
        ("<testsuites name=\"candor\">", "<testsuites name=\"candor\">text"),
        ("</testsuites>", ""),
        ("tests=\"3\"", "tests=\"4\""),
        ("skipped=\"1\"", "skipped=\"0\""),
        ("testsuites", "properties"),
        (">at<", ">&nothing;<"),
        (">at<", ">\u{0}<"),
        (">at<", ">\u{fffe}<"),
        (">at<", ">\u{9b}<"),
    ] {
        let report = GOOD.replace(part, broken);
        assert!(report != GOOD && fault(&report).is_some(), "{broken:?} in place of {part:?} was let through");
    }
}
