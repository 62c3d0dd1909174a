//! The call graph of a program: from entry points, through calls, to all that can run.
//!
//! Calls on objects reach the methods of those classes that reachable code makes (rapid type analysis, Bacon & Sweeney
//! 1996). The platform calls the methods that such a class overrides of platform classes; which those are a [`Platform`]
//! says. What only reflection or native code calls is not reached.

use std::collections::VecDeque;

use rustc_hash::{FxHashMap, FxHashSet};

use super::facts::{Act, Fact, Facts};
use super::hierarchy::{Hierarchy, Method, Signature, Type, number};
use crate::dex::MethodIdx;

/// Pairs of a class and a call on it that are looked at, for each method of the program and in all: a hostile hierarchy
/// could ask for their product.
const PAIRS_PER_METHOD: usize = 64;
const PAIRS_FREE: usize = 1 << 20;

/// Frames of a path that is told.
const MAX_FRAMES: usize = 12;

/// What is known of classes that the program does not define.
pub trait Platform: Sync {
    /// A number for the class with a descriptor; the same for the same class.
    fn class(&self, descriptor: &[u8]) -> u64;

    /// The class itself and all above it, by number; empty where the class is unknown.
    fn with_ancestors(&self, class: u64) -> Vec<u64>;

    /// A number for the signature `name(args)ret`, where any class declares a method with it that may be overridden.
    fn signature(&self, text: &str) -> Option<u64>;

    /// Whether the class itself declares that method.
    fn declares(&self, class: u64, signature: u64) -> bool;
}

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

/// The graph below a set of roots.
#[derive(Debug)]
pub struct Graph<'h, 'p, 'b> {
    hierarchy: &'h Hierarchy<'p, 'b>,
    facts: &'h Facts,
    /// By type: methods that the platform calls on an object of it; none = no reachable code makes one.
    callbacks: FxHashMap<Type, Vec<Method>>,
    /// Calls on objects, by the class that they name and the signature.
    calls: FxHashMap<(Type, Signature), u32>,
    /// By number of such a call: the methods that it may run.
    targets: Vec<Vec<Method>>,
    /// Whether the limit of pairs cut the graph.
    truncated: bool,
}

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
    Call(u32),
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

impl<'h, 'p, 'b> Graph<'h, 'p, 'b> {
    /// Grows the graph from `roots` until nothing is added; calls of which `passes(caller, code unit)` is false are not
    /// followed. Only objects that are made on these ways take calls, so each question about other roots needs a graph of
    /// its own.
    pub fn new(
        hierarchy: &'h Hierarchy<'p, 'b>,
        facts: &'h Facts,
        platform: &dyn Platform,
        roots: &[Root],
        passes: &dyn Fn(Method, u32) -> bool,
    ) -> Self {
        let room = hierarchy.methods().len().saturating_mul(PAIRS_PER_METHOD).saturating_add(PAIRS_FREE);
        let mut it = Self {
            hierarchy,
            facts,
            callbacks: FxHashMap::default(),
            calls: FxHashMap::default(),
            targets: Vec::new(),
            truncated: false,
        };
        Growth {
            graph: &mut it,
            outside: Outside::new(hierarchy, platform),
            reached: vec![false; hierarchy.methods().len()],
            waiting: Vec::new(),
            touched: FxHashSet::default(),
            made_below: FxHashMap::default(),
            asked_of: FxHashMap::default(),
            room,
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

    /// Everything that can run from `roots`, each by a shortest path; of paths of one length, the one from the first
    /// root and the first call counts. Calls of which `passes(caller, code unit)` is false are not followed.
    pub fn reach(&self, roots: &[Root], passes: impl Fn(Method, u32) -> bool) -> Reach {
        let mut reach = Reach { methods: vec![0; self.hierarchy.methods().len()], steps: Vec::new() };
        let mut seen: FxHashSet<Node> = FxHashSet::default();
        // A call costs one step; what lies between caller and method costs none and goes first.
        let mut waiting: VecDeque<Step> =
            (0..).zip(roots).map(|(root, start)| Step { to: Node::of(*start), from: None, root }).collect();
        while let Some(step) = waiting.pop_front() {
            let new = match step.to {
                Node::Method(method) => reach.methods.get(method.0 as usize) == Some(&0),
                node => seen.insert(node),
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
                    let followed = self.facts.at(method).iter().filter(|fact| passes(method, fact.pc));
                    waiting.extend(followed.filter_map(|fact| self.node(method, fact)).map(next));
                }
                Node::Object(class) => {
                    let initialiser = std::iter::once(Node::Initialiser(class));
                    let callbacks = self.callbacks.get(&class).into_iter().flatten().map(|it| Node::Method(*it));
                    let all: Vec<Node> = initialiser.chain(callbacks).collect();
                    all.into_iter().rev().for_each(|node| waiting.push_front(next(node)));
                }
                Node::Call(call) => {
                    let targets = self.targets.get(call as usize).into_iter().flatten();
                    targets.rev().for_each(|method| waiting.push_front(next(Node::Method(*method))));
                }
                Node::Initialiser(class) => {
                    let all = initialisers(self.hierarchy, class);
                    all.into_iter().rev().for_each(|method| waiting.push_front(next(Node::Method(method))));
                }
            }
        }
        reach
    }

    fn node(&self, method: Method, fact: &Fact) -> Option<Node> {
        Some(match fact.act {
            Act::Call(called) => Node::Method(called),
            Act::Make(class) => Node::Object(class),
            Act::Touch(class) => Node::Initialiser(class),
            Act::Dispatch(index) => {
                let named = self.hierarchy.named(self.hierarchy.method(method)?.unit, index)?;
                Node::Call(*self.calls.get(&named)?)
            }
        })
    }
}

impl Node {
    fn of(root: Root) -> Self {
        match root {
            Root::Object(class) => Self::Object(class),
            Root::Call(method) => Self::Method(method),
            Root::Initialiser(class) => Self::Initialiser(class),
        }
    }
}

impl Reach {
    /// Whether a method was reached.
    pub fn contains(&self, method: Method) -> bool {
        self.methods.get(method.0 as usize).is_some_and(|step| *step != 0)
    }

