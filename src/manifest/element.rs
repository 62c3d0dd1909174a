//! The element tree that all three encodings are read into, and the attributes that candor asks it for.
//!
//! It holds values as they are written; references are resolved by [`super::resources`].

use std::borrow::Cow;
use std::fmt;

use super::bytes::{Budget, Issues};

/// The namespace of the platform's attributes.
pub(super) const ANDROID: &str = "http://schemas.android.com/apk/res/android";

/// Elements inside each other. The deepest manifest of the platform's own schema has six levels, a network security
/// configuration nests domains at will; what is deeper is skipped, so that no recursion over the tree can overflow.
pub(super) const MAX_DEPTH: usize = 64;

/// What is said of an element below [`MAX_DEPTH`].
pub(super) const TOO_DEEP: &str = "elements nest too deep; what is inside is left out";

/// What an element or an attribute costs of the [`Budget`], about their size in memory.
pub(super) const NODE_COST: usize = 128;

/// An element with what is inside it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Element {
    /// Tag, without namespace.
    pub(super) name: String,
    /// Bytes from the start of the file, where the encoding has them.
    pub(super) offset: Option<usize>,
    /// Attributes in order.
    pub(super) attributes: Vec<Attribute>,
    /// Elements inside, in order.
    pub(super) children: Vec<Element>,
    /// Text inside, without that of its children.
    pub(super) text: String,
}

/// An attribute of an element.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Attribute {
    /// The platform's resource id for it: what Android goes by.
    pub(super) id: Option<u32>,
    /// Where its name belongs.
    pub(super) namespace: Namespace,
    /// Its name, often stripped where there is an id.
    pub(super) name: String,
    /// Its value.
    pub(super) value: Value,
}

/// Where an attribute's name belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Namespace {
    /// It has none, like `package`.
    None,
    /// [`ANDROID`].
    Android,
    /// Another, like `tools`.
    Other,
}

/// A value of an attribute or resource: `Res_value` of AOSP's `ResourceTypes.h`, or `Item` of its `Resources.proto`.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// Undefined, the same as absent.
    Null,
    /// Text, or the path of a file in the package.
    Text(String),
    /// Another resource.
    Reference(Reference),
    /// A number, written decimal.
    Integer(i32),
    /// A number, written hexadecimal.
    Hex(u32),
    /// A truth value.
    Boolean(bool),
    /// Something else (color, dimension, fraction, float, theme attribute, style, array), as text.
    Other(String),
}

/// Which resource a value stands for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Reference {
    /// Resource id, 0 where only the name is known.
    pub(super) id: u32,
    /// `type/name`, perhaps with `package:` before it; empty where only the id is known.
    pub(super) name: String,
}

/// An attribute of the platform (`public-final.xml` of AOSP).
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    id: u32,
    name: &'static str,
}

/// Declares the attributes that candor asks for.
macro_rules! known {
    ($($constant:ident $name:literal $id:literal,)*) => {
        $(pub(super) const $constant: Known = Known { id: $id, name: $name };)*
    };
}

known! {
    LABEL "label" 0x0101_0001,
    ICON "icon" 0x0101_0002,
    NAME "name" 0x0101_0003,
    PERMISSION "permission" 0x0101_0006,
    HAS_CODE "hasCode" 0x0101_000c,
    ENABLED "enabled" 0x0101_000e,
    DEBUGGABLE "debuggable" 0x0101_000f,
    EXPORTED "exported" 0x0101_0010,
    PROCESS "process" 0x0101_0011,
    AUTHORITIES "authorities" 0x0101_0018,
    VALUE "value" 0x0101_0024,
    RESOURCE "resource" 0x0101_0025,
    SCHEME "scheme" 0x0101_0027,
    HOST "host" 0x0101_0028,
    TARGET_ACTIVITY "targetActivity" 0x0101_0202,
    MIN_SDK_VERSION "minSdkVersion" 0x0101_020c,
    VERSION_CODE "versionCode" 0x0101_021b,
    VERSION_NAME "versionName" 0x0101_021c,
    TARGET_SDK_VERSION "targetSdkVersion" 0x0101_0270,
    ON_CLICK "onClick" 0x0101_026f,
    MAX_SDK_VERSION "maxSdkVersion" 0x0101_0271,
    BACKUP_AGENT "backupAgent" 0x0101_027f,
    USES_CLEARTEXT_TRAFFIC "usesCleartextTraffic" 0x0101_04ec,
    NETWORK_SECURITY_CONFIG "networkSecurityConfig" 0x0101_0527,
    VERSION_CODE_MAJOR "versionCodeMajor" 0x0101_0576,
    APP_COMPONENT_FACTORY "appComponentFactory" 0x0101_057a,
    IS_SPLIT_REQUIRED "isSplitRequired" 0x0101_0591,
}

impl Element {
    /// The value of an attribute of the platform: by resource id, as Android does, and by name only where the
    /// encoding has no ids. Undefined is absent.
    pub(super) fn get(&self, known: Known) -> Option<&Value> {
        let matches = |attribute: &&Attribute| match attribute.id {
            Some(id) => id == known.id,
            None => attribute.namespace == Namespace::Android && attribute.name == known.name,
        };
        self.attributes.iter().find(matches).map(|attribute| &attribute.value).filter(|value| **value != Value::Null)
    }

