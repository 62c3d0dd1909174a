//! Waivers, baselines and gates from the command line, on a fixed day: what fails, what is said, and the exit status.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use candor::catalog::{Catalog, Rule};
use serde_json::Value;

const PACKAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/id-photo/id-photo.apk");
const PACKED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/packed/packed.apk");
const NESTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/script/nested.apk");
const POLICY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/disclosures/meitu-id-photo.toml");

/// Bugly can read more than its row lists: one finding of rule S04.
const WAIVER: &str = "\
[[waiver]]
rule = \"S04\"
code = \"sdk:bugly\"
reason = \"4.1 drops it\"
owner = \"Li Lei\"
until = 2026-12-31
";

#[test]
fn a_waiver_takes_its_finding_out_of_the_gate_until_its_last_day() {
    let folder = folder("waiver");
    write(&folder, "candor.toml", &format!("against = \"{POLICY}\"\n[rule.S04]\ngate = \"medium\"\n{WAIVER}"));
    let gates = |today: &str| {
        let (document, _, _) = json(&folder, &["--today", today]);
        let is_asked = |it: &&Value| it["rule"] == "S04" && it["owner"]["id"] == "bugly";
        let found = document["packages"][0]["check"]["findings"].as_array().expect("a list").iter().find(is_asked);
        (found.expect("Bugly's finding")["gate"].clone(), document["notices"].clone())
    };
    let (gate, notices) = gates("2026-12-31");
    assert_eq!(
        (&gate["state"], &gate["place"], &gate["owner"]),
        (&"waived".into(), &"candor.toml:4".into(), &"Li Lei".into())
    );
    assert_eq!(notices, Value::Null);
    let (gate, notices) = gates("2027-01-01");
    assert_eq!((&gate["state"], &gate["expired"]), (&"open".into(), &true.into()));
    assert_eq!((&notices[0]["kind"], &notices[0]["findings"]), (&"expired".into(), &1.into()));
}

#[test]
fn the_exit_status_follows_waivers_and_their_end() {
    let folder = folder("status");
    let all = |until: &str| {
        let waiver = |rule: &Rule| {
            let id = rule.id;
            format!("[[waiver]]\nrule = \"{id}\"\nreason = \"known\"\nowner = \"Li Lei\"\nuntil = {until}\n")
        };
        Catalog::builtin().tables.rules.iter().map(waiver).collect::<Vec<_>>().concat()
    };
    let config =
        |until: &str| format!("gate = \"high\"\nstale_waivers = \"info\"\nagainst = \"{POLICY}\"\n{}", all(until));
    write(&folder, "candor.toml", &config("2026-12-31"));
    let status = |today: &str| run(&folder, &["check", PACKAGE, "--today", today, "-q"]).2;
    assert_eq!((status("2026-11-29"), status("2027-01-01")), (0, 1));
    assert_eq!(run(&folder, &["check", PACKAGE, "--no-config", "--against", POLICY, "-q"]).2, 1);
}

#[test]
fn a_waiver_that_covers_nothing_fails_the_check_by_itself() {
    let folder = folder("unused");
    let config =
        |gate: &str| format!("gate = \"{gate}\"\nagainst = \"{POLICY}\"\n{}", WAIVER.replace("sdk:bugly", "sdk:utdid"));
    write(&folder, "candor.toml", &(config("low") + "[rule.S04]\ngate = \"never\"\n"));
    let (text, _, _) = run(&folder, &["check", PACKAGE, "--today", "2026-11-29", "--lang", "en"]);
    assert!(text.contains("\ncandor.toml:3: the waiver of S04 covers nothing; take it out\n"), "{text}");
    let (text, _, _) = run(&folder, &["check", PACKAGE, "--today", "2026-11-29", "--lang", "zh", "-q"]);
    assert!(text.contains("\ncandor.toml:3：对 S04 的豁免没有对应的发现，应删除\n"), "{text}");
    let (_, stderr, _) = run(&folder, &["check", PACKAGE, "--today", "2026-11-29", "--format", "ndjson"]);
    assert_eq!(stderr, "candor: candor.toml:3: the waiver of S04 covers nothing; take it out\n");
    // All else passes: the notice alone is what fails, unless the gate is above it.
    let never = |gate: &str| {
        write(&folder, "candor.toml", &config(gate));
        let known = run(&folder, &["baseline", PACKAGE, "--today", "2026-11-29", "-o", "known.toml"]);
        assert_eq!(known.2, 0, "{}", known.1);
        run(&folder, &["check", PACKAGE, "--today", "2026-11-29", "--baseline", "known.toml", "-q"]).2
    };
    assert_eq!((never("low"), never("medium")), (1, 0));
}

