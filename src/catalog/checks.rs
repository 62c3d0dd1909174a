//! What the entries of catalog files must obey beyond their shape: names exist, words are of their set, descriptors are
//! well formed, and no two entries claim the same thing. Shared by the build script and the library.

use std::collections::{BTreeMap, BTreeSet};

use super::load::{CatalogFile, Fault, Text, suggestion};
use super::model::{ArgOp, DataType, Sdk, Source, SourceKind};
use super::tables::Tables;
use super::version::{Version, VersionKind};
use super::words::{
    CASES, CATEGORIES, DATA_CLASSES, DECLARED_BASES, GBT35273, LOOK_UPS, MARKER_KINDS, MARKERS, PHRASE_ROLES,
    PLATFORMS, PROTECTIONS, ROLES, STRENGTHS,
};

/// Bytes of the shortest text that is searched for, in UTF-8 and so in UTF-16 too.
const MIN_SHOWN: usize = 4;

/// Checks `files` as entries that are laid over `base`, in the order given. The first fault is returned.
pub(super) fn check(files: &[CatalogFile], base: &Tables<&str>) -> Result<(), Fault> {
    let names = Names::collect(files, base)?;
    files.iter().try_for_each(|file| {
        let tables = &file.tables;
        tables.data_types.iter().try_for_each(|entry| names.check_data_type(file, entry))?;
        tables.sources.iter().try_for_each(|entry| names.check_source(file, entry))?;
        tables.sdks.iter().try_for_each(|entry| names.check_sdk(file, entry))?;
        tables.versions.iter().try_for_each(|entry| names.check_version(file, entry))?;
        tables.rules.iter().try_for_each(|entry| names.check_rule(file, entry))?;
        for permission in &tables.permissions {
            constant(file, &permission.name)?;
            word(file, "protection", &permission.protection, PROTECTIONS)?;
        }
        for implied in &tables.implied {
            if !implied.declared.as_str().is_empty() {
                names.permission(file, &implied.declared)?;
            }
            names.permission(file, &implied.implied)?;
        }
        for library in &tables.libraries {
            java_name(file, &library.prefix)?;
        }
        for marker in &tables.markers {
            word(file, "kind", &marker.kind, MARKER_KINDS)?;
            word(file, "marker", &marker.marker, MARKERS)?;
        }
        for entry in &tables.not_endpoints {
            word(file, "role", &entry.role, ROLES)?;
            host(file, &entry.host)?;
        }
        for entry in &tables.phrases {
            word(file, "role", &entry.role, PHRASE_ROLES)?;
        }
        for entry in &tables.app_types {
            id(file, &entry.id)?;
            entry.necessary.iter().try_for_each(|data| names.data_type(file, data))?;
            entry.unrelated.iter().try_for_each(|permission| names.permission(file, permission))?;
        }
        for entry in &tables.texts {
            id(file, &entry.id)?;
            entry.words.iter().try_for_each(|word| shown(file, word))?;
        }
        Ok(())
    })
}

/// The names that entries may refer to, from the files and from what lies below them.
pub(super) struct Names<'t> {
    /// Data type to parent.
    pub(super) data: BTreeMap<&'t str, &'t str>,
    /// SDK to parent.
    sdks: BTreeMap<&'t str, &'t str>,
    permissions: BTreeSet<&'t str>,
    texts: BTreeSet<&'t str>,
    pub(super) protections_and_cases: Vec<&'t str>,
}

