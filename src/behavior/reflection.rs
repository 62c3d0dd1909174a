//! Members that code names by strings: `Class.forName("…").getMethod("…").invoke(…)`.
//!
//! A member whose class and name are known is read like one that code names. A name alone counts where the catalog lists
//! it for reflection and the class is not known, is one that the catalog knows, or has no such member there.

use std::collections::BTreeSet;

use super::condition::{Conditions, Constant};
use super::decide::{Constants, Decided, Decider, Entry, is_conditional, shortened};
use crate::catalog::{Catalog, Confidence, Reflected, Source, SourceKind, Under, word_key};
use crate::flow::{Answer, Asked, Known};

/// What is said of a read by reflection.
const NOTE: &str = "reflection";
const UNKNOWN_CLASS: &str = "reflection, the class is not known";

/// Sources by class and name, whatever the parameters.
#[derive(Debug)]
pub(super) struct Members {
    catalog: &'static Catalog,
}

impl Members {
    pub(super) fn new(catalog: &'static Catalog) -> Self {
        Self { catalog }
    }

    /// The sources that code names a class and a member for.
    fn named(&self, class: &str, name: &str) -> Vec<&'static Source> {
        let member = format!("{class}->{name}");
        let of_member = |source: &&Source| {
            let rest = source.target.strip_prefix(&member);
            !is_carrier(source) && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['(', ':']))
        };
        self.catalog.sources_under(Under::Reflected, word_key(&member)).filter(of_member).collect()
    }

    /// The sources that a name is looked up for by reflection.
    fn looked_up(&self, name: &str) -> impl Iterator<Item = &'static Source> {
        self.catalog.sources_under(Under::ReflectionName, word_key(name)).filter(move |source| source.arg_value == name)
    }

    /// Whether a member of that name matters somewhere.
    fn knows(&self, name: &str) -> bool {
        let (register, name) = (self.catalog.register(), word_key(name));
        register.has(Under::ReflectedMember, name) || register.has(Under::ReflectionName, name)
    }

    /// The entries about a member: one a data type.
    fn of(&self, class: &str, name: &str) -> Vec<&'static Source> {
        let mut sources = self.named(class, name);
        let dotted = class.trim_start_matches('L').trim_end_matches(';').replace('/', ".");
        for named in self.looked_up(name) {
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
        let register = self.catalog.register();
        register.has(Under::ReflectedClass, word_key(class))
            || !class.is_empty() && !register.has(Under::ReflectedMember, word_key(name))
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
    let matters = |known: &Known| matches!(known, Known::Text(name) if members.knows(name));
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
            for held in members.looked_up(name).filter(|held| !held.target.contains('#')) {
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
