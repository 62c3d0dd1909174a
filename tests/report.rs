//! Reports on packages made by hand: what a person reads in both languages, what a program reads, and that nothing in a
//! package can steer a terminal.

use candor::behavior::{
    App, Behavior, Built, Certainty, Completeness, Endpoint, Grade, IssueEntry, Network, Obtainable, Owner, OwnerKind,
    Permission, PermissionUse, PermissionUser, Read, Reason, SdkEvidence, SdkFound, Signing,
};
use candor::catalog::{Catalog, Confidence, Focus, Severity, Tables};
use candor::check::{Agreement, Checked, Evidence, Finding, State};
use candor::disclosure::{Cite, Disclosure, Effective};
use candor::report::{
    Detail, Format, Held, Lang, Report, Section, Status, Style, Subject, Told, Totals, list, nearest, show,
};
use serde_json::Value;

/// A catalog of few entries; the tables borrow their words from it.
const CATALOG: &str = r#"{
"data":[
 {"id":"device-info","umbrella":true,"platform":"both","name_en":"Device information","name_zh":"设备信息","class":"umbrella","origin":"test"},
 {"id":"imei","parent":"device-info","platform":"android","name_en":"IMEI","name_zh":"IMEI","class":"immutable","aliases_zh":["国际移动设备识别码"],"origin":"test"},
 {"id":"mac-bluetooth","parent":"device-info","platform":"android","name_en":"Bluetooth MAC address","name_zh":"蓝牙 MAC","class":"immutable","origin":"test"},
 {"id":"meid","parent":"device-info","alternative_of":"imei","platform":"android","name_en":"MEID","name_zh":"MEID","class":"immutable","origin":"test"}],
"source":[
 {"kind":"method-call","target":"Landroid/telephony/TelephonyManager;->getDeviceId()Ljava/lang/String;","data":"imei","strength":"value","arg_op":"any","focus":"core","confidence":"high","origin":"test"}],
"permission":[
 {"name":"android.permission.READ_PHONE_STATE","protection":"dangerous","label_en":"read phone status and identity","label_zh":"读取手机状态和身份","aliases_zh":["电话权限"],"origin":"test"},
 {"name":"android.permission.RECORD_AUDIO","protection":"dangerous","label_en":"record audio","label_zh":"录音","origin":"test"}],
"sdk":[
 {"id":"carrier","name":"Carrier","name_zh":"载体","vendor":"Payer Ltd","category":"payment","origin":"test"},
 {"id":"payer","name":"Payer SDK","name_zh":"付付支付","vendor":"Payer Ltd","category":"payment","origin":"test"},
 {"id":"payer-risk","name":"Payer Risk","name_zh":"付付风控","vendor":"Payer Ltd","category":"security","parent":"payer","origin":"test"}],
"library":[{"prefix":"okhttp3","name":"OkHttp","origin":"test"}],
"marker":[{"kind":"packer","name":"Wrapper","marker":"native-lib","pattern":"libwrap.so","confidence":"high","origin":"test"}],
"rule":[
 {"id":"P01","name":"undisclosed-permission","title_zh":"清单权限未披露","title_en":"Permission is not disclosed","definition":"d","severity":"high","class":"omitted","needs":"app+policy","tier":"core",
  "message_zh":"清单声明、政策未披露的权限:{permissions}","message_en":"the manifest declares permissions that the policy does not name: {permissions}","origin":"test"},
 {"id":"S03","name":"absent-listed-sdk","title_zh":"清单中的SDK未发现","title_en":"Listed SDK not found","definition":"d","severity":"info","class":"none","needs":"app+policy","tier":"core",
  "message_zh":"{cite}列出的 {sdk} 未在安装包中发现","message_en":"{sdk}, listed in {cite}, was not found in the package","origin":"test"},
 {"id":"S04","name":"sdk-exceeds-disclosure","title_zh":"SDK实际收集超出其披露行","title_en":"SDK reads more than its row","definition":"d","severity":"high","class":"omitted","needs":"app+policy","tier":"core",
  "message_zh":"{owner}的代码可读取披露行（{cite}）未列出的{data}[，另有{detail}]。","message_en":"Code of {owner} can read {data}, which its row ({cite}) does not list[, and {detail}].",
  "basis":[{"instrument":"某办法 (办字〔2019〕1号)","clause":"二(1)","verified":true},{"instrument":"某办法 (办字〔2019〕1号)","clause":"三(3)","verified":true},{"instrument":"另一标准","clause":"8.2","verified":false}],"origin":"test"}]
}"#;

