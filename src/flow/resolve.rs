//! What arguments are known to be across methods: what callers pass, what callees return, what fields hold.
//!
//! Nothing is computed for the whole program. A question starts in one method; where its value depends on an argument,
//! a result or a field, the methods that decide that are run too, to a depth, and the question is asked again with what
//! they say. What is not found within the limits is unknown, and why is said.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::body::{Body, operands};
use super::domain::{Abstract, Atom, Cause, Reason};
use super::hierarchy::{Hierarchy, Method};
use super::interpret::{Premises, Run, Texts};
use super::linkage::Linkage;
use super::references::References;
use super::slice::Goal;
use super::trace::{Trace, Untold};
use crate::dex::{Code, FieldIdx, Instruction, MethodDef, MethodIdx};

/// Calls between the method of a question and one that is run for it.
const MAX_DEPTH: usize = 3;

/// Places that call a method, or the ways to it through several.
const MAX_CALLERS: usize = 64;

/// Runs of one method for one question; each finds out more about what it depends on.
const MAX_ROUNDS: usize = 6;

/// Answers for different arguments that are kept of one value.
const MAX_KEPT: usize = 8;

/// Values that the questions of one method may move, beside some for each of its code units, and what all of a program
/// may for each of its bytes.
const MAX_WORK: u64 = 1 << 17;
const WORK_PER_UNIT: u64 = 8;
const WORK_PER_BYTE: u64 = 64;

/// A value that code is known to pass.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Known {
    /// A number, a character, a truth value or null.
    Int(i64),
    /// A string, or an object that stands for one, such as a parsed URI or a file.
    Text(String),
    /// A class, by its descriptor.
    Class(String),
    /// A member of a class as reflection has it.
    Member {
        /// Descriptor of the class; empty where it is unknown.
        class: String,
        /// Name of the method or field.
        name: String,
    },
    /// The items of an array.
    List(Vec<Known>),
}

/// What is known of one value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// Everything that it may be, each with the method that passes it, where that is another one.
    pub known: Vec<(Known, Option<String>)>,
    /// It may be something else as well; why that is not known.
    pub unknown: Option<Reason>,
}

/// What is asked about a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Asked {
    /// An argument, receiver counted.
    Argument(usize),
    /// What it gives.
    Result,
}

/// Answers for one program.
pub struct Resolver<'p, 'b> {
    pub(super) hierarchy: &'p Hierarchy<'p, 'b>,
    pub(super) linkage: &'p Linkage<'p, 'p, 'b>,
    pub(super) index: &'p References<'p, 'p, 'p, 'b>,
    texts: &'p Texts<'p>,
    room: u64,
    pub(super) depth: usize,
    /// Whether to go on asking where part of a value will stay unknown.
    insists: bool,
}

/// Questions about one method, which share a budget.
pub struct Inquiry<'r, 'p, 'b> {
    pub(super) resolver: &'r Resolver<'p, 'b>,
    of: Of,
    /// The method that the questions are about, where the class loader would not take it from its file.
    own: Option<Rc<Body<'p, 'b>>>,
    work: Cell<u64>,
    bodies: RefCell<FxHashMap<Method, Option<Rc<Body<'p, 'b>>>>>,
    solved: RefCell<FxHashMap<(Of, Pick), Abstract>>,
    /// The same where arguments are given, by how many calls lead there: many ways to a method bring the same.
    solved_with: RefCell<SolvedWith>,
    pub(super) fields: RefCell<BTreeMap<(u32, FieldIdx), Abstract>>,
}

/// A method of the program, or the one that is asked about and is none.
pub(super) type Of = Option<Method>;

/// What was found out about calls and fields.
type Answers = BTreeMap<Cause, Abstract>;

/// A value in a method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Pick {
    At(u32, Asked),
    Stored(u32),
    Returned,
}

