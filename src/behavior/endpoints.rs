//! Hosts that strings name: found in addresses, told from namespaces and licences by the catalog, and given their owner.
//!
//! A string that names a host shows whom the code may speak to, not that it does. A host that is put together from pieces
//! is not seen.

use std::collections::BTreeSet;

use memchr::memmem;
use rustc_hash::FxHashMap;

use super::model::{Endpoint, Network, Owner, OwnerKind};
use super::sdks::matches_glob;
use crate::catalog::{Catalog, NotEndpoint, Sdk, Under, word_key};
use crate::container::Part;

/// What stands between the scheme of an address and its host.
const AUTHORITY: &[u8] = b"://";

/// The entry of compiled resources.
const RESOURCES: &str = "resources.arsc";

/// How attributes of a page end whose address it loads from or sends to.
const USING: [&[u8]; 2] = [b"src=", b"action="];

/// Bytes of a host name (RFC 1035, 2.3.4).
const MAX_HOST: usize = 253;

/// Bytes of one label of a host name.
const MAX_LABEL: usize = 63;

/// Bytes of a path that decide whether an address is only a document's.
const MAX_PATH: usize = 128;

/// Hosts of one string that are kept: lists of addresses are data.
const MAX_HOSTS: usize = 256;

/// A host that a string names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Host {
    /// Lowercase, without port.
    pub(super) name: String,
    /// The scheme is one without encryption.
    pub(super) cleartext: bool,
}

/// What the catalog knows of hosts.
#[derive(Debug)]
pub(super) struct Hosts {
    others: FxHashMap<&'static str, Vec<&'static NotEndpoint>>,
    catalog: &'static Catalog,
    finder: memmem::Finder<'static>,
}

/// One address inside a text.
struct Address<'t> {
    cleartext: bool,
    host: String,
    path: &'t [u8],
}

impl Hosts {
    pub(super) fn new(catalog: &'static Catalog) -> Self {
        let mut it = Self { others: FxHashMap::default(), catalog, finder: memmem::Finder::new(AUTHORITY) };
        for entry in &catalog.tables.not_endpoints {
            it.others.entry(entry.host.trim_start_matches("*.")).or_default().push(entry);
        }
        it
    }

    /// The hosts that a text names, sorted. Texts without an address cost one search for `://`.
    pub(super) fn in_text(&self, text: &[u8]) -> Vec<Host> {
        self.hosts(text, self.finder.find_iter(text))
    }

    /// The hosts that a page loads from or sends to; those that it only links to are a reader's choice.
    pub(super) fn in_markup(&self, text: &[u8]) -> Vec<Host> {
        let is_used = |place: &usize| {
            let head = text.get(..*place).unwrap_or_default();
            let scheme = head.iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
            let head = head.get(..place - scheme).unwrap_or_default();
            let head = head.strip_suffix(b"\"").or_else(|| head.strip_suffix(b"'")).unwrap_or(head);
            USING.iter().any(|attribute| {
                let start = head.len().checked_sub(attribute.len());
                start.and_then(|start| head.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(attribute))
            })
        };
        self.hosts(text, self.finder.find_iter(text).filter(is_used))
    }

    /// The hosts in the string resources of the parts. Whose resource a string is, the table does not say; strings in
    /// UTF-16 are not read.
    pub(super) fn in_resources(&self, parts: &[Part]) -> BTreeSet<(Host, Owner)> {
        let mut found = BTreeSet::new();
        for part in parts {
            // What is wrong with the table, the manifest tells.
            let Some(Ok(bytes)) = part.find(RESOURCES).map(|entry| part.read(entry)) else { continue };
            let owner = Owner { kind: OwnerKind::Unknown, id: part.label(RESOURCES) };
            found.extend(self.in_text(&bytes).into_iter().map(|host| (host, owner.clone())));
        }
        found
    }

    /// The endpoint of a package that allows `network`.
    pub(super) fn endpoint(&self, host: Host, owner: Owner, network: &Network) -> Endpoint {
        let allowed = host.cleartext.then(|| allows_cleartext(network, &host.name));
        let sdk = self.sdk(&host.name, &owner).map(str::to_owned);
        Endpoint { host: host.name, owner, cleartext: host.cleartext, allowed, sdk }
    }

    /// The hosts of the addresses whose `://` are at these places.
    fn hosts(&self, text: &[u8], places: impl Iterator<Item = usize>) -> Vec<Host> {
        let mut found = BTreeSet::new();
        for place in places {
            let Some(address) = address(text, place) else { continue };
            if !self.is_other(&address) {
                found.insert(Host { name: address.host, cleartext: address.cleartext });
            }
            if MAX_HOSTS <= found.len() {
                break;
            }
        }
        found.into_iter().collect()
    }

