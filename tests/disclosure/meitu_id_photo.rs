//! The published disclosure of one real policy: its facts, and, where the text is at hand, that they stand there.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use candor::catalog::Catalog;
use candor::disclosure::{Cite, Claim, Claims, Disclosure, SdkRow};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::repository;

static DISCLOSURE: LazyLock<Disclosure> =
    LazyLock::new(|| Disclosure::load(&repository("disclosures/meitu-id-photo.toml"), Catalog::builtin()).unwrap());

#[test]
fn its_heading() {
    let it = &*DISCLOSURE;
    assert_eq!((it.title.as_str(), it.app.as_str()), ("个人信息保护政策", "美图证件照"));
    assert_eq!(it.controller, "厦门美图网科技有限公司");
    assert_eq!(it.controller_cite.as_ref().unwrap().lines, [235, 235]);
    assert_eq!((&it.effective, it.packages.len()), (&None, 0));
    let denied: Vec<_> = it.denies.iter().map(|it| (it.cite.lines, it.data.join(" "), it.sdk.len())).collect();
    assert_eq!(denied, [([45, 45], "~biometric".to_owned(), 0)]);
}

#[test]
fn its_own_collection() {
    let own: Vec<_> = DISCLOSURE.collects.iter().map(|it| (it.cite.lines, it.data.join(" "))).collect();
    let expected = [
        ([37, 37], "imei android-id iccid idfa idfv guid openudid imsi serial mac-wifi"),
        ([44, 44], "phone-number"),
        ([45, 45], "photos-media"),
        ([46, 46], "face"),
        ([52, 52], "id-card"),
        ([59, 61], "cookie"),
    ];
    assert_eq!(own, expected.map(|(lines, data)| (lines, data.to_owned())));
    let device = &DISCLOSURE.collects[0];
    assert_eq!((device.umbrella.as_str(), device.open_ended), ("device-info", true));
    let given: Vec<_> = DISCLOSURE.collects.iter().filter(|it| it.user_provided).map(|it| it.cite.lines[0]).collect();
    assert_eq!(given, [44, 52]);
}

#[test]
fn its_sdk_rows() {
    let row = |it: &SdkRow| (it.cite.lines, it.names.join(" "), it.catalog.join(" "), it.data.join(" "));
    let rows: Vec<_> = DISCLOSURE.sdk.iter().map(row).collect();
    let expected = [
        ([84, 93], "支付宝 微信支付", "alipay wechat-pay", "~device-id android-id mac-wifi"),
        ([97, 102], "Firebase", "firebase", "android-id"),
        ([107, 112], "bugly", "bugly", "iccid android-id"),
    ];
    assert_eq!(
        rows,
        expected.map(|(lines, names, ids, data)| (lines, names.to_owned(), ids.to_owned(), data.to_owned()))
    );
    assert!(DISCLOSURE.sdk.iter().all(|it| it.provider.is_empty()), "the table names no company");
}

#[test]
fn its_permission_rows() {
    let rows: Vec<_> =
        DISCLOSURE.permission.iter().map(|it| (it.cite.lines, it.constants.join(" "), it.data.join(" "))).collect();
    let expected = [
        ([250, 252], "INTERNET", ""),
        ([255, 257], "READ_PHONE_STATE", "imei idfa idfv"),
        ([260, 262], "WRITE_EXTERNAL_STORAGE", ""),
        ([265, 267], "CAMERA", ""),
        ([270, 272], "READ_EXTERNAL_STORAGE", ""),
    ];
    assert_eq!(rows, expected.map(|(lines, it, data)| (lines, format!("android.permission.{it}"), data.to_owned())));
    assert_eq!(DISCLOSURE.permission[0].platforms, ["android"]);
}

#[test]
fn its_claims() {
    let claims: Vec<_> = claims().map(|(key, it)| (key, it.value.as_str(), it.cite.lines, it.days)).collect();
    let expected = [
        ("cross_border", "none", [216, 216], None),
        ("storage", "存储于中国境内", [215, 215], None),
        ("retention", "as-needed", [154, 154], None),
        ("transport", "SSL、HTTPS", [153, 153], None),
        ("minors", "如果没有父母或监护人的同意，十四周岁以下未成年人不应使用美图证件照", [206, 209], None),
        ("background", "yes", [37, 37], None),
        ("contact", "legal@meitu.com", [236, 236], None),
        ("rights", "书面请求", [193, 193], Some(15)),
    ];
    assert_eq!(claims, expected);
}

#[test]
fn its_quotes_are_short_and_no_citation_lacks_one() {
    for (cite, _) in cited() {
        assert!((1..=40).contains(&cite.quote.chars().count()), "{:?}: {}", cite.lines, cite.quote);
    }
}

