//! The layouts of the methods that were asked about: the code is seen first for its own constants, and again by each
//! question whose way leads through it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;

use super::defs::Layout;
use crate::dex::Code;

/// Bytes of a program for each instruction that is kept, and instructions that are kept of any.
const BYTES_PER_OP: usize = 64;
const OPS_FREE: usize = 1 << 16;

/// A layout, by the file and the place of its code.
type Known<'b> = FxHashMap<(u32, u32), Option<Arc<Layout<'b>>>>;

/// Layouts that are kept, for all threads.
#[derive(Debug, Default)]
pub(super) struct Layouts<'b> {
    known: Mutex<Known<'b>>,
    /// Instructions that may still be kept.
    room: AtomicUsize,
}

impl<'b> Layouts<'b> {
    /// Room for those of a program with that many bytes.
    pub(super) fn of_bytes(bytes: usize) -> Self {
        let room = AtomicUsize::new((bytes / BYTES_PER_OP).saturating_add(OPS_FREE));
        Self { known: Mutex::default(), room }
    }

    /// The layout of a method of the file at position `unit`; none where [`Layout::of`] gives none.
    pub(super) fn at(&self, unit: u32, code: &Code<'b>) -> Option<Arc<Layout<'b>>> {
        let key = (unit, code.offset);
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(layout) = known().get(&key) {
            return layout.clone();
        }
        let layout = Layout::of(code).map(Arc::new);
        let ops = layout.as_ref().map_or(0, |layout| layout.ops().len());
        let taken = |room: usize| room.checked_sub(ops);
        if self.room.fetch_update(Ordering::Relaxed, Ordering::Relaxed, taken).is_ok() {
            known().insert(key, layout.clone());
        }
        layout
    }
}
