//! `cargo xtask check`: every rule of the house that a program can prove, in one run.
//!
//! The facts come from `cargo metadata`, `Cargo.lock` and the files that git knows.
//! Each rule is a function from those facts to breaches, so that a test can fabricate a house that breaks it.

use std::io::Write as _;

use anyhow::{Context as _, bail};

mod code;
mod entrances;
mod lock;
mod measures;
mod rooms;
mod sources;
mod spdx;
mod walls;
mod words;
mod workspace;

#[cfg(test)]
mod fabricated;

pub(crate) use workspace::{Edge, Kind, Room, Source, Workspace};

/// One place where one rule does not hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Breach {
    /// The rule in short, as the report groups it.
    pub(crate) rule: &'static str,
    /// The room or `file:line`.
    pub(crate) place: String,
    /// What is wrong there.
    pub(crate) what: String,
}

impl Breach {
    pub(crate) fn new(rule: &'static str, place: impl Into<String>, what: impl Into<String>) -> Self {
        Self { rule, place: place.into(), what: what.into() }
    }
}

/// A rule: from the facts to the places where it does not hold.
type Rule = fn(&Workspace) -> Vec<Breach>;

/// Every rule, with the sentence that the report prints for it.
const RULES: &[(&str, Rule)] = &[
    ("pure rooms know no I/O, clock, randomness or tokio", walls::pure_rooms),
    ("only core/store names a database driver", walls::database_drivers),
    ("only doors name a protocol server", walls::protocol_servers),
    ("only the tools and the server speak as a client", walls::clients),
    ("only server reads arguments and the environment", walls::configuration),
    ("a department knows the engine, the model, FHIRPath and formats, never another department", walls::departments),
    ("nothing reaches the store around the engine", walls::store),
    ("dependencies point downward", walls::downward),
    ("nothing enters the engine without a Caller", entrances::check),
    ("sources keep what the manifests promise", sources::check),
    ("every room is named, versioned and described alike", rooms::check),
    ("ring stays out; every licence is allowed", lock::check),
    ("no private path and no ignored test", words::check),
    ("files are small", measures::check),
];

/// Runs every rule over this checkout and prints the measures.
///
/// # Errors
/// When a rule does not hold, or the facts can't be read.
pub(crate) fn run() -> anyhow::Result<()> {
    let workspace = Workspace::read().context("reading the house")?;
    let mut out = std::io::stdout().lock();
    let mut total = 0;
    for (sentence, rule) in RULES {
        let mut breaches = rule(&workspace);
        breaches.sort();
        writeln!(out, "{} {sentence}", if breaches.is_empty() { "  ok " } else { "FAIL " })?;
        for Breach { rule, place, what } in &breaches {
            writeln!(out, "       {place}: {what} [{rule}]")?;
        }
        total += breaches.len();
    }
    writeln!(out)?;
    measures::report(&workspace, &mut out)?;
    if total > 0 {
        bail!("{total} breach(es) of the rules of the house");
    }
    Ok(())
}
