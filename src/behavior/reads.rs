//! Reads: the places in code where a source is used, decided by the constants that reach it.
//!
//! What the method itself passes decides most places at once. The others are put off until all code was seen once, and
//! then asked about across methods.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use rayon::prelude::*;

use super::condition::{Conditions, Constant};
use super::decide::{Across, Constants, Decided, Decider, Entry, Local, is_conditional, shortened};
use super::endpoints::Host;
use super::matches::{Matched, Matches};
use super::model::{Owner, Read};
use super::owners::Owners;
use super::reflection::Members;
use super::usage::{Needed, Usage, Uses, distinct};
use crate::catalog::{Focus, Source};
use crate::dex::{self, ClassDef, Code, Definitions, FieldIdx, MethodDef, MethodIdx, Reference, Scan, Site, TypeIdx};
use crate::error::Issue;
use crate::flow::{self, Acts, Linkage, Resolver, Unit};

/// What the code of some classes does.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) reads: Vec<Read>,
    /// Places that load code at run time: the method called, the caller, whose code it is.
    pub(super) loaders: Vec<(&'static str, String, Owner)>,
    /// Places that ask reflection for members with a name that is not known: the caller, whose code it is.
    pub(super) unresolved: Vec<(String, Owner)>,
    /// Places that need permissions.
    pub(super) uses: Uses,
    /// Hosts that loaded strings name.
    pub(super) hosts: BTreeSet<(Host, Owner)>,
    /// Texts about privacy in loaded strings.
    pub(super) texts: BTreeSet<(&'static str, Owner)>,
    /// Places that what their method passes does not decide.
    pub(super) pending: Vec<Pending>,
    pub(super) issues: Vec<Issue>,
}

impl Found {
    /// Takes in what the code of other classes does.
    pub(super) fn append(&mut self, other: Self) {
        self.reads.extend(other.reads);
        self.loaders.extend(other.loaders);
        self.unresolved.extend(other.unresolved);
        self.uses.append(other.uses);
        self.hosts.extend(other.hosts);
        self.texts.extend(other.texts);
        self.pending.extend(other.pending);
        self.issues.extend(other.issues);
    }
}

/// Places of one method that are decided when all code was seen.
#[derive(Debug)]
pub(super) struct Pending {
    /// Position of the file in the program.
    pub(super) reader: usize,
    class: ClassDef,
    method: MethodDef,
    sites: Vec<Site>,
}

/// What a scan of one file needs to know.
#[derive(Clone, Copy)]
pub(super) struct Reader<'r, 'b> {
    pub(super) unit: &'r Unit<'b>,
    /// Position of the file in the program.
    pub(super) place: usize,
    pub(super) matches: &'r Matches,
    pub(super) conditions: &'r Conditions,
    pub(super) owners: &'r Owners<'r>,
    pub(super) usage: &'r Usage<'r>,
    pub(super) members: &'r Members,
    /// Reads beyond this focus are left out.
    pub(super) focus: Focus,
    /// What the program's own members are linked to. With it the acts of all methods are told, and places that their method
    /// does not decide are put off, to be asked about across methods.
    pub(super) linkage: Option<&'r Linkage<'r, 'r, 'b>>,
}

impl<'b> Reader<'_, 'b> {
    /// Reads all classes, in ranges beside each other; gives what the code of each range does.
    pub(super) fn read(&self) -> Vec<(Found, Acts)> {
        let linked = self.linkage.and_then(|linkage| linkage.targets(self.place));
        let targets = match linked {
            Some(linked) => {
                let mut all = self.matches.targets.clone();
                all.extend(linked);
                Cow::Owned(all)
            }
            None => Cow::Borrowed(&self.matches.targets),
        };
        let scan = Scan::new(self.unit.label, &self.unit.dex, &targets);
        scan.ranges().into_par_iter().with_max_len(1).map(|classes| self.read_range(scan, classes)).collect()
    }

    fn read_range(&self, scan: Scan<'_, 'b>, classes: Range<u32>) -> (Found, Acts) {
        let (mut found, mut acts) = (Found::default(), Acts::default());
        let unit = self.number();
        let mut matched = Vec::new();
        found.issues = scan.run(classes, |class, method, code, sites| {
            let Some(linkage) = self.linkage else { return self.read_method(class, method, code, sites, &mut found) };
            acts.add(linkage, unit, method, code, sites);
            matched.clear();
            matched.extend(sites.iter().filter(|site| self.matches.targets.contain(site)));
            if !matched.is_empty() {
                self.read_method(class, method, code, &matched, &mut found);
            }
        });
        (found, acts)
    }

    /// The position of the file in the program.
    fn number(&self) -> u32 {
        u32::try_from(self.place).unwrap_or(u32::MAX)
    }

    /// Callbacks that classes of the package override.
    pub(super) fn overrides(&self) -> Vec<Read> {
        let entries = || self.matches.overrides.iter().filter(|entry| entry.source.focus <= self.focus);
        if entries().next().is_none() {
            return Vec::new();
        }
        let dex = &self.unit.dex;
        let classes: BTreeSet<TypeIdx> = entries().map(|entry| entry.class).collect();
        let mut definitions = Definitions::new(dex);
        let mut defined: BTreeMap<(TypeIdx, MethodIdx), (ClassDef, MethodDef)> = BTreeMap::new();
        for class in classes.iter().filter_map(|class| self.unit.class(*class)) {
            for method in definitions.of(&class) {
                defined.entry((class.class, method.method)).or_insert((class, method));
            }
        }
        let mut reads = Vec::new();
        for entry in entries() {
            let Some((class, method)) = defined.get(&(entry.class, entry.method)) else { continue };
            let Ok(Some(code)) = dex.code(method) else { continue };
            let place = Place { owner: self.owner(class), caller: dex.method_descriptor(entry.method), pc: 0 };
            reads.push(self.entry(entry.source, place, &code, None, None));
        }
        reads
    }

    fn owner(&self, class: &ClassDef) -> Owner {
        self.owners.owner_of(&self.unit.dex.type_descriptor(class.class).unwrap_or_default())
    }

    fn read_method(&self, class: &ClassDef, method: &MethodDef, code: &Code<'b>, sites: &[Site], found: &mut Found) {
        let asked: Vec<u32> = sites.iter().filter(|site| self.asks_for_arguments(site)).map(|site| site.pc).collect();
        let arguments = match self.linkage {
            _ if asked.is_empty() => Vec::new(),
            Some(linkage) => linkage.call_args(self.number(), code, &asked),
            None => flow::call_args(&self.unit.dex, code, &asked),
        };
        let mut left = Vec::new();
        let told = Told::new(self, class, method, code);
        for site in sites {
            let Some(matched) = self.matched(site) else { continue };
            if let Some(loader) = matched.loader {
                found.loaders.push((loader, told.caller().clone(), told.owner().clone()));
            }
            found.hosts.extend(matched.hosts.iter().map(|host| (host.clone(), told.owner().clone())));
            found.texts.extend(matched.texts.iter().map(|text| (*text, told.owner().clone())));
            let constants =
                Local { dex: &self.unit.dex, class: self, call: arguments.iter().find(|it| it.pc == site.pc) };
            let decided = self.decide(matched, &constants);
            if self.linkage.is_some() && decided.open {
                left.push(*site);
            } else {
                self.tell(&told, site, matched, decided, found);
            }
        }
        if !left.is_empty() {
            found.pending.push(Pending { reader: self.place, class: *class, method: *method, sites: left });
        }
    }

    /// Decides what was put off.
    pub(super) fn settle(&self, pending: &Pending, resolver: &Resolver<'_, 'b>) -> Found {
        let mut found = Found::default();
        let Ok(Some(code)) = self.unit.dex.code(&pending.method) else { return found };
        let inquiry = resolver.inquire(self.place, &pending.method, code);
        let told = Told::new(self, &pending.class, &pending.method, &code);
        for site in &pending.sites {
            let Some(matched) = self.matched(site) else { continue };
            let decided = self.decide(matched, &Across { inquiry: &inquiry, site });
            self.tell(&told, site, matched, decided, &mut found);
        }
        found
    }

    /// Adds the reads and uses of one place.
    fn tell(&self, told: &Told<'_, '_, 'b>, site: &Site, matched: &Matched, decided: Decided, found: &mut Found) {
        if decided.unresolved {
            found.unresolved.push((told.caller().clone(), told.owner().clone()));
        }
        let named = matched.inherited.then(|| self.named_as(site));
        let mut needed: Vec<Needed> = matched.needed.clone();
        for Entry { source, literal, note, confidence } in decided.entries {
            needed.extend(self.usage.of_source(source));
            if source.focus > self.focus {
                continue;
            }
            let place = Place { owner: told.owner().clone(), caller: told.caller().clone(), pc: site.pc };
            let literal = literal.or_else(|| self.text_at(site));
            let note = joined(named.clone(), note);
            let read = self.entry(source, place, told.code, literal, note);
            found.reads.push(Read { confidence: read.confidence.min(confidence), ..read });
        }
        if self.focus == Focus::Noise
            && let Some((source, why)) = decided.unknown
        {
            let place = Place { owner: told.owner().clone(), caller: told.caller().clone(), pc: site.pc };
            found.reads.push(self.entry(source, place, told.code, None, joined(named, Some(why))));
        }
        if !needed.is_empty() {
            let offset = Some(told.code.file_offset(site.pc));
            found.uses.add(&distinct(needed), told.owner(), told.caller(), self.unit.label, offset);
        }
    }

    /// The text that is loaded at a place, where that is what was found.
    fn text_at(&self, site: &Site) -> Option<String> {
        let Reference::String(index) = site.reference else { return None };
        self.unit.dex.string(index).map(|text| shortened(&text))
    }

    fn matched(&self, site: &Site) -> Option<&Matched> {
        match site.reference {
            Reference::Method(index) => self.matches.methods.get(&index),
            Reference::Field(index) => self.matches.fields.get(&index),
            Reference::String(index) => self.matches.strings.get(&index),
            Reference::Object(_) | Reference::CallSite(_) | Reference::Handle(_) => None,
        }
    }

    fn asks_for_arguments(&self, site: &Site) -> bool {
        let call = matches!(site.reference, Reference::Method(_));
        call && self.matched(site).is_some_and(|matched| matched.sources.iter().any(|source| is_conditional(source)))
    }

    fn named_as(&self, site: &Site) -> String {
        let dex = &self.unit.dex;
        let name = match site.reference {
            Reference::Method(index) => dex.method_descriptor(index),
            Reference::Field(index) => dex.field_descriptor(index),
            _ => String::new(),
        };
        format!("through {name}")
    }

    fn decide(&self, matched: &Matched, constants: &dyn Constants) -> Decided {
        Decider { conditions: self.conditions, members: self.members }.decide(matched, constants)
    }

    /// The constant of a final field that this file defines.
    pub(super) fn constant_of(&self, field: FieldIdx) -> Option<Constant<'b>> {
        let dex = &self.unit.dex;
        let class = self.unit.class(dex.field(field)?.class)?;
        Some(match dex.constant(&class, field)? {
            dex::Constant::Int(number) => Constant::Number(number),
            dex::Constant::String(index) => Constant::Text(dex.string(index)?),
        })
    }

    fn entry(
        &self,
        source: &'static Source,
        place: Place,
        code: &Code<'b>,
        literal: Option<String>,
        note: Option<String>,
    ) -> Read {
        let undecided = literal.is_none() && is_conditional(source);
        let read = self.owners.read(source, place.owner, self.unit.label, code.file_offset(place.pc));
        Read {
            data: if undecided { "*".to_owned() } else { read.data },
            caller: place.caller,
            pc: format!("{:#06x}", place.pc),
            literal,
            note,
            focus: if undecided { Focus::Noise } else { read.focus },
            ..read
        }
    }
}

