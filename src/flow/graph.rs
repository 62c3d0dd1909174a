//! The call graph of a program: from entry points, through calls, to all that can run.
//!
//! Calls on objects reach the methods of those classes that reachable code makes (rapid type analysis, Bacon & Sweeney
//! 1996); one that nobody gets is not made. The platform calls the methods that such a class overrides of platform classes; which those are a [`Platform`]
//! says. What only reflection or native code calls is not reached.

use std::collections::VecDeque;
use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use super::facts::{Act, Call, Fact, Facts};
use super::framework::Framework;
use super::hierarchy::{Hierarchy, Method, Type, number};
use super::linkage::Linkage;
use super::program::Signature;
use super::reflection::Names;
use super::unused::Unused;

/// Pairs of a class and a call on it that are looked at, for each method of the program and in all: a hostile hierarchy
/// could ask for their product.
const PAIRS_PER_METHOD: usize = 64;
const PAIRS_FREE: usize = 1 << 20;

/// Frames of a path that is told.
const MAX_FRAMES: usize = 12;

/// Where the system enters the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Root {
    /// It makes an object of a class, and calls what the class overrides of the platform.
    Object(Type),
    /// It calls a method.
    Call(Method),
    /// It runs the static initialiser of a class.
    Initialiser(Type),
}

/// What a program's call graph is made of.
#[derive(Clone, Copy)]
pub struct Parts<'g, 'h, 'p, 'b> {
    /// Its classes.
    pub hierarchy: &'h Hierarchy<'p, 'b>,
    /// The members that its files name.
    pub linkage: &'g Linkage<'h, 'p, 'b>,
    /// What its methods do.
    pub facts: &'g Facts,
    /// What they do besides to what others name.
    pub names: &'g Names<'g, 'b>,
    /// What the platform calls.
    pub framework: &'g Framework<'h, 'p, 'b>,
    /// Which objects nobody gets.
    pub unused: &'g Unused<'h, 'p, 'b>,
}

impl Parts<'_, '_, '_, '_> {
    /// All that a method does, in order.
    fn each(&self, method: Method, mut visit: impl FnMut(&Fact)) {
        self.facts.at(method).iter().for_each(&mut visit);
        self.names.at(method).iter().for_each(&mut visit);
    }
}

/// The graph below a set of roots.
pub struct Graph<'g, 'h, 'p, 'b> {
    parts: Parts<'g, 'h, 'p, 'b>,
    /// By type: whether reachable code makes objects of it.
    made: Vec<bool>,
    /// By call on an object: the methods that it may run.
    targets: Vec<Vec<Method>>,
    /// Places that make an object which nobody gets.
    unused: FxHashSet<(Method, u32)>,
    /// Whether the limit of pairs cut the graph.
    truncated: bool,
    reached: Reached,
}

/// The methods that some roots reach.
#[derive(Debug, Default)]
pub struct Reached(Vec<bool>);

/// What can be reached from some roots, and how.
#[derive(Debug)]
pub struct Reach {
    /// By method: one more than the place in `steps` of the step that reached it first.
    methods: Vec<u32>,
    steps: Vec<Step>,
}

#[derive(Debug, Clone, Copy)]
struct Step {
    to: Node,
    /// Place in `steps`, none for a root.
    from: Option<u32>,
    /// Position in the roots.
    root: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Node {
    Method(Method),
    Object(Type),
    Call(Call),
    Initialiser(Type),
}

/// A method that was reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// Position in the roots.
    pub root: usize,
    /// Methods from the one that the system calls to the one asked about; at most twelve, the middle left out.
    pub methods: Vec<Method>,
}

