//! The instruction table: for each opcode its mnemonic, format, kind of index and what runs next.
//!
//! Source: Android "Dalvik bytecode format" and "Dalvik executable instruction formats"; the unused rows are reserved there.
//! Everything else in this room that depends on an opcode is derived from this one list.

/// The layout of an instruction, by the name that the specification gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // The names are the specification's; its table is the documentation.
pub enum Format {
    F10x,
    F12x,
    F11n,
    F11x,
    F10t,
    F20t,
    F22x,
    F21t,
    F21s,
    F21h,
    F21c,
    F23x,
    F22b,
    F22t,
    F22s,
    F22c,
    F30t,
    F32x,
    F31i,
    F31t,
    F31c,
    F35c,
    F3rc,
    F45cc,
    F4rcc,
    F51l,
}

impl Format {
    /// Length in 16-bit code units.
    pub const fn units(self) -> u8 {
        match self {
            Self::F10x | Self::F12x | Self::F11n | Self::F11x | Self::F10t => 1,
            Self::F20t
            | Self::F22x
            | Self::F21t
            | Self::F21s
            | Self::F21h
            | Self::F21c
            | Self::F23x
            | Self::F22b
            | Self::F22t
            | Self::F22s
            | Self::F22c => 2,
            Self::F30t | Self::F32x | Self::F31i | Self::F31t | Self::F31c | Self::F35c | Self::F3rc => 3,
            Self::F45cc | Self::F4rcc => 4,
            Self::F51l => 5,
        }
    }
}

/// Which table the index of an instruction counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Index {
    /// The instruction has no index.
    None,
    /// `string_ids`
    String,
    /// `type_ids`
    Type,
    /// `field_ids`
    Field,
    /// `method_ids`
    Method,
    /// `proto_ids`
    Proto,
    /// `call_site_ids`
    CallSite,
    /// `method_handles`
    MethodHandle,
}

/// What runs after an instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// The next instruction.
    Next,
    /// The target, or the next instruction.
    If,
    /// The target.
    Goto,
    /// One of the targets in a payload, or the next instruction.
    Switch,
    /// The caller.
    Return,
    /// A handler.
    Throw,
    /// Nothing: the opcode is reserved.
    Unused,
}

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opcode {
    /// Name as smali writes it.
    pub mnemonic: &'static str,
    /// Layout.
    pub format: Format,
    /// What its index counts in.
    pub index: Index,
    /// What runs next.
    pub flow: Flow,
}

impl Opcode {
    /// The row of an opcode byte.
    pub fn of(byte: u8) -> &'static Self {
        // A table of 256 rows has one for every byte.
        OPCODES.get(usize::from(byte)).unwrap_or(&UNUSED)
    }
}

/// Where the first register of an instruction stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum First {
    /// The opcode is reserved.
    Unused,
    /// Behind the opcode byte, in four bits.
    Nibble,
    /// Behind the opcode byte, in eight bits.
    Byte,
    /// In the second code unit.
    Unit,
}

/// Width in code units and place of the first register of every opcode, derived from the table.
pub(super) static SHAPES: [(u8, First); 256] = shapes();

#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)] // Evaluated by the compiler: a bad index does not build.
const fn shapes() -> [(u8, First); 256] {
    let mut table = [(1, First::Unused); 256];
    let mut byte = 0;
    while byte < 256 {
        let opcode = &OPCODES[byte];
        let first = match opcode.format {
            _ if matches!(opcode.flow, Flow::Unused) => First::Unused,
            Format::F12x | Format::F11n | Format::F22t | Format::F22s | Format::F22c => First::Nibble,
            Format::F32x => First::Unit,
            _ => First::Byte,
        };
        table[byte] = (opcode.format.units(), first);
        byte += 1;
    }
    table
}

const fn op(mnemonic: &'static str, format: Format, index: Index, flow: Flow) -> Opcode {
    Opcode { mnemonic, format, index, flow }
}

const UNUSED: Opcode = op("unused", Format::F10x, Index::None, Flow::Unused);

