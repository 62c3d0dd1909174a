//! Links in a text. An address may hold full-width signs and may be broken over lines by whoever saved it.

use super::text::Text;

/// The addresses in a text, as written, without those that repeat.
pub(super) fn of(text: &str) -> Vec<String> {
    let mut links: Vec<String> = Vec::new();
    let mut at = 0_usize;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find("http")) {
        let start = at.saturating_add(found);
        let rest = text.get(start..).unwrap_or_default();
        let end = rest.find(|it: char| !is_address(it)).unwrap_or(rest.len());
        let address = rest.get(..end).unwrap_or_default().trim_end_matches(['.', ',', ')', ';', '：', ':', '*', '_']);
        if (address.contains("://") || address.contains("：//")) && !links.iter().any(|link| link == address) {
            links.push(address.to_owned());
        }
        at = start.saturating_add(end.max(4));
    }
    links
}

/// A line of a cell that only links: an address, or the label of one that follows.
pub(super) fn is_link_line(text: &str) -> bool {
    let text = text.trim();
    text.starts_with("http") || text.starts_with("www.") || text.ends_with(['：', ':']) && text.chars().count() < 20
}

/// A text without its addresses.
pub(super) fn without(text: &Text) -> Text {
    let string = text.as_str();
    let mut rest = Text::default();
    let mut start = 0_usize;
    while let Some(found) = string.get(start..).and_then(|tail| tail.find("http")) {
        let link = start.saturating_add(found);
        rest.append("", &text.slice(start..link));
        let tail = string.get(link..).unwrap_or_default();
        let end = tail.find(|it: char| !is_address(it)).unwrap_or(tail.len()).max(4);
        start = link.saturating_add(end);
    }
    rest.append("", &text.slice(start..string.len()));
    rest.trimmed()
}

/// Whether a place stands in an address.
pub(super) fn holds(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let start = before.trim_end_matches(is_address).len();
    before.get(start..).is_some_and(|it| it.contains("://") || it.contains("：//"))
}

fn is_address(it: char) -> bool {
    it.is_ascii_graphic() && !matches!(it, '<' | '>' | '"' | '|' | '`') || matches!(it, '：')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_end_where_words_begin() {
        assert_eq!(of("见https：//a.cn/b?c=1，和 http://d.cn/。http://d.cn/"), ["https：//a.cn/b?c=1", "http://d.cn/"]);
        assert!(of("the http protocol").is_empty());
    }
}