impl Pick {
    /// What has to be reached to know the value.
    fn goal(self, body: &Body<'_, '_>) -> Goal {
        let register = match self {
            Self::Returned => return Goal::Return,
            Self::At(pc, Asked::Result) => return Goal::Call(pc),
            Self::At(pc, Asked::Argument(position)) => {
                let call = Instruction::decode(body.code.insns, pc);
                call.and_then(|call| operands(body.unit, &call).nth(position)).map(|register| (pc, register))
            }
            Self::Stored(pc) => Instruction::decode(body.code.insns, pc).map(|put| (pc, put.a)),
        };
        register.map_or(Goal::Return, |(pc, register)| Goal::Register(pc, register))
    }
}

/// What some arguments are, by position.
type Params = BTreeMap<u16, Abstract>;

/// Values for some arguments each, by how many calls lead to their method.
type SolvedWith = FxHashMap<(Of, Pick, usize), Vec<(Params, Abstract)>>;

/// What some arguments are on one way to a method, and the method that passes them.
type Context = (Params, Method);

impl<'p, 'b> Resolver<'p, 'b> {
    /// Answers for `hierarchy`; `methods` is how many will be asked about, `texts` gives string resources by id.
    pub fn new(
        hierarchy: &'p Hierarchy<'p, 'b>,
        linkage: &'p Linkage<'p, 'p, 'b>,
        index: &'p References<'p, 'p, 'p, 'b>,
        methods: usize,
        texts: &'p Texts<'p>,
    ) -> Self {
        let bytes: u64 = hierarchy.program.units.iter().map(|unit| unit.dex.size() as u64).sum();
        let share = bytes.saturating_mul(WORK_PER_BYTE).checked_div(methods as u64).unwrap_or(MAX_WORK);
        Self { hierarchy, linkage, index, texts, room: share.min(MAX_WORK), depth: MAX_DEPTH, insists: false }
    }

    /// The same, which asks through up to `depth` calls, moves up to `room` values for each method, and goes on asking
    /// where part of a value will stay unknown.
    #[must_use]
    pub(super) fn insisting(self, depth: usize, room: u64) -> Self {
        Self { depth, room: self.room.min(room), insists: true, ..self }
    }

    /// Questions about a method of the file at position `unit`.
    pub fn inquire(&self, unit: usize, method: &MethodDef, code: Code<'b>) -> Inquiry<'_, 'p, 'b> {
        let number = u32::try_from(unit).unwrap_or(u32::MAX);
        let of = self.hierarchy.defined(number, method.method);
        let file = self.hierarchy.program.units.get(unit);
        let own = file
            .filter(|_| of.is_none())
            .and_then(|file| Body::of(file, number, method.method, method.is_static(), code, self.linkage));
        Inquiry {
            resolver: self,
            of,
            own,
            work: Cell::new(self.room.saturating_add(WORK_PER_UNIT.saturating_mul(code.units().into()))),
            bodies: RefCell::default(),
            solved: RefCell::default(),
            solved_with: RefCell::default(),
            fields: RefCell::default(),
        }
    }
}

impl<'p, 'b> Inquiry<'_, 'p, 'b> {
    /// What is known of a value of the call at a code unit.
    pub fn ask(&self, pc: u32, asked: Asked) -> Answer {
        let mut known: BTreeMap<Known, Option<String>> = BTreeMap::new();
        let mut unknown = None;
        for (value, via) in self.all(self.of, Pick::At(pc, asked), &mut Vec::new()) {
            for atom in value.atoms() {
                match told(atom) {
                    Some(constant) => {
                        known
                            .entry(constant)
                            .or_insert_with(|| via.and_then(|via| self.resolver.hierarchy.describe(via)));
                    }
                    None => unknown = unknown.or(Some(Reason::Computed)),
                }
            }
            unknown = unknown.or_else(|| reason(&value));
        }
        Answer { known: known.into_iter().collect(), unknown }
    }

