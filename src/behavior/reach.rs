//! Whether the system can reach the code of a read, from where, before consent, and in the background.

use rustc_hash::FxHashMap;

use super::consent::{Consent, Guarded};
use super::entries::{Entries, Kinds};
use super::model::{Certainty, Read};
use super::repeats::Repeats;
use crate::catalog::{Catalog, ClassKey, hashed_signature_key, platform};
use crate::container::Package;
use crate::flow::{
    self, Facts, Framework, Graph, Hierarchy, Linkage, Method, Names, Parts, Platform, Reach, Signature, Unused,
};
use crate::manifest::Manifest;

/// Methods as reports name them.
type Described = FxHashMap<Method, Option<String>>;

/// Answers for all methods of one package.
pub(super) struct Reached<'p, 'b> {
    hierarchy: &'p Hierarchy<'p, 'b>,
    entries: Entries,
    all: Reach,
    background: flow::Reached,
    /// From the early roots, whatever is asked on the way; none where nothing is.
    early: Option<Reach>,
    /// From the early roots, past no check.
    unguarded: Reach,
    guarded: Guarded,
    repeats: Repeats<'p, 'p, 'b>,
    truncated: bool,
}

/// The code of a package.
#[derive(Clone, Copy)]
pub(super) struct Code<'g, 'p, 'b> {
    pub(super) hierarchy: &'p Hierarchy<'p, 'b>,
    pub(super) linkage: &'g Linkage<'p, 'p, 'b>,
    pub(super) consent: &'g Consent<'p, 'p, 'b>,
    pub(super) facts: &'g Facts,
    pub(super) names: &'g Names<'g, 'b>,
}

impl<'p, 'b> Reached<'p, 'b> {
    /// Builds the call graph of a package and walks it.
    pub(super) fn of(
        catalog: &'static Catalog,
        code: Code<'_, 'p, 'b>,
        manifests: &[Manifest],
        package: &Package,
    ) -> Self {
        let Code { hierarchy, linkage, consent, facts, names } = code;
        let layouts = super::facts::read_layouts(package);
        let entries = Entries::of(catalog, hierarchy, manifests, &layouts);
        let annotations = catalog.markers("called-by-system").filter(|marker| marker.name == "annotation");
        let framework =
            Framework::of_program(hierarchy, &Known).calling_annotated(annotations.map(|marker| marker.pattern));
        let unused = Unused::of(hierarchy);
        let parts = Parts { hierarchy, linkage, facts, names, framework: &framework, unused: &unused };
        // Each question has a graph of its own: an object that only an activity makes takes no call at the app's start.
        let everything = |_: Method, _: u32| true;
        let below = |kinds: &Kinds| Graph::new(parts, &kinds.roots, &everything);
        let ((all, truncated), (background, (early, guarded, unguarded))) = rayon::join(
            || {
                let graph = below(&entries.all);
                (graph.reach(&entries.all.roots, &everything), graph.is_truncated())
            },
            || {
                rayon::join(
                    || below(&entries.background).into_reached(),
                    || {
                        let roots = &entries.early.roots;
                        let graph = below(&entries.early);
                        let guarded = consent.guarded(graph.reached(), linkage, facts);
                        let early = graph.reach(roots, &everything);
                        if guarded.is_empty() {
                            return (None, guarded, early);
                        }
                        let passes = |method: Method, pc: u32| guarded.at(method, pc).is_none();
                        let unguarded = Graph::new(parts, roots, &passes).reach(roots, &passes);
                        (Some(early), guarded, unguarded)
                    },
                )
            },
        );
        let repeats = Repeats::new(catalog, hierarchy);
        Self { hierarchy, entries, all, background, early, unguarded, guarded, repeats, truncated }
    }

    /// Whether the graph was cut.
    pub(super) fn is_truncated(&self) -> bool {
        self.truncated
    }

    /// Everything that the system reaches.
    pub(super) fn all(&self) -> &Reach {
        &self.all
    }

    /// Fills in what is known of the places of reads.
    pub(super) fn tell(&self, reads: &mut [Read]) {
        let mut described = Described::default();
        for read in reads.iter_mut().filter(|read| !read.caller.is_empty()) {
            let pc = u32::from_str_radix(read.pc.trim_start_matches("0x"), 16).unwrap_or_default();
            let method = self.hierarchy.method_in(&read.file, &read.caller);
            let runs_early = method.filter(|method| self.unguarded.contains(*method));
            let guard = method.and_then(|method| self.guarded.at(method, pc));
            read.pre_consent = Some(runs_early.is_some() && guard.is_none());
            read.background = Some(method.is_some_and(|method| self.background.contains(method)));
            let Some(method) = method.filter(|method| self.all.contains(*method)) else { continue };
            read.certainty = Certainty::Reachable;
            let (reach, kinds) = if read.pre_consent == Some(true) {
                (&self.unguarded, &self.entries.early)
            } else {
                (&self.all, &self.entries.all)
            };
            self.tell_path(read, (method, pc), (reach, kinds), &mut described);
            if read.pre_consent == Some(false)
                && let Some(guard) = guard.map(str::to_owned).or_else(|| self.guard_on_the_way(method))
            {
                let note = format!("only after {guard}");
                read.note = Some(read.note.take().map_or(note.clone(), |known| format!("{known}; {note}")));
            }
        }
    }

    fn tell_path(
        &self,
        read: &mut Read,
        (method, pc): (Method, u32),
        (reach, kinds): (&Reach, &Kinds),
        described: &mut Described,
    ) {
        let Some(path) = reach.path(method) else { return };
        read.repeats = self.repeats.on(&path.methods, pc);
        read.entry = kinds.words.get(path.root).copied();
        // Paths share most of their frames.
        let mut describe =
            |method: &Method| described.entry(*method).or_insert_with(|| self.hierarchy.describe(*method)).clone();
        read.path = path.methods.iter().filter_map(&mut describe).collect();
    }

    /// The check that keeps a method from running early, where one does.
    fn guard_on_the_way(&self, method: Method) -> Option<String> {
        let path = self.early.as_ref()?.path(method)?;
        path.methods.iter().find_map(|step| self.guarded.of(*step).map(str::to_owned))
    }
}

/// The classes of the platform, for the call graph.
struct Known;

impl Platform for Known {
    fn class(&self, descriptor: &[u8]) -> u64 {
        ClassKey::of(descriptor).0
    }

    fn with_ancestors(&self, class: u64) -> Vec<u64> {
        let class = ClassKey(class);
        if !platform().has(class) {
            return Vec::new();
        }
        std::iter::once(class).chain(platform().ancestors(class)).map(|class| class.0).collect()
    }

    fn signature(&self, signature: Signature) -> Option<u64> {
        Some(hashed_signature_key(signature.0)).filter(|key| platform().has_signature(*key))
    }

    fn declares(&self, class: u64, signature: u64) -> bool {
        platform().declares_key(ClassKey(class), signature)
    }
}
