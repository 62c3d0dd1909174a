//! Whose code obfuscated and shared code is: that of its callers, where they agree.
//!
//! A name such as `a.b.c` says nothing, and a library reads what whoever uses it wants. Code of a vendor that the catalog
//! does not know keeps its own name, even where only the app calls it.

use std::collections::VecDeque;

use rustc_hash::{FxHashMap, FxHashSet};

use super::lasting;
use super::model::{Owner, OwnerKind, Read};
use super::owners::Owners;
use crate::flow::{Hierarchy, Method, Reach, References, Type};

/// Methods that are looked at for one read, and places that call one of them.
const MAX_METHODS: usize = 128;
const MAX_PLACES: usize = 256;

/// Answers for the reads of one package.
pub(super) struct OwnersByCallers<'a, 'p, 'b> {
    pub(super) hierarchy: &'a Hierarchy<'p, 'b>,
    pub(super) references: &'a References<'a, 'a, 'p, 'b>,
    pub(super) owners: &'a Owners<'a>,
    /// What the system reaches, where that is known: who else calls, never runs.
    pub(super) reach: Option<&'a Reach>,
}

impl OwnersByCallers<'_, '_, '_> {
    /// Gives each read in such code the owner of its callers, and the nearest of those.
    pub(super) fn tell(&self, reads: &mut [Read]) {
        let mut classes = FxHashMap::default();
        let mut agreed: FxHashMap<Method, Option<(Owner, Method)>> = FxHashMap::default();
        for read in reads.iter_mut().filter(|read| is_open(&read.owner, &read.caller)) {
            let Some(method) = self.hierarchy.method_in(&read.file, &read.caller) else { continue };
            let found = agreed.entry(method).or_insert_with(|| self.agreed(method, &mut classes));
            if let Some((owner, caller)) = found {
                read.owner = owner.clone();
                read.via = self.hierarchy.describe(*caller);
                let note = "the owner is that of the callers";
                read.note = Some(read.note.take().map_or_else(|| note.to_owned(), |known| format!("{known}; {note}")));
            }
        }
    }

    /// The one owner of all code that leads to a method, and the first method of it on the way.
    fn agreed(&self, start: Method, classes: &mut FxHashMap<Type, (Owner, bool)>) -> Option<(Owner, Method)> {
        let runs = |method: Method| self.reach.is_none_or(|reach| reach.contains(method) || !reach.contains(start));
        let mut seen = FxHashSet::from_iter([start]);
        let mut waiting = VecDeque::from([start]);
        let mut agreed: Option<(Owner, Method)> = None;
        while let Some(method) = waiting.pop_front() {
            let callers: Vec<Method> = self.leading_to(method)?.into_iter().filter(|caller| runs(*caller)).collect();
            // The system enters here, or nobody does: whose that is, no caller says.
            if callers.is_empty() {
                return None;
            }
            for caller in callers {
                if !seen.insert(caller) {
                    continue;
                }
                if seen.len() > MAX_METHODS {
                    return None;
                }
                let class = self.hierarchy.method(caller)?.class;
                let (owner, is_open) = classes.entry(class).or_insert_with(|| {
                    let descriptor = String::from_utf8_lossy(self.hierarchy.descriptor(class));
                    let owner = self.owners.owner_of(&descriptor);
                    let is_open = is_open(&owner, &descriptor);
                    (owner, is_open)
                });
                if *is_open {
                    waiting.push_back(caller);
                } else if agreed.as_ref().is_none_or(|(known, _)| known == owner) {
                    agreed = agreed.or_else(|| Some((owner.clone(), caller)));
                } else {
                    return None;
                }
            }
        }
        agreed
    }

    /// The methods that call a method; of one that only the system calls, those that make its objects.
    fn leading_to(&self, method: Method) -> Option<Vec<Method>> {
        let callers = self.calling(method)?;
        if !callers.is_empty() {
            return Some(callers);
        }
        let class = self.hierarchy.class(self.hierarchy.method(method)?.class)?;
        let mut makers = Vec::new();
        for (_, method) in self.hierarchy.declared(class) {
            if self.hierarchy.method(*method).is_some_and(|defined| defined.row.is_constructor()) {
                makers.extend(self.calling(*method)?);
            }
        }
        Some(makers)
    }

    fn calling(&self, method: Method) -> Option<Vec<Method>> {
        let places = self.references.callers(self.hierarchy, method, |rows| (rows <= MAX_PLACES).then_some(()))?;
        let all = places.iter().chain(self.references.binders(method)).map(|(caller, _)| *caller);
        Some(all.collect::<Vec<_>>()).filter(|all| all.len() <= MAX_PLACES)
    }
}

/// Whether callers may say whose code that is; `class` starts with its descriptor.
fn is_open(owner: &Owner, class: &str) -> bool {
    match owner.kind {
        OwnerKind::Library => true,
        OwnerKind::Unknown => is_obfuscated(class),
        OwnerKind::App | OwnerKind::Sdk => false,
    }
}

/// Whether no segment of a class's package, or of its own name where it has none, is longer than an obfuscator's.
fn is_obfuscated(class: &str) -> bool {
    let name = class.split(';').next().unwrap_or_default().trim_start_matches('L');
    let (package, own) = name.rsplit_once('/').unwrap_or(("", name));
    let named = if package.is_empty() { own } else { package };
    !named.is_empty() && named.split('/').all(lasting::is_obfuscated)
}

#[cfg(test)]
mod tests {
    use super::is_obfuscated;

    #[test]
    fn short_names_all_the_way_are_an_obfuscators() {
        for class in ["La/b/c;", "La/b/Long;->d()V", "Lab;", "Lo/ą;"] {
            assert!(is_obfuscated(class), "{class}");
        }
        for class in ["Lcom/a/b;", "La/sdk/b;", "LMain;", "Lcom/vendor/sdk/Client;", "", ";"] {
            assert!(!is_obfuscated(class), "{class}");
        }
    }
}