impl<'g, 'h, 'p, 'b> Graph<'g, 'h, 'p, 'b> {
    /// Grows the graph from `roots` until nothing is added; calls of which `passes(caller, code unit)` is false are not
    /// followed. Only objects that are made on these ways take calls, so each question about other roots needs a graph of
    /// its own.
    pub fn new(parts: Parts<'g, 'h, 'p, 'b>, roots: &[Root], passes: &impl Fn(Method, u32) -> bool) -> Self {
        let methods = parts.hierarchy.methods().len();
        let types = parts.hierarchy.type_count() as usize;
        let calls = parts.linkage.calls().len();
        let mut it = Self {
            parts,
            made: vec![false; types],
            targets: vec![Vec::new(); calls],
            unused: FxHashSet::default(),
            truncated: false,
            reached: Reached(vec![false; methods]),
        };
        Growth {
            graph: &mut it,
            waiting: Vec::new(),
            touched: vec![false; types],
            made_below: vec![Vec::new(); types],
            asked_of: vec![Vec::new(); types],
            asked: vec![false; calls],
            room: methods.saturating_mul(PAIRS_PER_METHOD).saturating_add(PAIRS_FREE),
            passes,
        }
        .run(roots);
        for targets in &mut it.targets {
            targets.sort_unstable();
            targets.dedup();
        }
        it
    }

    /// Whether the program was too large in a way that no real one is; what is then not reached may still run.
    pub fn is_truncated(&self) -> bool {
        self.truncated
    }

    /// Everything that can run.
    pub fn reached(&self) -> &Reached {
        &self.reached
    }

    /// The same, where no more is asked.
    pub fn into_reached(self) -> Reached {
        self.reached
    }

    /// Everything that can run from `roots`, each by a shortest path; of paths of one length, the one from the first
    /// root and the first call counts. Calls of which `passes(caller, code unit)` is false are not followed.
    pub fn reach(&self, roots: &[Root], passes: &impl Fn(Method, u32) -> bool) -> Reach {
        let hierarchy = self.parts.hierarchy;
        let mut reach = Reach { methods: vec![0; hierarchy.methods().len()], steps: Vec::new() };
        let mut objects = vec![false; self.made.len()];
        let mut initialised = vec![false; self.made.len()];
        let mut called = vec![false; self.targets.len()];
        // A call costs one step; what lies between caller and method costs none and goes first.
        let mut waiting: VecDeque<Step> =
            (0..).zip(roots).map(|(root, start)| Step { to: Node::of(*start), from: None, root }).collect();
        while let Some(step) = waiting.pop_front() {
            let new = match step.to {
                Node::Method(method) => reach.methods.get(method.0 as usize) == Some(&0),
                Node::Object(class) => mark(&mut objects, class.0),
                Node::Call(call) => mark(&mut called, call.0),
                Node::Initialiser(class) => mark(&mut initialised, class.0),
            };
            if !new {
                continue;
            }
            let place = number(reach.steps.len());
            reach.steps.push(step);
            let next = |to: Node| Step { to, from: Some(place), root: step.root };
            match step.to {
                Node::Method(method) => {
                    if let Some(slot) = reach.methods.get_mut(method.0 as usize) {
                        *slot = place.saturating_add(1);
                    }
                    self.parts.each(method, |fact| {
                        // Most of what a method does was met before.
                        let is_new = match fact.act {
                            Act::Call(method) | Act::Bind(method) => reach.methods.get(method.0 as usize) == Some(&0),
                            Act::Dispatch(call) => called.get(call.0 as usize) == Some(&false),
                            Act::Make(class) => objects.get(class.0 as usize) == Some(&false),
                            Act::Touch(class) => initialised.get(class.0 as usize) == Some(&false),
                        };
                        if is_new && passes(method, fact.pc) {
                            waiting.push_back(next(match fact.act {
                                Act::Make(class) if self.unused.contains(&(method, fact.pc)) => {
                                    Node::Initialiser(class)
                                }
                                act => Node::by(act),
                            }));
                        }
                    });
                }
                Node::Object(class) => {
                    if self.made.get(class.0 as usize) == Some(&true) {
                        let callbacks = self.parts.framework.of(class).callbacks.iter();
                        callbacks.rev().for_each(|method| waiting.push_front(next(Node::Method(*method))));
                    }
                    waiting.push_front(next(Node::Initialiser(class)));
                }
                Node::Call(call) => {
                    let targets = self.targets.get(call.0 as usize).into_iter().flatten();
                    targets.rev().for_each(|method| waiting.push_front(next(Node::Method(*method))));
                }
                Node::Initialiser(class) => {
                    let all = initialisers(hierarchy, class);
                    all.into_iter().rev().for_each(|method| waiting.push_front(next(Node::Method(method))));
                }
            }
        }
        reach
    }
}

