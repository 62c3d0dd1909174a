//! Fonts of PDF documents: which text the codes of a string stand for, and how wide each is.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Document, Encoding, Object};

use super::pdf::MAX_PAGE_BYTES;

/// What is needed of a font to place its glyphs.
pub(super) struct Font<'d> {
    decode: Decode<'d>,
    /// Codes have two bytes.
    wide: bool,
    /// In thousandths of the size.
    pub(super) widths: BTreeMap<u32, f64>,
    usual: f64,
}

enum Decode<'d> {
    Known(Encoding<'d>),
    Gbk,
    Unknown,
}

impl<'d> Font<'d> {
    pub(super) fn of(font: &'d Dictionary, document: &'d Document, unread: &mut String) -> Self {
        let name = |key: &[u8]| font.get_deref(key, document).and_then(Object::as_name).ok();
        let wide = name(b"Subtype") == Some(b"Type0");
        let encoding = name(b"Encoding").unwrap_or_default();
        let has_unicode = font.get_deref(b"ToUnicode", document).is_ok();
        let named =
            font.get_deref(b"Encoding", document).and_then(Object::as_dict).is_ok_and(|it| it.has(b"Differences"));
        // Where a map or the names of glyphs cannot be read, the reader gives an encoding that says nothing of the font.
        let fits = |it: &Encoding<'_>| match it {
            Encoding::UnicodeMapEncoding(_) | Encoding::SimpleEncoding(_) => true,
            Encoding::Differences(_) => !wide,
            Encoding::OneByteEncoding(_) => !wide && !named,
        };
        let known = || font.get_font_encoding_with_limit(document, MAX_PAGE_BYTES).ok().filter(fits);
        let decode = match encoding {
            b"GBK-EUC-H" | b"GBKp-EUC-H" | b"GBK2K-H" | b"GB-EUC-H" => Decode::Gbk,
            // Only these have no map of their own and are known all the same.
            b"UniGB-UCS2-H" | b"UniGB-UTF16-H" => known().map_or(Decode::Unknown, Decode::Known),
            _ if wide && !has_unicode => Decode::Unknown,
            _ => to_unicode(font, document).or_else(known).map_or(Decode::Unknown, Decode::Known),
        };
        if matches!(decode, Decode::Unknown) {
            *unread = String::from_utf8_lossy(encoding).chars().filter(char::is_ascii_graphic).take(40).collect();
        }
        let mut made = Self { decode, wide, widths: BTreeMap::new(), usual: if wide { 1000.0 } else { 0.0 } };
        if wide {
            let below = font.get_deref(b"DescendantFonts", document).and_then(Object::as_array).ok();
            let below = below.and_then(|it| document.dereference(it.first()?).ok()?.1.as_dict().ok());
            made.usual = below.and_then(|it| it.get(b"DW").ok()).map_or(1000.0, |it| number(Some(it)));
            let list = below.and_then(|it| it.get_deref(b"W", document).and_then(Object::as_array).ok());
            made.widths_of_ranges(list.map(Vec::as_slice).unwrap_or_default(), document);
        } else {
            let first = font.get_deref(b"FirstChar", document).and_then(Object::as_i64).unwrap_or(0);
            let list = font.get_deref(b"Widths", document).and_then(Object::as_array).ok();
            for (code, width) in (first..).zip(list.into_iter().flatten()) {
                made.widths.extend(u32::try_from(code).ok().map(|code| (code, number(Some(width)))));
            }
        }
        made
    }

    /// `c [w w w]` and `first last w` (9.7.4.3).
    fn widths_of_ranges(&mut self, list: &[Object], document: &Document) {
        let code = |it: Option<&Object>| it.and_then(|it| u32::try_from(it.as_i64().ok()?).ok());
        let mut place = 0_usize;
        while let Some(first) = code(list.get(place)) {
            let next = list.get(place.saturating_add(1)).and_then(|it| document.dereference(it).ok());
            if let Some((_, Object::Array(widths))) = next {
                for (code, width) in (first..).zip(widths).take(1 << 16) {
                    self.widths.insert(code, number(Some(width)));
                }
                place = place.saturating_add(2);
            } else {
                let end = code(list.get(place.saturating_add(1))).unwrap_or(first).min(first.saturating_add(1 << 16));
                let width = number(list.get(place.saturating_add(2)));
                // Most of a range that is this long is never shown.
                for code in (first..=end).take(1 << 12) {
                    self.widths.insert(code, width);
                }
                place = place.saturating_add(3);
            }
        }
    }

    /// The codes of a string, each with its text and its bytes.
    pub(super) fn codes(&self, bytes: &[u8]) -> Vec<(u32, String, usize)> {
        let whole = |length: usize, decode: &dyn Fn(&[u8]) -> String| {
            let code = |bytes: &[u8]| bytes.iter().fold(0_u32, |code, byte| code << 8 | u32::from(*byte));
            bytes.chunks(length).map(|it| (code(it), decode(it), it.len())).collect()
        };
        match &self.decode {
            Decode::Known(encoding) => {
                let decode = |bytes: &[u8]| encoding.bytes_to_string(bytes).unwrap_or_default();
                whole(if self.wide { 2 } else { 1 }, &decode)
            }
            Decode::Gbk => {
                let (text, ..) = encoding_rs::GB18030.decode(bytes);
                text.chars().map(|it| (u32::MAX, it.to_string(), if it.is_ascii() { 1 } else { 2 })).collect()
            }
            Decode::Unknown => Vec::new(),
        }
    }

    /// The width of a glyph that the font does not tell.
    pub(super) fn guess(&self, shown: &str) -> f64 {
        match (&self.decode, self.usual, shown.is_ascii()) {
            (Decode::Gbk, _, true) | (_, 0.0, _) => 500.0,
            (_, usual, _) => usual,
        }
    }
}

/// The map from codes to text, which outranks the names of glyphs: programs name them as they like.
fn to_unicode<'d>(font: &Dictionary, document: &Document) -> Option<Encoding<'d>> {
    let mut bare = font.clone();
    bare.remove(b"Encoding");
    bare.get(b"ToUnicode").ok()?;
    match bare.get_font_encoding_with_limit(document, MAX_PAGE_BYTES) {
        Ok(Encoding::UnicodeMapEncoding(map)) => Some(Encoding::UnicodeMapEncoding(map)),
        _ => None,
    }
}

/// A number as the operators and tables of a document have it.
pub(super) fn number(object: Option<&Object>) -> f64 {
    let value = object.and_then(|it| it.as_float().ok()).map_or(0.0, f64::from);
    if value.is_finite() { value.clamp(-1e6, 1e6) } else { 0.0 }
}
