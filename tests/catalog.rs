//! The catalog: its files are canonical, its entries hold together, its look-ups find what they should, and a fault in
//! a file laid over it is named with file, line and the nearest word.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use candor::catalog::{ArgOp, Catalog, Holder, Severity, SourceKind, Strength, Tables};
use candor::error::Error;
use regex::Regex;

/// The id of the SDK or the prefix of the library that holds `class`.
fn holder(class: &str) -> Option<&'static str> {
    Catalog::builtin().sdk_by_prefix(class).map(|found| match found.holder {
        Holder::Sdk(sdk) | Holder::Utility(sdk) => sdk.id,
        Holder::Library(library) => library.prefix,
    })
}

fn ids<'a>(data: impl Iterator<Item = &'a candor::catalog::DataType>) -> Vec<&'static str> {
    data.map(|entry| entry.id).collect()
}

mod files {
    use super::*;

    fn all() -> Vec<(PathBuf, String)> {
        fn walk(dir: &Path, into: &mut Vec<PathBuf>) {
            for entry in fs::read_dir(dir).expect("the data directory is part of the crate") {
                let path = entry.expect("readable").path();
                if path.is_dir() {
                    walk(&path, into);
                } else if path.extension().is_some_and(|extension| extension == "toml") {
                    into.push(path);
                }
            }
        }
        let mut paths = Vec::new();
        walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/catalog/data"), &mut paths);
        paths.sort();
        paths.into_iter().map(|path| (path.clone(), fs::read_to_string(path).expect("UTF-8"))).collect()
    }

    /// The keys of one file's entries, as the data README names them, in file order.
    fn keys(tables: &Tables<String>) -> Vec<String> {
        let mut keys = Vec::new();
        keys.extend(tables.data_types.iter().map(|entry| entry.id.clone()));
        keys.extend(tables.sources.iter().map(|entry| {
            let kind = entry.kind as u8;
            format!("{kind:02}\0{}\0{}\0{}", entry.target, entry.arg_value, entry.data)
        }));
        keys.extend(tables.permissions.iter().map(|entry| entry.name.clone()));
        keys.extend(tables.implied.iter().map(|entry| format!("{}\0{}", entry.declared, entry.implied)));
        keys.extend(tables.sdks.iter().map(|entry| entry.id.clone()));
        keys.extend(tables.libraries.iter().map(|entry| entry.prefix.clone()));
        keys.extend(
            tables
                .markers
                .iter()
                .map(|entry| format!("{}\0{}\0{}\0{}", entry.kind, entry.name, entry.marker, entry.pattern)),
        );
        keys.extend(tables.rules.iter().map(|entry| entry.id.clone()));
        keys
    }

    #[test]
    fn hold_one_kind_sorted_by_key_without_duplicates() {
        for (path, text) in all() {
            let tables: Tables<String> = toml::from_str(&text).unwrap_or_else(|error| panic!("{path:?}: {error}"));
            let keys = keys(&tables);
            assert!(!keys.is_empty(), "{path:?} has no entry");
            for pair in keys.windows(2) {
                assert!(pair[0] < pair[1], "{path:?}: {:?} must come after {:?}", pair[0], pair[1]);
            }
            let value: toml::Table = toml::from_str(&text).expect("parsed before");
            assert_eq!(value.len(), 1, "{path:?} holds several kinds of entries");
        }
    }

    #[test]
    fn are_written_plainly() {
        for (path, text) in all() {
            assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{path:?} must end with one newline");
            assert!(!text.contains('\r') && !text.contains('\t'), "{path:?} has carriage returns or tabs");
            for (number, line) in (1..).zip(text.lines()) {
                assert_eq!(line.trim_end(), line, "{path:?}:{number}: white space at the end");
                assert!(!line.contains("\\u"), "{path:?}:{number}: escaped text");
                assert!(!line.ends_with("= \"\"") || line.starts_with("clause"), "{path:?}:{number}: empty key");
                assert!(!line.ends_with("= []"), "{path:?}:{number}: empty key");
            }
        }
    }

