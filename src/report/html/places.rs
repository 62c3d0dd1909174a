//! Where in the code a finding or a read is: the place, how sure it is, and the way from an entry point to it.

use std::hash::{Hash, Hasher};

use rustc_hash::FxHashMap;

use super::text::{Both, Same, Text};
use crate::behavior::{Certainty, Obtainable, Read, SdkEvidence};
use crate::check::{Evidence, Finding};
use crate::report::evidence::most_telling;
use crate::report::names::{dotted, is_reflected, short, telling};

/// Places of one finding that are shown; the rest are counted.
const MAX_PLACES: usize = 40;
/// Positions of one place that are shown; the rest are counted.
const MAX_POSITIONS: usize = 20;
/// Signs of one SDK that are shown; the rest are counted.
pub(super) const MAX_SIGNS: usize = 12;

/// Places that give one data type or use one permission.
pub(super) struct Places<'a> {
    pub(super) name: Text<'a>,
    pub(super) places: Vec<Place<'a>>,
}

/// One place.
pub(super) struct Place<'a> {
    /// The method that holds it, or the file.
    pub(super) caller: Same<String>,
    pub(super) what: Same<String>,
    pub(super) literal: Option<Same<&'a str>>,
    pub(super) reachable: bool,
    pub(super) certainty: Option<Text<'a>>,
    pub(super) notes: Vec<Text<'a>>,
    /// Where that stands, as often as it does.
    pub(super) at: Same<String>,
    /// How often, where that is more than once.
    pub(super) times: Option<usize>,
    /// What is called, in full.
    pub(super) descriptor: Same<&'a str>,
    /// From the entry point to the place, as the code names them.
    pub(super) path: &'a [String],
    pub(super) note: &'a str,
    /// Shown with its details from the start.
    pub(super) open: bool,
}

/// A sign of an SDK, or another thing seen in the package.
pub(super) struct Sign<'a> {
    pub(super) text: Text<'a>,
    pub(super) notes: Vec<Text<'a>>,
}

/// The places of a finding, the most telling first, and how many more there are.
pub(super) fn of<'a>(both: Both<'a>, finding: &'a Finding) -> (Vec<Places<'a>>, usize) {
    let reads = finding.evidence.iter().filter(|it| !it.data.is_empty()).collect();
    let (reads, _) = most_telling(&both.en, reads);
    let calls = finding.evidence.iter().filter(|it| it.data.is_empty() && it.kind == "call");
    let all = folded(reads.into_iter().chain(calls));
    let shown: usize = all.iter().take(MAX_PLACES).map(Vec::len).sum();
    let more = all.iter().map(Vec::len).sum::<usize>() - shown;
    let mut groups: Vec<(&str, Places<'a>)> = Vec::new();
    for (index, same) in all.iter().take(MAX_PLACES).enumerate() {
        let Some(it) = same.first() else { continue };
        let place = place(both, it, same, index == 0);
        let key = if it.data.is_empty() { it.note.as_str() } else { it.data.as_str() };
        if let Some((_, group)) = groups.iter_mut().find(|(known, _)| *known == key) {
            group.places.push(place);
        } else {
            let name = if it.data.is_empty() {
                both.say(|words| words.permission(&it.note))
            } else {
                both.say(|words| words.data_of(it))
            };
            groups.push((key, Places { name, places: vec![place] }));
        }
    }
    (groups.into_iter().map(|(_, group)| group).collect(), more)
}

/// Places that differ in nothing but where in the file they are, together.
fn folded<'a>(evidence: impl Iterator<Item = &'a Evidence>) -> Vec<Vec<&'a Evidence>> {
    let mut order: FxHashMap<Alike<'a>, usize> = FxHashMap::default();
    let mut folded: Vec<Vec<&Evidence>> = Vec::new();
    for it in evidence {
        let next = folded.len();
        let index = *order.entry(Alike(it)).or_insert(next);
        match folded.get_mut(index) {
            Some(same) => same.push(it),
            None => folded.push(vec![it]),
        }
    }
    folded
}

/// A place, but for where in the file it is.
struct Alike<'a>(&'a Evidence);

impl PartialEq for Alike<'_> {
    fn eq(&self, Self(other): &Self) -> bool {
        let Evidence { kind, data, also, what, literal, count, place, at: _, certainty, .. } = self.0;
        let Evidence { confidence, pre_consent, path, obtainable, note, .. } = self.0;
        (place, what, data, literal, path) == (&other.place, &other.what, &other.data, &other.literal, &other.path)
            && (certainty, confidence, pre_consent) == (&other.certainty, &other.confidence, &other.pre_consent)
            && (kind, also, count) == (&other.kind, &other.also, &other.count)
            && (obtainable, note) == (&other.obtainable, &other.note)
    }
}

impl Eq for Alike<'_> {}

impl Hash for Alike<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.0.place, &self.0.what, &self.0.data, &self.0.literal).hash(state);
    }
}