#[test]
fn its_texts_stand_in_the_cited_lines() {
    let Some(bytes) = corpus("policies/000_meitu-idphoto.txt") else { return };
    let stated = &DISCLOSURE.source.as_ref().unwrap().sha256;
    let hash = (0..stated.len()).step_by(2).map(|it| u8::from_str_radix(&stated[it..it + 2], 16).unwrap());
    assert_eq!(hash.collect::<Vec<_>>(), Sha256::digest(&bytes).to_vec());

    let policy = String::from_utf8(bytes).unwrap();
    let lines: Vec<&str> = policy.lines().collect();
    for (cite, texts) in cited() {
        let [first, last] = cite.lines.map(|it| it as usize);
        // A quote is on one line, with one space for any white space.
        let passage = lines[first - 1..last].join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
        for text in texts.into_iter().chain([cite.quote.as_str()]) {
            // An ellipsis leaves words out; what is left stands in order.
            let mut rest = passage.as_str();
            for piece in text.split('…') {
                let at = rest.find(piece).unwrap_or_else(|| panic!("lines {first}–{last} do not say {text}"));
                rest = &rest[at + piece.len()..];
            }
        }
    }
}

#[test]
fn its_rows_are_those_of_the_gold_annotation() {
    let Some(bytes) = corpus("policies/gold/000.json") else { return };
    let gold: Value = serde_json::from_slice(&bytes).unwrap();
    let rows = |key: &str| gold[key].as_array().unwrap().iter();
    let it = &*DISCLOSURE;

    let own: BTreeSet<String> = it.collects[0].data.iter().cloned().collect();
    assert_eq!(own, ids(&gold["identifiers"]).into_iter().collect());
    assert_eq!(it.collects[0].cite.lines, lines(&gold["identifier_spans"][0]));

    let own: Vec<_> = it.collects[1..].iter().map(|it| (it.data.clone(), it.cite.lines)).collect();
    assert_eq!(own, rows("other_data").map(|it| (ids(&it["ids"]), lines(it))).collect::<Vec<_>>());

    let sdk: Vec<_> = it.sdk.iter().map(|it| (it.names.clone(), it.data.clone(), it.cite.lines)).collect();
    assert_eq!(sdk, rows("sdks").map(|it| (words(&it["names"]), ids(&it["data_ids"]), lines(it))).collect::<Vec<_>>());

    let permission: Vec<_> = it
        .permission
        .iter()
        .map(|it| (vec![it.text.clone()], it.constants.clone(), it.data.clone(), it.cite.lines))
        .collect();
    let expected: Vec<_> = rows("permissions")
        .map(|it| (words(&json!([it["text"]])), words(&it["constants"]), ids(&it["data_ids"]), lines(it)))
        .collect();
    assert_eq!(permission, expected);
}

/// Each citation, with the texts beside its quote that must stand in its lines.
fn cited() -> Vec<(&'static Cite, Vec<&'static str>)> {
    let it = &*DISCLOSURE;
    let controller = it.controller_cite.iter().map(|cite| (cite, vec![it.controller.as_str()]));
    let own = it.collects.iter().map(|it| (&it.cite, vec![it.purpose.as_str(), it.scene.as_str()]));
    let sdk = it.sdk.iter().map(|it| {
        let texts = it.names.iter().chain(&it.links).chain([&it.purpose]);
        (&it.cite, texts.map(String::as_str).collect())
    });
    let permission = it.permission.iter().map(|it| (&it.cite, vec![it.text.as_str(), it.purpose.as_str()]));
    let claims = claims().map(|(_, it)| (&it.cite, vec![]));
    controller.chain(own).chain(sdk).chain(permission).chain(claims).collect()
}

fn claims() -> impl Iterator<Item = (&'static str, &'static Claim)> {
    let Claims {
        cross_border,
        storage,
        retention,
        transport,
        minors,
        background,
        self_start,
        targeting,
        contact,
        rights,
    } = &DISCLOSURE.claims;
    let keyed = [
        ("cross_border", cross_border),
        ("storage", storage),
        ("retention", retention),
        ("transport", transport),
        ("minors", minors),
        ("background", background),
        ("self_start", self_start),
        ("targeting", targeting),
        ("contact", contact),
        ("rights", rights),
    ];
    keyed.into_iter().filter_map(|(key, it)| Some((key, it.as_ref()?)))
}

/// A file under the folder that `CANDOR_CORPUS` names; none where it is not set.
fn corpus(path: &str) -> Option<Vec<u8>> {
    let folder = std::env::var_os("CANDOR_CORPUS")?;
    Some(fs::read(Path::new(&folder).join(path)).unwrap())
}

/// The ids of an annotation in the words of the catalog, without those that it has no counterpart for.
fn ids(list: &Value) -> Vec<String> {
    let known = words(list).into_iter().filter(|it| !matches!(it.as_str(), "name" | "email"));
    let renamed = known.map(|it| match it.as_str() {
        "face-feature" => "face".to_owned(),
        "photos-uploaded" => "photos-media".to_owned(),
        "id-document" => "id-card".to_owned(),
        _ => it,
    });
    renamed.collect()
}

fn words(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().map(|it| it.as_str().unwrap().to_owned()).collect()
}

fn lines(annotation: &Value) -> [u32; 2] {
    serde_json::from_value(annotation["lines"].clone()).unwrap()
}
