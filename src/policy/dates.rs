//! Days and lengths of time, in digits or in Chinese numerals.

use std::ops::Range;

/// A day near `from`, as `YYYY-MM-DD`, and where it stands. A month alone is no day.
pub(super) fn day(text: &str, from: usize, near: usize) -> Option<(String, Range<usize>)> {
    let rest = text.get(from..)?;
    let window_end = (near.min(rest.len())..=rest.len()).find(|&at| rest.is_char_boundary(at))?;
    let skip = rest.get(..window_end)?.find(|it: char| it.is_ascii_alphanumeric())?;
    let rest = rest.get(skip..)?;
    let start = from.saturating_add(skip);
    let (year, month, day, length) = numeric(rest).or_else(|| worded(rest))?;
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
fn worded(text: &str) -> Option<(u32, u32, u32, usize)> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let words: Vec<&str> = text.split([' ', ',', '.']).filter(|it| !it.is_empty()).take(3).collect();
    let month = |word: &str| {
        let word = word.to_ascii_lowercase();
        let place = MONTHS.iter().position(|it| word.starts_with(it))?;
        u32::try_from(place.saturating_add(1)).ok()
    };
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

/// A length of time at the start of a text, in days: 10年, 六个月, 30 days.
pub(super) fn period(text: &str, near: usize) -> Option<u32> {
    let mut at = 0_usize;
    while at < near {
        let rest = text.get(at..)?;
        if let Some((number, length)) = number(rest) {
            return days(number, rest.get(length..)?);
        }
        at = at.saturating_add(rest.chars().next()?.len_utf8());
    }
    None
}

/// The days of an answer: the first length in days before the text's end, 【15】天内, 十五个工作日.
pub(super) fn days_in(text: &str) -> Option<u32> {
    let mut at = 0_usize;
    while let Some(rest) = text.get(at..).filter(|it| !it.is_empty()) {
        let step = rest.chars().next().map_or(1, char::len_utf8);
        match number(rest) {
            Some((number, length)) => {
                let after = rest.get(length..).unwrap_or_default();
                let unit = after.trim_start_matches(['】', ']', '）', ')', ' ', '个', '工', '作']);
                let unit = unit.strip_prefix("business").or(unit.strip_prefix("working")).unwrap_or(unit).trim_start();
                if unit.starts_with(['天', '日']) || unit.starts_with("day") {
                    return Some(number).filter(|it| (1..=400).contains(it));
                }
                at = at.saturating_add(length.max(step));
            }
            None => at = at.saturating_add(step),
        }
    }
    None
}

fn days(number: u32, unit: &str) -> Option<u32> {
    let unit = unit.trim_start_matches([' ', '个', '】', ']', '（', '）']);
    let each = match unit.chars().next()? {
        '年' => 365,
        '月' => 30,
        '天' | '日' => 1,
        _ if unit.starts_with("year") => 365,
        _ if unit.starts_with("month") => 30,
        _ if unit.starts_with("week") => 7,
        _ if unit.starts_with("day") => 1,
        _ => return None,
    };
    number.checked_mul(each)
}

/// A number at the start of a text, and its bytes.
fn number(text: &str) -> Option<(u32, usize)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if 0 < digits {
        return Some((text.get(..digits)?.parse().ok()?, digits));
    }
    let value = |it: char| "〇一二三四五六七八九".chars().position(|digit| digit == it).or((it == '两').then_some(2));
    let mut total = 0_usize;
    let mut last: Option<usize> = None;
    let mut length = 0_usize;
    for it in text.chars().take(4) {
        match (value(it), it) {
            (Some(digit), _) => last = Some(digit),
            (None, '十') => {
                total = total.saturating_add(last.take().unwrap_or(1).saturating_mul(10));
            }
            _ => break,
        }
        length = length.saturating_add(it.len_utf8());
    }
    let total = total.saturating_add(last.unwrap_or(0));
    (0 < length).then_some((u32::try_from(total).ok()?, length))
}

#[cfg(test)]
mod tests {
    use super::*;

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
            assert_eq!(day(text, 0, 24).map(|(day, _)| day).as_deref(), Some("2021-11-01"), "{text}");
        }
        for text in ["：2020年3月", "2021年13月1日", "：暂无", "2021年2月30日"] {
            assert_eq!(day(text, 0, 24), None, "{text}");
        }
    }

    #[test]
    fn lengths_are_counted_in_days() {
        assert_eq!(period("为10年，到期", 12), Some(3650));
        assert_eq!(period("六个月", 12), Some(180));
        assert_eq!(period(" 30 days", 12), Some(30));
        assert_eq!(days_in("我们将在【15】天内做出答复"), Some(15));
        assert_eq!(days_in("后的十五个工作日内回复"), Some(15));
        assert_eq!(days_in("within 30 days"), Some(30));
    }
}
