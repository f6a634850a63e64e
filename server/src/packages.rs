//! `--packages DIR` and `--validation MODE`: which profiles are in force, and how strictly.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use meridian_conformance::package::{self, Limits};
use meridian_engine::{Engine, Strictness, Validation};

use meridian_identity::{Identity, Settings};

use crate::cli::Rules;
use crate::house::House;
use crate::run_file::CENTRE;
use crate::say;

/// Puts the rules of the command line in force. Before the doors open. `known` are the codes of the institutions that
/// have a feed here; those whose people or systems sign in are known too.
pub(crate) fn apply(house: &House, rules: &Rules, known: impl Iterator<Item = String>) -> anyhow::Result<()> {
    let engine = &house.engine;
    let validation = validation(&rules.validation)?;
    if !validation.of.is_empty() {
        let users = Identity::new(house.store.clone(), Settings::default())?.users()?;
        let known =
            known.chain([CENTRE.to_owned()]).chain(users.into_iter().map(|(user, _)| user.institution)).collect();
        all_known(&validation, &known)?;
    }
    engine.set_validation(validation);
    rules.packages.as_deref().map_or(Ok(()), |folder| install(engine, folder))
}

/// Puts the conformance resources of all `.tgz` files of a folder in force, in the order of their names: of two with one
/// address and version the later wins.
fn install(engine: &Engine, folder: &Path) -> anyhow::Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("--packages {}", folder.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "tgz"));
    paths.sort();
    let limits = Limits::default();
    let mut resources = Vec::new();
    let (mut here, mut wanted) = (Vec::new(), Vec::new());
    for path in paths {
        let length = fs::metadata(&path)?.len();
        if usize::try_from(length).map_or(true, |length| length > limits.packed) {
            bail!("{} has more than {} MB", path.display(), limits.packed >> 20);
        }
        let bytes = fs::read(&path).with_context(|| path.display().to_string())?;
        let package = package::read(&bytes, &limits).with_context(|| path.display().to_string())?;
        say(format!("package {} {}: {} resources", package.name, package.version, package.resources.len()));
        for fault in &package.left {
            say(format!("  left out: {fault}"));
        }
        resources.extend(package.resources);
        wanted.extend(package.dependencies.into_iter().map(|on| (package.name.clone(), on)));
        here.push(package.name);
    }
    for (package, (name, version)) in wanted.iter().filter(|(_, on)| is_missing(on, &here)) {
        say(format!(
            "package {package} rests on {name} {version}, which is not in the folder: what needs it is not judged"
        ));
    }
    Ok(engine.install(&resources)?)
}

/// Whether what a package rests on is neither in the folder nor what the program has itself: R4 and its terminology.
fn is_missing((name, _): &(String, String), here: &[String]) -> bool {
    !(here.contains(name) || name.starts_with("hl7.fhir.r4.") || name == "hl7.terminology.r4")
}

/// The policy of `--validation`: `reject` for all, `CODE=tag` for one institution.
fn validation(words: &[String]) -> anyhow::Result<Validation> {
    let mut validation = Validation::default();
    for word in words {
        let (institution, mode) = word.split_once('=').map_or((None, word.as_str()), |(code, mode)| (Some(code), mode));
        let Some(strictness) = Strictness::of(mode) else {
            bail!("--validation {word}: the mode is off, tag or reject");
        };
        match institution {
            Some(code) => {
                validation.of.insert(code.to_owned(), strictness);
            }
            None => validation.all = strictness,
        }
    }
    Ok(validation)
}

/// A code that nobody has would be a rule for nobody, and whoever wrote it would take it for one in force.
fn all_known(validation: &Validation, known: &BTreeSet<String>) -> anyhow::Result<()> {
    let mut unknown: Vec<&str> =
        validation.of.keys().map(String::as_str).filter(|code| !known.contains(*code)).collect();
    unknown.sort_unstable();
    let Some(code) = unknown.first() else { return Ok(()) };
    let known = match known.len() {
        0 => "none is".to_owned(),
        _ => format!("these are: {}", known.iter().map(String::as_str).collect::<Vec<_>>().join(", ")),
    };
    bail!("--validation {code}=…: no institution {code} is known here, neither by a feed nor by an account; {known}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_of_all_or_of_one() {
        let words = ["tag", "CJ01=reject"].map(str::to_owned);
        let validation = validation(&words).unwrap();
        assert_eq!((validation.all, validation.of["CJ01"]), (Strictness::Tag, Strictness::Reject));
        assert!(super::validation(&["loud".to_owned()]).is_err());
    }

    #[test]
    fn a_rule_is_for_an_institution_that_is_known() {
        let validation = validation(&["CJ01=reject".to_owned(), "CJ1=tag".to_owned()]).unwrap();
        let set = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect::<BTreeSet<_>>();
        let says = all_known(&validation, &set(&["CJ00", "CJ01"])).unwrap_err().to_string();
        assert!(says.contains("no institution CJ1 is known") && says.contains("CJ00, CJ01"), "{says}");
        assert!(all_known(&validation, &set(&["CJ1", "CJ01"])).is_ok());
    }

    #[test]
    fn what_a_package_rests_on_is_here_or_missed() {
        let here = ["x.base".to_owned()];
        let missing = |name: &str| is_missing(&(name.to_owned(), "1.0.0".to_owned()), &here);
        assert!(!missing("x.base") && !missing("hl7.fhir.r4.core") && missing("hl7.fhir.uv.ips"));
    }
}
