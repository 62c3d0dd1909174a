//! An abstract interpreter of one method: what each register, builder and array holds at each place.
//!
//! It runs forward over the basic blocks until nothing changes. A call that no model explains, a field and a parameter
//! are unknown, and the value says so; whoever asks may find them out and run the method again with the answers. It
//! never guesses: two ways that bring different values make both possible, a value that is not followed is unknown.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::blocks::{Block, Graph};
use super::body::{Body, operands};
use super::constants::{is_wide, writes_a};
use super::domain::{Abstract, Atom, Cause};
use super::resolve::{Asked, Pick};
use super::slice::{Goal, Slice};
use super::state::{State, Thing, computed};
use crate::dex::{FieldIdx, Instruction};

/// The text of a string resource; none where the program has no such.
pub type Texts<'t> = dyn Fn(u32) -> Option<String> + Sync + 't;

/// What a run rests on.
#[derive(Clone, Copy)]
pub(super) struct Premises<'e> {
    /// What the arguments are, receiver counted; those left out are open.
    pub(super) params: &'e BTreeMap<u16, Abstract>,
    /// What was found out about calls and fields.
    pub(super) answers: &'e BTreeMap<Cause, Abstract>,
    pub(super) texts: &'e Texts<'e>,
    /// Values that may still be moved.
    pub(super) work: &'e Cell<u64>,
}

/// A settled run: the state at the start of each block that can run.
pub(super) struct Run<'r, 'p, 'b> {
    pub(super) body: &'r Body<'p, 'b>,
    graph: &'r Graph,
    pub(super) premises: Premises<'r>,
    slice: Rc<Slice>,
    /// By block that leads to the goal.
    states: Vec<Option<State>>,
    /// By code unit, what the instruction there brings whenever it runs; one value is told from another at a glance.
    fixed: RefCell<FxHashMap<u32, Abstract>>,
}

impl<'r, 'p, 'b> Run<'r, 'p, 'b> {
    /// Runs what of a method leads to a goal; none where that costs more than is left.
    pub(super) fn settled(body: &'r Body<'p, 'b>, goal: Goal, premises: Premises<'r>) -> Option<Self> {
        let graph = body.graph()?;
        let slice = body.slice(graph, goal);
        let mut entry = State::new(Rc::clone(&slice));
        for (position, register) in (0..).zip(&body.params) {
            let open = || Abstract::open(Cause::Param(position));
            entry.set(*register, premises.params.get(&position).cloned().unwrap_or_else(open));
        }
        let mut states = vec![None; graph.blocks.len()];
        if let Some(first) = states.first_mut() {
            *first = Some(entry);
        }
        let mut it = Self { body, graph, premises, slice, states, fixed: RefCell::default() };
        it.pay(graph.instructions.len())?;
        let mut waiting = BTreeSet::from([0]);
        while let Some(index) = waiting.pop_first() {
            let (Some(block), Some(Some(state))) = (graph.blocks.get(index), it.states.get(index)) else {
                continue;
            };
            let mut state = state.clone();
            it.spend(block.successors.len(), &state)?;
            for handler in graph.handlers(block) {
                it.spend(1, &state)?;
                it.merge(*handler, &state, &mut waiting);
            }
            it.run(block, &mut state, &mut waiting)?;
            for successor in &block.successors {
                it.merge(*successor, &state, &mut waiting);
            }
        }
        Some(it)
    }

    fn spend(&self, copies: usize, state: &State) -> Option<()> {
        self.pay(state.size().saturating_mul(copies.saturating_add(1)))
    }

    fn pay(&self, cost: usize) -> Option<()> {
        let left = self.premises.work.get().checked_sub(cost as u64)?;
        self.premises.work.set(left);
        Some(())
    }

