//! Archives, split sets and bundles: open, look up, and read every entry.

#![no_main]

use std::path::Path;

use candor::container::Package;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(package) = Package::from_bytes(Path::new("input.apk"), bytes.to_vec()) else { return };
    for part in &package.parts {
        let (loaded, beyond) = part.dex_entries();
        assert!(loaded.len() + beyond.len() <= part.entries().len());
        for entry in part.entries() {
            assert!(part.find(&entry.name).is_some(), "an entry that is listed is found");
            if let Ok(data) = part.read(entry) {
                part.contradictions(entry, &data);
            }
        }
    }
});
