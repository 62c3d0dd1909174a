//! Places of a template that nobody filled in. They are looked for as they are written: what is folded away elsewhere,
//! such as the line of 公司名称：____, is what they are made of.

use aho_corasick::{AhoCorasick, MatchKind};

use super::draft::{Draft, MarkKind};
use super::page::Part;
use super::text::Text;
use super::words::{Words, is_whole};
use crate::disclosure::Residue;

/// Bytes of a line that is read as it stands in the source.
const LONGEST_LINE: usize = 8 << 10;

/// Reads every line and every cell.
pub(super) fn read(parts: &[Part], words: &Words<'_>, draft: &mut Draft<'_>) {
    let phrases = words.phrases("residue").iter();
    let mut builder = AhoCorasick::builder();
    builder.match_kind(MatchKind::LeftmostLongest).ascii_case_insensitive(true);
    let finder = builder.build(phrases.flat_map(|it| it.words().copied()));
    let finder = finder.expect("some dozens of short words make a small automaton");
    let mut told = 0_usize;
    for part in parts {
        let texts: Vec<&Text> = match part {
            Part::Line(line) => vec![&line.text],
            Part::Grid(grid) => {
                grid.rows.iter().flatten().filter(|cell| !cell.inherited).map(|cell| &cell.text).collect()
            }
        };
        for text in texts {
            let number = usize::try_from(draft.source.line(text.source(0))).unwrap_or_default();
            let raw = draft.source.line_text(number);
            // A line of a text is read with its marks, once for all its cells; that of a page has markup in it.
            if LONGEST_LINE < raw.len() || raw.contains('<') || text.as_str().contains('\n') {
                places(text, &finder, draft);
            } else if told < number {
                told = number;
                let mut line = Text::default();
                line.push(raw, draft.source.range(number).start);
                places(&line, &finder, draft);
            }
        }
    }
}

fn places(text: &Text, finder: &AhoCorasick, draft: &mut Draft<'_>) {
    let string = text.as_str();
    // Where the clause around a place starts, as far as it was looked for.
    let (mut around, mut looked) = (0_usize, 0_usize);
    for found in finder.find_iter(string).filter(|it| is_whole(string, &it.range())) {
        let word = string.get(found.range()).unwrap_or_default();
        let between = string.get(looked..found.start()).unwrap_or_default();
        around = between.rfind(['。', '，', ',', '；', '\n']).map_or(around, |at| looked.saturating_add(at));
        looked = found.start();
        let quote = string.get(around..).unwrap_or_default().trim_start_matches(['。', '，', ',', '；', '\n']);
        let span = text.span_of(found.range());
        let cite = draft.cite(&span, quote);
        draft.mark(span, MarkKind::Residue, word);
        draft.residue(Residue { text: word.to_owned(), cite });
    }
}