    /// All methods that were reached.
    pub fn methods(&self) -> impl Iterator<Item = Method> {
        (0..).zip(&self.methods).filter(|(_, step)| **step != 0).map(|(method, _)| Method(method))
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

/// The static initialisers that the use of a class runs: its own and those above, the highest first.
fn initialisers(hierarchy: &Hierarchy<'_, '_>, class: Type) -> Vec<Method> {
    let signature = Signature::of("<clinit>()V");
    let mut all = Vec::new();
    let mut next = Some(class);
    for _ in 0..super::hierarchy::MAX_STEPS {
        let Some(class) = next.and_then(|class| hierarchy.class(class)) else { break };
        all.extend(class.declares(signature));
        next = class.superclass;
    }
    all.reverse();
    all
}

/// The classes that the program does not define, as its hierarchy meets them.
struct Outside<'h, 'p, 'b, 'o> {
    hierarchy: &'h Hierarchy<'p, 'b>,
    platform: &'o dyn Platform,
    /// Types of the program by the platform's number.
    types: FxHashMap<u64, Type>,
}

impl<'h, 'p, 'b, 'o> Outside<'h, 'p, 'b, 'o> {
    fn new(hierarchy: &'h Hierarchy<'p, 'b>, platform: &'o dyn Platform) -> Self {
        let outside = (0..hierarchy.type_count()).map(Type).filter(|ty| hierarchy.class(*ty).is_none());
        let numbered = outside.map(|ty| (platform.class(hierarchy.descriptor(ty)), ty));
        Self { hierarchy, platform, types: numbered.collect() }
    }

    /// Everything above a class: types of the program, and platform classes by number.
    fn above(&self, class: Type) -> (Vec<Type>, Vec<u64>) {
        let mut types = self.hierarchy.ancestors(class);
        let mut classes = Vec::new();
        for ty in types.iter().filter(|ty| self.hierarchy.class(**ty).is_none()) {
            let known = self.platform.class(self.hierarchy.descriptor(*ty));
            classes.extend(self.platform.with_ancestors(known));
        }
        classes.sort_unstable();
        classes.dedup();
        for ty in classes.iter().filter_map(|class| self.types.get(class)) {
            if !types.contains(ty) {
                types.push(*ty);
            }
        }
        (types, classes)
    }
}

/// The work of growing a graph.
struct Growth<'g, 'h, 'p, 'b, 'o> {
    graph: &'g mut Graph<'h, 'p, 'b>,
    outside: Outside<'h, 'p, 'b, 'o>,
    reached: Vec<bool>,
    waiting: Vec<Method>,
    touched: FxHashSet<Type>,
    /// By type: classes below it that were made.
    made_below: FxHashMap<Type, Vec<Type>>,
    /// By type: calls on it that were met.
    asked_of: FxHashMap<Type, Vec<(Signature, u32)>>,
    room: usize,
    passes: &'o dyn Fn(Method, u32) -> bool,
}

impl Growth<'_, '_, '_, '_, '_> {
    fn run(mut self, roots: &[Root]) {
        for root in roots {
            match *root {
                Root::Object(class) => self.make(class),
                Root::Call(method) => self.enter(method),
                Root::Initialiser(class) => self.touch(class),
            }
        }
        while let Some(method) = self.waiting.pop() {
            let Some(unit) = self.graph.hierarchy.method(method).map(|method| method.unit) else { continue };
            for place in 0.. {
                let Some(fact) = self.graph.facts.at(method).get(place).copied() else { break };
                if !(self.passes)(method, fact.pc) {
                    continue;
                }
                match fact.act {
                    Act::Call(called) => self.enter(called),
                    Act::Make(class) => self.make(class),
                    Act::Touch(class) => self.touch(class),
                    Act::Dispatch(index) => self.call(unit, index),
                }
            }
        }
        self.graph.truncated = self.room == 0;
    }

