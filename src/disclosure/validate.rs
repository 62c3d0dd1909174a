//! What a disclosure file may not say: words that nobody knows, and entries that contradict themselves.
//!
//! Two statements that contradict each other are facts about the policy and pass.

use std::collections::BTreeSet;

use super::model::{Cite, Claim, Claims, Disclosure, Effective, SdkRow};
use crate::catalog::{Catalog, DataType};
use crate::located::{self, Checked, Place, did_you_mean, fail, is_day, quoted, text, unique, word};

/// Words for `platforms`.
const PLATFORMS: [&str; 4] = ["android", "harmonyos", "ios", "web"];

/// Checks everything that the types leave open; `root` is the document that `disclosure` was read from.
pub(super) fn check<'t>(disclosure: &Disclosure, root: &Place<'t>, catalog: &Catalog) -> Checked<'t> {
    heading(disclosure, root)?;
    if !disclosure.app_type.is_empty() {
        located::app_type(&disclosure.app_type, &root.key("app_type"), catalog)?;
    }
    for (it, place) in disclosure.collects.iter().zip(root.key("collects").items()) {
        if it.data.is_empty() && it.other.is_empty() && it.umbrella.is_empty() {
            return fail(&place, "names no data: give `data`, `other` or `umbrella`");
        }
        data(&it.data, &place.key("data"), catalog)?;
        texts(&it.other, &place.key("other"))?;
        if !it.umbrella.is_empty() {
            umbrella(&it.umbrella, &place.key("umbrella"), catalog)?;
        }
        platforms(&it.platforms, &place.key("platforms"))?;
        cite(&it.cite, &place.key("cite"))?;
    }
    for (it, place) in disclosure.sdk.iter().zip(root.key("sdk").items()) {
        some(&it.names, &place, "names")?;
        texts(&it.names, &place.key("names"))?;
        sdks(&it.catalog, &place.key("catalog"), catalog)?;
        category(it, &place, catalog)?;
        data(&it.data, &place.key("data"), catalog)?;
        texts(&it.other, &place.key("other"))?;
        texts(&it.links, &place.key("links"))?;
        platforms(&it.platforms, &place.key("platforms"))?;
        cite(&it.cite, &place.key("cite"))?;
    }
    for (it, place) in disclosure.permission.iter().zip(root.key("permission").items()) {
        text(&it.text, &place.key("text"))?;
        permissions(&it.constants, &place.key("constants"), catalog)?;
        data(&it.data, &place.key("data"), catalog)?;
        platforms(&it.platforms, &place.key("platforms"))?;
        let elsewhere = !it.platforms.is_empty() && !it.platforms.iter().any(|it| it == "android");
        if elsewhere && let Some(constant) = it.constants.first() {
            return fail(
                &place.key("platforms"),
                format!("{} is an Android constant, yet `platforms` leaves `android` out", quoted(constant)),
            );
        }
        cite(&it.cite, &place.key("cite"))?;
    }
    for (it, place) in disclosure.denies.iter().zip(root.key("denies").items()) {
        some(&it.data, &place, "data")?;
        data(&it.data, &place.key("data"), catalog)?;
        sdks(&it.sdk, &place.key("sdk"), catalog)?;
        platforms(&it.platforms, &place.key("platforms"))?;
        cite(&it.cite, &place.key("cite"))?;
    }
    for (it, place) in disclosure.mentions.iter().zip(root.key("mentions").items()) {
        if it.data.is_empty() && it.other.is_empty() {
            return fail(&place, "names no data: give `data` or `other`");
        }
        data(&it.data, &place.key("data"), catalog)?;
        texts(&it.other, &place.key("other"))?;
        cite(&it.cite, &place.key("cite"))?;
    }
    for (it, place) in disclosure.residue.iter().zip(root.key("residue").items()) {
        text(&it.text, &place.key("text"))?;
        cite(&it.cite, &place.key("cite"))?;
    }
    claims(&disclosure.claims, &root.key("claims"))
}

