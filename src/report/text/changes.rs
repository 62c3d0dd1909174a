//! What changed between two builds.

use std::collections::BTreeMap;
use std::io;

use super::{GAP, INDENT, Sheet};
use crate::behavior::Owner;
use crate::changes::{Asked, Change, Changes, Head, Kind, Place, SdkSeen, Seen, Shift, What};
use crate::report::Lang;
use crate::report::layout::{Line, Tone, width};
use crate::report::names::{dotted, short, tail};
use crate::report::words::short_permission;

/// The widest first column of a list.
const MAX_COLUMN: usize = 44;
/// Characters of a caller that are shown without `--verbose`.
const MAX_CALLER: usize = 60;
/// Owners of one host that are shown without `--verbose`.
const FEW_OWNERS: usize = 3;

pub(super) fn page(sheet: &mut Sheet<'_, '_>, changes: &Changes) -> io::Result<()> {
    let words = sheet.words;
    head(sheet, words.pick("旧", "old"), &changes.old)?;
    head(sheet, words.pick("新", "new"), &changes.new)?;
    let warnings = [
        changes.new.hides.then(|| {
            words.pick(
                "新版本隐藏了旧版本中可见的代码：其中未见的，可能仍然存在",
                "the new build hides code that the old one shows: what is not seen in it may still be there",
            )
        }),
        changes.old.hides.then(|| {
            words.pick(
                "旧版本隐藏了新版本中可见的代码：列为新增的，可能早已存在",
                "the old build hides code that the new one shows: what is told as new may have been there before",
            )
        }),
    ];
    for warning in warnings.into_iter().flatten() {
        sheet.page.line(&Line::indented(INDENT).tone(Tone::Warning, warning), 2 * INDENT)?;
    }
    for section in Section::ALL {
        section.tell(sheet, &changes.changes)?;
    }
    sheet.page.blank()?;
    let line = if changes.changes.is_empty() {
        Line::new().tone(Tone::Good, words.pick("未见行为变化", "no change in behavior was seen"))
    } else {
        Line::new().tone(Tone::Strong, &summary(sheet, &changes.changes))
    };
    sheet.page.line(&line, 0)
}

fn head(sheet: &mut Sheet<'_, '_>, label: &str, head: &Head) -> io::Result<()> {
    let mut line = Line::new().tone(Tone::Faint, label).gap(2).tone(Tone::Strong, &head.path).gap(GAP);
    line = line.plain(&head.package);
    if let Some(name) = &head.version_name {
        line = line.plain(" ").plain(name);
    }
    if let Some(code) = head.version_code {
        line = line.plain(&format!(" ({code})"));
    }
    let hash = if sheet.verbose { head.sha256.clone() } else { head.sha256.chars().take(super::SHORT_HASH).collect() };
    sheet.page.line(&line.gap(GAP).whole(Tone::Faint, &format!("sha256 {hash}")), 2 * INDENT)
}

/// How many changes of each kind.
fn summary(sheet: &Sheet<'_, '_>, changes: &[Change]) -> String {
    let mut counts: Vec<(Kind, usize)> = Vec::new();
    for change in changes {
        match counts.last_mut() {
            Some((kind, count)) if *kind == change.kind => *count += 1,
            _ => counts.push((change.kind, 1)),
        }
    }
    let told = counts.into_iter().map(|(kind, count)| {
        let [zh, one, many] = noun(kind);
        match sheet.words.lang {
            Lang::Zh => format!("{zh} {count}"),
            Lang::En => format!("{count} {}", if count == 1 { one } else { many }),
        }
    });
    told.collect::<Vec<_>>().join(" · ")
}

