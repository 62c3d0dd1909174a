//! The APIs of the platform that need a permission: is this name, this method, this text one of them, and what does it
//! need?
//!
//! The list is `data/api-permissions.tsv`. All names are hashed at build time and the table is searched where the program
//! file has it; the rows of an API are decoded when it is met, which few are.

use std::sync::LazyLock;

use super::api::ApiPermission;
use super::key::{key_of, number};
use super::keys::Keys;
use super::platform::{ClassKey, hashed_signature_key, signature_key};
use crate::names::SHAPES;

/// Bytes of the counts in front.
const HEADER: usize = 24;

/// The guarded APIs.
pub fn guarded() -> &'static Guarded {
    static GUARDED: LazyLock<Guarded> =
        LazyLock::new(|| Guarded::of(include_bytes!(concat!(env!("OUT_DIR"), "/api-permissions.bin"))));
    &GUARDED
}

/// The APIs that need a permission.
#[derive(Debug)]
pub struct Guarded {
    /// A bit for the shape of each name and text, see [`crate::names::shape`].
    shapes: &'static [u8],
    names: Keys,
    arities: &'static [u8],
    signatures: Keys,
    /// By signature: its first guard.
    starts: &'static [u8],
    /// By guard: the class that declares the method.
    classes: &'static [u8],
    guards: Groups,
    texts: Keys,
    literals: Groups,
    permissions: Vec<&'static str>,
}

/// Groups of rows one behind another.
#[derive(Debug)]
struct Groups {
    ends: &'static [u8],
    bytes: &'static [u8],
}

impl Guarded {
    fn of(table: &'static [u8]) -> Self {
        let count = |place| number(table, place) as usize;
        let take = |table: &mut &'static [u8], bytes: usize| {
            let (taken, rest) = table.split_at_checked(bytes).unwrap_or_default();
            *table = rest;
            taken
        };
        let (names, rest) = Keys::split(table.get(HEADER..).unwrap_or_default(), count(0));
        let (signatures, rest) = Keys::split(rest, count(1));
        let (texts, mut rest) = Keys::split(rest, count(2));
        let shapes = take(&mut rest, SHAPES / 8);
        let arities = take(&mut rest, count(0));
        let classes = take(&mut rest, count(3) * 8);
        let starts = take(&mut rest, (count(1) + 1) * 4);
        let [guards, literals] = [count(3), count(2)].map(|groups| take(&mut rest, groups * 4));
        let guards = Groups { ends: guards, bytes: take(&mut rest, count(4)) };
        let literals = Groups { ends: literals, bytes: take(&mut rest, count(5)) };
        let permissions = postcard::from_bytes(rest).unwrap_or_default();
        Self { shapes, names, arities, signatures, starts, classes, guards, texts, literals, permissions }
    }

    /// Every permission that something is known to need, sorted.
    pub fn permissions(&self) -> &[&'static str] {
        &self.permissions
    }

    /// A bit for the shape of each name and text: most words have none of these shapes.
    pub fn shapes(&self) -> &'static [u8] {
        self.shapes
    }

    /// For the key of a word: a bit for each number of parameters of the methods with this name, the eighth for seven and
    /// more; and whether this text, without a slash at its end, needs a permission.
    pub fn word(&self, key: u64) -> (u8, bool) {
        let arities = self.names.position(key).and_then(|place| self.arities.get(place));
        (arities.copied().unwrap_or_default(), self.texts.position(key).is_some())
    }

    /// Whether some method has this signature, which the call graph has hashed.
    pub fn has_signature(&self, hash: u64) -> bool {
        self.signatures.position(hashed_signature_key(hash)).is_some()
    }

    /// The rows of the methods with this signature, `name(args)ret`, in the classes for which `declares` holds.
    pub fn methods(&self, signature: &str, declares: impl FnMut(ClassKey) -> bool) -> Vec<ApiPermission> {
        self.methods_by_key(signature_key(signature), signature, declares)
    }

    /// The same, by the key of the signature too.
    pub fn methods_by_key(
        &self,
        key: u64,
        signature: &str,
        mut declares: impl FnMut(ClassKey) -> bool,
    ) -> Vec<ApiPermission> {
        let Some(place) = self.signatures.position(key) else { return Vec::new() };
        let guards = number(self.starts, place) as usize..number(self.starts, place + 1) as usize;
        let mut rows = Vec::new();
        for guard in guards {
            let class = self.classes.get(guard * 8..).and_then(|rest| rest.first_chunk());
            if class.is_some_and(|key| declares(ClassKey(u64::from_le_bytes(*key)))) {
                rows.extend(self.guards.rows(guard));
            }
        }
        // Keys are hashes, and an app chooses its names.
        rows.retain(|row| row.api.split_once("->").is_some_and(|(_, it)| it == signature));
        rows
    }

    /// The rows of a text without a slash at its end; none where it needs nothing.
    pub fn text(&self, text: &str) -> Vec<ApiPermission> {
        let place = self.texts.position(key_of(text.as_bytes()));
        let mut rows = place.map(|place| self.literals.rows(place)).unwrap_or_default();
        rows.retain(|row| row.api.trim_end_matches('/') == text);
        rows
    }

    /// All rows.
    pub fn rows(&self) -> impl Iterator<Item = ApiPermission> {
        [&self.guards, &self.literals].into_iter().flat_map(Groups::all)
    }
}

