//! Names of SDKs in a cell: how many there are, and which SDKs of the catalog they mean.

use super::words::Words;

/// The names in a cell and what they mean.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Named {
    /// As written.
    pub(super) names: Vec<String>,
    /// Ids of the catalog, each once.
    pub(super) ids: Vec<&'static str>,
    /// A category of SDKs, where no SDK is named.
    pub(super) category: &'static str,
}

/// A longer text is no name.
pub(super) const LONGEST_NAME: usize = 60;

/// Whether a text is no longer than a name.
pub(super) fn is_short(text: &str) -> bool {
    // No character of UTF-8 takes more than four bytes.
    text.len() <= LONGEST_NAME.saturating_mul(4) && text.chars().count() <= LONGEST_NAME
}

/// Reads the names of a cell.
pub(super) fn read(cell: &str, words: &Words<'_>) -> Named {
    let cell: String = cell.split_whitespace().collect::<Vec<_>>().join(" ");
    let cell = cell.trim_matches(['：', ':', '；', ';', '，', ',', '、', '。', '“', '”', '"', '「', '」', '-', ' ']);
    let mut read = Named::default();
    if cell.is_empty() {
        return read;
    }
    let (outer, inner) = bracket(cell);
    // 极光认证（隐私政策）: the bracket held a link.
    let linked = inner.is_some_and(|inner| words.values(inner, "column").any(|value| value == "link"));
    let (cell, inner) = if linked { (outer.as_str(), None) } else { (cell, inner) };
    let generic = is_generic(&outer, words);
    let listed = inner.map(pieces).unwrap_or_default();
    // 第三方支付SDK（支付宝、微信支付）: the bracket names them.
    let within = generic
        && !listed.is_empty()
        && (1 < listed.len() || listed.first().is_some_and(|only| !resolve(only, "", words).is_empty()));
    let context = if within { bare(&outer) } else { "" };
    let names: Vec<String> = if within {
        listed.iter().map(|name| stripped(name, words)).filter(|name| !name.is_empty()).collect()
    } else {
        outer_names(cell, words)
    };
    for name in names {
        for id in resolve(&name, context, words) {
            if !read.ids.contains(&id) {
                read.ids.push(id);
            }
        }
        if !read.names.contains(&name) {
            read.names.push(name);
        }
    }
    if read.ids.is_empty() && generic {
        let found = words.find(&outer);
        let known = |value: &&str| words.catalog.tables.sdks.iter().any(|sdk| sdk.category == *value);
        read.category = found.valued("generic-sdk").map(|(_, value)| value).find(known).unwrap_or_default();
    }
    read
}

/// The ids that one name means: its whole words, without its brackets, the words in them, with the word of its
/// category; else the longest names within it.
pub(super) fn resolve(name: &str, context: &str, words: &Words<'_>) -> Vec<&'static str> {
    let (outer, inner) = bracket(name);
    let of = |spelling: &str| if spelling.trim().is_empty() { Vec::new() } else { words.sdk_ids(spelling) };
    let with = |more: &str| if more.is_empty() { Vec::new() } else { of(&format!("{}{more}", bare(name))) };
    let spellings: [&dyn Fn() -> Vec<&'static str>; 7] = [
        &|| with(context),
        &|| of(name),
        &|| of(bare(name)),
        &|| of(&outer),
        &|| of(bare(&outer)),
        &|| inner.map(of).unwrap_or_default(),
        &|| of(&format!("{}SDK", bare(&outer))),
    ];
    if let Some(ids) = spellings.iter().map(|ids| ids()).find(|ids| !ids.is_empty()) {
        return ids;
    }
    let found = words.find(name);
    let longest = found.sdks.iter().map(|hit| hit.range.len()).max().unwrap_or_default();
    let hits = found.sdks.iter().filter(|hit| hit.range.len() == longest);
    let mut ids: Vec<&'static str> = Vec::new();
    for hit in hits.filter_map(|hit| name.get(hit.range.clone())) {
        for id in words.sdk_ids(hit) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
    }
    ids
}

/// The names outside brackets: 友盟SDK，LinkedMe is two, 登录/分享SDK is one.
fn outer_names(cell: &str, words: &Words<'_>) -> Vec<String> {
    let strong = split(cell, |it| matches!(it, '、' | '，' | ',' | '；' | ';'));
    let mut names = Vec::new();
    for piece in strong {
        let parts = split(piece, |it| matches!(it, '/' | '|' | '和' | '及' | '与' | '&' | '+'));
        let all = 1 < parts.len() && parts.iter().all(|part| !words.sdk_ids(bare(part)).is_empty());
        let whole = !words.sdk_ids(piece).is_empty();
        if all && !whole {
            names.extend(parts.iter().map(|part| part.trim().to_owned()));
        } else {
            names.push(piece.trim().to_owned());
        }
    }
    names.retain(|name| !name.is_empty() && name.chars().count() <= LONGEST_NAME);
    names
}

/// Splits outside brackets.
fn split(text: &str, separates: impl Fn(char) -> bool) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut depth) = (0_usize, 0_usize);
    for (at, character) in text.char_indices() {
        match character {
            '(' | '（' | '[' | '【' => depth = depth.saturating_add(1),
            ')' | '）' | ']' | '】' => depth = depth.saturating_sub(1),
            _ if depth == 0 && separates(character) => {
                pieces.push(text.get(start..at).unwrap_or_default());
                start = at.saturating_add(character.len_utf8());
            }
            _ => {}
        }
    }
    pieces.push(text.get(start..).unwrap_or_default());
    pieces
}

