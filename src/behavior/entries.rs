//! Where the system enters a package: the components of its manifest, and what it names beside them.

use crate::catalog::Catalog;
use crate::flow::{Hierarchy, Method, Root, Signature, Type};
use crate::manifest::{Component, ComponentKind, Layout, Manifest};

/// Roots of the call graph, each with the kind of entry that it is.
#[derive(Debug, Default)]
pub(super) struct Entries {
    /// All of them, the earliest in an app's life first.
    pub(super) all: Kinds,
    /// What runs before the app can have asked for consent.
    pub(super) early: Kinds,
    /// What runs without anything on the screen.
    pub(super) background: Kinds,
}

/// Roots with the word for each.
#[derive(Debug, Default)]
pub(super) struct Kinds {
    pub(super) roots: Vec<Root>,
    pub(super) words: Vec<&'static str>,
}

impl Kinds {
    fn push(&mut self, word: &'static str, root: Root) {
        self.roots.push(root);
        self.words.push(word);
    }

    /// An object that the system makes, with the constructor that takes nothing.
    fn made(&mut self, names: &Names<'_, '_, '_>, word: &'static str, class: Type) {
        self.push(word, Root::Object(class));
        for constructor in names.called("object").filter_map(|signature| names.method(class, signature)) {
            self.push(word, Root::Call(constructor));
        }
    }
}

impl Entries {
    /// The entries that the manifests of a package name.
    pub(super) fn of(
        catalog: &'static Catalog,
        hierarchy: &Hierarchy<'_, '_>,
        manifests: &[Manifest],
        layouts: &Layout,
    ) -> Self {
        let names = Names { catalog, hierarchy };
        let mut it = Self::default();
        let on = || manifests.iter().filter(|manifest| !manifest.disabled);
        for class in on().flat_map(|it| it.application.iter().chain(&it.component_factory)) {
            it.add_early(&names, "application", class);
        }
        // An application class that only loads makes the real one, whose name the manifest keeps beside it.
        let kept = on().flat_map(|manifest| &manifest.meta_data).map(|meta| meta.value.as_str());
        for class in kept.filter(|value| names.is_below(value, "application")) {
            it.add_early(&names, "application", class);
        }
        let components = || on().flat_map(|manifest| manifest.components.iter().filter(|component| component.enabled));
        for provider in components().filter(|component| component.kind == ComponentKind::Provider) {
            it.add_early(&names, "provider", &provider.name);
            it.add_initializers(&names, provider);
        }
        for component in components() {
            let class = component.target.as_ref().unwrap_or(&component.name);
            match component.kind {
                ComponentKind::Activity | ComponentKind::ActivityAlias => {
                    it.add(&names, "activity", class);
                    it.add_handlers(&names, class, layouts);
                }
                ComponentKind::Service => it.add_background(&names, "service", class),
                ComponentKind::Receiver => it.add_background(&names, "receiver", class),
                ComponentKind::Provider => {}
            }
        }
        for class in layouts.classes.iter().filter_map(|class| names.class(class)) {
            it.all.push("activity", Root::Object(class));
            for constructor in names.called("view").filter_map(|signature| names.method(class, signature)) {
                it.all.push("activity", Root::Call(constructor));
            }
        }
        for worker in names.made_by_name() {
            it.all.made(&names, "service", worker);
            it.background.made(&names, "service", worker);
        }
        on().flat_map(|manifest| &manifest.backup_agent).for_each(|class| it.add_background(&names, "backup", class));
        on().flat_map(|manifest| &manifest.instrumentation).for_each(|class| it.add(&names, "instrumentation", class));
        it
    }

    fn add(&mut self, names: &Names<'_, '_, '_>, word: &'static str, class: &str) {
        if let Some(class) = names.class(class) {
            self.all.made(names, word, class);
        }
    }

