//! Whose code a class is, and whether the system would give that code what it asks for.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use super::model::{Certainty, Obtainable, Owner, OwnerKind, Read};
use super::namespaces::{OWNER_SEGMENTS, own_namespaces};
use crate::catalog::{Catalog, DataType, Holder, Source, Strength};
use crate::manifest::Manifest;

/// Who owns the classes of one package.
#[derive(Debug)]
pub(super) struct Owners<'c> {
    catalog: &'c Catalog,
    /// The app's own namespaces, dotted, sorted.
    own: BTreeSet<String>,
    app: String,
    /// SDKs of which there is more than a generic prefix.
    supported: BTreeSet<&'c str>,
    /// The package's permissions, by their names and by the last parts of those.
    declared: FxHashSet<String>,
}

impl<'c> Owners<'c> {
    /// `supported` are the SDKs that have other signs than a generic prefix; `declared` the package's permissions.
    pub(super) fn new(
        catalog: &'c Catalog,
        manifests: &[Manifest],
        supported: BTreeSet<&'c str>,
        declared: BTreeSet<String>,
    ) -> Self {
        let own = own_namespaces(catalog, manifests);
        let app = manifests.first().map(|manifest| manifest.package.clone()).unwrap_or_default();
        let last = |name: &String| name.rsplit('.').next().unwrap_or_default().to_owned();
        let declared = declared.into_iter().flat_map(|name| [last(&name), name]).collect();
        Self { catalog, own, app, supported, declared }
    }

    /// The same, with namespaces that are told to be the app's own.
    pub(super) fn with_own(mut self, namespaces: &[String]) -> Self {
        self.own.extend(namespaces.iter().cloned());
        self
    }

    /// Whose code the class with this descriptor is: the longest of the app's namespaces and the catalog's prefixes.
    pub(super) fn owner_of(&self, descriptor: &str) -> Owner {
        let name = crate::dex::class_name(descriptor).unwrap_or(descriptor).replace('/', ".");
        let own = self.own_namespace(&name);
        let known = self.catalog.sdk_by_prefix(descriptor).filter(|found| self.counts(found.holder, found.strength));
        match known {
            Some(found) if found.prefix.len() > own.unwrap_or_default() => match found.holder {
                Holder::Sdk(sdk) => owner(OwnerKind::Sdk, sdk.id),
                Holder::Utility(_) | Holder::Library(_) => owner(OwnerKind::Library, found.prefix),
            },
            _ if own.is_some() => owner(OwnerKind::App, &self.app),
            _ => {
                let package = name.rsplit_once('.').map_or("", |(package, _)| package);
                owner(OwnerKind::Unknown, first_segments(package, OWNER_SEGMENTS))
            }
        }
    }

    /// The app itself.
    pub(super) fn app(&self) -> Owner {
        owner(OwnerKind::App, &self.app)
    }

    /// A generic prefix names an owner only where something else says that the SDK is there.
    fn counts(&self, holder: Holder<'_>, strength: Strength) -> bool {
        match holder {
            Holder::Sdk(sdk) | Holder::Utility(sdk) => strength != Strength::Generic || self.supported.contains(sdk.id),
            Holder::Library(_) => true,
        }
    }

    /// The length of the longest namespace of the app that holds the class.
    fn own_namespace(&self, name: &str) -> Option<usize> {
        let mut ends = name.match_indices(['.', '$']).map(|(end, _)| end).chain([name.len()]);
        ends.rfind(|end| name.get(..*end).is_some_and(|prefix| self.own.contains(prefix)))
    }

    /// The read that a source is in a file, with nothing more known of its place.
    pub(super) fn read(&self, source: &'static Source, owner: Owner, file: &str, offset: u64) -> Read {
        Read {
            data: source.data.to_owned(),
            owner,
            api: source.target.to_owned(),
            source: source.kind.as_str(),
            strength: source.strength,
            caller: String::new(),
            file: file.to_owned(),
            offset: format!("{offset:#x}"),
            pc: String::new(),
            literal: None,
            certainty: Certainty::Present,
            entry: None,
            path: Vec::new(),
            pre_consent: None,
            background: None,
            obtainable: self.obtainable(source),
            note: None,
            repeats: None,
            via: None,
            confidence: source.confidence,
            focus: source.focus,
        }
    }

