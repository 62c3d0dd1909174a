//! What methods of the standard library make of their arguments, as `models.tsv` has it: strings, their builders, URIs,
//! files, and the look-ups of reflection.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU16, Ordering};

use rustc_hash::{FxHashMap, FxHashSet};

use super::program::{Signature, Unit};
use crate::dex::MethodIdx;

/// What a method does. Positions count the receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Model {
    /// The receiver becomes a builder of a text: of the argument, or empty.
    Builder(Option<usize>),
    /// The receiver, a builder, grows by a text.
    Append(Grow),
    /// The text of the receiver, a builder.
    Content,
    /// A new builder that starts with the text of the receiver.
    Rebuild,
    /// The receiver, unchanged.
    Keep,
    /// That argument, or what stands for it.
    Same(usize),
    /// That number in decimal.
    Decimal(usize),
    /// That number as a character.
    Character(usize),
    /// The receiver, a new object, stands for that argument.
    Become(usize),
    /// The receiver, a new object, stands for a path and another below it.
    BecomeChild,
    /// A path and another below it.
    Child,
    /// Both texts, one after the other.
    Concat,
    /// The text without white space at its ends.
    Trim,
    /// The text in small letters.
    Lower,
    /// The text in capitals.
    Upper,
    /// The text with every second argument replaced by the third.
    Replace,
    /// The text from a UTF-16 unit on, up to another where there is one.
    Substring,
    /// The pattern at a position filled with the array after it.
    Format(usize),
    /// The class with that name.
    ClassNamed(usize),
    /// The name of the receiver, a class.
    ClassName,
    /// The method of the receiver, a class, with that name.
    Member,
    /// The field of the receiver, a class, with that name.
    Field,
    /// The member of the second argument, a class, whose name is the third.
    Handle,
    /// A constructor of the receiver, a class.
    Constructor,
    /// A new object of the receiver, a class or a constructor of one.
    NewInstance,
    /// The class of the receiver.
    ClassOf,
    /// The service of the system with the name, or of the class, at a position.
    Service(usize),
    /// The text with that resource id.
    Resource(usize),
}

/// The class of a service of the system, by the name that `Context.getSystemService` takes.
pub(super) fn service(name: &str) -> Option<&'static str> {
    static SERVICES: LazyLock<FxHashMap<&'static str, &'static str>> = LazyLock::new(|| {
        let lines = include_str!("services.tsv").lines().filter(|line| !line.starts_with('#'));
        lines.filter_map(|line| line.split_once('\t')).collect()
    });
    SERVICES.get(name).copied()
}

impl Model {
    /// Whether it lets a value stand for a new object.
    pub(super) fn becomes(&self) -> bool {
        matches!(self, Self::Become(_) | Self::BecomeChild)
    }

    /// Whether what the call gives is its first argument, or may be.
    pub(super) fn keeps_first(&self) -> bool {
        matches!(self, Self::Append(_) | Self::Keep | Self::Same(0))
    }

    /// Whether what the call gives depends on the argument at a position.
    pub(super) fn asks(&self, position: usize) -> bool {
        match *self {
            Self::Same(one)
            | Self::Decimal(one)
            | Self::Character(one)
            | Self::ClassNamed(one)
            | Self::Service(one)
            | Self::Resource(one) => position == one,
            Self::Keep | Self::ClassName | Self::Constructor | Self::NewInstance | Self::ClassOf => position == 0,
            Self::Member | Self::Field => position < 2,
            Self::Handle => position == 1 || position == 2,
            _ => true,
        }
    }

    /// Whether it looks up something that can be called or made.
    pub(super) fn is_look_up(&self) -> bool {
        matches!(self, Self::ClassNamed(_) | Self::Member | Self::Handle | Self::Constructor)
    }
}

/// What stands between a builder's text and what is added to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grow {
    /// Nothing; the type of the argument says how it is written.
    Plain,
    /// `:` after it.
    Scheme,
    /// `//` before it.
    Authority,
    /// `/` before it, once.
    Path,
}

/// All models, with `Lcls;->name(args)ret`.
static MODELS: LazyLock<Vec<(&'static str, Model)>> = LazyLock::new(|| {
    let lines = include_str!("models.tsv").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once('\t')).filter_map(|(method, word)| Some((method, read(word)?))).collect()
});

