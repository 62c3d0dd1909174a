//! Regular expressions of the catalog: compiled when a text comes that may match, which for most of them never does.

use std::sync::OnceLock;

use regex::bytes::{Captures, Regex, RegexBuilder};

/// A regular expression of the catalog.
#[derive(Debug)]
pub(super) struct Expression {
    pattern: &'static str,
    /// Whether it has to match the whole of a text.
    whole: bool,
    /// How everything begins that one of its alternatives matches.
    starts: Vec<&'static str>,
    compiled: OnceLock<Option<Regex>>,
}

impl Expression {
    /// One that may match anywhere in a text.
    pub(super) fn new(pattern: &'static str) -> Self {
        Self { pattern, whole: false, starts: starts(pattern, false), compiled: OnceLock::new() }
    }

    /// One that matches the whole of a text.
    pub(super) fn whole(pattern: &'static str) -> Self {
        Self { pattern, whole: true, starts: starts(pattern, true), compiled: OnceLock::new() }
    }

    /// Whether a text matches.
    pub(super) fn matches(&self, text: &str) -> bool {
        self.compiled_for(text).is_some_and(|it| it.is_match(text.as_bytes()))
    }

    /// The groups of a text that matches.
    pub(super) fn captures<'t>(&self, text: &'t str) -> Option<Captures<'t>> {
        self.compiled_for(text)?.captures(text.as_bytes())
    }

    fn compiled_for(&self, text: &str) -> Option<&Regex> {
        let compile = || if self.whole { compiled(&format!("^(?:{})$", self.pattern)) } else { compiled(self.pattern) };
        let may_match = self.starts.iter().any(|start| text.starts_with(start));
        if may_match { self.compiled.get_or_init(compile).as_ref() } else { None }
    }
}

/// A regular expression of the catalog, compiled. Its `\d` and `\w` are ASCII's: what the catalog looks for is, and the
/// tables of all scripts take a hundred times longer to compile.
pub(super) fn compiled(pattern: &str) -> Option<Regex> {
    RegexBuilder::new(pattern).unicode(false).build().or_else(|_| Regex::new(pattern)).ok()
}

/// How the texts begin that an expression matches, by alternative, as far as that is plain to see.
fn starts(pattern: &'static str, whole: bool) -> Vec<&'static str> {
    match pattern.split_once('(') {
        // What stands between brackets may be an alternative of a part.
        Some((before, _)) => vec![if pattern.contains('|') { "" } else { start(before, whole) }],
        None => pattern.split('|').map(|alternative| start(alternative, whole)).collect(),
    }
}

/// The text that everything begins with which an alternative matches; empty where it may match further on.
fn start(alternative: &'static str, whole: bool) -> &'static str {
    let bound = alternative.strip_prefix('^').or(whole.then_some(alternative)).unwrap_or_default();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'/' | b'%');
    let end = bound.bytes().position(|byte| !is_plain(byte)).unwrap_or(bound.len());
    // What is repeated may be missing.
    let is_repeated = matches!(bound.as_bytes().get(end), Some(b'?' | b'*' | b'{'));
    bound.get(..end.saturating_sub(usize::from(is_repeated))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_of_a_match_is_never_more_than_is_sure() {
        for (pattern, whole, expected) in [
            (r"libjcore(.*)\.so", true, &["libjcore"][..]),
            (r"libcronet\.(.*)\.so", true, &["libcronet"]),
            ("libab?c", true, &["liba"]),
            ("liba|libb", true, &["liba", "libb"]),
            ("(lib)?a", true, &[""]),
            ("lib(a)|x", true, &[""]),
            ("lib", false, &[""]),
            ("^/proc/[^/]+/cmdline$|^/proc/%s/cmdline$", false, &["/proc/", "/proc/%s/cmdline"]),
            ("^/proc|self", false, &["/proc", ""]),
            ("^a[b|c]", false, &["a", ""]),
            (r"^\d+", true, &[""]),
            ("^a{2}", false, &[""]),
        ] {
            assert_eq!(starts(pattern, whole), expected, "{pattern}");
        }
    }

    #[test]
    fn an_expression_matches_what_it_would_without_a_look_at_the_start() {
        let library = Expression::whole(r"libjcore(.*)\.so");
        for (file, expected) in
            [("libjcore120.so", true), ("libjcore.so", true), ("libjcore1.so.1", false), ("xlibjcore1.so", false)]
        {
            assert_eq!(library.matches(file), expected, "{file}");
        }
        let path = Expression::new("^/proc/[^/]+/cmdline$|version");
        for (text, expected) in
            [("/proc/1/cmdline", true), ("/proc/cmdline", false), ("a version", true), ("x/proc/1/cmdline", false)]
        {
            assert_eq!(path.matches(text), expected, "{text}");
        }
        let version = Expression::whole(r"v(\d+)\.(\d+)");
        assert_eq!(version.captures("v1.20").map(|groups| groups[2].to_vec()), Some(b"20".to_vec()));
        assert!(version.captures("v1.20 beta").is_none());
    }
}
