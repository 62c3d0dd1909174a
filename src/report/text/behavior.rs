//! What a package holds: its facts, permissions, SDKs, reads by owner, and hosts.

use std::collections::BTreeMap;
use std::io;

use super::{GAP, INDENT, Sheet};
use crate::behavior::{Behavior, Certainty, Endpoint, Owner, PermissionUse, Read, SdkFound, Signing};
use crate::report::layout::{Line, Tone, width};
use crate::report::names::{dotted, is_reflected, short, telling};
use crate::report::words::short_permission;

/// Signs of one SDK that are shown without `--verbose`.
const FEW_SIGNS: usize = 2;
/// Places of one data type that are shown without `--verbose`.
const FEW_PLACES: usize = 1;
/// Hosts of one owner that are shown without `--verbose`.
const FEW_HOSTS: usize = 3;
/// The widest first column of a list.
const MAX_COLUMN: usize = 44;

pub(super) fn sections(sheet: &mut Sheet<'_, '_>, behavior: &Behavior) -> io::Result<()> {
    facts(sheet, behavior)?;
    permissions(sheet, behavior)?;
    permission_usage(sheet, &behavior.permission_usage)?;
    sdks(sheet, &behavior.sdks)?;
    reads(sheet, behavior)?;
    endpoints(sheet, behavior)
}

fn facts(sheet: &mut Sheet<'_, '_>, behavior: &Behavior) -> io::Result<()> {
    let words = sheet.words;
    let mut line = Line::indented(INDENT);
    if let Some(label) = &behavior.app.label {
        line = line.plain(label).gap(GAP);
    }
    if let Some(min) = behavior.app.min_sdk {
        line = line.plain(&format!("minSdk {min}")).gap(GAP);
    }
    line = line.plain(behavior.kind).gap(GAP).plain(&words.count(count(behavior.bytes), "字节", "byte", "bytes"));
    sheet.page.line(&line, INDENT)?;
    let shown = if sheet.verbose { behavior.signing.as_slice() } else { &[] };
    for Signing { scheme, sha256, subject, not_before, not_after } in shown {
        let text =
            format!("{} {scheme} {sha256} {subject} {not_before} – {not_after}", words.pick("签名", "signature"));
        sheet.page.line(&Line::indented(INDENT).tone(Tone::Faint, &text), 2 * INDENT)?;
    }
    Ok(())
}

fn permissions(sheet: &mut Sheet<'_, '_>, behavior: &Behavior) -> io::Result<()> {
    let words = sheet.words;
    if behavior.permissions.is_empty() {
        return Ok(());
    }
    sheet.heading(words.pick("权限", "Permissions"), &behavior.permissions.len().to_string())?;
    let names = behavior.permissions.iter().map(|permission| short_permission(&permission.name));
    let column = INDENT + first_column(names) + GAP;
    for permission in &behavior.permissions {
        let mut line = Line::indented(INDENT).plain(short_permission(&permission.name));
        let label = words.permission_label(&permission.name);
        if !label.is_empty() {
            line = line.column(column).tone(Tone::Faint, label);
        }
        if permission.implied {
            line = line.gap(GAP).tone(Tone::Warning, words.pick("系统附加，清单未写", "implied, not in the manifest"));
        }
        if let Some(max) = permission.max_sdk {
            line = line.gap(GAP).tone(Tone::Faint, &format!("maxSdk {max}"));
        }
        sheet.page.line(&line, column)?;
    }
    Ok(())
}

/// Who uses the permissions; without `--verbose` only how many are used, idle and missed.
fn permission_usage(sheet: &mut Sheet<'_, '_>, usage: &[PermissionUse]) -> io::Result<()> {
    let words = sheet.words;
    if usage.is_empty() {
        return Ok(());
    }
    let many = |wanted: &dyn Fn(&PermissionUse) -> bool| usage.iter().filter(|it| wanted(it)).count();
    let (used, idle) = (many(&|it| it.declared && it.count > 0), many(&|it| it.declared && it.count == 0));
    let missed = many(&|it| !it.declared);
    let counts = match words.lang {
        crate::report::Lang::Zh => format!("使用 {used} · 未见使用 {idle} · 使用而未声明 {missed}"),
        crate::report::Lang::En => format!("{used} used · {idle} not seen in use · {missed} used, not declared"),
    };
    sheet.heading(words.pick("权限使用", "Permissions in use"), &counts)?;
    let shown = if sheet.verbose { usage } else { &[] };
    let column = INDENT + first_column(usage.iter().map(|it| short_permission(&it.permission))) + GAP;
    for it in shown {
        let mut line = Line::indented(INDENT).plain(short_permission(&it.permission)).column(column);
        line = match it.count {
            0 => line.tone(Tone::Faint, words.pick("未见使用", "not seen in use")),
            count => line.plain(&places(sheet, count)),
        };
        if !it.declared {
            line = line.gap(GAP).tone(Tone::Warning, words.pick("未声明", "not declared"));
        }
        sheet.page.line(&line, column)?;
        for user in &it.users {
            let text = format!("{} → {}", dotted(&user.caller), short(&user.api));
            let line = Line::indented(2 * INDENT).plain(&text).gap(GAP);
            sheet.page.line(&line.whole(Tone::Faint, &words.owner(&user.owner)), 3 * INDENT)?;
        }
    }
    Ok(())
}

