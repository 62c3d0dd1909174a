//! JSON on one line, in which nothing steers a terminal.
//!
//! A report is very many short texts, and nearly all of them are plain: a text is looked at as a whole before it is
//! copied, and the keys of a type, which are words of candor, are not looked at. `serde_json` looks at every byte on its
//! own, which made three times as much of the work; what is rare, such as numbers with a point, is left to it.

use std::io::{self, Write};

use serde::Serialize;
use serde::ser::{self, Error as _, Serializer};
use serde_json::{Error, Result};

use crate::report::layout;

/// Writes a value.
///
/// A value is made of very many small pieces, so they are gathered before anything is written.
pub(in crate::report) fn write(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let mut line = Vec::new();
    append(value, &mut line)?;
    out.write_all(&line)
}

/// As [`write`], to the end of a text that is being made.
pub(in crate::report) fn append(value: &impl Serialize, text: &mut Vec<u8>) -> io::Result<()> {
    value.serialize(Writer(text)).map_err(io::Error::from)
}

/// Writes one value.
struct Writer<'o>(&'o mut Vec<u8>);

/// The items of a list or an object.
struct Items<'o> {
    out: &'o mut Vec<u8>,
    /// What stands behind the last one.
    end: &'static str,
}

/// Begins an item: a comma stands before all but the first. Nothing but the start of a list or an object ends so.
fn item(out: &mut Vec<u8>) {
    if !matches!(out.last(), Some(b'[' | b'{')) {
        out.push(b',');
    }
}

/// Writes a key that needs no look: names in Rust are letters, digits and what few signs `rename` gives them.
fn key(out: &mut Vec<u8>, name: &'static str) {
    item(out);
    out.push(b'"');
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
}

fn string(out: &mut Vec<u8>, text: &str) {
    out.reserve(text.len() + 2);
    out.push(b'"');
    let mut rest = text;
    while let Some((at, c)) = layout::first(rest, |byte| layout::controls(byte) | layout::is_one(byte, *b"\"\\")) {
        out.extend_from_slice(&rest.as_bytes()[..at]);
        escape(out, c);
        rest = &rest[at + c.len_utf8()..];
    }
    out.extend_from_slice(rest.as_bytes());
    out.push(b'"');
}

fn escape(out: &mut Vec<u8>, c: char) {
    let short = match c {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\u{8}' => "\\b",
        '\t' => "\\t",
        '\n' => "\\n",
        '\u{c}' => "\\f",
        '\r' => "\\r",
        _ => {
            for unit in c.encode_utf16(&mut [0; 2]) {
                out.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
            }
            return;
        }
    };
    out.extend_from_slice(short.as_bytes());
}

impl<'o> Writer<'o> {
    fn open(self, start: &str, end: &'static str) -> Items<'o> {
        self.0.extend_from_slice(start.as_bytes());
        Items { out: self.0, end }
    }

    /// An object of one key, whose value is a list or an object.
    fn variant(self, name: &'static str, start: &str, end: &'static str) -> Items<'o> {
        self.0.push(b'{');
        key(self.0, name);
        self.open(start, end)
    }

    fn word(self, word: &str) {
        self.0.extend_from_slice(word.as_bytes());
    }
}

macro_rules! numbers {
    ($($method:ident $number:ty),*) => {$(
        fn $method(self, number: $number) -> Result<()> {
            serde_json::to_writer(self.0, &number)
        }
    )*};
}

