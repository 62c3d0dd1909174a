//! The page in a browser: its script, its policy and its print. Only where `CANDOR_CHROMIUM` names one.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use candor::report::Lang;

use super::markup::{Tag, tags};
use super::page;
use super::sample::{hostile, photo};

/// A browser with a folder of its own.
struct Browser {
    program: OsString,
    folder: PathBuf,
}

impl Browser {
    fn new(test: &str) -> Option<Self> {
        let program = std::env::var_os("CANDOR_CHROMIUM")?;
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("page-{test}"));
        fs::create_dir_all(&folder).unwrap();
        Some(Self { program, folder })
    }

    fn run(&self, page: &str, view: &str, action: &str) -> Vec<u8> {
        let file = self.folder.join("page.html");
        fs::write(&file, page).unwrap();
        let profile = format!("--user-data-dir={}", self.folder.join("profile").display());
        let address = format!("file://{}{view}", file.display());
        let options = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=3000", &profile];
        let output = Command::new(&self.program).args(options).args([action, &address]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    /// The tags of a page once its script has run.
    fn shown(&self, page: &str, view: &str) -> Vec<Tag> {
        tags(&String::from_utf8(self.run(page, view, "--dump-dom")).unwrap())
    }
}

/// Findings that are shown and all findings.
fn findings(tags: &[Tag]) -> (Vec<&Tag>, usize) {
    let all: Vec<&Tag> = tags.iter().filter(|tag| tag.has_class("finding")).collect();
    let n_all = all.len();
    (all.into_iter().filter(|tag| tag.get("hidden").is_none()).collect(), n_all)
}

#[test]
fn a_link_opens_a_filtered_view() {
    let Some(browser) = Browser::new("filter") else { return };
    let page = photo().page(Lang::Zh);
    let all = browser.shown(&page, "");
    let (shown, n_all) = findings(&all);
    assert_eq!(shown.len(), n_all, "nothing is hidden at first");
    let has = |tag: &Tag, name: &str, value: &str| tag.get(name).unwrap().split(' ').any(|it| it == value);
    for (view, name, value) in [
        ("severity=high", "data-severity", "high"),
        ("owner=sdk:bugly", "data-owner", "sdk:bugly"),
        ("data=imei", "data-data", "imei"),
        ("state=undecided", "data-state", "undecided"),
    ] {
        let tags = browser.shown(&page, &format!("#{view}"));
        let (shown, _) = findings(&tags);
        let fitting = all.iter().filter(|tag| tag.has_class("finding") && has(tag, name, value)).count();
        assert!(shown.iter().all(|tag| has(tag, name, value)), "{view}");
        assert_eq!((shown.len(), shown.len() < n_all), (fitting, true), "{view}");
    }
    let tags = browser.shown(&page, "#severity=high&owner=sdk:bugly");
    assert!(
        findings(&tags).0.iter().all(|tag| has(tag, "data-severity", "high") && has(tag, "data-owner", "sdk:bugly"))
    );
}

#[test]
fn a_search_leaves_what_has_the_word() {
    let Some(browser) = Browser::new("search") else { return };
    let page = photo().page(Lang::Zh);
    let tags = browser.shown(&page, "#q=getSubscriberId");
    let (shown, n_all) = findings(&tags);
    assert!(!shown.is_empty() && shown.len() < n_all);
    let nothing = browser.shown(&page, "#q=no-such-word");
    assert_eq!(findings(&nothing).0.len(), 0);
    let rows = nothing.iter().filter(|tag| tag.name == "tr" && tag.get("hidden").is_some()).count();
    assert!(10 < rows, "rows of tables follow the search");
    let count = tags.iter().find(|tag| tag.get("id") == Some("shown")).unwrap();
    assert_eq!(count.text.trim(), format!("显示 {} / {n_all} 项", shown.len()));
}

#[test]
fn reads_are_filtered_where_there_is_no_policy() {
    let Some(browser) = Browser::new("reads") else { return };
    let sample = photo();
    let page = page(Lang::Zh, &[sample.told_alone()]);
    let tags = browser.shown(&page, "#owner=sdk:bugly&data=imei");
    let shown: Vec<&Tag> =
        tags.iter().filter(|tag| tag.has_class("read") && tag.name == "div" && tag.get("hidden").is_none()).collect();
    assert_eq!(shown.len(), 1);
    assert_eq!((shown[0].get("data-owner"), shown[0].get("data-data")), (Some("sdk:bugly"), Some("imei")));
}

#[test]
fn the_language_is_switched() {
    let Some(browser) = Browser::new("language") else { return };
    let page = photo().page(Lang::Zh);
    for (view, lang, title) in [("", "zh", "隐私合规检查报告"), ("#lang=en", "en", "privacy report")] {
        let tags = browser.shown(&page, view);
        let find = |name: &str| tags.iter().find(|tag| tag.name == name).unwrap();
        assert_eq!(find("html").get("lang"), Some(lang));
        assert!(find("title").text.contains(title), "{:?}", find("title"));
        let pressed = tags.iter().filter(|tag| tag.get("aria-pressed") == Some("true"));
        assert_eq!(pressed.map(|tag| tag.get("data-set-lang").unwrap()).collect::<Vec<_>>(), [lang]);
        let tools = tags.iter().find(|tag| tag.has_class("tools")).unwrap();
        assert_eq!(tools.get("hidden"), None, "controls are there where there is a script for them");
    }
}

#[test]
fn what_a_package_says_does_not_run() {
    let Some(browser) = Browser::new("hostile") else { return };
    let tags = browser.shown(&hostile().page(Lang::Zh), "#q=%3Cscript%3Ealert(1)%3C/script%3E");
    let root = tags.iter().find(|tag| tag.name == "html").unwrap();
    assert_eq!(root.get("data-owned"), None);
    assert_eq!(tags.iter().filter(|tag| tag.name == "script").count(), 1);

    // Were a value written as markup by mistake, the policy of the page would still not let it run.
    let inside = "<script>document.documentElement.dataset.owned='3'</script><img src=x onerror=\"document.documentElement.dataset.owned='4'\">";
    let broken = photo().page(Lang::Zh).replace("<main id=\"main\">", &format!("<main id=\"main\">{inside}"));
    let tags = browser.shown(&broken, "");
    assert_eq!(tags.iter().find(|tag| tag.name == "html").unwrap().get("data-owned"), None);
    assert_eq!(findings(&tags).0.len(), photo().checked.findings.len(), "the script of the page runs");
}

#[test]
fn it_prints() {
    let Some(browser) = Browser::new("print") else { return };
    let pdf = browser.folder.join("page.pdf");
    browser.run(&photo().page(Lang::Zh), "", &format!("--print-to-pdf={}", pdf.display()));
    let bytes = fs::read(pdf).unwrap();
    assert!(bytes.starts_with(b"%PDF-"));
    let pages = bytes.windows(11).filter(|window| *window == b"/Type /Page").count();
    assert!(3 < pages, "{pages} pages");
}
