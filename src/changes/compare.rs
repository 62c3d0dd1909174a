//! The comparison itself.

use std::collections::{BTreeMap, BTreeSet};

use super::build::{App, Build, Read};
use super::model::{Asked, Change, Changes, Head, Kind, Place, SdkSeen, Seen, Shift, What};
use crate::behavior::{Certainty, Owner, OwnerKind};

/// Places of one read that are told.
const FEW_PLACES: usize = 3;

/// What changed from one build to the next.
pub fn compare(old: &Build, new: &Build) -> Changes {
    let pair = Pair { old, new };
    let mut changes = Vec::new();
    changes.extend(pair.reads());
    changes.extend(pair.sdks());
    changes.extend(pair.permissions());
    changes.extend(pair.endpoints());
    changes.extend(pair.completeness());
    changes.extend(pair.facts());
    changes.sort();
    Changes { old: head(old, new), new: head(new, old), changes }
}

fn head(build: &Build, other: &Build) -> Head {
    Head {
        path: build.path.clone(),
        sha256: build.sha256.clone(),
        package: build.app.package.clone(),
        version_name: build.app.version_name.clone(),
        version_code: build.app.version_code,
        complete: build.completeness.complete,
        hides: build.hides_more_than(other),
    }
}

/// Two builds of an app.
struct Pair<'b> {
    old: &'b Build,
    new: &'b Build,
}

/// The reads of one data type by one owner.
#[derive(Default)]
struct Reads<'b>(Vec<&'b Read>);

impl Reads<'_> {
    fn seen(&self) -> Seen {
        let any = |of: fn(&Read) -> Option<bool>| {
            let mut known = self.0.iter().filter_map(|read| of(read)).peekable();
            known.peek().is_some().then(|| known.any(|it| it))
        };
        Seen {
            places: self.0.len(),
            reachable: self.0.iter().any(|read| read.certainty >= Certainty::Reachable),
            pre_consent: any(|read| read.pre_consent),
            background: any(|read| read.background),
        }
    }

    /// The most telling places first.
    fn places(&self) -> Vec<Place> {
        let mut reads = self.0.clone();
        reads.sort_by_key(|it| (std::cmp::Reverse((it.pre_consent, it.certainty)), &it.caller, &it.api));
        let mut places: Vec<Place> =
            reads.iter().map(|it| Place { api: it.api.clone(), caller: it.caller.clone() }).collect();
        places.dedup();
        places.truncate(FEW_PLACES);
        places
    }
}

impl<'b> Pair<'b> {
    /// The kind of a change by where a thing is; a thing that is in both builds has no such change.
    fn kind(&self, was: bool, is: bool, [new, gone, hidden]: [Kind; 3]) -> Option<Kind> {
        match (was, is) {
            (false, true) => Some(new),
            (true, false) if self.new.hides_more_than(self.old) => Some(hidden),
            (true, false) => Some(gone),
            _ => None,
        }
    }

    fn reads(&self) -> Vec<Change> {
        let [before, after] = [self.old, self.new].map(reads_of);
        let both_follow = self.old.follows_calls() && self.new.follows_calls();
        // All code without a name that lasts counts as one owner, so one that joins it shows by the number alone.
        let nameless = Owner { kind: OwnerKind::Unknown, id: String::new() }.lasting();
        let keys: BTreeSet<&(String, &str)> = before.keys().chain(after.keys()).collect();
        let mut changes = Vec::new();
        for key in keys {
            let (was, is) = (before.get(key), after.get(key));
            let seen = Shift { old: was.map(Reads::seen), new: is.map(Reads::seen) };
            let kind = self
                .kind(was.is_some(), is.is_some(), [Kind::NewRead, Kind::GoneRead, Kind::HiddenRead])
                .or_else(|| seen.old.as_ref().zip(seen.new.as_ref()).filter(|_| both_follow).and_then(turned))
                .or_else(|| (key.0 == nameless && seen.has_more_places()).then_some(Kind::WiderRead));
            let Some((kind, told)) = kind.zip(is.or(was)) else { continue };
            let Some(first) = told.0.first() else { continue };
            let (data, owner) = (first.data.clone(), first.owner.clone());
            changes.push(Change { kind, what: What::Read { data, owner, seen, places: told.places() } });
        }
        changes
    }

    fn sdks(&self) -> Vec<Change> {
        let of = |build: &'b Build| -> BTreeMap<&'b str, SdkSeen> {
            let seen = |sdk: &'b super::build::Sdk| SdkSeen { grade: sdk.grade, version: sdk.version.clone() };
            build.sdks.iter().map(|sdk| (sdk.id.as_str(), seen(sdk))).collect()
        };
        let [before, after] = [self.old, self.new].map(of);
        let ids: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
        let changed = |id: &str| {
            let seen = Shift { old: before.get(id).cloned(), new: after.get(id).cloned() };
            let version = || match (&seen.old, &seen.new) {
                // One that cannot be read says nothing.
                (Some(old), Some(new)) => old.version != new.version && old.version.is_some() && new.version.is_some(),
                _ => false,
            };
            let kind = self
                .kind(seen.old.is_some(), seen.new.is_some(), [Kind::NewSdk, Kind::GoneSdk, Kind::HiddenSdk])
                .or_else(|| version().then_some(Kind::SdkVersion))?;
            Some(Change { kind, what: What::Sdk { sdk: id.to_owned(), seen } })
        };
        ids.into_iter().filter_map(changed).collect()
    }

