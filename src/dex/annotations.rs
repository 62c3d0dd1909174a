//! Which methods carry an annotation. What the annotation says is not read.
//!
//! Source: Android "Dalvik executable format", `annotations_directory_item`, `annotation_set_item`, `annotation_item`.

use super::bytes::{Cursor, at, u32_at};
use super::{ClassDef, Dex, MethodIdx, TypeIdx};

/// Annotations of one method that are looked at: nobody writes more than a few.
const MAX_ANNOTATIONS: usize = 64;

impl<'a> Dex<'a> {
    /// The methods that carry the annotation `wanted`, in the order of the classes. Each method and each annotation is
    /// paid for with bytes of the file: one whose classes share their lists is left where that passes its size.
    pub fn annotated(&self, wanted: TypeIdx) -> Vec<MethodIdx> {
        let mut found = Vec::new();
        let mut left = self.data.len();
        for class in self.classes().flatten() {
            for (method, set) in self.method_annotations(&class) {
                let annotations = self.annotation_types(set);
                let Some(rest) = left.checked_sub(8usize.saturating_add(annotations.len().saturating_mul(4))) else {
                    return found;
                };
                left = rest;
                if annotations.contains(&wanted) {
                    found.push(method);
                }
            }
        }
        found
    }

    /// The methods of a class that have annotations, each with its `annotation_set_item`.
    fn method_annotations(&self, class: &ClassDef) -> impl Iterator<Item = (MethodIdx, u32)> + use<'a> {
        let rows = || {
            let directory = at(class.annotations).checked_add(4)?;
            let fields = u32_at(self.data, directory)?;
            let methods = u32_at(self.data, directory.checked_add(4)?)?;
            let start = directory.checked_add(12)?.checked_add(at(fields).checked_mul(8)?)?;
            Some((self.data.get(start..)?, methods))
        };
        let (rows, count) = (class.annotations != 0).then(rows).flatten().unwrap_or_default();
        let rows = rows.chunks_exact(8).take(at(count));
        rows.filter_map(|row| Some((MethodIdx(u32_at(row, 0)?), u32_at(row, 4)?)))
    }

    fn annotation_types(&self, set: u32) -> Vec<TypeIdx> {
        let count = u32_at(self.data, at(set)).unwrap_or_default();
        let items = at(set).checked_add(4).and_then(|start| self.data.get(start..)).unwrap_or_default();
        let items = items.chunks_exact(4).take(at(count).min(MAX_ANNOTATIONS));
        let type_of = |item: &[u8]| {
            // The visibility takes the first byte.
            let mut annotation = Cursor::new(self.data, at(u32_at(item, 0)?).checked_add(1)?);
            annotation.uleb128().map(TypeIdx)
        };
        items.filter_map(type_of).collect()
    }
}
