//! Words in enumerations of data that no data type is known for: 收集您的设备型号、甲乙丙、IMEI. What stands beside data that are
//! known is most likely data, so it is told and never dropped.

use std::ops::Range;

use super::data::Listed;
use super::draft::{Draft, push_once};
use super::links;
use super::rows::is_none;
use super::text::Text;
use super::words::{Found, Words};

/// Why a word is told.
pub(super) const REASON: &str = "no data type is known for this item of a list";

/// Characters of an item; a longer one is a clause.
const LONGEST: usize = 16;

/// Characters of an item of a cell without an entry; a longer one is a sentence.
const LONGEST_OTHER: usize = 24;

/// Words of an item in a language that has spaces between them.
const MOST_WORDS: usize = 4;

/// One item of an enumeration.
struct Token {
    range: Range<usize>,
    /// The sign before it is a comma, which parts clauses as often as items.
    comma: bool,
}

/// Reports the unknown items of the enumerations in which `stated` data stand.
pub(super) fn report(text: &Text, found: &Found, stated: &[Range<usize>], words: &Words<'_>, draft: &mut Draft<'_>) {
    let string = text.as_str();
    if stated.is_empty() {
        return;
    }
    for list in lists(string, found) {
        let names = |token: &Token| stated.iter().any(|it| token.range.contains(&it.start));
        let Some(first) = list.iter().position(names) else { continue };
        let last = list.iter().rposition(names).unwrap_or(first);
        // A comma before the first datum or behind the last one begins another clause.
        let start = (0..=first).rev().find(|at| list.get(*at).is_some_and(|token| token.comma)).unwrap_or(0);
        let after = list.iter().skip(last.saturating_add(1)).take_while(|token| !token.comma).count();
        let enumerated = list.get(start..last.saturating_add(after).saturating_add(1)).unwrap_or_default();
        for (place, token) in enumerated.iter().enumerate() {
            let next = enumerated.get(place.saturating_add(1));
            let before = place.checked_sub(1).and_then(|place| enumerated.get(place));
            // Between commas it is a clause, save between two data.
            let clause = (token.comma || next.is_some_and(|next| next.comma))
                && !(before.is_some_and(names) && next.is_some_and(names));
            if names(token) || clause && 0 < place {
                continue;
            }
            if let Some(range) = unknown(string, (found, words), &token.range, start.saturating_add(place) == 0) {
                let word = string.get(range.clone()).unwrap_or_default();
                draft.unread(&text.span_of(range), word, REASON);
            }
        }
    }
}

/// The data of a cell that no word of the catalog names: the pieces of its list without any. What is too long for a
/// datum is not understood.
pub(super) fn in_cell(
    text: &Text,
    listed: &Listed,
    found: &Found,
    words: &Words<'_>,
    into: &mut Vec<String>,
    draft: &mut Draft<'_>,
) {
    let mut depth = 0_usize;
    let mut start = 0_usize;
    let string = text.as_str();
    let mut pieces: Vec<Range<usize>> = Vec::new();
    for (at, character) in string.char_indices() {
        match character {
            '(' | '（' | '[' | '【' => depth = depth.saturating_add(1),
            ')' | '）' | ']' | '】' => depth = depth.saturating_sub(1),
            '、' | '，' | ',' | '；' | ';' | '\n' | '/' | '。' if depth == 0 => {
                pieces.push(start..at);
                start = at.saturating_add(character.len_utf8());
            }
            _ => {}
        }
    }
    pieces.push(start..string.len());
    for piece in pieces {
        let word = string.get(piece.clone()).unwrap_or_default().trim();
        let touches = |range: &Range<usize>| range.start < piece.end && piece.start < range.end;
        let known = found.data.iter().any(|hit| touches(&hit.range))
            || listed.umbrella.as_ref().is_some_and(|(_, range)| touches(range));
        if known || word.chars().count() < 2 || is_none(word, words) || word.contains("http") {
            continue;
        }
        if links::holds(string, piece.end) {
            continue;
        }
        let word = word.trim_end_matches(['：', ':']);
        if word.chars().count() <= LONGEST_OTHER {
            push_once(into, word.to_owned());
        } else {
            draft.unread(&text.span_of(piece), word, "no data type is known in this part of a list");
        }
    }
}

/// Whether an item of a list that a sentence introduced is a word and no sentence.
pub(super) fn is_word(string: &str, found: &Found, words: &Words<'_>) -> bool {
    let string = string.trim_end_matches(['；', ';', '。', '，', ',', '、', '.']);
    let ends = string.contains(['，', ',', '。', '；', '：', ':', '/']);
    !ends
        && unknown(string, (found, words), &(0..string.len()), false).is_some_and(|it| it.len() == string.trim().len())
}

