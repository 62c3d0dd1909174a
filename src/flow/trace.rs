//! What a register holds at a place, by what wrote it there: the same that running the method finds, at a fraction of the
//! cost, where no object of the method itself is on the way. Such an object changes between the places that hold it, so
//! whoever meets one has to run the method.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::body::{Body, operands};
use super::defs::Source;
use super::domain::{Abstract, Cause};
use super::interpret::{Premises, Run, item};
use super::models::Model;
use super::resolve::{Asked, Pick};
use super::slice::{Goal, is_invoke};
use super::state::{State, computed};
use crate::dex::{FieldIdx, Instruction};

/// Calls and arrays that a value passes through one after the other.
const MAX_NESTED: usize = 32;

/// Why a value is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Untold {
    /// An object of the method is on the way, or the value depends on itself.
    Objects,
    /// It costs more than is left.
    Work,
}

/// A value; none where nothing reaches its place.
pub(super) type Told<T> = Result<Option<T>, Untold>;

/// A look back through a method.
pub(super) struct Trace<'r, 'p, 'b> {
    pub(super) body: &'r Body<'p, 'b>,
    pub(super) premises: Premises<'r>,
    /// By place of a call or of a look into an array: what it gives; none while that is being found out.
    given: RefCell<FxHashMap<usize, Option<Abstract>>>,
    /// No objects; few values need them.
    nothing: OnceCell<RefCell<State>>,
}

impl<'r, 'p, 'b> Trace<'r, 'p, 'b> {
    pub(super) fn new(body: &'r Body<'p, 'b>, premises: Premises<'r>) -> Self {
        Self { body, premises, given: RefCell::default(), nothing: OnceCell::new() }
    }

    fn nothing(&self) -> &RefCell<State> {
        self.nothing.get_or_init(|| RefCell::new(State::new(Rc::default())))
    }

    /// The value that is asked for.
    pub(super) fn value(&self, pick: Pick) -> Told<Abstract> {
        match pick {
            Pick::Returned => self.returned().map(Some),
            Pick::Stored(pc) => {
                self.reached(pc).map_or(Ok(None), |(place, put)| self.register(put.a, place, 0).map(Some))
            }
            Pick::At(pc, Asked::Result) => match self.reached(pc) {
                Some((place, call)) if is_invoke(call.byte) => self.given(place, 0).map(Some),
                Some(_) => Err(Untold::Objects),
                None => Ok(None),
            },
            Pick::At(pc, Asked::Argument(position)) => self.reached(pc).map_or(Ok(None), |(place, call)| {
                let register = operands(self.body.unit, &call).nth(position);
                register.map_or(Ok(Abstract::Never), |register| self.register(register, place, 0)).map(Some)
            }),
        }
    }

