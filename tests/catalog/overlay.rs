//! Files laid over the catalog override and add; a fault in one is named with file, line and the nearest word.

use std::fs;
use std::path::{Path, PathBuf};

use candor::catalog::{Catalog, SourceKind};
use candor::error::Error;

/// A directory below the target directory that is removed at the end.
struct Dir(PathBuf);

impl Dir {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("catalog-{name}"));
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).expect("writable");
        for (file, text) in files {
            fs::write(dir.join(file), text).expect("writable");
        }
        Self(dir)
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const SDK: &str = "[[sdk]]\nid = \"acme\"\nname = \"Acme\"\ncategory = \"ads\"\norigin = \"ours\"\n";

/// The line and the message of the fault in a single file with `text`.
fn fault(name: &str, text: &str) -> (usize, String) {
    let dir = Dir::new(name, &[("ours.toml", text)]);
    match Catalog::with_dir(&dir.0) {
        Err(Error::Data { file, line, message, .. }) => {
            assert!(file.ends_with("ours.toml"), "{file}");
            (line, message)
        }
        other => panic!("{name}: expected a fault, got {other:?}"),
    }
}

#[test]
fn an_empty_directory_changes_nothing_but_the_hash() {
    let dir = Dir::new("empty", &[]);
    let catalog = Catalog::with_dir(&dir.0).expect("an empty directory");
    assert_eq!(catalog.tables, Catalog::builtin().tables);
}

#[test]
fn entries_are_added_and_replaced_by_key() {
    let dir = Dir::new(
        "entries",
        &[
            ("a.toml", &format!("{SDK}prefixes = [\"com.acme\"]\npolicy_names = [\"极致\"]\n")),
            (
                "b.toml",
                "[[sdk]]\nid = \"bugly\"\nname = \"Ours\"\ncategory = \"crash\"\nprefixes = [\"com.tencent.bugly\"]\n\
                 origin = \"ours\"\n",
            ),
            ("c.toml", "[[library]]\nprefix = \"org.json\"\nname = \"Our JSON\"\norigin = \"ours\"\n"),
        ],
    );
    let catalog = Catalog::with_dir(&dir.0).expect("valid");
    assert_eq!(catalog.tables.sdks.len(), Catalog::builtin().tables.sdks.len() + 1);
    assert_eq!(catalog.tables.libraries.len(), Catalog::builtin().tables.libraries.len());
    assert_eq!(catalog.sdk("bugly").map(|sdk| sdk.name), Some("Ours"));
    assert_eq!(catalog.sdk_by_policy_name("极致").next().map(|sdk| sdk.id), Some("acme"));
    let found = catalog.sdk_by_prefix("Lcom/acme/A;").expect("added");
    assert_eq!(found.holder.name(), "Acme");
    assert_eq!(catalog.sdk_by_prefix("Lorg/json/A;").expect("replaced").holder.name(), "Our JSON");
    assert!(catalog.sdk("alipay").is_some());
    assert_ne!(catalog.hash, Catalog::builtin().hash);
}

#[test]
fn two_constants_of_one_method_are_two_sources() {
    let source = |value: &str| {
        format!(
            "[[source]]\nkind = \"system-property\"\ntarget = \"{value}\"\ndata = \"serial\"\nstrength = \"value\"\n\
             arg_index = 0\narg_op = \"eq\"\narg_value = \"{value}\"\nfocus = \"core\"\nconfidence = \"high\"\n\
             origin = \"ours\"\n"
        )
    };
    let dir = Dir::new("sources", &[("a.toml", &(source("ro.acme.one") + &source("ro.acme.two")))]);
    let catalog = Catalog::with_dir(&dir.0).expect("valid");
    let kind = SourceKind::SystemProperty;
    assert_eq!(catalog.sources(kind).count(), Catalog::builtin().sources(kind).count() + 2);
}