#[test]
fn a_configuration_with_a_mistake_is_status_2() {
    let folder = folder("mistake");
    for (text, message) in [
        (WAIVER.replace("until = 2026-12-31\n", ""), "candor.toml:1:1: missing key `until`"),
        (WAIVER.replace("owner = \"Li Lei\"\n", ""), "candor.toml:1:1: missing key `owner`"),
        (WAIVER.replace("reason = \"4.1 drops it\"\n", ""), "candor.toml:1:1: missing key `reason`"),
        ("gaet = \"low\"\n".to_owned(), "candor.toml:1:1: unknown key `gaet`; did you mean `gate`?"),
    ] {
        write(&folder, "candor.toml", &text);
        let (stdout, stderr, status) = run(&folder, &["check", PACKAGE, "--against", POLICY]);
        assert_eq!((stdout.as_str(), stderr, status), ("", format!("candor: {message}\n"), 2));
    }
    let (_, stderr, status) = run(&folder, &["check", PACKAGE, "--no-config"]);
    assert_eq!(status, 2);
    assert!(stderr.contains("give --against or --policy, or say it in candor.toml"), "{stderr}");
}

#[test]
fn a_configuration_is_found_up_to_the_root_of_the_repository() {
    let outer = folder("repository");
    let inner = outer.join("app/release");
    fs::create_dir_all(&inner).expect("the folder is writable");
    write(&outer, "candor.toml", "gaet = 1\n");
    let fault =
        |folder: &Path, args: &[&str]| run(folder, &[&["check", PACKAGE, "--against", POLICY], args].concat()).1;
    assert!(!fault(&inner, &["-q"]).contains("gaet"), "without a repository a folder above says nothing");
    fs::create_dir(outer.join(".git")).expect("the folder is writable");
    assert!(fault(&inner, &["-q"]).starts_with("candor: ../../candor.toml:1:1: unknown key `gaet`"));
    assert!(!fault(&inner, &["-q", "--no-config"]).contains("gaet"));
    write(&outer, "app/candor.toml", "gaat = 1\n");
    assert!(fault(&inner, &["-q"]).starts_with("candor: ../candor.toml:1:1: unknown key `gaat`"), "the nearest one");
    fs::create_dir(outer.join("app/.git")).expect("the folder is writable");
    fs::remove_file(outer.join("app/candor.toml")).expect("it is there");
    assert!(!fault(&inner, &["-q"]).contains("gaet"), "the repository ends below it");
    assert!(fault(&inner, &["--config", "../../candor.toml"]).contains("gaet"));
}

#[test]
fn paths_of_a_configuration_are_relative_to_it() {
    let folder = folder("relative");
    fs::create_dir_all(folder.join("ci")).expect("the folder is writable");
    fs::copy(POLICY, folder.join("ci/privacy.toml")).expect("it can be copied");
    write(&folder, "ci/candor.toml", "against = \"privacy.toml\"\n");
    let (document, _, _) = json(&folder, &["--config", "ci/candor.toml"]);
    assert_eq!(document["packages"][0]["check"]["disclosure"]["file"], "ci/privacy.toml");
}

#[test]
fn own_namespaces_make_code_the_apps_own() {
    let folder = folder("namespaces");
    write(&folder, "candor.toml", "own_namespaces = [\"com.example.plugin\"]\n");
    let owner = |args: &[&str]| {
        let (stdout, _, _) = run(&folder, &[&["scan", NESTED, "--format", "ndjson"], args].concat());
        let package: Value = serde_json::from_str(&stdout).expect("JSON");
        let mut reads = package["reads"].as_array().expect("a list").iter();
        let plugin = reads.find(|it| it["caller"].as_str().is_some_and(|it| it.starts_with("Lcom/example/plugin/")));
        plugin.expect("the fixture has it")["owner"]["kind"].clone()
    };
    assert_eq!((owner(&["--no-config"]), owner(&[])), ("unknown".into(), "app".into()));
}

#[test]
fn the_type_of_the_app_is_that_of_the_configuration() {
    let folder = folder("app-type");
    let permissions = |app_type: &str| {
        write(&folder, "candor.toml", &format!("app_type = \"{app_type}\"\n"));
        let (document, _, _) = json(&folder, &["--against", POLICY]);
        let findings = document["packages"][0]["check"]["findings"].as_array().expect("a list").clone();
        let beyond = findings.into_iter().find(|it| it["rule"] == "N02").expect("the fixture asks for more");
        assert_eq!(beyond["detail"], app_type);
        beyond["permissions"].as_array().expect("a list").len()
    };
    // A browser may have a use for contacts, an app for photos has none.
    assert_eq!((permissions("photo"), permissions("browser")), (2, 1));
}

