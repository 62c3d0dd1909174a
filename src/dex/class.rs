//! Class definitions and their members.

use super::bytes::{Cursor, at, u32_at};
use super::{Code, Dex, MethodIdx, StringIdx, TypeIdx};
use crate::error::{Error, Result};

/// `NO_INDEX`
pub(super) const NO_INDEX: u32 = u32::MAX;

/// `class_def_item`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClassDef {
    /// The class.
    pub class: TypeIdx,
    /// Access flags.
    pub access: u32,
    /// Superclass; none for `java.lang.Object` only.
    pub superclass: Option<TypeIdx>,
    /// Name of the source file, where the compiler kept it.
    pub source_file: Option<StringIdx>,
    interfaces: u32,
    /// `annotations_off`; 0 = none.
    pub(super) annotations: u32,
    pub(super) data: u32,
    /// `static_values_off`; 0 = no static field has a constant.
    pub(super) values: u32,
}

/// A method that a class defines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MethodDef {
    /// Its row.
    pub method: MethodIdx,
    /// Access flags.
    pub access: u32,
    /// First byte of its code; 0 = abstract or native.
    pub code: u32,
}

impl MethodDef {
    /// `ACC_PUBLIC`
    pub fn is_public(&self) -> bool {
        self.access & 0x1 != 0
    }

    /// `ACC_CONSTRUCTOR` of an object: the static initialiser of a class has the flag, too.
    pub fn is_constructor(&self) -> bool {
        self.access & 0x1_0000 != 0 && !self.is_static()
    }

    /// `ACC_STATIC`
    pub fn is_static(&self) -> bool {
        self.access & 0x8 != 0
    }

    /// `ACC_NATIVE`
    pub fn is_native(&self) -> bool {
        self.access & 0x100 != 0
    }
}

impl<'a> Dex<'a> {
    /// Class definitions by their place in the table.
    pub fn classes(&self) -> impl ExactSizeIterator<Item = Option<ClassDef>> + use<'a> {
        let dex = *self;
        (0..self.header.classes.count).map(move |index| dex.class(index))
    }

    /// The class definition at `index`, counted in `class_defs`.
    pub fn class(&self, index: u32) -> Option<ClassDef> {
        let item = self.header.classes.item(index, 32)?;
        let field = |offset: usize| u32_at(self.data, item.checked_add(offset)?);
        let optional = |value: u32| (value != NO_INDEX).then_some(value);
        Some(ClassDef {
            class: TypeIdx(field(0)?),
            access: field(4)?,
            superclass: optional(field(8)?).map(TypeIdx),
            interfaces: field(12)?,
            source_file: optional(field(16)?).map(StringIdx),
            annotations: field(20)?,
            data: field(24)?,
            values: field(28)?,
        })
    }

    /// The interfaces that a class names.
    pub fn interfaces(&self, class: &ClassDef) -> impl Iterator<Item = TypeIdx> + use<'a> {
        self.type_list(class.interfaces)
    }

    /// The members of a class; none for a marker interface.
    ///
    /// # Errors
    /// The member lists do not lie in the file.
    pub fn class_data(&self, class: &ClassDef) -> Result<Option<ClassData<'a>>> {
        self.members(class).0
    }

    /// [`Self::class_data`], and how many bytes were read to get there.
    pub(super) fn members(&self, class: &ClassDef) -> (Result<Option<ClassData<'a>>>, u64) {
        if class.data == 0 {
            return (Ok(None), 0);
        }
        let mut cursor = Cursor::new(self.data, at(class.data));
        let methods = self.skip_fields(class, &mut cursor);
        let bytes = cursor.offset.saturating_sub(at(class.data)) as u64;
        let members = methods.map(|(direct, virtuals)| {
            Some(ClassData { cursor, direct, virtuals, method: 0, first: true, failed: false })
        });
        (members, bytes)
    }

    /// Moves to the methods of a class; gives how many direct and virtual ones it claims.
    fn skip_fields(&self, class: &ClassDef, cursor: &mut Cursor<'a>) -> Result<(u32, u32)> {
        let mut counts = [0u32; 4];
        for count in &mut counts {
            *count =
                cursor.uleb128().ok_or_else(|| Self::bad("class_data offset", class.data.into(), at(class.data)))?;
        }
        let [statics, instances, direct, virtuals] = counts;
        let fields = u64::from(statics).saturating_add(instances.into());
        let misfit = |cause: &str| Error::malformed(format!("{fields} fields {cause}"), u64::from(class.data));
        if fields > u64::from(self.header.fields.count) {
            return Err(misfit("in a class are more than the file has"));
        }
        for _ in 0..fields {
            cursor
                .uleb128()
                .and_then(|_| cursor.uleb128())
                .ok_or_else(|| misfit("of a class do not fit in the file"))?;
        }
        Ok((direct, virtuals))
    }

    /// The code of a method; none where it is abstract or native.
    ///
    /// # Errors
    /// The code item does not lie in the file.
    pub fn code(&self, method: &MethodDef) -> Result<Option<Code<'a>>> {
        if method.code == 0 { Ok(None) } else { Code::read(self.data, method.code).map(Some) }
    }
}

/// The methods of one class: first direct, then virtual ones. After an error it ends.
#[derive(Debug, Clone)]
pub struct ClassData<'a> {
    cursor: Cursor<'a>,
    direct: u32,
    virtuals: u32,
    method: u32,
    first: bool,
    failed: bool,
}

impl ClassData<'_> {
    fn read(&mut self) -> Option<MethodDef> {
        let difference = self.cursor.uleb128()?;
        // Indices are differences, and each of the two lists starts anew.
        self.method = if self.first { difference } else { self.method.checked_add(difference)? };
        self.first = false;
        let access = self.cursor.uleb128()?;
        let code = self.cursor.uleb128()?;
        Some(MethodDef { method: MethodIdx(self.method), access, code })
    }
}

impl Iterator for ClassData<'_> {
    type Item = Result<MethodDef>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        if let Some(left) = self.direct.checked_sub(1) {
            self.direct = left;
            if left == 0 {
                let method = self.read();
                self.first = true;
                return Some(method.ok_or_else(|| self.fail()));
            }
        } else {
            self.virtuals = self.virtuals.checked_sub(1)?;
        }
        let method = self.read();
        Some(method.ok_or_else(|| self.fail()))
    }
}

impl ClassData<'_> {
    #[cold]
    fn fail(&mut self) -> Error {
        self.failed = true;
        Error::malformed("method list of the class does not fit in the file", self.cursor.offset as u64)
    }
}
