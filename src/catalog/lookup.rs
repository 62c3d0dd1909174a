//! Look-ups over the compiled catalog: by id, by the words of a policy, and by the package of a class.
//!
//! What a word means for a verdict is decided in `check`; here it is only found.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::app_type::AppType;
use super::model::{DataType, Implied, Marker, Permission, Sdk, Source, SourceKind};
use super::prefix::{PrefixMatch, PrefixSearch};
use super::register::Register;
use super::register_table::{self, Under};
use super::rule::Rule;
use super::{Catalog, Tables, word_key};

/// Tables that are made on first use; `candor --version` pays for none of them.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Given with the compiled catalog.
    register: OnceLock<Register>,
    data_words: OnceLock<Words>,
    sdk_words: OnceLock<Words>,
    permission_words: OnceLock<Words>,
}

impl Index {
    /// With the register that was compiled beside the tables.
    pub(super) fn with(register: Register) -> Self {
        Self { register: OnceLock::from(register), ..Self::default() }
    }
}

/// Folded word to positions in a table, ascending.
type Words = HashMap<Box<str>, Vec<u32>>;

impl Catalog {
    /// The data type with this id.
    pub fn data_type(&self, id: &str) -> Option<&DataType> {
        self.tables.data_types.find(id, |entry| entry.id)
    }

    /// Whether `leaf` lies below `umbrella`, at any depth. Nothing lies below itself.
    pub fn covers(&self, umbrella: &str, leaf: &str) -> bool {
        self.ancestors(leaf).any(|above| above == umbrella)
    }

