//! The units and prefixes of UCUM, from `definitions/ucum.json`.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::Fault;
use super::exact::Exact;
use super::parse::parse;
use super::special::Function;
use super::unit::Unit;

const TEXT: &str = include_str!("../../../../definitions/ucum.json");

#[derive(Deserialize)]
struct File {
    #[serde(borrow)]
    version: &'static str,
    prefixes: Vec<Prefix>,
    units: Vec<Row>,
}

#[derive(Deserialize)]
struct Prefix {
    code: &'static str,
    value: &'static str,
}

#[derive(Deserialize)]
struct Row {
    code: &'static str,
    #[serde(default)]
    base: bool,
    #[serde(default)]
    metric: bool,
    #[serde(default)]
    arbitrary: bool,
    value: Option<&'static str>,
    unit: Option<&'static str>,
    function: Option<&'static str>,
}

impl Row {
    /// A unit that is measured by nothing else: a base unit, or an arbitrary one.
    fn is_base(&self) -> bool {
        self.base || (self.arbitrary && self.unit == Some("1"))
    }

    fn resolve(&self, known: &HashMap<&'static str, (Unit, bool)>, prefixes: &[(&str, Exact)]) -> Option<Unit> {
        let lookup = |symbol: &str| find(symbol, known, prefixes);
        let value = Exact::read(self.value?).ok()?;
        match self.function.map(Function::named) {
            // The table names degrees for the slope; an angle is an angle, and the function speaks of radians.
            Some(Some(Function::Tangent)) => {
                Some(Unit::special(Function::Tangent, parse("rad", &lookup).ok()?, self.code))
            }
            Some(function) => {
                let reference = parse(self.unit?, &lookup).ok()?.scaled(&value).ok()?;
                Some(Unit::special(function?, reference, self.code))
            }
            None => parse(self.unit?, &lookup).ok()?.scaled(&value).ok(),
        }
    }
}

struct Table {
    /// By code, with whether it takes prefixes.
    units: HashMap<&'static str, (Unit, bool)>,
    prefixes: Vec<(&'static str, Exact)>,
    /// Codes that could not be resolved; a test finds none.
    #[cfg_attr(not(test), expect(dead_code, reason = "only tests ask"))]
    left: Vec<&'static str>,
}

static FILE: LazyLock<File> = LazyLock::new(|| {
    serde_json::from_str(TEXT).unwrap_or_else(|_| File { version: "", prefixes: Vec::new(), units: Vec::new() })
});

/// Codes of the base units and of the arbitrary ones.
static BASES: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| FILE.units.iter().filter(|row| row.is_base()).map(|row| row.code).collect());

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let prefixes: Vec<(&str, Exact)> =
        FILE.prefixes.iter().filter_map(|prefix| Some((prefix.code, Exact::read(prefix.value).ok()?))).collect();
    let mut units: HashMap<&'static str, (Unit, bool)> = HashMap::new();
    for row in &FILE.units {
        if let Some(place) = BASES.iter().position(|code| *code == row.code).and_then(|at| u16::try_from(at).ok()) {
            units.insert(row.code, (Unit::base(place), row.base || row.metric));
        }
    }
    let mut left: Vec<&Row> = FILE.units.iter().filter(|row| !row.is_base()).collect();
    // A unit may be defined by one that stands after it.
    loop {
        let before = left.len();
        left.retain(|row| match row.resolve(&units, &prefixes) {
            Some(unit) => {
                units.insert(row.code, (unit, row.metric));
                false
            }
            None => true,
        });
        if left.is_empty() || left.len() == before {
            break;
        }
    }
    Table { units, prefixes, left: left.into_iter().map(|row| row.code).collect() }
});

/// UCUM's version.
pub(super) fn version() -> &'static str {
    FILE.version
}

/// The code of a base.
pub(super) fn base(place: u16) -> &'static str {
    BASES.get(usize::from(place)).copied().unwrap_or_default()
}

/// The unit of a symbol, with its prefix if it has one.
pub(super) fn resolve(symbol: &str) -> Result<Unit, Fault> {
    if let Some(unit) = find_in(symbol, &TABLE.units, &TABLE.prefixes) {
        return unit;
    }
    Err(Fault::Unknown(symbol.to_owned()))
}

fn find(symbol: &str, units: &HashMap<&'static str, (Unit, bool)>, prefixes: &[(&str, Exact)]) -> Result<Unit, Fault> {
    find_in(symbol, units, prefixes).unwrap_or_else(|| Err(Fault::Unknown(symbol.to_owned())))
}

/// The whole symbol before one with a prefix (`cd` is the candela), and the longest prefix first (`dam`).
fn find_in(
    symbol: &str,
    units: &HashMap<&'static str, (Unit, bool)>,
    prefixes: &[(&str, Exact)],
) -> Option<Result<Unit, Fault>> {
    if let Some((unit, _)) = units.get(symbol) {
        return Some(Ok(unit.clone()));
    }
    let mut refused = None;
    for length in [2, 1] {
        let Some((prefix, rest)) = symbol.split_at_checked(length) else { continue };
        let Some((_, by)) = prefixes.iter().find(|(code, _)| *code == prefix) else { continue };
        match units.get(rest) {
            Some((unit, true)) => return Some(unit.clone().scaled(by)),
            Some((_, false)) => refused = Some(Err(Fault::NotMetric(rest.to_owned()))),
            None => {}
        }
    }
    refused
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_of_the_table_is_resolved() {
        assert_eq!(TABLE.left, Vec::<&str>::new());
        assert_eq!((TABLE.prefixes.len(), TABLE.units.len()), (24, FILE.units.len()));
        assert_eq!(BASES.get(..7), Some(&["m", "s", "g", "rad", "K", "C", "cd"][..]));
    }
}
