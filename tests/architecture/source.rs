//! The files of `src/` as tokens, without comments and without test code; what a macro expands to is not seen.

use std::fs;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use walkdir::WalkDir;

/// One file of `src/`.
pub(crate) struct Source {
    /// From `src/`, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
    /// Without comments and test code, in order; a group is its opening token, its content and its closing token.
    pub(crate) tokens: Vec<Token>,
}

pub(crate) struct Token {
    pub(crate) line: usize,
    pub(crate) kind: Kind,
    pub(crate) text: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An identifier, punctuation or bracket.
    Sign,
    /// A string of any kind, with its quotes.
    Text,
    Other,
}

impl Token {
    pub(crate) fn is(&self, text: &str) -> bool {
        self.kind == Kind::Sign && self.text == text
    }
}

impl Source {
    pub(crate) fn new(path: &str, text: String) -> Self {
        let stream: TokenStream = text.parse().unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut tokens = Vec::new();
        flatten(stream, &mut tokens);
        Self { path: path.to_owned(), text, tokens }
    }

    /// The folder below `src/`, or the name of a file beside the folders.
    pub(crate) fn room(&self) -> &str {
        self.path.split(['/', '.']).next().unwrap_or_default()
    }

    /// The modules above and including this file: `container::signing::jar` has three.
    pub(crate) fn depth(&self) -> usize {
        self.path.matches('/').count() + usize::from(!self.path.ends_with("mod.rs"))
    }

    pub(crate) fn complain(&self, line: usize, what: impl std::fmt::Display) -> String {
        format!("src/{}:{line}: {what}", self.path)
    }

    /// The places at which these tokens follow each other.
    pub(crate) fn places<'s>(&'s self, signs: &'s [&str]) -> impl Iterator<Item = usize> + 's {
        let starts = 0..(self.tokens.len() + 1).saturating_sub(signs.len());
        starts.filter(move |start| signs.iter().zip(&self.tokens[*start..]).all(|(sign, token)| token.is(sign)))
    }

    /// A complaint for each place at which these tokens follow each other.
    pub(crate) fn find(&self, signs: &[&str], what: &str) -> Vec<String> {
        let here = |place: usize| self.complain(self.tokens[place].line, format!("{what}: {}", signs.concat()));
        self.places(signs).map(here).collect()
    }
}

/// All files of `src/` that are no test code, sorted.
pub(crate) fn sources() -> Vec<Source> {
    let mut sources = Vec::new();
    for entry in WalkDir::new("src").sort_by_file_name() {
        let entry = entry.expect("the source tree can be read");
        let path = entry.path().strip_prefix("src").expect("it was found there");
        let path = path.to_str().expect("paths are text").replace('\\', "/");
        if entry.path().extension().is_some_and(|it| it == "rs")
            && !path.split('/').any(|part| part == "tests" || part == "tests.rs")
        {
            sources.push(Source::new(&path, fs::read_to_string(entry.path()).expect("sources are text")));
        }
    }
    assert!(sources.len() > 50, "the tests run in the root of the crate");
    sources
}

/// Drops documentation, and items that are built for tests only.
fn flatten(stream: TokenStream, out: &mut Vec<Token>) {
    let trees: Vec<TokenTree> = stream.into_iter().collect();
    let mut place = 0;
    while let Some(tree) = trees.get(place) {
        if let Some((content, after)) = attribute(&trees, place) {
            let content: String = content.to_string().split_whitespace().collect();
            if content.starts_with("doc=") {
                place = after;
                continue;
            }
            if content == "cfg(test)" {
                place = after_item(&trees, after);
                continue;
            }
        }
        let line = tree.span().start().line;
        let mut push = |kind, text: String| out.push(Token { line, kind, text });
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                push(Kind::Sign, open.to_owned());
                flatten(group.stream(), out);
                out.push(Token { line, kind: Kind::Sign, text: close.to_owned() });
            }
            TokenTree::Literal(literal) => {
                let text = literal.to_string();
                push(if text.contains('"') { Kind::Text } else { Kind::Other }, text);
            }
            sign => push(Kind::Sign, sign.to_string()),
        }
        place += 1;
    }
}

/// The content of an attribute that begins here, and the place behind it.
fn attribute(trees: &[TokenTree], place: usize) -> Option<(TokenStream, usize)> {
    let is = |place: usize, sign: char| matches!(trees.get(place), Some(TokenTree::Punct(it)) if it.as_char() == sign);
    let bracket = place + if is(place + 1, '!') { 2 } else { 1 };
    match trees.get(bracket) {
        Some(TokenTree::Group(group)) if is(place, '#') && group.delimiter() == Delimiter::Bracket => {
            Some((group.stream(), bracket + 1))
        }
        _ => None,
    }
}

/// The place behind the item that begins here: an item ends with its braces or a semicolon.
fn after_item(trees: &[TokenTree], start: usize) -> usize {
    let ends = |tree: &TokenTree| match tree {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(sign) => sign.as_char() == ';',
        _ => false,
    };
    trees[start..].iter().position(ends).map_or(trees.len(), |end| start + end + 1)
}
