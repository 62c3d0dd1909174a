//! What the richer analysis says of a register: a few constants, or why they are not known.

use std::fmt;
use std::rc::Rc;

use crate::dex::FieldIdx;

/// Constants of one register, and of one item of an array.
pub(super) const MAX_SET: usize = 4;

/// Bytes of a text that is followed.
pub(super) const MAX_TEXT: usize = 4 << 10;

/// Causes that are kept of one unknown value.
const MAX_CAUSES: usize = 4;

/// Why a value is not known. The words that it displays as are stable.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// A parameter of a method that no code of the program calls.
    NoCaller,
    /// A parameter of a method that is called from more places than are followed.
    ManyCallers,
    /// A parameter that is passed on through more methods than are followed.
    Depth,
    /// What this method returns.
    Result(Rc<str>),
    /// What this field holds, and how often the program assigns it.
    Field(Rc<str>, usize),
    /// What this field of a class outside of the program holds.
    Outside(Rc<str>),
    /// It is computed: by arithmetic, from bytes, by a cipher.
    Computed,
    /// More values than are kept apart, a longer text than is kept, or a method too large to be followed.
    Limit,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCaller => f.write_str("parameter with no known caller"),
            Self::ManyCallers => f.write_str("parameter with more callers than are followed"),
            Self::Depth => f.write_str("parameter passed on through more methods than are followed"),
            Self::Result(method) => write!(f, "result of {method}"),
            Self::Field(field, 1) => write!(f, "field {field} with 1 assignment"),
            Self::Field(field, count) => write!(f, "field {field} with {count} assignments"),
            Self::Outside(field) => write!(f, "value of {field}"),
            Self::Computed => f.write_str("computed"),
            Self::Limit => f.write_str("more values than are followed"),
        }
    }
}

/// One thing that a register may hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Atom {
    /// A number, a character, a truth value or null.
    Int(i64),
    /// A string, or an object that stands for one, such as a parsed URI or a file.
    Text(Rc<str>),
    /// A class, by its descriptor.
    Class(Rc<str>),
    /// A member of a class as reflection has it: descriptor of the class, empty where it is unknown, and name.
    Member(Rc<str>, Rc<str>),
    /// An array of another method, as it was when it left that.
    List(Rc<[Atom]>),
    /// The object made at this code unit; what it holds is kept beside the registers.
    Object(u32),
}

/// What would have to be known for a value to be known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cause {
    /// An argument of the method, receiver counted.
    Param(u16),
    /// The result of the call at this code unit.
    Call(u32),
    /// A field.
    Field(FieldIdx),
    /// Nothing can be asked further.
    Because(Reason),
}

/// What a register holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Abstract {
    /// No way has brought a value yet.
    Never,
    /// One of these, sorted.
    Known(Rc<[Atom]>),
    /// Anything; why, sorted.
    Unknown(Rc<[Cause]>),
}

impl Abstract {
    pub(super) fn one(atom: Atom) -> Self {
        Self::Known(Rc::new([atom]))
    }

    pub(super) fn text(text: &str) -> Self {
        Self::one(Atom::Text(text.into()))
    }

    pub(super) fn because(reason: Reason) -> Self {
        Self::open(Cause::Because(reason))
    }

    pub(super) fn open(cause: Cause) -> Self {
        Self::Unknown(Rc::new([cause]))
    }

    /// One of several; unknown where there are more than are kept apart.
    pub(super) fn of(atoms: impl IntoIterator<Item = Atom>) -> Self {
        let mut atoms: Vec<Atom> = atoms.into_iter().collect();
        atoms.sort_unstable();
        atoms.dedup();
        let long = |atom: &Atom| matches!(atom, Atom::Text(text) if text.len() > MAX_TEXT);
        if atoms.len() > MAX_SET || atoms.iter().any(long) {
            return Self::because(Reason::Limit);
        }
        if atoms.is_empty() { Self::Never } else { Self::Known(atoms.into()) }
    }

    pub(super) fn unknown(causes: impl IntoIterator<Item = Cause>) -> Self {
        let mut causes: Vec<Cause> = causes.into_iter().collect();
        causes.sort_unstable();
        causes.dedup();
        if causes.len() > MAX_CAUSES {
            causes = vec![Cause::Because(Reason::Limit)];
        }
        Self::Unknown(causes.into())
    }

    /// The atoms that it may be; none where it is unknown.
    pub(super) fn atoms(&self) -> &[Atom] {
        match self {
            Self::Known(atoms) => atoms,
            _ => &[],
        }
    }

    pub(super) fn causes(&self) -> &[Cause] {
        match self {
            Self::Unknown(causes) => causes,
            _ => &[],
        }
    }

    pub(super) fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown(_))
    }

    /// The only atom that it may be.
    pub(super) fn single(&self) -> Option<&Atom> {
        match self.atoms() {
            [atom] => Some(atom),
            _ => None,
        }
    }

    /// The places of the objects that it may be.
    pub(super) fn objects(&self) -> impl Iterator<Item = u32> + '_ {
        self.atoms().iter().filter_map(|atom| match atom {
            Atom::Object(at) => Some(*at),
            _ => None,
        })
    }

    /// Whether joining it into another value changes neither that nor an object.
    pub(super) fn is_within(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Never, _) => true,
            (Self::Known(new), Self::Known(old)) => Rc::ptr_eq(new, old) || new.iter().all(|atom| old.contains(atom)),
            (Self::Unknown(new), Self::Unknown(old)) => {
                Rc::ptr_eq(new, old) || new.iter().all(|cause| old.contains(cause))
            }
            (Self::Known(_), Self::Unknown(_)) => self.objects().next().is_none(),
            _ => false,
        }
    }

    pub(super) fn join(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Never, value) | (value, Self::Never) => value.clone(),
            (left, right) if left == right => left.clone(),
            (Self::Known(left), Self::Known(right)) => Self::of(left.iter().chain(right.iter()).cloned()),
            (Self::Unknown(left), Self::Unknown(right)) => Self::unknown(left.iter().chain(right.iter()).cloned()),
            (Self::Unknown(causes), _) | (_, Self::Unknown(causes)) => Self::Unknown(causes.clone()),
        }
    }

    /// What `make` makes of every atom; unknown where it makes nothing of one.
    pub(super) fn map(&self, make: impl Fn(&Atom) -> Option<Atom>) -> Self {
        match self {
            Self::Known(atoms) => match atoms.iter().map(make).collect::<Option<Vec<Atom>>>() {
                Some(all) => Self::of(all),
                None => Self::because(Reason::Computed),
            },
            other => other.clone(),
        }
    }

    /// What `make` makes of every pair of atoms.
    pub(super) fn zip(&self, other: &Self, make: impl Fn(&Atom, &Atom) -> Option<Atom>) -> Self {
        match (self, other) {
            (Self::Never, _) | (_, Self::Never) => Self::Never,
            (Self::Known(left), Self::Known(right)) => {
                let pairs = left.iter().flat_map(|left| right.iter().map(move |right| (left, right)));
                match pairs.map(|(left, right)| make(left, right)).collect::<Option<Vec<Atom>>>() {
                    Some(all) => Self::of(all),
                    None => Self::because(Reason::Computed),
                }
            }
            _ => Self::unknown(self.causes().iter().chain(other.causes()).cloned()),
        }
    }
}
