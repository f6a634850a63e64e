//! What a manifest can't show: the standard library has files, sockets and clocks too, and `std` needs no dependency.

use super::code::{bare, line_naming};
use super::{Breach, Room, Source, Workspace};

/// What a pure room must not name, test code aside.
const IMPURE: &[&str] = &[
    "tokio",
    "rusqlite",
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
    "std::env",
    "std::io::stdin",
    "SystemTime",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "rand",
    "fastrand",
    "getrandom",
];
const ENVIRONMENT: &[&str] = &["std::env", "env::var", "env::vars", "env::args"];
const CLOCK_AND_DICE: &[&str] = &["SystemTime::now", "rand::rng", "rand::thread_rng", "fastrand::Rng::new"];

/// Pure rooms stay pure, and only `server` reads the environment.
pub(crate) fn check(workspace: &Workspace) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for room in &workspace.rooms {
        for source in room.sources.iter().filter(|source| !is_test(source)) {
            for (rule, forbidden) in rules_for(room) {
                find(rule, forbidden, source, &mut breaches);
            }
        }
    }
    breaches
}

fn rules_for(room: &Room) -> Vec<(&'static str, &'static [&'static str])> {
    let mut rules: Vec<(&str, &[&str])> = Vec::new();
    if room.is_pure() {
        rules.push(("pure", IMPURE));
    } else if room.folder == "population" {
        // A region is made from its seed alone: the same seed, the same region.
        rules.push(("seed", CLOCK_AND_DICE));
    }
    if !room.is_pure() && room.folder != "server" && !room.is_workshop() {
        rules.push(("environment", ENVIRONMENT));
    }
    rules
}

fn find(rule: &'static str, forbidden: &[&str], source: &Source, breaches: &mut Vec<Breach>) {
    let code = bare(&source.text);
    for name in forbidden {
        if let Some(line) = line_naming(&code, name) {
            breaches.push(Breach::new(rule, format!("{}:{line}", source.path), format!("names {name}")));
        }
    }
}

/// Files that only tests are built from.
pub(crate) fn is_test(source: &Source) -> bool {
    let path = &source.path;
    ["/tests/", "/tests.rs", "_tests.rs", "/benches/", "/examples/"].iter().any(|mark| path.contains(mark))
        || source.text.contains("#![cfg(test)]")
}

#[cfg(test)]
mod tests {
    use super::super::fabricated::{places, with_source};
    use super::*;

    #[test]
    fn a_pure_room_that_opens_a_file_or_asks_the_time_is_found() {
        let files = with_source("formats/hl7v2", "src/lib.rs", "//! x\nuse std::{fs, fmt};\n");
        assert_eq!(places(&check(&files)), ["formats/hl7v2/src/lib.rs:2"]);
        let clock = with_source("core/access", "src/lib.rs", "//! x\nfn f() { std::time::Instant::now(); }\n");
        assert_eq!(places(&check(&clock)), ["core/access/src/lib.rs:2"]);
        let dice = with_source("population", "src/lib.rs", "//! x\nlet r = fastrand::Rng::new();\n");
        assert_eq!(places(&check(&dice)), ["population/src/lib.rs:2"]);
    }

    #[test]
    fn its_tests_may() {
        for (file, text) in [
            ("src/lib.rs", "//! x\n#[cfg(test)]\nmod tests { use std::fs; }\n"),
            ("src/tests.rs", "//! x\nuse std::fs;\n"),
            ("tests/all.rs", "//! x\nuse std::fs;\n"),
        ] {
            assert_eq!(check(&with_source("formats/hl7v2", file, text)), []);
        }
    }

    #[test]
    fn only_server_reads_the_environment() {
        let text = "//! x\nfn f() { std::env::var(\"A\"); }\n";
        assert_eq!(places(&check(&with_source("doors/mllp", "src/lib.rs", text))).len(), 2);
        assert_eq!(check(&with_source("server", "src/lib.rs", text)), []);
        assert_eq!(check(&with_source("core/store", "src/lib.rs", "//! x\nenv!(\"CARGO_PKG_NAME\");\n")), []);
    }
}
