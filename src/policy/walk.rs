//! Goes through a policy from top to bottom: tables, blocks, lists, and paragraphs under their headings.

use super::blocks;
use super::claims::Claims;
use super::draft::Draft;
use super::grids::{is_numbered, is_section};
use super::heads;
use super::input::refuse;
use super::page::{Grid, Line, Part};
use super::permissions;
use super::prose::{self, Carried};
use super::rows;
use super::sections::{self, Sections};
use super::spoken;
use super::text::{Source, Text};
use super::words::Words;
use crate::error::Result;

/// Bytes of a paragraph that are read together; a longer one is cut between sentences, so that the time for a text grows
/// with its length and not with that of its lines.
const PARAGRAPH: usize = 6 << 10;

/// Characters that a person sees on a page that is only a script.
const SCRIPT_PAGE: usize = 120;

/// Characters of a page that only asks for consent.
const WALL: usize = 900;

/// Reads all parts.
pub(super) fn read<'s>(parts: &[Part], words: &Words<'_>, source: &'s Source) -> Draft<'s> {
    let mut draft = Draft::new(source);
    heads::read(parts, words, &mut draft);
    let mut claims = Claims::default();
    let mut sections = Sections::default();
    let mut paragraphs: Vec<Text> = Vec::new();
    let mut carried = Carried::Nothing;
    let mut place = 0_usize;
    while let Some(part) = parts.get(place) {
        let rest = parts.get(place..).unwrap_or_default();
        let platform = sections.platform();
        match part {
            Part::Grid(grid) => {
                carried = Carried::Nothing;
                if !rows::read(grid, platform, words, &mut draft) {
                    unread_table(grid, words, &mut draft);
                }
                place = place.saturating_add(1);
            }
            Part::Line(line) => {
                let block = blocks::labelled(rest, (sections.role(), platform), words, &mut draft)
                    .or_else(|| blocks::list(rest, platform, words, &mut draft));
                if let Some(used) = block {
                    carried = Carried::Nothing;
                    place = place.saturating_add(used.max(1));
                    continue;
                }
                if sections.role() == "permission"
                    && let Some(used) = permissions::block(rest, platform, words, &mut draft)
                {
                    carried = Carried::Nothing;
                    place = place.saturating_add(used);
                    continue;
                }
                let found = words.find(line.text.as_str());
                if sections::is_heading(line, &found) {
                    sections.enter(line, &found, sections::platform(line, words));
                    carried = Carried::Nothing;
                    place = place.saturating_add(1);
                    claims.heading(&line.text, &found, &mut draft);
                    continue;
                }
                let (text, used) = paragraph(rest);
                place = place.saturating_add(used);
                if line.rule {
                    continue;
                }
                let item = line.item || is_numbered(text.as_str()) || is_lettered(text.as_str());
                let mut open = if item || is_short(&text) { carried } else { Carried::Nothing };
                for chunk in chunks(&text) {
                    let found = words.find(chunk.as_str());
                    claims.read(&chunk, &found, sections.role(), &mut draft);
                    let skipped = open == Carried::Skipped;
                    let next = if sections.collects() && !skipped {
                        prose::read(&chunk, &found, open, platform, words, &mut draft)
                    } else {
                        prose::opens(chunk.as_str(), &found)
                    };
                    open = if next == Carried::Nothing { open } else { next };
                    if !found.sdks.is_empty() || !found.permissions.is_empty() {
                        paragraphs.push(chunk);
                    }
                }
                carried = open;
            }
        }
    }
    spoken::sdks(&paragraphs, words, &mut draft);
    if draft.disclosure.permission.is_empty() {
        spoken::permissions(&paragraphs, words, &mut draft);
    }
    claims.finish(&mut draft);
    draft
}

/// The line at the start with those that go on with its sentence, and how many lines that is.
pub(super) fn paragraph(parts: &[Part]) -> (Text, usize) {
    let mut text = Text::default();
    let mut used = 0_usize;
    for part in parts {
        let Part::Line(line) = part else { break };
        if 0 < used {
            let ended = text.as_str().trim_end().ends_with(['。', '；', ';', '！', '？', '：', ':', '!', '?', '.']);
            let own = line.item
                || line.rule
                || 0 < line.level
                || is_section(line.text.as_str())
                || is_lettered(line.text.as_str());
            if ended || own || 0 < line.gap {
                break;
            }
        }
        text.append(" ", &line.text);
        used = used.saturating_add(1);
        if line.closed || line.rule || PARAGRAPH < text.as_str().len() {
            break;
        }
    }
    (text, used.max(1))
}

