//! What an enumeration names: 设备标识符（IMEI、AndroidID） means its two leaves, for a bracket outranks its label; what
//! stands behind a mark of iOS is no fact about Android.

use std::ops::Range;

use super::words::{Found, Hit, Meaning, Words};
use crate::catalog::DataType;

/// One datum that a text names.
#[derive(Debug, Clone)]
pub(super) struct Item {
    /// Bytes of the text.
    pub(super) range: Range<usize>,
    /// The data type; none = data without an entry.
    pub(super) entry: Option<(&'static str, bool)>,
    /// The platform whose mark stands before it; empty = none.
    pub(super) platform: &'static str,
    /// The word is data in a list only: 语言, 视频.
    pub(super) weak: bool,
}

/// What a text names, in its order.
#[derive(Debug, Default)]
pub(super) struct Listed {
    pub(super) items: Vec<Item>,
    /// The umbrella that introduces a list, and its place.
    pub(super) umbrella: Option<(&'static str, Range<usize>)>,
    /// The list goes on: 如, 等.
    pub(super) open: bool,
}

/// Bytes between an umbrella and the list that it introduces.
const NEAR: usize = 120;

/// Reads the enumerations of a text.
pub(super) fn read(text: &str, found: &Found, words: &Words<'_>) -> Listed {
    let groups = brackets(text);
    let data: Vec<&Hit> = found.data.iter().filter(|hit| !words.meanings(hit).contains(&Meaning::NoData)).collect();
    let marks = marks(text, found, &groups);
    let mut listed = Listed::default();
    for (place, hit) in data.iter().enumerate() {
        let entry = words.data_type(hit).map(|it: &DataType| (it.id, it.umbrella));
        let umbrella = entry.is_some_and(|(_, umbrella)| umbrella);
        if umbrella && introduces(text, found, &groups, &data, place) {
            if let Some((id, _)) = entry {
                listed.umbrella.get_or_insert((id, hit.range.clone()));
            }
            continue;
        }
        let weak = found.of("weak-data").any(|range| *range == hit.range);
        listed.items.push(Item { range: hit.range.clone(), entry, platform: platform(&marks, hit), weak });
    }
    listed.open = is_open(found, &data.iter().map(|hit| &hit.range).collect::<Vec<_>>());
    listed
}

/// Whether the umbrella at `place` is the label of a list that follows: in brackets, or behind 包括.
fn introduces(text: &str, found: &Found, groups: &[Range<usize>], data: &[&Hit], place: usize) -> bool {
    let Some(hit) = data.get(place) else { return false };
    let label = |group: &&Range<usize>| {
        hit.range.end <= group.start
            && text.get(hit.range.end..group.start).is_some_and(|between| {
                between.chars().count() <= 4 && !between.contains(['、', '，', ',', '；', ';', '。', '\n'])
            })
    };
    if let Some(group) = groups.iter().find(label) {
        return data.iter().any(|inner| group.start < inner.range.start && inner.range.end <= group.end);
    }
    let Some(next) = data.get(place.saturating_add(1)) else { return false };
    let between = hit.range.end..next.range.start;
    let inside = |at: usize| groups.iter().filter(|group| group.contains(&at)).count();
    between.len() <= NEAR
        && text.get(between.clone()).is_some_and(|it| !it.contains(['。', '；', ';', '、', '）', ')', '\n']))
        && inside(hit.range.start) == inside(next.range.start)
        && found.of("introducer").any(|it| between.start <= it.start && it.end <= between.end)
        && !found.of("purpose-mark").any(|it| between.start <= it.start && it.end <= between.end)
}

/// The insides of brackets, outer before inner. A bracket that is never closed reaches to the end of its line.
pub(super) fn brackets(text: &str) -> Vec<Range<usize>> {
    let mut groups: Vec<Range<usize>> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for (at, character) in text.char_indices() {
        match character {
            '(' | '（' | '[' | '【' | '{' => {
                open.push(groups.len());
                groups.push(at..text.len());
            }
            ')' | '）' | ']' | '】' | '}' => {
                if let Some(group) = open.pop().and_then(|place| groups.get_mut(place)) {
                    group.end = at;
                }
            }
            '\n' => {
                for place in open.drain(..) {
                    if let Some(group) = groups.get_mut(place) {
                        group.end = at;
                    }
                }
            }
            _ => {}
        }
    }
    groups
}

/// A mark of a platform, and the range that it is about.
struct Mark {
    platform: &'static str,
    range: Range<usize>,
    /// It speaks for the word right before it.
    behind: bool,
}

fn marks(text: &str, found: &Found, groups: &[Range<usize>]) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    let mut last_end = 0_usize;
    let mut platforms: Vec<(&Range<usize>, &'static str)> = found.valued("platform").collect();
    // 仅Android contains Android: the longer word stands.
    platforms.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
    for (range, platform) in platforms {
        if range.start < last_end
            || found.data.iter().any(|hit| hit.range.start < range.end && range.start < hit.range.end)
        {
            continue;
        }
        let group = groups.iter().rfind(|group| group.contains(&range.start));
        let before = text.get(..range.start).unwrap_or_default().trim_end();
        let starts = before.is_empty()
            || before.ends_with(['(', '（', '[', '【', '，', ',', '；', ';', '。', '、', '：', ':', '\n']);
        // A line that was joined with the one before it begins behind a space.
        let joined = text.get(..range.start).is_some_and(|it| it.ends_with(char::is_whitespace));
        let alone = group.is_some_and(|group| {
            let inside = text.get(group.start..group.end).unwrap_or_default();
            inside.chars().count() <= range.len().saturating_add(6).min(16)
        });
        let square = group.is_some_and(|group| text.get(group.start..).is_some_and(|it| it.starts_with(['【', '['])));
        let mut lead = range.end;
        while let Some(noun) = found.of("platform-noun").filter(|it| it.start == lead).map(|it| it.end).max() {
            lead = noun;
        }
        let list = text.get(lead..).unwrap_or_default();
        let leads =
            list.starts_with(['：', ':', '(', '（', '】', ']']) || found.of("platform-lead").any(|it| it.start == lead);
        if alone && !square && !before.is_empty() && starts {
            marks.push(Mark { platform, range: group.cloned().unwrap_or_default(), behind: true });
        } else if (starts || joined) && (leads || square) {
            let end = group.filter(|_| !square).map_or(text.len(), |group| group.end);
            for mark in marks.iter_mut().filter(|mark| !mark.behind && range.start < mark.range.end) {
                mark.range.end = range.start;
            }
            marks.push(Mark { platform, range: range.end..end, behind: false });
        }
        last_end = range.end;
    }
    marks
}

fn platform(marks: &[Mark], hit: &Hit) -> &'static str {
    let behind = marks
        .iter()
        .find(|it| it.behind && hit.range.end <= it.range.start && it.range.start <= hit.range.end.saturating_add(2));
    let over = marks.iter().find(|it| !it.behind && it.range.contains(&hit.range.start));
    behind.or(over).map_or("", |mark| mark.platform)
}

/// 如 before a datum, or 等 behind one.
pub(super) fn is_open(found: &Found, data: &[&Range<usize>]) -> bool {
    found.valued("open-list").any(|(range, value)| {
        let after = |it: &Range<usize>| range.end <= it.start && it.start <= range.end.saturating_add(12);
        let before = |it: &Range<usize>| it.end <= range.start && range.start <= it.end.saturating_add(12);
        data.iter().any(|it| if value == "behind" { before(it) } else { after(it) })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    fn ids(text: &str) -> String {
        let words = Words::new(Catalog::builtin());
        let found = words.find(text);
        let listed = read(text, &found, &words);
        let items = listed.items.iter().map(|item| {
            let id = item.entry.map_or("?", |(id, _)| id);
            if item.platform.is_empty() { id.to_owned() } else { format!("{id}@{}", item.platform) }
        });
        let open = if listed.open { " …" } else { "" };
        format!("{}{open}", items.collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn a_bracket_outranks_its_label() {
        assert_eq!(ids("设备标识符（IMEI、Android ID）、网络信息"), "imei android-id network-info");
        assert_eq!(ids("设备信息，包括唯一设备识别码（如IMEI、IMSI）、MAC地址"), "imei imsi mac-wifi …");
        assert_eq!(ids("设备信息（用于安全）、应用列表等"), "device-info installed-apps …");
        assert_eq!(ids("SIM卡序列号、国际移动用户识别码"), "iccid imsi");
    }

    #[test]
    fn marks_of_platforms_hold_for_what_follows() {
        assert_eq!(
            ids("【双端】IP地址【仅Android】OAID、IMEI【仅iOS】IDFV"),
            "ip-address@both oaid@android imei@android idfv@ios"
        );
        assert_eq!(
            ids("设备标识（Android如IMEI、OAID，iOS如IDFV、IDFA）、序列号"),
            "imei@android oaid@android idfv@ios idfa@ios serial …"
        );
        assert_eq!(ids("MAC地址(如为iOS端,则仅适用于旧版本)、IDFA（ios专有）、IMEI"), "mac-wifi idfa@ios imei");
    }
}
