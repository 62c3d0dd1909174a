//! What is read of scripts, and that no bytes break the reading.

use proptest::prelude::*;

use super::{Kind, Role, Script, is_dart_snapshot, printable};

fn pieces(source: &str) -> Vec<(Role, String)> {
    let (script, issues) = Script::read("a.js", source.as_bytes());
    assert!(issues.is_empty());
    script.texts().map(|text| (text.role, String::from_utf8_lossy(&text.bytes).into_owned())).collect()
}

/// All code of a source, joined.
fn code(source: &str) -> String {
    pieces(source).into_iter().filter(|(role, _)| *role == Role::Code).map(|(_, text)| text).collect()
}

fn literals(source: &str) -> Vec<String> {
    pieces(source).into_iter().filter(|(role, _)| *role == Role::Literal).map(|(_, text)| text).collect()
}

#[test]
fn comments_are_left_out_and_strings_are_told_from_code() {
    let source = "a(); // b()\n/* c() */ d(\"e//f\", 'g\\'h'); // i";
    assert_eq!(code(source), "a();  d(, ); ");
    assert_eq!(literals(source), ["e//f", "g\\'h"]);
}

#[test]
fn an_expression_between_slashes_hides_quotes() {
    for source in [
        "x = /'/; y('z')",
        "return /\"/.test(q), y('z')",
        "if (a) /'/.test(b); y('z')",
        "f(/[/']/g); y('z')",
        "m = a.split(/\\//)[0] + y('z')",
        "}/'/.test(b)&&y('z')",
        "a /* ' */ / 2 / y('z')",
    ] {
        assert_eq!(literals(source), ["z"], "{source}");
    }
}

#[test]
fn a_slash_that_divides_hides_nothing() {
    for source in
        ["a / 2; b('z') / 3", "(a + b) / c('z') / 2", "a[0] / c('z') / 2", "i++ / c('z') / 2", "x.in / c('z') / 1"]
    {
        assert_eq!(literals(source), ["z"], "{source}");
        assert!(code(source).contains("('") || code(source).contains('('), "{source}");
    }
}

#[test]
fn expressions_in_templates_are_code() {
    let source = "`a ${b({c: `d ${e}`})} f` + g";
    assert_eq!(literals(source), ["a ", "d ", " f"]);
    assert!(["b({c: ", "e", "})", " + g"].iter().all(|it| code(source).contains(it)), "{:?}", pieces(source));
}

#[test]
fn a_template_without_an_end_is_not_lost() {
    assert_eq!(code("a(); ` b.c"), "a();  b.c");
}

#[test]
fn what_eval_is_given_is_code() {
    assert_eq!(code("eval(\"a.b();\\n//# sourceURL=c\")"), "eval(a.b();\\n//# sourceURL=c)");
}

#[test]
fn pages_have_scripts_markup_and_comments() {
    let page = "<html><!-- old() --><SCRIPT type='x'>a('b') // c\n</SCRIPT ><p>d</p><script src=e></script><scripted>";
    let found = pieces(page);
    let of = |role| found.iter().filter(|(it, _)| *it == role).map(|(_, text)| text.as_str()).collect::<Vec<_>>();
    assert_eq!(of(Role::Code).concat().trim(), "a()");
    assert_eq!(of(Role::Literal), ["b"]);
    assert_eq!(of(Role::Markup).concat(), "<html><SCRIPT type='x'></SCRIPT ><p>d</p><script src=e></script><scripted>");
}

#[test]
fn offsets_lead_to_the_text() {
    let page = "<p><script>a('bcd')</script>";
    let (script, _) = Script::read("a.html", page.as_bytes());
    for text in script.texts() {
        assert_eq!(page.as_bytes()[text.offset..][..text.bytes.len()], text.bytes[..]);
    }
}

/// A Hermes file of these strings: (text, is UTF-16).
fn hermes(version: u32, strings: &[(&str, bool)]) -> Vec<u8> {
    let (mut table, mut overflow, mut storage) = (Vec::new(), Vec::new(), Vec::new());
    for (text, wide) in strings {
        let offset = small(storage.len());
        let length = if *wide {
            storage.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
            small(text.encode_utf16().count())
        } else {
            storage.extend(text.as_bytes());
            small(text.len())
        };
        let (offset, short) = if length < 255 {
            (offset, length)
        } else {
            overflow.extend([offset.to_le_bytes(), length.to_le_bytes()].concat());
            (small(overflow.len() / 8 - 1), 255)
        };
        table.extend((u32::from(*wide) | offset << 1 | short << 24).to_le_bytes());
    }
    let mut file = vec![0xc6, 0x1f, 0xbc, 0x03, 0xc1, 0x03, 0x19, 0x1f];
    file.extend(version.to_le_bytes());
    file.extend([0; 28]);
    // One function, one run of kinds, one identifier.
    for count in [1, 1, 1, strings.len(), overflow.len() / 8, storage.len()] {
        file.extend(small(count).to_le_bytes());
    }
    file.resize(128 + 16 + 4 + 4, 0);
    for section in [table, overflow, storage] {
        file.extend(section);
    }
    file
}

