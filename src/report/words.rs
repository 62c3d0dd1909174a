//! The words of a report in its language: names come from the catalog, the rest are the few phrases of the layout.
//!
//! It lays nothing out. No phrase here says that an app *collects*: code that reads is what can be seen.

use super::Lang;
use crate::behavior::{Certainty, Completeness, Grade, Owner, OwnerKind};
use crate::catalog::{Catalog, DataType, Severity};
use crate::check::Finding;
use crate::disclosure::Cite;

/// The prefix of the platform's own permissions; a report leaves it out.
pub(super) const PLATFORM_PERMISSION: &str = "android.permission.";

/// Looks names up in one catalog, in one language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) lang: Lang,
}

impl<'a> Words<'a> {
    pub(super) fn new(catalog: &'a Catalog, lang: Lang) -> Self {
        Self { catalog, lang }
    }

    /// The phrase of the report's language.
    pub(super) fn pick<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        match self.lang {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    /// The catalog's text in the report's language, else in the other one, else the id.
    fn name<'t>(&self, zh: &'t str, en: &'t str, id: &'t str) -> &'t str {
        let (first, second) = match self.lang {
            Lang::Zh => (zh, en),
            Lang::En => (en, zh),
        };
        [first, second].into_iter().find(|name| !name.is_empty()).unwrap_or(id)
    }

    /// The entry of a data type; `~` marks an umbrella where a disclosure names one.
    pub(super) fn data_type(&self, id: &str) -> Option<&'a DataType> {
        self.catalog.data_type(id.strip_prefix('~').unwrap_or(id))
    }

    pub(super) fn data<'t>(&self, id: &'t str) -> &'t str
    where
        'a: 't,
    {
        if id == "*" {
            return self.pick("未定数据", "undetermined data");
        }
        self.data_type(id).map_or(id, |entry| self.name(entry.name_zh, entry.name_en, entry.id))
    }

    pub(super) fn sdk<'t>(&self, id: &'t str) -> &'t str
    where
        'a: 't,
    {
        self.catalog.sdk(id).map_or(id, |entry| self.name(entry.name_zh, entry.name, entry.id))
    }

    /// What the user is told of a permission, where the catalog has it: policies' own word before the platform's label,
    /// which is a sentence.
    pub(super) fn permission_label(&self, name: &str) -> &'a str {
        let Some(entry) = self.catalog.permission(name) else { return "" };
        let zh = entry.aliases_zh.first().copied().unwrap_or(entry.label_zh);
        let en =
            if entry.label_en.is_empty() { entry.aliases_en.first().copied().unwrap_or("") } else { entry.label_en };
        self.name(zh, en, "")
    }

    pub(super) fn permission<'t>(&self, name: &'t str) -> &'t str
    where
        'a: 't,
    {
        let label = self.permission_label(name);
        if label.is_empty() { short_permission(name) } else { label }
    }

    pub(super) fn owner(&self, owner: &Owner) -> String {
        match owner.kind {
            OwnerKind::App => self.pick("应用自身代码", "the app's own code").to_owned(),
            OwnerKind::Sdk => self.sdk(&owner.id).to_owned(),
            OwnerKind::Library => {
                let library = self.catalog.tables.libraries.iter().find(|entry| entry.prefix == owner.id);
                format!("{} {}", self.pick("开源库", "library"), library.map_or(owner.id.as_str(), |entry| entry.name))
            }
            OwnerKind::Unknown => format!("{} {}", self.pick("归属不明的代码", "unattributed code"), owner.id),
        }
    }

    pub(super) fn severity(&self, severity: Severity) -> &'static str {
        match severity {
            Severity::Critical => self.pick("严重", "critical"),
            Severity::High => self.pick("高", "high"),
            Severity::Medium => self.pick("中", "medium"),
            Severity::Low => self.pick("低", "low"),
            Severity::Info => self.pick("提示", "info"),
        }
    }

    pub(super) fn certainty(&self, certainty: Certainty) -> &'static str {
        match certainty {
            Certainty::Present => self.pick("代码存在", "present"),
            Certainty::Reachable => self.pick("入口可达", "reachable"),
        }
    }

    pub(super) fn grade(&self, grade: Grade) -> &'static str {
        match grade {
            Grade::Possible => self.pick("可能", "possible"),
            Grade::Present => self.pick("确认", "present"),
        }
    }

    /// Whether absence proves anything, as one sentence.
    pub(super) fn completeness(&self, completeness: &Completeness) -> String {
        let mut kinds: Vec<_> = completeness.reasons.iter().map(|reason| self.reason(reason.kind)).collect();
        kinds.dedup();
        let kinds = self.join(&kinds);
        match (completeness.complete, kinds.is_empty()) {
            (true, true) => self.pick("代码完整可见", "all code is visible").to_owned(),
            (true, false) => format!("{}{kinds}", self.pick("代码可见，但有：", "the code is visible, but there is: ")),
            (false, true) => self.pick("代码不完全可见", "not all code is visible").to_owned(),
            (false, false) => format!("{}{kinds}", self.pick("代码不完全可见：", "not all code is visible: ")),
        }
    }

    pub(super) fn reason<'t>(&self, kind: &'t str) -> &'t str {
        match kind {
            "packed" => self.pick("加固", "packed code"),
            "dynamic-code" => self.pick("动态加载代码", "code loaded at run time"),
            "reflection" => self.pick("反射调用", "reflection"),
            "native" => self.pick("原生代码", "native code"),
            "script" => self.pick("脚本代码", "script code"),
            "corrupt" => self.pick("损坏或不可读", "unreadable parts"),
            other => other,
        }
    }

    /// The one sentence of a finding: the rule's template with names filled in.
    pub(super) fn message(&self, finding: &Finding) -> String {
        let Some(rule) = self.catalog.rule(&finding.rule) else { return finding.name.clone() };
        let template = self.name(rule.message_zh, rule.message_en, "");
        if template.is_empty() {
            return self.name(rule.title_zh, rule.title_en, rule.name).to_owned();
        }
        fill(template, |slot| self.slot(finding, slot))
    }

    fn slot(&self, finding: &Finding, slot: &str) -> Option<String> {
        Some(match slot {
            "owner" => {
                finding.owner.as_ref().map_or_else(|| self.pick("安装包", "the package").into(), |o| self.owner(o))
            }
            "data" => self.join(&finding.data.iter().map(|id| self.data(id)).collect::<Vec<_>>()),
            "sdk" => self.join(&finding.sdks.iter().map(|id| self.sdk(id)).collect::<Vec<_>>()),
            "permissions" => {
                self.join(&finding.permissions.iter().map(|name| self.permission(name)).collect::<Vec<_>>())
            }
            "cite" if finding.policy.is_empty() => self.pick("政策", "the policy").into(),
            "cite" => self.join(&finding.policy.iter().map(|cite| self.cite(cite)).collect::<Vec<_>>()),
            "detail" => finding.detail.clone(),
            _ => return None,
        })
    }

    pub(super) fn cite(&self, cite: &Cite) -> String {
        let [first, last] = cite.lines;
        match (self.lang, first == last) {
            (Lang::Zh, true) => format!("第{first}行"),
            (Lang::Zh, false) => format!("第{first}–{last}行"),
            (Lang::En, true) => format!("line {first}"),
            (Lang::En, false) => format!("lines {first}–{last}"),
        }
    }

    pub(super) fn join<T: AsRef<str>>(&self, items: &[T]) -> String {
        let items: Vec<&str> = items.iter().map(AsRef::as_ref).collect();
        items.join(self.pick("、", ", "))
    }

    /// A count with its noun.
    pub(super) fn count(&self, count: usize, zh: &str, one: &str, many: &str) -> String {
        match self.lang {
            Lang::Zh => format!("{count} {zh}"),
            Lang::En => format!("{count} {}", if count == 1 { one } else { many }),
        }
    }
}

/// The constant without the platform's prefix.
pub(super) fn short_permission(name: &str) -> &str {
    name.strip_prefix(PLATFORM_PERMISSION).unwrap_or(name)
}

/// Fills `{slot}`s in one pass, so that a value with braces in it stays as it is; unknown slots stay too.
fn fill(template: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let known = after.split_once('}').and_then(|(slot, tail)| Some((value(slot)?, tail)));
        if let Some((text, tail)) = known {
            filled.push_str(&text);
            rest = tail;
        } else {
            filled.push('{');
            rest = after;
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_not_templates() {
        let value = |slot: &str| (slot == "owner").then(|| "{owner}{data}".to_owned());
        assert_eq!(fill("a {owner} b {other} {", value), "a {owner}{data} b {other} {");
    }
}
