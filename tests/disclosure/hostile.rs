//! Texts that no person writes: none may panic, hang, or be refused without a line of its own.

use candor::Error;
use candor::catalog::Catalog;
use candor::disclosure::Disclosure;
use proptest::prelude::*;

use crate::fault;

#[test]
fn deep_nesting_is_refused() {
    for open in ["[", "{a="] {
        let text = format!("schema = {}", open.repeat(100_000));
        assert!(fault(&text).starts_with("1: "), "{open}");
    }
}

/// Pieces of disclosure files, whole and broken, so that many texts pass the parser and reach the checks.
const PIECES: [&str; 30] = [
    "schema = \"candor.disclosure/1\"\n",
    "[[collects]]\n",
    "[[sdk]]\n",
    "[[permission]]\n",
    "[[denies]]\n",
    "[claims]\n",
    "[claims.rights]\n",
    "data = [\"imei\"]\n",
    "data = [\"~imei\", \"imei\"]\n",
    "names = [\"a\"]\n",
    "text = \"a\"\n",
    "constants = []\n",
    "cite = { lines = [1, 1] }\n",
    "cite = { lines = [2, 1] }\n",
    "effective = { from = 2021-11-01 }\n",
    "effective.to = \"x\"\n",
    "value = \"none\"\n",
    "days = 4\n",
    "sdk = [\"\"]\n",
    "sdk = []\n",
    "umbrella = \"~\"\n",
    "platforms = [\"ios\"]\n",
    "[[",
    "\"",
    "\n",
    "\u{feff}",
    "é",
    "=",
    "`",
    "'''",
];

fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![9 => prop::sample::select(&PIECES[..]).prop_map(str::to_owned), 1 => any::<String>()];
    prop::collection::vec(piece, 0..24).prop_map(|it| format!("{}{}", PIECES[0], it.concat()))
}

proptest! {
    #[test]
    fn any_text_loads_or_is_refused_on_one_of_its_lines(text in prop_oneof![texts(), any::<String>()]) {
        if let Err(it) = Disclosure::parse("a.toml", &text, Catalog::builtin()) {
            let Error::Data { line, message, .. } = it else { panic!("{it}") };
            prop_assert!(1 <= line && line <= 1 + text.matches('\n').count(), "{line}: {message}");
            prop_assert!(!message.contains('\n'), "{message}");
        }
    }
}
