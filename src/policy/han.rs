//! Chinese as the catalog writes it: traditional characters become simplified, and words of other regions those of the
//! mainland. Each keeps its number of bytes, so that no place in the text moves.

use std::borrow::Cow;

use aho_corasick::{AhoCorasick, MatchKind};

use super::fold::fold;
use crate::catalog::Phrase;

/// Han characters from here on are replaced; all of them are three bytes long.
const FIRST: u32 = 0x4e00;
const LAST: u32 = 0x9fff;

#[derive(Debug)]
pub(super) struct Han {
    /// For each character from [`FIRST`] on, the simplified one.
    simple: Vec<char>,
    /// Words of other regions, and what each is here.
    wordings: AhoCorasick,
    here: Vec<String>,
}

impl Han {
    pub(super) fn new(phrases: &[Phrase]) -> Self {
        let mut han = Self {
            simple: (FIRST..=LAST).filter_map(char::from_u32).collect(),
            wordings: AhoCorasick::new([""; 0]).expect("no words make an automaton"),
            here: Vec::new(),
        };
        for phrase in phrases.iter().filter(|phrase| phrase.role == "traditional") {
            for (from, to) in phrase.words().flat_map(|word| word.chars().zip(phrase.value.chars())) {
                if place(to).is_some()
                    && let Some(entry) = place(from).and_then(|place| han.simple.get_mut(place))
                {
                    *entry = to;
                }
            }
        }
        let mut words: Vec<String> = Vec::new();
        for phrase in phrases.iter().filter(|phrase| phrase.role == "wording") {
            let here = fold(phrase.value);
            for word in phrase.words() {
                let word = han.characters(&fold(word)).into_owned();
                if word.len() == here.len() {
                    words.push(word);
                    han.here.push(here.clone());
                }
            }
        }
        let wordings = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&words);
        han.wordings = wordings.expect("a few words make a small automaton");
        han
    }

    /// A folded text as the catalog writes it. Words of other regions stand in texts with traditional characters only.
    pub(super) fn simplified<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.characters(text) {
            Cow::Borrowed(text) => Cow::Borrowed(text),
            Cow::Owned(text) => Cow::Owned(self.wordings.replace_all(&text, &self.here)),
        }
    }

    fn characters<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if text.chars().all(|it| self.character(it) == it) {
            return Cow::Borrowed(text);
        }
        Cow::Owned(text.chars().map(|it| self.character(it)).collect())
    }

    fn character(&self, it: char) -> char {
        place(it).and_then(|place| self.simple.get(place)).copied().unwrap_or(it)
    }
}

fn place(it: char) -> Option<usize> {
    if u32::from(it) <= LAST { usize::try_from(u32::from(it).checked_sub(FIRST)?).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn traditional_texts_are_read_as_simplified_ones() {
        let han = Han::new(&Catalog::builtin().tables.phrases);
        assert_eq!(han.simplified("蒐集裝置資訊與ip位址"), "收集设备信息与ip地址");
        assert_eq!(han.simplified("权限与资讯"), "权限与资讯");
    }
}
