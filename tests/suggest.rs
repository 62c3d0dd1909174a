//! `candor check --suggest`: the rows that a disclosure lacks, and what a check says once they are pasted.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;

/// Rules that a row can answer; a denial, an absent SDK or a fault of a row is none of them.
const ANSWERED: [&str; 7] = ["D01", "D02", "D03", "P01", "S01", "S02", "S04"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("suggest").join(name);
    fs::create_dir_all(&folder).expect("a temporary folder");
    folder
}

/// Checks the sample package; gives the findings, and writes what is suggested.
fn check(against: &Path, suggest: &Path) -> Vec<Value> {
    check_by("--against", against, suggest)
}

fn check_by(option: &str, against: &Path, suggest: &Path) -> Vec<Value> {
    let mut command = Command::cargo_bin("candor").expect("built with the tests");
    command.env("LANG", "C").env_remove("LC_ALL").env_remove("LC_MESSAGES");
    command.arg("check").arg(root().join("fixtures/id-photo/id-photo.apk")).arg(option).arg(against);
    let output = command.arg("--suggest").arg(suggest).args(["--format", "ndjson"]).output().expect("the binary runs");
    let package: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    package["check"]["findings"].as_array().expect("findings").clone()
}

fn rules(findings: &[Value], wanted: impl Fn(&Value) -> bool) -> BTreeSet<String> {
    findings.iter().filter(|it| wanted(it)).filter_map(|it| Some(it["rule"].as_str()?.to_owned())).collect()
}

fn open(finding: &Value) -> bool {
    finding["state"] == "open" && ANSWERED.iter().any(|rule| finding["rule"] == *rule)
}

#[test]
fn pasted_rows_answer_the_findings_that_asked_for_them() {
    let folder = folder("toml");
    let base = root().join("disclosures/meitu-id-photo.toml");
    let rows = folder.join("rows.toml");
    let before = check(&base, &rows);
    let asked = rules(&before, open);
    for rule in ["D01", "P01", "S01", "S04"] {
        assert!(asked.contains(rule), "the sample has one: {asked:?}");
    }
    let suggested = fs::read_to_string(&rows).expect("written");
    let pasted = folder.join("pasted.toml");
    let text = fs::read_to_string(&base).expect("a disclosure");
    fs::write(&pasted, format!("{text}\n{suggested}")).expect("writable");
    let after = check(&pasted, &folder.join("more.toml"));
    assert_eq!(rules(&after, open), BTreeSet::new(), "{suggested}");
    // What a row cannot mend stands as before.
    let others = |findings: &[Value]| rules(findings, |it| it["rule"] == "D04" || it["rule"] == "C01");
    assert_eq!(others(&after), others(&before));
    let entries = suggested.matches("[[").count();
    assert_eq!(suggested.matches("# 待确认: ").count(), entries, "each is marked\n{suggested}");
    assert_eq!(suggested.matches("quote = \"待确认\"").count(), entries);
    assert_eq!(fs::read_to_string(folder.join("more.toml")).expect("written").matches("[[").count(), 0);
}

#[test]
fn a_table_for_the_policy_has_the_columns_of_its_own() {
    let folder = folder("markdown");
    let rows = folder.join("rows.md");
    check(&root().join("disclosures/meitu-id-photo.toml"), &rows);
    let zh = fs::read_to_string(&rows).expect("written");
    assert!(
        zh.contains("| SDK 名称 | 使用目的 | 收集的个人信息 | 隐私政策链接 | 状态 |"),
        "no provider, as in the policy\n{zh}"
    );
    assert!(zh.contains("| 权限名称 | 权限常量 | 使用目的 | 状态 |"), "{zh}");
    assert!(
        zh.lines()
            .filter(|line| line.starts_with("| ") && !line.contains("---") && !line.contains("状态"))
            .all(|line| line.ends_with("待确认 |")),
        "{zh}"
    );
    let row = |name: &str| zh.lines().find(|line| line.starts_with(&format!("| {name} |"))).expect("a row").to_owned();
    assert!(row("支付宝").contains("| https://opendocs.alipay.com/"), "the only link of the family\n{zh}");
    assert!(row("腾讯移动分析").ends_with("| 待确认 | 待确认 |"), "no link is known\n{zh}");

    // An English policy with providers, and a name that would be markup.
    let english = folder.join("english.toml");
    let text = "schema = \"candor.disclosure/1\"\ntitle = \"Privacy policy\"\n[[sdk]]\nnames = [\"Bug|ly <b>\"]\ncatalog = [\"bugly\"]\n\
                provider = \"Tencent\"\npurpose = \"crash reports\"\ncite = { lines = [3, 4] }\n";
    fs::write(&english, text).expect("writable");
    check(&english, &rows);
    let en = fs::read_to_string(&rows).expect("written");
    assert!(en.contains("| SDK | Provider | Purpose | Personal information | State |"), "{en}");
    assert!(en.contains("| Bug\\|ly &lt;b&gt; | "), "{en}");
    assert!(en.contains("to be confirmed |") && !en.contains("待确认"), "{en}");
}

#[test]
fn the_policy_itself_gives_the_headers_of_its_table() {
    let rows = folder("headers").join("rows.md");
    check_by("--policy", &root().join("fixtures/policies/pipes.md"), &rows);
    let text = fs::read_to_string(&rows).expect("written");
    let policy = fs::read_to_string(root().join("fixtures/policies/pipes.md")).expect("a fixture");
    let header = policy.lines().find(|line| line.contains("SDK") && line.starts_with('|')).expect("a table");
    let header = header.trim_end_matches('|').trim();
    assert!(text.contains(&format!("{header} | 状态 |")), "{header}\n{text}");
}
