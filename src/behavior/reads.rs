//! Reads: the places in code where a source is used, decided by the constants that the same method passes.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::condition::{Conditions, Constant, referred_kind};
use super::endpoints::Host;
use super::matches::{Matched, Matches};
use super::model::{Certainty, Owner, Read};
use super::owners::Owners;
use super::usage::{Needed, Usage, Uses, distinct};
use crate::catalog::{ArgOp, Focus, Source, SourceKind};
use crate::dex::{self, BitSet, ClassDef, Code, FieldIdx, MethodDef, MethodIdx, Reference, Scan, Site, TypeIdx};
use crate::error::Issue;
use crate::flow::{self, CallArgs, Unit, Value};

/// Longest constant that a report shows, in characters.
const SHOWN: usize = 120;

/// What the code of some classes does.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) reads: Vec<Read>,
    /// Places that load code at run time: the method called, the caller, whose code it is.
    pub(super) loaders: Vec<(&'static str, String, Owner)>,
    /// Places that need permissions.
    pub(super) uses: Uses,
    /// Hosts that loaded strings name.
    pub(super) hosts: BTreeSet<(Host, Owner)>,
    pub(super) issues: Vec<Issue>,
}

/// What a scan of one file needs to know.
#[derive(Clone, Copy)]
pub(super) struct Reader<'r, 'b> {
    pub(super) unit: &'r Unit<'b>,
    pub(super) matches: &'r Matches,
    pub(super) conditions: &'r Conditions,
    pub(super) owners: &'r Owners<'r>,
    pub(super) usage: &'r Usage<'r>,
    /// Reads beyond this focus are left out.
    pub(super) focus: Focus,
}

