//! XML as protobuf (`XmlNode` of AOSP's aapt2 `Resources.proto`), as bundles have it, into the element tree.
//!
//! The wire format is read by a walker of its own: two messages are wanted, and of them only some fields.

use super::bytes::{Budget, Issues};
use super::element::{ANDROID, Attribute, Element, MAX_DEPTH, NODE_COST, Namespace, Reference, TOO_DEEP, Value};

/// A message, and where it lies in the file.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Message<'a> {
    bytes: &'a [u8],
    offset: usize,
}

/// The value of a field.
#[derive(Debug, Clone, Copy)]
pub(super) enum Field<'a> {
    /// A number: of wire type 0, 1 or 5.
    Number(u64),
    /// A string or a message inside.
    Bytes(Message<'a>),
}

/// The fields of a message in order; ends after the first unreadable one.
#[derive(Debug)]
pub(super) struct Fields<'a> {
    bytes: &'a [u8],
    offset: usize,
}

/// Reads `bytes`, a whole file that may cost `budget`, and gives its root element.
pub(super) fn read(bytes: &[u8], budget: &Budget, issues: &mut Issues) -> Option<Element> {
    let root = Message::new(bytes).inner(1, issues).map(|element| read_element(element, 1, budget, issues));
    if root.is_none() {
        issues.push(0, "expected an xml element as protobuf field 1");
    }
    root
}

/// An `XmlElement` at `depth`, the root's being 1.
fn read_element(message: Message<'_>, depth: usize, budget: &Budget, issues: &mut Issues) -> Element {
    let mut element = Element { offset: Some(message.offset), ..Element::default() };
    for field in message.fields() {
        match field {
            Ok((3, Field::Bytes(name))) => element.name = name.text(),
            Ok((4, Field::Bytes(attribute))) if budget.take(NODE_COST).is_some() => {
                element.attributes.push(read_attribute(attribute, issues));
            }
            Ok((5, Field::Bytes(node))) => {
                for field in node.fields() {
                    match field {
                        Ok((1, Field::Bytes(child))) if MAX_DEPTH <= depth => issues.push(child.offset, TOO_DEEP),
                        Ok((1, Field::Bytes(child))) if budget.take(NODE_COST).is_some() => {
                            element.children.push(read_element(child, depth.saturating_add(1), budget, issues));
                        }
                        Ok((2, Field::Bytes(text))) => element.text.push_str(&text.text()),
                        Ok(_) => {}
                        Err(offset) => issues.push(offset, UNREADABLE),
                    }
                }
            }
            Ok(_) => {}
            Err(offset) => issues.push(offset, UNREADABLE),
        }
    }
    element
}

/// An `XmlAttribute`.
fn read_attribute(message: Message<'_>, issues: &mut Issues) -> Attribute {
    let mut attribute =
        Attribute { id: None, namespace: Namespace::None, name: String::new(), value: Value::Text(String::new()) };
    let mut compiled = None;
    for field in message.fields() {
        match field {
            Ok((1, Field::Bytes(uri))) if uri.bytes == ANDROID.as_bytes() => attribute.namespace = Namespace::Android,
            Ok((1, Field::Bytes(uri))) if !uri.bytes.is_empty() => attribute.namespace = Namespace::Other,
            Ok((2, Field::Bytes(name))) => attribute.name = name.text(),
            Ok((3, Field::Bytes(value))) => attribute.value = Value::Text(value.text()),
            Ok((5, Field::Number(id))) => attribute.id = low_half(id).filter(|id| *id != 0),
            Ok((6, Field::Bytes(item))) => compiled = read_item(item),
            Ok(_) => {}
            Err(offset) => issues.push(offset, UNREADABLE),
        }
    }
    match compiled {
        // What has no plain value of its own is best told as it was written.
        Some(Value::Other(_)) if attribute.value != Value::Text(String::new()) => {}
        Some(value) => attribute.value = value,
        None => {}
    }
    attribute
}

/// The value of an `Item`, where it is of a kind that has one.
pub(super) fn read_item(item: Message<'_>) -> Option<Value> {
    item.readable().find_map(|(number, field)| match (number, field) {
        (1, Field::Bytes(reference)) => Some(read_reference(reference)),
        // String, raw string, styled string and file all begin with their text.
        (2..=5, Field::Bytes(text)) => Some(Value::Text(text.string(1).unwrap_or_default())),
        (7, Field::Bytes(primitive)) => primitive.readable().find_map(read_primitive),
        _ => None,
    })
}

