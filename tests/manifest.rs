//! The manifest room against AOSP's own tools over a corpus of real packages; switched on by `CANDOR_CORPUS`.
//!
//! aapt prints what the platform's `ResTable` and `ResXMLTree` read, so a difference is candor's fault unless the test
//! says why not. Without aapt on the path there is nothing to compare with.

#![expect(clippy::print_stdout, reason = "the counts are what a person runs these tests for")]

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use candor::manifest::{self, ComponentKind, Manifest, MetaData, UsesPermission};

#[test]
fn manifests_are_what_aapt_reads() {
    let Some(packages) = packages(&["real", "series", "droidbench", "hostile"], ".apk") else { return };
    let mut counts = BTreeMap::<&str, [usize; 2]>::new();
    let mut differences = Vec::new();
    for path in &packages {
        let Some(manifest) = read(path, "AndroidManifest.xml", "resources.arsc") else { continue };
        let (Some(badging), Some(permissions), Some(tree)) = (
            aapt(&["dump", "badging"], path, &[]),
            aapt(&["dump", "permissions"], path, &[]),
            aapt(&["dump", "xmltree"], path, &["AndroidManifest.xml"]),
        ) else {
            continue;
        };
        let mut compare = |what: &'static str, candor: String, aapt: String| {
            let [compared, equal] = counts.entry(what).or_default();
            *compared += 1;
            if candor == aapt {
                *equal += 1;
            } else {
                differences.push(format!("{}: {what}: candor {candor:?}, aapt {aapt:?}", path.display()));
            }
        };
        let show = |number: Option<u64>| number.map_or_else(String::new, |number| number.to_string());
        let of_package = |name| attribute(&badging, "package: ", name);
        compare("package", manifest.package.clone(), of_package("name"));
        compare("version code", show(manifest.version_code), of_package("versionCode"));
        compare("version name", manifest.version_name.clone().unwrap_or_default(), of_package("versionName"));
        compare("minimum sdk", show(manifest.min_sdk.map(u64::from)), level(&badging, "sdkVersion:"));
        compare("target sdk", show(manifest.target_sdk.map(u64::from)), level(&badging, "targetSdkVersion:"));
        // aapt prints labels by the languages of the resource table: where it has none, no label, even if it is written
        // in the manifest, where candor has it.
        if badging.contains("locales: '") {
            compare("label", manifest.label.clone().unwrap_or_default(), value(&badging, "application-label:"));
        }
        compare("permissions", own_permissions(&manifest), aapt_permissions(&permissions));
        let tree = Tree::parse(&tree, &manifest.package);
        compare("components", own_components(&manifest), tree.components.join(" "));
        compare("meta-data", own_meta_data(&manifest), tree.meta_data.join(" "));
    }
    for (what, [compared, equal]) in &counts {
        println!("{what}: {compared} compared, {equal} equal");
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// aapt2 writes the same package with protobuf instead of compiled XML and tables.
#[test]
fn protobuf_says_what_the_compiled_form_says() {
    let Some(packages) = packages(&["real", "series"], ".apk") else { return };
    let folder = std::env::temp_dir().join(format!("candor-manifest-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for converted packages");
    let converted = folder.join("converted.apk");
    let (mut compared, mut differences) = (0, Vec::new());
    for path in &packages {
        let mut convert = Command::new("aapt2");
        convert.args(["convert", "--output-format", "proto", "-o"]).arg(&converted).arg(path);
        if !convert.output().is_ok_and(|output| output.status.success()) {
            continue;
        }
        let Some(compiled) = read(path, "AndroidManifest.xml", "resources.arsc") else { continue };
        let Some(protobuf) = read(&converted, "AndroidManifest.xml", "resources.pb") else { continue };
        compared += 1;
        if compiled != protobuf {
            differences.push(format!("{}\n{}", path.display(), first_difference(&compiled, &protobuf)));
        }
    }
    std::fs::remove_dir_all(&folder).expect("the folder can be removed");
    println!("converted packages: {compared} compared, {} equal", compared - differences.len());
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn a_bundle_says_what_its_package_says() {
    let Some(bundles) = packages(&["real"], "buglytinkers__app.aab") else { return };
    for path in bundles {
        let apk = path.with_file_name("buglytinkers__app-release.apk");
        let package = read(&apk, "AndroidManifest.xml", "resources.arsc").expect("the package is readable");
        let bundle = read(&path, "base/manifest/AndroidManifest.xml", "base/resources.pb").expect("so is the bundle");
        assert_eq!(package.package, bundle.package);
        assert_eq!(package.label, bundle.label);
        assert_eq!(package.uses_permissions, bundle.uses_permissions);
        assert_eq!(package.components, bundle.components);
    }
}

/// The first line that two manifests do not share.
fn first_difference(one: &Manifest, other: &Manifest) -> String {
    let (one, other) = (format!("{one:#?}"), format!("{other:#?}"));
    let differing = one.lines().zip(other.lines()).find(|(one, other)| one != other);
    differing.map_or_else(String::new, |(one, other)| format!("  {}\n  {}", one.trim(), other.trim()))
}

fn own_permissions(manifest: &Manifest) -> String {
    let show = |permission: &UsesPermission| {
        let max = permission.max_sdk.map_or_else(String::new, |max| format!("<={max}"));
        format!("{}{}{max}", if permission.sdk_23 { "23:" } else { "" }, permission.name)
    };
    manifest.uses_permissions.iter().map(show).collect::<Vec<_>>().join(" ")
}

fn aapt_permissions(printed: &str) -> String {
    let show = |line: &str| {
        let sdk_23 = line.starts_with("uses-permission-sdk-23: ");
        if !sdk_23 && !line.starts_with("uses-permission: ") {
            return None;
        }
        let max = attribute(line, "", "maxSdkVersion");
        let max = if max.is_empty() { max } else { format!("<={max}") };
        Some(format!("{}{}{max}", if sdk_23 { "23:" } else { "" }, attribute(line, "", "name")))
    };
    printed.lines().filter_map(show).collect::<Vec<_>>().join(" ")
}

fn own_components(manifest: &Manifest) -> String {
    let show = |component: &manifest::Component| format!("{}:{}", tag(component.kind), component.name);
    manifest.components.iter().map(show).collect::<Vec<_>>().join(" ")
}

/// Names of the meta-data of components, then of the application.
fn own_meta_data(manifest: &Manifest) -> String {
    let of_components = manifest.components.iter().flat_map(|component| &component.meta_data);
    let mut names: Vec<&str> =
        of_components.chain(&manifest.meta_data).map(|data: &MetaData| data.name.as_str()).collect();
    names.sort_unstable();
    names.join(" ")
}

fn tag(kind: ComponentKind) -> &'static str {
    match kind {
        ComponentKind::Activity => "activity",
        ComponentKind::ActivityAlias => "activity-alias",
        ComponentKind::Service => "service",
        ComponentKind::Receiver => "receiver",
        ComponentKind::Provider => "provider",
    }
}

/// What `aapt dump xmltree` says of components and meta-data.
#[derive(Default)]
struct Tree {
    components: Vec<String>,
    meta_data: Vec<String>,
}

impl Tree {
    fn parse(printed: &str, package: &str) -> Self {
        const NAME: &str = "A: android:name(0x01010003)=\"";
        let mut tree = Self::default();
        let mut open: Vec<(usize, &str)> = Vec::new();
        for line in printed.lines() {
            let text = line.trim_start();
            let indent = line.len() - text.len();
            if let Some(element) = text.strip_prefix("E: ") {
                open.retain(|(outer, _)| *outer < indent);
                open.push((indent, element.split(' ').next().unwrap_or_default()));
            } else if let Some(name) = text.strip_prefix(NAME) {
                let name = name.split("\" (Raw: ").next().unwrap_or_default();
                let path: Vec<&str> = open.iter().map(|(_, tag)| *tag).collect();
                match path.as_slice() {
                    ["manifest", "application", "meta-data"] => tree.meta_data.push(name.to_owned()),
                    ["manifest", "application", outer, "meta-data"] if is_component(outer) => {
                        tree.meta_data.push(name.to_owned());
                    }
                    ["manifest", "application", tag] if is_component(tag) => {
                        let class = match name.find('.') {
                            Some(0) => format!("{package}{name}"),
                            Some(_) => name.to_owned(),
                            None => format!("{package}.{name}"),
                        };
                        tree.components.push(format!("{tag}:{class}"));
                    }
                    _ => {}
                }
            }
        }
        tree.meta_data.sort_unstable();
        tree
    }
}

fn is_component(tag: &str) -> bool {
    matches!(tag, "activity" | "activity-alias" | "service" | "receiver" | "provider")
}

/// `name='value'` in the line that starts with `prefix`.
fn attribute(printed: &str, prefix: &str, name: &str) -> String {
    let line = printed.lines().find(|line| line.starts_with(prefix)).unwrap_or_default();
    let start = format!(" {name}='");
    let value = line.split_once(&start).map_or("", |(_, rest)| rest);
    value.split('\'').next().unwrap_or_default().to_owned()
}

/// The platform version after `prefix`; aapt prints one in development by its name, candor by its number.
fn level(printed: &str, prefix: &str) -> String {
    match value(printed, prefix).as_str() {
        "VanillaIceCream" => "35".to_owned(),
        level => level.to_owned(),
    }
}

/// The quoted value after `prefix`.
fn value(printed: &str, prefix: &str) -> String {
    let line = printed.lines().find_map(|line| line.strip_prefix(prefix)).unwrap_or_default();
    line.trim_matches('\'').to_owned()
}

fn aapt(command: &[&str], path: &Path, last: &[&str]) -> Option<String> {
    let output = Command::new("aapt").args(command).arg(path).args(last).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The manifest in a package.
fn read(path: &Path, name: &str, resources: &str) -> Option<Manifest> {
    let (bytes, resources) = (entry(path, name)?, entry(path, resources));
    let (manifest, issues) = manifest::read(name, &bytes, resources.as_deref());
    for issue in issues {
        println!("{}: {issue}", path.display());
    }
    Some(manifest)
}

fn entry(path: &Path, name: &str) -> Option<Vec<u8>> {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(path).ok()?).ok()?;
    let mut bytes = Vec::new();
    archive.by_name(name).ok()?.read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// The packages in these folders of the corpus with this ending, in order.
fn packages(folders: &[&str], ending: &str) -> Option<Vec<PathBuf>> {
    let corpus = PathBuf::from(std::env::var_os("CANDOR_CORPUS")?).join("corpus");
    let files = folders.iter().flat_map(|folder| walkdir::WalkDir::new(corpus.join(folder)).sort_by_file_name());
    let paths = files.map(|entry| entry.expect("the corpus can be listed").into_path());
    Some(paths.filter(|path| path.to_string_lossy().ends_with(ending)).collect())
}
