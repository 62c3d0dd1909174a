//! Manifests in all three encodings, network security configurations, and resource tables.
//!
//! The bytes are taken as each of them in turn; as a table they stand beside a sound manifest that refers into it.

#![no_main]

use candor::manifest;
use libfuzzer_sys::fuzz_target;

const BINARY: &[u8] = include_bytes!("../../../fixtures/manifest/manifest.axml");
const PROTOBUF: &[u8] = include_bytes!("../../../fixtures/manifest/manifest.pb");
const TABLE: &[u8] = include_bytes!("../../../fixtures/manifest/resources.arsc");

fuzz_target!(|bytes: &[u8]| {
    manifest::read("AndroidManifest.xml", bytes, Some(TABLE));
    manifest::read("AndroidManifest.xml", BINARY, Some(bytes));
    manifest::read("manifest/AndroidManifest.xml", PROTOBUF, Some(bytes));
    manifest::read_network_security("res/xml/network.xml", bytes);
});
