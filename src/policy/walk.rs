//! Goes through a policy from top to bottom: tables, blocks, lists, and paragraphs under their headings.

use super::blocks;
use super::claims::Claims;
use super::draft::Draft;
use super::headed;
use super::heads;
use super::input::refuse;
use super::mentions;
use super::names;
use super::numbers::{is_numbered, is_section, numberless};
use super::page::{Grid, Line, Part};
use super::permissions;
use super::prose::{self, Carried};
use super::residue;
use super::sections::{self, Sections};
use super::spoken::{self, Said};
use super::terms::Terms;
use super::text::{Source, Text};
use super::words::{Found, Hit, Words};
use crate::error::Result;

/// Bytes of a paragraph that are read together; a longer one is cut between sentences, so that the time for a text grows
/// with its length and not with that of its lines.
const PARAGRAPH: usize = 6 << 10;

/// Sections of other matters in which the app may deny that it collects something.
const DENYING: [&str; 5] = ["share", "security", "retention", "rights", "contact"];

/// Sections in which a paragraph that names identifiers says something about collecting them.
const SPEAKING: [&str; 7] = ["", "collect", "use", "web-storage", "permission", "sdk", "share"];

/// Characters of an item of a list that is no sentence.
const LONGEST_DATUM: usize = 80;

/// Characters of the name of an SDK in quotation marks.
const LONGEST_SDK: usize = 30;

/// Characters that a person sees on a page that is only a script.
const SCRIPT_PAGE: usize = 120;

/// Characters of a page that only asks for consent.
const WALL: usize = 900;

/// Reads all parts.
pub(super) fn read<'s>(parts: &[Part], words: &Words<'_>, source: &'s Source) -> Draft<'s> {
    let mut walk = Walk {
        words,
        draft: Draft::new(source, Terms::of(parts, words)),
        claims: Claims::default(),
        sections: Sections::default(),
        paragraphs: Vec::new(),
        mentions: Vec::new(),
        carried: Carried::Nothing,
        listing: false,
        sdk_items: false,
        sdk_open: false,
    };
    heads::read(parts, words, &mut walk.draft);
    residue::read(parts, words, &mut walk.draft);
    let mut place = 0_usize;
    while let Some(rest) = parts.get(place..).filter(|rest| !rest.is_empty()) {
        place = place.saturating_add(walk.part(rest).max(1));
    }
    walk.finish()
}

/// What is known on the way from the first part to the last.
struct Walk<'w, 's> {
    words: &'w Words<'w>,
    draft: Draft<'s>,
    claims: Claims,
    sections: Sections,
    /// What names SDKs or permissions, and what names identifiers.
    paragraphs: Vec<Said>,
    mentions: Vec<Text>,
    /// What the list that is open goes on with.
    carried: Carried,
    /// Items below a heading such as: what we collect.
    listing: bool,
    /// Items of a list that a sentence about SDKs introduced.
    sdk_items: bool,
    /// The last paragraph is about an SDK and ends with a colon, so what each platform gives follows.
    sdk_open: bool,
}

impl<'s> Walk<'_, 's> {
    /// Reads the part at the start, and says how many it took.
    fn part(&mut self, rest: &[Part]) -> usize {
        let (words, draft) = (self.words, &mut self.draft);
        let (role, platform) = (self.sections.role(), self.sections.platform());
        let line = match rest.first() {
            Some(Part::Line(line)) => line,
            Some(Part::Grid(grid)) => {
                self.carried = Carried::Nothing;
                if !headed::read(grid, platform, words, draft) {
                    unread_table(grid, words, draft);
                }
                return 1;
            }
            None => return 1,
        };
        if let Some(used) = blocks::labelled(rest, (role, platform), words, draft) {
            self.carried = Carried::Nothing;
            return used;
        }
        let found = words.find(line.text.as_str());
        let block = blocks::list(rest, &found, platform, words, draft)
            .or_else(|| permissions::block(rest, role, platform, words, draft));
        if let Some(used) = block {
            self.carried = Carried::Nothing;
            return used;
        }
        if sections::is_heading(line, &found, words) {
            self.sections.enter(line, &found, sections::platform(line, words), words);
            self.carried = Carried::Nothing;
            self.listing = self.sections.role() == "collect" && (found.has("verb") || self.listing);
            self.sdk_items = false;
            self.claims.heading(&line.text, &found, words, draft);
            return 1;
        }
        let (text, used) = paragraph(rest, words);
        if !line.rule {
            let found = if used == 1 { found } else { words.find(text.as_str()) };
            self.paragraph(line, &text, &found);
        }
        used
    }

    /// Reads a paragraph in which these words were found.
    fn paragraph(&mut self, line: &Line, text: &Text, found: &Found) {
        let of_platform = found.valued("platform").any(|(range, _)| range.start == 0);
        if let Some(said) = self.paragraphs.last_mut().filter(|said| self.sdk_open && of_platform && said.listed) {
            said.text.append("\n", text);
            return;
        }
        let item = line.item || is_numbered(text.as_str()) || is_lettered(text.as_str());
        let mut open = if item || is_short(text) { self.carried } else { Carried::Nothing };
        let datum = self.listing && line.item && open == Carried::Nothing && is_datum(text, found);
        if datum {
            open = Carried::Collected(false);
        }
        if text.as_str().len() <= PARAGRAPH {
            open = self.chunk(text.clone(), found, item, open);
        } else {
            for chunk in chunks(text) {
                let found = self.words.find(chunk.as_str());
                open = self.chunk(chunk, &found, item, open);
            }
        }
        self.carried = if datum { Carried::Nothing } else { open };
        let last = text.as_str().lines().next_back().unwrap_or_default();
        let introduces = text.as_str().trim_end().ends_with(['：', ':']) && {
            let found = self.words.find(last);
            found.has("sdk-word") || found.has("list-intro")
        };
        self.sdk_items = introduces && !self.sdk_open || self.sdk_items && (item || line.item);
    }

    /// Reads a piece of a paragraph, and says what a list behind it goes on with.
    fn chunk(&mut self, chunk: Text, found: &Found, item: bool, open: Carried) -> Carried {
        let (words, draft) = (self.words, &mut self.draft);
        let (role, platform) = (self.sections.role(), self.sections.platform());
        self.claims.read(&chunk, found, role, words, draft);
        let skipped = open == Carried::Skipped;
        let listed = item && (self.sdk_items || role == "sdk" || is_framed(&chunk, words));
        self.sdk_open = listed && chunk.as_str().trim_end().ends_with(['：', ':']);
        let next = if self.sections.collects() && !skipped && !listed {
            prose::read(&chunk, found, open, platform, words, draft)
        } else {
            if !skipped && DENYING.contains(&role) {
                prose::denials(&chunk, found, platform, words, draft);
            }
            if !skipped && role == "rights" {
                mentions::read(&chunk, found, words, draft);
            }
            prose::opens(chunk.as_str(), found)
        };
        if !skipped && SPEAKING.contains(&role) && mentions_identifiers(found, words) {
            self.mentions.push(chunk.clone());
        }
        if listed || !found.sdks.is_empty() || !found.permissions.is_empty() {
            self.paragraphs.push(Said { text: chunk, listed });
        }
        if next == Carried::Nothing { open } else { next }
    }

    /// Reads what needs the whole text.
    fn finish(mut self) -> Draft<'s> {
        spoken::sdks(&self.paragraphs, self.words, &mut self.draft);
        if self.draft.disclosure.permission.is_empty() {
            spoken::permissions(&self.paragraphs, self.words, &mut self.draft);
        }
        leftovers(&self.mentions, &mut self.draft);
        self.claims.finish(&mut self.draft);
        self.draft
    }
}