    /// The instructions of a block that matter.
    fn live(&self, block: &Block) -> impl Iterator<Item = &'r Instruction> + use<'_, 'r, 'p, 'b> {
        let body = self.graph.body(block).iter();
        body.zip(block.start..).filter(|(_, place)| self.slice.is_live(*place)).map(|(instruction, _)| instruction)
    }

    /// An exception may leave a block after any instruction, so what each writes reaches its handlers.
    fn run(&mut self, block: &Block, state: &mut State, waiting: &mut BTreeSet<usize>) -> Option<()> {
        let handlers = self.graph.handlers(block);
        for (instruction, place) in self.graph.body(block).iter().zip(block.start..) {
            if !self.slice.is_live(place) {
                continue;
            }
            self.pay(1)?;
            state.touched = false;
            let written = self.step(state, instruction);
            for handler in handlers {
                if state.touched {
                    self.spend(1, state)?;
                    self.merge(*handler, state, waiting);
                }
                for register in written.into_iter().flatten() {
                    let Some(value) = state.held(register) else { continue };
                    if let Some(Some(other)) = self.states.get_mut(*handler)
                        && other.join_register(register, value)
                    {
                        waiting.insert(*handler);
                    }
                }
            }
        }
        Some(())
    }

    fn merge(&mut self, block: usize, state: &State, waiting: &mut BTreeSet<usize>) {
        if !self.slice.leads(block) {
            return;
        }
        let Some(slot) = self.states.get_mut(block) else { return };
        let changed = if let Some(old) = slot {
            old.join(state)
        } else {
            *slot = Some(state.clone());
            true
        };
        if changed {
            waiting.insert(block);
        }
    }

    /// The state in front of the instruction at a code unit, and that; none where nothing reaches it.
    fn at(&self, pc: u32) -> Option<(State, &Instruction)> {
        let index = self.graph.block_at(pc)?;
        let (block, state) = (self.graph.blocks.get(index)?, self.states.get(index)?.as_ref()?);
        let mut state = state.clone();
        for (instruction, place) in self.graph.body(block).iter().zip(block.start..) {
            if instruction.pc == pc {
                return Some((state, instruction));
            }
            if self.slice.is_live(place) {
                self.step(&mut state, instruction);
            }
        }
        None
    }

    /// The value that is asked for; none where nothing reaches its place.
    pub(super) fn value(&self, pick: Pick) -> Option<Abstract> {
        match pick {
            Pick::At(pc, Asked::Result) => self.result(pc),
            Pick::At(pc, Asked::Argument(position)) => {
                let (state, call) = self.at(pc)?;
                let register = operands(self.body.unit, call).nth(position);
                Some(register.map_or(Abstract::Never, |register| exported(&state, &state.get(register))))
            }
            Pick::Stored(pc) => self.stored(pc),
            Pick::Returned => Some(self.returned()),
        }
    }

    /// What the method returns, by all its ways.
    fn returned(&self) -> Abstract {
        let mut all = Abstract::Never;
        for (block, state) in self.graph.blocks.iter().zip(self.states.iter()) {
            let last = self.graph.body(block).last();
            // return, return-wide, return-object
            let (Some(state), Some(last)) = (state, last.filter(|it| matches!(it.byte, 0x0f..=0x11))) else { continue };
            let mut state = state.clone();
            for instruction in self.live(block) {
                self.step(&mut state, instruction);
            }
            all = all.join(&exported(&state, &state.get(last.a)));
        }
        all
    }

    /// What the call at a code unit gives.
    fn result(&self, pc: u32) -> Option<Abstract> {
        let (mut state, call) = self.at(pc)?;
        self.step(&mut state, call);
        Some(exported(&state, &state.result))
    }

    /// The arguments of the call at a code unit, receiver counted.
    pub(super) fn arguments(&self, pc: u32) -> Option<Vec<Abstract>> {
        let (state, call) = self.at(pc)?;
        Some(operands(self.body.unit, call).map(|register| exported(&state, &state.get(register))).collect())
    }

    /// The value that the instruction at a code unit stores in a field.
    fn stored(&self, pc: u32) -> Option<Abstract> {
        let (state, put) = self.at(pc)?;
        Some(exported(&state, &state.get(put.a)))
    }

    /// Applies one instruction; gives the registers that it wrote.
    fn step(&self, state: &mut State, instruction: &Instruction) -> [Option<u16>; 2] {
        let value = match instruction.byte {
            0x01..=0x09 => state.get(instruction.b),
            0x0a..=0x0c => std::mem::replace(&mut state.result, computed()),
            0x12..=0x1c => self.fixed(instruction.pc, || self.body.constant(instruction)),
            // check-cast changes nothing but the static type.
            0x1f => return [None; 2],
            0x22 => state.make(instruction.pc, Thing::Plain),
            0x23 => state.make(instruction.pc, Thing::Array(BTreeMap::new())),
            // filled-new-array
            0x24 | 0x25 => {
                let array = state.make(instruction.pc, Thing::Array(BTreeMap::new()));
                for position in 0..instruction.args.count() {
                    let register = instruction.args.register(position);
                    let value = register.map_or_else(computed, |register| state.get(register));
                    state.put(&array, i64::try_from(position).ok(), value);
                }
                state.result = array;
                return [None; 2];
            }
            // aget-object
            0x46 => item(state, &state.get(instruction.b), &state.get(instruction.c)),
            // aput and its kinds
            0x4b..=0x51 => {
                let place = match state.get(instruction.c).single() {
                    Some(Atom::Int(place)) => Some(*place),
                    _ => None,
                };
                state.put(&state.get(instruction.b), place, state.get(instruction.a));
                return [None; 2];
            }
            // iget, sget and their kinds
            0x52..=0x58 | 0x60..=0x66 => self.open(instruction.pc, Cause::Field(FieldIdx(instruction.index))),
            // iput, sput and their kinds; fill-array-data, with numbers that nobody asks about
            0x26 | 0x59..=0x5f | 0x67..=0x6d => {
                let value = state.get(instruction.a);
                state.lose(&value);
                return [None; 2];
            }
            0x6e..=0x78 | 0xfa..=0xfd => {
                state.result = self.call(state, instruction);
                return [None; 2];
            }
            byte if writes_a(byte) => computed(),
            _ => return [None; 2],
        };
        state.set(instruction.a, value);
        let pair = instruction.a.checked_add(1).filter(|_| is_wide(instruction.byte));
        if let Some(pair) = pair {
            state.set(pair, computed());
        }
        [Some(instruction.a), pair]
    }

    /// What the instruction at a code unit brings, made once.
    fn fixed(&self, pc: u32, make: impl FnOnce() -> Abstract) -> Abstract {
        self.fixed.borrow_mut().entry(pc).or_insert_with(make).clone()
    }

    /// What was found out about something.
    fn open(&self, pc: u32, cause: Cause) -> Abstract {
        self.fixed(pc, || self.premises.answers.get(&cause).cloned().unwrap_or_else(|| Abstract::open(cause)))
    }

    /// What a call gives, and what it changes.
    fn call(&self, state: &mut State, call: &Instruction) -> Abstract {
        let arguments: Vec<Abstract> = operands(self.body.unit, call).map(|register| state.get(register)).collect();
        if let Some(made) = self.applied(state, call, &arguments) {
            return made;
        }
        for argument in &arguments {
            state.lose(argument);
        }
        self.open(call.pc, Cause::Call(call.pc))
    }

    /// What a call gives where a model says so.
    fn applied(&self, state: &mut State, call: &Instruction, arguments: &[Abstract]) -> Option<Abstract> {
        self.body.apply(self.premises.texts, self.body.model(call)?, state, call, arguments)
    }
}

