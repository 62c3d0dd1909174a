//! Names that outlive a build: an obfuscator gives the same code other names each time, and an app may change its id.
//!
//! What is told about one build and compared with another one goes by these names.

use super::model::{Owner, OwnerKind};

/// Letters of a name that an obfuscator gives.
const MAX_OBFUSCATED: usize = 2;

/// Letters of a first segment that says nothing by itself: `com`, `cn`, `net`.
const MAX_DOMAIN: usize = 3;

/// Stands for all code whose name does not last.
const NAMELESS: &str = "*";

/// Whether a segment of a package or class is no longer than those that an obfuscator gives.
pub(super) fn is_obfuscated(segment: &str) -> bool {
    segment.chars().count() <= MAX_OBFUSCATED
}

impl Owner {
    /// The owner by a name that is the same in the next build of the app: `app`, `sdk:bugly`, `library:okhttp3`,
    /// `unknown:com.vendor`, and `unknown:*` for all code whose names an obfuscator took.
    pub fn lasting(&self) -> String {
        match self.kind {
            OwnerKind::App => "app".to_owned(),
            OwnerKind::Sdk => format!("sdk:{}", self.id),
            OwnerKind::Library => format!("library:{}", self.id),
            OwnerKind::Unknown => format!("unknown:{}", lasting_prefix(&self.id)),
        }
    }
}

/// The segments of a package in front of the first that an obfuscator gave, where they name somebody.
fn lasting_prefix(package: &str) -> &str {
    let mut end = 0;
    let mut names_somebody = false;
    for (index, segment) in package.split('.').enumerate() {
        let length = segment.chars().count();
        let is_domain = index == 0 && (2..=MAX_DOMAIN).contains(&length);
        let is_name = !is_obfuscated(segment) && segment.chars().all(|it| it.is_alphanumeric() || it == '_');
        if !is_domain && !is_name {
            break;
        }
        names_somebody |= !is_domain;
        end += usize::from(0 < index) + segment.len();
    }
    if names_somebody { package.get(..end).unwrap_or(package) } else { NAMELESS }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_obfuscator_named_does_not_last() {
        for (package, lasting) in [
            ("com.vendor.sdk", "com.vendor.sdk"),
            ("com.vendor.a", "com.vendor"),
            ("io.vendor", "io.vendor"),
            ("vendor.a.b", "vendor"),
            ("org.ab.vendor", "*"),
            ("com.a.b", "*"),
            ("cn", "*"),
            ("a.b.c", "*"),
            ("a.vendor.c", "*"),
            ("o.ą", "*"),
            ("(unnamed)", "*"),
            ("", "*"),
        ] {
            assert_eq!(lasting_prefix(package), lasting, "{package}");
        }
    }

    #[test]
    fn an_app_keeps_its_name_whatever_its_id_is() {
        let owner = |kind, id: &str| Owner { kind, id: id.to_owned() }.lasting();
        assert_eq!(owner(OwnerKind::App, "com.example.one"), owner(OwnerKind::App, "com.example.two"));
        assert_eq!(owner(OwnerKind::Sdk, "vendor"), "sdk:vendor");
        assert_eq!(owner(OwnerKind::Library, "a.b"), "library:a.b");
        assert_eq!(owner(OwnerKind::Unknown, "a.b"), owner(OwnerKind::Unknown, "c.d"));
    }
}
