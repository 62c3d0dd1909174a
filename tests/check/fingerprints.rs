//! What a finding is known by: the same in the next build, and no other finding's.

use std::collections::BTreeSet;

use candor::behavior::{App, Behavior, Owner, OwnerKind, Read};
use candor::catalog::Catalog;
use candor::check::lint;

use crate::{checked, collects, denies, of, own, package, permission, policy, read, row, sdk, with_permissions};

const POLICY: &str = "[[collects]]\ndata = [\"~device-info\"]\nopen_ended = true\ncite = { lines = [1, 1] }\n";

#[test]
fn a_fingerprint_stays_while_places_and_lines_move() {
    let moved = Read { offset: "0x999".into(), caller: "La;->b()V".into(), ..own("imei") };
    let fingerprint = |read: Read, said: &str| of("D03", &package(vec![read]), said)[0].fingerprint.clone();
    let said = collects("\"~device-info\"");
    let first = fingerprint(own("imei"), &said);
    assert_eq!(first, fingerprint(moved, &said.replace("[1, 1]", "[70, 71]")));
    assert_ne!(first, fingerprint(own("imsi"), &said));
    assert_ne!(first, fingerprint(read("imei", OwnerKind::Unknown, "a.b"), &said));
    assert_ne!(first, fingerprint(read("imei", OwnerKind::Unknown, "com.vendor"), &said));
}

#[test]
fn an_app_with_other_names_for_the_same_code_keeps_its_fingerprints() {
    let code = |obfuscated: [&str; 3], id: &str| {
        let own = |data| read(data, OwnerKind::App, id);
        let unknown = |data, owner| read(data, OwnerKind::Unknown, owner);
        let reads = vec![
            own("imei"),
            own("location-fine"),
            sdk("bugly", "imsi"),
            unknown("imei", obfuscated[0]),
            unknown("imei", obfuscated[1]),
            unknown("serial", obfuscated[2]),
            unknown("serial", "com.vendor.sdk"),
        ];
        let app = App { package: id.into(), version_code: Some(id.len() as u64), ..App::default() };
        Behavior { app, ..with_permissions(package(reads), &["CAMERA", "READ_CONTACTS"]) }
    };
    let fingerprints = |behavior: &Behavior| {
        let said = POLICY.to_owned() + &row("\"bugly\"", "\"oaid\"");
        checked(behavior, &said).findings.into_iter().map(|it| (it.rule, it.fingerprint)).collect::<BTreeSet<_>>()
    };
    let before = fingerprints(&code(["a.b.c", "a.b.d", "com.vendor.a"], "com.example.one"));
    assert!(before.len() >= 8, "{before:?}");
    assert_eq!(before, fingerprints(&code(["o.x", "c", "com.vendor.zz"], "com.example.two")));
    let grown = fingerprints(&code(["a.b.c", "org.other.sdk", "com.vendor.a"], "com.example.one"));
    assert_eq!(grown.difference(&before).count(), 1, "code with a name of its own is another finding");
}

#[test]
fn what_says_the_same_of_two_places_is_told_apart() {
    let behavior = package(vec![read("imei", OwnerKind::Unknown, "a.b"), read("imei", OwnerKind::Unknown, "c.d")]);
    let twins = of("D03", &behavior, POLICY);
    let owners: Vec<Option<Owner>> = twins.iter().map(|it| it.owner.clone()).collect();
    assert_eq!(owners.len(), 2);
    assert_ne!(twins[0].fingerprint, twins[1].fingerprint);

    let nameless = |line: u32| {
        format!("[[permission]]\ntext = \"其他权限{line}\"\nconstants = []\ncite = {{ lines = [{line}, {line}] }}\n")
    };
    let said = nameless(3) + &nameless(5) + &permission("CAMERA", "");
    let moved = nameless(5).replace("[5, 5]", "[1, 1]") + &nameless(3).replace("[3, 3]", "[9, 9]");
    let fingerprints = |said: &str| {
        let findings = lint(&policy(said), Catalog::builtin()).findings;
        let aimless = findings.into_iter().filter(|it| it.rule == "P05");
        aimless.map(|it| (it.detail, it.fingerprint)).collect::<BTreeSet<_>>()
    };
    let rows = fingerprints(&said);
    let distinct: BTreeSet<&String> = rows.iter().map(|(_, fingerprint)| fingerprint).collect();
    assert_eq!((rows.len(), distinct.len()), (2, 2), "{rows:?}");
    assert_eq!(rows, fingerprints(&(moved + &permission("CAMERA", ""))), "rows that changed places keep theirs");
}

#[test]
fn every_finding_of_a_report_has_a_fingerprint_of_its_own() {
    let many: Vec<Read> = ["imei", "imsi", "serial", "mac-wifi", "location-fine", "contacts"]
        .iter()
        .flat_map(|data| {
            [own(data), sdk("bugly", data), sdk("alipay-pay", data), read(data, OwnerKind::Unknown, "a.b")]
        })
        .collect();
    let said = collects("\"imei\", \"~location\"") + &row("\"bugly\"", "\"oaid\"") + &denies("\"contacts\"");
    let findings = checked(&with_permissions(package(many), &["CAMERA", "READ_SMS"]), &said).findings;
    let distinct: BTreeSet<&String> = findings.iter().map(|it| &it.fingerprint).collect();
    assert!(findings.len() > 8 && distinct.len() == findings.len(), "{} of {}", distinct.len(), findings.len());
}
