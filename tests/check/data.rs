//! Data types: the verdict for each pair of data type and owner (D01–D04, D07, D08, S04), and who answers for a read.

use candor::behavior::{Behavior, Certainty, OwnerKind, Read};
use candor::catalog::{Confidence, Focus, Severity};
use candor::check::{Finding, State};

use crate::{Fires, checked, collects, denies, incomplete, lines, of, own, package, permission, read, row, sdk, told};

pub(crate) fn fires() -> Vec<Fires> {
    vec![
        ("D01", package(vec![own("imei"), own("clipboard")]), collects("\"android-id\"")),
        ("D02", package(vec![own("imsi")]), row("\"bugly\"", "\"imsi\"")),
        ("D03", package(vec![own("imei"), own("oaid")]), collects("\"~device-info\"")),
        ("D04", package(vec![own("installed-apps")]), denies("\"installed-apps\"")),
        ("D07", package(vec![]), collects("\"imei\", \"contacts\"")),
        ("D08", package(vec![]), collects("\"idfa\", \"idfv\"")),
        ("S04", package(vec![sdk("bugly", "imei")]), row("\"bugly\"", "\"android-id\"")),
    ]
}

/// The read with the other data type that the same call gives.
fn either(first: Read, data: &str) -> Vec<Read> {
    let other = Read { data: data.into(), ..first.clone() };
    vec![first, other]
}

#[test]
fn the_apps_own_reads_have_five_verdicts() {
    let imei = package(vec![own("imei")]);
    let none: [&str; 0] = [];
    for (said, expected) in [
        (collects("\"imei\""), &none[..]),
        (permission("READ_PHONE_STATE", "\"imei\""), &["P02 : "]),
        (collects("\"~device-identifier\""), &["D03 com.example: imei"]),
        (row("\"bugly\"", "\"imei\""), &["D02 com.example: imei", "S03 : "]),
        (collects("\"oaid\""), &["D01 com.example: imei", "D07 : oaid"]),
        (String::new(), &["D01 com.example: imei"]),
        (denies("\"imei\""), &["D04 com.example: imei"]),
        (denies("\"imei\"") + &collects("\"imei\""), &["D04 com.example: imei"]),
        (denies("\"~device-identifier\""), &["D04 com.example: imei"]),
    ] {
        assert_eq!(told(&imei, &said), expected, "{said}");
    }
}

#[test]
fn an_sdks_reads_have_five_verdicts() {
    let imei = package(vec![sdk("bugly", "imei")]);
    let none: [&str; 0] = [];
    for (said, expected) in [
        (row("\"bugly\"", "\"imei\""), &none[..]),
        (row("\"bugly\"", "\"~device-id\""), &["D03 bugly: imei"]),
        (row("\"bugly\"", "\"oaid\""), &["S04 bugly: imei"]),
        (row("\"bugly\"", "\"oaid\"") + &collects("\"imei\""), &["S04 bugly: imei"]),
        (String::new(), &["S01 bugly: imei"]),
        (collects("\"imei\""), &["S01 bugly: imei"]),
        (
            row("\"bugly\"", "\"imei\"")
                + "[[denies]]\ndata = [\"imei\"]\nsdk = [\"bugly\"]\ncite = { lines = [9, 9] }\n",
            &["D04 bugly: imei"],
        ),
    ] {
        assert_eq!(told(&imei, &said), expected, "{said}");
    }
}

#[test]
fn silence_names_the_parts_that_were_looked_through() {
    let said = collects("\"oaid\"") + &collects("\"oaid\"") + &row("\"alipay\"", "\"imsi\"");
    let parts = |finding: &Finding| -> Vec<_> {
        finding.searched.iter().map(|it| (it.part, it.entries, it.lines.clone())).collect()
    };
    let omitted = of("D01", &package(vec![own("imei")]), &said);
    let expected = [("collects", 2, vec![[1, 1]]), ("permission", 0, vec![]), ("sdk", 1, vec![[2, 2]])];
    assert_eq!((parts(&omitted[0]), lines(&omitted[0])), (expected.to_vec(), vec![]));
    let unlisted = of("S01", &package(vec![sdk("bugly", "imei")]), &said);
    assert_eq!(parts(&unlisted[0]), [("sdk", 1, vec![[2, 2]])]);
    // What was found is cited, and nothing else is told.
    let vague = of("D03", &package(vec![own("imei")]), &collects("\"~device-info\""));
    assert_eq!((parts(&vague[0]), lines(&vague[0])), (vec![], vec![1]));
}

