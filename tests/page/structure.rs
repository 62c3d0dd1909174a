//! What stands on a page, and what does not.

use std::collections::BTreeSet;

use candor::behavior::{Behavior, Read};
use candor::catalog::Catalog;
use candor::check::{Checked, Evidence, GateState, State, lint};
use candor::report::{Detail, Format, Held, Lang, Report, Status, Style, Subject, Told};
use data_encoding::BASE64;
use sha2::{Digest, Sha256};

use super::markup::{Tag, content, tags};
use super::sample::{EVIL, hostile, photo};
use super::{Sample, page};

#[test]
fn a_page_loads_nothing_and_runs_nothing_but_its_own_script() {
    let page = photo().page(Lang::Zh);
    for tag in tags(&page) {
        assert!(!["link", "iframe", "object", "embed", "form", "base", "svg"].contains(&tag.name.as_str()), "{tag:?}");
        for (name, value) in &tag.attributes {
            assert!(!name.starts_with("on") && name != "style", "{tag:?}");
            match name.as_str() {
                "href" => assert!(value.starts_with('#'), "{tag:?}"),
                "src" => assert!(value.starts_with("data:image/png;base64,"), "{tag:?}"),
                _ => {}
            }
        }
    }
    let style = content(&page, "style");
    assert!(!style.contains("url(") && !style.contains("@import") && !style.contains("@font-face"));
    for way_out in ["fetch(", "XMLHttpRequest", "innerHTML", "eval(", "Function(", "document.write", "import("] {
        assert!(!content(&page, "script").contains(way_out), "{way_out}");
    }
}

#[test]
fn the_policy_in_the_head_knows_the_style_and_the_script_by_their_hashes() {
    let page = photo().page(Lang::En);
    let tags = tags(&page);
    let policy = tags.iter().find(|tag| tag.get("http-equiv") == Some("Content-Security-Policy")).unwrap();
    let hash = |name| format!("'sha256-{}'", BASE64.encode(&Sha256::digest(content(&page, name))));
    let directives: BTreeSet<&str> = policy.get("content").unwrap().split("; ").collect();
    let (style, script) = (format!("style-src {}", hash("style")), format!("script-src {}", hash("script")));
    let expected = ["default-src 'none'", "img-src data:", &style, &script, "base-uri 'none'", "form-action 'none'"];
    assert_eq!(directives, BTreeSet::from(expected));
    let meta = |tag: &Tag| tag.name == "meta" || tag.name == "style";
    let first = tags.iter().filter(|tag| meta(tag)).nth(1).unwrap();
    assert_eq!(first.get("http-equiv"), Some("Content-Security-Policy"), "nothing but the encoding stands before it");
}

#[test]
fn nothing_that_a_package_or_a_policy_says_is_markup() {
    let (tame, wild) = (photo().page(Lang::Zh), hostile().page(Lang::Zh));
    let names = |page: &str| tags(page).into_iter().map(|tag| tag.name).collect::<BTreeSet<_>>();
    assert_eq!(names(&tame), names(&wild));
    let found = tags(&wild);
    assert_eq!(found.iter().filter(|tag| tag.name == "script").count(), 1);
    assert!(found.iter().all(|tag| tag.attributes.iter().all(|(name, _)| !name.starts_with("on"))));
    assert!(found.iter().all(|tag| tag.get("autofocus").is_none()));
    assert!(50 < wild.matches("&#60;img src=x onerror=").count(), "it is shown");
    assert!(wild.contains("{{ 7*7 }}"));
}

#[test]
fn characters_that_turn_or_hide_text_are_shown() {
    let page = hostile().page(Lang::En);
    let acting = page.chars().find(|&c| c != '\n' && (c.is_control() || "\u{200b}\u{202e}".contains(c)));
    assert_eq!(acting, None);
    assert!(EVIL.contains('\u{202e}') && page.contains("\\u{202e}gpj.\\u{200b}\\u{1b}[31m"));
}

#[test]
fn places_and_names_of_the_page_fit_together() {
    for sample in [photo(), hostile()] {
        let page = page(Lang::Zh, &[sample.told(), Told { behavior: &unread(), held: None, status: Status::Failed }]);
        let tags = tags(&page);
        let all: Vec<&str> = tags.iter().filter_map(|tag| tag.get("id")).collect();
        let ids: BTreeSet<&str> = all.iter().copied().collect();
        let twice: Vec<_> = all.iter().enumerate().filter(|(at, id)| all[..*at].contains(*id)).collect();
        assert_eq!((all.len(), twice), (ids.len(), vec![]), "every id stands once");
        for tag in &tags {
            let links = tag.get("href").and_then(|href| href.strip_prefix('#'));
            let labels =
                ["aria-labelledby", "for"].into_iter().filter_map(|name| tag.get(name)).flat_map(|it| it.split(' '));
            for id in links.into_iter().chain(labels) {
                assert!(ids.contains(id), "{tag:?}");
            }
        }
        let hostile_ids = ids.iter().filter(|id| id.contains(char::is_whitespace)).count();
        assert_eq!(hostile_ids, 0, "an id has no spaces");
    }
}