/// A kind of change in Chinese, and in English for one and for many.
fn noun(kind: Kind) -> [&'static str; 3] {
    match kind {
        Kind::NewRead => ["新增读取", "new read", "new reads"],
        Kind::WiderRead => ["触发范围扩大的读取", "wider read", "wider reads"],
        Kind::NarrowerRead => ["触发范围缩小的读取", "narrower read", "narrower reads"],
        Kind::GoneRead => ["不再有的读取", "read gone", "reads gone"],
        Kind::HiddenRead => ["不再可见的读取", "read no longer visible", "reads no longer visible"],
        Kind::NewSdk => ["新增 SDK", "new SDK", "new SDKs"],
        Kind::SdkVersion => ["SDK 版本变化", "SDK version", "SDK versions"],
        Kind::GoneSdk => ["移除的 SDK", "SDK gone", "SDKs gone"],
        Kind::HiddenSdk => ["不再可见的 SDK", "SDK no longer visible", "SDKs no longer visible"],
        Kind::NewPermission => ["新增权限", "new permission", "new permissions"],
        Kind::ChangedPermission => ["声明变化的权限", "changed permission", "changed permissions"],
        Kind::GonePermission => ["移除的权限", "permission gone", "permissions gone"],
        Kind::NewEndpoint => ["新增域名", "new endpoint", "new endpoints"],
        Kind::CleartextEndpoint => ["改为明文的域名", "endpoint now in the clear", "endpoints now in the clear"],
        Kind::GoneEndpoint => ["不再有的域名", "endpoint gone", "endpoints gone"],
        Kind::HiddenEndpoint => ["不再可见的域名", "endpoint no longer visible", "endpoints no longer visible"],
        Kind::LessComplete => ["新增盲区", "new blind spot", "new blind spots"],
        Kind::MoreComplete => ["消除的盲区", "blind spot gone", "blind spots gone"],
        Kind::Signer => ["签名证书变化", "other signer", "other signers"],
        Kind::Fact => ["清单变化", "fact of the manifest", "facts of the manifest"],
    }
}

/// The sign before a change, and how it is set.
fn sign(kind: Kind) -> (&'static str, Tone) {
    match kind {
        Kind::NewRead | Kind::NewSdk | Kind::NewPermission | Kind::NewEndpoint | Kind::LessComplete => {
            ("+", Tone::Warning)
        }
        Kind::WiderRead | Kind::CleartextEndpoint | Kind::Signer => ("!", Tone::Warning),
        Kind::HiddenRead | Kind::HiddenSdk | Kind::HiddenEndpoint => ("?", Tone::Warning),
        Kind::NarrowerRead | Kind::SdkVersion | Kind::ChangedPermission | Kind::Fact => ("~", Tone::Plain),
        Kind::GoneRead | Kind::GoneSdk | Kind::GonePermission | Kind::GoneEndpoint | Kind::MoreComplete => {
            ("-", Tone::Faint)
        }
    }
}

/// What a list of changes is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Reads,
    Sdks,
    Permissions,
    Endpoints,
    Completeness,
    Facts,
}

impl Section {
    const ALL: [Self; 6] =
        [Self::Reads, Self::Sdks, Self::Permissions, Self::Endpoints, Self::Completeness, Self::Facts];

    fn of(what: &What) -> Self {
        match what {
            What::Read { .. } => Self::Reads,
            What::Sdk { .. } => Self::Sdks,
            What::Permission { .. } => Self::Permissions,
            What::Endpoint { .. } => Self::Endpoints,
            What::Completeness { .. } => Self::Completeness,
            What::Fact { .. } => Self::Facts,
        }
    }

    fn tell(self, sheet: &mut Sheet<'_, '_>, changes: &[Change]) -> io::Result<()> {
        let words = sheet.words;
        let changes: Vec<&Change> = changes.iter().filter(|it| Self::of(&it.what) == self).collect();
        if changes.is_empty() {
            return Ok(());
        }
        let title = match self {
            Self::Reads => words.pick("代码可读取的数据", "Data that the code can read"),
            Self::Sdks => words.pick("第三方 SDK", "Third-party SDKs"),
            Self::Permissions => words.pick("权限", "Permissions"),
            Self::Endpoints => words.pick("域名", "Hosts"),
            Self::Completeness => words.pick("代码可见性", "What can be seen"),
            Self::Facts => words.pick("清单与签名", "Manifest and signature"),
        };
        sheet.heading(title, &changes.len().to_string())?;
        let is_over = |it: &&Change| matches!(it.kind, Kind::GoneRead | Kind::HiddenRead) && !sheet.verbose;
        let (over, changes): (Vec<&Change>, Vec<&Change>) = changes.into_iter().partition(is_over);
        let names = changes.iter().map(|it| width(&name(sheet, &it.what)));
        let first = INDENT + 3;
        let second = first + names.max().unwrap_or(0).min(MAX_COLUMN) + GAP;
        for change in changes {
            tell(sheet, change, first, second)?;
        }
        tell_over(sheet, &over, first)
    }
}

