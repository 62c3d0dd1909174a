//! Which permissions the code uses: the calls, URIs and texts that need one, and whose code they are in.
//!
//! A permission that the package has is used by whatever may need it; one that it does not have is missed only by a call
//! that the platform refuses without it, in an API level that the package runs on. What the user is asked for at run time
//! is no use.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use rustc_hash::FxHashMap;

use super::model::{Owner, Permission, PermissionUse, PermissionUser};
use super::owners::Owners;
use crate::catalog::{ApiPermission, Catalog, ClassKey, Need, Source, guarded, hashed_signature_key, platform};
use crate::dex::TypeIdx;
use crate::flow::{Program, Signature, Unit};
use crate::manifest::Manifest;

/// Places that are kept of one permission.
const USERS: usize = 5;

/// Steps up a class hierarchy before a question is given up: real ones are under twenty deep, a cycle never ends.
const MAX_STEPS: usize = 256;

/// Protections of permissions that an ordinary app can have.
const OBTAINABLE: [&str; 2] = ["dangerous", "normal"];

/// A permission that a place in code needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Needed {
    permission: &'static str,
    declared: bool,
    /// The method, URI or text of the catalog.
    api: &'static str,
}

/// What matters of the APIs for one package: which permissions it has, on which API levels it runs.
#[derive(Debug)]
pub(super) struct Usage<'u> {
    catalog: &'static Catalog,
    declared: BTreeSet<&'u str>,
    /// What the catalog knows of each of them, by its name and by the last part of that.
    by_word: FxHashMap<&'u str, Option<&'static str>>,
    levels: RangeInclusive<u32>,
    /// Without a manifest nothing is known of the permissions that the package has.
    asked: bool,
}

/// The uses in some classes: for each permission and owner how many, and the first few.
#[derive(Debug, Default)]
pub(super) struct Uses {
    tallies: BTreeMap<(&'static str, Owner), Tally>,
}

#[derive(Debug, Default)]
struct Tally {
    count: usize,
    users: BTreeSet<PermissionUser>,
}

impl<'u> Usage<'u> {
    pub(super) fn new(catalog: &'static Catalog, manifests: &[Manifest], permissions: &'u [Permission]) -> Self {
        let base = manifests.first();
        let first = base.and_then(|base| base.min_sdk).unwrap_or(1);
        let last = base.and_then(|base| base.target_sdk).map_or(u32::MAX, |target| target.max(first));
        let declared: BTreeSet<&str> = permissions.iter().map(|permission| permission.name.as_str()).collect();
        let mut by_word = FxHashMap::default();
        for name in declared.iter().copied() {
            let known = catalog.permission(name).map(|it| it.name);
            for word in [name, name.rsplit('.').next().unwrap_or(name)] {
                by_word.entry(word).or_insert(known);
            }
        }
        Self { catalog, declared, by_word, levels: first..=last, asked: base.is_some() }
    }

    /// What a call of a method needs that the file names on `class`. It is the platform's where the class, or what it
    /// extends, declares it.
    pub(super) fn of_method(
        &self,
        ancestry: &mut Ancestry<'_, '_>,
        class: TypeIdx,
        (hash, signature): (Signature, &str),
    ) -> Vec<Needed> {
        if !self.asked {
            return Vec::new();
        }
        // Constructors are not inherited.
        let inherited = !signature.starts_with('<');
        let declares = |key| ancestry.has(class, key, inherited);
        distinct(self.needed(&guarded().methods_by_key(hashed_signature_key(hash.0), signature, declares)))
    }

    /// What a text needs: itself, or the longest URI or path that it lies below.
    pub(super) fn of_text(&self, text: &str) -> Vec<Needed> {
        if !self.asked {
            return Vec::new();
        }
        let ends = text.rmatch_indices(['/', '?']).map(|(end, _)| end);
        let above = std::iter::once(text.len()).chain(ends).filter_map(|end| text.get(..end));
        let rows = above.map(|text| guarded().text(text)).find(|rows| !rows.is_empty());
        distinct(self.needed(&rows.unwrap_or_default()))
    }

    /// Which permissions that the package has a source of the catalog needs.
    pub(super) fn of_source(&self, source: &'static Source) -> Vec<Needed> {
        let words = source.permissions.split(|it: char| !(it.is_ascii_alphanumeric() || it == '_' || it == '.'));
        let known = words.filter(|word| word.len() > 5).filter_map(|word| *self.by_word.get(word)?);
        distinct(known.map(|permission| Needed { permission, declared: true, api: source.target }).collect())
    }

    fn needed(&self, rows: &[ApiPermission]) -> Vec<Needed> {
        let mut needed = Vec::new();
        for row in rows {
            let of = |permission, declared| Needed { permission, declared, api: row.api };
            let has = |permission: &&&'static str| self.declared.contains(**permission);
            if row.may_need(&self.levels) {
                needed.extend(row.permissions.iter().filter(has).map(|permission| of(*permission, true)));
            }
            let satisfied = row.need == Need::Any && row.permissions.iter().any(|permission| has(&permission));
            let refused = row.requires(&self.levels) && !satisfied;
            let misses = |permission: &&&'static str| !has(permission) && self.is_obtainable(permission);
            if refused {
                needed.extend(row.permissions.iter().filter(misses).map(|permission| of(*permission, false)));
            }
        }
        needed
    }

    fn is_obtainable(&self, permission: &str) -> bool {
        self.catalog.permission(permission).is_some_and(|it| it.special || OBTAINABLE.contains(&it.protection))
    }

