//! Days and lengths of time, in digits or in Chinese numerals.

use std::ops::Range;

use super::numbers::Numbers;

/// A day near `from`, as `YYYY-MM-DD`, and where it stands. A month alone is no day.
pub(super) fn day(text: &str, from: usize, near: usize, numbers: &Numbers) -> Option<(String, Range<usize>)> {
    let rest = text.get(from..)?;
    let window_end = (near.min(rest.len())..=rest.len()).find(|&at| rest.is_char_boundary(at))?;
    let skip = rest.get(..window_end)?.find(|it: char| it.is_ascii_alphanumeric())?;
    let rest = rest.get(skip..)?;
    let start = from.saturating_add(skip);
    let (year, month, day, length) = numeric(rest).or_else(|| worded(rest, numbers))?;
    let fits = (1990..2100).contains(&year) && (1..=12).contains(&month) && (1..=days_of(year, month)).contains(&day);
    fits.then(|| (format!("{year:04}-{month:02}-{day:02}"), start..start.saturating_add(length)))
}

/// 2021年11月1日, 2021-11-01, 2021/11/1, 2021.11.1
fn numeric(text: &str) -> Option<(u32, u32, u32, usize)> {
    let mut numbers = Vec::new();
    let mut number: Option<(u32, usize)> = None;
    let mut length = 0_usize;
    for (at, it) in text.char_indices().take(24) {
        if let Some(digit) = it.to_digit(10) {
            let (value, digits) = number.unwrap_or_default();
            if 4 <= digits {
                return None;
            }
            number = Some((value.saturating_mul(10).saturating_add(digit), digits.saturating_add(1)));
            length = at.saturating_add(1);
        } else {
            if let Some((value, _)) = number.take() {
                numbers.push(value);
            }
            if numbers.len() == 3 || !matches!(it, '年' | '月' | '日' | '-' | '/' | '.' | ' ' | '－') {
                break;
            }
        }
    }
    numbers.extend(number.map(|(value, _)| value));
    match numbers.as_slice() {
        [year, month, day, ..] => Some((*year, *month, *day, length)),
        _ => None,
    }
}

/// January 1, 2022; 1 January 2022
fn worded(text: &str, numbers: &Numbers) -> Option<(u32, u32, u32, usize)> {
    let words: Vec<&str> = text.split([' ', ',', '.']).filter(|it| !it.is_empty()).take(3).collect();
    let month = |word: &str| numbers.month(word);
    let number = |word: &str| word.trim_end_matches(|it: char| it.is_ascii_alphabetic()).parse::<u32>().ok();
    let [first, second, third] = words.as_slice() else { return None };
    let third_year: String = third.chars().take_while(char::is_ascii_digit).collect();
    let length = text.find(third_year.as_str())?.saturating_add(third_year.len());
    let year = third_year.parse().ok()?;
    match (month(first), month(second)) {
        (Some(month), _) => Some((year, month, number(second)?, length)),
        (None, Some(month)) => Some((year, month, number(first)?, length)),
        _ => None,
    }
}

fn days_of(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Years that a policy keeps something at most; a larger number is a year.
const MOST_YEARS: u32 = 100;

/// The lengths of time in a text, in days, and where each stands: 10年, 六个月, 30 days. Dates are none.
pub(super) fn lengths(text: &str, numbers: &Numbers) -> Vec<(Range<usize>, u32)> {
    let mut lengths = Vec::new();
    let mut at = 0_usize;
    while let Some(rest) = text.get(at..).filter(|it| !it.is_empty()) {
        let step = rest.chars().next().map_or(1, char::len_utf8);
        if let Some((.., length)) = numeric(rest) {
            at = at.saturating_add(length.max(step));
            continue;
        }
        let Some((number, length)) = numbers.number(rest) else {
            at = at.saturating_add(step);
            continue;
        };
        let end = at.saturating_add(length);
        if let Some(days) = rest.get(length..).and_then(|after| numbers.unit(after)).filter(|_| 0 < number) {
            let years = number.saturating_mul(days) / 365;
            if years <= MOST_YEARS {
                lengths.push((at..end, number.saturating_mul(days)));
            }
        }
        at = end.max(at.saturating_add(step));
    }
    lengths
}

/// The days of an answer, and their place: the first length in days, 【15】天内, 十五个工作日.
pub(super) fn days_in(text: &str, numbers: &Numbers) -> Option<(Range<usize>, u32)> {
    lengths(text, numbers).into_iter().find(|(_, days)| (1..=400).contains(days))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    fn numbers() -> Numbers {
        Numbers::new(&Catalog::builtin().tables.phrases)
    }

    #[test]
    fn days_are_read_in_every_way() {
        for text in [
            "：2021年11月01日",
            ": 2021-11-1 起",
            "：2021/11/01",
            ": November 1, 2021",
            ": 1 November 2021",
            "日期 2021.11.1",
        ] {
            assert_eq!(day(text, 0, 24, &numbers()).map(|(day, _)| day).as_deref(), Some("2021-11-01"), "{text}");
        }
        for text in ["：2020年3月", "2021年13月1日", "：暂无", "2021年2月30日"] {
            assert_eq!(day(text, 0, 24, &numbers()), None, "{text}");
        }
    }

    #[test]
    fn lengths_are_counted_in_days() {
        let of = |text: &str| lengths(text, &numbers()).into_iter().map(|(_, days)| days).collect::<Vec<_>>();
        assert_eq!(of("保存期限为10年，到期后六个月内删除"), [3650, 180]);
        assert_eq!(of("for 30 days, then 2 Years"), [30, 730]);
        assert_eq!(of("未满14周岁的用户自2021年11月1日起"), [0; 0]);
        let days = |text: &str| days_in(text, &numbers()).map(|(_, days)| days);
        assert_eq!(days("我们将在【15】天内做出答复"), Some(15));
        assert_eq!(days("后的十五个工作日内回复"), Some(15));
        assert_eq!(days("within thirty (30) business days"), Some(30));
    }
}
