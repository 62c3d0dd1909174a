//! Compiled XML and resource tables put together by hand, right or wrong, in words of the format.

/// Compiled XML in the making.
pub(super) struct Axml {
    strings: Vec<String>,
    ids: Vec<u32>,
    nodes: Vec<u8>,
    /// Encode the string pool as UTF-8, not UTF-16.
    pub(super) utf8: bool,
    /// `headerSize` of the nodes.
    pub(super) node_header: u16,
    /// `attributeSize`.
    pub(super) stride: u16,
}

/// How an attribute is known.
#[derive(Clone, Copy)]
pub(super) enum Key {
    /// By the resource id at this place of the resource map; its name is empty, as obfuscators leave it.
    Id(u32),
    /// By name alone.
    Plain(&'static str),
    /// By name alone, in a namespace of this name.
    Spaced(&'static str, &'static str),
}

/// What an attribute holds.
#[derive(Clone, Copy)]
pub(super) enum Data {
    Text(&'static str),
    /// `dataType` and `data`.
    Typed(u8, u32),
    /// Text as compiled, and text as written.
    Both(&'static str, &'static str),
}

impl Axml {
    /// Nothing yet; attributes are known by `ids`.
    pub(super) fn new(ids: &[u32]) -> Self {
        let strings = ids.iter().map(|_| String::new()).collect();
        Self { strings, ids: ids.to_vec(), nodes: Vec::new(), utf8: false, node_header: 16, stride: 20 }
    }

    pub(super) fn start(mut self, tag: &str, attributes: &[(Key, Data)]) -> Self {
        let mut body = [u32::MAX, self.string(tag)].map(u32::to_le_bytes).concat();
        let count = u16::try_from(attributes.len()).unwrap();
        body.extend([20, self.stride, count, 0, 0, 0].map(u16::to_le_bytes).concat());
        for (key, data) in attributes {
            let (namespace, name) = match *key {
                Key::Id(id) => {
                    let index = self.ids.iter().position(|known| *known == id).unwrap();
                    (u32::MAX, u32::try_from(index).unwrap())
                }
                Key::Plain(name) => (u32::MAX, self.string(name)),
                Key::Spaced(uri, name) => (self.string(uri), self.string(name)),
            };
            let (raw, kind, data) = match *data {
                Data::Text(text) => (self.string(text), 0x03, self.string(text)),
                Data::Typed(kind, data) => (u32::MAX, kind, data),
                Data::Both(compiled, written) => (self.string(written), 0x03, self.string(compiled)),
            };
            let end = body.len() + usize::from(self.stride);
            body.extend([namespace, name, raw, u32::from(kind) << 24 | 8, data].map(u32::to_le_bytes).concat());
            body.resize(end, 0xee);
        }
        self.node(0x0102, &body)
    }

    pub(super) fn text(mut self, text: &str) -> Self {
        let body = [self.string(text), 8, 0].map(u32::to_le_bytes).concat();
        self.node(0x0104, &body)
    }

    pub(super) fn end(self) -> Self {
        self.node(0x0103, &[0xff; 8])
    }

    /// Any chunk between the nodes.
    pub(super) fn raw(mut self, bytes: &[u8]) -> Self {
        self.nodes.extend(bytes);
        self
    }

    pub(super) fn finish(&self) -> Vec<u8> {
        let ids = self.ids.iter().flat_map(|id| id.to_le_bytes()).collect::<Vec<u8>>();
        chunk(0x0003, &[], &[pool(&self.strings, self.utf8), chunk(0x0180, &[], &ids), self.nodes.clone()].concat())
    }

    fn node(mut self, kind: u16, body: &[u8]) -> Self {
        let header = vec![0; usize::from(self.node_header) - 8];
        self.nodes.extend(chunk(kind, &header, body));
        self
    }

