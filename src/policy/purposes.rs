//! What a sentence says that data are for, and on which occasion they are collected, in its own words.

use std::ops::Range;

use super::numbers::numberless;
use super::prose::sentences;
use super::quotes::{one_line, stated};
use super::rows::PURPOSE;
use super::text::Text;
use super::words::{Found, Words};

/// Characters of the words before a statement that may name its occasion.
const LABEL: usize = 16;

/// Signs between clauses.
const COMMA: [char; 4] = ['，', ',', '：', ':'];

/// Signs of the number of a paragraph.
const NUMBER: [char; 6] = ['.', '、', ')', '）', '(', '（'];

/// The purpose of a sentence: the clauses for it with which it begins, else what follows a mark of a purpose, else what
/// the next sentence says that this is for.
pub(super) fn purpose(string: &str, found: &Found, sentence: &Range<usize>) -> String {
    if let Some(leading) = leading(string, found, sentence) {
        return stated(string.get(leading).unwrap_or_default(), PURPOSE);
    }
    let marks = found.valued("purpose-mark").filter(|(_, value)| value.is_empty()).map(|(range, _)| range);
    let mark = marks.into_iter().find(|it| sentence.start <= it.start && it.end < sentence.end);
    if let Some(behind) = mark.and_then(|mark| string.get(mark.start..sentence.end)) {
        return stated(closed(behind), PURPOSE);
    }
    let rest = string.get(sentence.end..).unwrap_or_default();
    let next = string.len().saturating_sub(rest.trim_start().len());
    let said = found.of("purpose-behind").filter(|it| it.start == next).max_by_key(|it| it.end);
    let end = sentences(rest).first().map_or(0, |it| sentence.end.saturating_add(it.end));
    said.and_then(|said| string.get(said.end..end)).map_or_else(String::new, |it| stated(it.trim_start(), PURPOSE))
}

/// As far as the bracket goes that a purpose stands in: （用于统计）、IMEI.
fn closed(behind: &str) -> &str {
    let mut open = 0_usize;
    for (at, it) in behind.char_indices() {
        match it {
            '（' | '(' => open = open.saturating_add(1),
            '）' | ')' if open == 0 => return behind.get(..at).unwrap_or(behind),
            '）' | ')' => open = open.saturating_sub(1),
            _ => {}
        }
    }
    behind
}

/// The first clause that begins with a word of purposes, and those behind it that do or go on with it: 为保障安全，并改进服务.
fn leading(string: &str, found: &Found, sentence: &Range<usize>) -> Option<Range<usize>> {
    let mut whole: Option<Range<usize>> = None;
    for clause in clauses(string, sentence) {
        let text = string.get(clause.clone()).unwrap_or_default();
        let begins = found.of("purpose-start").any(|it| it.start == clause.start) && 4 < text.chars().count();
        let within = |it: &Range<usize>| clause.start <= it.start && it.end <= clause.end;
        let speaks = || found.of("verb").chain(found.of("user-verb")).any(within);
        let goes_on = || found.of("joiner").any(|it| it.start == clause.start) && !speaks();
        match &mut whole {
            None if begins => whole = Some(clause),
            None => {}
            Some(whole) if begins || goes_on() => whole.end = clause.end,
            Some(_) => break,
        }
    }
    whole
}

/// The occasion of a statement: the label of its paragraph, 注册登录：…, else the clause before the datum that says when, 当您
/// 使用…时.
pub(super) fn scene(text: &Text, found: &Found, sentence: &Range<usize>, datum: usize, words: &Words<'_>) -> String {
    let string = text.as_str();
    label(text, datum, words)
        .or_else(|| {
            let mut before = clauses(string, sentence).into_iter().take_while(|it| it.end <= datum);
            let occasion = before.find(|it| {
                let begins = found.valued("scene-start").find(|(word, _)| word.start == it.start);
                let ends = || found.of("scene-end").any(|word| it.start < word.start && word.end == it.end);
                // 如您拒绝 is no occasion.
                let refuses =
                    found.valued("purpose-mark").any(|(word, value)| value == "end" && word.start == it.start);
                let always = || found.of("scene-always").any(|word| it.start < word.start && word.end <= it.end);
                begins.is_some_and(|(_, value)| value == "alone" || ends()) && !refuses && !always()
            })?;
            string.get(occasion).map(|it| one_line(it, PURPOSE))
        })
        .unwrap_or_default()
}

/// The words with which a paragraph begins, where they are no sentence, name no data and address nobody. Where they only
/// count, 业务功能一：步数记录, the title behind them, which may name data.
fn label(text: &Text, datum: usize, words: &Words<'_>) -> Option<String> {
    let bare = numberless(text, words);
    let bare = bare.as_str();
    let (label, rest) = bare.split_once(['：', ':', '。'])?;
    let counts = counts(label.trim(), words);
    let label = if counts {
        let title = rest.trim_start();
        title.get(..title.find(|it: char| it.is_whitespace() || it == '。' || COMMA.contains(&it))?)?
    } else {
        label.trim()
    };
    let start = text.as_str().len().saturating_sub(bare.len());
    let ahead = start.saturating_add(bare.find(label)?).saturating_add(label.len()) <= datum;
    if !ahead || !(2..=LABEL).contains(&label.chars().count()) || label.contains(COMMA) {
        return None;
    }
    let found = words.find(label);
    let sentence = ["verb", "negation", "purpose-start", "no-scene", "introducer", "user-verb", "heading", "title"];
    let sentence = sentence.get(..if counts { 5 } else { sentence.len() }).unwrap_or_default();
    let plain = counts || found.data.is_empty() && found.permissions.is_empty();
    (plain && !sentence.iter().any(|role| found.has(role))).then(|| label.to_owned())
}

/// Whether a label is a word for a function and its number.
fn counts(label: &str, words: &Words<'_>) -> bool {
    let word = label.trim_end_matches(|it: char| it.is_ascii_digit() || words.numbers.is_numeral(it));
    word.len() < label.len() && words.values(word, "counted").next().is_some()
}

/// The clauses of a sentence, without the signs and spaces around them and the number before them.
fn clauses(string: &str, sentence: &Range<usize>) -> Vec<Range<usize>> {
    let mut at = sentence.start;
    let text = string.get(sentence.clone()).unwrap_or_default();
    let pieces = text.split_inclusive(COMMA).map(|piece| {
        let bare =
            piece.trim_start_matches(|it: char| it.is_whitespace() || it.is_ascii_digit() || NUMBER.contains(&it));
        let start = at.saturating_add(piece.len().saturating_sub(bare.len()));
        at = at.saturating_add(piece.len());
        start..start.saturating_add(bare.trim_end_matches(COMMA).trim_end().len())
    });
    pieces.collect()
}
