//! One shared object, read from its header to its names and its data.

use std::borrow::Cow;
use std::ops::Range;

use goblin::container::Ctx;
use goblin::elf::Elf;
use goblin::elf::dynamic::{DT_NEEDED, DT_SONAME, Dyn, Dynamic};
use goblin::elf::header::{EM_386, EM_AARCH64, EM_ARM, EM_MIPS, EM_RISCV, EM_X86_64, Header};
use goblin::elf::program_header::{PT_DYNAMIC, PT_LOAD, ProgramHeader};
use goblin::elf::section_header::{SHF_ALLOC, SHF_EXECINSTR, SHT_DYNSYM, SHT_NOBITS, SHT_PROGBITS, SectionHeader};

use super::data::{Data, subtract};
use super::symbols::{Import, Names, Symbols};
use crate::error::{Error, Issue, Result};

/// Program headers that are looked at; libraries have about ten.
const MAX_SEGMENTS: usize = 256;

/// Entries of the dynamic section that are looked at; libraries have about thirty and one for each library they need.
const MAX_DYNAMIC: usize = 4096;

/// The processor that a library is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Machine {
    /// `EM_ARM`: armeabi, armeabi-v7a.
    Arm,
    /// `EM_AARCH64`: arm64-v8a.
    Aarch64,
    /// `EM_386`: x86.
    X86,
    /// `EM_X86_64`: `x86_64`.
    X86_64,
    /// `EM_RISCV`: riscv64.
    Riscv,
    /// `EM_MIPS`: mips, mips64.
    Mips,
    /// Any other value of `e_machine`.
    Other(u16),
}

/// A shared object.
#[derive(Debug, Clone)]
pub struct Library<'b> {
    /// The processor it is for.
    pub machine: Machine,
    /// The name it gives itself.
    pub soname: Option<Cow<'b, str>>,
    /// The libraries that the linker loads with it, in order.
    pub needed: Vec<Cow<'b, str>>,
    /// The symbols that it takes from other libraries, in the order of its table.
    pub imports: Vec<Import<'b>>,
    /// The symbols by which Java code calls it: `JNI_OnLoad` and `Java_…` (JNI specification, "Resolving Native Method
    /// Names"), in the order of its table.
    pub jni: Vec<Cow<'b, str>>,
    bytes: &'b [u8],
    data: Vec<Range<usize>>,
}

impl<'b> Library<'b> {
    /// Reads the ELF file in `bytes`. What could not be read is told as issues of `label`, with offsets in `bytes`.
    ///
    /// # Errors
    /// The bytes do not start with a complete ELF header.
    pub fn read(label: &str, bytes: &'b [u8]) -> Result<(Self, Vec<Issue>)> {
        let header = Elf::parse_header(bytes).map_err(|error| {
            Error::malformed(format!("expected an ELF header of {} bytes: {error}", bytes.len()), 0)
        })?;
        let ctx = header
            .container()
            .and_then(|container| Ok(Ctx::new(container, header.endianness()?)))
            .map_err(|error| Error::malformed(format!("expected an ELF class and byte order: {error}"), 4))?;
        let mut reader = Reader { bytes, ctx, header, issues: Vec::new() };
        let mut library = Self {
            machine: Machine::of(reader.header.e_machine),
            soname: None,
            needed: Vec::new(),
            imports: Vec::new(),
            jni: Vec::new(),
            bytes,
            data: Vec::new(),
        };
        reader.fill(&mut library);
        let issues = reader.issues.into_iter().map(|(offset, message)| Issue::new(label, offset, message)).collect();
        Ok((library, issues))
    }

    /// The bytes that are mapped and not known to be code or tables of the linker, by offset, without overlaps. Where
    /// section headers are missing this has the code too.
    pub fn data(&self) -> impl Iterator<Item = Data<'b>> {
        let bytes = self.bytes;
        let data = |range: &Range<usize>| Some(Data { offset: range.start, bytes: bytes.get(range.clone())? });
        self.data.iter().filter_map(data)
    }
}

impl Machine {
    fn of(e_machine: u16) -> Self {
        match e_machine {
            EM_ARM => Self::Arm,
            EM_AARCH64 => Self::Aarch64,
            EM_386 => Self::X86,
            EM_X86_64 => Self::X86_64,
            EM_RISCV => Self::Riscv,
            EM_MIPS => Self::Mips,
            other => Self::Other(other),
        }
    }
}

/// A library that is being read.
struct Reader<'b> {
    bytes: &'b [u8],
    ctx: Ctx,
    header: Header,
    /// Offset and message.
    issues: Vec<(Option<u64>, String)>,
}

impl<'b> Reader<'b> {
    fn fill(&mut self, library: &mut Library<'b>) {
        let (loads, dynamic) = self.segments();
        let sections = self.sections();
        let tables = dynamic.and_then(|header| self.dynamic(header, &loads));
        let mut without = holes(&sections, self.bytes.len());
        without.extend(self.headers());
        if let Some(dynamic) = tables {
            let names = self.names(&dynamic);
            self.fill_names(library, &dynamic.dyns, &names);
            let table =
                sections.iter().find(|it| it.sh_type == SHT_DYNSYM && it.sh_offset == dynamic.info.symtab as u64);
            let table_bytes = table.map_or(0, |it| it.sh_size);
            let symbols = Symbols::find(self.bytes, self.ctx, &dynamic.info, table_bytes, &mut self.issues);
            without.extend([names.place(), symbols.place()]);
            (library.imports, library.jni) = symbols.read(&names, &mut self.issues);
        }
        let mapped = loads.iter().map(|load| clamped(load.p_offset, load.p_filesz, self.bytes.len())).collect();
        library.data = subtract(mapped, without);
    }

