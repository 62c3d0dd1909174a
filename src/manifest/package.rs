//! The element tree of a manifest into [`Manifest`], as AOSP's `ParsingPackageUtils` reads it.
//!
//! What Android ignores (elements in the wrong place, a second `<application>`) is ignored; what it refuses is an issue.

use super::bytes::Issues;
use super::component;
use super::element::{
    AUTHORITIES, Element, IS_SPLIT_REQUIRED, Known, MAX_SDK_VERSION, MIN_SDK_VERSION, NAME, TARGET_SDK_VERSION,
    VERSION_CODE, VERSION_CODE_MAJOR, VERSION_NAME, Value,
};
use super::resources::Resources;
use super::{Manifest, UsesPermission};

/// Platforms that a manifest may name instead of counting, while they were in development.
const CODENAMES: [(&str, u32); 22] = [
    ("Cupcake", 3),
    ("Donut", 4),
    ("Eclair", 5),
    ("Froyo", 8),
    ("Gingerbread", 9),
    ("Honeycomb", 11),
    ("IceCreamSandwich", 14),
    ("JellyBean", 16),
    ("KitKat", 19),
    ("L", 21),
    ("M", 23),
    ("N", 24),
    ("O", 26),
    ("P", 28),
    ("Q", 29),
    ("R", 30),
    ("S", 31),
    ("Sv2", 32),
    ("Tiramisu", 33),
    ("UpsideDownCake", 34),
    ("VanillaIceCream", 35),
    ("Baklava", 36),
];

/// `Build.VERSION_CODES.CUR_DEVELOPMENT`: above all published platforms.
const DEVELOPMENT: u32 = 10_000;

/// What the reading of elements needs.
pub(super) struct Scope<'a> {
    /// For references.
    pub(super) resources: &'a Resources<'a>,
    /// Application id, before class names that have none.
    pub(super) package: String,
    /// What could not be read.
    pub(super) issues: &'a mut Issues,
}

/// Reads the `<manifest>` element.
pub(super) fn read(root: &Element, resources: &Resources<'_>, issues: &mut Issues) -> Manifest {
    let mut manifest = Manifest::default();
    if root.name != "manifest" {
        issues.push(root.offset, format!("expected <manifest>, found <{}>", root.name));
        return manifest;
    }
    let package = root.plain("package").map(|package| package.text().into_owned()).unwrap_or_default();
    if package.is_empty() {
        issues.push(root.offset, "<manifest> has no package");
    }
    manifest.package.clone_from(&package);
    manifest.split = root.plain("split").map(|split| split.text().into_owned());

    let mut scope = Scope { resources, package, issues };
    manifest.version_name = scope.text(root, VERSION_NAME);
    manifest.version_code = version_code(root, &mut scope);
    manifest.requires_splits = scope.boolean(root, IS_SPLIT_REQUIRED).unwrap_or(false);

    let mut application = None;
    for element in &root.children {
        match element.name.as_str() {
            "uses-sdk" => uses_sdk(element, &mut scope, &mut manifest),
            "uses-permission" => uses_permission(element, false, &mut scope, &mut manifest),
            "uses-permission-sdk-23" | "uses-permission-sdk-m" => {
                uses_permission(element, true, &mut scope, &mut manifest);
            }
            "permission" => manifest.defines_permissions.extend(scope.text(element, NAME)),
            "uses-feature" => manifest.features.extend(scope.text(element, NAME)),
            "feature-group" => {
                manifest.features.extend(element.named("uses-feature").filter_map(|feature| scope.text(feature, NAME)));
            }
            "queries" => queries(element, &mut scope, &mut manifest),
            "instrumentation" => manifest.instrumentation.extend(scope.class(element, NAME)),
            "application" if application.is_none() => application = Some(element),
            "application" => scope.issues.push(element.offset, "<manifest> has more than one <application>"),
            _ => {}
        }
    }
    if let Some(application) = application {
        component::read_application(application, &mut scope, &mut manifest);
    }
    manifest
}

/// `versionCode`, with `versionCodeMajor` above it.
fn version_code(root: &Element, scope: &mut Scope<'_>) -> Option<u64> {
    let minor = scope.integer(root, VERSION_CODE);
    let major = scope.integer(root, VERSION_CODE_MAJOR);
    if minor.is_none() && major.is_none() {
        return None;
    }
    let [minor, major] = [minor, major].map(|half| u64::from(half.unwrap_or_default().cast_unsigned()));
    Some(major << 32 | minor)
}

