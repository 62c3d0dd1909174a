//! Where in the policy nothing was found: a finding that rests on silence says which parts were looked through.

use super::{Case, Searched};
use crate::catalog::Rule;
use crate::disclosure::Cite;

impl Case<'_> {
    /// The parts of the policy that a rule looks through.
    pub(super) fn searched(&self, rule: &Rule) -> Vec<Searched> {
        rule.searches.iter().map(|part| self.part(part)).collect()
    }

    fn part(&self, part: &'static str) -> Searched {
        let disclosure = self.disclosure;
        let cites: Vec<&Cite> = match part {
            "collects" => disclosure.collects.iter().map(|it| &it.cite).collect(),
            "sdk" => disclosure.sdk.iter().map(|it| &it.cite).collect(),
            "permission" => disclosure.permission.iter().map(|it| &it.cite).collect(),
            _ => disclosure.claims.stated().map(|(_, claim)| &claim.cite).collect(),
        };
        Searched { part, entries: cites.len(), lines: ranges(cites.iter().map(|cite| cite.lines)) }
    }
}

/// As few ranges of lines as cover the same lines, in order.
fn ranges(lines: impl Iterator<Item = [u32; 2]>) -> Vec<[u32; 2]> {
    let mut sorted: Vec<[u32; 2]> = lines.collect();
    sorted.sort_unstable();
    let mut merged: Vec<[u32; 2]> = Vec::new();
    for [first, last] in sorted {
        match merged.last_mut() {
            Some(before) if first <= before[1].saturating_add(1) => before[1] = before[1].max(last),
            _ => merged.push([first, last]),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_touch_are_one_range() {
        let lines = [[9, 9], [3, 5], [4, 4], [6, 7], [u32::MAX, u32::MAX]];
        assert_eq!(ranges(lines.into_iter()), [[3, 7], [9, 9], [u32::MAX, u32::MAX]]);
        assert_eq!(ranges(std::iter::empty()), Vec::<[u32; 2]>::new());
    }
}