/// Marks a place; whether it was not marked before.
fn mark(marks: &mut [bool], place: u32) -> bool {
    marks.get_mut(place as usize).is_some_and(|marked| !std::mem::replace(marked, true))
}

impl Node {
    fn of(root: Root) -> Self {
        match root {
            Root::Object(class) => Self::Object(class),
            Root::Call(method) => Self::Method(method),
            Root::Initialiser(class) => Self::Initialiser(class),
        }
    }

    fn by(act: Act) -> Self {
        match act {
            Act::Call(method) | Act::Bind(method) => Self::Method(method),
            Act::Dispatch(call) => Self::Call(call),
            Act::Make(class) => Self::Object(class),
            Act::Touch(class) => Self::Initialiser(class),
        }
    }
}

impl Reached {
    /// Whether a method is among them.
    pub fn contains(&self, method: Method) -> bool {
        self.0.get(method.0 as usize).copied().unwrap_or(false)
    }

    /// All of them, ascending.
    pub fn methods(&self) -> impl Iterator<Item = Method> {
        (0..).zip(&self.0).filter(|(_, reached)| **reached).map(|(method, _)| Method(method))
    }
}

impl Reach {
    /// Whether a method was reached.
    pub fn contains(&self, method: Method) -> bool {
        self.methods.get(method.0 as usize).is_some_and(|step| *step != 0)
    }

    /// How a method was reached.
    pub fn path(&self, method: Method) -> Option<Path> {
        let mut place = self.methods.get(method.0 as usize)?.checked_sub(1);
        let root = self.steps.get(place? as usize)?.root;
        let mut methods = Vec::new();
        while let Some(step) = place.and_then(|place| self.steps.get(place as usize)) {
            if let Node::Method(method) = step.to {
                methods.push(method);
            }
            place = step.from;
        }
        methods.reverse();
        if methods.len() > MAX_FRAMES {
            let half = MAX_FRAMES / 2;
            methods.drain(half..methods.len().saturating_sub(half));
        }
        Some(Path { root: root as usize, methods })
    }
}

/// The signature of static initialisers.
static INITIALISER: LazyLock<Signature> = LazyLock::new(|| Signature::of("<clinit>()V"));

/// The static initialisers that the use of a class runs: its own and those above, the highest first.
fn initialisers(hierarchy: &Hierarchy<'_, '_>, class: Type) -> Vec<Method> {
    let signature = *INITIALISER;
    let mut all = Vec::new();
    let mut next = Some(class);
    for _ in 0..super::hierarchy::MAX_STEPS {
        let Some(class) = next.and_then(|class| hierarchy.class(class)) else { break };
        all.extend(hierarchy.declares(class, signature));
        next = class.superclass;
    }
    all.reverse();
    all
}

/// The work of growing a graph.
struct Growth<'w, 'g, 'h, 'p, 'b, P> {
    graph: &'w mut Graph<'g, 'h, 'p, 'b>,
    waiting: Vec<Method>,
    touched: Vec<bool>,
    /// By type: classes below it that were made.
    made_below: Vec<Vec<Type>>,
    /// By type: calls on it that were met.
    asked_of: Vec<Vec<(Signature, Call)>>,
    /// By call: whether it was met.
    asked: Vec<bool>,
    room: usize,
    passes: &'w P,
}