#[test]
fn confidence_is_told_apart_from_severity() {
    let reachable = Read { certainty: Certainty::Reachable, pre_consent: Some(false), ..own("imei") };
    let guessed = Read { confidence: Confidence::Medium, ..reachable.clone() };
    for (read, expected) in
        [(own("imei"), Confidence::Medium), (guessed, Confidence::Medium), (reachable, Confidence::High)]
    {
        let found = &of("D01", &package(vec![read]), "")[0];
        assert_eq!((found.severity, found.confidence), (Severity::High, expected));
        assert!(found.evidence[0].confidence.is_some());
    }
    let stale = &of("D07", &incomplete(package(vec![])), &collects("\"imei\""))[0];
    assert_eq!((stale.state, stale.confidence), (State::Undecided, Confidence::Low));
}

#[test]
fn an_umbrella_never_names_what_it_contains() {
    for umbrella in ["~device-id", "~device-identifier", "~device-info", "~hardware-identifier", "~personal-info"] {
        let said = collects(&format!("\"{umbrella}\""));
        assert_eq!(told(&package(vec![own("imei")]), &said), ["D03 com.example: imei"], "{umbrella}");
        let row = row("\"bugly\"", &format!("\"{umbrella}\""));
        assert_eq!(told(&package(vec![sdk("bugly", "imei")]), &row), ["D03 bugly: imei"], "{umbrella}");
    }
    // An umbrella beside it says nothing, and the word before a closed list means that list.
    assert_eq!(told(&package(vec![own("imei")]), &collects("\"~location\"")), ["D01 com.example: imei"]);
    let listed = |open: &str| {
        format!("[[collects]]\ndata = [\"oaid\"]\numbrella = \"device-info\"\n{open}cite = {{ lines = [1, 1] }}\n")
    };
    let reads = package(vec![own("imei"), own("oaid")]);
    assert_eq!(told(&reads, &listed("")), ["D01 com.example: imei"]);
    assert_eq!(told(&reads, &listed("open_ended = true\n")), ["D03 com.example: imei"]);
}

#[test]
fn what_identifies_nobody_may_be_said_in_a_wider_word() {
    let model = package(vec![Read { focus: Focus::Policy, ..own("device-model") }]);
    let outcome = checked(&model, &collects("\"~device-info\""));
    assert_eq!((outcome.findings.len(), outcome.agreements.len()), (0, 1));
    let low = of("D01", &model, "");
    assert_eq!(low[0].severity, Severity::Low, "no policy must list it by name");
}

#[test]
fn a_row_for_one_sdk_never_covers_another() {
    let reads = |owner| package(vec![sdk(owner, "imei")]);
    let bugly = row("\"bugly\"", "\"imei\"");
    assert_eq!(told(&reads("jpush"), &bugly), ["S01 jcore: imei", "S03 : "]);
    // Not even a sibling: a row for one part of Firebase is silent on another, whatever the family row says.
    let crashlytics = row("\"firebase-crashlytics\"", "\"imei\"");
    assert_eq!(told(&reads("firebase-auth"), &crashlytics), ["S01 firebase: imei", "S03 : "]);
    let both = crashlytics + &row("\"firebase\"", "\"android-id\"");
    let told_of = of("S04", &reads("firebase-auth"), &both);
    assert_eq!(
        (told_of[0].data.as_slice(), told_of[0].sdks.as_slice()),
        (&["imei".to_owned()][..], &["firebase".to_owned(), "firebase-auth".to_owned()][..])
    );
    assert!(of("S04", &reads("firebase-crashlytics"), &both).is_empty());
}

#[test]
fn a_row_covers_its_family_and_every_sdk_that_it_names() {
    let reads = package(vec![sdk("firebase-crashlytics", "android-id")]);
    assert_eq!(told(&reads, &row("\"firebase\"", "\"android-id\"")), [""; 0]);
    let reads = package(vec![sdk("alipay-pay", "imei"), sdk("wechat-opensdk", "imei")]);
    assert_eq!(told(&reads, &row("\"alipay\", \"wechat-pay\"", "\"imei\"")), [""; 0]);
    // The parts of a family are one finding, under the name that the row has.
    let reads = package(vec![sdk("alipay-pay", "imsi"), sdk("alipay-security", "serial")]);
    assert_eq!(told(&reads, &row("\"alipay\"", "\"imei\"")), ["S04 alipay: imsi serial"]);
}

