//! What a policy claims about its handling of data, who answers for it, and from when on it holds.

use std::ops::Range;

use super::dates;
use super::draft::{Draft, MarkKind};
use super::prose::sentences;
use super::quotes::{self, one_line, stated};
use super::text::Text;
use super::words::{Found, Words};
use crate::disclosure::{Claim, Effective};

/// Characters of a claim that are kept as stated.
const STATED: usize = 40;

/// Bytes between a claim's words and the length of time that belongs to them.
const NEAR: usize = 24;

/// Bytes between two parts of a claim that say it together.
const ACROSS: usize = 60;

/// Sections in which a place may be that of storing.
const STORING: [&str; 4] = ["retention", "security", "transfer", ""];

/// Sections in which a length of time may be that of keeping.
const KEEPING: [&str; 5] = ["retention", "security", "", "collect", "transfer"];

/// What is found along the way; some of it is decided at the end only.
#[derive(Debug, Default)]
pub(super) struct Claims {
    /// Value, lines and quote of each claim about transfers abroad.
    border: Vec<(&'static str, Range<usize>, String)>,
    /// How sure it is, its name, where that stands, and a quote.
    controller: Option<(usize, String, Range<usize>, String)>,
    /// The first and the last paragraph of the section on minors, and its first sentence.
    minors: Option<(Range<usize>, String, bool)>,
    updated: Option<String>,
    withdrawal: Option<Claim>,
    targeting: Option<(u8, &'static str, Range<usize>, String)>,
}

impl Claims {
    /// Reads a heading: dates and names may stand in one.
    pub(super) fn heading(&mut self, text: &Text, found: &Found, words: &Words<'_>, draft: &mut Draft<'_>) {
        if let Some((.., open)) = &mut self.minors {
            *open = false;
        }
        self.date(text.as_str(), (text, found), words, draft);
    }

    /// Reads one paragraph of a section.
    pub(super) fn read(&mut self, text: &Text, found: &Found, role: &str, words: &Words<'_>, draft: &mut Draft<'_>) {
        let string = text.as_str();
        let ranges = sentences(string);
        self.date(string, (text, found), words, draft);
        self.company(text, &ranges, found, role, draft);
        if role == "minors" {
            let span = text.span();
            let speaks = |it: &Range<usize>| {
                found.valued("claim").any(|(range, value)| value == "minors" && it.contains(&range.start))
            };
            let first = sentences(string).into_iter().find(speaks).and_then(|it| string.get(it)).unwrap_or_default();
            match &mut self.minors {
                Some((all, said, true)) => {
                    all.end = all.end.max(span.end);
                    if said.is_empty() {
                        first.clone_into(said);
                    }
                }
                _ => self.minors = Some((span, first.to_owned(), true)),
            }
        }
        let phrases: Vec<(Range<usize>, &'static str)> =
            found.valued("claim").map(|(range, value)| (range.clone(), value)).collect();
        if role == "contact" {
            contact(text, role, draft);
        }
        for (range, value) in phrases {
            self.claim(text, (&range, value), around(&ranges, range.start), role, (found, words), draft);
        }
    }

    fn claim(
        &mut self,
        text: &Text,
        (range, value): (&Range<usize>, &'static str),
        sentence: Range<usize>,
        role: &str,
        (found, words): (&Found, &Words<'_>),
        draft: &mut Draft<'_>,
    ) {
        let string = text.as_str();
        let word = string.get(range.clone()).unwrap_or_default();
        let quote = string.get(quotes::start(string, &sentence, None, range)..sentence.end).unwrap_or_default();
        let cite = draft.cite(&text.span(), quote);
        let span = text.span_of(range.clone());
        let as_written = |value: &str| Claim { value: value.to_owned(), days: None, cite: cite.clone() };
        let (key, kind) = value.split_once(':').unwrap_or((value, ""));
        let claims = &mut draft.disclosure.claims;
        match (key, kind) {
            ("cross-border", _) => {
                let kind = match kind {
                    "none" => "none",
                    "yes" => "yes",
                    "word" => match abroad(found, &sentence, range, role) {
                        Some(kind) => kind,
                        None => return,
                    },
                    _ => "conditional",
                };
                self.border.push((kind, text.span(), quote.to_owned()));
            }
            ("storage", "") if claims.storage.is_none() => claims.storage = Some(as_written(word)),
            // 存储于 … 的服务器: the place that follows.
            ("storage", _) if claims.storage.is_none() && STORING.contains(&role) => {
                let near = floor(string, range.end.saturating_add(ACROSS).min(sentence.end)).max(range.end);
                let near = string
                    .get(range.end..near)
                    .unwrap_or_default()
                    .find(['，', ','])
                    .map_or(near, |at| range.end.saturating_add(at));
                let place =
                    found.of("place").filter(|it| range.end <= it.start && it.end <= near).max_by_key(|it| it.end);
                let Some(place) = place else { return };
                let said = stated(string.get(range.start..place.end).unwrap_or_default(), STATED);
                claims.storage = Some(as_written(&said));
            }
            ("retention", "period") => {
                let days = dates::lengths(string.get(range.end..sentence.end).unwrap_or_default(), &words.numbers);
                let days = days.into_iter().find(|(it, _)| it.start < NEAR).map(|(_, days)| days);
                let is_general = claims.retention.as_ref().is_none_or(|it| it.value == "as-needed");
                if days.is_some() && is_general {
                    claims.retention = Some(Claim { value: "period".to_owned(), days, cite });
                }
            }
            // 六个月内删除, 保存不少于十五年: a length of time beside what is done then.
            ("retention", "done") => {
                let start = sentence.start.max(floor(string, range.start.saturating_sub(ACROSS)));
                let end = sentence.end.min(floor(string, range.end.saturating_add(ACROSS)));
                let days = dates::lengths(string.get(start..end).unwrap_or_default(), &words.numbers);
                // Kept as long as needed, with a length for some of it, is kept as long as needed.
                let general = found.valued("claim").any(|(_, value)| value == "retention:as-needed");
                let says = KEEPING.contains(&role) && claims.retention.is_none() && !general;
                let Some((_, days)) = days.first().filter(|_| says) else { return };
                claims.retention = Some(Claim { value: "period".to_owned(), days: Some(*days), cite });
            }
            ("retention", _) if claims.retention.is_none() && !matches!(role, "share") => {
                claims.retention = Some(as_written("as-needed"));
            }
            // The scheme of an address is no claim.
            ("transport", _) if string.get(range.end..).is_some_and(|it| it.starts_with("://")) => return,
            ("transport", _) => match &mut claims.transport {
                Some(claim) if claim.cite.lines == cite.lines => {
                    if !claim.value.split('、').any(|it| it.eq_ignore_ascii_case(word)) {
                        claim.value = format!("{}、{word}", claim.value);
                    }
                }
                Some(_) => return,
                none => *none = Some(as_written(word)),
            },
            ("minors", _) => {
                let first = string.get(sentence.clone()).unwrap_or_default();
                if self.minors.is_none() && found.data.is_empty() {
                    self.minors = Some((text.span(), first.to_owned(), false));
                }
                return;
            }
            ("background", "word") if claims.background.is_none() => {
                // 后台收集 in the same sentence says it better.
                let says = |value: &str| matches!(value, "background:yes" | "background:none");
                if found.valued("claim").any(|(it, value)| says(value) && sentence.contains(&it.start)) {
                    return;
                }
                let mut verbs = found.of("verb").filter(|it| sentence.start <= it.start && it.end <= sentence.end);
                let Some(verb) = verbs.next().filter(|_| !matches!(role, "sdk" | "share")) else { return };
                let before = |(it, value): (&Range<usize>, &str)| {
                    value.is_empty() && sentence.start <= it.start && it.start <= verb.start
                };
                let none = found.valued("negation").any(before);
                claims.background = Some(as_written(if none { "none" } else { "yes" }));
            }
            ("background", kind) if claims.background.is_none() => {
                claims.background = Some(as_written(if kind == "none" { "none" } else { "yes" }));
            }
            ("self-start", kind) if claims.self_start.is_none() => {
                let Some(value) = starting(kind, string, found, &sentence, range) else { return };
                claims.self_start = Some(as_written(value));
            }
            ("targeting", kind) => {
                let rank = match kind {
                    "opt-out" => 2,
                    "none" => 1,
                    _ => 0,
                };
                if self.targeting.as_ref().is_none_or(|(it, ..)| *it < rank) {
                    self.targeting = Some((rank, value, text.span(), quote.to_owned()));
                }
            }
            ("contact", _) if role == "contact" || claims.contact.is_none() => contact(text, role, draft),
            // A sentence that says who is entitled needs no section on rights around it.
            ("rights", "withdraw" | "entitled") => {
                let fits = kind == "entitled" || matches!(role, "rights" | "contact" | "");
                let fits = fits && self.withdrawal.is_none();
                self.withdrawal = Some(as_written(word)).filter(|_| fits).or(self.withdrawal.take());
            }
            ("rights", _) => rights(text, word, role, words, draft),
            _ => return,
        }
        draft.mark(span, MarkKind::Claim, value);
    }

    /// The dates of a line that states some.
    fn date(&mut self, string: &str, (text, found): (&Text, &Found), words: &Words<'_>, draft: &mut Draft<'_>) {
        for (range, value) in found.valued("date") {
            let Some((day, place)) = dates::day(string, range.end, NEAR, &words.numbers) else { continue };
            draft.mark(text.span_of(range.start..place.end), MarkKind::Claim, day.clone());
            if value == "from" {
                let effective = draft.disclosure.effective.get_or_insert_with(Effective::default);
                effective.from.get_or_insert(day);
            } else {
                self.updated = Some(day);
            }
        }
    }

    /// The company that answers for the app: where the policy says who "we" are, best in the section on contacts.
    fn company(&mut self, text: &Text, ranges: &[Range<usize>], found: &Found, role: &str, draft: &Draft<'_>) {
        let string = text.as_str();
        let names = found.valued("company").filter(|(_, value)| *value == "suffix");
        for (suffix, _) in names {
            let start = company_start(string, suffix.start, found);
            let name = string.get(start..suffix.end).unwrap_or_default().trim();
            if name.chars().count() < 5 {
                continue;
            }
            let sentence = around(ranges, suffix.start);
            // The company of an SDK answers for the SDK.
            if found.sdks.iter().any(|hit| sentence.start <= hit.range.start && hit.range.end <= start) {
                continue;
            }
            let said = found.of("controller").any(|it| sentence.start <= it.start && it.end <= sentence.end);
            let alone = string.trim().chars().count() <= name.chars().count().saturating_add(2);
            let signs = [(said, 4), (role == "contact", 3), (alone, 2), (!matches!(role, "share" | "sdk"), 2)];
            let score: usize = signs.iter().filter(|(holds, _)| *holds).map(|(_, weight)| weight).sum();
            // A branch is more than the company before it: …有限公司上海分公司.
            let better = self.controller.as_ref().is_none_or(|(best, other, ..)| {
                *best < score || *best == score && name != other && name.starts_with(other.as_str())
            });
            if 4 <= score && better {
                let span = draft.source.whole(text.span_of(start..suffix.end));
                let from = quotes::start(string, &sentence, None, &(start..suffix.end));
                let quote = string.get(from..sentence.end).unwrap_or_default();
                self.controller = Some((score, name.to_owned(), span, quote.to_owned()));
            }
        }
    }

    /// What the whole text decides.
    pub(super) fn finish(self, draft: &mut Draft<'_>) {
        let first = |kind: &str| self.border.iter().find(|(it, ..)| *it == kind);
        let conditional = first("conditional");
        // 如需跨境传输 beside no transfer is a condition of it.
        let border = first("none").or(first("yes")).or(conditional);
        if let Some((kind, span, quote)) = border {
            let cite = draft.cite(span, quote);
            draft.disclosure.claims.cross_border = Some(Claim { value: (*kind).to_owned(), days: None, cite });
        }
        if let Some((span, quote, _)) = &self.minors {
            let cite = draft.cite(span, quote);
            // The section speaks of them in its heading only: its first line says how.
            let line = draft.source.text.get(draft.source.whole(span.clone())).unwrap_or_default();
            let value = if quote.is_empty() { one_line(line, STATED) } else { stated(quote, STATED) };
            draft.disclosure.claims.minors = Some(Claim { value, days: None, cite });
        }
        if let Some((_, value, span, quote)) = &self.targeting {
            let cite = draft.cite(span, quote);
            let value = value.rsplit(':').next().unwrap_or_default().to_owned();
            draft.disclosure.claims.targeting = Some(Claim { value, days: None, cite });
        }
        if let Some((_, name, span, quote)) = self.controller {
            draft.mark(span.clone(), MarkKind::Claim, name.clone());
            draft.disclosure.controller_cite = Some(draft.cite(&span, &quote));
            draft.disclosure.controller = name;
        }
        // That consent can be withdrawn is a way, where no better one is said.
        let rights = &mut draft.disclosure.claims.rights;
        *rights = rights.take().or(self.withdrawal);
        if draft.disclosure.effective.is_none()
            && let Some(day) = self.updated
        {
            draft.disclosure.effective = Some(Effective { from: Some(day), to: None });
        }
    }
}

/// What a sentence about other countries says of transfers: none, on a condition, or, in the section about them, yes.
fn abroad(found: &Found, sentence: &Range<usize>, word: &Range<usize>, role: &str) -> Option<&'static str> {
    let within = |it: &&Range<usize>| sentence.start <= it.start && it.end <= sentence.end;
    if !found.of("transfer").any(|it| within(&it)) || matches!(role, "sdk" | "minors" | "definition" | "exception") {
        return None;
    }
    let negations = || found.valued("negation").filter(|(it, _)| within(it) && it.start <= word.start);
    let conditions = found.of("condition").any(|it| within(&it) && it.start <= word.start);
    if conditions || negations().any(|(_, value)| value == "consent") {
        return Some("conditional");
    }
    let denied = negations().any(|(_, value)| value != "stop");
    if denied {
        return Some("none");
    }
    (role == "transfer").then_some("yes")
}

/// What a sentence about starting by itself says: that it happens, or that not. One that is denied on a condition only
/// (未经您同意) or for a part (频繁) says neither.
fn starting(
    kind: &str,
    string: &str,
    found: &Found,
    sentence: &Range<usize>,
    word: &Range<usize>,
) -> Option<&'static str> {
    let before = |it: &Range<usize>| sentence.start <= it.start && it.start <= word.start;
    let limited = found.valued("negation").any(|(it, value)| before(it) && matches!(value, "stop" | "consent"))
        || found.of("condition").any(before);
    if kind == "none" {
        return (!limited).then_some("none");
    }
    let near = |it: &Range<usize>| {
        let between = string.get(it.end.min(word.start)..word.start).unwrap_or_default();
        before(it) && between.len() <= NEAR && !between.contains(['，', ',', '；'])
    };
    match found.valued("negation").find(|(it, value)| value.is_empty() && before(it)) {
        None => Some("yes"),
        Some((negation, _)) => (near(negation) && !limited).then_some("none"),
    }
}

/// The place, moved back to the start of a character.
fn floor(string: &str, at: usize) -> usize {
    (0..=at.min(string.len())).rev().find(|at| string.is_char_boundary(*at)).unwrap_or(0)
}

/// The sentence around a place.
fn around(ranges: &[Range<usize>], at: usize) -> Range<usize> {
    ranges.get(ranges.partition_point(|range| range.end <= at)).cloned().unwrap_or_default()
}

/// An address of mail, else a number of many digits, in a paragraph about contacts.
fn contact(text: &Text, role: &str, draft: &mut Draft<'_>) {
    let string = text.as_str();
    let found = mail(string).or_else(|| if role == "contact" { number(string) } else { None });
    let Some(range) = found else { return };
    let value = string.get(range.clone()).unwrap_or_default().to_owned();
    let claims = &draft.disclosure.claims;
    // The section on contacts outranks a mention before it.
    let better = claims.contact.as_ref().is_none_or(|it| role == "contact" && it.value != value);
    if better {
        let sentence = around(&sentences(string), range.start);
        let start = quotes::start(string, &sentence, None, &range);
        let cite = draft.cite(&text.span(), string.get(start..sentence.end).unwrap_or_default());
        draft.disclosure.claims.contact = Some(Claim { value, days: None, cite });
    }
}

/// The way to make a request, and the days in which it is answered.
fn rights(text: &Text, word: &str, role: &str, words: &Words<'_>, draft: &mut Draft<'_>) {
    let string = text.as_str();
    let ranges = sentences(string);
    let at = string.find(word).unwrap_or(0);
    let sentence = around(&ranges, at);
    let answered = |within: Range<usize>| {
        let (range, days) = dates::days_in(string.get(within.clone()).unwrap_or_default(), &words.numbers)?;
        Some((within.start.saturating_add(range.start)..within.start.saturating_add(range.end), days))
    };
    let answer = answered(sentence).or_else(|| answered(0..string.len()));
    let (shown, days) = answer.map_or((at..at.saturating_add(word.len()), None), |(range, days)| (range, Some(days)));
    let elsewhere = matches!(role, "retention" | "security" | "transfer" | "collect") && days.is_some();
    let fits = matches!(role, "rights" | "contact" | "") || elsewhere;
    let better = draft.disclosure.claims.rights.as_ref().is_none_or(|it| it.days.is_none() && days.is_some());
    if fits && better {
        let sentence = around(&ranges, shown.start);
        let start = quotes::start(string, &sentence, None, &shown);
        let cite = draft.cite(&text.span(), string.get(start..sentence.end).unwrap_or_default());
        draft.disclosure.claims.rights = Some(Claim { value: word.to_owned(), days, cite });
    }
}

fn mail(string: &str) -> Option<Range<usize>> {
    let part = |it: char| it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | '_' | '+');
    let mut from = 0_usize;
    while let Some(found) = string.get(from..)?.find(['@', '＠']) {
        let at = from.saturating_add(found);
        let after = at.saturating_add(string.get(at..)?.chars().next()?.len_utf8());
        let left = string.get(..at)?.chars().rev().take_while(|it| part(*it)).count();
        let right = string.get(after..)?.chars().take_while(|it| part(*it)).count();
        let domain = string.get(after..after.saturating_add(right))?.trim_end_matches('.');
        if 0 < left && domain.contains('.') {
            return Some(at.saturating_sub(left)..after.saturating_add(domain.len()));
        }
        from = after;
    }
    None
}

fn number(string: &str) -> Option<Range<usize>> {
    let mut start = None;
    let ends = string.char_indices().chain(std::iter::once((string.len(), ' ')));
    for (at, it) in ends {
        if it.is_ascii_digit() || start.is_some() && it == '-' {
            start.get_or_insert(at);
        } else if let Some(from) = start.take()
            && string
                .get(from..at)
                .is_some_and(|it| (7..=16).contains(&it.chars().filter(char::is_ascii_digit).count()))
        {
            return Some(from..at);
        }
    }
    None
}

/// Where the name of a company begins: behind the sign or word before it, save for short brackets in the name.
pub(super) fn company_start(string: &str, end: usize, found: &Found) -> usize {
    let before = string.get(..end).unwrap_or_default();
    let mut start = end;
    // Behind a bracket that closes, going back, until it opens.
    let mut bracket = None;
    for (at, it) in before.char_indices().rev().take(30) {
        let closes = matches!(it, ')' | '）');
        let opens = matches!(it, '(' | '（');
        let part = it.is_alphanumeric()
            || it == '&'
            || it == ' ' && string.get(at..).is_some_and(|it| it.trim_start().starts_with(|it: char| it.is_ascii()));
        if closes && bracket.is_none() {
            bracket = Some(at.saturating_add(it.len_utf8()));
        } else if opens && bracket.is_some() {
            bracket = None;
        } else if !part {
            break;
        }
        start = at;
    }
    // A bracket that closes and never opened belongs to what stands before the name.
    let start = bracket.unwrap_or(start);
    // The 为 of 华为 belongs to the name.
    let named = |at: usize| found.valued("company").any(|(it, value)| value == "name" && it.contains(&at));
    let stops = found
        .valued("company")
        .filter(|(range, value)| *value == "stop" && start <= range.start && range.end < end && !named(range.start));
    stops.map(|(range, _)| range.end).max().unwrap_or(start)
}
