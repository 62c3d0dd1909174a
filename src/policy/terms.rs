//! Words that a policy defines once and uses later: 本政策所称“设备标识信息”，是指IMEI、OAID. Such a word names its leaves
//! wherever it stands.

use rustc_hash::FxHashMap;

use super::data::{self, Listed};
use super::draft::{id_word, push_once};
use super::fold::fold;
use super::page::Part;
use super::prose::sentences;
use super::text::Text;
use super::words::{Found, Words};

/// Bytes between a quoted word and what says that it is being defined.
const NEAR: usize = 12;

/// Bytes of a paragraph or cell in which definitions are looked for.
const LONGEST: usize = 4 << 10;

/// Definitions that are kept.
const MOST: usize = 200;

/// What the defined words of a policy name, by the folded word.
#[derive(Debug, Default)]
pub(super) struct Terms {
    leaves: FxHashMap<String, Vec<String>>,
}

impl Terms {
    /// Reads the definitions of a whole policy: they may stand below what uses them.
    pub(super) fn of(parts: &[Part], words: &Words<'_>) -> Self {
        let mut terms = Self::default();
        for part in parts {
            match part {
                Part::Line(line) => terms.read(&line.text, words),
                Part::Grid(grid) => {
                    let cells = grid.rows.iter().flatten().filter(|cell| !cell.inherited);
                    cells.for_each(|cell| terms.read(&cell.text, words));
                }
            }
        }
        terms
    }

    /// The leaves that a word was defined to name.
    pub(super) fn leaves(&self, word: &str) -> &[String] {
        if self.leaves.is_empty() { &[] } else { self.leaves.get(&fold(word)).map(Vec::as_slice).unwrap_or_default() }
    }

    fn read(&mut self, text: &Text, words: &Words<'_>) {
        let text = text.head(LONGEST);
        let string = text.as_str();
        if MOST <= self.leaves.len() || !string.contains(['“', '"', '「', '『', '”']) {
            return;
        }
        let found = words.find(string);
        if !found.has("defines") {
            return;
        }
        let listed = data::read(string, &found, words);
        let sentences = sentences(string);
        for (mark, value) in found.valued("defines") {
            let Some(word) = quoted(string, mark.start) else { continue };
            let place = sentences.partition_point(|sentence| sentence.end <= mark.start);
            let end = sentences.get(place).map_or(string.len(), |sentence| sentence.end);
            // 均同本定义 stands behind the list, 是指 before it.
            let range = if value == "above" { 0..mark.start } else { mark.end..end.max(mark.end) };
            self.define(word, string, (&found, &listed), range, words);
        }
    }

    fn define(
        &mut self,
        word: &str,
        string: &str,
        (found, listed): (&Found, &Listed),
        range: std::ops::Range<usize>,
        words: &Words<'_>,
    ) {
        let whole = words.find(word);
        let [only] = whole.data.as_slice() else { return };
        let umbrella = words.data_type(only).is_some_and(|entry| entry.umbrella);
        if !umbrella || only.range.len() < word.trim().len() {
            return;
        }
        // The list ends with its clause.
        let rest = string.get(range.clone()).unwrap_or_default();
        let end = rest.find(['；', ';', '。']).map_or(range.end, |at| range.start.saturating_add(at));
        let denied = found.of("negation").any(|it| range.start <= it.start && it.end <= end);
        let mut leaves = Vec::new();
        for item in listed.items.iter().filter(|it| range.start <= it.range.start && it.range.end <= end && !it.weak) {
            if let Some((id, false)) = item.entry {
                push_once(&mut leaves, id_word(id, false));
            }
        }
        if !leaves.is_empty() && !denied {
            self.leaves.entry(fold(word)).or_insert(leaves);
        }
    }
}

/// The quoted word right before a place.
fn quoted(string: &str, at: usize) -> Option<&str> {
    let before = string.get(..at)?;
    let end = before.rfind(['”', '"', '」', '』'])?;
    if NEAR < at.saturating_sub(end) {
        return None;
    }
    let inside = before.get(..end)?;
    let start = inside.rfind(['“', '"', '「', '『'])?;
    let open = inside.get(start..)?.chars().next()?;
    inside.get(start.saturating_add(open.len_utf8())..).filter(|word| !word.is_empty())
}