    fn string(&mut self, text: &str) -> u32 {
        // Names without an id must not lie where the resource map has ids.
        let found = self.strings.iter().skip(self.ids.len()).position(|known| known == text);
        let index = found.map_or(self.strings.len(), |found| found + self.ids.len());
        if found.is_none() {
            self.strings.push(text.to_owned());
        }
        u32::try_from(index).unwrap()
    }
}

/// A chunk with `header` after its first eight bytes.
pub(super) fn chunk(kind: u16, header: &[u8], body: &[u8]) -> Vec<u8> {
    let header_size = u16::try_from(8 + header.len()).unwrap();
    let size = u32::try_from(8 + header.len() + body.len()).unwrap();
    [&kind.to_le_bytes()[..], &header_size.to_le_bytes(), &size.to_le_bytes(), header, body].concat()
}

/// A string pool.
pub(super) fn pool<S: AsRef<str>>(strings: &[S], utf8: bool) -> Vec<u8> {
    let (mut offsets, mut data) = (Vec::new(), Vec::<u8>::new());
    let length8 = |length: usize| match u8::try_from(length) {
        Ok(length) if length < 0x80 => vec![length],
        _ => u16::try_from(length | 0x8000).unwrap().to_be_bytes().to_vec(),
    };
    for string in strings.iter().map(AsRef::as_ref) {
        offsets.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
        let units: Vec<u16> = string.encode_utf16().collect();
        if utf8 {
            data.extend([length8(units.len()), length8(string.len()), string.as_bytes().to_vec(), vec![0]].concat());
        } else {
            if 0x7fff < units.len() {
                data.extend(u16::try_from(0x8000 | units.len() >> 16).unwrap().to_le_bytes());
            }
            data.extend(u16::try_from(units.len() & 0xffff).unwrap().to_le_bytes());
            data.extend(units.iter().chain(&[0]).flat_map(|unit| unit.to_le_bytes()));
        }
    }
    data.resize(data.len().next_multiple_of(4), 0);
    let (count, flags) = (u32::try_from(strings.len()).unwrap(), u32::from(utf8) << 8);
    let start = u32::try_from(28 + offsets.len()).unwrap();
    let header = [count, 0, flags, start, 0].map(u32::to_le_bytes).concat();
    chunk(0x0001, &header, &[offsets, data].concat())
}

/// How the entries of a type chunk are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Layout {
    Plain,
    Sparse,
    Offset16,
    Compact,
}

/// A type chunk whose entries, (index, `dataType`, `data`) in order, are all named by key 0.
pub(super) fn type_chunk(id: u8, layout: Layout, config: &[u8], entries: &[(u16, u8, u32)]) -> Vec<u8> {
    let (mut offsets, mut data) = (Vec::new(), Vec::<u8>::new());
    let mut next = 0;
    for (index, kind, value) in entries {
        let offset = data.len();
        match layout {
            Layout::Sparse => {
                offsets.extend([*index, u16::try_from(offset / 4).unwrap()].map(u16::to_le_bytes).concat());
            }
            Layout::Offset16 => {
                offsets.extend(vec![0xff; usize::from(index - next) * 2]);
                offsets.extend(u16::try_from(offset / 4).unwrap().to_le_bytes());
            }
            Layout::Plain | Layout::Compact => {
                offsets.extend(vec![0xff; usize::from(index - next) * 4]);
                offsets.extend(u32::try_from(offset).unwrap().to_le_bytes());
            }
        }
        next = index + 1;
        if layout == Layout::Compact {
            data.extend([0, u16::from(*kind) << 8 | 8].map(u16::to_le_bytes).concat());
        } else {
            data.extend([8, 0, u32::from(*kind) << 24 | 8].map(u32::to_le_bytes).concat());
        }
        data.extend(value.to_le_bytes());
    }
    offsets.resize(offsets.len().next_multiple_of(4), 0xff);
    let flags = match layout {
        Layout::Plain | Layout::Compact => 0,
        Layout::Sparse => 1,
        Layout::Offset16 => 2,
    };
    let count = u32::try_from(if layout == Layout::Sparse { entries.len() } else { usize::from(next) }).unwrap();
    let mut full_config = 64_u32.to_le_bytes().to_vec();
    full_config.extend(config);
    full_config.resize(64, 0);
    let start = u32::try_from(20 + full_config.len() + offsets.len()).unwrap();
    let header = [&[id, flags, 0, 0][..], &count.to_le_bytes(), &start.to_le_bytes(), &full_config].concat();
    chunk(0x0201, &header, &[offsets, data].concat())
}

/// A package chunk with one entry name, `entry`, and one type name, `kind`.
pub(super) fn package(id: u32, types: &[Vec<u8>]) -> Vec<u8> {
    let (type_names, entry_names) = (pool(&["kind"], true), pool(&["entry"], true));
    let mut header = id.to_le_bytes().to_vec();
    header.resize(4 + 256, 0);
    let entries_at = 288 + u32::try_from(type_names.len()).unwrap();
    header.extend([288, 0, entries_at, 0, 0].map(u32::to_le_bytes).concat());
    chunk(0x0200, &header, &[type_names, entry_names, types.concat()].concat())
}

/// A resource table.
pub(super) fn table(strings: &[&str], packages: &[Vec<u8>]) -> Vec<u8> {
    let count = u32::try_from(packages.len()).unwrap();
    chunk(0x0002, &count.to_le_bytes(), &[pool(strings, true), packages.concat()].concat())
}