/// The places of a pair that agrees with the policy, the most telling first, at most `max`.
/// Beside them, how many more there are.
pub(super) fn of_agreement<'a>(both: Both<'a>, evidence: &'a [Evidence], max: usize) -> (Vec<Place<'a>>, usize) {
    let (reads, _) = most_telling(&both.en, evidence.iter().collect());
    let all = folded(reads.into_iter());
    let shown = all.iter().take(max).filter_map(|same| Some(place(both, same.first()?, same, false)));
    (shown.collect(), all.iter().skip(max).map(Vec::len).sum())
}

/// `same` are all places that it stands for.
fn place<'a>(both: Both<'a>, it: &'a Evidence, same: &[&Evidence], open: bool) -> Place<'a> {
    let mut notes = Vec::new();
    let literal = it.literal.as_deref();
    notes.extend(is_reflected(literal, &it.what).then(|| Text::new("反射", "by reflection")));
    notes.extend((it.pre_consent == Some(true)).then(|| Text::new("同意前", "before consent")));
    notes.extend(it.obtainable.iter().flat_map(|it| obstacles(both, it)));
    Place {
        caller: Same(dotted(&it.place)),
        what: Same(short(&it.what)),
        literal: telling(literal, &it.what).map(Same),
        reachable: it.certainty == Some(Certainty::Reachable),
        certainty: it.certainty.map(|certainty| both.say(|words| words.certainty(certainty))),
        notes,
        at: Same(positions(same)),
        times: Some(same.len()).filter(|times| 1 < *times),
        descriptor: Same(&it.what),
        path: &it.path,
        note: if it.data.is_empty() { "" } else { &it.note },
        open,
    }
}

/// Where places are in their files.
fn positions(places: &[&Evidence]) -> String {
    let shown: Vec<&str> = places.iter().take(MAX_POSITIONS).map(|it| it.at.as_str()).collect();
    let more = places.len().saturating_sub(MAX_POSITIONS);
    let more = if more == 0 { String::new() } else { format!(" … +{more}") };
    format!("{}{more}", shown.join(", "))
}

/// A read of a package that is held against nothing.
pub(super) fn of_read<'a>(both: Both<'a>, read: &'a Read) -> Place<'a> {
    let mut notes = Vec::new();
    let literal = read.literal.as_deref();
    notes.extend(is_reflected(literal, &read.api).then(|| Text::new("反射", "by reflection")));
    notes.extend((read.pre_consent == Some(true)).then(|| Text::new("同意前", "before consent")));
    notes.extend((read.background == Some(true)).then(|| Text::new("后台", "in the background")));
    notes.extend(read.via.is_some().then(|| Text::new("归属依调用者", "owner by its callers")));
    notes.extend(obstacles(both, &read.obtainable));
    Place {
        caller: Same(if read.caller.is_empty() { read.file.clone() } else { dotted(&read.caller) }),
        what: Same(short(&read.api)),
        literal: telling(literal, &read.api).map(Same),
        reachable: read.certainty == Certainty::Reachable,
        certainty: Some(both.say(|words| words.certainty(read.certainty))),
        notes,
        at: Same(format!("{}@{}", read.file, read.offset)),
        times: None,
        descriptor: Same(&read.api),
        path: &read.path,
        note: read.note.as_deref().unwrap_or_default(),
        open: false,
    }
}

fn obstacles<'a>(both: Both<'a>, obtainable: &Obtainable) -> Vec<Text<'a>> {
    both.list(|words| words.obstacles(obtainable))
}

/// What else a finding shows of the package. The list of permissions says all that their declarations do.
pub(super) fn signs<'a>(both: Both<'a>, finding: &'a Finding) -> (Vec<Sign<'a>>, usize) {
    let is_sign = |it: &&Evidence| it.data.is_empty() && !["call", "permission"].contains(&it.kind);
    let all: Vec<&Evidence> = finding.evidence.iter().filter(is_sign).collect();
    let shown = all
        .iter()
        .take(MAX_SIGNS)
        .map(|it| Sign { text: both.say(|words| words.sign(it.kind, &it.what, it.count)), notes: notes(both, it) });
    (shown.collect(), all.len().saturating_sub(MAX_SIGNS))
}

/// Where a sign is, and what else is known of it.
fn notes<'a>(both: Both<'a>, it: &'a Evidence) -> Vec<Text<'a>> {
    let place = both.say(|words| words.holder(it)).told();
    place.into_iter().chain((!it.note.is_empty()).then(|| Text::same(&it.note))).collect()
}

/// The signs of an SDK, and how many more there are.
pub(super) fn signs_of_sdk<'a>(both: Both<'a>, evidence: &'a [SdkEvidence]) -> (Vec<Text<'a>>, usize) {
    let shown = evidence.iter().take(MAX_SIGNS).map(|it| both.say(|words| words.sign(it.kind, &it.value, it.count)));
    (shown.collect(), evidence.len().saturating_sub(MAX_SIGNS))
}
