//! Policies: import, write the disclosure, load it again.

#![no_main]

use candor::catalog::Catalog;
use candor::disclosure::Disclosure;
use candor::policy::import;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match import(bytes, "policy.txt", Catalog::builtin()) {
        Ok(made) => {
            for mark in &made.marks {
                assert!(made.source.text.get(mark.span.clone()).is_some(), "a place outside the text: {mark:?}");
            }
            Disclosure::parse("made.toml", &made.to_toml(), Catalog::builtin()).expect("what is written loads");
            made.review();
            made.to_json();
        }
        Err(error) => {
            let message = error.to_string();
            assert!(!message.contains(char::is_control), "an error is one harmless line: {message:?}");
        }
    }
});
