//! Packages to make pages of.

use std::path::Path;
use std::sync::OnceLock;

use candor::behavior::{Behavior, Observer};
use candor::catalog::{Catalog, Focus};
use candor::check::check;
use candor::container::{Package, discover};
use candor::disclosure::Disclosure;

use super::Sample;

/// The fixture of an app with a policy.
pub(super) fn photo() -> Sample {
    static BEHAVIOR: OnceLock<Behavior> = OnceLock::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let behavior = BEHAVIOR.get_or_init(|| {
        let (inputs, _) = discover(&[root.join("fixtures/id-photo/id-photo.apk")]);
        let package = Package::open(&inputs[0]).unwrap();
        let observed = Observer::new(Catalog::builtin(), Focus::Policy).observe(&package);
        Behavior { path: "id-photo.apk".into(), ..observed }
    });
    let behavior = behavior.clone();
    let policy = root.join("disclosures/meitu-id-photo.toml");
    let disclosure = Disclosure::load(&policy, Catalog::builtin()).unwrap();
    let disclosure = Disclosure { file: "meitu-id-photo.toml".into(), ..disclosure };
    let checked = check(&behavior, &disclosure, Catalog::builtin());
    Sample { behavior, disclosure, checked }
}

/// What a hostile package or policy says: a script, an event handler, a way out of an attribute, and characters that turn
/// the writing direction or hide.
pub(super) const EVIL: &str = "</script><script>document.documentElement.dataset.owned='1'</script>\
    <img src=x onerror=\"document.documentElement.dataset.owned='2'\">' autofocus onfocus='a()' \" {{ 7*7 }}\u{202e}gpj.\u{200b}\u{1b}[31m";

/// The same app, which says that wherever it can.
pub(super) fn hostile() -> Sample {
    let Sample { mut behavior, mut disclosure, mut checked } = photo();
    let evil = || EVIL.to_owned();
    behavior.path = format!("a{EVIL}.apk");
    behavior.app.label = Some(evil());
    behavior.app.package = evil();
    behavior.app.version_name = Some(evil());
    behavior.signing[0].subject = evil();
    behavior.permissions[0].name = evil();
    behavior.permission_usage[0].users.iter_mut().for_each(|user| user.caller = evil());
    behavior.sdks[0].id = evil();
    behavior.sdks[0].name = evil();
    behavior.sdks[0].version = Some(evil());
    behavior.sdks[0].evidence[0].value = evil();
    behavior.endpoints.as_mut().unwrap()[0].host = evil();
    behavior.completeness.reasons[0].detail = evil();
    behavior.issues.push(candor::behavior::IssueEntry { file: evil(), offset: Some(evil()), message: evil() });
    disclosure.title = evil();
    disclosure.app = evil();
    disclosure.controller = evil();
    disclosure.sdk[0].names = vec![evil()];
    disclosure.sdk[0].purpose = evil();
    for finding in &mut checked.findings {
        finding.detail = evil();
        finding.policy.iter_mut().for_each(|cite| cite.quote = evil());
        for evidence in &mut finding.evidence {
            evidence.place = evil();
            evidence.note = evil();
            evidence.literal = Some(evil());
            evidence.path = vec![evil(), evil()];
        }
    }
    let first = &mut checked.findings[0];
    first.rule = evil();
    first.name = evil();
    first.fingerprint = evil();
    first.data.push(evil());
    first.owner.as_mut().unwrap().id = evil();
    checked.agreements[0].data = evil();
    Sample { behavior, disclosure, checked }
}
