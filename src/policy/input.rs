//! From bytes to text: which encoding, and whether the text is HTML, Markdown or plain. What is no text is refused with
//! what was found instead.

use encoding_rs::{Encoding, GB18030, UTF_16BE, UTF_16LE};

use crate::error::{Error, Result};
use crate::limits::MAX_TEXT_BYTES;

/// What the text is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Lines of text, with marks of Markdown or without.
    Plain,
    /// A page.
    Html,
}

/// How files of other formats begin.
const MAGIC: [(&[u8], &str); 9] = [
    (b"PK\x03\x04", "a zip archive"),
    (b"%PDF", "a PDF document"),
    (b"\x7fELF", "an ELF binary"),
    (b"dex\n", "a DEX file"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"\x1f\x8b", "gzip data"),
    (b"\xd0\xcf\x11\xe0", "an old or an encrypted Office document"),
];

/// Bytes at the start in which the encoding of a page and the tags of its head are looked for.
const HEAD: usize = 4096;

/// The text of a file.
///
/// # Errors
/// It is empty, too large, a file of another kind, or in no encoding that is known.
pub(super) fn decode(bytes: &[u8]) -> Result<String> {
    if u64::try_from(bytes.len()).is_ok_and(|length| MAX_TEXT_BYTES < length) {
        let value = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        return Err(Error::Limit { what: "bytes of a policy", value, limit: MAX_TEXT_BYTES });
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(refuse(if bytes.is_empty() { "an empty file" } else { "only white space" }, None));
    }
    if let Some((_, name)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        // The reader of documents comes before this one, where there is one.
        let document = cfg!(not(feature = "documents")) && matches!(*name, "a zip archive" | "a PDF document");
        let unread = "; Word and PDF documents need the feature `documents`, without which this candor was built";
        return Err(refuse(&format!("{name}{}", if document { unread } else { "" }), None));
    }
    let text = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => strict(encoding, bytes.get(length..).unwrap_or_default())?,
        None => match wide(bytes) {
            Some(encoding) => strict(encoding, bytes)?,
            None => narrow(bytes)?,
        },
    };
    let controls = text.bytes().filter(|byte| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c)).count();
    if controls.saturating_mul(100) > text.len() {
        let at = text.bytes().position(|byte| byte < 0x09).and_then(|at| u64::try_from(at).ok());
        return Err(refuse("binary data", at));
    }
    if text.trim().is_empty() {
        return Err(refuse("only white space", None));
    }
    Ok(text)
}

/// What the text is written in, by what stands in it.
pub(super) fn form(text: &str) -> Form {
    let head = text.trim_start();
    let end = (0..=HEAD.min(head.len())).rev().find(|&at| head.is_char_boundary(at)).unwrap_or(0);
    let head = head.get(..end).unwrap_or_default().to_ascii_lowercase();
    // The first line may be a remark of whoever saved the page.
    let opens = ["<!doctype html", "<html", "<head", "<body", "<meta ", "<?xml"].iter().any(|tag| head.contains(tag));
    let tags = ["<p>", "<p ", "<div", "<table", "<br", "<li", "<h1", "<h2", "<span"];
    let closing = tags.iter().filter(|tag| head.contains(*tag)).count();
    if opens || 2 <= closing && head.contains("</") { Form::Html } else { Form::Plain }
}

/// UTF-16 without its mark: every other byte of its ASCII is zero.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..HEAD.min(bytes.len()))?;
    let zeros = |parity: usize| head.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let many = |zeros: usize| head.len() < zeros.saturating_mul(40);
    match (many(even), many(odd)) {
        (true, false) if odd == 0 => Some(UTF_16BE),
        (false, true) if even == 0 => Some(UTF_16LE),
        _ => None,
    }
}

/// UTF-8, or what the page says that it is, or GB18030, which contains GBK and GB 2312.
fn narrow(bytes: &[u8]) -> Result<String> {
    let error = match str::from_utf8(bytes) {
        Ok(text) => return Ok(text.to_owned()),
        Err(error) => error,
    };
    if bytes.contains(&0) {
        let at = bytes.iter().position(|byte| *byte == 0).and_then(|at| u64::try_from(at).ok());
        return Err(refuse("binary data", at));
    }
    let (mut whole, mut broken) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        whole = whole.saturating_add(chunk.valid().chars().filter(|it| !it.is_ascii()).count());
        broken = broken.saturating_add(usize::from(!chunk.invalid().is_empty()));
    }
    let at = u64::try_from(error.valid_up_to()).ok();
    if broken.saturating_mul(20) < whole {
        let byte = bytes.get(error.valid_up_to()).copied().unwrap_or_default();
        return Err(refuse(&format!("UTF-8 with the broken byte {byte:#04x}"), at));
    }
    let encoding = declared(bytes).unwrap_or(GB18030);
    strict(encoding, bytes)
}

/// The encoding that the head of a page declares.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..HEAD.min(bytes.len()))?.to_ascii_lowercase();
    let place = memchr::memmem::find(&head, b"charset=")?.saturating_add(8);
    let rest = head.get(place..)?;
    let rest = rest.strip_prefix(b"\"").or(rest.strip_prefix(b"'")).unwrap_or(rest);
    let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')).count();
    Encoding::for_label(rest.get(..length)?).filter(|encoding| *encoding != encoding_rs::UTF_8)
}

fn strict(encoding: &'static Encoding, bytes: &[u8]) -> Result<String> {
    encoding
        .decode_without_bom_handling_and_without_replacement(bytes)
        .map(std::borrow::Cow::into_owned)
        .ok_or_else(|| refuse(&format!("bytes that are neither UTF-8 nor {}", encoding.name()), None))
}

#[cold]
pub(super) fn refuse(found: &str, at: Option<u64>) -> Error {
    Error::malformed(format!("expected the text of a policy, found {found}"), at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_apart() {
        let text = "我们会收集您的设备信息,including IMEI";
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let marked: Vec<u8> = [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect();
        let (gbk, ..) = GB18030.encode(text);
        for bytes in [text.as_bytes(), &wide, &marked, &gbk] {
            assert_eq!(decode(bytes).expect("a known encoding"), text);
        }
    }

    #[test]
    fn what_is_no_text_is_named() {
        for (bytes, found) in [
            (&b""[..], "an empty file"),
            (b" \n\n ", "only white space"),
            (b"PK\x03\x04....", "a zip archive"),
            (b"abc\0\0\0\x01\x02\x03\xff", "binary data"),
            ("个人信息保护政策个人信息保护政策\u{0}".repeat(3).as_bytes(), "binary data"),
        ] {
            let message = decode(bytes).expect_err("no text").to_string();
            assert!(message.contains(found), "{message}");
        }
        let document = decode(b"%PDF-1.7").expect_err("no text").to_string();
        assert_eq!(document.contains("the feature `documents`"), cfg!(not(feature = "documents")), "{document}");
        let mut broken = "个人信息保护政策，我们如何收集和使用您的个人信息。".as_bytes().to_vec();
        broken.push(0xff);
        let message = decode(&broken).expect_err("broken").to_string();
        assert!(message.contains("0xff") && message.contains("offset"), "{message}");
    }
}