/// What a report is made with.
#[derive(Clone, Copy)]
struct View {
    format: Format,
    lang: Lang,
    detail: Detail,
    style: Style,
}

const ZH: View = View {
    format: Format::Text,
    lang: Lang::Zh,
    detail: Detail::Normal,
    style: Style { color: false, width: Some(100) },
};
const EN: View = View { lang: Lang::En, ..ZH };

#[test]
fn a_scan_as_a_person_reads_it() {
    insta::assert_snapshot!("scan_zh", scanned(ZH, &behavior()));
    insta::assert_snapshot!("scan_en", scanned(EN, &behavior()));
    insta::assert_snapshot!("scan_en_verbose", scanned(View { detail: Detail::Verbose, ..EN }, &behavior()));
}

#[test]
fn a_check_as_a_person_reads_it() {
    insta::assert_snapshot!("check_zh", compared(ZH, &behavior(), &disclosure(), &checked()));
    insta::assert_snapshot!("check_en", compared(EN, &behavior(), &disclosure(), &checked()));
    let verbose = View { detail: Detail::Verbose, ..ZH };
    insta::assert_snapshot!("check_zh_verbose", compared(verbose, &behavior(), &disclosure(), &checked()));
}

#[test]
fn a_quiet_report_has_one_line_a_package() {
    let quiet = |view| View { detail: Detail::Quiet, style: Style { color: false, width: None }, ..view };
    insta::assert_snapshot!("quiet_scan_en", scanned(quiet(EN), &behavior()));
    insta::assert_snapshot!("quiet_check_zh", compared(quiet(ZH), &behavior(), &disclosure(), &checked()));
    assert_eq!(document(quiet(EN), &[behavior(), behavior()]).lines().count(), 2);
}

#[test]
fn a_clean_check_says_so_and_no_report_says_that_the_app_collects() {
    let complete = Completeness { complete: true, reasons: Vec::new() };
    let clean = Behavior { completeness: complete, issues: Vec::new(), ..behavior() };
    let zh = compared(ZH, &clean, &disclosure(), &Checked::default());
    let en = compared(EN, &clean, &disclosure(), &Checked::default());
    assert!(zh.contains("未见与政策不一致之处") && zh.contains("代码完整可见"), "{zh}");
    assert!(en.contains("no difference from the policy was seen") && en.contains("all code is visible"), "{en}");
    for text in [zh, en, scanned(EN, &clean), scanned(ZH, &clean)] {
        assert!(!text.contains("collect") && !text.contains("收集"), "{text}");
    }
}

#[test]
fn nothing_found_and_could_not_look_read_differently() {
    let blank = Behavior { reads: Vec::new(), ..behavior() };
    assert!(scanned(EN, &blank).contains("this proves nothing"));
    let text = compared(EN, &blank, &disclosure(), &Checked::default());
    assert!(text.contains("but not all code is visible"), "{text}");
    let unread = Behavior { sha256: String::new(), ..blank };
    let text = scanned(EN, &unread);
    assert_eq!(text.lines().last(), Some("nothing could be read"));
    assert!(!text.contains("was seen") && text.contains("string table exceeds the file"), "{text}");
}

#[test]
fn a_document_names_its_schema_and_holds_every_package() {
    let json = View { format: Format::Json, ..ZH };
    let parsed: Value = serde_json::from_str(&document(json, &[behavior(), behavior()])).expect("JSON");
    assert_eq!(parsed["schema"], "candor.behavior/1");
    assert_eq!(parsed["tool"]["name"], "candor");
    assert_eq!(parsed["tool"]["catalog"], "0123456789abcdef");
    assert_eq!(parsed["packages"].as_array().map(Vec::len), Some(2));
    insta::assert_snapshot!("package_json", pretty(&parsed["packages"][0]));
    let empty: Value = serde_json::from_str(&document(json, &[])).expect("JSON");
    assert_eq!(empty["packages"], Value::Array(Vec::new()));
}

