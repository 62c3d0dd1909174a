//! Files that people write (TOML), read so that an error about anything in them names file, line, column and the nearest
//! valid word.
//!
//! The types that such a file is read into carry no positions: [`parse`] hands a check the parsed document beside them.

mod fault;
mod place;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::de::{self, DeserializeOwned};
use serde::{Deserialize, Deserializer};
use toml::de::DeTable;

pub(crate) use fault::{Checked, Fault, app_type, did_you_mean, escaped, fail, quoted, text, unique, word};
pub(crate) use place::Place;

use crate::error::{Error, Result};
use crate::limits::MAX_TEXT_BYTES;

/// Characters of the parser's message that are shown; it may quote a value of any length.
const LONGEST_MESSAGE: usize = 240;

/// Reads the text of a file, no further than the limit.
///
/// # Errors
/// The file cannot be read, is too long or no UTF-8.
pub(crate) fn read(path: &Path) -> Result<String> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|it| it.take(MAX_TEXT_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|source| Error::io(path, source))?;
    let file = || path.display().to_string();
    if MAX_TEXT_BYTES < bytes.len() as u64 {
        let message = format!("a file of more than {MAX_TEXT_BYTES} bytes is not read");
        return Err(Error::Data { file: file(), line: 1, column: None, message });
    }
    decode(bytes).map_err(|(line, message)| Error::Data { file: file(), line, column: None, message })
}

/// The value of a text, once `check` has found no fault in it. `file` names the text in errors; `schema` is what its key
/// of this name may say.
///
/// # Errors
/// The text is no TOML, has an unknown key, lacks one, or has the fault that `check` found.
pub(crate) fn parse<T: DeserializeOwned>(
    file: &str,
    text: &str,
    schema: &str,
    check: impl for<'t> FnOnce(&mut T, &Place<'t>) -> Checked<'t>,
) -> Result<T> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let fault = |(line, column): (usize, usize), message| Error::Data {
        file: file.to_owned(),
        line,
        column: Some(column),
        message,
    };
    let syntax = |it: &toml::de::Error| {
        let offset = it.span().map_or(0, |it| it.start);
        fault(place::position(text, offset), explain(it.message()))
    };
    let document = DeTable::parse(text).map_err(|it| syntax(&it))?;
    // Before the keys: a file of a later format has keys that this one does not know.
    if let Some(it) = document.get_ref().get("schema")
        && let Some(word) = it.get_ref().as_str()
        && word != schema
    {
        let message = format!("unknown schema {}; expected `{schema}`", quoted(word));
        return Err(fault(place::position(text, it.span().start), message));
    }
    let deserializer = toml::Deserializer::from(document.clone());
    let mut value = T::deserialize(deserializer).map_err(|it| syntax(&it))?;
    check(&mut value, &Place::root(text, &document)).map_err(|it| fault(it.place.position(), it.message))?;
    Ok(value)
}

/// Takes a TOML date or a string and keeps its text, so that a file written by a program loads as well.
pub(crate) fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match toml::Value::deserialize(deserializer)? {
        toml::Value::Datetime(it) => Ok(it.to_string()),
        toml::Value::String(it) => Ok(it),
        it => Err(de::Error::custom(format_args!("expected a day such as 2021-11-01, found {} {it}", it.type_str()))),
    }
}

/// A day of the calendar as `YYYY-MM-DD`.
pub fn is_day(text: &str) -> bool {
    text.parse::<toml::value::Datetime>()
        .is_ok_and(|it| it.date.is_some() && it.time.is_none() && it.offset.is_none() && it.to_string() == text)
}

/// The text of UTF-8 bytes, with or without a byte order mark; else the line and what is wrong there.
fn decode(bytes: Vec<u8>) -> Result<String, (usize, String)> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err((1, "expected UTF-8, found the byte order mark of UTF-16".to_owned()));
    }
    String::from_utf8(bytes).map_err(|it| {
        let valid = it.utf8_error().valid_up_to();
        let (before, rest) = it.as_bytes().split_at(valid);
        let line = 1 + memchr::memchr_iter(b'\n', before).count();
        let byte = rest.first().copied().unwrap_or_default();
        (line, format!("expected UTF-8, found byte {byte:#04x}; a file in GBK or another encoding must be converted"))
    })
}

/// The parser's message in the words of this format, with the nearest key or word for one that does not exist.
///
/// serde tells the valid ones in its message only: ``unknown field `a`, expected one of `b`, `c` ``.
fn explain(message: &str) -> String {
    let unknown = [("unknown field `", "key"), ("unknown variant `", "word")].into_iter().find_map(|(start, kind)| {
        let (word, expected) = message.strip_prefix(start)?.rsplit_once("`, expected ")?;
        Some((kind, word, expected))
    });
    let Some((kind, word, expected)) = unknown else {
        return escaped(&message.replace("missing field ", "missing key "), LONGEST_MESSAGE);
    };
    let hint = did_you_mean(word, expected.split('`').skip(1).step_by(2));
    if hint.is_empty() {
        format!("unknown {kind} {}; expected {expected}", quoted(word))
    } else {
        format!("unknown {kind} {}{hint}", quoted(word))
    }
}
