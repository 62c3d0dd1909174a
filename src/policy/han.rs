//! Chinese as the catalog writes it: traditional characters become simplified, and words of other regions those of the
//! mainland. Each keeps its number of characters, so that no place in the text moves.

use std::borrow::Cow;

use super::fold::fold;
use super::trie::Trie;
use crate::catalog::Phrase;

/// Han characters from here on are replaced.
const FIRST: u32 = 0x4e00;
const LAST: u32 = 0x9fff;

#[derive(Debug, Default)]
pub(super) struct Han {
    /// For each character from [`FIRST`] on, the simplified one.
    simple: Vec<char>,
    /// Words of other regions, and what each is here.
    wordings: Trie,
    here: Vec<Vec<char>>,
}

impl Han {
    pub(super) fn new(phrases: &[Phrase]) -> Self {
        let mut han = Self { simple: (FIRST..=LAST).filter_map(char::from_u32).collect(), ..Self::default() };
        for phrase in phrases.iter().filter(|phrase| phrase.role == "traditional") {
            for (from, to) in phrase.words().flat_map(|word| word.chars().zip(phrase.value.chars())) {
                if place(to).is_some()
                    && let Some(entry) = place(from).and_then(|place| han.simple.get_mut(place))
                {
                    *entry = to;
                }
            }
        }
        let mut wordings: Vec<(Vec<char>, Vec<char>)> = Vec::new();
        for phrase in phrases.iter().filter(|phrase| phrase.role == "wording") {
            let here: Vec<char> = fold(phrase.value).chars().collect();
            for word in phrase.words() {
                let word: Vec<char> = fold(word).chars().map(|it| han.character(it)).collect();
                if word.len() == here.len() {
                    wordings.push((word, here.clone()));
                }
            }
        }
        wordings.sort();
        wordings.dedup_by(|a, b| a.0 == b.0);
        let (words, here): (Vec<_>, Vec<_>) = wordings.into_iter().unzip();
        han.wordings = Trie::new(&words);
        han.here = here;
        han
    }

    /// Makes a folded text what the catalog writes. Words of other regions stand in texts with traditional characters only.
    pub(super) fn simplify(&self, text: &mut [char]) {
        let mut traditional = false;
        for it in text.iter_mut() {
            let simple = self.character(*it);
            traditional |= simple != *it;
            *it = simple;
        }
        let mut rest = if traditional { text } else { &mut [] };
        while !rest.is_empty() {
            let word = self.wordings.prefixes(rest).last();
            let (length, here) = word.map_or((1, None), |(length, word)| (length, self.here.get(word)));
            let (head, tail) = rest.split_at_mut(length);
            head.iter_mut().zip(here.into_iter().flatten()).for_each(|(it, here)| *it = *here);
            rest = tail;
        }
    }

    /// A text as the catalog writes it.
    pub(super) fn simplified<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !text.chars().any(|it| self.is_traditional(it)) {
            return Cow::Borrowed(text);
        }
        let mut characters: Vec<char> = text.chars().collect();
        self.simplify(&mut characters);
        Cow::Owned(characters.into_iter().collect())
    }

    pub(super) fn is_traditional(&self, it: char) -> bool {
        self.character(it) != it
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
