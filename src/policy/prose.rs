//! What sentences say that the app collects, or that it does not: the data behind a verb of collecting, as far as the
//! sentence goes and its purpose does not begin; a verb that is denied denies them, one that is stopped says nothing.

use std::ops::Range;

use rustc_hash::FxHashSet;

use super::data::{self, Item, Listed};
use super::draft::{Draft, MarkKind};
use super::purposes::{purpose, scene};
use super::quotes;
use super::rows::on_other;
use super::text::Text;
use super::unknown;
use super::words::{Found, Hit, Words};
use crate::catalog::Phrase;
use crate::disclosure::{Collects, Denies};

/// What a list of items that a sentence introduced goes on with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Carried {
    /// No list is open.
    #[default]
    Nothing,
    /// Items are collected; from the user where the flag is set.
    Collected(bool),
    /// Items are denied.
    Denied,
    /// Items say nothing: cases of exception.
    Skipped,
}

/// Bytes between a negation and its verb.
const NEAR: usize = 30;

/// Bytes between a verb and a word that is data only as its object: 上传您的照片.
const OBJECT: usize = 36;

/// Bytes between a word of examples and the first of them.
const EXAMPLE: usize = 36;

/// Characters before an SDK in which a word of using stands.
const USING: usize = 6;

/// What holds at a place of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Silent,
    Collected { user: bool },
    Denied,
}

fn collected_at(state: State) -> bool {
    matches!(state, State::Collected { .. })
}

/// Reads a paragraph; says what a list behind it goes on with.
pub(super) fn read(
    text: &Text,
    found: &Found,
    carried: Carried,
    platform: &str,
    words: &Words<'_>,
    draft: &mut Draft<'_>,
) -> Carried {
    let string = text.as_str();
    let mut listed = data::read(string, found, words);
    let states = states(string, found, carried, words);
    let state = |at: usize| {
        let place = states.partition_point(|(start, _)| *start <= at).checked_sub(1);
        place.and_then(|place| states.get(place)).map_or(State::Silent, |(_, state)| *state)
    };
    let collects = states.iter().any(|(_, state)| collected_at(*state));
    let after = introduces(string, found, &states);
    if listed.items.is_empty() && listed.umbrella.is_none() {
        if matches!(carried, Carried::Collected(_) | Carried::Denied) && unknown::is_word(string, found, words) {
            draft.unread(&text.span(), string, unknown::REASON);
        }
        return after;
    }
    let collected = |item: &Item| is_collected(string, found, item, collects, &state);
    let taken: Vec<bool> = listed.items.iter().map(collected).collect();
    let taken = with_neighbours(string, found, &listed.items, taken);
    // 不会提取照片中的人脸 denies the face and not the photo.
    let holds = |item: &Item| found.of("within").any(|it| it.start == item.range.end);
    let refused = |item: &Item| {
        let object = !item.weak || is_object(string, found, item.range.start);
        state(item.range.start) == State::Denied && object && !holds(item)
    };
    let refused: Vec<bool> = listed.items.iter().map(refused).collect();
    let refused = with_neighbours(string, found, &listed.items, refused);
    let denied: Vec<Item> =
        listed.items.iter().zip(&refused).filter(|(_, refused)| **refused).map(|(item, _)| item.clone()).collect();
    let mut kept = taken.iter();
    listed.items.retain(|_| kept.next().copied().unwrap_or_default());
    // A word for many is no label where nothing of its list is collected.
    if listed.items.is_empty()
        && let Some((id, range)) = listed.umbrella.take_if(|(_, range)| collected_at(state(range.start)))
    {
        listed.items.push(Item { range, entry: Some((id, true)), platform: "", weak: false });
    }
    let places: Vec<Range<usize>> = listed.items.iter().chain(&denied).map(|item| item.range.clone()).collect();
    unknown::report(text, found, &places, words, draft);
    let near = |(_, range): &(&str, Range<usize>)| {
        state(range.start) != State::Silent || listed.items.iter().any(|item| range.end <= item.range.start)
    };
    let umbrella = listed.umbrella.clone().filter(|it| !listed.items.is_empty() && near(it));
    let given = |at: usize| state(at) == State::Collected { user: true };
    let device: Vec<usize> = device_places(&listed, words).into_iter().filter(|at| given(*at)).collect();
    let ranges = if device.is_empty() { Vec::new() } else { sentences(string) };
    let place = |at: usize| ranges.partition_point(|range| range.end <= at);
    let device: FxHashSet<usize> = device.into_iter().map(place).collect();
    let user = |item: &Item| given(item.range.start) && !device.contains(&place(item.range.start));
    let places: Vec<&Range<usize>> =
        listed.items.iter().map(|it| &it.range).chain(umbrella.as_ref().map(|it| &it.1)).collect();
    listed.open = data::is_open(found, &places);
    collect(text, (found, words), &listed, umbrella.as_ref(), &user, platform, draft);
    deny(text, found, &denied, platform, draft);
    after
}

