//! What a call gives, and what it changes, where a model says so.

use super::body::Body;
use super::domain::{Abstract, Atom};
use super::interpret::{Texts, whole_unknown};
use super::models::Model;
use super::state::{State, Thing};
use super::texts as made;
use crate::dex::{Instruction, MethodIdx};

impl<'b> Body<'_, 'b> {
    /// Applies a model; none where it does not fit, so that the call is like any other.
    pub(super) fn apply(
        &self,
        texts: &Texts<'_>,
        model: Model,
        state: &mut State,
        call: &Instruction,
        args: &[Abstract],
    ) -> Option<Abstract> {
        let arg = |position: usize| args.get(position).cloned();
        Some(match model {
            Model::Builder(position) => {
                let text = match position {
                    Some(position) => text_of(state, args.get(position)?),
                    None => Abstract::text(""),
                };
                let [Atom::Object(at)] = args.first()?.atoms() else { return None };
                *state.thing_mut(*at)? = Thing::Builder(text);
                Abstract::Never
            }
            Model::Append(how) => {
                let builder = args.first()?;
                let content = state.content(builder)?;
                let ty = self.last_parameter(call);
                let more = text_of(state, args.get(1)?);
                let grown = content.zip(&more, |content, more| made::grown(content, more, how, ty));
                let [Atom::Object(at)] = builder.atoms() else { return None };
                *state.thing_mut(*at)? = Thing::Builder(grown);
                builder.clone()
            }
            Model::Content => state.content(args.first()?)?,
            Model::Rebuild => {
                let text = text_of(state, args.first()?);
                state.make(call.pc, Thing::Builder(text))
            }
            Model::Keep | Model::Same(_) => {
                let position = if let Model::Same(position) = model { position } else { 0 };
                let value = args.get(position)?;
                // A text of a builder is not the builder.
                if state.content(value).is_some() && self.gives_text(call) {
                    text_of(state, value)
                } else {
                    arg(position)?
                }
            }
            Model::Decimal(position) => args.get(position)?.map(made::decimal),
            Model::Character(position) => args.get(position)?.map(made::character),
            Model::Become(position) => become_value(state, args.first()?, &text_of(state, args.get(position)?))?,
            Model::BecomeChild => become_value(state, args.first()?, &args.get(1)?.zip(args.get(2)?, made::child))?,
            Model::Child => args.first()?.zip(args.get(1)?, made::child),
            Model::Concat => args.first()?.zip(&text_of(state, args.get(1)?), made::concat),
            Model::Trim => args.first()?.map(made::trim),
            Model::Lower => args.first()?.map(made::lower),
            Model::Upper => args.first()?.map(made::upper),
            Model::Replace => {
                let [from, to] = [args.get(1)?, args.get(2)?].map(|value| text_of(state, value));
                let (Some(from), Some(to)) = (from.single(), to.single()) else {
                    return Some(whole_unknown(&[args.first()?, &from, &to]));
                };
                args.first()?.map(|text| made::replace(text, from, to))
            }
            Model::Substring => {
                let (start, end) = (args.get(1)?, args.get(2));
                let Some(start_atom) = start.single() else {
                    return Some(whole_unknown(args.iter().collect::<Vec<_>>().as_slice()));
                };
                let end_atom = match end.map(Abstract::single) {
                    Some(None) => return Some(whole_unknown(args.iter().collect::<Vec<_>>().as_slice())),
                    Some(end) => end,
                    None => None,
                };
                args.first()?.map(|text| made::substring(text, start_atom, end_atom))
            }
            Model::Format(position) => {
                let (pattern, array) = (args.get(position)?, args.get(position.checked_add(1)?)?);
                let Some(items) = state.items(array) else { return Some(whole_unknown(&[pattern, array])) };
                let single: Option<Vec<Atom>> = items.iter().map(|item| item.single().cloned()).collect();
                let Some(single) = single else {
                    return Some(whole_unknown(&[&[pattern][..], &items].concat()));
                };
                pattern.map(|pattern| made::format(pattern, &single))
            }
            Model::ClassNamed(position) => args.get(position)?.map(made::class_named),
            Model::ClassName => args.first()?.map(made::class_name),
            Model::Member | Model::Field => member(args.first()?, args.get(1)?),
            Model::Handle => member(args.get(1)?, args.get(2)?),
            Model::Constructor => args.first()?.map(made::constructor),
            Model::NewInstance => args.first()?.map(made::instance),
            Model::ClassOf => args.first()?.map(made::class_of),
            Model::Service(position) => args.get(position)?.map(made::service),
            Model::Resource(position) => {
                let text = |atom: &Atom| match atom {
                    Atom::Int(id) => {
                        let id = u32::try_from(*id & i64::from(u32::MAX)).ok()?;
                        texts(id).map(|text| Atom::Text(text.into()))
                    }
                    _ => None,
                };
                let made = args.get(position)?.map(text);
                Some(made).filter(|made| !made.is_unknown())?
            }
        })
    }

    /// The descriptor of the last parameter of a call.
    fn last_parameter(&self, call: &Instruction) -> &'b [u8] {
        let dex = &self.unit.dex;
        let row = dex.method(MethodIdx(call.index));
        row.and_then(|row| dex.type_bytes(dex.parameters(row.proto).last()?)).unwrap_or_default()
    }

    fn gives_text(&self, call: &Instruction) -> bool {
        let dex = &self.unit.dex;
        let row = dex.method(MethodIdx(call.index));
        row.and_then(|row| dex.type_bytes(dex.return_type(row.proto)?)) == Some(b"Ljava/lang/String;")
    }
}

/// The text of a builder, or the value itself.
fn text_of(state: &State, value: &Abstract) -> Abstract {
    state.content(value).unwrap_or_else(|| value.clone())
}

/// Lets a new object stand for a value, wherever it is held.
fn become_value(state: &mut State, object: &Abstract, value: &Abstract) -> Option<Abstract> {
    let Some(Atom::Object(_)) = object.single() else { return None };
    state.touched = true;
    for register in state.registers.iter_mut().filter(|register| *register == object) {
        *register = value.clone();
    }
    Some(Abstract::Never)
}

/// The member of a class. Where nothing more can be asked about the class, its name is known still.
fn member(class: &Abstract, name: &Abstract) -> Abstract {
    if class.is_unknown() && class.is_closed() {
        let anywhere = class.atoms().iter().cloned().chain([Atom::Class("".into())]);
        return Abstract::of(anywhere).zip(name, made::member);
    }
    class.zip(name, made::member)
}
