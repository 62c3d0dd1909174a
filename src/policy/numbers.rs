//! Numbers in digits and in words of the catalog, what they count, and the numbers at the start of a line.

use rustc_hash::FxHashMap;

use super::fold::fold;
use super::text::Text;
use super::words::Words;
use crate::catalog::Phrase;

/// Characters of a number in words.
const LONGEST: usize = 4;

/// Numerals, units of time and months, as the catalog has them.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    /// What a numeral is worth; ten multiplies what stands before it.
    numerals: FxHashMap<char, u32>,
    /// Words for a length of time and their days, the longer word first.
    units: Vec<(String, u32)>,
    /// Words that stand between a number and its unit.
    fillers: Vec<String>,
    months: Vec<(String, u32)>,
    /// Characters behind a number that make it that of a section.
    sections: Vec<char>,
}

impl Numbers {
    pub(super) fn new(phrases: &[Phrase]) -> Self {
        let mut numbers = Self::default();
        for phrase in phrases {
            let value = phrase.value.parse::<u32>();
            let words = || phrase.words().map(|word| fold(word));
            match (phrase.role, value) {
                ("numeral", Ok(value)) => numbers
                    .numerals
                    .extend(words().flat_map(|word| word.chars().map(|it| (it, value)).collect::<Vec<_>>())),
                ("unit", Ok(days)) => numbers.units.extend(words().map(|word| (word, days))),
                ("unit", Err(_)) => numbers.fillers.extend(words()),
                ("month", Ok(month)) => numbers.months.extend(words().map(|word| (word, month))),
                ("section-unit", _) => numbers.sections.extend(words().filter_map(|word| word.chars().next())),
                _ => {}
            }
        }
        numbers.units.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
        numbers
    }

    /// A number at the start of a text, and its bytes.
    pub(super) fn number(&self, text: &str) -> Option<(u32, usize)> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        if 0 < digits {
            return Some((text.get(..digits)?.parse().ok()?, digits));
        }
        let (mut total, mut last, mut length) = (0_u32, None, 0_usize);
        for it in text.chars().take(LONGEST) {
            match self.numerals.get(&it) {
                Some(10) => total = total.saturating_add(last.take().unwrap_or(1_u32).saturating_mul(10)),
                Some(digit) => last = Some(*digit),
                None => break,
            }
            length = length.saturating_add(it.len_utf8());
        }
        (0 < length).then_some((total.saturating_add(last.unwrap_or(0)), length))
    }

    /// The days of the unit at the start of a text, behind signs and words that may stand between: 】个工作日, business days.
    pub(super) fn unit(&self, text: &str) -> Option<u32> {
        let mut rest = text.trim_start_matches(['】', ']', '）', ')', ' ']);
        while let Some(after) = self.fillers.iter().find_map(|filler| starts(rest, filler)) {
            rest = after.trim_start();
        }
        let mut units = self.units.iter();
        let (rest, days) = units.find_map(|(word, days)| Some((starts(rest, word)?, *days)))?;
        // 周岁 is an age.
        (!rest.starts_with('岁')).then_some(days)
    }

    /// The month that a word names, whole or by its start: Nov, November.
    pub(super) fn month(&self, word: &str) -> Option<u32> {
        let word = fold(word);
        self.months
            .iter()
            .find(|(month, _)| 3 <= word.len() && (month.starts_with(&word) || *month == word))
            .map(|(_, it)| *it)
    }

    pub(super) fn is_numeral(&self, it: char) -> bool {
        self.numerals.contains_key(&it)
    }
}

/// What follows a word at the start of a text, whatever its case.
fn starts<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let head = text.get(..word.len())?;
    head.eq_ignore_ascii_case(word).then(|| text.get(word.len()..)).flatten()
}

/// 一、 or （一） or 第一章 or 2、 at the start: a heading, not a name.
pub(super) fn is_section(text: &str, words: &Words<'_>) -> bool {
    let inner = text.trim_start_matches(['（', '(', '第']);
    let rest = inner.trim_start_matches(|it| words.numbers.is_numeral(it));
    let marked = rest.starts_with(['、', '）', ')', '.']) || rest.starts_with(words.numbers.sections.as_slice());
    rest.len() < inner.len() && marked || is_numbered(inner)
}

/// A number and a mark at the start.
pub(super) fn is_numbered(text: &str) -> bool {
    let digits = text.chars().take_while(|it| it.is_ascii_digit() || *it == '.').count();
    let first = text.chars().next().is_some_and(|it| it.is_ascii_digit());
    let after = text.chars().nth(digits);
    let dotted = text.chars().take(digits).any(|it| it == '.');
    first && (matches!(after, Some('、' | '）' | ')' | '．')) || dotted && after.is_none_or(|it| !it.is_ascii_digit()))
}

/// A text without the one number that counts it at its start: 1.360广告 is 360广告.
pub(super) fn numberless(text: &Text, words: &Words<'_>) -> Text {
    let string = text.as_str();
    if !is_section(string, words) {
        // ① counts too, and so do a) and b、.
        if let Some(rest) = string.strip_prefix(|it| ('①'..='⑳').contains(&it)) {
            return text.slice(string.len().saturating_sub(rest.len())..string.len()).trimmed();
        }
        let mut characters = string.chars();
        let letter = characters.next().is_some_and(|it| it.is_ascii_alphabetic());
        let mark = characters.next().filter(|it| letter && matches!(it, ')' | '）' | '、'));
        return mark.map_or_else(
            || text.clone(),
            |mark| text.slice(1_usize.saturating_add(mark.len_utf8())..string.len()).trimmed(),
        );
    }
    let inner = string.trim_start_matches(['（', '(', '第']);
    let worded = inner.trim_start_matches(|it| words.numbers.is_numeral(it));
    let rest = if worded.len() < inner.len() {
        worded
    } else {
        let digits = inner.trim_start_matches(|it: char| it.is_ascii_digit());
        let parts = inner.trim_start_matches(|it: char| it.is_ascii_digit() || it == '.');
        let counted = inner.strip_suffix(parts).unwrap_or_default();
        // 1.1.微信 counts by all its parts, 1.360广告 by the first.
        if parts.starts_with(['、', '）', ')', '．', ' ']) || counted.ends_with('.') { parts } else { digits }
    };
    let marks = |it: char| matches!(it, '、' | '）' | ')' | '.' | '．') || words.numbers.sections.contains(&it);
    let rest = rest.trim_start_matches(marks).trim_start();
    text.slice(string.len().saturating_sub(rest.len())..string.len())
}
