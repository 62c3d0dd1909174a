//! Disclosure files as a person writes them: what a check is told about those that load, and on which line and with
//! which words the others are refused.

#![allow(clippy::unwrap_used, reason = "what a test stands on holds, or the test fails")]

mod hostile;
mod meitu_id_photo;
mod queries;
mod refused;
mod schema;

use std::fs;
use std::path::{Path, PathBuf};

use candor::Error;
use candor::catalog::Catalog;
use candor::disclosure::{Cite, Claims, Disclosure};

/// A disclosure that loads, with one entry of each kind. Line numbers in the tests are those of this text.
const SAMPLE: &str = r#"schema = "candor.disclosure/1"
title = "Privacy policy"
app = "Sample"
packages = ["com.example.sample"]
controller = "Example Inc."
controller_cite = { lines = [1, 1] }
effective = { from = 2021-11-01, to = 2022-06-30 }
source = { file = "policy.txt", sha256 = "" }

[[collects]]
data = ["imei", "~location"]
umbrella = "device-info"
platforms = ["android", "ios"]
cite = { lines = [3, 4], quote = "we collect" }

[[sdk]]
names = ["Alpha", "Beta"]
catalog = ["alipay-pay", "bugly"]
data = ["android-id", "mac-wifi"]
links = ["https://alpha.example/privacy"]
cite = { lines = [5, 9] }

[[permission]]
text = "Camera"
constants = ["android.permission.CAMERA"]
platforms = ["android"]
cite = { lines = [10, 10] }

[[denies]]
data = ["contacts"]
sdk = ["bugly"]
cite = { lines = [11, 11] }

[claims.cross_border]
value = "none"
cite = { lines = [12, 12] }

[claims.rights]
value = "by mail"
days = 15
cite = { lines = [13, 13] }
"#;

fn loaded(text: &str) -> Disclosure {
    Disclosure::parse("sample.toml", text, Catalog::builtin()).expect("the text is a disclosure")
}

/// [`SAMPLE`] once `from` in it is `to`.
fn sample_with(from: &str, to: &str) -> String {
    assert_eq!(SAMPLE.matches(from).count(), 1, "`{from}` must stand in the sample once");
    SAMPLE.replace(from, to)
}

fn loaded_with(from: &str, to: &str) -> Disclosure {
    loaded(&sample_with(from, to))
}

/// What is wrong with a text, as `line: message`.
fn fault(text: &str) -> String {
    match Disclosure::parse("sample.toml", text, Catalog::builtin()) {
        Err(Error::Data { file, line, message, .. }) => {
            assert_eq!(file, "sample.toml");
            format!("{line}: {message}")
        }
        other => panic!("expected a fault with file and line, found {other:?}"),
    }
}

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// An empty folder for one test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("disclosure").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("cargo made the folder above it");
    folder
}

#[test]
fn the_sample_loads_as_written() {
    let disclosure = loaded(SAMPLE);
    assert_eq!(disclosure.file, "sample.toml");
    assert_eq!(disclosure.collects[0].data, ["imei", "~location"]);
    assert_eq!(disclosure.collects[0].cite, Cite { lines: [3, 4], quote: "we collect".to_owned() });
    assert_eq!(disclosure.effective.unwrap().to.as_deref(), Some("2022-06-30"));
    assert_eq!(disclosure.claims.rights.unwrap().days, Some(15));
}

#[test]
fn the_example_of_the_readme_loads() {
    let readme = fs::read_to_string(repository("disclosures/README.md")).unwrap();
    let (_, example) = readme.split_once("```toml\n").unwrap();
    let disclosure = loaded(example.split_once("```").unwrap().0);
    assert_eq!((disclosure.collects.len(), disclosure.sdk.len()), (1, 1));
}

