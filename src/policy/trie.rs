//! Words by their characters: which of them begin at a place, and whether a text is one.

/// A node: the character that leads to it, the nodes below it, and the word that ends here.
#[derive(Debug, Clone, Copy)]
struct Node {
    label: char,
    first: u32,
    last: u32,
    word: u32,
}

/// No word ends at a node.
const NONE: u32 = u32::MAX;

/// Characters from here on are looked for among the nodes below the root.
const DIRECT: usize = 0xa000;

/// The words. Nodes stand in the order of breadth, so that those below one stand together, by their character.
#[derive(Debug, Default)]
pub(super) struct Trie {
    nodes: Vec<Node>,
    /// The nodes below the root by character, for most searches end there; 0 = none.
    roots: Vec<u32>,
}

impl Trie {
    /// The node at which every search begins.
    pub(super) const ROOT: u32 = 0;

    /// Words in their order, each once.
    pub(super) fn new(words: &[Vec<char>]) -> Self {
        let mut trie = Self { nodes: Vec::new(), roots: vec![0; DIRECT] };
        // The words below each node, and how many of their characters lead to it.
        let mut below = vec![(words, 0_u32, 0_usize)];
        trie.nodes.push(Node { label: '\0', first: 0, last: 0, word: NONE });
        let mut place = 0_usize;
        while let Some(&(mut under, mut at, depth)) = below.get(place) {
            let first = count(trie.nodes.len());
            let word = if under.first().is_some_and(|word| word.len() == depth) {
                under = under.get(1..).unwrap_or_default();
                at = at.saturating_add(1);
                at.saturating_sub(1)
            } else {
                NONE
            };
            for same in under.chunk_by(|a, b| a.get(depth) == b.get(depth)) {
                let Some(&label) = same.first().and_then(|word| word.get(depth)) else { continue };
                if depth == 0
                    && let Some(root) = trie.roots.get_mut(label as usize)
                {
                    *root = count(trie.nodes.len());
                }
                trie.nodes.push(Node { label, first: 0, last: 0, word: NONE });
                below.push((same, at, depth.saturating_add(1)));
                at = at.saturating_add(count(same.len()));
            }
            let last = count(trie.nodes.len());
            if let Some(node) = trie.nodes.get_mut(place) {
                *node = Node { first, last, word, ..*node };
            }
            place = place.saturating_add(1);
        }
        trie
    }

    /// The node that a character leads to.
    pub(super) fn next(&self, node: u32, character: char) -> Option<u32> {
        if node == Self::ROOT
            && let Some(root) = self.roots.get(character as usize)
        {
            return (0 < *root).then_some(*root);
        }
        let Node { first, last, .. } = *self.nodes.get(node as usize)?;
        let below = self.nodes.get(first as usize..last as usize)?;
        let place = below.binary_search_by_key(&character, |node| node.label).ok()?;
        Some(first.saturating_add(count(place)))
    }

    /// The word that ends at a node, by its place among the words.
    pub(super) fn word(&self, node: u32) -> Option<usize> {
        self.nodes.get(node as usize).map(|node| node.word).filter(|word| *word != NONE).map(|word| word as usize)
    }

    /// The words with which a text begins, the shorter first: how many characters each has, and its place.
    pub(super) fn prefixes<'t>(&'t self, text: &'t [char]) -> impl Iterator<Item = (usize, usize)> + 't {
        let mut node = Self::ROOT;
        let nodes = text.iter().map_while(move |character| {
            node = self.next(node, *character)?;
            Some(node)
        });
        nodes.zip(1..).filter_map(|(node, length)| Some((length, self.word(node)?)))
    }
}

fn count(nodes: usize) -> u32 {
    u32::try_from(nodes).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_words_that_begin_a_text_are_found() {
        let words = ["ab", "abcd", "b", "字", "字体"].map(|word| word.chars().collect::<Vec<char>>());
        let trie = Trie::new(&words);
        let found = |text: &str| trie.prefixes(&text.chars().collect::<Vec<char>>()).collect::<Vec<_>>();
        assert_eq!(found("abcde"), [(2, 0), (4, 1)]);
        assert_eq!(found("字体"), [(1, 3), (2, 4)]);
        assert_eq!(found("ca"), []);
        assert_eq!(found("\u{10ffff}"), []);
        assert_eq!(Trie::new(&[]).prefixes(&['a']).count(), 0);
    }
}
