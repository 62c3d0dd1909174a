//! `resources.arsc`: the values of one resource id, looked up where they lie (`ResTable` of AOSP's `ResourceTypes.h`).
//!
//! Parsing notes where the types are and decodes nothing; a table of any size costs as much as it has type chunks.
//! Bags (styles, arrays, plurals) have no single value and are known by name only.

use std::borrow::Cow;

use super::bytes::{Budget, Chunk, Issues, u8_at, u16_at, u32_at, usize_at};
use super::element::Value;
use super::resources::{Candidate, Config, Locale, STEP};
use super::strings::{STRING_POOL, StringPool};

/// `RES_TABLE_TYPE`.
pub(super) const TABLE: u16 = 0x0002;

const PACKAGE: u16 = 0x0200;
const TYPE: u16 = 0x0201;

/// `ResTable_type::FLAG_SPARSE`: entries are (index, offset) pairs in order.
const SPARSE: u8 = 1;
/// `ResTable_type::FLAG_OFFSET16`: offsets are 16 bits wide.
const OFFSET16: u8 = 2;

/// `ResTable_entry::FLAG_COMPLEX`: a bag follows.
const COMPLEX: u16 = 1;
/// `ResTable_entry::FLAG_COMPACT`: the entry is its own value.
const COMPACT: u16 = 8;

/// A compiled resource table.
#[derive(Debug, Default)]
pub(super) struct Table<'a> {
    strings: StringPool<'a>,
    packages: Vec<Package<'a>>,
}

/// A package of a table; several may have one id.
#[derive(Debug)]
struct Package<'a> {
    id: u32,
    type_names: StringPool<'a>,
    entry_names: StringPool<'a>,
    /// `typeIdOffset`: ids of types before the first one.
    first_type: u32,
    /// (type id, chunk), in order of ids, then of the file.
    types: Vec<(u8, Chunk<'a>)>,
}

/// An entry of a type.
struct Entry {
    /// Index into the package's entry names.
    key: u32,
    /// `dataType` and `data`; a bag has none.
    value: Option<(u8, u32)>,
}

impl<'a> Table<'a> {
    /// The table in `bytes`, a whole file.
    pub(super) fn parse(bytes: &'a [u8], issues: &mut Issues) -> Self {
        let mut table = Self::default();
        let file = match Chunk::parse(bytes, 0) {
            Ok(file) => file,
            Err(message) => {
                issues.push(0, message);
                return table;
            }
        };
        file.check_size(issues);
        let mut strings = None;
        for chunk in file.children() {
            if let Ok(chunk) = &chunk {
                chunk.check_size(issues);
            }
            match chunk {
                // As in AOSP's `LoadedArsc`, the first pool counts.
                Ok(chunk) if chunk.kind == STRING_POOL && strings.is_none() => {
                    strings = StringPool::parse(&chunk, issues);
                }
                Ok(chunk) if chunk.kind == PACKAGE => match Package::parse(&chunk, issues) {
                    Some(package) => table.packages.push(package),
                    None => issues.push(chunk.offset, "resource package ends inside its header"),
                },
                Ok(_) => {}
                Err((offset, message)) => issues.push(offset, message),
            }
        }
        table.strings = strings.unwrap_or_default();
        table
    }

    /// The values of resource `id` in all configurations, in the order of the file.
    pub(super) fn candidates(&self, id: u32, budget: &Budget) -> Vec<Candidate> {
        self.entries(id, budget)
            .filter_map(|(_, chunk, entry)| {
                let (kind, data) = entry.value?;
                let value =
                    Value::from_typed(kind, data, |index| self.strings.get(index, budget).map(Cow::into_owned))?;
                Some(Candidate { config: config(chunk), value })
            })
            .collect()
    }

    /// `type/name` of resource `id`.
    pub(super) fn name(&self, id: u32, budget: &Budget) -> Option<String> {
        let (package, _, entry) = self.entries(id, budget).next()?;
        let type_index = (id >> 16 & 0xff).checked_sub(1)?.checked_sub(package.first_type)?;
        let type_name = package.type_names.get(type_index, budget)?;
        let entry_name = package.entry_names.get(entry.key, budget)?;
        Some(format!("{type_name}/{entry_name}"))
    }

    /// The entries of resource `id` with the chunks that hold them.
    fn entries(&self, id: u32, budget: &Budget) -> impl Iterator<Item = (&Package<'a>, &Chunk<'a>, Entry)> {
        let [package_id, type_id, high, low] = id.to_be_bytes();
        let index = usize::from(u16::from_be_bytes([high, low]));
        self.packages
            .iter()
            .filter(move |package| package.id == u32::from(package_id))
            .flat_map(move |package| package.of_type(type_id).iter().map(move |(_, chunk)| (package, chunk)))
            .map_while(|found| budget.take(STEP).map(|()| found))
            .filter_map(move |(package, chunk)| Some((package, chunk, entry(chunk, index)?)))
    }
}

