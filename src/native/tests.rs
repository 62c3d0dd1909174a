//! Libraries that `as` and `ld` made (`fixtures/native`), the same ones damaged, and bytes of any kind.

use proptest::prelude::*;

use super::*;

const PROBE64: &[u8] = include_bytes!("../../fixtures/native/probe64.so");
const PROBE32: &[u8] = include_bytes!("../../fixtures/native/probe32.so");
const NEAR: &[u8] = include_bytes!("../../fixtures/native/near.so");
const BARE: &[u8] = include_bytes!("../../fixtures/native/bare.so");

fn read(bytes: &[u8]) -> (Library<'_>, Vec<String>) {
    let (library, issues) = Library::read("lib.so", bytes).expect("a header");
    (library, issues.iter().map(ToString::to_string).collect())
}

fn imports<'l>(library: &'l Library<'_>) -> Vec<&'l str> {
    library.imports.iter().map(|import| import.name.as_ref()).collect()
}

fn texts(library: &Library<'_>) -> Vec<String> {
    library
        .data()
        .flat_map(|data| data.texts().collect::<Vec<_>>())
        .map(|it| String::from_utf8_lossy(it.bytes).into())
        .collect()
}

fn patched(bytes: &[u8], offset: usize, with: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    bytes[offset..offset + with.len()].copy_from_slice(with);
    bytes
}

/// Without its section headers: `e_shoff`, `e_shnum` and `e_shstrndx` of the 64-bit header are 0.
fn without_sections(bytes: &[u8]) -> Vec<u8> {
    patched(&patched(bytes, 0x28, &[0; 8]), 0x3c, &[0; 4])
}

fn place_of(bytes: &[u8], text: &[u8]) -> usize {
    bytes.windows(text.len()).position(|window| window == text).expect("the text")
}

#[test]
fn a_library_shows_its_names_in_either_width() {
    for (bytes, machine) in [(PROBE64, Machine::X86_64), (PROBE32, Machine::X86)] {
        let (library, issues) = read(bytes);
        assert_eq!(issues, [""; 0]);
        assert_eq!(library.machine, machine);
        assert_eq!(library.soname.as_deref(), Some("libprobe.so"));
        assert_eq!(library.needed, ["libc.so", "liblog.so"]);
        assert_eq!(imports(&library), ["getifaddrs"]);
        let mut jni = library.jni.clone();
        jni.sort();
        assert_eq!(jni, ["JNI_OnLoad", "Java_com_example_native_Probe_ask"]);
    }
}

#[test]
fn an_import_is_where_its_entry_is() {
    // .dynsym is at 0x110 and 0xb8, with entries of 24 and 16 bytes (readelf -S, --dyn-syms).
    assert_eq!(read(PROBE64).0.imports[0].offset, 0x110 + 24);
    assert_eq!(read(PROBE32).0.imports[0].offset, 0xb8 + 3 * 16);
}

#[test]
fn strings_are_those_of_the_data_and_not_of_code_or_tables() {
    for bytes in [PROBE64, PROBE32] {
        let (library, _) = read(bytes);
        assert_eq!(texts(&library), ["getDeviceId", "https://api.ipify.org/?format=json", "getSubscriberId"]);
        for text in library.data().flat_map(|data| data.texts().collect::<Vec<_>>()) {
            assert_eq!(text.offset, place_of(bytes, text.bytes));
        }
    }
    // The last string of `near.s` has no end.
    assert_eq!(texts(&read(NEAR).0), ["getDeviceIds", "forgetImei", "getSubscriberId()", "api.ipify.example"]);
}

#[test]
fn a_library_that_exports_nothing_still_shows_its_imports() {
    assert_eq!(imports(&read(BARE).0), ["getifaddrs", "strlen"]);
    let stripped = without_sections(BARE);
    let (library, issues) = read(&stripped);
    assert_eq!(issues, [""; 0]);
    assert_eq!(imports(&library), ["getifaddrs", "strlen"]);
}

#[test]
fn without_section_headers_code_is_searched_too_but_no_table_of_names() {
    let stripped = without_sections(PROBE64);
    let (library, issues) = read(&stripped);
    assert_eq!(issues, [""; 0]);
    assert_eq!(imports(&library), ["getifaddrs"]);
    let texts = texts(&library);
    assert!(["getDeviceId", "getSubscriberId"].iter().all(|text| texts.iter().any(|it| it == text)), "{texts:?}");
    assert!(texts.iter().any(|text| text.ends_with("getImei")), "{texts:?}");
    assert!(!texts.iter().any(|text| text == "getifaddrs" || text == "libc.so"), "{texts:?}");
}

