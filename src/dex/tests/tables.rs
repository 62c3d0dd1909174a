//! Strings, members, classes, code items and handlers.

use super::build::{Body, Class, File, code, method, uleb};
use super::{fixture, open};
use crate::dex::{Code, Dex, FieldIdx, Handler, MethodIdx, ProtoIdx, StringIdx, Try, TypeIdx};

fn strings(texts: &[&[u8]]) -> Vec<u8> {
    File { strings: texts.iter().map(|text| text.to_vec()).collect(), ..File::default() }.bytes()
}

#[test]
fn modified_utf8_becomes_text() {
    let bytes = strings(&[b"plain", "证件照".as_bytes(), b"a\xc0\x80b", b"\xed\xa0\xbd\xed\xb8\x80", b""]);
    let dex = open(&bytes);
    let texts: Vec<_> = (0..5).map(|index| dex.string(StringIdx(index)).unwrap()).collect();
    assert_eq!(texts, ["plain", "证件照", "a\0b", "😀", ""]);
}

#[test]
fn a_lone_surrogate_is_shown_as_one_and_keeps_its_neighbours() {
    let bytes = strings(&[b"a\xed\xa0\xbdb", b"a\xed\xb8\x80b", b"\xff\xfe"]);
    let dex = open(&bytes);
    for index in 0..2 {
        let text = dex.string(StringIdx(index)).unwrap();
        assert!(text.starts_with('a') && text.ends_with('b') && text.contains('\u{fffd}'), "{text:?}");
    }
    assert_ne!(dex.string_bytes(StringIdx(0)), dex.string_bytes(StringIdx(1)), "the bytes stay apart");
    assert!(dex.string(StringIdx(2)).unwrap().chars().all(|it| it == '\u{fffd}'), "bytes that are no text at all");
}

#[test]
fn the_fixture_of_text_reads_as_it_was_written() {
    let bytes = fixture("dex/text.dex");
    let dex = open(&bytes);
    let texts: Vec<_> = (0..dex.header.strings.count).map(|index| dex.string(StringIdx(index)).unwrap()).collect();
    for expected in ["Lcom/example/dex/证件照;", "序列号"] {
        assert!(texts.iter().any(|text| text == expected), "{expected} in {texts:?}");
    }
    assert!(texts.iter().any(|text| text.contains('\0')), "{texts:?}");
    assert!(texts.iter().any(|text| text.chars().any(|it| u32::from(it) > 0xffff)), "{texts:?}");
    assert!(texts.iter().any(|text| text.contains('\u{fffd}')), "{texts:?}");
}

#[test]
fn a_length_that_lies_does_not_move_the_end_of_a_string() {
    let mut bytes = strings(&[b"abc", b"def"]);
    let place = open(&bytes).header.strings.offset as usize;
    let first = u32::from_le_bytes(bytes[place..place + 4].try_into().unwrap()) as usize;
    bytes[first] = 0x7f;
    assert_eq!(open(&bytes).string(StringIdx(0)).unwrap(), "abc");
}

#[test]
fn members_are_written_as_smali_writes_them() {
    let file = File {
        strings: [&b"LA;"[..], b"I", b"[J", b"VL", b"m"].map(<[u8]>::to_vec).to_vec(),
        types: vec![0, 1, 2],
        protos: vec![(3, 0, vec![1, 2])],
        fields: vec![(0, 2, 4)],
        methods: vec![(0, 0, 4)],
        ..File::default()
    };
    let bytes = file.bytes();
    let dex = open(&bytes);
    assert_eq!(dex.method_descriptor(MethodIdx(0)), "LA;->m(I[J)LA;");
    assert_eq!(dex.field_descriptor(FieldIdx(0)), "LA;->m:[J");
    assert_eq!(dex.parameters(ProtoIdx(0)).collect::<Vec<_>>(), [TypeIdx(1), TypeIdx(2)]);
}

#[test]
fn an_index_beyond_its_table_is_nothing() {
    let bytes = code(&[0x000e]);
    let dex = open(&bytes);
    for index in [4, u32::MAX] {
        assert_eq!(dex.string_bytes(StringIdx(index)), None);
        assert_eq!(dex.type_bytes(TypeIdx(index)), None);
        assert_eq!(dex.method(MethodIdx(index)), None);
        assert_eq!(dex.field(FieldIdx(index)), None);
        assert_eq!(dex.class(index), None);
        assert_eq!(dex.parameters(ProtoIdx(index)).count(), 0);
        assert_eq!(dex.method_descriptor(MethodIdx(index)), format!("?->method@{index}"));
        assert_eq!(dex.field_descriptor(FieldIdx(index)), format!("?->field@{index}"));
    }
}

