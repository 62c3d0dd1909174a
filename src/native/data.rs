//! The parts of a library that hold data, and the strings in them.
//!
//! A string is what C code takes for one: it ends with a NUL, and it begins after the last byte that no text has. That a
//! string is used, or where, is not known here.

use std::ops::Range;

use memchr::{memchr, memchr_iter};

/// A run of bytes that the linker maps and that is not known to be code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Data<'b> {
    /// Bytes from the start of the file.
    pub offset: usize,
    /// The bytes.
    pub bytes: &'b [u8],
}

/// A string of a library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text<'b> {
    /// Bytes from the start of the file.
    pub offset: usize,
    /// The string without its NUL: never empty, no control characters beside tab and line breaks. It need not be UTF-8.
    pub bytes: &'b [u8],
}

impl<'b> Data<'b> {
    /// The strings, in order. One that the end of the run cuts off is left out.
    pub fn texts(&self) -> impl Iterator<Item = Text<'b>> {
        let Self { offset, bytes } = *self;
        let mut start = 0;
        memchr_iter(0, bytes).filter_map(move |end| {
            let piece = bytes.get(start..end).unwrap_or_default();
            start = end.saturating_add(1);
            Text::at_end_of(piece, offset.saturating_add(end))
        })
    }

    /// The string that ends with the first NUL from a place of the run on, and the place behind that NUL. There is no
    /// string where no NUL follows, and none where there is no text right before it.
    pub fn text_around(&self, place: usize) -> (Option<Text<'b>>, usize) {
        let rest = self.bytes.get(place..).unwrap_or_default();
        let Some(end) = memchr(0, rest).map(|length| place.saturating_add(length)) else {
            return (None, self.bytes.len());
        };
        let text = Text::at_end_of(self.bytes.get(..end).unwrap_or_default(), self.offset.saturating_add(end));
        (text, end.saturating_add(1))
    }
}

impl<'b> Text<'b> {
    /// The text that ends where `bytes` end, which is at `end` of the file.
    fn at_end_of(bytes: &'b [u8], end: usize) -> Option<Self> {
        let text = bytes.rsplit(|byte| is_control(*byte)).next().filter(|text| !text.is_empty())?;
        Some(Self { offset: end.saturating_sub(text.len()), bytes: text })
    }
}

/// What is in `all` and not in `without`, ascending, without overlaps: a file that maps one range many times is still read
/// once.
pub(super) fn subtract(all: Vec<Range<usize>>, without: Vec<Range<usize>>) -> Vec<Range<usize>> {
    let mut holes = merge(without).into_iter().peekable();
    let mut left = Vec::new();
    for Range { mut start, end } in merge(all) {
        while start < end {
            let Some(hole) = holes.peek() else { break };
            if end <= hole.start {
                break;
            }
            if start < hole.start {
                left.push(start..hole.start);
            }
            start = start.max(hole.end);
            // A hole may reach into the next range.
            if hole.end <= end {
                holes.next();
            }
        }
        if start < end {
            left.push(start..end);
        }
    }
    left
}

/// The same bytes as ascending ranges with gaps between them.
fn merge(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.retain(|range| !range.is_empty());
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

/// A byte that no text has. Bytes from 0x80 on are parts of characters.
fn is_control(byte: u8) -> bool {
    byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r') || byte == 0x7f
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(bytes: &[u8]) -> Vec<(usize, String)> {
        let data = Data { offset: 100, bytes };
        data.texts().map(|text| (text.offset, String::from_utf8_lossy(text.bytes).into_owned())).collect()
    }

    #[test]
    fn a_string_ends_with_nul_and_begins_after_what_is_no_text() {
        assert_eq!(texts(b"one\0two\0"), [(100, "one".to_owned()), (104, "two".to_owned())]);
        assert_eq!(texts(b"\0\0a\x01\x02bc\0cut"), [(105, "bc".to_owned())]);
        assert_eq!(texts(b"\x7f\0\x01\0"), []);
        assert_eq!(texts("串\tx\0".as_bytes()), [(100, "串\tx".to_owned())]);
    }

    #[test]
    fn a_place_leads_to_the_string_around_it() {
        let data = Data { offset: 100, bytes: b"\x01one two\0\x02\0cut" };
        let text = |place| data.text_around(place).0.map(|it| (it.offset, it.bytes));
        assert_eq!(text(1), Some((101, b"one two".as_slice())));
        assert_eq!(text(8), Some((101, b"one two".as_slice())));
        assert_eq!(text(9), None);
        assert_eq!(text(12), None);
        assert_eq!(text(99), None);
        assert_eq!([1, 9, 12, 99].map(|place| data.text_around(place).1), [9, 11, 14, 14]);
    }

    #[test]
    fn ranges_are_read_once_and_holes_not_at_all() {
        assert_eq!(subtract(vec![5..9, 0..6, 0..6, 20..30, 3..3], vec![]), [0..9, 20..30]);
        assert_eq!(subtract(vec![0..10, 20..30], vec![8..25, 2..4, 3..5]), [0..2, 5..8, 25..30]);
        assert_eq!(subtract(vec![0..10, 40..41], vec![0..3, 9..10, 10..39]), [3..9, 40..41]);
        assert!(subtract(vec![4..8, 10..12], vec![0..11, 9..20]).is_empty());
    }
}