#[test]
fn ndjson_is_the_documents_packages_a_line_each() {
    let lines = document(View { format: Format::Ndjson, ..ZH }, &[behavior(), behavior()]);
    let document = document(View { format: Format::Json, ..ZH }, &[behavior(), behavior()]);
    let document: Value = serde_json::from_str(&document).expect("JSON");
    assert!(lines.ends_with('\n'));
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(Value::Array(lines), document["packages"]);
}

#[test]
fn a_check_adds_its_findings_to_the_package() {
    let json = |lang| compared(View { format: Format::Json, lang, ..ZH }, &behavior(), &disclosure(), &checked());
    assert_eq!(json(Lang::Zh), json(Lang::En), "JSON has no language");
    let parsed: Value = serde_json::from_str(&json(Lang::Zh)).expect("JSON");
    assert_eq!(parsed["path"], "builds/app.apk");
    insta::assert_snapshot!("check_json", pretty(&parsed["check"]));
}

#[test]
fn each_form_for_another_program() {
    for format in [Format::Sarif, Format::Junit, Format::Markdown, Format::Csv, Format::CycloneDx] {
        let view = View { format, ..EN };
        let failing = ["f00d".to_owned()];
        let held = Held { disclosure: &disclosure(), choice: None, checked: &checked(), failing: &failing };
        let text = with_report(view, |report, out| {
            let mut document = report.begin(out).expect("a vector takes all");
            let told = Told { behavior: &behavior(), held: Some(held), status: Status::Findings };
            document.add(&report.package(told), out).expect("a vector takes all");
            document.end(&Totals { packages: 1, ..Totals::default() }, out).expect("a vector takes all");
        });
        let text = serde_json::from_str(&text).map_or(text, |value: Value| pretty(&value));
        insta::assert_snapshot!(format.word(), text);
    }
}

#[test]
fn nothing_in_a_package_steers_a_terminal() {
    const EVIL: &str = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31m\u{202e}gpj.apk\r\nhigh\u{200b}";
    let mut hostile = behavior();
    hostile.path = format!("a{EVIL}.apk");
    hostile.app.label = Some(EVIL.into());
    hostile.app.package = EVIL.into();
    hostile.app.version_name = Some(EVIL.into());
    hostile.signing[0].subject = EVIL.into();
    hostile.permissions[0].name = EVIL.into();
    hostile.sdks[0].evidence[0].value = EVIL.into();
    hostile.sdks[0].version = Some(EVIL.into());
    hostile.reads[0].caller = format!("L{EVIL};->{EVIL}()V");
    hostile.reads[0].literal = Some(EVIL.into());
    hostile.endpoints.as_mut().expect("the sample has endpoints")[0].host = EVIL.into();
    hostile.completeness.reasons[0].detail = EVIL.into();
    hostile.issues[0].message = EVIL.into();
    let disclosure = Disclosure { title: EVIL.into(), app: EVIL.into(), ..disclosure() };
    let mut checked = checked();
    checked.findings[0].policy[0].quote = EVIL.into();
    checked.findings[0].evidence[0].place = EVIL.into();
    checked.findings[1].rule = EVIL.into();
    checked.findings[1].name = EVIL.into();

    let details = [Detail::Quiet, Detail::Normal, Detail::Verbose];
    for view in [ZH, EN].into_iter().flat_map(|view| details.map(|detail| View { detail, ..view })) {
        for text in [scanned(view, &hostile), compared(view, &hostile, &disclosure, &checked)] {
            let steering = text.chars().find(|&c| c != '\n' && (c.is_control() || "\u{202e}\u{200b}".contains(c)));
            assert_eq!(steering, None, "{text}");
            assert!(text.contains("\\u{1b}"), "the escape is shown: {text}");
        }
    }
    let json = compared(View { format: Format::Json, ..ZH }, &hostile, &disclosure, &checked);
    assert!(!json.chars().any(|c| c.is_control() || c == '\u{202e}'), "{json}");
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["app"]["label"], EVIL, "a program gets the value as it is");
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for width in [24, 40, 79] {
        for view in [ZH, EN] {
            let view = View { style: Style { color: false, width: Some(width) }, detail: Detail::Verbose, ..view };
            for text in [scanned(view, &behavior()), compared(view, &behavior(), &disclosure(), &checked())] {
                let columns = |line: &str| unicode_width::UnicodeWidthStr::width(line);
                let widest = text.lines().max_by_key(|line| columns(line)).expect("lines");
                assert!(columns(widest) <= width, "{} columns: {widest}", columns(widest));
            }
        }
    }
}

