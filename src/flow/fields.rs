//! What a field holds: its constant, or what the program's few assignments of it bring.

use super::body::Body;
use super::domain::{Abstract, Atom, Cause, Reason};
use super::hierarchy::Method;
use super::resolve::{Inquiry, Pick};
use crate::dex::{Constant, FieldIdx};

/// Assignments of a field.
const MAX_STORES: usize = 4;

/// `ACC_FINAL`
const FINAL: u32 = 0x10;

impl<'p, 'b> Inquiry<'_, 'p, 'b> {
    /// What a field holds, by all that the program assigns to it.
    pub(super) fn field(&self, body: &Body<'p, 'b>, field: FieldIdx, stack: &mut Vec<Method>) -> Abstract {
        let key = (body.number, field);
        if let Some(known) = self.fields.borrow().get(&key) {
            return known.clone();
        }
        let named = |count: usize| {
            let name = body.unit.dex.field_descriptor(field).into();
            let row = body.unit.dex.field(field);
            let class = row.and_then(|row| self.resolver.hierarchy.type_of(body.number, row.class));
            let ours = class.is_some_and(|class| self.resolver.hierarchy.class(class).is_some());
            Abstract::because(if ours { Reason::Field(name, count) } else { Reason::Outside(name) })
        };
        // A field that depends on itself is not known.
        self.fields.borrow_mut().insert(key, named(1));
        let value = self.assigned(body, field, stack).unwrap_or_else(|(known, count)| known.join(&named(count)));
        self.fields.borrow_mut().insert(key, value.clone());
        value
    }

    /// The error is what is known of it nevertheless, and how often it is assigned.
    fn assigned(
        &self,
        body: &Body<'p, 'b>,
        field: FieldIdx,
        stack: &mut Vec<Method>,
    ) -> Result<Abstract, (Abstract, usize)> {
        let hierarchy = self.resolver.hierarchy;
        let same = self.resolver.index.same_fields(hierarchy, body.number, field, |rows| self.spend(rows));
        let same = same.ok_or((Abstract::Never, 0))?;
        let mut all = Abstract::Never;
        for (unit, index, class) in &same {
            let Some(defined) = hierarchy.class(*class).filter(|class| class.unit == *unit) else { continue };
            let Some(file) = hierarchy.program.units.get(defined.unit as usize) else { continue };
            let class = file.dex.field(*index).and_then(|row| file.class(row.class));
            let Some((constant, access)) = class.and_then(|class| file.dex.initial(&class, *index)) else { continue };
            let value = match constant {
                Constant::Int(number) => Abstract::one(Atom::Int(number)),
                Constant::String(text) => file.dex.string(text).map_or(Abstract::Never, |text| Abstract::text(&text)),
            };
            if access & FINAL != 0 {
                return Ok(value);
            }
            all = all.join(&value);
        }
        let stores = self.resolver.index.stores(&same);
        let count = stores.len();
        if count > MAX_STORES || stack.len() >= self.resolver.depth || count == 0 && all == Abstract::Never {
            return Err((Abstract::Never, count));
        }
        let mut zero = is_number(body, field) && all == Abstract::Never;
        for (method, pc) in stores {
            zero &= !self.is_initialiser(method);
            if stack.contains(&method) {
                return Err((all.known(), count));
            }
            stack.push(method);
            let values = self.all(Some(method), Pick::Stored(pc), stack);
            stack.pop();
            for (value, _) in values {
                all = all.join(&value);
            }
        }
        if zero {
            all = all.join(&Abstract::one(Atom::Int(0)));
        }
        let hopeless =
            |cause: &Cause| matches!(cause, Cause::Because(Reason::Computed | Reason::Limit) | Cause::Param(_));
        if all == Abstract::Never || all.causes().iter().any(hopeless) { Err((all.known(), count)) } else { Ok(all) }
    }

    fn is_initialiser(&self, method: Method) -> bool {
        let hierarchy = self.resolver.hierarchy;
        hierarchy.method(method).is_some_and(|method| {
            let dex = hierarchy.program.units.get(method.unit as usize).map(|unit| &unit.dex);
            let name = dex.and_then(|dex| dex.string_bytes(dex.method(method.row.method)?.name));
            name.is_some_and(|name| name.starts_with(b"<"))
        })
    }
}

/// Whether a field is a number, whose first value is zero.
fn is_number(body: &Body<'_, '_>, field: FieldIdx) -> bool {
    let dex = &body.unit.dex;
    let ty = dex.field(field).and_then(|row| dex.type_bytes(row.ty));
    ty.is_some_and(|ty| !matches!(ty.first(), Some(b'L' | b'[')))
}