    #[test]
    fn lie_where_their_entries_belong() {
        for (path, text) in all() {
            let tables: Tables<String> = toml::from_str(&text).expect("parsed before");
            let stem = path.file_stem().and_then(|stem| stem.to_str()).expect("a name");
            for entry in &tables.sources {
                assert_eq!(if entry.data == "*" { "by-constant" } else { &entry.data }, stem, "{path:?}");
            }
            for entry in &tables.markers {
                assert_eq!(entry.kind, stem, "{path:?}");
            }
            for entry in &tables.rules {
                assert_eq!(entry.id, stem, "{path:?}");
            }
        }
    }

    #[test]
    fn are_all_compiled() {
        let entries: usize =
            all().iter().map(|(_, text)| keys(&toml::from_str(text).expect("parsed before")).len()).sum();
        let Tables { data_types, sources, permissions, implied, sdks, libraries, markers, rules } =
            &Catalog::builtin().tables;
        let compiled = data_types.len()
            + sources.len()
            + permissions.len()
            + implied.len()
            + sdks.len()
            + libraries.len()
            + markers.len()
            + rules.len();
        assert_eq!(compiled, entries);
    }
}

mod entries {
    use super::*;

    #[test]
    fn every_origin_is_stated() {
        let tables = &Catalog::builtin().tables;
        let origins = (tables.data_types.iter().map(|entry| (entry.id, entry.origin)))
            .chain(tables.sources.iter().map(|entry| (entry.target, entry.origin)))
            .chain(tables.permissions.iter().map(|entry| (entry.name, entry.origin)))
            .chain(tables.implied.iter().map(|entry| (entry.implied, entry.origin)))
            .chain(tables.sdks.iter().map(|entry| (entry.id, entry.origin)))
            .chain(tables.libraries.iter().map(|entry| (entry.prefix, entry.origin)))
            .chain(tables.markers.iter().map(|entry| (entry.pattern, entry.origin)))
            .chain(tables.rules.iter().map(|entry| (entry.id, entry.origin)));
        for (entry, origin) in origins {
            assert!(!origin.is_empty(), "{entry} has no origin");
        }
    }

    #[test]
    fn every_regular_expression_compiles() {
        let tables = &Catalog::builtin().tables;
        let of_sources =
            tables.sources.iter().filter(|source| source.arg_op == ArgOp::Regex).map(|source| source.arg_value);
        let of_sdks = tables.sdks.iter().flat_map(|sdk| sdk.native_libs_regex.iter().copied());
        for pattern in of_sources.chain(of_sdks) {
            Regex::new(pattern).unwrap_or_else(|error| panic!("{error}"));
        }
    }

    #[test]
    fn every_descriptor_is_smali_notation() {
        let class = r"L[\w$/-]+;";
        let one = format!(r"\[*(?:[ZBSCIJFD]|{class})");
        let method = Regex::new(&format!(r"^{class}->[\w$<>-]+\((?:{one})*\)(?:V|{one})$")).expect("valid");
        let field = Regex::new(&format!(r"^{class}->[\w$-]+:{one}$")).expect("valid");
        for source in &Catalog::builtin().tables.sources {
            match source.kind {
                SourceKind::MethodCall
                | SourceKind::MethodCallConstArg
                | SourceKind::MethodOverride
                | SourceKind::SettingsKey
                | SourceKind::PermissionRequest => assert!(method.is_match(source.target), "{}", source.target),
                SourceKind::FieldRead => assert!(field.is_match(source.target), "{}", source.target),
                _ => {}
            }
        }
    }

    #[test]
    fn every_permission_is_a_constant() {
        let constant = Regex::new(r"^(?:<package>\.|\*\.)?[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$").expect("valid");
        for permission in &Catalog::builtin().tables.permissions {
            assert!(constant.is_match(permission.name), "{}", permission.name);
        }
    }

