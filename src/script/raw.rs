//! Runs of printable characters, for files whose format says nothing more.

use std::borrow::Cow;

use super::{Role, Text};

/// Bytes of the shortest run that is told: names of interest are longer, noise is not.
const MIN_RUN: usize = 6;

/// The runs of printable ASCII in a file.
#[derive(Debug, Clone)]
pub(super) struct Runs<'b> {
    bytes: &'b [u8],
    place: usize,
}

impl<'b> Runs<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes, place: 0 }
    }
}

impl<'b> Iterator for Runs<'b> {
    type Item = Text<'b>;

    fn next(&mut self) -> Option<Text<'b>> {
        loop {
            let rest = self.bytes.get(self.place..).filter(|rest| !rest.is_empty())?;
            let skipped = rest.iter().position(|byte| is_printable(*byte)).unwrap_or(rest.len());
            let run = rest.get(skipped..).unwrap_or_default();
            let length = run.iter().position(|byte| !is_printable(*byte)).unwrap_or(run.len());
            let offset = self.place.saturating_add(skipped);
            self.place = offset.saturating_add(length).max(self.place.saturating_add(1));
            if MIN_RUN <= length {
                let bytes = Cow::Borrowed(run.get(..length).unwrap_or_default());
                return Some(Text { offset, bytes, role: Role::Raw });
            }
        }
    }
}

fn is_printable(byte: u8) -> bool {
    (b' '..0x7f).contains(&byte)
}
