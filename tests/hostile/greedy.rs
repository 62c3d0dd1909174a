//! Files of a megabyte that ask for a terabyte: everything in them refers to the same long thing. Work and memory must
//! follow the size of the file, and the report must say what was left out.

use std::fs;
use std::path::PathBuf;

use super::{MAX_KIB, MAX_SECONDS, packages};
use crate::run::{scan, scratch};

const SIZE: u32 = 1 << 20;
const NO_INDEX: u32 = u32::MAX;

#[test]
fn strings_that_share_a_text_that_nothing_ends() {
    for first in *b"x/" {
        // A megabyte is what each of them claims.
        let count = SIZE / 8;
        let layout = Layout { strings: count, ..Layout::default() };
        let data = [&uleb(SIZE)[..], &vec![first; SIZE as usize / 2]].concat();
        let strings = vec![layout.data(); count as usize];
        must_say(&layout.file(&[strings], &data), "overlap and are not read");
    }
}

#[test]
fn methods_of_a_prototype_with_endless_parameters() {
    let (parameters, methods) = (SIZE / 8, SIZE / 64);
    for class in ["La;".to_owned(), format!("L{};", "a".repeat(SIZE as usize / 4))] {
        let layout = Layout { strings: 2, types: 1, protos: 1, methods, ..Layout::default() };
        let mut data = text("getDeviceId");
        let class_text = layout.data() + length(&data);
        data.extend(text(&class));
        data.resize(data.len().next_multiple_of(4), 0);
        let list = layout.data() + length(&data);
        data.extend(parameters.to_le_bytes());
        data.resize(data.len() + parameters as usize * 2, 0);
        let rows = [vec![layout.data(), class_text], vec![1], vec![1, 0, list], vec![0; methods as usize * 2]];
        must_end(&layout.file(&rows, &data));
    }
}

#[test]
fn classes_that_share_their_fields() {
    let (classes, fields) = (SIZE / 64, SIZE / 32);
    let layout = Layout { strings: 1, types: 1, fields, classes, ..Layout::default() };
    let mut data = text("La;");
    let members = layout.data() + length(&data);
    data.extend(uleb(fields));
    data.extend([0; 3]);
    data.extend([1, 1].repeat(fields as usize));
    let class = [0, 0, NO_INDEX, 0, NO_INDEX, 0, members, 0];
    let rows = [vec![layout.data()], vec![0], vec![0; fields as usize * 2], class.repeat(classes as usize)];
    must_say(&layout.file(&rows, &data), "over and over");
}

#[test]
fn broken_classes_of_a_long_name() {
    let classes = SIZE / 64;
    let layout = Layout { strings: 1, types: 1, classes, ..Layout::default() };
    let data = text(&format!("L{};", "a".repeat(SIZE as usize / 4)));
    let class = [0, 0, NO_INDEX, 0, NO_INDEX, 0, i32::MAX.unsigned_abs(), 0];
    must_say(&layout.file(&[vec![layout.data()], vec![0], class.repeat(classes as usize)], &data), "too many faults");
}

#[test]
fn methods_that_a_long_class_may_define() {
    let (methods, defined) = (SIZE / 32, SIZE / 6);
    let layout = Layout { strings: 4, types: 3, protos: 1, methods, classes: 1, ..Layout::default() };
    let (mut data, mut strings) = (Vec::new(), Vec::new());
    for word in ["La;", "Landroid/telephony/TelephonyManager;", "Ljava/lang/String;", "getDeviceId"] {
        strings.push(layout.data() + length(&data));
        data.extend(text(word));
    }
    let members = layout.data() + length(&data);
    data.extend([0, 0]);
    data.extend(uleb(defined));
    data.push(0);
    data.extend([1, 1, 0].repeat(defined as usize));
    let class = vec![0, 1, 1, 0, NO_INDEX, 0, members, 0];
    let rows = [strings, vec![0, 1, 2], vec![2, 2, 0], [0, 3].repeat(methods as usize), class];
    must_end(&layout.file(&rows, &data));
}

#[test]
fn members_of_a_container_that_share_their_tables() {
    // Headers of version 041 stand side by side, and each claims the string table behind them.
    let (header, members) = (0x78u32, 2048u32);
    let count = SIZE / 8;
    let start = header * members;
    let total = start + count * 4;
    let mut file = Vec::new();
    for member in 0..members {
        let mut words = vec![0u32; header as usize / 4];
        words[8..11].copy_from_slice(&[header, header, 0x1234_5678]);
        (words[14], words[15]) = (count, start);
        (words[28], words[29]) = (total, header * member);
        let own = words.iter().flat_map(|word| word.to_le_bytes());
        file.extend(b"dex\n041\0".iter().copied().chain(own.skip(8)));
    }
    file.resize(total as usize, 0);
    must_say(&file, "share their tables");
}