    #[test]
    fn every_rule_has_a_careful_message_in_both_languages() {
        for rule in &Catalog::builtin().tables.rules {
            assert!(rule.message_zh.ends_with('。'), "{}", rule.id);
            assert!(rule.message_en.ends_with('.'), "{}", rule.id);
            let says = |message: &str, word: &str| message.contains(word);
            for name in ["{owner}", "{data}", "{sdk}", "{permissions}", "{cite}", "{detail}"] {
                assert_eq!(says(rule.message_zh, name), says(rule.message_en, name), "{} {name}", rule.id);
            }
            assert!(!says(rule.message_en, "{sdk} collects") && !says(rule.message_en, "{owner} collects"));
            assert!(rule.raised.is_none_or(|raised| raised > rule.severity), "{}", rule.id);
            assert_eq!(rule.raised.is_some(), !rule.raised_for.is_empty(), "{}", rule.id);
        }
    }

    #[test]
    fn a_row_from_memory_has_no_prefix_that_proves() {
        let catalog = Catalog::builtin();
        let mut recalled = 0;
        for sdk in catalog.tables.sdks.iter().filter(|sdk| sdk.recall_only) {
            recalled += 1;
            for prefix in sdk.all_prefixes() {
                let found = catalog.sdk_by_prefix(prefix).expect("its own prefix");
                assert_eq!((found.prefix, found.strength), (*prefix, Strength::Recall), "{}", sdk.id);
            }
        }
        assert!(recalled > 0);
    }

    #[test]
    fn nothing_is_both_declared_and_optional() {
        for sdk in &Catalog::builtin().tables.sdks {
            let both: Vec<_> = sdk.declared_data.iter().filter(|data| sdk.declared_optional.contains(data)).collect();
            assert!(both.is_empty(), "{}: {both:?}", sdk.id);
        }
    }
}

mod look_ups {
    use super::*;

    #[test]
    fn an_umbrella_covers_leaves_at_any_depth_but_not_itself() {
        let catalog = Catalog::builtin();
        assert!(catalog.covers("hardware-identifier", "imei"));
        assert!(catalog.covers("personal-info", "imei"));
        assert!(!catalog.covers("imei", "imei"));
        assert!(!catalog.covers("imei", "device-identifier"));
        assert!(!catalog.covers("location", "imei"));
        let leaves = ids(catalog.leaves("resettable-identifier"));
        assert!(leaves.contains(&"oaid") && leaves.contains(&"gaid") && !leaves.contains(&"imei"));
        assert!(leaves.is_sorted());
    }

    #[test]
    fn words_of_policies_are_found_apart_from_case_and_spaces() {
        let catalog = Catalog::builtin();
        assert_eq!(ids(catalog.data_by_alias("imei")), ["imei"]);
        assert_eq!(ids(catalog.data_by_alias(" Android ID")), ["android-id"]);
        assert_eq!(ids(catalog.data_by_alias("国际移动设备识别码")), ["imei"]);
        assert_eq!(ids(catalog.data_by_alias("个人常用设备信息")), ["device-identifier", "device-info"]);
        assert_eq!(ids(catalog.data_by_alias("设备")), [""; 0]);
        let camera: Vec<_> = catalog.permission_by_name("camera").map(|entry| entry.name).collect();
        assert!(camera.contains(&"android.permission.CAMERA"));
        let coarse: Vec<_> = catalog.permission_by_name("粗略位置").map(|entry| entry.name).collect();
        assert_eq!(coarse, ["android.permission.ACCESS_COARSE_LOCATION"]);
    }

    #[test]
    fn names_of_sdks_resolve_to_the_family_or_the_product() {
        let named = |name| Catalog::builtin().sdk_by_policy_name(name).map(|sdk| sdk.id).collect::<Vec<_>>();
        assert_eq!(named("支付宝"), ["alipay"]);
        assert_eq!(named("微信支付"), ["wechat-pay"]);
        assert_eq!(named("BUGLY sdk"), ["bugly"]);
        assert_eq!(named("Firebase"), ["firebase"]);
        assert_eq!(named("Google Analytics"), ["firebase-analytics", "gms-analytics"]);
        assert_eq!(named("没有这个"), [""; 0]);
    }