/// A method, as its reads tell of it; most have nothing to tell.
struct Told<'m, 'r, 'b> {
    reader: &'m Reader<'r, 'b>,
    class: &'m ClassDef,
    method: &'m MethodDef,
    code: &'m Code<'b>,
    owner: OnceCell<Owner>,
    caller: OnceCell<String>,
}

impl<'m, 'r, 'b> Told<'m, 'r, 'b> {
    fn new(reader: &'m Reader<'r, 'b>, class: &'m ClassDef, method: &'m MethodDef, code: &'m Code<'b>) -> Self {
        Self { reader, class, method, code, owner: OnceCell::new(), caller: OnceCell::new() }
    }

    fn owner(&self) -> &Owner {
        self.owner.get_or_init(|| self.reader.owner(self.class))
    }

    fn caller(&self) -> &String {
        self.caller.get_or_init(|| self.reader.unit.dex.method_descriptor(self.method.method))
    }
}

/// A place in code and whose it is.
struct Place {
    owner: Owner,
    caller: String,
    pc: u32,
}

/// Two notes as one.
fn joined(first: Option<String>, second: Option<String>) -> Option<String> {
    match (first, second) {
        (Some(first), Some(second)) => Some(format!("{first}; {second}")),
        (first, second) => first.or(second),
    }
}
