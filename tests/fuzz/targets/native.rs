//! Native libraries: names, imports and every string.

#![no_main]

use candor::native::{Content, Library};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    Content::of(bytes);
    let Ok((library, _)) = Library::read("libinput.so", bytes) else { return };
    let mut end = 0;
    for data in library.data() {
        assert!(
            end <= data.offset && data.offset + data.bytes.len() <= bytes.len(),
            "runs are in order and in the file"
        );
        end = data.offset + data.bytes.len();
        for text in data.texts() {
            assert_eq!(bytes.get(text.offset..text.offset + text.bytes.len()), Some(text.bytes));
        }
        data.text_around(data.bytes.len() / 2);
    }
});
