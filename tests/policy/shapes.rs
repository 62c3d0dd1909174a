//! Every shape of policy in `fixtures/policies`, against what it must become. `CANDOR_BLESS=1` writes the expectations
//! anew; they are reviewed like code.

use std::fs;
use std::path::{Path, PathBuf};

use candor::catalog::Catalog;
use candor::disclosure::Disclosure;
use candor::policy::{Import, import};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/policies")
}

fn read(name: &str) -> Import {
    let bytes = fs::read(fixtures().join(name)).expect("a fixture");
    import(&bytes, name, Catalog::builtin()).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn names() -> Vec<String> {
    let entries = fs::read_dir(fixtures()).expect("the folder of fixtures");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("readable").file_name().into_string().expect("a plain name")).collect();
    names.retain(|name| Path::new(name).extension().is_none_or(|it| it != "toml") && name != "README.md");
    let is_document = |name: &str| [".docx", ".pdf"].iter().any(|end| name.ends_with(end));
    names.retain(|name| cfg!(feature = "documents") || !is_document(name));
    names.sort();
    names
}

#[test]
fn each_shape_becomes_its_disclosure() {
    for name in names() {
        let text = read(&name).to_toml();
        let golden = fixtures().join(format!("{name}.toml"));
        if std::env::var_os("CANDOR_BLESS").is_some() {
            fs::write(&golden, &text).expect("writable");
        }
        let expected = fs::read_to_string(&golden).unwrap_or_else(|error| panic!("{}: {error}", golden.display()));
        assert_eq!(text, expected, "{name} differs from {}", golden.display());
    }
}

#[test]
fn what_is_written_is_a_disclosure_that_loads() {
    for name in names() {
        let made = read(&name);
        let mut loaded = Disclosure::parse("made.toml", &made.to_toml(), Catalog::builtin())
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        loaded.file = String::new();
        assert_eq!(loaded, made.disclosure, "{name}");
    }
}

#[test]
fn near_misses_are_no_statements() {
    let made = read("cell-per-line.txt");
    let collected: Vec<&str> = made.disclosure.collects.iter().flat_map(|it| &it.data).map(String::as_str).collect();
    for data in ["contacts", "sms", "call-log"] {
        assert!(!collected.contains(&data), "{data} is denied or refused");
    }
    let of_ios: Vec<&str> = made
        .disclosure
        .permission
        .iter()
        .filter(|it| it.platforms == ["ios"])
        .flat_map(|it| &it.constants)
        .map(String::as_str)
        .collect();
    assert_eq!(of_ios, Vec::<&str>::new(), "a row for iOS is no Android permission");
    assert_eq!(made.disclosure.sdk.len(), 3, "the table of contents has no rows");

    let made = read("prose.txt");
    let collected: Vec<&str> = made.disclosure.collects.iter().flat_map(|it| &it.data).map(String::as_str).collect();
    assert_eq!(
        collected,
        ["ip-address", "browsing-history"],
        "cases of exception, definitions and SDKs are not the app"
    );
}

#[test]
fn encodings_make_no_difference() {
    let plain = fs::read_to_string(fixtures().join("cell-per-line.txt")).expect("a fixture");
    let same = |bytes: &[u8]| {
        let made = import(bytes, "a.txt", Catalog::builtin()).expect("a known encoding");
        let mut made = made.disclosure;
        made.source = None;
        made
    };
    let expected = same(plain.as_bytes());
    let (gbk, ..) = encoding_rs::GB18030.encode(&plain);
    assert_eq!(same(&gbk), expected);
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(plain.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(same(&wide), expected);
}

#[test]
fn a_page_says_the_same_in_its_own_encoding() {
    let page = "<html><head><meta charset=\"gb2312\"></head><body><p>我们会收集您的设备型号。</p></body></html>";
    let (bytes, ..) = encoding_rs::GBK.encode(page);
    let made = import(&bytes, "a.html", Catalog::builtin()).expect("a page");
    assert_eq!(made.disclosure.collects[0].data, ["device-model"]);
}

#[test]
fn the_page_for_review_shows_the_policy_as_text() {
    let text = "隐私政策\n我们会收集您的IMEI。<script>alert('x')</script>\"'& 不会收集您的短信内容。\n";
    let made = import(text.as_bytes(), "a<b>.txt", Catalog::builtin()).expect("a policy");
    let page = made.review();
    assert!(page.contains("<mark class=\"collects\" title=\"imei\">IMEI</mark>"), "{page}");
    assert!(page.contains("&lt;script&gt;alert(&#39;x&#39;)") && !page.contains("<script"), "{page}");
    assert!(page.contains("Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\""));
    assert!(page.contains("a&lt;b&gt;.txt"));
}

/// Of a saved page the review shows what a reader sees, a block on each row, and nothing of its markup.
#[test]
fn the_review_of_a_page_shows_its_text() {
    let page = "<html><head><title>t</title><style>p{}</style></head><body><h1>隐私政策</h1>\n<p>我们会收集\n您的<b>IMEI</b>。\
                &lt;script&gt;alert(1)&lt;/script&gt;<img src=x onerror=alert(2)></p><script>alert(3)</script></body></html>";
    let made = import(page.as_bytes(), "a.html", Catalog::builtin()).expect("a policy");
    let review = made.review();
    assert!(review.contains("<td>我们会收集 您的<mark class=\"collects\" title=\"imei\">IMEI</mark>。"), "{review}");
    assert!(review.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{review}");
    for markup in ["<script", "<img", "alert(3)", "p{}"] {
        assert!(!review.contains(markup), "{markup}: {review}");
    }
    assert!(review.contains("<tr id=\"L1\"><td class=\"n\">1</td>") && !review.contains("\u{fffd}"), "{review}");
}