fn small(count: usize) -> u32 {
    u32::try_from(count).expect("a small file")
}

#[test]
fn the_strings_of_hermes_bytecode_are_those_of_its_table() {
    let long = "long ".repeat(60);
    let file = hermes(90, &[("getImei", false), ("", false), ("证件", true), (&long, false)]);
    let (script, issues) = Script::read("a.bundle", &file);
    assert_eq!((script.kind, issues.len()), (Kind::Hermes(90), 0));
    let texts: Vec<_> = script.texts().collect();
    let shown: Vec<_> = texts.iter().map(|text| String::from_utf8_lossy(&text.bytes).into_owned()).collect();
    assert_eq!(shown, ["getImei", "证件", &long]);
    assert_eq!(file[texts[0].offset..][..7], *b"getImei");
}

#[test]
fn a_table_that_is_not_known_or_does_not_fit_leaves_printable_strings() {
    let mut files = vec![hermes(58, &[("getImei", false)]), hermes(97, &[("getImei", false)])];
    let mut huge = hermes(90, &[("getImei", false)]);
    huge[52..56].copy_from_slice(&u32::MAX.to_le_bytes());
    files.push(huge);
    for file in files {
        let (script, issues) = Script::read("a.bundle", &file);
        assert!(matches!(script.kind, Kind::UnknownHermes(_)));
        assert_eq!(issues.len(), 1);
        assert!(script.texts().any(|text| text.role == Role::Raw && *text.bytes == *b"getImei"));
    }
}

#[test]
fn data_in_the_place_of_a_script_is_opaque() {
    let random: Vec<u8> = (0..4096_u32).map(|it| it.wrapping_mul(2_654_435_761).to_be_bytes()[1]).collect();
    let encoded = "QUJD".repeat(400);
    for bytes in [random.as_slice(), encoded.as_bytes()] {
        assert_eq!(Script::read("a.js", bytes).0.kind, Kind::Opaque);
    }
    for text in ["", "var 名 = 1;", "\u{feff}<html>"] {
        assert_ne!(Script::read("a.js", text.as_bytes()).0.kind, Kind::Opaque, "{text}");
    }
    // GBK is text, too.
    assert_eq!(Script::read("a.js", b"alert('\xc4\xe3\xba\xc3'); go();").0.kind, Kind::JavaScript);
}

#[test]
fn a_dart_snapshot_is_known_by_its_symbol() {
    assert!(is_dart_snapshot(b"\x7fELF\0_kDartIsolateSnapshotData\0"));
    assert!(!is_dart_snapshot(b"\x7fELF\0Dart_Initialize\0"));
    assert_eq!(printable(b"\x01short\x02long enough\x03").map(|it| it.offset).collect::<Vec<_>>(), [7]);
}

#[test]
fn slashes_that_lead_nowhere_cost_no_more_than_their_bytes() {
    for pattern in ["/[", ")/[", "`${", "/*/", "'\\"] {
        let source = pattern.repeat(300_000);
        assert!(Script::read("a.js", source.as_bytes()).0.texts().count() <= source.len());
    }
}

proptest! {
    #[test]
    fn no_bytes_break_the_reading(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        read_all(&bytes);
    }

    #[test]
    fn no_text_breaks_the_reading(text in "[a-z/*'\"`$\\{\\}()\\[\\]\\\\<>!\n -]{0,200}") {
        read_all(text.as_bytes());
        read_all(format!("<script>{text}").as_bytes());
    }

    #[test]
    fn no_damage_breaks_a_string_table(place in 8_usize..200, byte in any::<u8>()) {
        let mut file = hermes(90, &[("getImei", false), ("证件", true), (&"x".repeat(300), false)]);
        file[place] = byte;
        read_all(&file);
    }
}

/// Reads everything and holds that texts lie in the file, in order where it is text.
fn read_all(bytes: &[u8]) {
    let (script, _) = Script::read("a", bytes);
    let mut end = 0;
    for text in script.texts() {
        assert!(!text.bytes.is_empty());
        if !matches!(text.role, Role::Name) {
            assert!(end <= text.offset);
            assert_eq!(bytes[text.offset..][..text.bytes.len()], *text.bytes);
            end = text.offset + text.bytes.len();
        }
    }
}
