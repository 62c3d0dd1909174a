//! The header: version, and where each table lies.

use super::bytes::{at, u16_at, u32_at};
use crate::error::{Error, Issue, Result};

/// `header_item.header_size` up to version 040.
const HEADER_SIZE: usize = 0x70;
/// `header_item.header_size` of version 041, which adds `container_size` and `header_offset`.
const HEADER_SIZE_V41: usize = 0x78;
/// `ENDIAN_CONSTANT`; its reverse is never produced for Android.
const ENDIAN_CONSTANT: u32 = 0x1234_5678;

/// A table of equal items.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Table {
    /// First byte.
    pub offset: u32,
    /// Items that really fit in the bytes.
    pub count: u32,
}

impl Table {
    /// The first byte of item `index`, where it is in the table.
    pub(super) fn item(self, index: u32, item_size: usize) -> Option<usize> {
        if index >= self.count {
            return None;
        }
        at(index).checked_mul(item_size)?.checked_add(at(self.offset))
    }
}

/// The header of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// 35 to 41.
    pub version: u32,
    /// First byte of the header; 0 except in a container.
    pub offset: u32,
    /// `file_size`: in a container the distance to the next header.
    pub file_size: u32,
    /// `string_ids`
    pub strings: Table,
    /// `type_ids`
    pub types: Table,
    /// `proto_ids`
    pub protos: Table,
    /// `field_ids`
    pub fields: Table,
    /// `method_ids`
    pub methods: Table,
    /// `class_defs`
    pub classes: Table,
    /// First byte of `map_list`.
    map: u32,
    /// Bytes of the container; 0 where the file is none.
    container_size: u32,
}

impl Header {
    /// The table of `type_code` in `map_list`, where the header has none of its own; `item_size` in bytes.
    pub(super) fn mapped(&self, bytes: &[u8], type_code: u16, item_size: usize) -> Option<Table> {
        let map = bytes.get(at(self.map)..)?;
        let (items, _) = map.get(4..)?.as_chunks::<12>();
        let item = items.iter().take(at(u32_at(map, 0)?)).find(|item| u16_at(*item, 0) == Some(type_code))?;
        let (count, offset) = (u32_at(item, 4)?, u32_at(item, 8)?);
        let room = bytes.len().saturating_sub(at(offset)).checked_div(item_size)?;
        Some(Table { offset, count: u32::try_from(room).unwrap_or(u32::MAX).min(count) })
    }

    /// Where the next header of the container stands.
    pub(super) fn next(&self) -> Option<usize> {
        let next = self.offset.checked_add(self.file_size)?;
        (self.version >= 41 && at(self.file_size) >= HEADER_SIZE_V41 && next < self.container_size).then_some(at(next))
    }
}

/// The version of a DEX file, where the bytes start with its magic: `dex\n` three digits `\0`.
pub(super) fn version(bytes: &[u8]) -> Option<u32> {
    let magic: &[u8; 8] = bytes.first_chunk()?;
    let [b'd', b'e', b'x', b'\n', b'0', tens @ b'0'..=b'9', ones @ b'0'..=b'9', 0] = magic else { return None };
    Some(u32::from(tens & 0xf).wrapping_mul(10).wrapping_add(u32::from(ones & 0xf)))
}

/// Reads the header at `start`; tables that reach past the end of `bytes` are cut, with an issue.
pub(super) fn read(file: &str, bytes: &[u8], start: usize, issues: &mut Vec<Issue>) -> Result<Header> {
    let own = bytes.get(start..).unwrap_or_default();
    let place = start as u64;
    let Some(version) = version(own) else {
        return Err(Error::malformed(format!("expected a dex magic, found {}", shown(own)), place));
    };
    if !(35..=41).contains(&version) {
        return Err(Error::malformed(format!("dex version 0{version} is not one of 035 to 041"), place));
    }
    if own.len() < HEADER_SIZE {
        return Err(Error::malformed(format!("dex header needs {HEADER_SIZE} bytes, {} are left", own.len()), place));
    }
    let field = |offset: usize| u32_at(own, offset).unwrap_or_default();
    let endian = field(0x28);
    if endian != ENDIAN_CONSTANT {
        let at = place.saturating_add(0x28);
        return Err(Error::malformed(format!("endian tag {endian:#x} is not {ENDIAN_CONSTANT:#x}"), at));
    }

    let in_container = version >= 41 && at(field(0x24)) >= HEADER_SIZE_V41 && own.len() >= HEADER_SIZE_V41;
    let file_size = field(0x20);
    let claimed = if in_container { field(0x70) } else { file_size };
    if at(claimed) > bytes.len() {
        let message = format!("header claims {claimed} bytes, the file has {}", bytes.len());
        issues.push(Issue::new(file, place.saturating_add(0x20), message));
    }

    if in_container {
        let end = start.saturating_add(at(file_size));
        if at(file_size) < HEADER_SIZE_V41 || end > at(claimed) {
            let message = format!("file_size {file_size} in a container of {claimed} bytes leads to no next file");
            issues.push(Issue::new(file, place.saturating_add(0x20), message));
        }
        let own_offset = field(0x74);
        if at(own_offset) != start {
            let message = format!("header_offset {own_offset:#x} of a header at {start:#x}");
            issues.push(Issue::new(file, place.saturating_add(0x74), message));
        }
    }

    let mut table = |name: &str, header_offset: usize, item_size: usize| {
        let (count, offset) = (field(header_offset), field(header_offset.wrapping_add(4)));
        let room = bytes.len().saturating_sub(at(offset)).checked_div(item_size).unwrap_or(0);
        let fits = u32::try_from(room).unwrap_or(u32::MAX).min(count);
        if fits < count {
            let message = format!("{name} at {offset:#x} claims {count} items, {fits} fit in the file");
            issues.push(Issue::new(file, place.saturating_add(header_offset as u64), message));
        }
        Table { offset, count: fits }
    };
    Ok(Header {
        version,
        offset: u32::try_from(start).unwrap_or(u32::MAX),
        file_size,
        strings: table("string_ids", 0x38, 4),
        types: table("type_ids", 0x40, 4),
        protos: table("proto_ids", 0x48, 12),
        fields: table("field_ids", 0x50, 8),
        methods: table("method_ids", 0x58, 8),
        classes: table("class_defs", 0x60, 32),
        map: field(0x34),
        container_size: if in_container { claimed.min(u32::try_from(bytes.len()).unwrap_or(u32::MAX)) } else { 0 },
    })
}

/// The first bytes of something that is no DEX file.
fn shown(bytes: &[u8]) -> String {
    match bytes.get(..8.min(bytes.len())) {
        Some(head) if !head.is_empty() => format!("{head:02x?}"),
        _ => "nothing".to_owned(),
    }
}