    /// A run of the method, on the same premises.
    pub(super) fn run(&self, goal: Goal) -> Option<Run<'r, 'p, 'b>> {
        Run::settled(self.body, goal, self.premises)
    }

    /// The arguments of the call at a code unit, receiver counted.
    pub(super) fn arguments(&self, pc: u32) -> Told<Vec<Abstract>> {
        let Some((place, call)) = self.reached(pc) else { return Ok(None) };
        operands(self.body.unit, &call)
            .map(|register| self.register(register, place, 0))
            .collect::<Result<_, _>>()
            .map(Some)
    }

    /// What the method returns, by all its ways.
    fn returned(&self) -> Result<Abstract, Untold> {
        let layout = &self.body.layout;
        let mut all = Abstract::Never;
        // return, return-wide, return-object
        let returns = layout.ops().iter().enumerate().filter(|(_, op)| matches!(op.byte, 0x0f..=0x11));
        for (place, op) in returns.filter(|(place, _)| layout.can_run(*place)) {
            all = all.join(&self.register(op.a, place, 0)?);
        }
        Ok(all)
    }

    /// The instruction at a code unit and its place, where that can run.
    fn reached(&self, pc: u32) -> Option<(usize, Instruction)> {
        let place = self.body.layout.place_at(pc).filter(|place| self.body.layout.can_run(*place))?;
        Some((place, self.body.layout.at(place)?))
    }

    /// What a register holds in front of a place.
    pub(super) fn register(&self, register: u16, place: usize, depth: usize) -> Result<Abstract, Untold> {
        self.pay(1)?;
        let sources = self.sources(register, place)?;
        if let [Source::At(made)] = sources[..]
            && depth == 0
            && self.stays_object(made, place)
        {
            return Ok(computed());
        }
        let mut all = Abstract::Never;
        for source in sources.iter() {
            let value = match source {
                Source::Start(register) => self.parameter(*register),
                Source::At(place) => self.written(*place, depth)?,
                Source::Rest => computed(),
            };
            all = all.join(&value);
        }
        Ok(all)
    }

    /// What may have written a register in front of a place.
    pub(super) fn sources(&self, register: u16, place: usize) -> Result<Rc<[Source]>, Untold> {
        self.body.sources(register, place, |cost| self.pay(cost).ok()).ok_or(Untold::Work)
    }

    /// What a register holds when the method begins.
    fn parameter(&self, register: u16) -> Abstract {
        let position = (0..).zip(&self.body.params).filter(|(_, first)| **first == register).last();
        let Some((position, _)) = position else { return computed() };
        let open = || Abstract::open(Cause::Param(position));
        self.premises.params.get(&position).cloned().unwrap_or_else(open)
    }

    /// What the instruction at a place writes.
    fn written(&self, place: usize, depth: usize) -> Result<Abstract, Untold> {
        let instruction = self.body.layout.at(place).ok_or(Untold::Objects)?;
        Ok(match instruction.byte {
            // move-result and its kinds, behind a call
            0x0a..=0x0c => {
                let layout = &self.body.layout;
                let before =
                    layout.before(place).filter(|it| layout.ops().get(*it).is_some_and(|it| is_invoke(it.byte)));
                self.given(before.ok_or(Untold::Objects)?, depth)?
            }
            0x12..=0x1c => self.body.constant(&instruction),
            // new-instance, new-array
            0x22 | 0x23 => return Err(Untold::Objects),
            // aget-object
            0x46 => self.given(place, depth)?,
            // iget, sget and their kinds
            0x52..=0x58 | 0x60..=0x66 => self.open(Cause::Field(FieldIdx(instruction.index))),
            _ => computed(),
        })
    }

    /// What a call gives, or a look into an array.
    fn given(&self, place: usize, depth: usize) -> Result<Abstract, Untold> {
        if let Some(known) = self.given.borrow().get(&place) {
            return known.clone().ok_or(Untold::Objects);
        }
        let depth = depth.saturating_add(1);
        let instruction = self.body.layout.at(place).filter(|_| depth <= MAX_NESTED).ok_or(Untold::Objects)?;
        let model = self.body.model(&instruction);
        if instruction.byte != 0x46 && model.is_none() {
            return Ok(self.open(Cause::Call(instruction.pc)));
        }
        self.given.borrow_mut().insert(place, None);
        let value = if let Some(model) = model {
            self.modelled(model, &instruction, place, depth)?
        } else {
            let array = self.register(instruction.b, place, depth)?;
            item(&self.nothing().borrow(), &array, &self.register(instruction.c, place, depth)?)
        };
        self.given.borrow_mut().insert(place, Some(value.clone()));
        Ok(value)
    }

    fn modelled(&self, model: Model, call: &Instruction, place: usize, depth: usize) -> Result<Abstract, Untold> {
        let registers: Vec<u16> = operands(self.body.unit, call).collect();
        if let (Model::Content, Some(builder)) = (model, registers.first())
            && let Some(made) = self.builder(*builder, place)?
        {
            return self.built(made, place, depth);
        }
        let mut arguments = vec![Abstract::Never; registers.len()];
        for (position, register) in registers.into_iter().enumerate().filter(|(position, _)| model.asks(*position)) {
            if let Some(argument) = arguments.get_mut(position) {
                *argument = self.register(register, place, depth)?;
            }
        }
        let made = self.body.apply(self.premises.texts, model, &mut self.nothing().borrow_mut(), call, &arguments);
        match made {
            Some(made) if made.objects().next().is_some() => Err(Untold::Objects),
            Some(made) => Ok(made),
            None => Ok(self.open(Cause::Call(call.pc))),
        }
    }

    /// What was found out about something.
    fn open(&self, cause: Cause) -> Abstract {
        self.premises.answers.get(&cause).cloned().unwrap_or_else(|| Abstract::open(cause))
    }

    pub(super) fn pay(&self, cost: usize) -> Result<(), Untold> {
        let left = self.premises.work.get().checked_sub(cost as u64).ok_or(Untold::Work)?;
        self.premises.work.set(left);
        Ok(())
    }
}