    #[test]
    fn a_row_speaks_for_its_family_and_its_core_but_not_for_siblings() {
        let catalog = Catalog::builtin();
        for (row, code) in [
            ("alipay", "alipay-pay"),
            ("alipay", "alipay-security"),
            ("alipay-pay", "alipay-security"),
            ("firebase", "firebase-crashlytics"),
            ("wechat-pay", "wechat-opensdk"),
            ("wechat-opensdk", "wechat-pay"),
            ("jpush", "jcore"),
            ("bugly", "bugly"),
        ] {
            assert!(catalog.row_covers(row, code), "{row} must cover {code}");
        }
        for (row, code) in [
            ("alipay", "utdid"),
            ("wechat-pay", "tencent-mta"),
            ("firebase-crashlytics", "firebase-analytics"),
            ("jpush", "janalytics"),
            ("alipay", "wechat-pay"),
        ] {
            assert!(!catalog.row_covers(row, code), "{row} must not cover {code}");
        }
    }

    #[test]
    fn embedded_third_parties_are_named_for_what_they_are() {
        assert_eq!(holder("Lcom/tencent/wxop/stat/StatService;"), Some("tencent-mta"));
        assert_eq!(holder("Lcom/ta/utdid2/device/UTDevice;"), Some("utdid"));
        assert_eq!(holder("Lcom/ut/device/AidCallback;"), Some("utdid"));
        assert_eq!(holder("Lcom/alipay/security/mobile/module/b/b;"), Some("alipay-security"));
        assert_eq!(holder("Lcom/tencent/mm/opensdk/channel/MMessageActV2;"), Some("wechat-opensdk"));
        assert_eq!(holder("Lcom/crashlytics/android/Crashlytics;"), Some("firebase-crashlytics"));
    }

    #[test]
    fn a_prefix_ends_at_a_segment() {
        assert_eq!(holder("Lcom/tencent/bugly/crashreport/a;"), Some("bugly"));
        assert_eq!(holder("com.tencent.bugly.crashreport.a"), Some("bugly"));
        assert_eq!(holder("com.tencent.bugly"), Some("bugly"));
        assert_eq!(holder("Lcom/tencent/buglyfake/a;"), None);
        assert_eq!(holder("Lcom/tencent/bugl/a;"), None);
        assert_eq!(holder("Lcom/tencent/Bugly/a;"), None);
        assert_eq!(holder(""), None);
        assert_eq!(holder("L;"), None);
        assert_eq!(holder("Lokhttp3/OkHttpClient;"), Some("okhttp"));
        assert_eq!(holder("Lokhttp3x/OkHttpClient;"), None);
        assert_eq!(holder("Lx/okhttp3/OkHttpClient;"), None);
    }

    #[test]
    fn the_longest_prefix_wins() {
        assert_eq!(holder("Lcom/tencent/bugly/beta/Beta;"), Some("bugly-upgrade"));
        assert_eq!(holder("Lcom/tencent/mm/opensdk/modelpay/PayReq;"), Some("wechat-pay"));
        assert_eq!(holder("Lcom/facebook/react/ReactActivity;"), Some("react-native"));
        assert_eq!(holder("Landroidx/browser/customtabs/CustomTabsIntent;"), Some("jetpack-browser"));
        assert_eq!(holder("Landroidx/core/app/ActivityCompat;"), Some("androidx"));
    }

    #[test]
    fn a_class_is_a_prefix_of_itself_and_its_inner_classes() {
        assert_eq!(holder("Lcom/tencent/mm/opensdk/openapi/WXAPIFactory;"), Some("wechat-pay"));
        assert_eq!(holder("Lcom/tencent/mm/opensdk/openapi/WXAPIFactory$1;"), Some("wechat-pay"));
        assert_eq!(holder("Lcom/tencent/mm/opensdk/openapi/WXAPIFactoryImpl;"), Some("wechat-opensdk"));
    }

