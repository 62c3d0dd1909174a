//! One pass over all code of a file for the references that a caller asks for. This loop decides candor's speed: it
//! decodes only the width of an instruction, and its index where the table says that the index may matter.

use std::ops::Range;

use super::bytes::{at, u16_at, u32_at};
use super::instruction::Payload;
use super::opcode::{Flow, Index, OPCODES};
use super::{ClassDef, Code, Dex, FieldIdx, MethodDef, MethodIdx, StringIdx, TypeIdx};
use crate::error::Issue;
use crate::limits::MAX_ISSUES;

/// Ranges of classes that [`Scan::ranges`] cuts a file into, whatever the number of threads: each has its own budget,
/// so the same bytes give the same result however the work is spread.
const RANGES: u32 = 16;

/// Members and code that one range may look at, in multiples of the file's size. They do not overlap in a sound file; a
/// file that points to the same bytes over and over costs this much and no more.
const BUDGET: u64 = 2;

/// What is said where a range runs out of that.
const SHARED: &str = "the same members or code are listed over and over; the rest of these classes is not read";

/// A set of indices into one table.
#[derive(Debug, Clone, Default)]
pub struct BitSet {
    words: Vec<u64>,
}

impl BitSet {
    /// An empty set for indices below `count`; `count` must come from a clamped [`super::Table`].
    pub fn new(count: u32) -> Self {
        Self { words: vec![0; count.div_ceil(64) as usize] }
    }

    /// The set of all indices below `count`.
    pub fn full(count: u32) -> Self {
        Self { words: vec![u64::MAX; count.div_ceil(64) as usize] }
    }

    /// Adds an index; one beyond the table is left out.
    pub fn insert(&mut self, index: u32) {
        if let Some(word) = self.words.get_mut((index >> 6) as usize) {
            *word |= 1u64.wrapping_shl(index);
        }
    }

    /// Adds all indices of another set over the same table.
    pub fn extend(&mut self, other: &Self) {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        self.words.iter_mut().zip(&other.words).for_each(|(word, more)| *word |= more);
    }

    /// Whether the index is in the set.
    #[inline]
    pub fn contains(&self, index: u32) -> bool {
        self.words.get((index >> 6) as usize).is_some_and(|word| word.wrapping_shr(index) & 1 == 1)
    }
}

/// What a scan looks for.
#[derive(Debug, Clone, Default)]
pub struct Targets {
    /// Methods that are called.
    pub methods: BitSet,
    /// Fields that are read.
    pub fields: BitSet,
    /// Static fields that are read.
    pub statics: BitSet,
    /// Fields that are written.
    pub stores: BitSet,
    /// Strings that are loaded.
    pub strings: BitSet,
    /// Classes of which objects are made.
    pub objects: BitSet,
    /// Whether call sites that `invoke-custom` links are wanted, and method handles that are loaded.
    pub call_sites: bool,
}

impl Targets {
    /// Adds the targets of another search in the same file.
    pub fn extend(&mut self, other: &Self) {
        self.methods.extend(&other.methods);
        self.fields.extend(&other.fields);
        self.statics.extend(&other.statics);
        self.stores.extend(&other.stores);
        self.strings.extend(&other.strings);
        self.objects.extend(&other.objects);
        self.call_sites |= other.call_sites;
    }

    /// Whether a search for these targets alone finds a place.
    pub fn contain(&self, site: &Site) -> bool {
        match (Step::of(site.byte), site.reference) {
            (Step::FieldWrite, Reference::Field(field)) => self.stores.contains(field.0),
            (Step::StaticRead, Reference::Field(field)) => {
                self.fields.contains(field.0) || self.statics.contains(field.0)
            }
            (_, Reference::Field(field)) => self.fields.contains(field.0),
            (_, Reference::Method(method)) => self.methods.contains(method.0),
            (_, Reference::String(string)) => self.strings.contains(string.0),
            (_, Reference::Object(class)) => self.objects.contains(class.0),
            (_, Reference::CallSite(_) | Reference::Handle(_)) => self.call_sites,
        }
    }
}

/// What a place in the code refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reference {
    /// A call.
    Method(MethodIdx),
    /// A read of a field, or where the opcode says so a write.
    Field(FieldIdx),
    /// A load of a string.
    String(StringIdx),
    /// A new object of a class.
    Object(TypeIdx),
    /// A call that is linked when it first runs, by its index into `call_site_ids`.
    CallSite(u32),
    /// A load of a method handle, by its index into `method_handles`.
    Handle(u32),
}

/// A place in a method that refers to a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Site {
    /// Code units from the start of the method's instructions.
    pub pc: u32,
    /// The opcode byte.
    pub byte: u8,
    /// What it refers to.
    pub reference: Reference,
}

/// What the scan has to do at an opcode.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Plain,
    String,
    StringJumbo,
    FieldRead,
    StaticRead,
    FieldWrite,
    Method,
    Object,
    CallSite,
    Handle,
    Nop,
    Unused,
}