/// Whether a text names identifiers of a device, and neither defines nor quotes them.
fn mentions_identifiers(found: &Found, words: &Words<'_>) -> bool {
    let identifier = |hit: &Hit| {
        let weak = found.of("weak-data").any(|range| *range == hit.range);
        let entry = words.data_type(hit).filter(|entry| !entry.umbrella && !weak);
        entry.is_some_and(|entry| matches!(entry.class, "immutable" | "resettable"))
    };
    !found.has("reference") && !found.has("defines") && found.data.iter().any(identifier)
}

/// Paragraphs that name identifiers and of which no statement was made.
fn leftovers(mentions: &[Text], draft: &mut Draft<'_>) {
    let mut starts: Vec<usize> = draft.marks.iter().map(|mark| mark.span.start).collect();
    starts.sort_unstable();
    for text in mentions {
        let span = text.span();
        let place = starts.partition_point(|start| *start < span.start);
        if starts.get(place).is_none_or(|start| span.end <= *start) {
            draft.unread(
                &span,
                text.as_str(),
                "names identifiers, and says neither that they are collected nor that not",
            );
        }
    }
}

/// An item that is a datum and no sentence.
fn is_datum(text: &Text, found: &Found) -> bool {
    let sentence = ["verb", "user-verb", "negation"].iter().any(|role| found.has(role));
    text.as_str().chars().count() <= LONGEST_DATUM && !sentence && !found.data.is_empty() && found.sdks.is_empty()
}

/// The line at the start with those that go on with its sentence, and how many lines that is.
pub(super) fn paragraph(parts: &[Part], words: &Words<'_>) -> (Text, usize) {
    let mut text = Text::default();
    let mut used = 0_usize;
    for part in parts {
        let Part::Line(line) = part else { break };
        if 0 < used {
            let ended = text.as_str().trim_end().ends_with(['。', '；', ';', '！', '？', '：', ':', '!', '?', '.']);
            let own = line.item
                || line.rule
                || 0 < line.level
                || is_section(line.text.as_str(), words)
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

/// A number, and the name of an SDK in quotation marks: 1.2 “某某推送”：….
fn is_framed(text: &Text, words: &Words<'_>) -> bool {
    let bare = numberless(text, words);
    let framed = bare.as_str().strip_prefix(['“', '「', '"']).and_then(|it| it.split_once(['”', '」', '"']));
    framed.is_some_and(|(name, rest)| {
        rest.trim_start().starts_with(['：', ':'])
            && name.chars().count() <= LONGEST_SDK
            && !names::read(name, words).ids.is_empty()
    })
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
    let asks = || texts().take(200).any(|text| words.find(text).has("wall"));
    let first = texts().find(|text| !text.trim().is_empty()).unwrap_or_default();
    let first: String = first.chars().take(40).flat_map(char::escape_debug).collect();
    let first = if first.is_empty() { first } else { format!(" (`{first}`)") };
    if scripts && shown < SCRIPT_PAGE && (!states || asks()) {
        return Err(refuse(&format!("a page that is only a script{first}"), None));
    }
    if shown < WALL
        && disclosure.sdk.is_empty()
        && disclosure.permission.is_empty()
        && disclosure.collects.len() < 2
        && asks()
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
