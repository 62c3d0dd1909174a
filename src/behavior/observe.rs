//! Everything found in one opened package.

use crate::behavior::{App, Behavior, Completeness};
use crate::catalog::Catalog;
use crate::container::Package;

/// Reads everything in `package` that the catalog knows.
pub fn observe(package: &Package, catalog: &Catalog) -> Behavior {
    let _ = catalog;
    Behavior {
        path: package.path.display().to_string(),
        sha256: package.sha256.clone(),
        bytes: package.bytes,
        kind: "apk",
        app: App::default(),
        signing: Vec::new(),
        permissions: Vec::new(),
        sdks: Vec::new(),
        reads: Vec::new(),
        endpoints: Vec::new(),
        completeness: Completeness::default(),
        issues: Vec::new(),
    }
}
