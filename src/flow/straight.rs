//! Objects that are made, changed and read within one block, as most builders are: nothing but the straight way from one
//! place to the other can change them, so only that is run.

use std::rc::Rc;

use super::body::operands;
use super::constants::{is_wide, writes_a};
use super::defs::Source;
use super::domain::Abstract;
use super::models;
use super::slice::is_invoke;
use super::state::{State, Thing, computed};
use super::trace::{Trace, Untold};
use crate::dex::{Instruction, TypeIdx};

/// An object on its way through a block.
struct Object {
    value: Abstract,
    state: State,
    /// Registers that hold it.
    holders: Vec<u16>,
    /// Whether the last call gave it.
    given: bool,
}

impl Trace<'_, '_, '_> {
    /// Where in the block of a place the builder is made that a register holds there; none where it is no builder of
    /// this block.
    pub(super) fn builder(&self, register: u16, place: usize) -> Result<Option<usize>, Untold> {
        let layout = &self.body.layout;
        let (mut register, mut place) = (register, place);
        loop {
            let sources = self.sources(register, place)?;
            let [Source::At(written)] = sources[..] else { return Ok(None) };
            if !layout.are_in_one_block(written, place) {
                return Ok(None);
            }
            match layout.at(written).map(|it| it.byte) {
                Some(0x22) => return Ok(Some(written)),
                Some(0x0a..=0x0c) => {}
                _ => return Ok(None),
            }
            let before = layout.before(written).filter(|before| layout.are_in_one_block(*before, written));
            let call = before.and_then(|before| Some((before, layout.at(before).filter(|it| is_invoke(it.byte))?)));
            let Some((before, call)) = call else { return Ok(None) };
            let keeps = self.body.model(&call).is_some_and(|model| model.keeps_first());
            let Some(first) = operands(self.body.unit, &call).next().filter(|_| keeps) else {
                return Ok(None);
            };
            (register, place) = (first, before);
        }
    }

    /// The text of the builder that is made at one place, at another one of the block.
    pub(super) fn built(&self, made: usize, place: usize, depth: usize) -> Result<Abstract, Untold> {
        let layout = &self.body.layout;
        let new = layout.at(made).ok_or(Untold::Objects)?;
        let mut state = State::new(Rc::default());
        let value = state.make(new.pc, Thing::Plain);
        let mut object = Object { value, state, holders: vec![new.a], given: false };
        for place in made.saturating_add(1)..place {
            self.pay(1)?;
            let instruction = layout.at(place).ok_or(Untold::Objects)?;
            self.pass(&mut object, &instruction, place, depth)?;
        }
        object.state.content(&object.value).ok_or(Untold::Objects)
    }

    /// Takes an object past an instruction; one that gets into other hands is no longer followed.
    fn pass(&self, object: &mut Object, it: &Instruction, place: usize, depth: usize) -> Result<(), Untold> {
        let holds = |register: u16| object.holders.contains(&register);
        let holds_now = match it.byte {
            0x01..=0x09 => holds(it.b),
            0x0a..=0x0c => std::mem::take(&mut object.given),
            byte if is_invoke(byte) => {
                object.given = self.call(object, it, place, depth)?;
                return Ok(());
            }
            // filled-new-array; aput, iput, sput and their kinds
            0x24 | 0x25 if (0..it.args.count()).filter_map(|place| it.args.register(place)).any(holds) => {
                return Err(Untold::Objects);
            }
            0x24 | 0x25 => {
                object.given = false;
                return Ok(());
            }
            0x4b..=0x51 | 0x59..=0x5f | 0x67..=0x6d if holds(it.a) => return Err(Untold::Objects),
            byte if writes_a(byte) && byte != 0x1f => false,
            _ => return Ok(()),
        };
        object.holders.retain(|held| *held != it.a && (!is_wide(it.byte) || it.a.checked_add(1) != Some(*held)));
        object.holders.extend(holds_now.then_some(it.a));
        Ok(())
    }

    /// Takes an object through a call; whether that gives it back.
    fn call(&self, object: &mut Object, call: &Instruction, place: usize, depth: usize) -> Result<bool, Untold> {
        let taken = (0..call.args.count()).filter_map(|position| call.args.register(position));
        if !taken.into_iter().any(|register| object.holders.contains(&register)) {
            return Ok(false);
        }
        let model = self.body.model(call).ok_or(Untold::Objects)?;
        if model.becomes() {
            return Err(Untold::Objects);
        }
        let mut arguments = Vec::new();
        for (position, register) in operands(self.body.unit, call).enumerate() {
            arguments.push(if object.holders.contains(&register) {
                object.value.clone()
            } else if model.asks(position) {
                self.register(register, place, depth)?
            } else {
                computed()
            });
        }
        let made = self.body.apply(self.premises.texts, model, &mut object.state, call, &arguments);
        Ok(made.ok_or(Untold::Objects)?.objects().next().is_some())
    }

    /// Whether what is made at one place is still an object at another: not what stands for one, as a text does for a
    /// file. Of an object nothing is told outside of its method.
    pub(super) fn stays_object(&self, made: usize, place: usize) -> bool {
        let layout = &self.body.layout;
        let Some(new) = layout.at(made).filter(|it| it.byte == 0x22) else { return false };
        let class = self.body.unit.dex.type_bytes(TypeIdx(new.index)).unwrap_or_default();
        if !models::is_stood_for(class) {
            return true;
        }
        // Its constructor says whether it is known by a text.
        let ops = layout.ops().get(made..place).unwrap_or_default();
        let direct = (made..).zip(ops).filter(|(_, op)| matches!(op.byte, 0x70 | 0x76));
        let models = direct.filter_map(|(place, _)| self.body.model(&layout.at(place)?));
        layout.are_in_one_block(made, place) && !models.into_iter().any(|model| model.becomes())
    }
}