#[test]
fn adopted_findings_pass_and_a_new_one_fails() {
    let folder = folder("baseline");
    let (_, said, status) =
        run(&folder, &["baseline", PACKAGE, "--against", POLICY, "-o", "known.toml", "--today", "2026-11-29"]);
    assert_eq!(status, 0, "{said}");
    assert!(said.starts_with("candor: baseline: ") && said.ends_with(" adopted\n"), "{said}");
    let known = fs::read_to_string(folder.join("known.toml")).expect("it was written");
    assert!(known.contains("rule = \"S04\"\nowner = \"sdk:bugly\"\ndata = [\"imei\""), "{known}");
    let check = |extra: &[&str]| {
        run(
            &folder,
            &[&["check", PACKAGE, "--against", POLICY, "--baseline", "known.toml", "--lang", "en"], extra].concat(),
        )
    };
    let (text, _, status) = check(&[]);
    assert_eq!(status, 0, "{text}");
    assert!(text.contains(" in the baseline · ") && !text.contains("S04"), "{text}");
    assert!(check(&["-v"]).0.contains("in the baseline since 2026-11-29"));
    // A finding that the baseline does not have.
    let entries: Vec<&str> = known.split("\n[[finding]]\n").collect();
    let without: Vec<&str> = entries.iter().copied().filter(|it| !it.contains("owner = \"sdk:bugly\"")).collect();
    assert!(without.len() < entries.len());
    write(&folder, "known.toml", &without.join("\n[[finding]]\n"));
    let (text, _, status) = check(&[]);
    assert_eq!(status, 1, "{text}");
    assert!(text.contains("Tencent Bugly") && text.contains(" in the baseline · "), "{text}");
}

#[test]
fn what_is_gone_is_told_and_an_update_takes_it_out_and_adopts_nothing() {
    let folder = folder("update");
    let baseline = |args: &[&str]| {
        let common = ["baseline", PACKAGE, "--against", POLICY, "-o", "known.toml"];
        let (_, said, status) = run(&folder, &[&common, args].concat());
        (said, status, fs::read_to_string(folder.join("known.toml")).unwrap_or_default())
    };
    assert_eq!(baseline(&["--update"]).1, 2, "there is nothing to update");
    let (_, _, first) = baseline(&["--today", "2026-11-01"]);
    let gone = "\n[[finding]]\nrule = \"D01\"\nowner = \"app\"\ndata = [\"oaid\"]\nfingerprint = \"0000000000000000\"\nsince = 2026-10-01\n";
    write(&folder, "known.toml", &(first.clone() + gone));
    let (text, _, status) =
        run(&folder, &["check", PACKAGE, "--against", POLICY, "--baseline", "known.toml", "--lang", "en"]);
    assert_eq!(status, 0);
    assert!(
        text.contains("known.toml: 1 of its entries no longer occur; candor baseline --update takes them out"),
        "{text}"
    );
    let (said, status, updated) = baseline(&["--update", "--today", "2026-11-29"]);
    assert!(said.contains("1 no longer occur and were taken out") && !said.contains(" adopted"), "{said}");
    assert_eq!((status, updated), (0, first), "the rest keeps its day");
}

#[test]
fn a_packed_build_leaves_the_baseline_as_it_is() {
    let folder = folder("packed");
    run(&folder, &["baseline", PACKAGE, "--against", POLICY, "-o", "known.toml"]);
    let before = fs::read_to_string(folder.join("known.toml")).expect("it was written");
    let args = ["check", PACKED, "--against", POLICY, "--baseline", "known.toml", "--lang", "en"];
    let (text, _, status) = run(&folder, &args);
    assert!(text.contains("were not seen, but not all code is visible"), "{text}");
    assert_ne!(status, 0, "nothing is resolved because it cannot be seen");
    let (_, said, status) = run(&folder, &["baseline", PACKED, "--against", POLICY, "-o", "known.toml", "--update"]);
    assert!(said.contains("not seen and kept"), "{said}");
    let after = fs::read_to_string(folder.join("known.toml")).expect("it is there");
    let entries = |text: &str| text.matches("[[finding]]").count();
    assert_eq!((status, entries(&after)), (3, entries(&before)));
}

