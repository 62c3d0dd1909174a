//! The tables of a page: permissions, SDKs, hosts, agreements, and what could not be seen.

use std::collections::{BTreeMap, BTreeSet};

use super::matrix::owner_key;
use super::places::{self, Place};
use super::text::{Both, Text};
use crate::behavior::{Behavior, Endpoint, Grade, Owner, Permission, PermissionUse, Read, Reason, SdkFound};
use crate::check::Agreement;
use crate::disclosure::Cite;
use crate::report::Held;
use crate::report::names::{dotted, short};
use crate::report::words::short_permission;

/// Places of one data type of one owner that are shown where nothing is held against them.
const MAX_READS: usize = 12;
/// Hosts that are shown.
const MAX_HOSTS: usize = 400;
/// Places of a pair that agrees with the policy that are shown.
const MAX_AGREED: usize = 4;
/// Faults of files that are shown.
const MAX_ISSUES: usize = 50;

/// A permission, from the manifest, the code and the policy.
pub(super) struct PermissionLine<'a> {
    pub(super) name: &'a str,
    pub(super) label: Text<'a>,
    pub(super) declared: Mark<'a>,
    pub(super) max_sdk: Option<u32>,
    pub(super) used: Mark<'a>,
    /// Who uses it, and for what.
    pub(super) users: Vec<(Text<'a>, String)>,
    /// None where there is no policy.
    pub(super) disclosed: Option<Mark<'a>>,
}

/// A sign that needs no colour, with its words.
pub(super) struct Mark<'a> {
    pub(super) class: &'static str,
    pub(super) sign: &'static str,
    pub(super) text: Text<'a>,
}

fn yes(text: Text<'_>) -> Mark<'_> {
    Mark { class: "yes", sign: "✓", text }
}

fn no(text: Text<'_>) -> Mark<'_> {
    Mark { class: "no", sign: "–", text }
}

fn bad(text: Text<'_>) -> Mark<'_> {
    Mark { class: "bad", sign: "✕", text }
}

pub(super) fn permissions<'a>(
    both: Both<'a>,
    behavior: &'a Behavior,
    held: Option<Held<'a>>,
) -> Vec<PermissionLine<'a>> {
    let usage: BTreeMap<&str, &PermissionUse> =
        behavior.permission_usage.iter().map(|it| (it.permission.as_str(), it)).collect();
    let declared = behavior.permissions.iter().map(|it| (it.name.as_str(), Some(it)));
    let missed = behavior.permission_usage.iter().filter(|it| !it.declared).map(|it| (it.permission.as_str(), None));
    let lines: BTreeMap<&str, Option<&Permission>> = missed.chain(declared).collect();
    lines.into_iter().map(|(name, permission)| line(both, name, permission, usage.get(name).copied(), held)).collect()
}

fn line<'a>(
    both: Both<'a>,
    name: &'a str,
    permission: Option<&'a Permission>,
    usage: Option<&'a PermissionUse>,
    held: Option<Held<'a>>,
) -> PermissionLine<'a> {
    let declared = match permission {
        Some(it) if it.implied => yes(Text::new("系统附加", "implied")),
        Some(_) => yes(Text::new("已声明", "declared")),
        None => bad(Text::new("未声明", "not declared")),
    };
    let used = match usage.map(|it| it.count) {
        None => no(Text::new("无从判断", "not known")),
        Some(0) => no(Text::new("未见使用", "not seen")),
        Some(count) => yes(both.say(|words| words.count(count, "处", "place", "places"))),
    };
    let disclosed = held.map(|held| {
        let rows = held.disclosure.permission_rows_for(name);
        cites(both, &rows.map(|row| &row.cite).collect::<Vec<_>>()).map_or_else(|| no(Text::new("未见", "no row")), yes)
    });
    let users = usage.into_iter().flat_map(|it| &it.users);
    PermissionLine {
        name: short_permission(name),
        label: both.say(|words| words.permission_label(name)),
        declared,
        max_sdk: permission.and_then(|it| it.max_sdk),
        used,
        users: users
            .map(|it| {
                (both.say(|words| words.party(&it.owner)), format!("{} → {}", dotted(&it.caller), short(&it.api)))
            })
            .collect(),
        disclosed,
    }
}