fn collect(
    text: &Text,
    (found, words): (&Found, &Words<'_>),
    listed: &Listed,
    umbrella: Option<&(&'static str, Range<usize>)>,
    user: &impl Fn(&Item) -> bool,
    platform: &str,
    draft: &mut Draft<'_>,
) {
    let string = text.as_str();
    draft.mark_items(text, listed, MarkKind::Collects);
    let mut umbrella = umbrella;
    for (ios, given) in [(false, false), (false, true), (true, false), (true, true)] {
        let takes = |item: &Item| on_other(item.platform) == ios && user(item) == given;
        let (data, other) = draft.words_of(string, listed, takes);
        let Some(first) = listed.items.iter().find(|item| takes(item)).map(|item| &item.range) else { continue };
        let umbrella = umbrella.take();
        let first = umbrella.map(|(_, range)| range).filter(|it| it.start < first.start).unwrap_or(first);
        let sentence = sentence(string, first.start);
        let quote = quote(string, found, &sentence, first);
        let items = listed.items.iter().filter(|item| takes(item)).map(|item| item.range.start);
        let last = items.filter(|at| sentence.contains(at)).max().unwrap_or(first.start);
        let platforms = if ios { "ios" } else { platform };
        draft.collects(Collects {
            data,
            other,
            umbrella: umbrella.map_or_else(String::new, |(id, _)| (*id).to_owned()),
            open_ended: listed.open,
            user_provided: given,
            scene: scene(text, found, &sentence, last, words),
            purpose: purpose(string, found, &sentence),
            platforms: Some(platforms.to_owned()).filter(|it| !it.is_empty()).into_iter().collect(),
            cite: draft.cite(&text.span(), quote),
        });
    }
}

fn deny(text: &Text, found: &Found, denied: &[Item], platform: &str, draft: &mut Draft<'_>) {
    let Some(first) = denied.first() else { return };
    let listed = Listed { items: denied.to_vec(), ..Listed::default() };
    let (data, _) = draft.words_of(text.as_str(), &listed, |item| !on_other(item.platform));
    if data.is_empty() {
        return;
    }
    draft.mark_items(text, &listed, MarkKind::Denies);
    let sentence = sentence(text.as_str(), first.range.start);
    let quote = quote(text.as_str(), found, &sentence, &first.range);
    let cite = draft.cite(&text.span_of(sentence), quote);
    let platforms = Some(platform.to_owned()).filter(|it| !it.is_empty()).into_iter().collect();
    draft.disclosure.denies.push(Denies { data, sdk: Vec::new(), platforms, cite });
}

/// Reads the denials of a paragraph in a section that says nothing of what the app collects. What an SDK does not collect
/// is no denial of the app.
pub(super) fn denials(text: &Text, found: &Found, platform: &str, words: &Words<'_>, draft: &mut Draft<'_>) {
    let string = text.as_str();
    if !found.has("negation") || !found.has("verb") || found.data.is_empty() || !found.sdks.is_empty() {
        return;
    }
    let states = states(string, found, Carried::Nothing, words);
    let listed = data::read(string, found, words);
    let denied = |item: &&Item| {
        let place = states.partition_point(|(start, _)| *start <= item.range.start).checked_sub(1);
        let state = place.and_then(|place| states.get(place)).map_or(State::Silent, |(_, state)| *state);
        state == State::Denied && (!item.weak || is_object(string, found, item.range.start))
    };
    let denied: Vec<Item> = listed.items.iter().filter(denied).cloned().collect();
    deny(text, found, &denied, platform, draft);
}

/// What the list behind a paragraph of another section goes on with: its cases of exception, or nothing.
pub(super) fn opens(string: &str, found: &Found) -> Carried {
    introduces(string, found, &[])
}

/// What holds from which place on: verbs open, purposes and sentences close.
fn states(string: &str, found: &Found, carried: Carried, words: &Words<'_>) -> Vec<(usize, State)> {
    let start = match carried {
        Carried::Collected(user) => State::Collected { user },
        Carried::Denied => State::Denied,
        Carried::Nothing | Carried::Skipped => State::Silent,
    };
    let mut states = vec![(0, start)];
    let mut events: Vec<(usize, State)> = Vec::new();
    let mut said = start;
    for sentence in sentences(string) {
        let goes_on = sentence.start == 0 || exemplifies(string, found, &sentence);
        said = if goes_on { said } else { State::Silent };
        events.push((sentence.start, said));
        let within = |range: &&Range<usize>| sentence.start <= range.start && range.end <= sentence.end;
        let defines = found.of("reference").any(|range| within(&range));
        let exception = found.of("exception").any(|range| within(&range));
        // 集成了某某SDK，收集您的…: the SDK collects.
        let embeds = found.valued("sdk-word").filter(|(_, value)| *value == "embeds").map(|(range, _)| range);
        let embeds = embeds.filter(within).filter(|_| found.sdks.iter().any(|hit| within(&&hit.range)));
        // 使用某某SDK, but not 使用微信登录.
        let uses = found.sdks.iter().filter(|hit| within(&&hit.range)).filter_map(|hit| used(string, hit, words));
        let other = found.of("other-subject").filter(within).chain(embeds).map(|range| range.start).chain(uses).min();
        for (role, user) in [("verb", false), ("user-verb", true)] {
            for verb in found.of(role).filter(within) {
                if defines || other.is_some_and(|other| other < verb.start) {
                    continue;
                }
                let state = match negated(string, found, &sentence, verb) {
                    Some(true) if !exception => State::Denied,
                    Some(_) => State::Silent,
                    None => State::Collected { user },
                };
                events.push((verb.end, state));
                said = state;
            }
        }
        let instead = found.valued("denial-end").filter(|(_, value)| *value == "instead").map(|(range, _)| range);
        for mark in found.of("purpose-mark").chain(instead).filter(within) {
            events.push((mark.start, State::Silent));
        }
        if let Some(other) = other {
            said = State::Silent;
            events.push((other, State::Silent));
        }
    }
    events.sort_by_key(|(at, state)| (*at, matches!(state, State::Collected { .. })));
    states.extend(events);
    resumed(states, string, found)
}

/// What a bracket says that something is for ends with it: 收集MAC地址（用于统计）、IMEI.
fn resumed(mut states: Vec<(usize, State)>, string: &str, found: &Found) -> Vec<(usize, State)> {
    if !found.has("purpose-mark") || !string.contains(['（', '(']) {
        return states;
    }
    for group in data::brackets(string) {
        let within = |at: usize| group.start < at && at < group.end;
        if !found.of("purpose-mark").any(|it| within(it.start)) {
            continue;
        }
        let before = states.iter().rev().find(|(at, _)| *at <= group.start).map(|(_, state)| *state);
        let inside = states.iter().rev().find(|(at, _)| *at <= group.end).map(|(_, state)| *state);
        if let Some(state) = before.filter(|_| inside == Some(State::Silent)) {
            let place = states.partition_point(|(at, _)| *at <= group.end);
            states.insert(place, (group.end, state));
        }
    }
    states
}

/// Where a list names what only the device knows. A sentence with such data asks for no typing: 需要您提供设备型号.
fn device_places(listed: &Listed, words: &Words<'_>) -> Vec<usize> {
    let known = |item: &&Item| {
        let entry = item.entry.and_then(|(id, _)| words.catalog.data_type(id));
        entry.is_some_and(|it| matches!(it.class, "immutable" | "resettable" | "not-id"))
    };
    listed.items.iter().filter(known).map(|item| item.range.start).collect()
}

/// Whether a sentence gives examples of what the one before it says: 例如您的IP地址.
fn exemplifies(string: &str, found: &Found, sentence: &Range<usize>) -> bool {
    let text = string.get(sentence.clone()).unwrap_or_default();
    let start = sentence.start.saturating_add(text.len().saturating_sub(text.trim_start().len()));
    let word = found.valued("open-list").filter(|(it, value)| it.start == start && *value != "behind");
    word.map(|(it, _)| it.end).max().is_some_and(|end| {
        let near = end.saturating_add(EXAMPLE);
        found.data.iter().any(|hit| end <= hit.range.start && hit.range.start <= near)
    })
}

/// Where the word of using begins that stands right before an SDK which is called one.
fn used(string: &str, hit: &Hit, words: &Words<'_>) -> Option<usize> {
    let is_sdk = |text: &str| text.get(..3).is_some_and(|it| it.eq_ignore_ascii_case("sdk"));
    let name = string.get(hit.range.clone())?.to_ascii_lowercase();
    if !name.ends_with("sdk") && !is_sdk(string.get(hit.range.end..)?.trim_start()) {
        return None;
    }
    let before = string.get(..hit.range.start)?;
    let near = before.char_indices().rev().nth(USING).map_or(0, |(at, _)| at);
    let tail = before.get(near..)?;
    let phrases = words.phrases("sdk-use").iter();
    phrases.flat_map(Phrase::words).filter_map(|it| tail.rfind(it)).min().map(|at| near.saturating_add(at))
}

/// Whether a verb is negated: denied (true), or only stopped, refused or made conditional (false).
pub(super) fn negated(string: &str, found: &Found, sentence: &Range<usize>, verb: &Range<usize>) -> Option<bool> {
    let mut nearest: Option<(&Range<usize>, &str)> = None;
    for (range, value) in found.valued("negation") {
        let before =
            sentence.start <= range.start && range.start <= verb.start && verb.start <= range.end.saturating_add(NEAR);
        let between = string.get(range.end.min(verb.start)..verb.start).unwrap_or_default();
        if before
            && !between.contains(['，', ',', '；', ';', '：', '、'])
            && nearest.is_none_or(|(it, _)| (it.start, it.end) <= (range.start, range.end))
        {
            nearest = Some((range, value));
        }
    }
    let (range, value) = nearest?;
    let unsure = found
        .valued("negation")
        .any(|(it, value)| value == "unsure" && sentence.start <= it.start && it.start < verb.start);
    // What is not done in the background may be done otherwise.
    let background = found.valued("claim").any(|(it, value)| {
        matches!(value, "background:word" | "background:none") && sentence.start <= it.start && it.start < verb.start
    });
    let conditional = conditional(found, sentence, verb);
    // 不会用于、不会共享 deny a use, and 不会将…用于 too; what is not uploaded may be read.
    let uses =
        found.valued("denial-end").any(|(it, value)| value == "use" && range.end <= it.start && it.start <= verb.start);
    Some(value.is_empty() && !uses && !background && !unsure && !conditional)
}

/// Whether what a sentence says of a verb holds on a condition only: 未经您同意，我们不会收集 says that it may be collected.
fn conditional(found: &Found, sentence: &Range<usize>, verb: &Range<usize>) -> bool {
    let before = |it: &Range<usize>| sentence.start <= it.start && it.start < verb.start;
    let within = |it: &Range<usize>| sentence.start <= it.start && it.start < sentence.end;
    found.valued("negation").any(|(it, value)| value == "consent" && before(it))
        || found.valued("condition").any(|(it, value)| before(it) || (value == "unless" && within(it)))
}

/// Whether an item is said to be collected: behind a verb, before one in the passive, or as the label of a paragraph that
/// collects.
fn is_collected(string: &str, found: &Found, item: &Item, collects: bool, state: &impl Fn(usize) -> State) -> bool {
    let at = item.range.start;
    let rest = string.get(item.range.end..).unwrap_or_default();
    let permitted = found
        .of("permission-word")
        .any(|it| item.range.end <= it.start && it.start <= item.range.end.saturating_add(6));
    if permitted {
        return false;
    }
    if collected_at(state(at)) {
        let begins = || string.get(..at).is_some_and(|it| it.chars().filter(|it| it.is_alphabetic()).nth(2).is_none());
        return !item.weak || begins() || is_object(string, found, at);
    }
    let clause = clause(string, at);
    let passive = found.of("passive-verb").find(|it| item.range.end <= it.start && clause.end >= it.end);
    if let Some(verb) = passive {
        let between = string.get(item.range.end..verb.start).unwrap_or_default();
        let denied = found.of("negation").any(|it| item.range.end <= it.start && it.start <= verb.end);
        let mark = found.of("purpose-mark").any(|it| item.range.end <= it.start && it.end <= verb.start);
        return !denied && !mark && (!item.weak || between.len() <= 6);
    }
    let label = string.get(..at).is_some_and(|it| {
        let mut shown =
            it.chars().filter(|it| !it.is_ascii_digit() && !it.is_ascii_punctuation() && !it.is_whitespace());
        shown.nth(2).is_none()
    }) && (rest.starts_with(['：', ':'])
        || rest.starts_with(['，', ','])
            && found.of("introducer").any(|it| it.start == item.range.end.saturating_add(3)));
    label && collects
}

/// A word that is data in a list only counts as the object of a verb.
fn is_object(string: &str, found: &Found, at: usize) -> bool {
    // 存储您的…: the word is a verb itself.
    let behind = found.data.iter().find(|hit| hit.range.start == at).and_then(|hit| string.get(hit.range.end..));
    if behind.is_some_and(|it| it.starts_with(['您', '你'])) {
        return false;
    }
    let verbs = found.of("verb").chain(found.of("user-verb"));
    verbs.filter(|range| range.end <= at && at.saturating_sub(range.end) <= OBJECT).any(|range| {
        let between = string.get(range.end..at).unwrap_or_default();
        !between.contains(['，', ',', '。', '、', '；', ';'])
    })
}

/// Words that are data in a list only count beside data that do.
fn with_neighbours(string: &str, found: &Found, items: &[Item], mut taken: Vec<bool>) -> Vec<bool> {
    let joined = |a: &Item, b: &Item| {
        let between = string.get(a.range.end..b.range.start).unwrap_or_default();
        let joiner = found.of("joiner").any(|it| a.range.end <= it.start && it.end <= b.range.start)
            || between.contains(['、', '/', '（', '(']);
        let instead = found
            .valued("denial-end")
            .any(|(it, value)| value == "instead" && a.range.end <= it.start && it.end <= b.range.start);
        // 使用相册功能，我们会读取您的通讯录 is no list of the two.
        let speaks = ["verb", "user-verb", "passive-verb", "purpose-mark"]
            .iter()
            .any(|role| found.of(role).any(|it| a.range.end <= it.start && it.end <= b.range.start));
        joiner && !instead && !speaks && between.len() <= OBJECT && !between.contains(['。', '；'])
    };
    let permitted = |item: &Item| {
        found.of("permission-word").any(|it| item.range.end <= it.start && it.start <= item.range.end.saturating_add(6))
    };
    for forward in [true, false] {
        let order: Vec<usize> = if forward { (1..items.len()).collect() } else { (1..items.len()).rev().collect() };
        for place in order {
            let (Some(a), Some(b)) = (items.get(place.saturating_sub(1)), items.get(place)) else { continue };
            let (from, to) = if forward { (place.saturating_sub(1), place) } else { (place, place.saturating_sub(1)) };
            let weak = items.get(to).is_some_and(|item| item.weak && !permitted(item));
            if weak && taken.get(from) == Some(&true) && joined(a, b) {
                taken.get_mut(to).into_iter().for_each(|it| *it = true);
            }
        }
    }
    taken
}

/// What the list behind a paragraph goes on with: its last sentence ends in a colon, or has it before its list.
fn introduces(string: &str, found: &Found, states: &[(usize, State)]) -> Carried {
    let trimmed = string.trim_end();
    if !trimmed.ends_with(['：', ':']) {
        return Carried::Nothing;
    }
    let last = sentences(string).into_iter().next_back().unwrap_or_default();
    if found.valued("exception").any(|(range, value)| value == "section" && last.start <= range.start) {
        return Carried::Skipped;
    }
    let within = states.iter().rev().find(|(at, state)| last.start <= *at && *state != State::Silent);
    match within {
        Some((_, State::Collected { user })) => Carried::Collected(*user),
        Some((_, State::Denied)) => Carried::Denied,
        _ => Carried::Nothing,
    }
}

/// The quote of a sentence that shows a datum, best with its verb.
fn quote<'t>(string: &'t str, found: &Found, sentence: &Range<usize>, datum: &Range<usize>) -> &'t str {
    let verbs = found.of("verb").chain(found.of("user-verb")).map(|it| it.start);
    let verb = verbs.filter(|at| sentence.start <= *at && *at <= datum.start).max();
    string.get(quotes::start(string, sentence, verb, datum)..sentence.end).unwrap_or_default()
}