impl<'t> Names<'t> {
    /// Collects the names; two files that define the same entry are a fault.
    fn collect(files: &'t [CatalogFile], base: &'t Tables<&str>) -> Result<Self, Fault> {
        let mut once = Once::default();
        let mut names = Self {
            data: base.data_types.iter().map(|entry| (entry.id, entry.parent)).collect(),
            sdks: base.sdks.iter().map(|entry| (entry.id, entry.parent)).collect(),
            permissions: base.permissions.iter().map(|entry| entry.name).collect(),
            texts: base.texts.iter().map(|entry| entry.id).collect(),
            protections_and_cases: PROTECTIONS.iter().chain(CASES).copied().collect(),
        };
        for file in files {
            for entry in &file.tables.data_types {
                once.add("data type", file, &entry.id, &[])?;
                names.data.insert(entry.id.as_str(), entry.parent.as_str());
            }
            for entry in &file.tables.permissions {
                once.add("permission", file, &entry.name, &[])?;
                names.permissions.insert(entry.name.as_str());
            }
            for entry in &file.tables.sdks {
                once.add("sdk", file, &entry.id, &[])?;
                names.sdks.insert(entry.id.as_str(), entry.parent.as_str());
            }
            for entry in &file.tables.sources {
                once.add(entry.kind.as_str(), file, &entry.target, &[&entry.arg_value, &entry.data])?;
            }
            for entry in &file.tables.implied {
                once.add("implied permission", file, &entry.implied, &[&entry.declared])?;
            }
            for entry in &file.tables.markers {
                once.add("marker", file, &entry.pattern, &[&entry.kind, &entry.name, &entry.marker])?;
            }
            for entry in &file.tables.not_endpoints {
                once.add("not-endpoint", file, &entry.host, &[&entry.path])?;
            }
            for entry in &file.tables.phrases {
                once.add("phrase", file, &entry.role, &[&entry.value])?;
            }
            for entry in &file.tables.versions {
                let rest = [&entry.sdk, &entry.name, &entry.pattern];
                once.add(entry.kind.as_str(), file, &entry.place, &rest)?;
            }
            for entry in &file.tables.app_types {
                once.add("type of app", file, &entry.id, &[])?;
            }
            for entry in &file.tables.texts {
                once.add("text", file, &entry.id, &[])?;
                names.texts.insert(entry.id.as_str());
            }
            for entry in &file.tables.rules {
                once.add("rule", file, &entry.id, &[])?;
            }
        }
        once.prefixes(files, base)?;
        Ok(names)
    }

    fn check_data_type(&self, file: &CatalogFile, entry: &DataType<Text>) -> Result<(), Fault> {
        id(file, &entry.id)?;
        parent("data type", file, &entry.id, &entry.parent, &self.data)?;
        entry.also.iter().try_for_each(|also| self.data_type(file, also))?;
        if !entry.alternative_of.as_str().is_empty() {
            self.data_type(file, &entry.alternative_of)?;
        }
        word(file, "platform", &entry.platform, PLATFORMS)?;
        word(file, "class", &entry.class, DATA_CLASSES)?;
        word(file, "gbt35273", &entry.gbt35273, GBT35273)?;
        let level = entry.restricted.as_str().split(": ").next().unwrap_or_default();
        if level.is_empty() || level.parse::<u32>().is_ok() || level.starts_with("iOS ") {
            return Ok(());
        }
        Err(file.fault(&entry.restricted, "restricted starts with a level: `29: effect` or `iOS 7: effect`"))
    }

    fn check_source(&self, file: &CatalogFile, entry: &Source<Text>) -> Result<(), Fault> {
        if entry.data.as_str() != "*" {
            self.data_type(file, &entry.data)?;
        }
        word(file, "strength", &entry.strength, STRENGTHS)?;
        let target = entry.target.as_str();
        let well_formed = match entry.kind {
            SourceKind::FieldRead => is_field(target),
            SourceKind::MethodCall
            | SourceKind::MethodCallConstArg
            | SourceKind::MethodOverride
            | SourceKind::PermissionRequest
            | SourceKind::SettingsKey => is_method(target),
            _ => !target.is_empty(),
        };
        if !well_formed {
            return Err(
                file.fault(&entry.target, format!("`{target}` is not a target of kind {}", entry.kind.as_str()))
            );
        }
        let value = entry.arg_value.as_str();
        match entry.arg_op {
            ArgOp::Any if value.is_empty() => Ok(()),
            ArgOp::Any => word(file, "arg_value", &entry.arg_value, LOOK_UPS),
            ArgOp::Mask if hex(value).is_none() => {
                Err(file.fault(&entry.arg_value, format!("`{value}` is not a mask such as 0x20")))
            }
            _ if value.is_empty() => {
                Err(file.fault(&entry.target, "arg_op needs an arg_value; use `any` for no condition"))
            }
            _ => Ok(()),
        }
    }