#[test]
fn near_misses_load() {
    let minimal = loaded("schema = \"candor.disclosure/1\"");
    assert_eq!((minimal.collects.len(), minimal.claims), (0, Claims::default()));

    let unresolved = loaded_with("catalog = [\"alipay-pay\", \"bugly\"]\n", "");
    assert_eq!((unresolved.sdk[0].names.len(), unresolved.sdk[0].catalog.len()), (2, 0));
    assert_eq!(loaded_with("lines = [3, 4]", "lines = [4, 4]").collects[0].cite.lines, [4, 4]);
    assert_eq!(loaded_with("[\"android.permission.CAMERA\"]", "[]").permission[0].constants.len(), 0);
    assert_eq!(loaded_with("data = [\"imei\", \"~location\"]\n", "").collects[0].umbrella, "device-info");
    assert_eq!(loaded_with("\"~location\"", "\"~device-info\"").collects[0].data[1], "~device-info");
    let one_day = loaded_with("to = 2022-06-30", "to = 2021-11-01");
    assert_eq!(one_day.effective.unwrap().to.as_deref(), Some("2021-11-01"));
    let text_day = loaded_with("from = 2021-11-01", "from = \"2020-02-29\"");
    assert_eq!(text_day.effective.unwrap().from.as_deref(), Some("2020-02-29"));
    let period = loaded_with("[claims.rights]\nvalue = \"by mail\"", "[claims.retention]\nvalue = \"period\"");
    assert_eq!(period.claims.retention.unwrap().days, Some(15));
}

#[test]
fn a_byte_order_mark_and_carriage_returns_change_nothing() {
    let windows = |text: &str| format!("\u{feff}{}", text.replace('\n', "\r\n"));
    assert_eq!(loaded(&windows(SAMPLE)), loaded(SAMPLE));
    let broken = sample_with("imei", "imie");
    assert_eq!(fault(&windows(&broken)), fault(&broken));
}

#[test]
fn a_policy_that_contradicts_itself_loads() {
    let denied = loaded_with("data = [\"contacts\"]\nsdk = [\"bugly\"]", "data = [\"imei\"]");
    assert_eq!((denied.own_denials("imei").count(), denied.own_naming("imei").count()), (1, 1));

    let row = "[[permission]]\ntext = \"Photos\"\nconstants = [\"android.permission.CAMERA\"]\ncite.lines = [14, 14]\n";
    assert_eq!(loaded(&format!("{SAMPLE}{row}")).permission_rows_for("android.permission.CAMERA").count(), 2);
}

#[test]
fn what_is_written_out_loads_again() {
    let disclosure = loaded(SAMPLE);
    let text = toml::to_string(&disclosure).expect("every value has a form in TOML");
    assert_eq!(loaded(&text), disclosure);
}

#[test]
fn a_file_that_is_no_utf8_text_is_refused_by_name() {
    let path = folder("encodings").join("a.toml");
    let load = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        Disclosure::load(&path, Catalog::builtin())
            .map_err(|it| it.to_string().replace(&path.display().to_string(), "a.toml"))
    };

    let marked = [b"\xef\xbb\xbf", SAMPLE.as_bytes()].concat();
    assert_eq!(load(&marked).unwrap().file, path.display().to_string());
    let utf16: Vec<u8> = "\u{feff}schema".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(load(&utf16).unwrap_err(), "a.toml:1: expected UTF-8, found the byte order mark of UTF-16");
    assert_eq!(
        load(b"schema = \"candor.disclosure/1\"\ntitle = \"\xd2\xfe\xcb\xbd\"").unwrap_err(),
        "a.toml:2: expected UTF-8, found byte 0xd2; a file in GBK or another encoding must be converted"
    );
    let limit = usize::try_from(candor::limits::MAX_TEXT_BYTES).unwrap();
    assert_eq!(
        load(&vec![b'\n'; limit + 1]).unwrap_err(),
        format!("a.toml:1: a file of more than {limit} bytes is not read")
    );
}

#[test]
fn a_folder_is_read_in_order_of_names() {
    let folder = folder("set");
    let load_set = |path: &Path| Disclosure::load_set(path, Catalog::builtin());
    let empty = load_set(&folder).unwrap_err();
    assert_eq!(empty.to_string(), format!("{}: the folder holds no .toml file", folder.display()));

    for name in ["b.toml", "a.toml", "c.txt"] {
        fs::write(folder.join(name), format!("schema = \"candor.disclosure/1\"\napp = \"{name}\"")).unwrap();
    }
    fs::create_dir(folder.join("d.toml")).unwrap();
    let apps = |path: &Path| load_set(path).unwrap().into_iter().map(|it| it.app).collect::<Vec<_>>();
    assert_eq!(apps(&folder), ["a.toml", "b.toml"]);
    assert_eq!(apps(&folder.join("b.toml")), ["b.toml"]);
    assert!(matches!(load_set(&folder.join("none")), Err(Error::Io { .. })));
}