#[test]
fn colours_add_nothing_but_themselves() {
    let colored = View { style: Style { color: true, width: Some(100) }, ..ZH };
    let text = compared(colored, &behavior(), &disclosure(), &checked());
    assert!(text.contains("\u{1b}["), "{text}");
    let plain = anstream::adapter::strip_str(&text).to_string();
    assert_eq!(plain, compared(ZH, &behavior(), &disclosure(), &checked()));
}

#[test]
fn several_packages_end_with_their_number() {
    let text = document(EN, &[behavior(), behavior(), behavior()]);
    assert_eq!(text.lines().last(), Some("3 packages · 3 incomplete"));
    assert!(!document(EN, &[behavior()]).contains("1 package "));
}

#[test]
fn the_catalog_is_listed_and_shown_in_both_forms() {
    let json = View { format: Format::Json, ..EN };
    let wide = View { style: Style { color: false, width: None }, ..EN };
    for section in Section::ALL {
        let listed =
            |view| with_report(view, |report, out| list(report, Some(section), out).expect("a vector takes all"));
        let entries: Vec<Value> = serde_json::from_str(&listed(json)).expect("JSON");
        assert_eq!(listed(wide).lines().count(), entries.len(), "{}", section.word());
    }
    insta::assert_snapshot!("show_imei", shown(EN, "imei"));
    assert!(shown(EN, "RECORD_AUDIO").contains("android.permission.RECORD_AUDIO"));
    assert!(shown(EN, "s04").contains("clause: 8.2, verified: false"));
    let entries: Vec<Value> = serde_json::from_str(&shown(json, "imei")).expect("JSON");
    assert_eq!(entries[0]["kind"], "data");
    assert_eq!(entries[0]["sources"].as_array().map(Vec::len), Some(1));
}

#[test]
fn an_unknown_id_shows_nothing_and_has_a_neighbour() {
    assert_eq!(shown(EN, "imie"), "");
    assert_eq!(nearest(&catalog(), "mac-bluetoth"), Some("mac-bluetooth"));
    assert_eq!(nearest(&catalog(), "zzzzzz"), None);
}

fn with_report(view: View, write: impl FnOnce(&Report<'_>, &mut Vec<u8>)) -> String {
    let catalog = catalog();
    let View { format, lang, detail, style } = view;
    let mut out = Vec::new();
    let subject = Subject::Comparison;
    write(&Report { catalog: &catalog, format, subject, lang, detail, style, time: None }, &mut out);
    String::from_utf8(out).expect("reports are text")
}

fn scanned(view: View, behavior: &Behavior) -> String {
    with_report(view, |report, out| *out = report.package(Told { behavior, held: None, status: Status::Clean }).body)
}

fn compared(view: View, behavior: &Behavior, disclosure: &Disclosure, checked: &Checked) -> String {
    let held = Some(Held { disclosure, choice: None, checked, failing: &[] });
    with_report(view, |report, out| *out = report.package(Told { behavior, held, status: Status::Findings }).body)
}

fn document(view: View, packages: &[Behavior]) -> String {
    with_report(view, |report, out| {
        let mut document = report.begin(out).expect("a vector takes all");
        for behavior in packages {
            document
                .add(&report.package(Told { behavior, held: None, status: Status::Clean }), out)
                .expect("a vector takes all");
        }
        let totals = Totals { packages: packages.len(), incomplete: packages.len(), ..Totals::default() };
        document.end(&totals, out).expect("a vector takes all");
    })
}

/// An entry of the catalog; nothing is written exactly where nothing is found.
fn shown(view: View, id: &str) -> String {
    with_report(view, |report, out| {
        let found = show(report, id, out).expect("a vector takes all");
        assert_eq!(found, !out.is_empty(), "{id}");
    })
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).expect("JSON")
}

