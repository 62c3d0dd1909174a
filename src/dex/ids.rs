//! The tables of strings, types, prototypes, fields and methods, by typed index, on demand.

use std::borrow::Cow;
use std::ops::Range;

use super::Dex;
use super::bytes::{Cursor, at, u16_at, u32_at};

/// Bytes of a descriptor or a name of a member that are looked at; the rest is left out. A file system ends a real one
/// at 255 bytes a segment; a hostile one would be copied for every reference to it.
const MAX_NAME: usize = 4 << 10;

/// Parameters of a prototype: `invoke` counts their registers in a byte.
const MAX_PARAMETERS: usize = 255;

/// Bytes of the parameters of a prototype that are written down.
const MAX_PROTO: usize = 64 << 10;

/// Bytes of modified UTF-8 that one UTF-16 unit takes at most.
const MAX_UNIT: usize = 3;

/// Bytes that the strings of a file have on average at most; real ones have some twenty to forty.
const MAX_MEAN: usize = 128;

/// Bytes of a string that are looked at however short it claims to be: the NUL ends it, and a length may lie.
const MIN_REACH: usize = 256;

macro_rules! index {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);
    )+};
}

index! {
    /// An index into `string_ids`.
    StringIdx;
    /// An index into `type_ids`.
    TypeIdx;
    /// An index into `proto_ids`.
    ProtoIdx;
    /// An index into `field_ids`.
    FieldIdx;
    /// An index into `method_ids`.
    MethodIdx;
}

/// `field_id_item`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldId {
    /// The class that the reference names; the field may be inherited.
    pub class: TypeIdx,
    /// Its type.
    pub ty: TypeIdx,
    /// Its name.
    pub name: StringIdx,
}

/// `method_id_item`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MethodId {
    /// The class that the reference names; the method may be inherited.
    pub class: TypeIdx,
    /// Its prototype.
    pub proto: ProtoIdx,
    /// Its name.
    pub name: StringIdx,
}

