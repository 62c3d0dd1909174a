//! References to their values in the default configuration, through either kind of resource table.
//!
//! The default is the one of a current phone without a language: no qualifier but the platform version, of which the
//! highest wins, since values that change by version stand for newer systems.

use std::cmp::Reverse;

use super::bytes::{Budget, Issues, u16_at};
use super::element::{Reference, Value};
use super::proto_table::ProtoTable;
use super::table::{self, Table};

/// References that lead to references; as many as AOSP's `AssetManager2` follows.
const MAX_STEPS: usize = 20;

/// What a visited table entry costs of the [`Budget`].
pub(super) const STEP: usize = 16;

/// A resource table, or none.
#[derive(Debug)]
pub(super) struct Resources<'a> {
    table: Kind<'a>,
    budget: Budget,
}

#[derive(Debug)]
enum Kind<'a> {
    None,
    Compiled(Table<'a>),
    Protobuf(ProtoTable<'a>),
}

/// One of the values of a resource.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Candidate {
    /// For which devices it is.
    pub(super) config: Config,
    /// The value.
    pub(super) value: Value,
}

/// The devices that a value is for, as far as the choice of the default needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Config {
    /// It is for a language.
    pub(super) locale: Locale,
    /// It has a qualifier beside language, density and version.
    pub(super) qualified: bool,
    /// Lowest platform version, or 0.
    pub(super) sdk: u32,
    /// Dots per inch, or 0.
    pub(super) density: u32,
}

/// Languages in the order in which they stand in for a missing default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) enum Locale {
    /// For all.
    #[default]
    Any,
    /// English.
    English,
    /// Another.
    Other,
}

impl<'a> Resources<'a> {
    /// The table in `bytes`: `resources.arsc`, or `resources.pb` of a bundle.
    pub(super) fn parse(bytes: Option<&'a [u8]>, issues: &mut Issues) -> Self {
        let table = match bytes {
            None => Kind::None,
            Some(bytes) if u16_at(bytes, 0) == Some(table::TABLE) => Kind::Compiled(Table::parse(bytes, issues)),
            Some(bytes) => Kind::Protobuf(ProtoTable::parse(bytes, issues)),
        };
        Self { table, budget: Budget::new() }
    }

    /// Starts anew with a budget for one look-up.
    pub(super) fn begin_lookup(&mut self) {
        self.budget = Budget::for_lookup();
    }

    /// `value` itself, or what it refers to in the end; `None` where that is not in the table.
    pub(super) fn resolve(&self, value: &Value) -> Option<Value> {
        let mut value = value.clone();
        for _ in 0..MAX_STEPS {
            let Value::Reference(reference) = &value else { return Some(value) };
            let candidates = self.candidates(reference);
            let default = candidates.into_iter().min_by_key(|candidate| {
                let Config { locale, qualified, sdk, density } = candidate.config;
                (locale, qualified, Reverse(sdk), density)
            });
            value = default?.value;
        }
        None
    }

    /// The path of the raster image with the most dots per inch that `value` refers to.
    pub(super) fn raster(&self, value: &Value) -> Option<String> {
        self.images(value, MAX_STEPS).map(|(_, path)| path)
    }

    /// `type/name` of a resource, or its id where the table does not know it.
    pub(super) fn name(&self, reference: &Reference) -> String {
        let name = match &self.table {
            Kind::Compiled(table) => table.name(reference.id, &self.budget),
            Kind::Protobuf(table) => table.name(reference, &self.budget),
            Kind::None => None,
        };
        name.map_or_else(|| reference.to_string(), |name| format!("@{name}"))
    }

    /// Something was left out because the table asks for too much.
    pub(super) fn is_spent(&self) -> bool {
        self.budget.is_spent()
    }

    /// The best image behind `value`, with what it is ordered by.
    fn images(&self, value: &Value, steps: usize) -> Option<(ImageOrder, String)> {
        let Value::Reference(reference) = value else { return None };
        let steps = steps.checked_sub(1)?;
        let images = self.candidates(reference).into_iter().filter_map(|Candidate { config, value }| match value {
            // Vectors and adaptive icons are compiled XML.
            Value::Text(path) if !path.as_bytes().ends_with(b".xml") => Some((image_order(config), path)),
            value => self.images(&value, steps),
        });
        images.min_by_key(|(order, _)| *order)
    }

    fn candidates(&self, reference: &Reference) -> Vec<Candidate> {
        match &self.table {
            Kind::None => Vec::new(),
            Kind::Compiled(table) => table.candidates(reference.id, &self.budget),
            Kind::Protobuf(table) => table.candidates(reference, &self.budget),
        }
    }
}

/// Smaller is better.
type ImageOrder = (Locale, bool, Reverse<u32>, Reverse<u32>);

/// Images for all devices come first, then the denser, then the newer.
fn image_order(config: Config) -> ImageOrder {
    // Without a density, and with "any" (0xfffe) or "none" (0xffff), an image counts as one of the base density.
    let density = if (1..0xfffe).contains(&config.density) { config.density } else { 160 };
    (config.locale, config.qualified, Reverse(density), Reverse(config.sdk))
}