fn catalog() -> Catalog {
    let tables: Tables = serde_json::from_str(CATALOG).expect("the catalog above is well-formed");
    Catalog::new(tables, "0123456789abcdef")
}

fn behavior() -> Behavior {
    let app = owner(OwnerKind::App, "com.example");
    let payer = owner(OwnerKind::Sdk, "payer");
    Behavior {
        path: "builds/app.apk".into(),
        sha256: "4be1".repeat(16),
        bytes: 123_456,
        kind: "apk",
        app: App {
            package: "com.example".into(),
            version_name: Some("1.0".into()),
            version_code: Some(7),
            min_sdk: Some(19),
            target_sdk: Some(26),
            label: Some("证件照".into()),
            network: Network::default(),
        },
        built: Some(Built { date: "2021-12-24".into(), entry: "META-INF/CERT.RSA".into() }),
        signing: vec![Signing {
            scheme: "v2",
            sha256: "ab".repeat(32),
            subject: "CN=Example".into(),
            not_before: "2020-01-01T00:00:00Z".into(),
            not_after: "2050-01-01T00:00:00Z".into(),
        }],
        permissions: vec![
            Permission { name: "android.permission.READ_PHONE_STATE".into(), implied: true, max_sdk: None },
            Permission { name: "com.vendor.permission.PUSH".into(), implied: false, max_sdk: Some(22) },
        ],
        permission_usage: vec![PermissionUse {
            permission: "android.permission.READ_PHONE_STATE".into(),
            declared: true,
            count: 2,
            users: vec![PermissionUser {
                owner: payer.clone(),
                api: "Landroid/telephony/TelephonyManager;->getDeviceId()Ljava/lang/String;".into(),
                caller: "Lcom/payer/Ids;->read()Ljava/lang/String;".into(),
                file: "classes.dex".into(),
                offset: Some("0x1764ca".into()),
            }],
        }],
        sdks: vec![SdkFound {
            id: "payer".into(),
            name: "Payer SDK".into(),
            vendor: "Payer Ltd".into(),
            country: Some("CN".into()),
            category: "payment".into(),
            parent: None,
            grade: Grade::Present,
            version: Some("15.6".into()),
            version_from: None,
            evidence: [("com.payer.pay", 12), ("com.payer.sdk", 31), ("com.payer.util", 3)]
                .map(|(value, count)| SdkEvidence { kind: "class", value: value.into(), count: Some(count) })
                .to_vec(),
        }],
        reads: vec![
            read("imei", app, "Lcom/example/App;->id()V", Certainty::Present),
            read("imei", payer.clone(), "Lcom/payer/b;->a()V", Certainty::Present),
            read("imei", payer.clone(), "Lcom/payer/b;->b()V", Certainty::Reachable),
            read("mac-bluetooth", payer.clone(), "Lcom/payer/c;->a()V", Certainty::Present),
        ],
        endpoints: Some(vec![
            Endpoint {
                host: "api.example.com".into(),
                owner: owner(OwnerKind::Unknown, "a.b"),
                cleartext: false,
                allowed: None,
                sdk: None,
            },
            Endpoint { host: "log.payer.com".into(), owner: payer, cleartext: true, allowed: Some(true), sdk: None },
        ]),
        completeness: Completeness {
            complete: false,
            reasons: vec![Reason { kind: "packed", detail: "libwrap.so (Wrapper)".into() }],
        },
        issues: vec![IssueEntry {
            file: "classes2.dex".into(),
            offset: Some("0x70".into()),
            message: "string table exceeds the file".into(),
        }],
        ..Behavior::default()
    }
}

