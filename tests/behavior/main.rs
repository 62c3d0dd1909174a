//! What is found in packages, held against the lists that are kept beside the fixtures.

#![allow(clippy::unwrap_used)]

mod expected;
mod kinds;
mod malformed;
mod packages;
mod permissions;
mod values;
mod versions;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use candor::behavior::{Behavior, Observer, Read};
use candor::catalog::{Catalog, Focus};
use candor::container::{Input, Package, discover};

fn fixture(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(path)
}

fn observer(focus: Focus) -> &'static Observer {
    static OBSERVERS: [OnceLock<Observer>; 3] = [const { OnceLock::new() }; 3];
    OBSERVERS[focus as usize].get_or_init(|| Observer::new(Catalog::builtin(), focus))
}

/// Everything found in the only package at a path below `fixtures/`.
fn observe(path: &str, focus: Focus) -> Behavior {
    let (inputs, issues) = discover(&[fixture(path)]);
    assert_eq!(issues, [], "{path}");
    let [input]: [Input; 1] = inputs.try_into().unwrap();
    observer(focus).observe(&Package::open(&input).unwrap())
}

/// Data type and literal of the reads in a method, which is named by the end of its class and its name.
fn reads_in<'b>(behavior: &'b Behavior, method: &str) -> BTreeSet<(&'b str, Option<&'b str>)> {
    let found = reads_of(behavior, method);
    found.map(|read| (read.data.as_str(), read.literal.as_deref())).collect()
}

fn reads_of<'b>(behavior: &'b Behavior, method: &str) -> impl Iterator<Item = &'b Read> {
    behavior
        .reads
        .iter()
        .filter(move |read| read.caller.split_once('(').is_some_and(|(name, _)| name.ends_with(method)))
}
