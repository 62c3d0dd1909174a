//! Scripts: any bytes, read to the last text.

#![no_main]

use candor::script::Script;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let (script, _) = Script::read("fuzz.js", bytes);
    for text in script.texts() {
        assert!(!text.bytes.is_empty() && text.offset < bytes.len());
    }
});
