//! What Java's methods on strings make of constants. Each gives none where it cannot say for sure.

use std::rc::Rc;

use super::domain::{Atom, MAX_TEXT};
use super::models::Grow;

/// A text; null is written as Java writes it.
pub(super) fn as_text(atom: &Atom) -> Option<Rc<str>> {
    match atom {
        Atom::Text(text) => Some(text.clone()),
        Atom::Int(0) => Some("null".into()),
        _ => None,
    }
}

/// What `append` and `valueOf` write of an argument whose type has that descriptor.
pub(super) fn written(atom: &Atom, ty: &[u8]) -> Option<Rc<str>> {
    match (ty, atom) {
        (b"I" | b"J", Atom::Int(number)) => Some(number.to_string().into()),
        (b"C", _) => match character(atom)? {
            Atom::Text(text) => Some(text),
            _ => None,
        },
        (b"Z", Atom::Int(0)) => Some("false".into()),
        (b"Z", Atom::Int(1)) => Some("true".into()),
        ([b'L', ..], atom) => as_text(atom),
        _ => None,
    }
}

pub(super) fn decimal(atom: &Atom) -> Option<Atom> {
    match atom {
        Atom::Int(number) => Some(text(number.to_string())),
        _ => None,
    }
}

pub(super) fn character(atom: &Atom) -> Option<Atom> {
    match atom {
        Atom::Int(number) => Some(text(char::from_u32(u32::try_from(*number).ok()?)?.to_string())),
        _ => None,
    }
}

/// The text of a builder after it grew.
pub(super) fn grown(content: &Atom, more: &Atom, how: Grow, ty: &[u8]) -> Option<Atom> {
    let (Atom::Text(content), more) = (content, written(more, ty)?) else { return None };
    Some(text(match how {
        Grow::Plain => format!("{content}{more}"),
        Grow::Scheme => format!("{more}:{content}"),
        Grow::Authority => format!("{content}//{more}"),
        Grow::Path if content.ends_with('/') || more.starts_with('/') => format!("{content}{more}"),
        Grow::Path => format!("{content}/{more}"),
    }))
}

pub(super) fn concat(left: &Atom, right: &Atom) -> Option<Atom> {
    let (Atom::Text(left), right) = (left, as_text(right)?) else { return None };
    Some(text(format!("{left}{right}")))
}

/// A path and another below it.
pub(super) fn child(parent: &Atom, child: &Atom) -> Option<Atom> {
    let (Atom::Text(parent), Atom::Text(child)) = (parent, child) else { return None };
    let (above, below) = (parent.trim_end_matches('/'), child.trim_start_matches('/'));
    Some(text(format!("{above}/{below}")))
}

/// A text without the characters up to U+0020 at its ends.
pub(super) fn trim(atom: &Atom) -> Option<Atom> {
    changed(atom, |text| text.trim_matches(|c| c <= ' ').to_owned())
}

pub(super) fn lower(atom: &Atom) -> Option<Atom> {
    changed(atom, str::to_lowercase)
}

pub(super) fn upper(atom: &Atom) -> Option<Atom> {
    changed(atom, str::to_uppercase)
}

/// Replaces every `from`, a text or a character.
pub(super) fn replace(atom: &Atom, from: &Atom, to: &Atom) -> Option<Atom> {
    let piece = |atom: &Atom| match atom {
        Atom::Text(text) => Some(text.clone()),
        number => match character(number)? {
            Atom::Text(text) => Some(text),
            _ => None,
        },
    };
    let (Atom::Text(whole), from, to) = (atom, piece(from)?, piece(to)?) else { return None };
    // Each byte could become a copy of `to`.
    let most = whole.len().saturating_add(1).saturating_mul(to.len().max(1));
    (most <= MAX_TEXT << 4).then(|| text(whole.replace(&*from, &to)))
}

/// From one UTF-16 unit to another, or to the end; the text must be ASCII, whose units are its bytes.
pub(super) fn substring(atom: &Atom, start: &Atom, end: Option<&Atom>) -> Option<Atom> {
    let (Atom::Text(whole), Atom::Int(start)) = (atom, start) else { return None };
    let end = match end {
        None => whole.len(),
        Some(Atom::Int(end)) => usize::try_from(*end).ok()?,
        Some(_) => return None,
    };
    let range = usize::try_from(*start).ok()?..end;
    whole.is_ascii().then(|| whole.get(range).map(|piece| text(piece.to_owned())))?
}

/// A format of `%s`, `%d` and `%%` only.
pub(super) fn format(pattern: &Atom, items: &[Atom]) -> Option<Atom> {
    let Atom::Text(pattern) = pattern else { return None };
    let mut out = String::new();
    let mut items = items.iter();
    let mut rest = pattern.chars();
    while let Some(c) = rest.next() {
        let Some(kind) = (c == '%').then(|| rest.next()) else {
            out.push(c);
            continue;
        };
        match kind? {
            '%' => out.push('%'),
            's' => out.push_str(&as_text(items.next()?)?),
            // A number in an object is kept as its text.
            'd' => match items.next()? {
                Atom::Text(number) if number.parse::<i64>().is_ok() => out.push_str(number),
                _ => return None,
            },
            _ => return None,
        }
        if out.len() > MAX_TEXT {
            return None;
        }
    }
    Some(text(out))
}