/// All opcodes by their byte.
pub(super) static OPCODES: [Opcode; 256] = [
    op("nop", Format::F10x, Index::None, Flow::Next),                  // 00
    op("move", Format::F12x, Index::None, Flow::Next),                 // 01
    op("move/from16", Format::F22x, Index::None, Flow::Next),          // 02
    op("move/16", Format::F32x, Index::None, Flow::Next),              // 03
    op("move-wide", Format::F12x, Index::None, Flow::Next),            // 04
    op("move-wide/from16", Format::F22x, Index::None, Flow::Next),     // 05
    op("move-wide/16", Format::F32x, Index::None, Flow::Next),         // 06
    op("move-object", Format::F12x, Index::None, Flow::Next),          // 07
    op("move-object/from16", Format::F22x, Index::None, Flow::Next),   // 08
    op("move-object/16", Format::F32x, Index::None, Flow::Next),       // 09
    op("move-result", Format::F11x, Index::None, Flow::Next),          // 0a
    op("move-result-wide", Format::F11x, Index::None, Flow::Next),     // 0b
    op("move-result-object", Format::F11x, Index::None, Flow::Next),   // 0c
    op("move-exception", Format::F11x, Index::None, Flow::Next),       // 0d
    op("return-void", Format::F10x, Index::None, Flow::Return),        // 0e
    op("return", Format::F11x, Index::None, Flow::Return),             // 0f
    op("return-wide", Format::F11x, Index::None, Flow::Return),        // 10
    op("return-object", Format::F11x, Index::None, Flow::Return),      // 11
    op("const/4", Format::F11n, Index::None, Flow::Next),              // 12
    op("const/16", Format::F21s, Index::None, Flow::Next),             // 13
    op("const", Format::F31i, Index::None, Flow::Next),                // 14
    op("const/high16", Format::F21h, Index::None, Flow::Next),         // 15
    op("const-wide/16", Format::F21s, Index::None, Flow::Next),        // 16
    op("const-wide/32", Format::F31i, Index::None, Flow::Next),        // 17
    op("const-wide", Format::F51l, Index::None, Flow::Next),           // 18
    op("const-wide/high16", Format::F21h, Index::None, Flow::Next),    // 19
    op("const-string", Format::F21c, Index::String, Flow::Next),       // 1a
    op("const-string/jumbo", Format::F31c, Index::String, Flow::Next), // 1b
    op("const-class", Format::F21c, Index::Type, Flow::Next),          // 1c
    op("monitor-enter", Format::F11x, Index::None, Flow::Next),        // 1d
    op("monitor-exit", Format::F11x, Index::None, Flow::Next),         // 1e
    op("check-cast", Format::F21c, Index::Type, Flow::Next),           // 1f
    op("instance-of", Format::F22c, Index::Type, Flow::Next),          // 20
    op("array-length", Format::F12x, Index::None, Flow::Next),         // 21
    op("new-instance", Format::F21c, Index::Type, Flow::Next),         // 22
    op("new-array", Format::F22c, Index::Type, Flow::Next),            // 23
    op("filled-new-array", Format::F35c, Index::Type, Flow::Next),     // 24
    op("filled-new-array/range", Format::F3rc, Index::Type, Flow::Next), // 25
    op("fill-array-data", Format::F31t, Index::None, Flow::Next),      // 26
    op("throw", Format::F11x, Index::None, Flow::Throw),               // 27
    op("goto", Format::F10t, Index::None, Flow::Goto),                 // 28
    op("goto/16", Format::F20t, Index::None, Flow::Goto),              // 29
    op("goto/32", Format::F30t, Index::None, Flow::Goto),              // 2a
    op("packed-switch", Format::F31t, Index::None, Flow::Switch),      // 2b
    op("sparse-switch", Format::F31t, Index::None, Flow::Switch),      // 2c
    op("cmpl-float", Format::F23x, Index::None, Flow::Next),           // 2d
    op("cmpg-float", Format::F23x, Index::None, Flow::Next),           // 2e
    op("cmpl-double", Format::F23x, Index::None, Flow::Next),          // 2f
    op("cmpg-double", Format::F23x, Index::None, Flow::Next),          // 30
    op("cmp-long", Format::F23x, Index::None, Flow::Next),             // 31
    op("if-eq", Format::F22t, Index::None, Flow::If),                  // 32
    op("if-ne", Format::F22t, Index::None, Flow::If),                  // 33
    op("if-lt", Format::F22t, Index::None, Flow::If),                  // 34
    op("if-ge", Format::F22t, Index::None, Flow::If),                  // 35
    op("if-gt", Format::F22t, Index::None, Flow::If),                  // 36
    op("if-le", Format::F22t, Index::None, Flow::If),                  // 37
    op("if-eqz", Format::F21t, Index::None, Flow::If),                 // 38
    op("if-nez", Format::F21t, Index::None, Flow::If),                 // 39
    op("if-ltz", Format::F21t, Index::None, Flow::If),                 // 3a
    op("if-gez", Format::F21t, Index::None, Flow::If),                 // 3b
    op("if-gtz", Format::F21t, Index::None, Flow::If),                 // 3c
    op("if-lez", Format::F21t, Index::None, Flow::If),                 // 3d
    UNUSED,                                                            // 3e
    UNUSED,                                                            // 3f
    UNUSED,                                                            // 40
    UNUSED,                                                            // 41
    UNUSED,                                                            // 42
    UNUSED,                                                            // 43
    op("aget", Format::F23x, Index::None, Flow::Next),                 // 44
    op("aget-wide", Format::F23x, Index::None, Flow::Next),            // 45
    op("aget-object", Format::F23x, Index::None, Flow::Next),          // 46
    op("aget-boolean", Format::F23x, Index::None, Flow::Next),         // 47
    op("aget-byte", Format::F23x, Index::None, Flow::Next),            // 48
    op("aget-char", Format::F23x, Index::None, Flow::Next),            // 49
    op("aget-short", Format::F23x, Index::None, Flow::Next),           // 4a
    op("aput", Format::F23x, Index::None, Flow::Next),                 // 4b
    op("aput-wide", Format::F23x, Index::None, Flow::Next),            // 4c
    op("aput-object", Format::F23x, Index::None, Flow::Next),          // 4d
    op("aput-boolean", Format::F23x, Index::None, Flow::Next),         // 4e
    op("aput-byte", Format::F23x, Index::None, Flow::Next),            // 4f
    op("aput-char", Format::F23x, Index::None, Flow::Next),            // 50
    op("aput-short", Format::F23x, Index::None, Flow::Next),           // 51
    op("iget", Format::F22c, Index::Field, Flow::Next),                // 52
    op("iget-wide", Format::F22c, Index::Field, Flow::Next),           // 53
    op("iget-object", Format::F22c, Index::Field, Flow::Next),         // 54
    op("iget-boolean", Format::F22c, Index::Field, Flow::Next),        // 55
    op("iget-byte", Format::F22c, Index::Field, Flow::Next),           // 56
    op("iget-char", Format::F22c, Index::Field, Flow::Next),           // 57
    op("iget-short", Format::F22c, Index::Field, Flow::Next),          // 58
    op("iput", Format::F22c, Index::Field, Flow::Next),                // 59
    op("iput-wide", Format::F22c, Index::Field, Flow::Next),           // 5a
    op("iput-object", Format::F22c, Index::Field, Flow::Next),         // 5b
    op("iput-boolean", Format::F22c, Index::Field, Flow::Next),        // 5c
    op("iput-byte", Format::F22c, Index::Field, Flow::Next),           // 5d
    op("iput-char", Format::F22c, Index::Field, Flow::Next),           // 5e
    op("iput-short", Format::F22c, Index::Field, Flow::Next),          // 5f
    op("sget", Format::F21c, Index::Field, Flow::Next),                // 60
    op("sget-wide", Format::F21c, Index::Field, Flow::Next),           // 61
    op("sget-object", Format::F21c, Index::Field, Flow::Next),         // 62
    op("sget-boolean", Format::F21c, Index::Field, Flow::Next),        // 63
    op("sget-byte", Format::F21c, Index::Field, Flow::Next),           // 64
    op("sget-char", Format::F21c, Index::Field, Flow::Next),           // 65
    op("sget-short", Format::F21c, Index::Field, Flow::Next),          // 66
    op("sput", Format::F21c, Index::Field, Flow::Next),                // 67
    op("sput-wide", Format::F21c, Index::Field, Flow::Next),           // 68
    op("sput-object", Format::F21c, Index::Field, Flow::Next),         // 69
    op("sput-boolean", Format::F21c, Index::Field, Flow::Next),        // 6a
    op("sput-byte", Format::F21c, Index::Field, Flow::Next),           // 6b
    op("sput-char", Format::F21c, Index::Field, Flow::Next),           // 6c
    op("sput-short", Format::F21c, Index::Field, Flow::Next),          // 6d
    op("invoke-virtual", Format::F35c, Index::Method, Flow::Next),     // 6e
    op("invoke-super", Format::F35c, Index::Method, Flow::Next),       // 6f
    op("invoke-direct", Format::F35c, Index::Method, Flow::Next),      // 70
    op("invoke-static", Format::F35c, Index::Method, Flow::Next),      // 71
    op("invoke-interface", Format::F35c, Index::Method, Flow::Next),   // 72
    UNUSED,                                                            // 73
    op("invoke-virtual/range", Format::F3rc, Index::Method, Flow::Next), // 74
    op("invoke-super/range", Format::F3rc, Index::Method, Flow::Next), // 75
    op("invoke-direct/range", Format::F3rc, Index::Method, Flow::Next), // 76
    op("invoke-static/range", Format::F3rc, Index::Method, Flow::Next), // 77
    op("invoke-interface/range", Format::F3rc, Index::Method, Flow::Next), // 78
    UNUSED,                                                            // 79
    UNUSED,                                                            // 7a
    op("neg-int", Format::F12x, Index::None, Flow::Next),              // 7b
    op("not-int", Format::F12x, Index::None, Flow::Next),              // 7c
    op("neg-long", Format::F12x, Index::None, Flow::Next),             // 7d
    op("not-long", Format::F12x, Index::None, Flow::Next),             // 7e
    op("neg-float", Format::F12x, Index::None, Flow::Next),            // 7f
    op("neg-double", Format::F12x, Index::None, Flow::Next),           // 80
    op("int-to-long", Format::F12x, Index::None, Flow::Next),          // 81
    op("int-to-float", Format::F12x, Index::None, Flow::Next),         // 82
    op("int-to-double", Format::F12x, Index::None, Flow::Next),        // 83
    op("long-to-int", Format::F12x, Index::None, Flow::Next),          // 84
    op("long-to-float", Format::F12x, Index::None, Flow::Next),        // 85
    op("long-to-double", Format::F12x, Index::None, Flow::Next),       // 86
    op("float-to-int", Format::F12x, Index::None, Flow::Next),         // 87
    op("float-to-long", Format::F12x, Index::None, Flow::Next),        // 88
    op("float-to-double", Format::F12x, Index::None, Flow::Next),      // 89
    op("double-to-int", Format::F12x, Index::None, Flow::Next),        // 8a
    op("double-to-long", Format::F12x, Index::None, Flow::Next),       // 8b
    op("double-to-float", Format::F12x, Index::None, Flow::Next),      // 8c
    op("int-to-byte", Format::F12x, Index::None, Flow::Next),          // 8d
    op("int-to-char", Format::F12x, Index::None, Flow::Next),          // 8e
    op("int-to-short", Format::F12x, Index::None, Flow::Next),         // 8f
    op("add-int", Format::F23x, Index::None, Flow::Next),              // 90
    op("sub-int", Format::F23x, Index::None, Flow::Next),              // 91
    op("mul-int", Format::F23x, Index::None, Flow::Next),              // 92
    op("div-int", Format::F23x, Index::None, Flow::Next),              // 93
    op("rem-int", Format::F23x, Index::None, Flow::Next),              // 94
    op("and-int", Format::F23x, Index::None, Flow::Next),              // 95
    op("or-int", Format::F23x, Index::None, Flow::Next),               // 96
    op("xor-int", Format::F23x, Index::None, Flow::Next),              // 97
    op("shl-int", Format::F23x, Index::None, Flow::Next),              // 98
    op("shr-int", Format::F23x, Index::None, Flow::Next),              // 99
    op("ushr-int", Format::F23x, Index::None, Flow::Next),             // 9a
    op("add-long", Format::F23x, Index::None, Flow::Next),             // 9b
    op("sub-long", Format::F23x, Index::None, Flow::Next),             // 9c
    op("mul-long", Format::F23x, Index::None, Flow::Next),             // 9d
    op("div-long", Format::F23x, Index::None, Flow::Next),             // 9e
    op("rem-long", Format::F23x, Index::None, Flow::Next),             // 9f
    op("and-long", Format::F23x, Index::None, Flow::Next),             // a0
    op("or-long", Format::F23x, Index::None, Flow::Next),              // a1
    op("xor-long", Format::F23x, Index::None, Flow::Next),             // a2
    op("shl-long", Format::F23x, Index::None, Flow::Next),             // a3
    op("shr-long", Format::F23x, Index::None, Flow::Next),             // a4
    op("ushr-long", Format::F23x, Index::None, Flow::Next),            // a5
    op("add-float", Format::F23x, Index::None, Flow::Next),            // a6
    op("sub-float", Format::F23x, Index::None, Flow::Next),            // a7
    op("mul-float", Format::F23x, Index::None, Flow::Next),            // a8
    op("div-float", Format::F23x, Index::None, Flow::Next),            // a9
    op("rem-float", Format::F23x, Index::None, Flow::Next),            // aa
    op("add-double", Format::F23x, Index::None, Flow::Next),           // ab
    op("sub-double", Format::F23x, Index::None, Flow::Next),           // ac
    op("mul-double", Format::F23x, Index::None, Flow::Next),           // ad
    op("div-double", Format::F23x, Index::None, Flow::Next),           // ae
    op("rem-double", Format::F23x, Index::None, Flow::Next),           // af
    op("add-int/2addr", Format::F12x, Index::None, Flow::Next),        // b0
    op("sub-int/2addr", Format::F12x, Index::None, Flow::Next),        // b1
    op("mul-int/2addr", Format::F12x, Index::None, Flow::Next),        // b2
    op("div-int/2addr", Format::F12x, Index::None, Flow::Next),        // b3
    op("rem-int/2addr", Format::F12x, Index::None, Flow::Next),        // b4
    op("and-int/2addr", Format::F12x, Index::None, Flow::Next),        // b5
    op("or-int/2addr", Format::F12x, Index::None, Flow::Next),         // b6
    op("xor-int/2addr", Format::F12x, Index::None, Flow::Next),        // b7
    op("shl-int/2addr", Format::F12x, Index::None, Flow::Next),        // b8
    op("shr-int/2addr", Format::F12x, Index::None, Flow::Next),        // b9
    op("ushr-int/2addr", Format::F12x, Index::None, Flow::Next),       // ba
    op("add-long/2addr", Format::F12x, Index::None, Flow::Next),       // bb
    op("sub-long/2addr", Format::F12x, Index::None, Flow::Next),       // bc
    op("mul-long/2addr", Format::F12x, Index::None, Flow::Next),       // bd
    op("div-long/2addr", Format::F12x, Index::None, Flow::Next),       // be
    op("rem-long/2addr", Format::F12x, Index::None, Flow::Next),       // bf
    op("and-long/2addr", Format::F12x, Index::None, Flow::Next),       // c0
    op("or-long/2addr", Format::F12x, Index::None, Flow::Next),        // c1
    op("xor-long/2addr", Format::F12x, Index::None, Flow::Next),       // c2
    op("shl-long/2addr", Format::F12x, Index::None, Flow::Next),       // c3
    op("shr-long/2addr", Format::F12x, Index::None, Flow::Next),       // c4
    op("ushr-long/2addr", Format::F12x, Index::None, Flow::Next),      // c5
    op("add-float/2addr", Format::F12x, Index::None, Flow::Next),      // c6
    op("sub-float/2addr", Format::F12x, Index::None, Flow::Next),      // c7
    op("mul-float/2addr", Format::F12x, Index::None, Flow::Next),      // c8
    op("div-float/2addr", Format::F12x, Index::None, Flow::Next),      // c9
    op("rem-float/2addr", Format::F12x, Index::None, Flow::Next),      // ca
    op("add-double/2addr", Format::F12x, Index::None, Flow::Next),     // cb
    op("sub-double/2addr", Format::F12x, Index::None, Flow::Next),     // cc
    op("mul-double/2addr", Format::F12x, Index::None, Flow::Next),     // cd
    op("div-double/2addr", Format::F12x, Index::None, Flow::Next),     // ce
    op("rem-double/2addr", Format::F12x, Index::None, Flow::Next),     // cf
    op("add-int/lit16", Format::F22s, Index::None, Flow::Next),        // d0
    op("rsub-int", Format::F22s, Index::None, Flow::Next),             // d1
    op("mul-int/lit16", Format::F22s, Index::None, Flow::Next),        // d2
    op("div-int/lit16", Format::F22s, Index::None, Flow::Next),        // d3
    op("rem-int/lit16", Format::F22s, Index::None, Flow::Next),        // d4
    op("and-int/lit16", Format::F22s, Index::None, Flow::Next),        // d5
    op("or-int/lit16", Format::F22s, Index::None, Flow::Next),         // d6
    op("xor-int/lit16", Format::F22s, Index::None, Flow::Next),        // d7
    op("add-int/lit8", Format::F22b, Index::None, Flow::Next),         // d8
    op("rsub-int/lit8", Format::F22b, Index::None, Flow::Next),        // d9
    op("mul-int/lit8", Format::F22b, Index::None, Flow::Next),         // da
    op("div-int/lit8", Format::F22b, Index::None, Flow::Next),         // db
    op("rem-int/lit8", Format::F22b, Index::None, Flow::Next),         // dc
    op("and-int/lit8", Format::F22b, Index::None, Flow::Next),         // dd
    op("or-int/lit8", Format::F22b, Index::None, Flow::Next),          // de
    op("xor-int/lit8", Format::F22b, Index::None, Flow::Next),         // df
    op("shl-int/lit8", Format::F22b, Index::None, Flow::Next),         // e0
    op("shr-int/lit8", Format::F22b, Index::None, Flow::Next),         // e1
    op("ushr-int/lit8", Format::F22b, Index::None, Flow::Next),        // e2
    UNUSED,                                                            // e3
    UNUSED,                                                            // e4
    UNUSED,                                                            // e5
    UNUSED,                                                            // e6
    UNUSED,                                                            // e7
    UNUSED,                                                            // e8
    UNUSED,                                                            // e9
    UNUSED,                                                            // ea
    UNUSED,                                                            // eb
    UNUSED,                                                            // ec
    UNUSED,                                                            // ed
    UNUSED,                                                            // ee
    UNUSED,                                                            // ef
    UNUSED,                                                            // f0
    UNUSED,                                                            // f1
    UNUSED,                                                            // f2
    UNUSED,                                                            // f3
    UNUSED,                                                            // f4
    UNUSED,                                                            // f5
    UNUSED,                                                            // f6
    UNUSED,                                                            // f7
    UNUSED,                                                            // f8
    UNUSED,                                                            // f9
    op("invoke-polymorphic", Format::F45cc, Index::Method, Flow::Next), // fa
    op("invoke-polymorphic/range", Format::F4rcc, Index::Method, Flow::Next), // fb
    op("invoke-custom", Format::F35c, Index::CallSite, Flow::Next),    // fc
    op("invoke-custom/range", Format::F3rc, Index::CallSite, Flow::Next), // fd
    op("const-method-handle", Format::F21c, Index::MethodHandle, Flow::Next), // fe
    op("const-method-type", Format::F21c, Index::Proto, Flow::Next),   // ff
];