fn pieces(inner: &str) -> Vec<&str> {
    let pieces = inner.split(['、', '，', ',', '/', '；', ';', '和', '及', '与']);
    pieces.map(str::trim).filter(|piece| !piece.is_empty()).collect()
}

/// The text outside the first bracket, and the text in it.
fn bracket(text: &str) -> (String, Option<&str>) {
    let Some(open) = text.find(['(', '（', '【', '[']) else { return (text.trim().to_owned(), None) };
    let start = open.saturating_add(text.get(open..).and_then(|it| it.chars().next()).map_or(1, char::len_utf8));
    let close = text.get(start..).and_then(|it| it.find([')', '）', '】', ']'])).map(|at| start.saturating_add(at));
    let end = close.unwrap_or(text.len());
    let tail = close.and_then(|close| text.get(close..)).map(|it| {
        let mut characters = it.chars();
        characters.next();
        characters.as_str()
    });
    let outer = format!("{}{}", text.get(..open).unwrap_or_default().trim(), tail.unwrap_or_default().trim());
    (outer, text.get(start..end).map(str::trim))
}

/// Without the word SDK at the end.
fn bare(name: &str) -> &str {
    let name = name.trim();
    let cut = name.len().saturating_sub(3);
    match name.get(cut..) {
        Some(tail) if tail.eq_ignore_ascii_case("sdk") && 0 < cut => name.get(..cut).unwrap_or(name).trim(),
        _ => name,
    }
}

/// The name says what it does and not what it is: 第三方支付SDK.
fn is_generic(outer: &str, words: &Words<'_>) -> bool {
    let found = words.find(outer);
    let outer_bare = bare(outer);
    let mut covered = vec![false; outer_bare.len()];
    for range in found.of("generic-sdk") {
        covered.iter_mut().take(range.end).skip(range.start).for_each(|it| *it = true);
    }
    let left = outer_bare.char_indices().any(|(at, it)| !it.is_whitespace() && covered.get(at) == Some(&false));
    !left && words.sdk_ids(outer).is_empty()
}

/// Without the words around a name that do not name: 集成了华为, VIVO的SDK.
fn stripped(name: &str, words: &Words<'_>) -> String {
    let mut name = bare(name).to_owned();
    loop {
        if !words.sdk_ids(&name).is_empty() {
            return name;
        }
        let found = words.find(&name);
        let cut = found.of("generic-sdk").find_map(|range| {
            let rest = if range.start == 0 {
                name.get(range.end..)
            } else {
                (range.end == name.len()).then(|| name.get(..range.start)).flatten()
            };
            rest.map(str::trim).filter(|rest| !rest.is_empty()).map(str::to_owned)
        });
        match cut {
            Some(rest) => name = rest,
            None => return name,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    #[test]
    fn a_bracket_names_what_a_category_does_not() {
        let words = Words::new(Catalog::builtin());
        let named = read("第三方支付SDK（支付宝、微信支付）", &words);
        assert_eq!(
            (named.names, named.ids),
            (vec!["支付宝".to_owned(), "微信支付".to_owned()], vec!["alipay", "wechat-pay"])
        );
        let named = read("消息推送SDK （集成了华为、小米、VIVO的SDK）", &words);
        assert_eq!(named.names, ["华为", "小米", "VIVO"]);
        assert_eq!(read("第三方支付SDK", &words).category, "payment");
    }

    #[test]
    fn one_cell_may_hold_several() {
        let words = Words::new(Catalog::builtin());
        assert_eq!(read("个推、个像、个数SDK", &words).names.len(), 3);
        assert_eq!(read("穿山甲（头条广告联盟）", &words).ids, ["pangle"]);
        assert_eq!(read("bugly SDK", &words).ids, ["bugly"]);
    }
}
