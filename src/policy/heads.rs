//! The title of a policy and the name of the app, from its first lines.

use super::draft::{Draft, MarkKind};
use super::numbers::numberless;
use super::page::Part;
use super::text::Text;
use super::words::Words;

/// Lines in which the title stands, and those in which the app is named.
const TITLE_LINES: usize = 12;
const APP_LINES: usize = 40;

/// Characters of a title, and of the name of an app.
const LONGEST_TITLE: usize = 40;
const LONGEST_APP: usize = 20;

/// Reads both into the draft.
pub(super) fn read(parts: &[Part], words: &Words<'_>, draft: &mut Draft<'_>) {
    let lines = || {
        parts.iter().filter_map(|part| match part {
            Part::Line(line) => Some(&line.text),
            Part::Grid(_) => None,
        })
    };
    for text in lines().take(TITLE_LINES) {
        let string = text.as_str();
        let link = string.contains("://");
        if LONGEST_TITLE < string.chars().count() || string.contains(['。', '，', '：']) || link {
            continue;
        }
        let found = words.find(string);
        let Some(range) = found.of("title").max_by_key(|range| range.len()).cloned() else { continue };
        // A link to the policy may stand above its title, which names the app, too.
        let known = draft.disclosure.title.as_str();
        if !known.is_empty() && (!string.contains(known) || string == known) {
            continue;
        }
        // Within a page that is half Markdown the marks of a heading stand in its text.
        let marks = string.len().saturating_sub(string.trim_start_matches(['#', ' ']).len());
        let bare = numberless(&text.slice(marks..string.len()), words);
        bare.as_str().clone_into(&mut draft.disclosure.title);
        draft.mark(text.span(), MarkKind::Claim, string);
        let before = string.get(..range.start).unwrap_or_default();
        let name = before
            .trim_matches(['《', '“', '"', '—', '-', ' ', '【', '】', '*', '#', '”'])
            .trim_end_matches(['用', '户']);
        // Privacy Policy of …: the name stands behind.
        let after = string.get(range.end..).unwrap_or_default();
        let behind = found.valued("app-name").find(|(it, value)| {
            *value == "behind-title"
                && range.end <= it.start
                && after.trim_start().len() == string.len().saturating_sub(it.start)
        });
        let name = match behind.and_then(|(it, _)| string.get(it.end..)) {
            Some(after) if name.is_empty() => after.trim(),
            _ => name,
        };
        // The number of a heading and a platform are no name.
        let product =
            (found.of("title").count() == 1 || !name.is_empty()) && bare.as_str() == string && !found.has("platform");
        if product && is_name(name) && !words.find(name).has("generic-sdk") {
            name.clone_into(&mut draft.disclosure.app);
            break;
        }
    }
    if draft.disclosure.app.is_empty()
        && let Some(name) = lines().take(APP_LINES).find_map(|text| named(text, words))
    {
        draft.disclosure.app = name;
    }
}

/// The name between 使用 and （以下.
fn named(text: &Text, words: &Words<'_>) -> Option<String> {
    let string = text.as_str();
    let found = words.find(string);
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for (range, value) in found.valued("app-name") {
        match value {
            "before" => before.push(range),
            "after" => after.push(range),
            _ => {}
        }
    }
    after.iter().find_map(|after| {
        let start = before.iter().map(|range| range.end).filter(|end| *end <= after.start).max();
        // …（以下简称“我们”） begins with the name.
        let opens = string.get(after.start..).is_some_and(|it| it.starts_with(['（', '(']));
        let start = start.or_else(|| opens.then_some(0))?;
        let name = string.get(start..after.start)?.trim().trim_matches(['“', '”', '"', '《', '》', '【', '】', ' ']);
        is_name(name).then(|| name.to_owned())
    })
}

fn is_name(name: &str) -> bool {
    (2..=LONGEST_APP).contains(&name.chars().count())
        && !name.contains(['，', ',', '。', '、', '：', '（', '(', '的', '我', '您', '/', '本'])
}