fn sdks(sheet: &mut Sheet<'_, '_>, sdks: &[SdkFound]) -> io::Result<()> {
    let words = sheet.words;
    if sdks.is_empty() {
        return Ok(());
    }
    sheet.heading(words.pick("第三方 SDK", "Third-party SDKs"), &sdks.len().to_string())?;
    for sdk in sdks {
        let name = if words.catalog.sdk(&sdk.id).is_some() { words.sdk(&sdk.id) } else { &sdk.name };
        let mut line = Line::indented(INDENT).tone(Tone::Strong, name).gap(GAP).tone(Tone::Faint, &sdk.id);
        if let Some(version) = &sdk.version {
            line = line.gap(GAP).plain(version);
        }
        line = line.gap(GAP).plain(&sdk.vendor);
        if let Some(country) = &sdk.country {
            line = line.plain(&format!(" ({country})"));
        }
        line = line.gap(GAP).plain(words.grade(sdk.grade));
        sheet.page.line(&line, 2 * INDENT)?;
        if let Some(from) = sdk.version_from.as_ref().filter(|_| sheet.verbose) {
            let text = format!("{} {from}", words.pick("版本读自", "version read from"));
            sheet.page.line(&Line::indented(2 * INDENT).tone(Tone::Faint, &text), 3 * INDENT)?;
        }
        let shown = if sheet.verbose { sdk.evidence.len() } else { FEW_SIGNS };
        for sign in sdk.evidence.iter().take(shown) {
            let text = words.sign(sign.kind, &sign.value, sign.count);
            sheet.page.line(&Line::indented(2 * INDENT).tone(Tone::Faint, &text), 3 * INDENT)?;
        }
        sheet.rest(shown, sdk.evidence.len(), 2 * INDENT)?;
    }
    Ok(())
}

fn reads(sheet: &mut Sheet<'_, '_>, behavior: &Behavior) -> io::Result<()> {
    let words = sheet.words;
    let reads = &behavior.reads;
    let heading = words.pick("代码可读取的数据", "Data that the code can read");
    if reads.is_empty() {
        sheet.heading(heading, "0")?;
        let none = if behavior.completeness.complete {
            words.pick("未见读取个人数据的代码", "no code that reads personal data was seen")
        } else {
            words.pick(
                "未见，但代码不完全可见，不能说明没有",
                "none was seen, but not all code is visible: this proves nothing",
            )
        };
        return sheet.page.line(&Line::indented(INDENT).plain(none), INDENT);
    }
    sheet.heading(heading, &reads.len().to_string())?;
    let mut owners: BTreeMap<&Owner, BTreeMap<&str, Vec<&Read>>> = BTreeMap::new();
    for read in reads {
        owners.entry(&read.owner).or_default().entry(&read.data).or_default().push(read);
    }
    for (owner, data) in owners {
        let all: usize = data.values().map(Vec::len).sum();
        let line = Line::indented(INDENT).tone(Tone::Strong, &words.owner(owner)).gap(GAP);
        sheet.page.line(&line.tone(Tone::Faint, &places(sheet, all)), 2 * INDENT)?;
        let column = 2 * INDENT + first_column(data.keys().map(|id| words.data(id))) + GAP;
        for (id, reads) in data {
            data_type(sheet, id, &reads, column)?;
        }
    }
    Ok(())
}

/// One data type of one owner, the surest places first.
fn data_type(sheet: &mut Sheet<'_, '_>, id: &str, reads: &[&Read], column: usize) -> io::Result<()> {
    let words = sheet.words;
    let mut reads = reads.to_vec();
    reads.sort_by_key(|read| std::cmp::Reverse(read.certainty));
    let reachable = reads.iter().filter(|read| read.certainty == Certainty::Reachable).count();
    let mut line = Line::indented(2 * INDENT).plain(words.data(id)).column(column).plain(&places(sheet, reads.len()));
    if 0 < reachable {
        line = line.plain(words.pick("，其中入口可达 ", ", reachable: ")).plain(&reachable.to_string());
    }
    sheet.page.line(&line, column)?;
    let shown = if sheet.verbose { reads.len() } else { FEW_PLACES };
    for read in reads.iter().take(shown) {
        place(sheet, read)?;
    }
    Ok(())
}