impl<'b> Reader<'_, 'b> {
    /// The ranges of classes that can be read beside each other.
    pub(super) fn ranges(&self) -> Vec<Range<u32>> {
        self.scan().ranges()
    }

    fn scan(&self) -> Scan<'_, 'b> {
        Scan::new(self.unit.label, &self.unit.dex, &self.matches.targets)
    }

    /// Reads the classes of one range.
    pub(super) fn read(&self, classes: Range<u32>) -> Found {
        let mut found = Found::default();
        let issues = self.scan().run(classes, |class, method, code, sites| {
            self.read_method(class, method, code, sites, &mut found);
        });
        found.issues = issues;
        found
    }

    /// Callbacks that classes of the package override.
    pub(super) fn overrides(&self) -> Vec<Read> {
        let entries = || self.matches.overrides.iter().filter(|entry| entry.source.focus <= self.focus);
        if entries().next().is_none() {
            return Vec::new();
        }
        let dex = &self.unit.dex;
        let mut wanted = BitSet::new(dex.header.methods.count);
        entries().for_each(|entry| wanted.insert(entry.method.0));
        let mut defined: BTreeMap<(TypeIdx, MethodIdx), (ClassDef, MethodDef)> = BTreeMap::new();
        dex.definitions(&wanted, |class, method| {
            defined.entry((class.class, method.method)).or_insert((*class, *method));
        });
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
        let caller = self.unit.dex.method_descriptor(method.method);
        let owner = self.owner(class);
        let asked: Vec<u32> = sites.iter().filter(|site| self.asks_for_arguments(site)).map(|site| site.pc).collect();
        let arguments = if asked.is_empty() { Vec::new() } else { flow::call_args(&self.unit.dex, code, &asked) };
        for site in sites {
            let Some(matched) = self.matched(site) else { continue };
            if let Some(loader) = matched.loader {
                found.loaders.push((loader, caller.clone(), owner.clone()));
            }
            found.hosts.extend(matched.hosts.iter().map(|host| (host.clone(), owner.clone())));
            let arguments = arguments.iter().find(|call| call.pc == site.pc);
            let note = matched.inherited.then(|| self.named_as(site));
            let mut needed: Vec<Needed> = matched.needed.clone();
            for (source, literal, note) in self.decide(matched, arguments, note.as_deref()) {
                needed.extend(self.usage.of_source(source));
                if source.focus > self.focus {
                    continue;
                }
                let place = Place { owner: owner.clone(), caller: caller.clone(), pc: site.pc };
                found.reads.push(self.entry(source, place, code, literal.or_else(|| self.text_at(site)), note));
            }
            let offset = Some(code.file_offset(site.pc));
            found.uses.add(&distinct(needed), &owner, &caller, self.unit.label, offset);
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
            Reference::String(_) => String::new(),
        };
        format!("through {name}")
    }

    /// The entries that hold at one place, each with the constant that decided.
    fn decide(
        &self,
        matched: &Matched,
        arguments: Option<&CallArgs>,
        note: Option<&str>,
    ) -> Vec<(&'static Source, Option<String>, Option<String>)> {
        let note = || note.map(str::to_owned);
        let mut decided = Vec::new();
        let mut unknown = None;
        for source in matched.sources.iter().copied() {
            if !is_conditional(source) {
                decided.push((source, None, note()));
                continue;
            }
            let constants = arguments.map(|call| self.constants(source, call)).unwrap_or_default();
            if constants.is_empty() {
                unknown = unknown.or(Some(source));
            }
            for constant in constants {
                let literal = Some(shortened(&constant.shown()));
                if source.kind == SourceKind::PermissionRequest {
                    decided.push((source, literal, note()));
                } else if let Some(kind) = referred_kind(source.arg_value) {
                    decided.extend(self.conditions.entry(kind, &constant).map(|it| (it, literal, note())));
                } else if self.conditions.holds(source, &constant) {
                    decided.push((source, literal, note()));
                }
            }
        }
        if self.focus == Focus::Noise
            && decided.is_empty()
            && let Some(source) = unknown
        {
            decided.push((source, None, Some("the deciding argument is no constant of this method".to_owned())));
        }
        decided
    }

    /// The constants on the parameter that an entry asks about; empty where they are unknown.
    fn constants(&self, source: &Source, call: &CallArgs) -> Vec<Constant<'b>> {
        let dex = &self.unit.dex;
        let text = |index| dex.string(index).map(Constant::Text);
        let value = source.arg_index.and_then(|index| call.values.get(usize::from(index)));
        match value {
            Some(Value::String(index)) => text(*index).into_iter().collect(),
            // An object that is made of a text stands for it, as a parsed URI does. A text made of a text is another one.
            Some(Value::Call(method, index)) if !self.returns_text(*method) => text(*index).into_iter().collect(),
            Some(Value::Int(number)) => vec![Constant::Number(*number)],
            Some(Value::Field(field)) => self.constant_of(*field).into_iter().collect(),
            Some(Value::Array(at)) if referred_kind(source.arg_value) == Some(SourceKind::ShellCommand) => {
                // A command as an array is one command line.
                let words: Vec<_> = call.array(*at).iter().filter_map(|index| dex.string(*index)).collect();
                if words.is_empty() { Vec::new() } else { vec![Constant::Text(Cow::Owned(words.join(" ")))] }
            }
            Some(Value::Array(at)) => call.array(*at).iter().filter_map(|index| text(*index)).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether a method returns what the text constants of the file are.
    fn returns_text(&self, method: MethodIdx) -> bool {
        let dex = &self.unit.dex;
        let result = dex.method(method).and_then(|method| dex.return_type(method.proto));
        result.and_then(|ty| dex.type_bytes(ty)) == Some(b"Ljava/lang/String;")
    }

    /// The constant of a final field that this file defines.
    fn constant_of(&self, field: FieldIdx) -> Option<Constant<'b>> {
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
        Read {
            data: if undecided { "*".to_owned() } else { source.data.to_owned() },
            owner: place.owner,
            api: source.target.to_owned(),
            source: source.kind.as_str(),
            strength: source.strength,
            caller: place.caller,
            file: self.unit.label.to_owned(),
            offset: format!("{:#x}", code.file_offset(place.pc)),
            pc: format!("{:#06x}", place.pc),
            literal,
            certainty: Certainty::Present,
            entry: None,
            path: Vec::new(),
            pre_consent: None,
            background: None,
            obtainable: self.owners.obtainable(source),
            note,
            confidence: source.confidence,
            focus: if undecided { Focus::Noise } else { source.focus },
        }
    }
}

/// A place in code and whose it is.
struct Place {
    owner: Owner,
    caller: String,
    pc: u32,
}

/// Whether a constant argument decides the entry. The text of a path has decided already when the place was found.
fn is_conditional(source: &Source) -> bool {
    source.kind != SourceKind::FilePath && (source.arg_op != ArgOp::Any || source.arg_value.starts_with('@'))
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