fn owner(kind: OwnerKind, id: &str) -> Owner {
    Owner { kind, id: id.into() }
}

fn read(data: &str, owner: Owner, caller: &str, certainty: Certainty) -> Read {
    let reachable = certainty == Certainty::Reachable;
    Read {
        strength: "value",
        data: data.into(),
        owner,
        api: "Landroid/telephony/TelephonyManager;->getDeviceId()Ljava/lang/String;".into(),
        source: "method-call",
        caller: caller.into(),
        file: "classes.dex".into(),
        offset: "0x1764ca".into(),
        pc: "0x4".into(),
        literal: None,
        certainty,
        entry: reachable.then_some("application"),
        path: if reachable { vec!["Lcom/example/App;->onCreate()V".into(), caller.into()] } else { Vec::new() },
        pre_consent: reachable.then_some(true),
        background: None,
        obtainable: obtainable(),
        repeats: None,
        via: None,
        note: None,
        confidence: Confidence::High,
        focus: Focus::Core,
    }
}

fn disclosure() -> Disclosure {
    Disclosure {
        title: "个人信息保护政策".into(),
        app: "证件照".into(),
        controller: "某公司".into(),
        effective: Some(Effective { from: Some("2021-11-01".into()), to: None }),
        file: "disclosures/photo.toml".into(),
        ..Disclosure::default()
    }
}

fn obtainable() -> Obtainable {
    Obtainable { restricted_since: Some(29), undeclared: vec!["READ_PHONE_STATE".into()] }
}

fn sign(kind: &'static str, what: &str) -> Evidence {
    Evidence { kind, what: what.into(), ..Evidence::default() }
}

fn checked() -> Checked {
    let evidence = |index: u32| Evidence {
        data: "imei".into(),
        also: vec!["meid".into()],
        what: "Landroid/telephony/TelephonyManager;->getDeviceId()Ljava/lang/String;".into(),
        place: format!("Lcom/payer/security/module/b{index};->b()V"),
        at: format!("classes.dex@{:#x}", 0x1000 + index),
        certainty: Some(if index == 3 { Certainty::Reachable } else { Certainty::Present }),
        obtainable: Some(obtainable()),
        ..sign("read", "")
    };
    let permissions = ["READ_PHONE_STATE", "RECORD_AUDIO"].map(|name| format!("android.permission.{name}"));
    Checked {
        library_reads: 2,
        findings: vec![
            Finding {
                owner: Some(owner(OwnerKind::Sdk, "payer")),
                data: vec!["imei".into(), "mac-bluetooth".into()],
                sdks: vec!["payer".into(), "payer-risk".into()],
                shipped_in: vec!["carrier".into()],
                evidence: (0..5)
                    .map(evidence)
                    .chain([Evidence { count: Some(8), ..sign("class", "com.payer.risk") }])
                    .collect(),
                policy: vec![Cite { lines: [84, 93], quote: "付付支付  读取\n  Device ID".into() }],
                ..finding("S04", Severity::High)
            },
            Finding {
                evidence: permissions.iter().map(|name| sign("permission", name)).collect(),
                permissions: permissions.to_vec(),
                ..finding("P01", Severity::High)
            },
            Finding {
                state: State::Undecided,
                sdks: vec!["payer".into()],
                policy: vec![Cite { lines: [12, 12], quote: String::new() }],
                ..finding("S03", Severity::Info)
            },
        ],
        agreements: vec![Agreement {
            owner: owner(OwnerKind::App, "com.example"),
            data: "imei".into(),
            policy: Cite { lines: [37, 37], quote: String::new() },
            evidence: Vec::new(),
        }],
    }
}

fn finding(rule: &str, severity: Severity) -> Finding {
    Finding {
        severity,
        name: format!("name-of-{rule}"),
        class: "omitted".into(),
        fingerprint: "f00d".into(),
        ..Finding::of(Catalog::builtin().rule(rule).expect("a rule of the catalog"))
    }
}