    /// The data types above `id`, each once, the nearest first.
    pub fn ancestors(&self, id: &str) -> impl Iterator<Item = &'static str> {
        let mut found: Vec<&'static str> = Vec::new();
        let mut next = self.data_type(id);
        for place in 0.. {
            let above = next.map(|entry| [entry.parent].into_iter().chain(entry.also.iter().copied()));
            for above in above.into_iter().flatten().filter(|above| !above.is_empty()) {
                if !found.contains(&above) {
                    found.push(above);
                }
            }
            let Some(above) = found.get(place) else { break };
            next = self.data_type(above);
        }
        found.into_iter()
    }

    /// The data types below `umbrella` that are no umbrellas themselves, sorted.
    pub fn leaves(&self, umbrella: &str) -> impl Iterator<Item = &DataType> {
        self.tables.data_types.iter().filter(move |entry| !entry.umbrella && self.covers(umbrella, entry.id))
    }

    /// The data types that policies call `word`, apart from case and spaces; several when the word is ambiguous.
    pub fn data_by_alias(&self, word: &str) -> impl Iterator<Item = &DataType> {
        let words = self.index.data_words.get_or_init(|| {
            words(&self.tables.data_types, |entry| {
                [entry.id, entry.name_zh, entry.name_en]
                    .into_iter()
                    .chain(entry.aliases_zh.iter().copied())
                    .chain(entry.aliases_en.iter().copied())
            })
        });
        pick(&self.tables.data_types, words, word)
    }

    /// The SDK with this id.
    pub fn sdk(&self, id: &str) -> Option<&Sdk> {
        self.tables.sdks.find(id, |entry| entry.id)
    }

    /// The SDK with this id, its parent, and so on to the top of its family.
    pub fn family(&self, id: &str) -> impl Iterator<Item = &Sdk> {
        std::iter::successors(self.sdk(id), |entry| self.sdk(entry.parent))
    }

    /// Whether a policy row that names the SDK `row` speaks for the code of the SDK `code`: the same one, a member of
    /// its family (支付宝 for the security module inside it), or the core that `row` is built on (微信支付 for the
    /// shared package of wechat-opensdk). A row never speaks for its siblings.
    pub fn row_covers(&self, row: &str, code: &str) -> bool {
        self.family(code).any(|entry| entry.id == row) || self.family(row).any(|entry| entry.id == code)
    }

    /// The SDKs that policies call `name`, apart from case and spaces; several when the name is ambiguous.
    pub fn sdk_by_policy_name(&self, name: &str) -> impl Iterator<Item = &Sdk> {
        let words = self.index.sdk_words.get_or_init(|| {
            words(&self.tables.sdks, |entry| {
                [entry.id, entry.name, entry.name_zh].into_iter().chain(entry.policy_names.iter().copied())
            })
        });
        pick(&self.tables.sdks, words, name)
    }

    /// Whose code a class is, by the longest prefix that ends at a segment of its name. `class` is a descriptor
    /// (`Lcom/tencent/bugly/a/B$C;`) or a dotted name; nothing is allocated.
    pub fn sdk_by_prefix(&self, class: &str) -> Option<PrefixMatch<'_>> {
        self.prefix_search().longest(class.as_bytes())
    }

    /// [`Self::sdk_by_prefix`] for many classes, by the bytes of their descriptors.
    pub fn prefix_search(&self) -> PrefixSearch<'_> {
        PrefixSearch::new(self)
    }

    /// Under which word its entries are found.
    pub fn register(&self) -> &Register {
        self.index.register.get_or_init(|| {
            let table = register_table::compile(&self.tables).expect("as many entries as fit into 32 bits");
            Register::of(table.leak())
        })
    }

    /// The sources that stand under a word, by its key.
    pub fn sources_under(&self, under: Under, word: u64) -> impl Iterator<Item = &Source> {
        self.register().under(under, word).filter_map(|place| self.tables.sources.at(place))
    }

    /// The SDKs that stand under a word, by its key, each with its place.
    pub fn sdks_under(&self, under: Under, word: u64) -> impl Iterator<Item = (usize, &Sdk)> {
        self.register().under(under, word).filter_map(|place| Some((place, self.tables.sdks.at(place)?)))
    }

    /// The permission with this full name.
    pub fn permission(&self, name: &str) -> Option<&Permission> {
        self.tables.permissions.find(name, |entry| entry.name)
    }

    /// The permissions that policies call `word`, apart from case and spaces: an alias, a platform label, the full name
    /// or its last part.
    pub fn permission_by_name(&self, word: &str) -> impl Iterator<Item = &Permission> {
        let words = self.index.permission_words.get_or_init(|| {
            words(&self.tables.permissions, |entry| {
                let last = entry.name.rsplit('.').next().unwrap_or_default();
                [entry.name, last, entry.label_zh, entry.label_en]
                    .into_iter()
                    .chain(entry.aliases_zh.iter().copied())
                    .chain(entry.aliases_en.iter().copied())
            })
        });
        pick(&self.tables.permissions, words, word)
    }

    /// The permissions that come with `declared` when the app targets `target_sdk`; an empty `declared` asks for those
    /// that come with no declaration at all. Entries with a condition in words are left out.
    pub fn implied_by(&self, declared: &str, target_sdk: u32) -> impl Iterator<Item = &Implied> {
        self.tables.implied.iter().filter(move |entry| {
            entry.declared == declared
                && entry.condition.is_empty()
                && entry.target_below.is_none_or(|below| target_sdk < below)
        })
    }

    /// The sources of one kind, sorted by target.
    pub fn sources(&self, kind: SourceKind) -> impl Iterator<Item = &Source> {
        let mut range = self.register().under(Under::Kind, word_key(kind.as_str()));
        let range = range.next().unwrap_or_default()..range.next().unwrap_or_default();
        range.filter_map(|place| self.tables.sources.at(place))
    }

    /// The markers of one kind, sorted by name.
    pub fn markers(&self, kind: &str) -> impl Iterator<Item = &Marker> {
        self.tables.markers.iter().filter(move |entry| entry.kind == kind)
    }

    /// The type of app with this id.
    pub fn app_type(&self, id: &str) -> Option<&AppType> {
        self.tables.app_types.find(id, |entry| entry.id)
    }

    /// The rule with this id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.tables.rules.find(id, |entry| entry.id)
    }
}

impl Tables {
    /// Every id of a data type, for messages that name the nearest.
    pub fn data_ids(&self) -> impl Iterator<Item = &'static str> {
        self.data_types.iter().map(|entry| entry.id)
    }

    /// Every id of an SDK, for messages that name the nearest.
    pub fn sdk_ids(&self) -> impl Iterator<Item = &'static str> {
        self.sdks.iter().map(|entry| entry.id)
    }
}

fn words<'t, T, I: Iterator<Item = &'static str>>(entries: &'t [T], of: impl Fn(&'t T) -> I) -> Words {
    let mut words = Words::new();
    for (position, entry) in (0..).zip(entries) {
        for word in of(entry) {
            let folded = fold(word);
            if folded.is_empty() {
                continue;
            }
            let positions = words.entry(folded.into_boxed_str()).or_default();
            if positions.last() != Some(&position) {
                positions.push(position);
            }
        }
    }
    words
}

fn pick<'t, T>(entries: &'t [T], words: &'t Words, word: &str) -> impl Iterator<Item = &'t T> {
    let positions = words.get(fold(word).as_str()).map_or(&[][..], Vec::as_slice);
    positions.iter().filter_map(|&position| entries.get(position as usize))
}

/// The form in which words are compared: lowercase, without white space.
fn fold(word: &str) -> String {
    word.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}