    fn check_sdk(&self, file: &CatalogFile, entry: &Sdk<Text>) -> Result<(), Fault> {
        id(file, &entry.id)?;
        parent("sdk", file, &entry.id, &entry.parent, &self.sdks)?;
        word(file, "category", &entry.category, CATEGORIES)?;
        word(file, "declared_basis", &entry.declared_basis, DECLARED_BASES)?;
        let country = entry.country.as_str();
        if !(country.is_empty() || country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase())) {
            return Err(file.fault(&entry.country, format!("`{country}` is not an ISO 3166-1 alpha-2 code")));
        }
        for shipped in &entry.shipped_in {
            known("sdk", file, &shipped.sdk, self.sdks.keys())?;
            if !shipped.prefix.as_str().is_empty()
                && !entry.all_prefixes().any(|own| own.as_str() == shipped.prefix.as_str())
            {
                let prefix = shipped.prefix.as_str();
                return Err(file.fault(&shipped.prefix, format!("`{prefix}` is no prefix of `{}`", entry.id.as_str())));
            }
        }
        for data in entry.declared_data.iter().chain(&entry.declared_optional).chain(&entry.observed_data) {
            self.data_type(file, data)?;
        }
        for prefix in entry.prefixes.iter().chain(&entry.generic_prefixes).chain(&entry.recall_prefixes) {
            java_name(file, prefix)?;
        }
        entry.permissions.iter().try_for_each(|permission| constant(file, permission))
    }

    fn check_version(&self, file: &CatalogFile, entry: &Version<Text>) -> Result<(), Fault> {
        known("sdk", file, &entry.sdk, self.sdks.keys())?;
        let (kind, place, name) = (entry.kind.as_str(), entry.place.as_str(), entry.name.as_str());
        let well_formed = match entry.kind {
            VersionKind::Field if !is_member_name(name) => {
                return Err(file.fault(&entry.sdk, "a version of kind field needs the name of the field"));
            }
            VersionKind::Literal | VersionKind::MetaData | VersionKind::Library if !name.is_empty() => {
                return Err(file.fault(&entry.name, format!("a version of kind {kind} has no name")));
            }
            VersionKind::Field => return java_name_or_glob(file, &entry.place),
            VersionKind::Literal => return java_name(file, &entry.place),
            VersionKind::Entry => !place.is_empty(),
            VersionKind::MetaData => !place.is_empty() && !place.contains('*'),
            VersionKind::Library => place.strip_suffix(".so").is_some_and(|stem| !stem.contains('/')),
        };
        if well_formed {
            return Ok(());
        }
        Err(file.fault(&entry.place, format!("`{place}` is not a place of kind {kind}")))
    }

    pub(super) fn data_type(&self, file: &CatalogFile, data: &Text) -> Result<(), Fault> {
        known("data type", file, data, self.data.keys())
    }

    pub(super) fn permission(&self, file: &CatalogFile, name: &Text) -> Result<(), Fault> {
        known("permission", file, name, self.permissions.iter())
    }

    pub(super) fn text(&self, file: &CatalogFile, id: &Text) -> Result<(), Fault> {
        known("text", file, id, self.texts.iter())
    }
}

/// Remembers where each entry was defined first.
#[derive(Default)]
struct Once<'t> {
    seen: BTreeMap<(&'static str, Vec<&'t str>), (&'t CatalogFile, &'t Text)>,
}

