//! Files as obfuscators and other compilers write them: odd, but Android reads them.

use super::super::{Manifest, read, read_network_security};
use super::assemble::{Axml, Data, Key, Layout, chunk, package, table, type_chunk};
use super::{binary, fixture};
use crate::error::Issue;

const LABEL: u32 = 0x0101_0001;
const NAME: u32 = 0x0101_0003;
const ENABLED: u32 = 0x0101_000e;
const VALUE: u32 = 0x0101_0024;
const MIN_SDK: u32 = 0x0101_020c;
const ANDROID: &str = "http://schemas.android.com/apk/res/android";
const PACKAGE: (Key, Data) = (Key::Plain("package"), Data::Text("a.b"));

fn read_clean(axml: &Axml, resources: Option<&[u8]>) -> Manifest {
    let (manifest, issues) = read("AndroidManifest.xml", &axml.finish(), resources);
    assert_eq!(issues, []);
    manifest
}

fn messages(issues: &[Issue]) -> Vec<&str> {
    issues.iter().map(|issue| issue.message.as_str()).collect()
}

/// A manifest that asks for one permission.
fn one_permission(axml: Axml) -> Axml {
    axml.start("manifest", &[PACKAGE]).start("uses-permission", &[(Key::Id(NAME), Data::Text("p.READ"))]).end().end()
}

/// A manifest whose label is resource `id`.
fn labelled(id: u32, kind: u8) -> Axml {
    Axml::new(&[LABEL])
        .start("manifest", &[PACKAGE])
        .start("application", &[(Key::Id(LABEL), Data::Typed(kind, id))])
        .end()
        .end()
}

#[test]
fn attributes_without_names_are_known_by_id() {
    for utf8 in [false, true] {
        let mut axml = Axml::new(&[NAME]);
        axml.utf8 = utf8;
        let manifest = read_clean(&one_permission(axml), None);
        assert_eq!(manifest.package, "a.b");
        assert_eq!(manifest.uses_permissions[0].name, "p.READ");
    }
}

#[test]
fn a_name_without_id_does_not_stand_for_the_attribute() {
    let attributes = [(Key::Spaced(ANDROID, "name"), Data::Text("p.FAKE")), (Key::Id(NAME), Data::Text("p.REAL"))];
    let axml = Axml::new(&[NAME]).start("manifest", &[PACKAGE]).start("uses-permission", &attributes).end().end();
    assert_eq!(read_clean(&axml, None).uses_permissions[0].name, "p.REAL");
}

#[test]
fn the_package_is_the_one_without_namespace_and_as_written() {
    let attributes = [
        (Key::Spaced("urn:bogus", "package"), Data::Text("fake")),
        (Key::Plain("package"), Data::Both("compiled", "written")),
    ];
    let manifest = read_clean(&Axml::new(&[]).start("manifest", &attributes).end(), None);
    assert_eq!(manifest.package, "written");
}

#[test]
fn longer_node_headers_and_attributes_are_stepped_over() {
    let mut axml = Axml::new(&[NAME]);
    (axml.node_header, axml.stride) = (24, 28);
    assert_eq!(read_clean(&one_permission(axml), None).uses_permissions[0].name, "p.READ");
}

#[test]
fn unknown_chunks_are_stepped_over() {
    let axml = Axml::new(&[NAME]).raw(&chunk(0x7777, &[], &[0xff; 12]));
    let axml = one_permission(axml.start("manifest", &[PACKAGE]).raw(&chunk(0x0150, &[0; 8], &[]))).end();
    // The second manifest is inside the first, where Android takes no permission from.
    assert_eq!(read_clean(&axml, None).uses_permissions, []);
    let axml = one_permission(Axml::new(&[NAME]).raw(&chunk(0x7777, &[], &[0xff; 12])));
    assert_eq!(read_clean(&axml, None).uses_permissions.len(), 1);
}

#[test]
fn the_type_of_the_file_may_be_anything() {
    let mut bytes = fixture!("manifest.axml").to_vec();
    bytes[..2].copy_from_slice(&[0, 0]);
    let (manifest, issues) = read("AndroidManifest.xml", &bytes, Some(fixture!("resources.arsc")));
    assert_eq!((manifest, issues), (binary(), vec![]));
}

#[test]
fn what_follows_the_root_is_not_read() {
    let axml = one_permission(one_permission(Axml::new(&[NAME])));
    assert_eq!(read_clean(&axml, None).uses_permissions.len(), 1);
}

#[test]
fn a_second_application_is_ignored_and_told() {
    let axml = Axml::new(&[LABEL])
        .start("manifest", &[PACKAGE])
        .start("application", &[(Key::Id(LABEL), Data::Text("first"))])
        .end()
        .start("application", &[(Key::Id(LABEL), Data::Text("second"))])
        .end()
        .end();
    let (manifest, issues) = read("AndroidManifest.xml", &axml.finish(), None);
    assert_eq!(manifest.label.as_deref(), Some("first"));
    assert_eq!(messages(&issues), ["<manifest> has more than one <application>"]);
}

#[test]
fn a_disabled_application_is_told() {
    let axml = Axml::new(&[ENABLED])
        .start("manifest", &[PACKAGE])
        .start("application", &[(Key::Id(ENABLED), Data::Typed(0x12, 0))])
        .end()
        .end();
    assert!(read_clean(&axml, None).disabled);
}

