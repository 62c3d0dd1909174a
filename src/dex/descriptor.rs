//! Descriptors without allocation.

/// `com/example/A$B` of `Lcom/example/A$B;`; none for arrays and primitives.
pub fn class_name(descriptor: &str) -> Option<&str> {
    descriptor.strip_prefix('L')?.strip_suffix(';')
}

/// `com/example` of `Lcom/example/A;`; empty for a class in the unnamed package.
pub fn package_of(descriptor: &str) -> &str {
    class_name(descriptor).and_then(|name| name.rsplit_once('/')).map_or("", |(package, _)| package)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_of_descriptors() {
        assert_eq!(package_of("Lcom/example/A$B;"), "com/example");
        assert_eq!(package_of("LA;"), "");
        assert_eq!(package_of("[I"), "");
        assert_eq!(class_name("Lcom/example/A;"), Some("com/example/A"));
    }
}
