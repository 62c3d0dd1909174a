//! Text XML, as in a library archive or a decoded package, into the element tree.
//!
//! Entities other than the five of XML itself are not expanded.

use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace as Uri, ResolveResult};
use quick_xml::{NsReader, XmlVersion};

use super::bytes::{Budget, Issues};
use super::element::{ANDROID, Attribute, Element, NODE_COST, Namespace, Open, Reference, Value};

/// Reads `bytes`, a whole file in UTF-8 that may cost `budget`, and gives its root element.
pub(super) fn read(bytes: &[u8], budget: &Budget, issues: &mut Issues) -> Option<Element> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            issues.push(error.valid_up_to(), "xml text is not utf-8");
            return None;
        }
    };
    let mut reader = NsReader::from_str(text.trim_start_matches('\u{feff}'));
    let mut open = Open::new(budget);
    loop {
        let offset = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let event = match reader.read_event() {
            Ok(event) => event,
            Err(error) => {
                issues.push(offset, format!("xml text: {error}"));
                break;
            }
        };
        let ended = match event {
            Event::Start(tag) => {
                open.start(element(&reader, &tag, offset, budget, issues), issues);
                None
            }
            Event::Empty(tag) => {
                open.start(element(&reader, &tag, offset, budget, issues), issues);
                open.end()
            }
            Event::End(_) => open.end(),
            Event::Text(text) => {
                open.text(&text.xml10_content());
                None
            }
            Event::CData(text) => {
                open.text(&text.xml10_content());
                None
            }
            Event::Eof => break,
            _ => None,
        };
        if ended.is_some() {
            return ended;
        }
    }
    let root = open.close();
    match root {
        Some(_) => issues.push(bytes.len(), "xml document ends inside an element"),
        None => issues.push(None, "xml document has no element"),
    }
    root
}

/// The element that `tag` starts.
fn element(
    reader: &NsReader<&[u8]>,
    tag: &BytesStart<'_>,
    offset: usize,
    budget: &Budget,
    issues: &mut Issues,
) -> Element {
    let mut attributes = Vec::new();
    // The check for duplicates compares each with each; the first counts.
    for attribute in tag.attributes().with_checks(false) {
        if budget.take(NODE_COST).is_none() {
            break;
        }
        let attribute = match attribute {
            Ok(attribute) => attribute,
            Err(error) => {
                issues.push(offset, format!("xml attribute: {error}"));
                continue;
            }
        };
        let (namespace, name) = reader.resolver().resolve_attribute(attribute.key);
        let namespace = match namespace {
            ResolveResult::Unbound => Namespace::None,
            ResolveResult::Bound(Uri(uri)) if uri == ANDROID => Namespace::Android,
            _ => Namespace::Other,
        };
        match attribute.normalized_value(XmlVersion::Implicit1_0) {
            Ok(value) => attributes.push(Attribute {
                id: None,
                namespace,
                name: name.into_inner().to_owned(),
                value: parse_value(value.into_owned()),
            }),
            Err(error) => issues.push(offset, format!("xml attribute: {error}")),
        }
    }
    Element { name: tag.local_name().into_inner().to_owned(), offset: Some(offset), attributes, ..Element::default() }
}

/// An attribute's value: a reference to a resource is written `@type/name`.
fn parse_value(text: String) -> Value {
    match text.strip_prefix('@') {
        Some("null" | "empty") => Value::Null,
        Some(name) if name.contains('/') => Value::Reference(Reference { id: 0, name: name.to_owned() }),
        _ => Value::Text(text),
    }
}