/// A value outside of its method: builders may change there, arrays are taken as they are.
fn exported(state: &State, value: &Abstract) -> Abstract {
    let list = |at: &u32| {
        let items = state.items(&Abstract::one(Atom::Object(*at)))?;
        let single = items.into_iter().map(|item| match item.single()? {
            Atom::Object(_) => None,
            atom => Some(atom.clone()),
        });
        single.collect::<Option<Vec<Atom>>>().map(|items| Atom::List(items.into()))
    };
    if value.objects().next().is_none() {
        return value.clone();
    }
    if let Some(unknown) = state.items(value).into_iter().flatten().find(|item| item.is_unknown()) {
        return Abstract::unknown(unknown.causes().iter().cloned());
    }
    value.map(|atom| match atom {
        Atom::Object(at) => list(at),
        other => Some(other.clone()),
    })
}

/// What lies at a place of an array; where nothing can tell the place, anything that lies in it.
pub(super) fn item(state: &State, array: &Abstract, place: &Abstract) -> Abstract {
    if !place.is_closed() {
        return whole_unknown(&[array, place]);
    }
    let place = match place.single() {
        Some(Atom::Int(place)) => Some(*place),
        _ => None,
    };
    let items = array.atoms().iter().map(|atom| match (atom, place) {
        (Atom::List(items), None) => Abstract::of(items.iter().cloned()),
        (Atom::List(items), Some(place)) => {
            let item = usize::try_from(place).ok().and_then(|place| items.get(place));
            item.map_or_else(computed, |atom| Abstract::one(atom.clone()))
        }
        (Atom::Object(at), place) => match (state.thing(*at), place) {
            (Some(Thing::Array(items)), Some(place)) => items.get(&place).cloned().unwrap_or_else(computed),
            (Some(Thing::Array(items)), None) => items.values().fold(Abstract::Never, |all, item| all.join(item)),
            _ => computed(),
        },
        _ => computed(),
    });
    let open = array.causes().iter().cloned();
    let known = items.fold(Abstract::unknown(open), |all, item| all.join(&item));
    if known == Abstract::Never { computed() } else { known }
}

/// Unknown for all that the values are unknown for.
pub(super) fn whole_unknown(values: &[&Abstract]) -> Abstract {
    let causes: Vec<Cause> = values.iter().flat_map(|value| value.causes()).cloned().collect();
    if causes.is_empty() { computed() } else { Abstract::unknown(causes) }
}
