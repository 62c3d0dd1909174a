//! Policies of a megabyte on one line, in which what begins at each place could go on to the end of the line. Work must
//! follow the length of the text.

use std::fs;

use super::{MAX_KIB, MAX_SECONDS};
use crate::run::{import, scratch};

const SIZE: usize = 1 << 20;

/// A policy with a long line behind its first must be read in time.
fn must_end(line: &str) {
    let path = scratch("policy.txt");
    fs::write(&path, format!("我们会收集您的IMEI。\n{line}\n")).expect("the target folder is writable");
    let run = import(&path);
    run.within(MAX_SECONDS, MAX_KIB);
    assert!(run.status == 0 && run.output.contains("imei"), "{}", run.errors);
    fs::remove_file(&path).expect("it was written");
}

#[test]
fn labels_whose_colon_is_far_away() {
    for filler in ["1 ", "ab ", "\u{3000}", "；"] {
        must_end(&format!("SDK名称：支付宝 收集信息：{}：x", filler.repeat(SIZE / filler.len())));
    }
}

#[test]
fn links_that_never_close() {
    for filler in ["[", "[a](", "<br", "http"] {
        must_end(&filler.repeat(SIZE / filler.len()));
    }
}

#[test]
fn placeholders_without_a_sign_between_them() {
    must_end(&"某某 ".repeat(SIZE / "某某 ".len()));
}