/// Reads that are not seen any more, in one line for each owner.
fn tell_over(sheet: &mut Sheet<'_, '_>, changes: &[&Change], first: usize) -> io::Result<()> {
    let mut owners: BTreeMap<(Kind, &Owner), Vec<&str>> = BTreeMap::new();
    for change in changes {
        if let What::Read { data, owner, .. } = &change.what {
            owners.entry((change.kind, owner)).or_default().push(data);
        }
    }
    for ((kind, owner), data) in owners {
        let (sign, tone) = sign(kind);
        let words = sheet.words;
        let names: Vec<&str> = data.into_iter().map(|id| words.data(id)).collect();
        let line = Line::indented(INDENT).tone(tone, sign).column(first).plain(&words.owner(owner)).gap(GAP);
        sheet.page.line(&line.tone(Tone::Faint, &words.join(&names)), first + INDENT)?;
    }
    Ok(())
}

/// What changed, as the first word of its line.
fn name(sheet: &Sheet<'_, '_>, what: &What) -> String {
    let words = sheet.words;
    match what {
        What::Read { data, .. } => words.data(data).to_owned(),
        What::Sdk { sdk, .. } => words.sdk(sdk).to_owned(),
        What::Permission { permission, .. } => short_permission(permission).to_owned(),
        What::Endpoint { host, .. } => host.clone(),
        What::Completeness { reason, .. } => words.reason(reason).to_owned(),
        What::Fact { fact, .. } => match *fact {
            "package" => words.pick("包名", "application id"),
            "label" => words.pick("应用名称", "label"),
            "min_sdk" => "minSdk",
            "target_sdk" => "targetSdk",
            "cleartext" => words.pick("允许明文流量", "traffic in the clear allowed"),
            "user_certificates" => words.pick("信任用户安装的证书", "certificates of the user trusted"),
            "signing" => words.pick("签名证书", "signing certificate"),
            other => other,
        }
        .to_owned(),
    }
}

fn tell(sheet: &mut Sheet<'_, '_>, change: &Change, first: usize, second: usize) -> io::Result<()> {
    let words = sheet.words;
    let (sign, tone) = sign(change.kind);
    let line = Line::indented(INDENT).tone(tone, sign).column(first).plain(&name(sheet, &change.what)).column(second);
    let line = match &change.what {
        What::Read { owner, seen, .. } => {
            line.plain(&words.owner(owner)).gap(GAP).whole(Tone::Faint, &read(sheet, change.kind, seen))
        }
        What::Sdk { sdk, seen } => line.tone(Tone::Faint, sdk).gap(GAP).plain(&versions(sheet, seen)),
        What::Permission { permission, seen } => {
            line.tone(Tone::Faint, words.permission_label(permission)).gap(GAP).plain(&asked(sheet, seen))
        }
        What::Endpoint { owners, .. } => line.plain(&owners_of(sheet, owners)),
        What::Completeness { detail, .. } => line.plain(detail),
        What::Fact { value, .. } => line.plain(&arrow(value, |it| truth(sheet, it))),
    };
    sheet.page.line(&line, second)?;
    if let What::Read { places, .. } = &change.what {
        let shown = match change.kind {
            _ if sheet.verbose => places.len(),
            Kind::NewRead | Kind::WiderRead => 1,
            _ => 0,
        };
        for place in places.iter().take(shown) {
            sheet.page.line(&Line::indented(second).tone(Tone::Faint, &place_of(sheet, place)), second + INDENT)?;
        }
    }
    Ok(())
}

fn place_of(sheet: &Sheet<'_, '_>, place: &Place) -> String {
    let api = short(&place.api);
    if place.caller.is_empty() {
        return api;
    }
    let caller = dotted(&place.caller);
    let room = if sheet.verbose { usize::MAX } else { MAX_CALLER };
    format!("{} → {api}", tail(&caller, room))
}

