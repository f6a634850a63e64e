//! What one sender says otherwise than the common tables.

use std::collections::BTreeMap;

use super::{
    rows::{Row, parse_rows},
    tables::{Code, TableError, Tables, Target},
};

/// The tables of one feed, by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Local {
    pub(crate) tables: BTreeMap<String, BTreeMap<String, Target>>,
    pub(crate) codes: BTreeMap<String, BTreeMap<String, Target>>,
    pub(crate) systems: BTreeMap<String, String>,
    pub(crate) units: BTreeMap<String, String>,
    pub(crate) rows: BTreeMap<String, String>,
}

impl Local {
    pub(crate) fn is_empty(&self) -> bool {
        self.tables.is_empty()
            && self.codes.is_empty()
            && self.systems.is_empty()
            && self.units.is_empty()
            && self.rows.is_empty()
    }
}

/// The common tables with these over them.
pub(crate) fn dialect(local: &Local) -> Result<Tables, TableError> {
    let mut tables = Tables::load()?;
    for (name, system) in &local.systems {
        tables.add_system(name, system);
    }
    for (unit, ucum) in &local.units {
        tables.add_unit(unit, ucum);
    }
    for (name, map) in &local.tables {
        let at = format!("tables.{name}");
        for (from, target) in map {
            let code = tables.target(name, target).map_err(|problem| TableError::new(&at, &problem))?;
            tables.add_code(name, from, code);
        }
    }
    for (name, map) in &local.codes {
        for (from, target) in map {
            let code = translation(&tables, target)
                .map_err(|problem| TableError::new(&format!("codes.{name}.{from}"), &problem))?;
            tables.add_translation(name, from, code);
        }
    }
    for (resource, text) in &local.rows {
        let at = format!("rows.{resource}");
        let renamed = |error: TableError| TableError::new(&at, &error.problem);
        let rows: Vec<Row> = parse_rows(resource, text).map_err(renamed)?;
        for row in &rows {
            tables.check(resource, row).map_err(renamed)?;
        }
        tables.put_rows(resource, rows).map_err(renamed)?;
    }
    Ok(tables)
}

fn translation(tables: &Tables, target: &Target) -> Result<Code, &'static str> {
    let expected = "[code, display, system] is expected";
    let Target::Full(parts) = target else { return Err(expected) };
    let [code, display, system] = parts.as_slice() else { return Err(expected) };
    let system = tables.system(system).or_else(|| system.contains(':').then(|| system.clone())).ok_or(expected)?;
    let display = Some(display.clone()).filter(|display| !display.is_empty());
    Code { code: code.clone(), display, system: Some(system) }.checked()
}