    fn issue(&mut self, offset: u64, message: impl Into<String>) {
        self.issues.push((Some(offset), message.into()));
    }

    /// The segments that are mapped, and the one of the dynamic section.
    fn segments(&mut self) -> (Vec<ProgramHeader>, Option<ProgramHeader>) {
        let (offset, claimed) = (self.header.e_phoff, usize::from(self.header.e_phnum));
        let there = self.items_at(offset, ProgramHeader::size(self.ctx));
        if there < claimed {
            self.issue(offset, format!("expected {claimed} program headers, {there} fit into the file"));
        }
        let count = claimed.min(there).min(MAX_SEGMENTS);
        let headers = ProgramHeader::parse(self.bytes, position(offset), count, self.ctx).unwrap_or_default();
        let loads: Vec<ProgramHeader> = headers.iter().filter(|it| it.p_type == PT_LOAD).cloned().collect();
        if loads.is_empty() {
            self.issue(offset, "expected a program header of a loadable segment, there is none");
        }
        (loads, headers.into_iter().find(|it| it.p_type == PT_DYNAMIC))
    }

    /// The file header and the program headers.
    fn headers(&self) -> [Range<usize>; 2] {
        let count = usize::from(self.header.e_phnum).min(MAX_SEGMENTS);
        let size = count.saturating_mul(ProgramHeader::size(self.ctx));
        let length = self.bytes.len();
        [0..Header::size(self.ctx).min(length), clamped(self.header.e_phoff, size as u64, length)]
    }

    /// As many section headers as fit into the file; the linker needs none, so a lack of them is no fault.
    fn sections(&self) -> Vec<SectionHeader> {
        let offset = self.header.e_shoff;
        let there = self.items_at(offset, SectionHeader::size(self.ctx));
        let count = usize::from(self.header.e_shnum).min(there);
        if offset == 0 || count == 0 {
            return Vec::new();
        }
        SectionHeader::parse(self.bytes, position(offset), count, self.ctx).unwrap_or_default()
    }

    /// The dynamic section where the linker finds it: by the address of its segment.
    fn dynamic(&mut self, mut header: ProgramHeader, loads: &[ProgramHeader]) -> Option<Dynamic> {
        header.p_offset = offset_of(header.p_vaddr, loads).unwrap_or(header.p_offset);
        let offset = header.p_offset;
        let size = Dyn::size(self.ctx.container);
        let there = self.items_at(offset, size);
        let claimed = position(header.p_filesz).checked_div(size).unwrap_or_default();
        if there < claimed {
            self.issue(offset, format!("expected {claimed} entries of the dynamic section, {there} fit into the file"));
        }
        header.p_filesz = claimed.min(there).min(MAX_DYNAMIC).saturating_mul(size) as u64;
        let headers: Vec<ProgramHeader> = std::iter::once(header).chain(loads.iter().cloned()).collect();
        Dynamic::parse(self.bytes, &headers, self.ctx).ok().flatten()
    }

    /// The table of the names that the dynamic section refers to.
    fn names(&mut self, dynamic: &Dynamic) -> Names<'b> {
        let (start, size) = (dynamic.info.strtab, dynamic.info.strsz);
        let there = self.bytes.len().saturating_sub(start);
        // goblin gives 0 for an address that is in no segment; the table is never at the start of the file.
        if start == 0 || there < size {
            self.issue(start as u64, format!("expected a string table of {size} bytes, {there} are left in the file"));
        }
        Names::new(self.bytes, if start == 0 { 0..0 } else { clamped(start as u64, size as u64, self.bytes.len()) })
    }

    fn fill_names(&mut self, library: &mut Library<'b>, dyns: &[Dyn], names: &Names<'b>) {
        for entry in dyns.iter().filter(|entry| matches!(entry.d_tag, DT_NEEDED | DT_SONAME)) {
            match names.get(entry.d_val) {
                Some(name) if entry.d_tag == DT_NEEDED => library.needed.push(name),
                Some(name) => library.soname = Some(name),
                None => {
                    let message = format!("expected a name at {:#x} of the string table", entry.d_val);
                    self.issues.push((None, message));
                }
            }
        }
    }

    /// How many items of `size` bytes there are from `offset` to the end of the file.
    fn items_at(&self, offset: u64, size: usize) -> usize {
        self.bytes.len().saturating_sub(position(offset)).checked_div(size).unwrap_or_default()
    }
}

/// Mapped sections that are code or tables of the linker. One without bytes in the file hides none.
fn holes(sections: &[SectionHeader], length: usize) -> Vec<Range<usize>> {
    let hides = |it: &&SectionHeader| {
        let mapped = it.sh_flags & u64::from(SHF_ALLOC) != 0 && it.sh_type != SHT_NOBITS;
        mapped && (it.sh_type != SHT_PROGBITS || it.sh_flags & u64::from(SHF_EXECINSTR) != 0)
    };
    sections.iter().filter(hides).map(|it| clamped(it.sh_offset, it.sh_size, length)).collect()
}

/// The offset in the file of an address that a segment has bytes for.
fn offset_of(address: u64, loads: &[ProgramHeader]) -> Option<u64> {
    loads.iter().find_map(|load| {
        let inside = address.checked_sub(load.p_vaddr).filter(|inside| *inside < load.p_filesz)?;
        load.p_offset.checked_add(inside)
    })
}

/// The part of a range that lies in a file of `length` bytes.
fn clamped(offset: u64, size: u64, length: usize) -> Range<usize> {
    position(offset).min(length)..position(offset.saturating_add(size)).min(length)
}

/// An offset as a position, which lies beyond every file where the machine has no such position.
fn position(offset: u64) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}
