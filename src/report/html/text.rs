//! Text on a page: in both languages where they differ, never markup, and nothing in it changes the writing direction.

use std::borrow::Cow;
use std::fmt::{self, Display, Formatter, Write};
use std::ops::Deref;

use askama::filters::{Escaper, Html, HtmlSafe};
use askama::{FastWritable, Values};

use crate::catalog::Catalog;
use crate::report::Lang;
use crate::report::layout::{controls, first, is_one, plain, position, steers};
use crate::report::words::Words;

/// A part of a page in which characters that steer or hide are shown as `\u{…}`. Ends of lines stay: they are spaces there.
pub(super) fn harmless(part: String) -> String {
    let acts = |c: char| c != '\n' && steers(c);
    if first(&part, |byte| controls(byte) & !is_one(byte, *b"\n")).is_none() {
        return part;
    }
    part.chars().map(|c| if acts(c) { plain(c.encode_utf8(&mut [0; 4])).into_owned() } else { c.to_string() }).collect()
}

/// Writes a text that is no markup; most have nothing in them that could be.
fn escape(dest: &mut (impl Write + ?Sized), text: &str) -> fmt::Result {
    match position(text.as_bytes(), |byte| is_one(byte, *b"\"&'<>")) {
        None => dest.write_str(text),
        Some(_) => Html.write_escaped_str(dest, text),
    }
}

/// A text in Chinese and in English. The page shows one of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Text<'t> {
    pub(super) zh: Cow<'t, str>,
    pub(super) en: Cow<'t, str>,
}

impl<'t> Text<'t> {
    pub(super) fn new(zh: impl Into<Cow<'t, str>>, en: impl Into<Cow<'t, str>>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// A text that is the same in both.
    pub(super) fn same(text: &'t str) -> Self {
        Self::new(text, text)
    }

    /// The text, unless it says nothing.
    pub(super) fn told(self) -> Option<Self> {
        (!self.zh.is_empty() || !self.en.is_empty()).then_some(self)
    }
}

impl Text<'_> {
    fn write(&self, dest: &mut (impl Write + ?Sized)) -> fmt::Result {
        if self.zh == self.en {
            return escape(dest, &self.zh);
        }
        dest.write_str("<span lang=\"zh\">")?;
        escape(dest, &self.zh)?;
        dest.write_str("</span><span lang=\"en\">")?;
        escape(dest, &self.en)?;
        dest.write_str("</span>")
    }
}

impl Display for Text<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.write(f)
    }
}

impl FastWritable for Text<'_> {
    fn write_into(&self, dest: &mut dyn Write, _: &dyn Values) -> askama::Result<()> {
        Ok(self.write(dest)?)
    }
}

/// It is written with its markup, and its texts are escaped already.
impl HtmlSafe for Text<'_> {}

/// A text that is the same in both languages, and no markup.
#[derive(Debug, Clone, Copy)]
pub(super) struct Same<T>(pub(super) T);

impl<T> Deref for Same<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: AsRef<str>> Display for Same<T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        escape(f, self.0.as_ref())
    }
}

impl<T: AsRef<str>> FastWritable for Same<T> {
    fn write_into(&self, dest: &mut dyn Write, _: &dyn Values) -> askama::Result<()> {
        Ok(escape(dest, self.0.as_ref())?)
    }
}

/// Its text is escaped already.
impl<T: AsRef<str>> HtmlSafe for Same<T> {}

/// What the templates call: to say a phrase in both languages, `{{ "发现"|en("Findings") }}`, and for the name of a class or
/// member.
#[expect(
    unreachable_pub,
    clippy::inline_always,
    clippy::unnecessary_wraps,
    clippy::unused_self,
    reason = "the attribute asks for the result and makes the rest of the function"
)]
pub(super) mod filters {
    use askama::Values;

    use super::{Same, Text};
    use crate::report::names;

    #[askama::filter_fn]
    pub(crate) fn dotted(code: &str, _: &dyn Values) -> askama::Result<Same<String>> {
        Ok(Same(names::dotted(code)))
    }

    #[askama::filter_fn]
    pub(crate) fn en<'t>(zh: &'t str, _: &dyn Values, en: &'t str) -> askama::Result<Text<'t>> {
        Ok(Text::new(zh, en))
    }
}

/// Looks names up in both languages.
#[derive(Debug, Clone, Copy)]
pub(super) struct Both<'a> {
    pub(super) zh: Words<'a>,
    pub(super) en: Words<'a>,
}

impl<'a> Both<'a> {
    pub(super) fn new(catalog: &'a Catalog) -> Self {
        Self { zh: Words::new(catalog, Lang::Zh), en: Words::new(catalog, Lang::En) }
    }

    pub(super) fn say<'t, T: Into<Cow<'t, str>>>(&self, say: impl Fn(&Words<'a>) -> T) -> Text<'t> {
        Text::new(say(&self.zh), say(&self.en))
    }

    /// As [`Self::say`], for as many texts as the English words give.
    pub(super) fn list<'t>(&self, say: impl Fn(&Words<'a>) -> Vec<String>) -> Vec<Text<'t>> {
        say(&self.zh).into_iter().zip(say(&self.en)).map(|(zh, en)| Text::new(zh, en)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_markup_or_steers() {
        let text = harmless(Text::same("<b title='x'>&\u{202e}gpj.\n").to_string());
        assert_eq!(text, "&#60;b title=&#39;x&#39;&#62;&#38;\\u{202e}gpj.\n");
        let both = Text::new("<高>", "<high>").to_string();
        assert_eq!(both, "<span lang=\"zh\">&#60;高&#62;</span><span lang=\"en\">&#60;high&#62;</span>");
    }
}
