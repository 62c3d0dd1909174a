//! One X.509 certificate: its hash, its validity, and its subject in the spelling of `apksigner`.
//!
//! `apksigner` prints a subject through Java's `X500Name.toString()` (`sun.security.x509.AVA`). That is close to
//! RFC 2253 but not it: a space follows each comma, special characters are quoted instead of escaped, and the table of
//! short names is longer.

use x509_parser::asn1_rs::{Any, Tag, ToDer};
use x509_parser::prelude::{ASN1Time, AttributeTypeAndValue, FromDer, X509Certificate, X509Name};

use crate::container::{Signer, sha256};
use crate::error::Issue;

/// Attribute types that Java knows by name.
const KEYWORDS: [(&str, &str); 17] = [
    ("2.5.4.3", "CN"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.12", "T"),
    ("2.5.4.9", "STREET"),
    ("2.5.4.46", "DNQ"),
    ("2.5.4.4", "SURNAME"),
    ("2.5.4.42", "GIVENNAME"),
    ("2.5.4.43", "INITIALS"),
    ("2.5.4.44", "GENERATION"),
    ("2.5.4.5", "SERIALNUMBER"),
    ("1.2.840.113549.1.9.1", "EMAILADDRESS"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("0.9.2342.19200300.100.1.1", "UID"),
];

/// The signer that a certificate names. One that cannot be decoded still has a hash; its other fields are empty.
pub(super) fn signer(scheme: &'static str, der: &[u8], issues: &mut Vec<Issue>) -> Signer {
    let mut signer = Signer {
        scheme,
        sha256: sha256(der),
        subject: String::new(),
        not_before: String::new(),
        not_after: String::new(),
    };
    match X509Certificate::from_der(der) {
        Ok((_, certificate)) => {
            signer.subject = subject(certificate.subject());
            signer.not_before = rfc3339(certificate.validity().not_before);
            signer.not_after = rfc3339(certificate.validity().not_after);
        }
        Err(error) => {
            let message = format!("the {scheme} certificate {} cannot be decoded: {error}", signer.sha256);
            issues.push(Issue::new("", None, message));
        }
    }
    signer
}

/// Whether two encoded names are the same, whatever string types, case and spaces they are written with
/// (RFC 5280, 7.1).
pub(super) fn is_same_name(a: &[u8], b: &[u8]) -> bool {
    let canonical = |der| -> Option<Vec<Vec<(String, String)>>> {
        let (_, name) = X509Name::from_der(der).ok()?;
        let attribute = |it: &AttributeTypeAndValue| {
            let text = text(it.attr_value()).unwrap_or_else(|| hex(it.attr_value())).to_lowercase();
            (it.attr_type().to_id_string(), text.split_whitespace().collect::<Vec<_>>().join(" "))
        };
        Some(name.iter().map(|rdn| rdn.iter().map(attribute).collect()).collect())
    };
    a == b || canonical(a).is_some_and(|it| Some(it) == canonical(b))
}

fn rfc3339(time: ASN1Time) -> String {
    let time = time.to_datetime();
    let (year, month, day) = time.to_calendar_date();
    let (hour, minute, second) = time.to_hms();
    format!("{year:04}-{:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z", u8::from(month))
}

/// A name, most specific part first.
fn subject(name: &X509Name) -> String {
    let rdns: Vec<String> = name
        .iter()
        .map(|rdn| {
            let attributes = rdn.iter().map(|it| attribute(&it.attr_type().to_id_string(), it.attr_value()));
            attributes.collect::<Vec<_>>().join(" + ")
        })
        .collect();
    rdns.into_iter().rev().collect::<Vec<_>>().join(", ")
}

fn attribute(oid: &str, value: &Any) -> String {
    let keyword = KEYWORDS.iter().find(|(it, _)| *it == oid);
    let keyword = keyword.map_or_else(|| format!("OID.{oid}"), |(_, keyword)| (*keyword).to_owned());
    format!("{keyword}={}", text(value).map_or_else(|| hex(value), |it| quoted(&it)))
}

/// The value of a string type that Java decodes.
fn text(value: &Any) -> Option<String> {
    match value.tag() {
        Tag::Utf8String => Some(String::from_utf8_lossy(value.data).into_owned()),
        Tag::PrintableString | Tag::Ia5String | Tag::GeneralString => {
            Some(value.data.iter().map(|it| if it.is_ascii() { char::from(*it) } else { '\u{fffd}' }).collect())
        }
        // Java reads T.61 as ISO 8859-1, which is what every tool writes.
        Tag::T61String => Some(value.data.iter().map(|it| char::from(*it)).collect()),
        Tag::BmpString => {
            let units: Vec<u16> = value.data.as_chunks::<2>().0.iter().map(|it| u16::from_be_bytes(*it)).collect();
            Some(String::from_utf16_lossy(&units))
        }
        _ => None,
    }
}

/// `#` and the DER encoding of a value that is no string.
fn hex(value: &Any) -> String {
    let der = value.to_der_vec().unwrap_or_default();
    der.iter().fold("#".to_owned(), |text, byte| format!("{text}{byte:02x}"))
}

/// Quotes a value where Java does: around special characters, outer spaces and runs of spaces.
fn quoted(value: &str) -> String {
    const SPECIAL: &str = ",+=\n<>#;\\\"";
    let is_space = |it: char| it == ' ' || it == '\n';
    if 1 < value.len() && value.starts_with('"') && value.ends_with('"') {
        let inner = value.get(1..value.len().saturating_sub(1)).unwrap_or_default();
        return format!("\"{}\"", escaped(inner));
    }
    let has_run = value.chars().zip(value.chars().skip(1)).any(|(a, b)| is_space(a) && is_space(b));
    if value.contains(|it| SPECIAL.contains(it)) || value.starts_with(is_space) || value.ends_with(is_space) || has_run
    {
        format!("\"{}\"", escaped(value))
    } else {
        value.to_owned()
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use super::{is_same_name, quoted, signer};

    /// Made by `keytool` for this test, with every spelling that needs care.
    const CERTIFICATE: &[&str] = &[
        "308202873082022da00302010202080718130524aac47a300a06082a8648ce3d0403023081b7310b300906035504061302434e310b300906",
        "0355040c13024472310a300806035504051301373111300f060a0992268993f22c6401191601643111300f060a0992268993f22c64010113",
        "01753114301206092a864886f70d01090116056140622e63310e300c06035504091305312057617931163014060355040a0c0de7a4bae4be",
        "8b3b202278225c7931173008060355040b130152300b060355040b1304442020443112301006035504031309466f6f2c20496e632e301e17",
        "0d3230303130323033303430355a170d3434303832333033303430355a3081b7310b300906035504061302434e310b3009060355040c1302",
        "4472310a300806035504051301373111300f060a0992268993f22c6401191601643111300f060a0992268993f22c64010113017531143012",
        "06092a864886f70d01090116056140622e63310e300c06035504091305312057617931163014060355040a0c0de7a4bae4be8b3b20227822",
        "5c7931173008060355040b130152300b060355040b1304442020443112301006035504031309466f6f2c20496e632e3059301306072a8648",
        "ce3d020106082a8648ce3d0301070342000491193763cfb2b3d695879174cdcec0b0c01978ca5a9a1190ce93ab03c442aad7cecd16542715",
        "9a710729b57f94be2d3f98b0205244912cd6cbbec39d839e0ef8a321301f301d0603551d0e0416041447bff6dc815bbd66f4ca2237b62ada",
        "8b48b637a2300a06082a8648ce3d0403020348003045022100a159f3a62a23b52cd506daebd04368a22de1e89a37b9dbec6e8d6e402bd200",
        "f6022079a17733385c33c53a77c548554e6b3c1307f3593764512d0ea061fa78883891",
    ];

    fn der() -> Vec<u8> {
        let hex = CERTIFICATE.concat();
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
    }

    #[test]
    fn a_certificate_is_printed_as_apksigner_does() {
        let mut issues = Vec::new();
        let signer = signer("v2", &der(), &mut issues);
        assert_eq!(
            signer.subject,
            "CN=\"Foo, Inc.\", OU=R + OU=\"D  D\", O=\"示例; \\\"x\\\"\\\\y\", STREET=1 Way, EMAILADDRESS=a@b.c, UID=u, \
             DC=d, SERIALNUMBER=7, T=Dr, C=CN"
        );
        assert_eq!(signer.sha256, "64c21ceec65a8d6371374a864632e6824783a57ef2804e98c162f7c5a32c418c");
        assert_eq!((&*signer.not_before, &*signer.not_after), ("2020-01-02T03:04:05Z", "2044-08-23T03:04:05Z"));
        assert_eq!(issues, []);
    }

    #[test]
    fn a_certificate_that_is_none_keeps_its_hash_and_is_told() {
        let mut issues = Vec::new();
        let signer = signer("v2", &der()[..600], &mut issues);
        assert_eq!((signer.subject.as_str(), signer.sha256.len(), issues.len()), ("", 64, 1));
    }

    #[test]
    fn names_are_the_same_in_any_string_type_and_case() {
        let name = |tag: u8, value: &str| {
            let length = u8::try_from(value.len()).unwrap();
            let mut name = vec![0x30, length + 11, 0x31, length + 9, 0x30, length + 7, 6, 3, 0x55, 4, 3, tag, length];
            name.extend(value.bytes());
            name
        };
        assert!(is_same_name(&name(12, "Rsa  1024"), &name(19, "rsa 1024")));
        assert!(!is_same_name(&name(12, "rsa-1024"), &name(12, "rsa-2048")));
        assert!(!is_same_name(b"", b"x"));
    }

    #[test]
    fn values_are_quoted_as_java_does() {
        for (value, expected) in [
            ("Android Debug", "Android Debug"),
            ("厦门", "厦门"),
            ("Foo, Inc.", "\"Foo, Inc.\""),
            ("a=b", "\"a=b\""),
            (" a", "\" a\""),
            ("a ", "\"a \""),
            ("a  b", "\"a  b\""),
            ("say \"hi\" \\o/", "\"say \\\"hi\\\" \\\\o/\""),
            ("\"as is\"", "\"as is\""),
            ("a/b:c?(d)'-.", "a/b:c?(d)'-."),
            ("", ""),
        ] {
            assert_eq!(quoted(value), expected, "{value:?}");
        }
    }
}
