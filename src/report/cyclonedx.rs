//! `CycloneDX` 1.6: the SDKs of a package as a bill of materials.
//!
//! A document on one package has it as its subject; one on several has them as components that hold their SDKs. What is not
//! known is left out, and the list is never called complete: candor names the SDKs that its catalog knows.

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde_json::{Value, json};
use sha2::Digest;

use super::format::{About, Shape};
use super::words::Words;
use super::{Document, Held, Part, Report, Subject, Told, Totals, json as writer, timestamp};
use crate::behavior::{Behavior, Grade, SdkFound};

/// A bill of materials.
pub(super) struct CycloneDx;

impl Shape for CycloneDx {
    fn about(&self) -> About {
        About {
            word: "cyclonedx",
            purpose: "CycloneDX 1.6: the SDKs as a bill of materials",
            endings: &[".cdx.json", "bom.json"],
            subjects: &[Subject::Packages, Subject::Comparison],
        }
    }

    fn package(&self, report: &Report<'_>, told: Told<'_>, part: &mut Part) -> io::Result<()> {
        let bom = Bom::new(report, told.behavior);
        writer::append(&bom.value, &mut part.body)
    }

    /// The first part waits: whether it is the only one decides the shape of the document.
    fn add(&self, document: &mut Document<'_>, part: &Part, out: &mut dyn Write) -> io::Result<()> {
        document.memory.digest.update(&part.body);
        match document.packages {
            0 => document.memory.kept.clone_from(&part.body),
            1 => {
                out.write_all(
                    b"{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"version\":1,\"components\":[\n",
                )?;
                let first = std::mem::take(&mut document.memory.kept);
                nested(&first, document, out)?;
                out.write_all(b",\n")?;
                nested(&part.body, document, out)?;
            }
            _ => {
                out.write_all(b",\n")?;
                nested(&part.body, document, out)?;
            }
        }
        Ok(())
    }

    fn end(&self, document: &Document<'_>, _: &Totals, out: &mut dyn Write) -> io::Result<()> {
        let number = serial(document.memory.digest.clone().finalize().as_slice());
        let mut metadata = metadata(&document.report);
        if document.packages < 2 {
            let mut bom: Value = serde_json::from_slice(&document.memory.kept).unwrap_or_default();
            let mut single =
                json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "serialNumber": number});
            if let Some(app) = bom.get_mut("app") {
                metadata["component"] = app.take();
            }
            single["metadata"] = metadata;
            for key in ["components", "dependencies", "compositions"] {
                single[key] = bom.get_mut(key).map_or_else(|| json!([]), Value::take);
            }
            writer::write(&single, out)?;
            return out.write_all(b"\n");
        }
        out.write_all(b"\n],\"compositions\":[")?;
        out.write_all(&document.memory.kept)?;
        write!(out, "],\"serialNumber\":\"{number}\",\"metadata\":")?;
        writer::write(&metadata, out)?;
        out.write_all(b"}\n")
    }

    fn policy(&self, _: &Report<'_>, _: Held<'_>, _: &mut dyn Write) -> io::Result<()> {
        Err(io::Error::other("a policy has no components"))
    }
}

/// Writes an app with its SDKs inside, and keeps what stands at the end of the document.
fn nested(part: &[u8], document: &mut Document<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut bom: Value = serde_json::from_slice(part)?;
    let mut app = bom["app"].take();
    app["components"] = bom["components"].take();
    writer::write(&app, out)?;
    for it in bom["compositions"].as_array().into_iter().flatten() {
        if !document.memory.kept.is_empty() {
            document.memory.kept.push(b',');
        }
        writer::append(it, &mut document.memory.kept)?;
    }
    Ok(())
}

/// One package's share.
struct Bom {
    value: Value,
}

impl Bom {
    fn new(report: &Report<'_>, behavior: &Behavior) -> Self {
        let words = Words::new(report.catalog, report.lang);
        let app = app(behavior);
        let subject = reference(behavior, None);
        let components: Vec<Value> = behavior.sdks.iter().map(|sdk| component(&words, behavior, sdk)).collect();
        let parts: Vec<String> = behavior.sdks.iter().map(|sdk| reference(behavior, Some(&sdk.id))).collect();
        // `unknown` where all code was visible: there may be SDKs that the catalog does not know.
        let aggregate = if behavior.completeness.complete { "unknown" } else { "incomplete" };
        let value = json!({
            "app": app,
            "components": components,
            "dependencies": [{"ref": subject, "dependsOn": parts}],
            "compositions": [{"aggregate": aggregate, "assemblies": [subject]}],
        });
        Self { value }
    }
}