    /// The value of an attribute without namespace.
    pub(super) fn plain(&self, name: &str) -> Option<&Value> {
        let matches = |attribute: &&Attribute| attribute.namespace == Namespace::None && attribute.name == name;
        self.attributes.iter().find(matches).map(|attribute| &attribute.value).filter(|value| **value != Value::Null)
    }

    /// The elements of one tag inside.
    pub(super) fn named(&self, name: &str) -> impl Iterator<Item = &Element> {
        self.children.iter().filter(move |child| child.name == name)
    }
}

/// The elements that are open while a document is read.
#[derive(Debug)]
pub(super) struct Open<'a> {
    budget: &'a Budget,
    stack: Vec<Element>,
    skipped: usize,
}

impl<'a> Open<'a> {
    /// No element is open in a document that may cost `budget`.
    pub(super) fn new(budget: &'a Budget) -> Self {
        Self { budget, stack: Vec::new(), skipped: 0 }
    }

    /// No element is open.
    pub(super) fn is_empty(&self) -> bool {
        self.stack.is_empty()
    }

    /// Opens `element` inside the innermost one; below [`MAX_DEPTH`] it is skipped with all inside.
    pub(super) fn start(&mut self, element: Element, issues: &mut Issues) {
        let is_deep = MAX_DEPTH <= self.stack.len();
        if is_deep && self.skipped == 0 {
            issues.push(element.offset, TOO_DEEP);
        }
        if 0 < self.skipped || is_deep || self.budget.take(NODE_COST).is_none() {
            self.skipped = self.skipped.saturating_add(1);
        } else {
            self.stack.push(element);
        }
    }

    /// Adds text to the innermost element.
    pub(super) fn text(&mut self, text: &str) {
        if self.skipped == 0
            && let Some(element) = self.stack.last_mut()
        {
            element.text.push_str(text);
        }
    }

    /// Closes the innermost element, and gives it where it is the root.
    pub(super) fn end(&mut self) -> Option<Element> {
        if 0 < self.skipped {
            self.skipped = self.skipped.saturating_sub(1);
            return None;
        }
        let element = self.stack.pop()?;
        match self.stack.last_mut() {
            Some(parent) => {
                parent.children.push(element);
                None
            }
            None => Some(element),
        }
    }

    /// Closes all elements and gives the root, where there is one.
    pub(super) fn close(mut self) -> Option<Element> {
        self.skipped = 0;
        while !self.stack.is_empty() {
            if let Some(root) = self.end() {
                return Some(root);
            }
        }
        None
    }
}

impl Value {
    /// A typed value of the binary encodings; `string` gives the text at an index of the pool that it goes with.
    /// `None` where there is no such text.
    pub(super) fn from_typed(kind: u8, data: u32, string: impl FnOnce(u32) -> Option<String>) -> Option<Self> {
        Some(match kind {
            0x00 => Self::Null,
            // References, and those of shared libraries, which are resolved the same inside one package.
            0x01 | 0x07 => Self::Reference(Reference { id: data, name: String::new() }),
            0x03 => Self::Text(string(data)?),
            // As `Float.toString` has it: a whole number keeps its ".0".
            0x04 => Self::Other(format!("{:?}", f32::from_bits(data))),
            0x10 => Self::Integer(data.cast_signed()),
            0x11 => Self::Hex(data),
            0x12 => Self::Boolean(data != 0),
            0x1c..=0x1f => Self::Other(format!("#{data:08x}")),
            0x02 | 0x08 => Self::Other(format!("?{data:#010x}")),
            _ => Self::Other(format!("{data:#x}")),
        })
    }

    /// The text that Android gives for it (`TypedValue.coerceToString`).
    pub(super) fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Null => Cow::Borrowed(""),
            Self::Text(text) | Self::Other(text) => Cow::Borrowed(text),
            Self::Reference(reference) => Cow::Owned(reference.to_string()),
            Self::Integer(number) => Cow::Owned(number.to_string()),
            Self::Hex(number) => Cow::Owned(format!("{number:#x}")),
            Self::Boolean(truth) => Cow::Borrowed(if *truth { "true" } else { "false" }),
        }
    }

    /// The number that Android gives for it (`TypedArray.getInt`).
    pub(super) fn integer(&self) -> Option<i32> {
        match self {
            Self::Integer(number) => Some(*number),
            Self::Hex(number) => Some(number.cast_signed()),
            Self::Boolean(truth) => Some(i32::from(*truth)),
            Self::Text(text) => match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
                Some(digits) => u32::from_str_radix(digits, 16).ok().map(u32::cast_signed),
                None => text.parse().ok(),
            },
            Self::Null | Self::Reference(_) | Self::Other(_) => None,
        }
    }

    /// The truth value that Android gives for it (`TypedArray.getBoolean`).
    pub(super) fn boolean(&self) -> Option<bool> {
        match self {
            Self::Boolean(truth) => Some(*truth),
            Self::Integer(number) => Some(*number != 0),
            Self::Hex(number) => Some(*number != 0),
            Self::Text(text) => Some(matches!(text.as_str(), "1" | "true" | "TRUE")),
            Self::Null | Self::Reference(_) | Self::Other(_) => None,
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.name.as_str(), self.id) {
            ("", id) if id >> 24 == 1 => write!(f, "@android:{id:#010x}"),
            ("", id) => write!(f, "@{id:#010x}"),
            (name, _) => write!(f, "@{name}"),
        }
    }
}

impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