#[test]
fn a_fault_names_its_line_and_the_nearest_word() {
    let cases = [
        ("key", format!("{SDK}prefixs = [\"com.acme\"]\n"), 6, "unknown field `prefixs`; did you mean `prefixes`?"),
        ("table", "\n[[sdks]]\n".to_owned(), 2, "unknown field `sdks`; did you mean `sdk`?"),
        (
            "data",
            format!("{SDK}declared_data = [\n  \"imei\",\n  \"adroid-id\",\n]\n"),
            8,
            "unknown data type `adroid-id`; did you mean `android-id`?",
        ),
        ("parent", format!("{SDK}parent = \"alipey\"\n"), 6, "unknown sdk `alipey`; did you mean `alipay`?"),
        ("category", SDK.replace("\"ads\"", "\"paymant\""), 4, "unknown category `paymant`; did you mean `payment`?"),
        ("country", format!("{SDK}country = \"cn\"\n"), 6, "`cn` is not an ISO 3166-1 alpha-2 code"),
        ("id", SDK.replace("\"acme\"", "\"Acme\""), 2, "`Acme` is not an id of a-z, 0-9 and -"),
        ("prefix", format!("{SDK}prefixes = [\"com/acme\"]\n"), 6, "`com/acme` is not a dotted Java package or class"),
        (
            "taken",
            format!("{SDK}prefixes = [\"com.tencent.bugly\"]\n"),
            6,
            "duplicate prefix `com.tencent.bugly`, which belongs to `bugly`",
        ),
        ("regex", format!("{SDK}native_libs_regex = [\"lib(\"]\n"), 6, "`lib(` is not a regular expression"),
        (
            "carrier",
            format!("{SDK}[[sdk.shipped_in]]\nsdk = \"alipey\"\norigin = \"ours\"\n"),
            7,
            "unknown sdk `alipey`; did you mean `alipay`?",
        ),
        (
            "part",
            format!("{SDK}[[sdk.shipped_in]]\nsdk = \"alipay\"\nprefix = \"com.acme\"\norigin = \"ours\"\n"),
            8,
            "`com.acme` is no prefix of `acme`",
        ),
        (
            "text",
            "[[text]]\nid = \"consent\"\nwords = [\"好\"]\norigin = \"ours\"\n".to_owned(),
            3,
            "`好` is shorter than 4 bytes",
        ),
        ("cycle", format!("{SDK}parent = \"acme\"\n"), 6, "the parents of sdk `acme` form a cycle"),
        ("syntax", "[[sdk]]\nid = \"acme\n".to_owned(), 2, "invalid basic string, expected `\"`"),
    ];
    for (name, text, line, message) in cases {
        assert_eq!(fault(name, &text), (line, message.to_owned()), "{name}");
    }
}

#[test]
fn a_fault_of_a_version_is_named() {
    let version = |sdk: &str, kind: &str, place: &str, pattern: &str| {
        format!(
            "[[version]]\nsdk = \"{sdk}\"\nkind = \"{kind}\"\nwhere = \"{place}\"\npattern = '{pattern}'\n\
             confidence = \"high\"\norigin = \"ours\"\n"
        )
    };
    let cases = [
        ("version-sdk", version("bugli", "literal", "com.a", "1"), 2, "unknown sdk `bugli`; did you mean `bugly`?"),
        (
            "version-kind",
            version("bugly", "litteral", "com.a", "1"),
            3,
            "unknown variant `litteral`; did you mean `literal`?",
        ),
        (
            "version-place",
            version("bugly", "literal", "com/a", "1"),
            4,
            "`com/a` is not a dotted Java package or class",
        ),
        (
            "version-name",
            version("bugly", "field", "com.a.B", "1"),
            2,
            "a version of kind field needs the name of the field",
        ),
        ("version-pattern", version("bugly", "literal", "com.a", "1("), 5, "`1(` is not a regular expression"),
    ];
    for (name, text, line, message) in cases {
        assert_eq!(fault(name, &text), (line, message.to_owned()), "{name}");
    }
    let text = version("bugly", "library", "libours*.so", r"libours-(.*)\.so");
    let catalog = Catalog::with_dir(&Dir::new("versions", &[("a.toml", &text)]).0).expect("valid");
    assert_eq!(catalog.tables.versions.len(), Catalog::builtin().tables.versions.len() + 1);
}

