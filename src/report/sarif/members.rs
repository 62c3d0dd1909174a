//! Classes and members that places name, once each: a run has few of them and very many places.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::super::names::dotted;
use super::log::Logical;

/// The list of a run.
#[derive(Default)]
pub(super) struct Members<'a> {
    pub(super) list: Vec<Logical<'a>>,
    known: FxHashMap<&'a str, usize>,
}

impl<'a> Members<'a> {
    /// Where the list has a class or member, which is put there.
    pub(super) fn add(&mut self, code: &'a str) -> usize {
        let list = &mut self.list;
        *self.known.entry(code).or_insert_with(|| {
            list.push(Logical {
                fully_qualified_name: Some(Cow::Owned(dotted(code))),
                decorated_name: Some(code),
                kind: Some(if code.contains("->") { "member" } else { "type" }),
                ..Logical::default()
            });
            list.len() - 1
        })
    }

    /// The name of one of the list, as a person says it.
    pub(super) fn name(&self, index: usize) -> &str {
        self.list.get(index).and_then(|it| it.fully_qualified_name.as_deref()).unwrap_or_default()
    }
}