    fn enter(&mut self, method: Method) {
        if let Some(reached) = self.reached.get_mut(method.0 as usize).filter(|reached| !**reached) {
            *reached = true;
            self.waiting.push(method);
        }
    }

    fn touch(&mut self, class: Type) {
        if self.touched.insert(class) {
            for method in initialisers(self.graph.hierarchy, class) {
                self.enter(method);
            }
        }
    }

    /// Reachable code makes objects of a class.
    fn make(&mut self, class: Type) {
        if self.graph.callbacks.contains_key(&class) || self.graph.hierarchy.class(class).is_none() {
            return;
        }
        self.touch(class);
        let (types, outside) = self.outside.above(class);
        let callbacks = self.callbacks(class, &outside);
        for method in &callbacks {
            self.enter(*method);
        }
        self.graph.callbacks.insert(class, callbacks);
        for ty in types.into_iter().chain([class]) {
            self.made_below.entry(ty).or_default().push(class);
            for (signature, call) in self.asked_of.get(&ty).cloned().unwrap_or_default() {
                self.pair(class, signature, call);
            }
        }
    }

    /// The methods of a class, its own and inherited, that override one of the platform.
    fn callbacks(&self, class: Type, outside: &[u64]) -> Vec<Method> {
        let hierarchy = self.graph.hierarchy;
        let mut found = Vec::new();
        let mut overridden: FxHashSet<Signature> = FxHashSet::default();
        let lineage = std::iter::once(class).chain(hierarchy.ancestors(class));
        for (signature, method) in lineage.filter_map(|ty| hierarchy.class(ty)).flat_map(|class| &class.methods) {
            let Some(defined) = hierarchy.method(*method).filter(|defined| defined.is_virtual()) else { continue };
            if !overridden.insert(*signature) || defined.row.code == 0 {
                continue;
            }
            let text = hierarchy.signature_text(defined.unit, defined.row.method);
            let known = text.and_then(|text| self.outside.platform.signature(&text));
            if known.is_some_and(|known| outside.iter().any(|class| self.outside.platform.declares(*class, known))) {
                found.push(*method);
            }
        }
        found.sort_unstable();
        found
    }

    /// Reachable code calls a method on an object.
    fn call(&mut self, unit: u32, index: MethodIdx) {
        let Some((class, signature)) = self.graph.hierarchy.named(unit, index) else { return };
        if self.graph.calls.contains_key(&(class, signature)) {
            return;
        }
        let call = number(self.graph.targets.len());
        self.graph.calls.insert((class, signature), call);
        self.graph.targets.push(Vec::new());
        self.asked_of.entry(class).or_default().push((signature, call));
        for made in self.made_below.get(&class).cloned().unwrap_or_default() {
            self.pair(made, signature, call);
        }
    }

    /// A call may run the method of a class that was made.
    fn pair(&mut self, class: Type, signature: Signature, call: u32) {
        let Some(room) = self.room.checked_sub(1) else { return };
        self.room = room;
        if let Some(method) = self.graph.hierarchy.resolve(class, signature) {
            if let Some(targets) = self.graph.targets.get_mut(call as usize) {
                targets.push(method);
            }
            self.enter(method);
        }
    }
}