#[test]
fn the_dynamic_section_is_where_its_address_says() {
    // p_offset of the third program header; the linker goes by p_vaddr.
    let moved = patched(PROBE64, 64 + 2 * 56 + 8, &0x10_u64.to_le_bytes());
    assert_eq!(read(&moved).0.needed, ["libc.so", "liblog.so"]);
}

#[test]
fn what_is_cut_off_is_told_and_the_rest_read() {
    let (library, issues) = read(&PROBE64[..0x120]);
    assert_eq!(library.machine, Machine::X86_64);
    assert!(library.imports.is_empty());
    assert!(issues.iter().any(|it| it.contains("entries of the dynamic section, 0 fit")), "{issues:?}");
    assert!(Library::read("lib.so", &PROBE64[..0x30]).unwrap_err().to_string().contains("ELF header of 48 bytes"));
    assert!(Library::read("lib.so", b"\x7fELF\x07").is_err());
}

#[test]
fn counts_and_places_beyond_the_file_are_told() {
    let dynamic = 0x240;
    let value = |index: usize| dynamic + index * 16 + 8;
    for (offset, bytes, expected) in [
        (0x38, 0xffff_u64.to_le_bytes().to_vec(), "65535 program headers"),
        (value(4), u64::MAX.to_le_bytes().to_vec(), "string table of 87 bytes"),
        (value(5), u64::MAX.to_le_bytes().to_vec(), "table of"),
        (value(6), u64::MAX.to_le_bytes().to_vec(), "string table of 18446744073709551615 bytes"),
        (value(0), u64::MAX.to_le_bytes().to_vec(), "a name at 0xffffffffffffffff"),
        (0x110 + 24, u32::MAX.to_le_bytes().to_vec(), "1 symbols have no name"),
    ] {
        let bytes = if offset == 0x38 { bytes[..2].to_vec() } else { bytes };
        let (_, issues) = read(&patched(PROBE64, offset, &bytes));
        assert!(issues.iter().any(|it| it.contains(expected)), "{expected}: {issues:?}");
    }
    // The number of chains in .hash of the 32-bit library.
    let lying = patched(PROBE32, 0x94 + 4, &[0xff; 4]);
    let (library, issues) = read(&lying);
    assert!(issues.iter().any(|it| it.contains("a table of 4294967295 symbols, 56 fit")), "{issues:?}");
    assert!(imports(&library).contains(&"getifaddrs"));
}

#[test]
fn the_first_bytes_tell_what_a_file_is() {
    for (bytes, content) in [
        (PROBE64, Content::Elf),
        (b"dex\n035\0", Content::Dex),
        (b"PK\x03\x04\x14", Content::Zip),
        (b"", Content::Other),
        (b"\x7fEL", Content::Other),
        (b"7z\xbc\xaf\x27\x1c", Content::Other),
    ] {
        assert_eq!(Content::of(bytes), content);
    }
}

/// Reads everything that a library offers; what it says must lie in the file.
fn exhaust(bytes: &[u8]) {
    let Ok((library, _)) = Library::read("lib.so", bytes) else { return };
    let mut end = 0;
    for data in library.data() {
        assert!(end <= data.offset && data.offset + data.bytes.len() <= bytes.len());
        end = data.offset + data.bytes.len();
        for text in data.texts() {
            assert_eq!(&bytes[text.offset..text.offset + text.bytes.len()], text.bytes);
        }
    }
    assert!(library.imports.iter().all(|import| import.offset < bytes.len()));
}

proptest! {
    #[test]
    fn any_bytes_are_survived(mut bytes in proptest::collection::vec(any::<u8>(), 0..600), wide in any::<bool>(), big in any::<bool>()) {
        exhaust(&bytes);
        let ident = [0x7f, b'E', b'L', b'F', 1 + u8::from(wide), 1 + u8::from(big)];
        let length = ident.len().min(bytes.len());
        bytes[..length].copy_from_slice(&ident[..length]);
        exhaust(&bytes);
    }

    #[test]
    fn any_damage_is_survived(
        wide in any::<bool>(),
        changes in proptest::collection::vec((0_usize..0x400, prop_oneof![Just(0_u8), Just(0xff), any::<u8>()]), 0..40),
        length in 0_usize..2000,
    ) {
        let mut bytes = if wide { PROBE64.to_vec() } else { PROBE32.to_vec() };
        for (at, byte) in changes {
            if let Some(place) = bytes.get_mut(at) {
                *place = byte;
            }
        }
        bytes.truncate(length.max(4));
        exhaust(&bytes);
    }
}