impl Groups {
    fn rows(&self, place: usize) -> Vec<ApiPermission> {
        let start = place.checked_sub(1).map_or(0, |before| number(self.ends, before) as usize);
        let bytes = self.bytes.get(start..number(self.ends, place) as usize).unwrap_or_default();
        postcard::from_bytes(bytes).expect("the build script wrote this table from the same types")
    }

    fn all(&self) -> impl Iterator<Item = ApiPermission> {
        (0..self.ends.len() / 4).flat_map(|place| self.rows(place))
    }
}

#[cfg(test)]
mod tests {
    use super::super::api_list::parse;
    use super::super::api_table::compile;
    use super::*;

    const LIST: &str = "names\n\
        content-uri\tcontent://sms/\tREAD_SMS\tall\t\t1\t36\tx\thigh\n\
        method\tLA;->a(I)V\tCAMERA\tall\t\t1\t36\tx\thigh\n\
        method\tLB;->a(I)V\tNFC\tall\t\t1\t36\tx\thigh\n\
        method\tLB;->a(II)V\tNFC\tall\t\t1\t22\tx\thigh\n\
        method\tLB;->a(II)V\tVIBRATE\tall\t\t23\t36\tx\thigh\n";

    fn table(list: &str) -> Guarded {
        let rows = parse(list).expect("a sound list");
        Guarded::of(compile(&rows).expect("a table").leak())
    }

    fn needed(rows: &[ApiPermission]) -> Vec<&str> {
        rows.iter().flat_map(|row| &row.permissions).filter_map(|it| it.strip_prefix("android.permission.")).collect()
    }

    #[test]
    fn a_method_needs_what_the_classes_that_declare_it_say() {
        let guarded = table(LIST);
        let of = |signature, class| guarded.methods(signature, |key| key == ClassKey::of(class));
        assert_eq!(needed(&of("a(I)V", "LA;")), ["CAMERA"]);
        assert_eq!(needed(&of("a(I)V", "LB;")), ["NFC"]);
        assert_eq!(needed(&of("a(II)V", "LB;")), ["NFC", "VIBRATE"]);
        assert!(of("a(II)V", "LA;").is_empty() && of("b()V", "LA;").is_empty());
        assert_eq!(needed(&guarded.methods("a(I)V", |_| true)).len(), 2);
    }

    #[test]
    fn names_and_texts_are_told_at_first_sight() {
        let guarded = table(LIST);
        assert_eq!((guarded.word(key_of(b"a")), guarded.word(key_of(b"b"))), ((0b110, false), (0, false)));
        assert_eq!(
            (guarded.word(key_of(b"content://sms")), guarded.word(key_of(b"content://sms/inbox"))),
            ((0, true), (0, false))
        );
        for word in ["a", "content://sms"] {
            let shape = crate::names::shape(word.as_bytes());
            assert!(guarded.shapes()[shape / 8] >> (shape % 8) & 1 == 1, "{word}");
        }
        assert_eq!(needed(&guarded.text("content://sms")), ["READ_SMS"]);
        assert!(guarded.text("content://mms").is_empty());
        assert_eq!(guarded.permissions().len(), 4);
        assert_eq!(guarded.rows().count(), 5);
    }

    #[test]
    fn an_empty_list_guards_nothing() {
        let guarded = table("names\n");
        assert!(guarded.methods("a(I)V", |_| true).is_empty() && guarded.text("").is_empty());
        assert_eq!((guarded.word(key_of(b"a")).0, guarded.rows().count(), guarded.permissions().len()), (0, 0, 0));
    }
}
