//! The files of `fixtures/rules/`: for each rule small packages and policies, described rather than built.

use std::fs;
use std::path::Path;

use candor::behavior::{
    App, Behavior, Built, Certainty, Completeness, Endpoint, Grade, Network, Obtainable, Owner, OwnerKind, Permission,
    PermissionUse, PermissionUser, Read, Reason, Repeat, SdkEvidence, SdkFound, Starter, TextFound,
};
use candor::catalog::{Catalog, Confidence, Focus};
use candor::check::{Checked, Finding, check, lint};
use candor::disclosure::Disclosure;
use serde::Deserialize;

/// All cases of one rule.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cases {
    pub(crate) case: Vec<Case>,
}

/// What a rule does with one package and one policy.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    /// What the case shows, as a sentence.
    pub(crate) name: String,
    pub(crate) expect: Expect,
    /// The policy is judged on its own, as `candor lint` does.
    #[serde(default)]
    alone: bool,
    /// A disclosure without its schema line.
    #[serde(default)]
    policy: String,
    #[serde(default)]
    package: Package,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Expect {
    Fires,
    Undecided,
    Quiet,
}

/// A package, complete and empty but for what is said.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Package {
    target_sdk: Option<u32>,
    /// The day it was built on.
    built: Option<String>,
    /// Why not all code is visible.
    hidden: Option<String>,
    /// Short names of declared permissions.
    permissions: Vec<String>,
    /// Short names of permissions and the owners that use them.
    uses: Vec<(String, Vec<String>)>,
    sdks: Vec<String>,
    reads: Vec<ReadIs>,
    endpoints: Vec<EndpointIs>,
    /// Texts that it holds: `app:consent` is loaded by the app's own code, `resource:consent` stands in its resources.
    texts: Vec<String>,
    /// Kind, component, owner and actions of what starts it.
    starters: Vec<(String, String, String, Vec<String>)>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadIs {
    data: String,
    owner: String,
    #[serde(default)]
    before_consent: bool,
    #[serde(default)]
    background: bool,
    /// Why it runs again and again, and the method that does.
    #[serde(default)]
    repeats: Option<(String, String)>,
    /// The platform refuses it for want of this permission.
    #[serde(default)]
    undeclared: Vec<String>,
    #[serde(default)]
    focus: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EndpointIs {
    host: String,
    owner: String,
    /// Whether the package may speak to it without encryption; none where it is encrypted.
    cleartext: Option<bool>,
    /// The SDK that the catalog lists it under.
    #[serde(default)]
    sdk: Option<String>,
}

impl Cases {
    /// The cases of a rule, where it has a file.
    pub(crate) fn of(rule: &str) -> Option<Self> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/rules/{rule}.toml"));
        let text = fs::read_to_string(&path).ok()?;
        Some(toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    }

    pub(crate) fn that(&self, expect: Expect) -> impl Iterator<Item = &Case> {
        self.case.iter().filter(move |case| case.expect == expect)
    }
}

impl Case {
    pub(crate) fn disclosure(&self) -> Disclosure {
        let text = format!("schema = \"candor.disclosure/1\"\n{}", self.policy);
        Disclosure::parse("policy.toml", &text, Catalog::builtin()).unwrap_or_else(|error| panic!("{error}\n{text}"))
    }

    pub(crate) fn behavior(&self) -> Behavior {
        self.package.behavior()
    }

    /// What candor finds, and the findings of one rule among that.
    pub(crate) fn checked(&self) -> Checked {
        let (disclosure, catalog) = (self.disclosure(), Catalog::builtin());
        if self.alone { lint(&disclosure, catalog) } else { check(&self.behavior(), &disclosure, catalog) }
    }

    pub(crate) fn findings(&self, rule: &str) -> Vec<Finding> {
        self.checked().findings.into_iter().filter(|it| it.rule == rule).collect()
    }
}

impl Package {
    fn behavior(&self) -> Behavior {
        let reads: Vec<Read> = self.reads.iter().enumerate().map(|(place, it)| it.read(place)).collect();
        let with_reads = reads.iter().filter(|it| it.owner.kind == OwnerKind::Sdk).map(|it| it.owner.id.clone());
        let mut ids: Vec<String> = with_reads.chain(self.sdks.iter().cloned()).collect();
        ids.sort();
        ids.dedup();
        let reasons: Vec<Reason> = match &self.hidden {
            Some(kind) => vec![Reason { kind: hidden(kind), detail: "libwrap.so".to_owned() }],
            None => Vec::new(),
        };
        Behavior {
            path: "app.apk".to_owned(),
            sha256: "00".repeat(32),
            bytes: 1,
            kind: "apk",
            app: App {
                package: "com.example".to_owned(),
                target_sdk: Some(self.target_sdk.unwrap_or(30)),
                network: Network::default(),
                ..App::default()
            },
            built: self.built.as_ref().map(|date| Built { date: date.clone(), entry: "META-INF/CERT.RSA".to_owned() }),
            permissions: self.permissions.iter().map(|it| declared(it)).collect(),
            permission_usage: self.uses.iter().map(|(name, users)| self.usage(name, users)).collect(),
            sdks: ids.iter().map(|id| sdk(id)).collect(),
            reads,
            endpoints: Some(self.endpoints.iter().map(EndpointIs::endpoint).collect()),
            texts: Some(self.texts.iter().map(|it| text(it)).collect()),
            starters: self.starters.iter().map(starter).collect(),
            completeness: Completeness { complete: reasons.is_empty(), reasons },
            ..Behavior::default()
        }
    }

    fn usage(&self, name: &str, users: &[String]) -> PermissionUse {
        let user = |it: &String| PermissionUser {
            owner: owner(it),
            api: "Landroid/Guarded;->call()V".to_owned(),
            caller: format!("L{}/Caller;->a()V", owner(it).id.replace('.', "/")),
            file: "classes.dex".to_owned(),
            offset: Some("0x20".to_owned()),
        };
        PermissionUse {
            permission: constant(name),
            declared: self.permissions.iter().any(|it| it == name),
            count: users.len(),
            users: users.iter().map(user).collect(),
        }
    }
}

impl ReadIs {
    fn read(&self, place: usize) -> Read {
        assert!(Catalog::builtin().data_type(&self.data).is_some(), "{}", self.data);
        let owner = owner(&self.owner);
        let class = format!("L{}/Reader;", owner.id.replace('.', "/"));
        let caller = format!("{class}->a()V");
        let reached = self.before_consent || self.background || self.repeats.is_some();
        let entry =
            if self.before_consent { "Lcom/example/App;->onCreate()V" } else { "Lcom/example/Main;->onCreate()V" };
        Read {
            data: self.data.clone(),
            api: format!("Landroid/Source;->{}()Ljava/lang/String;", self.data),
            source: "method-call",
            strength: "value",
            path: if reached { vec![entry.to_owned(), caller.clone()] } else { Vec::new() },
            caller,
            owner,
            file: "classes.dex".to_owned(),
            offset: format!("{:#x}", 0x10 * (place + 1)),
            pc: "0x0000".to_owned(),
            literal: None,
            certainty: if reached { Certainty::Reachable } else { Certainty::Present },
            entry: reached.then_some(if self.before_consent { "application" } else { "service" }),
            pre_consent: Some(self.before_consent),
            background: Some(self.background),
            obtainable: Obtainable { restricted_since: None, undeclared: self.undeclared.clone() },
            repeats: self.repeats.as_ref().map(|(kind, method)| Repeat { kind: repeat(kind), method: method.clone() }),
            via: None,
            note: None,
            confidence: Confidence::High,
            focus: if self.focus.as_deref() == Some("policy") { Focus::Policy } else { Focus::Core },
        }
    }
}

impl EndpointIs {
    fn endpoint(&self) -> Endpoint {
        Endpoint {
            host: self.host.clone(),
            owner: owner(&self.owner),
            cleartext: self.cleartext.is_some(),
            allowed: self.cleartext,
            sdk: self.sdk.clone(),
        }
    }
}

/// `app`, `sdk:bugly`, `library:okhttp3`, `unknown:a.b`.
fn owner(text: &str) -> Owner {
    let (kind, id) = text.split_once(':').unwrap_or((text, "com.example"));
    let kind = match kind {
        "app" => OwnerKind::App,
        "sdk" => OwnerKind::Sdk,
        "library" => OwnerKind::Library,
        "unknown" => OwnerKind::Unknown,
        _ => panic!("no owner is written `{text}`"),
    };
    Owner { kind, id: id.to_owned() }
}

fn text(it: &str) -> TextFound {
    let (holder, id) = it.rsplit_once(':').unwrap_or_else(|| panic!("no text is written `{it}`"));
    let known = Catalog::builtin().tables.texts.iter().find(|it| it.id == id);
    let owner = if holder == "resource" { owner("unknown:resources.arsc") } else { owner(holder) };
    TextFound { text: known.unwrap_or_else(|| panic!("no text `{id}`")).id, owner }
}

fn starter((kind, component, of, actions): &(String, String, String, Vec<String>)) -> Starter {
    let kinds = ["receiver", "service"];
    let kind = kinds.into_iter().find(|it| it == kind).unwrap_or_else(|| panic!("no component is a `{kind}`"));
    Starter { kind, component: component.clone(), owner: owner(of), actions: actions.clone() }
}

fn repeat(kind: &str) -> &'static str {
    let kinds = ["posted", "resumed", "timed", "touched", "waits"];
    kinds.into_iter().find(|it| *it == kind).unwrap_or_else(|| panic!("nothing repeats by `{kind}`"))
}