fn metadata(report: &Report<'_>) -> Value {
    let properties = json!([{"name": "candor:catalog", "value": report.catalog.hash}]);
    let tool = json!({
        "type": "application",
        "name": "candor",
        "version": env!("CARGO_PKG_VERSION"),
        "properties": properties,
    });
    let mut metadata = json!({"tools": {"components": [tool]}});
    if let Some(time) = report.time.map(timestamp) {
        metadata["timestamp"] = json!(time);
    }
    metadata
}

/// A name in the document that stays the same while the package's bytes do.
fn reference(behavior: &Behavior, sdk: Option<&str>) -> String {
    let package = if behavior.sha256.is_empty() { &behavior.path } else { &behavior.sha256 };
    sdk.map_or_else(|| format!("package:{package}"), |sdk| format!("package:{package}/{sdk}"))
}

fn app(behavior: &Behavior) -> Value {
    let app = &behavior.app;
    let name = if app.package.is_empty() { &behavior.path } else { &app.package };
    let mut properties = vec![json!({"name": "candor:path", "value": behavior.path})];
    properties.extend(app.label.iter().map(|it| json!({"name": "candor:label", "value": it})));
    properties.extend(app.version_code.iter().map(|it| json!({"name": "candor:versionCode", "value": it.to_string()})));
    let certificates: BTreeSet<&str> = behavior.signing.iter().map(|it| it.sha256.as_str()).collect();
    properties.extend(certificates.iter().map(|it| json!({"name": "candor:certificate-sha256", "value": it})));
    let hides = behavior.completeness.reasons.iter();
    properties.extend(hides.map(|it| json!({"name": format!("candor:incomplete:{}", it.kind), "value": it.detail})));
    let mut component = json!({
        "type": "application",
        "bom-ref": reference(behavior, None),
        "name": name,
        "properties": properties,
    });
    if let Some(version) = &app.version_name {
        component["version"] = json!(version);
    }
    if !behavior.sha256.is_empty() {
        component["hashes"] = json!([{"alg": "SHA-256", "content": behavior.sha256}]);
    }
    component
}

fn component(words: &Words<'_>, behavior: &Behavior, sdk: &SdkFound) -> Value {
    let mut component = json!({
        "type": "library",
        "bom-ref": reference(behavior, Some(&sdk.id)),
        "name": sdk.name,
        "properties": [
            {"name": "candor:id", "value": sdk.id},
            {"name": "candor:category", "value": sdk.category},
            {"name": "candor:grade", "value": super::catalog::word(&sdk.grade)},
        ],
        "evidence": evidence(words, sdk),
    });
    if let Some(version) = &sdk.version {
        component["version"] = json!(version);
    }
    if !sdk.vendor.is_empty() {
        component["supplier"] = json!({"name": sdk.vendor});
        if let Some(country) = &sdk.country {
            component["supplier"]["address"] = json!({"country": country});
        }
    }
    component
}

/// What the identity of an SDK rests on: signs in the package, and the place that the version was read from.
fn evidence(words: &Words<'_>, sdk: &SdkFound) -> Value {
    // Signs that only this SDK leaves, against one weak sign.
    let confidence = match sdk.grade {
        Grade::Present => 0.9,
        Grade::Possible => 0.3,
    };
    let methods: Vec<Value> = sdk
        .evidence
        .iter()
        .map(|sign| {
            let technique = match sign.kind {
                "component" | "meta-data" => "manifest-analysis",
                "native-lib" | "asset" => "filename",
                _ => "binary-analysis",
            };
            let value = words.sign(sign.kind, &sign.value, sign.count);
            json!({"technique": technique, "confidence": confidence, "value": value})
        })
        .collect();
    let mut identity = vec![json!({"field": "name", "confidence": confidence, "methods": methods})];
    identity.extend(sdk.version.as_ref().zip(sdk.version_from.as_ref()).map(|(version, from)| {
        json!({"field": "version", "confidence": 0.9, "concludedValue": version,
               "methods": [{"technique": "binary-analysis", "confidence": 0.9, "value": from}]})
    }));
    let occurrences: Vec<Value> = sdk.evidence.iter().map(|sign| json!({"location": sign.value})).collect();
    json!({"identity": identity, "occurrences": occurrences})
}

/// A UUID of version 8: of the document's content alone.
fn serial(digest: &[u8]) -> String {
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest).for_each(|(byte, digit)| *byte = *digit);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = format!("{:032x}", u128::from_be_bytes(bytes));
    format!("urn:uuid:{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}
