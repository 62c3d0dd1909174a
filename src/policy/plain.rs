//! From lines of text to lines without marks: Markdown's own, and what converters of pages leave behind. Which lines
//! belong to a table is found by [`super::grids`].

use memchr::memmem;

use super::page::Line;
use super::text::{Source, Text};

/// Bytes of a link with its words; a longer one is left as it is.
const LONGEST_LINK: usize = 2048;

/// The lines of a text, without blank ones.
pub(super) fn read(source: &Source) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut gap = 0_usize;
    let mut fenced = false;
    for number in 1..=source.lines() {
        let range = source.range(number);
        let raw = source.line_text(number);
        if raw.trim_start().starts_with("```") {
            fenced = !fenced;
            gap = gap.saturating_add(1);
            continue;
        }
        if raw.trim().is_empty() {
            gap = gap.saturating_add(1);
            continue;
        }
        let mut line = line(raw, range.start, fenced);
        line.gap = gap;
        if line.text.is_blank() && !line.rule {
            gap = gap.saturating_add(1);
            continue;
        }
        gap = 0;
        lines.push(line);
    }
    lines
}

fn line(raw: &str, start: usize, fenced: bool) -> Line {
    let indent = raw.len().saturating_sub(raw.trim_start().len());
    let (mut body, mut at) = (raw.trim(), start.saturating_add(indent));
    let mut line = Line::default();
    if is_rule(body) {
        line.rule = true;
        line.text.push(body, at);
        return line;
    }
    let skip = |body: &mut &str, at: &mut usize, length: usize| {
        let rest = body.get(length..).unwrap_or_default();
        let spaces = rest.len().saturating_sub(rest.trim_start().len());
        *at = at.saturating_add(length).saturating_add(spaces);
        *body = rest.trim_start();
    };
    let hashes = body.bytes().take_while(|byte| *byte == b'#').count();
    if (1..=6).contains(&hashes) && !fenced {
        line.level = u8::try_from(hashes).unwrap_or(6);
        skip(&mut body, &mut at, hashes);
    }
    if body.starts_with("> ") {
        skip(&mut body, &mut at, 1);
    }
    for bullet in ["* ", "- ", "+ ", "• ", "· ", "●", "■", "◆", "○", "▪", "➢", "✓"] {
        if body.starts_with(bullet) {
            line.item = true;
            skip(&mut body, &mut at, bullet.trim_end().len());
            break;
        }
    }
    let bold = body.len() > 4 && body.starts_with("**") && body.ends_with("**") && body.matches("**").count() == 2;
    if bold && line.level == 0 {
        line.level = 7;
    }
    unmark(body, at, &mut line.text);
    line.text = line.text.trimmed();
    line
}

/// A line of signs only, by which converters and people divide a text; those with `|` belong to tables.
fn is_rule(body: &str) -> bool {
    let signs = body.chars().filter(|it| !it.is_whitespace()).count();
    3 <= signs && body.chars().all(|it| matches!(it, '=' | '-' | '*' | '_' | '—' | '~' | ' ' | '\u{feff}'))
}

/// Copies a text without emphasis, escapes and the brackets of links; the address of a link follows its words.
fn unmark(body: &str, start: usize, into: &mut Text) {
    let bytes = body.as_bytes();
    let mut place = 0_usize;
    // What divides the words of the next link from its address.
    let mut dividers = memmem::find_iter(bytes, b"](").peekable();
    while let Some(rest) = body.get(place..) {
        let is_mark = |byte: u8| matches!(byte, b'*' | b'`' | b'_' | b'\\' | b'<' | b'[');
        let plain = rest.bytes().position(is_mark).unwrap_or(rest.len());
        into.push(rest.get(..plain).unwrap_or_default(), start.saturating_add(place));
        place = place.saturating_add(plain);
        let rest = rest.get(plain..).unwrap_or_default();
        let Some(character) = rest.chars().next() else { break };
        let here = start.saturating_add(place);
        let next = place.saturating_add(character.len_utf8());
        match character {
            '*' | '`' => {}
            '_' if !between_words(bytes, place) => {}
            '\\' if rest.as_bytes().get(1).is_some_and(u8::is_ascii_punctuation) => {
                into.push(rest.get(1..2).unwrap_or_default(), here.saturating_add(1));
                place = place.saturating_add(2);
                continue;
            }
            '<' if rest.starts_with("<http") => {
                let end = rest.find('>').unwrap_or(rest.len());
                into.push(rest.get(1..end).unwrap_or_default(), here.saturating_add(1));
                place = place.saturating_add(end).saturating_add(1);
                continue;
            }
            '<' if rest.starts_with("<br") => {
                let end = rest.find('>').unwrap_or(rest.len());
                into.push("\n", here);
                place = place.saturating_add(end).saturating_add(1);
                continue;
            }
            '[' => {
                while dividers.next_if(|at| *at < place).is_some() {}
                let divider = dividers.peek().map(|at| at.saturating_sub(place));
                if let Some((divider, (words, address, length))) = divider.and_then(|at| Some((at, link(rest, at)?))) {
                    into.push(words, here.saturating_add(1));
                    if words.trim() != address.trim() && address.starts_with("http") {
                        let offset = divider.saturating_add(2);
                        into.push(" ", here.saturating_add(offset).saturating_sub(1));
                        into.push(address, here.saturating_add(offset));
                    }
                    place = place.saturating_add(length);
                    continue;
                }
                into.push("[", here);
            }
            _ => into.push(body.get(place..next).unwrap_or_default(), here),
        }
        place = next;
    }
}

/// `[words](address)` at the start of a text that has `](` at `middle`: both, and how many bytes they take.
fn link(rest: &str, middle: usize) -> Option<(&str, &str, usize)> {
    let end = (0..=LONGEST_LINK.min(rest.len())).rev().find(|&at| rest.is_char_boundary(at))?;
    let rest = rest.get(..end)?;
    let words = rest.get(1..middle)?;
    if words.contains('[') && memmem::find(words.as_bytes(), b"![").is_none() {
        return None;
    }
    let tail = rest.get(middle.saturating_add(2)..)?;
    let end = tail.find(')')?;
    let address = tail.get(..end)?.split(' ').next()?;
    Some((words, address, middle.saturating_add(end).saturating_add(3)))
}

fn between_words(bytes: &[u8], place: usize) -> bool {
    let word = |place: Option<usize>| {
        place.and_then(|place| bytes.get(place)).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
    };
    word(place.checked_sub(1)) && word(place.checked_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        read(&Source::new(text.to_owned())).iter().map(|line| line.text.as_str().to_owned()).collect()
    }

    #[test]
    fn marks_of_markdown_are_taken_off() {
        assert_eq!(
            shown("## **标题**\n\n1\\. ** _手机号码_** 和 build_serial\n"),
            ["标题", "1.  手机号码 和 build_serial"]
        );
        assert_eq!(shown("<https://a.cn/x>\n[说明](https://b.cn/)"), ["https://a.cn/x", "说明 https://b.cn/"]);
    }

    #[test]
    fn places_are_those_of_the_source() {
        let source = Source::new("甲\n - **乙**丙".to_owned());
        let lines = read(&source);
        let text = &lines[1].text;
        assert_eq!((text.as_str(), &source.text[text.span_of(0..3)], text.source(3)), ("乙丙", "乙", 14));
        assert!(lines[1].item);
    }
}