#[test]
fn platforms_in_development_have_names() {
    let cases = [("R", 30), ("Tiramisu", 33), ("UpsideDownCake.0123abcd", 34), ("Unpublished", 10_000)];
    for (name, level) in cases {
        let axml = Axml::new(&[MIN_SDK])
            .start("manifest", &[PACKAGE])
            .start("uses-sdk", &[(Key::Id(MIN_SDK), Data::Text(name))])
            .end()
            .end();
        assert_eq!(read_clean(&axml, None).min_sdk, Some(level), "{name}");
    }
}

#[test]
fn a_permission_named_by_a_resource_is_none() {
    let axml = Axml::new(&[NAME])
        .start("manifest", &[PACKAGE])
        .start("uses-permission", &[(Key::Id(NAME), Data::Typed(0x01, 0x7f01_0000))])
        .end()
        .end();
    let (manifest, issues) = read("AndroidManifest.xml", &axml.finish(), None);
    assert_eq!(manifest.uses_permissions, []);
    assert_eq!(messages(&issues), ["<uses-permission> is named by resource @0x7f010000"]);
}

#[test]
fn meta_data_is_what_the_app_would_get() {
    let values = [
        (Data::Typed(0x10, u32::MAX), "-1"),
        (Data::Typed(0x11, 0xff), "0xff"),
        (Data::Typed(0x12, u32::MAX), "true"),
        (Data::Typed(0x04, 1.0_f32.to_bits()), "1.0"),
        (Data::Typed(0x1d, 0xff00_ff00), "#ff00ff00"),
        (Data::Text("wx0123"), "wx0123"),
        (Data::Typed(0x01, 0x7f09_0001), "@0x7f090001"),
    ];
    for (data, expected) in values {
        let axml = Axml::new(&[NAME, VALUE])
            .start("manifest", &[PACKAGE])
            .start("application", &[])
            .start("meta-data", &[(Key::Id(NAME), Data::Text("key")), (Key::Id(VALUE), data)])
            .end()
            .end()
            .end();
        assert_eq!(read_clean(&axml, None).meta_data[0].value, expected);
    }
}

#[test]
fn every_layout_of_a_type_is_read() {
    for layout in [Layout::Plain, Layout::Sparse, Layout::Offset16, Layout::Compact] {
        let entries = [(2, 0x03, 0), (5, 0x03, 1), (9, 0x03, 2)];
        let table = table(&["two", "five", "nine"], &[package(0x7f, &[type_chunk(1, layout, &[], &entries)])]);
        for (index, label) in [(2, "two"), (5, "five"), (9, "nine")] {
            let manifest = read_clean(&labelled(0x7f01_0000 | index, 0x01), Some(&table));
            assert_eq!(manifest.label.as_deref(), Some(label), "{layout:?}");
        }
        for missing in [0, 3, 10] {
            let (manifest, issues) =
                read("AndroidManifest.xml", &labelled(0x7f01_0000 | missing, 0x01).finish(), Some(&table));
            assert_eq!((manifest.label, issues.len()), (None, 1), "{layout:?} {missing}");
        }
    }
}

#[test]
fn packages_of_one_id_and_of_shared_libraries_are_searched() {
    let first = package(0x7f, &[type_chunk(1, Layout::Plain, &[], &[(0, 0x03, 0)])]);
    let second = package(0x7f, &[type_chunk(2, Layout::Plain, &[], &[(0, 0x03, 1)])]);
    let library = package(0, &[type_chunk(1, Layout::Plain, &[], &[(0, 0x03, 2)])]);
    let table = table(&["first", "second", "library"], &[first, second, library]);
    for (id, kind, label) in [(0x7f01_0000, 1, "first"), (0x7f02_0000, 1, "second"), (0x0001_0000, 7, "library")] {
        assert_eq!(read_clean(&labelled(id, kind), Some(&table)).label.as_deref(), Some(label));
    }
}

#[test]
fn a_reference_to_itself_ends() {
    let entries = [(0, 0x01, 0x7f01_0001), (1, 0x01, 0x7f01_0000)];
    let table = table(&[], &[package(0x7f, &[type_chunk(1, Layout::Plain, &[], &entries)])]);
    let (manifest, issues) = read("AndroidManifest.xml", &labelled(0x7f01_0000, 0x01).finish(), Some(&table));
    assert_eq!(manifest.label, None);
    assert_eq!(messages(&issues), ["label @0x7f010000 of <application> is not in the resources"]);
}

#[test]
fn without_a_default_english_stands_in() {
    let language = |language: [u8; 2]| [0, 0, 0, 0, language[0], language[1]];
    let german = type_chunk(1, Layout::Plain, &language(*b"de"), &[(0, 0x03, 0)]);
    let english = type_chunk(1, Layout::Plain, &language(*b"en"), &[(0, 0x03, 1)]);
    let table = table(&["deutsch", "english"], &[package(0x7f, &[german, english])]);
    assert_eq!(read_clean(&labelled(0x7f01_0000, 0x01), Some(&table)).label.as_deref(), Some("english"));
}

#[test]
fn domains_are_the_text_between_tags() {
    let axml = Axml::new(&[])
        .start("network-security-config", &[])
        .start("domain-config", &[(Key::Plain("cleartextTrafficPermitted"), Data::Typed(0x12, u32::MAX))])
        .start("domain", &[])
        .text(" Example")
        .text(".ORG ")
        .end()
        .end()
        .end();
    let (security, issues) = read_network_security("res/xml/network.xml", &axml.finish());
    assert_eq!(issues, []);
    assert_eq!(security.unwrap().domains, [("example.org".to_owned(), false, Some(true))]);
}
