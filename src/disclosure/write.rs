//! From a disclosure to its file: the same keys that are read, in the order of the format, with a comment above each
//! entry for the person who reviews it.

use std::fmt::Write;

use super::model::{Cite, Claim, Disclosure};

impl Disclosure {
    /// The file as text. `comment` gives the lines of a comment for a citation, without `#`; the whole begins with
    /// `heading`, lines of a comment too.
    pub fn to_toml(&self, heading: &[String], comment: &dyn Fn(&Cite) -> Vec<String>) -> String {
        let mut file = File { text: String::new(), comment };
        file.comments(heading);
        file.head(self);
        file.entries(self);
        file.text
    }

    /// The entries alone, as [`Disclosure::to_toml`] writes them: a piece that a file can take in.
    pub fn entries_to_toml(&self, comment: &dyn Fn(&Cite) -> Vec<String>) -> String {
        let mut file = File { text: String::new(), comment };
        file.entries(self);
        file.text
    }
}

struct File<'c> {
    text: String,
    comment: &'c dyn Fn(&Cite) -> Vec<String>,
}

impl File<'_> {
    fn entries(&mut self, disclosure: &Disclosure) {
        for it in &disclosure.collects {
            self.table("[[collects]]", &it.cite);
            self.list("data", &it.data, it.data.is_empty() && it.other.is_empty() && it.umbrella.is_empty());
            self.list("other", &it.other, false);
            self.text("umbrella", &it.umbrella);
            self.flag("open_ended", it.open_ended);
            self.flag("user_provided", it.user_provided);
            self.text("scene", &it.scene);
            self.text("purpose", &it.purpose);
            self.list("platforms", &it.platforms, false);
            self.cite("cite", &it.cite);
        }
        for it in &disclosure.sdk {
            self.table("[[sdk]]", &it.cite);
            self.list("names", &it.names, true);
            self.list("catalog", &it.catalog, it.category.is_empty());
            self.text("category", &it.category);
            self.always("provider", &it.provider);
            self.text("scene", &it.scene);
            self.always("purpose", &it.purpose);
            self.list("data", &it.data, true);
            self.list("other", &it.other, false);
            self.flag("open_ended", it.open_ended);
            self.list("links", &it.links, false);
            self.list("platforms", &it.platforms, false);
            self.cite("cite", &it.cite);
        }
        for it in &disclosure.permission {
            self.table("[[permission]]", &it.cite);
            self.always("text", &it.text);
            self.list("constants", &it.constants, true);
            self.always("purpose", &it.purpose);
            self.list("data", &it.data, false);
            self.list("platforms", &it.platforms, false);
            self.cite("cite", &it.cite);
        }
        for it in &disclosure.denies {
            self.table("[[denies]]", &it.cite);
            self.list("data", &it.data, true);
            self.list("sdk", &it.sdk, false);
            self.list("platforms", &it.platforms, false);
            self.cite("cite", &it.cite);
        }
        for it in &disclosure.mentions {
            self.table("[[mentions]]", &it.cite);
            self.list("data", &it.data, it.other.is_empty());
            self.list("other", &it.other, false);
            self.cite("cite", &it.cite);
        }
        for it in &disclosure.residue {
            self.table("[[residue]]", &it.cite);
            self.always("text", &it.text);
            self.cite("cite", &it.cite);
        }
        for (name, claim) in disclosure.claims.stated() {
            self.claim(name, claim);
        }
    }

    fn head(&mut self, it: &Disclosure) {
        self.always("schema", &it.schema);
        self.text("title", &it.title);
        self.text("app", &it.app);
        self.text("app_type", &it.app_type);
        self.list("packages", &it.packages, false);
        self.text("controller", &it.controller);
        if let Some(cite) = &it.controller_cite {
            self.cite("controller_cite", cite);
        }
        if let Some(effective) = &it.effective {
            let days = [("from", &effective.from), ("to", &effective.to)];
            let days = days.iter().filter_map(|(key, day)| day.as_ref().map(|day| format!("{key} = {day}")));
            self.line(&format!("effective = {{ {} }}", days.collect::<Vec<_>>().join(", ")));
        }
        if let Some(source) = &it.source {
            self.line(&format!("source = {{ file = {}, sha256 = {} }}", quoted(&source.file), quoted(&source.sha256)));
        }
    }

    fn table(&mut self, header: &str, cite: &Cite) {
        self.text.push('\n');
        let lines = (self.comment)(cite);
        self.comments(&lines);
        self.line(header);
    }

    fn claim(&mut self, name: &str, claim: &Claim) {
        self.table(&format!("[claims.{name}]"), &claim.cite);
        self.always("value", &claim.value);
        if let Some(days) = claim.days {
            self.line(&format!("days = {days}"));
        }
        self.cite("cite", &claim.cite);
    }

    fn comments(&mut self, lines: &[String]) {
        for line in lines {
            let line: String = line.chars().map(|it| if it.is_control() { ' ' } else { it }).collect();
            self.line(format!("# {line}").trim_end());
        }
    }

    fn cite(&mut self, key: &str, cite: &Cite) {
        let [first, last] = cite.lines;
        let quote = if cite.quote.is_empty() { String::new() } else { format!(", quote = {}", quoted(&cite.quote)) };
        self.line(&format!("{key} = {{ lines = [{first}, {last}]{quote} }}"));
    }

    fn text(&mut self, key: &str, value: &str) {
        if !value.is_empty() {
            self.always(key, value);
        }
    }

    fn always(&mut self, key: &str, value: &str) {
        self.line(&format!("{key} = {}", quoted(value)));
    }

    fn flag(&mut self, key: &str, value: bool) {
        if value {
            self.line(&format!("{key} = true"));
        }
    }

    fn list(&mut self, key: &str, values: &[String], always: bool) {
        if !values.is_empty() || always {
            let values = values.iter().map(|it| quoted(it)).collect::<Vec<_>>().join(", ");
            self.line(&format!("{key} = [{values}]"));
        }
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
}

/// A basic string: everything that TOML does not take as it is gets escaped.
/// <https://toml.io/en/v1.0.0#string>
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for it in text.chars() {
        match it {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            it if it.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(it));
            }
            it => quoted.push(it),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::super::model::{Claim, Claims, Collects, Effective, SCHEMA, SdkRow};
    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn what_is_written_is_read_again() {
        let cite = Cite { lines: [3, 4], quote: "a \"b\" \\ \u{7f}\u{1}".to_owned() };
        let disclosure = Disclosure {
            schema: SCHEMA.to_owned(),
            title: "政策\t".to_owned(),
            effective: Some(Effective { from: Some("2021-11-01".to_owned()), to: None }),
            collects: vec![Collects {
                data: vec!["imei".to_owned()],
                open_ended: true,
                cite: cite.clone(),
                ..Collects::default()
            }],
            sdk: vec![SdkRow {
                names: vec!["支付宝".to_owned()],
                catalog: vec!["alipay".to_owned()],
                cite: cite.clone(),
                ..SdkRow::default()
            }],
            claims: Claims { rights: Some(Claim { value: "x".to_owned(), days: Some(15), cite }), ..Claims::default() },
            ..Disclosure::default()
        };
        let text = disclosure.to_toml(&["made\nby a test".to_owned()], &|cite| vec![format!("line {}", cite.lines[0])]);
        let mut read = Disclosure::parse("a.toml", &text, Catalog::builtin()).expect("a disclosure");
        read.file = String::new();
        assert_eq!(read, disclosure, "{text}");
        assert!(text.starts_with("# made by a test\nschema = "), "{text}");
    }
}