/// The place of a model in [`MODELS`].
fn place_of(method: &str) -> Option<u16> {
    static PLACES: LazyLock<FxHashMap<&'static str, u16>> =
        LazyLock::new(|| MODELS.iter().map(|(method, _)| *method).zip(0..).collect());
    PLACES.get(method).copied()
}

/// What is known of one method, once it was asked for: a program names far more methods than there are models.
#[derive(Debug, Default)]
pub(super) struct Remembered(AtomicU16);

impl Remembered {
    const NOTHING: u16 = u16::MAX;

    /// The model; `find` gives its place where nobody asked before.
    pub(super) fn model(&self, find: impl FnOnce() -> Option<u16>) -> Option<Model> {
        // One more than the place; whoever comes second finds the same.
        let mut known = self.0.load(Ordering::Relaxed);
        if known == 0 {
            known = find().map_or(Self::NOTHING, |place| place.saturating_add(1));
            self.0.store(known, Ordering::Relaxed);
        }
        MODELS.get(usize::from(known.checked_sub(1)?)).map(|(_, model)| *model)
    }
}

/// Whether a value may stand for objects of a class.
pub(super) fn is_stood_for(class: &[u8]) -> bool {
    static CLASSES: LazyLock<FxHashSet<&'static [u8]>> = LazyLock::new(|| {
        let methods = MODELS.iter().filter(|(_, model)| model.becomes());
        methods.filter_map(|(method, _)| Some(method.split_once("->")?.0.as_bytes())).collect()
    });
    CLASSES.contains(class)
}

/// The signatures of the methods that look up a class or a member by name.
pub(super) fn look_ups() -> &'static FxHashSet<Signature> {
    static LOOK_UPS: LazyLock<FxHashSet<Signature>> = LazyLock::new(|| {
        let methods = MODELS.iter().filter(|(_, model)| model.is_look_up());
        methods.filter_map(|(method, _)| Some(Signature::of(method.split_once("->")?.1))).collect()
    });
    &LOOK_UPS
}

/// The place of the model of a method that a file names.
pub(super) fn model(unit: &Unit<'_>, index: MethodIdx) -> Option<u16> {
    let row = unit.dex.method(index)?;
    let class = unit.dex.type_bytes(row.class)?;
    let is_of_library = [&b"Ljava/"[..], b"Landroid/", b"Ldalvik/", b"Lkotlin/"].iter().any(|it| class.starts_with(it));
    if is_of_library && let Some(place) = place_of(&unit.dex.method_descriptor(index)) {
        return Some(place);
    }
    // Only classes of the program inherit in a way that its own files show.
    let name = unit.class(row.class).and_then(|_| unit.dex.string(row.name))?;
    place_of(&format!("*->{name}{}", unit.dex.proto_descriptor(row.proto)))
}

fn read(word: &str) -> Option<Model> {
    let (word, position) = word.split_once(' ').map_or((word, None), |(word, rest)| (word, rest.parse().ok()));
    Some(match word {
        "builder" => Model::Builder(position),
        "append" => Model::Append(Grow::Plain),
        "scheme" => Model::Append(Grow::Scheme),
        "authority" => Model::Append(Grow::Authority),
        "path" => Model::Append(Grow::Path),
        "content" => Model::Content,
        "rebuild" => Model::Rebuild,
        "keep" => Model::Keep,
        "same" => Model::Same(position?),
        "decimal" => Model::Decimal(position?),
        "character" => Model::Character(position?),
        "become" => Model::Become(position?),
        "become-child" => Model::BecomeChild,
        "child" => Model::Child,
        "concat" => Model::Concat,
        "trim" => Model::Trim,
        "lower" => Model::Lower,
        "upper" => Model::Upper,
        "replace" => Model::Replace,
        "substring" => Model::Substring,
        "format" => Model::Format(position?),
        "class-named" => Model::ClassNamed(position?),
        "class-name" => Model::ClassName,
        "member" => Model::Member,
        "field" => Model::Field,
        "handle" => Model::Handle,
        "constructor" => Model::Constructor,
        "new-instance" => Model::NewInstance,
        "class-of" => Model::ClassOf,
        "service" => Model::Service(position?),
        "resource" => Model::Resource(position?),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read() {
        let lines = include_str!("models.tsv").lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        assert_eq!(lines.count(), MODELS.len());
    }
}
