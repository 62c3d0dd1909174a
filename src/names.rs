//! How names of members are hashed, so that the tables of the catalog and the call graph speak of a method by the same
//! number, and what is quickly seen of them. The build script that writes the tables has this file too.
//!
//! The hash takes eight bytes a step, because every name of every file goes through it. It is not meant to withstand names
//! that are chosen to collide: such a name only makes one method of an app pass for another.

/// Shapes that words are told apart by at first sight: some ten for each word of the catalog.
pub(crate) const SHAPES: usize = 1 << 16;

const START: u64 = 0xcbf2_9ce4_8422_2325;

/// An odd number without a pattern: the golden ratio.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// The hash of a name or of a descriptor of a type.
#[inline]
pub(crate) fn name(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let start = START ^ bytes.len() as u64;
    let hash = words.iter().fold(start, |hash, word| mixed(hash, u64::from_le_bytes(*word)));
    let rest = rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
    mixed(hash, rest)
}

#[inline]
fn mixed(hash: u64, word: u64) -> u64 {
    let product = (hash ^ word).wrapping_mul(FACTOR);
    product ^ product >> 32
}

/// The hash of a prototype, from those of its types: a file names each type once and uses it in many prototypes.
#[inline]
pub(crate) fn proto(parameters: impl Iterator<Item = u64>, result: u64) -> u64 {
    let joined = |hash: u64, ty: u64| mixed(hash.rotate_left(23), ty);
    joined(!parameters.fold(START, joined), result)
}

/// The hash of a method, from those of its name and of its prototype.
#[inline]
pub(crate) fn signature(name: u64, proto: u64) -> u64 {
    name.rotate_left(29) ^ proto
}

/// The hash of a method from the bytes of `name(args)ret`.
pub(crate) fn signature_of(text: &[u8]) -> u64 {
    let (of, rest) = split(text, b'(');
    let (parameters, result) = split(rest.get(1..).unwrap_or_default(), b')');
    let result = name(result.get(1..).unwrap_or_default());
    signature(name(of), proto(types(parameters).map(name), result))
}

/// The text in front of a byte, and the rest.
fn split(text: &[u8], at: u8) -> (&[u8], &[u8]) {
    text.split_at(text.iter().position(|byte| *byte == at).unwrap_or(text.len()))
}

/// The descriptors that stand one behind another.
fn types(mut text: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let element = text.iter().position(|byte| *byte != b'[')?;
        let end = match text.get(element) {
            Some(b'L') => text.iter().position(|byte| *byte == b';').unwrap_or(text.len()),
            _ => element,
        };
        let (ty, rest) = text.split_at(end.saturating_add(1).min(text.len()));
        text = rest;
        Some(ty)
    })
}

/// `name` of `name(args)ret` or `name:type`.
pub(crate) fn method_name(signature: &str) -> &str {
    signature.split(['(', ':']).next().unwrap_or(signature)
}

/// The parameters of `name(args)ret`; a field has none.
pub(crate) fn parameters(signature: &str) -> usize {
    let (_, rest) = signature.split_once('(').unwrap_or_default();
    let (mut types, _) = rest.split_once(')').unwrap_or_default();
    let mut count = 0;
    while !types.is_empty() {
        let element = types.trim_start_matches('[');
        let end = if element.starts_with('L') { element.find(';') } else { Some(0) };
        types = end.and_then(|end| element.get(end + 1..)).unwrap_or_default();
        count += 1;
    }
    count
}

/// The bit of a number of parameters; seven and more share one.
pub(crate) fn arity_bit(parameters: usize) -> u8 {
    1 << parameters.min(7)
}

/// What is quickly seen of a word, spread over the shapes (multiplicative hashing, Knuth 6.4).
pub(crate) fn shape(word: &[u8]) -> usize {
    let byte = |place: usize| word.get(place).copied().unwrap_or_default();
    let length = u8::try_from(word.len()).unwrap_or(u8::MAX);
    let seen = [byte(0), byte(word.len() / 2), byte(word.len().saturating_sub(1)), length];
    (u32::from_le_bytes(seen).wrapping_mul(0x9e37_79b1) >> (u32::BITS - SHAPES.ilog2())) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_has_one_hash_as_text_and_by_its_parts() {
        let of = |text: &str, of: &str, parameters: &[&str], result: &str| {
            let parameters = parameters.iter().map(|ty| name(ty.as_bytes()));
            let parts = signature(name(of.as_bytes()), proto(parameters, name(result.as_bytes())));
            assert_eq!(signature_of(text.as_bytes()), parts, "{text}");
            parts
        };
        let all = [
            of("run()V", "run", &[], "V"),
            of("run(I)V", "run", &["I"], "V"),
            of("run(V)I", "run", &["V"], "I"),
            of("run(IJ)V", "run", &["I", "J"], "V"),
            of("run(JI)V", "run", &["J", "I"], "V"),
            of("run([[I[LA;LB;Z)[LC;", "run", &["[[I", "[LA;", "LB;", "Z"], "[LC;"),
        ];
        let distinct: std::collections::BTreeSet<u64> = all.into_iter().collect();
        assert_eq!(distinct.len(), all.len());
    }

    #[test]
    fn a_text_that_is_no_signature_has_a_hash_too() {
        for text in ["", "(", "run", "run(", "run([", "run(L", "run(LA)V", ")(", "run()"] {
            signature_of(text.as_bytes());
        }
    }

    #[test]
    fn parameters_are_counted_whatever_their_types() {
        for (signature, expected) in [
            ("a()V", 0),
            ("a(I)V", 1),
            ("a(JLjava/lang/String;D)V", 3),
            ("a([I[[Ljava/lang/String;[Z)I", 3),
            ("FIELD:Ljava/lang/String;", 0),
        ] {
            assert_eq!(parameters(signature), expected, "{signature}");
        }
    }
}
