//! The form in which words are compared: NFKC, lowercase, simplified, without white space, hyphens and underscores, so
//! that `Wi-Fi`, `WiFi` and `ＷＩＦＩ` are one word. Every character of it knows the bytes that it came from.

use unicode_normalization::char::decompose_compatible;

use super::han::Han;

/// A folded text.
#[derive(Debug, Default)]
pub(super) struct Folded {
    /// The form.
    pub(super) characters: Vec<char>,
    /// For each of its characters, where the one in the original starts.
    places: Vec<u32>,
}

impl Folded {
    pub(super) fn new(text: &str, han: &Han) -> Self {
        let mut folded = Self { characters: Vec::with_capacity(text.len()), places: Vec::with_capacity(text.len()) };
        for (at, character) in text.char_indices() {
            let start = u32::try_from(at).unwrap_or(u32::MAX);
            each(character, |part| {
                folded.characters.push(part);
                folded.places.push(start);
            });
        }
        han.simplify(&mut folded.characters);
        folded
    }

    /// Its characters with the places at which they start in the original, from each of them on.
    pub(super) fn tails(&self) -> impl Iterator<Item = (&[char], &[u32])> {
        (0..self.places.len()).filter_map(|at| Some((self.characters.get(at..)?, self.places.get(at..)?)))
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

/// Gives the characters of the form of one character.
#[inline]
pub(super) fn each(character: char, mut push: impl FnMut(char)) {
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
    fn a_character_leads_back() {
        let folded = Folded::new("的 Ｗi-Fi（名", &Han::default());
        let (_, places) = folded.tails().find(|(rest, _)| rest.starts_with(&['w', 'i', 'f', 'i'])).expect("is there");
        assert_eq!(places.get(..4), Some(&[4, 7, 9, 10][..]));
    }
}