/// The descriptor of a class by the name that `Class.forName` takes.
pub(super) fn class_named(atom: &Atom) -> Option<Atom> {
    let Atom::Text(name) = atom else { return None };
    let array = name.starts_with('[');
    let name = name.replace('.', "/");
    Some(Atom::Class(if array { name } else { format!("L{name};") }.into()))
}

/// The name that `Class.getName` gives.
pub(super) fn class_name(atom: &Atom) -> Option<Atom> {
    let Atom::Class(descriptor) = atom else { return None };
    let name = descriptor.strip_prefix('L')?.strip_suffix(';')?;
    Some(text(name.replace('/', ".")))
}

pub(super) fn member(class: &Atom, name: &Atom) -> Option<Atom> {
    match (class, name) {
        (Atom::Class(class), Atom::Text(name)) => Some(Atom::Member(class.clone(), name.clone())),
        _ => None,
    }
}

/// A constructor of a class, as a member of it.
pub(super) fn constructor(class: &Atom) -> Option<Atom> {
    member(class, &text("<init>".to_owned()))
}

/// An object that a class, or a constructor of it, makes.
pub(super) fn instance(maker: &Atom) -> Option<Atom> {
    match maker {
        Atom::Class(class) | Atom::Member(class, _) if !class.is_empty() => Some(Atom::Instance(class.clone())),
        _ => None,
    }
}

/// The class of an object.
pub(super) fn class_of(object: &Atom) -> Option<Atom> {
    match object {
        Atom::Instance(class) => Some(Atom::Class(class.clone())),
        _ => None,
    }
}

/// The service of the system that a name or a class stands for.
pub(super) fn service(named: &Atom) -> Option<Atom> {
    match named {
        Atom::Text(name) => super::models::service(name).map(|class| Atom::Instance(class.into())),
        class => instance(class),
    }
}

fn changed(atom: &Atom, change: impl Fn(&str) -> String) -> Option<Atom> {
    match atom {
        Atom::Text(whole) => Some(text(change(whole))),
        _ => None,
    }
}

fn text(text: String) -> Atom {
    Atom::Text(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn t(text: &str) -> Atom {
        Atom::Text(text.into())
    }

    #[test]
    fn texts_are_made_as_java_makes_them() {
        assert_eq!(trim(&t(" \t a b \n")), Some(t("a b")));
        assert_eq!(replace(&t("a-b-c"), &Atom::Int(45), &Atom::Int(95)), Some(t("a_b_c")));
        assert_eq!(replace(&t("aXb"), &t("X"), &t("")), Some(t("ab")));
        assert_eq!(substring(&t("ro.serialno"), &Atom::Int(3), Some(&Atom::Int(9))), Some(t("serial")));
        assert_eq!(substring(&t("short"), &Atom::Int(3), Some(&Atom::Int(9))), None);
        assert_eq!(substring(&t("é"), &Atom::Int(1), None), None);
        assert_eq!(format(&t("a%sb%d%%"), &[t("x"), t("7")]), Some(t("axb7%")));
        assert_eq!(format(&t("%5d"), &[t("7")]), None);
        assert_eq!(format(&t("%s%s"), &[t("x")]), None);
        assert_eq!(child(&t("/sys/"), &t("/class")), Some(t("/sys/class")));
        assert_eq!(class_named(&t("a.b.C$D")), Some(Atom::Class("La/b/C$D;".into())));
        assert_eq!(class_name(&Atom::Class("La/b/C$D;".into())), Some(t("a.b.C$D")));
        let phone = || service(&t("phone")).expect("a service");
        assert_eq!(class_of(&phone()), Some(Atom::Class("Landroid/telephony/TelephonyManager;".into())));
        assert_eq!(service(&t("nothing")), None);
    }

    #[test]
    fn an_argument_is_written_by_its_type() {
        let grown = |more: Atom, ty: &[u8]| grown(&t("k="), &more, Grow::Plain, ty);
        assert_eq!(grown(Atom::Int(65), b"I"), Some(t("k=65")));
        assert_eq!(grown(Atom::Int(65), b"C"), Some(t("k=A")));
        assert_eq!(grown(Atom::Int(1), b"Z"), Some(t("k=true")));
        assert_eq!(grown(Atom::Int(0), b"Ljava/lang/String;"), Some(t("k=null")));
        assert_eq!(grown(Atom::Int(65), b"F"), None);
        assert_eq!(grown(Atom::Object(3), b"Ljava/lang/Object;"), None);
    }
}
