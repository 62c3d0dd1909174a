//! Compiled XML (`ResXMLTree` of AOSP's `ResourceTypes.h`) into the element tree.
//!
//! It reads what Android reads: chunks it does not know are skipped by their size, the document ends where its header
//! says, attributes are known by resource id whatever their names. What Android refuses is an issue and is read as far
//! as it makes sense.

use super::bytes::{Budget, Chunk, Issues, u8_at, u16_at, u32_at};
use super::element::{Attribute, Element, Namespace, Open, Value};
use super::strings::{STRING_POOL, StringPool};

const RESOURCE_MAP: u16 = 0x0180;
const START_ELEMENT: u16 = 0x0102;
const END_ELEMENT: u16 = 0x0103;
const CDATA: u16 = 0x0104;

/// `sizeof(ResXMLTree_node)`.
const NODE_HEADER: usize = 16;

/// Reads `bytes`, a whole file, and gives its root element.
pub(super) fn read(bytes: &[u8], issues: &mut Issues) -> Option<Element> {
    let file = match Chunk::parse(bytes, 0) {
        Ok(file) => file,
        Err(message) => {
            issues.push(0, message);
            return None;
        }
    };
    let mut document = Document { strings: StringPool::default(), ids: &[], budget: Budget::new() };
    let mut open = Open::default();
    for chunk in file.children() {
        let chunk = match chunk {
            Ok(chunk) => chunk,
            Err((offset, message)) => {
                issues.push(offset, message);
                break;
            }
        };
        match chunk.kind {
            // Android binds names to the pool that comes before the first node; later ones are never looked at.
            STRING_POOL if open.is_empty() => match StringPool::parse(&chunk) {
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
                    document.report(issues);
                    return Some(root);
                }
            }
            CDATA => open.text(&document.string(u32_at(chunk.body(), 0)).unwrap_or_default()),
            _ => {}
        }
    }
    document.report(issues);
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
    budget: Budget,
}

impl Document<'_> {
    /// The element that `node` starts (`ResXMLTree_attrExt` after the header).
    fn element(&self, node: &Chunk<'_>, issues: &mut Issues) -> Element {
        let body = node.body();
        let name = self.string(u32_at(body, 4)).unwrap_or_default();
        let (Some(start), Some(size), Some(count)) = (u16_at(body, 8), u16_at(body, 10), u16_at(body, 12)) else {
            issues.push(node.offset, "element ends inside its header");
            return Element { name, offset: Some(node.offset), ..Element::default() };
        };
        // Android takes 20 bytes at each stride, whatever the stride.
        let (start, size, count) = (usize::from(start), usize::from(size), usize::from(count));
        let attributes: Vec<Attribute> = (0..count)
            .map_while(|index| {
                let at = start.checked_add(index.checked_mul(size)?)?;
                self.attribute(body.get(at..at.checked_add(20)?)?)
            })
            .collect();
        if attributes.len() < count {
            let message = format!("element claims {count} attributes, {} fit in it", attributes.len());
            issues.push(node.offset, message);
        }
        Element { name, offset: Some(node.offset), attributes, ..Element::default() }
    }

    /// The attribute in `bytes` (`ResXMLTree_attribute`).
    fn attribute(&self, bytes: &[u8]) -> Option<Attribute> {
        // Without an id, an attribute is known by its name alone: one that claims the platform's namespace but has no
        // id is nothing to Android.
        let named = self.strings.get(u32_at(bytes, 0)?).is_some();
        let namespace = if named { Namespace::Other } else { Namespace::None };
        let name = u32_at(bytes, 4)?;
        let id =
            usize::try_from(name).ok().and_then(|name| u32_at(self.ids, name.checked_mul(4)?)).filter(|id| *id != 0);
        let raw = || self.string(u32_at(bytes, 8));
        let (kind, data) = (u8_at(bytes, 15)?, u32_at(bytes, 16)?);
        let value = match Value::from_typed(kind, data, |index| {
            // What is asked for by name is given as written, not as compiled (`XmlBlock.Parser.getAttributeValue`).
            let written = if id.is_none() { raw() } else { None };
            written.or_else(|| self.string(Some(index)))
        }) {
            Value::Other(text) => Value::Other(raw().unwrap_or(text)),
            value => value,
        };
        Some(Attribute { id, namespace, name: self.string(Some(name)).unwrap_or_default(), value })
    }

    /// The string at `index`, while the document may cost more.
    fn string(&self, index: Option<u32>) -> Option<String> {
        let string = self.strings.get(index?)?;
        self.budget.take(string.len())?;
        Some(string.into_owned())
    }

    /// Says that strings were left out, where they were.
    fn report(&self, issues: &mut Issues) {
        if self.budget.is_spent() {
            issues.push(None, "strings of the document are beyond its budget; the rest is left out");
        }
    }
}