impl<'o> Serializer for Writer<'o> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Items<'o>;
    type SerializeTuple = Items<'o>;
    type SerializeTupleStruct = Items<'o>;
    type SerializeTupleVariant = Items<'o>;
    type SerializeMap = Items<'o>;
    type SerializeStruct = Items<'o>;
    type SerializeStructVariant = Items<'o>;

    fn serialize_bool(self, v: bool) -> Result<()> {
        self.word(if v { "true" } else { "false" });
        Ok(())
    }

    numbers! {
        serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64, serialize_u8 u8, serialize_u16 u16,
        serialize_u32 u32, serialize_u64 u64, serialize_f32 f32, serialize_f64 f64
    }

    fn serialize_char(self, v: char) -> Result<()> {
        self.serialize_str(v.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, v: &str) -> Result<()> {
        string(self.0, v);
        Ok(())
    }

    fn serialize_bytes(self, v: &[u8]) -> Result<()> {
        self.collect_seq(v)
    }

    fn serialize_none(self) -> Result<()> {
        self.serialize_unit()
    }

    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Result<()> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<()> {
        self.word("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<()> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<()> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: ?Sized + Serialize>(self, _: &'static str, value: &T) -> Result<()> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<()> {
        let items = self.open("{", "}");
        key(items.out, variant);
        value.serialize(Writer(items.out))?;
        items.close()
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items<'o>> {
        Ok(self.open("[", "]"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Items<'o>> {
        Ok(self.open("[", "]"))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Items<'o>> {
        Ok(self.open("[", "]"))
    }

    fn serialize_tuple_variant(self, _: &'static str, _: u32, variant: &'static str, _: usize) -> Result<Items<'o>> {
        Ok(self.variant(variant, "[", "]}"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Items<'o>> {
        Ok(self.open("{", "}"))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Items<'o>> {
        Ok(self.open("{", "}"))
    }

    fn serialize_struct_variant(self, _: &'static str, _: u32, variant: &'static str, _: usize) -> Result<Items<'o>> {
        Ok(self.variant(variant, "{", "}}"))
    }
}

impl Items<'_> {
    #[expect(clippy::unnecessary_wraps, reason = "what ends a list or an object may fail elsewhere")]
    fn close(self) -> Result<()> {
        self.out.extend_from_slice(self.end.as_bytes());
        Ok(())
    }
}

macro_rules! lists {
    ($($list:ident $method:ident),*) => {$(
        impl ser::$list for Items<'_> {
            type Ok = ();
            type Error = Error;

            fn $method<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<()> {
                item(self.out);
                value.serialize(Writer(self.out))
            }

            fn end(self) -> Result<()> {
                self.close()
            }
        }
    )*};
}

lists! {
    SerializeSeq serialize_element, SerializeTuple serialize_element, SerializeTupleStruct serialize_field,
    SerializeTupleVariant serialize_field
}

macro_rules! objects {
    ($($object:ident),*) => {$(
        impl ser::$object for Items<'_> {
            type Ok = ();
            type Error = Error;

            fn serialize_field<T: ?Sized + Serialize>(&mut self, name: &'static str, value: &T) -> Result<()> {
                key(self.out, name);
                value.serialize(Writer(self.out))
            }

            fn end(self) -> Result<()> {
                self.close()
            }
        }
    )*};
}

objects!(SerializeStruct, SerializeStructVariant);

impl ser::SerializeMap for Items<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: ?Sized + Serialize>(&mut self, key: &T) -> Result<()> {
        item(self.out);
        let start = self.out.len();
        key.serialize(Writer(self.out))?;
        if self.out.get(start) == Some(&b'"') { Ok(()) } else { Err(Error::custom("a key that is no text")) }
    }

    fn serialize_value<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<()> {
        self.out.push(b':');
        value.serialize(Writer(self.out))
    }

    fn end(self) -> Result<()> {
        self.close()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn written(value: &impl Serialize) -> String {
        let mut out = Vec::new();
        append(value, &mut out).expect("a vector takes all");
        String::from_utf8(out).expect("text")
    }

    /// Every shape that a type can have.
    #[derive(Serialize)]
    enum Shape {
        Unit,
        New(Option<u8>),
        Tuple(i64, f64, f32),
        Struct { list: Vec<Shape>, pair: (char, ()), map: BTreeMap<&'static str, bool> },
    }

    #[test]
    fn a_value_of_any_shape_is_written_as_serde_json_writes_it() {
        let map = BTreeMap::from([("", true), ("\"\\\n", false)]);
        let list = vec![Shape::Unit, Shape::New(None), Shape::New(Some(7)), Shape::Tuple(-1, 95.0, f32::NAN)];
        for shape in [Shape::Struct { list, pair: ('\u{1f}', ()), map }, Shape::Tuple(i64::MIN, 1e300, 0.1)] {
            assert_eq!(written(&shape), serde_json::to_string(&shape).expect("JSON"));
        }
        let empty: [Vec<u8>; 2] = [Vec::new(), Vec::new()];
        assert_eq!(written(&(&empty, BTreeMap::<String, u8>::new())), "[[[],[]],{}]");
    }

    #[test]
    fn characters_that_steer_are_escaped_and_keep_their_value() {
        let text = "é\u{9b}31m\u{202e}\u{e0041}\"\n支付宝\u{1b}\u{7f}";
        let json = written(&text);
        assert_eq!(json, "\"é\\u009b31m\\u202e\\udb40\\udc41\\\"\\n支付宝\\u001b\\u007f\"");
        assert_eq!(serde_json::from_str::<String>(&json).expect("JSON"), text);
    }

    #[test]
    fn only_texts_are_keys() {
        let numbers = BTreeMap::from([(1, 2)]);
        assert!(append(&numbers, &mut Vec::new()).is_err());
    }

    proptest! {
        #[test]
        fn any_text_keeps_its_value(texts: BTreeMap<String, Vec<String>>) {
            let json = written(&texts);
            prop_assert!(!json.chars().any(layout::steers), "{json}");
            prop_assert_eq!(serde_json::from_str::<Value>(&json).expect("JSON"), json!(texts));
        }
    }
}
