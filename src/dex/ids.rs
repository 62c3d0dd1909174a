//! The tables of strings, types, prototypes, fields and methods, by typed index, on demand.

use std::borrow::Cow;

use super::Dex;
use super::bytes::{Cursor, at, u16_at, u32_at};

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
    /// The modified UTF-8 of a string, without the terminating NUL. A string that nothing ends reaches to the end.
    #[inline]
    pub fn string_bytes(&self, index: StringIdx) -> Option<&'a [u8]> {
        let item = self.header.strings.item(index.0, 4)?;
        let mut cursor = Cursor::new(self.data, at(u32_at(self.data, item)?));
        // The length counts UTF-16 units, not bytes, and the NUL ends the string whatever it says.
        cursor.uleb128()?;
        let tail = self.data.get(cursor.offset..)?;
        tail.get(..memchr::memchr(0, tail).unwrap_or(tail.len()))
    }

    /// A string; bytes that are no modified UTF-8 become U+FFFD.
    pub fn string(&self, index: StringIdx) -> Option<Cow<'a, str>> {
        let bytes = self.string_bytes(index)?;
        Some(match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => simd_cesu8::mutf8::decode_lossy(bytes),
        })
    }

    /// The string that holds a type's descriptor.
    #[inline]
    pub fn type_string(&self, index: TypeIdx) -> Option<StringIdx> {
        Some(StringIdx(u32_at(self.data, self.header.types.item(index.0, 4)?)?))
    }

    /// A type's descriptor: `Lcom/example/A;`, `I`, `[B`.
    #[inline]
    pub fn type_bytes(&self, index: TypeIdx) -> Option<&'a [u8]> {
        self.string_bytes(self.type_string(index)?)
    }

    /// A type's descriptor as text.
    pub fn type_descriptor(&self, index: TypeIdx) -> Option<Cow<'a, str>> {
        self.string(self.type_string(index)?)
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

    /// The parameter types of a prototype.
    pub fn parameters(&self, index: ProtoIdx) -> impl Iterator<Item = TypeIdx> + use<'a> {
        let offset = self
            .header
            .protos
            .item(index.0, 12)
            .and_then(|item| u32_at(self.data, item.checked_add(8)?))
            .unwrap_or_default();
        self.type_list(offset)
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
        for parameter in self.parameters(index) {
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
                self.string(method.name).unwrap_or(Cow::Borrowed("?")),
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
                self.string(field.name).unwrap_or(Cow::Borrowed("?")),
                self.type_descriptor(field.ty).unwrap_or(Cow::Borrowed("?"))
            ),
            None => format!("?->field@{}", index.0),
        }
    }
}