fn declared(short: &str) -> Permission {
    Permission { name: constant(short), implied: false, max_sdk: None }
}

fn constant(short: &str) -> String {
    format!("android.permission.{short}")
}

fn hidden(kind: &str) -> &'static str {
    let kinds = ["packed", "dynamic-code", "reflection", "native", "script", "corrupt"];
    kinds.into_iter().find(|it| *it == kind).unwrap_or_else(|| panic!("nothing is hidden by `{kind}`"))
}

/// An SDK of the catalog with one class of its first prefix.
fn sdk(id: &str) -> SdkFound {
    let sdk = Catalog::builtin().sdk(id).unwrap_or_else(|| panic!("no SDK `{id}`"));
    SdkFound {
        id: id.to_owned(),
        name: sdk.name.to_owned(),
        vendor: sdk.vendor.to_owned(),
        country: (!sdk.country.is_empty()).then(|| sdk.country.to_owned()),
        category: sdk.category.to_owned(),
        parent: (!sdk.parent.is_empty()).then(|| sdk.parent.to_owned()),
        grade: Grade::Present,
        version: None,
        version_from: None,
        evidence: vec![SdkEvidence {
            kind: "class",
            value: sdk.prefixes.first().copied().unwrap_or_default().to_owned(),
            count: Some(1),
        }],
    }
}
