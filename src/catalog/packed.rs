//! The packed form of tables: their texts stand one behind another in one string, and the rest, in the encoding of
//! `postcard`, has the length in place of each. So the compiler has seen that the texts are UTF-8, and a start need not.
//!
//! The build script and the library share this file: one packs what the other unpacks.

use std::cell::RefCell;
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, EnumAccess, SeqAccess, VariantAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use super::key::number;
use super::section::Section;
use super::tables::Tables;

/// Tables in packed form.
#[derive(Debug, Default)]
pub(super) struct Packed {
    /// For each section `u32` how many entries it has; for each of them, and behind the last, `u32` where it starts in the
    /// frame and `u32` where among the texts.
    pub(super) index: Vec<u8>,
    /// All but the texts.
    pub(super) frame: Vec<u8>,
    /// The texts.
    pub(super) texts: String,
}

/// The entries of one section in packed form.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rows {
    /// Where each starts, and one more.
    starts: &'static [u8],
    frame: &'static [u8],
    texts: &'static str,
}

thread_local! {
    /// Where the texts of the tables go that this thread packs.
    static TEXTS: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Writes the length of a text and puts the text to the others.
pub(super) fn pack_text<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    TEXTS.with_borrow_mut(|texts| texts.push_str(text));
    text.len().serialize(serializer)
}

/// Packs tables, which `S` must write by [`pack_text`].
pub(super) fn pack<S: Serialize>(tables: &Tables<S>) -> Result<Packed, String> {
    TEXTS.take();
    let mut packer = Packed::default();
    packer.add(&tables.data_types)?;
    packer.add(&tables.sources)?;
    packer.add(&tables.permissions)?;
    packer.add(&tables.implied)?;
    packer.add(&tables.sdks)?;
    packer.add(&tables.libraries)?;
    packer.add(&tables.markers)?;
    packer.add(&tables.not_endpoints)?;
    packer.add(&tables.phrases)?;
    packer.add(&tables.versions)?;
    packer.add(&tables.app_types)?;
    packer.add(&tables.texts)?;
    packer.add(&tables.rules)?;
    Ok(Packed { texts: TEXTS.take(), ..packer })
}

impl Packed {
    fn add<T: Serialize>(&mut self, section: &[T]) -> Result<(), String> {
        self.push(section.len())?;
        self.push_start()?;
        for entry in section {
            self.frame.extend(postcard::to_allocvec(entry).map_err(|error| error.to_string())?);
            self.push_start()?;
        }
        Ok(())
    }

    fn push_start(&mut self) -> Result<(), String> {
        self.push(self.frame.len())?;
        self.push(TEXTS.with_borrow(String::len))
    }

    fn push(&mut self, number: usize) -> Result<(), String> {
        let number = u32::try_from(number).map_err(|_| "the tables are too long".to_owned())?;
        self.index.extend(number.to_le_bytes());
        Ok(())
    }
}

/// The tables that were packed; none where these were not.
pub(super) fn unpack(index: &'static [u8], frame: &'static [u8], texts: &'static str) -> Option<Tables> {
    let mut rest = index;
    let mut rows = Rows { starts: &[], frame, texts };
    let mut take = || {
        let (count, behind) = rest.split_at_checked(4)?;
        (rows.starts, rest) = behind.split_at_checked((number(count, 0) as usize).checked_add(1)?.checked_mul(8)?)?;
        Some(rows)
    };
    let tables = Tables {
        data_types: Section::packed(take()?),
        sources: Section::packed(take()?),
        permissions: Section::packed(take()?),
        implied: Section::packed(take()?),
        sdks: Section::packed(take()?),
        libraries: Section::packed(take()?),
        markers: Section::packed(take()?),
        not_endpoints: Section::packed(take()?),
        phrases: Section::packed(take()?),
        versions: Section::packed(take()?),
        app_types: Section::packed(take()?),
        texts: Section::packed(take()?),
        rules: Section::packed(take()?),
    };
    let is_whole = rest.is_empty() && rows.start(rows.count()) == (frame.len(), texts.len());
    is_whole.then_some(tables)
}

impl Rows {
    /// How many there are.
    pub(super) fn count(self) -> usize {
        (self.starts.len() / 8).saturating_sub(1)
    }

    /// The entry at a place.
    pub(super) fn decode<T: Deserialize<'static>>(self, place: usize) -> Option<T> {
        let mut row = self.row(place)?;
        let entry = T::deserialize(&mut row).ok()?;
        (row.frame.is_empty() && row.texts.is_empty()).then_some(entry)
    }

    /// What the entry at a place begins with, where that is a text.
    pub(super) fn first_text(self, place: usize) -> Option<&'static str> {
        self.row(place)?.text().ok()
    }

    fn row(self, place: usize) -> Option<Unpacker<'static>> {
        let (start, end) = (self.start(place), self.start(place + 1));
        Some(Unpacker { frame: self.frame.get(start.0..end.0)?, texts: self.texts.get(start.1..end.1)? })
    }

    fn start(self, place: usize) -> (usize, usize) {
        (number(self.starts, place * 2) as usize, number(self.starts, place * 2 + 1) as usize)
    }
}

