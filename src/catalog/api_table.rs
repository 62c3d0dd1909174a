//! Compiles the list of guarded APIs into the table that [`super::key`] lays out. Part of the build script; the library
//! has it for its tests only.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::api::{ApiKind, ApiPermission};
use super::key::{count, key_of, keys};
use super::platform_table::Names;
use crate::names::{self, SHAPES};

/// The rows of one guard or one text.
type Rows<'r> = Vec<&'r ApiPermission<String>>;

/// The table of sorted rows. The errors: two names with one key, a table that is too long.
pub(super) fn compile(rows: &[ApiPermission<String>]) -> Result<Vec<u8>, String> {
    let mut arities: BTreeMap<&str, u8> = BTreeMap::new();
    let mut methods: BTreeMap<&str, BTreeMap<u64, Rows<'_>>> = BTreeMap::new();
    let mut texts: BTreeMap<&str, Rows<'_>> = BTreeMap::new();
    for row in rows {
        match (row.kind, row.api.split_once("->")) {
            (ApiKind::Method, Some((class, signature))) => {
                let bit = names::arity_bit(names::parameters(signature));
                *arities.entry(names::method_name(signature)).or_default() |= bit;
                let guards = methods.entry(signature).or_default();
                guards.entry(key_of(class.as_bytes())).or_default().push(row);
            }
            _ => texts.entry(row.api.trim_end_matches('/')).or_default().push(row),
        }
    }
    let words = Names::of(arities.keys().copied(), key_of)?;
    let signatures = Names::of(methods.keys().copied(), key_of)?;
    let texts_by_key = Names::of(texts.keys().copied(), key_of)?;

    let mut guards = Blob::default();
    let (mut classes, mut starts) = (Vec::new(), Vec::new());
    for guard in signatures.by_key.values().filter_map(|signature| methods.get(signature)) {
        starts.push(count(classes.len())?);
        for (class, rows) in guard {
            classes.push(*class);
            guards.push(rows)?;
        }
    }
    starts.push(count(classes.len())?);
    let mut literals = Blob::default();
    for rows in texts_by_key.by_key.values().filter_map(|text| texts.get(text)) {
        literals.push(rows)?;
    }

    let mut table = Vec::new();
    let counts = [words.by_key.len(), signatures.by_key.len(), texts_by_key.by_key.len(), classes.len()];
    for number in counts.into_iter().chain([guards.bytes.len(), literals.bytes.len()]) {
        table.extend(count(number)?.to_le_bytes());
    }
    for table_names in [&words, &signatures, &texts_by_key] {
        table.extend(keys(&table_names.keys())?);
    }
    table.extend(shapes(words.by_key.values().chain(texts_by_key.by_key.values())));
    table.extend(words.by_key.values().filter_map(|name| arities.get(name)));
    table.extend(classes.iter().flat_map(|key| key.to_le_bytes()));
    for numbers in [&starts, &guards.ends, &literals.ends] {
        table.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    }
    table.extend(guards.bytes);
    table.extend(literals.bytes);
    let known: BTreeSet<&str> = rows.iter().flat_map(|row| &row.permissions).map(String::as_str).collect();
    table.extend(encoded(&known)?);
    Ok(table)
}

/// A bit for the shape of each word.
fn shapes<'w>(words: impl Iterator<Item = &'w &'w str>) -> Vec<u8> {
    let mut bits = vec![0; SHAPES / 8];
    for shape in words.map(|word| names::shape(word.as_bytes())) {
        bits[shape / 8] |= 1 << (shape % 8);
    }
    bits
}

/// Groups of rows one behind another, and where each ends.
#[derive(Default)]
struct Blob {
    bytes: Vec<u8>,
    ends: Vec<u32>,
}

impl Blob {
    fn push(&mut self, rows: &Rows<'_>) -> Result<(), String> {
        self.bytes.extend(encoded(rows)?);
        self.ends.push(count(self.bytes.len())?);
        Ok(())
    }
}

fn encoded(value: &impl Serialize) -> Result<Vec<u8>, String> {
    postcard::to_allocvec(value).map_err(|error| error.to_string())
}
