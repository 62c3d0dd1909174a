//! Disclosure files: parse, validate, and ask what they state.

#![no_main]

use candor::catalog::Catalog;
use candor::disclosure::Disclosure;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match Disclosure::parse("privacy.toml", text, Catalog::builtin()) {
        Ok(disclosure) => {
            for statement in disclosure.own_statements() {
                statement.names("imei");
                statement.names("~device-identifier");
            }
        }
        Err(error) => {
            let message = error.to_string();
            assert!(message.starts_with("privacy.toml:"), "an error names file and line: {message}");
            assert!(!message.contains(char::is_control), "an error is one harmless line: {message:?}");
        }
    }
});