/// A row is about named SDKs or about a category, never about both.
fn category<'t>(row: &SdkRow, place: &Place<'t>, catalog: &Catalog) -> Checked<'t> {
    let known: BTreeSet<&str> = catalog.tables.sdks.iter().map(|sdk| sdk.category).collect();
    let word = row.category.as_str();
    if word.is_empty() {
        return Ok(());
    }
    if !known.contains(word) {
        let nearest = did_you_mean(word, known);
        return fail(&place.key("category"), format!("unknown SDK category {}{nearest}", quoted(word)));
    }
    if row.catalog.is_empty() {
        Ok(())
    } else {
        fail(&place.key("category"), "the row names SDKs in `catalog` as well")
    }
}

fn heading<'t>(disclosure: &Disclosure, root: &Place<'t>) -> Checked<'t> {
    unique(&disclosure.packages, &root.key("packages"))?;
    for (it, place) in disclosure.packages.iter().zip(root.key("packages").items()) {
        if !is_application_id(it) {
            return fail(&place, format!("{} is no application id such as `com.example.app`", quoted(it)));
        }
    }
    if let Some(it) = &disclosure.controller_cite {
        let place = root.key("controller_cite");
        if disclosure.controller.is_empty() {
            return fail(&place, "cites a controller, yet `controller` is empty");
        }
        cite(it, &place)?;
    }
    if let Some(it) = &disclosure.effective {
        effective(it, &root.key("effective"))?;
    }
    match &disclosure.source {
        Some(it) if !it.sha256.is_empty() && !is_sha256(&it.sha256) => fail(
            &root.key("source").key("sha256"),
            format!("expected 64 lowercase hex digits, found {}", quoted(&it.sha256)),
        ),
        _ => Ok(()),
    }
}

fn effective<'t>(effective: &Effective, place: &Place<'t>) -> Checked<'t> {
    for (key, day) in [("from", &effective.from), ("to", &effective.to)] {
        if let Some(day) = day
            && !is_day(day)
        {
            return fail(&place.key(key), format!("expected a day such as 2021-11-01, found {}", quoted(day)));
        }
    }
    match (&effective.from, &effective.to) {
        // ISO days sort as text.
        (Some(from), Some(to)) if to < from => {
            fail(&place.key("to"), format!("the last day {to} is before the first day {from}"))
        }
        _ => Ok(()),
    }
}

fn claims<'t>(claims: &Claims, place: &Place<'t>) -> Checked<'t> {
    // A rule decides by these words; claims without a list are as stated.
    let keyed: [(&str, &Option<Claim>, &[&str]); 10] = [
        ("cross_border", &claims.cross_border, &["none", "yes", "conditional"]),
        ("storage", &claims.storage, &[]),
        ("retention", &claims.retention, &["period", "as-needed"]),
        ("transport", &claims.transport, &[]),
        ("minors", &claims.minors, &[]),
        ("background", &claims.background, &["none", "yes"]),
        ("self_start", &claims.self_start, &["none", "yes"]),
        ("targeting", &claims.targeting, &["none", "yes", "opt-out"]),
        ("contact", &claims.contact, &[]),
        ("rights", &claims.rights, &[]),
    ];
    for (key, claim, words) in keyed {
        let Some(claim) = claim else { continue };
        let place = place.key(key);
        if words.is_empty() {
            text(&claim.value, &place.key("value"))?;
        } else {
            word("word", &claim.value, words, &place.key("value"))?;
        }
        if claim.days.is_some() {
            if !matches!(key, "retention" | "rights") {
                return fail(&place.key("days"), format!("`{key}` has no days"));
            }
            if claim.value == "as-needed" {
                return fail(&place.key("days"), "`as-needed` states no days: write `period`");
            }
        }
        cite(&claim.cite, &place.key("cite"))?;
    }
    Ok(())
}

/// A list of data types, umbrellas with `~`.
fn data<'t>(list: &[String], place: &Place<'t>, catalog: &Catalog) -> Checked<'t> {
    unique(list, place)?;
    for (written, place) in list.iter().zip(place.items()) {
        let (id, has_tilde) = match written.strip_prefix('~') {
            Some(id) => (id, true),
            None => (written.as_str(), false),
        };
        let message = match catalog.data_type(id) {
            Some(it) if it.umbrella == has_tilde => continue,
            Some(it) if it.umbrella => format!("`{id}` is an umbrella: write `~{id}`"),
            Some(_) => format!("`{id}` is no umbrella: write it without `~`"),
            None => {
                let as_written = |it: &DataType| if it.umbrella { format!("~{}", it.id) } else { it.id.to_owned() };
                let hint = if let Some(it) = catalog.data_by_alias(id).next() {
                    question(&as_written(it))
                } else {
                    let ids: Vec<String> = catalog.tables.data_types.iter().map(as_written).collect();
                    did_you_mean(written, ids.iter().map(String::as_str))
                };
                format!("unknown data id {}{hint}", quoted(written))
            }
        };
        return fail(&place, message);
    }
    Ok(())
}

