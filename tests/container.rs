//! Archives that lie, and the corpus.

use std::path::PathBuf;

use candor::container::{Package, discover};

#[test]
fn every_corpus_file_opens_or_says_why_not() {
    let Some(root) = std::env::var_os("CANDOR_CORPUS").map(PathBuf::from) else {
        return;
    };
    let (inputs, issues) = discover(&["real", "series", "hostile"].map(|it| root.join("corpus").join(it)));
    assert!(issues.is_empty(), "{issues:?}");
    for input in &inputs {
        match Package::open(input) {
            Ok(package) => {
                for part in &package.parts {
                    let (dex, _) = part.dex_entries();
                    for entry in part.find("AndroidManifest.xml").into_iter().chain(dex) {
                        match part.read(entry) {
                            Ok(data) => {
                                for issue in part.contradictions(entry, &data) {
                                    println!("{}: {issue}", input.path.display());
                                }
                            }
                            Err(error) => println!("{}: {}: {error}", input.path.display(), entry.name),
                        }
                    }
                }
                for issue in &package.issues {
                    println!("{}: {issue}", input.path.display());
                }
            }
            Err(error) => println!("FAIL {}: {error}", input.path.display()),
        }
    }
    println!("{} inputs", inputs.len());
}