/// A `Reference`; one to nothing is `@null`.
fn read_reference(message: Message<'_>) -> Value {
    let mut reference = Reference::default();
    for (number, field) in message.readable() {
        match (number, field) {
            (2, Field::Number(id)) => reference.id = low_half(id).unwrap_or_default(),
            (3, Field::Bytes(name)) => reference.name = name.text(),
            _ => {}
        }
    }
    if reference == Reference::default() { Value::Null } else { Value::Reference(reference) }
}

/// A field of `Primitive`.
fn read_primitive((number, field): (u64, Field<'_>)) -> Option<Value> {
    let value = match field {
        Field::Number(value) => low_half(value)?,
        Field::Bytes(_) => 0,
    };
    // The numbers of `Res_value::dataType` for the same kinds.
    let kind = match number {
        1 => 0x00,
        2 => return Some(Value::Text(String::new())),
        3 => 0x04,
        6 => 0x10,
        7 => 0x11,
        8 => 0x12,
        9..=12 => 0x1c,
        _ => return Some(Value::Other(format!("{value:#x}"))),
    };
    Value::from_typed(kind, value, |_| None)
}

/// What is said of a field that breaks the wire format.
pub(super) const UNREADABLE: &str = "protobuf field breaks the wire format";

/// The lower 32 bits: negative numbers of 32 bits are written with 64.
pub(super) fn low_half(number: u64) -> Option<u32> {
    u32::try_from(number & u64::from(u32::MAX)).ok()
}

impl<'a> Message<'a> {
    /// The message that a whole file is.
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, offset: 0 }
    }

    /// Its fields; an unreadable one gives its offset and ends them.
    pub(super) fn fields(&self) -> Fields<'a> {
        Fields { bytes: self.bytes, offset: self.offset }
    }

    /// Its fields up to the first unreadable one.
    pub(super) fn readable(&self) -> impl Iterator<Item = (u64, Field<'a>)> + use<'a> {
        self.fields().map_while(Result::ok)
    }

    /// It as text, bytes that are none replaced.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(self.bytes).into_owned()
    }

    /// The text of a field, where it has it.
    pub(super) fn string(&self, number: u64) -> Option<String> {
        self.readable().find_map(|field| match field {
            (found, Field::Bytes(text)) if found == number => Some(text.text()),
            _ => None,
        })
    }

    /// The number in a field, where it has it.
    pub(super) fn number(&self, number: u64) -> Option<u32> {
        self.readable().find_map(|field| match field {
            (found, Field::Number(value)) if found == number => low_half(value),
            _ => None,
        })
    }

    /// Bytes it takes.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// It is this text.
    pub(super) fn is(&self, text: &str) -> bool {
        self.bytes == text.as_bytes()
    }

    /// The first message in a field; what breaks the format before it is an issue.
    fn inner(&self, number: u64, issues: &mut Issues) -> Option<Message<'a>> {
        self.fields().find_map(|field| match field {
            Ok((found, Field::Bytes(message))) if found == number => Some(message),
            Ok(_) => None,
            Err(offset) => {
                issues.push(offset, UNREADABLE);
                None
            }
        })
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Field<'a>), usize>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.bytes.is_empty() {
            return None;
        }
        let start = self.offset;
        let field = self.field();
        if field.is_none() {
            self.bytes = &[];
        }
        Some(field.ok_or(start))
    }
}

impl<'a> Fields<'a> {
    fn field(&mut self) -> Option<(u64, Field<'a>)> {
        let key = self.varint()?;
        let field = match key & 7 {
            0 => Field::Number(self.varint()?),
            1 => Field::Number(u64::from_le_bytes(*self.take(8)?.first_chunk()?)),
            2 => {
                let length = usize::try_from(self.varint()?).ok()?;
                let offset = self.offset;
                Field::Bytes(Message { bytes: self.take(length)?, offset })
            }
            5 => Field::Number(u64::from(u32::from_le_bytes(*self.take(4)?.first_chunk()?))),
            _ => return None,
        };
        Some((key >> 3, field))
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = *self.take(1)?.first()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        self.offset = self.offset.saturating_add(length);
        Some(taken)
    }
}
