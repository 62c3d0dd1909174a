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
    /// An object of a class, by the descriptor of that.
    Instance(Rc<str>),
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
    /// One of these, or anything; why, both sorted. No object is among them.
    Partly(Rc<[Atom]>, Rc<[Cause]>),
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
        Self::mixed(atoms, [])
    }

    pub(super) fn unknown(causes: impl IntoIterator<Item = Cause>) -> Self {
        Self::mixed([], causes)
    }

    /// One of several atoms, or what the causes say. More than are kept apart make all of it unknown for good.
    pub(super) fn mixed(atoms: impl IntoIterator<Item = Atom>, causes: impl IntoIterator<Item = Cause>) -> Self {
        let mut causes: Vec<Cause> = causes.into_iter().collect();
        causes.sort_unstable();
        causes.dedup();
        let mut atoms: Vec<Atom> = atoms.into_iter().collect();
        if !causes.is_empty() {
            atoms.retain(|atom| !matches!(atom, Atom::Object(_)));
        }
        atoms.sort_unstable();
        atoms.dedup();
        let long = |atom: &Atom| matches!(atom, Atom::Text(text) if text.len() > MAX_TEXT);
        let limit = Cause::Because(Reason::Limit);
        if atoms.len() > MAX_SET
            || causes.len() > MAX_CAUSES
            || atoms.iter().any(long)
            || causes.len() > 1 && causes.contains(&limit)
        {
            return Self::open(limit);
        }
        match (atoms.is_empty(), causes.is_empty()) {
            (true, true) => Self::Never,
            (false, true) => Self::Known(atoms.into()),
            (true, false) => Self::Unknown(causes.into()),
            (false, false) if causes.contains(&limit) => Self::open(limit),
            (false, false) => Self::Partly(atoms.into(), causes.into()),
        }
    }

    /// The atoms that are known of what it may be.
    pub(super) fn atoms(&self) -> &[Atom] {
        match self {
            Self::Known(atoms) | Self::Partly(atoms, _) => atoms,
            _ => &[],
        }
    }

    pub(super) fn causes(&self) -> &[Cause] {
        match self {
            Self::Unknown(causes) | Self::Partly(_, causes) => causes,
            _ => &[],
        }
    }

    /// Whether it may be something that is not known.
    pub(super) fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown(_) | Self::Partly(..))
    }

    /// Whether nothing can be asked that would tell more.
    pub(super) fn is_closed(&self) -> bool {
        self.causes().iter().all(|cause| matches!(cause, Cause::Because(_)))
    }

    /// What is known of it, without the rest.
    pub(super) fn known(&self) -> Self {
        Self::of(self.atoms().iter().cloned())
    }

    /// The same, where what is not known is so for that reason.
    pub(super) fn closed(&self, reason: &Reason) -> Self {
        if self.is_unknown() {
            return Self::mixed(self.atoms().iter().cloned(), [Cause::Because(reason.clone())]);
        }
        self.clone()
    }

    /// The same as another method gets it: what could be asked in its own is left out where something else is not known.
    pub(super) fn passed(self) -> Self {
        if !self.is_unknown() || self.causes().iter().all(|cause| !matches!(cause, Cause::Because(_))) {
            return self;
        }
        let ended = self.causes().iter().filter(|cause| matches!(cause, Cause::Because(_)));
        Self::mixed(self.atoms().iter().cloned(), ended.cloned())
    }

    /// The only atom that it may be.
    pub(super) fn single(&self) -> Option<&Atom> {
        match self {
            Self::Known(atoms) => match &atoms[..] {
                [atom] => Some(atom),
                _ => None,
            },
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
            (Self::Known(new), Self::Known(old)) if Rc::ptr_eq(new, old) => true,
            (Self::Unknown(new), Self::Unknown(old)) if Rc::ptr_eq(new, old) => true,
            (_, Self::Never) => false,
            _ if other.causes() == [Cause::Because(Reason::Limit)] => self.objects().next().is_none(),
            _ => {
                self.atoms().iter().all(|atom| other.atoms().contains(atom))
                    && self.causes().iter().all(|cause| other.causes().contains(cause))
            }
        }
    }

    pub(super) fn join(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Never, value) | (value, Self::Never) => value.clone(),
            (left, right) if left == right => left.clone(),
            _ => Self::mixed(
                self.atoms().iter().chain(other.atoms()).cloned(),
                self.causes().iter().chain(other.causes()).cloned(),
            ),
        }
    }

    /// What `make` makes of every atom; what it makes nothing of is unknown.
    pub(super) fn map(&self, make: impl Fn(&Atom) -> Option<Atom>) -> Self {
        made(self.atoms().iter().map(make), self.causes().iter().cloned())
    }

    /// What `make` makes of every pair of atoms.
    pub(super) fn zip(&self, other: &Self, make: impl Fn(&Atom, &Atom) -> Option<Atom>) -> Self {
        if *self == Self::Never || *other == Self::Never {
            return Self::Never;
        }
        let pairs = self.atoms().iter().flat_map(|left| other.atoms().iter().map(move |right| (left, right)));
        let causes = self.causes().iter().chain(other.causes()).cloned();
        made(pairs.map(|(left, right)| make(left, right)), causes)
    }
}

/// The atoms that were made; unknown for the causes, and where one was not.
fn made(atoms: impl Iterator<Item = Option<Atom>>, causes: impl Iterator<Item = Cause>) -> Abstract {
    let all: Vec<Option<Atom>> = atoms.collect();
    let failed = all.contains(&None).then_some(Cause::Because(Reason::Computed));
    Abstract::mixed(all.into_iter().flatten(), causes.chain(failed))
}
