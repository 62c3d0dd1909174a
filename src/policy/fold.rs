//! The form in which words are compared: NFKC, lowercase, without white space, hyphens and underscores, so that
//! `Wi-Fi`, `WiFi` and `ＷＩＦＩ` are one word. Every byte of it knows the byte that it came from.

use unicode_normalization::char::decompose_compatible;

/// A folded text.
#[derive(Debug, Default)]
pub(super) struct Folded {
    /// The form.
    pub(super) text: String,
    /// For each byte of it, the start of its character in the original, and the end.
    places: Vec<(u32, u32)>,
}

impl Folded {
    pub(super) fn new(text: &str) -> Self {
        let mut folded = Self { text: String::with_capacity(text.len()), places: Vec::with_capacity(text.len()) };
        for (at, character) in text.char_indices() {
            let start = u32::try_from(at).unwrap_or(u32::MAX);
            let end = start.saturating_add(u32::try_from(character.len_utf8()).unwrap_or(0));
            each(character, |character| {
                folded.text.push(character);
                folded.places.extend(std::iter::repeat_n((start, end), character.len_utf8()));
            });
        }
        folded
    }

    /// The range of the original behind a range of the form.
    pub(super) fn original(&self, start: usize, end: usize) -> Option<(usize, usize)> {
        let first = self.places.get(start)?.0;
        let last = self.places.get(end.checked_sub(1)?)?.1;
        Some((usize::try_from(first).ok()?, usize::try_from(last).ok()?))
    }
}

/// The form of a word.
pub(super) fn fold(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    for character in word.chars() {
        each(character, |character| folded.push(character));
    }
    folded
}

fn each(character: char, mut push: impl FnMut(char)) {
    if character.is_ascii() {
        keep(character.to_ascii_lowercase(), &mut push);
        return;
    }
    // Han characters, nearly all of a Chinese policy, are their own form.
    if ('\u{4e00}'..='\u{9fff}').contains(&character) {
        push(character);
        return;
    }
    decompose_compatible(character, |part| part.to_lowercase().for_each(|part| keep(part, &mut push)));
}

fn keep(character: char, push: &mut impl FnMut(char)) {
    let dropped = character.is_whitespace()
        || matches!(character, '-' | '_' | '\u{200b}'..='\u{200f}' | '\u{2010}' | '\u{2011}' | '\u{feff}' | '\u{ad}');
    if !dropped {
        push(character);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_word_are_one() {
        for spelling in ["Wi-Fi MAC 地址", "WIFI_MAC地址", "ｗｉｆｉＭＡＣ地址"] {
            assert_eq!(fold(spelling), "wifimac地址");
        }
    }

    #[test]
    fn a_range_leads_back() {
        let folded = Folded::new("的 Ｗi-Fi（名");
        let start = folded.text.find("wifi").expect("is there");
        assert_eq!(folded.original(start, start + 4), Some((4, 11)));
    }
}
