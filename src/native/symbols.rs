//! The dynamic symbol table: how long it is, and the names in it that matter.
//!
//! Nothing says how many dynamic symbols there are: the linker asks by name only. The hash tables and the section headers
//! tell it beside their own purpose, and the most that any of them tells is taken.

use std::borrow::Cow;
use std::ops::Range;

use goblin::container::Ctx;
use goblin::elf::dynamic::DynamicInfo;
use goblin::elf::section_header::SHN_UNDEF;
use goblin::elf::sym::{Sym, Symtab};
use memchr::memchr;

use crate::limits::MAX_SYMBOLS;

/// Bytes of a name that are looked at; the longest mangled names of C++ libraries are about as long.
const MAX_NAME: usize = 1 << 13;

/// A symbol that a library takes from another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import<'b> {
    /// Its name, without a version. Bytes that are not UTF-8 are replaced by U+FFFD.
    pub name: Cow<'b, str>,
    /// Bytes from the start of the file to its entry in the symbol table.
    pub offset: usize,
}

/// The string table of the dynamic section.
pub(super) struct Names<'b> {
    bytes: &'b [u8],
    place: Range<usize>,
}

/// The symbol table of the dynamic section.
pub(super) struct Symbols<'b> {
    table: Symtab<'b>,
    entry_size: usize,
}

impl<'b> Names<'b> {
    pub(super) fn new(file: &'b [u8], place: Range<usize>) -> Self {
        Self { bytes: file.get(place.clone()).unwrap_or_default(), place }
    }

    /// Where the table is in the file.
    pub(super) fn place(&self) -> Range<usize> {
        self.place.clone()
    }

    /// The name at `offset` of the table; none where it is outside or does not end.
    pub(super) fn get(&self, offset: u64) -> Option<Cow<'b, str>> {
        let rest = self.bytes.get(usize::try_from(offset).ok()?..)?;
        let window = rest.get(..MAX_NAME).unwrap_or(rest);
        Some(String::from_utf8_lossy(window.get(..memchr(0, window)?)?))
    }
}

impl<'b> Symbols<'b> {
    /// Finds the table. `section_bytes` is its size as a section header has it, 0 = none does.
    pub(super) fn find(
        file: &'b [u8],
        ctx: Ctx,
        info: &DynamicInfo,
        section_bytes: u64,
        issues: &mut Vec<(Option<u64>, String)>,
    ) -> Self {
        let entry_size = Sym::size(ctx.container);
        let start = info.symtab;
        let in_bytes = |bytes: usize| bytes.checked_div(entry_size).unwrap_or_default();
        let hash = Hash { file, ctx };
        let told = [
            info.hash.map_or(0, |at| hash.system_v(at)),
            info.gnu_hash.map_or(0, |at| hash.gnu(at)),
            in_bytes(usize::try_from(section_bytes).unwrap_or(usize::MAX)),
        ];
        let told = told.into_iter().max().unwrap_or_default();
        // Entry 0 is always empty. Linkers write the names behind the symbols.
        let told = if told < 2 { in_bytes(info.strtab.saturating_sub(start)) } else { told };
        let there = if start == 0 { 0 } else { in_bytes(file.len().saturating_sub(start)) };
        if there < told || start == 0 {
            let message = format!("expected a table of {told} symbols, {there} fit into the file");
            issues.push((Some(start as u64), message));
        }
        if MAX_SYMBOLS < told.min(there) {
            let message =
                format!("expected at most {MAX_SYMBOLS} symbols, the table has {told}: the rest are left out");
            issues.push((Some(start as u64), message));
        }
        let count = told.min(there).min(MAX_SYMBOLS);
        Self { table: Symtab::parse(file, start, count, ctx).unwrap_or_default(), entry_size }
    }

    /// Where the table is in the file.
    pub(super) fn place(&self) -> Range<usize> {
        let start = self.table.offset();
        start..start.saturating_add(self.table.len().saturating_mul(self.entry_size))
    }

    /// The symbols that are taken from elsewhere, and the names by which Java code calls the library.
    pub(super) fn read(
        &self,
        names: &Names<'b>,
        issues: &mut Vec<(Option<u64>, String)>,
    ) -> (Vec<Import<'b>>, Vec<Cow<'b, str>>) {
        let mut imports = Vec::new();
        let mut jni = Vec::new();
        let mut nameless = 0_usize;
        let mut first = 0;
        let offsets = (self.table.offset()..).step_by(self.entry_size.max(1));
        for (symbol, offset) in self.table.iter().zip(offsets) {
            // Sections and files have no name here.
            if symbol.st_name == 0 {
                continue;
            }
            match names.get(symbol.st_name as u64) {
                Some(name) if symbol.st_shndx == SHN_UNDEF as usize => imports.push(Import { name, offset }),
                Some(name) if name == "JNI_OnLoad" || name.starts_with("Java_") => jni.push(name),
                Some(_) => {}
                None => {
                    first = if nameless == 0 { offset } else { first };
                    nameless = nameless.saturating_add(1);
                }
            }
        }
        if 0 < nameless {
            issues.push((Some(first as u64), format!("{nameless} symbols have no name in the string table")));
        }
        (imports, jni)
    }
}

/// A hash table over the symbols.
#[derive(Clone, Copy)]
struct Hash<'b> {
    file: &'b [u8],
    ctx: Ctx,
}

impl Hash<'_> {
    /// Symbols by a `DT_HASH` table at `offset`: it has one chain entry for each (System V ABI, "Hash Table").
    fn system_v(self, offset: u64) -> usize {
        self.word(offset, 1).map_or(0, |count| count as usize)
    }

    /// Symbols by a `DT_GNU_HASH` table at `offset`: the last symbol is at the end of the chain that begins last. Symbols
    /// before the first that is hashed are those taken from elsewhere.
    fn gnu(self, offset: u64) -> usize {
        let header = |index| self.word(offset, index);
        let (Some(buckets), Some(first), Some(bloom)) = (header(0), header(1), header(2)) else { return 0 };
        let bloom_words = u64::from(bloom).saturating_mul(if self.ctx.is_big() { 2 } else { 1 });
        let bucket_at = bloom_words.saturating_add(4);
        let chain_at = bucket_at.saturating_add(u64::from(buckets));
        let heads = (bucket_at..chain_at).map_while(|index| self.word(offset, index));
        let Some(last) = heads.max().filter(|last| first <= *last) else { return first as usize };
        let length = (u64::from(last.saturating_sub(first))..)
            .map_while(|index| self.word(offset, chain_at.saturating_add(index)))
            .take_while(|value| value & 1 == 0)
            .count();
        (last as usize).saturating_add(length).saturating_add(1)
    }

    /// The 32-bit word with that index from `offset` on.
    fn word(self, offset: u64, index: u64) -> Option<u32> {
        let at = usize::try_from(offset.saturating_add(index.saturating_mul(4))).ok()?;
        let bytes = *self.file.get(at..)?.first_chunk()?;
        Some(if self.ctx.is_little_endian() { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }
}