/// How many steps there are.
const STEP_COUNT: usize = Step::Unused as usize + 1;

impl Step {
    fn of(byte: u8) -> Self {
        STEPS.get(usize::from(byte)).map_or(Self::Unused, |(_, step)| *step)
    }
}

/// Width in code units and step of every opcode, derived from the opcode table.
static STEPS: [(u8, Step); 256] = steps();

#[allow(clippy::indexing_slicing, clippy::arithmetic_side_effects)] // Evaluated by the compiler: a bad index does not build.
const fn steps() -> [(u8, Step); 256] {
    let mut table = [(1, Step::Unused); 256];
    let mut byte = 0;
    while byte < 256 {
        let opcode = &OPCODES[byte];
        let step = match (opcode.index, byte) {
            (_, 0x00) => Step::Nop,
            (Index::String, 0x1b) => Step::StringJumbo,
            (Index::String, _) => Step::String,
            (Index::Field, 0x52..=0x58) => Step::FieldRead,
            (Index::Field, 0x60..=0x66) => Step::StaticRead,
            (Index::Field, _) => Step::FieldWrite,
            (_, 0x22) => Step::Object,
            (_, 0xfc | 0xfd) => Step::CallSite,
            (_, 0xfe) => Step::Handle,
            (Index::Method, _) => Step::Method,
            _ if matches!(opcode.flow, Flow::Unused) => Step::Unused,
            _ => Step::Plain,
        };
        table[byte] = (opcode.format.units(), step);
        byte += 1;
    }
    table
}

/// Every index that fits into a code unit.
static ALL: [u64; 1024] = [u64::MAX; 1024];
/// None of them.
static NONE: [u64; 1024] = [0; 1024];

/// By step: the words of the set that has the index of each of its instructions that matters. So an instruction that does
/// not matter is passed by in the same way whichever it is, which a processor foresees.
type Words<'t> = [&'t [u64]; STEP_COUNT];

impl Targets {
    /// Static fields of which reads are looked for.
    fn all_statics(&self) -> BitSet {
        let mut all = self.statics.clone();
        all.extend(&self.fields);
        all
    }

    fn words<'t>(&'t self, statics: &'t BitSet) -> Words<'t> {
        let call_sites = if self.call_sites { &ALL[..] } else { &NONE[..] };
        // A nop may be a payload, a long index does not fit, and what is no instruction ends the method.
        let mut words = [&ALL[..]; STEP_COUNT];
        for (step, set) in [
            (Step::Plain, &NONE[..]),
            (Step::String, &self.strings.words),
            (Step::FieldRead, &self.fields.words),
            (Step::StaticRead, &statics.words),
            (Step::FieldWrite, &self.stores.words),
            (Step::Method, &self.methods.words),
            (Step::Object, &self.objects.words),
            (Step::CallSite, call_sites),
            (Step::Handle, call_sites),
        ] {
            if let Some(slot) = words.get_mut(step as usize) {
                *slot = if set.is_empty() { &NONE } else { set };
            }
        }
        words
    }
}

impl Code<'_> {
    /// Adds every place that refers to a target to `sites`, in order.
    ///
    /// # Errors
    /// The code unit at which something stands that is no instruction; the rest of the method is unknown.
    pub fn sites(&self, targets: &Targets, sites: &mut Vec<Site>) -> Result<(), u32> {
        let statics = targets.all_statics();
        self.find(&targets.words(&statics), targets, sites)
    }

    fn find(&self, words: &Words<'_>, targets: &Targets, sites: &mut Vec<Site>) -> Result<(), u32> {
        let (units, _) = self.insns.as_chunks::<2>();
        let known = sites.len();
        let mut pc = 0usize;
        while let Some(&[byte, _]) = units.get(pc) {
            let &(width, step) = STEPS.get(usize::from(byte)).unwrap_or(&(1, Step::Unused));
            let index = units.get(pc.wrapping_add(1)).map_or(0, |unit| u16::from_le_bytes(*unit));
            let word = words.get(step as usize).and_then(|words| words.get(usize::from(index >> 6)));
            let mut width = usize::from(width);
            if word.is_some_and(|word| word.wrapping_shr(index.into()) & 1 == 1) {
                let here = u32::try_from(pc).unwrap_or(u32::MAX);
                match step {
                    Step::Nop => width = self.nop(here).ok_or(here)?,
                    Step::Unused => return Err(here),
                    _ => sites.extend(self.site(here, byte, step, targets)),
                }
            }
            pc = pc.saturating_add(width);
        }
        if pc > units.len() { Err(self.cut_off(known, sites)) } else { Ok(()) }
    }

    /// Code units of a nop, or of the payload that looks like one.
    fn nop(&self, pc: u32) -> Option<usize> {
        let high = self.insns.get(at(pc).checked_mul(2)?.checked_add(1)?)?;
        if *high == 0 { Some(1) } else { Payload::at(self.insns, pc).map(|(_, length)| at(length)) }
    }

    /// The place of an instruction whose index matters; none where that is not there.
    fn site(&self, pc: u32, byte: u8, step: Step, targets: &Targets) -> Option<Site> {
        let operand = at(pc).checked_add(1)?.checked_mul(2)?;
        let index = match step {
            Step::StringJumbo => u32_at(self.insns, operand)?,
            _ => u16_at(self.insns, operand)?.into(),
        };
        let reference = match step {
            Step::Method => Reference::Method(MethodIdx(index)),
            Step::FieldRead | Step::StaticRead | Step::FieldWrite => Reference::Field(FieldIdx(index)),
            Step::Object => Reference::Object(TypeIdx(index)),
            Step::CallSite => Reference::CallSite(index),
            Step::Handle => Reference::Handle(index),
            _ => Reference::String(StringIdx(index)),
        };
        (step != Step::StringJumbo || targets.strings.contains(index)).then_some(Site { pc, byte, reference })
    }

    /// Where the last instruction starts, whose operands reach past the end. It is none, so its site goes too.
    #[cold]
    fn cut_off(&self, known: usize, sites: &mut Vec<Site>) -> u32 {
        let mut instructions = self.instructions();
        instructions.by_ref().for_each(drop);
        if sites.len() > known {
            sites.pop_if(|site| site.pc == instructions.pc());
        }
        instructions.pc()
    }
}