    /// A value by every way to its method, each with the method that passes what it depends on.
    pub(super) fn all(&self, of: Of, pick: Pick, stack: &mut Vec<Method>) -> Vec<(Abstract, Option<Method>)> {
        let value = self.solve(of, &BTreeMap::new(), pick, stack);
        let open = self.open_params(&value);
        let Some(method) = of.filter(|_| !open.is_empty()) else { return vec![(value, None)] };
        match self.contexts(method, &open, stack) {
            Ok(contexts) => {
                let passed = contexts.into_iter();
                let passed = passed.map(|(params, via)| (self.solve(of, &params, pick, stack), Some(via)));
                std::iter::once((value.known(), None)).chain(passed).collect()
            }
            Err(reason) => {
                let closed = open.iter().map(|position| (*position, Abstract::because(reason.clone()))).collect();
                vec![(self.solve(of, &closed, pick, stack), None)]
            }
        }
    }

    /// What callers pass for some arguments.
    fn contexts(&self, method: Method, open: &[u16], stack: &mut Vec<Method>) -> Result<Vec<Context>, Reason> {
        if stack.len() >= self.resolver.depth {
            return Err(Reason::Depth);
        }
        let spend = |rows: usize| self.spend(rows);
        let places = self.resolver.index.callers(self.resolver.hierarchy, method, spend).ok_or(Reason::Limit)?;
        if places.is_empty() {
            return Err(Reason::NoCaller);
        }
        if places.len() > MAX_CALLERS {
            return Err(Reason::ManyCallers);
        }
        stack.push(method);
        let mut contexts = Vec::new();
        for (caller, pc) in places.into_iter().filter(|(caller, _)| !stack.contains(caller)).collect::<Vec<_>>() {
            let pass = |params: &BTreeMap<u16, Abstract>, stack: &mut Vec<Method>| -> BTreeMap<u16, Abstract> {
                let value = |position: &u16| {
                    (
                        *position,
                        self.solve(Some(caller), params, Pick::At(pc, Asked::Argument((*position).into())), stack),
                    )
                };
                open.iter().map(value).collect()
            };
            let passed = pass(&BTreeMap::new(), stack);
            if passed.values().all(|value| *value == Abstract::Never) {
                continue;
            }
            let mut further: Vec<u16> = passed.values().flat_map(|value| self.open_params(value)).collect();
            further.sort_unstable();
            further.dedup();
            if further.is_empty() {
                contexts.push((passed.into_iter().map(|(at, value)| (at, value.passed())).collect(), caller));
            } else {
                match self.contexts(caller, &further, stack) {
                    Ok(above) => {
                        contexts.extend(above.into_iter().map(|(params, via)| (pass(&params, stack), via)));
                    }
                    Err(reason) => {
                        let closed = passed.into_iter().map(|(at, value)| (at, value.closed(&reason)));
                        contexts.push((closed.collect(), caller));
                    }
                }
            }
            if contexts.len() > MAX_CALLERS {
                stack.pop();
                return Err(Reason::ManyCallers);
            }
        }
        stack.pop();
        if contexts.is_empty() { Err(Reason::NoCaller) } else { Ok(contexts) }
    }

    /// A value in a method whose arguments are given or open.
    fn solve(&self, of: Of, params: &Params, pick: Pick, stack: &mut Vec<Method>) -> Abstract {
        if params.is_empty() {
            if let Some(known) = self.solved.borrow().get(&(of, pick)) {
                return known.clone();
            }
            let value = self.run(of, params, pick, stack);
            self.solved.borrow_mut().insert((of, pick), value.clone());
            return value;
        }
        let key = (of, pick, stack.len());
        let same = |(given, _): &&(Params, Abstract)| given == params;
        if let Some((_, known)) = self.solved_with.borrow().get(&key).and_then(|all| all.iter().find(same)) {
            return known.clone();
        }
        let value = self.run(of, params, pick, stack);
        let mut solved = self.solved_with.borrow_mut();
        let all = solved.entry(key).or_default();
        if all.len() < MAX_KEPT {
            all.push((params.clone(), value.clone()));
        }
        value
    }

