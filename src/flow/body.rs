//! The code of a method that is asked about, and what is made of it once.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::blocks::Graph;
use super::defs::{Layout, Source};
use super::domain::{Abstract, Atom, Reason};
use super::linkage::Linkage;
use super::models::Model;
use super::program::Unit;
use super::slice::{Goal, Slice};
use super::state::computed;
use crate::dex::{Code, Instruction, MethodIdx, StringIdx, TypeIdx};

/// What wrote a register in front of a place.
type Sources = FxHashMap<(u16, usize), Rc<[Source]>>;

/// A method that can be run.
pub(super) struct Body<'p, 'b> {
    pub(super) unit: &'p Unit<'b>,
    /// Position of the file in the program.
    pub(super) number: u32,
    pub(super) code: Code<'b>,
    pub(super) layout: Arc<Layout<'b>>,
    /// What a run needs of it; most methods are never run.
    graph: OnceCell<Option<Graph>>,
    /// What may have written a register in front of a place.
    sources: RefCell<Sources>,
    /// The first register of each argument, receiver counted.
    pub(super) params: Vec<u16>,
    /// By goal, the part of the method that matters to it: each context of a method asks for the same.
    slices: RefCell<FxHashMap<Goal, Rc<Slice>>>,
    linkage: &'p Linkage<'p, 'p, 'b>,
}

impl<'p, 'b> Body<'p, 'b> {
    /// The code of a method of a file; none where it is too large to be followed.
    pub(super) fn of(
        unit: &'p Unit<'b>,
        number: u32,
        method: MethodIdx,
        is_static: bool,
        code: Code<'b>,
        linkage: &'p Linkage<'p, 'p, 'b>,
    ) -> Option<Rc<Self>> {
        let layout = linkage.layout(number, &code)?;
        let dex = &unit.dex;
        let mut next = code.registers.checked_sub(code.ins)?;
        let mut params = Vec::new();
        if !is_static {
            params.push(next);
            next = next.saturating_add(1);
        }
        for parameter in dex.parameters(dex.method(method)?.proto) {
            params.push(next);
            next = next.saturating_add(if matches!(dex.type_bytes(parameter), Some(b"J" | b"D")) { 2 } else { 1 });
        }
        let (graph, sources, slices) = (OnceCell::new(), RefCell::default(), RefCell::default());
        Some(Rc::new(Self { unit, number, code, layout, graph, sources, params, slices, linkage }))
    }

    pub(super) fn graph(&self) -> Option<&Graph> {
        self.graph.get_or_init(|| Graph::of(&self.code)).as_ref()
    }

    /// What may have written a register in front of a place; none where the search costs more than `spend` gives.
    pub(super) fn sources(
        &self,
        register: u16,
        place: usize,
        spend: impl Fn(usize) -> Option<()>,
    ) -> Option<Rc<[Source]>> {
        if let Some(known) = self.sources.borrow().get(&(register, place)) {
            return Some(Rc::clone(known));
        }
        let found: Rc<[Source]> = self.layout.sources(register, place, spend)?.into();
        self.sources.borrow_mut().insert((register, place), Rc::clone(&found));
        Some(found)
    }

    /// What a constant instruction writes: a number, a string or a class.
    pub(super) fn constant(&self, instruction: &Instruction) -> Abstract {
        let dex = &self.unit.dex;
        match instruction.byte {
            0x1a | 0x1b => match dex.string(StringIdx(instruction.index)) {
                Some(text) if text.len() <= super::domain::MAX_TEXT => Abstract::text(&text),
                Some(_) => Abstract::because(Reason::Limit),
                None => computed(),
            },
            0x1c => match dex.type_descriptor(TypeIdx(instruction.index)) {
                Some(descriptor) => Abstract::one(Atom::Class(descriptor.into())),
                None => computed(),
            },
            _ => Abstract::one(Atom::Int(instruction.literal)),
        }
    }

    pub(super) fn slice(&self, graph: &Graph, goal: Goal) -> Rc<Slice> {
        let make = || Slice::of(graph, self.code.registers, goal, |call| self.model(call).is_some());
        Rc::clone(self.slices.borrow_mut().entry(goal).or_insert_with(|| Rc::new(make())))
    }

    /// What is known of the method that a call names.
    pub(super) fn model(&self, call: &Instruction) -> Option<Model> {
        match call.byte {
            0x6e..=0x72 | 0x74..=0x78 => self.linkage.model(self.number, MethodIdx(call.index)),
            _ => None,
        }
    }
}

/// The registers of the arguments of a call, the first of two for a wide one.
pub(super) fn operands(unit: &Unit<'_>, call: &Instruction) -> impl Iterator<Item = u16> {
    let (dex, args) = (&unit.dex, call.args);
    let row = dex.method(MethodIdx(call.index));
    // invoke-static has no receiver.
    let receiver = row.filter(|_| !matches!(call.byte, 0x71 | 0x77)).and_then(|_| args.register(0));
    let mut position = usize::from(receiver.is_some());
    let parameters = row.into_iter().flat_map(|row| dex.parameters(row.proto)).map_while(move |parameter| {
        let register = args.register(position)?;
        position = position.saturating_add(if matches!(dex.type_bytes(parameter), Some(b"J" | b"D")) { 2 } else { 1 });
        Some(register)
    });
    receiver.into_iter().chain(parameters)
}
