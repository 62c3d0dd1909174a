//! All DEX files of a package as one program: which classes it defines and what they extend.

use std::borrow::Cow;

use rayon::prelude::*;

use crate::container::Part;
use crate::dex::{ClassDef, Dex, TypeIdx};
use crate::error::Issue;

/// Steps up a class hierarchy before a question is given up: real ones are under twenty deep, a cycle never ends.
const MAX_STEPS: usize = 256;

/// The bytes of one DEX entry.
#[derive(Debug)]
pub(super) struct File<'p> {
    /// The entry as reports name it.
    pub(super) label: String,
    pub(super) bytes: Cow<'p, [u8]>,
}

/// One DEX file of the program.
#[derive(Debug)]
pub(super) struct Unit<'b> {
    /// The entry as reports name it.
    pub(super) label: &'b str,
    pub(super) dex: Dex<'b>,
    /// By type index: one more than the place of the class in `class_defs`, 0 = not defined here.
    defined: Vec<u32>,
}

/// All DEX files, in the order of class loading.
#[derive(Debug, Default)]
pub(super) struct Program<'b> {
    pub(super) units: Vec<Unit<'b>>,
}

/// Inflates the DEX entries of the parts, in parallel, in the order of class loading.
pub(super) fn load<'p>(parts: &[&'p Part]) -> (Vec<File<'p>>, Vec<Issue>) {
    let mut issues = Vec::new();
    let mut wanted: Vec<(&Part, &crate::container::Entry)> = Vec::new();
    for part in parts.iter().copied() {
        let (sequence, beyond) = part.dex_entries();
        wanted.extend(sequence.into_iter().map(|entry| (part, entry)));
        for entry in beyond {
            let message =
                "not in the sequence classes.dex, classes2.dex …: Android does not load it, so it is not analysed";
            issues.push(Issue::new(part.label(&entry.name), None, message));
        }
    }
    let read: Vec<_> = wanted
        .into_par_iter()
        .map(|(part, entry)| {
            let label = part.label(&entry.name);
            match part.read(entry) {
                Ok(bytes) => {
                    let contradictions = part.contradictions(entry, &bytes);
                    (Some(File { label, bytes }), contradictions)
                }
                Err(error) => (None, vec![Issue::from_error(label, &error)]),
            }
        })
        .collect();
    let mut files = Vec::new();
    for (file, more) in read {
        files.extend(file);
        issues.extend(more);
    }
    (files, issues)
}

impl<'b> Program<'b> {
    /// Opens the files. One that is no DEX file is an issue.
    pub(super) fn open(files: &'b [File<'_>]) -> (Self, Vec<Issue>) {
        let open = |file: &'b File<'_>| match Dex::open(&file.label, &file.bytes) {
            Ok((dexes, issues)) => (dexes.into_iter().map(|dex| Unit::new(&file.label, dex)).collect(), issues),
            Err(error) => (Vec::new(), vec![Issue::from_error(&file.label, &error)]),
        };
        let (units, issues): (Vec<Vec<Unit<'b>>>, Vec<Vec<Issue>>) = files.par_iter().map(open).unzip();
        (Self { units: units.into_iter().flatten().collect() }, issues.into_iter().flatten().collect())
    }

    /// Whether any file defines the class.
    pub(super) fn defines(&self, descriptor: &[u8]) -> bool {
        self.find(descriptor).is_some()
    }

    /// The class that the runtime would load by that name.
    fn find(&self, descriptor: &[u8]) -> Option<(&Unit<'b>, ClassDef)> {
        self.units.iter().find_map(|unit| Some((unit, unit.class(unit.type_named(descriptor)?)?)))
    }

    /// Whether the class that `unit` names `ty` extends or implements `target` through classes of the package.
    pub(super) fn extends(&self, unit: &Unit<'b>, ty: TypeIdx, target: &[u8]) -> bool {
        let mut waiting = vec![(unit, ty)];
        for _ in 0..MAX_STEPS {
            let Some((unit, ty)) = waiting.pop() else { return false };
            let Some((unit, class)) = self.class(unit, ty) else { continue };
            for above in class.superclass.into_iter().chain(unit.dex.interfaces(&class)).take(MAX_STEPS) {
                if unit.dex.type_bytes(above) == Some(target) {
                    return true;
                }
                waiting.push((unit, above));
            }
        }
        false
    }

    /// The definition of a type that `unit` names, wherever it is.
    fn class<'s>(&'s self, unit: &'s Unit<'b>, ty: TypeIdx) -> Option<(&'s Unit<'b>, ClassDef)> {
        match unit.class(ty) {
            Some(class) => Some((unit, class)),
            None => self.find(unit.dex.type_bytes(ty)?),
        }
    }
}

impl<'b> Unit<'b> {
    fn new(label: &'b str, dex: Dex<'b>) -> Self {
        let mut defined = vec![0; dex.header.types.count as usize];
        for (place, class) in (1..).zip(dex.classes()) {
            if let Some(slot) = class.and_then(|class| defined.get_mut(class.class.0 as usize)) {
                *slot = place;
            }
        }
        Self { label, dex, defined }
    }

    /// The definition of a type in this file.
    pub(super) fn class(&self, ty: TypeIdx) -> Option<ClassDef> {
        let place = self.defined.get(ty.0 as usize)?.checked_sub(1)?;
        self.dex.class(place)
    }

    /// Whether the file defines a class whose descriptor starts with `prefix` and ends or goes on with a separator.
    pub(super) fn defines_below(&self, prefix: &str) -> bool {
        let start = self.lower_bound(prefix.as_bytes());
        (start..self.dex.header.types.count)
            .map(TypeIdx)
            .map_while(|ty| Some((ty, self.dex.type_bytes(ty)?.strip_prefix(prefix.as_bytes())?)))
            .any(|(ty, rest)| matches!(rest.first(), Some(b'/' | b'$' | b';')) && self.class(ty).is_some())
    }

    /// The type with that descriptor: types are sorted by it, as the runtime demands of a file that it loads.
    fn type_named(&self, descriptor: &[u8]) -> Option<TypeIdx> {
        let found = TypeIdx(self.lower_bound(descriptor));
        (self.dex.type_bytes(found)? == descriptor).then_some(found)
    }

    /// The first type whose descriptor is not below `descriptor`.
    fn lower_bound(&self, descriptor: &[u8]) -> u32 {
        let (mut low, mut high) = (0, self.dex.header.types.count);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.dex.type_bytes(TypeIdx(middle)).is_some_and(|bytes| bytes < descriptor) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }
}
