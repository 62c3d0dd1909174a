//! Broken and hostile files: no panic, no hang, bounded memory, and an issue that says where.

use proptest::prelude::*;

use super::super::{read, read_network_security};
use super::assemble::{Axml, Data, Key, Layout, chunk, package, table, type_chunk};
use super::fixture;

const NAME: u32 = 0x0101_0003;

/// Manifests with the tables that go with them, and network security configurations.
fn files() -> [(&'static [u8], Option<&'static [u8]>); 6] {
    [
        (fixture!("manifest.axml"), Some(fixture!("resources.arsc"))),
        (fixture!("manifest.pb"), Some(fixture!("resources.pb"))),
        (fixture!("app/AndroidManifest.xml"), None),
        (fixture!("network.axml"), None),
        (fixture!("network.pb"), None),
        (fixture!("app/res/xml/network.xml"), None),
    ]
}

fn read_all(document: &[u8], resources: Option<&[u8]>) -> usize {
    let (_, of_manifest) = read("AndroidManifest.xml", document, resources);
    let (_, of_network) = read_network_security("network.xml", document);
    of_manifest.len() + of_network.len()
}

#[test]
fn a_file_cut_anywhere_says_so() {
    for (document, resources) in files() {
        // Line ends after the root may be missing.
        for length in 0..document.trim_ascii_end().len() {
            assert_ne!(read_all(&document[..length], resources), 0, "cut at {length} of {}", document.len());
        }
    }
}

#[test]
fn a_table_cut_anywhere_leaves_the_rest() {
    for (document, resources) in files() {
        for length in 0..resources.unwrap_or_default().len() {
            let (manifest, issues) = read("AndroidManifest.xml", document, resources.map(|bytes| &bytes[..length]));
            assert_eq!(manifest.package, "org.example.fixture");
            // The last field of a bundle's table tells only which tool made it.
            let made_by = if document.starts_with(&[0x0a]) { 1372 } else { usize::MAX };
            assert!(!issues.is_empty() || length == made_by, "cut at {length}");
        }
    }
}

#[test]
fn what_is_no_manifest_is_told() {
    let cases: [(&[u8], &str); 6] = [
        (b"", "xml document is empty"),
        (b"PK\x03\x04", "expected binary, protobuf or text xml, found [50, 4b, 03, 04]"),
        (b"<resources/>", "expected <manifest>, found <resources>"),
        (b"<!-- nothing -->", "xml document has no element"),
        (b"<manifest>", "xml document ends inside an element"),
        (b"<manifest/>", "<manifest> has no package"),
    ];
    for (bytes, message) in cases {
        let (_, issues) = read("AndroidManifest.xml", bytes, None);
        assert!(issues.iter().any(|issue| issue.message == message), "{issues:?}");
    }
}

#[test]
fn a_broken_chunk_is_told_with_its_place() {
    let start = Axml::new(&[]).start("manifest", &[(Key::Plain("package"), Data::Text("a.b"))]);
    let offset = u64::try_from(start.finish().len()).unwrap();
    let broken = start.raw(&[0x02, 0x01, 0x10, 0x00, 0x04, 0, 0, 0]).finish();
    let (manifest, issues) = read("AndroidManifest.xml", &broken, None);
    assert_eq!(manifest.package, "a.b");
    assert_eq!(issues[0].offset, Some(offset));
    assert_eq!(issues[0].message, "chunk 0x0102 of 4 bytes claims a header of 16");
}

#[test]
fn attributes_beyond_the_element_are_told() {
    let mut bytes = Axml::new(&[]).start("manifest", &[(Key::Plain("package"), Data::Text("a.b"))]).end().finish();
    let count = bytes.windows(6).position(|window| window == [20, 0, 20, 0, 1, 0]).unwrap() + 4;
    bytes[count..count + 2].copy_from_slice(&[0xff, 0xff]);
    let (manifest, issues) = read("AndroidManifest.xml", &bytes, None);
    assert_eq!(manifest.package, "a.b");
    assert_eq!(issues[0].message, "element claims 65535 attributes, 1 fit in it");
}

#[test]
fn attributes_cannot_lie_on_each_other() {
    let mut axml = Axml::new(&[]);
    axml.stride = 0;
    let (_, issues) = read("AndroidManifest.xml", &axml.start("manifest", &[]).end().finish(), None);
    assert_eq!(issues.len(), 1, "an element without attributes has no stride to keep: {issues:?}");
    let mut bytes = fixture!("manifest.axml").to_vec();
    let stride = bytes.windows(4).position(|window| window == [20, 0, 20, 0]).unwrap() + 2;
    bytes[stride] = 0;
    let (_, issues) = read("AndroidManifest.xml", &bytes, None);
    assert_eq!(issues[0].message, "expected attributes of 20 bytes, found 0");
}

#[test]
fn a_string_beyond_the_pool_is_told() {
    let axml = Axml::new(&[NAME])
        .start("manifest", &[(Key::Plain("package"), Data::Text("a.b"))])
        .start("permission", &[(Key::Id(NAME), Data::Typed(0x03, 99))])
        .end()
        .end();
    let (manifest, issues) = read("AndroidManifest.xml", &axml.finish(), None);
    assert_eq!(manifest.defines_permissions.len(), 0);
    assert_eq!(issues[0].message, "string 99 is not in the pool");
}