/// The umbrella that introduces a list, without `~`.
fn umbrella<'t>(written: &str, place: &Place<'t>, catalog: &Catalog) -> Checked<'t> {
    let id = written.strip_prefix('~').unwrap_or(written);
    let message = match catalog.data_type(id) {
        Some(it) if !it.umbrella => format!("`{id}` is no umbrella: write it into `data`"),
        Some(_) if id == written => return Ok(()),
        Some(_) => format!("the key says that it is an umbrella: write `{id}` without `~`"),
        None => {
            let by_alias = catalog.data_by_alias(id).find(|it| it.umbrella);
            let umbrellas = catalog.tables.data_types.iter().filter(|it| it.umbrella).map(|it| it.id);
            let hint = by_alias.map_or_else(|| did_you_mean(id, umbrellas), |it| question(it.id));
            format!("unknown umbrella {}{hint}", quoted(written))
        }
    };
    fail(place, message)
}

fn sdks<'t>(list: &[String], place: &Place<'t>, catalog: &Catalog) -> Checked<'t> {
    unique(list, place)?;
    for (id, place) in list.iter().zip(place.items()) {
        if catalog.sdk(id).is_none() {
            let by_name = catalog.sdk_by_policy_name(id).next();
            let hint = by_name.map_or_else(|| did_you_mean(id, catalog.tables.sdk_ids()), |it| question(it.id));
            return fail(&place, format!("unknown SDK id {}{hint}", quoted(id)));
        }
    }
    Ok(())
}

fn permissions<'t>(list: &[String], place: &Place<'t>, catalog: &Catalog) -> Checked<'t> {
    unique(list, place)?;
    for (name, place) in list.iter().zip(place.items()) {
        if catalog.permission(name).is_none() {
            let by_name = catalog.permission_by_name(name).next();
            let names = catalog.tables.permissions.iter().map(|it| it.name);
            let hint = by_name.map_or_else(|| did_you_mean(name, names), |it| question(it.name));
            return fail(&place, format!("unknown permission {}{hint}", quoted(name)));
        }
    }
    Ok(())
}

fn platforms<'t>(list: &[String], place: &Place<'t>) -> Checked<'t> {
    unique(list, place)?;
    list.iter().zip(place.items()).try_for_each(|(it, place)| word("platform", it, &PLATFORMS, &place))
}

fn cite<'t>(cite: &Cite, place: &Place<'t>) -> Checked<'t> {
    let [first, last] = cite.lines;
    if first == 0 || last == 0 {
        return fail(&place.key("lines"), format!("lines count from 1, found [{first}, {last}]"));
    }
    if last < first {
        return fail(&place.key("lines"), format!("the last line {last} is before the first line {first}"));
    }
    Ok(())
}

/// A list of texts as the policy writes them.
fn texts<'t>(list: &[String], place: &Place<'t>) -> Checked<'t> {
    unique(list, place)?;
    list.iter().zip(place.items()).try_for_each(|(it, place)| text(it, &place))
}

fn some<'t>(list: &[String], place: &Place<'t>, key: &str) -> Checked<'t> {
    if list.is_empty() { fail(&place.key(key), format!("`{key}` is empty")) } else { Ok(()) }
}

fn question(word: &str) -> String {
    format!("; did you mean `{word}`?")
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'))
}

/// As Android demands: two or more segments, each a letter and then letters, digits or `_`.
/// <https://developer.android.com/build/configure-app-module#set-application-id>
fn is_application_id(text: &str) -> bool {
    let segment = |it: &str| {
        it.starts_with(|it: char| it.is_ascii_alphabetic())
            && it.chars().all(|it| it.is_ascii_alphanumeric() || it == '_')
    };
    text.contains('.') && text.split('.').all(segment)
}
