//! Data types against owners: what the policy says of each pair that the code can read.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use super::tables::agreement_id;
use super::text::{Both, Text};
use crate::behavior::{Behavior, Owner, OwnerKind};
use crate::check::{Finding, State, Verdict};
use crate::report::Held;

/// What a policy says of one data type of one owner; the worst comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Said {
    Denied,
    Omitted,
    Elsewhere,
    Vague,
    Undecided,
    Disclosed,
}

impl Said {
    const ALL: [Self; 6] =
        [Self::Disclosed, Self::Vague, Self::Elsewhere, Self::Omitted, Self::Denied, Self::Undecided];

    /// What a finding says of the data types that it names.
    fn of(finding: &Finding) -> Option<Self> {
        let said = match finding.verdict()? {
            Verdict::Incorrect => Self::Denied,
            Verdict::Omitted => Self::Omitted,
            Verdict::Ambiguous => Self::Elsewhere,
            Verdict::Vague => Self::Vague,
            Verdict::Clear => Self::Disclosed,
        };
        Some(if finding.state == State::Undecided { Self::Undecided } else { said })
    }

    /// A class of the style sheet, a sign that needs no colour, and a word.
    fn shown(self) -> (&'static str, &'static str, Text<'static>) {
        match self {
            Self::Disclosed => ("disclosed", "✓", Text::new("已披露", "disclosed")),
            Self::Vague => ("vague", "≈", Text::new("笼统", "vague")),
            Self::Elsewhere => ("elsewhere", "⇄", Text::new("归属不符", "elsewhere")),
            Self::Omitted => ("omitted", "✕", Text::new("未披露", "omitted")),
            Self::Denied => ("denied", "⊘", Text::new("被否认", "denied")),
            Self::Undecided => ("undecided", "?", Text::new("未定", "undecided")),
        }
    }

    fn meaning(self) -> Text<'static> {
        match self {
            Self::Disclosed => Text::new("政策为该主体点名列出", "the policy names it for this owner"),
            Self::Vague => Text::new("只有概括性说法，没有逐项写明", "covered by a wider word only"),
            Self::Elsewhere => Text::new("列出了，但写在其他主体名下", "named, but for another owner"),
            Self::Omitted => Text::new("没有列出", "not named at all"),
            Self::Denied => Text::new("政策称不收集", "the policy says that it is not collected"),
            Self::Undecided => Text::new("依据不足，不能认定", "cannot be told from what was seen"),
        }
    }
}

/// The matrix as it is drawn.
pub(super) struct Matrix<'a> {
    pub(super) owners: Vec<Column<'a>>,
    pub(super) rows: Vec<Row<'a>>,
    /// Empty where there is no policy.
    pub(super) legend: Vec<Cell<'a>>,
}

/// An owner.
pub(super) struct Column<'a> {
    pub(super) key: String,
    pub(super) name: Text<'a>,
}

/// A data type with one cell for each owner.
pub(super) struct Row<'a> {
    pub(super) key: &'a str,
    pub(super) name: Text<'a>,
    pub(super) cells: Vec<Option<Cell<'a>>>,
}

/// A cell, or a line of the legend.
pub(super) struct Cell<'a> {
    pub(super) class: &'static str,
    pub(super) sign: &'static str,
    pub(super) text: Text<'a>,
    /// In a cell the id of the finding or of the agreement.
    pub(super) link: Option<String>,
    /// In the legend what it means.
    pub(super) meaning: Option<Text<'a>>,
}

/// The key of an owner in filters: `sdk:alipay`.
pub(super) fn owner_key(owner: &Owner) -> String {
    let kind = match owner.kind {
        OwnerKind::App => return "app".to_owned(),
        OwnerKind::Sdk => "sdk",
        OwnerKind::Library => "library",
        OwnerKind::Unknown => "unknown",
    };
    format!("{kind}:{}", owner.id)
}

impl<'a> Matrix<'a> {
    /// The verdicts of a check, each with a link to what it rests on. `ids` are those of the findings of `package` on the
    /// page.
    pub(super) fn of_check(both: Both<'a>, held: Held<'a>, package: &str, ids: &[String]) -> Self {
        let agreed: Vec<_> = (0..held.checked.agreements.len()).map(|index| agreement_id(package, index)).collect();
        let mut cells: BTreeMap<(&Owner, &str), (Said, &str)> = BTreeMap::new();
        let mut put = |owner, data, said, link| match cells.entry((owner, data)) {
            Entry::Vacant(cell) => drop(cell.insert((said, link))),
            Entry::Occupied(mut cell) if said < cell.get().0 => drop(cell.insert((said, link))),
            Entry::Occupied(_) => {}
        };
        for (agreement, id) in held.checked.agreements.iter().zip(&agreed) {
            put(&agreement.owner, &agreement.data, Said::Disclosed, id.as_str());
        }
        for (finding, id) in held.checked.findings.iter().zip(ids) {
            let Some((owner, said)) = finding.owner.as_ref().zip(Said::of(finding)) else { continue };
            let seen = finding.evidence.chunk_by(|a, b| a.data == b.data).filter_map(|same| same.first());
            let seen = seen.map(|it| &it.data).filter(|data| !data.is_empty());
            for data in seen.chain(&finding.data) {
                put(owner, data, said, id);
            }
        }
        let cells = cells.into_iter().map(|(pair, (said, link))| {
            let (class, sign, text) = said.shown();
            (pair, Cell { class, sign, text, link: Some(link.to_owned()), meaning: None })
        });
        let legend = Said::ALL.map(|said| {
            let (class, sign, text) = said.shown();
            Cell { class, sign, text, link: None, meaning: Some(said.meaning()) }
        });
        Self::new(both, cells.collect(), legend.into())
    }

    /// Where there is no policy, how many places read what.
    pub(super) fn of_scan(both: Both<'a>, behavior: &'a Behavior) -> Self {
        let mut places: BTreeMap<(&Owner, &str), usize> = BTreeMap::new();
        for read in &behavior.reads {
            *places.entry((&read.owner, &read.data)).or_default() += 1;
        }
        let cells = places.into_iter().map(|(pair, count)| {
            let text = both.say(|words| words.count(count, "处", "place", "places"));
            (pair, Cell { class: "read", sign: "", text, link: None, meaning: None })
        });
        Self::new(both, cells.collect(), Vec::new())
    }

    fn new(both: Both<'a>, mut cells: BTreeMap<(&'a Owner, &'a str), Cell<'a>>, legend: Vec<Cell<'a>>) -> Self {
        let owners: BTreeSet<&Owner> = cells.keys().map(|(owner, _)| *owner).collect();
        let data: BTreeSet<(usize, &str)> = cells.keys().map(|(_, data)| (both.en.weight(data), *data)).collect();
        let rows = data.into_iter().map(|(_, key)| Row {
            key,
            name: both.say(|words| words.data(key)),
            cells: owners.iter().map(|owner| cells.remove(&(*owner, key))).collect(),
        });
        let rows = rows.collect();
        let owners = owners
            .into_iter()
            .map(|owner| Column { key: owner_key(owner), name: both.say(|words| words.party(owner)) });
        Self { owners: owners.collect(), rows, legend }
    }
}