impl<'t> Once<'t> {
    fn add(
        &mut self,
        what: &'static str,
        file: &'t CatalogFile,
        name: &'t Text,
        rest: &[&'t Text],
    ) -> Result<(), Fault> {
        let key = std::iter::once(name).chain(rest.iter().copied()).map(Text::as_str).collect();
        match self.seen.insert((what, key), (file, name)) {
            None => Ok(()),
            Some((other, place)) => {
                let at = format!("{}:{}", other.name, other.line(place));
                Err(file.fault(name, format!("duplicate {what} `{}`, first at {at}", name.as_str())))
            }
        }
    }

    /// No prefix belongs to two entries; one of `files` replaces that of `base` with the same id or prefix.
    fn prefixes(&mut self, files: &'t [CatalogFile], base: &'t Tables<&str>) -> Result<(), Fault> {
        let replaced: BTreeSet<&str> =
            files.iter().flat_map(|file| &file.tables.sdks).map(|sdk| sdk.id.as_str()).collect();
        let mut owners = BTreeMap::new();
        for sdk in base.sdks.iter().filter(|sdk| !replaced.contains(sdk.id)) {
            owners.extend(sdk.all_prefixes().map(|prefix| (*prefix, sdk.id)));
        }
        let libraries: BTreeMap<&str, &str> = base.libraries.iter().map(|entry| (entry.prefix, entry.name)).collect();
        for file in files {
            let of_sdks = file.tables.sdks.iter().flat_map(Sdk::all_prefixes);
            for prefix in of_sdks {
                self.prefix(file, prefix, owners.get(prefix.as_str()).or(libraries.get(prefix.as_str())))?;
            }
            for library in &file.tables.libraries {
                self.prefix(file, &library.prefix, owners.get(library.prefix.as_str()))?;
            }
        }
        Ok(())
    }

    fn prefix(&mut self, file: &'t CatalogFile, prefix: &'t Text, owner: Option<&&str>) -> Result<(), Fault> {
        self.add("prefix", file, prefix, &[])?;
        match owner {
            None => Ok(()),
            Some(owner) => {
                Err(file.fault(prefix, format!("duplicate prefix `{}`, which belongs to `{owner}`", prefix.as_str())))
            }
        }
    }
}

/// A word of a fixed set.
pub(super) fn word(file: &CatalogFile, key: &str, text: &Text, set: &[&str]) -> Result<(), Fault> {
    if set.contains(&text.as_str()) {
        return Ok(());
    }
    let near = suggestion(text.as_str(), set.iter().copied());
    Err(file.fault(text, format!("unknown {key} `{}`{near}", text.as_str())))
}

/// A name that another entry defines.
fn known<'n>(
    what: &str,
    file: &CatalogFile,
    name: &Text,
    mut names: impl Iterator<Item = &'n &'n str> + Clone,
) -> Result<(), Fault> {
    let candidates = names.clone();
    if names.any(|known| *known == name.as_str()) {
        return Ok(());
    }
    let near = suggestion(name.as_str(), candidates.copied());
    Err(file.fault(name, format!("unknown {what} `{}`{near}", name.as_str())))
}

/// The parent exists, and the chain of parents ends.
fn parent(
    what: &str,
    file: &CatalogFile,
    id: &Text,
    parent: &Text,
    parents: &BTreeMap<&str, &str>,
) -> Result<(), Fault> {
    if parent.as_str().is_empty() {
        return Ok(());
    }
    known(what, file, parent, parents.keys())?;
    let mut above = parent.as_str();
    for _ in 0..=parents.len() {
        match parents.get(above) {
            Some(&next) if !next.is_empty() => above = next,
            _ => return Ok(()),
        }
    }
    Err(file.fault(parent, format!("the parents of {what} `{}` form a cycle", id.as_str())))
}

/// An id in kebab-case.
fn id(file: &CatalogFile, text: &Text) -> Result<(), Fault> {
    let kebab = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if !text.as_str().is_empty() && text.as_str().bytes().all(kebab) {
        return Ok(());
    }
    Err(file.fault(text, format!("`{}` is not an id of a-z, 0-9 and -", text.as_str())))
}