    /// Methods of an activity that clicks call.
    fn add_handlers(&mut self, names: &Names<'_, '_, '_>, class: &str, layouts: &Layout) {
        let Some(class) = names.class(class) else { return };
        for handler in &layouts.handlers {
            let signatures = names.called("click").map(|proto| format!("{handler}{proto}"));
            for method in signatures.filter_map(|signature| names.method(class, &signature)) {
                self.all.push("activity", Root::Call(method));
            }
        }
    }

    fn add_background(&mut self, names: &Names<'_, '_, '_>, word: &'static str, class: &str) {
        self.add(names, word, class);
        if let Some(class) = names.class(class) {
            self.background.made(names, word, class);
        }
    }

    /// An object that the system makes before any component that is seen.
    fn add_early(&mut self, names: &Names<'_, '_, '_>, word: &'static str, class: &str) {
        self.add(names, word, class);
        let Some(class) = names.class(class) else { return };
        self.early.push(word, Root::Initialiser(class));
        let called = names.catalog.markers("pre-consent").filter(|marker| marker.name == word);
        for signature in names.called("object").chain(called.map(|marker| marker.pattern)) {
            if let Some(method) = names.method(class, signature) {
                self.early.push(word, Root::Call(method));
            }
        }
    }

    /// Initializers that a provider finds by the meta-data of its own element.
    fn add_initializers(&mut self, names: &Names<'_, '_, '_>, provider: &Component) {
        for meta in &provider.meta_data {
            let called = names.catalog.markers("initializer").filter(|marker| marker.name == meta.value);
            let Some(class) = names.class(&meta.name) else { continue };
            for method in called.filter_map(|marker| names.method(class, marker.pattern)) {
                for kinds in [&mut self.all, &mut self.early] {
                    kinds.made(names, "initializer", class);
                    kinds.push("initializer", Root::Call(method));
                }
            }
        }
    }
}

/// Looks up what a manifest or the catalog names.
struct Names<'n, 'p, 'b> {
    catalog: &'static Catalog,
    hierarchy: &'n Hierarchy<'p, 'b>,
}

impl Names<'_, '_, '_> {
    /// The class with a dotted name, where the package defines it.
    fn class(&self, name: &str) -> Option<Type> {
        self.named(name).filter(|ty| self.hierarchy.class(*ty).is_some())
    }

    /// The class with a dotted name, where the package names it.
    fn named(&self, name: &str) -> Option<Type> {
        self.hierarchy.type_named(&format!("L{};", name.replace('.', "/")))
    }

    fn method(&self, class: Type, signature: &str) -> Option<Method> {
        self.hierarchy.resolve(class, Signature::of(signature))
    }

    /// What the system calls, by the catalog's name for the occasion.
    fn called(&self, occasion: &str) -> impl Iterator<Item = &'static str> {
        self.catalog
            .markers("called-by-system")
            .filter(move |marker| marker.name == occasion)
            .map(|marker| marker.pattern)
    }

    /// Whether a dotted name is that of a class below those which the catalog says are made by name on the occasion.
    fn is_below(&self, class: &str, occasion: &str) -> bool {
        let Some(class) = self.class(class) else { return false };
        let mut bases = self.catalog.markers("made-by-name").filter(|marker| marker.name == occasion);
        let above = self.hierarchy.ancestors(class);
        bases.any(|marker| self.named(marker.pattern).is_some_and(|base| above.contains(&base)))
    }

    /// Classes below those of which a library makes objects by name.
    fn made_by_name(&self) -> Vec<Type> {
        let libraries = self.catalog.markers("made-by-name").filter(|marker| marker.effect == "background");
        let bases = libraries.filter_map(|marker| self.class(marker.pattern));
        let bases: Vec<Type> = bases.collect();
        if bases.is_empty() {
            return Vec::new();
        }
        let below = |ty: &Type| self.hierarchy.ancestors(*ty).iter().any(|above| bases.contains(above));
        let defined = |ty: &Type| self.hierarchy.class(*ty).is_some();
        (0..self.hierarchy.type_count()).map(Type).filter(defined).filter(below).collect()
    }
}