#[test]
fn a_fault_of_a_source_is_named() {
    let source = |target: &str, kind: &str, op: &str| {
        format!(
            "[[source]]\nkind = \"{kind}\"\ntarget = \"{target}\"\ndata = \"imei\"\nstrength = \"value\"\n{op}\n\
             focus = \"core\"\nconfidence = \"high\"\norigin = \"ours\"\n"
        )
    };
    let any = "arg_op = \"any\"";
    let cases = [
        ("kind", source("a", "method-cal", any), 2, "unknown variant `method-cal`; did you mean `method-call`?"),
        ("method", source("La;->b()", "method-call", any), 3, "`La;->b()` is not a target of kind method-call"),
        ("dots", source("La.b;->b()V", "method-call", any), 3, "`La.b;->b()V` is not a target of kind method-call"),
        ("field", source("La;->b", "field-read", any), 3, "`La;->b` is not a target of kind field-read"),
        (
            "mask",
            source("La;->b(I)V", "method-call+const-arg", "arg_op = \"mask\"\narg_value = \"32\""),
            7,
            "`32` is not a mask such as 0x20",
        ),
        (
            "value",
            source("La;->b(I)V", "method-call+const-arg", "arg_op = \"eq\""),
            3,
            "arg_op needs an arg_value; use `any` for no condition",
        ),
        (
            "table",
            source("La;->b(I)V", "method-call+const-arg", "arg_op = \"any\"\narg_value = \"@permision\""),
            7,
            "unknown arg_value `@permision`; did you mean `@permission`?",
        ),
    ];
    for (name, text, line, message) in cases {
        assert_eq!(fault(&format!("source-{name}"), &text), (line, message.to_owned()), "{name}");
    }
}

#[test]
fn a_message_may_name_only_what_a_finding_has() {
    let rule = "[[rule]]\nid = \"X01\"\nname = \"x\"\ntitle_zh = \"x\"\ntitle_en = \"x\"\ndefinition = \"x\"\n\
                severity = \"low\"\nclass = \"none\"\nneeds = \"app\"\ntier = \"later\"\norigin = \"ours\"\n\
                message_en = \"{onwer} reads.\"\n";
    assert_eq!(fault("rule", rule), (12, "unknown placeholder `{onwer}`; did you mean `owner`?".to_owned()));
    for (name, message) in [("open", "x[, {data}"), ("closed", "x, {data}]"), ("nested", "x[, [{data}]]")] {
        let rule = rule.replace("{onwer} reads.", message);
        let complaint = "an optional part `[…]` is closed before the next one opens";
        assert_eq!(fault(&format!("rule-{name}"), &rule), (12, complaint.to_owned()), "{name}");
    }
}

#[test]
fn a_rule_that_is_decided_explains_itself() {
    let told = ["means", "why", "fix_app", "fix_policy"].map(|key| format!("{key}_zh = \"好\"\n{key}_en = \"x\"\n"));
    let rule = "[[rule]]\nid = \"X01\"\nname = \"x\"\ntitle_zh = \"x\"\ntitle_en = \"x\"\ndefinition = \"x\"\n\
                severity = \"low\"\nclass = \"none\"\nneeds = \"app\"\ntier = \"core\"\norigin = \"ours\"\n";
    let rule = format!("{rule}{}false_positive_risks = [\"x\"]\nfalse_positive_risks_zh = [\"好\"]\n", told.concat());
    let dir = Dir::new("explained", &[("a.toml", &rule)]);
    assert!(Catalog::with_dir(&dir.0).expect("valid").rule("X01").is_some());
    for (index, key) in ["means_zh", "why_en", "fix_app_zh", "fix_policy_en"].into_iter().enumerate() {
        let silent = rule.replace(&format!("{key} = "), &format!("{key} = \"\" #"));
        let complaint = format!("a core rule explains itself: it needs `{key}`");
        assert_eq!(fault(&format!("silent-{index}"), &silent), (2, complaint));
    }
    let uneven = rule.replace("_zh = [\"好\"]", "_zh = []");
    let complaint = "false_positive_risks and false_positive_risks_zh say the same".to_owned();
    assert_eq!(fault("uneven", &uneven), (2, complaint));
}

#[test]
fn an_entry_defined_twice_names_both_places() {
    let (line, message) = fault("twice", &format!("{SDK}{SDK}"));
    assert_eq!(line, 7);
    assert!(message.starts_with("duplicate sdk `acme`, first at ") && message.ends_with("ours.toml:2"), "{message}");
}

#[test]
fn a_missing_directory_is_named() {
    let missing = Path::new(env!("CARGO_TARGET_TMPDIR")).join("catalog-missing");
    assert!(matches!(Catalog::with_dir(&missing), Err(Error::Io { path, .. }) if path == missing));
}