#[test]
fn the_clock_can_be_set() {
    let folder = folder("clock");
    write(&folder, "candor.toml", &format!("against = \"{POLICY}\"\n{WAIVER}"));
    let expired = |variable: Option<&str>, args: &[&str]| {
        let mut command = candor(&folder, &[&["check", PACKAGE, "--format", "json"], args].concat());
        if let Some(seconds) = variable {
            command.env("SOURCE_DATE_EPOCH", seconds);
        }
        let output = command.output().expect("the binary runs");
        (String::from_utf8_lossy(&output.stdout).contains("\"expired\":true"), output.status.code())
    };
    assert!(!expired(Some("0"), &[]).0);
    assert!(expired(Some("4102444800"), &[]).0);
    assert!(!expired(Some("4102444800"), &["--today", "2026-11-29"]).0, "what is typed is stronger");
    assert_eq!(expired(Some("soon"), &[]).1, Some(2));
    assert_eq!(expired(None, &["--today", "2026-02-30"]).1, Some(2));
}

#[test]
fn a_policy_on_its_own_is_judged_by_the_same_configuration() {
    let folder = folder("lint");
    // The other finding of the policy that is as severe.
    let rest = "[rule.Q04]\ngate = \"never\"\n";
    let lint = |config: &str, args: &[&str]| {
        write(&folder, "candor.toml", &format!("against = \"{POLICY}\"\n{config}\n{rest}"));
        run(&folder, &[&["lint", "--today", "2026-11-29", "--lang", "en"], args].concat())
    };
    let (text, _, status) = lint("", &[]);
    assert!(status == 1 && text.contains("medium  S05"), "{text}");
    let (text, said, status) = lint(&format!("[rule.S05]\nseverity = \"high\"\n{WAIVER}"), &[]);
    assert!(text.contains("high    S05"), "{text}");
    assert_eq!((said.as_str(), status), ("", 1), "a waiver for packages is not missed here");
    assert_eq!(lint("gate = \"never\"\n", &[]).2, 0);
    assert_eq!(lint("gate = \"never\"\n", &["--gate", "low"]).2, 1, "what is typed is stronger");
    assert_eq!(lint("[rule.S05]\ngate = \"never\"\n", &["--gate", "medium"]).2, 0);
    let waiver = WAIVER.replace("S04", "S05").replace("code = \"sdk:bugly\"\n", "");
    let (text, _, status) = lint(&waiver, &["--gate", "medium"]);
    assert!(status == 0 && text.contains(" waived"), "{text}");
    let (text, said, status) = lint(&waiver.replace("2026-12-31", "2026-11-28"), &["--gate", "medium"]);
    assert!(status == 1 && text.contains("its waiver expired on 2026-11-28"), "{text}");
    assert!(said.starts_with("candor: candor.toml:2: the waiver of S05 expired on 2026-11-28"), "{said}");
    let (_, said, status) = lint(&waiver.replace("S05", "Q01"), &["--gate", "critical"]);
    assert_eq!((said.as_str(), status), ("candor: candor.toml:2: the waiver of Q01 covers nothing; take it out\n", 0));
    let (_, said, status) = run(&folder, &["lint", "--no-config"]);
    assert_eq!((said.as_str(), status), ("candor: nothing to judge: name a policy, or say it in candor.toml\n", 2));
    let (_, said, status) = run(&folder, &["lint", "--no-config", "."]);
    assert_eq!((said.as_str(), status), ("candor: .: a folder; name one version of the policy\n", 2));
}

/// A check of the fixture as JSON.
fn json(folder: &Path, args: &[&str]) -> (Value, String, i32) {
    let (stdout, stderr, status) = run(folder, &[&["check", PACKAGE, "--format", "json"], args].concat());
    (serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error}: {stderr}")), stderr, status)
}

fn run(folder: &Path, args: &[&str]) -> (String, String, i32) {
    let output = candor(folder, args).output().expect("the binary runs");
    let text = |bytes| String::from_utf8(bytes).expect("output is text");
    (text(output.stdout), text(output.stderr), output.status.code().expect("no signal ends it"))
}

fn candor(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_candor"));
    command.args(args).env_clear().current_dir(folder);
    command
}

fn write(folder: &Path, name: &str, text: &str) {
    fs::write(folder.join(name), text).expect("the folder is writable");
}

/// An empty folder of this test's own, outside of the repository of the project.
fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("candor-gate-{}", std::process::id())).join(name);
    fs::create_dir_all(&folder).expect("the folder for temporary files is writable");
    folder
}
