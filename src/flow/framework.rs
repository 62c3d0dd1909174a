//! What the platform calls: the methods by which classes of the program override its own, and those that carry an
//! annotation which says so.

use std::sync::OnceLock;

use rustc_hash::{FxHashMap, FxHashSet};

use super::hierarchy::{Hierarchy, Method, Type};
use super::program::Signature;

/// What is known of classes that the program does not define.
pub trait Platform: Sync {
    /// A number for the class with a descriptor; the same for the same class.
    fn class(&self, descriptor: &[u8]) -> u64;

    /// The class itself and all above it, by number; empty where the class is unknown.
    fn with_ancestors(&self, class: u64) -> Vec<u64>;

    /// A number for the signature, where any class declares a method with it that may be overridden.
    fn signature(&self, signature: Signature) -> Option<u64>;

    /// Whether the class itself declares that method.
    fn declares(&self, class: u64, signature: u64) -> bool;
}

/// The classes that the program does not define, as its hierarchy meets them.
pub struct Framework<'h, 'p, 'b> {
    hierarchy: &'h Hierarchy<'p, 'b>,
    platform: &'h dyn Platform,
    /// Types of the program by the platform's number.
    types: FxHashMap<u64, Type>,
    /// By type, where it was asked for.
    lineages: Vec<OnceLock<Lineage>>,
    /// Methods that carry an annotation by which the platform calls them.
    annotated: FxHashSet<Method>,
    /// Their signatures.
    annotated_as: FxHashSet<Signature>,
}

/// What stands above a class of the program.
#[derive(Debug, Default)]
pub(super) struct Lineage {
    /// Types that a call on an object of the class may name, without the class itself.
    pub(super) above: Vec<Type>,
    /// The methods that the platform calls on an object of it, its own and inherited ones.
    pub(super) callbacks: Vec<Method>,
}

impl<'h, 'p, 'b> Framework<'h, 'p, 'b> {
    /// What `platform` is to the classes of a program.
    pub fn of_program(hierarchy: &'h Hierarchy<'p, 'b>, platform: &'h dyn Platform) -> Self {
        let outside = (0..hierarchy.type_count()).map(Type).filter(|ty| hierarchy.class(*ty).is_none());
        let types = outside.map(|ty| (platform.class(hierarchy.descriptor(ty)), ty)).collect();
        let lineages = (0..hierarchy.type_count()).map(|_| OnceLock::new()).collect();
        Self {
            hierarchy,
            platform,
            types,
            lineages,
            annotated: FxHashSet::default(),
            annotated_as: FxHashSet::default(),
        }
    }

    /// The same platform, which also calls public methods that carry one of the annotations with these descriptors.
    #[must_use]
    pub fn calling_annotated<'a>(mut self, annotations: impl Iterator<Item = &'a str>) -> Self {
        let hierarchy = self.hierarchy;
        for annotation in annotations {
            for (number, unit) in (0..).zip(&hierarchy.program.units) {
                let found = unit.type_named(annotation.as_bytes()).map(|ty| unit.dex.annotated(ty));
                let methods = found.into_iter().flatten().filter_map(|index| hierarchy.defined(number, index));
                self.annotated.extend(methods);
            }
        }
        let defined = self.annotated.iter().filter_map(|method| hierarchy.method(*method));
        self.annotated_as = defined.filter_map(|it| hierarchy.signature(it.unit, it.row.method)).collect();
        self
    }

    /// What stands above a class; nothing where it is no type of the program.
    pub(super) fn of(&self, class: Type) -> &Lineage {
        static NOTHING: Lineage = Lineage { above: Vec::new(), callbacks: Vec::new() };
        self.lineages.get(class.0 as usize).map_or(&NOTHING, |known| known.get_or_init(|| self.lineage(class)))
    }

    fn lineage(&self, class: Type) -> Lineage {
        let mut above = self.hierarchy.ancestors(class);
        let lineage: Vec<Type> = std::iter::once(class).chain(above.iter().copied()).collect();
        let mut outside = Vec::new();
        for ty in above.iter().filter(|ty| self.hierarchy.class(**ty).is_none()) {
            let known = self.platform.class(self.hierarchy.descriptor(*ty));
            outside.extend(self.platform.with_ancestors(known));
        }
        outside.sort_unstable();
        outside.dedup();
        for ty in outside.iter().filter_map(|class| self.types.get(class)) {
            if !above.contains(ty) {
                above.push(*ty);
            }
        }
        Lineage { above, callbacks: self.callbacks(&lineage, &outside) }
    }

    /// The methods of the classes, the nearest first, that override one of classes of the platform or are annotated. One
    /// that overrides an annotated method does not inherit the annotation.
    fn callbacks(&self, lineage: &[Type], outside: &[u64]) -> Vec<Method> {
        let mut found = Vec::new();
        let mut overridden: FxHashSet<Signature> = FxHashSet::default();
        let classes = lineage.iter().filter_map(|ty| self.hierarchy.class(*ty));
        for (signature, method) in classes.flat_map(|class| self.hierarchy.declared(class)) {
            let known = self.platform.signature(*signature);
            if known.is_none() && !self.annotated_as.contains(signature) {
                continue;
            }
            let Some(defined) = self.hierarchy.method(*method).filter(|defined| defined.is_virtual()) else { continue };
            if !overridden.insert(*signature) || defined.row.code == 0 {
                continue;
            }
            let overrides = known.is_some_and(|known| outside.iter().any(|it| self.platform.declares(*it, known)));
            if overrides || defined.row.is_public() && self.annotated.contains(method) {
                found.push(*method);
            }
        }
        found.sort_unstable();
        found
    }
}
