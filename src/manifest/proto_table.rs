//! `resources.pb`: the values of one resource, looked up where they lie (`ResourceTable` of AOSP's aapt2
//! `Resources.proto`).
//!
//! Parsing notes where the types are; the entries of a type are walked when one of them is asked for.

use super::bytes::{Budget, Issues};
use super::element::Reference;
use super::protobuf::{Field, Message, UNREADABLE, read_item};
use super::resources::{Candidate, Config, Locale, STEP};

/// A resource table of a bundle.
#[derive(Debug, Default)]
pub(super) struct ProtoTable<'a> {
    types: Vec<Type<'a>>,
}

/// A type of a package, such as `string`.
#[derive(Debug)]
struct Type<'a> {
    package: u32,
    id: u32,
    name: Message<'a>,
    body: Message<'a>,
}

impl<'a> ProtoTable<'a> {
    /// The table in `bytes`, a whole file.
    pub(super) fn parse(bytes: &'a [u8], issues: &mut Issues) -> Self {
        let mut table = Self::default();
        for field in Message::new(bytes).fields() {
            match field {
                Ok((2, Field::Bytes(package))) => table.add(package, issues),
                Ok(_) => {}
                Err(offset) => issues.push(offset, UNREADABLE),
            }
        }
        table
    }

    /// The values of a resource in all configurations, in the order of the file.
    pub(super) fn candidates(&self, reference: &Reference, budget: &Budget) -> Vec<Candidate> {
        let Some((_, entry)) = self.entry(reference, budget) else { return Vec::new() };
        entry
            .readable()
            .filter_map(|field| match field {
                (6, Field::Bytes(value)) => Some(value),
                _ => None,
            })
            .map_while(|value| budget.take(value.len().saturating_add(STEP)).map(|()| value))
            .filter_map(candidate)
            .collect()
    }

    /// `type/name` of a resource.
    pub(super) fn name(&self, reference: &Reference, budget: &Budget) -> Option<String> {
        let (of_type, entry) = self.entry(reference, budget)?;
        let name = inner(entry, 2)?;
        budget.take(of_type.name.len().saturating_add(name.len()))?;
        Some(format!("{}/{}", of_type.name.text(), name.text()))
    }

    fn add(&mut self, package: Message<'a>, issues: &mut Issues) {
        let id = inner(package, 1).and_then(|id| id.number(1)).unwrap_or_default();
        for field in package.fields() {
            match field {
                Ok((3, Field::Bytes(body))) => self.types.push(Type {
                    package: id,
                    id: inner(body, 1).and_then(|id| id.number(1)).unwrap_or_default(),
                    name: inner(body, 2).unwrap_or_default(),
                    body,
                }),
                Ok(_) => {}
                Err(offset) => issues.push(offset, UNREADABLE),
            }
        }
    }

    /// The `Entry` of a resource with its type: by id, or by `type/name` where it has none.
    fn entry(&self, reference: &Reference, budget: &Budget) -> Option<(&Type<'a>, Message<'a>)> {
        let [package, type_id, ..] = reference.id.to_be_bytes();
        let index = reference.id & 0xffff;
        let path = reference.name.rsplit_once(':').map_or(reference.name.as_str(), |(_, path)| path);
        let (type_name, name) = path.split_once('/').unwrap_or_default();
        let by_id = reference.id != 0;
        let of_type = self.types.iter().filter(|of_type| {
            if by_id {
                of_type.package == u32::from(package) && of_type.id == u32::from(type_id)
            } else {
                of_type.name.is(type_name)
            }
        });
        of_type
            .flat_map(|of_type| of_type.body.readable().map(move |field| (of_type, field)))
            .filter_map(|(of_type, field)| match field {
                (3, Field::Bytes(entry)) => Some((of_type, entry)),
                _ => None,
            })
            .map_while(|found| budget.take(STEP).map(|()| found))
            .find(|(_, entry)| {
                if by_id {
                    inner(*entry, 1).and_then(|id| id.number(1)).unwrap_or_default() == index
                } else {
                    inner(*entry, 2).is_some_and(|found| found.is(name))
                }
            })
    }
}

/// The value of a `ConfigValue`, where it is one item.
fn candidate(message: Message<'_>) -> Option<Candidate> {
    let value = read_item(inner(inner(message, 2)?, 4)?)?;
    Some(Candidate { config: inner(message, 1).map(config).unwrap_or_default(), value })
}

/// What a `Configuration` says.
fn config(message: Message<'_>) -> Config {
    let mut config = Config::default();
    for (number, field) in message.readable() {
        match (number, field) {
            (3, Field::Bytes(locale)) if locale.len() != 0 => {
                let locale = locale.text();
                config.locale =
                    if locale.split(['-', '_']).next() == Some("en") { Locale::English } else { Locale::Other };
            }
            (18, Field::Number(density)) => config.density = u32::try_from(density).unwrap_or_default(),
            (24, Field::Number(sdk)) => config.sdk = u32::try_from(sdk).unwrap_or_default(),
            (_, Field::Number(value)) => config.qualified |= value != 0,
            (_, Field::Bytes(value)) => config.qualified |= value.len() != 0,
        }
    }
    config
}

/// The first message in a field.
fn inner(message: Message<'_>, number: u64) -> Option<Message<'_>> {
    message.readable().find_map(|field| match field {
        (found, Field::Bytes(inner)) if found == number => Some(inner),
        _ => None,
    })
}
