//! Reads that may run again and again: in what the system calls at each return or touch, by a clock, in a message that
//! posts itself anew, or in a loop that waits.
//!
//! A loop that does not wait walks over a list and is none of these. Whether a value is kept after the first time, the
//! code here does not tell.

use super::model::Repeat;
use crate::catalog::Catalog;
use crate::dex::{Glance, Instruction, MethodIdx};
use crate::flow::{Hierarchy, Method, Signature, Type};

/// Methods of a path, from the read upwards, that are looked at: further up, what is called once may be in between.
const NEAR: usize = 3;

/// What runs again and again, by the catalog.
pub(super) struct Repeats<'h, 'p, 'b> {
    hierarchy: &'h Hierarchy<'p, 'b>,
    /// Methods that the system calls so, those of one class with it.
    callbacks: Vec<(Option<Type>, Signature, &'static str)>,
    /// Methods that run again where they call one of `posts`.
    posted: Vec<Signature>,
    posts: Vec<Signature>,
    waits: Vec<Signature>,
}

impl<'h, 'p, 'b> Repeats<'h, 'p, 'b> {
    pub(super) fn new(catalog: &'static Catalog, hierarchy: &'h Hierarchy<'p, 'b>) -> Self {
        let mut it =
            Self { hierarchy, callbacks: Vec::new(), posted: Vec::new(), posts: Vec::new(), waits: Vec::new() };
        for marker in catalog.markers("repeated") {
            let (class, signature) = marker.pattern.split_once("->").unwrap_or(("", marker.pattern));
            let signature = Signature::of(signature);
            match marker.name {
                "posted" => it.posted.push(signature),
                "posts" => it.posts.push(signature),
                "waits" => it.waits.push(signature),
                // A class that no file names has nothing below it.
                name if class.is_empty() => it.callbacks.push((None, signature, name)),
                name => it.callbacks.extend(hierarchy.type_named(class).map(|ty| (Some(ty), signature, name))),
            }
        }
        it
    }

    /// What makes the end of a path run again and again, where its last method reads at a place.
    pub(super) fn on(&self, path: &[Method], pc: u32) -> Option<Repeat> {
        let near = path.iter().rev().take(NEAR).enumerate();
        near.into_iter().find_map(|(above, method)| {
            let kind = self.called(*method).or_else(|| self.again(*method, (above == 0).then_some(pc)))?;
            Some(Repeat { kind, method: self.hierarchy.describe(*method)? })
        })
    }

    /// How the system calls a method again and again.
    fn called(&self, method: Method) -> Option<&'static str> {
        let (class, signature) = self.named(method)?;
        let is_below = |of: &Option<Type>| of.is_none_or(|of| self.hierarchy.ancestors(class).contains(&of));
        let found = self.callbacks.iter().find(|(of, callback, _)| *callback == signature && is_below(of));
        found.map(|(_, _, kind)| *kind)
    }

    /// Whether a method posts itself, or waits in the loop around a place.
    fn again(&self, method: Method, pc: Option<u32>) -> Option<&'static str> {
        let (_, signature) = self.named(method)?;
        let may_be_posted = self.posted.contains(&signature);
        if !may_be_posted && pc.is_none() {
            return None;
        }
        let defined = self.hierarchy.method(method)?;
        let unit = self.hierarchy.program.units.get(defined.unit as usize)?;
        let code = unit.dex.code(&defined.row).ok().flatten()?;
        let calls = |instruction: &Instruction, wanted: &[Signature]| {
            let is_call = matches!(instruction.byte, 0x6e..=0x72 | 0x74..=0x78);
            let called = || self.hierarchy.signature(defined.unit, MethodIdx(instruction.index));
            is_call && called().is_some_and(|signature| wanted.contains(&signature))
        };
        if may_be_posted && code.instructions().any(|it| calls(&it, &self.posts)) {
            return Some("posted");
        }
        let pc = pc?;
        let is_branch = |it: &Glance| pc <= it.pc && matches!(it.byte, 0x28..=0x2a | 0x32..=0x3d);
        let branches = code.glances().filter(is_branch);
        let around: Vec<_> =
            branches.filter_map(|it| Some((it.target(code.insns)?, it.pc))).filter(|(start, _)| *start <= pc).collect();
        let is_around = |it: &Instruction| around.iter().any(|(start, end)| (*start..=*end).contains(&it.pc));
        let waits = !around.is_empty() && code.instructions().any(|it| is_around(&it) && calls(&it, &self.waits));
        waits.then_some("waits")
    }

    fn named(&self, method: Method) -> Option<(Type, Signature)> {
        let defined = self.hierarchy.method(method)?;
        Some((defined.class, self.hierarchy.signature(defined.unit, defined.row.method)?))
    }
}
