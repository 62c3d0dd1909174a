//! The entries of one kind. Those that are compiled into the program stay packed until they are asked for, each alone or
//! all of them: a run needs a few of thousands.
//!
//! The build script, which packs them, and the library share this file.

use std::cmp::Ordering;
use std::fmt;
use std::ops::Deref;
use std::sync::OnceLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::packed::Rows;

/// Entries in their order. As a slice, all of them are decoded.
pub struct Section<T> {
    packed: Option<Packed<T>>,
    all: OnceLock<Vec<T>>,
}

/// Entries that are decoded when they are asked for.
struct Packed<T> {
    rows: Rows,
    decode: fn(Rows, usize) -> Option<T>,
    /// Those that were asked for alone.
    each: OnceLock<Vec<OnceLock<Box<T>>>>,
}

impl<T> Section<T> {
    /// The entries of packed rows.
    pub(super) fn packed(rows: Rows) -> Self
    where
        T: Deserialize<'static>,
    {
        let packed = Packed { rows, decode: |rows, place| rows.decode(place), each: OnceLock::new() };
        Self { packed: Some(packed), all: OnceLock::new() }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.packed.as_ref().map_or_else(|| self.all().len(), |packed| packed.rows.count())
    }

    /// The entry at a place, decoded alone.
    pub fn at(&self, place: usize) -> Option<&T> {
        let (None, Some(packed)) = (self.all.get(), &self.packed) else { return self.all().get(place) };
        let empty = || std::iter::repeat_with(OnceLock::new).take(packed.rows.count()).collect();
        let slot = packed.each.get_or_init(empty).get(place)?;
        if slot.get().is_none() {
            let entry = Box::new((packed.decode)(packed.rows, place)?);
            return Some(slot.get_or_init(|| entry));
        }
        slot.get().map(Box::as_ref)
    }

    /// The entry with this key, which is its first text, where the entries are sorted by it; `of` gives it.
    pub(super) fn find(&self, key: &str, of: impl Fn(&T) -> &'static str) -> Option<&T> {
        let (None, Some(packed)) = (self.all.get(), &self.packed) else {
            return self.all().get(self.all().binary_search_by(|entry| of(entry).cmp(key)).ok()?);
        };
        let (mut low, mut high) = (0, packed.rows.count());
        while low < high {
            let middle = low.midpoint(high);
            match packed.rows.first_text(middle)?.cmp(key) {
                Ordering::Less => low = middle + 1,
                Ordering::Equal => return self.at(middle),
                Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// All entries, to be changed.
    pub(super) fn entries_mut(&mut self) -> &mut Vec<T> {
        self.all();
        self.packed = None;
        self.all.get_mut().expect("it was filled just now")
    }

    fn all(&self) -> &Vec<T> {
        self.all.get_or_init(|| {
            let Some(packed) = &self.packed else { return Vec::new() };
            let all = (0..packed.rows.count()).map(|place| (packed.decode)(packed.rows, place));
            all.collect::<Option<_>>().expect("the same types were packed")
        })
    }
}

impl<T> Deref for Section<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.all()
    }
}

impl<'s, T> IntoIterator for &'s Section<T> {
    type Item = &'s T;
    type IntoIter = std::slice::Iter<'s, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T> From<Vec<T>> for Section<T> {
    fn from(entries: Vec<T>) -> Self {
        Self { packed: None, all: OnceLock::from(entries) }
    }
}

impl<T> Default for Section<T> {
    fn default() -> Self {
        Self::from(Vec::new())
    }
}

impl<T: Clone> Clone for Section<T> {
    fn clone(&self) -> Self {
        Self::from(self.to_vec())
    }
}

impl<T: PartialEq> PartialEq for Section<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T> fmt::Debug for Section<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Section({} entries)", self.count())
    }
}

impl<T: Serialize> Serialize for Section<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Section<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self::from)
    }
}