#[test]
fn one_call_that_gives_either_of_two_is_one_verdict() {
    let both = || package(either(own("imei"), "meid"));
    let finding = &of("D01", &both(), "")[0];
    assert_eq!(finding.data, ["imei"]);
    assert_eq!((finding.evidence.len(), finding.evidence[0].also.as_slice()), (1, &["meid".to_owned()][..]));
    assert_eq!(told(&both(), &collects("\"imei\"")), [""; 0]);
    assert_eq!(told(&both(), &collects("\"meid\"")), [""; 0], "the better disclosed of them stands for the call");
    assert_eq!(told(&both(), &(collects("\"meid\"") + &denies("\"imei\""))), ["D04 com.example: imei"]);
    // Two calls are two verdicts, and two data types of one call that are no alternatives too.
    let apart = package(vec![own("imei"), Read { offset: "0x20".into(), ..own("meid") }]);
    assert_eq!(told(&apart, &collects("\"imei\"")), ["D01 com.example: meid"]);
    let pair = package(either(own("imei"), "imsi"));
    assert_eq!(told(&pair, &collects("\"imei\"")), ["D01 com.example: imsi"]);
}

#[test]
fn only_reads_that_prove_something_make_findings() {
    let quiet = [
        Read { confidence: Confidence::Low, ..own("imei") },
        Read { strength: "handle", ..own("imei") },
        Read { focus: Focus::Noise, ..own("imei") },
        read("imei", OwnerKind::Library, "okhttp3"),
    ];
    for read in quiet {
        assert_eq!(told(&package(vec![read.clone()]), ""), [""; 0], "{read:?}");
    }
    assert_eq!(checked(&package(vec![read("imei", OwnerKind::Library, "okhttp3")]), "").library_reads, 1);
    assert_eq!(told(&package(vec![read("imei", OwnerKind::Unknown, "a.b")]), ""), ["D01 a.b: imei"]);
}

#[test]
fn severity_follows_the_rule() {
    let severity = |rule, behavior: &Behavior, said: &str| of(rule, behavior, said)[0].severity;
    let vague = |data| severity("D03", &package(vec![own(data)]), &collects("\"~device-info\""));
    assert_eq!((vague("oaid"), vague("imei"), vague("serial")), (Severity::Medium, Severity::High, Severity::High));
    assert_eq!(severity("D04", &package(vec![own("imei")]), &denies("\"imei\"")), Severity::Critical);
    let minor = package(vec![Read { focus: Focus::Policy, ..own("call-state") }]);
    assert_eq!(severity("D04", &minor, &denies("\"call-state\"")), Severity::Critical, "a denial is as wrong for it");
    assert_eq!(severity("D02", &package(vec![own("imei")]), &row("\"bugly\"", "\"imei\"")), Severity::Low);
    assert_eq!(severity("D08", &package(vec![]), &collects("\"idfa\"")), Severity::Low);
    assert_eq!(severity("D07", &package(vec![]), &collects("\"imei\"")), Severity::Info);
}

#[test]
fn what_was_not_seen_is_undecided_where_not_all_was() {
    let said = collects("\"imei\"");
    let finding = |behavior| of("D07", &behavior, &said).into_iter().next();
    assert_eq!(finding(package(vec![])).map(|it| it.state), Some(State::Open));
    assert_eq!(finding(incomplete(package(vec![]))).map(|it| it.state), Some(State::Undecided));
    // Any code that reads it is enough, whoever has it.
    assert_eq!(finding(package(vec![sdk("bugly", "imei")])), None);
    assert_eq!(finding(package(vec![read("imei", OwnerKind::Library, "okhttp3")])), None);
    // What the user types, what only iOS has, umbrellas, and what no source can show are not asked for.
    let typed = "[[collects]]\ndata = [\"contacts\"]\nuser_provided = true\ncite = { lines = [1, 1] }\n";
    for said in [typed.to_owned(), collects("\"idfa\""), collects("\"~location\""), collects("\"id-card\"")] {
        assert!(of("D07", &package(vec![]), &said).is_empty(), "{said}");
    }
}

#[test]
fn an_identifier_of_ios_may_be_named_where_platforms_are_told_apart() {
    let split = |platforms: &str| collects("\"idfa\"") + platforms;
    assert_eq!(of("D08", &package(vec![]), &split("platforms = [\"android\"]\n")).len(), 1);
    for platforms in ["platforms = [\"ios\"]\n", "platforms = [\"android\", \"ios\"]\n"] {
        assert!(of("D08", &package(vec![]), &split(platforms)).is_empty(), "{platforms}");
    }
    assert!(of("D08", &package(vec![]), &collects("\"oaid\"")).is_empty());
}

#[test]
fn findings_cite_what_they_are_held_against() {
    let cited = |rule, read, said: &str| lines(&of(rule, &package(vec![read]), said)[0]);
    assert_eq!(cited("S04", sdk("bugly", "imei"), &(row("\"bugly\"", "\"oaid\"") + &collects("\"imei\""))), [2]);
    assert_eq!(cited("D03", own("imei"), &collects("\"~device-info\"")), [1]);
    assert_eq!(cited("D04", own("imei"), &denies("\"imei\"")), [4]);
    assert_eq!(cited("D01", own("imei"), ""), [0; 0]);
}