/// What is left of packed tables.
struct Unpacker<'de> {
    frame: &'de [u8],
    texts: &'de str,
}

/// The tables were not packed by this file.
#[derive(Debug)]
struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("broken tables")
    }
}

impl std::error::Error for Broken {}

impl de::Error for Broken {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

impl<'de> Unpacker<'de> {
    fn byte(&mut self) -> Result<u8, Broken> {
        let (byte, rest) = self.frame.split_first().ok_or(Broken)?;
        self.frame = rest;
        Ok(*byte)
    }

    /// A number in groups of seven bits, the lowest first.
    fn number(&mut self) -> Result<u32, Broken> {
        let mut number = 0;
        for shift in (0..32).step_by(7) {
            let byte = self.byte()?;
            number |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Broken)
    }

    fn text(&mut self) -> Result<&'de str, Broken> {
        let length = self.number()? as usize;
        let (text, rest) = self.texts.split_at_checked(length).ok_or(Broken)?;
        self.texts = rest;
        Ok(text)
    }
}

/// The encoding does not tell types: what the tables are made of asks for its own.
impl<'de> Deserializer<'de> for &mut Unpacker<'de> {
    type Error = Broken;

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Broken> {
        visitor.visit_bool(self.byte()? != 0)
    }

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Broken> {
        visitor.visit_u8(self.byte()?)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Broken> {
        visitor.visit_u32(self.number()?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Broken> {
        visitor.visit_borrowed_str(self.text()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Broken> {
        if self.byte()? == 0 { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Broken> {
        let left = self.number()? as usize;
        visitor.visit_seq(Items { from: self, left })
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, left: usize, visitor: V) -> Result<V::Value, Broken> {
        visitor.visit_seq(Items { from: self, left })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Broken> {
        visitor.visit_seq(Items { from: self, left: fields.len() })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Broken> {
        visitor.visit_enum(self)
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Broken> {
        Err(Broken)
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 i64 u16 u64 f32 f64 char string bytes byte_buf unit unit_struct newtype_struct tuple_struct map
        identifier ignored_any
    }
}

/// What is left of a list or of the fields of an entry.
struct Items<'u, 'de> {
    from: &'u mut Unpacker<'de>,
    left: usize,
}

impl<'de> SeqAccess<'de> for Items<'_, 'de> {
    type Error = Broken;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Broken> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        seed.deserialize(&mut *self.from).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}

impl<'de> EnumAccess<'de> for &mut Unpacker<'de> {
    type Error = Broken;
    type Variant = Self;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Self), Broken> {
        let index = self.number()?;
        Ok((seed.deserialize(de::value::U32Deserializer::new(index))?, self))
    }
}

impl<'de> VariantAccess<'de> for &mut Unpacker<'de> {
    type Error = Broken;

    fn unit_variant(self) -> Result<(), Broken> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Broken> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, left: usize, visitor: V) -> Result<V::Value, Broken> {
        self.deserialize_tuple(left, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Broken> {
        self.deserialize_tuple(fields.len(), visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::super::load::{CatalogFile, join};
    use super::*;

    #[test]
    fn tables_come_back_as_they_were_packed() {
        let text = "[[sdk]]\nid = \"a\"\nname = \"支付\"\ncategory = \"ads\"\nprefixes = [\"com.a\", \"com.b\"]\norigin = \"test\"\n\n\
            [[implied]]\nimplied = \"p\"\ntarget_below = 300\nmechanism = \"m\"\norigin = \"test\"\n";
        let file = CatalogFile::parse("a.toml", text).expect("a catalog file");
        let Packed { index, frame, texts } = pack(&join(vec![file])).expect("tables");
        let (index, frame, texts): (&[u8], &[u8], &str) = (index.leak(), frame.leak(), texts.leak());
        let tables = unpack(index, frame, texts).expect("what was packed");
        assert_eq!(tables.sdks.find("a", |sdk| sdk.id).map(|sdk| sdk.name), Some("支付"));
        assert_eq!((tables.sdks.at(0), tables.sdks.at(1)), (tables.sdks.first(), None));
        assert_eq!(*tables.sdks[0].prefixes, ["com.a", "com.b"]);
        assert_eq!((tables.implied[0].target_below, tables.implied[0].declared), (Some(300), ""));
        assert!(unpack(&index[..index.len() - 1], frame, texts).is_none(), "what is cut off");
        assert!(unpack(index, &frame[..frame.len() - 1], texts).is_none(), "a frame that is cut off");
        assert!(unpack(index, frame, &texts[..texts.len() - 1]).is_none(), "a text that is cut off");
    }
}
