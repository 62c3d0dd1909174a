//! Whatever the bytes: import ends without a panic, every place lies inside the text, and work grows with length.

use candor::catalog::Catalog;
use candor::disclosure::Disclosure;
use candor::policy::{Import, import};
use proptest::prelude::*;

/// Pieces that policies and their tables are made of, so that chance builds shapes that are nearly right.
const PIECES: [&str; 44] = [
    "我们会收集您的",
    "IMEI",
    "设备信息",
    "（",
    "）",
    "、",
    "，",
    "。",
    "\n",
    "\n\n\n",
    "|",
    "---|---\n",
    "SDK名称",
    "所属公司",
    "收集的个人信息",
    "使用目的",
    "：",
    "支付宝",
    "无",
    "/",
    "https://a.cn/x",
    "不会收集",
    "iOS端",
    "【仅Android】",
    "<table>",
    "<tr>",
    "<td rowspan=3>",
    "</td>",
    "</table>",
    "<p>",
    "&#x3001;",
    "&",
    "<a href='http://b.cn'>",
    "1、",
    "一、",
    "权限名称",
    "相机",
    "\t",
    "  ",
    "such as ",
    "Permission",
    "**",
    "[a](http://c.cn)",
    "\u{feff}",
];

fn holds(made: &Import) {
    let text = &made.source.text;
    let lines = u32::try_from(made.source.lines()).expect("a test is small");
    for mark in &made.marks {
        assert!(text.get(mark.span.clone()).is_some(), "{mark:?} is no part of the text");
    }
    let it = &made.disclosure;
    let cites = it.collects.iter().map(|it| &it.cite).chain(it.sdk.iter().map(|it| &it.cite));
    let cites = cites.chain(it.permission.iter().map(|it| &it.cite)).chain(it.denies.iter().map(|it| &it.cite));
    for [first, last] in cites.map(|cite| cite.lines).chain(made.not_understood.iter().map(|it| it.lines)) {
        assert!(1 <= first && first <= last && last <= lines, "lines {first}–{last} of {lines}");
    }
    Disclosure::parse("a.toml", &made.to_toml(), Catalog::builtin()).expect("what is written loads");
    assert!(!made.review().is_empty() && made.to_json().starts_with('{'));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn pieces_of_policies_never_panic(places in prop::collection::vec(0..PIECES.len(), 0..60), page: bool) {
        let mut text: String = places.iter().map(|place| PIECES[*place]).collect();
        if page {
            text.insert_str(0, "<html><body>");
        }
        if let Ok(made) = import(text.as_bytes(), "a", Catalog::builtin()) {
            holds(&made);
        }
    }

    #[test]
    fn bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(made) = import(&bytes, "a", Catalog::builtin()) {
            holds(&made);
        }
    }

    #[test]
    fn damaged_fixtures_never_panic(start in 0_usize..4000, length in 0_usize..200, with in ".{0,8}") {
        for text in [include_str!("../../fixtures/policies/page.html"), include_str!("../../fixtures/policies/cell-per-line.txt"), include_str!("../../fixtures/policies/pipe-cells.txt")] {
            let cut = |at: usize| (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            let (start, end) = (cut(start), cut(start + length));
            let damaged = format!("{}{with}{}", &text[..start], &text[end..]);
            if let Ok(made) = import(damaged.as_bytes(), "a", Catalog::builtin()) {
                holds(&made);
            }
        }
    }
}

/// A text of some length.
type Shape = fn(usize) -> String;