/// Places of the policy, where there are any.
fn cites<'a>(both: Both<'a>, cites: &[&Cite]) -> Option<Text<'a>> {
    let told = both.say(|words| words.join(&cites.iter().map(|cite| words.cite(cite)).collect::<Vec<_>>()));
    told.told()
}

/// An SDK of the package.
pub(super) struct SdkLine<'a> {
    pub(super) id: &'a str,
    pub(super) name: Text<'a>,
    pub(super) vendor: &'a str,
    pub(super) country: &'a str,
    pub(super) version: Option<&'a str>,
    pub(super) version_from: Option<&'a str>,
    pub(super) certain: bool,
    pub(super) grade: Text<'a>,
    pub(super) signs: Vec<Text<'a>>,
    pub(super) more_signs: usize,
    /// None where there is no policy.
    pub(super) disclosed: Option<Mark<'a>>,
}

pub(super) fn sdks<'a>(both: Both<'a>, behavior: &'a Behavior, held: Option<Held<'a>>) -> Vec<SdkLine<'a>> {
    let line = |sdk: &'a SdkFound| {
        let (signs, more_signs) = places::signs_of_sdk(both, &sdk.evidence);
        let entry = both.en.catalog.sdk(&sdk.id);
        let lacking = if entry.is_some_and(|it| it.utility) {
            Text::new("工具库，无须列出", "utility, none needed")
        } else {
            Text::new("未见", "no row")
        };
        let disclosed = held.map(|held| {
            let rows = held.disclosure.sdk_rows_for(&sdk.id, both.en.catalog);
            cites(both, &rows.map(|row| &row.cite).collect::<Vec<_>>()).map_or_else(|| no(lacking), yes)
        });
        SdkLine {
            id: &sdk.id,
            name: if entry.is_some() { both.say(|words| words.sdk(&sdk.id)) } else { Text::same(&sdk.name) },
            vendor: &sdk.vendor,
            country: sdk.country.as_deref().unwrap_or_default(),
            version: sdk.version.as_deref(),
            version_from: sdk.version_from.as_deref(),
            certain: sdk.grade == Grade::Present,
            grade: both.say(|words| words.grade(sdk.grade)),
            signs,
            more_signs,
            disclosed,
        }
    };
    behavior.sdks.iter().map(line).collect()
}

/// A host that the code names.
pub(super) struct HostLine<'a> {
    pub(super) host: &'a str,
    pub(super) owner: Text<'a>,
    pub(super) sdk: Option<Text<'a>>,
    pub(super) transport: Mark<'a>,
}

/// The hosts, those named in clear text first, and how many more there are.
pub(super) fn hosts<'a>(both: Both<'a>, behavior: &'a Behavior) -> (Vec<HostLine<'a>>, usize) {
    let mut hosts: Vec<&Endpoint> = behavior.endpoints.iter().flatten().collect();
    hosts.sort_by_key(|it| !it.cleartext);
    // Where code names a host with and without encryption, the latter is what counts.
    let mut seen = BTreeSet::new();
    hosts.retain(|it| seen.insert((&it.host, &it.owner)));
    let more = hosts.len().saturating_sub(MAX_HOSTS);
    let shown = hosts.into_iter().take(MAX_HOSTS).map(|it| HostLine {
        host: &it.host,
        owner: both.say(|words| words.party(&it.owner)),
        sdk: it.sdk.as_ref().filter(|id| it.owner.id != **id).map(|id| both.say(|words| words.sdk(id))),
        transport: match (it.cleartext, it.allowed) {
            (false, _) => yes(Text::new("未见明文", "no clear text seen")),
            (true, Some(false)) => no(Text::new("明文，系统会拦截", "clear text, blocked by the system")),
            (true, _) => bad(Text::new("明文", "clear text")),
        },
    });
    (shown.collect(), more)
}

/// A pair that the policy discloses as it is.
pub(super) struct AgreementLine<'a> {
    pub(super) id: String,
    pub(super) owner: Text<'a>,
    pub(super) data: Text<'a>,
    pub(super) lines: Text<'a>,
    pub(super) quote: String,
    /// In how many places the code can read it.
    pub(super) count: Text<'a>,
    pub(super) places: Vec<Place<'a>>,
    pub(super) more: usize,
}

