//! What has to be said of waivers and of a baseline that do not fit what was found.

use super::Lang;
use crate::gate::{Notice, Said};

/// One notice as a sentence, with its place in front.
pub fn notice(notice: &Notice, lang: Lang) -> String {
    let rule = notice.rule.as_deref().unwrap_or_default();
    let sentence = match lang {
        Lang::Zh => zh(&notice.said, rule),
        Lang::En => en(&notice.said, rule),
    };
    match lang {
        Lang::Zh => format!("{}：{sentence}", notice.place),
        Lang::En => format!("{}: {sentence}", notice.place),
    }
}

fn zh(said: &Said, rule: &str) -> String {
    match said {
        Said::Expired { until, owner, findings: 0 } => {
            format!("对 {rule} 的豁免已于 {until} 到期（责任人：{owner}），且无对应发现，应删除")
        }
        Said::Expired { until, owner, findings } => {
            format!("对 {rule} 的豁免已于 {until} 到期（责任人：{owner}），所涉 {findings} 项发现恢复计入")
        }
        Said::Unused => format!("对 {rule} 的豁免没有对应的发现，应删除"),
        Said::Unseen => format!("对 {rule} 的豁免未见对应的发现，但代码不完全可见，无法判断是否已解决"),
        Said::Partial { beyond } => {
            format!("对 {rule} 的豁免只覆盖发现的一部分，该发现仍计入；未覆盖：{}", beyond.join("、"))
        }
        Said::GoneEntries { count } => {
            format!("基线中有 {count} 项不再出现，可用 candor baseline --update 删除")
        }
        Said::UnseenEntries { count } => {
            format!("基线中有 {count} 项本次未见，但代码不完全可见，不能视为已解决")
        }
    }
}

fn en(said: &Said, rule: &str) -> String {
    match said {
        Said::Expired { until, owner, findings: 0 } => {
            format!("the waiver of {rule} expired on {until} ({owner}) and covers nothing; take it out")
        }
        Said::Expired { until, owner, findings } => {
            let stand = if *findings == 1 { "its finding stands" } else { "its findings stand" };
            format!("the waiver of {rule} expired on {until} ({owner}); {stand} again")
        }
        Said::Unused => format!("the waiver of {rule} covers nothing; take it out"),
        Said::Unseen => {
            format!("the waiver of {rule} covers nothing that can be seen, but not all code is visible")
        }
        Said::Partial { beyond } => format!(
            "the waiver of {rule} covers a finding in part only, which therefore stands; not covered: {}",
            beyond.join(", ")
        ),
        Said::GoneEntries { count } => {
            format!("{count} of its entries no longer occur; candor baseline --update takes them out")
        }
        Said::UnseenEntries { count } => {
            format!("{count} of its entries were not seen, but not all code is visible: they may not be resolved")
        }
    }
}
