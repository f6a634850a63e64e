//! `cargo xtask floors LOG`: what the outside suites gave, as their tests printed it, beside the floors that
//! `scenarios/floors.toml` records. Below a floor, or without a word from a suite whose material is there, it fails.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

const FLOORS: &str = "scenarios/floors.toml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Floors {
    suite: Vec<Suite>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Suite {
    name: String,
    /// Where it is in the folder that `MERIDIAN_MATERIALS` names.
    material: String,
    /// The line that its test prints, `{}` for what passed and for all.
    says: String,
    floor: u64,
    /// How many there were when the floor was raised.
    of: u64,
    /// What to know of the number.
    #[serde(default)]
    note: String,
}

/// How a suite stands.
#[derive(PartialEq, Eq, Debug)]
enum Standing {
    Holds(u64, u64),
    Below(u64, u64),
    Skipped,
    Silent,
}

/// Runs the command. `root` is the workspace root; `args` is the log alone.
///
/// # Errors
/// A log or floors that cannot be read, and any suite below its floor.
pub(crate) fn run(root: &Path, args: &[String]) -> Result<()> {
    let [log] = args else { bail!("use: cargo xtask floors LOG") };
    let log = fs::read(log).with_context(|| format!("reading {log}"))?;
    let log = String::from_utf8_lossy(&log);
    let floors = fs::read_to_string(root.join(FLOORS)).with_context(|| format!("reading {FLOORS}"))?;
    let floors: Floors = toml::from_str(&floors).with_context(|| format!("parsing {FLOORS}"))?;
    let materials = std::env::var_os("MERIDIAN_MATERIALS").map(PathBuf::from);
    let mut screen = io::stdout().lock();
    let mut wrong = 0;
    for suite in &floors.suite {
        let is_here = materials.as_ref().is_some_and(|folder| folder.join(&suite.material).exists());
        let standing = suite.standing(&log, is_here);
        let (name, floor) = (&suite.name, suite.floor);
        let note = if suite.note.is_empty() { String::new() } else { format!("  ({})", suite.note) };
        match &standing {
            Standing::Holds(passed, all) => {
                let raise = if *passed > floor { "; the floor can be raised" } else { "" };
                writeln!(screen, "  {name}: {passed} of {all}, floor {floor}{raise}{note}")?;
            }
            Standing::Below(passed, all) => {
                writeln!(screen, "  {name}: {passed} of {all} is BELOW its floor {floor} (of {})", suite.of)?;
            }
            Standing::Skipped => writeln!(screen, "  SKIPPED {name}: {} is not there", suite.material)?,
            Standing::Silent => writeln!(screen, "  {name}: its test did not say a word; floor {floor}")?,
        }
        wrong += usize::from(matches!(standing, Standing::Below(..) | Standing::Silent));
    }
    if wrong > 0 {
        bail!("{wrong} of {} suites do not keep their floor ({FLOORS})", floors.suite.len());
    }
    Ok(())
}

impl Suite {
    fn standing(&self, log: &str, is_here: bool) -> Standing {
        match log.lines().filter_map(|line| numbers(line, &self.says)).next_back() {
            Some((passed, all)) if passed < self.floor => Standing::Below(passed, all),
            Some((passed, all)) => Standing::Holds(passed, all),
            None if is_here => Standing::Silent,
            None => Standing::Skipped,
        }
    }
}

/// The two numbers of a line that says what `form` says; what stands behind it does not matter.
fn numbers(line: &str, form: &str) -> Option<(u64, u64)> {
    let mut pieces = form.splitn(3, "{}");
    let (before, between, after) = (pieces.next()?, pieces.next()?, pieces.next()?);
    let rest = line.trim_start().strip_prefix(before)?;
    let (passed, rest) = rest.split_once(between)?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (all, rest) = rest.split_at_checked(end)?;
    rest.starts_with(after).then_some((passed.parse().ok()?, all.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suite(floor: u64) -> Suite {
        Suite {
            name: "one".into(),
            material: "m".into(),
            says: "One: {} of {} passed".into(),
            floor,
            of: 5,
            note: String::new(),
        }
    }

    #[test]
    fn a_suite_stands_by_the_last_line_that_it_printed() {
        let log = "    One: 3 of 5 passed\nnoise One: 5 of 5 passed\n    One: 4 of 5 passed, and more\n";
        assert_eq!(suite(4).standing(log, true), Standing::Holds(4, 5));
        assert_eq!(suite(5).standing(log, true), Standing::Below(4, 5));
        assert_eq!(suite(1).standing("One: none", true), Standing::Silent);
        assert_eq!(suite(1).standing("One: x of 5 passed", false), Standing::Skipped);
    }

    #[test]
    fn the_floors_of_the_house_can_be_read() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(FLOORS);
        let floors: Floors = toml::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        for suite in &floors.suite {
            assert!(
                suite.floor > 0 && suite.floor <= suite.of && suite.says.matches("{}").count() == 2,
                "{}",
                suite.name
            );
        }
    }
}
