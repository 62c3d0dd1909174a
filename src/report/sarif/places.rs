//! Places in the package that findings rest on: what is said of them, and which of the run's lists names what they name.
//!
//! They are by far the most of a log, and few things are named by many of them, so each thing is looked up and worded once.

use std::borrow::Cow;
use std::ops::Range;

use rustc_hash::FxHashMap;
use serde::{Serialize, Serializer};

use super::super::names::short;
use super::super::words::Words;
use super::artifacts::Artifacts;
use super::log::{CodeFlow, Location, Logical, Message, Physical, Region, Step, ThreadFlow};
use super::members::Members;
use crate::behavior::{Certainty, Obtainable};
use crate::check::{Evidence, Finding};

/// Places of one finding that are told; viewers show no more.
pub(super) const MAX_PLACES: usize = 100;

/// All places of a run.
#[derive(Default)]
pub(super) struct Places<'a> {
    list: Vec<Place>,
    /// Those of each finding.
    of: Vec<Range<usize>>,
    /// Members on the ways to places, one way after another.
    steps: Vec<usize>,
    said: Vec<String>,
    sayings: FxHashMap<Saying<'a>, usize>,
    pub(super) members: Members<'a>,
}

/// Numbers are places in lists.
struct Place {
    /// The entry of the package, or the package.
    artifact: Option<usize>,
    /// Bytes from its start.
    offset: Option<u64>,
    member: usize,
    said: usize,
    /// The way from an entry point, and what is called at its end; empty where none is known.
    path: Range<usize>,
}

/// What decides what is said of a place.
#[derive(PartialEq, Eq, Hash)]
struct Saying<'a> {
    data: &'a str,
    also: &'a [String],
    what: &'a str,
    certainty: Option<Certainty>,
    before_consent: bool,
    obtainable: Option<&'a Obtainable>,
}

impl<'a> Places<'a> {
    /// Adds those of the next finding.
    pub(super) fn add(&mut self, words: &Words<'_>, artifacts: &mut Artifacts<'a>, finding: &'a Finding) {
        let start = self.list.len();
        for evidence in finding.evidence.iter().take(MAX_PLACES) {
            let place = self.place(words, artifacts, evidence);
            self.list.push(place);
        }
        self.of.push(start..self.list.len());
    }

    fn place(&mut self, words: &Words<'_>, artifacts: &mut Artifacts<'a>, evidence: &'a Evidence) -> Place {
        let (entry, offset) = position(evidence);
        let member = self.members.add(code(evidence));
        let start = self.steps.len();
        if !evidence.path.is_empty() {
            let path = evidence.path.iter().chain([&evidence.what]);
            self.steps.extend(path.map(|step| self.members.add(step)));
        }
        Place {
            artifact: artifacts.entry(entry),
            offset,
            member,
            said: self.say(words, evidence),
            path: start..self.steps.len(),
        }
    }

    fn say(&mut self, words: &Words<'_>, evidence: &'a Evidence) -> usize {
        let saying = Saying {
            data: &evidence.data,
            also: &evidence.also,
            what: &evidence.what,
            certainty: evidence.certainty,
            before_consent: evidence.pre_consent == Some(true),
            obtainable: evidence.obtainable.as_ref(),
        };
        let said = &mut self.said;
        *self.sayings.entry(saying).or_insert_with_key(|saying| {
            said.push(saying.told(words));
            said.len() - 1
        })
    }

    /// Those of each finding.
    pub(super) fn of_findings<'s>(&'s self, artifacts: &'s Artifacts<'a>) -> impl Iterator<Item = Shown<'s>> {
        self.of.iter().map(|range| Shown {
            places: self,
            artifacts,
            list: self.list.get(range.clone()).unwrap_or_default(),
        })
    }
}

impl Saying<'_> {
    fn told(&self, words: &Words<'_>) -> String {
        let mut parts = Vec::new();
        parts.extend(
            (!self.data.is_empty()).then(|| words.alternatives(self.data, self.also.iter().map(String::as_str))),
        );
        parts.push(short(self.what));
        parts.extend(self.certainty.map(|it| words.certainty(it).to_owned()));
        parts.extend(self.before_consent.then(|| words.pick("同意前", "before consent").to_owned()));
        parts.extend(self.obtainable.into_iter().flat_map(|it| words.obstacles(it)));
        parts.join(" · ")
    }
}

/// Places of one finding in a run.
#[derive(Clone, Copy)]
pub(super) struct Shown<'s> {
    places: &'s Places<'s>,
    artifacts: &'s Artifacts<'s>,
    list: &'s [Place],
}

/// Where they are, and what is said of them.
pub(super) struct Related<'s>(pub(super) Shown<'s>);

/// The ways to them, from entry points.
pub(super) struct Flows<'s>(pub(super) Shown<'s>);

impl Serialize for Related<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.list.iter().enumerate().map(|(id, place)| self.0.related(id, place)))
    }
}

impl Serialize for Flows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.flows())
    }
}

impl Flows<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.flows().next().is_none()
    }
}

/// The steps of one way.
pub(super) struct Steps<'s> {
    told: Shown<'s>,
    place: &'s Place,
}

impl Serialize for Steps<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let steps = self.told.places.steps.get(self.place.path.clone()).unwrap_or_default();
        let last = steps.len().saturating_sub(1);
        serializer.collect_seq(steps.iter().enumerate().map(|(number, member)| {
            let text = if number == last { self.told.said(self.place) } else { self.told.places.members.name(*member) };
            let logical_locations = Some([Logical { index: Some(*member), ..Logical::default() }]);
            let message = Some(Message { text: Cow::Borrowed(text) });
            Step { location: Location { logical_locations, message, ..Location::default() } }
        }))
    }
}

impl<'s> Shown<'s> {
    fn said(&self, place: &Place) -> &'s str {
        self.places.said.get(place.said).map_or("", String::as_str)
    }

    fn related(&self, id: usize, place: &Place) -> Location<'s> {
        let name = Some(Cow::Borrowed(self.places.members.name(place.member)));
        let region = place.offset.map(|byte_offset| Region::Bytes { byte_offset, byte_length: 0 });
        Location {
            id: Some(id),
            physical_location: place
                .artifact
                .map(|index| Physical { artifact_location: self.artifacts.get(index), region }),
            logical_locations: Some([Logical {
                fully_qualified_name: name,
                index: Some(place.member),
                ..Logical::default()
            }]),
            message: Some(Message { text: Cow::Borrowed(self.said(place)) }),
        }
    }

    fn flows(self) -> impl Iterator<Item = CodeFlow<'s>> {
        let paths = self.list.iter().filter(|place| !place.path.is_empty());
        paths.map(move |place| CodeFlow { thread_flows: [ThreadFlow { locations: Steps { told: self, place } }] })
    }
}

/// The class or member where something was seen, or what was.
fn code(evidence: &Evidence) -> &str {
    if evidence.place.is_empty() { &evidence.what } else { &evidence.place }
}

/// The entry of the package and the byte in it.
fn position(evidence: &Evidence) -> (&str, Option<u64>) {
    let Some((entry, offset)) = evidence.at.rsplit_once('@') else { return (&evidence.at, None) };
    let digits = offset.strip_prefix("0x").unwrap_or(offset);
    (entry, u64::from_str_radix(digits, 16).ok())
}