#[test]
fn entries_that_share_their_data() {
    let dex = fs::read("fixtures/dex/v035.dex").expect("the fixture is there");
    for data in [vec![0; 16 << 20], [dex, vec![0; 1 << 20]].concat()] {
        let mut names = vec!["classes.dex".to_owned()];
        names.extend((2..5000).map(|number| format!("classes{number}.dex")));
        let run = must_end(&overlapping(&names, &data));
        let said = ["overlaps other entries", "are beyond the bounds"].iter().any(|message| run.contains(message));
        assert!(said, "{run}");
    }
}

/// Scans a file, which must end in time; gives what it said.
fn must_end(file: &[u8]) -> String {
    let path: PathBuf = scratch("greedy.apk");
    fs::write(&path, file).expect("the target folder is writable");
    let run = scan([&path]);
    run.within(MAX_SECONDS, MAX_KIB);
    assert_eq!(packages(&run).len(), 1);
    fs::remove_file(&path).expect("it was written");
    run.errors
}

/// As [`must_end`]; what was left out is said.
fn must_say(file: &[u8], message: &str) {
    let said = must_end(file);
    assert!(said.contains(message), "{message}: {said}");
}

/// How many rows each table has; the tables follow the header in this order.
#[derive(Default)]
struct Layout {
    strings: u32,
    types: u32,
    protos: u32,
    fields: u32,
    methods: u32,
    classes: u32,
}

impl Layout {
    const HEADER: u32 = 0x70;

    /// Count and size of a row, by table.
    fn tables(&self) -> [(u32, u32); 6] {
        [(self.strings, 4), (self.types, 4), (self.protos, 12), (self.fields, 8), (self.methods, 8), (self.classes, 32)]
    }

    /// Where the data behind the tables begins.
    fn data(&self) -> u32 {
        self.tables().iter().fold(Self::HEADER, |end, (count, size)| end + count * size)
    }

    /// The file, from the rows of those tables that have any, as words.
    fn file(&self, rows: &[Vec<u32>], data: &[u8]) -> Vec<u8> {
        let body: Vec<u8> = rows.concat().iter().flat_map(|word| word.to_le_bytes()).chain(data.to_vec()).collect();
        let mut header = [0u32; 28];
        header[8..11].copy_from_slice(&[Self::HEADER + length(&body), Self::HEADER, 0x1234_5678]);
        let mut offset = Self::HEADER;
        for (place, (count, size)) in self.tables().into_iter().enumerate() {
            header[14 + place * 2..][..2].copy_from_slice(&[count, offset]);
            offset += count * size;
        }
        assert_eq!(offset as usize - 0x70 + data.len(), body.len(), "the rows are as many as the layout says");
        let header = header.iter().flat_map(|word| word.to_le_bytes()).skip(8);
        b"dex\n035\0".iter().copied().chain(header).chain(body).collect()
    }
}

/// An archive whose entries all have the same data.
fn overlapping(names: &[String], data: &[u8]) -> Vec<u8> {
    let mut compressor = libdeflater::Compressor::new(libdeflater::CompressionLvl::best());
    let mut stream = vec![0; compressor.deflate_compress_bound(data.len())];
    let compressed = compressor.deflate_compress(data, &mut stream).expect("the bound holds");
    stream.truncate(compressed);
    let sizes = [libdeflater::crc32(data), length(&stream), length(data)].map(u32::to_le_bytes).concat();

    let mut file = [b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0".as_slice(), &sizes, &[11, 0, 0, 0], b"classes.dex"].concat();
    file.extend(stream);
    let start = length(&file);
    for name in names {
        file.extend(b"PK\x01\x02\x14\0\x14\0\0\0\x08\0\0\0\0\0");
        file.extend(&sizes);
        file.extend(u16::try_from(name.len()).expect("names are short").to_le_bytes());
        file.extend([0; 16]);
        file.extend(name.as_bytes());
    }
    let directory = length(&file) - start;
    let count = u16::try_from(names.len()).expect("a few thousand").to_le_bytes();
    file.extend(b"PK\x05\x06\0\0\0\0");
    file.extend([count, count].concat());
    file.extend([directory, start].map(u32::to_le_bytes).concat());
    file.extend([0, 0]);
    file
}

fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).expect("files of a few megabytes")
}

/// A `string_data_item` of ASCII.
fn text(word: &str) -> Vec<u8> {
    [&uleb(length(word.as_bytes()))[..], word.as_bytes(), &[0]].concat()
}

fn uleb(mut value: u32) -> Vec<u8> {
    let mut out = Vec::new();
    loop {
        let [low, ..] = (value & 0x7f).to_le_bytes();
        value >>= 7;
        if value == 0 {
            out.push(low);
            return out;
        }
        out.push(low | 0x80);
    }
}