/// The sentence around a place.
fn sentence(string: &str, at: usize) -> Range<usize> {
    sentences(string).into_iter().find(|range| at < range.end).unwrap_or(0..string.len())
}

/// The sentences of a text, with their last sign.
pub(super) fn sentences(string: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = 0_usize;
    let mut characters = string.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let next = characters.peek().map(|(_, next)| *next);
        let ends = match character {
            '。' | '！' | '？' | '!' | '?' | '\n' => true,
            '.' => next.is_none_or(char::is_whitespace) && !goes_on(string, at),
            _ => false,
        };
        if ends {
            let end = at.saturating_add(character.len_utf8());
            ranges.push(start..end);
            start = end;
        }
    }
    if start < string.len() {
        ranges.push(start..string.len());
    }
    ranges
}

/// A full stop within a sentence, as in `Ltd. built`: a small letter follows.
fn goes_on(string: &str, at: usize) -> bool {
    let rest = string.get(at.saturating_add(1)..).unwrap_or_default();
    rest.trim_start().starts_with(|it: char| it.is_lowercase())
}

/// The clause around a place: commas end it outside brackets.
fn clause(string: &str, at: usize) -> Range<usize> {
    let ends = |it: char| matches!(it, '，' | ',' | '。' | '；' | ';' | '：' | '\n');
    let start = string.get(..at).and_then(|it| it.rfind(ends)).unwrap_or(0);
    let end = string.get(at..).and_then(|it| it.find(ends)).map_or(string.len(), |end| at.saturating_add(end));
    start..end
}