impl<'a> Package<'a> {
    /// The package in `chunk`.
    fn parse(chunk: &Chunk<'a>, issues: &mut Issues) -> Option<Self> {
        let id = u32_at(chunk.bytes, 8)?;
        let (type_names_at, entry_names_at) = (usize_at(chunk.bytes, 268)?, usize_at(chunk.bytes, 276)?);
        // The field came with Android 5; before, the header ends here.
        let first_type = if chunk.header < 288 { 0 } else { u32_at(chunk.bytes, 284)? };
        let mut package = Self {
            id,
            type_names: StringPool::default(),
            entry_names: StringPool::default(),
            first_type,
            types: Vec::new(),
        };
        for child in chunk.children() {
            let child = match child {
                Ok(child) => child,
                Err((offset, message)) => {
                    issues.push(offset, message);
                    break;
                }
            };
            child.check_size(issues);
            let at = child.offset.checked_sub(chunk.offset)?;
            match child.kind {
                STRING_POOL if at == type_names_at => {
                    package.type_names = StringPool::parse(&child, issues).unwrap_or_default();
                }
                STRING_POOL if at == entry_names_at => {
                    package.entry_names = StringPool::parse(&child, issues).unwrap_or_default();
                }
                TYPE => match u8_at(child.bytes, 8) {
                    Some(type_id) => package.types.push((type_id, child)),
                    None => issues.push(child.offset, "resource type ends inside its header"),
                },
                _ => {}
            }
        }
        package.types.sort_by_key(|(type_id, _)| *type_id);
        Some(package)
    }

    /// The chunks of one type, one for each configuration.
    fn of_type(&self, type_id: u8) -> &[(u8, Chunk<'a>)] {
        let start = self.types.partition_point(|(id, _)| *id < type_id);
        let end = self.types.partition_point(|(id, _)| *id <= type_id);
        self.types.get(start..end).unwrap_or_default()
    }
}

/// The entry at `index` of a type chunk (`ResTable_type`), where this configuration has it.
fn entry(chunk: &Chunk<'_>, index: usize) -> Option<Entry> {
    let (flags, count) = (u8_at(chunk.bytes, 9)?, usize_at(chunk.bytes, 12)?);
    let body = chunk.body();
    let offset = if flags & SPARSE != 0 {
        let entries = body.as_chunks::<4>().0;
        let entries = entries.get(..count).unwrap_or(entries);
        let found =
            entries.binary_search_by_key(&index, |[low, high, ..]| usize::from(u16::from_le_bytes([*low, *high])));
        let [_, _, low, high] = entries.get(found.ok()?)?;
        usize::from(u16::from_le_bytes([*low, *high])).checked_mul(4)?
    } else if count <= index {
        return None;
    } else if flags & OFFSET16 != 0 {
        let offset = u16_at(body, index.checked_mul(2)?)?;
        if offset == u16::MAX {
            return None;
        }
        usize::from(offset).checked_mul(4)?
    } else {
        let offset = u32_at(body, index.checked_mul(4)?)?;
        if offset == u32::MAX {
            return None;
        }
        usize::try_from(offset).ok()?
    };
    let bytes = chunk.bytes.get(usize_at(chunk.bytes, 16)?.checked_add(offset)?..)?;
    let (size, flags) = (u16_at(bytes, 0)?, u16_at(bytes, 2)?);
    if flags & COMPACT != 0 {
        let [_, kind] = flags.to_le_bytes();
        return Some(Entry { key: u32::from(size), value: Some((kind, u32_at(bytes, 4)?)) });
    }
    let key = u32_at(bytes, 4)?;
    if flags & COMPLEX != 0 {
        return Some(Entry { key, value: None });
    }
    let value = bytes.get(usize::from(size)..)?;
    Some(Entry { key, value: Some((u8_at(value, 3)?, u32_at(value, 4)?)) })
}

/// What `ResTable_config` of a type chunk says.
fn config(chunk: &Chunk<'_>) -> Config {
    let header = chunk.bytes.get(20..chunk.header).unwrap_or_default();
    let config = usize_at(header, 0).and_then(|size| header.get(..size)).unwrap_or(header);
    let is_set = |from: usize, to: usize| {
        config.get(from..to.min(config.len())).is_some_and(|part| part.iter().any(|byte| *byte != 0))
    };
    let locale = match config.get(8..10) {
        // Script and variant say something of a language, so they need not be looked at.
        None | Some([0, 0]) => Locale::Any,
        Some(b"en") => Locale::English,
        Some(_) => Locale::Other,
    };
    // Mobile network; orientation and touch screen; keyboard to screen size; layout, mode and size in dp; shape and color.
    let qualified = [(4, 8), (12, 14), (16, 24), (28, 36), (48, 50)].into_iter().any(|(from, to)| is_set(from, to));
    Config {
        locale,
        qualified,
        sdk: u16_at(config, 24).map_or(0, u32::from),
        density: u16_at(config, 14).map_or(0, u32::from),
    }
}