/// The id of an agreement on a page.
pub(super) fn agreement_id(package: &str, index: usize) -> String {
    format!("{package}-agreed-{}", index + 1)
}

pub(super) fn agreements<'a>(both: Both<'a>, package: &str, agreements: &'a [Agreement]) -> Vec<AgreementLine<'a>> {
    let line = |(index, it): (usize, &'a Agreement)| {
        let (places, more) = places::of_agreement(both, &it.evidence, MAX_AGREED);
        AgreementLine {
            id: agreement_id(package, index),
            owner: both.say(|words| words.party(&it.owner)),
            data: both.say(|words| words.data(&it.data)),
            lines: both.say(|words| words.cite(&it.policy)),
            quote: it.policy.quote.split_whitespace().collect::<Vec<_>>().join(" "),
            count: both.say(|words| words.count(it.evidence.len(), "处", "place", "places")),
            places,
            more,
        }
    };
    agreements.iter().enumerate().map(line).collect()
}

/// The reads of one owner, where nothing is held against them.
pub(super) struct OwnerReads<'a> {
    pub(super) key: String,
    pub(super) owner: Text<'a>,
    pub(super) data: Vec<DataReads<'a>>,
}

/// The reads of one data type of one owner.
pub(super) struct DataReads<'a> {
    pub(super) key: &'a str,
    pub(super) name: Text<'a>,
    pub(super) count: usize,
    pub(super) places: Vec<Place<'a>>,
    pub(super) more: usize,
}

pub(super) fn reads<'a>(both: Both<'a>, behavior: &'a Behavior) -> Vec<OwnerReads<'a>> {
    let mut owners: BTreeMap<&Owner, BTreeMap<(usize, &str), Vec<&'a Read>>> = BTreeMap::new();
    for read in &behavior.reads {
        let key = (both.en.weight(&read.data), read.data.as_str());
        owners.entry(&read.owner).or_default().entry(key).or_default().push(read);
    }
    let owners = owners.into_iter().map(|(owner, data)| OwnerReads {
        key: owner_key(owner),
        owner: both.say(|words| words.party(owner)),
        data: data.into_iter().map(|((_, data), reads)| data_reads(both, data, reads)).collect(),
    });
    owners.collect()
}

fn data_reads<'a>(both: Both<'a>, data: &'a str, mut reads: Vec<&'a Read>) -> DataReads<'a> {
    reads.sort_by_key(|read| std::cmp::Reverse(read.certainty));
    DataReads {
        key: data,
        name: both.say(|words| words.data(data)),
        count: reads.len(),
        places: reads.iter().take(MAX_READS).map(|read| places::of_read(both, read)).collect(),
        more: reads.len().saturating_sub(MAX_READS),
    }
}

/// Why absence proves nothing.
pub(super) struct ReasonLine<'a> {
    pub(super) kind: Text<'a>,
    pub(super) detail: Text<'a>,
}

pub(super) fn reasons<'a>(both: Both<'a>, behavior: &'a Behavior) -> Vec<ReasonLine<'a>> {
    let reasons = behavior.completeness.reasons.iter();
    let line = |it: &'a Reason| ReasonLine {
        kind: both.say(|words| words.reason(it.kind)),
        detail: both.say(|words| words.reason_detail(it)),
    };
    reasons.map(line).collect()
}

/// A fault of a file.
pub(super) struct IssueLine<'a> {
    pub(super) file: &'a str,
    pub(super) offset: &'a str,
    pub(super) message: &'a str,
}

/// The faults of files, and how many more there are.
pub(super) fn issues(behavior: &Behavior) -> (Vec<IssueLine<'_>>, usize) {
    let shown = behavior.issues.iter().take(MAX_ISSUES).map(|it| IssueLine {
        file: &it.file,
        offset: it.offset.as_deref().unwrap_or_default(),
        message: &it.message,
    });
    (shown.collect(), behavior.issues.len().saturating_sub(MAX_ISSUES))
}
