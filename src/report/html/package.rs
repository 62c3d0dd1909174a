//! One package as a part of a page.

use askama::Template;
use data_encoding::{BASE64, HEXLOWER};
use sha2::{Digest, Sha256};

use super::findings::{self, Badge, Group};
use super::matrix::Matrix;
use super::policy::Policy;
use super::tables::{self, AgreementLine, HostLine, IssueLine, OwnerReads, PermissionLine, ReasonLine, SdkLine};
use super::text::{Both, Text, filters};
use crate::behavior::{Behavior, Icon, Signing};
use crate::catalog::Severity;
use crate::report::summary::Summary;
use crate::report::{Held, Told};

/// A package.
#[derive(Template)]
#[template(path = "package.html", config = "src/report/html/askama.toml")]
pub(super) struct Section<'a> {
    head: Head<'a>,
    held: Option<Policy<'a>>,
    icon: Option<String>,
    facts: Vec<Fact<'a>>,
    matrix: Matrix<'a>,
    groups: Vec<Group<'a>>,
    agreements: Vec<AgreementLine<'a>>,
    reads: Vec<OwnerReads<'a>>,
    permissions: Vec<PermissionLine<'a>>,
    sdks: Vec<SdkLine<'a>>,
    hosts: Option<Vec<HostLine<'a>>>,
    more_hosts: usize,
    reasons: Vec<ReasonLine<'a>>,
    issues: Vec<IssueLine<'a>>,
    more_issues: usize,
    library_reads: usize,
}

/// A package in the index.
#[derive(Template)]
#[template(path = "row.html", config = "src/report/html/askama.toml")]
pub(super) struct IndexRow<'h, 'a> {
    pub(super) head: &'h Head<'a>,
    /// The package is on the page.
    pub(super) shown: bool,
}

/// What is known of a package at a glance.
pub(super) struct Head<'a> {
    /// Begins every id of the package on the page.
    pub(super) id: String,
    pub(super) path: &'a str,
    name: &'a str,
    package: &'a str,
    version: String,
    counts: Vec<Count>,
    verdict: Text<'a>,
    complete: bool,
    unread: bool,
    completeness: Text<'a>,
}

/// How many findings of one kind.
pub(super) struct Count {
    pub(super) n: usize,
    pub(super) badge: Badge,
}

/// One line of the identity.
struct Fact<'a> {
    label: Text<'a>,
    value: String,
    /// It is to be compared letter by letter.
    exact: bool,
}

impl<'a> Head<'a> {
    fn new(both: Both<'a>, behavior: &'a Behavior, held: Option<Held<'a>>) -> Self {
        let app = &behavior.app;
        let label = app.label.as_deref().filter(|label| !label.trim().is_empty());
        let file = behavior.path.rsplit(['/', '\\']).next().unwrap_or(&behavior.path);
        let package = if app.package.is_empty() { file } else { &app.package };
        let summary = held.map(|held| Summary::new(held.checked));
        Self {
            id: id(&behavior.path, &behavior.sha256),
            path: &behavior.path,
            name: label.unwrap_or(package),
            package: &app.package,
            version: version(behavior),
            counts: summary.as_ref().map_or_else(Vec::new, |summary| counts(both, summary)),
            verdict: verdict(behavior, summary.as_ref()),
            complete: behavior.completeness.complete,
            unread: behavior.sha256.is_empty(),
            completeness: both.say(|words| words.completeness(&behavior.completeness)),
        }
    }
}

impl<'a> Head<'a> {
    pub(super) fn name(&self) -> &'a str {
        self.name
    }
}

impl<'a> Section<'a> {
    pub(super) fn new(both: Both<'a>, Told { behavior, held, .. }: Told<'a>) -> Self {
        let front = Head::new(both, behavior, held);
        let ids = held.map_or_else(Vec::new, |held| findings::ids(&front.id, &held.checked.findings));
        let matrix = match held {
            Some(held) => Matrix::of_check(both, held, &front.id, &ids),
            None => Matrix::of_scan(both, behavior),
        };
        let (hosts, more_hosts) = tables::hosts(both, behavior);
        let (issues, more_issues) = tables::issues(behavior);
        Self {
            held: held.map(|held| Policy::new(both, held)),
            icon: behavior.icon.as_ref().map(data_uri),
            facts: facts(behavior),
            matrix,
            groups: held.map_or_else(Vec::new, |held| findings::groups(both, &front.id, held, &ids)),
            agreements: held
                .map_or_else(Vec::new, |held| tables::agreements(both, &front.id, &held.checked.agreements)),
            reads: if held.is_some() { Vec::new() } else { tables::reads(both, behavior) },
            permissions: tables::permissions(both, behavior, held),
            sdks: tables::sdks(both, behavior, held),
            hosts: behavior.endpoints.is_some().then_some(hosts),
            more_hosts,
            reasons: tables::reasons(both, behavior),
            issues,
            more_issues,
            library_reads: held.map_or(0, |held| held.checked.library_reads),
            head: front,
        }
    }

    pub(super) fn head(&self) -> &Head<'a> {
        &self.head
    }
}

/// The same file under the same path has the same id in every report.
pub(super) fn id(path: &str, sha256: &str) -> String {
    let digest = Sha256::digest(format!("{path}\n{sha256}"));
    let digits = HEXLOWER.encode(&digest);
    format!("p{}", digits.get(..8).unwrap_or(&digits))
}

