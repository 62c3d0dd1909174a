//! Native libraries: names, imports and every string.

#![no_main]

use candor::native::{Content, Library};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    Content::of(bytes);
    let Ok((library, issues)) = Library::read("libinput.so", bytes) else { return };
    assert!(issues.iter().all(|issue| issue.offset.is_none_or(|offset| offset <= bytes.len() as u64)));
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
