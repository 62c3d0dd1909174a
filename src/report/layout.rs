//! Lines of text: what may reach a terminal, how wide it is there, where it breaks, and its colour.
//!
//! Every word of a report passes through [`Line`], so nothing that a package or a policy says can steer the terminal.
//! It knows no language and no finding.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::ops::Range;

use anstyle::{AnsiColor, Style as Ansi};
use unicode_width::UnicodeWidthChar;

use super::Style;
use crate::catalog::Severity;

/// How a word is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// As it is.
    Plain,
    /// The subject of a section.
    Strong,
    /// What may be skipped.
    Faint,
    /// Something that weakens the result.
    Warning,
    /// Something that is as it should be.
    Good,
    /// The word for a severity.
    Severity(Severity),
}

/// One paragraph in the making; too long ones are wrapped when printed.
#[derive(Debug, Default)]
pub(super) struct Line {
    cells: Vec<Cell>,
}

/// One character.
#[derive(Debug, Clone, Copy)]
struct Cell {
    c: char,
    tone: Tone,
    /// It stays on the row of the one before it, where a row has room for both.
    glued: bool,
}

impl Line {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// A line that starts at a column.
    pub(super) fn indented(columns: usize) -> Self {
        Self::new().gap(columns)
    }

    pub(super) fn plain(self, text: &str) -> Self {
        self.tone(Tone::Plain, text)
    }

    pub(super) fn tone(mut self, tone: Tone, text: &str) -> Self {
        self.cells.extend(plain(text).chars().map(|c| Cell { c, tone, glued: false }));
        self
    }

    /// Adds a text that is kept on one row where it fits there.
    pub(super) fn whole(mut self, tone: Tone, text: &str) -> Self {
        self.cells.extend(plain(text).chars().enumerate().map(|(index, c)| Cell { c, tone, glued: 0 < index }));
        self
    }

    /// Adds another line's words.
    pub(super) fn then(mut self, other: &Self) -> Self {
        self.cells.extend(&other.cells);
        self
    }

    /// Adds spaces.
    pub(super) fn gap(mut self, columns: usize) -> Self {
        self.cells.extend(std::iter::repeat_n(Cell { c: ' ', tone: Tone::Plain, glued: false }, columns));
        self
    }

    /// Adds spaces up to a column, at least two.
    pub(super) fn column(self, column: usize) -> Self {
        let missing = column.saturating_sub(self.width()).max(2);
        self.gap(missing)
    }

    /// Columns on a terminal.
    pub(super) fn width(&self) -> usize {
        self.cells.iter().map(|cell| columns(cell.c)).sum()
    }
}

/// Where lines go.
pub(super) struct Page<'a> {
    out: &'a mut dyn Write,
    style: Style,
}

impl<'a> Page<'a> {
    pub(super) fn new(out: &'a mut dyn Write, style: Style) -> Self {
        Self { out, style }
    }

    /// Prints a line; where it is wrapped, the rest starts at column `hang`.
    pub(super) fn line(&mut self, line: &Line, hang: usize) -> io::Result<()> {
        let whole = std::iter::once(0..line.cells.len()).collect();
        let hang = self.style.width.map_or(hang, |width| hang.min(width / 2));
        let rows = self.style.width.map_or(whole, |width| wrap(&line.cells, width, hang));
        for (index, row) in rows.into_iter().enumerate() {
            if 0 < index {
                write!(self.out, "{:hang$}", "")?;
            }
            self.row(&line.cells[row])?;
        }
        Ok(())
    }

    pub(super) fn blank(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        let used = cells.iter().rposition(|cell| cell.c != ' ').map_or(0, |last| last + 1);
        for run in cells[..used].chunk_by(|a, b| a.tone == b.tone) {
            let ansi = if self.style.color { ansi(run[0].tone) } else { Ansi::new() };
            let text: String = run.iter().map(|cell| cell.c).collect();
            write!(self.out, "{ansi}{text}{ansi:#}")?;
        }
        writeln!(self.out)
    }
}