fn version(behavior: &Behavior) -> String {
    let name = behavior.app.version_name.as_deref().unwrap_or("?");
    let code = behavior.app.version_code.map_or_else(|| "?".to_owned(), |code| code.to_string());
    if behavior.app.package.is_empty() { String::new() } else { format!("{name} ({code})") }
}

fn data_uri(icon: &Icon) -> String {
    format!("data:{};base64,{}", icon.media_type, BASE64.encode(&icon.bytes))
}

/// What differs, and what agrees.
fn counts(both: Both<'_>, summary: &Summary) -> Vec<Count> {
    let mut counts = differences(both, summary);
    let agreed = Badge { class: "agreed", sign: "✓", text: Text::new("一致", "agree") };
    counts.push(Count { n: summary.agreements, badge: agreed });
    counts
}

/// Severities that have findings, then what is undecided and what a team has taken note of.
pub(super) fn differences(both: Both<'_>, summary: &Summary) -> Vec<Count> {
    let severities = [
        (summary.critical, Severity::Critical),
        (summary.high, Severity::High),
        (summary.medium, Severity::Medium),
        (summary.low, Severity::Low),
        (summary.info, Severity::Info),
    ];
    let found = severities.into_iter().filter(|(n, severity)| 0 < *n || Severity::Info < *severity);
    let mut counts: Vec<Count> =
        found.map(|(n, severity)| Count { n, badge: findings::badge(both, severity) }).collect();
    let undecided = Badge { class: "undecided", sign: "?", text: Text::new("未定", "undecided") };
    counts.push(Count { n: summary.undecided, badge: undecided });
    for (n, text) in
        [(summary.waived, Text::new("豁免", "waived")), (summary.baselined, Text::new("在基线内", "in the baseline"))]
    {
        if 0 < n {
            counts.push(Count { n, badge: Badge { class: "info", sign: "–", text } });
        }
    }
    counts
}

/// The outcome in one sentence.
fn verdict(behavior: &Behavior, summary: Option<&Summary>) -> Text<'static> {
    if behavior.sha256.is_empty() {
        return Text::new("这个安装包无法读取。", "This package could not be read.");
    }
    let Some(summary) = summary else {
        let reads = behavior.reads.len();
        return Text::new(
            format!("代码中找到 {reads} 处读取；未与政策对照。"),
            format!("{reads} places in the code can read personal data; no policy was held against them."),
        );
    };
    // What a team has accepted is still a difference.
    let open = summary.critical + summary.high + summary.medium + summary.low + summary.info;
    match (open + summary.waived + summary.baselined, behavior.completeness.complete) {
        (0, true) => Text::new("未见与政策不一致之处。", "No difference from the policy was seen."),
        (0, false) => Text::new(
            "未见与政策不一致之处，但代码不完全可见，不能据此认定没有。",
            "No difference from the policy was seen, but not all code is visible: that proves nothing.",
        ),
        (open, _) => Text::new(
            format!("代码与政策有 {open} 处不一致。"),
            format!("Code and policy differ in {open} {}.", if open == 1 { "point" } else { "points" }),
        ),
    }
}

/// What tells this file from any other.
fn facts(behavior: &Behavior) -> Vec<Fact<'static>> {
    let app = &behavior.app;
    let mut facts = Vec::new();
    let mut add = |label: Text<'static>, value: String, exact: bool| {
        if !value.is_empty() {
            facts.push(Fact { label, value, exact });
        }
    };
    add(Text::new("文件", "File"), behavior.path.clone(), true);
    add(Text::same("SHA-256"), behavior.sha256.clone(), true);
    let size = if behavior.bytes == 0 { String::new() } else { grouped(behavior.bytes) };
    add(Text::new("大小（字节）", "Size in bytes"), size, false);
    add(Text::new("类型", "Kind"), behavior.kind.to_owned(), false);
    add(Text::new("应用名称", "Label"), app.label.clone().unwrap_or_default(), false);
    add(Text::new("包名", "Application id"), app.package.clone(), true);
    add(Text::new("版本", "Version"), version(behavior), false);
    let level = |level: Option<u32>| level.map_or_else(|| "?".to_owned(), |level| level.to_string());
    let levels = format!("{} / {}", level(app.min_sdk), level(app.target_sdk));
    add(Text::same("minSdk / targetSdk"), if app.package.is_empty() { String::new() } else { levels }, false);
    for (certificate, schemes) in certificates(&behavior.signing) {
        let Signing { subject, not_before, not_after, .. } = certificate;
        let value = format!("{subject} · {} – {} · {schemes}", day(not_before), day(not_after));
        add(Text::new("签名证书", "Signing certificate"), value, false);
        add(Text::new("证书 SHA-256", "Certificate SHA-256"), certificate.sha256.clone(), true);
    }
    facts
}

/// Certificates with the schemes that they sign by.
fn certificates(signing: &[Signing]) -> Vec<(&Signing, String)> {
    let mut found: Vec<(&Signing, String)> = Vec::new();
    for it in signing {
        match found.iter_mut().find(|(known, _)| known.sha256 == it.sha256 && known.subject == it.subject) {
            Some((_, schemes)) => {
                schemes.push_str(", ");
                schemes.push_str(it.scheme);
            }
            None => found.push((it, it.scheme.to_owned())),
        }
    }
    found
}

/// The day of a time.
fn day(time: &str) -> &str {
    time.split('T').next().unwrap_or(time)
}

/// A number with its digits in threes.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if 0 < index && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_in_threes() {
        assert_eq!([7, 999, 1000, 2_382_311].map(grouped), ["7", "999", "1,000", "2,382,311"]);
    }
}