type Change = fn(&mut File);

#[test]
fn rows_that_point_nowhere_are_counted_by_table() {
    let sound = File {
        strings: [&b"LA;"[..], b"V", b"m"].map(<[u8]>::to_vec).to_vec(),
        types: vec![0, 1],
        protos: vec![(1, 1, Vec::new())],
        fields: vec![(0, 1, 2)],
        methods: vec![(0, 0, 2)],
        classes: vec![Class { ty: 0, ..Class::default() }],
    };
    let wrong: [(&str, Change); 9] = [
        ("type_ids", |file| file.types.push(3)),
        ("proto_ids", |file| file.protos[0].0 = 3),
        ("proto_ids", |file| file.protos[0].1 = 2),
        ("field_ids", |file| file.fields[0].0 = 2),
        ("field_ids", |file| file.fields[0].2 = 3),
        ("method_ids", |file| file.methods[0].1 = 1),
        ("method_ids", |file| file.methods[0].2 = u32::MAX),
        ("class_defs", |file| file.classes[0].ty = 2),
        ("class_defs", |file| file.classes[0].superclass = Some(2)),
    ];
    open(&sound.bytes());
    for (table, change) in wrong {
        let mut file = sound.clone();
        change(&mut file);
        let bytes = file.bytes();
        let (_, issues) = Dex::open("a.dex", &bytes).unwrap();
        let [issue] = &issues[..] else { panic!("{table}: {issues:?}") };
        assert!(issue.message.starts_with("1 of ") && issue.message.contains(table), "{table}: {issue}");
    }
}

#[test]
fn the_first_broken_row_is_named_with_its_place() {
    let mut bytes = strings(&[b"a", b"b", b"c"]);
    let table = open(&bytes).header.strings.offset as usize;
    bytes[table + 4..table + 8].fill(0xff);
    bytes[table + 8..table + 12].fill(0xff);
    let (dexes, issues) = Dex::open("a.dex", &bytes).unwrap();
    assert_eq!(issues.len(), 1);
    assert_eq!(issues[0].message, "2 of 3 string_ids point nowhere, the first is number 1");
    assert_eq!(issues[0].offset, Some(table as u64 + 4));
    assert_eq!(dexes[0].string(StringIdx(0)).unwrap(), "a", "the sound ones are still read");
}

#[test]
fn classes_come_in_the_order_of_their_table() {
    let mut file = File {
        strings: [&b"LA;"[..], b"LB;", b"LC;"].map(<[u8]>::to_vec).to_vec(),
        types: vec![0, 1, 2],
        ..File::default()
    };
    file.classes = [2, 0, 1].map(|ty| Class { ty, superclass: None, methods: Vec::new() }).to_vec();
    file.classes[0].superclass = Some(0);
    let bytes = file.bytes();
    let dex = open(&bytes);
    let classes: Vec<_> = dex.classes().flatten().map(|class| (class.class.0, class.superclass)).collect();
    assert_eq!(classes, [(2, Some(TypeIdx(0))), (0, None), (1, None)]);
}

fn methods(dex: &Dex<'_>) -> Vec<Option<u32>> {
    let class = dex.class(0).unwrap();
    dex.class_data(&class).unwrap().unwrap().map(|it| it.ok().map(|it| it.method.0)).collect()
}

/// [`code`] with the bytes of its only class's members changed.
fn with_class_data(data: &[u8]) -> Vec<u8> {
    let mut bytes = code(&[0x000e]);
    let place = bytes.len() as u32;
    bytes.extend(data);
    bytes.push(0);
    let classes = open(&code(&[0x000e])).header.classes.offset as usize;
    bytes[classes + 24..classes + 28].copy_from_slice(&place.to_le_bytes());
    let size = bytes.len() as u32;
    bytes[0x20..0x24].copy_from_slice(&size.to_le_bytes());
    bytes
}

