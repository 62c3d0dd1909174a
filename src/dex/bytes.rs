//! Checked little-endian reads at an offset, and LEB128.

/// The two bytes at `offset`.
pub(super) fn u16_at(data: &[u8], offset: usize) -> Option<u16> {
    data.get(offset..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
}

/// The four bytes at `offset`.
pub(super) fn u32_at(data: &[u8], offset: usize) -> Option<u32> {
    data.get(offset..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

/// An offset or index of the format, as one into memory. Targets have at least 32 bits.
pub(super) fn at(value: u32) -> usize {
    value as usize
}

/// A place in bytes from which values are taken one after the other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    data: &'a [u8],
    /// The next byte.
    pub(super) offset: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(data: &'a [u8], offset: usize) -> Self {
        Self { data, offset }
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        let byte = *self.data.get(self.offset)?;
        self.offset = self.offset.checked_add(1)?;
        Some(byte)
    }

    /// ULEB128 of at most five bytes. Bits beyond the 32nd are dropped, as the runtime does.
    #[inline]
    pub(super) fn uleb128(&mut self) -> Option<u32> {
        let first = self.u8()?;
        if first < 0x80 {
            return Some(u32::from(first));
        }
        let mut value = u32::from(first & 0x7f);
        for shift in [7u32, 14, 21, 28] {
            let byte = self.u8()?;
            value |= u32::from(byte & 0x7f).wrapping_shl(shift);
            if byte < 0x80 {
                return Some(value);
            }
        }
        // A fifth byte with the continuation bit set: the encoding ends here whatever the bit says.
        Some(value)
    }

    /// SLEB128 of at most five bytes.
    pub(super) fn sleb128(&mut self) -> Option<i32> {
        let mut value = 0u32;
        for shift in [0u32, 7, 14, 21, 28] {
            let byte = self.u8()?;
            value |= u32::from(byte & 0x7f).wrapping_shl(shift);
            if byte < 0x80 || shift == 28 {
                let unused = 32u32.saturating_sub(shift.saturating_add(7));
                return Some(value.wrapping_shl(unused).cast_signed().wrapping_shr(unused));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn uleb(mut value: u32) -> Vec<u8> {
        let mut out = Vec::new();
        loop {
            let byte = (value & 0x7f) as u8;
            value >>= 7;
            if value == 0 {
                out.push(byte);
                return out;
            }
            out.push(byte | 0x80);
        }
    }

    #[test]
    fn leb128_examples_of_the_specification() {
        for (bytes, signed, unsigned) in
            [(&[0x00][..], 0, 0), (&[0x01], 1, 1), (&[0x7f], -1, 127), (&[0x80, 0x7f], -128, 16256)]
        {
            assert_eq!(Cursor::new(bytes, 0).sleb128(), Some(signed), "{bytes:x?}");
            assert_eq!(Cursor::new(bytes, 0).uleb128(), Some(unsigned), "{bytes:x?}");
        }
    }

    #[test]
    fn a_number_that_never_ends_takes_five_bytes() {
        let mut cursor = Cursor::new(&[0xff; 16], 0);
        assert_eq!(cursor.uleb128(), Some(u32::MAX));
        assert_eq!(cursor.offset, 5);
        assert_eq!(Cursor::new(&[0x80, 0x80], 0).uleb128(), None, "cut off");
    }

    proptest! {
        #[test]
        fn uleb128_round_trips(value: u32) {
            let bytes = uleb(value);
            let mut cursor = Cursor::new(&bytes, 0);
            prop_assert_eq!(cursor.uleb128(), Some(value));
            prop_assert_eq!(cursor.offset, bytes.len());
        }
    }
}