    /// Whether the system gives the real value to this package: what the catalog knows of platform restrictions and of
    /// the permission that guards the source. Both are reported, for the attempt counts too.
    pub(super) fn obtainable(&self, source: &Source) -> Obtainable {
        let needed = permission_names(source.permissions);
        let missing = if needed.iter().any(|name| self.declared.contains(*name)) { Vec::new() } else { needed };
        Obtainable {
            restricted_since: self.catalog.data_type(source.data).and_then(DataType::restricted_since),
            undeclared: missing.into_iter().map(str::to_owned).collect(),
        }
    }
}

fn owner(kind: OwnerKind, id: &str) -> Owner {
    Owner { kind, id: if id.is_empty() { "(unnamed)".to_owned() } else { id.to_owned() } }
}

/// The first `count` segments of a dotted name.
pub(super) fn first_segments(name: &str, count: usize) -> &str {
    let end = name.match_indices('.').nth(count.saturating_sub(1)).map_or(name.len(), |(end, _)| end);
    name.get(..end).unwrap_or(name)
}

/// The permission constants in the first alternative set of the catalog's notation: words of capitals and underscores.
fn permission_names(notation: &str) -> Vec<&str> {
    let set = notation.split(';').next().unwrap_or_default();
    let words = set.split(|it: char| !(it.is_ascii_uppercase() || it.is_ascii_digit() || it == '_'));
    words.filter(|word| word.len() > 5 && word.contains(|it: char| it.is_ascii_uppercase())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{Component, ComponentKind};

    fn manifest(package: &str, components: &[&str]) -> Manifest {
        let component = |name: &&str| Component {
            kind: ComponentKind::Activity,
            name: (*name).to_owned(),
            target: None,
            enabled: true,
            exported: None,
            process: None,
            permission: None,
            authorities: Vec::new(),
            filters: Vec::new(),
            meta_data: Vec::new(),
        };
        let components = components.iter().map(component).collect();
        Manifest { package: package.to_owned(), components, ..Manifest::default() }
    }

    fn owner_in(manifest: Manifest, class: &str) -> (OwnerKind, String) {
        let owners = Owners::new(Catalog::builtin(), &[manifest], BTreeSet::new(), BTreeSet::new());
        let owner = owners.owner_of(class);
        (owner.kind, owner.id)
    }

    #[test]
    fn code_belongs_to_the_longest_prefix() {
        let app = || manifest("com.example.app", &["com.other.code.ui.Main", "com.tencent.bugly.beta.ui.BetaActivity"]);
        let cases = [
            ("Lcom/example/app/Main;", OwnerKind::App, "com.example.app"),
            ("Lcom/example/app$Inner;", OwnerKind::App, "com.example.app"),
            ("Lcom/example/apple/Main;", OwnerKind::Unknown, "com.example.apple"),
            ("Lcom/other/code/net/Client;", OwnerKind::App, "com.example.app"),
            ("Lcom/tencent/bugly/proguard/a;", OwnerKind::Sdk, "bugly"),
            ("Lcom/tencent/buglyfake/Tool;", OwnerKind::Unknown, "com.tencent.buglyfake"),
            ("Lokhttp3/Call;", OwnerKind::Library, "okhttp3"),
            ("La/b/c;", OwnerKind::Unknown, "a.b"),
            ("La;", OwnerKind::Unknown, "(unnamed)"),
        ];
        for (class, kind, id) in cases {
            assert_eq!(owner_in(app(), class), (kind, id.to_owned()), "{class}");
        }
    }

    #[test]
    fn a_component_of_another_company_is_not_the_apps_own() {
        let kind = |app: &Manifest, class: &str| owner_in(app.clone(), class).0;
        let mut app = manifest("com.example.app", &["com.vendor.kit.Provider", ".ui.Main", "com.example.app.Second"]);
        assert_eq!(kind(&app, "Lcom/vendor/kit/a/b;"), OwnerKind::Unknown);
        assert_eq!(kind(&app, "Lcom/example/app/ui/Main;"), OwnerKind::App);
        // What the launcher starts is.
        app.components[0].filters = vec![crate::manifest::IntentFilter {
            actions: vec!["android.intent.action.MAIN".to_owned()],
            categories: vec!["android.intent.category.LAUNCHER".to_owned()],
            data: Vec::new(),
        }];
        assert_eq!(kind(&app, "Lcom/vendor/kit/a/b;"), OwnerKind::App);
        // So is the application class, unless it is a packer's, and what most components share.
        app = manifest("com.example.app", &["com.example.app.Main"]);
        app.application = Some("org.code.base.App".to_owned());
        assert_eq!(kind(&app, "Lorg/code/base/net/Client;"), OwnerKind::App);
        app.application = Some("com.shell.SuperApplication".to_owned());
        assert_eq!(kind(&app, "Lcom/shell/Loader;"), OwnerKind::Unknown);
        app = manifest("com.example.app", &["org.code.base.A", "org.code.base.B", "com.example.app.Main"]);
        assert_eq!(kind(&app, "Lorg/code/base/net/Client;"), OwnerKind::App);
    }

    #[test]
    fn an_app_inside_a_vendors_namespace_keeps_its_own_code() {
        let own = manifest("com.tencent.bugly.demo", &[]);
        assert_eq!(owner_in(own.clone(), "Lcom/tencent/bugly/demo/Main;").0, OwnerKind::App);
        assert_eq!(owner_in(own, "Lcom/tencent/bugly/crashreport/CrashReport;"), (OwnerKind::Sdk, "bugly".to_owned()));
    }

    #[test]
    fn code_that_is_told_to_be_the_apps_own_is() {
        let owner = |class: &str| {
            let owners =
                Owners::new(Catalog::builtin(), &[manifest("com.example", &[])], BTreeSet::new(), BTreeSet::new());
            owners.with_own(&["org.core".to_owned()]).owner_of(class)
        };
        let (core, near) = (owner("Lorg/core/net/Client;"), owner("Lorg/corex/Client;"));
        assert_eq!((core.kind, core.id.as_str()), (OwnerKind::App, "com.example"));
        assert_eq!((near.kind, near.id.as_str()), (OwnerKind::Unknown, "org.corex"));
    }

    #[test]
    fn what_the_system_withholds_is_said_in_stable_words() {
        let told = |declared: &[&str], api: &str| {
            let declared = declared.iter().map(|name| format!("android.permission.{name}")).collect();
            let owners = Owners::new(Catalog::builtin(), &[], BTreeSet::new(), declared);
            let source = Catalog::builtin().tables.sources.iter().find(|source| source.target == api);
            owners.obtainable(source.expect("a source")).to_string()
        };
        let imsi = "Landroid/telephony/TelephonyManager;->getSubscriberId()Ljava/lang/String;";
        assert_eq!(told(&["READ_PHONE_STATE"], imsi), "restricted since API 29");
        assert_eq!(told(&[], imsi), "permission not declared: READ_PHONE_STATE; restricted since API 29");
        let model = "Landroid/os/Build;->MODEL:Ljava/lang/String;";
        assert_eq!(told(&[], model), "yes");
        let either = Obtainable { restricted_since: None, undeclared: vec!["A".into(), "B".into()] };
        assert_eq!(serde_json::to_string(&either).expect("JSON"), "\"permission not declared: A or B\"");
    }

    #[test]
    fn permissions_are_read_from_the_catalogs_notation() {
        assert_eq!(permission_names("READ_PHONE_STATE(23-28);READ_PRIVILEGED_PHONE_STATE(29+)"), ["READ_PHONE_STATE"]);
        assert_eq!(permission_names("ACCESS_FINE_LOCATION|ACCESS_COARSE_LOCATION").len(), 2);
        assert!(permission_names("by URI").is_empty());
        assert!(permission_names("none: user-mediated").is_empty());
    }
}