/// The enumerations of a text: what stands between signs that end a clause, item by item. A bracket is a list of its own.
fn lists(string: &str, found: &Found) -> Vec<Vec<Token>> {
    let mut lists: Vec<Vec<Token>> = vec![Vec::new()];
    let (mut start, mut comma) = (0_usize, false);
    let mut joiners = found.of("joiner").filter(|it| 1 < it.len()).peekable();
    let mut skip = 0_usize;
    let ends = string.char_indices().chain(std::iter::once((string.len(), '\n')));
    for (at, sign) in ends {
        if at < skip {
            continue;
        }
        let length = if matches!(sign, '、' | '，' | ',' | '/') {
            sign.len_utf8()
        } else if let Some(end) = joined(&mut joiners, at) {
            end.saturating_sub(at)
        } else if matches!(
            sign,
            '。' | '；' | ';' | '：' | ':' | '\n' | '(' | ')' | '（' | '）' | '[' | ']' | '【' | '】'
        ) {
            0
        } else {
            continue;
        };
        let blank = string.get(start..at).is_none_or(|it| it.trim().is_empty());
        if let Some(list) = lists.last_mut().filter(|_| !blank) {
            list.push(Token { range: start..at, comma });
        }
        comma = matches!(sign, '，' | ',');
        if length == 0 {
            lists.push(Vec::new());
        }
        start = at.saturating_add(length.max(sign.len_utf8()));
        skip = start;
    }
    lists.retain(|list| 1 < list.len());
    lists
}

/// The end of the longest joiner that begins at a place; those before it are passed.
fn joined<'f>(joiners: &mut std::iter::Peekable<impl Iterator<Item = &'f Range<usize>>>, at: usize) -> Option<usize> {
    while joiners.next_if(|it| it.start < at).is_some() {}
    let mut end = None;
    while let Some(joiner) = joiners.next_if(|it| it.start == at) {
        end = Some(joiner.end);
    }
    end
}

/// The word of an item that nothing is known of. In the first item of a list the words that lead to it are cut off.
fn unknown(
    string: &str,
    (found, words): (&Found, &Words<'_>),
    token: &Range<usize>,
    leads: bool,
) -> Option<Range<usize>> {
    let within = |range: &Range<usize>| token.start <= range.start && range.end <= token.end;
    let touches = |range: &Range<usize>| range.start < token.end && token.start < range.end;
    let mut range = token.clone();
    let leading = ["verb", "user-verb", "passive-verb", "introducer", "open-list"];
    for role in leading {
        for (lead, _) in found.valued(role).filter(|(it, value)| *value != "behind" && within(it)) {
            if !leads && role != "open-list" {
                return None;
            }
            range.start = range.start.max(lead.end);
        }
    }
    if leads && range.start == token.start {
        return None;
    }
    for (end, _) in found.valued("open-list").filter(|(it, value)| *value == "behind" && within(it)) {
        range.end = range.end.min(end.start.max(range.start));
    }
    let owner = ["您的", "你的", "用户的", "您", "的", "your ", "the "];
    let mut word = string.get(range.clone())?;
    loop {
        let cut = owner.iter().find_map(|it| word.trim_start().strip_prefix(it)).unwrap_or(word.trim_start());
        if cut.len() == word.len() {
            break;
        }
        word = cut;
    }
    range.start = range.end.saturating_sub(word.len());
    let word = word.trim();
    range.end = range.start.saturating_add(word.len());
    let says =
        ["negation", "purpose-mark", "sdk-word", "permission-word", "other-subject", "condition", "claim", "company"];
    let other = says.iter().any(|role| found.of(role).any(|it| touches(it) && range.start < it.end));
    let ends = |of: &crate::catalog::Phrase| {
        let whole = !of.value.is_empty();
        of.words().any(|it| if whole { word == *it } else { word.ends_with(it) })
    };
    let act = words.phrases("no-item").iter().any(ends);
    let known = found.data.iter().chain(&found.sdks).chain(&found.permissions).any(|hit| touches(&hit.range));
    let count = word.chars().count();
    let letters = word.chars().any(char::is_alphabetic);
    let latin = word.is_ascii();
    let fits = if latin {
        word.split_whitespace().count() <= MOST_WORDS && count <= LONGEST.saturating_mul(2)
    } else {
        count <= LONGEST
    };
    (2 <= count && fits && letters && !known && !other && !act && !word.contains(['我', '您', '你', '“', '”', '"']))
        .then_some(range)
}