    #[test]
    fn every_prefix_finds_its_own_entry() {
        let catalog = Catalog::builtin();
        for sdk in &catalog.tables.sdks {
            for prefix in sdk.all_prefixes() {
                let descriptor = format!("L{}/Some$Class;", prefix.replace('.', "/"));
                assert_eq!(holder(&descriptor), Some(sdk.id), "{prefix}");
            }
        }
        for library in &catalog.tables.libraries {
            assert_eq!(holder(library.prefix), Some(library.prefix));
        }
    }

    #[test]
    fn utility_libraries_are_libraries_and_common_roots_prove_little() {
        let found = |class| Catalog::builtin().sdk_by_prefix(class).expect("known");
        for class in ["Lokio/Okio;", "Landroid/support/v4/app/a;", "Lcom/google/gson/Gson;", "Lorg/apache/http/a;"] {
            assert!(found(class).holder.is_library(), "{class}");
        }
        assert!(!found("Lcom/tencent/bugly/a;").holder.is_library());
        assert_eq!(found("Lcom/loc/a;").strength, Strength::Generic);
        assert_eq!(found("Lcom/tencent/bugly/a;").strength, Strength::Strong);
    }

    #[test]
    fn permissions_come_along_below_their_target() {
        let implied = |declared, target| {
            Catalog::builtin().implied_by(declared, target).map(|entry| entry.implied).collect::<Vec<_>>()
        };
        let storage = "android.permission.WRITE_EXTERNAL_STORAGE";
        assert!(implied(storage, 36).contains(&"android.permission.READ_EXTERNAL_STORAGE"));
        let fine = "android.permission.ACCESS_FINE_LOCATION";
        assert_eq!(implied(fine, 36), [""; 0]);
        assert!(implied(fine, 28).contains(&"android.permission.ACCESS_BACKGROUND_LOCATION"));
    }

    #[test]
    fn sources_of_a_kind_are_all_of_them() {
        let catalog = Catalog::builtin();
        let all = &catalog.tables.sources;
        let kinds: BTreeSet<SourceKind> = all.iter().map(|source| source.kind).collect();
        assert_eq!(kinds.iter().map(|&kind| catalog.sources(kind).len()).sum::<usize>(), all.len());
        assert!(kinds.iter().all(|&kind| catalog.sources(kind).iter().all(|source| source.kind == kind)));
    }

    #[test]
    fn severities_are_raised_for_what_the_rule_book_names() {
        let d03 = Catalog::builtin().rule("D03").expect("a rule");
        assert_eq!((d03.severity, d03.raised), (Severity::Medium, Some(Severity::High)));
        assert!(d03.raised_for.contains(&"imsi") && !d03.raised_for.contains(&"android-id"));
        let p01 = Catalog::builtin().rule("P01").expect("a rule");
        assert_eq!(
            (p01.severity, p01.raised, p01.raised_for.as_slice()),
            (Severity::Low, Some(Severity::High), &["dangerous"][..])
        );
    }
}

