//! Members that code names by strings: `Class.forName("…").getMethod("…").invoke(…)`.
//!
//! A member whose class and name are known is read like one that code names. A name alone counts where the catalog lists
//! it for reflection and the class is not known, is one that the catalog knows, or has no such member there.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};

use super::condition::{Conditions, Constant};
use super::decide::{Constants, Decided, Decider, Entry, is_conditional, shortened};
use crate::catalog::{Catalog, Confidence, Reflected, Source, SourceKind};
use crate::flow::{Answer, Asked, Known};

/// What is said of a read by reflection.
const NOTE: &str = "reflection";
const UNKNOWN_CLASS: &str = "reflection, the class is not known";

/// Sources by class and name, whatever the parameters.
#[derive(Debug, Default)]
pub(super) struct Members {
    by_class: FxHashMap<(&'static str, &'static str), Vec<&'static Source>>,
    classes: FxHashSet<&'static str>,
    /// Names that matter whatever the class.
    names: FxHashMap<&'static str, Vec<&'static Source>>,
    /// Names of members of those classes.
    of_classes: FxHashSet<&'static str>,
    /// Every name of a member that matters somewhere.
    known: FxHashSet<&'static str>,
}

impl Members {
    pub(super) fn new(catalog: &'static Catalog) -> Self {
        let mut it = Self::default();
        for source in &catalog.tables.sources {
            match source.kind {
                SourceKind::MethodCall
                | SourceKind::MethodCallConstArg
                | SourceKind::SettingsKey
                | SourceKind::FieldRead => {
                    let Some((class, signature)) = source.target.split_once("->") else { continue };
                    let name = signature.split(['(', ':']).next().unwrap_or(signature);
                    if !is_carrier(source) {
                        it.by_class.entry((class, name)).or_default().push(source);
                        it.known.insert(name);
                        it.classes.insert(class);
                        it.of_classes.insert(name);
                    }
                }
                SourceKind::ReflectionName => {
                    it.names.entry(source.arg_value).or_default().push(source);
                    it.known.insert(source.arg_value);
                }
                _ => {}
            }
        }
        it
    }

    /// The entries about a member: one a data type.
    fn of(&self, class: &str, name: &str) -> Vec<&'static Source> {
        let mut sources: Vec<&'static Source> = self.by_class.get(&(class, name)).cloned().unwrap_or_default();
        let dotted = class.trim_start_matches('L').trim_end_matches(';').replace('/', ".");
        for named in self.names.get(name).into_iter().flatten() {
            let fits = match named.target.split_once('#') {
                Some((of, _)) => of == dotted,
                None => sources.is_empty() && self.tells_alone(class, name),
            };
            if fits {
                sources.push(named);
            }
        }
        let mut seen = BTreeSet::new();
        sources.retain(|source| {
            is_conditional(source) && source.kind != SourceKind::ReflectionName || seen.insert(source.data)
        });
        sources
    }

    /// Whether the name of a member says enough: of a class that the catalog knows, or of another one where no class of
    /// the catalog has such a member, so that a vendor added it.
    fn tells_alone(&self, class: &str, name: &str) -> bool {
        self.classes.contains(class) || !class.is_empty() && !self.of_classes.contains(name)
    }
}

/// Whether an entry is a look-up of members by reflection.
pub(super) fn is_carrier(source: &Source) -> bool {
    source.reflected().is_some()
}

/// Decides a look-up of a member or a call of one.
pub(super) fn decide(
    members: &Members,
    conditions: &Conditions,
    source: &'static Source,
    constants: &dyn Constants,
    decided: &mut Decided,
) {
    if source.reflected() == Some(Reflected::Call) {
        decide_call(&Decider { conditions, members }, source, constants, decided);
        return;
    }
    let name = constants.parameter(0);
    let names = name.iter().flat_map(|answer| &answer.known);
    let matters = |known: &Known| matches!(known, Known::Text(name) if members.known.contains(name.as_str()));
    if name.as_ref().is_some_and(|answer| answer.unknown.is_none() && !answer.known.is_empty())
        && !names.clone().any(|(known, _)| matters(known))
    {
        return;
    }
    // Nothing is known of a member without a name.
    let is_nameless = name.as_ref().is_some_and(|answer| answer.known.is_empty());
    let asked = if is_nameless { Some(Answer::default()) } else { constants.call(Asked::Result) };
    let Some(answer) = asked else {
        decided.open = true;
        return;
    };
    for (known, via) in &answer.known {
        let Known::Member { class, name } = known else { continue };
        // Where one way brings the class, the others say no more.
        let is_told = |(known, _): &(Known, Option<String>)| match known {
            Known::Member { class, name: same } => {
                same == name && !class.is_empty() && !members.of(class, name).is_empty()
            }
            _ => false,
        };
        if class.is_empty() && !answer.known.iter().any(is_told) {
            let listed = members.names.get(name.as_str()).into_iter().flatten();
            for held in listed.filter(|held| !held.target.contains('#')) {
                push(decided, held, name.clone(), UNKNOWN_CLASS, via.as_deref(), Confidence::Medium);
            }
        }
        let of_name = |held: &Source| held.kind == SourceKind::ReflectionName || !is_conditional(held);
        for held in members.of(class, name).into_iter().filter(|held| of_name(held)) {
            push(decided, held, format!("{class}->{name}"), NOTE, via.as_deref(), Confidence::High);
        }
    }
    if let Some(reason) = name.and_then(|answer| answer.unknown) {
        decided.unresolved = true;
        decided.unknown = Some((source, format!("the name of the member is unknown: {reason}")));
    }
}

/// A call of a member whose arguments decide.
fn decide_call(all: &Decider<'_>, source: &'static Source, constants: &dyn Constants, decided: &mut Decided) {
    let Some(member) = constants.call(Asked::Argument(0)) else {
        decided.open = true;
        return;
    };
    for (known, _) in &member.known {
        let Known::Member { class, name } = known else { continue };
        let sources = all.members.of(class, name);
        let conditional: Vec<_> = sources
            .into_iter()
            .filter(|held| is_conditional(held) && held.kind != SourceKind::ReflectionName)
            .collect();
        if conditional.is_empty() {
            continue;
        }
        let Some(passed) = constants.parameter(1) else { continue };
        for (list, via) in &passed.known {
            let Known::List(items) = list else { continue };
            for held in &conditional {
                if let Some(item) = held.arg_index.and_then(|index| items.get(usize::from(index))) {
                    all.hold(held, item, via.as_deref(), Some(NOTE), &mut decided.entries);
                }
            }
        }
    }
    if let Some(reason) = member.unknown {
        decided.unresolved = true;
        decided.unknown = Some((source, format!("the member is unknown: {reason}")));
    }
}

fn push(
    decided: &mut Decided,
    source: &'static Source,
    literal: String,
    note: &str,
    via: Option<&str>,
    confidence: Confidence,
) {
    let note = match via {
        Some(via) => format!("{note}; constant passed by {via}"),
        None => note.to_owned(),
    };
    let literal = Some(shortened(&Constant::Text(literal.into()).shown()));
    decided.entries.push(Entry { source, literal, note: Some(note), confidence });
}
