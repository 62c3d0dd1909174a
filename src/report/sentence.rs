//! The one sentence of a finding: the catalog's template for its rule, with what was found filled in.

use std::collections::BTreeSet;

use super::Lang;
use super::words::Words;
use crate::check::Finding;

impl Words<'_> {
    /// The one sentence of a finding: the rule's template with names filled in.
    pub(super) fn message(&self, finding: &Finding) -> String {
        let Some(rule) = self.catalog.rule(&finding.rule) else { return finding.name.clone() };
        let template = self.name(rule.message_zh, rule.message_en, "");
        if template.is_empty() {
            return self.name(rule.title_zh, rule.title_en, rule.name).to_owned();
        }
        fill(template, |slot, optional| {
            let text = self.slot(finding, slot)?;
            let silent = text.is_empty() && slot == "cite" && !optional;
            Some(if silent { self.pick("政策", "the policy").to_owned() } else { text })
        })
    }

    fn slot(&self, finding: &Finding, slot: &str) -> Option<String> {
        Some(match slot {
            "owner" => {
                finding.owner.as_ref().map_or_else(|| self.pick("安装包", "the package").into(), |o| self.party(o))
            }
            "data" => self.data_list(finding),
            "sdk" => {
                let mut sdks: Vec<&str> = finding.sdks.iter().map(String::as_str).collect();
                sdks.sort_by_key(|id| finding.owner.as_ref().is_none_or(|owner| owner.id != *id));
                self.join(&sdks.into_iter().map(|id| self.sdk(id)).collect::<Vec<_>>())
            }
            "permissions" => {
                self.join(&finding.permissions.iter().map(|name| self.permission(name)).collect::<Vec<_>>())
            }
            "cite" => self.join(&finding.policy.iter().map(|cite| self.cite(cite)).collect::<Vec<_>>()),
            "detail" => self.detail(&finding.detail),
            _ => return None,
        })
    }

    /// The detail of a finding: words that candor chose, in the report's language, anything else as it is.
    fn detail(&self, detail: &str) -> String {
        if let Some(entry) = self.catalog.app_type(detail) {
            return self.name(entry.name_zh, entry.name_en, entry.id).to_owned();
        }
        let word = |word: &str| match word {
            "as-needed" => self
                .pick("只有“所需期限”一类的笼统表述", "general words such as “as long as necessary” only")
                .to_owned(),
            "provider" => self.pick("提供方名称", "the provider").to_owned(),
            "purpose" => self.pick("使用目的", "the purpose").to_owned(),
            "data" => self.pick("信息种类", "the types of data").to_owned(),
            "links" => self.pick("隐私政策链接", "a link to its policy").to_owned(),
            "controller" => self.pick("运营者名称", "the name of the controller").to_owned(),
            "contact" => self.pick("联系方式", "a way to reach it").to_owned(),
            "rights" => self.pick("政策没有写明", "the policy gives none").to_owned(),
            days if days.starts_with("days:") => {
                let days = days.trim_start_matches("days:");
                self.pick(
                    "承诺 # 天内答复，超过 15 个工作日",
                    "an answer is promised within # days, more than 15 working days",
                )
                .replace('#', days)
            }
            other => self
                .data_type(other)
                .map_or(other, |entry| self.name(entry.name_zh, entry.name_en, entry.id))
                .to_owned(),
        };
        let mut items: Vec<&str> = detail.split(", ").collect();
        let more = items.last().and_then(|it| it.strip_prefix('+')?.parse::<usize>().ok());
        items.truncate(items.len() - usize::from(more.is_some()));
        let told = self.join(&items.iter().map(|it| word(it)).collect::<Vec<_>>());
        match (more, self.lang) {
            (None, _) => told,
            (Some(more), Lang::Zh) => format!("{told} 等 {} 个", items.len() + more),
            (Some(more), Lang::En) => format!("{told} and {more} more"),
        }
    }

    fn data_list(&self, finding: &Finding) -> String {
        let mut data: Vec<&str> = finding.data.iter().map(String::as_str).collect();
        data.sort_by_cached_key(|id| self.weight(id));
        // Few calls give several.
        let several: Vec<_> = finding.evidence.iter().filter(|it| !it.also.is_empty()).collect();
        let told = data.into_iter().map(|id| {
            let same = several.iter().filter(|it| it.data == id);
            let also: BTreeSet<&str> = same.flat_map(|it| &it.also).map(String::as_str).collect();
            self.alternatives(id, also.into_iter())
        });
        self.join(&told.collect::<Vec<_>>())
    }
}

/// Fills `{slot}`s in one pass, so that a value with braces in it stays as it is; unknown slots stay too. A part in `[…]`
/// is left out where one of its slots is empty. `value` is told whether it is asked for such a part.
fn fill(template: &str, value: impl Fn(&str, bool) -> Option<String>) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, (part, after))) =
        rest.split_once('[').and_then(|(before, after)| Some((before, after.split_once(']')?)))
    {
        fill_part(before, |slot| value(slot, false), &mut filled);
        let is_empty = std::cell::Cell::new(false);
        let mut told = filled.clone();
        let value = |slot: &str| {
            let text = value(slot, true)?;
            is_empty.set(is_empty.get() || text.is_empty());
            Some(text)
        };
        fill_part(part, value, &mut told);
        if !is_empty.get() {
            filled = told;
        }
        rest = after;
    }
    fill_part(rest, |slot| value(slot, false), &mut filled);
    filled
}

fn fill_part(part: &str, value: impl Fn(&str) -> Option<String>, filled: &mut String) {
    let mut rest = part;
    while let Some((before, after)) = rest.split_once('{') {
        append(filled, before);
        let known = after.split_once('}').and_then(|(slot, tail)| Some((value(slot)?, tail)));
        if let Some((text, tail)) = known {
            append(filled, &text);
            rest = tail;
        } else {
            filled.push('{');
            rest = after;
        }
    }
    append(filled, rest);
}

/// A sentence with a space wherever Chinese and Latin letters would touch.
pub(super) fn spaced(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len());
    text.split_inclusive(|_: char| true).for_each(|letter| append(&mut spaced, letter));
    spaced
}

/// Appends a text, with a space where Chinese and Latin letters would touch.
fn append(filled: &mut String, text: &str) {
    let touches = |a: char, b: char| is_han(a) && b.is_ascii_alphanumeric() || a.is_ascii_alphanumeric() && is_han(b);
    if let (Some(last), Some(first)) = (filled.chars().last(), text.chars().next())
        && touches(last, first)
    {
        filled.push(' ');
    }
    filled.push_str(text);
}

pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_not_templates() {
        let value = |slot: &str, _| (slot == "owner").then(|| "{owner}{data}[x]".to_owned());
        assert_eq!(fill("a {owner} b {other} {", value), "a {owner}{data}[x] b {other} {");
    }

    #[test]
    fn a_part_with_an_empty_value_is_left_out() {
        let value = |slot: &str, _| Some(if slot == "sdk" { "甲" } else { "" }.to_owned());
        assert_eq!(fill("有{sdk}[，读{data}][，即{sdk}]。", value), "有甲，即甲。");
        assert_eq!(fill("[{data}]{sdk}[", value), "甲[");
    }

    #[test]
    fn chinese_and_latin_letters_do_not_touch() {
        let value = |slot: &str, _| Some(if slot == "sdk" { "UTDID SDK" } else { "IMEI、蓝牙" }.to_owned());
        assert_eq!(
            fill("含有{sdk}的代码可读取{data}（{sdk}）", value),
            "含有 UTDID SDK 的代码可读取 IMEI、蓝牙（UTDID SDK）"
        );
    }
}
