//! `--packages DIR` and `--validation MODE`: which profiles are in force, and how strictly.

use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use meridian_conformance::package::{self, Limits};
use meridian_engine::{Engine, Strictness, Validation};

use crate::cli::Rules;
use crate::say;

/// Puts the rules of the command line in force. Before the doors open.
pub(crate) fn apply(engine: &Engine, rules: &Rules) -> anyhow::Result<()> {
    engine.set_validation(validation(&rules.validation)?);
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
    }
    Ok(engine.install(&resources)?)
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
}
