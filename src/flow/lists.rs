//! Lists by a number, one behind another in one piece of memory.

use super::hierarchy::number;
use super::program::Signature;

/// Lists of things, by a number.
#[derive(Debug)]
pub(super) struct Lists<T> {
    /// By number: where its list starts; one more at the end.
    starts: Vec<u32>,
    items: Vec<T>,
}

impl<T: Copy> Lists<T> {
    /// Lists for the numbers below `count` of the pairs of number and item; `filler` is any item.
    pub(super) fn of<I: Iterator<Item = (u32, T)>>(count: u32, filler: T, pairs: impl Fn() -> I) -> Self {
        let mut starts = vec![0u32; (count as usize).saturating_add(1)];
        pairs().for_each(|(place, _)| {
            if let Some(start) = starts.get_mut((place as usize).saturating_add(1)) {
                *start = start.saturating_add(1);
            }
        });
        let mut sum = 0u32;
        for start in &mut starts {
            sum = sum.saturating_add(*start);
            *start = sum;
        }
        let mut next = starts.clone();
        let mut items = vec![filler; sum as usize];
        pairs().for_each(|(place, item)| {
            let Some(slot) = next.get_mut(place as usize) else { return };
            if let Some(free) = items.get_mut(*slot as usize) {
                *free = item;
                *slot = slot.saturating_add(1);
            }
        });
        Self { starts, items }
    }

    pub(super) fn at(&self, place: u32) -> &[T] {
        let place = place as usize;
        let bounds = self.starts.get(place).zip(self.starts.get(place.saturating_add(1)));
        bounds.and_then(|(start, end)| self.items.get(*start as usize..*end as usize)).unwrap_or_default()
    }
}

/// Things by a signature. Those with signatures that start alike lie together, some few in a list; nothing is sorted.
#[derive(Debug)]
pub(super) struct BySignature<T> {
    lists: Lists<(Signature, T)>,
    /// Bits of a signature that the number of its list does not have.
    rest: u32,
}

impl<T: Copy> BySignature<T> {
    /// Those of the pairs, in order for each signature; `filler` is any thing.
    pub(super) fn of(pairs: &[(Signature, T)], filler: T) -> Self {
        let bits = number(pairs.len()).checked_ilog2().unwrap_or(0).saturating_add(1).min(31);
        let rest = u64::BITS.saturating_sub(bits);
        let numbered = || pairs.iter().map(|pair| (list_of(pair.0, rest), *pair));
        Self { lists: Lists::of(1u32.wrapping_shl(bits), (Signature(0), filler), numbered), rest }
    }

    /// All of one signature.
    pub(super) fn with(&self, signature: Signature) -> impl Iterator<Item = T> {
        let together = self.lists.at(list_of(signature, self.rest)).iter();
        together.filter(move |(other, _)| *other == signature).map(|(_, thing)| *thing)
    }
}

fn list_of(signature: Signature, rest: u32) -> u32 {
    u32::try_from(signature.0.wrapping_shr(rest)).unwrap_or(u32::MAX)
}
