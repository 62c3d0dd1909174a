//! Headings: which section of a policy a line stands in, and what that section is about.

use super::numbers::is_section;
use super::page::Line;
use super::words::{Found, Words};

/// A heading is shorter than a sentence.
const LONGEST_HEADING: usize = 44;

/// What a section is about, the stronger first: a heading with words of several is about the first of them.
const ROLES: [&str; 16] = [
    "exception",
    "definition",
    "rights",
    "minors",
    "transfer",
    "security",
    "retention",
    "update",
    "contact",
    "law",
    "share",
    "sdk",
    "permission",
    "web-storage",
    "collect",
    "use",
];

/// Sections in which the app says what it collects; one that nothing is known of is one, too.
const COLLECTING: [&str; 5] = ["", "collect", "web-storage", "permission", "use"];

/// The headings above a line.
#[derive(Debug, Default)]
pub(super) struct Sections {
    /// Rank, role and platform of each.
    stack: Vec<(usize, &'static str, &'static str)>,
    /// Changes with every heading.
    pub(super) count: usize,
}

impl Sections {
    /// Takes a heading.
    pub(super) fn enter(&mut self, line: &Line, found: &Found, platform: &'static str, words: &Words<'_>) {
        let rank = rank(line, words);
        self.stack.retain(|(above, ..)| *above < rank);
        self.stack.push((rank, role(found), platform));
        self.count = self.count.saturating_add(1);
    }

    /// What the nearest heading that says something is about; empty = none does.
    pub(super) fn role(&self) -> &'static str {
        self.stack.iter().rev().map(|(_, role, _)| *role).find(|role| !role.is_empty()).unwrap_or_default()
    }

    /// The platform in the nearest heading with one.
    pub(super) fn platform(&self) -> &'static str {
        self.stack.iter().rev().map(|(.., platform)| *platform).find(|it| !it.is_empty()).unwrap_or_default()
    }

    /// Whether the app says here what it collects.
    pub(super) fn collects(&self) -> bool {
        collects_in(self.role())
    }
}

/// Whether the app says in a section of this role what it collects.
pub(super) fn collects_in(role: &str) -> bool {
    COLLECTING.contains(&role)
}

/// Whether a line is a heading: the markup says so, or its number, or its words.
pub(super) fn is_heading(line: &Line, found: &Found, words: &Words<'_>) -> bool {
    let text = line.text.as_str();
    let length = text.chars().count();
    if line.rule || LONGEST_HEADING < length || text.ends_with(['。', '；', ';', '，', ',', '！', '.']) {
        return false;
    }
    if 0 < line.level {
        // Bold words before a list within a list are its label.
        return !line.item || !text.ends_with(['：', ':']);
    }
    if line.item || text.contains(['。', '；']) {
        return false;
    }
    let said = found.has("heading");
    let sentence = text.contains(['，', ',']) && !said;
    let appendix = found.of("appendix").any(|range| range.start == 0);
    (is_section(text, words) || appendix && said) && !sentence && !text.ends_with(['：', ':'])
        || said && length <= 30 && !text.contains(['，', '：', ':', '、']) && found.data.is_empty()
        || length <= 30
            && found.has("platform")
            && said
            && !text.trim_end_matches(['：', ':']).contains(['：', ':', '、'])
}

fn role(found: &Found) -> &'static str {
    let values: Vec<&str> = found.valued("heading").map(|(_, value)| value).collect();
    ROLES.into_iter().find(|role| values.contains(role)).unwrap_or_default()
}

/// Marked headings by their level, and among those of one level by their numbers.
fn rank(line: &Line, words: &Words<'_>) -> usize {
    let text = line.text.as_str();
    let number = match text.chars().next() {
        Some('第') => 1,
        Some('（' | '(') if is_section(text, words) => 4,
        Some(it) if !it.is_ascii_digit() && is_section(text, words) => 2,
        Some(it) if it.is_ascii_digit() => {
            let dots = text.chars().take_while(|it| it.is_ascii_digit() || *it == '.').filter(|it| *it == '.').count();
            if text.chars().find(|it| !it.is_ascii_digit()) == Some('）') {
                9
            } else {
                5_usize.saturating_add(dots.min(3))
            }
        }
        _ => 0,
    };
    let level = if line.level == 0 { 8 } else { usize::from(line.level) };
    level.saturating_mul(10).saturating_add(number)
}

/// The platform that a heading names.
pub(super) fn platform(line: &Line, words: &Words<'_>) -> &'static str {
    if LONGEST_HEADING < line.text.as_str().chars().count() {
        return "";
    }
    super::rows::own_platform(line.text.as_str(), words)
}
