//! The constants that a class gives its static fields.

use super::bytes::{Cursor, at};
use super::{ClassDef, Dex, FieldIdx, StringIdx};

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
                    Encoded::Constant(constant) if access & STATIC_FINAL == STATIC_FINAL => Some(constant),
                    _ => None,
                };
            }
        }
        None
    }
}

/// An `encoded_value`.
enum Encoded {
    Constant(Constant),
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
        _ => Encoded::Other,
    })
}
