//! What a layout file makes the system do: classes that it makes objects of, and methods that a click calls.
//!
//! Where a name is a reference to a resource it is left out; includes need no following, for every layout is read.

use super::bytes::Issues;
use super::element::{Element, NAME, ON_CLICK};
use super::{Layout, read_element};
use crate::error::Issue;

/// Reads a layout (binary XML, protobuf or text); `file` names it in issues. Any other XML gives nothing.
pub(super) fn read(file: &str, bytes: &[u8]) -> (Layout, Vec<Issue>) {
    let mut issues = Issues::new(file);
    let mut layout = Layout::default();
    if let Some(root) = read_element(bytes, &mut issues) {
        visit(&root, &mut layout);
    }
    layout.classes.sort_unstable();
    layout.classes.dedup();
    layout.handlers.sort_unstable();
    layout.handlers.dedup();
    (layout, issues.into_vec())
}

fn visit(element: &Element, layout: &mut Layout) {
    // `LayoutInflater`: a tag with a dot is a class; <view class> and <fragment> name theirs in an attribute.
    if element.name.contains('.') {
        layout.classes.push(element.name.clone());
    }
    let class = || element.plain("class").or_else(|| element.get(NAME));
    let names_class =
        matches!(element.name.as_str(), "view" | "fragment") || element.name.ends_with("FragmentContainerView");
    if let Some(class) = class().filter(|_| names_class) {
        layout.classes.extend(Some(class.text().into_owned()).filter(|name| name.contains('.')));
    }
    if let Some(handler) = element.get(ON_CLICK) {
        layout.handlers.extend(Some(handler.text().into_owned()).filter(|name| !name.is_empty()));
    }
    element.children.iter().for_each(|child| visit(child, layout));
}
