//! What is no policy is refused, with what was found instead.

use candor::catalog::Catalog;
use candor::policy::import;

fn message(bytes: &[u8]) -> String {
    import(bytes, "a", Catalog::builtin()).expect_err("no policy").to_string()
}

#[test]
fn what_was_found_is_named() {
    for (bytes, found) in [
        (&b""[..], "an empty file"),
        (b" \r\n\t", "only white space"),
        (b"PK\x03\x04\x14\0\0\0", "a zip archive"),
        (b"%PDF-1.7", "a PDF document"),
        (b"\x7fELF\x02\x01\x01", "an ELF binary"),
        (b"text\0\0\0\x01\x02 with zeros \0", "binary data"),
        ("床前明月光，疑是地上霜。举头望明月，低头思故乡。".as_bytes(), "state nothing about data"),
        (b"<html><body><div id=app></div><script>render()</script></body></html>", "a page that is only a script"),
        (
            b"<html><body><noscript>x</noscript><p>You need to enable JavaScript to run this app.</p><script>1</script></body></html>",
            "only a script",
        ),
        (
            "<html><body><p>We value your privacy. We use cookies to collect your IP address. Accept all cookies</p><p>Manage cookies</p></body></html>".as_bytes(),
            "only asks for consent",
        ),
    ] {
        let message = message(bytes);
        assert!(message.contains(found), "{message:?} names {found:?}");
        assert!(!message.contains("``"), "nothing is quoted where nothing stands: {message:?}");
        assert!(!message.contains(char::is_control), "one harmless line: {message:?}");
    }
}

#[test]
fn a_broken_encoding_is_named_with_its_place() {
    let mut bytes = "我们会收集您的设备信息，包括IMEI，用于保障账号安全。".repeat(3).into_bytes();
    bytes.insert(30, 0xff);
    let message = message(&bytes);
    assert!(message.contains("0xff") && message.contains("at offset 0x1e"), "{message}");
}