    /// The actions that components of the manifest wait for.
    pub(super) fn of_manifests(&self, manifests: &[Manifest], owners: &Owners<'_>, uses: &mut Uses) {
        for component in manifests.iter().flat_map(|manifest| &manifest.components) {
            let class = format!("L{};", component.name.replace('.', "/"));
            for action in component.filters.iter().flat_map(|filter| &filter.actions) {
                uses.add(&self.of_text(action), &owners.owner_of(&class), &class, "AndroidManifest.xml", None);
            }
        }
    }

    /// For each permission that is used, and each that the package has and something is known to need: who uses it.
    pub(super) fn summary(&self, uses: Uses) -> Vec<PermissionUse> {
        let mut all: BTreeMap<&str, Vec<Tally>> = BTreeMap::new();
        for permission in &self.declared {
            // One that nothing is known to need is not called unused.
            if guarded().permissions().binary_search(permission).is_ok() {
                all.insert(permission, Vec::new());
            }
        }
        for ((permission, _), tally) in uses.tallies {
            all.entry(permission).or_default().push(tally);
        }
        let summed = |(permission, tallies): (&str, Vec<Tally>)| PermissionUse {
            permission: permission.to_owned(),
            declared: self.declared.contains(permission),
            count: tallies.iter().map(|tally| tally.count).sum(),
            users: in_turn(tallies),
        };
        all.into_iter().map(summed).collect()
    }
}

impl Uses {
    /// Notes a place that needs permissions.
    pub(super) fn add(&mut self, needed: &[Needed], owner: &Owner, caller: &str, file: &str, offset: Option<u64>) {
        for one in needed {
            let user = PermissionUser {
                owner: owner.clone(),
                api: one.api.to_owned(),
                caller: caller.to_owned(),
                file: file.to_owned(),
                offset: offset.map(|offset| format!("{offset:#x}")),
            };
            let tally = self.tallies.entry((one.permission, owner.clone())).or_default();
            tally.count += 1;
            tally.keep([user]);
        }
    }

    /// Takes in the uses of other classes.
    pub(super) fn append(&mut self, other: Self) {
        for (key, more) in other.tallies {
            let tally = self.tallies.entry(key).or_default();
            tally.count += more.count;
            tally.keep(more.users);
        }
    }
}

impl Tally {
    /// Keeps the first few in order, so that the result does not depend on the order in which classes are read.
    fn keep(&mut self, users: impl IntoIterator<Item = PermissionUser>) {
        for user in users {
            self.users.insert(user);
            if self.users.len() > USERS {
                self.users.pop_last();
            }
        }
    }
}

/// What the class that a call names extends, the package's classes and the platform's. Methods of a file are sorted by
/// their class, so only the last answer is kept.
#[derive(Debug)]
pub(super) struct Ancestry<'a, 'b> {
    program: &'a Program<'b>,
    unit: &'a Unit<'b>,
    last: Option<Ancestors>,
}

/// A class, and in order what it extends.
#[derive(Debug)]
struct Ancestors {
    class: TypeIdx,
    key: Option<ClassKey>,
    /// Found where a question gets that far.
    above: Option<Vec<ClassKey>>,
}

impl<'a, 'b> Ancestry<'a, 'b> {
    pub(super) fn new(program: &'a Program<'b>, unit: &'a Unit<'b>) -> Self {
        Self { program, unit, last: None }
    }

    /// Whether a class is `wanted` or, where it may, extends or implements it.
    fn has(&mut self, class: TypeIdx, wanted: ClassKey, inherited: bool) -> bool {
        let mut last = self.last.take().filter(|known| known.class == class).unwrap_or_else(|| Ancestors {
            class,
            key: self.unit.dex.type_bytes(class).map(ClassKey::of),
            above: None,
        });
        let is_below = |above: &mut Option<Vec<ClassKey>>| {
            above.get_or_insert_with(|| self.above(class)).binary_search(&wanted).is_ok()
        };
        let has = last.key == Some(wanted) || inherited && is_below(&mut last.above);
        self.last = Some(last);
        has
    }

    fn above(&self, class: TypeIdx) -> Vec<ClassKey> {
        let mut found = Vec::new();
        let mut waiting = vec![(self.unit, class)];
        for _ in 0..MAX_STEPS {
            let Some((unit, ty)) = waiting.pop() else { break };
            let Some((unit, class)) = self.program.class(unit, ty) else {
                let key = unit.dex.type_bytes(ty).map(ClassKey::of);
                found.extend(key.into_iter().flat_map(|key| platform().ancestors(key).chain([key])));
                continue;
            };
            let above = class.superclass.into_iter().chain(unit.dex.interfaces(&class));
            waiting.extend(above.take(MAX_STEPS).map(|above| (unit, above)));
        }
        found.sort_unstable();
        found
    }
}

/// One entry a permission.
pub(super) fn distinct(mut needed: Vec<Needed>) -> Vec<Needed> {
    needed.sort_unstable();
    needed.dedup_by_key(|one| one.permission);
    needed
}

/// The first place of each owner, then the second of each, until there are enough; sorted.
fn in_turn(tallies: Vec<Tally>) -> Vec<PermissionUser> {
    let mut places: Vec<(usize, PermissionUser)> =
        tallies.into_iter().flat_map(|tally| tally.users.into_iter().enumerate()).collect();
    places.sort();
    let mut users: Vec<PermissionUser> = places.into_iter().take(USERS).map(|(_, user)| user).collect();
    users.sort();
    users
}