/// A text that an app shows: it is searched for by a piece of itself.
fn shown(file: &CatalogFile, text: &Text) -> Result<(), Fault> {
    if MIN_SHOWN <= text.as_str().len() {
        return Ok(());
    }
    Err(file.fault(text, format!("`{}` is shorter than {MIN_SHOWN} bytes", text.as_str())))
}

/// A constant such as `android.permission.CAMERA`; `<package>.` and `*.` stand for the application id.
fn constant(file: &CatalogFile, text: &Text) -> Result<(), Fault> {
    let name = text.as_str();
    let name = name.strip_prefix("<package>.").or_else(|| name.strip_prefix("*.")).unwrap_or(name);
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    if !name.is_empty() && name.bytes().all(allowed) {
        return Ok(());
    }
    Err(file.fault(text, format!("`{}` is not the name of a permission", text.as_str())))
}

/// A host as it is compared: lowercase, without scheme, port and path.
fn host(file: &CatalogFile, text: &Text) -> Result<(), Fault> {
    let host = text.as_str();
    if !host.is_empty() && host.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || b".-*".contains(&it))
    {
        return Ok(());
    }
    Err(file.fault(text, format!("`{host}` is no host such as www.w3.org")))
}

/// A dotted Java package or class.
fn java_name(file: &CatalogFile, text: &Text) -> Result<(), Fault> {
    let segment = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$'));
    if text.as_str().split('.').all(segment) {
        return Ok(());
    }
    Err(file.fault(text, format!("`{}` is not a dotted Java package or class", text.as_str())))
}

/// A dotted Java class in which `*` stands for what a shrinker may have named, below a package that is whole.
fn java_name_or_glob(file: &CatalogFile, text: &Text) -> Result<(), Fault> {
    let Some((before, after)) = text.as_str().split_once('*') else { return java_name(file, text) };
    let plain = |part: &str| part.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '.' | '*'));
    if before.contains('.') && plain(before) && plain(after) {
        return Ok(());
    }
    Err(file.fault(text, format!("`{}` is not a dotted Java class below a package", text.as_str())))
}

/// The value of `0x…`.
fn hex(text: &str) -> Option<u32> {
    u32::from_str_radix(text.strip_prefix("0x")?, 16).ok()
}

/// `Lcls;->name(args)ret`, as smali writes it.
fn is_method(text: &str) -> bool {
    let Some((class, member)) = text.split_once("->") else { return false };
    let Some((name, prototype)) = member.split_once('(') else { return false };
    let Some((mut arguments, result)) = prototype.split_once(')') else { return false };
    while !arguments.is_empty() {
        match take_type(arguments) {
            Some(rest) => arguments = rest,
            None => return false,
        }
    }
    is_class(class) && is_member_name(name) && (result == "V" || take_type(result) == Some(""))
}

/// `Lcls;->name:type`, as smali writes it.
fn is_field(text: &str) -> bool {
    let Some((class, member)) = text.split_once("->") else { return false };
    let Some((name, of)) = member.split_once(':') else { return false };
    is_class(class) && is_member_name(name) && take_type(of) == Some("")
}

fn is_class(text: &str) -> bool {
    text.starts_with('L') && take_type(text) == Some("")
}

fn is_member_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '<' | '>' | '-'))
}

/// What follows the type descriptor at the start of `text`.
fn take_type(text: &str) -> Option<&str> {
    let element = text.trim_start_matches('[');
    match element.as_bytes().first()? {
        b'Z' | b'B' | b'S' | b'C' | b'I' | b'J' | b'F' | b'D' => element.get(1..),
        b'L' => {
            let (name, rest) = element.split_once(';')?;
            let segments = name.get(1..)?;
            let whole = |part: &str| !part.is_empty() && !part.contains(['.', '[', '(', ' ']);
            segments.split('/').all(whole).then_some(rest)
        }
        _ => None,
    }
}
