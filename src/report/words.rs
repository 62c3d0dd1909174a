//! The words of a report in its language: names come from the catalog, the rest are the few phrases of the layout.
//!
//! It lays nothing out. No phrase here says that an app *collects*: code that reads is what can be seen.

use super::{Lang, reasons};
use crate::behavior::{Certainty, Completeness, Grade, Obtainable, Owner, OwnerKind, Reason};
use crate::catalog::{Catalog, Confidence, DataType, Severity};
use crate::check::{Evidence, Finding, Searched};
use crate::disclosure::{Choice, Cite};

/// The prefix of the platform's own permissions; a report leaves it out.
pub(super) const PLATFORM_PERMISSION: &str = "android.permission.";

/// Classes of data types, the heaviest first.
const WEIGHTS: [&str; 5] = ["immutable", "sensitive", "PI", "resettable", "umbrella"];

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
    pub(super) fn name<'t>(&self, zh: &'t str, en: &'t str, id: &'t str) -> &'t str {
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

    /// A data type with those that the same call gives on other devices: IMEI/MEID.
    pub(super) fn data_of(&self, evidence: &Evidence) -> String {
        self.alternatives(&evidence.data, evidence.also.iter().map(String::as_str))
    }

    pub(super) fn alternatives<'t>(&self, id: &'t str, also: impl Iterator<Item = &'t str>) -> String
    where
        'a: 't,
    {
        std::iter::once(id).chain(also).map(|id| self.data(id)).collect::<Vec<_>>().join("/")
    }

    /// What a data type weighs in a list: what cannot be changed and what is sensitive come first.
    pub(super) fn weight(&self, id: &str) -> usize {
        let class = self.data_type(id).map_or("", |entry| entry.class);
        WEIGHTS.iter().position(|known| *known == class).unwrap_or(WEIGHTS.len())
    }

    pub(super) fn sdk<'t>(&self, id: &'t str) -> &'t str
    where
        'a: 't,
    {
        self.catalog.sdk(id).map_or(id, |entry| self.name(entry.name_zh, entry.name, entry.id))
    }

    /// What the user is told of a permission, where the catalog has it in this language: policies' own word in Chinese,
    /// the platform's label in English.
    pub(super) fn permission_label(&self, name: &str) -> &'a str {
        let Some(entry) = self.catalog.permission(name) else { return "" };
        let alias = |aliases: &[&'static str]| aliases.first().copied().unwrap_or("");
        let words = match self.lang {
            Lang::Zh => [alias(&entry.aliases_zh), entry.label_zh],
            Lang::En => [entry.label_en, alias(&entry.aliases_en)],
        };
        words.into_iter().find(|word| !word.is_empty()).unwrap_or("")
    }

    pub(super) fn permission<'t>(&self, name: &'t str) -> &'t str
    where
        'a: 't,
    {
        let label = self.permission_label(name);
        if label.is_empty() { short_permission(name) } else { label }
    }

    /// Code, by whose it is.
    pub(super) fn owner(&self, owner: &Owner) -> String {
        match owner.kind {
            OwnerKind::App => self.pick("应用自身的代码", "the app's own code").to_owned(),
            OwnerKind::Unknown => format!("{} {}", self.pick("归属不明的代码", "unattributed code"), owner.id),
            OwnerKind::Sdk | OwnerKind::Library => self.party(owner),
        }
    }

    /// Whose code it is.
    pub(super) fn party(&self, owner: &Owner) -> String {
        match owner.kind {
            OwnerKind::App => self.pick("应用自身", "the app itself").to_owned(),
            OwnerKind::Sdk => self.sdk(&owner.id).to_owned(),
            OwnerKind::Library => {
                let library = self.catalog.tables.libraries.iter().find(|entry| entry.prefix == owner.id);
                format!("{} {}", self.pick("开源库", "library"), library.map_or(owner.id.as_str(), |entry| entry.name))
            }
            OwnerKind::Unknown => format!("{} {}", self.pick("归属不明的", "unattributed package"), owner.id),
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

    pub(super) fn confidence(&self, confidence: Confidence) -> &'static str {
        match confidence {
            Confidence::High => self.pick("置信度高", "confidence high"),
            Confidence::Medium => self.pick("置信度中", "confidence medium"),
            Confidence::Low => self.pick("置信度低", "confidence low"),
        }
    }

    /// A part of the policy that was looked through, with how much there is of it.
    pub(super) fn searched(&self, searched: &Searched) -> String {
        let part = match searched.part {
            "collects" => self.pick("应用收集的信息", "what the app says it collects"),
            "sdk" => self.pick("SDK 清单", "the list of SDKs"),
            "permission" => self.pick("权限说明", "the list of permissions"),
            _ => self.pick("其他声明", "other statements"),
        };
        let (Some([first, _]), Some([_, last])) = (searched.lines.first(), searched.lines.last()) else {
            return format!("{part}{}", self.pick("（没有条目）", " (no entry)"));
        };
        let lines = self.cite(&Cite { lines: [*first, *last], quote: String::new() });
        let entries = self.count(searched.entries, "条", "entry", "entries");
        match self.lang {
            Lang::Zh => format!("{part}（{lines}，{entries}）"),
            Lang::En => format!("{part} ({lines}, {entries})"),
        }
    }

    pub(super) fn certainty(&self, certainty: Certainty) -> &'static str {
        match certainty {
            Certainty::Present => self.pick("代码存在", "present"),
            Certainty::Reachable => self.pick("入口可达", "reachable"),
        }
    }

    /// What keeps the system from giving the real value.
    pub(super) fn obstacles(&self, obtainable: &Obtainable) -> Vec<String> {
        let undeclared = obtainable.undeclared.join(self.pick(" 或 ", " or "));
        let undeclared = (!undeclared.is_empty()).then(|| match self.lang {
            Lang::Zh => format!("未声明权限 {undeclared}"),
            Lang::En => format!("{undeclared} not declared"),
        });
        let restricted = obtainable.restricted_since.map(|level| match self.lang {
            Lang::Zh => format!("API {level} 起受限"),
            Lang::En => format!("restricted since API {level}"),
        });
        undeclared.into_iter().chain(restricted).collect()
    }

    /// A sign that an SDK leaves, with its kind and the number of classes; of any other kind what it says alone.
    pub(super) fn sign(&self, kind: &str, value: &str, count: Option<u32>) -> String {
        let kind = match kind {
            "class" => self.pick("类", "classes"),
            "component" => self.pick("组件", "component"),
            "native-lib" => self.pick("原生库", "native library"),
            "meta-data" => self.pick("元数据", "meta-data"),
            "asset" => self.pick("文件", "file"),
            "string" => self.pick("字符串", "string"),
            "structure" => self.pick("代码结构", "code structure"),
            "packed" | "dynamic-code" => return reasons::told(value, self.lang),
            _ => return value.to_owned(),
        };
        let count = count.map(|count| match self.lang {
            Lang::Zh => format!(" ({count} 个)"),
            Lang::En => format!(" ({count})"),
        });
        format!("{kind} {value}{}", count.unwrap_or_default())
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
            (true, false) => format!("{}{kinds}", self.pick("代码基本可见，盲区：", "the code is visible but for: ")),
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

    /// What a reason rests on.
    pub(super) fn reason_detail(&self, reason: &Reason) -> String {
        reasons::told(&reason.detail, self.lang)
    }

    /// Why a finding is undecided.
    pub(super) fn doubt(&self, finding: &Finding) -> String {
        let rule = self.catalog.rule(&finding.rule);
        let own = rule.map_or("", |rule| self.pick(rule.undecided_why_zh, rule.undecided_why_en));
        let why = if !own.is_empty() {
            own
        } else if finding.evidence.is_empty() {
            self.pick("依据是代码中未见，而代码不完全可见", "it rests on absence, and not all code is visible")
        } else {
            self.pick("迹象较弱，不足以认定", "the signs are weak")
        };
        let stands = self.pick("；若成立，级别为", "; if it stands, its severity is ");
        format!("{why}{stands}{}", self.severity(finding.severity))
    }

    /// Why a package is held against this version of a policy.
    pub(super) fn choice(&self, choice: &Choice) -> String {
        let many = choice.versions;
        match (self.lang, choice.date.as_deref(), choice.entry.as_deref()) {
            (Lang::Zh, Some(day), Some(entry)) => {
                format!("版本：{day} 有效，该日期为安装包内 {entry} 的时间戳（共 {many} 个版本）")
            }
            (Lang::Zh, Some(day), None) => format!("版本：{day} 有效，该日期由 --date 指定（共 {many} 个版本）"),
            (Lang::Zh, None, _) => {
                format!(
                    "版本：安装包没有可用的日期（时间戳为固定值或晚于今天），取 {many} 个版本中最新的；可用 --date 指定"
                )
            }
            (Lang::En, Some(day), Some(entry)) => {
                format!("version in force on {day}, the date stamp of {entry} in the package; one of {many}")
            }
            (Lang::En, Some(day), None) => format!("version in force on {day}, the day given by --date; one of {many}"),
            (Lang::En, None, _) => format!(
                "newest version of {many}: the package has no usable date (its stamps are fixed or in the future); --date \
                 gives one"
            ),
        }
    }

    /// The SDKs whose code a finding is about beside the one that its sentence names.
    pub(super) fn parts(&self, finding: &Finding) -> Option<String> {
        let owner = finding.owner.as_ref()?;
        let rule = self.catalog.rule(&finding.rule)?;
        if rule.message_zh.contains("{sdk}") {
            return None;
        }
        let parts: Vec<_> = finding.sdks.iter().filter(|id| **id != owner.id).map(|id| self.sdk(id)).collect();
        (!parts.is_empty()).then(|| self.join(&parts))
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

    /// The quoted text on one line.
    pub(super) fn quote(cite: &Cite) -> String {
        cite.quote.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// What a finding rests on, where it is no call: an SDK's sign, a permission, a reason.
    pub(super) fn sign_of(&self, evidence: &Evidence) -> Option<String> {
        let is_call = matches!(evidence.kind, "read" | "call");
        (!is_call).then(|| self.sign(evidence.kind, &evidence.what, evidence.count))
    }

    /// Whose code holds what a finding rests on: an SDK by its name, anything else as it is.
    pub(super) fn holder<'e>(&self, evidence: &'e Evidence) -> &'e str
    where
        'a: 'e,
    {
        let is_sdk = evidence.kind == "endpoint" && self.catalog.sdk(&evidence.place).is_some();
        if is_sdk { self.sdk(&evidence.place) } else { &evidence.place }
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
