//! One X.509 certificate: its hash, its validity, and its subject in the spelling of `apksigner`.
//!
//! `apksigner` prints a subject through Java's `X500Name.toString()` (`sun.security.x509.AVA`). That is close to
//! RFC 2253 but not it: a space follows each comma, special characters are quoted instead of escaped, and the table of
//! short names is longer.

use x509_parser::asn1_rs::{Any, Tag};
use x509_parser::prelude::FromDer;
use x509_parser::prelude::{ASN1Time, X509Certificate, X509Name};

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
    use x509_parser::asn1_rs::ToDer;
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
    use super::quoted;

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
