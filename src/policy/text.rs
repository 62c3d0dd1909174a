//! Text as it is read, with the place of every byte in the source: markup is gone, citations still count its lines.

use std::ops::Range;

/// The decoded source and where its lines begin.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// The text, UTF-8.
    pub text: String,
    starts: Vec<usize>,
}

impl Source {
    /// Counts the lines; `\r\n` and `\n` end one, a single `\r` too.
    pub(super) fn new(text: String) -> Self {
        let bytes = text.as_bytes();
        let ends = bytes.iter().enumerate().filter(|&(at, byte)| match byte {
            b'\n' => true,
            b'\r' => bytes.get(at.saturating_add(1)) != Some(&b'\n'),
            _ => false,
        });
        let starts = std::iter::once(0).chain(ends.map(|(at, _)| at.saturating_add(1))).collect();
        Self { text, starts }
    }

    /// How many lines there are.
    pub fn lines(&self) -> usize {
        self.starts.len()
    }

    /// The line of a byte, counted from 1.
    pub fn line(&self, at: usize) -> u32 {
        u32::try_from(self.starts.partition_point(|&start| start <= at)).unwrap_or(u32::MAX).max(1)
    }

    /// The bytes of a line, counted from 1, with what ends it.
    pub(super) fn range(&self, line: usize) -> Range<usize> {
        let start = line.checked_sub(1).and_then(|place| self.starts.get(place)).copied().unwrap_or(self.text.len());
        let end = self.starts.get(line).copied().unwrap_or(self.text.len());
        start..end.max(start)
    }

    /// The text of a line, counted from 1, without what ends it.
    pub fn line_text(&self, line: usize) -> &str {
        self.text.get(self.range(line)).unwrap_or_default().trim_end_matches(['\n', '\r'])
    }

    /// The range, widened to whole characters and cut to the text.
    pub(super) fn whole(&self, range: Range<usize>) -> Range<usize> {
        let end = self.text.len();
        let start = (0..=range.start.min(end)).rev().find(|&at| self.text.is_char_boundary(at)).unwrap_or(0);
        let stop = (range.end.clamp(start, end)..=end).find(|&at| self.text.is_char_boundary(at)).unwrap_or(end);
        start..stop
    }
}

/// From `at` on, the bytes of a [`Text`] are those of the source from `source` on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    at: usize,
    source: usize,
}

/// A piece of text with its places.
#[derive(Debug, Clone, Default)]
pub(super) struct Text {
    string: String,
    /// Where its first byte stands in the source.
    start: usize,
    /// What does not follow what stands before it, by its place; most texts are of one piece.
    runs: Vec<Run>,
}

impl Text {
    pub(super) fn as_str(&self) -> &str {
        &self.string
    }

    pub(super) fn is_blank(&self) -> bool {
        self.string.trim().is_empty()
    }

    /// Adds what stands at `source`.
    pub(super) fn push(&mut self, piece: &str, source: usize) {
        if piece.is_empty() {
            return;
        }
        self.place(source);
        self.string.push_str(piece);
    }

    /// What is added next stands at `source`.
    fn place(&mut self, source: usize) {
        let at = self.string.len();
        if at == 0 {
            self.start = source;
        } else if self.after() != source {
            self.runs.push(Run { at, source });
        }
    }

    /// The place in the source behind its last byte.
    fn after(&self) -> usize {
        let last = self.runs.last().copied().unwrap_or(Run { at: 0, source: self.start });
        last.source.saturating_add(self.string.len().saturating_sub(last.at))
    }

    /// Adds a text behind a separator, which stands where the text does.
    pub(super) fn append(&mut self, separator: &str, other: &Self) {
        if other.string.is_empty() {
            return;
        }
        if !self.string.is_empty() && !separator.is_empty() {
            let at = self.string.len();
            self.runs.push(Run { at, source: other.start });
            self.string.push_str(separator);
        }
        let offset = self.string.len();
        self.place(other.start);
        self.string.push_str(&other.string);
        self.runs.extend(other.runs.iter().map(|run| Run { at: run.at.saturating_add(offset), ..*run }));
    }

    /// The bytes in `range`, which is cut to the text; a range that splits a character gives an empty text.
    pub(super) fn slice(&self, range: Range<usize>) -> Self {
        let range = range.start.min(self.string.len())..range.end.min(self.string.len());
        let Some(piece) = self.string.get(range.clone()).filter(|piece| !piece.is_empty()) else {
            return Self::default();
        };
        let mut slice = Self { string: piece.to_owned(), start: self.source(range.start), runs: Vec::new() };
        let later = self.runs.iter().filter(|run| range.start < run.at && run.at < range.end);
        slice.runs.extend(later.map(|run| Run { at: run.at.saturating_sub(range.start), ..*run }));
        slice
    }

    /// Its first bytes, as far as whole characters go.
    pub(super) fn head(&self, most: usize) -> Self {
        if self.string.len() <= most {
            return self.clone();
        }
        let end = (0..=most).rev().find(|&at| self.string.is_char_boundary(at)).unwrap_or(0);
        self.slice(0..end)
    }

    /// Without white space at both ends.
    pub(super) fn trimmed(&self) -> Self {
        let start = self.string.len().saturating_sub(self.string.trim_start().len());
        let length = self.string.trim().len();
        self.slice(start..start.saturating_add(length))
    }

    /// The pieces between characters that `split` holds for.
    pub(super) fn split(&self, split: impl Fn(char) -> bool) -> Vec<Self> {
        let mut pieces = Vec::new();
        let mut start = 0;
        for (at, character) in self.string.char_indices() {
            if split(character) {
                pieces.push(self.slice(start..at));
                start = at.saturating_add(character.len_utf8());
            }
        }
        pieces.push(self.slice(start..self.string.len()));
        pieces
    }

    /// Where a byte of it stands in the source.
    pub(super) fn source(&self, at: usize) -> usize {
        let place = self.runs.partition_point(|run| run.at <= at);
        let run = place.checked_sub(1).and_then(|place| self.runs.get(place)).copied();
        let run = run.unwrap_or(Run { at: 0, source: self.start });
        run.source.saturating_add(at.saturating_sub(run.at))
    }

    /// The bytes of the source that it was made from, from the first to the last.
    pub(super) fn span(&self) -> Range<usize> {
        self.span_of(0..self.string.len())
    }

    /// The bytes of the source behind a range of it.
    pub(super) fn span_of(&self, range: Range<usize>) -> Range<usize> {
        let start = self.source(range.start);
        let last = self.string.get(range.clone()).and_then(|piece| piece.chars().next_back());
        let length = last.map_or(0, char::len_utf8);
        let end = self.source(range.end.saturating_sub(length)).saturating_add(length);
        start..end.max(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_survive_cutting_and_joining() {
        let mut text = Text::default();
        text.push("甲", 4);
        text.push("b", 9);
        let mut joined = text.slice(3..4);
        joined.append(" ", &text);
        assert_eq!(joined.as_str(), "b 甲b");
        assert_eq!((joined.source(0), joined.source(2), joined.source(5)), (9, 4, 9));
        assert_eq!(joined.span_of(2..6), 4..10);
    }

    #[test]
    fn lines_end_in_every_way() {
        let source = Source::new("a\r\nb\rc\nd".to_owned());
        assert_eq!((1..=4).map(|line| source.line_text(line)).collect::<Vec<_>>(), ["a", "b", "c", "d"]);
        assert_eq!(source.line(3), 2);
    }
}