#[test]
fn method_indices_are_differences_and_start_anew_with_the_virtual_ones() {
    // Fields: one static. Methods: direct 3 and 3 + 4, virtual 2 and 2 + 1.
    let data = [1, 0, 2, 2, 0, 8, 3, 1, 0, 4, 1, 0, 2, 1, 0, 1, 1, 0];
    assert_eq!(methods(&open(&with_class_data(&data))), [Some(3), Some(7), Some(2), Some(3)]);
}

#[test]
fn a_class_may_have_virtual_methods_only() {
    assert_eq!(methods(&open(&with_class_data(&[0, 0, 0, 2, 5, 1, 0, 1, 1, 0]))), [Some(5), Some(6)]);
    assert_eq!(methods(&open(&with_class_data(&[0, 0, 0, 0]))), []);
}

#[test]
fn methods_end_at_the_first_that_is_broken() {
    let claims_too_many = with_class_data(&[0, 0, 0x7f, 0, 0, 8, 0, 1, 8]);
    assert_eq!(methods(&open(&claims_too_many)), [Some(0), Some(1), None], "a class of 127 methods and bytes for two");
    let overflow = with_class_data(&[&[0, 0, 2, 0][..], &uleb(u32::MAX), &[1, 0, 1, 1, 0]].concat());
    assert_eq!(methods(&open(&overflow)), [Some(u32::MAX), None]);
}

#[test]
fn a_class_that_claims_more_fields_than_the_file_has_is_an_error() {
    for counts in [[2, 0], [1, 1]] {
        let bytes = with_class_data(&[&counts[..], &[0, 0, 0, 1, 0, 1]].concat());
        let dex = open(&bytes);
        let error = dex.class_data(&dex.class(0).unwrap()).unwrap_err();
        assert!(error.to_string().contains("2 fields in a class are more than the file has"), "{error}");
    }
}

fn only_code<'a>(dex: &Dex<'a>) -> Code<'a> {
    let class = dex.class(0).unwrap();
    let method = dex.class_data(&class).unwrap().unwrap().next().unwrap().unwrap();
    dex.code(&method).unwrap().unwrap()
}

fn guarded(tries: (u16, Vec<u8>), units: usize) -> Vec<Try> {
    let bytes = method(Body { insns: vec![0; units], tries, ..Body::default() });
    only_code(&open(&bytes)).tries()
}

#[test]
fn handlers_are_read_with_their_types_and_the_catch_all_last() {
    // Range 1..4: type 1 at 5, type 0 at 6, everything at 7. Range 4..5: everything at 8. The size of a list is negative
    // where a catch-all follows.
    let items = [1, 0, 0, 0, 3, 0, 1, 0, 4, 0, 0, 0, 1, 0, 7, 0].to_vec();
    let lists = [2, 0x7e, 1, 5, 0, 6, 7, 0, 8];
    for units in [9, 10] {
        let tries = guarded((2, [&items[..], &lists].concat()), units);
        let typed = |ty, pc| Handler { ty: Some(TypeIdx(ty)), pc };
        let all = |pc| Handler { ty: None, pc };
        let expected = [
            Try { start: 1, end: 4, handlers: vec![typed(1, 5), typed(0, 6), all(7)] },
            Try { start: 4, end: 5, handlers: vec![all(8)] },
        ];
        assert_eq!(tries, expected, "{units} code units");
    }
}

#[test]
fn tries_that_overlap_or_leave_the_file_end_the_list() {
    let overlapping = [0, 0, 0, 0, 4, 0, 1, 0, 3, 0, 0, 0, 2, 0, 1, 0, 1, 0, 5].to_vec();
    assert_eq!(guarded((2, overlapping), 8).len(), 1);
    let outside = [0, 0, 0, 0, 4, 0, 0xff, 0xff].to_vec();
    assert_eq!(guarded((1, outside), 8), []);
}

#[test]
fn a_code_item_that_leaves_the_file_is_an_error_that_says_so() {
    let mut bytes = code(&[0x000e]);
    let insns = only_code(&open(&bytes)).offset as usize;
    bytes[insns - 4..insns].copy_from_slice(&0x7fff_ffffu32.to_le_bytes());
    let dex = open(&bytes);
    let method = dex.class_data(&dex.class(0).unwrap()).unwrap().unwrap().next().unwrap().unwrap();
    let error = dex.code(&method).unwrap_err();
    assert!(error.to_string().contains("2147483647 code units"), "{error}");
    assert_eq!(error.offset(), Some(insns as u64 - 16));
}
