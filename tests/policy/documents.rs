//! Word and PDF documents: what is refused, and that nothing hostile ends more than its own reading. What is read stands
//! with the other shapes.

use std::fmt::Write as _;
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;

use candor::catalog::Catalog;
use candor::policy::import;
use proptest::prelude::*;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn fixture(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)).expect("a fixture")
}

fn message(bytes: &[u8]) -> String {
    import(bytes, "a", Catalog::builtin()).expect_err("no policy").to_string()
}

fn archive(name: &str, content: &[u8]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    zip.start_file(name, options).expect("a name");
    zip.write_all(content).expect("memory");
    zip.finish().expect("a whole archive").into_inner()
}

fn document(body: &str) -> Vec<u8> {
    archive("word/document.xml", format!("<w:document><w:body>{body}</w:body></w:document>").as_bytes())
}

#[test]
fn what_cannot_be_read_says_why() {
    for (bytes, found) in [
        (fixture("documents/encrypted.pdf"), "an encrypted PDF document"),
        (fixture("documents/images.pdf"), "a PDF document without text: its pages are images"),
        (b"%PDF-1.7 and no more".to_vec(), "a PDF document that cannot be read"),
        (document("<w:p><w:r><w:t>broken</w:p>"), "a Word document that cannot be read"),
        (archive("word/document.xml", &[0xff, 0xfe]), "a Word document that cannot be read"),
        (archive("mimetype", b"application/epub+zip"), "a zip archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(), "an old or an encrypted Office document"),
    ] {
        let message = message(&bytes);
        assert!(message.contains(found), "{message:?} names {found:?}");
        assert!(!message.contains(char::is_control), "one harmless line: {message:?}");
    }
}

/// A few kilobytes that become many megabytes are read as far as a policy may be long.
#[test]
fn a_document_that_swells_is_refused() {
    let bomb = archive("word/document.xml", &vec![b' '; 40 << 20]);
    assert!(bomb.len() < 1 << 20);
    let message = message(&bomb);
    assert!(message.contains("exceeds the limit of"), "{message}");
}

#[test]
fn a_form_that_draws_itself_ends() {
    let mut pdf = b"%PDF-1.4\n".to_vec();
    let objects: [&[u8]; 4] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /XObject << /F 4 0 R >> >> >>",
        b"<< /Subtype /Form /Length 12 >>\nstream\n/F Do /F Do \nendstream",
    ];
    let mut table = String::from("xref\n0 5\n0000000000 65535 f \n");
    for (number, object) in (1..).zip(objects) {
        writeln!(table, "{:010} 00000 n ", pdf.len()).expect("memory");
        pdf.extend(format!("{number} 0 obj\n").bytes().chain(object.iter().copied()).chain(*b"\nendobj\n"));
    }
    let start = pdf.len();
    pdf.extend(format!("{table}trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n").bytes());
    assert!(message(&pdf).contains("its pages are images"), "no text, and an end");
}

#[test]
fn arrays_inside_arrays_end() {
    let deep = "[".repeat(1 << 20);
    for pdf in [format!("%PDF-1.4\n1 0 obj\n{deep}\nendobj\n"), format!("%PDF-1.4\ntrailer\n{deep}")] {
        assert!(message(pdf.as_bytes()).contains("a PDF document"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_damaged_document_is_read_or_refused(
        is_pdf in any::<bool>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..24),
        keep in any::<prop::sample::Index>(),
    ) {
        let mut bytes = fixture(if is_pdf { "policies/rulings.pdf" } else { "policies/word.docx" });
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        bytes.truncate(keep.index(bytes.len()).max(bytes.len() / 2));
        if let Ok(read) = import(&bytes, "a", Catalog::builtin()) {
            for mark in &read.marks {
                prop_assert!(read.source.text.get(mark.span.clone()).is_some(), "{mark:?}");
            }
        }
    }
}