/// A pass over the classes of one file.
#[derive(Debug, Clone, Copy)]
pub struct Scan<'d, 'a> {
    dex: &'d Dex<'a>,
    file: &'d str,
    targets: &'d Targets,
}

impl<'d, 'a> Scan<'d, 'a> {
    /// A scan of `dex` for `targets`; `file` names it in issues.
    pub fn new(file: &'d str, dex: &'d Dex<'a>, targets: &'d Targets) -> Self {
        Self { dex, file, targets }
    }

    /// The ranges of classes that can be scanned beside each other.
    pub fn ranges(&self) -> Vec<Range<u32>> {
        let count = self.dex.header.classes.count;
        let step = count.div_ceil(RANGES).max(1);
        (0..count).step_by(step as usize).map(|start| start..start.saturating_add(step).min(count)).collect()
    }

    /// Scans the classes of one range. `visit` gets each method that has sites, with its code.
    /// What cannot be read is an issue; the rest of the class and the other classes go on.
    pub fn run(
        &self,
        classes: Range<u32>,
        mut visit: impl FnMut(&ClassDef, &MethodDef, &Code<'a>, &[Site]),
    ) -> Vec<Issue> {
        let mut issues = Vec::new();
        let mut sites = Vec::new();
        let mut budget = (self.dex.size() as u64).saturating_mul(BUDGET);
        let statics = self.targets.all_statics();
        let words = self.targets.words(&statics);
        for index in classes {
            let Some(class) = self.dex.class(index) else { continue };
            let (members, bytes) = self.dex.members(&class);
            budget = budget.saturating_sub(bytes);
            if budget == 0 {
                issues.push(self.issue(&class, None, SHARED));
                return issues;
            }
            let methods = match members {
                Ok(Some(methods)) => methods,
                Ok(None) => continue,
                Err(error) => {
                    let plain = Issue::from_error(self.file, &error);
                    issues.push(self.issue(&class, plain.offset, &plain.message));
                    if MAX_ISSUES <= issues.len() {
                        issues.push(self.issue(
                            &class,
                            None,
                            "the classes after this one are not read: too many faults",
                        ));
                        return issues;
                    }
                    continue;
                }
            };
            for method in methods {
                let code = method.and_then(|method| Ok((method, self.dex.code(&method)?)));
                let (method, code) = match code {
                    Ok((method, Some(code))) => (method, code),
                    Ok((_, None)) => {
                        budget = budget.saturating_sub(1);
                        continue;
                    }
                    Err(error) => {
                        issues.push(Issue::from_error(self.file, &error));
                        continue;
                    }
                };
                budget = budget.saturating_sub((code.insns.len() as u64).saturating_add(1));
                if budget == 0 {
                    issues.push(self.issue(&class, u64::from(code.offset), SHARED));
                    return issues;
                }
                sites.clear();
                if let Err(pc) = code.find(&words, self.targets, &mut sites) {
                    let name = self.dex.method_descriptor(method.method);
                    let message = format!("no instruction at code unit {pc:#x} of {name}; the rest of it is not read");
                    issues.push(Issue::new(self.file, code.file_offset(pc), message));
                }
                if !sites.is_empty() {
                    visit(&class, &method, &code, &sites);
                }
            }
        }
        issues
    }

    #[cold]
    fn issue(&self, class: &ClassDef, offset: impl Into<Option<u64>>, message: &str) -> Issue {
        let class = self.dex.type_descriptor(class.class).unwrap_or("?".into());
        Issue::new(self.file, offset, format!("{class}: {message}"))
    }
}