mod overlay {
    use super::*;

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
            Err(Error::Data { file, line, message }) => {
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
        assert_eq!(catalog.sources(kind).len(), Catalog::builtin().sources(kind).len() + 2);
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
            (
                "category",
                SDK.replace("\"ads\"", "\"paymant\""),
                4,
                "unknown category `paymant`; did you mean `payment`?",
            ),
            ("country", format!("{SDK}country = \"cn\"\n"), 6, "`cn` is not an ISO 3166-1 alpha-2 code"),
            ("id", SDK.replace("\"acme\"", "\"Acme\""), 2, "`Acme` is not an id of a-z, 0-9 and -"),
            (
                "prefix",
                format!("{SDK}prefixes = [\"com/acme\"]\n"),
                6,
                "`com/acme` is not a dotted Java package or class",
            ),
            (
                "taken",
                format!("{SDK}prefixes = [\"com.tencent.bugly\"]\n"),
                6,
                "duplicate prefix `com.tencent.bugly`, which belongs to `bugly`",
            ),
            ("regex", format!("{SDK}native_libs_regex = [\"lib(\"]\n"), 6, "`lib(` is not a regular expression"),
            ("cycle", format!("{SDK}parent = \"acme\"\n"), 6, "the parents of sdk `acme` form a cycle"),
            ("syntax", "[[sdk]]\nid = \"acme\n".to_owned(), 2, "invalid basic string, expected `\"`"),
        ];
        for (name, text, line, message) in cases {
            assert_eq!(fault(name, &text), (line, message.to_owned()), "{name}");
        }
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
                    severity = \"low\"\nclass = \"none\"\nneeds = \"app\"\ntier = \"core\"\norigin = \"ours\"\n\
                    message_en = \"{onwer} reads.\"\n";
        assert_eq!(fault("rule", rule), (12, "unknown placeholder `{onwer}`; did you mean `owner`?".to_owned()));
    }

    #[test]
    fn an_entry_defined_twice_names_both_places() {
        let (line, message) = fault("twice", &format!("{SDK}{SDK}"));
        assert_eq!(line, 7);
        assert!(
            message.starts_with("duplicate sdk `acme`, first at ") && message.ends_with("ours.toml:2"),
            "{message}"
        );
    }

    #[test]
    fn a_missing_directory_is_named() {
        let missing = Path::new(env!("CARGO_TARGET_TMPDIR")).join("catalog-missing");
        assert!(matches!(Catalog::with_dir(&missing), Err(Error::Io { path, .. }) if path == missing));
    }
}

/// Compares the catalog with the tables it was made from, where those are at hand.
#[test]
fn nothing_of_the_fact_tables_was_lost() {
    let Some(corpus) = std::env::var_os("CANDOR_CORPUS") else { return };
    let facts = Path::new(&corpus).join("facts");
    let read = |name: &str| fs::read_to_string(facts.join(name)).expect("a fact table");
    let first = |name: &str| -> Vec<String> {
        read(name).lines().skip(1).filter_map(|line| line.split('\t').next()).map(str::to_owned).collect()
    };
    let catalog = Catalog::builtin();
    let identifiers = first("identifiers.tsv");
    assert_eq!(catalog.tables.data_types.len(), identifiers.len());
    assert!(identifiers.iter().all(|id| catalog.data_type(id).is_some()));
    let permissions = first("permissions.tsv");
    assert_eq!(catalog.tables.permissions.len(), permissions.len());
    assert!(permissions.iter().all(|name| catalog.permission(name).is_some()));
    assert_eq!(catalog.tables.implied.len(), first("implied.tsv").len());
    assert_eq!(catalog.tables.markers.len(), first("dynamic.tsv").len());
    // Two rows more: `boot_count` was split off the open lists of settings keys.
    assert_eq!(catalog.tables.sources.len(), first("sources.tsv").len() + 2);
    for line in read("sources.tsv").lines().skip(1) {
        let target = line.split('\t').nth(1).expect("a target");
        assert!(catalog.tables.sources.iter().any(|source| source.target == target), "{target}");
    }
    let value = |text: &str| -> serde_json::Value { serde_json::from_str(text).expect("JSON") };
    let sdks: Vec<_> = read("sdks.jsonl").lines().map(value).collect();
    // One row more: the family `alipay`.
    assert_eq!(catalog.tables.sdks.len(), sdks.len() + 1);
    for sdk in &sdks {
        let id = sdk["id"].as_str().expect("an id");
        let entry = catalog.sdk(id).unwrap_or_else(|| panic!("{id} is missing"));
        for prefix in sdk["package_prefixes"].as_array().expect("a list") {
            assert!(entry.all_prefixes().any(|known| Some(*known) == prefix.as_str()), "{id} {prefix}");
        }
        assert_eq!(entry.recall_only, sdk["sources"] == serde_json::json!(["recall"]), "{id}");
    }
    let rules = value(&read("rules.json"));
    let rules = rules.as_array().expect("a list");
    assert_eq!(catalog.tables.rules.len(), rules.len());
    for rule in rules {
        let entry = catalog.rule(rule["id"].as_str().expect("an id")).expect("a rule");
        assert_eq!(Some(entry.tier), rule["tier"].as_str(), "{}", entry.id);
    }
}