#[test]
fn elements_cannot_fill_the_memory() {
    let elements = format!("<manifest package='a.b'>{}</manifest>", "<a/>".repeat(1 << 19));
    let attributes = format!("<manifest package='a.b' {}/>", "a='' ".repeat(1 << 19));
    let protobuf = [&[0x0a, 0x80, 0x80, 0x80, 0x01][..], &[0x22, 0x00].repeat(1 << 20)].concat();
    for bytes in [elements.as_bytes(), attributes.as_bytes(), &protobuf] {
        let (_, issues) = read("AndroidManifest.xml", bytes, None);
        let message = "xml document asks for more than its budget; the rest is left out";
        assert!(issues.iter().any(|issue| issue.message == message), "{issues:?}");
    }
}

#[test]
fn depth_is_bounded_in_every_encoding() {
    let deep = 50_000;
    let mut axml = Axml::new(&[]);
    for _ in 0..deep {
        axml = axml.start("manifest", &[]);
    }
    let mut protobuf = Vec::new();
    // Lengths are written as five bytes, so each level adds twelve.
    let varint = |length: usize| {
        (0..5).map(move |n| u8::try_from(length >> (7 * n) & 0x7f).unwrap() | if n < 4 { 0x80 } else { 0 })
    };
    for _ in 0..2_000 {
        let element: Vec<u8> = [0x0a].into_iter().chain(varint(protobuf.len())).chain(protobuf).collect();
        protobuf = [0x2a].into_iter().chain(varint(element.len())).chain(element).collect();
    }
    let protobuf: Vec<u8> = [0x0a].into_iter().chain(varint(protobuf.len())).chain(protobuf).collect();
    for bytes in [axml.finish(), protobuf, "<manifest>".repeat(deep).into_bytes()] {
        let (_, issues) = read("AndroidManifest.xml", &bytes, None);
        assert!(
            issues.iter().any(|issue| issue.message == "elements nest too deep; what is inside is left out"),
            "{issues:?}"
        );
    }
}

#[test]
fn one_string_named_a_thousand_times_is_not_kept_a_thousand_times() {
    let long: &'static str = Box::leak("x".repeat(1 << 16).into_boxed_str());
    let mut axml = Axml::new(&[NAME]).start("manifest", &[(Key::Plain("package"), Data::Text("a.b"))]);
    for _ in 0..1_000 {
        axml = axml.start("uses-permission", &[(Key::Id(NAME), Data::Text(long))]).end();
    }
    let (manifest, issues) = read("AndroidManifest.xml", &axml.end().finish(), None);
    let kept: usize = manifest.uses_permissions.iter().map(|permission| permission.name.len()).sum();
    assert!(kept <= 32 << 20, "{kept} bytes");
    let message = "xml document asks for more than its budget; the rest is left out";
    assert!(issues.iter().any(|issue| issue.message == message));
}

#[test]
fn tables_cannot_multiply_the_work() {
    // Each of 30,000 configurations of the icon leads to the icon again.
    let icon = type_chunk(1, Layout::Plain, &[], &[(0, 0x01, 0x7f01_0000)]);
    let table = table(&[], &[package(0x7f, &vec![icon; 30_000])]);
    let axml = Axml::new(&[0x0101_0002])
        .start("manifest", &[(Key::Plain("package"), Data::Text("a.b"))])
        .start("application", &[(Key::Id(0x0101_0002), Data::Typed(0x01, 0x7f01_0000))])
        .end()
        .end();
    let (manifest, issues) = read("base.apk!/AndroidManifest.xml", &axml.finish(), Some(&table));
    assert_eq!(manifest.icon, None);
    assert_eq!(issues[0].file, "base.apk!/resources.arsc");
    assert_eq!(issues[0].message, "resources ask for more than their budget; the rest is left out");
}

#[test]
fn issues_are_counted_when_there_are_too_many() {
    let mut axml = Axml::new(&[]).start("manifest", &[(Key::Plain("package"), Data::Text("a.b"))]);
    for _ in 0..300 {
        axml = axml.start("uses-permission", &[]).end();
    }
    let (_, issues) = read("AndroidManifest.xml", &axml.end().finish(), None);
    assert_eq!(issues.len(), 201);
    assert_eq!(issues[200].message, "100 further issues");
}

#[test]
fn entities_are_not_expanded() {
    let text = br#"<!DOCTYPE m [<!ENTITY a "&b;&b;"><!ENTITY b "boom">]>
        <manifest package="a.b" split="&a;"><x>&a;</x></manifest>"#;
    let (manifest, issues) = read("AndroidManifest.xml", text, None);
    assert_eq!((manifest.package.as_str(), manifest.split), ("a.b", None));
    assert_eq!(issues.len(), 1, "{issues:?}");
}

proptest! {
    #[test]
    fn changed_bytes_never_panic(
        file in 0..files().len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        in_table in any::<bool>(),
    ) {
        let (document, resources) = files()[file];
        let (mut document, mut resources) = (document.to_vec(), resources.map(<[u8]>::to_vec));
        for (place, byte) in changes {
            let target = match &mut resources {
                Some(resources) if in_table => resources,
                _ => &mut document,
            };
            let place = place.index(target.len());
            target[place] = byte;
        }
        read_all(&document, resources.as_deref());
    }

    #[test]
    fn any_bytes_never_panic(
        kind in prop::sample::select(vec![0x0003_u16, 0x0a0a, 0x3c3c]),
        document in prop::collection::vec(any::<u8>(), 0..200),
        resources in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        read_all(&chunk(kind, &[], &document), Some(&chunk(0x0002, &[], &resources)));
        read_all(&document, Some(&resources));
    }
}
