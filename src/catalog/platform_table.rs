//! Compiles the list of the platform's classes into the table that [`super::key`] lays out. Part of the build script; the
//! library has it for its tests only.

use std::collections::{BTreeMap, BTreeSet};

use super::key::{self, count, method_key};

/// The table of a list. The errors: a line that is no entry, a class above that the list does not have, two names with
/// one key.
pub(super) fn compile(text: &str, key_of: fn(&[u8]) -> u64) -> Result<Vec<u8>, String> {
    let mut lines = BTreeMap::new();
    for (number, line) in (1..).zip(text.lines()) {
        let class = line.split('\t').next().unwrap_or_default();
        let [superclasses, interfaces, methods] = line.split('\t').skip(1).collect::<Vec<_>>()[..] else {
            return Err(format!("line {number}: expected a class, superclasses, interfaces and methods"));
        };
        let above = superclasses.split('|').chain(interfaces.split('|')).filter(|it| !it.is_empty());
        if lines.insert(class, (above.collect::<Vec<_>>(), methods.split_whitespace())).is_some() {
            return Err(format!("line {number}: {class} is listed before"));
        }
    }
    let classes = Names::of(lines.keys().copied(), key_of)?;
    let signatures = Names::of(lines.values().flat_map(|(_, methods)| methods.clone()), key_of)?;
    let mut methods = BTreeMap::new();
    for (class, (_, declared)) in &lines {
        for signature in declared.clone() {
            let key = method_key(key_of(class.as_bytes()), key_of(signature.as_bytes()));
            if let Some((other, same)) = methods.insert(key, (*class, signature)) {
                return Err(format!("{class}->{signature} and {other}->{same} have one key: {key:#018x}"));
            }
        }
    }
    let places: BTreeMap<&str, u16> =
        (0..).zip(classes.by_key.values()).map(|(place, class)| (*class, place)).collect();
    let mut spans = Vec::new();
    let mut ancestors: Vec<u16> = Vec::new();
    for class in classes.by_key.values() {
        let (all, direct) = above(class, &lines)?;
        spans.extend([count(ancestors.len())?, count(direct)?]);
        ancestors.extend(all.iter().filter_map(|name| places.get(name)));
    }
    spans.extend([count(ancestors.len())?, 0]);
    let methods: Vec<u64> = methods.into_keys().collect();
    let counts = [classes.by_key.len(), ancestors.len(), methods.len(), signatures.by_key.len()];
    let mut table = Vec::new();
    for number in counts {
        table.extend(count(number)?.to_le_bytes());
    }
    for keys in [classes.keys(), methods, signatures.keys()] {
        table.extend(key::keys(&keys)?);
    }
    table.extend(spans.iter().flat_map(|number| number.to_le_bytes()));
    table.extend(ancestors.iter().flat_map(|place| place.to_le_bytes()));
    Ok(table)
}

/// Distinct names by their keys.
pub(super) struct Names<'t> {
    /// The names.
    pub(super) by_key: BTreeMap<u64, &'t str>,
}

impl<'t> Names<'t> {
    /// The names, each once; the error names two with one key.
    pub(super) fn of(names: impl Iterator<Item = &'t str>, key_of: fn(&[u8]) -> u64) -> Result<Self, String> {
        let mut by_key = BTreeMap::new();
        for name in names {
            let key = key_of(name.as_bytes());
            if let Some(other) = by_key.insert(key, name).filter(|other| *other != name) {
                return Err(format!("{name} and {other} have one key: {key:#018x}"));
            }
        }
        Ok(Self { by_key })
    }

    /// The keys, sorted.
    pub(super) fn keys(&self) -> Vec<u64> {
        self.by_key.keys().copied().collect()
    }
}

/// All classes above one, the direct ones first, and how many those are. A cycle ends where it began.
fn above<'t, M>(class: &'t str, lines: &BTreeMap<&'t str, (Vec<&'t str>, M)>) -> Result<(Vec<&'t str>, usize), String> {
    let mut seen = BTreeSet::from([class]);
    let mut all = Vec::new();
    let mut direct = 0;
    let mut next = Some(class);
    for place in 0.. {
        let Some(name) = next else { break };
        let (above, _) = lines.get(name).ok_or_else(|| format!("{name}, above {class}, is not listed"))?;
        all.extend(above.iter().filter(|it| seen.insert(it)));
        direct = if place == 0 { all.len() } else { direct };
        next = all.get(place).copied();
    }
    Ok((all, direct))
}