    /// Whether an address is a name for something else: a namespace, a licence, a placeholder.
    fn is_other(&self, address: &Address<'_>) -> bool {
        let path = String::from_utf8_lossy(address.path);
        let is_it = |entry: &&NotEndpoint, exact: bool| {
            (exact || entry.host.starts_with("*."))
                && (entry.path.is_empty() || matches_glob(&format!("{}*", entry.path), &path))
        };
        domains(&address.host).enumerate().any(|(above, domain)| {
            self.others.get(domain).is_some_and(|entries| entries.iter().any(|entry| is_it(entry, above == 0)))
        })
    }

    /// The SDK that lists the host or the nearest domain above it: the owner, or the only one that does.
    fn sdk(&self, host: &str, owner: &Owner) -> Option<&'static str> {
        let listed = domains(host).map(|domain| self.listing(domain)).find(|listed| !listed.is_empty())?;
        let own = listed.iter().find(|id| owner.kind == OwnerKind::Sdk && **id == owner.id);
        match (own, listed.as_slice()) {
            (Some(id), _) | (None, [id]) => Some(id),
            _ => None,
        }
    }

    /// The SDKs that list a domain among their hosts.
    fn listing(&self, domain: &str) -> Vec<&'static str> {
        let lists = |sdk: &Sdk| sdk.endpoints.iter().any(|host| host.trim_start_matches("*.") == domain);
        let listed = self.catalog.sdks_under(Under::Host, word_key(domain));
        listed.filter(|(_, sdk)| lists(sdk)).map(|(_, sdk)| sdk.id).collect()
    }
}

/// Whether a package may speak to a host without encryption: the rule of the nearest domain decides, else the default.
fn allows_cleartext(network: &Network, host: &str) -> bool {
    let rank = |rules: &[String]| {
        let covering = rules.iter().filter(|rule| match rule.strip_prefix("*.") {
            Some(domain) => domains(host).any(|above| above == domain),
            None => *rule == host,
        });
        covering.map(|rule| rule.trim_start_matches("*.").len()).max()
    };
    match (rank(&network.cleartext_domains), rank(&network.encrypted_domains)) {
        (None, None) => network.cleartext,
        (allowed, forbidden) => forbidden < allowed,
    }
}

/// A host and the domains above it: `a.b.c`, `b.c`, `c`.
fn domains(host: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(host), |domain| domain.split_once('.').map(|(_, above)| above))
}

/// The address whose `://` is at `place`, where its scheme is one of the web and its host is whole.
fn address(text: &[u8], place: usize) -> Option<Address<'_>> {
    let cleartext = is_cleartext(text.get(..place)?)?;
    let rest = text.get(place + AUTHORITY.len()..)?;
    let end = rest.iter().position(|byte| ends_authority(*byte)).unwrap_or(rest.len());
    let authority = rest.get(..end)?;
    // A name and a password may stand before the host.
    let start = memchr::memrchr(b'@', authority).map_or(0, |at| at + 1);
    let (host, behind) = host(rest.get(start..)?)?;
    let path = rest.get(start + behind..)?;
    let path =
        path.iter().position(|byte| ends_authority(*byte)).and_then(|start| path.get(start..)).unwrap_or_default();
    Some(Address { cleartext, host, path: path.get(..MAX_PATH).unwrap_or(path) })
}

/// Whether the scheme at the end of `head` goes without encryption; none where it is no scheme of the web.
fn is_cleartext(head: &[u8]) -> Option<bool> {
    let schemes: [(&[u8], bool); 4] = [(b"https", false), (b"http", true), (b"wss", false), (b"ws", true)];
    schemes.into_iter().find_map(|(scheme, cleartext)| {
        let before = head.len().checked_sub(scheme.len())?;
        let is_it = head.get(before..)?.eq_ignore_ascii_case(scheme);
        let is_whole = before == 0 || head.get(before - 1).is_some_and(|byte| !byte.is_ascii_alphanumeric());
        (is_it && is_whole).then_some(cleartext)
    })
}

/// The host at the start of `text`, and the place behind it. One that is cut off by a placeholder, or that has no dot, is
/// none.
fn host(text: &[u8]) -> Option<(String, usize)> {
    if let [b'[', inside @ ..] = text {
        let length = memchr::memchr(b']', inside.get(..64).unwrap_or(inside))?;
        let address = std::str::from_utf8(inside.get(..length)?).ok()?.to_lowercase();
        let is_address = address.bytes().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.'));
        return (is_address && address.matches(':').count() > 1).then(|| (format!("[{address}]"), length + 2));
    }
    let length = text.iter().position(|byte| !is_host_byte(*byte)).unwrap_or(text.len());
    let whole = text.get(..length)?;
    let next = text.get(length).copied();
    if next.is_some_and(|byte| b"%$*+@".contains(&byte)) || next == Some(b'{') {
        return None;
    }
    // A sentence ends with a dot; a string that ends with one waits for its other half.
    let name = match whole.strip_suffix(b".") {
        Some(name) if next.is_some_and(|byte| byte.is_ascii_whitespace() || byte == b'<' || byte == b'/') => name,
        Some(_) => return None,
        None => whole,
    };
    let name = std::str::from_utf8(name).ok()?.to_lowercase();
    is_host(&name).then_some((name, length))
}

