//! Quotes: the words of a policy by which a reader finds the place. A quote begins with the clause that says it, where it is
//! short enough to show what it is about, and ends with a clause or an item.

use std::ops::Range;

/// Characters of a quote.
const QUOTE: usize = 40;

/// Signs that end a clause, and those that end an item of a list.
const CLAUSE: [char; 10] = ['。', '！', '？', '；', ';', '，', ',', '：', ':', '\n'];
const ITEM: [char; 2] = ['、', ' '];

/// Signs that may stand between a clause and its first word.
const OPENING: [char; 9] = ['“', '"', '「', '《', '【', '[', '（', '(', ' '];

/// Where a quote of a sentence begins that shows `shown`: with a sentence that is short, else with the clause of its verb,
/// with the verb, or with the first word from which on it is short enough.
pub(super) fn start(string: &str, sentence: &Range<usize>, verb: Option<usize>, shown: &Range<usize>) -> usize {
    let verb = verb.filter(|at| *at <= shown.start);
    let fits = |range: Range<usize>| string.get(range).is_some_and(|it| it.trim().chars().count() <= QUOTE);
    if fits(sentence.clone()) {
        return sentence.start;
    }
    let clause = clause(string, sentence.start, verb.unwrap_or(shown.start));
    let near = clause.max(shown.start.saturating_sub(QUOTE))..shown.start;
    let words = string.bytes().enumerate().take(near.end).skip(near.start).filter(|(_, it)| *it == b' ');
    let words = words.map(|(at, _)| at.saturating_add(1));
    // A quote that is cut at a sign before them does not show the words.
    let whole = |from: usize| {
        let kept = string.get(from..sentence.end).map(shorten).unwrap_or_default();
        string.get(from..shown.end).is_some_and(|it| head(it, QUOTE).0.chars().count() <= kept.chars().count())
    };
    let starts = std::iter::once(clause).chain(verb).chain(words);
    starts.into_iter().find(|from| fits(*from..shown.end) && whole(*from)).unwrap_or(shown.start)
}

/// Where the clause around a place begins, within its sentence. A sign right before the place ends no clause: 邮箱：….
fn clause(string: &str, sentence: usize, at: usize) -> usize {
    let before = string.get(sentence..at).unwrap_or_default();
    let near = before.trim_end_matches(OPENING).trim_end_matches(CLAUSE);
    let start = near.rfind(CLAUSE).map_or(0, |sign| {
        let length = near.get(sign..).and_then(|it| it.chars().next()).map_or(1, char::len_utf8);
        sign.saturating_add(length)
    });
    let rest = before.get(start..).unwrap_or_default();
    let blank = rest.len().saturating_sub(rest.trim_start().len());
    sentence.saturating_add(start).saturating_add(blank)
}

/// On one line, and no longer than a quote; what is cut ends with a clause or an item where one ends in its second half.
pub(super) fn shorten(text: &str) -> String {
    let (line, next) = head(text, QUOTE);
    let Some(next) = next else { return line };
    let half = line.char_indices().nth(QUOTE / 2).map_or(0, |(at, _)| at);
    let whole = CLAUSE.contains(&next) || ITEM.contains(&next);
    let late = |at: &usize| half <= *at;
    // Of Latin letters a quote has few words: it ends with the last.
    let latin = line.len() < QUOTE.saturating_mul(2);
    let end = Some(line.len()).filter(|_| whole);
    let end = end.or_else(|| line.rfind(CLAUSE).filter(|at| late(at) && !latin));
    let end = end.or_else(|| line.rfind(ITEM).filter(late));
    let kept = end.and_then(|end| line.get(..end)).unwrap_or(&line);
    kept.trim_end_matches(|it| CLAUSE.contains(&it) && it != '。' || ITEM.contains(&it)).to_owned()
}

/// On one line, cut after `most` characters.
pub(super) fn one_line(text: &str, most: usize) -> String {
    let (mut line, next) = head(text, most);
    if next.is_some() {
        line.push('…');
    }
    line
}

/// What a policy says in a few words: on one line, without the sign at its end.
pub(super) fn stated(text: &str, most: usize) -> String {
    one_line(text.trim_end().trim_end_matches(['。', '；', ';', '.']), most)
}

/// The first characters of a text with one space for any white space between words, and the one that it goes on with.
/// No more of the text is looked at.
fn head(text: &str, most: usize) -> (String, Option<char>) {
    let mut line = String::with_capacity(text.len().min(most.saturating_mul(3)));
    let mut left = most;
    let mut space = false;
    for character in text.trim_start().chars() {
        if character.is_whitespace() {
            space = true;
            continue;
        }
        for it in std::mem::take(&mut space).then_some(' ').into_iter().chain([character]) {
            if left == 0 {
                return (line, Some(it));
            }
            line.push(it);
            left = left.saturating_sub(1);
        }
    }
    (line, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quote(text: &str, verb: &str, shown: &str) -> String {
        let place = |word: &str| text.find(word).expect("a word of the text");
        let shown = place(shown)..place(shown) + shown.len();
        let start = start(text, &(0..text.len()), Some(verb).filter(|it| !it.is_empty()).map(place), &shown);
        shorten(&text[start..])
    }

    #[test]
    fn a_quote_begins_with_its_clause() {
        let short = "为保障安全，我们会收集您的IMEI，并加密。";
        assert_eq!(quote(short, "收集", "IMEI"), short);
        let long = format!("为保障{}的安全，我们会收集您的IMEI，并加密。", "一切服务".repeat(9));
        assert_eq!(quote(&long, "收集", "IMEI"), "我们会收集您的IMEI，并加密。");
        let long = format!("联系{}方式：请发送邮件至：a@b.example", "一切服务".repeat(9));
        assert_eq!(quote(&long, "", "a@b.example"), "请发送邮件至：a@b.example");
        let long = format!("{}收集您的IMEI。", "在很多时候，并且在很多地方".repeat(4).replace('，', "、"));
        assert_eq!(quote(&long, "收集", "IMEI"), "收集您的IMEI。");
        let name = format!(
            "《某某应用隐私政策》（以下简称\"本政策\"）适用于 某某信息科技（宁波）有限公司{}",
            "上海".repeat(9)
        );
        assert_eq!(
            quote(&name, "", "某某信息科技（宁波）有限公司"),
            "某某信息科技（宁波）有限公司上海上海上海上海上海上海上海上海上海"
        );
        let words = "We will respond to what you have asked us for within 20 days.";
        assert_eq!(quote(words, "", "20 days"), "you have asked us for within 20 days.");
    }

    #[test]
    fn what_is_cut_ends_with_a_clause_or_an_item() {
        let items = format!("收集您的{}", "设备型号、".repeat(12));
        assert_eq!(shorten(&items), format!("收集您的{}设备型号", "设备型号、".repeat(6)));
        let clauses = format!("{}，并且{}", "我".repeat(30), "们".repeat(30));
        assert_eq!(shorten(&clauses), "我".repeat(30));
        assert_eq!(shorten(&"我".repeat(50)), "我".repeat(40), "nothing ends in it");
        assert_eq!(
            shorten("We may collect the serial number of the device"),
            "We may collect the serial number of the"
        );
    }
}