/// Pieces of no more than [`PARAGRAPH`] bytes, cut between sentences where that can be.
fn chunks(text: &Text) -> Vec<Text> {
    if text.as_str().len() <= PARAGRAPH {
        return vec![text.clone()];
    }
    let mut chunks = Vec::new();
    let mut start = 0_usize;
    let mut end = 0_usize;
    for range in prose::sentences(text.as_str()) {
        if PARAGRAPH < range.end.saturating_sub(start) && start < end {
            chunks.push(text.slice(start..end));
            start = end;
        }
        let mut from = range.start;
        while PARAGRAPH < range.end.saturating_sub(from) {
            let cut = (from..from.saturating_add(PARAGRAPH))
                .rev()
                .find(|&at| text.as_str().is_char_boundary(at))
                .unwrap_or(range.end);
            chunks.push(text.slice(from..cut));
            (from, start) = (cut, cut);
        }
        end = range.end;
    }
    chunks.push(text.slice(start..end.max(start)));
    chunks
}

/// A table whose header says nothing, though its cells name data.
fn unread_table(grid: &Grid, words: &Words<'_>, draft: &mut Draft<'_>) {
    for row in &grid.rows {
        for cell in row.iter().filter(|cell| !cell.inherited && !cell.is_blank()) {
            let found = words.find(cell.text.as_str());
            if found.data.iter().any(|hit| words.data_type(hit).is_some()) {
                let reason = "a table without a known header";
                draft.unread(&cell.text.span(), cell.text.as_str(), reason);
            }
        }
    }
}

/// a. or A、 at the start.
fn is_lettered(text: &str) -> bool {
    let mut characters = text.trim_start_matches(['（', '(']).chars();
    let letter = characters.next().is_some_and(|it| it.is_ascii_alphabetic());
    letter && characters.next().is_some_and(|it| matches!(it, '.' | '、' | ')' | '）'))
}

fn is_short(text: &Text) -> bool {
    text.as_str().chars().count() <= 40
}

/// Refuses a text that states nothing, with what was found instead.
pub(super) fn refuse_empty(parts: &[Part], draft: &Draft<'_>, scripts: bool, words: &Words<'_>) -> Result<()> {
    let disclosure = &draft.disclosure;
    let states = !disclosure.collects.is_empty()
        || !disclosure.sdk.is_empty()
        || !disclosure.permission.is_empty()
        || !disclosure.denies.is_empty();
    let texts = || {
        parts.iter().flat_map(|part| match part {
            Part::Line(Line { text, .. }) => vec![text.as_str()],
            Part::Grid(grid) => grid.rows.iter().flatten().map(|cell| cell.text.as_str()).collect(),
        })
    };
    let shown: usize = texts().map(|text| text.chars().filter(|it| !it.is_whitespace()).count()).sum();
    let asks = texts().take(200).any(|text| words.find(text).has("wall"));
    let first = texts().find(|text| !text.trim().is_empty()).unwrap_or_default();
    let first: String = first.chars().take(40).flat_map(char::escape_debug).collect();
    let first = if first.is_empty() { first } else { format!(" (`{first}`)") };
    if scripts && shown < SCRIPT_PAGE && (!states || asks) {
        return Err(refuse(&format!("a page that is only a script{first}"), None));
    }
    if asks
        && shown < WALL
        && disclosure.sdk.is_empty()
        && disclosure.permission.is_empty()
        && disclosure.collects.len() < 2
    {
        return Err(refuse(&format!("a page that only asks for consent or scripts{first}"), None));
    }
    if shown == 0 {
        return Err(refuse("a page without any text", None));
    }
    if states || disclosure.claims != crate::disclosure::Claims::default() {
        return Ok(());
    }
    Err(refuse(&format!("{shown} characters that state nothing about data, SDKs or permissions{first}"), None))
}
