//! The constants that a class gives its static fields.

use super::bytes::{Cursor, at, u16_at, u32_at};
use super::{ClassDef, Dex, FieldIdx, MethodIdx, StringIdx};

/// `TYPE_CALL_SITE_ID_ITEM`
const TYPE_CALL_SITE_ID: u16 = 0x0007;

/// `TYPE_METHOD_HANDLE_ITEM`
const TYPE_METHOD_HANDLE: u16 = 0x0008;

/// Arguments of a bootstrap method that are looked at: a `java.lang.invoke` call site has a few.
const MAX_BOUND: u32 = 256;

/// `ACC_STATIC | ACC_FINAL`
const STATIC_FINAL: u32 = 0x18;

/// The value of a static field before any code runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Constant {
    /// A whole number, a character or a truth value.
    Int(i64),
    /// A string.
    String(StringIdx),
}

impl Dex<'_> {
    /// The constant of a `static final` field that `class` defines: one that code may set is none.
    ///
    /// Source: Android "Dalvik executable format", `encoded_array_item` and `encoded_value`.
    pub fn constant(&self, class: &ClassDef, field: FieldIdx) -> Option<Constant> {
        self.initial(class, field).filter(|(_, access)| access & STATIC_FINAL == STATIC_FINAL).map(|(value, _)| value)
    }

    /// The value of a static field that `class` defines before any code runs, and its access flags.
    pub fn initial(&self, class: &ClassDef, field: FieldIdx) -> Option<(Constant, u32)> {
        if class.values == 0 {
            return None;
        }
        let mut members = Cursor::new(self.data, at(class.data));
        let statics = members.uleb128()?;
        for _ in 0..3 {
            members.uleb128()?;
        }
        let mut values = Cursor::new(self.data, at(class.values));
        let listed = values.uleb128()?;
        let mut index = 0u32;
        // The values belong to the first static fields, in their order.
        for _ in 0..statics.min(listed) {
            index = index.checked_add(members.uleb128()?)?;
            let access = members.uleb128()?;
            let value = read_value(&mut values)?;
            if index == field.0 {
                return match value {
                    Encoded::Constant(constant) => Some((constant, access)),
                    Encoded::MethodHandle(_) | Encoded::Other => None,
                };
            }
        }
        None
    }
}

impl Dex<'_> {
    /// The methods among the arguments of an `invoke-custom`: for a lambda, the one with its code. Its own bootstrap method
    /// is left out, and so is what is no method of `method_ids`.
    ///
    /// Source: Android "Dalvik executable format", `call_site_id_item`, `call_site_item` and `method_handle_item`.
    pub fn call_site_methods(&self, call_site: u32) -> Vec<MethodIdx> {
        self.call_site(call_site).unwrap_or_default()
    }

    fn call_site(&self, call_site: u32) -> Option<Vec<MethodIdx>> {
        let sites = self.header.mapped(self.data, TYPE_CALL_SITE_ID, 4)?.item(call_site, 4)?;
        let mut values = Cursor::new(self.data, at(u32_at(self.data, sites)?));
        let mut methods = Vec::new();
        for place in 0..values.uleb128()?.min(MAX_BOUND) {
            let Some(Encoded::MethodHandle(handle)) = read_value(&mut values) else { continue };
            methods.extend(self.handle_method(handle).filter(|_| place > 0));
        }
        Some(methods)
    }

    /// The method that a handle stands for, by the place of the handle in `method_handles`; none where it is for a field.
    pub fn handle_method(&self, handle: u32) -> Option<MethodIdx> {
        let handle = self.header.mapped(self.data, TYPE_METHOD_HANDLE, 8)?.item(handle, 8)?;
        // 0x00–0x03 are for fields.
        let is_method = u16_at(self.data, handle)? > 0x03;
        is_method.then_some(MethodIdx(u16_at(self.data, handle.checked_add(4)?)?.into()))
    }
}

/// An `encoded_value`.
enum Encoded {
    Constant(Constant),
    /// Its place in `method_handles`.
    MethodHandle(u32),
    /// One that nobody asks for, such as a class or null.
    Other,
}

/// The next value; none where it breaks off, or is of a kind that a static field cannot have.
fn read_value(cursor: &mut Cursor<'_>) -> Option<Encoded> {
    let head = cursor.u8()?;
    let (kind, argument) = (head & 0x1f, head >> 5);
    let size = match kind {
        0x00 | 0x02..=0x04 | 0x06 | 0x10 | 0x11 | 0x15..=0x1b => argument.saturating_add(1),
        // null and the truth values lie in the head.
        0x1e | 0x1f => 0,
        _ => return None,
    };
    let mut bytes = [0u8; 8];
    for byte in bytes.iter_mut().take(size.into()) {
        *byte = cursor.u8()?;
    }
    let number = u64::from_le_bytes(bytes);
    let unused = 64u32.saturating_sub(u32::from(size).saturating_mul(8));
    let signed = number.wrapping_shl(unused).cast_signed().wrapping_shr(unused);
    Some(match kind {
        0x00 | 0x02 | 0x04 | 0x06 => Encoded::Constant(Constant::Int(signed)),
        0x03 => Encoded::Constant(Constant::Int(number.cast_signed())),
        0x17 => Encoded::Constant(Constant::String(StringIdx(u32::try_from(number).ok()?))),
        0x1f => Encoded::Constant(Constant::Int(argument.into())),
        0x16 => Encoded::MethodHandle(u32::try_from(number).ok()?),
        _ => Encoded::Other,
    })
}