    fn run(&self, of: Of, params: &Params, pick: Pick, stack: &mut Vec<Method>) -> Abstract {
        let Some(body) = self.body(of) else { return Abstract::because(Reason::Limit) };
        let mut answers = Answers::new();
        for _ in 0..MAX_ROUNDS {
            let premises = Premises { params, answers: &answers, texts: self.resolver.texts, work: &self.work };
            let trace = Trace::new(&body, premises);
            let (value, run) = match trace.value(pick) {
                Ok(value) => (value, None),
                Err(Untold::Work) => return Abstract::because(Reason::Limit),
                Err(Untold::Objects) => {
                    let run = Run::settled(&body, pick.goal(&body), premises);
                    let Some(run) = run else { return Abstract::because(Reason::Limit) };
                    (run.value(pick), Some(run))
                }
            };
            let Some(value) = value else { return Abstract::Never };
            if !self.resolver.insists && value.causes().iter().any(|cause| matches!(cause, Cause::Because(_))) {
                return value;
            }
            let is_open = |cause: &&Cause| matches!(cause, Cause::Call(_) | Cause::Field(_));
            let open: Vec<Cause> = value.causes().iter().filter(is_open).cloned().collect();
            if open.is_empty() {
                return value;
            }
            let mut found = Vec::new();
            for cause in open {
                let answer = match &cause {
                    Cause::Call(pc) => {
                        let arguments = || arguments(&trace, run.as_ref(), *pc);
                        self.called(of, &body, *pc, arguments, stack)
                    }
                    Cause::Field(field) => self.field(&body, *field, stack),
                    Cause::Param(_) | Cause::Because(_) => continue,
                };
                found.push((cause, answer));
            }
            drop((trace, run));
            answers.extend(found);
        }
        Abstract::because(Reason::Limit)
    }

    /// What a call gives: what the one method returns that it runs.
    fn called(
        &self,
        of: Of,
        body: &Body<'p, 'b>,
        pc: u32,
        arguments: impl FnOnce() -> Vec<Abstract>,
        stack: &mut Vec<Method>,
    ) -> Abstract {
        let Some(call) = Instruction::decode(body.code.insns, pc) else { return Abstract::Never };
        let index = MethodIdx(call.index);
        let result = || Reason::Result(body.unit.dex.method_descriptor(index).into());
        let unknown = || Abstract::because(result());
        let callee = self.target(of, body, call.byte, index);
        let Some(callee) = callee.filter(|callee| stack.len() < self.resolver.depth && !stack.contains(callee)) else {
            return unknown();
        };
        let arguments = arguments();
        // What may yet be found out stays open; what is partly known for good is passed as that.
        let is_told = |value: &Abstract| !value.is_unknown() || value.is_closed() && !value.atoms().is_empty();
        let known = (0..).zip(&arguments).filter(|(_, value)| is_told(value));
        let params: BTreeMap<u16, Abstract> = known.map(|(position, value)| (position, value.clone())).collect();
        stack.push(callee);
        let value = self.solve(Some(callee), &params, Pick::Returned, stack);
        stack.pop();
        if value == Abstract::Never {
            return unknown();
        }
        // What is open in the callee is so for what the caller passes.
        let mut all = Vec::new();
        for cause in value.causes() {
            match cause {
                Cause::Param(position) => match arguments.get(usize::from(*position)) {
                    Some(argument) if argument.is_unknown() => all.extend(argument.causes().iter().cloned()),
                    _ => return value.closed(&result()),
                },
                // Its own reason says more than that of something inside.
                Cause::Because(Reason::Computed | Reason::Limit) => return value.closed(&result()),
                other => all.push(other.clone()),
            }
        }
        Abstract::mixed(value.atoms().iter().cloned(), all)
    }