/// On which occasions a read runs, and what of this is other than before.
fn read(sheet: &Sheet<'_, '_>, kind: Kind, seen: &Shift<Seen>) -> String {
    let words = sheet.words;
    if matches!(kind, Kind::GoneRead | Kind::HiddenRead) {
        return words.pick("旧版本中有", "in the old build only").to_owned();
    }
    let Some(new) = &seen.new else { return String::new() };
    let occasions = |seen: &Seen| {
        [
            (seen.reachable, words.pick("入口可达", "reachable")),
            (seen.pre_consent == Some(true), words.pick("同意前", "before consent")),
            (seen.background == Some(true), words.pick("后台", "in the background")),
        ]
    };
    let mut places = words.count(new.places, "处", "place", "places");
    if let Some(old) = seen.old.as_ref().filter(|old| old.places != new.places) {
        places = format!("{} → {places}", old.places);
    }
    let mut told = vec![places];
    match &seen.old {
        None => told.extend(occasions(new).into_iter().filter(|(is, _)| *is).map(|(_, word)| word.to_owned())),
        Some(old) => {
            for ((was, word), (is, _)) in occasions(old).into_iter().zip(occasions(new)) {
                match (was, is, words.lang) {
                    (false, true, Lang::Zh) => told.push(format!("现为{word}")),
                    (false, true, Lang::En) => told.push(format!("now {word}")),
                    (true, false, Lang::Zh) => told.push(format!("不再{word}")),
                    (true, false, Lang::En) => told.push(format!("no longer {word}")),
                    (true, true, _) => told.push(word.to_owned()),
                    (false, false, _) => {}
                }
            }
        }
    }
    told.join(" · ")
}

fn versions(sheet: &Sheet<'_, '_>, seen: &Shift<SdkSeen>) -> String {
    let version = |it: &SdkSeen| it.version.clone().unwrap_or_default();
    match seen {
        Shift { old: Some(old), new: Some(new) } => format!("{} → {}", version(old), version(new)),
        Shift { old: None, new: Some(only) } | Shift { old: Some(only), new: None } => {
            format!("{} {}", version(only), sheet.words.grade(only.grade)).trim_start().to_owned()
        }
        Shift { old: None, new: None } => String::new(),
    }
}

fn asked(sheet: &Sheet<'_, '_>, seen: &Shift<Asked>) -> String {
    let words = sheet.words;
    let one = |asked: &Asked| {
        let up_to = asked.max_sdk.map(|level| format!("maxSdk {level}"));
        let implied = asked.implied.then(|| words.pick("系统附加", "implied").to_owned());
        let notes: Vec<String> = up_to.into_iter().chain(implied).collect();
        if notes.is_empty() { words.pick("无限制", "without a limit").to_owned() } else { notes.join(", ") }
    };
    match seen {
        Shift { old: Some(old), new: Some(new) } => format!("{} → {}", one(old), one(new)),
        Shift { old: None, new: Some(only) } if only.implied || only.max_sdk.is_some() => one(only),
        _ => String::new(),
    }
}

fn owners_of(sheet: &Sheet<'_, '_>, owners: &[Owner]) -> String {
    let words = sheet.words;
    let shown = if sheet.verbose { owners.len() } else { FEW_OWNERS };
    let mut told: Vec<String> = owners.iter().take(shown).map(|owner| words.owner(owner)).collect();
    if shown < owners.len() {
        told.push(format!("+{}", owners.len() - shown));
    }
    words.join(&told)
}

fn arrow(value: &Shift<String>, say: impl Fn(&str) -> String) -> String {
    let one = |it: &Option<String>| it.as_deref().filter(|it| !it.is_empty()).map_or("—".to_owned(), &say);
    format!("{} → {}", one(&value.old), one(&value.new))
}

/// A truth value in the report's language; anything else stays.
fn truth(sheet: &Sheet<'_, '_>, value: &str) -> String {
    match value {
        "true" => sheet.words.pick("是", "yes").to_owned(),
        "false" => sheet.words.pick("否", "no").to_owned(),
        other => other.to_owned(),
    }
}
