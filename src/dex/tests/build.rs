//! A writer of DEX files, small enough to see that it is right, and willing to write wrong ones.

/// A code item.
#[derive(Debug, Clone, Default)]
pub(crate) struct Body {
    pub(crate) registers: u16,
    pub(crate) ins: u16,
    pub(crate) insns: Vec<u16>,
    /// Number of `try_item`s, and they with their handlers.
    pub(crate) tries: (u16, Vec<u8>),
}

/// A class whose methods are all direct. Their indices ascend.
#[derive(Debug, Clone, Default)]
pub(crate) struct Class {
    pub(crate) ty: u32,
    pub(crate) superclass: Option<u32>,
    /// Index, access flags, body.
    pub(crate) methods: Vec<(u32, u32, Option<Body>)>,
}

/// A file of version 035.
#[derive(Debug, Clone, Default)]
pub(crate) struct File {
    /// Modified UTF-8.
    pub(crate) strings: Vec<Vec<u8>>,
    pub(crate) types: Vec<u32>,
    /// Shorty, return type, parameters.
    pub(crate) protos: Vec<(u32, u32, Vec<u16>)>,
    /// Class, type, name.
    pub(crate) fields: Vec<(u16, u16, u32)>,
    /// Class, prototype, name.
    pub(crate) methods: Vec<(u16, u16, u32)>,
    pub(crate) classes: Vec<Class>,
}

pub(crate) fn uleb(mut value: u32) -> Vec<u8> {
    let mut out = Vec::new();
    while value > 0x7f {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
    out
}

/// A file with class `LA;`, method `LA;->m()V` (index 0) of that body, string 3 = "text" and field `LA;->m:V` (index 0).
pub(crate) fn method(body: Body) -> Vec<u8> {
    File {
        strings: [&b"LA;"[..], b"V", b"m", b"text"].map(<[u8]>::to_vec).to_vec(),
        types: vec![0, 1],
        protos: vec![(1, 1, Vec::new())],
        fields: vec![(0, 1, 2)],
        methods: vec![(0, 0, 2)],
        classes: vec![Class { ty: 0, superclass: None, methods: vec![(0, 8, Some(body))] }],
    }
    .bytes()
}

/// [`method`] with a body that needs no registers.
pub(crate) fn code(insns: &[u16]) -> Vec<u8> {
    method(Body { registers: 4, insns: insns.to_vec(), ..Body::default() })
}

impl File {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let tables = [
            (self.strings.len(), 4),
            (self.types.len(), 4),
            (self.protos.len(), 12),
            (self.fields.len(), 8),
            (self.methods.len(), 8),
            (self.classes.len(), 32),
        ];
        let mut out = b"dex\n035\0".to_vec();
        out.resize(0x70, 0);
        let put = |out: &mut Vec<u8>, offset: usize, value: u32| {
            out[offset..offset + 4].copy_from_slice(&value.to_le_bytes());
        };
        put(&mut out, 0x24, 0x70);
        put(&mut out, 0x28, 0x1234_5678);
        let mut starts = Vec::new();
        let mut next = 0x70;
        for (number, (count, size)) in tables.into_iter().enumerate() {
            put(&mut out, 0x38 + 8 * number, count as u32);
            put(&mut out, 0x3c + 8 * number, next as u32);
            starts.push(next);
            next += count * size;
        }
        out.resize(next, 0);

        for (row, text) in self.strings.iter().enumerate() {
            let offset = out.len() as u32;
            put(&mut out, starts[0] + 4 * row, offset);
            out.extend(uleb(text.len() as u32));
            out.extend(text);
            out.push(0);
        }
        for (row, string) in self.types.iter().enumerate() {
            put(&mut out, starts[1] + 4 * row, *string);
        }
        for (row, (shorty, result, parameters)) in self.protos.iter().enumerate() {
            out.resize(out.len().next_multiple_of(4), 0);
            let list = if parameters.is_empty() { 0 } else { out.len() as u32 };
            if list != 0 {
                out.extend((parameters.len() as u32).to_le_bytes());
                out.extend(parameters.iter().flat_map(|ty| ty.to_le_bytes()));
            }
            for (place, value) in [*shorty, *result, list].into_iter().enumerate() {
                put(&mut out, starts[2] + 12 * row + 4 * place, value);
            }
        }
        for (start, members) in [(starts[3], &self.fields), (starts[4], &self.methods)] {
            for (row, (class, second, name)) in members.iter().enumerate() {
                put(&mut out, start + 8 * row, u32::from(*class) | u32::from(*second) << 16);
                put(&mut out, start + 8 * row + 4, *name);
            }
        }
        for (row, class) in self.classes.iter().enumerate() {
            let codes: Vec<u32> =
                class.methods.iter().map(|(.., body)| body.as_ref().map_or(0, |it| it.write(&mut out))).collect();
            let data = out.len() as u32;
            out.extend([0, 0]);
            out.extend(uleb(class.methods.len() as u32));
            out.push(0);
            let mut last = 0;
            for ((index, access, _), code) in class.methods.iter().zip(codes) {
                out.extend([uleb(index - last), uleb(*access), uleb(code)].concat());
                last = *index;
            }
            let values = [class.ty, 1, class.superclass.unwrap_or(u32::MAX), 0, u32::MAX, 0, data, 0];
            for (place, value) in values.into_iter().enumerate() {
                put(&mut out, starts[5] + 32 * row + 4 * place, value);
            }
        }
        out.push(0);
        let size = out.len() as u32;
        put(&mut out, 0x20, size);
        out
    }
}

impl Body {
    fn write(&self, out: &mut Vec<u8>) -> u32 {
        out.resize(out.len().next_multiple_of(4), 0);
        let offset = out.len() as u32;
        let (tries, list) = &self.tries;
        out.extend([self.registers, self.ins, 0, *tries, 0, 0].iter().flat_map(|value| value.to_le_bytes()));
        out.extend((self.insns.len() as u32).to_le_bytes());
        out.extend(self.insns.iter().flat_map(|unit| unit.to_le_bytes()));
        if *tries > 0 {
            out.resize(out.len().next_multiple_of(4), 0);
            out.extend(list);
        }
        offset
    }
}