fn place(sheet: &mut Sheet<'_, '_>, read: &Read) -> io::Result<()> {
    let words = sheet.words;
    let (indent, hang) = (3 * INDENT, 4 * INDENT);
    let caller = if read.caller.is_empty() { read.file.clone() } else { dotted(&read.caller) };
    let api = if sheet.verbose { read.api.clone() } else { short(&read.api) };
    let mut notes = vec![words.certainty(read.certainty).to_owned()];
    let literal = read.literal.as_deref();
    notes.extend(telling(literal, &read.api).map(|literal| format!("\"{literal}\"")));
    notes.extend(is_reflected(literal, &read.api).then(|| words.pick("反射", "by reflection").to_owned()));
    notes.extend((read.pre_consent == Some(true)).then(|| words.pick("同意前", "before consent").to_owned()));
    notes.extend((read.background == Some(true)).then(|| words.pick("后台", "in the background").to_owned()));
    notes.extend(read.via.is_some().then(|| words.pick("归属依调用者", "owner by its callers").to_owned()));
    notes.extend(words.obstacles(&read.obtainable));
    let line = Line::indented(indent).plain(&format!("{caller} → {api}")).gap(GAP);
    sheet.page.line(&line.whole(Tone::Faint, &notes.join(" · ")), hang)?;
    if !sheet.verbose {
        return Ok(());
    }
    let at = format!("{}@{}", read.file, read.offset);
    sheet.page.line(&Line::indented(hang).tone(Tone::Faint, &at), hang)?;
    if !read.path.is_empty() {
        let path: Vec<_> = read.path.iter().map(|step| dotted(step)).collect();
        let entry = read.entry.map(|entry| format!("{entry}: ")).unwrap_or_default();
        sheet.page.line(&Line::indented(hang).tone(Tone::Faint, &format!("{entry}{}", path.join(" → "))), hang)?;
    }
    if let Some(note) = &read.note {
        sheet.page.line(&Line::indented(hang).tone(Tone::Faint, note), hang)?;
    }
    Ok(())
}

/// Hosts by owner, those named in clear text first.
fn endpoints(sheet: &mut Sheet<'_, '_>, behavior: &Behavior) -> io::Result<()> {
    let words = sheet.words;
    let Some(endpoints) = behavior.endpoints.as_deref().filter(|endpoints| !endpoints.is_empty()) else {
        return Ok(());
    };
    sheet.heading(words.pick("网络端点", "Network endpoints"), &endpoints.len().to_string())?;
    let mut owners: BTreeMap<&Owner, Vec<&Endpoint>> = BTreeMap::new();
    for endpoint in endpoints {
        owners.entry(&endpoint.owner).or_default().push(endpoint);
    }
    for (owner, mut endpoints) in owners {
        let line = Line::indented(INDENT).tone(Tone::Strong, &words.owner(owner)).gap(GAP);
        let all = words.count(endpoints.len(), "个", "host", "hosts");
        sheet.page.line(&line.tone(Tone::Faint, &all), 2 * INDENT)?;
        endpoints.sort_by_key(|endpoint| !endpoint.cleartext);
        let shown = if sheet.verbose { endpoints.len() } else { FEW_HOSTS };
        for endpoint in endpoints.iter().take(shown) {
            host(sheet, endpoint)?;
        }
        sheet.rest(shown, endpoints.len(), 2 * INDENT)?;
    }
    Ok(())
}

fn host(sheet: &mut Sheet<'_, '_>, endpoint: &Endpoint) -> io::Result<()> {
    let words = sheet.words;
    let mut line = Line::indented(2 * INDENT).plain(&endpoint.host);
    if let Some(sdk) = endpoint.sdk.as_deref().filter(|id| endpoint.owner.id != **id) {
        line = line.gap(GAP).tone(Tone::Faint, words.sdk(sdk));
    }
    if endpoint.cleartext {
        line = line.gap(GAP).tone(Tone::Warning, words.pick("明文", "clear text"));
    }
    if endpoint.allowed == Some(false) {
        let text = words.pick("网络配置禁止", "the network configuration forbids it");
        line = line.gap(GAP).tone(Tone::Faint, text);
    }
    sheet.page.line(&line, 3 * INDENT)
}

fn places(sheet: &Sheet<'_, '_>, count: usize) -> String {
    sheet.words.count(count, "处", "place", "places")
}

fn first_column<'t>(names: impl Iterator<Item = &'t str>) -> usize {
    names.map(width).max().unwrap_or(0).min(MAX_COLUMN)
}

fn count(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}