impl<'a> Dex<'a> {
    /// The modified UTF-8 of a string, without the terminating NUL. A string that nothing ends goes on as far as
    /// its length may reach.
    #[inline]
    pub fn string_bytes(&self, index: StringIdx) -> Option<&'a [u8]> {
        self.text_within(index, usize::MAX)
    }

    /// The modified UTF-8 of the name of a member or type; what is beyond 4 KiB is left out.
    #[inline]
    pub fn name_bytes(&self, index: StringIdx) -> Option<&'a [u8]> {
        self.text_within(index, MAX_NAME)
    }

    /// The first bytes of a string, `most` of them at most.
    #[inline]
    fn text_within(&self, index: StringIdx, most: usize) -> Option<&'a [u8]> {
        self.data.get(self.place_within(index, most)?)
    }

    /// Where the bytes of a string are in the file, see [`Self::string_bytes`].
    #[inline]
    pub fn string_place(&self, index: StringIdx) -> Option<Range<usize>> {
        self.place_within(index, usize::MAX)
    }

    /// From the first string of the table to the end of the last: all of them, where they stand in order as in a sound file.
    /// None where they cannot all be there, because that is more than strings of that number take.
    pub fn string_table(&self) -> Option<Range<usize>> {
        let last = self.string_place(StringIdx(self.header.strings.count.checked_sub(1)?))?;
        let table = self.string_place(StringIdx(0))?.start..last.end;
        let most = at(self.header.strings.count).saturating_mul(MAX_MEAN).saturating_add(MIN_REACH);
        (table.len() <= most).then_some(table)
    }

    #[inline]
    fn place_within(&self, index: StringIdx, most: usize) -> Option<Range<usize>> {
        let (units, start) = self.text(index)?;
        // The length counts UTF-16 units, not bytes: the NUL ends the string, the length only bounds the search for it.
        let reach = at(units).saturating_mul(MAX_UNIT).max(MIN_REACH).min(most);
        let tail = self.data.get(start..)?;
        let tail = tail.get(..reach).unwrap_or(tail);
        Some(start..start.saturating_add(memchr::memchr(0, tail).unwrap_or(tail.len())))
    }

    /// How many UTF-16 units a string claims, and where its first byte is.
    #[inline]
    pub(super) fn text(&self, index: StringIdx) -> Option<(u32, usize)> {
        let item = self.header.strings.item(index.0, 4)?;
        let mut cursor = Cursor::new(self.data, at(u32_at(self.data, item)?));
        let units = cursor.uleb128()?;
        Some((units, cursor.offset))
    }

    /// A string; bytes that are no modified UTF-8 become U+FFFD.
    pub fn string(&self, index: StringIdx) -> Option<Cow<'a, str>> {
        self.string_bytes(index).map(decoded)
    }

    /// The string that holds a type's descriptor.
    #[inline]
    pub fn type_string(&self, index: TypeIdx) -> Option<StringIdx> {
        Some(StringIdx(u32_at(self.data, self.header.types.item(index.0, 4)?)?))
    }

    /// A type's descriptor: `Lcom/example/A;`, `I`, `[B`. What is beyond 4 KiB is left out.
    #[inline]
    pub fn type_bytes(&self, index: TypeIdx) -> Option<&'a [u8]> {
        self.name_bytes(self.type_string(index)?)
    }

    /// A type's descriptor as text.
    pub fn type_descriptor(&self, index: TypeIdx) -> Option<Cow<'a, str>> {
        self.type_bytes(index).map(decoded)
    }

    /// The row of a field.
    pub fn field(&self, index: FieldIdx) -> Option<FieldId> {
        let item = self.header.fields.item(index.0, 8)?;
        Some(FieldId {
            class: TypeIdx(u16_at(self.data, item)?.into()),
            ty: TypeIdx(u16_at(self.data, item.checked_add(2)?)?.into()),
            name: StringIdx(u32_at(self.data, item.checked_add(4)?)?),
        })
    }

    /// The fields that the file names of a class: the table is sorted by class.
    pub fn fields_of(&self, class: TypeIdx) -> Range<u32> {
        let first = |past: &dyn Fn(TypeIdx) -> bool| {
            let (mut low, mut high) = (0, self.header.fields.count);
            while low < high {
                let middle = low.midpoint(high);
                if self.field(FieldIdx(middle)).is_some_and(|row| past(row.class)) {
                    low = middle.saturating_add(1);
                } else {
                    high = middle;
                }
            }
            low
        };
        first(&|other| other < class)..first(&|other| other <= class)
    }

    /// The row of a method.
    #[inline]
    pub fn method(&self, index: MethodIdx) -> Option<MethodId> {
        let item = self.header.methods.item(index.0, 8)?;
        Some(MethodId {
            class: TypeIdx(u16_at(self.data, item)?.into()),
            proto: ProtoIdx(u16_at(self.data, item.checked_add(2)?)?.into()),
            name: StringIdx(u32_at(self.data, item.checked_add(4)?)?),
        })
    }

    /// The parameter types of a prototype; no call can pass more than 255.
    pub fn parameters(&self, index: ProtoIdx) -> impl Iterator<Item = TypeIdx> + use<'a> {
        let offset = self
            .header
            .protos
            .item(index.0, 12)
            .and_then(|item| u32_at(self.data, item.checked_add(8)?))
            .unwrap_or_default();
        self.type_list(offset).take(MAX_PARAMETERS)
    }

    /// The return type of a prototype.
    pub fn return_type(&self, index: ProtoIdx) -> Option<TypeIdx> {
        let item = self.header.protos.item(index.0, 12)?;
        Some(TypeIdx(u32_at(self.data, item.checked_add(4)?)?))
    }

    /// A `type_list` at `offset`; 0 is the empty list. It ends early where the bytes do.
    pub(super) fn type_list(&self, offset: u32) -> impl Iterator<Item = TypeIdx> + use<'a> {
        let count = if offset == 0 { 0 } else { u32_at(self.data, at(offset)).unwrap_or_default() };
        let items = at(offset).checked_add(4).and_then(|start| self.data.get(start..)).unwrap_or_default();
        items.chunks_exact(2).take(at(count)).filter_map(|item| u16_at(item, 0)).map(|index| TypeIdx(index.into()))
    }

    /// `(Ljava/lang/String;I)V`: a prototype as smali writes it. Slots that cannot be read are `?`.
    pub fn proto_descriptor(&self, index: ProtoIdx) -> String {
        let mut out = String::new();
        self.push_proto(index, &mut out);
        out
    }

    /// [`Dex::proto_descriptor`] into a string that exists.
    pub fn push_proto(&self, index: ProtoIdx, out: &mut String) {
        out.push('(');
        let full = out.len().saturating_add(MAX_PROTO);
        for parameter in self.parameters(index) {
            if full < out.len() {
                out.push('…');
                break;
            }
            out.push_str(&self.type_descriptor(parameter).unwrap_or(Cow::Borrowed("?")));
        }
        out.push(')');
        out.push_str(&self.return_type(index).and_then(|ty| self.type_descriptor(ty)).unwrap_or(Cow::Borrowed("?")));
    }

    /// `Lcom/example/A;->name(I)V`: a method as smali writes it.
    pub fn method_descriptor(&self, index: MethodIdx) -> String {
        match self.method(index) {
            Some(method) => format!(
                "{}->{}{}",
                self.type_descriptor(method.class).unwrap_or(Cow::Borrowed("?")),
                self.name_bytes(method.name).map_or(Cow::Borrowed("?"), decoded),
                self.proto_descriptor(method.proto)
            ),
            None => format!("?->method@{}", index.0),
        }
    }

    /// `Lcom/example/A;->name:I`: a field as smali writes it.
    pub fn field_descriptor(&self, index: FieldIdx) -> String {
        match self.field(index) {
            Some(field) => format!(
                "{}->{}:{}",
                self.type_descriptor(field.class).unwrap_or(Cow::Borrowed("?")),
                self.name_bytes(field.name).map_or(Cow::Borrowed("?"), decoded),
                self.type_descriptor(field.ty).unwrap_or(Cow::Borrowed("?"))
            ),
            None => format!("?->field@{}", index.0),
        }
    }
}

/// Modified UTF-8 as text; bytes that are none become U+FFFD.
fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => simd_cesu8::mutf8::decode_lossy(bytes),
    }
}