/// Text without anything that steers a terminal or hides from a reader: control characters, escapes, changes of the
/// writing direction, line separators and invisible characters are shown as `\u{…}`.
pub fn plain(text: &str) -> Cow<'_, str> {
    if first(text, controls).is_none() {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if steers(c) {
            write!(shown, "\\u{{{:x}}}", u32::from(c)).expect("a string takes everything");
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// Whether a character acts on the terminal or on the text around it instead of showing itself. The joiners U+200C and
/// U+200D stay: scripts and emoji need them.
pub(super) fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// The first character of a text that steers, where it is none of ASCII, or that is `sought`, where it is.
pub(super) fn first(text: &str, sought: impl Fn(u8) -> bool) -> Option<(usize, char)> {
    let mut from = 0;
    while let Some(at) = position(&text.as_bytes()[from..], |byte| may_steer(byte) | sought(byte)) {
        let at = from + at;
        let c = text.get(at..)?.chars().next()?;
        if c.is_ascii() || steers(c) {
            return Some((at, c));
        }
        from = at + c.len_utf8();
    }
    None
}

/// Where the first byte that is sought is. Nearly all texts have none, which is faster to see in a block of them at once
/// than to stop at each; what is left at the end is looked at together with the bytes before it.
///
/// `sought` is to branch nowhere, or blocks gain nothing.
pub(super) fn position(bytes: &[u8], sought: impl Fn(u8) -> bool) -> Option<usize> {
    const BLOCK: usize = 16;
    let has_any = |block: &[u8; BLOCK]| block.iter().fold(0, |any, byte| any | u8::from(sought(*byte))) != 0;
    let (blocks, rest) = bytes.as_chunks();
    let start = match blocks.iter().position(has_any) {
        Some(block) => block * BLOCK,
        None if rest.is_empty() || bytes.last_chunk().is_some_and(|block| !has_any(block)) => return None,
        None => bytes.len() - rest.len(),
    };
    bytes[start..].iter().position(|byte| sought(*byte)).map(|at| start + at)
}

/// Whether a byte is one of a few. What a pattern says in short, the compiler looks up in a table, byte by byte.
pub(super) fn is_one<const N: usize>(byte: u8, of: [u8; N]) -> bool {
    of.iter().fold(false, |any, it| any | it.eq(&byte))
}

/// Whether a byte is a control character of ASCII.
pub(super) fn controls(byte: u8) -> bool {
    (0..0x20).contains(&byte) | is_one(byte, [0x7f])
}

/// Whether a character that steers and is none of ASCII may begin with a byte.
fn may_steer(byte: u8) -> bool {
    is_one(byte, [0xc2, 0xd8, 0xe2, 0xef, 0xf3])
}

/// Columns of a text on a terminal.
pub(super) fn width(text: &str) -> usize {
    plain(text).chars().map(columns).sum()
}

fn columns(c: char) -> usize {
    c.width().unwrap_or(0)
}

fn ansi(tone: Tone) -> Ansi {
    match tone {
        Tone::Plain => Ansi::new(),
        Tone::Strong => Ansi::new().bold(),
        Tone::Faint => Ansi::new().dimmed(),
        Tone::Warning => AnsiColor::Yellow.on_default(),
        Tone::Good => AnsiColor::Green.on_default(),
        Tone::Severity(Severity::Critical) => AnsiColor::Magenta.on_default().bold(),
        Tone::Severity(Severity::High) => AnsiColor::Red.on_default().bold(),
        Tone::Severity(Severity::Medium) => AnsiColor::Yellow.on_default().bold(),
        Tone::Severity(Severity::Low) => AnsiColor::Cyan.on_default(),
        Tone::Severity(Severity::Info) => AnsiColor::Blue.on_default(),
    }
}

/// Cuts cells into rows of at most `width` columns; all but the first lose `hang` columns to their indent.
///
/// Rows break at spaces and between Chinese characters; a longer word breaks at its punctuation, a
/// name before its dot, else anywhere.
fn wrap(cells: &[Cell], width: usize, hang: usize) -> Vec<Range<usize>> {
    let mut rows = Vec::new();
    let mut start = 0;
    loop {
        let room = if start == 0 { width } else { width - hang };
        let Some(overflow) = overflow(&cells[start..], room.max(2)) else {
            rows.push(start..cells.len());
            return rows;
        };
        let row = &cells[start..=start + overflow];
        // The indent of the first row is no place to break.
        let inner = row.iter().position(|cell| cell.c != ' ').unwrap_or(0) + 1;
        let found = |fits: &dyn Fn(usize) -> bool| (inner..=overflow).rfind(|&at| fits(at));
        let between = |at: usize| between_words(row[at - 1].c, row[at].c);
        let next = |at: usize| cells.get(start + at + 1).map_or(' ', |cell| cell.c);
        let cut = found(&|at| !row[at].glued && between(at))
            .or_else(|| found(&between))
            .or_else(|| found(&|at| inside_word(row[at - 1].c, row[at].c, next(at))));
        let cut = start + cut.unwrap_or(overflow);
        rows.push(start..cut);
        start = cut + cells[cut..].iter().take_while(|cell| cell.c == ' ').count();
    }
}

/// The first cell that does not fit, where one does not; spaces at the end of a row always fit.
fn overflow(cells: &[Cell], room: usize) -> Option<usize> {
    let mut used = 0;
    cells.iter().enumerate().position(|(index, cell)| {
        used += columns(cell.c);
        room < used && cell.c != ' ' && 0 < index
    })
}

fn between_words(before: char, after: char) -> bool {
    if after == ' ' || columns(after) == 0 {
        return false;
    }
    let wide = columns(before) == 2 || columns(after) == 2;
    let closing = matches!(
        after,
        '，' | '。' | '、' | '；' | '：' | '！' | '？' | '）' | '》' | '”' | '」' | '】' | ',' | ';' | ':' | ')'
    );
    let opening = matches!(before, '（' | '《' | '“' | '「' | '【' | '(');
    before == ' ' || (wide && !closing && !opening)
}

/// Whether a word may break between two characters, before the third: behind a sign, and before the dot in a name.
fn inside_word(before: char, after: char, next: char) -> bool {
    let is_dot = after == '.' && next != ' ';
    columns(after) != 0 && (is_dot || matches!(before, '/' | ';' | ',' | '>' | '_' | '$' | '(' | ')'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(line: &Line, width: usize, hang: usize) -> String {
        let mut out = Vec::new();
        Page::new(&mut out, Style { color: false, width: Some(width) }).line(line, hang).expect("a vector takes all");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn the_first_character_that_steers_is_found_by_its_first_byte() {
        let found = |text: &str| first(text, controls);
        for c in ('\0'..=char::MAX).filter(|c| steers(*c)) {
            let text = format!("“支付宝”é𠮷{c}.");
            assert_eq!(found(&text), Some((21, c)), "{c:?}");
            let text = format!("{:70}{text}", "");
            assert_eq!(found(&text), Some((91, c)), "{c:?}");
        }
        assert_eq!(found("“支付宝” ，é ﬁ 𠮷"), None);
    }

    #[test]
    fn what_steers_a_terminal_is_shown_not_done() {
        assert_eq!(
            plain("名\u{1b}[31m称\u{202e}gpj.\r\n\u{9b}0m\u{feff}"),
            "名\\u{1b}[31m称\\u{202e}gpj.\\u{d}\\u{a}\\u{9b}0m\\u{feff}"
        );
        assert_eq!(plain("👨\u{200d}👩\u{200d}👧 é 支付宝"), "👨\u{200d}👩\u{200d}👧 é 支付宝");
    }

    #[test]
    fn chinese_counts_two_columns_and_keeps_its_closing_mark() {
        let line = Line::new().plain("支付宝读取了设备号，未披露。");
        let text = printed(&line, 12, 2);
        assert_eq!(text, "支付宝读取了\n  设备号，未\n  披露。\n");
        assert!(text.lines().all(|row| width(row) <= 12), "{text}");
    }

    #[test]
    fn a_long_descriptor_breaks_at_its_separators() {
        let line = Line::indented(2).plain("com.alipay.security.mobile.module.b.b.getImei end");
        assert_eq!(printed(&line, 24, 4), "  com.alipay.security\n    .mobile.module.b.b\n    .getImei end\n");
        let sentence = Line::new().plain("com.example.Receiver.");
        assert_eq!(printed(&sentence, 20, 2), "com.example\n  .Receiver.\n");
    }

    #[test]
    fn what_is_whole_stays_on_one_row() {
        let line = Line::new().plain("a.b → c   ").whole(Tone::Faint, "代码存在 · API 29");
        assert_eq!(printed(&line, 22, 2), "a.b → c\n  代码存在 · API 29\n");
        assert_eq!(printed(&line, 14, 2), "a.b → c\n  代码存在 ·\n  API 29\n");
    }

    #[test]
    fn no_width_is_too_small() {
        let line = Line::new().plain("设备 identifier e\u{301}").whole(Tone::Plain, "");
        for width in 0..6 {
            let text = printed(&line, width, 9);
            assert_eq!(text.replace(['\n', ' '], ""), "设备identifiere\u{301}");
        }
    }

    #[test]
    fn colours_follow_the_style_alone() {
        let line = Line::new().tone(Tone::Severity(Severity::High), "high").plain(" x");
        let mut out = Vec::new();
        Page::new(&mut out, Style { color: true, width: None }).line(&line, 0).expect("a vector takes all");
        assert_eq!(String::from_utf8(out).expect("text"), "\u{1b}[1m\u{1b}[31mhigh\u{1b}[0m x\n");
        assert_eq!(printed(&line, 80, 0), "high x\n");
    }
}
