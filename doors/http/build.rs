//! Has the pages embedded anew when they were built anew, and notes when this was.

use std::time::{SystemTime, UNIX_EPOCH};

fn main() {
    println!("cargo::rerun-if-changed=../../web/dist");
    println!("cargo::rerun-if-changed=src");
    println!("cargo::rerun-if-changed=../../definitions");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    println!("cargo::rustc-env=MERIDIAN_BUILT={now}");
}