/// Texts that make a careless reader take work by the square of their length.
#[test]
fn work_grows_with_length() {
    let shapes: [(&str, Shape); 20] = [
        ("one line", |n| format!("我们会收集您的{}。", "IMEI、设备信息（".repeat(n))),
        ("brackets", |n| format!("我们会收集您的IMEI{}", "（".repeat(n * 6))),
        ("sentences", |n| "我们会收集您的IMEI、IP地址，用于安全。".repeat(n)),
        ("lines", |n| "我们会收集您的IMEI。\n".repeat(n)),
        ("open lines", |n| "我们会收集您的IMEI\n".repeat(n)),
        ("pipes", |n| format!("SDK名称|收集信息\n---|---\n{}", "支付宝|IMEI\n".repeat(n))),
        ("headers", |n| "SDK名称|收集信息\n---|---\n支付宝|IMEI\n".repeat(n)),
        ("bare headers", |n| format!("我们会收集您的IMEI。\n{}", "SDK名称\n收集信息\n".repeat(n))),
        ("cells", |n| format!("SDK名称\n收集信息\n使用目的\n{}", "支付宝\nIMEI\n支付\n".repeat(n))),
        ("spans", |n| {
            format!("<html><body><p>我们会收集您的IMEI。</p><table>{}", "<tr><td rowspan=500 colspan=40>IMEI".repeat(n))
        }),
        ("tables in tables", |n| {
            format!("<html><body><p>我们会收集您的IMEI。</p>{}", "<table><tr><td>IMEI<td>".repeat(n))
        }),
        ("labels", |n| "SDK名称：支付宝\n收集信息：IMEI\n".repeat(n)),
        ("bare labels", |n| "支付宝\n收集信息\nIMEI\n".repeat(n)),
        ("values", |n| format!("SDK名称：支付宝\n收集信息：{}", "IMEI、\n".repeat(n))),
        ("names", |n| format!("我们会收集您的IMEI。\n第三方SDK：\n{}", "支付宝\n".repeat(n))),
        ("items", |n| format!("我们使用以下第三方SDK：\n{}", "- 支付宝：收集IMEI\n".repeat(n))),
        ("spoken", |n| "我们使用支付宝SDK，收集IMEI；".repeat(n)),
        ("definitions", |n| format!("我们会收集您的IMEI。{}", "“设备信息”是指IMEI、OAID；".repeat(n))),
        ("claims", |n| "您的信息存储于中国境内，六个月后删除，不会传输至境外".repeat(n)),
        ("numbers", |n| format!("我们会收集您的IMEI。{}", "三十年2021年1月".repeat(n))),
    ];
    for (name, shape) in shapes {
        let text = shape(3200);
        let work = import(text.as_bytes(), "a", Catalog::builtin()).expect("a policy").looked_through;
        assert!(work < text.len() * MOST_LOOKS, "{name}: {work} bytes were looked through for {}", text.len());
    }
}

/// How often a text may be looked through, whatever its length: a reader of the square of it exceeds this by far.
const MOST_LOOKS: usize = 40;

/// Every line that names an identifier is cited, or listed, or in a definition, an exception or a purpose.
#[test]
fn nothing_is_dropped_silently() {
    for (text, line) in [
        ("隐私政策\n我们会收集您的IMEI。\n您的OAID十分重要。\n", 3),
        ("隐私政策\n第三方SDK\n支付宝SDK会收集IMEI。\n合作方可能得到您的Android ID。\n", 4),
        (
            "SDK名称|使用目的|收集信息\n---|---|---\n支付宝|支付|IMEI\n|支付|OAID、某种从未有人见过且名字长得不像数据的东西在此\n",
            4,
        ),
        ("隐私政策\n我们会收集您的IMEI。\n|甲|乙|\n|---|---|\n|OAID|丙|\n", 5),
    ] {
        let made = import(text.as_bytes(), "a", Catalog::builtin()).expect("a policy");
        let at = |lines: [u32; 2]| lines[0] <= line && line <= lines[1];
        let it = &made.disclosure;
        let mut cited = it.collects.iter().map(|it| it.cite.lines).chain(it.sdk.iter().map(|it| it.cite.lines));
        let listed = made.not_understood.iter().any(|it| at(it.lines));
        assert!(listed || cited.any(at), "line {line} of {text:?}: {:?}", made.not_understood);
    }
}
