//! Which permission a method, content URI or literal of the platform needs. Shared by the build script, which writes the
//! rows, and the library, which decodes them when they are first asked for.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::model::Confidence;

/// The newest API level that the rows know; one that holds there holds on.
const NEWEST: u32 = 36;

/// Levels that no list of rows observed: what held right before or right after may hold there too.
const UNOBSERVED: RangeInclusive<u32> = 26..=30;

/// What a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ApiKind {
    /// A content URI, and all below it.
    ContentUri,
    /// A text of code or manifest: an action, a path, a media type.
    Literal,
    /// A method, `Lcls;->name(args)ret`.
    Method,
}

/// How the permissions of a row go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Need {
    /// Each is needed.
    All,
    /// One of them is enough.
    Any,
    /// Each may be needed, depending on the call.
    Union,
    /// The documentation names them beside the API.
    Mentioned,
}

/// The permissions of one API in some API levels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>"))]
pub struct ApiPermission<S = &'static str> {
    /// What `api` is.
    pub kind: ApiKind,
    /// The method, URI or text.
    pub api: S,
    /// Constants, sorted.
    pub permissions: Vec<S>,
    /// How they go together.
    pub need: Need,
    /// Needed under a condition that the row does not state.
    pub conditional: bool,
    /// The first and the last API level for which this was observed.
    pub levels: (u32, u32),
    /// Where a reader can check it.
    pub origin: S,
    /// How sure it is.
    pub confidence: Confidence,
}

impl<S> ApiPermission<S> {
    /// Whether a call fails, or does nothing, without the permissions in some of these API levels.
    pub fn requires(&self, levels: &RangeInclusive<u32>) -> bool {
        let sure = matches!(self.need, Need::All | Need::Any) && self.confidence > Confidence::Low;
        let (first, last) = self.levels;
        sure && self.kind == ApiKind::Method && !self.conditional && meets(first, last, levels)
    }

    /// Whether the permissions may be what a call needs in some of these API levels.
    pub fn may_need(&self, levels: &RangeInclusive<u32>) -> bool {
        let (first, last) = self.levels;
        let first = if first == UNOBSERVED.end() + 1 { *UNOBSERVED.start() } else { first };
        let last = if last + 1 == *UNOBSERVED.start() { *UNOBSERVED.end() } else { last };
        meets(first, last, levels)
    }
}

fn meets(first: u32, last: u32, levels: &RangeInclusive<u32>) -> bool {
    first <= *levels.end() && (*levels.start() <= last || last >= NEWEST)
}

#[cfg(test)]
mod tests {
    use super::super::api_list::parse;
    use super::*;

    fn parsed(columns: &str) -> ApiPermission<String> {
        parse(&format!("names\nmethod\tLA;->a()V\tCAMERA,x.Y\t{columns}\torigin\thigh\n")).expect("a row").remove(0)
    }

    #[test]
    fn only_levels_that_the_package_runs_on_count() {
        let old = parsed("all\t\t5\t25");
        for (levels, requires, may_need) in
            [(19..=30, true, true), (26..=30, false, true), (31..=34, false, false), (1..=4, false, false)]
        {
            assert_eq!((old.requires(&levels), old.may_need(&levels)), (requires, may_need), "{levels:?}");
        }
        let new = parsed("all\t\t31\t36");
        for (levels, requires, may_need) in [(19..=30, false, true), (19..=25, false, false), (40..=41, true, true)] {
            assert_eq!((new.requires(&levels), new.may_need(&levels)), (requires, may_need), "{levels:?}");
        }
        for vague in ["union\t\t5\t25", "mentioned\t\t5\t25", "all\tconditional\t5\t25"] {
            assert!(!parsed(vague).requires(&(5..=25)) && parsed(vague).may_need(&(5..=25)), "{vague}");
        }
    }
}
