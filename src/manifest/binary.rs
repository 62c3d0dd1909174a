//! Compiled XML (`ResXMLTree` of AOSP's `ResourceTypes.h`) into the element tree.
//!
//! It reads what Android reads: chunks it does not know are skipped by their size, the document ends where its header
//! says, attributes are known by resource id whatever their names. What Android refuses is an issue and is read as far
//! as it makes sense.

use std::borrow::Cow;

use super::bytes::{Budget, Chunk, Issues, u8_at, u16_at, u32_at};
use super::element::{Attribute, Element, NODE_COST, Namespace, Open, Value};
use super::strings::{STRING_POOL, StringPool};

const RESOURCE_MAP: u16 = 0x0180;
const START_ELEMENT: u16 = 0x0102;
const END_ELEMENT: u16 = 0x0103;
const CDATA: u16 = 0x0104;

/// `sizeof(ResXMLTree_node)`.
const NODE_HEADER: usize = 16;

/// `sizeof(ResXMLTree_attribute)`.
const ATTRIBUTE: usize = 20;

/// Reads `bytes`, a whole file that may cost `budget`, and gives its root element.
pub(super) fn read(bytes: &[u8], budget: &Budget, issues: &mut Issues) -> Option<Element> {
    let file = match Chunk::parse(bytes, 0) {
        Ok(file) => file,
        Err(message) => {
            issues.push(0, message);
            return None;
        }
    };
    file.check_size(issues);
    let mut document = Document { strings: StringPool::default(), ids: &[], budget };
    let mut open = Open::new(budget);
    for chunk in file.children() {
        let chunk = match chunk {
            Ok(chunk) => chunk,
            Err((offset, message)) => {
                issues.push(offset, message);
                break;
            }
        };
        chunk.check_size(issues);
        match chunk.kind {
            // Android binds names to the pool that comes before the first node; later ones are never looked at.
            STRING_POOL if open.is_empty() => match StringPool::parse(&chunk, issues) {
                Some(strings) => document.strings = strings,
                None => issues.push(chunk.offset, "string pool ends inside its header"),
            },
            RESOURCE_MAP if open.is_empty() => document.ids = chunk.body(),
            START_ELEMENT | END_ELEMENT | CDATA if chunk.header < NODE_HEADER => {
                issues
                    .push(chunk.offset, format!("xml node {:#06x} has a header of {} bytes", chunk.kind, chunk.header));
            }
            START_ELEMENT => open.start(document.element(&chunk, issues), issues),
            END_ELEMENT => {
                if let Some(root) = open.end() {
                    return Some(root);
                }
            }
            CDATA => open.text(&u32_at(chunk.body(), 0).and_then(|text| document.string(text)).unwrap_or_default()),
            _ => {}
        }
    }
    let root = open.close();
    match root {
        Some(_) => issues.push(bytes.len(), "xml document ends inside an element"),
        None => issues.push(None, "xml document has no element"),
    }
    root
}

/// What the nodes of a document refer to.
struct Document<'a> {
    strings: StringPool<'a>,
    ids: &'a [u8],
    budget: &'a Budget,
}

impl Document<'_> {
    /// The element that `node` starts (`ResXMLTree_attrExt` after the header).
    fn element(&self, node: &Chunk<'_>, issues: &mut Issues) -> Element {
        let body = node.body();
        let mut element = Element { offset: Some(node.offset), ..Element::default() };
        let layout = (u32_at(body, 4), u16_at(body, 8), u16_at(body, 10), u16_at(body, 12));
        let (Some(name), Some(start), Some(size), Some(count)) = layout else {
            issues.push(node.offset, "element ends inside its header");
            return element;
        };
        element.name = self.expect(name, node.offset, issues).unwrap_or_default();
        if 0 < count && usize::from(size) < ATTRIBUTE {
            issues.push(node.offset, format!("expected attributes of {ATTRIBUTE} bytes, found {size}"));
            return element;
        }
        let (start, size, count) = (usize::from(start), usize::from(size), usize::from(count));
        element.attributes.extend((0..count).map_while(|index| {
            let at = start.checked_add(index.checked_mul(size)?)?;
            self.attribute(body.get(at..at.checked_add(ATTRIBUTE)?)?, node.offset, issues)
        }));
        if element.attributes.len() < count && !self.budget.is_spent() {
            let message = format!("element claims {count} attributes, {} fit in it", element.attributes.len());
            issues.push(node.offset, message);
        }
        element
    }

    /// The attribute in `bytes` (`ResXMLTree_attribute`) of the node at `offset`.
    fn attribute(&self, bytes: &[u8], offset: usize, issues: &mut Issues) -> Option<Attribute> {
        self.budget.take(NODE_COST)?;
        let (namespace, name, written) = (u32_at(bytes, 0)?, u32_at(bytes, 4)?, u32_at(bytes, 8)?);
        let (kind, data) = (u8_at(bytes, 15)?, u32_at(bytes, 16)?);
        // Without an id, an attribute is known by its name alone: one that claims the platform's namespace but has no
        // id is nothing to Android.
        let namespace = if self.strings.contains(namespace) { Namespace::Other } else { Namespace::None };
        let id =
            usize::try_from(name).ok().and_then(|name| u32_at(self.ids, name.checked_mul(4)?)).filter(|id| *id != 0);
        let value = Value::from_typed(kind, data, |compiled| {
            // What is asked for by name is given as written, not as compiled (`XmlBlock.Parser.getAttributeValue`).
            let written = if id.is_none() { self.string(written) } else { None };
            written.or_else(|| self.expect(compiled, offset, issues))
        });
        let value = match value {
            None => Value::Null,
            Some(Value::Other(text)) => Value::Other(self.string(written).unwrap_or(text)),
            Some(value) => value,
        };
        Some(Attribute { id, namespace, name: self.string(name).unwrap_or_default(), value })
    }

    /// The string at `index`, which the node at `offset` cannot do without.
    fn expect(&self, index: u32, offset: usize, issues: &mut Issues) -> Option<String> {
        let string = self.string(index);
        if string.is_none() && !self.budget.is_spent() {
            issues.push(offset, format!("string {index} is not in the pool"));
        }
        string
    }

    /// The string at `index`, where there is one and the document may still cost something.
    fn string(&self, index: u32) -> Option<String> {
        self.strings.get(index, self.budget).map(Cow::into_owned)
    }
}