fn uses_sdk(element: &Element, scope: &mut Scope<'_>, manifest: &mut Manifest) {
    manifest.min_sdk = scope.sdk(element, MIN_SDK_VERSION).or(manifest.min_sdk);
    manifest.target_sdk = scope.sdk(element, TARGET_SDK_VERSION).or(manifest.target_sdk);
}

fn uses_permission(element: &Element, sdk_23: bool, scope: &mut Scope<'_>, manifest: &mut Manifest) {
    // Android takes no resource for the name of a permission.
    let name = match element.get(NAME) {
        Some(Value::Reference(reference)) => {
            scope.issues.push(element.offset, format!("<{}> is named by resource {reference}", element.name));
            return;
        }
        Some(name) => name.text().trim().to_owned(),
        None => String::new(),
    };
    if name.is_empty() {
        scope.issues.push(element.offset, format!("<{}> has no name", element.name));
        return;
    }
    let max_sdk = scope.integer(element, MAX_SDK_VERSION).and_then(|max| u32::try_from(max).ok());
    manifest.uses_permissions.push(UsesPermission { name, max_sdk, sdk_23 });
}

fn queries(element: &Element, scope: &mut Scope<'_>, manifest: &mut Manifest) {
    for query in &element.children {
        match query.name.as_str() {
            "package" => manifest.queries.extend(scope.text(query, NAME)),
            "intent" => {
                manifest.queries.extend(query.named("action").filter_map(|action| scope.text(action, NAME)));
            }
            "provider" => manifest.queries.extend(scope.list(query, AUTHORITIES)),
            _ => {}
        }
    }
}

impl Scope<'_> {
    /// An attribute's value, resolved; a reference to nothing is an issue.
    pub(super) fn value(&mut self, element: &Element, known: Known) -> Option<Value> {
        let value = element.get(known)?;
        match self.resources.resolve(value) {
            Some(Value::Null) => None,
            Some(value) => Some(value),
            None => {
                let (tag, reference) = (&element.name, value.text());
                self.issues.push(element.offset, format!("{known} {reference} of <{tag}> is not in the resources"));
                None
            }
        }
    }

    /// An attribute's text.
    pub(super) fn text(&mut self, element: &Element, known: Known) -> Option<String> {
        self.value(element, known).map(|value| value.text().into_owned())
    }

    /// An attribute's parts between semicolons.
    pub(super) fn list(&mut self, element: &Element, known: Known) -> Vec<String> {
        let text = self.text(element, known).unwrap_or_default();
        text.split(';').filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }

    /// An attribute's truth value.
    pub(super) fn boolean(&mut self, element: &Element, known: Known) -> Option<bool> {
        let value = self.value(element, known)?;
        self.expect(element, known, &value, value.boolean(), "a boolean")
    }

    /// An attribute's number.
    pub(super) fn integer(&mut self, element: &Element, known: Known) -> Option<i32> {
        let value = self.value(element, known)?;
        self.expect(element, known, &value, value.integer(), "a number")
    }

    /// An attribute's class name, with the package before it where it starts with a dot or has none
    /// (`ParsingUtils.buildClassName`).
    pub(super) fn class(&mut self, element: &Element, known: Known) -> Option<String> {
        let name = self.text(element, known).filter(|name| !name.is_empty())?;
        let package = &self.package;
        Some(match name.find('.') {
            _ if package.is_empty() => name,
            Some(0) => format!("{package}{name}"),
            Some(_) => name,
            None => format!("{package}.{name}"),
        })
    }

    /// An attribute's platform version: a number, or the name of a platform in development, perhaps with a fingerprint
    /// after a dot.
    fn sdk(&mut self, element: &Element, known: Known) -> Option<u32> {
        let value = self.value(element, known)?;
        let level = match (&value, value.integer()) {
            (_, Some(level)) => u32::try_from(level).ok(),
            (Value::Text(text), None) => {
                let name = text.split('.').next().unwrap_or_default();
                let published = CODENAMES.iter().find(|(codename, _)| *codename == name);
                Some(published.map_or(DEVELOPMENT, |(_, level)| *level))
            }
            _ => None,
        };
        self.expect(element, known, &value, level, "a platform version")
    }

    /// `read`, or an issue that `value` is not `what`.
    fn expect<T>(&mut self, element: &Element, known: Known, value: &Value, read: Option<T>, what: &str) -> Option<T> {
        if read.is_none() {
            let (tag, text) = (&element.name, value.text());
            self.issues.push(element.offset, format!("expected {what} for {known} of <{tag}>, found {text:?}"));
        }
        read
    }
}