#[test]
fn a_page_can_be_read_by_ear() {
    let sample = photo();
    let page = page(Lang::En, &[sample.told(), sample.told_alone()]);
    let mut level = 0;
    for tag in tags(&page) {
        let named = |name| tag.get(name).is_some_and(|it| !it.is_empty());
        match tag.name.as_str() {
            "th" => assert!(["row", "col"].contains(&tag.get("scope").unwrap_or_default()), "{tag:?}"),
            "img" => assert_eq!(tag.get("alt"), Some(""), "an icon says nothing that its name does not"),
            "nav" => assert!(named("aria-label"), "{tag:?}"),
            "section" | "article" => assert!(named("aria-labelledby"), "{tag:?}"),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                let next = tag.name[1..].parse().unwrap();
                assert!(next <= level + 1, "h{level} is followed by {tag:?}");
                level = next;
            }
            _ => {}
        }
        assert!(!tag.has_class("scroll") || tag.get("tabindex") == Some("0") && named("aria-labelledby"), "{tag:?}");
    }
    for name in ["<header", "<main", "<nav", "role=\"search\""] {
        assert!(page.contains(name), "{name}");
    }
}

#[test]
fn both_languages_stand_on_the_page_and_the_first_is_as_asked() {
    let (zh, en) = (photo().page(Lang::Zh), photo().page(Lang::En));
    assert!(zh.starts_with("<!doctype html>\n<html lang=\"zh\">"));
    assert!(en.starts_with("<!doctype html>\n<html lang=\"en\">"));
    let differ = zh.lines().zip(en.lines()).filter(|(zh, en)| zh != en).count();
    assert_eq!((zh.lines().count(), differ), (en.lines().count(), 2), "the language of the page and its title");
    let spans = |lang| tags(&zh).iter().filter(|tag| tag.name == "span" && tag.get("lang") == Some(lang)).count();
    assert!(100 < spans("zh"));
    assert_eq!(spans("zh"), spans("en"));
    assert!(
        content(&zh, "style").contains(":root[lang=zh] [lang=en]"),
        "the other language is hidden without a script"
    );
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    assert_eq!(photo().page(Lang::Zh), photo().page(Lang::Zh));
}

#[test]
fn the_matrix_says_what_the_policy_says_of_each_owner() {
    let page = photo().page(Lang::En);
    let tags = tags(&page);
    let columns: Vec<&str> =
        tags.iter().filter(|tag| tag.name == "th").filter_map(|tag| tag.get("data-owner-name")).collect();
    let cell = |data: &str, owner: &str| {
        let row = tags.iter().position(|tag| tag.name == "th" && tag.get("data-data-name") == Some(data)).unwrap();
        let cells: Vec<&Tag> =
            tags[row + 1..].iter().take_while(|tag| tag.name != "tr").filter(|tag| tag.name == "td").collect();
        let column = columns.iter().position(|it| *it == owner).unwrap();
        cells[column].get("class").unwrap_or("").to_owned()
    };
    assert_eq!(cell("imei", "sdk:bugly"), "omitted");
    assert_eq!(cell("android-id", "sdk:bugly"), "disclosed");
    assert_eq!(cell("imei", "app"), "disclosed");
}

#[test]
fn a_cell_leads_to_what_it_rests_on() {
    let page = photo().page(Lang::En);
    let tags = tags(&page);
    let place = |id: &str| tags.iter().position(|tag| tag.get("id") == Some(id)).expect("the link leads somewhere");
    let cells = tags.iter().enumerate().filter(|(_, tag)| tag.name == "td" && tag.has_class("disclosed"));
    let cells: Vec<&Tag> = cells.map(|(at, _)| &tags[at + 1]).collect();
    assert!(5 < cells.len());
    for link in cells {
        let row = place(link.get("href").expect("a link").trim_start_matches('#'));
        assert_eq!(tags[row].name, "tr");
        let inside = tags[row + 1..].iter().take_while(|tag| tag.name != "tr");
        assert!(inside.into_iter().any(|tag| tag.has_class("api")), "the row of {link:?} shows the call");
    }
}

#[test]
fn what_a_team_has_noted_can_be_asked_for() {
    let Sample { behavior, disclosure, mut checked } = photo();
    checked.findings[0].gate.state = GateState::Waived;
    checked.findings[1].gate.state = GateState::Baselined;
    let n_open = checked.findings.iter().skip(2).filter(|it| it.state == State::Open).count();
    let page = Sample { behavior, disclosure, checked }.page(Lang::En);
    let tags = tags(&page);
    let count = |state| tags.iter().filter(|tag| tag.get("data-state") == Some(state)).count();
    assert_eq!((count("waived"), count("baselined"), count("open")), (1, 1, n_open));
    for state in ["waived", "baselined"] {
        assert!(tags.iter().any(|tag| tag.name == "option" && tag.get("value") == Some(state)), "{state}");
    }
}