impl<P: Fn(Method, u32) -> bool> Growth<'_, '_, '_, '_, '_, P> {
    fn run(mut self, roots: &[Root]) {
        for root in roots {
            match *root {
                Root::Object(class) => self.make(class),
                Root::Call(method) => self.enter(method),
                Root::Initialiser(class) => self.touch(class),
            }
        }
        let parts = self.graph.parts;
        while let Some(method) = self.waiting.pop() {
            parts.each(method, |fact| {
                if !(self.passes)(method, fact.pc) {
                    return;
                }
                match fact.act {
                    Act::Call(called) | Act::Bind(called) => self.enter(called),
                    Act::Make(class) if self.is_unused(class, method, fact.pc) => self.touch(class),
                    Act::Make(class) => self.make(class),
                    Act::Touch(class) => self.touch(class),
                    Act::Dispatch(call) => self.call(call),
                }
            });
        }
        self.graph.truncated = self.room == 0;
    }

    fn enter(&mut self, method: Method) {
        if mark(&mut self.graph.reached.0, method.0) {
            self.waiting.push(method);
        }
    }

    fn touch(&mut self, class: Type) {
        if mark(&mut self.touched, class.0) {
            for method in initialisers(self.graph.parts.hierarchy, class) {
                self.enter(method);
            }
        }
    }

    /// Whether nobody gets the object that is made at a place; where somebody got one of the class already, that matters
    /// no more.
    fn is_unused(&mut self, class: Type, method: Method, pc: u32) -> bool {
        let parts = self.graph.parts;
        let is_made = self.graph.made.get(class.0 as usize) == Some(&true);
        let is_ours = || parts.hierarchy.class(class).is_some();
        let unused = !is_made && is_ours() && parts.unused.contains(method, pc);
        if unused {
            self.graph.unused.insert((method, pc));
        }
        unused
    }

    /// Reachable code makes objects of a class.
    fn make(&mut self, class: Type) {
        if self.graph.parts.hierarchy.class(class).is_none() || !mark(&mut self.graph.made, class.0) {
            return;
        }
        self.touch(class);
        let framework = self.graph.parts.framework;
        let lineage = framework.of(class);
        for method in &lineage.callbacks {
            self.enter(*method);
        }
        for ty in lineage.above.iter().copied().chain([class]) {
            if let Some(made) = self.made_below.get_mut(ty.0 as usize) {
                made.push(class);
            }
            let asked = self.asked_of.get_mut(ty.0 as usize).map(std::mem::take).unwrap_or_default();
            for (signature, call) in &asked {
                self.pair(class, *signature, *call);
            }
            if let Some(slot) = self.asked_of.get_mut(ty.0 as usize) {
                *slot = asked;
            }
        }
    }

    /// Reachable code calls a method on an object.
    fn call(&mut self, call: Call) {
        let Some((class, signature)) = self.graph.parts.linkage.call(call) else { return };
        if !mark(&mut self.asked, call.0) {
            return;
        }
        if let Some(asked) = self.asked_of.get_mut(class.0 as usize) {
            asked.push((signature, call));
        }
        let below = self.made_below.get_mut(class.0 as usize).map(std::mem::take).unwrap_or_default();
        for made in &below {
            self.pair(*made, signature, call);
        }
        if let Some(slot) = self.made_below.get_mut(class.0 as usize) {
            *slot = below;
        }
    }

    /// A call may run the method of a class that was made.
    fn pair(&mut self, class: Type, signature: Signature, call: Call) {
        let Some(room) = self.room.checked_sub(1) else { return };
        self.room = room;
        if let Some(method) = self.graph.parts.hierarchy.resolve(class, signature) {
            if let Some(targets) = self.graph.targets.get_mut(call.0 as usize) {
                targets.push(method);
            }
            self.enter(method);
        }
    }
}