    fn permissions(&self) -> Vec<Change> {
        // A permission of the app's own is named after the app, which may be renamed.
        let of = |build: &'b Build| -> BTreeMap<&'b str, Asked> {
            let asked = |it: &super::build::Permission| Asked { implied: it.implied, max_sdk: it.max_sdk };
            build.permissions.iter().map(|it| (it.name.as_str(), asked(it))).collect()
        };
        let [before, after] = [self.old, self.new].map(of);
        let names: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
        let changed = |name: &str| {
            let seen = Shift { old: before.get(name).cloned(), new: after.get(name).cloned() };
            // The manifest is readable whatever hides the code.
            let kind = match (&seen.old, &seen.new) {
                (None, _) => Kind::NewPermission,
                (_, None) => Kind::GonePermission,
                (old, new) if old != new => Kind::ChangedPermission,
                _ => return None,
            };
            Some(Change { kind, what: What::Permission { permission: name.to_owned(), seen } })
        };
        names.into_iter().filter_map(changed).collect()
    }

    fn endpoints(&self) -> Vec<Change> {
        let (Some(before), Some(after)) = (hosts_of(self.old), hosts_of(self.new)) else { return Vec::new() };
        let hosts: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
        let changed = |host: &str| {
            let (was, is) = (before.get(host), after.get(host));
            let kinds = [Kind::NewEndpoint, Kind::GoneEndpoint, Kind::HiddenEndpoint];
            let in_the_clear = || was.is_some_and(|it| !it.cleartext) && is.is_some_and(|it| it.cleartext);
            let kind = self
                .kind(was.is_some(), is.is_some(), kinds)
                .or_else(|| in_the_clear().then_some(Kind::CleartextEndpoint))?;
            let owners = is.or(was)?.owners.iter().map(|owner| (*owner).clone()).collect();
            Some(Change { kind, what: What::Endpoint { host: host.to_owned(), owners } })
        };
        hosts.into_iter().filter_map(changed).collect()
    }

    fn completeness(&self) -> Vec<Change> {
        let told = |kind, build: &Build, other: &Build| -> Vec<Change> {
            let reasons = build.blind_beyond(other).map(|reason| Change {
                kind,
                what: What::Completeness { reason: reason.kind.clone(), detail: reason.detail.clone() },
            });
            reasons.collect()
        };
        let mut changes = told(Kind::LessComplete, self.new, self.old);
        changes.extend(told(Kind::MoreComplete, self.old, self.new));
        changes
    }

    fn facts(&self) -> Vec<Change> {
        let text = |value: Option<u32>| value.map(|it| it.to_string());
        let facts_of = |app: &App| {
            [
                ("package", Some(app.package.clone())),
                ("label", app.label.clone()),
                ("min_sdk", text(app.min_sdk)),
                ("target_sdk", text(app.target_sdk)),
                ("cleartext", Some(app.network.cleartext.to_string())),
                ("user_certificates", Some(app.network.user_certificates.to_string())),
            ]
        };
        let pairs = facts_of(&self.old.app).into_iter().zip(facts_of(&self.new.app));
        let changed = pairs.filter(|((_, old), (_, new))| old != new);
        let facts = changed.map(|((fact, old), (_, new))| Change {
            kind: Kind::Fact,
            what: What::Fact { fact, value: Shift { old, new } },
        });
        facts.chain(self.signer()).collect()
    }

    /// Another signer, where the two have no certificate in common.
    fn signer(&self) -> Option<Change> {
        let of =
            |build: &'b Build| -> BTreeSet<&'b str> { build.signing.iter().map(|it| it.sha256.as_str()).collect() };
        let [before, after] = [self.old, self.new].map(of);
        let value =
            Shift { old: before.first().map(|it| (*it).to_owned()), new: after.first().map(|it| (*it).to_owned()) };
        let other = before.is_disjoint(&after) && before != after;
        other.then_some(Change { kind: Kind::Signer, what: What::Fact { fact: "signing", value } })
    }
}

/// Reads that yield a datum or what holds it, by the owner's lasting name and data type.
fn reads_of(build: &Build) -> BTreeMap<(String, &str), Reads<'_>> {
    let mut groups: BTreeMap<(String, &str), Reads<'_>> = BTreeMap::new();
    for read in build.reads.iter().filter(|read| read.strength != "partial" && read.data != "*") {
        groups.entry((read.owner.lasting(), read.data.as_str())).or_default().0.push(read);
    }
    groups
}

/// Whether a read that is in both builds now runs on more or on fewer occasions.
fn turned((old, new): (&Seen, &Seen)) -> Option<Kind> {
    let occasions = |seen: &Seen| [seen.reachable, seen.pre_consent == Some(true), seen.background == Some(true)];
    let pairs = || occasions(old).into_iter().zip(occasions(new));
    if pairs().any(|(was, is)| !was && is) {
        Some(Kind::WiderRead)
    } else {
        pairs().any(|(was, is)| was && !is).then_some(Kind::NarrowerRead)
    }
}

/// One host of a build.
#[derive(Default)]
struct Named<'b> {
    owners: BTreeSet<&'b Owner>,
    cleartext: bool,
}

fn hosts_of(build: &Build) -> Option<BTreeMap<&str, Named<'_>>> {
    let mut hosts: BTreeMap<&str, Named<'_>> = BTreeMap::new();
    for it in build.endpoints.as_ref()? {
        let named = hosts.entry(it.host.as_str()).or_default();
        named.owners.insert(&it.owner);
        named.cleartext |= it.cleartext;
    }
    Some(hosts)
}