    fn target(&self, of: Of, body: &Body<'p, 'b>, byte: u8, index: MethodIdx) -> Option<Method> {
        let hierarchy = self.resolver.hierarchy;
        let (class, signature) = hierarchy.named(body.number, index)?;
        let method = match byte {
            // invoke-direct, invoke-static
            0x70 | 0x71 | 0x76 | 0x77 => hierarchy.resolve(class, signature),
            // invoke-super
            0x6f | 0x75 => hierarchy.resolve(hierarchy.class(hierarchy.method(of?)?.class)?.superclass?, signature),
            // invoke-virtual, invoke-interface
            0x6e | 0x72 | 0x74 | 0x78 => {
                hierarchy.class(class)?;
                self.resolver.index.only_target(hierarchy, class, signature)
            }
            _ => None,
        }?;
        hierarchy.method(method).filter(|it| it.row.code != 0).map(|_| method)
    }

    /// The arguments that a value depends on, where asking for them is worth the while.
    fn open_params(&self, value: &Abstract) -> Vec<u16> {
        let params = value.causes().iter().filter_map(|cause| match cause {
            Cause::Param(position) => Some(*position),
            _ => None,
        });
        let params: Vec<u16> = params.collect();
        let stays_unknown = params.len() < value.causes().len();
        if stays_unknown && !self.resolver.insists { Vec::new() } else { params }
    }

    fn body(&self, of: Of) -> Option<Rc<Body<'p, 'b>>> {
        let Some(method) = of else { return self.own.clone() };
        if let Some(known) = self.bodies.borrow().get(&method) {
            return known.clone();
        }
        let hierarchy = self.resolver.hierarchy;
        let defined = hierarchy.method(method)?;
        let file = hierarchy.program.units.get(defined.unit as usize)?;
        let code = file.dex.code(&defined.row).ok().flatten();
        let body = code.filter(|code| self.spend(code.insns.len()).is_some()).and_then(|code| {
            let (unit, row) = (defined.unit, defined.row);
            Body::of(file, unit, row.method, row.is_static(), code, self.resolver.linkage)
        });
        self.bodies.borrow_mut().insert(method, body.clone());
        body
    }

    pub(super) fn spend(&self, cost: usize) -> Option<()> {
        let left = self.work.get().checked_sub(cost as u64);
        self.work.set(left.unwrap_or_default());
        left.map(|_| ())
    }
}

/// The arguments of a call; only where objects are among them, the method is run.
fn arguments(trace: &Trace<'_, '_, '_>, run: Option<&Run<'_, '_, '_>>, pc: u32) -> Vec<Abstract> {
    let told = match run {
        Some(run) => run.arguments(pc),
        None => match trace.arguments(pc) {
            Ok(told) => told,
            Err(Untold::Work) => None,
            Err(Untold::Objects) => trace.run(Goal::Call(pc)).and_then(|run| run.arguments(pc)),
        },
    };
    told.unwrap_or_default()
}

fn reason(value: &Abstract) -> Option<Reason> {
    let reasons = value.causes().iter().map(|cause| match cause {
        Cause::Because(reason) => reason.clone(),
        Cause::Param(_) => Reason::NoCaller,
        Cause::Call(_) | Cause::Field(_) => Reason::Limit,
    });
    reasons.min()
}

fn told(atom: &Atom) -> Option<Known> {
    Some(match atom {
        Atom::Int(number) => Known::Int(*number),
        Atom::Text(text) => Known::Text(text.as_ref().to_owned()),
        Atom::Class(class) => Known::Class(class.as_ref().to_owned()),
        Atom::Member(class, name) => Known::Member { class: class.as_ref().to_owned(), name: name.as_ref().to_owned() },
        Atom::List(items) => Known::List(items.iter().map(told).collect::<Option<_>>()?),
        Atom::Object(_) | Atom::Instance(_) => return None,
    })
}