fn is_host(name: &str) -> bool {
    let labels = || name.split('.');
    let is_label = |label: &str| {
        (1..=MAX_LABEL).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|it| it.is_alphanumeric() || matches!(it, '-' | '_'))
    };
    let is_top = |label: &str| label.chars().count() > 1 && label.chars().all(char::is_alphabetic);
    let is_ip = || labels().count() == 4 && labels().all(|label| label.parse::<u8>().is_ok());
    let last = labels().next_back().unwrap_or_default();
    name.len() <= MAX_HOST
        && labels().count() > 1
        && labels().all(is_label)
        && (is_top(last) || last.starts_with("xn--") || is_ip())
}

fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_') || byte >= 0x80
}

fn ends_authority(byte: u8) -> bool {
    byte <= b' ' || b"/?#\\\"'<>`,;|)".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(text: &str) -> Vec<String> {
        let found = Hosts::new(Catalog::builtin()).in_text(text.as_bytes());
        found.into_iter().map(|it| format!("{}{}", it.name, if it.cleartext { " clear" } else { "" })).collect()
    }

    #[test]
    fn addresses_of_the_web_name_their_host() {
        for (text, expected) in [
            ("http://api.Vendor.CN:8080/v1?x=1", "api.vendor.cn clear"),
            ("https://vendor.cn", "vendor.cn"),
            ("see wss://push.vendor.cn/a, please", "push.vendor.cn"),
            ("\"ws://10.1.2.3:80\"", "10.1.2.3 clear"),
            ("https://user:word@vendor.cn/", "vendor.cn"),
            ("https://[2001:DB8::1]:443/", "[2001:db8::1]"),
            ("https://数据.中国/", "数据.中国"),
            ("https://xn--fiq228c.xn--fiqs8s", "xn--fiq228c.xn--fiqs8s"),
            ("Go to https://vendor.cn. Thanks", "vendor.cn"),
        ] {
            assert_eq!(hosts(text), [expected], "{text}");
        }
        assert_eq!(hosts("http://b.vendor.cn,https://a.vendor.cn"), ["a.vendor.cn", "b.vendor.cn clear"]);
    }

    #[test]
    fn what_is_no_host_is_quiet() {
        for text in [
            "http://",
            "https://%s/api",
            "https://api.%s.com/",
            "https://{host}.vendor.cn",
            "http://localhost:8081/index",
            "http://a",
            "https://www.vendor.",
            "content://sms.vendor.cn",
            "xhttp://vendor.cn",
            "https://-a.cn",
            "https://1.2.3",
            "https://999.2.3.4",
            "https://vendor.c1",
            "https://vendor.com${path}",
            "vendor.cn",
            "://",
        ] {
            assert_eq!(hosts(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn names_for_other_things_are_no_endpoints() {
        for text in [
            "http://schemas.android.com/apk/res/android",
            "http://www.w3.org/2000/svg",
            "http://www.apache.org/licenses/LICENSE-2.0",
            "https://github.com/square/okhttp/issues/2",
            "http://schemas.xmlsoap.org/soap/envelope/",
            "https://api.example.com/v1",
            "http://127.0.0.1:8080/",
        ] {
            assert_eq!(hosts(text), [""; 0], "{text}");
        }
        assert_eq!(hosts("https://github.com/vendor/app/releases"), ["github.com"]);
        assert_eq!(hosts("https://www.apache.org/dist/"), ["www.apache.org"]);
        assert_eq!(hosts("https://notexample.com/"), ["notexample.com"]);
    }

    #[test]
    fn the_nearest_rule_decides_over_clear_text() {
        let network = Network {
            cleartext: false,
            cleartext_domains: vec!["*.a.cn".into(), "b.cn".into()],
            encrypted_domains: vec!["*.safe.a.cn".into()],
            user_certificates: false,
        };
        for (host, allowed) in [
            ("a.cn", true),
            ("x.a.cn", true),
            ("x.safe.a.cn", false),
            ("b.cn", true),
            ("x.b.cn", false),
            ("c.cn", false),
        ] {
            assert_eq!(allows_cleartext(&network, host), allowed, "{host}");
        }
        assert!(allows_cleartext(&Network { cleartext: true, ..network }, "c.cn"));
    }

    #[test]
    fn an_sdk_is_named_where_one_alone_lists_the_host() {
        let hosts = Hosts::new(Catalog::builtin());
        let unknown = Owner { kind: OwnerKind::Unknown, id: String::new() };
        assert_eq!(hosts.sdk("o1.ingest.sentry.io", &unknown), Some("sentry"));
        assert_eq!(hosts.sdk("nosentry.io", &unknown), None);
    }
}
