//! The packed form of tables: their texts stand one behind another in one string, and the rest, in the encoding of
//! `postcard`, has the length in place of each. So the compiler has seen that the texts are UTF-8, and a start need not.
//!
//! The build script and the library share this file: one packs what the other unpacks.

use std::cell::RefCell;
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, EnumAccess, SeqAccess, VariantAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use super::tables::Tables;

/// Tables in packed form.
#[derive(Debug, Default)]
pub(super) struct Packed {
    /// All but the texts.
    pub(super) frame: Vec<u8>,
    /// The texts.
    pub(super) texts: String,
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
    let frame = postcard::to_allocvec(tables).map_err(|error| error.to_string())?;
    Ok(Packed { frame, texts: TEXTS.take() })
}

/// The tables that were packed; none where these were not.
pub(super) fn unpack(frame: &'static [u8], texts: &'static str) -> Option<Tables> {
    let mut rest = Unpacker { frame, texts };
    let tables = Tables::deserialize(&mut rest).ok()?;
    (rest.frame.is_empty() && rest.texts.is_empty()).then_some(tables)
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
        let Packed { frame, texts } = pack(&join(vec![file])).expect("tables");
        let (frame, texts): (&[u8], &str) = (frame.leak(), texts.leak());
        let tables = unpack(frame, texts).expect("what was packed");
        assert_eq!((tables.sdks[0].name, &*tables.sdks[0].prefixes), ("支付", &["com.a", "com.b"][..]));
        assert_eq!((tables.implied[0].target_below, tables.implied[0].declared), (Some(300), ""));
        assert!(unpack(&frame[..frame.len() - 1], texts).is_none(), "what is cut off");
        assert!(unpack(frame, &texts[..texts.len() - 1]).is_none(), "a text that is cut off");
    }
}