#[test]
fn evidence_beyond_the_cap_is_counted() {
    let Sample { behavior, disclosure, mut checked } = photo();
    let finding = checked.findings.iter_mut().find(|it| it.evidence.iter().any(|it| it.kind == "read")).unwrap();
    let first = finding.evidence[0].clone();
    finding.evidence =
        (0..100).map(|index| Evidence { place: format!("La/B{index};->c()V"), ..first.clone() }).collect();
    let checked = Checked { findings: vec![finding.clone()], ..Checked::default() };
    let page = Sample { behavior, disclosure, checked }.page(Lang::En);
    assert_eq!(page.matches("<code>a.B").count(), 40);
    assert!(page.contains("</span> 60 <span"), "the other sixty are told");
}

#[test]
fn places_that_differ_in_their_offset_alone_are_one() {
    let Sample { behavior, disclosure, mut checked } = photo();
    let finding = checked.findings.iter_mut().find(|it| it.evidence.iter().any(|it| it.kind == "read")).unwrap();
    let first = finding.evidence[0].clone();
    let at = |offset: usize| Evidence { at: format!("classes.dex@{offset:#x}"), ..first.clone() };
    finding.evidence = (0..30).map(at).collect();
    let checked = Checked { findings: vec![finding.clone()], ..Checked::default() };
    let page = Sample { behavior, disclosure, checked }.page(Lang::En);
    assert_eq!(page.matches("class=\"api\"").count(), 1);
    assert!(page.contains("× 30") && page.contains("classes.dex@0x13 … +10"), "all of them are told or counted");
}

#[test]
fn what_a_team_has_accepted_is_still_told() {
    let Sample { behavior, disclosure, mut checked } = photo();
    for finding in &mut checked.findings {
        finding.gate.state = GateState::Waived;
        finding.gate.reason = "the vendor mends it".into();
    }
    let page = Sample { behavior, disclosure, checked }.page(Lang::En);
    assert!(!page.contains("No difference from the policy was seen"));
    assert!(page.contains("waived: the vendor mends it"));
}

#[test]
fn a_package_alone_shows_its_reads_and_no_verdict() {
    let sample = photo();
    let page = page(Lang::En, &[sample.told_alone()]);
    let cells = tags(&page).iter().filter(|tag| tag.name == "td" && tag.has_class("read")).count();
    let pairs: BTreeSet<(&str, &str)> =
        sample.behavior.reads.iter().map(|it: &Read| (it.owner.id.as_str(), it.data.as_str())).collect();
    assert_eq!(cells, pairs.len());
    assert!(!page.contains("data-severity=") && !page.contains("held against</span>"));
}

#[test]
fn a_policy_alone_shows_what_it_lacks_and_no_package() {
    let Sample { disclosure, .. } = photo();
    let catalog = Catalog::builtin();
    let checked = lint(&disclosure, catalog);
    let style = Style { color: false, width: None };
    let (format, subject, lang) = (Format::Html, Subject::Policy, Lang::En);
    let report = Report { catalog, format, subject, lang, detail: Detail::Normal, style, time: None };
    let mut page = Vec::new();
    let held = Held { disclosure: &disclosure, choice: None, checked: &checked, failing: &[] };
    report.policy(held, &mut page).unwrap();
    let page = String::from_utf8(page).unwrap();
    let tags = tags(&page);
    let count = |class| tags.iter().filter(|tag| tag.has_class(class)).count();
    assert_eq!((count("finding"), count("matrix")), (checked.findings.len(), 0));
    assert!(page.contains(&format!("The policy has {} points to mend.", checked.findings.len())));
    assert!(page.contains("No package was held against it.") && !page.contains("Permissions</span>"));
    assert!(tags.iter().any(|tag| tag.name == "h2" && tag.get("id").is_some_and(|id| id.ends_with("-name"))));
}

#[test]
fn many_packages_have_an_index_and_those_that_do_not_fit_are_told() {
    let large = |path: &str| {
        let mut behavior = photo().behavior;
        behavior.path = path.to_owned();
        behavior.completeness.reasons[0].detail = "x".repeat(7 << 20);
        behavior
    };
    let (first, second, third) = (large("1.apk"), large("2.apk"), photo().behavior);
    let page =
        page(Lang::En, &[&first, &second, &third].map(|behavior| Told { behavior, held: None, status: Status::Clean }));
    let tags = tags(&page);
    let sections = tags.iter().filter(|tag| tag.has_class("package")).count();
    assert_eq!(sections, 2, "the second is left out, the third fits again");
    for path in ["1.apk", "2.apk", "id-photo.apk"] {
        assert!(page.contains(&format!("<code>{path}</code></td>")), "{path} has a line in the index");
    }
    assert!(page.contains("1 package did not fit"), "it is told");
}

fn unread() -> Behavior {
    let issue = candor::Issue::new("b.apk", None, "no archive");
    candor::behavior::failed("b.apk", &issue)
}

#[test]
fn a_package_that_could_not_be_read_is_not_clean() {
    let page = page(Lang::En, &[Told { behavior: &unread(), held: None, status: Status::Failed }]);
    assert!(page.contains("This package could not be read.") && page.contains("no archive"));
}
