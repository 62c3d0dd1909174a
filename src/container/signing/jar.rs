//! JAR signing (v1): the certificate in `META-INF/*.RSA`, `.DSA` and `.EC`.
//!
//! Each such file is a CMS `SignedData` (RFC 5652) with the certificates in any order; the first `SignerInfo` says by
//! issuer and serial number which of them signs, as in AOSP `apksig`, `V1SchemeVerifier.java`.

use std::collections::BTreeSet;

use x509_parser::asn1_rs::{Any, Class, FromBer};

use crate::container::Signer;
use crate::container::archive::Archive;
use crate::error::Issue;

use super::certificate;

/// The universal tag of a `SET` (X.690).
const SET: u32 = 17;

/// The context-specific tag of what is optional and comes first.
const CONTEXT_0: u32 = 0;

/// One BER element.
struct Element<'a> {
    /// With its tag and length.
    raw: &'a [u8],
    content: &'a [u8],
    is_context: bool,
    tag: u32,
}

/// Adds the certificate of each signature block that belongs to a `.SF` file.
pub(super) fn signers(archive: &Archive, signers: &mut BTreeSet<Signer>, issues: &mut Vec<Issue>) {
    for entry in &archive.entries {
        let Some(stem) = block_stem(&entry.name) else {
            continue;
        };
        if archive.find(&format!("META-INF/{stem}.SF")).is_none() {
            continue;
        }
        let data = match entry.data(&archive.bytes) {
            Ok(data) => data,
            Err(error) => {
                issues.push(Issue::from_error(&entry.name, &error));
                continue;
            }
        };
        let Some(der) = signing_certificate(&data) else {
            let message = "expected a CMS SignedData with the certificate of its signer";
            issues.push(Issue::new(&entry.name, None, message));
            continue;
        };
        signers.insert(certificate::signer("v1", der, issues));
    }
}

/// `CERT` of `META-INF/CERT.RSA`.
fn block_stem(name: &str) -> Option<&str> {
    let (stem, extension) = name.strip_prefix("META-INF/")?.rsplit_once('.')?;
    (["RSA", "DSA", "EC"].contains(&extension) && !stem.contains('/')).then_some(stem)
}

/// The certificate that the first `SignerInfo` with a known one names.
fn signing_certificate(cms: &[u8]) -> Option<&[u8]> {
    // ContentInfo { contentType, content [0] { SignedData } }
    let content_info = children(element(cms)?.0.content);
    let content = content_info.iter().find(|it| it.is_context && it.tag == CONTEXT_0)?;
    // SignedData { version, digestAlgorithms, encapContentInfo, certificates [0], crls [1], signerInfos }
    let signed_data = children(element(content.content)?.0.content);
    let mut fields = signed_data.iter().skip(3);
    let certificates = children(fields.find(|it| it.is_context && it.tag == CONTEXT_0)?.content);
    let signer_infos = children(fields.find(|it| !it.is_context && it.tag == SET)?.content);
    signer_infos.iter().find_map(|signer_info| {
        // SignerInfo { version, IssuerAndSerialNumber { issuer, serialNumber }, … }
        let fields = children(signer_info.content);
        let wanted = children(fields.get(1)?.content);
        let [issuer, serial] = wanted.as_slice() else {
            return None;
        };
        let certificate = certificates
            .iter()
            .find(|certificate| certificate_id(certificate).is_some_and(|id| id == (issuer.raw, serial.content)));
        certificate.map(|it| it.raw)
    })
}

/// Issuer and serial number of a certificate, as bytes.
fn certificate_id<'a>(certificate: &Element<'a>) -> Option<(&'a [u8], &'a [u8])> {
    // Certificate { TBSCertificate { version [0], serialNumber, signature, issuer, … }, … }
    let (tbs, _) = element(certificate.content)?;
    let fields = children(tbs.content);
    let mut fields = fields.iter().skip_while(|it| it.is_context);
    let serial = fields.next()?.content;
    Some((fields.nth(1)?.raw, serial))
}

/// The elements of a constructed one, up to the first that cannot be read.
fn children(mut content: &[u8]) -> Vec<Element<'_>> {
    let mut children = Vec::new();
    while let Some((child, rest)) = element(content) {
        children.push(child);
        content = rest;
    }
    children
}

/// The first element and what follows it.
fn element(bytes: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let (rest, any) = Any::from_ber(bytes).ok()?;
    let raw = bytes.get(..bytes.len().checked_sub(rest.len())?)?;
    let element =
        Element { raw, content: any.data, is_context: any.class() == Class::ContextSpecific, tag: any.tag().0 };
    Some((element, rest))
}
