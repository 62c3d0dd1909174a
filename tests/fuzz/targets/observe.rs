//! The whole way from the bytes of a package or DEX file to its behavior.

#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use candor::behavior::Observer;
use candor::catalog::{Catalog, Focus};
use candor::container::Package;
use libfuzzer_sys::fuzz_target;

static OBSERVER: LazyLock<Observer> = LazyLock::new(|| Observer::new(Catalog::builtin(), Focus::Noise));

fuzz_target!(|bytes: &[u8]| {
    if let Ok(package) = Package::from_bytes(Path::new("input.apk"), bytes.to_vec()) {
        let behavior = OBSERVER.observe(&package);
        let hides = behavior.completeness.reasons.is_empty() && !behavior.completeness.complete;
        assert!(!hides, "what is not complete has a reason");
    }
});
